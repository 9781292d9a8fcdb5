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
	# Whose programs the guest with the debug kernel runs.
	guest_release=trixie
	# How many times slower that one is, at most.
	debug_slow=16
	# Whom the firmware with Secure Boot trusts: a key that everybody has.
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

# The same for a guest: the debug kernel has one of its own, the PREEMPT_RT kernel and arm64
# too, and so have the programs that are measured.
check_guest() {
	case $1 in
	debug | rt | system | arm64 | programs | packages) ;;
	*) check_suite "$1" ;;
	esac
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
# gone with the process that made them, however it ends.
in_root() {
	# The expansions are for the inner shell; $root is the caller's.
	# shellcheck disable=SC2016,SC2154
	as_root unshare --mount --propagation private bash -euc '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		exec chroot "$root" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 \
			PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
	' in_root "$root" "$@"
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
