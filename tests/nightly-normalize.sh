#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The exports of examples/nightly through ar-extract and ar-normalize, against expected.json: counts, and every balance at both dates.
: "${top_srcdir:=$(cd "$(dirname "$0")/.." && pwd)}"
if ! command -v python3 >/dev/null 2>&1; then
	echo "1..0 # SKIP python3 is not here"
	exit 0
fi
if ! command -v ar-extract >/dev/null 2>&1; then
	echo "1..0 # SKIP ar-extract is not built"
	exit 0
fi
data=$top_srcdir/examples/nightly/data maps=$top_srcdir/formats
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
norm() {        # name entity base offset files ...
	name=$1 entity=$2 base=$3 offset=$4
	shift 4
	ar-extract --maps="$maps" --as-of=2026-10-30 --rejects="$out/$name.xr" "$@" >"$out/$name.raw" || [ $? -eq 1 ] || echo "# extract $?"
	ar-normalize --maps="$maps" --entity="$entity" --base-currency="$base" --offset="$offset" --rejects="$out/$name.nr" \
		"$out/$name.raw" >"$out/$name.nd" || [ $? -eq 1 ] || echo "# normalize $?"
}
ns=$data/netsuite qb=$data/quickbooks
norm north north EUR +01:00 "$ns/customers.csv" "$ns/invoices.csv" "$ns/credit_memos.csv" "$ns/payments.csv"
norm south south USD -07:00 "$qb/Customer-1.json" "$qb/Invoice-1.json" "$qb/Invoice-2.json" "$qb/CreditMemo-1.json" \
	"$qb/Payment-1.json" "$qb/Payment-2.json"
norm bank group EUR Z "$data/bank/north-eur-20261030.xml" "$data/bank/south-usd-20261030.xml"
norm rates group EUR Z "$data/ecb/eurofxref-hist.csv" "$data/ecb/eurofxref-daily.xml"
ar-extract --maps="$maps" --as-of=2026-10-29 --name=previous.csv "$data/netsuite-previous/invoices.csv" >"$out/prev.raw"
ar-normalize --maps="$maps" --entity=north --base-currency=EUR --offset=+01:00 --rejects="$out/both.nr" "$out/prev.raw" "$out/north.raw" \
	>"$out/both.nd" || [ $? -eq 1 ] || echo "# normalize both $?"
python3 -B - "$data" "$out" <<'PY'
import collections, csv, json, sys
from decimal import Decimal as D
data, out = sys.argv[1:]
exp = json.load(open(data + "/expected.json"))
done = 0


def ok(name, problems):
    global done
    done += 1
    problems = list(problems)
    print("%sok %d - %s" % ("not " if problems else "", done, name))
    for p in problems[:10]:
        print("#", p)


def load(name):
    return [json.loads(line) for line in open("%s/%s.nd" % (out, name), encoding="utf-8")]


def rejects(name):
    n = collections.Counter()
    for part in ("xr", "nr"):
        for line in open("%s/%s.%s" % (out, name, part), encoding="utf-8"):
            r = json.loads(line)
            if r["type"] == "reject":
                n[r["input"]] += 1
    return n


def counts(system, name):
    got, bad = collections.Counter(), rejects(name)
    for r in load(name):
        if "src" in r:
            got[r["src"].split(":")[0], r["type"]] += 1
    for f, want in exp["files"].items():
        if not f.startswith(system + "/"):
            continue
        base = f.split("/")[1]
        if bad[base] != want["rejected"]:
            yield "%s: %d rejected, not %d" % (f, bad[base], want["rejected"])
        for kind, n in want["records"].items():
            if got[base, kind] != n:
                yield "%s: %d %s, not %d" % (f, got[base, kind], kind, n)


def laws(name):
    """rows and records are conserved, and the end says so"""
    rs = load(name)
    note = collections.Counter({k: int(v) for k, v in (x.split("=") for x in rs[-1].get("notes", []))})
    if note["rows"] != sum(note[k] for k in ("mapped", "rows_collapsed", "totals", "unused", "rejected")):
        yield "rows: %s" % dict(note)
    made = sum(r["type"] not in ("head", "end", "extract", "finding") for r in rs)
    if note["made"] != made + note["collapsed"]:
        yield "made: %s, %d written" % (dict(note), made)


def balances(rs, as_of):
    doc, total = {}, collections.defaultdict(lambda: [0, D(0), D(0), D(0), D(0)])
    sign = {"invoice": 1, "credit_memo": -1, "payment": -1}
    for r in rs:
        if r["type"] in sign and (r.get("issued") or r["date"]) <= as_of:
            doc[r["id"]] = [r, D(r["amount"]) * sign[r["type"]], D(0)]
    for r in rs:
        if r["type"] == "application" and r["date"] <= as_of:
            if r["target"] in doc:
                doc[r["target"]][1] -= D(r["amount"]) + D(r.get("discount", "0"))
            if r["source"] in doc:
                doc[r["source"]][1] += D(r["amount"])
    for r in rs:
        if r["type"] == "dispute" and r["opened"] <= as_of and r["item"] in doc:
            doc[r["item"]][2] = doc[r["item"]][1]
    for r, left, disputed in doc.values():
        t = total[r["customer"], r["currency"]]
        if r["type"] == "invoice":
            t[0] += left != 0
            t[1] += left
            t[4] += disputed
        else:
            t[2 if r["type"] == "credit_memo" else 3] += left
    return total


def compare(entity, name, as_of):
    got = balances(load(name), as_of)
    for e in exp["balances"][as_of]:
        if e["entity"] == entity:
            want = [e["items"]] + [D(e[k]) for k in ("open", "credits", "unapplied", "disputed")]
            have = got.pop((e["customer"], e["currency"]), [0, D(0), D(0), D(0), D(0)])
            if have != want:
                yield "%s %s: %s, not %s" % (e["customer"], e["currency"], have, want)
    for key, t in got.items():
        if any(t):
            yield "%s: nobody expects %s" % (key, t)


def snapshot(name):
    """what the source says is open is what its events leave"""
    rs = load(name)
    left = collections.defaultdict(D)
    for r in rs:
        if r["type"] == "application":
            left[r["target"]] -= D(r["amount"]) + D(r.get("discount", "0"))
            left[r["source"]] -= D(r["amount"])
    for r in rs:
        if r["type"] in ("invoice", "credit_memo", "payment"):
            says = D(r["unapplied" if r["type"] == "payment" else "open"])
            if D(r["amount"]) + left[r["id"]] != says:
                yield "%s: %s + %s is not %s" % (r["id"], r["amount"], left[r["id"]], says)


def bank():
    got = {(r["src"].split(":")[0], r["entry"], r["tx"]): r for r in load("bank") if r["type"] == "bank_line"}
    for e in exp["bank"]:
        r = got.pop((e["file"].split("/")[1], e["entry"], e["tx"]), None)
        if not r or (r["amount"], r["currency"]) != (e["amount"], e["currency"]):
            yield "%s entry %d tx %d: %s" % (e["file"], e["entry"], e["tx"], r)
    yield from ("unexpected %s" % (k,) for k in got)
    for r in load("bank"):
        if r["type"] == "statement" and not r["balance_ok"]:
            yield "%s does not balance" % r["id"]


def rates():
    rows = list(csv.reader(open(data + "/ecb/eurofxref-hist.csv")))
    want = {(r[0], c): v for r in rows[1:] for c, v in zip(rows[0][1:], r[1:]) if v and v != "N/A"}
    got = {(r["date"], r["quoted_currency"]): r["rate"] for r in load("rates") if r["type"] == "rate"}
    if want != got:
        yield "%d rates, not %d" % (len(got), len(want))


def versions():
    """yesterday's export beside tonight's: what is the same once, what changed twice"""
    n = collections.Counter(r["id"] for r in load("both") if r["type"] == "invoice")
    old = exp["files"]["netsuite-previous/invoices.csv"]
    tonight = exp["files"]["netsuite/invoices.csv"]["records"]["invoice"]
    if len(n) != tonight or sum(n.values()) != tonight + old["older_versions"]:
        yield "%d ids, %d versions" % (len(n), sum(n.values()))


ok("north: counts of every file", counts("netsuite", "north"))
ok("south: counts of every file", counts("quickbooks", "south"))
for name in ("north", "south", "bank", "rates", "both"):
    ok("%s: rows and records are conserved" % name, laws(name))
for entity in ("north", "south"):
    for as_of in exp["balances"]:
        ok("%s: balances of every customer on %s" % (entity, as_of), compare(entity, entity, as_of))
    ok("%s: events leave what the source says is open" % entity, snapshot(entity))
ok("bank lines and statements", bank())
ok("rates", rates())
ok("yesterday's versions", versions())
print("1..%d" % done)
PY
