// SPDX-License-Identifier: GPL-2.0
/*
 * advise pageout|willneed PID ADDR LEN: process_madvise() with MADV_PAGEOUT or
 * MADV_WILLNEED on that range, which is what the module is measured against. Prints
 * "advised BYTES us MICROSECONDS".
 */

#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

/* One call takes less than 2 GiB (MAX_RW_COUNT); what is left goes into the next. */
#define MOST ((size_t)1 << 30)

int main(int argc, char **argv)
{
	struct timespec start, end;
	uintptr_t addr;
	size_t len, done = 0;
	int advice, pidfd;

	if (argc != 5 || (strcmp(argv[1], "pageout") && strcmp(argv[1], "willneed"))) {
		fprintf(stderr, "usage: advise pageout|willneed PID ADDR LEN\n");
		return 2;
	}
	advice = strcmp(argv[1], "pageout") ? MADV_WILLNEED : MADV_PAGEOUT;
	addr = strtoull(argv[3], NULL, 0);
	len = strtoull(argv[4], NULL, 0);
	pidfd = (int)syscall(SYS_pidfd_open, atoi(argv[2]), 0);
	if (pidfd < 0) {
		fprintf(stderr, "advise: %s: %s\n", argv[2], strerror(errno));
		return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	while (done < len) {
		struct iovec range = {
			(void *)(addr + done),
			len - done < MOST ? len - done : MOST,
		};
		ssize_t advised = syscall(SYS_process_madvise, pidfd, &range, 1, advice, 0);

		if (advised <= 0) {
			fprintf(stderr, "advise: process_madvise: %s\n",
				advised ? strerror(errno) : "nothing advised");
			return 1;
		}
		done += (size_t)advised;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("advised %zu us %" PRId64 "\n", done,
	       (int64_t)(end.tv_sec - start.tv_sec) * 1000000 +
	       (end.tv_nsec - start.tv_nsec) / 1000);
	return 0;
}
