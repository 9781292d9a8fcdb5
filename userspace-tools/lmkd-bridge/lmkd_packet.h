/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The packets that clients of Android's lmkd send: up to 16 words of 32 bits in network
 * byte order, the first of them the command.
 */
#ifndef LMKD_PACKET_H
#define LMKD_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LMK_MAX_WORDS 16
#define LMK_MAX_TARGETS 6
#define LMK_MAX_PROCS 3

/* Without the numbers that are unused or, except LMK_PROCKILL, only sent to clients. */
enum lmk_command {
	LMK_TARGET = 0,
	LMK_PROCPRIO = 1,
	LMK_PROCREMOVE = 2,
	LMK_PROCPURGE = 3,
	LMK_GETKILLCNT = 4,
	LMK_SUBSCRIBE = 5,
	LMK_PROCKILL = 6,		/* sent to clients */
	LMK_UPDATE_PROPS = 7,
	LMK_START_MONITORING = 9,
	LMK_BOOT_COMPLETED = 10,
	LMK_PROCS_PRIO = 11,
};

enum { LMK_EVENT_KILL = 0 };

struct lmk_target {
	int32_t minfree;		/* in pages */
	int32_t adj;
};

struct lmk_proc {
	int32_t pid;
	uint32_t uid;
	int32_t adj;
	bool lmkd_only;			/* do not write the adj */
};

struct lmk_packet {
	enum lmk_command command;
	unsigned int count;		/* of targets or procs */
	const char *left_out;		/* why at least one process was omitted, or NULL */
	union {
		struct lmk_target targets[LMK_MAX_TARGETS];
		struct lmk_proc procs[LMK_MAX_PROCS];	/* only pid for PROCREMOVE */
		struct {
			int32_t min, max;
		} adj;
	};
};

/**
 * lmk_packet_parse() - parse a packet
 * @packet: the parsed packet; unchanged on failure
 * @data: the received bytes, without alignment
 * @len: number of bytes
 *
 * Like lmkd, omit invalid processes from a packet with several processes. Any other packet is
 * parsed completely or rejected.
 *
 * Return: NULL on success, or the reason of the rejection.
 */
const char *lmk_packet_parse(struct lmk_packet *packet, const void *data, size_t len);

#endif
