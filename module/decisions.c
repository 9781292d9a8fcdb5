// SPDX-License-Identifier: GPL-2.0
/*
 * What became of each wish. None ends in silence: each is counted under one
 * reason, traced, and the last ones can be read with what led to them.
 */
#include <linux/ktime.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>

#include "decisions.h"
#include "result.h"

#include "proc_reclaim_events.h"

/* Protects the ring. Innermost: taken in probes, nothing is called under it. */
static DEFINE_SPINLOCK(ring_lock);
static struct prc_decided ring[PRC_DECISIONS];
static unsigned long nr_decided;

static atomic_long_t counts[PRC_NR_REASONS];

/**
 * prc_now_ms() - the clock of the policy
 *
 * Return: ms since boot, the time of a suspend included.
 */
u64 prc_now_ms(void)
{
	return ktime_to_ms(ktime_get_boottime());
}

/**
 * prc_running_ms() - the clock of what processes do
 *
 * Return: ms since boot, without the time of a suspend, in which no process runs.
 */
u64 prc_running_ms(void)
{
	return ktime_to_ms(ktime_get());
}

static void trace(const struct prc_decided *decided)
{
	const struct prc_decision *decision = &decided->decision;

	switch (decision->reason) {
	case PRC_REASON_RUN:	/* proc_reclaim_done tells of it */
		break;
	case PRC_REASON_DEFERRED:
		trace_proc_reclaim_defer(decided->pid, decided->wish.action,
					 &decision->deferral);
		break;
	default:
		trace_proc_reclaim_throttle(decided->pid, decided->wish.action,
					    decision->reason,
					    decision->ms_left);
	}
}

/**
 * prc_decided() - note a decision
 * @decided: all about it but the time
 *
 * Context: any that is not an interrupt.
 */
void prc_decided(const struct prc_decided *decided)
{
	struct prc_decided *entry;

	atomic_long_inc(&counts[decided->decision.reason]);
	trace(decided);
	spin_lock(&ring_lock);
	entry = &ring[nr_decided++ % PRC_DECISIONS];
	*entry = *decided;
	entry->ms = prc_now_ms();
	spin_unlock(&ring_lock);
}

/**
 * prc_decided_without() - note the end of a wish that was not looked at
 * @pid: of the process
 * @adj: its oom_score_adj
 * @wish: what was wished
 * @reason: what became of it
 *
 * Context: any that is not an interrupt.
 */
void prc_decided_without(pid_t pid, int adj, const struct prc_wish *wish,
			 enum prc_reason reason)
{
	struct prc_decided decided = {
		.pid = pid,
		.adj = adj,
		.wish = *wish,
		.decision.reason = reason,
	};

	prc_decided(&decided);
}

/**
 * prc_decided_count() - how often one reason was found since load
 * @reason: which
 *
 * Return: the count.
 */
unsigned long prc_decided_count(enum prc_reason reason)
{
	return atomic_long_read(&counts[reason]);
}

static void show(struct seq_file *seq, const struct prc_decided *decided)
{
	const struct prc_decision *decision = &decided->decision;

	seq_printf(seq, "ms=%llu pid=%d comm=", decided->ms, decided->pid);
	seq_escape(seq, decided->comm, " \t\n\\");
	seq_printf(seq, " adj=%d trigger=%s action=%s reason=%s", decided->adj,
		   prc_trigger_name(decided->wish.trigger),
		   prc_action_name(decided->wish.action),
		   prc_reason_name(decision->reason));
	switch (decision->reason) {
	case PRC_REASON_RUN:
		seq_printf(seq,
			   " takes=%s swap_is_low=%u looked_kb=%llu freed_kb=%llu stop=%s cold=%u inactive=%u",
			   prc_takes_name(decision->takes),
			   decision->swap_is_low, decided->looked_kb,
			   decided->freed_kb, prc_stop_name(decided->stop),
			   !!decided->wish.cold_ms, decision->inactive);
		break;
	case PRC_REASON_TIME:
	case PRC_REASON_AGING:
		seq_printf(seq, " left_ms=%llu", decision->ms_left);
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
 * @seq: where to
 *
 * Context: may sleep. Each line is whole; newer ones may come in between.
 */
void prc_decisions_show(struct seq_file *seq)
{
	struct prc_decided decided;
	unsigned long i, end;

	spin_lock(&ring_lock);
	end = nr_decided;
	spin_unlock(&ring_lock);
	for (i = end > PRC_DECISIONS ? end - PRC_DECISIONS : 0; i < end; i++) {
		spin_lock(&ring_lock);
		decided = ring[i % PRC_DECISIONS];
		spin_unlock(&ring_lock);
		show(seq, &decided);
	}
}
