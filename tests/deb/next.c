// SPDX-License-Identifier: GPL-2.0
/*
 * The module of a later version: it can be told from the first one, and is built in a
 * moment. What is tested with it is what dpkg and dkms do, not the module.
 */
#include <linux/module.h>

MODULE_DESCRIPTION("Stands in for the next version of proc_reclaim");
MODULE_VERSION("99.1");
MODULE_LICENSE("GPL");
