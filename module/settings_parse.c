// SPDX-License-Identifier: GPL-2.0
/*
 * Parses and prints the settings that are more than one number:
 *
 *	takes      none | file | anon | all
 *	adj range  LO:HI, or nothing
 *	excludes   N or LO:HI, separated by commas, or nothing
 *	list       N, separated by commas, or nothing
 *
 * Numbers are decimal and may be negative. There are no blanks; one newline may end the
 * text. The numbers are read and printed here and not by kstrtoint() and scnprintf(),
 * because the host's unit tests compile this file too.
 */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <linux/types.h>

#include "settings_parse.h"

/* The rest of the text. */
struct cursor {
	const char *at;
	const char *end;
};

/* The rest of the buffer. */
struct output {
	char *at;
	char *end;
};

/* Start at the text, without its newline. */
static struct cursor parse_start(const char *text, size_t len)
{
	if (len && text[len - 1] == '\n')
		len--;
	return (struct cursor){ .at = text, .end = text + len };
}

static bool parse_at_end(const struct cursor *cur)
{
	return cur->at == cur->end;
}

static bool parse_char(struct cursor *cur, char c)
{
	if (parse_at_end(cur) || *cur->at != c)
		return false;
	cur->at++;
	return true;
}

static bool parse_digit(struct cursor *cur, int *digit)
{
	if (parse_at_end(cur) || *cur->at < '0' || *cur->at > '9')
		return false;
	*digit = *cur->at++ - '0';
	return true;
}

/* Read a number from @lowest to @highest. */
static bool parse_number(struct cursor *cur, int lowest, int highest,
			 int *number)
{
	bool is_negative = parse_char(cur, '-');
	s64 value = 0;
	int digit;

	if (!parse_digit(cur, &digit))
		return false;
	do {
		value = value * 10 + digit;
		/* No int is this large. */
		if (value > U32_MAX)
			return false;
	} while (parse_digit(cur, &digit));
	if (is_negative)
		value = -value;
	*number = value;
	return value >= lowest && value <= highest;
}

/* Read LO:HI, or with @single also N for N:N. */
static bool parse_range(struct cursor *cur, bool single,
			struct prc_adj_range *range)
{
	int lo, hi;

	if (!parse_number(cur, PRC_ADJ_MIN, PRC_ADJ_MAX, &lo))
		return false;
	hi = lo;
	if (parse_char(cur, ':')) {
		if (!parse_number(cur, PRC_ADJ_MIN, PRC_ADJ_MAX, &hi))
			return false;
	} else if (!single) {
		return false;
	}
	range->lo = lo;
	range->hi = hi;
	return lo <= hi;
}

/**
 * prc_parse_takes() - parse which pages an action takes
 * @takes: filled in
 * @text: what was written; not terminated
 * @len: bytes in @text
 *
 * Context: any.
 * Return: 0, or -EINVAL with @takes unchanged.
 */
int prc_parse_takes(enum prc_takes *takes, const char *text, size_t len)
{
	struct cursor cur = parse_start(text, len);
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
 * prc_parse_adj_range() - parse a range of adj
 * @range: filled in; an empty text gives the empty range 1 to 0
 * @text: what was written; not terminated
 * @len: bytes in @text
 *
 * Context: any.
 * Return: 0, or -EINVAL with @range unchanged.
 */
int prc_parse_adj_range(struct prc_adj_range *range, const char *text,
			size_t len)
{
	struct cursor cur = parse_start(text, len);
	struct prc_adj_range got = { .lo = 1, .hi = 0 };

	if (!parse_at_end(&cur) &&
	    (!parse_range(&cur, false, &got) || !parse_at_end(&cur)))
		return -EINVAL;
	*range = got;
	return 0;
}

/**
 * prc_parse_excludes() - parse the ranges of adj that no action touches
 * @cfg: its excludes are filled in
 * @text: what was written; not terminated
 * @len: bytes in @text
 *
 * Context: any.
 * Return: 0, or -EINVAL with @cfg unchanged.
 */
int prc_parse_excludes(struct prc_policy *cfg, const char *text, size_t len)
{
	struct prc_adj_range got[PRC_MAX_EXCLUDES] = { };
	struct cursor cur = parse_start(text, len);
	unsigned int nr = 0;

	if (!parse_at_end(&cur)) {
		do {
			if (nr == PRC_MAX_EXCLUDES ||
			    !parse_range(&cur, true, &got[nr++]))
				return -EINVAL;
		} while (parse_char(&cur, ','));
	}
	if (!parse_at_end(&cur))
		return -EINVAL;
	memcpy(cfg->excludes, got, sizeof(cfg->excludes));
	cfg->nr_excludes = nr;
	return 0;
}

/* Read numbers, or only count them if @numbers is NULL. */
static int parse_numbers(struct cursor cur, int *numbers, unsigned int max,
			 int lowest, int highest)
{
	unsigned int nr = 0;
	int number;

	if (parse_at_end(&cur))
		return 0;
	do {
		if (nr == max || !parse_number(&cur, lowest, highest, &number))
			return -EINVAL;
		if (numbers)
			numbers[nr] = number;
		nr++;
	} while (parse_char(&cur, ','));
	if (!parse_at_end(&cur))
		return -EINVAL;
	return nr;
}

/**
 * prc_parse_list() - parse a list of numbers
 * @numbers: filled in
 * @max: entries in @numbers
 * @text: what was written; not terminated
 * @len: bytes in @text
 * @lowest: least value of a number
 * @highest: greatest value of a number
 *
 * Context: any.
 * Return: how many numbers there are, or -EINVAL with @numbers unchanged.
 */
int prc_parse_list(int *numbers, unsigned int max, const char *text, size_t len,
		   int lowest, int highest)
{
	struct cursor cur = parse_start(text, len);
	/* Count first, so that an error leaves @numbers unchanged. */
	int nr = parse_numbers(cur, NULL, max, lowest, highest);

	if (nr < 0)
		return nr;
	return parse_numbers(cur, numbers, max, lowest, highest);
}

static void print_char(struct output *out, char c)
{
	if (out->at < out->end)
		*out->at++ = c;
}

static void print_number(struct output *out, int number)
{
	char digits[10];
	unsigned int left = number < 0 ? -number : number;
	unsigned int nr = 0;

	if (number < 0)
		print_char(out, '-');
	do {
		digits[nr++] = '0' + left % 10;
		left /= 10;
	} while (left);
	while (nr)
		print_char(out, digits[--nr]);
}

static void print_range(struct output *out, struct prc_adj_range range)
{
	print_number(out, range.lo);
	if (range.lo == range.hi)
		return;
	print_char(out, ':');
	print_number(out, range.hi);
}

/**
 * prc_print_excludes() - print the excludes as prc_parse_excludes() reads them
 * @cfg: the settings
 * @buf: filled in and terminated, without a newline
 * @size: bytes in @buf, at least 1; 12 for each exclude are enough
 *
 * Context: any.
 * Return: bytes printed, without the terminator.
 */
int prc_print_excludes(const struct prc_policy *cfg, char *buf, size_t size)
{
	struct output out = { .at = buf, .end = buf + size - 1 };
	unsigned int i;

	for (i = 0; i < cfg->nr_excludes; i++) {
		if (i)
			print_char(&out, ',');
		print_range(&out, cfg->excludes[i]);
	}
	*out.at = '\0';
	return out.at - buf;
}
