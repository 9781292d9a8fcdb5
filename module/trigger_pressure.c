// SPDX-License-Identifier: GPL-2.0
/*
 * Memory gets short: kswapd wakes up, or a task enters direct reclaim. Then the
 * processes from an adj on give some of the memory that they have not accessed lately,
 * the larger the more, before the kernel takes it from all of them.
 */
#include <linux/mm.h>

#include "task.h"
#include "kernel_api.h"
#include "select.h"
#include "settings.h"
#include "process.h"
#include "trigger_pressure.h"
#include "worker.h"

/* Of the worker's thread alone. */
static bool is_short;		/* under low_pct, and not over high_pct since */
static struct prc_efficiency efficiency;
static struct prc_picks picks;
static bool is_first_round;	/* of a pass */
static unsigned int defer_shift; /* of the policy, for a pass */

/* Set when the trigger is switched on: what was is forgotten. */
static bool afresh;

/*
 * How long nothing is tried after nothing came of it. Who runs out of memory says so
 * thousands of times a second.
 */
#define NOTHING_WAIT (HZ / 10)

/* Between low_pct and high_pct, what was so stays so. */
static bool memory_is_short(const struct prc_pressure *set)
{
	u64 total = totalram_pages();
	u64 available = max(si_mem_available(), 0L);

	if (available * 100 < total * set->low_pct)
		is_short = true;
	else if (available * 100 >= total * set->high_pct)
		is_short = false;
	return is_short;
}

/* What a pass did, in kB. */
struct pass {
	bool ran;
	u64 scanned_kb;
	u64 freed_kb;
};

/*
 * What a process could give, so that those which cannot take no turn from those which
 * can: neither what nothing came of lately, nor what was aged a moment ago.
 */
static unsigned long size_of(struct task_struct *task)
{
	return prc_process_rests(task, defer_shift, is_first_round) ?
	       0 : prc_task_swappable(task);
}

static void take_share(const struct prc_pressure *set, struct prc_pick *pick,
		       u64 sum, struct pass *pass)
{
	struct prc_work work = {
		.action = PRC_ACTION_PRESSURE,
		.trigger = PRC_TRIGGER_PRESSURE,
		.adj = { .lo = set->min_score_adj, .hi = PRC_ADJ_MAX },
		.max_pages = prc_pressure_share(pick->size, sum,
						set->pages_per_pass),
		.cold_ms = PRC_COLD_MS,
	};
	struct prc_decision_record record;

	if (prc_worker_act(pick->task, &work, NULL, &record)) {
		pass->ran = true;
		pass->scanned_kb += record.scanned_kb;
		pass->freed_kb += record.freed_kb;
	}
}

static void take_shares(const struct prc_pressure *set, struct pass *pass)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < picks.nr; i++)
		sum += picks.pick[i].size;
	for (i = 0; i < picks.nr && !prc_worker_must_pause(); i++)
		take_share(set, &picks.pick[i], sum, pass);
}

/* From the largest, and from the next largest where these have nothing. */
static void run_pass(const struct prc_pressure *set, unsigned int max_shift,
		     struct pass *pass)
{
	int round = 0;

	defer_shift = max_shift;
	picks.min_adj = set->min_score_adj;
	picks.size = size_of;
	is_first_round = true;
	prc_pick(&picks);
	is_first_round = false;
	do {
		take_shares(set, pass);
	} while (!pass->freed_kb && ++round < PRC_PICK_ROUNDS &&
		 !prc_worker_must_pause() && prc_pick_next(&picks));
	prc_unpick(&picks);
}

static struct prc_callback callback;

/* One pass; and another one after it as long as it helps and is needed. */
static void run_pressure(void)
{
	static const struct prc_work none = {
		.action = PRC_ACTION_PRESSURE,
		.trigger = PRC_TRIGGER_PRESSURE,
	};
	static unsigned long nothing_at;
	static bool nothing;
	struct prc_settings settings;
	const struct prc_pressure *set = &settings.pressure;
	struct pass pass = { 0 };

	prc_settings_get(&settings);
	if (xchg(&afresh, false)) {
		is_short = false;
		efficiency = (struct prc_efficiency) { 0 };
		nothing = false;
	}
	if (!memory_is_short(set) ||
	    (nothing && time_before(jiffies, nothing_at + NOTHING_WAIT)))
		return;
	if (prc_efficiency_skips(&efficiency))
		prc_decision_log_skipped(0, 0, &none, PRC_REASON_INEFFICIENT);
	else
		run_pass(set, settings.policy.max_defer_shift, &pass);
	nothing = !pass.freed_kb;
	nothing_at = jiffies;
	if (!pass.ran)
		return;
	/* Where all of it is shared or locked, what could be freed is nothing. */
	prc_efficiency_add(&efficiency, max(pass.scanned_kb, 1ULL),
			   pass.freed_kb, set->min_efficiency_pct,
			   set->efficiency_window);
	if (pass.freed_kb && !efficiency.poor && !efficiency.skips)
		prc_worker_kick(&callback);
}

static struct prc_callback callback = {
	.run = run_pressure,
	.why = "pressure",
};

/*
 * The probes run in the context of whoever runs out of memory, and do no more than
 * they must. The worker's own reclaim is no news.
 */
static void on_kswapd(void *data, int nid, int zid, int order)
{
	prc_worker_kick(&callback);
}

static PRC_PROBE_RECLAIM_BEGIN(on_direct_reclaim)
{
	if (!prc_worker_is_current())
		prc_worker_kick(&callback);
}

/**
 * prc_trigger_pressure_on() - listen
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int prc_trigger_pressure_on(void)
{
	int err;

	WRITE_ONCE(afresh, true);
	err = prc_attach_mm_vmscan_kswapd_wake(on_kswapd);
	if (err)
		return err;
	err = prc_attach_mm_vmscan_direct_reclaim_begin(on_direct_reclaim);
	if (err)
		prc_detach_mm_vmscan_kswapd_wake(on_kswapd);
	return err;
}

/**
 * prc_trigger_pressure_off() - no longer
 *
 * Context: may sleep; waits for the probes that run.
 */
void prc_trigger_pressure_off(void)
{
	prc_detach_mm_vmscan_direct_reclaim_begin(on_direct_reclaim);
	prc_detach_mm_vmscan_kswapd_wake(on_kswapd);
}
