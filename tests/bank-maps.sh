#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The CSV maps of banks and processors: each sample is found by its own map and by no other, and the whole chain gives of it the
# lines, sums and balances in the tables below, which were added up by hand from the samples. What makes an id, what two exports
# that overlap give, what a wrong sum gives. Last, every command of formats/banks/README.md is run and its output compared.
. "${top_srcdir:-.}/tests/tap.sh"
maps=$top_srcdir/formats
extract="ar-extract --maps $maps"
normalize="ar-normalize --maps $maps --entity=demo --account=ACC --as-of=2026-11-01"

# statements FILE...: "account currency lines credits debits opening closing balance_ok" of each statement of a stream, in its order
statements()
{
	python3 -B -c '
import json, sys
for line in sys.stdin:
    r = json.loads(line)
    if r["type"] == "statement":
        print(r["account"].replace(" ", "_"), r["currency"], r["lines"], r["credits"], r["debits"],
              r.get("opening", "-"), r.get("closing", "-"), {True: "ok", False: "differs"}.get(r.get("balance_ok"), "-"))'
}

# chain FILE: its records in $tmp/out
chain()
{
	rm -f "$tmp/rej"
	$extract "$1" >"$tmp/raw" 2>"$tmp/err" && $normalize --rejects="$tmp/rej" "$tmp/raw" >"$tmp/out" 2>>"$tmp/err"
}

# sample | period | account currency lines credits debits opening closing balance_ok; a further statement begins with +
while IFS='|' read -r sample period want; do
	case $sample in
	+*) more=$more"
"$(echo $want) ; continue ;;
	esac
	if [ -n "$name" ]; then
		is "$name: sums" "$(statements <"$tmp/out")" "$more"
	fi
	name=$(echo $sample)
	more=$(echo $want)
	case $name in
	end) break ;;
	*/*) file=$maps/$name.csv ;;
	*) file=$maps/banks/csv-$name.csv ;;
	esac
	map=${file#"$maps/"}
	map=${map%.csv}
	is "$name: its map alone" "$($extract --detect "$file" 2>&1 | sed 's/.*, map \([^ ]*\) .*/\1/')" "$map"
	check "$name: read without a finding" chain "$file" || sed 's/^/# /' "$tmp/err"
	is "$name: period" "$(grep -o '"period_start":"[^"]*","period_end":"[^"]*"' "$tmp/out" | tr -dc '0-9\n' | head -n 1)" $(echo $period)
done <<'END'
de-sparkasse-camt | 2026102920261030 | DE06900100360009161486 EUR 4 1690.00 89.95 - - -
de-deutsche-bank | 2026100720261031 | ACC EUR 3 2380.00 130.40 - 7249.60 -
de-commerzbank | 2026102820261030 | DE06900100360009161486 EUR 4 500.00 93.50 - - -
de-dkb | 2026102920261031 | DE06900100360009161486 EUR 2 500.00 1089.90 - 1361.16 -
de-ing | 2026103020261031 | DE75_5001_0517_5456_5425_61 EUR 3 1190.00 213.55 1800.00 2776.45 ok
de-n26 | 2026100520261030 | ACC EUR 3 500.00 1026.13 - - -
de-volksbank | 2026102820261030 | DE06900100360009161486 EUR 3 2400.00 433.70 13033.70 15000.00 ok
+ | | DE43900100350009169405 EUR 1 300.00 0.00 500.00 800.00 ok
de-volksbank-alt | 2026102920261030 | 9161486 EUR 2 1190.00 89.95 -250.00 850.05 ok
at-erste | 2026102920261030 | AT022011100003429660 EUR 2 1190.00 89.95 - - -
at-raiffeisen | 2026102920261030 | ACC EUR 3 500.00 93.95 - - -
ch-postfinance | 2026102920261030 | CH8009000000871234567 CHF 3 1042.15 1542.15 3500.00 3000.00 ok
ch-ubs | 2026100120261031 | CH9300762011623852957 CHF 3 1200.00 247.50 1234.56 2187.06 ok
nl-ing | 2026102920261030 | NL36INGB0007654321 EUR 3 1190.00 8.00 1008.00 2190.00 ok
nl-rabobank | 2026102820261029 | NL39RABO0300065264 EUR 2 1190.00 36.20 1000.00 2153.80 ok
+ | | NL03RABO0345678901 EUR 2 500.00 75.50 500.00 924.50 ok
nl-abnamro | 2026102820261030 | 417164300 EUR 3 1190.00 504.00 1000.00 1686.00 ok
be-kbc | 2026102820261030 | BE45731054206553 EUR 3 1190.00 779.08 2189.20 2600.12 ok
be-belfius | 2026102920261030 | BE89068900012334 EUR 2 1190.00 775.08 - 1410.12 -
fr-boursorama | 2026102920261030 | 00040211293 EUR 3 1190.00 2504.00 - 12345.60 -
+ | | 00040299999 EUR 1 2500.00 0.00 - 9000.00 -
fr-societe-generale | 2026100120261031 | 00000123456 EUR 3 1190.00 10.30 - 2423.29 -
fr-bnp | 2026102920261031 | ****1234 EUR 2 1190.00 4.00 - 1410.12 -
gb-barclays | 2026102820261030 | 20-00-00_12345678 GBP 3 1190.00 80.00 - - -
gb-hsbc | 2026102820261030 | ACC GBP 4 1190.00 1097.95 - - -
gb-lloyds | 2026102820261030 | 30-99-50_12345678 GBP 4 1190.00 106.45 198.78 1282.33 ok
gb-monzo | 2026102820261029 | ACC GBP 3 1190.00 26.06 - - -
us-chase | 2026102820261030 | ACC USD 4 1720.00 34.00 500.00 2186.00 ok
us-chase-card | 2026102020261030 | ACC USD 3 1219.99 424.10 - - -
us-bank-of-america | 2026100120261031 | ACC USD 3 1190.00 3100.85 12834.79 10923.94 ok
us-wells-fargo | 2026102820261030 | ACC USD 4 1190.00 538.00 - - -
us-capital-one | 2026102020261029 | 8207 USD 2 500.00 424.10 - - -
+ | | 7781 USD 1 0.00 89.99 - - -
us-discover | 2026102020261029 | ACC USD 3 180.00 438.45 - - -
us-bbt | 2026102820261030 | ACC USD 4 1190.00 1049.50 1000.00 1140.50 ok
mx-banorte | 2026102820261030 | 0123456789 MXN 3 11900.00 1900.00 10000.00 20000.00 ok
es-bbva | 2026100920261030 | ES91_2100_0418_4502_0005_1332 EUR 3 1190.00 16.00 1016.00 2190.00 ok
it-fineco | 2026102920261030 | 1234567 EUR 2 1190.00 4.00 - - -
se-swedbank | 2026102920261030 | 8327-9_123_456_789-0 SEK 3 11900.00 90.00 10090.00 21900.00 ok
+ | | 8327-9_999_111_222-3 SEK 1 2500.00 0.00 6500.00 9000.00 ok
se-seb | 2026102820261030 | ACC SEK 3 11900.00 1045.00 11000.00 21855.00 ok
no-dnb | 2026102820261030 | ACC NOK 3 11900.00 48.50 - - -
dk-danske | 2026102820261030 | ACC DKK 3 11900.00 50.00 10000.00 21850.00 ok
fi-nordea | 2026102820261030 | FI7415393500001234 EUR 3 1190.00 504.00 1500.00 2186.00 ok
pl-mbank | 2026102820261029 | PL61109010140000071219812874 PLN 2 1190.00 4.50 1000.00 2185.50 ok
pl-pko | 2026102820261029 | ACC PLN 2 1190.00 4.50 1000.00 2185.50 ok
hu-kh | 2026102920261030 | 10400123-00012345-00000001 HUF 2 119000.00 1250.00 - - -
xx-wise | 2026102920261030 | ACC EUR 3 1190.00 3.60 1000.00 2186.40 ok
+ | | ACC USD 1 0.00 250.00 1000.00 750.00 ok
xx-revolut-business | 2026102920261030 | EUR_Main EUR 3 1190.00 505.20 1000.00 1684.80 ok
+ | | GBP_Main GBP 1 433.50 0.00 100.00 533.50 ok
stripe/payouts | 2026102620261030 | ACC EUR 9 1282.10 1282.10 0.00 0.00 ok
+ | | ACC EUR 3 300.00 300.00 0.00 0.00 ok
paypal/settlement | 2026103020261030 | 9XCLEARING7Q USD 7 1191.45 1204.81 100.00 86.64 ok
+ | | 9XCLEARING7Q JPY 2 640000 25000 0 615000 ok
end | |
END

# no map is without a line above
for map in "$maps"/banks/csv-*.map; do
	name=${map##*/csv-}
	grep -q "^${name%.map} |" "$0" || is "${name%.map} has its line in the table" no yes
done

# lines STREAM...: id and amount of the bank lines
lines() { ar-cat "$@" | grep '"type":"bank_line"' | sed 's/.*"id":"\([^"]*\)".*"amount":"\([^"]*\)".*/\1 \2/'; }
f=$maps/banks/csv-gb-hsbc.csv
run() { $extract "$@" | $normalize --allow-empty; }
run "$f" >"$tmp/whole"
is "equal lines are two" "$(lines "$tmp/whole" | sort -u | wc -l)" 4
is "and differ in their number" "$(lines "$tmp/whole" | sed -n 's/:.*PARKING//; s/.*%3A\([0-9]\) -4.00/\1/p' | paste -sd' ')" "1 2"
head -n 3 "$f" >"$tmp/new.csv"
tail -n 3 "$f" >"$tmp/old.csv"
$extract "$tmp/old.csv" "$tmp/new.csv" --map=banks/csv-gb-hsbc | $normalize >"$tmp/both"
is "two exports that overlap give every line once" "$(lines "$tmp/both" | sort)" "$(lines "$tmp/whole" | sort)"
is "what collapsed is counted" "$(tail -n 1 "$tmp/both" | grep -o "\"collapsed=[0-9]*\"")" "\"collapsed=2\""
sed 's/$/,x/; 1,$s/^/"",/' "$f" >"$tmp/wider.csv"
sed 's/^columns .*/columns = Extra, Date, Description, Amount, More/; s/^detect .*//; s/name .*/name = own/' "$maps/banks/csv-gb-hsbc.map" >"$tmp/own.map"
$extract --map="$tmp/own.map" "$tmp/wider.csv" | $normalize --map="$tmp/own.map" >"$tmp/wide"
is "columns that the bank adds change no id" "$(lines "$tmp/wide")" "$(lines "$tmp/whole")"
$extract "$f" | ar-normalize --maps "$maps" --entity=demo --as-of=2026-11-01 >"$tmp/out" 2>"$tmp/err"
is "a file without account needs one" "$? $(grep -c -- --account "$tmp/err")" "2 1"

# an unknown word for debit and credit is refused, not taken for one of them
sed 's/"Bij"/"Both"/' "$maps/banks/csv-nl-ing.csv" >"$tmp/word.csv"
chain "$tmp/word.csv"
is "an unknown word for debit and credit" "$? $(grep -c '"type":"reject"' "$tmp/rej") $(statements <"$tmp/out" | cut -d' ' -f3)" "1 1 2"

# the sums of a processor that do not add up
sed 's/1172.49/1172.94/' "$maps/stripe/payouts.csv" >"$tmp/payouts.csv"
chain "$tmp/payouts.csv"
is "gross, fee and net that do not agree" "$? $(grep -o '"code":"balance_differs","severity":"warning"' "$tmp/out" | wc -l)" "1 1"
is "in that payout alone" "$(statements <"$tmp/out" | cut -d' ' -f8 | paste -sd' ')" "differs ok"
sed 's/"8AB30001",\(.*\),90000,/"8AB30001",\1,90001,/' "$maps/paypal/settlement.csv" >"$tmp/settlement.csv"
chain "$tmp/settlement.csv"
is "a report that does not close" "$? $(grep -c '"code":"balance_differs"' "$tmp/out")" "1 1"
chain "$maps/stripe/payouts.csv"
is "a payout is the sum of its net" "$(grep '"category":"payout"' "$tmp/out" | grep -o '"amount":"[^"]*"' | paste -sd' ')" '"amount":"-994.35" "amount":"-295.25"'
is "receipts, fees and the rest apart" "$(grep -o '"category":"[^"]*"' "$tmp/out" | sort | uniq -c | sed 's/ *"category"//' | paste -sd' ' | tr -d '"' | tr -s ' ')" \
	" 1:dispute 5:fee 2:payout 3:receipt 1:refund"
chain "$maps/paypal/settlement.csv"
is "the same of the other" "$(grep -o '"category":"[^"]*"' "$tmp/out" | sort | uniq -c | sed 's/ *"category"//' | paste -sd' ' | tr -d '"' | tr -s ' ')" \
	" 1:dispute 4:fee 1:payout 2:receipt 1:refund"

# two sections of a report in one file
sed '/^"R[FC]"\|^"FF"/d' "$maps/paypal/settlement.csv" >"$tmp/two.csv"
sed '1,2d; s/9XCLEARING7Q/7SECOND/; s/8AB/7SE/g' "$tmp/two.csv" | tail -n +1 >>"$tmp/two.csv"
chain "$tmp/two.csv"
is "two accounts in one report" "$(statements <"$tmp/out" | cut -d' ' -f1,2,8 | paste -sd' ')" \
	"9XCLEARING7Q USD ok 9XCLEARING7Q JPY ok 7SECOND USD ok 7SECOND JPY ok"

# what formats/banks/README.md tells a treasurer to do
mkdir "$tmp/walk"
python3 -B "$top_srcdir/tests/bank-readme.py" "$top_srcdir/formats/banks/README.md" "$tmp/walk" "$maps" >"$tmp/walk.out" 2>&1
is "the walk through README.md" "$? $(tail -n 1 "$tmp/walk.out")" "0 done" || sed 's/^/# /' "$tmp/walk.out"
finish
