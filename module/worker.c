// SPDX-License-Identifier: GPL-2.0
/*
 * The worker: one thread that executes the queued actions, oldest first. It also runs the
 * callbacks of the triggers, which may sleep or take long.
 *
 * The thread holds none of the module's locks while it works, so only the unload waits for it.
 * With nothing to do it sleeps without a timeout. It is no kthread_worker, because that has no
 * hook for the moment in which it runs out of work, when the thread wakes kcompactd, and emits
 * the event that it goes to sleep.
 */
#include <linux/freezer.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/wait.h>

#include "compact.h"
#include "execute.h"
#include "kernel_api.h"
#include "process.h"
#include "queue.h"
#include "settings.h"
#include "worker.h"

#include "proc_reclaim_events.h"

/* How long the queue waits after an action was requeued, so that kswapd can work. */
#define RETRY_DELAY (HZ / 10)

static struct task_struct *thread;
static DECLARE_WAIT_QUEUE_HEAD(work_wait);
static LLIST_HEAD(callbacks);
static bool enabled;
static bool awake = true;
static bool busy;
static bool has_freed;		/* since the worker woke up */
static bool put_off;		/* the last action was requeued */
static unsigned long put_off_at; /* the time of that */

/**
 * prc_worker_is_current() - check whether this is the worker's thread
 *
 * Return: true if it is.
 */
bool prc_worker_is_current(void)
{
	return current == READ_ONCE(thread);
}

/**
 * prc_worker_enabled() - check whether the worker is enabled
 *
 * Return: true if it is.
 */
bool prc_worker_enabled(void)
{
	return READ_ONCE(enabled);
}

/**
 * prc_worker_enable() - enable or disable the worker
 * @enable: false ends the action that runs after its current batch
 *
 * Context: any. The caller enables or disables the triggers and the queue.
 */
void prc_worker_enable(bool enable)
{
	/* Pairs with the xchg() in prc_worker_set_awake(). */
	smp_store_mb(enabled, enable);
}

/**
 * prc_worker_awake() - check whether a user is present
 *
 * Return: the value that was set last.
 */
bool prc_worker_awake(void)
{
	return READ_ONCE(awake);
}

/**
 * prc_worker_set_awake() - note whether a user is present
 * @is_awake: true or false
 *
 * Context: any.
 * Return: what it was before.
 */
bool prc_worker_set_awake(bool is_awake)
{
	return xchg(&awake, is_awake);
}

/**
 * prc_worker_bfgs() - get the adj of bound foreground services
 *
 * Context: any.
 * Return: their adj.
 */
struct prc_adj_range prc_worker_bfgs(void)
{
	struct prc_settings settings;

	prc_settings_get(&settings);
	return settings.bfgs_adj;
}

/**
 * prc_work_for() - make an action, with the range of adj that it is for
 * @action: the action
 * @trigger: the trigger that queues it
 *
 * Context: any.
 * Return: the action, without a limit.
 */
struct prc_work prc_work_for(enum prc_action action, enum prc_trigger trigger)
{
	struct prc_work work = {
		.action = action,
		.trigger = trigger,
		.adj = { .lo = PRC_ADJ_PERCEPTIBLE + 1, .hi = PRC_ADJ_MAX },
	};

	if (action == PRC_ACTION_PERSISTENT)
		work.adj = (struct prc_adj_range) { PRC_ADJ_MIN + 1, -1 };
	else if (action == PRC_ACTION_BFGS)
		work.adj = prc_worker_bfgs();
	return work;
}

/**
 * prc_worker_state() - get a word for what the worker does now
 *
 * Return: a constant string.
 */
const char *prc_worker_state(void)
{
	if (!prc_worker_enabled())
		return "off";
	return READ_ONCE(busy) ? "busy" : "idle";
}

/**
 * prc_worker_kick() - have the worker run a callback
 * @callback: the callback. Kicked twice before it runs, it runs once.
 *
 * Context: any.
 */
void prc_worker_kick(struct prc_callback *callback)
{
	if (atomic_xchg(&callback->asked, 1))
		return;
	llist_add(&callback->node, &callbacks);
	wake_up(&work_wait);
}

/**
 * prc_worker_queue() - queue an action for a process
 * @task: one of its threads
 * @before: its adj before, for the tracepoint
 * @adj: its adj now
 * @work: the action
 *
 * Context: any that is not an interrupt; does not sleep.
 */
void prc_worker_queue(struct task_struct *task, int before, int adj,
		      const struct prc_work *work)
{
	pid_t pid = task_tgid_nr(task);
	struct prc_work replaced;

	trace_proc_reclaim_trigger(pid, before, adj, work);
	switch (prc_queue_add(task, work, &replaced)) {
	case 0:
		wake_up(&work_wait);
		break;
	case 1:
		prc_decision_log_skipped(pid, adj, &replaced,
					 PRC_REASON_REPLACED);
		break;
	case -ESRCH:
		prc_decision_log_skipped(pid, adj, work, PRC_REASON_DEAD);
		break;
	default:
		prc_decision_log_skipped(pid, adj, work, PRC_REASON_NOMEM);
	}
}

static void execute(struct prc_process *process, struct task_struct *task,
		    const struct prc_work *work, bool (*goal_met)(void),
		    struct prc_decision_record *record)
{
	prc_execute(process, task, work, goal_met, record);
	if (record->freed_kb)
		has_freed = true;
}

/**
 * prc_worker_act() - execute an action for a process at once
 * @task: its group leader
 * @work: the action
 * @goal_met: called before each batch; returns true to end the action; or NULL
 * @record: filled in with the decision
 *
 * Context: a callback, in the worker's thread.
 * Return: true if the engine ran, whatever it freed.
 */
bool prc_worker_act(struct task_struct *task, const struct prc_work *work,
		    bool (*goal_met)(void), struct prc_decision_record *record)
{
	/*
	 * Allocate from the reserves, because memory may be short now, and without an entry
	 * the worker never knows that the accessed bits of the process were cleared.
	 */
	struct prc_process *process = prc_process_get(task, GFP_ATOMIC);
	int adj;

	adj = READ_ONCE(task->signal->oom_score_adj);
	trace_proc_reclaim_trigger(task_tgid_nr(task), adj, adj, work);
	execute(process, task, work, goal_met, record);
	if (process)
		prc_process_put(process);
	return record->decision.reason == PRC_REASON_RUN;
}

/**
 * prc_worker_must_pause() - check whether a callback must end early
 *
 * Context: the worker's thread.
 * Return: true if the worker was disabled, the system suspends, or the module unloads.
 */
bool prc_worker_must_pause(void)
{
	return !prc_worker_enabled() || freezing(current) ||
	       kthread_should_stop();
}

static void process_one_work(void)
{
	struct prc_decision_record record;
	struct prc_process *process;
	struct task_struct *task;
	struct prc_work work;

	put_off = false;
	process = prc_queue_pop(&work);
	if (!process)
		return;
	task = get_pid_task(process->pid, PIDTYPE_TGID);
	if (task) {
		execute(process, task, &work, NULL, &record);
		put_task_struct(task);
		put_off = prc_execution_should_retry(&record);
		put_off_at = jiffies;
		if (put_off)
			prc_queue_requeue(process, &work);
		if (prc_execution_keeps_idle(&record))
			prc_process_forget_idle(process);
	} else {
		prc_decision_log_skipped(process->nr, 0, &work,
					 PRC_REASON_DEAD);
	}
	prc_process_put(process);
}

/* --- the thread --- */

static bool queue_waits(void)
{
	return put_off && time_before(jiffies, put_off_at + RETRY_DELAY);
}

static bool has_work(void)
{
	return kthread_should_stop() || !llist_empty(&callbacks) ||
	       (prc_worker_enabled() && !prc_queue_is_empty() &&
		!queue_waits());
}

/* Callbacks are few and may change what the next action does, so they come first. */
static void run_callbacks(void)
{
	struct prc_callback *callback, *next;

	llist_for_each_entry_safe(callback, next, llist_del_all(&callbacks),
				  node) {
		/*
		 * From here on the callback can be kicked again. Ordered before what the
		 * callback reads, so that it misses nothing without another kick.
		 */
		atomic_xchg(&callback->asked, 0);
		if (prc_worker_enabled())
			callback->run();
	}
}

/* Of several callbacks name the one that was kicked last. */
static const char *wake_reason(void)
{
	struct llist_node *node = READ_ONCE(callbacks.first);

	return node ? llist_entry(node, struct prc_callback, node)->why :
		      "queue";
}

/* Work until the queue and the list of callbacks are empty, or must wait. */
static void process_queue(void)
{
	struct prc_settings settings;

	WRITE_ONCE(busy, true);
	trace_proc_reclaim_worker(true, wake_reason(), prc_queue_len());
	has_freed = false;
	while (!prc_worker_must_pause() && has_work()) {
		run_callbacks();
		if (!prc_worker_must_pause() && !queue_waits())
			process_one_work();
		cond_resched();
	}
	prc_settings_get(&settings);
	if (settings.compact_order && has_freed && prc_worker_enabled())
		prc_compact(&settings);
	trace_proc_reclaim_worker(false, prc_worker_enabled() ? "done" : "off",
				  prc_queue_len());
	WRITE_ONCE(busy, false);
}

static int worker(void *unused)
{
	set_freezable();
	while (!kthread_should_stop()) {
		if (queue_waits())
			wait_event_freezable_timeout(work_wait, has_work(),
						     RETRY_DELAY);
		else
			wait_event_freezable(work_wait, has_work());
		/* The wait does not check for the freezer if it need not wait. */
		try_to_freeze();
		if (!prc_worker_enabled())
			run_callbacks();
		else if (!kthread_should_stop() && has_work())
			process_queue();
	}
	return 0;
}

/**
 * prc_worker_init() - create the thread
 *
 * Return: 0 or a negative errno.
 */
int prc_worker_init(void)
{
	struct task_struct *task;

	task = kthread_run(worker, NULL, "proc_reclaimd");
	if (IS_ERR(task))
		return PTR_ERR(task);
	WRITE_ONCE(thread, task);
	return 0;
}

/**
 * prc_worker_exit() - end the thread
 *
 * Context: module unload, after prc_reclaim_stop(), when no trigger can queue an action
 *	    any more.
 */
void prc_worker_exit(void)
{
	kthread_stop(thread);
}
