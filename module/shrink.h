/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Freeing isolated batches, also by several threads at once.
 */
#ifndef PRC_SHRINK_H
#define PRC_SHRINK_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/types.h>

#include "stats.h"

/*
 * Batches that may be isolated at one time, over all requests. Isolated pages are in
 * no list that the kernel's own reclaim sees, and it does not count these, so any
 * number of writers and threads must not take more than a few.
 */
#define PRC_MAX_BATCHES 8

/*
 * Threads that free the pages of one request: from 2 on all of them are helpers, and who
 * asks for it only isolates for them.
 */
#define PRC_THREADS_MIN 1
#define PRC_THREADS_DEFAULT 1
#define PRC_THREADS_MAX PRC_MAX_BATCHES

struct mm_struct;

/**
 * struct prc_batch - what one walk has isolated
 * @folios: the folios
 * @pages: how many pages these have
 * @mm: of the target, pinned by mmgrab()
 * @pid: of the target, for the tracepoint
 * @anon: anonymous folios were wanted
 * @start: where the walk began
 * @end: where it ended
 */
struct prc_batch {
	struct list_head folios;
	unsigned long pages;
	struct mm_struct *mm;
	pid_t pid;
	bool anon;
	unsigned long start;
	unsigned long end;
};

/**
 * struct prc_crew - the helpers of one request
 * @threads: how many may work for it; fewer than 2: none
 * @busy: helpers that do
 * @reclaimed: pages that they have freed
 * @unwritten: pages that they have unmapped, and whose write to swap failed
 * @cpu_ns: CPU time that they have used
 */
struct prc_crew {
	unsigned int threads;
	atomic_t busy;
	atomic_long_t reclaimed;
	atomic_long_t unwritten;
	atomic64_t cpu_ns;
};

int prc_shrink_init(void);
void prc_shrink_exit(void);

int prc_batch_begin(void);
void prc_batch_end(void);
unsigned int prc_batches(void);

void prc_shrink(struct prc_batch *batch, struct prc_counts *counts);
bool prc_shrink_by_crew(struct prc_crew *crew, struct prc_batch *batch);
void prc_crew_wait(struct prc_crew *crew);

#endif
