/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PRC_TRIGGER_ADJ_H
#define PRC_TRIGGER_ADJ_H

int prc_trigger_adj_on(void);
void prc_trigger_adj_off(void);

#endif
