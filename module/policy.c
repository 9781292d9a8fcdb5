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

/* No unsigned int takes a larger power of 2. */
#define MAX_SHIFT 31

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

/*
 * Whether @part is less than @pct percent of @whole: part * 100 < whole * pct,
 * where neither product need fit.
 */
static bool is_below_pct(u64 part, u64 whole, unsigned int pct)
{
	u64 hundredth = whole / 100;
	u64 rest = (whole % 100 * pct + 99) / 100;

	if (pct && hundredth > (U64_MAX - rest) / pct)
		return true;
	return part < hundredth * pct + rest;
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

/* Note what is compared, and return the reason that it is. */
static enum prc_reason compared(struct prc_decision *decision, u64 value,
				u64 limit, enum prc_reason reason)
{
	decision->value = value;
	decision->limit = limit;
	return reason;
}

/* Return PRC_REASON_TIME if the last action ended less than the throttle ago. */
static enum prc_reason ask_time(const struct prc_policy *set,
				enum prc_action next,
				const struct prc_past *past, u64 now_ms,
				struct prc_decision *decision)
{
	u64 since_ms = ms_since(past->end_ms, now_ms);
	u64 least_ms = throttle_ms(set, next, past->action);

	if (!past->acted || since_ms >= least_ms)
		return PRC_REASON_RUN;
	decision->ms_left = least_ms - since_ms;
	return compared(decision, since_ms, least_ms, PRC_REASON_TIME);
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
	       is_below_pct(facts->swap_free_kb, facts->swap_total_kb,
			    set->min_free_swap_pct);
}

/* Return the least free swap with which the worker takes anonymous pages. */
static u64 least_swap_kb(const struct prc_policy *set,
			 const struct prc_facts *facts)
{
	return facts->swap_total_kb / 100 * set->min_free_swap_pct +
	       facts->swap_total_kb % 100 * set->min_free_swap_pct / 100;
}

/* By how much the memory of a process differs from what it was after its last full pass. */
static u64 delta_kb(const struct prc_memory *now, const struct prc_memory *full)
{
	return add(add(distance(now->file_kb, full->file_kb),
		       distance(now->anon_kb, full->anon_kb)),
		   distance(now->swap_kb, full->swap_kb));
}

static bool is_unchanged(const struct prc_policy *set,
			 const struct prc_memory *now,
			 const struct prc_past *past)
{
	return set->full_delta_rss_kb && past->measured &&
	       delta_kb(now, &past->full) <= set->full_delta_rss_kb;
}

/* The most that a process is passed over; none when that is switched off. */
static unsigned int cap_skips(unsigned int skips, unsigned int max_shift)
{
	unsigned int most;

	if (!max_shift)
		return 0;
	most = 1U << (max_shift < MAX_SHIFT ? max_shift : MAX_SHIFT);
	return skips < most ? skips : most;
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
	if (!decision->ms_left)
		return PRC_REASON_RUN;
	return compared(decision, work->cold_ms - decision->ms_left,
			work->cold_ms, PRC_REASON_AGING);
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
	if (unhurried && ask_time(set, work->action, past, facts->now_ms,
				  decision))
		return PRC_REASON_TIME;
	if (decision->takes == PRC_TAKES_NONE)
		return PRC_REASON_NONE;
	if (prc_policy_excludes(set, facts->adj))
		return PRC_REASON_EXCLUDED;
	if (is_dead(&facts->memory))
		return PRC_REASON_DEAD;
	if (facts->is_protected)
		return compared(decision, facts->unprotected_kb,
				facts->batch_kb, PRC_REASON_PROTECTED);
	if (decision->takes != PRC_TAKES_FILE && swap_is_low(set, facts)) {
		if (decision->takes == PRC_TAKES_ANON)
			return compared(decision, facts->swap_free_kb,
					least_swap_kb(set, facts),
					PRC_REASON_SWAP);
		decision->takes = PRC_TAKES_FILE;
		decision->swap_is_low = true;
	}
	if (unhurried && decision->takes != PRC_TAKES_FILE) {
		if (facts->memory.anon_kb < set->full_anon_rss_kb)
			return compared(decision, facts->memory.anon_kb,
					set->full_anon_rss_kb,
					PRC_REASON_SMALL);
		if (is_unchanged(set, &facts->memory, past))
			return compared(decision,
					delta_kb(&facts->memory, &past->full),
					set->full_delta_rss_kb,
					PRC_REASON_UNCHANGED);
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

/**
 * prc_defer_skips() - whether to pass over, this once
 * @deferral: what is counted down
 * @max_shift: as it is now; it may have been lowered since the last failure
 *
 * Context: any; the caller keeps others from @deferral.
 * Return: true while there were skips left.
 */
bool prc_defer_skips(struct prc_deferral *deferral, unsigned int max_shift)
{
	deferral->skips = cap_skips(deferral->skips, max_shift);
	if (!deferral->skips)
		return false;
	deferral->skips--;
	return true;
}

/**
 * prc_defer_failed() - count a failure, and back off
 * @deferral: failures in a row, and how often to pass over from now on: 1, 2, 4
 *	      and so on
 * @max_shift: up to 2^that; 0 for never
 *
 * Context: any; the caller keeps others from @deferral.
 */
void prc_defer_failed(struct prc_deferral *deferral, unsigned int max_shift)
{
	unsigned int shift = deferral->failures < MAX_SHIFT ?
			     deferral->failures : MAX_SHIFT;

	if (deferral->failures < UINT_MAX)
		deferral->failures++;
	deferral->skips = cap_skips(1U << shift, max_shift);
}

/**
 * prc_efficiency_skips() - whether to pass over a wake, this once
 * @eff: the efficiency so far
 *
 * Context: any; the caller keeps others from @eff.
 * Return: true while there were skips left.
 */
bool prc_efficiency_skips(struct prc_efficiency *eff)
{
	if (!eff->skips)
		return false;
	eff->skips--;
	return true;
}

/**
 * prc_efficiency_add() - count a pass under pressure
 * @eff: the efficiency so far
 * @scanned: pages that the pass looked at; 0 says nothing, and is not counted
 * @reclaimed: pages that it freed
 * @min_pct: with fewer of 100 the pass is poor; 0 switches that off
 * @window: after that many poor ones in a row as many wakes are passed over; 0
 *	    switches that off
 *
 * Context: any; the caller keeps others from @eff.
 */
void prc_efficiency_add(struct prc_efficiency *eff, u64 scanned, u64 reclaimed,
			unsigned int min_pct, unsigned int window)
{
	if (!scanned)
		return;
	if (!window || !is_below_pct(reclaimed, scanned, min_pct)) {
		eff->poor = 0;
		return;
	}
	/* Not "equal": the window may have been made smaller. */
	if (++eff->poor >= window) {
		eff->poor = 0;
		eff->skips = window;
	}
}

/**
 * prc_pressure_share() - what a process has to give of the pages of a pass
 * @anon: its anonymous memory
 * @sum: that of all processes which share the pass, in the same unit
 * @budget: pages of the pass
 *
 * Context: any.
 * Return: pages, in proportion and rounded down, but at least 1 of a process
 * that has any.
 */
unsigned long prc_pressure_share(u64 anon, u64 sum, unsigned long budget)
{
	u64 share;

	if (!anon || !sum || !budget)
		return 0;
	if (anon >= sum)
		return budget;
	/* The proportion is in the upper bits. Here anon is 2 at least. */
	while (anon > U64_MAX / budget) {
		anon >>= 1;
		sum >>= 1;
	}
	share = anon * budget / sum;
	return share ? share : 1;
}

/**
 * prc_lowmem_level() - how short memory is
 * @minfree: for each level, pages; a 0 switches the level off
 * @levels: entries in @minfree
 * @free_pages: free memory
 * @file_pages: memory in the page cache
 *
 * Context: any.
 * Return: the lowest level with both under its minfree; -1 when there is none.
 */
int prc_lowmem_level(const unsigned int *minfree, unsigned int levels,
		     u64 free_pages, u64 file_pages)
{
	unsigned int i;

	for (i = 0; i < levels; i++)
		if (free_pages < minfree[i] && file_pages < minfree[i])
			return i;
	return -1;
}

/**
 * prc_action_name() - the word for @action
 * @action: an action, or PRC_ACTION_NOTHING
 *
 * Return: a constant string.
 */
const char *prc_action_name(enum prc_action action)
{
	static const char * const names[] = {
		[PRC_ACTION_SOME] = "some",
		[PRC_ACTION_FULL] = "full",
		[PRC_ACTION_PERSISTENT] = "persistent",
		[PRC_ACTION_BFGS] = "bfgs",
		[PRC_ACTION_PRESSURE] = "pressure",
		[PRC_ACTION_NOTHING] = "nothing",
	};

	return names[action];
}

/**
 * prc_trigger_name() - the word for @trigger
 * @trigger: a trigger
 *
 * Return: a constant string.
 */
const char *prc_trigger_name(enum prc_trigger trigger)
{
	static const char * const names[] = {
		[PRC_TRIGGER_ADJ] = "adj",
		[PRC_TRIGGER_AWAKE] = "awake",
		[PRC_TRIGGER_PRESSURE] = "pressure",
		[PRC_TRIGGER_IDLE] = "idle",
		[PRC_TRIGGER_LOWMEM] = "lowmem",
	};

	return names[trigger];
}

/**
 * prc_takes_name() - the word for @takes
 * @takes: what an action takes
 *
 * Return: a constant string.
 */
const char *prc_takes_name(enum prc_takes takes)
{
	static const char * const names[] = {
		[PRC_TAKES_NONE] = "none",
		[PRC_TAKES_FILE] = "file",
		[PRC_TAKES_ANON] = "anon",
		[PRC_TAKES_ALL] = "all",
	};

	return names[takes];
}

/**
 * prc_reason_name() - the word for @reason
 * @reason: a reason
 *
 * Return: a constant string.
 */
const char *prc_reason_name(enum prc_reason reason)
{
	static const char * const names[] = {
		[PRC_REASON_RUN] = "run",
		[PRC_REASON_EXEMPT] = "exempt",
		[PRC_REASON_FOREGROUND] = "foreground",
		[PRC_REASON_TIME] = "time",
		[PRC_REASON_NONE] = "none",
		[PRC_REASON_EXCLUDED] = "excluded",
		[PRC_REASON_DEAD] = "dead",
		[PRC_REASON_PROTECTED] = "protected",
		[PRC_REASON_SWAP] = "swap",
		[PRC_REASON_SMALL] = "small",
		[PRC_REASON_UNCHANGED] = "unchanged",
		[PRC_REASON_DEFERRED] = "deferred",
		[PRC_REASON_AGING] = "aging",
		[PRC_REASON_REPLACED] = "replaced",
		[PRC_REASON_DROPPED] = "dropped",
		[PRC_REASON_NOMEM] = "nomem",
		[PRC_REASON_INEFFICIENT] = "inefficient",
	};

	return names[reason];
}
