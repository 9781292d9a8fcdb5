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

int trace_page_open(struct trace_page *page, const char *path)
{
	int err = new_file_open(&page->to, path);

	if (err)
		return fail_file(path, err);
	page->path = path;
	page->some = false;
	fwrite(page_text, 1, strstr(page_text, PLACE) - page_text, page->to.stream);
	fputs("{\"events\":[", page->to.stream);
	return EXIT_DONE;
}

/*
 * JSON inside of a script element: nothing ends that, or begins a comment, where there
 * is no '<'; and '<' is only ever in a string.
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

	/* Pages are passed on, and where a process has its memory helps who attacks it. */
	json_object_object_del(object, "start");
	json_object_object_del(object, "end");
	if (to->some)
		putc(',', to->to.stream);
	write_json(to->to.stream, object);
	json_object_put(object);
	to->some = true;
}

int trace_page_end(void *context, int page_size)
{
	struct trace_page *page = context;

	fprintf(page->to.stream, "],\"page_size\":%d}", page_size);
	fputs(strstr(page_text, PLACE) + strlen(PLACE), page->to.stream);
	/* The last write fails too where one before it has failed. */
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
