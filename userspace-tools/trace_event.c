// SPDX-License-Identifier: GPL-2.0
/*
 * The module's events, recorded or live: selection, and output as text or JSON.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <trace-seq.h>

#include "../trace/plugin_proc_reclaim.h"
#include "live_events.h"
#include "reclaimctl.h"
#include "trace_event.h"

#define PREFIX EVENT_SYSTEM "_"

struct event_kind event_kinds[] = {
	{ "request", true },
	{ "walk", true },
	{ "shrink", true },
	{ "restore", true },
	{ "done", true },
	{ "trigger", true },
	{ "throttle", true },
	{ "defer", true },
	{ "worker", false },
	{ "kill", true },
	{ 0 }
};

const struct event_kind lost_kind = { "lost" };

void choose_pid(struct event_choice *choice, const char *text)
{
	if (choice->nr_pids == MAX_PIDS)
		usage_error("too many pids: at most %d", MAX_PIDS);
	choice->pids[choice->nr_pids++] = parse_number("pid", text, 1, 1 << 22);
}

void choose_kind(struct event_choice *choice, const char *name)
{
	struct event_kind *kind;

	for (kind = event_kinds; kind->name; kind++) {
		if (strcmp(kind->name, name))
			continue;
		kind->wanted = true;
		choice->some_kinds = true;
		return;
	}
	usage_error("unknown event '%s'", name);
}

bool kind_is_chosen(const struct event_choice *choice, const struct event_kind *kind)
{
	return (kind->wanted || !choice->some_kinds) && (kind->has_pid || !choice->nr_pids);
}

char *choice_filter(const struct event_choice *choice)
{
	char *filter = NULL;
	size_t len, i;
	FILE *stream;

	if (!choice->nr_pids)
		return NULL;
	stream = open_memstream(&filter, &len);
	for (i = 0; stream && i < choice->nr_pids; i++)
		fprintf(stream, "%spid == %d", i ? " || " : "", choice->pids[i]);
	if (!stream || fclose(stream))
		abort();
	return filter;
}

static bool pid_is_chosen(const struct event_choice *choice, struct tep_event *event,
			  struct tep_record *record)
{
	struct tep_format_field *field;
	unsigned long long pid;
	size_t i;

	if (!choice->nr_pids)
		return true;
	field = tep_find_field(event, "pid");
	if (!field || !record_holds(record, field) ||
	    tep_read_number_field(field, record->data, &pid))
		return false;
	for (i = 0; i < choice->nr_pids; i++)
		if (choice->pids[i] == (int)pid)
			return true;
	return false;
}

const struct event_kind *chosen_kind(const struct event_choice *choice,
				     struct tep_event *event, struct tep_record *record)
{
	const struct event_kind *kind;

	if (strcmp(event->system, EVENT_SYSTEM) || strncmp(event->name, PREFIX, strlen(PREFIX)))
		return NULL;
	for (kind = event_kinds; kind->name; kind++)
		if (!strcmp(kind->name, event->name + strlen(PREFIX)))
			break;
	if (!kind->name || !kind_is_chosen(choice, kind) ||
	    !pid_is_chosen(choice, event, record))
		return NULL;
	return kind;
}

static struct json_object *text_json(const struct tep_format_field *field,
				     const struct tep_record *record)
{
	char *text = strndup((const char *)record->data + field->offset, field->size);
	struct json_object *object;

	if (!text)
		abort();
	object = json_object_new_string(clean_text(text));
	free(text);
	return object;
}

static struct json_object *field_json(struct tep_event *event,
				      struct tep_format_field *field,
				      const struct tep_record *record)
{
	unsigned long long value = 0;
	const char *name;

	if (field->flags & TEP_FIELD_IS_ARRAY)
		return text_json(field, record);
	tep_read_number_field(field, record->data, &value);
	name = event_symbol(event, field->name, value);
	if (name)
		return json_object_new_string(name);
	if (field->flags & TEP_FIELD_IS_SIGNED)
		return json_object_new_int64(field->size == 4 ? (int)value : (long long)value);
	return json_object_new_uint64(value);
}

static bool holds_all(const struct tep_record *record, const struct tep_format_field *field)
{
	while (field && record_holds(record, field))
		field = field->next;
	return !field;
}

/*
 * Libtraceevent does not check that a field lies inside the record. Reject dynamic fields too,
 * whose data contains an offset, because the module's events have none.
 */
static bool is_intact(const struct tep_event *event, const struct tep_record *record)
{
	const struct tep_format_field *field;

	for (field = event->format.fields; field; field = field->next)
		if (field->flags & TEP_FIELD_IS_DYNAMIC)
			return false;
	return holds_all(record, event->format.common_fields) &&
	       holds_all(record, event->format.fields);
}

struct json_object *event_json(const struct event_kind *kind, struct tep_event *event,
			       struct tep_record *record)
{
	struct json_object *object = json_object_new_object();
	struct tep_format_field *field = event ? event->format.fields : NULL;

	json_object_object_add(object, "time_ns", json_object_new_uint64(record->ts));
	json_object_object_add(object, "cpu", json_object_new_int(record->cpu));
	json_object_object_add(object, "event", json_object_new_string(kind->name));
	/* The number is unknown if it is negative. */
	if (!event && record->missed_events > 0)
		json_object_object_add(object, "lost_events",
				       json_object_new_int64(record->missed_events));
	for (; field; field = field->next)
		if (record_holds(record, field))
			json_object_object_add(object, field->name,
					       field_json(event, field, record));
	if (event && !is_intact(event, record))
		json_object_object_add(object, "damaged", json_object_new_boolean(true));
	return object;
}

/* Without the plugin's handler, libtraceevent would use the format string of the file. */
static void print_words(struct tep_event *event, struct tep_record *record)
{
	struct trace_seq s;

	if (!event->handler || !is_intact(event, record)) {
		puts("damaged");
		return;
	}
	trace_seq_init(&s);
	tep_print_event(event->tep, &s, record, "%s", TEP_PRINT_INFO);
	trace_seq_terminate(&s);
	puts(s.buffer);
	trace_seq_destroy(&s);
}

void print_event_line(const struct event_kind *kind, struct tep_event *event,
		      struct tep_record *record)
{
	struct json_object *object;

	if (json_wanted) {
		object = event_json(kind, event, record);
		puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
						    JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(object);
		return;
	}
	printf("%6llu.%06llu  %s%-8s%s  ", record->ts / 1000000000,
	       record->ts % 1000000000 / 1000, colour(BOLD), kind->name, colour(PLAIN));
	if (event)
		print_words(event, record);
	else if (record->missed_events > 0)
		printf("%lld events of CPU %d\n", record->missed_events, record->cpu);
	else
		printf("unknown number of events of CPU %d\n", record->cpu);
}
