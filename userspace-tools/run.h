/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of "reclaimctl run", "age" and "restore" share.
 */
#ifndef RUN_H
#define RUN_H

#include <json-c/json.h>
#include <stdbool.h>

#include "reclaimctl.h"

#define LOST "unknown"		/* stop reason of a request whose result was overwritten */

/* What "run", "age" and "restore" differ in. */
struct operation {
	const char *file;		/* of sysfs */
	const char *done_key;		/* pages in the result; 0 means nothing to do */
	bool measurable;		/* /proc can replace a lost result */
	const char *headings;
	/* Return how much memory of a process remains to be handled. */
	long long (*kb)(const struct process *process);
	void (*row)(struct table *table, struct json_object *entry);
	void (*summary)(struct json_object *summary);
};

/* The parsed command line. */
struct run_options {
	const struct operation *operation;
	struct selection selection;
	bool system, dry_run, verbose, quiet;
	const char *type;		/* NULL if not given */
	const char *start;		/* of the range; NULL if not given */
	const char *len;
	char filters[128];
};

/* --- the command line (run_options.c) --- */

#define SELECTION_HELP								\
"A process is selected if it matches all given conditions. Its start time is checked\n" \
"again right before the request, in case its pid was reused.\n"

extern const struct option_row run_rows[], range_rows[];

/* parse_run_options() - read the command line, or end with a usage error */
void parse_run_options(struct run_options *options, const struct command *command, int argc,
		       char **argv);

/* --- output (run_output.c) --- */

/* An entry is the result of one request. */
struct json_object *entry_of(struct json_object *entries, size_t i);
/* entry_name() - return the name of its process, or "system" */
const char *entry_name(struct json_object *entry);
bool entry_has_failed(struct json_object *entry);
bool entry_is_lost(struct json_object *entry);
/* entry_has_numbers() - false if the request failed, or its result is lost and not measured */
bool entry_has_numbers(struct json_object *entry);
/* print_run() - print all entries and their summary */
void print_run(const struct run_options *options, struct json_object *entries,
	       struct json_object *summary);

#endif
