/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Choosing the largest processes.
 */
#ifndef PRC_PICK_H
#define PRC_PICK_H

#include <linux/types.h>

struct prc_policy;
struct task_struct;

/* As many have a turn in one pass, as with the reclaim of Qualcomm's kernels. */
#define PRC_PICKS 32

/* Where nothing comes of these, as many are tried so many times in one pass. */
#define PRC_PICK_ROUNDS 4

/**
 * struct prc_pick - one process that was chosen
 * @task: its group leader, with a reference
 * @size: pages, as it counts
 * @nr: its pid; of two that are as large the lower one comes first
 */
struct prc_pick {
	struct task_struct *task;
	unsigned long size;
	int nr;
};

/**
 * struct prc_picks - those that were chosen, largest first
 * @min_adj: the lowest adj
 * @size: how large a process counts, in pages; 0: it is not chosen
 * @nr: how many
 * @pick: which
 */
struct prc_picks {
	int min_adj;
	unsigned long (*size)(struct task_struct *task);
	unsigned int nr;
	struct prc_pick pick[PRC_PICKS];
};

bool prc_may_pick(const struct prc_policy *set, struct task_struct *task,
		  int adj, int min_adj);
bool prc_may_kill(const struct prc_policy *set, struct task_struct *task,
		  int adj, int min_adj);
void prc_pick(struct prc_picks *picks);
bool prc_pick_next(struct prc_picks *picks);
void prc_unpick(struct prc_picks *picks);
bool prc_pick_victim(struct prc_pick *victim, int min_adj, int *adj);
bool prc_is_dying(struct task_struct *task);
struct task_struct *prc_pick_dying(struct pid *but);

#endif
