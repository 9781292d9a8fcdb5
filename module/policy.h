/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Decides what to do with a process: the rules of Android's compactor, with a deferral
 * like that of the kernel's memory compaction. Pure: time, memory and adj are arguments,
 * so that the host's unit tests compile it too.
 */
#ifndef PRC_POLICY_H
#define PRC_POLICY_H

#include <linux/types.h>

#include "policy_math.h"

/* What is done with a process. The first four have a file in action/. */
enum prc_action {
	PRC_ACTION_SOME,	/* it became the previous app, or home */
	PRC_ACTION_FULL,	/* it became cached, idle, or memory is low */
	PRC_ACTION_PERSISTENT,	/* no user is awake, and its adj is below 0 */
	PRC_ACTION_BFGS,	/* no user is awake, and it is a bound foreground service */
	PRC_ACTION_PRESSURE,	/* its share of a pass under memory pressure */
	PRC_NR_ACTIONS,
	PRC_ACTION_NOTHING = PRC_NR_ACTIONS,
	PRC_ACTION_REQUEST,	/* not of the worker: a request was written */
};

#define PRC_NR_SET_ACTIONS (PRC_ACTION_BFGS + 1)

/* Which event queues an action. */
enum prc_trigger {
	PRC_TRIGGER_ADJ,	/* oom_score_adj was written */
	PRC_TRIGGER_AWAKE,	/* worker/awake turned 0 */
	PRC_TRIGGER_PRESSURE,	/* kswapd was woken, or a task entered direct reclaim */
	PRC_TRIGGER_IDLE,	/* the process has used no CPU time for idle_ms */
	PRC_TRIGGER_LOWMEM,	/* free and file memory are under a minfree level */
	PRC_NR_TRIGGERS,
};

/* Which pages an action takes; "none" disables it. */
enum prc_takes {
	PRC_TAKES_NONE,
	PRC_TAKES_FILE,
	PRC_TAKES_ANON,
	PRC_TAKES_ALL,
};

/* Why an action ran or did not run, in the order in which the policy checks. */
enum prc_reason {
	PRC_REASON_RUN,
	PRC_REASON_EXEMPT,	/* oom_score_adj is -1000 */
	PRC_REASON_FOREGROUND,	/* the reason for the action no longer applies */
	PRC_REASON_TIME,	/* too soon after the last action */
	PRC_REASON_NONE,	/* the action is set to none */
	PRC_REASON_EXCLUDED,	/* the adj is in adj_exclude */
	PRC_REASON_DEAD,	/* the process has no memory */
	PRC_REASON_PROTECTED,	/* memory.min or memory.low protects all of it */
	PRC_REASON_SWAP,	/* swap is scarce, and only anonymous pages were wanted */
	PRC_REASON_SMALL,	/* less anonymous memory than full_anon_rss_kb */
	PRC_REASON_UNCHANGED,	/* changed by full_delta_rss_kb at most */
	PRC_REASON_DEFERRED,	/* the last runs freed too little */
	PRC_REASON_AGING,	/* the accessed bits do not tell yet what is in use */
	/* Ends of an action that the policy has no part in. */
	PRC_REASON_REPLACED,	/* a newer action of the process took its place */
	PRC_REASON_DROPPED,	/* the worker was disabled */
	PRC_REASON_NOMEM,	/* no memory for the entry of the process */
	PRC_REASON_INEFFICIENT,	/* passes under pressure freed too little */
	PRC_NR_REASONS,
};

/* oom_score_adj as Android uses it. */
#define PRC_ADJ_MIN (-1000)
#define PRC_ADJ_MAX 1000
#define PRC_ADJ_PERCEPTIBLE 200	/* up to here the user sees or hears the process */
#define PRC_ADJ_HOME 600
#define PRC_ADJ_PREVIOUS 700
#define PRC_ADJ_CACHED_MIN 900
#define PRC_ADJ_CACHED_MAX 999

/* A run has freed too little when it freed less than one in 2^3 of the pages it visited. */
#define PRC_FREED_SHIFT 3

/* Pages that come back this soon after a run were in use. */
#define PRC_REFAULT_MS 60000

/*
 * A pass under pressure treats a page as unused when the process has not accessed it for
 * this long: long enough for timers of one second, short enough for a lasting shortage.
 */
#define PRC_COLD_MS 5000

/* The same limit before a kill, when there is no more time to wait. */
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
 * struct prc_policy - settings of action/ and throttle/
 * @takes: which pages each of the actions some, full, persistent and bfgs takes
 * @some_some_ms: least time from a "some" to the next "some"
 * @some_full_ms: least time from a "full" to a "some"
 * @full_some_ms: least time from a "some" to a "full"
 * @full_full_ms: least time from a "full" to the next "full"
 * @persistent_ms: least time from a "persistent" to the next
 * @bfgs_ms: least time from a "bfgs" to the next
 * @full_anon_rss_kb: least anonymous memory for anon and all
 * @full_delta_rss_kb: least change since the last anon or all, exclusive
 * @max_defer_shift: skip a process at most 2^this times
 * @min_free_swap_pct: take only file pages when less of swap than this is free
 * @excludes: adj that no action touches
 * @nr_excludes: entries in @excludes
 *
 * A throttle of 0 is disabled.
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
 * struct prc_work - an action for one process
 * @action: the action
 * @trigger: the event that queued it
 * @adj: run only while the adj of the process is in this range
 * @max_pages: take at most so many pages; 0 for no limit
 * @cold_ms: take only pages that the process has not accessed for so long; 0 for all
 * @cpu_ns: for the idle trigger: CPU time that the process had used when it was idle
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
 * @action: the action, or PRC_ACTION_REQUEST
 * @last_action: what the worker did before; PRC_ACTION_NOTHING if that is not known
 * @last_ago_ms: how long ago that ended
 */
struct prc_cause {
	enum prc_action action;
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
 * struct prc_facts - state of a process and of the system
 * @now_ms: monotonic clock; 0 is a valid time
 * @running_ms: monotonic clock that stands still while the system is suspended
 * @adj: oom_score_adj of the process
 * @is_back: the process is no longer idle, or a user is awake again
 * @is_protected: memory.min or memory.low of the cgroup leaves nothing to take
 * @unprotected_kb: memory of the cgroup that these leave
 * @batch_kb: size of a batch, the least that is worth a run
 * @from_start: the run begins at the lowest address of the process
 * @memory: memory of the process
 * @swap_total_kb: size of all swap devices together; 0 for none
 * @swap_free_kb: free part of @swap_total_kb
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
 * struct prc_past - what the policy remembers of a process; all 0 at first
 * @acted: an action with a file in action/ has run
 * @action: the last of these
 * @end_ms: when it ended
 * @measured: @full is known
 * @full: memory after the last of these that took anonymous pages and visited all
 * @after: memory after the last run of any action
 * @after_ms: when that run ended
 * @after_takes: which pages that run took
 * @freed_kb: memory that it freed
 * @after_cold: that run was a share, or took only what was cold
 * @unchecked: it is not known yet whether what that run freed comes back soon
 * @aged: the accessed bits have been cleared
 * @aged_ms: when they were cleared, on the clock that stands still in a suspend
 * @file: of runs that take only file pages
 * @pressure: of shares, and of runs that take only what is cold
 * @anon: of all others, because few free pages of libraries say nothing about a heap
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
	bool unchecked;
	bool aged;
	u64 aged_ms;
	struct prc_deferral file;
	struct prc_deferral pressure;
	struct prc_deferral anon;
};

/**
 * struct prc_decision - what the policy decided
 * @reason: PRC_REASON_RUN, or why the action does not run
 * @takes: which pages to take, with PRC_REASON_RUN
 * @swap_is_low: take only file pages, because swap is scarce
 * @inactive: take only pages on an inactive list that were not accessed lately, because
 *	      the accessed bits of the process tell nothing yet
 * @ages: clear the accessed bits, before or after the run
 * @ms_left: with PRC_REASON_TIME, time until the throttle ends; with PRC_REASON_AGING,
 *	     time until it is known what is cold
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
 * struct prc_outcome - how a run ended
 * @now_ms: when it ended
 * @takes: which pages it took
 * @scanned_kb: memory that it visited
 * @freed_kb: by how much RSS fell
 * @cut_short: it ended early for a reason outside of the process
 * @is_whole: it visited all of the process
 * @memory: memory of the process afterwards
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

extern const struct prc_policy prc_policy_default;

bool prc_adj_in(struct prc_adj_range range, int adj);
enum prc_action prc_policy_transition(int before, int after);
enum prc_action prc_policy_asleep(int adj, struct prc_adj_range bfgs);
bool prc_policy_excludes(const struct prc_policy *cfg, int adj);
void prc_policy_decide(const struct prc_policy *cfg,
		       const struct prc_work *work,
		       const struct prc_facts *facts, struct prc_past *past,
		       struct prc_decision *decision);
void prc_policy_account(const struct prc_policy *cfg,
			const struct prc_work *work,
			const struct prc_outcome *outcome,
			struct prc_past *past);
void prc_policy_aged(u64 running_ms, struct prc_past *past);
bool prc_policy_is_aging(const struct prc_past *past, u64 running_ms,
			 unsigned int cold_ms);
bool prc_policy_is_refused_for_now(enum prc_reason reason);
unsigned int prc_policy_asleep_ms(const struct prc_policy *cfg);

const char *prc_action_name(enum prc_action action);
const char *prc_trigger_name(enum prc_trigger trigger);
const char *prc_takes_name(enum prc_takes takes);
const char *prc_reason_name(enum prc_reason reason);

#endif
