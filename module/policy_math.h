/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The arithmetic of the policy: percentages, shares, levels, and the counters of the
 * back-offs. Pure, like the policy.
 */
#ifndef PRC_POLICY_MATH_H
#define PRC_POLICY_MATH_H

#include <linux/types.h>

/**
 * struct prc_deferral - back-off after failures
 * @failures: failures in a row
 * @skips: how many times to skip before the next try
 */
struct prc_deferral {
	unsigned int failures;
	unsigned int skips;
};

/**
 * struct prc_efficiency - back-off after passes that were not worth their cost
 * @poor: poor passes in a row
 * @skips: how many wake-ups to skip before the next pass
 */
struct prc_efficiency {
	unsigned int poor;
	unsigned int skips;
};

bool prc_is_below_pct(u64 part, u64 whole, unsigned int pct);

bool prc_defer_skips(struct prc_deferral *deferral, unsigned int max_shift);
void prc_defer_failed(struct prc_deferral *deferral, unsigned int max_shift);

bool prc_efficiency_skips(struct prc_efficiency *eff);
void prc_efficiency_add(struct prc_efficiency *eff, u64 scanned, u64 reclaimed,
			unsigned int min_pct, unsigned int window);
unsigned long prc_pressure_share(u64 anon, u64 sum, unsigned long budget);

int prc_lowmem_level(const unsigned int *minfree, unsigned int levels,
		     u64 free_pages, u64 file_pages);

#endif
