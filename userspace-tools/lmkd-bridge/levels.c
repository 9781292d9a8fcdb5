// SPDX-License-Identifier: GPL-2.0
/*
 * The levels of lowmem: write the lists of LMK_TARGET to two files of the module.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "bridge.h"

/* "reclaimctl policy load" locks this file too, because it also writes levels. */
#define LOCK "/sys/kernel/proc_reclaim/reclaim"
/* Loading a policy takes much less time than all retries. */
#define RETRY_MS 100
#define MAX_RETRIES 50
#define LIST_LEN 96		/* six numbers with commas */

/* The contents of both files, with a newline, because an empty write has no effect. */
struct levels {
	char minfree[LIST_LEN], adj[LIST_LEN];
};

/*
 * The newest levels, which wait for the lock. The daemon must serve other clients meanwhile, so a
 * timer triggers the retries.
 */
static struct {
	struct levels levels;
	struct client *client;	/* NULL after it has disconnected */
	unsigned int retries;	/* left */
} waiting;

int levels_timer;

static int open_level_file(const char *name, int flags)
{
	char path[sizeof(LOWMEM) + 16];

	snprintf(path, sizeof(path), LOWMEM "%s", name);
	return open(path, flags | O_CLOEXEC);
}

static int write_level_file(const char *name, const char *text)
{
	return write_text(open_level_file(name, O_WRONLY), text);
}

static int read_level_file(const char *name, char text[LIST_LEN])
{
	int fd = open_level_file(name, O_RDONLY);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, text, LIST_LEN - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	return len < 0 ? -EIO : 0;
}

/*
 * Write an empty adj first, which disables all levels, because the module may evaluate them at any
 * time, and could kill by the minfree of one level and the adj of another.
 */
static int write_levels(const struct levels *levels)
{
	int err = write_level_file("adj", "\n");

	if (!err)
		err = write_level_file("minfree", levels->minfree);
	if (!err)
		err = write_level_file("adj", levels->adj);
	return err;
}

static int lock_levels(void)
{
	int fd = open(LOCK, O_WRONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

/* Write both lists, or restore both. */
static int change_levels(const struct levels *after)
{
	int err, lock = lock_levels();
	struct levels before;

	if (lock < 0)
		return lock;
	err = read_level_file("minfree", before.minfree);
	if (!err)
		err = read_level_file("adj", before.adj);
	if (!err) {
		err = write_levels(after);
		if (err)
			write_levels(&before);
	}
	close(lock);
	return err;
}

void open_levels_timer(void)
{
	levels_timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (levels_timer < 0)
		die("timerfd_create: %s", strerror(errno));
	watch(levels_timer, &levels_timer);
}

/* Write the levels, or start the timer if they are locked. */
static void try_levels(void)
{
	const struct itimerspec retry = { .it_value.tv_nsec = RETRY_MS * 1000000L };
	int err = change_levels(&waiting.levels);

	if (err == -EWOULDBLOCK && waiting.retries) {
		waiting.retries--;
		timerfd_settime(levels_timer, 0, &retry, NULL);
		return;
	}
	if (err && waiting.client)
		refuse(waiting.client, "levels: %s", strerror(-err));
	else if (err)
		say("levels of a disconnected client: %s", strerror(-err));
	waiting.client = NULL;
}

void retry_levels(void)
{
	uint64_t expirations;

	/* A newer packet may have restarted the timer after epoll_wait(). */
	if (read(levels_timer, &expirations, sizeof(expirations)) > 0)
		try_levels();
}

void forget_levels(const struct client *client)
{
	if (waiting.client == client)
		waiting.client = NULL;
}

void set_targets(struct client *client, const struct lmk_packet *packet)
{
	static const struct itimerspec stop;
	struct levels *levels = &waiting.levels;
	unsigned int i;

	timerfd_settime(levels_timer, 0, &stop, NULL);
	memset(&waiting, 0, sizeof(waiting));
	waiting.client = client;
	waiting.retries = MAX_RETRIES;
	for (i = 0; i < packet->count; i++) {
		sprintf(levels->minfree + strlen(levels->minfree), "%s%d", i ? "," : "",
			packet->targets[i].minfree);
		sprintf(levels->adj + strlen(levels->adj), "%s%d", i ? "," : "",
			packet->targets[i].adj);
	}
	strcat(levels->minfree, "\n");
	strcat(levels->adj, "\n");
	try_levels();
}
