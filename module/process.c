// SPDX-License-Identifier: GPL-2.0
/*
 * The table of tracked processes: the adj of each, its past with the policy, and its queued
 * action. Most processes of a system are not tracked. An entry is created when the adj of a
 * process is above "perceptible", when a trigger queues an action, or when the idle trigger
 * visits the process. The entry is dropped when the process exits.
 *
 * One lock, prc_process_lock, protects the table, the queue, and the entries. Its holder
 * does not sleep, allocates nothing, and takes no other lock. Probes take it in the context
 * of the task that forks, exits or writes an adj, which may hold any lock of the kernel; no
 * interrupt handler takes it.
 */
#include <linux/hashtable.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "decisions.h"
#include "kernel_api.h"
#include "process.h"
#include "queue.h"
#include "target.h"

#define TABLE_BITS 12

DEFINE_SPINLOCK(prc_process_lock);
static DEFINE_HASHTABLE(table, TABLE_BITS);
static unsigned int nr_processes;
static bool tracking;		/* while false, no entry is created */

static struct kmem_cache *cache;

static struct prc_process *find(struct pid *pid)
{
	struct prc_process *process;

	lockdep_assert_held(&prc_process_lock);
	hash_for_each_possible(table, process, node, (unsigned long)pid)
		if (process->pid == pid)
			return process;
	return NULL;
}

/*
 * Lockless check of the probes: return true if no entry can be of @pid, as is nearly always
 * so. The caller must have published the adj before.
 */
static bool bucket_is_empty(struct pid *pid)
{
	/* Pairs with the barrier of link(). */
	smp_mb();
	return hlist_empty(&table[hash_min((unsigned long)pid, TABLE_BITS)]);
}

/**
 * prc_process_put() - drop a reference
 * @process: from prc_process_get() or prc_queue_pop()
 *
 * Context: any, without the table's lock.
 */
void prc_process_put(struct prc_process *process)
{
	if (!refcount_dec_and_test(&process->refs))
		return;
	put_pid(process->pid);
	kmem_cache_free(cache, process);
}

/* Take it out of the table; the caller then drops the table's reference. */
static void unlink(struct prc_process *process)
{
	lockdep_assert_held(&prc_process_lock);
	hash_del(&process->node);
	nr_processes--;
}

/*
 * Drop the entry of a process that exits, and its queued action, because the exit frees the
 * memory.
 */
static void forget(struct pid *pid)
{
	struct prc_process *process;
	struct prc_work work;
	bool queued;

	spin_lock(&prc_process_lock);
	process = find(pid);
	if (!process) {
		spin_unlock(&prc_process_lock);
		return;
	}
	queued = __prc_queue_remove(process);
	work = process->work;
	unlink(process);
	spin_unlock(&prc_process_lock);
	if (queued)
		prc_decision_log_skipped(process->nr, process->adj, &work,
					 PRC_REASON_DEAD);
	prc_process_put(process);
}

/* @pid's reference becomes the entry's, or is dropped. */
static struct prc_process *make(struct task_struct *task, struct pid *pid,
				gfp_t gfp)
{
	struct prc_process *process;

	process = kmem_cache_zalloc(cache, gfp | __GFP_NOWARN);
	if (!process) {
		put_pid(pid);
		return NULL;
	}
	INIT_LIST_HEAD(&process->queued);
	refcount_set(&process->refs, 1);
	process->pid = pid;
	process->nr = task_tgid_nr(task);
	return process;
}

static struct prc_process *find_get(struct pid *pid)
{
	struct prc_process *process;

	spin_lock(&prc_process_lock);
	process = find(pid);
	if (process)
		refcount_inc(&process->refs);
	spin_unlock(&prc_process_lock);
	return process;
}

/* Put it into the table. */
static void link(struct prc_process *process, struct task_struct *task)
{
	lockdep_assert_held(&prc_process_lock);
	hash_add(table, &process->node, (unsigned long)process->pid);
	nr_processes++;
	/*
	 * A task that writes the adj now, or ends the last thread, either finds the entry
	 * or has done so before this. Pairs with the barrier of bucket_is_empty().
	 */
	smp_mb();
	process->adj = READ_ONCE(task->signal->oom_score_adj);
}

/* Find or link @fresh, whose reference becomes the table's. */
static struct prc_process *find_or_link(struct task_struct *task,
					struct prc_process *fresh)
{
	struct prc_process *process;

	spin_lock(&prc_process_lock);
	process = find(fresh->pid);
	if (!process && tracking && nr_processes < PRC_MAX_PROCESSES) {
		process = fresh;
		link(process, task);
	}
	if (process)
		refcount_inc(&process->refs);
	spin_unlock(&prc_process_lock);
	return process;
}

/**
 * prc_process_get() - find a process, or remember it from now on
 * @task: one of its threads
 * @gfp: GFP_NOWAIT, or GFP_ATOMIC for a caller that is about to free memory
 *
 * Context: any that is not an interrupt; allocates without waiting.
 * Return: the process, with a reference; NULL if it has exited, if memory is
 *	   short, or if too many are remembered already.
 */
struct prc_process *prc_process_get(struct task_struct *task, gfp_t gfp)
{
	struct prc_process *process, *fresh;
	struct pid *pid = get_task_pid(task, PIDTYPE_TGID);

	if (!pid)
		return NULL;
	process = find_get(pid);
	if (process) {
		put_pid(pid);
		return process;
	}
	fresh = make(task, pid, gfp);
	if (!fresh)
		return NULL;
	process = find_or_link(task, fresh);
	if (process != fresh)
		prc_process_put(fresh);
	/* The exit probe saw no entry if the process exited before the link. */
	if (process && prc_process_has_exited(task)) {
		forget(process->pid);
		prc_process_put(process);
		return NULL;
	}
	return process;
}

/* Create an entry if possible. */
static void remember(struct task_struct *task)
{
	struct prc_process *process = prc_process_get(task, GFP_NOWAIT);

	if (process)
		prc_process_put(process);
}

/* Note the adj of a process that may be remembered. */
static noinline struct prc_adj_change change_adj(struct task_struct *task,
						 struct pid *pid)
{
	struct prc_adj_change change = { 0 };
	struct prc_process *process;

	spin_lock(&prc_process_lock);
	/* Read under the lock, so that updates are stored in order. */
	change.after = READ_ONCE(task->signal->oom_score_adj);
	process = find(pid);
	if (process) {
		change.before = process->adj;
		process->adj = change.after;
	}
	spin_unlock(&prc_process_lock);
	if (!process && change.after > PRC_ADJ_PERCEPTIBLE)
		remember(task);
	return change;
}

/**
 * prc_process_observe_adj() - note the oom_score_adj of a process
 * @task: one of its threads
 *
 * Every write of an adj pays for this, so what most of them need comes first.
 *
 * Context: under rcu_read_lock() or with preemption off, so that the process's struct
 *	    pid stays its own; not in an interrupt.
 * Return: what it was before and what it is now. A process that was never seen
 *	   counts as perceptible, because one that inherited more was seen when it
 *	   was forked.
 */
struct prc_adj_change prc_process_observe_adj(struct task_struct *task)
{
	struct prc_adj_change change = { 0 };
	struct pid *pid = task_tgid(task);

	RCU_LOCKDEP_WARN(!rcu_read_lock_any_held(), "pid may be freed");
	if (!bucket_is_empty(pid))
		return change_adj(task, pid);
	change.after = READ_ONCE(task->signal->oom_score_adj);
	if (change.after > PRC_ADJ_PERCEPTIBLE)
		remember(task);
	return change;
}

/**
 * prc_process_scan_adj() - note the oom_score_adj of every process
 *
 * Context: may sleep; the probes are attached already, so that nothing is missed.
 */
void prc_process_scan_adj(void)
{
	struct task_struct *task;
	int nr = 1;

	while ((task = prc_next_process(&init_pid_ns, &nr))) {
		rcu_read_lock();
		if (!(task->flags & PF_KTHREAD))
			prc_process_observe_adj(task);
		rcu_read_unlock();
		put_task_struct(task);
		cond_resched();
	}
}

/**
 * prc_process_update_idle() - note the CPU time of a process
 * @task: its group leader
 * @cpu_ns: what it has used
 *
 * Context: any that is not an interrupt.
 * Return: true if it has used none since the last time, and this is the first
 *	   time that it is so.
 */
bool prc_process_update_idle(struct task_struct *task, u64 cpu_ns)
{
	struct prc_process *process = prc_process_get(task, GFP_NOWAIT);
	bool idle;

	if (!process)
		return false;
	spin_lock(&prc_process_lock);
	idle = process->cpu_ns == cpu_ns && !process->idle_told;
	process->idle_told = process->cpu_ns == cpu_ns;
	process->cpu_ns = cpu_ns;
	spin_unlock(&prc_process_lock);
	prc_process_put(process);
	return idle;
}

/**
 * prc_process_forget_idle() - let the idle trigger report an idle process again
 * @process: entry of the process
 */
void prc_process_forget_idle(struct prc_process *process)
{
	spin_lock(&prc_process_lock);
	process->idle_told = false;
	spin_unlock(&prc_process_lock);
}

/**
 * prc_process_rests() - check whether a pass under pressure skips a process
 * @task: its group leader
 * @max_shift: of the deferral, as in the policy
 * @counts: the first check in a pass, which uses up one skip of the deferral
 *
 * Context: the worker's thread.
 * Return: true while it is deferred, or too early to tell what of it is cold.
 */
bool prc_process_rests(struct task_struct *task, unsigned int max_shift,
		       bool counts)
{
	struct prc_process *process;
	struct prc_past *past;
	bool rests = false;

	rcu_read_lock();
	spin_lock(&prc_process_lock);
	process = find(task_tgid(task));
	if (process) {
		past = &process->past;
		rests = counts ? prc_defer_skips(&past->pressure, max_shift) :
				 max_shift && past->pressure.skips;
		rests |= prc_policy_is_aging(past, prc_running_ms(),
					     PRC_COLD_MS);
	}
	spin_unlock(&prc_process_lock);
	rcu_read_unlock();
	return rests;
}

/**
 * prc_process_is_aging() - check whether it is too early to tell what of a process is cold
 * @task: its group leader
 * @cold_ms: as in struct prc_work
 *
 * Context: any that is not an interrupt.
 * Return: as prc_policy_is_aging(); false if the process is not remembered.
 */
bool prc_process_is_aging(struct task_struct *task, unsigned int cold_ms)
{
	struct prc_process *process;
	bool is_aging;

	rcu_read_lock();
	spin_lock(&prc_process_lock);
	process = find(task_tgid(task));
	is_aging = process && prc_policy_is_aging(&process->past,
						  prc_running_ms(), cold_ms);
	spin_unlock(&prc_process_lock);
	rcu_read_unlock();
	return is_aging;
}

/**
 * prc_process_pressure_next() - get the address where the next share begins
 * @process: entry of the process
 *
 * Return: the address.
 */
unsigned long prc_process_pressure_next(struct prc_process *process)
{
	unsigned long next;

	spin_lock(&prc_process_lock);
	next = process->pressure_next;
	spin_unlock(&prc_process_lock);
	return next;
}

/**
 * prc_process_set_pressure_next() - set the address where the next share begins
 * @process: entry of the process
 * @next: the address
 */
void prc_process_set_pressure_next(struct prc_process *process,
				   unsigned long next)
{
	spin_lock(&prc_process_lock);
	process->pressure_next = next;
	spin_unlock(&prc_process_lock);
}

/**
 * prc_process_past() - copy what the policy remembers of a process
 * @process: entry of the process
 *
 * Return: a copy.
 */
struct prc_past prc_process_past(struct prc_process *process)
{
	struct prc_past past;

	spin_lock(&prc_process_lock);
	past = process->past;
	spin_unlock(&prc_process_lock);
	return past;
}

/**
 * prc_process_set_past() - set what the policy remembers of a process
 * @process: entry of the process
 * @past: all of that
 */
void prc_process_set_past(struct prc_process *process,
			  const struct prc_past *past)
{
	spin_lock(&prc_process_lock);
	process->past = *past;
	spin_unlock(&prc_process_lock);
}

/* --- probes --- */

/* fork() inherits the adj without an event; an adj up to "perceptible" does not matter. */
static void on_fork(void *data, struct task_struct *parent,
		    struct task_struct *child)
{
	if (thread_group_leader(child) &&
	    READ_ONCE(child->signal->oom_score_adj) > PRC_ADJ_PERCEPTIBLE)
		remember(child);
}

/* The exit of the last thread drops the entry. */
static PRC_PROBE_EXIT(on_exit)
{
	struct pid *pid = task_tgid(task);

	if (prc_process_has_exited(task) && !bucket_is_empty(pid))
		forget(pid);
}

static void set_tracking(bool on)
{
	spin_lock(&prc_process_lock);
	tracking = on;
	spin_unlock(&prc_process_lock);
}

/**
 * prc_process_start_tracking() - begin to track processes
 *
 * Context: may sleep; calls of this and prc_process_stop_tracking() alternate.
 * Return: 0, -ENOMEM, or -EOPNOTSUPP where a probe may take no lock.
 */
int prc_process_start_tracking(void)
{
	int err;

	if (!PRC_PROBES_MAY_LOCK)
		return -EOPNOTSUPP;
	err = prc_attach_sched_process_exit(on_exit);
	if (err)
		return err;
	err = prc_attach_sched_process_fork(on_fork);
	if (err) {
		prc_detach_sched_process_exit(on_exit);
		return err;
	}
	set_tracking(true);
	return 0;
}

/* Drop one entry. Return false if none is left. */
static bool forget_any(void)
{
	struct prc_process *process;
	struct prc_work work;
	bool queued = false;
	int bucket;

	spin_lock(&prc_process_lock);
	hash_for_each(table, bucket, process, node) {
		queued = __prc_queue_remove(process);
		work = process->work;
		unlink(process);
		break;
	}
	spin_unlock(&prc_process_lock);
	if (!process)
		return false;
	if (queued)
		prc_decision_log_skipped(process->nr, process->adj, &work,
					 PRC_REASON_DROPPED);
	prc_process_put(process);
	return true;
}

/**
 * prc_process_stop_tracking() - drop every entry
 *
 * Context: may sleep.
 */
void prc_process_stop_tracking(void)
{
	prc_detach_sched_process_fork(on_fork);
	prc_detach_sched_process_exit(on_exit);
	set_tracking(false);
	while (forget_any())
		cond_resched();
}

/**
 * prc_process_init() - create the cache of entries
 *
 * Return: 0 or -ENOMEM.
 */
int prc_process_init(void)
{
	cache = KMEM_CACHE(prc_process, 0);
	return cache ? 0 : -ENOMEM;
}

/**
 * prc_process_exit() - undo prc_process_init()
 *
 * Context: no entry exists, and no reference to one.
 */
void prc_process_exit(void)
{
	kmem_cache_destroy(cache);
}

/* --- debugfs --- */

/**
 * prc_process_buckets() - get the number of buckets of the table
 *
 * Return: one more than the last that prc_process_show_bucket() takes.
 */
unsigned int prc_process_buckets(void)
{
	return HASH_SIZE(table);
}

static u64 ago(u64 now_ms, u64 then_ms)
{
	return now_ms > then_ms ? now_ms - then_ms : 0;
}

static void show(struct seq_file *seq, const struct prc_process *process,
		 u64 now_ms)
{
	const struct prc_past *past = &process->past;

	seq_printf(seq, "pid=%d adj=%d pending=%s", process->nr, process->adj,
		   prc_action_name(list_empty(&process->queued) ?
				   PRC_ACTION_NOTHING : process->work.action));
	if (past->acted)
		seq_printf(seq, " last=%s ago_ms=%llu",
			   prc_action_name(past->action),
			   ago(now_ms, past->end_ms));
	if (past->after_ms)
		seq_printf(seq,
			   " freed_kb=%llu file_kb=%llu anon_kb=%llu swap_kb=%llu",
			   past->freed_kb, past->after.file_kb,
			   past->after.anon_kb, past->after.swap_kb);
	seq_printf(seq,
		   " failures=%u skips_left=%u file_failures=%u file_skips_left=%u pressure_failures=%u pressure_skips_left=%u\n",
		   past->anon.failures, past->anon.skips, past->file.failures,
		   past->file.skips, past->pressure.failures,
		   past->pressure.skips);
}

/**
 * prc_process_show_bucket() - print the entries of one bucket
 * @seq: file to print to
 * @bucket: the bucket
 * @now_ms: the time on the policy's clock
 *
 * Return: 0.
 */
int prc_process_show_bucket(struct seq_file *seq, unsigned int bucket,
			    u64 now_ms)
{
	struct prc_process *process;

	spin_lock(&prc_process_lock);
	hlist_for_each_entry(process, &table[bucket], node)
		show(seq, process, now_ms);
	spin_unlock(&prc_process_lock);
	return 0;
}
