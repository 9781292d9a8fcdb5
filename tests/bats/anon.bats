#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Anonymous memory of one process: what is freed, and that nothing is lost.

bats_require_minimum_version 1.8.0
load helper

@test "anon: 99 % of a large area is reclaimed, and every word is still there" {
	local before

	start_target anon "$BIG"
	before=$(rss_kb "$TARGET_PID")
	request "$TARGET_PID anon"
	expect stop = "done"
	expect reclaimed -ge $((TARGET_LEN * 99 / 100 / PAGE_SIZE))
	[ "$(rss_kb "$TARGET_PID")" -le $((before - TARGET_LEN * 99 / 100 / 1024)) ]
	[ "$(swap_kb "$TARGET_PID")" -ge $((TARGET_LEN * 99 / 100 / 1024)) ]
	counts_add_up
	run ask verify
	assert_output "ok $((TARGET_LEN / 8))"
}

@test "anon: incompressible memory is reclaimed, and every word is still there" {
	start_target anon 32M --random
	request "$TARGET_PID anon"
	expect reclaimed -ge $((32 * MB * 99 / 100))
	run ask verify
	assert_output "ok 4194304"
}

# about NAME VALUE: a field is within 1 MiB of it. 6.1 keeps the pages of up to 64
# faults in a counter of each thread; the later kernels' sums are exact.
about() {
	local difference=$(($(field "$1") - $2))

	[ "${difference#-}" -le 1024 ]
}

@test "anon: the result tells RSS and swap as /proc does" {
	start_target anon 16M
	request "$TARGET_PID anon"
	about rss_after_kb "$(rss_kb "$TARGET_PID")"
	about swap_after_kb "$(swap_kb "$TARGET_PID")"
	[ $(($(field rss_before_kb) - $(field rss_after_kb))) -ge $((16384 - 1024)) ]
	[ $(($(field swap_after_kb) - $(field swap_before_kb))) -ge $((16384 - 1024)) ]
}

@test "anon: file pages stay" {
	start_target file 16M
	request "$TARGET_PID anon"
	[ "$(ask present)" = "present $((16 * MB))" ]
}

@test "anon: shared memory and tmpfs go to swap too" {
	local kind

	for kind in shmem tmpfs; do
		start_target "$kind" 16M
		request "$TARGET_PID anon"
		expect reclaimed -ge $((16 * MB))
		[ "$(ask present)" = "present 0" ]
		[ "$(ask verify)" = "ok 2097152" ]
		stop_target
	done
}

@test "anon: copied pages of a private file map are anonymous" {
	start_target cow 16M
	request "$TARGET_PID anon"
	[ "$(ask present)" = "present 0" ]
	[ "$(ask verify)" = "ok 2097152" ]
}

@test "anon: a second request on the same memory finds it again after use" {
	start_target anon 16M
	for _ in 1 2 3; do
		request "$TARGET_PID anon"
		expect reclaimed -ge $((16 * MB))
		[ "$(ask verify)" = "ok 2097152" ]
	done
}

@test "anon: huge pages are taken whole" {
	local huge

	start_target thp 32M
	huge=$(ask hugepages)
	[ "${huge#* }" -ge 16384 ]
	request "$TARGET_PID anon"
	expect reclaimed -ge $((32 * MB * 99 / 100))
	[ "$(ask present)" = "present 0" ]
	[ "$(ask verify)" = "ok 4194304" ]
}

@test "anon: an area of 1 TiB with a page here and there is walked to its end" {
	start_target sparse 1T
	request "$TARGET_PID anon"
	expect stop = "done"
	expect reclaimed -ge 64
	run ask verify
	assert_output --regexp '^ok '
}

@test "anon: a process whose group leader has exited is reclaimed" {
	start_target leader-exit 16M
	request "$TARGET_PID anon"
	expect reclaimed -ge $((16 * MB))
	[ "$(ask verify)" = "ok 2097152" ]
}
