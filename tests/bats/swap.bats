#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Swap that is missing, full, limited, or a disk.

bats_require_minimum_version 1.8.0
load helper

# Each test ends with the swap that it found.
teardown() {
	helper_teardown
	only_swap /dev/zram0
}

@test "swap: anon without any swap is ENOSPC, and nothing changes" {
	start_target anon 16M
	swapoff -a
	run write_raw "$SYSFS/reclaim" "$TARGET_PID anon"
	assert_failure
	assert_output --partial "No space left on device"
	[ "$(ask present)" = "present $((16 * MB))" ]
}

@test "swap: all without any swap takes file pages, leaves the others, and says why" {
	start_target file 16M
	swapoff -a
	request "$TARGET_PID all"
	expect stop = noswap
	[ "$(ask present)" = "present 0" ]
	expect swap_after_kb -eq 0
	expect reclaimed -ge $((16 * MB))
	counts_add_up
}

@test "swap: when it is full the request stops, and nothing is lost" {
	start_target anon 32M
	make_swapfile 8M
	only_swap "$SWAPFILE"
	request "$TARGET_PID anon"
	expect stop = noswap
	[ "$(swap_kb "$TARGET_PID")" -gt 4096 ]
	[ "$(swap_kb "$TARGET_PID")" -le 8192 ]
	counts_add_up
	[ "$(ask verify)" = "ok 4194304" ]
}

@test "swap: on a disk RSS falls though nothing is free at once, and max= counts that" {
	local before

	start_target anon 32M
	make_swapfile 64M
	only_swap "$SWAPFILE"
	request "$TARGET_PID anon max=8M"
	expect stop = max
	# Both from the module: on 6.1 smaps_rollup would count from elsewhere.
	before=$(field rss_before_kb)
	expect rss_after_kb -le $((before - 7168))
	expect rss_after_kb -ge $((before - 8192))
	request "$TARGET_PID anon"
	expect rss_after_kb -le $((before - 32768 * 99 / 100))
	expect swap_after_kb -ge $((32768 * 99 / 100))
	[ "$(ask verify)" = "ok 4194304" ]
}

@test "swap: at the cgroup's limit the request stops and says so, and nothing is lost" {
	make_cgroup limited
	echo 8M >"$CGROUP/memory.swap.max"
	start_target anon 32M --cgroup "$CGROUP"
	request "$TARGET_PID anon"
	expect stop = memcg
	[ "$(swap_kb "$TARGET_PID")" -le 8192 ]
	[ "$(swap_kb "$TARGET_PID")" -gt 4096 ]
	[ "$(ask verify)" = "ok 4194304" ]
}

@test "swap: when zram has no memory left nothing is lost" {
	start_target anon 32M --random
	only_swap /dev/zram0
	echo 4M >/sys/block/zram0/mem_limit
	request "$TARGET_PID anon"
	echo 0 >/sys/block/zram0/mem_limit
	expect isolated -gt "$(field reclaimed)"
	counts_add_up
	[ "$(ask verify)" = "ok 4194304" ]
}

# refuse_writes COMMAND...: meanwhile zram takes no page that has to be stored.
refuse_writes() {
	local status=0

	only_swap /dev/zram0
	# The limit is in pages, and one is needed for the first.
	echo 4096 >/sys/block/zram0/mem_limit
	"$@" || status=$?
	echo 0 >/sys/block/zram0/mem_limit
	return "$status"
}

@test "swap: a write that zram refuses is told, and ends the request" {
	local threads

	for threads in 1 2; do
		echo "$threads" >"$SYSFS/threads"
		start_target anon 32M --random
		refuse_writes request "$TARGET_PID anon"
		expect stop = unwritten
		expect unwritten -ge 256
		# What is refused is neither free nor taken on and on.
		compare reclaimed+unwritten $(($(field reclaimed) + $(field unwritten))) -le "$(field isolated)"
		expect isolated -le $((16 * MB))
		counts_add_up
		# And nothing of it counts towards a limit.
		refuse_writes request "$TARGET_PID anon max=8M"
		expect stop = unwritten
		[ "$(ask verify)" = "ok 4194304" ]
		# It can be taken once it is written.
		request "$TARGET_PID anon"
		expect stop = "done"
		expect unwritten -eq 0
		answers "present 0" present
		stop_target
	done
	echo 1 >"$SYSFS/threads"
}

@test "swap: what is on its way to a disk is not unwritten" {
	start_target anon 16M
	make_swapfile 64M
	only_swap "$SWAPFILE"
	request "$TARGET_PID anon"
	expect stop = "done"
	expect unwritten -eq 0
	[ "$(ask verify)" = "ok 2097152" ]
}
