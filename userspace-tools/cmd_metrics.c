// SPDX-License-Identifier: GPL-2.0
/*
 * reclaimctl metrics: print the module's counters as OpenMetrics text, or write them in the older
 * text format of Prometheus for the textfile collector of the node exporter.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reclaimctl.h"

static const struct option_row options[] = {
	{ 'o', "output", "FILE", "replace FILE atomically, for the node exporter" },
	{ 0 }
};

/* One file of sysfs is one metric. Pages are converted to bytes, Prometheus' base unit. */
static const struct metric {
	const char *name;
	const char *file;
	bool is_counter;	/* not a gauge */
	bool pages;
	const char *help;
} metrics[] = {
	{ "requests", "stats/requests", true, false, "Requests carried out" },
	{ "request_errors", "stats/errors", true, false, "Requests that failed" },
	{ "scanned_bytes", "stats/pages_scanned", true, true,
	  "Memory scanned by requests" },
	{ "isolated_bytes", "stats/pages_isolated", true, true,
	  "Memory passed to the kernel's reclaim" },
	{ "reclaimed_bytes", "stats/pages_reclaimed", true, true,
	  "Memory free when the kernel's reclaim returned" },
	{ "restored_bytes", "stats/pages_restored", true, true,
	  "Memory swapped in by restore requests" },
	{ "aged_bytes", "stats/pages_aged", true, true,
	  "Memory found accessed by age requests" },
	{ "unwritten_bytes", "stats/pages_unwritten", true, true,
	  "Memory unmapped from a process whose write to swap failed" },
	{ "split_folios", "stats/folios_split", true, false,
	  "Large folios split, because only a part could be reclaimed" },
	{ "kills", "lowmem/kills", true, false, "Processes killed by lowmem" },
	{ "worker_enabled", "worker/enabled", false, false, "Whether the worker is enabled" },
	{ "worker_pending", "worker/pending", false, false,
	  "Processes queued for the worker" },
};

struct text {
	FILE *file;
	bool open;		/* OpenMetrics */
};

/*
 * In OpenMetrics only the sample of a counter ends with "_total". In the older format TYPE and
 * HELP must have the suffix too, because the node exporter ignores them otherwise.
 */
static void head(const struct text *text, const char *name, bool is_counter,
		 const char *help)
{
	const char *total = is_counter && !text->open ? "_total" : "";
	size_t len = strlen(name);

	fprintf(text->file, "# TYPE proc_reclaim_%s%s %s\n", name, total,
		is_counter ? "counter" : "gauge");
	/* OpenMetrics needs the unit as the suffix of the name. */
	if (text->open && len > 6 && !strcmp(name + len - 6, "_bytes"))
		fprintf(text->file, "# UNIT proc_reclaim_%s bytes\n", name);
	fprintf(text->file, "# HELP proc_reclaim_%s%s %s.\n", name, total, help);
}

static void print_metric(const struct text *text, const struct metric *metric)
{
	long long count = read_count(metric->file);

	if (count < 0)
		return;
	head(text, metric->name, metric->is_counter, metric->help);
	fprintf(text->file, "proc_reclaim_%s%s %lld\n", metric->name,
		metric->is_counter ? "_total" : "",
		metric->pages ? count * page_kb() * 1024 : count);
}

/* Print a directory as one metric, with a label for each file whose name starts with @begin. */
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
			     page_kb() * 1024, "Memory skipped by requests");
		print_family(text, "decisions", "", "decisions", 1,
			     "Decisions of the worker");
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
	no_operands(argc, argv);
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
	.summary = "Print the module's counters as OpenMetrics text, for Prometheus",
	.description =
"If the module is not loaded, the text only says so, and the exit code is 3.\n"
"FILE is written in the older text format of Prometheus, because the textfile collector\n"
"does not read OpenMetrics.\n\n"
"  reclaimctl metrics -o /var/lib/prometheus/node-exporter/proc_reclaim.prom\n",
	.options = options,
	.run = run,
};
