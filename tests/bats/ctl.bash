# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of reclaimctl need beside "load helper": running it, and asking what it
# printed as JSON.

# ctl STATUS ARGUMENT...: run it; it ends with that status, or with any. Its stdout becomes
# OUT, its stderr SAID.
ctl() {
	ends_with "$1" reclaimctl "${@:2}"
}

# nobodys_ctl STATUS ARGUMENT...: the same by who is not root.
nobodys_ctl() {
	ends_with "$1" "${NOBODY[@]}" "$(command -v reclaimctl)" "${@:2}"
}

# ends_with STATUS COMMAND...
ends_with() {
	local expected=$1 status=0
	shift

	"$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/said" || status=$?
	OUT=$(<"$BATS_TEST_TMPDIR/out")
	SAID=$(<"$BATS_TEST_TMPDIR/said")
	[ "$expected" = any ] || [ "$status" -eq "$expected" ] ||
		complain "$*: ended with $status, not $expected:" "$OUT" "$SAID"
}

# on_terminal COMMAND: run it on a terminal; all that it writes there becomes OUT.
on_terminal() {
	TERM=xterm script -qefc "$1" "$BATS_TEST_TMPDIR/typescript" >/dev/null || return
	OUT=$(<"$BATS_TEST_TMPDIR/typescript")
}

# json FILTER: what jq makes of OUT, which must be one JSON value.
json() {
	jq -er "$1" <<<"$OUT" || complain "jq '$1':" "$OUT"
}

# json_is FILTER TEXT
json_is() {
	local value

	value=$(json "$1") || return
	[ "$value" = "$2" ] || complain "$1 is '$value', not '$2':" "$OUT"
}
