// SPDX-License-Identifier: GPL-2.0
/*
 * Swap -> mapped pages. One batch looks for entries of pages that are in swap, and
 * has the kernel fault these in as if the target had read them. It touches nothing
 * else: no holes, no file pages, nothing that userfaultfd watches.
 *
 * Locks: the mmap lock of the target, for reading, over one batch; in the search the
 * lock of one page table. While a disk works none is held.
 */
#include <linux/hugetlb.h>
#include <linux/mmap_lock.h>
#include <linux/pagewalk.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/userfaultfd_k.h>

#include "kernel_api.h"
#include "swapin.h"
#include "walk.h"

#include "proc_reclaim_events.h"

/* Addresses of pages that are in swap, in order. */
struct search {
	struct prc_walk *walk;
	unsigned int nr;
	unsigned long addrs[PRC_SWAPIN_PAGES];
};

/* Each search takes at least one look, so that it gets on. */
static bool is_over(const struct search *search)
{
	return search->nr == PRC_SWAPIN_PAGES ||
	       search->walk->nr_visited >= PRC_WALK_BUDGET;
}

static int find_swap_ptes(struct search *search, struct vm_area_struct *vma,
			pmd_t *pmd, unsigned long addr, unsigned long end)
{
	spinlock_t *ptl;	/* of the table */
	pte_t *first, *pte;

	first = prc_pte_map_lock(vma->vm_mm, pmd, addr, &ptl);
	if (!first)
		return 0;
	prc_pte_lock_taken(ptl);
	for (pte = first; addr < end && !is_over(search);
	     pte++, addr += PAGE_SIZE) {
		search->walk->nr_visited++;
		if (prc_pte_is_swap(ptep_get(pte)))
			search->addrs[search->nr++] = addr;
	}
	pte_unmap_unlock(first, ptl);
	search->walk->next = addr;
	return addr < end ? PRC_END_WALK : 0;
}

static int find_swap_pmd(pmd_t *pmd, unsigned long addr, unsigned long next,
		      struct mm_walk *mm_walk)
{
	struct search *search = mm_walk->private;

	search->walk->next = addr;
	cond_resched();
	if (is_over(search))
		return PRC_END_WALK;
	search->walk->nr_visited++;
	return find_swap_ptes(search, mm_walk->vma, pmd, addr, next);
}

static int find_swap_hole(unsigned long addr, unsigned long next, int depth,
		       struct mm_walk *mm_walk)
{
	struct search *search = mm_walk->private;

	search->walk->next = addr;
	if (is_over(search))
		return PRC_END_WALK;
	search->walk->nr_visited++;
	return 0;
}

/* Whether to enter an area: 0 to do so, 1 to pass it over. */
static int find_swap_vma(unsigned long addr, unsigned long next,
		       struct mm_walk *mm_walk)
{
	struct search *search = mm_walk->private;
	struct vm_area_struct *vma = mm_walk->vma;

	search->walk->next = addr;
	if (is_over(search))
		return PRC_END_WALK;
	search->walk->nr_visited++;
	return userfaultfd_armed(vma) || is_vm_hugetlb_page(vma) ||
	       !(vma->vm_flags & VM_READ) || vma->vm_flags & (VM_PFNMAP | VM_IO);
}

static const struct mm_walk_ops find_swap_ops = {
	.pmd_entry = find_swap_pmd,
	.pte_hole = find_swap_hole,
	.test_walk = find_swap_vma,
	PRC_WALK_UNDER_READ_LOCK
};

/*
 * To an active list, so that the next reclaim does not begin with them: the fault
 * has marked them accessed once. MGLRU has put them into the youngest generation.
 */
static void activate(struct page **pages, long nr)
{
	long i;

	for (i = 0; i < nr; i++) {
		folio_mark_accessed(page_folio(pages[i]));
		put_page(pages[i]);
	}
}

/* How many of the addresses from @i on follow each other. */
static unsigned int run_length(const struct search *search, unsigned int i)
{
	unsigned int nr = 1;

	while (i + nr < search->nr &&
	       search->addrs[i + nr] == search->addrs[i] + nr * PAGE_SIZE)
		nr++;
	return nr;
}

/*
 * Bring back what was found, and count what was tried. The mmap lock is held all the
 * while, so that at each address there still is what was found there. A disk is not
 * waited for: that it reads is enough for now, and the more it is asked for at once, the
 * better. The next batch begins with the first page that it has not read yet.
 */
static void swapin_found(struct search *search, unsigned long searched)
{
	struct page *pages[PRC_SWAPIN_PAGES];
	struct prc_walk *walk = search->walk;
	bool is_read = false;
	unsigned int i = 0;
	long got;

	walk->next = searched;
	while (i < search->nr) {
		if (fatal_signal_pending(current) ||
		    (i && mmap_lock_is_contended(walk->mm)))
			break;
		got = prc_get_pages(walk->mm, search->addrs[i],
				    run_length(search, i), pages);
		if (got > 0) {
			activate(pages, got);
			walk->counts.n[PRC_RESTORED] += got;
		} else if (!got && !is_read) {
			is_read = true;
			walk->next = search->addrs[i];
		}
		/* One that cannot be had is passed over. */
		if (got)
			walk->counts.n[PRC_SCANNED] += max(got, 1L);
		i += max(got, 1L);
	}
	if (i < search->nr && !is_read)
		walk->next = search->addrs[i];
}

/**
 * prc_swapin_batch() - bring back up to PRC_SWAPIN_PAGES pages
 * @walk: what mm, and from where to where; counts, next and held_ns are set anew
 *
 * The caller sees to it that the pages can be had without reclaim.
 *
 * Context: process context, no locks held. Takes and drops the mmap lock.
 * Return: as prc_walk_lock() and prc_walk_range(); -EAGAIN also if all that there is to
 *	   do is to wait for a disk.
 */
int prc_swapin_batch(struct prc_walk *walk)
{
	struct search search = { .walk = walk };
	unsigned long start = walk->next;
	u64 since;
	int err = prc_walk_lock(walk);

	if (err)
		return err;
	since = ktime_get_ns();
	err = prc_walk_range(walk, &find_swap_ops, &search);
	swapin_found(&search, walk->next);
	mmap_read_unlock(walk->mm);
	walk->held_ns = ktime_get_ns() - since;
	mmput_async(walk->mm);
	if (err)
		return err;
	if (walk->next == start && !walk->counts.n[PRC_RESTORED])
		return -EAGAIN;
	trace_proc_reclaim_restore(walk, start);
	return 0;
}
