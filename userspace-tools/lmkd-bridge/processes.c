// SPDX-License-Identifier: GPL-2.0
/*
 * The processes that clients register: each is held by a pidfd.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bridge.h"

/*
 * Does the process of @pidfd count pids as this one does? NSpid has a pid for each namespace
 * from that of /proc inwards; it is 0 for a process outside of that, and -1 for one that was
 * reaped. Unlike /proc/PID/ns/pid this needs no right over the process, and it cannot be
 * another one's.
 */
bool shares_pids(int pidfd)
{
	int pid, inner, nr = 0;
	char text[128];
	FILE *file;

	snprintf(text, sizeof(text), "/proc/self/fdinfo/%d", pidfd);
	file = fopen(text, "re");
	if (!file)
		return false;
	while (nr < 1 && fgets(text, sizeof(text), file))
		nr = sscanf(text, "NSpid: %d %d", &pid, &inner);
	fclose(file);
	return nr == 1 && pid > 0;
}

int write_text(int fd, const char *text)
{
	size_t len = strlen(text);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != (ssize_t)len)
		err = -errno;
	close(fd);
	return err;
}

static void forget_proc(struct client *client, struct proc *proc)
{
	close(proc->pidfd);
	*proc = client->procs[--client->nr_procs];
}

void forget_procs(struct client *client)
{
	while (client->nr_procs)
		forget_proc(client, client->procs);
}

struct proc *find_proc(struct client *client, int32_t pid)
{
	unsigned int i;

	for (i = 0; i < client->nr_procs; i++)
		if (client->procs[i].pid == pid)
			return &client->procs[i];
	return NULL;
}

static struct proc *add_proc(struct client *client, int32_t pid)
{
	struct proc *proc = &client->procs[client->nr_procs];
	int pidfd;

	if (client->nr_procs == MAX_PROCS) {
		errno = ENOSPC;
		return NULL;
	}
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0)
		return NULL;
	*proc = (struct proc){ .pidfd = pidfd, .pid = pid };
	client->nr_procs++;
	return proc;
}

static bool has_ended(const struct proc *proc)
{
	struct pollfd pollfd = { .fd = proc->pidfd, .events = POLLIN };

	return poll(&pollfd, 1, 0) != 0;
}

/*
 * The file is open before the process is asked whether it still is: so the file is that
 * process's, and no other's that has the pid by now.
 */
static int write_adj(const struct proc *proc, int adj)
{
	char path[64], text[16];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", proc->pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (has_ended(proc)) {
		if (fd >= 0)
			close(fd);
		return -ESRCH;
	}
	snprintf(text, sizeof(text), "%d", adj);
	return write_text(fd, text);
}

void set_adj(struct client *client, const struct lmk_proc *wanted)
{
	struct proc *proc = find_proc(client, wanted->pid);
	bool is_new = !proc;
	int err;

	if (is_new)
		proc = add_proc(client, wanted->pid);
	if (!proc)
		err = -errno;
	else if (wanted->lmkd_only)
		err = has_ended(proc) ? -ESRCH : 0;
	else
		err = write_adj(proc, wanted->adj);
	if (!err)
		proc->uid = wanted->uid;
	else if (proc && is_new)
		forget_proc(client, proc);
	if (err == -ESRCH && !is_new)
		refuse(client, "process %d has ended, and was not removed", wanted->pid);
	else if (err)
		refuse(client, "process %d: %s", wanted->pid, strerror(-err));
}

void remove_proc(struct client *client, int32_t pid)
{
	struct proc *proc = find_proc(client, pid);

	if (proc)
		forget_proc(client, proc);
}
