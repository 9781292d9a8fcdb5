/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of reclaimctl share: commands and their options, what they print,
 * how they end, and the module's files.
 */
#ifndef RECLAIMCTL_H
#define RECLAIMCTL_H

#include <dirent.h>
#include <getopt.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>

#define SYSFS "/sys/kernel/proc_reclaim"
#define DEBUGFS "/sys/kernel/debug/proc_reclaim"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* How a command ends; --help and the man page say the same. */
enum exit_code {
	EXIT_DONE,
	EXIT_NOTHING,		/* nothing matched, or there was nothing to do */
	EXIT_USAGE,
	EXIT_NO_MODULE,
	EXIT_REFUSED,		/* not permitted */
	EXIT_FAILED,		/* all of it, or a part */
};

/* --- commands and options (reclaimctl.c, options.c) --- */

/* Options without a letter have keys from here on. */
#define LONG_ONLY 256
enum {
	OPTION_JSON = 1000,	/* these are dealt with by next_option() */
	OPTION_RAW,
	OPTION_HELP,
};

struct option_row {
	int key;		/* the letter, or LONG_ONLY + n; 0 ends the list */
	const char *name;
	const char *argument;	/* what --help calls it; NULL: there is none */
	const char *help;
};

#define JSON_ROW { OPTION_JSON, "json", NULL, "print JSON, errors too" }
#define RAW_ROW { OPTION_RAW, "raw", NULL, "print exact numbers, in KiB" }

/* Either has commands of its own, or is run. */
struct command {
	const char *name;
	const char *arguments;	/* as --help shows them */
	const char *summary;	/* one line */
	const char *description;	/* of --help; lines end with a newline */
	const struct option_row *options;
	const struct command *const *commands;	/* NULL ends the list */
	int (*run)(const struct command *command, int argc, char **argv);
};

extern bool json_wanted, raw_wanted;

/*
 * next_option() - as getopt_long(), with what is common dealt with
 *
 * Return: the key of the next option, its argument in optarg; -1 after the last,
 * optind is the first word that is none. Ends the program if there is no such option.
 */
int next_option(const struct command *command, int argc, char **argv);
void print_help(const struct command *command);
/* The command as it was typed: "reclaimctl policy load". */
extern char command_path[64];
void find_json_option(int argc, char **argv);
/* no_more_words() - end with a usage error if there are words after the options */
void no_more_words(int argc, char **argv);
/* parse_number() - a decimal number of an option, or a usage error */
long long parse_number(const char *what, const char *text, long long lowest,
		       long long highest);

extern const struct command run_command, age_command, restore_command, status_command,
	doctor_command, policy_command, metrics_command, top_command, trace_command;

/* --- what is printed (output.c) --- */

/*
 * fail() - say why a command fails: on stderr, or with --json as an object on stdout
 *
 * Return: the code, for "return fail(...)".
 */
int fail(enum exit_code code, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* fail_file() - the same of a file, with -errno */
int fail_file(const char *path, int err);
/* usage_error() - the same with a hint, and the end of the program */
void usage_error(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));
/* warn() - say something on stderr; nothing with --json */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* print_json() - print an object, and free it */
void print_json(struct json_object *object);

/* is_terminal() - one that can do more than print lines */
bool is_terminal(int fd);
enum colour { PLAIN, BOLD, GREEN, YELLOW, RED };
/* colour() - the sequence that begins a colour; "" where stdout is no terminal */
const char *colour(enum colour colour);

#define SIZE_TEXT 32
/* size_text() - KiB as people read them ("1.5G"), exact with --raw */
const char *size_text(char text[SIZE_TEXT], long long kb);
#define SIZE(kb) size_text((char[SIZE_TEXT]){ 0 }, kb)

/* A table whose columns are as wide as what is in them. Cells are told apart by tabs. */
struct table;
/* table_new() - headings; one that begins with '>' is over numbers */
struct table *table_new(const char *headings);
void table_row(struct table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* table_print() - print it, and free it */
void table_print(struct table *table);

/*
 * A file that takes the place of another one at once, when all of it is written. Links
 * are followed; what is no regular file, a device or a pipe, is just written to.
 */
struct new_file {
	FILE *stream;
	char *path;
	char *temporary;	/* NULL: the path is written to */
	struct stat old;	/* whose owner and mode it gets */
};

/* new_file_open() - 0 or -errno */
int new_file_open(struct new_file *file, const char *path);
/*
 * new_file_close() - have it take its place
 * @err: 0; or -errno of a write, and what was there stays
 *
 * Return: 0 or -errno, the first one.
 */
int new_file_close(struct new_file *file, int err);
/* save_file() - a text as such a file; 0 or -errno */
int save_file(const char *path, const char *text);

/* clean_text() - what cannot be printed becomes '?', in place */
char *clean_text(char *text);

/* --- JSON objects (json.c) --- */

/*
 * parse_words() - a line of key=value words as an object
 *
 * Numbers become numbers, and keys without a unit get one.
 */
struct json_object *parse_words(const char *line);
/* add_value() - one such word; @text is changed in place */
void add_value(struct json_object *object, const char *word, char *text);
/* number_of(), text_of() - a value of such an object; 0 or "" if it is not there */
long long number_of(struct json_object *object, const char *key);
const char *text_of(struct json_object *object, const char *key);
void add_number(struct json_object *object, const char *key, long long number);
void add_text(struct json_object *object, const char *key, const char *text);

/* --- the module's files (module.c) --- */

/* module_missing() - EXIT_DONE, or having said so EXIT_NO_MODULE */
int module_missing(void);
/*
 * read_text() - the contents of a small file, without the newline at the end
 *
 * Return: the text, to be freed; NULL and errno where it cannot be read.
 */
char *read_text(const char *path);
/* write_text() - in one write, with a newline; 0 or -errno */
int write_text(const char *path, const char *text);
/* read_setting() - the same of a file below SYSFS */
char *read_setting(const char *name);
int write_setting(const char *name, const char *value);
/* read_count() - a number of sysfs, or -1 */
long long read_count(const char *name);

/* read_table() - a file of such lines as an array; NULL and errno */
struct json_object *read_table(const char *path);
/* list_directory() - scandir() of a directory of sysfs, by name; -1 and errno */
int list_directory(const char *name, struct dirent ***entries);
/* read_directory() - the files of a directory of sysfs, by their names; none if it is gone */
struct json_object *read_directory(const char *name);
/*
 * request() - write "PID TYPE ..." and read its result
 * @file: "reclaim", "age" or "restore"
 * @result: an object; NULL if somebody else's request has finished since
 *
 * Return: 0 or -errno.
 */
int request(const char *file, const char *text, struct json_object **result);

/* --- the system's memory and time (system.c) --- */

long long page_kb(void);
/* boot_ms() - since boot, suspends included: the clock of the module and of /proc */
long long boot_ms(void);
/* meminfo_kb() - a value of /proc/meminfo, or -1 */
long long meminfo_kb(const char *key);
/* read_swaps() - the swap areas: device, kind (zram, disk, file), size_kb, used_kb */
struct json_object *read_swaps(void);

/* --- processes (process.c) --- */

#define NAME_SIZE 64

struct process {
	int pid;
	unsigned int uid;		/* the effective one */
	unsigned long long start;	/* in clock ticks since boot */
	char name[NAME_SIZE];
	long long rss_kb, anon_kb, file_kb, swap_kb;	/* rss_kb < 0: has no memory */
};

/* Which processes: those that meet every criterion that there is. */
struct selection {
	int *pids;
	size_t nr_pids;
	const char *name;		/* a pattern, as the shell's */
	const char *user;
	const char *cgroup;
	const char *unit;
	unsigned int uid;		/* of the user */
};

/* process_read() - what /proc says of it; false if it is gone */
bool process_read(struct process *process, int pid);
/* process_start_ms() - since boot, as boot_ms() */
long long process_start_ms(const struct process *process);
/* process_is_same() - is the pid still that process's? */
bool process_is_same(const struct process *process);
/*
 * select_processes() - those that are selected, the largest first
 *
 * But for kernel threads, zombies, and this one. A pid that was named is never left out
 * for that, nor if it is gone: who asked for it is to be told.
 *
 * Return: an array to be freed, of *count.
 */
struct process *select_processes(struct selection *selection, size_t *count);
/* all_processes() - every process that has memory, in no order */
struct process *all_processes(size_t *count);

/* --- what was done at somebody's request (request_history.c) --- */

struct seen_request {
	int pid;
	long long ms;		/* since boot: when it was seen that it was done */
	bool timed;		/* and that was when it happened */
	char type[16];
	long long freed_kb;
	long long swap_kb;	/* of the process, after it */
};

/* requests_recall() - take note of the last one; when it was nobody knows */
void requests_recall(void);
/* requests_watch() - take note of those since the last call, if events can be had */
void requests_watch(void);
/* request_seen() - the last one noted about a process, or NULL */
const struct seen_request *request_seen(const struct process *process);
void requests_end(void);

/* --- a bar for long work (progress.c) --- */

/* progress_start() - on stderr, if that is a terminal; @total in KiB */
void progress_start(long long total_kb);
/* progress_next() - work at one process begins; @kb_left says how much of it is left */
void progress_next(const struct process *process, long long kb,
		   long long (*kb_left)(const struct process *now));
void progress_end(void);

#endif
