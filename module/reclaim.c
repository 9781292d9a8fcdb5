// SPDX-License-Identifier: GPL-2.0
/*
 * The engine. A request is a loop of steps (see step.c) over its target. A sweep is a loop
 * over targets.
 *
 * Held over a whole request: a reference on the task and one on the mm struct (mmgrab),
 * which keep neither the process nor its memory alive. Between two steps the target may
 * unmap memory, fork, call execve() or die, so each step begins with an address alone.
 */
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>

#include "kernel_api.h"
#include "reclaim.h"
#include "settings.h"
#include "step.h"
#include "target.h"

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
	.action = PRC_ACTION_REQUEST,
	.last_action = PRC_ACTION_NOTHING,
};

static void reclaim_add_usage(struct prc_usage *sum, struct prc_usage more)
{
	sum->rss += more.rss;
	sum->file += more.file;
	sum->swap += more.swap;
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
		stop = prc_step(rc, target);
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
	if (rc->op->isolates && prc_request_stop_reason(rc) == PRC_STOP_DONE)
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
		rc->result->stop = prc_request_stop_reason(rc);
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

	rc->op = &prc_step_ops[req->op];
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
	prc_step_stop_all();
}
