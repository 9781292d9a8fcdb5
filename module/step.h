/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One running request, and one step of it.
 */
#ifndef PRC_STEP_H
#define PRC_STEP_H

#include <linux/types.h>

#include "isolate.h"
#include "request.h"
#include "result.h"
#include "shrink.h"

struct prc_reclaim_control;
struct prc_target;

/**
 * struct prc_step_op - one operation
 * @isolates: a step needs a batch
 * @allocates: a step allocates memory, so it must not run near the min watermark
 * @prepare: called before each step; returns why it must not run, or PRC_STOP_DONE
 * @step: runs one step; returns what prc_walk_batch() does
 * @finish: called after the last step on a target
 */
struct prc_step_op {
	bool isolates;
	bool allocates;
	enum prc_stop (*prepare)(struct prc_reclaim_control *rc);
	int (*step)(struct prc_reclaim_control *rc);
	void (*finish)(struct prc_reclaim_control *rc);
};

/**
 * struct prc_reclaim_control - one running request
 * @req: request
 * @op: row of the request's operation
 * @result: result, which grows with each step
 * @batch_pages: pages isolated at once
 * @left: pages until max= is reached
 * @deadline_ns: when ms= expires; U64_MAX without it
 * @lock_patience_us: how long one target's mmap lock may stay taken
 * @only_writable_files: reclaim only files that the current credentials own or may write
 * @may_exceed_limit: the last folio may exceed @left
 * @is_protected: memory.min protects the target
 * @is_low_protected: memory.low protects it too
 * @cause: why the request runs, for the tracepoints
 * @stop_reason: called before each step; may be NULL
 * @data: argument of @stop_reason
 * @ic: isolate control of the current target; its cursor serves every operation
 * @start: address at which the walk of the current target began
 * @counts_before: counts of @result before the current target
 * @swap_stop: why the current target's anonymous pages cannot be reclaimed (any more)
 * @sc: shrink control
 */
struct prc_reclaim_control {
	const struct prc_request *req;
	const struct prc_step_op *op;
	struct prc_result *result;

	unsigned long batch_pages;
	unsigned long left;
	u64 deadline_ns;

	unsigned int lock_patience_us;
	bool only_writable_files;
	bool may_exceed_limit;
	bool is_protected;
	bool is_low_protected;
	const struct prc_cause *cause;
	enum prc_stop (*stop_reason)(void *data);
	void *data;

	struct prc_isolate_control ic;
	unsigned long start;
	struct prc_counts counts_before;
	enum prc_stop swap_stop;

	struct prc_shrink_control sc;
};

extern const struct prc_step_op prc_step_ops[PRC_NR_OPS];

enum prc_stop prc_request_stop_reason(const struct prc_reclaim_control *rc);
enum prc_stop prc_step(struct prc_reclaim_control *rc,
		       const struct prc_target *target);
void prc_step_stop_all(void);

#endif
