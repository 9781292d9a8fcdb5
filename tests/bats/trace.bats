#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The tracepoints, as trace-cmd records them, against the result.

bats_require_minimum_version 1.8.0
load helper

# sum EVENT FIELD: over all of its events, or the largest with "max" before it.
events_of() {
	local how=sum

	[ "$1" != max ] || { how=max; shift; }
	awk -v event="$1:" -v field="$2=" -v how="$how" '
		index($0, event) {
			for (i = 1; i <= NF; i++)
				if (index($i, field) == 1) {
					value = substr($i, length(field) + 1) + 0
					sum += value
					if (value > max) max = value
				}
		}
		END { printf "%d\n", how == "max" ? max : sum }' "$EVENTS"
}

@test "trace: the events of one request add up to its result" {
	local when
	EVENTS=$BATS_TEST_TMPDIR/events

	start_target anon 32M
	# shellcheck disable=SC2034 # for "field"
	RESULT=$(trace-cmd record -q -e proc_reclaim -o "$BATS_TEST_TMPDIR/trace.dat" \
		request "$TARGET_PID anon" 2>"$BATS_TEST_TMPDIR/log" 3>&-)
	trace-cmd report -N -i "$BATS_TEST_TMPDIR/trace.dat" >"$EVENTS"
	[ "$(grep -c 'proc_reclaim_request:' "$EVENTS")" -eq 1 ]
	[ "$(grep -c 'proc_reclaim_done:' "$EVENTS")" -eq 1 ]
	[ "$(events_of proc_reclaim_walk scanned_pages)" -eq "$(field scanned)" ]
	[ "$(events_of proc_reclaim_walk isolated_pages)" -eq "$(field isolated)" ]
	[ "$(events_of proc_reclaim_walk skipped_pages)" -eq $(($(field scanned) - $(field isolated))) ]
	[ "$(events_of proc_reclaim_shrink isolated_pages)" -eq "$(field isolated)" ]
	[ "$(events_of proc_reclaim_shrink reclaimed_pages)" -eq "$(field reclaimed)" ]
	[ $(($(events_of max proc_reclaim_walk lock_held_ns) / 1000)) -eq "$(field lock_max_us)" ]
	[ "$(events_of proc_reclaim_done rss_before_pages)" -eq $(($(field rss_before_kb) * 1024 / PAGE_SIZE)) ]
	[ "$(events_of proc_reclaim_done rss_after_pages)" -eq $(($(field rss_after_kb) * 1024 / PAGE_SIZE)) ]
	for when in before after; do
		[ $(($(events_of proc_reclaim_done "file_${when}_pages") +
			$(events_of proc_reclaim_done "anon_${when}_pages"))) -eq \
			"$(events_of proc_reclaim_done "rss_${when}_pages")" ]
	done
	[ "$(events_of proc_reclaim_done anon_before_pages)" -ge $((32 * MB / PAGE_SIZE)) ]
	[ "$(events_of proc_reclaim_done swap_free_pages)" -gt 0 ]
	[ "$(events_of proc_reclaim_done swap_after_pages)" -eq $(($(field swap_after_kb) * 1024 / PAGE_SIZE)) ]
	grep -q "proc_reclaim_request:.*pid=$TARGET_PID type=anon" "$EVENTS"
	grep -q "proc_reclaim_done:.*pid=$TARGET_PID comm=target type=anon action=request stop=done adj=0" "$EVENTS"
	# One walk begins where the one before it ended.
	run awk '/proc_reclaim_walk:/ {
		for (i = 1; i <= NF; i++) {
			if ($i ~ /^start=/) start = substr($i, 7)
			if ($i ~ /^end=/) end = substr($i, 5)
		}
		if (last != "" && start != last) print "gap at " start
		last = end }' "$EVENTS"
	assert_output ""
}

@test "trace: a request says its limits" {
	EVENTS=$BATS_TEST_TMPDIR/events
	start_target anon 1M
	trace-cmd record -q -e proc_reclaim -o "$BATS_TEST_TMPDIR/trace.dat" \
		request "$TARGET_PID $TARGET_ADDR 64K max=1M ms=5000 inactive" \
		>/dev/null 2>"$BATS_TEST_TMPDIR/log" 3>&-
	trace-cmd report -N -i "$BATS_TEST_TMPDIR/trace.dat" >"$EVENTS"
	printf -v start '%#x' "$TARGET_ADDR"
	printf -v end '%#x' $((TARGET_ADDR + 65536))
	grep -q "type=range start=$start end=$end max_pages=$MB limit_ms=5000 inactive=1 system=0" "$EVENTS"
}

# traced TEXT: write it as a request, which may fail, and record that as EVENTS.
traced() {
	EVENTS=$BATS_TEST_TMPDIR/events
	# shellcheck disable=SC2016 # for the other shell
	trace-cmd record -q -e proc_reclaim -o "$BATS_TEST_TMPDIR/trace.dat" \
		bash -c 'request "$1" || :' bash "$1" >/dev/null 2>"$BATS_TEST_TMPDIR/log" 3>&-
	trace-cmd report -N -i "$BATS_TEST_TMPDIR/trace.dat" >"$EVENTS"
	[ "$(grep -c 'proc_reclaim_request:' "$EVENTS")" -eq 1 ]
	[ "$(grep -c 'proc_reclaim_end:' "$EVENTS")" -eq 1 ]
}

@test "trace: a request that fails has an end, with its error" {
	traced "4194304 anon"
	grep -q "proc_reclaim_end:.* pid=4194304 type=anon action=request error=-3 " "$EVENTS"
	run ! grep -q 'proc_reclaim_done:' "$EVENTS"
}

@test "trace: a sweep has an end, with the number of processes" {
	start_target anon 1M
	traced "system file max=4M"
	grep -qE "proc_reclaim_end:.* pid=0 type=file action=request error=0 stop=[a-z]+ targets=$(grep -c 'proc_reclaim_done:' "$EVENTS") .*system=1" "$EVENTS"
}
