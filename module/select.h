/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Selects the largest processes, and the next victim.
 */
#ifndef PRC_SELECT_H
#define PRC_SELECT_H

#include <linux/types.h>

struct pid;
struct prc_policy;
struct task_struct;

/* Processes of one round, as many as the reclaim of Qualcomm's kernels takes. */
#define PRC_MAX_CANDIDATES 32

/* Rounds of one pass, while the processes of a round give nothing. */
#define PRC_SELECT_ROUNDS 4

/**
 * struct prc_candidate - one selected process
 * @task: its group leader, with a reference
 * @size: its size in pages
 * @nr: its pid; of two processes of the same size the lower pid comes first
 */
struct prc_candidate {
	struct task_struct *task;
	unsigned long size;
	int nr;
};

/**
 * struct prc_candidates - the selected processes, largest first
 * @min_adj: lowest oom_score_adj of a candidate
 * @size: returns the size of a process in pages; 0 excludes it
 * @nr: entries in @candidate
 * @candidate: the processes
 */
struct prc_candidates {
	int min_adj;
	unsigned long (*size)(struct task_struct *task);
	unsigned int nr;
	struct prc_candidate candidate[PRC_MAX_CANDIDATES];
};

bool prc_may_reclaim(const struct prc_policy *cfg, struct task_struct *task,
		     int adj, int min_adj);
bool prc_may_kill(const struct prc_policy *cfg, struct task_struct *task,
		  int adj, int min_adj);
void prc_select_largest(struct prc_candidates *candidates);
bool prc_select_next_largest(struct prc_candidates *candidates);
void prc_put_candidates(struct prc_candidates *candidates);
bool prc_select_victim(struct prc_candidate *victim, int min_adj, int *adj);
bool prc_is_dying(struct task_struct *task);
struct task_struct *prc_select_dying(struct pid *except);

#endif
