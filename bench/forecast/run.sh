#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Scores ar-forecast beside the reference models, under one protocol, in one run: run.sh [--quick] [highradius|ibm ...]
# AR_SHARED names the folder with data/receivables and data/forecast; the tools must be on PATH. Takes about half an hour, most of it in the
# reference models; --quick leaves out the three slow ones and the weekly cut-offs of the cash intervals. See README.md.
set -eu
: "${AR_SHARED:?names the shared folder}"
here=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export AR_DATA="$AR_SHARED/data/receivables/" NODISPUTE=1 PYTHONDONTWRITEBYTECODE=1
models=due,cust_mean,km_cust,km_cal3,logit,xgb_haz,eb_boost
quick=
[ "${1-}" != --quick ] || { quick=yes; shift; models=due,cust_mean,km_cust,km_cal3; }
[ $# -gt 0 ] || set -- highradius ibm

# score NAME LEDGER CUTS [option ...]: one JSON line, with the name
score()
{
	name=$1 ledger=$2 cuts=$3
	shift 3
	start=$(date +%s)
	# shellcheck disable=SC2086
	python3 "$here/curves.py" "$tmp/$ledger.ndjson" $cuts "$@" >"$tmp/curves.csv"
	end=$(date +%s)
	/usr/bin/python3 "$AR_SHARED/data/forecast/forecast_score.py" "$ledger" "$tmp/curves.csv" |
		sed "s/^{/{\"model\": \"$name\", \"seconds\": $((end - start)), /"
}

for ledger; do
	case $ledger in
	highradius) cuts='2019-07-07 2019-10-20 21' weekly='2019-06-02 2019-10-27' ;;
	ibm) cuts='2012-10-07 2013-11-10 21' weekly='2012-10-07 2013-11-10' ;;
	*) echo "run.sh: no ledger is called $ledger" >&2; exit 2 ;;
	esac
	python3 "$here/ledger.py" "$ledger" | ar-cat --seal=new >"$tmp/$ledger.ndjson"
	{
		/usr/bin/python3 "$AR_SHARED/data/forecast/arbench.py" "$ledger" $models --out "$tmp/results.csv" 2>/dev/null | grep '^{'
		rm -f "$tmp/results.csv"
		score 'ar-forecast, tables' "$ledger" "$cuts" --stage=tables
		score 'ar-forecast' "$ledger" "$cuts"
	} >"$tmp/scores"
	echo "== $ledger"
	python3 "$here/table.py" <"$tmp/scores"
	[ -z "$quick" ] || continue
	echo "cash intervals, weekly cut-offs $weekly, the four weeks after each:"
	# shellcheck disable=SC2086
	python3 "$here/coverage.py" "$tmp/$ledger.ndjson" $weekly 4
	echo "all cash, sales not yet billed included:"
	# shellcheck disable=SC2086
	python3 "$here/allin.py" "$tmp/$ledger.ndjson" $cuts
done
