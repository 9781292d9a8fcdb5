// SPDX-License-Identifier: GPL-2.0
/*
 * Isolated batch -> freed pages. This is the expensive half: unmapping, compression,
 * writing to swap. It runs with no lock held. Where a request may use several threads,
 * they shrink while the requesting thread walks on.
 *
 * shrink_lock protects the list of free batches. It is held for a few instructions, and
 * no other lock is taken under it.
 */
#include <linux/blkdev.h>
#include <linux/ktime.h>
#include <linux/semaphore.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "kernel_api.h"
#include "shrink.h"
#include "unwritten.h"

#include "proc_reclaim_events.h"

/* All batches there are: nothing is allocated while memory is short. */
static struct prc_batch shrink_batches[PRC_MAX_BATCHES];
static LIST_HEAD(shrink_free);
static DEFINE_SPINLOCK(shrink_lock);

/* Counts the free batches; a caller sleeps on it until there is one. */
static struct semaphore shrink_slots = __SEMAPHORE_INITIALIZER(shrink_slots,
							       PRC_MAX_BATCHES);
static atomic_t shrink_in_use;

/* Woken after each batch. Not in the shrink control, which may be gone by then. */
static DECLARE_WAIT_QUEUE_HEAD(shrink_done);

static struct workqueue_struct *shrink_workqueue;

/**
 * prc_batch_get() - wait for a free batch, and become its owner
 *
 * Context: may sleep, until a fatal signal.
 * Return: an empty batch; NULL after a fatal signal.
 */
struct prc_batch *prc_batch_get(void)
{
	struct prc_batch *batch;

	might_sleep();
	if (down_killable(&shrink_slots))
		return NULL;
	spin_lock(&shrink_lock);
	batch = list_first_entry(&shrink_free, struct prc_batch, free);
	list_del(&batch->free);
	spin_unlock(&shrink_lock);
	atomic_inc(&shrink_in_use);
	INIT_LIST_HEAD(&batch->folios);
	batch->nr_pages = 0;
	return batch;
}

/**
 * prc_batch_put() - give a batch back
 * @batch: batch of the caller, shrunk or never filled
 *
 * Context: process context, no locks held.
 */
void prc_batch_put(struct prc_batch *batch)
{
	WARN_ON_ONCE(!list_empty(&batch->folios));
	atomic_dec(&shrink_in_use);
	spin_lock(&shrink_lock);
	list_add(&batch->free, &shrink_free);
	spin_unlock(&shrink_lock);
	up(&shrink_slots);
}

/**
 * prc_batches_in_use() - return how many batches have an owner
 *
 * Context: any.
 * Return: up to PRC_MAX_BATCHES; the number may have changed when the caller reads it.
 */
unsigned int prc_batches_in_use(void)
{
	return atomic_read(&shrink_in_use);
}

/**
 * prc_shrink_batch() - free what can be freed of a batch
 * @batch: filled by prc_isolate_batch(); its list is empty afterwards
 * @counts: PRC_RECLAIMED and PRC_UNWRITTEN are increased
 *
 * A folio that cannot be freed goes back to its LRU list. A page whose write to a swap
 * disk is still under way is in neither count, though it is unmapped already.
 *
 * Context: process context, no locks held. May sleep, and write to swap.
 */
void prc_shrink_batch(struct prc_batch *batch, struct prc_counts *counts)
{
	unsigned long reclaimed, unwritten;
	struct blk_plug plug;
	u64 since;

	might_sleep();
	if (list_empty(&batch->folios))
		return;
	since = ktime_get_ns();
	blk_start_plug(&plug);
	reclaimed = prc_reclaim_pages(&batch->folios);
	blk_finish_plug(&plug);
	trace_proc_reclaim_shrink(batch->pid, batch->nr_pages, reclaimed,
				  ktime_get_ns() - since);
	counts->n[PRC_RECLAIMED] += reclaimed;
	if (reclaimed >= batch->nr_pages || !batch->anon)
		return;
	/* The range may hold such pages of an earlier batch too. */
	unwritten = prc_count_unwritten(batch->mm, batch->start, batch->end);
	counts->n[PRC_UNWRITTEN] += min(unwritten, batch->nr_pages - reclaimed);
}

static void shrink_work_fn(struct work_struct *work)
{
	struct prc_batch *batch = container_of(work, struct prc_batch, work);
	struct prc_shrink_control *sc = batch->sc;
	struct prc_counts counts = { 0 };
	u64 cpu_since = prc_cpu_ns();

	prc_shrink_batch(batch, &counts);
	atomic_long_add(counts.n[PRC_RECLAIMED], &sc->reclaimed);
	atomic_long_add(counts.n[PRC_UNWRITTEN], &sc->unwritten);
	atomic64_add(prc_cpu_ns() - cpu_since, &sc->cpu_ns);
	prc_batch_put(batch);
	/* The last access to *sc, which lives on the stack of the requesting thread. */
	atomic_dec_return_release(&sc->busy);
	wake_up_all(&shrink_done);
}

/**
 * prc_shrink_queue() - have another thread shrink a batch, and own it
 * @sc: shrink control of the request
 * @batch: batch of the caller
 *
 * Where all threads are busy, wait for one of them instead of shrinking in the caller:
 * otherwise threads would idle while the walker shrinks.
 *
 * Context: process context, no locks held. May sleep, until a fatal signal.
 * Return: false if the request has no threads, or after a fatal signal; then the caller
 *	   still owns @batch, and must shrink it.
 */
bool prc_shrink_queue(struct prc_shrink_control *sc, struct prc_batch *batch)
{
	might_sleep();
	if (sc->threads < 2 ||
	    wait_event_killable(shrink_done,
				atomic_read(&sc->busy) < sc->threads))
		return false;
	batch->sc = sc;
	atomic_inc(&sc->busy);
	queue_work(shrink_workqueue, &batch->work);
	return true;
}

/**
 * prc_shrink_wait() - wait until every queued batch of a request is shrunk
 * @sc: shrink control of the request
 *
 * Context: may sleep; no signal ends it, because each thread ends after one batch.
 */
void prc_shrink_wait(struct prc_shrink_control *sc)
{
	might_sleep();
	wait_event(shrink_done, !atomic_read_acquire(&sc->busy));
}

/**
 * prc_shrink_init() - create the workqueue and the batches
 *
 * The workqueue has a rescuer, because isolated pages must be freed or put back even
 * where memory is too short to create a thread. Its threads run on any processor. The
 * administrator sets their nice value and their processors in
 * /sys/devices/virtual/workqueue/proc_reclaim.
 *
 * Context: module load; may sleep.
 * Return: 0 or -ENOMEM.
 */
int prc_shrink_init(void)
{
	unsigned int i;

	might_sleep();
	shrink_workqueue = alloc_workqueue("proc_reclaim",
					   WQ_UNBOUND | WQ_MEM_RECLAIM | WQ_SYSFS,
					   PRC_MAX_BATCHES);
	if (!shrink_workqueue)
		return -ENOMEM;
	for (i = 0; i < PRC_MAX_BATCHES; i++) {
		INIT_WORK(&shrink_batches[i].work, shrink_work_fn);
		list_add(&shrink_batches[i].free, &shrink_free);
	}
	return 0;
}

/**
 * prc_shrink_exit() - destroy the workqueue
 *
 * Context: module unload, after the last request has ended; may sleep.
 */
void prc_shrink_exit(void)
{
	might_sleep();
	destroy_workqueue(shrink_workqueue);
}
