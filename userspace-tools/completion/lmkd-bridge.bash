# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Completion of lmkd-bridge for bash. It parses --help.

_lmkd_bridge() {
	local cur=${COMP_WORDS[COMP_CWORD]#=} words word quoted

	case ${COMP_WORDS[COMP_CWORD - 1]} in
	-s | --socket | =) words=$(compgen -f -- "$cur") ;;
	*) words=$("${COMP_WORDS[0]}" --help 2>/dev/null |
		sed -nE 's/^  +(-[a-zA-Z], )?(--[a-z-]+=?).*/\2/p') ;;
	esac
	# No compgen -W, because it would execute commands in the names of files.
	while IFS= read -r word; do
		[[ -n $word && $word == "$cur"* ]] || continue
		printf -v quoted %q "$word"
		COMPREPLY+=("$quoted")
	done <<<"$words"
	[[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace
}

complete -F _lmkd_bridge lmkd-bridge
