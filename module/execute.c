// SPDX-License-Identifier: GPL-2.0
/*
 * One action for one process: gathers the facts, asks the policy, has the engine reclaim, and
 * logs the decision.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "execute.h"
#include "kernel_api.h"
#include "process.h"
#include "reclaim.h"
#include "settings.h"
#include "task.h"
#include "worker.h"

/*
 * One action that is executed. A process that is not tracked has no past.
 */
struct execution {
	struct prc_process *process;
	struct task_struct *task;
	const struct prc_work *work;
	bool (*goal_met)(void);
};

static u64 pages_kb(unsigned long pages)
{
	return (u64)pages << (PAGE_SHIFT - 10);
}

/* Return true if the cause of the action, other than the adj, is gone. */
static bool execution_is_back(const struct execution *exec)
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

/* The engine calls this before each batch. */
static enum prc_stop execution_stop_reason(void *data)
{
	const struct execution *exec = data;
	int adj = READ_ONCE(exec->task->signal->oom_score_adj);

	if (!prc_worker_enabled())
		return PRC_STOP_DISABLED;
	if (adj == PRC_ADJ_MIN || !prc_adj_in(exec->work->adj, adj) ||
	    execution_is_back(exec))
		return PRC_STOP_FOREGROUND;
	if (exec->goal_met && exec->goal_met())
		return PRC_STOP_MAX;
	return PRC_STOP_DONE;
}

/* Return true for external reasons, which do not count against the process. */
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

/* A share begins at the address where the last share of the process ended. */
static unsigned long execution_start(const struct execution *exec)
{
	if (!exec->process || exec->work->action != PRC_ACTION_PRESSURE)
		return 0;
	return prc_process_pressure_next(exec->process);
}

/* Before a kill memory.low does not protect, as in the kernel's own reclaim. */
static bool execution_is_last_resort(const struct prc_work *work)
{
	return work->trigger == PRC_TRIGGER_LOWMEM && !work->cold_ms;
}

static void execution_find_facts(const struct execution *exec,
				 struct prc_facts *facts)
{
	unsigned long batch = prc_settings_batch_pages();
	bool with_low = !execution_is_last_resort(exec->work);
	unsigned long total, free, unprotected;

	unprotected = prc_task_unprotected(exec->task, with_low);
	prc_swap_pages(&total, &free);
	*facts = (struct prc_facts) {
		.now_ms = prc_now_ms(),
		.running_ms = prc_running_ms(),
		.adj = READ_ONCE(exec->task->signal->oom_score_adj),
		.is_back = execution_is_back(exec),
		.is_protected = unprotected < batch,
		.unprotected_kb = pages_kb(unprotected),
		.batch_kb = pages_kb(batch),
		.from_start = !execution_start(exec),
		.swap_total_kb = pages_kb(total),
		.swap_free_kb = pages_kb(free),
	};
	prc_task_memory(exec->task, &facts->memory);
}

static unsigned int execution_pages(enum prc_takes takes)
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

/* A visit of a shared page costs little, but not nothing: one in 2^3 counts. */
#define SHARED_SHIFT 3

/*
 * Pages this process could have given up. Excludes locked pages and those of devices, whose
 * size alone may be many times the memory of the process, and most pages of the libraries
 * that it shares.
 */
static unsigned long execution_scanned(const struct prc_counts *counts)
{
	unsigned long shared = counts->n[PRC_SKIPPED_SHARED];

	return counts->n[PRC_SCANNED] - shared + (shared >> SHARED_SHIFT) -
	       counts->n[PRC_SKIPPED_UNEVICTABLE] -
	       counts->n[PRC_SKIPPED_FOREIGN_FILE] -
	       counts->n[PRC_SKIPPED_SPECIAL];
}

/**
 * prc_execution_should_retry() - check whether something transient stopped an action
 * @record: of the action
 *
 * Context: any.
 * Return: true if the worker must requeue the action, as if it had not begun it.
 */
bool prc_execution_should_retry(const struct prc_decision_record *record)
{
	return record->decision.reason == PRC_REASON_RUN &&
	       (record->stop == PRC_STOP_FREEZE ||
		record->stop == PRC_STOP_WATERMARK);
}

static struct prc_cause execution_cause_of(const struct execution *exec,
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
 * Clear the accessed bits of the pages that the action takes, so that a later pass knows
 * what is cold. If the mmap lock stayed taken, the bits that are still set count as in use
 * until they are old. An aging that ended early for another reason begins again.
 */
static void execution_age(struct execution *exec, enum prc_takes takes,
			  struct prc_past *past)
{
	const struct prc_job job = {
		.task = exec->task,
		.op = PRC_OP_AGE,
		.pages = takes == PRC_TAKES_ANON ? PRC_PAGES_ANON : PRC_PAGES_ALL,
		.cause = execution_cause_of(exec, past),
		.stop_reason = execution_stop_reason,
		.data = exec,
	};
	struct prc_result result;

	if (!prc_reclaim_job(&job, &result) &&
	    (result.stop == PRC_STOP_DONE || result.stop == PRC_STOP_BUSY))
		prc_policy_aged(prc_running_ms(), past);
}

/* Have the engine reclaim. Notes the result in @record and, for later, in @past. */
static void execution_carry_out(struct execution *exec,
				const struct prc_policy *set,
				struct prc_past *past,
				struct prc_decision_record *record)
{
	bool by_shares = exec->process &&
			 exec->work->action == PRC_ACTION_PRESSURE;
	const struct prc_job job = {
		.task = exec->task,
		.op = PRC_OP_RECLAIM,
		.pages = execution_pages(record->decision.takes),
		.max_pages = exec->work->max_pages,
		.start = execution_start(exec),
		.cold = exec->work->cold_ms,
		.past_low = execution_is_last_resort(exec->work),
		.inactive = record->decision.inactive,
		.cause = execution_cause_of(exec, past),
		.stop_reason = execution_stop_reason,
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
	record->scanned_kb = pages_kb(execution_scanned(&result.counts));
	record->freed_kb = pages_kb(prc_freed_pages(result.before.rss,
						    result.after.rss,
						    &result.counts));
	record->reclaimed_kb = pages_kb(result.counts.n[PRC_RECLAIMED]);
	if (prc_execution_should_retry(record))
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

static void execution_run(struct execution *exec,
			  struct prc_decision_record *record)
{
	struct prc_past past = { 0 }, before;
	struct prc_policy set;
	struct prc_facts facts;

	if (exec->process)
		past = prc_process_past(exec->process);
	before = past;
	prc_policy_copy(&set);
	execution_find_facts(exec, &facts);
	*record = (struct prc_decision_record) {
		.pid = task_tgid_nr(exec->task),
		.adj = facts.adj,
		.work = *exec->work,
	};
	get_task_comm(record->comm, exec->task);
	prc_policy_decide(&set, exec->work, &facts, &past, &record->decision);
	if (record->decision.reason == PRC_REASON_RUN)
		execution_carry_out(exec, &set, &past, record);
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
		execution_age(exec, record->decision.takes, &past);
	if (prc_execution_should_retry(record)) {
		/* Requeued as if it had not begun; only its accessed bits are cleared. */
		before.aged = past.aged;
		before.aged_ms = past.aged_ms;
		past = before;
	}
	if (exec->process)
		prc_process_set_past(exec->process, &past);
	prc_decision_log(record);
}

/**
 * prc_execute() - let the policy decide about an action, and carry it out
 * @process: the entry of the process; NULL if it is not tracked
 * @task: its group leader
 * @work: the action
 * @goal_met: called before each batch; returns true to end the action; or NULL
 * @record: filled in, and logged
 *
 * Context: the worker's thread, no locks held.
 */
void prc_execute(struct prc_process *process, struct task_struct *task,
		 const struct prc_work *work, bool (*goal_met)(void),
		 struct prc_decision_record *record)
{
	struct execution exec = {
		.process = process,
		.task = task,
		.work = work,
		.goal_met = goal_met,
	};

	execution_run(&exec, record);
}

/**
 * prc_execution_keeps_idle() - check whether an idle process may be found idle again
 * @record: of the action for it
 *
 * Context: any.
 * Return: true if the reason for which the worker refused or ended the action may pass,
 *	   although the process does not run.
 */
bool prc_execution_keeps_idle(const struct prc_decision_record *record)
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
