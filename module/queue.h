/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The queue of actions for the worker.
 */
#ifndef PRC_QUEUE_H
#define PRC_QUEUE_H

#include <linux/types.h>

struct prc_process;
struct prc_work;
struct task_struct;

int prc_queue_add(struct task_struct *task, const struct prc_work *work,
		  struct prc_work *replaced);
void prc_queue_requeue(struct prc_process *process,
		       const struct prc_work *work);
struct prc_process *prc_queue_pop(struct prc_work *work);
bool prc_queue_is_empty(void);
unsigned int prc_queue_len(void);
bool __prc_queue_remove(struct prc_process *process);

#endif
