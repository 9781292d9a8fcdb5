// SPDX-License-Identifier: GPL-2.0
/*
 * fail-nth: do something again and again, the first time with the kernel's first
 * allocation for it failing, then with the second, until it needs no more of them
 * (Documentation/fault-injection). Copying from and to user space fails too.
 *
 *   fail-nth write FILE TEXT   write
 *   fail-nth read FILE         read to the end; what is read must be all
 *
 * Whatever fails must fail with ENOMEM (EFAULT where the copying failed). Ends with
 * "OPERATION FILE: N faults, N errors", or with what went wrong and status 1.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *path, *value;
static int nth_fd;
static char before[1 << 20], now[1 << 20];

static void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, " (%s)\n", strerror(errno));
	exit(1);
}

/* Have the n-th fault of this thread from now on happen; 0: none. */
static void arm(unsigned int n)
{
	char number[16];
	int len = snprintf(number, sizeof(number), "%u", n);

	/* What is still to fail may be this write. */
	while (pwrite(nth_fd, number, len, 0) != len)
		if (errno != EFAULT && errno != ENOMEM)
			fail("fail-nth");
}

/* Has it happened? If not, what was left may hit this read. */
static bool happened(void)
{
	char left[16] = "";

	if (pread(nth_fd, left, sizeof(left) - 1, 0) <= 0)
		return false;
	return !atoi(left);
}

/* 0 or the errno. */
static int read_all(char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	size_t len = 0;
	ssize_t got;

	if (fd < 0)
		return errno;
	while ((got = read(fd, text + len, size - 1 - len)) > 0)
		len += (size_t)got;
	if (got < 0)
		err = errno;
	text[len] = '\0';
	close(fd);
	return err;
}

static int write_text(const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		err = errno;
	close(fd);
	return err;
}

static int do_read(void)
{
	return read_all(now, sizeof(now));
}

static int do_write(void)
{
	return write_text(value);
}

static void check_nothing(int err)
{
	(void)err;
}

static void check_read(int err)
{
	if (!err && strcmp(now, before))
		fail("%s: read '%s', not '%s'", path, now, before);
}

static const struct operation {
	const char *name;
	int (*run)(void);
	void (*check)(int err);
	bool remembers;	/* what is in the file */
} operations[] = {
	{ "write", do_write, check_nothing, false },
	{ "read", do_read, check_read, true },
};

static void run(const struct operation *operation)
{
	unsigned int n, faults = 0, errors = 0;
	bool faulted = true;
	int err;

	if (operation->remembers && read_all(before, sizeof(before)))
		fail("%s", path);
	for (n = 1; faulted; n++) {
		arm(n);
		err = operation->run();
		faulted = happened();
		arm(0);
		if (err && (!faulted || (err != ENOMEM && err != EFAULT))) {
			errno = err;
			fail("%s %s: with fault %u", operation->name, path, n);
		}
		operation->check(err);
		faults += faulted;
		errors += err != 0;
	}
	printf("# %s %s: %u faults, %u errors\n", operation->name, path, faults, errors);
	if (!faults)
		fail("nothing failed");
}

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 3)
		fail("usage: fail-nth OPERATION FILE [TEXT], see tests/programs/fail-nth.c");
	path = argv[2];
	value = argc > 3 ? argv[3] : "";
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth_fd < 0)
		fail("this kernel has no fault injection");
	for (i = 0; i < sizeof(operations) / sizeof(*operations); i++) {
		if (!strcmp(argv[1], operations[i].name)) {
			run(&operations[i]);
			return 0;
		}
	}
	fail("unknown operation %s", argv[1]);
}
