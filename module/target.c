// SPDX-License-Identifier: GPL-2.0
/*
 * The process that a request is about. What a target holds is a reference on the
 * task and one on the mm struct (mmgrab), which keep neither the process nor its
 * memory alive: it may unmap, fork, execute anew or die meanwhile.
 */
#include <linux/idr.h>
#include <linux/pid_namespace.h>
#include <linux/ptrace.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "kernel_api.h"
#include "target.h"

/**
 * prc_mm_usage() - how much memory there is in an mm
 * @mm: pinned at least by mmgrab()
 *
 * Context: any.
 * Return: pages.
 */
struct prc_usage prc_mm_usage(struct mm_struct *mm)
{
	unsigned long file = prc_mm_counter(mm, MM_FILEPAGES);

	return (struct prc_usage) {
		.rss = file + prc_mm_counter(mm, MM_ANONPAGES) +
		       prc_mm_counter(mm, MM_SHMEMPAGES),
		.file = file,
		.swap = prc_mm_counter(mm, MM_SWAPENTS),
	};
}

/**
 * prc_thread_with_mm() - a thread of a process that still has an mm
 * @leader: of the process; it may have exited before the others
 *
 * Context: any.
 * Return: the thread, with a reference; NULL if there is none.
 */
struct task_struct *prc_thread_with_mm(struct task_struct *leader)
{
	struct task_struct *thread, *found = NULL;

	rcu_read_lock();
	for_each_thread(leader, thread) {
		if (READ_ONCE(thread->mm)) {
			found = thread;
			get_task_struct(found);
			break;
		}
	}
	rcu_read_unlock();
	return found;
}

/**
 * prc_read_mm() - look at the mm of a process, which cannot go away meanwhile
 * @leader: of the process
 * @read: called with the mm, under task_lock(): may not sleep
 * @data: its other argument
 *
 * Context: any that is not an interrupt.
 * Return: false, without a call, for a kernel thread, and for a process that has no
 *	   memory any more.
 */
bool prc_read_mm(struct task_struct *leader,
		 void (*read)(struct mm_struct *mm, void *data), void *data)
{
	struct task_struct *thread;
	bool has_mm;

	if (leader->flags & PF_KTHREAD)
		return false;
	thread = prc_thread_with_mm(leader);
	if (!thread)
		return false;
	task_lock(thread);
	has_mm = thread->mm;
	if (has_mm)
		read(thread->mm, data);
	task_unlock(thread);
	put_task_struct(thread);
	return has_mm;
}

static void target_set(struct prc_target *target, struct task_struct *leader,
		       struct mm_struct *mm)
{
	mmgrab(mm);
	mmput_async(mm);
	get_task_struct(leader);
	*target = (struct prc_target) {
		.task = leader,
		.mm = mm,
		.pid = task_tgid_nr(leader),
	};
}

/*
 * The mm of @thread, if the caller may ptrace-read it; with a reference. exec's lock is
 * held, so that it is the mm of what the caller may read. mm_access() would do all of
 * it, but lets the profilers of 7.2 read what they may not ptrace.
 */
static struct mm_struct *target_mm_to_read(struct task_struct *thread)
{
	struct rw_semaphore *exec_lock = &thread->signal->exec_update_lock;
	struct mm_struct *mm;

	if (!down_read_trylock(exec_lock))
		return ERR_PTR(-EAGAIN);
	mm = get_task_mm(thread);
	if (!mm) {
		mm = ERR_PTR(-ESRCH);
	} else if (mm != current->mm &&
		   !prc_ptrace_may_access(thread, PTRACE_MODE_READ_FSCREDS)) {
		mmput_async(mm);
		mm = ERR_PTR(-EPERM);
	}
	up_read(exec_lock);
	return mm;
}

/**
 * prc_target_init() - hold on to the target of somebody's request
 * @target: filled in, to be released by prc_target_release()
 * @leader: of the process
 *
 * Settles who may: the caller must be allowed to ptrace-read the target.
 *
 * Context: may sleep; in the context of whoever asks.
 * Return: 0; -ESRCH if it has no memory (any more); -EPERM if it is a kernel thread
 *	   or may not be read; -EAGAIN while it executes anew, which may take as long as
 *	   a dead file server.
 */
int prc_target_init(struct prc_target *target, struct task_struct *leader)
{
	struct task_struct *thread;
	struct mm_struct *mm;

	if (leader->flags & PF_KTHREAD)
		return -EPERM;
	thread = prc_thread_with_mm(leader);
	if (!thread)
		return -ESRCH;
	mm = target_mm_to_read(thread);
	put_task_struct(thread);
	if (IS_ERR(mm))
		return PTR_ERR(mm);
	target_set(target, leader, mm);
	return 0;
}

/**
 * prc_shares_parent_mm() - is what a process has its parent's?
 * @leader: of the process
 *
 * As with a vfork()ed child until it executes. What it says of itself is not there at
 * first, and no more while it executes, so its parent is asked too.
 *
 * Context: any.
 * Return: true if it is, and so is not to be taken for the child's sake.
 */
bool prc_shares_parent_mm(struct task_struct *leader)
{
	struct mm_struct *mm;
	bool shared;

	/* One that has an mm has a parent too, as long as this is held. */
	rcu_read_lock();
	mm = READ_ONCE(leader->mm);
	shared = READ_ONCE(leader->vfork_done) ||
		 (mm && mm == READ_ONCE(rcu_dereference(leader->real_parent)->mm));
	rcu_read_unlock();
	return shared;
}

/**
 * prc_target_init_job() - the same for the worker, who asks nobody
 * @target: filled in, to be released by prc_target_release()
 * @leader: of the process
 *
 * Context: may sleep.
 * Return: 0; -ESRCH if it has no memory of its own.
 */
int prc_target_init_job(struct prc_target *target, struct task_struct *leader)
{
	struct task_struct *thread;
	struct mm_struct *mm;

	if (prc_shares_parent_mm(leader))
		return -ESRCH;
	thread = prc_thread_with_mm(leader);
	if (!thread)
		return -ESRCH;
	mm = get_task_mm(thread);	/* NULL for a kernel thread */
	put_task_struct(thread);
	if (!mm)
		return -ESRCH;
	target_set(target, leader, mm);
	return 0;
}

/**
 * prc_target_release() - let go of it
 * @target: from prc_target_init()
 *
 * Context: may sleep.
 */
void prc_target_release(struct prc_target *target)
{
	mmdrop(target->mm);
	put_task_struct(target->task);
}

/**
 * prc_target_is_exiting() - is it no longer what it was?
 * @target: from prc_target_init()
 *
 * On its way out, or another program by now: its memory is freed anyhow, and sooner
 * without us. Who shares the old mm, as after vfork(), is not who was asked for.
 *
 * Context: any.
 * Return: true if it is to be left alone.
 */
bool prc_target_is_exiting(const struct prc_target *target)
{
	struct mm_struct *mm = READ_ONCE(target->task->mm);

	return READ_ONCE(target->task->signal->flags) & SIGNAL_GROUP_EXIT ||
	       !atomic_read(&target->mm->mm_users) ||
	       (mm && mm != target->mm);
}

/**
 * prc_next_process() - one process after the other
 * @ns: in which pid namespace
 * @nr: the lowest pid to look at; moved on
 *
 * Found as /proc finds them, so that a sweep needs no list and no memory.
 *
 * Context: any.
 * Return: the group leader, with a reference; NULL at the end.
 */
struct task_struct *prc_next_process(struct pid_namespace *ns, int *nr)
{
	struct task_struct *task = NULL;
	struct pid *pid;

	rcu_read_lock();
	while (!task && (pid = idr_get_next(&ns->idr, nr))) {
		task = pid_task(pid, PIDTYPE_TGID);
		++*nr;
	}
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	return task;
}
