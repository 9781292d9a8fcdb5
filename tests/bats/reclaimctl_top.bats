#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0
# reclaimctl top, on a terminal that tmux plays.

bats_require_minimum_version 1.8.0
load helper
load worker
load ctl

setup_file() {
	worker_setup_file
}

teardown_file() {
	worker_teardown_file
}

setup() {
	worker_setup && no_throttles
}

teardown() {
	tmux kill-server 2>/dev/null || :
	mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug
	worker_teardown
}

# start_top COLUMNSxROWS [OPTION...]: in a terminal of that size; at its end its exit
# status is on the screen.
start_top() {
	local size=$1
	shift

	tmux -f /dev/null new-session -d -x "${size%x*}" -y "${size#*x}" \
		"TERM=screen reclaimctl top --delay 1 $*; echo status=\$?; exec sleep 1000" 3>&-
	tmux set-option -g status off
	tmux resize-window -x "${size%x*}" -y "${size#*x}"
	wait_until 20 screen_has "q quit"
}

read_screen() {
	mapfile -t SCREEN < <(tmux capture-pane -p)
}

# screen_has PATTERN: a line of the screen matches.
screen_has() {
	local line

	read_screen
	for line in "${SCREEN[@]}"; do
		[[ ! $line =~ $1 ]] || return 0
	done
	return 1
}

# first_is PATTERN: the first process does.
first_is() {
	local i

	read_screen
	for ((i = 0; i < ${#SCREEN[@]} - 1; i++)); do
		[[ ${SCREEN[i]} =~ PID ]] || continue
		[[ ${SCREEN[i + 1]} =~ $1 ]]
		return
	done
	return 1
}

quit_top() {
	tmux send-keys q
	wait_until 10 screen_has "^status=0"
}

@test "top: shows a process's memory, what the worker took, what came back, and why" {
	start_target anon 32M
	start_top 120x30
	wait_until 10 first_is " $TARGET_PID +0 +3[2-4]\.[0-9]M +0 +- +- -"
	settings worker/enabled=1
	queue_action "$TARGET_PID" 900
	wait_until 10 screen_has " $TARGET_PID +900 .* 3[1-3]\.[0-9]M +3[1-3]\.[0-9]M +0 full +[0-9]+s adj: run, done +target"
	wait_until 10 screen_has "worker idle  reclaimed 3[1-3]\."
	ask touch 0 16M
	wait_until 10 screen_has " $TARGET_PID .* 16\.[0-9]M full "
	set_adj "$TARGET_PID" 0
	settings throttle/full_full_ms=100000
	queue_action "$TARGET_PID" 900
	wait_until 10 screen_has " $TARGET_PID .* adj: time +target"
	quit_top
}

# instances: of top in tracefs.
instances() {
	compgen -G "$TRACEFS/instances/reclaimctl-*"
}

@test "top: shows the last request before it, and each while it runs" {
	start_target anon 32M
	reclaim "$TARGET_PID anon"
	start_top 120x30
	wait_until 10 screen_has " $TARGET_PID .* 3[12]\.[0-9]M +3[12]\.[0-9]M +0 anon +- request +target"
	ask touch 0 16M
	wait_until 10 screen_has " $TARGET_PID .* 16\.[0-9]M anon +- request"
	reclaim "$TARGET_PID $TARGET_ADDR 8M"
	wait_until 10 screen_has " $TARGET_PID .* 8\.[0-9]M +0 range +[0-9]+s request +target"
	# What the worker did after that is the last action then.
	settings worker/enabled=1
	queue_action "$TARGET_PID" 900
	wait_until 10 screen_has " $TARGET_PID +900 .* 8\.[0-9]M +0 full +[0-9]+s adj: run, done"
	instances
	# However it ends, it leaves nothing behind.
	kill "$(pgrep -x reclaimctl)"
	wait_until 10 screen_has "^status=0"
	run ! instances
}

@test "top: sorts by the key that is pressed" {
	local small

	start_target anon 16M
	small=$TARGET_PID
	start_target anon 32M
	reclaim "$small anon"
	start_top 100x30
	wait_until 10 first_is " $TARGET_PID "
	tmux send-keys s
	wait_until 10 first_is " $small "
	screen_has "sort: swap"
	tmux send-keys r
	wait_until 10 first_is " $TARGET_PID "
	tmux send-keys p
	wait_until 10 first_is "^ +1 "
	tmux send-keys Down
	wait_until 10 first_is "^ +([2-9]|[0-9]{2,}) "
	quit_top
}

@test "top: fits any terminal, and a new size at once" {
	local line

	start_target anon 32M
	start_top 40x10
	wait_until 10 first_is " $TARGET_PID +3.*target"
	compare lines "${#SCREEN[@]}" -le 10
	screen_has "^q quit"
	tmux resize-window -x 132 -y 40
	wait_until 10 screen_has "PID +ADJ +RSS +SWAP +FREED +BACK LAST +AGO WHY +NAME"
	tmux resize-window -x 80 -y 24
	wait_until 10 screen_has "PID +RSS +SWAP +FREED +BACK LAST +WHY +NAME"
	tmux resize-window -x 10 -y 2
	pause 1.5
	tmux resize-window -x 40 -y 10
	wait_until 10 first_is " $TARGET_PID +3.*target"
	quit_top
}

@test "top: says that debugfs or the module is missing, and goes on" {
	start_target anon 8M
	start_top 100x30
	wait_until 10 umount /sys/kernel/debug
	wait_until 10 screen_has "No debugfs"
	screen_has "target"
	rmmod proc_reclaim
	wait_until 10 screen_has "The module is not loaded: modprobe proc_reclaim"
	screen_has "target"
	quit_top
}

@test "top: once, as a table or as JSON" {
	start_target anon 8M
	settings worker/enabled=1
	queue_action "$TARGET_PID" 900
	ctl 0 top --json --sort freed
	json_is .debugfs true
	json_is .processes[0].pid "$TARGET_PID"
	json_is .processes[0].last_action full
	json_is .processes[0].last_decision "adj: run, done"
	json_is .processes[0].adj 900
	compare swap "$(json .processes[0].swap_kb)" -ge 8000
	json_is .processes[0].back_kb 0
	ctl 0 top --raw
	[[ $OUT =~ $TARGET_PID\ +900\ +[0-9]+\ +[0-9]{4,}\ +[0-9]{4,}\ +0\ +full\ .*"adj: run, done"\ +target ]]
	# Who gets the pid has not inherited what was decided.
	pid=$TARGET_PID
	stop_target
	WANTED_PID=$pid start_target anon 1M
	ctl 0 top --json
	json_is ".processes[] | select(.pid == $pid) | [.name, .last_decision] | tostring" '["target",null]'
	umount /sys/kernel/debug
	ctl 0 top --once
	[[ $SAID == *"no debugfs"* && $OUT == *target* ]]
}
