# SPDX-License-Identifier: GPL-2.0
# Completion of lmkd-bridge for fish.

complete -c lmkd-bridge -f
complete -c lmkd-bridge -s s -l socket -r -F -d 'listen on this socket'
complete -c lmkd-bridge -s V -l version -d 'display the version and exit'
complete -c lmkd-bridge -s h -l help -d 'display this help and exit'
