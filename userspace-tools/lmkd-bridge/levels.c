// SPDX-License-Identifier: GPL-2.0
/*
 * The levels of lowmem: write the lists of LMK_TARGET to two files of the module.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "bridge.h"

/* "reclaimctl policy load" locks this file too, because it also writes levels. */
#define LOCK "/sys/kernel/proc_reclaim/reclaim"
#define LOCK_TRIES 50		/* one every 100 ms */
#define LIST_LEN 96		/* six numbers with commas */

/* The contents of both files, with a newline, because an empty write has no effect. */
struct levels {
	char minfree[LIST_LEN], adj[LIST_LEN];
};

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

/* Give up after LOCK_TRIES, because loading a policy takes much less time. */
static int lock_levels(void)
{
	const struct timespec tenth = { .tv_nsec = 100 * 1000 * 1000 };
	int fd = open(LOCK, O_WRONLY | O_CLOEXEC), tries = LOCK_TRIES;

	if (fd < 0)
		return -errno;
	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (!tries--) {
			close(fd);
			return -EBUSY;
		}
		nanosleep(&tenth, NULL);
	}
	return fd;
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

void set_targets(struct client *client, const struct lmk_packet *packet)
{
	struct levels after = { 0 };
	unsigned int i;
	int err;

	for (i = 0; i < packet->count; i++) {
		sprintf(after.minfree + strlen(after.minfree), "%s%d", i ? "," : "",
			packet->targets[i].minfree);
		sprintf(after.adj + strlen(after.adj), "%s%d", i ? "," : "",
			packet->targets[i].adj);
	}
	strcat(after.minfree, "\n");
	strcat(after.adj, "\n");
	err = change_levels(&after);
	if (err)
		refuse(client, "levels: %s", strerror(-err));
}
