#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# The code, --help, the manual pages and the completions of reclaimctl have the same
# words. --help is printed from the table by which the code reads its options.

bats_require_minimum_version 1.8.0
load helper
load ctl

MAN=/usr/local/share/man

setup() {
	:
}

# Asked once: what --help shows, sorted, one word a line.
setup_file() {
	local command sub

	remember_help
	while read -r command; do
		remember_help "$command"
		while read -r sub; do
			[ -z "$sub" ] || remember_help "$command" "$sub"
		done <<<"$(commands_of "$command")"
	done <<<"$(commands_of)"
}

# remember_help [COMMAND...]
remember_help() {
	local help
	help=$BATS_FILE_TMPDIR/$*

	reclaimctl "$@" --help >"$help.text"
	sed -nE '/^Commands/,/^$/s/^  ([a-z-]+) .*/\1/p' "$help.text" | sort >"$help.commands"
	sed -nE '/^Options/,$s/^  +(-[a-zA-Z], +)?(--[a-z-]+).*/\2/p' "$help.text" |
		sort >"$help.options"
	sed -nE '/^Options/,$s/^  +(-[a-zA-Z]), .*/\1/p' "$help.text" | sort >"$help.letters"
}

# commands_of [COMMAND...]: its subcommands; options_of: its options, those of all of
# its subcommands too; letters_of: the same with one letter.
commands_of() {
	cat "$BATS_FILE_TMPDIR/$*.commands"
}

options_of() {
	cat "$BATS_FILE_TMPDIR/$*".options "$BATS_FILE_TMPDIR/$* "*.options 2>/dev/null | sort -u
}

letters_of() {
	cat "$BATS_FILE_TMPDIR/$*".letters "$BATS_FILE_TMPDIR/$* "*.letters 2>/dev/null | sort -u
}

# What the lists of a manual page have: long options, those of one letter, commands.
options_in_page() {
	sed -nE 's/^\.It .*Fl (-[a-z-]+).*/-\1/p' "$1" | sort -u
}

letters_in_page() {
	sed -nE 's/^\.It Fl ([a-zA-Z]) .*/-\1/p' "$1" | sort -u
}

commands_in_page() {
	sed -nE 's/^\.It Cm ([a-z-]+)$/\1/p' "$1" | sort -u
}

@test "words: each command has help, and refuses an option that it has not" {
	local file command

	[ "$(find "$BATS_FILE_TMPDIR" -name '*.text' | wc -l)" -ge 13 ]
	for file in "$BATS_FILE_TMPDIR"/*.text; do
		command=${file##*/}
		command=${command%.text}
		[[ $(<"$file") == "Usage: reclaimctl${command:+ $command} "* ]]
		# shellcheck disable=SC2086 # words
		ctl 2 $command --no-such-option
		[[ $SAID == *"--no-such-option"* ]]
	done
}

@test "words: the manual pages have those of --help, no more and no fewer" {
	local command page

	page=$MAN/man8/reclaimctl.8
	assert_equal "$(commands_in_page "$page")" "$(commands_of)"
	assert_equal "$(options_in_page "$page")" "$(<"$BATS_FILE_TMPDIR/.options")"
	for command in $(commands_of); do
		grep -q "^.Xr reclaimctl-$command 8" "$page"
		assert_equal "$(commands_in_page "${page/.8/-$command.8}")" "$(commands_of "$command")"
		assert_equal "$(options_in_page "${page/.8/-$command.8}")" "$(options_of "$command")"
		assert_equal "$(letters_in_page "${page/.8/-$command.8}")" "$(letters_of "$command")"
	done
	# No page of a command that is none.
	assert_equal "$(printf '%s\n' "${page%.8}"-*.8 | sed 's/.*reclaimctl-\(.*\)\.8/\1/')" \
		"$(commands_of)"
}

@test "words: the manual pages have no fault, and the exit codes of --help" {
	run mandoc -T lint -W warning "$MAN"/man8/reclaimctl*.8 "$MAN/man7/proc_reclaim.7"
	assert_output ""
	run bash -c "reclaimctl --help | sed -nE 's/^  ([0-9])  .*/\1/p'"
	assert_output "$(sed -nE 's/^\.It ([0-9])$/\1/p' "$MAN/man8/reclaimctl.8")"
	[ "${#lines[@]}" -eq 6 ]
}

# --- completion ---

# bash_words WORD...: what bash offers for the last one, sorted, without "=".
bash_words() {
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_reclaimctl 2>/dev/null || :
	printf '%s\n' "${COMPREPLY[@]%=}" | sort
}

@test "words: bash completes those of --help" {
	local command

	# shellcheck disable=SC1091 # installed in the guest
	. /usr/local/share/bash-completion/completions/reclaimctl
	assert_equal "$(bash_words reclaimctl "")" "$(commands_of)"
	assert_equal "$(bash_words reclaimctl po)" policy
	assert_equal "$(bash_words reclaimctl policy "")" "$(commands_of policy)"
	for command in run age top "policy load" "policy save"; do
		# shellcheck disable=SC2086 # words
		assert_equal "$(bash_words reclaimctl $command --)" "$(options_of "$command")"
	done
	assert_equal "$(bash_words reclaimctl run --type a)" $'all\nanon'
	assert_equal "$(bash_words reclaimctl run --type = f)" file
	assert_equal "$(bash_words reclaimctl policy load --profile "")" $'android\ndesktop\nserver'
	[[ $'\n'$(bash_words reclaimctl run "")$'\n' == *$'\n'"$$"$'\n'* ]]
	assert_equal "$(bash_words reclaimctl run --user roo)" root
}

# fish_words LINE...: what fish offers for each, sorted, as one line each.
fish_words() {
	# shellcheck disable=SC2016 # fish's
	XDG_DATA_DIRS=/usr/local/share:/usr/share fish -c \
		'for line in $argv; echo (complete -C $line | cut -f 1 | sort); end' "$@"
}

@test "words: fish completes those of --help" {
	local lines

	mapfile -t lines < <(fish_words "reclaimctl " "reclaimctl policy " "reclaimctl run --" \
		"reclaimctl policy load --" "reclaimctl policy load --profile " "reclaimctl run -t f")
	assert_equal "${lines[0]}" "$(commands_of | xargs)"
	assert_equal "${lines[1]}" "$(commands_of policy | xargs)"
	assert_equal "${lines[2]}" "$(options_of run | xargs)"
	assert_equal "${lines[3]}" "$(options_of "policy load" | xargs)"
	assert_equal "${lines[4]}" "android desktop server"
	assert_equal "${lines[5]}" file
}

# zsh_lists WORDS LINE: zsh lists these and no others when Tab is pressed behind it.
zsh_lists() {
	tmux send-keys C-u C-l
	tmux send-keys -l "$2"
	tmux send-keys Tab Tab
	wait_until 60 zsh_shows "$1" ||
		complain "not '$1':" "$(tmux capture-pane -p)"
}

zsh_shows() {
	[ "$(words_on_screen)" = "$1" ]
}

words_on_screen() {
	tmux capture-pane -p | sed -nE 's/^(-?-?[a-z]+[a-z-]*)( +--? .*| *)$/\1/p' | sort -u
}

zsh_is_ready() {
	[[ $(tmux capture-pane -p) == *$'\nloaded'* ]]
}

@test "words: zsh completes those of --help" {
	tmux -f /dev/null new-session -d -x 120 -y 60 "exec zsh -f" 3>&-
	# Not all that zsh has: it reads a thousand files, which takes half a minute here.
	tmux send-keys "fpath=(\$fpath[1] /usr/share/zsh/functions/Completion/{,Base,Zsh})" Enter
	tmux send-keys "autoload -U compinit; compinit -D; echo loaded" Enter
	wait_until 60 zsh_is_ready
	zsh_lists "$(commands_of)" "reclaimctl "
	zsh_lists "$(commands_of policy)" "reclaimctl policy "
	zsh_lists "$(options_of run)" "reclaimctl run --"
	tmux kill-server
}
