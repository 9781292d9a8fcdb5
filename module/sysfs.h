/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control plane in /sys/kernel/proc_reclaim.
 */
#ifndef PRC_SYSFS_H
#define PRC_SYSFS_H

#include <linux/kobject.h>
#include <linux/sysfs.h>

#include "settings.h"

/**
 * struct prc_setting_attribute - a file that is one setting
 * @kobj_attr: the file
 * @print: prints the setting into a page, and returns the bytes printed
 * @parse: reads the setting from a terminated text; returns 0 or a negative errno. Called
 *	   by prc_settings_update(), so that it may sleep.
 * @offset: of the setting in struct prc_settings
 * @min: least value of a number
 * @max: greatest value of a number
 */
struct prc_setting_attribute {
	struct kobj_attribute kobj_attr;
	int (*print)(const struct prc_setting_attribute *setting,
		     const struct prc_settings *settings, char *buf);
	int (*parse)(const struct prc_setting_attribute *setting,
		     struct prc_settings *settings, const char *text,
		     size_t len);
	size_t offset;
	unsigned int min;
	unsigned int max;
};

ssize_t prc_setting_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf);
ssize_t prc_setting_store(struct kobject *kobj, struct kobj_attribute *attr,
			  const char *buf, size_t len);
int prc_setting_print_number(const struct prc_setting_attribute *setting,
			     const struct prc_settings *settings, char *buf);
int prc_setting_parse_number(const struct prc_setting_attribute *setting,
			     struct prc_settings *settings, const char *text,
			     size_t len);

#define PRC_SETTING_INIT(file_, member_, print_, parse_, min_, max_)	\
	{								\
		.kobj_attr = __ATTR(file_, 0644, prc_setting_show,	\
				    prc_setting_store),			\
		.print = print_,					\
		.parse = parse_,					\
		.offset = offsetof(struct prc_settings, member_),	\
		.min = min_,						\
		.max = max_,						\
	}

#define PRC_SETTING(name_, file_, member_, print_, parse_, min_, max_)	\
	struct prc_setting_attribute prc_setting_##name_ =		\
		PRC_SETTING_INIT(file_, member_, print_, parse_, min_, max_)

#define PRC_NUMBER(name_, member_, min_, max_)				\
	struct prc_setting_attribute prc_number_##name_ =		\
		PRC_SETTING_INIT(name_, member_, prc_setting_print_number, \
				 prc_setting_parse_number, min_, max_)

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

extern const struct attribute_group prc_decisions_group;
extern const struct attribute_group prc_runs_group;

int prc_sysfs_init(void);
void prc_sysfs_exit(void);

#endif
