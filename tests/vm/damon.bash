# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# DAMON on the target (TARGET_PID, TARGET_ADDR, TARGET_LEN), for the tests and the
# benchmark.

damon=/sys/kernel/mm/damon/admin/kdamonds
# shellcheck disable=SC2034 # for who sources this
damon_context=$damon/0/contexts/0

has_damon() {
	[ -e "$damon/nr_kdamonds" ]
}

# damon_target: it is to watch the target's memory; what for is up to the caller, who then
# writes "on" to $damon/0/state.
damon_target() {
	local target=$damon_context/targets/0

	echo 1 >$damon/nr_kdamonds
	echo 1 >$damon/0/contexts/nr_contexts
	echo vaddr >$damon_context/operations
	echo 1 >$damon_context/targets/nr_targets
	echo "$TARGET_PID" >$target/pid_target
	echo 1 >$target/regions/nr_regions
	echo $((TARGET_ADDR)) >$target/regions/0/start
	echo $((TARGET_ADDR + TARGET_LEN)) >$target/regions/0/end
}

damon_off() {
	echo off >$damon/0/state
	echo 0 >$damon/nr_kdamonds
}
