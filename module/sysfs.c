// SPDX-License-Identifier: GPL-2.0
/*
 * The control plane in /sys/kernel/proc_reclaim: parses text, calls down,
 * prints text. sysfs-ABI.md describes every file.
 */
#include <linux/kobject.h>
#include <linux/sysfs.h>

#include "reclaim.h"
#include "stats.h"
#include "sysfs.h"

static ssize_t reclaim_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t len)
{
	struct prc_result result;
	int err = prc_reclaim(buf, len, &result);

	return err ? err : len;
}

static ssize_t result_show(struct kobject *kobj, struct kobj_attribute *attr,
			   char *buf)
{
	struct prc_result result;

	if (!prc_reclaim_last(&result))
		return 0;
	return prc_result_print(&result, buf, PAGE_SIZE);
}

/* Set *@setting from text if it is a number from @min to @max. */
static ssize_t store_uint(unsigned int *setting, const char *buf, size_t len,
			  unsigned int min, unsigned int max)
{
	unsigned int value;
	int err = kstrtouint(buf, 0, &value);

	if (err)
		return -EINVAL;
	if (value < min || value > max)
		return -EINVAL;
	WRITE_ONCE(*setting, value);
	return len;
}

static ssize_t batch_pages_show(struct kobject *kobj,
				struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(prc_batch_pages));
}

static ssize_t batch_pages_store(struct kobject *kobj,
				 struct kobj_attribute *attr, const char *buf,
				 size_t len)
{
	return store_uint(&prc_batch_pages, buf, len, PRC_BATCH_PAGES_MIN,
			  PRC_BATCH_PAGES_MAX);
}

static ssize_t first_app_uid_show(struct kobject *kobj,
				  struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(prc_first_app_uid));
}

static ssize_t first_app_uid_store(struct kobject *kobj,
				   struct kobj_attribute *attr,
				   const char *buf, size_t len)
{
	return store_uint(&prc_first_app_uid, buf, len, 0, UINT_MAX);
}

static struct kobj_attribute reclaim_attr = __ATTR(reclaim, 0200, NULL,
						   reclaim_store);
static struct kobj_attribute result_attr = __ATTR(result, 0400, result_show,
						  NULL);
static struct kobj_attribute batch_pages_attr = __ATTR_RW(batch_pages);
static struct kobj_attribute first_app_uid_attr = __ATTR_RW(first_app_uid);

static struct attribute *main_attrs[] = {
	&reclaim_attr.attr,
	&result_attr.attr,
	&batch_pages_attr.attr,
	&first_app_uid_attr.attr,
	NULL,
};

static const struct attribute_group main_group = { .attrs = main_attrs };

/* One file of stats/: which total it shows. */
struct stat_attribute {
	struct kobj_attribute kobj_attr;
	unsigned int total;
};

static ssize_t stat_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	struct stat_attribute *stat =
		container_of(attr, struct stat_attribute, kobj_attr);

	return sysfs_emit(buf, "%lu\n", prc_stats_read(stat->total));
}

#define STAT(name_, total_)						\
	static struct stat_attribute stat_##name_ = {			\
		.kobj_attr = __ATTR(name_, 0444, stat_show, NULL),	\
		.total = total_,					\
	}

STAT(requests, PRC_REQUESTS);
STAT(pages_scanned, PRC_SCANNED);
STAT(pages_isolated, PRC_ISOLATED);
STAT(pages_reclaimed, PRC_RECLAIMED);
STAT(skipped_shared, PRC_SKIPPED_SHARED);
STAT(skipped_active, PRC_SKIPPED_ACTIVE);
STAT(skipped_unevictable, PRC_SKIPPED_UNEVICTABLE);
STAT(skipped_lazyfree, PRC_SKIPPED_LAZYFREE);
STAT(skipped_pinned, PRC_SKIPPED_PINNED);
STAT(skipped_large, PRC_SKIPPED_LARGE);
STAT(skipped_dirty, PRC_SKIPPED_DIRTY);
STAT(skipped_special, PRC_SKIPPED_SPECIAL);
STAT(skipped_busy, PRC_SKIPPED_BUSY);
STAT(errors, PRC_ERRORS);

static struct attribute *stats_attrs[] = {
	&stat_requests.kobj_attr.attr,
	&stat_pages_scanned.kobj_attr.attr,
	&stat_pages_isolated.kobj_attr.attr,
	&stat_pages_reclaimed.kobj_attr.attr,
	&stat_skipped_shared.kobj_attr.attr,
	&stat_skipped_active.kobj_attr.attr,
	&stat_skipped_unevictable.kobj_attr.attr,
	&stat_skipped_lazyfree.kobj_attr.attr,
	&stat_skipped_pinned.kobj_attr.attr,
	&stat_skipped_large.kobj_attr.attr,
	&stat_skipped_dirty.kobj_attr.attr,
	&stat_skipped_special.kobj_attr.attr,
	&stat_skipped_busy.kobj_attr.attr,
	&stat_errors.kobj_attr.attr,
	NULL,
};

static const struct attribute_group stats_group = {
	.name = "stats",
	.attrs = stats_attrs,
};

static const struct attribute_group *groups[] = {
	&main_group,
	&stats_group,
	NULL,
};

static struct kobject *prc_kobj;

/**
 * prc_sysfs_init() - make /sys/kernel/proc_reclaim
 *
 * Context: module load, when everything that a file can reach is ready.
 * Return: 0 or a negative errno, with nothing left behind.
 */
int prc_sysfs_init(void)
{
	int err;

	prc_kobj = kobject_create_and_add("proc_reclaim", kernel_kobj);
	if (!prc_kobj)
		return -ENOMEM;
	err = sysfs_create_groups(prc_kobj, groups);
	if (err)
		kobject_put(prc_kobj);
	return err;
}

/**
 * prc_sysfs_exit() - remove the files
 *
 * Context: module unload, after prc_reclaim_stop(). Waits for the requests that
 *	    were written to them.
 */
void prc_sysfs_exit(void)
{
	sysfs_remove_groups(prc_kobj, groups);
	kobject_put(prc_kobj);
}
