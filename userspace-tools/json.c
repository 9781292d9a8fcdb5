// SPDX-License-Identifier: GPL-2.0
/*
 * Convert the module's key=value words to JSON objects, and access such objects.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reclaimctl.h"

/* Return the JSON key for a word of the module, with a unit if the word has none. */
static const char *key_with_unit(char *key, size_t size, const char *word)
{
	static const char *const pages[] = {
		"scanned", "isolated", "reclaimed", "restored", "aged", "unwritten",
	};
	size_t i;

	if (!strcmp(word, "us"))
		return "duration_us";
	if (!strcmp(word, "ms"))
		return "since_boot_ms";
	if (!strcmp(word, "split"))
		return "split_folios";
	snprintf(key, size, "%s%s", word,
		 strncmp(word, "skipped_", 8) ? "" : "_pages");
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		if (!strcmp(word, pages[i]))
			snprintf(key, size, "%s_pages", word);
	return key;
}

/* Decode the module's octal escapes in place: "\040" is a blank. */
static void unescape(char *text)
{
	char *to = text;
	unsigned int byte;
	int len;

	while (*text) {
		if (*text == '\\' && sscanf(text + 1, "%3o%n", &byte, &len) == 1) {
			*to++ = byte;
			text += 1 + len;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

static struct json_object *value_of_word(const char *key, char *word)
{
	char *end;
	long long number;

	if (!strcmp(key, "comm")) {
		unescape(word);
		return json_object_new_string(clean_text(word));
	}
	errno = 0;
	number = strtoll(word, &end, 10);
	if (errno || end == word || *end)
		return json_object_new_string(word);
	return json_object_new_int64(number);
}

void add_value(struct json_object *object, const char *word, char *text)
{
	char key[64];

	json_object_object_add(object, key_with_unit(key, sizeof(key), word),
			       value_of_word(word, text));
}

struct json_object *parse_words(const char *line)
{
	struct json_object *object = json_object_new_object();
	char *copy = strdup(line), *word, *value, *rest;

	if (!copy || !object)
		abort();
	for (word = strtok_r(copy, " \n", &rest); word;
	     word = strtok_r(NULL, " \n", &rest)) {
		value = strchr(word, '=');
		if (!value)
			continue;
		*value++ = '\0';
		add_value(object, word, value);
	}
	free(copy);
	return object;
}

long long number_of(struct json_object *object, const char *key)
{
	return json_object_get_int64(json_object_object_get(object, key));
}

const char *text_of(struct json_object *object, const char *key)
{
	struct json_object *value = json_object_object_get(object, key);

	return value ? json_object_get_string(value) : "";
}

void add_number(struct json_object *object, const char *key, long long number)
{
	json_object_object_add(object, key, json_object_new_int64(number));
}

void add_text(struct json_object *object, const char *key, const char *text)
{
	json_object_object_add(object, key, json_object_new_string(text));
}
