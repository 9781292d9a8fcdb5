/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The target of a request: permission check and reference counting.
 */
#ifndef PRC_TARGET_H
#define PRC_TARGET_H

#include <linux/types.h>

#include "result.h"

struct mm_struct;
struct pid_namespace;
struct task_struct;

/**
 * struct prc_target - one process that a request works on
 * @task: group leader, with a reference
 * @mm: mm of the process, pinned by mmgrab(). Neither reference keeps the process alive.
 * @pid: pid in the initial pid namespace
 */
struct prc_target {
	struct task_struct *task;
	struct mm_struct *mm;
	pid_t pid;
};

struct prc_usage prc_mm_usage(struct mm_struct *mm);

int prc_target_init(struct prc_target *target, struct task_struct *leader);
int prc_target_init_job(struct prc_target *target, struct task_struct *leader);
void prc_target_release(struct prc_target *target);
bool prc_target_is_exiting(const struct prc_target *target);

struct task_struct *prc_next_process(struct pid_namespace *ns, int *nr);

/**
 * prc_for_each_process() - iterate over all processes of a pid namespace
 * @task: the group leader, with a reference that the next step drops; a loop that is left
 *	  early keeps it
 * @ns: the pid namespace
 * @nr: an int, the lowest pid of the next step
 *
 * Context: may sleep.
 */
#define prc_for_each_process(task, ns, nr)				\
	for ((nr) = 1; ((task) = prc_next_process(ns, &(nr)));		\
	     put_task_struct(task), cond_resched())

bool prc_shares_parent_mm(struct task_struct *leader);
struct task_struct *prc_thread_with_mm(struct task_struct *leader);
bool prc_read_mm(struct task_struct *leader,
		 void (*read)(struct mm_struct *mm, void *data), void *data);

#endif
