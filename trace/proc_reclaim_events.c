// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the tracepoints that proc_reclaim_events.h declares.
 */
#include "kernel_api.h"
#include "reclaim.h"
#include "walk.h"

#define CREATE_TRACE_POINTS
#include "proc_reclaim_events.h"
