# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What every script of the harness needs: where the cache is, which releases
# there are, how to become root, where Debian's packages come from.

set -euo pipefail
# Not in everybody's PATH, and modprobe and mke2fs work for everybody.
PATH=$PATH:/usr/sbin:/sbin

# shellcheck disable=SC2034 # used by the scripts that source this file
{
	vm_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
	top_dir=$(cd "$vm_dir/../.." && pwd)
	cache_dir=${PROC_RECLAIM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/proc-reclaim}
	# Whose programs the guests run that have a kernel of ours.
	guest_release=trixie
	# The key that the firmware with Secure Boot trusts; its private half is public.
	secure_boot_certificate=/usr/share/ovmf/PkKek-1-snakeoil.pem
}

say() {
	printf '\033[1m==>\033[0m %s\n' "$*" >&2
}

# End with a message. A script whose own exit codes mean something else by 1
# sets die_status.
die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit "${die_status:-1}"
}

# Run as root: directly, or through sudo.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo -- "$@"
	fi
}

# Refuse a release that the harness does not know.
check_suite() {
	case $1 in
	bookworm | trixie | sid) ;;
	*) die "unknown release '$1' (bookworm, trixie or sid)" ;;
	esac
}

# Refuse a guest that the harness does not know: each kernel of ours has one of its own, the PREEMPT_RT kernel and
# arm64 too, and so have the programs that are measured.
check_guest() {
	case $1 in
	rt | system | arm64 | programs | packages) ;;
	*) is_kernel "$1" || check_suite "$1" ;;
	esac
}

# kernels: the kernels of ours; each is described by a file of its name.
kernels() {
	local file

	for file in "$vm_dir"/kernels/*; do
		[[ $file == *.* ]] || printf '%s\n' "${file##*/}"
	done
}

is_kernel() {
	[[ $1 != *[./]* && -e $vm_dir/kernels/$1 ]]
}

# read_kernel NAME: what that file says; of a guest that has a distribution's kernel, what
# holds for it.
# shellcheck disable=SC2034 # read where it was called
read_kernel() {
	# The PCI interrupts of ACPI cost the boot of such a small kernel a minute.
	local fast_boot=pci=noacpi
	local engine=(
		abi age anon contiguous errors file filters gentle lifecycle module range
		restore slots spared split swap system threads trace who
	)
	local worker=(worker policy idle pressure lowmem in_use)
	# What the checkers of kernels/checkers.config report. The first report of any other
	# kind switches lockdep off.
	local checkers=(
		"use-after-free out-of-bounds sleep-in-atomic list-corruption shift active-object leak hung-task"
		circular-locking
	)

	# For the kernel itself: its architecture, whether clang builds it, the files
	# (kernels/NAME.config) and lines that are asked of its configuration, a patch;
	# whether modules are all that can be built for it.
	arch=x86_64
	llvm=
	fragments=()
	options=
	patch=
	prepared=
	# For its guest: words for the command line; how many times slower it is, at most.
	append=
	slow=1
	# For the module: more words for make; what it says where it refuses to load, and
	# which module that is ("ordinary": the one without these words), if not the one
	# that is installed; the parameters with which that one loads nevertheless.
	module_words=()
	refusal=
	refused=
	parameters=
	# Which bats files are run (none: all), and which faults are planted before that, boot
	# by boot.
	bats=()
	faults=()
	case $1 in
	# The worker is not available there.
	rt) bats=("${engine[@]}") ;;
	arm64) arch=arm64 ;;
	esac
	is_kernel "$1" || return 0
	append=$fast_boot
	bats=("${engine[@]}")
	# shellcheck source=/dev/null # any of them
	. "$vm_dir/kernels/$1"
}

# build_root SUITE: what is built for a guest is built in its own root; for arm64 beside it.
build_root() {
	case $1 in
	arm64) printf '%s\n' "$cache_dir/arm64/cross" ;;
	*) printf '%s\n' "$cache_dir/$1/root" ;;
	esac
}

# The key that belongs to secure_boot_certificate, readable.
secure_boot_key() {
	openssl rsa -in "${secure_boot_certificate%.pem}.key" -passin pass:snakeoil 2>/dev/null
}

# lock_suite DIRECTORY: make DIRECTORY, and keep every other script that writes
# into it out until this one ends.
lock_suite() {
	mkdir -p "$1"
	exec {suite_lock}>"$1/lock"
	flock "$suite_lock"
}

# in_root COMMAND...: run it with the directory $root as its root, with /proc mounted
# (objtool of 7.2 reads it). The mounts are in a namespace of their own: they are
# gone with the process that made them, however it ends. Roots with a directory /ccache
# share what is kept there.
in_root() {
	# The expansions are for the inner shell; $root is the caller's.
	# shellcheck disable=SC2016,SC2154
	as_root unshare --mount --propagation private bash -euc '
		root=$1 ccache=$2
		shift 2
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		[ ! -d "$root/ccache" ] || mount --bind "$ccache" "$root/ccache"
		exec chroot "$root" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
	' in_root "$root" "$cache_dir/ccache" "$@"
}

# with_apt COMMAND...: run it while no other script does: apt does not wait. What it
# installs may start a service, which must not keep the lock.
with_apt() {
	mkdir -p "$cache_dir"
	(
		flock 9
		"$@" 9>&-
	) 9>"$cache_dir/apt.lock"
}

# Debian's mirror, as this machine's own apt has it.
debian_mirror() {
	local uri

	# The format's $(...) are apt's, not the shell's.
	# shellcheck disable=SC2016
	uri=$(with_apt apt-get indextargets --format '$(REPO_URI)' \
		'Identifier: Packages' 'Label: Debian' | head -n 1)
	[ -n "$uri" ] || die "apt knows no Debian mirror: run apt-get update, then try again"
	printf '%s\n' "$uri"
}

# add_verdict FILE STATUS: what the tests of a guest had to say (run-guest's --verdict), and
# how run-guest ended: added to passed, of which skipped are a part, and failed.
add_verdict() {
	local failures=0

	# The counts are there also when the kernel complained.
	if [[ $(<"$1") =~ passed\ ([0-9]+)\ failed\ ([0-9]+)(\ skipped\ ([0-9]+))? ]]; then
		passed=$((passed + BASH_REMATCH[1]))
		failures=${BASH_REMATCH[2]}
		skipped=$((${skipped:-0} + ${BASH_REMATCH[4]:-0}))
	fi
	case $2 in
	0) ;;
	1) [ "$failures" -gt 0 ] || failures=1 ;;
	*) failures=$((failures + 1)) ;;
	esac
	failed=$((failed + failures))
}

# print_sum NAME: how its tests ended, as the last line of each script that runs some:
# "NAME: N passed, N failed[, N skipped][, N flaky][, N left out]". Those skipped are a part
# of those that passed; the others are in one column each.
print_sum() {
	local line="$1: $passed passed, $failed failed"

	[ "${skipped:-0}" -eq 0 ] || line+=", $skipped skipped"
	[ "${flaky:-0}" -eq 0 ] || line+=", $flaky flaky"
	[ "${left_out:-0}" -eq 0 ] || line+=", $left_out left out"
	printf '%s\n' "$line"
}

# read_sum NAME LINE: set the five from such a line. Fails where it is none.
read_sum() {
	local word n

	passed=0 failed=0 skipped=0 flaky=0 left_out=0
	[[ $2 =~ ^"$1":\ [0-9]+\ passed,\ [0-9]+\ failed(,\ [0-9]+\ (skipped|flaky|left\ out))*$ ]] ||
		return
	while read -r n word; do
		printf -v "${word// /_}" %s "$n"
	done < <(tr , '\n' <<<"${2#*: }")
}

# install_packages PACKAGE...: install what is missing of them.
install_packages() {
	with_apt install_missing "$@"
}

install_missing() {
	local package missing=()

	for package; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
			grep -q 'ok installed' || missing+=("$package")
	done
	[ "${#missing[@]}" -gt 0 ] || return 0
	say "installing ${missing[*]}"
	as_root apt-get update -q
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -q --no-install-recommends "${missing[@]}"
}
