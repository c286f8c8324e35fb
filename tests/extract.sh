#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# ar-extract over the example company's exports, by the shipped maps: each file finds its map by itself and gives as many records
# as expected.json says (rows and refused rows); cut anywhere it gives no end.
. "${top_srcdir:-.}/tests/tap.sh"
data=$top_srcdir/examples/nightly/data
extract="ar-extract --maps $top_srcdir/formats"

# expected: one line a file: its name and its rows, as the simulation that made it knows them
python3 -B - "$data/expected.json" >"$tmp/expected" <<'PY' || echo "# python3 failed"
import json, sys
truth = json.load(open(sys.argv[1], encoding="utf-8"))
for name, f in truth["files"].items():
    print(name, f["rows"])
for s in truth["statements"]:
    print(s["file"], s["entries"] + 1)      # and the statement itself
PY

# records FILE: distinct records that came out, and those refused
records()
{
	$extract --rejects="$tmp/rej" "$data/$1" >"$tmp/out" 2>"$tmp/err" || [ $? -eq 1 ] || return 1
	ar-cat "$tmp/out" | sed '1d;$d' | sed 's/^{[^}]*"row":\([0-9]*\).*/\1/' | sort -u | wc -l >"$tmp/n"
	ar-cat --allow-empty "$tmp/rej" | grep -c '"type":"reject"' >"$tmp/refused"
	echo $(($(cat "$tmp/n") + $(cat "$tmp/refused")))
}

while read -r file rows; do
	is "$file" "$(records "$file")" "$rows" || sed 's/^/# /' "$tmp/err"
done <"$tmp/expected"
is "central bank, today" "$($extract "$data/ecb/eurofxref-daily.xml" | ar-cat | grep -c '"type":"raw"')" 4
is "central bank, history" "$(records ecb/eurofxref-hist.csv)" "$(($(wc -l <"$data/ecb/eurofxref-hist.csv") - 1))"

refused()
{
	good=true
	size=$(wc -c <"$1")
	for k in 1 2 3 4 5 6 7 8 9; do
		head -c $((size * k / 10)) "$1" | $extract --map "$2" - >"$tmp/out" 2>"$tmp/err"
		[ $? -eq 3 ] && [ -s "$tmp/err" ] && ! grep -q '^{"type":"end"' "$tmp/out" && continue
		echo "# $((size * k / 10)) bytes"
		good=false
	done
	$good
}
gzip -c "$data/netsuite/payments.csv" >"$tmp/payments.csv.gz"
check "a statement that was cut" refused "$data/bank/north-eur-20261030.xml" banks/camt
check "a page that was cut" refused "$data/quickbooks/Invoice-1.json" quickbooks/invoice
check "a compressed export that was cut" refused "$tmp/payments.csv.gz" netsuite/payments

$extract "$data"/netsuite/payments.csv "$data"/quickbooks/*.json "$data"/bank/*.xml >"$tmp/one"
is "many files in one run" $? 0
is "and their records" "$(ar-cat "$tmp/one" | grep -c '"type":"raw"')" "$(
	for f in "$data"/netsuite/payments.csv "$data"/quickbooks/*.json "$data"/bank/*.xml; do $extract "$f" | ar-cat | sed '1d;$d'; done | wc -l)"

# every shipped map on its own samples
for map in "$top_srcdir"/formats/*/*.map; do
	name=${map#"$top_srcdir/formats/"}
	name=${name%.map}
	sample=$(sed -n 's/^sample *= *//p' "$map" | head -n 1)
	if [ -f "${map%/*}/$sample" ]; then
		$extract --check "$name" >"$tmp/out" 2>&1
		is "samples of $name" $? 0 || sed 's/^/# /' "$tmp/out"
	else
		skip "samples of $name" "they are not here"
	fi
done
finish
