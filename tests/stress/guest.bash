# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the stress tests share inside the guest: the module, the processors, faults and
# the rows of the table. Builtins where they do: a fork costs 20 to 50 ms here.

set -uo pipefail

# shellcheck disable=SC2034 # for scripts that source this
SYSFS=/sys/kernel/proc_reclaim
DIR=/run/stress
CPU1=/sys/devices/system/cpu/cpu1/online
mkdir -p "$DIR"
rm -rf "${DIR:?}"/*
: >"$DIR/faults"
mkfifo "$DIR/never"
exec {never}<>"$DIR/never"

# How many times slower than the stock kernels this one is, at most.
# shellcheck disable=SC2034 # for scripts that source this
slow=1
emulated=
# shellcheck disable=SC2034 # the same
for word in $(</proc/cmdline); do
	case $word in
	prc.slow=*) slow=${word#*=} ;;
	prc.emulated=1) emulated=yes ;;
	esac
done
unset word

say() {
	printf '# %s s: %s\n' "$SECONDS" "$*"
}

# fault WHAT TEXT: something is wrong, found while doing WHAT (a row of the table).
fault() {
	printf '%s\t%s\n' "$1" "$2" >>"$DIR/faults"
	printf 'FAULT %s: %s\n' "$1" "$2"
}

faults_of() {
	grep -c "^$1	" "$DIR/faults" || :
}

# row WHAT CASES FIGURES: for the table that the host prints.
row() {
	printf 'row | %s | %s | %s | %s |\n' "$1" "$2" "$3" "$(faults_of "$1")"
}

# pause SECONDS, without a fork.
pause() {
	read -r -t "$1" -u "$never" || :
}

# pause_random MS: up to that long.
pause_random() {
	local ms=$((RANDOM % $1 + 1))

	pause "$((ms / 1000)).$(printf '%03d' $((ms % 1000)))"
}

# A line of /proc/meminfo, in kB.
meminfo() {
	local key value

	while read -r key value _; do
		[ "$key" != "$1:" ] || {
			echo "$value"
			return
		}
	done </proc/meminfo
}

# Emulated processors must not run what is being patched: see tests/vm/run-guest. So
# the second one goes while modules are loaded and tracepoints attached, and while a
# suspend switches the freezer's static key.
park_cpu() {
	[ -z "$emulated" ] || [ ! -e "$CPU1" ] || echo 0 >"$CPU1"
}

unpark_cpu() {
	[ ! -e "$CPU1" ] || [ "$(<"$CPU1")" = 1 ] || echo 1 >"$CPU1"
}

unpack_module() {
	local installed

	installed=$(modinfo -n proc_reclaim) || return
	case $installed in
	*.xz) xz -dc "$installed" ;;
	*.zst) zstd -qdc "$installed" ;;
	*) cat "$installed" ;;
	esac >"$DIR/proc_reclaim.ko"
}

load_module() {
	[ -s "$DIR/proc_reclaim.ko" ] || unpack_module || return
	insmod "$DIR/proc_reclaim.ko"
}

# unload_module TRIES [COMMAND]: an open file of debugfs pins it. COMMAND comes before
# each try.
unload_module() {
	local tries

	for ((tries = 0; tries < $1; tries++)); do
		${2:-:}
		! rmmod proc_reclaim 2>"$DIR/rmmod" || return 0
		RETRIES=$((${RETRIES:-0} + 1))
		pause 0.03
	done
	return 1
}

# programs: how many processes there are that have a program, but for the caller.
programs() {
	local task count=0

	for task in /proc/[0-9]*; do
		[ ! -e "$task/exe" ] || count=$((count + 1))
	done
	echo "$count"
}

# show_stacks: where each process is; a hang is mostly one in the kernel.
show_stacks() {
	local task

	for task in /proc/[0-9]*; do
		[ -e "$task/exe" ] || [ "$(<"$task/comm")" = proc_reclaimd ] || continue
		echo "# ${task#/proc/}: $(<"$task/comm")"
		sed 's/^/#     /' "$task"/task/*/stack
	done 2>/dev/null
}

# watchdog SECONDS: if it is still there then, say where everything is.
watchdog() {
	(
		exec {never}<>"$DIR/never"
		pause "$1"
		fault "end" "not within $1 s"
		show_stacks
	) &
	# shellcheck disable=SC2034 # for scripts that source this
	watchdog_pid=$!
}
