// SPDX-License-Identifier: GPL-2.0
/*
 * scribble [--seed N] [--loose]: write nonsense, and what is nearly sense, to every file
 * of the module, until SIGTERM. After each write every setting is read again:
 *
 *  - a refused write has changed none;
 *  - a write that was taken has changed no other, and what it left can be read, is
 *    taken when it is written again, and then reads the same;
 *  - a file that cannot be written cannot be opened for it, and stays;
 *  - a refused request leaves no result.
 *
 * --loose: several at once, so that only what each write returns is looked at.
 * Ends with one line for each file, and one for all:
 *
 *   file PATH writes= taken= short= ERRNO= ...
 *   done files= writes= taken= refused= values=
 *
 * A broken rule is printed, and ends the program with status 3.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSFS "/sys/kernel/proc_reclaim"
#define DEBUGFS "/sys/kernel/debug/proc_reclaim"
#define PARAMETERS "/sys/module/proc_reclaim/parameters"
#define MAX_FILES 128
#define MAX_VALUE 4096
/* sysfs takes a page at once, so this is more than it ever sees. */
#define MAX_TEXT 4200

enum { WRONG = 3 };

struct file {
	char path[256];
	bool writable;
	bool is_request;	/* what is written is done, and not kept */
	bool is_debugfs;
	int fd;			/* of a setting, to read it; else -1 */
	size_t len;
	char value[MAX_VALUE];
	uint64_t writes, taken, short_writes, other;
	uint64_t errors[136];
};

static struct file files[MAX_FILES];
static unsigned int nr_files;
static uint64_t dice = 1;
static bool loose;
static volatile sig_atomic_t stop;
static uint64_t values;

/* What the last write was, for a complaint. */
static char text[MAX_TEXT];
static size_t text_len;

static uint64_t roll(uint64_t sides)
{
	uint64_t x = dice += 0x9e3779b97f4a7c15;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return (x ^ (x >> 31)) % sides;
}

static void __attribute__((noreturn, format(printf, 2, 3)))
wrong(const struct file *file, const char *format, ...)
{
	va_list args;
	size_t i;

	printf("WRONG %s: ", file->path);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("; %zu bytes were written: '", text_len);
	for (i = 0; i < text_len && i < 200; i++)
		if (text[i] >= ' ' && text[i] <= '~')
			putchar(text[i]);
		else
			printf("\\x%02x", (unsigned char)text[i]);
	puts("'");
	fflush(stdout);
	_exit(WRONG);
}

/* --- the files --- */

static void add_file(const char *path)
{
	struct file *file = &files[nr_files];
	struct stat stat;

	if (nr_files == MAX_FILES || lstat(path, &stat)) {
		printf("WRONG %s: too many files, or gone\n", path);
		exit(WRONG);
	}
	snprintf(file->path, sizeof(file->path), "%s", path);
	file->writable = stat.st_mode & 0200;
	file->is_request = file->writable && (!(stat.st_mode & 0400) || strstr(path, "/debug/"));
	file->is_debugfs = strstr(path, "/debug/");
	file->fd = -1;
	if (file->writable && !file->is_request) {
		file->fd = open(path, O_RDONLY | O_CLOEXEC);
		if (file->fd < 0) {
			perror(path);
			exit(WRONG);
		}
	}
	nr_files++;
}

static void add_tree(const char *top)
{
	char path[256];
	struct dirent *entry;
	DIR *dir = opendir(top);

	if (!dir) {
		perror(top);
		exit(2);
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if ((size_t)snprintf(path, sizeof(path), "%s/%s", top, entry->d_name) >= sizeof(path))
			continue;
		if (entry->d_type == DT_DIR)
			add_tree(path);
		else
			add_file(path);
	}
	closedir(dir);
}

static size_t read_value(const struct file *file, char *value)
{
	ssize_t len = pread(file->fd, value, MAX_VALUE, 0);

	if (len < 0)
		wrong(file, "cannot be read any more: %s", strerror(errno));
	values++;
	return (size_t)len;
}

static void remember(struct file *file)
{
	file->len = read_value(file, file->value);
	if (!file->len || file->value[file->len - 1] != '\n')
		wrong(file, "reads as '%.*s', without a newline", (int)file->len, file->value);
}

/* All settings but @but are as they were. */
static void check_unchanged(const struct file *written, const struct file *but)
{
	char value[MAX_VALUE];
	struct file *file;
	size_t len;

	for (file = files; file < files + nr_files; file++) {
		if (file->fd < 0 || file == but)
			continue;
		len = read_value(file, value);
		if (len != file->len || memcmp(value, file->value, len))
			wrong(written, "%s was '%.*s' and is '%.*s'", file->path, (int)file->len,
			      file->value, (int)len, value);
	}
}

/* --- what is written --- */

static const char *const dictionary[] = {
	"0", "1", "2", "7", "16", "17", "32", "99", "100", "101", "200", "512", "700", "900", "999", "1000",
	"1001", "4096", "4097", "65536", "1048576", "2147483647", "2147483648", "4294967295",
	"4294967296", "9223372036854775807", "18446744073709551615", "18446744073709551616", "-1", "-0",
	"-999", "-1000", "-1001", "-2147483648", "+1", "0x", "0x10", "0X1F", "010", "08", "1e3", "1.5", "0x1g",
	"none", "file", "anon", "all", "system", "inactive", "cold", "max=", "max=64K", "max=1E", "ms=", "ms=5",
	"ms=0", "K", "M", "G", "E", "Y", "N", "on", "off", "true", ":", ",", "-", " ", "\t", "\n", "\r", "\v", "=",
	"900:999", "999:900", "-1000:1000", "0:0", "1:2:3", ":5", "5:", "1,2,3", "1,2,,3", ",1", "1,",
	"1,2,3,4,5,6", "1,2,3,4,5,6,7", "0x1000", "4096 4096", "0x7ffffffff000 4096", "%s%n", "../../",
	"\\n", "\xff", "\xc3\x28", "NaN",
};
#define NR_WORDS (sizeof(dictionary) / sizeof(dictionary[0]))

static void append(const char *word, size_t len)
{
	if (len > MAX_TEXT - text_len)
		len = MAX_TEXT - text_len;
	memcpy(text + text_len, word, len);
	text_len += len;
}

static void append_words(unsigned int nr)
{
	static const char *const between[] = { "", " ", ",", ":", "\t", "  " };
	const char *word;

	for (; nr; nr--) {
		word = dictionary[roll(NR_WORDS)];
		append(word, strlen(word));
		if (nr > 1) {
			word = between[roll(6)];
			append(word, strlen(word));
		}
	}
}

/* Some bytes of what is there changed, put in, taken out. */
static void mutate(void)
{
	unsigned int times = 1 + (unsigned int)roll(3);
	size_t at;

	for (; times; times--) {
		at = roll(text_len + 1);
		switch (roll(4)) {
		case 0:
			if (at < text_len)
				text[at] ^= (char)(1 << roll(8));
			break;
		case 1:
			if (at < text_len)
				text[at] = (char)roll(256);
			break;
		case 2:
			if (text_len < MAX_TEXT) {
				memmove(text + at + 1, text + at, text_len - at);
				text[at] = "0123456789-,: \nx"[roll(16)];
				text_len++;
			}
			break;
		default:
			if (at < text_len) {
				memmove(text + at, text + at + 1, text_len - at - 1);
				text_len--;
			}
		}
	}
}

static void make_request(void)
{
	char line[64];

	switch (roll(3)) {
	case 0:
		append("system ", 7);
		break;
	case 1:
		snprintf(line, sizeof(line), "%d ", getpid());
		append(line, strlen(line));
		break;
	default:
		snprintf(line, sizeof(line), "%d ", 1 + (int)roll(2000));
		append(line, strlen(line));
	}
	if (roll(2)) {
		static const char *const types[] = { "file", "anon", "all" };

		snprintf(line, sizeof(line), "%s%s", types[roll(3)], roll(2) ? " max=64K" : "");
		append(line, strlen(line));
	} else {
		append_words(1 + (unsigned int)roll(3));
	}
	/* No request should take long. */
	if (roll(4))
		append(" ms=5", 5);
}

static void make_text(const struct file *file)
{
	size_t i;

	text_len = 0;
	switch (roll(8)) {
	case 0:		/* anything */
		text_len = roll(roll(4) ? 40 : MAX_TEXT);
		for (i = 0; i < text_len; i++)
			text[i] = (char)roll(256);
		break;
	case 1:		/* long */
		if (roll(2)) {
			while (text_len < MAX_TEXT - 100)
				append_words(8);
			text_len -= roll(text_len / 2);
		} else {
			text_len = 4000 + roll(MAX_TEXT - 4000);
			memset(text, "0 ,:1\n"[roll(6)], text_len);
		}
		break;
	case 2:
		if (roll(4) == 0)
			break;	/* nothing */
		/* fall through */
	case 3:		/* what is there, a little changed */
		if (file->fd >= 0) {
			append(file->value, file->len);
			mutate();
			break;
		}
		/* fall through */
	case 4:
		if (file->is_request) {
			make_request();
			if (roll(2))
				mutate();
			break;
		}
		/* fall through */
	default:
		append_words(1 + (unsigned int)roll(roll(4) ? 1 : 6));
		if (roll(4) == 0)
			mutate();
	}
	if (roll(3) == 0)
		append("\n", 1);
}

/* --- writing --- */

static void note_error(struct file *file, int error)
{
	static const int expected[] = {
		EINVAL, EACCES, EPERM, ESRCH, ENOSPC, EINTR, ENOMEM, EFAULT,
	};
	size_t i;

	if (error > 0 && error < 136)
		file->errors[error]++;
	for (i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		if (expected[i] == error)
			return;
	wrong(file, "an errno that no document knows: %s", strerror(error));
}

/* What is read after a write that was taken is taken too, and reads the same. */
static void check_round_trip(struct file *file)
{
	char value[MAX_VALUE];
	size_t len;
	int fd;

	remember(file);
	fd = open(file->path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, file->value, file->len) != (ssize_t)file->len)
		wrong(file, "reads as '%.*s', but that is refused: %s", (int)file->len, file->value,
		      strerror(errno));
	close(fd);
	len = read_value(file, value);
	if (len != file->len || memcmp(value, file->value, len))
		wrong(file, "read '%.*s', which was written, and now '%.*s'", (int)file->len,
		      file->value, (int)len, value);
}

static void check_answer(struct file *file, int fd, bool taken)
{
	char line[4096];
	ssize_t len = read(fd, line, 1 + roll(sizeof(line)));

	if (len < 0)
		wrong(file, "its result cannot be read: %s", strerror(errno));
	if (!taken && len)
		wrong(file, "a refused request has a result");
	if (taken && !len && text_len)
		wrong(file, "a request was taken, but has no result");
}

static void write_one(struct file *file)
{
	bool bad_address;
	ssize_t done;
	int fd;

	make_text(file);
	file->writes++;
	fd = open(file->path, (file->is_debugfs ? O_RDWR : O_WRONLY) | O_CLOEXEC);
	if (fd < 0) {
		note_error(file, errno);
		if (file->writable)
			wrong(file, "cannot be opened: %s", strerror(errno));
		goto check;
	}
	/* debugfs' mode is what keeps others out; root may open, but not write. */
	bad_address = roll(64) == 0 && text_len;
	done = write(fd, bad_address ? (const void *)8 : text, text_len);
	if (done < 0) {
		note_error(file, errno);
	} else if (text_len) {
		file->taken++;
		file->short_writes += (size_t)done < text_len;
		if (!file->writable || bad_address)
			wrong(file, "a write was taken");
	}
	if (file->writable && file->is_debugfs)
		check_answer(file, fd, done > 0);
	close(fd);
	if (loose)
		return;
	if (done > 0 && file->fd >= 0) {
		check_round_trip(file);
		check_unchanged(file, file);
		return;
	}
check:
	if (!loose)
		check_unchanged(file, NULL);
}

static void on_term(int signal)
{
	(void)signal;
	stop = 1;
}

static void print_counts(void)
{
	uint64_t writes = 0, taken = 0;
	struct file *file;
	int error;

	for (file = files; file < files + nr_files; file++) {
		printf("file %s writes=%" PRIu64 " taken=%" PRIu64 " short=%" PRIu64, file->path, file->writes,
		       file->taken, file->short_writes);
		for (error = 0; error < 136; error++)
			if (file->errors[error])
				printf(" %s=%" PRIu64, strerrorname_np(error), file->errors[error]);
		putchar('\n');
		writes += file->writes;
		taken += file->taken;
	}
	printf("done files=%u writes=%" PRIu64 " taken=%" PRIu64 " refused=%" PRIu64 " values=%" PRIu64 "\n",
	       nr_files, writes, taken, writes - taken, values);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_term };
	struct file *file;
	int n;

	for (n = 1; n < argc; n++) {
		if (!strcmp(argv[n], "--loose")) {
			loose = true;
		} else if (!strcmp(argv[n], "--seed") && n + 1 < argc) {
			dice = strtoull(argv[++n], NULL, 0);
		} else {
			fprintf(stderr, "usage: scribble [--seed N] [--loose]\n");
			return 2;
		}
	}
	add_tree(SYSFS);
	add_tree(DEBUGFS);
	add_tree(PARAMETERS);
	for (file = files; file < files + nr_files; file++)
		if (file->fd >= 0)
			remember(file);
	sigaction(SIGTERM, &action, NULL);
	while (!stop) {
		/* Nothing but settings and requests can be written; the rest now and then. */
		file = &files[roll(nr_files)];
		if (!file->writable && roll(8))
			continue;
		write_one(file);
	}
	print_counts();
	return 0;
}
