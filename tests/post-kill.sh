#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# ar-post killed at every system call, and started again: each posting is in the outbox exactly once, the journal is
# whole, and one more run posts nothing. Then the same with a second kill during the run that mends.
. "${top_srcdir:-.}/tests/tap.sh"

data=$top_srcdir/tests/golden/ar-post/data
killat=$top_builddir/tests/killat
ASAN_OPTIONS=detect_leaks=0             # the leak checker cannot work in a process that is traced
export ASAN_OPTIONS
in=$tmp/in
cat "$data/books.ndjson" "$data/night.ndjson" | ar-cat --seal=new >"$in"

# post [PROGRAM ARGUMENT...]: ar-post on the folders state and outbox below $tmp, perhaps under another program
post()
{
	"$@" ar-post --as-of=2026-10-30 --policy "$data/policy" --maps "$top_srcdir/formats" \
		--state "$tmp/state" --outbox "$tmp/outbox" "$in" >"$tmp/out" 2>"$tmp/err"
}

if ! "$killat" 1000000 true 2>/dev/null; then
	skip "killed at every system call" "processes cannot be traced here"
	finish
	exit
fi

post
is "a whole run ends well" $? 0
mv "$tmp/outbox" "$tmp/want"
grep '"type":"posting"' "$tmp/out" >"$tmp/want-out"
rm -rf "$tmp/state"
is "and makes three files" "$(ls "$tmp/want" | wc -l | tr -d ' ')" 3

# What must hold after a run that was not killed.
whole()
{
	diff -r "$tmp/want" "$tmp/outbox" >/dev/null || { echo "# $1: the outbox differs"; ls -la "$tmp/outbox"; return 1; }
	grep '"type":"posting"' "$tmp/out" | cmp -s - "$tmp/want-out" || { echo "# $1: other postings"; return 1; }
	[ "$(grep -c '"line":1,.*"state":"acknowledged"' "$tmp/state/journal.ndjson")" = 3 ] ||
		{ echo "# $1: not acknowledged once each"; return 1; }
	post
	[ $? = 0 ] || { echo "# $1: the next run failed"; cat "$tmp/err"; return 1; }
	grep -q 'ar-post: 0 new, 3 already posted, 0 refused, 2 not approved' "$tmp/err" ||
		{ echo "# $1: the next run says"; cat "$tmp/err"; return 1; }
	diff -r "$tmp/want" "$tmp/outbox" >/dev/null || { echo "# $1: the next run changed the outbox"; return 1; }
}

# kills SECOND STEP: every STEPth point; with SECOND the mending run is killed about the same place
kills()
{
	k=0
	points=0
	while :; do
		k=$((k + $2))
		rm -rf "$tmp/state" "$tmp/outbox"
		post "$killat" $k
		[ $? = 137 ] || break
		points=$((points + 1))
		if [ -n "$1" ]; then
			post "$killat" $((k + $1))
		fi
		post
		status=$?
		[ $status = 0 ] || { echo "# $k: the run after it ended with $status"; cat "$tmp/err"; return 1; }
		whole $k || return 1
	done
	echo "# $points points"
	[ $k -gt 100 ]
}

check "killed at every system call, each posting is made once" kills "" 1
step=1
[ $k -lt 250 ] || step=7                # a build with sanitizers makes more calls, and slower ones
check "killed again while mending" kills -15 $step
finish
