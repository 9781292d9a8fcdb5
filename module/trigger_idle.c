// SPDX-License-Identifier: GPL-2.0
/*
 * Queues an action for a process that used no CPU time, because it waits, was stopped,
 * or is in a frozen cgroup. This trigger has a timer, because no event tells that a
 * process did nothing.
 */
#include <linux/jiffies.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/timer.h>

#include "compat.h"
#include "process.h"
#include "target.h"
#include "task.h"
#include "trigger_idle.h"
#include "worker.h"

static void idle_on_timer(struct timer_list *unused);
static DEFINE_TIMER(idle_timer, idle_on_timer);

/* Protects the period, so that no caller starts the timer after it was disabled. */
static DEFINE_SPINLOCK(idle_period_lock);
static unsigned long idle_period;	/* in jiffies; 0 while disabled */

static void idle_set_period(unsigned long period)
{
	spin_lock(&idle_period_lock);
	idle_period = period;
	spin_unlock(&idle_period_lock);
}

static void idle_start_timer(void)
{
	spin_lock(&idle_period_lock);
	if (idle_period)
		mod_timer(&idle_timer, jiffies + idle_period);
	spin_unlock(&idle_period_lock);
}

static void idle_check(struct task_struct *task)
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

/* Check all processes. A process that ran since the last check is not idle. */
static void idle_run(void)
{
	struct task_struct *task;
	int nr;

	prc_for_each_process(task, &init_pid_ns, nr) {
		if (prc_worker_must_pause()) {
			put_task_struct(task);
			break;
		}
		idle_check(task);
	}
	idle_start_timer();
}

static struct prc_callback idle_callback = { .run = idle_run, .why = "idle" };

static void idle_on_timer(struct timer_list *unused)
{
	prc_worker_kick(&idle_callback);
}

/**
 * prc_trigger_idle_enable() - start to check all processes at intervals
 * @idle_ms: the interval, and so the time that a process must not have run
 *
 * Context: may sleep.
 */
void prc_trigger_idle_enable(unsigned int idle_ms)
{
	idle_set_period(msecs_to_jiffies(idle_ms));
	idle_start_timer();
}

/**
 * prc_trigger_idle_disable() - stop the timer and wait for it
 *
 * Context: may sleep.
 */
void prc_trigger_idle_disable(void)
{
	idle_set_period(0);
	prc_timer_delete_sync(&idle_timer);
}
