/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tracepoints of mm/vmscan.c that tell of a shortage of memory.
 */
#ifndef PRC_VMSCAN_EVENTS_H
#define PRC_VMSCAN_EVENTS_H

#include "compat.h"

int prc_vmscan_attach(void (*on_kswapd)(void *data, int nid, int zid, int order),
		      PRC_PROBE_RECLAIM_BEGIN((*on_direct_reclaim)));
void prc_vmscan_detach(void (*on_kswapd)(void *data, int nid, int zid, int order),
		       PRC_PROBE_RECLAIM_BEGIN((*on_direct_reclaim)));

#endif
