// SPDX-License-Identifier: GPL-2.0
/*
 * Selects the largest processes, in the worker's thread. It allocates nothing, because
 * it runs when memory is short.
 */
#include <linux/freezer.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "select.h"
#include "settings.h"
#include "target.h"
#include "task.h"
#include "worker.h"

/**
 * prc_may_reclaim() - check whether the adj of a process allows reclaim
 * @cfg: the policy
 * @task: its group leader
 * @adj: its oom_score_adj, which the caller reads once because it may change at any time
 * @min_adj: lowest adj
 *
 * Context: any.
 * Return: false for -1000, for the adj in throttle/adj_exclude, for init, and for a
 *	   process that still uses its parent's mm.
 */
bool prc_may_reclaim(const struct prc_policy *cfg, struct task_struct *task,
		     int adj, int min_adj)
{
	return adj != PRC_ADJ_MIN && adj >= min_adj &&
	       !prc_policy_excludes(cfg, adj) && !is_global_init(task) &&
	       !prc_shares_parent_mm(task);
}

/**
 * prc_may_kill() - check whether a process may be killed
 * @cfg: the policy
 * @task: its group leader
 * @adj: its oom_score_adj, which the caller reads once because it may change at any time
 * @min_adj: lowest adj
 *
 * A frozen task cannot handle SIGKILL. While a hibernation image is made, all user tasks
 * but the one that suspends are frozen and memory is short, so that one after another
 * would be killed.
 *
 * Context: any.
 * Return: false where prc_may_reclaim() returns false, for a task that a suspend or the
 *	   freezer of cgroup v1 freezes, and for the task that suspends.
 */
bool prc_may_kill(const struct prc_policy *cfg, struct task_struct *task,
		  int adj, int min_adj)
{
	return prc_may_reclaim(cfg, task, adj, min_adj) && !freezing(task) &&
	       !(task->flags & PF_SUSPEND_TASK);
}

static bool select_comes_before(const struct prc_candidate *a,
				const struct prc_candidate *b)
{
	return a->size > b->size || (a->size == b->size && a->nr < b->nr);
}

/* Insert a process in its place among the largest, with a reference of its own. */
static void select_insert(struct prc_candidates *candidates,
			  const struct prc_candidate *new)
{
	struct prc_candidate *all = candidates->candidate;
	unsigned int i;

	if (candidates->nr == PRC_MAX_CANDIDATES) {
		if (!select_comes_before(new, &all[PRC_MAX_CANDIDATES - 1]))
			return;
		put_task_struct(all[--candidates->nr].task);
	}
	get_task_struct(new->task);
	for (i = candidates->nr++; i && select_comes_before(new, &all[i - 1]); i--)
		all[i] = all[i - 1];
	all[i] = *new;
}

/* Select only processes that come after @after, whose task may be gone. */
static void select_after(struct prc_candidates *candidates,
			 const struct prc_candidate *after)
{
	struct prc_candidate new;
	struct prc_policy cfg;
	int adj, nr;

	prc_policy_copy(&cfg);
	candidates->nr = 0;
	prc_for_each_process(new.task, &init_pid_ns, nr) {
		if (prc_worker_must_pause()) {
			put_task_struct(new.task);
			break;
		}
		adj = READ_ONCE(new.task->signal->oom_score_adj);
		if (!prc_may_reclaim(&cfg, new.task, adj, candidates->min_adj))
			continue;
		new.nr = nr;
		new.size = candidates->size(new.task);
		if (new.size && (!after || select_comes_before(after, &new)))
			select_insert(candidates, &new);
	}
}

/**
 * prc_select_largest() - select the largest processes from an adj on
 * @candidates: says which; filled in. The caller drops it with prc_put_candidates().
 *
 * Context: the worker's thread.
 */
void prc_select_largest(struct prc_candidates *candidates)
{
	select_after(candidates, NULL);
}

/**
 * prc_select_next_largest() - select the largest of the processes that are left
 * @candidates: the previous selection, which is dropped; filled in
 *
 * Context: the worker's thread.
 * Return: false if no process is left.
 */
bool prc_select_next_largest(struct prc_candidates *candidates)
{
	struct prc_candidate last;

	if (candidates->nr < PRC_MAX_CANDIDATES)
		return false;
	last = candidates->candidate[PRC_MAX_CANDIDATES - 1];
	prc_put_candidates(candidates);
	select_after(candidates, &last);
	return candidates->nr;
}

/**
 * prc_put_candidates() - drop the references of a selection
 * @candidates: from prc_select_largest()
 *
 * Context: any.
 */
void prc_put_candidates(struct prc_candidates *candidates)
{
	while (candidates->nr)
		put_task_struct(candidates->candidate[--candidates->nr].task);
}

/**
 * prc_is_dying() - check whether the memory of a process is about to become free
 * @task: its group leader
 *
 * The mm is not checked, because a dying thread has already dropped its own.
 *
 * Context: any.
 * Return: true if the process exits and some thread of it has not finished.
 */
bool prc_is_dying(struct task_struct *task)
{
	return READ_ONCE(task->signal->flags) & SIGNAL_GROUP_EXIT &&
	       !(READ_ONCE(task->exit_state) && thread_group_empty(task));
}

/**
 * prc_select_dying() - find a process that is dying for any reason
 * @except: skip this process; may be NULL
 *
 * Context: the worker's thread.
 * Return: its group leader, with a reference; NULL if there is none.
 */
struct task_struct *prc_select_dying(struct pid *except)
{
	struct task_struct *task;
	int nr;

	prc_for_each_process(task, &init_pid_ns, nr)
		if (prc_is_dying(task) && task_tgid(task) != except)
			return task;
	return NULL;
}

/**
 * prc_select_victim() - select the largest of the processes with the highest adj
 * @victim: filled in, with a reference on the task
 * @min_adj: lowest adj
 * @adj: filled in with the adj of the victim
 *
 * Context: the worker's thread.
 * Return: false if there is none.
 */
bool prc_select_victim(struct prc_candidate *victim, int min_adj, int *adj)
{
	struct task_struct *task;
	struct prc_policy cfg;
	unsigned long size;
	int task_adj, nr;

	prc_policy_copy(&cfg);
	*victim = (struct prc_candidate) { 0 };
	*adj = min_adj;
	prc_for_each_process(task, &init_pid_ns, nr) {
		task_adj = READ_ONCE(task->signal->oom_score_adj);
		if (!prc_may_kill(&cfg, task, task_adj, *adj) ||
		    prc_is_dying(task))
			continue;
		size = prc_task_rss(task);
		if (!size || (task_adj == *adj && size <= victim->size))
			continue;
		if (victim->task)
			put_task_struct(victim->task);
		*victim = (struct prc_candidate) {
			.task = get_task_struct(task),
			.size = size,
			.nr = nr,
		};
		*adj = task_adj;
	}
	return victim->task;
}
