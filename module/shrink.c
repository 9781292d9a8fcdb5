// SPDX-License-Identifier: GPL-2.0
/*
 * Isolated batch -> freed pages. The expensive half: unmapping, compression,
 * writing to swap. Done with no lock held.
 */
#include <linux/blkdev.h>
#include <linux/ktime.h>

#include "kernel_api.h"
#include "shrink.h"

#include "proc_reclaim_events.h"

/**
 * prc_shrink() - free what can be freed of a batch
 * @folios: isolated by prc_walk_batch(); empty afterwards
 * @isolated: pages in @folios
 * @pid: of the target, for the tracepoint
 *
 * What cannot be freed goes back to its LRU list. A page whose writing to a
 * swap disk has only begun is not counted, though it is unmapped already.
 *
 * Context: process context, no locks held. May write to swap.
 * Return: pages that are free now.
 */
unsigned long prc_shrink(struct list_head *folios, unsigned long isolated,
			 pid_t pid)
{
	unsigned long reclaimed;
	struct blk_plug plug;
	u64 since;

	if (list_empty(folios))
		return 0;
	since = ktime_get_ns();
	blk_start_plug(&plug);
	reclaimed = prc_reclaim_pages(folios);
	blk_finish_plug(&plug);
	WARN_ON_ONCE(!list_empty(folios));
	trace_proc_reclaim_shrink(pid, isolated, reclaimed,
				  ktime_get_ns() - since);
	return reclaimed;
}
