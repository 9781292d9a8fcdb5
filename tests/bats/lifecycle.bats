#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Targets and writers that change, or end, while a request runs.

bats_require_minimum_version 1.8.0
load helper

# The target is large enough that a request on it takes more than a second here. Killed
# targets are in faults.bats.
@test "lifecycle: a target that exits ends the request" {
	start_target anon "$BIG"
	request_in_background "$TARGET_PID anon"
	wait_until 10 total_grows pages_isolated
	tell exit
	background_result
	expect stop = exiting
}

@test "lifecycle: a target that executes another program ends the request, and is left alone" {
	start_target anon "$BIG"
	request_in_background "$TARGET_PID anon"
	wait_until 10 total_grows pages_isolated
	tell exec
	background_result
	expect stop = exiting
	kill -0 "$TARGET_PID"
}

@test "lifecycle: a target that forks keeps every word, and so does the child" {
	start_target anon "$MIDDLE"
	request_in_background "$TARGET_PID anon"
	wait_until 10 total_grows pages_isolated
	[ "$(ask fork-verify)" = "ok $((TARGET_LEN / 8))" ]
	background_result
	expect stop = "done"
	[ "$(ask verify)" = "ok $((TARGET_LEN / 8))" ]
}

@test "lifecycle: a target that unmaps and maps again is walked to the end" {
	start_target anon "$MIDDLE"
	request_in_background "$TARGET_PID anon"
	wait_until 10 total_grows pages_isolated
	ask churn
	background_result
	expect stop = "done"
	counts_add_up
}

@test "lifecycle: a target that writes all the while keeps every word" {
	start_target anon 64M
	ask write-start
	request "$TARGET_PID anon"
	request "$TARGET_PID anon"
	ask write-stop
	[ "$(ask verify)" = "ok 8388608" ]
}

@test "lifecycle: a killed writer leaves within a batch, and the result says so" {
	start_target anon "$BIG"
	printf '%s' "$TARGET_PID anon" >/run/request
	cat /run/request >"$SYSFS/reclaim" 3>&- &
	writer=$!
	wait_until 10 total_grows pages_isolated
	kill -KILL "$writer"
	wait_until 5 gone "$writer"
	# shellcheck disable=SC2034 # for "expect"
	RESULT=$(<"$SYSFS/result")
	expect stop = killed
	expect reclaimed -lt $((TARGET_LEN / PAGE_SIZE))
	[ "$(ask verify)" = "ok $((TARGET_LEN / 8))" ]
}

@test "lifecycle: two requests on one target at once share its pages" {
	local first

	# Through sysfs both might read the result of one.
	needs_debugfs
	start_target anon "$MIDDLE"
	request_in_background "$TARGET_PID anon"
	request "$TARGET_PID anon"
	counts_add_up
	first=$(field reclaimed)
	background_result
	counts_add_up
	[ $((first + $(field reclaimed))) -ge $((TARGET_LEN * 99 / 100 / PAGE_SIZE)) ]
	[ "$(ask present)" = "present 0" ]
	[ "$(ask verify)" = "ok $((TARGET_LEN / 8))" ]
}

@test "lifecycle: a target that never comes to the end of its execve() holds up no other process" {
	local writer

	on_one_cpu
	start_target anon 16M
	insmod /opt/proc-reclaim/modules/hold_mmap_lock.ko pid="$TARGET_PID" exec=1
	request "$TARGET_PID anon ms=200"
	expect stop = ms
	expect scanned -eq 0
	expect us -lt 5000000
	# A sweep skips it, and the writer can be killed ...
	request "system anon"
	[ "$(kb_of "/proc/$TARGET_PID/status" RssAnon)" -ge 16384 ]
	echo "$TARGET_PID anon" >"$SYSFS/reclaim" 3>&- &
	writer=$!
	started "$writer"
	wait_until 10 waits_in_request "$writer"
	kill -KILL "$writer"
	wait_until 5 gone "$writer"
	echo "$TARGET_PID" >"$SYSFS/age" 3>&- &
	writer=$!
	started "$writer"
	wait_until 10 waits_in_request "$writer"
	# ... the system be suspended, and the module unloaded.
	freeze_system
	wait_until 5 gone "$writer"
	echo "$TARGET_PID" >"$SYSFS/restore" 3>&- &
	writer=$!
	started "$writer"
	wait_until 10 waits_in_request "$writer"
	rmmod proc_reclaim
	wait_until 5 gone "$writer"
	rmmod hold_mmap_lock
	[ "$(ask verify)" = "ok 2097152" ]
}

@test "lifecycle: a target whose mmap lock is held for ever holds up no other request" {
	local stuck

	on_one_cpu
	start_target anon 1M
	stuck=$TARGET_PID
	start_target anon 16M
	insmod /opt/proc-reclaim/modules/hold_mmap_lock.ko pid="$stuck"
	# More writers than batches may be isolated at one time.
	for _ in 1 2 3 4 5 6; do
		echo "$stuck anon" >"$SYSFS/reclaim" 3>&- &
		STARTED+=("$!")
	done
	# ms= is kept to ...
	request "$stuck anon ms=200"
	expect stop = ms
	expect us -lt 5000000
	# ... another target is reclaimed meanwhile ...
	request "$TARGET_PID anon"
	expect stop = "done"
	expect reclaimed -ge $((16 * MB))
	# ... the system can be suspended, and the module unloaded.
	freeze_system
	rmmod proc_reclaim
	rmmod hold_mmap_lock
	use_target "$stuck"
	[ "$(ask verify)" = "ok 131072" ]
}

@test "lifecycle: a process can reclaim itself" {
	run bash -c 'echo "$$ all" >"$1"' bash "$SYSFS/reclaim"
	assert_success
}

@test "lifecycle: a suspend is not held up: the request stops for it" {
	[ -e /sys/power/pm_test ]
	on_one_cpu
	start_target anon "$BIG"
	request_in_background "$TARGET_PID anon"
	wait_until 10 total_grows pages_isolated
	freeze_system
	background_result
	expect stop = freeze
	[ "$(ask verify)" = "ok $((TARGET_LEN / 8))" ]
}

# It has kswapd go on for longer, and keeps no memory for those who cannot wait.
@test "watermark: a boost of it is no reserve" {
	local min

	read -r min </proc/sys/vm/min_free_kbytes
	echo 1024 >/proc/sys/vm/min_free_kbytes
	echo $((16 * MB)) >"$SYSFS/batch_pages"
	start_target anon 8M
	insmod /opt/proc-reclaim/modules/boost_watermark.ko
	request "$TARGET_PID anon"
	rmmod boost_watermark
	echo "$min" >/proc/sys/vm/min_free_kbytes
	echo $((2 * MB)) >"$SYSFS/batch_pages"
	expect stop = "done"
	answers "present 0" present
}
