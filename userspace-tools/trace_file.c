// SPDX-License-Identifier: GPL-2.0
/*
 * Reading what trace-cmd has recorded, here or on another machine, by its own library.
 *
 * The library trusts a file: one that is cut or made to do harm crashes it, or has it read
 * beyond its memory. So a child without rights reads the file.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <trace-cmd.h>

#include "../trace/plugin_proc_reclaim.h"
#include "reclaimctl.h"
#include "trace_event.h"

#define MAGIC "\027\010Dtracing"
#define HEAD_BYTES 64		/* the magic, a version of a few digits, three numbers */
#define MAX_PAGE_SIZE (16 << 20)

#define MIB (1024 * 1024)
/* A million events of 100 bytes take some seconds; an emulator is slower by far. */
#define CPU_S 30
#define CPU_S_PER_MIB 10
#define MEMORY_MIB 2048
#define MEMORY_PER_SIZE 8
#define NOBODY 65534

struct reading {
	const char *path;
	const struct event_choice *choice;
	const struct event_sink *sink;
	int fd;
	off_t size;
	int page_size;
	bool found;
};

/* --- the file itself --- */

/*
 * The pages of the machine that recorded the file, which the library does not tell.
 * trace.dat(5): the magic, the version as text with its NUL, a byte for the endianness,
 * one for the size of a long, then the page size.
 */
static int file_page_size(int fd)
{
	unsigned char head[HEAD_BYTES] = { 0 };
	const size_t magic = sizeof(MAGIC) - 1;
	const unsigned char *bytes;
	uint32_t size;

	if (pread(fd, head, sizeof(head), 0) < 0 || memcmp(head, MAGIC, magic))
		return -1;
	bytes = memchr(head + magic, '\0', sizeof(head) - magic - 6);
	if (!bytes)
		return -1;
	bytes++;
	if (bytes[0])
		size = (uint32_t)bytes[2] << 24 | bytes[3] << 16 | bytes[4] << 8 | bytes[5];
	else
		size = (uint32_t)bytes[5] << 24 | bytes[4] << 16 | bytes[3] << 8 | bytes[2];
	return size && size <= MAX_PAGE_SIZE && !(size & (size - 1)) ? (int)size : -1;
}

/* Without O_NONBLOCK a pipe that nothing writes to would be waited for. */
static int open_file(struct reading *reading)
{
	struct stat stat;

	reading->fd = open(reading->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (reading->fd < 0 || fstat(reading->fd, &stat))
		return fail(errno == EACCES ? EXIT_REFUSED : EXIT_FAILED, "%s: %s",
			    reading->path, strerror(errno));
	reading->size = stat.st_size;
	reading->page_size = S_ISREG(stat.st_mode) ? file_page_size(reading->fd) : -1;
	if (reading->page_size < 0)
		return fail(EXIT_FAILED, "%s: not a file of trace-cmd", reading->path);
	return EXIT_DONE;
}

static int fail_damaged(const struct reading *reading)
{
	return fail(EXIT_FAILED, "%s: truncated or damaged trace file", reading->path);
}

/* --- the child --- */

/* The library believes the length that a record has of itself, but records end in their page. */
static void cut_to_page(struct tep_record *record, int page_size)
{
	int left = page_size - record->offset % page_size;

	if (record->size < 0 || record->size > left)
		record->size = record->size < 0 ? 0 : left;
}

static int take_record(struct tracecmd_input *input, struct tep_record *record, int cpu,
		       void *context)
{
	const struct event_kind *kind;
	struct reading *reading = context;
	const struct event_sink *sink = reading->sink;
	struct tep_event *event;

	(void)cpu;
	cut_to_page(record, reading->page_size);
	event = tep_find_event_by_record(tracecmd_get_tep(input), record);
	if (record->missed_events)
		sink->add(&lost_kind, NULL, record, sink->context);
	kind = event ? chosen_kind(reading->choice, event, record) : NULL;
	if (kind) {
		reading->found = true;
		sink->add(kind, event, record, sink->context);
	}
	return 0;
}

static int read_events(struct reading *reading)
{
	struct tracecmd_input *input;
	int err;

	tracecmd_set_loglevel(TEP_LOG_NONE);
	input = tracecmd_open_fd(reading->fd, TRACECMD_FL_LOAD_NO_PLUGINS);
	if (!input)
		return fail_damaged(reading);
	tep_set_page_size(tracecmd_get_tep(input), reading->page_size);
	TEP_PLUGIN_LOADER(tracecmd_get_tep(input));
	err = tracecmd_iterate_events(input, NULL, 0, take_record, reading);
	tracecmd_close(input);
	if (err)
		return fail(EXIT_FAILED, "%s: cannot be read to its end", reading->path);
	if (!reading->found)
		return fail(EXIT_NOTHING, "%s: no event of proc_reclaim that was asked for",
			    reading->path);
	if (reading->sink->end)
		return reading->sink->end(reading->sink->context, reading->page_size);
	return EXIT_DONE;
}

static void limit(int resource, rlim_t most)
{
	const struct rlimit limits = { most, most };

	/* Refused where the limit is lower already. */
	setrlimit(resource, &limits);
}

/* drop_root() - false where the child stays as it is: in a user namespace without such ids */
static bool drop_root(void)
{
	return !geteuid() && !setgroups(0, NULL) && !setresgid(NOBODY, NOBODY, NOBODY) &&
	       !setresuid(NOBODY, NOBODY, NOBODY);
}

/* The files are open, and the child needs nothing else. */
static void confine(off_t size)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	drop_root();
	/* Only now, because another uid clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NPROC, 0);
	limit(RLIMIT_CPU, CPU_S + size / MIB * CPU_S_PER_MIB);
	limit(RLIMIT_AS, (rlim_t)MEMORY_MIB * MIB + size * MEMORY_PER_SIZE);
}

/* --- the parent --- */

/* What ends a program from outside ends this one too. */
static int explain_signal(const struct reading *reading, int signal_number)
{
	switch (signal_number) {
	case SIGHUP:
	case SIGINT:
	case SIGPIPE:
	case SIGQUIT:
	case SIGTERM:
		raise(signal_number);
	}
	return fail_damaged(reading);
}

static int read_in_child(struct reading *reading)
{
	pid_t child;
	int status;

	/* What is in a buffer would be written twice. */
	fflush(NULL);
	child = fork();
	if (child < 0)
		return fail(EXIT_FAILED, "%s: no process to read it: %s", reading->path,
			    strerror(errno));
	if (child == 0) {
		confine(reading->size);
		exit(read_events(reading));
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		return explain_signal(reading, WTERMSIG(status));
	return WEXITSTATUS(status) <= EXIT_FAILED ? WEXITSTATUS(status) :
						    fail_damaged(reading);
}

int read_trace_file(const char *path, const struct event_choice *choice,
		    const struct event_sink *sink)
{
	struct reading reading = { .path = path, .choice = choice, .sink = sink };
	int status = open_file(&reading);

	if (!status)
		status = read_in_child(&reading);
	if (reading.fd >= 0)
		close(reading.fd);
	return status;
}
