#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# reclaimctl trace: what is recorded, or happens, is shown, filtered, and made a page.

bats_require_minimum_version 1.8.0
load helper
load worker

setup_file() {
	worker_setup_file
}

teardown_file() {
	worker_teardown_file
}

setup() {
	worker_setup
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	worker_teardown
	only_swap /dev/zram0
}

# record [OPTION...] -- COMMAND...: the command becomes that of the recording.
record() {
	reclaimctl trace record "$@" >record.log 2>&1 3>&- || complain "$(<record.log)"
}

# events_of KIND [JQ]: of trace.dat, those of a kind, or what jq makes of each.
events_of() {
	reclaimctl trace report --json -e "$1" | jq -c "${2:-.}"
}

# no_buffers: no tracing of ours is left.
no_buffers() {
	local left

	left=$(echo "$TRACEFS"/instances/reclaimctl-*)
	[[ $left == *'*' ]] || complain "left: $left"
}

# live_filter_is TEXT: of the last event that is switched on.
live_filter_is() {
	[ "$(cat "$TRACEFS"/instances/reclaimctl-*/events/proc_reclaim/proc_reclaim_kill/filter)" = "$1" ]
}

# The page's part that holds the events.
page_events() {
	sed -n 's/.*<script type="application\/json" id="events">\(.*\)<\/script>$/\1/p' "$1"
}

@test "reclaimctl trace: record and report agree with the result" {
	local json

	start_target anon 4M
	record -- request "$TARGET_PID anon"
	# shellcheck disable=SC2034 # for "field"
	RESULT=$(grep "^pid=$TARGET_PID " record.log)
	[ "$(events_of walk .isolated_pages | jq -s add)" -eq "$(field isolated)" ]
	[ "$(events_of shrink .reclaimed_pages | jq -s add)" -eq "$(field reclaimed)" ]
	json=$(events_of "done")
	[ "$(jq -r .comm <<<"$json")" = target ]
	[ "$(jq -r .action <<<"$json")" = anon ]
	[ "$(jq -r .cause <<<"$json")" = request ]
	[ "$(jq .rss_after_pages <<<"$json")" -eq $(($(field rss_after_kb) / 4)) ]
	run reclaimctl trace report
	assert_success
	assert_line --regexp "^ *[0-9]+\.[0-9]{6}  done      pid $TARGET_PID target: anon by request, RSS .* MiB -> "
}

@test "reclaimctl trace: events can be chosen by pid and by name, when recording and later" {
	local other

	start_target anon 1M
	other=$TARGET_PID
	start_target anon 1M
	record -- bash -c "request '$other anon'; request '$TARGET_PID file'"
	run reclaimctl trace report --pid "$other" --event "done" --event request
	assert_success
	assert_equal "${#lines[@]}" 2
	assert_line --index 0 --partial "request   pid $other: anon"
	assert_line --index 1 --partial "done      pid $other target: anon"
	run reclaimctl trace report --event kill
	assert_failure 1
	assert_output --partial "no event of proc_reclaim that was asked for"
	record --pid "$TARGET_PID" --event "done" -- bash -c "request '$other anon'; request '$TARGET_PID file'"
	run reclaimctl trace report
	assert_success
	assert_equal "${#lines[@]}" 1
	assert_output --partial "done      pid $TARGET_PID target: file"
}

@test "reclaimctl trace: live shows events as they happen, and leaves nothing" {
	local live

	start_target anon 1M
	reclaimctl trace live --event "done" --event worker >live.out 2>live.err 3>&- &
	live=$!
	started "$live"
	wait_until 30 [ -d "$TRACEFS/instances/reclaimctl-$live" ]
	wait_until 30 grep -q 1 "$TRACEFS/instances/reclaimctl-$live/events/proc_reclaim/proc_reclaim_done/enable"
	pause 1
	reclaim "$TARGET_PID anon"
	wait_until 30 grep -q "done  .* pid $TARGET_PID target: anon by request, RSS .*iB -> " live.out
	run ! grep -v -e "  done  " -e "  worker  " live.out
	kill -INT "$live"
	wait "$live"
	no_buffers
	[ ! -s live.err ]
}

@test "reclaimctl trace: live is filtered by pid in the kernel, and ends with its reader" {
	local other live status=0

	start_target anon 1M
	other=$TARGET_PID
	start_target anon 1M
	reclaimctl trace live --json --pid "$TARGET_PID" 2>live.err 3>&- | head -n 1 >live.out 3>&- &
	live=$!
	started "$live"
	wait_until 30 live_filter_is "pid == $TARGET_PID"
	pause 1
	reclaim "$other anon"
	reclaim "$TARGET_PID anon"
	wait_until 30 [ -s live.out ]
	[ "$(jq -r .event live.out)" = request ]
	[ "$(jq .pid live.out)" -eq "$TARGET_PID" ]
	reclaim "$TARGET_PID file"
	wait_until 30 no_buffers
	[ ! -s live.err ]
	# A disk that is full is no reader that has seen enough.
	reclaimctl trace live --pid "$TARGET_PID" >/dev/full 2>live.err 3>&- &
	live=$!
	started "$live"
	wait_until 30 live_filter_is "pid == $TARGET_PID"
	reclaim "$TARGET_PID file"
	wait_until 30 gone "$live"
	wait "$live" || status=$?
	[ "$status" -eq 5 ]
	grep -q "not all of the output could be written" live.err
	no_buffers
}

@test "reclaimctl trace: where events are lost, it says so" {
	local live

	settings batch_pages=32
	start_target anon 24M
	# Who empties the buffer, of two pages, is stopped meanwhile.
	# shellcheck disable=SC2016 # the inner shell's
	trace-cmd record -q -b 4 -e proc_reclaim -o trace.dat bash -c '
		recorders=$(pgrep -P "$PPID" | grep -vx "$$")
		kill -STOP $recorders
		request "$1"
		kill -CONT $recorders' bash "$TARGET_PID anon" >record.log 2>&1 3>&-
	reclaimctl trace html
	page_events trace.html | jq -e 'any(.events[]; .event == "lost" and .cpu >= 0)'
	reclaimctl trace live >live.out 2>live.err 3>&- &
	live=$!
	started "$live"
	wait_until 30 grep -q 1 "$TRACEFS/instances/reclaimctl-$live/events/proc_reclaim/proc_reclaim_kill/enable"
	echo 4 >"$TRACEFS/instances/reclaimctl-$live/buffer_size_kb"
	kill -STOP "$live"
	echo "$TARGET_PID" >"$SYSFS/restore"
	reclaim "$TARGET_PID anon"
	kill -CONT "$live"
	wait_until 30 grep -qE "  lost      ([0-9]+ events of processor [0-9]|events of processor [0-9], nobody)" live.out
	kill -INT "$live"
	wait "$live"
}

@test "reclaimctl trace: html is one page that asks nobody for anything" {
	start_target anon 4M
	record -- request "$TARGET_PID anon"
	reclaimctl trace html -o page.html
	page_events page.html >events.json
	[ "$(jq '.events | length' events.json)" -eq "$(reclaimctl trace report | wc -l)" ]
	[ "$(jq .page_size events.json)" -eq "$(getconf PAGESIZE)" ]
	run ! grep -E '(src|href)=|url\(|@import|fetch\(|XMLHttpRequest' page.html
	grep -q "default-src 'none'" page.html
	jq -e 'all(.events[]; has("start") or has("end") | not)' events.json
	run reclaimctl trace html -o /nowhere/page.html
	assert_failure 5
	assert_output --partial "/nowhere/page.html: No such file or directory"
	run reclaimctl trace html -o page2.html -e kill
	assert_failure 1
	[ ! -e page2.html ]
}

# A recording with each kind of event, of targets whose name is bad for HTML, JSON and
# terminals. tests/page/trace.dat is one.
@test "reclaimctl trace: every kind of event is recorded, told and drawn; no name gets out" {
	local name="<!--<script>\"\\" kind plain odd kill recorder

	cp "$(command -v target)" "./$name"
	# The symbols are not needed, and a megabyte.
	mount --bind /dev/null /proc/kallsyms
	reclaimctl trace record >record.log 2>&1 3>&- &
	recorder=$!
	started "$recorder"
	wait_until 60 grep -q 1 "$TRACEFS/events/proc_reclaim/proc_reclaim_kill/enable"
	pause $((3 * SLOW))
	start_target anon 24M
	plain=$TARGET_PID
	settings worker/enabled=1 throttle/full_anon_rss_kb=16384
	set_adj "$plain" 900 && settle
	set_adj "$plain" 0 900 && settle
	ask touch 0 12M
	pause 1
	settings throttle/full_full_ms=0 throttle/full_delta_rss_kb=0
	set_adj "$plain" 0 900 && settle
	# A file of that name makes a process of that name.
	# shellcheck disable=SC2317 # called by start_target
	target() {
		exec "$BATS_TEST_TMPDIR/$name" "$@"
	}
	start_target anon 20M
	unset -f target
	odd=$TARGET_PID
	set_adj "$odd" 700 && settle
	reclaim "$odd anon"
	pause 1
	echo "$odd" >"$SYSFS/restore"
	start_target anon 8M
	set_adj "$TARGET_PID" 900 && settle
	settings throttle/full_anon_rss_kb=0
	start_target mlock 16M
	kill=$TARGET_PID
	set_adj "$kill" 900 && settle
	set_adj "$kill" 0 900 && settle
	set_adj "$kill" 0 950 && settle
	swapoff -a
	settings trigger/adj=0 action/full=anon
	settings lowmem/minfree=100000000 lowmem/adj=950 lowmem/kill=1 lowmem/enabled=1
	for _ in 1 2 3 4 5 6 7 8; do
		[ "$(<"$SYSFS/lowmem/kills")" -eq 0 ] || break
		echo 2 >/proc/sys/vm/drop_caches
		pause 0.3
		settle
	done
	settings lowmem/enabled=0
	reclaim "$odd all max=4M ms=1000 inactive cold"
	reclaim "system file" || :
	kill -INT "$(pgrep -P "$recorder")"
	wait "$recorder"
	umount /proc/kallsyms

	for kind in request walk shrink restore "done" trigger throttle defer worker kill; do
		[ -n "$(events_of "$kind")" ] || complain "no $kind" || return
	done
	[ "$(events_of kill .pid)" = "$kill" ]
	reclaimctl trace html
	[ "$(grep -o '<script' trace.html | wc -l)" -eq 2 ]
	page_events trace.html | jq -r '.events[].comm // empty' | sort -u | grep -xF "$name"
	# To keep one: KEEP_TRACE=1 in the guest's environment.
	[ -z "${KEEP_TRACE:-}" ] || base64 trace.dat | sed 's/^/# DATA /' >&3
}

@test "reclaimctl trace: what cannot be is refused" {
	local help event manual reason

	manual=$(</usr/local/share/man/man7/proc_reclaim.7)
	cd "$BATS_TEST_TMPDIR"
	run reclaimctl trace report
	assert_failure 5
	assert_output --partial "trace.dat: No such file or directory"
	run reclaimctl trace report --input /proc/self/status
	assert_failure 5
	assert_output --partial "not a file of trace-cmd"
	run reclaimctl trace report --json --input /proc/self/status
	assert_equal "$(jq .exit_code <<<"$output")" 5
	run reclaimctl trace report --event nonsense
	assert_failure 2
	run reclaimctl trace report --pid x
	assert_failure 2
	run reclaimctl trace live --pid 1 --event worker
	assert_failure 2
	run "${NOBODY[@]}" reclaimctl trace live
	assert_failure 4
	run "${NOBODY[@]}" reclaimctl trace record
	assert_failure 4
	# --help knows each event of the module.
	help=$(reclaimctl trace report --help)
	for event in "$TRACEFS/events/proc_reclaim"/*/; do
		event=${event%/}
		[[ $help =~ [\ ]${event##*_}[\ .] ]] || complain "--help has no ${event##*_}"
	done
	# And the manual page knows each reason.
	for reason in "$SYSFS"/decided/*; do
		reason=${reason##*/}
		[[ $reason == run || $manual == *$'\n.It Li '"$reason"$'\n'* ]] ||
			complain "proc_reclaim(7) has no $reason"
	done
	rmmod proc_reclaim
	run reclaimctl trace live
	assert_failure 3
	run reclaimctl trace record
	assert_failure 3
}
