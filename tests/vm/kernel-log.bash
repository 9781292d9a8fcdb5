# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What a kernel says when something is wrong with it; for the scripts that run in
# a guest.

# A lost "Call Trace:" is one too, but not that of a failed allocation, of the OOM
# killer, or of a slab cache that there was no memory for: these are reports about
# memory, which tests bring about on purpose.
splats='BUG:|WARNING:|Oops|KASAN|KCSAN|UBSAN|KFENCE: |kernel BUG at'
splats+='|possible (recursive|circular) locking|inconsistent lock state'
splats+='|possible irq lock inversion|suspicious RCU usage|DEBUG_LOCKS_WARN'
splats+='|sleeping function called|scheduling while atomic'
splats+='|INFO: task .* blocked|INFO: rcu|rcu: INFO|soft lockup|hard LOCKUP'
splats+='|CFI failure|Bad page|Bad rss-counter|Bad swap|bad p[gu4m]d|bad pte|page_table_check'
splats+='|list_(add|del) corruption|refcount_t:|general protection'
splats+='|[Uu]nable to handle|Internal error: |tried to execute|Missing ENDBR|nobody cared'
splats+='|unchecked MSR access|stack-protector|kmemleak: [0-9]+ new suspected'
splats+='|ODEBUG: Out of memory'

# first_complaint FILE [LINE]: the number of the first line, from LINE on, with
# which the kernel complains; nothing where none does.
first_complaint() {
	awk -v splats="$splats" -v from="${2:-1}" '
		NR < from { next }
		/page allocation failure|vmalloc error|failed with error -12|invoked oom-killer/ { excused = 1 }
		/Call [Tt]race:/ { if (!excused) print NR; excused = 0; next }
		$0 ~ splats { print NR }' "$1" | head -n 1
}
