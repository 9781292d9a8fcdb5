#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# A program that uses a part of its memory all the time, while memory is short: the worker
# takes the rest of its memory, and leaves it that part.

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

# No process is left out because of what its last passes brought. The kernel's own reclaim
# leaves anonymous memory to the module.
setup() {
	worker_setup && settings trigger/adj=0 throttle/max_defer_shift=0 pressure/efficiency_window=0
	echo 0 >/proc/sys/vm/swappiness
}

teardown() {
	unsqueeze
	echo 0 >/proc/sys/vm/nr_hugepages
	worker_teardown
	echo 60 >/proc/sys/vm/swappiness
}

# start_busy_target: of 48 MB it uses the first 10 every 10 ms.
start_busy_target() {
	HOT=$((10 << 20)) COLD=$((38 << 20))
	cached_target 900 anon $((HOT + COLD))
	ask hot-start 0 "$HOT"
}

# for_seconds N: from now on time_is_up says when they are over. On the debug kernel four
# times as many, because a test that is silent for longer counts as hung.
for_seconds() {
	END=$((SECONDS + $1 * (SLOW < 4 ? SLOW : 4)))
}

time_is_up() {
	[ "$SECONDS" -ge "$END" ]
}

# cold_is_out: nine tenths of what the target does not use are in swap.
cold_is_out() {
	ask swapped "$HOT" "$COLD"
	[ "${ANSWER#* }" -ge $((COLD * 9 / 10 / PAGE_SIZE)) ]
}

# major_faults PID: of all its threads, in FAULTS.
major_faults() {
	local stat

	read -r stat <"/proc/$1/stat" || return
	# The 12th field; the second one may contain blanks, and ends with a parenthesis.
	read -r _ _ _ _ _ _ _ _ _ FAULTS _ <<<"${stat##*) }"
}

# Of 2560 pages in use it may lose a few: the last of them are aged later than the first
# are used.
FEW=100

# kept_what_it_uses: the target has faulted hardly any page of the used part in from swap.
kept_what_it_uses() {
	local present loops us longest faults

	ask present 0 "$HOT" && present=${ANSWER#* } || return
	ask hot-stop && read -r _ loops us longest faults <<<"$ANSWER" || return
	echo "# $faults major faults, $loops loops in $us us, the longest $longest us" >&3
	compare "loops of the target" "$loops" -gt 0 || return
	compare "present of the part in use" "$present" -ge $((HOT / PAGE_SIZE - FEW)) || return
	compare "major faults of the part in use" "$faults" -le "$FEW"
}

@test "in use: under pressure the worker takes what is cold, and nothing else" {
	start_busy_target
	settings trigger/pressure=1 pressure/pages_per_pass=$((16 * MB)) worker/enabled=1
	another_shortage decided 1 "$TARGET_PID" reason=aging
	wait_until_cold
	for_seconds 20
	until time_is_up; do
		another_shortage time_is_up || :
	done
	# Where all is slow there were few of them by then.
	cold_is_out || another_shortage cold_is_out
	kept_what_it_uses
	[ "$(ask verify)" = "ok 6291456" ]
}

@test "in use: when memory is nearly out the worker takes what is cold, and nothing else" {
	start_busy_target
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900
	settings lowmem/enabled=1 worker/enabled=1
	for_seconds 30
	until time_is_up; do
		ask_shrinkers
		pause 0.1
	done
	kept_what_it_uses
	cold_is_out
	[ "$(<"$SYSFS/lowmem/kills")" -eq 0 ]
	[ "$(ask verify)" = "ok 6291456" ]
}

@test "in use: with kill 1 the worker takes what is in use, and kills, only when nothing is cold" {
	start_busy_target
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900 lowmem/kill=1
	settings lowmem/enabled=1 worker/enabled=1
	for_seconds 60
	# The faults are read first: what is cold by then is out a moment later at the most.
	while major_faults "$TARGET_PID" && ! cold_is_out; do
		compare "major faults while cold memory is left" "$FAULTS" -le "$FEW"
		run ! time_is_up
		ask_shrinkers
		pause 0.1
	done
	[ "$(<"$SYSFS/lowmem/kills")" -eq 0 ]
	cold_is_out
}
