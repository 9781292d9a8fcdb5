# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For helper.bash: what a test that failed leaves behind for the one who reads of it: each
# line begins with "state: ".

# remember_state: what show_state compares with. Without a fork, because each test does it.
remember_state() {
	read -r STATE_SINCE _ </proc/uptime
	mapfile -t STATE_VMSTAT </proc/vmstat
}

# test_failed: neither did it come to its end, nor was it skipped.
test_failed() {
	[ -z "${BATS_TEST_COMPLETED:-}${BATS_TEST_SKIPPED:-}" ]
}

# show_state: the kernel's log since the test began, the memory, the swap, and the counters
# that the test has changed.
show_state() {
	local keys='Mem|Swap|Active|Inactive|Mlocked|Dirty|Writeback|AnonPages|Mapped|Shmem|Slab|HugePages_T'

	{
		dmesg | awk -v since="${STATE_SINCE:-0}" '
			match($0, /^\[ *[0-9.]+\]/) && substr($0, 2, RLENGTH - 2) + 0 >= since + 0' | tail -n 40
		grep -E "^($keys)" /proc/meminfo
		cat /proc/swaps
		printf '%s\n' "${STATE_VMSTAT[@]}" | awk '
			NR == FNR { before[$1] = $2; next }
			$2 != before[$1] { printf "%s %+d\n", $1, $2 - before[$1] }' - /proc/vmstat
		grep -sv ':0$' "$SYSFS"/stats/* | sed 's,.*/,,'
	} 2>&1 | sed 's/^/state: /'
}
