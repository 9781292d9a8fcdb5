# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of the worker's triggers need beside "load helper": a module that
# remembers nothing, its decisions, and memory that is short on demand.

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
	unsqueeze
	echo 60 >/proc/sys/vm/swappiness
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

# --- short memory ---

# less_memory: for setup_file. The memory of a small machine, so that what fills it
# need not be large: without the blocks that can be done without, and of the rest
# 330 MB free.
less_memory() {
	local block

	FODDER=/var/tmp/fodder
	truncate -s 96M "$FODDER"
	for block in $(printf '%s\n' /sys/devices/system/memory/memory*/state | sort -Vr); do
		[ "$(mem_free_kb)" -gt $((460 * 1024)) ] || break
		echo offline >"$block" || :
	done 2>/dev/null
	echo 3 >/proc/sys/vm/drop_caches
	hugepages $((($(mem_free_kb) / 1024 - 330) / 2)) || return
	# The first 16 MB are for devices only, or they would be taken before kswapd
	# is woken up.
	echo "1 256 32 0 0" >/proc/sys/vm/lowmem_reserve_ratio
	export FODDER
}

# all_memory: for teardown_file.
all_memory() {
	local block

	echo 0 >/proc/sys/vm/nr_hugepages
	echo "256 256 32 0 0" >/proc/sys/vm/lowmem_reserve_ratio
	for block in /sys/devices/system/memory/memory*/state; do
		[ "$(<"$block")" = online ] || echo online >"$block"
	done
	unsqueeze
	rm "$FODDER"
}

# spare_anon: the kernel's own reclaim leaves anonymous memory to the module.
spare_anon() {
	echo 0 >/proc/sys/vm/swappiness
}

# squeeze: raise the watermarks, so that kswapd has reason to wake up, but finds
# enough that it can take: when it finds nothing it gives up for good. Memory below
# the min watermark is not to be had, and there are 32 MB above it.
squeeze() {
	cat "$FODDER" >/dev/null
	echo 1000 >/proc/sys/vm/watermark_scale_factor
	echo $(($(mem_free_kb) - 32 * 1024)) >/proc/sys/vm/min_free_kbytes
}

unsqueeze() {
	echo 10 >/proc/sys/vm/watermark_scale_factor
	echo 16384 >/proc/sys/vm/min_free_kbytes
}

# another_shortage [COMMAND...]: the worker hears of one more and, when the command
# succeeds too, it is over.
another_shortage() {
	[ $# -gt 0 ] || set -- true
	worker_switches || return
	squeeze
	wait_until 20 worker_woke_since "$SWITCHES" && wait_until 60 "$@" || return
	unsqueeze
	wait_until 60 worker_is_idle
}
