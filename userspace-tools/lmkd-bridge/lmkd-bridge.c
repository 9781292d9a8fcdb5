// SPDX-License-Identifier: GPL-2.0
/*
 * lmkd-bridge: serve the protocol of Android's lmkd, so that its clients can drive proc_reclaim.
 * One thread executes or refuses each packet immediately, so memory usage is constant.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "../live_events.h"
#include "../standard_files.h"
#include "bridge.h"

#define DEFAULT_SOCKET "/run/lmkd"
/* One for each client and process, and spare ones for this program and one per CPU for kills. */
#define MAX_FDS (MAX_CLIENTS * (MAX_PROCS + 1) + 1024)

/* Clients, the listening socket, signals, kills and the timer of the levels. */
#define MAX_EVENTS (MAX_CLIENTS + 4)

static int epoll_fd, listen_fd, signal_fd;

void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void die(const char *format, ...)
{
	va_list args;

	fputs("lmkd-bridge: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(EXIT_FAILURE);
}

void watch(int fd, void *tag)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = tag };

	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event))
		die("epoll_ctl: %s", strerror(errno));
}

/*
 * Remove a socket that a killed daemon has left behind. Check the file type too, because connect()
 * to any other file fails with the same error.
 */
static void remove_stale_socket(const struct sockaddr_un *address)
{
	struct stat stat;
	int fd;

	if (lstat(address->sun_path, &stat))
		return;
	if (!S_ISSOCK(stat.st_mode))
		die("%s: exists, and is not a socket", address->sun_path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (!connect(fd, (const struct sockaddr *)address, sizeof(*address)) ||
	    errno != ECONNREFUSED)
		die("%s: already in use by another program", address->sun_path);
	unlink(address->sun_path);
	close(fd);
}

static int make_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	/* An abstract socket has no mode, so every user could connect. */
	if (!*path)
		die("the path of the socket is empty");
	if (strlen(path) >= sizeof(address.sun_path))
		die("%s: path too long for a socket", path);
	strcpy(address.sun_path, path);
	remove_stale_socket(&address);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	umask(0177);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(fd, MAX_CLIENTS))
		die("%s: %s", path, strerror(errno));
	return fd;
}

/* Return the socket that systemd has passed, or -1. */
static int passed_socket(void)
{
	int nr = sd_listen_fds(1), fd = SD_LISTEN_FDS_START;

	if (nr == 0)
		return -1;
	if (nr != 1 || sd_is_socket_unix(fd, SOCK_SEQPACKET, 1, NULL, 0) <= 0)
		die("expected one listening sequential-packet socket from systemd");
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	return fd;
}

static void serve_all(void)
{
	struct epoll_event events[MAX_EVENTS];
	int nr, i;

	for (;;) {
		nr = epoll_wait(epoll_fd, events, MAX_EVENTS, -1);
		for (i = 0; i < nr; i++) {
			if (events[i].data.ptr == &signal_fd)
				return;
			if (events[i].data.ptr == &listen_fd)
				accept_client(listen_fd);
			else if (events[i].data.ptr == &live)
				take_kills();
			else if (events[i].data.ptr == &levels_timer)
				retry_levels();
			else
				serve(events[i].data.ptr);
		}
	}
}

/*
 * Allow a pidfd for each process. Fewer descriptors are an error, because a connection that cannot
 * be accepted keeps the socket readable, and the event loop would spin.
 */
static void raise_limit(void)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur >= MAX_FDS)
		return;
	limit.rlim_cur = MAX_FDS;
	if (limit.rlim_max < MAX_FDS)
		limit.rlim_max = MAX_FDS;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		die("cannot raise the limit of open files to %d: %s", MAX_FDS, strerror(errno));
}

/* Check that /proc belongs to this pid namespace, because processes are found there by pid. */
static void check_proc(void)
{
	int pidfd = syscall(SYS_pidfd_open, getpid(), 0);

	if (pidfd < 0 || !is_in_pid_namespace(pidfd))
		die("/proc is missing or belongs to another pid namespace");
	close(pidfd);
}

static void prepare(void)
{
	int i;

	check_proc();
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd < 0)
		die("epoll_create1: %s", strerror(errno));
	for (i = 0; i < MAX_CLIENTS; i++)
		clients[i].fd = -1;
	raise_limit();
	open_levels_timer();
}

static const struct option options[] = {
	{ "socket", required_argument, NULL, 's' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

static const char help[] =
"Usage: lmkd-bridge [OPTION...]\n"
"\n"
"Serve the protocol of Android's lmkd. Clients set the oom_score_adj of processes and the\n"
"levels in " LOWMEM ", and subscribe to kills.\n"
"\n"
"Options:\n"
"  -s, --socket=PATH  listen on PATH (default " DEFAULT_SOCKET "), unless systemd passes a socket\n"
"  -V, --version      display the version and exit\n"
"  -h, --help         display this help and exit\n";

static const char try_help[] = "Try 'lmkd-bridge --help' for more information.\n";

static const char *read_options(int argc, char **argv)
{
	const char *path = DEFAULT_SOCKET;
	int key;

	while ((key = getopt_long(argc, argv, "s:hV", options, NULL)) != -1) {
		switch (key) {
		case 's':
			path = optarg;
			break;
		case 'V':
			puts("lmkd-bridge " VERSION);
			exit(EXIT_SUCCESS);
		case 'h':
			fputs(help, stdout);
			exit(EXIT_SUCCESS);
		default:
			fputs(try_help, stderr);
			exit(2);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "lmkd-bridge: unexpected argument '%s'\n%s", argv[optind],
			try_help);
		exit(2);
	}
	return path;
}

int main(int argc, char **argv)
{
	const char *path;
	bool passed;

	open_standard_files();
	path = read_options(argc, argv);
	prepare();
	listen_fd = passed_socket();
	passed = listen_fd >= 0;
	if (!passed)
		listen_fd = make_socket(path);
	watch(listen_fd, &listen_fd);
	signal_fd = end_signals_fd();
	watch(signal_fd, &signal_fd);
	listen_for_kills();
	serve_all();
	live_events_close(live);
	if (!passed)
		unlink(path);
	return EXIT_SUCCESS;
}
