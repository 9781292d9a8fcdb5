#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# Large folios that are mapped entry by entry. Where they lie aligned, arm64 marks their
# entries as contiguous: 16 of them are one in a TLB, and have one accessed bit together.

bats_require_minimum_version 1.8.0
load helper
load ../vm/damon

SIZES=/sys/kernel/mm/transparent_hugepage

setup() {
	helper_setup
	SET=()
}

# As the sizes of folios were before.
teardown() {
	local word

	for word in "${SET[@]}"; do
		echo "${word#*=}" >"$SIZES/${word%%=*}/enabled"
	done
	helper_teardown
}

# size SIZE VALUE: whether folios of that size are given.
size() {
	local before

	before=$(<"$SIZES/hugepages-$1/enabled") || return
	before=${before#*[}
	SET+=("hugepages-$1=${before%]*}")
	echo "$2" >"$SIZES/hugepages-$1/enabled"
}

# small_folios SIZE: a target with folios of 64 kB.
small_folios() {
	[ -e "$SIZES/hugepages-64kB" ] ||
		skip "allowed: this kernel has no large folios but huge pages"
	size 2048kB never
	size 64kB always
	start_target anon "$1" --thp
}

# remapped SIZE: a target of whose huge pages the first is mapped entry by entry, and all
# but its first page.
remapped() {
	start_target thp "$1"
	[ "$(ask hugepages)" != "hugepages 0" ] || skip "allowed: no huge pages to be had"
	[ "$(ask unmap 0 4K)" = ok ]
}

whole() {
	area "$1" "$TARGET_PID $TARGET_ADDR $TARGET_LEN"
}

@test "contiguous: age counts each page of a huge page that is mapped entry by entry" {
	remapped 4M
	whole age
	expect aged -eq 1023
	whole age
	expect scanned -eq 1023
	expect aged -eq 0
	ask touch 1M 1M
	whole age
	expect aged -eq 256
}

@test "contiguous: age counts each page of a small folio" {
	small_folios 8M
	whole age
	expect scanned -eq 2048
	expect aged -eq 2048
	whole age
	expect aged -eq 0
	# A range may begin and end inside of a folio.
	ask touch
	area age "$TARGET_PID $((TARGET_ADDR + (1 << 20) + 4096)) $(((1 << 20) - 8192))"
	expect scanned -eq 254
	expect aged -eq 254
}

@test "contiguous: cold spares the folio of which a page was used, and takes the rest" {
	small_folios 8M
	whole age
	ask touch 1M 4K
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN cold"
	expect skipped_young -eq 16
	expect reclaimed -ge 2000
	counts_add_up
	[ "$(ask present 1M 4K)" = "present 1" ]
	[ "$(ask verify)" = "ok $((8 << 17))" ]
}

@test "contiguous: what DAMON has looked at is cold again when it was aged and not used" {
	has_damon || skip "allowed: this kernel has no DAMON"
	small_folios 4M
	whole age
	ask touch
	damon_samples
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN cold"
	expect skipped_young -eq 1024
	whole age
	whole age
	request "$TARGET_PID $TARGET_ADDR $TARGET_LEN cold"
	expect skipped_young -eq 0
	[ "$(ask present)" = "present 0" ]
}

@test "contiguous: all is taken, and comes back" {
	small_folios 8M
	request "$TARGET_PID anon"
	expect reclaimed -ge 2000
	counts_add_up
	[ "$(ask verify)" = "ok $((8 << 17))" ]
	whole restore
	[ "$(ask verify)" = "ok $((8 << 17))" ]
}
