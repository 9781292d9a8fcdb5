// SPDX-License-Identifier: GPL-2.0
/*
 * The grammar of a request:
 *
 *	PID    file | anon | all | START LEN   [FILTER...]
 *	system file | anon | all               [FILTER...]
 *
 *	FILTER: cold, inactive, max=SIZE, ms=N
 *
 * and of one to age or to restore:
 *
 *	PID    [START LEN]
 *
 * Words are separated by blanks; one newline may end the text. A request is
 * taken whole or refused whole.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "request.h"

/* One word of the text; not terminated. */
struct word {
	const char *at;
	size_t len;
};

/* What is left of the text. */
struct cursor {
	const char *at;
	const char *end;
};

static bool request_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next word; false when there is none. */
static bool request_next_word(struct cursor *cur, struct word *word)
{
	while (cur->at < cur->end && request_is_blank(*cur->at))
		cur->at++;
	word->at = cur->at;
	while (cur->at < cur->end && !request_is_blank(*cur->at))
		cur->at++;
	word->len = cur->at - word->at;
	return word->len > 0;
}

static bool request_word_is(const struct word *word, const char *text)
{
	return word->len == strlen(text) && !memcmp(word->at, text, word->len);
}

/* If @word begins with @prefix, leave in @word what comes after it. */
static bool request_strip_prefix(struct word *word, const char *prefix)
{
	size_t len = strlen(prefix);

	if (word->len < len || memcmp(word->at, prefix, len))
		return false;
	word->at += len;
	word->len -= len;
	return true;
}

static int request_digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = tolower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Take the digits of @base off the front of @word; -EINVAL if none, or too big. */
static int request_take_digits(struct word *word, unsigned int base, u64 *value)
{
	size_t taken = 0;
	u64 sum = 0;

	for (; taken < word->len; taken++) {
		int digit = request_digit_value(word->at[taken]);

		if (digit < 0 || digit >= (int)base)
			break;
		if (sum > (U64_MAX - digit) / base)
			return -EINVAL;
		sum = sum * base + digit;
	}
	if (!taken)
		return -EINVAL;
	word->at += taken;
	word->len -= taken;
	*value = sum;
	return 0;
}

/* A plain decimal number from 1 to @max. */
static int request_parse_count(struct word word, u64 max, u64 *value)
{
	int err = request_take_digits(&word, 10, value);

	if (err)
		return err;
	return word.len || !*value || *value > max ? -EINVAL : 0;
}

/*
 * A size as memparse() reads it: 0x for hexadecimal, 0 for octal, one of the
 * suffixes K, M, G, T, P, E. memparse() wraps silently; here that is refused.
 */
static int request_parse_size(struct word word, u64 *value)
{
	static const char suffixes[] = "kmgtpe";
	unsigned int base = 10, shift = 0;
	const char *suffix;
	int err;

	if (request_strip_prefix(&word, "0x") || request_strip_prefix(&word, "0X"))
		base = 16;
	else if (word.len && *word.at == '0')
		base = 8;
	err = request_take_digits(&word, base, value);
	if (err)
		return err;
	if (!word.len)
		return 0;
	suffix = word.len == 1 ? memchr(suffixes, tolower(*word.at), 6) : NULL;
	if (!suffix)
		return -EINVAL;
	shift = 10 * (suffix - suffixes + 1);
	if (*value > U64_MAX >> shift)
		return -EINVAL;
	*value <<= shift;
	return 0;
}

static int request_parse_range(struct prc_request *req, const struct word *start,
		       struct cursor *cur, unsigned int page_shift)
{
	u64 page_mask = (1ULL << page_shift) - 1;
	struct word len;

	if (request_parse_size(*start, &req->start) || !request_next_word(cur, &len) ||
	    request_parse_size(len, &req->len))
		return -EINVAL;
	if (req->start & page_mask || !req->len ||
	    req->len > U64_MAX - page_mask)
		return -EINVAL;
	req->len = (req->len + page_mask) & ~page_mask;
	if (req->start > U64_MAX - req->len)
		return -EINVAL;
	return 0;
}

static int request_parse_type(struct prc_request *req, struct cursor *cur,
		      unsigned int page_shift)
{
	enum prc_type type;
	struct word word;

	if (!request_next_word(cur, &word))
		return -EINVAL;
	for (type = PRC_TYPE_FILE; type < PRC_TYPE_RANGE; type++) {
		if (request_word_is(&word, prc_type_name(type))) {
			req->type = type;
			return 0;
		}
	}
	if (req->system)
		return -EINVAL;
	req->type = PRC_TYPE_RANGE;
	return request_parse_range(req, &word, cur, page_shift);
}

static int request_set_flag(bool *flag)
{
	if (*flag)
		return -EINVAL;
	*flag = true;
	return 0;
}

/* Each filter may be given once. */
static int request_parse_filter(struct prc_request *req, struct word word,
			unsigned int page_shift)
{
	u64 value;

	if (request_word_is(&word, "cold"))
		return request_set_flag(&req->cold);
	if (request_word_is(&word, "inactive"))
		return request_set_flag(&req->inactive);
	if (request_strip_prefix(&word, "max=")) {
		if (req->max_pages || request_parse_size(word, &value))
			return -EINVAL;
		req->max_pages = value >> page_shift;
		return req->max_pages ? 0 : -EINVAL;
	}
	if (request_strip_prefix(&word, "ms=")) {
		if (req->ms || request_parse_count(word, U32_MAX, &value))
			return -EINVAL;
		req->ms = value;
		return 0;
	}
	return -EINVAL;
}

/* What every request begins with. Leaves in @word its first word. */
static int request_begin(struct cursor *cur, struct prc_request *req,
		 struct word *word, const char *text, size_t len)
{
	*cur = (struct cursor) { .at = text, .end = text + len };
	memset(req, 0, sizeof(*req));
	if (len && text[len - 1] == '\n')
		cur->end--;
	return request_next_word(cur, word) ? 0 : -EINVAL;
}

static int request_parse_pid(struct prc_request *req, const struct word *word)
{
	u64 pid;
	int err = request_parse_count(*word, INT_MAX, &pid);

	if (!err)
		req->pid = pid;
	return err;
}

/**
 * prc_request_parse() - read a request to reclaim
 * @req: filled in; without meaning when an error is returned
 * @text: what was written; need not be terminated
 * @len: bytes in @text
 * @page_shift: log2 of the page size
 *
 * Context: any.
 * Return: 0, or -EINVAL when @text is no request.
 */
int prc_request_parse(struct prc_request *req, const char *text, size_t len,
		      unsigned int page_shift)
{
	struct cursor cur;
	struct word word;
	int err = request_begin(&cur, req, &word, text, len);

	if (err)
		return err;
	req->system = request_word_is(&word, "system");
	if (!req->system)
		err = request_parse_pid(req, &word);
	if (!err)
		err = request_parse_type(req, &cur, page_shift);
	while (!err && request_next_word(&cur, &word))
		err = request_parse_filter(req, word, page_shift);
	return err;
}

/**
 * prc_request_parse_range() - read a request about all or a range of a process
 * @req: filled in; without meaning when an error is returned
 * @type: PRC_TYPE_AGE or PRC_TYPE_RESTORE
 * @text: what was written; need not be terminated
 * @len: bytes in @text
 * @page_shift: log2 of the page size
 *
 * Context: any.
 * Return: 0, or -EINVAL when @text is no such request.
 */
int prc_request_parse_range(struct prc_request *req, enum prc_type type,
			   const char *text, size_t len,
			   unsigned int page_shift)
{
	struct cursor cur;
	struct word word;
	int err = request_begin(&cur, req, &word, text, len);

	if (!err)
		err = request_parse_pid(req, &word);
	if (!err && request_next_word(&cur, &word))
		err = request_parse_range(req, &word, &cur, page_shift);
	if (!err && request_next_word(&cur, &word))
		err = -EINVAL;
	req->type = type;
	return err;
}

/**
 * prc_type_name() - the word for @type
 * @type: a type
 *
 * Return: a constant string.
 */
const char *prc_type_name(enum prc_type type)
{
	static const char * const names[] = {
		"file", "anon", "all", "range", "age", "restore",
	};

	return names[type];
}
