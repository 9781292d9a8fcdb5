/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of tracked processes.
 */
#ifndef PRC_PROCESS_H
#define PRC_PROCESS_H

#include <linux/list.h>
#include <linux/refcount.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "policy.h"

struct pid;
struct seq_file;
struct task_struct;

/* More are not remembered: some 10 MiB, should there ever be so many. */
#define PRC_MAX_PROCESSES 32768

/**
 * struct prc_process - one process
 * @node: in the table
 * @queued: in the queue; empty while no action is queued
 * @refs: the table's reference, and those of code that uses the entry
 * @pid: of its group leader. With a reference, so that a reused number is another
 *	 struct pid, and so another process.
 * @nr: its number, in the initial pid namespace
 * @adj: its oom_score_adj, as last observed
 * @work: the queued action; valid only while it is queued
 * @past: what the policy remembers
 * @cpu_ns: CPU time that it had used at the last visit
 * @pressure_next: address where its next share begins
 * @idle_told: it has been idle since before the last visit
 *
 * All but @pid and @nr are protected by the table's lock.
 */
struct prc_process {
	struct hlist_node node;
	struct list_head queued;
	refcount_t refs;
	struct pid *pid;
	pid_t nr;
	int adj;
	struct prc_work work;
	struct prc_past past;
	u64 cpu_ns;
	unsigned long pressure_next;
	bool idle_told;
};

/* What a write did to the adj of a process. Fits into a register. */
struct prc_adj_change {
	short before;
	short after;
};

/* Protects the table, the queue, and all of an entry but @pid and @nr. A leaf. */
extern spinlock_t prc_process_lock;

/**
 * prc_process_has_exited() - check whether the last thread of a process has exited
 * @task: one of its threads
 *
 * Context: any.
 * Return: true if so.
 */
static inline bool prc_process_has_exited(struct task_struct *task)
{
	return !atomic_read(&task->signal->live);
}

int prc_process_init(void);
void prc_process_exit(void);
int prc_process_start_tracking(void);
void prc_process_stop_tracking(void);

struct prc_process *prc_process_get(struct task_struct *task, gfp_t gfp);
void prc_process_put(struct prc_process *process);

struct prc_adj_change prc_process_observe_adj(struct task_struct *task);
void prc_process_scan_adj(void);
bool prc_process_update_idle(struct task_struct *task, u64 cpu_ns);
void prc_process_forget_idle(struct prc_process *process);
bool prc_process_rests(struct task_struct *task, unsigned int max_shift,
		       bool counts);
bool prc_process_is_aging(struct task_struct *task, unsigned int cold_ms);
unsigned long prc_process_pressure_next(struct prc_process *process);
void prc_process_set_pressure_next(struct prc_process *process,
				   unsigned long next);
struct prc_past prc_process_past(struct prc_process *process);
void prc_process_set_past(struct prc_process *process,
			  const struct prc_past *past);

int prc_process_show_bucket(struct seq_file *seq, unsigned int bucket,
			    u64 now_ms);
unsigned int prc_process_buckets(void);

#endif
