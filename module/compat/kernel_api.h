/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The private kernel functions, as prc_*() wrappers. Each is a static call, which is
 * patched into a direct call once the function was found and its prototype was verified.
 *
 * Never call one through a pointer. A kernel built for IBT seals the landing
 * pad of a function whose address it does not take, and an indirect call there
 * crashes on real hardware.
 */
#ifndef PRC_KERNEL_API_H
#define PRC_KERNEL_API_H

#include <linux/btf.h>
#include <linux/list.h>
#include <linux/mmu_notifier.h>
#include <linux/static_call.h>
#include <linux/swap.h>

#include <asm/tlbflush.h>

#include "compat.h"

struct seq_file;

#define PRC_FN(ret, name, args...)					\
	ret prc_unbound_##name(args);					\
	DECLARE_STATIC_CALL(prc_call_##name, prc_unbound_##name);
#include "private_functions.h"

/* The first argument of a probe is NULL here; the table has the others. */
#define PRC_TP(name, args...) PRC_TP_##name,
enum prc_tracepoint_id {
#include "private_functions.h"
	PRC_NR_TPS,
};

int prc_attach(enum prc_tracepoint_id id, void *probe);
void prc_detach(enum prc_tracepoint_id id, void *probe);

#define PRC_TP(name, args...)						\
	static inline int prc_attach_##name(void (*probe)(void *, args))	\
	{								\
		return prc_attach(PRC_TP_##name, probe);		\
	}								\
	static inline void prc_detach_##name(void (*probe)(void *, args))	\
	{								\
		prc_detach(PRC_TP_##name, probe);			\
	}
#include "private_functions.h"

int prc_kernel_api_bind(bool allow_unverified);
void prc_kernel_api_show(struct seq_file *seq);

static inline bool prc_ptrace_may_access(struct task_struct *task,
					 unsigned int mode)
{
	return static_call(prc_call_ptrace_may_access)(task, mode);
}

static inline int prc_walk_page_range(struct mm_struct *mm,
				      unsigned long start, unsigned long end,
				      const struct mm_walk_ops *ops,
				      void *private)
{
	mmap_assert_locked(mm);
	return static_call(prc_call_walk_page_range)(mm, start, end, ops,
						     private);
}

/*
 * Return the folio that a present PTE maps; NULL for a page that the kernel cannot
 * reclaim. As in the kernel's own fast walk (mm/gup.c), a PTE that is not marked special
 * and points below the end of RAM needs no call. The kernel's function checks the others,
 * and most corrupted ones.
 */
static inline struct folio *prc_vm_normal_folio(struct vm_area_struct *vma,
						unsigned long addr, pte_t pte)
{
	struct page *page;

	if (IS_ENABLED(CONFIG_ARCH_HAS_PTE_SPECIAL) && !pte_special(pte) &&
	    __va(PFN_PHYS(pte_pfn(pte))) < high_memory)
		return page_folio(pte_page(pte));
	page = static_call(prc_call_vm_normal_page)(vma, addr, pte);
	return page ? page_folio(page) : NULL;
}

/**
 * prc_pte_map_lock() - map and lock the page table below a PMD
 * @mm: mm of the page table
 * @pmd: PMD
 * @addr: address whose PTE to return
 * @ptl: set to the lock that was taken
 *
 * Context: mmap lock held for reading.
 * Return: the PTE of @addr, until pte_unmap_unlock(); NULL when the PMD is no page table.
 */
static inline pte_t *prc_pte_map_lock(struct mm_struct *mm, pmd_t *pmd,
				      unsigned long addr, spinlock_t **ptl)
{
#if defined(PRC_HAVE_PTE_LOCK_MACRO)
	/*
	 * The macro does not check that the PMD is a table. With the mmap lock held, a
	 * huge PMD can become a table, but a table stays one: so one check is enough.
	 */
	pmd_t val = READ_ONCE(*pmd);
	pte_t *pte;

	mmap_assert_locked(mm);
	if (!pmd_present(val) || pmd_trans_huge(val) || pmd_bad(val))
		return NULL;
	pte = pte_offset_map_lock(mm, pmd, addr, ptl);
	__release(*ptl); /* prc_pte_lock_taken() */
	return pte;
#elif defined(PRC_HAVE_PTE_LOCK_UNDERSCORES)
	return static_call(prc_call___pte_offset_map_lock)(mm, pmd, addr, ptl);
#else
	return static_call(prc_call_pte_offset_map_lock)(mm, pmd, addr, ptl);
#endif
}

/*
 * Tell sparse about the lock that prc_pte_map_lock() has taken, because it does not see
 * into a static call. Later kernels take the RCU read lock too.
 */
#ifdef PRC_HAVE_PTE_LOCK_MACRO
#define prc_pte_lock_taken(ptl) __acquire(ptl)
#else
#define prc_pte_lock_taken(ptl) do { __acquire(ptl); __acquire(RCU); } while (0)
#endif

/**
 * prc_pmd_lock_huge() - lock a PMD that is no page table
 * @pmd: PMD
 * @vma: VMA of the PMD
 *
 * Return: the lock, held, when the PMD is huge or not present; else NULL.
 */
static inline spinlock_t *prc_pmd_lock_huge(pmd_t *pmd,
					    struct vm_area_struct *vma)
{
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	pmd_t val = READ_ONCE(*pmd);

	if (pmd_trans_huge(val) || (!pmd_none(val) && !pmd_present(val)))
		return static_call(prc_call___pmd_trans_huge_lock)(pmd, vma);
#endif
	return NULL;
}

/* Return how many PTEs map @folio, in all processes. */
static inline int prc_folio_mapcount(struct folio *folio)
{
	if (!folio_test_large(folio))
		return atomic_read(&folio->_mapcount) + 1;
#if defined(PRC_HAVE_FOLIO_MAPCOUNT_EXTERN)
	return static_call(prc_call_folio_mapcount)(folio);
#elif defined(PRC_HAVE_TOTAL_COMPOUND_MAPCOUNT)
	return static_call(prc_call_total_compound_mapcount)(&folio->page);
#elif defined(PRC_HAVE_FOLIO_TOTAL_MAPCOUNT)
	return static_call(prc_call_folio_total_mapcount)(folio);
#else
	return folio_mapcount(folio);
#endif
}

/*
 * Return true if a KVM guest or a device has accessed one of @pages pages: they have page
 * tables of their own, and set no accessed bit in the process's. The page table lock may be
 * held.
 */
static inline bool prc_mmu_notifier_test_young(struct mm_struct *mm,
					       unsigned long addr,
					unsigned long pages)
{
#ifdef CONFIG_MMU_NOTIFIER
	unsigned long end = addr + pages * PAGE_SIZE;

	if (mm_has_notifiers(mm))
		for (; addr < end; addr += PAGE_SIZE)
			if (static_call(prc_call___mmu_notifier_test_young)(mm, addr))
				return true;
#endif
	return false;
}

/* Clear the accessed bits of KVM guests and devices; return true if one was set. */
static inline bool prc_mmu_notifier_clear_young(struct mm_struct *mm,
						unsigned long addr,
					  unsigned long pages)
{
#ifdef CONFIG_MMU_NOTIFIER
	if (mm_has_notifiers(mm))
		return static_call(prc_call___mmu_notifier_clear_young)(mm, addr,
				addr + pages * PAGE_SIZE);
#endif
	return false;
}

/*
 * Flush the TLB after accessed bits were cleared, because a PTE that is still in a TLB does
 * not set its bit again.
 *
 * The flush_tlb_mm() of arm64 is inline, but does not link: it also calls the mmu notifiers,
 * which were queried already (prc_mmu_notifier_clear_young()). So use its instructions; the
 * upper 16 bits of their operand name the address space. Only the accessed bits depend on
 * this flush.
 */
static inline void prc_flush_tlb_range(struct mm_struct *mm, unsigned long start,
				       unsigned long end)
{
#if defined(CONFIG_X86)
	static_call(prc_call_flush_tlb_mm_range)(mm, start, end, PAGE_SHIFT,
						 false);
#elif defined(CONFIG_ARM64)
	unsigned long asid = (u64)ASID(mm) << 48;

	dsb(ishst);
	__tlbi(aside1is, asid);
	if (arm64_kernel_unmapped_at_el0())
		__tlbi(aside1is, asid | USER_ASID_FLAG);
	dsb(ish);
#endif
}

/* Take @folio off its LRU list; return true if it was on one. */
static inline bool prc_folio_isolate(struct folio *folio)
{
#ifdef PRC_HAVE_ISOLATE_ERRNO
	return !static_call(prc_call_folio_isolate_lru)(folio);
#else
	return static_call(prc_call_folio_isolate_lru)(folio);
#endif
}

static inline void prc_folio_putback(struct folio *folio)
{
	static_call(prc_call_folio_putback_lru)(folio);
}

/*
 * Split a large folio into small ones. Return 0, or an errno if it has other users than
 * its page tables. The caller holds a reference and the folio lock, and keeps both on the
 * first of the small folios. May sleep.
 */
static inline int prc_split_folio(struct folio *folio)
{
#ifndef CONFIG_TRANSPARENT_HUGEPAGE
	return -EBUSY;
#elif defined(PRC_HAVE_SPLIT_PAGE)
	return static_call(prc_call_split_huge_page_to_list)(&folio->page, NULL);
#elif defined(PRC_HAVE_SPLIT_PAGE_TO_ORDER)
	return static_call(prc_call_split_huge_page_to_list_to_order)(&folio->page,
								       NULL, 0);
#else
	return static_call(prc_call_split_folio_to_list)(folio, NULL);
#endif
}

/* Free what can be freed of @folios and put back the rest; the list is empty afterwards. */
static inline unsigned long prc_reclaim_pages(struct list_head *folios)
{
#ifdef PRC_HAVE_IGNORE_REFERENCES
	return static_call(prc_call_reclaim_pages)(folios, true);
#else
	return static_call(prc_call_reclaim_pages)(folios);
#endif
}

/*
 * Return true for the PTE of a page whose write to swap failed. Such a page is still in the
 * swap cache, dirty, and not under writeback. The page table lock is held: as long as the
 * PTE is in the table, swapoff() cannot end.
 */
static inline bool prc_swap_write_failed(pte_t entry)
{
	struct folio *folio;
	bool failed;

	if (!prc_pte_is_swap(entry))
		return false;
#ifdef PRC_HAVE_SWAP_CACHE_VMA
	folio = static_call(prc_call_swap_cache_get_folio)(prc_pte_swap_entry(entry),
							   NULL, 0);
#else
	folio = static_call(prc_call_swap_cache_get_folio)(prc_pte_swap_entry(entry));
#endif
	if (!folio)
		return false;
	/* The holder of the folio lock may be about to write it. */
	failed = folio_test_dirty(folio) && !folio_test_writeback(folio) &&
		 !folio_test_locked(folio);
	folio_put(folio);
	return failed;
}

/* Move the folios of per-CPU batches to the LRU lists, where they can be isolated. */
static inline void prc_lru_add_drain_all(void)
{
	static_call(prc_call_lru_add_drain_all)();
}

/* Read the size and the free pages of all swap devices together. */
static inline void prc_swap_pages(unsigned long *total, unsigned long *free)
{
	struct sysinfo info = {};

	static_call(prc_call_si_swapinfo)(&info);
	*total = info.totalswap;
	*free = info.freeswap;
}

static inline unsigned long prc_swap_free(void)
{
	unsigned long total, free;

	prc_swap_pages(&total, &free);
	return free;
}

/* Return true if there is a swap device. */
static inline bool prc_have_swap(void)
{
	unsigned long total, free;

	prc_swap_pages(&total, &free);
	return total > 0;
}

/* Return how many pages the cgroup of @mm may still swap out. */
static inline long prc_memcg_swap_pages(struct mm_struct *mm)
{
#ifdef CONFIG_MEMCG
	struct mem_cgroup *memcg = get_mem_cgroup_from_mm(mm);
	long pages = static_call(prc_call_mem_cgroup_get_nr_swap_pages)(memcg);

	mem_cgroup_put(memcg);
	return pages;
#else
	return get_nr_swap_pages();
#endif
}

/*
 * Return how many pages may still be charged to the cgroup of @mm before it, or a parent,
 * reaches a limit: a charge that fails kills a process, and a charge above "high" makes the
 * caller wait.
 */
static inline unsigned long prc_memcg_room(struct mm_struct *mm)
{
	unsigned long room = ULONG_MAX;
#ifdef CONFIG_MEMCG
	struct mem_cgroup *memcg, *of_mm = get_mem_cgroup_from_mm(mm);
	unsigned long used, limit;

	for (memcg = of_mm; memcg; memcg = parent_mem_cgroup(memcg)) {
		used = page_counter_read(&memcg->memory);
		limit = min(READ_ONCE(memcg->memory.max),
			    READ_ONCE(memcg->memory.high));
		room = min(room, limit - min(limit, used));
		if (cgroup_subsys_on_dfl(memory_cgrp_subsys))
			continue;
		/* A page that is read from swap is charged twice there, at first. */
		used = page_counter_read(&memcg->memsw);
		limit = READ_ONCE(memcg->memsw.max);
		room = min(room, limit - min(limit, used));
	}
	mem_cgroup_put(of_mm);
#endif
	return room;
}

/*
 * Return how many pages may be reclaimed from the cgroup of @mm before its usage, or that
 * of a parent, falls to what memory.min protects, or with @with_low memory.low too. A
 * protection that a parent does not grant counts in full, because the administrator set
 * it.
 */
static inline unsigned long prc_memcg_unprotected(struct mm_struct *mm,
						  bool with_low)
{
	unsigned long unprotected = ULONG_MAX;
#ifdef CONFIG_MEMCG
	struct mem_cgroup *memcg, *of_mm = get_mem_cgroup_from_mm(mm);
	unsigned long used, protection;

	for (memcg = of_mm; memcg; memcg = parent_mem_cgroup(memcg)) {
		protection = READ_ONCE(memcg->memory.min);
		if (with_low)
			protection = max(protection,
					 READ_ONCE(memcg->memory.low));
		used = page_counter_read(&memcg->memory);
		if (protection)
			unprotected = min(unprotected,
					  used - min(used, protection));
	}
	mem_cgroup_put(of_mm);
#endif
	return unprotected;
}

/* Wake the compaction daemon of a node to make a free block of @order. */
static inline void prc_wakeup_kcompactd(pg_data_t *pgdat, int order)
{
#ifdef CONFIG_COMPACTION
	int highest = pgdat->nr_zones - 1;

	static_call(prc_call_wakeup_kcompactd)(pgdat, order, highest);
#endif
}

/* Return the CPU time that the current thread has used, in ns. */
static inline u64 prc_cpu_ns(void)
{
	return static_call(prc_call_task_sched_runtime)(current);
}

#endif
