/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Isolating the pages of a target that can be reclaimed.
 */
#ifndef PRC_ISOLATE_H
#define PRC_ISOLATE_H

#include "walk.h"

struct folio;
struct prc_batch;

/**
 * struct prc_isolate_control - one target, as far as isolation is concerned
 * @walk: cursor; its mask says which folios to isolate. The first member, because the
 *	  callbacks convert.
 * @cold: only folios without a set accessed bit
 * @inactive: only folios on an inactive list
 * @only_writable_files: only files that the current credentials own or may write
 * @batch_pages: isolate about that many pages in one walk; a larger folio is isolated
 *		 whole
 * @limit: isolate at most that many pages in one walk
 * @may_exceed_limit: but the last folio may be larger than the rest of @limit
 * @batch: batch of the caller, which the walk fills
 * @can_isolate_file: private: whether the file of the current VMA may be reclaimed
 * @to_split: private: a folio, with a reference, of which the walk has found a part
 * @split_until: private: end of the last folio whose split was tried
 */
struct prc_isolate_control {
	struct prc_walk walk;

	bool cold;
	bool inactive;
	bool only_writable_files;
	unsigned long batch_pages;
	unsigned long limit;
	bool may_exceed_limit;

	struct prc_batch *batch;

	bool can_isolate_file;
	struct folio *to_split;
	unsigned long split_until;
};

int prc_isolate_batch(struct prc_isolate_control *ic);

#endif
