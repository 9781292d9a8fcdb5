// SPDX-License-Identifier: GPL-2.0
/*
 * The clients: each packet is executed or refused.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bridge.h"

/* Linux 6.5 added this option, so older headers do not have it. */
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

struct client clients[MAX_CLIENTS];

/* Log a fault only once per client, so that no client can flood the log. */
void refuse(struct client *client, const char *format, ...)
{
	char text[160];
	va_list args;

	if (client->refused++)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	say("client %d: %s (further faults of this client are only counted)", client->pid, text);
}

static void drop_client(struct client *client)
{
	forget_procs(client);
	forget_levels(client);
	close(client->fd);
	client->fd = -1;
	if (client->refused > 1)
		say("client %d: disconnected, %lu packets refused", client->pid, client->refused);
}

/* Drop a client that does not read its answers, because this thread must not block. */
void answer(struct client *client, const int32_t *words, size_t nr)
{
	uint32_t packet[LMK_MAX_WORDS];
	size_t i;

	for (i = 0; i < nr; i++)
		packet[i] = htonl(words[i]);
	if (send(client->fd, packet, nr * sizeof(packet[0]), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		refuse(client, "dropped, because it does not read: %s", strerror(errno));
		drop_client(client);
	}
}

/*
 * Return a pidfd of the client. Before Linux 6.5 it is opened by pid, and so is another process if
 * the client has exited, a child has inherited its connection, and the pid was reused.
 */
static int peer_pidfd(int fd, pid_t pid)
{
	socklen_t len = sizeof(int);
	int pidfd;

	if (!getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &len))
		return pidfd;
	return errno == ENOPROTOOPT && pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
}

static bool is_foreign(int fd, pid_t pid)
{
	int pidfd = peer_pidfd(fd, pid);
	bool foreign;

	if (pidfd < 0)
		return true;
	foreign = !is_in_pid_namespace(pidfd);
	close(pidfd);
	return foreign;
}

static bool contains_pids(const struct lmk_packet *packet)
{
	switch (packet->command) {
	case LMK_PROCPRIO:
	case LMK_PROCREMOVE:
	case LMK_PROCS_PRIO:
	case LMK_SUBSCRIBE:	/* each event contains one */
		return true;
	default:
		return false;
	}
}

static void set_procs(struct client *client, const struct lmk_packet *packet)
{
	unsigned int i;

	for (i = 0; i < packet->count; i++)
		set_adj(client, &packet->procs[i]);
	if (packet->left_out)
		refuse(client, "refused part of a packet: %s", packet->left_out);
}

static void execute(struct client *client, const struct lmk_packet *packet)
{
	switch (packet->command) {
	case LMK_TARGET:
		set_targets(client, packet);
		break;
	case LMK_PROCPRIO:
	case LMK_PROCS_PRIO:
		set_procs(client, packet);
		break;
	case LMK_PROCREMOVE:
		remove_proc(client, packet->procs[0].pid);
		break;
	case LMK_PROCPURGE:
		forget_procs(client);
		break;
	case LMK_GETKILLCNT:
		answer(client, (int32_t[]){ packet->command,
		       kills_between(packet->adj.min, packet->adj.max) }, 2);
		break;
	case LMK_SUBSCRIBE:
		client->subscribed = true;
		break;
	case LMK_UPDATE_PROPS:
		/* This program has no properties. */
		answer(client, (int32_t[]){ packet->command, -1 }, 2);
		break;
	case LMK_BOOT_COMPLETED:
		answer(client, (int32_t[]){ packet->command, 0 }, 2);
		break;
	case LMK_START_MONITORING:	/* lowmem/enabled decides instead */
	case LMK_PROCKILL:
		break;
	}
}

/* Read only one packet, so that no client starves the others. */
void serve(struct client *client)
{
	/* One word more than allowed, to detect longer packets. */
	char data[(LMK_MAX_WORDS + 1) * sizeof(uint32_t)];
	struct lmk_packet packet;
	const char *error;
	ssize_t len;

	/* The client may have been dropped after epoll_wait(). */
	if (client->fd < 0)
		return;
	len = recv(client->fd, data, sizeof(data), MSG_DONTWAIT);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* An empty packet looks like the end of the connection. No command is empty. */
	if (len <= 0) {
		drop_client(client);
		return;
	}
	error = lmk_packet_parse(&packet, data, len);
	if (error)
		refuse(client, "refused a packet of %zd bytes: %s", len, error);
	else if (client->foreign && contains_pids(&packet))
		refuse(client, "its pids are refused, because it is in another pid namespace, or "
			       "has exited before it was accepted");
	else
		execute(client, &packet);
}

void accept_client(int listen_fd)
{
	int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), i;
	struct ucred cred = { 0 };
	socklen_t len = sizeof(cred);

	if (fd < 0)
		return;
	for (i = 0; i < MAX_CLIENTS && clients[i].fd >= 0; i++)
		;
	if (i == MAX_CLIENTS) {
		close(fd);
		return;
	}
	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len);
	clients[i].fd = fd;
	clients[i].pid = cred.pid;
	clients[i].foreign = is_foreign(fd, cred.pid);
	clients[i].subscribed = false;
	clients[i].refused = 0;
	watch(fd, &clients[i]);
	listen_for_kills();
}
