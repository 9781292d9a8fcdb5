/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One action for one process.
 */
#ifndef PRC_EXECUTE_H
#define PRC_EXECUTE_H

#include <linux/types.h>

struct prc_decision_record;
struct prc_process;
struct prc_work;
struct task_struct;

void prc_execute(struct prc_process *process, struct task_struct *task,
		 const struct prc_work *work, bool (*goal_met)(void),
		 struct prc_decision_record *record);
bool prc_execution_should_retry(const struct prc_decision_record *record);
bool prc_execution_keeps_idle(const struct prc_decision_record *record);

#endif
