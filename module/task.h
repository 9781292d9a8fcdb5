/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads the state of another process.
 */
#ifndef PRC_TASK_H
#define PRC_TASK_H

#include <linux/types.h>

struct prc_memory;
struct task_struct;

bool prc_task_memory(struct task_struct *task, struct prc_memory *memory);
unsigned long prc_task_unprotected(struct task_struct *task, bool with_low);
bool prc_task_is_protected(struct task_struct *task, bool with_low);
unsigned long prc_task_rss(struct task_struct *task);
unsigned long prc_task_swappable(struct task_struct *task);
bool prc_task_waits(struct task_struct *leader, u64 *cpu_ns);

#endif
