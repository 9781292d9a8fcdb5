/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Clearing the accessed bits of a target.
 */
#ifndef PRC_AGE_H
#define PRC_AGE_H

struct prc_walk;

int prc_age_batch(struct prc_walk *walk);

#endif
