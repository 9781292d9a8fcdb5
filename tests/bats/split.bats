#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Huge pages of which only a part is wanted, or mapped: split, if they are the
# target's alone, and no more of them than have to be.

bats_require_minimum_version 1.8.0
load helper

setup() {
	helper_setup
	needs_huge_pages
}

# huge_target KB SIZE [OPTION...]: start one that has so many kB of huge pages.
huge_target() {
	start_target thp "${@:2}" && answers "hugepages $1" hugepages
}

shmem_huge_kb() {
	awk '$1 == "ShmemHugePages:" { print $2 }' /proc/meminfo
}

@test "split: a huge page that the range cuts is split, and the range's part taken" {
	huge_target 8192 8M
	request "$TARGET_PID $TARGET_ADDR 1M"
	expect split -eq 1
	expect isolated -eq 256
	expect reclaimed -eq 256
	expect skipped_large -eq 0
	counts_add_up
	[ "$(ask hugepages)" = "hugepages 6144" ]
	[ "$(ask present 0 1M)" = "present 0" ]
	[ "$(ask present)" = "present 1792" ]
	total_grows folios_split
	[ "$(ask verify)" = "ok 1048576" ]
}

@test "split: of many only those at both ends of the range" {
	huge_target 16384 16M
	request "$TARGET_PID $((TARGET_ADDR + (1 << 20))) 14M"
	expect split -eq 2
	expect reclaimed -eq 3584
	[ "$(ask hugepages)" = "hugepages 0" ]
	[ "$(ask present)" = "present 512" ]
	[ "$(ask verify)" = "ok 2097152" ]
}

@test "split: of one that is no longer mapped whole the rest is taken" {
	huge_target 8192 8M
	[ "$(ask unmap 1M 1M)" = ok ]
	request "$TARGET_PID anon"
	expect split -eq 1
	expect skipped_large -eq 0
	[ "$(ask present)" = "present 0" ]
	counts_add_up
	[ "$(ask verify)" = "ok $((7 << 17))" ]
}

@test "split: those that mremap() has moved into two page tables each are taken" {
	huge_target 16384 16M
	[[ $(ask askew) == "ok 0x"* ]]
	[ "$(ask hugepages)" = "hugepages 0" ]
	request "$TARGET_PID anon"
	expect split -eq 8
	expect skipped_shared -lt 512
	[ "$(ask present)" = "present 0" ]
	counts_add_up
	[ "$(ask verify)" = "ok $((16 << 17))" ]
}

@test "split: what another process maps too is not" {
	huge_target 8192 8M --fork
	request "$TARGET_PID $TARGET_ADDR 1M"
	expect split -eq 0
	expect skipped_shared -eq 256
	[ "$(ask hugepages)" = "hugepages 8192" ]
	counts_add_up
}

@test "split: nor is a page in use where only cold ones are wanted" {
	huge_target 8192 8M
	request "$TARGET_PID $TARGET_ADDR 1M cold"
	expect split -eq 0
	expect skipped_young -eq 256
	[ "$(ask hugepages)" = "hugepages 8192" ]
}

@test "split: one that cannot be is counted, and the walk goes on" {
	huge_target 8192 8M
	[ "$(ask hold 0 4096)" = ok ]
	request "$TARGET_PID $((TARGET_ADDR + (1 << 20))) 7M"
	expect stop = "done"
	expect split -eq 0
	expect skipped_large -eq 256
	expect reclaimed -eq 1536
	counts_add_up
	[ "$(ask present)" = "present 512" ]
	[ "$(ask verify)" = "ok 1048576" ]
}

@test "split: nor is shared memory, of which the kernel would unmap all" {
	local enabled=/sys/kernel/mm/transparent_hugepage/shmem_enabled before

	before=$(<$enabled)
	before=${before#*[}
	echo force >$enabled
	start_target shmem 8M --thp
	echo "${before%]*}" >$enabled
	[ "$(shmem_huge_kb)" -ge 4096 ]
	# From the middle of a huge page to that of another: of both the rest stays.
	request "$TARGET_PID $(((TARGET_ADDR & ~0x1fffff) + (3 << 20))) 2M"
	expect split -eq 0
	expect skipped_large -eq 512
	expect isolated -eq 0
	[ "$(ask present)" = "present 2048" ]
	[ "$(ask verify)" = "ok 1048576" ]
}

@test "split: nothing is lost while the target writes it" {
	local i words

	huge_target 16384 16M
	ask write-start
	for ((i = 0; i < 8; i++)); do
		request "$TARGET_PID $((TARGET_ADDR + (i << 21) + (1 << 20))) 1M"
		expect stop = "done"
	done
	words=$(ask write-stop)
	[ "${words#* }" -gt 0 ]
	[ "$(ask verify)" = "ok 2097152" ]
}
