// SPDX-License-Identifier: GPL-2.0
/*
 * The target of a request: permission check and reference counting. A target holds a
 * reference on the task and one on the mm struct (mmgrab), which keep neither the process
 * nor its memory alive: the process may unmap memory, fork, call execve() or die.
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
 * prc_mm_usage() - read how much memory an mm has
 * @mm: mm, pinned at least by mmgrab()
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
 * prc_thread_with_mm() - find a thread of a process that still has an mm
 * @leader: group leader, which may have exited before the other threads
 *
 * Context: any.
 * Return: a thread, with a reference; NULL if every thread has exited.
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
 * prc_read_mm() - call a function with the mm of a process
 * @leader: group leader
 * @read: called with the mm, under task_lock(), so it must not sleep
 * @data: second argument of @read
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
 * Return the mm of @thread, with a reference, if the caller may ptrace-read it. Hold the
 * exec lock, so that no execve() replaces the mm between the check and the reference.
 * mm_access() would do all of this, but in 7.2 it lets profilers read what they must not
 * ptrace.
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
 * prc_target_init() - pin the target of a request, if the caller may ptrace-read it
 * @target: filled in; the caller must call prc_target_release()
 * @leader: group leader
 *
 * Context: process context of the writer; may sleep.
 * Return: 0; -ESRCH if the process has no memory (any more); -EPERM if it is a kernel
 *	   thread, or if the caller must not read it; -EAGAIN while it is in execve(),
 *	   which may take as long as a dead file server does.
 */
int prc_target_init(struct prc_target *target, struct task_struct *leader)
{
	struct task_struct *thread;
	struct mm_struct *mm;

	might_sleep();
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
 * prc_shares_parent_mm() - check whether a process still uses its parent's mm
 * @leader: group leader
 *
 * True for a vfork() child before execve(), whose memory the worker must not reclaim
 * because of the child. vfork_done is set late and cleared early, so also compare with the
 * mm of the parent.
 *
 * Context: any.
 * Return: true if the memory is the parent's.
 */
bool prc_shares_parent_mm(struct task_struct *leader)
{
	struct mm_struct *mm;
	bool shared;

	/* A process that has an mm has a parent too, as long as this lock is held. */
	rcu_read_lock();
	mm = READ_ONCE(leader->mm);
	shared = READ_ONCE(leader->vfork_done) ||
		 (mm && mm == READ_ONCE(rcu_dereference(leader->real_parent)->mm));
	rcu_read_unlock();
	return shared;
}

/**
 * prc_target_init_job() - pin a target for the worker, without a permission check
 * @target: filled in; the caller must call prc_target_release()
 * @leader: group leader
 *
 * Context: may sleep.
 * Return: 0; -ESRCH if the process has no memory of its own.
 */
int prc_target_init_job(struct prc_target *target, struct task_struct *leader)
{
	struct task_struct *thread;
	struct mm_struct *mm;

	might_sleep();
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
 * prc_target_release() - drop the references of a target
 * @target: target
 *
 * Context: may sleep.
 */
void prc_target_release(struct prc_target *target)
{
	might_sleep();
	mmdrop(target->mm);
	put_task_struct(target->task);
}

/**
 * prc_target_is_exiting() - check whether the target has exited or called execve()
 * @target: target
 *
 * The kernel is freeing its old mm, and must not be delayed. Another process that shares
 * the old mm, as after vfork(), is not the target.
 *
 * Context: any.
 * Return: true if the request must leave the mm alone.
 */
bool prc_target_is_exiting(const struct prc_target *target)
{
	struct mm_struct *mm = READ_ONCE(target->task->mm);

	return READ_ONCE(target->task->signal->flags) & SIGNAL_GROUP_EXIT ||
	       !atomic_read(&target->mm->mm_users) ||
	       (mm && mm != target->mm);
}

/**
 * prc_next_process() - find the process with the next pid
 * @ns: pid namespace
 * @nr: lowest pid to consider; set to the one after the process
 *
 * Finds processes as /proc does, so that a sweep needs no list and no memory.
 *
 * Context: any.
 * Return: the group leader, with a reference; NULL after the last process.
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
