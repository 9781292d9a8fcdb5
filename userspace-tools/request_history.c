// SPDX-License-Identifier: GPL-2.0
/*
 * Requests written by any program. The module's events report those that finish while this
 * program runs. Of the earlier ones only the last result is known.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../trace/plugin_proc_reclaim.h"
#include "live_events.h"
#include "reclaimctl.h"

#define DONE_EVENT EVENT_SYSTEM "_done"
#define BY_REQUEST "action == 6"	/* PRC_ACTION_REQUEST: not an action of the worker */
#define BUFFER_KB 128		/* per CPU; a sweep causes a thousand events */
#define MAX_SEEN 1024

static struct live_events *live;
static struct seen_request ring[MAX_SEEN];
static size_t nr_seen;

static struct seen_request *add(int pid, const char *type)
{
	struct seen_request *seen = &ring[nr_seen++ % MAX_SEEN];

	*seen = (struct seen_request){ .pid = pid, .ms = boot_ms() };
	snprintf(seen->type, sizeof(seen->type), "%s", type);
	return seen;
}

static long long field_kb(struct tep_event *event, const char *name,
			  struct tep_record *record)
{
	unsigned long long pages = 0;

	tep_get_field_val(NULL, event, name, record, &pages, 0);
	return pages * page_kb();
}

static int add_event(struct tep_event *event, struct tep_record *record, int cpu, void *unused)
{
	unsigned long long pid = 0, value = 0;
	struct seen_request *seen;
	const char *type;

	(void)cpu;
	(void)unused;
	tep_get_field_val(NULL, event, "pid", record, &pid, 0);
	tep_get_field_val(NULL, event, "type", record, &value, 0);
	type = event_symbol(event, "type", value);
	seen = add(pid, type ? type : "?");
	seen->timed = true;
	seen->freed_kb = field_kb(event, "rss_before_pages", record) -
			 field_kb(event, "rss_after_pages", record);
	seen->swap_kb = field_kb(event, "swap_after_pages", record);
	return 0;
}

void requests_recall(void)
{
	char *line = read_setting("result");
	struct json_object *result = line ? parse_words(line) : NULL;
	struct seen_request *seen;

	free(line);
	if (number_of(result, "pid")) {
		seen = add(number_of(result, "pid"), text_of(result, "type"));
		seen->freed_kb = number_of(result, "rss_before_kb") -
				 number_of(result, "rss_after_kb") -
				 number_of(result, "unwritten_pages") * page_kb();
		seen->swap_kb = number_of(result, "swap_after_kb");
	}
	json_object_put(result);
}

/* Open the buffer again if the module was loaded after the first call, or reloaded. */
void requests_watch(void)
{
	char name[32];

	if (live && live_events_enabled(live, DONE_EVENT)) {
		live_events_take(live, add_event, NULL);
		return;
	}
	requests_end();
	snprintf(name, sizeof(name), "reclaimctl-%d", getpid());
	live = live_events_open(name, BUFFER_KB);
	if (live && live_events_enable(live, DONE_EVENT, BY_REQUEST))
		requests_end();
}

const struct seen_request *request_seen(const struct process *process)
{
	size_t i, oldest = nr_seen > MAX_SEEN ? nr_seen - MAX_SEEN : 0;

	for (i = nr_seen; i-- > oldest; )
		if (ring[i % MAX_SEEN].pid == process->pid)
			return ring[i % MAX_SEEN].ms < process_start_ms(process) ? NULL :
			       &ring[i % MAX_SEEN];
	return NULL;
}

void requests_end(void)
{
	live_events_close(live);
	live = NULL;
}
