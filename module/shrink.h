/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Batches of isolated pages, and freeing them, also by several threads at once.
 */
#ifndef PRC_SHRINK_H
#define PRC_SHRINK_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "stats.h"

/*
 * Batches in use at one time, over all requests. Isolated pages are on no list that the
 * kernel's own reclaim scans, and in no count that it reads, so any number of writers and
 * threads may isolate only a few.
 */
#define PRC_MAX_BATCHES 8

/*
 * Threads that shrink the batches of one request. With 2 or more, the requesting thread
 * only walks and isolates.
 */
#define PRC_THREADS_MIN 1
#define PRC_THREADS_DEFAULT 1
#define PRC_THREADS_MAX PRC_MAX_BATCHES

struct mm_struct;

/**
 * struct prc_shrink_control - the threads that shrink for one request
 * @threads: how many may work at one time; with fewer than 2 the caller shrinks
 * @busy: batches that are queued or being shrunk
 * @reclaimed: pages that these threads have freed
 * @unwritten: pages that they have unmapped, and whose write to swap failed
 * @cpu_ns: CPU time that they have used
 */
struct prc_shrink_control {
	unsigned int threads;
	atomic_t busy;
	atomic_long_t reclaimed;
	atomic_long_t unwritten;
	atomic64_t cpu_ns;
};

/**
 * struct prc_batch - what one walk has isolated
 * @folios: the folios
 * @nr_pages: number of pages in @folios
 * @mm: mm of the target, pinned by mmgrab()
 * @pid: pid of the target, for the tracepoint
 * @anon: the walk isolated anonymous folios too
 * @start: first address of the walk
 * @end: address at which the walk ended
 * @work: private: for the thread that shrinks the batch
 * @free: private: entry in the list of free batches
 * @sc: private: the request that the thread shrinks for
 *
 * A batch has one owner: from prc_batch_get() on its caller, after prc_shrink_queue()
 * the thread that shrinks it. The owner calls prc_batch_put().
 */
struct prc_batch {
	struct list_head folios;
	unsigned long nr_pages;
	struct mm_struct *mm;
	pid_t pid;
	bool anon;
	unsigned long start;
	unsigned long end;

	struct work_struct work;
	struct list_head free;
	struct prc_shrink_control *sc;
};

int prc_shrink_init(void);
void prc_shrink_exit(void);

struct prc_batch *prc_batch_get(void);
void prc_batch_put(struct prc_batch *batch);
unsigned int prc_batches_in_use(void);

void prc_shrink_batch(struct prc_batch *batch, struct prc_counts *counts);
bool prc_shrink_queue(struct prc_shrink_control *sc, struct prc_batch *batch);
void prc_shrink_wait(struct prc_shrink_control *sc);

#endif
