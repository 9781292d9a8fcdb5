// SPDX-License-Identifier: GPL-2.0
/*
 * Lists of settings, and the current settings of the module.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "policy.h"
#include "reclaimctl.h"

void policy_add(struct policy *policy, char *name, char *value, int line)
{
	policy->settings = reallocarray(policy->settings, policy->count + 1,
					sizeof(*policy->settings));
	if (!policy->settings || !name || !value)
		abort();
	policy->settings[policy->count++] = (struct setting){ name, value, line };
}

struct setting *policy_find(const struct policy *policy, const char *name)
{
	size_t i;

	for (i = 0; i < policy->count; i++)
		if (!strcmp(policy->settings[i].name, name))
			return &policy->settings[i];
	return NULL;
}

void policy_free(struct policy *policy)
{
	while (policy->count--) {
		free(policy->settings[policy->count].name);
		free(policy->settings[policy->count].value);
	}
	free(policy->settings);
}

static mode_t mode_of(const char *name)
{
	struct stat stat;
	char *path;
	int err;

	if (asprintf(&path, SYSFS "/%s", name) < 0)
		abort();
	err = lstat(path, &stat);
	free(path);
	return err ? 0 : stat.st_mode;
}

static void read_settings(struct policy *policy, const char *dir, bool directories);

/*
 * Every file of the module that root can read and write is a setting, so this program needs no
 * list of them. worker/awake is none, because it is a state that changes many times a day.
 */
static void read_entry(struct policy *policy, const char *name, bool directories)
{
	mode_t mode = mode_of(name);
	char *value;

	if (directories && S_ISDIR(mode))
		read_settings(policy, name, false);
	if (directories || !S_ISREG(mode) || (mode & 0600) != 0600 ||
	    !strcmp(name, "worker/awake"))
		return;
	value = read_setting(name);
	if (value)
		policy_add(policy, strdup(name), value, 0);
}

static void read_settings(struct policy *policy, const char *dir, bool directories)
{
	struct dirent **entries;
	int count = list_directory(dir, &entries), i;
	char *name;

	for (i = 0; i < count; i++) {
		if (asprintf(&name, "%s%s%s", dir, *dir ? "/" : "", entries[i]->d_name) < 0)
			abort();
		read_entry(policy, name, directories);
		free(name);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/* Settings without a section come first, because an INI file needs that. */
void policy_read_current(struct policy *policy)
{
	read_settings(policy, "", false);
	read_settings(policy, "", true);
}
