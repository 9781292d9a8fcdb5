// SPDX-License-Identifier: GPL-2.0
/*
 * Wakes kcompactd after the worker freed memory, where a block of some order is missing.
 */
#include <linux/mm.h>
#include <linux/nodemask.h>

#include "compact.h"
#include "kernel_api.h"
#include "policy.h"
#include "settings.h"

/* What a node's compaction daemon was asked for, and how that went. */
struct compaction {
	bool asked;
	struct prc_deferral deferral;
};

static struct compaction compaction[MAX_NUMNODES];

/* Has the node's main zone a free block of @order? Small zones nearly always do. */
static bool compact_has_block(pg_data_t *pgdat, unsigned int order)
{
	struct zone *zone, *main = &pgdat->node_zones[0];
	unsigned int o;
	int i;

	for (i = 1; i < pgdat->nr_zones; i++) {
		zone = &pgdat->node_zones[i];
		if (zone_managed_pages(zone) > zone_managed_pages(main))
			main = zone;
	}
	for (o = order; o <= PRC_MAX_ORDER; o++)
		/* A wrong guess costs one question more or less. */
		if (data_race(main->free_area[o].nr_free))
			return true;
	return false;
}

/**
 * prc_compact() - wake the compaction daemon of each node without a free block
 * @settings: compact_order is the order of the block
 *
 * Reclaimed pages lie scattered. A node that compaction does not help is asked less and less
 * often.
 *
 * Context: the worker's thread.
 */
void prc_compact(const struct prc_settings *settings)
{
	unsigned int max_shift = settings->policy.max_defer_shift;
	unsigned int order = settings->compact_order;
	int nid;

	for_each_node_state(nid, N_MEMORY) {
		struct compaction *past = &compaction[nid];

		if (compact_has_block(NODE_DATA(nid), order)) {
			*past = (struct compaction) { 0 };
			continue;
		}
		if (past->asked) {
			past->asked = false;
			prc_defer_failed(&past->deferral, max_shift);
		}
		if (prc_defer_skips(&past->deferral, max_shift))
			continue;
		past->asked = true;
		prc_wakeup_kcompactd(NODE_DATA(nid), order);
	}
}
