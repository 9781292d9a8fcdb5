/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PRC_TRIGGER_PRESSURE_H
#define PRC_TRIGGER_PRESSURE_H

#include <linux/types.h>

#include "policy.h"

/**
 * struct prc_pressure - the settings of pressure/
 * @low_pct: begin with less available memory than that
 * @high_pct: end with that much
 * @min_score_adj: take from processes with that adj and more
 * @pages_per_pass: take so many pages, from all together
 * @min_efficiency_pct: that part of the pages looked at is to be freed; 0: any
 * @efficiency_window: after so many passes under it stand back for as many wakes
 */
struct prc_pressure {
	unsigned int low_pct;
	unsigned int high_pct;
	unsigned int min_score_adj;
	unsigned int pages_per_pass;
	unsigned int min_efficiency_pct;
	unsigned int efficiency_window;
};

/* Changed and copied under prc_policy_lock. */
extern struct prc_pressure prc_pressure;

int prc_trigger_pressure_on(void);
void prc_trigger_pressure_off(void);

#endif
