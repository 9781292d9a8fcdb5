/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Queues an action for a process that has used no CPU time.
 */
#ifndef PRC_TRIGGER_IDLE_H
#define PRC_TRIGGER_IDLE_H

void prc_trigger_idle_enable(unsigned int idle_ms);
void prc_trigger_idle_disable(void);

#endif
