#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A stream that was cut anywhere is never taken for a whole one. Every prefix and every flipped bit is tried
# in-process by tests/unit/stream.c; here a sample goes through the program, and what people do with streams.
. "${top_srcdir:-.}/tests/tap.sh"

awk 'BEGIN {
	for (i = 1; i <= 40; i++)
		printf "{\"type\":\"payment\",\"id\":\"E1/s:payment:%d\",\"entity\":\"E1\",\"system\":\"s\"," \
			"\"date\":\"2026-10-%02d\",\"currency\":\"EUR\",\"amount\":\"%d.%02d\"}\n", i, i % 28 + 1, i, i % 100
}' >"$tmp/records"
ar-cat --seal=new "$tmp/records" >"$tmp/s" || echo "# cannot seal"
size=$(($(wc -c <"$tmp/s")))

# cut N: the first N bytes end with status 3 and no end
cut()
{
	head -c "$1" "$tmp/s" | ar-cat >"$tmp/out" 2>"$tmp/err"
	status=$?
	[ $status -eq 3 ] && [ -s "$tmp/err" ] && ! grep -q '"type":"end"' "$tmp/out" && return 0
	echo "# first $1 bytes: status $status"
	return 1
}

samples()
{
	good=true
	i=0
	while [ $i -lt 100 ]; do
		cut $((i * size / 100)) || good=false
		i=$((i + 1))
	done
	$good
}
check "100 prefixes of a sealed stream are refused by the program" samples
check "all but the last byte too" cut $((size - 1))

ar-cat "$tmp/s" >"$tmp/out"
is "the whole stream is taken" $? 0
sed '1d;$d' "$tmp/s" >"$tmp/a"
sed '1d;$d' "$tmp/out" >"$tmp/b"
check "and its records come out unchanged" cmp "$tmp/a" "$tmp/b"

cat "$tmp/s" "$tmp/s" | ar-cat >"$tmp/two"
is "two sealed streams behind each other are taken" $? 0
is "as one stream" "$(grep -c '"type":"head"' "$tmp/two"):$(tail -n 1 "$tmp/two" | grep -o '"records":80')" '1:"records":80'
ar-cat "$tmp/s" "$tmp/s" >"$tmp/files"
check "like two files" cmp "$tmp/two" "$tmp/files"
{ cat "$tmp/s"; head -c 900 "$tmp/s"; } | ar-cat >"$tmp/out" 2>/dev/null
is "a cut one behind a whole one is refused" $? 3
{ head -c 900 "$tmp/s"; echo; cat "$tmp/s"; } | ar-cat >"$tmp/out" 2>/dev/null
is "a whole one behind a cut one is refused" $? 3
sed '20d' "$tmp/s" | ar-cat >"$tmp/out" 2>/dev/null
is "a record taken out is noticed" $? 3
sed '20{h;d;};25{p;x;}' "$tmp/s" | ar-cat >"$tmp/out" 2>/dev/null
is "records in another order are noticed" $? 3
{ sed '$d' "$tmp/s"; sed -n 20p "$tmp/s"; tail -n 1 "$tmp/s"; } | ar-cat >"$tmp/out" 2>/dev/null
is "a record put in is noticed" $? 3
gzip -c "$tmp/s" >"$tmp/s.gz"
ar-cat "$tmp/s.gz" >"$tmp/out"
is "a compressed stream is seen through" $? 0
head -c 200 "$tmp/s.gz" >"$tmp/cut.gz"
ar-cat "$tmp/cut.gz" >"$tmp/out" 2>/dev/null
is "a compressed stream that was cut is refused" $? 3

# sealed FILE: whole, with 39 payments and the total of all but number 7
sealed()
{
	ar-cat "$1" >/dev/null && tail -n 1 "$1" | grep -q '"payment=39".*"payment.amount.EUR=821.13"'
}
if command -v jq >/dev/null; then
	ar-cat "$tmp/s" | jq 'select(.id != "E1/s:payment:7")' -c | ar-cat --seal >"$tmp/out" 2>"$tmp/err"
	is "jq in the middle, sealed again" $? 0
	check "with new counts and totals" sealed "$tmp/out"
	is "old and new counts are told" "$(cat "$tmp/err")" "ar-cat: sealed: 39 records, 40 when the old end was written"
	ar-cat "$tmp/s" | jq -c . | head -c 2000 | ar-cat --seal >"$tmp/out" 2>/dev/null
	is "what cuts the middle of the pipe is noticed" $? 3
	check "and nothing is sealed" eval '! grep -q "\"type\":\"end\"" "$tmp/out"'
	ar-cat "$tmp/s" | jq -c . | sed -n 1,20p | ar-cat --seal >"$tmp/out" 2>/dev/null
	is "even when it was cut between lines" $? 3
	ar-cat "$tmp/s" | jq -c . | ar-cat >"$tmp/out" 2>/dev/null
	is "what jq left as it was needs no new seal" $? 0
	ar-cat "$tmp/s" | jq -S -c . | ar-cat --seal 2>/dev/null | sed '1d;$d' >"$tmp/b"
	check "keys in another order come out as they were" cmp "$tmp/a" "$tmp/b"
else
	skip "jq in the middle" "jq is not here"
fi
if command -v mlr >/dev/null; then
	ar-cat "$tmp/s" | mlr --ijsonl --ojsonl filter '$type != "payment" || $id != "E1/s:payment:7"' |
		ar-cat --seal >"$tmp/out" 2>"$tmp/err"
	is "Miller in the middle, sealed again" $? 0 || sed 's/^/# /' "$tmp/err"
	check "with new counts and totals" sealed "$tmp/out"
	ar-cat "$tmp/s" | mlr --ijsonl --ojsonl filter '$id != "E1/s:payment:7"' |
		ar-cat --seal >"$tmp/out" 2>/dev/null
	is "a filter that took the end record too is noticed" $? 3
else
	skip "Miller in the middle" "mlr is not here"
fi
finish
