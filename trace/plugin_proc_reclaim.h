/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the plugin shares with other readers of the events.
 */
#ifndef PLUGIN_PROC_RECLAIM_H
#define PLUGIN_PROC_RECLAIM_H

#include <event-parse.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The library looks for these two names; a program that links the plugin in calls them. */
int TEP_PLUGIN_LOADER(struct tep_handle *tep);
void TEP_PLUGIN_UNLOADER(struct tep_handle *tep);

/*
 * record_holds() - does all of a field lie in the record?
 *
 * Offset and size come from the text of a format, which may be a file of any origin.
 */
static inline bool record_holds(const struct tep_record *record,
				const struct tep_format_field *field)
{
	return field->offset >= 0 && field->size >= 0 && field->size <= record->size &&
	       field->offset <= record->size - field->size;
}

/*
 * event_symbol() - the name that the format of the event itself has for it
 *
 * Return: NULL if it has none.
 */
static inline const char *event_symbol(const struct tep_event *event, const char *field,
				       int value)
{
	const struct tep_print_flag_sym *symbol = NULL;
	const struct tep_print_arg *arg, *of;

	for (arg = event->print_fmt.args; arg && !symbol; arg = arg->next) {
		if (arg->type != TEP_PRINT_SYMBOL)
			continue;
		of = arg->symbol.field;
		if (of->type == TEP_PRINT_FIELD && !strcmp(of->field.name, field))
			symbol = arg->symbol.symbols;
	}
	while (symbol && strtoll(symbol->value, NULL, 0) != value)
		symbol = symbol->next;
	return symbol ? symbol->str : NULL;
}

#endif
