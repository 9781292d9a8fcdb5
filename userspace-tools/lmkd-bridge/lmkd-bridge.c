// SPDX-License-Identifier: GPL-2.0
/*
 * lmkd-bridge: speaks lmkd's protocol, so that what talks to Android's lmkd can drive
 * proc_reclaim. One thread, and memory that does not grow: what clients send is either
 * carried out at once or refused.
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
/* Beside these its own, and to read of kills one of each processor. */
#define MAX_FDS (MAX_CLIENTS * (MAX_PROCS + 1) + 1024)

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

void watch(int fd, void *who)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = who };

	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event))
		die("epoll_ctl: %s", strerror(errno));
}

/*
 * Some are left behind by who was killed; a socket that is listened to is not ours, nor is
 * what is no socket, of which connect() says the same.
 */
static void remove_stale_socket(const struct sockaddr_un *address)
{
	struct stat stat;
	int fd;

	if (lstat(address->sun_path, &stat))
		return;
	if (!S_ISSOCK(stat.st_mode))
		die("%s: is there, and is no socket", address->sun_path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (!connect(fd, (const struct sockaddr *)address, sizeof(*address)) ||
	    errno != ECONNREFUSED)
		die("%s: another program serves it", address->sun_path);
	unlink(address->sun_path);
	close(fd);
}

static int make_socket(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	/* Without a path it would have no mode, and everybody could connect. */
	if (!*path)
		die("a socket needs a path");
	if (strlen(path) >= sizeof(address.sun_path))
		die("%s: a path that long cannot be a socket's", path);
	strcpy(address.sun_path, path);
	remove_stale_socket(&address);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	umask(0177);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(fd, MAX_CLIENTS))
		die("%s: %s", path, strerror(errno));
	return fd;
}

/* What systemd has made; -1 if it has not. */
static int passed_socket(void)
{
	int nr = sd_listen_fds(1), fd = SD_LISTEN_FDS_START;

	if (nr == 0)
		return -1;
	if (nr != 1 || sd_is_socket_unix(fd, SOCK_SEQPACKET, 1, NULL, 0) <= 0)
		die("what was passed is not one listening socket for sequential packets");
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	return fd;
}

static void serve_all(void)
{
	struct epoll_event events[MAX_CLIENTS + 3];
	int nr, i;

	for (;;) {
		nr = epoll_wait(epoll_fd, events, MAX_CLIENTS + 3, -1);
		for (i = 0; i < nr; i++) {
			if (events[i].data.ptr == &signal_fd)
				return;
			if (events[i].data.ptr == &listen_fd)
				accept_client(listen_fd);
			else if (events[i].data.ptr == &live)
				take_kills();
			else
				serve(events[i].data.ptr);
		}
	}
}

/*
 * A pidfd for each process. Fewer will not do: a client that cannot be accepted would
 * keep the socket readable, and this awake.
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
		die("%d descriptors are needed, and the limit of open files is lower: %s",
		    MAX_FDS, strerror(errno));
}

/* Every file of a process is looked for in /proc by its pid. */
static void check_proc(void)
{
	int pidfd = syscall(SYS_pidfd_open, getpid(), 0);

	if (pidfd < 0 || !shares_pids(pidfd))
		die("/proc is missing, or is that of another pid namespace");
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
"Speak the protocol of Android's lmkd: what its clients say of processes goes to\n"
"/proc/PID/oom_score_adj, and levels to " LOWMEM ";\n"
"kills are told to those who ask for them.\n"
"\n"
"Options:\n"
"  -s, --socket=PATH  where to listen (" DEFAULT_SOCKET "), unless systemd has made a socket\n"
"      --version      show the version\n"
"      --help         show this\n";

static const char *read_options(int argc, char **argv)
{
	const char *path = DEFAULT_SOCKET;
	int key;

	while ((key = getopt_long(argc, argv, "s:", options, NULL)) != -1) {
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
			exit(2);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "lmkd-bridge: what is '%s'? Try --help.\n", argv[optind]);
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
