// SPDX-License-Identifier: GPL-2.0
/*
 * Output of "reclaimctl run", "age" and "restore": the result of each request, and errors.
 */
#include <stdio.h>
#include <string.h>

#include "run.h"

struct json_object *entry_of(struct json_object *entries, size_t i)
{
	return json_object_array_get_idx(entries, i);
}

bool entry_has_failed(struct json_object *entry)
{
	return json_object_object_get(entry, "error");
}

bool entry_is_lost(struct json_object *entry)
{
	return !strcmp(text_of(entry, "stop"), LOST);
}

bool entry_has_numbers(struct json_object *entry)
{
	return json_object_object_get(entry, "targets");
}

const char *entry_name(struct json_object *entry)
{
	/* A sweep has no process. */
	return json_object_object_get(entry, "name") ? text_of(entry, "name") : "system";
}

static void print_skipped(struct json_object *entry)
{
	printf("%lld %s skipped:", number_of(entry, "pid"), entry_name(entry));
	json_object_object_foreach(entry, key, value) {
		if (strncmp(key, "skipped_", 8) || !json_object_get_int64(value))
			continue;
		printf(" %.*s %s", (int)(strlen(key) - strlen("skipped__pages")), key + 8,
		       SIZE(json_object_get_int64(value) * page_kb()));
	}
	putchar('\n');
}

/* Explain a stop reason that the administrator can do something about. */
static const char *stop_hint(const char *stop)
{
	static const char *const hints[][2] = {
		{ "noswap", "swap is full, or there is none" },
		{ "memcg", "the cgroup is at its limit of memory or of swap" },
		{ "watermark", "too little free memory to work with" },
		{ "unwritten", "writes to swap fail: zram is at mem_limit, or the disk is broken" },
		{ "busy", "the mmap lock of the process stayed locked" },
		{ "ms", "the time limit was reached" },
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
		if (entry_has_failed(entry))
			warn("%lld (%s): %s", number_of(entry, "pid"), entry_name(entry),
			     text_of(entry, "error"));
		else if (entry_is_lost(entry))
			warn("%lld (%s): done; result overwritten by a concurrent request",
			     number_of(entry, "pid"), entry_name(entry));
		else if (hint)
			warn("%lld (%s): stopped early: %s", number_of(entry, "pid"),
			     entry_name(entry), hint);
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
			  entry_name(entry), SIZE(number_of(entry, "rss_kb")),
			  SIZE(number_of(entry, "anon_kb")),
			  SIZE(number_of(entry, "file_kb")),
			  SIZE(number_of(entry, "swap_kb")), text_of(entry, "request"));
	}
	table_print(table);
	puts("Dry run: no request was written.");
}

static void print_results(const struct run_options *options, struct json_object *entries,
			  struct json_object *summary)
{
	size_t i, rows = 0, count = json_object_array_length(entries);
	struct table *table;

	for (i = 0; i < count; i++)
		rows += entry_has_numbers(entry_of(entries, i));
	if (options->quiet || !rows)
		return;
	table = table_new(options->operation->headings);
	for (i = 0; i < count; i++)
		if (entry_has_numbers(entry_of(entries, i)))
			options->operation->row(table, entry_of(entries, i));
	table_print(table);
	for (i = 0; options->verbose && i < count; i++)
		if (entry_has_numbers(entry_of(entries, i)))
			print_skipped(entry_of(entries, i));
	options->operation->summary(summary);
}

void print_run(const struct run_options *options, struct json_object *entries,
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
