#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The levels of the low memory killer: which processes are reclaimed, and which one is
# killed when none has anything to give.

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

setup() {
	worker_setup && settings trigger/adj=0
}

teardown() {
	unsqueeze
	echo 0 >/proc/sys/vm/nr_hugepages
	worker_teardown
	only_swap /dev/zram0
}

# low_until N COMMAND...: ask until the command succeeds, 4 * N times at most. What
# made no progress is not tried again at once; nor may it look as if memory was not low in between.
low_until() {
	local n=$1

	shift
	for ((n *= 4; n; n--)); do
		ask_shrinkers
		pause 0.05
		wait_until 60 worker_is_idle
		! "$@" || return 0
	done
	complain "still not: $*"
}

# With no swap, anonymous memory cannot be reclaimed, and nothing else should be.
nothing_to_give() {
	swapoff -a
	settings action/full=anon
}

# killed: the pids of the targets of this test that were killed, as they were.
killed() {
	dmesg | sed -n 's/.*proc_reclaim: killed target (\([0-9]*\)).*/\1/p' |
		tail -n "$(<"$SYSFS/lowmem/kills")"
}

@test "lowmem: no level reached, nothing happens" {
	cached_target 950 anon 16M
	# Both, free memory and that of files, have to be below.
	settings lowmem/minfree=1,16,0 lowmem/adj=900,900,900 lowmem/kill=1
	settings lowmem/enabled=1 worker/enabled=1
	worker_switches
	ask_shrinkers
	ask_shrinkers
	wait_until 60 worker_is_idle
	run ! worker_woke_since "$SWITCHES"
	never_decided "$TARGET_PID"
	kill -0 "$TARGET_PID"
}

@test "lowmem: from the adj of the level on processes are reclaimed, and none is killed" {
	local low high

	cached_target 899 anon 16M
	low=$TARGET_PID
	cached_target 900 anon 16M --seed 2
	high=$TARGET_PID
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900
	settings lowmem/enabled=1 worker/enabled=1
	trace_on trigger
	low_until 5 decided 1 "$high" trigger=lowmem action=full reason=run takes=all
	wait_until 60 worker_is_idle
	traced "pid=$high adj_before=900 adj_after=900 action=full trigger=lowmem"
	# What it has just used is not cold, and no process would be killed for it.
	answers "present $((16 * MB))" present
	wait_until_cold
	low_until 5 decided 1 "$high" trigger=lowmem reason=run stop=done inactive=0
	wait_until 60 worker_is_idle
	[ "$(ask present)" = "present 0" ]
	[ "$(ask verify)" = "ok 2097152" ]
	never_decided "$low"
	use_target "$low"
	[ "$(ask present)" = "present $((16 * MB))" ]
	[ "$(<"$SYSFS/lowmem/kills")" -eq 0 ]
}

@test "lowmem: memory that becomes short asks by itself" {
	cached_target 900 anon 16M
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900
	get_ready_to_squeeze
	settings lowmem/enabled=1 worker/enabled=1
	squeeze_now
	wait_until 20 decided 1 "$TARGET_PID" trigger=lowmem
}

@test "lowmem: the lowest level that holds says the adj" {
	local a b before

	cached_target 300 anon 16M
	a=$TARGET_PID
	cached_target 600 anon 16M
	b=$TARGET_PID
	# The first does not hold, the others do.
	settings lowmem/minfree="1,$ALWAYS,$ALWAYS" lowmem/adj=0,600,300
	settings lowmem/enabled=1 worker/enabled=1
	low_until 5 decided 1 "$b" trigger=lowmem
	never_decided "$a"
	# As many levels as both lists have.
	settings lowmem/minfree="1,1,$ALWAYS,$ALWAYS"
	low_until 5 decided 1 "$a" trigger=lowmem
	settings lowmem/minfree="1,1,1,$ALWAYS"
	before=$(nr_decisions run)
	run ! low_until 3 reaches decisions/run $((before + 1))
}

@test "lowmem: of more than have their turn at once the largest have theirs" {
	local large

	cached_target 900 anon 4M
	large=$TARGET_PID
	# 32 have; these are older and younger than a second large one.
	start_crowd 40
	ask_crowd adj 900
	cached_target 900 anon 8M --seed 2
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900
	settings lowmem/enabled=1 worker/enabled=1
	low_until 5 decided 1 "$TARGET_PID" trigger=lowmem reason=run
	wait_until 60 worker_is_idle
	decided 1 "$large" trigger=lowmem reason=run
	# The larger the sooner.
	run grep -m 2 trigger=lowmem "$DEBUGFS/decisions"
	assert_line --index 0 --partial " pid=$TARGET_PID "
	assert_line --index 1 --partial " pid=$large "
}

@test "lowmem: kill 0 never kills, even with nothing to give" {
	cached_target 999 anon 16M
	nothing_to_give
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900
	settings lowmem/enabled=1 worker/enabled=1
	low_until 10 decided 3 "$TARGET_PID" trigger=lowmem reason=swap
	[ "$(<"$SYSFS/lowmem/kills")" -eq 0 ]
	kill -0 "$TARGET_PID"
}

@test "lowmem: kill 1 kills no process before a pass has found nothing left" {
	cached_target 900 anon 16M
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900 lowmem/kill=1
	settings lowmem/enabled=1 worker/enabled=1
	low_until 20 reaches lowmem/kills 1
	# First what is cold, of which nothing is known for a quarter of a second.
	decisions_about "$TARGET_PID" trigger=lowmem
	# shellcheck disable=SC2034 # for "expect"
	RESULT=${DECISIONS[0]}
	expect inactive -eq 1
	expect freed_kb -le 4096
	decisions_about "$TARGET_PID" trigger=lowmem inactive=0
	# shellcheck disable=SC2034 # for "expect"
	RESULT=${DECISIONS[0]}
	expect freed_kb -ge $((16384 * 75 / 100))
	# The pass that gave it all did not kill; what may be in use was asked for before that.
	[ "${#DECISIONS[@]}" -ge 3 ]
	decided 1 "$TARGET_PID" trigger=lowmem cold=0
}

@test "lowmem: no process is killed while what was taken is still on its way to a disk" {
	local taken

	make_swapfile 64M
	only_swap "$SWAPFILE"
	cached_target 900 anon 16M
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900 lowmem/kill=1
	settings lowmem/enabled=1 worker/enabled=1
	low_until 40 reaches lowmem/kills 1
	decisions_about "$TARGET_PID" trigger=lowmem reason=run stop=done inactive=0
	RESULT=${DECISIONS[0]}
	expect freed_kb -ge $((16384 * 75 / 100))
	taken=$(field ms)
	# After the last it was killed. One in between may have taken a page or two, at once.
	# shellcheck disable=SC2034 # for "field"
	RESULT=${DECISIONS[-1]}
	echo "# $(($(field ms) - taken)) ms" >&3
	[ $(($(field ms) - taken)) -ge 990 ]
}

@test "lowmem: where the largest have nothing to give, the next are asked before one is killed" {
	local i

	for ((i = 0; i < 33; i++)); do
		cached_target 900 mlock 2M
	done
	cached_target 900 anon 1M
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900
	settings lowmem/enabled=1 worker/enabled=1
	low_until 20 decided 1 "$TARGET_PID" trigger=lowmem reason=run
	wait_until_cold
	low_until 20 decided 1 "$TARGET_PID" trigger=lowmem reason=run inactive=0
	wait_until 60 worker_is_idle
	answers "present 0" present
}

@test "lowmem: those in adj_exclude do not take the turn of others" {
	start_crowd 40
	ask_crowd adj 950
	cached_target 920 anon 1M
	settings throttle/adj_exclude=950 lowmem/minfree="$ALWAYS" lowmem/adj=900
	settings lowmem/enabled=1 worker/enabled=1
	low_until 5 decided 1 "$TARGET_PID" trigger=lowmem reason=run
	[ "$(nr_decisions excluded)" -eq 0 ]
}

@test "lowmem: a process that only cannot be tried at once is not killed for it, each time again" {
	cached_target 900 anon 1M
	insmod /opt/proc-reclaim/modules/hold_mmap_lock.ko pid="$TARGET_PID"
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900
	settings lowmem/enabled=1 worker/enabled=1
	low_until 5 decided 1 "$TARGET_PID" trigger=lowmem stop=busy
	NR_SEEN=$(grep -c " pid=$TARGET_PID .* stop=busy" "$DEBUGFS/decisions")
	# Longer than a shortage has to last.
	settings lowmem/minfree=1
	pause 0.4
	settings lowmem/minfree="$ALWAYS" lowmem/kill=1
	low_until 20 reaches lowmem/kills 1
	decided $((NR_SEEN + 2)) "$TARGET_PID" trigger=lowmem stop=busy
	# It was tried for all that it has before it was killed.
	decided 1 "$TARGET_PID" trigger=lowmem stop=busy cold=0
}

# While the image is made everybody is frozen, and memory is as low as it can be.
@test "lowmem: no process is killed while the system hibernates" {
	[[ $(</sys/power/state) == *disk* ]] || skip "allowed: this kernel does not hibernate"
	cached_target 900 mlock 16M
	nothing_to_give
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900 lowmem/kill=1
	echo 0 >/sys/power/image_size
	echo freezer >/sys/power/pm_test
	settings lowmem/enabled=1 worker/enabled=1
	run write_raw /sys/power/state disk
	echo none >/sys/power/pm_test
	assert_success
	decided 1 "$TARGET_PID" trigger=lowmem
	[ "$(<"$SYSFS/lowmem/kills")" -eq 0 ]
	# And it would have been.
	low_until 20 reaches lowmem/kills 1
}

@test "lowmem: a process that something else has killed is waited for, a second" {
	local dying

	cached_target 900 mlock 1M
	cached_target 950 anon 1M --seed 2
	dying=$TARGET_PID
	nothing_to_give
	insmod /opt/proc-reclaim/modules/hold_mmap_lock.ko pid="$dying"
	kill -KILL "$dying"
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900 lowmem/kill=1
	settings lowmem/enabled=1 worker/enabled=1
	ask_shrinkers
	wait_until 60 worker_is_idle
	[ "$(nr_decisions)" -gt 0 ]
	[ "$(<"$SYSFS/lowmem/kills")" -eq 0 ]
	# But this one cannot die, and is waited for once, however seldom anybody asks.
	sleep 1.5
	low_until 1 reaches lowmem/kills 1
}

@test "lowmem: locked memory does not make that of files look small" {
	local fodder=/var/tmp/fodder

	cached_target 900 mlock 256M
	leave_free $((480 * 1024))
	# On a debug kernel some memory may become free only meanwhile.
	for _ in 1 2 3; do
		leave_free_by_file $((160 * 1024)) "$fodder"
		[ "$(mem_free_kb)" -ge $((220 * 1024)) ] || break
	done
	[ "$(mem_free_kb)" -lt $((220 * 1024)) ]
	# More is free than nothing, and less than this; of files there is more.
	settings lowmem/minfree=$((220 * 256)) lowmem/adj=900
	settings lowmem/enabled=1 worker/enabled=1
	ask_shrinkers
	wait_until 60 worker_is_idle
	never_decided "$TARGET_PID"
	# And it would have been.
	settings lowmem/minfree="$ALWAYS"
	low_until 5 decided 1 "$TARGET_PID" trigger=lowmem
	rm "$fodder"
}

@test "lowmem: the highest adj is killed first, then the largest, then the others" {
	local below first second third

	cached_target 899 anon 32M
	below=$TARGET_PID
	cached_target 900 anon 32M
	third=$TARGET_PID
	cached_target 950 anon 8M
	second=$TARGET_PID
	cached_target 950 mlock 16M
	first=$TARGET_PID
	nothing_to_give
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900 lowmem/kill=1
	settings lowmem/enabled=1 worker/enabled=1
	low_until 20 reaches lowmem/kills 3
	wait_until 20 gone "$third"
	# The log of the kernel has them in this order.
	run killed
	assert_line --index 0 "$first"
	assert_line --index 1 "$second"
	assert_line --index 2 "$third"
	# No process is left.
	run ! low_until 3 reaches lowmem/kills 4
	kill -0 "$below"
}

@test "lowmem: one at a time: a victim that cannot die is waited for, a second" {
	cached_target 900 anon 1M
	cached_target 950 anon 1M
	nothing_to_give
	insmod /opt/proc-reclaim/modules/hold_mmap_lock.ko pid="$TARGET_PID"
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900 lowmem/kill=1
	settings lowmem/enabled=1 worker/enabled=1
	low_until 100 reaches lowmem/kills 2
	dmesg | sed -n 's/^\[ *\([0-9.]*\)\] proc_reclaim: killed target.*/\1/p' | tail -n 2 |
		awk '{ at[NR] = $1 } END { print "# " at[2] - at[1] " s"; exit at[2] - at[1] < 0.9 }' >&3
}

@test "lowmem: a kill is traced, logged and counted" {
	local events=$BATS_TEST_TMPDIR/events

	cached_target 921 anon 8M
	nothing_to_give
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900 lowmem/kill=1
	mkdir "$TRACEFS/instances/lowmem"
	echo 1 >"$TRACEFS/instances/lowmem/events/proc_reclaim/proc_reclaim_kill/enable"
	settings lowmem/enabled=1 worker/enabled=1
	low_until 5 reaches lowmem/kills 1
	cp "$TRACEFS/instances/lowmem/trace" "$events"
	rmdir "$TRACEFS/instances/lowmem"
	[ "$(grep -c proc_reclaim_kill: "$events")" -eq 1 ]
	grep "proc_reclaim_kill: pid=$TARGET_PID comm=target adj=921 level_adj=900 rss_pages=" "$events"
	tail_dmesg | grep "proc_reclaim: killed target ($TARGET_PID), adj 921"
	[ "$(<"$SYSFS/lowmem/kills")" -eq 1 ]
}

@test "lowmem: init is never killed, and a process with adj -1000 is not touched" {
	local exempt

	cached_target -1000 anon 16M
	exempt=$TARGET_PID
	cached_target 900 mlock 1M
	echo 1000 >/proc/1/oom_score_adj
	nothing_to_give
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900 lowmem/kill=1
	settings lowmem/enabled=1 worker/enabled=1
	low_until 5 reaches lowmem/kills 1
	wait_until 20 gone "$TARGET_PID"
	run ! low_until 5 reaches lowmem/kills 2
	echo 0 >/proc/1/oom_score_adj
	never_decided 1
	# All processes: but it kills none any more.
	settings lowmem/kill=0 lowmem/adj=-999
	low_until 5 decided 1 "$BASHPID" trigger=lowmem
	never_decided "$exempt"
	never_decided 1
}

@test "lowmem: a process in adj_exclude is not killed" {
	local excluded

	cached_target 950 anon 8M
	excluded=$TARGET_PID
	cached_target 920 anon 8M
	nothing_to_give
	settings throttle/adj_exclude=940:960
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900 lowmem/kill=1
	settings lowmem/enabled=1 worker/enabled=1
	low_until 5 reaches lowmem/kills 1
	wait_until 20 gone "$TARGET_PID"
	run ! low_until 5 reaches lowmem/kills 2
	kill -0 "$excluded"
}

@test "lowmem: disabled, it takes nothing" {
	local before

	cached_target 900 anon 16M
	settings lowmem/minfree="$ALWAYS" lowmem/adj=900 worker/enabled=1
	run ! low_until 3 decided 1 "$TARGET_PID"
	settings lowmem/enabled=1
	low_until 5 decided 1 "$TARGET_PID"
	settings lowmem/enabled=0
	before=$(nr_decisions run)
	run ! low_until 3 reaches decisions/run $((before + 1))
}

@test "lowmem: a list with one bad item changes nothing" {
	local list

	settings lowmem/minfree=1024,2048 lowmem/adj=0,-5,1000
	for list in "," "1," ",1" "1,,2" -1 "1,x" "1,2,3,4,5,6,7" 99999999999 "1 2"; do
		run write_raw "$SYSFS/lowmem/minfree" "$list"
		assert_failure
		[ "$(<"$SYSFS/lowmem/minfree")" = 1024,2048 ] || complain "after '$list'"
	done
	for list in -1000 "1,-1000" 1001 "0,1001" "1,,2" "1,2,3,4,5,6,7" x; do
		run write_raw "$SYSFS/lowmem/adj" "$list"
		assert_failure
		[ "$(<"$SYSFS/lowmem/adj")" = 0,-5,1000 ] || complain "after '$list'"
	done
	for list in 2 -1 yes; do
		run write_raw "$SYSFS/lowmem/kill" "$list"
		assert_failure
		[ "$(<"$SYSFS/lowmem/kill")" = 0 ]
	done
}
