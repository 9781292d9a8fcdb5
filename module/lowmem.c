// SPDX-License-Identifier: GPL-2.0
/*
 * The low memory killer, which reclaims first. A shrinker is how the kernel says
 * that memory is low, also to who never waits for kswapd. Levels say from which adj
 * on processes have to give, and only when none has anything to give any more, and
 * killing was allowed, is one of them killed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/shrinker.h>

#include "compat.h"
#include "lowmem.h"
#include "pick.h"
#include "worker.h"

#include "proc_reclaim_events.h"

/* How long the memory of one that was killed is waited for. */
#define VICTIM_WAIT HZ

/*
 * Protects the settings. Not a mutex: the shrinker asks for them in the context of
 * whoever runs out of memory, with whatever locks that has.
 */
static DEFINE_SPINLOCK(set_lock);
static struct prc_lowmem settings;

static atomic_long_t kills;

/* Of the worker's thread alone. */
static struct prc_picks picks;
static struct pid *victim;
static unsigned long victim_until;

/**
 * prc_lowmem_get() - copy the settings
 * @set: filled in
 */
void prc_lowmem_get(struct prc_lowmem *set)
{
	spin_lock(&set_lock);
	*set = settings;
	spin_unlock(&set_lock);
}

/**
 * prc_lowmem_set() - change the settings
 * @set: all of them
 */
void prc_lowmem_set(const struct prc_lowmem *set)
{
	spin_lock(&set_lock);
	settings = *set;
	spin_unlock(&set_lock);
}

/**
 * prc_lowmem_kills() - how many processes were killed since load
 *
 * Return: the count.
 */
unsigned long prc_lowmem_kills(void)
{
	return atomic_long_read(&kills);
}

/* The cache of files; what is in it but is no file's page does not count. */
static u64 file_pages(void)
{
	long pages = global_node_page_state(NR_FILE_PAGES) -
		     global_node_page_state(NR_SHMEM) -
		     global_node_page_state(NR_UNEVICTABLE);

#ifdef CONFIG_SWAP
	pages -= global_node_page_state(NR_SWAPCACHE);
#endif
	return max(pages, 0L);
}

/* Which level holds now, -1 for none, and from which adj on it takes. */
static int level_now(int *min_adj, bool *kill)
{
	struct prc_lowmem set;
	int level;

	prc_lowmem_get(&set);
	level = prc_lowmem_level((const unsigned int *)set.minfree,
				 min(set.nr_minfree, set.nr_adj),
				 global_zone_page_state(NR_FREE_PAGES),
				 file_pages());
	if (level >= 0) {
		*min_adj = set.adj[level];
		*kill = set.kill;
	}
	return level;
}

static bool victim_is_dying(void)
{
	struct task_struct *task;

	if (!victim)
		return false;
	task = get_pid_task(victim, PIDTYPE_TGID);
	if (task)
		put_task_struct(task);
	if (task && time_before(jiffies, victim_until))
		return true;
	put_pid(victim);
	victim = NULL;
	return false;
}

/* One at a time: the next only when the last one's memory is free, or stuck. */
static void kill_one(int min_adj)
{
	struct prc_pick pick;

	if (victim_is_dying() || !prc_pick_victim(min_adj, &pick))
		return;
	pr_info("killing %s (%d), adj %d, %lu pages: memory is low and nothing from adj %d on can be reclaimed\n",
		pick.task->comm, task_tgid_nr(pick.task), pick.adj, pick.size,
		min_adj);
	trace_proc_reclaim_kill(pick.task, pick.adj, pick.size, min_adj);
	atomic_long_inc(&kills);
	victim = get_pid(task_tgid(pick.task));
	victim_until = jiffies + VICTIM_WAIT;
	send_sig(SIGKILL, pick.task, 1);
	put_task_struct(pick.task);
}

/* In kB, from the largest of those that have to give, until it is enough. */
static u64 take(int min_adj)
{
	struct prc_wish wish = {
		.action = PRC_ACTION_FULL,
		.trigger = PRC_TRIGGER_LOWMEM,
		.adj = { .lo = min_adj, .hi = PRC_ADJ_MAX },
	};
	struct prc_decided decided;
	unsigned int i;
	u64 freed = 0;
	bool kill;
	int adj;

	prc_pick(&picks, min_adj, true);
	for (i = 0; i < picks.nr && !prc_worker_must_pause(); i++) {
		if (prc_worker_act(picks.pick[i].task, &wish, &decided))
			freed += decided.freed_kb;
		if (level_now(&adj, &kill) < 0)
			break;
	}
	prc_unpick(&picks);
	return freed;
}

static void run_lowmem(void)
{
	bool kill;
	int min_adj;

	if (level_now(&min_adj, &kill) < 0)
		return;
	if (take(min_adj) || prc_worker_must_pause())
		return;
	if (level_now(&min_adj, &kill) >= 0 && kill)
		kill_one(min_adj);
}

static struct prc_chore chore = { .run = run_lowmem, .why = "lowmem" };

/*
 * Enough to be asked to scan at once. There is nothing to be freed by who asks: the
 * worker does it, so that no lock of his is in the way.
 */
static unsigned long count_objects(struct shrinker *unused,
				   struct shrink_control *sc)
{
	bool kill;
	int min_adj;

	return level_now(&min_adj, &kill) < 0 ? 0 : 1024;
}

static unsigned long scan_objects(struct shrinker *unused,
				  struct shrink_control *sc)
{
	if (!prc_worker_is_current())
		prc_worker_poke(&chore);
	return SHRINK_STOP;
}

#ifdef PRC_SHRINKER_IS_OURS
static struct shrinker our_shrinker;
#endif
static struct shrinker *shrinker;

/**
 * prc_lowmem_on() - watch the levels
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int prc_lowmem_on(void)
{
#ifdef PRC_SHRINKER_IS_OURS
	int err;

	our_shrinker = (struct shrinker) {
		.count_objects = count_objects,
		.scan_objects = scan_objects,
	};
	err = register_shrinker(&our_shrinker, "proc_reclaim");
	if (!err)
		shrinker = &our_shrinker;
	return err;
#else
	shrinker = shrinker_alloc(0, "proc_reclaim");
	if (!shrinker)
		return -ENOMEM;
	shrinker->count_objects = count_objects;
	shrinker->scan_objects = scan_objects;
	shrinker->seeks = 0;
	shrinker_register(shrinker);
	return 0;
#endif
}

/**
 * prc_lowmem_off() - no longer
 *
 * Context: may sleep; waits for those who ask the shrinker.
 */
void prc_lowmem_off(void)
{
#ifdef PRC_SHRINKER_IS_OURS
	unregister_shrinker(shrinker);
#else
	shrinker_free(shrinker);
#endif
	shrinker = NULL;
}

/**
 * prc_lowmem_exit() - forget the last victim
 *
 * Context: module unload, when the worker has ended.
 */
void prc_lowmem_exit(void)
{
	put_pid(victim);
}
