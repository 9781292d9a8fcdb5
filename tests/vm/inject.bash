# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Allocations that fail on purpose, where the kernel is able to (the debug kernel is);
# for the scripts that run in a guest. Only those with certain functions on their stack
# do, in any task, so that what fails is what was meant.

injectors=(/sys/kernel/debug/failslab /sys/kernel/debug/fail_page_alloc)
# Not meant, but /proc/PID/fail-nth counts it too.
usercopy=/sys/kernel/debug/fail_usercopy
# More than will ever fail: the kernel counts them down.
most_injected=1000000

can_inject() {
	[ -d "${injectors[0]}" ]
}

# inject_under START SIZE: what is allocated under a function at these addresses may
# fail from now on: single pages too, and what could wait for memory. How often is for
# inject_percent to say, or for /proc/PID/fail-nth.
inject_under() {
	local dir

	for dir in "${injectors[@]}" "$usercopy"; do
		echo 0 >"$dir/probability" && echo 0 >"$dir/verbose" &&
			echo N >"$dir/task-filter" &&
			echo 32 >"$dir/stacktrace-depth" &&
			printf '%#x' $(($1)) >"$dir/require-start" &&
			printf '%#x' $(($1 + $2)) >"$dir/require-end" &&
			echo 0 >"$dir/reject-start" && echo 0 >"$dir/reject-end" &&
			echo "$most_injected" >"$dir/times" || return
	done
	for dir in "${injectors[@]}"; do
		echo N >"$dir/ignore-gfp-wait" || return
	done
	echo N >"${injectors[1]}/ignore-gfp-highmem" && echo 0 >"${injectors[1]}/min-order"
}

# inject_not_under START SIZE: but not, if this is on the stack too.
inject_not_under() {
	local dir

	for dir in "${injectors[@]}" "$usercopy"; do
		printf '%#x' $(($1)) >"$dir/reject-start" &&
			printf '%#x' $(($1 + $2)) >"$dir/reject-end" || return
	done
}

# inject_under_module: the same for the module, as it is loaded now.
inject_under_module() {
	inject_under "$(</sys/module/proc_reclaim/sections/.text)" \
		"$(</sys/module/proc_reclaim/coresize)"
}

# inject_percent N: so many of 100 fail from now on.
inject_percent() {
	local dir

	for dir in "${injectors[@]}"; do
		echo "$1" >"$dir/probability" || return
	done
}

# fail_nth N COMMAND...: run the command while the Nth of these allocations fails that
# this process makes; a program with "exec" before it, because a child's do not.
fail_nth() {
	(
		echo "$1" >/proc/self/fail-nth || exit
		shift
		"$@"
	)
}

# count_injected: how many slabs and pages were refused since inject_under, as
# INJECTED_SLABS and INJECTED_PAGES.
# shellcheck disable=SC2034 # for scripts that source this
count_injected() {
	local left

	read -r left <"${injectors[0]}/times" || return
	INJECTED_SLABS=$((most_injected - left))
	read -r left <"${injectors[1]}/times" || return
	INJECTED_PAGES=$((most_injected - left))
}
