# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # cache_dir is lib.bash's
# What the module showed on each kernel, as rows of a Markdown table: a script that has
# seen it writes the row, kernels-table prints them all.

results_dir=$cache_dir/results

# record NAME KERNEL ARCHITECTURE COMPILER TEXT...: the row of that name.
record() {
	local name=$1 text=${*:5}

	mkdir -p "$results_dir"
	printf '| %s | %s | %s | %s | %s | %s |\n' "$name" "$2" "$3" "$4" "${text//$'\n'/ }" \
		"$(date +%F)" >"$results_dir/$name"
}

# record_guest SUITE TEXT...: the row of a guest, whose kernel's configuration says how it
# was built.
record_guest() {
	local suite=$1 release config name root
	shift

	release=$(<"$cache_dir/$suite/release")
	# shellcheck disable=SC2034 # for in_root
	root=$(build_root "$suite")
	config=$(in_root cat "/usr/lib/modules/$release/build/.config") || return
	name=x86-64
	[[ $config != *CONFIG_ARM64=y* ]] || name=arm64
	record "$suite" "$release" "$name" "$(compiler_of "$config")" "$@"
}

# compiler_of CONFIG: "gcc 14.2.0".
compiler_of() {
	local text

	[[ $1 =~ CONFIG_CC_VERSION_TEXT=\"([^\"]*)\" ]] || die "the configuration names no compiler"
	text=${BASH_REMATCH[1]}
	case $text in
	*clang*) [[ $text =~ version\ ([0-9.]+) ]] && echo "clang ${BASH_REMATCH[1]}" ;;
	*) echo "gcc ${text##* }" ;;
	esac
}
