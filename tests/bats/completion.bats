#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# What the completions of bash make of names that anybody may have given: nothing of them
# is run, and what they offer is the name again.

bats_require_minimum_version 1.8.0
load helper

COMPLETIONS=/usr/local/share/bash-completion/completions

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	end_started
}

# offered FUNCTION WORD...: there is one word for the last one, and it is that name.
offered() {
	local name=$1 name_again
	shift

	# shellcheck disable=SC2034 # for the completion
	COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2)) COMPREPLY=()
	"$1" 2>/dev/null
	[ ! -e run ] || complain "it was run" || return
	[ "${#COMPREPLY[@]}" -eq 1 ] || complain "offered: ${COMPREPLY[*]}" || return
	eval "name_again=${COMPREPLY[0]}"
	assert_equal "$name_again" "$name"
}

@test "completion: the names of files and processes are offered, and not run" {
	# shellcheck disable=SC2016 # that is its name
	local name='$(>run) & "x'

	# shellcheck disable=SC1091 # installed in the guest
	. "$COMPLETIONS/reclaimctl"
	# shellcheck disable=SC1091
	. "$COMPLETIONS/lmkd-bridge"
	cp "$(command -v sleep)" "./$name"
	offered "$name" _lmkd_bridge lmkd-bridge --socket = '$'
	offered "$name" _reclaimctl reclaimctl policy save '$'
	offered "$name" _reclaimctl reclaimctl trace html -o '$'
	"./$name" 100 3>&- &
	started "$!"
	wait_until 10 grep -qxF "$name" "/proc/$!/comm"
	offered "$name" _reclaimctl reclaimctl run --name '$'
}
