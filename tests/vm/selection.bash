# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # vm_dir and top_dir are lib.bash's
# Which bats files run on which kernel (tests/vm/one-kernel), and in which guest.

# rotation: a number that the commit says; 0 where there is no commit.
rotation() {
	local tree

	tree=$(git -C "$top_dir" rev-parse -q --verify 'HEAD^{tree}' 2>/dev/null) || tree=000000
	echo $((16#${tree: -6}))
}

# one_kernel_files KERNEL...: for each file of the list the kernel that runs all of it. A
# file that the list pins to a release runs there, also if that is not one of the kernels.
one_kernel_files() {
	local word file on rest n

	n=$(rotation)
	while read -r word file on rest; do
		[ "$word" = one ] || continue
		if [ "$on" = on ]; then
			echo "$file ${rest%% *}"
		elif [ $# -gt 0 ]; then
			n=$((n + 1))
			echo "$file ${*:n % $# + 1:1}"
		fi
	done <"$vm_dir/one-kernel"
}

# on_all_kernels FILE: the expression for those of its tests that run on each kernel;
# nothing where none does.
on_all_kernels() {
	local word file regex all=

	while read -r word file regex; do
		[[ $word == all && $file == "$1:" ]] || continue
		regex=${regex%%#*}
		all+=${all:+|}${regex%"${regex##*[! ]}"}
	done <"$vm_dir/one-kernel"
	printf '%s\n' "$all"
}

# select_files SUITE [KERNEL...]: what runs on SUITE, where the tests are divided among
# these kernels (none: not divided), as lines "FILE" or "FILE:REGEX".
select_files() {
	local suite=$1 file name kernel regex
	declare -A runs_on=()
	shift

	while read -r name kernel; do
		runs_on[$name]=$kernel
	done < <(one_kernel_files "$@")
	for file in "$top_dir"/tests/bats/*.bats; do
		name=${file##*/}
		name=${name%.bats}
		kernel=${runs_on[$name]:-$suite}
		if [ "$kernel" = "$suite" ] || [[ ! $suite =~ ^(bookworm|trixie|sid)$ ]]; then
			echo "$name"
		else
			regex=$(on_all_kernels "$name")
			[ -z "$regex" ] || echo "$name:$regex"
		fi
	done
}

# show_rotation KERNEL...: which files of the list run where.
show_rotation() {
	local kernel where

	echo "# on one kernel each (tests/vm/one-kernel):"
	for kernel; do
		where=$(one_kernel_files "$@" | awk -v kernel="$kernel" '$2 == kernel { printf " %s", $1 }')
		echo "# $kernel:$where"
	done
}

# with_seconds: each line of stdin, after about how long it takes (tests/vm/seconds).
with_seconds() {
	local line name seconds kept all

	while IFS= read -r line; do
		name=${line%%:*}
		seconds=$(awk -v name="$name" '$1 == name { print $2 }' "$vm_dir/seconds")
		: "${seconds:=30}"
		if [[ $line == *:* ]]; then
			all=$(grep -c '^@test ' "$top_dir/tests/bats/$name.bats")
			kept=$(sed -n 's/^@test "\(.*\)" {$/\1/p' "$top_dir/tests/bats/$name.bats" |
				grep -cE -- "${line#*:}")
			seconds=$((seconds * kept / all))
		fi
		echo "$seconds $line"
	done
}

# take_part K N: of the files on stdin those of the K-th of N guests, which take about
# equally long.
take_part() {
	with_seconds | sort -k 1,1nr -k 2 | awk -v part="$1" -v parts="$2" '
		{
			least = 1
			for (i = 2; i <= parts; i++)
				if (sum[i] + 0 < sum[least] + 0)
					least = i
			sum[least] += $1
			sub(/^[0-9]+ /, "")
			if (least == part)
				print
		}' | sort
}
