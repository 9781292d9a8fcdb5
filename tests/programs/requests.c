// SPDX-License-Identifier: GPL-2.0
/*
 * requests [--seed N] PROCS...: write requests of all kinds, to reclaim, age and
 * restore, good and bad, through sysfs and debugfs, at the processes that the files
 * PROCS list (they are cgroup.procs), until SIGTERM. What debugfs answers is checked: each page
 * scanned was isolated or skipped for one reason, and no more were reclaimed
 * than isolated. Then one line of counts:
 *
 *   done writes= ok= reclaimed= gone= EINVAL= ...
 *
 * gone= counts what found no module: it may be unloaded at any time. An errno that
 * sysfs-ABI.md does not list, a good request refused as bad, or a bad one that is
 * taken, is printed, and ends the program with status 3.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYSFS "/sys/kernel/proc_reclaim/"
#define DEBUGFS "/sys/kernel/debug/proc_reclaim/"
#define MAX_PIDS 256
#define MAX_AREAS 512
/* A list of processes or areas is used that often before it is read again. */
#define USES_OF_LIST 20
#define MAX_REST_US 20000

enum { WRONG = 3 };

static const struct {
	int number;
	const char *name;
} expected_errors[] = {
	{ EINVAL, "EINVAL" }, { ESRCH, "ESRCH" }, { EPERM, "EPERM" },
	{ ENOSPC, "ENOSPC" }, { EINTR, "EINTR" }, { ENOMEM, "ENOMEM" },
};
#define NR_ERRORS (sizeof(expected_errors) / sizeof(expected_errors[0]))

/* What is written where. Half of all go to debugfs, where each has its result. */
static const struct target_file {
	const char *path;
	bool has_type;
	bool has_result;
} target_files[] = {
	{ DEBUGFS "request", true, true },
	{ DEBUGFS "request", true, true },
	{ DEBUGFS "request", true, true },
	{ SYSFS "reclaim", true, false },
	{ SYSFS "age", false, false },
	{ SYSFS "restore", false, false },
};
#define NR_TARGET_FILES (sizeof(target_files) / sizeof(target_files[0]))

static uint64_t dice = 1;
static volatile sig_atomic_t stop;
static char **lists;
static int nr_lists;
static int pids[MAX_PIDS];
static unsigned int nr_pids;
static uint64_t writes, ok, gone, reclaimed, reads, errors[NR_ERRORS];

static uint64_t roll(uint64_t sides)
{
	uint64_t x = dice += 0x9e3779b97f4a7c15;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return (x ^ (x >> 31)) % sides;
}

static void __attribute__((noreturn, format(printf, 1, 2))) wrong(const char *format, ...)
{
	va_list args;

	printf("WRONG requests: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
	_exit(WRONG);
}

static void read_pids(void)
{
	int i, pid;
	FILE *file;

	nr_pids = 0;
	for (i = 0; i < nr_lists; i++) {
		file = fopen(lists[i], "re");
		if (!file)
			continue;
		while (nr_pids < MAX_PIDS && fscanf(file, "%d", &pid) == 1)
			pids[nr_pids++] = pid;
		fclose(file);
	}
}

static int some_pid(void)
{
	if (writes % USES_OF_LIST == 0 || !nr_pids)
		read_pids();
	switch (roll(16)) {
	case 0:
		return getpid();
	case 1:
		return 1;
	case 2:
		return 2 + (int)roll(64);		/* kernel threads, or nothing */
	case 3:
		return 1 + (int)roll(1 << 20);
	default:
		return nr_pids ? pids[roll(nr_pids)] : 1;
	}
}

/* A part of the process's memory: an area, several, or what lies between them. */
static void some_range(int pid, uint64_t *start, uint64_t *len)
{
	static uint64_t areas[MAX_AREAS][2];
	unsigned int nr = 0, first, last;
	char path[64], line[512];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	file = fopen(path, "re");
	while (file && nr < MAX_AREAS && fgets(line, sizeof(line), file))
		if (sscanf(line, "%" SCNx64 "-%" SCNx64, &areas[nr][0], &areas[nr][1]) == 2 &&
		    areas[nr][1] < 1ULL << 47)
			nr++;
	if (file)
		fclose(file);
	if (!nr || roll(8) == 0) {
		*start = roll(1ULL << 34) << 12;
		*len = 1 + roll(1ULL << 40);
		return;
	}
	first = (unsigned int)roll(nr);
	last = first + (unsigned int)roll(nr - first < 4 ? nr - first : 4);
	*start = areas[first][0] + roll((areas[first][1] - areas[first][0]) / 4096) * 4096;
	*len = areas[last][1] - *start;
	if (roll(2))
		*len = 1 + roll(*len);
}

static const char *some_type(void)
{
	static const char *const types[] = { "file", "anon", "all" };

	return types[roll(3)];
}

static size_t add_filters(char *text, size_t len, size_t size)
{
	static const char suffixes[] = "KMG";

	if (roll(4) == 0)
		len += (size_t)snprintf(text + len, size - len, " cold");
	if (roll(4) == 0)
		len += (size_t)snprintf(text + len, size - len, " inactive");
	if (roll(3) == 0)
		len += (size_t)snprintf(text + len, size - len, " max=%" PRIu64 "%c",
					4 + roll(4096), suffixes[roll(3)]);
	if (roll(3) == 0)
		len += (size_t)snprintf(text + len, size - len, " ms=%" PRIu64,
					1 + roll(roll(2) ? 50 : 2000));
	return len;
}

/* Good by its grammar; but a range may lie outside of what the process can map. */
static size_t good_request(char *text, size_t size, bool has_type, bool *may_be_invalid)
{
	uint64_t start, rest;
	size_t len;
	int pid;

	if (has_type && roll(24) == 0) {
		len = (size_t)snprintf(text, size, "system %s", some_type());
	} else if (roll(3) == 0) {
		pid = some_pid();
		some_range(pid, &start, &rest);
		/* It may have called execve() meanwhile, and has less address space. */
		*may_be_invalid = true;
		len = (size_t)snprintf(text, size, roll(2) ? "%d %#" PRIx64 " %" PRIu64 :
				       "%d %" PRIu64 " %#" PRIx64, pid, start, rest);
	} else if (has_type) {
		len = (size_t)snprintf(text, size, "%d %s", some_pid(), some_type());
	} else {
		len = (size_t)snprintf(text, size, "%d", some_pid());
	}
	if (has_type)
		len = add_filters(text, len, size);
	if (roll(2))
		text[len++] = '\n';
	return len;
}

static size_t bad_request(char *text, size_t size)
{
	static const char *const bad[] = {
		"", "\n", " ", "0 anon", "-1 anon", "1 none", "0", "1 anon anon", "1 anon max=0",
		"1 anon max=1", "1 anon ms=0", "1 anon ms=4294967296", "1 0x1 4096", "1 4096 0",
		"1 0x1000 0xffffffffffffffff", "1 0xfffffffffffff000 4096", "1 anon inactive inactive",
		"system", "system 0 4096", "1 anon cold cold", "2147483648 anon", "1 anon\n\n",
		"1 anon max=16E max=4K", "1,anon", "1 all ms=5 ms=6", "1 0x800000000000000 4096",
	};
	size_t len, i;

	if (roll(4)) {
		len = (size_t)snprintf(text, size, "%s", bad[roll(sizeof(bad) / sizeof(bad[0]))]);
	} else if (roll(2)) {
		len = roll(size);
		memset(text, 'a' + (int)roll(26), len);
		len = len ? len : 1;
	} else {
		/* No first word of a request begins so. */
		len = 1 + roll(80);
		for (i = 0; i < len; i++)
			text[i] = (char)roll(256);
		text[0] = '!';
	}
	/* write() of nothing never reaches sysfs. */
	if (!len)
		text[len++] = '\n';
	return len;
}

static bool note_error(int error)
{
	size_t i;

	for (i = 0; i < NR_ERRORS; i++) {
		if (expected_errors[i].number == error) {
			errors[i]++;
			return true;
		}
	}
	/* The module is gone, or on its way. */
	if (error == ENOENT || error == ENODEV || error == EIO || error == ENXIO) {
		gone++;
		return true;
	}
	return false;
}

static uint64_t field(const char *line, const char *name)
{
	const char *at = strstr(line, name);

	if (!at)
		wrong("no %s in '%s'", name, line);
	return strtoull(at + strlen(name), NULL, 10);
}

static void check_result(const char *line)
{
	uint64_t skipped = 0, scanned = field(line, " scanned="), isolated = field(line, " isolated=");
	const char *at = line;

	while ((at = strstr(at, " skipped_"))) {
		at = strchr(at, '=') + 1;
		skipped += strtoull(at, NULL, 10);
	}
	if (scanned != isolated + skipped)
		wrong("%" PRIu64 " scanned, but %" PRIu64 " isolated and %" PRIu64 " passed over: %s", scanned,
		      isolated, skipped, line);
	if (field(line, " reclaimed=") > isolated)
		wrong("more reclaimed than isolated: %s", line);
	reclaimed += field(line, " reclaimed=");
}

static void read_result(int fd, bool taken)
{
	char line[4096];
	ssize_t len = read(fd, line, sizeof(line) - 1);

	if (len < 0)
		note_error(errno);
	if (len <= 0 && taken && len == 0)
		wrong("a request was taken, but has no result");
	if (len > 0 && !taken)
		wrong("a refused request has a result");
	if (len <= 0)
		return;
	line[len] = 0;
	check_result(line);
}

static void one_write(void)
{
	const struct target_file *file = &target_files[roll(NR_TARGET_FILES)];
	bool is_bad = roll(5) == 0, may_be_invalid = false;
	const char *path = file->path;
	char text[2048];
	size_t len;
	ssize_t done;
	int fd;

	len = is_bad ? bad_request(text, sizeof(text)) :
		       good_request(text, sizeof(text), file->has_type, &may_be_invalid);
	writes++;
	fd = open(path, (file->has_result ? O_RDWR : O_WRONLY) | O_CLOEXEC);
	if (fd < 0) {
		if (!note_error(errno))
			wrong("open of %s: %s", path, strerror(errno));
		/* Until it is loaded again there is nothing to do. */
		usleep(200000);
		return;
	}
	done = write(fd, text, len);
	if (done < 0) {
		int error = errno;

		if (!note_error(error))
			wrong("'%.*s' to %s: %s", (int)len, text, path, strerror(error));
		if (error == EINVAL && !is_bad && !may_be_invalid)
			wrong("a good request was refused: '%.*s'", (int)len, text);
	} else {
		ok++;
		if (is_bad)
			wrong("a bad request was taken: '%.*s'", (int)len, text);
	}
	if (file->has_result)
		read_result(fd, done >= 0);
	close(fd);
}

/* What the module shows, read to its end. */
static void one_read(void)
{
	static const char *const files[] = {
		SYSFS "result", SYSFS "worker/state", SYSFS "worker/pending", SYSFS "stats/errors",
		SYSFS "throttle/adj_exclude", DEBUGFS "processes", DEBUGFS "decisions", DEBUGFS "bindings",
	};
	int fd = open(files[roll(sizeof(files) / sizeof(files[0]))], O_RDONLY | O_CLOEXEC);
	char buffer[512];

	if (fd < 0)
		return;
	while (read(fd, buffer, 1 + roll(sizeof(buffer))) > 0)
		;
	reads++;
	close(fd);
}

static void on_term(int signal)
{
	(void)signal;
	stop = 1;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_term };
	size_t i;

	if (argc > 2 && !strcmp(argv[1], "--seed")) {
		dice = strtoull(argv[2], NULL, 0);
		argv += 2;
		argc -= 2;
	}
	if (argc < 2) {
		fprintf(stderr, "usage: requests [--seed N] PROCS...\n");
		return 2;
	}
	lists = argv + 1;
	nr_lists = argc - 1;
	sigaction(SIGTERM, &action, NULL);
	while (!stop) {
		one_write();
		if (roll(4) == 0)
			one_read();
		/* The targets need processor time too. */
		usleep((useconds_t)roll(MAX_REST_US));
	}
	printf("done writes=%" PRIu64 " ok=%" PRIu64 " reclaimed=%" PRIu64 " reads=%" PRIu64 " gone=%" PRIu64,
	       writes, ok, reclaimed, reads, gone);
	for (i = 0; i < NR_ERRORS; i++)
		printf(" %s=%" PRIu64, expected_errors[i].name, errors[i]);
	putchar('\n');
	return 0;
}
