// SPDX-License-Identifier: GPL-2.0
/*
 * reclaimctl doctor: check whether the module can work on this system, and print remedies. The
 * checks change nothing, except that --self-test reclaims a child of this program.
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

#define KEY_SELF_TEST LONG_ONLY
#define SELF_TEST_KB 4096

/* Sorted by severity. NOTE is information. */
enum state { GOOD, NOTE, WARNING, BAD };

struct finding {
	enum state state;
	char text[256];
	char remedy[256];	/* empty if none is needed */
};

static const struct option_row options[] = {
	{ KEY_SELF_TEST, "self-test", NULL, "also reclaim a test process, and verify its memory" },
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

/* Return the first line of a file, or "" if it cannot be read. */
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
		      "not root: some checks are incomplete, and nothing can be reclaimed");
	else if (first || mapped || count < 4294967295UL)
		found(finding, BAD, "run it outside of the container",
		      "root of a user namespace only (a container?), which the module rejects");
	else
		found(finding, GOOD, NULL, "root");
}

/* The module finds private functions by kprobes. register_kprobe() is in kallsyms if it exists. */
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
		found(finding, BAD, "boot Linux 6.1 or newer", "%s is too old",
		      uts.release);
	else if (!exists("/sys/kernel/btf/vmlinux"))
		found(finding, is_loaded() ? WARNING : BAD,
		      "boot a kernel with CONFIG_DEBUG_INFO_BTF; use 'modprobe proc_reclaim "
		      "allow_unverified=1' only if you know its sources",
		      "%s has no BTF to verify private functions", uts.release);
	else if (!is_loaded() && !has_kprobes())
		found(finding, BAD, "boot a kernel with CONFIG_KPROBES",
		      "%s has no kprobes to find private functions", uts.release);
	else
		found(finding, GOOD, NULL, "%s, with BTF and kprobes", uts.release);
}

/* Check whether the module is built for the running kernel, for another one, or not at all. */
static void check_file(struct finding *finding)
{
	char pattern[256];
	struct utsname uts;
	glob_t files;
	bool here;

	uname(&uts);
	snprintf(pattern, sizeof(pattern),
		 "/lib/modules/%s/{updates,extra,weak-updates}{,/*}/proc_reclaim.ko*",
		 uts.release);
	here = !glob(pattern, GLOB_BRACE, NULL, &files);
	globfree(&files);
	if (here)
		found(finding, BAD, "run 'modprobe proc_reclaim'; if that fails, 'dmesg | grep "
		      "proc_reclaim' shows the reason",
		      "installed for this kernel, but not loaded");
	else if (exists("/var/lib/dkms/proc-reclaim"))
		found(finding, BAD, "install the headers of this kernel (Debian: "
		      "linux-headers-$(uname -r)), and run 'dkms autoinstall && modprobe "
		      "proc_reclaim'",
		      "registered with dkms, but not built for %s", uts.release);
	else
		found(finding, BAD, "install proc-reclaim-dkms, or run 'make install' in the "
		      "sources", "not installed");
}

static void check_module(struct finding *finding)
{
	if (is_loaded())
		found(finding, GOOD, NULL, "loaded");
	else
		check_file(finding);
}

/* Count the lines "name found expected found-prototype verified-by" after the heading. */
static void count_bindings(char *text, int *verified, int *others)
{
	char *line, *last, *rest;

	line = strtok_r(text, "\n", &rest);
	while (line && (line = strtok_r(NULL, "\n", &rest))) {
		last = strrchr(line, '\t');
		if (last && !strcmp(last + 1, "btf"))
			++*verified;
		else
			++*others;
	}
}

static void check_functions(struct finding *finding)
{
	char *bindings = read_text(DEBUGFS "/bindings");
	const char *unverified =
		first_line("/sys/module/proc_reclaim/parameters/allow_unverified");
	int verified = 0, others = 0;

	if (!is_loaded()) {
		found(finding, NOTE, NULL, "verified when the module is loaded");
	} else if (bindings) {
		count_bindings(bindings, &verified, &others);
		if (others || !verified)
			found(finding, WARNING, "load it without allow_unverified=1, on a "
			      "kernel with BTF", "%d verified against BTF, %d unverified",
			      verified, others);
		else
			found(finding, GOOD, NULL, "all %d verified against BTF", verified);
	} else if (!strcmp(unverified, "N")) {
		found(finding, GOOD, NULL, "verified, because the module does not load otherwise");
	} else {
		found(finding, WARNING, NULL, "unknown, because 'bindings' in debugfs cannot be "
		      "read");
	}
	free(bindings);
}

static void check_debugfs(struct finding *finding)
{
	int fd = is_loaded() ? open(DEBUGFS "/request", O_RDWR | O_CLOEXEC) : -1;

	if (fd >= 0)
		found(finding, GOOD, NULL, "available: each request gets its own result");
	else if (!is_loaded())
		found(finding, NOTE, NULL, "unavailable without the module");
	else if (errno == EPERM)
		found(finding, NOTE, NULL,
		      "closed by kernel lockdown: sysfs is used instead");
	else
		found(finding, NOTE, "mount -t debugfs debugfs /sys/kernel/debug",
		      "unavailable (%s): sysfs is used, and 'top' shows less",
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
		found(finding, GOOD, NULL, "unsupported by this kernel, or securityfs not mounted");
	else if (strstr(text, "[none"))
		found(finding, GOOD, NULL, "off");
	else
		found(finding, NOTE, "sign the module; see SECURE BOOT in proc_reclaim(7)",
		      "on (%s): only signed modules load, and 'request' in debugfs is closed",
		      strchr(text, '[') + 1);
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

/* zswap compresses pages before they go to a disk, so that memory is free immediately. */
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
		found(finding, WARNING, "set up swap on zram, which is compressed memory (Debian: "
		      "zram-tools), or on a disk",
		      "none: only file pages can be reclaimed, not anonymous memory");
	else if (pct < least)
		found(finding, WARNING, "add swap, or lower throttle/min_free_swap_pct",
		      "%s, %lld %% free: below %lld %% the worker reclaims only file pages",
		      kinds, pct, least);
	else if (!pct)
		found(finding, WARNING, "add swap", "%s, full", kinds);
	else if (strstr(kinds, "zram") || strstr(kinds, "zswap"))
		found(finding, GOOD, NULL, "%s, %lld %% free", kinds, pct);
	else
		found(finding, GOOD, NULL, "%s, %lld %% free: memory is free after it is "
		      "written; zram is faster", kinds, pct);
}

static void check_mglru(struct finding *finding)
{
	const char *enabled = first_line("/sys/kernel/mm/lru_gen/enabled");

	if (!*enabled)
		found(finding, GOOD, NULL, "unsupported by this kernel: 'inactive' means the "
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
		found(finding, NOTE, "boot with psi=1 to see pressure here",
		      "unavailable, but the module does not need it");
	else
		found(finding, GOOD, NULL, "tasks stalled on memory for %.1f %% of the last 10 s",
		      avg10);
}

static bool worker_has_trigger(void)
{
	return read_count("trigger/adj") > 0 || read_count("trigger/pressure") > 0 ||
	       read_count("trigger/idle_ms") > 0 || read_count("lowmem/enabled") > 0;
}

static void check_worker(struct finding *finding)
{
	if (!is_loaded())
		found(finding, NOTE, NULL, "unavailable without the module");
	else if (read_count("worker/enabled") <= 0)
		found(finding, NOTE, "to enable it, run 'reclaimctl policy load --profile "
		      "desktop' (or server, or android)",
		      "off: only requests reclaim memory");
	else if (!worker_has_trigger())
		found(finding, WARNING, "enable one: trigger/adj, trigger/idle_ms, "
		      "trigger/pressure or lowmem/enabled",
		      "on, but idle, because all triggers are off");
	else
		found(finding, GOOD, NULL, "on");
}

/* Read a number of a cgroup. Return -1 if it has none, or "max". */
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
		found(finding, WARNING, "raise it (systemd: MemorySwapMax=) to reclaim their "
		      "anonymous memory",
		      "%zu of %zu are at their swap limit: %s/memory.swap.max", count, seen,
		      first);
	else
		found(finding, GOOD, NULL, "none of %zu is at its swap limit", seen);
}

/* Fill memory, report that, and verify the memory when the pipe is closed. */
static void self_test_child(int from, int to)
{
	size_t len = SELF_TEST_KB * 1024UL, i, wrong = 0;
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

static void report_self_test(struct finding *finding, int err, struct json_object *result,
			     int status)
{
	long long freed_kb = number_of(result, "rss_before_kb") -
			     number_of(result, "rss_after_kb");

	if (err)
		found(finding, BAD, "see 'Errors of a write' in proc_reclaim(7)",
		      "the request failed: %s", strerror(-err));
	else if (!WIFEXITED(status) || WEXITSTATUS(status))
		found(finding, BAD, "unload the module, and report this bug",
		      "the memory of the test process has changed");
	else if (!result)
		found(finding, NOTE, "try again", "done, and the memory is intact; result "
		      "overwritten by a concurrent request");
	else if (freed_kb < SELF_TEST_KB / 2)
		found(finding, WARNING, "see 'swap' and 'cgroups' above",
		      "only %lld of %d KiB freed (stop=%s)", freed_kb, SELF_TEST_KB,
		      text_of(result, "stop"));
	else
		found(finding, GOOD, NULL, "%lld KiB freed, and the memory is intact",
		      freed_kb);
}

static void check_self_test(struct finding *finding)
{
	int to_child[2], from_child[2], status = -1, err;
	struct json_object *result = NULL;
	char text[32], byte;
	pid_t pid;

	if (pipe2(to_child, O_CLOEXEC) || pipe2(from_child, O_CLOEXEC))
		return found(finding, BAD, NULL, "cannot create a pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		return found(finding, BAD, NULL, "cannot create a process: %s", strerror(errno));
	if (!pid) {
		close(to_child[1]);
		self_test_child(to_child[0], from_child[1]);
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
	report_self_test(finding, err, result, status);
	json_object_put(result);
}

static const struct check {
	const char *name;
	void (*run)(struct finding *finding);
	bool is_self_test;
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
	{ "self-test", check_self_test, true },
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

static enum state run_checks(struct json_object *all, bool self_test)
{
	enum state worst = GOOD;
	struct finding finding;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(checks); i++) {
		if (checks[i].is_self_test && (!self_test || !is_loaded()))
			continue;
		checks[i].run(&finding);
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
	bool self_test = false;
	enum state worst;
	int key;

	while ((key = next_option(command, argc, argv)) != -1)
		self_test |= key == KEY_SELF_TEST;
	no_operands(argc, argv);
	worst = run_checks(all, self_test);
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
	.summary = "Check whether the module can work here, and suggest remedies",
	.description =
"The exit code is 5 if a check failed, 3 if the module is not loaded, and otherwise 0,\n"
"even with warnings.\n",
	.options = options,
	.run = run,
};
