/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Live events of the module, in a separate trace buffer.
 */
#ifndef LIVE_EVENTS_H
#define LIVE_EVENTS_H

#include <event-parse.h>
#include <stdbool.h>

#define EVENT_SYSTEM "proc_reclaim"

struct live_events;

/**
 * live_events_open() - create a trace instance, without enabled events
 * @name: name of the instance; an existing one is reused
 * @size_kb: buffer size per CPU; 0 for the kernel's default of more than a megabyte
 *
 * Return: NULL and errno without tracefs, module or permission.
 */
struct live_events *live_events_open(const char *name, unsigned int size_kb);

/**
 * live_events_enable() - enable an event
 * @event: name of the event
 * @filter: a filter in the kernel's syntax, or NULL
 *
 * Return: 0 or -errno.
 */
int live_events_enable(struct live_events *live, const char *event, const char *filter);

/* live_events_enabled() - is the event enabled? Unloading the module disables it. */
bool live_events_enabled(struct live_events *live, const char *event);

/* live_events_fd() - return a descriptor for poll(), which is readable when events exist */
int live_events_fd(const struct live_events *live);

struct tep_handle *live_events_tep(const struct live_events *live);

typedef int (*live_event_fn)(struct tep_event *event, struct tep_record *record,
			     int cpu, void *context);

/* live_events_take() - consume events, oldest first: call @fn for each until it returns non-zero */
void live_events_take(struct live_events *live, live_event_fn fn, void *context);

/*
 * end_signals_fd() - return a descriptor for poll(), which is readable after a termination signal
 *
 * The signals do not end the program itself, because it must remove the trace instance first.
 */
int end_signals_fd(void);

/* live_events_close() - remove the trace instance */
void live_events_close(struct live_events *live);

#endif
