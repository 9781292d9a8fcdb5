#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Accessed bits: cleared by "age", respected by the filter "cold".

bats_require_minimum_version 1.8.0
load helper
load ../vm/damon

teardown() {
	helper_teardown
	[ ! -d /sys/module/say_young ] || rmmod say_young
}

# the_target: as a range of a request.
the_target() {
	printf '%s' "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
}

@test "cold: what was used since the last age stays, and only that goes which was not" {
	start_target anon 40M
	area age "$(the_target)"
	ask touch 0 8M
	request "$(the_target) cold"
	expect skipped_young -eq $((8 * MB))
	expect reclaimed -ge $((32 * MB * 99 / 100))
	counts_add_up
	present $((8 * MB))
	total_grows skipped_young
	# The hot fifth, and no other page.
	[ "$(ask present 0 8M)" = "present $((8 * MB))" ]
	[ "$(ask verify)" = "ok $((40 << 17))" ]
}

@test "cold: without an age everything was used" {
	start_target anon 8M
	request "$(the_target) cold"
	expect skipped_young -eq $((8 * MB))
	expect isolated -eq 0
	[ "$(ask present)" = "present $((8 * MB))" ]
}

@test "cold: pages of files, too" {
	start_target file 8M
	area age "$(the_target)"
	ask touch 0 2M
	request "$(the_target) cold"
	expect skipped_young -ge $((2 * MB))
	expect reclaimed -gt 0
	# A fault maps some pages around the one that is read, and does not use them.
	[ "$(ask present 0 2M)" = "present $((2 * MB))" ]
	[ "$(ask verify)" = "ok $((8 << 17))" ]
}

@test "cold: a huge page is as hot as its hottest part" {
	start_target thp 16M
	[ "$(ask hugepages)" = "hugepages 16384" ] || skip "allowed: no huge pages to be had"
	area age "$(the_target)"
	expect aged -eq $((16 * MB))
	ask touch 3M 4K
	request "$(the_target) cold"
	expect skipped_young -eq $((2 * MB))
	expect reclaimed -eq $((14 * MB))
	[ "$(ask present 2M 2M)" = "present $((2 * MB))" ]
	[ "$(ask verify)" = "ok $((16 << 17))" ]
}

@test "age: says how much was used, and takes nothing" {
	start_target anon 16M
	area age "$(the_target)"
	expect type = age
	expect stop = "done"
	expect scanned -eq $((16 * MB))
	expect aged -eq $((16 * MB))
	expect isolated -eq 0
	area age "$(the_target)"
	expect aged -eq 0
	ask touch 0 4M
	area age "$(the_target)"
	expect scanned -eq $((16 * MB))
	expect aged -eq $((4 * MB))
	[ "$(ask present)" = "present $((16 * MB))" ]
	total_grows pages_aged
}

@test "age: a range, and nothing around it" {
	start_target anon 16M
	area age "$(the_target)"
	ask touch
	area age "$TARGET_PID $TARGET_ADDR 4M"
	expect aged -eq $((4 * MB))
	area age "$(the_target)"
	expect aged -eq $((12 * MB))
}

# Its entries are in a TLB, and would never set the bit again.
@test "age: a target that goes on using its pages is seen using them, at once" {
	start_target anon 4M
	ask write-start
	for _ in 1 2 3; do
		area age "$(the_target)"
		sleep 1
		request "$(the_target) cold"
		expect skipped_young -eq $((4 * MB))
		expect isolated -eq 0
	done
	ask write-stop
}

@test "age: an mmu notifier with page tables of its own is asked" {
	needs /opt/proc-reclaim/modules/say_young.ko "mmu notifiers"
	start_target anon 4M
	insmod /opt/proc-reclaim/modules/say_young.ko pid="$TARGET_PID" \
		addr="$((TARGET_ADDR + 2 * PAGE_SIZE))"
	area age "$(the_target)"
	# It says so until it has been told to forget.
	area age "$(the_target)"
	expect aged -eq 0
	echo 1 >/sys/module/say_young/parameters/young
	request "$(the_target) cold"
	expect skipped_young -eq 1
	expect reclaimed -ge $((4 * MB * 99 / 100))
	area age "$(the_target)"
	expect aged -eq 1
	request "$(the_target) cold"
	expect skipped_young -eq 0
	[ "$(ask present)" = "present 0" ]
}

@test "cold: what DAMON has looked at since the last age is not lost for it" {
	has_damon || skip "allowed: this kernel has no DAMON"
	start_target anon 4M
	area age "$(the_target)"
	ask touch
	damon_samples
	request "$(the_target) cold"
	expect skipped_young -eq $((4 * MB))
	# Aged again, and not used since, it goes.
	area age "$(the_target)"
	area age "$(the_target)"
	request "$(the_target) cold"
	expect skipped_young -eq 0
	[ "$(ask present)" = "present 0" ]
}

@test "age: the kernel's own reclaim still spares what was used" {
	mglru && skip "allowed: the multi-generational LRU ages pages by itself"
	local kept lost

	# The same reclaim by a cgroup's limit, of pages that were used and then aged, and of
	# others that were aged twice.
	make_cgroup aged
	start_target anon 32M --cgroup "$CGROUP"
	area age "$(the_target)"
	area age "$(the_target)"
	ask touch 0 16M
	area age "$(the_target)"
	echo 12M >"$CGROUP/memory.reclaim" || :
	kept=$(ask present 0 16M)
	lost=$(ask present 16M 16M)
	echo "# still there: $kept of those that were used, $lost of the others" >&3
	[ "${kept#* }" -gt "${lost#* }" ]
}
