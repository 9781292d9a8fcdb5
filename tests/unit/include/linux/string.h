/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's linux/string.h on the host: libc's. The host's own file of that
 * name is an empty one.
 */
#ifndef SHIM_STRING_H
#define SHIM_STRING_H

#include <string.h>

#endif
