/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What to do with a process, and what to leave: the rules of Android's
 * compactor, with a deferral like that of the kernel's memory compaction.
 * Pure: time, memory and adj come as arguments, so that the host's unit tests
 * compile it too.
 */
#ifndef PRC_POLICY_H
#define PRC_POLICY_H

#include <linux/types.h>

/* What a process is to undergo. The first four are set up in action/. */
enum prc_action {
	PRC_ACTION_SOME,	/* it became the previous app, or home */
	PRC_ACTION_FULL,	/* it became cached, idle, or memory is low */
	PRC_ACTION_PERSISTENT,	/* nobody is awake, and it is below 0 */
	PRC_ACTION_BFGS,	/* the same, a bound foreground service */
	PRC_ACTION_PRESSURE,	/* its share of a pass under memory pressure */
	PRC_NR_ACTIONS,
	PRC_ACTION_NOTHING = PRC_NR_ACTIONS,
};

#define PRC_NR_SET_ACTIONS (PRC_ACTION_BFGS + 1)

/* Who asks for it. */
enum prc_trigger {
	PRC_TRIGGER_ADJ,	/* oom_score_adj was written */
	PRC_TRIGGER_AWAKE,	/* worker/awake turned 0 */
	PRC_TRIGGER_PRESSURE,	/* kswapd woke up, or somebody reclaims directly */
	PRC_TRIGGER_IDLE,	/* it has used no CPU time for idle_ms */
	PRC_TRIGGER_LOWMEM,	/* free and file memory are under a minfree level */
	PRC_NR_TRIGGERS,
};

/* What an action takes; "none" switches it off. */
enum prc_takes {
	PRC_TAKES_NONE,
	PRC_TAKES_FILE,
	PRC_TAKES_ANON,
	PRC_TAKES_ALL,
};

/* What became of a wish: it ran, or why not; in the order of the questions. */
enum prc_reason {
	PRC_REASON_RUN,
	PRC_REASON_EXEMPT,	/* oom_score_adj is -1000 */
	PRC_REASON_FOREGROUND,	/* what the wish rested on holds no longer */
	PRC_REASON_TIME,	/* too soon after its last action */
	PRC_REASON_NONE,	/* the action is set to none */
	PRC_REASON_EXCLUDED,	/* its adj is in adj_exclude */
	PRC_REASON_DEAD,	/* it has no memory */
	PRC_REASON_PROTECTED,	/* memory.min or memory.low protects all of it */
	PRC_REASON_SWAP,	/* swap is scarce, and nothing else was wanted */
	PRC_REASON_SMALL,	/* less anonymous memory than full_anon_rss_kb */
	PRC_REASON_UNCHANGED,	/* changed by full_delta_rss_kb at most */
	PRC_REASON_DEFERRED,	/* its last passes freed too little, or in vain */
	PRC_REASON_AGING,	/* what of it is in use is being learned */
	/* Not the policy's, but ends of a wish all the same. */
	PRC_REASON_REPLACED,	/* a newer wish for the process took its place */
	PRC_REASON_DROPPED,	/* the worker was switched off */
	PRC_REASON_NOMEM,	/* no memory to remember the wish in */
	PRC_REASON_INEFFICIENT,	/* passes under pressure freed too little */
	PRC_NR_REASONS,
};

/* oom_score_adj as Android uses it. */
#define PRC_ADJ_MIN (-1000)
#define PRC_ADJ_MAX 1000
#define PRC_ADJ_PERCEPTIBLE 200	/* up to here the user sees or hears it */
#define PRC_ADJ_HOME 600
#define PRC_ADJ_PREVIOUS 700
#define PRC_ADJ_CACHED_MIN 900
#define PRC_ADJ_CACHED_MAX 999

/*
 * A pass has freed too little when less than one page in 2^3 of those it looked
 * at is gone afterwards.
 */
#define PRC_FREED_SHIFT 3

/* "Soon" after a reclaim: what comes back later was simply needed again. */
#define PRC_REFAULT_MS 60000

/*
 * A page that a process has not accessed for so long is not in use, as far as a pass under
 * pressure is concerned. That is long enough for timers of a second, and short enough for
 * a shortage that lasts.
 */
#define PRC_COLD_MS 5000

/* Before a process is killed there is no more time than that to learn what is in use. */
#define PRC_COLD_LOWMEM_MS 250

/* Accessed bits that were cleared longer ago tell more of the past than of the present. */
#define PRC_AGES_OLD_MS 60000

/* A range of adj, both ends included; empty when @lo is above @hi. */
struct prc_adj_range {
	short lo;
	short hi;
};

#define PRC_MAX_EXCLUDES 16

/**
 * struct prc_policy - the settings of action/ and throttle/
 * @takes: what each of the actions some, full, persistent and bfgs takes
 * @some_some_ms: least time from a "some" to the next "some"
 * @some_full_ms: least time from a "full" to a "some"
 * @full_some_ms: least time from a "some" to a "full"
 * @full_full_ms: least time from a "full" to the next "full"
 * @persistent_ms: least time from a "persistent" to the next
 * @bfgs_ms: least time from a "bfgs" to the next
 * @full_anon_rss_kb: least anonymous memory for anon and all
 * @full_delta_rss_kb: least change since the last anon or all, exclusive
 * @max_defer_shift: a process is passed over 2^that many times at most
 * @min_free_swap_pct: with less free swap than that only file pages are taken
 * @excludes: adj that no action touches
 * @nr_excludes: of these, in use
 *
 * 0 switches a throttle off.
 */
struct prc_policy {
	enum prc_takes takes[PRC_NR_SET_ACTIONS];
	unsigned int some_some_ms;
	unsigned int some_full_ms;
	unsigned int full_some_ms;
	unsigned int full_full_ms;
	unsigned int persistent_ms;
	unsigned int bfgs_ms;
	unsigned int full_anon_rss_kb;
	unsigned int full_delta_rss_kb;
	unsigned int max_defer_shift;
	unsigned int min_free_swap_pct;
	struct prc_adj_range excludes[PRC_MAX_EXCLUDES];
	unsigned int nr_excludes;
};

/**
 * struct prc_work - that a process be dealt with
 * @action: how
 * @trigger: who asks
 * @adj: the process's adj has to stay in here, or it is let alone
 * @max_pages: take so many at most; 0 for no limit
 * @cold_ms: take only what the process has not accessed for so long; 0: whatever it has
 * @cpu_ns: of one that is idle: CPU time that it had used when that was seen
 */
struct prc_work {
	enum prc_action action;
	enum prc_trigger trigger;
	struct prc_adj_range adj;
	unsigned long max_pages;
	unsigned int cold_ms;
	u64 cpu_ns;
};

/**
 * struct prc_cause - why the engine reclaims, for the tracepoints
 * @action: enum prc_action; -1 for a request that was written
 * @last_action: what the worker did before; PRC_ACTION_NOTHING if that is not known
 * @last_ago_ms: how long ago that ended
 */
struct prc_cause {
	int action;
	enum prc_action last_action;
	u64 last_ago_ms;
};

/* The memory of a process, in kB. Shared memory counts as anonymous. */
struct prc_memory {
	u64 file_kb;
	u64 anon_kb;
	u64 swap_kb;
};

/**
 * struct prc_facts - a process and the system as they are now
 * @now_ms: a clock that does not go back; 0 is a time like any other
 * @running_ms: one that stands still while the system is suspended
 * @adj: its oom_score_adj
 * @is_back: what else the wish rested on holds no longer: it is no longer
 *	     idle, or somebody is awake again
 * @is_protected: nothing may be taken of it, for its cgroup's memory.min or memory.low
 * @unprotected_kb: what of its cgroup these leave
 * @batch_kb: the least that is worth a pass
 * @from_start: the pass begins at the process's lowest address
 * @memory: what it has
 * @swap_total_kb: all swap areas together; 0 for none
 * @swap_free_kb: of these, free
 */
struct prc_facts {
	u64 now_ms;
	u64 running_ms;
	int adj;
	bool is_back;
	bool is_protected;
	u64 unprotected_kb;
	u64 batch_kb;
	bool from_start;
	struct prc_memory memory;
	u64 swap_total_kb;
	u64 swap_free_kb;
};

/**
 * struct prc_deferral - whether trying is in vain
 * @failures: tries in a row that were
 * @skips: how often it is still not to be tried
 */
struct prc_deferral {
	unsigned int failures;
	unsigned int skips;
};

/**
 * struct prc_past - what the policy remembers of a process; all 0 at first
 * @acted: an action was carried out
 * @action: the last one (of the four that are set up)
 * @end_ms: when that ended
 * @measured: @full is known
 * @full: memory after the last of the four that took anonymous pages and came to
 *	  its end
 * @after: memory after the last pass of any kind
 * @after_ms: when that ended
 * @after_takes: what that took
 * @freed_kb: what that freed
 * @after_cold: and whether that was a share, or took only what was cold
 * @unjudged: whether that came back soon is not known yet
 * @aged: its accessed bits have been cleared
 * @aged_ms: when, on the clock that stands still in a suspend
 * @file: of passes that take file pages alone
 * @pressure: of shares, and of passes that take only what is cold
 * @anon: of the others. Few free pages of libraries say nothing about a heap.
 */
struct prc_past {
	bool acted;
	enum prc_action action;
	u64 end_ms;
	bool measured;
	struct prc_memory full;
	struct prc_memory after;
	u64 after_ms;
	enum prc_takes after_takes;
	u64 freed_kb;
	bool after_cold;
	bool unjudged;
	bool aged;
	u64 aged_ms;
	struct prc_deferral file;
	struct prc_deferral pressure;
	struct prc_deferral anon;
};

/**
 * struct prc_decision - what is to be done
 * @reason: PRC_REASON_RUN, or why nothing
 * @takes: what to take; of meaning only with PRC_REASON_RUN
 * @swap_is_low: only file pages are taken, because swap is scarce
 * @inactive: take only what is on an inactive list and was not accessed lately, because
 *	      the process's own accessed bits tell nothing yet
 * @ages: its accessed bits are to be cleared, before or after that
 * @ms_left: until the throttle is over, with PRC_REASON_TIME; until it is known what is
 *	     cold, with PRC_REASON_AGING
 * @value: what the policy compared, in the unit of @limit; 0 with the other reasons
 * @limit: what it compared that with: in ms with PRC_REASON_TIME and PRC_REASON_AGING, in
 *	   kB with PRC_REASON_PROTECTED, PRC_REASON_SWAP, PRC_REASON_SMALL and
 *	   PRC_REASON_UNCHANGED
 * @deferral: what is left of it, with PRC_REASON_DEFERRED
 */
struct prc_decision {
	enum prc_reason reason;
	enum prc_takes takes;
	bool swap_is_low;
	bool inactive;
	bool ages;
	u64 ms_left;
	u64 value;
	u64 limit;
	struct prc_deferral deferral;
};

/**
 * struct prc_outcome - how a pass ended
 * @now_ms: when
 * @takes: what it was to take
 * @scanned_kb: memory that it looked at
 * @freed_kb: by how much RSS fell
 * @cut_short: it was ended before its end, for no fault of the process
 * @is_whole: it came to its end
 * @memory: what the process has now
 */
struct prc_outcome {
	u64 now_ms;
	enum prc_takes takes;
	u64 scanned_kb;
	u64 freed_kb;
	bool cut_short;
	bool is_whole;
	struct prc_memory memory;
};

/**
 * struct prc_efficiency - whether passes under pressure are worth their cost
 * @poor: passes in a row under the limit
 * @skips: how many wakes are still to be passed over
 */
struct prc_efficiency {
	unsigned int poor;
	unsigned int skips;
};

extern const struct prc_policy prc_policy_default;

bool prc_adj_in(struct prc_adj_range range, int adj);
enum prc_action prc_policy_transition(int before, int after);
enum prc_action prc_policy_asleep(int adj, struct prc_adj_range bfgs);
bool prc_policy_excludes(const struct prc_policy *set, int adj);
void prc_policy_decide(const struct prc_policy *set,
		       const struct prc_work *work,
		       const struct prc_facts *facts, struct prc_past *past,
		       struct prc_decision *decision);
void prc_policy_account(const struct prc_policy *set,
			const struct prc_work *work,
			const struct prc_outcome *outcome,
			struct prc_past *past);
void prc_policy_aged(u64 running_ms, struct prc_past *past);
bool prc_policy_is_aging(const struct prc_past *past, u64 running_ms,
			 unsigned int cold_ms);
bool prc_policy_is_refused_for_now(enum prc_reason reason);
unsigned int prc_policy_asleep_ms(const struct prc_policy *set);

bool prc_defer_skips(struct prc_deferral *deferral, unsigned int max_shift);
void prc_defer_failed(struct prc_deferral *deferral, unsigned int max_shift);

bool prc_efficiency_skips(struct prc_efficiency *eff);
void prc_efficiency_add(struct prc_efficiency *eff, u64 scanned, u64 reclaimed,
			unsigned int min_pct, unsigned int window);
unsigned long prc_pressure_share(u64 anon, u64 sum, unsigned long budget);

int prc_lowmem_level(const unsigned int *minfree, unsigned int levels,
		     u64 free_pages, u64 file_pages);

const char *prc_action_name(enum prc_action action);
const char *prc_trigger_name(enum prc_trigger trigger);
const char *prc_takes_name(enum prc_takes takes);
const char *prc_reason_name(enum prc_reason reason);

#endif
