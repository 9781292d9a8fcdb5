#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# What the worker does to a process whose oom_score_adj changes, and what it leaves.

bats_require_minimum_version 1.8.0
load helper
load worker

# An hour, in ms: never over while a test runs.
HOUR=3600000

setup_file() {
	worker_setup_file
}

teardown_file() {
	worker_teardown_file
}

# Everything may run at once; each test switches on what it is about.
setup() {
	worker_setup && no_throttles && settings worker/enabled=1
}

teardown() {
	worker_teardown
	only_swap /dev/zram0
	[ ! -d /sys/module/break_blocks ] || rmmod break_blocks
	[ -z "${THRESHOLD:-}" ] || echo "$THRESHOLD" >/proc/sys/vm/extfrag_threshold
}

# --- what leads to what ---

# mixed_target: 512 file pages and 512 anonymous ones.
mixed_target() {
	start_target cow 4M --half
}

# The mixed target uses its memory again.
bring_back() {
	ask touch
	answers "present $((4 * MB))" present
}

# A target of 1 MB, likewise.
bring_back_small() {
	ask touch
	answers "present $MB" present
}

# some ADJ...: written to the mixed target, its file pages go.
some() {
	queue_action "$TARGET_PID" "$@"
	expect_words action=some reason=run takes=file trigger=adj stop=done
	present $((2 * MB))
	bring_back
}

# full ADJ...: all of it goes.
full() {
	queue_action "$TARGET_PID" "$@"
	expect_words action=full reason=run takes=all trigger=adj stop=done
	present 0
	bring_back
}

# nothing ADJ...: nothing is decided, and nothing goes.
nothing() {
	queue_nothing "$TARGET_PID" "$@"
	answers "present $((4 * MB))" present
}

@test "policy: from perceptible to previous or home is some: its file pages go" {
	mixed_target
	some 700
	some 0 600
	some 200 700
	some 200 600
	some -1000 700
	answers "ok 524288" verify
}

@test "policy: to cached is full, wherever from: all goes" {
	mixed_target
	full 900
	full 0 999
	nothing 700
	full 950
	nothing 899
	full 900
	nothing 1000
	full 999
	nothing -1000
	full 900
	answers "ok 524288" verify
}

@test "policy: no other change does anything" {
	mixed_target
	nothing 0 201 700
	nothing 0 201 600
	nothing 0 599
	nothing 601
	nothing 0 699
	nothing 0 701
	nothing 899
	nothing 0 1000
	nothing 0 -100
	nothing -1000
	full 900
	# From cached to cached, and from there to any other.
	nothing 950
	nothing 900
	nothing 700
	nothing 600
}

@test "policy: an equal value written again is no change" {
	mixed_target
	nothing 0
	some 700
	nothing 700
	full 900
	nothing 900 900
}

# --- the throttles ---

# runs ACTION ADJ...: written to the target, ACTION is carried out.
runs() {
	queue_action "$TARGET_PID" "${@:2}"
	expect_words action="$1" reason=run
}

# compares REASON OPERATOR NUMBER OPERATOR: the last decision has this reason, its value
# compares so with the number, and so with its limit.
compares() {
	local limit

	expect_words "reason=$1" && field_into limit limit || return
	expect value "$2" "$3" && expect value "$4" "$limit"
}

# not_yet ACTION ADJ...: it is not, because the time is not over.
not_yet() {
	local left

	queue_action "$TARGET_PID" "${@:2}"
	expect_words action="$1" reason=time
	field_into left left_ms
	[ "$left" -gt 0 ]
	[ "$left" -le "$HOUR" ]
}

# throttled FILE ACTION ADJ: after what has run just now. A millisecond is over by
# then, and 0 is off.
throttled() {
	settings "throttle/$1=$HOUR"
	not_yet "$2" 0 "$3"
	settings "throttle/$1=1"
	runs "$2" 0 "$3"
	settings "throttle/$1=$HOUR"
	not_yet "$2" 0 "$3"
	settings "throttle/$1=0"
	runs "$2" 0 "$3"
}

@test "runs: are counted by their action" {
	start_target file 1M
	runs full 900
	runs some 0 700
	runs full 0 900
	[ "$(<"$SYSFS/runs/full")" = 2 ]
	[ "$(<"$SYSFS/runs/some")" = 1 ]
	[ "$(awk '{ sum += $1 } END { print sum }' "$SYSFS"/runs/*)" = "$(<"$SYSFS/decisions/run")" ]
}

@test "throttle: the time from some to some" {
	start_target file 1M
	runs some 700
	throttled some_some_ms some 600
}

@test "throttle: the time from full to full" {
	start_target anon 1M
	runs full 900
	throttled full_full_ms full 950
	present 0
}

@test "throttle: the time from full to some, and from some to full" {
	start_target file 1M
	settings throttle/some_full_ms=$HOUR throttle/full_some_ms=$HOUR
	runs full 900
	not_yet some 0 700
	# It does not hold up another full, nor is it held up by another some.
	runs full 0 900
	not_yet some 0 700
	settings throttle/some_full_ms=0
	runs some 0 700
	not_yet full 900
	runs some 0 600
	settings throttle/full_some_ms=0
	runs full 900
}

@test "throttle: when the time is over the action runs" {
	local first last left

	settings throttle/full_full_ms=3000
	start_target anon 1M
	runs full 900
	field_into first ms
	while queue_action "$TARGET_PID" 0 900; [[ $RESULT == *" reason=time "* ]]; do
		field_into left left_ms
		[ "$left" -le 3000 ]
		expect_words limit=3000
		compares time -eq $((3000 - left)) -lt
		pause 0.3
	done
	expect_words reason=run
	# The times are those of the notes, which were made a little later.
	field_into last ms
	[ $((last - first)) -ge 2500 ]
}

@test "action: none, file, anon and all take what they say" {
	mixed_target
	settings action/full=none action/some=none
	queue_action "$TARGET_PID" 900
	expect_words action=full reason=none
	queue_action "$TARGET_PID" 0 700
	expect_words action=some reason=none
	answers "present $((4 * MB))" present
	settings action/full=file action/some=all
	queue_action "$TARGET_PID" 900
	expect_words reason=run takes=file
	present $((2 * MB))
	bring_back
	queue_action "$TARGET_PID" 0 700
	expect_words action=some reason=run takes=all
	present 0
	bring_back
	settings action/full=anon
	queue_action "$TARGET_PID" 900
	expect_words reason=run takes=anon
	present $((2 * MB))
	answers "ok 524288" verify
}

@test "throttle: adj_exclude names adj that are let alone, one by one and in ranges" {
	local adj

	settings throttle/adj_exclude=900,950:960,700
	start_target anon 1M
	for adj in 900 950 955 960 700; do
		queue_action "$TARGET_PID" 0 "$adj"
		expect_words adj="$adj" reason=excluded
	done
	answers "present $MB" present
	for adj in 901 949 961 600; do
		queue_action "$TARGET_PID" 0 "$adj"
		expect_words adj="$adj" reason=run
	done
	present 0
	settings throttle/adj_exclude=
	queue_action "$TARGET_PID" 0 900
	expect_words reason=run
}

@test "throttle: a process without memory is dead" {
	local zombie

	start_target anon 1M
	ask zombie
	zombie=${ANSWER#* }
	queue_action "$zombie" 900
	expect_words action=full reason=dead
	# It is not remembered either.
	run ! remembered "$zombie"
}

@test "throttle: with little free swap full takes file pages, and says so" {
	# Some swap is used, so that less than all of it is free.
	start_target anon 1M
	runs full 900
	expect_words swap_is_low=0
	settings throttle/min_free_swap_pct=100
	mixed_target
	queue_action "$TARGET_PID" 900
	expect_words action=full reason=run takes=file swap_is_low=1
	present $((2 * MB))
	bring_back
	# Nothing else was wanted.
	settings action/full=anon
	queue_action "$TARGET_PID" 0 900
	expect_words action=full reason=swap
	compares swap -ge 0 -lt
	answers "present $((4 * MB))" present
	settings throttle/min_free_swap_pct=0
	queue_action "$TARGET_PID" 0 900
	expect_words reason=run takes=anon swap_is_low=0
	present $((2 * MB))
}

@test "throttle: without any swap full takes file pages, and says so" {
	mixed_target
	swapoff -a
	queue_action "$TARGET_PID" 900
	expect_words action=full reason=run takes=file swap_is_low=1 stop=done
	present $((2 * MB))
	settings action/full=anon
	queue_action "$TARGET_PID" 0 900
	expect_words reason=swap
}

@test "throttle: full wants so much anonymous memory" {
	settings throttle/full_anon_rss_kb=8000
	start_target anon 4M
	queue_action "$TARGET_PID" 900
	expect_words action=full reason=small limit=8000
	compares small -ge 4096 -lt
	answers "present $((4 * MB))" present
	# It does not matter where only file pages are taken.
	settings action/full=file
	runs full 0 900
	# What a thread or a CPU has not told yet, up to 64 pages each, is not in the RSS.
	settings action/full=all throttle/full_anon_rss_kb=3000
	runs full 0 900
	present 0
	# Now it has next to none, but 0 is off.
	queue_action "$TARGET_PID" 0 900
	expect_words reason=small
	settings throttle/full_anon_rss_kb=0
	runs full 0 900
}

@test "throttle: full wants a change since the last one" {
	settings throttle/full_delta_rss_kb=3000
	start_target anon 4M
	runs full 900
	queue_action "$TARGET_PID" 0 900
	expect_words action=full reason=unchanged limit=3000
	compares unchanged -ge 0 -le
	# 1 MiB more in memory is 1 MiB less in swap: a change of 2 MiB.
	ask touch 0 1M
	queue_action "$TARGET_PID" 0 900
	expect_words reason=unchanged
	answers "present $MB" present
	# Of no matter to file pages, which do not measure again either.
	settings action/full=file
	runs full 0 900
	settings action/full=all
	ask touch 0 2M
	runs full 0 900
	present 0
	queue_action "$TARGET_PID" 0 900
	expect_words reason=unchanged
	settings throttle/full_delta_rss_kb=0
	runs full 0 900
}

# --- deferral ---

# deferred SKIPS_LEFT ADJ...
deferred() {
	queue_action "$TARGET_PID" "${@:2}"
	expect_words reason=deferred skips_left="$1"
}

@test "deferral: a process that gives nothing is skipped 1, 2, 4 times, up to the limit" {
	settings action/full=anon throttle/max_defer_shift=2
	start_target lazyfree 4M
	runs full 900
	deferred 0 0 900
	runs full 0 900
	deferred 1 0 900
	deferred 0 0 900
	runs full 0 900
	deferred 3 0 900
	# The limit holds at once when it is lowered, and 0 is off.
	settings throttle/max_defer_shift=1
	deferred 1 0 900
	settings throttle/max_defer_shift=0
	runs full 0 900
	runs full 0 900
	answers "present $((4 * MB))" present
}

@test "deferral: one success forgives" {
	settings action/full=anon throttle/max_defer_shift=6
	start_target lazyfree 4M
	runs full 900
	deferred 0 0 900
	runs full 0 900
	deferred 1 0 900
	deferred 0 0 900
	# Now it is anonymous memory like any other.
	ask remap
	runs full 0 900
	present 0
	# A quarter of it is used again: not enough to call the success off.
	ask touch 0 1M
	runs full 0 900
	present 0
	remembered "$TARGET_PID"
	expect_words failures=0 skips_left=0
}

@test "deferral: anonymous pages that come back soon raise it" {
	settings action/full=anon throttle/max_defer_shift=6
	start_target anon 1M
	runs full 900
	ask touch
	deferred 0 0 900
	answers "present $MB" present
	runs full 0 900
	ask touch
	deferred 1 0 900
	deferred 0 0 900
	runs full 0 900
	ask touch
	deferred 3 0 900
	answers "ok 131072" verify
}

@test "deferral: file pages that come back soon raise it" {
	settings action/full=file throttle/max_defer_shift=6
	start_target file 4M
	runs full 900
	ask touch
	deferred 0 0 900
	runs full 0 900
	ask touch
	deferred 1 0 900
}

@test "deferral: some that gave nothing does not hold up full" {
	settings action/full=anon throttle/max_defer_shift=6
	start_target file-dirty 4M
	runs some 700
	deferred 0 0 700
	runs some 0 700
	runs full 0 900
	deferred 1 0 700
}

@test "deferral: full that gave nothing does not hold up some" {
	settings action/full=anon throttle/max_defer_shift=6
	start_target lazyfree 4M
	runs full 900
	deferred 0 0 900
	runs full 0 900
	runs some 0 700
	deferred 1 0 900
}

# --- no user is awake ---

@test "awake: when no user is, persistent is for processes below 0" {
	local persistent exempt

	start_target anon 1M
	persistent=$TARGET_PID
	start_target anon 1M
	exempt=$TARGET_PID
	start_target anon 1M
	queue_nothing "$persistent" -100
	queue_nothing "$exempt" -1000
	settings worker/awake=0
	decisions_come 1
	decision_about "$persistent"
	expect_words trigger=awake action=persistent reason=run takes=all
	answers "present $MB" present
	use_target "$exempt"
	answers "present $MB" present
	use_target "$persistent"
	present 0
	# Told again what it knows, it does nothing.
	settings worker/awake=0
	decisions_come 0
	settings throttle/persistent_ms="$HOUR" worker/awake=1
	decisions_come 0
	settings worker/awake=0
	decisions_come 1
	decision_about "$persistent"
	expect_words trigger=awake action=persistent reason=time
	settings throttle/persistent_ms=0 worker/awake=1 worker/awake=0
	decisions_come 1
	decision_about "$persistent"
	expect_words reason=run
}

@test "awake: when no user is, bfgs is for bfgs_adj" {
	local bound

	settings trigger/bfgs_adj=100:150
	start_target anon 1M
	bound=$TARGET_PID
	start_target anon 1M
	queue_nothing "$bound" 150
	queue_nothing "$TARGET_PID" 151
	settings worker/awake=0
	decisions_come 1
	decision_about "$bound"
	expect_words trigger=awake action=bfgs reason=run
	answers "present $MB" present
	use_target "$bound"
	present 0
	settings throttle/bfgs_ms="$HOUR" worker/awake=1 worker/awake=0
	decisions_come 1
	decision_about "$bound"
	expect_words reason=time
	# Without a range there is no such process.
	settings trigger/bfgs_adj= throttle/bfgs_ms=0 worker/awake=1 worker/awake=0
	decisions_come 0
}

@test "awake: when no user is already, persistent begins as the worker is enabled" {
	settings worker/enabled=0 worker/awake=0
	start_target anon 1M
	set_adj "$TARGET_PID" -100
	settings worker/enabled=1
	decisions_come 1
	decision_about "$TARGET_PID"
	expect_words trigger=awake action=persistent reason=run
	present 0
}

@test "awake: while no user is, a written adj has its action at once" {
	settings trigger/bfgs_adj=100:150
	start_target anon 1M
	queue_nothing "$TARGET_PID" -100
	queue_nothing "$TARGET_PID" 120
	settings worker/awake=0
	decisions_come 1
	queue_action "$TARGET_PID" -100
	expect_words trigger=adj action=persistent reason=run
	queue_action "$TARGET_PID" 100
	expect_words trigger=adj action=bfgs reason=run
	queue_nothing "$TARGET_PID" 99
	# Of the two that are called for, leaving the foreground comes first.
	queue_action "$TARGET_PID" 900
	expect_words action=full reason=run
	queue_nothing "$TARGET_PID" -1000
	# All of it is full's, persistent's and bfgs's own: none throttles another.
	settings throttle/full_full_ms="$HOUR" throttle/bfgs_ms="$HOUR"
	queue_action "$TARGET_PID" -1
	expect_words action=persistent reason=run
}

@test "awake: persistent waits after any last action, and is asked again in the same sleep" {
	start_target anon 1M
	queue_action "$TARGET_PID" 900
	expect_words action=full reason=run
	queue_nothing "$TARGET_PID" -100
	bring_back_small
	# It is asked each quarter of that.
	settings throttle/persistent_ms=24000 worker/awake=0
	decisions_come 1
	decision_about "$TARGET_PID"
	expect_words trigger=awake action=persistent reason=time
	wait_until 60 decided 1 "$TARGET_PID" trigger=awake action=persistent reason=run
	settle
	present 0
	# Awake, nothing is asked.
	settings worker/awake=1
	read_decisions
	NR_SEEN=${#DECISIONS[@]}
	pause 7
	read_decisions
	[ "${#DECISIONS[@]}" -eq "$NR_SEEN" ]
}

# --- cgroups that are protected ---

@test "protected: what memory.low and memory.min keep stays, also those of a cgroup above" {
	local file

	make_cgroup protected
	for file in memory.low memory.min; do
		echo 64M >"$CGROUP/$file"
		start_target anon 16M --cgroup "$CGROUP"
		queue_action "$TARGET_PID" 900
		expect_words reason=protected limit=$(($(<"$SYSFS/batch_pages") * PAGE_SIZE / 1024))
		compares protected -ge 0 -lt
		answers "present $((16 * MB))" present
		# A user that writes a request means it.
		request "$TARGET_PID anon max=4M"
		expect reclaimed -ge $((4 * MB))
		echo 0 >"$CGROUP/$file"
		queue_action "$TARGET_PID" 0 900
		expect_words reason=run stop=done
		present 0
		stop_target
	done
	echo +memory >"$CGROUP/cgroup.subtree_control"
	mkdir "$CGROUP/child"
	echo 64M >"$CGROUP/memory.low"
	start_target anon 16M --cgroup "$CGROUP/child"
	queue_action "$TARGET_PID" 900
	expect_words reason=protected
	stop_target
	wait_until 5 rmdir "$CGROUP/child" 2>/dev/null
}

@test "protected: of a cgroup with more than that the rest is taken, and the turn says why it ended" {
	make_cgroup protected
	start_target anon 32M --cgroup "$CGROUP"
	echo 16M >"$CGROUP/memory.low"
	queue_action "$TARGET_PID" 900
	expect_words reason=run stop=protected
	ask present
	# The cgroup is charged for more than these pages.
	compare present "${ANSWER#* }" -ge $((12 * MB))
	compare present "${ANSWER#* }" -le $((20 * MB))
	[ "$(ask verify)" = "ok 4194304" ]
}

# --- compaction ---

# A line of /proc/vmstat.
vmstat() {
	local key value

	while read -r key value; do
		[ "$key" != "$1" ] || {
			echo "$value"
			return
		}
	done </proc/vmstat
	complain "no $1 in /proc/vmstat"
}

# kcompactd_rests: it has done what it was asked for.
kcompactd_rests() {
	local stat

	read -r stat <"/proc/$KCOMPACTD/stat" && [[ ${stat##*)} == " S "* ]]
}

@test "compaction: is not asked for where there is a free block" {
	local before

	before=$(vmstat compact_daemon_wake)
	echo 3 >"$SYSFS/compact_order"
	start_target anon 4M
	runs full 900
	present 0
	[ "$(vmstat compact_daemon_wake)" -eq "$before" ]
}

@test "compaction: is asked for where there is no free block, less often while it does not help" {
	local before nr i

	settings throttle/max_defer_shift=2
	# However little is in pieces, it is worth the daemon's while.
	THRESHOLD=$(</proc/sys/vm/extfrag_threshold)
	echo 0 >/proc/sys/vm/extfrag_threshold
	insmod /opt/proc-reclaim/modules/break_blocks.ko
	before=$(vmstat compact_daemon_wake)
	start_target anon 1M
	runs full 900
	[ "$(vmstat compact_daemon_wake)" -eq "$before" ]
	echo 10 >"$SYSFS/compact_order"
	KCOMPACTD=$(pgrep -x kcompactd0)
	# With pauses of one pass, then three, then three again.
	for ((i = 0; i < 10; i++)); do
		start_target anon 1M
		# Or a block of its making would come between, or the next ask be lost.
		wait_until 60 kcompactd_rests
		echo 1 >/sys/module/break_blocks/parameters/again
		runs full 900
	done
	wait_until 60 kcompactd_rests
	nr=$(($(vmstat compact_daemon_wake) - before))
	# One more or less where a block came and went meanwhile.
	[ "$nr" -ge 2 ] && [ "$nr" -le 4 ] || complain "asked $nr times in 10 passes"
}
