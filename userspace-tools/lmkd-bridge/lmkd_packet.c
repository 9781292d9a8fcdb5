// SPDX-License-Identifier: GPL-2.0
/*
 * Parse lmkd's packets. These functions make no system call and allocate nothing, so that unit
 * tests can run them on the host.
 */
#include <arpa/inet.h>
#include <string.h>

#include "lmkd_packet.h"

#define ADJ_MIN (-1000)
#define ADJ_MAX 1000

/* How many words follow each command, and in which multiples. */
static const struct shape {
	bool known;
	unsigned int min, max, group;
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

static bool is_valid_adj(int32_t adj)
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
			return "a negative minfree";
		if (!is_valid_adj(target->adj))
			return "an adj outside of -1000 to 1000";
		packet->count++;
	}
	return NULL;
}

/* The fourth word, the type of the process, is ignored. */
static const char *read_proc(struct lmk_proc *proc, const int32_t *words, unsigned int nr)
{
	if (words[0] <= 0)
		return "an invalid pid";
	*proc = (struct lmk_proc){ .pid = words[0] };
	if (nr == 1)
		return NULL;
	if (!is_valid_adj(words[2]))
		return "an adj outside of -1000 to 1000";
	proc->uid = words[1];
	proc->adj = words[2];
	proc->lmkd_only = nr > 4 && words[4];
	return NULL;
}

/* Since Android 17 a process has five words, before it has four. No length matches both. */
static const char *read_procs(struct lmk_packet *packet, const int32_t *words,
			      unsigned int nr)
{
	unsigned int group = nr % 5 ? 4 : 5;
	const char *error;

	if (nr % group)
		return "an invalid length for the command";
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
		return words[0] == LMK_EVENT_KILL ? NULL : "an unknown event";
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
		return "an invalid length";
	memcpy(words, data, len);
	for (i = 0; i < LMK_MAX_WORDS; i++)
		words[i] = ntohl(words[i]);
	if ((uint32_t)words[0] >= sizeof(shapes) / sizeof(shapes[0]))
		return "an unknown command";
	shape = &shapes[words[0]];
	if (!shape->known)
		return "a command that clients cannot send";
	nr = len / sizeof(words[0]) - 1;
	if (nr < shape->min || nr > shape->max || nr % shape->group)
		return "an invalid length for the command";
	read.command = words[0];
	error = read_words(&read, words + 1, nr);
	if (!error)
		*packet = read;
	return error;
}
