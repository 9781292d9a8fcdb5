/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bringing a target's pages back from swap.
 */
#ifndef PRC_RESTORE_H
#define PRC_RESTORE_H

struct prc_walk;

/*
 * Pages brought back under one hold of the mmap lock: with zram each of them is
 * decompressed meanwhile.
 */
#define PRC_RESTORE_PAGES 32

int prc_restore_batch(struct prc_walk *walk);

#endif
