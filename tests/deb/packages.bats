#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# What a user does with Debian's packages, in that order: each test begins where the one
# before has ended. They are on the guest's extra disk, as first/ and next/.

bats_require_minimum_version 1.8.0
load ../bats/helper
load ../bats/ctl

DEBS=/var/tmp/debs
POLICY=/etc/proc-reclaim/policy.ini
# Of the kernel's headers: every build of a module begins with it.
HEADERS=/lib/modules/$(uname -r)/build/Makefile

# What the harness has put here, and what keeps manual pages out, no user has. The modules
# that are not needed go because depmod, which dkms calls each time, would read them all,
# for most of a minute.
setup_file() {
	make -s -C /opt/proc-reclaim/userspace-tools uninstall
	rm -r "/lib/modules/$(uname -r)"/{updates,kernel/{drivers,fs,net}} \
		/usr/src/proc-reclaim-* /var/lib/dkms/proc-reclaim
	rm /etc/dpkg/dpkg.cfg.d/99mmdebstrap
	mkdir -p "$DEBS"
	tar -C "$DEBS" -xf /dev/vdd
	all_files >/run/before
}

teardown_file() {
	tmux kill-server 2>/dev/null || :
	redis-cli shutdown nosave >/dev/null 2>&1 || :
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	all_cpus
}

# All but logs, caches, and what apt keeps for itself.
all_files() {
	find /etc /usr /var -xdev \( -path /var/cache -o -path /var/lib/apt -o -path /var/log \
		-o -path "$DEBS" \) -prune -o -print | sort
}

# apt WORD...: as an administrator does it, without a network.
apt() {
	DEBIAN_FRONTEND=noninteractive run apt-get -y "$@" 3>&-
}

# state_of PACKAGE: how far it is installed, and which version.
state_of() {
	dpkg-query -W -f '${db:Status-Abbrev}${Version}' "$1"
}

dkms_versions() {
	dkms status -m proc-reclaim
}

# screen_has TEXT: of tmux.
screen_has() {
	[[ $(tmux capture-pane -p) == *"$1"* ]]
}

@test "deb: the packages are installed, the module is built and loaded, and nothing works by itself" {
	apt install "$DEBS"/first/*.deb
	assert_success
	[[ $(dkms_versions) == *"$(uname -r)"*": installed" ]]
	[ "$(<"$SYSFS/worker/enabled")" = 0 ]
	for unit in lmkd-bridge.socket proc-reclaim-policy.service proc-reclaim-metrics.timer; do
		run systemctl is-enabled "$unit"
		assert_output disabled
	done
}

@test "deb: it is loaded at boot" {
	rmmod proc_reclaim
	/usr/lib/systemd/systemd-modules-load
	[ -d "$SYSFS" ]
}

@test "deb: there are manual pages, which lead to each other" {
	local page

	run man reclaimctl
	assert_output --partial "reclaimctl run --name redis-server"
	while read -r page; do
		man -w "${page##* }" "${page% *}"
	done < <(man -P cat reclaimctl | sed -n '/^SEE ALSO/,$p' | grep -o '[a-z_-]\+([78])' | tr '()' '  ')
}

@test "deb: bash completes" {
	run bash -c '. /usr/share/bash-completion/bash_completion
		_comp_load reclaimctl
		COMP_WORDS=(reclaimctl doc) COMP_CWORD=1
		_reclaimctl
		echo "${COMPREPLY[@]}"'
	assert_output doctor
}

@test "deb: reclaimctl doctor finds nothing wrong" {
	ctl 0 doctor
	[[ $OUT == *"ok       module     loaded"* ]]
	[[ ! $OUT =~ (failed|warning)\  ]]
}

@test "deb: a Redis is reclaimed, that is recorded, and becomes a page" {
	local pid before after

	redis-server --port 6379 --save '' --daemonize yes --pidfile /run/redis.pid \
		--enable-debug-command local >/dev/null 3>&-
	wait_until 30 redis-cli ping
	redis-cli debug populate 30000 key 1000
	pid=$(</run/redis.pid)
	before=$(rss_kb "$pid")
	on_one_cpu
	ctl 0 trace record -o trace.dat -- reclaimctl run --name redis-server
	after=$(rss_kb "$pid")
	[ "$after" -lt $((before / 3)) ] || complain "RSS $before, then $after"
	ctl 0 trace html -i trace.dat -o trace.html
	grep -q '"comm":"redis-server"' trace.html
	run trace-cmd report -i trace.dat
	assert_line --regexp "proc_reclaim_done: +pid $pid redis-server: all by request, RSS "
	[ "$(redis-cli dbsize)" = 30000 ]
}

@test "deb: reclaimctl top shows it" {
	tmux -f /dev/null new-session -d -x 120 -y 30 "reclaimctl top; exec sleep 1000" 3>&-
	wait_until 30 screen_has redis-server
	tmux kill-server
}

@test "deb: an upgrade whose module cannot be built says so, and what is loaded goes on" {
	reclaimctl policy save "$POLICY"
	cp "$POLICY" /run/policy.ini
	systemctl enable proc-reclaim-policy.service
	sed -i '1i these headers are broken' "$HEADERS"
	apt install "$DEBS"/next/*.deb
	assert_failure
	assert_output --regexp "Error! Bad return status .*make.log"
	[ "$(state_of proc-reclaim-dkms)" = "iF 99.1" ]
	ctl 0 status
}

@test "deb: built after all, it takes the place of the old one, and settings are kept" {
	sed -i 1d "$HEADERS"
	run dpkg --configure -a
	assert_success
	[ "$(state_of proc-reclaim-dkms)" = "ii 99.1" ]
	[ "$(state_of proc-reclaim-tools)" = "ii 99.1" ]
	[[ $(dkms_versions) == proc-reclaim/99.1,*": installed" ]]
	[ "$(echo /usr/src/proc-reclaim-*)" = /usr/src/proc-reclaim-99.1 ]
	[ "$(echo /var/lib/dkms/proc-reclaim/[0-9]*)" = /var/lib/dkms/proc-reclaim/99.1 ]
	cmp "$POLICY" /run/policy.ini
	[ "$(systemctl is-enabled proc-reclaim-policy.service)" = enabled ]
	# The old one is loaded until the next boot.
	[ -d "$SYSFS" ]
	rmmod proc_reclaim
	modprobe proc_reclaim
	[ "$(</sys/module/proc_reclaim/version)" = 99.1 ]
}

@test "deb: removed, the module is unloaded, and dkms does not know it" {
	apt remove proc-reclaim-dkms proc-reclaim-tools
	assert_success
	[ ! -d /sys/module/proc_reclaim ]
	[ -z "$(dkms_versions)" ]
	[ -z "$(find "/lib/modules/$(uname -r)" -name 'proc_reclaim*')" ]
}

@test "deb: purged, nothing is left but what the administrator has made" {
	apt purge proc-reclaim-dkms proc-reclaim-tools
	assert_success
	# Two columns: what is gone, and what is new.
	run comm -3 /run/before <(all_files)
	assert_output $'\t/etc/proc-reclaim\n\t'"$POLICY"
}
