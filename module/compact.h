/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Compaction after the worker freed memory.
 */
#ifndef PRC_COMPACT_H
#define PRC_COMPACT_H

/* Order of the block that must be free; 0: compaction is not woken. */
extern unsigned int prc_compact_order;

void prc_compact(unsigned int order);

#endif
