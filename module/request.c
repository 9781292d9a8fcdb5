// SPDX-License-Identifier: GPL-2.0
/*
 * The grammar of a request:
 *
 *	PID    file | anon | all | START LEN   [FILTER...]
 *	system file | anon | all               [FILTER...]
 *
 *	FILTER: cold, inactive, max=SIZE, ms=N
 *
 * and of a request to age or to restore:
 *
 *	PID    [START LEN]
 *
 * Words are separated by blanks; one newline may end the text. A text that is wrong in
 * one word is refused as a whole.
 *
 * The kernel's memparse() and kstrtoint() are not used, because memparse() wraps
 * silently, and because the host compiles this file too.
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

/* The part of the text that was not parsed yet. */
struct cursor {
	const char *at;
	const char *end;
};

static bool request_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Move @word to the next word; return false at the end of the text. */
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

/* If @word begins with @prefix, remove that from @word and return true. */
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

/*
 * Remove leading digits of @base from @word. Return -EINVAL without digits, or if the
 * number does not fit.
 */
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

/* Parse a plain decimal number from 1 to @max. */
static int request_parse_count(struct word word, u64 max, u64 *value)
{
	int err = request_take_digits(&word, 10, value);

	if (err)
		return err;
	return word.len || !*value || *value > max ? -EINVAL : 0;
}

/*
 * Parse a size as memparse() does: 0x for hexadecimal, 0 for octal, one of the suffixes
 * K, M, G, T, P, E. Refuse a number that does not fit, which memparse() wraps silently.
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

static int request_parse_pages(struct prc_request *req, struct cursor *cur,
			       unsigned int page_shift)
{
	static const struct {
		const char *word;
		unsigned int pages;
	} kinds[] = {
		{ "file", PRC_PAGES_FILE },
		{ "anon", PRC_PAGES_ANON },
		{ "all", PRC_PAGES_ALL },
		{ NULL, 0 },
	};
	struct word word;
	unsigned int i;

	if (!request_next_word(cur, &word))
		return -EINVAL;
	for (i = 0; kinds[i].word; i++) {
		if (request_word_is(&word, kinds[i].word)) {
			req->pages = kinds[i].pages;
			return 0;
		}
	}
	return req->system ? -EINVAL :
			     request_parse_range(req, &word, cur, page_shift);
}

static int request_set_flag(bool *flag)
{
	if (*flag)
		return -EINVAL;
	*flag = true;
	return 0;
}

/* Parse one filter; refuse one that was given before. */
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

static int request_parse_pid(struct prc_request *req, const struct word *word)
{
	u64 pid;
	int err = request_parse_count(*word, INT_MAX, &pid);

	if (!err)
		req->pid = pid;
	return err;
}

/* Parse what follows the first @word of a request to reclaim. */
static int request_parse_reclaim(struct prc_request *req, struct word word,
				 struct cursor *cur, unsigned int page_shift)
{
	int err = 0;

	req->system = request_word_is(&word, "system");
	if (!req->system)
		err = request_parse_pid(req, &word);
	if (!err)
		err = request_parse_pages(req, cur, page_shift);
	while (!err && request_next_word(cur, &word))
		err = request_parse_filter(req, word, page_shift);
	return err;
}

/* Parse what follows the first @word of a request to age or to restore. */
static int request_parse_other(struct prc_request *req, struct word word,
			       struct cursor *cur, unsigned int page_shift)
{
	int err = request_parse_pid(req, &word);

	if (!err && request_next_word(cur, &word))
		err = request_parse_range(req, &word, cur, page_shift);
	if (!err && request_next_word(cur, &word))
		err = -EINVAL;
	return err;
}

/**
 * prc_request_parse() - parse a request
 * @req: filled in; undefined when an error is returned
 * @op: what the file that was written to does
 * @text: the text; need not be terminated
 * @len: bytes in @text
 * @page_shift: log2 of the page size
 *
 * Context: any.
 * Return: 0, or -EINVAL when @text is not a request.
 */
int prc_request_parse(struct prc_request *req, enum prc_op op, const char *text,
		      size_t len, unsigned int page_shift)
{
	struct cursor cur = { .at = text, .end = text + len };
	struct word word;

	memset(req, 0, sizeof(*req));
	req->op = op;
	req->pages = PRC_PAGES_ALL;
	if (len && text[len - 1] == '\n')
		cur.end--;
	if (!request_next_word(&cur, &word))
		return -EINVAL;
	return op == PRC_OP_RECLAIM ?
	       request_parse_reclaim(req, word, &cur, page_shift) :
	       request_parse_other(req, word, &cur, page_shift);
}

/**
 * prc_request_type() - return what texts and tracepoints call a request
 * @req: request
 *
 * Return: the type.
 */
enum prc_type prc_request_type(const struct prc_request *req)
{
	if (req->op == PRC_OP_AGE)
		return PRC_TYPE_AGE;
	if (req->op == PRC_OP_RESTORE)
		return PRC_TYPE_RESTORE;
	if (req->len)
		return PRC_TYPE_RANGE;
	if (req->pages == PRC_PAGES_FILE)
		return PRC_TYPE_FILE;
	return req->pages == PRC_PAGES_ANON ? PRC_TYPE_ANON : PRC_TYPE_ALL;
}

/**
 * prc_type_name() - return the word for a type
 * @type: type of a request
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
