/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PRC_TRIGGER_IDLE_H
#define PRC_TRIGGER_IDLE_H

void prc_trigger_idle_on(unsigned int idle_ms);
void prc_trigger_idle_off(void);

#endif
