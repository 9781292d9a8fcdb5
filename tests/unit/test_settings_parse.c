// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of the settings' text: tables of what is taken and what is
 * refused, each byte at each place, and random settings printed and read again.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/limits.h>

#include "settings_parse.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Room for more numbers than any list here may have. */
#define LIST_ROOM 8

/* One of each kind of target. Those not parsed into must stay as they are. */
struct targets {
	enum prc_takes takes;
	struct prc_adj_range range;
	struct prc_policy set;
	int list[LIST_ROOM];
};

enum kind {
	KIND_TAKES,
	KIND_RANGE,
	KIND_EXCLUDES,
	KIND_LIST,
	NR_KINDS,
};

static const char *const kinds[] = { "takes", "range", "excludes", "list" };

/* The limits of a list in the tables. */
#define LIST_MAX 6
#define LIST_LOWEST (-1000)
#define LIST_HIGHEST 1000

/*
 * Parse a copy of the text that ends where its memory ends, so that the
 * sanitizer sees a read beyond it.
 */
static int parse(enum kind kind, struct targets *to, const char *text,
		 size_t len)
{
	char *copy = malloc(len);
	int got = -1;

	assert_non_null(copy);
	memcpy(copy, text, len);
	switch (kind) {
	case KIND_TAKES:
		got = prc_parse_takes(&to->takes, copy, len);
		break;
	case KIND_RANGE:
		got = prc_parse_adj_range(&to->range, copy, len);
		break;
	case KIND_EXCLUDES:
		got = prc_parse_excludes(&to->set, copy, len);
		break;
	case KIND_LIST:
		got = prc_parse_list(to->list, LIST_MAX, copy, len,
				     LIST_LOWEST, LIST_HIGHEST);
		break;
	default:
		fail();
	}
	free(copy);
	return got;
}

/* Rubbish, so that a change shows, also one to 0; and no padding to differ. */
static struct targets rubbish(void)
{
	struct targets to;

	memset(&to, 0x5a, sizeof(to));
	return to;
}

static void print_text(enum kind kind, const char *text, size_t len)
{
	size_t i;

	print_error("%s \"", kinds[kind]);
	for (i = 0; i < len; i++) {
		if (text[i] >= ' ' && text[i] <= '~')
			print_error("%c", text[i]);
		else
			print_error("\\%03o", (unsigned char)text[i]);
	}
	print_error("\"\n");
}

/* The text is taken, gives @want of all targets, and @want_return. */
static bool reads_as(enum kind kind, const char *text, size_t len,
		     const struct targets *want, int want_return)
{
	struct targets to = rubbish();
	int got = parse(kind, &to, text, len);

	if (got == want_return && !memcmp(&to, want, sizeof(to)))
		return true;
	print_text(kind, text, len);
	print_error("    got %d, want %d%s\n", got, want_return,
		    got == want_return ? ", and the values differ" : "");
	return false;
}

static bool is_refused(enum kind kind, const char *text, size_t len)
{
	struct targets want = rubbish();

	return reads_as(kind, text, len, &want, -EINVAL);
}

/* A text, and the same with its newline, without its end, with one too many. */
static bool reads_as_line(enum kind kind, const char *text,
			  const struct targets *want, int want_return)
{
	size_t len = strlen(text);
	char line[256];

	assert_true(len + 3 <= sizeof(line));
	snprintf(line, sizeof(line), "%s\n\n", text);
	return reads_as(kind, text, len, want, want_return) &&
	       reads_as(kind, line, len + 1, want, want_return) &&
	       is_refused(kind, line, len + 2);
}

static void test_takes(void **state)
{
	static const char *const names[] = { "none", "file", "anon", "all" };
	enum prc_takes which;

	(void)state;
	for (which = PRC_TAKES_NONE; which <= PRC_TAKES_ALL; which++) {
		struct targets want = rubbish();

		want.takes = which;
		assert_true(reads_as_line(KIND_TAKES, names[which], &want, 0));
	}
}

static const struct {
	const char *text;
	int lo;
	int hi;
} ranges[] = {
	{ "900:999", 900, 999 },
	{ "-1000:1000", -1000, 1000 },
	{ "-1000:-1000", -1000, -1000 },
	{ "1000:1000", 1000, 1000 },
	{ "0:0", 0, 0 },
	{ "-1:0", -1, 0 },
	{ "-0:-0", 0, 0 },
	{ "-5:-4", -5, -4 },
	/* Decimal, whatever it begins with. */
	{ "007:010", 7, 10 },
	{ "-0010:0000000000000000000000000001000", -10, 1000 },
	/* Nothing matches nothing. */
	{ "", 1, 0 },
};

static void test_ranges(void **state)
{
	unsigned int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		struct targets want = rubbish();

		want.range.lo = ranges[i].lo;
		want.range.hi = ranges[i].hi;
		wrong += !reads_as_line(KIND_RANGE, ranges[i].text, &want, 0);
	}
	assert_int_equal(wrong, 0);
}

static const struct {
	const char *text;
	const char *printed; /* NULL: the same */
	struct prc_adj_range ranges[PRC_MAX_EXCLUDES];
	unsigned int nr;
} excludes[] = {
	{ "", NULL, { { 0 } }, 0 },
	{ "0", NULL, { { 0, 0 } }, 1 },
	{ "-1000", NULL, { { -1000, -1000 } }, 1 },
	{ "1000", NULL, { { 1000, 1000 } }, 1 },
	{ "200:300", NULL, { { 200, 300 } }, 1 },
	{ "-1000:1000", NULL, { { -1000, 1000 } }, 1 },
	{ "5:5", "5", { { 5, 5 } }, 1 },
	{ "-0", "0", { { 0, 0 } }, 1 },
	{ "010,-007:7", "10,-7:7", { { 10, 10 }, { -7, 7 } }, 2 },
	/* In the order given, overlapping or not. */
	{ "7,-9:-8,7,1:9", NULL, { { 7, 7 }, { -9, -8 }, { 7, 7 }, { 1, 9 } },
	  4 },
	{ "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15", NULL,
	  { { 0, 0 }, { 1, 1 }, { 2, 2 }, { 3, 3 }, { 4, 4 }, { 5, 5 },
	    { 6, 6 }, { 7, 7 }, { 8, 8 }, { 9, 9 }, { 10, 10 }, { 11, 11 },
	    { 12, 12 }, { 13, 13 }, { 14, 14 }, { 15, 15 } },
	  16 },
};

static void test_excludes(void **state)
{
	unsigned int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(excludes); i++) {
		const char *printed = excludes[i].printed;
		struct targets want = rubbish();
		char buf[256];
		int len;

		memcpy(want.set.excludes, excludes[i].ranges,
		       sizeof(want.set.excludes));
		want.set.nr_excludes = excludes[i].nr;
		wrong += !reads_as_line(KIND_EXCLUDES, excludes[i].text, &want,
					0);
		memset(buf, 0x5a, sizeof(buf));
		len = prc_print_excludes(&want.set, buf, sizeof(buf));
		assert_string_equal(buf, printed ? printed : excludes[i].text);
		assert_int_equal(len, strlen(buf));
	}
	assert_int_equal(wrong, 0);
}

/* The longest text there is fits exactly; in less room it is cut. */
static void test_print_room(void **state)
{
	struct prc_policy set = { .nr_excludes = PRC_MAX_EXCLUDES };
	size_t size, whole = PRC_MAX_EXCLUDES * 12;
	char expect[256] = "";
	unsigned int i;

	(void)state;
	for (i = 0; i < PRC_MAX_EXCLUDES; i++) {
		set.excludes[i].lo = -1000;
		set.excludes[i].hi = -999;
		strcat(expect, i ? ",-1000:-999" : "-1000:-999");
	}
	for (size = 1; size <= whole; size++) {
		char *buf = malloc(size);
		size_t want = strlen(expect) < size ? strlen(expect) : size - 1;
		int len;

		assert_non_null(buf);
		memset(buf, 0x5a, size);
		len = prc_print_excludes(&set, buf, size);
		assert_int_equal(len, want);
		assert_memory_equal(buf, expect, want);
		assert_int_equal(buf[want], '\0');
		free(buf);
	}
	assert_true(strlen(expect) < whole);
}

/* What fits a short, though no text gives it. */
static void test_print_any_number(void **state)
{
	struct prc_policy set = { .excludes = { { -32768, 32767 }, { 1, 0 } },
				  .nr_excludes = 2 };
	char buf[64];

	(void)state;
	prc_print_excludes(&set, buf, sizeof(buf));
	assert_string_equal(buf, "-32768:32767,1:0");
}

static const struct {
	const char *text;
	int numbers[LIST_MAX];
	int nr;
} lists[] = {
	{ "", { 0 }, 0 },
	{ "0", { 0 }, 1 },
	{ "-1000", { -1000 }, 1 },
	{ "1000", { 1000 }, 1 },
	{ "0,100,200,300,900,906", { 0, 100, 200, 300, 900, 906 }, 6 },
	{ "3,2,1,2,3", { 3, 2, 1, 2, 3 }, 5 },
	{ "-0,00,010,-010", { 0, 0, 10, -10 }, 4 },
};

static void test_lists(void **state)
{
	unsigned int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		struct targets want = rubbish();

		memcpy(want.list, lists[i].numbers,
		       lists[i].nr * sizeof(want.list[0]));
		wrong += !reads_as_line(KIND_LIST, lists[i].text, &want,
					lists[i].nr);
	}
	assert_int_equal(wrong, 0);
}

static void test_list_limits(void **state)
{
	static const struct {
		const char *text;
		int lowest;
		int highest;
		int want; /* -EINVAL: refused */
	} rows[] = {
		{ "5", 5, 5, 5 },
		{ "4", 5, 5, -EINVAL },
		{ "6", 5, 5, -EINVAL },
		{ "-5", -5, 5, -5 },
		{ "-6", -5, 5, -EINVAL },
		{ "5", 6, 4, -EINVAL },
		{ "2147483647", INT_MIN, INT_MAX, INT_MAX },
		{ "2147483648", INT_MIN, INT_MAX, -EINVAL },
		{ "-2147483647", INT_MIN, INT_MAX, -INT_MAX },
		{ "-2147483648", INT_MIN, INT_MAX, INT_MIN },
		{ "-2147483649", INT_MIN, INT_MAX, -EINVAL },
		/* These are 0 or 1 to a parser that keeps only the lower bits. */
		{ "4294967295", INT_MIN, INT_MAX, -EINVAL },
		{ "4294967296", INT_MIN, INT_MAX, -EINVAL },
		{ "4294967297", INT_MIN, INT_MAX, -EINVAL },
		{ "-4294967295", INT_MIN, INT_MAX, -EINVAL },
		{ "-4294967297", INT_MIN, INT_MAX, -EINVAL },
		{ "18446744073709551615", INT_MIN, INT_MAX, -EINVAL },
		{ "18446744073709551616", INT_MIN, INT_MAX, -EINVAL },
		{ "18446744073709551617", INT_MIN, INT_MAX, -EINVAL },
		{ "340282366920938463463374607431768211457", INT_MIN, INT_MAX,
		  -EINVAL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		int number = 0x5a5a;
		int got = prc_parse_list(&number, 1, rows[i].text,
					 strlen(rows[i].text), rows[i].lowest,
					 rows[i].highest);

		if (rows[i].want == -EINVAL) {
			assert_int_equal(got, -EINVAL);
			assert_int_equal(number, 0x5a5a);
		} else {
			assert_int_equal(got, 1);
			assert_int_equal(number, rows[i].want);
		}
	}
}

/* The numbers have exactly the room that is said: the sanitizer looks on. */
static void test_list_room(void **state)
{
	static const char text[] = "1,2,3,4,5,6,7,8";
	unsigned int max, nr, i;

	(void)state;
	for (max = 0; max <= 8; max++) {
		int *numbers = malloc(max * sizeof(*numbers));

		assert_non_null(numbers);
		for (nr = 0; nr <= 8; nr++) {
			int got;

			for (i = 0; i < max; i++)
				numbers[i] = -7;
			got = prc_parse_list(numbers, max, text,
					     nr ? 2 * nr - 1 : 0, 0, 8);
			assert_int_equal(got, nr <= max ? (int)nr : -EINVAL);
			for (i = 0; i < max; i++)
				assert_int_equal(numbers[i],
						 nr <= max && i < nr ?
							 (int)i + 1 : -7);
		}
		free(numbers);
	}
}

/* sizeof, not strlen(): some texts hold a NUL. */
#define BAD(k, string) { KIND_##k, (string), sizeof(string) - 1 }
#define BAD_RANGE(string) BAD(RANGE, string), BAD(EXCLUDES, string)
#define BAD_NUMBER(string) BAD_RANGE(string), BAD(LIST, string)
#define BAD_ALL(string) BAD_NUMBER(string), BAD(TAKES, string)

static const struct {
	enum kind kind;
	const char *text;
	size_t len;
} bad[] = {
	/* Blanks, newlines and NULs. */
	BAD_ALL(" "),
	BAD_ALL("\t"),
	BAD_ALL("\n\n"),
	BAD_ALL(" \n"),
	BAD_ALL("\r\n"),
	BAD_ALL("\0"),
	BAD_ALL("\0\n"),
	BAD_ALL("\n\0"),
	BAD_NUMBER("\n5"),
	BAD_NUMBER(" 5"),
	BAD_NUMBER("5 "),
	BAD_NUMBER("5\0"),
	BAD_NUMBER("5\r\n"),
	BAD_NUMBER("5 ,6"),
	BAD_NUMBER("5, 6"),
	BAD_NUMBER("5,\n6"),
	BAD_NUMBER("- 5"),
	BAD_RANGE("5 :6"),
	BAD_RANGE("5: 6"),
	BAD_RANGE("5:6 "),
	BAD_RANGE("5:6\0"),
	BAD_RANGE("5:\n"),

	/* Words. */
	BAD(TAKES, ""),
	BAD(TAKES, "\n"),
	BAD(TAKES, "al"),
	BAD(TAKES, "alll"),
	BAD(TAKES, "all "),
	BAD(TAKES, " all"),
	BAD(TAKES, "all\0"),
	BAD(TAKES, "all\nall"),
	BAD(TAKES, "All"),
	BAD(TAKES, "ALL"),
	BAD(TAKES, "none,file"),
	BAD(TAKES, "file anon"),
	BAD(TAKES, "f"),
	BAD(TAKES, "0"),
	BAD(TAKES, "some"),

	/* No numbers. */
	BAD_NUMBER("x"),
	BAD_NUMBER("-"),
	BAD_NUMBER("+5"),
	BAD_NUMBER("--5"),
	BAD_NUMBER("5-"),
	BAD_NUMBER("5-6"),
	BAD_NUMBER("0x5"),
	BAD_NUMBER("5x"),
	BAD_NUMBER("5.0"),
	BAD_NUMBER("1e2"),
	BAD_NUMBER("5K"),
	BAD_NUMBER("none"),
	BAD_NUMBER("*"),
	BAD_RANGE("5:x"),
	BAD_RANGE("5:-"),
	BAD_RANGE("5:+6"),
	BAD_RANGE("5:6x"),
	BAD_RANGE("-:6"),

	/* Too large, also for a parser that keeps only the lower bits. */
	BAD_NUMBER("1001"),
	BAD_NUMBER("-1001"),
	BAD_NUMBER("65536"),
	BAD_NUMBER("-65536"),
	BAD_NUMBER("2147483648"),
	BAD_NUMBER("4294967296"),
	BAD_NUMBER("-4294967296"),
	BAD_NUMBER("18446744073709551616"),
	BAD_NUMBER("-18446744073709551616"),
	BAD_NUMBER("99999999999999999999999999999999999999999999"),
	BAD_RANGE("0:1001"),
	BAD_RANGE("-1001:0"),
	BAD_RANGE("-1001:1001"),
	BAD_RANGE("0:65536"),
	BAD_RANGE("0:4294967296"),
	BAD_RANGE("4294967296:4294967297"),
	BAD_RANGE("0:18446744073709551616"),

	/* Ranges. */
	BAD_RANGE(":"),
	BAD_RANGE("5:"),
	BAD_RANGE(":5"),
	BAD_RANGE("6:5"),
	BAD_RANGE("1:0"),
	BAD_RANGE("0:-1"),
	BAD_RANGE("5:6:7"),
	BAD_RANGE("5::6"),
	BAD_RANGE("5;6"),
	BAD(RANGE, "5"),
	BAD(RANGE, "5:6,7:8"),
	BAD(RANGE, "5:6,"),
	BAD(RANGE, ",5:6"),
	BAD(RANGE, "5,6"),
	BAD(LIST, "5:6"),
	BAD(LIST, "1,5:6"),

	/* Lists. */
	BAD_NUMBER(","),
	BAD_NUMBER(",5"),
	BAD_NUMBER("5,"),
	BAD_NUMBER("5,\n"),
	BAD_NUMBER("5,,6"),
	BAD_NUMBER("5;6"),
	BAD_NUMBER("5 6"),
	/* One bad item is the end of all. */
	BAD_NUMBER("1,2,3,4,5x"),
	BAD_NUMBER("1,2,3,4,1001"),
	BAD_NUMBER("1001,2,3"),
	BAD(EXCLUDES, "1,2,9:3"),
	BAD(EXCLUDES, "1:2,x"),
	/* One too many. */
	BAD(LIST, "1,2,3,4,5,6,7"),
	BAD(LIST, "1,2,3,4,5,6,"),
	BAD(EXCLUDES, "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16"),
	BAD(EXCLUDES, "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,"),
	BAD(EXCLUDES, "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15:14"),
};

static void test_bad(void **state)
{
	unsigned int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		wrong += !is_refused(bad[i].kind, bad[i].text, bad[i].len);
	assert_int_equal(wrong, 0);
}

/*
 * A malloc(0) has one byte that may be read, so parse() does not show a read
 * of an empty text: here it begins where its memory ends.
 */
static void test_empty_text_is_not_read(void **state)
{
	struct targets to = rubbish();
	char *byte = malloc(1);

	(void)state;
	assert_non_null(byte);
	*byte = '5';
	assert_int_equal(prc_parse_takes(&to.takes, byte + 1, 0), -EINVAL);
	assert_int_equal(prc_parse_adj_range(&to.range, byte + 1, 0), 0);
	assert_int_equal(prc_parse_excludes(&to.set, byte + 1, 0), 0);
	assert_int_equal(prc_parse_list(to.list, 1, byte + 1, 0, 0, 9), 0);
	free(byte);
}

/* Each of the 256 bytes in the place of each of a text, and after it. */
static void test_each_byte_at_each_place(void **state)
{
	static const char text[] = "3:5";
	unsigned int wrong = 0, place, byte;

	(void)state;
	for (place = 0; place < sizeof(text); place++) {
		for (byte = 0; byte < 256; byte++) {
			struct targets want = rubbish();
			bool good = false;
			char changed[sizeof(text)];

			memcpy(changed, text, sizeof(text));
			changed[place] = (char)byte;
			want.range = (struct prc_adj_range){ 3, 5 };
			if (place == 3 && byte == '\n') {
				good = true;
			} else if (byte >= '0' && byte <= '9') {
				good = place == 2 ? byte >= '3' :
				       place == 0 ? byte <= '5' :
						    place == 3;
				if (place == 0)
					want.range.lo = byte - '0';
				else if (place == 2)
					want.range.hi = byte - '0';
				else
					want.range.hi = 50 + byte - '0';
			} else if (place == 1 && byte == ':') {
				good = true;
			}
			wrong += good ? !reads_as(KIND_RANGE, changed,
						  place == 3 ? 4 : 3, &want,
						  0) :
					!is_refused(KIND_RANGE, changed,
						    place == 3 ? 4 : 3);
		}
	}
	assert_int_equal(wrong, 0);
}

/* Whatever a text is cut to, nothing is read beyond the cut. */
static void test_cut_texts(void **state)
{
	struct targets to = rubbish();
	enum kind kind;
	size_t i, len;

	(void)state;
	for (kind = 0; kind < NR_KINDS; kind++) {
		for (i = 0; i < ARRAY_SIZE(bad); i++)
			for (len = 0; len < bad[i].len; len++)
				parse(kind, &to, bad[i].text, len);
		for (i = 0; i < ARRAY_SIZE(excludes); i++)
			for (len = 0; len < strlen(excludes[i].text); len++)
				parse(kind, &to, excludes[i].text, len);
	}
}

/* The same numbers in each run: a failure can be run again. */
static u64 random_u64(void)
{
	static u64 x = 0x9e3779b97f4a7c15;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x * 0x2545f4914f6cdd1d;
}

static int random_between(int lo, int hi)
{
	return lo + (int)((random_u64() >> 32) % (hi - lo + 1));
}

/* Each setting there can be survives being printed and read again. */
static void test_random_round_trip(void **state)
{
	unsigned int round, i;

	(void)state;
	for (round = 0; round < 20000; round++) {
		struct prc_policy set = { 0 }, again;
		char buf[PRC_MAX_EXCLUDES * 12];
		int len;

		memset(&again, 0x5a, sizeof(again));
		set.nr_excludes = random_between(0, PRC_MAX_EXCLUDES);
		for (i = 0; i < set.nr_excludes; i++) {
			int lo = random_between(-1000, 1000);

			set.excludes[i].lo = lo;
			set.excludes[i].hi = random_between(0, 2) ?
				random_between(lo, 1000) : lo;
		}
		len = prc_print_excludes(&set, buf, sizeof(buf));
		assert_int_equal(prc_parse_excludes(&again, buf, len), 0);
		assert_int_equal(again.nr_excludes, set.nr_excludes);
		assert_memory_equal(again.excludes, set.excludes,
				    sizeof(set.excludes));
	}
}

/* A list as printf() writes it is read as it was. */
static void test_random_lists(void **state)
{
	unsigned int round, i;

	(void)state;
	for (round = 0; round < 20000; round++) {
		int want[LIST_ROOM], numbers[LIST_ROOM];
		unsigned int nr = random_between(0, LIST_ROOM);
		int lowest = (int)random_u64(), highest = (int)random_u64();
		char text[LIST_ROOM * 12 + 1] = "";
		size_t len = 0;
		bool good = true;

		for (i = 0; i < nr; i++) {
			want[i] = (int)random_u64() >> random_between(0, 31);
			if (want[i] < lowest && random_between(0, 3))
				want[i] = lowest;
			if (want[i] > highest && random_between(0, 3))
				want[i] = highest;
			good &= want[i] >= lowest && want[i] <= highest;
			len += snprintf(text + len, sizeof(text) - len, "%s%d",
					i ? "," : "", want[i]);
		}
		memset(numbers, 0x5a, sizeof(numbers));
		assert_int_equal(prc_parse_list(numbers, LIST_ROOM, text, len,
						lowest, highest),
				 good ? (int)nr : -EINVAL);
		for (i = 0; i < LIST_ROOM; i++)
			assert_int_equal(numbers[i], good && i < nr ?
						 want[i] : 0x5a5a5a5a);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_takes),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_excludes),
		cmocka_unit_test(test_print_room),
		cmocka_unit_test(test_print_any_number),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_list_limits),
		cmocka_unit_test(test_list_room),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_empty_text_is_not_read),
		cmocka_unit_test(test_each_byte_at_each_place),
		cmocka_unit_test(test_cut_texts),
		cmocka_unit_test(test_random_round_trip),
		cmocka_unit_test(test_random_lists),
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
