// SPDX-License-Identifier: GPL-2.0
/*
 * A program may be started with standard input, output or error closed.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "standard_files.h"

/*
 * Opened the wrong way round, so that it still is an error to read from or write to a
 * descriptor that was closed: output that is lost has to be reported.
 */
void open_standard_files(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			abort();
}
