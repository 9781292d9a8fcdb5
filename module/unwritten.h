/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pages that were unmapped and are still in memory, because their write to swap failed.
 */
#ifndef PRC_UNWRITTEN_H
#define PRC_UNWRITTEN_H

struct mm_struct;

unsigned long prc_count_unwritten(struct mm_struct *mm, unsigned long start,
				  unsigned long end);

#endif
