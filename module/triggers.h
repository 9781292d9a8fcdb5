/* SPDX-License-Identifier: GPL-2.0 */
#ifndef PRC_TRIGGERS_H
#define PRC_TRIGGERS_H

#include <linux/types.h>

/**
 * struct prc_triggers - what is switched on
 * @worker: the worker; without it nothing else is on
 * @adj: listen for writes to oom_score_adj
 * @pressure: listen for memory pressure
 * @lowmem: watch the levels of lowmem/
 * @idle_ms: look for idle processes so often; 0: never
 */
struct prc_triggers {
	bool worker;
	bool adj;
	bool pressure;
	bool lowmem;
	unsigned int idle_ms;
};

struct prc_triggers prc_triggers_get(void);
int prc_triggers_set(const struct prc_triggers *wanted);

#endif
