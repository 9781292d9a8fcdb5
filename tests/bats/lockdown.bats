#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# What is left under kernel lockdown, which Secure Boot brings. It cannot be undone, so
# tests/vm/guest-tests runs this file last.

bats_require_minimum_version 1.8.0
load helper
load worker

setup_file() {
	worker_setup_file
}

teardown_file() {
	worker_teardown_file
}

LOCKDOWN=/sys/kernel/security/lockdown

# lock_down LEVEL
lock_down() {
	[ -d "${LOCKDOWN%/*}" ] && [ -e "$LOCKDOWN" ] ||
		mount -t securityfs securityfs "${LOCKDOWN%/*}" || :
	[ -e "$LOCKDOWN" ] || [[ $(uname -r) != *-debug ]] ||
		skip "allowed: the debug kernel has no lockdown"
	echo "$1" >"$LOCKDOWN"
	[[ $(<"$LOCKDOWN") == *"[$1]"* ]]
}

# What is promised at each level.
sysfs_works() {
	local ran

	start_target anon 16M
	reclaim "$TARGET_PID anon"
	# shellcheck disable=SC2034 # for "expect"
	RESULT=$(<"$SYSFS/result")
	expect pid -eq "$TARGET_PID"
	expect stop = "done"
	expect reclaimed -ge 4096
	[ "$(ask verify)" = "ok 2097152" ]
	# The worker too.
	no_throttles
	settings worker/enabled=1
	ran=$(nr_decisions run)
	set_adj "$TARGET_PID" 900
	settle
	[ "$(nr_decisions run)" -eq $((ran + 1)) ]
	present 0
	[ "$(ask verify)" = "ok 2097152" ]
	settings worker/enabled=0
}

debugfs_only_tells() {
	# shellcheck disable=SC2016 # the inner shell's
	run bash -c 'exec 5<>"$1"' bash "$DEBUGFS/request"
	assert_failure
	assert_output --partial "Operation not permitted"
	# What can only be read stays.
	[ -n "$(<"$DEBUGFS/bindings")" ]
}

@test "lockdown: at integrity requests go through sysfs, not debugfs, and the worker works" {
	lock_down integrity
	debugfs_only_tells
	sysfs_works
	# It is in force: no unsigned module is let in.
	run insmod /opt/proc-reclaim/modules/hold_mmap_lock.ko pid=1
	assert_failure
}

@test "lockdown: at confidentiality too" {
	lock_down confidentiality
	debugfs_only_tells
	sysfs_works
}
