// SPDX-License-Identifier: GPL-2.0
/*
 * The log of decisions. Each queued action ends in exactly one record: it is counted under
 * one reason and traced, and debugfs shows the last records with their numbers.
 */
#include <linux/ktime.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>

#include "decisions.h"
#include "result.h"

#include "proc_reclaim_events.h"

/* Protects the ring. A leaf: probes take it, and its holder calls nothing. */
static DEFINE_SPINLOCK(ring_lock);
static struct prc_decision_record ring[PRC_DECISIONS];
static unsigned long nr_records;

static atomic_long_t counts[PRC_NR_REASONS];
static atomic_long_t runs[PRC_NR_ACTIONS];

/**
 * prc_now_ms() - read the clock of the policy
 *
 * Return: ms since boot, the time of a suspend included.
 */
u64 prc_now_ms(void)
{
	return ktime_to_ms(ktime_get_boottime());
}

/**
 * prc_running_ms() - read the clock that stands still during a suspend
 *
 * Return: ms since boot, without the time of a suspend, in which no process runs.
 */
u64 prc_running_ms(void)
{
	return ktime_to_ms(ktime_get());
}

static void trace(const struct prc_decision_record *record)
{
	const struct prc_decision *decision = &record->decision;

	switch (decision->reason) {
	case PRC_REASON_RUN:	/* proc_reclaim_done tells of it */
		break;
	case PRC_REASON_DEFERRED:
		trace_proc_reclaim_defer(record->pid, record->work.action,
					 &decision->deferral);
		break;
	default:
		trace_proc_reclaim_throttle(record->pid, record->work.action,
					    decision);
	}
}

/**
 * prc_decision_log() - log a decision
 * @record: the decision; its time is filled in here
 *
 * Context: any that is not an interrupt.
 */
void prc_decision_log(const struct prc_decision_record *record)
{
	struct prc_decision_record *entry;

	atomic_long_inc(&counts[record->decision.reason]);
	if (record->decision.reason == PRC_REASON_RUN)
		atomic_long_inc(&runs[record->work.action]);
	trace(record);
	spin_lock(&ring_lock);
	entry = &ring[nr_records++ % PRC_DECISIONS];
	*entry = *record;
	entry->ms = prc_now_ms();
	spin_unlock(&ring_lock);
}

/**
 * prc_decision_log_skipped() - log the end of an action that the policy did not check
 * @pid: of the process
 * @adj: its oom_score_adj
 * @work: the action
 * @reason: why it ended
 *
 * Context: any that is not an interrupt.
 */
void prc_decision_log_skipped(pid_t pid, int adj, const struct prc_work *work,
			      enum prc_reason reason)
{
	struct prc_decision_record record = {
		.pid = pid,
		.adj = adj,
		.work = *work,
		.decision.reason = reason,
	};

	prc_decision_log(&record);
}

/**
 * prc_decision_count() - get how often a reason was found since load
 * @reason: the reason
 *
 * Return: the count.
 */
unsigned long prc_decision_count(enum prc_reason reason)
{
	return atomic_long_read(&counts[reason]);
}

/**
 * prc_decision_runs() - get how often the worker carried out an action since load
 * @action: the action; not PRC_ACTION_NOTHING
 *
 * Return: the count. That of all actions is prc_decision_count(PRC_REASON_RUN).
 */
unsigned long prc_decision_runs(enum prc_action action)
{
	return atomic_long_read(&runs[action]);
}

static void show(struct seq_file *seq, const struct prc_decision_record *record)
{
	const struct prc_decision *decision = &record->decision;

	seq_printf(seq, "ms=%llu pid=%d comm=", record->ms, record->pid);
	seq_escape(seq, record->comm, " \t\n\\");
	seq_printf(seq, " adj=%d trigger=%s action=%s reason=%s", record->adj,
		   prc_trigger_name(record->work.trigger),
		   prc_action_name(record->work.action),
		   prc_reason_name(decision->reason));
	switch (decision->reason) {
	case PRC_REASON_RUN:
		seq_printf(seq,
			   " takes=%s swap_is_low=%u scanned_kb=%llu freed_kb=%llu stop=%s cold=%u inactive=%u",
			   prc_takes_name(decision->takes),
			   decision->swap_is_low, record->scanned_kb,
			   record->freed_kb, prc_stop_name(record->stop),
			   !!record->work.cold_ms, decision->inactive);
		break;
	case PRC_REASON_TIME:
	case PRC_REASON_AGING:
		seq_printf(seq, " left_ms=%llu", decision->ms_left);
		fallthrough;
	case PRC_REASON_PROTECTED:
	case PRC_REASON_SWAP:
	case PRC_REASON_SMALL:
	case PRC_REASON_UNCHANGED:
		seq_printf(seq, " value=%llu limit=%llu", decision->value,
			   decision->limit);
		break;
	case PRC_REASON_DEFERRED:
		seq_printf(seq, " failures=%u skips_left=%u",
			   decision->deferral.failures,
			   decision->deferral.skips);
		break;
	default:
		break;
	}
	seq_putc(seq, '\n');
}

/**
 * prc_decisions_show() - print the last decisions, oldest first
 * @seq: file to print to
 *
 * Context: may sleep. Each line is whole; newer records may come in between.
 */
void prc_decisions_show(struct seq_file *seq)
{
	struct prc_decision_record record;
	unsigned long i, end;

	spin_lock(&ring_lock);
	end = nr_records;
	spin_unlock(&ring_lock);
	for (i = end > PRC_DECISIONS ? end - PRC_DECISIONS : 0; i < end; i++) {
		spin_lock(&ring_lock);
		record = ring[i % PRC_DECISIONS];
		spin_unlock(&ring_lock);
		show(seq, &record);
	}
}
