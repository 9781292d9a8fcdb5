# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the scripts beside it: Debian's packages, built in a root that has what it takes,
# and checks that are counted.

# shellcheck source=tests/vm/lib.bash
. "$(dirname "${BASH_SOURCE[0]}")/../vm/lib.bash"

builder=$cache_dir/packages
tree=/usr/src/proc-reclaim
next_version=99.1
passed=0
failed=0
work=$(mktemp -d)
# shellcheck disable=SC2317 # called by the trap
finish() {
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# check NAME COMMAND...: count it. Its function runs without set -e.
check() {
	local name=$1
	shift

	if "$@"; then
		echo "ok      $name"
		passed=$((passed + 1))
	else
		echo "FAILED  $name"
		failed=$((failed + 1))
	fi
}

in_builder() {
	local root=$builder/root

	in_root "$@"
}

# Sets what stands in a file of the copy; it must have been there once.
change() {
	local file=$builder/root$tree/$1 old=$2 new=$3

	[ "$(grep -c "$old" "$file")" -eq 1 ] || die "'$old' is not in one line of $1"
	as_root sed -i "s/$old/$new/" "$file"
}

remove_tree() {
	as_root rm -rf "$builder/root$tree" "$builder/root$tree"_*
}

# The tree as git has it, in a place where no other process works on it.
copy_tree() {
	remove_tree
	as_root mkdir -p "$builder/root$tree"
	tar -C "$top_dir" -cf - --exclude-vcs --exclude-vcs-ignores --exclude=./build . |
		as_root tar -C "$builder/root$tree" -xf - --no-same-owner
}

files_of_tree() {
	find "$builder/root$tree" -path "*$tree/build" -prune -o -print | sort
}

# build TO: make the packages, and keep them in a directory for the guest.
build() {
	in_builder make -s -C "$tree" deb >"$work/log" 2>&1 || {
		cat "$work/log"
		return 1
	}
	mkdir -p "$work/debs/$1"
	cp "$builder/root$tree"/build/deb/*.deb "$work/debs/$1"
}

# The copy becomes a later version, with a module of its own: the real one takes a guest
# minutes.
build_next() {
	change dkms.conf '^PACKAGE_VERSION=.*' "PACKAGE_VERSION=\"$next_version\""
	change debian/changelog '^proc-reclaim (.*)' "proc-reclaim ($next_version)"
	as_root cp "$top_dir/tests/deb/next.c" "$builder/root$tree/module"
	printf '%s\n' 'obj-m := proc_reclaim.o' 'proc_reclaim-y := module/next.o' |
		as_root tee "$builder/root$tree/Kbuild" >/dev/null
	build next
}
