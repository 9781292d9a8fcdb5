// SPDX-License-Identifier: GPL-2.0
/*
 * The engine. A request is a loop over its target: { lock, walk at most one
 * batch, unlock, shrink it } until done. A sweep is a loop over targets.
 *
 * Held over a whole request: a reference on the task and one on the mm struct
 * (mmgrab), which keep neither the process nor its memory alive. Between two
 * batches the target may unmap, fork, execute anew or die; each batch begins
 * with nothing but an address.
 */
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/freezer.h>
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/swap.h>
#include <linux/user_namespace.h>

#include "kernel_api.h"
#include "reclaim.h"
#include "swapin.h"
#include "shrink.h"
#include "target.h"
#include "walk.h"

#include "proc_reclaim_events.h"

/*
 * How long to sleep, in us, before the target's mmap lock is tried again: first,
 * and after some doubling. The target may hold it for ever.
 */
#define MIN_WAIT_US 100U
#define MAX_WAIT_US 10000U

unsigned int prc_batch_pages = PRC_BATCH_PAGES_DEFAULT;
unsigned int prc_first_app_uid = PRC_FIRST_APP_UID_DEFAULT;
unsigned int prc_threads = PRC_THREADS_DEFAULT;

/* Set once, when the module is about to go; ends every request. */
static bool stopping;

/* How long the worker, or a sweep, waits for one target's mmap lock. */
#define MAX_BUSY_WAIT_US (200 * USEC_PER_MSEC)

/* Least time between two drains for the worker's requests. */
#define DRAIN_INTERVAL HZ

/* One running request. */
struct run {
	const struct prc_request *req;
	const struct prc_job *job;	/* NULL when somebody wrote it */
	struct prc_result *result;
	struct prc_counts before;	/* what was counted before this target */
	unsigned long batch;
	unsigned long left;	/* pages until max= is reached */
	u64 deadline_ns;	/* U64_MAX for none */
	struct prc_shrink_control sc;
};

static void reclaim_usage_add(struct prc_usage *sum, const struct prc_usage *more)
{
	sum->rss += more->rss;
	sum->swap += more->swap;
}

/*
 * Reclaim allocates: compression and swap do, and may dip into the reserves.
 * So no batch is begun that could eat the rest of them, together with those that others
 * have begun. The boost of a watermark is no reserve: it only has kswapd go on for longer.
 */
static bool reclaim_near_min_watermark(unsigned long batch)
{
	long min = 0, free = 0;
	int nid, i;

	/* The first folio of a batch is taken whole, however large it is. */
	batch = max(batch, PRC_LARGEST_FOLIO);

	for_each_online_node(nid) {
		/* Those above are not for the kernel's own allocations. */
		for (i = 0; i <= ZONE_NORMAL; i++) {
			struct zone *zone = &NODE_DATA(nid)->node_zones[i];

			if (!managed_zone(zone))
				continue;
			min += zone->_watermark[WMARK_MIN];
			/* Nor is what is kept for devices. */
			free += zone_page_state(zone, NR_FREE_PAGES) -
				zone_page_state(zone, NR_FREE_CMA_PAGES);
		}
	}
	return free < min + (long)(max(prc_batches_in_use(), 1U) * batch);
}

/* Whether the request, not just this target, has to end; PRC_STOP_DONE if not. */
static enum prc_stop reclaim_stop_reason(const struct run *run)
{
	if (READ_ONCE(stopping))
		return PRC_STOP_UNLOAD;
	if (fatal_signal_pending(current))
		return PRC_STOP_KILLED;
	/* Suspend sends no signal; it waits until we are out of the kernel. */
	if (freezing(current))
		return PRC_STOP_FREEZE;
	if (!run->left)
		return PRC_STOP_MAX;
	if (ktime_get_ns() >= run->deadline_ns)
		return PRC_STOP_MS;
	/* To age allocates nothing. */
	if (run->req->op != PRC_OP_AGE && reclaim_near_min_watermark(run->batch))
		return PRC_STOP_WATERMARK;
	return PRC_STOP_DONE;
}

/* Why no anonymous page can be swapped out now; PRC_STOP_DONE if it can. */
static enum prc_stop reclaim_swap_stop_reason(struct mm_struct *mm)
{
	if (get_nr_swap_pages() <= 0)
		return PRC_STOP_NOSWAP;
	if (prc_memcg_swap_pages(mm) <= 0)
		return PRC_STOP_MEMCG;
	return PRC_STOP_DONE;
}

/* Shrink the batch in this thread, and charge it to max=. */
static void reclaim_shrink_here(struct run *run, struct prc_walk *walk,
				struct prc_batch *batch)
{
	unsigned long rss_before, freed;

	if (!run->req->max_pages) {
		prc_shrink_batch(batch, &walk->counts);
		return;
	}
	rss_before = prc_mm_usage(walk->mm).rss;
	prc_shrink_batch(batch, &walk->counts);
	freed = prc_freed_pages(rss_before, prc_mm_usage(walk->mm).rss,
				&walk->counts);
	run->left -= min(run->left, freed);
}

/*
 * Shrink and put the isolated batch. With max= this thread does it, because the budget
 * left is only known afterwards.
 */
static void reclaim_shrink(struct run *run, struct prc_walk *walk,
			   struct prc_batch *batch)
{
	if (batch->nr_pages) {
		if (!run->req->max_pages && prc_shrink_queue(&run->sc, batch))
			return;
		reclaim_shrink_here(run, walk, batch);
	}
	prc_batch_put(batch);
}

static bool reclaim_isolates(const struct run *run)
{
	return run->req->op == PRC_OP_RECLAIM;
}

static void reclaim_add_counts(struct run *run, struct prc_counts *counts)
{
	prc_counts_add(&run->result->counts, counts);
	/* The total is of the pages that were to be reclaimed. */
	if (!reclaim_isolates(run))
		counts->n[PRC_SCANNED] = 0;
	prc_stats_add(counts);
}

/* Isolate and shrink one batch; return what prc_walk_batch() does. */
static int reclaim_step(struct run *run, struct prc_walk *walk,
			struct prc_batch *batch)
{
	int err;

	walk->isolated = batch;
	err = prc_walk_batch(walk);
	/* Also after an error: isolated folios must go back to the LRU lists. */
	reclaim_shrink(run, walk, batch);
	return err;
}

/* What the helpers have freed, once all of them are done. */
static void reclaim_gather(struct run *run)
{
	struct prc_counts counts = { 0 };

	prc_shrink_wait(&run->sc);
	counts.n[PRC_RECLAIMED] = atomic_long_xchg(&run->sc.reclaimed, 0);
	counts.n[PRC_UNWRITTEN] = atomic_long_xchg(&run->sc.unwritten, 0);
	reclaim_add_counts(run, &counts);
}

/* A page now and then is not written for reasons of its own: one in 2^3 is too many. */
#define UNWRITTEN_SHIFT 3

/*
 * Does swap refuse what is written there of this target? Each further page would only move
 * from the process into the swap cache.
 */
static bool reclaim_swap_fails(const struct run *run)
{
	const struct prc_counts *now = &run->result->counts;
	unsigned long isolated, unwritten;

	isolated = now->n[PRC_ISOLATED] - run->before.n[PRC_ISOLATED];
	unwritten = now->n[PRC_UNWRITTEN] - run->before.n[PRC_UNWRITTEN] +
		    atomic_long_read(&run->sc.unwritten);
	return unwritten && unwritten << UNWRITTEN_SHIFT >= isolated;
}

/*
 * Why no batch may be begun on @target; PRC_STOP_DONE if one may. When swap has
 * ended, *@swap says so, and only file pages are taken from then on.
 */
static enum prc_stop reclaim_target_stop_reason(const struct run *run,
				      const struct prc_target *target,
				      struct prc_walk *walk,
				      enum prc_stop *swap)
{
	enum prc_stop stop = reclaim_stop_reason(run);

	if (stop != PRC_STOP_DONE)
		return stop;
	if (prc_target_is_exiting(target))
		return PRC_STOP_EXITING;
	if (run->job) {
		stop = run->job->must_stop(run->job->data);
		if (stop != PRC_STOP_DONE)
			return stop;
		if (reclaim_isolates(run) &&
		    prc_memcg_unprotected(target->mm, !run->job->past_low) < run->batch)
			return PRC_STOP_PROTECTED;
	}
	if (run->req->op == PRC_OP_RESTORE)
		return prc_memcg_room(target->mm) < PRC_SWAPIN_ROOM ?
		       PRC_STOP_MEMCG : PRC_STOP_DONE;
	if (reclaim_isolates(run) && walk->anon) {
		*swap = reclaim_swap_fails(run) ? PRC_STOP_UNWRITTEN :
					  reclaim_swap_stop_reason(target->mm);
		walk->anon = *swap == PRC_STOP_DONE;
	}
	return walk->anon || walk->file ? PRC_STOP_DONE : *swap;
}

/*
 * One batch of whatever it is, unless *@stop says why there is to be none. That is
 * asked with the batch begun, because the wait for it may be long. Returns what
 * prc_walk_batch() does.
 */
static int reclaim_do_step(struct run *run, const struct prc_target *target,
		    struct prc_walk *walk, enum prc_stop *stop,
		    enum prc_stop *swap)
{
	struct prc_result *result = run->result;
	struct prc_batch *batch = NULL;
	int err;

	*stop = PRC_STOP_KILLED;
	if (reclaim_isolates(run)) {
		batch = prc_batch_get();
		if (!batch)
			return 0;
	}
	*stop = reclaim_target_stop_reason(run, target, walk, swap);
	if (*stop == PRC_STOP_WATERMARK && atomic_read(&run->sc.busy)) {
		/* Near it only until its own helpers are done. */
		prc_shrink_wait(&run->sc);
		*stop = reclaim_target_stop_reason(run, target, walk, swap);
	}
	if (*stop != PRC_STOP_DONE) {
		if (batch)
			prc_batch_put(batch);
		return 0;
	}
	walk->limit = run->left;
	if (batch)
		err = reclaim_step(run, walk, batch);
	else if (run->req->op == PRC_OP_RESTORE)
		err = prc_swapin_batch(walk);
	else
		err = prc_walk_batch(walk);
	if (err && err != -EIO)
		return err;
	result->lock_max_ns = max(result->lock_max_ns, walk->held_ns);
	reclaim_add_counts(run, &walk->counts);
	return err;
}

/* Others wait for the worker, and for the rest of a sweep, so one target must not stall it. */
static bool reclaim_may_give_up(const struct run *run)
{
	return run->job || run->req->system;
}

/*
 * Work on one target, batch by batch, until done; why that ended. No batch is begun
 * while somebody else's lock is waited for.
 */
static enum prc_stop reclaim_do_steps(struct run *run, struct prc_target *target,
				struct prc_walk *walk)
{
	enum prc_stop stop, swap = PRC_STOP_DONE;
	unsigned int wait_us = MIN_WAIT_US, waited_us = 0;
	int err;

	while (walk->next < walk->end) {
		cond_resched();
		err = reclaim_do_step(run, target, walk, &stop, &swap);
		if (stop != PRC_STOP_DONE)
			return stop;
		if (err == -ESRCH)
			return PRC_STOP_EXITING;
		if (err == -EIO)
			return PRC_STOP_ERROR;
		if (err != -EAGAIN) {
			wait_us = MIN_WAIT_US;
			waited_us = 0;
			continue;
		}
		if (reclaim_may_give_up(run) && waited_us > MAX_BUSY_WAIT_US)
			return PRC_STOP_BUSY;
		usleep_range(wait_us, 2 * wait_us);
		waited_us += wait_us;
		wait_us = min(2 * wait_us, MAX_WAIT_US);
	}
	return swap;
}

/* Once for all that was aged, and not at all if nothing had been accessed. */
static void reclaim_flush_aged(const struct run *run, const struct prc_walk *walk,
		       unsigned long start)
{
	if (!run->result->counts.n[PRC_AGED] || !mmget_not_zero(walk->mm))
		return;
	prc_flush_tlb_range(walk->mm, start, walk->next);
	mmput_async(walk->mm);
}

static enum prc_stop reclaim_target(struct run *run, struct prc_target *target)
{
	const struct prc_request *req = run->req;
	struct prc_result *result = run->result;
	struct prc_usage before, after;
	u64 since = ktime_get_ns();
	enum prc_stop stop;
	struct prc_walk walk = {
		.mm = target->mm,
		.pid = target->pid,
		.age = req->op == PRC_OP_AGE,
		.next = req->start,
		.end = req->len ? req->start + req->len : target->mm->task_size,
		.anon = req->pages & PRC_PAGES_ANON,
		.file = req->pages & PRC_PAGES_FILE,
		.cold = req->cold,
		.inactive = req->inactive,
		.only_writable_files = run->job,
		/*
		 * What somebody wrote is never overstepped. The worker's limits
		 * are shares, and to look for small folios through gigabytes of
		 * huge ones would cost more than a huge page too many.
		 */
		.may_exceed_limit = run->job,
		.batch = run->batch,
	};

	if (run->job)
		walk.next = run->job->start;
	run->before = result->counts;
	before = prc_mm_usage(target->mm);
	stop = reclaim_do_steps(run, target, &walk);
	reclaim_gather(run);
	if (walk.age)
		reclaim_flush_aged(run, &walk, req->start);
	result->next = walk.next < walk.end ? walk.next : 0;
	after = prc_mm_usage(target->mm);
	reclaim_usage_add(&result->before, &before);
	reclaim_usage_add(&result->after, &after);
	result->targets++;
	trace_proc_reclaim_done(target->task, result->type, &before, &after,
				ktime_get_ns() - since,
				run->job ? run->job->action : -1);
	return stop;
}

/*
 * Pages of the last faults sit in per-CPU batches, where they could not be
 * isolated. The wait for the other CPUs cannot be interrupted, so it is not
 * begun when the request is to stop anyhow.
 */
static void reclaim_drain(const struct run *run)
{
	if (reclaim_isolates(run) && reclaim_stop_reason(run) == PRC_STOP_DONE)
		prc_lru_add_drain_all();
}

/*
 * Hold on to somebody's target, as soon as it does not execute anew. -EAGAIN if the
 * request had to stop before that.
 */
static int reclaim_get_target(struct run *run, struct task_struct *task,
		      struct prc_target *target)
{
	unsigned int wait_us = MIN_WAIT_US;
	int err;

	while ((err = prc_target_init(target, task)) == -EAGAIN) {
		run->result->stop = reclaim_stop_reason(run);
		if (run->result->stop != PRC_STOP_DONE)
			break;
		usleep_range(wait_us, 2 * wait_us);
		wait_us = min(2 * wait_us, MAX_WAIT_US);
	}
	return err;
}

static int reclaim_process(struct run *run)
{
	const struct prc_request *req = run->req;
	struct task_struct *task;
	struct prc_target target;
	struct pid *pid;
	int err;

	pid = find_get_pid(req->pid);
	task = get_pid_task(pid, PIDTYPE_TGID);
	put_pid(pid);
	if (!task)
		return -ESRCH;
	err = reclaim_get_target(run, task, &target);
	put_task_struct(task);
	if (err)
		return err == -EAGAIN ? 0 : err;
	if (req->start + req->len > target.mm->task_size) {
		err = -EINVAL;
	} else {
		reclaim_drain(run);
		run->result->stop = reclaim_target(run, &target);
	}
	prc_target_release(&target);
	return err;
}

static bool reclaim_is_swept(struct task_struct *task)
{
	uid_t uid = from_kuid(&init_user_ns, task_uid(task));

	return !(task->flags & PF_KTHREAD) && !same_thread_group(task, current) &&
	       uid < READ_ONCE(prc_first_app_uid);
}

/*
 * Does what happened to one target end the sweep? A target that went away, that is at
 * its cgroup's limit, whose mmap lock could not be had, or whose pages swap refuses (zswap
 * may do that for a cgroup) does not, and without swap the next one may still have file
 * pages.
 */
static bool reclaim_ends_sweep(enum prc_stop stop, const struct prc_request *req)
{
	switch (stop) {
	case PRC_STOP_DONE:
	case PRC_STOP_EXITING:
	case PRC_STOP_MEMCG:
	case PRC_STOP_BUSY:
	case PRC_STOP_UNWRITTEN:
		return false;
	case PRC_STOP_NOSWAP:
		return req->pages == PRC_PAGES_ANON;
	default:
		return true;
	}
}

static int reclaim_system(struct run *run)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	struct prc_result *result = run->result;
	struct task_struct *task;
	struct prc_target target;
	enum prc_stop stop;
	int nr = 1;

	reclaim_drain(run);
	while (!reclaim_ends_sweep(result->stop, run->req) &&
	       (task = prc_next_process(ns, &nr))) {
		/* Who executes anew has no memory that is cold. */
		if (reclaim_is_swept(task) && !prc_target_init(&target, task)) {
			stop = reclaim_target(run, &target);
			prc_target_release(&target);
			if (stop != PRC_STOP_EXITING && stop != PRC_STOP_DONE)
				result->stop = stop;
		}
		put_task_struct(task);
		cond_resched();
	}
	return 0;
}

/*
 * The worker's: as its target, so that file pages are taken only of files that the
 * target itself could have thrown out.
 */
static int reclaim_job(struct run *run)
{
	static unsigned long next_drain;
	const struct cred *cred, *old;
	struct prc_target target;
	int err;

	/* Before the mm: an exec in between may give it more rights, not fewer. */
	cred = get_task_cred(run->job->task);
	err = prc_target_init_job(&target, run->job->task);
	if (err)
		goto out;
	/* Not for each, when 2,000 have their turn one after the other. */
	if (reclaim_isolates(run) &&
	    (!next_drain || time_after_eq(jiffies, next_drain))) {
		reclaim_drain(run);
		next_drain = jiffies + DRAIN_INTERVAL;
	}
	old = override_creds(cred);
	run->result->stop = reclaim_target(run, &target);
	revert_creds(old);
	prc_target_release(&target);
out:
	put_cred(cred);
	return err;
}

static int reclaim_run(const struct prc_request *req, const struct prc_job *job,
		       struct prc_result *result)
{
	u64 since = ktime_get_ns(), cpu_since = prc_cpu_ns();
	struct run run = {
		.req = req,
		.job = job,
		.result = result,
		.batch = READ_ONCE(prc_batch_pages),
		.left = req->max_pages ? min_t(u64, req->max_pages, ULONG_MAX) :
					 ULONG_MAX,
		.deadline_ns = req->ms ? since + req->ms * (u64)NSEC_PER_MSEC :
					 U64_MAX,
		.sc.threads = READ_ONCE(prc_threads),
	};
	int err;

	if (req->op == PRC_OP_RECLAIM && req->pages == PRC_PAGES_ANON &&
	    !prc_have_swap())
		return -ENOSPC;
	*result = (struct prc_result) {
		.pid = req->pid,
		.type = prc_request_type(req),
	};
	trace_proc_reclaim_request(req);
	if (job)
		err = reclaim_job(&run);
	else
		err = req->system ? reclaim_system(&run) : reclaim_process(&run);
	result->cpu_ns = prc_cpu_ns() - cpu_since +
			 atomic64_read(&run.sc.cpu_ns);
	result->ns = ktime_get_ns() - since;
	return err;
}

/**
 * prc_reclaim() - execute a request that was written to a file
 * @req: request
 * @result: what was done; undefined when an error is returned
 *
 * Ends after the current batch on a fatal signal, a suspend or prc_reclaim_stop().
 *
 * Context: process context of the writer, no locks held; may sleep until the request is
 *	    done.
 * Return: 0; -EINVAL (a range outside the address space of the target), -ESRCH,
 *	   -EPERM (a kernel thread, or the caller must not ptrace-read the target),
 *	   -ENOSPC ("anon" without any swap device), -EINTR, -EIO (the kernel's page table
 *	   walk returned what it returns in no known release).
 */
int prc_reclaim(const struct prc_request *req, struct prc_result *result)
{
	int err;

	might_sleep();
	err = reclaim_run(req, NULL, result);
	if (err)
		return err;
	prc_result_keep(result);
	switch (result->stop) {
	case PRC_STOP_KILLED:
	case PRC_STOP_UNLOAD:
		return -EINTR;
	case PRC_STOP_ERROR:
		return -EIO;
	default:
		return 0;
	}
}

/**
 * prc_reclaim_job() - carry out a request of the worker's
 * @job: the request
 * @result: what was done; without meaning when an error is returned
 *
 * Context: the worker's thread, no locks held.
 * Return: 0; -ESRCH if the target has no memory (any more), -ENOSPC for anon
 *	   with no swap at all.
 */
int prc_reclaim_job(const struct prc_job *job, struct prc_result *result)
{
	const struct prc_request req = {
		.pid = task_tgid_nr(job->task),
		.op = job->op,
		.pages = job->pages,
		.max_pages = job->max_pages,
		.cold = job->cold,
		.inactive = job->inactive,
	};

	return reclaim_run(&req, job, result);
}

/**
 * prc_reclaim_stop() - end every request that runs, and every later one
 *
 * Context: module unload, before the files are removed: their removal waits for
 *	    the requests that were written to them.
 */
void prc_reclaim_stop(void)
{
	WRITE_ONCE(stopping, true);
}
