// SPDX-License-Identifier: GPL-2.0
/*
 * A progress bar on the terminal while requests run. A thread draws it, because a request blocks
 * the writer. The thread reads the progress of the target from /proc.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "reclaimctl.h"

#define FIRST_MS 500		/* shorter runs show no bar */
#define NEXT_MS 250
#define BAR_WIDTH 30

static pthread_t thread;
static bool running, ending;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;	/* protects the rest */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static long long total_kb, done_kb, current_kb;
static struct process current;
static long long (*left_of_current)(const struct process *now);

/* Return how much of the current process is done. */
static long long current_done_kb(void)
{
	struct process now;
	long long left_kb;

	if (!left_of_current || !process_read(&now, current.pid))
		return 0;
	left_kb = left_of_current(&now);
	if (left_kb < 0 || left_kb > current_kb)
		return 0;
	return current_kb - left_kb;
}

static void draw(void)
{
	long long kb = done_kb + current_done_kb();
	int percent = total_kb > 0 ? kb * 100 / total_kb : 0, i;
	char bar[BAR_WIDTH + 1] = "", name[NAME_SIZE];

	if (percent > 100)
		percent = 100;
	for (i = 0; i < BAR_WIDTH; i++)
		bar[i] = i < percent * BAR_WIDTH / 100 ? '#' : '.';
	snprintf(name, sizeof(name), "%s", current.name);
	fprintf(stderr, "\r[%s] %3d %%  %d %s\033[K", bar, percent, current.pid,
		clean_text(name));
	fflush(stderr);
}

static void wait_ms(long ms)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += ms * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	while (!ending && !pthread_cond_timedwait(&changed, &lock, &until))
		;
}

static void *draw_until_end(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&lock);
	for (wait_ms(FIRST_MS); !ending; wait_ms(NEXT_MS))
		draw();
	pthread_mutex_unlock(&lock);
	return NULL;
}

void progress_start(long long kb)
{
	sigset_t all, before;

	if (json_wanted || !is_terminal(STDERR_FILENO))
		return;
	total_kb = kb;
	/* Signals must interrupt the requests of the main thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	running = !pthread_create(&thread, NULL, draw_until_end, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void progress_next(const struct process *process, long long kb,
		   long long (*kb_left)(const struct process *now))
{
	pthread_mutex_lock(&lock);
	done_kb += current_kb;
	current_kb = kb;
	current = *process;
	left_of_current = kb_left;
	pthread_mutex_unlock(&lock);
}

void progress_end(void)
{
	if (!running)
		return;
	pthread_mutex_lock(&lock);
	ending = true;
	pthread_cond_signal(&changed);
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
	fputs("\r\033[K", stderr);
}
