// SPDX-License-Identifier: GPL-2.0
/*
 * The worker: one thread that takes the wishes out of the queue, asks the policy,
 * and has the engine carry out what it decides. Beside the queue it has callbacks:
 * what a trigger has to do that may sleep or take long.
 *
 * It holds no lock of ours while it works, so that nothing waits for it but the
 * unload. With nothing to do it sleeps without a timeout.
 */
#include <linux/freezer.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pid_namespace.h>
#include <linux/sched/cputime.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/timer.h>
#include <linux/wait.h>

#include "compact.h"
#include "facts.h"
#include "kernel_api.h"
#include "process.h"
#include "queue.h"
#include "reclaim.h"
#include "target.h"
#include "worker.h"

#include "proc_reclaim_events.h"

/*
 * Held to change the settings and to copy them. A leaf: nothing else is taken, and
 * nobody is waited for, under it.
 */
DEFINE_MUTEX(prc_policy_lock);
struct prc_policy prc_policy;

/* How long wishes wait after one was put off: kswapd is to have its turn. */
#define RETRY_DELAY (HZ / 10)

static struct task_struct *thread;
static DECLARE_WAIT_QUEUE_HEAD(work_wait);
static LLIST_HEAD(callbacks);
static bool enabled;
static bool awake = true;
/* Both ends in one word, for probes that may not wait for a lock. None: 1 to 0. */
static u32 bfgs_adj = 1 << 16;
static bool busy;
static bool has_freed;		/* since the worker woke up */
static bool put_off;		/* a wish was, */
static unsigned long put_off_at; /* and then */

/*
 * One work item that is executed. Its process may not be remembered: then it has no past.
 */
struct execution {
	struct prc_process *process;
	struct task_struct *task;
	const struct prc_work *work;
	bool (*goal_met)(void);
};

/**
 * prc_policy_copy() - copy the settings of the policy
 * @set: filled in
 *
 * Context: may sleep.
 */
void prc_policy_copy(struct prc_policy *set)
{
	mutex_lock(&prc_policy_lock);
	*set = prc_policy;
	mutex_unlock(&prc_policy_lock);
}

/**
 * prc_worker_is_current() - is this the worker's thread?
 *
 * Return: true if it is.
 */
bool prc_worker_is_current(void)
{
	return current == READ_ONCE(thread);
}

/**
 * prc_worker_enabled() - is the worker switched on?
 *
 * Return: true if it is.
 */
bool prc_worker_enabled(void)
{
	return READ_ONCE(enabled);
}

/**
 * prc_worker_enable() - switch the worker on or off
 * @enable: on? Off, the turn that runs ends with its batch.
 *
 * Context: any. Its caller sees to the triggers and to the queue.
 */
void prc_worker_enable(bool enable)
{
	/* Pairs with the xchg() in prc_worker_set_awake(). */
	smp_store_mb(enabled, enable);
}

/**
 * prc_worker_awake() - is somebody using the system?
 *
 * Return: as it was set last.
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
 * prc_worker_set_bfgs() - say which processes are bound foreground services
 * @range: their adj
 */
void prc_worker_set_bfgs(struct prc_adj_range range)
{
	WRITE_ONCE(bfgs_adj, (u32)(u16)range.lo << 16 | (u16)range.hi);
}

/**
 * prc_worker_bfgs() - which processes are bound foreground services
 *
 * Context: any.
 * Return: their adj.
 */
struct prc_adj_range prc_worker_bfgs(void)
{
	u32 word = READ_ONCE(bfgs_adj);

	return (struct prc_adj_range) {
		.lo = (short)(word >> 16),
		.hi = (short)word,
	};
}

/**
 * prc_work_for() - what is wished, with the adj that it is for
 * @action: what a process is to undergo
 * @trigger: who asks
 *
 * Context: any.
 * Return: the wish, without a limit.
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
 * prc_worker_state() - what the worker is doing
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
 * prc_worker_kick() - have a callback done
 * @callback: which. Asked for twice before it is its turn, it is done once.
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
 * prc_worker_queue() - wish something for a process
 * @task: one of its threads
 * @before: its adj before, for the tracepoint
 * @adj: its adj now
 * @work: what
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

static u64 pages_kb(unsigned long pages)
{
	return (u64)pages << (PAGE_SHIFT - 10);
}

/* Does what the wish rested on, beside the adj, hold no longer? */
static bool is_back(const struct execution *exec)
{
	u64 cpu_ns;

	if (exec->work->trigger == PRC_TRIGGER_IDLE)
		return !prc_task_waits(exec->task, &cpu_ns) ||
		       cpu_ns != exec->work->cpu_ns;
	if (exec->work->action == PRC_ACTION_PERSISTENT ||
	    exec->work->action == PRC_ACTION_BFGS)
		return prc_worker_awake();
	return false;
}

/* Asked by the engine before each batch. */
static enum prc_stop execution_stop_reason(void *data)
{
	const struct execution *exec = data;
	int adj = READ_ONCE(exec->task->signal->oom_score_adj);

	if (!prc_worker_enabled())
		return PRC_STOP_DISABLED;
	if (adj == PRC_ADJ_MIN || !prc_adj_in(exec->work->adj, adj) ||
	    is_back(exec))
		return PRC_STOP_FOREGROUND;
	if (exec->goal_met && exec->goal_met())
		return PRC_STOP_MAX;
	return PRC_STOP_DONE;
}

/* For no fault of the process: that it came to little says nothing about it. */
static bool was_cut_short(enum prc_stop stop)
{
	switch (stop) {
	case PRC_STOP_DONE:
	case PRC_STOP_MAX:
	case PRC_STOP_MEMCG:
	case PRC_STOP_UNWRITTEN:
		return false;
	default:
		return true;
	}
}

/* Where the turn begins: passes under pressure go on where the last one ended. */
static unsigned long start_of(const struct execution *exec)
{
	if (!exec->process || exec->work->action != PRC_ACTION_PRESSURE)
		return 0;
	return prc_process_pressure_next(exec->process);
}

/* Before a process is killed memory.low holds no more, as with the kernel's own reclaim. */
static bool is_last_resort(const struct prc_work *work)
{
	return work->trigger == PRC_TRIGGER_LOWMEM && !work->cold_ms;
}

static void find_facts(const struct execution *exec, struct prc_facts *facts)
{
	unsigned long batch = READ_ONCE(prc_batch_pages);
	unsigned long total, free, unprotected;

	unprotected = prc_task_unprotected(exec->task,
					   !is_last_resort(exec->work));
	prc_swap_pages(&total, &free);
	*facts = (struct prc_facts) {
		.now_ms = prc_now_ms(),
		.running_ms = prc_running_ms(),
		.adj = READ_ONCE(exec->task->signal->oom_score_adj),
		.is_back = is_back(exec),
		.is_protected = unprotected < batch,
		.unprotected_kb = pages_kb(unprotected),
		.batch_kb = pages_kb(batch),
		.from_start = !start_of(exec),
		.swap_total_kb = pages_kb(total),
		.swap_free_kb = pages_kb(free),
	};
	prc_task_memory(exec->task, &facts->memory);
}

static enum prc_type type_of(enum prc_takes takes)
{
	switch (takes) {
	case PRC_TAKES_FILE:
		return PRC_TYPE_FILE;
	case PRC_TAKES_ANON:
		return PRC_TYPE_ANON;
	default:
		return PRC_TYPE_ALL;
	}
}

/*
 * By how much RSS fell, because pages that go to a swap disk are not free at once;
 * but not less than what is free, because the process may have grown meanwhile, nor
 * more than what was tried, because the kernel reclaims too. A page that swap has refused
 * has left RSS, but not memory.
 */
static unsigned long freed(const struct prc_result *result)
{
	unsigned long fell = result->before.rss -
			     min(result->before.rss, result->after.rss);
	unsigned long reclaimed = result->counts.n[PRC_RECLAIMED];

	fell -= min(fell, result->counts.n[PRC_UNWRITTEN]);
	return clamp(fell, reclaimed,
		     max(reclaimed, result->counts.n[PRC_ISOLATED]));
}

/* To look at a shared page costs little, but not nothing: one in 2^3 counts. */
#define SHARED_SHIFT 3

/*
 * What a pass looked at that was this process's to give: not what it locked or maps of
 * a device, of which the size alone may be many times its memory, and little of the
 * libraries that it shares.
 */
static unsigned long could_free(const struct prc_counts *counts)
{
	unsigned long shared = counts->n[PRC_SKIPPED_SHARED];

	return counts->n[PRC_SCANNED] - shared + (shared >> SHARED_SHIFT) -
	       counts->n[PRC_SKIPPED_UNEVICTABLE] -
	       counts->n[PRC_SKIPPED_FOREIGN_FILE] -
	       counts->n[PRC_SKIPPED_SPECIAL];
}

/*
 * Cut short by what passes soon: the wish is to be fulfilled then, as if it had not
 * been begun.
 */
static bool should_retry(const struct prc_decision_record *record)
{
	return record->decision.reason == PRC_REASON_RUN &&
	       (record->stop == PRC_STOP_FREEZE ||
		record->stop == PRC_STOP_WATERMARK);
}

static struct prc_cause cause_of(const struct execution *exec,
				 const struct prc_past *past)
{
	u64 now_ms = prc_now_ms();

	return (struct prc_cause) {
		.action = exec->work->action,
		.last_action = past->acted ? past->action : PRC_ACTION_NOTHING,
		.last_ago_ms = past->acted && now_ms > past->end_ms ?
			       now_ms - past->end_ms : 0,
	};
}

/*
 * Clear the accessed bits of what is to be taken, so that a later pass knows what is cold.
 * Where the mmap lock could not be had, the bits that are still set count as in use until
 * they are old; one that ended early for another reason is begun again.
 */
static void age(struct execution *exec, enum prc_takes takes,
		struct prc_past *past)
{
	const struct prc_job job = {
		.task = exec->task,
		.type = PRC_TYPE_AGE,
		.only_anon = takes == PRC_TAKES_ANON,
		.cause = cause_of(exec, past),
		.must_stop = execution_stop_reason,
		.data = exec,
	};
	struct prc_result result;

	if (!prc_reclaim_job(&job, &result) &&
	    (result.stop == PRC_STOP_DONE || result.stop == PRC_STOP_BUSY))
		prc_policy_aged(prc_running_ms(), past);
}

/* Have the engine reclaim. Notes the result in @record and, for later, in @past. */
static void carry_out(struct execution *exec, const struct prc_policy *set,
		      struct prc_past *past, struct prc_decision_record *record)
{
	bool by_shares = exec->process &&
			 exec->work->action == PRC_ACTION_PRESSURE;
	const struct prc_job job = {
		.task = exec->task,
		.type = type_of(record->decision.takes),
		.max_pages = exec->work->max_pages,
		.start = start_of(exec),
		.cold = exec->work->cold_ms,
		.past_low = is_last_resort(exec->work),
		.inactive = record->decision.inactive,
		.cause = cause_of(exec, past),
		.must_stop = execution_stop_reason,
		.data = exec,
	};
	struct prc_outcome outcome = { .takes = record->decision.takes };
	struct prc_result result;

	if (prc_reclaim_job(&job, &result)) {
		record->decision.reason = PRC_REASON_DEAD;
		return;
	}
	if (by_shares)
		prc_process_set_pressure_next(exec->process, result.next);
	record->stop = result.stop;
	record->scanned_kb = pages_kb(could_free(&result.counts));
	record->freed_kb = pages_kb(freed(&result));
	record->reclaimed_kb = pages_kb(result.counts.n[PRC_RECLAIMED]);
	if (should_retry(record))
		return;
	outcome.now_ms = prc_now_ms();
	outcome.scanned_kb = record->scanned_kb;
	outcome.freed_kb = record->freed_kb;
	outcome.cut_short = was_cut_short(result.stop) ||
			    (exec->goal_met && result.stop == PRC_STOP_MAX);
	outcome.is_whole = result.stop == PRC_STOP_DONE;
	prc_task_memory(exec->task, &outcome.memory);
	prc_policy_account(set, exec->work, &outcome, past);
}

/* One process's turn, from the question to the note of how it went. */
static void execute_work(struct execution *exec,
			 struct prc_decision_record *record)
{
	struct prc_past past = { 0 }, before;
	struct prc_policy set;
	struct prc_facts facts;

	if (exec->process)
		past = prc_process_past(exec->process);
	before = past;
	prc_policy_copy(&set);
	find_facts(exec, &facts);
	*record = (struct prc_decision_record) {
		.pid = task_tgid_nr(exec->task),
		.adj = facts.adj,
		.work = *exec->work,
	};
	get_task_comm(record->comm, exec->task);
	prc_policy_decide(&set, exec->work, &facts, &past, &record->decision);
	if (record->decision.reason == PRC_REASON_RUN)
		carry_out(exec, &set, &past, record);
	/* Without an entry the process would be aged each time, and nothing ever taken. */
	if (!exec->process && record->decision.ages) {
		record->decision.ages = false;
		if (record->decision.reason == PRC_REASON_AGING) {
			record->decision.reason = PRC_REASON_NOMEM;
			record->decision.ms_left = 0;
			record->decision.value = 0;
			record->decision.limit = 0;
		}
	}
	if (record->decision.ages)
		age(exec, record->decision.takes, &past);
	if (should_retry(record)) {
		/* As if it had not begun, but that its accessed bits are cleared. */
		before.aged = past.aged;
		before.aged_ms = past.aged_ms;
		past = before;
	}
	if (exec->process)
		prc_process_set_past(exec->process, &past);
	if (record->freed_kb)
		has_freed = true;
	prc_decision_log(record);
}

/**
 * prc_worker_act() - give a process its turn at once
 * @task: its group leader
 * @work: what is wished for it
 * @goal_met: asked before each batch, whether to end it; or NULL
 * @record: what became of it
 *
 * Context: a callback, in the worker's thread.
 * Return: true if the engine ran, whatever it freed.
 */
bool prc_worker_act(struct task_struct *task, const struct prc_work *work,
		    bool (*goal_met)(void), struct prc_decision_record *record)
{
	/*
	 * From the reserves, because memory may be short now, and without an entry the
	 * accessed bits of the process are never known to be cleared.
	 */
	struct execution exec = {
		.process = prc_process_get(task, GFP_ATOMIC),
		.task = task,
		.work = work,
		.goal_met = goal_met,
	};
	int adj;

	adj = READ_ONCE(task->signal->oom_score_adj);
	trace_proc_reclaim_trigger(task_tgid_nr(task), adj, adj, work);
	execute_work(&exec, record);
	if (exec.process)
		prc_process_put(exec.process);
	return record->decision.reason == PRC_REASON_RUN;
}

/**
 * prc_worker_must_pause() - is a callback to come to its end early?
 *
 * Context: the worker's thread.
 * Return: true if the worker was switched off, or the system is being suspended,
 *	   or the module unloaded.
 */
bool prc_worker_must_pause(void)
{
	return !prc_worker_enabled() || freezing(current) ||
	       kthread_should_stop();
}

/*
 * May an idle process have its turn later, though it has not run? It was refused, or cut
 * short, for what has passed by then.
 */
static bool asks_again(const struct prc_decision_record *record)
{
	if (record->work.trigger != PRC_TRIGGER_IDLE)
		return false;
	if (record->decision.reason != PRC_REASON_RUN)
		return prc_policy_is_refused_for_now(record->decision.reason);
	switch (record->stop) {
	case PRC_STOP_NOSWAP:
	case PRC_STOP_MEMCG:
	case PRC_STOP_BUSY:
	case PRC_STOP_PROTECTED:
	case PRC_STOP_UNWRITTEN:
		return true;
	default:
		return false;
	}
}

/* The oldest wish of the queue. */
static void process_one_work(void)
{
	struct prc_decision_record record;
	struct prc_work work;
	struct execution exec = { .work = &work };

	put_off = false;
	exec.process = prc_queue_pop(&work);
	if (!exec.process)
		return;
	exec.task = get_pid_task(exec.process->pid, PIDTYPE_TGID);
	if (exec.task) {
		execute_work(&exec, &record);
		put_task_struct(exec.task);
		put_off = should_retry(&record);
		put_off_at = jiffies;
		if (put_off)
			prc_queue_requeue(exec.process, &work);
		if (asks_again(&record))
			prc_process_forget_idle(exec.process);
	} else {
		prc_decision_log_skipped(exec.process->nr, 0, &work,
					 PRC_REASON_DEAD);
	}
	prc_process_put(exec.process);
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

/* Callbacks are few and may decide about the very next wish, so they come first. */
static void run_callbacks(void)
{
	struct prc_callback *callback, *next;

	llist_for_each_entry_safe(callback, next, llist_del_all(&callbacks),
				  node) {
		/*
		 * From here on it may be asked for anew; ordered before what it
		 * reads, so that nothing which it missed was not asked for.
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

/* Until there is nothing to do, or not now. */
static void process_queue(void)
{
	unsigned int order;

	WRITE_ONCE(busy, true);
	trace_proc_reclaim_worker(true, wake_reason(), prc_queue_len());
	has_freed = false;
	while (!prc_worker_must_pause() && has_work()) {
		run_callbacks();
		if (!prc_worker_must_pause() && !queue_waits())
			process_one_work();
		cond_resched();
	}
	order = READ_ONCE(prc_compact_order);
	if (order && has_freed && prc_worker_enabled())
		prc_compact(order);
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
		/* The wait does not ask if it need not wait. */
		try_to_freeze();
		if (!prc_worker_enabled())
			run_callbacks();
		else if (!kthread_should_stop() && has_work())
			process_queue();
	}
	return 0;
}

/**
 * prc_worker_init() - start the thread, which has nothing to do yet
 *
 * Return: 0 or a negative errno.
 */
int prc_worker_init(void)
{
	struct task_struct *task;

	prc_policy = prc_policy_default;
	task = kthread_run(worker, NULL, "proc_reclaimd");
	if (IS_ERR(task))
		return PTR_ERR(task);
	WRITE_ONCE(thread, task);
	return 0;
}

/**
 * prc_worker_exit() - end the thread
 *
 * Context: module unload, after prc_reclaim_stop() and when nothing can be wished
 *	    any more.
 */
void prc_worker_exit(void)
{
	kthread_stop(thread);
}
