/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's events as they happen, in a buffer of their own.
 */
#ifndef LIVE_EVENTS_H
#define LIVE_EVENTS_H

#include <event-parse.h>
#include <stdbool.h>

#define EVENT_SYSTEM "proc_reclaim"

struct live_events;

/**
 * live_events_open() - make a buffer, no event enabled
 * @name: of its directory in tracefs; one that is left over is used again
 * @size_kb: of each processor's part; 0 is the kernel's default, of more than a megabyte
 *
 * Return: NULL where there is no tracefs, no module, or no permission; errno says which.
 */
struct live_events *live_events_open(const char *name, unsigned int size_kb);

/**
 * live_events_enable() - begin with an event, or with those of it that pass the filter
 * @event: its name
 * @filter: as the kernel reads it, or NULL
 *
 * Return: 0 or -errno.
 */
int live_events_enable(struct live_events *live, const char *event, const char *filter);

/* live_events_enabled() - is it still? Not after the module was unloaded. */
bool live_events_enabled(struct live_events *live, const char *event);

/* live_events_fd() - for poll(): readable when there is something to take */
int live_events_fd(const struct live_events *live);

struct tep_handle *live_events_tep(const struct live_events *live);

typedef int (*live_event_fn)(struct tep_event *event, struct tep_record *record,
			     int cpu, void *context);

/* live_events_take() - call @fn for each event that came, oldest first, until it is not 0 */
void live_events_take(struct live_events *live, live_event_fn fn, void *context);

/*
 * end_signals_fd() - for poll(): readable when the program is to end
 *
 * However it ends the buffer has to go, so signals end a loop, not the program.
 */
int end_signals_fd(void);

/* live_events_close() - and remove the buffer */
void live_events_close(struct live_events *live);

#endif
