/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grammar of a request: the text that is written to "reclaim", "request", "age" and
 * "restore".
 * Pure: no kernel memory headers, so that the host's unit tests compile it too.
 */
#ifndef PRC_REQUEST_H
#define PRC_REQUEST_H

#include <linux/types.h>

/* What a request does. */
enum prc_op {
	PRC_OP_RECLAIM,
	PRC_OP_AGE,
	PRC_OP_RESTORE,
	PRC_NR_OPS,
};

/* Which pages a request covers; a mask. Shared memory counts as anonymous. */
#define PRC_PAGES_ANON 1U
#define PRC_PAGES_FILE 2U
#define PRC_PAGES_ALL (PRC_PAGES_ANON | PRC_PAGES_FILE)

/* The word for a request in texts and tracepoints; see prc_request_type(). */
enum prc_type {
	PRC_TYPE_FILE,
	PRC_TYPE_ANON,
	PRC_TYPE_ALL,
	PRC_TYPE_RANGE,
	PRC_TYPE_AGE,
	PRC_TYPE_RESTORE,
};

/**
 * struct prc_request - one request, as parsed
 * @pid: target, as the writer's pid namespace numbers it; 0 when @system
 * @op: what to do
 * @pages: mask of PRC_PAGES_*
 * @system: every process at or above first_app_uid instead of one target
 * @cold: only pages whose accessed bit is clear
 * @inactive: only pages on an inactive LRU list
 * @start: first byte of the range, page aligned; 0 without a range
 * @len: bytes in the range, whole pages; 0 without a range
 * @max_pages: stop after that many pages; 0 for no limit
 * @ms: stop after that many milliseconds; 0 for no limit
 */
struct prc_request {
	int pid;
	enum prc_op op;
	unsigned int pages;
	bool system;
	bool cold;
	bool inactive;
	u64 start;
	u64 len;
	u64 max_pages;
	u32 ms;
};

int prc_request_parse(struct prc_request *req, enum prc_op op, const char *text,
		      size_t len, unsigned int page_shift);
enum prc_type prc_request_type(const struct prc_request *req);
const char *prc_type_name(enum prc_type type);

#endif
