// SPDX-License-Identifier: GPL-2.0
/*
 * Read a recording of trace-cmd with libtracecmd.
 *
 * Libtracecmd trusts the file: a truncated or malicious one can crash it, or make it read out of
 * bounds. Therefore an unprivileged child process reads the file.
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
#define HEAD_BYTES 64		/* enough for magic, version and three numbers */
#define MAX_PAGE_SIZE (16 << 20)

#define MIB (1024 * 1024)
/* A million events of 100 bytes take a few seconds, but emulated CPUs are much slower. */
#define CPU_S 30
#define CPU_S_PER_MIB 10
#define MEMORY_MIB 2048
#define MEMORY_PER_SIZE 8
#define UNPRIVILEGED_ID 65534

struct recording {
	const char *path;
	const struct event_choice *choice;
	const struct event_sink *sink;
	int fd;
	off_t size;
	int page_size;
	bool found;
};

/* --- the file --- */

/*
 * Return the page size of the recording machine, or -1 if this is no recording. Libtracecmd has no
 * function for it. trace.dat(5): the magic, the version as a NUL-terminated string, a byte for the
 * endianness, a byte for the size of long, and the page size.
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

/* O_NONBLOCK, because open() of a FIFO without a writer would block. */
static int open_file(struct recording *recording)
{
	struct stat stat;

	recording->fd = open(recording->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (recording->fd < 0 || fstat(recording->fd, &stat))
		return fail(errno == EACCES ? EXIT_REFUSED : EXIT_FAILED, "%s: %s",
			    recording->path, strerror(errno));
	recording->size = stat.st_size;
	recording->page_size = S_ISREG(stat.st_mode) ? file_page_size(recording->fd) : -1;
	if (recording->page_size < 0)
		return fail(EXIT_FAILED, "%s: not a trace-cmd recording", recording->path);
	return EXIT_DONE;
}

static int fail_damaged(const struct recording *recording)
{
	return fail(EXIT_FAILED, "%s: truncated or damaged trace file", recording->path);
}

/* --- the child --- */

/* Libtracecmd trusts the length stored in a record, but no record crosses a page. */
static void truncate_to_page(struct tep_record *record, int page_size)
{
	int left = page_size - record->offset % page_size;

	if (record->size < 0 || record->size > left)
		record->size = record->size < 0 ? 0 : left;
}

static int take_record(struct tracecmd_input *input, struct tep_record *record, int cpu,
		       void *context)
{
	const struct event_kind *kind;
	struct recording *recording = context;
	const struct event_sink *sink = recording->sink;
	struct tep_event *event;

	(void)cpu;
	truncate_to_page(record, recording->page_size);
	event = tep_find_event_by_record(tracecmd_get_tep(input), record);
	if (record->missed_events)
		sink->add(&lost_kind, NULL, record, sink->context);
	kind = event ? chosen_kind(recording->choice, event, record) : NULL;
	if (kind) {
		recording->found = true;
		sink->add(kind, event, record, sink->context);
	}
	return 0;
}

static int read_events(struct recording *recording)
{
	struct tracecmd_input *input;
	int err;

	tracecmd_set_loglevel(TEP_LOG_NONE);
	input = tracecmd_open_fd(recording->fd, TRACECMD_FL_LOAD_NO_PLUGINS);
	if (!input)
		return fail_damaged(recording);
	tep_set_page_size(tracecmd_get_tep(input), recording->page_size);
	TEP_PLUGIN_LOADER(tracecmd_get_tep(input));
	err = tracecmd_iterate_events(input, NULL, 0, take_record, recording);
	tracecmd_close(input);
	if (err)
		return fail(EXIT_FAILED, "%s: cannot read all events", recording->path);
	if (!recording->found)
		return fail(EXIT_NOTHING, "%s: no selected event of proc_reclaim",
			    recording->path);
	if (recording->sink->end)
		return recording->sink->end(recording->sink->context, recording->page_size);
	return EXIT_DONE;
}

static void set_limit(int resource, rlim_t most)
{
	const struct rlimit limits = { most, most };

	/* Fails if the limit is lower already. */
	setrlimit(resource, &limits);
}

/* Drop root's ids. Return false in a user namespace that does not map the other one. */
static bool drop_root(void)
{
	const uid_t id = UNPRIVILEGED_ID;

	return !geteuid() && !setgroups(0, NULL) && !setresgid(id, id, id) &&
	       !setresuid(id, id, id);
}

/* Drop everything but the open files, because the child needs nothing else. */
static void confine(off_t size)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	drop_root();
	/* Set this after drop_root(), because a change of the uid clears it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	set_limit(RLIMIT_CORE, 0);
	set_limit(RLIMIT_NPROC, 0);
	set_limit(RLIMIT_CPU, CPU_S + size / MIB * CPU_S_PER_MIB);
	set_limit(RLIMIT_AS, (rlim_t)MEMORY_MIB * MIB + size * MEMORY_PER_SIZE);
}

/* --- the parent --- */

/* Handle a signal that ended the child. Termination signals must end the parent too. */
static int explain_signal(const struct recording *recording, int signal_number)
{
	switch (signal_number) {
	case SIGHUP:
	case SIGINT:
	case SIGPIPE:
	case SIGQUIT:
	case SIGTERM:
		raise(signal_number);
	}
	return fail_damaged(recording);
}

static int read_in_child(struct recording *recording)
{
	pid_t child;
	int status;

	/* The child would write the contents of the buffers again. */
	fflush(NULL);
	child = fork();
	if (child < 0)
		return fail(EXIT_FAILED, "%s: cannot create a process: %s", recording->path,
			    strerror(errno));
	if (child == 0) {
		confine(recording->size);
		exit(read_events(recording));
	}
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		return explain_signal(recording, WTERMSIG(status));
	return WEXITSTATUS(status) <= EXIT_FAILED ? WEXITSTATUS(status) :
						    fail_damaged(recording);
}

int read_trace_file(const char *path, const struct event_choice *choice,
		    const struct event_sink *sink)
{
	struct recording recording = { .path = path, .choice = choice, .sink = sink };
	int status = open_file(&recording);

	if (!status)
		status = read_in_child(&recording);
	if (recording.fd >= 0)
		close(recording.fd);
	return status;
}
