/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Parses and prints the settings that are more than one number. A text is accepted or
 * refused as a whole. Pure, like the policy that the settings are for.
 */
#ifndef PRC_SETTINGS_PARSE_H
#define PRC_SETTINGS_PARSE_H

#include <linux/types.h>

#include "policy.h"

int prc_parse_takes(enum prc_takes *takes, const char *text, size_t len);
int prc_parse_adj_range(struct prc_adj_range *range, const char *text,
			size_t len);
int prc_parse_excludes(struct prc_policy *cfg, const char *text, size_t len);
int prc_parse_list(int *numbers, unsigned int max, const char *text, size_t len,
		   int lowest, int highest);
int prc_print_excludes(const struct prc_policy *cfg, char *buf, size_t size);

#endif
