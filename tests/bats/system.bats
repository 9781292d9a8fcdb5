#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The sweep over the system's processes.

bats_require_minimum_version 1.8.0
load helper

@test "system: takes the processes below first_app_uid, but not the writer nor those above" {
	local below above

	start_target anon 16M
	below=$TARGET_PID
	start_target anon 16M --uid 1000
	above=$TARGET_PID
	request "system anon"
	expect stop = "done"
	expect pid -eq 0
	expect targets -ge 2
	[ "$(swap_kb "$below")" -ge 16384 ]
	[ "$(swap_kb "$above")" -eq 0 ]
	counts_add_up
}

@test "system: the writer itself is skipped" {
	# A bash that writes by itself, and has used some memory before.
	run bash -c '
		printf -v text "%8000000s" x
		echo "system anon" >"$1"
		while read -r key value unit; do
			[ "$key" != VmSwap: ] || echo "$value"
		done </proc/self/status' bash "$SYSFS/reclaim"
	assert_success
	assert_output 0
}

@test "system: first_app_uid moves the border" {
	local other

	start_target anon 16M --uid 1000
	other=$TARGET_PID
	echo 1001 >"$SYSFS/first_app_uid"
	request "system anon"
	echo 1000 >"$SYSFS/first_app_uid"
	[ "$(swap_kb "$other")" -ge 16384 ]
}

@test "system: with first_app_uid 0 no process is swept" {
	echo 0 >"$SYSFS/first_app_uid"
	request "system all"
	echo 1000 >"$SYSFS/first_app_uid"
	expect targets -eq 0
	expect scanned -eq 0
	expect stop = "done"
}

@test "system: a process whose mmap lock is held for ever is skipped" {
	start_target anon 1M
	insmod /opt/proc-reclaim/modules/hold_mmap_lock.ko pid="$TARGET_PID"
	start_target anon 16M
	request_in_background "system anon"
	wait_until 60 [ -e "$BACKGROUND.status" ]
	background_result
	expect stop = busy
	expect reclaimed -ge $((16 * MB))
	answers "present 0" present
	rmmod hold_mmap_lock
}

@test "system: max= and ms= hold for the whole sweep" {
	start_target anon 16M
	start_target anon 16M
	request "system anon max=8M"
	expect stop = max
	expect reclaimed -eq $((8 * MB))
}

@test "system: processes that come and go meanwhile do no harm" {
	local i

	start_target anon 16M
	(for ((i = 0; i < 200; i++)); do /bin/true; done) 3>&- &
	request "system all"
	wait $!
	expect stop = "done"
	[ "$(ask verify)" = "ok 2097152" ]
}
