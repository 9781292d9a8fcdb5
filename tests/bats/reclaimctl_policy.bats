#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# reclaimctl policy: all settings as one file, loaded whole or not at all.

bats_require_minimum_version 1.8.0
load helper
load worker
load ctl
load systemd

PROFILES=/usr/local/share/proc-reclaim/profiles

setup_file() {
	worker_setup_file
}

teardown_file() {
	worker_teardown_file
}

setup() {
	worker_setup
	FILE=$BATS_TEST_TMPDIR/policy.ini
	# What can be read and written, those of no section first; but for who is awake.
	mapfile -t SETTINGS < <(
		find "$SYSFS" -maxdepth 1 -type f -perm 0644 -printf '%P\n' | sort
		find "$SYSFS" -mindepth 2 -type f -perm 0644 ! -name awake -printf '%P\n' | sort
	)
}

teardown() {
	worker_teardown
}

# current: every setting, "name=value", in CURRENT, read without reclaimctl.
current() {
	local name value

	CURRENT=
	for name in "${SETTINGS[@]}"; do
		IFS= read -r value <"$SYSFS/$name" || return
		CURRENT+=$name=$value$'\n'
	done
}

# is_still CURRENT: nothing has changed since.
is_still() {
	current || return
	[ "$CURRENT" = "$1" ] || complain "it was:" "$1" "and is:" "$CURRENT"
}

@test "policy: show names every setting that there is, with its value" {
	settings throttle/adj_exclude=-999:-1,5 lowmem/minfree=1,2 threads=2
	current
	ctl 0 policy show --json
	assert_equal "$(json 'to_entries[] | .key + "=" + .value')" "${CURRENT%$'\n'}"
	ctl 0 policy show
	[[ $OUT == *"threads = 2"*"[lowmem]"*"minfree = 1,2"*"[throttle]"*"adj_exclude = -999:-1,5"* ]]
}

@test "policy: what was saved can be loaded again, and only what differs is written" {
	local before

	settings throttle/adj_exclude=-999:-1,5 lowmem/minfree=1,2 lowmem/adj=900,0 threads=2 \
		trigger/bfgs_adj=300:400 worker/enabled=1
	current
	before=$CURRENT
	ctl 0 policy save "$FILE"
	[ "$(stat -c %a "$FILE")" = 644 ]
	ctl 0 policy load "$FILE"
	[[ $OUT == *"0 of "* ]]
	settings throttle/adj_exclude= lowmem/minfree= threads=1 trigger/bfgs_adj= worker/enabled=0
	ctl 0 policy load --json "$FILE"
	json_is '.changes | length' 5
	# Nothing acts by half of a policy.
	json_is '.changes[-1].name' worker/enabled
	is_still "$before"
	# Off first, but for the worker, which would forget everything for nothing.
	printf '%s\n' '[action]' 'full = none' '[lowmem]' 'enabled = 0' '[worker]' 'enabled = 0' >"$FILE"
	settings lowmem/enabled=1
	ctl 0 policy load --json "$FILE"
	json_is '[.changes[].name] | join(" ")' "lowmem/enabled action/full worker/enabled"
}

@test "policy: what a file does not name stays, and --dry-run changes nothing" {
	local before

	settings threads=2
	current
	before=$CURRENT
	printf '%s\n' '; a comment' '' 'batch_pages=64' '[throttle]' '  bfgs_ms = 7  ' >"$FILE"
	ctl 0 policy load --dry-run "$FILE"
	[[ $OUT == *"batch_pages: '512' -> '64'"*"2 of "*"would be changed"* ]]
	is_still "$before"
	ctl 0 policy load "$FILE"
	[ "$(<"$SYSFS/batch_pages") $(<"$SYSFS/throttle/bfgs_ms") $(<"$SYSFS/threads")" = "64 7 2" ]
}

# refused LINE TEXT PIECE: a file whose end is TEXT is refused; the message names the
# line, and has PIECE in it; nothing is changed.
refused() {
	local before

	current
	before=$CURRENT
	printf 'threads = 3\n[throttle]\nbfgs_ms = 1\n%b' "$2" >"$FILE"
	ctl 5 policy load "$FILE" || return
	[[ $SAID == *"policy.ini:$1: "*"$3"*"nothing was changed"* ]] || complain "$2: $SAID" || return
	is_still "$before"
}

@test "policy: a bad file is refused whole, and the line is named" {
	refused 4 'min_free_swap_pct = 101\n' "min_free_swap_pct = 101"
	refused 4 'max_defer_shift = 1 # not a comment\n' "refuses that value"
	refused 4 'adj_exclude = 1,,2' "refuses that value"
	refused 6 '[action]\nsome = anon\nfull = both\n' "action/full = both"
	refused 5 'some_some_ms = 1\nnonsense = 1\n' "no setting 'throttle/nonsense'"
	refused 5 '[nonsense]\nenabled = 1\n' "no setting 'nonsense/enabled'"
	refused 5 '[worker]\nstate = idle\n' "no setting 'worker/state'"
	refused 5 '[stats]\nrequests = 0\n' "no setting 'stats/requests'"
	refused 4 'bfgs_ms = 2\n' "throttle/bfgs_ms is set twice"
	refused 4 'some words\n' "neither"
	refused 4 '[throttle\n' "neither"
	refused 4 "some_some_ms = $(printf '%0300d' 1)\n" "too long"
	refused 4 'some_some_ms = 1\0\n' "no text"
	refused 5 '[worker]\nawake = 0\n' "no setting 'worker/awake'"
	# And on its way to being switched on.
	refused 7 '[worker]\nenabled = 1\n[trigger]\nadj = 2\n' "trigger/adj = 2"
	[ "$(<"$SYSFS/worker/state")" = off ]
	ctl 5 policy load --json "$FILE"
	json_is .exit_code 5
	: >"$FILE"
	ctl 5 policy load "$FILE"
	ctl 5 policy load "$FILE.none"
	ctl 5 policy load /
}

@test "policy: who may not write settings is told so" {
	printf 'threads = 3\n' >"$FILE"
	chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "${BATS_TEST_TMPDIR%/*}"
	chmod 644 "$FILE"
	nobodys_ctl 4 policy load "$FILE"
	[ "$(<"$SYSFS/threads")" = 1 ]
	nobodys_ctl 4 policy save "$BATS_TEST_TMPDIR/saved"
	[ ! -e "$BATS_TEST_TMPDIR/saved" ]
}

# values_of FILE: its values, as "name value".
values_of() {
	awk '/^\[/ { section = substr($1, 2, length($1) - 2) "/" }
	     / = ?/ && !/^#/ { name = $1; sub(/^[^=]*= ?/, ""); print section name " " $0 }
	     /^[a-z_]+ =$/ { print section $1 " " }' "$1" | sort -u
}

@test "policy: each profile sets everything, says why, and is what the module then has" {
	local profile file name value

	ctl 0 policy list --json
	json_is 'keys | join(" ")' "android desktop server"
	for profile in android desktop server; do
		file=$PROFILES/$profile.ini
		ctl 0 policy load --profile "$profile"
		n=0
		while read -r name value; do
			[ "$(<"$SYSFS/$name")" = "$value" ] || complain "$profile: $name"
			n=$((n + 1))
		done < <(values_of "$file")
		compare "$profile" "$n" -eq "${#SETTINGS[@]}"
		run awk '/^[a-z_]+ =/ && before !~ /^# ./ { print FILENAME ": " $0 } { before = $0 }' "$file"
		assert_output ""
	done
	ctl 5 policy load --profile nonsense
	ctl 2 policy load --profile ../profiles/server
}

@test "policy: android is the module's defaults, switched on, with Android's user ids" {
	ctl 0 policy load --json --profile android
	json_is '[.changes[] | .name + "=" + .after] | join(" ")' "first_app_uid=10000 worker/enabled=1"
}

@test "policy: a profile makes the worker work" {
	ctl 0 policy load --profile android
	cached_target 0 anon 32M
	queue_action "$TARGET_PID" 900
	expect_words reason=run stop=done
	present 0
	answers "ok $((32 << 17))" verify
}

@test "policy: the units are sound" {
	run systemd-analyze verify --man=no \
		/usr/local/lib/systemd/system/proc-reclaim-{policy.service,metrics.{service,timer}}
	assert_output ""
	assert_success
}

@test "policy: systemd loads what the administrator saved, and has the counts written" {
	local dir=/etc/proc-reclaim counts=/var/lib/prometheus/node-exporter

	rm -rf "$counts"
	mkdir -p "$dir" "$counts"
	printf 'threads = 4\n' >"$dir/policy.ini"
	start_systemd
	in_systemd systemctl start proc-reclaim-policy.service proc-reclaim-metrics.timer
	[ "$(<"$SYSFS/threads")" = 4 ]
	printf 'threads = 2\n' >"$dir/policy.ini"
	in_systemd systemctl reload proc-reclaim-policy.service
	[ "$(<"$SYSFS/threads")" = 2 ]
	wait_until 60 grep -qs "^proc_reclaim_loaded 1$" "$counts/proc_reclaim.prom"
	[ "$(ls "$counts")" = proc_reclaim.prom ]
	rm -r "$dir" "$counts"
}
