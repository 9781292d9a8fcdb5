/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Freeing an isolated batch.
 */
#ifndef PRC_SHRINK_H
#define PRC_SHRINK_H

#include <linux/list.h>
#include <linux/types.h>

unsigned long prc_shrink(struct list_head *folios, unsigned long isolated,
			 pid_t pid);

#endif
