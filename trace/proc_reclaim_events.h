/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tracepoints. Fields are an ABI: named with their unit, only added, and at
 * the end. PIDs are those of the initial pid namespace.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM proc_reclaim

#if !defined(PRC_EVENTS_H) || defined(TRACE_HEADER_MULTI_READ)
#define PRC_EVENTS_H

#include <linux/sched/signal.h>
#include <linux/tracepoint.h>

#include "policy.h"
#include "request.h"

struct prc_result;
struct prc_usage;
struct prc_walk;

TRACE_DEFINE_ENUM(PRC_TYPE_FILE);
TRACE_DEFINE_ENUM(PRC_TYPE_ANON);
TRACE_DEFINE_ENUM(PRC_TYPE_ALL);
TRACE_DEFINE_ENUM(PRC_TYPE_RANGE);
TRACE_DEFINE_ENUM(PRC_TYPE_AGE);
TRACE_DEFINE_ENUM(PRC_TYPE_RESTORE);

#define prc_show_type(type)						\
	__print_symbolic(type,						\
			 { PRC_TYPE_FILE, "file" },			\
			 { PRC_TYPE_ANON, "anon" },			\
			 { PRC_TYPE_ALL, "all" },			\
			 { PRC_TYPE_RANGE, "range" },			\
			 { PRC_TYPE_AGE, "age" },			\
			 { PRC_TYPE_RESTORE, "restore" })

TRACE_DEFINE_ENUM(PRC_ACTION_SOME);
TRACE_DEFINE_ENUM(PRC_ACTION_FULL);
TRACE_DEFINE_ENUM(PRC_ACTION_PERSISTENT);
TRACE_DEFINE_ENUM(PRC_ACTION_BFGS);
TRACE_DEFINE_ENUM(PRC_ACTION_PRESSURE);
TRACE_DEFINE_ENUM(PRC_ACTION_NOTHING);
TRACE_DEFINE_ENUM(PRC_ACTION_REQUEST);

#define prc_show_action(action)						\
	__print_symbolic(action,					\
			 { PRC_ACTION_SOME, "some" },			\
			 { PRC_ACTION_FULL, "full" },			\
			 { PRC_ACTION_PERSISTENT, "persistent" },	\
			 { PRC_ACTION_BFGS, "bfgs" },			\
			 { PRC_ACTION_PRESSURE, "pressure" },		\
			 { PRC_ACTION_NOTHING, "nothing" },		\
			 { PRC_ACTION_REQUEST, "request" })

TRACE_DEFINE_ENUM(PRC_STOP_DONE);
TRACE_DEFINE_ENUM(PRC_STOP_MAX);
TRACE_DEFINE_ENUM(PRC_STOP_MS);
TRACE_DEFINE_ENUM(PRC_STOP_NOSWAP);
TRACE_DEFINE_ENUM(PRC_STOP_MEMCG);
TRACE_DEFINE_ENUM(PRC_STOP_WATERMARK);
TRACE_DEFINE_ENUM(PRC_STOP_KILLED);
TRACE_DEFINE_ENUM(PRC_STOP_EXITING);
TRACE_DEFINE_ENUM(PRC_STOP_FREEZE);
TRACE_DEFINE_ENUM(PRC_STOP_UNLOAD);
TRACE_DEFINE_ENUM(PRC_STOP_FOREGROUND);
TRACE_DEFINE_ENUM(PRC_STOP_DISABLED);
TRACE_DEFINE_ENUM(PRC_STOP_BUSY);
TRACE_DEFINE_ENUM(PRC_STOP_PROTECTED);
TRACE_DEFINE_ENUM(PRC_STOP_UNWRITTEN);
TRACE_DEFINE_ENUM(PRC_STOP_ERROR);

#define prc_show_stop(stop)						\
	__print_symbolic(stop,						\
			 { PRC_STOP_DONE, "done" },			\
			 { PRC_STOP_MAX, "max" },			\
			 { PRC_STOP_MS, "ms" },				\
			 { PRC_STOP_NOSWAP, "noswap" },			\
			 { PRC_STOP_MEMCG, "memcg" },			\
			 { PRC_STOP_WATERMARK, "watermark" },		\
			 { PRC_STOP_KILLED, "killed" },			\
			 { PRC_STOP_EXITING, "exiting" },		\
			 { PRC_STOP_FREEZE, "freeze" },			\
			 { PRC_STOP_UNLOAD, "unload" },			\
			 { PRC_STOP_FOREGROUND, "foreground" },		\
			 { PRC_STOP_DISABLED, "disabled" },		\
			 { PRC_STOP_BUSY, "busy" },			\
			 { PRC_STOP_PROTECTED, "protected" },		\
			 { PRC_STOP_UNWRITTEN, "unwritten" },		\
			 { PRC_STOP_ERROR, "error" })

TRACE_DEFINE_ENUM(PRC_TRIGGER_ADJ);
TRACE_DEFINE_ENUM(PRC_TRIGGER_AWAKE);
TRACE_DEFINE_ENUM(PRC_TRIGGER_PRESSURE);
TRACE_DEFINE_ENUM(PRC_TRIGGER_IDLE);
TRACE_DEFINE_ENUM(PRC_TRIGGER_LOWMEM);

#define prc_show_trigger(trigger)					\
	__print_symbolic(trigger,					\
			 { PRC_TRIGGER_ADJ, "adj" },			\
			 { PRC_TRIGGER_AWAKE, "awake" },		\
			 { PRC_TRIGGER_PRESSURE, "pressure" },		\
			 { PRC_TRIGGER_IDLE, "idle" },			\
			 { PRC_TRIGGER_LOWMEM, "lowmem" })

TRACE_DEFINE_ENUM(PRC_REASON_EXEMPT);
TRACE_DEFINE_ENUM(PRC_REASON_FOREGROUND);
TRACE_DEFINE_ENUM(PRC_REASON_TIME);
TRACE_DEFINE_ENUM(PRC_REASON_NONE);
TRACE_DEFINE_ENUM(PRC_REASON_EXCLUDED);
TRACE_DEFINE_ENUM(PRC_REASON_DEAD);
TRACE_DEFINE_ENUM(PRC_REASON_PROTECTED);
TRACE_DEFINE_ENUM(PRC_REASON_SWAP);
TRACE_DEFINE_ENUM(PRC_REASON_SMALL);
TRACE_DEFINE_ENUM(PRC_REASON_UNCHANGED);
TRACE_DEFINE_ENUM(PRC_REASON_AGING);
TRACE_DEFINE_ENUM(PRC_REASON_REPLACED);
TRACE_DEFINE_ENUM(PRC_REASON_DROPPED);
TRACE_DEFINE_ENUM(PRC_REASON_NOMEM);
TRACE_DEFINE_ENUM(PRC_REASON_INEFFICIENT);

#define prc_show_reason(reason)						\
	__print_symbolic(reason,					\
			 { PRC_REASON_EXEMPT, "exempt" },		\
			 { PRC_REASON_FOREGROUND, "foreground" },	\
			 { PRC_REASON_TIME, "time" },			\
			 { PRC_REASON_NONE, "none" },			\
			 { PRC_REASON_EXCLUDED, "excluded" },		\
			 { PRC_REASON_DEAD, "dead" },			\
			 { PRC_REASON_PROTECTED, "protected" },		\
			 { PRC_REASON_SWAP, "swap" },			\
			 { PRC_REASON_SMALL, "small" },			\
			 { PRC_REASON_UNCHANGED, "unchanged" },		\
			 { PRC_REASON_AGING, "aging" },			\
			 { PRC_REASON_REPLACED, "replaced" },		\
			 { PRC_REASON_DROPPED, "dropped" },		\
			 { PRC_REASON_NOMEM, "nomem" },			\
			 { PRC_REASON_INEFFICIENT, "inefficient" })

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
		__field(u8, cold)
	),
	TP_fast_assign(
		__entry->pid = req->pid;
		__entry->type = prc_request_type(req);
		__entry->start = req->start;
		__entry->end = req->start + req->len;
		__entry->max_pages = req->max_pages;
		__entry->limit_ms = req->ms;
		__entry->inactive = req->inactive;
		__entry->system = req->system;
		__entry->cold = req->cold;
	),
	TP_printk("pid=%d type=%s start=0x%llx end=0x%llx max_pages=%llu limit_ms=%u inactive=%u system=%u cold=%u",
		  __entry->pid, prc_show_type(__entry->type), __entry->start,
		  __entry->end, __entry->max_pages, __entry->limit_ms,
		  __entry->inactive, __entry->system, __entry->cold)
);

/* One walk, from start to end, to isolate or to age; the mmap lock was held for lock_held_ns. */
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

/* Pages were brought back from swap; swapped_pages were found between start and end. */
TRACE_EVENT(proc_reclaim_restore,
	TP_PROTO(const struct prc_walk *walk, unsigned long start),
	TP_ARGS(walk, start),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__field(u64, start)
		__field(u64, end)
		__field(unsigned long, swapped_pages)
		__field(unsigned long, restored_pages)
		__field(u64, lock_held_ns)
	),
	TP_fast_assign(
		__entry->pid = walk->pid;
		__entry->start = start;
		__entry->end = walk->next;
		__entry->swapped_pages = walk->counts.n[PRC_SCANNED];
		__entry->restored_pages = walk->counts.n[PRC_RESTORED];
		__entry->lock_held_ns = walk->held_ns;
	),
	TP_printk("pid=%d start=0x%llx end=0x%llx swapped_pages=%lu restored_pages=%lu lock_held_ns=%llu",
		  __entry->pid, __entry->start, __entry->end,
		  __entry->swapped_pages, __entry->restored_pages,
		  __entry->lock_held_ns)
);

/*
 * The engine is done with one process; a sweep has one of these for each. last_action is
 * what the worker did to the process before, last_ago_ms ago.
 */
TRACE_EVENT(proc_reclaim_done,
	TP_PROTO(struct task_struct *task, int type,
		 const struct prc_usage *before, const struct prc_usage *after,
		 u64 ns, int stop, const struct prc_cause *cause),
	TP_ARGS(task, type, before, after, ns, stop, cause),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__array(char, comm, TASK_COMM_LEN)
		__field(int, type)
		__field(int, action)
		__field(int, stop)
		__field(int, adj)
		__field(unsigned long, rss_before_pages)
		__field(unsigned long, rss_after_pages)
		__field(unsigned long, file_before_pages)
		__field(unsigned long, file_after_pages)
		__field(unsigned long, anon_before_pages)
		__field(unsigned long, anon_after_pages)
		__field(unsigned long, swap_before_pages)
		__field(unsigned long, swap_after_pages)
		__field(unsigned long, swap_free_pages)
		__field(u64, duration_ns)
		__field(int, last_action)
		__field(u64, last_ago_ms)
	),
	TP_fast_assign(
		__entry->pid = task->tgid;
		strscpy(__entry->comm, task->comm, TASK_COMM_LEN);
		__entry->type = type;
		__entry->action = cause->action;
		__entry->stop = stop;
		__entry->adj = READ_ONCE(task->signal->oom_score_adj);
		__entry->rss_before_pages = before->rss;
		__entry->rss_after_pages = after->rss;
		__entry->file_before_pages = before->file;
		__entry->file_after_pages = after->file;
		__entry->anon_before_pages = before->rss - before->file;
		__entry->anon_after_pages = after->rss - after->file;
		__entry->swap_before_pages = before->swap;
		__entry->swap_after_pages = after->swap;
		__entry->swap_free_pages = prc_swap_free();
		__entry->duration_ns = ns;
		__entry->last_action = cause->last_action;
		__entry->last_ago_ms = cause->last_ago_ms;
	),
	TP_printk("pid=%d comm=%s type=%s action=%s stop=%s adj=%d rss_before_pages=%lu rss_after_pages=%lu file_before_pages=%lu file_after_pages=%lu anon_before_pages=%lu anon_after_pages=%lu swap_before_pages=%lu swap_after_pages=%lu swap_free_pages=%lu duration_ns=%llu last_action=%s last_ago_ms=%llu",
		  __entry->pid, __entry->comm, prc_show_type(__entry->type),
		  prc_show_action(__entry->action),
		  prc_show_stop(__entry->stop), __entry->adj,
		  __entry->rss_before_pages, __entry->rss_after_pages,
		  __entry->file_before_pages, __entry->file_after_pages,
		  __entry->anon_before_pages, __entry->anon_after_pages,
		  __entry->swap_before_pages, __entry->swap_after_pages,
		  __entry->swap_free_pages, __entry->duration_ns,
		  prc_show_action(__entry->last_action), __entry->last_ago_ms)
);

/*
 * A request ended, also one that failed: error is a negative errno then, else 0. Each
 * proc_reclaim_request has one of these.
 */
TRACE_EVENT(proc_reclaim_end,
	TP_PROTO(const struct prc_request *req, int type,
		 const struct prc_result *result, int error, int action),
	TP_ARGS(req, type, result, error, action),
	TP_STRUCT__entry(
		__field(int, pid)
		__field(int, type)
		__field(int, action)
		__field(int, error)
		__field(int, stop)
		__field(unsigned int, targets)
		__field(u64, duration_ns)
		__field(u8, system)
	),
	TP_fast_assign(
		__entry->pid = req->pid;
		__entry->type = type;
		__entry->action = action;
		__entry->error = error;
		__entry->stop = result->stop;
		__entry->targets = result->targets;
		__entry->duration_ns = result->ns;
		__entry->system = req->system;
	),
	TP_printk("pid=%d type=%s action=%s error=%d stop=%s targets=%u duration_ns=%llu system=%u",
		  __entry->pid, prc_show_type(__entry->type),
		  prc_show_action(__entry->action), __entry->error,
		  prc_show_stop(__entry->stop), __entry->targets,
		  __entry->duration_ns, __entry->system)
);

/*
 * A trigger queues an action, or pressure or lowmem selects a process; adj before and now.
 */
TRACE_EVENT(proc_reclaim_trigger,
	TP_PROTO(pid_t pid, int before, int after,
		 const struct prc_work *work),
	TP_ARGS(pid, before, after, work),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__field(int, adj_before)
		__field(int, adj_after)
		__field(int, action)
		__field(int, trigger)
	),
	TP_fast_assign(
		__entry->pid = pid;
		__entry->adj_before = before;
		__entry->adj_after = after;
		__entry->action = work->action;
		__entry->trigger = work->trigger;
	),
	TP_printk("pid=%d adj_before=%d adj_after=%d action=%s trigger=%s",
		  __entry->pid, __entry->adj_before, __entry->adj_after,
		  prc_show_action(__entry->action),
		  prc_show_trigger(__entry->trigger))
);

/*
 * The policy refused a queued action; left_ms is 0 but for reason=time and reason=aging.
 * value and limit are what it compared, see struct prc_decision.
 */
TRACE_EVENT(proc_reclaim_throttle,
	TP_PROTO(pid_t pid, enum prc_action action,
		 const struct prc_decision *decision),
	TP_ARGS(pid, action, decision),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__field(int, action)
		__field(int, reason)
		__field(u64, left_ms)
		__field(u64, value)
		__field(u64, limit)
	),
	TP_fast_assign(
		__entry->pid = pid;
		__entry->action = action;
		__entry->reason = decision->reason;
		__entry->left_ms = decision->ms_left;
		__entry->value = decision->value;
		__entry->limit = decision->limit;
	),
	TP_printk("pid=%d action=%s reason=%s left_ms=%llu value=%llu limit=%llu",
		  __entry->pid, prc_show_action(__entry->action),
		  prc_show_reason(__entry->reason), __entry->left_ms,
		  __entry->value, __entry->limit)
);

/* The worker skips an action, because the last runs of the process freed too little. */
TRACE_EVENT(proc_reclaim_defer,
	TP_PROTO(pid_t pid, enum prc_action action,
		 const struct prc_deferral *deferral),
	TP_ARGS(pid, action, deferral),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__field(int, action)
		__field(unsigned int, failures)
		__field(unsigned int, skips_left)
	),
	TP_fast_assign(
		__entry->pid = pid;
		__entry->action = action;
		__entry->failures = deferral->failures;
		__entry->skips_left = deferral->skips;
	),
	TP_printk("pid=%d action=%s failures=%u skips_left=%u", __entry->pid,
		  prc_show_action(__entry->action), __entry->failures,
		  __entry->skips_left)
);

/* The worker wakes up, or goes to sleep; pending is the number of queued actions. */
TRACE_EVENT(proc_reclaim_worker,
	TP_PROTO(bool running, const char *why, unsigned int pending),
	TP_ARGS(running, why, pending),
	TP_STRUCT__entry(
		__field(u8, running)
		__array(char, why, 16)
		__field(unsigned int, pending)
	),
	TP_fast_assign(
		__entry->running = running;
		strscpy(__entry->why, why, 16);
		__entry->pending = pending;
	),
	TP_printk("%s why=%s pending=%u", __entry->running ? "wake" : "sleep",
		  __entry->why, __entry->pending)
);

/* lowmem killed a process, because reclaim freed nothing at its level. */
TRACE_EVENT(proc_reclaim_kill,
	TP_PROTO(struct task_struct *task, int adj, unsigned long rss_pages,
		 int min_adj),
	TP_ARGS(task, adj, rss_pages, min_adj),
	TP_STRUCT__entry(
		__field(pid_t, pid)
		__array(char, comm, TASK_COMM_LEN)
		__field(int, adj)
		__field(int, level_adj)
		__field(unsigned long, rss_pages)
	),
	TP_fast_assign(
		__entry->pid = task->tgid;
		strscpy(__entry->comm, task->comm, TASK_COMM_LEN);
		__entry->adj = adj;
		__entry->level_adj = min_adj;
		__entry->rss_pages = rss_pages;
	),
	TP_printk("pid=%d comm=%s adj=%d level_adj=%d rss_pages=%lu",
		  __entry->pid, __entry->comm, __entry->adj,
		  __entry->level_adj, __entry->rss_pages)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE proc_reclaim_events
#include <trace/define_trace.h>
