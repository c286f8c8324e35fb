#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""All cash of the next 7, 14 and 28 days, sales not yet billed included: ar-forecast --all-in beside the run rate of the last four weeks.

usage: allin.py LEDGER FIRST LAST STEP-DAYS

Accuracy is 1 - |forecast - cash| / cash, its mean over the cut-offs, in per cent; amounts are added as numbers whatever their currency, as the
protocol does. `book` is the share of that cash that was billed at the cut-off already. Prints one JSON line a horizon. FIRST is a Sunday."""
import collections
import datetime
import decimal
import json
import subprocess
import sys

from coverage import facts


def by_day(ledger):
    """date -> list of (issued, amount) of what was paid that day, in any currency"""
    paid = collections.defaultdict(list)
    for (day, _), payments in facts(ledger).items():
        paid[day] += payments
    return paid


def came(paid, after, days, billed_by="9999"):
    return sum(amount for i in range(1, days + 1) for issued, amount in paid.get(str(after + datetime.timedelta(days=i)), ())
               if issued <= billed_by)


def main():
    ledger, day, last, step = sys.argv[1], datetime.date.fromisoformat(sys.argv[2]), datetime.date.fromisoformat(sys.argv[3]), int(sys.argv[4])
    paid = by_day(ledger)
    rows = collections.defaultdict(list)
    while day <= last:
        out = subprocess.run(["ar-forecast", "--as-of=%s" % day, "--all-in", "--horizon=4", ledger], check=True, stdout=subprocess.PIPE).stdout
        cash = [r for r in map(json.loads, out.splitlines()) if r["type"] == "cash"]
        for days in (7, 14, 28):
            end = str(day + datetime.timedelta(days=days))
            forecast = sum(decimal.Decimal(r["expected"]) for r in cash if r["period_end"] <= end)
            actual = came(paid, day, days)
            rate = came(paid, day - datetime.timedelta(days=28), 28) * days / 28
            rows[days].append((abs(forecast - actual) / actual, abs(rate - actual) / actual, came(paid, day, days, str(day)) / actual))
        day += datetime.timedelta(days=step)
    for days, v in rows.items():
        mean = [float(sum(x) / len(v)) for x in zip(*v)]
        print(json.dumps({"days": days, "cut-offs": len(v), "ar-forecast --all-in": round(100 - 100 * mean[0], 1),
                          "run rate": round(100 - 100 * mean[1], 1), "book": round(100 * mean[2], 1)}))


main()
