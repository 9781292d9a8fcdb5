// SPDX-License-Identifier: GPL-2.0
/*
 * No user is present any more: a session manager writes 0 to worker/awake. The worker then
 * reclaims the persistent processes and the bound foreground services.
 */
#include <linux/freezer.h>
#include <linux/jiffies.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/timer.h>

#include "compat.h"
#include "settings.h"
#include "target.h"
#include "trigger_awake.h"
#include "worker.h"

/* Pending only while no user is present. Deferrable: it wakes no processor. */
static struct timer_list timer;

static struct prc_callback callback;

static void awake_queue(struct task_struct *task)
{
	int adj = READ_ONCE(task->signal->oom_score_adj);
	enum prc_action action = prc_policy_asleep(adj, prc_worker_bfgs());
	struct prc_work work = prc_work_for(action, PRC_TRIGGER_AWAKE);

	if (!(task->flags & PF_KTHREAD) && action != PRC_ACTION_NOTHING)
		prc_worker_queue(task, adj, adj, &work);
}

/* Repeat the sweep later, as Android does, for processes whose throttle is not over yet. */
static void awake_set_timer(void)
{
	struct prc_policy set;

	prc_policy_copy(&set);
	mod_timer(&timer,
		  jiffies + msecs_to_jiffies(prc_policy_asleep_ms(&set)));
	/* prc_trigger_awake_set() may have found no timer to delete. */
	if (prc_worker_awake())
		prc_timer_delete_sync(&timer);
}

/*
 * Queue an action for each persistent process and bound foreground service. A suspend ends the
 * sweep early, so the callback kicks itself for the time after the resume.
 */
static void awake_run(void)
{
	struct task_struct *task;
	int nr = 1;

	while (!prc_worker_must_pause() && !prc_worker_awake() &&
	       (task = prc_next_process(&init_pid_ns, &nr))) {
		awake_queue(task);
		put_task_struct(task);
		cond_resched();
	}
	if (freezing(current))
		prc_worker_kick(&callback);
	else if (!prc_worker_awake())
		awake_set_timer();
}

static struct prc_callback callback = {
	.run = awake_run,
	.why = "asleep",
};

static void awake_on_timer(struct timer_list *unused)
{
	prc_worker_kick(&callback);
}

/**
 * prc_trigger_awake_on() - begin the sweep if no user is present
 *
 * Context: any; prc_worker_enable() has enabled the worker.
 */
void prc_trigger_awake_on(void)
{
	if (!prc_worker_awake())
		prc_worker_kick(&callback);
}

/**
 * prc_trigger_awake_set() - note whether a user is present
 * @is_awake: true or false. When that turns false, the worker queues "persistent" and
 *	      "bfgs" for the processes that they are for.
 *
 * Context: may sleep.
 */
void prc_trigger_awake_set(bool is_awake)
{
	bool was_awake = prc_worker_set_awake(is_awake);

	if (is_awake)
		prc_timer_delete_sync(&timer);
	else if (was_awake && prc_worker_enabled())
		prc_worker_kick(&callback);
}

/**
 * prc_trigger_awake_init() - set up the timer
 */
void prc_trigger_awake_init(void)
{
	timer_setup(&timer, awake_on_timer, TIMER_DEFERRABLE);
}

/**
 * prc_trigger_awake_exit() - delete the timer
 *
 * Context: may sleep; after prc_worker_exit(), because only the worker sets the timer.
 */
void prc_trigger_awake_exit(void)
{
	prc_timer_delete_sync(&timer);
}
