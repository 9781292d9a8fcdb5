/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of lmkd-bridge share.
 */
#ifndef BRIDGE_H
#define BRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lmkd_packet.h"

/* lmkd serves three. */
#define MAX_CLIENTS 8
#define MAX_PROCS 2048		/* of each client: Android has some hundreds */

#define LOWMEM "/sys/kernel/proc_reclaim/lowmem/"

/*
 * A pid stands for the process that it was when the client first named it, until the
 * client takes it back.
 */
struct proc {
	int pidfd;
	int32_t pid;
	uint32_t uid;
};

struct client {
	int fd;				/* -1: nobody */
	bool foreign;			/* its pids are not this program's */
	bool subscribed;
	unsigned long refused;
	pid_t pid;			/* its own */
	unsigned int nr_procs;
	struct proc procs[MAX_PROCS];
};

/* --- the daemon (lmkd-bridge.c) --- */

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
/* watch() - have epoll report @who when the file can be read */
void watch(int fd, void *who);

/* --- clients (clients.c) --- */

extern struct client clients[MAX_CLIENTS];

/* refuse() - log the first thing that a client does wrong, and count all of them */
void refuse(struct client *client, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* answer() - send a packet; a client that does not read is dropped */
void answer(struct client *client, const int32_t *words, size_t nr);
/* accept_client() - take a connection, and with it its processes and kills */
void accept_client(int listen_fd);
/* serve() - read one packet, and carry it out */
void serve(struct client *client);

/* --- the processes of a client (processes.c) --- */

struct proc *find_proc(struct client *client, int32_t pid);
void set_adj(struct client *client, const struct lmk_proc *wanted);
void remove_proc(struct client *client, int32_t pid);
void forget_procs(struct client *client);
/* shares_pids() - is the process of @pidfd in this program's pid namespace? */
bool shares_pids(int pidfd);
/* write_text() - write and close; 0 or -errno, of the file that was not opened too */
int write_text(int fd, const char *text);

/* --- the module's levels (levels.c) --- */

/* set_targets() - both lists or none */
void set_targets(struct client *client, const struct lmk_packet *packet);

/* --- kills (kills.c) --- */

extern struct live_events *live;	/* NULL: there is no module */

/* listen_for_kills() - enable the event, again if the module was loaded again */
void listen_for_kills(void);
/* take_kills() - count what was killed, and tell those that subscribed */
void take_kills(void);
/* kills_between() - how many processes with such an adj were killed */
int32_t kills_between(int min, int max);

#endif
