/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The log of decisions: counted by reason, and the last records kept.
 */
#ifndef PRC_DECISIONS_H
#define PRC_DECISIONS_H

#include <linux/sched.h>
#include <linux/types.h>

#include "policy.h"

struct seq_file;

#define PRC_DECISIONS 256

/**
 * struct prc_decision_record - one decision
 * @ms: when, in ms since boot
 * @pid: of the process, in the initial pid namespace
 * @adj: its oom_score_adj
 * @comm: its name; empty when it was not looked at
 * @work: the action
 * @decision: what was decided
 * @scanned_kb: when it ran: memory that was looked at
 * @freed_kb: when it ran: by how much RSS fell
 * @reclaimed_kb: when it ran: of that, free at its end; the rest was under writeback
 * @stop: when it ran: why that ended (enum prc_stop)
 */
struct prc_decision_record {
	u64 ms;
	pid_t pid;
	int adj;
	char comm[TASK_COMM_LEN];
	struct prc_work work;
	struct prc_decision decision;
	u64 scanned_kb;
	u64 freed_kb;
	u64 reclaimed_kb;
	int stop;
};

u64 prc_now_ms(void);
u64 prc_running_ms(void);
void prc_decision_log(const struct prc_decision_record *record);
void prc_decision_log_skipped(pid_t pid, int adj, const struct prc_work *work,
			      enum prc_reason reason);
unsigned long prc_decision_count(enum prc_reason reason);
unsigned long prc_decision_runs(enum prc_action action);
void prc_decisions_show(struct seq_file *seq);

#endif
