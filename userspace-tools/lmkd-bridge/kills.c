// SPDX-License-Identifier: GPL-2.0
/*
 * Kills: count the module's events, and report them to subscribed clients.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../live_events.h"
#include "bridge.h"

#define KILL_EVENT EVENT_SYSTEM "_kill"
#define BUFFER_KB 16		/* kills are rare, and read immediately */
#define ADJ_MAX 1000

static unsigned long kills[2 * ADJ_MAX + 1];	/* by adj + ADJ_MAX */
struct live_events *live;

/* Return the uid of a process: from /proc or, if it has exited, from its registration. */
static uint32_t uid_of(int32_t pid)
{
	unsigned int uid = (uint32_t)-1;
	struct proc *proc;
	char text[128];
	FILE *file;
	int i;

	snprintf(text, sizeof(text), "/proc/%d/status", pid);
	file = fopen(text, "re");
	if (file) {
		while (fgets(text, sizeof(text), file))
			if (sscanf(text, "Uid: %u", &uid) == 1)
				break;
		fclose(file);
	}
	for (i = 0; i < MAX_CLIENTS && uid == (uint32_t)-1; i++) {
		proc = find_proc(&clients[i], pid);
		if (proc)
			uid = proc->uid;
	}
	return uid;
}

static int report_kill(struct tep_event *event, struct tep_record *record, int cpu,
			void *context)
{
	unsigned long long pid, adj;
	int32_t words[3] = { LMK_PROCKILL };
	int i;

	(void)cpu;
	(void)context;
	if (strcmp(event->name, KILL_EVENT) ||
	    tep_get_field_val(NULL, event, "pid", record, &pid, 0) ||
	    tep_get_field_val(NULL, event, "adj", record, &adj, 0) ||
	    abs((int)adj) > ADJ_MAX)
		return 0;
	kills[(int)adj + ADJ_MAX]++;
	words[1] = pid;
	words[2] = uid_of(pid);
	for (i = 0; i < MAX_CLIENTS; i++)
		if (clients[i].fd >= 0 && clients[i].subscribed)
			answer(&clients[i], words, 3);
	return 0;
}

/* Called for each new client, because unloading the module disables the event. */
void listen_for_kills(void)
{
	static bool complained;

	if (live && live_events_enabled(live, KILL_EVENT))
		return;
	live_events_close(live);
	live = live_events_open("lmkd-bridge", BUFFER_KB);
	if (live && !live_events_enable(live, KILL_EVENT, NULL)) {
		watch(live_events_fd(live), &live);
		complained = false;
	} else if (!complained) {
		say("kills are not reported: %s", strerror(errno));
		complained = true;
	}
}

void take_kills(void)
{
	/* listen_for_kills() may have closed it after epoll_wait(). */
	if (live)
		live_events_take(live, report_kill, NULL);
}

int32_t kills_between(int min, int max)
{
	unsigned long count = 0;
	int adj;

	if (min < -ADJ_MAX)
		min = -ADJ_MAX;
	if (max > ADJ_MAX)
		max = ADJ_MAX;
	for (adj = min; adj <= max; adj++)
		count += kills[adj + ADJ_MAX];
	return count;
}
