/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control plane in /sys/kernel/proc_reclaim; sysfs-ABI.md describes it.
 */
#ifndef PRC_SYSFS_H
#define PRC_SYSFS_H

int prc_sysfs_init(void);
void prc_sysfs_exit(void);

#endif
