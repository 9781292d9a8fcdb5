// SPDX-License-Identifier: GPL-2.0
/*
 * The files in /sys/kernel/debug/proc_reclaim: "request", whose result is read from the
 * same open file, the table of bound kernel functions, the processes that the worker
 * tracks, and its last decisions.
 */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "control.h"
#include "debugfs.h"
#include "decisions.h"
#include "kernel_api.h"
#include "process.h"

/**
 * struct request_file - one open "request" file
 * @lock: protects the other fields
 * @len: bytes in @line
 * @read: bytes of @line that were read already
 * @line: result of the last request, empty if that failed
 */
struct request_file {
	struct mutex lock;	/* one request or read at a time */
	size_t len;
	size_t read;
	char line[PRC_RESULT_LEN];
};

static int debugfs_request_open(struct inode *inode, struct file *file)
{
	struct request_file *rf = kzalloc(sizeof(*rf), GFP_KERNEL);

	if (!rf)
		return -ENOMEM;
	mutex_init(&rf->lock);
	file->private_data = rf;
	/* No file position: a read returns the result of the last write. */
	return stream_open(inode, file);
}

static int debugfs_request_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static ssize_t debugfs_request_write(struct file *file, const char __user *buf,
				     size_t count, loff_t *ppos)
{
	struct request_file *rf = file->private_data;
	char text[PRC_REQUEST_LEN + 1];
	struct prc_result result;
	int err;

	/* Copy one byte more than a request may have, so that a longer one is refused. */
	count = min(count, sizeof(text));
	if (copy_from_user(text, buf, count))
		return -EFAULT;
	if (mutex_lock_killable(&rf->lock))
		return -EINTR;
	rf->len = 0;
	rf->read = 0;
	err = prc_request_run(PRC_OP_RECLAIM, text, count, &result);
	if (!err)
		rf->len = prc_result_print(&result, rf->line,
					   sizeof(rf->line));
	mutex_unlock(&rf->lock);
	return err ? err : count;
}

static ssize_t debugfs_request_read(struct file *file, char __user *buf, size_t count,
				    loff_t *ppos)
{
	struct request_file *rf = file->private_data;
	size_t left;

	if (mutex_lock_killable(&rf->lock))
		return -EINTR;
	count = min(count, rf->len - rf->read);
	left = copy_to_user(buf, rf->line + rf->read, count);
	rf->read += count - left;
	mutex_unlock(&rf->lock);
	return left && left == count ? -EFAULT : count - left;
}

static const struct file_operations debugfs_request_fops = {
	.owner = THIS_MODULE,
	.open = debugfs_request_open,
	.release = debugfs_request_release,
	.write = debugfs_request_write,
	.read = debugfs_request_read,
};

static int bindings_show(struct seq_file *seq, void *unused)
{
	prc_kernel_api_show(seq);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(bindings);

static int decisions_show(struct seq_file *seq, void *unused)
{
	prc_decisions_show(seq);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(decisions);

/* Print one bucket of the table at a time: the whole table may be megabytes. */
static void *debugfs_processes_start(struct seq_file *seq, loff_t *pos)
{
	return *pos < prc_process_buckets() ? pos : NULL;
}

static void *debugfs_processes_next(struct seq_file *seq, void *v, loff_t *pos)
{
	++*pos;
	return debugfs_processes_start(seq, pos);
}

static void debugfs_processes_stop(struct seq_file *seq, void *v)
{
}

static int processes_show(struct seq_file *seq, void *v)
{
	loff_t *pos = v;

	return prc_process_show_bucket(seq, *pos, prc_now_ms());
}

static const struct seq_operations processes_sops = {
	.start = debugfs_processes_start,
	.next = debugfs_processes_next,
	.stop = debugfs_processes_stop,
	.show = processes_show,
};
DEFINE_SEQ_ATTRIBUTE(processes);

static struct dentry *debugfs_dir;

/**
 * prc_debugfs_init() - create the files
 *
 * Returns no error, because the module works without debugfs, and where lockdown closes
 * it.
 *
 * Context: module load, when the engine is ready.
 */
void prc_debugfs_init(void)
{
	debugfs_dir = debugfs_create_dir("proc_reclaim", NULL);
	debugfs_create_file("request", 0600, debugfs_dir, NULL, &debugfs_request_fops);
	debugfs_create_file("bindings", 0400, debugfs_dir, NULL, &bindings_fops);
	debugfs_create_file("processes", 0400, debugfs_dir, NULL, &processes_fops);
	debugfs_create_file("decisions", 0400, debugfs_dir, NULL, &decisions_fops);
}

/**
 * prc_debugfs_exit() - remove the files
 *
 * Context: module unload. No file is open: an open one pins the module.
 */
void prc_debugfs_exit(void)
{
	debugfs_remove(debugfs_dir);
}
