// SPDX-License-Identifier: GPL-2.0
/*
 * crowd N: N small processes that only sleep, for what a shell is too slow for.
 * Driven by lines on stdin, answers each with one line:
 *
 *   ready N          once, when they are there
 *   adj ADJ          write that to the oom_score_adj of each      ok N
 *   flip N           write 900 and 0 to that of each, N times     ok N
 *   churn N          N processes that end at once, one by one     ok N
 *
 * Every 16th process of "churn" is made by fork(), the others by vfork(), which
 * takes a tenth of the time. End of input ends them all.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t *members;
static size_t nr_members;

static void __attribute__((noreturn)) fail(const char *what)
{
	printf("error %s: %s\n", what, strerror(errno));
	exit(1);
}

static pid_t make_member(void)
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (pid)
		return pid;
	/* It ends with its parent, and keeps no pipe of another process open. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(0);
	close(1);
	for (;;)
		pause();
}

static void write_adj(pid_t pid, const char *adj)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", pid);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, adj, strlen(adj)) < 0)
		fail(path);
	close(fd);
}

static void write_all(const char *adj)
{
	size_t i;

	for (i = 0; i < nr_members; i++)
		write_adj(members[i], adj);
}

/* The child's copy of what we know is never looked at: it ends at once. */
static void come_and_go(int with_memory)
{
	pid_t pid = with_memory ? fork() : vfork();

	if (pid < 0)
		fail("fork");
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
}

static void obey(const char *command, const char *argument)
{
	long i, n = strtol(argument, NULL, 10);

	if (!strcmp(command, "adj")) {
		write_all(argument);
		n = (long)nr_members;
	} else if (!strcmp(command, "flip")) {
		for (i = 0; i < n; i++) {
			write_all("900");
			write_all("0");
		}
	} else if (!strcmp(command, "churn")) {
		for (i = 0; i < n; i++)
			come_and_go(i % 16 == 0);
	} else {
		printf("error unknown command %s\n", command);
		return;
	}
	printf("ok %ld\n", n);
}

int main(int argc, char **argv)
{
	char line[64], command[16], argument[16];
	size_t n;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 2) {
		fprintf(stderr, "usage: crowd N\n");
		return 2;
	}
	n = strtoul(argv[1], NULL, 10);
	members = calloc(n + 1, sizeof(*members));
	if (!members)
		fail("calloc");
	for (; nr_members < n; nr_members++)
		members[nr_members] = make_member();
	printf("ready %zu\n", n);
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "%15s %15s", command, argument) == 2)
			obey(command, argument);
		else
			puts("error two words");
	}
	for (n = 0; n < nr_members; n++)
		kill(members[n], SIGKILL);
	while (wait(NULL) > 0)
		;
	return 0;
}
