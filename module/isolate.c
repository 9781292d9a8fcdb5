// SPDX-License-Identifier: GPL-2.0
/*
 * Page tables -> isolated batch. One walk isolates at most one batch, which
 * prc_shrink_batch() frees after the mmap lock was dropped.
 *
 * Locks: as in walk.c. A large folio is split with none of these held except the folio
 * lock, which is only trylocked because its holder may be waiting for I/O.
 */
#include <linux/fs.h>
#include <linux/mmap_lock.h>
#include <linux/page_idle.h>

#include "isolate.h"
#include "kernel_api.h"
#include "shrink.h"

#include "proc_reclaim_events.h"

static void isolate_count(struct prc_isolate_control *ic,
			  enum prc_count reason, unsigned long pages)
{
	ic->walk.counts.n[PRC_SCANNED] += pages;
	ic->walk.counts.n[reason] += pages;
}

/* Return the number of pages that one walk may isolate. */
static unsigned long isolate_room(const struct prc_isolate_control *ic)
{
	return min(ic->batch_pages, ic->limit);
}

static void isolate_update_full(struct prc_isolate_control *ic)
{
	ic->walk.is_full = ic->walk.counts.n[PRC_ISOLATED] >= isolate_room(ic);
}

/* "Active" as the LRU in use understands it; MGLRU does not use PG_active. */
static bool isolate_is_active(struct folio *folio)
{
	bool active = folio_test_active(folio);
#ifdef CONFIG_LRU_GEN
	int gen = folio_lru_gen(folio);

	if (gen >= 0) {
		struct lruvec *lruvec;

		rcu_read_lock();
		lruvec = prc_folio_lruvec(folio);
		active = lruvec && lru_gen_is_active(lruvec, gen);
		rcu_read_unlock();
	}
#endif
	return active;
}

/*
 * How PTEs of the current page table map one folio.
 * @addr: address of the first PTE
 * @pages: PTEs in the range of the walk that map consecutive pages from @addr on
 * @rest: pages from @addr to the end of the folio
 * @entries: PTEs of this table that map the folio in total
 * @dirty, @young: one of the @pages PTEs is dirty, or young
 * @exclusive: no other process maps the page at @addr
 */
struct pte_batch {
	unsigned long addr;
	unsigned long pages;
	unsigned long rest;
	int entries;
	bool dirty;
	bool young;
	bool exclusive;
};

/*
 * Return the skip reason if @folio, which @entries PTEs of the target map, is mapped by
 * other processes too, or is of a file that must not be reclaimed; else PRC_ISOLATED.
 * This is the most common skip, so it is checked first and inlined.
 */
static __always_inline enum prc_count
isolate_check_exclusive(const struct prc_isolate_control *ic,
			struct folio *folio, int entries)
{
	if (!ic->can_isolate_file && !folio_test_anon(folio))
		return PRC_SKIPPED_FOREIGN_FILE;
	if (prc_folio_mapcount(folio) != entries)
		return PRC_SKIPPED_SHARED;
	return PRC_ISOLATED;
}

/*
 * Return why an exclusively mapped folio must be skipped, or PRC_ISOLATED. The page table
 * lock is held.
 */
static enum prc_count isolate_check_folio(const struct prc_isolate_control *ic,
					  struct folio *folio,
					  const struct pte_batch *ptes)
{
	if (folio_test_unevictable(folio) || folio_test_mlocked(folio))
		return PRC_SKIPPED_UNEVICTABLE;
	if (!folio_test_swapbacked(folio)) {
		if (folio_test_anon(folio))
			return PRC_SKIPPED_LAZYFREE;
		/*
		 * The reclaim would unmap a dirty file folio, activate and keep it. It
		 * writes an anonymous folio to swap: that is how it frees it.
		 */
		if (ptes->dirty || folio_test_dirty(folio) ||
		    folio_test_writeback(folio))
			return PRC_SKIPPED_DIRTY;
	}
	if (folio_maybe_dma_pinned(folio))
		return PRC_SKIPPED_PINNED;
	if (ic->inactive && isolate_is_active(folio))
		return PRC_SKIPPED_ACTIVE;
	if (ic->cold &&
	    (ptes->young || prc_folio_idle_and_young(folio) ||
	     prc_mmu_notifier_test_young(ic->walk.mm, ptes->addr, ptes->pages)))
		return PRC_SKIPPED_YOUNG;
	if (folio_test_writeback(folio))
		return PRC_SKIPPED_BUSY;
	return PRC_ISOLATED;
}

/*
 * Take @folio off the LRU. The page table lock is held, so the folio stays mapped and
 * cannot be freed. Clear the reference marks as MADV_PAGEOUT does, so that reclaim does
 * not keep the page.
 *
 * Read PG_active first: under MGLRU the isolation itself sets it, and a refault of a
 * folio that was marked as working set by mistake counts as memory pressure.
 *
 * Add the folio at the head of the list, as madvise() does: reclaim takes from the tail,
 * so swap slots rise with addresses, and code that frees, reads or writes slots in
 * batches finds them in order.
 */
static enum prc_count isolate_from_lru(struct prc_isolate_control *ic,
				       struct folio *folio)
{
	bool active = folio_test_active(folio);

	if (!prc_folio_isolate(folio))
		return PRC_SKIPPED_BUSY;
	if (folio_test_unevictable(folio)) {
		prc_folio_putback(folio);
		return PRC_SKIPPED_UNEVICTABLE;
	}
	folio_clear_referenced(folio);
	folio_test_clear_young(folio);
	if (active)
		folio_set_workingset(folio);
	list_add(&folio->lru, &ic->batch->folios);
	return PRC_ISOLATED;
}

/* Whether a folio fits into the room that is left. */
enum isolate_fit {
	FITS,
	NEXT_TIME,	/* the batch is full: the next one begins with this folio */
	TOO_LARGE,	/* larger than the limit, even alone */
};

static enum isolate_fit isolate_fit(const struct prc_isolate_control *ic,
				    unsigned long pages)
{
	unsigned long isolated = ic->walk.counts.n[PRC_ISOLATED];

	if (isolated + pages <= isolate_room(ic))
		return FITS;
	if (isolated)
		return NEXT_TIME;
	return pages > ic->limit && !ic->may_exceed_limit ? TOO_LARGE : FITS;
}

/*
 * Isolate @folio, which is exclusively and completely mapped here, or skip it. Return the
 * reason, after counting it, or PRC_END_WALK if the batch has no room. The page table
 * lock is held.
 */
static int isolate_folio(struct prc_isolate_control *ic, struct folio *folio,
			 const struct pte_batch *ptes)
{
	enum prc_count reason = isolate_check_folio(ic, folio, ptes);

	if (reason == PRC_ISOLATED) {
		switch (isolate_fit(ic, ptes->pages)) {
		case NEXT_TIME:
			return PRC_END_WALK;
		case TOO_LARGE:
			reason = PRC_SKIPPED_LARGE;
			break;
		case FITS:
			reason = isolate_from_lru(ic, folio);
		}
	}
	isolate_count(ic, reason, ptes->pages);
	return reason;
}

/*
 * Handle a folio that is only partly inside the range, or only partly mapped. End the
 * walk so that the folio can be split, and the next walk begins with its parts. Skip it if
 * a split was tried at this address before. Returns as isolate_folio() does.
 *
 * Only anonymous folios are split: the kernel unmaps all pages of a file's folio, and of
 * shared memory, when it splits it, and the next walk would find nothing there.
 */
static int isolate_queue_split(struct prc_isolate_control *ic,
			       struct folio *folio,
			       const struct pte_batch *ptes)
{
	enum prc_count reason = isolate_check_folio(ic, folio, ptes);

	if (reason == PRC_ISOLATED) {
		if (folio_test_anon(folio) && ptes->addr >= ic->split_until) {
			folio_get(folio);
			ic->to_split = folio;
			ic->split_until = ptes->addr + ptes->rest * PAGE_SIZE;
			return PRC_END_WALK;
		}
		reason = PRC_SKIPPED_LARGE;
	}
	isolate_count(ic, reason, ptes->pages);
	return reason;
}

/*
 * Isolate a large folio, or queue its split. After a split, the parts are checked again
 * page by page. Returns as isolate_folio() does.
 */
static int isolate_large(struct prc_isolate_control *ic, struct folio *folio,
			 const struct pte_batch *ptes)
{
	enum prc_count reason = isolate_check_exclusive(ic, folio, ptes->entries);

	/* Another page table of the target may map the rest, as after mremap(). */
	if (reason == PRC_SKIPPED_SHARED && ptes->exclusive)
		return isolate_queue_split(ic, folio, ptes);
	if (reason == PRC_ISOLATED)
		return ptes->pages < folio_nr_pages(folio) ?
		       isolate_queue_split(ic, folio, ptes) :
		       isolate_folio(ic, folio, ptes);
	isolate_count(ic, reason, ptes->pages);
	return reason;
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/* Isolate what one huge PMD maps. The page table lock is held. */
static int isolate_huge_pmd(struct prc_walk *walk, struct vm_area_struct *vma,
			    pmd_t *pmd, unsigned long addr, unsigned long next)
{
	struct prc_isolate_control *ic =
		container_of(walk, struct prc_isolate_control, walk);
	struct pte_batch ptes = {
		.addr = addr,
		.pages = (next - addr) >> PAGE_SHIFT,
		.rest = (ALIGN(addr + 1, PMD_SIZE) - addr) >> PAGE_SHIFT,
		.entries = 1,
		.dirty = pmd_dirty(*pmd),
		.young = pmd_young(*pmd),
	};
	struct folio *folio = page_folio(pmd_page(*pmd));
	int reason;

	lockdep_assert_held(pmd_lockptr(vma->vm_mm, pmd));
	if (prc_folio_is_special(folio)) {
		isolate_count(ic, PRC_SKIPPED_SPECIAL, ptes.pages);
		return 0;
	}
	if (!prc_walk_wants(walk, folio))
		return 0;
	/* MMU notifiers are queried per page: charge the budget of the walk. */
	if (ic->cold && mm_has_notifiers(walk->mm))
		walk->nr_visited += ptes.pages;
	reason = isolate_large(ic, folio, &ptes);
	if (PRC_NO_IGNORING_REFERENCES && reason == PRC_ISOLATED)
		prc_pmd_clear_young(vma, addr, pmd);
	isolate_update_full(ic);
	return reason < 0 ? reason : 0;
}
#endif

/* Fill @ptes with the PTEs from @pte to @end that map consecutive pages of @folio. */
static void isolate_batch_ptes(struct folio *folio, pte_t *pte,
			       unsigned long end, struct pte_batch *ptes)
{
	unsigned long pfn = pte_pfn(ptep_get(pte));
	unsigned long pages;

	ptes->rest = folio_pfn(folio) + folio_nr_pages(folio) - pfn;
	pages = min(ptes->rest, (end - ptes->addr) >> PAGE_SHIFT);
	for (ptes->pages = 0; ptes->pages < pages; ptes->pages++) {
		pte_t entry = ptep_get(pte + ptes->pages);

		if (!pte_present(entry) || pte_pfn(entry) != pfn + ptes->pages)
			break;
		ptes->dirty |= pte_dirty(entry);
		ptes->young |= pte_young(entry);
	}
	ptes->entries = ptes->pages;
}

/* Count the PTEs of the table of @pte that map @folio at its natural offset. */
static int isolate_count_mapped_ptes(struct prc_isolate_control *ic,
				     struct folio *folio, pte_t *pte,
				     unsigned long addr)
{
	unsigned long pfn = folio_pfn(folio), index = pte_index(addr);
	unsigned long before = min(index, pte_pfn(ptep_get(pte)) - pfn);
	unsigned long first = pte_pfn(ptep_get(pte)) - before;
	unsigned long i, room = PTRS_PER_PTE - (index - before);
	int entries = 0;

	room = min(room, pfn + folio_nr_pages(folio) - first);
	ic->walk.nr_visited += room;
	for (i = 0; i < room; i++) {
		pte_t entry = ptep_get(pte - before + i);

		entries += pte_present(entry) && pte_pfn(entry) == first + i;
	}
	return entries;
}

/*
 * Isolate an exclusively mapped small folio. Returns as isolate_pte() does. Nearly every
 * isolated page passes here, so the function is one piece.
 */
static noinline __flatten int isolate_small(struct prc_isolate_control *ic,
					    struct vm_area_struct *vma,
					    struct folio *folio, pte_t *pte,
					    pte_t entry, unsigned long addr)
{
	const struct pte_batch ptes = {
		.addr = addr,
		.pages = 1,
		.entries = 1,
		.dirty = pte_dirty(entry),
		.young = pte_young(entry),
	};
	int reason = isolate_folio(ic, folio, &ptes);

	if (PRC_NO_IGNORING_REFERENCES && reason == PRC_ISOLATED)
		prc_pte_clear_young(vma, addr, pte);
	return reason < 0 ? reason : 1;
}

/* Isolate what a run of PTEs maps of a large folio. Returns as isolate_pte() does. */
static noinline int isolate_pte_batch(struct prc_isolate_control *ic,
				      struct vm_area_struct *vma,
				      struct folio *folio, pte_t *pte,
				      unsigned long addr, unsigned long end)
{
	struct pte_batch ptes = { .addr = addr };
	int i, reason;

	ic->walk.nr_visited += PRC_COST_HUGE;
	isolate_batch_ptes(folio, pte, end, &ptes);
	if (ptes.pages < folio_nr_pages(folio)) {
		ptes.entries = isolate_count_mapped_ptes(ic, folio, pte, addr);
		ptes.exclusive = folio_test_anon(folio) &&
				 PageAnonExclusive(pte_page(ptep_get(pte)));
	}
	reason = isolate_large(ic, folio, &ptes);
	if (PRC_NO_IGNORING_REFERENCES && reason == PRC_ISOLATED)
		for (i = 0; i < ptes.entries; i++)
			prc_pte_clear_young(vma, addr + i * PAGE_SIZE, pte + i);
	return reason < 0 ? reason : ptes.pages;
}

/*
 * Isolate or skip what one present PTE maps, the page table lock held. Return the number
 * of PTEs that were handled, or PRC_END_WALK if the batch has no room for the folio.
 */
static __always_inline int isolate_pte(struct prc_isolate_control *ic,
				       struct vm_area_struct *vma, pte_t *pte,
				       pte_t entry, unsigned long addr,
				       unsigned long end)
{
	struct folio *folio = prc_vm_normal_folio(vma, addr, entry);
	enum prc_count reason;

	if (!folio || prc_folio_is_special(folio)) {
		isolate_count(ic, PRC_SKIPPED_SPECIAL, 1);
		return 1;
	}
	if (!prc_walk_wants(&ic->walk, folio))
		return 1;
	if (folio_test_large(folio))
		return isolate_pte_batch(ic, vma, folio, pte, addr, end);
	reason = isolate_check_exclusive(ic, folio, 1);
	if (reason == PRC_ISOLATED)
		return isolate_small(ic, vma, folio, pte, entry, addr);
	isolate_count(ic, reason, 1);
	return 1;
}

static int isolate_pte_range(struct prc_walk *walk, struct vm_area_struct *vma,
			     pte_t *pte, unsigned long until, unsigned long end)
{
	struct prc_isolate_control *ic =
		container_of(walk, struct prc_isolate_control, walk);
	unsigned long addr = walk->next;
	int done = 0;

	for (; addr < until; pte += done, addr += done * PAGE_SIZE) {
		pte_t entry = ptep_get(pte);

		done = 1;
		if (pte_present(entry))
			done = isolate_pte(ic, vma, pte, entry, addr, end);
		if (done < 0)
			break;
	}
	walk->next = addr;
	isolate_update_full(ic);
	return done < 0 ? done : 0;
}

/*
 * Return true if the current credentials own the file of a VMA, or may write it. Like
 * can_do_file_pageout(): reclaiming the page cache of any other file would be a side
 * channel that shows what its readers read. The rule holds for files of tmpfs too, whose
 * pages go to swap. Uses MAY_NOT_BLOCK because the mmap lock is held; -ECHILD counts as
 * "may not".
 */
static bool isolate_can_pageout_file(struct vm_area_struct *vma)
{
	struct file *file = vma->vm_file;
	bool may_write;

	if (!file || prc_owns_file(file))
		return true;
	rcu_read_lock();
	may_write = !file_permission(file, MAY_WRITE | MAY_NOT_BLOCK);
	rcu_read_unlock();
	return may_write;
}

static void isolate_vma(struct prc_walk *walk, struct vm_area_struct *vma,
			enum prc_count reason, unsigned long pages)
{
	struct prc_isolate_control *ic =
		container_of(walk, struct prc_isolate_control, walk);

	if (reason == PRC_ISOLATED)
		ic->can_isolate_file = !ic->only_writable_files ||
				       isolate_can_pageout_file(vma);
	else
		isolate_count(ic, reason, pages);
}

static const struct prc_walk_ops isolate_ops = {
	.vma = isolate_vma,
	.ptes = isolate_pte_range,
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	.huge_pmd = isolate_huge_pmd,
#endif
};

/*
 * Split the folio that the walk has queued. Called without locks, because the split takes
 * the rmap locks and can be slow. A folio that is locked or in use otherwise is left
 * alone.
 */
static void isolate_split_queued(struct prc_isolate_control *ic)
{
	struct folio *folio = ic->to_split;

	if (!folio)
		return;
	lockdep_assert_not_held(&ic->walk.mm->mmap_lock);
	if (folio_trylock(folio)) {
		if (!prc_split_folio(folio)) {
			ic->walk.counts.n[PRC_SPLIT]++;
			ic->split_until = 0;
		}
		folio_unlock(folio);
	}
	folio_put(folio);
	ic->to_split = NULL;
}

/**
 * prc_isolate_batch() - isolate up to one batch
 * @ic: isolate control; the batch of the caller is filled
 *
 * Context: process context, no locks held; may sleep. Takes and drops the mmap lock.
 * Return: as prc_walk_batch(). After 0 and -EIO the caller must shrink the batch.
 */
int prc_isolate_batch(struct prc_isolate_control *ic)
{
	struct prc_walk *walk = &ic->walk;
	unsigned long start = walk->next;
	struct prc_batch *batch = ic->batch;
	int err = prc_walk_batch(walk, &isolate_ops);

	if (err && err != -EIO)
		return err;
	isolate_split_queued(ic);
	batch->nr_pages = walk->counts.n[PRC_ISOLATED];
	batch->mm = walk->mm;
	batch->pid = walk->pid;
	batch->anon = walk->pages & PRC_PAGES_ANON;
	batch->start = start;
	batch->end = walk->next;
	trace_proc_reclaim_walk(walk, start);
	return err;
}
