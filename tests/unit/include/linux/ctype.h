/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's linux/ctype.h, as far as the pure files need it on the host.
 * Not libc's: the kernel has no locale, takes any char, also a negative one,
 * knows the letters of Latin-1, and gives back an unsigned char.
 */
#ifndef SHIM_CTYPE_H
#define SHIM_CTYPE_H

static inline unsigned char shim_tolower(unsigned char c)
{
	if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7))
		c += 'a' - 'A';
	return c;
}

/* By another name: the compilers have a builtin of this one, of another type. */
#define tolower(c) shim_tolower(c)

#endif
