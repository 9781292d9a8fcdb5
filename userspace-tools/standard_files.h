/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The descriptors 0, 1 and 2, for every program here.
 */
#ifndef STANDARD_FILES_H
#define STANDARD_FILES_H

/*
 * open_standard_files() - open those of the descriptors 0, 1 and 2 that are closed
 *
 * Otherwise the next file that the program opens, for example one of the module's, gets the
 * number, and an error message is written to it. To be called before any file is opened.
 */
void open_standard_files(void);

#endif
