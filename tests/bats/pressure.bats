#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The pressure trigger: memory is short, and the worker takes some from processes that the
# user does not see.

bats_require_minimum_version 1.8.0
load helper
load worker

setup_file() {
	worker_setup_file
	shortages_setup_file
}

teardown_file() {
	shortages_teardown_file
	worker_teardown_file
}

# policy.bats tests the deferral: here the worker skips no process because of what its last
# runs freed. The kernel's own reclaim leaves anonymous memory to the module.
setup() {
	worker_setup && settings trigger/adj=0 trigger/pressure=1 throttle/max_defer_shift=0 pressure/efficiency_window=0
	echo 0 >/proc/sys/vm/swappiness
}

teardown() {
	unsqueeze
	echo 0 >/proc/sys/vm/nr_hugepages
	worker_teardown
	echo 60 >/proc/sys/vm/swappiness
	only_swap /dev/zram0
}

# are_aged PID...: the worker has cleared the accessed bits of each.
are_aged() {
	local pid

	for pid; do
		decided 1 "$pid" reason=aging || return
	done
}

# get_cold PID...: a shortage, after which the worker knows what these do not use.
get_cold() {
	another_shortage are_aged "$@" && wait_until_cold
}

# a_tenth_apart: so many seconds are between each of DECISIONS of which nothing came and the
# next.
a_tenth_apart() {
	local line ms last=0 freed

	echo "# ${#DECISIONS[@]} decisions" >&3
	for line in "${DECISIONS[@]}"; do
		RESULT=$line
		field_into ms ms || return
		# The module counts ticks, and one may come late.
		[ $((ms - last)) -ge 50 ] ||
			complain "$((ms - last)) ms after the one before: $line" || return
		field_into freed freed_kb || return
		last=$ms
		[ "$freed" -eq 0 ] || last=0
	done
}

# were_pressed PID...: the worker has taken something of each.
were_pressed() {
	local pid

	for pid; do
		remembered "$pid" && [[ $RESULT == *" freed_kb="* ]] || return
	done
}

oom_kills() {
	awk '$1 == "oom_kill" { print $2 }' /proc/vmstat
}

@test "pressure: each process that is chosen is traced, and what woke the worker" {
	cached_target 900 anon 32M
	settings worker/enabled=1
	trace_on trigger
	echo 1 >"$TRACEFS/instances/worker/events/proc_reclaim/proc_reclaim_worker/enable"
	another_shortage decided 1 "$TARGET_PID" trigger=pressure
	traced "pid=$TARGET_PID adj_before=900 adj_after=900 action=pressure trigger=pressure"
	traced "wake why=pressure"
}

@test "pressure: each gives in proportion to its anonymous memory" {
	local large small

	settings pressure/pages_per_pass=$((8 * MB))
	cached_target 900 anon 96M
	large=$TARGET_PID
	cached_target 950 anon 32M
	small=$TARGET_PID
	settings worker/enabled=1
	get_cold "$large" "$small"
	another_shortage decided 1 "$small" reason=run stop=max
	decisions_about "$large" reason=run stop=max
	RESULT=${DECISIONS[0]}
	# Three quarters and one quarter of 8 MB, but for the rest of the process. The kernel
	# reclaims as well while memory is short, so more may have left the process.
	expect freed_kb -ge $((6144 * 9 / 10))
	expect scanned_kb -le $((6144 * 11 / 10))
	decisions_about "$small" reason=run stop=max
	RESULT=${DECISIONS[0]}
	expect freed_kb -ge $((2048 * 9 / 10))
	expect scanned_kb -le $((2048 * 11 / 10))
}

@test "pressure: a pass takes no more than pages_per_pass" {
	local pid seed looked sum=0 pids=()

	settings pressure/pages_per_pass="$MB"
	for seed in 1 2 3 4; do
		cached_target 900 anon 16M --seed "$seed"
		pids+=("$TARGET_PID")
	done
	settings worker/enabled=1
	get_cold "${pids[@]}"
	another_shortage decided 1 "${pids[0]}" reason=run stop=max
	for pid in "${pids[@]}"; do
		# Not those that found the machine too short of memory to begin.
		decisions_about "$pid" reason=run stop=max
		RESULT=${DECISIONS[0]}
		expect freed_kb -gt 0
		field_into looked scanned_kb
		sum=$((sum + looked))
	done
	[ "$sum" -gt 512 ]
	[ "$sum" -le $((1024 * 11 / 10)) ]
}

@test "pressure: a share ends with a whole huge page at most" {
	local line

	settings pressure/pages_per_pass=100
	cached_target 900 thp 16M
	[ "$(ask hugepages)" = "hugepages 16384" ] || skip "allowed: no huge pages to be had"
	settings worker/enabled=1
	get_cold "$TARGET_PID"
	another_shortage decided 1 "$TARGET_PID" reason=run stop=max
	decisions_about "$TARGET_PID" reason=run stop=max
	for line in "${DECISIONS[@]}"; do
		# shellcheck disable=SC2034 # for "expect"
		RESULT=$line
		expect scanned_kb -le $(((100 + 512) * 4))
	done
}

# letter_of LINE: of a decision about the target, whether the pass was a poor one (r) or
# good (g), or nothing where its accessed bits were cleared instead; of one about none, that
# the worker rested (-).
letter_of() {
	local looked freed

	RESULT=$1
	case $1 in
	*" pid=$TARGET_PID "*reason=run*)
		field_into looked scanned_kb && field_into freed freed_kb || return
		LETTER=r
		[ "$freed" -eq 0 ] || [ $((freed * 2)) -lt "$looked" ] || LETTER=g
		;;
	*" pid=0 "*trigger=pressure*reason=inefficient*) LETTER=- ;;
	*" pid=$TARGET_PID "*reason=aging*) LETTER= ;;
	*) complain "and what is that: $1" ;;
	esac
}

@test "pressure: passes that free too little are followed by as many wakes of rest" {
	local line pattern=

	# Nothing of it can be taken, but for the rest of the process now and then.
	cached_target 900 shared 32M
	settings worker/enabled=1 pressure/efficiency_window=2
	get_cold "$TARGET_PID"
	for _ in 1 2 3 4 5 6 7 8; do
		another_shortage
	done
	[ "$(nr_decisions inefficient)" -ge 2 ]
	while IFS= read -r line; do
		letter_of "$line"
		pattern+=$LETTER
	done < <(cat "$DEBUGFS/decisions")
	echo "# $pattern" >&3
	# The oldest are not kept.
	[[ $pattern =~ ^(r?-{1,2})?(g|rg|rr--)*(r|rr|rr-)?$ ]]
}

# Nothing was known of it before, and less is free than has to be.
@test "pressure: a process is remembered where memory is at its shortest" {
	cached_target 900 anon 16M
	settings worker/enabled=1
	worker_switches
	squeeze 8
	wait_until 20 decided 1 "$TARGET_PID"
	unsqueeze
	decided 1 "$TARGET_PID" reason=aging
	never_decided "$TARGET_PID" reason=nomem
	remembered "$TARGET_PID"
}

@test "pressure: efficiency_window 0 never rests" {
	local n

	cached_target 900 shared 16M
	settings worker/enabled=1 pressure/efficiency_window=0
	get_cold "$TARGET_PID"
	for n in 1 2 3 4; do
		another_shortage decided "$n" "$TARGET_PID" reason=run
	done
	[ "$(nr_decisions inefficient)" -eq 0 ]
}

@test "pressure: nothing happens while more than low_pct is available" {
	cached_target 900 anon 32M
	settings worker/enabled=1 pressure/low_pct=0 pressure/high_pct=0
	another_shortage
	never_decided "$TARGET_PID"
	[ "$(nr_decisions run)" -eq 0 ]
}

@test "pressure: what was short stays so up to high_pct" {
	local before

	cached_target 900 anon 16M
	# Short, whatever there is.
	settings pressure/low_pct=100 pressure/high_pct=100
	settings worker/enabled=1
	get_cold "$TARGET_PID"
	another_shortage decided 1 "$TARGET_PID" reason=run
	# Between the two.
	ask touch
	settings pressure/low_pct=0
	decisions_about "$TARGET_PID" reason=run
	another_shortage decided $((${#DECISIONS[@]} + 1)) "$TARGET_PID" reason=run
	# Over high_pct: no more, and then not between the two either.
	ask touch
	settings pressure/high_pct=0
	another_shortage
	settings pressure/high_pct=100
	before=$(nr_decisions run)
	another_shortage
	run ! reaches decisions/run $((before + 1))
}

@test "pressure: with nothing to take it is tried ten times a second at most" {
	cached_target 900 shared 16M
	settings worker/enabled=1 pressure/low_pct=100 pressure/high_pct=100
	get_cold "$TARGET_PID"
	for _ in 1 2 3 4; do
		another_shortage
	done
	decided 2 "$TARGET_PID" trigger=pressure reason=run
	a_tenth_apart
}

# Two processes are larger, but their memory is locked, or of a cgroup without swap.
@test "pressure: a process without memory to take does not use up another's turn" {
	local pid pids=()

	make_cgroup noswap
	echo 0 >"$CGROUP/memory.swap.max"
	cached_target 900 mlock 32M
	pids+=("$TARGET_PID")
	cached_target 900 anon 32M --cgroup "$CGROUP"
	pids+=("$TARGET_PID")
	settings pressure/pages_per_pass="$MB"
	cached_target 900 anon 8M
	settings worker/enabled=1
	get_cold "$TARGET_PID"
	another_shortage decided 1 "$TARGET_PID" reason=run stop=max
	decisions_about "$TARGET_PID" reason=run stop=max
	RESULT=${DECISIONS[0]}
	# The whole of the pass, but for a little of the others' own.
	expect freed_kb -ge $((1024 * 8 / 10))
	for pid in "${pids[@]}"; do
		decisions_about "$pid" reason=run
		for RESULT in "${DECISIONS[@]}"; do
			expect freed_kb -le 256
		done
	done
}

@test "pressure: the 33rd has its turn where the 32 before it give nothing" {
	local i

	for ((i = 0; i < 33; i++)); do
		cached_target 900 shared 1M
	done
	cached_target 900 anon 256K
	settings worker/enabled=1
	get_cold "$TARGET_PID"
	another_shortage decided 1 "$TARGET_PID" reason=run
}

@test "pressure: poor passes defer further ones, but no full" {
	local shared

	cached_target 900 shared 32M
	shared=$TARGET_PID
	settings worker/enabled=1 throttle/max_defer_shift=6
	get_cold "$shared"
	# A pass that ended at a watermark says nothing about the process.
	another_shortage decided 1 "$shared" reason=run stop=done
	remembered "$shared"
	expect pressure_failures -ge 1
	expect failures -eq 0
}

@test "pressure: an action that was put off waits a tenth of a second, whatever comes meanwhile" {
	# Or after a pass that was not put off, the next ones would be throttled.
	no_throttles
	settings worker/enabled=1 trigger/adj=1 pressure/low_pct=0 pressure/high_pct=0
	# Remembered while there is memory to remember it in.
	cached_target 300 anon 16M
	# Where all is slow, kswapd may have freed enough before the worker looks.
	for _ in 1 2 3 4 5 6; do
		set_adj "$TARGET_PID" 300
		ask touch
		squeeze
		set_adj "$TARGET_PID" 900
		for _ in 1 2 3 4 5; do
			cat /usr/bin/b* >/dev/null
		done
		unsqueeze
		settle
		! decided 1 "$TARGET_PID" trigger=adj reason=run stop=watermark || break
	done
	decided 1 "$TARGET_PID" trigger=adj reason=run stop=watermark
	decided 2 "$TARGET_PID" trigger=adj reason=run
	a_tenth_apart
}

@test "pressure: with the trigger disabled, a shortage does not wake the worker" {
	cached_target 900 anon 16M
	settings worker/enabled=1 trigger/pressure=0
	wait_until 20 worker_is_idle
	worker_switches
	squeeze
	sleep 1
	run ! worker_woke_since "$SWITCHES"
	unsqueeze
	# With the trigger enabled, a shortage wakes the worker.
	settings trigger/pressure=1
	another_shortage decided 1 "$TARGET_PID"
}

@test "pressure: cached processes give before the OOM killer wakes, and no others do" {
	local cached previous visible hog kills seed

	# What the targets write does not get smaller in zram.
	make_swapfile 512M
	only_swap "$SWAPFILE"
	# Everything as it is by default.
	echo 60 >/proc/sys/vm/swappiness
	settings throttle/max_defer_shift=6 pressure/efficiency_window=2
	kills=$(oom_kills)
	cached_target 900 anon 48M
	cached=$TARGET_PID
	cached_target 700 anon 48M --seed 2
	previous=$TARGET_PID
	cached_target 699 anon 48M --seed 3
	visible=$TARGET_PID
	settings worker/enabled=1
	for seed in {4..15}; do
		# The worker was enabled just now, and knows of no cleared accessed bits.
		get_cold "$cached" "$previous"
		echo 3 >/proc/sys/vm/drop_caches
		leave_free $((128 * 1024))
		# However much could be taken away: more than there is.
		start_target anon "$(($(mem_free_kb) / 1024 + 32))M" --seed "$seed"
		hog=$TARGET_PID
		# By now there may be more decisions since than are kept.
		! wait_until 3 were_pressed "$cached" "$previous" || break
		echo "# the kernel was quicker, and has taken from them what there was" >&3
		stop_target "$hog"
		settings worker/enabled=0
		for TARGET_PID in "$cached" "$previous"; do
			ask touch
		done
		settings worker/enabled=1
	done
	were_pressed "$cached" "$previous"
	run ! were_pressed "$visible"
	run ! were_pressed "$hog"
	[ "$(oom_kills)" -eq "$kills" ]
	[ "$(ask verify)" = "ok $((TARGET_LEN / 8))" ]
	stop_target "$hog"
	for TARGET_PID in "$cached" "$previous" "$visible"; do
		[ "$(ask verify)" = "ok 6291456" ]
	done
}
