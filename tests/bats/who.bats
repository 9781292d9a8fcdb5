#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Permissions: which user may do what, and what no user gets to see.

bats_require_minimum_version 1.8.0
load helper
load worker

# Root of a user namespace: another user's, and root's own, which still owns the files.
NOBODYS_ROOT=("${NOBODY[@]}" unshare --user --map-root-user)
ROOTS_ROOT=(unshare --user --map-root-user)

# with_cap CAP COMMAND...: not root, but with this one capability.
with_cap() {
	local cap=$1
	shift

	setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all,+"$cap" \
		--ambient-caps=-all,+"$cap" "$@"
}

# Root, but without the right to ptrace others.
NO_PTRACE=(setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace)

# all_denied PID COMMAND...: the user that the command becomes writes a request for the process to
# both files, which root has opened: EPERM, and nothing is taken.
all_denied() {
	local pid=$1 file before
	shift

	before=$(swap_kb "$pid") || return
	for file in "$SYSFS/reclaim" "$DEBUGFS/request"; do
		[ -e "$file" ] || continue
		run passed_to "$file" "$pid anon" "$@"
		[ "$status" -ne 0 ] || complain "$* was let write to $file" || return
		[[ $output == *"Operation not permitted"* ]] ||
			complain "$* and $file: $output" || return
	done
	[ "$(swap_kb "$pid")" -eq "$before" ]
}

# is_taken PID COMMAND...: such a request is carried out.
is_taken() {
	local pid=$1
	shift

	passed_to "$SYSFS/reclaim" "$pid anon" "$@" &&
		[ "$(swap_kb "$pid")" -ge 1024 ]
}

# --- opening ---

# Tries to open each file of the directories, for writing and, if all may not read it,
# for reading; prints what it could open, and how many files there are.
# shellcheck disable=SC2016 # the inner shell's
OPEN_ALL='
	n=0
	while read -r mode file; do
		n=$((n + 1))
		{ : >>"$file"; } 2>/dev/null && echo "writes $file"
		[ $((mode % 10)) -lt 4 ] || continue
		{ : <"$file"; } 2>/dev/null && echo "reads $file"
	done < <(cat "$1")
	echo "$n"'

@test "permission: only root opens what can be written, or what only root may read" {
	local list=$BATS_TEST_TMPDIR/list

	needs_debugfs
	find "$SYSFS" "$DEBUGFS" -type f -printf '%m %p\n' >"$list"
	chmod 644 "$list"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "${BATS_TEST_TMPDIR%/*}"
	# The files themselves are asked, not the way to them.
	chmod 755 /sys/kernel/debug
	run "${NOBODY[@]}" bash -c "$OPEN_ALL" bash "$list"
	assert_output "$(wc -l <"$list")"
	run "${NOBODYS_ROOT[@]}" bash -c "$OPEN_ALL" bash "$list"
	chmod 700 /sys/kernel/debug
	assert_output "$(wc -l <"$list")"
	[ "$output" -gt 60 ]
}

# --- requests through a file that root has opened ---

@test "permission: a request needs the right to ptrace the target, not just the open file" {
	start_target anon 1M
	all_denied "$TARGET_PID" "${NOBODY[@]}"
	all_denied "$TARGET_PID" "${NOBODYS_ROOT[@]}"
	all_denied "$TARGET_PID" "${ROOTS_ROOT[@]}"
	all_denied "$TARGET_PID" with_cap sys_admin
	answers "present $MB" present
	is_taken "$TARGET_PID" with_cap sys_ptrace
	answers "ok 131072" verify
	start_target anon 1M --uid 65534
	is_taken "$TARGET_PID" "${NOBODY[@]}"
	answers "ok 131072" verify
}

@test "permission: root without CAP_SYS_PTRACE reclaims neither other users nor those with more rights" {
	start_target anon 1M
	all_denied "$TARGET_PID" "${NO_PTRACE[@]}"
	answers "present $MB" present
	start_target anon 1M --uid 1000
	all_denied "$TARGET_PID" "${NO_PTRACE[@]}"
	answers "present $MB" present
}

@test "permission: a process that is not dumpable is root's" {
	start_target anon 1M --uid 65534 --undumpable
	all_denied "$TARGET_PID" "${NOBODY[@]}"
	is_taken "$TARGET_PID" env
	answers "ok 131072" verify
}

@test "permission: Yama forbids to attach, which a request does not" {
	local scope=/proc/sys/kernel/yama/ptrace_scope before

	before=$(<"$scope")
	start_target anon 1M --uid 65534
	echo 2 >"$scope"
	# shellcheck disable=SC2016 # the inner shell's
	run "${NOBODY[@]}" bash -c ': <"/proc/$1/mem"' bash "$TARGET_PID"
	[ "$status" -ne 0 ]
	is_taken "$TARGET_PID" "${NOBODY[@]}"
	echo "$before" >"$scope"
	answers "ok 131072" verify
}

@test "permission: a sweep skips what the writer may not ptrace" {
	local own

	start_target anon 1M --uid 65534
	own=$TARGET_PID
	start_target anon 1M
	echo 65535 >"$SYSFS/first_app_uid"
	run passed_to "$SYSFS/reclaim" "system anon" "${NOBODY[@]}"
	echo 1000 >"$SYSFS/first_app_uid"
	assert_success
	[ "$(swap_kb "$own")" -ge 1024 ]
	# shellcheck disable=SC2034 # for "expect"
	RESULT=$(<"$SYSFS/result")
	expect targets -eq 1
	answers "present $MB" present
}

# --- kernel addresses ---

# What looks like one, also in decimal.
ADDRESS='\b(0x)?ffff[0-9a-f]{12}\b|\b184467[0-9]{14}\b'

# shows_none FILE...: of these that can be read none shows an address, nor what is read
# from stdin.
shows_none() {
	local found

	found=$(grep -nIEr "$ADDRESS" "$@" 2>/dev/null) || return 0
	complain "kernel addresses: $found"
}

# Something of everything: complaints of the module, a request, decisions of the worker,
# and the events of all that.
leave_traces() {
	rmmod proc_reclaim
	! insmod /opt/proc-reclaim/wrong-prototype/proc_reclaim.ko 2>/dev/null || return
	insmod_module || return
	: >"$TRACEFS/trace"
	echo 1 >"$TRACEFS/events/proc_reclaim/enable"
	no_throttles && settings worker/enabled=1 && start_target anon 1M || return
	queue_action "$TARGET_PID" 900 && request "$TARGET_PID anon" || return
	echo 0 >"$TRACEFS/events/proc_reclaim/enable"
}

@test "permission: nothing that can be read shows a kernel address" {
	local restrict=/proc/sys/kernel/kptr_restrict before

	needs_debugfs
	on_one_cpu
	before=$(<"$restrict")
	# Nothing is hidden by the kernel itself.
	echo 0 >"$restrict"
	leave_traces
	# One would be seen.
	run ! shows_none /sys/module/proc_reclaim/sections/.text
	# To root the module itself shows none ...
	shows_none "$SYSFS" "$DEBUGFS"/{bindings,processes,decisions}
	shows_none - < <(dmesg | grep proc_reclaim)
	shows_none "$TRACEFS/events/proc_reclaim"
	[ "$(grep -c proc_reclaim_ "$TRACEFS/trace")" -ge 8 ]
	shows_none "$TRACEFS/trace"
	# ... and the kernel shows none of the module's to other users.
	export ADDRESS
	export -f shows_none complain
	"${NOBODY[@]}" bash -c 'shows_none /sys/module/proc_reclaim "$@"' bash "$SYSFS"
	echo "$before" >"$restrict"
	rmmod proc_reclaim
}
