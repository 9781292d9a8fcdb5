// SPDX-License-Identifier: GPL-2.0
/*
 * The plugin of libtraceevent, without a kernel: the formats of the events and one
 * record of each, as they were recorded on 6.12 (events/), become these lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event-parse.h>
#include <trace-seq.h>

#include <cmocka.h>

#include "plugin_proc_reclaim.h"

#define MAX_FORMAT 4096
#define MAX_DATA 256
#define NR_RANDOM 200000

static struct tep_handle *tep;
static char format[MAX_FORMAT];
static unsigned char data[MAX_DATA];
static int data_len;

static int setup(void **state)
{
	(void)state;
	tep = tep_alloc();
	tep_set_page_size(tep, 4096);
	tep_set_long_size(tep, 8);
	TEP_PLUGIN_LOADER(tep);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	TEP_PLUGIN_UNLOADER(tep);
	tep_free(tep);
	return 0;
}

static FILE *open_event(const char *event, const char *suffix)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), UNIT_DIR "/events/proc_reclaim_%s.%s", event, suffix);
	file = fopen(path, "r");
	assert_non_null(file);
	return file;
}

/* The recorded format and record of an event become format and data. */
static void read_event(const char *event)
{
	FILE *file = open_event(event, "format");
	unsigned int byte;
	size_t len;

	len = fread(format, 1, sizeof(format) - 1, file);
	format[len] = '\0';
	fclose(file);
	file = open_event(event, "hex");
	for (data_len = 0; fscanf(file, "%2x", &byte) == 1; data_len++)
		data[data_len] = byte;
	fclose(file);
	assert_true(len > 0 && data_len > 0);
}

/* What the plugin makes of format and data, to be freed. */
static char *line(void)
{
	/* In a block that ends where the record does. */
	unsigned char *copy = malloc(data_len);
	struct tep_record record = { .data = copy, .size = data_len };
	struct tep_event *event;
	struct trace_seq s;
	char *text;

	memcpy(copy, data, data_len);
	event = tep_find_event_by_record(tep, &record);
	if (!event) {
		assert_int_equal(tep_parse_event(tep, format, strlen(format), "proc_reclaim"), 0);
		event = tep_find_event_by_record(tep, &record);
	}
	assert_non_null(event);
	trace_seq_init(&s);
	tep_print_event(tep, &s, &record, "%s", TEP_PRINT_INFO);
	trace_seq_terminate(&s);
	text = strdup(s.buffer);
	trace_seq_destroy(&s);
	free(copy);
	return text;
}

static void assert_line(const char *expected)
{
	char *text = line();

	assert_string_equal(text, expected);
	free(text);
}

/* Where in the record a field is. */
static unsigned int offset_of(const char *field)
{
	char word[64];
	const char *at;
	unsigned int offset;

	snprintf(word, sizeof(word), " %s;\toffset:", field);
	at = strstr(format, word);
	if (!at) {
		snprintf(word, sizeof(word), " %s[16];\toffset:", field);
		at = strstr(format, word);
	}
	assert_non_null(at);
	assert_int_equal(sscanf(strstr(at, "offset:"), "offset:%u", &offset), 1);
	return offset;
}

static void set_int(const char *field, int value)
{
	memcpy(data + offset_of(field), &value, sizeof(value));
}

/* The format is as if the module did not know the field. */
static void rename_field(const char *field)
{
	char *at = format;
	size_t len = strlen(field);

	while ((at = strstr(at, field))) {
		if ((at[-1] == ' ' || at[-1] == '>') && strchr(";[,)\n", at[len]))
			memset(at, 'x', len);
		at += len;
	}
}

static void each_event_has_its_line(void **state)
{
	static const char *const lines[][2] = {
		{ "request", "pid 243: restore" },
		{ "walk", "pid 240: looked at 512 pages, took 2.0 MiB, skipped 0 pages, "
		  "mmap lock held 312.9 us, 0x7f4110ff1000 to 0x7f41111f1000" },
		{ "shrink", "pid 240: freed 2.0 MiB of 2.0 MiB in 85.8 ms" },
		{ "restore", "pid 243: brought back 128 KiB of 128 KiB, "
		  "mmap lock held 5.8 ms, 0x7fe6d9f5a000 to 0x7fe6d9f7a000" },
		{ "done", "pid 243 <b>\"&'\\x1b[1m: file by some, RSS 17.7 MiB -> 16.0 MiB, "
		  "file 11.7 MiB -> 10.1 MiB, anon 6.0 MiB -> 6.0 MiB, swap 0 KiB -> 0 KiB, "
		  "free swap 976.6 MiB, in 1.8 ms, ended by done, adj 900, "
		  "9000 ms after full" },
		{ "end", "whole system: all by request ended by killed, processes: 31, "
		  "in 2.50 s" },
		{ "trigger", "pid 240: full queued by adj, adj 0 -> 900" },
		{ "throttle", "pid 240: no full, because: time, for another 9448 ms, "
		  "value 552, limit 10000" },
		{ "defer", "pid 249: no full, because: deferred, after failures: 1, times left: 0" },
		{ "worker", "wakes up: queue, pending: 1" },
		{ "kill", "pid 249 target: killed, adj 950, level 900, RSS 17.6 MiB" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		read_event(lines[i][0]);
		assert_line(lines[i][1]);
	}
}

static void numbers_have_units_that_fit(void **state)
{
	uint64_t ns = 999;

	(void)state;
	read_event("shrink");
	memset(data + offset_of("isolated_pages"), 0, 8);
	set_int("isolated_pages", 1 << 20);
	memset(data + offset_of("reclaimed_pages"), 0, 8);
	set_int("reclaimed_pages", 256);
	memcpy(data + offset_of("duration_ns"), &ns, sizeof(ns));
	set_int("pid", 7);
	assert_line("pid 7: freed 1.0 MiB of 4.00 GiB in 1.0 us");
	ns = 2500000000ULL;
	memcpy(data + offset_of("duration_ns"), &ns, sizeof(ns));
	assert_line("pid 7: freed 1.0 MiB of 4.00 GiB in 2.50 s");
	/* Another machine's pages. */
	tep_set_page_size(tep, 65536);
	assert_line("pid 7: freed 16.0 MiB of 64.00 GiB in 2.50 s");
	/* A reader of files that does not know how large they were. */
	tep_set_page_size(tep, 0);
	assert_line("pid 7: freed 256 pages of 1048576 pages in 2.50 s");
}

static void a_request_says_only_what_it_asks(void **state)
{
	(void)state;
	read_event("request");
	memset(data + 8, 0, data_len - 8);
	set_int("pid", 12);
	set_int("type", 1);
	assert_line("pid 12: anon");
	set_int("pid", 0);
	data[offset_of("system")] = 1;
	data[offset_of("cold")] = 1;
	set_int("limit_ms", 50);
	assert_line("whole system: anon, for 50 ms, cold only");
}

static void a_name_that_the_format_lacks_is_a_number(void **state)
{
	(void)state;
	read_event("throttle");
	memset(data + 8, 0, data_len - 8);
	set_int("pid", 5);
	set_int("reason", 4711);
	assert_line("pid 5: no some, because: 4711");
	set_int("reason", -3);
	assert_line("pid 5: no some, because: -3");
}

static void a_missing_field_leaves_out_its_piece(void **state)
{
	(void)state;
	read_event("kill");
	set_int("pid", 5);
	set_int("adj", 900);
	set_int("level_adj", 600);
	strcpy((char *)data + offset_of("comm"), "cat");
	rename_field("rss_pages");
	rename_field("level_adj");
	assert_line("pid 5 cat: killed, adj 900");
}

static void a_record_that_is_cut_short_says_less(void **state)
{
	(void)state;
	read_event("kill");
	set_int("pid", 5);
	data_len = offset_of("comm") + 4;
	assert_line("pid 5");
}

/* Read as an int the offset is -8192: the format may come from any file. */
static void a_field_outside_of_the_record_leaves_out_its_piece(void **state)
{
	const char *end;
	char text[MAX_FORMAT], *at;

	(void)state;
	read_event("shrink");
	strcpy(text, format);
	at = strstr(text, " isolated_pages;\toffset:");
	assert_non_null(at);
	at = strstr(at, "offset:") + strlen("offset:");
	end = format + (at - text) + strspn(at, "0123456789");
	snprintf(at, text + sizeof(text) - at, "4294959104%s", end);
	strcpy(format, text);
	assert_line("pid 240: freed 2.0 MiB in 85.8 ms");
}

static void a_name_cannot_drive_the_terminal(void **state)
{
	unsigned int at;

	(void)state;
	read_event("kill");
	set_int("pid", 5);
	at = offset_of("comm");
	memcpy(data + at, "\033[31m\n\\\177\377\r\t\b\a123", 16);
	rename_field("adj");
	rename_field("level_adj");
	rename_field("rss_pages");
	assert_line("pid 5 \\x1b[31m\\x0a\\x5c\\x7f\\xff\\x0d\\x09\\x08\\x07123");
}

/* Nothing is read beyond the record, whatever is in it and wherever it ends. */
static void records_may_hold_anything(void **state)
{
	static const char *const names[] = { "request", "walk", "done", "throttle", "kill" };
	unsigned int i, byte;
	char *text;

	(void)state;
	srand(1);
	for (i = 0; i < NR_RANDOM; i++) {
		if (i % (NR_RANDOM / 5) == 0)
			read_event(names[i / (NR_RANDOM / 5)]);
		for (byte = 2; byte < (unsigned int)data_len; byte++)
			data[byte] = rand();
		if (i % 3 == 0)
			data_len = 8 + rand() % (data_len - 7);
		text = line();
		assert_true(strlen(text) < 512);
		free(text);
		if (i % 3 == 0)
			read_event(names[i / (NR_RANDOM / 5)]);
	}
}

static void unloaded_it_leaves_nothing(void **state)
{
	char *text;

	(void)state;
	read_event("shrink");
	TEP_PLUGIN_UNLOADER(tep);
	text = line();
	assert_non_null(strstr(text, "isolated_pages="));
	free(text);
	TEP_PLUGIN_LOADER(tep);
	text = line();
	assert_null(strstr(text, "isolated_pages="));
	free(text);
	TEP_PLUGIN_UNLOADER(tep);
	text = line();
	assert_non_null(strstr(text, "isolated_pages="));
	free(text);
	/* For the teardown. */
	TEP_PLUGIN_LOADER(tep);
}

#define test(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(each_event_has_its_line),
		test(numbers_have_units_that_fit),
		test(a_request_says_only_what_it_asks),
		test(a_name_that_the_format_lacks_is_a_number),
		test(a_missing_field_leaves_out_its_piece),
		test(a_record_that_is_cut_short_says_less),
		test(a_field_outside_of_the_record_leaves_out_its_piece),
		test(a_name_cannot_drive_the_terminal),
		test(records_may_hold_anything),
		test(unloaded_it_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
