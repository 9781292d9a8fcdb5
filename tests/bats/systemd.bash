# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of units need beside "load helper": systemd itself, beside the guest's
# own init.

# start_systemd: as the first process of a pid namespace, as in a container, SYSTEMD. Without
# what makes a system of a machine, which takes most of a minute; and above all without what
# loads modules, and would be killed with it in the middle of that.
start_systemd() {
	unshare --pid --mount --fork --kill-child bash -c 'mount -t proc proc /proc
		mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system
		mount -t tmpfs tmpfs /usr/lib/systemd/system/sysinit.target.wants
		ln -s /dev/null /run/systemd/system/modprobe@.service
		exec env container=other /usr/lib/systemd/systemd --system --unit=sockets.target' \
		>"$BATS_TEST_TMPDIR/systemd.log" 2>&1 3>&- &
	started "$!"
	wait_until "$ANSWER_LIMIT" find_systemd "$!" && wait_until 120 in_systemd systemctl is-active --quiet sockets.target
}

find_systemd() {
	SYSTEMD=$(pgrep -P "$1" -x systemd)
}

# in_systemd COMMAND...: where that one is the first process.
in_systemd() {
	nsenter -t "$SYSTEMD" -p -m "$@"
}
