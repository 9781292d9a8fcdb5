#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Pages that are not this process's alone, or not reclaimable: left alone, and counted.

bats_require_minimum_version 1.8.0
load helper

# Each of these has 16 MiB.
left_alone() {
	local kind=$1 reason=$2

	start_target "$kind" 16M
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
	expect "$reason" -eq $((16 * MB))
	expect scanned -eq $((16 * MB))
	expect isolated -eq 0
	counts_add_up
	[ "$(ask present)" = "present $((16 * MB))" ]
	[ "$(ask verify)" = "ok 2097152" ]
}

@test "spared: pages shared with a forked child" {
	left_alone shared skipped_shared
}

@test "spared: an mlocked area" {
	left_alone mlock skipped_unevictable
}

@test "spared: an area locked on fault counts with its size" {
	start_target lockonfault 16M
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
	expect skipped_unevictable -eq $((16 * MB))
	expect isolated -eq 0
}

@test "spared: lazily freed pages" {
	start_target lazyfree 16M
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
	expect skipped_lazyfree -eq $((16 * MB))
	expect isolated -eq 0
	[ "$(ask present)" = "present $((16 * MB))" ]
	counts_add_up
}

@test "spared: the zero page" {
	start_target zero 16M
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
	expect skipped_special -eq $((16 * MB))
	expect isolated -eq 0
	counts_add_up
}

@test "spared: pages pinned for DMA" {
	needs "$TRACEFS/events/io_uring" io_uring
	start_target pinned 1M
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
	expect skipped_pinned -eq "$MB"
	expect isolated -eq 0
	[ "$(ask verify)" = "ok 131072" ]
	counts_add_up
}

@test "spared: huge pages are not split by a walk that passes them over" {
	local before

	start_target thp 16M --fork
	before=$(ask hugepages)
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
	expect skipped_shared -eq $((16 * MB))
	[ "$(ask hugepages)" = "$before" ]
}

@test "spared: a sweep over every kind at once adds up" {
	local kind

	for kind in anon file shared mlock lazyfree zero; do
		start_target "$kind" 4M
		request "$TARGET_PID all"
		counts_add_up
		stop_target
	done
	totals_add_up
}
