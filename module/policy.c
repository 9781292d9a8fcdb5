// SPDX-License-Identifier: GPL-2.0
/*
 * What to do with a process, and what to leave. Facts and settings come in, a
 * decision with its reason goes out; what is remembered of a process is only
 * changed here. No number is too large: sums saturate, products are avoided.
 */
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/types.h>

#include "policy.h"

/* Android's, but for the back-off, which is that of memory compaction. */
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

/* How far @to lies above @from; 0 when below. */
static u64 rise(u64 from, u64 to)
{
	return to > from ? to - from : 0;
}

static u64 distance(u64 a, u64 b)
{
	return a > b ? a - b : b - a;
}

static u64 add(u64 a, u64 b)
{
	return a > U64_MAX - b ? U64_MAX : a + b;
}

/**
 * prc_adj_in() - whether an adj lies in a range
 * @range: the range
 * @adj: an oom_score_adj
 *
 * Context: any.
 * Return: true if so; never for an empty range.
 */
bool prc_adj_in(struct prc_adj_range range, int adj)
{
	return adj >= range.lo && adj <= range.hi;
}

static bool is_cached(int adj)
{
	return adj >= PRC_ADJ_CACHED_MIN && adj <= PRC_ADJ_CACHED_MAX;
}

/**
 * prc_policy_transition() - what a change of adj calls for
 * @before: the oom_score_adj that the process had
 * @after: the one that it has; when equal, nothing is called for
 *
 * Context: any.
 * Return: PRC_ACTION_SOME, PRC_ACTION_FULL or PRC_ACTION_NOTHING.
 */
enum prc_action prc_policy_transition(int before, int after)
{
	if (before <= PRC_ADJ_PERCEPTIBLE &&
	    (after == PRC_ADJ_PREVIOUS || after == PRC_ADJ_HOME))
		return PRC_ACTION_SOME;
	if (!is_cached(before) && is_cached(after))
		return PRC_ACTION_FULL;
	return PRC_ACTION_NOTHING;
}

/**
 * prc_policy_asleep() - what a process is to undergo while nobody is awake
 * @adj: its oom_score_adj
 * @bfgs: where bound foreground services are; what is below 0 is persistent
 *	  even in here
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

/* A clock that went back has stood still. */
static u64 ms_since(u64 then_ms, u64 now_ms)
{
	return rise(then_ms, now_ms);
}

/* One that leaves what is in use, so that it says nothing of all that a process has. */
static bool is_partial(const struct prc_work *work)
{
	return work->action == PRC_ACTION_PRESSURE || work->cold_ms;
}

static struct prc_deferral *deferral_of(struct prc_past *past, bool partial,
					enum prc_takes takes)
{
	if (partial)
		return &past->pressure;
	return takes == PRC_TAKES_FILE ? &past->file : &past->anon;
}

/* That of the last pass, whatever it was. */
static struct prc_deferral *last_deferral(struct prc_past *past)
{
	return deferral_of(past, past->after_cold, past->after_takes);
}

/*
 * What has come back since the last pass. Anonymous pages that did have left swap.
 * Of file pages only the growth is known; it may be of others than before, but
 * what the pass won is gone all the same.
 */
static u64 back_kb(const struct prc_past *past, const struct prc_memory *now)
{
	u64 anon_kb = rise(now->swap_kb, past->after.swap_kb);
	u64 file_kb = rise(past->after.file_kb, now->file_kb);

	return add(past->after_takes == PRC_TAKES_FILE ? 0 : anon_kb,
		   past->after_takes == PRC_TAKES_ANON ? 0 : file_kb);
}

/*
 * When half of what the last pass freed is back soon after it, then that was in
 * vain, however much it freed.
 */
static void judge_last_pass(const struct prc_policy *set,
			    const struct prc_facts *facts,
			    struct prc_past *past)
{
	if (!past->unjudged || !past->freed_kb ||
	    ms_since(past->after_ms, facts->now_ms) >= PRC_REFAULT_MS ||
	    back_kb(past, &facts->memory) < past->freed_kb - past->freed_kb / 2)
		return;
	past->unjudged = false;
	prc_defer_failed(last_deferral(past), set->max_defer_shift);
}

/*
 * With these there is time to ask whether a pass is worth its cost. When memory
 * is short, it has been asked already whom to take it from.
 */
static bool is_unhurried(enum prc_trigger trigger)
{
	return trigger == PRC_TRIGGER_ADJ || trigger == PRC_TRIGGER_AWAKE ||
	       trigger == PRC_TRIGGER_IDLE;
}

/* The least time from the end of @last to @next. */
static unsigned int throttle_ms(const struct prc_policy *set,
				enum prc_action next, enum prc_action last)
{
	switch (next) {
	case PRC_ACTION_SOME:
		if (last == PRC_ACTION_SOME)
			return set->some_some_ms;
		return last == PRC_ACTION_FULL ? set->some_full_ms : 0;
	case PRC_ACTION_FULL:
		if (last == PRC_ACTION_SOME)
			return set->full_some_ms;
		return last == PRC_ACTION_FULL ? set->full_full_ms : 0;
	/* After any last action, as with Android. */
	case PRC_ACTION_PERSISTENT:
		return set->persistent_ms;
	case PRC_ACTION_BFGS:
		return set->bfgs_ms;
	default:
		return 0;
	}
}

static u64 throttle_ms_left(const struct prc_policy *set,
			    enum prc_action next, const struct prc_past *past,
			    u64 now_ms)
{
	if (!past->acted)
		return 0;
	return rise(ms_since(past->end_ms, now_ms),
		    throttle_ms(set, next, past->action));
}

static enum prc_takes takes_of(const struct prc_policy *set,
			       enum prc_action action)
{
	if (action < PRC_NR_SET_ACTIONS)
		return set->takes[action];
	return action == PRC_ACTION_PRESSURE ? PRC_TAKES_ANON : PRC_TAKES_NONE;
}

/**
 * prc_policy_excludes() - whether no action may touch a process
 * @set: the settings
 * @adj: its oom_score_adj
 *
 * Context: any; the caller keeps others from @set.
 * Return: true if so.
 */
bool prc_policy_excludes(const struct prc_policy *set, int adj)
{
	unsigned int i;

	for (i = 0; i < set->nr_excludes; i++)
		if (prc_adj_in(set->excludes[i], adj))
			return true;
	return false;
}

/* One that is swapped out whole lives, though there is nothing to take. */
static bool is_dead(const struct prc_memory *memory)
{
	return !memory->file_kb && !memory->anon_kb && !memory->swap_kb;
}

/* Whatever the setting: where no swap is free, nothing can be swapped out. */
static bool swap_is_low(const struct prc_policy *set,
			const struct prc_facts *facts)
{
	return !facts->swap_total_kb || !facts->swap_free_kb ||
	       prc_is_below_pct(facts->swap_free_kb, facts->swap_total_kb,
				set->min_free_swap_pct);
}

static bool is_unchanged(const struct prc_policy *set,
			 const struct prc_memory *now,
			 const struct prc_past *past)
{
	u64 delta_kb;

	if (!set->full_delta_rss_kb || !past->measured)
		return false;
	delta_kb = add(distance(now->file_kb, past->full.file_kb),
		       distance(now->anon_kb, past->full.anon_kb));
	delta_kb = add(delta_kb, distance(now->swap_kb, past->full.swap_kb));
	return delta_kb <= set->full_delta_rss_kb;
}

/* Do the accessed bits of the process tell what it uses now? */
static bool ages_are_old(const struct prc_facts *facts,
			 const struct prc_past *past)
{
	return !past->aged ||
	       (facts->from_start &&
		ms_since(past->aged_ms, facts->running_ms) >= PRC_AGES_OLD_MS);
}

/* How long it is until the accessed bits tell which pages are cold. */
static u64 ms_to_cold(const struct prc_facts *facts,
		      const struct prc_past *past, unsigned int cold_ms)
{
	return rise(ms_since(past->aged_ms, facts->running_ms), cold_ms);
}

/*
 * Is it known which pages of the process are cold? If not, its accessed bits are cleared,
 * and a later pass knows. When memory is nearly out, old ages have to do, and before the
 * first what the kernel's own lists say: but not once the bits were cleared here, because
 * then the classic LRU knows no more than these bits.
 */
static enum prc_reason ask_ages(const struct prc_work *work,
				const struct prc_facts *facts,
				const struct prc_past *past,
				struct prc_decision *decision)
{
	bool hurried = work->trigger == PRC_TRIGGER_LOWMEM;

	decision->ages = ages_are_old(facts, past);
	decision->inactive = hurried && !past->aged;
	if (decision->inactive)
		return PRC_REASON_RUN;
	decision->ms_left = decision->ages && !hurried ?
			    work->cold_ms :
			    ms_to_cold(facts, past, work->cold_ms);
	return decision->ms_left ? PRC_REASON_AGING : PRC_REASON_RUN;
}

/* Each question once, the first that is in the way is the reason. */
static enum prc_reason ask(const struct prc_policy *set,
			   const struct prc_work *work,
			   const struct prc_facts *facts, struct prc_past *past,
			   struct prc_decision *decision)
{
	bool unhurried = is_unhurried(work->trigger);
	struct prc_deferral *deferral;

	if (facts->adj == PRC_ADJ_MIN)
		return PRC_REASON_EXEMPT;
	if (facts->is_back || !prc_adj_in(work->adj, facts->adj))
		return PRC_REASON_FOREGROUND;
	if (unhurried)
		decision->ms_left = throttle_ms_left(set, work->action, past,
						     facts->now_ms);
	if (decision->ms_left)
		return PRC_REASON_TIME;
	if (decision->takes == PRC_TAKES_NONE)
		return PRC_REASON_NONE;
	if (prc_policy_excludes(set, facts->adj))
		return PRC_REASON_EXCLUDED;
	if (is_dead(&facts->memory))
		return PRC_REASON_DEAD;
	if (facts->is_protected)
		return PRC_REASON_PROTECTED;
	if (decision->takes != PRC_TAKES_FILE && swap_is_low(set, facts)) {
		if (decision->takes == PRC_TAKES_ANON)
			return PRC_REASON_SWAP;
		decision->takes = PRC_TAKES_FILE;
		decision->swap_is_low = true;
	}
	if (unhurried && decision->takes != PRC_TAKES_FILE) {
		if (facts->memory.anon_kb < set->full_anon_rss_kb)
			return PRC_REASON_SMALL;
		if (is_unchanged(set, &facts->memory, past))
			return PRC_REASON_UNCHANGED;
	}
	deferral = deferral_of(past, is_partial(work), decision->takes);
	if (work->trigger != PRC_TRIGGER_LOWMEM &&
	    prc_defer_skips(deferral, set->max_defer_shift)) {
		decision->deferral = *deferral;
		return PRC_REASON_DEFERRED;
	}
	return work->cold_ms ? ask_ages(work, facts, past, decision) :
			       PRC_REASON_RUN;
}

/**
 * prc_policy_decide() - whether to do what is wished, and what to take
 * @set: the settings
 * @work: what is wished
 * @facts: the process and the system now
 * @past: what is remembered of the process; a deferral is counted here, and the
 *	  last pass is judged by what has come back since
 * @decision: filled in
 *
 * When the decision is to run, tell prc_policy_account() how that ended.
 *
 * Context: any; the caller keeps others from @set and @past.
 */
void prc_policy_decide(const struct prc_policy *set,
		       const struct prc_work *work,
		       const struct prc_facts *facts, struct prc_past *past,
		       struct prc_decision *decision)
{
	memset(decision, 0, sizeof(*decision));
	judge_last_pass(set, facts, past);
	decision->takes = takes_of(set, work->action);
	decision->reason = ask(set, work, facts, past, decision);
	if (decision->reason != PRC_REASON_RUN || !past->unjudged)
		return;
	/* The last pass was good, and stayed so: one success forgives. */
	past->unjudged = false;
	*last_deferral(past) = (struct prc_deferral) { 0 };
}

static bool freed_too_little(const struct prc_outcome *outcome)
{
	if (!outcome->freed_kb)
		return true;
	return outcome->freed_kb <= U64_MAX >> PRC_FREED_SHIFT &&
	       outcome->freed_kb << PRC_FREED_SHIFT < outcome->scanned_kb;
}

/**
 * prc_policy_account() - remember how a pass ended
 * @set: the settings
 * @work: what was wished
 * @outcome: how it ended
 * @past: what is remembered of the process
 *
 * A good pass is not taken for a success yet: what it freed may come back. One
 * that freed too little because it was cut short says nothing.
 *
 * Context: any; the caller keeps others from @set and @past.
 */
void prc_policy_account(const struct prc_policy *set,
			const struct prc_work *work,
			const struct prc_outcome *outcome,
			struct prc_past *past)
{
	if (work->action < PRC_NR_SET_ACTIONS && !work->cold_ms) {
		past->acted = true;
		past->action = work->action;
		past->end_ms = outcome->now_ms;
		/* One that was cut short has left most of it to the next. */
		if (outcome->takes != PRC_TAKES_FILE && outcome->is_whole) {
			past->measured = true;
			past->full = outcome->memory;
		}
	}
	past->after = outcome->memory;
	past->after_ms = outcome->now_ms;
	past->after_takes = outcome->takes;
	past->freed_kb = outcome->freed_kb;
	past->after_cold = is_partial(work);
	past->unjudged = !freed_too_little(outcome);
	if (!past->unjudged && !outcome->cut_short)
		prc_defer_failed(last_deferral(past), set->max_defer_shift);
}

/**
 * prc_policy_aged() - remember that the accessed bits of a process were cleared
 * @running_ms: when, as in struct prc_facts
 * @past: what is remembered of the process
 *
 * Context: any; the caller keeps others from @past.
 */
void prc_policy_aged(u64 running_ms, struct prc_past *past)
{
	past->aged = true;
	past->aged_ms = running_ms;
}

/**
 * prc_policy_is_aging() - is it still too early to tell what of a process is cold?
 * @past: what is remembered of the process
 * @running_ms: as in struct prc_facts
 * @cold_ms: as in struct prc_work
 *
 * Context: any; the caller keeps others from @past.
 * Return: true if its accessed bits were cleared less than @cold_ms ago.
 */
bool prc_policy_is_aging(const struct prc_past *past, u64 running_ms,
			 unsigned int cold_ms)
{
	return past->aged && ms_since(past->aged_ms, running_ms) < cold_ms;
}

/**
 * prc_policy_is_refused_for_now() - does a reason not to run go away by itself?
 * @reason: the reason
 *
 * Context: any.
 * Return: true if the same may run later, though the process has not changed.
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
 * prc_policy_asleep_ms() - how often to ask again while nobody is awake
 * @set: the settings
 *
 * Context: any; the caller keeps others from @set.
 * A quarter of a throttle, because each process's has begun at a time of its own.
 *
 * Return: a quarter of the shorter of persistent_ms and bfgs_ms that is not switched off,
 *	   of Android's ten minutes if both are; at least a second.
 */
unsigned int prc_policy_asleep_ms(const struct prc_policy *set)
{
	unsigned int ms = set->persistent_ms;

	if (!ms || (set->bfgs_ms && set->bfgs_ms < ms))
		ms = set->bfgs_ms;
	if (!ms)
		ms = prc_policy_default.persistent_ms;
	ms /= 4;
	return ms < 1000 ? 1000 : ms;
}
