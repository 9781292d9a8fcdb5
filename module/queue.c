// SPDX-License-Identifier: GPL-2.0
/*
 * The actions that wait for the worker, at most one for each process, oldest first. The
 * lock of the process table protects the queue.
 */
#include <linux/hashtable.h>
#include <linux/list.h>
#include <linux/sched/signal.h>

#include "process.h"
#include "queue.h"

static LIST_HEAD(queue);
static unsigned int queue_len;

/**
 * __prc_queue_remove() - take a process out of the queue
 * @process: the process
 *
 * Context: any; the caller holds prc_process_lock.
 * Return: true if the process was in the queue.
 */
bool __prc_queue_remove(struct prc_process *process)
{
	lockdep_assert_held(&prc_process_lock);
	if (list_empty(&process->queued))
		return false;
	list_del_init(&process->queued);
	queue_len--;
	return true;
}

/**
 * prc_queue_add() - put a process into the queue
 * @task: one of its threads
 * @work: the action. It replaces an older one.
 * @replaced: the older action, if there was one
 *
 * Context: any that is not an interrupt.
 * Return: 0; 1 if it replaced an older one; -ENOMEM if the process cannot be
 *	   remembered; -ESRCH if it has exited.
 */
int prc_queue_add(struct task_struct *task, const struct prc_work *work,
		  struct prc_work *replaced)
{
	struct prc_process *process = prc_process_get(task, GFP_NOWAIT);
	int ret = 0;

	if (!process)
		return prc_process_has_exited(task) ? -ESRCH : -ENOMEM;
	spin_lock(&prc_process_lock);
	if (hash_hashed(&process->node)) {
		if (list_empty(&process->queued)) {
			list_add_tail(&process->queued, &queue);
			queue_len++;
		} else {
			*replaced = process->work;
			ret = 1;
		}
		process->work = *work;
	} else {
		ret = -ESRCH;
	}
	spin_unlock(&prc_process_lock);
	prc_process_put(process);
	return ret;
}

/**
 * prc_queue_requeue() - put back what prc_queue_pop() returned
 * @process: the process; the reference is kept
 * @work: its action. A newer action has precedence.
 */
void prc_queue_requeue(struct prc_process *process,
		       const struct prc_work *work)
{
	spin_lock(&prc_process_lock);
	if (hash_hashed(&process->node) && list_empty(&process->queued)) {
		list_add(&process->queued, &queue);
		queue_len++;
		process->work = *work;
	}
	spin_unlock(&prc_process_lock);
}

/**
 * prc_queue_pop() - take the oldest action out of the queue
 * @work: filled in with the action
 *
 * Return: the process, with a reference; NULL if the queue is empty.
 */
struct prc_process *prc_queue_pop(struct prc_work *work)
{
	struct prc_process *process;

	spin_lock(&prc_process_lock);
	process = list_first_entry_or_null(&queue, struct prc_process, queued);
	if (process) {
		*work = process->work;
		__prc_queue_remove(process);
		refcount_inc(&process->refs);
	}
	spin_unlock(&prc_process_lock);
	return process;
}

/**
 * prc_queue_is_empty() - check whether the queue is empty
 *
 * Return: true if it is; without the lock.
 */
bool prc_queue_is_empty(void)
{
	return list_empty(&queue);
}

/**
 * prc_queue_len() - get the number of queued actions
 *
 * Return: the length of the queue; without the lock.
 */
unsigned int prc_queue_len(void)
{
	return READ_ONCE(queue_len);
}
