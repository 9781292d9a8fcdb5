/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The counts of a request, and the totals since the module was loaded.
 */
#ifndef PRC_STATS_H
#define PRC_STATS_H

#include <linux/atomic.h>
#include <linux/types.h>

/*
 * All but SPLIT count pages. Each wanted page that a request to reclaim visits is counted
 * in SCANNED and in exactly one of ISOLATED and SKIPPED_*.
 */
enum prc_count {
	PRC_SCANNED,
	PRC_ISOLATED,		/* taken off the LRU and passed to the kernel's reclaim */
	PRC_RECLAIMED,		/* isolated pages that were free when it returned */
	PRC_RESTORED,		/* read from swap */
	PRC_AGED,		/* accessed bit found set, and cleared */
	PRC_SPLIT,		/* large folios, split because only a part was wanted */
	PRC_SKIPPED_SHARED,	/* mapped more than once */
	PRC_SKIPPED_YOUNG,	/* accessed bit set, and the request has "cold" */
	PRC_SKIPPED_ACTIVE,	/* on an active list, and the request has "inactive" */
	PRC_SKIPPED_UNEVICTABLE, /* mlocked */
	PRC_SKIPPED_LAZYFREE,	/* MADV_FREE: the kernel frees them when needed */
	PRC_SKIPPED_PINNED,	/* pinned for DMA */
	PRC_SKIPPED_LARGE,	/* of a folio that neither fits nor can be split */
	PRC_SKIPPED_DIRTY,	/* of a file, not yet written back */
	PRC_SKIPPED_FOREIGN_FILE, /* of a file that the target must not write */
	PRC_SKIPPED_SPECIAL,	/* the kernel cannot reclaim them: hugetlb, I/O, zero */
	PRC_SKIPPED_BUSY,	/* on no LRU list for the moment, or being written */
	PRC_UNWRITTEN,		/* isolated, unmapped, but the write to swap failed */
	PRC_NR_COUNTS,
};

#define PRC_FIRST_SKIP PRC_SKIPPED_SHARED
#define PRC_LAST_SKIP PRC_SKIPPED_BUSY

struct prc_counts {
	unsigned long n[PRC_NR_COUNTS];
};

/* The totals: enum prc_count, and these. */
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
