# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Functions for the tests of reclaimctl: run it, and check its JSON.

# ctl STATUS ARGUMENT...: run reclaimctl, check its status unless that is "any", and set OUT to its
# stdout and SAID to its stderr.
ctl() {
	ends_with "$1" reclaimctl "${@:2}"
}

# nobodys_ctl STATUS ARGUMENT...: run it as an unprivileged user.
nobodys_ctl() {
	ends_with "$1" "${NOBODY[@]}" "$(command -v reclaimctl)" "${@:2}"
}

# ends_with STATUS COMMAND...: run any command like that.
ends_with() {
	local expected=$1 status=0
	shift

	"$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/said" || status=$?
	OUT=$(<"$BATS_TEST_TMPDIR/out")
	SAID=$(<"$BATS_TEST_TMPDIR/said")
	[ "$expected" = any ] || [ "$status" -eq "$expected" ] ||
		complain "$*: ended with $status, not $expected:" "$OUT" "$SAID"
}

# on_terminal COMMAND: run the command on a terminal, and set OUT to its output.
on_terminal() {
	TERM=xterm script -qefc "$1" "$BATS_TEST_TMPDIR/typescript" >/dev/null || return
	OUT=$(<"$BATS_TEST_TMPDIR/typescript")
}

# json FILTER: filter OUT, which must be JSON, with jq.
json() {
	jq -er "$1" <<<"$OUT" || complain "jq '$1':" "$OUT"
}

# json_is FILTER TEXT: compare a value in OUT.
json_is() {
	local value

	value=$(json "$1") || return
	[ "$value" = "$2" ] || complain "$1 is '$value', not '$2':" "$OUT"
}
