// SPDX-License-Identifier: GPL-2.0
/*
 * A process wants no CPU time: it waits for somebody, was stopped, or is in a frozen
 * cgroup. The one trigger that has a timer, because nothing tells that nothing
 * happens.
 */
#include <linux/jiffies.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/timer.h>

#include "compat.h"
#include "task.h"
#include "process.h"
#include "target.h"
#include "trigger_idle.h"
#include "worker.h"

static void on_timer(struct timer_list *unused);
static DEFINE_TIMER(timer, on_timer);

/* Protects the period, so that the timer is never set again once it is off. */
static DEFINE_SPINLOCK(period_lock);
static unsigned long period;	/* in jiffies; 0: off */

static void set_timer(void)
{
	spin_lock(&period_lock);
	if (period)
		mod_timer(&timer, jiffies + period);
	spin_unlock(&period_lock);
}

static void look_at(struct task_struct *task)
{
	struct prc_work work = {
		.action = PRC_ACTION_FULL,
		.trigger = PRC_TRIGGER_IDLE,
		.adj = { .lo = PRC_ADJ_MIN + 1, .hi = PRC_ADJ_MAX },
	};
	int adj = READ_ONCE(task->signal->oom_score_adj);

	if (task->flags & PF_KTHREAD || adj == PRC_ADJ_MIN)
		return;
	if (prc_task_waits(task, &work.cpu_ns) &&
	    prc_process_update_idle(task, work.cpu_ns))
		prc_worker_queue(task, adj, adj, &work);
}

/* All processes, one after the other. Those that ran meanwhile are not idle. */
static void run_idle(void)
{
	struct task_struct *task;
	int nr = 1;

	while (!prc_worker_must_pause() &&
	       (task = prc_next_process(&init_pid_ns, &nr))) {
		look_at(task);
		put_task_struct(task);
		cond_resched();
	}
	set_timer();
}

static struct prc_callback callback = { .run = run_idle, .why = "idle" };

static void on_timer(struct timer_list *unused)
{
	prc_worker_kick(&callback);
}

/**
 * prc_trigger_idle_on() - look at all processes now and then
 * @idle_ms: how often, and so for how long one must not have run
 *
 * Context: may sleep.
 */
void prc_trigger_idle_on(unsigned int idle_ms)
{
	spin_lock(&period_lock);
	period = msecs_to_jiffies(idle_ms);
	spin_unlock(&period_lock);
	set_timer();
}

/**
 * prc_trigger_idle_off() - no longer
 *
 * Context: may sleep.
 */
void prc_trigger_idle_off(void)
{
	spin_lock(&period_lock);
	period = 0;
	spin_unlock(&period_lock);
	prc_timer_delete_sync(&timer);
}
