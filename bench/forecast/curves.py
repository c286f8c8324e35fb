#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ar-forecast at cut-offs of a sealed ledger and writes what the scorer reads: as_of,id,c1,...,c120.

usage: curves.py LEDGER FIRST LAST STEP-DAYS [ar-forecast option ...] > forecasts.csv"""
import datetime
import json
import subprocess
import sys


def main():
    ledger, first, last, step = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    day, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    print("as_of,id," + ",".join("c%d" % i for i in range(1, 121)))
    while day <= end:
        out = subprocess.run(["ar-forecast", "--as-of=%s" % day, "--distribution", *sys.argv[5:], ledger], check=True,
                             stdout=subprocess.PIPE).stdout
        for line in out.splitlines():
            r = json.loads(line)
            if r["type"] == "forecast":
                print("%s,%s,%s" % (day, r["id"].rsplit(":", 1)[1], ",".join(r["cdf"])))
        day += datetime.timedelta(days=step)


main()
