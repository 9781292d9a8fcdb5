// SPDX-License-Identifier: GPL-2.0
/*
 * reclaimctl run, age, restore: a request for each process that is selected, one after
 * the other, and what came of it.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "reclaimctl.h"

enum {
	KEY_UNIT = LONG_ONLY,
	KEY_SYSTEM,
	KEY_COLD,
	KEY_INACTIVE,
	KEY_MAX,
	KEY_MS,
	KEY_DRY_RUN,
};

#define LOST "unknown"			/* the stop of a request whose result is not ours */

#define SELECTION_ROWS								\
	{ 'n', "name", "PATTERN", "processes of that name (a shell pattern)" },	\
	{ 'u', "user", "USER", "of that user (name or id)" },			\
	{ 'g', "cgroup", "PATH", "in that cgroup or below it" },		\
	{ KEY_UNIT, "unit", "UNIT", "of that systemd unit (.service is added)" }

#define COMMON_ROWS								\
	{ 'r', "range", "START,LEN", "only these addresses, of one process" },	\
	{ KEY_DRY_RUN, "dry-run", NULL, "show what would be done, and do nothing" }, \
	{ 'v', "verbose", NULL, "show which pages were passed over, and why" },	\
	{ 'q', "quiet", NULL, "print errors only" },				\
	JSON_ROW,								\
	RAW_ROW

#define SELECTION_HELP								\
"A process is taken if it meets every condition that is given. Each is checked\n" \
"again right before its turn, so that a pid that was given away meanwhile is not hit.\n"

static const struct option_row run_rows[] = {
	SELECTION_ROWS,
	{ KEY_SYSTEM, "system", NULL, "every process of the system's own instead" },
	{ 't', "type", "TYPE", "which pages: file, anon or all (default)" },
	{ KEY_COLD, "cold", NULL, "only what was not used since the last age" },
	{ KEY_INACTIVE, "inactive", NULL, "only what is on an inactive list" },
	{ KEY_MAX, "max", "SIZE", "so much of each process at most (64M)" },
	{ KEY_MS, "ms", "N", "so many milliseconds for each process, about" },
	COMMON_ROWS,
	{ 0 }
};

static const struct option_row range_rows[] = {
	SELECTION_ROWS,
	COMMON_ROWS,
	{ 0 }
};

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

/* --- the command line --- */

static void add_filter(struct run_options *options, const char *name, const char *value)
{
	size_t len = strlen(options->filters);

	if (value && (!*value || strpbrk(value, " \t\n")))
		usage_error("--%s is not '%s'", name, value);
	if (snprintf(options->filters + len, sizeof(options->filters) - len, " %s%s%s", name,
		     value ? "=" : "", value ? value : "") >=
	    (int)(sizeof(options->filters) - len))
		usage_error("the filters are too long");
}

static void set_range(struct run_options *options, char *text)
{
	char *comma = strchr(text, ',');

	if (!comma || comma == text || !comma[1] || strpbrk(text, " \t\n") ||
	    strchr(comma + 1, ','))
		usage_error("--range is START,LEN, not '%s'", text);
	*comma = '\0';
	options->start = text;
	options->len = comma + 1;
}

static void set_type(struct run_options *options, const char *type)
{
	if (strcmp(type, "file") && strcmp(type, "anon") && strcmp(type, "all"))
		usage_error("--type is file, anon or all, not '%s'", type);
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
	for (; count; count--, words++)
		selection->pids[selection->nr_pids++] =
			parse_number("a pid", *words, 1, INT_MAX);
}

static void parse_options(struct run_options *options, const struct command *command, int argc,
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
		usage_error("which processes? Give pids, --name, --user, --cgroup or "
			    "--unit");
	if (options->system && (selected || options->start))
		usage_error("--system is instead of processes and ranges");
	if (options->start && options->type)
		usage_error("--range takes both types, so --type has no meaning");
}

/* --- one request --- */

static void request_text(char *text, size_t size, const struct run_options *options,
			 const struct process *process)
{
	char who[16] = "system";

	if (!options->system)
		snprintf(who, sizeof(who), "%d", process->pid);
	if (options->start)
		snprintf(text, size, "%s %s %s%s", who, options->start, options->len,
			 options->filters);
	else if (!strcmp(options->operation->file, "reclaim"))
		snprintf(text, size, "%s %s%s", who, options->type ? options->type : "all",
			 options->filters);
	else
		snprintf(text, size, "%s", who);
}

/* Why the module refused, for people. */
static const char *explain(int err)
{
	switch (err) {
	case -EINVAL:
		return "the module refuses these options or this range";
	case -ESRCH:
		return "no such process";
	case -EPERM:
		return "a kernel thread, or it may not be traced by this user";
	case -EACCES:
		return "only root may do that";
	case -ENOSPC:
		return "there is no swap for anonymous memory";
	case -ENOENT:
		return "the module has been unloaded";
	default:
		return strerror(-err);
	}
}

/* Somebody else's result has replaced ours. What /proc says is enough for some. */
static struct json_object *lost(const struct run_options *options, const struct process *before)
{
	struct json_object *result = json_object_new_object();
	struct process after;

	add_text(result, "stop", LOST);
	if (!before || !options->operation->measurable)
		return result;
	if (!process_read(&after, before->pid))
		after = *before;
	add_number(result, "rss_before_kb", before->rss_kb);
	add_number(result, "rss_after_kb", after.rss_kb);
	add_number(result, "swap_before_kb", before->swap_kb);
	add_number(result, "swap_after_kb", after.swap_kb);
	add_number(result, "targets", 1);
	return result;
}

/* The result, with a name and with what follows from it. */
static struct json_object *describe(struct json_object *result,
				    const struct process *process, const char *text)
{
	char name[NAME_SIZE];

	if (process) {
		snprintf(name, sizeof(name), "%s", *process->name ? process->name : "?");
		add_number(result, "pid", process->pid);
		add_text(result, "name", clean_text(name));
	}
	add_text(result, "request", text);
	return result;
}

static struct json_object *failed(const struct process *process, const char *text, int err)
{
	struct json_object *entry = describe(json_object_new_object(), process, text);

	add_text(entry, "error", explain(err));
	add_text(entry, "errno", strerrorname_np(-err));
	return entry;
}

/* There is nothing to show of what failed, nor of what is lost and was not measured. */
static bool has_numbers(struct json_object *entry)
{
	return json_object_object_get(entry, "targets");
}

/* What has left RSS, but not memory, because swap refused it. */
static long long unwritten_kb(struct json_object *entry)
{
	return number_of(entry, "unwritten_pages") * page_kb();
}

/* Carry it out, and say what came of it. */
static struct json_object *act(const struct run_options *options, const struct process *process)
{
	struct json_object *result;
	char text[256];
	int err;

	request_text(text, sizeof(text), options, process);
	/* As late as can be: the module knows a pid only. */
	if (process && !process_is_same(process))
		return failed(process, text, -ESRCH);
	err = request(options->operation->file, text, &result);
	if (err)
		return failed(process, text, err);
	if (!result)
		result = lost(options, process);
	if (has_numbers(result))
		add_number(result, "freed_kb", number_of(result, "rss_before_kb") -
					       number_of(result, "rss_after_kb") -
					       unwritten_kb(result));
	return describe(result, process, text);
}

/* What would be done. */
static struct json_object *rehearse(const struct run_options *options, const struct process *process)
{
	struct json_object *entry = json_object_new_object();
	char text[256];

	request_text(text, sizeof(text), options, process);
	describe(entry, process, text);
	if (process) {
		add_number(entry, "rss_kb", process->rss_kb);
		add_number(entry, "anon_kb", process->anon_kb);
		add_number(entry, "file_kb", process->file_kb);
		add_number(entry, "swap_kb", process->swap_kb);
	}
	return entry;
}

/* --- all of them --- */

static struct json_object *entry_of(struct json_object *entries, size_t i)
{
	return json_object_array_get_idx(entries, i);
}

static bool has_failed(struct json_object *entry)
{
	return json_object_object_get(entry, "error");
}

static bool is_lost(struct json_object *entry)
{
	return !strcmp(text_of(entry, "stop"), LOST);
}

static void add_up(struct json_object *summary, struct json_object *entry)
{
	static const char *const keys[] = {
		"freed_kb", "scanned_pages", "reclaimed_pages", "restored_pages",
		"aged_pages", "isolated_pages", "unwritten_pages", "targets",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		add_number(summary, keys[i],
			   number_of(summary, keys[i]) + number_of(entry, keys[i]));
	add_number(summary, "swapped_kb", number_of(summary, "swapped_kb") +
		   number_of(entry, "swap_after_kb") - number_of(entry, "swap_before_kb") -
		   unwritten_kb(entry));
	add_number(summary, "failed", number_of(summary, "failed") + has_failed(entry));
	add_number(summary, "lost", number_of(summary, "lost") + is_lost(entry));
}

static long long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static struct json_object *sum_up(struct json_object *entries, long long start_us)
{
	struct json_object *summary = json_object_new_object();
	size_t i;

	add_number(summary, "processes", json_object_array_length(entries));
	for (i = 0; i < json_object_array_length(entries); i++)
		add_up(summary, entry_of(entries, i));
	add_number(summary, "duration_us", now_us() - start_us);
	return summary;
}

static struct json_object *act_on_all(const struct run_options *options, struct process *list,
				      size_t count)
{
	struct json_object *entries = json_object_new_array(), *entry;
	long long total_kb = 0;
	size_t i;

	for (i = 0; i < count; i++)
		total_kb += options->operation->kb(&list[i]);
	if (!options->dry_run && !options->quiet)
		progress_start(total_kb);
	for (i = 0; i < count; i++) {
		progress_next(&list[i], options->operation->kb(&list[i]), options->operation->kb);
		entry = options->dry_run ? rehearse(options, &list[i]) : act(options, &list[i]);
		/* Who was not asked for by pid may end meanwhile. */
		if (!options->selection.nr_pids && !strcmp(text_of(entry, "errno"), "ESRCH"))
			json_object_put(entry);
		else
			json_object_array_add(entries, entry);
	}
	progress_end();
	return entries;
}

/* A sweep is one request; its bar would have nothing to ask. */
static struct json_object *sweep(const struct run_options *options)
{
	struct json_object *entries = json_object_new_array();

	json_object_array_add(entries, options->dry_run ? rehearse(options, NULL) :
						       act(options, NULL));
	return entries;
}

/* --- the end of it --- */

static const char *name_of(struct json_object *entry)
{
	/* A sweep has no process of its own. */
	return json_object_object_get(entry, "name") ? text_of(entry, "name") : "system";
}

static void print_skipped(struct json_object *entry)
{
	printf("%lld %s passed over:", number_of(entry, "pid"), name_of(entry));
	json_object_object_foreach(entry, key, value) {
		if (strncmp(key, "skipped_", 8) || !json_object_get_int64(value))
			continue;
		printf(" %.*s %s", (int)(strlen(key) - strlen("skipped__pages")), key + 8,
		       SIZE(json_object_get_int64(value) * page_kb()));
	}
	putchar('\n');
}

/* What can be done about a request that was stopped. */
static const char *stop_hint(const char *stop)
{
	static const char *const hints[][2] = {
		{ "noswap", "swap is full, or there is none" },
		{ "memcg", "the cgroup is at its limit of memory or of swap" },
		{ "watermark", "free memory is too short to work with" },
		{ "unwritten", "swap refuses writes; is zram at its mem_limit, or the disk failing?" },
		{ "busy", "the mmap lock of a process could not be taken" },
		{ "ms", "the time was over" },
		{ "freeze", "the system was being suspended" },
		{ "unload", "the module was being unloaded" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hints); i++)
		if (!strcmp(stop, hints[i][0]))
			return hints[i][1];
	return NULL;
}

static void print_errors(struct json_object *entries)
{
	struct json_object *entry;
	const char *hint;
	size_t i;

	for (i = 0; i < json_object_array_length(entries); i++) {
		entry = entry_of(entries, i);
		hint = stop_hint(text_of(entry, "stop"));
		if (has_failed(entry))
			warn("%lld (%s): %s", number_of(entry, "pid"), name_of(entry),
			     text_of(entry, "error"));
		else if (is_lost(entry))
			warn("%lld (%s): done, but somebody else's result has replaced "
			     "its own", number_of(entry, "pid"), name_of(entry));
		else if (hint)
			warn("%lld (%s): stopped early: %s", number_of(entry, "pid"),
			     name_of(entry), hint);
	}
}

static void print_dry_run(struct json_object *entries)
{
	struct table *table = table_new(">PID\tNAME\t>RSS\t>ANON\t>FILE\t>SWAP\tREQUEST");
	struct json_object *entry;
	size_t i;

	for (i = 0; i < json_object_array_length(entries); i++) {
		entry = entry_of(entries, i);
		table_row(table, "%lld\t%s\t%s\t%s\t%s\t%s\t%s", number_of(entry, "pid"),
			  name_of(entry), SIZE(number_of(entry, "rss_kb")),
			  SIZE(number_of(entry, "anon_kb")),
			  SIZE(number_of(entry, "file_kb")),
			  SIZE(number_of(entry, "swap_kb")), text_of(entry, "request"));
	}
	table_print(table);
	puts("Nothing was done.");
}

static void print_results(const struct run_options *options, struct json_object *entries,
			  struct json_object *summary)
{
	size_t i, rows = 0, count = json_object_array_length(entries);
	struct table *table;

	for (i = 0; i < count; i++)
		rows += has_numbers(entry_of(entries, i));
	if (options->quiet || !rows)
		return;
	table = table_new(options->operation->headings);
	for (i = 0; i < count; i++)
		if (has_numbers(entry_of(entries, i)))
			options->operation->row(table, entry_of(entries, i));
	table_print(table);
	for (i = 0; options->verbose && i < count; i++)
		if (has_numbers(entry_of(entries, i)))
			print_skipped(entry_of(entries, i));
	options->operation->summary(summary);
}

static void print_all(const struct run_options *options, struct json_object *entries,
		      struct json_object *summary)
{
	struct json_object *object;

	if (!json_wanted) {
		if (options->dry_run && !options->quiet)
			print_dry_run(entries);
		if (!options->dry_run)
			print_results(options, entries, summary);
		print_errors(entries);
		return;
	}
	object = json_object_new_object();
	json_object_object_add(object, "dry_run", json_object_new_boolean(options->dry_run));
	json_object_object_add(object, "processes", json_object_get(entries));
	if (!options->dry_run)
		json_object_object_add(object, "summary", json_object_get(summary));
	print_json(object);
}

/* When all failed for the same reason, that is it. */
static int common_failure(struct json_object *entries)
{
	const char *first = text_of(entry_of(entries, 0), "errno");
	size_t i;

	for (i = 1; i < json_object_array_length(entries); i++)
		if (strcmp(text_of(entry_of(entries, i), "errno"), first))
			return EXIT_FAILED;
	if (!strcmp(first, "EPERM") || !strcmp(first, "EACCES"))
		return EXIT_REFUSED;
	return strcmp(first, "ESRCH") ? EXIT_FAILED : EXIT_NOTHING;
}

static int verdict(const struct run_options *options, struct json_object *entries,
		   struct json_object *summary)
{
	long long failures = number_of(summary, "failed");

	if (failures && failures == number_of(summary, "processes"))
		return common_failure(entries);
	if (failures)
		return EXIT_FAILED;
	/* Nothing is won by what swap has refused. */
	if (number_of(summary, "unwritten_pages") && number_of(summary, "freed_kb") <= 0)
		return EXIT_FAILED;
	/* What is lost was done, and may have been all of it. */
	if (options->dry_run || number_of(summary, options->operation->done_key) > 0 ||
	    number_of(summary, "freed_kb") > 0 || number_of(summary, "lost"))
		return EXIT_DONE;
	return EXIT_NOTHING;
}

static int carry_out(const struct command *command, int argc, char **argv,
		     const struct operation *operation)
{
	struct run_options options = { .operation = operation };
	struct json_object *entries, *summary;
	long long start_us = now_us();
	struct process *list = NULL;
	size_t count = 0;
	int code;

	parse_options(&options, command, argc, argv);
	if (module_missing())
		return EXIT_NO_MODULE;
	if (!options.dry_run && access(SYSFS "/reclaim", W_OK))
		return fail(EXIT_REFUSED, "only root may do that");
	if (!options.system) {
		list = select_processes(&options.selection, &count);
		if (!count)
			return fail(EXIT_NOTHING, "no process matches");
		if (options.start && count > 1)
			usage_error("--range is for one process, and %zu match", count);
	}
	entries = options.system ? sweep(&options) : act_on_all(&options, list, count);
	if (!json_object_array_length(entries))
		return fail(EXIT_NOTHING, "no process matches any more");
	summary = sum_up(entries, start_us);
	print_all(&options, entries, summary);
	code = verdict(&options, entries, summary);
	json_object_put(entries);
	json_object_put(summary);
	free(list);
	free(options.selection.pids);
	return code;
}

/* --- run --- */

static long long rss_kb(const struct process *process)
{
	return process->rss_kb > 0 ? process->rss_kb : 0;
}

static long long pages_kb(struct json_object *object, const char *key)
{
	return number_of(object, key) * page_kb();
}

static void run_row(struct table *table, struct json_object *entry)
{
	table_row(table, "%lld\t%s\t%s\t%s\t%s\t%s\t%s", number_of(entry, "pid"),
		  name_of(entry), SIZE(number_of(entry, "rss_before_kb")),
		  SIZE(number_of(entry, "rss_after_kb")),
		  SIZE(number_of(entry, "freed_kb")),
		  SIZE(number_of(entry, "swap_after_kb")), text_of(entry, "stop"));
}

static void run_summary(struct json_object *summary)
{
	long long targets = number_of(summary, "targets");

	printf("%sFreed %s%s of %lld process%s in %.1f s; %s went to swap.\n",
	       colour(BOLD), SIZE(number_of(summary, "freed_kb")), colour(PLAIN), targets,
	       targets == 1 ? "" : "es", number_of(summary, "duration_us") / 1e6,
	       SIZE(number_of(summary, "swapped_kb")));
}

static int run(const struct command *command, int argc, char **argv)
{
	static const struct operation operation = {
		.file = "reclaim",
		.done_key = "isolated_pages",
		.measurable = true,
		.headings = ">PID\tNAME\t>RSS\t>NOW\t>FREED\t>IN SWAP\tSTOP",
		.kb = rss_kb,
		.row = run_row,
		.summary = run_summary,
	};

	return carry_out(command, argc, argv, &operation);
}

const struct command run_command = {
	.name = "run",
	.arguments = "[OPTION...] [PID...]",
	.summary = "Reclaim memory of processes, now",
	.description = SELECTION_HELP
"Freed is what RSS fell by. With a swap disk it is free a moment later.\n\n"
"  reclaimctl run --name redis-server\n"
"  reclaimctl run --user www-data --type anon --max 64M\n"
"  reclaimctl run --unit nginx --cold --dry-run\n",
	.options = run_rows,
	.run = run,
};

/* --- age --- */

static void age_row(struct table *table, struct json_object *entry)
{
	table_row(table, "%lld\t%s\t%s\t%s\t%s", number_of(entry, "pid"), name_of(entry),
		  SIZE(pages_kb(entry, "scanned_pages")),
		  SIZE(pages_kb(entry, "aged_pages")), text_of(entry, "stop"));
}

static void age_summary(struct json_object *summary)
{
	printf("%s of %s used since the last age.\n",
	       SIZE(pages_kb(summary, "aged_pages")),
	       SIZE(pages_kb(summary, "scanned_pages")));
}

static int age(const struct command *command, int argc, char **argv)
{
	static const struct operation operation = {
		.file = "age",
		.done_key = "scanned_pages",
		.headings = ">PID\tNAME\t>PRESENT\t>USED\tSTOP",
		.kb = rss_kb,
		.row = age_row,
		.summary = age_summary,
	};

	return carry_out(command, argc, argv, &operation);
}

const struct command age_command = {
	.name = "age",
	.arguments = "[OPTION...] [PID...]",
	.summary = "Clear the accessed bits of processes, and say how much was used",
	.description = SELECTION_HELP
"What a process uses from then on is spared by 'run --cold'.\n\n"
"  reclaimctl age 1234; sleep 60; reclaimctl run --cold 1234\n",
	.options = range_rows,
	.run = age,
};

/* --- restore --- */

static long long swap_kb(const struct process *process)
{
	return process->swap_kb > 0 ? process->swap_kb : 0;
}

static void restore_row(struct table *table, struct json_object *entry)
{
	table_row(table, "%lld\t%s\t%s\t%s\t%s\t%s", number_of(entry, "pid"),
		  name_of(entry), SIZE(number_of(entry, "swap_before_kb")),
		  SIZE(number_of(entry, "swap_after_kb")),
		  SIZE(pages_kb(entry, "restored_pages")), text_of(entry, "stop"));
}

static void restore_summary(struct json_object *summary)
{
	printf("%s brought back in %.1f s.\n", SIZE(pages_kb(summary, "restored_pages")),
	       number_of(summary, "duration_us") / 1e6);
}

static int restore(const struct command *command, int argc, char **argv)
{
	static const struct operation operation = {
		.file = "restore",
		.done_key = "restored_pages",
		.headings = ">PID\tNAME\t>IN SWAP\t>NOW\t>RESTORED\tSTOP",
		.kb = swap_kb,
		.row = restore_row,
		.summary = restore_summary,
	};

	return carry_out(command, argc, argv, &operation);
}

const struct command restore_command = {
	.name = "restore",
	.arguments = "[OPTION...] [PID...]",
	.summary = "Bring pages of processes back from swap before they need them",
	.description = SELECTION_HELP
"\n  reclaimctl restore --name redis-server\n",
	.options = range_rows,
	.run = restore,
};
