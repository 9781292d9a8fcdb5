#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The plugin of libtraceevent, where it is installed, and the recipes beside it.

bats_require_minimum_version 1.8.0
load helper
load worker

RECIPES=/usr/local/share/doc/proc-reclaim/examples/trace

setup_file() {
	worker_setup_file
}

teardown_file() {
	worker_teardown_file
}

# recipe NAME COMMAND...: what it shows of what the command does becomes OUTPUT.
recipe() {
	local name=$1 pid

	shift
	"$RECIPES/$name" $((8 * SLOW)) >"$BATS_TEST_TMPDIR/recipe" 3>&- &
	pid=$!
	started "$pid"
	# It sleeps as soon as it records.
	wait_until 60 pgrep -fx "sleep $((8 * SLOW))" >/dev/null || return
	"$@" || return
	wait "$pid" || complain "$name failed" || return
	OUTPUT=$(<"$BATS_TEST_TMPDIR/recipe")
}

# says TEXT: it is a part of OUTPUT.
says() {
	[[ $OUTPUT == *"$1"* ]] || complain "no '$1' in: $OUTPUT"
}

@test "plugin: plain trace-cmd report shows words, and fields with -N" {
	local dat=$BATS_TEST_TMPDIR/trace.dat

	start_target anon 4M
	trace-cmd record -q -e proc_reclaim -o "$dat" request "$TARGET_PID anon" \
		>/dev/null 2>"$BATS_TEST_TMPDIR/log" 3>&-
	run trace-cmd report -i "$dat"
	assert_success
	assert_line --regexp "proc_reclaim_request: +pid $TARGET_PID: anon$"
	assert_line --regexp "proc_reclaim_walk: +pid $TARGET_PID: looked at [0-9]+ pages, took .*, mmap lock held [0-9.]+ (us|ms), 0x"
	assert_line --regexp "proc_reclaim_shrink: +pid $TARGET_PID: freed .* in [0-9.]+ (us|ms)$"
	assert_line --regexp "proc_reclaim_done: +pid $TARGET_PID target: anon by request, RSS .* -> .*, swap .* -> .*, in [0-9.]+ (ms|s)$"
	refute_output --partial "isolated_pages="
	run trace-cmd report -N -i "$dat"
	assert_output --partial "isolated_pages="
	refute_output --partial "looked at"
}

@test "plugin: every event of the module has its words" {
	local event

	for event in "$TRACEFS/events/proc_reclaim"/*/; do
		grep -q "\"${event:${#TRACEFS}+21:-1}\"" /usr/src/proc-reclaim-*/trace/plugin_proc_reclaim.c ||
			complain "$event has none"
	done
}

@test "recipes: lock-holds counts in the kernel, and leaves nothing" {
	start_target anon 4M
	recipe lock-holds reclaim "$TARGET_PID anon"
	says "lock_held_ns: ~ 2^"
	run ! ls -d "$TRACEFS"/instances/recipe-*
}

@test "recipes: one that counts says why it cannot, and leaves nothing" {
	rmmod proc_reclaim
	run "$RECIPES/lock-holds" 1
	assert_failure 1
	assert_output --partial "lock-holds: the module is not loaded, or this kernel cannot count"
	run ! ls -d "$TRACEFS"/instances/recipe-*
}

@test "recipes: who-gave counts what was freed of each process" {
	start_target anon 4M
	recipe who-gave reclaim "$TARGET_PID anon"
	# In the order of the fields.
	[[ $OUTPUT =~ pid:\ +$TARGET_PID.*reclaimed_pages:\ +([0-9]+) ]] || complain "$OUTPUT"
	[ "${BASH_REMATCH[1]}" -ge 1000 ]
}

@test "recipes: why-not shows what the worker did not do" {
	worker_setup
	settings worker/enabled=1
	start_target anon 1M
	recipe why-not set_adj "$TARGET_PID" 900
	says "1 pid $TARGET_PID: no full: small"
}

@test "recipes: shortage shows what the worker decided" {
	worker_setup
	settings worker/enabled=1
	start_target anon 1M
	recipe shortage set_adj "$TARGET_PID" 900
	says "pid $TARGET_PID: no full, because: small"
	says "wakes up"
}
