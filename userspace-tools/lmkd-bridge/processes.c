// SPDX-License-Identifier: GPL-2.0
/*
 * Registered processes, each identified by a pidfd.
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
 * NSpid lists a pid for each namespace from that of /proc inwards. It is 0 for a process outside
 * of it, and -1 for a reaped one. Unlike /proc/PID/ns/pid, it needs no permission, and it cannot
 * belong to another process that reused the pid.
 */
bool is_in_pid_namespace(int pidfd)
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

static bool has_exited(const struct proc *proc)
{
	struct pollfd pollfd = { .fd = proc->pidfd, .events = POLLIN };

	return poll(&pollfd, 1, 0) != 0;
}

/*
 * Open the file before checking whether the process has exited. If it has not, the file belongs to
 * it, and not to another process that reused the pid.
 */
static int write_adj(const struct proc *proc, int adj)
{
	char path[64], text[16];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", proc->pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (has_exited(proc)) {
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
		err = has_exited(proc) ? -ESRCH : 0;
	else
		err = write_adj(proc, wanted->adj);
	if (!err)
		proc->uid = wanted->uid;
	else if (proc && is_new)
		forget_proc(client, proc);
	if (err == -ESRCH && !is_new)
		refuse(client, "process %d has exited, but was not removed", wanted->pid);
	else if (err)
		refuse(client, "process %d: %s", wanted->pid, strerror(-err));
}

void remove_proc(struct client *client, int32_t pid)
{
	struct proc *proc = find_proc(client, pid);

	if (proc)
		forget_proc(client, proc);
}
