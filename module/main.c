// SPDX-License-Identifier: GPL-2.0
/*
 * Loads and unloads the parts of the module in order, and does nothing else.
 */
#include <linux/module.h>

#include "debugfs.h"
#include "kernel_api.h"
#include "lowmem.h"
#include "process.h"
#include "reclaim.h"
#include "settings.h"
#include "shrink.h"
#include "sysfs.h"
#include "trigger_awake.h"
#include "triggers.h"
#include "worker.h"

static bool allow_unverified;
module_param(allow_unverified, bool, 0400);
MODULE_PARM_DESC(allow_unverified,
		 "Load although the kernel has no BTF to prove the prototypes of its private functions with (default: 0)");

/*
 * Disable the triggers first, because they wake the worker, and the worker next, because
 * it adds entries for processes. No file is left that could enable them again.
 */
static void main_stop_worker(void)
{
	prc_triggers_disable();
	prc_worker_exit();
	prc_trigger_awake_exit();
	prc_lowmem_exit();
}

/*
 * Bind first, because a file may only exist when all that it can call is there. The
 * worker may be enabled as soon as its file exists, though a later file fails.
 */
static int __init prc_init(void)
{
	int err;

	err = prc_kernel_api_bind(allow_unverified);
	if (err)
		return err;
	prc_settings_init();
	err = prc_shrink_init();
	if (err)
		return err;
	err = prc_process_init();
	if (err)
		goto no_process;
	prc_trigger_awake_init();
	err = prc_worker_init();
	if (err)
		goto no_worker;
	err = prc_sysfs_init();
	if (err)
		goto no_sysfs;
	prc_debugfs_init();
	return 0;

no_sysfs:
	prc_reclaim_stop();
	main_stop_worker();
no_worker:
	prc_process_exit();
no_process:
	prc_shrink_exit();
	return err;
}

/* Stop requests first, because the removal of a file waits for them. */
static void __exit prc_exit(void)
{
	prc_reclaim_stop();
	prc_sysfs_exit();
	prc_debugfs_exit();
	main_stop_worker();
	prc_process_exit();
	prc_shrink_exit();
}

module_init(prc_init);
module_exit(prc_exit);

MODULE_DESCRIPTION("Per-process memory reclaim");
MODULE_AUTHOR("The proc_reclaim developers");
MODULE_LICENSE("GPL");
