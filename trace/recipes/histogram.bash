# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the recipes that have the kernel itself count, so that no event is written.

# histogram EVENT SECONDS TRIGGER: count for so long in a buffer of our own, show it.
histogram() {
	local tracefs=/sys/kernel/tracing
	local instance=$tracefs/instances/recipe-$$

	[ -e "$tracefs/events/proc_reclaim/$1/hist" ] || {
		echo "${0##*/}: the module is not loaded, or this kernel cannot count (CONFIG_HIST_TRIGGERS)" >&2
		return 1
	}
	mkdir "$instance" || return
	# Now, not when it fires: the name is local.
	# shellcheck disable=SC2064
	trap "rmdir '$instance'" EXIT
	trap 'exit 130' INT TERM
	echo "hist:$3" >"$instance/events/proc_reclaim/$1/trigger" || return
	sleep "$2"
	cat "$instance/events/proc_reclaim/$1/hist"
}
