/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PRC_TRIGGER_PRESSURE_H
#define PRC_TRIGGER_PRESSURE_H

int prc_trigger_pressure_on(void);
void prc_trigger_pressure_off(void);

#endif
