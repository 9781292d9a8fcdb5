#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# reclaimctl beside a module that is plain files: values, files and moments that a real one
# does not have at will. As root, in a mount namespace of its own.

bats_require_minimum_version 1.8.0
load ../bats/ctl

SYSFS=/sys/kernel/proc_reclaim
NOBODY=(setpriv --reuid=65534 --regid=65534 --clear-groups)
ABI=$BATS_TEST_DIRNAME/../../sysfs-ABI.md

# complain TEXT...: say why, and fail.
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
	chmod 444 "$SYSFS"/{stats,decided}/* "$SYSFS"/worker/{state,pending} "$SYSFS/lowmem/kills"
}

teardown() {
	local pid

	for pid in "${STARTED[@]}"; do
		kill -KILL "$pid"
		wait "$pid" || :
	done
	unhide
}

# hide DIRECTORY: an empty one is there until the test ends; show TEXT FILE: a file with that
# text is.
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

# start COMMAND...: PID, until the test ends.
start() {
	"$@" 3>&- &
	PID=$!
	STARTED+=("$PID")
}

# start_sleep [COMMAND...]: the same of one that sleeps, by that command.
start_sleep() {
	start "$@" sleep 1000
	soon is_program "$PID" "$(command -v sleep)"
}

# soon COMMAND...: it succeeds within 10 s.
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

# says TEXT...: each is part of what was said on stderr.
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

@test "closed: output that is lost is an error still" {
	ends_with 5 bash -c 'reclaimctl status >&-'
	says "not all of the output could be written"
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

@test "options: an empty value is refused, not taken for everything" {
	local words

	for words in "run --cgroup" "run --name" "run --unit" "run --user" "run --max" "age --range" \
		"metrics --output" "policy load --profile" "top --sort"; do
		# shellcheck disable=SC2086 # words
		ctl 2 $words ""
		says "the value of --${words#*--} is empty"
	done
	ctl 2 run -g "" --json
	json_is .error "the value of --cgroup is empty"
}

@test "options: no number of a user is cut" {
	local user

	for user in 4294967296 -4294967296 4294967295 -1 99999999999999999999 0x0 nobdy; do
		ctl 2 run --dry-run --user "$user"
		says "'$user'"
	done
	ctl 1 run --dry-run --user 4294967294
	ctl 0 run --dry-run --json --user 0
	[[ $(json '[.processes[].pid] | join(" ")') == *1* ]]
}

@test "name: a program whose file was replaced has its name still" {
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

# result WORD...: of the request that finished last.
result() {
	echo "$*" >"$SYSFS/result"
}

@test "results: what somebody else's has replaced is lost, and no failure" {
	local command

	start_sleep
	for command in age restore; do
		result "pid=$PID type=all scanned=5 targets=1"
		ctl 0 "$command" "$PID"
		[ -z "$OUT" ]
		says "$PID (sleep): done, but somebody else's result"
		[ "$(<"$SYSFS/$command")" = "$PID" ]
		ctl 0 "$command" --json "$PID"
		json_is '.processes[0] | .stop + " " + (has("freed_kb") | tostring)' "unknown false"
		json_is .summary.lost 1
		# And its own that there was nothing to do.
		result "pid=$PID type=$command scanned=0 aged=0 restored=0 stop=done targets=1"
		ctl 1 "$command" --json "$PID"
		json_is .summary.lost 0
	done
	# What a run has freed can be measured.
	ctl 0 run "$PID"
	[[ $OUT == *" sleep "*unknown* ]]
	says "somebody else's result"
	ctl 0 run --system
	[ -z "$OUT" ]
	says "(system): done, but somebody else's"
}

@test "results: its own is of the same kind" {
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

# --- files that are written ---

@test "files: what is no regular file stays what it is" {
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

@test "status, metrics: a directory that is gone has nothing in it" {
	rm -r "$SYSFS"/{decided,lowmem,worker}
	ctl 0 metrics
	[[ $OUT == *proc_reclaim_requests_total* ]]
	rm -r "$SYSFS/stats"
	ctl 0 status
	ctl 0 status --json
	json_is '.stats | length' 0
	ctl 3 metrics
}

# scrape: what the node exporter says, as OUT.
scrape() {
	local port

	port=$(sed -nE 's/.*msg="Listening on" address=(127.0.0.1|\[::\]):([0-9]+).*/\2/p' log) &&
		[ -n "$port" ] && exec {fd}<>"/dev/tcp/127.0.0.1/$port" || return
	printf 'GET /metrics HTTP/1.0\r\n\r\n' >&"$fd"
	OUT=$(cat <&"$fd")
	exec {fd}>&-
}

# scraped TEXT...: each is a line of that.
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
		"# HELP proc_reclaim_requests_total Requests that were carried out." \
		"# TYPE proc_reclaim_worker_enabled gauge" \
		"# TYPE proc_reclaim_decisions_total counter" \
		'proc_reclaim_skipped_bytes_total{reason="shared"} 0'
	for name in $(sed -nE 's/^(proc_reclaim_[a-z_]+_total).*/\1/p' textfiles/prc.prom | uniq); do
		scraped "# TYPE $name counter"
	done
	[[ $OUT != *untyped* ]]
}

@test "top: without a terminal to read keys from it looks once" {
	timeout 20 script -qec "TERM=xterm reclaimctl top </dev/null" typescript >/dev/null
	[[ $(<typescript) == *"ADJ"*" script"* ]]
	[ "$(grep -c ADJ typescript)" -eq 1 ]
}

# --- policy ---

locked() {
	! flock --nonblock "$1" true
}

@test "policy: nobody but root can hold up a load" {
	start "${NOBODY[@]}" flock "$SYSFS" sleep 1000
	soon locked "$SYSFS"
	printf 'threads = 2\n' >policy.ini
	ends_with 0 timeout 20 reclaimctl policy load policy.ini
	[ "$(<"$SYSFS/threads")" = 2 ]
	# Another load does, but not who only looks.
	start flock "$SYSFS/reclaim" sleep 1000
	soon locked "$SYSFS/reclaim"
	ends_with 0 timeout 20 reclaimctl policy load --dry-run policy.ini
	ends_with 124 timeout 1 reclaimctl policy load policy.ini
}

# written FILE: load it; what is written, in its order, becomes WRITTEN.
written() {
	strace -qq -y -e trace=write -o trace reclaimctl policy load "$1" >/dev/null 2>&1 || :
	WRITTEN=$(sed -nE 's,^write\([0-9]+</sys/kernel/proc_reclaim/([a-z_/]+)>\, "([^\\]*)\\n".*,\1=\2,p' trace | xargs)
}

@test "policy: nothing is killed by half of the levels" {
	echo 1 >"$SYSFS/lowmem/kill"
	printf '%s\n' '[lowmem]' 'adj = 900' 'enabled = 1' 'kill = 1' 'minfree = 10' >policy.ini
	written policy.ini
	[ "$WRITTEN" = "lowmem/kill=0 lowmem/adj=900 lowmem/minfree=10 lowmem/enabled=1 lowmem/kill=1" ] ||
		complain "$WRITTEN"
	# Where none of them changes it stays.
	printf '%s\n' 'threads = 2' '[lowmem]' 'enabled = 0' 'kill = 1' >policy.ini
	written policy.ini
	[ "$WRITTEN" = "lowmem/enabled=0 threads=2" ] || complain "$WRITTEN"
	[ "$(<"$SYSFS/lowmem/kill")" = 1 ]
}

# one_way: what has another value than it had can be set and not be put back, as threads; and
# what refuses any value, as batch_pages.
one_way() {
	start_sleep unshare --user
	mount --bind "/proc/$PID/setgroups" "$SYSFS/threads"
	mount --bind "/proc/$PID/uid_map" "$SYSFS/batch_pages"
}

@test "policy: what cannot be put back is named, and the worker forgets nothing" {
	one_way
	echo 1 >"$SYSFS/worker/enabled"
	printf '%s\n' 'compact_order = 3' 'threads = deny' 'batch_pages = nonsense' '[worker]' 'enabled = 0' \
		>policy.ini
	ctl 5 policy load policy.ini
	says "policy.ini:3: batch_pages = nonsense: the module refuses that value; could not be put back: threads"
	[[ $SAID != *compact_order* && $SAID != *"nothing was changed"* ]]
	[ "$(<"$SYSFS/compact_order")" = 0 ]
	ctl 5 policy load --json policy.ini
	[[ $(json .error) == *"nothing was changed" ]]
	written policy.ini
	[[ $WRITTEN != *worker* ]]
}

# --- trace files ---

RECORDING=$BATS_TEST_DIRNAME/../page/trace.dat

# record_as NAME OPTION...: the recording as trace-cmd writes it with these options.
record_as() {
	trace-cmd convert -i "$RECORDING" -o "$1" "${@:2}" >/dev/null 2>&1
}

# explains FILE COMMAND...: of that file it shows events or says why it does not, and ends by
# itself with a documented status.
explains() {
	local file=$1 status=0

	timeout 20 reclaimctl "${@:2}" -i "$file" >out 2>said || status=$?
	case $status in
	0) return ;;
	1 | 5) grep -qE "^reclaimctl trace [a-z]+: $file: |^\{\"error\":" said out && return ;;
	esac
	complain "$file (${CASE:-}): '${*:2}' ends with $status and says: $(<said)"
}

# cut_at_each STRIDE FILE: the file is cut after so many bytes, again and again.
cut_at_each() {
	local length size

	size=$(stat -c %s "$2")
	for ((length = 0; length < size; length += $1)); do
		CASE="$2, $length bytes"
		head -c "$length" "$2" >cut.dat
		explains cut.dat trace report || return
	done
}

# overwrite FILE OFFSET: with what is on stdin.
overwrite() {
	dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# change_bytes SEED NUMBER FILE: so many times three of its bytes are others.
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

@test "trace: a file that is cut anywhere is called damaged" {
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

@test "trace: whatever bytes of a file are others, it is shown or called damaged" {
	record_as plain.dat --compression none
	record_as six.dat --file-version 6
	change_bytes 1 60 "$RECORDING"
	change_bytes 2 120 plain.dat
	change_bytes 3 120 six.dat
}

# with_format FROM TO: a recording with that instead in the text of the formats. Both are of one
# length.
with_format() {
	record_as plain.dat --compression none
	LC_ALL=C sed "s/$1/$2/" plain.dat >crafted.dat
	[ "$(stat -c %s crafted.dat)" -eq "$(stat -c %s plain.dat)" ]
	! cmp -s crafted.dat plain.dat
}

# is_damaged FIELD: of each "done", and that field of none is shown.
is_damaged() {
	ctl 0 trace report --json -e "done" -i crafted.dat
	[ "$(jq -s "all(.damaged) and all(has(\"$1\") | not)" <<<"$OUT")" = true ] || complain "$OUT"
	ctl 0 trace report -e "done" -i crafted.dat
	[ "$(grep -vc ' damaged$' <<<"$OUT")" -eq 0 ] || complain "$OUT"
	ctl 0 trace html -e "done" -i crafted.dat
	! grep -q "\"$1\":" trace.html
}

@test "trace: a field that does not lie in its record is not read" {
	local offset

	# As ints: far before the record, shortly before it, and past all.
	for offset in 4294959104 4294967232 2147483640; do
		with_format 'rss_before_pages;\toffset:..;' "rss_befo;\toffset:$offset;"
		is_damaged rss_befo
	done
	# A size of -1.
	with_format 'char comm\[16\];\toffset:12;\tsize:16;' 'u c[6];\toffset:9;\tsize:4294967295;'
	is_damaged c
}

@test "trace: a record ends in its page, however long it says that it is" {
	local at

	with_format 'rss_before_pages;\toffset:..;' 'rss_before_pag;\toffset:5000;'
	# Of a "done" its name, which is 12 bytes into it, after 4 bytes with the length in units of
	# 4 bytes and the time. Where that is 0 the length follows, here one of 100000.
	at=$(LC_ALL=C grep -abo '<!--<script>' crafted.dat | sed -n '3s/:.*//p')
	tail -c +$((at - 12 + 1)) plain.dat | head -c 4 | overwrite crafted.dat $((at - 8))
	printf '\xa0\x86\x01\x00' | overwrite crafted.dat $((at - 12))
	printf '\x60' | overwrite crafted.dat $((at - 16))
	is_damaged rss_before_pag
}

@test "trace: what is no file is not waited for" {
	mkfifo pipe
	ends_with 5 timeout 20 reclaimctl trace report -i pipe
	ends_with 5 timeout 20 reclaimctl trace report -i /dev/zero
	printf '\27\10Dtracing%0100d' 6 >long.dat
	ends_with 5 timeout 20 reclaimctl trace report -i long.dat
}

@test "trace: the file is read without root's rights, and the signal of a closed pipe is passed on" {
	strace -f -o trace -e trace=setresuid reclaimctl trace report -i "$RECORDING" >/dev/null
	grep -qE 'setresuid\(65534, 65534, 65534\) += 0' trace
	# shellcheck disable=SC2016 # the shell's that is started
	run bash -c '{ sleep 1; reclaimctl trace report -i "$1"; } | true; echo "${PIPESTATUS[0]}"' - "$RECORDING"
	[ "$output" = 141 ] || complain "$output"
}

# --- doctor ---

# found CHECK STATE TEXT: doctor, which has just been asked, says so.
found() {
	json_is ".checks[] | select(.check == \"$1\") | .state" "$2"
	[[ $(json ".checks[] | select(.check == \"$1\") | .text") == *"$3"* ]] || complain "no '$3' in:" "$OUT"
}

@test "doctor: a trial whose result is lost has not freed 0 KiB" {
	ctl 0 doctor --json --trial
	found trial note "intact; somebody else's result"
}

@test "doctor: finds a limit of swap however deep, and one that is reached" {
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
	found cgroups warning "1 of 5 may not swap, or no more: $slice/memory.swap.max"
}

@test "doctor: knows zswap from a bare disk" {
	show $'Filename Type Size Used Priority\n/dev/vda2 partition 1000 0 -2' /proc/swaps
	hide /sys/module
	mkdir -p /sys/module/zswap/parameters
	echo N >/sys/module/zswap/parameters/enabled
	ctl 0 doctor --json
	found swap ok "disk, 100 % free: memory is free when it is written"
	echo Y >/sys/module/zswap/parameters/enabled
	ctl 0 doctor --json
	found swap ok "disk behind zswap, 100 % free"
	[[ $OUT != *"zram would be quicker"* ]]
}

@test "doctor: misses kprobes, without which the module cannot load" {
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
