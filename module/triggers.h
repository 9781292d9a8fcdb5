/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Enables and disables the worker and its triggers as one transaction.
 */
#ifndef PRC_TRIGGERS_H
#define PRC_TRIGGERS_H

struct prc_triggers;

int prc_triggers_apply(const struct prc_triggers *wanted);
void prc_triggers_disable(void);

#endif
