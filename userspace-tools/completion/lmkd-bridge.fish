# SPDX-License-Identifier: GPL-2.0
# Completion of lmkd-bridge for fish.

complete -c lmkd-bridge -f
complete -c lmkd-bridge -s s -l socket -r -F -d 'where to listen'
complete -c lmkd-bridge -l version -d 'show the version'
complete -c lmkd-bridge -l help -d 'show a summary of the options'
