// SPDX-License-Identifier: GPL-2.0
/*
 * Choosing the largest processes, in the worker's thread. Nothing is allocated:
 * this runs when memory is short.
 */
#include <linux/freezer.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "facts.h"
#include "pick.h"
#include "target.h"
#include "worker.h"

/**
 * prc_may_pick() - may a process be touched for its adj?
 * @set: the policy
 * @task: its group leader
 * @adj: what its adj is now. It may change at any time, so it is read once.
 * @min_adj: the lowest adj
 *
 * Context: any.
 * Return: false for -1000 and those of throttle/adj_exclude, for init, and for who has
 *	   another's memory.
 */
bool prc_may_pick(const struct prc_policy *set, struct task_struct *task,
		  int adj, int min_adj)
{
	return adj != PRC_ADJ_MIN && adj >= min_adj &&
	       !prc_policy_excludes(set, adj) && !is_global_init(task) &&
	       !prc_shares_parent_mm(task);
}

/**
 * prc_may_kill() - may a process be killed for its adj?
 * @set: the policy
 * @task: its group leader
 * @adj: what its adj is now. It may change at any time, so it is read once.
 * @min_adj: the lowest adj
 *
 * Who is frozen cannot die. All of user space is while the system is suspended, but for
 * whoever does it, and while the image for a hibernation is made memory is low: it would
 * be one after the other.
 *
 * Context: any.
 * Return: false for those that prc_may_pick() leaves alone, for who is frozen by a
 *	   suspend or by version 1's freezer, and for who suspends.
 */
bool prc_may_kill(const struct prc_policy *set, struct task_struct *task,
		  int adj, int min_adj)
{
	return prc_may_pick(set, task, adj, min_adj) && !freezing(task) &&
	       !(task->flags & PF_SUSPEND_TASK);
}

/* In pages; 0 if it has none. */
static unsigned long size_of(struct task_struct *task)
{
	struct prc_memory memory;

	prc_task_memory(task, &memory);
	return (memory.anon_kb + memory.file_kb) >> (PAGE_SHIFT - 10);
}

static bool comes_before(const struct prc_pick *a, const struct prc_pick *b)
{
	return a->size > b->size || (a->size == b->size && a->nr < b->nr);
}

/* Put one in its place among the largest; the reference is kept or dropped. */
static void insert(struct prc_picks *picks, const struct prc_pick *new)
{
	unsigned int i;

	if (picks->nr == PRC_PICKS) {
		struct prc_pick *last = &picks->pick[PRC_PICKS - 1];

		if (!comes_before(new, last)) {
			put_task_struct(new->task);
			return;
		}
		put_task_struct(last->task);
		picks->nr--;
	}
	for (i = picks->nr++; i && comes_before(new, &picks->pick[i - 1]); i--)
		picks->pick[i] = picks->pick[i - 1];
	picks->pick[i] = *new;
}

/* Only those that come after @after, whose task may be gone. */
static void pick_after(struct prc_picks *picks, const struct prc_pick *after)
{
	struct prc_pick pick;
	struct prc_policy set;
	int adj, nr = 1;

	prc_policy_copy(&set);
	picks->nr = 0;
	while (!prc_worker_must_pause() &&
	       (pick.task = prc_next_process(&init_pid_ns, &nr))) {
		adj = READ_ONCE(pick.task->signal->oom_score_adj);
		pick.nr = nr;
		pick.size = prc_may_pick(&set, pick.task, adj, picks->min_adj) ?
			    picks->size(pick.task) : 0;
		if (pick.size && (!after || comes_before(after, &pick)))
			insert(picks, &pick);
		else
			put_task_struct(pick.task);
		cond_resched();
	}
}

/**
 * prc_pick() - choose the largest processes from an adj on
 * @picks: says which; filled in, to be dropped with prc_unpick()
 *
 * Context: the worker's thread.
 */
void prc_pick(struct prc_picks *picks)
{
	pick_after(picks, NULL);
}

/**
 * prc_pick_next() - choose the largest of those that are left
 * @picks: those that were chosen before, which are dropped
 *
 * Context: the worker's thread.
 * Return: false if none is left.
 */
bool prc_pick_next(struct prc_picks *picks)
{
	struct prc_pick last;

	if (picks->nr < PRC_PICKS)
		return false;
	last = picks->pick[PRC_PICKS - 1];
	prc_unpick(picks);
	pick_after(picks, &last);
	return picks->nr;
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
 * prc_is_dying() - will a process's memory be free soon?
 * @task: its group leader
 *
 * Its mm is no longer its own then, so that is not asked.
 *
 * Context: any.
 * Return: true if it is on its way out and not at its end.
 */
bool prc_is_dying(struct task_struct *task)
{
	return READ_ONCE(task->signal->flags) & SIGNAL_GROUP_EXIT &&
	       !(READ_ONCE(task->exit_state) && thread_group_empty(task));
}

/**
 * prc_pick_dying() - find a process that is dying, whoever killed it
 * @but: not this one; may be NULL
 *
 * Context: the worker's thread.
 * Return: its group leader, with a reference; NULL if there is none.
 */
struct task_struct *prc_pick_dying(struct pid *but)
{
	struct task_struct *task;
	int nr = 1;

	while ((task = prc_next_process(&init_pid_ns, &nr))) {
		if (prc_is_dying(task) && task_tgid(task) != but)
			return task;
		put_task_struct(task);
		cond_resched();
	}
	return NULL;
}

/**
 * prc_pick_victim() - choose the process with the highest adj, of these the largest
 * @victim: filled in, with a reference on the task
 * @min_adj: the lowest adj
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
		size = prc_may_kill(&set, task, its_adj, *adj) &&
		       !prc_is_dying(task) ? size_of(task) : 0;
		if (size && (its_adj > *adj || size > victim->size)) {
			if (victim->task)
				put_task_struct(victim->task);
			*victim = (struct prc_pick) { task, size, nr };
			*adj = its_adj;
		} else {
			put_task_struct(task);
		}
		cond_resched();
	}
	return victim->task;
}
