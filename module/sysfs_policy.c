// SPDX-License-Identifier: GPL-2.0
/*
 * The worker's tunables in /sys/kernel/proc_reclaim: what it may do, and when.
 * sysfs-ABI.md describes every file.
 */
#include <linux/kobject.h>
#include <linux/limits.h>
#include <linux/sysfs.h>

#include "lowmem.h"
#include "queue.h"
#include "settings.h"
#include "settings_parse.h"
#include "sysfs.h"
#include "trigger_awake.h"
#include "triggers.h"
#include "worker.h"

/* Shortest period of the search for idle processes, so that it costs next to nothing. */
#define MIN_IDLE_MS 100

/* --- a file that is one setting --- */

static const struct prc_setting_attribute *
to_setting(struct kobj_attribute *attr)
{
	return container_of(attr, struct prc_setting_attribute, kobj_attr);
}

/**
 * prc_setting_show() - print a setting
 * @kobj: of the directory
 * @attr: of a struct prc_setting_attribute
 * @buf: where to
 *
 * Return: bytes printed.
 */
ssize_t prc_setting_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	const struct prc_setting_attribute *setting = to_setting(attr);
	struct prc_settings settings;

	prc_settings_get(&settings);
	return setting->print(setting, &settings, buf);
}

/* What was written to which file. */
struct setting_write {
	const struct prc_setting_attribute *setting;
	const char *text;
	size_t len;
};

static int setting_change(struct prc_settings *settings, const void *data)
{
	const struct setting_write *write = data;

	return write->setting->parse(write->setting, settings, write->text,
				     write->len);
}

/**
 * prc_setting_store() - change a setting
 * @kobj: of the directory
 * @attr: of a struct prc_setting_attribute
 * @buf: its text
 * @len: bytes in @buf
 *
 * Return: @len; -EINVAL for a text that the setting does not have; or the error of the
 *	   trigger that could not be enabled.
 */
ssize_t prc_setting_store(struct kobject *kobj, struct kobj_attribute *attr,
			  const char *buf, size_t len)
{
	const struct setting_write write = {
		.setting = to_setting(attr),
		.text = buf,
		.len = len,
	};
	int err = prc_settings_update(setting_change, &write);

	return err ? err : len;
}

/* --- numbers and flags --- */

/**
 * prc_setting_print_number() - print an unsigned int
 * @setting: which
 * @settings: where it is
 * @buf: where to
 *
 * Return: bytes printed.
 */
int prc_setting_print_number(const struct prc_setting_attribute *setting,
			     const struct prc_settings *settings, char *buf)
{
	const unsigned int *value = (const void *)settings + setting->offset;

	return sysfs_emit(buf, "%u\n", *value);
}

/**
 * prc_setting_parse_number() - read an unsigned int
 * @setting: which, with its range
 * @settings: where it goes
 * @text: its text, terminated
 * @len: bytes in @text
 *
 * Return: 0, or -EINVAL if @text is no number or out of range.
 */
int prc_setting_parse_number(const struct prc_setting_attribute *setting,
			     struct prc_settings *settings, const char *text,
			     size_t len)
{
	unsigned int *value = (void *)settings + setting->offset;
	unsigned int number;

	if (kstrtouint(text, 0, &number) || number < setting->min ||
	    number > setting->max)
		return -EINVAL;
	*value = number;
	return 0;
}

static int setting_print_flag(const struct prc_setting_attribute *setting,
			      const struct prc_settings *settings, char *buf)
{
	const bool *value = (const void *)settings + setting->offset;

	return sysfs_emit(buf, "%d\n", *value);
}

static int parse_flag(bool *flag, const char *text)
{
	unsigned int number;

	if (kstrtouint(text, 0, &number) || number > 1)
		return -EINVAL;
	*flag = number;
	return 0;
}

static int setting_parse_flag(const struct prc_setting_attribute *setting,
			      struct prc_settings *settings, const char *text,
			      size_t len)
{
	return parse_flag((void *)settings + setting->offset, text);
}

/* --- what is enabled --- */

/* Enabling may fail; then prc_settings_update() drops the change. */
static int setting_parse_trigger(const struct prc_setting_attribute *setting,
				 struct prc_settings *settings,
				 const char *text, size_t len)
{
	int err = setting_parse_flag(setting, settings, text, len);

	return err ? err : prc_triggers_apply(&settings->triggers);
}

static int setting_parse_idle(const struct prc_setting_attribute *setting,
			      struct prc_settings *settings, const char *text,
			      size_t len)
{
	unsigned int *idle_ms = &settings->triggers.idle_ms;
	int err = prc_setting_parse_number(setting, settings, text, len);

	if (err)
		return err;
	if (*idle_ms && *idle_ms < MIN_IDLE_MS)
		return -EINVAL;
	return prc_triggers_apply(&settings->triggers);
}

#define TRIGGER(name_, file_, member_)					\
	static PRC_SETTING(name_, file_, triggers.member_,		\
			   setting_print_flag, setting_parse_trigger, 0, 1)

TRIGGER(worker_enabled, enabled, worker);
TRIGGER(trigger_adj, adj, adj);
TRIGGER(trigger_pressure, pressure, pressure);
TRIGGER(lowmem_enabled, enabled, lowmem);
static PRC_SETTING(idle_ms, idle_ms, triggers.idle_ms, prc_setting_print_number,
		   setting_parse_idle, 0, INT_MAX);

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
	int err = parse_flag(&awake, buf);

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

static struct kobj_attribute awake_attr = __ATTR_RW(awake);
static struct kobj_attribute state_attr = __ATTR_RO(state);
static struct kobj_attribute pending_attr = __ATTR_RO(pending);

static struct attribute *worker_attrs[] = {
	&prc_setting_worker_enabled.kobj_attr.attr,
	&awake_attr.attr,
	&state_attr.attr,
	&pending_attr.attr,
	NULL,
};

static const struct attribute_group worker_group = {
	.name = "worker",
	.attrs = worker_attrs,
};

/* --- action/ --- */

static int action_print(const struct prc_setting_attribute *setting,
			const struct prc_settings *settings, char *buf)
{
	const enum prc_takes *takes = (const void *)settings + setting->offset;

	return sysfs_emit(buf, "%s\n", prc_takes_name(*takes));
}

static int action_parse(const struct prc_setting_attribute *setting,
			struct prc_settings *settings, const char *text,
			size_t len)
{
	return prc_parse_takes((void *)settings + setting->offset, text, len);
}

#define ACTION(name_, which_)						\
	static PRC_SETTING(action_##name_, name_, policy.takes[which_],	\
			   action_print, action_parse, 0, 0)

ACTION(some, PRC_ACTION_SOME);
ACTION(full, PRC_ACTION_FULL);
ACTION(persistent, PRC_ACTION_PERSISTENT);
ACTION(bfgs, PRC_ACTION_BFGS);

static struct attribute *action_attrs[] = {
	&prc_setting_action_some.kobj_attr.attr,
	&prc_setting_action_full.kobj_attr.attr,
	&prc_setting_action_persistent.kobj_attr.attr,
	&prc_setting_action_bfgs.kobj_attr.attr,
	NULL,
};

static const struct attribute_group action_group = {
	.name = "action",
	.attrs = action_attrs,
};

/* --- throttle/ --- */

static int excludes_print(const struct prc_setting_attribute *setting,
			  const struct prc_settings *settings, char *buf)
{
	int len = prc_print_excludes(&settings->policy, buf, PAGE_SIZE);

	return len + sysfs_emit_at(buf, len, "\n");
}

static int excludes_parse(const struct prc_setting_attribute *setting,
			  struct prc_settings *settings, const char *text,
			  size_t len)
{
	return prc_parse_excludes(&settings->policy, text, len);
}

static PRC_SETTING(adj_exclude, adj_exclude, policy.excludes, excludes_print,
		   excludes_parse, 0, 0);

#define THROTTLE(name_, max_)						\
	static PRC_NUMBER(name_, policy.name_, 0, max_)

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
	&prc_setting_adj_exclude.kobj_attr.attr,
	NULL,
};

static const struct attribute_group throttle_group = {
	.name = "throttle",
	.attrs = throttle_attrs,
};

/* --- trigger/ --- */

static int bfgs_print(const struct prc_setting_attribute *setting,
		      const struct prc_settings *settings, char *buf)
{
	struct prc_adj_range range = settings->bfgs_adj;

	if (range.lo > range.hi)
		return sysfs_emit(buf, "\n");
	return sysfs_emit(buf, "%d:%d\n", range.lo, range.hi);
}

static int bfgs_parse(const struct prc_setting_attribute *setting,
		      struct prc_settings *settings, const char *text,
		      size_t len)
{
	return prc_parse_adj_range(&settings->bfgs_adj, text, len);
}

static PRC_SETTING(bfgs_adj, bfgs_adj, bfgs_adj, bfgs_print, bfgs_parse, 0, 0);

static struct attribute *trigger_attrs[] = {
	&prc_setting_trigger_adj.kobj_attr.attr,
	&prc_setting_trigger_pressure.kobj_attr.attr,
	&prc_setting_idle_ms.kobj_attr.attr,
	&prc_setting_bfgs_adj.kobj_attr.attr,
	NULL,
};

static const struct attribute_group trigger_group = {
	.name = "trigger",
	.attrs = trigger_attrs,
};

/* --- pressure/ --- */

#define PRESSURE(name_, min_, max_)					\
	static PRC_NUMBER(name_, pressure.name_, min_, max_)

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

static int list_print(const int *numbers, unsigned int nr, char *buf)
{
	unsigned int i;
	int len = 0;

	for (i = 0; i < nr; i++)
		len += sysfs_emit_at(buf, len, "%s%d", i ? "," : "", numbers[i]);
	return len + sysfs_emit_at(buf, len, "\n");
}

static int minfree_print(const struct prc_setting_attribute *setting,
			 const struct prc_settings *settings, char *buf)
{
	int numbers[PRC_LOWMEM_LEVELS];
	unsigned int i;

	for (i = 0; i < settings->lowmem.nr_minfree; i++)
		numbers[i] = settings->lowmem.minfree[i];
	return list_print(numbers, i, buf);
}

static int minfree_parse(const struct prc_setting_attribute *setting,
			 struct prc_settings *settings, const char *text,
			 size_t len)
{
	int numbers[PRC_LOWMEM_LEVELS];
	int i, nr = prc_parse_list(numbers, PRC_LOWMEM_LEVELS, text, len, 0,
				   INT_MAX);

	if (nr < 0)
		return nr;
	for (i = 0; i < nr; i++)
		settings->lowmem.minfree[i] = numbers[i];
	settings->lowmem.nr_minfree = nr;
	return 0;
}

static int lowmem_adj_print(const struct prc_setting_attribute *setting,
			    const struct prc_settings *settings, char *buf)
{
	return list_print(settings->lowmem.adj, settings->lowmem.nr_adj, buf);
}

static int lowmem_adj_parse(const struct prc_setting_attribute *setting,
			    struct prc_settings *settings, const char *text,
			    size_t len)
{
	int nr = prc_parse_list(settings->lowmem.adj, PRC_LOWMEM_LEVELS, text,
				len, PRC_ADJ_MIN + 1, PRC_ADJ_MAX);

	if (nr < 0)
		return nr;
	settings->lowmem.nr_adj = nr;
	return 0;
}

static unsigned long kills_read(unsigned int unused)
{
	return prc_lowmem_kills();
}

static PRC_SETTING(minfree, minfree, lowmem.minfree, minfree_print,
		   minfree_parse, 0, 0);
static PRC_SETTING(lowmem_adj, adj, lowmem.adj, lowmem_adj_print,
		   lowmem_adj_parse, 0, 0);
static PRC_SETTING(kill, kill, lowmem.kill, setting_print_flag,
		   setting_parse_flag, 0, 1);
static PRC_COUNT(kills, kills_read, 0);

static struct attribute *lowmem_attrs[] = {
	&prc_setting_lowmem_enabled.kobj_attr.attr,
	&prc_setting_minfree.kobj_attr.attr,
	&prc_setting_lowmem_adj.kobj_attr.attr,
	&prc_setting_kill.kobj_attr.attr,
	&prc_count_kills.kobj_attr.attr,
	NULL,
};

static const struct attribute_group lowmem_group = {
	.name = "lowmem",
	.attrs = lowmem_attrs,
};

const struct attribute_group *prc_worker_groups[] = {
	&worker_group,
	&action_group,
	&throttle_group,
	&trigger_group,
	&pressure_group,
	&lowmem_group,
	&prc_decisions_group,
	&prc_runs_group,
	NULL,
};
