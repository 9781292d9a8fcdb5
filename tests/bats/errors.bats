#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Requests that are refused: the right error, and nothing changed. Those of writers who
# may not are in who.bats.

bats_require_minimum_version 1.8.0
load helper

# Where a process's addresses end (on arm64 at the latest, on its largest processors).
USER_END=0x7ffffffff000
[[ $(uname -m) != aarch64 ]] || USER_END=0x10000000000000

# all_refused ERRNO TEXT...: each text written to sysfs and to debugfs fails with
# that error; and after them all no page of the target, no total but "errors", no
# result and no setting has changed.
all_refused() {
	local files=("$SYSFS/reclaim")

	[ ! -e "$DEBUGFS" ] || files+=("$DEBUGFS/request")
	all_refused_by_files "$@"
}

# Bad texts for the files "age" and "restore", which take "PID [START LEN]".
areas_refused() {
	local files=("$SYSFS/age" "$SYSFS/restore")

	all_refused_by_files "$@"
}

all_refused_by_files() {
	local errno=$1 before errors text file said=$BATS_TEST_TMPDIR/said
	shift

	before=$(unchanging)
	errors=$(<"$SYSFS/stats/errors")
	for text; do
		for file in "${files[@]}"; do
			if write_raw "$file" "$text" 2>"$said"; then
				complain "'$text' was taken by $file" || return
			fi
			[[ $(<"$said") == *"$errno"* ]] ||
				complain "'$text' to $file: $(<"$said")" || return
		done
	done
	[ "$(unchanging)" = "$before" ]
	[ "$(<"$SYSFS/stats/errors")" -eq $((errors + ${#files[@]} * $#)) ]
}

# What a refused write must leave as it is.
unchanging() {
	cat "$SYSFS/result" "$SYSFS"/stats/{requests,pages_*,skipped_*}
	cat "$SYSFS/batch_pages" "$SYSFS/first_app_uid"
	ask present
}

@test "errors: text that is no request is EINVAL" {
	start_target anon 1M
	all_refused "Invalid argument" "" " " nonsense "$TARGET_PID" "$TARGET_PID " "anon" \
		"$TARGET_PID some" "$TARGET_PID anon extra" "$TARGET_PID ANON" \
		"$TARGET_PID anon anon" "-$TARGET_PID anon" "+$TARGET_PID anon" \
		"0x1 anon" "0 anon" "99999999999 anon" "$TARGET_PID,anon" \
		"system" "system 0 4096" "system some" "systemanon" \
		"$TARGET_PID anon max" "$TARGET_PID anon max=" "$TARGET_PID anon max=0" \
		"$TARGET_PID anon max=1" "$TARGET_PID anon max=1M max=1M" \
		"$TARGET_PID anon ms=" "$TARGET_PID anon ms=0" "$TARGET_PID anon ms=1s" \
		"$TARGET_PID anon inactive inactive" "$TARGET_PID anon cold=1" \
		$'1\n2 anon' "$TARGET_PID anon"$'\n\n'
}

@test "errors: ranges that cannot be are EINVAL" {
	local ranges

	start_target anon 1M
	ranges=("1 4096" "$((TARGET_ADDR + 1)) 4096" "$TARGET_ADDR" "$TARGET_ADDR 0"
		"$TARGET_ADDR -1" "$TARGET_ADDR 0x" "$TARGET_ADDR 4096x"
		"0xfffffffffffff000 4096" "0xffffffffffffffff000 4096"
		"$TARGET_ADDR 0xffffffffffffffff" "$USER_END 4096"
		"$TARGET_ADDR 16E" "4096 $((USER_END - 1))")
	all_refused "Invalid argument" "${ranges[@]/#/$TARGET_PID }"
}

@test "errors: text that says nothing to age or restore is EINVAL" {
	start_target anon 1M
	areas_refused "Invalid argument" "" all system "1 all" "$TARGET_PID all" \
		"$TARGET_PID cold" "$TARGET_PID 0" "$TARGET_PID 1 4096" "$TARGET_PID 0 0" \
		"$TARGET_PID 0 16E" "$TARGET_PID $USER_END 4096" \
		"$TARGET_PID 0 4096 4096" 0 -1
}

@test "errors: more than 255 bytes are EINVAL, and no part of them is carried out" {
	local blanks

	start_target anon 1M
	printf -v blanks '%5000s' ''
	all_refused "Invalid argument" "$TARGET_PID anon${blanks:0:250}" \
		"$TARGET_PID anon$blanks" "$TARGET_PID anon${blanks:0:4080}max=4096"
}

@test "errors: no such process is ESRCH, a thread's id too" {
	local tid texts=("4194303 anon")

	start_target threads 1M
	for tid in /proc/"$TARGET_PID"/task/*; do
		tid=${tid##*/}
		[ "$tid" -eq "$TARGET_PID" ] || texts+=("$tid anon")
	done
	[ "${#texts[@]}" -gt 1 ]
	all_refused "No such process" "${texts[@]}"
	areas_refused "No such process" "${texts[@]% anon}"
}

@test "errors: a zombie is ESRCH" {
	local zombie

	start_target anon 1M
	zombie=$(ask zombie)
	all_refused "No such process" "${zombie#* } anon"
}

@test "errors: a kernel thread is EPERM" {
	start_target anon 1M
	all_refused "Operation not permitted" "2 all"
	areas_refused "Operation not permitted" 2
}

@test "errors: a setting out of its range is EINVAL and stays" {
	local value

	# What is no number of the kernel's, and what is out of range.
	for value in 0 31 $((16 * MB + 1)) -1 x "" 1.5 99999999999 "64 64"; do
		run write_raw "$SYSFS/batch_pages" "$value"
		[ "$status" -ne 0 ]
		[ "$(<"$SYSFS/batch_pages")" -eq $((2 * MB)) ]
	done
	for value in 0 9 -1 x "" 1.5 "2 2"; do
		run write_raw "$SYSFS/threads" "$value"
		[ "$status" -ne 0 ]
		[ "$(<"$SYSFS/threads")" -eq 1 ]
	done
	for value in -1 x 4294967296 "1 2"; do
		run write_raw "$SYSFS/first_app_uid" "$value"
		[ "$status" -ne 0 ]
		[ "$(<"$SYSFS/first_app_uid")" -eq 1000 ]
	done
}

@test "settings: batch_pages bounds what is isolated at once, and loses nothing" {
	local pages

	for pages in 32 $((16 * MB)); do
		echo "$pages" >"$SYSFS/batch_pages"
		start_target anon 32M
		request "$TARGET_PID anon"
		expect reclaimed -ge $((32 * MB))
		[ "$(ask verify)" = "ok 4194304" ]
		stop_target
	done
	echo $((2 * MB)) >"$SYSFS/batch_pages"
}

@test "errors: a walk that ends as no kernel's does is EIO and said in the log, and nothing is lost" {
	local text

	on_one_cpu
	start_target anon 4M
	insmod /opt/proc-reclaim/modules/walk_error.ko pid="$TARGET_PID"
	for text in "reclaim $TARGET_PID anon" "age $TARGET_PID" "restore $TARGET_PID"; do
		run write_raw "$SYSFS/${text%% *}" "${text#* }"
		assert_failure
		assert_output --partial "Input/output error"
	done
	rmmod walk_error
	tail_dmesg | grep "proc_reclaim: the page table walk of this kernel returned -22"
	answers "ok 524288" verify
	request "$TARGET_PID anon"
	expect stop = "done"
	answers "present 0" present
}
