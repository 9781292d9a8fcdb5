// SPDX-License-Identifier: GPL-2.0
/*
 * Loading a policy file, whole or not at all: what the module refuses puts back everything
 * before it.
 */
#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "policy.h"
#include "reclaimctl.h"

#define LOCK SYSFS "/reclaim"
#define KILL "lowmem/kill"

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
	if (!policy_find(reading->current, name)) {
		complain(reading, "there is no setting '%s'", name);
	} else if (policy_find(&reading->wanted, name)) {
		complain(reading, "%s is set twice (a line that begins with a blank "
			 "continues the one before it)", name);
	} else {
		policy_add(&reading->wanted, name, strdup(value), reading->line);
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
		if (strcmp(policy_find(current, setting->name)->value, setting->value)) {
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
	const struct setting *kill = policy_find(current, KILL);

	return kill && !strcmp(kill->value, "1") && !policy_find(wanted, KILL) &&
	       (policy_find(wanted, "lowmem/minfree") || policy_find(wanted, "lowmem/adj"));
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

	if (write_setting(name, policy_find(current, name)->value))
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
		add_text(change, "before", policy_find(current, setting->name)->value);
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
		       policy_find(current, wanted->settings[i].name)->value,
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

int policy_load_file(const char *path, bool dry_run)
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
	policy_read_current(&current);
	code = read_policy(&reading);
	if (code == EXIT_DONE)
		code = apply(&reading, dry_run);
	if (lock >= 0)
		close(lock);
	policy_free(&current);
	policy_free(&reading.wanted);
	return code;
}
