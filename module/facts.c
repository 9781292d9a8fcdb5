// SPDX-License-Identifier: GPL-2.0
/*
 * What is true of a process right now: what memory it has, what of that could go to swap,
 * whether its cgroup is protected, whether it waits.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "facts.h"
#include "kernel_api.h"
#include "policy.h"
#include "reclaim.h"
#include "target.h"

static u64 pages_kb(unsigned long pages)
{
	return (u64)pages << (PAGE_SHIFT - 10);
}

static void mm_memory(struct mm_struct *mm, void *data)
{
	struct prc_memory *memory = data;

	*memory = (struct prc_memory) {
		.file_kb = pages_kb(prc_mm_counter(mm, MM_FILEPAGES)),
		.anon_kb = pages_kb(prc_mm_counter(mm, MM_ANONPAGES) +
				    prc_mm_counter(mm, MM_SHMEMPAGES)),
		.swap_kb = pages_kb(prc_mm_counter(mm, MM_SWAPENTS)),
	};
}

/**
 * prc_task_memory() - what a process has
 * @task: its group leader
 * @memory: filled in
 *
 * Context: any that is not an interrupt.
 * Return: false, and nothing, if it is a kernel thread or has no memory any more.
 */
bool prc_task_memory(struct task_struct *task, struct prc_memory *memory)
{
	*memory = (struct prc_memory) { 0 };
	return prc_read_mm(task, mm_memory, memory);
}

/* A question and its answer. */
struct protection {
	bool with_low;
	unsigned long unprotected;
};

static void mm_unprotected(struct mm_struct *mm, void *data)
{
	struct protection *protection = data;

	protection->unprotected =
		prc_memcg_unprotected(mm, protection->with_low);
}

/**
 * prc_task_unprotected() - return what the protection of a process's cgroup leaves
 * @task: the group leader of the process
 * @with_low: ask for memory.low too, not for memory.min alone
 *
 * Context: any that is not an interrupt.
 * Return: pages; ULONG_MAX if nothing is protected, or the process has no memory.
 */
unsigned long prc_task_unprotected(struct task_struct *task, bool with_low)
{
	struct protection protection = {
		.with_low = with_low,
		.unprotected = ULONG_MAX,
	};

	prc_read_mm(task, mm_unprotected, &protection);
	return protection.unprotected;
}

/**
 * prc_task_is_protected() - does a cgroup's protection leave nothing to take?
 * @task: the group leader of the process
 * @with_low: ask for memory.low too, not for memory.min alone
 *
 * Context: any that is not an interrupt.
 * Return: true if the protection of its cgroup, or of one above it, covers all but less
 *	   than a batch.
 */
bool prc_task_is_protected(struct task_struct *task, bool with_low)
{
	return prc_task_unprotected(task, with_low) <
	       READ_ONCE(prc_batch_pages);
}

static void mm_swappable(struct mm_struct *mm, void *data)
{
	unsigned long anon = prc_mm_counter(mm, MM_ANONPAGES);
	struct protection protection = { .with_low = true };
	unsigned long *swappable = data;

	anon -= min(anon, READ_ONCE(mm->locked_vm));
	if (!anon || prc_memcg_swap_pages(mm) <= 0)
		return;
	mm_unprotected(mm, &protection);
	if (protection.unprotected >= READ_ONCE(prc_batch_pages))
		*swappable = anon;
}

/**
 * prc_task_swappable() - what of a process could go to swap
 * @task: its group leader
 *
 * Shared memory is left out, because others mostly map it too.
 *
 * Context: any that is not an interrupt.
 * Return: pages. None if its cgroup has no swap left, or is protected.
 */
unsigned long prc_task_swappable(struct task_struct *task)
{
	unsigned long swappable = 0;

	prc_read_mm(task, mm_swappable, &swappable);
	return swappable;
}

/**
 * prc_task_waits() - does a process wait for something other than a processor?
 * @leader: its group leader
 * @cpu_ns: the CPU time that it has used, in ns, with that of its threads that have exited
 *
 * Read without locks: good enough to tell whether it ran. Not from @cpu_ns alone, which
 * a processor without a tick adds to only now and then.
 *
 * Context: any.
 * Return: false if one of its threads runs, or would if it was its turn.
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
