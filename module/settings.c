// SPDX-License-Identifier: GPL-2.0
/*
 * The tunables of the module and their lock.
 *
 * 1. A writer holds settings_update_lock, changes a copy, and publishes the copy as a
 *    whole. The change may sleep, because enabling a trigger does.
 * 2. A reader copies the settings under settings_copy_lock. That is a spinlock, because
 *    the shrinker and the probes read in the context of a task that allocates memory,
 *    with any of the kernel's locks held. Readers and writers take no other lock under it
 *    and allocate nothing.
 * 3. The worker, the probes and the shrinker never take settings_update_lock, so that a
 *    writer may wait for them under it.
 */
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "reclaim.h"
#include "settings.h"
#include "shrink.h"

static DEFINE_MUTEX(settings_update_lock);
static DEFINE_SPINLOCK(settings_copy_lock);

static struct prc_settings settings = {
	.batch_pages = PRC_BATCH_PAGES_DEFAULT,
	.threads = PRC_THREADS_DEFAULT,
	.first_app_uid = PRC_FIRST_APP_UID_DEFAULT,
	.pressure = {
		.low_pct = 15,
		.high_pct = 20,
		.min_score_adj = PRC_ADJ_PREVIOUS,
		.pages_per_pass = 1024,
		.min_efficiency_pct = 50,
		.efficiency_window = 2,
	},
	/* The adj trigger starts together with the worker. */
	.triggers.adj = true,
	/* An empty range. */
	.bfgs_adj = { .lo = 1, .hi = 0 },
};

/**
 * prc_settings_init() - set the defaults that the policy defines
 *
 * Context: module load, before the first reader.
 */
void prc_settings_init(void)
{
	settings.policy = prc_policy_default;
}

/**
 * prc_settings_get() - copy the settings
 * @copy: filled in
 *
 * Context: any that is not an interrupt.
 */
void prc_settings_get(struct prc_settings *copy)
{
	spin_lock(&settings_copy_lock);
	*copy = settings;
	spin_unlock(&settings_copy_lock);
}

/**
 * prc_policy_copy() - copy the settings of the policy
 * @copy: filled in
 *
 * Context: any that is not an interrupt.
 */
void prc_policy_copy(struct prc_policy *copy)
{
	spin_lock(&settings_copy_lock);
	*copy = settings.policy;
	spin_unlock(&settings_copy_lock);
}

/**
 * prc_lowmem_copy() - copy the settings of lowmem/
 * @copy: filled in
 *
 * Apart from prc_settings_get(), because the shrinker and the probes of vmscan call this
 * deep in the stack of a task that allocates memory.
 *
 * Context: any that is not an interrupt.
 */
void prc_lowmem_copy(struct prc_lowmem *copy)
{
	spin_lock(&settings_copy_lock);
	*copy = settings.lowmem;
	spin_unlock(&settings_copy_lock);
}

static unsigned int settings_number(const unsigned int *number)
{
	unsigned int copy;

	spin_lock(&settings_copy_lock);
	copy = *number;
	spin_unlock(&settings_copy_lock);
	return copy;
}

/**
 * prc_settings_batch_pages() - get the number of pages isolated at once
 *
 * Context: any that is not an interrupt.
 * Return: pages.
 */
unsigned int prc_settings_batch_pages(void)
{
	return settings_number(&settings.batch_pages);
}

/**
 * prc_settings_threads() - get the number of threads that free the pages of one request
 *
 * Context: any that is not an interrupt.
 * Return: threads.
 */
unsigned int prc_settings_threads(void)
{
	return settings_number(&settings.threads);
}

/**
 * prc_settings_first_app_uid() - get the lowest user id that a sweep leaves alone
 *
 * Context: any that is not an interrupt.
 * Return: a user id.
 */
unsigned int prc_settings_first_app_uid(void)
{
	return settings_number(&settings.first_app_uid);
}

/**
 * prc_settings_update() - change the settings, as a whole or not at all
 * @change: changes the copy that it gets, and returns 0 or a negative errno; may sleep
 * @data: its other argument
 *
 * Context: may sleep; not the worker's thread.
 * Return: what @change returned. On an error the settings stay as they were.
 */
int prc_settings_update(int (*change)(struct prc_settings *settings,
				      const void *data),
			const void *data)
{
	struct prc_settings copy;
	int err;

	mutex_lock(&settings_update_lock);
	copy = settings;
	err = change(&copy, data);
	if (!err) {
		spin_lock(&settings_copy_lock);
		settings = copy;
		spin_unlock(&settings_copy_lock);
	}
	mutex_unlock(&settings_update_lock);
	return err;
}

/**
 * prc_settings_assert_update() - assert that prc_settings_update() is running
 *
 * Context: called by what its @change calls.
 */
void prc_settings_assert_update(void)
{
	lockdep_assert_held(&settings_update_lock);
}
