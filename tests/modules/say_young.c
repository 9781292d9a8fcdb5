// SPDX-License-Identifier: GPL-2.0
/*
 * Says of the page at "addr" of process "pid", when asked as a secondary MMU, whether
 * it was accessed: what a guest of KVM looks like, whose accesses set no bit in the
 * host's page tables. "young" is forgotten when it is told to.
 */
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/version.h>

static int pid;
module_param(pid, int, 0400);
MODULE_PARM_DESC(pid, "Of which process");

static ulong addr;
module_param(addr, ulong, 0400);
MODULE_PARM_DESC(addr, "Of which page");

static bool young = true;
module_param(young, bool, 0600);
MODULE_PARM_DESC(young, "Whether it was accessed");

#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 1, 0)
typedef int answer_t;
#else
typedef bool answer_t;
#endif

static answer_t clear_young(struct mmu_notifier *mn, struct mm_struct *mm,
			    unsigned long start, unsigned long end)
{
	return start <= addr && addr < end && xchg(&young, false);
}

static answer_t test_young(struct mmu_notifier *mn, struct mm_struct *mm,
			   unsigned long at)
{
	return at == addr && READ_ONCE(young);
}

static const struct mmu_notifier_ops ops = {
	.clear_young = clear_young,
	.clear_flush_young = clear_young,
	.test_young = test_young,
};

static struct mmu_notifier notifier = { .ops = &ops };

static int __init say_young_init(void)
{
	struct pid *nr = find_get_pid(pid);
	struct task_struct *task = get_pid_task(nr, PIDTYPE_TGID);
	struct mm_struct *mm;
	int err;

	put_pid(nr);
	if (!task)
		return -ESRCH;
	mm = get_task_mm(task);
	put_task_struct(task);
	if (!mm)
		return -ESRCH;
	err = mmu_notifier_register(&notifier, mm);
	mmput_async(mm);
	return err;
}

static void __exit say_young_exit(void)
{
	mmu_notifier_unregister(&notifier, notifier.mm);
}

module_init(say_young_init);
module_exit(say_young_exit);

MODULE_DESCRIPTION("Test aid: a secondary MMU that has accessed a page");
MODULE_LICENSE("GPL");
