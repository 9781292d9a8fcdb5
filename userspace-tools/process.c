// SPDX-License-Identifier: GPL-2.0
/*
 * Read processes from /proc, and select them by the options of the user.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reclaimctl.h"

#define COMM_LEN 15		/* the kernel truncates longer names */
#define CGROUP_ROOT "/sys/fs/cgroup"
#define DELETED " (deleted)"	/* suffix of /proc/PID/exe if the file was removed */

static char *read_proc(int pid, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	return read_text(path);
}

/* The name can contain anything, also ") R 1", so it ends at the last parenthesis. */
static bool read_stat(struct process *process)
{
	char *text = read_proc(process->pid, "stat");
	char *begin = text ? strchr(text, '(') : NULL;
	char *end = begin ? strrchr(begin, ')') : NULL;
	bool found = false;

	if (end) {
		*end = '\0';
		snprintf(process->name, sizeof(process->name), "%s", begin + 1);
		found = sscanf(end + 1,
			       " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u"
			       " %*d %*d %*d %*d %*d %*d %llu", &process->start) == 1;
	}
	free(text);
	return found;
}

/* Return the number after @key in /proc/PID/status, or -1. */
static long long status_number(const char *status, const char *key)
{
	const char *line = strstr(status, key);

	return line ? atoll(line + strlen(key)) : -1;
}

static bool read_status(struct process *process)
{
	char *text = read_proc(process->pid, "status");
	const char *uid = text ? strstr(text, "\nUid:") : NULL;
	long long shmem_kb;

	if (!uid || sscanf(uid, "\nUid: %*u %u", &process->uid) != 1) {
		free(text);
		return false;
	}
	process->rss_kb = status_number(text, "\nVmRSS:");
	process->anon_kb = status_number(text, "\nRssAnon:");
	process->file_kb = status_number(text, "\nRssFile:");
	process->swap_kb = status_number(text, "\nVmSwap:");
	/* Count shared memory as anonymous, as the module does, because it goes to swap. */
	shmem_kb = status_number(text, "\nRssShmem:");
	if (shmem_kb > 0)
		process->anon_kb += shmem_kb;
	free(text);
	return true;
}

bool process_read(struct process *process, int pid)
{
	*process = (struct process){ .pid = pid };
	return read_stat(process) && read_status(process);
}

long long process_start_ms(const struct process *process)
{
	return process->start * 1000 / sysconf(_SC_CLK_TCK);
}

bool process_is_same(const struct process *process)
{
	struct process now = { .pid = process->pid };

	return read_stat(&now) && now.start == process->start;
}

/* Compare the file name of the program too, if the kernel may have truncated the name. */
static bool name_matches(const struct process *process, const char *pattern)
{
	char path[64], program[PATH_MAX];
	ssize_t len;

	if (!fnmatch(pattern, process->name, 0))
		return true;
	if (strlen(process->name) < COMM_LEN)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/exe", process->pid);
	len = readlink(path, program, sizeof(program) - 1);
	if (len < 0)
		return false;
	program[len] = '\0';
	/* A package upgrade removes the file of a running program. */
	len -= strlen(DELETED);
	if (len > 0 && !strcmp(program + len, DELETED))
		program[len] = '\0';
	return !fnmatch(pattern, basename(program), 0);
}

/* Is @path this cgroup, or one below it? */
static bool is_below(const char *path, const char *cgroup)
{
	size_t len = strlen(cgroup);

	while (len && cgroup[len - 1] == '/')
		len--;
	return !strncmp(path, cgroup, len) && (!path[len] || path[len] == '/');
}

/* A unit's cgroup has the unit's name, at any depth below its slices and users. */
static bool is_in_unit(const char *path, const char *unit)
{
	size_t len = strlen(unit);
	const char *part;

	for (part = path; (part = strchr(part, '/')); ) {
		part++;
		if (!strncmp(part, unit, len) && (!part[len] || part[len] == '/'))
			return true;
	}
	return false;
}

static bool cgroup_matches(int pid, const char *wanted,
			   bool (*matches)(const char *path, const char *wanted))
{
	char *text = read_proc(pid, "cgroup"), *line, *path, *rest;
	bool found = false;

	for (line = text ? strtok_r(text, "\n", &rest) : NULL; line && !found;
	     line = strtok_r(NULL, "\n", &rest)) {
		path = strchr(line, ':');
		path = path ? strchr(path + 1, ':') : NULL;
		found = path && matches(path + 1, wanted);
	}
	free(text);
	return found;
}

static bool is_selected(const struct selection *selection, const struct process *process)
{
	if (selection->name && !name_matches(process, selection->name))
		return false;
	if (selection->user && process->uid != selection->uid)
		return false;
	if (selection->cgroup &&
	    !cgroup_matches(process->pid, selection->cgroup, is_below))
		return false;
	return !selection->unit ||
	       cgroup_matches(process->pid, selection->unit, is_in_unit);
}

/* Convert the criteria to the forms used in /proc. */
static void resolve(struct selection *selection)
{
	const struct passwd *user;
	char *unit;

	if (selection->user) {
		user = getpwnam(selection->user);
		/* The kernel reserves UINT_MAX. */
		selection->uid = user ? user->pw_uid :
			parse_number("user", selection->user, 0, UINT_MAX - 1);
	}
	if (selection->cgroup && is_below(selection->cgroup, CGROUP_ROOT))
		selection->cgroup += strlen(CGROUP_ROOT);
	if (selection->cgroup && *selection->cgroup && *selection->cgroup != '/')
		usage_error("invalid cgroup '%s': expected a path as in /proc/PID/cgroup",
			    selection->cgroup);
	if (selection->unit && !strchr(selection->unit, '.')) {
		if (asprintf(&unit, "%s.service", selection->unit) < 0)
			abort();
		selection->unit = unit;
	}
}

/* Sort the largest first, so that an interrupted run has freed the most. */
static int compare_size(const void *a, const void *b)
{
	const struct process *one = a, *other = b;

	return (one->rss_kb < other->rss_kb) - (one->rss_kb > other->rss_kb);
}

static void add(struct process **list, size_t *count, const struct process *process)
{
	/* Double the size at each power of two. */
	if (!(*count & (*count - 1)))
		*list = reallocarray(*list, *count ? 2 * *count : 1, sizeof(**list));
	if (!*list)
		abort();
	(*list)[(*count)++] = *process;
}

static struct process *walk_proc(const struct selection *selection, size_t *count)
{
	struct process *list = NULL, process;
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc)))
		if (isdigit(entry->d_name[0]) &&
		    process_read(&process, atoi(entry->d_name)) && process.rss_kb >= 0 &&
		    is_selected(selection, &process))
			add(&list, count, &process);
	if (proc)
		closedir(proc);
	return list;
}

static struct process *look_up(const struct selection *selection, size_t *count)
{
	struct process *list = NULL, process;
	size_t i;

	for (i = 0; i < selection->nr_pids; i++)
		if (!process_read(&process, selection->pids[i]) ||
		    is_selected(selection, &process))
			add(&list, count, &process);
	return list;
}

struct process *select_processes(struct selection *selection, size_t *count)
{
	struct process *list;
	size_t i, kept = 0;

	*count = 0;
	resolve(selection);
	if (selection->nr_pids)
		return look_up(selection, count);
	list = walk_proc(selection, count);
	for (i = 0; i < *count; i++)
		if (list[i].pid != getpid())
			list[kept++] = list[i];
	*count = kept;
	if (kept)
		qsort(list, kept, sizeof(*list), compare_size);
	return list;
}

struct process *all_processes(size_t *count)
{
	*count = 0;
	return walk_proc(&(struct selection){ 0 }, count);
}
