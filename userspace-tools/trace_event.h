/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's events, recorded or live: selection, and output as text or JSON.
 */
#ifndef TRACE_EVENT_H
#define TRACE_EVENT_H

#include <event-parse.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#define MAX_PIDS 64

/* A kind of event. Its tracepoint is proc_reclaim_NAME. */
struct event_kind {
	const char *name;
	bool has_pid;
	bool wanted;
};

/* All kinds; a NULL name ends the table. */
extern struct event_kind event_kinds[];

/* The selected events. Without any choice, all kinds of all processes are selected. */
struct event_choice {
	int pids[MAX_PIDS];
	size_t nr_pids;
	bool some_kinds;
};

/* choose_pid(), choose_kind() - add the argument of an option, or exit with a usage error */
void choose_pid(struct event_choice *choice, const char *text);
void choose_kind(struct event_choice *choice, const char *name);

/* kind_is_chosen() - false for kinds without a pid if pids were chosen */
bool kind_is_chosen(const struct event_choice *choice, const struct event_kind *kind);

/* choice_filter() - return a kernel filter for the pids, which the caller frees; NULL for all */
char *choice_filter(const struct event_choice *choice);

/* chosen_kind() - return the kind of an event, or NULL if the event is not selected */
const struct event_kind *chosen_kind(const struct event_choice *choice,
				     struct tep_event *event, struct tep_record *record);

/* A pseudo event: events were lost before this record. Its @event is NULL. */
extern const struct event_kind lost_kind;

/*
 * event_json() - convert an event to an object, with names for enum values
 *
 * A field outside of the record is omitted, and "damaged" is true.
 */
struct json_object *event_json(const struct event_kind *kind, struct tep_event *event,
			       struct tep_record *record);

/* print_event_line() - print an event as one line of text or, with --json, of JSON */
void print_event_line(const struct event_kind *kind, struct tep_event *event,
		      struct tep_record *record);

typedef void (*recorded_event_fn)(const struct event_kind *kind, struct tep_event *event,
				  struct tep_record *record, void *context);

/*
 * Consumer of the events of a file. Both functions run in a child process with few rights, so the
 * caller of read_trace_file() does not see what they change in memory.
 */
struct event_sink {
	recorded_event_fn add;
	/* called after the last event unless reading failed; returns an exit code; may be NULL */
	int (*end)(void *context, int page_size);
	void *context;
};

/*
 * read_trace_file() - add each selected event of a file, oldest first, and lost_kind for gaps
 *
 * The file may be damaged or malicious. Libtracecmd reads it in a child process, so that a crash
 * of the library is reported like any other error.
 *
 * Return: EXIT_DONE; or, after printing an error, EXIT_NOTHING if no event is selected, or
 * EXIT_FAILED.
 */
int read_trace_file(const char *path, const struct event_choice *choice,
		    const struct event_sink *sink);

#endif
