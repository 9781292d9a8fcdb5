// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target of the settings' text: whatever is written, what is taken is
 * within its limits and survives being printed and read again; what is refused
 * has changed nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/limits.h>

#include "settings_parse.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

#define must(condition)                                                 \
	do {                                                            \
		if (!(condition)) {                                     \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, \
				__LINE__, #condition);                  \
			abort();                                        \
		}                                                       \
	} while (0)

#define MAX_LIST 6

static bool is_untouched(const void *at, size_t size)
{
	const unsigned char *byte = at;

	while (size)
		if (byte[--size] != 0x5a)
			return false;
	return true;
}

/* Of what is taken, besides the one newline at the end. */
static void must_be_of(const char *chars, const char *text, size_t size)
{
	size_t i;

	if (size && text[size - 1] == '\n')
		size--;
	for (i = 0; i < size; i++)
		must(text[i] && strchr(chars, text[i]));
}

static void check_takes(const char *text, size_t size)
{
	enum prc_takes takes;
	const char *name;
	int err;

	memset(&takes, 0x5a, sizeof(takes));
	err = prc_parse_takes(&takes, text, size);
	if (err) {
		must(err == -EINVAL && is_untouched(&takes, sizeof(takes)));
		return;
	}
	must(takes <= PRC_TAKES_ALL);
	name = prc_takes_name(takes);
	must(size == strlen(name) ||
	     (size == strlen(name) + 1 && text[size - 1] == '\n'));
	must(!memcmp(text, name, strlen(name)));
}

static void must_be_range(struct prc_adj_range range)
{
	must(range.lo >= PRC_ADJ_MIN && range.lo <= range.hi &&
	     range.hi <= PRC_ADJ_MAX);
}

static void check_range(const char *text, size_t size)
{
	struct prc_adj_range range, again;
	char printed[32];
	int err, len;

	memset(&range, 0x5a, sizeof(range));
	err = prc_parse_adj_range(&range, text, size);
	if (err) {
		must(err == -EINVAL && is_untouched(&range, sizeof(range)));
		return;
	}
	must_be_of("0123456789-:", text, size);
	if (!size || *text == '\n') {
		must(range.lo == 1 && range.hi == 0);
		return;
	}
	must_be_range(range);
	must(memchr(text, ':', size));
	len = snprintf(printed, sizeof(printed), "%d:%d", range.lo, range.hi);
	must(!prc_parse_adj_range(&again, printed, len));
	must(again.lo == range.lo && again.hi == range.hi);
}

static unsigned int count(const char *text, size_t size, char c)
{
	unsigned int found = 0;

	while (size)
		found += text[--size] == c;
	return found;
}

/* How many items a list must have that is taken. */
static unsigned int items(const char *text, size_t size)
{
	return !size || *text == '\n' ? 0 : count(text, size, ',') + 1;
}

static void check_excludes(const char *text, size_t size)
{
	char printed[PRC_MAX_EXCLUDES * 12], reprinted[sizeof(printed)];
	struct prc_policy set, again;
	unsigned int i;
	int err, len;

	memset(&set, 0x5a, sizeof(set));
	err = prc_parse_excludes(&set, text, size);
	if (err) {
		must(err == -EINVAL && is_untouched(&set, sizeof(set)));
		return;
	}
	must_be_of("0123456789-:,", text, size);
	must(set.nr_excludes <= PRC_MAX_EXCLUDES);
	must(set.nr_excludes == items(text, size));
	must(is_untouched(&set, offsetof(struct prc_policy, excludes)));
	for (i = 0; i < set.nr_excludes; i++)
		must_be_range(set.excludes[i]);

	len = prc_print_excludes(&set, printed, sizeof(printed));
	must(len == (int)strlen(printed));
	must(!prc_parse_excludes(&again, printed, len));
	must(again.nr_excludes == set.nr_excludes);
	must(!memcmp(again.excludes, set.excludes, sizeof(set.excludes)));
	must(prc_print_excludes(&again, reprinted, sizeof(reprinted)) == len);
	must(!strcmp(printed, reprinted));
}

static void check_list(const char *text, size_t size, unsigned int max,
		       int lowest, int highest)
{
	int numbers[MAX_LIST], again[MAX_LIST], nr, i;
	char printed[MAX_LIST * 12 + 1] = "";
	size_t len = 0;

	memset(numbers, 0x5a, sizeof(numbers));
	nr = prc_parse_list(numbers, max, text, size, lowest, highest);
	if (nr < 0) {
		must(nr == -EINVAL && is_untouched(numbers, sizeof(numbers)));
		return;
	}
	must_be_of("0123456789-,", text, size);
	must(nr <= (int)max && nr == (int)items(text, size));
	must(is_untouched(numbers + nr, sizeof(numbers) - nr * sizeof(int)));
	for (i = 0; i < nr; i++) {
		must(numbers[i] >= lowest && numbers[i] <= highest);
		len += snprintf(printed + len, sizeof(printed) - len, "%s%d",
				i ? "," : "", numbers[i]);
	}
	must(len < sizeof(printed));
	must(prc_parse_list(again, max, printed, len, lowest, highest) == nr);
	must(!memcmp(again, numbers, nr * sizeof(int)));
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	const char *text = (const char *)data;

	check_takes(text, size);
	check_range(text, size);
	check_excludes(text, size);
	check_list(text, size, MAX_LIST, PRC_ADJ_MIN, PRC_ADJ_MAX);
	check_list(text, size, MAX_LIST, 0, INT_MAX);
	check_list(text, size, 2, INT_MIN, INT_MAX);
	check_list(text, size, 0, INT_MIN, INT_MAX);
	return 0;
}
