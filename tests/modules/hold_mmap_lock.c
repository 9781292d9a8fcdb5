// SPDX-License-Identifier: GPL-2.0
/*
 * Holds the mmap lock of process "pid" for writing while it is loaded: what a
 * target looks like that sleeps on a dead file server in the middle of mmap().
 * With "exec" the lock of execve(): the same in the middle of that.
 * A thread of its own holds the lock, because who takes it must drop it.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/mmap_lock.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

static int pid;
module_param(pid, int, 0400);
MODULE_PARM_DESC(pid, "Whose mmap lock to hold");

static bool exec;
module_param(exec, bool, 0400);
MODULE_PARM_DESC(exec, "Hold the lock of its execve() instead");

static struct task_struct *task, *holder;
static struct mm_struct *mm;
static DECLARE_COMPLETION(held);

static int hold(void *unused)
{
	struct rw_semaphore *exec_lock = &task->signal->exec_update_lock;

	if (exec)
		down_write(exec_lock);
	else
		mmap_write_lock(mm);
	complete(&held);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ / 10);
	if (exec)
		up_write(exec_lock);
	else
		mmap_write_unlock(mm);
	return 0;
}

static int __init hold_init(void)
{
	struct pid *nr = find_get_pid(pid);

	task = get_pid_task(nr, PIDTYPE_TGID);
	put_pid(nr);
	if (!task)
		return -ESRCH;
	mm = get_task_mm(task);
	if (!mm) {
		put_task_struct(task);
		return -ESRCH;
	}
	holder = kthread_run(hold, NULL, "hold_mmap_lock");
	if (IS_ERR(holder)) {
		mmput_async(mm);
		put_task_struct(task);
		return PTR_ERR(holder);
	}
	wait_for_completion(&held);
	return 0;
}

static void __exit hold_exit(void)
{
	kthread_stop(holder);
	mmput_async(mm);
	put_task_struct(task);
}

module_init(hold_init);
module_exit(hold_exit);

MODULE_DESCRIPTION("Test aid: hold a process's mmap lock");
MODULE_LICENSE("GPL");
