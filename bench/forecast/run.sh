#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Scores ar-forecast beside the reference models, under one protocol. AR_SHARED names the folder with data/receivables and data/forecast;
# the tools must be on PATH. usage: run.sh [highradius|ibm ...]
set -eu
: "${AR_SHARED:?names the shared folder}"
here=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export AR_DATA="$AR_SHARED/data/receivables/" NODISPUTE=1 PYTHONDONTWRITEBYTECODE=1
[ $# -gt 0 ] || set -- highradius ibm
for ledger; do
	case $ledger in
	highradius) cuts="2019-07-07 2019-10-20 21" ;;
	ibm) cuts="2012-10-07 2013-11-10 21" ;;
	*) echo "run.sh: no ledger is called $ledger" >&2; exit 2 ;;
	esac
	python3 "$here/ledger.py" "$ledger" | ar-cat --seal=new > "$tmp/$ledger.ndjson"
	# shellcheck disable=SC2086
	python3 "$here/curves.py" "$tmp/$ledger.ndjson" $cuts > "$tmp/$ledger.csv"
	echo "== $ledger: ar-forecast"
	/usr/bin/python3 "$AR_SHARED/data/forecast/forecast_score.py" "$ledger" "$tmp/$ledger.csv"
	echo "== $ledger: reference models"
	/usr/bin/python3 "$AR_SHARED/data/forecast/arbench.py" "$ledger" due,cust_mean,km_cust,km_cal3 --out "$tmp/results.csv" | grep '^{'
	rm -f "$tmp/results.csv"
done
