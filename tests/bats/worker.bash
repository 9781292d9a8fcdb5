# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of the worker and its triggers need beside "load helper": a module
# that remembers nothing, its settings, its decisions.

# Four instead of setup_file, teardown_file, setup and teardown. All of the file runs on
# one processor, because switching the worker on and off makes the kernel patch hot code.
worker_setup_file() {
	on_one_cpu
	export ONE_CPU=yes
}

worker_teardown_file() {
	all_cpus
}

# The module as it is when it was just loaded.
worker_setup() {
	[ ! -d "$SYSFS" ] || rmmod proc_reclaim || return
	# shellcheck disable=SC2119
	insmod_module || return
	remember_totals
	remember_state
	NR_SEEN=0
}

# After a test that failed, what the worker decided last is shown with what it said.
worker_teardown() {
	! test_failed || tail -n 20 "$DEBUGFS/decisions" || :
	trace_off
	[ ! -d "$SYSFS" ] || rmmod proc_reclaim || :
	helper_teardown
}

# settings FILE=VALUE...: files below $SYSFS.
settings() {
	local word

	for word; do
		[[ $word == ?*=* && -e $SYSFS/${word%%=*} ]] ||
			complain "settings: $word?" || return
		echo "${word#*=}" >"$SYSFS/${word%%=*}" || skip_on_rt "$word" ||
			complain "settings: $word" || return
	done
}

# skip_on_rt WORD: before 7.0 PREEMPT_RT has no worker; that it says so is seen here.
skip_on_rt() {
	local said

	[[ $1 == worker/enabled=1 && $(uname -v) == *PREEMPT_RT* ]] || return
	! said=$(write_raw "$SYSFS/worker/enabled" 1 2>&1) || return
	[[ $said == *"Operation not supported"* ]] || return
	skip "allowed: PREEMPT_RT before 7.0 has no worker, and says so"
}

# reaches FILE NUMBER: the number in a file below $SYSFS is that large, or larger.
reaches() {
	[ "$(<"$SYSFS/$1")" -ge "$2" ]
}

# cached_target ADJ KIND SIZE [OPTION...]: start it, and give it that adj.
cached_target() {
	local adj=$1

	shift
	start_target "$@" && set_adj "$TARGET_PID" "$adj"
}

# no_throttles: switch each of them off.
no_throttles() {
	local file

	for file in "$SYSFS"/throttle/*; do
		[[ $file == */adj_exclude ]] || echo 0 >"$file" || return
	done
}

# set_adj PID ADJ...: write these, one after the other.
set_adj() {
	local pid=$1 adj

	shift
	for adj; do
		echo "$adj" >"/proc/$pid/oom_score_adj" || return
	done
}

# Is everything decided that was queued? What has left the queue has made the worker
# busy before that, so they are read in this order.
worker_is_idle() {
	local value

	read -r value <"$SYSFS/worker/pending" || return
	[ "$value" = 0 ] || return
	read -r value <"$SYSFS/worker/state" || return
	[ "$value" = idle ]
}

# Whatever it works at, it has nothing else to do.
worker_is_at_last() {
	local value

	read -r value <"$SYSFS/worker/pending" || return
	[ "$value" = 0 ] || return
	read -r value <"$SYSFS/worker/state" || return
	[ "$value" = busy ]
}

# settle: wait until everything is decided.
settle() {
	wait_until "$ANSWER_LIMIT" worker_is_idle
}

# nr_decisions [REASON]: how many actions ended so since the load, or with any reason.
nr_decisions() {
	local file value sum=0

	for file in "$SYSFS"/decisions/${1:-*}; do
		read -r value <"$file" || return
		sum=$((sum + value))
	done
	printf '%s\n' "$sum"
}

# read_decisions: all that are kept become DECISIONS, oldest first.
read_decisions() {
	mapfile -t DECISIONS <"$DEBUGFS/decisions" || return
	[ "${#DECISIONS[@]}" -lt 256 ] || complain "older decisions are lost"
}

# decisions_about PID [KEY=VALUE...]: of the last 256, those about a process (0: about
# none in particular) that have all of the words become DECISIONS, oldest first. By
# cat, because the shell reads piece by piece, and the file moves on meanwhile.
decisions_about() {
	local line word pid=$1

	shift
	for word; do
		[[ $word =~ ^(comm|adj|trigger|action|reason|takes|stop|cold|inactive)=. ]] ||
			complain "decisions_about: '$word'?" || return
	done
	DECISIONS=()
	while IFS= read -r line; do
		[[ $line == *" pid=$pid "* ]] || continue
		for word; do
			[[ "$line " == *" $word "* ]] || continue 2
		done
		DECISIONS+=("$line")
	done < <(cat "$DEBUGFS/decisions")
}

# decided N PID [KEY=VALUE...]: there are at least so many.
decided() {
	local n=$1

	shift
	decisions_about "$@" && [ "${#DECISIONS[@]}" -ge "$n" ]
}

# never_decided PID [KEY=VALUE...]: there is none.
never_decided() {
	decisions_about "$@" || return
	[ "${#DECISIONS[@]}" -eq 0 ] ||
		complain "decided nevertheless: ${DECISIONS[*]}"
}

# decision_about PID: the last one about it becomes RESULT.
decision_about() {
	local i

	read_decisions || return
	for ((i = ${#DECISIONS[@]} - 1; i >= 0; i--)); do
		RESULT=${DECISIONS[i]}
		[[ $RESULT != *" pid=$1 "* ]] || return 0
	done
	RESULT=
	complain "no decision about $1"
}

# are_decided N: there are so many in all.
are_decided() {
	read_decisions && [ "${#DECISIONS[@]}" -ge "$1" ]
}

# decisions_come N: since they were last looked at, so many came.
decisions_come() {
	local before=$NR_SEEN

	# What a callback will queue is in no queue before it has run.
	wait_until 20 are_decided $((before + $1)) || :
	settle && read_decisions || return
	NR_SEEN=${#DECISIONS[@]}
	[ $((NR_SEEN - before)) -eq "$1" ] ||
		complain "not $1 decisions, but these:" "${DECISIONS[@]:before}"
}

# queue_action PID ADJ...: write these to its adj, one after the other; that leads to one
# decision, which becomes RESULT.
queue_action() {
	set_adj "$@" && decisions_come 1 || return
	RESULT=${DECISIONS[-1]}
	expect_words pid="$1"
}

# queue_nothing PID ADJ...: write these; no decision comes of it.
queue_nothing() {
	set_adj "$@" && decisions_come 0
}

# expect_words NAME=VALUE...: each stands in RESULT.
expect_words() {
	local word

	for word; do
		[[ " $RESULT " == *" $word "* ]] || complain "no $word in '$RESULT'" || return
	done
}

# wait_until_cold: after the worker has cleared the accessed bits of a process, wait until
# it knows which pages that has not used since (PRC_COLD_MS).
wait_until_cold() {
	pause 5.5
}

# remembered PID: what the worker remembers of it becomes RESULT; false if nothing.
remembered() {
	local lines line

	mapfile -t lines <"$DEBUGFS/processes" || return
	for line in "${lines[@]}"; do
		RESULT=$line
		[[ $line != "pid=$1 "* ]] || return 0
	done
	RESULT=
	return 1
}

# park_worker [ADJ]: have it begin with a process of its own, PARKED, with that adj
# (900), which is so large, PARKED_LEN, that it is still there when the test has done
# what it wants. The target that is asked stays the same.
park_worker() {
	local target=${TARGET_PID:-}

	start_target anon "$HUGE" || return
	PARKED=$TARGET_PID
	# shellcheck disable=SC2034 # for the bats files
	PARKED_LEN=$TARGET_LEN
	[ -z "$target" ] || use_target "$target"
	echo 32 >"$SYSFS/batch_pages" || return
	set_adj "$PARKED" "${1:-900}"
	wait_until "$ANSWER_LIMIT" worker_is_at_last
}

# unpark_worker: let it go on; everything is decided then. Fails if it was no longer
# parked, because then the test has proved nothing.
unpark_worker() {
	set_adj "$PARKED" 0 && settle && decision_about "$PARKED" || return
	expect_words reason=run stop=foreground
}

# leave_free KB: pages of hugetlb take what else is free; not all of it where memory lies
# in pieces.
leave_free() {
	local nr

	read -r nr </proc/sys/vm/nr_hugepages
	nr=$((nr + ($(mem_free_kb) - $1) / 2048))
	echo $((nr > 0 ? nr : 0)) >/proc/sys/vm/nr_hugepages
}

# leave_free_by_file KB FILE: of that much, written again, the page cache takes what else is free.
leave_free_by_file() {
	local kb

	rm -f "$2"
	kb=$(($(mem_free_kb) - $1))
	truncate -s "$((kb > 0 ? kb : 0))K" "$2" && cat "$2" >/dev/null
}

FODDER=/var/tmp/fodder

# shortages_setup_file, shortages_teardown_file: in the functions of these names, where a
# test lets memory become short.
shortages_setup_file() {
	read -r MIN_FREE_KB </proc/sys/vm/min_free_kbytes
	export MIN_FREE_KB
	# The first 16 MB are for devices only, or they would be taken before anybody
	# is short of memory.
	echo "1 256 32 0 0" >/proc/sys/vm/lowmem_reserve_ratio
}

shortages_teardown_file() {
	echo "256 256 32 0 0" >/proc/sys/vm/lowmem_reserve_ratio
	rm -f "$FODDER"
}

# squeeze [MB]: 64 MB are free, and 8 (MB) more are the least that has to be: so a task that
# wants memory next has to reclaim it, whatever kswapd does, which gives up for good when
# it finds nothing for some time. There is enough to be found: a file that is not in use.
# With 8 less, kswapd wakes up, and no other task has to reclaim.
squeeze() {
	get_ready_to_squeeze && squeeze_now "$@"
}

# The first half of it, which asks the shrinkers too.
get_ready_to_squeeze() {
	echo 3 >/proc/sys/vm/drop_caches
	leave_free $((160 * 1024))
	leave_free_by_file $((64 * 1024)) "$FODDER"
}

squeeze_now() {
	echo $(($(mem_free_kb) + ${1:-8} * 1024)) >/proc/sys/vm/min_free_kbytes
}

unsqueeze() {
	echo "$MIN_FREE_KB" >/proc/sys/vm/min_free_kbytes
}

# worker_switches: how often the worker's thread gave up the processor, in SWITCHES.
worker_switches() {
	local key value

	[ -e "/proc/${WORKER_PID:-none}" ] || WORKER_PID=$(pgrep -x proc_reclaimd) || return
	SWITCHES=0
	while read -r key value; do
		[[ $key != *voluntary_ctxt_switches: ]] || SWITCHES=$((SWITCHES + value))
	done < <(grep voluntary "/proc/$WORKER_PID/status")
}

# worker_woke_since SWITCHES
worker_woke_since() {
	worker_switches && [ "$SWITCHES" -gt "$1" ]
}

# one_shortage [MB]: the worker hears of one. A small one is left to kswapd, which may have
# given up before: then there is none.
one_shortage() {
	local limit=20

	[ "${1:-8}" -gt 0 ] || limit=5
	worker_switches && squeeze "$@" && wait_until "$limit" worker_woke_since "$SWITCHES"
}

# another_shortage [COMMAND...]: one more, which ends when the command succeeds. A pass
# that finds less free than has to be takes nothing (stop=watermark), and where all is slow
# the next one may find that memory is no longer short. So every other one leaves it room.
another_shortage() {
	local mb ended=

	[ $# -gt 0 ] || set -- true
	for mb in 8 -8 8 -8 8 -8; do
		# Memory may have become free meanwhile: then it was none.
		one_shortage "$mb" || [ "$mb" -lt 0 ] || {
			unsqueeze
			continue
		}
		! wait_until $((mb < 0 ? 5 : 1)) "$@" || ended=yes
		unsqueeze
		wait_until 60 worker_is_idle || return
		[ -z "$ended" ] || return 0
	done
	complain "in no shortage: $*"
}

# More than there is: a level that always holds. Of the levels the lowest counts.
# shellcheck disable=SC2034 # for the bats files
ALWAYS=100000000

# ask_shrinkers: have the kernel ask all of them for memory. It does so by itself
# when memory is low; how low is for the levels to say.
ask_shrinkers() {
	echo 2 >/proc/sys/vm/drop_caches
}

# start_crowd N: N sleeping processes (tests/programs/crowd.c), driven by ask_crowd.
start_crowd() {
	local in out

	FIFOS=${FIFOS:-$BATS_TEST_TMPDIR/fifos}
	mkdir -p "$FIFOS/crowd"
	mkfifo "$FIFOS/crowd/in" "$FIFOS/crowd/out"
	crowd "$1" <"$FIFOS/crowd/in" >"$FIFOS/crowd/out" 3>&- &
	CROWD_PID=$!
	STARTED+=("$CROWD_PID")
	exec {in}>"$FIFOS/crowd/in" {out}<"$FIFOS/crowd/out"
	CROWD_TO=$in CROWD_FROM=$out
	read -r -t "$ANSWER_LIMIT" -u "$CROWD_FROM" ANSWER
	[ "$ANSWER" = "ready $1" ] || complain "crowd: $ANSWER"
}

# tell_crowd COMMAND ARGUMENT: and do not wait for its answer.
tell_crowd() {
	echo "$*" >&"$CROWD_TO"
}

# ask_crowd COMMAND ARGUMENT
ask_crowd() {
	tell_crowd "$@" || return
	read_crowd
}

# read_crowd: its answer.
read_crowd() {
	read -r -t "$ANSWER_LIMIT" -u "$CROWD_FROM" ANSWER
	[ "${ANSWER%% *}" = ok ] || complain "crowd: $ANSWER"
}

# trace_on EVENT: record one of the module's events, in a tracing instance; traced TEXT: a
# line of that has the text; trace_off: end that.
trace_on() {
	mkdir "$TRACEFS/instances/worker" || return
	echo 1 >"$TRACEFS/instances/worker/events/proc_reclaim/proc_reclaim_$1/enable"
}

traced() {
	grep -q "$1" "$TRACEFS/instances/worker/trace" ||
		complain "no '$1' in:" "$(grep -v '^#' "$TRACEFS/instances/worker/trace" | tail -20)"
}

trace_off() {
	[ ! -d "$TRACEFS/instances/worker" ] || rmdir "$TRACEFS/instances/worker"
}
