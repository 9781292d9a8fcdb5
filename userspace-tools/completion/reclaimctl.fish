# SPDX-License-Identifier: GPL-2.0
# Completion of reclaimctl for fish. It parses --help, so that it always matches the program.

# Print the typed command without its options: "reclaimctl policy load".
function __reclaimctl_command
    set -l words (commandline -opc)
    set -l command $words[1]
    for word in $words[2..]
        string match -q -- '-*' $word; and break
        set -a command $word
        contains -- $command[2] policy trace; and test (count $command) -lt 3; or break
    end
    string join \n -- $command
end

# Print the subcommands or options, each with a tab and its help.
function __reclaimctl_commands
    set -l command (__reclaimctl_command)
    $command --help 2>/dev/null |
        sed -nE '/^Commands/,/^$/s/^  ([a-z-]+) +(.*)/\1\t\2/p'
end

function __reclaimctl_options
    set -l command (__reclaimctl_command)
    $command --help 2>/dev/null |
        sed -nE '/^Options/,$s/^  +(-[a-zA-Z], +)?(--[a-z-]+)(=[^ ]*)? +(.*)/\2\t\4/p'
end

# Print possible arguments of the previous option, or fail if it takes none.
function __reclaimctl_values
    switch (commandline -opc)[-1]
        case -n --name
            cat /proc/[0-9]*/comm 2>/dev/null | sort -u
        case -u --user
            __fish_complete_users
        case --unit
            systemctl list-units --no-legend --plain --type service,scope,slice \
                2>/dev/null | cut -d ' ' -f 1
        case -g --cgroup
            __fish_complete_directories (commandline -ct)
        case -t --type
            printf '%s\n' file anon all
        case -s --sort
            printf '%s\n' pid adj rss swap freed back ago name
        case --profile
            reclaimctl policy list 2>/dev/null | cut -d ' ' -f 1
        case -o --output
            __fish_complete_path (commandline -ct)
        case '*'
            return 1
    end
end

function __reclaimctl_words
    __reclaimctl_values; and return
    if string match -q -- '-*' (commandline -ct)
        __reclaimctl_options
        return
    end
    set -l command (__reclaimctl_command)
    switch "$command[2..]"
        case '' policy trace
            __reclaimctl_commands
        case run age restore
            __fish_complete_pids
        case 'policy *' 'trace *'
            __fish_complete_path (commandline -ct)
    end
end

complete -c reclaimctl -f -a '(__reclaimctl_words)'
