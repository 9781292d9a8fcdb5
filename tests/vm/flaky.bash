# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # top_dir is lib.bash's, the others are run-tests'
# For run-tests: a test that failed runs once more, alone, in a guest of its own. If it
# passes there, it is flaky: it counts in a column of its own, and its text is kept in
# build/flaky.tsv. tests/flaky says for how long that is accepted.

# More failures than these are a fault, and not bad luck.
most_retries=2
# What a fault of the module looks like fails for good, because a second run may miss it.
never_retried='(^|[^a-z])bad [0-9]+|verify|counts_add_up|totals_add_up|pages_scanned [0-9]+, but'
never_retried+='|scanned [0-9]+, but|lost-pages|lost [0-9]+ of|[Ll]ockdep|circular locking|kmemleak'
never_retried+='|KASAN|KFENCE|AddressSanitizer|LeakSanitizer|runtime error:'
# Nor does a test of these files get a second run: what they forbid must never happen.
never_retried_files=(who errors)
flaky_list=$top_dir/tests/flaky
flaky_record=$top_dir/build/flaky.tsv

# failed_tests LOG: the names of the tests that failed, by the TAP in it.
failed_tests() {
	sed -nE 's/^not ok [0-9]+ (.*) in [0-9]+ms$/\1/p' "$1"
}

# text_of_test LOG NAME: what it said as it failed, without the state of the system.
text_of_test() {
	NAME=$2 awk '
		/^(not )?ok / { inside = index($0, " " ENVIRON["NAME"] " in ") && /^not / ; next }
		inside && /^#/ && !/^# state: / { sub(/^# ?/, ""); print }' "$1"
}

# file_of_test NAME: which file has it.
file_of_test() {
	local file

	file=$(grep -lxF -- "@test \"$1\" {" "$top_dir"/tests/bats/*.bats) || return
	file=${file##*/}
	printf '%s\n' "${file%.bats}"
}

# may_retry LOG NAME: neither its file nor its text forbids it.
may_retry() {
	local file forbidden

	file=$(file_of_test "$2") || return
	for forbidden in "${never_retried_files[@]}"; do
		[ "$file" != "$forbidden" ] || return
	done
	! grep -qE -- "$never_retried" < <(text_of_test "$1" "$2")
}

# entry_is_over NAME: its line in tests/flaky is older than 14 days. Fails with 2 where there
# is none.
entry_is_over() {
	local date

	date=$(NAME=$1 awk -F ' [|] ' '$2 == ENVIRON["NAME"] { print $1 }' "$flaky_list") || return
	[ -n "$date" ] || return 2
	[ "$(date +%s)" -gt "$(date -d "$date + 14 days" +%s)" ]
}

# note_flaky NAME TEXT: keep it, and say what follows. Fails where it counts as failed.
note_flaky() {
	local name=$1 text=$2 known='' over=0

	! grep -qxF -- "$name" < <(cut -f 4 "$flaky_record" 2>/dev/null) || known=yes
	mkdir -p "${flaky_record%/*}"
	printf '%s\t%s\t%s\t%s\t%s\n' "$(date +%FT%T)" "$suite" "$(<"$cache_dir/$suite/release")" \
		"$name" "${text//[$'\n\t']/ / }" >>"$flaky_record"
	entry_is_over "$name" || over=$?
	case $over in
	0)
		echo "# flaky: '$name' fails the run: its line in tests/flaky is older than 14 days"
		return 1
		;;
	1) echo "# flaky: '$name' failed, then passed alone; tests/flaky has a line about it" ;;
	*)
		echo "# flaky: '$name' failed, then passed alone."
		echo "# flaky: ADD A LINE TO tests/flaky: $(date +%F) | $name | WHY IT FAILS AT TIMES"
		[ -z "$known" ] || {
			echo "# flaky: it fails the run: it was flaky before ($flaky_record), and has no line"
			return 1
		}
		;;
	esac
}

# passes_alone NAME: in a guest of its own, of which all is shown.
passes_alone() {
	local filter verdict status=0 file

	file=$(file_of_test "$1") || return
	# shellcheck disable=SC2001 # a set of characters
	filter=$(sed 's/[][\.*^$+?(){}|/]/\\&/g' <<<"$1")
	say "$suite: '$1' failed; once more, alone"
	: >"$work/verdict.alone"
	run_guest "$work/verdict.alone" "^$filter\$" "bats/$file.bats" >"$work/alone" 2>&1 || status=$?
	sed 's/^/# alone: /' "$work/alone"
	verdict=$(<"$work/verdict.alone")
	[ "$status" -eq 0 ] && [[ $verdict =~ ^passed\ 1\ failed\ 0(\ skipped\ 0)?$ ]]
}

# retry_failed LOG STATUS: run the failed tests of a guest once more, if they are few, except
# those that may have no second run; then correct the counts of failed and flaky.
retry_failed() {
	local log=$1 name names

	mapfile -t names < <(failed_tests "$log")
	[ "$2" -eq 1 ] && [ "${#names[@]}" -eq "$failed" ] &&
		[ "${#names[@]}" -le "$most_retries" ] || return 0
	for name in "${names[@]}"; do
		if ! may_retry "$log" "$name"; then
			echo "# '$name' has no second run"
		elif passes_alone "$name" && note_flaky "$name" "$(text_of_test "$log" "$name")"; then
			failed=$((failed - 1))
			flaky=$((flaky + 1))
		fi
	done
}
