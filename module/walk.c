// SPDX-License-Identifier: GPL-2.0
/*
 * Walking the page tables of a target. One walk holds the mmap lock for a bounded time;
 * what it does with each PTE is in isolate.c and age.c.
 *
 * Locks, outermost first:
 *
 * 1. mmap_lock of the target, for reading. Held over one walk. The walk is bounded by
 *    PRC_WALK_BUDGET and by its callbacks, and ends early when another thread waits for
 *    the lock.
 * 2. The page table lock of one PMD. Held over at most one page table. It keeps the
 *    folios mapped, so the callbacks read and isolate them without a reference of their
 *    own.
 * 3. The LRU lock, inside folio_isolate_lru().
 *
 * Nothing is allocated and nothing sleeps under 2. A walk starts from an address alone,
 * because all that an earlier walk read under its locks may have changed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/dax.h>
#include <linux/hugetlb.h>
#include <linux/mmap_lock.h>
#include <linux/pagewalk.h>
#include <linux/sched/mm.h>

#include "kernel_api.h"
#include "walk.h"

/* PTEs visited between two checks whether another thread waits for the mmap lock. */
#define VISITS_PER_CHECK 32

/*
 * Return true if the walk has used up its budget, or must give up the lock. The lock is
 * not checked before VISITS_PER_CHECK visits, so every walk makes progress.
 */
static bool walk_check_end(struct prc_walk *walk)
{
	if (walk->is_full || walk->nr_visited >= PRC_WALK_BUDGET)
		return true;
	if (walk->nr_visited < walk->next_check)
		return false;
	walk->next_check = walk->nr_visited + VISITS_PER_CHECK;
	return mmap_lock_is_contended(walk->mm);
}

static int walk_pte_table(struct prc_walk *walk, struct vm_area_struct *vma,
			  pmd_t *pmd, unsigned long addr, unsigned long end)
{
	unsigned long from;
	pte_t *first, *pte;
	spinlock_t *ptl;	/* of the table */
	int err = 0;

	first = prc_pte_map_lock(vma->vm_mm, pmd, addr, &ptl);
	if (!first)
		return 0;
	prc_pte_lock_taken(ptl);
	while (walk->next < end && !err) {
		if (walk_check_end(walk)) {
			err = PRC_END_WALK;
			break;
		}
		from = walk->next;
		pte = first + ((from - addr) >> PAGE_SHIFT);
		err = walk->ops->ptes(walk, vma, pte,
				      min(end, from + VISITS_PER_CHECK * PAGE_SIZE),
				      end);
		/* At least one, even if the first PTE found no room: so each walk ends. */
		walk->nr_visited += max((walk->next - from) >> PAGE_SHIFT, 1UL);
	}
	pte_unmap_unlock(first, ptl);
	return err;
}

/*
 * Without a pte_entry callback the kernel's walker neither splits a huge PMD nor descends
 * by itself, so mm_walk->action stays as it is.
 */
static int walk_pmd(pmd_t *pmd, unsigned long addr, unsigned long next,
		    struct mm_walk *mm_walk)
{
	struct prc_walk *walk = mm_walk->private;
	struct vm_area_struct *vma = mm_walk->vma;
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	spinlock_t *ptl;	/* of the PMD */
	int err;
#endif

	walk->next = addr;
	cond_resched();
	if (walk_check_end(walk))
		return PRC_END_WALK;
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	ptl = prc_pmd_lock_huge(pmd, vma);
	if (ptl) {
		__acquire(ptl); /* for sparse: taken in a static call */
		walk->nr_visited += PRC_COST_HUGE;
		err = pmd_present(*pmd) ?
		      walk->ops->huge_pmd(walk, vma, pmd, addr, next) : 0;
		spin_unlock(ptl);
		return err;
	}
#endif
	return walk_pte_table(walk, vma, pmd, addr, next);
}

/* A hole of any size is one visit: a sparse VMA of terabytes has many of them. */
static int walk_hole(unsigned long addr, unsigned long next, int depth,
		     struct mm_walk *mm_walk)
{
	struct prc_walk *walk = mm_walk->private;

	walk->next = addr;
	if (walk_check_end(walk))
		return PRC_END_WALK;
	walk->nr_visited++;
	return 0;
}

/**
 * prc_vma_skip_reason() - return why no page of a VMA can be reclaimed
 * @vma: VMA
 *
 * Context: mmap lock held.
 * Return: the count of skipped pages; PRC_ISOLATED if its pages can be reclaimed.
 */
enum prc_count prc_vma_skip_reason(struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_LOCKED)
		return PRC_SKIPPED_UNEVICTABLE;
	if (is_vm_hugetlb_page(vma) || vma_is_dax(vma) ||
	    vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP | VM_IO))
		return PRC_SKIPPED_SPECIAL;
	return PRC_ISOLATED;
}

/* Return 0 to enter a VMA, 1 to skip it. */
static int walk_vma(unsigned long addr, unsigned long next,
		    struct mm_walk *mm_walk)
{
	struct prc_walk *walk = mm_walk->private;
	struct vm_area_struct *vma = mm_walk->vma;
	enum prc_count reason;

	walk->next = addr;
	if (walk_check_end(walk))
		return PRC_END_WALK;
	walk->nr_visited++;
	if (!(walk->pages & PRC_PAGES_ANON) && vma_is_anonymous(vma))
		return 1;
	reason = prc_vma_skip_reason(vma);
	if (walk->ops->vma)
		walk->ops->vma(walk, vma, reason, (next - addr) >> PAGE_SHIFT);
	return reason != PRC_ISOLATED;
}

static const struct mm_walk_ops walk_ops = {
	.pmd_entry = walk_pmd,
	.pte_hole = walk_hole,
	.test_walk = walk_vma,
	PRC_WALK_UNDER_READ_LOCK
};

/**
 * prc_walk_begin() - begin a walk: pin the memory of the target and take its mmap lock
 * @walk: cursor; its counts, nr_visited and held_ns are set to 0
 *
 * The memory is pinned for one walk only, so that a target that was killed frees it
 * soon. The lock is only trylocked, because its holder may sleep for as long as a dead
 * file server does, and waiting would block a suspend and an unload.
 *
 * Context: process context, no locks held.
 * Return: 0 with the mmap lock held for reading until prc_walk_end(); -ESRCH if the
 *	   memory is gone; -EAGAIN if the lock is taken.
 */
int prc_walk_begin(struct prc_walk *walk)
{
	memset(&walk->counts, 0, sizeof(walk->counts));
	walk->nr_visited = 0;
	walk->held_ns = 0;
	walk->is_full = false;
	walk->next_check = VISITS_PER_CHECK;
	if (!mmget_not_zero(walk->mm))
		return -ESRCH;
	if (!mmap_read_trylock(walk->mm)) {
		mmput_async(walk->mm);
		return -EAGAIN;
	}
	walk->since_ns = ktime_get_ns();
	return 0;
}

/**
 * prc_walk_end() - end a walk: drop the mmap lock and unpin the memory
 * @walk: cursor, after prc_walk_begin() returned 0; held_ns is set
 *
 * Context: process context. mmput_async() leaves the teardown of an mm to a workqueue,
 *	    because it may take long, and a batch may still be isolated.
 */
void prc_walk_end(struct prc_walk *walk)
{
	mmap_read_unlock(walk->mm);
	walk->held_ns = ktime_get_ns() - walk->since_ns;
	mmput_async(walk->mm);
}

/**
 * prc_walk_range() - walk the page tables from walk->next to walk->end
 * @walk: cursor; next moves on
 * @ops: callbacks; they end the walk with PRC_END_WALK only
 * @private: for the callbacks
 *
 * Any other end means that the kernel's walker does not behave as in the releases that
 * the module was written for. Then fail, because the range was not walked.
 *
 * Context: mmap lock held for reading.
 * Return: 0, or -EIO.
 */
int prc_walk_range(struct prc_walk *walk, const struct mm_walk_ops *ops,
		   void *private)
{
	int err = prc_walk_page_range(walk->mm, walk->next, walk->end, ops,
				      private);

	if (err == PRC_END_WALK)
		return 0;
	if (!err) {
		walk->next = walk->end;
		return 0;
	}
	pr_warn_ratelimited("the page table walk of this kernel returned %d, which no known kernel does: please report this\n",
			    err);
	return -EIO;
}

/**
 * prc_walk_batch() - walk until the budget is used up
 * @walk: cursor
 * @ops: callbacks
 *
 * Context: process context, no locks held; may sleep. Takes and drops the mmap lock.
 * Return: 0; -ESRCH or -EAGAIN without a walk, as prc_walk_begin(); -EIO after a part of
 *	   one.
 */
int prc_walk_batch(struct prc_walk *walk, const struct prc_walk_ops *ops)
{
	int err;

	might_sleep();
	walk->ops = ops;
	err = prc_walk_begin(walk);
	if (err)
		return err;
	err = prc_walk_range(walk, &walk_ops, walk);
	prc_walk_end(walk);
	return err;
}
