// SPDX-License-Identifier: GPL-2.0
/*
 * Choosing the largest processes, in the worker's thread. Nothing is allocated:
 * this runs when memory is short.
 */
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "pick.h"
#include "reclaim.h"
#include "worker.h"

/* In pages; 0 if it is none that may be touched. */
static unsigned long size_of(struct task_struct *task, int min_adj,
			     bool with_file)
{
	int adj = READ_ONCE(task->signal->oom_score_adj);
	struct prc_memory memory;

	if (adj == PRC_ADJ_MIN || adj < min_adj || is_global_init(task) ||
	    !prc_task_memory(task, &memory))
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
	picks->pick[i] = (struct prc_pick) {
		.task = task,
		.adj = READ_ONCE(task->signal->oom_score_adj),
		.size = size,
	};
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
 * @min_adj: the lowest adj
 * @victim: filled in, with a reference on the task
 *
 * Context: the worker's thread.
 * Return: the task; NULL if there is none.
 */
struct task_struct *prc_pick_victim(int min_adj, struct prc_pick *victim)
{
	struct task_struct *task;
	unsigned long size;
	int adj, nr = 1;

	*victim = (struct prc_pick) { .adj = min_adj };
	while ((task = prc_next_process(&init_pid_ns, &nr))) {
		adj = READ_ONCE(task->signal->oom_score_adj);
		size = size_of(task, victim->adj, true);
		if (size && !(task->signal->flags & SIGNAL_GROUP_EXIT) &&
		    (adj > victim->adj || size > victim->size)) {
			if (victim->task)
				put_task_struct(victim->task);
			*victim = (struct prc_pick) { task, adj, size };
		} else {
			put_task_struct(task);
		}
		cond_resched();
	}
	return victim->task;
}
