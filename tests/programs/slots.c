// SPDX-License-Identifier: GPL-2.0
/*
 * slots PID ADDR LEN: how the swap slots of a range are ordered. Of each two neighbouring
 * pages that are both in swap, the second may have the slot after that of the first
 * (rising), the one before it (falling), or any other (jump). Prints
 * "pages N rising N falling N jumps N", where pages counts those in swap.
 */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of an entry of pagemap (Documentation/admin-guide/mm/pagemap.rst). */
#define IN_SWAP ((uint64_t)1 << 62)
#define SLOT_BITS (((uint64_t)1 << 55) - 1)
/* A slot is the area's number in these bits, and its offset in those above. */
#define AREA_BITS 5

struct counts {
	unsigned long pages, rising, falling, jumps;
};

static void count(struct counts *counts, uint64_t previous, uint64_t entry)
{
	uint64_t step = (uint64_t)1 << AREA_BITS;

	if (!(entry & IN_SWAP))
		return;
	counts->pages++;
	if (!(previous & IN_SWAP))
		return;
	previous &= SLOT_BITS;
	entry &= SLOT_BITS;
	if (entry == previous + step)
		counts->rising++;
	else if (previous == entry + step)
		counts->falling++;
	else
		counts->jumps++;
}

static bool count_range(struct counts *counts, int pagemap, uintptr_t addr, size_t len)
{
	uintptr_t page_size = (uintptr_t)sysconf(_SC_PAGESIZE), at;
	uint64_t previous = 0, entry;

	for (at = addr; at < addr + len; at += page_size) {
		if (pread(pagemap, &entry, sizeof(entry),
			  (off_t)(at / page_size * sizeof(entry))) != sizeof(entry))
			return false;
		count(counts, previous, entry);
		previous = entry;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct counts counts = { 0 };
	char path[64];
	int pagemap;

	if (argc != 4) {
		fprintf(stderr, "usage: slots PID ADDR LEN\n");
		return 2;
	}
	snprintf(path, sizeof(path), "/proc/%d/pagemap", atoi(argv[1]));
	pagemap = open(path, O_RDONLY | O_CLOEXEC);
	if (pagemap < 0 || !count_range(&counts, pagemap, strtoull(argv[2], NULL, 0),
					strtoull(argv[3], NULL, 0))) {
		fprintf(stderr, "slots: %s: %s\n", path, strerror(errno));
		return 1;
	}
	printf("pages %lu rising %lu falling %lu jumps %lu\n", counts.pages, counts.rising,
	       counts.falling, counts.jumps);
	return 0;
}
