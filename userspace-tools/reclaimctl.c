// SPDX-License-Identifier: GPL-2.0
/*
 * reclaimctl: reclaim memory of processes with proc_reclaim, and observe it. This file finds
 * and runs the command.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reclaimctl.h"
#include "standard_files.h"

static const struct option_row options[] = {
	{ 'V', "version", NULL, "display the version and exit" },
	{ 0 }
};

static const struct command *const commands[] = {
	&run_command,
	&age_command,
	&restore_command,
	&top_command,
	&status_command,
	&doctor_command,
	&policy_command,
	&metrics_command,
	&trace_command,
	NULL
};

static const struct command program = {
	.name = "reclaimctl",
	.arguments = "COMMAND [OPTION...]",
	.summary = "Reclaim memory of processes with proc_reclaim, and observe it",
	.description =
"Exit codes:\n"
"  0  done\n"
"  1  no process matched, or there was nothing to do\n"
"  2  invalid command line\n"
"  3  the module is not loaded\n"
"  4  not permitted\n"
"  5  complete or partial failure\n",
	.options = options,
	.commands = commands,
};

/* Run a group of commands without a command. */
static int run_bare(const struct command *group, int argc, char **argv)
{
	while (next_option(group, argc, argv) == 'V') {
		puts("reclaimctl " VERSION);
		return EXIT_DONE;
	}
	usage_error("missing command");
}

static int dispatch(const struct command *command, int argc, char **argv)
{
	const struct command *const *sub = command->commands;
	size_t len = strlen(command_path);

	snprintf(command_path + len, sizeof(command_path) - len, "%s%s",
		 len ? " " : "", command->name);
	if (!sub)
		return command->run(command, argc, argv);
	if (argc < 2 || argv[1][0] == '-')
		return run_bare(command, argc, argv);
	for (; *sub; sub++)
		if (!strcmp((*sub)->name, argv[1]))
			return dispatch(*sub, argc - 1, argv + 1);
	usage_error("unrecognized command '%s'", argv[1]);
}

/* Check for lost output at every exit, because it is a failure. */
static void check_output(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return;
	fprintf(stderr, "%s: write error on standard output\n", command_path);
	_exit(EXIT_FAILED);
}

int main(int argc, char **argv)
{
	open_standard_files();
	atexit(check_output);
	setlocale(LC_CTYPE, "");
	find_json_option(argc, argv);
	return dispatch(&program, argc, argv);
}
