/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's events, recorded or live: which are wanted, as JSON, as a line of text.
 */
#ifndef TRACE_EVENT_H
#define TRACE_EVENT_H

#include <event-parse.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#define MAX_PIDS 64

/* An event as people call it; proc_reclaim_NAME is its tracepoint. */
struct event_kind {
	const char *name;
	bool has_pid;
	bool wanted;
};

/* All that there are; a NULL name ends the list. */
extern struct event_kind event_kinds[];

/* Which events: all kinds, of all processes, unless some were chosen. */
struct event_choice {
	int pids[MAX_PIDS];
	size_t nr_pids;
	bool some_kinds;
};

/* choose_pid(), choose_kind() - add what an option says, or end with a usage error */
void choose_pid(struct event_choice *choice, const char *text);
void choose_kind(struct event_choice *choice, const char *name);

/* kind_is_chosen() - events without a pid are left out where pids were chosen */
bool kind_is_chosen(const struct event_choice *choice, const struct event_kind *kind);

/* choice_filter() - the pids as the kernel's filters read them, to be freed; NULL: all */
char *choice_filter(const struct event_choice *choice);

/* chosen_kind() - the kind of an event that is to be shown, else NULL */
const struct event_kind *chosen_kind(const struct event_choice *choice,
				     struct tep_event *event, struct tep_record *record);

/* Not an event of the module's: before this record some were lost. Its @event is NULL. */
extern const struct event_kind lost_kind;

/*
 * event_json() - the event with its fields; what has a name is named
 *
 * A field that does not lie in the record is left out, and "damaged" is true.
 */
struct json_object *event_json(const struct event_kind *kind, struct tep_event *event,
			       struct tep_record *record);

/* print_event_line() - the same as a line of text, or with --json as one line of JSON */
void print_event_line(const struct event_kind *kind, struct tep_event *event,
		      struct tep_record *record);

typedef void (*recorded_event_fn)(const struct event_kind *kind, struct tep_event *event,
				  struct tep_record *record, void *context);

/*
 * Where the events of a file go. Both functions are called in a process of their own, with
 * few rights: what they change in memory, the caller of read_trace_file() does not see.
 */
struct event_sink {
	recorded_event_fn add;
	/* after the last event, unless reading has failed; NULL, or returns an exit code */
	int (*end)(void *context, int page_size);
	void *context;
};

/*
 * read_trace_file() - add each chosen event of a file, oldest first, and lost_kind where some
 * are missing
 *
 * The file may be damaged, or made to do harm: the library that reads it does so in a process
 * of its own, so that a crash is reported as any other error.
 *
 * Return: EXIT_DONE, EXIT_NOTHING if there was none, or EXIT_FAILED, having said why.
 */
int read_trace_file(const char *path, const struct event_choice *choice,
		    const struct event_sink *sink);

#endif
