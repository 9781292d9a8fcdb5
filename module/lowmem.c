// SPDX-License-Identifier: GPL-2.0
/*
 * Low memory killer. It uses a shrinker as low-memory notification. A minfree level
 * selects the adj from which on processes are reclaimed; if that makes no progress and
 * lowmem/kill is set, one process is killed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/shrinker.h>
#include <linux/string.h>

#include "kernel_api.h"
#include "lowmem.h"
#include "process.h"
#include "reclaim.h"
#include "select.h"
#include "settings.h"
#include "task.h"
#include "vmscan_events.h"
#include "worker.h"

#include "proc_reclaim_events.h"

/* Wait so long for the memory of a victim. */
#define VICTIM_WAIT HZ

/* Wait so long for writeback to a swap disk. */
#define WRITEBACK_WAIT HZ

/* A whole pass that freed less of what is cold than one batch has freed next to nothing. */
#define LITTLE_KB 2048

/* Least back-off after a pass without progress. */
#define BACKOFF (HZ / 10)

/*
 * Treat "could not be tried" as no progress after this long. When no pass ran for this
 * long, memory was not short in between.
 */
#define RETRY_LIMIT (HZ / 4)

static atomic_long_t lowmem_kills;
static bool lowmem_enabled;

/* Set when lowmem is enabled: the worker forgets the passes from before. */
static bool lowmem_reset;

/**
 * struct lowmem_state - what the passes remember; only the worker's thread touches it
 * @candidates: the processes that the current reclaim works on
 * @cold_ms: the current reclaim takes only what was not accessed for so long; 0: all
 * @freed_kb: what the current reclaim has freed
 * @skipped_aging: the current reclaim skipped processes whose accessed bits are young
 * @wrote: a pass has started writeback to a swap disk
 * @wrote_at: when a pass did so last
 * @retrying: the last pass could not try every process
 * @retry_since: when that began
 * @retry_last: when the last pass ended
 * @no_progress: the last pass made no progress, so the next one backs off
 * @ended: when the last pass ended
 * @took: how long the last pass took
 * @kill_wanted: a pass has wanted to kill
 * @kill_since: when that began
 * @kill_last: when a pass wanted to kill last
 */
struct lowmem_state {
	struct prc_candidates candidates;
	unsigned int cold_ms;
	u64 freed_kb;
	bool skipped_aging;
	bool wrote;
	unsigned long wrote_at;
	bool retrying;
	unsigned long retry_since;
	unsigned long retry_last;
	bool no_progress;
	unsigned long ended;
	unsigned long took;
	bool kill_wanted;
	unsigned long kill_since;
	unsigned long kill_last;
};

static struct lowmem_state lowmem;

/*
 * The last victim, killed by this module or not, and how long to wait for it. A reset
 * keeps it, because its memory is still about to become free. Only the worker's thread
 * touches it.
 */
static struct pid *lowmem_victim;
static unsigned long lowmem_victim_until;

/**
 * prc_lowmem_kills() - count the processes that were killed since load
 *
 * Return: the count.
 */
unsigned long prc_lowmem_kills(void)
{
	return atomic_long_read(&lowmem_kills);
}

/* Return the file pages that reclaim may free: no locked pages, no shared memory. */
static u64 lowmem_file_pages(void)
{
	return global_node_page_state(NR_ACTIVE_FILE) +
	       global_node_page_state(NR_INACTIVE_FILE);
}

/* Return the level that applies now, or -1; fill in its lowest adj and lowmem/kill. */
static int lowmem_level(int *min_adj, bool *kill)
{
	struct prc_lowmem cfg;
	int level;

	prc_lowmem_copy(&cfg);
	level = prc_lowmem_level(cfg.minfree, min(cfg.nr_minfree, cfg.nr_adj),
				 global_zone_page_state(NR_FREE_PAGES),
				 lowmem_file_pages());
	if (level >= 0) {
		*min_adj = cfg.adj[level];
		*kill = cfg.kill;
	}
	return level;
}

/* Return true if no level applies. */
static bool lowmem_goal_met(void)
{
	bool kill;
	int min_adj;

	return lowmem_level(&min_adj, &kill) < 0;
}

/* --- the victim --- */

static void lowmem_set_victim(struct task_struct *task)
{
	put_pid(lowmem_victim);
	lowmem_victim = get_task_pid(task, PIDTYPE_TGID);
	lowmem_victim_until = jiffies + VICTIM_WAIT;
}

/*
 * A victim counts as dying until its last thread has exited; a zombie holds no memory.
 * The wait is bounded, because a thread in D state does not exit.
 */
static bool lowmem_victim_is_dying(void)
{
	struct task_struct *task = get_pid_task(lowmem_victim, PIDTYPE_TGID);
	bool dying;

	if (!task)
		return false;
	dying = prc_is_dying(task) && time_before(jiffies, lowmem_victim_until);
	put_task_struct(task);
	return dying;
}

/*
 * Another process may already be dying, killed by the OOM killer or a user. Wait for it
 * as for a victim of this module, but only once.
 */
static bool lowmem_adopt_victim(void)
{
	struct task_struct *task = prc_select_dying(lowmem_victim);

	if (!task)
		return false;
	lowmem_set_victim(task);
	put_task_struct(task);
	return true;
}

/* Note that a pass which began at @began wants to kill; return for how long now. */
static unsigned long lowmem_update_kill_wanted(unsigned long began)
{
	if (!lowmem.kill_wanted ||
	    time_after(began, lowmem.kill_last + VICTIM_WAIT))
		lowmem.kill_since = jiffies;
	lowmem.kill_wanted = true;
	lowmem.kill_last = jiffies;
	return jiffies - lowmem.kill_since;
}

/* Check again right before the signal, because the selection takes its time. */
static bool lowmem_may_kill(const struct prc_candidate *victim, int adj)
{
	int adj_now = READ_ONCE(victim->task->signal->oom_score_adj);
	struct prc_policy cfg;
	int min_adj;
	bool kill;

	prc_policy_copy(&cfg);
	return READ_ONCE(lowmem_enabled) && !prc_worker_must_pause() &&
	       lowmem_level(&min_adj, &kill) >= 0 && kill &&
	       prc_may_kill(&cfg, victim->task, adj_now, max(adj, min_adj));
}

/* Kill one process, unless a victim's memory is about to become free. */
static void lowmem_kill_one(int min_adj, unsigned long began)
{
	/* Bound the wait, because some process is always exiting. */
	bool may_wait = lowmem_update_kill_wanted(began) < VICTIM_WAIT;
	struct prc_candidate victim;
	struct pid *pid;
	int adj;

	if (lowmem_victim_is_dying() || (may_wait && lowmem_adopt_victim()) ||
	    !prc_select_victim(&victim, min_adj, &adj))
		return;
	pid = get_task_pid(victim.task, PIDTYPE_TGID);
	if (lowmem_may_kill(&victim, adj) && !kill_pid(pid, SIGKILL, 1)) {
		pr_info("killed %s (%d), adj %d, %lu pages: memory is low and nothing from adj %d on can be reclaimed\n",
			victim.task->comm, task_tgid_nr(victim.task), adj,
			victim.size, min_adj);
		trace_proc_reclaim_kill(victim.task, adj, victim.size, min_adj);
		atomic_long_inc(&lowmem_kills);
		lowmem_set_victim(victim.task);
	}
	put_pid(pid);
	put_task_struct(victim.task);
}

/* --- one pass --- */

/* Result of one pass. Several processes have the highest of their results. */
enum lowmem_pass {
	PASS_NO_PROGRESS,	/* no process had anything to give */
	PASS_ABORTED,		/* some processes could not be tried */
	PASS_RETRY,		/* some could not be tried, for a transient reason */
	PASS_PROGRESS,
};

static enum lowmem_pass lowmem_result(const struct prc_decision_record *record)
{
	const struct prc_decision *decision = &record->decision;

	if (record->freed_kb)
		return PASS_PROGRESS;
	/* The accessed bits were cleared just now: a later pass knows what is cold. */
	if (decision->inactive || decision->ages ||
	    decision->reason == PRC_REASON_AGING)
		return PASS_RETRY;
	if (decision->reason == PRC_REASON_DEAD ||
	    decision->reason == PRC_REASON_FOREGROUND)
		return PASS_RETRY;
	if (decision->reason != PRC_REASON_RUN)
		return PASS_NO_PROGRESS;
	switch (record->stop) {
	case PRC_STOP_MAX:	/* no level applies any more */
		return PASS_PROGRESS;
	case PRC_STOP_WATERMARK:
	case PRC_STOP_BUSY:
	case PRC_STOP_EXITING:
	case PRC_STOP_FOREGROUND:
		return PASS_RETRY;
	case PRC_STOP_UNLOAD:
	case PRC_STOP_FREEZE:
	case PRC_STOP_DISABLED:
	case PRC_STOP_KILLED:
		return PASS_ABORTED;
	default:
		return PASS_NO_PROGRESS;
	}
}

/* Return true if most of what left the process was still being written. */
static bool lowmem_started_writeback(const struct prc_decision_record *record)
{
	return record->reclaimed_kb < record->freed_kb / 2;
}

/*
 * Return the pages that a process may give. Protected processes, and those whose
 * accessed bits were cleared just now, count 0, so that they take no other's place.
 */
static unsigned long lowmem_size(struct task_struct *task)
{
	if (lowmem.cold_ms && prc_process_is_aging(task, lowmem.cold_ms)) {
		lowmem.skipped_aging = true;
		return 0;
	}
	return prc_task_is_protected(task, lowmem.cold_ms) ?
	       0 : prc_task_rss(task);
}

/* Reclaim the candidates, largest first, until no level applies. */
static enum lowmem_pass lowmem_reclaim_candidates(int min_adj)
{
	const struct prc_work work = {
		.action = PRC_ACTION_FULL,
		.trigger = PRC_TRIGGER_LOWMEM,
		.adj = { .lo = min_adj, .hi = PRC_ADJ_MAX },
		.cold_ms = lowmem.cold_ms,
	};
	enum lowmem_pass result = PASS_NO_PROGRESS;
	struct prc_candidates *candidates = &lowmem.candidates;
	struct prc_decision_record record;
	unsigned int i;

	for (i = 0; i < candidates->nr && !prc_worker_must_pause(); i++) {
		prc_worker_act(candidates->candidate[i].task, &work,
			       lowmem_goal_met, &record);
		result = max(result, lowmem_result(&record));
		lowmem.freed_kb += record.freed_kb;
		if (lowmem_started_writeback(&record)) {
			lowmem.wrote = true;
			lowmem.wrote_at = jiffies;
		}
		if (lowmem_goal_met())
			return PASS_PROGRESS;
	}
	return result;
}

/*
 * Reclaim from the largest processes, and from the next largest where these give
 * nothing. The rounds are bounded, because a kill waits for them.
 */
static enum lowmem_pass lowmem_reclaim(int min_adj, unsigned int cold_ms)
{
	enum lowmem_pass result = PASS_NO_PROGRESS;
	int round = 0;

	lowmem.cold_ms = cold_ms;
	lowmem.freed_kb = 0;
	lowmem.skipped_aging = false;
	lowmem.candidates.min_adj = min_adj;
	lowmem.candidates.size = lowmem_size;
	prc_select_largest(&lowmem.candidates);
	do {
		result = max(result, lowmem_reclaim_candidates(min_adj));
	} while (result != PASS_PROGRESS && ++round < PRC_SELECT_ROUNDS &&
		 !prc_worker_must_pause() &&
		 prc_select_next_largest(&lowmem.candidates));
	prc_put_candidates(&lowmem.candidates);
	if (prc_worker_must_pause())
		return PASS_ABORTED;
	return lowmem.skipped_aging ? max(result, PASS_RETRY) : result;
}

/* Return true if passes up to the one that began at @began retried for too long. */
static bool lowmem_retried_too_long(unsigned long began)
{
	return lowmem.retrying &&
	       !time_after(began, lowmem.retry_last + RETRY_LIMIT) &&
	       jiffies - lowmem.retry_since > RETRY_LIMIT;
}

/* Note whether the pass that began at @began must be retried. */
static void lowmem_note_retry(enum lowmem_pass result, unsigned long began)
{
	bool retry = result == PASS_RETRY;

	if (retry && (!lowmem.retrying ||
		      time_after(began, lowmem.retry_last + RETRY_LIMIT)))
		lowmem.retry_since = jiffies;
	lowmem.retrying = retry;
	lowmem.retry_last = jiffies;
}

static bool lowmem_has_failed(enum lowmem_pass result, unsigned long began)
{
	return result == PASS_NO_PROGRESS ||
	       (result == PASS_RETRY && lowmem_retried_too_long(began));
}

static bool lowmem_is_writing(void)
{
	return lowmem.wrote &&
	       time_before(jiffies, lowmem.wrote_at + WRITEBACK_WAIT);
}

/*
 * Return true if the last pass made no progress and the next one must still wait. Before
 * a kill the wait is short; otherwise the search for cold pages may take no more than a
 * tenth of one processor.
 */
static bool lowmem_must_back_off(bool kill)
{
	unsigned long wait = kill ? BACKOFF :
			     max_t(unsigned long, BACKOFF, 9 * lowmem.took);

	return lowmem.no_progress &&
	       time_before(jiffies, lowmem.ended + wait);
}

/*
 * Return true if reclaim may take pages in use: only where a process would be killed
 * otherwise, because hardly anything is cold, no writeback to a swap disk is under way,
 * and no victim is about to free its memory.
 */
static bool lowmem_may_reclaim_all(enum lowmem_pass result, unsigned long began)
{
	return (lowmem_has_failed(result, began) ||
		(result == PASS_PROGRESS && !lowmem_goal_met() &&
		 lowmem.freed_kb < LITTLE_KB)) &&
	       !lowmem_is_writing() && !lowmem_victim_is_dying();
}

static void lowmem_run_pass(int min_adj, bool kill)
{
	unsigned long began = jiffies;
	enum lowmem_pass result;
	bool all = false;
	int adj_now;

	result = lowmem_reclaim(min_adj, kill ? PRC_COLD_LOWMEM_MS : PRC_COLD_MS);
	if (kill && lowmem_may_reclaim_all(result, began)) {
		all = true;
		result = max(result == PASS_PROGRESS ? result : PASS_NO_PROGRESS,
			     lowmem_reclaim(min_adj, 0));
	}
	lowmem_note_retry(result, began);
	lowmem.no_progress = lowmem_has_failed(result, began) ||
			     (!kill && (result == PASS_RETRY ||
					lowmem.freed_kb < LITTLE_KB));
	lowmem.ended = jiffies;
	lowmem.took = lowmem.ended - began;
	/* Never kill below the adj that was tried, though another level may apply now. */
	if (lowmem_has_failed(result, began) && all && !lowmem_is_writing() &&
	    lowmem_level(&adj_now, &kill) >= 0 && kill)
		lowmem_kill_one(max(min_adj, adj_now), began);
}

static void lowmem_run(void)
{
	int min_adj;
	bool kill;

	if (WARN_ON_ONCE(!prc_worker_is_current()))
		return;
	if (xchg(&lowmem_reset, false))
		memset(&lowmem, 0, sizeof(lowmem));
	if (!READ_ONCE(lowmem_enabled) || lowmem_level(&min_adj, &kill) < 0)
		lowmem.retrying = false;
	else if (!lowmem_must_back_off(kill))
		lowmem_run_pass(min_adj, kill);
}

static struct prc_callback lowmem_callback = {
	.run = lowmem_run,
	.why = "lowmem",
};

/* --- low-memory notification --- */

/*
 * Return a count that is not 0, so that scan_objects() is called. It only wakes the
 * worker, because the task that allocates may hold any lock.
 */
static unsigned long lowmem_count_objects(struct shrinker *unused,
					  struct shrink_control *sc)
{
	return lowmem_goal_met() ? 0 : 1024;
}

static unsigned long lowmem_scan_objects(struct shrinker *unused,
					 struct shrink_control *sc)
{
	if (!prc_worker_is_current())
		prc_worker_kick(&lowmem_callback);
	return SHRINK_STOP;
}

/*
 * Kick the worker from the vmscan tracepoints too, because the multi-generational LRU
 * goes from cgroup to cgroup and stops early, and may not call a shrinker for long.
 */
static void lowmem_check_level(void)
{
	if (!prc_worker_is_current() && !lowmem_goal_met())
		prc_worker_kick(&lowmem_callback);
}

static void lowmem_on_kswapd(void *data, int nid, int zid, int order)
{
	lowmem_check_level();
}

static PRC_PROBE_RECLAIM_BEGIN(lowmem_on_direct_reclaim)
{
	lowmem_check_level();
}

#ifdef PRC_NO_SHRINKER_ALLOC
static struct shrinker lowmem_shrinker = {
	.count_objects = lowmem_count_objects,
	.scan_objects = lowmem_scan_objects,
};

static int lowmem_register_shrinker(void)
{
	return register_shrinker(&lowmem_shrinker, "proc_reclaim");
}

static void lowmem_unregister_shrinker(void)
{
	unregister_shrinker(&lowmem_shrinker);
}
#else
static struct shrinker *lowmem_shrinker;

static int lowmem_register_shrinker(void)
{
	lowmem_shrinker = shrinker_alloc(0, "proc_reclaim");
	if (!lowmem_shrinker)
		return -ENOMEM;
	lowmem_shrinker->count_objects = lowmem_count_objects;
	lowmem_shrinker->scan_objects = lowmem_scan_objects;
	lowmem_shrinker->seeks = 0;
	shrinker_register(lowmem_shrinker);
	return 0;
}

static void lowmem_unregister_shrinker(void)
{
	shrinker_free(lowmem_shrinker);
}
#endif

/**
 * prc_lowmem_enable() - register the shrinker and attach the probes
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int prc_lowmem_enable(void)
{
	int err;

	WRITE_ONCE(lowmem_reset, true);
	err = lowmem_register_shrinker();
	if (err)
		return err;
	err = prc_vmscan_attach(lowmem_on_kswapd, lowmem_on_direct_reclaim);
	if (err) {
		lowmem_unregister_shrinker();
		return err;
	}
	WRITE_ONCE(lowmem_enabled, true);
	return 0;
}

/**
 * prc_lowmem_disable() - detach the probes and unregister the shrinker
 *
 * Context: may sleep; waits for the probes and the shrinker, not for a pass.
 */
void prc_lowmem_disable(void)
{
	WRITE_ONCE(lowmem_enabled, false);
	prc_vmscan_detach(lowmem_on_kswapd, lowmem_on_direct_reclaim);
	lowmem_unregister_shrinker();
}

/**
 * prc_lowmem_exit() - drop the reference on the last victim
 *
 * Context: module unload, after prc_worker_exit().
 */
void prc_lowmem_exit(void)
{
	put_pid(lowmem_victim);
}
