// SPDX-License-Identifier: GPL-2.0
/*
 * kernel-cost adj|exit N: how long the kernel takes for what the worker listens to,
 * in ns, the least of ten rounds: a write of oom_score_adj, or the life of a process
 * that does nothing (fork, exit, wait). N times in each round.
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

/* Between two values, as when a user turns to a program and away. */
static void write_adj(unsigned long times)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	unsigned long i;

	for (i = 0; i < times; i++)
		if (pwrite(fd, i % 2 ? "100" : "0\n\n", 3, 0) != 3)
			exit(1);
	close(fd);
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

int main(int argc, char **argv)
{
	uint64_t since, took, least = UINT64_MAX;
	unsigned long times;
	int round;

	if (argc != 3 || (strcmp(argv[1], "adj") && strcmp(argv[1], "exit"))) {
		fprintf(stderr, "usage: kernel-cost adj|exit N\n");
		return 2;
	}
	times = strtoul(argv[2], NULL, 0);
	for (round = 0; round < ROUNDS; round++) {
		since = now_ns();
		if (!strcmp(argv[1], "adj"))
			write_adj(times);
		else
			live_and_die(times);
		took = (now_ns() - since) / times;
		if (took < least)
			least = took;
	}
	printf("%" PRIu64 "\n", least);
	return 0;
}
