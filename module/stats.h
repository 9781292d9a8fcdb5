/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is counted of every request, and the totals since the module was loaded.
 */
#ifndef PRC_STATS_H
#define PRC_STATS_H

#include <linux/atomic.h>
#include <linux/types.h>

/*
 * All in pages, but for SPLIT. Each page that a request to reclaim is about and that is looked at
 * is counted in SCANNED and in exactly one of ISOLATED and SKIPPED_*.
 */
enum prc_count {
	PRC_SCANNED,
	PRC_ISOLATED,		/* taken off the LRU, handed to the reclaim */
	PRC_RECLAIMED,		/* of these, free when the reclaim returned */
	PRC_RESTORED,		/* brought back from swap */
	PRC_AGED,		/* accessed bit found set, and cleared */
	PRC_SPLIT,		/* large folios of which only a part was to be taken */
	PRC_SKIPPED_SHARED,	/* mapped more than once */
	PRC_SKIPPED_YOUNG,	/* accessed bit set, and only cold wanted */
	PRC_SKIPPED_ACTIVE,	/* on an active list, and only inactive wanted */
	PRC_SKIPPED_UNEVICTABLE, /* mlocked */
	PRC_SKIPPED_LAZYFREE,	/* MADV_FREE: freed by the kernel when needed */
	PRC_SKIPPED_PINNED,	/* pinned for DMA */
	PRC_SKIPPED_LARGE,	/* of a folio that neither fits nor can be split */
	PRC_SKIPPED_DIRTY,	/* of a file, not yet written back */
	PRC_SKIPPED_FOREIGN_FILE, /* of a file that the target may not write */
	PRC_SKIPPED_SPECIAL,	/* not the kernel's to reclaim: hugetlb, I/O, zero */
	PRC_SKIPPED_BUSY,	/* on no LRU list just now, or being written */
	PRC_UNWRITTEN,		/* isolated, unmapped, but the write to swap failed */
	PRC_NR_COUNTS,
};

#define PRC_FIRST_SKIP PRC_SKIPPED_SHARED
#define PRC_LAST_SKIP PRC_SKIPPED_BUSY

struct prc_counts {
	unsigned long n[PRC_NR_COUNTS];
};

/* Totals: the counts, and these. */
enum prc_total {
	PRC_REQUESTS = PRC_NR_COUNTS,
	PRC_ERRORS,
	PRC_NR_TOTALS,
};

void prc_counts_add(struct prc_counts *sum, const struct prc_counts *more);
unsigned long prc_counts_skipped(const struct prc_counts *counts);
const char *prc_count_name(enum prc_count count);

void prc_stats_count(enum prc_total total);
void prc_stats_add(const struct prc_counts *counts);
unsigned long prc_stats_read(unsigned int total);

#endif
