#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Laws of ar-age on the books of the example's night, through the program: order, splitting, truncation, roll-forward, modes of credits.

age-laws.py WORKDIR BOOK...    sealed books; prints TAP lines for age-laws.sh
"""
import json
import random
import subprocess
import sys
from decimal import Decimal

work, books = sys.argv[1], sys.argv[2:]
rng = random.Random(20261030)
records = []
for b in books:
    with open(b, encoding="utf-8") as f:
        records += [json.loads(line) for line in f]
records = [r for r in records if r["type"] not in ("head", "end")]
docs = {r["id"]: r for r in records if r["type"] in ("invoice", "credit_memo", "payment", "refund")}


def ok(good, what, notes=()):
    print(("ok" if good else "not ok") + " - " + what)
    for n in list(notes)[:10]:
        print("#", n)


def seal(rs, name):
    path = f"{work}/{name}.ar"
    text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rs)
    done = subprocess.run(["ar-cat", "--seal=new"], input=text.encode(), capture_output=True, check=True)
    with open(path, "wb") as f:
        f.write(done.stdout)
    return path


def age(files, *options):
    done = subprocess.run(["ar-age", *options, *files], capture_output=True, text=True)
    if done.returncode > 1:
        raise SystemExit(done.stderr)
    return [line for line in done.stdout.splitlines() if '"type":"aging' in line]


def day_of(r):
    if r["type"] in ("invoice", "credit_memo"):
        return r.get("posting_date", r.get("issued", ""))
    if r["type"] in ("payment", "refund"):
        return r.get("posting_date", r["date"])
    if r["type"] == "application":      # not before both its documents count
        return max([r["date"]] + [day_of(docs[k]) for k in (r["source"], r["target"]) if k in docs])
    return r.get("opened", r.get("date", ""))


def known(r, k):
    return r.get("recorded", "") <= k or ("created" in r and r["created"] <= k)


def totals(lines):
    out = {}
    for line in lines:
        r = json.loads(line)
        if r["type"] == "aging_total" and r["bucket"] == "total" and not r.get("by"):
            out[(r["currency"], r.get("base_currency"))] = Decimal(r["open"])
    return out


base = age(books, "--as-of=2026-10-30")
mixed = records[:]
rng.shuffle(mixed)
ok(age([seal(mixed, "mixed")], "--as-of=2026-10-30") == base and len(base) > 300, "the order of records does not show")
parts = [[] for _ in range(5)]
for r in mixed:
    parts[rng.randrange(5)].append(r)
ok(age([seal(p, f"part{i}") for i, p in enumerate(parts)], "--as-of=2026-10-30") == base, "nor how they are spread over streams")

for d, k in (("2026-03-31", "2026-10-30T23:59:59Z"), ("2026-06-30", "2026-07-05T00:00:00Z"), ("2026-06-30", "2026-06-15T12:00:00Z"),
             ("2026-10-01", "2026-09-15T00:00:00Z")):
    whole = age(books, "--as-of=" + d, "--known-at=" + k)
    cut = seal([r for r in records if r["type"] in ("customer", "extract", "line") or (day_of(r) <= d and known(r, k))], "cut")
    ok(age([cut], "--as-of=" + d, "--known-at=" + k) == whole and len(whole) > 20, f"what is dated after {d} or recorded after {k[:10]} changes nothing")

d1, d2 = "2026-04-15", "2026-09-15"
moved = {}
last = {}
for r in records:                       # of several versions the last
    if r["type"] in ("invoice", "credit_memo", "payment", "application"):
        if r.get("recorded", "") >= last.get(r["id"], {}).get("recorded", ""):
            last[r["id"]] = r
for r in last.values():
    if not d1 < day_of(r) <= d2:
        continue
    if r["type"] == "application":
        deductions = sum(Decimal(r.get(f, "0")) for f in ("discount", "writeoff", "withholding_tax", "bank_charges"))
        change = -deductions
    else:
        change = Decimal(r["amount"]) * (1 if r["type"] == "invoice" else -1)
    moved[r["currency"]] = moved.get(r["currency"], Decimal(0)) + change
before, after = {}, {}
for out, d in ((before, d1), (after, d2)):
    for (ccy, _), v in totals(age(books, "--as-of=" + d)).items():
        out[ccy] = out.get(ccy, Decimal(0)) + v
wrong = [(c, before.get(c), after.get(c), moved[c]) for c in moved if after.get(c, 0) - before.get(c, 0) != moved[c]]
ok(not wrong and len(moved) == 4, f"open on {d2} less open on {d1} is the sum of the events between", wrong)

modes = [totals(age(books, "--as-of=2026-10-30", "--check", "--credits=" + m)) for m in ("separate", "own", "oldest", "current")]
ok(all(m == modes[0] for m in modes) and len(modes[0]) == 5, "the four modes of credits have the same totals")
