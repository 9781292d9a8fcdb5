// SPDX-License-Identifier: GPL-2.0
/*
 * The result of a request: its line of text, the formula for freed pages, and the
 * result of the last request. result_lock protects the last result only; nothing is
 * called under it.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/mutex.h>

#include "result.h"

/* The last request that finished. */
static DEFINE_MUTEX(result_lock);
static struct prc_result result_last;
static bool result_exists;

/**
 * prc_stop_name() - return the word for a stop reason
 * @stop: stop reason
 *
 * Return: a constant string.
 */
const char *prc_stop_name(enum prc_stop stop)
{
	static const char * const stops[PRC_NR_STOPS] = {
		[PRC_STOP_DONE]		= "done",
		[PRC_STOP_MAX]		= "max",
		[PRC_STOP_MS]		= "ms",
		[PRC_STOP_NOSWAP]	= "noswap",
		[PRC_STOP_MEMCG]	= "memcg",
		[PRC_STOP_WATERMARK]	= "watermark",
		[PRC_STOP_KILLED]	= "killed",
		[PRC_STOP_EXITING]	= "exiting",
		[PRC_STOP_FREEZE]	= "freeze",
		[PRC_STOP_UNLOAD]	= "unload",
		[PRC_STOP_FOREGROUND]	= "foreground",
		[PRC_STOP_DISABLED]	= "disabled",
		[PRC_STOP_BUSY]		= "busy",
		[PRC_STOP_PROTECTED]	= "protected",
		[PRC_STOP_UNWRITTEN]	= "unwritten",
		[PRC_STOP_ERROR]	= "error",
	};

	return stops[stop];
}

/**
 * prc_freed_pages() - compute how much memory a batch or a request has freed
 * @rss_before: pages mapped by the target before
 * @rss_after: pages mapped by the target after
 * @counts: pages by what became of them
 *
 * The drop of RSS counts, because pages that go to a swap disk are not free yet when the
 * reclaim returns. The target may fault pages in meanwhile, so the result is at least
 * what was reclaimed; and the kernel reclaims too, so it is at most what was isolated.
 * A page whose write to swap failed has left RSS, but is not free.
 *
 * Return: pages.
 */
unsigned long prc_freed_pages(unsigned long rss_before, unsigned long rss_after,
			      const struct prc_counts *counts)
{
	unsigned long drop = rss_before - min(rss_before, rss_after);
	unsigned long reclaimed = counts->n[PRC_RECLAIMED];

	drop -= min(drop, counts->n[PRC_UNWRITTEN]);
	return clamp(drop, reclaimed,
		     max(reclaimed, counts->n[PRC_ISOLATED]));
}

static unsigned long result_kb(unsigned long pages)
{
	return pages << (PAGE_SHIFT - 10);
}

static u64 result_us(u64 ns)
{
	return div_u64(ns, NSEC_PER_USEC);
}

/**
 * prc_result_print() - print a result as one line of key=value
 * @result: of a request that succeeded
 * @buf: buffer; PRC_RESULT_LEN bytes are enough
 * @size: bytes in @buf
 *
 * New keys are added at the end only, because readers rely on the order.
 *
 * Return: bytes printed, without the terminating NUL.
 */
int prc_result_print(const struct prc_result *result, char *buf, size_t size)
{
	int i, len;

	len = scnprintf(buf, size, "pid=%d type=%s", result->pid,
			prc_type_name(result->type));
	for (i = 0; i <= PRC_LAST_SKIP; i++)
		len += scnprintf(buf + len, size - len, " %s=%lu",
				 prc_count_name(i), result->counts.n[i]);
	len += scnprintf(buf + len, size - len,
			 " rss_before_kb=%lu rss_after_kb=%lu swap_before_kb=%lu swap_after_kb=%lu",
			 result_kb(result->before.rss), result_kb(result->after.rss),
			 result_kb(result->before.swap), result_kb(result->after.swap));
	len += scnprintf(buf + len, size - len,
			 " lock_max_us=%llu cpu_us=%llu us=%llu stop=%s targets=%u unwritten=%lu\n",
			 result_us(result->lock_max_ns), result_us(result->cpu_ns),
			 result_us(result->ns), prc_stop_name(result->stop),
			 result->targets, result->counts.n[PRC_UNWRITTEN]);
	return len;
}

/**
 * prc_result_keep() - store the result of the request that finished last
 * @result: result to copy
 *
 * Context: may sleep.
 */
void prc_result_keep(const struct prc_result *result)
{
	might_sleep();
	mutex_lock(&result_lock);
	result_last = *result;
	result_exists = true;
	mutex_unlock(&result_lock);
}

/**
 * prc_result_last() - return the result of the request that finished last
 * @result: filled in
 *
 * Context: may sleep.
 * Return: false if no request has finished yet.
 */
bool prc_result_last(struct prc_result *result)
{
	bool exists;

	might_sleep();
	mutex_lock(&result_lock);
	*result = result_last;
	exists = result_exists;
	mutex_unlock(&result_lock);
	return exists;
}
