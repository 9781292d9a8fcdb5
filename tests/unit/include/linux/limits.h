/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's linux/limits.h, as far as the pure files need it on the host.
 * The host's own file of that name comes along: libc's limits.h wants it.
 */
#ifndef SHIM_LIMITS_H
#define SHIM_LIMITS_H

#include_next <linux/limits.h>
#include <limits.h>

#define U8_MAX ((unsigned char)~0U)
#define U16_MAX ((unsigned short)~0U)
#define U32_MAX (~0U)
#define S32_MAX INT_MAX
#define S32_MIN INT_MIN
#define U64_MAX (~0ULL)
#define S64_MAX LLONG_MAX
#define S64_MIN LLONG_MIN

#endif
