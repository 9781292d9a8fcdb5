/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors 0, 1 and 2 of all programs here.
 */
#ifndef STANDARD_FILES_H
#define STANDARD_FILES_H

/*
 * open_standard_files() - open the descriptors 0, 1 and 2 that are closed
 *
 * Call this before any file is opened. Otherwise the next file, for example one of the module,
 * gets the descriptor 2, and error messages are written to it.
 */
void open_standard_files(void);

#endif
