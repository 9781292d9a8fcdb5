// SPDX-License-Identifier: GPL-2.0
/*
 * Read the data of "reclaimctl top" from /proc, sysfs, debugfs and the request history.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "top.h"

int compare_pids(const void *a, const void *b)
{
	const struct row *one = a, *other = b;

	return (one->process.pid > other->process.pid) -
	       (one->process.pid < other->process.pid);
}

static struct row *find_row(const struct view *view, int pid)
{
	struct row key = { .process.pid = pid };

	return view->count ? bsearch(&key, view->rows, view->count, sizeof(key),
				     compare_pids) : NULL;
}

static void read_adj(struct row *row)
{
	char path[64], *text;

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", row->process.pid);
	text = read_text(path);
	row->adj = text ? atoll(text) : 0;
	free(text);
}

/* What the process had in swap after the action and does not have now has come back. */
static void set_action(struct row *row, const char *action, long long acted_ms,
		       long long freed_kb, long long swap_kb)
{
	row->acted = true;
	row->acted_ms = acted_ms;
	row->freed_kb = freed_kb;
	row->back_kb = swap_kb > row->process.swap_kb ? swap_kb - row->process.swap_kb : 0;
	snprintf(row->action, sizeof(row->action), "%s", action);
}

static void set_memory(struct row *row, struct json_object *memory)
{
	const char *last = text_of(memory, "last");

	if (*last)
		set_action(row, last, boot_ms() - number_of(memory, "ago_ms"),
			   number_of(memory, "freed_kb"), number_of(memory, "swap_kb"));
}

static void set_decision(struct row *row, struct json_object *decision)
{
	const char *reason = text_of(decision, "reason");
	const char *stop = text_of(decision, "stop");
	long long ms = number_of(decision, "since_boot_ms");

	/* Skip a decision about an earlier process with the same pid. */
	if (ms < process_start_ms(&row->process))
		return;
	row->decided_ms = ms;
	snprintf(row->why, sizeof(row->why), "%s: %s%s%s", text_of(decision, "trigger"),
		 reason, *stop ? ", " : "", stop);
}

/* A request of unknown time may be older than the worker's last action, so it never wins. */
static void set_request(struct row *row, const struct seen_request *request)
{
	long long ms = request->timed ? request->ms : 0;

	if (!row->acted || ms > row->acted_ms)
		set_action(row, request->type, ms, request->freed_kb, request->swap_kb);
	if (!*row->why || ms > row->decided_ms)
		snprintf(row->why, sizeof(row->why), "request");
}

static void add_requests(struct view *view)
{
	const struct seen_request *request;
	size_t i;

	for (i = 0; i < view->count; i++) {
		request = request_seen(&view->rows[i].process);
		if (request)
			set_request(&view->rows[i], request);
	}
}

static void read_table_of(struct view *view, const char *path,
			  void (*set)(struct row *row, struct json_object *words))
{
	struct json_object *table = read_table(path), *words;
	struct row *row;
	size_t i;

	if (!table) {
		view->debugfs_error = errno;
		return;
	}
	/* The table starts with the oldest line, so the newest one about a process wins. */
	for (i = 0; i < json_object_array_length(table); i++) {
		words = json_object_array_get_idx(table, i);
		row = find_row(view, number_of(words, "pid"));
		if (row)
			set(row, words);
	}
	json_object_put(table);
}

void read_view(struct view *view)
{
	struct process *list;
	size_t i;

	*view = (struct view){ 0 };
	list = all_processes(&view->count);
	view->rows = calloc(view->count + 1, sizeof(*view->rows));
	if (!view->rows)
		abort();
	for (i = 0; i < view->count; i++) {
		view->rows[i].process = list[i];
		clean_text(view->rows[i].process.name);
		read_adj(&view->rows[i]);
	}
	free(list);
	qsort(view->rows, view->count, sizeof(*view->rows), compare_pids);
	view->loaded = !access(SYSFS, F_OK);
	if (!view->loaded)
		return;
	view->reclaimed_kb = read_count("stats/pages_reclaimed") * page_kb();
	view->restored_kb = read_count("stats/pages_restored") * page_kb();
	read_table_of(view, DEBUGFS "/processes", set_memory);
	read_table_of(view, DEBUGFS "/decisions", set_decision);
	add_requests(view);
}
