// SPDX-License-Identifier: GPL-2.0
/*
 * storm KIND SIZE [OPTION...]: make memory of one kind, and at random verify pieces
 * of it, write them again and do to them what the kind is about, until SIGTERM. Then
 * verify everything once more and print one line of counts:
 *
 *   done kind= seed= rounds= words= written= special=
 *
 * Every 64-bit word depends on its page, on how often that page was written, on its
 * place in the page and on the seed. Of four pages one does not compress. A word
 * that is not what it must be is printed with all that helps, and ends the program
 * with status 3; what could not be set up at all, with 2.
 *
 * Options: --seed N, --dir DIR (where files are made), --rest-us N (the longest
 * sleep between two rounds), --corrupt SECONDS (then flip one bit of its own memory:
 * a proof that the rest works).
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#ifndef MLOCK_ONFAULT
#define MLOCK_ONFAULT 1
#endif

#define HUGE_PAGE ((size_t)2 << 20)
#define PAGE ((size_t)4096)
#define WORDS (PAGE / sizeof(uint64_t))
#define MAX_PIECE 32		/* pages that one round deals with */
#define KSM_PAGES 16		/* so many different pages, times */
#define KSM_GENERATIONS 3	/* so many generations */
#define CHUNK 37		/* pages that move together; no page table's part */
#define CHILD_ROUNDS 24
#define EXEC_ROUNDS 200

#define EXIT_DIFFERENT 3

/* A page that was dropped and reads as zero. */
#define ZERO UINT32_MAX

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

struct kind {
	const char *name;
	void (*set_up)(void);
	void (*special)(size_t page, size_t pages);
	void (*before_access)(size_t page, bool write);
};

/* Shared with the children, which count along. */
struct counts {
	uint64_t rounds;
	uint64_t words;
	uint64_t written;
	uint64_t special;
};

static const struct kind *kind;
static const char *kind_name, *size_text, *file_dir = "/var/tmp";
static uint64_t seed = 1;
static unsigned long rest_us = 2000;
static long corrupt_s;
static char **arguments;

static struct counts *counts;
static uint64_t dice;
static char *memory;
static size_t nr_pages;
static uint32_t *generations;
static uint32_t newest;
static char **chunks;		/* mremap: where each is now */
static char *free_place;
static unsigned char *protections;
static int file_fd = -1;
static pid_t child;
static bool is_child;
static volatile sig_atomic_t stop;

static void __attribute__((noreturn)) give_up(const char *what)
{
	printf("storm %s: %s: %s\n", kind_name, what, strerror(errno));
	fflush(stdout);
	_exit(2);
}

/* splitmix64 */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static uint64_t roll(uint64_t sides)
{
	return mix(dice++) % sides;
}

static bool is_kind(const char *name)
{
	return !strcmp(kind->name, name);
}

static char *page_at(size_t page)
{
	if (chunks)
		return chunks[page / CHUNK] + page % CHUNK * PAGE;
	return memory + page * PAGE;
}

/* What the words of a page must be: the first, and what each adds to the last. */
struct expected {
	uint64_t first;
	uint64_t step;
	bool mixed;
};

static struct expected expect(size_t page, uint32_t generation)
{
	struct expected expected = { 0 };
	uint64_t base;

	if (generation == ZERO)
		return expected;
	if (is_kind("ksm")) {
		page %= KSM_PAGES;
		generation %= KSM_GENERATIONS;
	}
	base = mix(seed ^ mix(page ^ (uint64_t)generation << 32));
	expected.mixed = base % 4 == 0;
	expected.first = expected.mixed ? base : base & ~(uint64_t)0xfff;
	expected.step = 1;
	return expected;
}

static uint64_t word_of(const struct expected *expected, size_t word)
{
	uint64_t value = expected->first + word * expected->step;

	return expected->mixed ? mix(value) : value;
}

static void fill(uint64_t *at, size_t page, uint32_t generation)
{
	struct expected expected = expect(page, generation);
	size_t i;

	for (i = 0; i < WORDS; i++)
		at[i] = word_of(&expected, i);
}

/* Say all that helps to find out what happened to the page. */
static void __attribute__((noreturn)) report(size_t page, size_t word, uint64_t found)
{
	const uint64_t *at = (const uint64_t *)page_at(page);
	struct expected expected = expect(page, generations[page]);
	uint64_t entry = 0;
	size_t i, wrong = 0, zero = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd < 0 || pread(fd, &entry, sizeof(entry),
			    (off_t)((uintptr_t)at / PAGE * sizeof(entry))) != sizeof(entry))
		entry = 0;
	for (i = 0; i < WORDS; i++) {
		wrong += at[i] != word_of(&expected, i);
		zero += !at[i];
	}
	printf("DIFFERENT kind=%s seed=%" PRIu64 " pid=%d%s page=%zu address=%p offset=%zu expected=%#" PRIx64
	       " found=%#" PRIx64 " now=%#" PRIx64 " generation=%u newest=%u wrong=%zu zero=%zu pagemap=%#" PRIx64 "\n",
	       kind->name, seed, getpid(), is_child ? " child" : "", page, (const void *)at,
	       word * sizeof(*at), word_of(&expected, word), found, at[word], generations[page],
	       newest, wrong, zero, entry);
	fflush(stdout);
	_exit(EXIT_DIFFERENT);
}

static void verify_page(size_t page)
{
	const volatile uint64_t *at;
	struct expected expected;
	uint64_t found;
	size_t i;

	if (kind->before_access)
		kind->before_access(page, false);
	at = (const volatile uint64_t *)page_at(page);
	/* What a fault handler of ours puts there is known after the first read. */
	(void)*at;
	expected = expect(page, *(volatile uint32_t *)&generations[page]);
	for (i = 0; i < WORDS; i++) {
		found = at[i];
		if (found != word_of(&expected, i))
			report(page, i, found);
	}
	counts->words += WORDS;
}

static void verify(size_t page, size_t pages)
{
	for (; pages; pages--, page++)
		verify_page(page);
}

static void write_anew(size_t page, size_t pages)
{
	for (; pages; pages--, page++) {
		if (kind->before_access)
			kind->before_access(page, true);
		newest++;
		fill((uint64_t *)page_at(page), page, newest);
		generations[page] = newest;
		counts->written += WORDS;
	}
}

static void *map_or_give_up(void *at, size_t len, int prot, int flags, int fd)
{
	void *start = mmap(at, len, prot, flags, fd, 0);

	if (start == MAP_FAILED)
		give_up("mmap");
	return start;
}

/* --- anonymous memory --- */

static void set_up_anon(void)
{
	memory = map_or_give_up(NULL, nr_pages * PAGE, RW, ANON, -1);
	madvise(memory, nr_pages * PAGE, MADV_NOHUGEPAGE);
	write_anew(0, nr_pages);
}

static void dropped(size_t page, size_t pages, uint32_t generation)
{
	for (; pages; pages--, page++)
		generations[page] = generation;
}

/* A dropped page comes back as zero, not as it was in swap. */
static void drop(size_t page, size_t pages)
{
	if (madvise(page_at(page), pages * PAGE, MADV_DONTNEED))
		give_up("MADV_DONTNEED");
	dropped(page, pages, ZERO);
	verify(page, pages / 2);
}

static void set_up_thp(void)
{
	char *area = map_or_give_up(NULL, nr_pages * PAGE + HUGE_PAGE, PROT_NONE, ANON, -1);

	memory = (char *)(((uintptr_t)area + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
	map_or_give_up(memory, nr_pages * PAGE, RW, ANON | MAP_FIXED, -1);
	if (madvise(memory, nr_pages * PAGE, MADV_HUGEPAGE))
		give_up("MADV_HUGEPAGE");
	write_anew(0, nr_pages);
}

/* Make huge pages of what was torn up, or tear them up. */
static void collapse_or_split(size_t page, size_t pages)
{
	size_t huge = page * PAGE & ~(HUGE_PAGE - 1);

	if (huge + HUGE_PAGE > nr_pages * PAGE)
		return;
	switch (roll(4)) {
	case 0:
		drop(page, pages);
		break;
	case 1:
		if (!mprotect(page_at(page), pages * PAGE, PROT_READ))
			verify(page, pages);
		if (mprotect(page_at(page), pages * PAGE, RW))
			give_up("mprotect");
		break;
	default:
		/* Not always possible, and older kernels cannot at all. */
		madvise(memory + huge, HUGE_PAGE, MADV_COLLAPSE);
		verify(huge / PAGE, HUGE_PAGE / PAGE);
	}
}

static void set_up_ksm(void)
{
	set_up_anon();
	if (madvise(memory, nr_pages * PAGE, MADV_MERGEABLE))
		give_up("MADV_MERGEABLE");
}

static void unmerge(size_t page, size_t pages)
{
	/* Whole areas only are merged or not: both ends of the piece split one. */
	if (roll(4) == 0) {
		/* The signal that ends the program interrupts it, too. */
		if (madvise(page_at(page), pages * PAGE, MADV_UNMERGEABLE) && errno != ENOMEM &&
		    errno != EAGAIN && errno != EINTR)
			give_up("MADV_UNMERGEABLE");
		verify(page, pages);
		madvise(page_at(page), pages * PAGE, MADV_MERGEABLE);
	} else {
		drop(page, pages);
		write_anew(page, pages);
	}
}

/* --- files --- */

static void make_file(const char *dir)
{
	uint64_t buffer[WORDS];
	char path[4096];
	size_t page;

	snprintf(path, sizeof(path), "%s/storm.XXXXXX", dir);
	file_fd = mkstemp(path);
	if (file_fd < 0)
		give_up(path);
	unlink(path);
	for (page = 0; page < nr_pages; page++) {
		fill(buffer, page, 0);
		if (write(file_fd, buffer, PAGE) != (ssize_t)PAGE)
			give_up("writing the file");
	}
	if (fsync(file_fd))
		give_up("fsync");
}

static void set_up_file_private(void)
{
	make_file(file_dir);
	memory = map_or_give_up(NULL, nr_pages * PAGE, RW, MAP_PRIVATE, file_fd);
	verify(0, nr_pages);
}

/* What was copied is dropped: the file shows again. */
static void drop_copy(size_t page, size_t pages)
{
	if (madvise(page_at(page), pages * PAGE, MADV_DONTNEED))
		give_up("MADV_DONTNEED");
	dropped(page, pages, 0);
	verify(page, pages);
}

static void set_up_file_shared(void)
{
	make_file(file_dir);
	memory = map_or_give_up(NULL, nr_pages * PAGE, RW, MAP_SHARED, file_fd);
	verify(0, nr_pages);
}

/* By read() the file is the same as in the map. */
static void verify_by_read(size_t page, size_t pages)
{
	uint64_t buffer[WORDS];
	struct expected expected;
	size_t i;

	for (; pages; pages--, page++) {
		if (pread(file_fd, buffer, PAGE, (off_t)(page * PAGE)) != (ssize_t)PAGE)
			give_up("pread");
		expected = expect(page, generations[page]);
		for (i = 0; i < WORDS; i++)
			if (buffer[i] != word_of(&expected, i))
				report(page, i, buffer[i]);
		counts->words += WORDS;
	}
}

static void sync_or_read(size_t page, size_t pages)
{
	switch (roll(4)) {
	case 0:
		verify_by_read(page, pages);
		break;
	case 1:
		/* Out of the page tables, not out of the file. */
		if (madvise(page_at(page), pages * PAGE, MADV_DONTNEED))
			give_up("MADV_DONTNEED");
		verify(page, pages);
		break;
	default:
		/* Clean pages are what reclaim takes. */
		if (msync(memory, nr_pages * PAGE, roll(2) ? MS_SYNC : MS_ASYNC))
			give_up("msync");
		verify(page, pages);
	}
}

static void set_up_tmpfs(void)
{
	make_file("/dev/shm");
	memory = map_or_give_up(NULL, nr_pages * PAGE, RW, MAP_SHARED, file_fd);
	verify(0, nr_pages);
}

static void punch_or_read(size_t page, size_t pages)
{
	if (roll(2)) {
		verify_by_read(page, pages);
		return;
	}
	if (fallocate(file_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)(page * PAGE),
		      (off_t)(pages * PAGE)))
		give_up("fallocate");
	dropped(page, pages, ZERO);
	verify(page, pages / 2);
}

/* --- mlock, mprotect --- */

static void lock_or_unlock(size_t page, size_t pages)
{
	int err;

	switch (roll(3)) {
	case 0:
		err = mlock(page_at(page), pages * PAGE);
		break;
	case 1:
		err = (int)syscall(SYS_mlock2, page_at(page), pages * PAGE, MLOCK_ONFAULT);
		break;
	default:
		/* More than was locked at once, so that not all ends up locked. */
		page = page < MAX_PIECE ? 0 : page - MAX_PIECE;
		pages = page + 4 * MAX_PIECE < nr_pages ? 4 * MAX_PIECE : nr_pages - page;
		err = munlock(page_at(page), pages * PAGE);
	}
	if (err && errno != EAGAIN && errno != ENOMEM)
		give_up("mlock");
	verify(page, pages);
}

static void set_up_mprotect(void)
{
	protections = calloc(nr_pages, 1);
	if (!protections)
		give_up("calloc");
	set_up_anon();
	memset(protections, RW, nr_pages);
}

static void protect(size_t page, size_t pages)
{
	int prot = roll(2) ? PROT_READ : PROT_NONE;

	if (mprotect(page_at(page), pages * PAGE, prot))
		give_up("mprotect");
	memset(protections + page, prot, pages);
}

static void allow(size_t page, bool write)
{
	int needed = write ? RW : PROT_READ;

	if ((protections[page] & needed) == needed)
		return;
	/* The first fill: nothing is noted yet, everything is allowed. */
	if (!memory || !generations[page])
		return;
	if (mprotect(page_at(page), PAGE, needed))
		give_up("mprotect");
	protections[page] = (unsigned char)needed;
}

/* --- mremap --- */

static void set_up_mremap(void)
{
	size_t i, nr = nr_pages / CHUNK;
	char *area;

	nr_pages = nr * CHUNK;
	area = map_or_give_up(NULL, (nr + 1) * CHUNK * PAGE, RW, ANON | MAP_NORESERVE, -1);
	madvise(area, (nr + 1) * CHUNK * PAGE, MADV_NOHUGEPAGE);
	chunks = calloc(nr, sizeof(*chunks));
	if (!chunks)
		give_up("calloc");
	for (i = 0; i < nr; i++)
		chunks[i] = area + i * CHUNK * PAGE;
	free_place = area + nr * CHUNK * PAGE;
	write_anew(0, nr_pages);
}

/* Into the one place that is free; where it was becomes that. */
static void move(size_t page, size_t pages)
{
	char **chunk = &chunks[page / CHUNK], *old = *chunk;

	(void)pages;
	if (mremap(old, CHUNK * PAGE, CHUNK * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		   free_place) == MAP_FAILED) {
		if (errno != ENOMEM)
			give_up("mremap");
		return;
	}
	*chunk = free_place;
	/* Nothing else may be mapped there meanwhile: there is one thread. */
	map_or_give_up(old, CHUNK * PAGE, PROT_NONE, ANON | MAP_FIXED, -1);
	free_place = old;
	verify(page / CHUNK * CHUNK, CHUNK);
}

/* --- fork --- */

static void one_round(void);

/* The child verifies what it inherited, and writes its own. */
static void __attribute__((noreturn)) be_child(void)
{
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, SIG_DFL);
	is_child = true;
	dice = mix(dice ^ (uint64_t)getpid());
	newest += 1u << 24;
	for (i = 0; i < CHILD_ROUNDS; i++)
		one_round();
	verify(0, nr_pages);
	_exit(0);
}

static void reap(int flags)
{
	int status;

	if (!child || waitpid(child, &status, flags) != child)
		return;
	child = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status))
		_exit(WEXITSTATUS(status));
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL) {
		printf("storm %s: the child ended by signal %d\n", kind->name, WTERMSIG(status));
		fflush(stdout);
		_exit(EXIT_DIFFERENT);
	}
}

static void fork_one(size_t page, size_t pages)
{
	pid_t pid;

	if (is_child)
		return;
	reap(WNOHANG);
	if (child)
		return;
	pid = fork();
	if (!pid)
		be_child();
	if (pid > 0)
		child = pid;
	else if (errno != EAGAIN && errno != ENOMEM)
		give_up("fork");
	write_anew(page, pages);
}

/* --- userfaultfd --- */

static int uffd = -1;
static volatile uint64_t protected_faults;

static void answer_missing(uint64_t address)
{
	static uint64_t buffer[WORDS] __attribute__((aligned(4096)));
	size_t page = (address - (uintptr_t)memory) / PAGE;
	struct uffdio_copy copy = {
		.dst = address & ~(PAGE - 1),
		.src = (uintptr_t)buffer,
		.len = PAGE,
	};

	/* The only other thread waits for this very page. */
	newest++;
	fill(buffer, page, newest);
	generations[page] = newest;
	while (ioctl(uffd, UFFDIO_COPY, &copy)) {
		if (errno == EEXIST)
			return;
		if (errno != EAGAIN && errno != ENOMEM)
			give_up("UFFDIO_COPY");
		copy.copy = 0;
		usleep(1000);
	}
}

static void answer_protected(uint64_t address)
{
	struct uffdio_writeprotect wp = {
		.range = { .start = address & ~(PAGE - 1), .len = PAGE },
	};

	protected_faults++;
	while (ioctl(uffd, UFFDIO_WRITEPROTECT, &wp))
		if (errno != EAGAIN)
			give_up("UFFDIO_WRITEPROTECT");
}

static void *answer_faults(void *unused)
{
	struct uffd_msg msg;

	(void)unused;
	for (;;) {
		if (read(uffd, &msg, sizeof(msg)) != sizeof(msg)) {
			if (errno != EINTR && errno != EAGAIN)
				give_up("reading the userfaultfd");
			continue;
		}
		if (msg.event != UFFD_EVENT_PAGEFAULT)
			continue;
		if (msg.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP)
			answer_protected(msg.arg.pagefault.address);
		else
			answer_missing(msg.arg.pagefault.address);
	}
	return NULL;
}

static void set_up_uffd(void)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP };
	struct uffdio_register area = {
		.mode = UFFDIO_REGISTER_MODE_MISSING | UFFDIO_REGISTER_MODE_WP,
	};
	pthread_t thread;

	memory = map_or_give_up(NULL, nr_pages * PAGE, RW, ANON, -1);
	madvise(memory, nr_pages * PAGE, MADV_NOHUGEPAGE);
	uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (uffd < 0)
		give_up("userfaultfd");
	if (ioctl(uffd, UFFDIO_API, &api))
		give_up("UFFDIO_API");
	area.range.start = (uintptr_t)memory;
	area.range.len = nr_pages * PAGE;
	if (ioctl(uffd, UFFDIO_REGISTER, &area))
		give_up("UFFDIO_REGISTER");
	errno = pthread_create(&thread, NULL, answer_faults, NULL);
	if (errno)
		give_up("pthread_create");
	verify(0, nr_pages);
}

/*
 * Protected pages that are written must each be asked for, once, also those that
 * went to swap meanwhile: a reclaim that lost the mark would be seen here.
 */
static void miss_or_protect(size_t page, size_t pages)
{
	struct uffdio_writeprotect wp = {
		.range = { .start = (uintptr_t)page_at(page), .len = pages * PAGE },
		.mode = UFFDIO_WRITEPROTECT_MODE_WP,
	};
	uint64_t before = protected_faults;

	if (roll(2)) {
		if (madvise(page_at(page), pages * PAGE, MADV_DONTNEED))
			give_up("MADV_DONTNEED");
		verify(page, pages);
		return;
	}
	verify(page, pages);	/* there now, present or in swap */
	while (ioctl(uffd, UFFDIO_WRITEPROTECT, &wp))
		if (errno != EAGAIN)
			give_up("UFFDIO_WRITEPROTECT");
	usleep((useconds_t)roll(rest_us * 4 + 1));
	verify(page, pages);
	write_anew(page, pages);
	if (protected_faults - before != pages) {
		printf("DIFFERENT kind=uffd seed=%" PRIu64 " pid=%d page=%zu: %zu pages were protected, %" PRIu64
		       " faults came\n", seed, getpid(), page, pages, protected_faults - before);
		fflush(stdout);
		_exit(EXIT_DIFFERENT);
	}
}

/* --- exec --- */

/* Execute this program again, with its counts so far. A signal that comes now is kept. */
static void exec_anew(void)
{
	char carry[128];
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	/* One that came before is kept by nothing but this. */
	if (stop)
		return;
	snprintf(carry, sizeof(carry), "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64,
		 counts->rounds, counts->words, counts->written, counts->special + 1, dice);
	setenv("STORM_CARRY", carry, 1);
	execv("/proc/self/exe", arguments);
	give_up("exec");
}

static void take_carried(void)
{
	const char *carry = getenv("STORM_CARRY");

	if (carry && sscanf(carry, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
			    &counts->rounds, &counts->words, &counts->written, &counts->special,
			    &dice) != 5) {
		errno = EINVAL;
		give_up("STORM_CARRY");
	}
}

static const struct kind kinds[] = {
	{ "anon", set_up_anon, drop, NULL },
	{ "thp", set_up_thp, collapse_or_split, NULL },
	{ "ksm", set_up_ksm, unmerge, NULL },
	{ "file-private", set_up_file_private, drop_copy, NULL },
	{ "file-shared", set_up_file_shared, sync_or_read, NULL },
	{ "tmpfs", set_up_tmpfs, punch_or_read, NULL },
	{ "mlock", set_up_anon, lock_or_unlock, NULL },
	{ "mremap", set_up_mremap, move, NULL },
	{ "mprotect", set_up_mprotect, protect, allow },
	{ "fork", set_up_anon, fork_one, NULL },
	{ "uffd", set_up_uffd, miss_or_protect, NULL },
	{ "exec", set_up_anon, NULL, NULL },
};

/* --- the run --- */

static void one_round(void)
{
	size_t pages = 1 + roll(MAX_PIECE), page;

	if (pages > nr_pages)
		pages = nr_pages;
	page = roll(nr_pages - pages + 1);
	verify(page, pages);
	if (kind->special && roll(3) == 0) {
		kind->special(page, pages);
		counts->special++;
	} else if (roll(2)) {
		write_anew(page, pages);
	}
	verify(page, pages);
	counts->rounds++;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void corrupt(void)
{
	size_t page = roll(nr_pages);

	if (kind->before_access)
		kind->before_access(page, true);
	verify_page(page);
	((uint64_t *)page_at(page))[roll(WORDS)] ^= (uint64_t)1 << roll(64);
}

static void on_term(int signal)
{
	(void)signal;
	stop = 1;
}

static size_t parse_size(const char *text)
{
	char *end;
	size_t size = strtoull(text, &end, 0);

	if (*end == 'K')
		size <<= 10;
	else if (*end == 'M')
		size <<= 20;
	else if (*end)
		size = 0;
	return size;
}

static void parse_arguments(int argc, char **argv)
{
	size_t i;
	int n;

	arguments = argv;
	if (argc < 3 || argc % 2 == 0)
		goto bad;
	kind_name = argv[1];
	size_text = argv[2];
	nr_pages = parse_size(size_text) / PAGE;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, kind_name))
			kind = &kinds[i];
	for (n = 3; n < argc; n += 2) {
		if (!strcmp(argv[n], "--seed"))
			seed = strtoull(argv[n + 1], NULL, 0);
		else if (!strcmp(argv[n], "--dir"))
			file_dir = argv[n + 1];
		else if (!strcmp(argv[n], "--rest-us"))
			rest_us = strtoul(argv[n + 1], NULL, 0);
		else if (!strcmp(argv[n], "--corrupt"))
			corrupt_s = strtol(argv[n + 1], NULL, 0);
		else
			goto bad;
	}
	if (kind && nr_pages >= 2 * MAX_PIECE)
		return;
bad:
	fprintf(stderr, "usage: storm KIND SIZE [--seed N] [--dir DIR] [--rest-us N] [--corrupt SECONDS]\n");
	exit(2);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_term };
	unsigned long rounds;
	double corrupt_at;
	sigset_t none;

	parse_arguments(argc, argv);
	sigaction(SIGTERM, &action, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dice = mix(seed);
	counts = map_or_give_up(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1);
	generations = calloc(nr_pages, sizeof(*generations));
	if (!generations)
		give_up("calloc");
	take_carried();
	kind->set_up();
	corrupt_at = now() + (double)corrupt_s;
	for (rounds = 0; !stop; rounds++) {
		one_round();
		if (corrupt_s && now() >= corrupt_at) {
			corrupt();
			corrupt_s = 0;
		}
		if (is_kind("exec") && rounds == EXEC_ROUNDS) {
			verify(0, nr_pages);
			exec_anew();
		}
		if (rest_us)
			usleep((useconds_t)roll(rest_us + 1));
	}
	reap(0);
	verify(0, nr_pages);
	printf("done kind=%s seed=%" PRIu64 " rounds=%" PRIu64 " words=%" PRIu64 " written=%" PRIu64
	       " special=%" PRIu64 "\n", kind->name, seed, counts->rounds, counts->words,
	       counts->written, counts->special);
	return 0;
}
