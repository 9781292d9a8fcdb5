#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Loading, refusing to load, and unloading.

bats_require_minimum_version 1.8.0
load helper
load ../vm/inject

@test "module: dkms has installed it for this kernel" {
	[[ $(uname -r) != *-arm64 ]] ||
		skip "allowed: arm64's is cross-built, as it is for a phone's image"
	[[ $(uname -r) == *-amd64 ]] ||
		skip "allowed: for a kernel of the tests' own it is built by make"
	run dkms status
	assert_output --regexp '^proc-reclaim.*: installed$'
	assert_output --partial "$(uname -r)"
}

@test "module: every private function is found and proved by BTF" {
	local lines

	needs_debugfs
	needs /sys/kernel/btf/vmlinux BTF
	lines=$(tail -n +2 "$DEBUGFS/bindings")
	[ "$(wc -l <<<"$lines")" -ge 14 ]
	run ! grep -vP '\t[y]es\t.*\tbtf$' <<<"$lines"
	# Expected and found stand side by side.
	run awk -F '\t' '$3 != $4' <<<"$lines"
	assert_output ""
}

@test "module: built with the prototype of another release it refuses to load, and says which" {
	needs /sys/kernel/btf/vmlinux BTF
	[ -z "${REFUSED:-}" ] ||
		skip "allowed: here it is the ordinary module that was refused, before the tests"
	rmmod proc_reclaim
	run insmod /opt/proc-reclaim/wrong-prototype/proc_reclaim.ko
	assert_failure
	run ! grep -q '^proc_reclaim ' /proc/modules
	[ ! -e "$SYSFS" ]
	[ ! -e "$DEBUGFS" ]
	run tail_dmesg
	assert_output --partial 'reclaim_pages: expected "unsigned long (struct list_head *, bool)", but this kernel has "unsigned long (struct list_head *)"'
	assert_output --regexp 'struct mm_walk_ops: expected [0-9]+ bytes, but this kernel has [0-9]+'
	assert_output --partial 'not loaded: nothing is called unproved'
	# And allow_unverified does not help against a contradiction.
	run insmod /opt/proc-reclaim/wrong-prototype/proc_reclaim.ko allow_unverified=1
	assert_failure
}

@test "module: built for another configuration it refuses to load, and says so" {
	local ko=$BATS_TEST_TMPDIR/proc_reclaim.ko magic

	# Where symbols have versions, these stand for the kernel's release, and
	# the rest of the version magic is compared.
	unpack_module "$ko"
	magic=$(modinfo -F vermagic "$ko")
	LC_ALL=C sed -i '/vermagic=/s/ mod_unload / mod_unlaod /' "$ko"
	rmmod proc_reclaim
	run insmod "$ko"
	assert_failure
	run tail_dmesg
	assert_output --partial "proc_reclaim: version magic '${magic/mod_unload/mod_unlaod}' should be"
}

@test "module: built for another release's kernel it refuses to load, and says so" {
	local ko found=

	rmmod proc_reclaim
	for ko in /opt/proc-reclaim/other-releases/*.ko; do
		[ -e "$ko" ] || continue
		# A kernel whose symbols have versions taints itself before it
		# refuses a module that has none.
		[[ $(modinfo -F vermagic "$ko") == *modversions* ||
			$(modinfo -F vermagic proc_reclaim) != *modversions* ]] || continue
		found=yes
		run insmod "$ko"
		assert_failure
		run tail_dmesg 2
		assert_output --regexp "proc_reclaim: (disagrees about version of symbol|version magic)|module proc_reclaim: .* must match"
	done
	[ -n "$found" ] || skip "allowed: no other release's module has been built yet"
}

@test "module: loads and unloads 50 times (10 on the debug kernel)" {
	local i

	for ((i = 0; i < (SLOW > 1 ? 10 : 50); i++)); do
		rmmod proc_reclaim
		insmod_module
	done
	[ -w "$SYSFS/reclaim" ]
}

# symbol_of NAME: where a function of the kernel begins, as START, and how long it is,
# as SIZE.
symbol_of() {
	local end

	read -r START end < <(awk -v name="$1" '
		start != "" { print "0x" start, "0x" $1; exit }
		$3 == name { start = $1 }' /proc/kallsyms)
	[ -n "$end" ] || complain "no function $1" || return
	SIZE=$((end - START))
}

# Each of what these find would be there if something was left behind.
nothing_is_left() {
	run ! grep -q '^proc_reclaim ' /proc/modules
	[ ! -e "$SYSFS" ]
	[ ! -e "$DEBUGFS" ]
	[ ! -e /sys/kernel/slab/prc_process ]
	run ! pgrep -x proc_reclaimd
}

@test "module: an allocation that fails while it is loaded leaves nothing behind" {
	local n before failed=0

	can_inject || skip "allowed: this kernel cannot let allocations fail"
	on_one_cpu
	rmmod proc_reclaim
	[ -s /run/proc_reclaim.ko ] || unpack_module /run/proc_reclaim.ko
	# What calls the module's init; loading it is the kernel's own.
	symbol_of do_one_initcall
	inject_under "$START" "$SIZE"
	# Here the kernel itself loses a few bytes.
	symbol_of sysfs_slab_add
	inject_not_under "$START" "$SIZE"
	count_injected
	# Meanwhile a writer enables the worker as soon as it can: the last files are missing
	# then.
	(while :; do echo 1 >"$SYSFS/worker/enabled"; done) 2>/dev/null 3>&- &
	started "$!"
	# Some hundred are made, the fewer the later: most are for the files.
	for n in 1 2 3 4 5 7 10 14 20 30 45 70 100 150 220 330 500 750 1100; do
		before=$((INJECTED_SLABS + INJECTED_PAGES))
		if fail_nth "$n" exec insmod /run/proc_reclaim.ko; then
			# Not everything is needed: debugfs, for one.
			rmmod proc_reclaim
		else
			failed=$((failed + 1))
		fi
		nothing_is_left
		count_injected
		[ $((INJECTED_SLABS + INJECTED_PAGES)) -gt "$before" ] || break
	done
	echo "# $failed loads failed, up to allocation $n" >&3
	[ "$failed" -ge 3 ]
	end_started
	insmod_module
}

@test "module: is unloaded while a request written through sysfs runs; that ends early" {
	start_target anon "$BIG"
	request_in_background "$TARGET_PID anon" "$SYSFS/reclaim"
	wait_until 10 total_grows pages_isolated
	rmmod proc_reclaim
	run background_status
	assert_output --partial "Interrupted system call"
	[ "$(ask verify)" = "ok $((TARGET_LEN / 8))" ]
	[ "$(ask present)" != "present 0" ]
}

@test "module: cannot be unloaded while debugfs' request is open" {
	needs_debugfs
	exec 6<>"$DEBUGFS/request"
	run rmmod proc_reclaim
	assert_failure
	exec 6>&-
	rmmod proc_reclaim
}

@test "debugfs: each open file has its own answer, once" {
	local first second

	needs_debugfs
	start_target anon 1M
	exec 6<>"$DEBUGFS/request" 7<>"$DEBUGFS/request"
	[ -z "$(cat <&6)" ]
	echo "$TARGET_PID $TARGET_ADDR $PAGE_SIZE" >&6
	echo "$TARGET_PID anon" >&7
	first=$(cat <&6)
	second=$(cat <&7)
	[[ $first == *"type=range "* ]]
	[[ $second == *"type=anon "* ]]
	[ -z "$(cat <&6)" ]
	# A failed request leaves no old answer behind.
	run write_raw_to_fd 7 nonsense
	assert_failure
	[ -z "$(cat <&7)" ]
	exec 6>&- 7>&-
}
