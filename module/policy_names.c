// SPDX-License-Identifier: GPL-2.0
/*
 * The names of actions, triggers, page kinds and reasons, as sysfs, debugfs and the
 * tracepoints print them.
 */
#include "policy.h"

/**
 * prc_action_name() - get the name of an action
 * @action: an action, or PRC_ACTION_NOTHING
 *
 * Return: a constant string.
 */
const char *prc_action_name(enum prc_action action)
{
	static const char * const names[] = {
		[PRC_ACTION_SOME] = "some",
		[PRC_ACTION_FULL] = "full",
		[PRC_ACTION_PERSISTENT] = "persistent",
		[PRC_ACTION_BFGS] = "bfgs",
		[PRC_ACTION_PRESSURE] = "pressure",
		[PRC_ACTION_NOTHING] = "nothing",
	};

	return names[action];
}

/**
 * prc_trigger_name() - get the name of a trigger
 * @trigger: a trigger
 *
 * Return: a constant string.
 */
const char *prc_trigger_name(enum prc_trigger trigger)
{
	static const char * const names[] = {
		[PRC_TRIGGER_ADJ] = "adj",
		[PRC_TRIGGER_AWAKE] = "awake",
		[PRC_TRIGGER_PRESSURE] = "pressure",
		[PRC_TRIGGER_IDLE] = "idle",
		[PRC_TRIGGER_LOWMEM] = "lowmem",
	};

	return names[trigger];
}

/**
 * prc_takes_name() - get the name of what an action takes
 * @takes: which pages an action takes
 *
 * Return: a constant string.
 */
const char *prc_takes_name(enum prc_takes takes)
{
	static const char * const names[] = {
		[PRC_TAKES_NONE] = "none",
		[PRC_TAKES_FILE] = "file",
		[PRC_TAKES_ANON] = "anon",
		[PRC_TAKES_ALL] = "all",
	};

	return names[takes];
}

/**
 * prc_reason_name() - get the name of a reason
 * @reason: a reason
 *
 * Return: a constant string.
 */
const char *prc_reason_name(enum prc_reason reason)
{
	static const char * const names[] = {
		[PRC_REASON_RUN] = "run",
		[PRC_REASON_EXEMPT] = "exempt",
		[PRC_REASON_FOREGROUND] = "foreground",
		[PRC_REASON_TIME] = "time",
		[PRC_REASON_NONE] = "none",
		[PRC_REASON_EXCLUDED] = "excluded",
		[PRC_REASON_DEAD] = "dead",
		[PRC_REASON_PROTECTED] = "protected",
		[PRC_REASON_SWAP] = "swap",
		[PRC_REASON_SMALL] = "small",
		[PRC_REASON_UNCHANGED] = "unchanged",
		[PRC_REASON_DEFERRED] = "deferred",
		[PRC_REASON_AGING] = "aging",
		[PRC_REASON_REPLACED] = "replaced",
		[PRC_REASON_DROPPED] = "dropped",
		[PRC_REASON_NOMEM] = "nomem",
		[PRC_REASON_INEFFICIENT] = "inefficient",
	};

	return names[reason];
}
