#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# For tests/harness/run: tests that fail, each in another way, at the line that has the mark
# "fails: TEST", and some that do not fail; with bats' own DEBUG trap, or without
# (WITHOUT_TRAP).

bats_require_minimum_version 1.8.0
[ -z "${WITHOUT_TRAP:-}" ] || load ../bats/no_debug_trap
load helpers
for library in /usr/lib/bats/bats-{support,assert}/src/*.bash; do
	# shellcheck disable=SC1090 # Debian's
	. "$library"
done

setup_file() {
	[ "${FAIL_IN:-}" != setup_file ] # fails: setup_file
	true
}

teardown_file() {
	[ "${FAIL_IN:-}" != teardown_file ]
}

setup() {
	[ "$BATS_TEST_DESCRIPTION" != "in setup" ] # fails: in setup
	true
}

teardown() {
	[ "$BATS_TEST_DESCRIPTION" != "in teardown" ]
}

@test "passes" {
	true
}

@test "in the test" {
	true
	false # fails: in the test
	true
}

@test "an exit status" {
	(exit 7) # fails: an exit status
	true
}

@test "a condition" {
	local value=2

	true
	[[ $value = 3 ]] # fails: a condition
	true
}

@test "arithmetic" {
	true
	((${#BATS_TEST_NAME} == 0)) # fails: arithmetic
	true
}

@test "in a nested helper" {
	calls_one_that_fails # fails: in a nested helper
	true
}

@test "a helper that returns what failed" {
	true
	returns_what_failed # fails: a helper that returns what failed
	true
}

@test "in a loop" {
	local n

	for n in 1 2 3; do
		[ "$n" -lt 2 ] # fails: in a loop
	done
	true
}

@test "in a loop that reads" {
	local line

	while read -r line; do
		[ "$line" != b ] # fails: in a loop that reads
	done < <(printf '%s\n' a b c)
	true
}

@test "in a pipeline's last command" {
	true | false # fails: in a pipeline's last command
	true
}

@test "in a substitution" {
	local said

	said=$(fails) # fails: in a substitution
	echo "$said"
}

@test "the last line" {
	true
	[ "${#BATS_TEST_NAME}" -eq 0 ] # fails: the last line
}

@test "in setup" {
	true
}

@test "in teardown" {
	true
}

@test "an unknown command" {
	no-such-command-here # fails: an unknown command
	true
}

@test "an assertion" {
	run echo this
	assert_output that # fails: an assertion
	true
}

@test "an assertion of failure" {
	run true
	assert_failure # fails: an assertion of failure
	true
}

@test "an assertion of a line" {
	run echo this
	assert_line --partial his
	assert_line that # fails: an assertion of a line
	true
}

@test "run ! of what succeeds" {
	run ! true # fails: run ! of what succeeds
	true
}

@test "after a run that failed" {
	run fails
	[ "$status" -eq 1 ]
	false # fails: after a run that failed
	true
}

@test "ends with exit" {
	exits
	true
}

@test "run ! of what fails" {
	run ! false
	run ! complains
}

@test "what fails where it may" {
	local n=0

	if calls_one_that_fails; then
		n=1
	fi
	returns_what_failed || n=$((n + 2))
	complains && false
	[ "$n" -eq 3 ]
}

@test "a skip" {
	skip "for a reason"
	false
}

@test "a skip in a helper" {
	skips
	false
}
