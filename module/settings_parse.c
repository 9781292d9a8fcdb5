// SPDX-License-Identifier: GPL-2.0
/*
 * The text of settings that are more than one number:
 *
 *	takes      none | file | anon | all
 *	adj range  LO:HI, or nothing
 *	excludes   N or LO:HI, separated by commas, or nothing
 *	list       N, separated by commas, or nothing
 *
 * Numbers are decimal, with a - before them or not. There are no blanks; one
 * newline may end the text.
 */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/types.h>

#include "settings_parse.h"

/* What is left of the text. */
struct cursor {
	const char *at;
	const char *end;
};

/* What is left of the buffer. */
struct output {
	char *at;
	char *end;
};

/* The text without its newline. */
static struct cursor cursor_of(const char *text, size_t len)
{
	if (len && text[len - 1] == '\n')
		len--;
	return (struct cursor){ .at = text, .end = text + len };
}

static bool is_at_end(const struct cursor *cur)
{
	return cur->at == cur->end;
}

static bool take_char(struct cursor *cur, char c)
{
	if (is_at_end(cur) || *cur->at != c)
		return false;
	cur->at++;
	return true;
}

static bool take_digit(struct cursor *cur, int *digit)
{
	if (is_at_end(cur) || *cur->at < '0' || *cur->at > '9')
		return false;
	*digit = *cur->at++ - '0';
	return true;
}

/* A number from @lowest to @highest off the front of the text. */
static bool take_number(struct cursor *cur, int lowest, int highest,
			int *number)
{
	bool is_negative = take_char(cur, '-');
	s64 value = 0;
	int digit;

	if (!take_digit(cur, &digit))
		return false;
	do {
		value = value * 10 + digit;
		/* No int is as large. */
		if (value > U32_MAX)
			return false;
	} while (take_digit(cur, &digit));
	if (is_negative)
		value = -value;
	*number = value;
	return value >= lowest && value <= highest;
}

/* LO:HI; where @one_will_do also N, for N:N. */
static bool take_range(struct cursor *cur, bool one_will_do,
		       struct prc_adj_range *range)
{
	int lo, hi;

	if (!take_number(cur, PRC_ADJ_MIN, PRC_ADJ_MAX, &lo))
		return false;
	hi = lo;
	if (take_char(cur, ':')) {
		if (!take_number(cur, PRC_ADJ_MIN, PRC_ADJ_MAX, &hi))
			return false;
	} else if (!one_will_do) {
		return false;
	}
	range->lo = lo;
	range->hi = hi;
	return lo <= hi;
}

/**
 * prc_parse_takes() - read what an action takes
 * @takes: filled in
 * @text: what was written; need not be terminated
 * @len: bytes in @text
 *
 * Context: any.
 * Return: 0, or -EINVAL with @takes unchanged.
 */
int prc_parse_takes(enum prc_takes *takes, const char *text, size_t len)
{
	struct cursor cur = cursor_of(text, len);
	enum prc_takes which;

	len = cur.end - cur.at;
	for (which = PRC_TAKES_NONE; which <= PRC_TAKES_ALL; which++) {
		const char *name = prc_takes_name(which);

		if (len == strlen(name) && !memcmp(text, name, len)) {
			*takes = which;
			return 0;
		}
	}
	return -EINVAL;
}

/**
 * prc_parse_adj_range() - read a range of adj
 * @range: filled in; with an empty text an empty range, 1 to 0
 * @text: what was written; need not be terminated
 * @len: bytes in @text
 *
 * Context: any.
 * Return: 0, or -EINVAL with @range unchanged.
 */
int prc_parse_adj_range(struct prc_adj_range *range, const char *text,
			size_t len)
{
	struct cursor cur = cursor_of(text, len);
	struct prc_adj_range got = { .lo = 1, .hi = 0 };

	if (!is_at_end(&cur) &&
	    (!take_range(&cur, false, &got) || !is_at_end(&cur)))
		return -EINVAL;
	*range = got;
	return 0;
}

/**
 * prc_parse_excludes() - read the ranges of adj that no action touches
 * @set: of this the excludes are filled in
 * @text: what was written; need not be terminated
 * @len: bytes in @text
 *
 * Context: any.
 * Return: 0, or -EINVAL with @set unchanged.
 */
int prc_parse_excludes(struct prc_policy *set, const char *text, size_t len)
{
	struct prc_adj_range got[PRC_MAX_EXCLUDES] = { };
	struct cursor cur = cursor_of(text, len);
	unsigned int nr = 0;

	if (!is_at_end(&cur)) {
		do {
			if (nr == PRC_MAX_EXCLUDES ||
			    !take_range(&cur, true, &got[nr++]))
				return -EINVAL;
		} while (take_char(&cur, ','));
	}
	if (!is_at_end(&cur))
		return -EINVAL;
	memcpy(set->excludes, got, sizeof(set->excludes));
	set->nr_excludes = nr;
	return 0;
}

/* With @numbers NULL they are only counted. */
static int take_list(struct cursor cur, int *numbers, unsigned int max,
		     int lowest, int highest)
{
	unsigned int nr = 0;
	int number;

	if (is_at_end(&cur))
		return 0;
	do {
		if (nr == max || !take_number(&cur, lowest, highest, &number))
			return -EINVAL;
		if (numbers)
			numbers[nr] = number;
		nr++;
	} while (take_char(&cur, ','));
	if (!is_at_end(&cur))
		return -EINVAL;
	return nr;
}

/**
 * prc_parse_list() - read numbers
 * @numbers: filled in, as many as there are
 * @max: the most that @numbers has room for
 * @text: what was written; need not be terminated
 * @len: bytes in @text
 * @lowest: the least that a number may be
 * @highest: the most that a number may be
 *
 * Context: any.
 * Return: how many there are, or -EINVAL with @numbers unchanged.
 */
int prc_parse_list(int *numbers, unsigned int max, const char *text, size_t len,
		   int lowest, int highest)
{
	struct cursor cur = cursor_of(text, len);
	/* How many fit is the caller's to know: so read it twice. */
	int nr = take_list(cur, NULL, max, lowest, highest);

	if (nr < 0)
		return nr;
	return take_list(cur, numbers, max, lowest, highest);
}

static void put_char(struct output *out, char c)
{
	if (out->at < out->end)
		*out->at++ = c;
}

static void put_number(struct output *out, int number)
{
	char digits[10];
	unsigned int left = number < 0 ? -number : number;
	unsigned int nr = 0;

	if (number < 0)
		put_char(out, '-');
	do {
		digits[nr++] = '0' + left % 10;
		left /= 10;
	} while (left);
	while (nr)
		put_char(out, digits[--nr]);
}

static void put_range(struct output *out, struct prc_adj_range range)
{
	put_number(out, range.lo);
	if (range.lo == range.hi)
		return;
	put_char(out, ':');
	put_number(out, range.hi);
}

/**
 * prc_print_excludes() - print the excludes as prc_parse_excludes() reads them
 * @set: the settings
 * @buf: filled in and terminated; without a newline
 * @size: bytes in @buf, at least 1; 12 for each exclude are always enough
 *
 * Context: any.
 * Return: bytes printed, without the terminating one.
 */
int prc_print_excludes(const struct prc_policy *set, char *buf, size_t size)
{
	struct output out = { .at = buf, .end = buf + size - 1 };
	unsigned int i;

	for (i = 0; i < set->nr_excludes; i++) {
		if (i)
			put_char(&out, ',');
		put_range(&out, set->excludes[i]);
	}
	*out.at = '\0';
	return out.at - buf;
}
