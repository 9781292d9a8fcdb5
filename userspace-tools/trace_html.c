// SPDX-License-Identifier: GPL-2.0
/*
 * One HTML page of recorded events: trace.html with the events in it, as JSON, which
 * its script turns into the timelines.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reclaimctl.h"
#include "trace_html.h"

/* Where the events come in trace.html. */
#define PLACE "@EVENTS@"

/* The page as it is in the source, ended by a NUL. */
__asm__(".section .rodata\n"
	"page_text:\n"
	".incbin \"trace.html\"\n"
	".byte 0\n"
	".previous\n");
extern const char page_text[];

struct trace_page {
	struct json_object *events;
};

struct trace_page *trace_page_new(void)
{
	struct trace_page *page = malloc(sizeof(*page));

	if (!page)
		abort();
	page->events = json_object_new_array();
	return page;
}

void trace_page_add(const struct event_kind *kind, struct tep_event *event,
		    struct tep_record *record, void *page)
{
	struct trace_page *to = page;

	json_object_array_add(to->events, event_json(kind, event, record));
}

/*
 * JSON inside of a script element: nothing ends that, or begins a comment, where there
 * is no '<'; and '<' is only ever in a string.
 */
static void write_json(FILE *file, const char *text)
{
	for (; *text; text++)
		if (*text == '<')
			fputs("\\u003c", file);
		else
			putc(*text, file);
}

int trace_page_write(struct trace_page *page, const char *path, int page_size)
{
	const char *place = strstr(page_text, PLACE);
	FILE *file = fopen(path, "we");

	if (!file)
		return fail(errno == EACCES ? EXIT_REFUSED : EXIT_FAILED, "%s: %s", path,
			    strerror(errno));
	fwrite(page_text, 1, place - page_text, file);
	fprintf(file, "{\"page_size\":%d,\"events\":", page_size);
	write_json(file, json_object_to_json_string_ext(page->events, JSON_C_TO_STRING_PLAIN));
	fputs("}", file);
	fputs(place + strlen(PLACE), file);
	if (ferror(file) | fclose(file))
		return fail(EXIT_FAILED, "%s: %s", path, strerror(errno));
	return EXIT_DONE;
}

void trace_page_free(struct trace_page *page)
{
	json_object_put(page->events);
	free(page);
}
