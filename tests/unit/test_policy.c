// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of the policy: each rule at its edges, the order of the reasons,
 * and random histories against a second reading of the rules.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <linux/limits.h>

#include "policy.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Holds each sum and product of what the policy is told. */
typedef __int128 wide;

/* All that goes into a decision, and what came out. */
struct situation {
	struct prc_policy set;
	struct prc_work work;
	struct prc_facts facts;
	struct prc_past past;
	struct prc_decision got;
};

/* The usual work: a process never seen before has become cached. */
static struct situation usual(void)
{
	struct situation s = {
		.set = prc_policy_default,
		.work = { .action = PRC_ACTION_FULL,
			  .trigger = PRC_TRIGGER_ADJ,
			  .adj = { .lo = 900, .hi = 999 } },
		.facts = { .now_ms = 1000000,
			   .adj = 950,
			   .memory = { .file_kb = 40000, .anon_kb = 60000 },
			   .swap_total_kb = 1000000,
			   .swap_free_kb = 900000 },
	};

	return s;
}

/* Decide, into rubbish, so that a field that is not written shows. */
static enum prc_reason decide(struct situation *s)
{
	memset(&s->got, 0x5a, sizeof(s->got));
	/* Any other value of a bool is undefined to read. */
	s->got.swap_is_low = true;
	s->got.inactive = true;
	s->got.ages = true;
	prc_policy_decide(&s->set, &s->work, &s->facts, &s->past, &s->got);
	return s->got.reason;
}

static void print_past(const char *what, const struct prc_past *past)
{
	print_error("    %s acted %d %s end_ms %llu measured %d full %llu %llu %llu after %llu %llu %llu after_ms %llu after_takes %d freed_kb %llu after_cold %d unchecked %d aged %d %llu file %u %u pressure %u %u anon %u %u\n",
		    what, past->acted, prc_action_name(past->action),
		    past->end_ms, past->measured, past->full.file_kb,
		    past->full.anon_kb, past->full.swap_kb, past->after.file_kb,
		    past->after.anon_kb, past->after.swap_kb, past->after_ms,
		    past->after_takes, past->freed_kb, past->after_cold,
		    past->unchecked, past->aged, past->aged_ms,
		    past->file.failures, past->file.skips,
		    past->pressure.failures, past->pressure.skips,
		    past->anon.failures, past->anon.skips);
}

static void print_decision(const char *what, const struct prc_decision *got)
{
	print_error("    %s %s takes %d swap_is_low %d inactive %d ages %d ms_left %llu value %llu limit %llu deferral %u %u\n",
		    what, prc_reason_name(got->reason), got->takes,
		    got->swap_is_low, got->inactive, got->ages, got->ms_left,
		    got->value, got->limit, got->deferral.failures, got->deferral.skips);
}

static void print_situation(const struct situation *s)
{
	print_error("    %s by %s at %llu adj %d of %d:%d is_back %d memory %llu %llu %llu swap %llu of %llu\n",
		    prc_action_name(s->work.action),
		    prc_trigger_name(s->work.trigger), s->facts.now_ms,
		    s->facts.adj, s->work.adj.lo, s->work.adj.hi,
		    s->facts.is_back, s->facts.memory.file_kb,
		    s->facts.memory.anon_kb, s->facts.memory.swap_kb,
		    s->facts.swap_free_kb, s->facts.swap_total_kb);
	print_past("past", &s->past);
}

/* Decide on a copy, so that the same decision can be made twice. */
static struct prc_decision decision_on(const struct situation *s)
{
	struct situation copy = *s;

	decide(&copy);
	return copy.got;
}

static bool complain(const struct situation *s, const struct prc_decision *got,
		     const char *want)
{
	print_situation(s);
	print_decision("got", got);
	print_error("    want %s\n", want);
	return false;
}

static bool decides(const struct situation *s, enum prc_reason want)
{
	struct prc_decision got = decision_on(s);

	return (got.reason == want &&
		(want == PRC_REASON_TIME || want == PRC_REASON_AGING) ==
			(got.ms_left > 0) &&
		(want == PRC_REASON_DEFERRED ||
		 (!got.deferral.failures && !got.deferral.skips)) &&
		(want != PRC_REASON_RUN || got.takes != PRC_TAKES_NONE)) ||
	       complain(s, &got, prc_reason_name(want));
}

/* Runs, and takes that, with or without a word about swap. */
static bool takes(const struct situation *s, enum prc_takes want,
		  bool swap_is_low)
{
	struct prc_decision got = decision_on(s);

	return decides(s, PRC_REASON_RUN) &&
	       ((got.takes == want && got.swap_is_low == swap_is_low) ||
		complain(s, &got, prc_takes_name(want)));
}

static bool waits_ms(const struct situation *s, u64 want)
{
	struct prc_decision got = decision_on(s);

	return decides(s, PRC_REASON_TIME) &&
	       (got.ms_left == want || complain(s, &got, "another time"));
}

static bool is(struct prc_deferral got, unsigned int failures,
	       unsigned int skips)
{
	if (got.failures == failures && got.skips == skips)
		return true;
	print_error("    deferral %u %u, not %u %u\n", got.failures, got.skips,
		    failures, skips);
	return false;
}

/* Of passes that take file pages alone, or of the others. */
static struct prc_deferral *deferral(struct prc_past *past, bool file)
{
	return file ? &past->file : &past->anon;
}

/* How a pass ended that gave up all that it looked at. */
static struct prc_outcome good_end(const struct situation *s)
{
	struct prc_outcome end = {
		.now_ms = s->facts.now_ms,
		.takes = PRC_TAKES_ALL,
		.scanned_kb = 50000,
		.freed_kb = 50000,
		.is_whole = true,
		.memory = { .file_kb = 20000,
			    .anon_kb = 30000,
			    .swap_kb = 30000 },
	};

	return end;
}

static void run(struct situation *s, const struct prc_outcome *end)
{
	prc_policy_account(&s->set, &s->work, end, &s->past);
}

/* These triggers have the time to ask whether a pass is worth it. */
static const bool unhurried[PRC_NR_TRIGGERS] = {
	[PRC_TRIGGER_ADJ] = true,
	[PRC_TRIGGER_AWAKE] = true,
	[PRC_TRIGGER_IDLE] = true,
};

static void test_usual_runs(void **state)
{
	struct situation s = usual();

	(void)state;
	assert_true(takes(&s, PRC_TAKES_ALL, false));
	decide(&s);
	assert_false(s.past.acted);
	assert_false(s.past.unchecked);
}

static void test_defaults(void **state)
{
	const struct prc_policy *set = &prc_policy_default;

	(void)state;
	assert_int_equal(set->takes[PRC_ACTION_SOME], PRC_TAKES_FILE);
	assert_int_equal(set->takes[PRC_ACTION_FULL], PRC_TAKES_ALL);
	assert_int_equal(set->takes[PRC_ACTION_PERSISTENT], PRC_TAKES_ALL);
	assert_int_equal(set->takes[PRC_ACTION_BFGS], PRC_TAKES_ALL);
	assert_int_equal(set->some_some_ms, 5000);
	assert_int_equal(set->some_full_ms, 10000);
	assert_int_equal(set->full_some_ms, 500);
	assert_int_equal(set->full_full_ms, 10000);
	assert_int_equal(set->persistent_ms, 600000);
	assert_int_equal(set->bfgs_ms, 600000);
	assert_int_equal(set->full_anon_rss_kb, 12000);
	assert_int_equal(set->full_delta_rss_kb, 8000);
	assert_int_equal(set->max_defer_shift, 6);
	assert_int_equal(set->min_free_swap_pct, 20);
	assert_int_equal(set->nr_excludes, 0);
}

static void test_names(void **state)
{
	static const char *const actions[] = { "some", "full", "persistent",
					       "bfgs", "pressure", "nothing" };
	static const char *const triggers[] = { "adj", "awake", "pressure",
						"idle", "lowmem" };
	static const char *const takes_names[] = { "none", "file", "anon",
						   "all" };
	static const char *const reasons[] = {
		"run",	     "exempt",	  "foreground", "time",
		"none",	     "excluded",  "dead",	"protected",
		"swap",	     "small",	  "unchanged",	"deferred",
		"aging",     "replaced",  "dropped",	"nomem",
		"inefficient"
	};
	unsigned int i;

	(void)state;
	assert_int_equal(ARRAY_SIZE(actions), PRC_ACTION_NOTHING + 1);
	for (i = 0; i < ARRAY_SIZE(actions); i++)
		assert_string_equal(prc_action_name(i), actions[i]);
	assert_int_equal(ARRAY_SIZE(triggers), PRC_NR_TRIGGERS);
	for (i = 0; i < ARRAY_SIZE(triggers); i++)
		assert_string_equal(prc_trigger_name(i), triggers[i]);
	assert_int_equal(ARRAY_SIZE(takes_names), PRC_TAKES_ALL + 1);
	for (i = 0; i < ARRAY_SIZE(takes_names); i++)
		assert_string_equal(prc_takes_name(i), takes_names[i]);
	assert_int_equal(ARRAY_SIZE(reasons), PRC_NR_REASONS);
	for (i = 0; i < ARRAY_SIZE(reasons); i++)
		assert_string_equal(prc_reason_name(i), reasons[i]);
}

static void test_adj_range_edges(void **state)
{
	struct prc_adj_range range = { .lo = -5, .hi = 7 };
	struct prc_adj_range one = { .lo = 3, .hi = 3 };
	struct prc_adj_range empty = { .lo = 1, .hi = 0 };

	(void)state;
	assert_false(prc_adj_in(range, -6));
	assert_true(prc_adj_in(range, -5));
	assert_true(prc_adj_in(range, 7));
	assert_false(prc_adj_in(range, 8));
	assert_false(prc_adj_in(one, 2));
	assert_true(prc_adj_in(one, 3));
	assert_false(prc_adj_in(one, 4));
	assert_false(prc_adj_in(empty, 0));
	assert_false(prc_adj_in(empty, 1));
	/* No short holds these. */
	assert_false(prc_adj_in(range, 65536));
	assert_false(prc_adj_in(range, INT_MIN));
	assert_false(prc_adj_in(range, INT_MAX));
}

static const struct {
	int before;
	int after;
	enum prc_action want;
} transitions[] = {
	{ 0, 599, PRC_ACTION_NOTHING },
	{ 0, 600, PRC_ACTION_SOME },
	{ 0, 601, PRC_ACTION_NOTHING },
	{ 0, 699, PRC_ACTION_NOTHING },
	{ 0, 700, PRC_ACTION_SOME },
	{ 0, 701, PRC_ACTION_NOTHING },
	{ -1000, 700, PRC_ACTION_SOME },
	{ 200, 700, PRC_ACTION_SOME },
	{ 201, 700, PRC_ACTION_NOTHING },
	{ 200, 600, PRC_ACTION_SOME },
	{ 201, 600, PRC_ACTION_NOTHING },
	{ 600, 700, PRC_ACTION_NOTHING },
	{ 700, 600, PRC_ACTION_NOTHING },

	{ 0, 899, PRC_ACTION_NOTHING },
	{ 0, 900, PRC_ACTION_FULL },
	{ 0, 999, PRC_ACTION_FULL },
	{ 0, 1000, PRC_ACTION_NOTHING },
	{ 899, 900, PRC_ACTION_FULL },
	{ 900, 901, PRC_ACTION_NOTHING },
	{ 999, 900, PRC_ACTION_NOTHING },
	{ 1000, 999, PRC_ACTION_FULL },
	{ 999, 1000, PRC_ACTION_NOTHING },
	{ -1000, 950, PRC_ACTION_FULL },

	{ 0, -1000, PRC_ACTION_NOTHING },
};

static void test_transition_table(void **state)
{
	unsigned int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(transitions); i++) {
		enum prc_action got = prc_policy_transition(
			transitions[i].before, transitions[i].after);

		if (got == transitions[i].want)
			continue;
		print_error("%d to %d: %s\n", transitions[i].before,
			    transitions[i].after, prc_action_name(got));
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* Each pair there is, counted: the rules say how many there must be. */
static void test_each_transition(void **state)
{
	unsigned int count[PRC_NR_ACTIONS + 1] = { 0 };
	int before, after;

	(void)state;
	for (before = PRC_ADJ_MIN; before <= PRC_ADJ_MAX; before++)
		for (after = PRC_ADJ_MIN; after <= PRC_ADJ_MAX; after++)
			count[prc_policy_transition(before, after)]++;
	assert_int_equal(count[PRC_ACTION_SOME], 1201 * 2);
	assert_int_equal(count[PRC_ACTION_FULL], (2001 - 100) * 100);
	assert_int_equal(count[PRC_ACTION_NOTHING],
			 2001 * 2001 - 1201 * 2 - 1901 * 100);
}

static void test_asleep(void **state)
{
	struct prc_adj_range bfgs = { .lo = 200, .hi = 300 };
	struct prc_adj_range all = { .lo = -1000, .hi = 1000 };
	struct prc_adj_range empty = { .lo = 1, .hi = 0 };

	(void)state;
	assert_int_equal(prc_policy_asleep(-1000, bfgs), PRC_ACTION_NOTHING);
	assert_int_equal(prc_policy_asleep(-999, bfgs), PRC_ACTION_PERSISTENT);
	assert_int_equal(prc_policy_asleep(-1, bfgs), PRC_ACTION_PERSISTENT);
	assert_int_equal(prc_policy_asleep(0, bfgs), PRC_ACTION_NOTHING);
	assert_int_equal(prc_policy_asleep(199, bfgs), PRC_ACTION_NOTHING);
	assert_int_equal(prc_policy_asleep(200, bfgs), PRC_ACTION_BFGS);
	assert_int_equal(prc_policy_asleep(300, bfgs), PRC_ACTION_BFGS);
	assert_int_equal(prc_policy_asleep(301, bfgs), PRC_ACTION_NOTHING);
	/* A range does not reach below 0. */
	assert_int_equal(prc_policy_asleep(-1000, all), PRC_ACTION_NOTHING);
	assert_int_equal(prc_policy_asleep(-1, all), PRC_ACTION_PERSISTENT);
	assert_int_equal(prc_policy_asleep(0, all), PRC_ACTION_BFGS);
	assert_int_equal(prc_policy_asleep(1000, all), PRC_ACTION_BFGS);
	assert_int_equal(prc_policy_asleep(-1, empty), PRC_ACTION_PERSISTENT);
	assert_int_equal(prc_policy_asleep(0, empty), PRC_ACTION_NOTHING);
	assert_int_equal(prc_policy_asleep(1, empty), PRC_ACTION_NOTHING);
}

static void test_exempt(void **state)
{
	struct situation s = usual();
	unsigned int trigger;

	(void)state;
	s.work.adj = (struct prc_adj_range){ .lo = -1000, .hi = 1000 };
	for (trigger = 0; trigger < PRC_NR_TRIGGERS; trigger++) {
		s.work.trigger = trigger;
		s.facts.adj = -1000;
		assert_true(decides(&s, PRC_REASON_EXEMPT));
		s.facts.adj = -999;
		assert_true(decides(&s, PRC_REASON_RUN));
	}
}

static void test_foreground(void **state)
{
	static const struct {
		int adj;
		enum prc_reason want;
	} rows[] = {
		{ 899, PRC_REASON_FOREGROUND },
		{ 900, PRC_REASON_RUN },
		{ 999, PRC_REASON_RUN },
		{ 1000, PRC_REASON_FOREGROUND },
		{ 0, PRC_REASON_FOREGROUND },
		{ -1, PRC_REASON_FOREGROUND },
	};
	struct situation s = usual();
	unsigned int trigger, i;

	(void)state;
	for (trigger = 0; trigger < PRC_NR_TRIGGERS; trigger++) {
		s.work.trigger = trigger;
		for (i = 0; i < ARRAY_SIZE(rows); i++) {
			s.facts.adj = rows[i].adj;
			s.facts.is_back = false;
			assert_true(decides(&s, rows[i].want));
			s.facts.is_back = true;
			assert_true(decides(&s, PRC_REASON_FOREGROUND));
		}
	}
}

/* Each setting has a value of its own, so that no two can be mixed up. */
static void set_throttles(struct prc_policy *set)
{
	set->some_some_ms = 1100;
	set->some_full_ms = 1200;
	set->full_some_ms = 1300;
	set->full_full_ms = 1400;
	set->persistent_ms = 1500;
	set->bfgs_ms = 1600;
}

/* [next][last]; 0 where there is no throttle. */
static const unsigned int throttles[PRC_NR_ACTIONS][PRC_NR_SET_ACTIONS] = {
	[PRC_ACTION_SOME] = { [PRC_ACTION_SOME] = 1100,
			      [PRC_ACTION_FULL] = 1200 },
	[PRC_ACTION_FULL] = { [PRC_ACTION_SOME] = 1300,
			      [PRC_ACTION_FULL] = 1400 },
	[PRC_ACTION_PERSISTENT] = { 1500, 1500, 1500, 1500 },
	[PRC_ACTION_BFGS] = { 1600, 1600, 1600, 1600 },
};

/* One pair of actions at one time of its life. */
static void check_throttle(struct situation *s, u64 end_ms, unsigned int ms)
{
	s->past.end_ms = end_ms;
	s->facts.now_ms = end_ms;
	if (!ms) {
		assert_true(decides(s, PRC_REASON_RUN));
		return;
	}
	assert_true(waits_ms(s, ms));
	s->facts.now_ms = end_ms + 1;
	assert_true(waits_ms(s, ms - 1));
	s->facts.now_ms = end_ms + ms - 1;
	assert_true(waits_ms(s, 1));
	s->facts.now_ms = end_ms + ms;
	assert_true(decides(s, PRC_REASON_RUN));
	s->facts.now_ms = end_ms + ms + 1;
	assert_true(decides(s, PRC_REASON_RUN));
	/* A negative interval counts as 0. */
	if (end_ms) {
		s->facts.now_ms = end_ms - 1;
		assert_true(waits_ms(s, ms));
		s->facts.now_ms = 0;
		assert_true(waits_ms(s, ms));
	}
}

static void test_throttles(void **state)
{
	static const u64 ends[] = { 0, 1, 1000000, U64_MAX - 10000 };
	struct situation s = usual();
	unsigned int trigger, next, last, i;

	(void)state;
	set_throttles(&s.set);
	s.past.acted = true;
	for (trigger = 0; trigger < PRC_NR_TRIGGERS; trigger++) {
		s.work.trigger = trigger;
		for (next = 0; next < PRC_NR_ACTIONS; next++) {
			s.work.action = next;
			for (last = 0; last < PRC_NR_SET_ACTIONS; last++) {
				s.past.action = last;
				for (i = 0; i < ARRAY_SIZE(ends); i++)
					check_throttle(&s, ends[i],
						       unhurried[trigger] ?
						       throttles[next][last] :
						       0);
			}
		}
	}
}

static void test_throttles_off(void **state)
{
	static const size_t settings[] = {
		offsetof(struct prc_policy, some_some_ms),
		offsetof(struct prc_policy, some_full_ms),
		offsetof(struct prc_policy, full_some_ms),
		offsetof(struct prc_policy, full_full_ms),
		offsetof(struct prc_policy, persistent_ms),
		offsetof(struct prc_policy, bfgs_ms),
	};
	unsigned int i, next, last, off = 0;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		struct situation s = usual();
		unsigned int *setting;

		set_throttles(&s.set);
		setting = (unsigned int *)((char *)&s.set + settings[i]);
		s.past.acted = true;
		s.past.end_ms = s.facts.now_ms;
		for (next = 0; next < PRC_NR_SET_ACTIONS; next++) {
			for (last = 0; last < PRC_NR_SET_ACTIONS; last++) {
				s.work.action = next;
				s.past.action = last;
				if (throttles[next][last] != 1100 + 100 * i)
					continue;
				*setting = 1100 + 100 * i;
				assert_true(waits_ms(&s, 1100 + 100 * i));
				*setting = 0;
				assert_true(decides(&s, PRC_REASON_RUN));
				*setting = UINT_MAX;
				assert_true(waits_ms(&s, UINT_MAX));
				off++;
			}
		}
	}
	/* Four have one pair each, two hold after any of the four. */
	assert_int_equal(off, 4 + 2 * 4);
}

/* A time of 0 is a time; that nothing ran is told by "acted" alone. */
static void test_never_acted_is_not_throttled(void **state)
{
	struct situation s = usual();

	(void)state;
	s.facts.now_ms = 0;
	assert_true(decides(&s, PRC_REASON_RUN));
	s.past.acted = true;
	s.past.action = PRC_ACTION_FULL;
	assert_true(waits_ms(&s, 10000));
}

static void test_what_an_action_takes(void **state)
{
	struct situation s = usual();
	unsigned int action, other, set_to;

	(void)state;
	for (action = 0; action < PRC_NR_SET_ACTIONS; action++) {
		s.work.action = action;
		for (set_to = PRC_TAKES_NONE; set_to <= PRC_TAKES_ALL;
		     set_to++) {
			for (other = 0; other < PRC_NR_SET_ACTIONS; other++)
				s.set.takes[other] = (set_to + 1) % 4;
			s.set.takes[action] = set_to;
			if (set_to == PRC_TAKES_NONE)
				assert_true(decides(&s, PRC_REASON_NONE));
			else
				assert_true(takes(&s, set_to, false));
		}
	}
	for (other = 0; other < PRC_NR_SET_ACTIONS; other++)
		s.set.takes[other] = PRC_TAKES_NONE;
	s.work.action = PRC_ACTION_PRESSURE;
	assert_true(takes(&s, PRC_TAKES_ANON, false));
	s.work.action = PRC_ACTION_NOTHING;
	assert_true(decides(&s, PRC_REASON_NONE));
}

static void test_excluded(void **state)
{
	struct situation s = usual();
	unsigned int i;

	(void)state;
	s.work.adj = (struct prc_adj_range){ .lo = -999, .hi = 1000 };
	for (i = 0; i < PRC_MAX_EXCLUDES; i++) {
		s.set.excludes[i].lo = 10 * i;
		s.set.excludes[i].hi = 10 * i + 5;
	}
	s.facts.adj = 0;
	assert_true(decides(&s, PRC_REASON_RUN));
	for (i = 0; i < PRC_MAX_EXCLUDES; i++) {
		/* What is not in use does not count. */
		s.set.nr_excludes = i;
		s.facts.adj = 10 * i;
		assert_true(decides(&s, PRC_REASON_RUN));
		s.set.nr_excludes = i + 1;
		assert_true(decides(&s, PRC_REASON_EXCLUDED));
		s.facts.adj = 10 * i + 5;
		assert_true(decides(&s, PRC_REASON_EXCLUDED));
		s.facts.adj = 10 * i + 6;
		assert_true(decides(&s, PRC_REASON_RUN));
		s.facts.adj = 10 * i - 1;
		assert_true(decides(&s, PRC_REASON_RUN));
		/* Nor do the others go when one comes. */
		s.facts.adj = 0;
		assert_true(decides(&s, PRC_REASON_EXCLUDED));
	}
}

static void test_dead(void **state)
{
	struct situation s = usual();
	unsigned int trigger;

	(void)state;
	for (trigger = 0; trigger < PRC_NR_TRIGGERS; trigger++) {
		s.work.trigger = trigger;
		s.facts.memory = (struct prc_memory){ 0 };
		assert_true(decides(&s, PRC_REASON_DEAD));
		s.facts.memory.swap_kb = 4;
		assert_true(decides(&s, unhurried[trigger] ? PRC_REASON_SMALL :
							     PRC_REASON_RUN));
		s.facts.memory.swap_kb = 0;
		s.facts.memory.anon_kb = 4;
		assert_true(decides(&s, unhurried[trigger] ? PRC_REASON_SMALL :
							     PRC_REASON_RUN));
		s.facts.memory.anon_kb = 0;
		s.facts.memory.file_kb = 4;
		assert_true(decides(&s, unhurried[trigger] ? PRC_REASON_SMALL :
							     PRC_REASON_RUN));
	}
	s.work.trigger = PRC_TRIGGER_ADJ;
	s.work.action = PRC_ACTION_SOME;
	assert_true(takes(&s, PRC_TAKES_FILE, false));
}

static const struct {
	u64 total;
	u64 free;
	unsigned int pct;
	bool is_low;
} swaps[] = {
	{ 1000, 199, 20, true },
	{ 1000, 200, 20, false },
	{ 1000, 201, 20, false },
	{ 1000, 1, 0, false },
	{ 1000, 1000, 100, false },
	{ 1000, 999, 100, true },
	{ 1000, 1000, 101, true },
	/* No swap at all, and none that is free, are low whatever is set. */
	{ 0, 0, 0, true },
	{ 0, 0, 20, true },
	{ 0, 1000, 0, true },
	{ 1000, 0, 0, true },
	{ 1000, 0, 20, true },
	/* The last part of a percent is not lost. */
	{ 1001, 200, 20, true },
	{ 1001, 201, 20, false },
	{ 1049, 209, 20, true },
	{ 1049, 210, 20, false },
	{ 99, 19, 20, true },
	{ 99, 20, 20, false },
	{ 1, 1, 20, false },
	{ 3, 1, 33, false },
	{ 3, 1, 34, true },
	{ 199, 1, 1, true },
	{ 199, 2, 1, false },
	/* Where a product does not fit. */
	{ U64_MAX, U64_MAX, 20, false },
	{ U64_MAX, U64_MAX, 100, false },
	{ U64_MAX, U64_MAX - 1, 100, true },
	{ U64_MAX, U64_MAX, 101, true },
	{ U64_MAX, U64_MAX, UINT_MAX, true },
	{ U64_MAX, U64_MAX / 5, 20, false },
	{ U64_MAX, U64_MAX / 5 - 1, 20, true },
	{ U64_MAX - 1, U64_MAX / 5, 20, false },
	{ U64_MAX - 1, U64_MAX / 5 - 1, 20, true },
	{ 100, U64_MAX, UINT_MAX, false },
	{ 99, U64_MAX, UINT_MAX, false },
	{ 100, UINT_MAX - 1, UINT_MAX, true },
	{ 100, UINT_MAX, UINT_MAX, false },
};

static bool runs_with_swap(const struct situation *s, bool is_low)
{
	struct situation copy = *s;

	copy.set.takes[PRC_ACTION_FULL] = PRC_TAKES_FILE;
	if (!takes(&copy, PRC_TAKES_FILE, false))
		return false;
	copy.set.takes[PRC_ACTION_FULL] = PRC_TAKES_ALL;
	if (!takes(&copy, is_low ? PRC_TAKES_FILE : PRC_TAKES_ALL, is_low))
		return false;
	copy.set.takes[PRC_ACTION_FULL] = PRC_TAKES_ANON;
	if (!decides(&copy, is_low ? PRC_REASON_SWAP : PRC_REASON_RUN))
		return false;
	copy.work.action = PRC_ACTION_PRESSURE;
	return decides(&copy, is_low ? PRC_REASON_SWAP : PRC_REASON_RUN);
}

static void test_swap(void **state)
{
	struct situation s = usual();
	unsigned int wrong = 0, trigger;
	size_t i;

	(void)state;
	for (trigger = 0; trigger < PRC_NR_TRIGGERS; trigger++) {
		s.work.trigger = trigger;
		for (i = 0; i < ARRAY_SIZE(swaps); i++) {
			s.facts.swap_total_kb = swaps[i].total;
			s.facts.swap_free_kb = swaps[i].free;
			s.set.min_free_swap_pct = swaps[i].pct;
			wrong += !runs_with_swap(&s, swaps[i].is_low);
		}
	}
	assert_int_equal(wrong, 0);
}

/* Once only file pages are taken, anonymous memory is asked about no more. */
static void test_low_swap_goes_past_small_and_unchanged(void **state)
{
	struct situation s = usual();

	(void)state;
	s.facts.memory.anon_kb = 4;
	s.past.measured = true;
	s.past.full = s.facts.memory;
	assert_true(decides(&s, PRC_REASON_SMALL));
	s.set.full_anon_rss_kb = 0;
	assert_true(decides(&s, PRC_REASON_UNCHANGED));
	s.set.full_anon_rss_kb = 12000;
	s.facts.swap_free_kb = 0;
	assert_true(takes(&s, PRC_TAKES_FILE, true));
}

static void test_small(void **state)
{
	struct situation s = usual();
	unsigned int trigger, set_to;

	(void)state;
	for (trigger = 0; trigger < PRC_NR_TRIGGERS; trigger++) {
		s.work.trigger = trigger;
		for (set_to = PRC_TAKES_FILE; set_to <= PRC_TAKES_ALL;
		     set_to++) {
			enum prc_reason small = PRC_REASON_RUN;

			if (unhurried[trigger] && set_to != PRC_TAKES_FILE)
				small = PRC_REASON_SMALL;
			s.set.takes[PRC_ACTION_FULL] = set_to;
			s.set.full_anon_rss_kb = 12000;
			s.facts.memory.anon_kb = 0;
			assert_true(decides(&s, small));
			s.facts.memory.anon_kb = 12000 - 4;
			assert_true(decides(&s, small));
			s.facts.memory.anon_kb = 12000;
			assert_true(decides(&s, PRC_REASON_RUN));
			s.facts.memory.anon_kb = 12000 + 4;
			assert_true(decides(&s, PRC_REASON_RUN));
			s.set.full_anon_rss_kb = UINT_MAX;
			assert_true(decides(&s, small));
			s.facts.memory.anon_kb = UINT_MAX;
			assert_true(decides(&s, PRC_REASON_RUN));
			s.facts.memory.anon_kb = 0;
			s.set.full_anon_rss_kb = 0;
			assert_true(decides(&s, PRC_REASON_RUN));
		}
	}
}

/* The limit applies to each action: also to "some", when that takes anonymous pages. */
static void test_small_is_for_each_action(void **state)
{
	struct situation s = usual();
	unsigned int action;

	(void)state;
	s.facts.memory.anon_kb = 4;
	for (action = 0; action < PRC_NR_SET_ACTIONS; action++) {
		s.work.action = action;
		s.set.takes[action] = PRC_TAKES_ANON;
		assert_true(decides(&s, PRC_REASON_SMALL));
	}
	s.work.action = PRC_ACTION_PRESSURE;
	assert_true(decides(&s, PRC_REASON_SMALL));
	s.work.trigger = PRC_TRIGGER_PRESSURE;
	assert_true(decides(&s, PRC_REASON_RUN));
}

static const struct {
	struct prc_memory full;
	struct prc_memory now;
	bool is_unchanged;
} changes[] = {
	{ { 40000, 60000, 0 }, { 40000, 60000, 0 }, true },
	/* Each of the three, up and down, at the limit of 8000 and past it. */
	{ { 40000, 60000, 0 }, { 48000, 60000, 0 }, true },
	{ { 40000, 60000, 0 }, { 48001, 60000, 0 }, false },
	{ { 40000, 60000, 0 }, { 32000, 60000, 0 }, true },
	{ { 40000, 60000, 0 }, { 31999, 60000, 0 }, false },
	{ { 40000, 60000, 0 }, { 40000, 68000, 0 }, true },
	{ { 40000, 60000, 0 }, { 40000, 68001, 0 }, false },
	{ { 40000, 60000, 0 }, { 40000, 52000, 0 }, true },
	{ { 40000, 60000, 0 }, { 40000, 51999, 0 }, false },
	{ { 40000, 60000, 0 }, { 40000, 60000, 8000 }, true },
	{ { 40000, 60000, 0 }, { 40000, 60000, 8001 }, false },
	{ { 40000, 60000, 9000 }, { 40000, 60000, 1000 }, true },
	{ { 40000, 60000, 9000 }, { 40000, 60000, 999 }, false },
	/* Together; one going up does not make good for another's going down. */
	{ { 40000, 60000, 9000 }, { 43000, 63000, 7000 }, true },
	{ { 40000, 60000, 9000 }, { 43000, 57000, 11000 }, true },
	{ { 40000, 60000, 9000 }, { 43001, 57000, 11000 }, false },
	{ { 40000, 60000, 9000 }, { 43000, 56999, 11000 }, false },
	{ { 40000, 60000, 9000 }, { 43000, 57000, 11001 }, false },
	{ { 40000, 60000, 9000 }, { 50000, 50000, 9000 }, false },
	/* Where a sum does not fit. */
	{ { 0, 12000, 0 }, { U64_MAX, 12000, 0 }, false },
	{ { 0, 12000, 0 }, { U64_MAX, 12001, 0 }, false },
	{ { 0, 12000, 0 }, { U64_MAX, 12000, 1 }, false },
	{ { 0, U64_MAX, 0 }, { U64_MAX, 12000, U64_MAX }, false },
	{ { 1, 12000, U64_MAX }, { U64_MAX, 12000, 0 }, false },
};

static void test_unchanged(void **state)
{
	struct situation s = usual();
	unsigned int trigger, set_to;
	size_t i;

	(void)state;
	for (trigger = 0; trigger < PRC_NR_TRIGGERS; trigger++)
		for (set_to = PRC_TAKES_FILE; set_to <= PRC_TAKES_ALL; set_to++)
			for (i = 0; i < ARRAY_SIZE(changes); i++) {
				s.work.trigger = trigger;
				s.set.takes[PRC_ACTION_FULL] = set_to;
				s.past.full = changes[i].full;
				s.facts.memory = changes[i].now;
				s.past.measured = true;
				assert_true(decides(
					&s, unhurried[trigger] &&
						set_to != PRC_TAKES_FILE &&
						changes[i].is_unchanged ?
						PRC_REASON_UNCHANGED :
						PRC_REASON_RUN));
				s.past.measured = false;
				assert_true(decides(&s, PRC_REASON_RUN));
			}
}

static void test_unchanged_off(void **state)
{
	struct situation s = usual();

	(void)state;
	s.past.measured = true;
	s.past.full = s.facts.memory;
	s.set.full_delta_rss_kb = 1;
	assert_true(decides(&s, PRC_REASON_UNCHANGED));
	s.set.full_delta_rss_kb = 0;
	assert_true(decides(&s, PRC_REASON_RUN));
	s.set.full_delta_rss_kb = UINT_MAX;
	s.facts.memory.swap_kb = UINT_MAX;
	assert_true(decides(&s, PRC_REASON_UNCHANGED));
	s.facts.memory.swap_kb++;
	assert_true(decides(&s, PRC_REASON_RUN));
}

/* Make the reason apply, leaving the ones before it as they are. */
static void spoil(struct situation *s, enum prc_reason reason)
{
	switch (reason) {
	case PRC_REASON_EXEMPT:
		s->facts.adj = -1000;
		s->work.adj.lo = -1000;
		break;
	case PRC_REASON_FOREGROUND:
		s->facts.is_back = true;
		break;
	case PRC_REASON_TIME:
		s->past.acted = true;
		s->past.action = PRC_ACTION_FULL;
		s->past.end_ms = s->facts.now_ms;
		break;
	case PRC_REASON_NONE:
		s->set.takes[PRC_ACTION_FULL] = PRC_TAKES_NONE;
		break;
	case PRC_REASON_EXCLUDED:
		s->set.excludes[0] = (struct prc_adj_range){ -1000, 1000 };
		s->set.nr_excludes = 1;
		break;
	case PRC_REASON_DEAD:
		s->facts.memory = (struct prc_memory){ 0 };
		break;
	case PRC_REASON_PROTECTED:
		s->facts.is_protected = true;
		break;
	case PRC_REASON_SWAP:
		s->facts.swap_free_kb = 0;
		break;
	case PRC_REASON_SMALL:
		if (s->facts.memory.anon_kb)
			s->facts.memory.anon_kb = 4;
		break;
	case PRC_REASON_UNCHANGED:
		s->past.measured = true;
		s->past.full = s->facts.memory;
		break;
	case PRC_REASON_DEFERRED:
		s->past.anon.skips = 4;
		s->past.file.skips = 4;
		s->past.pressure.skips = 4;
		break;
	case PRC_REASON_AGING:
		s->work.cold_ms = PRC_COLD_MS;
		break;
	default:
		fail();
	}
}

/* Each set of reasons that apply: the first of them is given. */
static void test_order_of_reasons(void **state)
{
	const unsigned int deferred = 1 << (PRC_REASON_DEFERRED - 1);
	unsigned int applies, reason, wrong = 0;

	(void)state;
	for (applies = 0; applies < 1 << PRC_REASON_AGING; applies++) {
		enum prc_reason want = PRC_REASON_RUN;
		struct situation s = usual();

		s.set.takes[PRC_ACTION_FULL] = PRC_TAKES_ANON;
		for (reason = PRC_REASON_AGING; reason; reason--)
			if (applies & 1 << (reason - 1))
				want = reason;
		for (reason = 1; reason <= PRC_REASON_AGING; reason++)
			if (applies & 1 << (reason - 1))
				spoil(&s, reason);
		wrong += !decides(&s, want);
		/* A process that another reason stops uses up no skip. */
		decide(&s);
		if (want != PRC_REASON_DEFERRED)
			assert_true(is(s.past.anon, 0,
				       applies & deferred ? 4 : 0));
		if (want != PRC_REASON_DEFERRED)
			assert_true(is(s.past.pressure, 0,
				       applies & deferred ? 4 : 0));
		assert_true(is(s.past.file, 0, applies & deferred ? 4 : 0));
	}
	assert_int_equal(wrong, 0);
}

/* A pass that frees one in 8 is good; anything less is a failure. */
static void test_too_little(void **state)
{
	static const struct {
		u64 looked;
		u64 freed;
		bool is_good;
	} rows[] = {
		{ 0, 0, false },
		{ 0, 1, true },
		{ 1, 0, false },
		{ 1, 1, true },
		{ 8, 0, false },
		{ 8, 1, true },
		{ 9, 1, false },
		{ 15, 1, false },
		{ 16, 2, true },
		{ 17, 2, false },
		{ 17, 3, true },
		{ 80000, 9999, false },
		{ 80000, 10000, true },
		{ 80001, 10000, false },
		{ U64_MAX, 0, false },
		{ U64_MAX, U64_MAX >> 3, false },
		{ U64_MAX - 7, U64_MAX >> 3, true },
		{ U64_MAX, (U64_MAX >> 3) + 1, true },
		{ U64_MAX, U64_MAX, true },
		{ 0, U64_MAX, true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned int k;

		/* Each of the three, whole and cut short. */
		for (k = 0; k < 6; k++) {
			enum prc_takes took = PRC_TAKES_FILE + k / 2;
			bool file = took == PRC_TAKES_FILE;
			struct situation s = usual();
			struct prc_outcome end = good_end(&s);

			end.takes = took;
			end.scanned_kb = rows[i].looked;
			end.freed_kb = rows[i].freed;
			end.cut_short = k % 2;
			s.past.file = (struct prc_deferral){ 3, 1 };
			s.past.anon = (struct prc_deferral){ 3, 1 };
			s.past.unchecked = !rows[i].is_good;
			run(&s, &end);
			if (rows[i].is_good || end.cut_short)
				assert_true(is(*deferral(&s.past, file), 3, 1));
			else
				assert_true(is(*deferral(&s.past, file), 4, 8));
			assert_true(is(*deferral(&s.past, !file), 3, 1));
			assert_int_equal(s.past.unchecked, rows[i].is_good);
			assert_int_equal(s.past.freed_kb, rows[i].freed);
		}
	}
}

static bool same_memory(const struct prc_memory *a, const struct prc_memory *b)
{
	return a->file_kb == b->file_kb && a->anon_kb == b->anon_kb &&
	       a->swap_kb == b->swap_kb;
}

static void test_what_is_remembered(void **state)
{
	static const struct prc_memory old = { 1, 2, 3 };
	unsigned int action, took, k;

	(void)state;
	for (action = 0; action <= PRC_ACTION_NOTHING; action++)
		for (took = PRC_TAKES_FILE; took <= PRC_TAKES_ALL; took++)
			/* Known before, or not; whole, or not; only what is cold, or not. */
			for (k = 0; k < 8; k++) {
				struct situation s = usual();
				struct prc_outcome end = good_end(&s);
				bool is_set = action <= PRC_ACTION_BFGS &&
					      !(k & 4);
				bool known = k & 1, measures;
				struct prc_past *past = &s.past;
				enum prc_action other =
					(action + 1) % PRC_NR_SET_ACTIONS;

				s.work.action = action;
				s.work.cold_ms = k & 4 ? PRC_COLD_MS : 0;
				past->acted = known;
				past->end_ms = 7;
				past->action = other;
				past->measured = known;
				past->full = old;
				end.takes = took;
				end.now_ms = 1234567;
				end.is_whole = k & 2;
				measures = is_set && took != PRC_TAKES_FILE &&
					   end.is_whole;
				run(&s, &end);
				assert_int_equal(past->acted, is_set || known);
				assert_int_equal(past->action,
						 is_set ? action : other);
				assert_int_equal(past->end_ms,
						 is_set ? 1234567 : 7);
				assert_int_equal(past->measured,
						 measures || known);
				assert_true(same_memory(
					&past->full,
					measures ? &end.memory : &old));
				assert_true(same_memory(&past->after,
							&end.memory));
				assert_int_equal(past->after_ms, 1234567);
				assert_int_equal(past->after_takes, took);
				assert_int_equal(past->freed_kb, 50000);
			}
}

/* After which passes the next "full" finds the process as it was then. */
static void test_unchanged_since_a_whole_pass(void **state)
{
	static const struct {
		enum prc_action action;
		enum prc_takes took;
		bool is_whole;
		enum prc_reason want;
	} rows[] = {
		{ PRC_ACTION_FULL, PRC_TAKES_ALL, true, PRC_REASON_UNCHANGED },
		{ PRC_ACTION_FULL, PRC_TAKES_ANON, true, PRC_REASON_UNCHANGED },
		{ PRC_ACTION_SOME, PRC_TAKES_ANON, true, PRC_REASON_UNCHANGED },
		{ PRC_ACTION_BFGS, PRC_TAKES_ALL, true, PRC_REASON_UNCHANGED },
		/* Also one that ended at a limit of its cgroup. */
		{ PRC_ACTION_FULL, PRC_TAKES_ALL, false, PRC_REASON_RUN },
		{ PRC_ACTION_FULL, PRC_TAKES_ANON, false, PRC_REASON_RUN },
		/* Swap was scarce. */
		{ PRC_ACTION_FULL, PRC_TAKES_FILE, true, PRC_REASON_RUN },
		{ PRC_ACTION_SOME, PRC_TAKES_FILE, true, PRC_REASON_RUN },
		/* Its share was a part of it. */
		{ PRC_ACTION_PRESSURE, PRC_TAKES_ANON, true, PRC_REASON_RUN },
		{ PRC_ACTION_PRESSURE, PRC_TAKES_ANON, false, PRC_REASON_RUN },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct situation s = usual();
		struct prc_outcome end = good_end(&s);

		end.takes = rows[i].took;
		end.is_whole = rows[i].is_whole;
		s.work.action = rows[i].action;
		run(&s, &end);
		s.work.action = PRC_ACTION_FULL;
		s.facts.memory = end.memory;
		s.facts.now_ms += 1000000;
		assert_true(decides(&s, rows[i].want));
	}
}

/* The throttle counts from the end, also of a pass that was cut short. */
static void test_throttle_counts_from_the_end(void **state)
{
	unsigned int cut_short;

	(void)state;
	for (cut_short = 0; cut_short < 2; cut_short++) {
		struct situation s = usual();
		struct prc_outcome end = good_end(&s);

		s.set.full_delta_rss_kb = 0;
		decide(&s);
		end.now_ms += 300;
		end.cut_short = cut_short;
		run(&s, &end);
		s.facts.memory = end.memory;
		s.facts.now_ms += 300 + 9999;
		assert_true(waits_ms(&s, 1));
		s.facts.now_ms++;
		assert_true(decides(&s, PRC_REASON_RUN));
	}
}

static void test_defer_sequence(void **state)
{
	struct prc_deferral d;
	unsigned int max_shift, failed, i;

	(void)state;
	for (max_shift = 0; max_shift < 40; max_shift++) {
		d = (struct prc_deferral){ .skips = 77 };
		for (failed = 1; failed < 50; failed++) {
			wide want = (wide)1 << (failed - 1);

			if (want > (wide)1 << max_shift)
				want = (wide)1 << max_shift;
			if (want > (wide)1 << 31)
				want = (wide)1 << 31;
			if (!max_shift)
				want = 0;
			prc_defer_failed(&d, max_shift);
			assert_true(is(d, failed, want));
		}
	}
	d.failures = UINT_MAX - 1;
	prc_defer_failed(&d, 6);
	assert_true(is(d, UINT_MAX, 64));
	prc_defer_failed(&d, UINT_MAX);
	assert_true(is(d, UINT_MAX, 1U << 31));
	d = (struct prc_deferral){ 7, 3 };
	for (i = 3; i; i--) {
		assert_true(prc_defer_skips(&d, 6));
		assert_true(is(d, 7, i - 1));
	}
	assert_false(prc_defer_skips(&d, 6));
	assert_true(is(d, 7, 0));
}

/* The setting may have been lowered since the skips were counted out. */
static void test_defer_skips_are_capped(void **state)
{
	static const struct {
		unsigned int skips;
		unsigned int max_shift;
		bool want;
		unsigned int left;
	} rows[] = {
		{ 0, 0, false, 0 },
		{ 1, 0, false, 0 },
		{ UINT_MAX, 0, false, 0 },
		{ 0, 1, false, 0 },
		{ 1, 1, true, 0 },
		{ 2, 1, true, 1 },
		{ 3, 1, true, 1 },
		{ 64, 2, true, 3 },
		{ 3, 2, true, 2 },
		{ 64, 6, true, 63 },
		{ UINT_MAX, 30, true, (1U << 30) - 1 },
		{ UINT_MAX, 31, true, (1U << 31) - 1 },
		{ UINT_MAX, 32, true, (1U << 31) - 1 },
		{ UINT_MAX, UINT_MAX, true, (1U << 31) - 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct situation s = usual();
		struct prc_deferral d = { 7, rows[i].skips };

		s.past.anon = d;
		s.set.max_defer_shift = rows[i].max_shift;
		assert_int_equal(prc_defer_skips(&d, rows[i].max_shift),
				 rows[i].want);
		assert_true(is(d, 7, rows[i].left));
		assert_int_equal(decide(&s), rows[i].want ?
						     PRC_REASON_DEFERRED :
						     PRC_REASON_RUN);
		assert_true(is(s.past.anon, 7, rows[i].left));
		if (rows[i].want)
			assert_true(is(s.got.deferral, 7, rows[i].left));
	}
}

/* 1, 2, 4 .. 2^max, again and again, until one is forgiven. */
static void check_back_off(enum prc_trigger trigger, enum prc_takes took,
			   unsigned int max_shift)
{
	struct situation s = usual();
	struct prc_outcome end = good_end(&s);
	struct prc_deferral *own = deferral(&s.past, took == PRC_TAKES_FILE);
	unsigned int pass, skipped;

	s.work.trigger = trigger;
	s.set.takes[PRC_ACTION_FULL] = took;
	s.set.max_defer_shift = max_shift;
	s.set.full_full_ms = 0;
	s.set.full_delta_rss_kb = 0;
	end.takes = took;
	end.freed_kb = end.scanned_kb / 8 - 1;
	for (pass = 0; pass < 10; pass++) {
		unsigned int want = 1U << (pass < max_shift ? pass : max_shift);

		assert_int_equal(decide(&s), PRC_REASON_RUN);
		run(&s, &end);
		for (skipped = 1; skipped <= want; skipped++) {
			assert_int_equal(decide(&s), PRC_REASON_DEFERRED);
			assert_true(is(s.got.deferral, pass + 1,
				       want - skipped));
		}
	}
	assert_true(is(*own, 10, 0));
	end.freed_kb = end.scanned_kb;
	assert_int_equal(decide(&s), PRC_REASON_RUN);
	run(&s, &end);
	/* Good, but not yet forgiven: it may come back. */
	assert_true(is(*own, 10, 0));
	s.facts.memory = end.memory;
	assert_int_equal(decide(&s), PRC_REASON_RUN);
	assert_true(is(*own, 0, 0));
	assert_false(s.past.unchecked);
	end.freed_kb = 0;
	run(&s, &end);
	assert_int_equal(decide(&s), PRC_REASON_DEFERRED);
	assert_int_equal(decide(&s), PRC_REASON_RUN);
	assert_true(is(*deferral(&s.past, took != PRC_TAKES_FILE), 0, 0));
}

static void test_back_off(void **state)
{
	unsigned int trigger, took, max_shift;

	(void)state;
	for (trigger = 0; trigger < PRC_TRIGGER_LOWMEM; trigger++)
		for (took = PRC_TAKES_FILE; took <= PRC_TAKES_ALL; took++)
			for (max_shift = 1; max_shift < 7; max_shift++)
				check_back_off(trigger, took, max_shift);
}

/* After a pass that freed @freed: so much is back from swap, and as files. */
static void come_back(struct situation *s, enum prc_takes took, u64 freed,
		      u64 from_swap, u64 to_file)
{
	struct prc_outcome end = good_end(s);

	s->set.full_full_ms = 0;
	s->set.full_delta_rss_kb = 0;
	end.takes = took;
	end.scanned_kb = freed;
	end.freed_kb = freed;
	run(s, &end);
	s->facts.memory = end.memory;
	s->facts.memory.swap_kb -= from_swap;
	s->facts.memory.file_kb += to_file;
}

/* Of file pages only the growth counts, of others only what has left swap. */
static void test_came_back(void **state)
{
	static const struct {
		u64 freed;
		u64 from_swap;
		u64 to_file;
		/* After file, anon and all. */
		bool in_vain[PRC_TAKES_ALL];
	} rows[] = {
		{ 10000, 4999, 0, { false, false, false } },
		{ 10000, 5000, 0, { false, true, true } },
		{ 10000, 0, 4999, { false, false, false } },
		{ 10000, 0, 5000, { true, false, true } },
		{ 10000, 2500, 2499, { false, false, false } },
		{ 10000, 2500, 2500, { false, false, true } },
		{ 10000, 4999, 4999, { false, false, true } },
		{ 10000, 5000, 4999, { false, true, true } },
		{ 10000, 4999, 5000, { true, false, true } },
		{ 10000, 5000, 5000, { true, true, true } },
		{ 10001, 5000, 0, { false, false, false } },
		{ 10001, 5001, 0, { false, true, true } },
		{ 10000, 20000, 0, { false, true, true } },
		{ 1, 1, 0, { false, true, true } },
		{ 1, 0, 1, { true, false, true } },
		{ 2, 1, 0, { false, true, true } },
		{ 3, 1, 0, { false, false, false } },
		{ 3, 2, 0, { false, true, true } },
		/* What goes the other way makes good for nothing. */
		{ 10000, 5000, -1000, { false, true, true } },
		{ 10000, -1000, 5000, { true, false, true } },
		{ 10000, -1000, -1000, { false, false, false } },
		{ 10000, 4999, -6000, { false, false, false } },
		/* Where a sum or a product does not fit. */
		{ U64_MAX, 30000, 0, { false, false, false } },
		{ U64_MAX, 0, U64_MAX / 2 - 20000, { false, false, false } },
		{ U64_MAX, 0, U64_MAX / 2, { false, false, false } },
		{ U64_MAX, 1, U64_MAX / 2, { false, false, true } },
		{ U64_MAX, 0, U64_MAX / 2 + 1, { true, false, true } },
		{ U64_MAX - 1, 0, U64_MAX / 2, { true, false, true } },
		{ 10000, 30000, U64_MAX - 20000, { true, true, true } },
		{ U64_MAX, 30000, U64_MAX - 20000, { true, false, true } },
	};
	unsigned int k;

	(void)state;
	/* Each row for each of the three. */
	for (k = 0; k < ARRAY_SIZE(rows) * PRC_TAKES_ALL; k++) {
		enum prc_takes took = PRC_TAKES_FILE + k % PRC_TAKES_ALL;
		size_t i = k / PRC_TAKES_ALL;
		struct situation s = usual();
		struct prc_past *past = &s.past;
		bool file = took == PRC_TAKES_FILE;

		s.set.takes[PRC_ACTION_FULL] = took;
		come_back(&s, took, rows[i].freed, rows[i].from_swap,
			  rows[i].to_file);
		if (!rows[i].in_vain[took - PRC_TAKES_FILE]) {
			assert_true(decides(&s, PRC_REASON_RUN));
			continue;
		}
		assert_int_equal(decide(&s), PRC_REASON_DEFERRED);
		assert_true(is(s.got.deferral, 1, 0));
		assert_true(is(*deferral(past, file), 1, 0));
		assert_false(past->unchecked);
		/* The run is checked once. */
		assert_int_equal(decide(&s), PRC_REASON_RUN);
		assert_true(is(*deferral(past, file), 1, 0));
		assert_true(is(*deferral(past, !file), 0, 0));
	}
}

/*
 * A run that freed too little, or whose pages came back, defers runs of its own kind
 * alone.
 */
static void test_deferred_apart(void **state)
{
	unsigned int k;

	(void)state;
	/* What the last run took, what the next run takes, and how the last one failed. */
	for (k = 0; k < 3 * 3 * 2; k++) {
		enum prc_takes took = PRC_TAKES_FILE + k % 3;
		enum prc_takes next = PRC_TAKES_FILE + k / 3 % 3;
		bool file = took == PRC_TAKES_FILE;
		struct situation s = usual();
		struct prc_outcome end = good_end(&s);

		s.set.full_some_ms = 0;
		s.set.full_delta_rss_kb = 0;
		s.work.action = PRC_ACTION_SOME;
		if (k / 9) {
			come_back(&s, took, 10000, 5000, 5000);
		} else {
			end.takes = took;
			end.freed_kb = 0;
			run(&s, &end);
		}
		s.set.takes[PRC_ACTION_FULL] = next;
		s.work.action = PRC_ACTION_FULL;
		if (file == (next == PRC_TAKES_FILE)) {
			assert_int_equal(decide(&s), PRC_REASON_DEFERRED);
			assert_true(is(s.got.deferral, 1, 0));
			assert_true(is(*deferral(&s.past, file), 1, 0));
		} else {
			assert_true(takes(&s, next, false));
			decide(&s);
			assert_true(is(*deferral(&s.past, file), 1, 1));
		}
		assert_true(is(*deferral(&s.past, !file), 0, 0));
	}
}

/* A poor pass under pressure says nothing of passes that take all of a process. */
static void test_pressure_is_deferred_apart(void **state)
{
	struct situation s = usual();
	struct prc_outcome end = good_end(&s);

	(void)state;
	end.takes = PRC_TAKES_ANON;
	end.freed_kb = 0;
	s.work.action = PRC_ACTION_PRESSURE;
	run(&s, &end);
	assert_true(is(s.past.pressure, 1, 1));
	assert_true(decides(&s, PRC_REASON_DEFERRED));
	s.work.action = PRC_ACTION_SOME;
	assert_true(decides(&s, PRC_REASON_RUN));
	s.work.action = PRC_ACTION_FULL;
	assert_true(decides(&s, PRC_REASON_RUN));
	/* Nor the other way round. */
	s.past.pressure = (struct prc_deferral){ 0 };
	s.past.anon = (struct prc_deferral){ 1, 1 };
	assert_true(decides(&s, PRC_REASON_DEFERRED));
	s.work.action = PRC_ACTION_PRESSURE;
	assert_true(decides(&s, PRC_REASON_RUN));
}

static bool ages(const struct situation *s, enum prc_reason want, bool age,
		 u64 ms_left)
{
	struct prc_decision got = decision_on(s);

	return (got.reason == want && got.ages == age &&
		got.ms_left == ms_left) || complain(s, &got, "other ages");
}

/* What is cold is known some time after the accessed bits were cleared, not before. */
static void test_aging(void **state)
{
	struct situation s = usual();

	(void)state;
	s.work.action = PRC_ACTION_PRESSURE;
	s.work.trigger = PRC_TRIGGER_PRESSURE;
	s.work.cold_ms = PRC_COLD_MS;
	s.facts.running_ms = 100000;
	assert_true(ages(&s, PRC_REASON_AGING, true, PRC_COLD_MS));
	prc_policy_aged(s.facts.running_ms, &s.past);
	assert_true(ages(&s, PRC_REASON_AGING, false, PRC_COLD_MS));
	assert_true(prc_policy_is_aging(&s.past, s.facts.running_ms,
					PRC_COLD_MS));
	/* A suspend makes nothing cold: the other clock is not asked. */
	s.facts.now_ms += 3600000;
	s.facts.running_ms += PRC_COLD_MS - 1;
	assert_true(ages(&s, PRC_REASON_AGING, false, 1));
	assert_true(prc_policy_is_aging(&s.past, s.facts.running_ms,
					PRC_COLD_MS));
	s.facts.running_ms++;
	assert_true(ages(&s, PRC_REASON_RUN, false, 0));
	assert_false(prc_policy_is_aging(&s.past, s.facts.running_ms,
					 PRC_COLD_MS));
	/* Old ages hold until the pass has come round. */
	s.facts.running_ms += PRC_AGES_OLD_MS;
	assert_true(ages(&s, PRC_REASON_RUN, false, 0));
	s.facts.from_start = true;
	assert_true(ages(&s, PRC_REASON_AGING, true, PRC_COLD_MS));
	s.facts.running_ms -= PRC_COLD_MS + 1;
	assert_true(ages(&s, PRC_REASON_RUN, false, 0));
	/* A run that takes all pages needs no ages. */
	s.past.aged = false;
	s.work.cold_ms = 0;
	assert_true(ages(&s, PRC_REASON_RUN, false, 0));
}

/* When memory is nearly out there is no time to learn what is cold. */
static void test_lowmem_does_not_wait_for_ages(void **state)
{
	struct situation s = usual();

	(void)state;
	s.work.trigger = PRC_TRIGGER_LOWMEM;
	s.work.cold_ms = PRC_COLD_LOWMEM_MS;
	s.facts.from_start = true;
	assert_true(ages(&s, PRC_REASON_RUN, true, 0));
	assert_true(decision_on(&s).inactive);
	prc_policy_aged(s.facts.running_ms, &s.past);
	s.facts.running_ms += PRC_COLD_LOWMEM_MS - 1;
	/* The lists of the classic LRU say nothing once the bits are cleared. */
	assert_true(ages(&s, PRC_REASON_AGING, false, 1));
	s.facts.running_ms++;
	assert_true(ages(&s, PRC_REASON_RUN, false, 0));
	assert_false(decision_on(&s).inactive);
	/* What was not accessed for long is cold; what is in use now is learned again. */
	s.facts.running_ms += PRC_AGES_OLD_MS;
	assert_true(ages(&s, PRC_REASON_RUN, true, 0));
	assert_false(decision_on(&s).inactive);
}

static void test_protected(void **state)
{
	struct situation s = usual();
	unsigned int trigger;

	(void)state;
	s.facts.is_protected = true;
	for (trigger = 0; trigger < PRC_NR_TRIGGERS; trigger++) {
		s.work.trigger = trigger;
		assert_true(decides(&s, PRC_REASON_PROTECTED));
	}
}

static void test_refused_for_now(void **state)
{
	enum prc_reason reason;

	(void)state;
	for (reason = 0; reason < PRC_NR_REASONS; reason++)
		assert_int_equal(prc_policy_is_refused_for_now(reason),
				 reason == PRC_REASON_TIME ||
				 reason == PRC_REASON_PROTECTED ||
				 reason == PRC_REASON_SWAP ||
				 reason == PRC_REASON_DEFERRED);
}

static void test_asleep_ms(void **state)
{
	static const unsigned int rows[][3] = {
		{ 600000, 600000, 150000 }, { 8000, 9000, 2000 },
		{ 9000, 8000, 2000 }, { 0, 8000, 2000 }, { 8000, 0, 2000 },
		{ 0, 0, 150000 }, { 1, 0, 1000 }, { 3999, 8000, 1000 },
	};
	struct prc_policy set = prc_policy_default;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		set.persistent_ms = rows[i][0];
		set.bfgs_ms = rows[i][1];
		assert_int_equal(prc_policy_asleep_ms(&set), rows[i][2]);
	}
}

/* When swap is scarce, "all" is file pages, and counts as such. */
static void test_low_swap_has_the_deferral_of_files(void **state)
{
	struct situation s = usual();
	struct prc_outcome end = good_end(&s);

	(void)state;
	s.past.anon = (struct prc_deferral){ 3, 4 };
	assert_true(decides(&s, PRC_REASON_DEFERRED));
	s.facts.swap_free_kb = 0;
	assert_true(takes(&s, PRC_TAKES_FILE, true));
	s.past.file = (struct prc_deferral){ 1, 2 };
	assert_int_equal(decide(&s), PRC_REASON_DEFERRED);
	assert_true(is(s.got.deferral, 1, 1));
	assert_true(is(s.past.file, 1, 1));
	assert_true(is(s.past.anon, 3, 4));
	end.takes = PRC_TAKES_FILE;
	end.freed_kb = 0;
	run(&s, &end);
	assert_true(is(s.past.file, 2, 2));
	assert_true(is(s.past.anon, 3, 4));
}

/*
 * A good pass also ends the skips left; there are some when memory was so low
 * that it was not deferred, which does not count them down either.
 */
static void test_forgiven(void **state)
{
	static const struct prc_deferral old = { 3, 5 };
	unsigned int took, next;

	(void)state;
	for (took = PRC_TAKES_FILE; took <= PRC_TAKES_ALL; took++)
		/* By whatever runs then. */
		for (next = PRC_TAKES_FILE; next <= PRC_TAKES_ALL; next++) {
			bool file = took == PRC_TAKES_FILE;
			struct situation s = usual();

			s.past.file = old;
			s.past.anon = old;
			come_back(&s, took, 10000, 0, 0);
			assert_true(is(*deferral(&s.past, file), 3, 5));
			s.set.takes[PRC_ACTION_FULL] = next;
			/* Not by what does not run. */
			assert_int_equal(decide(&s), PRC_REASON_DEFERRED);
			assert_true(is(s.got.deferral, 3, 4));
			assert_true(s.past.unchecked);
			s.past.file = old;
			s.past.anon = old;
			s.work.trigger = PRC_TRIGGER_LOWMEM;
			assert_int_equal(decide(&s), PRC_REASON_RUN);
			assert_false(s.past.unchecked);
			assert_true(is(*deferral(&s.past, file), 0, 0));
			assert_true(is(*deferral(&s.past, !file), 3, 5));
			/* Once, not each time. */
			*deferral(&s.past, file) = old;
			assert_int_equal(decide(&s), PRC_REASON_RUN);
			assert_true(is(*deferral(&s.past, file), 3, 5));
		}
}

static void test_came_back_soon(void **state)
{
	static const struct {
		long long after;
		bool in_vain;
	} rows[] = {
		{ 0, true },
		{ 1, true },
		{ -1, true },
		{ -1000000, true },
		{ 59999, true },
		{ 60000, false },
		{ 60001, false },
		{ 1000000000, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct situation s = usual();

		s.past.anon.failures = 1;
		come_back(&s, PRC_TAKES_ALL, 10000, 5000, 0);
		s.facts.now_ms += rows[i].after;
		if (rows[i].in_vain) {
			assert_int_equal(decide(&s), PRC_REASON_DEFERRED);
			assert_true(is(s.past.anon, 2, 1));
		} else {
			assert_int_equal(decide(&s), PRC_REASON_RUN);
			assert_true(is(s.past.anon, 0, 0));
		}
		assert_false(s.past.unchecked);
	}
}

/* The run is checked whatever the decision, and stays unchecked while nothing runs. */
static void test_checked_also_when_skipped(void **state)
{
	struct situation s = usual();

	(void)state;
	come_back(&s, PRC_TAKES_ALL, 10000, 4999, 0);
	s.facts.is_back = true;
	assert_int_equal(decide(&s), PRC_REASON_FOREGROUND);
	assert_true(s.past.unchecked);
	assert_true(is(s.past.anon, 0, 0));
	s.facts.memory.swap_kb--;
	assert_int_equal(decide(&s), PRC_REASON_FOREGROUND);
	assert_false(s.past.unchecked);
	assert_true(is(s.past.anon, 1, 1));

	s = usual();
	come_back(&s, PRC_TAKES_ALL, 10000, 5000, 0);
	s.facts.adj = -1000;
	assert_int_equal(decide(&s), PRC_REASON_EXEMPT);
	assert_true(is(s.past.anon, 1, 1));

	/* A run that stays unchecked for longer is no failure any more. */
	s = usual();
	s.past.anon.failures = 5;
	come_back(&s, PRC_TAKES_ALL, 10000, 5000, 0);
	s.facts.now_ms += PRC_REFAULT_MS;
	s.facts.is_back = true;
	assert_int_equal(decide(&s), PRC_REASON_FOREGROUND);
	assert_true(s.past.unchecked);
	assert_true(is(s.past.anon, 5, 0));
	s.facts.is_back = false;
	assert_int_equal(decide(&s), PRC_REASON_RUN);
	assert_true(is(s.past.anon, 0, 0));
}

/* A process that takes all back each time is asked less and less often. */
static void test_refaults_back_off(void **state)
{
	struct situation s = usual();
	unsigned int pass, skipped;

	(void)state;
	for (pass = 0; pass < 10; pass++) {
		unsigned int want = 1U << (pass < 6 ? pass : 6);

		assert_int_equal(decide(&s), PRC_REASON_RUN);
		come_back(&s, PRC_TAKES_ALL, 30000, 30000, 0);
		for (skipped = 0; skipped < want; skipped++)
			assert_int_equal(decide(&s), PRC_REASON_DEFERRED);
		assert_true(is(s.past.anon, pass + 1, 0));
	}
}

/* A run that freed nothing fails once: none of its pages can come back. */
static void test_poor_pass_is_not_checked_again(void **state)
{
	struct situation s = usual();
	struct prc_outcome end = good_end(&s);

	(void)state;
	end.freed_kb = 0;
	end.now_ms = s.facts.now_ms;
	run(&s, &end);
	s.set.full_full_ms = 0;
	assert_true(is(s.past.anon, 1, 1));
	s.facts.memory.file_kb = 1000000;
	s.facts.memory.swap_kb = 0;
	assert_int_equal(decide(&s), PRC_REASON_DEFERRED);
	assert_true(is(s.past.anon, 1, 0));
	/* Nor is a past that says so by mistake. */
	s.past.unchecked = true;
	assert_int_equal(decide(&s), PRC_REASON_RUN);
	assert_true(is(s.past.anon, 0, 0));
}

static void test_efficiency(void **state)
{
	static const struct {
		u64 scanned;
		u64 reclaimed;
		unsigned int pct;
		bool is_poor;
	} rows[] = {
		{ 100, 49, 50, true },
		{ 100, 50, 50, false },
		{ 100, 51, 50, false },
		{ 101, 50, 50, true },
		{ 101, 51, 50, false },
		{ 1, 0, 50, true },
		{ 1, 0, 0, false },
		{ 1000, 0, 0, false },
		{ 1000, 1000, 100, false },
		{ 1000, 999, 100, true },
		{ 1000, 0, 1, true },
		{ U64_MAX, U64_MAX / 2, 50, true },
		{ U64_MAX, U64_MAX / 2 + 1, 50, false },
		{ U64_MAX, U64_MAX, 100, false },
		{ 1, U64_MAX, 100, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct prc_efficiency eff = { .poor = 1 };

		prc_efficiency_add(&eff, rows[i].scanned, rows[i].reclaimed,
				   rows[i].pct, 3);
		assert_int_equal(eff.poor, rows[i].is_poor ? 2 : 0);
		assert_int_equal(eff.skips, 0);
		assert_false(prc_efficiency_skips(&eff));
	}
}

static void test_efficiency_window(void **state)
{
	unsigned int window, i;

	(void)state;
	for (window = 1; window < 5; window++) {
		struct prc_efficiency eff = { 0 };

		for (i = 0; i < window - 1; i++) {
			prc_efficiency_add(&eff, 100, 0, 50, window);
			assert_false(prc_efficiency_skips(&eff));
		}
		/* Neither good nor poor. */
		prc_efficiency_add(&eff, 0, 0, 50, window);
		assert_int_equal(eff.poor, window - 1);
		prc_efficiency_add(&eff, 100, 0, 50, window);
		for (i = 0; i < window; i++)
			assert_true(prc_efficiency_skips(&eff));
		assert_false(prc_efficiency_skips(&eff));
		/* A good pass between them starts the count at 0. */
		for (i = 0; i < 20; i++) {
			prc_efficiency_add(&eff, 100, i % window ? 0 : 50, 50,
					   window);
			assert_false(prc_efficiency_skips(&eff));
		}
	}
}

static void test_efficiency_settings_change(void **state)
{
	struct prc_efficiency eff = { .poor = 5 };

	(void)state;
	prc_efficiency_add(&eff, 100, 0, 50, 0);
	assert_int_equal(eff.poor, 0);
	assert_int_equal(eff.skips, 0);
	eff.poor = 5;
	prc_efficiency_add(&eff, 100, 0, 50, 2);
	assert_int_equal(eff.poor, 0);
	assert_int_equal(eff.skips, 2);
	/* Not with a most of its own, as a deferral is. */
	eff = (struct prc_efficiency){ .poor = UINT_MAX - 1 };
	prc_efficiency_add(&eff, 100, 0, 50, UINT_MAX);
	assert_true(prc_efficiency_skips(&eff));
	assert_true(eff.skips == UINT_MAX - 1);
	assert_int_equal(eff.poor, 0);
}

static void test_pressure_share(void **state)
{
	static const struct {
		u64 anon;
		u64 sum;
		unsigned long budget;
		unsigned long want;
	} rows[] = {
		{ 0, 0, 1024, 0 },
		{ 0, 100, 1024, 0 },
		{ 5, 0, 1024, 0 },
		{ 5, 100, 0, 0 },
		{ 100, 100, 1024, 1024 },
		{ 50, 100, 1024, 512 },
		{ 1, 100, 1024, 10 },
		{ 99, 100, 1024, 1013 },
		{ 1, 1024, 1024, 1 },
		{ 1, 1025, 1024, 1 },
		{ 1, 1000000, 1024, 1 },
		{ 2, 1024, 1024, 2 },
		{ 3, 2048, 1024, 1 },
		{ 200, 100, 1024, 1024 },
		{ 1, 100, 1, 1 },
		{ 1, 2, 1, 1 },
		/* 8 GiB in pages, times 1024, is too much for an int. */
		{ 2097152, 4194304, 1024, 512 },
		{ 1ULL << 40, 1ULL << 42, 1024, 256 },
		{ 1ULL << 60, 1ULL << 62, 1024, 256 },
		{ U64_MAX / 2, U64_MAX, 1024, 511 },
		{ U64_MAX, U64_MAX, 1024, 1024 },
		{ U64_MAX, 1, 1024, 1024 },
		{ U64_MAX, 1, ULONG_MAX, ULONG_MAX },
		{ U64_MAX - 1, U64_MAX, 1, 1 },
		{ 1, U64_MAX, ULONG_MAX, 1 },
		{ 1, 2, ULONG_MAX, ULONG_MAX / 2 },
	};
	unsigned int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned long got = prc_pressure_share(
			rows[i].anon, rows[i].sum, rows[i].budget);

		/* Where bits had to go, one less is as good. */
		if (got == rows[i].want || (got == rows[i].want + 1 &&
					    rows[i].anon == U64_MAX / 2))
			continue;
		print_error("%llu of %llu of %lu: %lu, not %lu\n", rows[i].anon,
			    rows[i].sum, rows[i].budget, got, rows[i].want);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

static void test_lowmem_level(void **state)
{
	static const unsigned int minfree[] = { 100, 200, 0, 150, 400,
						UINT_MAX };
	static const struct {
		u64 free;
		u64 file;
		unsigned int levels;
		int want;
	} rows[] = {
		{ 0, 0, 6, 0 },
		{ 99, 99, 6, 0 },
		{ 100, 99, 6, 1 },
		{ 99, 100, 6, 1 },
		{ 199, 199, 6, 1 },
		{ 200, 0, 6, 4 },
		{ 0, 200, 6, 4 },
		{ 399, 399, 6, 4 },
		{ 400, 0, 6, 5 },
		{ UINT_MAX - 1, UINT_MAX - 1, 6, 5 },
		{ UINT_MAX, 0, 6, -1 },
		{ 0, UINT_MAX, 6, -1 },
		{ U64_MAX, U64_MAX, 6, -1 },
		{ 1ULL << 32, 0, 6, -1 },
		{ 0, 0, 0, -1 },
		{ 150, 150, 1, -1 },
		{ 150, 150, 2, 1 },
		{ 400, 400, 5, -1 },
	};
	static const unsigned int off[] = { 0, 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(prc_lowmem_level(minfree, rows[i].levels,
						  rows[i].free, rows[i].file),
				 rows[i].want);
	assert_int_equal(prc_lowmem_level(off, 2, 0, 0), -1);
}

/* All at its most and at its least: no sanitizer has anything to say. */
static void test_extremes(void **state)
{
	static const u64 values[] = { 0, 1, U64_MAX / 2, U64_MAX };
	unsigned int i, bits;

	(void)state;
	for (bits = 0; bits < 1 << 12; bits++) {
		struct situation s = usual();
		struct prc_outcome end = good_end(&s);
		u64 *fields[] = {
			&s.facts.memory.file_kb, &s.facts.memory.anon_kb,
			&s.facts.memory.swap_kb, &s.facts.now_ms,
			&s.facts.swap_total_kb,	 &s.facts.swap_free_kb,
		};

		for (i = 0; i < ARRAY_SIZE(fields); i++)
			*fields[i] = values[bits >> 2 * i & 3];
		end.freed_kb = s.facts.memory.file_kb;
		end.scanned_kb = s.facts.memory.swap_kb;
		end.memory = s.facts.memory;
		end.memory.file_kb = ~end.memory.file_kb;
		end.now_ms = values[bits & 3];
		memset(&s.set.some_some_ms, 0xff,
		       offsetof(struct prc_policy, excludes) -
		       offsetof(struct prc_policy, some_some_ms));
		decide(&s);
		run(&s, &end);
		decide(&s);
		assert_true(s.got.reason <= PRC_REASON_AGING);
	}
}

/*
 * The second reading of the rules. It remembers nothing but what happened, in
 * a log, and works out the rest from there each time; it has numbers that hold
 * all sums, and a list of rules instead of a chain of questions.
 */
enum happened {
	HAPPENED_PASS,	   /* a pass ended */
	HAPPENED_REFAULT,  /* what the last pass freed has come back */
	HAPPENED_FORGIVEN, /* the next pass ran, and the pages had stayed away */
	HAPPENED_QUEUED,   /* only a deferral could stand in its way */
	HAPPENED_AGED,	   /* the accessed bits were cleared */
};

/* What a pass takes, as far as back-off goes. */
enum kind {
	KIND_ANON,
	KIND_FILE,
	KIND_PRESSURE,
};

struct event {
	enum happened what;
	/* Of a pass, checked or to come. */
	enum kind kind;
	/* Of a pass. */
	enum prc_action action;
	struct prc_outcome end;
	/* As it was set then. */
	unsigned int max_shift;
	u64 running_ms;
};

#define MAX_STEPS 48

struct log {
	struct event events[5 * MAX_STEPS];
	unsigned int nr;
};

/* A question put to the model. */
struct question {
	const struct situation *s;
	struct log *log;
	enum prc_takes takes;
	bool swap_is_low;
	bool inactive;
	bool ages;
	wide ms_left;
};

static enum kind kind_of(const struct prc_work *work, enum prc_takes takes)
{
	if (work->action == PRC_ACTION_PRESSURE || work->cold_ms)
		return KIND_PRESSURE;
	return takes == PRC_TAKES_FILE ? KIND_FILE : KIND_ANON;
}

static struct event *record(struct log *log, enum happened what,
			    const struct situation *s, enum kind kind)
{
	struct event *event = &log->events[log->nr++];

	assert_true(log->nr <= ARRAY_SIZE(log->events));
	memset(event, 0, sizeof(*event));
	event->what = what;
	event->kind = kind;
	event->max_shift = s->set.max_defer_shift;
	event->running_ms = s->facts.running_ms;
	return event;
}

static bool is_pass(const struct event *event)
{
	return event->what == HAPPENED_PASS;
}

static bool is_set_pass(const struct event *event)
{
	return is_pass(event) && event->kind != KIND_PRESSURE &&
	       event->action != PRC_ACTION_NOTHING;
}

/* It has left nothing anonymous that it could have taken. */
static bool is_whole_pass(const struct event *event)
{
	return is_set_pass(event) && event->kind != KIND_FILE && event->end.is_whole;
}

static bool is_good_pass(const struct event *event)
{
	return is_pass(event) && event->end.freed_kb > 0 &&
	       (wide)event->end.freed_kb * 8 >= event->end.scanned_kb;
}

static bool is_failure(const struct event *event)
{
	return event->what == HAPPENED_REFAULT ||
	       (is_pass(event) && !is_good_pass(event) &&
		!event->end.cut_short);
}

static bool is_forgiven(const struct event *event)
{
	return event->what == HAPPENED_FORGIVEN;
}

static const struct event *last(const struct log *log,
				bool (*matches)(const struct event *event))
{
	unsigned int i = log->nr;

	while (i)
		if (matches(&log->events[--i]))
			return &log->events[i];
	return NULL;
}

static const struct event *open_pass(const struct log *log)
{
	const struct event *pass = last(log, is_pass), *event;

	if (!pass || !is_good_pass(pass))
		return NULL;
	for (event = pass; event < log->events + log->nr; event++)
		if (event->what == HAPPENED_REFAULT || is_forgiven(event))
			return NULL;
	return pass;
}

/* Failures of a kind before an event, after the last forgiveness. */
static unsigned int count_failures(const struct log *log, unsigned int until,
				   enum kind kind)
{
	unsigned int count = 0;

	while (until--) {
		const struct event *event = &log->events[until];

		if (event->kind == kind && is_forgiven(event))
			break;
		count += event->kind == kind && is_failure(event);
	}
	return count;
}

static wide most_skips(unsigned int max_shift)
{
	return max_shift ? (wide)1 << (max_shift > 31 ? 31 : max_shift) : 0;
}

/* What the last failure of a kind imposed, less what was sat out since. */
static wide count_skips(const struct log *log, enum kind kind)
{
	unsigned int i = log->nr;
	const struct event *event;
	wide skips;

	do {
		if (!i)
			return 0;
		event = &log->events[--i];
		if (event->kind == kind && is_forgiven(event))
			return 0;
	} while (event->kind != kind || !is_failure(event));
	skips = (wide)1 << count_failures(log, i, kind);
	if (skips > most_skips(event->max_shift))
		skips = most_skips(event->max_shift);
	while (++i < log->nr) {
		wide most = most_skips(log->events[i].max_shift);

		if (log->events[i].kind != kind ||
		    log->events[i].what != HAPPENED_QUEUED)
			continue;
		skips = skips > most ? most : skips;
		skips -= skips > 0;
	}
	return skips;
}

static struct prc_deferral model_deferral(const struct log *log, enum kind kind)
{
	return (struct prc_deferral){
		.failures = count_failures(log, log->nr, kind),
		.skips = count_skips(log, kind),
	};
}

static wide wide_abs(wide number)
{
	return number < 0 ? -number : number;
}

static bool within(int lo, int adj, int hi)
{
	return lo <= adj && adj <= hi;
}

static wide elapsed(u64 then_ms, u64 now_ms)
{
	wide ms = (wide)now_ms - then_ms;

	return ms > 0 ? ms : 0;
}

static bool rule_exempt(struct question *q)
{
	return q->s->facts.adj <= -1000;
}

static bool rule_foreground(struct question *q)
{
	return q->s->facts.is_back ||
	       !within(q->s->work.adj.lo, q->s->facts.adj, q->s->work.adj.hi);
}

static bool rule_time(struct question *q)
{
	const struct event *pass = last(q->log, is_set_pass);
	const struct prc_policy *set = &q->s->set;
	const struct {
		enum prc_action last, next;
		unsigned int ms;
	} rows[] = {
		{ PRC_ACTION_SOME, PRC_ACTION_SOME, set->some_some_ms },
		{ PRC_ACTION_SOME, PRC_ACTION_FULL, set->full_some_ms },
		{ PRC_ACTION_FULL, PRC_ACTION_SOME, set->some_full_ms },
		{ PRC_ACTION_FULL, PRC_ACTION_FULL, set->full_full_ms },
		{ pass ? pass->action : 0, PRC_ACTION_PERSISTENT,
		  set->persistent_ms },
		{ pass ? pass->action : 0, PRC_ACTION_BFGS, set->bfgs_ms },
	};
	unsigned int i;

	if (!pass || !unhurried[q->s->work.trigger])
		return false;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].last == pass->action &&
		    rows[i].next == q->s->work.action)
			q->ms_left = rows[i].ms - elapsed(pass->end.now_ms,
							  q->s->facts.now_ms);
	return q->ms_left > 0;
}

static bool rule_none(struct question *q)
{
	return q->takes == PRC_TAKES_NONE;
}

static bool rule_excluded(struct question *q)
{
	const struct prc_policy *set = &q->s->set;
	bool excluded = false;
	unsigned int i;

	for (i = 0; i < set->nr_excludes; i++)
		excluded |= within(set->excludes[i].lo, q->s->facts.adj,
				   set->excludes[i].hi);
	return excluded;
}

static bool rule_dead(struct question *q)
{
	return (wide)q->s->facts.memory.file_kb + q->s->facts.memory.anon_kb +
	       q->s->facts.memory.swap_kb == 0;
}

/* Not only a reason: it may change what is taken, too. */
static bool rule_swap(struct question *q)
{
	const struct prc_facts *facts = &q->s->facts;

	if (facts->swap_total_kb && facts->swap_free_kb &&
	    (wide)facts->swap_free_kb * 100 >=
		    (wide)facts->swap_total_kb * q->s->set.min_free_swap_pct)
		return false;
	if (q->takes == PRC_TAKES_ALL) {
		q->takes = PRC_TAKES_FILE;
		q->swap_is_low = true;
	}
	return q->takes == PRC_TAKES_ANON;
}

static bool asks_for_worth(const struct question *q)
{
	return unhurried[q->s->work.trigger] &&
	       (q->takes == PRC_TAKES_ANON || q->takes == PRC_TAKES_ALL);
}

static bool rule_small(struct question *q)
{
	return asks_for_worth(q) &&
	       q->s->set.full_anon_rss_kb > q->s->facts.memory.anon_kb;
}

static bool rule_unchanged(struct question *q)
{
	const struct event *pass = last(q->log, is_whole_pass);
	const struct prc_memory *now = &q->s->facts.memory, *then;
	wide limit = q->s->set.full_delta_rss_kb;

	if (!asks_for_worth(q) || !pass || limit == 0)
		return false;
	then = &pass->end.memory;
	return wide_abs((wide)now->file_kb - then->file_kb) +
	       wide_abs((wide)now->anon_kb - then->anon_kb) +
	       wide_abs((wide)now->swap_kb - then->swap_kb) <= limit;
}

static bool rule_deferred(struct question *q)
{
	enum kind kind = kind_of(&q->s->work, q->takes);
	wide skips = count_skips(q->log, kind);

	if (q->s->work.trigger == PRC_TRIGGER_LOWMEM)
		return false;
	record(q->log, HAPPENED_QUEUED, q->s, kind);
	return skips > 0 && q->s->set.max_defer_shift > 0;
}

static bool is_aged(const struct event *event)
{
	return event->what == HAPPENED_AGED;
}

/* Not only a reason: when memory is nearly out the kernel's lists are asked instead. */
static bool rule_aging(struct question *q)
{
	const struct event *aged = last(q->log, is_aged);
	const struct prc_facts *facts = &q->s->facts;
	wide ms = aged ? elapsed(aged->running_ms, facts->running_ms) : 0;

	if (!q->s->work.cold_ms)
		return false;
	q->ages = !aged || (facts->from_start && ms >= 60000);
	if (q->s->work.trigger == PRC_TRIGGER_LOWMEM)
		q->inactive = !aged;
	if (q->inactive ||
	    ((!q->ages || q->s->work.trigger == PRC_TRIGGER_LOWMEM) &&
	     ms >= q->s->work.cold_ms))
		return false;
	q->ms_left = q->s->work.cold_ms -
		     (q->ages && q->s->work.trigger != PRC_TRIGGER_LOWMEM ? 0 : ms);
	return true;
}

static bool rule_protected(struct question *q)
{
	return q->s->facts.is_protected;
}

static bool (*const rules[])(struct question *) = {
	[PRC_REASON_EXEMPT] = rule_exempt,
	[PRC_REASON_FOREGROUND] = rule_foreground,
	[PRC_REASON_TIME] = rule_time,
	[PRC_REASON_NONE] = rule_none,
	[PRC_REASON_EXCLUDED] = rule_excluded,
	[PRC_REASON_DEAD] = rule_dead,
	[PRC_REASON_PROTECTED] = rule_protected,
	[PRC_REASON_SWAP] = rule_swap,
	[PRC_REASON_SMALL] = rule_small,
	[PRC_REASON_UNCHANGED] = rule_unchanged,
	[PRC_REASON_DEFERRED] = rule_deferred,
	[PRC_REASON_AGING] = rule_aging,
};

/* Of file pages, of anonymous ones, or of both, as the pass took them. */
static bool has_come_back(const struct log *log, const struct prc_facts *now)
{
	const struct event *pass = open_pass(log);
	wide swap, file;

	if (!pass ||
	    elapsed(pass->end.now_ms, now->now_ms) >= PRC_REFAULT_MS)
		return false;
	swap = (wide)pass->end.memory.swap_kb - now->memory.swap_kb;
	file = (wide)now->memory.file_kb - pass->end.memory.file_kb;
	switch (pass->end.takes) {
	case PRC_TAKES_FILE:
		swap = 0;
		break;
	case PRC_TAKES_ANON:
		file = 0;
		break;
	default:
		break;
	}
	return 2 * ((swap > 0 ? swap : 0) + (file > 0 ? file : 0)) >=
	       pass->end.freed_kb;
}

/* The numbers that a refusal rests on. */
static void model_compared(const struct question *q, struct prc_decision *want)
{
	const struct prc_facts *facts = &q->s->facts;
	const struct event *pass = last(q->log, is_whole_pass);
	wide sum = 0;

	switch (want->reason) {
	case PRC_REASON_TIME:
		pass = last(q->log, is_set_pass);
		want->value = elapsed(pass->end.now_ms, facts->now_ms);
		want->limit = want->value + q->ms_left;
		break;
	case PRC_REASON_AGING:
		want->limit = q->s->work.cold_ms;
		want->value = want->limit - q->ms_left;
		break;
	case PRC_REASON_PROTECTED:
		want->value = facts->unprotected_kb;
		want->limit = facts->batch_kb;
		break;
	case PRC_REASON_SWAP:
		want->value = facts->swap_free_kb;
		want->limit = (wide)facts->swap_total_kb *
			      q->s->set.min_free_swap_pct / 100;
		break;
	case PRC_REASON_SMALL:
		want->value = facts->memory.anon_kb;
		want->limit = q->s->set.full_anon_rss_kb;
		break;
	case PRC_REASON_UNCHANGED:
		sum += wide_abs((wide)facts->memory.file_kb -
				pass->end.memory.file_kb);
		sum += wide_abs((wide)facts->memory.anon_kb -
				pass->end.memory.anon_kb);
		sum += wide_abs((wide)facts->memory.swap_kb -
				pass->end.memory.swap_kb);
		want->value = sum;
		want->limit = q->s->set.full_delta_rss_kb;
		break;
	default:
		break;
	}
}

static struct prc_decision model_decide(const struct situation *s,
					struct log *log)
{
	struct question q = { .s = s, .log = log };
	enum prc_reason reason;
	struct prc_decision want;

	if (has_come_back(log, &s->facts))
		record(log, HAPPENED_REFAULT, s, last(log, is_pass)->kind);
	if (s->work.action == PRC_ACTION_PRESSURE)
		q.takes = PRC_TAKES_ANON;
	else if (s->work.action != PRC_ACTION_NOTHING)
		q.takes = s->set.takes[s->work.action];
	for (reason = 1; reason < ARRAY_SIZE(rules); reason++)
		if (rules[reason](&q))
			break;
	if (reason == ARRAY_SIZE(rules)) {
		reason = PRC_REASON_RUN;
		if (open_pass(log))
			record(log, HAPPENED_FORGIVEN, s,
			       last(log, is_pass)->kind);
	}
	want = (struct prc_decision){
		.reason = reason,
		.takes = q.takes,
		.swap_is_low = q.swap_is_low,
		.inactive = q.inactive,
		.ages = q.ages,
		.ms_left = reason == PRC_REASON_TIME ||
			   reason == PRC_REASON_AGING ? q.ms_left : 0,
	};
	if (reason == PRC_REASON_DEFERRED)
		want.deferral = model_deferral(log, kind_of(&s->work, q.takes));
	model_compared(&q, &want);
	return want;
}

/* What the policy must remember after these events. */
static struct prc_past model_past(const struct log *log)
{
	const struct event *pass = last(log, is_pass);
	const struct event *set_pass = last(log, is_set_pass);
	const struct event *whole_pass = last(log, is_whole_pass);
	const struct event *aged = last(log, is_aged);
	struct prc_past past = { 0 };

	past.file = model_deferral(log, KIND_FILE);
	past.anon = model_deferral(log, KIND_ANON);
	past.pressure = model_deferral(log, KIND_PRESSURE);
	past.unchecked = open_pass(log) != NULL;
	if (pass) {
		past.after = pass->end.memory;
		past.after_ms = pass->end.now_ms;
		past.after_takes = pass->end.takes;
		past.freed_kb = pass->end.freed_kb;
		past.after_cold = pass->kind == KIND_PRESSURE;
	}
	if (aged) {
		past.aged = true;
		past.aged_ms = aged->running_ms;
	}
	if (set_pass) {
		past.acted = true;
		past.action = set_pass->action;
		past.end_ms = set_pass->end.now_ms;
	}
	if (whole_pass) {
		past.measured = true;
		past.full = whole_pass->end.memory;
	}
	return past;
}

static bool same_deferral(const struct prc_deferral *a,
			  const struct prc_deferral *b)
{
	return a->failures == b->failures && a->skips == b->skips;
}

static bool same_past(const struct prc_past *a, const struct prc_past *b)
{
	return a->acted == b->acted && a->action == b->action &&
	       a->end_ms == b->end_ms && a->measured == b->measured &&
	       same_memory(&a->full, &b->full) &&
	       same_memory(&a->after, &b->after) &&
	       a->after_ms == b->after_ms && a->after_takes == b->after_takes &&
	       a->freed_kb == b->freed_kb && a->unchecked == b->unchecked &&
	       a->after_cold == b->after_cold && a->aged == b->aged &&
	       a->aged_ms == b->aged_ms &&
	       same_deferral(&a->pressure, &b->pressure) &&
	       same_deferral(&a->file, &b->file) &&
	       same_deferral(&a->anon, &b->anon);
}

static bool same_decision(const struct prc_decision *a,
			  const struct prc_decision *b)
{
	return a->reason == b->reason && a->ms_left == b->ms_left &&
	       a->value == b->value && a->limit == b->limit &&
	       a->ages == b->ages && a->inactive == b->inactive &&
	       same_deferral(&a->deferral, &b->deferral) &&
	       (a->reason != PRC_REASON_RUN ||
		(a->takes == b->takes && a->swap_is_low == b->swap_is_low));
}

/* The same numbers for the same seed: a failure can be run again. */
static u64 random_state;

static void random_seed(u64 seed)
{
	random_state = (seed + 1) * 0x9e3779b97f4a7c15;
}

static u64 random_u64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * 0x2545f4914f6cdd1d;
}

static unsigned int random_below(unsigned int n)
{
	return (random_u64() >> 32) % n;
}

static u64 one_of_(const u64 *values, size_t nr)
{
	return values[random_below(nr)];
}

#define one_of(...)                       \
	one_of_((const u64[]){ __VA_ARGS__ }, \
		ARRAY_SIZE(((const u64[]){ __VA_ARGS__ })))

static int random_adj(void)
{
	static const short adj[] = { -1000, -999, -1, 0, 1, 199, 200, 201, 600,
				     700, 899, 900, 950, 999, 1000 };

	return adj[random_below(ARRAY_SIZE(adj))];
}

static struct prc_adj_range random_range(void)
{
	struct prc_adj_range range = { random_adj(), random_adj() };

	return range;
}

/* Small limits, so that they are met often. */
static void random_settings(struct prc_policy *set)
{
	unsigned int i;

	memset(set, 0, sizeof(*set));
	for (i = 0; i < PRC_NR_SET_ACTIONS; i++)
		set->takes[i] = one_of(PRC_TAKES_NONE, PRC_TAKES_FILE,
				       PRC_TAKES_FILE, PRC_TAKES_ANON,
				       PRC_TAKES_ANON, PRC_TAKES_ALL,
				       PRC_TAKES_ALL, PRC_TAKES_ALL);
	set->some_some_ms = one_of(0, 1, 2, 5, UINT_MAX);
	set->some_full_ms = one_of(0, 1, 3, 5, 59999);
	set->full_some_ms = one_of(0, 1, 2, 4, 60000);
	set->full_full_ms = one_of(0, 1, 2, 5, 60001);
	set->persistent_ms = one_of(0, 1, 2, 5, 600000);
	set->bfgs_ms = one_of(0, 1, 3, 6, 600000);
	set->full_anon_rss_kb = one_of(0, 0, 4, 8, 12, UINT_MAX);
	set->full_delta_rss_kb = one_of(0, 0, 1, 4, 8, UINT_MAX);
	set->max_defer_shift = one_of(0, 1, 2, 3, 6, 31, 32, UINT_MAX);
	set->min_free_swap_pct = one_of(0, 0, 1, 20, 50, 100, 101, UINT_MAX);
	set->nr_excludes = one_of(0, 0, 0, 1, 2, PRC_MAX_EXCLUDES);
	for (i = 0; i < PRC_MAX_EXCLUDES; i++) {
		set->excludes[i] = random_range();
		if (set->nr_excludes == PRC_MAX_EXCLUDES)
			set->excludes[i].hi = set->excludes[i].lo;
	}
}

static u64 random_kb(void)
{
	if (!random_below(16))
		return one_of(U64_MAX, U64_MAX - 1, U64_MAX / 2, 1ULL << 32);
	return random_below(32);
}

static struct prc_memory random_memory(void)
{
	struct prc_memory memory = { random_kb(), random_kb(), random_kb() };

	if (!random_below(8))
		memory.file_kb = 0;
	if (!random_below(4))
		memory.anon_kb = 0;
	if (!random_below(30))
		memory = (struct prc_memory){ 0 };
	return memory;
}

/* Some work, and the facts, some time after the last pass. */
static void random_question(struct situation *s)
{
	struct prc_facts *facts = &s->facts;
	u64 back = random_below(4);

	s->work.action = random_below(PRC_NR_ACTIONS + 1);
	if (random_below(2))
		s->work.action = one_of(PRC_ACTION_SOME, PRC_ACTION_FULL);
	s->work.trigger = random_below(PRC_NR_TRIGGERS);
	s->work.adj = random_range();
	if (random_below(8))
		s->work.adj = (struct prc_adj_range){ -1000, 1000 };
	s->work.cold_ms = one_of(0, 0, 250, 5000);
	facts->adj = random_adj();
	facts->is_back = !random_below(16);
	facts->is_protected = !random_below(16);
	facts->unprotected_kb = random_below(2048);
	facts->batch_kb = 2048;
	facts->from_start = random_below(2);
	facts->running_ms += one_of(0, 1, 100, 249, 250, 4999, 5000, 5001, 60000);
	facts->now_ms += one_of(0, 0, 1, 1, 2, 3, 4, 5, 6, 100, 59999, 60000,
				60001, 600000);
	if (!random_below(32))
		facts->now_ms -= one_of(1, 1, 5, 60000);
	facts->memory = random_memory();
	if (random_below(2)) {
		/* About as it was, with about half of what was freed back. */
		facts->memory = s->past.after;
		*(random_below(2) ? &facts->memory.file_kb : &back) +=
			s->past.freed_kb / 2 + random_below(6) - 3;
		facts->memory.swap_kb -= back;
		facts->memory.anon_kb = s->past.after.anon_kb +
					random_below(6) - 3;
	}
	facts->swap_total_kb = one_of(0, 1, 7, 99, 100, 101, 1000, 1000,
				      U64_MAX);
	facts->swap_free_kb =
		(wide)facts->swap_total_kb * s->set.min_free_swap_pct / 100 +
		random_below(3) - 1;
	if (random_below(2))
		facts->swap_free_kb = facts->swap_total_kb;
}

static struct prc_outcome random_outcome(const struct situation *s)
{
	struct prc_outcome end = {
		.now_ms = s->facts.now_ms + one_of(0, 0, 1, 300),
		.takes = s->got.takes,
		.scanned_kb = one_of(0, 1, 7, 8, 9, 16, 64, 65, 1000, U64_MAX),
		.cut_short = !random_below(4),
		.is_whole = random_below(2),
		.memory = random_memory(),
	};

	end.freed_kb = end.scanned_kb / 8 + random_below(3);
	if (end.freed_kb && !random_below(3))
		end.freed_kb -= 1;
	if (!random_below(8))
		end.freed_kb = one_of(0, 0, 10, U64_MAX, U64_MAX / 8);
	return end;
}

/* Whether policy and model agree on all of one process's life. */
static bool live(u64 seed, unsigned int *met)
{
	struct situation s = { 0 };
	struct log log = { .nr = 0 };
	unsigned int step;

	random_seed(seed);
	random_settings(&s.set);
	s.facts.now_ms = one_of(0, 1, 1000000, U64_MAX - 2000);
	for (step = 0; step < MAX_STEPS; step++) {
		struct prc_decision want;
		struct prc_past past;
		struct situation before;

		if (!random_below(16))
			random_settings(&s.set);
		random_question(&s);
		before = s;
		want = model_decide(&s, &log);
		decide(&s);
		if (s.got.ages && random_below(4)) {
			record(&log, HAPPENED_AGED, &s, KIND_ANON);
			prc_policy_aged(s.facts.running_ms, &s.past);
		}
		past = model_past(&log);
		met[want.reason]++;
		if (!same_decision(&s.got, &want) ||
		    !same_past(&s.past, &past)) {
			print_error("seed %llu step %u\n", seed, step);
			print_situation(&before);
			print_decision("got", &s.got);
			print_decision("want", &want);
			print_past("got", &s.past);
			print_past("want", &past);
			return false;
		}
		if (s.got.reason == PRC_REASON_RUN && random_below(16)) {
			struct event *event =
				record(&log, HAPPENED_PASS, &s,
				       kind_of(&s.work, s.got.takes));

			event->action = s.work.action;
			event->end = random_outcome(&s);
			run(&s, &event->end);
			s.facts.now_ms = event->end.now_ms;
			past = model_past(&log);
			if (!same_past(&s.past, &past)) {
				print_error("seed %llu step %u\n", seed, step);
				print_past("got", &s.past);
				print_past("want", &past);
				return false;
			}
		}
	}
	return true;
}

static void test_random_histories(void **state)
{
	unsigned int met[PRC_NR_REASONS] = { 0 };
	unsigned int wrong = 0, reason;
	u64 seed;

	(void)state;
	for (seed = 0; seed < 10000 && wrong < 5; seed++)
		wrong += !live(seed, met);
	assert_int_equal(wrong, 0);
	/* Else the test has stopped to test one of them. */
	for (reason = 0; reason <= PRC_REASON_AGING; reason++) {
		if (met[reason] < 2000)
			print_error("%s only %u times\n",
				    prc_reason_name(reason), met[reason]);
		assert_true(met[reason] >= 2000);
	}
}

/* A number of any size, the edges often. */
static u64 random_number(void)
{
	u64 number = random_u64() >> random_below(64);

	if (!random_below(4))
		number = (1ULL << random_below(64)) - random_below(2);
	if (!random_below(8))
		number = U64_MAX - random_below(100);
	return number;
}

static void test_random_percents(void **state)
{
	unsigned int i, poor = 0;

	(void)state;
	random_seed(1);
	for (i = 0; i < 300000; i++) {
		unsigned int pct = one_of(0, 1, 20, 33, 50, 99, 100, 101, 250,
					  UINT_MAX);
		u64 scanned = random_number();
		wide limit = ((wide)scanned * pct + 99) / 100;
		u64 reclaimed = random_number();
		struct prc_efficiency eff = { 0 };
		bool want;

		if (limit <= U64_MAX && random_below(4))
			reclaimed = limit + random_below(3) - 1;
		want = (wide)reclaimed * 100 < (wide)scanned * pct;
		prc_efficiency_add(&eff, scanned, reclaimed, pct, 2);
		if (eff.poor != want)
			print_error("%llu of %llu, %u %%\n", reclaimed, scanned,
				    pct);
		assert_true(eff.poor == want);
		poor += want;
	}
	assert_true(poor > 50000 && poor < 250000);
}

static void test_random_shares(void **state)
{
	unsigned int i, exact = 0;

	(void)state;
	random_seed(2);
	for (i = 0; i < 300000; i++) {
		u64 anon = random_number(), sum = random_number();
		unsigned long budget = random_number() >> one_of(0, 33, 50);
		unsigned long got = prc_pressure_share(anon, sum, budget);
		unsigned __int128 want;
		u64 off;

		assert_true(got <= budget);
		assert_true(!got == (!anon || !sum || !budget));
		if (!got)
			continue;
		want = (unsigned __int128)anon * budget / sum;
		if (want > budget)
			want = budget;
		if (!want)
			want = 1;
		off = got > want ? got - want : want - got;
		if ((unsigned __int128)anon * budget <= U64_MAX) {
			assert_true(off == 0);
			exact++;
		} else if (budget < 1UL << 31) {
			assert_true(off <= 1);
		}
	}
	assert_true(exact > 50000 && exact < 250000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_usual_runs),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_adj_range_edges),
		cmocka_unit_test(test_transition_table),
		cmocka_unit_test(test_each_transition),
		cmocka_unit_test(test_asleep),
		cmocka_unit_test(test_exempt),
		cmocka_unit_test(test_foreground),
		cmocka_unit_test(test_throttles),
		cmocka_unit_test(test_throttles_off),
		cmocka_unit_test(test_never_acted_is_not_throttled),
		cmocka_unit_test(test_what_an_action_takes),
		cmocka_unit_test(test_excluded),
		cmocka_unit_test(test_dead),
		cmocka_unit_test(test_swap),
		cmocka_unit_test(test_low_swap_goes_past_small_and_unchanged),
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_small_is_for_each_action),
		cmocka_unit_test(test_unchanged),
		cmocka_unit_test(test_unchanged_off),
		cmocka_unit_test(test_order_of_reasons),
		cmocka_unit_test(test_too_little),
		cmocka_unit_test(test_what_is_remembered),
		cmocka_unit_test(test_unchanged_since_a_whole_pass),
		cmocka_unit_test(test_throttle_counts_from_the_end),
		cmocka_unit_test(test_defer_sequence),
		cmocka_unit_test(test_defer_skips_are_capped),
		cmocka_unit_test(test_back_off),
		cmocka_unit_test(test_came_back),
		cmocka_unit_test(test_deferred_apart),
		cmocka_unit_test(test_pressure_is_deferred_apart),
		cmocka_unit_test(test_aging),
		cmocka_unit_test(test_lowmem_does_not_wait_for_ages),
		cmocka_unit_test(test_protected),
		cmocka_unit_test(test_refused_for_now),
		cmocka_unit_test(test_asleep_ms),
		cmocka_unit_test(test_low_swap_has_the_deferral_of_files),
		cmocka_unit_test(test_forgiven),
		cmocka_unit_test(test_came_back_soon),
		cmocka_unit_test(test_checked_also_when_skipped),
		cmocka_unit_test(test_refaults_back_off),
		cmocka_unit_test(test_poor_pass_is_not_checked_again),
		cmocka_unit_test(test_efficiency),
		cmocka_unit_test(test_efficiency_window),
		cmocka_unit_test(test_efficiency_settings_change),
		cmocka_unit_test(test_pressure_share),
		cmocka_unit_test(test_lowmem_level),
		cmocka_unit_test(test_extremes),
		cmocka_unit_test(test_random_histories),
		cmocka_unit_test(test_random_percents),
		cmocka_unit_test(test_random_shares),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
