/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The grammar of a request: what may be written to "reclaim" and "request", and
 * to "age" and "restore".
 * Pure: no kernel memory headers, so that the host's unit tests compile it too.
 */
#ifndef PRC_REQUEST_H
#define PRC_REQUEST_H

#include <linux/types.h>

/*
 * Which pages a request to reclaim is about: a range takes every kind of page in it.
 * The last two reclaim nothing.
 */
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
 * @type: which pages, or what else
 * @system: every process below first_app_uid instead of one
 * @cold: only pages whose accessed bit is not set
 * @inactive: only pages on an inactive LRU list
 * @start: first byte of the range, page aligned; 0 if there is none
 * @len: bytes in the range, whole pages; 0 if there is none
 * @max_pages: stop after that many pages; 0 for no limit
 * @ms: stop after that many milliseconds; 0 for no limit
 */
struct prc_request {
	int pid;
	enum prc_type type;
	bool system;
	bool cold;
	bool inactive;
	u64 start;
	u64 len;
	u64 max_pages;
	u32 ms;
};

int prc_request_parse(struct prc_request *req, const char *text, size_t len,
		      unsigned int page_shift);
int prc_request_parse_range(struct prc_request *req, enum prc_type type,
			   const char *text, size_t len,
			   unsigned int page_shift);
const char *prc_type_name(enum prc_type type);

#endif
