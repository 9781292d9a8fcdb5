// SPDX-License-Identifier: GPL-2.0
/*
 * Reclaims from processes when memory gets short, that is, when kswapd is woken or a
 * task enters direct reclaim. Processes from an adj on give memory that they have not
 * accessed lately, in proportion to their size, before the kernel reclaims from all.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "process.h"
#include "select.h"
#include "settings.h"
#include "task.h"
#include "trigger_pressure.h"
#include "vmscan_events.h"
#include "worker.h"

/* Back-off after a pass without progress: direct reclaim can begin thousands of times a second. */
#define BACKOFF (HZ / 10)

/**
 * struct pressure_state - what the passes remember; only the worker's thread touches it
 * @candidates: the processes that give in the current round
 * @first_round: the current round is the first of its pass
 * @defer_shift: max_defer_shift of the current pass
 * @is_short: available memory fell below low_pct, and has not reached high_pct since
 * @efficiency: of the passes
 * @no_progress: the last pass freed nothing, so the next one backs off
 * @ended: when the last pass ended
 */
struct pressure_state {
	struct prc_candidates candidates;
	bool first_round;
	unsigned int defer_shift;
	bool is_short;
	struct prc_efficiency efficiency;
	bool no_progress;
	unsigned long ended;
};

static struct pressure_state pressure;

/* Set when the trigger is enabled: the worker forgets the passes from before. */
static bool pressure_reset;

/* Update whether memory is short, with low_pct and high_pct as hysteresis. */
static bool pressure_update_short(const struct prc_pressure *cfg)
{
	u64 total = totalram_pages();
	u64 available = max(si_mem_available(), 0L);

	if (available * 100 < total * cfg->low_pct)
		pressure.is_short = true;
	else if (available * 100 >= total * cfg->high_pct)
		pressure.is_short = false;
	return pressure.is_short;
}

/* What a pass did, in kB. */
struct pressure_pass {
	bool ran;
	u64 scanned_kb;
	u64 freed_kb;
};

/*
 * Return the pages that a process may give. Deferred processes, and those whose accessed
 * bits were cleared just now, count 0, so that they take no other's place.
 */
static unsigned long pressure_size(struct task_struct *task)
{
	return prc_process_rests(task, pressure.defer_shift,
				 pressure.first_round) ?
	       0 : prc_task_swappable(task);
}

static void pressure_reclaim_share(const struct prc_pressure *cfg,
				   const struct prc_candidate *candidate,
				   u64 sum, struct pressure_pass *pass)
{
	const struct prc_work work = {
		.action = PRC_ACTION_PRESSURE,
		.trigger = PRC_TRIGGER_PRESSURE,
		.adj = { .lo = cfg->min_score_adj, .hi = PRC_ADJ_MAX },
		.max_pages = prc_pressure_share(candidate->size, sum,
						cfg->pages_per_pass),
		.cold_ms = PRC_COLD_MS,
	};
	struct prc_decision_record record;

	if (prc_worker_act(candidate->task, &work, NULL, &record)) {
		pass->ran = true;
		pass->scanned_kb += record.scanned_kb;
		pass->freed_kb += record.freed_kb;
	}
}

static void pressure_reclaim_shares(const struct prc_pressure *cfg,
				    struct pressure_pass *pass)
{
	const struct prc_candidates *candidates = &pressure.candidates;
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < candidates->nr; i++)
		sum += candidates->candidate[i].size;
	for (i = 0; i < candidates->nr && !prc_worker_must_pause(); i++)
		pressure_reclaim_share(cfg, &candidates->candidate[i], sum, pass);
}

/* Reclaim from the largest processes, and from the next largest where these give nothing. */
static void pressure_run_pass(const struct prc_settings *cfg,
			      struct pressure_pass *pass)
{
	int round = 0;

	pressure.defer_shift = cfg->policy.max_defer_shift;
	pressure.candidates.min_adj = cfg->pressure.min_score_adj;
	pressure.candidates.size = pressure_size;
	pressure.first_round = true;
	prc_select_largest(&pressure.candidates);
	pressure.first_round = false;
	do {
		pressure_reclaim_shares(&cfg->pressure, pass);
	} while (!pass->freed_kb && ++round < PRC_SELECT_ROUNDS &&
		 !prc_worker_must_pause() &&
		 prc_select_next_largest(&pressure.candidates));
	prc_put_candidates(&pressure.candidates);
}

static struct prc_callback pressure_callback;

/* Run one pass, and kick the next one as long as passes are needed and efficient. */
static void pressure_run(void)
{
	static const struct prc_work skipped = {
		.action = PRC_ACTION_PRESSURE,
		.trigger = PRC_TRIGGER_PRESSURE,
	};
	struct pressure_pass pass = { 0 };
	struct prc_settings cfg;

	if (WARN_ON_ONCE(!prc_worker_is_current()))
		return;
	if (xchg(&pressure_reset, false))
		memset(&pressure, 0, sizeof(pressure));
	prc_settings_get(&cfg);
	if (!pressure_update_short(&cfg.pressure) ||
	    (pressure.no_progress &&
	     time_before(jiffies, pressure.ended + BACKOFF)))
		return;
	if (prc_efficiency_skips(&pressure.efficiency))
		prc_decision_log_skipped(0, 0, &skipped, PRC_REASON_INEFFICIENT);
	else
		pressure_run_pass(&cfg, &pass);
	pressure.no_progress = !pass.freed_kb;
	pressure.ended = jiffies;
	if (!pass.ran)
		return;
	/* Count one kB at least: a pass that found only shared or locked pages is poor. */
	prc_efficiency_add(&pressure.efficiency, max(pass.scanned_kb, 1ULL),
			   pass.freed_kb, cfg.pressure.min_efficiency_pct,
			   cfg.pressure.efficiency_window);
	if (pass.freed_kb && !pressure.efficiency.poor &&
	    !pressure.efficiency.skips)
		prc_worker_kick(&pressure_callback);
}

static struct prc_callback pressure_callback = {
	.run = pressure_run,
	.why = "pressure",
};

/*
 * The probes only kick the worker, because they run in the context of a task that
 * allocates memory and may hold any lock.
 */
static void pressure_on_kswapd(void *data, int nid, int zid, int order)
{
	prc_worker_kick(&pressure_callback);
}

/* The worker's own direct reclaim starts no further pass. */
static PRC_PROBE_RECLAIM_BEGIN(pressure_on_direct_reclaim)
{
	if (!prc_worker_is_current())
		prc_worker_kick(&pressure_callback);
}

/**
 * prc_trigger_pressure_enable() - attach the probes
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int prc_trigger_pressure_enable(void)
{
	WRITE_ONCE(pressure_reset, true);
	return prc_vmscan_attach(pressure_on_kswapd,
				 pressure_on_direct_reclaim);
}

/**
 * prc_trigger_pressure_disable() - detach the probes and wait for them
 *
 * Context: may sleep; does not wait for a pass.
 */
void prc_trigger_pressure_disable(void)
{
	prc_vmscan_detach(pressure_on_kswapd, pressure_on_direct_reclaim);
}
