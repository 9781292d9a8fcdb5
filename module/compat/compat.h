/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between kernel releases. The only file with version checks: the rest of
 * the module is written for the newest kernel, and this file adapts older kernels to
 * it. PROTOTYPES.md names the source of each boundary below. A kernel that was patched to
 * differ from its release fails to build or refuses the module; it never gets a wrong
 * call (see kernel_api.c).
 */
#ifndef PRC_COMPAT_H
#define PRC_COMPAT_H

/* dkms.conf requires these too; the checks here are for a build without dkms. */
#ifndef CONFIG_KPROBES
#error "proc_reclaim finds the kernel's private functions with kprobes: it needs CONFIG_KPROBES"
#endif
#ifndef CONFIG_SWAP
#error "proc_reclaim needs a kernel with CONFIG_SWAP"
#endif
#ifndef CONFIG_SYSFS
#error "proc_reclaim is controlled through sysfs: it needs CONFIG_SYSFS"
#endif

#include <linux/fs.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/mm_inline.h>
#include <linux/page_idle.h>
#include <linux/pagewalk.h>
#include <linux/percpu_counter.h>
#include <linux/swapops.h>
#include <linux/version.h>

#define PRC_BEFORE(a, b) (LINUX_VERSION_CODE < KERNEL_VERSION(a, b, 0))

#if !PRC_BEFORE(6, 19)
#include <linux/leafops.h>
#endif

/*
 * folio_isolate_lru() returns 0 for success to 6.2, true for success later. The name
 * of the type is part of the prototype that is verified at load.
 */
#if PRC_BEFORE(6, 3)
#define PRC_HAVE_ISOLATE_ERRNO
#endif

/* pte_offset_map_lock(): a macro to 6.4, then a wrapper of __pte_offset_map_lock(). */
#if PRC_BEFORE(6, 5)
#define PRC_HAVE_PTE_LOCK_MACRO
#elif PRC_BEFORE(7, 0)
#define PRC_HAVE_PTE_LOCK_UNDERSCORES
#endif

/*
 * folio_mapcount() of a large folio: out of line to 6.9, by three names, and it reads
 * the pages of the folio (512 pages are 512 cache lines: as much work as some 64
 * entries).
 */
#if PRC_BEFORE(6, 2)
#define PRC_HAVE_FOLIO_MAPCOUNT_EXTERN
#elif PRC_BEFORE(6, 3)
#define PRC_HAVE_TOTAL_COMPOUND_MAPCOUNT
#elif PRC_BEFORE(6, 10)
#define PRC_HAVE_FOLIO_TOTAL_MAPCOUNT
#endif
#if PRC_BEFORE(6, 10)
#define PRC_COST_HUGE 64
#else
#define PRC_COST_HUGE 1
#endif

/* Splitting a folio: by its page to 6.8, then to an order, then by itself. */
#if PRC_BEFORE(6, 9)
#define PRC_HAVE_SPLIT_PAGE
#elif PRC_BEFORE(6, 12)
#define PRC_HAVE_SPLIT_PAGE_TO_ORDER
#endif

/*
 * reclaim_pages() respects references to 6.8: it frees a page only if the page's accessed
 * bits were cleared first. In 6.9 a parameter says whether to ignore them, and later
 * releases ignore them. (The tests define the flag on the command line to build a module
 * that other kernels refuse.)
 */
#if PRC_BEFORE(6, 9)
#define PRC_NO_IGNORING_REFERENCES true
#else
#define PRC_NO_IGNORING_REFERENCES false
#if PRC_BEFORE(6, 10)
#define PRC_HAVE_IGNORE_REFERENCES
#endif
#endif

/* swap_cache_get_folio() updates the readahead counts of a VMA to 6.17. */
#if PRC_BEFORE(6, 18)
#define PRC_HAVE_SWAP_CACHE_VMA
#endif

/* The return type of the mmu notifiers for accessed bits. */
#if PRC_BEFORE(7, 1)
#define PRC_HAVE_NOTIFIER_INT
#endif

/* sched_process_exit says whether the thread is the last of its process. */
#if PRC_BEFORE(6, 16)
#define PRC_PROBE_EXIT(name)						\
	void name(void *data, struct task_struct *task)
#else
#define PRC_HAVE_EXIT_GROUP_DEAD
#define PRC_PROBE_EXIT(name)						\
	void name(void *data, struct task_struct *task, bool last)
#endif

/* mm_vmscan_direct_reclaim_begin names the cgroup. */
#if PRC_BEFORE(7, 1)
#define PRC_PROBE_RECLAIM_BEGIN(name)					\
	void name(void *data, int order, gfp_t gfp)
#else
#define PRC_HAVE_RECLAIM_BEGIN_MEMCG
#define PRC_PROBE_RECLAIM_BEGIN(name)					\
	void name(void *data, gfp_t gfp, int order, struct mem_cgroup *memcg)
#endif

/*
 * Probes run with preemption disabled before 7.0. Then they must not take a lock that may
 * sleep, and on PREEMPT_RT a spinlock may.
 */
#if PRC_BEFORE(7, 0) && defined(CONFIG_PREEMPT_RT)
#define PRC_PROBES_MAY_LOCK false
#else
#define PRC_PROBES_MAY_LOCK true
#endif

/*
 * With preemption disabled a probe needs no RCU read lock, which every write of an
 * oom_score_adj would pay for.
 */
#if PRC_BEFORE(7, 0)
#define prc_probe_rcu_lock() do { } while (0)
#define prc_probe_rcu_unlock() do { } while (0)
#else
#define prc_probe_rcu_lock() rcu_read_lock()
#define prc_probe_rcu_unlock() rcu_read_unlock()
#endif

#if PRC_BEFORE(6, 2)
#define prc_timer_delete_sync del_timer_sync
#else
#define prc_timer_delete_sync timer_delete_sync
#endif

/* The largest order of a free block; its name has changed twice. */
#define PRC_MAX_ORDER (ARRAY_SIZE(((struct zone *)NULL)->free_area) - 1)

/* A shrinker: a struct of the caller to 6.6, allocated by the kernel later. */
#if PRC_BEFORE(6, 7)
#define PRC_NO_SHRINKER_ALLOC
#endif

/* struct mm_walk_ops names the lock that the walk needs since 6.5. */
#if PRC_BEFORE(6, 5)
#define PRC_WALK_UNDER_READ_LOCK
#else
#define PRC_WALK_UNDER_READ_LOCK .walk_lock = PGWALK_RDLOCK,
#endif

/**
 * prc_mm_counter() - read how many pages of one kind an mm has
 * @mm: mm, pinned at least by mmgrab()
 * @member: MM_FILEPAGES, MM_ANONPAGES, MM_SHMEMPAGES or MM_SWAPENTS
 *
 * Sum up the per-CPU counters of 6.2 and later, because the quick read is off by up to a
 * batch for each CPU, which is more than a small target has.
 *
 * Return: pages.
 */
static inline unsigned long prc_mm_counter(struct mm_struct *mm, int member)
{
#if PRC_BEFORE(6, 2)
	return get_mm_counter(mm, member);
#else
	return percpu_counter_sum_positive(&mm->rss_stat[member]);
#endif
}

/*
 * Clear an accessed bit without a TLB flush. ptep_test_and_clear_young() is out
 * of line and unexported on x86; elsewhere it is inline, and it is what folds
 * the bits of contiguous entries on arm64.
 */
static inline void prc_pte_clear_young(struct vm_area_struct *vma,
				       unsigned long addr, pte_t *pte)
{
#ifdef CONFIG_X86
	clear_bit(_PAGE_BIT_ACCESSED, (unsigned long *)&pte->pte);
#else
	ptep_test_and_clear_young(vma, addr, pte);
#endif
}

/*
 * Return how many PTEs, from this one of @addr on, share one accessed bit: the rest of a
 * contiguous block, whose bits arm64 reads and clears as a whole.
 */
static inline unsigned long prc_ptes_of_young_bit(pte_t entry, unsigned long addr)
{
#ifdef CONFIG_ARM64_CONTPTE
	if (pte_cont(entry))
		return CONT_PTES - pte_index(addr) % CONT_PTES;
#endif
	return 1;
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
static inline void prc_pmd_clear_young(struct vm_area_struct *vma,
				       unsigned long addr, pmd_t *pmd)
{
#ifdef CONFIG_X86
	clear_bit(_PAGE_BIT_ACCESSED, (unsigned long *)pmd);
#else
	pmdp_test_and_clear_young(vma, addr, pmd);
#endif
}
#endif

/*
 * Mark a folio as used, after its accessed bit was cleared: young for the kernel's
 * reclaim, not idle for its idle page tracking and DAMON. Without these flags in the
 * kernel, mark it accessed on the LRU lists.
 */
static inline void prc_folio_mark_young(struct folio *folio)
{
#ifdef CONFIG_PAGE_IDLE_FLAG
	folio_clear_idle(folio);
	folio_set_young(folio);
#else
	folio_mark_accessed(folio);
#endif
}

/*
 * Return true if other code, as DAMON, has cleared an accessed bit of the folio since it
 * was aged. Such code sets the young flag too, but marks the folio as idle. The flags do
 * not say whether the access was before the aging, so the folio counts as used until it is
 * aged again.
 */
static inline bool prc_folio_idle_and_young(struct folio *folio)
{
#ifdef CONFIG_PAGE_IDLE_FLAG
	return folio_test_idle(folio) && folio_test_young(folio);
#else
	return false;
#endif
}

/* Return true for the PTE of a page that is in swap. */
static inline bool prc_pte_is_swap(pte_t entry)
{
#if PRC_BEFORE(6, 19)
	return is_swap_pte(entry) && !non_swap_entry(pte_to_swp_entry(entry));
#else
	return softleaf_is_swap(softleaf_from_pte(entry));
#endif
}

/* Return the swap entry of such a PTE. */
static inline swp_entry_t prc_pte_swap_entry(pte_t entry)
{
#if PRC_BEFORE(6, 19)
	return pte_to_swp_entry(entry);
#else
	return softleaf_from_pte(entry);
#endif
}

/*
 * Fault @nr pages in, for reading, and mark them accessed. Return how many, with a
 * reference on each; 0 if a swap disk is reading the first; or an errno. The mmap lock is
 * not dropped.
 */
static inline long prc_get_pages(struct mm_struct *mm, unsigned long addr,
				 unsigned long nr, struct page **pages)
{
#if PRC_BEFORE(6, 5)
	return get_user_pages_remote(mm, addr, nr, FOLL_NOWAIT, pages, NULL,
				     NULL);
#else
	return get_user_pages_remote(mm, addr, nr, FOLL_NOWAIT, pages, NULL);
#endif
}

/* Return true if the current credentials own @file, or may act as its owner. */
static inline bool prc_owns_file(struct file *file)
{
#if PRC_BEFORE(6, 3)
	return inode_owner_or_capable(file_mnt_user_ns(file), file_inode(file));
#else
	return inode_owner_or_capable(file_mnt_idmap(file), file_inode(file));
#endif
}

/*
 * folio_lruvec() without root_mem_cgroup, which is not exported to 6.12. Return NULL for
 * a folio without a cgroup.
 * Context: RCU read side, so that the cgroup stays.
 */
static inline struct lruvec *prc_folio_lruvec(struct folio *folio)
{
#ifdef CONFIG_MEMCG
	struct mem_cgroup *memcg;

	if (!mem_cgroup_disabled()) {
		memcg = folio_memcg(folio);
		if (!memcg)
			return NULL;
		return &memcg->nodeinfo[folio_nid(folio)]->lruvec;
	}
#endif
	return &folio_pgdat(folio)->__lruvec;
}

#endif
