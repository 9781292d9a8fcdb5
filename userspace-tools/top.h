/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The data that "reclaimctl top" shows.
 */
#ifndef TOP_H
#define TOP_H

#include <stdbool.h>
#include <stddef.h>

#include "reclaimctl.h"

#define WORD_SIZE 32

/* One process. */
struct row {
	struct process process;
	long long adj;
	bool acted;			/* the last action is known: */
	long long acted_ms;		/* since boot; 0 if the time is unknown */
	long long freed_kb, back_kb;
	char action[WORD_SIZE];
	char why[2 * WORD_SIZE];	/* the last decision: trigger and reason */
	long long decided_ms;
};

/* All processes at one time. */
struct view {
	struct row *rows;
	size_t count;
	bool loaded;
	int debugfs_error;	/* errno, if debugfs cannot be read */
	long long reclaimed_kb, restored_kb;
};

/* compare_pids() - compare the pids of two rows, for qsort() */
int compare_pids(const void *a, const void *b);
/* read_view() - read all processes; the caller frees the rows */
void read_view(struct view *view);

#endif
