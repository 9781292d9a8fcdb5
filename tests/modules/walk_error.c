// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the kernel's walks of the page tables of process "pid" end with "error": a kernel
 * whose walker no longer does what it did.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

static int pid;
module_param(pid, int, 0400);
MODULE_PARM_DESC(pid, "Whose page tables");

static int error = -EINVAL;
module_param(error, int, 0400);
MODULE_PARM_DESC(error, "What a walk returns (default: -22)");

/* Only compared. */
static struct mm_struct *mm;

/* Another return value than 0 leaves this call alone. */
static int on_entry(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	return (struct mm_struct *)regs_get_kernel_argument(regs, 0) != mm;
}

static int on_return(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	regs_set_return_value(regs, error);
	return 0;
}

static struct kretprobe probe = {
	.kp.symbol_name = "walk_page_range",
	.entry_handler = on_entry,
	.handler = on_return,
	.maxactive = 8,
};

static int __init walk_error_init(void)
{
	struct pid *nr = find_get_pid(pid);
	struct task_struct *task = get_pid_task(nr, PIDTYPE_TGID);

	put_pid(nr);
	if (!task)
		return -ESRCH;
	mm = get_task_mm(task);
	put_task_struct(task);
	if (!mm)
		return -ESRCH;
	mmput_async(mm);
	return register_kretprobe(&probe);
}

static void __exit walk_error_exit(void)
{
	unregister_kretprobe(&probe);
}

module_init(walk_error_init);
module_exit(walk_error_exit);

MODULE_DESCRIPTION("Test aid: have the page table walk fail");
MODULE_LICENSE("GPL");
