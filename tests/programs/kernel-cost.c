// SPDX-License-Identifier: GPL-2.0
/*
 * kernel-cost adj|cached|exit N: how long the kernel takes for what the worker listens to,
 * in ns, the least of ten rounds: a bare write of a visible process's oom_score_adj;
 * of a cached one's, with opening and closing the file, as everybody does; or the life
 * of a process that does nothing (fork, exit, wait). N times in each round.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 10

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int open_adj(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		exit(1);
	return fd;
}

static void write_adj(int fd, const char *adj)
{
	if (pwrite(fd, adj, 3, 0) != 3)
		exit(1);
}

static void turn_to_and_away(unsigned long times)
{
	int fd = open_adj();
	unsigned long i;

	for (i = 0; i < times; i++)
		write_adj(fd, i % 2 ? "100" : "0\n\n");
	close(fd);
}

static void grow_old(unsigned long times)
{
	unsigned long i;
	int fd;

	for (i = 0; i < times; i++) {
		fd = open_adj();
		write_adj(fd, i % 2 ? "902" : "901");
		close(fd);
	}
}

static void live_and_die(unsigned long times)
{
	unsigned long i;
	pid_t pid;

	for (i = 0; i < times; i++) {
		pid = fork();
		if (!pid)
			_exit(0);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			exit(1);
	}
}

static int once(const char *what, unsigned long times)
{
	if (!strcmp(what, "adj"))
		turn_to_and_away(times);
	else if (!strcmp(what, "cached"))
		grow_old(times);
	else if (!strcmp(what, "exit"))
		live_and_die(times);
	else
		return -1;
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t since, took, least = UINT64_MAX;
	unsigned long times = argc == 3 ? strtoul(argv[2], NULL, 0) : 0;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		since = now_ns();
		if (!times || once(argv[1], times)) {
			fprintf(stderr, "usage: kernel-cost adj|cached|exit N\n");
			return 2;
		}
		took = (now_ns() - since) / times;
		if (took < least)
			least = took;
	}
	printf("%" PRIu64 "\n", least);
	return 0;
}
