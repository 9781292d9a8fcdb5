// SPDX-License-Identifier: GPL-2.0
/*
 * The worker: one thread that takes the wishes out of the queue, asks the policy,
 * and has the engine carry out what it decides. Beside the queue it has chores:
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

#include "facts.h"
#include "kernel_api.h"
#include "process.h"
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
unsigned int prc_compact_order;

/* How long wishes wait after one was put off: kswapd is to have its turn. */
#define PUT_OFF (HZ / 10)

static struct task_struct *thread;
static DECLARE_WAIT_QUEUE_HEAD(work_wait);
static LLIST_HEAD(chores);
static bool enabled;
static bool awake = true;
/* Both ends in one word, for probes that may not wait for a lock. None: 1 to 0. */
static u32 bfgs_adj = 1 << 16;
static bool busy;
static bool has_freed;		/* since the worker woke up */
static bool put_off;		/* a wish was, */
static unsigned long put_off_at; /* and then */

static struct prc_chore asleep_chore;

/* Runs only while nobody is awake. It wakes no processor that sleeps too. */
static struct timer_list asleep_timer;

/* What a node's compaction daemon was asked for, and how that went. */
struct compaction {
	bool asked;
	struct prc_deferral deferral;
};

static struct compaction compaction[MAX_NUMNODES];

/*
 * One process's turn. It may not be remembered: then it has no past. It may end as soon
 * as it is enough.
 */
struct turn {
	struct prc_process *process;
	struct task_struct *task;
	const struct prc_wish *wish;
	bool (*is_enough)(void);
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
	/* Whoever says meanwhile that all are asleep sees this, or is seen. */
	smp_store_mb(enabled, enable);
	if (enable && !prc_worker_awake())
		prc_worker_poke(&asleep_chore);
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
 * prc_make_wish() - what is wished, with the adj that it is for
 * @action: what a process is to undergo
 * @trigger: who asks
 *
 * Context: any.
 * Return: the wish, without a limit.
 */
struct prc_wish prc_make_wish(enum prc_action action, enum prc_trigger trigger)
{
	struct prc_wish wish = {
		.action = action,
		.trigger = trigger,
		.adj = { .lo = PRC_ADJ_PERCEPTIBLE + 1, .hi = PRC_ADJ_MAX },
	};

	if (action == PRC_ACTION_PERSISTENT)
		wish.adj = (struct prc_adj_range) { PRC_ADJ_MIN + 1, -1 };
	else if (action == PRC_ACTION_BFGS)
		wish.adj = prc_worker_bfgs();
	return wish;
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
 * prc_worker_poke() - have a chore done
 * @chore: which. Asked for twice before it is its turn, it is done once.
 *
 * Context: any.
 */
void prc_worker_poke(struct prc_chore *chore)
{
	if (atomic_xchg(&chore->asked, 1))
		return;
	llist_add(&chore->node, &chores);
	wake_up(&work_wait);
}

/**
 * prc_worker_wish() - wish something for a process
 * @task: one of its threads
 * @before: its adj before, for the tracepoint
 * @adj: its adj now
 * @wish: what
 *
 * Context: any that is not an interrupt; does not sleep.
 */
void prc_worker_wish(struct task_struct *task, int before, int adj,
		     const struct prc_wish *wish)
{
	pid_t pid = task_tgid_nr(task);
	struct prc_wish replaced;

	trace_proc_reclaim_trigger(pid, before, adj, wish);
	switch (prc_process_wish(task, wish, &replaced)) {
	case 0:
		wake_up(&work_wait);
		break;
	case 1:
		prc_decided_without(pid, adj, &replaced, PRC_REASON_REPLACED);
		break;
	case -ESRCH:
		prc_decided_without(pid, adj, wish, PRC_REASON_DEAD);
		break;
	default:
		prc_decided_without(pid, adj, wish, PRC_REASON_NOMEM);
	}
}

static u64 pages_kb(unsigned long pages)
{
	return (u64)pages << (PAGE_SHIFT - 10);
}

/* Does what the wish rested on, beside the adj, hold no longer? */
static bool is_back(const struct turn *turn)
{
	u64 cpu_ns;

	if (turn->wish->trigger == PRC_TRIGGER_IDLE)
		return !prc_task_waits(turn->task, &cpu_ns) ||
		       cpu_ns != turn->wish->cpu_ns;
	if (turn->wish->action == PRC_ACTION_PERSISTENT ||
	    turn->wish->action == PRC_ACTION_BFGS)
		return prc_worker_awake();
	return false;
}

/* Asked by the engine before each batch. */
static enum prc_stop turn_must_stop(void *data)
{
	const struct turn *turn = data;
	int adj = READ_ONCE(turn->task->signal->oom_score_adj);

	if (!prc_worker_enabled())
		return PRC_STOP_DISABLED;
	if (adj == PRC_ADJ_MIN || !prc_adj_in(turn->wish->adj, adj) ||
	    is_back(turn))
		return PRC_STOP_FOREGROUND;
	if (turn->is_enough && turn->is_enough())
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
static unsigned long start_of(const struct turn *turn)
{
	if (!turn->process || turn->wish->action != PRC_ACTION_PRESSURE)
		return 0;
	return prc_process_pressure_next(turn->process);
}

/* Before a process is killed memory.low holds no more, as with the kernel's own reclaim. */
static bool is_last_resort(const struct prc_wish *wish)
{
	return wish->trigger == PRC_TRIGGER_LOWMEM && !wish->cold_ms;
}

static void find_facts(const struct turn *turn, struct prc_facts *facts)
{
	unsigned long total, free;

	prc_swap_pages(&total, &free);
	*facts = (struct prc_facts) {
		.now_ms = prc_now_ms(),
		.running_ms = prc_running_ms(),
		.adj = READ_ONCE(turn->task->signal->oom_score_adj),
		.is_back = is_back(turn),
		.is_protected = prc_task_is_protected(turn->task,
						     !is_last_resort(turn->wish)),
		.from_start = !start_of(turn),
		.swap_total_kb = pages_kb(total),
		.swap_free_kb = pages_kb(free),
	};
	prc_task_memory(turn->task, &facts->memory);
}

static unsigned int pages_of(enum prc_takes takes)
{
	switch (takes) {
	case PRC_TAKES_FILE:
		return PRC_PAGES_FILE;
	case PRC_TAKES_ANON:
		return PRC_PAGES_ANON;
	default:
		return PRC_PAGES_ALL;
	}
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
static bool is_put_off(const struct prc_decided *decided)
{
	return decided->decision.reason == PRC_REASON_RUN &&
	       (decided->stop == PRC_STOP_FREEZE ||
		decided->stop == PRC_STOP_WATERMARK);
}

/*
 * Clear the accessed bits of what is to be taken, so that a later pass knows what is cold.
 * Where the mmap lock could not be had, the bits that are still set count as in use until
 * they are old; one that ended early for another reason is begun again.
 */
static void age(struct turn *turn, enum prc_takes takes, struct prc_past *past)
{
	const struct prc_job job = {
		.task = turn->task,
		.op = PRC_OP_AGE,
		.pages = takes == PRC_TAKES_ANON ? PRC_PAGES_ANON : PRC_PAGES_ALL,
		.cause = turn->wish->action,
		.stop_reason = turn_must_stop,
		.data = turn,
	};
	struct prc_result result;

	if (!prc_reclaim_job(&job, &result) &&
	    (result.stop == PRC_STOP_DONE || result.stop == PRC_STOP_BUSY))
		prc_policy_aged(prc_running_ms(), past);
}

/* Have the engine do it. What came of it is in @decided and, for later, in @past. */
static void carry_out(struct turn *turn, const struct prc_policy *set,
		      struct prc_past *past, struct prc_decided *decided)
{
	bool by_shares = turn->process &&
			 turn->wish->action == PRC_ACTION_PRESSURE;
	const struct prc_job job = {
		.task = turn->task,
		.op = PRC_OP_RECLAIM,
		.pages = pages_of(decided->decision.takes),
		.max_pages = turn->wish->max_pages,
		.start = start_of(turn),
		.cold = turn->wish->cold_ms,
		.past_low = is_last_resort(turn->wish),
		.inactive = decided->decision.inactive,
		.cause = turn->wish->action,
		.stop_reason = turn_must_stop,
		.data = turn,
	};
	struct prc_outcome outcome = { .takes = decided->decision.takes };
	struct prc_result result;

	if (prc_reclaim_job(&job, &result)) {
		decided->decision.reason = PRC_REASON_DEAD;
		return;
	}
	if (by_shares)
		prc_process_set_pressure_next(turn->process, result.next);
	decided->stop = result.stop;
	decided->looked_kb = pages_kb(could_free(&result.counts));
	decided->freed_kb = pages_kb(prc_freed_pages(result.before.rss, result.after.rss,
						     &result.counts));
	decided->free_kb = pages_kb(result.counts.n[PRC_RECLAIMED]);
	if (is_put_off(decided))
		return;
	outcome.now_ms = prc_now_ms();
	outcome.looked_kb = decided->looked_kb;
	outcome.freed_kb = decided->freed_kb;
	outcome.cut_short = was_cut_short(result.stop) ||
			    (turn->is_enough && result.stop == PRC_STOP_MAX);
	outcome.is_whole = result.stop == PRC_STOP_DONE;
	prc_task_memory(turn->task, &outcome.memory);
	prc_policy_ran(set, turn->wish, &outcome, past);
}

/* One process's turn, from the question to the note of how it went. */
static void take_turn(struct turn *turn, struct prc_decided *decided)
{
	struct prc_past past = { 0 }, before;
	struct prc_policy set;
	struct prc_facts facts;

	if (turn->process)
		past = prc_process_past(turn->process);
	before = past;
	prc_policy_copy(&set);
	find_facts(turn, &facts);
	*decided = (struct prc_decided) {
		.pid = task_tgid_nr(turn->task),
		.adj = facts.adj,
		.wish = *turn->wish,
	};
	get_task_comm(decided->comm, turn->task);
	prc_policy_decide(&set, turn->wish, &facts, &past, &decided->decision);
	if (decided->decision.reason == PRC_REASON_RUN)
		carry_out(turn, &set, &past, decided);
	/* Without an entry the process would be aged each time, and nothing ever taken. */
	if (!turn->process && decided->decision.ages) {
		decided->decision.ages = false;
		if (decided->decision.reason == PRC_REASON_AGING) {
			decided->decision.reason = PRC_REASON_NOMEM;
			decided->decision.ms_left = 0;
		}
	}
	if (decided->decision.ages)
		age(turn, decided->decision.takes, &past);
	if (is_put_off(decided)) {
		/* As if it had not begun, but that its accessed bits are cleared. */
		before.aged = past.aged;
		before.aged_ms = past.aged_ms;
		past = before;
	}
	if (turn->process)
		prc_process_set_past(turn->process, &past);
	if (decided->freed_kb)
		has_freed = true;
	prc_decided(decided);
}

/**
 * prc_worker_act() - give a process its turn at once
 * @task: its group leader
 * @wish: what is wished for it
 * @is_enough: asked before each batch, whether to end it; or NULL
 * @decided: what became of it
 *
 * Context: a chore, in the worker's thread.
 * Return: true if the engine ran, whatever it freed.
 */
bool prc_worker_act(struct task_struct *task, const struct prc_wish *wish,
		    bool (*is_enough)(void), struct prc_decided *decided)
{
	/*
	 * From the reserves, because memory may be short now, and without an entry the
	 * accessed bits of the process are never known to be cleared.
	 */
	struct turn turn = {
		.process = prc_process_get(task, GFP_ATOMIC),
		.task = task,
		.wish = wish,
		.is_enough = is_enough,
	};

	take_turn(&turn, decided);
	if (turn.process)
		prc_process_put(turn.process);
	return decided->decision.reason == PRC_REASON_RUN;
}

/**
 * prc_worker_must_pause() - is a chore to come to its end early?
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
static bool asks_again(const struct prc_decided *decided)
{
	if (decided->wish.trigger != PRC_TRIGGER_IDLE)
		return false;
	if (decided->decision.reason != PRC_REASON_RUN)
		return prc_policy_is_refused_for_now(decided->decision.reason);
	switch (decided->stop) {
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
static void fulfil_one(void)
{
	struct prc_decided decided;
	struct prc_wish wish;
	struct turn turn = { .wish = &wish };

	put_off = false;
	turn.process = prc_process_next(&wish);
	if (!turn.process)
		return;
	turn.task = get_pid_task(turn.process->pid, PIDTYPE_TGID);
	if (turn.task) {
		take_turn(&turn, &decided);
		put_task_struct(turn.task);
		put_off = is_put_off(&decided);
		put_off_at = jiffies;
		if (put_off)
			prc_process_wish_again(turn.process, &wish);
		if (asks_again(&decided))
			prc_process_forget_idle(turn.process);
	} else {
		prc_decided_without(turn.process->nr, 0, &wish,
				    PRC_REASON_DEAD);
	}
	prc_process_put(turn.process);
}

/* --- somebody awake --- */

static void wish_asleep(struct task_struct *task)
{
	int adj = READ_ONCE(task->signal->oom_score_adj);
	enum prc_action action = prc_policy_asleep(adj, prc_worker_bfgs());
	struct prc_wish wish = prc_make_wish(action, PRC_TRIGGER_AWAKE);

	if (!(task->flags & PF_KTHREAD) && action != PRC_ACTION_NOTHING)
		prc_worker_wish(task, adj, adj, &wish);
}

/* Those whose throttle is not over yet have their turn later in the sleep, as with Android. */
static void ask_again_asleep(void)
{
	struct prc_policy set;

	prc_policy_copy(&set);
	mod_timer(&asleep_timer,
		  jiffies + msecs_to_jiffies(prc_policy_asleep_ms(&set)));
	/* Who said so meanwhile may have found no timer to delete. */
	if (prc_worker_awake())
		prc_timer_delete_sync(&asleep_timer);
}

/*
 * All have gone to sleep: the persistent and the bound ones have their turn. The system
 * may well be suspended then: what is left is for when it wakes up.
 */
static void run_asleep(void)
{
	struct task_struct *task;
	int nr = 1;

	while (!prc_worker_must_pause() && !prc_worker_awake() &&
	       (task = prc_next_process(&init_pid_ns, &nr))) {
		wish_asleep(task);
		put_task_struct(task);
		cond_resched();
	}
	if (freezing(current))
		prc_worker_poke(&asleep_chore);
	else if (!prc_worker_awake())
		ask_again_asleep();
}

static struct prc_chore asleep_chore = { .run = run_asleep, .why = "asleep" };

static void on_asleep_timer(struct timer_list *unused)
{
	prc_worker_poke(&asleep_chore);
}

/**
 * prc_worker_set_awake() - say whether somebody uses the system
 * @is_awake: true or false. When that turns false, "persistent" and "bfgs" are
 *	      wished for the processes that they are for.
 *
 * Context: may sleep.
 */
void prc_worker_set_awake(bool is_awake)
{
	bool was_awake = xchg(&awake, is_awake);

	if (is_awake)
		prc_timer_delete_sync(&asleep_timer);
	else if (was_awake && prc_worker_enabled())
		prc_worker_poke(&asleep_chore);
}

/* --- compaction --- */

/* Has the node's main zone a free block of @order? Small zones nearly always do. */
static bool has_block(pg_data_t *pgdat, unsigned int order)
{
	struct zone *zone, *main = &pgdat->node_zones[0];
	unsigned int o;
	int i;

	for (i = 1; i < pgdat->nr_zones; i++) {
		zone = &pgdat->node_zones[i];
		if (zone_managed_pages(zone) > zone_managed_pages(main))
			main = zone;
	}
	for (o = order; o <= PRC_MAX_ORDER; o++)
		/* A wrong guess costs one question more or less. */
		if (data_race(main->free_area[o].nr_free))
			return true;
	return false;
}

/*
 * Reclaimed pages lie scattered. Ask for a block where there is none, less and less
 * often when asking does not help.
 */
static void compact(unsigned int order)
{
	unsigned int max_shift = READ_ONCE(prc_policy.max_defer_shift);
	int nid;

	for_each_node_state(nid, N_MEMORY) {
		struct compaction *past = &compaction[nid];

		if (has_block(NODE_DATA(nid), order)) {
			*past = (struct compaction) { 0 };
			continue;
		}
		if (past->asked) {
			past->asked = false;
			prc_defer_failed(&past->deferral, max_shift);
		}
		if (prc_defer_skips(&past->deferral, max_shift))
			continue;
		past->asked = true;
		prc_wakeup_kcompactd(NODE_DATA(nid), order);
	}
}

/* --- the thread --- */

static bool wishes_wait(void)
{
	return put_off && time_before(jiffies, put_off_at + PUT_OFF);
}

static bool has_work(void)
{
	return kthread_should_stop() || !llist_empty(&chores) ||
	       (prc_worker_enabled() && prc_process_wished() && !wishes_wait());
}

/* Chores are few and may decide about the very next wish, so they come first. */
static void run_chores(void)
{
	struct prc_chore *chore, *next;

	llist_for_each_entry_safe(chore, next, llist_del_all(&chores), node) {
		/*
		 * From here on it may be asked for anew; ordered before what it
		 * reads, so that nothing which it missed was not asked for.
		 */
		atomic_xchg(&chore->asked, 0);
		if (prc_worker_enabled())
			chore->run();
	}
}

/* Until there is nothing to do, or not now. */
static void work(void)
{
	unsigned int order;

	WRITE_ONCE(busy, true);
	trace_proc_reclaim_worker(true, llist_empty(&chores) ? "wish" : "chore",
				  prc_process_pending());
	has_freed = false;
	while (!prc_worker_must_pause() && has_work()) {
		run_chores();
		if (!prc_worker_must_pause() && !wishes_wait())
			fulfil_one();
		cond_resched();
	}
	order = READ_ONCE(prc_compact_order);
	if (order && has_freed && prc_worker_enabled())
		compact(order);
	trace_proc_reclaim_worker(false, prc_worker_enabled() ? "done" : "off",
				  prc_process_pending());
	WRITE_ONCE(busy, false);
}

static int worker(void *unused)
{
	set_freezable();
	while (!kthread_should_stop()) {
		if (wishes_wait())
			wait_event_freezable_timeout(work_wait, has_work(),
						     PUT_OFF);
		else
			wait_event_freezable(work_wait, has_work());
		/* The wait does not ask if it need not wait. */
		try_to_freeze();
		if (!prc_worker_enabled())
			run_chores();
		else if (!kthread_should_stop() && has_work())
			work();
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
	timer_setup(&asleep_timer, on_asleep_timer, TIMER_DEFERRABLE);
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
	/* Only the thread sets it. */
	prc_timer_delete_sync(&asleep_timer);
}
