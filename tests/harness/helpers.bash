# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For sample.bats: what it calls in another file. The line that fails is marked.

fails() {
	true
	false # fails here
}

calls_one_that_fails() {
	fails
	true
}

# complains: as helper.bash has it.
complains() {
	echo "it complains" >&2
	return 1
}

returns_what_failed() {
	complains || return
	true
}

# runs_commands N: so many.
runs_commands() {
	local n=0

	while [ "$n" -lt "$(($1 / 2))" ]; do
		n=$((n + 1))
	done
}

exits() {
	exit 3
}

skips() {
	skip
}
