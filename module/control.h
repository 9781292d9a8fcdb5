/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The shared part of the files to which requests are written.
 */
#ifndef PRC_CONTROL_H
#define PRC_CONTROL_H

#include <linux/types.h>

#include "request.h"
#include "result.h"

/* Longest text that is parsed as a request; more than twice what a request needs. */
#define PRC_REQUEST_LEN 255

int prc_request_run(enum prc_op op, const char *text, size_t len,
		    struct prc_result *result);

#endif
