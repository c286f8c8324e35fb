#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The example's night, from programs installed as a user would have them: it runs, its figures are true, the same bytes come out
# elsewhere, and a second run sends nothing twice.
. "${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/tests/tap.sh"

if ! (cd "$top_builddir" && make -s install prefix="$tmp/inst") >"$tmp/install.log" 2>&1; then
	sed 's/^/# /' "$tmp/install.log" | tail -n 20
fi
check "installed" test -x "$tmp/inst/bin/ar-post"
night() { (PATH=$tmp/inst/bin:$PATH exec "$1" "$2"); }

night "$top_srcdir/examples/nightly/run" "$tmp/a" >"$tmp/screen"
is "the job runs" $? 0
is "the screen ends with where the files are" "$(tail -n 1 "$tmp/screen")" "Everything is in $tmp/a"
is "21 new postings" "$(grep -c '^21 new, 0 already posted' "$tmp/screen")" 1

is "one payment is explained by what was learned last month" "$(grep -c 'because .* was learned as that of south/quickbooks:c:29: 2 confirmed payments' "$tmp/a/explained.txt")" 1
is "without the journal a person would have to look at it" "$(cd "$tmp/a" && PATH=$tmp/inst/bin:$PATH && ar-match --as-of=2026-10-30 north.ar south.ar bank-north.ar bank-south.ar |
	grep '3A5%3A1~m"' | grep -c '"decision":"suggest".*"rule":"amount.name"')" 1
is "every payment that is not decided is on the sheet" "$(sed 1d "$tmp/a/review.csv" | cut -d , -f 1 | sort -u | wc -l | tr -d ' ')" \
	"$(grep '"line":0' "$tmp/a/matches.ar" | grep '"source_kind":"bank_line"' | grep '"received"' | grep '"decision":"\(suggest\|none\)"' | grep -v '"rank":[2-9]' | wc -l | tr -d ' ')"
# a person answers the first suggestion of the sheet, and it is posted
(cd "$tmp/a" && PATH=$tmp/inst/bin:$PATH && awk 'NR > 1 && /,ref\.short,/ && !done { sub(/,\r$/, ",x\r"); done = 1 } { print }' review.csv >"$tmp/answered.csv" &&
	ar-match --as-of=2026-10-30 --alias=state/alias --answers="$tmp/answered.csv" --by=anna north.ar south.ar bank-north.ar bank-south.ar >"$tmp/answered.ar")
is "an answer becomes an approved match" "$(grep -c '"line":0.*"approved_by":"anna"' "$tmp/answered.ar")" 1

# customer 2025's largest invoice is due on 2026-11-08
reasons() { grep -A 1 '^customer 2025, EUR 17625.80: by 2026-11-0[1-9] ' "$tmp/screen" | grep -q '^    due in 9 days, pays 3 days early on average (n=25)'; }
check "the screen tells why an item comes when" reasons
check "and how good September's forecast was" grep -q '^EUR: in all [+-][0-9.]* %, week by week off by [0-9.]* %$' "$tmp/screen"
check "what came stands beside what was expected" grep -q '^currency .*expected  *came  *low 80%' "$tmp/a/accuracy.txt"
check "the chart's data are there" [ "$(wc -l <"$tmp/a/cash.csv")" -eq 53 ]

mkdir "$tmp/elsewhere" && cp -R "$top_srcdir/examples/nightly" "$tmp/elsewhere/" && chmod -R u+w "$tmp/elsewhere" # make distcheck has a source tree that cannot be written
(umask 077; cd / && TZ=Asia/Tokyo LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 night "$tmp/elsewhere/nightly/run" "$tmp/b") >/dev/null
diff -r "$tmp/a" "$tmp/b" >"$tmp/diff" 2>&1
is "the same bytes with another TZ, LANG, folder and umask" $? 0
head -n 20 "$tmp/diff" | sed 's/^/# /'

(cd "$tmp/a/outbox" && cksum ./*) >"$tmp/outbox.before"
night "$top_srcdir/examples/nightly/run" "$tmp/a" >"$tmp/again"
is "again: nothing is new" "$(grep -c '^0 new, 21 already posted' "$tmp/again")" 1
(cd "$tmp/a/outbox" && cksum ./*) >"$tmp/outbox.after"
check "again: the outbox is what it was" cmp "$tmp/outbox.before" "$tmp/outbox.after"
check "again: the letters are what they were" diff -r "$tmp/a/letters" "$tmp/b/letters"

if command -v python3 >/dev/null 2>&1; then
	python3 "$top_srcdir/tests/nightly.py" truth "$tmp/a" "$top_srcdir/examples/nightly/data/expected.json" >"$tmp/truth"
	is "the truth can be asked" $? 0
	foreign "$tmp/truth"
	if command -v hledger >/dev/null 2>&1; then
		python3 "$top_srcdir/tests/nightly.py" ledger "$tmp/a" >"$tmp/night.ledger"
		LC_ALL=C.UTF-8 hledger -f "$tmp/night.ledger" balance AR: --flat --layout=bare -O csv >"$tmp/hledger.csv"
		python3 "$top_srcdir/tests/nightly.py" balances "$tmp/a" "$tmp/hledger.csv" >"$tmp/balances"
		foreign "$tmp/balances"
	else
		skip "hledger recomputes every balance" "no hledger"
	fi
else
	skip "truth and ledger" "no python3"
fi
finish
