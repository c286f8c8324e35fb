#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Laws of ar-dunning on a made-up ledger: nothing new in a second run of the day, the order of the input does not matter, every
# notice is the sum of its lines, an item stands in one notice at most, parts by payer give what the whole gives.
. "${top_srcdir:-.}/tests/tap.sh"

awk 'BEGIN {
	srand(20261030)
	for (c = 0; c < 60; c++)
		printf "{\"type\":\"customer\",\"id\":\"n/e:c:%d\",\"entity\":\"n\",\"system\":\"e\",\"name\":\"Customer %d\"," \
			"\"payer\":\"n/e:c:%d\",\"email\":\"c%d@x.example\"%s}\n", c, c, c - c % 3, c,
			c % 20 == 7 ? ",\"dunning_block\":\"court\"" : ""
	for (i = 0; i < 900; i++) {
		k = 1 + int(rand() * 28); m = 7 + int(rand() * 5)
		printf "{\"type\":\"%s\",\"id\":\"n/e:i:%d\",\"entity\":\"n\",\"system\":\"e\",\"number\":\"%d\",\"subtype\":\"%s\"," \
			"\"customer\":\"n/e:c:%d\",\"issued\":\"2026-06-01\",\"due\":\"2026-%02d-%02d\",\"currency\":\"%s\"," \
			"\"amount\":\"%d.%02d\"}\n", i % 9 ? "invoice" : "credit_memo", i, i, i % 9 ? "invoice" : "credit_memo",
			int(rand() * 60), m, k, rand() < 0.8 ? "EUR" : "USD", 1 + int(rand() * 900), int(rand() * 100)
	}
	for (h = 0; h < 200; h++) {
		i = int(rand() * 900)
		printf "{\"type\":\"notice\",\"id\":\"n/e:g:%d\",\"entity\":\"n\",\"customer\":\"n/e:c:0\",\"date\":\"2026-10-%02d\"," \
			"\"level\":%d,\"currency\":\"EUR\",\"amount\":\"1.00\",\"total\":\"1.00\",\"state\":\"sent\"}\n", h,
			1 + int(rand() * 28), l = 1 + int(rand() * 3)
		printf "{\"type\":\"notice_line\",\"notice\":\"n/e:g:%d\",\"item\":\"n/e:i:%d\",\"level\":%d,\"open\":\"1.00\"," \
			"\"days\":1,\"currency\":\"EUR\"}\n", h, i, l
	}
}' >"$tmp/records"
policy=$top_srcdir/formats/letters/seed.policy

dun()
{
	ar-dunning --as-of=2026-10-30 --policy="$policy" "$@"
}
body() { grep -v -e '"type":"head"' -e '"type":"end"'; }

ar-cat --seal=new "$tmp/records" >"$tmp/s"
dun "$tmp/s" >"$tmp/one"
is "a run" $? 0
check "there is something to say" [ "$(grep -c '"type":"notice"' "$tmp/one")" -gt 20 ]
check "and tasks" grep -q '"type":"task"' "$tmp/one"

dun --with="$tmp/one" "$tmp/s" >"$tmp/again"
is "a second run of the day" $? 0
is "says nothing new" "$(body <"$tmp/again" | wc -l)" 0

awk '{ print (NR * 7919) % 1361 "\t" $0 }' "$tmp/records" | sort -n | cut -f 2- | ar-cat --seal=new >"$tmp/mixed"
dun "$tmp/mixed" | body >"$tmp/two"
body <"$tmp/one" >"$tmp/one.body"
check "the order of the input does not matter" cmp "$tmp/one.body" "$tmp/two"

# field NAME: its value in each line
awk -F '"' '
	function field(name,  i) { for (i = 2; i < NF; i++) if ($i == name) return $(i + 2); return "" }
	$4 == "notice" { want[field("id")] = field("amount") * 100 }
	$4 == "notice_line" { got[field("notice")] += field("open") * 100; seen[field("item")]++ }
	END {
		for (n in want) if (want[n] - got[n] > 0.5 || got[n] - want[n] > 0.5) print n
		for (i in seen) if (seen[i] > 1) print i
	}' "$tmp/one.body" >"$tmp/wrong"
check "every notice is the sum of its lines, every item in one" [ ! -s "$tmp/wrong" ]

# customers 0-2 pay together, 3-5, ...: a part that holds the first thirty, and the rest
split()
{
	awk -v part="$1" -F '"' '
		function field(name,  i) { for (i = 2; i < NF; i++) if ($i == name) return $(i + 2); return "" }
		$4 == "customer" { split(field("id"), a, ":"); if ((a[3] < 30) == part) print; next }
		$4 ~ /^notice/ { print; next }
		{ split(field("customer"), a, ":"); if ((a[3] < 30) == part) print }' "$tmp/records" | ar-cat --seal=new
}
for part in 1 0; do
	split $part >"$tmp/part"
	dun "$tmp/part" | body
done | LC_ALL=C sort >"$tmp/parts"
LC_ALL=C sort "$tmp/one.body" | cmp - "$tmp/parts"
is "parts by payer give what the whole gives" $? 0
finish
