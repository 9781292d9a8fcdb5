// SPDX-License-Identifier: GPL-2.0
/*
 * reclaimctl doctor: would it work here, what stands in the way, and what to do about
 * it. Looks, and changes nothing; --trial reclaims a child of its own.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reclaimctl.h"

#define KEY_TRIAL LONG_ONLY
#define TRIAL_KB 4096

/* In the order of how bad it is. NOTE is only to be known. */
enum state { GOOD, NOTE, WARNING, BAD };

struct finding {
	enum state state;
	char text[256];
	char remedy[256];	/* empty: none is needed */
};

static const struct option_row options[] = {
	{ KEY_TRIAL, "trial", NULL, "also reclaim a process made for it, and verify it" },
	JSON_ROW,
	{ 0 }
};

__attribute__((format(printf, 4, 5)))
static void found(struct finding *finding, enum state state, const char *remedy,
		  const char *format, ...)
{
	va_list args;

	finding->state = state;
	snprintf(finding->remedy, sizeof(finding->remedy), "%s", remedy ? remedy : "");
	va_start(args, format);
	vsnprintf(finding->text, sizeof(finding->text), format, args);
	va_end(args);
}

static bool exists(const char *path)
{
	return !access(path, F_OK);
}

static bool is_loaded(void)
{
	return exists(SYSFS);
}

/* The first line of a file, "" if there is none. */
static const char *first_line(const char *path)
{
	static char line[256];
	char *text = read_text(path);

	snprintf(line, sizeof(line), "%.*s", text ? (int)strcspn(text, "\n") : 0,
		 text ? text : "");
	free(text);
	return line;
}

static void check_user(struct finding *finding)
{
	char *map = read_text("/proc/self/uid_map");
	unsigned long first = 1, mapped = 1, count = 0;

	if (map)
		sscanf(map, "%lu %lu %lu", &first, &mapped, &count);
	free(map);
	if (geteuid())
		found(finding, WARNING, "run it as root: sudo reclaimctl doctor",
		      "not root: some of this cannot be seen, and nothing can be reclaimed");
	else if (first || mapped || count < 4294967295UL)
		found(finding, BAD, "use it outside of the container",
		      "root of a user namespace (a container?) only, which is refused");
	else
		found(finding, GOOD, NULL, "root");
}

/* By them the module finds its functions; what registers one is exported, so listed. */
static bool has_kprobes(void)
{
	FILE *symbols = fopen("/proc/kallsyms", "re");
	char line[512];
	bool has = false;

	while (symbols && !has && fgets(line, sizeof(line), symbols))
		has = strstr(line, " register_kprobe\n");
	if (symbols)
		fclose(symbols);
	return has;
}

static void check_kernel(struct finding *finding)
{
	struct utsname uts;
	int major = 0, minor = 0;

	uname(&uts);
	sscanf(uts.release, "%d.%d", &major, &minor);
	if (major < 6 || (major == 6 && minor < 1))
		found(finding, BAD, "boot a kernel of 6.1 or newer", "%s is too old",
		      uts.release);
	else if (!exists("/sys/kernel/btf/vmlinux"))
		found(finding, is_loaded() ? WARNING : BAD,
		      "boot a kernel with CONFIG_DEBUG_INFO_BTF; 'modprobe proc_reclaim "
		      "allow_unverified=1' only if you know its sources",
		      "%s has no BTF to prove the module's functions with", uts.release);
	else if (!is_loaded() && !has_kprobes())
		found(finding, BAD, "boot a kernel with CONFIG_KPROBES",
		      "%s has no kprobes to find the module's functions by", uts.release);
	else
		found(finding, GOOD, NULL, "%s, with BTF and kprobes", uts.release);
}

/* Built for the running kernel, or only for others, or not at all. */
static void check_file(struct finding *finding)
{
	char pattern[256];
	struct utsname uts;
	glob_t files;
	bool here;

	uname(&uts);
	snprintf(pattern, sizeof(pattern),
		 "/lib/modules/%s/updates/{,dkms/}proc_reclaim.ko*", uts.release);
	here = !glob(pattern, GLOB_BRACE, NULL, &files);
	globfree(&files);
	if (here)
		found(finding, BAD, "modprobe proc_reclaim; if that fails, 'dmesg | grep "
		      "proc_reclaim' has the reason",
		      "installed for this kernel, but not loaded");
	else if (exists("/var/lib/dkms/proc-reclaim"))
		found(finding, BAD, "apt-get install linux-headers-$(uname -r) && dkms "
		      "autoinstall && modprobe proc_reclaim",
		      "known to dkms, but not built for %s", uts.release);
	else
		found(finding, BAD, "install proc-reclaim-dkms, or 'make install' in the sources",
		      "not installed");
}

static void check_module(struct finding *finding)
{
	if (is_loaded())
		found(finding, GOOD, NULL, "loaded");
	else
		check_file(finding);
}

/* Lines "name found expected found-prototype verified-by" under a heading. */
static void count_bindings(char *text, int *proved, int *others)
{
	char *line, *last, *rest;

	line = strtok_r(text, "\n", &rest);
	while (line && (line = strtok_r(NULL, "\n", &rest))) {
		last = strrchr(line, '\t');
		if (last && !strcmp(last + 1, "btf"))
			++*proved;
		else
			++*others;
	}
}

static void check_functions(struct finding *finding)
{
	char *bindings = read_text(DEBUGFS "/bindings");
	const char *unverified =
		first_line("/sys/module/proc_reclaim/parameters/allow_unverified");
	int proved = 0, others = 0;

	if (!is_loaded()) {
		found(finding, NOTE, NULL, "proved when the module is loaded");
	} else if (bindings) {
		count_bindings(bindings, &proved, &others);
		if (others || !proved)
			found(finding, WARNING, "load it without allow_unverified=1, on a "
			      "kernel with BTF", "%d are proved by BTF, and %d are not",
			      proved, others);
		else
			found(finding, GOOD, NULL, "all %d are proved by BTF", proved);
	} else if (!strcmp(unverified, "N")) {
		found(finding, GOOD, NULL, "proved, or the module would not have loaded");
	} else {
		found(finding, WARNING, NULL, "debugfs' bindings cannot be read, so it is "
		      "not known whether they are proved");
	}
	free(bindings);
}

static void check_debugfs(struct finding *finding)
{
	int fd = is_loaded() ? open(DEBUGFS "/request", O_RDWR | O_CLOEXEC) : -1;

	if (fd >= 0)
		found(finding, GOOD, NULL, "open: each request has its own result");
	else if (!is_loaded())
		found(finding, NOTE, NULL, "not there without the module");
	else if (errno == EPERM)
		found(finding, NOTE, NULL,
		      "closed by kernel lockdown: results are read from sysfs instead");
	else
		found(finding, NOTE, "mount -t debugfs debugfs /sys/kernel/debug",
		      "not to be had (%s): sysfs is used, and 'top' shows less",
		      strerror(errno));
	if (fd >= 0)
		close(fd);
}

static void check_lockdown(struct finding *finding)
{
	char *text = read_text("/sys/kernel/security/lockdown");
	char *end = text ? strchr(text, ']') : NULL;

	if (end)
		*end = '\0';
	if (!end)
		found(finding, GOOD, NULL, "not known to this kernel, or not mounted");
	else if (strstr(text, "[none"))
		found(finding, GOOD, NULL, "off");
	else
		found(finding, NOTE, "the module has to be signed; see SECURE BOOT in "
		      "proc_reclaim(7)", "on (%s): only signed modules load, debugfs' request is "
		      "closed", strchr(text, '[') + 1);
	free(text);
}

static long long free_swap_pct(struct json_object *swaps, char *kinds, size_t size)
{
	long long size_kb = 0, used_kb = 0;
	struct json_object *swap;
	size_t i;

	*kinds = '\0';
	for (i = 0; i < json_object_array_length(swaps); i++) {
		swap = json_object_array_get_idx(swaps, i);
		size_kb += number_of(swap, "size_kb");
		used_kb += number_of(swap, "used_kb");
		if (strstr(kinds, text_of(swap, "kind")))
			continue;
		snprintf(kinds + strlen(kinds), size - strlen(kinds), "%s%s",
			 *kinds ? ", " : "", text_of(swap, "kind"));
	}
	return size_kb ? (size_kb - used_kb) * 100 / size_kb : -1;
}

/* It compresses what is on its way to a disk, so that memory is free at once. */
static void add_zswap(char *kinds, size_t size)
{
	size_t len = strlen(kinds);

	if (*first_line("/sys/module/zswap/parameters/enabled") == 'Y')
		snprintf(kinds + len, size - len, " behind zswap");
}

static void check_swap(struct finding *finding)
{
	struct json_object *swaps = read_swaps();
	char kinds[48];
	long long pct = free_swap_pct(swaps, kinds, sizeof(kinds));
	long long least = read_count("throttle/min_free_swap_pct");

	json_object_put(swaps);
	add_zswap(kinds, sizeof(kinds));
	if (pct < 0)
		found(finding, WARNING, "apt-get install zram-tools (compressed memory), or "
		      "mkswap and swapon",
		      "none: anonymous memory cannot be reclaimed, only files");
	else if (pct < least)
		found(finding, WARNING, "add swap, or lower throttle/min_free_swap_pct",
		      "%s, %lld %% free: the worker takes file pages only under %lld %%",
		      kinds, pct, least);
	else if (!pct)
		found(finding, WARNING, "add swap", "%s, full", kinds);
	else if (strstr(kinds, "zram") || strstr(kinds, "zswap"))
		found(finding, GOOD, NULL, "%s, %lld %% free", kinds, pct);
	else
		found(finding, GOOD, NULL, "%s, %lld %% free: memory is free when it is "
		      "written; zram would be quicker", kinds, pct);
}

static void check_mglru(struct finding *finding)
{
	const char *enabled = first_line("/sys/kernel/mm/lru_gen/enabled");

	if (!*enabled)
		found(finding, GOOD, NULL, "not in this kernel: 'inactive' means the "
		      "inactive list");
	else if (strtol(enabled, NULL, 16) & 1)
		found(finding, GOOD, NULL, "on: 'inactive' means not in the two youngest "
		      "generations");
	else
		found(finding, GOOD, NULL, "off: 'inactive' means the inactive list");
}

static void check_psi(struct finding *finding)
{
	double avg10;

	if (sscanf(first_line("/proc/pressure/memory"), "some avg10=%lf", &avg10) != 1)
		found(finding, NOTE, "boot with psi=1, if you want to see it",
		      "not to be had: the module does without");
	else
		found(finding, GOOD, NULL, "memory was short for %.1f %% of the last 10 s",
		      avg10);
}

static bool worker_has_work(void)
{
	return read_count("trigger/adj") > 0 || read_count("trigger/pressure") > 0 ||
	       read_count("trigger/idle_ms") > 0 || read_count("lowmem/enabled") > 0;
}

static void check_worker(struct finding *finding)
{
	if (!is_loaded())
		found(finding, NOTE, NULL, "not there without the module");
	else if (read_count("worker/enabled") <= 0)
		found(finding, NOTE, "reclaimctl policy load --profile desktop (or server, "
		      "android), if it is to work by itself",
		      "off: only what is asked for is reclaimed");
	else if (!worker_has_work())
		found(finding, WARNING, "switch one on: trigger/adj, trigger/idle_ms, "
		      "trigger/pressure or lowmem/enabled",
		      "on, but nothing wakes it: every trigger is off");
	else
		found(finding, GOOD, NULL, "on");
}

/* A number of a cgroup; -1 where there is none, or "max". */
static long long cgroup_number(const char *cgroup, const char *name)
{
	char path[PATH_MAX];
	const char *line;

	snprintf(path, sizeof(path), "%s/%s", cgroup, name);
	line = first_line(path);
	return isdigit(*line) ? atoll(line) : -1;
}

static bool is_at_swap_limit(const char *cgroup)
{
	long long limit = cgroup_number(cgroup, "memory.swap.max");

	return limit >= 0 && cgroup_number(cgroup, "memory.swap.current") >= limit;
}

static void check_cgroups(struct finding *finding)
{
	FTS *tree = fts_open((char *[]){ "/sys/fs/cgroup", NULL }, FTS_PHYSICAL, NULL);
	size_t seen = 0, count = 0;
	char first[PATH_MAX] = "";
	FTSENT *entry;

	while (tree && (entry = fts_read(tree))) {
		if (entry->fts_info != FTS_D)
			continue;
		seen++;
		if (is_at_swap_limit(entry->fts_path) && !count++)
			snprintf(first, sizeof(first), "%s", entry->fts_path);
	}
	if (tree)
		fts_close(tree);
	if (count)
		found(finding, WARNING, "raise it (systemd: MemorySwapMax=), if their "
		      "anonymous memory is to be reclaimed",
		      "%zu of %zu may not swap, or no more: %s/memory.swap.max", count,
		      seen, first);
	else
		found(finding, GOOD, NULL, "none of %zu is at a limit of swap", seen);
}

/* A child whose memory is known, until the pipe is closed. */
static void trial_child(int from, int to)
{
	size_t len = TRIAL_KB * 1024UL, i, wrong = 0;
	unsigned char *memory = mmap(NULL, len, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char byte = 'r';

	if (memory == MAP_FAILED)
		_exit(1);
	for (i = 0; i < len; i++)
		memory[i] = i % 251;
	if (write(to, &byte, 1) != 1 || read(from, &byte, 1) != 0)
		_exit(1);
	for (i = 0; i < len; i++)
		wrong += memory[i] != i % 251;
	_exit(wrong ? 2 : 0);
}

static void judge_trial(struct finding *finding, int err, struct json_object *result,
			int status)
{
	long long freed_kb = number_of(result, "rss_before_kb") -
			     number_of(result, "rss_after_kb");

	if (err)
		found(finding, BAD, "see 'Errors of a write' in sysfs-ABI.md",
		      "the request failed: %s", strerror(-err));
	else if (!WIFEXITED(status) || WEXITSTATUS(status))
		found(finding, BAD, "unload the module, and report this",
		      "the process did not find its memory as it was");
	else if (!result)
		found(finding, NOTE, "try again", "done, and the memory came back intact; "
		      "somebody else's result has replaced its own");
	else if (freed_kb < TRIAL_KB / 2)
		found(finding, WARNING, "see 'swap' and 'cgroups' above",
		      "only %lld of %d KiB were freed (stop=%s)", freed_kb, TRIAL_KB,
		      text_of(result, "stop"));
	else
		found(finding, GOOD, NULL, "%lld KiB were freed, and came back intact",
		      freed_kb);
}

static void check_trial(struct finding *finding)
{
	int to_child[2], from_child[2], status = -1, err;
	struct json_object *result = NULL;
	char text[32], byte;
	pid_t pid;

	if (pipe2(to_child, O_CLOEXEC) || pipe2(from_child, O_CLOEXEC))
		return found(finding, BAD, NULL, "no pipes: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		return found(finding, BAD, NULL, "no child: %s", strerror(errno));
	if (!pid) {
		close(to_child[1]);
		trial_child(to_child[0], from_child[1]);
	}
	close(to_child[0]);
	close(from_child[1]);
	snprintf(text, sizeof(text), "%d anon", pid);
	if (read(from_child[0], &byte, 1) == 1)
		err = request("reclaim", text, &result);
	else
		err = -EIO;
	close(to_child[1]);
	close(from_child[0]);
	waitpid(pid, &status, 0);
	judge_trial(finding, err, result, status);
	json_object_put(result);
}

static const struct check {
	const char *name;
	void (*look)(struct finding *finding);
	bool trial;
} checks[] = {
	{ "user", check_user },
	{ "kernel", check_kernel },
	{ "module", check_module },
	{ "functions", check_functions },
	{ "debugfs", check_debugfs },
	{ "lockdown", check_lockdown },
	{ "swap", check_swap },
	{ "cgroups", check_cgroups },
	{ "mglru", check_mglru },
	{ "psi", check_psi },
	{ "worker", check_worker },
	{ "trial", check_trial, true },
};

static const struct {
	const char *name;
	enum colour colour;
} states[] = {
	[GOOD] = { "ok", GREEN },
	[NOTE] = { "note", PLAIN },
	[WARNING] = { "warning", YELLOW },
	[BAD] = { "failed", RED },
};

static void print_finding(const char *name, const struct finding *finding)
{
	printf("%s%-8s%s %-10s %s\n", colour(states[finding->state].colour),
	       states[finding->state].name, colour(PLAIN), name, finding->text);
	if (*finding->remedy)
		printf("%19s -> %s\n", "", finding->remedy);
}

static struct json_object *finding_object(const char *name, const struct finding *finding)
{
	struct json_object *object = json_object_new_object();

	add_text(object, "check", name);
	add_text(object, "state", states[finding->state].name);
	add_text(object, "text", finding->text);
	if (*finding->remedy)
		add_text(object, "remedy", finding->remedy);
	return object;
}

static enum state look_at_all(struct json_object *all, bool trial)
{
	enum state worst = GOOD;
	struct finding finding;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		if (checks[i].trial && (!trial || !is_loaded()))
			continue;
		checks[i].look(&finding);
		if (finding.state > worst)
			worst = finding.state;
		if (json_wanted)
			json_object_array_add(all, finding_object(checks[i].name,
								  &finding));
		else
			print_finding(checks[i].name, &finding);
	}
	return worst;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct json_object *report = json_object_new_object();
	struct json_object *all = json_object_new_array();
	bool trial = false;
	enum state worst;
	int key;

	while ((key = next_option(command, argc, argv)) != -1)
		trial |= key == KEY_TRIAL;
	no_more_words(argc, argv);
	worst = look_at_all(all, trial);
	json_object_object_add(report, "checks", all);
	add_text(report, "worst", states[worst].name);
	if (json_wanted)
		print_json(report);
	else
		json_object_put(report);
	if (!is_loaded())
		return EXIT_NO_MODULE;
	return worst == BAD ? EXIT_FAILED : EXIT_DONE;
}

const struct command doctor_command = {
	.name = "doctor",
	.arguments = "[OPTION...]",
	.summary = "Look for what would keep it from working, and say what to do",
	.description =
"The exit code is 5 if something keeps it from working, 3 if the module is not\n"
"loaded, else 0, also with warnings.\n",
	.options = options,
	.run = run,
};
