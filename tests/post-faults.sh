#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# ar-post where something cannot be written, and on input that has no true end.
. "${top_srcdir:-.}/tests/tap.sh"

data=$top_srcdir/tests/golden/ar-post/data
in=$tmp/in
cat "$data/books.ndjson" "$data/night.ndjson" | ar-cat --seal=new >"$in"

post()
{
	ar-post --as-of=2026-10-30 --policy "$data/policy" --maps "$top_srcdir/formats" \
		--state "$tmp/state" --outbox "$tmp/outbox" "$@" 2>"$tmp/err"
}

files()
{
	ls "$tmp/outbox" 2>/dev/null | wc -l | tr -d ' '
}

again()
{
	post "$in" >"$tmp/out"
	is "$1: the next run ends well" $? 0
	is "$1: and says" "$(tail -n 1 "$tmp/err")" "ar-post: $2, 0 refused, 2 not approved"
	is "$1: three files" "$(files)" 3
	rm -rf "$tmp/state" "$tmp/outbox"
}

post "$in" >/dev/full
is "full standard output" $? 4
again "full standard output" "0 new, 3 already posted"

# The journal does not fit: 4 blocks of 512 bytes hold its start and part of what is announced.
(ulimit -f 4 && post "$in" >/dev/null)
is "the journal does not fit" $? 4
is "nothing is sent that is not announced" "$(files)" 0
post "$in" >/dev/null
check "the torn line is told in the journal" grep -q '"kind":"recovered"' "$tmp/state/journal.ndjson"
again "after it" "0 new, 3 already posted"

mkdir "$tmp/small"
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=4k none "$tmp/small" 2>/dev/null; then
	ar-post --as-of=2026-10-30 --policy "$data/policy" --maps "$top_srcdir/formats" --state "$tmp/small" \
		--outbox "$tmp/outbox" "$in" >/dev/null 2>"$tmp/err"
	is "a full disk" $? 4
	check "the message names the journal" grep -q "journal" "$tmp/err"
	umount "$tmp/small"
	rm -rf "$tmp/outbox"
else
	skip "a full disk" "cannot mount a small one here"
fi

# Files of the outbox that cannot be made: announced, not delivered, resumed.
mkdir -p "$tmp/outbox"
name=$(post --dry-run "$in" | sed -n 's/.*"wire_key":"\([^"]*\)".*"kind":"credit_application".*/\1/p')
mkdir "$tmp/outbox/.payment-$name.json.tmp"
post "$in" >/dev/null
is "a file that cannot be made" $? 4
rmdir "$tmp/outbox/.payment-$name.json.tmp"
post "$in" >"$tmp/out"
is "is made by the next run" $? 0
check "which says so" grep -q '1 delivered that an earlier run had announced' "$tmp/err"
again "after all" "0 new, 3 already posted"

# No true end, no act: cut off behind every record.
total=$(wc -l <"$in")
bad=0
n=1
while [ "$n" -lt "$total" ]; do
	head -n "$n" "$in" >"$tmp/cut"
	post "$tmp/cut" >/dev/null
	[ $? = 3 ] || bad=$((bad + 1))
	n=$((n + 1))
done
is "input without an end is refused" "$bad" 0
is "and nothing is sent" "$(files)" 0
finish
