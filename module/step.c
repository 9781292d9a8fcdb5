// SPDX-License-Identifier: GPL-2.0
/*
 * One step of a request: the stop reasons, and the table of operations. A step to reclaim
 * is { lock, isolate at most one batch, unlock, shrink it }.
 *
 * No lock is held between steps. The target may unmap memory, fork, call execve() or die
 * there, so each step begins with an address alone.
 */
#include <linux/freezer.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/swap.h>

#include "age.h"
#include "kernel_api.h"
#include "reclaim.h"
#include "step.h"
#include "swapin.h"
#include "target.h"

/* Set once, before the module is unloaded; ends every request. */
static bool step_is_stopped;

/*
 * Return true if the next batch could use up the reserves, together with the batches
 * that are in use: reclaim allocates, because compression and swap do, and may use them.
 * The boost of a watermark is not a reserve; it only makes kswapd run longer.
 */
static bool step_near_min_watermark(unsigned long batch_pages)
{
	long min = 0, free = 0;
	int nid, i;

	/* The first folio of a batch is isolated whole, however large it is. */
	batch_pages = max(batch_pages, PRC_LARGEST_FOLIO);

	for_each_online_node(nid) {
		/* Higher zones cannot serve GFP_KERNEL. */
		for (i = 0; i <= ZONE_NORMAL; i++) {
			struct zone *zone = &NODE_DATA(nid)->node_zones[i];

			if (!managed_zone(zone))
				continue;
			min += zone->_watermark[WMARK_MIN];
			/* CMA pages cannot either. */
			free += zone_page_state(zone, NR_FREE_PAGES) -
				zone_page_state(zone, NR_FREE_CMA_PAGES);
		}
	}
	return free < min + (long)(max(prc_batches_in_use(), 1U) * batch_pages);
}

/**
 * prc_request_stop_reason() - return why a whole request must end
 * @rc: request
 *
 * Context: any that is not an interrupt.
 * Return: the reason; PRC_STOP_DONE to continue.
 */
enum prc_stop prc_request_stop_reason(const struct prc_reclaim_control *rc)
{
	if (READ_ONCE(step_is_stopped))
		return PRC_STOP_UNLOAD;
	if (fatal_signal_pending(current))
		return PRC_STOP_KILLED;
	/* A suspend sends no signal; it waits until this thread leaves the kernel. */
	if (freezing(current))
		return PRC_STOP_FREEZE;
	if (!rc->left)
		return PRC_STOP_MAX;
	if (ktime_get_ns() >= rc->deadline_ns)
		return PRC_STOP_MS;
	if (rc->op->allocates && step_near_min_watermark(rc->batch_pages))
		return PRC_STOP_WATERMARK;
	return PRC_STOP_DONE;
}

/* Add the counts of one step to the result and to the totals. */
static void step_add_counts(const struct prc_reclaim_control *rc,
			    const struct prc_counts *counts)
{
	struct prc_counts totals = *counts;

	prc_counts_add(&rc->result->counts, counts);
	/* The total of scanned pages covers reclaim only. */
	if (!rc->op->isolates)
		totals.n[PRC_SCANNED] = 0;
	prc_stats_add(&totals);
}

/* One page in 2^3 whose write fails is too many; fewer fail for reasons of their own. */
#define UNWRITTEN_SHIFT 3

/*
 * Return true if swap refuses the pages of this target: each further page would only move
 * from the process into the swap cache.
 */
static bool step_swap_fails(const struct prc_reclaim_control *rc)
{
	const unsigned long *now = rc->result->counts.n;
	const unsigned long *before = rc->counts_before.n;
	unsigned long isolated, unwritten;

	isolated = now[PRC_ISOLATED] - before[PRC_ISOLATED];
	unwritten = now[PRC_UNWRITTEN] - before[PRC_UNWRITTEN] +
		    atomic_long_read(&rc->sc.unwritten);
	return unwritten && unwritten << UNWRITTEN_SHIFT >= isolated;
}

/* Return why no anonymous page of the target can be swapped out now, or PRC_STOP_DONE. */
static enum prc_stop
step_swap_stop_reason(const struct prc_reclaim_control *rc)
{
	if (step_swap_fails(rc))
		return PRC_STOP_UNWRITTEN;
	if (get_nr_swap_pages() <= 0)
		return PRC_STOP_NOSWAP;
	if (prc_memcg_swap_pages(rc->ic.walk.mm) <= 0)
		return PRC_STOP_MEMCG;
	return PRC_STOP_DONE;
}

/*
 * Return why the next batch must not be isolated, or PRC_STOP_DONE. Once swap can take
 * no more, note why, and reclaim only file pages of this target from then on.
 */
static enum prc_stop step_prepare_reclaim(struct prc_reclaim_control *rc)
{
	struct prc_walk *walk = &rc->ic.walk;

	if (rc->is_protected &&
	    prc_memcg_unprotected(walk->mm, rc->is_low_protected) < rc->batch_pages)
		return PRC_STOP_PROTECTED;
	if (walk->pages & PRC_PAGES_ANON) {
		rc->swap_stop = step_swap_stop_reason(rc);
		if (rc->swap_stop != PRC_STOP_DONE)
			walk->pages &= ~PRC_PAGES_ANON;
	}
	return walk->pages ? PRC_STOP_DONE : rc->swap_stop;
}

/* Shrink the batch in this thread, and charge it to max=. */
static void step_shrink(struct prc_reclaim_control *rc,
			struct prc_batch *batch)
{
	struct prc_walk *walk = &rc->ic.walk;
	unsigned long rss_before, freed;

	if (!rc->req->max_pages) {
		prc_shrink_batch(batch, &walk->counts);
		return;
	}
	rss_before = prc_mm_usage(walk->mm).rss;
	prc_shrink_batch(batch, &walk->counts);
	freed = prc_freed_pages(rss_before, prc_mm_usage(walk->mm).rss,
				&walk->counts);
	rc->left -= min(rc->left, freed);
}

/*
 * Isolate one batch; shrink and put it. With max= this thread shrinks, because the budget
 * left is only known afterwards.
 */
static int step_reclaim(struct prc_reclaim_control *rc)
{
	struct prc_batch *batch = rc->ic.batch;
	int err;

	rc->ic.limit = rc->left;
	err = prc_isolate_batch(&rc->ic);
	rc->ic.batch = NULL;
	/* Also after an error: isolated folios must go back to the LRU lists. */
	if (batch->nr_pages) {
		if (!rc->req->max_pages && prc_shrink_queue(&rc->sc, batch))
			return err;
		step_shrink(rc, batch);
	}
	prc_batch_put(batch);
	return err;
}

/* Wait for the threads that shrink, and add what they have freed. */
static void step_finish_reclaim(struct prc_reclaim_control *rc)
{
	struct prc_counts counts = { 0 };

	prc_shrink_wait(&rc->sc);
	counts.n[PRC_RECLAIMED] = atomic_long_xchg(&rc->sc.reclaimed, 0);
	counts.n[PRC_UNWRITTEN] = atomic_long_xchg(&rc->sc.unwritten, 0);
	step_add_counts(rc, &counts);
}

static int step_age(struct prc_reclaim_control *rc)
{
	return prc_age_batch(&rc->ic.walk);
}

/* Flush the TLB once for all that was aged; not at all if no page had been accessed. */
static void step_finish_age(struct prc_reclaim_control *rc)
{
	struct prc_walk *walk = &rc->ic.walk;

	if (!rc->result->counts.n[PRC_AGED] || !mmget_not_zero(walk->mm))
		return;
	prc_flush_tlb_range(walk->mm, rc->start, walk->next);
	mmput_async(walk->mm);
}

static enum prc_stop step_prepare_restore(struct prc_reclaim_control *rc)
{
	return prc_memcg_room(rc->ic.walk.mm) < PRC_SWAPIN_ROOM ?
	       PRC_STOP_MEMCG : PRC_STOP_DONE;
}

static int step_restore(struct prc_reclaim_control *rc)
{
	return prc_swapin_batch(&rc->ic.walk);
}

const struct prc_step_op prc_step_ops[PRC_NR_OPS] = {
	[PRC_OP_RECLAIM] = {
		.isolates = true,
		.allocates = true,
		.prepare = step_prepare_reclaim,
		.step = step_reclaim,
		.finish = step_finish_reclaim,
	},
	[PRC_OP_AGE] = {
		.step = step_age,
		.finish = step_finish_age,
	},
	[PRC_OP_RESTORE] = {
		.allocates = true,
		.prepare = step_prepare_restore,
		.step = step_restore,
	},
};

/* Return why no step may run on @target, or PRC_STOP_DONE after preparing the step. */
static enum prc_stop step_prepare(struct prc_reclaim_control *rc,
				  const struct prc_target *target)
{
	enum prc_stop stop = prc_request_stop_reason(rc);

	if (stop == PRC_STOP_DONE && prc_target_is_exiting(target))
		stop = PRC_STOP_EXITING;
	if (stop == PRC_STOP_DONE && rc->stop_reason)
		stop = rc->stop_reason(rc->data);
	if (stop == PRC_STOP_DONE && rc->op->prepare)
		stop = rc->op->prepare(rc);
	return stop;
}

/* Translate the error of a step. PRC_STOP_BUSY: the step can be tried again. */
static enum prc_stop step_stop_reason(int err)
{
	switch (err) {
	case 0:
		return PRC_STOP_DONE;
	case -EAGAIN:
		return PRC_STOP_BUSY;
	case -ESRCH:
		return PRC_STOP_EXITING;
	default:
		return PRC_STOP_ERROR;
	}
}

/**
 * prc_step() - run one step of a request on its current target
 * @rc: request
 * @target: target
 *
 * The stop reasons are checked after the wait for a batch, because that can take long.
 *
 * Context: process context, no locks held; may sleep.
 * Return: PRC_STOP_DONE to run the next step, PRC_STOP_BUSY to try this one again after a
 *	   sleep, or why the target is finished.
 */
enum prc_stop prc_step(struct prc_reclaim_control *rc,
		       const struct prc_target *target)
{
	struct prc_walk *walk = &rc->ic.walk;
	struct prc_batch *batch = NULL;
	enum prc_stop stop;
	int err;

	if (rc->op->isolates) {
		batch = prc_batch_get();
		if (!batch)
			return PRC_STOP_KILLED;
	}
	stop = step_prepare(rc, target);
	if (stop == PRC_STOP_WATERMARK && atomic_read(&rc->sc.busy)) {
		/* Memory may be low because of this request's own batches. */
		prc_shrink_wait(&rc->sc);
		stop = step_prepare(rc, target);
	}
	if (stop != PRC_STOP_DONE) {
		if (batch)
			prc_batch_put(batch);
		return stop;
	}
	rc->ic.batch = batch;
	err = rc->op->step(rc);
	stop = step_stop_reason(err);
	if (stop == PRC_STOP_DONE || stop == PRC_STOP_ERROR) {
		rc->result->lock_max_ns = max(rc->result->lock_max_ns,
					      walk->held_ns);
		step_add_counts(rc, &walk->counts);
	}
	return stop;
}

/**
 * prc_step_stop_all() - end every running request, and every later one
 *
 * Context: any.
 */
void prc_step_stop_all(void)
{
	WRITE_ONCE(step_is_stopped, true);
}
