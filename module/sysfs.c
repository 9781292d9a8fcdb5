// SPDX-License-Identifier: GPL-2.0
/*
 * The control plane in /sys/kernel/proc_reclaim: parses text, calls down,
 * prints text. sysfs-ABI.md describes every file.
 */
#include <linux/kobject.h>
#include <linux/mutex.h>
#include <linux/sysfs.h>

#include "compact.h"
#include "compat.h"
#include "reclaim.h"
#include "shrink.h"
#include "stats.h"
#include "sysfs.h"
#include "worker.h"

static ssize_t reclaim_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t len)
{
	struct prc_result result;
	int err = prc_reclaim(buf, len, &result);

	return err ? err : len;
}

static ssize_t age_store(struct kobject *kobj, struct kobj_attribute *attr,
			 const char *buf, size_t len)
{
	int err = prc_request_area(PRC_TYPE_AGE, buf, len);

	return err ? err : len;
}

static ssize_t restore_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t len)
{
	int err = prc_request_area(PRC_TYPE_RESTORE, buf, len);

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

/* Also the worker's numbers come by here; sysfs has no type of its own for one. */
static struct prc_number_attribute *to_number(struct kobj_attribute *attr)
{
	return container_of(attr, struct prc_number_attribute, kobj_attr);
}

/**
 * prc_number_show() - print a number
 * @kobj: of the directory
 * @attr: of a struct prc_number_attribute
 * @buf: where to
 *
 * Return: bytes printed.
 */
ssize_t prc_number_show(struct kobject *kobj, struct kobj_attribute *attr,
			char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(*to_number(attr)->value));
}

/**
 * prc_number_store() - set a number
 * @kobj: of the directory
 * @attr: of a struct prc_number_attribute
 * @buf: its text
 * @len: of that
 *
 * Return: @len; -EINVAL if it is no number or out of its range.
 */
ssize_t prc_number_store(struct kobject *kobj, struct kobj_attribute *attr,
			 const char *buf, size_t len)
{
	struct prc_number_attribute *number = to_number(attr);
	unsigned int value;

	if (kstrtouint(buf, 0, &value) || value < number->min ||
	    value > number->max)
		return -EINVAL;
	mutex_lock(&prc_policy_lock);
	WRITE_ONCE(*number->value, value);
	mutex_unlock(&prc_policy_lock);
	return len;
}

static PRC_NUMBER(batch_pages, &prc_batch_pages, PRC_BATCH_PAGES_MIN,
		  PRC_BATCH_PAGES_MAX);
static PRC_NUMBER(threads, &prc_threads, PRC_THREADS_MIN, PRC_THREADS_MAX);
static PRC_NUMBER(first_app_uid, &prc_first_app_uid, 0, UINT_MAX);
static PRC_NUMBER(compact_order, &prc_compact_order, 0, PRC_MAX_ORDER);

static struct kobj_attribute reclaim_attr = __ATTR(reclaim, 0200, NULL,
						   reclaim_store);
static struct kobj_attribute age_attr = __ATTR(age, 0200, NULL, age_store);
static struct kobj_attribute restore_attr = __ATTR(restore, 0200, NULL,
						   restore_store);
static struct kobj_attribute result_attr = __ATTR(result, 0400, result_show,
						  NULL);

static struct attribute *main_attrs[] = {
	&reclaim_attr.attr,
	&age_attr.attr,
	&restore_attr.attr,
	&result_attr.attr,
	&prc_number_batch_pages.kobj_attr.attr,
	&prc_number_threads.kobj_attr.attr,
	&prc_number_first_app_uid.kobj_attr.attr,
	&prc_number_compact_order.kobj_attr.attr,
	NULL,
};

static const struct attribute_group main_group = { .attrs = main_attrs };

/**
 * prc_count_show() - print a counter
 * @kobj: of the directory
 * @attr: of a struct prc_count_attribute
 * @buf: where to
 *
 * Return: bytes printed.
 */
ssize_t prc_count_show(struct kobject *kobj, struct kobj_attribute *attr,
		       char *buf)
{
	struct prc_count_attribute *count =
		container_of(attr, struct prc_count_attribute, kobj_attr);

	return sysfs_emit(buf, "%lu\n", count->read(count->which));
}

#define STAT(name_, total_)						\
	static PRC_COUNT(name_, prc_stats_read, total_)

STAT(requests, PRC_REQUESTS);
STAT(pages_scanned, PRC_SCANNED);
STAT(pages_isolated, PRC_ISOLATED);
STAT(pages_reclaimed, PRC_RECLAIMED);
STAT(pages_restored, PRC_RESTORED);
STAT(pages_aged, PRC_AGED);
STAT(pages_unwritten, PRC_UNWRITTEN);
STAT(folios_split, PRC_SPLIT);
STAT(skipped_shared, PRC_SKIPPED_SHARED);
STAT(skipped_young, PRC_SKIPPED_YOUNG);
STAT(skipped_active, PRC_SKIPPED_ACTIVE);
STAT(skipped_unevictable, PRC_SKIPPED_UNEVICTABLE);
STAT(skipped_lazyfree, PRC_SKIPPED_LAZYFREE);
STAT(skipped_pinned, PRC_SKIPPED_PINNED);
STAT(skipped_large, PRC_SKIPPED_LARGE);
STAT(skipped_dirty, PRC_SKIPPED_DIRTY);
STAT(skipped_foreign_file, PRC_SKIPPED_FOREIGN_FILE);
STAT(skipped_special, PRC_SKIPPED_SPECIAL);
STAT(skipped_busy, PRC_SKIPPED_BUSY);
STAT(errors, PRC_ERRORS);

static struct attribute *stats_attrs[] = {
	&prc_count_requests.kobj_attr.attr,
	&prc_count_pages_scanned.kobj_attr.attr,
	&prc_count_pages_isolated.kobj_attr.attr,
	&prc_count_pages_reclaimed.kobj_attr.attr,
	&prc_count_pages_restored.kobj_attr.attr,
	&prc_count_pages_aged.kobj_attr.attr,
	&prc_count_pages_unwritten.kobj_attr.attr,
	&prc_count_folios_split.kobj_attr.attr,
	&prc_count_skipped_shared.kobj_attr.attr,
	&prc_count_skipped_young.kobj_attr.attr,
	&prc_count_skipped_active.kobj_attr.attr,
	&prc_count_skipped_unevictable.kobj_attr.attr,
	&prc_count_skipped_lazyfree.kobj_attr.attr,
	&prc_count_skipped_pinned.kobj_attr.attr,
	&prc_count_skipped_large.kobj_attr.attr,
	&prc_count_skipped_dirty.kobj_attr.attr,
	&prc_count_skipped_foreign_file.kobj_attr.attr,
	&prc_count_skipped_special.kobj_attr.attr,
	&prc_count_skipped_busy.kobj_attr.attr,
	&prc_count_errors.kobj_attr.attr,
	NULL,
};

static const struct attribute_group stats_group = {
	.name = "stats",
	.attrs = stats_attrs,
};

/*
 * The one with the files that requests are written to comes last: nothing can fail after
 * it, and so nothing has to wait for a request.
 */
static const struct attribute_group *groups[] = {
	&stats_group,
	&main_group,
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
	err = sysfs_create_groups(prc_kobj, prc_worker_groups);
	if (err)
		goto no_worker_groups;
	err = sysfs_create_groups(prc_kobj, groups);
	if (err)
		goto no_groups;
	return 0;

no_groups:
	sysfs_remove_groups(prc_kobj, prc_worker_groups);
no_worker_groups:
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
	sysfs_remove_groups(prc_kobj, prc_worker_groups);
	kobject_put(prc_kobj);
}
