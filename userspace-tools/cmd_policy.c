// SPDX-License-Identifier: GPL-2.0
/*
 * reclaimctl policy: show, save and load all settings of the module as one INI file.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policy.h"
#include "reclaimctl.h"

#define KEY_PROFILE LONG_ONLY
#define KEY_DRY_RUN (LONG_ONLY + 1)

/* --- show and save --- */

static void print_ini(FILE *file, const struct policy *policy)
{
	const char *section = "", *key;
	size_t len = 0, i;

	for (i = 0; i < policy->count; i++) {
		key = strchr(policy->settings[i].name, '/');
		key = key ? key + 1 : policy->settings[i].name;
		if (strncmp(section, policy->settings[i].name, len) ||
		    len != (size_t)(key - policy->settings[i].name)) {
			section = policy->settings[i].name;
			len = key - section;
			fprintf(file, "\n[%.*s]\n", (int)len - 1, section);
		}
		fprintf(file, "%s =%s%s\n", key, *policy->settings[i].value ? " " : "",
			policy->settings[i].value);
	}
}

static struct json_object *policy_object(const struct policy *policy)
{
	struct json_object *object = json_object_new_object();
	size_t i;

	for (i = 0; i < policy->count; i++)
		add_text(object, policy->settings[i].name, policy->settings[i].value);
	return object;
}

static const struct option_row json_options[] = {
	JSON_ROW,
	{ 0 }
};

static int show(const struct command *command, int argc, char **argv)
{
	struct policy current = { 0 };

	while (next_option(command, argc, argv) != -1)
		;
	no_operands(argc, argv);
	if (module_missing())
		return EXIT_NO_MODULE;
	policy_read_current(&current);
	if (json_wanted)
		print_json(policy_object(&current));
	else
		print_ini(stdout, &current);
	policy_free(&current);
	return EXIT_DONE;
}

static int save(const struct command *command, int argc, char **argv)
{
	struct policy current = { 0 };
	char *text;
	size_t len;
	FILE *file;
	int err;

	while (next_option(command, argc, argv) != -1)
		;
	if (argc == optind)
		usage_error("missing operand: FILE");
	if (argc - optind > 1)
		usage_error("unexpected argument '%s'", argv[optind + 1]);
	if (module_missing())
		return EXIT_NO_MODULE;
	file = open_memstream(&text, &len);
	if (!file)
		abort();
	policy_read_current(&current);
	fprintf(file, "# The settings of proc_reclaim; see proc_reclaim(7) and sysfs-ABI.md.\n");
	print_ini(file, &current);
	fclose(file);
	err = save_file(argv[optind], text);
	free(text);
	policy_free(&current);
	return err ? fail_file(argv[optind], err) : EXIT_DONE;
}

static const struct option_row load_options[] = {
	{ KEY_PROFILE, "profile", "NAME", "load a profile of 'reclaimctl policy list'" },
	{ KEY_DRY_RUN, "dry-run", NULL, "show the changes, but do not make them" },
	JSON_ROW,
	{ 0 }
};

static int load(const struct command *command, int argc, char **argv)
{
	const char *profile = NULL;
	bool dry_run = false;
	char *path = NULL;
	int key, code;

	while ((key = next_option(command, argc, argv)) != -1) {
		if (key == KEY_PROFILE)
			profile = optarg;
		else
			dry_run = true;
	}
	if ((argc - optind == 1) == !!profile || argc - optind > 1)
		usage_error("expected either one FILE or --profile NAME");
	if (profile && strchr(profile, '/'))
		usage_error("invalid profile '%s': expected a name, not a path", profile);
	if (asprintf(&path, profile ? PROFILE_DIR "/%s.ini" : "%s",
		     profile ? profile : argv[optind]) < 0)
		abort();
	if (module_missing())
		code = EXIT_NO_MODULE;
	else if (profile && access(path, F_OK))
		code = fail(EXIT_FAILED, "unknown profile '%s': run 'reclaimctl policy list'", profile);
	else
		code = policy_load_file(path, dry_run);
	free(path);
	return code;
}

/* --- list --- */

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

static int is_profile(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && ends_with(entry->d_name, ".ini");
}

/* Return the description of a profile: its first comment after the license. */
static char *purpose_of(const char *file)
{
	char *path, *text, *line, *rest, *purpose = NULL;

	if (asprintf(&path, PROFILE_DIR "/%s", file) < 0)
		abort();
	text = read_text(path);
	for (line = text ? strtok_r(text, "\n", &rest) : NULL; line && !purpose;
	     line = strtok_r(NULL, "\n", &rest))
		if (!strncmp(line, "# ", 2) && !strstr(line, "SPDX"))
			purpose = strdup(line + 2);
	free(text);
	free(path);
	return purpose ? purpose : strdup("");
}

static int list(const struct command *command, int argc, char **argv)
{
	struct json_object *profiles = json_object_new_object();
	struct dirent **entries;
	int count, i;

	while (next_option(command, argc, argv) != -1)
		;
	no_operands(argc, argv);
	count = scandir(PROFILE_DIR, &entries, is_profile, alphasort);
	for (i = 0; i < count; i++) {
		char *purpose = purpose_of(entries[i]->d_name);

		*strrchr(entries[i]->d_name, '.') = '\0';
		add_text(profiles, entries[i]->d_name, purpose);
		if (!json_wanted)
			printf("%-10s %s\n", entries[i]->d_name, purpose);
		free(purpose);
		free(entries[i]);
	}
	if (count < 1)
		return fail(EXIT_NOTHING, "no profiles in " PROFILE_DIR);
	free(entries);
	if (json_wanted)
		print_json(profiles);
	else
		json_object_put(profiles);
	return EXIT_DONE;
}

/* --- the commands --- */

static const struct command show_command = {
	.name = "show",
	.arguments = "[OPTION...]",
	.summary = "Print all settings as an INI file",
	.options = json_options,
	.run = show,
};

static const struct command save_command = {
	.name = "save",
	.arguments = "[OPTION...] FILE",
	.summary = "Write all settings to an INI file",
	.options = json_options,
	.run = save,
};

static const struct command load_command = {
	.name = "load",
	.arguments = "[OPTION...] FILE | --profile NAME",
	.summary = "Load settings from an INI file, either all or none",
	.description =
"Settings that are missing in the file do not change. If any line is invalid, an error\n"
"names the line, and no setting changes. --dry-run does not check the values, because\n"
"only the module can.\n",
	.options = load_options,
	.run = load,
};

static const struct command list_command = {
	.name = "list",
	.arguments = "[OPTION...]",
	.summary = "List the profiles installed with reclaimctl",
	.options = json_options,
	.run = list,
};

static const struct command *const commands[] = {
	&show_command,
	&save_command,
	&load_command,
	&list_command,
	NULL
};

const struct command policy_command = {
	.name = "policy",
	.arguments = "COMMAND [OPTION...]",
	.summary = "Show, save and load the module's settings",
	.commands = commands,
};
