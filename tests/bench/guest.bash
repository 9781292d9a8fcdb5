# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the benchmarks share inside the guest: targets, samples, peers. A row of the
# table is declared once, then each of its samples is a line:
#
#   where KERNEL AND MACHINE
#   row NAME | WHAT | UNIT | PEER | GOAL
#   sample NAME ours|peer VALUE
#
# tests/bench/table makes a table of them.

set -uo pipefail
# shellcheck disable=SC2034 # for scripts that source this
pairs=${BENCH_PAIRS:-5}

cd "$(dirname "${BASH_SOURCE[0]}")/../bats" || exit
export BATS_TEST_TMPDIR=/run/bench
mkdir -p "$BATS_TEST_TMPDIR"
# The targets and how they are driven.
# shellcheck source=tests/bats/helper.bash
. ./helper.bash
# shellcheck disable=SC2034 # for helper.bash: 4 GiB take their time
ANSWER_LIMIT=1800

# shellcheck source=tests/vm/damon.bash
. ../vm/damon.bash

machine="real processors"
[[ $(</proc/cmdline) != *prc.emulated=1* ]] || machine="emulated processors"
printf 'where kernel %s, %s %s\n' "$(uname -r)" "$(nproc)" "$machine"

# Measured is only what was done: whatever fails ends the benchmark.
set -eE
trap 'echo "# failed: $BASH_COMMAND (line $LINENO of ${BASH_SOURCE[0]})"' ERR

# run_parts PART...: all of them, or those that BENCH_PARTS matches (a regular
# expression); a benchmark without any fails, as it has no rows.
run_parts() {
	local part

	helper_setup
	for part; do
		# shellcheck disable=SC2086 # a function and its argument
		[[ ! $part =~ ^(${BENCH_PARTS:-.*})$ ]] || $part
	done
}

row() {
	printf 'row %s | %s | %s | %s | %s\n' "$@"
}

sample() {
	printf 'sample %s %s %s\n' "$@"
}

# sample_rate NAME SIDE PAGES US
sample_rate() {
	sample "$1" "$2" "$(awk -v pages="$3" -v us="$4" 'BEGIN { printf "%.0f", pages * 1e6 / us }')"
}

skipped() {
	printf '# %s: not measured: %s\n' "$1" "$2"
}

# us_of COMMAND...: how long it takes, in US. The clock is read by the shell itself.
us_of() {
	local since=${EPOCHREALTIME/./}

	"$@" >/dev/null
	US=$((${EPOCHREALTIME/./} - since))
}

# All of the target is back in memory.
bring_back() {
	ask touch >/dev/null
	[ "$(ask present)" = "present $((TARGET_LEN / 4096))" ]
}

all_out() {
	[ "$(ask present)" = "present 0" ]
}

# Each way to reclaim takes all of the target, and leaves the time in US.

by_request() {
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
	field_into US us
	all_out
}

by_madvise() {
	local said

	said=$(advise pageout "$TARGET_PID" "$TARGET_ADDR" "$TARGET_LEN")
	US=${said##* }
	all_out
}

# The target is alone in the cgroup. Its answer is EAGAIN if a page is left.
by_memcg() {
	local since=${EPOCHREALTIME/./}

	echo "$TARGET_LEN swappiness=200" 2>/dev/null >"$CGROUP/memory.reclaim" ||
		echo "$TARGET_LEN" 2>/dev/null >"$CGROUP/memory.reclaim" || :
	# shellcheck disable=SC2034 # for scripts that source this
	US=$((${EPOCHREALTIME/./} - since))
	most_out
}

# The peers that go by LRU lists or by samples leave something.
most_out() {
	ask present >/dev/null
	OUT=$((TARGET_LEN / 4096 - ${ANSWER#* }))
	[ "$OUT" -ge $((TARGET_LEN / 4096 / 2)) ]
}

is_mostly_out() {
	[ "$(anon_kb)" -le $((TARGET_LEN / 1024 / 10)) ]
}

anon_kb() {
	awk '$1 == "RssAnon:" { print $2 }' "/proc/$TARGET_PID/status"
}

# damon_scheme MIN_AGE: page out areas of the target that were not accessed for so many
# aggregations (of 100 ms, the default).
damon_scheme() {
	local scheme=$DAMON_CONTEXT/schemes/0

	damon_target
	echo 1 >"$DAMON_CONTEXT/schemes/nr_schemes"
	echo pageout >$scheme/action
	echo 4096 >$scheme/access_pattern/sz/min
	echo "$TARGET_LEN" >$scheme/access_pattern/sz/max
	echo 0 >$scheme/access_pattern/nr_accesses/min
	echo 0 >$scheme/access_pattern/nr_accesses/max
	echo "$1" >$scheme/access_pattern/age/min
	echo 4294967295 >$scheme/access_pattern/age/max
	echo on >$DAMON/0/state
}

# Without asking whether an area is in use: what it takes is the time of the pageout
# and of DAMON's first aggregations.
by_damon() {
	local since=${EPOCHREALTIME/./}

	damon_scheme 0
	wait_until 600 is_mostly_out
	# shellcheck disable=SC2034 # for scripts that source this
	US=$((${EPOCHREALTIME/./} - since))
	damon_off
	most_out
}
