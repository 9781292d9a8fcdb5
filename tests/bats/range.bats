#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Address ranges: exactly these pages, over any mix of areas, always to an end.

bats_require_minimum_version 1.8.0
load helper

@test "range: takes the pages inside and none outside" {
	start_target anon 16M
	request "$TARGET_PID $TARGET_ADDR 4M"
	expect isolated -eq $((4 * MB))
	expect reclaimed -eq $((4 * MB))
	[ "$(ask present)" = "present $((12 * MB))" ]
	[ "$(ask verify)" = "ok 2097152" ]
}

@test "range: LEN is rounded up to a page, K and hexadecimal are understood" {
	local hex

	start_target anon $((256 * PAGE_SIZE))
	request "$TARGET_PID $TARGET_ADDR 1"
	expect reclaimed -eq 1
	printf -v hex '%#x' $((2 * PAGE_SIZE + 1))
	request "$TARGET_PID $((TARGET_ADDR + 16 * PAGE_SIZE)) $hex"
	expect reclaimed -eq 3
	request "$TARGET_PID $((TARGET_ADDR + 32 * PAGE_SIZE)) $((4 * PAGE_SIZE / 1024))K"
	expect reclaimed -eq 4
	[ "$(ask present)" = "present 248" ]
}

@test "range: cuts through areas and holes" {
	local before after

	start_target holes 8M
	before=$(ask present)
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
	expect stop = "done"
	expect reclaimed -eq "${before#* }"
	[ "$(ask present)" = "present 0" ]
	run ask verify
	assert_output --regexp '^ok '
	# Beginning and end in the middle of an area.
	before=$(ask present)
	request "$TARGET_PID $((TARGET_ADDR + 5 * PAGE_SIZE)) $((TARGET_LEN - 10 * PAGE_SIZE))"
	after=$(ask present)
	[ $((${before#* } - ${after#* })) -eq "$(field reclaimed)" ]
	[ "${after#* }" -gt 0 ]
}

@test "range: an empty range of address space is walked, and nothing is found" {
	start_target anon 1M
	request "$TARGET_PID 0x10000 64K"
	expect scanned -eq 0
	expect stop = "done"
}

@test "range: over hugetlb areas it ends, and leaves them alone (the 2013 patch looped for ever)" {
	hugepages 4
	start_target hugetlb 8M
	# From a page before to a page after.
	request "$TARGET_PID $((TARGET_ADDR - 0x200000)) $((TARGET_LEN + 0x400000))"
	expect stop = "done"
	expect skipped_special -ge $((8 * MB))
	[ "$(ask verify)" = "ok 1048576" ]
	counts_add_up
	stop_target
	hugepages 0
}

@test "range: one that ends where an area begins does not enter it (the 2013 patch did)" {
	start_target anon 4M
	request "$TARGET_PID $((TARGET_ADDR - 0x100000)) 1M"
	expect stop = "done"
	[ "$(ask present)" = "present $((4 * MB))" ]
}

@test "range: 3000 areas of one page each are walked" {
	start_target vmas 3000
	request "$TARGET_PID anon"
	expect stop = "done"
	expect reclaimed -ge 3000
	run ask verify
	assert_output --regexp '^ok '
}
