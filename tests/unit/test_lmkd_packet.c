// SPDX-License-Identifier: GPL-2.0
/*
 * lmkd's packets: what each command may look like, and that whatever else comes is
 * refused; of several processes only the bad ones.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lmkd_packet.h"

#define NR_RANDOM 3000000
#define MAX_BYTES 80

static struct lmk_packet packet;

/* The words in network byte order, in a block that ends where they do. */
static const char *parse_words(const int32_t *words, size_t nr)
{
	int32_t *data = malloc(nr * sizeof(*data) + !nr);
	const char *error;
	size_t i;

	for (i = 0; i < nr; i++)
		data[i] = htonl(words[i]);
	error = lmk_packet_parse(&packet, data, nr * sizeof(*data));
	free(data);
	return error;
}

#define PARSE(...)							\
	parse_words((int32_t[]){ __VA_ARGS__ },				\
		    sizeof((int32_t[]){ __VA_ARGS__ }) / sizeof(int32_t))
#define assert_taken(...) assert_null(PARSE(__VA_ARGS__))
#define assert_refused(...) assert_non_null(PARSE(__VA_ARGS__))

static void targets_are_pairs(void **state)
{
	(void)state;
	assert_taken(LMK_TARGET, 18432, 0, 23040, 100);
	assert_int_equal(packet.command, LMK_TARGET);
	assert_int_equal(packet.count, 2);
	assert_int_equal(packet.targets[1].minfree, 23040);
	assert_int_equal(packet.targets[1].adj, 100);
	assert_taken(LMK_TARGET);
	assert_int_equal(packet.count, 0);
	assert_taken(LMK_TARGET, 1, -1000, 2, 2, 3, 3, 4, 4, 5, 5, 6, 1000);
	assert_int_equal(packet.count, 6);
	assert_refused(LMK_TARGET, 1);
	assert_refused(LMK_TARGET, 1, 1, 1);
	assert_refused(LMK_TARGET, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
	assert_refused(LMK_TARGET, -1, 0);
	assert_refused(LMK_TARGET, 1, 0, 1, 1001);
	assert_refused(LMK_TARGET, 1, -1001);
}

static void a_process_has_a_type_or_none(void **state)
{
	(void)state;
	assert_taken(LMK_PROCPRIO, 1234, 10001, 900);
	assert_int_equal(packet.count, 1);
	assert_int_equal(packet.procs[0].pid, 1234);
	assert_int_equal(packet.procs[0].uid, 10001);
	assert_int_equal(packet.procs[0].adj, 900);
	assert_taken(LMK_PROCPRIO, 1234, -1, -1000, 7);
	assert_int_equal(packet.count, 1);
	assert_int_equal(packet.procs[0].uid, UINT32_MAX);
	assert_refused(LMK_PROCPRIO, 1234, 10001);
	assert_false(packet.procs[0].lmkd_only);
	/* Of Android 17: not for the kernel, if the last word says so. */
	assert_taken(LMK_PROCPRIO, 1234, 10001, 900, 0, 0);
	assert_false(packet.procs[0].lmkd_only);
	assert_taken(LMK_PROCPRIO, 1234, 10001, 900, 0, 1);
	assert_true(packet.procs[0].lmkd_only);
	assert_int_equal(packet.procs[0].adj, 900);
	assert_refused(LMK_PROCPRIO, 1234, 10001, 900, 0, 0, 0);
	assert_refused(LMK_PROCPRIO, 0, 0, 900);
	assert_refused(LMK_PROCPRIO, -1, 0, 900);
	assert_refused(LMK_PROCPRIO, 1, 0, 1001);
	assert_refused(LMK_PROCPRIO, 1, 0, -1001);
}

static void several_processes_are_whole_ones(void **state)
{
	(void)state;
	assert_taken(LMK_PROCS_PRIO, 1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 1);
	assert_int_equal(packet.count, 3);
	assert_int_equal(packet.procs[2].pid, 7);
	assert_int_equal(packet.procs[2].uid, 8);
	assert_int_equal(packet.procs[2].adj, 9);
	assert_taken(LMK_PROCS_PRIO, 1, 2, 3, 0);
	assert_int_equal(packet.count, 1);
	assert_refused(LMK_PROCS_PRIO);
	assert_refused(LMK_PROCS_PRIO, 1, 2, 3);
	assert_refused(LMK_PROCS_PRIO, 1, 2, 3, 0, 4, 5, 6);
	assert_refused(LMK_PROCS_PRIO, 1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 1, 10, 11, 12, 0);
}

static void of_several_processes_each_may_have_five_words(void **state)
{
	(void)state;
	assert_taken(LMK_PROCS_PRIO, 1, 2, 3, 0, 1);
	assert_int_equal(packet.count, 1);
	assert_true(packet.procs[0].lmkd_only);
	assert_taken(LMK_PROCS_PRIO, 1, 2, 3, 0, 0, 4, 5, 6, 0, 1);
	assert_int_equal(packet.count, 2);
	assert_taken(LMK_PROCS_PRIO, 1, 2, 3, 0, 0, 4, 5, 6, 0, 1, 7, 8, 9, 0, 0);
	assert_int_equal(packet.count, 3);
	assert_true(packet.procs[1].lmkd_only);
	assert_false(packet.procs[2].lmkd_only);
	assert_int_equal(packet.procs[2].pid, 7);
	assert_int_equal(packet.procs[2].uid, 8);
	assert_int_equal(packet.procs[2].adj, 9);
	assert_refused(LMK_PROCS_PRIO, 1, 2, 3, 0, 0, 4, 5, 6, 0);
	assert_refused(LMK_PROCS_PRIO, 1, 2, 3, 0, 0, 4, 5, 6, 0, 1, 7, 8, 9, 0, 0, 10);
}

static void of_several_processes_the_good_ones_are_taken(void **state)
{
	(void)state;
	assert_taken(LMK_PROCS_PRIO, 1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0);
	assert_null(packet.left_out);
	assert_taken(LMK_PROCS_PRIO, 1, 2, 9999, 0, 0, 5, 6, 0, 7, 8, 9, 0);
	assert_int_equal(packet.count, 1);
	assert_int_equal(packet.procs[0].pid, 7);
	assert_non_null(packet.left_out);
	assert_taken(LMK_PROCS_PRIO, 1, 2, 3, 0, 1, 4, 5, 1001, 0, 0);
	assert_int_equal(packet.count, 1);
	assert_int_equal(packet.procs[0].pid, 1);
	assert_non_null(packet.left_out);
	assert_refused(LMK_PROCS_PRIO, 1, 2, 9999, 0);
	assert_refused(LMK_PROCS_PRIO, 0, 2, 3, 0, -4, 5, 6, 0);
}

static void the_others_have_one_length(void **state)
{
	(void)state;
	assert_taken(LMK_PROCREMOVE, 1234);
	assert_int_equal(packet.procs[0].pid, 1234);
	assert_refused(LMK_PROCREMOVE);
	assert_refused(LMK_PROCREMOVE, 1, 2);
	assert_refused(LMK_PROCREMOVE, -5);
	assert_taken(LMK_PROCPURGE);
	assert_refused(LMK_PROCPURGE, 1);
	assert_taken(LMK_GETKILLCNT, INT32_MIN, INT32_MAX);
	assert_int_equal(packet.adj.min, INT32_MIN);
	assert_int_equal(packet.adj.max, INT32_MAX);
	assert_refused(LMK_GETKILLCNT, 1);
	assert_taken(LMK_SUBSCRIBE, LMK_EVENT_KILL);
	assert_refused(LMK_SUBSCRIBE, 1);
	assert_refused(LMK_SUBSCRIBE);
	assert_taken(LMK_UPDATE_PROPS);
	assert_taken(LMK_START_MONITORING);
	assert_taken(LMK_BOOT_COMPLETED);
	assert_refused(LMK_BOOT_COMPLETED, 0);
}

static void what_is_no_command_is_refused(void **state)
{
	(void)state;
	assert_refused(LMK_PROCKILL);
	assert_refused(LMK_PROCKILL, 1, 2);
	assert_refused(8);
	assert_refused(12);
	assert_refused(-1);
	assert_refused(INT32_MIN);
	assert_refused(INT32_MAX);
}

static void a_length_is_whole_words(void **state)
{
	char data[17 * 4] = { 0 };
	size_t len;

	(void)state;
	for (len = 0; len <= sizeof(data); len++)
		if (len % 8 == 4 && len <= 13 * 4)
			assert_null(lmk_packet_parse(&packet, data, len));
		else
			assert_non_null(lmk_packet_parse(&packet, data, len));
}

static void what_is_refused_changes_nothing(void **state)
{
	struct lmk_packet before;

	(void)state;
	memset(&packet, 0x5a, sizeof(packet));
	before = packet;
	assert_refused(LMK_TARGET, 1, 1, 2, 2000);
	assert_refused(99);
	assert_memory_equal(&packet, &before, sizeof(packet));
}

/* A xorshift: the same packets each time, and fast. */
static uint64_t next_random(void)
{
	static uint64_t seed = 88172645463325252ULL;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static size_t random_packet(unsigned char *data)
{
	size_t len = next_random() % 4 ? 4 * (next_random() % 18) : next_random() % MAX_BYTES;
	uint32_t word;
	size_t i;

	for (i = 0; i < len; i += sizeof(word)) {
		word = next_random() % 2 ? next_random() : next_random() % 1100;
		if (i == 0 && next_random() % 8)
			word %= 13;
		word = htonl(word);
		memcpy(data + i, &word, len - i < sizeof(word) ? len - i : sizeof(word));
	}
	return len;
}

static void assert_sane(size_t len)
{
	unsigned int i;

	assert_true(len % 4 == 0 && len <= 64);
	switch (packet.command) {
	case LMK_TARGET:
		assert_int_equal(packet.count, (len / 4 - 1) / 2);
		for (i = 0; i < packet.count; i++) {
			assert_true(packet.targets[i].minfree >= 0);
			assert_in_range(packet.targets[i].adj + 1000, 0, 2000);
		}
		break;
	case LMK_PROCPRIO:
	case LMK_PROCS_PRIO:
		assert_in_range(packet.count, 1, LMK_MAX_PROCS);
		for (i = 0; i < packet.count; i++) {
			assert_true(packet.procs[i].pid > 0);
			assert_in_range(packet.procs[i].adj + 1000, 0, 2000);
		}
		break;
	case LMK_PROCREMOVE:
		assert_true(packet.procs[0].pid > 0);
		break;
	default:
		assert_in_range(packet.command, LMK_PROCPURGE, LMK_BOOT_COMPLETED);
	}
}

/* Each in a block of its own, so that a byte too far is seen. */
static void whatever_comes_is_refused_or_sane(void **state)
{
	unsigned char *data, bytes[MAX_BYTES];
	unsigned long i, taken = 0;
	size_t len;

	(void)state;
	for (i = 0; i < NR_RANDOM; i++) {
		len = random_packet(bytes);
		data = malloc(len + !len);
		memcpy(data, bytes, len);
		if (!lmk_packet_parse(&packet, data, len)) {
			assert_sane(len);
			taken++;
		}
		free(data);
	}
	/* Neither is what was tried in vain. */
	assert_in_range(taken, NR_RANDOM / 50, NR_RANDOM / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_are_pairs),
		cmocka_unit_test(a_process_has_a_type_or_none),
		cmocka_unit_test(several_processes_are_whole_ones),
		cmocka_unit_test(of_several_processes_each_may_have_five_words),
		cmocka_unit_test(of_several_processes_the_good_ones_are_taken),
		cmocka_unit_test(the_others_have_one_length),
		cmocka_unit_test(what_is_no_command_is_refused),
		cmocka_unit_test(a_length_is_whole_words),
		cmocka_unit_test(what_is_refused_changes_nothing),
		cmocka_unit_test(whatever_comes_is_refused_or_sane),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
