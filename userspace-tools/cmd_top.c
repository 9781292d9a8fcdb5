// SPDX-License-Identifier: GPL-2.0
/*
 * reclaimctl top: show the RSS and swap of every process, what was reclaimed from it, what came
 * back, and why. Full screen on a terminal, otherwise one table.
 */
#include <ncurses.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "live_events.h"
#include "top.h"

#define KEY_ONCE LONG_ONLY

/* --- columns --- */

static const char *dash_or_size(char text[SIZE_TEXT], const struct row *row, long long kb)
{
	return row->acted ? size_text(text, kb) : "-";
}

static const char *ago_text(char text[SIZE_TEXT], const struct row *row)
{
	long long s = (boot_ms() - row->acted_ms) / 1000;

	if (!row->acted_ms)
		return "-";
	if (s < 100)
		snprintf(text, SIZE_TEXT, "%llds", s);
	else if (s < 100 * 60)
		snprintf(text, SIZE_TEXT, "%lldm", s / 60);
	else
		snprintf(text, SIZE_TEXT, "%lldh", s / 3600);
	return text;
}

enum column_name { PID, ADJ, RSS, SWAP, FREED, BACK, LAST, AGO, WHY, NAME };

static const char *cell(char text[SIZE_TEXT], const struct row *row, enum column_name name)
{
	switch (name) {
	case PID:
		snprintf(text, SIZE_TEXT, "%d", row->process.pid);
		return text;
	case ADJ:
		snprintf(text, SIZE_TEXT, "%lld", row->adj);
		return text;
	case RSS:
		return size_text(text, row->process.rss_kb);
	case SWAP:
		return size_text(text, row->process.swap_kb);
	case FREED:
		return dash_or_size(text, row, row->freed_kb);
	case BACK:
		return dash_or_size(text, row, row->back_kb);
	case LAST:
		return row->acted ? row->action : "-";
	case AGO:
		return ago_text(text, row);
	case WHY:
		return *row->why ? row->why : "-";
	case NAME:
		return row->process.name;
	}
	return "";
}

static long long sort_value(const struct row *row, enum column_name name)
{
	switch (name) {
	case ADJ:
		return row->adj;
	case RSS:
		return row->process.rss_kb;
	case SWAP:
		return row->process.swap_kb;
	case FREED:
		return row->freed_kb;
	case BACK:
		return row->back_kb;
	case AGO:
		return row->acted_ms;
	default:
		return 0;
	}
}

/*
 * Columns from left to right. If the terminal is too narrow, the columns with the highest rank
 * are hidden first. The name gets the rest of the line.
 */
static const struct column {
	const char *heading;
	char key;		/* sorts by this column; 0 if none does */
	short width;		/* < 0: aligned left */
	short rank;
	const char *word;	/* argument of --sort */
} columns[] = {
	[PID] = { "PID", 'p', 7, 0, "pid" },
	[ADJ] = { "ADJ", 'a', 5, 7, "adj" },
	[RSS] = { "RSS", 'r', 7, 0, "rss" },
	[SWAP] = { "SWAP", 's', 7, 1, "swap" },
	[FREED] = { "FREED", 'f', 7, 2, "freed" },
	[BACK] = { "BACK", 'b', 7, 4, "back" },
	[LAST] = { "LAST", 0, -10, 5, NULL },
	[AGO] = { "AGO", 't', 4, 6, "ago" },
	[WHY] = { "WHY", 0, -16, 3, NULL },
	[NAME] = { "NAME", 'n', -12, 0, "name" },
};

static enum column_name sort_column = RSS;

static int compare_rows(const void *a, const void *b)
{
	const struct row *one = a, *other = b;
	long long left = sort_value(one, sort_column), right = sort_value(other, sort_column);
	int order = (left < right) - (left > right);

	if (!order && sort_column == NAME)
		order = strcmp(one->process.name, other->process.name);
	return order ? order : compare_pids(a, b);
}

static int column_width(enum column_name name)
{
	return abs(columns[name].width) + 1;
}

/* Return the highest rank whose columns fit into @width. */
static int rank_for(int width)
{
	int rank, needed;
	size_t i;

	for (rank = ARRAY_SIZE(columns); rank > 0; rank--) {
		needed = 0;
		for (i = 0; i < ARRAY_SIZE(columns); i++)
			needed += columns[i].rank <= rank ? column_width(i) : 0;
		/* The last column needs no blank after it. */
		if (needed - 1 <= width)
			break;
	}
	return rank;
}

/* --- the screen --- */

static int first_row;		/* index of the topmost visible row */

__attribute__((format(printf, 2, 3)))
static void put_line(int y, const char *format, ...)
{
	char line[512];
	va_list args;

	if (y >= LINES)
		return;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	mvaddnstr(y, 0, line, -1);
	clrtoeol();
}

static int put_notices(const struct view *view, int y)
{
	if (!view->loaded)
		put_line(y++, "The module is not loaded: run 'modprobe proc_reclaim'");
	else if (view->debugfs_error)
		put_line(y++, "debugfs unavailable, so the worker's actions are not shown (%s)",
			 strerror(view->debugfs_error));
	return y;
}

static int put_totals(const struct view *view, int y)
{
	char *state = read_setting("worker/state");
	long long swap_kb = meminfo_kb("SwapTotal");

	put_line(y++, "mem %s avail of %s  swap %s of %s", SIZE(meminfo_kb("MemAvailable")),
		 SIZE(meminfo_kb("MemTotal")), SIZE(swap_kb - meminfo_kb("SwapFree")),
		 SIZE(swap_kb));
	put_line(y++, "worker %s  reclaimed %s  restored %s", state ? state : "-",
		 SIZE(view->reclaimed_kb), SIZE(view->restored_kb));
	free(state);
	return put_notices(view, y);
}

/* Print a cell, truncated to the column and to the screen. */
static void put_cell(int y, int x, enum column_name name, const char *text)
{
	int width = columns[name].width, room = COLS - x;

	if (name != NAME && room > abs(width))
		room = abs(width);
	if (room <= 0)
		return;
	if (width > 0)
		mvprintw(y, x, "%*.*s", room, room, text);
	else
		mvaddnstr(y, x, text, room);
}

static void put_row(const struct row *row, int y, int rank)
{
	char text[SIZE_TEXT];
	int x = 0;
	size_t i;

	move(y, 0);
	clrtoeol();
	for (i = 0; i < ARRAY_SIZE(columns); i++) {
		if (columns[i].rank > rank)
			continue;
		put_cell(y, x, i, row ? cell(text, row, i) : columns[i].heading);
		x += column_width(i);
	}
}

static void put_screen(const struct view *view)
{
	int rank = rank_for(COLS), y, last = LINES - 1;
	size_t i;

	erase();
	y = put_totals(view, 0);
	put_row(NULL, y, rank);
	mvchgat(y++, 0, -1, A_REVERSE, 0, NULL);
	for (i = first_row; i < view->count && y < last; i++)
		put_row(&view->rows[i], y++, rank);
	put_line(last, "q quit  sort by %s (keys: p a r s f b t n)", columns[sort_column].word);
	refresh();
}

static void scroll_by(const struct view *view, int rows)
{
	int most = view->count ? view->count - 1 : 0;

	first_row += rows;
	if (first_row > most)
		first_row = most;
	if (first_row < 0)
		first_row = 0;
}

static void sort_by_key(struct view *view, int key)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(columns); i++)
		if (columns[i].key && columns[i].key == key)
			sort_column = i;
	qsort(view->rows, view->count, sizeof(*view->rows), compare_rows);
}

/* Handle a key. Return false to quit. */
static bool handle_key(struct view *view, int key)
{
	switch (key) {
	case 'q':
	case 'Q':
		return false;
	case KEY_DOWN:
		scroll_by(view, 1);
		break;
	case KEY_UP:
		scroll_by(view, -1);
		break;
	case KEY_NPAGE:
		scroll_by(view, LINES / 2);
		break;
	case KEY_PPAGE:
		scroll_by(view, -LINES / 2);
		break;
	case KEY_HOME:
		first_row = 0;
		break;
	case KEY_END:
		scroll_by(view, view->count);
		break;
	default:
		sort_by_key(view, key);
	}
	return true;
}

/*
 * Return the next key, or ERR after @delay_s seconds. A closed terminal and a termination signal
 * count as the key that quits.
 */
static int next_key(int delay_s, int end_fd)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = end_fd, .events = POLLIN },
	};
	int key = getch();

	if (key != ERR)
		return key;
	poll(fds, ARRAY_SIZE(fds), delay_s * 1000);
	if (fds[1].revents || fds[0].revents & (POLLHUP | POLLERR))
		return 'q';
	return getch();
}

static int run_screen(int delay_s)
{
	int key, end_fd = end_signals_fd();
	bool going = true;
	struct view view;

	if (!newterm(NULL, stdout, stdin))
		return fail(EXIT_FAILED, "unknown terminal type (TERM)");
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, true);
	nodelay(stdscr, true);
	/* Watch first, so that no request is missed in between. */
	requests_watch();
	requests_recall();
	while (going) {
		requests_watch();
		read_view(&view);
		qsort(view.rows, view.count, sizeof(*view.rows), compare_rows);
		/* Handle keys immediately, and read again when none came for the delay. */
		do {
			scroll_by(&view, 0);
			put_screen(&view);
			key = next_key(delay_s, end_fd);
			going = handle_key(&view, key);
		} while (going && key != ERR);
		free(view.rows);
	}
	endwin();
	requests_end();
	return EXIT_DONE;
}

/* --- once --- */

static void print_table(const struct view *view)
{
	struct table *table = table_new(">PID\t>ADJ\t>RSS\t>SWAP\t>FREED\t>BACK\tLAST\t>AGO"
					"\tWHY\tNAME");
	char texts[ARRAY_SIZE(columns)][SIZE_TEXT];
	const struct row *row;
	size_t i;

	for (i = 0; i < view->count; i++) {
		row = &view->rows[i];
		table_row(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s",
			  cell(texts[PID], row, PID), cell(texts[ADJ], row, ADJ),
			  cell(texts[RSS], row, RSS), cell(texts[SWAP], row, SWAP),
			  cell(texts[FREED], row, FREED), cell(texts[BACK], row, BACK),
			  cell(texts[LAST], row, LAST), cell(texts[AGO], row, AGO),
			  cell(texts[WHY], row, WHY), cell(texts[NAME], row, NAME));
	}
	table_print(table);
}

static struct json_object *row_object(const struct row *row)
{
	struct json_object *object = json_object_new_object();

	add_number(object, "pid", row->process.pid);
	add_text(object, "name", row->process.name);
	add_number(object, "adj", row->adj);
	add_number(object, "rss_kb", row->process.rss_kb);
	add_number(object, "swap_kb", row->process.swap_kb);
	if (row->acted) {
		add_number(object, "freed_kb", row->freed_kb);
		add_number(object, "back_kb", row->back_kb);
		add_text(object, "last_action", row->action);
	}
	if (row->acted_ms)
		add_number(object, "ago_ms", boot_ms() - row->acted_ms);
	if (*row->why)
		add_text(object, "last_decision", row->why);
	return object;
}

static void print_view(const struct view *view)
{
	struct json_object *object = json_object_new_object();
	struct json_object *rows = json_object_new_array();
	size_t i;

	for (i = 0; i < view->count; i++)
		json_object_array_add(rows, row_object(&view->rows[i]));
	json_object_object_add(object, "processes", rows);
	json_object_object_add(object, "debugfs",
			       json_object_new_boolean(!view->debugfs_error));
	add_number(object, "reclaimed_kb", view->reclaimed_kb);
	add_number(object, "restored_kb", view->restored_kb);
	print_json(object);
}

static int run_once(void)
{
	struct view view;

	if (module_missing())
		return EXIT_NO_MODULE;
	requests_recall();
	read_view(&view);
	qsort(view.rows, view.count, sizeof(*view.rows), compare_rows);
	if (json_wanted)
		print_view(&view);
	else
		print_table(&view);
	if (view.debugfs_error)
		warn("debugfs unavailable, so the worker's actions are not shown (%s)",
		     strerror(view.debugfs_error));
	free(view.rows);
	return EXIT_DONE;
}

static void set_sort(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(columns); i++) {
		if (columns[i].word && !strcmp(columns[i].word, word)) {
			sort_column = i;
			return;
		}
	}
	usage_error("invalid sort column '%s': expected pid, adj, rss, swap, freed, back, ago or "
		    "name", word);
}

static const struct option_row options[] = {
	{ 'd', "delay", "SECONDS", "refresh interval (default 2)" },
	{ 's', "sort", "COLUMN", "pid, adj, rss (default), swap, freed, back, ago, name" },
	{ KEY_ONCE, "once", NULL, "print one table and exit, as without a terminal" },
	JSON_ROW,
	RAW_ROW,
	{ 0 }
};

static int run(const struct command *command, int argc, char **argv)
{
	bool once = false;
	int delay_s = 2, key;

	while ((key = next_option(command, argc, argv)) != -1) {
		if (key == 'd')
			delay_s = parse_number("delay", optarg, 1, 3600);
		else if (key == 's')
			set_sort(optarg);
		else
			once = true;
	}
	no_operands(argc, argv);
	if (once || json_wanted || !is_terminal(STDOUT_FILENO) || !isatty(STDIN_FILENO))
		return run_once();
	return run_screen(delay_s);
}

const struct command top_command = {
	.name = "top",
	.arguments = "[OPTION...]",
	.summary = "Show processes: their memory, what was reclaimed, and why",
	.description =
"LAST is the last action on a process: an action of the worker (some, full, ...) or the\n"
"type of a request (all, anon, age, ...). FREED is how much that action freed. BACK is\n"
"how much left swap since. AGO is the time since the action. WHY is the trigger and the\n"
"result of the worker's last decision, or 'request'. Of the requests before the start of\n"
"this command only the last one is known, without its time.\n\n"
"Keys: q quits; p a r s f b t n sort by pid, adj, RSS, swap, freed, back, ago, name;\n"
"arrows and page keys scroll. Columns that do not fit are hidden.\n",
	.options = options,
	.run = run,
};
