// SPDX-License-Identifier: GPL-2.0
/*
 * A swap device may refuse a write: zram at its memory limit, zswap without writeback, a
 * disk that fails. The page is unmapped by then and no longer part of RSS, but it stays in
 * the swap cache, dirty, so no memory is freed. This file counts such pages by the swap
 * entries that a batch has left in the page tables.
 *
 * Locks: the mmap lock of the target, for reading, over one batch; below it the lock of
 * one page table, under which a swap entry keeps its swap device from going away.
 */
#include <linux/delay.h>
#include <linux/mmap_lock.h>
#include <linux/pagewalk.h>

#include "kernel_api.h"
#include "unwritten.h"
#include "walk.h"

/* How often the target's mmap lock is tried, and the sleep between two tries, in us. */
#define LOCK_TRIES 10
#define LOCK_WAIT_US 200

static unsigned long unwritten_ptes(struct vm_area_struct *vma, pmd_t *pmd,
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

static int unwritten_pmd(pmd_t *pmd, unsigned long addr, unsigned long next,
			 struct mm_walk *mm_walk)
{
	struct prc_walk *walk = mm_walk->private;

	cond_resched();
	if (mmap_lock_is_contended(walk->mm))
		return PRC_END_WALK;
	walk->counts.n[PRC_UNWRITTEN] += unwritten_ptes(mm_walk->vma, pmd, addr,
							next);
	return 0;
}

/* Return 0 to enter a VMA, 1 to skip it, as the walk that isolated did. */
static int unwritten_vma(unsigned long addr, unsigned long next,
			 struct mm_walk *mm_walk)
{
	return prc_vma_skip_reason(mm_walk->vma) != PRC_ISOLATED;
}

static const struct mm_walk_ops unwritten_ops = {
	.pmd_entry = unwritten_pmd,
	.test_walk = unwritten_vma,
	PRC_WALK_UNDER_READ_LOCK
};

/**
 * prc_count_unwritten() - count pages whose write to swap failed
 * @mm: mm of the target, pinned by mmgrab()
 * @start: first address of a batch that was shrunk
 * @end: address at which the walk of that batch ended. That walk had the budget
 *	 PRC_WALK_BUDGET, and this one enters the same VMAs, so it is bounded too.
 *
 * Shared memory is not counted, because its swap entries are in no page table.
 *
 * Context: process context, no locks held; may sleep. Takes and drops the mmap lock.
 * Return: pages, up to where another thread waited for the mmap lock. 0 if the target is
 *	   gone, or the lock stayed taken.
 */
unsigned long prc_count_unwritten(struct mm_struct *mm, unsigned long start,
				  unsigned long end)
{
	struct prc_walk walk = { .mm = mm, .next = start, .end = end };
	int err, tries = 0;

	might_sleep();
	while ((err = prc_walk_begin(&walk)) == -EAGAIN && ++tries < LOCK_TRIES)
		usleep_range(LOCK_WAIT_US, 2 * LOCK_WAIT_US);
	if (err)
		return 0;
	prc_walk_range(&walk, &unwritten_ops, &walk);
	prc_walk_end(&walk);
	return walk.counts.n[PRC_UNWRITTEN];
}
