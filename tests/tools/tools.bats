#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Test reclaimctl with plain files instead of the module, because the real module cannot produce
# all values and errors at will. Runs as root in a separate mount namespace.

bats_require_minimum_version 1.8.0
load ../bats/ctl

SYSFS=/sys/kernel/proc_reclaim
NOBODY=(setpriv --reuid=65534 --regid=65534 --clear-groups)
ABI=$BATS_TEST_DIRNAME/../../sysfs-ABI.md

# complain TEXT...: print the reason and fail.
complain() {
	printf '%s\n' "$*" >&2
	return 1
}

setup() {
	local name

	STARTED=()
	cd "$BATS_TEST_TMPDIR" || return
	hide /sys/kernel
	while read -r name; do
		mkdir -p "$SYSFS/${name%/*}"
		echo 0 >"$SYSFS/$name"
	done < <(sed -nE 's,^What:.*/sys/kernel/proc_reclaim/(.*/)?([a-z_]+)$,./\1\2,p' "$ABI")
	chmod 200 "$SYSFS"/{reclaim,age,restore}
	chmod 400 "$SYSFS/result"
	chmod 444 "$SYSFS"/{stats,decisions}/* "$SYSFS"/worker/{state,pending} "$SYSFS/lowmem/kills"
}

teardown() {
	local pid

	for pid in "${STARTED[@]}"; do
		kill -KILL "$pid"
		wait "$pid" || :
	done
	unhide
}

# hide DIRECTORY: mount an empty directory over it until the test ends; show TEXT FILE: mount a file
# with this text.
hide() {
	mount -t tmpfs -o mode=755 tmpfs "$1" && HIDDEN+=("$1")
}

show() {
	local file=shown.${#HIDDEN[@]}

	printf '%s\n' "$1" >"$file" && mount --bind "$file" "$2" && HIDDEN+=("$2")
}

unhide() {
	while [ "${#HIDDEN[@]}" -gt 0 ]; do
		umount -l "${HIDDEN[-1]}" || return
		unset 'HIDDEN[-1]'
	done
}

# start COMMAND...: start a process, as PID, until the test ends.
start() {
	"$@" 3>&- &
	PID=$!
	STARTED+=("$PID")
}

# start_sleep [COMMAND...]: start a process that sleeps, with that prefix.
start_sleep() {
	start "$@" sleep 1000
	soon is_program "$PID" "$(command -v sleep)"
}

# soon COMMAND...: wait up to 10 s until the command succeeds.
soon() {
	local end=$((SECONDS + 10))

	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || complain "still not: $*" || return
		sleep 0.05
	done
}

is_program() {
	[ "$(readlink "/proc/$1/exe")" = "$2" ]
}

# says TEXT...: check that stderr contains each text.
says() {
	local text

	for text; do
		[[ $SAID == *"$text"* ]] || complain "not '$text':" "$SAID" || return
	done
}

# --- standard input, output and error ---

@test "closed: no message is written to a file of the module" {
	one_way
	echo 'batch_pages = nonsense' >policy.ini
	for closed in '2>&-' '>&- 2>&-' '<&- >&- 2>&-' '<&- 2>&-'; do
		run bash -c "reclaimctl policy load policy.ini $closed"
		[ "$status" -eq 5 ] || complain "$closed: $status" "$output"
		[ "$(<"$SYSFS/reclaim")" = 0 ] || complain "$closed: $(<"$SYSFS/reclaim")"
	done
}

@test "closed: lost output is an error" {
	ends_with 5 bash -c 'reclaimctl status >&-'
	says "write error on standard output"
}

@test "closed: lmkd-bridge gives no other file these numbers" {
	local fd

	# shellcheck disable=SC2016 # words
	start bash -c 'exec lmkd-bridge --socket lmkd <&- >&- 2>&-'
	soon test -S lmkd
	for fd in 0 1 2; do
		[ "$(readlink "/proc/$PID/fd/$fd")" = /dev/null ] || complain "$fd: $(readlink "/proc/$PID/fd/$fd")"
	done
}

# --- which processes ---

@test "options: an empty argument is refused" {
	local words

	for words in "run --cgroup" "run --name" "run --unit" "run --user" "run --max" "age --range" \
		"metrics --output" "policy load --profile" "top --sort"; do
		# shellcheck disable=SC2086 # words
		ctl 2 $words ""
		says "option '--${words#*--}' requires a non-empty argument"
	done
	ctl 2 run -g "" --json
	json_is .error "option '--cgroup' requires a non-empty argument"
}

@test "options: -h and -V are --help and --version" {
	local words

	for words in "" run policy "policy load" "trace live"; do
		# shellcheck disable=SC2086 # words
		ctl 0 $words -h
		# shellcheck disable=SC2086 # words
		[ "$OUT" = "$(reclaimctl $words --help)" ]
	done
	ctl 0 -V
	[ "$OUT" = "$(reclaimctl --version)" ]
}

@test "options: a name instead of a pid gets a hint" {
	ctl 2 run redis
	says "invalid pid 'redis': use --name to select processes by name"
}

@test "options: no uid is truncated" {
	local user

	for user in 4294967296 -4294967296 4294967295 -1 99999999999999999999 0x0 nobdy; do
		ctl 2 run --dry-run --user "$user"
		says "'$user'"
	done
	ctl 1 run --dry-run --user 4294967294
	ctl 0 run --dry-run --json --user 0
	[[ $(json '[.processes[].pid] | join(" ")') == *1* ]]
}

@test "name: a program whose file was removed keeps its name" {
	local program=$PWD/a-very-long-name-for-a-program

	cp "$(command -v sleep)" "$program"
	start "$program" 1000
	soon is_program "$PID" "$program"
	rm "$program"
	is_program "$PID" "$program (deleted)"
	ctl 0 run --dry-run --json --name a-very-long-name-for-a-program
	json_is .processes[0].pid "$PID"
	ctl 1 run --dry-run --name 'a-very-long-name-for-a-program?*'
}

# --- results ---

# result WORD...: set the result of the last request.
result() {
	echo "$*" >"$SYSFS/result"
}

@test "results: an overwritten result is lost, and no failure" {
	local command

	start_sleep
	for command in age restore; do
		result "pid=$PID type=all scanned=5 targets=1"
		ctl 0 "$command" "$PID"
		[ -z "$OUT" ]
		says "$PID (sleep): done; result overwritten by a concurrent request"
		[ "$(<"$SYSFS/$command")" = "$PID" ]
		ctl 0 "$command" --json "$PID"
		json_is '.processes[0] | .stop + " " + (has("freed_kb") | tostring)' "unknown false"
		json_is .summary.lost 1
		# Its own result says that there was nothing to do.
		result "pid=$PID type=$command scanned=0 aged=0 restored=0 stop=done targets=1"
		ctl 1 "$command" --json "$PID"
		json_is .summary.lost 0
	done
	# The freed memory of a run is measured.
	ctl 0 run "$PID"
	[[ $OUT == *" sleep "*unknown* ]]
	says "result overwritten"
	ctl 0 run --system
	[ -z "$OUT" ]
	says "(system): done; result overwritten"
}

@test "results: a result of another type is not its own" {
	start_sleep
	result "pid=$PID type=all isolated=7 stop=done targets=1"
	ctl 0 run --json "$PID"
	json_is .summary.isolated_pages 7
	for words in "--type anon" "--type file" "--range 0x1000,4096"; do
		# shellcheck disable=SC2086 # words
		ctl 0 run --json $words "$PID"
		json_is .summary.lost 1
	done
	result "pid=$PID type=range isolated=7 stop=done targets=1"
	ctl 0 run --json --range 4096,4096 "$PID"
	json_is .summary.isolated_pages 7
	result "pid=0 type=all isolated=7 stop=done targets=9"
	ctl 0 run --json --system
	json_is .summary.targets 9
	ctl 0 run --json "$PID"
	json_is .summary.lost 1
}

@test "run: a process that has grown does not free a negative amount" {
	start_sleep
	result "pid=$PID type=all isolated=1 rss_before_kb=100 rss_after_kb=342 stop=done targets=1"
	ctl 0 run "$PID"
	[[ $OUT == *" -242K "*"Freed 0 of 1 process"* ]] || complain "$OUT"
}

# --- files that are written ---

@test "files: devices and pipes are not replaced" {
	local pid

	mknod null c 1 3
	mknod full c 1 7
	mkfifo pipe
	ctl 0 metrics -o null
	ctl 0 policy save null
	[ -c null ]
	ctl 5 metrics -o full
	says "No space left"
	[ -c full ]
	cat pipe >piped 3>&- &
	pid=$!
	ctl 0 policy save pipe
	wait "$pid"
	[ -p pipe ]
	grep -q "^\[throttle\]$" piped
	ctl 5 metrics -o "$PWD"
	[ "$(ls)" = $'full\nnull\nout\npipe\npiped\nsaid' ]
}

@test "files: links are followed, and the owner and the mode stay" {
	mkdir elsewhere
	echo old >elsewhere/file
	chmod 640 elsewhere/file
	chown 65534:65534 elsewhere/file
	ln -s elsewhere/file link
	ctl 0 metrics -o link
	[ -L link ]
	grep -q "^proc_reclaim_loaded 1$" elsewhere/file
	[ "$(stat -c "%a %u:%g" elsewhere/file)" = "640 65534:65534" ]
	[ "$(ls elsewhere)" = file ]
	ln -s nowhere dangling
	ctl 5 metrics -o dangling
	[ -L dangling ] && [ ! -e nowhere ]
	umask 027
	ctl 0 metrics -o new
	[ "$(stat -c %a new)" = 640 ]
}

# --- status, metrics, top ---

@test "status, metrics: a missing directory is empty" {
	rm -r "$SYSFS"/{decisions,lowmem,worker}
	ctl 0 metrics
	[[ $OUT == *proc_reclaim_requests_total* ]]
	rm -r "$SYSFS/stats"
	ctl 0 status
	ctl 0 status --json
	json_is '.stats | length' 0
	ctl 3 metrics
}

# scrape: read the metrics of the node exporter into OUT.
scrape() {
	local port

	port=$(sed -nE 's/.*msg="Listening on" address=(127.0.0.1|\[::\]):([0-9]+).*/\2/p' log) &&
		[ -n "$port" ] && exec {fd}<>"/dev/tcp/127.0.0.1/$port" || return
	printf 'GET /metrics HTTP/1.0\r\n\r\n' >&"$fd"
	OUT=$(cat <&"$fd")
	exec {fd}>&-
}

# scraped TEXT...: check that each text is a line of OUT.
scraped() {
	local text

	for text; do
		[[ $'\n'$OUT == *$'\n'"$text"$'\n'* ]] || complain "no '$text' in:" "$OUT" || return
	done
}

@test "metrics: the node exporter understands type and help of each" {
	local name

	mkdir textfiles
	chmod 644 "$SYSFS/stats/requests"
	echo 5 >"$SYSFS/stats/requests"
	ctl 0 metrics -o textfiles/prc.prom
	start "$NODE_EXPORTER" --web.listen-address=127.0.0.1:0 --collector.disable-defaults \
		--collector.textfile --collector.textfile.directory="$PWD/textfiles" 2>log
	soon scrape
	scraped "node_textfile_scrape_error 0" "proc_reclaim_requests_total 5" \
		"# HELP proc_reclaim_requests_total Requests carried out." \
		"# TYPE proc_reclaim_worker_enabled gauge" \
		"# TYPE proc_reclaim_decisions_total counter" \
		'proc_reclaim_skipped_bytes_total{reason="shared"} 0'
	for name in $(sed -nE 's/^(proc_reclaim_[a-z_]+_total).*/\1/p' textfiles/prc.prom | uniq); do
		scraped "# TYPE $name counter"
	done
	[[ $OUT != *untyped* ]]
}

@test "top: prints one table if stdin is no terminal" {
	timeout 20 script -qec "TERM=xterm reclaimctl top </dev/null" typescript >/dev/null
	[[ $(<typescript) == *"ADJ"*" script"* ]]
	[ "$(grep -c ADJ typescript)" -eq 1 ]
}

@test "top: a truncated escape in a name does not damage the rest of its line" {
	start_sleep
	mkdir -p /sys/kernel/debug/proc_reclaim
	printf '%s\n' "comm=\\1 pid=$PID last=full ago_ms=0 freed_kb=7 swap_kb=0" \
		>/sys/kernel/debug/proc_reclaim/processes
	ctl 0 top --json
	json_is ".processes[] | select(.pid == $PID) | .last_action" full
}

# --- policy ---

locked() {
	! flock --nonblock "$1" true
}

@test "policy: only root can block a load" {
	start "${NOBODY[@]}" flock "$SYSFS" sleep 1000
	soon locked "$SYSFS"
	printf 'threads = 2\n' >policy.ini
	ends_with 0 timeout 20 reclaimctl policy load policy.ini
	[ "$(<"$SYSFS/threads")" = 2 ]
	# Another load blocks it, but not a dry run.
	start flock "$SYSFS/reclaim" sleep 1000
	soon locked "$SYSFS/reclaim"
	ends_with 0 timeout 20 reclaimctl policy load --dry-run policy.ini
	ends_with 124 timeout 1 reclaimctl policy load policy.ini
	says "waiting for another process to unlock $SYSFS/reclaim"
}

@test "policy: a setting without permission has its own exit code" {
	start_sleep unshare --user
	echo deny >"/proc/$PID/setgroups"
	mount --bind "/proc/$PID/setgroups" "$SYSFS/threads"
	printf 'threads = allow\n' >policy.ini
	ctl 4 policy load policy.ini
	says "policy.ini:1: threads = allow: Operation not permitted; no setting was changed"
}

@test "policy: an unknown profile is an error that names the list" {
	ctl 5 policy load --profile nonsense
	says "unknown profile 'nonsense': run 'reclaimctl policy list'"
}

# written FILE: load it, and list the writes in their order in WRITTEN.
written() {
	strace -qq -y -e trace=write -o trace reclaimctl policy load "$1" >/dev/null 2>&1 || :
	WRITTEN=$(sed -nE 's,^write\([0-9]+</sys/kernel/proc_reclaim/([a-z_/]+)>\, "([^\\]*)\\n".*,\1=\2,p' trace | xargs)
}

@test "policy: the module cannot kill by half of the levels" {
	echo 1 >"$SYSFS/lowmem/kill"
	printf '%s\n' '[lowmem]' 'adj = 900' 'enabled = 1' 'kill = 1' 'minfree = 10' >policy.ini
	written policy.ini
	[ "$WRITTEN" = "lowmem/kill=0 lowmem/adj=900 lowmem/minfree=10 lowmem/enabled=1 lowmem/kill=1" ] ||
		complain "$WRITTEN"
	# lowmem/kill stays on if no level changes.
	printf '%s\n' 'threads = 2' '[lowmem]' 'enabled = 0' 'kill = 1' >policy.ini
	written policy.ini
	[ "$WRITTEN" = "lowmem/enabled=0 threads=2" ] || complain "$WRITTEN"
	[ "$(<"$SYSFS/lowmem/kill")" = 1 ]
}

# one_way: make threads a file that takes a new value but not the old one, and batch_pages a file
# that rejects all values.
one_way() {
	start_sleep unshare --user
	mount --bind "/proc/$PID/setgroups" "$SYSFS/threads"
	mount --bind "/proc/$PID/uid_map" "$SYSFS/batch_pages"
}

@test "policy: a setting that cannot be restored is named, and the worker keeps its state" {
	one_way
	echo 1 >"$SYSFS/worker/enabled"
	printf '%s\n' 'compact_order = 3' 'threads = deny' 'batch_pages = nonsense' '[worker]' 'enabled = 0' \
		>policy.ini
	ctl 5 policy load policy.ini
	says "policy.ini:3: batch_pages = nonsense: the module rejected the value; could not restore: threads"
	[[ $SAID != *compact_order* && $SAID != *"no setting was changed"* ]]
	[ "$(<"$SYSFS/compact_order")" = 0 ]
	ctl 5 policy load --json policy.ini
	[[ $(json .error) == *"no setting was changed" ]]
	written policy.ini
	[[ $WRITTEN != *worker* ]]
}

# --- trace files ---

RECORDING=$BATS_TEST_DIRNAME/../page/trace.dat

# record_as NAME OPTION...: convert the recording with these options of trace-cmd.
record_as() {
	trace-cmd convert -i "$RECORDING" -o "$1" "${@:2}" >/dev/null 2>&1
}

# explains FILE COMMAND...: check that the command shows events of the file or prints an error, and
# exits with a documented status.
explains() {
	local file=$1 status=0

	timeout 20 reclaimctl "${@:2}" -i "$file" >out 2>said || status=$?
	case $status in
	0) return ;;
	1 | 5) grep -qE "^reclaimctl trace [a-z]+: $file: |^\{\"error\":" said out && return ;;
	esac
	complain "$file (${CASE:-}): '${*:2}' ends with $status and says: $(<said)"
}

# cut_at_each STRIDE FILE: truncate the file at each multiple of STRIDE.
cut_at_each() {
	local length size

	size=$(stat -c %s "$2")
	for ((length = 0; length < size; length += $1)); do
		CASE="$2, $length bytes"
		head -c "$length" "$2" >cut.dat
		explains cut.dat trace report || return
	done
}

# overwrite FILE OFFSET: write stdin there.
overwrite() {
	dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# change_bytes SEED NUMBER FILE: change three random bytes, NUMBER times.
change_bytes() {
	local i bytes size commands=("report" "report --json" "html -o page")

	size=$(stat -c %s "$3")
	RANDOM=$1
	for ((i = 0; i < $2; i++)); do
		CASE="$3, seed $1, number $i"
		cp "$3" changed.dat
		for _ in 1 2 3; do
			printf -v bytes '\\x%02x' $((RANDOM % 256))
			printf '%b' "$bytes" | overwrite changed.dat $(((RANDOM << 15 | RANDOM) % size))
		done
		rm -f page
		# shellcheck disable=SC2086 # words
		explains changed.dat trace ${commands[i % 3]} || return
	done
}

@test "trace: a truncated file is reported as damaged" {
	record_as plain.dat --compression none
	record_as six.dat --file-version 6
	cut_at_each 97 "$RECORDING"
	cut_at_each 487 plain.dat
	cut_at_each 331 six.dat
	head -c 20000 six.dat >cut.dat
	ctl 5 trace html -i cut.dat
	says "cut.dat: truncated or damaged trace file"
	[ ! -e trace.html ]
	ctl 5 trace report --json -i cut.dat
	json_is .exit_code 5
}

@test "trace: a file with changed bytes is shown or reported as damaged" {
	record_as plain.dat --compression none
	record_as six.dat --file-version 6
	change_bytes 1 60 "$RECORDING"
	change_bytes 2 120 plain.dat
	change_bytes 3 120 six.dat
}

# with_format FROM TO: make a recording with a changed format text. Both texts have the same length.
with_format() {
	record_as plain.dat --compression none
	LC_ALL=C sed "s/$1/$2/" plain.dat >crafted.dat
	[ "$(stat -c %s crafted.dat)" -eq "$(stat -c %s plain.dat)" ]
	! cmp -s crafted.dat plain.dat
}

# is_damaged FIELD: check that each "done" event is damaged, and that none shows the field.
is_damaged() {
	ctl 0 trace report --json -e "done" -i crafted.dat
	[ "$(jq -s "all(.damaged) and all(has(\"$1\") | not)" <<<"$OUT")" = true ] || complain "$OUT"
	ctl 0 trace report -e "done" -i crafted.dat
	[ "$(grep -vc ' damaged$' <<<"$OUT")" -eq 0 ] || complain "$OUT"
	ctl 0 trace html -e "done" -i crafted.dat
	! grep -q "\"$1\":" trace.html
}

@test "trace: a field outside of its record is not read" {
	local offset

	# As int: far before the record, shortly before it, and after the file.
	for offset in 4294959104 4294967232 2147483640; do
		with_format 'rss_before_pages;\toffset:..;' "rss_befo;\toffset:$offset;"
		is_damaged rss_befo
	done
	# A size of -1.
	with_format 'char comm\[16\];\toffset:12;\tsize:16;' 'u c[6];\toffset:9;\tsize:4294967295;'
	is_damaged c
}

@test "trace: a record does not exceed its page" {
	local at

	with_format 'rss_before_pages;\toffset:..;' 'rss_before_pag;\toffset:5000;'
	# The name is 12 bytes into a "done" event. Before the event, 4 bytes have the length in units
	# of 4 bytes and the time. A length of 0 means that the length follows, here 100000.
	at=$(LC_ALL=C grep -abo '<!--<script>' crafted.dat | sed -n '3s/:.*//p')
	tail -c +$((at - 12 + 1)) plain.dat | head -c 4 | overwrite crafted.dat $((at - 8))
	printf '\xa0\x86\x01\x00' | overwrite crafted.dat $((at - 12))
	printf '\x60' | overwrite crafted.dat $((at - 16))
	is_damaged rss_before_pag
}

@test "trace: a pipe or device does not block it" {
	mkfifo pipe
	ends_with 5 timeout 20 reclaimctl trace report -i pipe
	ends_with 5 timeout 20 reclaimctl trace report -i /dev/zero
	printf '\27\10Dtracing%0100d' 6 >long.dat
	ends_with 5 timeout 20 reclaimctl trace report -i long.dat
}

@test "trace: the file is read without privileges, and SIGPIPE ends the parent too" {
	strace -f -o trace -e trace=setresuid reclaimctl trace report -i "$RECORDING" >/dev/null
	grep -qE 'setresuid\(65534, 65534, 65534\) += 0' trace
	# shellcheck disable=SC2016 # the shell's that is started
	run bash -c '{ sleep 1; reclaimctl trace report -i "$1"; } | true; echo "${PIPESTATUS[0]}"' - "$RECORDING"
	[ "$output" = 141 ] || complain "$output"
}

# --- doctor ---

# found CHECK STATE TEXT: check a finding of doctor in OUT.
found() {
	json_is ".checks[] | select(.check == \"$1\") | .state" "$2"
	[[ $(json ".checks[] | select(.check == \"$1\") | .text") == *"$3"* ]] || complain "no '$3' in:" "$OUT"
}

@test "doctor: a self-test whose result is lost has not freed 0 KiB" {
	ctl 0 doctor --json --self-test
	found self-test note "intact; result overwritten"
}

@test "doctor: finds swap limits at any depth, if they are reached" {
	local slice=/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice

	hide /sys/fs/cgroup
	mkdir -p "$slice"
	for words in "max 0 ok" "0 0 warning" "8192 0 ok" "8192 8192 warning"; do
		read -r max current state <<<"$words"
		echo "$max" >"$slice/memory.swap.max"
		echo "$current" >"$slice/memory.swap.current"
		ctl 0 doctor --json
		found cgroups "$state" " of 5 "
	done
	found cgroups warning "1 of 5 are at their swap limit: $slice/memory.swap.max"
}

@test "doctor: detects zswap" {
	show $'Filename Type Size Used Priority\n/dev/vda2 partition 1000 0 -2' /proc/swaps
	hide /sys/module
	mkdir -p /sys/module/zswap/parameters
	echo N >/sys/module/zswap/parameters/enabled
	ctl 0 doctor --json
	found swap ok "disk, 100 % free: memory is free after it is written"
	echo Y >/sys/module/zswap/parameters/enabled
	ctl 0 doctor --json
	found swap ok "disk behind zswap, 100 % free"
	[[ $OUT != *"zram is faster"* ]]
}

@test "doctor: detects missing kprobes" {
	rm -r "$SYSFS"
	mkdir /sys/kernel/btf
	: >/sys/kernel/btf/vmlinux
	show "0000000000000000 T register_kprobes" /proc/kallsyms
	ctl 3 doctor --json
	found kernel failed "no kprobes"
	show $'0000000000000000 T other\n0000000000000000 T register_kprobe' /proc/kallsyms
	ctl 3 doctor --json
	found kernel ok "with BTF and kprobes"
}
