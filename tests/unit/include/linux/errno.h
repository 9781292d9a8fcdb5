/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's linux/errno.h on the host: libc's. It brings the host's own
 * file of that name along, which is what libc includes.
 */
#ifndef SHIM_ERRNO_H
#define SHIM_ERRNO_H

#include_next <linux/errno.h>

#endif
