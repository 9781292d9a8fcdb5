// SPDX-License-Identifier: GPL-2.0
/*
 * Leaves no free block of 2^"order" pages when it is loaded, and each time "again" is
 * written: of each block one page in its middle is kept until the module is unloaded, and
 * all others are given back.
 */
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>

/* The largest, whose name is not the same in all kernels. */
static uint order = 10;
module_param(order, uint, 0400);
MODULE_PARM_DESC(order, "Of the blocks");

static LIST_HEAD(kept);

static void break_block(struct page *block)
{
	unsigned int i, middle = 1u << (order - 1);

	split_page(block, order);
	for (i = 0; i < 1u << order; i++)
		if (i != middle)
			__free_page(block + i);
	list_add(&block[middle].lru, &kept);
}

/*
 * Neither reclaimed nor compacted: only what is there. As movable pages, which these are
 * not: else all of memory would be for the kernel's small allocations from now on, and
 * would stay in pieces.
 */
static void break_all(void)
{
	struct page *block;

	while ((block = alloc_pages(__GFP_MOVABLE | __GFP_NOWARN, order)))
		break_block(block);
}

static int break_again(const char *text, const struct kernel_param *unused)
{
	break_all();
	return 0;
}

static const struct kernel_param_ops again = { .set = break_again };
module_param_cb(again, &again, NULL, 0200);
MODULE_PARM_DESC(again, "Break up the blocks that have appeared since");

static int __init break_blocks_init(void)
{
	break_all();
	return 0;
}
module_init(break_blocks_init);

static void __exit break_blocks_exit(void)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &kept, lru)
		__free_page(page);
}
module_exit(break_blocks_exit);

MODULE_DESCRIPTION("Break up the free blocks of memory");
MODULE_LICENSE("GPL");
