#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Several threads at one request: the same result, and nothing left behind.

bats_require_minimum_version 1.8.0
load helper

teardown() {
	[ ! -d "$SYSFS" ] || echo 1 >"$SYSFS/threads"
	helper_teardown
	[ ! -d "$TRACEFS/instances/threads" ] || rmdir "$TRACEFS/instances/threads"
}

# sum FILE FIELD: over all of the events in it.
sum() {
	awk -v field="$2=" '
		{
			for (i = 1; i <= NF; i++)
				if (index($i, field) == 1)
					sum += substr($i, length(field) + 1)
		}
		END { print sum + 0 }' "$1"
}

@test "threads: helpers shrink what the writer isolates, and all of it counts" {
	local instance=$TRACEFS/instances/threads events=$BATS_TEST_TMPDIR/events

	on_one_cpu
	start_target anon "$MIDDLE"
	mkdir "$instance"
	echo 1 >"$instance/events/proc_reclaim/proc_reclaim_shrink/enable"
	echo 4 >"$SYSFS/threads"
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
	cp "$instance/trace" "$events"
	expect stop = "done"
	expect reclaimed -ge $((TARGET_LEN * 99 / 100 / PAGE_SIZE))
	expect isolated -eq "$(sum "$events" isolated_pages)"
	expect reclaimed -eq "$(sum "$events" reclaimed_pages)"
	counts_add_up
	totals_add_up
	# By others alone: the writer only isolates.
	run ! grep -e "-$BASHPID *\[" "$events"
	[ "$(ask present)" = "present 0" ]
	[ "$(ask verify)" = "ok $((TARGET_LEN / 8))" ]
}

@test "threads: with 1 there is no helper, nor with max=" {
	local instance=$TRACEFS/instances/threads

	on_one_cpu
	start_target anon 32M
	mkdir "$instance"
	echo 1 >"$instance/events/proc_reclaim/proc_reclaim_shrink/enable"
	request "$TARGET_PID $TARGET_ADDR 16M"
	echo 4 >"$SYSFS/threads"
	request "$TARGET_PID anon max=8M"
	expect reclaimed -eq $((8 * MB))
	grep -q proc_reclaim_shrink: "$instance/trace"
	run ! grep kworker "$instance/trace"
}

@test "threads: many requests at once share the helpers" {
	local pid pids=() writers=()

	echo 8 >"$SYSFS/threads"
	for _ in 1 2 3 4; do
		start_target anon 32M
		pids+=("$TARGET_PID")
	done
	for pid in "${pids[@]}"; do
		reclaim "$pid anon" 3>&- &
		writers+=("$!")
	done
	wait "${writers[@]}"
	totals_add_up
	for pid in "${pids[@]}"; do
		use_target "$pid"
		[ "$(ask present)" = "present 0" ]
		[ "$(ask verify)" = "ok $((32 << 17))" ]
	done
}

@test "threads: a writer or a target that is killed meanwhile leaves nothing isolated" {
	needs /proc/sys/vm/compact_memory "memory compaction, which lost-pages uses"
	echo 8 >"$SYSFS/threads"
	echo 32 >"$SYSFS/batch_pages"
	start_target anon "$BIG"
	request_in_background "$TARGET_PID anon" "$SYSFS/reclaim"
	wait_until 60 total_grows pages_isolated
	kill -KILL "${STARTED[-1]}"
	wait_until 20 gone "${STARTED[-1]}"
	[ "$(ask verify)" = "ok $((TARGET_LEN / 8))" ]
	request_in_background "$TARGET_PID anon" "$SYSFS/reclaim"
	wait_until 60 total_grows pages_isolated
	stop_target
	run background_status
	echo $((2 * MB)) >"$SYSFS/batch_pages"
	# Every page of a process is on an LRU list.
	run -0 lost-pages
	assert_output --partial "lost 0 of"
	# A helper that still worked for a request would keep the module.
	rmmod proc_reclaim
}
