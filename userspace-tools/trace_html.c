// SPDX-License-Identifier: GPL-2.0
/*
 * Write trace.html with the events as JSON, from which its script draws the timelines.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reclaimctl.h"
#include "trace_html.h"

/* The placeholder for the events in trace.html. */
#define PLACE "@EVENTS@"

/* The contents of trace.html, with a terminating NUL. */
__asm__(".section .rodata\n"
	"page_text:\n"
	".incbin \"trace.html\"\n"
	".byte 0\n"
	".previous\n");
extern const char page_text[];

int trace_page_open(struct trace_page *page, const char *path)
{
	int err = new_file_open(&page->to, path);

	if (err)
		return fail_file(path, err);
	page->path = path;
	page->has_events = false;
	fwrite(page_text, 1, strstr(page_text, PLACE) - page_text, page->to.stream);
	fputs("{\"events\":[", page->to.stream);
	return EXIT_DONE;
}

/*
 * Write JSON into a script element. Escape '<', which only occurs in strings, because without it
 * nothing can end the element or start a comment.
 */
static void write_json(FILE *file, struct json_object *object)
{
	const char *text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN);

	if (!text)
		abort();
	for (; *text; text++)
		if (*text == '<')
			fputs("\\u003c", file);
		else
			putc(*text, file);
}

void trace_page_add(const struct event_kind *kind, struct tep_event *event,
		    struct tep_record *record, void *page)
{
	struct json_object *object = event_json(kind, event, record);
	struct trace_page *to = page;

	/* Users share pages, and the addresses of a process help an attacker. */
	json_object_object_del(object, "start");
	json_object_object_del(object, "end");
	if (to->has_events)
		putc(',', to->to.stream);
	write_json(to->to.stream, object);
	json_object_put(object);
	to->has_events = true;
}

int trace_page_end(void *context, int page_size)
{
	struct trace_page *page = context;

	fprintf(page->to.stream, "],\"page_size\":%d}", page_size);
	fputs(strstr(page_text, PLACE) + strlen(PLACE), page->to.stream);
	/* ferror() reports earlier failures of fwrite() and putc(). */
	if (!fflush(page->to.stream) && !ferror(page->to.stream))
		return EXIT_DONE;
	return fail_file(page->path, errno ? -errno : -EIO);
}

int trace_page_close(struct trace_page *page, int status)
{
	int err = new_file_close(&page->to, status ? -ECANCELED : 0);

	if (status)
		return status;
	return err ? fail_file(page->path, err) : EXIT_DONE;
}
