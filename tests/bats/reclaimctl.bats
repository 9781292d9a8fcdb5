#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# reclaimctl: run, age, restore, status, doctor and metrics, by what they do.

bats_require_minimum_version 1.8.0
load helper
load ctl

teardown() {
	mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug
	[[ $(</proc/swaps) == *zram0* ]] || swapon /dev/zram0
	helper_teardown
}

# untouched PID PAGES: all of the target's memory is there.
untouched() {
	use_target "$1" && answers "present $2" present
}

# --- run ---

@test "run: reclaims the process, and says exactly what the kernel says" {
	local before

	start_target anon 16M
	before=$(rss_kb "$TARGET_PID")
	ctl 0 run --json "$TARGET_PID"
	json_is .processes[0].pid "$TARGET_PID"
	json_is .processes[0].name target
	json_is .processes[0].request "$TARGET_PID all"
	json_is .processes[0].stop "done"
	json_is .summary.failed 0
	compare swap_after_kb "$(json .processes[0].swap_after_kb)" -eq "$(swap_kb "$TARGET_PID")"
	compare freed_kb "$(json .summary.freed_kb)" -ge $((15 * 1024))
	compare freed_kb "$(json .summary.freed_kb)" -le "$before"
	answers "ok $((16 << 17))" verify
}

# refused_run OPTION...: run it while zram takes no page that has to be stored. What it says
# becomes OUT and SAID, whatever its status.
refused_run() {
	echo 4096 >/sys/block/zram0/mem_limit
	ctl any run --type anon "$@" "$TARGET_PID"
	echo 0 >/sys/block/zram0/mem_limit
}

@test "run: what swap has refused is not freed" {
	start_target anon 16M --random
	refused_run
	[[ $SAID == *"stopped early: swap refuses writes"* ]]
	ask touch
	refused_run --json
	json_is .processes[0].stop unwritten
	compare unwritten "$(json .processes[0].unwritten_pages)" -ge 256
	compare freed_kb "$(json .summary.freed_kb)" -le 1024
	compare swapped_kb "$(json .summary.swapped_kb)" -le 1024
	answers "ok $((16 << 17))" verify
}

@test "run: prints a table for people, and a summary" {
	start_target anon 16M
	ctl 0 run -v "$TARGET_PID"
	[[ $OUT == *"PID"*"NAME"*"FREED"*"STOP"* ]]
	[[ $OUT =~ $TARGET_PID\ +target\ +1[5-9]\.[0-9]M ]]
	[[ $OUT == *"passed over:"*"shared "* ]]
	[[ $OUT =~ "Freed 1"[5-6]\.[0-9]"M of 1 process in " ]]
	[ -z "$SAID" ]
	# Not for a terminal, so without colours.
	[[ $OUT != *$'\033'* ]]
	ask touch
	ctl 0 run -q "$TARGET_PID"
	[ -z "$OUT$SAID" ]
}

@test "run: --name finds all of that name, as a pattern too, and nobody else" {
	local first second

	start_target anon 2M
	first=$TARGET_PID
	start_target anon 4M
	second=$TARGET_PID
	ctl 0 run --json --name target
	json_is '.processes | length' 2
	# The largest first.
	json_is .processes[0].pid "$second"
	json_is .processes[1].pid "$first"
	untouched "$first" 0
	untouched "$second" 0
	ctl 0 run --json --dry-run --name 't[a-b]rg?t'
	json_is '.processes | length' 2
	ctl 1 run --json --name arget
	json_is .error "no process matches"
}

# start_as NAME: a process of that name, as PID.
start_as() {
	cp "$(command -v sleep)" "$BATS_TEST_TMPDIR/$1"
	"$BATS_TEST_TMPDIR/$1" 1000 3>&- &
	PID=$!
	started "$PID"
	wait_until 10 is_program "$PID" "$BATS_TEST_TMPDIR/$1"
}

is_program() {
	[ "$(readlink "/proc/$1/exe")" = "$2" ]
}

@test "run: no name confuses it, and a name that was cut off is the program's" {
	start_as $'a) R 1 (\t\033[1m'
	ctl 0 run --json --dry-run "$PID"
	json_is .processes[0].name 'a) R 1 (??[1m'
	ctl 0 run "$PID"
	[[ $OUT != *$'\033'* ]]
	start_as a-very-long-name-for-a-program
	ctl 0 run --dry-run --json --name a-very-long-name-for-a-program
	json_is .processes[0].pid "$PID"
	ctl 1 run --dry-run --name a-very-long-name-for-another
}

@test "run: --user, --cgroup and --unit, each alone and together" {
	local users other

	make_cgroup prc-test.service
	start_target anon 1M --uid 65534
	users=$TARGET_PID
	echo "$users" >"$CGROUP/cgroup.procs"
	start_target anon 1M --uid 65534
	other=$TARGET_PID
	ctl 1 run --user nobody --cgroup /prc-test
	ctl 1 run --unit prc-tes
	ctl 1 run --unit prc-test.scope
	ctl 1 run "$other" --unit prc-test
	ctl 1 run --user root --unit prc-test
	untouched "$users" 256
	untouched "$other" 256
	ctl 0 run --json --user nobody
	json_is '.processes | length' 2
	untouched "$other" 0
	answers "ok 131072" verify
	for selection in "--unit prc-test" "--unit prc-test.service" "-g /prc-test.service" \
		"--cgroup /sys/fs/cgroup/prc-test.service/ --user 65534" "-n target -g $CGROUP"; do
		use_target "$users"
		answers "ok 131072" verify
		# shellcheck disable=SC2086 # words
		ctl 0 run --json $selection
		json_is '[.processes[].pid] | join(",")' "$users"
		untouched "$users" 0
	done
	untouched "$other" 256
	stop_target "$users"
	stop_target "$other"
}

@test "run: type, range and filters reach the module as they are" {
	start_target anon 4M
	ctl 0 run --json --dry-run --type file --cold --inactive --max 1M --ms 500 "$TARGET_PID"
	json_is .processes[0].request "$TARGET_PID file cold inactive max=1M ms=500"
	ctl 0 run --json --dry-run --range "$TARGET_ADDR,1M" --max 64K "$TARGET_PID"
	json_is .processes[0].request "$TARGET_PID $TARGET_ADDR 1M max=64K"
	untouched "$TARGET_PID" 1024
	# And do what they are there for.
	reclaimctl run -q --type file "$TARGET_PID" || :
	untouched "$TARGET_PID" 1024
	ctl 0 run --range "$TARGET_ADDR,1M" "$TARGET_PID"
	untouched "$TARGET_PID" 768
	ctl 0 run --json --type anon --max 1M "$TARGET_PID"
	json_is .processes[0].stop max
	present 512
	ctl 0 age "$TARGET_PID"
	ask touch 3M 1M
	ctl 0 run --type anon --cold "$TARGET_PID"
	untouched "$TARGET_PID" 256
}

@test "run: a pid that belongs to somebody else by its turn is not hit" {
	local slow victim stranger writer

	start_target anon 1M
	slow=$TARGET_PID
	start_target anon 1M
	victim=$TARGET_PID
	# The first request waits for the lock, the second one for the first.
	insmod /opt/proc-reclaim/modules/hold_mmap_lock.ko pid="$slow"
	reclaimctl run --json "$slow" "$victim" >"$BATS_TEST_TMPDIR/waited" 3>&- &
	writer=$!
	started "$writer"
	wait_until 20 waits_in_request "$writer"
	stop_target "$victim"
	WANTED_PID=$victim start_target anon 1M
	stranger=$TARGET_PID
	rmmod hold_mmap_lock
	wait_until 20 gone "$writer"
	ends_with 0 cat "$BATS_TEST_TMPDIR/waited"
	json_is .processes[0].stop "done"
	json_is .processes[1].pid "$stranger"
	json_is .processes[1].errno ESRCH
	untouched "$slow" 0
	untouched "$stranger" 256
}

@test "run: says so when all that matched are gone by their turn" {
	start_target anon 1M
	# Whose pids are not those that /proc has.
	ends_with 1 unshare --pid --fork reclaimctl run --json --name target
	json_is .error "no process matches any more"
	untouched "$TARGET_PID" 256
}

@test "run: without debugfs the result comes from sysfs" {
	start_target anon 4M
	umount /sys/kernel/debug
	ctl 0 run --json "$TARGET_PID"
	json_is .processes[0].stop "done"
	compare freed_kb "$(json .summary.freed_kb)" -ge 4000
	untouched "$TARGET_PID" 0
}

@test "run: --system is the module's own sweep" {
	start_target anon 1M
	ctl 0 run --system --type anon --max 64M
	[[ $OUT == *" system "* ]]
	untouched "$TARGET_PID" 0
	answers "ok 131072" verify
}

@test "run: a bar shows how far it is, on a terminal only" {
	start_target anon "$BIG"
	on_terminal "reclaimctl run $TARGET_PID"
	[[ $OUT =~ \[#*\.+\]\ +[0-9]+\ %\ +$TARGET_PID\ target ]]
	[[ $OUT == *$'\033[1m'"Freed "* ]]
	ask touch 0 4M
	NO_COLOR=1 on_terminal "reclaimctl run $TARGET_PID"
	[[ $OUT != *$'\033[1m'* && $OUT == *"Freed "* ]]
	ask touch 0 $((TARGET_LEN / 2))
	ctl 0 run "$TARGET_PID"
	[ -z "$SAID" ]
}

# --- how it ends ---

@test "exit codes: each says what happened, and JSON is JSON also then" {
	start_target anon 1M
	# 2: the command line.
	for words in "" "--nonsense" "run" "run --type both 1" "run one" "run 0" "run 1 --range 4096" \
		"run --system 1" "run --user no-such-user" "run 1 --max=" "status x" \
		"policy" "policy load" "policy load a b" "top --sort x" "nonsense" "metrics x"; do
		# shellcheck disable=SC2086 # words
		ctl 2 $words --json
		json_is .exit_code 2
	done
	ctl 2 run --name
	[[ $SAID == *"--name takes a value"*"reclaimctl run --help"* && -z $OUT ]]
	# 1: nobody there; 4: not permitted; 5: a part of it.
	ctl 1 run --json 4194303
	json_is .processes[0].errno ESRCH
	ctl 4 run --json 2
	json_is .processes[0].errno EPERM
	ctl 5 run --json 2 "$TARGET_PID"
	json_is .summary.failed 1
	untouched "$TARGET_PID" 0
	# What the module does not take changes nothing.
	ask touch
	ctl 5 run --json --max 1 "$TARGET_PID"
	json_is .processes[0].errno EINVAL
	untouched "$TARGET_PID" 256
	nobodys_ctl 4 run --json "$TARGET_PID"
	json_is .exit_code 4
	untouched "$TARGET_PID" 256
	# 3: no module.
	rmmod proc_reclaim
	for words in "run 1" "age 1" "restore 1" "status" "policy show" "policy load /dev/null" "top"; do
		# shellcheck disable=SC2086
		ctl 3 $words --json
		json_is .exit_code 3
		# shellcheck disable=SC2086
		ctl 3 $words
		[[ $SAID == *"modprobe proc_reclaim"* ]]
	done
}

# --- age, restore ---

@test "age: says how much was used since the last one" {
	start_target anon 8M
	ctl 0 age --json --range "$TARGET_ADDR,$TARGET_LEN" "$TARGET_PID"
	json_is .summary.aged_pages 2048
	ask touch 0 1M
	ctl 0 age --json --range "$TARGET_ADDR,$TARGET_LEN" --name target
	json_is .summary.scanned_pages 2048
	json_is .summary.aged_pages 256
	ask touch 0 2M
	ctl 0 age --range "$TARGET_ADDR,$TARGET_LEN" "$TARGET_PID"
	[[ $OUT == *"2.0M of 8.0M used since the last age."* ]]
	untouched "$TARGET_PID" 2048
}

@test "restore: brings it back from swap; with nothing to bring back it says so" {
	start_target anon 8M
	ctl 0 run "$TARGET_PID"
	ctl 0 restore --json --dry-run "$TARGET_PID"
	compare swap_kb "$(json .processes[0].swap_kb)" -ge 8000
	present 0
	ctl 0 restore --json "$TARGET_PID"
	compare restored "$(json .summary.restored_pages)" -ge 2048
	untouched "$TARGET_PID" 2048
	ctl 1 restore --json "$TARGET_PID"
	json_is .summary.restored_pages 0
}

# --- status ---

@test "status: shows what sysfs has" {
	local file

	ctl 0 status --json
	for file in requests pages_scanned pages_reclaimed; do
		json_is ".stats.$file" "$(<"$SYSFS/stats/$file")"
	done
	json_is .stats.skipped_shared_pages "$(<"$SYSFS/stats/skipped_shared")"
	json_is '.decided | length' "$(find "$SYSFS/decided" -type f | wc -l)"
	json_is .swap[0].device /dev/zram0
	json_is .swap[0].kind zram
	json_is .mem_total_kb "$(kb_of /proc/meminfo MemTotal)"
	ctl 0 status
	[[ $OUT =~ Worker\ +off && $OUT =~ Requests\ +$(<"$SYSFS/stats/requests"), ]]
	swapoff -a
	ctl 0 status
	[[ $OUT =~ Swap\ +none ]]
}

# --- doctor ---

# found CHECK STATE [TEXT]: doctor says so.
found() {
	json_is ".checks[] | select(.check == \"$1\") | .state" "$2"
	[ $# -lt 3 ] || [[ $(json ".checks[] | select(.check == \"$1\") | .text + .remedy") == *"$3"* ]] ||
		complain "no '$3' in:" "$OUT"
}

@test "doctor: finds nothing wrong where all is well, and changes nothing" {
	local before

	before=$(cat "$SYSFS"/stats/* "$SYSFS"/throttle/*)
	ctl 0 doctor --json
	[ "$(cat "$SYSFS"/stats/* "$SYSFS"/throttle/*)" = "$before" ]
	for check in user kernel module functions debugfs swap cgroups; do
		found "$check" ok
	done
	found functions ok "all $(($(wc -l <"$DEBUGFS/bindings") - 1)) are proved"
	found worker note "policy load --profile"
	ctl 0 doctor
	[[ $OUT != *failed* && $OUT != *warning* ]]
}

@test "doctor: --trial reclaims a process of its own" {
	ctl 0 doctor --json --trial
	found trial ok "intact"
	total_grows requests
	swapoff -a
	ctl 5 doctor --json --trial
	found trial failed "No space left"
}

@test "doctor: says what stands in the way, and what to do about it" {
	make_cgroup prc-noswap
	echo 0 >"$CGROUP/memory.swap.max"
	swapoff -a
	umount /sys/kernel/debug
	ctl 0 doctor --json
	found swap warning "zram-tools"
	found cgroups warning "prc-noswap"
	found debugfs note "mount -t debugfs"
	found functions ok
	swapon /dev/zram0
	on_one_cpu
	echo 1 >"$SYSFS/worker/enabled"
	echo 0 >"$SYSFS/trigger/adj"
	echo 100 >"$SYSFS/throttle/min_free_swap_pct"
	fill_some_swap
	ctl 0 doctor --json
	found worker warning "trigger/idle_ms"
	found swap warning "min_free_swap_pct"
	rmmod proc_reclaim
	ctl 3 doctor --json
	found module failed "modprobe proc_reclaim"
	nobodys_ctl 3 doctor --json
	found user warning sudo
}

# More than a hundredth of it.
fill_some_swap() {
	start_target anon 32M && reclaim "$TARGET_PID anon"
}

# --- metrics ---

# parse_metrics [openmetrics] <TEXT: "NAME VALUE" of each sample, by the reference parser of
# that format, or of the older one.
parse_metrics() {
	python3 -c '
import sys
from prometheus_client'"${1:+.$1}"'.parser import text_string_to_metric_families
for family in text_string_to_metric_families(sys.stdin.read()):
    assert family.documentation and family.type in ("gauge", "counter"), family
    for sample in family.samples:
        print(sample.name, *sample.labels.values(), int(sample.value))'
}

@test "metrics: an OpenMetrics parser reads what sysfs has" {
	local samples

	start_target anon 4M
	ctl 0 run "$TARGET_PID"
	ctl 0 metrics
	samples=$(parse_metrics openmetrics <"$BATS_TEST_TMPDIR/out")
	for sample in "loaded 1" "requests_total $(<"$SYSFS/stats/requests")" \
		"reclaimed_bytes_total $(($(<"$SYSFS/stats/pages_reclaimed") * 4096))" \
		"skipped_bytes_total shared $(($(<"$SYSFS/stats/skipped_shared") * 4096))" \
		"decisions_total foreground 0" "worker_enabled 0"; do
		[[ $'\n'$samples$'\n' == *$'\n'"proc_reclaim_$sample"$'\n'* ]] ||
			complain "no '$sample' in:" "$samples"
	done
	[ "$(grep -c skipped_bytes_total <<<"$samples")" -eq \
		"$(find "$SYSFS/stats" -name 'skipped_*' | wc -l)" ]
	# No count of the module is left out.
	[ "$(grep -cvE '_(skipped_bytes|decisions|kills)_total |_(loaded|worker_[a-z]+) ' <<<"$samples")" -eq \
		"$(find "$SYSFS/stats" -type f ! -name 'skipped_*' | wc -l)" ]
}

@test "metrics: a file is replaced as a whole, or left as it was" {
	local dir=$BATS_TEST_TMPDIR/metrics samples

	mkdir "$dir"
	echo old >"$dir/prc.prom"
	exec {fd}<"$dir/prc.prom"
	ctl 0 metrics --output "$dir/prc.prom"
	[ -z "$OUT" ]
	# Who had it open sees the old text to its end.
	[ "$(cat <&"$fd")" = old ]
	exec {fd}<&-
	# In the older text, which the node exporter reads.
	samples=$(parse_metrics <"$dir/prc.prom")
	[[ $samples == "proc_reclaim_loaded 1"$'\n'* ]]
	[ "$(stat -c %a "$dir/prc.prom")" = 644 ]
	[ "$(ls "$dir")" = prc.prom ]
	ctl 5 metrics --output "$dir/none/prc.prom"
	mount -t tmpfs -o size=4k tmpfs "$dir"
	dd if=/dev/zero of="$dir/filled" bs=4096 count=1 status=none
	ctl 5 metrics --output "$dir/prc.prom"
	[ "$(ls "$dir")" = filled ]
	umount "$dir"
	rmmod proc_reclaim
	ctl 3 metrics --output "$dir/prc.prom"
	[ "$(parse_metrics <"$dir/prc.prom")" = "proc_reclaim_loaded 0" ]
}
