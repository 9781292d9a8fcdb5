# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# How the lines of bats (TAP) are counted: by guest-tests as they come, and by run-guest
# where the guest did not live to tell.

# count_line LINE: add what it says to passed, of which skipped are a part, and failed, or
# set plan. A skipped test proves nothing, so it fails, unless its reason begins with
# "allowed:".
count_line() {
	case $1 in
	"ok "*" # skip allowed:"*)
		passed=$((passed + 1))
		skipped=$((skipped + 1))
		;;
	"ok "*" # skip"*) failed=$((failed + 1)) ;;
	"ok "*) passed=$((passed + 1)) ;;
	"not ok "*) failed=$((failed + 1)) ;;
	1..*) plan=${1#1..} ;;
	esac
}

# count_log FILE: the same for all lines of a log. What has no end is no line yet.
count_log() {
	local line

	# shellcheck disable=SC2034 # the caller's
	passed=0 failed=0 skipped=0 plan=
	while IFS= read -r line; do
		count_line "$line"
	done <"$1"
}
