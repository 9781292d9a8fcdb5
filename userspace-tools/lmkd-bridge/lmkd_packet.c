// SPDX-License-Identifier: GPL-2.0
/*
 * Reading lmkd's packets. Pure: no system call, nothing allocated, so that it is
 * tested and fuzzed by itself.
 */
#include <arpa/inet.h>
#include <string.h>

#include "lmkd_packet.h"

#define ADJ_MIN (-1000)
#define ADJ_MAX 1000

/* Of each command: how many words may follow it, in groups of how many. */
static const struct shape {
	bool known;
	unsigned int least, most, group;
} shapes[] = {
	[LMK_TARGET] = { true, 0, 2 * LMK_MAX_TARGETS, 2 },
	[LMK_PROCPRIO] = { true, 3, 5, 1 },
	[LMK_PROCREMOVE] = { true, 1, 1, 1 },
	[LMK_PROCPURGE] = { true, 0, 0, 1 },
	[LMK_GETKILLCNT] = { true, 2, 2, 1 },
	[LMK_SUBSCRIBE] = { true, 1, 1, 1 },
	[LMK_UPDATE_PROPS] = { true, 0, 0, 1 },
	[LMK_START_MONITORING] = { true, 0, 0, 1 },
	[LMK_BOOT_COMPLETED] = { true, 0, 0, 1 },
	[LMK_PROCS_PRIO] = { true, 4, 5 * LMK_MAX_PROCS, 1 },
};

static bool adj_is_good(int32_t adj)
{
	return adj >= ADJ_MIN && adj <= ADJ_MAX;
}

static const char *read_targets(struct lmk_packet *packet, const int32_t *words,
				unsigned int nr)
{
	struct lmk_target *target = packet->targets;

	for (; nr; nr -= 2, words += 2, target++) {
		*target = (struct lmk_target){ .minfree = words[0], .adj = words[1] };
		if (target->minfree < 0)
			return "a minfree below 0";
		if (!adj_is_good(target->adj))
			return "an adj outside of -1000 to 1000";
		packet->count++;
	}
	return NULL;
}

/* The type of a process, the fourth word, has no meaning here. */
static const char *read_proc(struct lmk_proc *proc, const int32_t *words, unsigned int nr)
{
	if (words[0] <= 0)
		return "a pid that cannot be";
	*proc = (struct lmk_proc){ .pid = words[0] };
	if (nr == 1)
		return NULL;
	if (!adj_is_good(words[2]))
		return "an adj outside of -1000 to 1000";
	proc->uid = words[1];
	proc->adj = words[2];
	proc->lmkd_only = nr > 4 && words[4];
	return NULL;
}

/* Clients of Android 17 say five words of each process, earlier ones four; no length fits both. */
static const char *read_procs(struct lmk_packet *packet, const int32_t *words,
			      unsigned int nr)
{
	unsigned int group = nr % 5 ? 4 : 5;
	const char *error;

	if (nr % group)
		return "a length that the command cannot have";
	for (; nr; nr -= group, words += group) {
		error = read_proc(&packet->procs[packet->count], words, group);
		if (error)
			packet->left_out = error;
		else
			packet->count++;
	}
	return packet->count ? NULL : packet->left_out;
}

static const char *read_words(struct lmk_packet *packet, const int32_t *words,
			      unsigned int nr)
{
	switch (packet->command) {
	case LMK_TARGET:
		return read_targets(packet, words, nr);
	case LMK_PROCREMOVE:
	case LMK_PROCPRIO:
		packet->count = 1;
		return read_proc(packet->procs, words, nr);
	case LMK_PROCS_PRIO:
		return read_procs(packet, words, nr);
	case LMK_GETKILLCNT:
		packet->adj.min = words[0];
		packet->adj.max = words[1];
		return NULL;
	case LMK_SUBSCRIBE:
		return words[0] == LMK_EVENT_KILL ? NULL : "an event that there is not";
	default:
		return NULL;
	}
}

const char *lmk_packet_parse(struct lmk_packet *packet, const void *data, size_t len)
{
	int32_t words[LMK_MAX_WORDS] = { 0 };
	struct lmk_packet read = { 0 };
	const struct shape *shape;
	unsigned int nr, i;
	const char *error;

	if (!len || len % sizeof(words[0]) || len > sizeof(words))
		return "a length that cannot be";
	memcpy(words, data, len);
	for (i = 0; i < LMK_MAX_WORDS; i++)
		words[i] = ntohl(words[i]);
	if ((uint32_t)words[0] >= sizeof(shapes) / sizeof(shapes[0]))
		return "an unknown command";
	shape = &shapes[words[0]];
	if (!shape->known)
		return "a command that is none of a client's";
	nr = len / sizeof(words[0]) - 1;
	if (nr < shape->least || nr > shape->most || nr % shape->group)
		return "a length that the command cannot have";
	read.command = words[0];
	error = read_words(&read, words + 1, nr);
	if (!error)
		*packet = read;
	return error;
}
