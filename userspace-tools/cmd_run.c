// SPDX-License-Identifier: GPL-2.0
/*
 * reclaimctl run, age, restore: write one request for each selected process, and collect the
 * results.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run.h"

static volatile sig_atomic_t caught_signal;

/* --- one request --- */

static void request_text(char *text, size_t size, const struct run_options *options,
			 const struct process *process)
{
	char target[16] = "system";

	if (!options->system)
		snprintf(target, sizeof(target), "%d", process->pid);
	if (options->start)
		snprintf(text, size, "%s %s %s%s", target, options->start, options->len,
			 options->filters);
	else if (!strcmp(options->operation->file, "reclaim"))
		snprintf(text, size, "%s %s%s", target,
			 options->type ? options->type : "all", options->filters);
	else
		snprintf(text, size, "%s", target);
}

/* Explain an error of the module to the user. */
static const char *explain(int err)
{
	switch (err) {
	case -EINVAL:
		return "the module rejected the options or the range";
	case -ESRCH:
		return "no such process";
	case -EPERM:
		return "a kernel thread, or ptrace access denied";
	case -EACCES:
		return "must be root";
	case -ENOSPC:
		return "no swap for anonymous memory";
	case -ENOENT:
		return "the module was unloaded";
	default:
		return strerror(-err);
	}
}

/*
 * Make an entry for a result that a concurrent request overwrote. Measure RSS and swap in /proc
 * instead, if that is sufficient for the operation.
 */
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

/* Add the process and the request to a result. */
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

/* Return how much left RSS but not memory, because writing to swap failed. */
static long long unwritten_kb(struct json_object *entry)
{
	return number_of(entry, "unwritten_pages") * page_kb();
}

/* Write the request for a process or, if that is NULL, for the system. Return its result. */
static struct json_object *write_request(const struct run_options *options,
					 const struct process *process)
{
	struct json_object *result;
	char text[256];
	int err;

	request_text(text, sizeof(text), options, process);
	/* Check as late as possible, because the module only knows the pid. */
	if (process && !process_is_same(process))
		return failed(process, text, -ESRCH);
	err = request(options->operation->file, text, &result);
	if (err)
		return failed(process, text, err);
	if (!result)
		result = lost(options, process);
	if (entry_has_numbers(result))
		add_number(result, "freed_kb", number_of(result, "rss_before_kb") -
					       number_of(result, "rss_after_kb") -
					       unwritten_kb(result));
	return describe(result, process, text);
}

/* Return the request that write_request() would write. */
static struct json_object *dry_run(const struct run_options *options,
				   const struct process *process)
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

/* --- all requests --- */

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
	add_number(summary, "failed", number_of(summary, "failed") + entry_has_failed(entry));
	add_number(summary, "lost", number_of(summary, "lost") + entry_is_lost(entry));
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

static void note_signal(int signal_number)
{
	caught_signal = signal_number;
}

/*
 * Let the first signal stop the run after the current request, so that the results of all earlier
 * ones are printed. The second one ends the program, because a request can take long.
 */
static void catch_signals(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
	const struct sigaction action = { .sa_handler = note_signal, .sa_flags = SA_RESETHAND };
	struct sigaction old;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaction(signals[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
}

/* End the program as the caught signal does by default, so that its parent notices. */
static void pass_on_signal(void)
{
	if (!caught_signal)
		return;
	fflush(stdout);
	signal(caught_signal, SIG_DFL);
	raise(caught_signal);
}

static struct json_object *run_processes(const struct run_options *options,
					 struct process *list, size_t count)
{
	struct json_object *entries = json_object_new_array(), *entry;
	long long total_kb = 0;
	size_t i;

	for (i = 0; i < count; i++)
		total_kb += options->operation->kb(&list[i]);
	if (!options->dry_run && !options->quiet)
		progress_start(total_kb);
	if (!options->dry_run && count > 1)
		catch_signals();
	for (i = 0; i < count && !caught_signal; i++) {
		progress_next(&list[i], options->operation->kb(&list[i]), options->operation->kb);
		entry = options->dry_run ? dry_run(options, &list[i]) :
					   write_request(options, &list[i]);
		/* A process that was not selected by pid may exit before its request. */
		if (!options->selection.nr_pids && !strcmp(text_of(entry, "errno"), "ESRCH"))
			json_object_put(entry);
		else
			json_object_array_add(entries, entry);
	}
	progress_end();
	if (i < count)
		warn("interrupted, %zu of %zu processes were not handled", count - i, count);
	return entries;
}

/* Show no progress bar, because no single process tells how far a sweep is. */
static struct json_object *run_sweep(const struct run_options *options)
{
	struct json_object *entries = json_object_new_array();

	json_object_array_add(entries, options->dry_run ? dry_run(options, NULL) :
							  write_request(options, NULL));
	return entries;
}

/* Return the exit code if all requests failed. */
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

static int exit_code(const struct run_options *options, struct json_object *entries,
		     struct json_object *summary)
{
	long long failures = number_of(summary, "failed");

	if (failures && failures == number_of(summary, "processes"))
		return common_failure(entries);
	if (failures)
		return EXIT_FAILED;
	/* Pages that could not be written to swap are not free. */
	if (number_of(summary, "unwritten_pages") && number_of(summary, "freed_kb") <= 0)
		return EXIT_FAILED;
	/* A request with a lost result was carried out. */
	if (options->dry_run || number_of(summary, options->operation->done_key) > 0 ||
	    number_of(summary, "freed_kb") > 0 || number_of(summary, "lost"))
		return EXIT_DONE;
	return EXIT_NOTHING;
}

static int run_operation(const struct command *command, int argc, char **argv,
			 const struct operation *operation)
{
	struct run_options options = { .operation = operation };
	struct json_object *entries, *summary;
	long long start_us = now_us();
	struct process *list = NULL;
	size_t count = 0;
	int code;

	parse_run_options(&options, command, argc, argv);
	if (module_missing())
		return EXIT_NO_MODULE;
	if (!options.dry_run && access(SYSFS "/reclaim", W_OK))
		return fail(EXIT_REFUSED, "must be root");
	if (!options.system) {
		list = select_processes(&options.selection, &count);
		if (!count)
			return fail(EXIT_NOTHING, "no process matches");
		if (options.start && count > 1)
			usage_error("--range needs a single process, but %zu match", count);
	}
	entries = options.system ? run_sweep(&options) : run_processes(&options, list, count);
	if (!json_object_array_length(entries)) {
		pass_on_signal();
		return fail(EXIT_NOTHING, "all matching processes have exited");
	}
	summary = sum_up(entries, start_us);
	print_run(&options, entries, summary);
	pass_on_signal();
	code = exit_code(&options, entries, summary);
	json_object_put(entries);
	json_object_put(summary);
	free(list);
	free(options.selection.pids);
	return code;
}

/* --- run --- */

static long long pages_kb(struct json_object *object, const char *key)
{
	return number_of(object, key) * page_kb();
}

static long long rss_kb(const struct process *process)
{
	return process->rss_kb > 0 ? process->rss_kb : 0;
}

static void run_row(struct table *table, struct json_object *entry)
{
	table_row(table, "%lld\t%s\t%s\t%s\t%s\t%s\t%s", number_of(entry, "pid"),
		  entry_name(entry), SIZE(number_of(entry, "rss_before_kb")),
		  SIZE(number_of(entry, "rss_after_kb")),
		  SIZE(number_of(entry, "freed_kb")),
		  SIZE(number_of(entry, "swap_after_kb")), text_of(entry, "stop"));
}

static void run_summary(struct json_object *summary)
{
	long long targets = number_of(summary, "targets");
	long long freed_kb = number_of(summary, "freed_kb");

	/* Processes that allocate meanwhile can grow by more than was freed. */
	printf("%sFreed %s%s of %lld process%s in %.1f s; %s went to swap.\n",
	       colour(BOLD), SIZE(freed_kb > 0 ? freed_kb : 0), colour(PLAIN), targets,
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

	return run_operation(command, argc, argv, &operation);
}

const struct command run_command = {
	.name = "run",
	.arguments = "[OPTION...] [PID...]",
	.summary = "Reclaim memory of processes now",
	.description = SELECTION_HELP
"FREED is the decrease of RSS. On a swap disk the pages must be written before they\n"
"are free.\n\n"
"  reclaimctl run --name redis-server\n"
"  reclaimctl run --user www-data --type anon --max 64M\n"
"  reclaimctl run --unit nginx --cold --dry-run\n",
	.options = run_rows,
	.run = run,
};

/* --- age --- */

static void age_row(struct table *table, struct json_object *entry)
{
	table_row(table, "%lld\t%s\t%s\t%s\t%s", number_of(entry, "pid"), entry_name(entry),
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

	return run_operation(command, argc, argv, &operation);
}

const struct command age_command = {
	.name = "age",
	.arguments = "[OPTION...] [PID...]",
	.summary = "Clear the accessed bits of processes, and show how much was used",
	.description = SELECTION_HELP
"'run --cold' later skips all pages that were accessed after this.\n\n"
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
		  entry_name(entry), SIZE(number_of(entry, "swap_before_kb")),
		  SIZE(number_of(entry, "swap_after_kb")),
		  SIZE(pages_kb(entry, "restored_pages")), text_of(entry, "stop"));
}

static void restore_summary(struct json_object *summary)
{
	printf("%s restored in %.1f s.\n", SIZE(pages_kb(summary, "restored_pages")),
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

	return run_operation(command, argc, argv, &operation);
}

const struct command restore_command = {
	.name = "restore",
	.arguments = "[OPTION...] [PID...]",
	.summary = "Swap in pages of processes before they are accessed",
	.description = SELECTION_HELP
"\n  reclaimctl restore --name redis-server\n",
	.options = range_rows,
	.run = restore,
};
