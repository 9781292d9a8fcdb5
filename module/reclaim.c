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
#include <linux/mutex.h>
#include <linux/pid_namespace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/swap.h>
#include <linux/user_namespace.h>

#include "kernel_api.h"
#include "reclaim.h"
#include "restore.h"
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

/* What "result" shows: the last request that finished. */
static DEFINE_MUTEX(last_lock);
static struct prc_result last_result;
static bool have_last_result;

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
	struct prc_crew crew;
};

static void usage_add(struct prc_usage *sum, const struct prc_usage *more)
{
	sum->rss += more->rss;
	sum->file += more->file;
	sum->swap += more->swap;
}

/*
 * Reclaim allocates: compression and swap do, and may dip into the reserves.
 * So no batch is begun that could eat the rest of them, together with those that others
 * have begun. The boost of a watermark is no reserve: it only has kswapd go on for longer.
 */
static bool near_min_watermark(unsigned long batch)
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
	return free < min + (long)(max(prc_batches(), 1U) * batch);
}

/* Whether the request, not just this target, has to end; PRC_STOP_DONE if not. */
static enum prc_stop must_stop(const struct run *run)
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
	if (run->req->type != PRC_TYPE_AGE && near_min_watermark(run->batch))
		return PRC_STOP_WATERMARK;
	return PRC_STOP_DONE;
}

/* Why no anonymous page can be swapped out now; PRC_STOP_DONE if it can. */
static enum prc_stop swap_end(struct mm_struct *mm)
{
	if (get_nr_swap_pages() <= 0)
		return PRC_STOP_NOSWAP;
	if (prc_memcg_swap_pages(mm) <= 0)
		return PRC_STOP_MEMCG;
	return PRC_STOP_DONE;
}

/*
 * How far a batch got towards max=. Pages that go to a swap disk are not free
 * when the reclaim returns, so the change of RSS counts; and the target may
 * fault pages in meanwhile, so it counts only between the certain bounds.
 */
static unsigned long progress(unsigned long rss_before, unsigned long rss_after,
			      const struct prc_counts *counts)
{
	unsigned long fell = rss_before - min(rss_before, rss_after);
	unsigned long reclaimed = counts->n[PRC_RECLAIMED];

	/* What swap has refused has left RSS, and is not free. */
	fell -= min(fell, counts->n[PRC_UNWRITTEN]);
	return clamp(fell, reclaimed,
		     max(reclaimed, counts->n[PRC_ISOLATED]));
}

/*
 * Shrink what a walk has isolated, and take it off max=; that is not known before it is
 * shrunk, so with max= there is nobody to help. True if a helper does it.
 */
static bool shrink_batch(struct run *run, struct prc_walk *walk)
{
	unsigned long rss_before, done;

	if (!walk->isolated.pages)
		return false;
	if (!run->req->max_pages) {
		if (prc_shrink_by_crew(&run->crew, &walk->isolated))
			return true;
		prc_shrink(&walk->isolated, &walk->counts);
		return false;
	}
	rss_before = prc_mm_usage(walk->mm).rss;
	prc_shrink(&walk->isolated, &walk->counts);
	done = progress(rss_before, prc_mm_usage(walk->mm).rss, &walk->counts);
	run->left -= min(run->left, done);
	return false;
}

static bool reclaims(const struct run *run)
{
	return run->req->type != PRC_TYPE_AGE &&
	       run->req->type != PRC_TYPE_RESTORE;
}

static void add_counts(struct run *run, struct prc_counts *counts)
{
	prc_counts_add(&run->result->counts, counts);
	/* The total is of the pages that were to be reclaimed. */
	if (!reclaims(run))
		counts->n[PRC_SCANNED] = 0;
	prc_stats_add(counts);
}

/* One batch that has begun. Returns what prc_walk_batch() does. */
static int reclaim_batch(struct run *run, struct prc_walk *walk)
{
	int err;

	err = prc_walk_batch(walk);
	/* Also after -EIO: what is isolated has to go back to the LRU lists. */
	if (!shrink_batch(run, walk))
		prc_batch_end();
	return err;
}

/* What the helpers have freed, once all of them are done. */
static void gather_crew(struct run *run)
{
	struct prc_counts counts = { 0 };

	prc_crew_wait(&run->crew);
	counts.n[PRC_RECLAIMED] = atomic_long_xchg(&run->crew.reclaimed, 0);
	counts.n[PRC_UNWRITTEN] = atomic_long_xchg(&run->crew.unwritten, 0);
	add_counts(run, &counts);
}

/* A page now and then is not written for reasons of its own: one in 2^3 is too many. */
#define UNWRITTEN_SHIFT 3

/*
 * Does swap refuse what is written there of this target? Each further page would only move
 * from the process into the swap cache.
 */
static bool swap_fails(const struct run *run)
{
	const struct prc_counts *now = &run->result->counts;
	unsigned long isolated, unwritten;

	isolated = now->n[PRC_ISOLATED] - run->before.n[PRC_ISOLATED];
	unwritten = now->n[PRC_UNWRITTEN] - run->before.n[PRC_UNWRITTEN] +
		    atomic_long_read(&run->crew.unwritten);
	return unwritten && unwritten << UNWRITTEN_SHIFT >= isolated;
}

/*
 * Why no batch may be begun on @target; PRC_STOP_DONE if one may. When swap has
 * ended, *@swap says so, and only file pages are taken from then on.
 */
static enum prc_stop must_stop_target(const struct run *run,
				      const struct prc_target *target,
				      struct prc_walk *walk,
				      enum prc_stop *swap)
{
	enum prc_stop stop = must_stop(run);

	if (stop != PRC_STOP_DONE)
		return stop;
	if (prc_target_is_exiting(target))
		return PRC_STOP_EXITING;
	if (run->job) {
		stop = run->job->must_stop(run->job->data);
		if (stop != PRC_STOP_DONE)
			return stop;
		if (reclaims(run) &&
		    prc_memcg_unprotected(target->mm, !run->job->past_low) < run->batch)
			return PRC_STOP_PROTECTED;
	}
	if (run->req->type == PRC_TYPE_RESTORE)
		return prc_memcg_room(target->mm) < PRC_RESTORE_ROOM ?
		       PRC_STOP_MEMCG : PRC_STOP_DONE;
	if (reclaims(run) && walk->anon) {
		*swap = swap_fails(run) ? PRC_STOP_UNWRITTEN :
					  swap_end(target->mm);
		walk->anon = *swap == PRC_STOP_DONE;
	}
	return walk->anon || walk->file ? PRC_STOP_DONE : *swap;
}

/*
 * One batch of whatever it is, unless *@stop says why there is to be none. That is
 * asked with the batch begun, because the wait for it may be long. Returns what
 * prc_walk_batch() does.
 */
static int do_batch(struct run *run, const struct prc_target *target,
		    struct prc_walk *walk, enum prc_stop *stop,
		    enum prc_stop *swap)
{
	struct prc_result *result = run->result;
	int err;

	*stop = PRC_STOP_KILLED;
	if (reclaims(run) && prc_batch_begin())
		return 0;
	*stop = must_stop_target(run, target, walk, swap);
	if (*stop == PRC_STOP_WATERMARK && atomic_read(&run->crew.busy)) {
		/* Near it only until its own helpers are done. */
		prc_crew_wait(&run->crew);
		*stop = must_stop_target(run, target, walk, swap);
	}
	if (*stop != PRC_STOP_DONE) {
		if (reclaims(run))
			prc_batch_end();
		return 0;
	}
	walk->limit = run->left;
	if (reclaims(run))
		err = reclaim_batch(run, walk);
	else if (run->req->type == PRC_TYPE_RESTORE)
		err = prc_restore_batch(walk);
	else
		err = prc_walk_batch(walk);
	if (err && err != -EIO)
		return err;
	result->lock_max_ns = max(result->lock_max_ns, walk->held_ns);
	add_counts(run, &walk->counts);
	return err;
}

/* Others wait for the worker, and for the rest of a sweep, so one target must not stall it. */
static bool may_give_up(const struct run *run)
{
	return run->job || run->req->system;
}

/*
 * Work on one target, batch by batch, until done; why that ended. No batch is begun
 * while somebody else's lock is waited for.
 */
static enum prc_stop do_batches(struct run *run, struct prc_target *target,
				struct prc_walk *walk)
{
	enum prc_stop stop, swap = PRC_STOP_DONE;
	unsigned int wait_us = MIN_WAIT_US, waited_us = 0;
	int err;

	while (walk->next < walk->end) {
		cond_resched();
		err = do_batch(run, target, walk, &stop, &swap);
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
		if (may_give_up(run) && waited_us > MAX_BUSY_WAIT_US)
			return PRC_STOP_BUSY;
		usleep_range(wait_us, 2 * wait_us);
		waited_us += wait_us;
		wait_us = min(2 * wait_us, MAX_WAIT_US);
	}
	return swap;
}

/* Once for all that was aged, and not at all if nothing had been accessed. */
static void flush_aged(const struct run *run, const struct prc_walk *walk,
		       unsigned long start)
{
	if (!run->result->counts.n[PRC_AGED] || !mmget_not_zero(walk->mm))
		return;
	prc_flush_aged(walk->mm, start, walk->next);
	mmput_async(walk->mm);
}

static const struct prc_cause *cause_of(const struct run *run)
{
	static const struct prc_cause written = {
		.action = -1,
		.last_action = PRC_ACTION_NOTHING,
	};

	return run->job ? &run->job->cause : &written;
}

static enum prc_stop do_target(struct run *run, struct prc_target *target)
{
	const struct prc_request *req = run->req;
	struct prc_result *result = run->result;
	struct prc_usage before, after;
	u64 since = ktime_get_ns();
	enum prc_stop stop;
	struct prc_walk walk = {
		.mm = target->mm,
		.pid = target->pid,
		.age = req->type == PRC_TYPE_AGE,
		.next = req->start,
		.end = req->len ? req->start + req->len : target->mm->task_size,
		.anon = req->type != PRC_TYPE_FILE,
		.file = req->type != PRC_TYPE_ANON &&
			!(run->job && run->job->only_anon),
		.cold = req->cold,
		.inactive = req->inactive,
		.own_files = run->job,
		/*
		 * What somebody wrote is never overstepped. The worker's limits
		 * are shares, and to look for small folios through gigabytes of
		 * huge ones would cost more than a huge page too many.
		 */
		.oversteps = run->job,
		.batch = run->batch,
	};

	if (run->job)
		walk.next = run->job->start;
	run->before = result->counts;
	before = prc_mm_usage(target->mm);
	stop = do_batches(run, target, &walk);
	gather_crew(run);
	if (walk.age)
		flush_aged(run, &walk, req->start);
	result->next = walk.next < walk.end ? walk.next : 0;
	after = prc_mm_usage(target->mm);
	usage_add(&result->before, &before);
	usage_add(&result->after, &after);
	result->targets++;
	trace_proc_reclaim_done(target->task, req->type, &before, &after,
				ktime_get_ns() - since, stop, cause_of(run));
	return stop;
}

/*
 * Pages of the last faults sit in per-CPU batches, where they could not be
 * isolated. The wait for the other CPUs cannot be interrupted, so it is not
 * begun when the request is to stop anyhow.
 */
static void drain(const struct run *run)
{
	if (reclaims(run) && must_stop(run) == PRC_STOP_DONE)
		prc_lru_add_drain_all();
}

/*
 * Hold on to somebody's target, as soon as it does not execute anew. -EAGAIN if the
 * request had to stop before that.
 */
static int get_target(struct run *run, struct task_struct *task,
		      struct prc_target *target)
{
	unsigned int wait_us = MIN_WAIT_US;
	int err;

	while ((err = prc_target_init(target, task)) == -EAGAIN) {
		run->result->stop = must_stop(run);
		if (run->result->stop != PRC_STOP_DONE)
			break;
		usleep_range(wait_us, 2 * wait_us);
		wait_us = min(2 * wait_us, MAX_WAIT_US);
	}
	return err;
}

static int do_process(struct run *run)
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
	err = get_target(run, task, &target);
	put_task_struct(task);
	if (err)
		return err == -EAGAIN ? 0 : err;
	if (req->start + req->len > target.mm->task_size) {
		err = -EINVAL;
	} else {
		drain(run);
		run->result->stop = do_target(run, &target);
	}
	prc_target_release(&target);
	return err;
}

static bool is_swept(struct task_struct *task)
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
static bool ends_sweep(enum prc_stop stop, const struct prc_request *req)
{
	switch (stop) {
	case PRC_STOP_DONE:
	case PRC_STOP_EXITING:
	case PRC_STOP_MEMCG:
	case PRC_STOP_BUSY:
	case PRC_STOP_UNWRITTEN:
		return false;
	case PRC_STOP_NOSWAP:
		return req->type == PRC_TYPE_ANON;
	default:
		return true;
	}
}

static int do_system(struct run *run)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	struct prc_result *result = run->result;
	struct task_struct *task;
	struct prc_target target;
	enum prc_stop stop;
	int nr = 1;

	drain(run);
	while (!ends_sweep(result->stop, run->req) &&
	       (task = prc_next_process(ns, &nr))) {
		/* Who executes anew has no memory that is cold. */
		if (is_swept(task) && !prc_target_init(&target, task)) {
			stop = do_target(run, &target);
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
static int do_job(struct run *run)
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
	if (reclaims(run) &&
	    (!next_drain || time_after_eq(jiffies, next_drain))) {
		drain(run);
		next_drain = jiffies + DRAIN_INTERVAL;
	}
	old = override_creds(cred);
	run->result->stop = do_target(run, &target);
	revert_creds(old);
	prc_target_release(&target);
out:
	put_cred(cred);
	return err;
}

static int run_request(const struct prc_request *req, const struct prc_job *job,
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
		.crew.threads = READ_ONCE(prc_threads),
	};
	int err;

	if (req->type == PRC_TYPE_ANON && !prc_have_swap())
		return -ENOSPC;
	*result = (struct prc_result) { .pid = req->pid, .type = req->type };
	trace_proc_reclaim_request(req);
	if (job)
		err = do_job(&run);
	else
		err = req->system ? do_system(&run) : do_process(&run);
	result->cpu_ns = prc_cpu_ns() - cpu_since +
			 atomic64_read(&run.crew.cpu_ns);
	result->ns = ktime_get_ns() - since;
	trace_proc_reclaim_end(req, req->type, result, err,
			       cause_of(&run)->action);
	return err;
}

static void keep_result(const struct prc_result *result)
{
	mutex_lock(&last_lock);
	last_result = *result;
	have_last_result = true;
	mutex_unlock(&last_lock);
}

/* @err: what reading the request came to. */
static int carry_out(const struct prc_request *req, int err,
		     struct prc_result *result)
{
	if (!err)
		err = run_request(req, NULL, result);
	if (!err) {
		keep_result(result);
		if (result->stop == PRC_STOP_KILLED ||
		    result->stop == PRC_STOP_UNLOAD)
			err = -EINTR;
		else if (result->stop == PRC_STOP_ERROR)
			err = -EIO;
	}
	prc_stats_count(err ? PRC_ERRORS : PRC_REQUESTS);
	return err;
}

/**
 * prc_reclaim() - carry out a request to reclaim
 * @text: the request, as prc_request_parse() reads it
 * @len: bytes in @text
 * @result: what was done; without meaning when an error is returned
 *
 * Context: process context, no locks held that a target or the reclaim could
 *	    want. Blocks until the request is done; a fatal signal, a suspend or
 *	    prc_reclaim_stop() ends it after the batch that is under way.
 * Return: 0; -EINVAL (no request, or a range that no process has), -ESRCH,
 *	   -EPERM (a kernel thread, or the caller may not ptrace-read the
 *	   target), -ENOSPC ("anon" with no swap at all), -EINTR, -EIO (the kernel's
 *	   page table walk did not do what it did in any release that is known).
 */
int prc_reclaim(const char *text, size_t len, struct prc_result *result)
{
	struct prc_request req;
	int err = -EINVAL;

	if (len <= PRC_REQUEST_LEN)
		err = prc_request_parse(&req, text, len, PAGE_SHIFT);
	return carry_out(&req, err, result);
}

/**
 * prc_request_area() - carry out a request to age, or to restore
 * @type: PRC_TYPE_AGE or PRC_TYPE_RESTORE
 * @text: the request, as prc_request_parse_area() reads it
 * @len: bytes in @text
 *
 * Context: as prc_reclaim().
 * Return: 0; -EINVAL, -ESRCH, -EPERM, -EINTR or -EIO, as prc_reclaim().
 */
int prc_request_area(enum prc_type type, const char *text, size_t len)
{
	struct prc_result result;
	struct prc_request req;
	int err = -EINVAL;

	if (len <= PRC_REQUEST_LEN)
		err = prc_request_parse_area(&req, type, text, len, PAGE_SHIFT);
	return carry_out(&req, err, &result);
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
		.type = job->type,
		.max_pages = job->max_pages,
		.cold = job->cold,
		.inactive = job->inactive,
	};

	return run_request(&req, job, result);
}

/**
 * prc_reclaim_last() - the result of the request that finished last
 * @result: filled in
 *
 * Context: may sleep.
 * Return: false if none has finished yet.
 */
bool prc_reclaim_last(struct prc_result *result)
{
	bool have;

	mutex_lock(&last_lock);
	*result = last_result;
	have = have_last_result;
	mutex_unlock(&last_lock);
	return have;
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

static unsigned long kb(unsigned long pages)
{
	return pages << (PAGE_SHIFT - 10);
}

static u64 us(u64 ns)
{
	return div_u64(ns, NSEC_PER_USEC);
}

/**
 * prc_stop_name() - why a request ended, in a word
 * @stop: why
 *
 * Return: a constant string.
 */
const char *prc_stop_name(enum prc_stop stop)
{
	static const char * const stops[PRC_NR_STOPS] = {
		[PRC_STOP_DONE]		= "done",
		[PRC_STOP_MAX]		= "max",
		[PRC_STOP_MS]		= "ms",
		[PRC_STOP_NOSWAP]	= "noswap",
		[PRC_STOP_MEMCG]	= "memcg",
		[PRC_STOP_WATERMARK]	= "watermark",
		[PRC_STOP_KILLED]	= "killed",
		[PRC_STOP_EXITING]	= "exiting",
		[PRC_STOP_FREEZE]	= "freeze",
		[PRC_STOP_UNLOAD]	= "unload",
		[PRC_STOP_FOREGROUND]	= "foreground",
		[PRC_STOP_DISABLED]	= "disabled",
		[PRC_STOP_BUSY]		= "busy",
		[PRC_STOP_PROTECTED]	= "protected",
		[PRC_STOP_UNWRITTEN]	= "unwritten",
		[PRC_STOP_ERROR]	= "error",
	};

	return stops[stop];
}

/**
 * prc_result_print() - print a result as one line of key=value
 * @result: of a request that succeeded
 * @buf: where to; PRC_RESULT_LEN bytes are enough
 * @size: bytes in @buf
 *
 * Keys are only ever added, and at the end.
 *
 * Return: bytes printed, without the terminating NUL.
 */
int prc_result_print(const struct prc_result *result, char *buf, size_t size)
{
	int i, len;

	len = scnprintf(buf, size, "pid=%d type=%s", result->pid,
			prc_type_name(result->type));
	for (i = 0; i <= PRC_LAST_SKIP; i++)
		len += scnprintf(buf + len, size - len, " %s=%lu",
				 prc_count_name(i), result->counts.n[i]);
	len += scnprintf(buf + len, size - len,
			 " rss_before_kb=%lu rss_after_kb=%lu swap_before_kb=%lu swap_after_kb=%lu",
			 kb(result->before.rss), kb(result->after.rss),
			 kb(result->before.swap), kb(result->after.swap));
	len += scnprintf(buf + len, size - len,
			 " lock_max_us=%llu cpu_us=%llu us=%llu stop=%s targets=%u unwritten=%lu\n",
			 us(result->lock_max_ns), us(result->cpu_ns),
			 us(result->ns), prc_stop_name(result->stop),
			 result->targets, result->counts.n[PRC_UNWRITTEN]);
	return len;
}
