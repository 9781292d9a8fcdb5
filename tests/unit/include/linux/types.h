/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's linux/types.h, as far as the pure files need it on the host.
 * The host's own file of that name comes along: libc's headers want it.
 */
#ifndef SHIM_TYPES_H
#define SHIM_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Spelled as the kernel spells them, so that printf formats agree. */
typedef unsigned char u8;
typedef signed char s8;
typedef unsigned short u16;
typedef signed short s16;
typedef unsigned int u32;
typedef signed int s32;
typedef unsigned long long u64;
typedef signed long long s64;

#endif
