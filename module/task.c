// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the state of another process: its memory, how much of that can be swapped out,
 * the protection of its cgroup, and whether it waits.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "kernel_api.h"
#include "policy.h"
#include "settings.h"
#include "target.h"
#include "task.h"

static u64 task_pages_kb(unsigned long pages)
{
	return (u64)pages << (PAGE_SHIFT - 10);
}

static void task_read_memory(struct mm_struct *mm, void *data)
{
	struct prc_memory *memory = data;

	*memory = (struct prc_memory) {
		.file_kb = task_pages_kb(prc_mm_counter(mm, MM_FILEPAGES)),
		.anon_kb = task_pages_kb(prc_mm_counter(mm, MM_ANONPAGES) +
					 prc_mm_counter(mm, MM_SHMEMPAGES)),
		.swap_kb = task_pages_kb(prc_mm_counter(mm, MM_SWAPENTS)),
	};
}

/**
 * prc_task_memory() - read the memory of a process
 * @task: its group leader
 * @memory: filled in; all 0 if the process has no memory
 *
 * Context: any that is not an interrupt.
 * Return: false if it is a kernel thread or has no mm any more.
 */
bool prc_task_memory(struct task_struct *task, struct prc_memory *memory)
{
	*memory = (struct prc_memory) { 0 };
	return prc_read_mm(task, task_read_memory, memory);
}

/**
 * prc_task_rss() - read the resident memory of a process
 * @task: its group leader
 *
 * Context: any that is not an interrupt.
 * Return: pages; 0 if it is a kernel thread or has no mm any more.
 */
unsigned long prc_task_rss(struct task_struct *task)
{
	struct prc_memory memory;

	prc_task_memory(task, &memory);
	return (memory.anon_kb + memory.file_kb) >> (PAGE_SHIFT - 10);
}

/* How much of a cgroup memory.min, and with @with_low memory.low too, leaves unprotected. */
struct task_protection {
	bool with_low;
	unsigned long unprotected;
};

static void task_read_protection(struct mm_struct *mm, void *data)
{
	struct task_protection *protection = data;

	protection->unprotected =
		prc_memcg_unprotected(mm, protection->with_low);
}

/**
 * prc_task_unprotected() - read how much the protection of a process's cgroup leaves
 * @task: the group leader of the process
 * @with_low: check memory.low too, not memory.min alone
 *
 * Context: any that is not an interrupt.
 * Return: pages; ULONG_MAX if nothing is protected, or the process has no memory.
 */
unsigned long prc_task_unprotected(struct task_struct *task, bool with_low)
{
	struct task_protection protection = {
		.with_low = with_low,
		.unprotected = ULONG_MAX,
	};

	prc_read_mm(task, task_read_protection, &protection);
	return protection.unprotected;
}

/**
 * prc_task_is_protected() - check whether a cgroup protects the memory of a process
 * @task: the group leader of the process
 * @with_low: check memory.low too, not memory.min alone
 *
 * Context: any that is not an interrupt.
 * Return: true if the protection of the cgroup, or of one above it, leaves less than a
 *	   batch to take.
 */
bool prc_task_is_protected(struct task_struct *task, bool with_low)
{
	return prc_task_unprotected(task, with_low) < prc_settings_batch_pages();
}

static void task_read_swappable(struct mm_struct *mm, void *data)
{
	unsigned long anon = prc_mm_counter(mm, MM_ANONPAGES);
	struct task_protection protection = { .with_low = true };
	unsigned long *swappable = data;

	anon -= min(anon, READ_ONCE(mm->locked_vm));
	if (!anon || prc_memcg_swap_pages(mm) <= 0)
		return;
	task_read_protection(mm, &protection);
	if (protection.unprotected >= prc_settings_batch_pages())
		*swappable = anon;
}

/**
 * prc_task_swappable() - read how much of a process can be swapped out
 * @task: its group leader
 *
 * Shared memory does not count, because other processes mostly map it too.
 *
 * Context: any that is not an interrupt.
 * Return: pages; 0 if the cgroup of the process has no swap left, or is protected.
 */
unsigned long prc_task_swappable(struct task_struct *task)
{
	unsigned long swappable = 0;

	prc_read_mm(task, task_read_swappable, &swappable);
	return swappable;
}

/**
 * prc_task_waits() - check whether a process waits for something other than a processor
 * @leader: its group leader
 * @cpu_ns: filled in with the CPU time that it has used, in ns, with that of its threads
 *	    that have exited
 *
 * The threads are read without locks, which is good enough to tell whether one ran.
 * @cpu_ns alone is not, because a processor without a tick updates it only now and then.
 *
 * Context: any.
 * Return: false if a thread of it runs or is runnable.
 */
bool prc_task_waits(struct task_struct *leader, u64 *cpu_ns)
{
	struct task_struct *t;
	bool waits = true;

	rcu_read_lock();
	*cpu_ns = READ_ONCE(leader->signal->sum_sched_runtime);
	for_each_thread(leader, t) {
		*cpu_ns += READ_ONCE(t->se.sum_exec_runtime);
		waits &= !task_is_running(t);
	}
	rcu_read_unlock();
	return waits;
}
