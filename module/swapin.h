/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bringing a target's pages back from swap.
 */
#ifndef PRC_SWAPIN_H
#define PRC_SWAPIN_H

#include <linux/math.h>
#include <linux/sizes.h>
#include <asm/page.h>

struct prc_walk;

/*
 * Pages brought back under one hold of the mmap lock: with zram each of them is
 * decompressed meanwhile, which takes the longer the larger pages are.
 */
#define PRC_SWAPIN_PAGES DIV_ROUND_UP(SZ_128K, PAGE_SIZE)

/*
 * What such a batch may charge to the target's cgroup: each fault on a swap disk reads
 * 8 pages ahead by default (vm.page-cluster), and not only pages that were looked for.
 */
#define PRC_SWAPIN_ROOM (2 * 8 * PRC_SWAPIN_PAGES)

int prc_swapin_batch(struct prc_walk *walk);

#endif
