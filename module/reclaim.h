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
#include "stats.h"
#include "target.h"

struct task_struct;

/* Why a request ended. */
enum prc_stop {
	PRC_STOP_DONE,		/* everything was walked */
	PRC_STOP_MAX,		/* max= was reached */
	PRC_STOP_MS,		/* ms= was over */
	PRC_STOP_NOSWAP,	/* swap is full, or there is none */
	PRC_STOP_MEMCG,		/* the target's cgroup is at a limit */
	PRC_STOP_WATERMARK,	/* free memory is at the min watermark */
	PRC_STOP_KILLED,	/* the writer got a fatal signal */
	PRC_STOP_EXITING,	/* the target is gone, or has executed anew */
	PRC_STOP_FREEZE,	/* the system is being suspended */
	PRC_STOP_UNLOAD,	/* the module is being unloaded */
	PRC_STOP_FOREGROUND,	/* the target came back while the worker was at it */
	PRC_STOP_DISABLED,	/* the worker was switched off */
	PRC_STOP_BUSY,		/* the target's mmap lock could not be had */
	PRC_STOP_PROTECTED,	/* memory.min or memory.low protects the rest */
	PRC_STOP_UNWRITTEN,	/* swap refuses writes */
	PRC_STOP_ERROR,		/* the kernel's walker did what it never did */
	PRC_NR_STOPS,
};

/**
 * struct prc_result - what a request did
 * @pid: as in the request; 0 for a system sweep
 * @type: as in the request
 * @counts: pages, by what became of them
 * @before: of the target, or the sum over those of a sweep
 * @after: the same
 * @lock_max_ns: longest time that a target's mmap lock was held
 * @cpu_ns: CPU time used
 * @ns: time used
 * @stop: why it ended
 * @next: address where it ended; 0 if that was the end. Of one target only.
 * @targets: processes that were walked
 */
struct prc_result {
	int pid;
	enum prc_type type;
	struct prc_counts counts;
	struct prc_usage before;
	struct prc_usage after;
	u64 lock_max_ns;
	u64 cpu_ns;
	u64 ns;
	enum prc_stop stop;
	unsigned long next;
	unsigned int targets;
};

/**
 * struct prc_job - a request that nobody wrote: the worker's
 * @task: the target's group leader
 * @type: which pages
 * @max_pages: stop after that many pages; 0 for no limit. May be overstepped by
 *	       the last folio.
 * @start: address to begin at
 * @cold: as in struct prc_request
 * @inactive: as in struct prc_request
 * @only_anon: of an age: leave the accessed bits of file pages alone
 * @past_low: memory.low does not protect the target, only memory.min does
 * @cause: for the tracepoints
 * @must_stop: asked before each batch; PRC_STOP_DONE to go on
 * @data: its argument
 */
struct prc_job {
	struct task_struct *task;
	enum prc_type type;
	unsigned long max_pages;
	unsigned long start;
	bool cold;
	bool inactive;
	bool only_anon;
	bool past_low;
	struct prc_cause cause;
	enum prc_stop (*must_stop)(void *data);
	void *data;
};

/* Longest text that is read as a request; more than twice what one needs. */
#define PRC_REQUEST_LEN 255

/* Longest line that prc_result_print() makes, its end included. */
#define PRC_RESULT_LEN 1024

/*
 * Pages isolated at once. The default is one page table of small pages: few enough that
 * the mmap lock is held well under a millisecond, enough to share one TLB flush.
 */
#define PRC_BATCH_PAGES_MIN 32
#define PRC_BATCH_PAGES_DEFAULT (SZ_2M >> PAGE_SHIFT)
#define PRC_BATCH_PAGES_MAX (SZ_16M >> PAGE_SHIFT)

/*
 * Pages of the largest folio that may have to be written at once: what one PMD maps, but
 * with pages of 64 kB, where that is half a gigabyte, no more than the largest batch.
 */
#define PRC_LARGEST_FOLIO min(PMD_SIZE >> PAGE_SHIFT, (unsigned long)PRC_BATCH_PAGES_MAX)

/* Debian's first user id of people; below are the system's services. */
#define PRC_FIRST_APP_UID_DEFAULT 1000

/* Read anew for each request; written with WRITE_ONCE() by the control plane. */
extern unsigned int prc_batch_pages;
extern unsigned int prc_first_app_uid;
extern unsigned int prc_threads;

int prc_reclaim(const char *text, size_t len, struct prc_result *result);
int prc_request_area(enum prc_type type, const char *text, size_t len);
int prc_reclaim_job(const struct prc_job *job, struct prc_result *result);
bool prc_reclaim_last(struct prc_result *result);
const char *prc_stop_name(enum prc_stop stop);
int prc_result_print(const struct prc_result *result, char *buf, size_t size);
void prc_reclaim_stop(void);

#endif
