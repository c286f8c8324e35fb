#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# ar-match over N open items and N bank lines, all passes, beside joins of the exact references alone.
#   run.sh BUILD WORK [N]        BUILD: where the tools were built; WORK: a folder for data (1.2 GB at N = 1000000)
# DuckDB is used where WORK/node_modules has @duckdb/node-api. Each row is the best of three: wall seconds, CPU seconds, peak KB.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
mkdir -p "$2"
cd "$2"
n=${3:-1000000}
PATH=$build:$build/bench:$PATH
export LC_ALL=C BENCH_NPM="$PWD"
make -s -C "$build" ar-cat ar-match bench/measure bench/matchjoin
python3 "$here/books.py" "$n" "$n" .
ar-cat --seal=new in.ndjson >in.ar && rm in.ndjson
grep -v '"type":"bank_line"' in.ar | sed '1d;$d' | ar-cat --seal=new >items.ar

row() { printf '%-34s %s\n' "$1" "$2"; }
row "read, verify (ar-cat --type=end)" "$(measure 3 /dev/null ar-cat --type=extract in.ar)"
row "ar-match, all passes" "$(measure 3 out.ar ar-match --as-of=2026-10-30 in.ar)"
row "ar-match, the items and no line" "$(measure 3 /dev/null ar-match --as-of=2026-10-30 --allow-empty items.ar)"
row "exact references in memory" "$(matchjoin "$n")"
cat >gnu <<'EOF'
sort -t, -k2,2 refs.csv >refs.sorted
grep -v ',$' lines.csv | sort -t, -k2,2 >lines.sorted
join -t, -1 2 -2 2 refs.sorted lines.sorted
EOF
row "GNU sort and join, references" "$(measure 3 gnu.out sh gnu)"
if [ -d node_modules/@duckdb ]; then
	i=0
	while [ $i -lt 3 ]; do node "$here/../peers.mjs" join-references . duck.out; i=$((i + 1)); done | sort -n | sed -n 1p >duck
	row "DuckDB, 2 threads, references" "$(cat duck)"
	sort duck.out >a
	sort gnu.out >b
	cmp a b
fi
# What the joins found is what ar-match found, and it found it by the reference.
grep '"line":0' out.ar | grep -c '"rule":"ref.equal"' | sed 's/^/decided by reference: /'
wc -l <gnu.out | sed 's/^ */joined by reference:  /'
tail -n 1 out.ar | grep -o '"auto=[^]]*"laws_held=[0-9]*"'
