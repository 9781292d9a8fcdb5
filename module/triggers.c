// SPDX-License-Identifier: GPL-2.0
/*
 * Switching the worker and its triggers on and off.
 */
#include <linux/mutex.h>

#include "lowmem.h"
#include "process.h"
#include "trigger_adj.h"
#include "trigger_awake.h"
#include "trigger_idle.h"
#include "trigger_pressure.h"
#include "triggers.h"
#include "worker.h"

/*
 * Protects @set and what is on. Held while probes are attached and detached, which
 * sleeps; the worker and the probes never want it.
 */
static DEFINE_MUTEX(lock);

/* What was asked for. Two are on as soon as the worker is. */
static struct prc_triggers set = { .adj = true };

/* What is on. */
static struct prc_triggers on;

/**
 * prc_triggers_get() - what was asked for
 *
 * Context: may sleep.
 * Return: the settings.
 */
struct prc_triggers prc_triggers_get(void)
{
	struct prc_triggers copy;

	mutex_lock(&lock);
	copy = set;
	mutex_unlock(&lock);
	return copy;
}

/* Switch one to @wanted, and note in @is_on what it is now. */
static int switch_to(bool wanted, bool *is_on, int (*turn_on)(void),
		     void (*turn_off)(void))
{
	int err = 0;

	if (wanted == *is_on)
		return 0;
	if (wanted)
		err = turn_on();
	else
		turn_off();
	if (!err)
		*is_on = wanted;
	return err;
}

static int worker_on(void)
{
	int err = prc_process_start_tracking();

	if (err)
		return err;
	prc_worker_enable(true);
	prc_trigger_awake_on();
	return 0;
}

static void worker_off(void)
{
	prc_worker_enable(false);
	prc_process_stop_tracking();
}

static void switch_idle(unsigned int idle_ms)
{
	if (idle_ms == on.idle_ms)
		return;
	if (on.idle_ms)
		prc_trigger_idle_off();
	if (idle_ms)
		prc_trigger_idle_on(idle_ms);
	on.idle_ms = idle_ms;
}

static int switch_triggers(const struct prc_triggers *to)
{
	int err;

	switch_idle(to->idle_ms);
	err = switch_to(to->adj, &on.adj, prc_trigger_adj_on,
			prc_trigger_adj_off);
	if (!err)
		err = switch_to(to->pressure, &on.pressure,
				prc_trigger_pressure_on,
				prc_trigger_pressure_off);
	if (!err)
		err = switch_to(to->lowmem, &on.lowmem, prc_lowmem_on,
				prc_lowmem_off);
	return err;
}

/* The worker first on and last off: a trigger has always somebody to call. */
static int apply(const struct prc_triggers *wanted)
{
	static const struct prc_triggers none = { 0 };
	int err = 0;

	if (wanted->worker)
		err = switch_to(true, &on.worker, worker_on, worker_off);
	if (!err)
		err = switch_triggers(wanted->worker ? wanted : &none);
	if (!wanted->worker)
		switch_to(false, &on.worker, worker_on, worker_off);
	return err;
}

/**
 * prc_triggers_set() - switch on and off
 * @wanted: what is to be on
 *
 * Context: may sleep.
 * Return: 0, or a negative errno, and then everything is as it was.
 */
int prc_triggers_set(const struct prc_triggers *wanted)
{
	int err;

	mutex_lock(&lock);
	err = apply(wanted);
	if (err)
		apply(&set);
	else
		set = *wanted;
	mutex_unlock(&lock);
	return err;
}
