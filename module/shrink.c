// SPDX-License-Identifier: GPL-2.0
/*
 * Isolated batch -> freed pages. The expensive half: unmapping, compression,
 * writing to swap. Done with no lock held, and by other threads too where a request
 * may have these, while the walk goes on.
 *
 * free_lock protects the list of helpers that have nothing to do. It is held for a
 * few instructions, and no other lock is taken under it.
 */
#include <linux/blkdev.h>
#include <linux/ktime.h>
#include <linux/semaphore.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "kernel_api.h"
#include "shrink.h"
#include "unwritten.h"

#include "proc_reclaim_events.h"

static struct semaphore batches = __SEMAPHORE_INITIALIZER(batches,
							  PRC_MAX_BATCHES);

/* A batch that another thread is to shrink. */
struct helper {
	struct work_struct work;
	struct list_head free;
	struct prc_batch batch;
	struct prc_crew *crew;
};

/* As many as there can be batches: nothing is allocated, and there is one for each. */
static struct helper helpers[PRC_MAX_BATCHES];
static LIST_HEAD(free_helpers);
static DEFINE_SPINLOCK(free_lock);

/* A batch is done; not in the crew, which may be gone by then. */
static DECLARE_WAIT_QUEUE_HEAD(batch_done);

static struct workqueue_struct *workqueue;

/**
 * prc_batch_begin() - wait until one more batch may be isolated
 *
 * Context: may sleep, interrupted by a fatal signal.
 * Return: 0 or -EINTR.
 */
int prc_batch_begin(void)
{
	return down_killable(&batches);
}

/**
 * prc_batches() - how many batches have begun
 *
 * Context: any.
 * Return: up to PRC_MAX_BATCHES; by the time that it is read it may be another number.
 */
unsigned int prc_batches(void)
{
	return PRC_MAX_BATCHES - READ_ONCE(batches.count);
}

/**
 * prc_batch_end() - the batch is shrunk, or there was none
 *
 * Context: any.
 */
void prc_batch_end(void)
{
	up(&batches);
}

/**
 * prc_shrink() - free what can be freed of a batch
 * @batch: isolated by prc_walk_batch(); its list is empty afterwards
 * @counts: PRC_RECLAIMED and PRC_UNWRITTEN are added to
 *
 * What cannot be freed goes back to its LRU list. A page whose writing to a
 * swap disk has only begun is in neither count, though it is unmapped already.
 *
 * Context: process context, no locks held. May write to swap.
 */
void prc_shrink(struct prc_batch *batch, struct prc_counts *counts)
{
	unsigned long reclaimed, unwritten;
	struct blk_plug plug;
	u64 since;

	if (list_empty(&batch->folios))
		return;
	since = ktime_get_ns();
	blk_start_plug(&plug);
	reclaimed = prc_reclaim_pages(&batch->folios);
	blk_finish_plug(&plug);
	WARN_ON_ONCE(!list_empty(&batch->folios));
	trace_proc_reclaim_shrink(batch->pid, batch->pages, reclaimed,
				  ktime_get_ns() - since);
	counts->n[PRC_RECLAIMED] += reclaimed;
	if (reclaimed >= batch->pages || !batch->anon)
		return;
	/* The range may hold such pages of an earlier batch too. */
	unwritten = prc_count_unwritten(batch->mm, batch->start, batch->end);
	counts->n[PRC_UNWRITTEN] += min(unwritten, batch->pages - reclaimed);
}

static void shrink_work_fn(struct work_struct *work)
{
	struct helper *helper = container_of(work, struct helper, work);
	struct prc_crew *crew = helper->crew;
	struct prc_counts counts = { 0 };
	u64 cpu_since = prc_cpu_ns();

	prc_shrink(&helper->batch, &counts);
	atomic_long_add(counts.n[PRC_RECLAIMED], &crew->reclaimed);
	atomic_long_add(counts.n[PRC_UNWRITTEN], &crew->unwritten);
	atomic64_add(prc_cpu_ns() - cpu_since, &crew->cpu_ns);
	spin_lock(&free_lock);
	list_add(&helper->free, &free_helpers);
	spin_unlock(&free_lock);
	prc_batch_end();
	/* The last that is done with the crew: it lives on the stack of who waits. */
	atomic_dec_return_release(&crew->busy);
	wake_up_all(&batch_done);
}

static struct helper *shrink_get_helper(void)
{
	struct helper *helper;

	spin_lock(&free_lock);
	helper = list_first_entry_or_null(&free_helpers, struct helper, free);
	if (helper)
		list_del(&helper->free);
	spin_unlock(&free_lock);
	return helper;
}

/**
 * prc_shrink_by_crew() - have another thread free a batch
 * @crew: of the request
 * @batch: isolated by prc_walk_batch(); its list is empty afterwards if it is taken
 *
 * Where all of the crew are busy the next one that is done takes it. If the caller freed
 * it meanwhile, who is done before him would have nothing to do until he is.
 *
 * Context: process context, may sleep, interrupted by a fatal signal; the caller has
 *	    begun the batch, and if it is taken, it is not the caller who ends it.
 * Return: false if there is no crew, or the caller is killed: then he has to do it.
 */
bool prc_shrink_by_crew(struct prc_crew *crew, struct prc_batch *batch)
{
	struct helper *helper;

	if (crew->threads < 2 ||
	    wait_event_killable(batch_done,
				atomic_read(&crew->busy) < crew->threads))
		return false;
	helper = shrink_get_helper();
	if (WARN_ON_ONCE(!helper))
		return false;
	helper->batch = *batch;
	INIT_LIST_HEAD(&helper->batch.folios);
	list_splice_init(&batch->folios, &helper->batch.folios);
	helper->crew = crew;
	atomic_inc(&crew->busy);
	queue_work(workqueue, &helper->work);
	return true;
}

/**
 * prc_crew_wait() - wait until the helpers of a request are done
 * @crew: of the request
 *
 * Context: may sleep; not interrupted, because it ends after one batch each.
 */
void prc_crew_wait(struct prc_crew *crew)
{
	wait_event(batch_done, !atomic_read_acquire(&crew->busy));
}

/**
 * prc_shrink_init() - be ready to have batches shrunk
 *
 * With a rescuer: where memory is short no thread could be made for a batch, and what
 * is isolated has to be freed all the same. The helpers run on any processor, and as
 * the administrator says: their nice value and their processors are in
 * /sys/devices/virtual/workqueue/proc_reclaim.
 *
 * Return: 0 or -ENOMEM.
 */
int prc_shrink_init(void)
{
	unsigned int i;

	workqueue = alloc_workqueue("proc_reclaim",
				    WQ_UNBOUND | WQ_MEM_RECLAIM | WQ_SYSFS,
				    PRC_MAX_BATCHES);
	if (!workqueue)
		return -ENOMEM;
	for (i = 0; i < PRC_MAX_BATCHES; i++) {
		INIT_WORK(&helpers[i].work, shrink_work_fn);
		list_add(&helpers[i].free, &free_helpers);
	}
	return 0;
}

/**
 * prc_shrink_exit() - undo prc_shrink_init()
 *
 * Context: no request runs any more.
 */
void prc_shrink_exit(void)
{
	destroy_workqueue(workqueue);
}
