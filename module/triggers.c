// SPDX-License-Identifier: GPL-2.0
/*
 * Enables and disables the worker and its triggers as one transaction.
 */
#include <linux/kernel.h>

#include "lowmem.h"
#include "process.h"
#include "settings.h"
#include "trigger_adj.h"
#include "trigger_awake.h"
#include "trigger_idle.h"
#include "trigger_pressure.h"
#include "triggers.h"
#include "worker.h"

/*
 * What is enabled now. Protected by prc_settings_update(), under which probes are
 * attached and detached.
 */
static struct prc_triggers triggers_active;

/* Enable or disable one of them; @is_active follows unless enabling fails. */
static int triggers_apply_one(bool wanted, bool *is_active, int (*enable)(void),
			      void (*disable)(void))
{
	int err = 0;

	if (wanted == *is_active)
		return 0;
	if (wanted)
		err = enable();
	else
		disable();
	if (!err)
		*is_active = wanted;
	return err;
}

static int triggers_enable_worker(void)
{
	int err = prc_process_start_tracking();

	if (err)
		return err;
	prc_worker_enable(true);
	prc_trigger_awake_on();
	return 0;
}

static void triggers_disable_worker(void)
{
	prc_worker_enable(false);
	prc_process_stop_tracking();
}

static void triggers_apply_idle(unsigned int idle_ms)
{
	if (idle_ms == triggers_active.idle_ms)
		return;
	if (triggers_active.idle_ms)
		prc_trigger_idle_disable();
	if (idle_ms)
		prc_trigger_idle_enable(idle_ms);
	triggers_active.idle_ms = idle_ms;
}

static int triggers_apply_all(const struct prc_triggers *wanted)
{
	int err;

	triggers_apply_idle(wanted->idle_ms);
	err = triggers_apply_one(wanted->adj, &triggers_active.adj,
				 prc_trigger_adj_enable,
				 prc_trigger_adj_disable);
	if (!err)
		err = triggers_apply_one(wanted->pressure, &triggers_active.pressure,
					 prc_trigger_pressure_enable,
					 prc_trigger_pressure_disable);
	if (!err)
		err = triggers_apply_one(wanted->lowmem, &triggers_active.lowmem,
					 prc_lowmem_enable, prc_lowmem_disable);
	return err;
}

/* Enable the worker first and disable it last, because the triggers queue work to it. */
static int triggers_apply_worker(const struct prc_triggers *wanted)
{
	static const struct prc_triggers none = { 0 };
	int err = 0;

	if (wanted->worker)
		err = triggers_apply_one(true, &triggers_active.worker,
					 triggers_enable_worker,
					 triggers_disable_worker);
	if (!err)
		err = triggers_apply_all(wanted->worker ? wanted : &none);
	if (!wanted->worker)
		triggers_apply_one(false, &triggers_active.worker,
				   triggers_enable_worker,
				   triggers_disable_worker);
	return err;
}

/**
 * prc_triggers_apply() - enable and disable what a change of the settings wants
 * @wanted: the triggers that the user wants enabled
 *
 * Context: may sleep; called by a change in prc_settings_update().
 * Return: 0, or a negative errno, and then the same triggers are active as before.
 */
int prc_triggers_apply(const struct prc_triggers *wanted)
{
	struct prc_triggers before = triggers_active;
	int err;

	might_sleep();
	prc_settings_assert_update();
	err = triggers_apply_worker(wanted);
	if (err)
		triggers_apply_worker(&before);
	return err;
}

static int triggers_want_none(struct prc_settings *settings, const void *unused)
{
	settings->triggers = (struct prc_triggers) { 0 };
	return prc_triggers_apply(&settings->triggers);
}

/**
 * prc_triggers_disable() - disable the worker and all triggers
 *
 * Context: module unload, when no file can enable them any more.
 */
void prc_triggers_disable(void)
{
	prc_settings_update(triggers_want_none, NULL);
}
