#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# How long a target is held up: compared with process_madvise() in the same boot.

bats_require_minimum_version 1.8.0
load helper

# munmap() is timed with it: both want the same lock, and either may meet it first.
# A machine that is busy elsewhere makes any call look long, so there are three tries.
# Their stall grows with the target and ours does not: the ratio is that of 256 MiB.
@test "gentle: the target's longest mmap() is under 1/100 of what MADV_PAGEOUT makes it" {
	local theirs ours

	start_target anon "$BIG"
	ask stall-start
	advise pageout "$TARGET_PID" "$TARGET_ADDR" "$TARGET_LEN"
	read -r _ theirs _ <<<"$(ask stall-stop)"
	[ "$(ask present)" = "present 0" ]
	# Else nothing was measured.
	[ "$theirs" -gt 100000 ]
	for _ in 1 2 3; do
		ask touch
		ask stall-start
		request "$TARGET_PID anon"
		read -r _ ours _ <<<"$(ask stall-stop)"
		expect reclaimed -ge $((TARGET_LEN * 99 / 100 / 4096))
		echo "# longest mmap(): $theirs us under MADV_PAGEOUT, $ours us here; lock_max_us=$(field lock_max_us)" >&3
		[ $((ours * 100 * (TARGET_LEN >> 20) / 256)) -ge "$theirs" ] || return 0
	done
	return 1
}
