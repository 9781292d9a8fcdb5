# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For helper.bash: tests run without the DEBUG trap of bats. That trap runs before each
# command of a test and of its helpers, to note the line that may be about to fail, and so
# takes 25 to 60 times as long as the command itself: in a guest 3 to 5 ms for each.
#
# The line is known without it: since version 5 bash calls the ERR trap with the line and
# the functions of the command that failed, and bats' own function makes the trace of them.
# Only a teardown that fails and a test that calls "exit" no longer name their line.
#
# The names below are private to bats (1.8 to 1.13 have them): where one of them is
# missing, or where bats shows each line (--trace), bats keeps its trap.
# tests/harness/run proves both.
# shellcheck disable=SC2034 # the variables are bats'

if [ "${BATS_TRACE_LEVEL:-0}" -eq 0 ] &&
	declare -F bats_debug_trap bats_error_trap bats_check_status_from_trap \
		bats_capture_stack_trace >/dev/null; then
	# Bats sets the trap after this file is loaded or has set it before: the first time
	# that the trap runs, it goes. What it has noted so far is of another command.
	bats_debug_trap() {
		set +T
		trap - DEBUG
		BATS_DEBUG_LAST_STACK_TRACE=()
		BATS_DEBUG_LASTLAST_STACK_TRACE=()
	}

	# The exit status comes first: any other command would change it.
	bats_error_trap() {
		bats_check_status_from_trap
		bats_capture_stack_trace
		BATS_DEBUG_LAST_STACK_TRACE_IS_VALID=1
	}
fi
