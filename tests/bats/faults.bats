#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# What goes wrong meanwhile: a process is killed, its number is used again, swap or a
# cgroup has nothing left, an allocation fails.

bats_require_minimum_version 1.8.0
load helper
load worker
load ../vm/inject

# Each test ends with the swap and the batches that it found.
teardown() {
	! can_inject || inject_percent 0
	helper_teardown
	only_swap /dev/zram0
	[ ! -e "$SYSFS/batch_pages" ] || echo $((2 * MB)) >"$SYSFS/batch_pages"
}

# --- a target that is killed: its memory is free as soon as without a request ---

# A target is killed while something is done to it, and a peer of it while nothing
# is: under emulation only these two can be compared. One pair takes up to a minute.
ROUNDS=1

# kills_compared WHAT BEGIN END: three tries to see kills_measured's limit kept, because
# a machine that is busy elsewhere makes any kill look long.
kills_compared() {
	local sum peers

	for _ in 1 2 3; do
		kills_measured "$@" || return
		[ "$sum" -gt $((6 * peers)) ] || return 0
	done
	complain "$1: $sum us, but $peers us without a request"
}

# kills_measured WHAT BEGIN END: BEGIN sets up the target and has it reclaimed to the
# stage that is meant; with the word "peer" it only sets it up. END looks whether it was
# that stage. The killed ones together may take six times as long as their peers, which
# have a processor more for themselves: a request that kept the memory until its own
# end would take twenty times as long and more.
kills_measured() {
	local what=$1 begin=$2 end=$3 round times=() took

	sum=0 peers=0
	for ((round = 0; round < ROUNDS; round++)); do
		"$begin" peer || return
		took=$(time-kill "$TARGET_PID" $((TARGET_LEN * 3 / 5 / 1024))) || return
		peers=$((peers + took)) times+=("$took")
		end_started
		"$begin" victim || return
		took=$(time-kill "$TARGET_PID" $((TARGET_LEN * 3 / 5 / 1024))) || return
		sum=$((sum + took)) times[-1]+="/$took"
		"$end" || return
		end_started
	done
	echo "# $what: us until the memory was free, alone/with a request: ${times[*]}" >&3
}

# It has ended early: some of the target was still to come.
request_ended_early() {
	background_result || return
	expect stop = exiting && counts_add_up &&
		expect isolated -lt $((TARGET_LEN / PAGE_SIZE))
}

# Of a smaller one each would be done with its part before the next begins.
HOLDER_SIZE=256M
[ "$SLOW" -eq 1 ] || HOLDER_SIZE=$BIG

# start_holder: another target, and the writers that will write requests for parts of it when
# they are told. What is taken of it needs as much room in zram as before, so that it
# frees no memory.
start_holder() {
	local part i n=9

	HOLDERS=() GO=$BATS_TEST_TMPDIR/go
	rm -f "$GO"
	start_target anon "$HOLDER_SIZE" --random || return
	# One more than batches may be isolated at one time.
	part=$((TARGET_LEN / n / 4096 * 4096))
	for ((i = 0; i < n; i++)); do
		# shellcheck disable=SC2016 # the inner shell's
		chrt -i 0 taskset -c 0 bash -c 'until [ -e "$1" ]; do :; done; echo "$2" >"$3"' \
			bash "$GO" "$TARGET_PID $((TARGET_ADDR + i * part)) $part" \
			"$SYSFS/reclaim" 3>&- &
		HOLDERS+=("$!")
	done
	started "${HOLDERS[@]}"
}

# hold_all_slots: no batch more may be isolated; and it stays so until the HOG is killed,
# because those who write hardly get any of processor 0.
hold_all_slots() {
	echo $((16 * MB)) >"$SYSFS/batch_pages"
	: >"$GO"
	wait_until 10 one_waits_in_request "${HOLDERS[@]}"
	taskset -c 0 bash -c 'while :; do :; done' 3>&- &
	HOG=$!
	started "$HOG"
}

one_waits_in_request() {
	local pid

	for pid; do
		! waits_in_request "$pid" || return 0
	done
	return 1
}

begin_waiting_for_first_slot() {
	start_holder && start_target anon "$BIG" && hold_all_slots || return
	[ "$1" = victim ] || return 0
	request_in_background "$TARGET_PID anon"
	wait_until 10 waits_in_request "$WRITER"
}

request_never_began() {
	kill "$HOG"
	request_ended_early || return
	expect scanned -eq 0
}

@test "kill: before the first batch" {
	kills_compared "before the first batch" begin_waiting_for_first_slot \
		request_never_began
}

begin_walking() {
	start_target anon "$BIG" || return
	mglru || make_active || return
	[ "$1" = victim ] || return 0
	# The first takes what is on no active list: the heap, the libraries' data, the stack.
	reclaim "$TARGET_PID anon inactive" || return
	remember_totals
	# One after the other: each looks at every page and takes none.
	while echo "$TARGET_PID anon inactive" >"$SYSFS/reclaim"; do :; done 2>/dev/null 3>&- &
	started "$!"
	wait_until 10 total_grows skipped_active
}

nothing_was_isolated() {
	run ! total_grows pages_isolated
}

@test "kill: during a walk" {
	kills_compared "during a walk" begin_walking nothing_was_isolated
}

begin_shrinking() {
	start_target anon "$BIG" || return
	if [ "$1" = peer ]; then
		request "$TARGET_PID anon max=2M"
		return
	fi
	request_in_background "$TARGET_PID anon"
	wait_until 10 total_grows pages_isolated
}

@test "kill: while a batch is reclaimed" {
	kills_compared "while a batch is reclaimed" begin_shrinking request_ended_early
}

begin_waiting_for_next_slot() {
	echo 32 >"$SYSFS/batch_pages"
	start_holder && start_target anon "$BIG" || return
	if [ "$1" = victim ]; then
		request_in_background "$TARGET_PID anon"
		wait_until 10 total_grows pages_isolated
		# It must not be done before the others have begun.
		chrt --idle --pid 0 "$WRITER" &&
			taskset --all-tasks --cpu-list --pid 0 "$WRITER" || return
	else
		request "$TARGET_PID anon max=2M"
	fi
	hold_all_slots || return
	[ "$1" = victim ] || return 0
	chrt --other --pid 0 "$WRITER" && taskset --all-tasks --cpu-list --pid 1 "$WRITER" &&
		wait_until 10 waits_in_request "$WRITER"
}

request_had_begun() {
	kill "$HOG"
	background_result || return
	expect stop = exiting && counts_add_up && expect isolated -gt 0
}

@test "kill: between two batches" {
	kills_compared "between two batches" begin_waiting_for_next_slot request_had_begun
}

begin_worker() {
	start_target anon "$BIG" || return
	if [ "$1" = peer ]; then
		request "$TARGET_PID anon max=2M"
		return
	fi
	remember_totals
	set_adj "$TARGET_PID" 900
	wait_until 10 total_grows pages_isolated
}

worker_ended_early() {
	settle && decision_about "$TARGET_PID" &&
		expect_words reason=run stop=exiting
}

@test "kill: while the worker reclaims it" {
	on_one_cpu
	echo 1 >"$SYSFS/worker/enabled"
	all_cpus
	kills_compared "while the worker reclaims it" begin_worker worker_ended_early
	on_one_cpu
	echo 0 >"$SYSFS/worker/enabled"
}

@test "kill: a request that waits for the mmap lock does not wait for the death" {
	on_one_cpu
	start_target anon 16M
	insmod /opt/proc-reclaim/modules/hold_mmap_lock.ko pid="$TARGET_PID"
	request_in_background "$TARGET_PID anon"
	pause 0.2
	kill -KILL "$TARGET_PID"
	# It cannot die as long as the lock is held ...
	background_result
	expect stop = exiting
	expect scanned -eq 0
	run ! gone "$TARGET_PID"
	# ... and then it does.
	rmmod hold_mmap_lock
	wait_until 5 gone "$TARGET_PID"
}

# --- a number that is used again, and numbers of a namespace ---

@test "pid: the next process with the number is a target of its own" {
	local first

	start_target anon 1M
	first=$TARGET_PID
	request "$first anon"
	expect reclaimed -ge 256
	stop_target
	run reclaim "$first anon"
	assert_failure
	assert_output --partial "No such process"
	WANTED_PID=$first start_target anon 2M
	request "$first anon"
	expect reclaimed -ge 512
	answers "ok 262144" verify
}

@test "pid: a request leaves the next process with its target's number alone" {
	local first

	start_holder
	start_target anon 16M
	first=$TARGET_PID
	hold_all_slots
	request_in_background "$first anon"
	wait_until 10 waits_in_request "$WRITER"
	stop_target
	WANTED_PID=$first start_target anon 1M
	kill "$HOG"
	background_result
	expect stop = exiting
	expect scanned -eq 0
	answers "present 256" present
}

@test "pid: a queued action is not for the next process with the number" {
	local first

	on_one_cpu
	worker_setup
	no_throttles
	settings worker/enabled=1
	start_target anon 1M
	first=$TARGET_PID
	park_worker
	set_adj "$first" 900
	[ "$(<"$SYSFS/worker/pending")" = 1 ]
	stop_target "$first"
	WANTED_PID=$first start_target anon 1M
	unpark_worker
	decision_about "$first"
	expect_words reason=dead
	answers "present 256" present
	rmmod proc_reclaim
}

# What a writer in a pid namespace of its own does: its own target by the number that
# it has there, the number of one outside, a sweep.
# shellcheck disable=SC2016 # the inner shell's
IN_NAMESPACE='
	coproc TARGET { exec target anon 1M; }
	read -r _ pid _ <&"${TARGET[0]}"
	exec 5<>"$1"
	echo "$pid anon" >&5 && cat <&5
	echo verify >&"${TARGET[1]}"
	read -r answer <&"${TARGET[0]}"
	echo "$pid $answer"
	echo "$2 anon" >&5
	echo "system anon" >&5 && cat <&5'

@test "pid: a writer in a pid namespace means the processes there, and reaches no other" {
	start_target anon 1M
	run -0 unshare --pid --fork --mount-proc bash -c "$IN_NAMESPACE" bash \
		"$DEBUGFS/request" "$TARGET_PID" 3>&-
	[ "${#lines[@]}" -eq 4 ]
	RESULT=${lines[0]}
	# A small number: outside of it a kernel thread's.
	expect pid -lt 10
	expect reclaimed -ge 256
	[ "${lines[1]}" = "$(field pid) ok 131072" ]
	[[ ${lines[2]} == *"No such process"* ]]
	RESULT=${lines[3]}
	expect targets -eq 1
	answers "present 256" present
}

# --- a writer that gets a signal ---

@test "signal: one that ends the writer ends the request, and what was done is told" {
	local signal killed errors ended

	for signal in INT TERM HUP; do
		start_target anon "$BIG"
		errors=$(counter errors)
		remember_totals
		echo "$TARGET_PID anon" >"$BATS_TEST_TMPDIR/text"
		# Not bash: it has handlers.
		env --default-signal cat "$BATS_TEST_TMPDIR/text" >"$SYSFS/reclaim" 3>&- &
		killed=$!
		started "$killed"
		wait_until 10 total_grows pages_isolated
		kill -"$signal" "$killed"
		wait "$killed" || ended=$?
		[ "$ended" -eq $((128 + $(kill -l "$signal"))) ]
		RESULT=$(<"$SYSFS/result")
		expect pid -eq "$TARGET_PID"
		expect stop = killed
		expect reclaimed -gt 0
		expect reclaimed -lt $((TARGET_LEN / PAGE_SIZE))
		counts_add_up
		[ "$(counter errors)" -eq $((errors + 1)) ]
		[ "$(ask verify)" = "ok $((TARGET_LEN / 8))" ]
		stop_target
	done
}

@test "signal: one with a handler waits for the end of the request" {
	local before

	start_target anon "$BIG"
	# shellcheck disable=SC2016 # the inner shell's
	bash -c 'trap "echo caught" USR1; echo "$1" >"$2" && echo written' bash \
		"$TARGET_PID anon" "$SYSFS/reclaim" >"$BATS_TEST_TMPDIR/said" 3>&- &
	started "$!"
	wait_until 10 total_grows pages_isolated
	kill -USR1 "$!"
	before=$(counter pages_isolated)
	wait "$!"
	[ "$(<"$BATS_TEST_TMPDIR/said")" = caught$'\n'written ]
	RESULT=$(<"$SYSFS/result")
	expect stop = "done"
	[ "$(counter pages_isolated)" -gt "$before" ]
	expect isolated -ge $((TARGET_LEN * 99 / 100 / 4096))
	[ "$(ask verify)" = "ok $((TARGET_LEN / 8))" ]
}

@test "signal: a writer that waits for another's request on the same open file can be killed" {
	local first second

	start_target anon 1M
	insmod /opt/proc-reclaim/modules/hold_mmap_lock.ko pid="$TARGET_PID"
	exec 5<>"$DEBUGFS/request"
	echo "$TARGET_PID anon" >&5 3>&- &
	first=$!
	started "$first"
	wait_until 10 waits_in_request "$first"
	echo "$TARGET_PID anon" >&5 3>&- &
	second=$!
	started "$second"
	wait_until 10 waits_in_request "$second"
	kill -KILL "$second"
	wait_until 2 gone "$second"
	run ! gone "$first"
	exec 5>&-
}

# --- nothing left to swap to ---

@test "swap: taken away in the middle the request stops, and nothing is lost" {
	start_target anon "$BIG"
	request_in_background "$TARGET_PID anon"
	wait_until 10 total_grows pages_isolated
	swapoff /dev/zram0
	background_result
	expect stop = noswap
	counts_add_up
	[ "$(swap_kb "$TARGET_PID")" -eq 0 ]
	[ "$(ask verify)" = "ok $((TARGET_LEN / 8))" ]
}

@test "swap: when zram is full under the worker nothing is lost" {
	local failed before

	on_one_cpu
	worker_setup
	no_throttles
	settings worker/enabled=1
	start_target anon 32M --random
	read -r _ before _ </sys/block/zram0/io_stat
	echo 4M >/sys/block/zram0/mem_limit
	queue_action "$TARGET_PID" 900
	echo 0 >/sys/block/zram0/mem_limit
	expect_words reason=run
	read -r _ failed _ </sys/block/zram0/io_stat
	[ "$failed" -gt "$before" ]
	[ "$(ask verify)" = "ok 4194304" ]
	rmmod proc_reclaim
}

@test "cgroup: where the target may not swap at all its file pages are taken, and no others" {
	make_cgroup limited
	echo 0 >"$CGROUP/memory.swap.max"
	start_target anon 16M --cgroup "$CGROUP"
	request "$TARGET_PID anon"
	expect stop = memcg
	expect isolated -eq 0
	answers "present 4096" present
	start_target file 16M --cgroup "$CGROUP"
	request "$TARGET_PID all"
	expect stop = memcg
	expect reclaimed -ge 4096
	expect swap_after_kb -eq 0
	answers "present 0" present
	[ "$(ask verify)" = "ok 2097152" ]
}

@test "cgroup: the target's swap limit is lowered in the middle: the request stops" {
	make_cgroup limited
	start_target anon "$BIG" --cgroup "$CGROUP"
	request_in_background "$TARGET_PID anon"
	wait_until 10 total_grows pages_isolated
	echo 0 >"$CGROUP/memory.swap.max"
	background_result
	expect stop = memcg
	counts_add_up
	expect reclaimed -lt $((TARGET_LEN / 4096))
	[ "$(ask verify)" = "ok $((TARGET_LEN / 8))" ]
}

@test "cgroup: the target's memory limit is lowered in the middle: both reclaim, nothing is lost" {
	make_cgroup limited
	start_target anon "$MIDDLE" --cgroup "$CGROUP"
	request_in_background "$TARGET_PID anon"
	wait_until 10 total_grows pages_isolated
	echo 8M >"$CGROUP/memory.max"
	background_result
	expect stop = "done"
	counts_add_up
	echo max >"$CGROUP/memory.max"
	[ "$(ask verify)" = "ok $((TARGET_LEN / 8))" ]
}

@test "cgroup: a target that the OOM killer takes in the middle ends the request" {
	make_cgroup limited
	start_target anon "$BIG" --cgroup "$CGROUP"
	request_in_background "$TARGET_PID anon"
	wait_until 10 total_grows pages_isolated
	echo 0 >"$CGROUP/memory.swap.max"
	echo 1M >"$CGROUP/memory.max" || :
	wait_until "$ANSWER_LIMIT" gone "$TARGET_PID"
	background_result
	[[ $(field stop) == exiting || $(field stop) == memcg ]]
	counts_add_up
	grep -q '^oom_kill 1$' "$CGROUP/memory.events"
}

@test "cgroup: the limits of the writer's own do not matter" {
	make_cgroup limited
	echo 8M >"$CGROUP/memory.max"
	echo 0 >"$CGROUP/memory.swap.max"
	start_target anon "$MIDDLE"
	# shellcheck disable=SC2016 # the inner shell's
	run -0 bash -c 'echo $$ >"$1/cgroup.procs" && exec request "$2"' bash "$CGROUP" \
		"$TARGET_PID anon"
	# shellcheck disable=SC2034 # for "expect"
	RESULT=$output
	expect stop = "done"
	expect reclaimed -ge $((TARGET_LEN * 99 / 100 / 4096))
	# What was swapped out is the target's.
	[ "$(<"$CGROUP/memory.swap.current")" = 0 ]
	grep -q '^oom_kill 0$' "$CGROUP/memory.events"
	[ "$(ask verify)" = "ok $((TARGET_LEN / 8))" ]
}

# --- no memory for what the module allocates; module.bats and worker.bats have more ---

# can_fail: what the kernel allocates for anybody may fail, if it can be made to.
can_fail() {
	can_inject || skip "allowed: this kernel cannot let allocations fail"
	inject_under 0 -1
	# Nothing is left of what was remembered before.
	rmmod proc_reclaim
	insmod_module
}

# nothing_is_lost: no process is tracked, and the module goes.
nothing_is_lost() {
	[[ $(<"/sys/kernel/slab/prc_process/objects") == "0"* ]]
	rmmod proc_reclaim
	[ ! -e /sys/kernel/slab/prc_process ]
}

@test "nomem: a load fails where no thread can be made" {
	local nth failed=

	can_fail
	nothing_is_lost
	for nth in 1 2 3 4 5 6; do
		echo "$nth" >/proc/2/fail-nth
		if ! insmod /run/proc_reclaim.ko; then
			failed=yes
			[ ! -e "$SYSFS" ]
			[ ! -e /sys/kernel/slab/prc_process ]
		else
			rmmod proc_reclaim
		fi
		echo 0 >/proc/2/fail-nth
	done
	[ -n "$failed" ]
	insmod_module
}

@test "nomem: what is read is whole, or fails with ENOMEM" {
	local file

	can_fail
	for file in "$DEBUGFS"/{bindings,processes,decisions} "$SYSFS"/{result,batch_pages}; do
		fail-nth read "$file" >&3
	done
	nothing_is_lost
}

@test "nomem: a request fails with ENOMEM, or is carried out; nothing is lost" {
	can_fail
	start_target anon 1M
	# So that each finds something to take.
	ask write-start
	fail-nth write "$DEBUGFS/request" "$TARGET_PID anon" >&3
	fail-nth write "$SYSFS/reclaim" "$TARGET_PID anon" >&3
	fail-nth write "$SYSFS/age" "$TARGET_PID" >&3
	fail-nth write "$SYSFS/restore" "$TARGET_PID" >&3
	ask write-stop
	[ "$(ask verify)" = "ok 131072" ]
	nothing_is_lost
}

@test "nomem: of many allocations in the middle of a request each tenth fails; nothing is lost" {
	can_fail
	start_target anon 16M
	inject_under_module
	inject_percent 10
	run reclaim "$TARGET_PID anon"
	inject_percent 0
	assert_success
	# Some cannot be had, and are not brought back; the target needs them soon enough.
	inject_percent 10
	run area restore "$TARGET_PID"
	inject_percent 0
	assert_success
	count_injected
	echo "# $INJECTED_SLABS slabs, $INJECTED_PAGES pages; $(<"$SYSFS/result")" >&3
	[ $((INJECTED_SLABS + INJECTED_PAGES)) -gt 0 ]
	[ "$(ask verify)" = "ok 2097152" ]
	nothing_is_lost
}
