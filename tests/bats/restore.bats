#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# "restore": pages come back from swap before they are needed, and nothing else does.

bats_require_minimum_version 1.8.0
load helper

teardown() {
	helper_teardown
	only_swap /dev/zram0
}

# swapped_target KIND SIZE [OPTION...]: start it, and swap out what can be.
swapped_target() {
	start_target "$@" && reclaim "$TARGET_PID anon"
}

@test "restore: all of a process, mapped, and with what was in it" {
	swapped_target anon 32M
	[ "$(ask present)" = "present 0" ]
	area restore "$TARGET_PID"
	expect type = restore
	expect stop = "done"
	expect scanned -ge $((32 * MB))
	expect restored -ge $((32 * MB))
	# On 6.1 the last 64 faults of a thread, which the target made itself, come later.
	expect swap_after_kb -le 256
	expect rss_after_kb -ge 32768
	[ "$(ask present)" = "present $((32 * MB))" ]
	[ "$(swap_kb "$TARGET_PID")" -eq 0 ]
	total_grows pages_restored
	[ "$(ask verify)" = "ok $((32 << 17))" ]
	# There is nothing more to do.
	area restore "$TARGET_PID"
	expect scanned -eq 0
	expect restored -eq 0
}

@test "restore: a range, and nothing around it" {
	swapped_target anon 16M
	area restore "$TARGET_PID $(printf '%#x' $((TARGET_ADDR + (4 << 20)))) 2M"
	expect restored -eq $((2 * MB))
	[ "$(ask present)" = "present $((2 * MB))" ]
	[ "$(ask present 4M 2M)" = "present $((2 * MB))" ]
	[ "$(ask verify)" = "ok $((16 << 17))" ]
}

@test "restore: from a swap disk" {
	make_swapfile 64M
	only_swap "$SWAPFILE"
	swapped_target anon 16M
	[ "$(ask present)" = "present 0" ]
	echo 3 >/proc/sys/vm/drop_caches
	area restore "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
	expect restored -eq $((16 * MB))
	[ "$(ask present)" = "present $((16 * MB))" ]
	[ "$(ask verify)" = "ok $((16 << 17))" ]
}

@test "restore: what came back is active, so that it is not the first to go again" {
	swapped_target anon 16M
	area restore "$TARGET_PID"
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN inactive"
	# Some may have grown older meanwhile.
	expect skipped_active -ge $((16 * MB * 9 / 10))
}

@test "restore: neither holes nor pages of files" {
	local before swapped

	swapped_target holes 8M
	swapped=$(ask swapped)
	area restore "$TARGET_PID"
	expect restored -ge "${swapped#* }"
	expect rss_after_kb -le $(($(field rss_before_kb) + $(field restored) * PAGE_SIZE / 1024))
	run ask verify
	assert_output --regexp '^ok '
	stop_target
	start_target file 8M
	reclaim "$TARGET_PID file"
	before=$(ask present)
	area restore "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
	expect scanned -eq 0
	[ "$(ask present)" = "$before" ]
}

@test "restore: nothing that may not be read" {
	swapped_target anon 8M
	[ "$(ask hide 2M 4M)" = ok ]
	area restore "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
	expect scanned -eq $((4 * MB))
	expect restored -eq $((4 * MB))
	[ "$(ask swapped 2M 4M)" = "swapped $((4 * MB))" ]
	[ "$(ask show 2M 4M)" = ok ]
	[ "$(ask verify)" = "ok $((8 << 17))" ]
}

@test "restore: nothing that a userfaultfd watches" {
	swapped_target uffd 8M
	[ "$(ask present)" = "present 0" ]
	area restore "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
	expect scanned -eq 0
	[ "$(ask swapped)" = "swapped $((8 * MB))" ]
	[ "$(ask verify)" = "ok $((8 << 17))" ]
}

@test "restore: mixed with pages that are there, and across areas" {
	swapped_target vmas 2000
	ask touch
	request "$TARGET_PID anon max=3M"
	area restore "$TARGET_PID"
	expect restored -ge $((3 * MB * 9 / 10))
	run ask verify
	assert_output --regexp '^ok '
}

@test "restore: stops before a cgroup is full, and kills no process" {
	make_cgroup narrow
	swapped_target anon 32M --cgroup "$CGROUP"
	echo $(($(<"$CGROUP/memory.current") + (8 << 20))) >"$CGROUP/memory.max"
	area restore "$TARGET_PID"
	expect stop = memcg
	expect restored -ge $((4 * MB))
	expect restored -lt $((16 * MB))
	grep -q "^oom_kill 0$" "$CGROUP/memory.events"
	# memory.high would make who writes wait.
	echo max >"$CGROUP/memory.max"
	echo "$(<"$CGROUP/memory.current")" >"$CGROUP/memory.high"
	area restore "$TARGET_PID"
	expect stop = memcg
	expect restored -eq 0
	echo max >"$CGROUP/memory.high"
	area restore "$TARGET_PID"
	expect stop = "done"
	[ "$(ask verify)" = "ok $((32 << 17))" ]
}

@test "restore: a writer that is killed stops, and a target that is killed goes at once" {
	# A few large pages are back from a disk in no time, which decompressing is not.
	if [ "$PAGE_SIZE" -eq 4096 ]; then
		make_swapfile 512M
		only_swap "$SWAPFILE"
	fi
	swapped_target anon "$BIG"
	request_in_background "$TARGET_PID" "$SYSFS/restore"
	wait_until 60 total_grows pages_restored
	kill -KILL "${STARTED[-1]}"
	wait_until 20 gone "${STARTED[-1]}"
	run area restore "$TARGET_PID $TARGET_ADDR 4K"
	assert_success
	remember_totals
	request_in_background "$TARGET_PID" "$SYSFS/restore"
	wait_until 60 total_grows pages_restored
	stop_target
	run background_status
	assert_output 0
	grep -q " stop=exiting " "$SYSFS/result"
}

@test "restore: the target's longest mmap() is not held up" {
	local ours

	start_target anon "$MIDDLE"
	# Held all the while it would have taken all of it, each time.
	for _ in 1 2 3; do
		reclaim "$TARGET_PID anon"
		ask stall-start
		area restore "$TARGET_PID"
		read -r _ ours _ <<<"$(ask stall-stop)"
		echo "# longest mmap(): $ours us of $(field us) us; lock_max_us=$(field lock_max_us)" >&3
		expect restored -ge $((TARGET_LEN / PAGE_SIZE))
		[ $((ours * 4)) -ge "$(field us)" ] || return 0
	done
	return 1
}
