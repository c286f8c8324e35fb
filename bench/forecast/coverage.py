#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How often the cash of a week lay in its interval, at weekly cut-offs of a sealed ledger.

usage: coverage.py LEDGER FIRST LAST WEEKS [ar-forecast option ...]

At each cut-off ar-forecast sees the ledger with --as-of; the cash that came is added up here, from the applications to invoices issued by
then (with --all-in: to all invoices). Prints one JSON line: for each week ahead and for all, the cells (cut-off and currency) and the share within 80 and 90 %."""
import collections
import datetime
import decimal
import json
import subprocess
import sys


def facts(ledger):
    """date and currency -> list of (issued, amount) of what was paid that day"""
    issued, paid = {}, collections.defaultdict(list)
    with open(ledger) as f:
        for line in f:
            r = json.loads(line)
            if r["type"] == "invoice":
                issued[r["id"]] = r["issued"]
            elif r["type"] == "application":
                paid[r["date"], r["currency"]].append((r["target"], decimal.Decimal(r["amount"])))
    return {k: [(issued[target], amount) for target, amount in v] for k, v in paid.items()}


def came(paid, billed_by, r):
    day, end, total = datetime.date.fromisoformat(r["period_start"]), r["period_end"], decimal.Decimal(0)
    while str(day) <= end:
        total += sum(amount for issued, amount in paid.get((str(day), r["currency"]), ()) if issued <= billed_by)
        day += datetime.timedelta(days=1)
    return total


def main():
    ledger, day, last, weeks = sys.argv[1], datetime.date.fromisoformat(sys.argv[2]), datetime.date.fromisoformat(sys.argv[3]), int(sys.argv[4])
    paid = facts(ledger)
    cells = collections.defaultdict(lambda: [0, 0, 0])
    while day <= last:
        out = subprocess.run(["ar-forecast", "--as-of=%s" % day, "--horizon=%d" % weeks, *sys.argv[5:], ledger], check=True,
                             stdout=subprocess.PIPE).stdout
        for line in out.splitlines():
            r = json.loads(line)
            if r["type"] != "cash":
                continue
            cash = came(paid, "9999" if "--all-in" in sys.argv else str(day), r)
            week = (datetime.date.fromisoformat(r["period_end"]) - day).days // 7
            for cell in (cells[week], cells["all"]):
                cell[0] += 1
                for i, percent in ((1, "80"), (2, "90")):
                    cell[i] += decimal.Decimal(r["low_" + percent]) <= cash <= decimal.Decimal(r["high_" + percent])
        day += datetime.timedelta(days=7)
    print(json.dumps({"week %s" % k: {"cells": n, "in 80 %": round(a / n, 4), "in 90 %": round(b / n, 4)} for k, (n, a, b) in cells.items()}))


if __name__ == "__main__":
    main()
