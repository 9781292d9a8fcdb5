// SPDX-License-Identifier: GPL-2.0
/*
 * Boosts the watermarks of all zones until only "left_kb" of what is free in the largest
 * one, and nothing in the others, are above the low one: as the kernel boosts them after
 * it had to mix kinds of pages in a block, but more.
 */
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/vmstat.h>

static int left_kb = 8192;
module_param(left_kb, int, 0400);
MODULE_PARM_DESC(left_kb, "Free memory above the boosted low watermark (default: 8192)");

/* boost_all() - @left: pages; negative: take the boosts back */
static void boost_all(long left)
{
	struct zone *zone, *largest = NULL;
	int nid, i, round;

	/* First the largest zone is found. */
	for (round = 0; round < 2; round++) {
		for_each_online_node(nid) {
			for (i = 0; i <= ZONE_NORMAL; i++) {
				long boost;

				zone = &NODE_DATA(nid)->node_zones[i];
				if (!round) {
					if (!largest || zone_managed_pages(zone) >
							zone_managed_pages(largest))
						largest = zone;
					continue;
				}
				boost = zone_page_state(zone, NR_FREE_PAGES) -
					(long)zone->_watermark[WMARK_LOW] -
					(zone == largest ? left : 0);
				zone->watermark_boost =
					left < 0 ? 0 : max(boost, 0L);
			}
		}
	}
}

static int __init boost_init(void)
{
	boost_all(left_kb >> (PAGE_SHIFT - 10));
	return 0;
}

static void __exit boost_exit(void)
{
	boost_all(-1);
}

module_init(boost_init);
module_exit(boost_exit);

MODULE_DESCRIPTION("Test aid: boost the watermarks of all zones");
MODULE_LICENSE("GPL");
