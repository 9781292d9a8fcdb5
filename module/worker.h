/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The thread that reclaims by itself.
 */
#ifndef PRC_WORKER_H
#define PRC_WORKER_H

#include <linux/llist.h>
#include <linux/types.h>

#include "decisions.h"
#include "policy.h"

struct task_struct;

/**
 * struct prc_callback - work other than a queued action
 * @run: the work, in the worker's thread
 * @why: a word for it, for the tracepoint
 * @asked: private
 * @node: private
 */
struct prc_callback {
	void (*run)(void);
	const char *why;
	atomic_t asked;
	struct llist_node node;
};

int prc_worker_init(void);
void prc_worker_exit(void);
void prc_worker_enable(bool enable);
bool prc_worker_enabled(void);
bool prc_worker_set_awake(bool is_awake);
bool prc_worker_awake(void);
struct prc_adj_range prc_worker_bfgs(void);
const char *prc_worker_state(void);

struct prc_work prc_work_for(enum prc_action action,
			     enum prc_trigger trigger);

void prc_worker_queue(struct task_struct *task, int before, int adj,
		      const struct prc_work *work);
void prc_worker_kick(struct prc_callback *callback);
bool prc_worker_is_current(void);

bool prc_worker_act(struct task_struct *task, const struct prc_work *work,
		    bool (*goal_met)(void),
		    struct prc_decision_record *record);
bool prc_worker_must_pause(void);

#endif
