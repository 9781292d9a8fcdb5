#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The filters: how much, how long, and which LRU list.

bats_require_minimum_version 1.8.0
load helper

@test "max: stops after that much, and never takes more" {
	start_target anon 32M
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN max=8M"
	expect stop = max
	expect reclaimed -eq $((8 * MB))
	expect isolated -eq $((8 * MB))
	[ "$(ask present)" = "present $((24 * MB))" ]
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN max=$((3 * PAGE_SIZE + 57))"
	expect reclaimed -eq 3
	[ "$(ask verify)" = "ok 4194304" ]
}

@test "max: a huge page that does not fit is left whole" {
	start_target thp 8M
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN max=1M"
	expect isolated -eq 0
	expect skipped_large -eq $((8 * MB))
	expect stop = "done"
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN max=3M"
	expect reclaimed -eq $((2 * MB))
	counts_add_up
}

@test "ms: stops after that long, with what was done until then" {
	start_target anon "$BIG"
	request "$TARGET_PID anon ms=50"
	expect stop = ms
	expect us -ge 50000
	expect reclaimed -gt 0
	expect reclaimed -lt $((TARGET_LEN / PAGE_SIZE))
	run ask verify
	assert_output "ok $((TARGET_LEN / 8))"
}

@test "inactive: pages on an active list are skipped and counted" {
	# Written just now, the pages are in the youngest generations of MGLRU;
	# on the other LRU new anonymous pages begin on the inactive list and
	# are made active by hand.
	start_target anon 16M
	make_active
	request "$TARGET_PID anon inactive"
	expect skipped_active -ge $((16 * MB * 97 / 100))
	expect isolated -le $((16 * MB * 3 / 100))
	counts_add_up
	request "$TARGET_PID anon"
	expect skipped_active -eq 0
	expect reclaimed -ge $((16 * MB * 97 / 100))
}

@test "inactive: pages on an inactive list are taken" {
	start_target anon 16M
	make_inactive
	request "$TARGET_PID anon inactive"
	expect reclaimed -ge $((16 * MB * 97 / 100))
	[ "$(ask verify)" = "ok 2097152" ]
}

@test "filters: work together" {
	start_target anon 16M
	make_inactive
	request "$TARGET_PID anon ms=60000 inactive max=4M"
	expect stop = max
	expect reclaimed -eq $((4 * MB))
}
