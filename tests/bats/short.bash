# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of the worker's triggers need beside "load helper": a module that
# remembers nothing, and its decisions.

# short_setup: the module anew, with the worker off and no trigger on. With one
# processor, because triggers patch the kernel's code.
short_setup() {
	helper_setup || return
	on_one_cpu
	rmmod proc_reclaim && insmod_module && remember_totals || return
	echo 0 >"$SYSFS/trigger/adj"
}

# The module anew once more: the settings of this test go with it.
short_teardown() {
	helper_teardown
	[ ! -d "$SYSFS" ] || rmmod proc_reclaim
}

# settings FILE VALUE [FILE VALUE...]: files of sysfs, below the module's directory.
settings() {
	while [ $# -ge 2 ]; do
		[ -w "$SYSFS/$1" ] || complain "no setting $1" || return
		echo "$2" >"$SYSFS/$1" || return
		shift 2
	done
	[ $# -eq 0 ] || complain "settings takes files with their values"
}

# cached_target ADJ KIND SIZE [OPTION...]: start it, and give it that adj.
cached_target() {
	local adj=$1

	shift
	start_target "$@" || return
	echo "$adj" >"/proc/$TARGET_PID/oom_score_adj"
}

# --- decisions ---

# read_decisions PID [KEY=VALUE...]: those of the last decisions on a process (0: on
# none in particular) that have all of the words, into DECISIONS, oldest first. By
# cat, because the shell reads piece by piece, and the file moves on meanwhile.
read_decisions() {
	local line word pid=$1

	shift
	for word; do
		[[ $word =~ ^(comm|adj|trigger|action|reason|takes|stop)=. ]] ||
			complain "read_decisions: '$word'?" || return
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
	read_decisions "$@" && [ "${#DECISIONS[@]}" -ge "$n" ]
}

# never_decided PID [KEY=VALUE...]: there is none. Only the last 256 are known.
never_decided() {
	read_decisions "$@" || return
	[ "${#DECISIONS[@]}" -eq 0 ] ||
		complain "decided all the same: ${DECISIONS[*]}"
}

# count_of FILE: a number in sysfs, below the module's directory, into COUNT.
count_of() {
	read -r COUNT <"$SYSFS/$1"
}

# reaches FILE NUMBER: it is that large, or larger.
reaches() {
	count_of "$1" && [ "$COUNT" -ge "$2" ]
}

# worker_is_idle: the worker has nothing to do.
worker_is_idle() {
	local state pending

	read -r state <"$SYSFS/worker/state"
	read -r pending <"$SYSFS/worker/pending"
	[ "$state $pending" = "idle 0" ]
}

# worker_switches: how often the worker's thread gave up the processor, in SWITCHES.
worker_switches() {
	local key value

	[ -e "/proc/${WORKER_PID:-none}" ] || WORKER_PID=$(pgrep -x proc_reclaimd) || return
	SWITCHES=0
	while read -r key value; do
		[[ $key != *voluntary_ctxt_switches: ]] || SWITCHES=$((SWITCHES + value))
	done <"/proc/$WORKER_PID/status"
}

# worker_woke_since SWITCHES
worker_woke_since() {
	worker_switches && [ "$SWITCHES" -gt "$1" ]
}
