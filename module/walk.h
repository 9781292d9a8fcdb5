/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Walking the page tables of a target, one bounded piece at a time.
 */
#ifndef PRC_WALK_H
#define PRC_WALK_H

#include <linux/errno.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/types.h>

#include "request.h"
#include "stats.h"

struct mm_walk_ops;
struct prc_walk;

/*
 * PTEs, VMAs and holes that are visited under one hold of the mmap lock. 4096 PTEs are
 * 16 MiB of small pages: some 0.1 ms where every page is skipped, and few enough
 * restarts that their cost does not show.
 */
#define PRC_WALK_BUDGET 4096

/* The value with which a callback ends a walk; walk->next says where to continue. */
#define PRC_END_WALK (-EAGAIN)

/**
 * struct prc_walk_ops - what a walk does with what it visits
 * @vma: called with each VMA that is about the wanted pages, and with the reason to skip
 *	 its @pages, PRC_ISOLATED to enter it; may be NULL
 * @ptes: called with the PTEs from walk->next to @until, the page table lock held. A folio
 *	  may reach up to @end. Sets walk->next. Returns 0, or PRC_END_WALK.
 * @huge_pmd: called with a PMD that is no page table, the page table lock held. Returns
 *	      0, or PRC_END_WALK.
 */
struct prc_walk_ops {
	void (*vma)(struct prc_walk *walk, struct vm_area_struct *vma,
		    enum prc_count reason, unsigned long pages);
	int (*ptes)(struct prc_walk *walk, struct vm_area_struct *vma,
		    pte_t *pte, unsigned long until, unsigned long end);
	int (*huge_pmd)(struct prc_walk *walk, struct vm_area_struct *vma,
			pmd_t *pmd, unsigned long addr, unsigned long next);
};

/**
 * struct prc_walk - the cursor of a walk
 * @mm: mm of the target, pinned by mmgrab()
 * @pid: pid of the target, for the tracepoint
 * @pages: mask of PRC_PAGES_*: which folios to visit
 * @next: address at which the walk begins; afterwards, where to continue
 * @end: first address after the range
 * @counts: pages by what became of them; set to 0 when a walk begins
 * @nr_visited: PTEs, VMAs and holes visited; set to 0 when a walk begins
 * @held_ns: how long the last walk held the mmap lock
 * @is_full: set by a callback to end the walk before the next PTEs
 * @ops: private: callbacks of the walk
 * @next_check: private: nr_visited at which to check the mmap lock again
 * @since_ns: private: when the mmap lock was taken
 */
struct prc_walk {
	struct mm_struct *mm;
	pid_t pid;
	unsigned int pages;
	unsigned long next;
	unsigned long end;
	struct prc_counts counts;
	unsigned long nr_visited;
	u64 held_ns;
	bool is_full;

	const struct prc_walk_ops *ops;
	unsigned long next_check;
	u64 since_ns;
};

/*
 * Return true for a folio that is on no LRU list by nature: without anonymous memory or a
 * file, as the zero pages and the vdso, or of a device.
 */
static inline bool prc_folio_is_special(struct folio *folio)
{
	return folio_is_zone_device(folio) || !folio->mapping;
}

/* Lazyfree folios are anonymous, though they count as file pages on the LRU. */
static inline bool prc_walk_wants(const struct prc_walk *walk,
				  struct folio *folio)
{
	if (folio_test_anon(folio) || folio_test_swapbacked(folio))
		return walk->pages & PRC_PAGES_ANON;
	return walk->pages & PRC_PAGES_FILE;
}

int prc_walk_begin(struct prc_walk *walk);
void prc_walk_end(struct prc_walk *walk);
int prc_walk_range(struct prc_walk *walk, const struct mm_walk_ops *ops,
		   void *private);
int prc_walk_batch(struct prc_walk *walk, const struct prc_walk_ops *ops);
enum prc_count prc_vma_skip_reason(struct vm_area_struct *vma);

#endif
