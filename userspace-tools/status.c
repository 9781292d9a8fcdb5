// SPDX-License-Identifier: GPL-2.0
/*
 * reclaimctl status: what the module is doing, and what it has done since load.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reclaimctl.h"

static const struct option_row options[] = {
	JSON_ROW,
	RAW_ROW,
	{ 0 }
};

static int run(const struct command *command, int argc, char **argv)
{
	while (next_option(command, argc, argv) != -1)
		;
	no_more_words(argc, argv);
	return module_missing();
}

const struct command status_command = {
	.name = "status",
	.arguments = "[OPTION...]",
	.summary = "Show what the module is doing, and its totals since load",
	.options = options,
	.run = run,
};
