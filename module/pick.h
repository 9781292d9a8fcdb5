/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Choosing the largest processes.
 */
#ifndef PRC_PICK_H
#define PRC_PICK_H

#include <linux/types.h>

struct task_struct;

/* As many have a turn in one pass, as with the reclaim of Qualcomm's kernels. */
#define PRC_PICKS 32

/**
 * struct prc_pick - one process that was chosen
 * @task: its group leader, with a reference
 * @size: pages, of the kind that was asked for
 */
struct prc_pick {
	struct task_struct *task;
	unsigned long size;
};

/**
 * struct prc_picks - those that were chosen, largest first
 * @nr: how many
 * @pick: which
 */
struct prc_picks {
	unsigned int nr;
	struct prc_pick pick[PRC_PICKS];
};

void prc_pick(struct prc_picks *picks, int min_adj, bool with_file);
bool prc_pick_victim(struct prc_pick *victim, int min_adj, int *adj);
void prc_unpick(struct prc_picks *picks);

#endif
