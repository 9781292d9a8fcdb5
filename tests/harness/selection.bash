# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # run's
# For tests/harness/run: which tests run on which kernel.

# shellcheck source=tests/vm/selection.bash
. "$vm_dir/selection.bash"

suites=(trixie bookworm sid)

# tests_of FILE[:REGEX]: their names.
tests_of() {
	local name=${1%%:*} regex=

	[[ $1 != *:* ]] || regex=${1#*:}
	sed -n 's/^@test "\(.*\)" {$/\1/p' "$top_dir/tests/bats/$name.bats" |
		grep -E -- "$regex" | sed "s/^/$name: /"
}

# tests_selected SUITE [KERNEL...]
tests_selected() {
	local file

	while read -r file; do
		tests_of "$file"
	done < <(select_files "$@") | sort
}

# Each line of the list is about something that is there.
list_is_true() {
	local word file rest regex part status=0

	while read -r word file rest; do
		case $word in
		one) [ -e "$top_dir/tests/bats/$file.bats" ] || { echo "no $file.bats"; status=1; } ;;
		all)
			regex=$(on_all_kernels "${file%:}")
			[ -n "$regex" ] || { echo "nothing of $file"; status=1; }
			while read -r part; do
				[ -n "$(tests_of "${file%:}:$part")" ] ||
					{ echo "no test of $file has '$part' in its name"; status=1; }
			done < <(printf '%s\n' "${rest%%#*}" | sed 's/ *$//; s/([^)]*)/x/; s/\^worker: x//' | tr '|' '\n' | grep .)
			;;
		'' | '#'*) ;;
		*) echo "what is '$word'?"; status=1 ;;
		esac
	done <"$vm_dir/one-kernel"
	return "$status"
}

# Each test runs somewhere, and one whose file is not in the list everywhere.
nothing_is_lost() {
	local suite file
	declare -A listed

	while read -r file _; do
		listed[$file]=1
	done < <(one_kernel_files "${suites[@]}")
	for suite in "${suites[@]}"; do
		tests_selected "$suite" "${suites[@]}" >"$work/on.$suite"
	done
	for file in "$top_dir"/tests/bats/*.bats; do
		file=${file##*/}
		tests_of "${file%.bats}" || :
	done | sort >"$work/all"
	sort -u "$work"/on.* | diff "$work/all" - || return
	while read -r file; do
		[ -z "${listed[${file%%:*}]:-}" ] || continue
		[ "$(grep -cxF -- "$file" "$work"/on.* | awk -F: '{ n += $NF } END { print n }')" -eq 3 ] ||
			{ echo "not everywhere: $file"; return 1; }
	done <"$work/all"
}

# A file of the list is whole on one kernel, and another commit has it on another one.
rotates() {
	local first second
	rotation() { echo 7; }
	first=$(one_kernel_files "${suites[@]}")
	rotation() { echo 8; }
	second=$(one_kernel_files "${suites[@]}")
	unset -f rotation
	. "$vm_dir/selection.bash"
	[ "$(grep '^who ' <<<"$first")" != "$(grep '^who ' <<<"$second")" ] &&
		[ "$(cut -d' ' -f2 <<<"$first" | sort -u | wc -l)" -eq 3 ] &&
		[ "$(grep '^completion ' <<<"$first$second" | sort -u)" = "completion trixie" ]
}

# Where there is no commit it is always the same one.
without_commit() {
	[ "$(top_dir=/ rotation)" = 0 ]
}

# Alone a kernel has all, but for the tools' tests, which are trixie's.
alone_has_all() {
	local sid

	sid=$(tests_selected sid)
	[ "$(tests_selected trixie)" = "$(cat "$work/all")" ] &&
		grep -q '^errors: ' <<<"$sid" && ! grep -q '^completion: ' <<<"$sid"
}

# guest-tests runs of a file only those that it is told.
keeps_only() {
	local said

	mkdir -p "$work/keep"
	printf '%s\n' '#!/usr/bin/env bats' '@test "one: a" {' true '}' '@test "two: it'\''s b" {' \
		false '}' '@test "three: a.c" {' true '}' >"$work/keep/a.bats"
	cp "$work/keep/a.bats" "$work/keep/b.bats"
	rm -f "$work/bin/bats"
	# shellcheck disable=SC2016 # the expansions are the inner shell's
	said=$(as_root unshare --mount --propagation private bash -euc '
		mount -t tmpfs tmpfs /run; "$@"; cat /run/counts' sh \
		env "${@:2}" "$vm_dir/guest-tests" "$work/keep/a.bats:^one|a\\.c" "$work/keep/b.bats:three")
	echo "$said"
	[ "$(sed -n 's/^ok [0-9]* \(.*\) in .*/\1/p' <<<"$said" | xargs -d '\n')" = "$1" ]
}

check_selection() {
	check "selection: each line of one-kernel is about something" list_is_true
	check "selection: each test runs somewhere" nothing_is_lost
	check "selection: what runs on one kernel rotates" rotates
	check "selection: without a commit it does not" without_commit
	check "selection: a kernel alone has all of it" alone_has_all
	check "selection: of a file those that are named" keeps_only "one: a three: a.c three: a.c"
	check "selection: a filter for all files" keeps_only "one: a" FILTER='^one: a$'
}
