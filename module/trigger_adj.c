// SPDX-License-Identifier: GPL-2.0
/*
 * Somebody writes /proc/PID/oom_score_adj: a session manager, a browser, Android's
 * system server. That is how one knows that a process left the foreground.
 */
#include "kernel_api.h"
#include "process.h"
#include "trigger_adj.h"
#include "worker.h"

/*
 * Called after each write, also of an equal value, in the context of who writes,
 * with RCU's or the scheduler's read side held: may not sleep. @task may be any of
 * the process's threads.
 */
static void on_adj(void *data, struct task_struct *task)
{
	int adj, before = prc_process_set_adj(task, &adj);
	enum prc_action action;
	struct prc_wish wish;

	if (before == adj)
		return;
	action = prc_policy_transition(before, adj);
	if (action == PRC_ACTION_NOTHING && !prc_worker_awake())
		action = prc_policy_asleep(adj, prc_worker_bfgs());
	if (action == PRC_ACTION_NOTHING)
		return;
	wish = prc_make_wish(action, PRC_TRIGGER_ADJ);
	prc_worker_wish(task, before, adj, &wish);
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
		prc_process_note_adj();
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
