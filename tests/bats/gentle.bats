#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# How long a target is held up: compared with process_madvise() in the same boot.

bats_require_minimum_version 1.8.0
load helper

# longest_call COMMAND...: the longest mmap() or munmap() of the target while the command
# runs, in LONGEST. Both want the same lock, and either may meet it first.
longest_call() {
	ask stall-start
	"$@"
	ask stall-stop
	[[ $ANSWER =~ ^stall\ ([0-9]+)\  ]] && LONGEST=${BASH_REMATCH[1]}
}

# As long as the last request took, and as busy, but without taking a lock of another process.
nothing() {
	local end=$((${EPOCHREALTIME/./} + $(field us)))

	while [ "${EPOCHREALTIME/./}" -lt "$end" ]; do :; done
}

# Their stall grows with the target and ours does not: the ratio is that of 256 MiB. A
# machine that is busy elsewhere makes any call look long: so there are six tries, and
# where nothing at all would have looked as long, that is as good.
@test "gentle: the target's longest mmap() is under 1/100 of what MADV_PAGEOUT makes it" {
	local theirs ours size=256M

	# On the slowest kernels that would take minutes.
	[ "$SLOW" -eq 1 ] || size=$BIG
	start_target anon "$size"
	longest_call advise pageout "$TARGET_PID" "$TARGET_ADDR" "$TARGET_LEN"
	theirs=$LONGEST
	# It leaves what waits in another processor's list: a few pages at most.
	present 0
	# Else nothing was measured.
	[ "$theirs" -gt 100000 ]
	for _ in 1 2 3 4 5 6; do
		ask touch
		longest_call request "$TARGET_PID anon"
		ours=$LONGEST
		expect reclaimed -ge $((TARGET_LEN * 99 / 100 / PAGE_SIZE))
		longest_call nothing
		echo "# longest mmap(): $theirs us under MADV_PAGEOUT, $ours us here, $LONGEST us with nothing; lock_max_us=$(field lock_max_us)" >&3
		[ $((ours * 100 * (TARGET_LEN >> 20) / 256)) -ge "$theirs" ] || return 0
		[ "$ours" -gt $((LONGEST * 3 / 2)) ] || return 0
	done
	return 1
}
