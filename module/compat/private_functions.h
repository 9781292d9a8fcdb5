/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The private kernel functions that the module calls, and the tracepoints that it
 * attaches probes to, each with the prototype that the kernel's BTF must show.
 * Included several times, with another PRC_FN() or PRC_TP() each time; so no
 * include guard. The first three functions read the BTF.
 */
#ifndef PRC_FN
#define PRC_FN(ret, name, args...)
#endif
#ifndef PRC_TP
#define PRC_TP(name, args...)
#endif

PRC_FN(struct btf *, bpf_get_btf_vmlinux, void)
PRC_FN(s32, btf_find_by_name_kind, const struct btf *, const char *, u8)
PRC_FN(const char *, btf_name_by_offset, const struct btf *, u32)

/* Finding what a target has mapped. */
PRC_FN(bool, ptrace_may_access, struct task_struct *, unsigned int)
PRC_FN(int, walk_page_range, struct mm_struct *, unsigned long, unsigned long, const struct mm_walk_ops *, void *)
PRC_FN(struct page *, vm_normal_page, struct vm_area_struct *, unsigned long, pte_t)
#ifdef PRC_HAVE_PTE_LOCK_UNDERSCORES
PRC_FN(pte_t *, __pte_offset_map_lock, struct mm_struct *, pmd_t *, unsigned long, spinlock_t **)
#elif !defined(PRC_HAVE_PTE_LOCK_MACRO)
PRC_FN(pte_t *, pte_offset_map_lock, struct mm_struct *, pmd_t *, unsigned long, spinlock_t **)
#endif
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
PRC_FN(spinlock_t *, __pmd_trans_huge_lock, pmd_t *, struct vm_area_struct *)
#endif
#if defined(PRC_HAVE_FOLIO_MAPCOUNT_EXTERN)
PRC_FN(int, folio_mapcount, struct folio *)
#elif defined(PRC_HAVE_TOTAL_COMPOUND_MAPCOUNT)
PRC_FN(int, total_compound_mapcount, struct page *)
#elif defined(PRC_HAVE_FOLIO_TOTAL_MAPCOUNT)
PRC_FN(int, folio_total_mapcount, struct folio *)
#endif

/* Reading and clearing accessed bits. */
#ifdef CONFIG_MMU_NOTIFIER
#ifdef PRC_HAVE_NOTIFIER_INT
PRC_FN(int, __mmu_notifier_clear_young, struct mm_struct *, unsigned long, unsigned long)
PRC_FN(int, __mmu_notifier_test_young, struct mm_struct *, unsigned long)
#else
PRC_FN(bool, __mmu_notifier_clear_young, struct mm_struct *, unsigned long, unsigned long)
PRC_FN(bool, __mmu_notifier_test_young, struct mm_struct *, unsigned long)
#endif
#endif
#ifdef CONFIG_X86
PRC_FN(void, flush_tlb_mm_range, struct mm_struct *, unsigned long, unsigned long, unsigned int, bool)
#endif

/* Splitting large folios. */
#ifdef CONFIG_TRANSPARENT_HUGEPAGE
#if defined(PRC_HAVE_SPLIT_PAGE)
PRC_FN(int, split_huge_page_to_list, struct page *, struct list_head *)
#elif defined(PRC_HAVE_SPLIT_PAGE_TO_ORDER)
PRC_FN(int, split_huge_page_to_list_to_order, struct page *, struct list_head *, unsigned int)
#else
PRC_FN(int, split_folio_to_list, struct folio *, struct list_head *)
#endif
#endif

/* Taking pages off the LRU lists and freeing them. */
#ifdef PRC_HAVE_ISOLATE_ERRNO
PRC_FN(int, folio_isolate_lru, struct folio *)
#else
PRC_FN(bool, folio_isolate_lru, struct folio *)
#endif
PRC_FN(void, folio_putback_lru, struct folio *)
#ifdef PRC_HAVE_IGNORE_REFERENCES
PRC_FN(unsigned long, reclaim_pages, struct list_head *, bool)
#else
PRC_FN(unsigned long, reclaim_pages, struct list_head *)
#endif
PRC_FN(void, lru_add_drain_all, void)
#ifdef PRC_HAVE_SWAP_CACHE_VMA
PRC_FN(struct folio *, swap_cache_get_folio, swp_entry_t, struct vm_area_struct *, unsigned long)
#else
PRC_FN(struct folio *, swap_cache_get_folio, swp_entry_t)
#endif

/* Reading how much swap is left, and how much CPU time was used. */
PRC_FN(void, si_swapinfo, struct sysinfo *)
#ifdef CONFIG_MEMCG
PRC_FN(long, mem_cgroup_get_nr_swap_pages, struct mem_cgroup *)
#endif
PRC_FN(unsigned long long, task_sched_runtime, struct task_struct *)
#ifdef CONFIG_COMPACTION
PRC_FN(void, wakeup_kcompactd, pg_data_t *, int, int)
#endif

/* What happens to processes, and to memory. */
PRC_TP(oom_score_adj_update, struct task_struct *)
PRC_TP(sched_process_fork, struct task_struct *, struct task_struct *)
#ifdef PRC_HAVE_EXIT_GROUP_DEAD
PRC_TP(sched_process_exit, struct task_struct *, bool)
#else
PRC_TP(sched_process_exit, struct task_struct *)
#endif
PRC_TP(mm_vmscan_kswapd_wake, int, int, int)
#ifdef PRC_HAVE_RECLAIM_BEGIN_MEMCG
PRC_TP(mm_vmscan_direct_reclaim_begin, gfp_t, int, struct mem_cgroup *)
#else
PRC_TP(mm_vmscan_direct_reclaim_begin, int, gfp_t)
#endif

#undef PRC_FN
#undef PRC_TP
