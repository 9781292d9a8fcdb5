# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A system as a user has it, with Debian's packages of this project, kernels and their
# initrds: worked on here by chroot, where compiling is quick, then booted as guest "system".

# shellcheck source=tests/deb/lib.bash
. "$(dirname "${BASH_SOURCE[0]}")/lib.bash"
# shellcheck source=tests/vm/results.bash
. "$vm_dir/results.bash"

out=$cache_dir/system
# Not "root": make-payload takes what is there for a release's.
root=$out/tree
modules=$root/usr/lib/modules

# make_system: the packages, and a system that has all but them. In a shell of its own,
# with whose end others may use the builder.
make_system() (
	lock_suite "$builder"
	copy_tree
	build first
	build_next
	remove_tree
	say "making the system"
	as_root rm -rf --one-file-system "$root"
	as_root cp -a "$builder/root" "$root"
	as_root mkdir -p "$root/var/tmp/debs" "$root/opt/proc-reclaim"
	as_root cp -r "$work/debs/." "$root/var/tmp/debs"
	as_root cp -r "$top_dir/tests" "$root/opt/proc-reclaim/"
	in_root apt-get update -q >&2
	# The guests' own initramfs would unpack it; Debian's initrd does not.
	tar -cf "$out/payload.tar" -T /dev/null
)

# apt WORD...: as an administrator does it; $work/said is what it says.
apt() {
	in_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q "$@" >"$work/said" 2>&1
}

# install_debs WHICH: "first" or "next", this project's packages.
install_debs() {
	local debs=("$root/var/tmp/debs/$1"/*.deb)

	must apt install "${debs[@]#"$root"}"
}

# must COMMAND...: show what apt or dkms said where it did not end well.
must() {
	"$@" || {
		cat "$work/said"
		return 1
	}
}

# says TEXT: apt has said it.
says() {
	grep -qF -- "$1" "$work/said" || {
		cat "$work/said"
		echo "it does not say '$1'"
		return 1
	}
}

# module_of RELEASE: the file of the module as dkms has installed it for that kernel.
module_of() {
	find "$modules/$1/updates" -name 'proc_reclaim.ko*' 2>/dev/null
}

# has_module RELEASE [VERSION]: installed, for that kernel and no other, and dkms says so.
has_module() {
	local release=$1 version=${2:-}

	[ -n "$(module_of "$release")" ] &&
		[[ $(in_root modinfo -k "$release" -F vermagic proc_reclaim) == "$release "* ]] &&
		[[ $(in_root dkms status -m proc-reclaim -k "$release") == \
			"proc-reclaim/$version"*": installed" ]]
}

make_image() {
	say "making the disk image"
	as_root rm -f "$out/root.img"
	truncate -s "$(($(as_root du -sm "$root" | cut -f 1) * 5 / 4 + 1024))M" "$out/root.img"
	as_root mke2fs -q -t ext4 -O ^has_journal -E root_owner=0:0,lazy_itable_init=1 \
		-d "$root" "$out/root.img"
}

# boot RELEASE COMMAND...: with that kernel, and the initrd that its installation made.
# boot_options are run-guest's.
boot_options=()
boot() {
	local release=$1
	shift

	say "booting $release"
	as_root cp "$root/boot/vmlinuz-$release" "$out/vmlinuz"
	as_root cp "$root/boot/initrd.img-$release" "$out/initramfs"
	as_root chmod 644 "$out/vmlinuz" "$out/initramfs"
	"$vm_dir/run-guest" --append "root=/dev/vda rw init=/opt/proc-reclaim/tests/vm/guest-init" \
		"${boot_options[@]}" system "$@"
}

# row NAME RELEASE TEXT: how the module was proved there, for the table of kernels.
row() {
	record "$1" "$2" x86-64 "$(compiler_of "$(<"$root/boot/config-$2")")" "$3"
}
