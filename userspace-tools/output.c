// SPDX-License-Identifier: GPL-2.0
/*
 * Output of all commands: errors, JSON, sizes, tables, colours, files.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

#include "reclaimctl.h"

#define MAX_COLUMNS 16

struct table {
	char **lines;		/* the first has the headings */
	size_t nr_lines;
	size_t widths[MAX_COLUMNS];
	bool numbers[MAX_COLUMNS];
};

static void vfail(enum exit_code code, const char *format, va_list args)
{
	struct json_object *object;
	char *text;

	if (vasprintf(&text, format, args) < 0)
		abort();
	if (json_wanted) {
		object = json_object_new_object();
		json_object_object_add(object, "error", json_object_new_string(text));
		json_object_object_add(object, "exit_code", json_object_new_int(code));
		print_json(object);
	} else {
		fflush(stdout);
		fprintf(stderr, "%s: %s\n", command_path, text);
	}
	free(text);
}

int fail(enum exit_code code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfail(code, format, args);
	va_end(args);
	return code;
}

int fail_file(const char *path, int err)
{
	return fail(err == -EACCES || err == -EPERM ? EXIT_REFUSED : EXIT_FAILED, "%s: %s",
		    path, strerror(-err));
}

void usage_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfail(EXIT_USAGE, format, args);
	va_end(args);
	if (!json_wanted)
		fprintf(stderr, "Try '%s --help' for more information.\n", command_path);
	exit(EXIT_USAGE);
}

void warn(const char *format, ...)
{
	va_list args;

	if (json_wanted)
		return;
	fflush(stdout);
	fprintf(stderr, "%s: ", command_path);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void print_json(struct json_object *object)
{
	int how = JSON_C_TO_STRING_NOSLASHESCAPE;

	how |= isatty(STDOUT_FILENO) ? JSON_C_TO_STRING_PRETTY : JSON_C_TO_STRING_PLAIN;
	puts(json_object_to_json_string_ext(object, how));
	json_object_put(object);
}

bool is_terminal(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term && strcmp(term, "dumb");
}

const char *colour(enum colour colour)
{
	static const char *const sequences[] = {
		[PLAIN] = "\033[0m", [BOLD] = "\033[1m", [GREEN] = "\033[32m",
		[YELLOW] = "\033[33m", [RED] = "\033[31m",
	};
	const char *no_color = getenv("NO_COLOR");

	if (!is_terminal(STDOUT_FILENO) || (no_color && *no_color))
		return "";
	return sequences[colour];
}

const char *size_text(char text[SIZE_TEXT], long long kb)
{
	const char *units = "KMGTPE";
	double size = kb;

	if (raw_wanted || (kb < 1024 && kb > -1024)) {
		snprintf(text, SIZE_TEXT, "%lld%s", kb, raw_wanted || !kb ? "" : "K");
		return text;
	}
	while ((size >= 1023.95 || size <= -1023.95) && units[1]) {
		size /= 1024;
		units++;
	}
	snprintf(text, SIZE_TEXT, "%.1f%c", size, *units);
	return text;
}

/* Return how many columns of a terminal a text occupies. */
static size_t text_width(const char *text, size_t len)
{
	mbstate_t state = { 0 };
	wchar_t letter;
	size_t bytes, width = 0;
	int columns;

	while (len && (bytes = mbrtowc(&letter, text, len, &state)) - 1 < len) {
		columns = wcwidth(letter);
		width += columns > 0 ? columns : 0;
		text += bytes;
		len -= bytes;
	}
	return width;
}

/* Iterate over the cells of a line. */
#define for_each_cell(cell, len, column, line)					\
	for ((cell) = (line), (column) = 0;					\
	     (cell) && ((len) = strcspn(cell, "\t"), (column) < MAX_COLUMNS);	\
	     (cell) = (cell)[len] ? (cell) + (len) + 1 : NULL, (column)++)

/* Add a line, which the table frees later. */
static void add_line(struct table *table, char *line)
{
	size_t len, width, column;
	char *cell;

	table->lines = reallocarray(table->lines, table->nr_lines + 1,
				    sizeof(*table->lines));
	if (!table->lines)
		abort();
	table->lines[table->nr_lines++] = line;
	for_each_cell(cell, len, column, line) {
		width = text_width(cell, len);
		if (width > table->widths[column])
			table->widths[column] = width;
	}
}

struct table *table_new(const char *headings)
{
	struct table *table = calloc(1, sizeof(*table));
	char *line = strdup(headings), *from = line, *to = line;
	size_t column = 0;

	if (!table || !line)
		abort();
	for (; *from; from++) {
		if (*from == '>')
			table->numbers[column] = true;
		else
			*to++ = *from;
		column += *from == '\t';
	}
	*to = '\0';
	add_line(table, line);
	return table;
}

void table_row(struct table *table, const char *format, ...)
{
	va_list args;
	char *line;

	va_start(args, format);
	if (vasprintf(&line, format, args) < 0)
		abort();
	va_end(args);
	add_line(table, line);
}

static void print_line(const struct table *table, const char *line)
{
	const char *cell;
	size_t len, column;
	int blanks;

	for_each_cell(cell, len, column, line) {
		blanks = table->widths[column] - text_width(cell, len);
		if (table->numbers[column])
			printf("%*s", blanks, "");
		fwrite(cell, 1, len, stdout);
		if (!cell[len])
			break;
		printf("%*s", table->numbers[column] ? 2 : blanks + 2, "");
	}
	putchar('\n');
}

void table_print(struct table *table)
{
	size_t i;

	printf("%s", colour(BOLD));
	print_line(table, table->lines[0]);
	printf("%s", colour(PLAIN));
	for (i = 0; i < table->nr_lines; i++) {
		if (i)
			print_line(table, table->lines[i]);
		free(table->lines[i]);
	}
	free(table->lines);
	free(table);
}

/* These characters reorder the text around them, so a name could look like another. */
static bool is_bidi_control(wchar_t letter)
{
	return letter == 0x061c || letter == 0x200e || letter == 0x200f ||
	       (letter >= 0x202a && letter <= 0x202e) ||
	       (letter >= 0x2066 && letter <= 0x2069);
}

char *clean_text(char *text)
{
	size_t left = strlen(text), len;
	char *from = text, *to = text;
	mbstate_t state = { 0 };
	wchar_t letter;

	for (; left; from += len, left -= len) {
		len = mbrtowc(&letter, from, left, &state);
		/* Invalid in this locale: replace a single byte. */
		if (len > left) {
			state = (mbstate_t){ 0 };
			len = 1;
			*to++ = '?';
		} else if (!iswprint(letter) || is_bidi_control(letter)) {
			*to++ = '?';
		} else {
			memmove(to, from, len);
			to += len;
		}
	}
	*to = '\0';
	return text;
}

/* Resolve symbolic links. A path without a file is returned as it is, a dangling link fails. */
static char *real_path(const char *path)
{
	char *real = realpath(path, NULL);
	struct stat there;

	if (real || errno != ENOENT)
		return real;
	/* /dev/stdout has no real path if it is a pipe, but can be opened. */
	if (stat(path, &there) ? lstat(path, &there) : !S_ISREG(there.st_mode))
		real = strdup(path);
	return real;
}

/* Create the temporary file in the same directory, because rename() needs that. */
static int open_beside(struct new_file *file)
{
	if (asprintf(&file->temporary, "%s.XXXXXX", file->path) < 0)
		abort();
	return mkostemp(file->temporary, O_CLOEXEC);
}

int new_file_open(struct new_file *file, const char *path)
{
	mode_t mask = umask(0);
	int fd = -1, err;

	umask(mask);
	*file = (struct new_file){ .path = real_path(path) };
	if (file->path && stat(file->path, &file->old))
		file->old = (struct stat){
			.st_mode = S_IFREG | (0666 & ~mask),
			.st_uid = -1,	/* leave it unchanged */
			.st_gid = -1,
		};
	if (file->path)
		fd = S_ISREG(file->old.st_mode) ? open_beside(file) :
		     open(file->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0)
		file->stream = fdopen(fd, "w");
	if (file->stream)
		return 0;
	err = -errno;
	free(file->path);
	free(file->temporary);
	return err;
}

/*
 * A reader that has the old file open sees all of it. After a crash the path has either the
 * old or the new contents, because fsync() precedes rename().
 */
static int replace_old(struct new_file *file)
{
	int fd = fileno(file->stream);

	if (fchown(fd, file->old.st_uid, file->old.st_gid) ||
	    fchmod(fd, file->old.st_mode & 07777) || fsync(fd) ||
	    rename(file->temporary, file->path))
		return -errno;
	return 0;
}

int new_file_close(struct new_file *file, int err)
{
	if (!err && fflush(file->stream))
		err = -errno;
	if (!err && file->temporary)
		err = replace_old(file);
	fclose(file->stream);
	if (err && file->temporary)
		unlink(file->temporary);
	free(file->temporary);
	free(file->path);
	return err;
}

int save_file(const char *path, const char *text)
{
	struct new_file file;
	int err = new_file_open(&file, path);

	if (err)
		return err;
	return new_file_close(&file, fputs(text, file.stream) < 0 ? -errno : 0);
}
