// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target of the request grammar: whatever is written, what is taken
 * for a request is a sane one, and survives being printed and read again.
 */
#define _GNU_SOURCE /* memmem() */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/limits.h>

#include "request.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#define must(condition)                                                 \
	do {                                                            \
		if (!(condition)) {                                     \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, \
				__LINE__, #condition);                  \
			abort();                                        \
		}                                                       \
	} while (0)

static size_t print_request(char *text, size_t size,
			    const struct prc_request *req,
			    unsigned int page_shift)
{
	size_t len = 0;

#define add(...) (len += snprintf(text + len, size - len, __VA_ARGS__))
	if (req->system)
		add("system");
	else
		add("%d", req->pid);
	if (req->len)
		add(" %#llx %llu", req->start, req->len);
	else
		add(" %s", prc_type_name(prc_request_type(req)));
	if (req->ms)
		add(" ms=%u", req->ms);
	if (req->max_pages)
		add(" max=%#llx", req->max_pages << page_shift);
	if (req->inactive)
		add(" inactive");
	if (req->cold)
		add(" cold");
#undef add
	must(len < size);
	return len;
}

/* Check the parser of what a user writes to "age" and "restore". */
static void check_area(const unsigned char *data, size_t size,
		       unsigned int page_shift)
{
	u64 in_page = (1ULL << page_shift) - 1;
	struct prc_request req;
	int err;

	memset(&req, 0x5a, sizeof(req));
	err = prc_request_parse(&req, PRC_OP_AGE, (const char *)data, size,
				page_shift);
	if (err) {
		must(err == -EINVAL);
		return;
	}
	must(req.pid > 0 && prc_request_type(&req) == PRC_TYPE_AGE);
	must(!req.system && !req.cold && !req.inactive);
	must(!req.max_pages && !req.ms);
	must(!((req.start | req.len) & in_page));
	must(req.len ? req.start + req.len > req.start : !req.start);
}

static void check(const unsigned char *data, size_t size,
		  unsigned int page_shift)
{
	u64 in_page = (1ULL << page_shift) - 1;
	struct prc_request req, again;
	char text[256];
	size_t len;
	int err;

	memset(&req, 0x5a, sizeof(req));
	err = prc_request_parse(&req, PRC_OP_RECLAIM, (const char *)data, size,
				page_shift);
	if (err) {
		must(err == -EINVAL);
		return;
	}
	must(req.system ? req.pid == 0 : req.pid > 0);
	must(req.op == PRC_OP_RECLAIM && req.pages && req.pages <= PRC_PAGES_ALL);
	if (req.len) {
		must(req.pages == PRC_PAGES_ALL);
		must(!req.system);
		must(!(req.start & in_page));
		must(req.len && !(req.len & in_page));
		must(req.start + req.len > req.start);
	} else {
		must(!req.start && !req.len);
	}
	must(req.max_pages <= U64_MAX >> page_shift);

	/* A limit that is written is a limit. */
	must(!memmem(data, size, "max=", 4) == !req.max_pages);
	must(!memmem(data, size, "ms=", 3) == !req.ms);
	must(!memmem(data, size, "inactive", 8) == !req.inactive);
	must(!memmem(data, size, "cold", 4) == !req.cold);
	/* No NUL is a blank, and no newline but the one at the end. */
	must(!memchr(data, '\0', size));
	must(!memchr(data, '\n', size - 1));

	len = print_request(text, sizeof(text), &req, page_shift);
	memset(&again, 0xa5, sizeof(again));
	must(!prc_request_parse(&again, PRC_OP_RECLAIM, text, len, page_shift));
	must(req.pid == again.pid && req.op == again.op && req.pages == again.pages);
	must(req.system == again.system && req.inactive == again.inactive);
	must(req.cold == again.cold);
	must(req.start == again.start && req.len == again.len);
	must(req.max_pages == again.max_pages && req.ms == again.ms);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	check(data, size, 12);
	check(data, size, 16);
	check_area(data, size, 12);
	check_area(data, size, 16);
	return 0;
}
