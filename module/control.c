// SPDX-License-Identifier: GPL-2.0
/*
 * From the text of a request to its result: parses, calls the engine, and counts.
 */
#include <linux/errno.h>
#include <linux/mm.h>

#include "control.h"
#include "reclaim.h"
#include "stats.h"

/**
 * prc_request_run() - parse and execute the text of a request
 * @op: what the file that was written to does
 * @text: the text; need not be terminated
 * @len: bytes in @text
 * @result: what was done; undefined when an error is returned
 *
 * Context: process context of the writer; may sleep until the request is done.
 * Return: 0; -EINVAL when @text is not a request; or as prc_reclaim().
 */
int prc_request_run(enum prc_op op, const char *text, size_t len,
		    struct prc_result *result)
{
	struct prc_request req;
	int err = -EINVAL;

	might_sleep();
	if (len <= PRC_REQUEST_LEN)
		err = prc_request_parse(&req, op, text, len, PAGE_SHIFT);
	if (!err)
		err = prc_reclaim(&req, result);
	prc_stats_count(err ? PRC_ERRORS : PRC_REQUESTS);
	return err;
}
