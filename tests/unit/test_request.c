// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of the request grammar: a table of texts that are requests, a
 * table of texts that are none, and random texts against a second reading.
 */
#include <ctype.h>
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

#include "request.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct row {
	const char *text;
	size_t len;
	unsigned int page_shift;
	struct prc_request want;
};

/* sizeof, not strlen(): some texts hold a NUL. */
#define ROW(shift, string, ...)                                          \
	{                                                                \
		.text = (string), .len = sizeof(string) - 1,             \
		.page_shift = (shift), .want = { __VA_ARGS__ }           \
	}
#define GOOD(string, ...) ROW(12, string, __VA_ARGS__)
#define GOOD_64K(string, ...) ROW(16, string, __VA_ARGS__)
#define BAD(string) ROW(12, string, 0)
#define BAD_64K(string) ROW(16, string, 0)

#define FILE_OF(n) .pid = (n), .pages = PRC_PAGES_FILE
#define ANON_OF(n) .pid = (n), .pages = PRC_PAGES_ANON
#define ALL_OF(n) .pid = (n), .pages = PRC_PAGES_ALL
#define RANGE_OF(n, s, l) \
	.pid = (n), .pages = PRC_PAGES_ALL, .start = (s), .len = (l)
#define SYSTEM(p) .system = true, .pages = (p)

static const struct row good[] = {
	/* Types. */
	GOOD("1 file", FILE_OF(1)),
	GOOD("1 anon", ANON_OF(1)),
	GOOD("1 all", ALL_OF(1)),
	GOOD("1 4096 8192", RANGE_OF(1, 4096, 8192)),
	GOOD("system file", SYSTEM(PRC_PAGES_FILE)),
	GOOD("system anon", SYSTEM(PRC_PAGES_ANON)),
	GOOD("system all", SYSTEM(PRC_PAGES_ALL)),

	/* The pid is plain decimal: a leading zero does not make it octal. */
	GOOD("2147483647 all", ALL_OF(INT_MAX)),
	GOOD("0010 all", ALL_OF(10)),
	GOOD("00000000000000000000000000009 all", ALL_OF(9)),

	/* Blanks, and the one newline at the end. */
	GOOD(" 1 all", ALL_OF(1)),
	GOOD("\t1\tall\t", ALL_OF(1)),
	GOOD("  1 \t all  ", ALL_OF(1)),
	GOOD("1 all\n", ALL_OF(1)),
	GOOD("1 all \t\n", ALL_OF(1)),
	GOOD("1\t0\t1\tinactive\tmax=4K\tms=1\n", RANGE_OF(1, 0, 4096),
	     .inactive = true, .max_pages = 1, .ms = 1),
	GOOD("system\tall\n", SYSTEM(PRC_PAGES_ALL)),

	/* Filters: each, on each kind of target, in each order. */
	GOOD("1 all inactive", ALL_OF(1), .inactive = true),
	GOOD("1 file max=1M", FILE_OF(1), .max_pages = 256),
	GOOD("1 anon ms=20", ANON_OF(1), .ms = 20),
	GOOD("1 0 4K inactive", RANGE_OF(1, 0, 4096), .inactive = true),
	GOOD("1 0 4K max=1M", RANGE_OF(1, 0, 4096), .max_pages = 256),
	GOOD("1 0 4K ms=20", RANGE_OF(1, 0, 4096), .ms = 20),
	GOOD("system file inactive max=1M ms=20", SYSTEM(PRC_PAGES_FILE),
	     .inactive = true, .max_pages = 256, .ms = 20),
	GOOD("1 all inactive max=8K ms=3", ALL_OF(1), .inactive = true,
	     .max_pages = 2, .ms = 3),
	GOOD("1 all inactive ms=3 max=8K", ALL_OF(1), .inactive = true,
	     .max_pages = 2, .ms = 3),
	GOOD("1 all max=8K inactive ms=3", ALL_OF(1), .inactive = true,
	     .max_pages = 2, .ms = 3),
	GOOD("1 all max=8K ms=3 inactive", ALL_OF(1), .inactive = true,
	     .max_pages = 2, .ms = 3),
	GOOD("1 all ms=3 inactive max=8K", ALL_OF(1), .inactive = true,
	     .max_pages = 2, .ms = 3),
	GOOD("1 all ms=3 max=8K inactive", ALL_OF(1), .inactive = true,
	     .max_pages = 2, .ms = 3),

	GOOD("1 all cold", ALL_OF(1), .cold = true),
	GOOD("system anon cold inactive", SYSTEM(PRC_PAGES_ANON), .cold = true,
	     .inactive = true),
	GOOD("1 0 4K ms=3 cold max=8K", RANGE_OF(1, 0, 4096), .cold = true,
	     .max_pages = 2, .ms = 3),

	/* START: each way to write a size. */
	GOOD("1 0 1", RANGE_OF(1, 0, 4096)),
	GOOD("1 00 1", RANGE_OF(1, 0, 4096)),
	GOOD("1 0x0 1", RANGE_OF(1, 0, 4096)),
	GOOD("1 0x7f0000abc000 1", RANGE_OF(1, 0x7f0000abc000, 4096)),
	GOOD("1 0X7F0000ABC000 1", RANGE_OF(1, 0x7f0000abc000, 4096)),
	GOOD("1 0x7f0000AbCdEf000 1", RANGE_OF(1, 0x7f0000abcdef000, 4096)),
	GOOD("1 0x00000000000000000000001000 1", RANGE_OF(1, 4096, 4096)),
	GOOD("1 010000 1", RANGE_OF(1, 4096, 4096)),
	GOOD("1 000000000000000000000000010000 1", RANGE_OF(1, 4096, 4096)),
	GOOD("1 4k 1", RANGE_OF(1, 4096, 4096)),
	GOOD("1 4K 1", RANGE_OF(1, 4096, 4096)),
	GOOD("1 3m 1", RANGE_OF(1, 3 << 20, 4096)),
	GOOD("1 3M 1", RANGE_OF(1, 3 << 20, 4096)),
	GOOD("1 3g 1", RANGE_OF(1, 3ULL << 30, 4096)),
	GOOD("1 3G 1", RANGE_OF(1, 3ULL << 30, 4096)),
	GOOD("1 3t 1", RANGE_OF(1, 3ULL << 40, 4096)),
	GOOD("1 3T 1", RANGE_OF(1, 3ULL << 40, 4096)),
	GOOD("1 3p 1", RANGE_OF(1, 3ULL << 50, 4096)),
	GOOD("1 3P 1", RANGE_OF(1, 3ULL << 50, 4096)),
	GOOD("1 3e 1", RANGE_OF(1, 3ULL << 60, 4096)),
	GOOD("1 3E 1", RANGE_OF(1, 3ULL << 60, 4096)),
	GOOD("1 0K 1", RANGE_OF(1, 0, 4096)),
	GOOD("1 0x10K 1", RANGE_OF(1, 16384, 4096)),
	GOOD("1 010K 1", RANGE_OF(1, 8192, 4096)),
	/* E is a digit after 0x, and a suffix otherwise. */
	GOOD("1 0x1E000 1", RANGE_OF(1, 0x1e000, 4096)),
	GOOD("1 01E 1", RANGE_OF(1, 1ULL << 60, 4096)),

	/* LEN is rounded up to whole pages. */
	GOOD("1 0 4095", RANGE_OF(1, 0, 4096)),
	GOOD("1 0 4096", RANGE_OF(1, 0, 4096)),
	GOOD("1 0 4097", RANGE_OF(1, 0, 8192)),
	GOOD("1 0 0x1001", RANGE_OF(1, 0, 8192)),
	GOOD("1 0 256M", RANGE_OF(1, 0, 256 << 20)),
	/* The largest there are. */
	GOOD("1 0 0xffffffffffffefff", RANGE_OF(1, 0, 0xfffffffffffff000)),
	GOOD("1 0 0xfffffffffffff000", RANGE_OF(1, 0, 0xfffffffffffff000)),
	GOOD("1 0 18446744073709547520", RANGE_OF(1, 0, 0xfffffffffffff000)),
	GOOD("1 0 01777777777777777770000", RANGE_OF(1, 0, 0xfffffffffffff000)),
	GOOD("1 0 0x3ffffffffffffcK", RANGE_OF(1, 0, 0xfffffffffffff000)),
	GOOD("1 0 15E", RANGE_OF(1, 0, 15ULL << 60)),
	GOOD("1 0x1000 0xffffffffffffe000",
	     RANGE_OF(1, 4096, 0xffffffffffffe000)),
	GOOD("1 0xffffffffffffe000 1", RANGE_OF(1, 0xffffffffffffe000, 4096)),
	GOOD("1 0xffffffffffffe000 4K", RANGE_OF(1, 0xffffffffffffe000, 4096)),

	/* max= counts whole pages, never more than SIZE. */
	GOOD("1 all max=4096", ALL_OF(1), .max_pages = 1),
	GOOD("1 all max=8191", ALL_OF(1), .max_pages = 1),
	GOOD("1 all max=8192", ALL_OF(1), .max_pages = 2),
	GOOD("1 all max=0x1000", ALL_OF(1), .max_pages = 1),
	GOOD("1 all max=010000", ALL_OF(1), .max_pages = 1),
	GOOD("1 all max=1g", ALL_OF(1), .max_pages = 1 << 18),
	GOOD("1 all max=15E", ALL_OF(1), .max_pages = 15ULL << 48),
	GOOD("1 all max=18446744073709551615", ALL_OF(1),
	     .max_pages = (1ULL << 52) - 1),
	GOOD("1 all max=0xffffffffffffffff", ALL_OF(1),
	     .max_pages = (1ULL << 52) - 1),

	/* ms= is plain decimal. */
	GOOD("1 all ms=1", ALL_OF(1), .ms = 1),
	GOOD("1 all ms=010", ALL_OF(1), .ms = 10),
	GOOD("1 all ms=4294967295", ALL_OF(1), .ms = U32_MAX),

	/* Pages of 64 KiB. */
	GOOD_64K("1 0x10000 1", RANGE_OF(1, 65536, 65536)),
	GOOD_64K("1 64K 64K", RANGE_OF(1, 65536, 65536)),
	GOOD_64K("1 0 65537", RANGE_OF(1, 0, 131072)),
	GOOD_64K("1 0xfffffffffffe0000 1",
		 RANGE_OF(1, 0xfffffffffffe0000, 65536)),
	GOOD_64K("1 0 0xfffffffffffeffff", RANGE_OF(1, 0, 0xffffffffffff0000)),
	GOOD_64K("1 all max=64K", ALL_OF(1), .max_pages = 1),
	GOOD_64K("1 all max=131071", ALL_OF(1), .max_pages = 1),
	GOOD_64K("1 all max=128K", ALL_OF(1), .max_pages = 2),
};

static const struct row bad[] = {
	/* Words missing. */
	BAD(""),
	BAD(" "),
	BAD("\t"),
	BAD("\n"),
	BAD(" \n"),
	BAD("1"),
	BAD("1 "),
	BAD("1\n"),
	BAD("all"),
	BAD("system"),
	BAD("system "),
	BAD("system\n"),
	BAD("inactive"),
	BAD("1 0"),
	BAD("1 4096"),
	BAD("1 4096 "),
	BAD("1 4096\n"),
	BAD("1 4096 inactive"),
	BAD("1 4096 max=4K"),

	/* Words too many, unknown, misspelt, misplaced. */
	BAD("1 all all"),
	BAD("1 file anon"),
	BAD("1 all 1"),
	BAD("1 1 all"),
	BAD("1 0 4096 all"),
	BAD("1 all 0 4096"),
	BAD("1 0 4096 4096"),
	BAD("all 1"),
	BAD("1 inactive"),
	BAD("1 inactive all"),
	BAD("1 max=4K all"),
	BAD("inactive 1 all"),
	BAD("1 range"),
	BAD("1 range 0 4096"),
	BAD("1 some"),
	BAD("1 full"),
	BAD("1 ALL"),
	BAD("1 File"),
	BAD("1 al"),
	BAD("1 fil"),
	BAD("1 alll"),
	BAD("1 files"),
	BAD("1 file,anon"),
	BAD("1 all hot"),
	BAD("1 all inactiv"),
	BAD("1 all inactivee"),
	BAD("1 all inactive="),
	BAD("1 all inactive=1"),
	BAD("1 all Inactive"),
	BAD("1 all MAX=4K"),
	BAD("1 all max"),
	BAD("1 all max="),
	BAD("1 all max =4K"),
	BAD("1 all max= 4K"),
	BAD("1 all max:4K"),
	BAD("1 all ms"),
	BAD("1 all ms="),
	BAD("1 all ms= 1"),
	BAD("1 all m=1"),
	BAD("1 all ="),
	BAD("1 all =1"),
	BAD("1 all inactive,ms=1"),
	BAD("1 all max=4Kms=1"),
	BAD("1,all"),
	BAD("1all"),
	BAD("1 cold"),
	BAD("1 all col"),
	BAD("1 all colder"),
	BAD("1 all cold=1"),
	BAD("1 age"),
	BAD("1 restore"),

	/* Filters twice. */
	BAD("1 all inactive inactive"),
	BAD("1 all cold cold"),
	BAD("1 all cold inactive cold"),
	BAD("1 all max=4K max=4K"),
	BAD("1 all max=4K max=8K"),
	BAD("1 all ms=1 ms=1"),
	BAD("1 all ms=1 ms=2"),
	BAD("1 all inactive max=4K ms=1 inactive"),
	BAD("1 all max=4K inactive ms=1 max=4K"),
	BAD("1 all ms=1 max=4K inactive ms=1"),
	/* One bad filter among good ones. */
	BAD("1 all inactive max=4K ms=1 x"),
	BAD("1 all x inactive max=4K ms=1"),
	BAD("1 all max=0 ms=1"),
	BAD("1 all ms=0 max=4K"),

	/* Pids. */
	BAD("0 all"),
	BAD("00 all"),
	BAD("-1 all"),
	BAD("-0 all"),
	BAD("- all"),
	BAD("+1 all"),
	BAD("2147483648 all"),
	BAD("4294967295 all"),
	BAD("4294967296 all"),
	BAD("4294967297 all"),
	BAD("18446744073709551615 all"),
	BAD("18446744073709551616 all"),
	BAD("18446744073709551617 all"),
	BAD("99999999999999999999999999999999 all"),
	BAD("0x1 all"),
	BAD("1K all"),
	BAD("1a all"),
	BAD("1. all"),
	BAD("1.0 all"),
	BAD("self all"),
	BAD("$$ all"),

	/* system takes no range, and no pid beside it. */
	BAD("system 0 4096"),
	BAD("system 4096"),
	BAD("system 0x1000 4K inactive"),
	BAD("system 1 all"),
	BAD("1 system all"),
	BAD("1 system"),
	BAD("system system all"),
	BAD("System all"),
	BAD("sys all"),
	BAD("systems all"),
	BAD("system all inactive inactive"),

	/* Newlines that are not the one at the end; other white space; NULs. */
	BAD("1 all\n\n"),
	BAD("\n1 all"),
	BAD("1\nall"),
	BAD("1 \nall"),
	BAD("1 all\n "),
	BAD("1 all\ninactive"),
	BAD("1 all\n2 all\n"),
	BAD("1 all\r"),
	BAD("1 all\r\n"),
	BAD("1\vall"),
	BAD("1\fall"),
	BAD("1\240all"),
	BAD("\0"),
	BAD("\0" "1 all"),
	BAD("1 all\0"),
	BAD("1 all\0\n"),
	BAD("1 all\n\0"),
	BAD("1 all \0"),
	BAD("1\0all"),
	BAD("1 all\0inactive"),
	BAD("1 all inactive\0"),
	BAD("1 all ms=1\0"),
	BAD("1 all max=4096\0"),
	BAD("1 0 4096\0"),
	BAD("1 0\0 4096"),
	BAD("system\0all"),
	BAD("system all\0"),

	/* Numbers that are none. */
	BAD("1 x 4096"),
	BAD("1 -4096 4096"),
	BAD("1 +4096 4096"),
	BAD("1 4096 -4096"),
	BAD("1 4096 +4096"),
	BAD("1 0x 4096"),
	BAD("1 0xK 4096"),
	BAD("1 0xg 4096"),
	BAD("1 x1000 4096"),
	BAD("1 0x0x1000 4096"),
	BAD("1 1000h 4096"),
	BAD("1 7f0000000000 4096"),
	BAD("1 0b1000000000000 4096"),
	BAD("1 0o10000 4096"),
	BAD("1 010080 4096"),
	BAD("1 08K 4096"),
	BAD("1 K 4096"),
	BAD("1 4KK 4096"),
	BAD("1 4KB 4096"),
	BAD("1 4KiB 4096"),
	BAD("1 4K0 4096"),
	BAD("1 4096B 4096"),
	BAD("1 4096s 4096"),
	BAD("1 4Z 4096"),
	BAD("1 4,096 4096"),
	BAD("1 4096.0 4096"),
	BAD("1 1e3 4096"),
	BAD("1 4096,4096"),
	BAD("1 4096-8192"),
	BAD("1 4096 4096-"),
	BAD("1 0 4096\353"),
	BAD("1 0 4\313"),
	BAD("1 0 \264"),

	/* Numbers that are too big, by their digits or by their suffix. */
	BAD("1 18446744073709551616 1"),
	BAD("1 184467440737095516150 1"),
	BAD("1 0x10000000000000000 1"),
	BAD("1 0x1000000000000000000000 1"),
	BAD("1 02000000000000000000000 1"),
	BAD("1 0 18446744073709551616"),
	BAD("1 0 0x10000000000000000"),
	BAD("1 0 02000000000000000000000"),
	BAD("1 0x40000000000000K 1"),
	BAD("1 0x100000000000M 1"),
	BAD("1 0x400000000G 1"),
	BAD("1 0x1000000T 1"),
	BAD("1 0x4000P 1"),
	BAD("1 16E 1"),
	BAD("1 17e 1"),
	BAD("1 0 16E"),
	BAD("1 0 18446744073709551615K"),
	BAD("1 0 18014398509481984K"),
	BAD("1 all max=18446744073709551616"),
	BAD("1 all max=16E"),
	BAD("1 all max=0x40000000000000K"),

	/* START that is not at a page. */
	BAD("1 1 4096"),
	BAD("1 4095 4096"),
	BAD("1 4097 4096"),
	BAD("1 2K 4096"),
	BAD("1 0x7f0000000800 4096"),
	BAD("1 0xffffffffffffffff 1"),

	/* LEN: nothing, or past the end of all addresses. */
	BAD("1 0 0"),
	BAD("1 4096 0"),
	BAD("1 4096 0x0"),
	BAD("1 4096 0K"),
	BAD("1 0 0xfffffffffffff001"),
	BAD("1 0 0xffffffffffffffff"),
	BAD("1 0x1000 0xffffffffffffe001"),
	BAD("1 0x1000 0xfffffffffffff000"),
	BAD("1 0xfffffffffffff000 1"),
	BAD("1 0xfffffffffffff000 4096"),
	BAD("1 0xffffffffffffe000 4097"),
	BAD("1 8E 8E"),

	/* max= below a page, which would be "no limit". */
	BAD("1 all max=0"),
	BAD("1 all max=0K"),
	BAD("1 all max=1"),
	BAD("1 all max=4095"),
	BAD("1 all max=3K"),
	BAD("1 all max=-4096"),
	BAD("1 all max=+4096"),
	BAD("1 all max=4096K0"),
	BAD("1 all max=0x"),
	BAD("1 all max=K"),
	BAD("1 all max=4Kx"),
	BAD("1 all max==4K"),

	/* ms= */
	BAD("1 all ms=0"),
	BAD("1 all ms=00"),
	BAD("1 all ms=4294967296"),
	BAD("1 all ms=4294967297"),
	BAD("1 all ms=18446744073709551615"),
	BAD("1 all ms=18446744073709551616"),
	BAD("1 all ms=18446744073709551617"),
	BAD("1 all ms=-1"),
	BAD("1 all ms=+1"),
	BAD("1 all ms=0x10"),
	BAD("1 all ms=1K"),
	BAD("1 all ms=1s"),
	BAD("1 all ms=1.5"),
	BAD("1 all ms==1"),

	/* Pages of 64 KiB. */
	BAD_64K("1 0x1000 0x10000"),
	BAD_64K("1 0x8000 0x10000"),
	BAD_64K("1 0xffffffffffff0000 1"),
	BAD_64K("1 0 0xffffffffffff0001"),
	BAD_64K("1 0xfffffffffffe0000 0x10001"),
	BAD_64K("1 all max=4K"),
	BAD_64K("1 all max=65535"),
};

#define AREA_OF(n, s, l) .pid = (n), .start = (s), .len = (l)

/* The other grammar: of "age" and "restore". The types are set where these are read. */
static const struct row good_areas[] = {
	GOOD("1", AREA_OF(1, 0, 0)),
	GOOD("1\n", AREA_OF(1, 0, 0)),
	GOOD(" \t1 \n", AREA_OF(1, 0, 0)),
	GOOD("2147483647", AREA_OF(INT_MAX, 0, 0)),
	GOOD("1 0 1", AREA_OF(1, 0, 4096)),
	GOOD("1 0x7f0000abc000 4097\n", AREA_OF(1, 0x7f0000abc000, 8192)),
	GOOD("1\t1G\t1M\t", AREA_OF(1, 1 << 30, 1 << 20)),
	GOOD_64K("1 64K 1", AREA_OF(1, 65536, 65536)),
};

static const struct row bad_areas[] = {
	BAD(""),
	BAD(" "),
	BAD("\n"),
	BAD("0"),
	BAD("-1"),
	BAD("2147483648"),
	BAD("0x1"),
	BAD("1x"),
	BAD("1\n\n"),
	BAD("1\0"),
	BAD("system"),
	BAD("1 all"),
	BAD("1 cold"),
	BAD("1 0"),
	BAD("1 4096"),
	BAD("1 4096 0"),
	BAD("1 4095 4096"),
	BAD("1 0 4096 4096"),
	BAD("1 0 4096 cold"),
	BAD("1 0 4096 max=4K"),
	BAD("1 0 4096 ms=1"),
	BAD("1 0xfffffffffffff000 1"),
	BAD("1 16E 1"),
	BAD_64K("1 4K 64K"),
};

/*
 * Parse a copy of the text that ends where its memory ends, so that the
 * sanitizer sees a read beyond it, into a struct full of rubbish, so that a
 * field left alone shows. By the grammar that @op has.
 */
static int parse_as(enum prc_op op, struct prc_request *req,
		    const char *text, size_t len, unsigned int page_shift)
{
	char *copy = malloc(len);
	int err;

	assert_non_null(copy);
	memcpy(copy, text, len);
	memset(req, 0x5a, sizeof(*req));
	/* Any other value of a bool is undefined to read. */
	req->system = true;
	req->inactive = true;
	req->cold = true;
	err = prc_request_parse(req, op, copy, len, page_shift);
	free(copy);
	return err;
}

static int parse(struct prc_request *req, const char *text, size_t len,
		 unsigned int page_shift)
{
	return parse_as(PRC_OP_RECLAIM, req, text, len, page_shift);
}

static bool same(const struct prc_request *a, const struct prc_request *b)
{
	return a->pid == b->pid && a->op == b->op && a->pages == b->pages &&
	       a->system == b->system && a->inactive == b->inactive &&
	       a->cold == b->cold &&
	       a->start == b->start && a->len == b->len &&
	       a->max_pages == b->max_pages && a->ms == b->ms;
}

static void print_request(const char *what, const struct prc_request *req)
{
	print_error("    %s pid %d op %d pages %u system %d cold %d inactive %d start %#llx len %#llx max_pages %#llx ms %u\n",
		    what, req->pid, req->op, req->pages, req->system, req->cold,
		    req->inactive, req->start, req->len, req->max_pages, req->ms);
}

static void print_text(const char *text, size_t len, unsigned int page_shift)
{
	size_t i;

	print_error("page_shift %u \"", page_shift);
	for (i = 0; i < len; i++) {
		if (text[i] >= ' ' && text[i] <= '~')
			print_error("%c", text[i]);
		else
			print_error("\\%03o", (unsigned char)text[i]);
	}
	print_error("\"\n");
}

/* True when the text is read as @want; otherwise say what came instead. */
static bool reads_as(const char *text, size_t len, unsigned int page_shift,
		     const struct prc_request *want)
{
	struct prc_request req;
	int err = parse(&req, text, len, page_shift);

	if (!err && same(&req, want))
		return true;
	print_text(text, len, page_shift);
	if (err)
		print_error("    error %d\n", err);
	else
		print_request("got ", &req);
	print_request("want", want);
	return false;
}

static bool is_refused(const char *text, size_t len, unsigned int page_shift)
{
	struct prc_request req;
	int err = parse(&req, text, len, page_shift);

	if (err == -EINVAL)
		return true;
	print_text(text, len, page_shift);
	print_error("    want error %d, got %d\n", -EINVAL, err);
	if (!err)
		print_request("got ", &req);
	return false;
}

/* Each row is tried, also after one has failed. */
static void test_good_table(void **state)
{
	unsigned int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++)
		wrong += !reads_as(good[i].text, good[i].len,
				   good[i].page_shift, &good[i].want);
	assert_int_equal(wrong, 0);
}

static void test_bad_table(void **state)
{
	unsigned int wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		wrong += !is_refused(bad[i].text, bad[i].len,
				     bad[i].page_shift);
	assert_int_equal(wrong, 0);
}

static void test_area_tables(void **state)
{
	enum prc_op op;
	unsigned int wrong = 0;
	size_t i;

	(void)state;
	for (op = PRC_OP_AGE; op <= PRC_OP_RESTORE; op++) {
		for (i = 0; i < ARRAY_SIZE(good_areas); i++) {
			const struct row *row = &good_areas[i];
			struct prc_request req, want = row->want;

			want.op = op;
			want.pages = PRC_PAGES_ALL;
			if (parse_as(op, &req, row->text, row->len,
				     row->page_shift) || !same(&req, &want)) {
				print_text(row->text, row->len, row->page_shift);
				print_request("got ", &req);
				wrong++;
			}
		}
		for (i = 0; i < ARRAY_SIZE(bad_areas); i++) {
			const struct row *row = &bad_areas[i];
			struct prc_request req;

			if (parse_as(op, &req, row->text, row->len,
				     row->page_shift) != -EINVAL) {
				print_text(row->text, row->len, row->page_shift);
				wrong++;
			}
		}
	}
	assert_int_equal(wrong, 0);
}

/*
 * A malloc(0) has one byte that may be read, so parse() does not show a read
 * of an empty text: here it begins where its memory ends.
 */
static void test_empty_text_is_not_read(void **state)
{
	struct prc_request req;
	char *byte = malloc(1);
	int err;

	(void)state;
	assert_non_null(byte);
	*byte = '\n';
	err = prc_request_parse(&req, PRC_OP_RECLAIM, byte + 1, 0, 12);
	free(byte);
	assert_int_equal(err, -EINVAL);
}

/* Each of the 256 bytes, at each place of a request. */
static void test_each_byte_at_each_place(void **state)
{
	static const struct prc_request want = { ALL_OF(1) };
	static const char request[] = "1 all";
	unsigned int wrong = 0, place, byte;
	char text[sizeof(request)];

	(void)state;
	for (place = 0; place < sizeof(request); place++) {
		for (byte = 0; byte < 256; byte++) {
			const struct prc_request *expect = NULL;
			struct prc_request digit = want;

			memcpy(text, request, place);
			text[place] = (char)byte;
			memcpy(text + place + 1, request + place,
			       sizeof(request) - 1 - place);
			if (byte == ' ' || byte == '\t') {
				/* Anywhere but within a word. */
				if (place <= 2 || place == 5)
					expect = &want;
			} else if (byte == '\n') {
				if (place == 5)
					expect = &want;
			} else if (byte >= '0' && byte <= '9') {
				if (place == 0)
					digit.pid = 10 * (byte - '0') + 1;
				else
					digit.pid = 10 + (byte - '0');
				if (place <= 1)
					expect = &digit;
			}
			wrong += expect ? !reads_as(text, sizeof(text), 12,
						    expect) :
					  !is_refused(text, sizeof(text), 12);
		}
	}
	assert_int_equal(wrong, 0);
}

/* Whatever a text is cut to, nothing is read beyond the cut. */
static void test_cut_texts(void **state)
{
	struct prc_request req;
	size_t i, len;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++)
		for (len = 0; len < good[i].len; len++)
			parse(&req, good[i].text, len, good[i].page_shift);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		for (len = 0; len < bad[i].len; len++)
			parse(&req, bad[i].text, len, bad[i].page_shift);
}

static void test_type_names(void **state)
{
	(void)state;
	assert_string_equal(prc_type_name(PRC_TYPE_FILE), "file");
	assert_string_equal(prc_type_name(PRC_TYPE_ANON), "anon");
	assert_string_equal(prc_type_name(PRC_TYPE_ALL), "all");
	assert_string_equal(prc_type_name(PRC_TYPE_RANGE), "range");
	assert_string_equal(prc_type_name(PRC_TYPE_AGE), "age");
	assert_string_equal(prc_type_name(PRC_TYPE_RESTORE), "restore");
}

/* The word of a request, as "result" and the tracepoints show it. */
static void test_request_types(void **state)
{
	static const struct {
		const char *text;
		enum prc_op op;
		enum prc_type want;
	} rows[] = {
		{ "1 file", PRC_OP_RECLAIM, PRC_TYPE_FILE },
		{ "1 anon cold", PRC_OP_RECLAIM, PRC_TYPE_ANON },
		{ "system all", PRC_OP_RECLAIM, PRC_TYPE_ALL },
		{ "1 0 4096", PRC_OP_RECLAIM, PRC_TYPE_RANGE },
		{ "1", PRC_OP_AGE, PRC_TYPE_AGE },
		{ "1 0 4096", PRC_OP_AGE, PRC_TYPE_AGE },
		{ "1", PRC_OP_RESTORE, PRC_TYPE_RESTORE },
		{ "1 0 4096", PRC_OP_RESTORE, PRC_TYPE_RESTORE },
	};
	struct prc_request req;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(parse_as(rows[i].op, &req, rows[i].text,
					  strlen(rows[i].text), 12), 0);
		assert_int_equal(prc_request_type(&req), rows[i].want);
	}
	/* The worker ages one kind of pages only. */
	req = (struct prc_request) { .op = PRC_OP_AGE, .pages = PRC_PAGES_ANON };
	assert_int_equal(prc_request_type(&req), PRC_TYPE_AGE);
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

static unsigned int random_below(unsigned int n)
{
	return (random_u64() >> 32) % n;
}

/* Small and large numbers alike, whole pages often, the edges often. */
static u64 random_number(unsigned int page_shift)
{
	u64 number = random_u64() >> random_below(64);

	if (!random_below(4))
		number = (1ULL << random_below(64)) - random_below(2);
	if (!random_below(8))
		number = U64_MAX - random_below(1 << 18);
	if (random_below(2))
		number = number >> page_shift << page_shift;
	return number;
}

/* Write a size in some form; now and then one that is too big, or bad. */
static void print_size(char *text, size_t size, unsigned int page_shift)
{
	static const char *const forms[] = { "%llu", "0x%llx", "0X%llX",
					     "0%llo", "0x000%llx", "000%llo" };
	u64 number = random_number(page_shift);
	char suffix[2] = "";
	size_t len;

	if (!random_below(3)) {
		unsigned int which = random_below(12);

		suffix[0] = "kmgtpeKMGTPE"[which];
		/* Mostly such that it fits. */
		if (random_below(8))
			number >>= 10 * (which % 6 + 1);
	}
	len = snprintf(text, size, forms[random_below(ARRAY_SIZE(forms))],
		       number);
	if (!random_below(16))
		len += snprintf(text + len, size - len, "%u", random_below(10));
	assert_true(len + sizeof(suffix) <= size);
	strcpy(text + len, suffix);
}

/* The second reading of a size: by libc, checked by wider arithmetic. */
static bool reference_size(const char *text, unsigned __int128 *value)
{
	static const char suffixes[] = "KMGTPE";
	const char *suffix;
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 0);
	if (errno)
		return false;
	if (*end) {
		suffix = strchr(suffixes, toupper((unsigned char)*end));
		if (!suffix || end[1])
			return false;
		for (; suffix >= suffixes; suffix--)
			*value *= 1024;
	}
	return *value <= U64_MAX;
}

/* What all the sizes of a request have to be, told from libc's reading. */
static bool reference_range(struct prc_request *want, const char *start_text,
			    const char *len_text, unsigned int page_shift)
{
	unsigned __int128 start, len, page = 1U << page_shift;

	if (!reference_size(start_text, &start) ||
	    !reference_size(len_text, &len) || start % page || !len)
		return false;
	len = (len + page - 1) / page * page;
	if (start + len > U64_MAX)
		return false;
	want->pages = PRC_PAGES_ALL;
	want->start = start;
	want->len = len;
	return true;
}

static bool reference_max(struct prc_request *want, const char *text,
			  unsigned int page_shift)
{
	unsigned __int128 size;

	if (!reference_size(text, &size) || !(size >> page_shift))
		return false;
	want->max_pages = size >> page_shift;
	return true;
}

static bool reference_count(const char *text, u64 max, u64 *value)
{
	errno = 0;
	*value = strtoull(text, NULL, 10);
	return !errno && *value && *value <= max;
}

/* Each byte but the blanks, as a digit of each kind and as a suffix. */
static void test_each_byte_in_a_number(void **state)
{
	static const char *const forms[] = { "0x%c000", "0%c0000", "1%c000",
					     "0x1000%c", "010000%c", "4096%c" };
	unsigned int wrong = 0, i, byte;
	char start[16], text[32];

	(void)state;
	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		for (byte = 1; byte < 256; byte++) {
			struct prc_request want = { .pid = 1 };
			size_t len;

			if (strchr(" \t\n", byte))
				continue;
			snprintf(start, sizeof(start), forms[i], byte);
			len = snprintf(text, sizeof(text), "1 %s 4096", start);
			wrong += reference_range(&want, start, "4096", 12) ?
				 !reads_as(text, len, 12, &want) :
				 !is_refused(text, len, 12);
		}
	}
	assert_int_equal(wrong, 0);
}

/* Append a word, with one or more blanks before it. */
static void add_word(char *text, size_t size, const char *word)
{
	size_t len = strlen(text);
	unsigned int blanks = len ? 1 : 0;

	for (blanks += random_below(4) ? 0 : random_below(3); blanks; blanks--)
		text[len++] = random_below(4) ? ' ' : '\t';
	assert_true(len + strlen(word) + 3 < size);
	strcpy(text + len, word);
}

/* Append the filters in @chosen (bits: inactive, max, ms, cold) in some order. */
static bool add_filters(char *text, size_t size, struct prc_request *want,
			unsigned int chosen, unsigned int page_shift)
{
	bool valid = true;

	while (chosen) {
		unsigned int filter = 1U << random_below(4);
		char number[64], word[80] = "inactive";
		u64 count;

		if (!(chosen & filter))
			continue;
		chosen &= ~filter;
		switch (filter) {
		case 1:
			want->inactive = true;
			break;
		case 2:
			print_size(number, sizeof(number), page_shift);
			snprintf(word, sizeof(word), "max=%s", number);
			valid &= reference_max(want, number, page_shift);
			break;
		case 4:
			snprintf(number, sizeof(number), "%llu",
				 random_u64() >> (28 + random_below(36)));
			snprintf(word, sizeof(word), "ms=%s", number);
			valid &= reference_count(number, U32_MAX, &count);
			want->ms = count;
			break;
		case 8:
			want->cold = true;
			strcpy(word, "cold");
			break;
		}
		add_word(text, size, word);
	}
	return valid;
}

/*
 * Random requests, most of them right, against a reading of the same words by
 * libc. What is right is decided from the words, not from how they were made.
 */
static void test_random_requests(void **state)
{
	static const unsigned int page_shifts[] = { 12, 14, 16 };
	unsigned int i, wrong = 0, taken = 0, refused = 0;

	(void)state;
	for (i = 0; i < 300000 && wrong < 10; i++) {
		unsigned int shift = page_shifts[random_below(3)];
		char text[512] = "", pid_text[32], start[64], len[64];
		struct prc_request want = { 0 };
		bool valid = true;
		u64 pid = 0;

		want.system = !random_below(8);
		if (want.system) {
			strcpy(pid_text, "system");
		} else {
			snprintf(pid_text, sizeof(pid_text),
				 random_below(4) ? "%llu" : "00%llu",
				 random_u64() >> (28 + random_below(36)));
			valid = reference_count(pid_text, INT_MAX, &pid);
		}
		want.pid = pid;
		add_word(text, sizeof(text), pid_text);
		if (random_below(3)) {
			print_size(start, sizeof(start), shift);
			print_size(len, sizeof(len), shift);
			add_word(text, sizeof(text), start);
			add_word(text, sizeof(text), len);
			valid &= reference_range(&want, start, len, shift);
			valid &= !want.system;
		} else {
			want.pages = 1 + random_below(3);
			add_word(text, sizeof(text),
				 want.pages == PRC_PAGES_FILE ? "file" :
				 want.pages == PRC_PAGES_ANON ? "anon" : "all");
		}
		valid &= add_filters(text, sizeof(text), &want, random_below(16),
				     shift);
		add_word(text, sizeof(text), "");
		if (random_below(2))
			strcat(text, "\n");
		if (valid)
			wrong += !reads_as(text, strlen(text), shift, &want);
		else
			wrong += !is_refused(text, strlen(text), shift);
		taken += valid;
		refused += !valid;
	}
	assert_int_equal(wrong, 0);
	/* Else the test has stopped to test one of the two. */
	assert_true(taken > 50000);
	assert_true(refused > 50000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_table),
		cmocka_unit_test(test_bad_table),
		cmocka_unit_test(test_area_tables),
		cmocka_unit_test(test_empty_text_is_not_read),
		cmocka_unit_test(test_each_byte_at_each_place),
		cmocka_unit_test(test_each_byte_in_a_number),
		cmocka_unit_test(test_cut_texts),
		cmocka_unit_test(test_type_names),
		cmocka_unit_test(test_request_types),
		cmocka_unit_test(test_random_requests),
	};

	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
