/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tunables of the module and their lock.
 */
#ifndef PRC_SETTINGS_H
#define PRC_SETTINGS_H

#include <linux/types.h>

#include "policy.h"

/**
 * struct prc_pressure - settings of pressure/
 * @low_pct: a pass may start when less of memory than this is available
 * @high_pct: passes end when this much of memory is available
 * @min_score_adj: lowest oom_score_adj of the processes that give pages
 * @pages_per_pass: pages that all processes together give in one pass
 * @min_efficiency_pct: a pass is poor when it frees less of the pages that it visited;
 *			0 disables that
 * @efficiency_window: poor passes in a row after which as many wake-ups are skipped
 */
struct prc_pressure {
	unsigned int low_pct;
	unsigned int high_pct;
	unsigned int min_score_adj;
	unsigned int pages_per_pass;
	unsigned int min_efficiency_pct;
	unsigned int efficiency_window;
};

#define PRC_LOWMEM_LEVELS 6

/**
 * struct prc_lowmem - settings of lowmem/
 * @minfree: pages; a level applies when free and file memory are both below its own
 * @nr_minfree: levels in @minfree
 * @adj: lowest oom_score_adj of the processes that a level reclaims from
 * @nr_adj: levels in @adj; of the two counts the lower one is used
 * @kill: kill a process when reclaim makes no progress
 */
struct prc_lowmem {
	unsigned int minfree[PRC_LOWMEM_LEVELS];
	unsigned int nr_minfree;
	int adj[PRC_LOWMEM_LEVELS];
	unsigned int nr_adj;
	bool kill;
};

/**
 * struct prc_triggers - which triggers are enabled
 * @worker: the worker; without it no trigger is active
 * @adj: writes of oom_score_adj
 * @pressure: kswapd and direct reclaim
 * @lowmem: the levels of lowmem/
 * @idle_ms: period of the search for idle processes; 0 disables it
 */
struct prc_triggers {
	bool worker;
	bool adj;
	bool pressure;
	bool lowmem;
	unsigned int idle_ms;
};

/**
 * struct prc_settings - all tunables
 * @batch_pages: pages isolated at once
 * @threads: threads that free the pages of one request
 * @first_app_uid: lowest user id that a sweep of the system leaves alone
 * @compact_order: order of the free blocks that kcompactd is woken for; 0 disables that
 * @policy: action/ and throttle/
 * @pressure: pressure/
 * @lowmem: lowmem/
 * @triggers: what the user wants enabled
 * @bfgs_adj: oom_score_adj of bound foreground services
 */
struct prc_settings {
	unsigned int batch_pages;
	unsigned int threads;
	unsigned int first_app_uid;
	unsigned int compact_order;
	struct prc_policy policy;
	struct prc_pressure pressure;
	struct prc_lowmem lowmem;
	struct prc_triggers triggers;
	struct prc_adj_range bfgs_adj;
};

void prc_settings_init(void);
void prc_settings_get(struct prc_settings *copy);
void prc_policy_copy(struct prc_policy *copy);
void prc_lowmem_copy(struct prc_lowmem *copy);
unsigned int prc_settings_batch_pages(void);
unsigned int prc_settings_threads(void);
unsigned int prc_settings_first_app_uid(void);
int prc_settings_update(int (*change)(struct prc_settings *settings,
				      const void *data),
			const void *data);
void prc_settings_assert_update(void);

#endif
