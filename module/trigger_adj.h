/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Queues an action when oom_score_adj is written.
 */
#ifndef PRC_TRIGGER_ADJ_H
#define PRC_TRIGGER_ADJ_H

int prc_trigger_adj_enable(void);
void prc_trigger_adj_disable(void);

#endif
