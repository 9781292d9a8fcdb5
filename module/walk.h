/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Walking a target's page tables, one bounded piece at a time, and isolating
 * what may be reclaimed, or clearing accessed bits.
 */
#ifndef PRC_WALK_H
#define PRC_WALK_H

#include <linux/errno.h>
#include <linux/list.h>
#include <linux/types.h>

#include "shrink.h"
#include "stats.h"

struct folio;
struct mm_walk_ops;
struct vm_area_struct;

/*
 * Entries, areas and holes that are visited under one hold of the mmap lock. 4096
 * entries are 16 MiB of small pages: some 0.1 ms where nothing can be taken, and few
 * enough restarts that their cost does not show.
 */
#define PRC_WALK_BUDGET 4096

/* What a callback of a page walk ends it with; where to go on is in walk->next. */
#define PRC_END_WALK (-EAGAIN)

/**
 * struct prc_walk - the state of one walk
 * @mm: whose page tables; pinned by mmgrab()
 * @pid: of the target, for the tracepoint
 * @age: isolate nothing, but clear the accessed bits
 * @next: in: where to begin; out: where to go on
 * @end: first address that is no longer wanted
 * @anon: take anonymous folios, shmem among them
 * @file: take file folios
 * @cold: only folios that no accessed bit of is set
 * @inactive: only folios on an inactive list
 * @only_writable_files: only files that the walking thread's credentials own or may write
 * @batch: isolate about that many pages; a folio that is larger is taken whole
 * @limit: isolate no more than that many pages
 * @may_exceed_limit: but the last folio may be larger than what is left of the limit
 * @isolated: batch of the caller, which the walk fills
 * @counts: out: what was seen; PRC_RECLAIMED stays 0
 * @nr_visited: out: entries, areas and holes visited
 * @to_split: private: a folio that the walk has met a part of, with a reference
 * @split_until: private: where the last one ends that was to be split
 * @foreign: private: the area at hand is of a file that may not be written
 * @next_check: private: when to ask again whether somebody waits for the lock
 * @held_ns: out: how long the mmap lock was held
 */
struct prc_walk {
	struct mm_struct *mm;
	pid_t pid;
	bool age;
	unsigned long next;
	unsigned long end;
	bool anon;
	bool file;
	bool cold;
	bool inactive;
	bool only_writable_files;
	unsigned long batch;
	unsigned long limit;
	bool may_exceed_limit;

	struct prc_batch *isolated;
	struct prc_counts counts;
	unsigned long nr_visited;
	struct folio *to_split;
	unsigned long split_until;
	bool foreign;
	unsigned long next_check;
	u64 held_ns;
};

int prc_walk_lock(struct prc_walk *walk);
int prc_walk_range(struct prc_walk *walk, const struct mm_walk_ops *ops,
		   void *private);
int prc_walk_batch(struct prc_walk *walk);
bool prc_vma_is_reclaimable(struct vm_area_struct *vma);

#endif
