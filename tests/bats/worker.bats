#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The worker's life: on and off, its queue, and what happens to it and to processes
# while it works.

bats_require_minimum_version 1.8.0
load helper
load worker
load ../vm/inject

setup_file() {
	worker_setup_file
}

teardown_file() {
	worker_teardown_file
}

# Off, as it is loaded; but once on, it may do all at once.
setup() {
	worker_setup && no_throttles
}

teardown() {
	! can_inject || inject_percent 0
	[ ! -e /sys/power/pm_test ] || echo none >/sys/power/pm_test
	worker_teardown
}

# --- on and off ---

@test "worker: is off at first, and does nothing then" {
	[ "$(<"$SYSFS/worker/enabled")" = 0 ]
	[ "$(<"$SYSFS/worker/awake")" = 1 ]
	[ "$(<"$SYSFS/worker/state")" = off ]
	[ "$(<"$SYSFS/trigger/adj")" = 1 ]
	start_target anon 1M
	set_adj "$TARGET_PID" 900 0 900
	[ "$(<"$SYSFS/worker/pending")" = 0 ]
	[ "$(nr_decisions)" = 0 ]
	answers "present $MB" present
	run ! remembered "$TARGET_PID"
	# Once on it works.
	settings worker/enabled=1
	[ "$(<"$SYSFS/worker/state")" = idle ]
	queue_action "$TARGET_PID" 0 900
	expect_words reason=run
	present 0
	# And again it does nothing.
	settings worker/enabled=0
	[ "$(<"$SYSFS/worker/state")" = off ]
	ask touch
	set_adj "$TARGET_PID" 0 900
	[ "$(nr_decisions)" = 1 ]
	answers "present $MB" present
}

@test "worker: a process that is cached when it is enabled has not just become so" {
	start_target anon 1M
	set_adj "$TARGET_PID" 900
	settings worker/enabled=1
	queue_nothing "$TARGET_PID" 900 950
	answers "present $MB" present
	queue_action "$TARGET_PID" 0 900
	expect_words action=full reason=run
	# The same when it was off meanwhile.
	set_adj "$TARGET_PID" 0
	settings worker/enabled=0
	set_adj "$TARGET_PID" 900
	settings worker/enabled=1
	queue_nothing "$TARGET_PID" 900
}

@test "worker: without trigger/adj nothing comes of a written adj" {
	settings worker/enabled=1
	start_target anon 1M
	settings trigger/adj=0
	queue_nothing "$TARGET_PID" 900 0
	settings trigger/adj=1
	queue_action "$TARGET_PID" 900
	expect_words reason=run
}

@test "worker: what was written while trigger/adj was off is known when it is on again" {
	local became

	settings worker/enabled=1
	start_target anon 1M
	became=$TARGET_PID
	start_target anon 1M
	queue_action "$TARGET_PID" 950
	settings trigger/adj=0
	set_adj "$became" 900
	set_adj "$TARGET_PID" 0
	settings trigger/adj=1
	# This one is cached as before ...
	queue_nothing "$became" 900
	# ... and this one was not when it was written.
	queue_action "$TARGET_PID" 950
	expect_words action=full
}

@test "worker: a child that inherits a cached adj has not just become so" {
	local child

	settings worker/enabled=1
	start_target anon 1M
	queue_action "$TARGET_PID" 900
	ask fork
	child=${ANSWER#* }
	decisions_come 0
	remembered "$child"
	expect_words adj=900
	queue_nothing "$child" 900
	queue_action "$child" 0 900
	expect_words action=full reason=run
}

@test "worker: an adj written through a thread counts for the process, once" {
	local tid

	settings worker/enabled=1
	start_target threads 1M
	for tid in /proc/"$TARGET_PID"/task/*; do
		tid=${tid##*/}
		[ "$tid" -ne "$TARGET_PID" ] || continue
		queue_through "$tid"
		decisions_come 0
	done
	present 0
}

# queue_through TID: the adj of the target becomes 0, then 900.
queue_through() {
	echo 0 >"/proc/$TARGET_PID/task/$1/oom_score_adj"
	echo 900 >"/proc/$TARGET_PID/task/$1/oom_score_adj"
	decisions_come 1
	decision_about "$TARGET_PID"
	expect_words adj=900 action=full
}

@test "worker: a process whose first thread has ended is reclaimed" {
	settings worker/enabled=1
	start_target leader-exit 1M
	queue_action "$TARGET_PID" 900
	expect_words reason=run stop=done
	present 0
	answers "ok 131072" verify
}

# --- the queue ---

@test "queue: the oldest action first; a newer one takes the place of an older" {
	local first second third

	settings worker/enabled=1
	start_target anon 1M
	first=$TARGET_PID
	start_target anon 1M
	second=$TARGET_PID
	start_target anon 1M
	third=$TARGET_PID
	park_worker
	set_adj "$first" 700
	set_adj "$second" 900
	set_adj "$third" 950
	[ "$(<"$SYSFS/worker/pending")" = 3 ]
	set_adj "$first" 900
	[ "$(<"$SYSFS/worker/pending")" = 3 ]
	[ "$(nr_decisions replaced)" = 1 ]
	decision_about "$first"
	expect_words action=some reason=replaced
	unpark_worker
	read_decisions
	# The one that was replaced, the parked one, and the three.
	[ "${#DECISIONS[@]}" -eq 5 ]
	[[ ${DECISIONS[1]} == *" pid=$PARKED "*" reason=run "* ]]
	[[ ${DECISIONS[2]} == *" pid=$first "*" action=full reason=run "* ]]
	[[ ${DECISIONS[3]} == *" pid=$second "*" action=full reason=run "* ]]
	[[ ${DECISIONS[4]} == *" pid=$third "*" action=full reason=run "* ]]
}

@test "queue: a process that is back before its turn, or exempt, or gone, is left alone" {
	local back exempt gone

	settings worker/enabled=1
	start_target anon 1M
	gone=$TARGET_PID
	start_target anon 1M
	exempt=$TARGET_PID
	start_target anon 1M
	back=$TARGET_PID
	park_worker
	set_adj "$gone" 900
	set_adj "$exempt" 900
	set_adj "$back" 900
	[ "$(<"$SYSFS/worker/pending")" = 3 ]
	stop_target "$gone"
	[ "$(<"$SYSFS/worker/pending")" = 2 ]
	decision_about "$gone"
	expect_words action=full reason=dead
	set_adj "$exempt" -1000
	set_adj "$back" 200
	unpark_worker
	decision_about "$exempt"
	expect_words reason=exempt
	decision_about "$back"
	expect_words reason=foreground adj=200
	answers "present $MB" present
	use_target "$exempt"
	answers "present $MB" present
}

@test "queue: what is in it when the worker is switched off is dropped, and counted" {
	settings worker/enabled=1
	start_crowd 100
	park_worker
	ask_crowd adj 900
	[ "$(<"$SYSFS/worker/pending")" = 100 ]
	settings worker/enabled=0
	# Also what it was at ends.
	wait_until 10 counted run 1
	[ "$(<"$SYSFS/worker/pending")" = 0 ]
	[ "$(nr_decisions dropped)" = 100 ]
	decision_about "$PARKED"
	expect_words reason=run stop=disabled
	mapfile -t lines <"$DEBUGFS/processes"
	[ "${#lines[@]}" -eq 0 ]
	# Nothing of it is left when it is on again.
	set_adj "$PARKED" 0
	settings worker/enabled=1
	ask_crowd adj 900
	settle
	[ "$(nr_decisions)" = 101 ]
}

# counted REASON N
counted() {
	[ "$(nr_decisions "$1")" = "$2" ]
}

@test "queue: the module is unloaded with a full queue" {
	settings worker/enabled=1
	start_crowd 100
	park_worker
	ask_crowd adj 900
	[ "$(<"$SYSFS/worker/pending")" = 100 ]
	rmmod proc_reclaim
	ask_crowd adj 0
	use_target "$PARKED"
	answers "ok $((PARKED_LEN / 8))" verify
}

@test "queue: 2,000 processes (500 on the debug kernel) that become cached at once are all decided" {
	local n=$((SLOW > 1 ? 500 : 2000))

	settings worker/enabled=1 action/full=file
	start_target anon 4M
	start_crowd "$n"
	tell_crowd adj 900
	# Others can reclaim meanwhile.
	request "$TARGET_PID anon"
	expect reclaimed -ge $((4 * MB))
	read_crowd
	settle
	[ "$(nr_decisions)" = "$n" ]
	[ "$(nr_decisions run)" = "$n" ]
	# Each is remembered once.
	run -0 sort -u -t ' ' -k 1,1 "$DEBUGFS/processes"
	[ "${#lines[@]}" -eq "$n" ]
	mapfile -t lines <"$DEBUGFS/processes"
	[ "${#lines[@]}" -eq "$n" ]
	# And forgotten with its end.
	kill -KILL "$CROWD_PID"
	wait_until "$ANSWER_LIMIT" nobody_is_remembered
	[ "$(nr_decisions)" = "$n" ]
}

nobody_is_remembered() {
	local lines

	mapfile -t lines <"$DEBUGFS/processes"
	[ "${#lines[@]}" -eq 0 ]
}

# --- coming and going ---

@test "processes: thousands that come and go with a cached adj leave nothing behind" {
	local n=2000

	[ -z "${NIGHTLY:-}" ] || n=10000
	[ "$SLOW" -eq 1 ] || n=1000
	settings worker/enabled=1
	start_crowd 1
	set_adj "$CROWD_PID" 900
	ask_crowd churn "$n"
	settle
	# Their parent's, and nothing else.
	[ "$(nr_decisions)" = 1 ]
	mapfile -t lines <"$DEBUGFS/processes"
	[ "${#lines[@]}" -eq 1 ]
	[[ ${lines[0]} == "pid=$CROWD_PID "* ]]
	# Each entry was given back. On a kernel that merges caches of one size,
	# others count too.
	if [ ! -L /sys/kernel/slab/prc_process ]; then
		echo 1 >/sys/kernel/slab/prc_process/shrink
		read -r objects _ </sys/kernel/slab/prc_process/objects
		[ "$objects" -le 1 ]
	fi
}

@test "processes: a number that is used again is another process" {
	local first second

	settings worker/enabled=1 throttle/full_full_ms=3600000
	sleep 1000 3>&- &
	first=$!
	STARTED+=("$first")
	queue_action "$first" 900
	expect_words reason=run
	queue_action "$first" 0 900
	expect_words reason=time
	remembered "$first"
	expect_words last=full
	kill -KILL "$first"
	wait "$first" || :
	run ! remembered "$first"
	# A fork elsewhere may get it first.
	for _ in 1 2 3 4 5; do
		echo $((first - 1)) >/proc/sys/kernel/ns_last_pid
		sleep 1000 3>&- &
		second=$!
		STARTED+=("$second")
		[ "$second" != "$first" ] || break
	done
	[ "$second" = "$first" ]
	run ! remembered "$second"
	queue_action "$second" 900
	expect_words reason=run
}

# --- while it works ---

@test "worker: a process that comes back in the middle keeps what it still has, but for a batch" {
	local taken

	echo 32 >"$SYSFS/batch_pages"
	settings worker/enabled=1
	start_target anon "$HUGE"
	remember_totals
	set_adj "$TARGET_PID" 900
	wait_until "$ANSWER_LIMIT" total_grows pages_isolated
	set_adj "$TARGET_PID" 0
	taken=$(counter pages_isolated)
	decisions_come 1
	decision_about "$TARGET_PID"
	expect_words reason=run stop=foreground
	# The batch that it had begun was counted after we looked.
	[ "$(counter pages_isolated)" -le $((taken + 32)) ]
	ask present
	[ "${ANSWER#* }" -gt $((TARGET_LEN / PAGE_SIZE / 4)) ]
	answers "ok $((TARGET_LEN / 8))" verify
}

@test "worker: what it is at ends when its reason ends: -1000, the death of the target" {
	settings worker/enabled=1
	park_worker
	set_adj "$PARKED" -1000
	decisions_come 1
	decision_about "$PARKED"
	expect_words stop=foreground
	set_adj "$PARKED" 900
	wait_until 10 worker_is_at_last
	kill -KILL "$PARKED"
	decisions_come 1
	decision_about "$PARKED"
	expect_words reason=run stop=exiting
}

@test "worker: persistent ends when a user is awake again, also before its turn" {
	settings worker/enabled=1
	start_target anon 1M
	settings worker/awake=0
	park_worker -100
	set_adj "$TARGET_PID" -100
	settings worker/awake=1
	decisions_come 2
	decision_about "$PARKED"
	expect_words action=persistent reason=run stop=foreground
	decision_about "$TARGET_PID"
	expect_words action=persistent reason=foreground
	answers "present $MB" present
}

@test "worker: a target whose mmap lock is held for ever holds up no other process" {
	local stuck

	settings worker/enabled=1 throttle/max_defer_shift=6
	start_target anon 1M
	stuck=$TARGET_PID
	start_target anon 1M
	insmod /opt/proc-reclaim/modules/hold_mmap_lock.ko pid="$stuck"
	set_adj "$stuck" 900
	set_adj "$TARGET_PID" 900
	decisions_come 2
	present 0
	decision_about "$stuck"
	expect_words reason=run stop=busy
	rmmod hold_mmap_lock
	# It was not its fault.
	use_target "$stuck"
	answers "present $MB" present
	queue_action "$stuck" 0 900
	expect_words reason=run stop=done
	present 0
}

@test "worker: the module is unloaded while it is at a large target" {
	settings worker/enabled=1
	start_target anon "$HUGE"
	remember_totals
	set_adj "$TARGET_PID" 900
	wait_until "$ANSWER_LIMIT" total_grows pages_isolated
	rmmod proc_reclaim
	ask present
	[ "${ANSWER#* }" -gt 0 ]
	answers "ok $((TARGET_LEN / 8))" verify
}

@test "worker: is switched on and off while adj is written all the time" {
	local i

	start_crowd 10
	tell_crowd flip $((SLOW > 1 ? 500 : 2000))
	for ((i = 0; i < 10; i++)); do
		settings worker/enabled=1
		pause 0.1
		settings worker/enabled=0
	done
	[ "$(<"$SYSFS/worker/pending")" = 0 ]
	nobody_is_remembered
	settings worker/enabled=1
	read_crowd
	settle
	ask_crowd adj 900
	settle
	mapfile -t lines <"$DEBUGFS/processes"
	[ "${#lines[@]}" -eq 10 ]
}

@test "worker: its thread can be reniced and pinned, and works on" {
	local thread

	thread=$(pgrep -x proc_reclaimd)
	settings worker/enabled=1
	renice -n 19 -p "$thread"
	taskset -p -c 0 "$thread"
	start_target anon 1M
	queue_action "$TARGET_PID" 900
	expect_words reason=run
	present 0
	run -0 ps -o ni= -p "$thread"
	[ "${output// /}" = 19 ]
	run -0 taskset -p -c "$thread"
	[[ $output == *": 0" ]]
}

@test "worker: a suspend is not held up by what it is at; it goes on afterwards" {
	local waiting

	settings worker/enabled=1
	start_target anon 1M
	waiting=$TARGET_PID
	park_worker
	set_adj "$waiting" 900
	freeze_system
	# The action was not lost, nor its place.
	wait_until "$ANSWER_LIMIT" decision_about "$PARKED"
	expect_words reason=run stop=freeze
	unpark_worker
	decisions_come 3
	[[ ${DECISIONS[1]} == *" pid=$PARKED "*" reason=run "*" stop=foreground "* ]]
	[[ ${DECISIONS[2]} == *" pid=$waiting "*" reason=run "*" stop=done "* ]]
}

# --- allocations that fail ---

@test "worker: an allocation that fails while it is switched on leaves all of it off" {
	local n before failed=0

	can_inject || skip "allowed: this kernel cannot let allocations fail"
	settings trigger/pressure=1 lowmem/minfree=1 lowmem/adj=900 lowmem/enabled=1
	inject_under_module
	count_injected
	for ((n = 1; n < 100; n++)); do
		before=$((INJECTED_SLABS + INJECTED_PAGES))
		if fail_nth "$n" write_raw "$SYSFS/worker/enabled" 1 2>"$BATS_TEST_TMPDIR/said"; then
			count_injected
			[ $((INJECTED_SLABS + INJECTED_PAGES)) -gt "$before" ] || break
			settings worker/enabled=0
		else
			failed=$((failed + 1))
			grep -q "Cannot allocate memory" "$BATS_TEST_TMPDIR/said"
			count_injected
		fi
		[ "$(<"$SYSFS/worker/enabled")" = 0 ]
		[ "$(<"$SYSFS/worker/state")" = off ]
		[ "$(<"$SYSFS/trigger/pressure")" = 1 ]
	done
	echo "# $failed times it was not switched on, $n allocations" >&3
	[ "$failed" -ge 5 ]
	# And then it is, with all that belongs to it.
	[ "$(<"$SYSFS/worker/enabled")" = 1 ]
	start_target anon 1M
	queue_action "$TARGET_PID" 900
	expect_words reason=run
}

@test "worker: a trigger that cannot be switched on leaves the others on" {
	local file

	can_inject || skip "allowed: this kernel cannot let allocations fail"
	settings worker/enabled=1
	inject_under_module
	for file in trigger/pressure lowmem/enabled; do
		run fail_nth 1 write_raw "$SYSFS/$file" 1
		assert_failure
		[ "$(<"$SYSFS/$file")" = 0 ]
	done
	start_target anon 1M
	queue_action "$TARGET_PID" 900
	expect_words reason=run
}

@test "worker: an action that there is no memory to queue is counted, and the next one is not" {
	can_inject || skip "allowed: this kernel cannot let allocations fail"
	settings worker/enabled=1
	start_target anon 1M
	inject_under_module
	inject_percent 100
	set_adj "$TARGET_PID" 900
	inject_percent 0
	decisions_come 1
	decision_about "$TARGET_PID"
	expect_words action=full reason=nomem
	run ! remembered "$TARGET_PID"
	answers "present $MB" present
	queue_action "$TARGET_PID" 0 900
	expect_words reason=run
	present 0
}

# --- files of others ---

@test "worker: file pages are taken only of files that the process owns or may write" {
	settings worker/enabled=1
	# As mkstemp() makes it: only its owner may write it.
	start_target file 1M --then-uid 1000
	queue_action "$TARGET_PID" 900
	expect_words reason=run takes=all
	answers "present $MB" present
	[ "$(counter skipped_foreign_file)" -ge "$MB" ]
	# The writer of the request answers for it.
	request "$TARGET_PID file"
	expect skipped_foreign_file -eq 0
	present 0
	start_target file 1M --uid 1000
	queue_action "$TARGET_PID" 900
	expect_words reason=run
	present 0
	answers "ok 131072" verify
}

@test "worker: pages of tmpfs are taken only of files that the process owns or may write" {
	settings worker/enabled=1
	start_target tmpfs 1M --then-uid 1000
	queue_action "$TARGET_PID" 900
	expect_words reason=run takes=all
	answers "present $MB" present
	[ "$(counter skipped_foreign_file)" -ge "$MB" ]
	request "$TARGET_PID anon"
	expect skipped_foreign_file -eq 0
	present 0
	start_target tmpfs 1M --uid 1000
	queue_action "$TARGET_PID" 900
	expect_words reason=run
	present 0
	# Which has no file that anybody could open.
	start_target shmem 1M --then-uid 1000
	queue_action "$TARGET_PID" 900
	expect_words reason=run
	present 0
	answers "ok 131072" verify
}

# --- what it tells ---

# event TEXT...: there is an event with each of these in its line.
event() {
	local line text

	while read -r line; do
		for text; do
			[[ "$line " == *"$text "* ]] || continue 2
		done
		return 0
	done <"$EVENTS"
	complain "no event with" "$@"
}

@test "trace: the worker's events say what it was asked, what it did and why not" {
	EVENTS=$BATS_TEST_TMPDIR/events
	settings worker/enabled=1 throttle/max_defer_shift=6 action/full=anon
	start_target lazyfree 4M
	# What trace-cmd runs.
	cat >"$BATS_TEST_TMPDIR/actions" <<-'END'
		settle() {
			while [ "$(</sys/kernel/proc_reclaim/worker/pending)" != 0 ] ||
				[ "$(</sys/kernel/proc_reclaim/worker/state)" != idle ]; do
				sleep 0.1
			done
		}
		for adj in 900 0 900 0 950; do
			echo "$adj" >"/proc/$1/oom_score_adj"
			settle
		done
		echo 3600000 >/sys/kernel/proc_reclaim/throttle/full_full_ms
		for adj in 0 999; do
			echo "$adj" >"/proc/$1/oom_score_adj"
			settle
		done
	END
	trace-cmd record -q -e proc_reclaim -o "$BATS_TEST_TMPDIR/trace.dat" \
		bash "$BATS_TEST_TMPDIR/actions" "$TARGET_PID" \
		>"$BATS_TEST_TMPDIR/log" 2>&1 3>&-
	trace-cmd report -N -i "$BATS_TEST_TMPDIR/trace.dat" >"$EVENTS"
	decisions_come 4
	event proc_reclaim_trigger: "pid=$TARGET_PID" adj_before=0 adj_after=900 action=full trigger=adj
	event proc_reclaim_trigger: "pid=$TARGET_PID" adj_before=0 adj_after=950 action=full trigger=adj
	event proc_reclaim_worker: wake why=queue pending=1
	event proc_reclaim_worker: sleep why=done pending=0
	event proc_reclaim_done: "pid=$TARGET_PID" comm=target type=anon action=full adj=900 last_action=nothing last_ago_ms=0
	event proc_reclaim_done: "pid=$TARGET_PID" comm=target type=anon action=full adj=950 last_action=full
	event proc_reclaim_end: "pid=$TARGET_PID" type=anon action=full error=0 targets=1
	event proc_reclaim_defer: "pid=$TARGET_PID" action=full failures=1 skips_left=0
	event proc_reclaim_throttle: "pid=$TARGET_PID" action=full reason=time limit=3600000
	[ "$(grep -c proc_reclaim_trigger: "$EVENTS")" -eq 4 ]
	[ "$(grep -c proc_reclaim_done: "$EVENTS")" -eq 2 ]
}

# --- the files ---

# refused FILE TEXT...: each is EINVAL, and the file keeps what it has.
refused() {
	local file=$SYSFS/$1 before text said=$BATS_TEST_TMPDIR/said now
	shift

	before=$(<"$file")
	for text; do
		if write_raw "$file" "$text" 2>"$said"; then
			complain "'$text' was taken by $file" || return
		fi
		now=$(<"$said")
		[[ $now == *"Invalid argument"* ]] ||
			complain "'$text' to $file: $now" || return
	done
	now=$(<"$file")
	[ "$now" = "$before" ] || complain "$file was '$before' and is '$now'"
}

@test "settings: a switch takes 0 and 1" {
	local file

	for file in worker/enabled worker/awake trigger/adj trigger/pressure lowmem/kill; do
		refused "$file" 2 -1 "" on "1 1"
	done
}

@test "settings: a number out of its range is refused, and the old one stays" {
	local file

	for file in "$SYSFS"/throttle/*_{ms,kb}; do
		refused "throttle/${file##*/}" "" -1 4294967296 1.5 "1 2" x
	done
	refused throttle/max_defer_shift 17 -1
	refused throttle/min_free_swap_pct 101 -1
	refused trigger/idle_ms 99 -1 2147483648
	refused pressure/low_pct 101 ""
	refused pressure/high_pct 101
	refused pressure/min_score_adj 1001 -1
	refused pressure/pages_per_pass 0 1048577
	refused pressure/min_efficiency_pct 101
	refused pressure/efficiency_window 1001
	refused compact_order 11 -1
}

@test "settings: an action takes its four words" {
	local file

	for file in some full persistent bfgs; do
		refused "action/$file" "" FILE files "file anon" 0
	done
}

@test "settings: a list with one bad item changes nothing" {
	settings throttle/adj_exclude=100,200:300 trigger/bfgs_adj=100:200 \
		lowmem/minfree=100,200 lowmem/adj=0,900
	refused throttle/adj_exclude 1001 -1001 1,,2 ,1 1, "1, 2" 5:1 1:2:3 900,x x,900 \
		900,950: 900,:950 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17
	refused trigger/bfgs_adj 100 200:100 100:1001 100: :200 100:200,300:400 x
	refused lowmem/minfree 1,2,3,4,5,6,7 1,-1 1,x 1,2147483648
	refused lowmem/adj 1,2,3,4,5,6,7 1,1001 1,-1000 x
	# What is good is shown as it was understood.
	settings throttle/adj_exclude=-1000:1000,7:7
	[ "$(<"$SYSFS/throttle/adj_exclude")" = -1000:1000,7 ]
}

@test "settings: what only tells cannot be written" {
	local file

	for file in worker/state worker/pending decisions/run; do
		run write_raw "$SYSFS/$file" 1
		[ "$status" -ne 0 ]
	done
}
