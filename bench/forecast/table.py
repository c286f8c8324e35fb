#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON lines of scores on standard input, a table on standard output; shares and errors of cash in per cent."""
import json
import sys

COLUMNS = [("model", "model", 0), ("MAE", "MAE", 1), ("CRPS", "CRPS", 1), ("+-3d", "in3", 100), ("PIT80", "pit80", 100), ("PIT90", "pit90", 100),
           ("cash7", "cash7", 100), ("cash14", "cash14", 100), ("cash30", "cash30", 100), ("WAPE1-4", "WAPEw4", 100), ("WAPE1-8", "WAPEw", 100),
           ("cust-wk", "WAPEcustwk", 100)]

def cell(row, _, key, scale):
    if not scale:
        return row["model"]
    return "%.*f" % (3 if scale == 1 else 2, row[key] * scale)


def main():
    rows = [json.loads(line) for line in sys.stdin if line.startswith("{")]
    print("|" + "|".join(c[0] for c in COLUMNS) + "|")
    print("|" + "---|" * len(COLUMNS))
    for row in rows:
        print("|" + "|".join(cell(row, *c) for c in COLUMNS) + "|")


main()
