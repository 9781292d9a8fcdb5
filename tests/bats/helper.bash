# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What every bats file loads ("load helper"): driving a target, asking the module,
# comparing, cleaning up. Runs in the guest, where each fork costs 20 to 50 ms:
# so builtins do what they can. Whatever a helper does not know, it fails on.

# Not by bats_load_library: it forks for each of their files, for each test, and
# under emulation that makes a third of the whole run.
for library in /usr/lib/bats/bats-{support,assert}/src/*.bash; do
	# shellcheck disable=SC1090 # Debian's
	. "$library"
done
unset library
# shellcheck source=tests/bats/no_debug_trap.bash
. "${BASH_SOURCE[0]%/*}/no_debug_trap.bash"
# shellcheck source=tests/bats/state.bash
. "${BASH_SOURCE[0]%/*}/state.bash"

SYSFS=/sys/kernel/proc_reclaim
DEBUGFS=/sys/kernel/debug/proc_reclaim
# shellcheck disable=SC2034 # for the bats files
TRACEFS=/sys/kernel/tracing
HUGEPAGES=/sys/kernel/mm/transparent_hugepage
# Bytes of a page, and pages of a MiB.
while read -r key kb _; do
	[ "$key" != KernelPageSize: ] || break
done </proc/self/smaps
# shellcheck disable=SC2034 # for the bats files
PAGE_SIZE=$((kb * 1024)) MB=$((1024 / kb))
unset key kb
# The debug kernel is many times slower, and says how many: limits are so much
# longer there, and these three sizes of targets smaller. A request on them takes more
# than a second, on the last one as long as a test does. An emulated processor takes a
# second for half of what a real one does.
SLOW=1
[[ ! $(</proc/cmdline) =~ prc\.slow=([0-9]+) ]] || SLOW=${BASH_REMATCH[1]}
# shellcheck disable=SC2034 # for the bats files
if [ "$SLOW" -gt 1 ]; then
	BIG=32M MIDDLE=16M HUGE=64M
elif [[ $(</proc/cmdline) == *prc.emulated=1* ]]; then
	BIG=128M MIDDLE=64M HUGE=256M
else
	BIG=256M MIDDLE=128M HUGE=256M
fi
# How long a target may take to answer: the slowest kernels swap 256 MB in.
ANSWER_LIMIT=120

# -g: bats loads this file from a function, and what is local to that is lost.
declare -gA TARGET_TO TARGET_FROM TOTALS
STARTED=()
TARGETS=0
# Becomes a user other than root.
# shellcheck disable=SC2034 # for the bats files
NOBODY=(setpriv --reuid=65534 --regid=65534 --clear-groups)
# A pipe that is never written to.
[ -p /run/never ] || mkfifo /run/never
exec {NEVER}<>/run/never
CGROUP=

# Bats calls these two; a file with one of its own calls helper_setup first, or
# helper_teardown.
setup() {
	helper_setup
}

teardown() {
	helper_teardown
}

helper_setup() {
	# shellcheck disable=SC2086 # words
	[ -d "$SYSFS" ] || modprobe proc_reclaim ${MODULE_PARAMETERS:-} || return
	[ -d "$SYSFS" ] || complain "the module is loaded, but there is no $SYSFS" || return
	remember_totals
	remember_state
}

# End what this test started, by pid, and undo what it switched off.
helper_teardown() {
	! test_failed || show_state
	# A process whose mmap lock is held cannot even be killed.
	[ ! -d /sys/module/hold_mmap_lock ] || rmmod hold_mmap_lock
	end_started
	[ -n "${ONE_CPU:-}" ] || all_cpus
	[ -z "$CGROUP" ] || wait_until 5 rmdir "$CGROUP" 2>/dev/null || :
	CGROUP=
	[ -z "${FIFOS:-}" ] || rm -rf "$FIFOS"
	FIFOS=
}

# started PID...: to be ended with the test.
started() {
	STARTED+=("$@")
}

# end_started: end what this test has started. First all are killed: one may be kept from
# dying by another.
end_started() {
	local pid

	for pid in "${STARTED[@]}"; do
		kill -KILL "$pid" 2>/dev/null || :
	done
	for pid in "${STARTED[@]}"; do
		wait "$pid" 2>/dev/null || :
	done
	STARTED=()
}

# needs FILE WHAT: skip the test on a kernel that has no such file, because it was built
# without that.
needs() {
	[ -e "$1" ] || skip "allowed: this kernel has no $2"
}

# needs_huge_pages: of a size that the tests reckon with. With pages of 64 kB it is 512 MB.
needs_huge_pages() {
	needs "$HUGEPAGES" "huge pages"
	[ "$PAGE_SIZE" -eq 4096 ] || skip "allowed: huge pages are too large here"
}

needs_debugfs() {
	needs "$DEBUGFS" debugfs
}

# complain TEXT...: say why, and fail.
complain() {
	printf '%s\n' "$*" >&2
	return 1
}

# --- targets ---

# start_target KIND SIZE [OPTION...]: start tests/programs/target.c, wait until its
# memory is set up; sets TARGET_PID, TARGET_ADDR, TARGET_LEN. Not under "run". The
# last one started is the one that is asked; use_target changes that. With WANTED_PID
# it gets that pid, which must be free.
start_target() {
	local in out answer dir

	case " $* " in
	" thp "* | *" --thp "*) needs_huge_pages ;;
	esac
	FIFOS=${FIFOS:-$BATS_TEST_TMPDIR/fifos}
	TARGETS=$((TARGETS + 1))
	dir=$FIFOS/$TARGETS
	mkdir -p "$dir"
	mkfifo "$dir/in" "$dir/out"
	# After the last fork before the target's.
	[ -z "${WANTED_PID:-}" ] ||
		echo $((WANTED_PID - 1)) >/proc/sys/kernel/ns_last_pid || return
	# Bats waits for whatever holds fd 3.
	target "$@" <"$dir/in" >"$dir/out" 3>&- &
	TARGET_PID=$!
	STARTED+=("$TARGET_PID")
	# Opened in the target's order, or both wait for ever.
	exec {in}>"$dir/in" {out}<"$dir/out"
	TARGET_TO[$TARGET_PID]=$in
	TARGET_FROM[$TARGET_PID]=$out
	read_answer || return
	answer=$ANSWER
	parse_ready "$answer" || complain "target $*: $answer" || return
	[ "${WANTED_PID:-$TARGET_PID}" -eq "$TARGET_PID" ] ||
		complain "target $*: pid $TARGET_PID, not $WANTED_PID"
}

parse_ready() {
	[[ $1 =~ ^ready\ ([0-9]+)\ (0x[0-9a-f]+)\ ([0-9]+)$ ]] || return 1
	# shellcheck disable=SC2034 # for the bats files
	TARGET_ADDR=${BASH_REMATCH[2]} TARGET_LEN=${BASH_REMATCH[3]}
	[ "${BASH_REMATCH[1]}" = "$TARGET_PID" ]
}

# use_target PID: ask that one from now on.
use_target() {
	[ -n "${TARGET_TO[$1]:-}" ] || complain "no target $1" || return
	TARGET_PID=$1
}

# Read the target's next line into ANSWER.
read_answer() {
	local status=0

	ANSWER=
	IFS= read -r -t "$ANSWER_LIMIT" -u "${TARGET_FROM[$TARGET_PID]}" ANSWER || status=$?
	if [ "$status" -gt 128 ]; then
		complain "target $TARGET_PID does not answer within $ANSWER_LIMIT s"
	elif [ "$status" -ne 0 ]; then
		complain "target $TARGET_PID is gone"
	fi
}

# tell COMMAND...: send a command, and do not wait for its answer.
tell() {
	echo "$*" >&"${TARGET_TO[$TARGET_PID]}"
}

# ask COMMAND...: send a command, print the answer, fail if it is an error.
ask() {
	tell "$@" || return
	read_answer || return
	printf '%s\n' "$ANSWER"
	[ "${ANSWER%% *}" != error ] || complain "target: $*: $ANSWER"
}

# answers ANSWER COMMAND...: the target answers so. Without a fork.
answers() {
	tell "${@:2}" && read_answer || return
	[ "$ANSWER" = "$1" ] || complain "target: ${*:2}: $ANSWER, not $1"
}

# present N: so many of the target's pages are mapped. It may be some more: what has
# been touched within the last second waits in lists of each processor, and the worker
# does not have these emptied for each process.
present() {
	ask present || return
	compare present "${ANSWER#* }" -ge "$1" && compare present "${ANSWER#* }" -le $(($1 + 64))
}

# stop_target [PID]: end it, wait until it is gone.
stop_target() {
	local pid=${1:-$TARGET_PID} fd left=()

	[ -n "${TARGET_TO[$pid]:-}" ] || complain "no target $pid" || return
	kill -KILL "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
	fd=${TARGET_TO[$pid]}
	exec {fd}>&-
	fd=${TARGET_FROM[$pid]}
	exec {fd}<&-
	unset "TARGET_TO[$pid]" "TARGET_FROM[$pid]"
	for fd in "${STARTED[@]}"; do
		[ "$fd" = "$pid" ] || left+=("$fd")
	done
	STARTED=("${left[@]}")
}

# --- what the kernel says of a process ---

# kb_of FILE KEY: the value of a "KEY:  N kB" line.
kb_of() {
	local key value

	while read -r key value _; do
		[ "$key" != "$2:" ] || {
			printf '%s\n' "$value"
			return
		}
	done <"$1"
	complain "no $2 in $1"
}

# The exact numbers: those of /proc/PID/status may be off by some pages per CPU.
rss_kb() {
	kb_of "/proc/$1/smaps_rollup" Rss
}

swap_kb() {
	kb_of "/proc/$1/smaps_rollup" Swap
}

# Is the process gone? A zombie has no memory any more.
gone() {
	local stat

	{ read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
	[[ ${stat##*)} == " Z "* || ${stat##*)} == " X "* ]]
}

mem_free_kb() {
	kb_of /proc/meminfo MemFree
}

tail_dmesg() {
	dmesg | tail -n "${1:-20}"
}

# --- the module ---

# unpack_module FILE: the installed module, as insmod takes it.
unpack_module() {
	local installed

	installed=$(modinfo -n proc_reclaim) || return
	case $installed in
	*.ko) cp "$installed" "$1" ;;
	*.ko.xz) xz -dc "$installed" >"$1" ;;
	*.ko.zst) zstd -qdc "$installed" >"$1" ;;
	*) complain "unpack_module: $installed?" ;;
	esac
}

# Load the installed module, unpacked once only: quicker than modprobe.
# shellcheck disable=SC2120 # some pass arguments
insmod_module() {
	[ -s /run/proc_reclaim.ko ] || unpack_module /run/proc_reclaim.ko || return
	# shellcheck disable=SC2086 # words
	insmod /run/proc_reclaim.ko ${MODULE_PARAMETERS:-} "$@"
}

# write_raw FILE TEXT: TEXT as it is, in one write. An empty write would never reach
# a file of sysfs, so an empty TEXT is an empty line.
write_raw() {
	local text=${2:-$'\n'}

	[ $# -eq 2 ] || complain "write_raw takes a file and a text" || return
	# The shell writes line by line, and no more than a block at once.
	if [[ ${#text} -lt 1024 && $text != *$'\n'?* ]]; then
		printf '%s' "$text" >"$1"
	else
		printf '%s' "$text" >"$BATS_TEST_TMPDIR/text" || return
		dd if="$BATS_TEST_TMPDIR/text" of="$1" bs=64K conv=notrunc status=none
	fi
}

# write_raw_to_fd FD TEXT
write_raw_to_fd() {
	printf '%s' "$2" >&"$1"
}

# passed_to FILE TEXT COMMAND...: the file is opened by root, and TEXT is written to it by
# the user that the command becomes.
passed_to() {
	local file=$1 text=$2
	shift 2

	# shellcheck disable=SC2016 # $1 is the inner shell's
	"$@" bash -c 'printf %s "$1"' bash "$text" >"$file"
}

# write_request "REQUEST": to debugfs, and print its result; where there is none, to
# sysfs, whose result is that of the last request of anybody.
write_request() {
	if [ -e "$DEBUGFS" ]; then
		exec 5<>"$DEBUGFS/request" && echo "$1" >&5 && cat <&5
	else
		echo "$1" >"$SYSFS/reclaim" && cat "$SYSFS/result"
	fi
}

# request_in_background "REQUEST" [FILE]: write it there (default: as write_request), and
# go on. WRITER becomes who writes.
request_in_background() {
	local file=${2:-}

	remember_totals
	BACKGROUND=$BATS_TEST_TMPDIR/background
	rm -f "$BACKGROUND".*
	(
		status=0
		if [ -z "$file" ]; then
			write_request "$1"
		else
			echo "$1" >"$file"
		fi || status=$?
		echo "$status" >"$BACKGROUND.end"
		mv "$BACKGROUND.end" "$BACKGROUND.status"
	) >"$BACKGROUND.out" 2>&1 3>&- &
	WRITER=$!
	STARTED+=("$WRITER")
}

# background_status: wait for it; print what it said, then its exit status. Also
# under "run".
background_status() {
	wait_until "$ANSWER_LIMIT" [ -e "$BACKGROUND.status" ] || return
	cat "$BACKGROUND.out" "$BACKGROUND.status"
}

# waits_in_request PID: it sleeps in a request: for its next batch, because as many are
# isolated as may be at one time, or for the target's mmap lock.
waits_in_request() {
	local stat top

	{ read -r stat <"/proc/$1/stat" && read -r top <"/proc/$1/stack"; } 2>/dev/null || return
	# What sleeps is left out of a stack, so that the module's function is the first.
	[[ ${stat##*)} == " D "* && $top == *"[proc_reclaim]" ]]
}

# background_result: wait for it, leave its result in RESULT.
background_result() {
	local said

	said=$(background_status) || return
	[ "${said##*$'\n'}" = 0 ] || complain "the request failed: $said" || return
	RESULT=${said%$'\n'0}
	[[ $RESULT == *=* ]] || complain "the request has no result: $said"
}

# remember_totals: what total_grows and totals_add_up compare with.
remember_totals() {
	local file value

	for file in "$SYSFS"/stats/*; do
		read -r value <"$file" || return
		TOTALS[${file##*/}]=$value
	done
}

# total_grows NAME: a counter is above what it was when the test, or its last
# background request, began.
total_grows() {
	local value

	[ -n "${TOTALS[$1]:-}" ] || complain "no counter $1" || return
	read -r value <"$SYSFS/stats/$1" || return
	[ "$value" -gt "${TOTALS[$1]}" ]
}

# counts_add_up: each page that RESULT says was looked at was isolated or skipped for
# one reason.
counts_add_up() {
	local word sum=0 scanned isolated reclaimed

	field_into scanned scanned || return
	field_into isolated isolated || return
	field_into reclaimed reclaimed || return
	for word in $RESULT; do
		[[ $word != skipped_* ]] || sum=$((sum + ${word#*=}))
	done
	[ "$scanned" -eq $((isolated + sum)) ] ||
		complain "scanned $scanned, but isolated $isolated and skipped $sum: $RESULT" || return
	[ "$reclaimed" -le "$isolated" ] ||
		complain "reclaimed $reclaimed of $isolated isolated: $RESULT"
}

# totals_add_up: the same for the counters of sysfs.
totals_add_up() {
	local file value sum=0 scanned isolated

	read -r scanned <"$SYSFS/stats/pages_scanned" || return
	read -r isolated <"$SYSFS/stats/pages_isolated" || return
	for file in "$SYSFS"/stats/skipped_*; do
		read -r value <"$file" || return
		sum=$((sum + value))
	done
	[ "$scanned" -gt 0 ] || complain "nothing was scanned" || return
	[ "$scanned" -eq $((isolated + sum)) ] ||
		complain "pages_scanned $scanned, but isolated $isolated and skipped $sum"
}

# reclaim "REQUEST": write a request to sysfs.
reclaim() {
	[ $# -eq 1 ] || complain "reclaim takes one word, quoted" || return
	echo "$1" >"$SYSFS/reclaim"
}

# request "REQUEST": write a request to debugfs, leave its result in RESULT. Where there
# is none, to sysfs.
request() {
	local fd

	[ $# -eq 1 ] || complain "request takes one word, quoted" || return
	RESULT=
	if [ ! -e "$DEBUGFS" ]; then
		reclaim "$1" && RESULT=$(<"$SYSFS/result")
		return
	fi
	exec {fd}<>"$DEBUGFS/request" || return
	if ! echo "$1" >&"$fd"; then
		exec {fd}>&-
		return 1
	fi
	RESULT=$(cat <&"$fd")
	exec {fd}>&-
	[ -n "$RESULT" ] || complain "'$1' was taken, but has no result"
}

# area age|restore "PID [START LEN]": write it to that file of sysfs, leave its result
# in RESULT.
area() {
	[ $# -eq 2 ] || complain "area takes a file and one word, quoted" || return
	echo "$2" >"$SYSFS/$1" && RESULT=$(<"$SYSFS/result")
}

# field NAME: the value of NAME= in RESULT.
field() {
	local value

	field_into value "$1" && printf '%s\n' "$value"
}

# field_into VARIABLE NAME: the same without a fork.
field_into() {
	[[ " $RESULT " =~ " $2="([^ ]*)" " ]] || complain "no $2 in '$RESULT'" || return
	printf -v "$1" '%s' "${BASH_REMATCH[1]}"
}

# expect NAME OPERATOR VALUE: compare a field of RESULT: = != with text, and with
# numbers -eq -ne -lt -le -gt -ge.
expect() {
	local _value

	field_into _value "$1" || return
	compare "$1" "$_value" "$2" "$3" || complain "in '$RESULT'"
}

# compare WHAT VALUE OPERATOR OTHER
compare() {
	case $3 in
	= | !=) ;;
	-eq | -ne | -lt | -le | -gt | -ge)
		if ! [[ $2 =~ ^-?[0-9]+$ && $4 =~ ^-?[0-9]+$ ]]; then
			complain "$1: not numbers: '$2' $3 '$4'"
			return
		fi
		;;
	*)
		complain "compare: unknown operator '$3'"
		return
		;;
	esac
	test "$2" "$3" "$4" || complain "$1 is $2, expected $3 $4"
}

# counter NAME: a file of stats/.
counter() {
	[ -r "$SYSFS/stats/$1" ] || complain "no counter $1" || return
	printf '%s\n' "$(<"$SYSFS/stats/$1")"
}

# --- the rest ---

# wait_until SECONDS COMMAND...: until the command succeeds, or the time is up, which
# is longer on the debug kernel.
wait_until() {
	local end=$((SECONDS + $1 * SLOW))

	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || complain "still not: $*" || return
		pause 0.1
	done
}

# pause SECONDS: sleep, without a fork.
pause() {
	read -r -t "$1" -u "$NEVER" || :
}

# freeze_system: what a suspend begins with: each process is frozen, and thawed a second
# later, where the kernel by itself would wait five.
freeze_system() {
	local status=0

	echo 1 >/sys/module/suspend/parameters/pm_test_delay || return
	echo freezer >/sys/power/pm_test || return
	write_raw /sys/power/state freeze || status=$?
	echo none >/sys/power/pm_test
	[ "$status" -eq 0 ] || complain "the system cannot be frozen"
}

# on_one_cpu: take all processors but the first away until the test ends, where they are
# emulated: for a test that makes the kernel patch hot code (tracepoints, static
# keys). tests/programs/trace-cmd says why, and does it by itself.
on_one_cpu() {
	local cpu

	[[ $(</proc/cmdline) == *prc.emulated=1* ]] || return 0
	for cpu in /sys/devices/system/cpu/cpu[1-9]*/online; do
		[ "$(<"$cpu")" = 1 ] || continue
		echo 0 >"$cpu"
	done
}

# all_cpus: bring them back.
all_cpus() {
	local cpu

	for cpu in /sys/devices/system/cpu/cpu*/online; do
		[ "$(<"$cpu")" = 1 ] || echo 1 >"$cpu"
	done
}

# --- the LRU lists ---

# MGLRU is there, and on.
mglru() {
	local enabled

	{ read -r enabled </sys/kernel/mm/lru_gen/enabled; } 2>/dev/null || return
	[ $((enabled & 1)) -eq 1 ]
}

# make_active: the target's pages go to an active list. A read by another process
# marks them accessed, and the second time makes them active.
make_active() {
	for _ in 1 2 3; do
		dd if="/proc/$TARGET_PID/mem" of=/dev/null bs=1M iflag=skip_bytes,count_bytes \
			skip="$((TARGET_ADDR))" count="$TARGET_LEN" status=none || return
	done
}

# make_inactive: they go to an inactive list. There new anonymous pages begin on the
# old LRU; MGLRU's are as old as the generations made since their last use.
make_inactive() {
	local word memcg node newest

	mglru || return 0
	for _ in 1 2 3 4; do
		memcg='' newest=''
		while read -r -a word; do
			case ${word[0]} in
			memcg)
				# The root's comes first, and the target lives there.
				[ -z "$memcg" ] || break
				memcg=${word[1]}
				;;
			node) node=${word[1]} ;;
			*) newest=${word[0]} ;;
			esac
		done </sys/kernel/debug/lru_gen
		[ -n "$newest" ] || complain "lru_gen shows no generation" || return
		echo "+ $memcg $node $newest 100 1" >/sys/kernel/debug/lru_gen || return
	done
}

# --- swap, cgroups, huge pages ---

# only_swap DEVICE: swap there, and nowhere else.
only_swap() {
	local name found=

	[ -e "$1" ] || complain "only_swap: no $1" || return
	while read -r name _; do
		case $name in
		Filename) ;;
		"$1") found=yes ;;
		*) swapoff "$name" || return ;;
		esac
	done </proc/swaps
	[ -n "$found" ] || swapon "$1"
}

# make_swapfile SIZE: on the disk, as SWAPFILE; not yet used. Gone with the guest.
make_swapfile() {
	SWAPFILE=/var/tmp/swapfile
	[[ $(</proc/swaps) != *"$SWAPFILE"* ]] || swapoff "$SWAPFILE" || return
	rm -f "$SWAPFILE"
	fallocate -l "$1" "$SWAPFILE" && chmod 600 "$SWAPFILE" && mkswap -q "$SWAPFILE"
}

# make_cgroup NAME: with a memory controller, as CGROUP; removed with the test.
make_cgroup() {
	[[ $(</sys/fs/cgroup/cgroup.controllers) == *memory* ]] ||
		skip "allowed: this kernel has no memory cgroups"
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control || return
	CGROUP=/sys/fs/cgroup/$1
	mkdir "$CGROUP"
}

# hugepages N: so many pages of hugetlb, exactly.
hugepages() {
	local got

	needs /proc/sys/vm/nr_hugepages hugetlb
	[ "$PAGE_SIZE" -eq 4096 ] || skip "allowed: huge pages are too large here"
	echo "$1" >/proc/sys/vm/nr_hugepages || return
	read -r got </proc/sys/vm/nr_hugepages
	[ "$got" -eq "$1" ] || complain "$got huge pages, not $1"
}
