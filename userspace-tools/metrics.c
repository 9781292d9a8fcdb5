// SPDX-License-Identifier: GPL-2.0
/*
 * reclaimctl metrics: the module's counts as OpenMetrics text, or for the textfile
 * collector of the Prometheus node exporter in Prometheus' own older one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reclaimctl.h"

static const struct option_row options[] = {
	{ 'o', "output", "FILE", "write there, for the node exporter, at once as a whole" },
	{ 0 }
};

/* One file of sysfs, as one metric. Pages become bytes, Prometheus' unit. */
static const struct metric {
	const char *name;
	const char *file;
	bool counts;		/* a counter, not a gauge */
	bool pages;
	const char *help;
} metrics[] = {
	{ "requests", "stats/requests", true, false, "Requests that were carried out" },
	{ "request_errors", "stats/errors", true, false, "Requests that failed" },
	{ "scanned_bytes", "stats/pages_scanned", true, true,
	  "Memory that requests looked at" },
	{ "isolated_bytes", "stats/pages_isolated", true, true,
	  "Memory that was handed to the kernel's reclaim" },
	{ "reclaimed_bytes", "stats/pages_reclaimed", true, true,
	  "Memory that was free when the kernel's reclaim returned" },
	{ "restored_bytes", "stats/pages_restored", true, true,
	  "Memory that was brought back from swap" },
	{ "aged_bytes", "stats/pages_aged", true, true,
	  "Memory that was found accessed by an age" },
	{ "unwritten_bytes", "stats/pages_unwritten", true, true,
	  "Memory that left a process, and whose write to swap failed" },
	{ "split_folios", "stats/folios_split", true, false,
	  "Large folios that were split, because only a part was wanted" },
	{ "kills", "lowmem/kills", true, false, "Processes that lowmem has killed" },
	{ "worker_enabled", "worker/enabled", false, false, "Whether the worker is on" },
	{ "worker_pending", "worker/pending", false, false,
	  "Processes that wait for the worker" },
};

struct text {
	FILE *file;
	bool open;		/* OpenMetrics */
};

/*
 * OpenMetrics gives a counter a name, and its sample that name with "_total" behind;
 * in the older text both have the whole name, or type and help are lost.
 */
static void head(const struct text *text, const char *name, bool counts, const char *help)
{
	const char *total = counts && !text->open ? "_total" : "";
	size_t len = strlen(name);

	fprintf(text->file, "# TYPE proc_reclaim_%s%s %s\n", name, total,
		counts ? "counter" : "gauge");
	/* The name of a unit is the end of the metric's. */
	if (text->open && len > 6 && !strcmp(name + len - 6, "_bytes"))
		fprintf(text->file, "# UNIT proc_reclaim_%s bytes\n", name);
	fprintf(text->file, "# HELP proc_reclaim_%s%s %s.\n", name, total, help);
}

static void print_metric(const struct text *text, const struct metric *metric)
{
	long long count = read_count(metric->file);

	if (count < 0)
		return;
	head(text, metric->name, metric->counts, metric->help);
	fprintf(text->file, "proc_reclaim_%s%s %lld\n", metric->name,
		metric->counts ? "_total" : "",
		metric->pages ? count * page_kb() * 1024 : count);
}

/* One metric of a whole directory, with a label for each file whose name begins so. */
static void print_family(const struct text *text, const char *directory, const char *begin,
			 const char *name, long long factor, const char *help)
{
	struct json_object *counts = read_directory(directory);
	size_t len = strlen(begin);

	head(text, name, true, help);
	json_object_object_foreach(counts, key, value) {
		int label = strlen(key) - len - (factor > 1 ? strlen("_pages") : 0);

		if (!strncmp(key, begin, len))
			fprintf(text->file,
				"proc_reclaim_%s_total{reason=\"%.*s\"} %lld\n",
				name, label, key + len,
				(long long)json_object_get_int64(value) * factor);
	}
	json_object_put(counts);
}

static void print_all(const struct text *text, bool loaded)
{
	size_t i;

	head(text, "loaded", false, "Whether the module is loaded");
	fprintf(text->file, "proc_reclaim_loaded %d\n", loaded);
	for (i = 0; loaded && i < ARRAY_SIZE(metrics); i++)
		print_metric(text, &metrics[i]);
	if (loaded) {
		print_family(text, "stats", "skipped_", "skipped_bytes",
			     page_kb() * 1024, "Memory that was passed over");
		print_family(text, "decisions", "", "decisions", 1,
			     "What became of the worker's queued actions");
	}
	if (text->open)
		fprintf(text->file, "# EOF\n");
}

static int run(const struct command *command, int argc, char **argv)
{
	const char *output = NULL;
	struct text text;
	bool loaded;
	char *all;
	size_t len;
	int err;

	while (next_option(command, argc, argv) != -1)
		output = optarg;
	no_more_words(argc, argv);
	text = (struct text){ open_memstream(&all, &len), !output };
	if (!text.file)
		abort();
	loaded = read_count("stats/requests") >= 0;
	print_all(&text, loaded);
	fclose(text.file);
	err = output ? save_file(output, all) : 0;
	if (!output)
		fputs(all, stdout);
	free(all);
	if (err)
		return fail_file(output, err);
	return loaded ? EXIT_DONE : EXIT_NO_MODULE;
}

const struct command metrics_command = {
	.name = "metrics",
	.arguments = "[OPTION...]",
	.summary = "Print the module's counts as OpenMetrics text, for Prometheus",
	.description =
"Where the module is not loaded that is what the text says, and the exit code is 3.\n"
"The collector that reads FILE understands Prometheus' older text only, and gets that.\n\n"
"  reclaimctl metrics -o /var/lib/prometheus/node-exporter/proc_reclaim.prom\n",
	.options = options,
	.run = run,
};
