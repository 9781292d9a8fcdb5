/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control plane in /sys/kernel/proc_reclaim.
 */
#ifndef PRC_SYSFS_H
#define PRC_SYSFS_H

#include <linux/kobject.h>
#include <linux/sysfs.h>

/**
 * struct prc_number_attribute - a file that holds one number
 * @kobj_attr: attribute of the file
 * @value: the number, written under prc_policy_lock
 * @min: smallest value
 * @max: largest value
 */
struct prc_number_attribute {
	struct kobj_attribute kobj_attr;
	unsigned int *value;
	unsigned int min;
	unsigned int max;
};

ssize_t prc_number_show(struct kobject *kobj, struct kobj_attribute *attr,
			char *buf);
ssize_t prc_number_store(struct kobject *kobj, struct kobj_attribute *attr,
			 const char *buf, size_t len);

#define PRC_NUMBER(name_, value_, min_, max_)				\
	struct prc_number_attribute prc_number_##name_ = {		\
		.kobj_attr = __ATTR(name_, 0644, prc_number_show,	\
				    prc_number_store),			\
		.value = value_,					\
		.min = min_,						\
		.max = max_,						\
	}

/**
 * struct prc_count_attribute - a file that shows one counter
 * @kobj_attr: attribute of the file
 * @read: function that reads the counter
 * @which: argument of @read
 */
struct prc_count_attribute {
	struct kobj_attribute kobj_attr;
	unsigned long (*read)(unsigned int which);
	unsigned int which;
};

ssize_t prc_count_show(struct kobject *kobj, struct kobj_attribute *attr,
		       char *buf);

#define PRC_COUNT(name_, read_, which_)					\
	struct prc_count_attribute prc_count_##name_ = {		\
		.kobj_attr = __ATTR(name_, 0444, prc_count_show, NULL),	\
		.read = read_,						\
		.which = which_,					\
	}

/* The files of the worker, ended by NULL. */
extern const struct attribute_group *prc_worker_groups[];

int prc_sysfs_init(void);
void prc_sysfs_exit(void);

#endif
