// SPDX-License-Identifier: GPL-2.0
/*
 * Live events of the module, read from an instance of tracefs, because that does not disturb other
 * users of tracing, and events that are not enabled cost nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <tracefs.h>

#include "live_events.h"

struct live_events {
	struct tracefs_instance *instance;
	struct tep_handle *tep;
	int fd;			/* trace_pipe, for poll() only */
};

/*
 * Parse only the formats of the events in use. The handle that libtracefs makes also has every
 * symbol of the kernel, which takes tens of megabytes.
 */
static struct tep_handle *make_tep(void)
{
	struct tep_handle *tep = tep_alloc();
	char *text;
	int len;

	text = tracefs_instance_file_read(NULL, "events/header_page", &len);
	if (tep && text) {
		tep_set_file_bigendian(tep, tep_is_bigendian());
		tep_set_page_size(tep, getpagesize());
		tep_parse_header_page(tep, text, len, sizeof(long));
	}
	free(text);
	return tep;
}

static int open_instance(struct live_events *live, const char *name, unsigned int size_kb)
{
	if (!tracefs_event_file_exists(NULL, EVENT_SYSTEM, EVENT_SYSTEM "_done", "enable"))
		return -1;
	live->instance = tracefs_instance_create(name);
	if (!live->instance)
		return -1;
	if (size_kb)
		tracefs_instance_set_buffer_size(live->instance, size_kb, -1);
	live->tep = make_tep();
	if (!live->tep)
		return -1;
	live->fd = tracefs_instance_file_open(live->instance, "trace_pipe",
					      O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return live->fd < 0 ? -1 : 0;
}

struct live_events *live_events_open(const char *name, unsigned int size_kb)
{
	struct live_events *live = calloc(1, sizeof(*live));
	int error;

	if (!live)
		return NULL;
	live->fd = -1;
	errno = ENOENT;
	if (!open_instance(live, name, size_kb))
		return live;
	error = errno;
	live_events_close(live);
	errno = error;
	return NULL;
}

int live_events_enable(struct live_events *live, const char *event, const char *filter)
{
	char *format;
	int len, err;

	format = tracefs_event_file_read(live->instance, EVENT_SYSTEM, event, "format", &len);
	if (!format)
		return -ENOENT;
	err = tep_parse_event(live->tep, format, len, EVENT_SYSTEM);
	free(format);
	errno = EIO;
	if (err)
		return -EIO;
	if (filter && tracefs_event_file_write(live->instance, EVENT_SYSTEM, event,
					       "filter", filter) < 0)
		return -errno;
	return tracefs_event_enable(live->instance, EVENT_SYSTEM, event) ? -errno : 0;
}

bool live_events_enabled(struct live_events *live, const char *event)
{
	char *text = tracefs_event_file_read(live->instance, EVENT_SYSTEM, event,
					     "enable", NULL);
	bool enabled = text && *text == '1';

	free(text);
	return enabled;
}

int live_events_fd(const struct live_events *live)
{
	return live->fd;
}

struct tep_handle *live_events_tep(const struct live_events *live)
{
	return live->tep;
}

void live_events_take(struct live_events *live, live_event_fn fn, void *context)
{
	tracefs_iterate_raw_events(live->tep, live->instance, NULL, 0, fn, context);
}

int end_signals_fd(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC);
}

void live_events_close(struct live_events *live)
{
	if (!live)
		return;
	if (live->fd >= 0)
		close(live->fd);
	if (live->tep)
		tep_free(live->tep);
	if (live->instance) {
		tracefs_instance_destroy(live->instance);
		tracefs_instance_free(live->instance);
	}
	free(live);
}
