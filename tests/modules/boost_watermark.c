// SPDX-License-Identifier: GPL-2.0
/*
 * Boosts the watermarks of the largest zone until "left_kb" of what is free there are above
 * them, as the kernel does after it had to mix kinds of pages in a block.
 */
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/vmstat.h>

static int left_kb = 8192;
module_param(left_kb, int, 0400);
MODULE_PARM_DESC(left_kb, "Free memory above the boosted low watermark (default: 8192)");

static struct zone *largest_zone(void)
{
	struct zone *largest = NULL, *zone;
	int nid, i;

	for_each_online_node(nid) {
		for (i = 0; i <= ZONE_NORMAL; i++) {
			zone = &NODE_DATA(nid)->node_zones[i];
			if (!largest ||
			    zone_managed_pages(zone) > zone_managed_pages(largest))
				largest = zone;
		}
	}
	return largest;
}

static struct zone *zone;

static int __init boost_init(void)
{
	long boost;

	zone = largest_zone();
	if (!zone)
		return -ENODEV;
	boost = zone_page_state(zone, NR_FREE_PAGES) -
		(long)zone->_watermark[WMARK_LOW] -
		(left_kb >> (PAGE_SHIFT - 10));
	if (boost <= 0)
		return -ENOMEM;
	zone->watermark_boost = boost;
	return 0;
}

static void __exit boost_exit(void)
{
	zone->watermark_boost = 0;
}

module_init(boost_init);
module_exit(boost_exit);

MODULE_DESCRIPTION("Test aid: boost the watermarks of a zone");
MODULE_LICENSE("GPL");
