// SPDX-License-Identifier: GPL-2.0
/*
 * Open standard input, output and error if the program was started without them.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "standard_files.h"

/*
 * Open them in the opposite direction, so that reading and writing still fails: the program must
 * report lost output.
 */
void open_standard_files(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			abort();
}
