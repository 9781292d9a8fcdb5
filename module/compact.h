/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Compaction after the worker freed memory.
 */
#ifndef PRC_COMPACT_H
#define PRC_COMPACT_H

struct prc_settings;

void prc_compact(const struct prc_settings *settings);

#endif
