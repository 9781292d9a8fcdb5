// SPDX-License-Identifier: GPL-2.0
/*
 * The arithmetic of the policy: percentages, shares, levels, and the counters of the
 * back-offs. No number is too large: products that may not fit are avoided.
 */
#include <linux/limits.h>
#include <linux/types.h>

#include "policy_math.h"

/* No unsigned int takes a larger power of 2. */
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

/* The most that a process is passed over; none when that is switched off. */
static unsigned int cap_skips(unsigned int skips, unsigned int max_shift)
{
	unsigned int most;

	if (!max_shift)
		return 0;
	most = 1U << (max_shift < MAX_SHIFT ? max_shift : MAX_SHIFT);
	return skips < most ? skips : most;
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
	if (!window || !prc_is_below_pct(reclaimed, scanned, min_pct)) {
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
