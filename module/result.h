/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The result of a request: why it ended, what it did, and its line of text.
 */
#ifndef PRC_RESULT_H
#define PRC_RESULT_H

#include <linux/types.h>

#include "request.h"
#include "stats.h"

/* Why a request ended. */
enum prc_stop {
	PRC_STOP_DONE,		/* the whole range was walked */
	PRC_STOP_MAX,		/* max= was reached */
	PRC_STOP_MS,		/* ms= expired */
	PRC_STOP_NOSWAP,	/* swap is full, or there is no swap device */
	PRC_STOP_MEMCG,		/* the target's cgroup is at a limit */
	PRC_STOP_WATERMARK,	/* free memory is near the min watermark */
	PRC_STOP_KILLED,	/* the writer got a fatal signal */
	PRC_STOP_EXITING,	/* the target has exited, or called execve() */
	PRC_STOP_FREEZE,	/* the system is being suspended */
	PRC_STOP_UNLOAD,	/* the module is being unloaded */
	PRC_STOP_FOREGROUND,	/* the target became important to the user again */
	PRC_STOP_DISABLED,	/* the worker was disabled */
	PRC_STOP_BUSY,		/* the target's mmap lock stayed taken */
	PRC_STOP_PROTECTED,	/* memory.min or memory.low protects the rest */
	PRC_STOP_UNWRITTEN,	/* swap refuses writes */
	PRC_STOP_ERROR,		/* the kernel's walker returned an unknown value */
	PRC_NR_STOPS,
};

/* Resident and swapped memory of one or more processes, in pages. */
struct prc_usage {
	unsigned long rss;
	unsigned long file;	/* of @rss */
	unsigned long swap;
};

/**
 * struct prc_result - what a request did
 * @pid: target as given in the request; 0 for a sweep
 * @type: word for what was requested
 * @counts: pages by what became of them
 * @before: memory of the target before the request; of a sweep, the sum over its targets
 * @after: memory of the target after the request, or the sum
 * @lock_max_ns: longest time that a target's mmap lock was held
 * @cpu_ns: CPU time used by the writer and the threads that shrank for it
 * @ns: elapsed time
 * @stop: why the request ended
 * @next: address at which the walk of the last target stopped; 0 if it reached the end
 * @targets: number of processes that were walked
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

/* Longest line that prc_result_print() makes, including the newline and the NUL. */
#define PRC_RESULT_LEN 1024

const char *prc_stop_name(enum prc_stop stop);
unsigned long prc_freed_pages(unsigned long rss_before, unsigned long rss_after,
			      const struct prc_counts *counts);
int prc_result_print(const struct prc_result *result, char *buf, size_t size);
void prc_result_keep(const struct prc_result *result);
bool prc_result_last(struct prc_result *result);

#endif
