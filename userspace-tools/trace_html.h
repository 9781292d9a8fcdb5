/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An HTML page of recorded events.
 */
#ifndef TRACE_HTML_H
#define TRACE_HTML_H

#include "reclaimctl.h"
#include "trace_event.h"

struct trace_page {
	struct new_file to;
	const char *path;	/* for messages */
	bool has_events;
};

/* trace_page_open() - start a page; return EXIT_DONE, or print an error and return its code */
int trace_page_open(struct trace_page *page, const char *path);
/* trace_page_add(), trace_page_end() - the functions of struct event_sink */
void trace_page_add(const struct event_kind *kind, struct tep_event *event,
		    struct tep_record *record, void *page);
int trace_page_end(void *page, int page_size);
/*
 * trace_page_close() - finish the page, and replace an existing one
 * @status: EXIT_DONE; or an exit code, to discard the page
 *
 * Return: @status, or EXIT_FAILED after printing an error.
 */
int trace_page_close(struct trace_page *page, int status);

#endif
