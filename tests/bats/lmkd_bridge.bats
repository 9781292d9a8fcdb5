#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# lmkd-bridge, as its clients see it: packets in, oom_score_adj and levels out, kills back.

bats_require_minimum_version 1.8.0
load helper
load worker
load systemd

# The commands of the protocol.
TARGET=0 PROCPRIO=1 PROCREMOVE=2 PROCPURGE=3 GETKILLCNT=4 SUBSCRIBE=5 PROCKILL=6
UPDATE_PROPS=7 START_MONITORING=9 BOOT_COMPLETED=10 PROCS_PRIO=11

declare -gA CLIENT_PID CLIENT_TO CLIENT_FROM

setup_file() {
	worker_setup_file
}

teardown_file() {
	worker_teardown_file
}

setup() {
	worker_setup
	LMKD=$BATS_TEST_TMPDIR/lmkd
	BRIDGE_LOG=$BATS_TEST_TMPDIR/bridge.log
}

teardown() {
	worker_teardown
	only_swap /dev/zram0
	# Of a bridge that was killed.
	rmdir "$TRACEFS/instances/lmkd-bridge" 2>/dev/null || :
	[ ! -d "$TRACEFS/instances/levels" ] || unwatch_levels
	[ ! -s "$BRIDGE_LOG" ] || cat "$BRIDGE_LOG"
}

# start_bridge [PROGRAM]: until the test ends.
start_bridge() {
	"${1:-lmkd-bridge}" --socket "$LMKD" 2>"$BRIDGE_LOG" 3>&- &
	BRIDGE=$!
	started "$BRIDGE"
	wait_until 60 [ -S "$LMKD" ]
}

# end_bridge: as systemd does; its exit status is that of this.
end_bridge() {
	kill -TERM "$BRIDGE" && wait "$BRIDGE"
}

# connect NAME [COMMAND...]: a client of that name, started by that command.
connect() {
	local dir=$BATS_TEST_TMPDIR/client-$1 in out

	# It may have been tried before.
	[ ! -d "$dir" ] || rm -r "$dir" || return
	mkdir "$dir" && mkfifo "$dir/in" "$dir/out" || return
	"${@:2}" lmkd-client "$LMKD" <"$dir/in" >"$dir/out" 3>&- &
	started "$!"
	CLIENT_PID[$1]=$!
	exec {in}>"$dir/in" {out}<"$dir/out"
	CLIENT_TO[$1]=$in CLIENT_FROM[$1]=$out
	client_says "$1" ready
}

# Whose clients count pids from 1.
NEW_PIDS=(unshare --pid --fork --kill-child)

# disconnect NAME: killed, because others have inherited the FIFO that it reads.
disconnect() {
	local in=${CLIENT_TO[$1]} out=${CLIENT_FROM[$1]}

	kill -KILL "${CLIENT_PID[$1]}"
	exec {in}>&- {out}<&-
	rm -r "$BATS_TEST_TMPDIR/client-$1"
}

# client_says NAME TEXT: its next line.
client_says() {
	local line=

	read -r -t "$ANSWER_LIMIT" -u "${CLIENT_FROM[$1]}" line
	[ "$line" = "$2" ] || complain "client $1 says '$line', not '$2'"
}

# client NAME ANSWER COMMAND...: it does that, and says so.
client() {
	echo "${*:3}" >&"${CLIENT_TO[$1]}"
	client_says "$1" "$2"
}

# sends NAME WORD...: a packet; the bridge has dealt with it when this returns.
sends() {
	client "$1" ok send "${@:2}" && barrier "$1"
}

# barrier NAME: what it has sent was read. No kill has an adj of 1.
barrier() {
	client "$1" ok send "$GETKILLCNT" 1 1 && client "$1" "$GETKILLCNT 0" receive "$((ANSWER_LIMIT * 1000))"
}

# adj_is PID ADJ
adj_is() {
	compare "adj of $1" "$(<"/proc/$1/oom_score_adj")" -eq "$2"
}

logged() {
	grep -q "$1" "$BRIDGE_LOG" || complain "nothing of '$1' in: $(<"$BRIDGE_LOG")"
}

nr_descriptors() {
	local files=("/proc/$BRIDGE/fd/"*)

	printf '%s\n' "${#files[@]}"
}

# has_descriptors N
has_descriptors() {
	[ "$(nr_descriptors)" -eq "$1" ]
}

# --- processes ---

@test "lmkd-bridge: PROCPRIO and PROCS_PRIO become oom_score_adj, and wake the worker" {
	local first second

	settings worker/enabled=1
	start_bridge
	connect a
	start_target anon 16M
	first=$TARGET_PID
	start_target anon 1M
	second=$TARGET_PID
	sends a $PROCPRIO "$first" 1000 200
	adj_is "$first" 200
	sends a $PROCPRIO "$first" 1000 -900 1
	adj_is "$first" -900
	sends a $PROCS_PRIO "$first" 1000 910 0 "$second" 1000 100 0 $$ 0 0 0
	adj_is "$first" 910
	adj_is "$second" 100
	settle
	decided 1 "$first" adj=910 trigger=adj reason=run
	# A bad one among them, and the others are set.
	sends a $PROCS_PRIO "$first" 1000 1001 0 "$second" 1000 101 0
	adj_is "$first" 910
	adj_is "$second" 101
	logged "refused part of a packet: an adj outside of -1000 to 1000"
}

@test "lmkd-bridge: Android 17's packets, of up to 16 words" {
	local before first second

	start_bridge
	connect a
	barrier a
	before=$(nr_descriptors)
	start_target anon 1M
	first=$TARGET_PID
	start_target anon 1M
	second=$TARGET_PID
	sends a $PROCPRIO "$first" 1000 200 0 0
	adj_is "$first" 200
	sends a $PROCS_PRIO "$first" 1000 910 0 0 "$second" 1000 100 0 0 $$ 0 0 0 0
	adj_is "$first" 910
	adj_is "$second" 100
	# For lmkd only: the process is known, and its adj stays.
	sends a $PROCREMOVE "$first"
	has_descriptors $((before + 2))
	sends a $PROCPRIO "$first" 1000 300 0 1
	sends a $PROCS_PRIO "$second" 1000 300 0 1
	adj_is "$first" 910
	adj_is "$second" 100
	has_descriptors $((before + 3))
	[ ! -s "$BRIDGE_LOG" ]
}

@test "lmkd-bridge: pids of another pid namespace are refused" {
	start_bridge
	start_target anon 1M
	connect inside "${NEW_PIDS[@]}"
	sends inside $PROCPRIO "$TARGET_PID" 0 900
	sends inside $PROCS_PRIO "$TARGET_PID" 0 900 0 0
	sends inside $PROCREMOVE "$TARGET_PID"
	sends inside $SUBSCRIBE 0
	adj_is "$TARGET_PID" 0
	logged "its pids are refused, because it is in another pid namespace"
	[ "$(wc -l <"$BRIDGE_LOG")" -eq 1 ]
	# What names no process is served.
	sends inside $TARGET 1024 900
	[ "$(<"$SYSFS/lowmem/minfree")" = 1024 ]
	connect outside
	sends outside $PROCPRIO "$TARGET_PID" 0 900
	adj_is "$TARGET_PID" 900
	# /proc here has not the pids of that namespace.
	run "${NEW_PIDS[@]}" lmkd-bridge --socket "$LMKD.2"
	assert_failure 1
	assert_output --partial "another pid namespace"
}

@test "lmkd-bridge: a reused pid is refused" {
	local pid

	start_bridge
	connect a
	start_target anon 1M
	pid=$TARGET_PID
	sends a $PROCPRIO "$pid" 0 100
	adj_is "$pid" 100
	stop_target
	WANTED_PID=$pid start_target anon 1M
	sends a $PROCPRIO "$pid" 0 900
	adj_is "$pid" 0
	logged "process $pid has exited, but was not removed"
	# After the client has removed the pid, it means the new process.
	sends a $PROCREMOVE "$pid"
	sends a $PROCPRIO "$pid" 0 901
	adj_is "$pid" 901
}

@test "lmkd-bridge: PROCREMOVE, PROCPURGE and the end of a client forget its processes" {
	local before pids=()

	start_bridge
	connect a
	connect b
	barrier b
	before=$(nr_descriptors)
	for _ in 1 2 3; do
		start_target anon 1M
		pids+=("$TARGET_PID")
		sends a $PROCPRIO "$TARGET_PID" 0 300
	done
	sends b $PROCPRIO "$TARGET_PID" 0 400
	has_descriptors $((before + 4))
	sends a $PROCREMOVE "${pids[0]}"
	has_descriptors $((before + 3))
	adj_is "${pids[0]}" 300
	# One's own only.
	sends b $PROCREMOVE "${pids[1]}"
	has_descriptors $((before + 3))
	sends a $PROCPURGE
	has_descriptors $((before + 1))
	disconnect b
	wait_until 10 has_descriptors $((before - 1))
	adj_is "${pids[2]}" 400
}

@test "lmkd-bridge: a process that is not there, or is none, is refused" {
	local tasks

	start_bridge
	connect a
	sends a $PROCPRIO 4194304 0 100
	logged "process 4194304: "
	connect b
	# A thread is not a process.
	start_target threads 1M
	tasks=("/proc/$TARGET_PID/task/"*)
	sends b $PROCPRIO "${tasks[1]##*/}" 0 100
	logged "process ${tasks[1]##*/}: "
	adj_is "$TARGET_PID" 0
}

# --- levels ---

# levels_are MINFREE ADJ
levels_are() {
	[ "$(<"$SYSFS/lowmem/minfree") $(<"$SYSFS/lowmem/adj")" = "$1 $2" ]
}

@test "lmkd-bridge: TARGET waits while a policy is loaded, but without blocking other packets" {
	start_bridge
	connect a
	settings lowmem/minfree=1 lowmem/adj=900
	exec {lock}>"$SYSFS/reclaim"
	flock "$lock"
	connect b
	# The newest one waits, and other packets are answered meanwhile.
	sends b $TARGET 3 950
	sends a $TARGET 1024 950
	disconnect b
	pause 1
	levels_are 1 900
	flock --unlock "$lock"
	wait_until 10 levels_are 1024 950
	flock "$lock"
	sends a $TARGET 2048 900
	[ ! -s "$BRIDGE_LOG" ]
	wait_until 20 logged "levels: Resource temporarily unavailable"
	exec {lock}>&-
	levels_are 1024 950
}

# watch_levels: what reaches the module's settings from now on, in this order.
watch_levels() {
	mkdir "$TRACEFS/instances/levels" || return
	# shellcheck disable=SC2016 # kprobe_events'
	echo 'p:levels/setting proc_reclaim:prc_setting_store file=+0(+0($arg2)):string text=+0($arg3):string' \
		>>"$TRACEFS/kprobe_events" || return
	echo 1 >"$TRACEFS/instances/levels/events/levels/enable"
}

# levels_written: "FILE=TEXT" of each write.
levels_written() {
	sed -nE 's/.*: setting: .* file="(minfree|adj)" text="(.*)$/\1=\2/p' "$TRACEFS/instances/levels/trace"
}

unwatch_levels() {
	rmdir "$TRACEFS/instances/levels" && echo >"$TRACEFS/kprobe_events"
}

@test "lmkd-bridge: TARGET sets the levels, both lists or none" {
	local minfree=minfree=18432,23040,27648,32256,55296,80640 adj=adj=0,100,200,250,900,950

	start_bridge
	connect a
	watch_levels
	sends a $TARGET 18432 0 23040 100 27648 200 32256 250 55296 900 80640 950
	[ "$(<"$SYSFS/lowmem/minfree")" = 18432,23040,27648,32256,55296,80640 ]
	[ "$(<"$SYSFS/lowmem/adj")" = 0,100,200,250,900,950 ]
	# The module refuses the adj, after it has taken the pages.
	sends a $TARGET 1 -1000
	logged "levels: Invalid argument"
	# With no adj no level holds: so it is until the pages are written too.
	assert_equal "$(levels_written)" \
		"$(printf '%s\n' adj= $minfree $adj adj= minfree=1 adj=-1000 adj= $minfree $adj)"
	unwatch_levels
	[ "$(<"$SYSFS/lowmem/minfree")" = 18432,23040,27648,32256,55296,80640 ]
	[ "$(<"$SYSFS/lowmem/adj")" = 0,100,200,250,900,950 ]
	sends a $TARGET 1024 900
	[ "$(<"$SYSFS/lowmem/minfree")" = 1024 ]
	[ "$(<"$SYSFS/lowmem/adj")" = 900 ]
	sends a $TARGET
	[ "$(<"$SYSFS/lowmem/minfree")" = "" ]
	[ "$(<"$SYSFS/lowmem/adj")" = "" ]
	# It does not switch anything on.
	[ "$(<"$SYSFS/lowmem/enabled")" = 0 ]
}

@test "lmkd-bridge: without the module it says what is missing" {
	rmmod proc_reclaim
	start_bridge
	wait_until 20 logged "kills are not reported"
	connect a
	sends a $TARGET 1024 900
	logged "levels: No such file"
	client a ok send $PROCPRIO $$ 0 "$(<"/proc/$$/oom_score_adj")"
	barrier a
}

# --- kills ---

@test "lmkd-bridge: kills are reported to subscribed clients, and counted by adj" {
	local ticks

	start_bridge
	connect a
	connect b
	connect inside "${NEW_PIDS[@]}"
	sends a $SUBSCRIBE 0
	sends inside $SUBSCRIBE 0
	start_target mlock 4M --uid 1234
	# It may be gone before it is looked at: then its uid is what was said of it.
	sends a $PROCPRIO "$TARGET_PID" 1234 921
	swapoff -a
	settings trigger/adj=0 action/full=anon lowmem/minfree=100000000 lowmem/adj=900
	settings lowmem/kill=1 lowmem/enabled=1 worker/enabled=1
	for _ in 1 2 3 4 5 6; do
		[ "$(<"$SYSFS/lowmem/kills")" -eq 0 ] || break
		echo 2 >/proc/sys/vm/drop_caches
		pause 0.3
	done
	client a "$PROCKILL $TARGET_PID 1234" receive "$((ANSWER_LIMIT * 1000))"
	client b nothing receive 100
	# Another process has that pid there.
	client inside nothing receive 100
	client b ok send $GETKILLCNT 900 950
	client b "$GETKILLCNT 1" receive "$((ANSWER_LIMIT * 1000))"
	client b ok send $GETKILLCNT -2147483648 2147483647
	client b "$GETKILLCNT 1" receive "$((ANSWER_LIMIT * 1000))"
	client b ok send $GETKILLCNT 0 920
	client b "$GETKILLCNT 0" receive "$((ANSWER_LIMIT * 1000))"
	client b ok send $GETKILLCNT 950 900
	client b "$GETKILLCNT 0" receive "$((ANSWER_LIMIT * 1000))"
	# It sleeps again.
	ticks=$(ticks_of "$BRIDGE")
	pause 2
	[ "$(ticks_of "$BRIDGE")" -le $((ticks + 2)) ]
}

# ticks_of PID: processor time that it has used.
ticks_of() {
	local stat

	read -r stat <"/proc/$1/stat"
	# shellcheck disable=SC2086 # to be split
	set -- ${stat##*)}
	echo $((${12} + ${13}))
}

@test "lmkd-bridge: the next client after the module was loaded again brings kills back" {
	local enable=$TRACEFS/instances/lmkd-bridge/events/proc_reclaim/proc_reclaim_kill/enable

	start_bridge
	connect a
	barrier a
	[ "$(<"$enable")" = 1 ]
	rmmod proc_reclaim
	insmod_module
	[ "$(<"$enable")" = 0 ]
	connect b
	barrier b
	[ "$(<"$enable")" = 1 ]
	end_bridge
	[ ! -e "$TRACEFS/instances/lmkd-bridge" ]
}

# --- the rest of the protocol ---

@test "lmkd-bridge: each command that wants an answer gets one" {
	start_bridge
	connect a
	client a ok send $UPDATE_PROPS
	client a "$UPDATE_PROPS -1" receive "$((ANSWER_LIMIT * 1000))"
	client a ok send $BOOT_COMPLETED
	client a "$BOOT_COMPLETED 0" receive "$((ANSWER_LIMIT * 1000))"
	sends a $START_MONITORING
	client a nothing receive 100
	[ ! -s "$BRIDGE_LOG" ]
}

# --- clients that do not behave ---

@test "lmkd-bridge: malformed packets change nothing, and are logged once" {
	local packet pid

	start_bridge lmkd-bridge-asan
	start_target anon 1M
	printf -v pid '%08x' "$TARGET_PID"
	echo 1024 >"$SYSFS/lowmem/minfree"
	connect a
	for packet in 00 000000 0000000100 00000006 00000008 0000000c ffffffff 80000000 7fffffff \
		"00000001$pid" "00000001${pid}0000000000000384000000000000" \
		"00000001${pid}00000000000003e9" "00000001${pid}000000007fffffff" \
		"0000000100000000000000000000003c" "00000001ffffffff000000000000003c" \
		"0000000b${pid}0000000000000384" 0000000000000400 \
		"$(printf '0000000b%0104d' 0)" "$(printf '00000000%0112d' 0)" "$(printf '%08192d' 0)"; do
		client a ok bytes "$packet"
	done
	barrier a
	adj_is "$TARGET_PID" 0
	[ "$(<"$SYSFS/lowmem/minfree")" = 1024 ]
	[ "$(wc -l <"$BRIDGE_LOG")" -eq 1 ]
	# Whatever it may be.
	for _ in {1..200}; do
		packet=$(od -An -vtx1 -N $((RANDOM % 60 + 1)) /dev/urandom)
		client a ok bytes "${packet//[$' \n']/}"
	done
	barrier a
	disconnect a
	wait_until 10 logged "packets refused$"
	end_bridge
	run ! grep -E 'Sanitizer|runtime error' "$BRIDGE_LOG"
}

@test "lmkd-bridge: a client that does not read is dropped, and others are served meanwhile" {
	local before

	start_bridge
	connect quiet
	connect busy
	barrier quiet
	before=$(kb_of "/proc/$BRIDGE/status" VmHWM)
	echo "flood 100000 $GETKILLCNT 0 1000" >&"${CLIENT_TO[busy]}"
	barrier quiet
	client_says busy closed
	barrier quiet
	connect stuck
	echo "flood 20000 $PROCPURGE" >&"${CLIENT_TO[stuck]}"
	barrier quiet
	client_says stuck "ok 20000"
	barrier stuck
	logged "dropped, because it does not read"
	[ "$(kb_of "/proc/$BRIDGE/status" VmHWM)" -le $((before + 256)) ]
}

@test "lmkd-bridge: clients that come and go leave nothing; the ninth is turned away" {
	local before i

	start_bridge lmkd-bridge-asan
	connect first
	barrier first
	before=$(nr_descriptors)
	for i in {1..7}; do
		connect "$i"
		sends "$i" $PROCPRIO "$$" 0 0
	done
	connect ninth
	client ninth closed receive "$((ANSWER_LIMIT * 1000))"
	for i in {1..7}; do
		disconnect "$i"
	done
	wait_until 10 has_descriptors "$before"
	connect next
	barrier next
	# Gone before it is answered, again and again.
	for i in {1..20}; do
		printf 'send %s\n' "$GETKILLCNT 0 1" "$SUBSCRIBE 0" | lmkd-client "$LMKD" >/dev/null
	done
	barrier first
	disconnect next
	wait_until 10 has_descriptors "$before"
	end_bridge
	run ! grep -E 'Sanitizer|runtime error' "$BRIDGE_LOG"
}

# --- the daemon ---

@test "lmkd-bridge: only root can connect, and the socket is removed at exit" {
	start_bridge
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR" "${BATS_TEST_TMPDIR%/*}"
	run "${NOBODY[@]}" lmkd-client "$LMKD" </dev/null
	assert_failure
	assert_output --partial "Permission denied"
	# A second one leaves the first alone.
	run lmkd-bridge --socket "$LMKD"
	assert_failure 1
	assert_output --partial "already in use by another program"
	connect a
	end_bridge
	[ ! -e "$LMKD" ]
	# A socket that a killed daemon has left behind is replaced.
	start_bridge
	kill -KILL "$BRIDGE"
	wait "$BRIDGE" || :
	[ -S "$LMKD" ]
	start_bridge
	wait_until 10 connect b
}

@test "lmkd-bridge: what is not its own stays, and without what it needs it does not start" {
	local i

	echo mine >"$LMKD"
	run timeout 20 lmkd-bridge --socket "$LMKD"
	assert_failure 1
	assert_output --partial "is not a socket"
	[ "$(<"$LMKD")" = mine ]
	rm "$LMKD"
	# Every user could connect to an abstract socket.
	run timeout 20 lmkd-bridge --socket ""
	assert_failure 1
	run prlimit --nofile=1000:1000 setpriv --bounding-set=-sys_resource timeout 20 \
		lmkd-bridge --socket "$LMKD"
	assert_failure 1
	assert_output --partial "cannot raise the limit of open files to 17416"
	start_bridge
	grep -qE "^Max open files +17416 +" "/proc/$BRIDGE/limits"
	# One that is stopped has as many waiting as may, and is not waited for.
	kill -STOP "$BRIDGE"
	for i in {1..9}; do
		lmkd-client "$LMKD" </dev/null
	done
	run timeout 20 lmkd-bridge --socket "$LMKD"
	kill -CONT "$BRIDGE"
	assert_failure 1
	assert_output --partial "already in use by another program"
}

@test "lmkd-bridge: a socket that systemd has made is used" {
	systemd-socket-activate --seqpacket --listen "$LMKD" "$(command -v lmkd-bridge)" \
		2>"$BRIDGE_LOG" 3>&- &
	BRIDGE=$!
	started "$BRIDGE"
	wait_until 60 [ -S "$LMKD" ]
	connect a
	start_target anon 1M
	sends a $PROCPRIO "$TARGET_PID" 0 333
	adj_is "$TARGET_PID" 333
	end_bridge
	# It is systemd's.
	[ -S "$LMKD" ]
	rm "$LMKD"
	# Another kind of socket is refused.
	systemd-socket-activate --listen "$LMKD" "$(command -v lmkd-bridge)" 2>"$BRIDGE_LOG" 3>&- &
	started "$!"
	wait_until 60 [ -S "$LMKD" ]
	socat -u "UNIX-CONNECT:$LMKD" /dev/null </dev/null || :
	wait_until 30 logged "expected one listening sequential-packet socket"
}

@test "lmkd-bridge: with no more rights than its unit gives it, it does its work" {
	start_target anon 1M --uid 1234
	setpriv --bounding-set=-all,+dac_override,+sys_resource --no-new-privs \
		lmkd-bridge --socket "$LMKD" 2>"$BRIDGE_LOG" 3>&- &
	BRIDGE=$!
	started "$BRIDGE"
	wait_until 60 [ -S "$LMKD" ]
	connect a
	sends a $PROCPRIO "$TARGET_PID" 1234 -800
	adj_is "$TARGET_PID" -800
	sends a $TARGET 1024 900
	[ "$(<"$SYSFS/lowmem/minfree")" = 1024 ]
	[ "$(<"$TRACEFS/instances/lmkd-bridge/events/proc_reclaim/proc_reclaim_kill/enable")" = 1 ]
	[ ! -s "$BRIDGE_LOG" ]
}

@test "lmkd-bridge: systemd takes its units, and finds them well locked up" {
	local units=/usr/local/lib/systemd/system

	systemd-analyze verify --man=no "$units/lmkd-bridge.service" "$units/lmkd-bridge.socket"
	systemd-analyze security --offline=true --threshold=30 "$units/lmkd-bridge.service"
}

@test "lmkd-bridge: as systemd runs it, locked up as its unit says, it does its work" {
	local pid bridge

	rmmod proc_reclaim
	start_systemd
	in_systemd systemctl start lmkd-bridge.socket
	[ "$(stat -c %a "/proc/$SYSTEMD/root/run/lmkd")" = 600 ]
	# The first client may come before the module.
	run in_systemd lmkd-client /run/lmkd < <(printf '%s\n' "send $GETKILLCNT 0 1" "receive $((ANSWER_LIMIT * 1000))")
	assert_line "$GETKILLCNT 0"
	insmod_module
	# shellcheck disable=SC2016 # the inner shell's
	pid=$(in_systemd bash -c 'sleep 1000 >/dev/null & echo "$!"')
	printf '%s\n' "send $PROCPRIO $pid 0 -500" "send $TARGET 1024 900" "send $GETKILLCNT 0 1" \
		"receive $((ANSWER_LIMIT * 1000))" | in_systemd lmkd-client /run/lmkd
	[ "$(in_systemd cat "/proc/$pid/oom_score_adj")" = -500 ]
	[ "$(<"$SYSFS/lowmem/minfree")" = 1024 ]
	[ "$(<"$TRACEFS/instances/lmkd-bridge/events/proc_reclaim/proc_reclaim_kill/enable")" = 1 ]
	bridge=$(pgrep -x lmkd-bridge)
	grep -q "^Seccomp:.2$" "/proc/$bridge/status"
	grep -q "^CapEff:.0000000001000002$" "/proc/$bridge/status"
	in_systemd systemctl stop lmkd-bridge.service lmkd-bridge.socket
	[ ! -e "$TRACEFS/instances/lmkd-bridge" ]
}

@test "lmkd-bridge: --help, --version, and what it does not know" {
	run lmkd-bridge -h
	assert_success
	assert_output "$(lmkd-bridge --help)"
	assert_output --partial "--socket=PATH"
	run lmkd-bridge --version
	assert_success
	assert_output --regexp '^lmkd-bridge [0-9]+\.[0-9]+\.[0-9]+$'
	run lmkd-bridge --nonsense
	assert_failure 2
	run lmkd-bridge word
	assert_failure 2
	assert_output --partial "unexpected argument 'word'"
	assert_output --partial "Try 'lmkd-bridge --help' for more information."
	run lmkd-bridge --socket "$(printf '/run/%0200d' 0)"
	assert_failure 1
	assert_output --partial "path too long for a socket"
}

@test "lmkd-bridge: --help, the manual page and the completions have the same options" {
	local help page=/usr/local/share/man/man8/lmkd-bridge.8 zsh fish

	help=$(lmkd-bridge --help | sed -nE 's/^  +(-[a-zA-Z], )?(--[a-z]+).*/\2/p' | sort)
	[ -n "$help" ]
	assert_equal "$(sed -nE 's/^\.It .*Fl (-[a-z]+).*/-\1/p' "$page" | sort)" "$help"
	run mandoc -T lint -W warning "$page"
	assert_output ""
	# shellcheck disable=SC1091 # installed in the guest
	. /usr/local/share/bash-completion/completions/lmkd-bridge
	# shellcheck disable=SC2034 # for the completion
	COMP_WORDS=(lmkd-bridge --) COMP_CWORD=1 COMPREPLY=()
	_lmkd_bridge
	assert_equal "$(printf '%s\n' "${COMPREPLY[@]%=}" | sort)" "$help"
	fish=$(XDG_DATA_DIRS=/usr/local/share:/usr/share fish -c 'complete -C "lmkd-bridge --"' | cut -f 1 | sort)
	assert_equal "${fish//=/}" "$help"
	zsh=$(grep -oE -- "--[a-z]+" /usr/local/share/zsh/site-functions/_lmkd-bridge | sort -u)
	assert_equal "$zsh" "$help"
}
