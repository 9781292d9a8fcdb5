// SPDX-License-Identifier: GPL-2.0
/*
 * reclaimctl status: show the state of the module, and its totals since load.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reclaimctl.h"

static const struct option_row options[] = {
	JSON_ROW,
	RAW_ROW,
	{ 0 }
};

static struct json_object *gather(void)
{
	static const char *const directories[] = {
		"worker", "trigger", "lowmem", "stats", "decisions", "runs",
	};
	struct json_object *status = json_object_new_object();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(directories); i++)
		json_object_object_add(status, directories[i],
				       read_directory(directories[i]));
	json_object_object_add(status, "swap", read_swaps());
	add_number(status, "mem_total_kb", meminfo_kb("MemTotal"));
	add_number(status, "mem_available_kb", meminfo_kb("MemAvailable"));
	return status;
}

static struct json_object *part(struct json_object *status, const char *name)
{
	return json_object_object_get(status, name);
}

static void print_triggers(struct json_object *status)
{
	struct json_object *trigger = part(status, "trigger");
	long long idle_ms = number_of(trigger, "idle_ms");

	printf("%-12s", "Triggers");
	if (number_of(trigger, "adj"))
		printf(" adj");
	if (idle_ms)
		printf(" idle (%.1f s)", idle_ms / 1000.0);
	if (number_of(trigger, "pressure"))
		printf(" pressure");
	if (number_of(part(status, "lowmem"), "enabled"))
		printf(" lowmem%s", number_of(part(status, "lowmem"), "kill") ?
			" (kills)" : "");
	printf("\n");
}

static void print_worker(struct json_object *status)
{
	struct json_object *worker = part(status, "worker");
	bool on = number_of(worker, "enabled");

	printf("%-12s %s%s%s\n", "Worker", colour(on ? GREEN : PLAIN),
	       on ? text_of(worker, "state") : "off", colour(PLAIN));
	if (!on)
		return;
	printf("%-12s %lld\n", "Pending", number_of(worker, "pending"));
	printf("%-12s %s\n", "User", number_of(worker, "awake") ? "active" : "inactive");
	print_triggers(status);
}

static void print_pages(struct json_object *stats, const char *label, const char *key)
{
	printf("%-12s %s\n", label, SIZE(number_of(stats, key) * page_kb()));
}

/* Print "KEY N, KEY N" for the keys that start with @begin and are not 0. */
static void print_counts(struct json_object *counts, const char *label, const char *begin,
			 bool pages)
{
	const char *separator = " ";

	printf("%-12s", label);
	json_object_object_foreach(counts, key, value) {
		long long count = json_object_get_int64(value);
		int len = strlen(key) - strlen(begin) - (pages ? strlen("_pages") : 0);

		if (!count || strncmp(key, begin, strlen(begin)))
			continue;
		printf("%s%.*s ", separator, len, key + strlen(begin));
		if (pages)
			printf("%s", SIZE(count * page_kb()));
		else
			printf("%lld", count);
		separator = ", ";
	}
	puts(*separator == ' ' ? " none" : "");
}

static void print_swap(struct json_object *swaps)
{
	struct json_object *swap;
	size_t i;

	for (i = 0; i < json_object_array_length(swaps); i++) {
		swap = json_object_array_get_idx(swaps, i);
		printf("%-12s %s of %s on %s (%s)\n", "Swap",
		       SIZE(number_of(swap, "used_kb")), SIZE(number_of(swap, "size_kb")),
		       text_of(swap, "device"), text_of(swap, "kind"));
	}
	if (!i)
		printf("%-12s %snone%s\n", "Swap", colour(YELLOW), colour(PLAIN));
}

static void print_status(struct json_object *status)
{
	struct json_object *stats = part(status, "stats");

	print_worker(status);
	printf("%-12s %lld, %lld failed\n", "Requests", number_of(stats, "requests"),
	       number_of(stats, "errors"));
	print_pages(stats, "Scanned", "pages_scanned");
	print_pages(stats, "Reclaimed", "pages_reclaimed");
	print_pages(stats, "Restored", "pages_restored");
	print_counts(stats, "Skipped", "skipped_", true);
	print_counts(part(status, "decisions"), "Decisions", "", false);
	if (number_of(part(status, "lowmem"), "kills"))
		printf("%-12s %lld\n", "Killed", number_of(part(status, "lowmem"), "kills"));
	print_swap(part(status, "swap"));
	printf("%-12s %s of %s available\n", "Memory",
	       SIZE(number_of(status, "mem_available_kb")),
	       SIZE(number_of(status, "mem_total_kb")));
}

static int run(const struct command *command, int argc, char **argv)
{
	struct json_object *status;

	while (next_option(command, argc, argv) != -1)
		;
	no_operands(argc, argv);
	if (module_missing())
		return EXIT_NO_MODULE;
	status = gather();
	if (json_wanted) {
		print_json(status);
		return EXIT_DONE;
	}
	print_status(status);
	json_object_put(status);
	return EXIT_DONE;
}

const struct command status_command = {
	.name = "status",
	.arguments = "[OPTION...]",
	.summary = "Show the state of the module, and its totals since load",
	.options = options,
	.run = run,
};
