#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# sysfs-ABI.md against the live tree, in both directions.

bats_require_minimum_version 1.8.0
load helper

document=/opt/proc-reclaim/sysfs-ABI.md

documented() {
	sed -n 's/^What:[[:space:]]*//p' "$document" | sort
}

live() {
	find "$SYSFS" "$DEBUGFS" /sys/module/proc_reclaim/parameters -type f | sort
}

@test "abi: every file is documented, and every documented file is there" {
	needs_debugfs
	diff <(documented) <(live)
}

@test "abi: every stanza has its five parts" {
	local part n

	n=$(documented | wc -l)
	[ "$n" -ge 20 ]
	for part in Date KernelVersion Contact Description; do
		[ "$(grep -c "^$part:" "$document")" -eq "$n" ]
	done
}

@test "abi: the tree drawing has every file of sysfs and debugfs" {
	run comm -23 <(find "$SYSFS" "$DEBUGFS" -type f -printf '%f\n' 2>/dev/null | sort -u) \
		<(sed -nE 's/^.*── ([^ /]+)( .*)?$/\1/p' "$document" | sort -u)
	assert_success
	assert_output ''
}

@test "abi: modes are what the document says" {
	needs_debugfs
	[ "$(stat -c %a "$SYSFS/reclaim")" = 200 ]
	[ "$(stat -c %a "$SYSFS/result")" = 400 ]
	[ "$(stat -c %a "$SYSFS/batch_pages")" = 644 ]
	[ "$(stat -c %a "$SYSFS/first_app_uid")" = 644 ]
	[ "$(stat -c %a "$SYSFS/stats/requests")" = 444 ]
	[ "$(stat -c %a "$DEBUGFS/request")" = 600 ]
	[ "$(stat -c %a "$DEBUGFS/bindings")" = 400 ]
}

@test "abi: every key of a result and every event's field is documented" {
	local word names=()

	start_target anon 1M
	request "$TARGET_PID anon"
	for word in $RESULT; do
		word=${word%%=*}
		case $word in
		skipped_*) names+=("stats/$word") ;;
		*) names+=("\`$word\`") ;;
		esac
	done
	[ "${#names[@]}" -ge 10 ]
	while read -r word; do
		[[ $word == common_* ]] || names+=("\`$word\`")
	done < <(sed -n 's/.*field:[^;]*[ *]\([a-z_]*\)\(\[.*\]\)\?;.*/\1/p' \
		/sys/kernel/tracing/events/proc_reclaim/*/format)
	# shellcheck disable=SC2016 # the backquotes are the document's
	run comm -23 <(printf '%s\n' "${names[@]}" | sort -u) \
		<(grep -oE '`[a-z_]+`|stats/skipped_[a-z_]+$' "$document" | sort -u)
	assert_success
	assert_output ''
}
