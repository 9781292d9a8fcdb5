// SPDX-License-Identifier: GPL-2.0
/*
 * Parse the options of a command and print its --help, both from the same table.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reclaimctl.h"

#define MAX_OPTIONS 32
#define HELP_COLUMN 26		/* first column of the help texts */

static const struct option_row help_row = {
	'h', "help", NULL, "display this help and exit",
};

bool json_wanted, raw_wanted;
char command_path[64];

static void print_row(const struct option_row *row)
{
	char left[64];

	snprintf(left, sizeof(left), "%s%c%s--%s%s%s",
		 row->key < LONG_ONLY ? "-" : " ",
		 row->key < LONG_ONLY ? row->key : ' ',
		 row->key < LONG_ONLY ? ", " : "  ",
		 row->name, row->argument ? "=" : "",
		 row->argument ? row->argument : "");
	printf("  %-*s  %s\n", HELP_COLUMN - 4, left, row->help);
}

void print_help(const struct command *command)
{
	const struct option_row *row;
	const struct command *const *sub;

	printf("Usage: %s %s\n\n%s.\n", command_path, command->arguments,
	       command->summary);
	if (command->description)
		printf("\n%s", command->description);
	if (command->commands)
		printf("\nCommands (each has its own --help):\n");
	for (sub = command->commands; sub && *sub; sub++)
		printf("  %-*s  %s\n", HELP_COLUMN - 4, (*sub)->name, (*sub)->summary);
	printf("\nOptions:\n");
	for (row = command->options; row && row->key; row++)
		print_row(row);
	print_row(&help_row);
}

static void add_option(struct option *option, char *letters,
		       const struct option_row *row)
{
	size_t len = strlen(letters);

	*option = (struct option){
		.name = row->name,
		.has_arg = row->argument ? required_argument : no_argument,
		.val = row->key,
	};
	if (row->key < LONG_ONLY)
		sprintf(letters + len, "%c%s", row->key, row->argument ? ":" : "");
}

/* Report the option that getopt_long() has just rejected by returning @code. */
static void reject_option(int code, char **argv)
{
	const char *word = argv[optind - 1];

	if (strncmp(word, "--", 2))
		usage_error(code == ':' ? "option requires an argument -- '%c'" :
					  "invalid option -- '%c'", optopt);
	if (code == ':')
		usage_error("option '%s' requires an argument", word);
	if (optopt)
		usage_error("option '%.*s' doesn't allow an argument",
			    (int)strcspn(word, "="), word);
	usage_error("unrecognized option '%s'", word);
}

/* An empty argument often is an unset variable of a script, and would match everything. */
static void check_value(const struct option_row *row, int key)
{
	if (!optarg || *optarg)
		return;
	while (row->key != key)
		row++;
	usage_error("option '--%s' requires a non-empty argument", row->name);
}

int next_option(const struct command *command, int argc, char **argv)
{
	struct option longs[MAX_OPTIONS + 2] = { 0 };
	char letters[2 * MAX_OPTIONS + 2] = ":";
	const struct option_row *row;
	int n = 0, key;

	for (row = command->options; row && row->key && n < MAX_OPTIONS; row++)
		add_option(&longs[n++], letters, row);
	add_option(&longs[n], letters, &help_row);
	opterr = 0;
	while ((key = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		switch (key) {
		case OPTION_JSON:
			json_wanted = true;
			break;
		case OPTION_RAW:
			raw_wanted = true;
			break;
		case 'h':
			print_help(command);
			exit(EXIT_DONE);
		case ':':
		case '?':
			reject_option(key, argv);
			break;
		default:
			check_value(command->options, key);
			return key;
		}
	}
	return -1;
}

/* Search all words first, because errors in words before --json must be JSON too. */
void find_json_option(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--json"))
			json_wanted = true;
}

void no_operands(int argc, char **argv)
{
	if (optind < argc)
		usage_error("unexpected argument '%s'", argv[optind]);
}

long long parse_number(const char *what, const char *text, long long lowest,
		       long long highest)
{
	char *end;
	long long number;

	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno || end == text || *end || number < lowest || number > highest)
		usage_error("invalid %s '%s': expected a number from %lld to %lld", what, text,
			    lowest, highest);
	return number;
}
