#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The idle trigger: a process that uses no CPU time is reclaimed once. And the worker that has
# nothing to do.

bats_require_minimum_version 1.8.0
load helper
load worker

# Long enough that each process with work does some of it, also where others share the
# processor; and, on the debug kernel, that each idle process has had its turn.
PERIOD=500
[ "$SLOW" -eq 1 ] || PERIOD=4000

setup_file() {
	worker_setup_file
}

teardown_file() {
	worker_teardown_file
}

setup() {
	worker_setup && settings trigger/adj=0
	# When and what is worth it is asked elsewhere.
	settings throttle/full_full_ms=0 throttle/full_delta_rss_kb=0 throttle/max_defer_shift=0
}

teardown() {
	[ -z "$CGROUP" ] || echo 0 >"$CGROUP/cgroup.freeze"
	worker_teardown
}

# A process that is idle, runs, and is idle again: how often it was reclaimed tells
# the time. Started last.
idle_again() {
	local n

	for n in 1 2 3; do
		wait_until 60 decided "$n" "$TARGET_PID" trigger=idle action=full reason=run
		ask touch >/dev/null
	done
}

@test "idle: a process that sleeps is reclaimed, once, and again only after it ran" {
	local sleeper

	start_target anon 16M
	sleeper=$TARGET_PID
	start_target anon 16M --seed 2
	settings worker/enabled=1 trigger/idle_ms="$PERIOD"
	idle_again
	use_target "$sleeper"
	decisions_about "$sleeper" trigger=idle
	[ "${#DECISIONS[@]}" -eq 1 ]
	[[ ${DECISIONS[0]} == *" action=full reason=run takes=all "* ]]
	# shellcheck disable=SC2034 # for "expect"
	RESULT=${DECISIONS[0]}
	expect freed_kb -ge $((16384 * 99 / 100))
	[ "$(ask verify)" = "ok 2097152" ]
	wait_until 60 decided 2 "$sleeper" trigger=idle reason=run
}

@test "idle: a process that was stopped is reclaimed, once, and again only after it ran" {
	local stopped

	start_target anon 16M
	stopped=$TARGET_PID
	kill -STOP "$stopped"
	start_target anon 16M --seed 2
	settings worker/enabled=1 trigger/idle_ms="$PERIOD"
	idle_again
	decided 1 "$stopped" trigger=idle reason=run
	run ! decided 2 "$stopped" trigger=idle
	kill -CONT "$stopped"
	use_target "$stopped"
	[ "$(ask verify)" = "ok 2097152" ]
	wait_until 60 decided 2 "$stopped" trigger=idle reason=run
}

@test "idle: a process in a frozen cgroup is reclaimed, once, and again only after it ran" {
	local frozen

	make_cgroup frozen
	start_target anon 16M --cgroup "$CGROUP"
	frozen=$TARGET_PID
	echo 1 >"$CGROUP/cgroup.freeze"
	wait_until 20 grep -q "frozen 1" "$CGROUP/cgroup.events"
	start_target anon 16M --seed 2
	settings worker/enabled=1 trigger/idle_ms="$PERIOD"
	idle_again
	decided 1 "$frozen" trigger=idle reason=run
	run ! decided 2 "$frozen" trigger=idle
	echo 0 >"$CGROUP/cgroup.freeze"
	use_target "$frozen"
	[ "$(ask verify)" = "ok 2097152" ]
	wait_until 60 decided 2 "$frozen" trigger=idle reason=run
}

@test "idle: a busy process is not" {
	local busy

	start_target anon 16M
	busy=$TARGET_PID
	ask write-start
	start_target anon 16M --seed 2
	settings worker/enabled=1 trigger/idle_ms="$PERIOD"
	idle_again
	never_decided "$busy"
	use_target "$busy"
	ask write-stop
	wait_until 60 decided 1 "$busy" trigger=idle reason=run
}

# It has a thousandth of a processor, and does not run from one look to the next.
@test "idle: a process that waits for a processor is not" {
	local hungry

	make_cgroup hungry
	echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
	start_target anon 16M --cgroup "$CGROUP"
	hungry=$TARGET_PID
	ask write-start
	echo "1000 1000000" >"$CGROUP/cpu.max"
	start_target anon 16M --seed 2
	settings worker/enabled=1 trigger/idle_ms="$PERIOD"
	idle_again
	never_decided "$hungry"
	echo max >"$CGROUP/cpu.max"
	use_target "$hungry"
	ask write-stop
	wait_until 60 decided 1 "$hungry" trigger=idle reason=run
}

@test "idle: a process that begins to run meanwhile is left alone" {
	# It takes a second or two.
	settings batch_pages=32
	start_target anon "$BIG"
	remember_totals
	settings worker/enabled=1 trigger/idle_ms="$PERIOD"
	# No sleep in here.
	until total_grows pages_isolated; do
		[ "$SECONDS" -lt 120 ] || complain "nothing begins"
	done
	tell write-start
	read_answer
	wait_until 60 decided 1 "$TARGET_PID" trigger=idle reason=run stop=foreground
}

@test "idle: a process that was refused for a time has its turn later, though it has not run" {
	settings throttle/full_full_ms=$((8 * PERIOD))
	start_target anon 16M
	settings worker/enabled=1 trigger/idle_ms="$PERIOD"
	wait_until 60 decided 1 "$TARGET_PID" trigger=idle reason=run
	ask touch
	wait_until 60 decided 1 "$TARGET_PID" trigger=idle reason=time
	wait_until 60 decided 2 "$TARGET_PID" trigger=idle reason=run
	[ "$(ask present)" = "present 0" ]
}

@test "idle: adj -1000 is not touched" {
	local exempt

	cached_target -1000 anon 16M
	exempt=$TARGET_PID
	start_target anon 16M --seed 2
	settings worker/enabled=1 trigger/idle_ms="$PERIOD"
	idle_again
	never_decided "$exempt"
}

@test "idle: 0 stops the timer" {
	settings worker/enabled=1 trigger/idle_ms=100
	worker_switches
	wait_until 20 worker_woke_since $((SWITCHES + 5))
	settings trigger/idle_ms=0
	# What the timer has asked for last may only begin now.
	pause 0.5
	wait_until 20 worker_is_idle
	worker_switches
	sleep 1
	run ! worker_woke_since "$SWITCHES"
}

@test "idle: the worker is woken up by nothing when there is nothing to do" {
	local seconds=${QUIET_S:-10} before

	cached_target 900 anon 16M
	mkdir "$TRACEFS/instances/quiet"
	echo 1 >"$TRACEFS/instances/quiet/events/proc_reclaim/enable"
	settings trigger/adj=1 trigger/pressure=1 trigger/bfgs_adj=201:299
	settings lowmem/minfree=1024 lowmem/adj=900 lowmem/enabled=1 worker/enabled=1
	# It does hear of new work.
	echo 0 >"/proc/$TARGET_PID/oom_score_adj"
	echo 900 >"/proc/$TARGET_PID/oom_score_adj"
	wait_until 60 decided 1 "$TARGET_PID" trigger=adj
	wait_until 60 worker_is_idle
	grep -q proc_reclaim_worker: "$TRACEFS/instances/quiet/trace"
	grep -q proc_reclaim_trigger: "$TRACEFS/instances/quiet/trace"
	echo >"$TRACEFS/instances/quiet/trace"
	worker_switches
	before=$SWITCHES
	sleep "$seconds"
	worker_switches
	cp "$TRACEFS/instances/quiet/trace" "$BATS_TEST_TMPDIR/trace"
	rmdir "$TRACEFS/instances/quiet"
	echo "# in $seconds s: $((SWITCHES - before)) switches, $(grep -c proc_reclaim_ "$BATS_TEST_TMPDIR/trace" || :) events" >&3
	[ "$SWITCHES" -eq "$before" ]
	run ! grep proc_reclaim_ "$BATS_TEST_TMPDIR/trace"
}
