#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# File pages, and both kinds at once.

bats_require_minimum_version 1.8.0
load helper

@test "file: the clean pages of a mapped file are reclaimed, and read back the same" {
	start_target file 32M
	request "$TARGET_PID file"
	expect reclaimed -ge $((32 * MB))
	[ "$(ask present)" = "present 0" ]
	counts_add_up
	[ "$(ask verify)" = "ok 4194304" ]
}

@test "file: works the same for a shared map" {
	start_target file-shared 16M
	request "$TARGET_PID file"
	[ "$(ask present)" = "present 0" ]
	[ "$(ask verify)" = "ok 2097152" ]
}

@test "file: anonymous memory, shared memory and copied pages stay" {
	local kind

	for kind in anon shmem cow; do
		start_target "$kind" 16M
		request "$TARGET_PID file"
		[ "$(ask present)" = "present $((16 * MB))" ]
		stop_target
	done
}

@test "file: dirty pages are skipped and counted, and not lost" {
	start_target file-dirty 16M
	request "$TARGET_PID file"
	expect skipped_dirty -ge $((16 * MB * 97 / 100))
	[ "$(ask verify)" = "ok 2097152" ]
	counts_add_up
}

@test "file: no swap is used" {
	start_target file 16M
	request "$TARGET_PID file"
	expect swap_after_kb -eq "$(field swap_before_kb)"
}

@test "all: takes anonymous and file pages in one request" {
	start_target cow 16M --half
	request "$TARGET_PID all"
	[ "$(ask present)" = "present 0" ]
	[ "$(ask verify)" = "ok 2097152" ]
	counts_add_up
}
