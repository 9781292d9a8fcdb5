/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Declarations shared by the files of lmkd-bridge.
 */
#ifndef BRIDGE_H
#define BRIDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lmkd_packet.h"

#define MAX_CLIENTS 8		/* lmkd serves three */
#define MAX_PROCS 2048		/* per client; Android has a few hundred */

#define LOWMEM "/sys/kernel/proc_reclaim/lowmem/"

/*
 * A registered process. Until the client removes it, its pid means the process that had this pid
 * at registration.
 */
struct proc {
	int pidfd;
	int32_t pid;
	uint32_t uid;
};

struct client {
	int fd;				/* -1 if the slot is free */
	bool foreign;			/* in another pid namespace */
	bool subscribed;		/* to kills */
	unsigned long refused;		/* packets */
	pid_t pid;			/* of the client itself */
	unsigned int nr_procs;
	struct proc procs[MAX_PROCS];
};

/* --- the daemon (lmkd-bridge.c) --- */

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
/* watch() - add a descriptor to the event loop; @tag identifies it */
void watch(int fd, void *tag);

/* --- clients (clients.c) --- */

extern struct client clients[MAX_CLIENTS];

/* refuse() - log the first fault of a client, and count the others */
void refuse(struct client *client, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* answer() - send a packet, or drop a client that does not read */
void answer(struct client *client, const int32_t *words, size_t nr);
/* accept_client() - accept a connection, or close it if all slots are in use */
void accept_client(int listen_fd);
/* serve() - read and execute one packet */
void serve(struct client *client);

/* --- the processes of a client (processes.c) --- */

struct proc *find_proc(struct client *client, int32_t pid);
/* set_adj() - register a process, and write its oom_score_adj */
void set_adj(struct client *client, const struct lmk_proc *wanted);
void remove_proc(struct client *client, int32_t pid);
void forget_procs(struct client *client);
/* is_in_pid_namespace() - is the process of @pidfd in this program's pid namespace? */
bool is_in_pid_namespace(int pidfd);
/* write_text() - write a text and close @fd; 0 or -errno, also if @fd is a failed open() */
int write_text(int fd, const char *text);

/* --- the module's levels (levels.c) --- */

extern int levels_timer;

/* open_levels_timer() - create the timer for retries, and watch it */
void open_levels_timer(void);
/* retry_levels() - try again, after the timer has expired */
void retry_levels(void);
/* forget_levels() - a client disconnects; its waiting levels stay valid */
void forget_levels(const struct client *client);
/* set_targets() - write both lists of levels, or neither, as soon as they are not locked */
void set_targets(struct client *client, const struct lmk_packet *packet);

/* --- kills (kills.c) --- */

extern struct live_events *live;	/* NULL without the module */

/* listen_for_kills() - enable the event, unless it is enabled already */
void listen_for_kills(void);
/* take_kills() - count new kills, and report them to subscribed clients */
void take_kills(void);
/* kills_between() - count the kills with an adj from @min to @max */
int32_t kills_between(int min, int max);

#endif
