// SPDX-License-Identifier: GPL-2.0
/*
 * lost-pages: look at every page of the system for memory of processes or files that
 * is on no LRU list: taken off one and never given back, so that nothing frees it
 * any more. Prints "lost N of PAGES"; with some lost, the first of them too, and
 * ends with status 1.
 *
 * First it proves that it sees such pages: one of its own, just faulted in, is on no
 * list yet. Those wait in batches for each CPU. These are drained before each look
 * (compact_memory does), and lost is only what ten looks in a row find so: a page of
 * a running program, this one's too, may be on its way at any time.
 */

#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Documentation/admin-guide/mm/pagemap.rst */
#define FLAG(bit) ((uint64_t)1 << (bit))
#define CURRENT FLAG(3)
#define LRU FLAG(5)
#define SLAB FLAG(7)
#define BUDDY FLAG(10)
#define MMAP FLAG(11)
#define ANON FLAG(12)
#define SWAPCACHE FLAG(13)
#define SWAPBACKED FLAG(14)
#define TAIL FLAG(16)
#define HUGETLB FLAG(17)
#define NOPAGE FLAG(20)
#define ZERO_PAGE FLAG(24)
#define PGTABLE FLAG(26)
#define RESERVED FLAG(32)

#define CHUNK 4096
#define TRIES 10
#define SHOWN 10
/* 64 GiB */
#define MAX_PAGES ((size_t)16 << 20)

static int flags_fd, counts_fd;
static unsigned char suspects[MAX_PAGES];

static bool is_off_lru(uint64_t flags)
{
	if (flags & (LRU | SLAB | BUDDY | TAIL | HUGETLB | NOPAGE | ZERO_PAGE | PGTABLE | RESERVED))
		return false;
	/*
	 * A page of a process; or, up to date and mapped, one of a file. zram's pages
	 * are up to date too, and belong to no process.
	 */
	return flags & (ANON | SWAPCACHE | SWAPBACKED) ||
	       (flags & CURRENT && flags & MMAP);
}

static uint64_t read_one(int fd, uint64_t index)
{
	uint64_t value = 0;

	if (pread(fd, &value, sizeof(value), (off_t)(index * sizeof(value))) != sizeof(value))
		return 0;
	return value;
}

/* A page that was just faulted in waits in a batch: it must be seen. */
static bool sees_own(void)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	char *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry;

	if (page == MAP_FAILED || fd < 0)
		return false;
	memset(page, 1, size);
	entry = read_one(fd, (uintptr_t)page / size);
	close(fd);
	return is_off_lru(read_one(flags_fd, entry & (FLAG(55) - 1)));
}

/* In the first look, what is on no list is noted; in the others, what still is. */
static size_t look(bool first, size_t *seen)
{
	static uint64_t flags[CHUNK];
	size_t nr = 0, i, page;
	ssize_t got;

	*seen = 0;
	while ((got = pread(flags_fd, flags, sizeof(flags), (off_t)(*seen * sizeof(*flags)))) > 0) {
		for (i = 0; i < (size_t)got / sizeof(*flags); i++) {
			page = *seen + i;
			if (page >= MAX_PAGES) {
				puts("lost-pages: more memory than it has room for");
				exit(2);
			}
			suspects[page] = (first || suspects[page]) && is_off_lru(flags[i]);
			nr += suspects[page];
		}
		*seen += (size_t)got / sizeof(*flags);
	}
	return nr;
}

static void drain(void)
{
	int fd = open("/proc/sys/vm/compact_memory", O_WRONLY);

	if (fd < 0 || write(fd, "1", 1) != 1) {
		perror("lost-pages: compact_memory");
		exit(2);
	}
	close(fd);
}

int main(void)
{
	size_t nr = 0, seen = 0, i, shown = 0;
	int tries;

	flags_fd = open("/proc/kpageflags", O_RDONLY);
	counts_fd = open("/proc/kpagecount", O_RDONLY);
	if (flags_fd < 0 || counts_fd < 0) {
		perror("lost-pages: /proc/kpage*");
		return 2;
	}
	/* Full batches are drained at once, so one in fifteen times it is not there. */
	for (tries = 0; tries < TRIES && !sees_own(); tries++)
		;
	if (tries == TRIES) {
		puts("lost-pages: does not see a page that is on no list");
		return 2;
	}
	for (tries = 0; tries < TRIES; tries++) {
		drain();
		nr = look(!tries, &seen);
		if (!nr)
			break;
		usleep(200000);
	}
	printf("lost %zu of %zu\n", nr, seen);
	for (i = 0; i < seen && shown < SHOWN; i++) {
		if (!suspects[i])
			continue;
		printf("# pfn %#zx flags %#" PRIx64 " mapped %" PRIu64 " times\n", i,
		       read_one(flags_fd, i), read_one(counts_fd, i));
		shown++;
	}
	return nr ? 1 : 0;
}
