// SPDX-License-Identifier: GPL-2.0
/*
 * The command line of "reclaimctl run", "age" and "restore".
 */
#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

enum {
	KEY_UNIT = LONG_ONLY,
	KEY_SYSTEM,
	KEY_COLD,
	KEY_INACTIVE,
	KEY_MAX,
	KEY_MS,
	KEY_DRY_RUN,
};

#define SELECTION_ROWS								\
	{ 'n', "name", "PATTERN", "processes with this name (a shell pattern)" },	\
	{ 'u', "user", "USER", "processes of this user (name or id)" },			\
	{ 'g', "cgroup", "PATH", "processes in this cgroup or below it" },		\
	{ KEY_UNIT, "unit", "UNIT", "processes of this systemd unit (.service is added)" }

#define COMMON_ROWS								\
	{ 'r', "range", "START,LEN", "only this address range, of one process" },	\
	{ KEY_DRY_RUN, "dry-run", NULL, "show the requests, but do not write them" }, \
	{ 'v', "verbose", NULL, "show how much was skipped, and why" },	\
	{ 'q', "quiet", NULL, "print errors only" },				\
	JSON_ROW,								\
	RAW_ROW

const struct option_row run_rows[] = {
	SELECTION_ROWS,
	{ KEY_SYSTEM, "system", NULL, "all system processes (uid < first_app_uid) instead" },
	{ 't', "type", "TYPE", "pages to reclaim: file, anon or all (default)" },
	{ KEY_COLD, "cold", NULL, "only pages not accessed since the last age" },
	{ KEY_INACTIVE, "inactive", NULL, "only pages on an inactive list" },
	{ KEY_MAX, "max", "SIZE", "reclaim at most SIZE per process (e.g. 64M)" },
	{ KEY_MS, "ms", "N", "approximate time limit per process, in ms" },
	COMMON_ROWS,
	{ 0 }
};

const struct option_row range_rows[] = {
	SELECTION_ROWS,
	COMMON_ROWS,
	{ 0 }
};

static void add_filter(struct run_options *options, const char *name, const char *value)
{
	size_t len = strlen(options->filters);

	if (value && (!*value || strpbrk(value, " \t\n")))
		usage_error("invalid argument '%s' for --%s", value, name);
	if (snprintf(options->filters + len, sizeof(options->filters) - len, " %s%s%s", name,
		     value ? "=" : "", value ? value : "") >=
	    (int)(sizeof(options->filters) - len))
		usage_error("filters too long");
}

static void set_range(struct run_options *options, char *text)
{
	char *comma = strchr(text, ',');

	if (!comma || comma == text || !comma[1] || strpbrk(text, " \t\n") ||
	    strchr(comma + 1, ','))
		usage_error("invalid range '%s': expected START,LEN", text);
	*comma = '\0';
	options->start = text;
	options->len = comma + 1;
}

static void set_type(struct run_options *options, const char *type)
{
	if (strcmp(type, "file") && strcmp(type, "anon") && strcmp(type, "all"))
		usage_error("invalid type '%s': expected file, anon or all", type);
	options->type = type;
}

static void set_option(struct run_options *options, int key)
{
	switch (key) {
	case 'n':
		options->selection.name = optarg;
		break;
	case 'u':
		options->selection.user = optarg;
		break;
	case 'g':
		options->selection.cgroup = optarg;
		break;
	case KEY_UNIT:
		options->selection.unit = optarg;
		break;
	case KEY_SYSTEM:
		options->system = true;
		break;
	case 't':
		set_type(options, optarg);
		break;
	case 'r':
		set_range(options, optarg);
		break;
	case KEY_COLD:
		add_filter(options, "cold", NULL);
		break;
	case KEY_INACTIVE:
		add_filter(options, "inactive", NULL);
		break;
	case KEY_MAX:
		add_filter(options, "max", optarg);
		break;
	case KEY_MS:
		add_filter(options, "ms", optarg);
		break;
	case KEY_DRY_RUN:
		options->dry_run = true;
		break;
	case 'v':
		options->verbose = true;
		break;
	case 'q':
		options->quiet = true;
		break;
	}
}

static void set_pids(struct run_options *options, int count, char **words)
{
	struct selection *selection = &options->selection;

	selection->pids = calloc(count + 1, sizeof(*selection->pids));
	if (!selection->pids)
		abort();
	for (; count; count--, words++) {
		if (isalpha((unsigned char)**words))
			usage_error("invalid pid '%s': use --name to select processes by name",
				    *words);
		selection->pids[selection->nr_pids++] =
			parse_number("pid", *words, 1, INT_MAX);
	}
}

void parse_run_options(struct run_options *options, const struct command *command, int argc,
		       char **argv)
{
	const struct selection *selection = &options->selection;
	bool selected;
	int key;

	while ((key = next_option(command, argc, argv)) != -1)
		set_option(options, key);
	set_pids(options, argc - optind, argv + optind);
	selected = selection->nr_pids || selection->name || selection->user ||
		   selection->cgroup || selection->unit;
	if (!selected && !options->system)
		usage_error("missing operand: give a PID, --name, --user, --cgroup or --unit");
	if (options->system && (selected || options->start))
		usage_error("--system cannot be combined with processes or --range");
	if (options->start && options->type)
		usage_error("--range cannot be combined with --type");
}
