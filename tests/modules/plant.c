// SPDX-License-Identifier: GPL-2.0
/*
 * Commits the fault named by "fault" while it is loaded: proof that the debug
 * kernel's checkers are awake, because one that sleeps looks like a clean run.
 */
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timer.h>

static char *fault = "";
module_param(fault, charp, 0400);
MODULE_PARM_DESC(fault, "What to do wrong");

#define OBJECT_SIZE 128		/* bytes; a slab of its own size */
#define HUNG_S 20		/* over twice the limit that the test sets */

/* Through here the compiler does not see what is wrong. */
static char *volatile object;
static volatile int bits = 40;
static volatile int result;

static noinline void plant_use_after_free(void)
{
	object = kzalloc(OBJECT_SIZE, GFP_KERNEL);
	kfree(object);
	result = object[8];
}

static noinline void plant_out_of_bounds(void)
{
	object = kzalloc(OBJECT_SIZE, GFP_KERNEL);
	result = object[OBJECT_SIZE];
	kfree(object);
}

static noinline void plant_sleep_in_atomic(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	might_sleep();
	spin_unlock(&lock);
}

static noinline void plant_list_corruption(void)
{
	static LIST_HEAD(list);
	static LIST_HEAD(first);
	static LIST_HEAD(second);

	list_add(&first, &list);
	first.prev = &second;
	list_del(&first);
}

static noinline void plant_shift(void)
{
	result = 1 << bits;
}

static noinline void plant_leak(void)
{
	int i;

	/* More than one: a stale word on some stack may still point at the last. */
	for (i = 0; i < 8; i++)
		object = kzalloc(OBJECT_SIZE, GFP_KERNEL);
	object = NULL;
}

static void never(struct timer_list *unused)
{
}

static noinline void plant_active_object(void)
{
	struct timer_list *timer = kzalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, never, 0);
	mod_timer(timer, jiffies + 3600 * HZ);
	kfree(timer);
}

static noinline void plant_hung_task(void)
{
	schedule_timeout_uninterruptible(HUNG_S * HZ);
}

static noinline void plant_circular_locking(void)
{
	static DEFINE_MUTEX(a);
	static DEFINE_MUTEX(b);

	mutex_lock(&a);
	mutex_lock(&b);
	mutex_unlock(&b);
	mutex_unlock(&a);
	mutex_lock(&b);
	mutex_lock(&a);
	mutex_unlock(&a);
	mutex_unlock(&b);
}

/* Through here, too, the compiler does not see what it is. */
static void *volatile callee = plant_shift;

static noinline void plant_wrong_type(void)
{
	((int (*)(long))callee)(1);
}

#ifdef CONFIG_ARM64_BTI_KERNEL
/* The second instruction of a function, 4 bytes on, is no landing pad. */
static noinline __nocfi void plant_no_landing_pad(void)
{
	((void (*)(void))(callee + 4))();
}
#endif

static const struct {
	const char *name;
	void (*commit)(void);
} faults[] = {
	{ "use-after-free", plant_use_after_free },
	{ "out-of-bounds", plant_out_of_bounds },
	{ "sleep-in-atomic", plant_sleep_in_atomic },
	{ "list-corruption", plant_list_corruption },
	{ "shift", plant_shift },
	{ "leak", plant_leak },
	{ "active-object", plant_active_object },
	{ "hung-task", plant_hung_task },
	{ "circular-locking", plant_circular_locking },
	{ "wrong-type", plant_wrong_type },
#ifdef CONFIG_ARM64_BTI_KERNEL
	{ "no-landing-pad", plant_no_landing_pad },
#endif
};

static int __init plant_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (strcmp(fault, faults[i].name))
			continue;
		faults[i].commit();
		return 0;
	}
	return -EINVAL;
}

static void __exit plant_exit(void)
{
}

module_init(plant_init);
module_exit(plant_exit);

MODULE_DESCRIPTION("Test aid: commit a fault that a checker must report");
MODULE_LICENSE("GPL");
