/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Declarations shared by the files of "reclaimctl policy". A policy is a list of settings.
 */
#ifndef POLICY_H
#define POLICY_H

#include <stdbool.h>
#include <stddef.h>

struct setting {
	char *name;		/* path below SYSFS: "throttle/bfgs_ms" */
	char *value;
	int line;		/* in the loaded file */
};

struct policy {
	struct setting *settings;
	size_t count;
};

/* policy_add() - add a setting, which takes ownership of @name and @value */
void policy_add(struct policy *policy, char *name, char *value, int line);
/* policy_find() - return the setting with this name, or NULL */
struct setting *policy_find(const struct policy *policy, const char *name);
void policy_free(struct policy *policy);
/* policy_read_current() - read all settings of the module */
void policy_read_current(struct policy *policy);

/*
 * policy_load_file() - load an INI file, and print the changes
 *
 * Return: an exit code.
 */
int policy_load_file(const char *path, bool dry_run);

#endif
