// SPDX-License-Identifier: GPL-2.0
/*
 * The worker's counters in /sys/kernel/proc_reclaim: how each queued action ended, and
 * how often each action ran.
 * sysfs-ABI.md describes every file.
 */
#include <linux/kobject.h>
#include <linux/sysfs.h>

#include "decisions.h"
#include "sysfs.h"

static unsigned long decisions_read(unsigned int reason)
{
	return prc_decision_count(reason);
}

#define DECISION(name, reason) static PRC_COUNT(name, decisions_read, reason)

DECISION(run, PRC_REASON_RUN);
DECISION(exempt, PRC_REASON_EXEMPT);
DECISION(foreground, PRC_REASON_FOREGROUND);
DECISION(time, PRC_REASON_TIME);
DECISION(none, PRC_REASON_NONE);
DECISION(excluded, PRC_REASON_EXCLUDED);
DECISION(dead, PRC_REASON_DEAD);
DECISION(protected, PRC_REASON_PROTECTED);
DECISION(swap, PRC_REASON_SWAP);
DECISION(small, PRC_REASON_SMALL);
DECISION(unchanged, PRC_REASON_UNCHANGED);
DECISION(deferred, PRC_REASON_DEFERRED);
DECISION(aging, PRC_REASON_AGING);
DECISION(replaced, PRC_REASON_REPLACED);
DECISION(dropped, PRC_REASON_DROPPED);
DECISION(nomem, PRC_REASON_NOMEM);
DECISION(inefficient, PRC_REASON_INEFFICIENT);

static struct attribute *decisions_attrs[] = {
	&prc_count_run.kobj_attr.attr,
	&prc_count_exempt.kobj_attr.attr,
	&prc_count_foreground.kobj_attr.attr,
	&prc_count_time.kobj_attr.attr,
	&prc_count_none.kobj_attr.attr,
	&prc_count_excluded.kobj_attr.attr,
	&prc_count_dead.kobj_attr.attr,
	&prc_count_protected.kobj_attr.attr,
	&prc_count_swap.kobj_attr.attr,
	&prc_count_small.kobj_attr.attr,
	&prc_count_unchanged.kobj_attr.attr,
	&prc_count_deferred.kobj_attr.attr,
	&prc_count_aging.kobj_attr.attr,
	&prc_count_replaced.kobj_attr.attr,
	&prc_count_dropped.kobj_attr.attr,
	&prc_count_nomem.kobj_attr.attr,
	&prc_count_inefficient.kobj_attr.attr,
	NULL,
};

const struct attribute_group prc_decisions_group = {
	.name = "decisions",
	.attrs = decisions_attrs,
};

/* --- runs/ --- */

static unsigned long runs_read(unsigned int action)
{
	return prc_decision_runs(action);
}

static PRC_COUNT(some, runs_read, PRC_ACTION_SOME);
static PRC_COUNT(full, runs_read, PRC_ACTION_FULL);
static PRC_COUNT(persistent, runs_read, PRC_ACTION_PERSISTENT);
static PRC_COUNT(bfgs, runs_read, PRC_ACTION_BFGS);
static PRC_COUNT(pressure, runs_read, PRC_ACTION_PRESSURE);

static struct attribute *runs_attrs[] = {
	&prc_count_some.kobj_attr.attr,
	&prc_count_full.kobj_attr.attr,
	&prc_count_persistent.kobj_attr.attr,
	&prc_count_bfgs.kobj_attr.attr,
	&prc_count_pressure.kobj_attr.attr,
	NULL,
};

const struct attribute_group prc_runs_group = {
	.name = "runs",
	.attrs = runs_attrs,
};
