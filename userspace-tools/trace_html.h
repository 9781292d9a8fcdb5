/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One HTML page of recorded events.
 */
#ifndef TRACE_HTML_H
#define TRACE_HTML_H

#include "reclaimctl.h"
#include "trace_event.h"

struct trace_page {
	struct new_file to;
	const char *path;	/* as it was given */
	bool some;		/* events are in it */
};

/* trace_page_open() - EXIT_DONE, or having said why another; one that is open is closed */
int trace_page_open(struct trace_page *page, const char *path);
/* trace_page_add(), trace_page_end() - an event, the rest; as in struct event_sink */
void trace_page_add(const struct event_kind *kind, struct tep_event *event,
		    struct tep_record *record, void *page);
int trace_page_end(void *page, int page_size);
/*
 * trace_page_close() - have the page take its place, or leave what was there
 * @status: not EXIT_DONE where there is to be none
 *
 * Return: that, or EXIT_FAILED, having said why.
 */
int trace_page_close(struct trace_page *page, int status);

#endif
