/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One HTML page of recorded events.
 */
#ifndef TRACE_HTML_H
#define TRACE_HTML_H

#include "trace_event.h"

struct trace_page;

struct trace_page *trace_page_new(void);
/* trace_page_add() - an event; a recorded_event_fn */
void trace_page_add(const struct event_kind *kind, struct tep_event *event,
		    struct tep_record *record, void *page);
/* trace_page_write() - EXIT_DONE, or EXIT_FAILED, having said why */
int trace_page_write(struct trace_page *page, const char *path, int page_size);
void trace_page_free(struct trace_page *page);

#endif
