/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Low memory killer, which reclaims first.
 */
#ifndef PRC_LOWMEM_H
#define PRC_LOWMEM_H

unsigned long prc_lowmem_kills(void);

void prc_lowmem_exit(void);
int prc_lowmem_enable(void);
void prc_lowmem_disable(void);

#endif
