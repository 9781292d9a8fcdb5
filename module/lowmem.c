// SPDX-License-Identifier: GPL-2.0
/*
 * The low memory killer, which reclaims first. A shrinker is how the kernel says
 * that memory is low, also to who never waits for kswapd. Levels say from which adj
 * on processes have to give, and only when none has anything to give any more, and
 * killing was allowed, is one of them killed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/shrinker.h>

#include "facts.h"
#include "kernel_api.h"
#include "lowmem.h"
#include "pick.h"
#include "process.h"
#include "reclaim.h"
#include "worker.h"

#include "proc_reclaim_events.h"

/* How long the memory of one that was killed is waited for. */
#define VICTIM_WAIT HZ

/* How long what goes to a disk is waited for. */
#define WRITE_WAIT HZ

/* Less of what is cold in a whole pass than a batch has: that is next to nothing. */
#define LITTLE_KB 2048

/* How long nothing is tried after it was in vain. */
#define VAIN_WAIT (HZ / 10)

/*
 * How long it may be impossible to try before that is in vain too. Where nothing was
 * tried for so long, memory was not short all the while.
 */
#define STUCK_WAIT (HZ / 4)

/*
 * Protects the settings. Not a mutex: the shrinker asks for them in the context of
 * whoever runs out of memory, with whatever locks that has.
 */
static DEFINE_SPINLOCK(set_lock);
static struct prc_lowmem settings;

static atomic_long_t kills;
static bool is_on;

/* Of the worker's thread alone. */
static struct prc_picks picks;
static unsigned int cold_ms;	/* of what is being taken; 0: whatever there is */
static u64 taken_kb;		/* by the last of it */
static bool some_are_aging;	/* and were left out for it */
static struct pid *victim;	/* the last one, ours or somebody else's */
static unsigned long victim_until;
static bool is_stuck;		/* the last pass could not try all of them, */
static unsigned long stuck_since; /* nor could those since then, */
static unsigned long stuck_last; /* the last of which ended then */
static bool wrote;		/* took something that goes to a disk, */
static unsigned long wrote_at;	/* and then */

/**
 * prc_lowmem_get() - copy the settings
 * @set: filled in
 */
void prc_lowmem_get(struct prc_lowmem *set)
{
	spin_lock(&set_lock);
	*set = settings;
	spin_unlock(&set_lock);
}

/**
 * prc_lowmem_set() - change the settings
 * @set: all of them
 */
void prc_lowmem_set(const struct prc_lowmem *set)
{
	spin_lock(&set_lock);
	settings = *set;
	spin_unlock(&set_lock);
}

/**
 * prc_lowmem_kills() - how many processes were killed since load
 *
 * Return: the count.
 */
unsigned long prc_lowmem_kills(void)
{
	return atomic_long_read(&kills);
}

/* What the kernel could take of files: not what is locked, nor shared memory. */
static u64 file_pages(void)
{
	return global_node_page_state(NR_ACTIVE_FILE) +
	       global_node_page_state(NR_INACTIVE_FILE);
}

/* Which level holds now, -1 for none, and from which adj on it takes. */
static int level_now(int *min_adj, bool *kill)
{
	struct prc_lowmem set;
	int level;

	prc_lowmem_get(&set);
	level = prc_lowmem_level((const unsigned int *)set.minfree,
				 min(set.nr_minfree, set.nr_adj),
				 global_zone_page_state(NR_FREE_PAGES),
				 file_pages());
	if (level >= 0) {
		*min_adj = set.adj[level];
		*kill = set.kill;
	}
	return level;
}

/* Does no level hold? */
static bool is_enough(void)
{
	bool kill;
	int min_adj;

	return level_now(&min_adj, &kill) < 0;
}

static void wait_for(struct task_struct *task)
{
	put_pid(victim);
	victim = get_task_pid(task, PIDTYPE_TGID);
	victim_until = jiffies + VICTIM_WAIT;
}

/* Its memory is free as soon as no thread of it is left, whoever waits for it. */
static bool victim_is_dying(void)
{
	struct task_struct *task = get_pid_task(victim, PIDTYPE_TGID);
	bool dying;

	if (!task)
		return false;
	dying = prc_is_dying(task) && time_before(jiffies, victim_until);
	put_task_struct(task);
	return dying;
}

/* For how long, up to now, somebody is to be killed; the pass began at @began. */
static unsigned long wanted_for(unsigned long began)
{
	static unsigned long since, last;

	if (time_after(began, last + VICTIM_WAIT))
		since = jiffies;
	last = jiffies;
	return jiffies - since;
}

/*
 * Whom somebody else has killed frees as much as a victim of ours, so he is waited for
 * as one. Not again where that was in vain: he is stuck.
 */
static bool other_is_dying(void)
{
	struct task_struct *task = prc_pick_dying(victim);

	if (!task)
		return false;
	wait_for(task);
	put_task_struct(task);
	return true;
}

/* Asked right before the signal: to choose takes its time. */
static bool may_still_kill(const struct prc_pick *pick, int adj)
{
	int its_adj = READ_ONCE(pick->task->signal->oom_score_adj);
	struct prc_policy set;
	int min_adj;
	bool kill;

	prc_policy_copy(&set);
	return READ_ONCE(is_on) && !prc_worker_must_pause() &&
	       level_now(&min_adj, &kill) >= 0 && kill &&
	       prc_may_kill(&set, pick->task, its_adj, max(adj, min_adj));
}

/* One at a time: the next only when the last one's memory is free, or stuck. */
static void kill_one(int min_adj, unsigned long began)
{
	/* Somebody always exits, and some cannot: so not for ever. */
	bool waits = wanted_for(began) < VICTIM_WAIT;
	struct prc_pick pick;
	struct pid *pid;
	int adj;

	if (victim_is_dying() || (waits && other_is_dying()) ||
	    !prc_pick_victim(&pick, min_adj, &adj))
		return;
	pid = get_task_pid(pick.task, PIDTYPE_TGID);
	if (may_still_kill(&pick, adj) && !kill_pid(pid, SIGKILL, 1)) {
		pr_info("killed %s (%d), adj %d, %lu pages: memory is low and nothing from adj %d on can be reclaimed\n",
			pick.task->comm, task_tgid_nr(pick.task), adj,
			pick.size, min_adj);
		trace_proc_reclaim_kill(pick.task, adj, pick.size, min_adj);
		atomic_long_inc(&kills);
		wait_for(pick.task);
	}
	put_pid(pid);
	put_task_struct(pick.task);
}

/* What came of taking; of several processes the last of these that is true of one. */
enum taken {
	TAKEN_NOTHING,		/* there was nothing to take */
	TAKEN_NOT_TRIED,	/* not all could be tried */
	TAKEN_NOT_YET,		/* not all could be tried, for what passes */
	TAKEN_SOME,
};

static enum taken came_of(const struct prc_decided *decided)
{
	if (decided->freed_kb)
		return TAKEN_SOME;
	/* Its accessed bits were cleared just now: a later pass knows more. */
	if (decided->decision.inactive || decided->decision.ages ||
	    decided->decision.reason == PRC_REASON_AGING)
		return TAKEN_NOT_YET;
	if (decided->decision.reason == PRC_REASON_DEAD ||
	    decided->decision.reason == PRC_REASON_FOREGROUND)
		return TAKEN_NOT_YET;
	if (decided->decision.reason != PRC_REASON_RUN)
		return TAKEN_NOTHING;
	switch (decided->stop) {
	case PRC_STOP_MAX:	/* it was enough already */
		return TAKEN_SOME;
	case PRC_STOP_WATERMARK:
	case PRC_STOP_BUSY:
	case PRC_STOP_EXITING:
	case PRC_STOP_FOREGROUND:
		return TAKEN_NOT_YET;
	case PRC_STOP_UNLOAD:
	case PRC_STOP_FREEZE:
	case PRC_STOP_DISABLED:
	case PRC_STOP_KILLED:
		return TAKEN_NOT_TRIED;
	default:
		return TAKEN_NOTHING;
	}
}

/* Was most of what left memory still being written? */
static bool is_written(const struct prc_decided *decided)
{
	return decided->free_kb < decided->freed_kb / 2;
}

/* What is protected, or was aged just now, must not be in the way of what can give. */
static unsigned long size_of(struct task_struct *task)
{
	struct prc_memory memory;

	if (cold_ms && prc_process_is_aging(task, cold_ms)) {
		some_are_aging = true;
		return 0;
	}
	prc_task_memory(task, &memory);
	if (prc_task_is_protected(task, cold_ms))
		return 0;
	return (memory.anon_kb + memory.file_kb) >> (PAGE_SHIFT - 10);
}

/* From the largest of those that were chosen, until it is enough, whoever gave it. */
static enum taken take_picks(int min_adj)
{
	struct prc_wish wish = {
		.action = PRC_ACTION_FULL,
		.trigger = PRC_TRIGGER_LOWMEM,
		.adj = { .lo = min_adj, .hi = PRC_ADJ_MAX },
		.cold_ms = cold_ms,
	};
	enum taken taken = TAKEN_NOTHING;
	struct prc_decided decided;
	unsigned int i;

	for (i = 0; i < picks.nr && !prc_worker_must_pause(); i++) {
		prc_worker_act(picks.pick[i].task, &wish, is_enough, &decided);
		taken = max(taken, came_of(&decided));
		taken_kb += decided.freed_kb;
		if (is_written(&decided)) {
			wrote = true;
			wrote_at = jiffies;
		}
		if (is_enough())
			return TAKEN_SOME;
	}
	return taken;
}

/*
 * From those that have to give; from the next largest where the largest have nothing.
 * Not from all that there are: this is done before one is killed.
 */
static enum taken take(int min_adj, unsigned int not_accessed_ms)
{
	enum taken taken = TAKEN_NOTHING;
	int round = 0;

	cold_ms = not_accessed_ms;
	taken_kb = 0;
	some_are_aging = false;
	picks.min_adj = min_adj;
	picks.size = size_of;
	prc_pick(&picks);
	do {
		taken = max(taken, take_picks(min_adj));
	} while (taken != TAKEN_SOME && ++round < PRC_PICK_ROUNDS &&
		 !prc_worker_must_pause() && prc_pick_next(&picks));
	prc_unpick(&picks);
	if (prc_worker_must_pause())
		return TAKEN_NOT_TRIED;
	return some_are_aging ? max(taken, TAKEN_NOT_YET) : taken;
}

/* Could not all be tried for too long, up to a pass that began at @began? */
static bool is_stuck_for_long(unsigned long began)
{
	return is_stuck && !time_after(began, stuck_last + STUCK_WAIT) &&
	       jiffies - stuck_since > STUCK_WAIT;
}

/* A pass that began at @began came to @taken. */
static void note_stuck(enum taken taken, unsigned long began)
{
	if (taken == TAKEN_NOT_YET &&
	    (!is_stuck || time_after(began, stuck_last + STUCK_WAIT)))
		stuck_since = jiffies;
	is_stuck = taken == TAKEN_NOT_YET;
	stuck_last = jiffies;
}

static bool has_failed(enum taken taken, unsigned long began)
{
	return taken == TAKEN_NOTHING ||
	       (taken == TAKEN_NOT_YET && is_stuck_for_long(began));
}

static bool is_being_written(void)
{
	return wrote && time_before(jiffies, wrote_at + WRITE_WAIT);
}

/*
 * How long nothing is tried after a pass in vain that took so long. Before a kill there is
 * no time to lose; else to look for what is cold must not take more than a tenth of a
 * processor.
 */
static unsigned long vain_wait(unsigned long pass_took, bool kill)
{
	return kill ? VAIN_WAIT : max_t(unsigned long, VAIN_WAIT, 9 * pass_took);
}

/*
 * What is in use goes only where a process would be killed otherwise: where hardly anything
 * is cold, nothing is on its way to a disk, and no victim is about to free its memory.
 */
static bool may_take_all(enum taken taken, unsigned long began)
{
	return (has_failed(taken, began) ||
		(taken == TAKEN_SOME && !is_enough() && taken_kb < LITTLE_KB)) &&
	       !is_being_written() && !victim_is_dying();
}

static void run_lowmem(void)
{
	static unsigned long in_vain_at, pass_took;
	static bool in_vain;
	unsigned long began = jiffies;
	int min_adj, now_adj;
	bool kill, all = false;
	enum taken taken;

	if (!READ_ONCE(is_on) || level_now(&min_adj, &kill) < 0) {
		is_stuck = false;
		return;
	}
	if (in_vain &&
	    time_before(jiffies, in_vain_at + vain_wait(pass_took, kill)))
		return;
	taken = take(min_adj, kill ? PRC_COLD_LOWMEM_MS : PRC_COLD_MS);
	if (kill && may_take_all(taken, began)) {
		all = true;
		taken = max(taken == TAKEN_SOME ? taken : TAKEN_NOTHING,
			    take(min_adj, 0));
	}
	note_stuck(taken, began);
	in_vain = has_failed(taken, began) ||
		  (!kill && (taken == TAKEN_NOT_YET || taken_kb < LITTLE_KB));
	in_vain_at = jiffies;
	pass_took = in_vain_at - began;
	/* Never below what was tried, though another level may hold now. */
	if (has_failed(taken, began) && all && !is_being_written() &&
	    level_now(&now_adj, &kill) >= 0 && kill)
		kill_one(max(min_adj, now_adj), began);
}

static struct prc_chore chore = { .run = run_lowmem, .why = "lowmem" };

/*
 * Enough to be asked to scan at once. There is nothing to be freed by who asks: the
 * worker does it, so that no lock of his is in the way.
 */
static unsigned long count_objects(struct shrinker *unused,
				   struct shrink_control *sc)
{
	return is_enough() ? 0 : 1024;
}

static unsigned long scan_objects(struct shrinker *unused,
				  struct shrink_control *sc)
{
	if (!prc_worker_is_current())
		prc_worker_poke(&chore);
	return SHRINK_STOP;
}

/*
 * The multi-generational LRU goes from cgroup to cgroup and stops as soon as it has
 * enough, so that it may not come by a shrinker for long. So these ask too.
 */
static void ask(void)
{
	if (!prc_worker_is_current() && !is_enough())
		prc_worker_poke(&chore);
}

static void on_kswapd(void *data, int nid, int zid, int order)
{
	ask();
}

static PRC_PROBE_RECLAIM_BEGIN(on_direct_reclaim)
{
	ask();
}

#ifdef PRC_NO_SHRINKER_ALLOC
static struct shrinker shrinker = {
	.count_objects = count_objects,
	.scan_objects = scan_objects,
};

static int shrinker_on(void)
{
	return register_shrinker(&shrinker, "proc_reclaim");
}

static void shrinker_off(void)
{
	unregister_shrinker(&shrinker);
}
#else
static struct shrinker *shrinker;

static int shrinker_on(void)
{
	shrinker = shrinker_alloc(0, "proc_reclaim");
	if (!shrinker)
		return -ENOMEM;
	shrinker->count_objects = count_objects;
	shrinker->scan_objects = scan_objects;
	shrinker->seeks = 0;
	shrinker_register(shrinker);
	return 0;
}

static void shrinker_off(void)
{
	shrinker_free(shrinker);
}
#endif

/**
 * prc_lowmem_on() - watch the levels
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int prc_lowmem_on(void)
{
	int err;

	err = shrinker_on();
	if (err)
		return err;
	err = prc_attach_mm_vmscan_kswapd_wake(on_kswapd);
	if (err)
		goto no_kswapd;
	err = prc_attach_mm_vmscan_direct_reclaim_begin(on_direct_reclaim);
	if (err)
		goto no_direct_reclaim;
	WRITE_ONCE(is_on, true);
	return 0;

no_direct_reclaim:
	prc_detach_mm_vmscan_kswapd_wake(on_kswapd);
no_kswapd:
	shrinker_off();
	return err;
}

/**
 * prc_lowmem_off() - no longer
 *
 * Context: may sleep; waits for those who ask, not for a turn that runs.
 */
void prc_lowmem_off(void)
{
	WRITE_ONCE(is_on, false);
	prc_detach_mm_vmscan_direct_reclaim_begin(on_direct_reclaim);
	prc_detach_mm_vmscan_kswapd_wake(on_kswapd);
	shrinker_off();
}

/**
 * prc_lowmem_exit() - forget the last victim
 *
 * Context: module unload, when the worker has ended.
 */
void prc_lowmem_exit(void)
{
	put_pid(victim);
}
