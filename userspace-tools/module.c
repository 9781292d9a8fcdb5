// SPDX-License-Identifier: GPL-2.0
/*
 * Access the module's files: settings, counters, tables, requests and their results.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reclaimctl.h"

#define RESULT_LEN 4096		/* longer than any result */

int module_missing(void)
{
	if (!access(SYSFS, F_OK))
		return EXIT_DONE;
	return fail(EXIT_NO_MODULE, "the module is not loaded: run 'modprobe proc_reclaim'; "
		    "if that fails, run 'reclaimctl doctor'");
}

/* Read to the end of the file, because sysfs and debugfs do not report its length. */
static char *read_fd(int fd)
{
	size_t size = 4096, len = 0;
	char *text = malloc(size);
	ssize_t got;

	for (;;) {
		if (!text)
			abort();
		got = read(fd, text + len, size - len - 1);
		if (got <= 0)
			break;
		len += got;
		if (len == size - 1)
			text = realloc(text, size *= 2);
	}
	if (got < 0) {
		free(text);
		return NULL;
	}
	if (len && text[len - 1] == '\n')
		len--;
	text[len] = '\0';
	return text;
}

char *read_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), error;
	char *text;

	if (fd < 0)
		return NULL;
	text = read_fd(fd);
	error = errno;
	close(fd);
	errno = error;
	return text;
}

/* Treat a short write as an error, because the module takes a text in one write. */
static int write_fd(int fd, const char *text)
{
	char *line;
	int len, err = 0;

	len = asprintf(&line, "%s\n", text);
	if (len < 0)
		abort();
	errno = 0;
	if (write(fd, line, len) != len)
		err = errno ? -errno : -EIO;
	free(line);
	return err;
}

int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = write_fd(fd, text);
	close(fd);
	return err;
}

static char *setting_path(const char *name)
{
	char *path;

	if (asprintf(&path, SYSFS "/%s", name) < 0)
		abort();
	return path;
}

char *read_setting(const char *name)
{
	char *path = setting_path(name), *text = read_text(path);

	free(path);
	return text;
}

int write_setting(const char *name, const char *value)
{
	char *path = setting_path(name);
	int err = write_text(path, value);

	free(path);
	return err;
}

long long read_count(const char *name)
{
	char *text = read_setting(name);
	long long count = text ? atoll(text) : -1;

	free(text);
	return count;
}

struct json_object *read_table(const char *path)
{
	char *text = read_text(path), *line, *rest;
	struct json_object *table;

	if (!text)
		return NULL;
	table = json_object_new_array();
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		json_object_array_add(table, parse_words(line));
	free(text);
	return table;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int list_directory(const char *name, struct dirent ***entries)
{
	char *path = setting_path(name);
	int count = scandir(path, entries, is_visible, alphasort);

	free(path);
	return count;
}

struct json_object *read_directory(const char *name)
{
	struct json_object *object = json_object_new_object();
	char *file, *text;
	struct dirent **entries = NULL;
	int count = list_directory(name, &entries), i;

	for (i = 0; i < count; i++) {
		if (asprintf(&file, "%s/%s", name, entries[i]->d_name) < 0)
			abort();
		text = read_setting(file);
		if (text)
			add_value(object, entries[i]->d_name, text);
		free(text);
		free(file);
		free(entries[i]);
	}
	free(entries);
	return object;
}

/* Use one open file of debugfs for both, because it returns the result of its own request. */
static int request_debugfs(int fd, const char *text, struct json_object **result)
{
	char line[RESULT_LEN];
	ssize_t len;
	int err;

	err = write_fd(fd, text);
	if (err)
		return err;
	len = read(fd, line, sizeof(line) - 1);
	if (len < 0)
		return -errno;
	line[len] = '\0';
	*result = len ? parse_words(line) : NULL;
	return 0;
}

/* A result of another process or type belongs to a concurrent request. */
static bool is_result_of(struct json_object *result, const char *file, const char *text)
{
	char pid[32] = "", type[32] = "";

	sscanf(text, "%31s %31s", pid, type);
	if (strcmp(file, "reclaim"))
		snprintf(type, sizeof(type), "%s", file);
	else if (isdigit(type[0]))
		strcpy(type, "range");
	/* atoll("system") is 0, the pid of a sweep's result. */
	return number_of(result, "pid") == atoll(pid) && !strcmp(text_of(result, "type"), type);
}

/* sysfs has only the last result. debugfs separates them, but has no age or restore. */
static struct json_object *last_result(const char *file, const char *text)
{
	char *line = read_setting("result");
	struct json_object *result = line ? parse_words(line) : NULL;

	free(line);
	if (is_result_of(result, file, text))
		return result;
	json_object_put(result);
	return NULL;
}

int request(const char *file, const char *text, struct json_object **result)
{
	int fd = -1, err;

	*result = NULL;
	if (!strcmp(file, "reclaim"))
		fd = open(DEBUGFS "/request", O_RDWR | O_CLOEXEC);
	if (fd >= 0) {
		err = request_debugfs(fd, text, result);
		close(fd);
		return err;
	}
	err = write_setting(file, text);
	if (!err)
		*result = last_result(file, text);
	return err;
}
