// SPDX-License-Identifier: GPL-2.0
/*
 * Swap -> mapped pages. One batch finds PTEs of pages that are in swap, and lets the
 * kernel fault these pages in as if the target had read them. It skips holes, file pages,
 * and VMAs that userfaultfd watches.
 *
 * Locks: the mmap lock of the target, for reading, over one batch; while PTEs are read the
 * lock of one page table. None is held while a disk works.
 */
#include <linux/hugetlb.h>
#include <linux/mmap_lock.h>
#include <linux/pagewalk.h>
#include <linux/sched/signal.h>
#include <linux/userfaultfd_k.h>

#include "kernel_api.h"
#include "swapin.h"
#include "walk.h"

#include "proc_reclaim_events.h"

/* The addresses of pages that are in swap, in order. */
struct swapin_control {
	struct prc_walk *walk;
	unsigned int nr;
	unsigned long addrs[PRC_SWAPIN_PAGES];
};

/* Return true at the end of the search. Every search visits at least one PTE. */
static bool swapin_is_full(const struct swapin_control *sc)
{
	return sc->nr == PRC_SWAPIN_PAGES ||
	       sc->walk->nr_visited >= PRC_WALK_BUDGET;
}

static int find_swap_ptes(struct swapin_control *sc, struct vm_area_struct *vma,
			  pmd_t *pmd, unsigned long addr, unsigned long end)
{
	spinlock_t *ptl;	/* of the table */
	pte_t *first, *pte;

	first = prc_pte_map_lock(vma->vm_mm, pmd, addr, &ptl);
	if (!first)
		return 0;
	prc_pte_lock_taken(ptl);
	for (pte = first; addr < end && !swapin_is_full(sc);
	     pte++, addr += PAGE_SIZE) {
		sc->walk->nr_visited++;
		if (prc_pte_is_swap(ptep_get(pte)))
			sc->addrs[sc->nr++] = addr;
	}
	pte_unmap_unlock(first, ptl);
	sc->walk->next = addr;
	return addr < end ? PRC_END_WALK : 0;
}

/* Move the cursor to @addr; return PRC_END_WALK at the end of the search. */
static int find_swap_visit(struct swapin_control *sc, unsigned long addr)
{
	sc->walk->next = addr;
	if (swapin_is_full(sc))
		return PRC_END_WALK;
	sc->walk->nr_visited++;
	return 0;
}

static int find_swap_pmd(pmd_t *pmd, unsigned long addr, unsigned long next,
			 struct mm_walk *mm_walk)
{
	struct swapin_control *sc = mm_walk->private;
	int err;

	cond_resched();
	err = find_swap_visit(sc, addr);
	if (err)
		return err;
	return find_swap_ptes(sc, mm_walk->vma, pmd, addr, next);
}

static int find_swap_hole(unsigned long addr, unsigned long next, int depth,
			  struct mm_walk *mm_walk)
{
	return find_swap_visit(mm_walk->private, addr);
}

/* Return 0 to enter a VMA, 1 to skip it. */
static int find_swap_vma(unsigned long addr, unsigned long next,
			 struct mm_walk *mm_walk)
{
	struct vm_area_struct *vma = mm_walk->vma;
	int err = find_swap_visit(mm_walk->private, addr);

	if (err)
		return err;
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
 * Move pages to an active list, so that the next reclaim does not begin with them: the
 * fault has marked them accessed once. MGLRU has put them into the youngest generation.
 */
static void swapin_activate(struct page **pages, long nr)
{
	long i;

	for (i = 0; i < nr; i++) {
		folio_mark_accessed(page_folio(pages[i]));
		put_page(pages[i]);
	}
}

/* Return how many of the addresses from @i on follow each other. */
static unsigned int swapin_run_length(const struct swapin_control *sc,
				      unsigned int i)
{
	unsigned int nr = 1;

	while (i + nr < sc->nr &&
	       sc->addrs[i + nr] == sc->addrs[i] + nr * PAGE_SIZE)
		nr++;
	return nr;
}

/*
 * Fault in what the search found, and count what was tried. The mmap lock stays held, so
 * each address still maps what the search found there. Do not wait for a disk: it works
 * best on many reads at once. Return where to continue: at the first page that a disk is
 * reading, else at the first page that was not tried, else at the end of the search.
 */
static unsigned long swapin_found(struct swapin_control *sc)
{
	struct page *pages[PRC_SWAPIN_PAGES];
	struct prc_walk *walk = sc->walk;
	unsigned long next = walk->next;
	bool is_reading = false;
	unsigned int i = 0;
	long got;

	while (i < sc->nr) {
		if (fatal_signal_pending(current) ||
		    (i && mmap_lock_is_contended(walk->mm)))
			break;
		got = prc_get_pages(walk->mm, sc->addrs[i],
				    swapin_run_length(sc, i), pages);
		if (got > 0) {
			swapin_activate(pages, got);
			walk->counts.n[PRC_RESTORED] += got;
		} else if (!got && !is_reading) {
			is_reading = true;
			next = sc->addrs[i];
		}
		/* Skip a page that returns an error. */
		if (got)
			walk->counts.n[PRC_SCANNED] += max(got, 1L);
		i += max(got, 1L);
	}
	return i < sc->nr && !is_reading ? sc->addrs[i] : next;
}

/**
 * prc_swapin_batch() - read up to PRC_SWAPIN_PAGES pages from swap
 * @walk: cursor
 *
 * The caller makes sure that the pages can be allocated without reclaim.
 *
 * Context: process context, no locks held; may sleep. Takes and drops the mmap lock.
 * Return: 0; -ESRCH or -EAGAIN as prc_walk_begin(); -EIO as prc_walk_range(); -EAGAIN
 *	   also if every page that was found is being read by a disk.
 */
int prc_swapin_batch(struct prc_walk *walk)
{
	struct swapin_control sc = { .walk = walk };
	unsigned long start = walk->next;
	int err;

	might_sleep();
	err = prc_walk_begin(walk);
	if (err)
		return err;
	err = prc_walk_range(walk, &find_swap_ops, &sc);
	walk->next = swapin_found(&sc);
	prc_walk_end(walk);
	if (err)
		return err;
	if (walk->next == start && !walk->counts.n[PRC_RESTORED])
		return -EAGAIN;
	trace_proc_reclaim_restore(walk, start);
	return 0;
}
