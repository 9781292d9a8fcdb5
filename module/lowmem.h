/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PRC_LOWMEM_H
#define PRC_LOWMEM_H

#include <linux/types.h>

#define PRC_LOWMEM_LEVELS 6

/**
 * struct prc_lowmem - the settings of lowmem/
 * @minfree: pages; when free and file memory are both under it, the level holds
 * @nr_minfree: how many levels
 * @adj: from which adj on a level takes
 * @nr_adj: of how many levels; the lower of the two counts
 * @kill: kill when reclaim freed nothing
 */
struct prc_lowmem {
	int minfree[PRC_LOWMEM_LEVELS];
	unsigned int nr_minfree;
	int adj[PRC_LOWMEM_LEVELS];
	unsigned int nr_adj;
	bool kill;
};

void prc_lowmem_get(struct prc_lowmem *set);
void prc_lowmem_set(const struct prc_lowmem *set);
unsigned long prc_lowmem_kills(void);

void prc_lowmem_exit(void);
int prc_lowmem_on(void);
void prc_lowmem_off(void);

#endif
