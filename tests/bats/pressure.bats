#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The pressure trigger: memory is short, and processes that nobody sees give some of
# theirs.

bats_require_minimum_version 1.8.0
load helper
load short

setup_file() {
	less_memory
}

teardown_file() {
	all_memory
}

# Whether a process is worth it is asked elsewhere (policy.bats): here none is
# passed over because of what its last passes brought.
setup() {
	short_setup
	spare_anon
	settings trigger/pressure 1 throttle/max_defer_shift 0
}

teardown() {
	short_teardown
}

oom_kills() {
	awk '$1 == "oom_kill" { print $2 }' /proc/vmstat
}

@test "pressure: each gives in proportion to its anonymous memory" {
	local large small

	settings pressure/pages_per_pass 2048
	cached_target 900 anon 96M
	large=$TARGET_PID
	cached_target 950 anon 32M
	small=$TARGET_PID
	settings worker/enabled 1
	another_shortage
	read_decisions "$large" reason=run stop=max
	RESULT=${DECISIONS[0]}
	# Three quarters and one quarter of 8 MB, but for the rest of the process.
	expect freed_kb -ge $((6144 * 9 / 10))
	expect freed_kb -le $((6144 * 11 / 10))
	read_decisions "$small" reason=run stop=max
	RESULT=${DECISIONS[0]}
	expect freed_kb -ge $((2048 * 9 / 10))
	expect freed_kb -le $((2048 * 11 / 10))
}

@test "pressure: a pass takes no more than pages_per_pass" {
	local pid seed freed sum=0 pids=()

	settings pressure/pages_per_pass 256
	for seed in 1 2 3 4; do
		cached_target 900 anon 16M --seed "$seed"
		pids+=("$TARGET_PID")
	done
	settings worker/enabled 1
	another_shortage
	for pid in "${pids[@]}"; do
		read_decisions "$pid" reason=run
		# What is left of the last pages is no share, but less.
		RESULT=${DECISIONS[0]}
		expect freed_kb -gt 0
		field_into freed freed_kb
		sum=$((sum + freed))
	done
	[ "$sum" -gt 512 ]
	[ "$sum" -le 1024 ]
}

@test "pressure: a share ends with a whole huge page at most" {
	local line

	settings pressure/pages_per_pass 100
	cached_target 900 thp 16M
	[ "$(ask hugepages)" = "hugepages 16384" ] || skip "allowed: no huge pages to be had"
	settings worker/enabled 1
	another_shortage
	read_decisions "$TARGET_PID" reason=run stop=max
	for line in "${DECISIONS[@]}"; do
		# shellcheck disable=SC2034 # for "expect"
		RESULT=$line
		expect freed_kb -le $(((100 + 512) * 4))
	done
}

@test "pressure: passes that free too little are followed by as many wakes of rest" {
	local line pattern=

	# Nothing of it can be taken.
	cached_target 900 mlock 32M
	settings worker/enabled 1 pressure/efficiency_window 2
	for _ in 1 2 3 4 5 6 7 8; do
		another_shortage
	done
	count_of decided/inefficient
	[ "$COUNT" -ge 2 ]
	while IFS= read -r line; do
		case $line in
		*" pid=$TARGET_PID "*reason=run*) pattern+=r ;;
		*" pid=0 "*trigger=pressure*reason=inefficient*) pattern+=- ;;
		*) complain "and what is that: $line" ;;
		esac
	done < <(cat "$DEBUGFS/decisions")
	echo "# $pattern" >&3
	[[ $pattern =~ ^(rr--)+r?r?-?$ ]]
}

@test "pressure: efficiency_window 0 never rests" {
	cached_target 900 mlock 16M
	settings worker/enabled 1 pressure/efficiency_window 0
	for _ in 1 2 3 4; do
		another_shortage
	done
	decided 4 "$TARGET_PID" reason=run
	count_of decided/inefficient
	[ "$COUNT" -eq 0 ]
}

@test "pressure: nothing happens while more than low_pct is available" {
	cached_target 900 anon 32M
	settings worker/enabled 1 pressure/low_pct 0 pressure/high_pct 0
	another_shortage
	never_decided "$TARGET_PID"
	count_of decided/run
	[ "$COUNT" -eq 0 ]
}

@test "pressure: what was short stays so up to high_pct" {
	cached_target 900 anon 16M
	# Short, whatever there is.
	settings pressure/low_pct 100 pressure/high_pct 100
	settings worker/enabled 1
	another_shortage decided 1 "$TARGET_PID" reason=run
	# Between the two.
	ask touch
	settings pressure/low_pct 0
	read_decisions "$TARGET_PID" reason=run
	another_shortage decided $((${#DECISIONS[@]} + 1)) "$TARGET_PID" reason=run
	# Over high_pct: no more, and then not between the two either.
	ask touch
	settings pressure/high_pct 0
	another_shortage
	settings pressure/high_pct 100
	count_of decided/run
	another_shortage
	run ! reaches decided/run $((COUNT + 1))
}

@test "pressure: switched off, a shortage wakes nobody" {
	cached_target 900 anon 16M
	settings worker/enabled 1 trigger/pressure 0
	wait_until 20 worker_is_idle
	worker_switches
	squeeze
	sleep 1
	run ! worker_woke_since "$SWITCHES"
	unsqueeze
	# And it would have.
	settings trigger/pressure 1
	another_shortage decided 1 "$TARGET_PID"
}

@test "pressure: cached processes give before the OOM killer wakes, and no others do" {
	local cached previous visible hog kills

	# Everything as it is by default.
	echo 60 >/proc/sys/vm/swappiness
	settings throttle/max_defer_shift 6
	kills=$(oom_kills)
	cached_target 900 anon 48M
	cached=$TARGET_PID
	cached_target 700 anon 48M --seed 2
	previous=$TARGET_PID
	cached_target 699 anon 48M --seed 3
	visible=$TARGET_PID
	settings worker/enabled 1
	start_target anon 224M --seed 4
	hog=$TARGET_PID
	wait_until 60 decided 1 "$cached" trigger=pressure action=pressure reason=run takes=anon
	wait_until 60 decided 1 "$previous" trigger=pressure reason=run
	never_decided "$visible"
	never_decided "$hog"
	[ "$(oom_kills)" -eq "$kills" ]
	for TARGET_PID in "$cached" "$previous" "$visible"; do
		[ "$(ask verify)" = "ok 6291456" ]
	done
	use_target "$hog"
	[ "$(ask verify)" = "ok 29360128" ]
}
