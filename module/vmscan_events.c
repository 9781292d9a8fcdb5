// SPDX-License-Identifier: GPL-2.0
/*
 * The tracepoints of mm/vmscan.c that tell of a shortage of memory: kswapd is woken, or
 * a task enters direct reclaim. Probes run in the context of that task.
 */
#include "kernel_api.h"
#include "vmscan_events.h"

/**
 * prc_vmscan_attach() - attach a pair of probes
 * @on_kswapd: called when kswapd is woken
 * @on_direct_reclaim: called when a task enters direct reclaim
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM, and then neither is attached.
 */
int prc_vmscan_attach(void (*on_kswapd)(void *data, int nid, int zid, int order),
		      PRC_PROBE_RECLAIM_BEGIN((*on_direct_reclaim)))
{
	int err = prc_attach_mm_vmscan_kswapd_wake(on_kswapd);

	if (err)
		return err;
	err = prc_attach_mm_vmscan_direct_reclaim_begin(on_direct_reclaim);
	if (err)
		prc_detach_mm_vmscan_kswapd_wake(on_kswapd);
	return err;
}

/**
 * prc_vmscan_detach() - detach a pair of probes
 * @on_kswapd: as attached
 * @on_direct_reclaim: as attached
 *
 * Context: may sleep; waits for the probes that run.
 */
void prc_vmscan_detach(void (*on_kswapd)(void *data, int nid, int zid, int order),
		       PRC_PROBE_RECLAIM_BEGIN((*on_direct_reclaim)))
{
	prc_detach_mm_vmscan_direct_reclaim_begin(on_direct_reclaim);
	prc_detach_mm_vmscan_kswapd_wake(on_kswapd);
}
