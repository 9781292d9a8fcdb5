/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The settings of the module as one policy: what the files of "reclaimctl policy" share.
 */
#ifndef POLICY_H
#define POLICY_H

#include <stdbool.h>
#include <stddef.h>

struct setting {
	char *name;		/* of the file below SYSFS: "throttle/bfgs_ms" */
	char *value;
	int line;		/* of the file that is loaded */
};

struct policy {
	struct setting *settings;
	size_t count;
};

/* policy_add() - add a setting, which takes over the name and the value */
void policy_add(struct policy *policy, char *name, char *value, int line);
/* policy_find() - the setting of that name, or NULL */
struct setting *policy_find(const struct policy *policy, const char *name);
void policy_free(struct policy *policy);
/* policy_read_current() - add every setting that the module has */
void policy_read_current(struct policy *policy);

/*
 * policy_load_file() - set what an INI file says, and print what has changed
 *
 * Return: an exit code.
 */
int policy_load_file(const char *path, bool dry_run);

#endif
