/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The engine: one request in, one result out.
 */
#ifndef PRC_RECLAIM_H
#define PRC_RECLAIM_H

#include <linux/sizes.h>
#include <linux/types.h>
#include <asm/page.h>

#include "policy.h"
#include "request.h"
#include "result.h"

struct task_struct;

/**
 * struct prc_job - a request of the worker
 * @task: group leader of the target
 * @op: what to do
 * @pages: mask of PRC_PAGES_*
 * @max_pages: stop after that many pages; 0 for no limit. The last folio may exceed it.
 * @start: address to begin at
 * @cold: as in struct prc_request
 * @inactive: as in struct prc_request
 * @past_low: only memory.min protects the target, memory.low does not
 * @cause: for the tracepoints
 * @stop_reason: called before each step; returns PRC_STOP_DONE to continue
 * @data: argument of @stop_reason
 */
struct prc_job {
	struct task_struct *task;
	enum prc_op op;
	unsigned int pages;
	unsigned long max_pages;
	unsigned long start;
	bool cold;
	bool inactive;
	bool past_low;
	struct prc_cause cause;
	enum prc_stop (*stop_reason)(void *data);
	void *data;
};

/*
 * Pages isolated at once. The default is one page table of small pages: few enough that
 * a walk holds the mmap lock for well under a millisecond, enough to share one TLB flush.
 */
#define PRC_BATCH_PAGES_MIN 32
#define PRC_BATCH_PAGES_DEFAULT (SZ_2M >> PAGE_SHIFT)
#define PRC_BATCH_PAGES_MAX (SZ_16M >> PAGE_SHIFT)

/*
 * Pages of the largest folio that may have to be written at once: what one PMD maps, but
 * with pages of 64 kB, where that is half a gigabyte, no more than the largest batch.
 */
#define PRC_LARGEST_FOLIO min(PMD_SIZE >> PAGE_SHIFT, (unsigned long)PRC_BATCH_PAGES_MAX)

/* First user id that Debian gives to people; smaller ones belong to system services. */
#define PRC_FIRST_APP_UID_DEFAULT 1000

int prc_reclaim(const struct prc_request *req, struct prc_result *result);
int prc_reclaim_job(const struct prc_job *job, struct prc_result *result);
void prc_reclaim_stop(void);

#endif
