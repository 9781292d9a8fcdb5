// SPDX-License-Identifier: GPL-2.0
/*
 * target KIND SIZE [OPTION...]: a process whose memory the tests reclaim.
 * Every 64-bit word of it has a value of its own, so that a wrong, lost or mixed
 * up page is seen. Driven by lines on stdin, answers each with one line:
 *
 *   ready PID ADDR LEN            once, when the memory is set up
 *   verify [OFF LEN]              ok WORDS | bad INDEX
 *   write [OFF LEN]               write every word again         ok WORDS
 *   touch [OFF LEN]               read one word of each page     ok PAGES
 *   present [OFF LEN]             pages mapped                  present PAGES
 *   swapped [OFF LEN]             pages in swap                 swapped PAGES
 *   mincore [OFF LEN]             pages in the page cache       mincore PAGES
 *   hugepages                     AnonHugePages                 hugepages KB
 *   rss                           rss= anon= file= shmem= swap= (kB, from status)
 *   smaps                         rss= anon= swap= locked= (kB, from smaps_rollup)
 *   unmap [OFF LEN]               ok
 *   remap                         fresh written anonymous memory in its place: ok
 *   churn                         unmap and map again, part by part, for a second: ok TIMES
 *   hide [OFF LEN]                PROT_NONE                     ok
 *   show [OFF LEN]                readable and writable again   ok
 *   hold [OFF LEN]                the first page is in a pipe   ok
 *   move                          mremap() elsewhere            ok ADDR
 *   askew                         the same, to a page after where a huge one could begin
 *   fork                          a child that keeps sharing    ok PID
 *   child                         the last child's pid          ok PID
 *   fork-verify                   what a new child reads        ok WORDS | bad INDEX
 *   zombie                        a child that has ended        zombie PID
 *   reap                          end all children              ok
 *   exec [KIND SIZE]              execute again (anon 1M)       ready PID ADDR LEN
 *   stall-start                   a thread begins to time mmap() and munmap(): ok
 *   stall-stop                    stall MAX_US COUNT
 *   write-start [OFF LEN]         a thread writes all the while: ok
 *   write-stop                    ok ROUNDS
 *   hot-start [OFF LEN]           a thread writes a word of each page every 10 ms: ok
 *   hot-stop                      hot LOOPS US LONGEST_US MAJOR_FAULTS
 *   exit [STATUS]                 ok
 *
 * Options: --random (values that do not compress), --seed N, --thp (leave huge
 * pages to the system's setting), --threads N (threads: 4), --half (cow: write
 * every other page only), --over SECONDS (anon: fill the memory evenly over that time),
 * --fork (share all with a child), --uid N, --then-uid N
 * (only when the memory is set up: its file is root's), --undumpable (at last only
 * root may ptrace it), --cgroup DIR (become one of its processes first), --dir DIR
 * (where files are made).
 *
 * OFF and LEN, like SIZE, take a suffix K, M, G or T. What cannot be done is
 * answered by "error TEXT". End of input ends the process and its children.
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/io_uring.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef MLOCK_ONFAULT
#define MLOCK_ONFAULT 1
#endif

#define HUGE_PAGE ((size_t)2 << 20)
#define MAX_CHILDREN 64

/* A part of the memory that is mapped and holds values. */
struct piece {
	char *start;
	size_t len;
	bool writable;
};

static size_t page_size;
static char *memory;		/* the start of it all: words count from here */
static size_t memory_len;
static struct piece *pieces;
static size_t nr_pieces;
static int file_fd = -1;

/* Options. */
static bool random_values;	/* --random: nothing that compresses */
static bool keep_thp;		/* --thp: leave huge pages to the system's setting */
static uint64_t seed = 0x5eed;	/* --seed N */
static unsigned int nr_threads = 4;	/* --threads N */
static const char *file_dir = "/var/tmp";	/* --dir DIR */
static bool only_half;		/* --half */
static unsigned int over_s;	/* --over SECONDS; 0: at once */
static bool fork_first;		/* --fork */
static unsigned int then_uid;	/* --then-uid N; 0: stay */
static bool undumpable;		/* --undumpable */

/* How the present memory reads. */
static bool all_zero;		/* zero: never written */
static bool copied;		/* cow: written pages differ from the file's */
static bool may_be_zero;	/* lazyfree: a page may be gone, as a whole */

static pid_t children[MAX_CHILDREN];
static size_t nr_children;

static void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *format, ...)
{
	va_list args;

	printf("error ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf(": %s\n", strerror(errno));
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void sleep_until(uint64_t ns)
{
	struct timespec until = { (time_t)(ns / 1000000000), (long)(ns % 1000000000) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

/* splitmix64: distinct for distinct arguments, and nothing compresses it. */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static uint64_t value_of(uint64_t index)
{
	uint64_t value;

	if (all_zero)
		return 0;
	/* Other values than the file's: losing the copy is seen. */
	if (copied && (!only_half || index * sizeof(value) < memory_len / 2))
		value = ((seed + 1) << 40) + index;
	else
		value = (seed << 40) + index;
	return random_values ? mix(value) : value;
}

static void add_piece(char *start, size_t len, bool writable)
{
	struct piece *more = realloc(pieces, (nr_pieces + 1) * sizeof(*pieces));

	if (!more)
		fail("pieces");
	pieces = more;
	pieces[nr_pieces++] = (struct piece){ start, len, writable };
}

/* Fill what lies at @start with the values of its words. */
static void fill(char *start, size_t len)
{
	uint64_t *word = (uint64_t *)start;
	uint64_t index = (uint64_t)(start - memory) / sizeof(*word);
	size_t i;

	for (i = 0; i < len / sizeof(*word); i++)
		word[i] = value_of(index + i);
}

/* Fill it in parts of 64 KiB, each when its time within --over has come. */
static void fill_slowly(char *start, size_t len)
{
	uint64_t begin = now_ns(), part_ns;
	size_t part = 65536, at;

	part_ns = over_s * (uint64_t)1000000000 / (len / part + 1);
	for (at = 0; at < len; at += part) {
		sleep_until(begin + at / part * part_ns);
		fill(start + at, len - at < part ? len - at : part);
	}
}

static void touch(const char *start, size_t len)
{
	size_t i;

	for (i = 0; i < len; i += page_size)
		(void)*(const volatile char *)(start + i);
}

static void *map_or_fail(void *addr, size_t len, int prot, int flags, int fd)
{
	void *start = mmap(addr, len, prot, flags, fd, 0);

	if (start == MAP_FAILED)
		fail("mmap of %zu bytes", len);
	return start;
}

/* Map the memory as one piece, without touching it. */
static void map_memory(size_t len, int prot, int flags, int fd)
{
	memory_len = len;
	memory = map_or_fail(NULL, len, prot, flags, fd);
	add_piece(memory, len, prot & PROT_WRITE);
}

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

/* --- the kinds --- */

static void set_up_anon(size_t len)
{
	map_memory(len, RW, ANON, -1);
	if (over_s)
		fill_slowly(memory, len);
	else
		fill(memory, len);
}

static void set_up_thp(size_t len)
{
	char *area;

	memory_len = len = (len + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
	area = map_or_fail(NULL, len + HUGE_PAGE, PROT_NONE, ANON, -1);
	memory = (char *)(((uintptr_t)area + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
	map_or_fail(memory, len, RW, ANON | MAP_FIXED, -1);
	if (madvise(memory, len, MADV_HUGEPAGE))
		fail("MADV_HUGEPAGE");
	add_piece(memory, len, true);
	fill(memory, len);
}

/* A file of @len bytes with the values in it, clean if @sync. */
static int make_file(const char *dir, size_t len, bool sync)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/target.XXXXXX", dir);
	fd = mkstemp(path);
	if (fd < 0)
		fail("%s", path);
	unlink(path);
	if (ftruncate(fd, (off_t)len))
		fail("ftruncate");
	if (sync) {
		char buffer[65536];
		size_t done, i;

		for (done = 0; done < len; done += sizeof(buffer)) {
			size_t part = len - done < sizeof(buffer) ? len - done : sizeof(buffer);

			for (i = 0; i < part / 8; i++)
				((uint64_t *)buffer)[i] = value_of(done / 8 + i);
			if (write(fd, buffer, part) != (ssize_t)part)
				fail("writing %s", path);
		}
		if (fsync(fd))
			fail("fsync");
	}
	file_fd = fd;
	return fd;
}

static void set_up_file(size_t len)
{
	map_memory(len, PROT_READ, MAP_PRIVATE, make_file(file_dir, len, true));
	touch(memory, len);
}

static void set_up_file_shared(size_t len)
{
	map_memory(len, RW, MAP_SHARED, make_file(file_dir, len, true));
	touch(memory, len);
}

static void set_up_file_dirty(size_t len)
{
	map_memory(len, RW, MAP_SHARED, make_file(file_dir, len, false));
	fill(memory, len);
}

static void set_up_cow(size_t len)
{
	map_memory(len, RW, MAP_PRIVATE, make_file(file_dir, len, true));
	touch(memory, len);
	copied = true;
	/* The other half keeps its large folios whole. */
	fill(memory, only_half ? len / 2 : len);
}

static void set_up_shmem(size_t len)
{
	map_memory(len, RW, MAP_SHARED | MAP_ANONYMOUS, -1);
	fill(memory, len);
}

static void set_up_tmpfs(size_t len)
{
	map_memory(len, RW, MAP_SHARED, make_file("/dev/shm", len, false));
	fill(memory, len);
}

static void set_up_mlock(size_t len)
{
	map_memory(len, RW, ANON | MAP_LOCKED, -1);
	fill(memory, len);
}

static void set_up_lockonfault(size_t len)
{
	map_memory(len, RW, ANON, -1);
	if (syscall(SYS_mlock2, memory, len, MLOCK_ONFAULT))
		fail("mlock2");
	fill(memory, len);
}

static void set_up_hugetlb(size_t len)
{
	len = (len + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
	map_memory(len, RW, ANON | MAP_HUGETLB, -1);
	fill(memory, len);
}

static void set_up_shared(size_t len)
{
	set_up_anon(len);
	fork_first = true;
}

static void set_up_zero(size_t len)
{
	all_zero = true;
	map_memory(len, RW, ANON, -1);
	touch(memory, len);
}

/*
 * Without a change of processor: MADV_FREE silently leaves what still waits for the LRU
 * lists in the batch of another one.
 */
static void set_up_lazyfree(size_t len)
{
	cpu_set_t allowed, here;

	if (sched_getaffinity(0, sizeof(allowed), &allowed))
		fail("sched_getaffinity");
	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	if (sched_setaffinity(0, sizeof(here), &here))
		fail("sched_setaffinity");
	set_up_anon(len);
	may_be_zero = true;
	if (madvise(memory, len, MADV_FREE))
		fail("MADV_FREE");
	if (sched_setaffinity(0, sizeof(allowed), &allowed))
		fail("sched_setaffinity");
}

/* Pinned for good, as for DMA: buffers registered with an io_uring. */
static void set_up_pinned(size_t len)
{
	struct io_uring_params params = { 0 };
	struct iovec buffer;
	int ring;

	set_up_anon(len);
	buffer = (struct iovec){ memory, len };
	ring = (int)syscall(SYS_io_uring_setup, 1, &params);
	if (ring < 0)
		fail("io_uring_setup");
	if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &buffer, 1))
		fail("IORING_REGISTER_BUFFERS");
}

/* Written, and from then on its missing pages would be asked of this process. */
static void set_up_uffd(size_t len)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register area = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd;

	set_up_anon(len);
	fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api))
		fail("userfaultfd");
	area.range.start = (uintptr_t)memory;
	area.range.len = len;
	if (ioctl(fd, UFFDIO_REGISTER, &area))
		fail("UFFDIO_REGISTER");
}

/*
 * In groups of 16 pages: every third is no longer mapped, and of the others every
 * other one is read only. Neighbours never merge.
 */
static void set_up_holes(size_t len)
{
	size_t group = 16 * page_size, at, n;

	map_memory(len, RW, ANON, -1);
	fill(memory, len);
	nr_pieces = 0;
	for (at = 0, n = 0; at < len; at += group, n++) {
		size_t part = len - at < group ? len - at : group;
		bool writable = n % 2;

		if (n % 3 == 2) {
			if (munmap(memory + at, part))
				fail("munmap");
			continue;
		}
		if (!writable && mprotect(memory + at, part, PROT_READ))
			fail("mprotect");
		add_piece(memory + at, part, writable);
	}
}

/* Every page an area of its own, because every second page is read only. */
static void set_up_vmas(size_t len)
{
	size_t at;

	map_memory(len, RW, ANON, -1);
	fill(memory, len);
	nr_pieces = 0;
	for (at = 0; at < len; at += page_size) {
		bool writable = at / page_size % 2;

		if (!writable && mprotect(memory + at, page_size, PROT_READ))
			fail("mprotect");
		add_piece(memory + at, page_size, writable);
	}
}

static void __attribute__((noreturn)) *sleep_for_ever(void *unused)
{
	(void)unused;
	for (;;)
		pause();
}

static void set_up_threads(size_t len)
{
	pthread_t thread;
	unsigned int i;

	set_up_anon(len);
	for (i = 0; i < nr_threads; i++) {
		errno = pthread_create(&thread, NULL, sleep_for_ever, NULL);
		if (errno)
			fail("pthread_create");
	}
}

/* A huge reservation with one page in each 16 GiB of it. */
static void set_up_sparse(size_t len)
{
	size_t step = (size_t)16 << 30, at;

	map_memory(len, RW, ANON | MAP_NORESERVE, -1);
	nr_pieces = 0;
	for (at = 0; at < len; at += step) {
		add_piece(memory + at, page_size, true);
		fill(memory + at, page_size);
	}
}

static const struct kind {
	const char *name;
	void (*set_up)(size_t len);
	enum { PLAIN, COUNTS_PAGES, LEADER_EXITS } how;	/* COUNTS_PAGES: SIZE is their number */
	const char *what;
} kinds[] = {
	{ "anon", set_up_anon, PLAIN, "private anonymous memory, small pages" },
	{ "thp", set_up_thp, PLAIN, "the same in transparent huge pages" },
	{ "file", set_up_file, PLAIN, "private read-only map of a clean file" },
	{ "file-shared", set_up_file_shared, PLAIN, "shared map of a clean file, only read" },
	{ "file-dirty", set_up_file_dirty, PLAIN, "shared map of a file, written, not synced" },
	{ "cow", set_up_cow, PLAIN, "private map of a file, each page written" },
	{ "shmem", set_up_shmem, PLAIN, "shared anonymous memory" },
	{ "tmpfs", set_up_tmpfs, PLAIN, "shared map of a file on tmpfs" },
	{ "mlock", set_up_mlock, PLAIN, "anonymous memory under MAP_LOCKED" },
	{ "lockonfault", set_up_lockonfault, PLAIN, "anonymous memory under MLOCK_ONFAULT" },
	{ "hugetlb", set_up_hugetlb, PLAIN, "pages of hugetlb (nr_hugepages must be set)" },
	{ "shared", set_up_shared, PLAIN, "anonymous memory shared with a forked child" },
	{ "zero", set_up_zero, PLAIN, "anonymous memory that was only read" },
	{ "lazyfree", set_up_lazyfree, PLAIN, "anonymous memory after MADV_FREE" },
	{ "pinned", set_up_pinned, PLAIN, "anonymous memory registered with an io_uring" },
	{ "uffd", set_up_uffd, PLAIN, "anonymous memory that a userfaultfd watches" },
	{ "holes", set_up_holes, PLAIN, "many areas, holes between them" },
	{ "vmas", set_up_vmas, COUNTS_PAGES, "SIZE areas of one page each" },
	{ "threads", set_up_threads, PLAIN, "anonymous memory of several threads" },
	{ "leader-exit", set_up_anon, LEADER_EXITS, "the first thread has ended" },
	{ "sparse", set_up_sparse, PLAIN, "one page in each 16 GiB" },
};

/* --- ranges --- */

static size_t parse_size(const char *text)
{
	static const char suffixes[] = "KMGT";
	const char *suffix;
	char *end;
	size_t size = strtoull(text, &end, 0);

	if (end == text)
		goto bad;
	if (*end) {
		suffix = strchr(suffixes, *end);
		if (!suffix || end[1])
			goto bad;
		size <<= 10 * (suffix - suffixes + 1);
	}
	return size;
bad:
	errno = EINVAL;
	fail("size '%s'", text);
}

/* The part of @piece that lies in the range; false if there is none. */
static bool clip(const struct piece *piece, size_t off, size_t len, char **start, size_t *part)
{
	char *from = memory + off, *to = from + len;
	char *end = piece->start + piece->len;

	*start = piece->start > from ? piece->start : from;
	if (end > to)
		end = to;
	if (end <= *start)
		return false;
	*part = (size_t)(end - *start);
	return true;
}

/* All words of the page that @word lies in are zero. */
static bool page_is_zero(const uint64_t *word)
{
	const uint64_t *first = (const uint64_t *)((uintptr_t)word & ~(page_size - 1));
	size_t i;

	for (i = 0; i < page_size / sizeof(*first); i++)
		if (first[i])
			return false;
	return true;
}

/* --- the commands --- */

static void cmd_verify(size_t off, size_t len)
{
	uint64_t words = 0;
	size_t i, n, part;
	char *start;

	for (n = 0; n < nr_pieces; n++) {
		uint64_t *word, index;

		if (!clip(&pieces[n], off, len, &start, &part))
			continue;
		word = (uint64_t *)start;
		index = (uint64_t)(start - memory) / sizeof(*word);
		for (i = 0; i < part / sizeof(*word); i++) {
			if (word[i] == value_of(index + i))
				continue;
			if (may_be_zero && page_is_zero(&word[i]))
				continue;
			printf("bad %" PRIu64 "\n", index + i);
			return;
		}
		words += part / sizeof(*word);
	}
	printf("ok %" PRIu64 "\n", words);
}

static void cmd_write(size_t off, size_t len)
{
	uint64_t words = 0;
	size_t n, part;
	char *start;

	/* What was read as zero until now gets values; all of it, or verify lies. */
	if (all_zero && (off || len != memory_len)) {
		puts("error zero memory can only be written as a whole");
		return;
	}
	all_zero = false;
	/* A write takes its page out of MADV_FREE's hands. */
	if (!off && len == memory_len)
		may_be_zero = false;
	for (n = 0; n < nr_pieces; n++) {
		if (!pieces[n].writable || !clip(&pieces[n], off, len, &start, &part))
			continue;
		fill(start, part);
		words += part / sizeof(uint64_t);
	}
	printf("ok %" PRIu64 "\n", words);
}

static void cmd_touch(size_t off, size_t len)
{
	size_t n, part, pages = 0;
	char *start;

	for (n = 0; n < nr_pieces; n++) {
		if (!clip(&pieces[n], off, len, &start, &part))
			continue;
		touch(start, part);
		pages += (part + page_size - 1) / page_size;
	}
	printf("ok %zu\n", pages);
}

/* Pages of the range whose entry in pagemap has this bit. */
static size_t count_entries(size_t off, size_t len, unsigned int bit)
{
	static uint64_t entries[4096];
	size_t n, part, pages = 0;
	int fd = open("/proc/thread-self/pagemap", O_RDONLY | O_CLOEXEC);
	char *start;

	if (fd < 0)
		fail("pagemap");
	for (n = 0; n < nr_pieces; n++) {
		size_t left, want, i;
		off_t at;

		if (!clip(&pieces[n], off, len, &start, &part))
			continue;
		at = (off_t)((uintptr_t)start / page_size * sizeof(*entries));
		for (left = (part + page_size - 1) / page_size; left; left -= want) {
			want = left < 4096 ? left : 4096;
			if (pread(fd, entries, want * sizeof(*entries), at) !=
			    (ssize_t)(want * sizeof(*entries)))
				fail("pagemap");
			at += (off_t)(want * sizeof(*entries));
			for (i = 0; i < want; i++)
				pages += entries[i] >> bit & 1;
		}
	}
	close(fd);
	return pages;
}

static void cmd_present(size_t off, size_t len)
{
	printf("present %zu\n", count_entries(off, len, 63));
}

static void cmd_swapped(size_t off, size_t len)
{
	printf("swapped %zu\n", count_entries(off, len, 62));
}

static void cmd_mincore(size_t off, size_t len)
{
	static unsigned char in_core[4096];
	size_t n, part, want, i, pages = 0;
	char *start;

	for (n = 0; n < nr_pieces; n++) {
		if (!clip(&pieces[n], off, len, &start, &part))
			continue;
		for (; part; part -= want, start += want) {
			want = part < 4096 * page_size ? part : 4096 * page_size;
			if (mincore(start, want, in_core))
				fail("mincore");
			for (i = 0; i < want / page_size; i++)
				pages += in_core[i] & 1;
		}
	}
	printf("mincore %zu\n", pages);
}

/* Print "name=kB" for each of the wanted keys of a file of "Key:  N kB" lines. */
static void print_kb(const char *path, const char *const wanted[][2])
{
	char line[256];
	const char *space = "";
	size_t i;
	FILE *file = fopen(path, "re");

	if (!file)
		fail("%s", path);
	while (fgets(line, sizeof(line), file)) {
		char *colon = strchr(line, ':');

		if (!colon)
			continue;
		*colon = 0;
		for (i = 0; wanted[i][0]; i++)
			if (!strcmp(line, wanted[i][0])) {
				printf("%s%s=%lu", space, wanted[i][1], strtoul(colon + 1, NULL, 10));
				space = " ";
			}
	}
	putchar('\n');
	fclose(file);
}

static void cmd_rss(size_t off, size_t len)
{
	static const char *const wanted[][2] = {
		{ "VmRSS", "rss" }, { "RssAnon", "anon" }, { "RssFile", "file" },
		{ "RssShmem", "shmem" }, { "VmSwap", "swap" }, { NULL, NULL },
	};

	(void)off;
	(void)len;
	print_kb("/proc/thread-self/status", wanted);
}

static void cmd_smaps(size_t off, size_t len)
{
	static const char *const wanted[][2] = {
		{ "Rss", "rss" }, { "Anonymous", "anon" }, { "Swap", "swap" },
		{ "Locked", "locked" }, { NULL, NULL },
	};

	(void)off;
	(void)len;
	print_kb("/proc/thread-self/smaps_rollup", wanted);
}

static void cmd_hugepages(size_t off, size_t len)
{
	char line[256];
	unsigned long kb;
	FILE *file = fopen("/proc/thread-self/smaps_rollup", "re");

	(void)off;
	(void)len;
	if (!file)
		fail("smaps_rollup");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "AnonHugePages: %lu", &kb) == 1)
			printf("hugepages %lu\n", kb);
	fclose(file);
}

static void cmd_unmap(size_t off, size_t len)
{
	struct piece *old = pieces;
	size_t n, nr_old = nr_pieces, part;
	char *start;

	if (munmap(memory + off, len)) {
		printf("error munmap: %s\n", strerror(errno));
		return;
	}
	pieces = NULL;
	nr_pieces = 0;
	for (n = 0; n < nr_old; n++) {
		char *end = old[n].start + old[n].len;

		if (!clip(&old[n], off, len, &start, &part)) {
			add_piece(old[n].start, old[n].len, old[n].writable);
			continue;
		}
		if (start > old[n].start)
			add_piece(old[n].start, (size_t)(start - old[n].start), old[n].writable);
		if (start + part < end)
			add_piece(start + part, (size_t)(end - start - part), old[n].writable);
	}
	free(old);
	puts("ok");
}

static void cmd_remap(size_t off, size_t len)
{
	(void)off;
	(void)len;
	map_or_fail(memory, memory_len, RW, ANON | MAP_FIXED, -1);
	nr_pieces = 0;
	all_zero = may_be_zero = false;
	add_piece(memory, memory_len, true);
	fill(memory, memory_len);
	puts("ok");
}

static void protect(size_t off, size_t len, int prot)
{
	if (mprotect(memory + off, len, prot))
		fail("mprotect");
	puts("ok");
}

static void cmd_hide(size_t off, size_t len)
{
	protect(off, len, PROT_NONE);
}

static void cmd_show(size_t off, size_t len)
{
	protect(off, len, RW);
}

/* Keep a reference beside that of the page tables, until the process ends. */
static void cmd_hold(size_t off, size_t len)
{
	struct iovec page = { memory + off, page_size };
	int ends[2];

	(void)len;
	if (pipe(ends) || vmsplice(ends[1], &page, 1, 0) != (ssize_t)page_size)
		fail("vmsplice");
	puts("ok");
}

static void move_to(char *place)
{
	char *moved;

	if (nr_pieces != 1 || pieces[0].start != memory || pieces[0].len != memory_len) {
		puts("error only memory in one piece can move");
		return;
	}
	moved = mremap(memory, memory_len, memory_len, MREMAP_MAYMOVE | MREMAP_FIXED, place);
	if (moved == MAP_FAILED)
		fail("mremap");
	memory = pieces[0].start = moved;
	printf("ok %#" PRIxPTR "\n", (uintptr_t)memory);
}

static void cmd_move(size_t off, size_t len)
{
	(void)off;
	(void)len;
	move_to(map_or_fail(NULL, memory_len, PROT_NONE, ANON, -1));
}

static void cmd_askew(size_t off, size_t len)
{
	uintptr_t place = (uintptr_t)map_or_fail(NULL, memory_len + 2 * HUGE_PAGE, PROT_NONE,
						 ANON, -1);

	(void)off;
	(void)len;
	move_to((char *)((place + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE + page_size));
}

static void make_child(void)
{
	pid_t pid;
	int null;

	if (nr_children == MAX_CHILDREN) {
		errno = EAGAIN;
		fail("too many children");
	}
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (pid) {
		children[nr_children++] = pid;
		return;
	}
	/* Gone with its parent; and no copy of the pipes stays open in it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(null, 1);
	sleep_for_ever(NULL);
}

static void cmd_fork(size_t off, size_t len)
{
	(void)off;
	(void)len;
	make_child();
	printf("ok %d\n", children[nr_children - 1]);
}

/* The child's answer comes back through a pipe. */
static void cmd_fork_verify(size_t off, size_t len)
{
	char answer[64];
	ssize_t got;
	int ends[2];
	pid_t pid;

	fflush(stdout);
	if (pipe(ends) || (pid = fork()) < 0)
		fail("fork");
	if (!pid) {
		dup2(ends[1], 1);
		cmd_verify(off, len);
		fflush(stdout);
		_exit(0);
	}
	close(ends[1]);
	got = read(ends[0], answer, sizeof(answer) - 1);
	close(ends[0]);
	waitpid(pid, NULL, 0);
	if (got <= 0) {
		puts("error the child did not answer");
		return;
	}
	answer[got] = 0;
	fputs(answer, stdout);
}

static void cmd_zombie(size_t off, size_t len)
{
	siginfo_t info;
	pid_t pid;

	(void)off;
	(void)len;
	if (nr_children == MAX_CHILDREN) {
		puts("error too many children");
		return;
	}
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (!pid)
		_exit(0);
	/* Wait for its end, and leave it there. */
	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT))
		fail("waitid");
	children[nr_children++] = pid;
	printf("zombie %d\n", pid);
}

static void cmd_child(size_t off, size_t len)
{
	(void)off;
	(void)len;
	if (nr_children)
		printf("ok %d\n", children[nr_children - 1]);
	else
		puts("error no child");
}

static void reap_children(void)
{
	for (; nr_children; nr_children--) {
		kill(children[nr_children - 1], SIGKILL);
		waitpid(children[nr_children - 1], NULL, 0);
	}
}

static void cmd_reap(size_t off, size_t len)
{
	(void)off;
	(void)len;
	reap_children();
	puts("ok");
}

/* Unmap and map again, a sixteenth of the memory at a time. */
static void cmd_churn(size_t off, size_t len)
{
	size_t part = (memory_len / 16 + page_size - 1) & ~(page_size - 1);
	size_t at = 0, times = 0;
	uint64_t end = now_ns() + 1000000000;

	(void)off;
	(void)len;
	if (nr_pieces != 1 || pieces[0].len != memory_len) {
		puts("error only memory in one piece can churn");
		return;
	}
	while (now_ns() < end) {
		size_t size = memory_len - at < part ? memory_len - at : part;

		if (munmap(memory + at, size))
			fail("munmap");
		map_or_fail(memory + at, size, RW, ANON | MAP_FIXED, -1);
		fill(memory + at, size);
		at = (at + part) % memory_len;
		if (at % part)
			at = 0;
		times++;
	}
	printf("ok %zu\n", times);
}

/* --- a thread that writes --- */

static pthread_t write_thread;
static volatile bool write_stop;
static bool write_runs;
static size_t write_off, write_len;
static uint64_t write_rounds;

static void *write_on(void *unused)
{
	size_t n, part;
	char *start;

	(void)unused;
	for (write_rounds = 0; !write_stop; write_rounds++)
		for (n = 0; n < nr_pieces && !write_stop; n++)
			if (pieces[n].writable &&
			    clip(&pieces[n], write_off, write_len, &start, &part))
				fill(start, part);
	return NULL;
}

static void cmd_write_start(size_t off, size_t len)
{
	if (write_runs || all_zero) {
		puts("error it runs already, or the memory must stay unwritten");
		return;
	}
	write_stop = false;
	write_off = off;
	write_len = len;
	errno = pthread_create(&write_thread, NULL, write_on, NULL);
	if (errno)
		fail("pthread_create");
	write_runs = true;
	puts("ok");
}

static void cmd_write_stop(size_t off, size_t len)
{
	(void)off;
	(void)len;
	if (!write_runs) {
		puts("error it does not run");
		return;
	}
	write_stop = true;
	pthread_join(write_thread, NULL);
	write_runs = false;
	printf("ok %" PRIu64 "\n", write_rounds);
}

/* --- a thread that uses memory as a program does that is in use --- */

#define HOT_PERIOD_NS 10000000

static pthread_t hot_thread;
static volatile bool hot_stop;
static bool hot_runs;
static size_t hot_off, hot_len;
static uint64_t hot_loops, hot_ns, hot_longest_ns;
static long hot_faults;

/* Write a word of each page, with the value that it has. */
static void use(char *start, size_t len)
{
	size_t i;

	for (i = 0; i < len; i += page_size) {
		volatile uint64_t *word = (volatile uint64_t *)(start + i);

		*word = *word;
	}
}

static void use_hot_part(void)
{
	size_t n, part;
	char *start;

	for (n = 0; n < nr_pieces; n++)
		if (pieces[n].writable && clip(&pieces[n], hot_off, hot_len, &start, &part))
			use(start, part);
}

/*
 * Have the kernel flush the TLB, as x86 does for more than 33 pages. A real one cannot hold
 * the hot part, so that each loop sets the accessed bits again; but an emulated one may,
 * and MGLRU, which clears these bits without a flush, would take the hot part for cold.
 */
static void flush_tlb(char *scratch, size_t len)
{
	touch(scratch, len);
	if (madvise(scratch, len, MADV_DONTNEED))
		fail("MADV_DONTNEED");
}

/* A loop that took longer than the period is not made up for. */
static void *stay_hot(void *unused)
{
	size_t scratch_len = 64 * page_size;
	char *scratch = map_or_fail(NULL, scratch_len, RW, ANON, -1);
	uint64_t begin = now_ns(), next = begin, start, end;
	struct rusage usage;

	(void)unused;
	for (hot_loops = hot_longest_ns = 0; !hot_stop; hot_loops++) {
		start = now_ns();
		use_hot_part();
		end = now_ns();
		if (end - start > hot_longest_ns)
			hot_longest_ns = end - start;
		flush_tlb(scratch, scratch_len);
		next += HOT_PERIOD_NS;
		if (next < end)
			next = end;
		sleep_until(next);
	}
	hot_ns = now_ns() - begin;
	if (getrusage(RUSAGE_THREAD, &usage))
		fail("getrusage");
	hot_faults = usage.ru_majflt;
	munmap(scratch, scratch_len);
	return NULL;
}

static void cmd_hot_start(size_t off, size_t len)
{
	if (hot_runs || all_zero) {
		puts("error it runs already, or the memory must stay unwritten");
		return;
	}
	hot_stop = false;
	hot_off = off;
	hot_len = len;
	errno = pthread_create(&hot_thread, NULL, stay_hot, NULL);
	if (errno)
		fail("pthread_create");
	hot_runs = true;
	puts("ok");
}

static void cmd_hot_stop(size_t off, size_t len)
{
	(void)off;
	(void)len;
	if (!hot_runs) {
		puts("error it does not run");
		return;
	}
	hot_stop = true;
	pthread_join(hot_thread, NULL);
	hot_runs = false;
	printf("hot %" PRIu64 " %" PRIu64 " %" PRIu64 " %ld\n", hot_loops, hot_ns / 1000,
	       hot_longest_ns / 1000, hot_faults);
}

/* --- how long mmap() takes, or munmap(): both want the same lock --- */

static pthread_t stall_thread;
static volatile bool stall_stop;
static bool stall_runs;
static uint64_t stall_max_ns, stall_count;

static void note_stall(uint64_t ns)
{
	if (ns > stall_max_ns)
		stall_max_ns = ns;
}

static void *measure_stalls(void *unused)
{
	(void)unused;
	while (!stall_stop) {
		uint64_t start = now_ns(), mapped;
		void *page = mmap(NULL, page_size, RW, ANON, -1, 0);

		mapped = now_ns();
		note_stall(mapped - start);
		if (page != MAP_FAILED) {
			munmap(page, page_size);
			note_stall(now_ns() - mapped);
		}
		stall_count++;
	}
	return NULL;
}

static void cmd_stall_start(size_t off, size_t len)
{
	(void)off;
	(void)len;
	if (stall_runs) {
		puts("error it runs already");
		return;
	}
	stall_stop = false;
	stall_max_ns = stall_count = 0;
	errno = pthread_create(&stall_thread, NULL, measure_stalls, NULL);
	if (errno)
		fail("pthread_create");
	stall_runs = true;
	puts("ok");
}

static void cmd_stall_stop(size_t off, size_t len)
{
	(void)off;
	(void)len;
	if (!stall_runs) {
		puts("error it does not run");
		return;
	}
	stall_stop = true;
	pthread_join(stall_thread, NULL);
	stall_runs = false;
	printf("stall %" PRIu64 " %" PRIu64 "\n", stall_max_ns / 1000, stall_count);
}

static const struct command {
	const char *name;
	void (*run)(size_t off, size_t len);
	bool takes_range;
} commands[] = {
	{ "verify", cmd_verify, true },
	{ "write", cmd_write, true },
	{ "touch", cmd_touch, true },
	{ "present", cmd_present, true },
	{ "swapped", cmd_swapped, true },
	{ "mincore", cmd_mincore, true },
	{ "unmap", cmd_unmap, true },
	{ "hide", cmd_hide, true },
	{ "hold", cmd_hold, true },
	{ "show", cmd_show, true },
	{ "rss", cmd_rss, false },
	{ "smaps", cmd_smaps, false },
	{ "hugepages", cmd_hugepages, false },
	{ "churn", cmd_churn, false },
	{ "fork-verify", cmd_fork_verify, false },
	{ "zombie", cmd_zombie, false },
	{ "write-start", cmd_write_start, true },
	{ "write-stop", cmd_write_stop, false },
	{ "hot-start", cmd_hot_start, true },
	{ "hot-stop", cmd_hot_stop, false },
	{ "remap", cmd_remap, false },
	{ "move", cmd_move, false },
	{ "askew", cmd_askew, false },
	{ "fork", cmd_fork, false },
	{ "child", cmd_child, false },
	{ "reap", cmd_reap, false },
	{ "stall-start", cmd_stall_start, false },
	{ "stall-stop", cmd_stall_stop, false },
};

static void __attribute__((noreturn)) leave(int status)
{
	reap_children();
	exit(status);
}

static void obey_line(char *line)
{
	char *words[4] = { NULL }, *state;
	size_t i, n = 0, off = 0, len = memory_len;
	char *word = strtok_r(line, " \n", &state);

	for (; word && n < 4; word = strtok_r(NULL, " \n", &state))
		words[n++] = word;
	if (!n || n > 3 || n == 2) {
		/* One word only may follow "exit". */
		if (n != 2 || strcmp(words[0], "exit")) {
			puts("error one word or three");
			return;
		}
	}
	if (!strcmp(words[0], "exit")) {
		puts("ok");
		leave(words[1] ? atoi(words[1]) : 0);
	}
	if (!strcmp(words[0], "exec")) {
		execl("/proc/self/exe", "target", words[1] ? words[1] : "anon",
		      words[2] ? words[2] : "1M", NULL);
		fail("exec");
	}
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (strcmp(words[0], commands[i].name))
			continue;
		if (n == 3) {
			if (!commands[i].takes_range) {
				printf("error %s takes no range\n", words[0]);
				return;
			}
			off = parse_size(words[1]);
			len = parse_size(words[2]);
			if (off % page_size || len % page_size || off > memory_len ||
			    len > memory_len - off) {
				puts("error no such range");
				return;
			}
		}
		commands[i].run(off, len);
		return;
	}
	printf("error unknown command %s\n", words[0]);
}

static void say_ready(void)
{
	printf("ready %d %#" PRIxPTR " %zu\n", getpid(), (uintptr_t)memory, memory_len);
}

/* The state letter of the first thread. */
static char leader_state(void)
{
	char path[64], line[512], *state;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", getpid());
	file = fopen(path, "re");
	if (!file || !fgets(line, sizeof(line), file))
		fail("%s", path);
	fclose(file);
	state = strrchr(line, ')');
	return state ? state[2] : '?';
}

static void *obey(void *leader_exits)
{
	char line[256];

	while (leader_exits && leader_state() != 'Z')
		usleep(1000);
	say_ready();
	while (fgets(line, sizeof(line), stdin))
		obey_line(line);
	leave(0);
}

static void __attribute__((noreturn)) usage(void)
{
	size_t i;

	fprintf(stderr, "usage: target KIND SIZE [OPTION...] (see tests/programs/target.c)\n");
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		fprintf(stderr, "  %-12s %s\n", kinds[i].name, kinds[i].what);
	exit(2);
}

/*
 * Join a cgroup and execute again in it: what was touched until then is charged to the
 * old one.
 */
static void join_cgroup(const char *dir, char **argv)
{
	static const char done[] = "TARGET_HAS_JOINED";
	char path[4096];
	int fd;

	if (getenv(done))
		return;
	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		fail("%s", path);
	close(fd);
	setenv(done, "1", 1);
	execv("/proc/self/exe", argv);
	fail("exec");
}

/* Become another user. The process may still read its own files in /proc. */
static void become(unsigned int uid)
{
	if (setresgid(uid, uid, uid) || setresuid(uid, uid, uid) ||
	    prctl(PR_SET_DUMPABLE, 1))
		fail("becoming user %u", uid);
}

/*
 * What a test does not ask for it should not get: huge pages by luck. For the whole
 * process and before its first mmap(), which may wake khugepaged: madvise() on the
 * new area would come too late.
 */
static void allow_huge_pages(bool allow)
{
	if (prctl(PR_SET_THP_DISABLE, !allow, 0, 0, 0))
		fail("PR_SET_THP_DISABLE");
}

static void parse_options(int argc, char **argv)
{
	int i;

	for (i = 3; i < argc; i++) {
		if (!strcmp(argv[i], "--random"))
			random_values = true;
		else if (!strcmp(argv[i], "--thp"))
			keep_thp = true;
		else if (!strcmp(argv[i], "--half"))
			only_half = true;
		else if (!strcmp(argv[i], "--fork"))
			fork_first = true;
		else if (!strcmp(argv[i], "--undumpable"))
			undumpable = true;
		else if (!strcmp(argv[i], "--cgroup") && i + 1 < argc)
			join_cgroup(argv[++i], argv);
		else if (!strcmp(argv[i], "--uid") && i + 1 < argc)
			become((unsigned int)strtoul(argv[++i], NULL, 0));
		else if (!strcmp(argv[i], "--then-uid") && i + 1 < argc)
			then_uid = (unsigned int)strtoul(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			seed = strtoull(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--over") && i + 1 < argc)
			over_s = (unsigned int)strtoul(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--threads") && i + 1 < argc)
			nr_threads = (unsigned int)strtoul(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--dir") && i + 1 < argc)
			file_dir = argv[++i];
		else
			usage();
	}
}

int main(int argc, char **argv)
{
	size_t i, len;

	setvbuf(stdout, NULL, _IOLBF, 0);
	page_size = (size_t)sysconf(_SC_PAGESIZE);
	if (argc < 3)
		usage();
	parse_options(argc, argv);
	len = parse_size(argv[2]);
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		pthread_t thread;

		if (strcmp(argv[1], kinds[i].name))
			continue;
		allow_huge_pages(keep_thp || kinds[i].set_up == set_up_thp);
		if (kinds[i].how == COUNTS_PAGES)
			len *= page_size;
		kinds[i].set_up((len + page_size - 1) & ~(page_size - 1));
		if (then_uid)
			become(then_uid);
		if (undumpable && prctl(PR_SET_DUMPABLE, 0))
			fail("PR_SET_DUMPABLE");
		if (fork_first)
			make_child();
		if (kinds[i].how != LEADER_EXITS)
			obey(NULL);
		/* From here on another thread reads the commands. */
		errno = pthread_create(&thread, NULL, obey, memory);
		if (errno)
			fail("pthread_create");
		pthread_exit(NULL);
	}
	usage();
}
