// SPDX-License-Identifier: GPL-2.0
/*
 * reclaimctl trace: record the module's events with trace-cmd, and show them live, as text or as
 * a page.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../trace/plugin_proc_reclaim.h"
#include "live_events.h"
#include "reclaimctl.h"
#include "trace_event.h"
#include "trace_html.h"

#define DEFAULT_FILE "trace.dat"
#define DEFAULT_PAGE "trace.html"

#define PID_ROW { 'p', "pid", "PID", "show only events of this process; may be repeated" }
#define EVENT_ROW { 'e', "event", "NAME", "show only events of this name; may be repeated" }
#define INPUT_ROW { 'i', "input", "FILE", "read this recording (default " DEFAULT_FILE ")" }

#define EVENT_NAMES							\
"Events: request walk shrink restore done end trigger throttle defer worker kill.\n"

struct trace_options {
	struct event_choice choice;
	const char *input;
	const char *output;
};

static struct trace_options read_options(const struct command *command, int argc, char **argv)
{
	struct trace_options options = { .input = DEFAULT_FILE };
	int key;

	while ((key = next_option(command, argc, argv)) != -1) {
		switch (key) {
		case 'p':
			choose_pid(&options.choice, optarg);
			break;
		case 'e':
			choose_kind(&options.choice, optarg);
			break;
		case 'i':
			options.input = optarg;
			break;
		case 'o':
			options.output = optarg;
			break;
		}
	}
	return options;
}

static bool is_any_chosen(const struct event_choice *choice)
{
	const struct event_kind *kind;

	for (kind = event_kinds; kind->name; kind++)
		if (kind_is_chosen(choice, kind))
			return true;
	return false;
}

/* --- record --- */

static const struct option_row record_options[] = {
	{ 'o', "output", "FILE", "write the recording to FILE (default " DEFAULT_FILE ")" },
	PID_ROW,
	EVENT_ROW,
	{ 0 }
};

/* Make the arguments of trace-cmd. They are never freed, because exec() follows. */
static char **recorder_arguments(const struct trace_options *options, char **command)
{
	char *filter = choice_filter(&options->choice), **words;
	const struct event_kind *kind;
	size_t nr = 0, nr_command = 0;

	while (command[nr_command])
		nr_command++;
	words = calloc(16 + 4 * 10 + nr_command, sizeof(*words));
	if (!words)
		abort();
	words[nr++] = "trace-cmd";
	words[nr++] = "record";
	words[nr++] = "-o";
	words[nr++] = (char *)(options->output ? options->output : DEFAULT_FILE);
	for (kind = event_kinds; kind->name; kind++) {
		if (!kind_is_chosen(&options->choice, kind))
			continue;
		words[nr++] = "-e";
		if (asprintf(&words[nr++], EVENT_SYSTEM ":" EVENT_SYSTEM "_%s", kind->name) < 0)
			abort();
		if (filter) {
			words[nr++] = "-f";
			words[nr++] = filter;
		}
	}
	memcpy(words + nr, command, nr_command * sizeof(*command));
	return words;
}

static int run_record(const struct command *command, int argc, char **argv)
{
	struct trace_options options = read_options(command, argc, argv);
	int status = module_missing();

	if (status)
		return status;
	if (!is_any_chosen(&options.choice))
		usage_error("--pid cannot be combined with these events, because they have no pid");
	if (geteuid())
		return fail(EXIT_REFUSED, "must be root");
	execvp("trace-cmd", recorder_arguments(&options, argv + optind));
	if (errno == ENOENT)
		return fail(EXIT_FAILED, "trace-cmd not found: install trace-cmd");
	return fail(EXIT_FAILED, "cannot run trace-cmd: %s", strerror(errno));
}

static const struct command record_command = {
	.name = "record",
	.arguments = "[OPTION...] [-- COMMAND...]",
	.summary = "Record the module's events, until Ctrl-C or while a command runs",
	.description = EVENT_NAMES
"This runs trace-cmd, and exits with its status.\n",
	.options = record_options,
	.run = run_record,
};

/* --- report --- */

static const struct option_row report_options[] = {
	INPUT_ROW,
	PID_ROW,
	EVENT_ROW,
	JSON_ROW,
	{ 0 }
};

static void report_event(const struct event_kind *kind, struct tep_event *event,
			 struct tep_record *record, void *context)
{
	(void)context;
	print_event_line(kind, event, record);
}

static int run_report(const struct command *command, int argc, char **argv)
{
	struct trace_options options = read_options(command, argc, argv);
	const struct event_sink sink = { .add = report_event };

	no_operands(argc, argv);
	return read_trace_file(options.input, &options.choice, &sink);
}

static const struct command report_command = {
	.name = "report",
	.arguments = "[OPTION...]",
	.summary = "Show recorded events as text",
	.description = EVENT_NAMES
"--json prints one object per line, with exact numbers.\n",
	.options = report_options,
	.run = run_report,
};

/* --- live --- */

static const struct option_row live_options[] = {
	PID_ROW,
	EVENT_ROW,
	JSON_ROW,
	{ 0 }
};

/* Print an event. Return non-zero, to stop, if the output cannot be written. */
static int show_event(struct tep_event *event, struct tep_record *record, int cpu,
		      void *context)
{
	const struct event_kind *kind = chosen_kind(context, event, record);

	record->cpu = cpu;
	if (record->missed_events)
		print_event_line(&lost_kind, NULL, record);
	if (kind)
		print_event_line(kind, event, record);
	return ferror(stdout);
}

static int watch_events(struct live_events *live, const struct event_choice *choice)
{
	char *filter = choice_filter(choice), name[64];
	const struct event_kind *kind;
	int err = 0;

	for (kind = event_kinds; kind->name && !err; kind++) {
		snprintf(name, sizeof(name), EVENT_SYSTEM "_%s", kind->name);
		if (kind_is_chosen(choice, kind))
			err = live_events_enable(live, name, filter);
	}
	free(filter);
	return err;
}

static void show_live(struct live_events *live, struct event_choice *choice)
{
	struct pollfd fds[] = {
		{ .fd = live_events_fd(live), .events = POLLIN },
		{ .fd = end_signals_fd(), .events = POLLIN },
		/* POLLERR means that the reader has closed the pipe. */
		{ .fd = STDOUT_FILENO },
	};

	signal(SIGPIPE, SIG_IGN);
	while (!ferror(stdout) && poll(fds, 3, -1) > 0 && !fds[1].revents && !fds[2].revents) {
		live_events_take(live, show_event, choice);
		fflush(stdout);
	}
	/* A reader that closes the pipe is no error, unlike a full disk. */
	if (poll(fds + 2, 1, 0) > 0)
		clearerr(stdout);
}

static int run_live(const struct command *command, int argc, char **argv)
{
	struct trace_options options = read_options(command, argc, argv);
	int status = module_missing(), err;
	struct live_events *live;
	char name[32];

	no_operands(argc, argv);
	if (status)
		return status;
	if (!is_any_chosen(&options.choice))
		usage_error("--pid cannot be combined with these events, because they have no pid");
	if (geteuid())
		return fail(EXIT_REFUSED, "must be root");
	snprintf(name, sizeof(name), "reclaimctl-%d", getpid());
	live = live_events_open(name, 0);
	if (!live)
		return fail(EXIT_FAILED, "cannot create a trace buffer: %s", strerror(errno));
	TEP_PLUGIN_LOADER(live_events_tep(live));
	err = watch_events(live, &options.choice);
	if (!err)
		show_live(live, &options.choice);
	live_events_close(live);
	return err ? fail(EXIT_FAILED, "cannot enable events: %s", strerror(-err)) :
		     EXIT_DONE;
}

static const struct command live_command = {
	.name = "live",
	.arguments = "[OPTION...]",
	.summary = "Show events as they happen, until Ctrl-C",
	.description = EVENT_NAMES
"--json prints one object per line, with exact numbers.\n",
	.options = live_options,
	.run = run_live,
};

/* --- html --- */

static const struct option_row html_options[] = {
	INPUT_ROW,
	{ 'o', "output", "FILE", "write the page to FILE (default " DEFAULT_PAGE ")" },
	PID_ROW,
	EVENT_ROW,
	{ 0 }
};

static int run_html(const struct command *command, int argc, char **argv)
{
	struct trace_options options = read_options(command, argc, argv);
	const char *output = options.output ? options.output : DEFAULT_PAGE;
	struct trace_page page;
	const struct event_sink sink = {
		.add = trace_page_add,
		.end = trace_page_end,
		.context = &page,
	};
	int status;

	no_operands(argc, argv);
	status = trace_page_open(&page, output);
	if (status)
		return status;
	status = read_trace_file(options.input, &options.choice, &sink);
	return trace_page_close(&page, status);
}

static const struct command html_command = {
	.name = "html",
	.arguments = "[OPTION...]",
	.summary = "Make an HTML page of recorded events: a timeline of each process",
	.description = EVENT_NAMES
"The page is self-contained: it needs no network and no other file.\n",
	.options = html_options,
	.run = run_html,
};

static const struct command *const commands[] = {
	&record_command,
	&report_command,
	&live_command,
	&html_command,
	NULL
};

const struct command trace_command = {
	.name = "trace",
	.arguments = "COMMAND [OPTION...]",
	.summary = "Record the module's events, and show them",
	.commands = commands,
};
