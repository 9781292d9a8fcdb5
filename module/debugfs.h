/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files in /sys/kernel/debug/proc_reclaim; sysfs-ABI.md describes them.
 */
#ifndef PRC_DEBUGFS_H
#define PRC_DEBUGFS_H

void prc_debugfs_init(void);
void prc_debugfs_exit(void);

#endif
