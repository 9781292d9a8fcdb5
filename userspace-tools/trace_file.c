// SPDX-License-Identifier: GPL-2.0
/*
 * Reading what trace-cmd has recorded, here or on another machine, by its own library.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <trace-cmd.h>

#include "../trace/plugin_proc_reclaim.h"
#include "reclaimctl.h"
#include "trace_event.h"

#define MAGIC "\027\010Dtracing"

struct reading {
	const struct event_choice *choice;
	recorded_event_fn fn;
	void *context;
	bool found;
};

/*
 * The pages of the machine that recorded the file, which the library does not tell.
 * trace.dat(5): the magic, the version as text with its NUL, a byte for the endianness,
 * one for the size of a long, then the page size.
 */
static int file_page_size(FILE *file)
{
	char magic[sizeof(MAGIC) - 1];
	unsigned char bytes[6];
	int c;

	if (fread(magic, 1, sizeof(magic), file) != sizeof(magic) ||
	    memcmp(magic, MAGIC, sizeof(magic)))
		return -1;
	do {
		c = getc(file);
	} while (c != '\0' && c != EOF);
	if (fread(bytes, 1, sizeof(bytes), file) != sizeof(bytes))
		return -1;
	if (bytes[0])
		return bytes[2] << 24 | bytes[3] << 16 | bytes[4] << 8 | bytes[5];
	return bytes[5] << 24 | bytes[4] << 16 | bytes[3] << 8 | bytes[2];
}

/* What the library says of a file that is none helps nobody: this does. */
static int check_file(const char *path, int *page_size)
{
	FILE *file = fopen(path, "re");

	if (!file)
		return fail(errno == EACCES ? EXIT_REFUSED : EXIT_FAILED, "%s: %s", path,
			    strerror(errno));
	*page_size = file_page_size(file);
	fclose(file);
	if (*page_size <= 0)
		return fail(EXIT_FAILED, "%s: not a file of trace-cmd", path);
	return EXIT_DONE;
}

static int take_record(struct tracecmd_input *input, struct tep_record *record, int cpu,
		       void *context)
{
	struct tep_event *event = tep_find_event_by_record(tracecmd_get_tep(input), record);
	struct reading *reading = context;
	const struct event_kind *kind;

	(void)cpu;
	if (record->missed_events)
		reading->fn(&lost_kind, NULL, record, reading->context);
	kind = event ? chosen_kind(reading->choice, event, record) : NULL;
	if (kind) {
		reading->found = true;
		reading->fn(kind, event, record, reading->context);
	}
	return 0;
}

int read_trace_file(const char *path, const struct event_choice *choice, int *page_size,
		    recorded_event_fn fn, void *context)
{
	struct reading reading = { .choice = choice, .fn = fn, .context = context };
	int status = check_file(path, page_size), err;
	struct tracecmd_input *input;

	if (status)
		return status;
	tracecmd_set_loglevel(TEP_LOG_NONE);
	input = tracecmd_open(path, TRACECMD_FL_LOAD_NO_PLUGINS);
	if (!input)
		return fail(EXIT_FAILED, "%s: cut short, or not written whole", path);
	tep_set_page_size(tracecmd_get_tep(input), *page_size);
	TEP_PLUGIN_LOADER(tracecmd_get_tep(input));
	err = tracecmd_iterate_events(input, NULL, 0, take_record, &reading);
	tracecmd_close(input);
	if (err)
		return fail(EXIT_FAILED, "%s: cannot be read to its end", path);
	if (!reading.found)
		return fail(EXIT_NOTHING, "%s: no event of proc_reclaim that was asked for",
			    path);
	return EXIT_DONE;
}
