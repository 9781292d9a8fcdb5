// SPDX-License-Identifier: GPL-2.0
/*
 * A swap device may refuse a write: zram at its memory limit, zswap that may not write
 * back, a disk that fails. The page is unmapped by then and no longer part of RSS, but
 * it stays in the swap cache, dirty, so no memory was won. This file counts such pages
 * by the swap entries that a batch has left in the page tables.
 *
 * Locks: the mmap lock of the target, for reading, over one batch; below it the lock of
 * one page table, under which a swap entry keeps its swap device from going away.
 */
#include <linux/delay.h>
#include <linux/mmap_lock.h>
#include <linux/pagewalk.h>
#include <linux/sched/mm.h>

#include "kernel_api.h"
#include "unwritten.h"
#include "walk.h"

/* How often the target's mmap lock is tried, and the sleep between two tries, in us. */
#define LOCK_TRIES 10
#define LOCK_WAIT_US 200

static unsigned long count_table(struct vm_area_struct *vma, pmd_t *pmd,
				 unsigned long addr, unsigned long end)
{
	unsigned long unwritten = 0;
	pte_t *first, *pte;
	spinlock_t *ptl;	/* of the table */

	first = prc_pte_map_lock(vma->vm_mm, pmd, addr, &ptl);
	if (!first)
		return 0;
	prc_pte_lock_taken(ptl);
	for (pte = first; addr < end; pte++, addr += PAGE_SIZE)
		unwritten += prc_swap_write_failed(ptep_get(pte));
	pte_unmap_unlock(first, ptl);
	return unwritten;
}

static int count_pmd(pmd_t *pmd, unsigned long addr, unsigned long next,
		     struct mm_walk *mm_walk)
{
	struct prc_walk *walk = mm_walk->private;

	cond_resched();
	if (mmap_lock_is_contended(walk->mm))
		return PRC_END_WALK;
	walk->counts.n[PRC_UNWRITTEN] += count_table(mm_walk->vma, pmd, addr,
						     next);
	return 0;
}

/* Whether to enter an area: 0 to do so, 1 to skip it, as the walk that isolated did. */
static int count_area(unsigned long addr, unsigned long next,
		      struct mm_walk *mm_walk)
{
	return !prc_vma_is_reclaimable(mm_walk->vma);
}

static const struct mm_walk_ops count_ops = {
	.pmd_entry = count_pmd,
	.test_walk = count_area,
	PRC_WALK_UNDER_READ_LOCK
};

/**
 * prc_count_unwritten() - count pages whose write to swap failed
 * @mm: whose pages; pinned by mmgrab()
 * @start: first address of a batch that was shrunk
 * @end: the first address after it. A walk that isolates ends after PRC_WALK_BUDGET
 *	 entries and holes, and this one enters the same areas.
 *
 * Shared memory is not counted: its swap entries are in no page table.
 *
 * Context: process context, no locks held.
 * Return: pages, up to where another thread waited for the mmap lock. 0 if the target is
 *	   gone, or the lock could not be had.
 */
unsigned long prc_count_unwritten(struct mm_struct *mm, unsigned long start,
				  unsigned long end)
{
	struct prc_walk walk = { .mm = mm, .next = start, .end = end };
	int err, tries = 0;

	while ((err = prc_walk_lock(&walk)) == -EAGAIN && ++tries < LOCK_TRIES)
		usleep_range(LOCK_WAIT_US, 2 * LOCK_WAIT_US);
	if (err)
		return 0;
	prc_walk_range(&walk, &count_ops, &walk);
	mmap_read_unlock(mm);
	mmput_async(mm);
	return walk.counts.n[PRC_UNWRITTEN];
}
