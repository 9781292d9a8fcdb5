/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Declarations shared by the files of reclaimctl: commands and options, exit codes,
 * output, and access to the module.
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

/* Exit codes of every command; --help and the manual page list them too. */
enum exit_code {
	EXIT_DONE,
	EXIT_NOTHING,		/* no process matched, or there was nothing to do */
	EXIT_USAGE,
	EXIT_NO_MODULE,
	EXIT_REFUSED,		/* not permitted */
	EXIT_FAILED,		/* completely or partly */
};

/* --- commands and options (reclaimctl.c, options.c) --- */

/* First key of the options without a letter. */
#define LONG_ONLY 256
enum {
	OPTION_JSON = 1000,	/* next_option() handles these itself */
	OPTION_RAW,
};

struct option_row {
	int key;		/* the letter or LONG_ONLY + n; 0 ends the table */
	const char *name;
	const char *argument;	/* its name in --help; NULL if it takes none */
	const char *help;
};

#define JSON_ROW { OPTION_JSON, "json", NULL, "print JSON, including errors" }
#define RAW_ROW { OPTION_RAW, "raw", NULL, "print exact sizes in KiB" }

/* A command has either subcommands or a run function. */
struct command {
	const char *name;
	const char *arguments;	/* synopsis in --help */
	const char *summary;	/* one line */
	const char *description;	/* in --help; every line ends with a newline */
	const struct option_row *options;
	const struct command *const *commands;	/* NULL ends the list */
	int (*run)(const struct command *command, int argc, char **argv);
};

extern bool json_wanted, raw_wanted;

/*
 * next_option() - parse the next option, and handle --help, --json and --raw
 *
 * Return: the key of the option, with its argument in optarg; -1 after the last one, with
 * optind at the first operand. Exits with a usage error if the option is invalid.
 */
int next_option(const struct command *command, int argc, char **argv);
void print_help(const struct command *command);
/* Full name of the command, for messages: "reclaimctl policy load". */
extern char command_path[64];
/* find_json_option() - set json_wanted before any option is parsed */
void find_json_option(int argc, char **argv);
/* no_operands() - exit with a usage error if there are operands */
void no_operands(int argc, char **argv);
/* parse_number() - parse a decimal number, or exit with a usage error */
long long parse_number(const char *what, const char *text, long long lowest,
		       long long highest);

extern const struct command run_command, age_command, restore_command, status_command,
	doctor_command, policy_command, metrics_command, top_command, trace_command;

/* --- output (output.c) --- */

/*
 * fail() - print an error: on stderr, or with --json as an object on stdout
 *
 * Return: @code, for "return fail(...)".
 */
int fail(enum exit_code code, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* fail_file() - print an error about a file, and return the exit code for it */
int fail_file(const char *path, int err);
/* usage_error() - print an error and a hint at --help, and exit */
void usage_error(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));
/* warn() - print a warning on stderr; print nothing with --json */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* print_json() - print an object and free it */
void print_json(struct json_object *object);

/* is_terminal() - can the terminal move its cursor and show colours? */
bool is_terminal(int fd);
enum colour { PLAIN, BOLD, GREEN, YELLOW, RED };
/* colour() - return the escape sequence of a colour, or "" if stdout is no terminal */
const char *colour(enum colour colour);

#define SIZE_TEXT 32
/* size_text() - format KiB for humans ("1.5G"), or exactly with --raw */
const char *size_text(char text[SIZE_TEXT], long long kb);
#define SIZE(kb) size_text((char[SIZE_TEXT]){ 0 }, kb)

/* A table whose columns are as wide as their widest cells. Tabs separate the cells. */
struct table;
/* table_new() - create a table; a heading that starts with '>' aligns its column right */
struct table *table_new(const char *headings);
void table_row(struct table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* table_print() - print a table and free it */
void table_print(struct table *table);

/*
 * A file that is written completely and then replaces an existing one atomically. Symbolic
 * links are followed. Devices and pipes are not replaced but written to.
 */
struct new_file {
	FILE *stream;
	char *path;
	char *temporary;	/* NULL if the path itself is written to */
	struct stat old;	/* provides the owner and the mode */
};

/* new_file_open() - start writing a file; 0 or -errno */
int new_file_open(struct new_file *file, const char *path);
/*
 * new_file_close() - finish a file, and replace the existing one
 * @err: 0; or -errno of a failed write, to discard the file instead
 *
 * Return: 0, @err, or -errno of this function.
 */
int new_file_close(struct new_file *file, int err);
/* save_file() - write a text to a file atomically; 0 or -errno */
int save_file(const char *path, const char *text);

/* clean_text() - replace unprintable characters by '?', in place */
char *clean_text(char *text);

/* --- JSON objects (json.c) --- */

/*
 * parse_words() - convert a line of key=value words to an object
 *
 * Numeric values become numbers, and keys without a unit get one.
 */
struct json_object *parse_words(const char *line);
/* add_value() - add one such key and value; modifies @text */
void add_value(struct json_object *object, const char *word, char *text);
/* number_of(), text_of() - get a value of an object; 0 or "" if it has no such key */
long long number_of(struct json_object *object, const char *key);
const char *text_of(struct json_object *object, const char *key);
void add_number(struct json_object *object, const char *key, long long number);
void add_text(struct json_object *object, const char *key, const char *text);

/* --- the module's files (module.c) --- */

/* module_missing() - return EXIT_DONE, or print an error and return EXIT_NO_MODULE */
int module_missing(void);
/*
 * read_text() - read a small file, without its last newline
 *
 * Return: the text, which the caller frees; NULL and errno on failure.
 */
char *read_text(const char *path);
/* write_text() - write a text and a newline in one write(); 0 or -errno */
int write_text(const char *path, const char *text);
/* read_setting(), write_setting() - read or write a file below SYSFS */
char *read_setting(const char *name);
int write_setting(const char *name, const char *value);
/* read_count() - read a number below SYSFS; -1 on failure */
long long read_count(const char *name);

/* read_table() - read lines of key=value words as an array; NULL and errno on failure */
struct json_object *read_table(const char *path);
/* list_directory() - list a directory below SYSFS, sorted by name; -1 and errno on failure */
int list_directory(const char *name, struct dirent ***entries);
/* read_directory() - read all files of a directory below SYSFS; none if it is missing */
struct json_object *read_directory(const char *name);
/*
 * request() - write a request and read its result
 * @file: "reclaim", "age" or "restore"
 * @text: the request, "PID TYPE ..."
 * @result: set to an object; set to NULL if a concurrent request overwrote the result
 *
 * Return: 0 or -errno.
 */
int request(const char *file, const char *text, struct json_object **result);

/* --- the system's memory and time (system.c) --- */

long long page_kb(void);
/* boot_ms() - time since boot, including suspend: the clock of the module and of /proc */
long long boot_ms(void);
/* meminfo_kb() - read a value of /proc/meminfo; -1 on failure */
long long meminfo_kb(const char *key);
/* read_swaps() - list the swap areas: device, kind (zram, disk, file), size_kb, used_kb */
struct json_object *read_swaps(void);

/* --- processes (process.c) --- */

#define NAME_SIZE 64

struct process {
	int pid;
	unsigned int uid;		/* effective uid */
	unsigned long long start;	/* in clock ticks since boot */
	char name[NAME_SIZE];
	long long rss_kb, anon_kb, file_kb, swap_kb;	/* rss_kb < 0: no memory */
};

/* Criteria for processes. A process must match all that are set. */
struct selection {
	int *pids;
	size_t nr_pids;
	const char *name;		/* a shell pattern */
	const char *user;
	const char *cgroup;
	const char *unit;
	unsigned int uid;		/* of the user */
};

/* process_read() - read a process from /proc; false if it has exited */
bool process_read(struct process *process, int pid);
/* process_start_ms() - start time on the clock of boot_ms() */
long long process_start_ms(const struct process *process);
/* process_is_same() - does the pid still belong to this process? */
bool process_is_same(const struct process *process);
/*
 * select_processes() - find the selected processes, and sort them by size, largest first
 *
 * Kernel threads, zombies and this program are skipped. An explicit pid is never skipped,
 * even if its process has exited, so that the request for it fails visibly.
 *
 * Return: an array of *count, which the caller frees.
 */
struct process *select_processes(struct selection *selection, size_t *count);
/* all_processes() - list every process that has memory, unsorted */
struct process *all_processes(size_t *count);

/* --- requests written by any program (request_history.c) --- */

struct seen_request {
	int pid;
	long long ms;		/* since boot, when this program noticed it */
	bool timed;		/* ms is also the time when it finished */
	char type[16];
	long long freed_kb;
	long long swap_kb;	/* of the process, afterwards */
};

/* requests_recall() - record the last request, whose time is unknown */
void requests_recall(void);
/* requests_watch() - record the requests since the last call, if tracefs is available */
void requests_watch(void);
/* request_seen() - return the last request recorded for a process, or NULL */
const struct seen_request *request_seen(const struct process *process);
/* requests_end() - stop watching */
void requests_end(void);

/* --- progress bar (progress.c) --- */

/* progress_start() - show a bar on stderr if that is a terminal */
void progress_start(long long total_kb);
/* progress_next() - start with the next process; @kb_left returns what remains of its @kb */
void progress_next(const struct process *process, long long kb,
		   long long (*kb_left)(const struct process *now));
void progress_end(void);

#endif
