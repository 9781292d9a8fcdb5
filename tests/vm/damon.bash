# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# DAMON on the target (TARGET_PID, TARGET_ADDR, TARGET_LEN), for the tests and the
# benchmark.

DAMON=/sys/kernel/mm/damon/admin/kdamonds
DAMON_CONTEXT=$DAMON/0/contexts/0

has_damon() {
	[ -e "$DAMON/nr_kdamonds" ]
}

# damon_target: have it watch the target's memory. The caller says what for, and then
# writes "on" to $DAMON/0/state.
damon_target() {
	local target=$DAMON_CONTEXT/targets/0

	echo 1 >$DAMON/nr_kdamonds
	echo 1 >$DAMON/0/contexts/nr_contexts
	echo vaddr >$DAMON_CONTEXT/operations
	echo 1 >$DAMON_CONTEXT/targets/nr_targets
	echo "$TARGET_PID" >$target/pid_target
	echo 1 >$target/regions/nr_regions
	echo $((TARGET_ADDR)) >$target/regions/0/start
	echo $((TARGET_ADDR + TARGET_LEN)) >$target/regions/0/end
}

damon_off() {
	local tries=0

	# Refused (EBUSY) while the daemon itself looks whether it is told anything.
	until echo off >$DAMON/0/state; do
		[ "$((tries += 1))" -lt 50 ] || return
		sleep 0.1
	done
	echo 0 >$DAMON/nr_kdamonds
}

# damon_samples: it looks at each page of a target of 4 MB, once or more, and takes its
# accessed bit.
damon_samples() {
	local attrs=$DAMON_CONTEXT/monitoring_attrs

	damon_target
	# As many regions as there are pages.
	echo 1000 >"$attrs/nr_regions/min"
	echo 1024 >"$attrs/nr_regions/max"
	echo 5000 >"$attrs/intervals/sample_us"
	echo 20000 >"$attrs/intervals/aggr_us"
	echo on >"$DAMON/0/state"
	sleep 2
	damon_off
}
