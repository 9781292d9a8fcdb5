// SPDX-License-Identifier: GPL-2.0
/*
 * The worker's files in /sys/kernel/proc_reclaim: what it may do, when, and what
 * became of it. sysfs-ABI.md describes every file.
 */
#include <linux/kobject.h>
#include <linux/limits.h>
#include <linux/mutex.h>
#include <linux/sysfs.h>

#include "lowmem.h"
#include "queue.h"
#include "settings.h"
#include "sysfs.h"
#include "trigger_awake.h"
#include "trigger_pressure.h"
#include "triggers.h"
#include "worker.h"

/* Often enough for anybody, and rare enough to cost next to nothing. */
#define MIN_IDLE_MS 100

static int parse_switch(bool *on, const char *buf)
{
	unsigned int value;

	if (kstrtouint(buf, 0, &value) || value > 1)
		return -EINVAL;
	*on = value;
	return 0;
}

/* --- what is on --- */

/* Serialises who changes one of the switches. */
static DEFINE_MUTEX(switch_lock);

/* A file that switches something on: which member of struct prc_triggers. */
struct switch_attribute {
	struct kobj_attribute kobj_attr;
	size_t offset;
};

static bool *switch_of(struct prc_triggers *triggers,
		       struct kobj_attribute *attr)
{
	return (void *)triggers +
	       container_of(attr, struct switch_attribute, kobj_attr)->offset;
}

static ssize_t switch_show(struct kobject *kobj, struct kobj_attribute *attr,
			   char *buf)
{
	struct prc_triggers triggers = prc_triggers_get();

	return sysfs_emit(buf, "%d\n", *switch_of(&triggers, attr));
}

static ssize_t switch_store(struct kobject *kobj, struct kobj_attribute *attr,
			    const char *buf, size_t len)
{
	struct prc_triggers triggers;
	bool on;
	int err;

	err = parse_switch(&on, buf);
	if (err)
		return err;
	mutex_lock(&switch_lock);
	triggers = prc_triggers_get();
	*switch_of(&triggers, attr) = on;
	err = prc_triggers_set(&triggers);
	mutex_unlock(&switch_lock);
	return err ? err : len;
}

#define SWITCH(file, member_)						\
	{ .kobj_attr = __ATTR(file, 0644, switch_show, switch_store),	\
	  .offset = offsetof(struct prc_triggers, member_) }

static struct switch_attribute worker_enabled = SWITCH(enabled, worker);
static struct switch_attribute trigger_adj = SWITCH(adj, adj);
static struct switch_attribute trigger_pressure = SWITCH(pressure, pressure);
static struct switch_attribute lowmem_enabled = SWITCH(enabled, lowmem);

static ssize_t idle_ms_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%u\n", prc_triggers_get().idle_ms);
}

static ssize_t idle_ms_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t len)
{
	struct prc_triggers triggers;
	unsigned int ms;
	int err;

	if (kstrtouint(buf, 0, &ms) || (ms && ms < MIN_IDLE_MS) ||
	    ms > INT_MAX)
		return -EINVAL;
	mutex_lock(&switch_lock);
	triggers = prc_triggers_get();
	triggers.idle_ms = ms;
	err = prc_triggers_set(&triggers);
	mutex_unlock(&switch_lock);
	return err ? err : len;
}

static struct kobj_attribute idle_ms = __ATTR_RW(idle_ms);

/* --- worker/ --- */

static ssize_t awake_show(struct kobject *kobj, struct kobj_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%d\n", prc_worker_awake());
}

static ssize_t awake_store(struct kobject *kobj, struct kobj_attribute *attr,
			   const char *buf, size_t len)
{
	bool awake;
	int err = parse_switch(&awake, buf);

	if (err)
		return err;
	prc_trigger_awake_set(awake);
	return len;
}

static ssize_t state_show(struct kobject *kobj, struct kobj_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%s\n", prc_worker_state());
}

static ssize_t pending_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	return sysfs_emit(buf, "%u\n", prc_queue_len());
}

static struct kobj_attribute awake = __ATTR_RW(awake);
static struct kobj_attribute state = __ATTR_RO(state);
static struct kobj_attribute pending = __ATTR_RO(pending);

static struct attribute *worker_attrs[] = {
	&worker_enabled.kobj_attr.attr,
	&awake.attr,
	&state.attr,
	&pending.attr,
	NULL,
};

static const struct attribute_group worker_group = {
	.name = "worker",
	.attrs = worker_attrs,
};

/* --- action/ --- */

struct action_attribute {
	struct kobj_attribute kobj_attr;
	enum prc_action action;
};

static enum prc_takes *takes_of(struct kobj_attribute *attr)
{
	return &prc_policy.takes[container_of(attr, struct action_attribute,
					      kobj_attr)->action];
}

static ssize_t action_show(struct kobject *kobj, struct kobj_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%s\n",
			  prc_takes_name(READ_ONCE(*takes_of(attr))));
}

static ssize_t action_store(struct kobject *kobj, struct kobj_attribute *attr,
			    const char *buf, size_t len)
{
	enum prc_takes takes;
	int err = prc_parse_takes(&takes, buf, len);

	if (err)
		return err;
	mutex_lock(&prc_policy_lock);
	WRITE_ONCE(*takes_of(attr), takes);
	mutex_unlock(&prc_policy_lock);
	return len;
}

#define ACTION(file, which)						\
	static struct action_attribute action_##file = {		\
		.kobj_attr = __ATTR(file, 0644, action_show,		\
				    action_store),			\
		.action = which,					\
	}

ACTION(some, PRC_ACTION_SOME);
ACTION(full, PRC_ACTION_FULL);
ACTION(persistent, PRC_ACTION_PERSISTENT);
ACTION(bfgs, PRC_ACTION_BFGS);

static struct attribute *action_attrs[] = {
	&action_some.kobj_attr.attr,
	&action_full.kobj_attr.attr,
	&action_persistent.kobj_attr.attr,
	&action_bfgs.kobj_attr.attr,
	NULL,
};

static const struct attribute_group action_group = {
	.name = "action",
	.attrs = action_attrs,
};

/* --- throttle/ --- */

static ssize_t adj_exclude_show(struct kobject *kobj,
				struct kobj_attribute *attr, char *buf)
{
	struct prc_policy set;
	int len;

	prc_policy_copy(&set);
	len = prc_print_excludes(&set, buf, PAGE_SIZE);
	return len + sysfs_emit_at(buf, len, "\n");
}

static ssize_t adj_exclude_store(struct kobject *kobj,
				 struct kobj_attribute *attr, const char *buf,
				 size_t len)
{
	int err;

	mutex_lock(&prc_policy_lock);
	err = prc_parse_excludes(&prc_policy, buf, len);
	mutex_unlock(&prc_policy_lock);
	return err ? err : len;
}

static struct kobj_attribute adj_exclude = __ATTR_RW(adj_exclude);

#define THROTTLE(name, max)						\
	static PRC_NUMBER(name, &prc_policy.name, 0, max)

THROTTLE(some_some_ms, UINT_MAX);
THROTTLE(some_full_ms, UINT_MAX);
THROTTLE(full_some_ms, UINT_MAX);
THROTTLE(full_full_ms, UINT_MAX);
THROTTLE(persistent_ms, UINT_MAX);
THROTTLE(bfgs_ms, UINT_MAX);
THROTTLE(full_anon_rss_kb, UINT_MAX);
THROTTLE(full_delta_rss_kb, UINT_MAX);
THROTTLE(max_defer_shift, 16);
THROTTLE(min_free_swap_pct, 100);

static struct attribute *throttle_attrs[] = {
	&prc_number_some_some_ms.kobj_attr.attr,
	&prc_number_some_full_ms.kobj_attr.attr,
	&prc_number_full_some_ms.kobj_attr.attr,
	&prc_number_full_full_ms.kobj_attr.attr,
	&prc_number_persistent_ms.kobj_attr.attr,
	&prc_number_bfgs_ms.kobj_attr.attr,
	&prc_number_full_anon_rss_kb.kobj_attr.attr,
	&prc_number_full_delta_rss_kb.kobj_attr.attr,
	&prc_number_max_defer_shift.kobj_attr.attr,
	&prc_number_min_free_swap_pct.kobj_attr.attr,
	&adj_exclude.attr,
	NULL,
};

static const struct attribute_group throttle_group = {
	.name = "throttle",
	.attrs = throttle_attrs,
};

/* --- trigger/ --- */

static ssize_t bfgs_adj_show(struct kobject *kobj, struct kobj_attribute *attr,
			     char *buf)
{
	struct prc_adj_range range = prc_worker_bfgs();

	if (range.lo > range.hi)
		return sysfs_emit(buf, "\n");
	return sysfs_emit(buf, "%d:%d\n", range.lo, range.hi);
}

static ssize_t bfgs_adj_store(struct kobject *kobj, struct kobj_attribute *attr,
			      const char *buf, size_t len)
{
	struct prc_adj_range range;
	int err = prc_parse_adj_range(&range, buf, len);

	if (err)
		return err;
	prc_worker_set_bfgs(range);
	return len;
}

static struct kobj_attribute bfgs_adj = __ATTR_RW(bfgs_adj);

static struct attribute *trigger_attrs[] = {
	&trigger_adj.kobj_attr.attr,
	&trigger_pressure.kobj_attr.attr,
	&idle_ms.attr,
	&bfgs_adj.attr,
	NULL,
};

static const struct attribute_group trigger_group = {
	.name = "trigger",
	.attrs = trigger_attrs,
};

/* --- pressure/ --- */

#define PRESSURE(name, min, max)					\
	static PRC_NUMBER(name, &prc_pressure.name, min, max)

PRESSURE(low_pct, 0, 100);
PRESSURE(high_pct, 0, 100);
PRESSURE(min_score_adj, 0, PRC_ADJ_MAX);
PRESSURE(pages_per_pass, 1, 1 << 20);
PRESSURE(min_efficiency_pct, 0, 100);
PRESSURE(efficiency_window, 0, 1000);

static struct attribute *pressure_attrs[] = {
	&prc_number_low_pct.kobj_attr.attr,
	&prc_number_high_pct.kobj_attr.attr,
	&prc_number_min_score_adj.kobj_attr.attr,
	&prc_number_pages_per_pass.kobj_attr.attr,
	&prc_number_min_efficiency_pct.kobj_attr.attr,
	&prc_number_efficiency_window.kobj_attr.attr,
	NULL,
};

static const struct attribute_group pressure_group = {
	.name = "pressure",
	.attrs = pressure_attrs,
};

/* --- lowmem/ --- */

static ssize_t list_show(const int *numbers, unsigned int nr, char *buf)
{
	unsigned int i;
	int len = 0;

	for (i = 0; i < nr; i++)
		len += sysfs_emit_at(buf, len, "%s%d", i ? "," : "", numbers[i]);
	return len + sysfs_emit_at(buf, len, "\n");
}

static ssize_t minfree_show(struct kobject *kobj, struct kobj_attribute *attr,
			    char *buf)
{
	struct prc_lowmem set;

	prc_lowmem_get(&set);
	return list_show(set.minfree, set.nr_minfree, buf);
}

static ssize_t minfree_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t len)
{
	struct prc_lowmem set;
	int nr;

	mutex_lock(&switch_lock);
	prc_lowmem_get(&set);
	nr = prc_parse_list(set.minfree, PRC_LOWMEM_LEVELS, buf, len, 0,
			    INT_MAX);
	if (nr >= 0) {
		set.nr_minfree = nr;
		prc_lowmem_set(&set);
	}
	mutex_unlock(&switch_lock);
	return nr < 0 ? nr : len;
}

static ssize_t lowmem_adj_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *buf)
{
	struct prc_lowmem set;

	prc_lowmem_get(&set);
	return list_show(set.adj, set.nr_adj, buf);
}

static ssize_t lowmem_adj_store(struct kobject *kobj,
				struct kobj_attribute *attr, const char *buf,
				size_t len)
{
	struct prc_lowmem set;
	int nr;

	mutex_lock(&switch_lock);
	prc_lowmem_get(&set);
	nr = prc_parse_list(set.adj, PRC_LOWMEM_LEVELS, buf, len,
			    PRC_ADJ_MIN + 1, PRC_ADJ_MAX);
	if (nr >= 0) {
		set.nr_adj = nr;
		prc_lowmem_set(&set);
	}
	mutex_unlock(&switch_lock);
	return nr < 0 ? nr : len;
}

static ssize_t kill_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	struct prc_lowmem set;

	prc_lowmem_get(&set);
	return sysfs_emit(buf, "%d\n", set.kill);
}

static ssize_t kill_store(struct kobject *kobj, struct kobj_attribute *attr,
			  const char *buf, size_t len)
{
	struct prc_lowmem set;
	bool kill;
	int err = parse_switch(&kill, buf);

	if (err)
		return err;
	mutex_lock(&switch_lock);
	prc_lowmem_get(&set);
	set.kill = kill;
	prc_lowmem_set(&set);
	mutex_unlock(&switch_lock);
	return len;
}

static unsigned long read_kills(unsigned int unused)
{
	return prc_lowmem_kills();
}

static struct kobj_attribute minfree = __ATTR_RW(minfree);
static struct kobj_attribute lowmem_adj = __ATTR(adj, 0644, lowmem_adj_show,
						 lowmem_adj_store);
static struct kobj_attribute kill_attr = __ATTR(kill, 0644, kill_show,
						kill_store);
static PRC_COUNT(kills, read_kills, 0);

static struct attribute *lowmem_attrs[] = {
	&lowmem_enabled.kobj_attr.attr,
	&minfree.attr,
	&lowmem_adj.attr,
	&kill_attr.attr,
	&prc_count_kills.kobj_attr.attr,
	NULL,
};

static const struct attribute_group lowmem_group = {
	.name = "lowmem",
	.attrs = lowmem_attrs,
};

/* --- decisions/ --- */

static unsigned long read_decision(unsigned int reason)
{
	return prc_decision_count(reason);
}

#define DECISION(name, reason) static PRC_COUNT(name, read_decision, reason)

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

static const struct attribute_group decisions_group = {
	.name = "decisions",
	.attrs = decisions_attrs,
};

/* --- runs/ --- */

static unsigned long read_runs(unsigned int action)
{
	return prc_decision_runs(action);
}

static PRC_COUNT(some, read_runs, PRC_ACTION_SOME);
static PRC_COUNT(full, read_runs, PRC_ACTION_FULL);
static PRC_COUNT(persistent, read_runs, PRC_ACTION_PERSISTENT);
static PRC_COUNT(bfgs, read_runs, PRC_ACTION_BFGS);
static PRC_COUNT(pressure, read_runs, PRC_ACTION_PRESSURE);

static struct attribute *runs_attrs[] = {
	&prc_count_some.kobj_attr.attr,
	&prc_count_full.kobj_attr.attr,
	&prc_count_persistent.kobj_attr.attr,
	&prc_count_bfgs.kobj_attr.attr,
	&prc_count_pressure.kobj_attr.attr,
	NULL,
};

static const struct attribute_group runs_group = {
	.name = "runs",
	.attrs = runs_attrs,
};

const struct attribute_group *prc_worker_groups[] = {
	&worker_group,
	&action_group,
	&throttle_group,
	&trigger_group,
	&pressure_group,
	&lowmem_group,
	&decisions_group,
	&runs_group,
	NULL,
};
