// SPDX-License-Identifier: GPL-2.0
/*
 * Clients: what they send is carried out or refused, one packet at a time.
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

/* Linux 6.5; the headers of older systems do not have it. */
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

struct client clients[MAX_CLIENTS];

/* What a client does wrong is told once; who floods us does not flood the log. */
void refuse(struct client *client, const char *format, ...)
{
	char text[160];
	va_list args;

	if (client->refused++)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	say("client %d: %s (more of this client is counted only)", client->pid, text);
}

static void drop_client(struct client *client)
{
	forget_procs(client);
	close(client->fd);
	client->fd = -1;
	if (client->refused > 1)
		say("client %d: gone, %lu of what it sent refused", client->pid, client->refused);
}

/* A client that does not read what it asked for is dropped: nothing waits for it here. */
void answer(struct client *client, const int32_t *words, size_t nr)
{
	uint32_t packet[LMK_MAX_WORDS];
	size_t i;

	for (i = 0; i < nr; i++)
		packet[i] = htonl(words[i]);
	if (send(client->fd, packet, nr * sizeof(packet[0]), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		refuse(client, "dropped, it does not read: %s", strerror(errno));
		drop_client(client);
	}
}

/*
 * The process that has connected. Before Linux 6.5 its pid has to do, which is another's if
 * the client has left its socket to a child and its pid was given away before the socket was
 * accepted.
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
	foreign = !shares_pids(pidfd);
	close(pidfd);
	return foreign;
}

static bool names_pids(const struct lmk_packet *packet)
{
	switch (packet->command) {
	case LMK_PROCPRIO:
	case LMK_PROCREMOVE:
	case LMK_PROCS_PRIO:
	case LMK_SUBSCRIBE:	/* each event has one */
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
		refuse(client, "refused a part of a packet: %s", packet->left_out);
}

static void carry_out(struct client *client, const struct lmk_packet *packet)
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
		/* There are no properties here. */
		answer(client, (int32_t[]){ packet->command, -1 }, 2);
		break;
	case LMK_BOOT_COMPLETED:
		answer(client, (int32_t[]){ packet->command, 0 }, 2);
		break;
	case LMK_START_MONITORING:	/* the module has its own switch for that */
	case LMK_PROCKILL:
		break;
	}
}

/* One packet each time, so that no client keeps the others waiting. */
void serve(struct client *client)
{
	/* One word more than there may be: a longer packet is seen, not cut. */
	char data[(LMK_MAX_WORDS + 1) * sizeof(uint32_t)];
	struct lmk_packet packet;
	const char *error;
	ssize_t len;

	/* Dropped since epoll told of it, it has no descriptor. */
	if (client->fd < 0)
		return;
	len = recv(client->fd, data, sizeof(data), MSG_DONTWAIT);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* An empty packet looks like the end; none has a use. */
	if (len <= 0) {
		drop_client(client);
		return;
	}
	error = lmk_packet_parse(&packet, data, len);
	if (error)
		refuse(client, "refused a packet of %zd bytes: %s", len, error);
	else if (client->foreign && names_pids(&packet))
		refuse(client, "it is in another pid namespace, or has ended before it was "
			       "accepted: its pids are refused, and it is told of no kill");
	else
		carry_out(client, &packet);
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
