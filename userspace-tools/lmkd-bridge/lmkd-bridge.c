// SPDX-License-Identifier: GPL-2.0
/*
 * lmkd-bridge: speaks lmkd's protocol, so that what talks to Android's lmkd can drive
 * proc_reclaim. One thread, and memory that does not grow: what clients send is either
 * carried out at once or refused.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "../live_events.h"
#include "lmkd_packet.h"
#include "../standard_files.h"

#define DEFAULT_SOCKET "/run/lmkd"
#define LOWMEM "/sys/kernel/proc_reclaim/lowmem/"
/* What "reclaimctl policy load" locks, which writes levels too. */
#define LOCK "/sys/kernel/proc_reclaim/reclaim"
#define LOCK_TRIES 50		/* ten in a second */
#define KILL_EVENT EVENT_SYSTEM "_kill"

/* lmkd serves three. */
#define MAX_CLIENTS 8
#define MAX_PROCS 2048		/* of each client: Android has some hundreds */
/* Beside these its own, and to read of kills one of each processor. */
#define MAX_FDS (MAX_CLIENTS * (MAX_PROCS + 1) + 1024)
#define ADJ_MAX 1000

/* Linux 6.5; the headers of older systems do not have it. */
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif
#define KILLS_KB 16		/* kills are few, and read at once */
#define LIST_LEN 96		/* six numbers of sysfs, with commas */

/*
 * A pid stands for the process that it was when the client first named it, until the
 * client takes it back.
 */
struct proc {
	int pidfd;
	int32_t pid;
	uint32_t uid;
};

struct client {
	int fd;				/* -1: nobody */
	bool foreign;			/* its pids are not this program's */
	bool subscribed;
	unsigned long refused;
	pid_t pid;			/* its own */
	unsigned int nr_procs;
	struct proc procs[MAX_PROCS];
};

static struct client clients[MAX_CLIENTS];
static unsigned long kills[2 * ADJ_MAX + 1];	/* by adj, from -1000 on */
static struct live_events *live;
static int epoll_fd, listen_fd, signal_fd;

static void __attribute__((format(printf, 1, 2))) say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static void __attribute__((format(printf, 1, 2), noreturn)) die(const char *format, ...)
{
	va_list args;

	fputs("lmkd-bridge: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(EXIT_FAILURE);
}

static void watch(int fd, void *who)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = who };

	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event))
		die("epoll_ctl: %s", strerror(errno));
}

/* What a client does wrong is told once; who floods us does not flood the log. */
static void __attribute__((format(printf, 2, 3)))
refuse(struct client *client, const char *format, ...)
{
	char text[160];
	va_list args;

	if (client->refused++)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	say("client %d: %s (more of this client is counted only)", client->pid, text);
}

/* --- processes --- */

static void forget_proc(struct client *client, struct proc *proc)
{
	close(proc->pidfd);
	*proc = client->procs[--client->nr_procs];
}

static void forget_procs(struct client *client)
{
	while (client->nr_procs)
		forget_proc(client, client->procs);
}

static struct proc *find_proc(struct client *client, int32_t pid)
{
	unsigned int i;

	for (i = 0; i < client->nr_procs; i++)
		if (client->procs[i].pid == pid)
			return &client->procs[i];
	return NULL;
}

static struct proc *add_proc(struct client *client, int32_t pid)
{
	struct proc *proc = &client->procs[client->nr_procs];
	int pidfd;

	if (client->nr_procs == MAX_PROCS) {
		errno = ENOSPC;
		return NULL;
	}
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0)
		return NULL;
	*proc = (struct proc){ .pidfd = pidfd, .pid = pid };
	client->nr_procs++;
	return proc;
}

static bool has_ended(const struct proc *proc)
{
	struct pollfd pollfd = { .fd = proc->pidfd, .events = POLLIN };

	return poll(&pollfd, 1, 0) != 0;
}

static int write_text(int fd, const char *text)
{
	size_t len = strlen(text);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != (ssize_t)len)
		err = -errno;
	close(fd);
	return err;
}

/*
 * The file is open before the process is asked whether it still is: so the file is that
 * process's, and no other's that has the pid by now.
 */
static int write_adj(const struct proc *proc, int adj)
{
	char path[64], text[16];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/oom_score_adj", proc->pid);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (has_ended(proc)) {
		if (fd >= 0)
			close(fd);
		return -ESRCH;
	}
	snprintf(text, sizeof(text), "%d", adj);
	return write_text(fd, text);
}

static void set_adj(struct client *client, const struct lmk_proc *wanted)
{
	struct proc *proc = find_proc(client, wanted->pid);
	bool is_new = !proc;
	int err;

	if (is_new)
		proc = add_proc(client, wanted->pid);
	if (!proc)
		err = -errno;
	else if (wanted->lmkd_only)
		err = has_ended(proc) ? -ESRCH : 0;
	else
		err = write_adj(proc, wanted->adj);
	if (!err)
		proc->uid = wanted->uid;
	else if (proc && is_new)
		forget_proc(client, proc);
	if (err == -ESRCH && !is_new)
		refuse(client, "process %d has ended, and was not removed", wanted->pid);
	else if (err)
		refuse(client, "process %d: %s", wanted->pid, strerror(-err));
}

static void remove_proc(struct client *client, int32_t pid)
{
	struct proc *proc = find_proc(client, pid);

	if (proc)
		forget_proc(client, proc);
}

/* --- levels --- */

/* As sysfs has them, with a newline: an empty write would not reach the files. */
struct levels {
	char minfree[LIST_LEN], adj[LIST_LEN];
};

static int open_level_file(const char *name, int flags)
{
	char path[sizeof(LOWMEM) + 16];

	snprintf(path, sizeof(path), LOWMEM "%s", name);
	return open(path, flags | O_CLOEXEC);
}

static int write_level_file(const char *name, const char *text)
{
	return write_text(open_level_file(name, O_WRONLY), text);
}

static int read_level_file(const char *name, char text[LIST_LEN])
{
	int fd = open_level_file(name, O_RDONLY);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = read(fd, text, LIST_LEN - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	return len < 0 ? -EIO : 0;
}

/*
 * The module may look at any time, and the levels of one with the other's adj would be
 * somebody's death: with no adj none holds.
 */
static int write_levels(const struct levels *levels)
{
	int err = write_level_file("adj", "\n");

	if (!err)
		err = write_level_file("minfree", levels->minfree);
	if (!err)
		err = write_level_file("adj", levels->adj);
	return err;
}

/* A policy is loaded at once: whoever has the lock for long has no right to it. */
static int lock_levels(void)
{
	const struct timespec tenth = { .tv_nsec = 100 * 1000 * 1000 };
	int fd = open(LOCK, O_WRONLY | O_CLOEXEC), tries = LOCK_TRIES;

	if (fd < 0)
		return -errno;
	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (!tries--) {
			close(fd);
			return -EBUSY;
		}
		nanosleep(&tenth, NULL);
	}
	return fd;
}

/* Both lists or none. */
static int change_levels(const struct levels *after)
{
	int err, lock = lock_levels();
	struct levels before;

	if (lock < 0)
		return lock;
	err = read_level_file("minfree", before.minfree);
	if (!err)
		err = read_level_file("adj", before.adj);
	if (!err) {
		err = write_levels(after);
		if (err)
			write_levels(&before);
	}
	close(lock);
	return err;
}

static void set_targets(struct client *client, const struct lmk_packet *packet)
{
	struct levels after = { 0 };
	unsigned int i;
	int err;

	for (i = 0; i < packet->count; i++) {
		sprintf(after.minfree + strlen(after.minfree), "%s%d", i ? "," : "",
			packet->targets[i].minfree);
		sprintf(after.adj + strlen(after.adj), "%s%d", i ? "," : "",
			packet->targets[i].adj);
	}
	strcat(after.minfree, "\n");
	strcat(after.adj, "\n");
	err = change_levels(&after);
	if (err)
		refuse(client, "levels: %s", strerror(-err));
}

/* --- kills --- */

/* Whose process it is: as /proc says or, if it is gone, as a client has. */
static uint32_t uid_of(int32_t pid)
{
	unsigned int uid = (uint32_t)-1;
	struct proc *proc;
	char text[128];
	FILE *file;
	int i;

	snprintf(text, sizeof(text), "/proc/%d/status", pid);
	file = fopen(text, "re");
	if (file) {
		while (fgets(text, sizeof(text), file))
			if (sscanf(text, "Uid: %u", &uid) == 1)
				break;
		fclose(file);
	}
	for (i = 0; i < MAX_CLIENTS && uid == (uint32_t)-1; i++) {
		proc = find_proc(&clients[i], pid);
		if (proc)
			uid = proc->uid;
	}
	return uid;
}

static void drop_client(struct client *client)
{
	forget_procs(client);
	close(client->fd);
	client->fd = -1;
	if (client->refused > 1)
		say("client %d: gone, %lu of what it sent refused", client->pid, client->refused);
}

/* A client that does not read what it asked for is dropped: nothing waits for it here. */
static void answer(struct client *client, const int32_t *words, size_t nr)
{
	uint32_t packet[LMK_MAX_WORDS];
	size_t i;

	for (i = 0; i < nr; i++)
		packet[i] = htonl(words[i]);
	if (send(client->fd, packet, nr * sizeof(packet[0]), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		refuse(client, "dropped, it does not read: %s", strerror(errno));
		drop_client(client);
	}
}

static int tell_of_kill(struct tep_event *event, struct tep_record *record, int cpu,
			void *context)
{
	unsigned long long pid, adj;
	int32_t words[3] = { LMK_PROCKILL };
	int i;

	(void)cpu;
	(void)context;
	if (strcmp(event->name, KILL_EVENT) ||
	    tep_get_field_val(NULL, event, "pid", record, &pid, 0) ||
	    tep_get_field_val(NULL, event, "adj", record, &adj, 0) ||
	    abs((int)adj) > ADJ_MAX)
		return 0;
	kills[(int)adj + ADJ_MAX]++;
	words[1] = pid;
	words[2] = uid_of(pid);
	for (i = 0; i < MAX_CLIENTS; i++)
		if (clients[i].fd >= 0 && clients[i].subscribed)
			answer(&clients[i], words, 3);
	return 0;
}

/* Where the module was unloaded, the event went with it: asked anew for each client. */
static void listen_for_kills(void)
{
	static bool complained;

	if (live && live_events_enabled(live, KILL_EVENT))
		return;
	live_events_close(live);
	live = live_events_open("lmkd-bridge", KILLS_KB);
	if (live && !live_events_enable(live, KILL_EVENT, NULL)) {
		watch(live_events_fd(live), &live);
		complained = false;
	} else if (!complained) {
		say("kills cannot be told of: %s", strerror(errno));
		complained = true;
	}
}

static int32_t kills_between(int min, int max)
{
	unsigned long count = 0;
	int adj;

	if (min < -ADJ_MAX)
		min = -ADJ_MAX;
	if (max > ADJ_MAX)
		max = ADJ_MAX;
	for (adj = min; adj <= max; adj++)
		count += kills[adj + ADJ_MAX];
	return count;
}

/* --- clients --- */

/*
 * Does the process of @pidfd count pids as this one does? NSpid has a pid for each namespace
 * from that of /proc inwards; it is 0 for a process outside of that, and -1 for one that was
 * reaped. Unlike /proc/PID/ns/pid this needs no right over the process, and it cannot be
 * another one's.
 */
static bool shares_pids(int pidfd)
{
	int pid, inner, nr = 0;
	char text[128];
	FILE *file;

	snprintf(text, sizeof(text), "/proc/self/fdinfo/%d", pidfd);
	file = fopen(text, "re");
	if (!file)
		return false;
	while (nr < 1 && fgets(text, sizeof(text), file))
		nr = sscanf(text, "NSpid: %d %d", &pid, &inner);
	fclose(file);
	return nr == 1 && pid > 0;
}

/*
 * The process that has connected. Before Linux 6.5 its pid has to do, which is another's if
 * the client has left its socket to a child and its pid was given away before the socket was
 * accepted.
 */
static int peer_pidfd(int fd, pid_t pid)
{
	socklen_t len = sizeof(int);
	int pidfd;

	if (!getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &len))
		return pidfd;
	return errno == ENOPROTOOPT && pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
}

static bool is_foreign(int fd, pid_t pid)
{
	int pidfd = peer_pidfd(fd, pid);
	bool foreign;

	if (pidfd < 0)
		return true;
	foreign = !shares_pids(pidfd);
	close(pidfd);
	return foreign;
}

static bool names_pids(const struct lmk_packet *packet)
{
	switch (packet->command) {
	case LMK_PROCPRIO:
	case LMK_PROCREMOVE:
	case LMK_PROCS_PRIO:
	case LMK_SUBSCRIBE:	/* each event has one */
		return true;
	default:
		return false;
	}
}

static void set_procs(struct client *client, const struct lmk_packet *packet)
{
	unsigned int i;

	for (i = 0; i < packet->count; i++)
		set_adj(client, &packet->procs[i]);
	if (packet->left_out)
		refuse(client, "refused a part of a packet: %s", packet->left_out);
}

static void carry_out(struct client *client, const struct lmk_packet *packet)
{
	switch (packet->command) {
	case LMK_TARGET:
		set_targets(client, packet);
		break;
	case LMK_PROCPRIO:
	case LMK_PROCS_PRIO:
		set_procs(client, packet);
		break;
	case LMK_PROCREMOVE:
		remove_proc(client, packet->procs[0].pid);
		break;
	case LMK_PROCPURGE:
		forget_procs(client);
		break;
	case LMK_GETKILLCNT:
		answer(client, (int32_t[]){ packet->command,
		       kills_between(packet->adj.min, packet->adj.max) }, 2);
		break;
	case LMK_SUBSCRIBE:
		client->subscribed = true;
		break;
	case LMK_UPDATE_PROPS:
		/* There are no properties here. */
		answer(client, (int32_t[]){ packet->command, -1 }, 2);
		break;
	case LMK_BOOT_COMPLETED:
		answer(client, (int32_t[]){ packet->command, 0 }, 2);
		break;
	case LMK_START_MONITORING:	/* the module has its own switch for that */
	case LMK_PROCKILL:
		break;
	}
}

/* One packet each time, so that no client keeps the others waiting. */
static void serve(struct client *client)
{
	/* One word more than there may be: a longer packet is seen, not cut. */
	char data[(LMK_MAX_WORDS + 1) * sizeof(uint32_t)];
	struct lmk_packet packet;
	const char *error;
	ssize_t len;

	/* Dropped since epoll told of it, it has no descriptor. */
	if (client->fd < 0)
		return;
	len = recv(client->fd, data, sizeof(data), MSG_DONTWAIT);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* An empty packet looks like the end; none has a use. */
	if (len <= 0) {
		drop_client(client);
		return;
	}
	error = lmk_packet_parse(&packet, data, len);
	if (error)
		refuse(client, "refused a packet of %zd bytes: %s", len, error);
	else if (client->foreign && names_pids(&packet))
		refuse(client, "it is in another pid namespace, or has ended before it was "
			       "accepted: its pids are refused, and it is told of no kill");
	else
		carry_out(client, &packet);
}

static void accept_client(void)
{
	int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), i;
	struct ucred cred = { 0 };
	socklen_t len = sizeof(cred);

	if (fd < 0)
		return;
	for (i = 0; i < MAX_CLIENTS && clients[i].fd >= 0; i++)
		;
	if (i == MAX_CLIENTS) {
		close(fd);
		return;
	}
	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len);
	clients[i].fd = fd;
	clients[i].pid = cred.pid;
	clients[i].foreign = is_foreign(fd, cred.pid);
	clients[i].subscribed = false;
	clients[i].refused = 0;
	watch(fd, &clients[i]);
	listen_for_kills();
}

/* --- the daemon --- */

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
				accept_client();
			else if (events[i].data.ptr != &live)
				serve(events[i].data.ptr);
			/* A client that came meanwhile may have found it gone. */
			else if (live)
				live_events_take(live, tell_of_kill, NULL);
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
