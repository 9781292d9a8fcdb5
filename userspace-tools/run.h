/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of "reclaimctl run", "age" and "restore" share.
 */
#ifndef RUN_H
#define RUN_H

#include <json-c/json.h>
#include <stdbool.h>

#include "reclaimctl.h"

#define LOST "unknown"			/* the stop of a request whose result is not ours */

/* One of the three commands. */
struct operation {
	const char *file;		/* of sysfs */
	const char *done_key;		/* of the result: pages that make it worth while */
	bool measurable;		/* by /proc, where there is no result */
	const char *headings;
	/* What of a process is ahead of it, and what is still left. */
	long long (*kb)(const struct process *process);
	void (*row)(struct table *table, struct json_object *entry);
	void (*summary)(struct json_object *summary);
};

/* What the command line asks for. */
struct run_options {
	const struct operation *operation;
	struct selection selection;
	bool system, dry_run, verbose, quiet;
	const char *type;		/* NULL: none was given */
	const char *start;		/* of a range; NULL: everything */
	const char *len;
	char filters[128];
};

/* --- the command line (run_options.c) --- */

#define SELECTION_HELP								\
"A process is taken if it meets every condition that is given. Each is checked\n" \
"again right before its turn, so that a pid that was given away meanwhile is not hit.\n"

extern const struct option_row run_rows[], range_rows[];

/* parse_run_options() - read the command line, or end with a usage error */
void parse_run_options(struct run_options *options, const struct command *command, int argc,
		       char **argv);

/* --- what a request did, and its output (run_output.c) --- */

struct json_object *entry_of(struct json_object *entries, size_t i);
/* entry_name() - of its process */
const char *entry_name(struct json_object *entry);
bool entry_has_failed(struct json_object *entry);
bool entry_is_lost(struct json_object *entry);
/* entry_has_numbers() - false of what failed, and of what is lost and was not measured */
bool entry_has_numbers(struct json_object *entry);
/* print_run() - the entries and their summary */
void print_run(const struct run_options *options, struct json_object *entries,
	       struct json_object *summary);

#endif
