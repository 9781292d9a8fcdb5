// SPDX-License-Identifier: GPL-2.0
/*
 * Page tables -> cleared accessed bits. Nothing is isolated. Locks: as in walk.c.
 */
#include <linux/page_idle.h>

#include "age.h"
#include "kernel_api.h"
#include "walk.h"

#include "proc_reclaim_events.h"

/*
 * Note what the accessed bits of @pages pages of @folio from @pfn on said before they were
 * cleared. Clearing them hides the references from rmap, so set PG_young, as page_idle.c
 * does. A stale PG_young is cleared at the folio's first page, which is visited first.
 */
static void age_folio(struct prc_walk *walk, struct folio *folio,
		      unsigned long pfn, unsigned long addr,
		      unsigned long pages, bool young)
{
	young |= prc_mmu_notifier_clear_young(walk->mm, addr, pages);
	walk->counts.n[PRC_SCANNED] += pages;
	if (young) {
		walk->counts.n[PRC_AGED] += pages;
		prc_folio_mark_young(folio);
	} else if (pfn == folio_pfn(folio)) {
		folio_test_clear_young(folio);
	}
}

/* Age one present PTE; return how many PTEs share its accessed bit. */
static __always_inline unsigned long
age_pte(struct prc_walk *walk, struct vm_area_struct *vma, pte_t *pte,
	pte_t entry, unsigned long addr, unsigned long end)
{
	struct folio *folio = prc_vm_normal_folio(vma, addr, entry);
	unsigned long pages;

	if (!folio || prc_folio_is_special(folio) || !prc_walk_wants(walk, folio))
		return 1;
	pages = min(prc_ptes_of_young_bit(entry, addr),
		    (end - addr) >> PAGE_SHIFT);
	if (pte_young(entry))
		prc_pte_clear_young(vma, addr, pte);
	age_folio(walk, folio, pte_pfn(entry), addr, pages, pte_young(entry));
	return pages;
}

static int age_ptes(struct prc_walk *walk, struct vm_area_struct *vma,
		    pte_t *pte, unsigned long until, unsigned long end)
{
	unsigned long addr = walk->next;
	unsigned long nr;

	for (; addr < until; pte += nr, addr += nr * PAGE_SIZE) {
		pte_t entry = ptep_get(pte);

		nr = 1;
		if (pte_present(entry))
			nr = age_pte(walk, vma, pte, entry, addr, end);
	}
	walk->next = addr;
	return 0;
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
static int age_huge_pmd(struct prc_walk *walk, struct vm_area_struct *vma,
			pmd_t *pmd, unsigned long addr, unsigned long next)
{
	struct folio *folio = page_folio(pmd_page(*pmd));
	bool young = pmd_young(*pmd);

	lockdep_assert_held(pmd_lockptr(vma->vm_mm, pmd));
	if (prc_folio_is_special(folio) || !prc_walk_wants(walk, folio))
		return 0;
	prc_pmd_clear_young(vma, addr, pmd);
	age_folio(walk, folio, pmd_pfn(*pmd), addr, (next - addr) >> PAGE_SHIFT,
		  young);
	return 0;
}
#endif

static const struct prc_walk_ops age_ops = {
	.ptes = age_ptes,
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	.huge_pmd = age_huge_pmd,
#endif
};

/**
 * prc_age_batch() - clear the accessed bits of one walk
 * @walk: cursor
 *
 * The TLB is not flushed: the caller does that once for all that was aged.
 *
 * Context: process context, no locks held; may sleep. Takes and drops the mmap lock.
 * Return: as prc_walk_batch().
 */
int prc_age_batch(struct prc_walk *walk)
{
	unsigned long start = walk->next;
	int err = prc_walk_batch(walk, &age_ops);

	if (!err || err == -EIO)
		trace_proc_reclaim_walk(walk, start);
	return err;
}
