// SPDX-License-Identifier: GPL-2.0
/*
 * write-out PID ADDR LEN DEVICE: write that part of a process's memory straight to a
 * block device, past the page cache: what swapping it costs at least. Only the writes
 * are timed. Prints "written BYTES us MICROSECONDS".
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define CHUNK ((size_t)1 << 20)

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int fail(const char *what)
{
	fprintf(stderr, "write-out: %s: %s\n", what, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	static char chunk[CHUNK] __attribute__((aligned(4096)));
	int64_t since, ns = 0;
	size_t len, part, done;
	uintptr_t addr;
	pid_t pid;
	int fd;

	if (argc != 5) {
		fprintf(stderr, "usage: write-out PID ADDR LEN DEVICE\n");
		return 2;
	}
	pid = atoi(argv[1]);
	addr = strtoull(argv[2], NULL, 0);
	len = strtoull(argv[3], NULL, 0);
	fd = open(argv[4], O_WRONLY | O_DIRECT | O_CLOEXEC);
	if (fd < 0)
		return fail(argv[4]);
	for (done = 0; done < len; done += part) {
		struct iovec to = { chunk, part = len - done < CHUNK ? len - done : CHUNK };
		struct iovec from = { (void *)(addr + done), part };

		if (process_vm_readv(pid, &to, 1, &from, 1, 0) != (ssize_t)part)
			return fail("process_vm_readv");
		since = now_ns();
		if (pwrite(fd, chunk, part, (off_t)done) != (ssize_t)part)
			return fail("pwrite");
		ns += now_ns() - since;
	}
	printf("written %zu us %" PRId64 "\n", done, ns / 1000);
	return 0;
}
