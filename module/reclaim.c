// SPDX-License-Identifier: GPL-2.0
/*
 * The engine. A request is a loop of steps over its target, where one step to reclaim is
 * { lock, isolate at most one batch, unlock, shrink it }. A sweep is a loop over targets.
 *
 * Held over a whole request: a reference on the task and one on the mm struct (mmgrab),
 * which keep neither the process nor its memory alive. Between two steps the target may
 * unmap memory, fork, call execve() or die, so each step begins with an address alone.
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

#include "age.h"
#include "isolate.h"
#include "kernel_api.h"
#include "reclaim.h"
#include "settings.h"
#include "shrink.h"
#include "swapin.h"
#include "target.h"
#include "walk.h"

#include "proc_reclaim_events.h"

/*
 * First and longest sleep, in us, before the mmap lock of a target is tried again. The
 * target may hold it for ever.
 */
#define MIN_WAIT_US 100U
#define MAX_WAIT_US 10000U

/*
 * How long one target's mmap lock may stay taken before a sweep or the worker gives that
 * target up, because other targets wait. A writer that named its target waits on.
 */
#define SHORT_PATIENCE_US (200 * USEC_PER_MSEC)
#define ENDLESS_PATIENCE_US UINT_MAX

/* Least time between two drains for the requests of the worker. */
#define DRAIN_INTERVAL HZ

static const struct prc_cause reclaim_written = {
	.action = -1,
	.last_action = PRC_ACTION_NOTHING,
};

/* Set once, before the module is unloaded; ends every request. */
static bool reclaim_is_stopped;

/**
 * struct prc_reclaim_control - one running request
 * @req: request
 * @op: row of the request's operation
 * @result: result, which grows with each step
 * @batch_pages: pages isolated at once
 * @left: pages until max= is reached
 * @deadline_ns: when ms= expires; U64_MAX without it
 * @lock_patience_us: how long one target's mmap lock may stay taken
 * @only_writable_files: reclaim only files that the current credentials own or may write
 * @may_exceed_limit: the last folio may exceed @left
 * @is_protected: memory.min protects the target
 * @is_low_protected: memory.low protects it too
 * @cause: why the request runs, for the tracepoints
 * @stop_reason: called before each step; may be NULL
 * @data: argument of @stop_reason
 * @ic: isolate control of the current target; its cursor serves every operation
 * @start: address at which the walk of the current target began
 * @counts_before: counts of @result before the current target
 * @swap_stop: why the current target's anonymous pages cannot be reclaimed (any more)
 * @sc: shrink control
 */
struct prc_reclaim_control {
	const struct prc_request *req;
	const struct reclaim_op *op;
	struct prc_result *result;

	unsigned long batch_pages;
	unsigned long left;
	u64 deadline_ns;

	unsigned int lock_patience_us;
	bool only_writable_files;
	bool may_exceed_limit;
	bool is_protected;
	bool is_low_protected;
	const struct prc_cause *cause;
	enum prc_stop (*stop_reason)(void *data);
	void *data;

	struct prc_isolate_control ic;
	unsigned long start;
	struct prc_counts counts_before;
	enum prc_stop swap_stop;

	struct prc_shrink_control sc;
};

/**
 * struct reclaim_op - one operation
 * @isolates: a step needs a batch
 * @allocates: a step allocates memory, so it must not run near the min watermark
 * @prepare: called before each step; returns why it must not run, or PRC_STOP_DONE
 * @step: runs one step; returns what prc_walk_batch() does
 * @finish: called after the last step on a target
 */
struct reclaim_op {
	bool isolates;
	bool allocates;
	enum prc_stop (*prepare)(struct prc_reclaim_control *rc);
	int (*step)(struct prc_reclaim_control *rc);
	void (*finish)(struct prc_reclaim_control *rc);
};

static void reclaim_add_usage(struct prc_usage *sum, struct prc_usage more)
{
	sum->rss += more.rss;
	sum->file += more.file;
	sum->swap += more.swap;
}

/*
 * Return true if the next batch could use up the reserves, together with the batches
 * that are in use: reclaim allocates, because compression and swap do, and may use them.
 * The boost of a watermark is not a reserve; it only makes kswapd run longer.
 */
static bool reclaim_near_min_watermark(unsigned long batch_pages)
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

/* Return why the whole request must end, or PRC_STOP_DONE. */
static enum prc_stop reclaim_stop_reason(const struct prc_reclaim_control *rc)
{
	if (READ_ONCE(reclaim_is_stopped))
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
	if (rc->op->allocates && reclaim_near_min_watermark(rc->batch_pages))
		return PRC_STOP_WATERMARK;
	return PRC_STOP_DONE;
}

/* Add the counts of one step to the result and to the totals. */
static void reclaim_add_counts(const struct prc_reclaim_control *rc,
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
static bool reclaim_swap_fails(const struct prc_reclaim_control *rc)
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
reclaim_swap_stop_reason(const struct prc_reclaim_control *rc)
{
	if (reclaim_swap_fails(rc))
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
static enum prc_stop reclaim_prepare(struct prc_reclaim_control *rc)
{
	struct prc_walk *walk = &rc->ic.walk;

	if (rc->is_protected &&
	    prc_memcg_unprotected(walk->mm, rc->is_low_protected) < rc->batch_pages)
		return PRC_STOP_PROTECTED;
	if (walk->pages & PRC_PAGES_ANON) {
		rc->swap_stop = reclaim_swap_stop_reason(rc);
		if (rc->swap_stop != PRC_STOP_DONE)
			walk->pages &= ~PRC_PAGES_ANON;
	}
	return walk->pages ? PRC_STOP_DONE : rc->swap_stop;
}

/* Shrink the batch in this thread, and charge it to max=. */
static void reclaim_shrink_here(struct prc_reclaim_control *rc,
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
static int reclaim_step(struct prc_reclaim_control *rc)
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
		reclaim_shrink_here(rc, batch);
	}
	prc_batch_put(batch);
	return err;
}

/* Wait for the threads that shrink, and add what they have freed. */
static void reclaim_finish(struct prc_reclaim_control *rc)
{
	struct prc_counts counts = { 0 };

	prc_shrink_wait(&rc->sc);
	counts.n[PRC_RECLAIMED] = atomic_long_xchg(&rc->sc.reclaimed, 0);
	counts.n[PRC_UNWRITTEN] = atomic_long_xchg(&rc->sc.unwritten, 0);
	reclaim_add_counts(rc, &counts);
}

static int reclaim_age_step(struct prc_reclaim_control *rc)
{
	return prc_age_batch(&rc->ic.walk);
}

/* Flush the TLB once for all that was aged; not at all if no page had been accessed. */
static void reclaim_age_finish(struct prc_reclaim_control *rc)
{
	struct prc_walk *walk = &rc->ic.walk;

	if (!rc->result->counts.n[PRC_AGED] || !mmget_not_zero(walk->mm))
		return;
	prc_flush_tlb_range(walk->mm, rc->start, walk->next);
	mmput_async(walk->mm);
}

static enum prc_stop reclaim_restore_prepare(struct prc_reclaim_control *rc)
{
	return prc_memcg_room(rc->ic.walk.mm) < PRC_SWAPIN_ROOM ?
	       PRC_STOP_MEMCG : PRC_STOP_DONE;
}

static int reclaim_restore_step(struct prc_reclaim_control *rc)
{
	return prc_swapin_batch(&rc->ic.walk);
}

static const struct reclaim_op reclaim_ops[PRC_NR_OPS] = {
	[PRC_OP_RECLAIM] = {
		.isolates = true,
		.allocates = true,
		.prepare = reclaim_prepare,
		.step = reclaim_step,
		.finish = reclaim_finish,
	},
	[PRC_OP_AGE] = {
		.step = reclaim_age_step,
		.finish = reclaim_age_finish,
	},
	[PRC_OP_RESTORE] = {
		.allocates = true,
		.prepare = reclaim_restore_prepare,
		.step = reclaim_restore_step,
	},
};

/* Return why no step may run on @target, or PRC_STOP_DONE after preparing the step. */
static enum prc_stop reclaim_prepare_step(struct prc_reclaim_control *rc,
					  const struct prc_target *target)
{
	enum prc_stop stop = reclaim_stop_reason(rc);

	if (stop == PRC_STOP_DONE && prc_target_is_exiting(target))
		stop = PRC_STOP_EXITING;
	if (stop == PRC_STOP_DONE && rc->stop_reason)
		stop = rc->stop_reason(rc->data);
	if (stop == PRC_STOP_DONE && rc->op->prepare)
		stop = rc->op->prepare(rc);
	return stop;
}

/* Translate the error of a step. PRC_STOP_BUSY: the step can be tried again. */
static enum prc_stop reclaim_stop_of_error(int err)
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

/*
 * Run one step of the request. Return PRC_STOP_DONE to run the next one, PRC_STOP_BUSY to
 * try again, or why the target is finished. The stop reasons are checked after the wait
 * for a batch, because that can take long.
 */
static enum prc_stop reclaim_do_step(struct prc_reclaim_control *rc,
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
	stop = reclaim_prepare_step(rc, target);
	if (stop == PRC_STOP_WATERMARK && atomic_read(&rc->sc.busy)) {
		/* Memory may be low because of this request's own batches. */
		prc_shrink_wait(&rc->sc);
		stop = reclaim_prepare_step(rc, target);
	}
	if (stop != PRC_STOP_DONE) {
		if (batch)
			prc_batch_put(batch);
		return stop;
	}
	rc->ic.batch = batch;
	err = rc->op->step(rc);
	stop = reclaim_stop_of_error(err);
	if (stop == PRC_STOP_DONE || stop == PRC_STOP_ERROR) {
		rc->result->lock_max_ns = max(rc->result->lock_max_ns,
					      walk->held_ns);
		reclaim_add_counts(rc, &walk->counts);
	}
	return stop;
}

/*
 * Work on one target, step by step, and return why that ended. No batch is in use while
 * this thread waits for the mmap lock.
 */
static enum prc_stop reclaim_do_steps(struct prc_reclaim_control *rc,
				      const struct prc_target *target)
{
	const struct prc_walk *walk = &rc->ic.walk;
	unsigned int wait_us = MIN_WAIT_US, waited_us = 0;
	enum prc_stop stop;

	while (walk->next < walk->end) {
		cond_resched();
		stop = reclaim_do_step(rc, target);
		if (stop == PRC_STOP_DONE) {
			wait_us = MIN_WAIT_US;
			waited_us = 0;
			continue;
		}
		if (stop != PRC_STOP_BUSY || waited_us > rc->lock_patience_us)
			return stop;
		usleep_range(wait_us, 2 * wait_us);
		waited_us += wait_us;
		wait_us = min(2 * wait_us, MAX_WAIT_US);
	}
	return rc->swap_stop;
}

/* Point the request at @target. */
static void reclaim_begin_target(struct prc_reclaim_control *rc,
				 const struct prc_target *target)
{
	const struct prc_request *req = rc->req;

	rc->ic = (struct prc_isolate_control) {
		.walk = {
			.mm = target->mm,
			.pid = target->pid,
			.pages = req->pages,
			.next = rc->start,
			.end = req->len ? req->start + req->len :
					  target->mm->task_size,
		},
		.cold = req->cold,
		.inactive = req->inactive,
		.only_writable_files = rc->only_writable_files,
		.may_exceed_limit = rc->may_exceed_limit,
		.batch_pages = rc->batch_pages,
	};
	rc->counts_before = rc->result->counts;
	rc->swap_stop = PRC_STOP_DONE;
}

/* Carry out the request on one target, and return why that ended. */
static enum prc_stop reclaim_target(struct prc_reclaim_control *rc,
				    const struct prc_target *target)
{
	const struct prc_walk *walk = &rc->ic.walk;
	struct prc_result *result = rc->result;
	struct prc_usage before, after;
	u64 since = ktime_get_ns();
	enum prc_stop stop;

	reclaim_begin_target(rc, target);
	before = prc_mm_usage(target->mm);
	stop = reclaim_do_steps(rc, target);
	if (rc->op->finish)
		rc->op->finish(rc);
	result->next = walk->next < walk->end ? walk->next : 0;
	after = prc_mm_usage(target->mm);
	reclaim_add_usage(&result->before, before);
	reclaim_add_usage(&result->after, after);
	result->targets++;
	trace_proc_reclaim_done(target->task, result->type, &before, &after,
				ktime_get_ns() - since, stop, rc->cause);
	return stop;
}

/*
 * Move the pages of recent faults from per-CPU batches, where they cannot be isolated, to
 * the LRU lists. The wait for the other CPUs cannot be interrupted, so skip it when the
 * request must stop.
 */
static void reclaim_drain(const struct prc_reclaim_control *rc)
{
	if (rc->op->isolates && reclaim_stop_reason(rc) == PRC_STOP_DONE)
		prc_lru_add_drain_all();
}

/*
 * Pin the target, retrying while it is in execve(). Return -EAGAIN if the request had to
 * stop before that.
 */
static int reclaim_pin_target(struct prc_reclaim_control *rc,
			      struct task_struct *task,
			      struct prc_target *target)
{
	unsigned int wait_us = MIN_WAIT_US;
	int err;

	while ((err = prc_target_init(target, task)) == -EAGAIN) {
		rc->result->stop = reclaim_stop_reason(rc);
		if (rc->result->stop != PRC_STOP_DONE)
			break;
		usleep_range(wait_us, 2 * wait_us);
		wait_us = min(2 * wait_us, MAX_WAIT_US);
	}
	return err;
}

static int reclaim_process(struct prc_reclaim_control *rc)
{
	const struct prc_request *req = rc->req;
	struct task_struct *task;
	struct prc_target target;
	struct pid *pid;
	int err;

	pid = find_get_pid(req->pid);
	task = get_pid_task(pid, PIDTYPE_TGID);
	put_pid(pid);
	if (!task)
		return -ESRCH;
	err = reclaim_pin_target(rc, task, &target);
	put_task_struct(task);
	if (err)
		return err == -EAGAIN ? 0 : err;
	if (req->start + req->len > target.mm->task_size) {
		err = -EINVAL;
	} else {
		reclaim_drain(rc);
		rc->result->stop = reclaim_target(rc, &target);
	}
	prc_target_release(&target);
	return err;
}

static bool reclaim_is_swept(struct task_struct *task)
{
	uid_t uid = from_kuid(&init_user_ns, task_uid(task));

	return !(task->flags & PF_KTHREAD) && !same_thread_group(task, current) &&
	       uid < prc_settings_first_app_uid();
}

/*
 * Return true if the stop reason of one target ends the sweep. These do not: the target
 * has exited, its cgroup is at a limit, its mmap lock stayed taken, or swap refuses its
 * pages, which zswap may do for one cgroup. Without swap the next target may still have
 * file pages.
 */
static bool reclaim_ends_sweep(enum prc_stop stop, unsigned int pages)
{
	switch (stop) {
	case PRC_STOP_DONE:
	case PRC_STOP_EXITING:
	case PRC_STOP_MEMCG:
	case PRC_STOP_BUSY:
	case PRC_STOP_UNWRITTEN:
		return false;
	case PRC_STOP_NOSWAP:
		return pages == PRC_PAGES_ANON;
	default:
		return true;
	}
}

static int reclaim_system(struct prc_reclaim_control *rc)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	struct prc_result *result = rc->result;
	struct task_struct *task;
	struct prc_target target;
	enum prc_stop stop;
	int nr = 1;

	reclaim_drain(rc);
	while (!reclaim_ends_sweep(result->stop, rc->req->pages) &&
	       (task = prc_next_process(ns, &nr))) {
		/* Skip a process in the middle of execve(): its new mm has nothing cold. */
		if (reclaim_is_swept(task) && !prc_target_init(&target, task)) {
			stop = reclaim_target(rc, &target);
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
 * Carry out a request of the worker, with the credentials of the target, so that it
 * reclaims only the file pages that the target itself could reclaim.
 */
static int reclaim_job(struct prc_reclaim_control *rc, struct task_struct *task)
{
	static unsigned long next_drain;	/* only the worker's thread reads it */
	const struct cred *cred, *old;
	struct prc_target target;
	int err;

	/* Before the mm, because an execve() in between may add rights, not drop them. */
	cred = get_task_cred(task);
	err = prc_target_init_job(&target, task);
	if (err)
		goto out;
	/* Rate-limit: the worker may process thousands of targets in a row. */
	if (rc->op->isolates &&
	    (!next_drain || time_after_eq(jiffies, next_drain))) {
		reclaim_drain(rc);
		next_drain = jiffies + DRAIN_INTERVAL;
	}
	old = override_creds(cred);
	rc->result->stop = reclaim_target(rc, &target);
	revert_creds(old);
	prc_target_release(&target);
out:
	put_cred(cred);
	return err;
}

/* Carry out the request of @rc, on @task if it is of the worker. */
static int reclaim_run(struct prc_reclaim_control *rc, struct task_struct *task)
{
	const struct prc_request *req = rc->req;
	struct prc_result *result = rc->result;
	u64 since = ktime_get_ns(), cpu_since = prc_cpu_ns();
	int err;

	rc->op = &reclaim_ops[req->op];
	if (rc->op->isolates && req->pages == PRC_PAGES_ANON && !prc_have_swap())
		return -ENOSPC;
	rc->batch_pages = prc_settings_batch_pages();
	rc->left = req->max_pages ? min_t(u64, req->max_pages, ULONG_MAX) :
				    ULONG_MAX;
	rc->deadline_ns = req->ms ? since + req->ms * (u64)NSEC_PER_MSEC :
				    U64_MAX;
	rc->sc.threads = prc_settings_threads();
	*result = (struct prc_result) {
		.pid = req->pid,
		.type = prc_request_type(req),
	};
	trace_proc_reclaim_request(req);
	if (task)
		err = reclaim_job(rc, task);
	else
		err = req->system ? reclaim_system(rc) : reclaim_process(rc);
	result->cpu_ns = prc_cpu_ns() - cpu_since +
			 atomic64_read(&rc->sc.cpu_ns);
	result->ns = ktime_get_ns() - since;
	trace_proc_reclaim_end(req, result->type, result, err,
			       rc->cause->action);
	return err;
}

/**
 * prc_reclaim() - execute a request that was written to a file
 * @req: request
 * @result: what was done; undefined when an error is returned
 *
 * Ends after the current step on a fatal signal, a suspend or prc_reclaim_stop().
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
	struct prc_reclaim_control rc = {
		.req = req,
		.result = result,
		.start = req->start,
		.lock_patience_us = req->system ? SHORT_PATIENCE_US :
						  ENDLESS_PATIENCE_US,
		.cause = &reclaim_written,
	};
	int err;

	might_sleep();
	err = reclaim_run(&rc, NULL);
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
 * prc_reclaim_job() - execute a request of the worker
 * @job: request
 * @result: what was done; undefined when an error is returned
 *
 * The limits of the worker are shares, so its last folio may exceed them: a search for
 * small folios through gigabytes of huge ones would cost more than one huge page too many.
 *
 * Context: the worker's thread, no locks held; may sleep.
 * Return: 0; -ESRCH if the target has no memory (any more), -ENOSPC for anonymous pages
 *	   without any swap device.
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
	struct prc_reclaim_control rc = {
		.req = &req,
		.result = result,
		.start = job->start,
		.lock_patience_us = SHORT_PATIENCE_US,
		.only_writable_files = true,
		.may_exceed_limit = true,
		.is_protected = true,
		.is_low_protected = !job->past_low,
		.cause = &job->cause,
		.stop_reason = job->stop_reason,
		.data = job->data,
	};

	might_sleep();
	return reclaim_run(&rc, job->task);
}

/**
 * prc_reclaim_stop() - end every running request, and every later one
 *
 * Context: module unload, before the files are removed: their removal waits for
 *	    the requests that were written to them.
 */
void prc_reclaim_stop(void)
{
	WRITE_ONCE(reclaim_is_stopped, true);
}
