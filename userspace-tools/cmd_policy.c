// SPDX-License-Identifier: GPL-2.0
/*
 * reclaimctl policy: all settings of the module as one INI file. A file is loaded
 * whole or not at all: what the module refuses puts back everything before it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reclaimctl.h"

#define KEY_PROFILE LONG_ONLY
#define KEY_DRY_RUN (LONG_ONLY + 1)
#define LOCK SYSFS "/reclaim"
#define KILL "lowmem/kill"

struct setting {
	char *name;		/* of the file below SYSFS: "throttle/bfgs_ms" */
	char *value;
	int line;		/* of the file that is loaded */
};

struct policy {
	struct setting *settings;
	size_t count;
};

static void add_setting(struct policy *policy, char *name, char *value, int line)
{
	policy->settings = reallocarray(policy->settings, policy->count + 1,
					sizeof(*policy->settings));
	if (!policy->settings || !name || !value)
		abort();
	policy->settings[policy->count++] = (struct setting){ name, value, line };
}

static struct setting *find_setting(const struct policy *policy, const char *name)
{
	size_t i;

	for (i = 0; i < policy->count; i++)
		if (!strcmp(policy->settings[i].name, name))
			return &policy->settings[i];
	return NULL;
}

static void free_policy(struct policy *policy)
{
	while (policy->count--) {
		free(policy->settings[policy->count].name);
		free(policy->settings[policy->count].value);
	}
	free(policy->settings);
}

/* --- the module's --- */

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
 * A setting is what can be read and written; the module itself says which there are. But
 * whether somebody is awake is no policy: who says it says it many times a day.
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
		add_setting(policy, strdup(name), value, 0);
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

/* Those of no section come first, as an INI file has it. */
static void read_current(struct policy *policy)
{
	read_settings(policy, "", false);
	read_settings(policy, "", true);
}

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
	no_more_words(argc, argv);
	if (module_missing())
		return EXIT_NO_MODULE;
	read_current(&current);
	if (json_wanted)
		print_json(policy_object(&current));
	else
		print_ini(stdout, &current);
	free_policy(&current);
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
	if (argc - optind != 1)
		usage_error("one FILE is needed");
	if (module_missing())
		return EXIT_NO_MODULE;
	file = open_memstream(&text, &len);
	if (!file)
		abort();
	read_current(&current);
	fprintf(file, "# The settings of proc_reclaim; sysfs-ABI.md says what each means.\n");
	print_ini(file, &current);
	fclose(file);
	err = save_file(argv[optind], text);
	free(text);
	free_policy(&current);
	return err ? fail_file(argv[optind], err) : EXIT_DONE;
}

/* --- reading a file --- */

struct reading {
	FILE *file;
	const char *path;
	const struct policy *current;
	struct policy wanted;
	int line;
	char error[256];	/* the first one */
};

__attribute__((format(printf, 2, 3)))
static void complain(struct reading *reading, const char *format, ...)
{
	va_list args;
	int len;

	if (*reading->error)
		return;
	len = snprintf(reading->error, sizeof(reading->error), "%s:%d: ", reading->path,
		       reading->line);
	if (len >= (int)sizeof(reading->error))
		return;
	va_start(args, format);
	vsnprintf(reading->error + len, sizeof(reading->error) - len, format, args);
	va_end(args);
}

/* libinih may be built without line numbers: they are counted where it reads. */
static char *read_line(char *line, int size, void *user)
{
	struct reading *reading = user;

	/* It would go on after an error, with lines that count no more. */
	if (*reading->error || !fgets(line, size, reading->file))
		return NULL;
	reading->line++;
	/* The rest of a long line would be taken for the next one. */
	if (!strchr(line, '\n') && !feof(reading->file)) {
		complain(reading, "the line is too long, or is no text");
		return NULL;
	}
	return line;
}

static int take_setting(void *user, const char *section, const char *key,
			const char *value)
{
	struct reading *reading = user;
	char *name;

	if (asprintf(&name, "%s%s%s", section, *section ? "/" : "", key) < 0)
		abort();
	if (!find_setting(reading->current, name)) {
		complain(reading, "there is no setting '%s'", name);
	} else if (find_setting(&reading->wanted, name)) {
		complain(reading, "%s is set twice (a line that begins with a blank "
			 "continues the one before it)", name);
	} else {
		add_setting(&reading->wanted, name, strdup(value), reading->line);
		return 1;
	}
	free(name);
	return 0;
}

/* Return: EXIT_DONE, or having said why not another code. */
static int read_policy(struct reading *reading)
{
	int line;

	reading->file = fopen(reading->path, "re");
	if (!reading->file)
		return fail_file(reading->path, -errno);
	line = ini_parse_stream(read_line, reading, take_setting, reading);
	if (ferror(reading->file))
		complain(reading, "%s", strerror(errno));
	if (line && !*reading->error) {
		reading->line = line;
		complain(reading, "neither '[section]' nor 'name = value'");
	}
	fclose(reading->file);
	if (*reading->error)
		return fail(EXIT_FAILED, "%s; nothing was changed", reading->error);
	if (!reading->wanted.count)
		return fail(EXIT_FAILED, "%s: has no settings", reading->path);
	return EXIT_DONE;
}

/* --- loading it --- */

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

/*
 * Nothing is to act by half of a policy: what switches off goes first, what on last. The
 * worker is last also to go off: it loses what it remembers then, and that does not come
 * back when something is refused.
 */
static int turn(const struct setting *setting)
{
	if (!strcmp(setting->name, "worker/enabled"))
		return 3;
	if (strcmp(setting->name, "lowmem/enabled") && strcmp(setting->name, KILL))
		return 1;
	return strcmp(setting->value, "0") ? 2 : 0;
}

static int compare_turns(const void *a, const void *b)
{
	const struct setting *one = a, *other = b;
	int difference = turn(one) - turn(other);

	return difference ? difference : one->line - other->line;
}

/* Leaves only what is another value than the current one. */
static void drop_unchanged(struct policy *wanted, const struct policy *current)
{
	struct setting *setting;
	size_t i, kept = 0;

	for (i = 0; i < wanted->count; i++) {
		setting = &wanted->settings[i];
		if (strcmp(find_setting(current, setting->name)->value, setting->value)) {
			wanted->settings[kept++] = *setting;
			continue;
		}
		free(setting->name);
		free(setting->value);
	}
	wanted->count = kept;
}

/* Each level is a pair of values in two files, and one that kills stays on. */
static bool kills_by_what_changes(const struct policy *wanted, const struct policy *current)
{
	const struct setting *kill = find_setting(current, KILL);

	return kill && !strcmp(kill->value, "1") && !find_setting(wanted, KILL) &&
	       (find_setting(wanted, "lowmem/minfree") || find_setting(wanted, "lowmem/adj"));
}

/* What became of writing them. */
struct outcome {
	int err;
	size_t at;		/* the one that was refused */
	char stuck[512];	/* those that could not be put back after that */
};

static void put_back(struct outcome *outcome, const struct policy *current, const char *name)
{
	size_t len = strlen(outcome->stuck);

	if (write_setting(name, find_setting(current, name)->value))
		snprintf(outcome->stuck + len, sizeof(outcome->stuck) - len, "%s%s",
			 len ? ", " : "", name);
}

/* All or nothing. */
static struct outcome write_all(const struct policy *wanted, const struct policy *current)
{
	bool kills = kills_by_what_changes(wanted, current);
	struct outcome outcome = { 0 };
	const struct setting *setting;
	sigset_t all, before;
	size_t i;

	/* Whoever is interrupted here leaves half of a policy. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	if (kills)
		write_setting(KILL, "0");
	for (i = 0; i < wanted->count && !outcome.err; i++) {
		setting = &wanted->settings[i];
		outcome.err = write_setting(setting->name, setting->value);
		outcome.at = i;
	}
	/* The last one first, so that what was off goes off before what it needs. */
	for (i = outcome.at; outcome.err && i--; )
		put_back(&outcome, current, wanted->settings[i].name);
	if (kills)
		put_back(&outcome, current, KILL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return outcome;
}

static struct json_object *changes_object(const struct policy *wanted,
					  const struct policy *current)
{
	struct json_object *changes = json_object_new_array(), *change;
	const struct setting *setting;
	size_t i;

	for (i = 0; i < wanted->count; i++) {
		setting = &wanted->settings[i];
		change = json_object_new_object();
		add_text(change, "name", setting->name);
		add_text(change, "before", find_setting(current, setting->name)->value);
		add_text(change, "after", setting->value);
		json_object_array_add(changes, change);
	}
	return changes;
}

static void print_changes(const struct policy *wanted, const struct policy *current,
			  bool dry_run)
{
	struct json_object *object;
	size_t i;

	if (json_wanted) {
		object = json_object_new_object();
		json_object_object_add(object, "dry_run", json_object_new_boolean(dry_run));
		json_object_object_add(object, "changes", changes_object(wanted, current));
		print_json(object);
		return;
	}
	for (i = 0; i < wanted->count; i++)
		printf("%s: '%s' -> '%s'\n", wanted->settings[i].name,
		       find_setting(current, wanted->settings[i].name)->value,
		       wanted->settings[i].value);
	printf("%zu of %zu settings %s.\n", wanted->count, current->count,
	       dry_run ? "would be changed" : "changed");
}

static int apply(struct reading *reading, bool dry_run)
{
	struct policy *wanted = &reading->wanted;
	struct outcome outcome = { 0 };
	const struct setting *refused;

	drop_unchanged(wanted, reading->current);
	if (wanted->count)
		qsort(wanted->settings, wanted->count, sizeof(*wanted->settings),
		      compare_turns);
	if (!dry_run)
		outcome = write_all(wanted, reading->current);
	if (!outcome.err) {
		print_changes(wanted, reading->current, dry_run);
		return EXIT_DONE;
	}
	refused = &wanted->settings[outcome.at];
	return fail(outcome.err == -EACCES ? EXIT_REFUSED : EXIT_FAILED,
		    "%s:%d: %s = %s: %s; %s%s", reading->path, refused->line,
		    refused->name, refused->value, outcome.err == -EINVAL ?
			"the module refuses that value" : strerror(-outcome.err),
		    *outcome.stuck ? "could not be put back: " : "nothing was changed",
		    outcome.stuck);
}

static int load_file(const char *path, bool dry_run)
{
	struct policy current = { 0 };
	struct reading reading = { .path = path, .current = &current };
	int lock = -1, code;

	/*
	 * Two at a time would put back each other's values. Who can open a file can
	 * lock it for ever, so it is one that only root can.
	 */
	if (!dry_run) {
		lock = open(LOCK, O_WRONLY | O_CLOEXEC);
		if (lock < 0)
			return fail_file(LOCK, -errno);
		flock(lock, LOCK_EX);
	}
	read_current(&current);
	code = read_policy(&reading);
	if (code == EXIT_DONE)
		code = apply(&reading, dry_run);
	if (lock >= 0)
		close(lock);
	free_policy(&current);
	free_policy(&reading.wanted);
	return code;
}

static const struct option_row load_options[] = {
	{ KEY_PROFILE, "profile", "NAME", "that of 'reclaimctl policy list', not a FILE" },
	{ KEY_DRY_RUN, "dry-run", NULL, "show what would change, and change nothing" },
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
		usage_error("one FILE is needed, or --profile NAME");
	if (profile && strchr(profile, '/'))
		usage_error("a profile has a name, not a path");
	if (asprintf(&path, profile ? PROFILE_DIR "/%s.ini" : "%s",
		     profile ? profile : argv[optind]) < 0)
		abort();
	code = module_missing() ? EXIT_NO_MODULE : load_file(path, dry_run);
	free(path);
	return code;
}

/* --- list --- */

static int is_profile(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && ends_with(entry->d_name, ".ini");
}

/* A profile's first comment but the license's says what it is for. */
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
	no_more_words(argc, argv);
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
		return fail(EXIT_NOTHING, "there are no profiles in " PROFILE_DIR);
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
	.summary = "Set what an INI file says, all of it or nothing",
	.description =
"What the file does not name stays as it is. If anything in it is wrong, the line is\n"
"named and nothing is changed. With --dry-run values are not checked: only the\n"
"module knows which it takes.\n",
	.options = load_options,
	.run = load,
};

static const struct command list_command = {
	.name = "list",
	.arguments = "[OPTION...]",
	.summary = "List the profiles that come with reclaimctl",
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
