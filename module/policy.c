// SPDX-License-Identifier: GPL-2.0
/*
 * Decides what to do with a process. The caller passes facts and settings and gets a
 * decision with its reason; only this file changes what is remembered of a process.
 * No number is too large: sums saturate, and products are avoided.
 */
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/types.h>

#include "policy.h"

/* Android's values, except for the back-off, which is that of memory compaction. */
const struct prc_policy prc_policy_default = {
	.takes = {
		[PRC_ACTION_SOME] = PRC_TAKES_FILE,
		[PRC_ACTION_FULL] = PRC_TAKES_ALL,
		[PRC_ACTION_PERSISTENT] = PRC_TAKES_ALL,
		[PRC_ACTION_BFGS] = PRC_TAKES_ALL,
	},
	.some_some_ms = 5000,
	.some_full_ms = 10000,
	.full_some_ms = 500,
	.full_full_ms = 10000,
	.persistent_ms = 600000,
	.bfgs_ms = 600000,
	.full_anon_rss_kb = 12000,
	.full_delta_rss_kb = 8000,
	.max_defer_shift = 6,
	.min_free_swap_pct = 20,
};

/* Return how far @to lies above @from; 0 if it lies below. */
static u64 policy_rise(u64 from, u64 to)
{
	return to > from ? to - from : 0;
}

static u64 policy_distance(u64 a, u64 b)
{
	return a > b ? a - b : b - a;
}

static u64 policy_add(u64 a, u64 b)
{
	return a > U64_MAX - b ? U64_MAX : a + b;
}

/**
 * prc_adj_in() - check whether an adj lies in a range
 * @range: the range
 * @adj: an oom_score_adj
 *
 * Context: any.
 * Return: true if so; false for an empty range.
 */
bool prc_adj_in(struct prc_adj_range range, int adj)
{
	return adj >= range.lo && adj <= range.hi;
}

static bool policy_is_cached(int adj)
{
	return adj >= PRC_ADJ_CACHED_MIN && adj <= PRC_ADJ_CACHED_MAX;
}

/**
 * prc_policy_transition() - get the action for a change of adj
 * @before: the oom_score_adj that the process had
 * @after: the one that it has now; an equal one needs no action
 *
 * Context: any.
 * Return: PRC_ACTION_SOME, PRC_ACTION_FULL or PRC_ACTION_NOTHING.
 */
enum prc_action prc_policy_transition(int before, int after)
{
	if (before <= PRC_ADJ_PERCEPTIBLE &&
	    (after == PRC_ADJ_PREVIOUS || after == PRC_ADJ_HOME))
		return PRC_ACTION_SOME;
	if (!policy_is_cached(before) && policy_is_cached(after))
		return PRC_ACTION_FULL;
	return PRC_ACTION_NOTHING;
}

/**
 * prc_policy_asleep() - get the action for a process while no user is awake
 * @adj: its oom_score_adj
 * @bfgs: adj of bound foreground services; an adj below 0 is persistent even in here
 *
 * Context: any.
 * Return: PRC_ACTION_PERSISTENT, PRC_ACTION_BFGS or PRC_ACTION_NOTHING.
 */
enum prc_action prc_policy_asleep(int adj, struct prc_adj_range bfgs)
{
	if (adj == PRC_ADJ_MIN)
		return PRC_ACTION_NOTHING;
	if (adj < 0)
		return PRC_ACTION_PERSISTENT;
	return prc_adj_in(bfgs, adj) ? PRC_ACTION_BFGS : PRC_ACTION_NOTHING;
}

/* Clamp a negative interval to 0. */
static u64 policy_ms_since(u64 then_ms, u64 now_ms)
{
	return policy_rise(then_ms, now_ms);
}

/* Return true if the action leaves pages in use, and so does not measure the process. */
static bool policy_is_partial(const struct prc_work *work)
{
	return work->action == PRC_ACTION_PRESSURE || work->cold_ms;
}

static struct prc_deferral *policy_deferral(struct prc_past *past, bool partial,
					    enum prc_takes takes)
{
	if (partial)
		return &past->pressure;
	return takes == PRC_TAKES_FILE ? &past->file : &past->anon;
}

/* Return the deferral of the last run. */
static struct prc_deferral *policy_last_deferral(struct prc_past *past)
{
	return policy_deferral(past, past->after_cold, past->after_takes);
}

/*
 * Return the memory that has come back since the last run. An anonymous page that came
 * back has left swap. Of file pages only the growth is known. They may be other pages,
 * but what the run has freed is gone in either case.
 */
static u64 policy_back_kb(const struct prc_past *past,
			  const struct prc_memory *now)
{
	u64 anon_kb = policy_rise(now->swap_kb, past->after.swap_kb);
	u64 file_kb = policy_rise(past->after.file_kb, now->file_kb);

	return policy_add(past->after_takes == PRC_TAKES_FILE ? 0 : anon_kb,
			  past->after_takes == PRC_TAKES_ANON ? 0 : file_kb);
}

/*
 * Count the last run as a failure if half of what it freed came back soon, however much
 * that was.
 */
static void policy_check_last_run(const struct prc_policy *cfg,
				  const struct prc_facts *facts,
				  struct prc_past *past)
{
	if (!past->unchecked || !past->freed_kb ||
	    policy_ms_since(past->after_ms, facts->now_ms) >= PRC_REFAULT_MS ||
	    policy_back_kb(past, &facts->memory) <
	    past->freed_kb - past->freed_kb / 2)
		return;
	past->unchecked = false;
	prc_defer_failed(policy_last_deferral(past), cfg->max_defer_shift);
}

/*
 * Return true if there is time to ask whether a run is worth its cost. When memory is
 * short, the trigger has already selected the process.
 */
static bool policy_is_unhurried(enum prc_trigger trigger)
{
	return trigger == PRC_TRIGGER_ADJ || trigger == PRC_TRIGGER_AWAKE ||
	       trigger == PRC_TRIGGER_IDLE;
}

/* Return the least time from the end of @last to @next. */
static unsigned int policy_throttle_ms(const struct prc_policy *cfg,
				       enum prc_action next,
				       enum prc_action last)
{
	switch (next) {
	case PRC_ACTION_SOME:
		if (last == PRC_ACTION_SOME)
			return cfg->some_some_ms;
		return last == PRC_ACTION_FULL ? cfg->some_full_ms : 0;
	case PRC_ACTION_FULL:
		if (last == PRC_ACTION_SOME)
			return cfg->full_some_ms;
		return last == PRC_ACTION_FULL ? cfg->full_full_ms : 0;
	/* After any last action, as Android does. */
	case PRC_ACTION_PERSISTENT:
		return cfg->persistent_ms;
	case PRC_ACTION_BFGS:
		return cfg->bfgs_ms;
	default:
		return 0;
	}
}

/* Note what the policy compared, and return @reason. */
static enum prc_reason policy_compared(struct prc_decision *decision, u64 value,
				       u64 limit, enum prc_reason reason)
{
	decision->value = value;
	decision->limit = limit;
	return reason;
}

/* Return PRC_REASON_TIME if the last action ended less than the throttle ago. */
static enum prc_reason policy_check_time(const struct prc_policy *cfg,
					 enum prc_action next,
					 const struct prc_past *past, u64 now_ms,
					 struct prc_decision *decision)
{
	u64 since_ms = policy_ms_since(past->end_ms, now_ms);
	u64 least_ms = policy_throttle_ms(cfg, next, past->action);

	if (!past->acted || since_ms >= least_ms)
		return PRC_REASON_RUN;
	decision->ms_left = least_ms - since_ms;
	return policy_compared(decision, since_ms, least_ms, PRC_REASON_TIME);
}

static enum prc_takes policy_takes(const struct prc_policy *cfg,
				   enum prc_action action)
{
	if (action < PRC_NR_SET_ACTIONS)
		return cfg->takes[action];
	return action == PRC_ACTION_PRESSURE ? PRC_TAKES_ANON : PRC_TAKES_NONE;
}

/**
 * prc_policy_excludes() - check whether throttle/adj_exclude has an adj
 * @cfg: the settings
 * @adj: an oom_score_adj
 *
 * Context: any; nothing else changes @cfg.
 * Return: true if no action may touch a process with that adj.
 */
bool prc_policy_excludes(const struct prc_policy *cfg, int adj)
{
	unsigned int i;

	for (i = 0; i < cfg->nr_excludes; i++)
		if (prc_adj_in(cfg->excludes[i], adj))
			return true;
	return false;
}

/* A process that is swapped out whole is alive, though it has nothing to give. */
static bool policy_is_dead(const struct prc_memory *memory)
{
	return !memory->file_kb && !memory->anon_kb && !memory->swap_kb;
}

/* Swap counts as low when none of it is free, whatever the setting. */
static bool policy_swap_is_low(const struct prc_policy *cfg,
			       const struct prc_facts *facts)
{
	return !facts->swap_total_kb || !facts->swap_free_kb ||
	       prc_is_below_pct(facts->swap_free_kb, facts->swap_total_kb,
				cfg->min_free_swap_pct);
}

/* Return the least free swap with which the worker takes anonymous pages. */
static u64 policy_least_swap_kb(const struct prc_policy *cfg,
				const struct prc_facts *facts)
{
	return facts->swap_total_kb / 100 * cfg->min_free_swap_pct +
	       facts->swap_total_kb % 100 * cfg->min_free_swap_pct / 100;
}

/* Return by how much the memory of a process differs from after its last full run. */
static u64 policy_delta_kb(const struct prc_memory *now,
			   const struct prc_memory *full)
{
	return policy_add(policy_add(policy_distance(now->file_kb, full->file_kb),
				     policy_distance(now->anon_kb, full->anon_kb)),
			  policy_distance(now->swap_kb, full->swap_kb));
}

static bool policy_is_unchanged(const struct prc_policy *cfg,
				const struct prc_memory *now,
				const struct prc_past *past)
{
	return cfg->full_delta_rss_kb && past->measured &&
	       policy_delta_kb(now, &past->full) <= cfg->full_delta_rss_kb;
}

/* Return true if the accessed bits do not tell what the process uses now. */
static bool policy_ages_are_old(const struct prc_facts *facts,
				const struct prc_past *past)
{
	return !past->aged ||
	       (facts->from_start &&
		policy_ms_since(past->aged_ms, facts->running_ms) >=
		PRC_AGES_OLD_MS);
}

/* Return the time until the accessed bits tell which pages are cold. */
static u64 policy_ms_to_cold(const struct prc_facts *facts,
			     const struct prc_past *past, unsigned int cold_ms)
{
	return policy_rise(policy_ms_since(past->aged_ms, facts->running_ms),
			   cold_ms);
}

/*
 * Check whether it is known which pages of the process are cold. If not, its accessed
 * bits are cleared, and a later run knows. When memory is nearly out, old ages must do,
 * and before the first aging the kernel's own lists: but not once the bits were cleared
 * here, because the classic LRU then knows no more than these bits.
 */
static enum prc_reason policy_check_ages(const struct prc_work *work,
					 const struct prc_facts *facts,
					 const struct prc_past *past,
					 struct prc_decision *decision)
{
	bool hurried = work->trigger == PRC_TRIGGER_LOWMEM;

	decision->ages = policy_ages_are_old(facts, past);
	decision->inactive = hurried && !past->aged;
	if (decision->inactive)
		return PRC_REASON_RUN;
	decision->ms_left = decision->ages && !hurried ?
			    work->cold_ms :
			    policy_ms_to_cold(facts, past, work->cold_ms);
	if (!decision->ms_left)
		return PRC_REASON_RUN;
	return policy_compared(decision, work->cold_ms - decision->ms_left,
			       work->cold_ms, PRC_REASON_AGING);
}

/* Check whether the action still applies to the process, and is not throttled. */
static enum prc_reason policy_check_action(const struct prc_policy *cfg,
					   const struct prc_work *work,
					   const struct prc_facts *facts,
					   const struct prc_past *past,
					   struct prc_decision *decision)
{
	if (facts->adj == PRC_ADJ_MIN)
		return PRC_REASON_EXEMPT;
	if (facts->is_back || !prc_adj_in(work->adj, facts->adj))
		return PRC_REASON_FOREGROUND;
	if (policy_is_unhurried(work->trigger) &&
	    policy_check_time(cfg, work->action, past, facts->now_ms, decision))
		return PRC_REASON_TIME;
	if (decision->takes == PRC_TAKES_NONE)
		return PRC_REASON_NONE;
	if (prc_policy_excludes(cfg, facts->adj))
		return PRC_REASON_EXCLUDED;
	return PRC_REASON_RUN;
}

/* Check the memory of the process and swap; take only file pages if swap is scarce. */
static enum prc_reason policy_check_memory(const struct prc_policy *cfg,
					   const struct prc_work *work,
					   const struct prc_facts *facts,
					   const struct prc_past *past,
					   struct prc_decision *decision)
{
	if (policy_is_dead(&facts->memory))
		return PRC_REASON_DEAD;
	if (facts->is_protected)
		return policy_compared(decision, facts->unprotected_kb,
				       facts->batch_kb, PRC_REASON_PROTECTED);
	if (decision->takes != PRC_TAKES_FILE && policy_swap_is_low(cfg, facts)) {
		if (decision->takes == PRC_TAKES_ANON)
			return policy_compared(decision, facts->swap_free_kb,
					       policy_least_swap_kb(cfg, facts),
					       PRC_REASON_SWAP);
		decision->takes = PRC_TAKES_FILE;
		decision->swap_is_low = true;
	}
	if (policy_is_unhurried(work->trigger) &&
	    decision->takes != PRC_TAKES_FILE) {
		if (facts->memory.anon_kb < cfg->full_anon_rss_kb)
			return policy_compared(decision, facts->memory.anon_kb,
					       cfg->full_anon_rss_kb,
					       PRC_REASON_SMALL);
		if (policy_is_unchanged(cfg, &facts->memory, past))
			return policy_compared(decision,
					       policy_delta_kb(&facts->memory,
							       &past->full),
					       cfg->full_delta_rss_kb,
					       PRC_REASON_UNCHANGED);
	}
	return PRC_REASON_RUN;
}

/* Check the deferral, and use up one of its skips. */
static enum prc_reason policy_check_deferral(const struct prc_policy *cfg,
					     const struct prc_work *work,
					     struct prc_past *past,
					     struct prc_decision *decision)
{
	struct prc_deferral *deferral =
		policy_deferral(past, policy_is_partial(work), decision->takes);

	if (work->trigger == PRC_TRIGGER_LOWMEM ||
	    !prc_defer_skips(deferral, cfg->max_defer_shift))
		return PRC_REASON_RUN;
	decision->deferral = *deferral;
	return PRC_REASON_DEFERRED;
}

/* Make each check once; the first one that fails is the reason. */
static enum prc_reason policy_check(const struct prc_policy *cfg,
				    const struct prc_work *work,
				    const struct prc_facts *facts,
				    struct prc_past *past,
				    struct prc_decision *decision)
{
	enum prc_reason reason;

	reason = policy_check_action(cfg, work, facts, past, decision);
	if (reason == PRC_REASON_RUN)
		reason = policy_check_memory(cfg, work, facts, past, decision);
	if (reason == PRC_REASON_RUN)
		reason = policy_check_deferral(cfg, work, past, decision);
	if (reason == PRC_REASON_RUN && work->cold_ms)
		reason = policy_check_ages(work, facts, past, decision);
	return reason;
}

/**
 * prc_policy_decide() - decide whether an action runs, and which pages it takes
 * @cfg: the settings
 * @work: the action
 * @facts: the process and the system now
 * @past: what is remembered of the process. A deferral is counted down, and the last run
 *	  becomes a failure if what it freed has come back.
 * @decision: filled in
 *
 * The caller reports the end of a run with prc_policy_account().
 *
 * Context: any; nothing else changes @cfg and @past.
 */
void prc_policy_decide(const struct prc_policy *cfg,
		       const struct prc_work *work,
		       const struct prc_facts *facts, struct prc_past *past,
		       struct prc_decision *decision)
{
	memset(decision, 0, sizeof(*decision));
	policy_check_last_run(cfg, facts, past);
	decision->takes = policy_takes(cfg, work->action);
	decision->reason = policy_check(cfg, work, facts, past, decision);
	if (decision->reason != PRC_REASON_RUN || !past->unchecked)
		return;
	/* The last run freed enough and it stayed free: one success ends the deferral. */
	past->unchecked = false;
	*policy_last_deferral(past) = (struct prc_deferral) { 0 };
}

static bool policy_freed_too_little(const struct prc_outcome *outcome)
{
	if (!outcome->freed_kb)
		return true;
	return outcome->freed_kb <= U64_MAX >> PRC_FREED_SHIFT &&
	       outcome->freed_kb << PRC_FREED_SHIFT < outcome->scanned_kb;
}

/**
 * prc_policy_account() - remember how a run ended
 * @cfg: the settings
 * @work: the action
 * @outcome: how it ended
 * @past: what is remembered of the process
 *
 * A run that freed enough is no success yet, because the pages may come back. A run that
 * freed too little because it was cut short is no failure.
 *
 * Context: any; nothing else changes @cfg and @past.
 */
void prc_policy_account(const struct prc_policy *cfg,
			const struct prc_work *work,
			const struct prc_outcome *outcome,
			struct prc_past *past)
{
	if (work->action < PRC_NR_SET_ACTIONS && !work->cold_ms) {
		past->acted = true;
		past->action = work->action;
		past->end_ms = outcome->now_ms;
		/* A run that was cut short has left most of its work to the next. */
		if (outcome->takes != PRC_TAKES_FILE && outcome->is_whole) {
			past->measured = true;
			past->full = outcome->memory;
		}
	}
	past->after = outcome->memory;
	past->after_ms = outcome->now_ms;
	past->after_takes = outcome->takes;
	past->freed_kb = outcome->freed_kb;
	past->after_cold = policy_is_partial(work);
	past->unchecked = !policy_freed_too_little(outcome);
	if (!past->unchecked && !outcome->cut_short)
		prc_defer_failed(policy_last_deferral(past),
				 cfg->max_defer_shift);
}

/**
 * prc_policy_aged() - remember that the accessed bits of a process were cleared
 * @running_ms: when, as in struct prc_facts
 * @past: what is remembered of the process
 *
 * Context: any; nothing else changes @past.
 */
void prc_policy_aged(u64 running_ms, struct prc_past *past)
{
	past->aged = true;
	past->aged_ms = running_ms;
}

/**
 * prc_policy_is_aging() - check whether the accessed bits are too young to tell
 * @past: what is remembered of the process
 * @running_ms: as in struct prc_facts
 * @cold_ms: as in struct prc_work
 *
 * Context: any; nothing else changes @past.
 * Return: true if the accessed bits were cleared less than @cold_ms ago.
 */
bool prc_policy_is_aging(const struct prc_past *past, u64 running_ms,
			 unsigned int cold_ms)
{
	return past->aged &&
	       policy_ms_since(past->aged_ms, running_ms) < cold_ms;
}

/**
 * prc_policy_is_refused_for_now() - check whether a reason passes by itself
 * @reason: why an action did not run
 *
 * Context: any.
 * Return: true if the same action may run later, though the process has not changed.
 */
bool prc_policy_is_refused_for_now(enum prc_reason reason)
{
	switch (reason) {
	case PRC_REASON_TIME:
	case PRC_REASON_PROTECTED:
	case PRC_REASON_SWAP:
	case PRC_REASON_DEFERRED:
		return true;
	default:
		return false;
	}
}

/**
 * prc_policy_asleep_ms() - get the interval of the checks while no user is awake
 * @cfg: the settings
 *
 * The interval is a quarter of a throttle, because the throttle of each process began at
 * another time.
 *
 * Context: any; nothing else changes @cfg.
 * Return: a quarter of the shorter one of persistent_ms and bfgs_ms that is not disabled,
 *	   of Android's ten minutes if both are; at least a second.
 */
unsigned int prc_policy_asleep_ms(const struct prc_policy *cfg)
{
	unsigned int ms = cfg->persistent_ms;

	if (!ms || (cfg->bfgs_ms && cfg->bfgs_ms < ms))
		ms = cfg->bfgs_ms;
	if (!ms)
		ms = prc_policy_default.persistent_ms;
	ms /= 4;
	return ms < 1000 ? 1000 : ms;
}
