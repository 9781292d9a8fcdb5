/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reading the pages of a target from swap.
 */
#ifndef PRC_SWAPIN_H
#define PRC_SWAPIN_H

#include <linux/math.h>
#include <linux/sizes.h>
#include <asm/page.h>

struct prc_walk;

/*
 * Pages read under one hold of the mmap lock. zram decompresses each of them meanwhile,
 * and larger pages take longer.
 */
#define PRC_SWAPIN_PAGES DIV_ROUND_UP(SZ_128K, PAGE_SIZE)

/*
 * Pages that such a batch may charge to the target's cgroup: each fault on a swap disk
 * reads 8 pages ahead by default (vm.page-cluster), and not only pages that were found.
 */
#define PRC_SWAPIN_ROOM (2 * 8 * PRC_SWAPIN_PAGES)

int prc_swapin_batch(struct prc_walk *walk);

#endif
