// SPDX-License-Identifier: GPL-2.0
/*
 * Somebody writes /proc/PID/oom_score_adj: a session manager, a browser, Android's
 * system server. That is how one knows that a process left the foreground.
 */
#include "kernel_api.h"
#include "process.h"
#include "trigger_adj.h"
#include "worker.h"

/* Apart, because the probe has nothing to wish nearly always. */
static noinline void wish_for(struct task_struct *task,
			      struct prc_adj_change adj, enum prc_action action)
{
	struct prc_work work = prc_work_for(action, PRC_TRIGGER_ADJ);

	prc_worker_queue(task, adj.before, adj.after, &work);
}

/*
 * Called after each write, also of an equal value, in the context of who writes, with
 * preemption off, or on later kernels in a read side of the tracepoints' own SRCU: may
 * not sleep. @task may be any of the process's threads.
 */
static void on_adj(void *data, struct task_struct *task)
{
	struct prc_adj_change adj;
	enum prc_action action;

	prc_probe_rcu_lock();
	adj = prc_process_observe_adj(task);
	prc_probe_rcu_unlock();
	if (adj.before == adj.after)
		return;
	action = prc_policy_transition(adj.before, adj.after);
	if (action == PRC_ACTION_NOTHING && !prc_worker_awake())
		action = prc_policy_asleep(adj.after, prc_worker_bfgs());
	if (action != PRC_ACTION_NOTHING)
		wish_for(task, adj, action);
}

/**
 * prc_trigger_adj_on() - listen
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int prc_trigger_adj_on(void)
{
	int err = prc_attach_oom_score_adj_update(on_adj);

	if (!err)
		prc_process_scan_adj();
	return err;
}

/**
 * prc_trigger_adj_off() - no longer
 *
 * Context: may sleep; waits for the probes that run.
 */
void prc_trigger_adj_off(void)
{
	prc_detach_oom_score_adj_update(on_adj);
}
