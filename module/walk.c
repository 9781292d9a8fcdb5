// SPDX-License-Identifier: GPL-2.0
/*
 * Page tables -> isolated batch, or cleared accessed bits. One walk holds the
 * target's mmap lock for a bounded time and takes at most one batch; what it
 * isolates is freed by prc_shrink() after the lock was dropped.
 *
 * Locks, outermost first:
 *
 * 1. mmap_lock of the target, for reading. Held over one walk. Bounded in pages
 *    isolated (walk->batch) and in entries visited (PRC_WALK_BUDGET), and given up
 *    early when somebody waits for it.
 * 2. the page table lock of one PMD. Held over at most one page table; it keeps
 *    the folios mapped, so that they can be read and isolated without a
 *    reference of our own.
 * 3. the LRU lock, inside folio_isolate_lru().
 *
 * Nothing is allocated and nothing sleeps under 2. Whatever was read under the
 * locks of an earlier walk is forgotten: a walk starts from an address alone.
 *
 * A large folio is split with none of these held, but the folio's own lock, which is
 * only tried: whoever has it may wait for a disk.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/dax.h>
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/memremap.h>
#include <linux/mmap_lock.h>
#include <linux/page_idle.h>
#include <linux/pagewalk.h>
#include <linux/sched/mm.h>

#include "kernel_api.h"
#include "walk.h"

#include "proc_reclaim_events.h"

/* Entries between two questions whether somebody waits for the lock. */
#define VISITS_PER_CHECK 32

static bool isolate_is_full(const struct prc_walk *walk)
{
	return walk->counts.n[PRC_ISOLATED] >= min(walk->batch, walk->limit);
}

/* Enough for one walk? Each takes at least one look, so that it gets on. */
static bool walk_check_end(struct prc_walk *walk)
{
	if (isolate_is_full(walk) || walk->nr_visited >= PRC_WALK_BUDGET)
		return true;
	if (walk->nr_visited < walk->next_check)
		return false;
	walk->next_check = walk->nr_visited + VISITS_PER_CHECK;
	return mmap_lock_is_contended(walk->mm);
}

static void isolate_count(struct prc_walk *walk, enum prc_count verdict,
		  unsigned long pages)
{
	walk->counts.n[PRC_SCANNED] += pages;
	walk->counts.n[verdict] += pages;
}

/*
 * Not on an LRU list by nature: of no anonymous memory and of no file, as the
 * zero pages and the vdso; or of a device.
 */
static bool walk_is_special(struct folio *folio)
{
	return folio_is_zone_device(folio) || !folio->mapping;
}

/* Lazyfree folios are anonymous, though they count as file pages on the LRU. */
static bool walk_is_wanted(const struct prc_walk *walk, struct folio *folio)
{
	if (folio_test_anon(folio) || folio_test_swapbacked(folio))
		return walk->anon;
	return walk->file;
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
 * How a folio is mapped here: @pages pages of it lie in the walk from @addr on, where it
 * has @rest pages left, @entries entries of the page table map it in all, and one or the
 * other of those in the walk says that it is dirty, or young. @exclusive: if that is only
 * a part of it, no other process maps at least the first of them.
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
 * Whether a folio that @entries entries of the target map is not the target's to give:
 * why, or PRC_ISOLATED. For most of what is passed over this is the reason, so it comes
 * first, and in line.
 */
static __always_inline enum prc_count
isolate_check_exclusive(const struct prc_walk *walk, struct folio *folio, int entries)
{
	if (walk->foreign && !folio_test_anon(folio))
		return PRC_SKIPPED_FOREIGN_FILE;
	if (prc_folio_mapcount(folio) != entries)
		return PRC_SKIPPED_SHARED;
	return PRC_ISOLATED;
}

/*
 * Why a folio that is the target's to give is to be left alone; PRC_ISOLATED if nothing
 * speaks against taking it. The page table lock is held.
 */
static enum prc_count isolate_check_folio(const struct prc_walk *walk,
				  struct folio *folio,
				  const struct pte_batch *map)
{
	if (folio_test_unevictable(folio) || folio_test_mlocked(folio))
		return PRC_SKIPPED_UNEVICTABLE;
	if (!folio_test_swapbacked(folio)) {
		if (folio_test_anon(folio))
			return PRC_SKIPPED_LAZYFREE;
		/*
		 * A dirty file folio would be unmapped, activated and kept. An
		 * anonymous one is written to swap: that is how it is freed.
		 */
		if (map->dirty || folio_test_dirty(folio) ||
		    folio_test_writeback(folio))
			return PRC_SKIPPED_DIRTY;
	}
	if (folio_maybe_dma_pinned(folio))
		return PRC_SKIPPED_PINNED;
	if (walk->inactive && isolate_is_active(folio))
		return PRC_SKIPPED_ACTIVE;
	if (walk->cold &&
	    (map->young || prc_folio_idle_and_young(folio) ||
	     prc_mmu_notifier_test_young(walk->mm, map->addr, map->pages)))
		return PRC_SKIPPED_YOUNG;
	if (folio_test_writeback(folio))
		return PRC_SKIPPED_BUSY;
	return PRC_ISOLATED;
}

/*
 * Take @folio off the LRU. The page table lock is held, so the folio is mapped
 * and cannot go away. The marks of recent use are cleared, as madvise() does it
 * for MADV_PAGEOUT: a page that is asked for is not to be spared for them.
 *
 * PG_active is read before: under MGLRU the isolation itself sets it, and a
 * refault of a folio that was marked as part of the working set by mistake
 * counts as memory pressure.
 *
 * The folio goes to the head of the list, as madvise() puts it there: reclaim takes from
 * the tail, so swap slots rise with addresses, and what frees, reads or writes slots in
 * batches finds them in order.
 */
static enum prc_count isolate_from_lru(struct prc_walk *walk, struct folio *folio)
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
	list_add(&folio->lru, &walk->isolated->folios);
	return PRC_ISOLATED;
}

/* What to do with a folio of @pages pages, seen from the room that is left. */
enum isolate_fit {
	FITS,
	NEXT_TIME,	/* the batch is full: end it here, begin the next with it */
	TOO_LARGE,	/* not even alone: never past the limit */
};

static enum isolate_fit isolate_fit(const struct prc_walk *walk, unsigned long pages)
{
	unsigned long isolated = walk->counts.n[PRC_ISOLATED];

	if (isolated + pages <= min(walk->batch, walk->limit))
		return FITS;
	if (isolated)
		return NEXT_TIME;
	return pages > walk->limit && !walk->may_exceed_limit ? TOO_LARGE : FITS;
}

/*
 * Take @folio, which is the target's to give and all of which is mapped here, or say
 * why not. Returns the verdict, after counting it, or PRC_END_WALK if the batch has no
 * room. The page table lock is held.
 */
static int isolate_folio(struct prc_walk *walk, struct folio *folio,
		    const struct pte_batch *map)
{
	enum prc_count verdict = isolate_check_folio(walk, folio, map);

	if (verdict == PRC_ISOLATED) {
		switch (isolate_fit(walk, map->pages)) {
		case NEXT_TIME:
			return PRC_END_WALK;
		case TOO_LARGE:
			verdict = PRC_SKIPPED_LARGE;
			break;
		case FITS:
			verdict = isolate_from_lru(walk, folio);
		}
	}
	isolate_count(walk, verdict, map->pages);
	return verdict;
}

/*
 * As isolate_folio(), but only a part of @folio lies in the walk, or is mapped here at all.
 * If nothing speaks against taking that, the walk ends, for the folio to be split, and
 * the next one begins with it. Where nothing comes of it, it is not tried again there.
 *
 * Anonymous ones only: of a file's, and of shared memory's, the kernel unmaps all when
 * it splits them, and the next walk would find nothing there.
 */
static int isolate_queue_split(struct prc_walk *walk, struct folio *folio,
		     const struct pte_batch *map)
{
	enum prc_count verdict = isolate_check_folio(walk, folio, map);

	if (verdict == PRC_ISOLATED) {
		if (folio_test_anon(folio) && map->addr >= walk->split_until) {
			folio_get(folio);
			walk->to_split = folio;
			walk->split_until = map->addr + map->rest * PAGE_SIZE;
			return PRC_END_WALK;
		}
		verdict = PRC_SKIPPED_LARGE;
	}
	isolate_count(walk, verdict, map->pages);
	return verdict;
}

/*
 * The same of a large folio, of which all or a part is mapped here. What is left of one
 * that is split may be shared all the same: then that is found page by page.
 */
static int isolate_large(struct prc_walk *walk, struct folio *folio,
		      const struct pte_batch *map)
{
	enum prc_count verdict = isolate_check_exclusive(walk, folio, map->entries);

	/* In another page table too, as mremap() leaves it. */
	if (verdict == PRC_SKIPPED_SHARED && map->exclusive)
		return isolate_queue_split(walk, folio, map);
	if (verdict == PRC_ISOLATED)
		return map->pages < folio_nr_pages(folio) ?
		       isolate_queue_split(walk, folio, map) : isolate_folio(walk, folio, map);
	isolate_count(walk, verdict, map->pages);
	return verdict;
}

/*
 * The accessed bits of @pages pages of @folio from @pfn on were read, and are cleared by
 * now. So that nobody else who reads them is misled, the folio itself says that it was
 * used. What it says of earlier is taken back at its first page, which comes first.
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
		/* What was sampled before must not count as used after. */
		folio_test_clear_young(folio);
	}
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
/* One huge PMD. The page table lock is held. */
static int isolate_huge_pmd(struct prc_walk *walk, struct vm_area_struct *vma,
		     pmd_t *pmd, unsigned long addr, unsigned long next)
{
	struct pte_batch map = {
		.addr = addr,
		.pages = (next - addr) >> PAGE_SHIFT,
		.rest = (ALIGN(addr + 1, PMD_SIZE) - addr) >> PAGE_SHIFT,
		.entries = 1,
		.dirty = pmd_dirty(*pmd),
		.young = pmd_young(*pmd),
	};
	struct folio *folio;
	int verdict;

	lockdep_assert_held(pmd_lockptr(vma->vm_mm, pmd));
	walk->nr_visited += PRC_COST_HUGE;
	if (!pmd_present(*pmd))
		return 0;
	folio = page_folio(pmd_page(*pmd));
	if (walk->age) {
		if (walk_is_special(folio) || !walk_is_wanted(walk, folio))
			return 0;
		prc_pmd_clear_young(vma, addr, pmd);
		age_folio(walk, folio, pmd_pfn(*pmd), addr, map.pages, map.young);
		return 0;
	}
	if (walk_is_special(folio)) {
		isolate_count(walk, PRC_SKIPPED_SPECIAL, map.pages);
		return 0;
	}
	if (!walk_is_wanted(walk, folio))
		return 0;
	/* Then others are asked about each of its pages. */
	if (walk->cold && mm_has_notifiers(walk->mm))
		walk->nr_visited += map.pages;
	verdict = isolate_large(walk, folio, &map);
	if (PRC_NO_IGNORING_REFERENCES && verdict == PRC_ISOLATED)
		prc_pmd_clear_young(vma, addr, pmd);
	return verdict < 0 ? verdict : 0;
}
#endif

/* How the entries from @pte on, before @end, map consecutive pages of @folio. */
static void isolate_batch_ptes(struct folio *folio, pte_t *pte, unsigned long end,
		    struct pte_batch *map)
{
	unsigned long pfn = pte_pfn(ptep_get(pte));
	unsigned long pages;

	map->rest = folio_pfn(folio) + folio_nr_pages(folio) - pfn;
	pages = min(map->rest, (end - map->addr) >> PAGE_SHIFT);
	for (map->pages = 0; map->pages < pages; map->pages++) {
		pte_t entry = ptep_get(pte + map->pages);

		if (!pte_present(entry) || pte_pfn(entry) != pfn + map->pages)
			break;
		map->dirty |= pte_dirty(entry);
		map->young |= pte_young(entry);
	}
	map->entries = map->pages;
}

/*
 * How many entries of the page table that @pte, of @addr, is in map @folio: those that
 * lie where they would if all of it was mapped, which is how it began.
 */
static int isolate_count_mapped_ptes(struct prc_walk *walk, struct folio *folio,
			  pte_t *pte, unsigned long addr)
{
	unsigned long pfn = folio_pfn(folio), index = pte_index(addr);
	unsigned long before = min(index, pte_pfn(ptep_get(pte)) - pfn);
	unsigned long first = pte_pfn(ptep_get(pte)) - before;
	unsigned long i, room = PTRS_PER_PTE - (index - before);
	int entries = 0;

	room = min(room, pfn + folio_nr_pages(folio) - first);
	walk->nr_visited += room;
	for (i = 0; i < room; i++) {
		pte_t entry = ptep_get(pte - before + i);

		entries += pte_present(entry) && pte_pfn(entry) == first + i;
	}
	return entries;
}

/*
 * As isolate_pte(), of a small folio that is the target's to give. Nearly all that is
 * taken is taken here, so all of it is in one piece.
 */
static noinline __flatten int isolate_small(struct prc_walk *walk,
					 struct vm_area_struct *vma,
					 struct folio *folio, pte_t *pte,
					 pte_t entry, unsigned long addr)
{
	const struct pte_batch map = {
		.addr = addr,
		.pages = 1,
		.entries = 1,
		.dirty = pte_dirty(entry),
		.young = pte_young(entry),
	};
	int verdict = isolate_folio(walk, folio, &map);

	if (PRC_NO_IGNORING_REFERENCES && verdict == PRC_ISOLATED)
		prc_pte_clear_young(vma, addr, pte);
	return verdict < 0 ? verdict : 1;
}

/* As isolate_pte(), of a large folio. */
static noinline int isolate_pte_batch(struct prc_walk *walk, struct vm_area_struct *vma,
			     struct folio *folio, pte_t *pte,
			     unsigned long addr, unsigned long end)
{
	struct pte_batch map = { .addr = addr };
	int i, verdict;

	walk->nr_visited += PRC_COST_HUGE;
	isolate_batch_ptes(folio, pte, end, &map);
	if (map.pages < folio_nr_pages(folio)) {
		map.entries = isolate_count_mapped_ptes(walk, folio, pte, addr);
		map.exclusive = folio_test_anon(folio) &&
				PageAnonExclusive(pte_page(ptep_get(pte)));
	}
	verdict = isolate_large(walk, folio, &map);
	if (PRC_NO_IGNORING_REFERENCES && verdict == PRC_ISOLATED)
		for (i = 0; i < map.entries; i++)
			prc_pte_clear_young(vma, addr + i * PAGE_SIZE, pte + i);
	return verdict < 0 ? verdict : map.pages;
}

/*
 * One present entry, the page table lock held. Returns how many entries were
 * dealt with, or PRC_END_WALK if the batch has no room for the folio.
 */
static __always_inline int isolate_pte(struct prc_walk *walk,
				      struct vm_area_struct *vma, pte_t *pte,
				      pte_t entry, unsigned long addr,
				      unsigned long end)
{
	struct folio *folio = prc_vm_normal_folio(vma, addr, entry);
	enum prc_count verdict;
	unsigned long pages;

	if (walk->age) {
		if (!folio || walk_is_special(folio) || !walk_is_wanted(walk, folio))
			return 1;
		pages = min(prc_ptes_of_young_bit(entry, addr),
			    (end - addr) >> PAGE_SHIFT);
		if (pte_young(entry))
			prc_pte_clear_young(vma, addr, pte);
		age_folio(walk, folio, pte_pfn(entry), addr, pages,
			  pte_young(entry));
		return pages;
	}
	if (!folio || walk_is_special(folio)) {
		isolate_count(walk, PRC_SKIPPED_SPECIAL, 1);
		return 1;
	}
	if (!walk_is_wanted(walk, folio))
		return 1;
	if (folio_test_large(folio))
		return isolate_pte_batch(walk, vma, folio, pte, addr, end);
	verdict = isolate_check_exclusive(walk, folio, 1);
	if (verdict == PRC_ISOLATED)
		return isolate_small(walk, vma, folio, pte, entry, addr);
	isolate_count(walk, verdict, 1);
	return 1;
}

/*
 * The entries from @pte on, up to @until; a folio that begins there may reach up to
 * @end. Where to go on is in walk->next. Returns 0, or PRC_END_WALK if the batch has no
 * room for more.
 */
static int isolate_pte_range(struct prc_walk *walk, struct vm_area_struct *vma,
			pte_t *pte, unsigned long until, unsigned long end)
{
	unsigned long addr = walk->next;
	int done = 0;

	for (; addr < until; pte += done, addr += done * PAGE_SIZE) {
		pte_t entry = ptep_get(pte);

		done = 1;
		if (pte_present(entry))
			done = isolate_pte(walk, vma, pte, entry, addr, end);
		if (done < 0)
			break;
	}
	/* One at least, also where the first finds no room: so each walk ends. */
	walk->nr_visited += max((addr - walk->next) >> PAGE_SHIFT, 1UL);
	walk->next = addr;
	return done < 0 ? done : 0;
}

static int walk_pte_table(struct prc_walk *walk, struct vm_area_struct *vma,
		      pmd_t *pmd, unsigned long addr, unsigned long end)
{
	pte_t *first, *pte;
	spinlock_t *ptl;
	int err = 0;

	first = prc_pte_map_lock(vma->vm_mm, pmd, addr, &ptl);
	if (!first)
		return 0;
	prc_pte_lock_taken(ptl);
	while (walk->next < end && !err) {
		pte = first + ((walk->next - addr) >> PAGE_SHIFT);
		err = walk_check_end(walk) ? PRC_END_WALK :
		      isolate_pte_range(walk, vma, pte,
				   min(end, walk->next +
					    VISITS_PER_CHECK * PAGE_SIZE), end);
	}
	pte_unmap_unlock(first, ptl);
	return err;
}

/*
 * With no pte_entry the walker splits no huge PMD and goes no deeper by itself,
 * so nothing needs to be said to it here about what the PMD is.
 */
static int walk_pmd(pmd_t *pmd, unsigned long addr, unsigned long next,
		    struct mm_walk *mm_walk)
{
	struct prc_walk *walk = mm_walk->private;
	struct vm_area_struct *vma = mm_walk->vma;
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	spinlock_t *ptl;
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
		err = isolate_huge_pmd(walk, vma, pmd, addr, next);
		spin_unlock(ptl);
		return err;
	}
#endif
	return walk_pte_table(walk, vma, pmd, addr, next);
}

/* A hole of any size is one look: a sparse area of terabytes has many of them. */
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

/* Areas of which no page may be taken, and under what they are counted. */
static enum prc_count walk_check_vma(struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_LOCKED)
		return PRC_SKIPPED_UNEVICTABLE;
	if (is_vm_hugetlb_page(vma) || vma_is_dax(vma) ||
	    vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP | VM_IO))
		return PRC_SKIPPED_SPECIAL;
	return PRC_ISOLATED;
}

/**
 * prc_vma_is_reclaimable() - may pages of an area be taken at all?
 * @vma: the area
 *
 * Context: mmap lock held.
 * Return: false for mlocked and hugetlb areas, for those of devices, and for DAX.
 */
bool prc_vma_is_reclaimable(struct vm_area_struct *vma)
{
	return walk_check_vma(vma) == PRC_ISOLATED;
}

/*
 * Is the area of a file that the walking thread's credentials neither own nor may
 * write? Which pages of such a file are in memory must not be settled for others,
 * because they could tell by it what somebody reads: madvise() has the same rule. It
 * holds for a file of tmpfs too, whose pages go to swap.
 * Who would have to sleep to find out, on a server perhaps, counts as "may not",
 * because the mmap lock is held.
 */
static bool can_pageout_file(struct vm_area_struct *vma)
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

/* Whether to enter an area: 0 to do so, 1 to pass it over. */
static int walk_vma(unsigned long addr, unsigned long next,
		     struct mm_walk *mm_walk)
{
	struct prc_walk *walk = mm_walk->private;
	enum prc_count verdict;

	walk->next = addr;
	if (walk_check_end(walk))
		return PRC_END_WALK;
	walk->nr_visited++;
	if (!walk->anon && vma_is_anonymous(mm_walk->vma))
		return 1;
	verdict = walk_check_vma(mm_walk->vma);
	if (verdict == PRC_ISOLATED) {
		walk->foreign = walk->only_writable_files && !can_pageout_file(mm_walk->vma);
		return 0;
	}
	if (!walk->age)
		isolate_count(walk, verdict, (next - addr) >> PAGE_SHIFT);
	return 1;
}

static const struct mm_walk_ops walk_ops = {
	.pmd_entry = walk_pmd,
	.pte_hole = walk_hole,
	.test_walk = walk_vma,
	PRC_WALK_UNDER_READ_LOCK
};

/**
 * prc_walk_lock() - begin a walk
 * @walk: the state; counts, nr_visited and held_ns are set to nothing
 *
 * The mm is taken for the length of the walk only, so that the memory of a
 * target that is killed is not kept from being freed.
 *
 * The lock is not waited for: whoever has it may sleep on a dead server, and we
 * would hold up a suspend, an unload and every other request meanwhile.
 *
 * Context: process context, no locks held.
 * Return: 0, with a reference on the mm's users and its lock held for reading; -ESRCH
 *	   if the mm is gone; -EAGAIN if its lock is taken.
 */
int prc_walk_lock(struct prc_walk *walk)
{
	memset(&walk->counts, 0, sizeof(walk->counts));
	walk->nr_visited = 0;
	walk->held_ns = 0;
	if (!mmget_not_zero(walk->mm))
		return -ESRCH;
	if (mmap_read_trylock(walk->mm))
		return 0;
	mmput_async(walk->mm);
	return -EAGAIN;
}

/**
 * prc_walk_range() - walk the page tables from walk->next to walk->end
 * @walk: the state; next moves on
 * @ops: the callbacks, which end the walk with PRC_END_WALK alone
 * @private: for these
 *
 * Any other end means that the kernel's walker does not do what it did in the releases
 * that the module was written for, so the request fails instead of calling it done.
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

/*
 * Split what the walk found only a part of; the next one begins with that part. No
 * lock is held: it takes a while, and the locks of all areas that may map the folio.
 * One that is locked, or has other users, stays as it is.
 */
static void isolate_split_found(struct prc_walk *walk)
{
	struct folio *folio = walk->to_split;

	if (!folio)
		return;
	lockdep_assert_not_held(&walk->mm->mmap_lock);
	if (folio_trylock(folio)) {
		if (!prc_split_folio(folio)) {
			walk->counts.n[PRC_SPLIT]++;
			walk->split_until = 0;
		}
		folio_unlock(folio);
	}
	folio_put(folio);
	walk->to_split = NULL;
}

/* Tell the batch what the walk has isolated, and where. */
static void walk_fill_batch(const struct prc_walk *walk, unsigned long start)
{
	struct prc_batch *batch = walk->isolated;

	batch->nr_pages = walk->counts.n[PRC_ISOLATED];
	batch->mm = walk->mm;
	batch->pid = walk->pid;
	batch->anon = walk->anon;
	batch->start = start;
	batch->end = walk->next;
}

/**
 * prc_walk_batch() - isolate up to one batch, or age up to so many entries
 * @walk: the state; the fields marked "out" are set anew
 *
 * Context: process context, no locks held. Takes and drops the mmap lock.
 * Return: as prc_walk_lock(), and then nothing is isolated; or as prc_walk_range(), and
 *	   then what is isolated must be shrunk.
 */
int prc_walk_batch(struct prc_walk *walk)
{
	unsigned long start = walk->next;
	u64 since;
	int err;

	walk->next_check = VISITS_PER_CHECK;
	err = prc_walk_lock(walk);
	if (err)
		return err;
	since = ktime_get_ns();
	err = prc_walk_range(walk, &walk_ops, walk);
	mmap_read_unlock(walk->mm);
	walk->held_ns = ktime_get_ns() - since;
	mmput_async(walk->mm);
	isolate_split_found(walk);
	if (!walk->age)
		walk_fill_batch(walk, start);
	trace_proc_reclaim_walk(walk, start);
	return err;
}
