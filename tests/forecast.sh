#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Laws of ar-forecast on a made ledger: the order of the input does not matter, nor does anything dated after --as-of, nor
# what the processor can do; quantiles are ordered; cash adds up.
. "${top_srcdir:-.}/tests/tap.sh"

# 12 customers, 40 invoices each, from 2025-01-06 on; each pays at a lag of its own, on business days; two currencies.
# A day is written as the awk number of days since 2025-01-06, a Monday.
make_ledger()
{
	awk 'function iso(d,  y, m, n, t) {
		t = d + 5
		for (y = 2025; t >= 365 + (y % 4 == 0); y++)
			t -= 365 + (y % 4 == 0)
		for (m = 1; ; m++) {
			n = m == 2 ? 28 + (y % 4 == 0) : m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31
			if (t < n)
				break
			t -= n
		}
		return sprintf("%d-%02d-%02d", y, m, t + 1)
	}
	function draw(n) { seed = (seed * 16807) % 2147483647; return int(seed / 8) % n }
	BEGIN {
		seed = 2026
		for (c = 0; c < 12; c++) {
			cid = "e/s:c:" c
			both = "\"entity\":\"e\",\"system\":\"s\","
			printf "{\"type\":\"customer\",\"id\":\"%s\",%s\"name\":\"C %d\",\"segment\":\"%s\"}\n", cid, both, c, c % 3 ? "a" : "b"
			for (i = 0; i < 40; i++) {
				k = c "-" i
				posted = draw(420); due = posted + 30; paid = due + c - 3 + draw(5)
				while (paid % 7 > 4)
					paid++
				money = "\"currency\":\"" (c == 5 ? "EUR" : "USD") "\",\"amount\":\"" 10 + draw(90000) "." 10 + draw(90) "\""
				printf "{\"type\":\"invoice\",\"id\":\"e/s:i:%s\",%s\"subtype\":\"invoice\",\"customer\":\"%s\",\"issued\":\"%s\",\"due\":\"%s\",%s}\n",
					k, both, cid, iso(posted), iso(due), money
				how = draw(20) ? "p" : "m"
				if (how == "p")
					printf "{\"type\":\"payment\",\"id\":\"e/s:p:%s\",%s\"customer\":\"%s\",\"date\":\"%s\",%s}\n", k, both, cid, iso(paid), money
				else
					printf "{\"type\":\"credit_memo\",\"id\":\"e/s:m:%s\",%s\"subtype\":\"credit_memo\",\"customer\":\"%s\",\"issued\":\"%s\",%s}\n",
						k, both, cid, iso(paid), money
				printf "{\"type\":\"application\",\"id\":\"e/s:a:%s\",%s\"source\":\"e/s:%s:%s\",\"target\":\"e/s:i:%s\",\"customer\":\"%s\"," \
					"\"date\":\"%s\",\"date_is\":\"own\",%s}\n", k, both, how, k, k, cid, iso(paid), money
			}
		}
	}'
}

# those records only that have happened by the day
upto()
{
	awk -v day="$1" '{
		when = $0
		if (match(when, /"(date|issued)":"[0-9-]*"/)) {
			when = substr(when, RSTART, RLENGTH)
			sub(/^"[a-z]*":"/, "", when); sub(/"$/, "", when)
			if (when > day) next
		}
		print
	}'
}

day=2026-02-04
make_ledger >"$tmp/all"
run() { ar-cat --seal=new | ar-forecast --as-of=$day --distribution "$@"; }
run <"$tmp/all" >"$tmp/out" || echo "Bail out! ar-forecast failed"
run --backtest <"$tmp/all" >"$tmp/back"

check "there are forecasts" [ "$(grep -c '"type":"forecast"' "$tmp/out")" -gt 30 ]
check "and 13 weeks of two currencies" [ "$(grep -c '"type":"cash"' "$tmp/out")" -eq 26 ]
check "of back-tested figures too" [ "$(grep -c '"type":"kpi"' "$tmp/back")" -gt 100 ]

sort "$tmp/all" | run >"$tmp/sorted"
check "the order of the input does not matter" cmp "$tmp/out" "$tmp/sorted"
sort -r "$tmp/all" | run --backtest >"$tmp/sorted"
check "nor to the back-test" cmp "$tmp/back" "$tmp/sorted"

upto $day <"$tmp/all" >"$tmp/then"
check "there is something later" [ "$(wc -l <"$tmp/then")" -lt "$(wc -l <"$tmp/all")" ]
run <"$tmp/then" >"$tmp/blank"
check "what is dated after --as-of changes nothing" cmp "$tmp/out" "$tmp/blank"
run --backtest <"$tmp/then" >"$tmp/blank"
check "nor in the back-test" cmp "$tmp/back" "$tmp/blank"

GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX2_Usable,-AVX,-AVX512F
export GLIBC_TUNABLES
run <"$tmp/all" >"$tmp/old"
check "an older processor computes the same" cmp "$tmp/out" "$tmp/old"
unset GLIBC_TUNABLES

ordered()
{
	grep '"type":"forecast"' "$tmp/out" | sed 's/.*"p10":"\([^"]*\)","p50":"\([^"]*\)","p90":"\([^"]*\)","paid_7":"\([^"]*\)","paid_30":"\([^"]*\)".*/\1 \2 \3 \4 \5/' |
	awk -v day=$day '!(day < $1 && $1 <= $2 && $2 <= $3 && $4 <= $5 && $5 <= 1) { bad = 1; print "# " $0 } END { exit bad }'
}
check "quantiles are ordered, and after --as-of" ordered

# 13 weeks from Wednesday 2026-02-04 end on Sunday 2026-05-03, day 88: the sum of open * cdf[88], whose six digits leave half a
# millionth of what is open, and half a cent for each week.
adds_up()
{
	sed -n 's/.*"type":"forecast".*"currency":"USD","open":"\([0-9.]*\)".*"cdf":\[\([^]]*\)\].*/\1 \2/p' "$tmp/out" | tr -d '"' | tr ',' ' ' >"$tmp/curves"
	sed -n 's/.*"type":"cash","currency":"USD".*"expected":"\([0-9.]*\)".*/\1/p' "$tmp/out" >"$tmp/weeks"
	awk 'FNR == NR { cash += $1; next } { want += $1 * $89; open += $1 } END {
		off = cash - want; if (off < 0) off = -off
		print "# weeks " cash ", items " want
		exit !(want > 0 && off <= open * 0.0000005 + 13 * 0.005) }' "$tmp/weeks" "$tmp/curves"
}
check "cash is what is open times the probability" adds_up

upto 2025-02-20 <"$tmp/all" | ar-cat --seal=new | ar-forecast --backtest --as-of=2025-02-20 >"$tmp/none" 2>"$tmp/why"
is "a back-test without a past is refused" $? 5
finish
