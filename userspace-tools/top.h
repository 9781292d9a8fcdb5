/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What "reclaimctl top" knows of each process.
 */
#ifndef TOP_H
#define TOP_H

#include <stdbool.h>
#include <stddef.h>

#include "reclaimctl.h"

#define WORD_SIZE 32

/* One line of the screen. */
struct row {
	struct process process;
	bool acted;			/* what follows is known */
	long long adj, acted_ms;	/* since boot; 0: at some time */
	long long freed_kb, back_kb;	/* of the last action */
	char action[WORD_SIZE];		/* the last one that ran */
	char why[2 * WORD_SIZE];	/* the last decision: trigger and reason */
	long long decided_ms;
};

/* What one look has found. */
struct view {
	struct row *rows;
	size_t count;
	bool loaded;
	int debugfs_error;	/* errno, if the worker's memory cannot be read */
	long long reclaimed_kb, restored_kb;
};

/* compare_pids() - of two rows, for qsort() */
int compare_pids(const void *a, const void *b);
/* read_view() - read everything once; the caller frees the rows */
void read_view(struct view *view);

#endif
