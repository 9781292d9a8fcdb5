// SPDX-License-Identifier: GPL-2.0
/*
 * Queues an action when a session manager, a browser or Android's system server writes
 * /proc/PID/oom_score_adj, because that tells that a process left the foreground.
 */
#include "kernel_api.h"
#include "process.h"
#include "trigger_adj.h"
#include "worker.h"

/* Not inlined, because most writes queue nothing and the probe must stay short. */
static noinline void adj_queue(struct task_struct *task,
			       struct prc_adj_change adj, enum prc_action action)
{
	struct prc_work work = prc_work_for(action, PRC_TRIGGER_ADJ);

	prc_worker_queue(task, adj.before, adj.after, &work);
}

/*
 * Called after each write, also of an equal value, in the context of the writer. It must
 * not sleep, because preemption is off or, on later kernels, the read side of the
 * tracepoints' own SRCU is held. @task may be any thread of the process.
 */
static void adj_on_write(void *data, struct task_struct *task)
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
		adj_queue(task, adj, action);
}

/**
 * prc_trigger_adj_enable() - attach the probe
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int prc_trigger_adj_enable(void)
{
	int err = prc_attach_oom_score_adj_update(adj_on_write);

	if (!err)
		prc_process_scan_adj();
	return err;
}

/**
 * prc_trigger_adj_disable() - detach the probe and wait for it
 *
 * Context: may sleep.
 */
void prc_trigger_adj_disable(void)
{
	prc_detach_oom_score_adj_update(adj_on_write);
}
