/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The trigger that fires when no user is present any more.
 */
#ifndef PRC_TRIGGER_AWAKE_H
#define PRC_TRIGGER_AWAKE_H

#include <linux/types.h>

void prc_trigger_awake_init(void);
void prc_trigger_awake_exit(void);
void prc_trigger_awake_on(void);
void prc_trigger_awake_set(bool is_awake);

#endif
