// SPDX-License-Identifier: GPL-2.0
/*
 * The control plane in /sys/kernel/proc_reclaim: the files of requests and of the engine's
 * settings. sysfs-ABI.md describes every file.
 */
#include <linux/kobject.h>
#include <linux/sysfs.h>

#include "compat.h"
#include "control.h"
#include "reclaim.h"
#include "shrink.h"
#include "stats.h"
#include "sysfs.h"
#include "worker.h"

static ssize_t sysfs_request_store(enum prc_op op, const char *buf, size_t len)
{
	struct prc_result result;
	int err = prc_request_run(op, buf, len, &result);

	return err ? err : len;
}

static ssize_t sysfs_reclaim_store(struct kobject *kobj, struct kobj_attribute *attr,
				   const char *buf, size_t len)
{
	return sysfs_request_store(PRC_OP_RECLAIM, buf, len);
}

static ssize_t sysfs_age_store(struct kobject *kobj, struct kobj_attribute *attr,
			       const char *buf, size_t len)
{
	return sysfs_request_store(PRC_OP_AGE, buf, len);
}

static ssize_t sysfs_restore_store(struct kobject *kobj, struct kobj_attribute *attr,
				   const char *buf, size_t len)
{
	return sysfs_request_store(PRC_OP_RESTORE, buf, len);
}

static ssize_t sysfs_result_show(struct kobject *kobj, struct kobj_attribute *attr,
				 char *buf)
{
	struct prc_result result;

	if (!prc_result_last(&result))
		return 0;
	return prc_result_print(&result, buf, PAGE_SIZE);
}

static PRC_NUMBER(batch_pages, batch_pages, PRC_BATCH_PAGES_MIN,
		  PRC_BATCH_PAGES_MAX);
static PRC_NUMBER(threads, threads, PRC_THREADS_MIN, PRC_THREADS_MAX);
static PRC_NUMBER(first_app_uid, first_app_uid, 0, UINT_MAX);
static PRC_NUMBER(compact_order, compact_order, 0, PRC_MAX_ORDER);

static struct kobj_attribute sysfs_reclaim_attr = __ATTR(reclaim, 0200, NULL,
						   sysfs_reclaim_store);
static struct kobj_attribute sysfs_age_attr = __ATTR(age, 0200, NULL, sysfs_age_store);
static struct kobj_attribute sysfs_restore_attr = __ATTR(restore, 0200, NULL,
						   sysfs_restore_store);
static struct kobj_attribute sysfs_result_attr = __ATTR(result, 0400, sysfs_result_show,
						  NULL);

static struct attribute *sysfs_main_attrs[] = {
	&sysfs_reclaim_attr.attr,
	&sysfs_age_attr.attr,
	&sysfs_restore_attr.attr,
	&sysfs_result_attr.attr,
	&prc_number_batch_pages.kobj_attr.attr,
	&prc_number_threads.kobj_attr.attr,
	&prc_number_first_app_uid.kobj_attr.attr,
	&prc_number_compact_order.kobj_attr.attr,
	NULL,
};

static const struct attribute_group sysfs_main_group = { .attrs = sysfs_main_attrs };

/**
 * prc_count_show() - print a counter
 * @kobj: kobject of the directory
 * @attr: attribute in a struct prc_count_attribute
 * @buf: page to print to
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

static struct attribute *sysfs_stats_attrs[] = {
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

static const struct attribute_group sysfs_stats_group = {
	.name = "stats",
	.attrs = sysfs_stats_attrs,
};

/*
 * The group with the files to which requests are written comes last: nothing can fail
 * after it, so no error path has to wait for a request.
 */
static const struct attribute_group *sysfs_groups[] = {
	&sysfs_stats_group,
	&sysfs_main_group,
	NULL,
};

static struct kobject *sysfs_root;

/**
 * prc_sysfs_init() - create /sys/kernel/proc_reclaim
 *
 * Context: module load, after everything that a file can call.
 * Return: 0; or a negative errno, with every file removed.
 */
int prc_sysfs_init(void)
{
	int err;

	sysfs_root = kobject_create_and_add("proc_reclaim", kernel_kobj);
	if (!sysfs_root)
		return -ENOMEM;
	err = sysfs_create_groups(sysfs_root, prc_worker_groups);
	if (err)
		goto no_worker_groups;
	err = sysfs_create_groups(sysfs_root, sysfs_groups);
	if (err)
		goto no_groups;
	return 0;

no_groups:
	sysfs_remove_groups(sysfs_root, prc_worker_groups);
no_worker_groups:
	kobject_put(sysfs_root);
	return err;
}

/**
 * prc_sysfs_exit() - remove the files
 *
 * Context: module unload, after prc_reclaim_stop(). Waits for the requests that were
 *	    written to the files.
 */
void prc_sysfs_exit(void)
{
	sysfs_remove_groups(sysfs_root, sysfs_groups);
	sysfs_remove_groups(sysfs_root, prc_worker_groups);
	kobject_put(sysfs_root);
}
