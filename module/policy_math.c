// SPDX-License-Identifier: GPL-2.0
/*
 * The arithmetic of the policy: percentages, shares, levels, and the counters of the
 * back-offs. No number is too large, because products that may not fit are avoided.
 */
#include <linux/limits.h>
#include <linux/types.h>

#include "policy_math.h"

/* The largest power of 2 in an unsigned int. */
#define MAX_SHIFT 31

/**
 * prc_is_below_pct() - compare a part with a percentage of the whole
 * @part: the part
 * @whole: the whole, in the same unit
 * @pct: the percentage
 *
 * Neither part * 100 nor whole * pct need fit into 64 bits.
 *
 * Context: any.
 * Return: true if @part is less than @pct percent of @whole.
 */
bool prc_is_below_pct(u64 part, u64 whole, unsigned int pct)
{
	u64 hundredth = whole / 100;
	u64 rest = (whole % 100 * pct + 99) / 100;

	if (pct && hundredth > (U64_MAX - rest) / pct)
		return true;
	return part < hundredth * pct + rest;
}

/* Limit the skips to 2^@max_shift; 0 disables them. */
static unsigned int math_cap_skips(unsigned int skips, unsigned int max_shift)
{
	unsigned int most;

	if (!max_shift)
		return 0;
	most = 1U << (max_shift < MAX_SHIFT ? max_shift : MAX_SHIFT);
	return skips < most ? skips : most;
}

/**
 * prc_defer_skips() - check whether to skip this time, and use up one skip
 * @deferral: the skips; one less afterwards
 * @max_shift: the limit now; it may be lower than at the last failure
 *
 * Context: any; nothing else changes @deferral.
 * Return: true if there was a skip left.
 */
bool prc_defer_skips(struct prc_deferral *deferral, unsigned int max_shift)
{
	deferral->skips = math_cap_skips(deferral->skips, max_shift);
	if (!deferral->skips)
		return false;
	deferral->skips--;
	return true;
}

/**
 * prc_defer_failed() - count a failure, and back off
 * @deferral: failures in a row, and skips from now on: 1, 2, 4 and so on
 * @max_shift: at most 2^this skips; 0 disables them
 *
 * Context: any; nothing else changes @deferral.
 */
void prc_defer_failed(struct prc_deferral *deferral, unsigned int max_shift)
{
	unsigned int shift = deferral->failures < MAX_SHIFT ?
			     deferral->failures : MAX_SHIFT;

	if (deferral->failures < UINT_MAX)
		deferral->failures++;
	deferral->skips = math_cap_skips(1U << shift, max_shift);
}

/**
 * prc_efficiency_skips() - check whether to skip a wake-up, and use up one skip
 * @eff: the efficiency so far
 *
 * Context: any; nothing else changes @eff.
 * Return: true if there was a skip left.
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
 * @scanned: pages that the pass visited; a pass that visited none is not counted
 * @reclaimed: pages that it freed
 * @min_pct: the pass is poor if it freed less of @scanned; 0 disables that
 * @window: after so many poor passes in a row as many wake-ups are skipped; 0 disables
 *	    that
 *
 * Context: any; nothing else changes @eff.
 */
void prc_efficiency_add(struct prc_efficiency *eff, u64 scanned, u64 reclaimed,
			unsigned int min_pct, unsigned int window)
{
	if (!scanned)
		return;
	if (!window || !prc_is_below_pct(reclaimed, scanned, min_pct)) {
		eff->poor = 0;
		return;
	}
	/* Not "==", because the window may be smaller by now. */
	if (++eff->poor >= window) {
		eff->poor = 0;
		eff->skips = window;
	}
}

/**
 * prc_pressure_share() - get the share of a process in the pages of a pass
 * @anon: anonymous memory of the process
 * @sum: anonymous memory of all processes in the pass, in the same unit
 * @budget: pages of the pass
 *
 * Context: any.
 * Return: pages in proportion, rounded down, but at least 1 if the process has any.
 */
unsigned long prc_pressure_share(u64 anon, u64 sum, unsigned long budget)
{
	u64 share;

	if (!anon || !sum || !budget)
		return 0;
	if (anon >= sum)
		return budget;
	/* The upper bits have the proportion. @anon is at least 2 here. */
	while (anon > U64_MAX / budget) {
		anon >>= 1;
		sum >>= 1;
	}
	share = anon * budget / sum;
	return share ? share : 1;
}

/**
 * prc_lowmem_level() - get the minfree level that applies
 * @minfree: pages for each level; 0 disables a level
 * @levels: entries in @minfree
 * @free_pages: free memory
 * @file_pages: memory in the page cache
 *
 * Context: any.
 * Return: the lowest level whose minfree is above both; -1 if there is none.
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
