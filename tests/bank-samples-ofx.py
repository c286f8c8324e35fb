#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""OFX files of a public project through ar-extract | ar-normalize, compared with graded facts.

    bank-samples-ofx.py FOLDER     the folder with */expected.json

Facts of grade A and B must be met. Files of grade C must neither crash nor hang, and what is wrong with them must be said; what their
facts say of statements and lines is compared too, but for the exceptions below.
"""
import json, os, subprocess, sys
from decimal import Decimal

PROJECTS = ["jseutter+ofxparse"]
# file: facts that are not compared, and why
EXCEPTIONS = {
    "files/tests/fixtures/ofx-v102-empty-tags.ofx":
        "its CURDEF is empty; the facts say the currency is too. The one transaction names AUD, which is taken for both",
    "files/tests/fixtures/fail_nice/decimal_error.ofx":
        "the facts say there is no statement, because their reader stopped; there is one, and its line with '$120' is refused",
}
# what must be told about files of grade C and files without statements: a word of a message, warning or refusal
SAYS = {
    "error_message.ofx": "2000 ERROR: General Server Error",
    "signon_fail.ofx": "15500 ERROR: Your request could not be processed",
    "signon_success.ofx": "no statement",
    "signon_success_no_message.ofx": "no statement",
    "bank_small.ofx": "no statement",
    "account_listing_aggregation.ofx": "no statement",
    "date_missing.ofx": "20120231",
    "decimal_error.ofx": "$120",
}

top = os.environ.get("top_srcdir", ".")
maps = os.path.join(top, "formats")


def run(path):
    a = subprocess.run(["ar-extract", "--maps", maps, "--as-of", "2026-10-30", path], stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=60)
    b = subprocess.run(["ar-normalize", "--maps", maps, "--entity", "R"], input=a.stdout, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, timeout=60)
    recs = [json.loads(l) for l in b.stdout.decode().splitlines() if l.startswith("{")]
    said = (a.stderr + b.stderr).decode(errors="replace").strip()
    return a.returncode, b.returncode, recs, said


def of(recs, kind):
    return [r for r in recs if r["type"] == kind]


def same(a, b):
    """Two amounts, either perhaps absent."""
    a, b = (None if x in (None, "") else Decimal(x) for x in (a, b))
    return a == b


def compare(want, recs, bad):
    lines, stmts = of(recs, "bank_line"), of(recs, "statement")
    if (len(stmts), len(lines)) != (want["n_statements"], want["n_entries"]):
        bad(f"{len(stmts)} statements with {len(lines)} lines, expected {want['n_statements']} with {want['n_entries']}")
    for s, w in zip(stmts, want["statements"]):
        if (s["account"], s["currency"], s["lines"]) != (w["account"], w["ccy"], w["n"]):
            bad(f"statement {s['account']} {s['currency']} {s['lines']}, expected {w['account']} {w['ccy']} {w['n']}")
        if not same(s["credits"], w["credits"]) or not same(s["debits"], w["debits"]):
            bad(f"credits {s['credits']} debits {s['debits']}, expected {w['credits']} {w['debits']}")
        if not same(s.get("closing"), w["ledger"]) or not same(s.get("x_available"), w["avail"]):
            bad(f"closing {s.get('closing')} available {s.get('x_available')}, expected {w['ledger']} {w['avail']}")
        own = [l for l in lines if l["statement"] == s["id"]]
        if len(own) != len(w["tx"]):
            bad(f"{len(own)} lines of {s['account']}, expected {len(w['tx'])}")
        for l, t in zip(own, w["tx"]):
            transaction(l, t, bad)


def transaction(l, t, bad):
    day = t.get("DTPOSTED", "")[:8]
    refs = l.get("references", [])
    number = t.get("CHECKNUM", "0").strip("0") and t["CHECKNUM"]
    if not same(l["amount"], t["TRNAMT"]) or l["bank_code"] != ["ofx=" + t["TRNTYPE"].upper()]:
        bad(f"line {l['amount']} {l['bank_code']}, expected {t['TRNAMT']} {t['TRNTYPE']}")
    if day == "20120231":
        day = "20120229"
    if l.get("booked", "").replace("-", "") != day:
        bad(f"booked {l.get('booked')}, expected {t.get('DTPOSTED')}")
    if t.get("FITID") and "fitid=" + t["FITID"] not in refs:
        bad(f"references {refs}, expected {t['FITID']}")
    if t.get("NAME") and l.get("payer") != t["NAME"]:
        bad(f"payer {l.get('payer')}, expected {t['NAME']}")
    if t.get("MEMO") and t["MEMO"] not in l["text"]:
        bad(f"text {l.get('text')}, expected {t['MEMO']}")
    if (number or None) != l.get("check_number"):
        bad(f"check {l.get('check_number')}, expected {number}")


def one(path, name, want):
    problems = []
    try:
        x, y, recs, said = run(path)
    except subprocess.TimeoutExpired:
        return ["takes more than 60 s"]
    if x not in (0, 1) or y not in (0, 1):
        problems.append(f"status {x} {y}: {said}")
    word = SAYS.get(os.path.basename(name))
    told = said + json.dumps(of(recs, "finding") + [l.get("warnings") for l in of(recs, "bank_line")])
    if word and word not in told:
        problems.append(f"does not say {word!r}: {told}")
    if want["investment"] and "investment" not in told:
        problems.append("does not say that it is an investment statement")
    if name not in EXCEPTIONS:
        compare(want, recs, problems.append)
    return problems


def main():
    folder = sys.argv[1]
    faults, tally = [], {"A": 0, "B": 0, "C": 0}
    for project in PROJECTS:
        facts = os.path.join(folder, project, "expected.json")
        if not os.path.exists(facts):
            continue
        for name, want in json.load(open(facts)).items():
            problems = one(os.path.join(folder, project, name), name, want)
            tally[want["grade"]] += not problems
            faults += [f"{project}/{name} ({want['grade']}): {p}" for p in problems]
    if not sum(tally.values()) and not faults:
        print("1..0 # SKIP no samples")
        return
    for f in faults:
        print("#", f)
    print("1..1")
    print(f"{'not ok' if faults else 'ok'} 1 - ofx: {tally['A']} of grade A, {tally['B']} of grade B, {tally['C']} of grade C")


main()
