#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# In a guest with Secure Boot, whose firmware trusts the key that dkms signs with.

bats_require_minimum_version 1.8.0
load ../bats/helper

# The module as insmod takes it; its signature is what follows the object file.
KO=/run/proc_reclaim.ko

setup_file() {
	unpack_module "$KO"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	[ ! -e "$SYSFS" ] || rmmod proc_reclaim
}

# is_refused FILE TEXT: insmod says why.
is_refused() {
	run insmod "$1"
	assert_failure
	assert_output --partial "$2"
	[ ! -e "$SYSFS" ]
}

@test "secure boot: it is on, and has brought lockdown by itself" {
	dmesg | grep -F 'secureboot: Secure boot enabled'
	[ -e /sys/kernel/security/lockdown ] || mount -t securityfs securityfs /sys/kernel/security
	[[ $(</sys/kernel/security/lockdown) == *"[integrity]"* ]]
}

@test "secure boot: dkms has signed the module, it is loaded as at every boot, and reclaims" {
	[ "$(modinfo -F signer proc_reclaim)" = SnakeOil ]
	/opt/proc-reclaim/tests/deb/use-module "$(uname -r)"
	# 8192: an unsigned module was let in.
	[ $(($(</proc/sys/kernel/tainted) & 8192)) -eq 0 ]
}

@test "secure boot: lockdown closes debugfs' request, and nothing else of the module's" {
	modprobe proc_reclaim
	# shellcheck disable=SC2016 # the inner shell's
	run bash -c 'exec 5<>"$1"' bash "$DEBUGFS/request"
	assert_failure
	assert_output --partial "Operation not permitted"
	[ -n "$(<"$DEBUGFS/bindings")" ]
}

@test "secure boot: without its signature the module is refused" {
	objcopy "$KO" unsigned.ko
	is_refused unsigned.ko "Key was rejected by service"
}

@test "secure boot: with a byte changed it is refused" {
	LC_ALL=C sed 's/license=GPL/license=GPl/' "$KO" >changed.ko
	run ! cmp -s "$KO" changed.ko
	[ "$(modinfo -F signer ./changed.ko)" = SnakeOil ]
	is_refused changed.ko "Key was rejected by service"
}

@test "secure boot: signed with a key that the firmware does not know it is refused" {
	local strange=/opt/proc-reclaim/strange

	objcopy "$KO" other.ko
	"/lib/modules/$(uname -r)/build/scripts/sign-file" sha256 \
		$strange/key $strange/certificate other.ko
	[ "$(modinfo -F signer ./other.ko)" = nobody ]
	is_refused other.ko "Key was rejected by service"
}
