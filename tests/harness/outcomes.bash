# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154,SC2016 # run's; the expansions are a script's
# For tests/harness/run: what a run says of tests that failed, are flaky or were left out. In
# a copy of the tree a guest is the script FAKE_GUEST, and every other job does nothing.

tree=$work/tree

# make_tree: that copy; there are two files with tests.
make_tree() {
	local job

	rm -rf "$tree"
	mkdir -p "$tree"/tests/{bats,unit,harness,tools,page,deb,check} "$work/cache"/{trixie,bookworm,sid}
	cp -r "$top_dir/tests/vm" "$top_dir/tests/run" "$tree/tests/"
	cp "$top_dir/tests/flaky" "$tree/tests/"
	printf '@test "%s" {\n}\n' "one: a" "two: it's b (c)" "three: d" >"$tree/tests/bats/few.bats"
	printf '@test "%s" {\n}\n' "who: e" >"$tree/tests/bats/who.bats"
	: >"$tree/tests/vm/one-kernel"
	for job in trixie bookworm sid; do
		echo 6.0 >"$work/cache/$job/release"
	done
	printf '#!/bin/bash\n' | tee "$tree"/tests/vm/{make-root,make-payload} >/dev/null
	printf '%s\n' '#!/bin/bash' 'while [ "$1" != --verdict ]; do shift; done' 'VERDICT=$2 ALONE=' \
		'for word; do [[ $word != FILTER=* ]] || ALONE=${word#FILTER=}; done' \
		'export VERDICT ALONE FILES="${*: -2}"; exec bash -c "$FAKE_GUEST"' >"$tree/tests/vm/run-guest"
	for job in unit/run unit/includes harness/run tools/run page/run deb/run check/run vm/self-test; do
		case $job in
		unit/includes | vm/self-test) printf '%s\n' "#!/bin/bash" "echo '${job#*/}: 1 passed, 0 failed'" ;;
		*) printf '%s\n' "#!/bin/bash" "echo '${job%/*}: 1 passed, 0 failed'" ;;
		esac >"$tree/tests/$job"
		chmod +x "$tree/tests/$job"
	done
	# The row of a kernel would want its root.
	printf '%s\n' 'record_guest() { :; }' >"$tree/tests/vm/results.bash"
}

# in_tree SCRIPT COMMAND...: run it there with guests that are that script. What it says is
# left in $work/log.
in_tree() {
	local status=0

	env FAKE_GUEST="$1" PROC_RECLAIM_CACHE="$work/cache" TEST_DEADLINE= "${@:2}" >"$work/log" 2>&1 || status=$?
	cat "$work/log"
	echo "status $status"
	return "$status"
}

# ends STATUS LINE SCRIPT COMMAND...: so it ends, with that last line.
ends() {
	local status=0

	in_tree "${@:3}" || status=$?
	[ "$status" -eq "$1" ] && [ "$(tail -n 1 "$work/log")" = "$2" ]
}

says() {
	grep -qE -- "$1" "$work/log"
}

run_few() {
	ends "${@:1:3}" "$tree/tests/vm/run-tests" trixie few who
}

# guest_with LINE...: a guest with these lines of four tests; alone its test passes.
guest_with() {
	local alone=${ALONE_SAYS:-ok 1 x in 2ms} verdict=${ALONE_VERDICT:-passed 1 failed 0 skipped 0}

	printf 'if [ -n "$ALONE" ]; then echo "$ALONE $FILES"; echo "%s"; echo "%s" >"$VERDICT"; exit %s; fi\n' \
		"$alone" "$verdict" "${ALONE_STATUS:-0}"
	printf 'echo 1..4\n'
	printf 'echo "%s"\n' "$@"
	printf 'echo "passed %d failed %d skipped 0" >"$VERDICT"; exit %d\n' \
		"$(printf '%s\n' "$@" | grep -c '^ok')" "$(printf '%s\n' "$@" | grep -c '^not ok')" \
		"${GUEST_STATUS:-1}"
}

b_fails=("ok 1 one: a in 3ms" "not ok 2 two: it's b (c) in 4ms" "# it was slow" "ok 3 three: d in 1ms"
	"ok 4 who: e in 1ms")

flaky_passes() {
	make_tree
	run_few 0 "trixie: 3 passed, 0 failed, 1 flaky" "$(guest_with "${b_fails[@]}")" &&
		says "^# alone: \^two: it's b \\\\\(c\\\\\)\\$ vm/guest-tests bats/few.bats$" &&
		says '^# flaky: ADD A LINE TO tests/flaky: ' &&
		[ "$(cut -f 2-5 "$tree/build/flaky.tsv")" = $'trixie\t6.0\ttwo: it\'s b (c)\tit was slow' ]
}

# A test that is flaky in a second run fails, because tests/flaky has no line about it.
flaky_twice_fails() {
	flaky_passes && run_few 1 "trixie: 3 passed, 1 failed" "$(guest_with "${b_fails[@]}")"
}

# with_entry DAYS: about it there is a line, so old.
with_entry() {
	make_tree
	mkdir -p "$tree/build"
	printf 'x\ttrixie\t6.0\ttwo: it'\''s b (c)\tslow\n' >"$tree/build/flaky.tsv"
	echo "$(date -d "-$1 days" +%F) | two: it's b (c) | slow" >>"$tree/tests/flaky"
}

flaky_with_entry() {
	with_entry 13
	run_few 0 "trixie: 3 passed, 0 failed, 1 flaky" "$(guest_with "${b_fails[@]}")"
}

flaky_with_old_entry() {
	with_entry 16
	run_few 1 "trixie: 3 passed, 1 failed" "$(guest_with "${b_fails[@]}")" &&
		says 'older than 14 days'
}

fails_alone_too() {
	make_tree
	ALONE_SAYS="not ok 1 x" ALONE_VERDICT="passed 0 failed 1" ALONE_STATUS=1 \
		run_few 1 "trixie: 3 passed, 1 failed" \
		"$(ALONE_SAYS="not ok 1 x" ALONE_VERDICT="passed 0 failed 1" ALONE_STATUS=1 guest_with "${b_fails[@]}")"
}

# A run that skips the test has not seen it pass.
skipped_alone() {
	make_tree
	run_few 1 "trixie: 3 passed, 1 failed" \
		"$(ALONE_VERDICT="passed 1 failed 0 skipped 1" guest_with "${b_fails[@]}")"
}

# no_retry STATUS SUM LINE...: a guest that says so ended so; nothing runs once more.
no_retry() {
	make_tree
	run_few 1 "$2" "$(GUEST_STATUS=$1 guest_with "${@:3}")" && ! says '^# alone: '
}

two_of_many_are_left_out() {
	make_tree
	run_few 1 "trixie: 2 passed, 0 failed, 2 left out" \
		"$(GUEST_STATUS=0 guest_with "ok 1 one: a in 3ms" "ok 2 two in 3ms" \
		"# of 4 tests 2 were run, the others left out: the time is up")"
}

# What the guest said and how long its tests took is kept, and the state of the system is no
# part of a test's text.
keeps_logs() {
	local log=$tree/build/log/trixie

	make_tree
	run_few 0 "trixie: 3 passed, 0 failed, 1 flaky" \
		"$(guest_with "${b_fails[@]:0:3}" "# state: bad 7" "${b_fails[@]:3}")" &&
		[ "$(cut -f 5 "$tree/build/flaky.tsv")" = "it was slow" ] &&
		grep -q "^not ok 2 two: it's b" "$log/tap" && [ -s "$log/alone" ] &&
		[ "$(sed -n 2p "$log/times.tsv")" = $'trixie\t4\ttwo: it\'s b (c)' ]
}

shows_slowest() {
	whole_run && says '^#     0.0 s  (trixie|bookworm|sid)-[12]: a$' &&
		[ "$(wc -l <"$tree/build/times.tsv")" -eq 6 ]
}

all_well='[ -z "$ALONE" ] || exit; echo 1..3; echo "ok 1 a in 1ms"; echo "passed 3 failed 0 skipped 0" >"$VERDICT"'

whole_run() {
	make_tree
	ends 0 "26 planned, 26 passed, 0 failed, 0 flaky, 0 left out" "$all_well" \
		env TEST_JOBS=2 "$tree/tests/run" trixie bookworm sid
}

# With no time not one job begins, and that is no success.
run_without_time() {
	make_tree
	ends 1 "14 planned, 0 passed, 0 failed, 0 flaky, 14 left out" "$all_well" \
		env TEST_JOBS=2 TEST_LIMIT_S=5 "$tree/tests/run" trixie bookworm sid
}

# Nor is it one where the time is up in the middle.
run_out_of_time() {
	make_tree
	printf '%s\n' 'sleep 3' 'echo "unit: 1 passed, 0 failed"' >"$tree/tests/unit/run"
	ends 1 "11 planned, 2 passed, 0 failed, 0 flaky, 9 left out" "$all_well" \
		env TEST_JOBS=1 TEST_LIMIT_S=602 "$tree/tests/run" trixie bookworm sid
}

# A job that does not end as it should has failed.
run_with_silent_job() {
	make_tree
	echo 'exit 0' >"$tree/tests/page/run"
	ends 1 "26 planned, 25 passed, 1 failed, 0 flaky, 0 left out" "$all_well" \
		env TEST_JOBS=2 "$tree/tests/run" trixie bookworm sid
}

# In each of the three guests another test is flaky.
three_flaky() {
	make_tree
	ends 1 "11 planned, 8 passed, 0 failed, 3 flaky, 0 left out" \
		'[ -z "$ALONE" ] || { echo "passed 1 failed 0" >"$VERDICT"; exit 0; }
		case $FILES in *few*) n=(1 "one: a" 2 "three: d") ;; *) n=(1 "late: f") ;; esac
		echo "1..$((${#n[@]} / 2 + 2))"
		for ((i = 0; i < ${#n[@]}; i += 2)); do echo "not ok ${n[i]} ${n[i + 1]:-x} in 1ms"; done
		echo "passed 2 failed $((${#n[@]} / 2)) skipped 0" >"$VERDICT"; exit 1' \
		bash -c 'printf "@test \"late: f\" {\n}\n" >"$1/tests/bats/late.bats"; rm "$1/tests/bats/who.bats"
			TEST_JOBS=2 exec "$1/tests/run" trixie' sh "$tree" && says '^not ok 3 tests were flaky'
}

# flaky_list_is_true FILE: each line has a date, a test that is there, and a mechanism.
flaky_list_is_true() {
	local date name mechanism status=0

	while IFS='|' read -r date name mechanism; do
		[[ $date != '#'* ]] || continue
		name=${name# }
		if ! date -d "$date" >/dev/null || [ -z "${mechanism// /}" ] ||
			! grep -qxF -- "@test \"${name% }\" {" "$top_dir"/tests/bats/*.bats; then
			echo "what is '$date|$name|$mechanism'?"
			status=1
		fi
	done <"$1"
	return "$status"
}

flaky_list_is_checked() {
	printf '%s\n' "2026-01-01 | file: no swap is used | a reason" >"$work/good"
	printf '%s\n' "2026-01-01 | file: no such test | a reason" >"$work/bad"
	flaky_list_is_true "$work/good" && ! flaky_list_is_true "$work/bad"
}

check_outcomes() {
	check "flaky: each line of tests/flaky is about a test" flaky_list_is_true "$top_dir/tests/flaky"
	check "flaky: a line about none would be seen" flaky_list_is_checked
	check "flaky: a test that passes alone counts for itself, and is kept" flaky_passes
	check "flaky: a second time, without a line about it, it fails" flaky_twice_fails
	check "flaky: with a line about it, it does not" flaky_with_entry
	check "flaky: with an old line, it does" flaky_with_old_entry
	check "flaky: what fails alone too has failed" fails_alone_too
	check "flaky: what is skipped alone has failed" skipped_alone
	check "flaky: not where the kernel complained" no_retry 2 "trixie: 3 passed, 2 failed" "${b_fails[@]}"
	check "flaky: not where the guest died" no_retry 3 "trixie: 3 passed, 2 failed" "${b_fails[@]}"
	check "flaky: not where it hung" no_retry 4 "trixie: 3 passed, 2 failed" "${b_fails[@]}"
	check "flaky: not what has lost a word" no_retry 1 "trixie: 3 passed, 1 failed" \
		"${b_fails[@]:0:2}" "# target: bad 4711" "${b_fails[@]:3}"
	check "flaky: not counts that do not add up" no_retry 1 "trixie: 3 passed, 1 failed" \
		"${b_fails[@]:0:2}" "#   \\\`counts_add_up' failed" "${b_fails[@]:3}"
	check "flaky: not what AddressSanitizer reports" no_retry 1 "trixie: 3 passed, 1 failed" \
		"${b_fails[@]:0:2}" "# ERROR: AddressSanitizer: heap" "${b_fails[@]:3}"
	check "flaky: not a test of 'who.bats'" no_retry 1 "trixie: 3 passed, 1 failed" \
		"ok 1 one: a in 1ms" "ok 2 b in 1ms" "ok 3 c in 1ms" "not ok 4 who: e in 2ms" "# it was slow"
	check "flaky: not where three failed" no_retry 1 "trixie: 1 passed, 3 failed" \
		"not ok 1 one: a in 1ms" "${b_fails[@]:1:2}" "not ok 3 three: d in 1ms" "ok 4 who: e in 1ms"
	check "run: what is left out is a failure" two_of_many_are_left_out
	check "run: what was said is kept" keeps_logs
	check "run: all that is planned passes" whole_run
	check "run: the tests that took longest are shown" shows_slowest
	check "run: without time all is left out, and that fails" run_without_time
	check "run: when the time is up the rest is left out, and that fails" run_out_of_time
	check "run: a job that says nothing has failed" run_with_silent_job
	check "run: with three flaky tests it fails" three_flaky
}
