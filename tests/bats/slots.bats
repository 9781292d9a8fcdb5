#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The order of swap slots: it is that of the addresses, as after MADV_PAGEOUT. The kernel
# frees, reads ahead and swaps in as large folios only what lies side by side in swap.

bats_require_minimum_version 1.8.0
load helper
load worker

teardown() {
	[ ! -d "$SYSFS" ] || {
		echo 0 >"$SYSFS/worker/enabled"
		echo 1 >"$SYSFS/threads"
	}
	helper_teardown
}

# read_slots: of each two neighbouring pages of the target, in how many are the slots in
# the order of the addresses, in RISING. All of it must be in swap.
read_slots() {
	local said pages

	said=$(slots "$TARGET_PID" "$TARGET_ADDR" "$TARGET_LEN") || return
	echo "# $1: $said" >&3
	read -r _ pages _ RISING _ <<<"$said"
	compare "pages in swap" "$pages" -ge $((TARGET_LEN * 99 / 100 / PAGE_SIZE))
}

# slots_rise: in as many as after MADV_PAGEOUT of an equal target, but for a twentieth.
slots_rise() {
	local ours

	read_slots "the module" && ours=$RISING || return
	stop_target
	start_target anon 8M --seed 2
	advise pageout "$TARGET_PID" "$TARGET_ADDR" "$TARGET_LEN"
	read_slots MADV_PAGEOUT || return
	compare "neighbours with rising slots" "$ours" -ge $((RISING * 95 / 100))
}

@test "slots: a request gives pages to swap in the order of their addresses" {
	start_target anon 8M
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
	slots_rise
}

@test "slots: so does a request of small batches" {
	local before

	read -r before <"$SYSFS/batch_pages"
	start_target anon 8M
	echo 64 >"$SYSFS/batch_pages"
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
	echo "$before" >"$SYSFS/batch_pages"
	slots_rise
}

@test "slots: so does a request of two threads" {
	start_target anon 8M
	echo 2 >"$SYSFS/threads"
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
	slots_rise
}

@test "slots: so does the worker" {
	on_one_cpu
	cached_target 0 anon 8M
	settings trigger/adj=1 throttle/full_anon_rss_kb=0 worker/enabled=1
	set_adj "$TARGET_PID" 900
	wait_until 20 decided 1 "$TARGET_PID" reason=run stop=done
	slots_rise
}
