/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tracepoints. Fields are an ABI: named with their unit, only added, and at
 * the end. PIDs are those of the initial pid namespace.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM proc_reclaim

#if !defined(PRC_EVENTS_H) || defined(TRACE_HEADER_MULTI_READ)
#define PRC_EVENTS_H

#include <linux/tracepoint.h>

#include "request.h"

struct prc_usage;
struct prc_walk;

TRACE_DEFINE_ENUM(PRC_TYPE_FILE);
TRACE_DEFINE_ENUM(PRC_TYPE_ANON);
TRACE_DEFINE_ENUM(PRC_TYPE_ALL);
TRACE_DEFINE_ENUM(PRC_TYPE_RANGE);

#define prc_show_type(type)						\
	__print_symbolic(type,						\
			 { PRC_TYPE_FILE, "file" },			\
			 { PRC_TYPE_ANON, "anon" },			\
			 { PRC_TYPE_ALL, "all" },			\
			 { PRC_TYPE_RANGE, "range" })

/* A request was accepted. pid is as the writer gave it, 0 for a sweep. */
TRACE_EVENT(proc_reclaim_request,
	TP_PROTO(const struct prc_request *req),
	TP_ARGS(req),
	TP_STRUCT__entry(
		__field(int, pid)
		__field(int, type)
		__field(u64, start)
		__field(u64, end)
		__field(u64, max_pages)
		__field(u32, limit_ms)
		__field(u8, inactive)
		__field(u8, system)
	),
	TP_fast_assign(
		__entry->pid = req->pid;
		__entry->type = req->type;
		__entry->start = req->start;
		__entry->end = req->start + req->len;
		__entry->max_pages = req->max_pages;
		__entry->limit_ms = req->ms;
		__entry->inactive = req->inactive;
		__entry->system = req->system;
	),
	TP_printk("pid=%d type=%s start=0x%llx end=0x%llx max_pages=%llu limit_ms=%u inactive=%u system=%u",
		  __entry->pid, prc_show_type(__entry->type), __entry->start,
		  __entry->end, __entry->max_pages, __entry->limit_ms,
		  __entry->inactive, __entry->system)
);

/* One walk, from start to end; the mmap lock was held for lock_held_ns. */
TRACE_EVENT(proc_reclaim_walk,
	TP_PROTO(const struct prc_walk *walk, unsigned long start),
	TP_ARGS(walk, start),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__field(u64, start)
		__field(u64, end)
		__field(unsigned long, scanned_pages)
		__field(unsigned long, isolated_pages)
		__field(unsigned long, skipped_pages)
		__field(u64, lock_held_ns)
	),
	TP_fast_assign(
		__entry->pid = walk->pid;
		__entry->start = start;
		__entry->end = walk->next;
		__entry->scanned_pages = walk->counts.n[PRC_SCANNED];
		__entry->isolated_pages = walk->counts.n[PRC_ISOLATED];
		__entry->skipped_pages = prc_counts_skipped(&walk->counts);
		__entry->lock_held_ns = walk->held_ns;
	),
	TP_printk("pid=%d start=0x%llx end=0x%llx scanned_pages=%lu isolated_pages=%lu skipped_pages=%lu lock_held_ns=%llu",
		  __entry->pid, __entry->start, __entry->end,
		  __entry->scanned_pages, __entry->isolated_pages,
		  __entry->skipped_pages, __entry->lock_held_ns)
);

/* One batch was shrunk. */
TRACE_EVENT(proc_reclaim_shrink,
	TP_PROTO(pid_t pid, unsigned long isolated, unsigned long reclaimed,
		 u64 ns),
	TP_ARGS(pid, isolated, reclaimed, ns),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__field(unsigned long, isolated_pages)
		__field(unsigned long, reclaimed_pages)
		__field(u64, duration_ns)
	),
	TP_fast_assign(
		__entry->pid = pid;
		__entry->isolated_pages = isolated;
		__entry->reclaimed_pages = reclaimed;
		__entry->duration_ns = ns;
	),
	TP_printk("pid=%d isolated_pages=%lu reclaimed_pages=%lu duration_ns=%llu",
		  __entry->pid, __entry->isolated_pages,
		  __entry->reclaimed_pages, __entry->duration_ns)
);

/* One process was dealt with; a sweep has one of these for each. */
TRACE_EVENT(proc_reclaim_done,
	TP_PROTO(struct task_struct *task, enum prc_type action,
		 const struct prc_usage *before, const struct prc_usage *after,
		 u64 ns),
	TP_ARGS(task, action, before, after, ns),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__array(char, comm, TASK_COMM_LEN)
		__field(int, action)
		__field(unsigned long, rss_before_pages)
		__field(unsigned long, rss_after_pages)
		__field(unsigned long, swap_before_pages)
		__field(unsigned long, swap_after_pages)
		__field(u64, duration_ns)
	),
	TP_fast_assign(
		__entry->pid = task->tgid;
		strscpy(__entry->comm, task->comm, TASK_COMM_LEN);
		__entry->action = action;
		__entry->rss_before_pages = before->rss;
		__entry->rss_after_pages = after->rss;
		__entry->swap_before_pages = before->swap;
		__entry->swap_after_pages = after->swap;
		__entry->duration_ns = ns;
	),
	TP_printk("pid=%d comm=%s action=%s rss_before_pages=%lu rss_after_pages=%lu swap_before_pages=%lu swap_after_pages=%lu duration_ns=%llu",
		  __entry->pid, __entry->comm, prc_show_type(__entry->action),
		  __entry->rss_before_pages, __entry->rss_after_pages,
		  __entry->swap_before_pages, __entry->swap_after_pages,
		  __entry->duration_ns)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE proc_reclaim_events
#include <trace/define_trace.h>
