// SPDX-License-Identifier: GPL-2.0
/*
 * Load a policy file. If the module rejects a value, restore the settings written before it, so
 * that either all settings change or none.
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

/* --- parsing --- */

struct policy_file {
	FILE *stream;
	const char *path;
	const struct policy *current;
	struct policy wanted;
	int line;
	char error[256];	/* the first error */
};

__attribute__((format(printf, 2, 3)))
static void complain(struct policy_file *file, const char *format, ...)
{
	va_list args;
	int len;

	if (*file->error)
		return;
	len = snprintf(file->error, sizeof(file->error), "%s:%d: ", file->path,
		       file->line);
	if (len >= (int)sizeof(file->error))
		return;
	va_start(args, format);
	vsnprintf(file->error + len, sizeof(file->error) - len, format, args);
	va_end(args);
}

/* Count the lines here, because libinih may be built without line numbers. */
static char *read_line(char *line, int size, void *user)
{
	struct policy_file *file = user;

	/* Stop after an error, because libinih would continue. */
	if (*file->error || !fgets(line, size, file->stream))
		return NULL;
	file->line++;
	/* libinih would parse the rest of a long line as another line. */
	if (!strchr(line, '\n') && !feof(file->stream)) {
		complain(file, "line too long, or not text");
		return NULL;
	}
	return line;
}

static int take_setting(void *user, const char *section, const char *key,
			const char *value)
{
	struct policy_file *file = user;
	char *name;

	if (asprintf(&name, "%s%s%s", section, *section ? "/" : "", key) < 0)
		abort();
	if (!policy_find(file->current, name)) {
		complain(file, "unknown setting '%s'", name);
	} else if (policy_find(&file->wanted, name)) {
		complain(file, "duplicate setting '%s' (a line that begins with a "
			 "blank continues the previous line)", name);
	} else {
		policy_add(&file->wanted, name, strdup(value), file->line);
		return 1;
	}
	free(name);
	return 0;
}

/* Parse the file. Return EXIT_DONE, or print an error and return its exit code. */
static int parse_file(struct policy_file *file)
{
	int line;

	file->stream = fopen(file->path, "re");
	if (!file->stream)
		return fail_file(file->path, -errno);
	line = ini_parse_stream(read_line, file, take_setting, file);
	if (ferror(file->stream))
		complain(file, "%s", strerror(errno));
	if (line && !*file->error) {
		file->line = line;
		complain(file, "malformed line: expected '[section]' or 'name = value'");
	}
	fclose(file->stream);
	if (*file->error)
		return fail(EXIT_FAILED, "%s; no setting was changed", file->error);
	if (!file->wanted.count)
		return fail(EXIT_FAILED, "%s: no settings in this file", file->path);
	return EXIT_DONE;
}

/* --- writing the settings --- */

/*
 * Return the position of a setting in the order of writes. Settings that disable something are
 * written first and those that enable it last, so that the module never acts on half of a
 * policy. worker/enabled is always last, because disabling the worker discards its state, which
 * a later error could not restore.
 */
static int write_order(const struct setting *setting)
{
	if (!strcmp(setting->name, "worker/enabled"))
		return 3;
	if (strcmp(setting->name, "lowmem/enabled") && strcmp(setting->name, KILL))
		return 1;
	return strcmp(setting->value, "0") ? 2 : 0;
}

static int compare_order(const void *a, const void *b)
{
	const struct setting *one = a, *other = b;
	int difference = write_order(one) - write_order(other);

	return difference ? difference : one->line - other->line;
}

/* Remove settings that already have the wanted value. */
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

/*
 * Does lowmem/kill stay on while a level changes? A level is one value in each of two files, so
 * the module could kill by a mixture of old and new values.
 */
static bool kills_while_writing(const struct policy *wanted, const struct policy *current)
{
	const struct setting *kill = policy_find(current, KILL);

	return kill && !strcmp(kill->value, "1") && !policy_find(wanted, KILL) &&
	       (policy_find(wanted, "lowmem/minfree") || policy_find(wanted, "lowmem/adj"));
}

struct write_result {
	int err;
	size_t at;		/* index of the rejected setting */
	char stuck[512];	/* names of settings that could not be restored */
};

static void restore_setting(struct write_result *result, const struct policy *current,
			    const char *name)
{
	size_t len = strlen(result->stuck);

	if (write_setting(name, policy_find(current, name)->value))
		snprintf(result->stuck + len, sizeof(result->stuck) - len, "%s%s",
			 len ? ", " : "", name);
}

/* Write either all settings or none. */
static struct write_result write_all(const struct policy *wanted, const struct policy *current)
{
	bool kills = kills_while_writing(wanted, current);
	struct write_result result = { 0 };
	const struct setting *setting;
	sigset_t all, before;
	size_t i;

	/* A signal here would leave half of a policy. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	if (kills)
		write_setting(KILL, "0");
	for (i = 0; i < wanted->count && !result.err; i++) {
		setting = &wanted->settings[i];
		result.err = write_setting(setting->name, setting->value);
		result.at = i;
	}
	/* Restore in reverse order, so that a setting is disabled before those it needs. */
	for (i = result.at; result.err && i--; )
		restore_setting(&result, current, wanted->settings[i].name);
	if (kills)
		restore_setting(&result, current, KILL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return result;
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
	       dry_run ? "would change" : "changed");
}

static int apply(struct policy_file *file, bool dry_run)
{
	struct policy *wanted = &file->wanted;
	struct write_result result = { 0 };
	const struct setting *refused;

	drop_unchanged(wanted, file->current);
	if (wanted->count)
		qsort(wanted->settings, wanted->count, sizeof(*wanted->settings),
		      compare_order);
	if (!dry_run)
		result = write_all(wanted, file->current);
	if (!result.err) {
		print_changes(wanted, file->current, dry_run);
		return EXIT_DONE;
	}
	refused = &wanted->settings[result.at];
	return fail(result.err == -EACCES || result.err == -EPERM ? EXIT_REFUSED : EXIT_FAILED,
		    "%s:%d: %s = %s: %s; %s%s", file->path, refused->line,
		    refused->name, refused->value, result.err == -EINVAL ?
			"the module rejected the value" : strerror(-result.err),
		    *result.stuck ? "could not restore: " : "no setting was changed",
		    result.stuck);
}

/* Lock out other loads, because two concurrent ones would restore each other's values. */
static int lock_policy(void)
{
	/* A file that only root can open, because any process can lock a file that it can open. */
	int fd = open(LOCK, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		warn("waiting for another process to unlock " LOCK);
		flock(fd, LOCK_EX);
	}
	return fd;
}

int policy_load_file(const char *path, bool dry_run)
{
	struct policy current = { 0 };
	struct policy_file file = { .path = path, .current = &current };
	int lock = -1, code;

	if (!dry_run) {
		lock = lock_policy();
		if (lock < 0)
			return fail_file(LOCK, lock);
	}
	policy_read_current(&current);
	code = parse_file(&file);
	if (code == EXIT_DONE)
		code = apply(&file, dry_run);
	if (lock >= 0)
		close(lock);
	policy_free(&current);
	policy_free(&file.wanted);
	return code;
}
