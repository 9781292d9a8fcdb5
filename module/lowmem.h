/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PRC_LOWMEM_H
#define PRC_LOWMEM_H

unsigned long prc_lowmem_kills(void);

void prc_lowmem_exit(void);
int prc_lowmem_on(void);
void prc_lowmem_off(void);

#endif
