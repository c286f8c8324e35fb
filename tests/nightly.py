#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the example's night against truths that arpipe did not make; prints TAP lines for nightly.sh.

nightly.py truth OUTDIR EXPECTED.json   balances, buckets and bank lines against the simulation's own figures
nightly.py ledger OUTDIR                a hledger journal of every document and settlement, on standard output
nightly.py balances OUTDIR HLEDGER.csv  hledger's balances of that journal against ar-age's
"""
import csv
import json
import subprocess
import sys
from decimal import Decimal


def records(path):
    with open(path, encoding="utf-8") as f:
        for line in f:
            yield json.loads(line)


def ok(good, what, notes=()):
    print(("ok" if good else "not ok") + " - " + what)
    for n in list(notes)[:20]:
        print("#", n)


def totals(lines):
    """(customer, currency) -> bucket -> open, from aging_total records by customer"""
    out = {}
    for r in lines:
        by = r.get("by", [])
        if r["type"] == "aging_total" and len(by) == 1 and by[0].startswith("customer="):
            key = (by[0][len("customer="):], r["currency"])
            out.setdefault(key, {})[r["bucket"]] = (Decimal(r["open"]), Decimal(r.get("disputed_amount", "0")))
    return out


def age(out, day):
    done = subprocess.run(["ar-age", "--as-of=" + day, out + "/north.ar", out + "/south.ar"], check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def check_balances(out, expected, day):
    got, wrong = totals(age(out, day)), []
    for e in expected["balances"][day]:
        g = got.pop((e["customer"], e["currency"]), {})
        zero = (Decimal(0), Decimal(0))
        pairs = [("total", "total"), ("credits", "credits"), ("unapplied", "unapplied")]
        for theirs, ours in pairs:
            if Decimal(e.get(theirs, "0")) != g.get(ours, zero)[0]:
                wrong.append((e["customer"], e["currency"], theirs, e.get(theirs), str(g.get(ours, zero)[0])))
        if Decimal(e.get("disputed", "0")) != g.get("total", zero)[1]:
            wrong.append((e["customer"], "disputed"))
    wrong += [k for k in got if got[k]["total"][0] != 0]
    ok(not wrong, f"{len(expected['balances'][day])} customers are open on {day} for what the simulation says", wrong)


def check_aging(out, expected, day):
    got, wrong = {}, []
    for r in age(out, day):
        if r["type"] == "aging_total" and r.get("by", [""])[0].startswith("entity=") and r["bucket"] != "total":
            got[(r["by"][0][len("entity="):], r["currency"], r["bucket"])] = (Decimal(r["open"]), r["items"])
    for e in expected["aging"][day]:
        ours = got.pop((e["entity"], e["currency"], e["bucket"]), (Decimal(0), 0))
        if e["bucket"] != "total" and ours != (Decimal(e["open"]), e["items"]):
            wrong.append((e["entity"], e["currency"], e["bucket"], e["open"], e["items"], ours))
    wrong += [(k, v) for k, v in got.items() if v[0] != 0]
    ok(not wrong, f"every bucket of every company and currency on {day}", wrong)


def check_matches(out, expected):
    truth = {(t["file"].split("/")[1], t["entry"], t["tx"]): t for t in expected["bank"]}
    place = {}
    for name, file in (("north", "north-eur-20261030.xml"), ("south", "south-usd-20261030.xml")):
        for r in records(f"{out}/bank-{name}.ar"):
            if r["type"] == "bank_line":
                place[r["id"]] = (file, r["entry"], r["tx"])
    applied, autos, wrong, memo = {}, set(), [], {}
    for r in records(out + "/matches.ar"):
        if r["type"] != "match" or r.get("rank", 1) != 1:
            continue
        if r["source"] in place:
            t = truth[place[r["source"]]]
            if r["decision"] == "auto":
                autos.add(r["source"])
            if r["line"] > 0:
                key = (r["source"], r["target"], r["currency"])
                applied[key] = applied.get(key, Decimal(0)) + Decimal(r["amount"])
        elif r["decision"] == "auto" and r["line"] > 0:     # a credit memo netted in the payment
            memo[(r["target"], r["currency"])] = memo.get((r["target"], r["currency"]), Decimal(0)) + Decimal(r["amount"])
    for source in autos:
        t = truth[place[source]]
        want = {(d["id"], d["currency"]): Decimal(d["amount"]) for d in t.get("documents", []) if Decimal(d["amount"]) > 0}
        got = {(k[1], k[2]): v + memo.get((k[1], k[2]), Decimal(0)) for k, v in applied.items() if k[0] == source}
        if got != want:
            wrong.append((source, t["class"], got, want))
    kinds = {"exact", "exact_discount"}
    known = sum(1 for t in expected["bank"] if t["class"] in kinds)
    ok(not wrong, f"no automatic match is wrong ({len(autos)} of {known} that could be known)", wrong)
    ok(len(autos) >= 19, "most of the certain ones are automatic")


def last_versions(out):
    """every record of both books, of several versions of one id the last recorded"""
    best = {}
    for name in ("north", "south"):
        for r in records(f"{out}/{name}.ar"):
            if r["type"] in ("invoice", "credit_memo", "payment", "application"):
                key = (r["type"], r["id"])
                if key not in best or r.get("recorded", "") >= best[key].get("recorded", ""):
                    best[key] = r
    return best.values()


def ledger(out):
    def account(customer):
        return "AR:" + customer.replace(" ", "_").replace(":", "|")

    for r in sorted(last_versions(out), key=lambda r: (r.get("issued", r.get("date", "")), r["id"])):
        day = r.get("posting_date", r.get("issued", r.get("date")))
        lines = []
        if r["type"] == "invoice":
            lines = [(account(r["customer"]), r["amount"]), ("Sales", "-" + r["amount"])]
        elif r["type"] == "credit_memo":
            lines = [(account(r["customer"]), "-" + r["amount"]), ("Sales", r["amount"])]
        elif r["type"] == "payment":
            lines = [(account(r["customer"]), "-" + r["amount"]), ("Bank", r["amount"])]
        else:
            fall = sum(Decimal(r.get(f, "0")) for f in ("amount", "discount", "writeoff", "withholding_tax", "bank_charges"))
            source = Decimal(r.get("source_amount", r["amount"]))
            lines = [(account(r["customer"]), str(-fall)), (account(r.get("source_customer", r["customer"])), str(source)),
                     ("Deductions", str(fall - source))]
        print(f"{day} {r['id']}")
        for name, amount in lines:
            print(f"    {name}  {amount.replace('--', '')} {r['currency']}")
        print()


def check_ledger(out, file):
    got, want = {}, {k: v["total"][0] for k, v in totals(age(out, "2026-10-30")).items() if v["total"][0] != 0}
    with open(file, newline="") as f:
        for row in csv.DictReader(f):
            amount = Decimal(row["balance"].replace(",", ""))
            if row["account"].startswith("AR:") and amount != 0:
                got[(row["account"][3:].replace("|", ":").replace("_", " "), row["commodity"])] = amount
    wrong = [(k, str(got.get(k)), str(want.get(k))) for k in sorted(set(got) | set(want)) if got.get(k) != want.get(k)]
    ok(not wrong and len(want) > 40, f"hledger has the same open balance of {len(want)} customers and currencies", wrong)


if __name__ == "__main__":
    if sys.argv[1] == "truth":
        with open(sys.argv[3], encoding="utf-8") as f:
            truth = json.load(f)
        check_balances(sys.argv[2], truth, truth["as_of"])
        check_balances(sys.argv[2], truth, truth["also_as_of"])
        check_aging(sys.argv[2], truth, truth["as_of"])
        check_aging(sys.argv[2], truth, truth["also_as_of"])
        check_matches(sys.argv[2], truth)
    elif sys.argv[1] == "ledger":
        ledger(sys.argv[2])
    else:
        check_ledger(sys.argv[2], sys.argv[3])
