#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The laws of aging, on the books of the example's night.
. "${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/tests/tap.sh"

if ! command -v python3 >/dev/null 2>&1; then
	skip "laws of aging" "no python3"
	finish
	exit
fi
data=$top_srcdir/examples/nightly/data
maps=--maps=$top_srcdir/formats
ar-extract $maps --as-of=2026-10-30 --rejects="$tmp/r1" "$data"/netsuite/*.csv |
	ar-normalize $maps --entity=north --base-currency=EUR --rejects="$tmp/r2" >"$tmp/north.ar"
ar-extract $maps --as-of=2026-10-30 "$data"/ecb/eurofxref-hist.csv | ar-normalize $maps >"$tmp/rates.ar"
ar-extract $maps --as-of=2026-10-30 "$data"/quickbooks/*.json |
	ar-normalize $maps --entity=south --base-currency=USD --with="$tmp/rates.ar" >"$tmp/south.ar"
python3 "$top_srcdir/tests/age-laws.py" "$tmp" "$tmp/north.ar" "$tmp/south.ar" >"$tmp/laws"
is "the laws can be asked" $? 0
foreign "$tmp/laws"
finish
