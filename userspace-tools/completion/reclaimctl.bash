# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Completion of reclaimctl for bash. It parses --help, so that it always matches the program.

# _reclaimctl_words COMMAND...: print the subcommands and the options of a command.
_reclaimctl_words() {
	"$@" --help 2>/dev/null | sed -nE \
		-e '/^Commands/,/^$/s/^  ([a-z-]+) .*/\1/p' \
		-e '/^Options/,$s/^  +(-[a-zA-Z], +)?(--[a-z-]+=?).*/\2/p'
}

# _reclaimctl_values OPTION: print possible arguments of an option, or fail if it takes none.
_reclaimctl_values() {
	case $1 in
	-n | --name) cat /proc/[0-9]*/comm 2>/dev/null | sort -u ;;
	-u | --user) getent passwd | cut -d : -f 1 ;;
	--unit) systemctl list-units --no-legend --plain --type service,scope,slice \
		2>/dev/null | cut -d ' ' -f 1 ;;
	-g | --cgroup) compgen -d -- "${cur:-/sys/fs/cgroup/}" ;;
	-t | --type) printf '%s\n' file anon all ;;
	-s | --sort) printf '%s\n' pid adj rss swap freed back ago name ;;
	--profile) reclaimctl policy list 2>/dev/null | cut -d ' ' -f 1 ;;
	-o | --output) compgen -f -- "$cur" ;;
	*) return 1 ;;
	esac
}

# _reclaimctl_offer WORDS: add the lines that match the typed word. No compgen -W, because it would
# execute commands in the names of processes and files.
_reclaimctl_offer() {
	local word quoted

	while IFS= read -r word; do
		[[ -n $word && $word == "$cur"* ]] || continue
		printf -v quoted %q "$word"
		COMPREPLY+=("$quoted")
	done <<<"$1"
}

_reclaimctl() {
	local cur=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
	local command=("${COMP_WORDS[0]}") word words

	# Bash splits "--name=x" into three words.
	if [ "$cur" = = ]; then
		cur=
	elif [ "$previous" = = ]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		[[ $word != -* ]] || break
		command+=("$word")
		[ "${command[1]}" = policy ] || [ "${command[1]}" = trace ] || break
		[ "${#command[@]}" -lt 3 ] || break
	done
	if words=$(_reclaimctl_values "$previous"); then
		:
	elif [[ $cur == -* || ${#command[@]} -eq 1 ]]; then
		words=$(_reclaimctl_words "${command[@]}")
	else
		case ${command[*]:1} in
		run | age | restore) words=$(cd /proc && printf '%s\n' [0-9]*) ;;
		policy | trace) words=$(_reclaimctl_words "${command[@]}") ;;
		"policy "* | "trace "*) words=$(compgen -f -- "$cur") ;;
		esac
	fi
	# Offer options only after a typed "-".
	[[ $cur == -* ]] || words=$(grep -v '^-' <<<"$words")
	_reclaimctl_offer "$words"
	[[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace
}

complete -F _reclaimctl reclaimctl
