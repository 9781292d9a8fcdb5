// SPDX-License-Identifier: GPL-2.0
/*
 * The system's memory and swap, and its clock.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "reclaimctl.h"

long long page_kb(void)
{
	return sysconf(_SC_PAGESIZE) / 1024;
}

long long boot_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

long long meminfo_kb(const char *key)
{
	char *text = read_text("/proc/meminfo"), *line, *rest;
	size_t len = strlen(key);
	long long kb = -1;

	for (line = text ? strtok_r(text, "\n", &rest) : NULL; line && kb < 0;
	     line = strtok_r(NULL, "\n", &rest))
		if (!strncmp(line, key, len) && line[len] == ':')
			kb = atoll(line + len + 1);
	free(text);
	return kb;
}

static const char *kind_of(const char *device, const char *type)
{
	if (!strncmp(device, "/dev/zram", 9))
		return "zram";
	return strcmp(type, "file") ? "disk" : "file";
}

struct json_object *read_swaps(void)
{
	struct json_object *swaps = json_object_new_array(), *swap;
	char *text = read_text("/proc/swaps"), *line, *rest, device[256], type[32];
	long long size_kb, used_kb;

	/* The first line has headings instead of numbers. */
	for (line = text ? strtok_r(text, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (sscanf(line, "%255s %31s %lld %lld", device, type, &size_kb,
			   &used_kb) != 4)
			continue;
		swap = json_object_new_object();
		add_text(swap, "device", device);
		add_text(swap, "kind", kind_of(device, type));
		add_number(swap, "size_kb", size_kb);
		add_number(swap, "used_kb", used_kb);
		json_object_array_add(swaps, swap);
	}
	free(text);
	return swaps;
}
