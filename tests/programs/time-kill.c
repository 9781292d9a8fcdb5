// SPDX-License-Identifier: GPL-2.0
/*
 * time-kill PID KB: kill a process, and print how many microseconds it took until it
 * was gone (a zombie has no memory) and so much more memory was free. The lists of free
 * pages that each processor has count too, which MemFree leaves out: they may keep an
 * eighth of the memory, for seconds.
 *
 * A program, because bash under bats takes a tenth of a second to look once.
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_US 120000000
#define INTERVAL_US 1000

static char text[65536];

static void __attribute__((noreturn)) fail(const char *what)
{
	perror(what);
	exit(1);
}

/* A file as text; false if it is not there. */
static bool read_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got;

	if (fd < 0)
		return false;
	while ((got = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)got;
	close(fd);
	text[len] = '\0';
	return !got;
}

/* The sum of the numbers that follow this word. */
static long sum_after(const char *word)
{
	const char *at = text;
	long sum = 0;

	while ((at = strstr(at, word))) {
		at += strlen(word);
		sum += atol(at);
	}
	return sum;
}

static long free_kb(void)
{
	if (!read_text("/proc/zoneinfo"))
		fail("/proc/zoneinfo");
	return (sum_after("pages free ") + sum_after(" count: ")) *
	       (sysconf(_SC_PAGESIZE) / 1024);
}

static bool is_gone(const char *stat)
{
	char *state;

	if (!read_text(stat))
		return true;
	state = strrchr(text, ')');
	return !state || state[2] == 'Z' || state[2] == 'X';
}

static long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
	char stat[64];
	long before, since, took;

	if (argc != 3) {
		fprintf(stderr, "usage: time-kill PID KB\n");
		return 2;
	}
	snprintf(stat, sizeof(stat), "/proc/%s/stat", argv[1]);
	before = free_kb();
	since = now_us();
	if (kill(atoi(argv[1]), SIGKILL))
		fail("kill");
	do {
		usleep(INTERVAL_US);
		took = now_us() - since;
	} while ((!is_gone(stat) || free_kb() - before < atol(argv[2])) &&
		 took < LIMIT_US);
	if (took >= LIMIT_US) {
		fprintf(stderr, "time-kill: %s kB are not free\n", argv[2]);
		return 1;
	}
	printf("%ld\n", took);
	return 0;
}
