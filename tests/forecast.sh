#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Laws of ar-forecast on a made ledger: the order of the input does not matter, nor does anything dated after --as-of, nor
# what the processor can do, with the learned correction and without; quantiles are ordered; cash adds up; a week's interval
# does not depend on how many weeks are asked for; a forecast can be made again from its model file.
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
for name in forecast_open cash_floor_7 cash_floor_30; do
	check "the back-test gives $name" grep -q "\"name\":\"$name\".*\"by\":\[\"model=hazard/3\"\].*\"\(ratio\":\"0\.[0-9]*\|amount\":\"[1-9][0-9.]*\)\"" "$tmp/back"
done
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

# the same with every correction that can be learned, and of what is learned
old_cpu=glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX2_Usable,-AVX,-AVX512F
for how in --stage=tables --stage=mixed '--stage=mixed --train' '--stage=mixed --all-in' '--stage=mixed --backtest'; do
	# shellcheck disable=SC2086 # options are words
	run $how <"$tmp/all" >"$tmp/how"
	# shellcheck disable=SC2086
	sort -r "$tmp/all" | run $how >"$tmp/sorted"
	check "$how: any order" cmp "$tmp/how" "$tmp/sorted"
	# shellcheck disable=SC2086
	run $how <"$tmp/then" >"$tmp/blank"
	check "$how: nothing later" cmp "$tmp/how" "$tmp/blank"
	# shellcheck disable=SC2086
	GLIBC_TUNABLES=$old_cpu run $how <"$tmp/all" >"$tmp/old"
	check "$how: an older processor computes the same" cmp "$tmp/how" "$tmp/old"
done

# ---- the model file ----
ledger()
{
	ar-cat --seal=new <"$tmp/all"
}
ledger >"$tmp/ledger"
only() { grep "\"type\":\"\($1\)\"" "$2"; }
ar-forecast --as-of=$day --stage=mixed --train "$tmp/ledger" >"$tmp/model"
check "the model file has trees" grep -q '"name":"tree"' "$tmp/model"
check "and weights" grep -q '"name":"weight"' "$tmp/model"
check "and says what it was learned from" grep -q '"name":"data","values":.*sha256=[0-9a-f]\{64\}' "$tmp/model"
ar-forecast --as-of=$day --stage=mixed "$tmp/ledger" | sed '1d;$d' >"$tmp/direct"
ar-forecast --as-of=$day --model="$tmp/model" "$tmp/ledger" | sed '1d;$d' >"$tmp/again"
check "a forecast from its model file is the same" cmp "$tmp/direct" "$tmp/again"
ar-forecast --as-of=$day --all-in --train "$tmp/ledger" >"$tmp/model-all"
ar-forecast --as-of=$day --all-in "$tmp/ledger" | sed '1d;$d' >"$tmp/direct"
ar-forecast --as-of=$day --all-in --model="$tmp/model-all" "$tmp/ledger" | sed '1d;$d' >"$tmp/again"
check "all-in too" cmp "$tmp/direct" "$tmp/again"
ar-forecast --as-of=2026-02-18 --model="$tmp/model" "$tmp/ledger" >"$tmp/later"
check "a model serves later days" [ "$(only forecast "$tmp/later" | wc -l)" -gt 30 ]
ar-forecast --as-of=2026-02-03 --model="$tmp/model" "$tmp/ledger" >"$tmp/none" 2>"$tmp/why"
is "a model is refused for days it has seen" $? 5
ar-forecast --as-of=$day --model="$tmp/model" --backtest "$tmp/ledger" >"$tmp/none" 2>"$tmp/why"
is "and for a back-test" $? 2
ar-forecast --as-of=$day --model="$tmp/model" --all-in "$tmp/ledger" >"$tmp/none" 2>"$tmp/why"
is "its intervals are not those of --all-in" $? 2
changed()
{
	only model "$tmp/model" >"$tmp/before"
	only model "$tmp/maimed" >"$tmp/after"
	[ -s "$tmp/after" ] && ! cmp -s "$tmp/before" "$tmp/after"
}
while read -r what edit; do
	sed "$edit" "$tmp/model" | ar-cat --seal 2>/dev/null >"$tmp/maimed"
	check "$what: something was changed" changed
	ar-forecast --as-of=$day --model="$tmp/maimed" "$tmp/ledger" >"$tmp/none" 2>"$tmp/why"
	is "$what: damaged" $? 3
done <<'END'
no-stage /"name":"stage"/d
shares /"name":"stage"/s/"trees=0.25"/"trees=0.5"/
no-share /"name":"stage"/s/,"trees=0.25"//
no-data /"name":"data"/d
no-weight /"name":"weight","line":7,/d
last-weight /"name":"weight","line":80,/d
no-tree /"name":"tree","line":3,/d
short-tree /"name":"tree","line":3,/s/,"[^"]*"\]/]/
unknown-feature /"name":"tree","line":0,/s/"[0-9]*<=[0-9]*"/"99<=1"/
unknown-bin /"name":"tree","line":0,/s/"\([0-9]*\)<=[0-9]*"/"\1<=64"/
leaf-in-words /"name":"tree","line":0,/s/"=[-0-9]*"/"=x"/
other-feature /"name":"feature","line":4,/s/"step=[^"]*"/"step=7"/;/"name":"feature","line":4,/s/"text":"[^"]*"/"text":"mood"/
no-strength /"name":"strengths"/s/"k1=[^"]*"/"k1=0"/
width /"name":"width"/s/"values":\["[^"]*"/"values":["wide"/
form /"name":"form"/s/hazard/guess/
END

# ---- weeks ----
for weeks in 2 9 30; do
	ar-forecast --as-of=$day --horizon=$weeks "$tmp/ledger" | grep '"type":"cash","currency":"USD"' | head -n 2 >"$tmp/weeks-$weeks"
done
check "a week does not depend on the horizon" cmp "$tmp/weeks-2" "$tmp/weeks-9"
check "long ones neither" cmp "$tmp/weeks-2" "$tmp/weeks-30"

# Sum of a money field of cash records, in cents: total FIELD PATTERN <FILE
total()
{
	grep '"type":"cash","currency":"USD"' | grep "$2" | sed -n "s/.*\"$1\":\"\([0-9]*\)\.\([0-9]*\)\".*/\1\2/p" | awk '{ s += $1 } END { printf "%d", s }'
}
near() { [ $(($1 - $2)) -le "$3" ] && [ $(($2 - $1)) -le "$3" ]; }
whole=$(total expected . <"$tmp/out")
for by in customer segment; do
	ar-forecast --as-of=$day --by=$by "$tmp/ledger" >"$tmp/by"
	part=$(total expected "$by=" <"$tmp/by")
	n=$(grep -c '"type":"cash","currency":"USD"' "$tmp/by")
	check "the weeks of each $by add up to the whole ($part, $whole)" near "$part" "$whole" "$n"
done
ar-forecast --as-of=$day --all-in "$tmp/ledger" >"$tmp/all-in"
check "new billing comes on top" [ "$(total expected . <"$tmp/all-in")" -gt "$whole" ]
is "of the same open items" "$(total already_open . <"$tmp/all-in")" "$(total already_open . <"$tmp/out")"
ar-forecast --as-of=$day --scenario=top-late "$tmp/ledger" >"$tmp/late"
first() { total expected '"period_start":"2026-02-0[5-9]"'; }
check "a month late brings less next week" [ "$(first <"$tmp/late")" -lt "$(first <"$tmp/out")" ]

# ---- against what happened ----
ar-forecast --as-of=2025-12-31 "$tmp/ledger" >"$tmp/december"
ar-forecast --as-of=$day --actual="$tmp/december" "$tmp/ledger" >"$tmp/actual"
for name in cash_bias cash_wape forecast_mae cash_coverage_80; do
	check "--actual gives $name" grep -q "\"name\":\"$name\"" "$tmp/actual"
done
# what came in the second week by the applications themselves
want=$(grep '"type":"application"' "$tmp/all" | grep '"currency":"USD"' | grep '"source":"e/s:p' | grep '"date":"2026-01-0[5-9]"\|"date":"2026-01-1[01]"' |
	sed 's/.*"target":"\([^"]*\)".*"amount":"\([0-9]*\)\.\([0-9]*\)".*/\1 \2\3/' | sort >"$tmp/paid"
	grep '"type":"forecast"' "$tmp/december" | sed 's/.*"id":"\([^"]*\)".*/\1/' | sort >"$tmp/ids"
	join "$tmp/ids" "$tmp/paid" | awk '{ s += $2 } END { printf "%d", s }')
got=$(grep '"type":"cash"' "$tmp/actual" | grep '"period_start":"2026-01-05"' | grep '"currency":"USD"' | sed 's/.*"actual":"\([0-9]*\)\.\([0-9]*\)".*/\1\2/')
is "cash that came of the items forecast" "$got" "$want"
check "which is something" [ "$want" -gt 0 ]
ar-forecast --as-of=2025-12-31 --actual="$tmp/december" "$tmp/ledger" >"$tmp/none" 2>"$tmp/why"
is "nothing has happened on the day itself" $? 5

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
