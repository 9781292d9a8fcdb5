// SPDX-License-Identifier: GPL-2.0
/*
 * The counters: of one request, and the totals since the module was loaded.
 * The totals are updated once per batch, so plain atomics are cheap enough.
 */
#include "stats.h"

static const char * const count_names[PRC_NR_COUNTS] = {
	[PRC_SCANNED]			= "scanned",
	[PRC_ISOLATED]			= "isolated",
	[PRC_RECLAIMED]			= "reclaimed",
	[PRC_RESTORED]			= "restored",
	[PRC_AGED]			= "aged",
	[PRC_SPLIT]			= "split",
	[PRC_SKIPPED_SHARED]		= "skipped_shared",
	[PRC_SKIPPED_YOUNG]		= "skipped_young",
	[PRC_SKIPPED_ACTIVE]		= "skipped_active",
	[PRC_SKIPPED_UNEVICTABLE]	= "skipped_unevictable",
	[PRC_SKIPPED_LAZYFREE]		= "skipped_lazyfree",
	[PRC_SKIPPED_PINNED]		= "skipped_pinned",
	[PRC_SKIPPED_LARGE]		= "skipped_large",
	[PRC_SKIPPED_DIRTY]		= "skipped_dirty",
	[PRC_SKIPPED_FOREIGN_FILE]	= "skipped_foreign_file",
	[PRC_SKIPPED_SPECIAL]		= "skipped_special",
	[PRC_SKIPPED_BUSY]		= "skipped_busy",
	[PRC_UNWRITTEN]			= "unwritten",
};

static atomic_long_t totals[PRC_NR_TOTALS];

/**
 * prc_counts_add() - add one set of counts to another
 * @sum: set that is increased
 * @more: set to add
 */
void prc_counts_add(struct prc_counts *sum, const struct prc_counts *more)
{
	int i;

	for (i = 0; i < PRC_NR_COUNTS; i++)
		sum->n[i] += more->n[i];
}

/**
 * prc_counts_skipped() - sum up the skipped pages
 * @counts: counts of a walk or a request
 *
 * Return: pages.
 */
unsigned long prc_counts_skipped(const struct prc_counts *counts)
{
	unsigned long sum = 0;
	int i;

	for (i = PRC_FIRST_SKIP; i <= PRC_LAST_SKIP; i++)
		sum += counts->n[i];
	return sum;
}

/**
 * prc_count_name() - return the key of a count in a result
 * @count: count
 *
 * Return: a constant string.
 */
const char *prc_count_name(enum prc_count count)
{
	return count_names[count];
}

/**
 * prc_stats_count() - count one more request, or error
 * @total: PRC_REQUESTS or PRC_ERRORS
 *
 * Context: any.
 */
void prc_stats_count(enum prc_total total)
{
	atomic_long_inc(&totals[total]);
}

/**
 * prc_stats_add() - add the counts of a batch to the totals
 * @counts: counts of the batch
 *
 * Context: any.
 */
void prc_stats_add(const struct prc_counts *counts)
{
	int i;

	for (i = 0; i < PRC_NR_COUNTS; i++)
		if (counts->n[i])
			atomic_long_add(counts->n[i], &totals[i]);
}

/**
 * prc_stats_read() - read one total since the module was loaded
 * @total: an enum prc_count or prc_total
 *
 * Return: pages, or requests.
 */
unsigned long prc_stats_read(unsigned int total)
{
	return atomic_long_read(&totals[total]);
}
