#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# For tests/harness/run: a test whose helper runs many commands; with bats' own DEBUG trap,
# or without (WITHOUT_TRAP).

bats_require_minimum_version 1.8.0
[ -z "${WITHOUT_TRAP:-}" ] || load ../bats/no_debug_trap
load helpers

@test "many commands" {
	runs_commands 12000
}
