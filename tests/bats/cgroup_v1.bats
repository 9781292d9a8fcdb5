#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Version 1 of memory cgroups, before version 2 is used (vm/guest-tests): what is left of a
# group there keeps the controller for long.

bats_require_minimum_version 1.8.0
load helper

V1=/run/cgroup-v1

teardown() {
	helper_teardown
	! mountpoint -q "$V1" || unmount_v1
}

# unmount_v1: for good only when nothing is left in it; then version 2 has it again.
unmount_v1() {
	wait_until 20 has_no_groups && umount "$V1" &&
		wait_until 20 grep -qw memory /sys/fs/cgroup/cgroup.controllers
}

has_no_groups() {
	[ "$(awk '$1 == "memory" { print $3 }' /proc/cgroups)" -eq 1 ]
}

# There a page that comes back counts twice at first.
@test "restore: stops before the limit of version 1's memory and swap, and kills no process" {
	local used

	grep -qw memsw_files /proc/kallsyms ||
		skip "allowed: this kernel has no version 1 of memory cgroups"
	mkdir "$V1"
	mount -t cgroup -o memory v1 "$V1"
	CGROUP=$V1/full
	mkdir "$CGROUP"
	start_target anon 32M --cgroup "$CGROUP"
	reclaim "$TARGET_PID anon"
	used=$(<"$CGROUP/memory.memsw.usage_in_bytes")
	echo "$used" >"$CGROUP/memory.limit_in_bytes"
	echo "$used" >"$CGROUP/memory.memsw.limit_in_bytes"
	area restore "$TARGET_PID"
	expect stop = memcg
	expect restored -eq 0
	grep -q "^oom_kill 0$" "$CGROUP/memory.oom_control"
	[ "$(<"$CGROUP/memory.memsw.failcnt")" -eq 0 ]
	echo -1 >"$CGROUP/memory.memsw.limit_in_bytes"
	echo -1 >"$CGROUP/memory.limit_in_bytes"
	area restore "$TARGET_PID"
	expect stop = "done"
	[ "$(ask verify)" = "ok $((32 << 17))" ]
}
