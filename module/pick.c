// SPDX-License-Identifier: GPL-2.0
/*
 * Choosing the largest processes, in the worker's thread. Nothing is allocated:
 * this runs when memory is short.
 */
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "pick.h"
#include "target.h"
#include "worker.h"

/* In pages; 0 if it is none that may be touched. */
static unsigned long size_of(struct task_struct *task, int min_adj,
			     bool with_file)
{
	int adj = READ_ONCE(task->signal->oom_score_adj);
	struct prc_memory memory;

	/* What a vfork()ed child has is still its parent's. */
	if (adj == PRC_ADJ_MIN || adj < min_adj || is_global_init(task) ||
	    READ_ONCE(task->vfork_done) || !prc_task_memory(task, &memory))
		return 0;
	return (memory.anon_kb + (with_file ? memory.file_kb : 0)) >>
	       (PAGE_SHIFT - 10);
}

/* Put @task in its place among the largest; the reference is kept or dropped. */
static void insert(struct prc_picks *picks, struct task_struct *task,
		   unsigned long size)
{
	unsigned int i;

	if (picks->nr == PRC_PICKS) {
		struct prc_pick *last = &picks->pick[PRC_PICKS - 1];

		if (size <= last->size) {
			put_task_struct(task);
			return;
		}
		put_task_struct(last->task);
		picks->nr--;
	}
	for (i = picks->nr++; i && picks->pick[i - 1].size < size; i--)
		picks->pick[i] = picks->pick[i - 1];
	picks->pick[i] = (struct prc_pick) { .task = task, .size = size };
}

/**
 * prc_pick() - choose the largest processes from an adj on
 * @picks: filled in; to be dropped with prc_unpick()
 * @min_adj: the lowest adj. -1000 is never chosen, nor is init.
 * @with_file: by anonymous and file memory, not by anonymous memory alone
 *
 * Context: the worker's thread.
 */
void prc_pick(struct prc_picks *picks, int min_adj, bool with_file)
{
	struct task_struct *task;
	unsigned long size;
	int nr = 1;

	picks->nr = 0;
	while (!prc_worker_must_pause() &&
	       (task = prc_next_process(&init_pid_ns, &nr))) {
		size = size_of(task, min_adj, with_file);
		if (size)
			insert(picks, task, size);
		else
			put_task_struct(task);
		cond_resched();
	}
}

/**
 * prc_unpick() - drop those that were chosen
 * @picks: from prc_pick()
 */
void prc_unpick(struct prc_picks *picks)
{
	while (picks->nr)
		put_task_struct(picks->pick[--picks->nr].task);
}

/**
 * prc_pick_victim() - choose the process with the highest adj, of these the largest
 * @victim: filled in, with a reference on the task
 * @min_adj: the lowest adj. Those of throttle/adj_exclude are not chosen either.
 * @adj: what the victim's was
 *
 * Context: the worker's thread.
 * Return: false if there is none.
 */
bool prc_pick_victim(struct prc_pick *victim, int min_adj, int *adj)
{
	struct task_struct *task;
	struct prc_policy set;
	unsigned long size;
	int its_adj, nr = 1;

	prc_policy_copy(&set);
	*victim = (struct prc_pick) { 0 };
	*adj = min_adj;
	while ((task = prc_next_process(&init_pid_ns, &nr))) {
		its_adj = READ_ONCE(task->signal->oom_score_adj);
		size = prc_policy_excludes(&set, its_adj) ?
		       0 : size_of(task, *adj, true);
		if (size && !(task->signal->flags & SIGNAL_GROUP_EXIT) &&
		    (its_adj > *adj || size > victim->size)) {
			if (victim->task)
				put_task_struct(victim->task);
			*victim = (struct prc_pick) { task, size };
			*adj = its_adj;
		} else {
			put_task_struct(task);
		}
		cond_resched();
	}
	return victim->task;
}
