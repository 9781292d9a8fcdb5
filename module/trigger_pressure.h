/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reclaims from processes when memory gets short.
 */
#ifndef PRC_TRIGGER_PRESSURE_H
#define PRC_TRIGGER_PRESSURE_H

int prc_trigger_pressure_enable(void);
void prc_trigger_pressure_disable(void);

#endif
