// SPDX-License-Identifier: GPL-2.0
/*
 * A libtraceevent plugin: shows the module's events in words and in human units,
 * in whatever reads events with that library (trace-cmd report, KernelShark).
 */
#include <ctype.h>

#include <event-parse.h>
#include <trace-seq.h>

#include "plugin_proc_reclaim.h"

#define SYSTEM "proc_reclaim"
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* How a field is shown; of the last two only the text is, if it is so. */
enum unit { NUMBER, LARGE, COUNT, ADDRESS, PAGES, NS, MS, TEXT, NAME, IF_SET, IF_CLEAR };

/* Beside a unit: what is 0 is left out. */
#define OPTIONAL 0x100

/*
 * A line is a row of these: a text, and after it a field. A field that the event does
 * not have leaves out its piece.
 */
struct piece {
	const char *text;
	const char *field;
	int unit;
};

/* The state of one line. */
struct line {
	struct trace_seq *s;
	struct tep_event *event;
	struct tep_record *record;
};

static const struct piece request[] = {
	{ "whole system", "system", IF_SET },
	{ "pid ", "pid", NUMBER | OPTIONAL },
	{ ": ", "type", NAME },
	{ " from ", "start", ADDRESS | OPTIONAL },
	{ " to ", "end", ADDRESS | OPTIONAL },
	{ ", at most ", "max_pages", PAGES | OPTIONAL },
	{ ", for ", "limit_ms", MS | OPTIONAL },
	{ ", inactive only", "inactive", IF_SET },
	{ ", cold only", "cold", IF_SET },
	{ 0 }
};

static const struct piece walk[] = {
	{ "pid ", "pid", NUMBER },
	{ ": looked at ", "scanned_pages", COUNT },
	{ ", took ", "isolated_pages", PAGES },
	{ ", skipped ", "skipped_pages", COUNT },
	{ ", mmap lock held ", "lock_held_ns", NS },
	{ ", ", "start", ADDRESS },
	{ " to ", "end", ADDRESS },
	{ 0 }
};

static const struct piece shrink[] = {
	{ "pid ", "pid", NUMBER },
	{ ": freed ", "reclaimed_pages", PAGES },
	{ " of ", "isolated_pages", PAGES },
	{ " in ", "duration_ns", NS },
	{ 0 }
};

static const struct piece restore[] = {
	{ "pid ", "pid", NUMBER },
	{ ": brought back ", "restored_pages", PAGES },
	{ " of ", "swapped_pages", PAGES },
	{ ", mmap lock held ", "lock_held_ns", NS },
	{ ", ", "start", ADDRESS },
	{ " to ", "end", ADDRESS },
	{ 0 }
};

static const struct piece done[] = {
	{ "pid ", "pid", NUMBER },
	{ " ", "comm", TEXT },
	{ ": ", "type", NAME },
	{ " by ", "action", NAME },
	{ ", RSS ", "rss_before_pages", PAGES },
	{ " -> ", "rss_after_pages", PAGES },
	{ ", file ", "file_before_pages", PAGES },
	{ " -> ", "file_after_pages", PAGES },
	{ ", anon ", "anon_before_pages", PAGES },
	{ " -> ", "anon_after_pages", PAGES },
	{ ", swap ", "swap_before_pages", PAGES },
	{ " -> ", "swap_after_pages", PAGES },
	{ ", free swap ", "swap_free_pages", PAGES },
	{ ", in ", "duration_ns", NS },
	{ ", ended by ", "stop", NAME },
	{ ", adj ", "adj", NUMBER },
	{ ", ", "last_ago_ms", MS | OPTIONAL },
	{ " after ", "last_action", NAME },
	{ 0 }
};

static const struct piece ended[] = {
	{ "whole system", "system", IF_SET },
	{ "pid ", "pid", NUMBER | OPTIONAL },
	{ ": ", "type", NAME },
	{ " by ", "action", NAME },
	{ " ended by ", "stop", NAME },
	{ ", error ", "error", NUMBER | OPTIONAL },
	{ ", processes: ", "targets", NUMBER },
	{ ", in ", "duration_ns", NS },
	{ 0 }
};

static const struct piece trigger[] = {
	{ "pid ", "pid", NUMBER },
	{ ": ", "action", NAME },
	{ " queued by ", "trigger", NAME },
	{ ", adj ", "adj_before", NUMBER },
	{ " -> ", "adj_after", NUMBER },
	{ 0 }
};

static const struct piece throttle[] = {
	{ "pid ", "pid", NUMBER },
	{ ": no ", "action", NAME },
	{ ", because: ", "reason", NAME },
	{ ", for another ", "left_ms", MS | OPTIONAL },
	{ ", value ", "value", LARGE | OPTIONAL },
	{ ", limit ", "limit", LARGE | OPTIONAL },
	{ 0 }
};

static const struct piece defer[] = {
	{ "pid ", "pid", NUMBER },
	{ ": no ", "action", NAME },
	{ ", because: deferred, after failures: ", "failures", NUMBER },
	{ ", times left: ", "skips_left", NUMBER },
	{ 0 }
};

static const struct piece worker[] = {
	{ "wakes up", "running", IF_SET },
	{ "goes to sleep", "running", IF_CLEAR },
	{ ": ", "why", TEXT },
	{ ", pending: ", "pending", NUMBER },
	{ 0 }
};

static const struct piece killed[] = {
	{ "pid ", "pid", NUMBER },
	{ " ", "comm", TEXT },
	{ ": killed, adj ", "adj", NUMBER },
	{ ", level ", "level_adj", NUMBER },
	{ ", RSS ", "rss_pages", PAGES },
	{ 0 }
};

static const struct {
	const char *name;
	const struct piece *pieces;
} events[] = {
	{ "proc_reclaim_request", request },
	{ "proc_reclaim_walk", walk },
	{ "proc_reclaim_shrink", shrink },
	{ "proc_reclaim_restore", restore },
	{ "proc_reclaim_done", done },
	{ "proc_reclaim_end", ended },
	{ "proc_reclaim_trigger", trigger },
	{ "proc_reclaim_throttle", throttle },
	{ "proc_reclaim_defer", defer },
	{ "proc_reclaim_worker", worker },
	{ "proc_reclaim_kill", killed },
};

static void print_pages(struct line *line, unsigned long long pages)
{
	int page_size = tep_get_page_size(line->event->tep);
	double kib = pages * (page_size / 1024.0);

	/* Not every reader of files tells how large a page was there. */
	if (page_size <= 0)
		trace_seq_printf(line->s, "%llu pages", pages);
	else if (kib < 1024)
		trace_seq_printf(line->s, "%.0f KiB", kib);
	else if (kib < 1024 * 1024)
		trace_seq_printf(line->s, "%.1f MiB", kib / 1024);
	else
		trace_seq_printf(line->s, "%.2f GiB", kib / (1024 * 1024));
}

static void print_ns(struct line *line, unsigned long long ns)
{
	if (ns < 1000000)
		trace_seq_printf(line->s, "%.1f us", ns / 1e3);
	else if (ns < 1000000000)
		trace_seq_printf(line->s, "%.1f ms", ns / 1e6);
	else
		trace_seq_printf(line->s, "%.2f s", ns / 1e9);
}

static void print_name(struct line *line, const char *field, int value)
{
	const char *name = event_symbol(line->event, field, value);

	if (name)
		trace_seq_puts(line->s, name);
	else
		trace_seq_printf(line->s, "%d", value);
}

/* A process names itself as it likes: nothing of that may reach a terminal as it is. */
static void print_text(struct line *line, const struct tep_format_field *field)
{
	const unsigned char *c = (const unsigned char *)line->record->data + field->offset;
	const unsigned char *end = c + field->size;

	for (; c < end && *c; c++) {
		if (isprint(*c) && *c != '\\')
			trace_seq_putc(line->s, *c);
		else
			trace_seq_printf(line->s, "\\x%02x", *c);
	}
}

static void print_piece(struct line *line, const struct piece *piece)
{
	struct tep_format_field *field = tep_find_field(line->event, piece->field);
	enum unit unit = piece->unit & ~OPTIONAL;
	unsigned long long value = 0;

	if (!field || !record_holds(line->record, field))
		return;
	if (unit != TEXT && tep_read_number_field(field, line->record->data, &value))
		return;
	if (value ? unit == IF_CLEAR : unit == IF_SET || piece->unit & OPTIONAL)
		return;
	trace_seq_puts(line->s, piece->text);
	switch (unit) {
	case NUMBER:
		trace_seq_printf(line->s, "%d", (int)value);
		break;
	case LARGE:
		trace_seq_printf(line->s, "%llu", value);
		break;
	case COUNT:
		trace_seq_printf(line->s, "%llu pages", value);
		break;
	case ADDRESS:
		trace_seq_printf(line->s, "0x%llx", value);
		break;
	case PAGES:
		print_pages(line, value);
		break;
	case NS:
		print_ns(line, value);
		break;
	case MS:
		trace_seq_printf(line->s, "%llu ms", value);
		break;
	case TEXT:
		print_text(line, field);
		break;
	case NAME:
		print_name(line, piece->field, value);
		break;
	case IF_SET:
	case IF_CLEAR:
		break;
	}
}

static int print_event(struct trace_seq *s, struct tep_record *record,
		       struct tep_event *event, void *context)
{
	struct line line = { .s = s, .event = event, .record = record };
	const struct piece *piece;

	for (piece = context; piece->text; piece++)
		print_piece(&line, piece);
	return 0;
}

int TEP_PLUGIN_LOADER(struct tep_handle *tep)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++)
		tep_register_event_handler(tep, -1, SYSTEM, events[i].name, print_event,
					   (void *)events[i].pieces);
	return 0;
}

void TEP_PLUGIN_UNLOADER(struct tep_handle *tep)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(events); i++)
		tep_unregister_event_handler(tep, -1, SYSTEM, events[i].name, print_event,
					     (void *)events[i].pieces);
}
