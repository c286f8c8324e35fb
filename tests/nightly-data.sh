#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The data of examples/nightly: its tool writes the same bytes again, and the files agree with each
# other.  The checks read the exports themselves; they share no code with the tool.
: "${top_srcdir:=$(cd "$(dirname "$0")/.." && pwd)}"
if ! command -v python3 >/dev/null 2>&1; then
	echo "1..0 # SKIP python3 is not here"
	exit 0
fi
new=$(mktemp -d) || exit 1
trap 'rm -rf "$new"' EXIT
python3 -B "$top_srcdir/tools/make-nightly.py" "$new" || echo "# the tool failed"
python3 -B - "$top_srcdir/examples/nightly/data" "$new" <<'PY'
import collections, csv, datetime, decimal, filecmp, glob, io, json, os, re, sys
import xml.etree.ElementTree as xml
D, day = decimal.Decimal, datetime.date.fromisoformat
data, new = sys.argv[1:]
done = 0


def ok(name, problems):
    global done
    done += 1
    problems = list(problems)
    print("%sok %d - %s" % ("not " if problems else "", done, name))
    for problem in problems[:10]:
        print("#", problem)


def path(*parts):
    return os.path.join(data, *parts)


def tree(root):
    return {os.path.relpath(os.path.join(d, f), root) for d, _,
            files in os.walk(root) for f in files}


def same_bytes():
    ours, theirs = tree(data), tree(new)
    yield from ("only one has " + f for f in sorted(ours ^ theirs))
    for f in sorted(ours & theirs):
        if not filecmp.cmp(path(f), os.path.join(new, f), shallow=False):
            yield "differs: " + f


def table(name):
    """Rows by column name, with the physical line; a row of other width is kept as a list."""
    raw = open(path(name), "rb").read()
    assert raw.startswith(b"\xef\xbb\xbf") and raw.count(b"\r\n") > 2
    reader = csv.reader(io.StringIO(raw[3:].decode(), newline=""))
    head, rows, at = next(reader), [], reader.line_num + 1
    for row in reader:
        rows.append((at, dict(zip(head, row)) if len(row) == len(head) else row))
        at = reader.line_num + 1
    return rows


def us_date(text):
    m, d, y = map(int, text.split("/"))
    return datetime.date(y, m, d)


def money(text):
    return D(text.replace(",", "")) if text else D(0)


FC = " (Foreign Currency)"
CODE = {"Euro": "EUR", "US Dollar": "USD", "British Pound": "GBP"}


class Item:
    def __init__(self, kind, key, cust, ccy, date, due, amount, left, disputed=None):
        self.__dict__.update(kind=kind, key=key, cust=cust, ccy=ccy, date=date, due=due,
                             amount=amount,
                             left=left, disputed=disputed, moves=[])

    def open(self, d):
        return self.amount - sum(a for when, a in self.moves
                                 if when <= d) if self.date <= d else D(0)


def north():
    items, seen, rejected, doubles, base = {}, {}, 0, 0, []
    for at, row in table("netsuite/invoices.csv"):
        amount = isinstance(row, dict) and money(row["Amount" + FC])
        bad = isinstance(row, list) or row["Date"].startswith("13/") or amount != round(amount, 2)
        doubles += (not bad) and seen.get(row["Internal ID"]) == row
        if bad or seen.get(row["Internal ID"]) == row:
            rejected += bad
            continue
        seen[row["Internal ID"]] = row
        due = row["Due Date/Receive By"]
        since = row["Dispute Since"]
        items["i", row["Internal ID"]] = Item(
            "i", row["Internal ID"], row["Customer: Internal ID"], CODE[row["Currency"]],
            us_date(row["Date"]),
            us_date(due) if due else None, amount, money(row["Amount Remaining" + FC]),
            us_date(since) if since else None)
        base += ([at] if base_off(row, "Amount") or base_off(row, "Amount Remaining") else [])
    for name, kind, left in (("credit_memos", "m", "Amount Remaining"),
                             ("payments", "p", "Amount Unapplied")):
        for at, row in table("netsuite/%s.csv" % name):
            key = (kind, row["Internal ID"])
            if key not in items:
                sign = -1 if kind == "m" else 1
                items[key] = Item(kind, key[1], row["Customer: Internal ID"], CODE[row["Currency"]],
                                  us_date(row["Date"]), None, sign * money(row["Amount" + FC]),
                                  sign * money(row[left + FC]))
                base += [at] if base_off(row, "Amount") else []
            if row["Applied To: Internal ID"]:
                when, taken = us_date(row["Applied To Date"]), money(row["Applied To Link Amount"
                                                                         + FC])
                discount = money(row.get("Applied To Discount" + FC, ""))
                items[key].moves.append((when, taken))
                items["i", row["Applied To: Internal ID"]].moves.append((when, taken + discount))
    return items, rejected, doubles, base


def base_off(row, column):
    exact = money(row[column + FC]) * D(row["Exchange Rate"])
    return money(row[column]) != exact.quantize(D("0.01"), decimal.ROUND_HALF_UP)


def answers(kind):
    found = []
    for n in range(1, 1 + len(glob.glob(path("quickbooks", kind + "-*.json")))):
        with open(path("quickbooks", "%s-%d.json" % (kind, n)), encoding="utf-8") as f:
            page = json.load(f, parse_float=D, parse_int=D)["QueryResponse"]
        assert page["startPosition"] == len(found) + 1
        assert page["maxResults"] == len(page[kind]) <= 250
        found += page[kind]
    assert len(found) == page["totalCount"]
    return found


def south():
    items, odd = {}, []
    for kind, letter, left in (("Invoice", "i", "Balance"), ("CreditMemo", "m", "RemainingCredit"),
                               ("Payment", "p", "UnappliedAmt")):
        for o in answers(kind):
            items[letter, o["Id"]] = Item(letter, o["Id"], o["CustomerRef"]["value"],
                                          o["CurrencyRef"]["value"],
                                          day(o["TxnDate"]),
                                          day(o["DueDate"]) if "DueDate" in o else None,
                                          o["TotalAmt"], o[left])
            if kind != "Payment":
                lines = [x["Amount"] for x in o["Line"] if x["DetailType"] == "SalesItemLineDetail"]
                net = sum(lines)
                total = net + o["TxnTaxDetail"]["TotalTax"]
                if total != o["TotalAmt"] or o["Line"][-1]["Amount"] != net:
                    odd.append("lines of %s %s" % (kind, o["Id"]))
    for o in answers("Payment"):
        pay, when = items["p", o["Id"]], day(o["TxnDate"])
        for line in o["Line"]:
            to = line["LinkedTxn"][0]
            target = items["i" if to["TxnType"] == "Invoice" else "m", to["TxnId"]]
            target.moves.append((max(when, target.date), line["Amount"]))
            sign = 1 if target.kind == "i" else -1
            pay.moves.append((max(when, target.date), sign * line["Amount"]))
    return items, odd


def whole(items):
    for x in items.values():
        if x.open(day("2026-12-31")) != x.left or x.left < 0 or any(a.as_tuple().sign
                                                                    and x.kind != "p" for _,
                                                                    a in x.moves):
            yield "%s %s: %s left by events, %s in the export" % (x.kind, x.key,
                                                                  x.open(day("2026-12-31")), x.left)
        if x.left != round(x.left, 0 if x.ccy == "JPY" else 2):
            yield "%s %s: minor digits" % (x.kind, x.key)


BUCKETS = [("not_due", 0), ("1-30", 30), ("31-60", 60), ("61-90", 90), ("91-120", 120)]


def bucket(x, d):
    if x.kind != "i":
        return "credits" if x.kind == "m" else "unapplied"
    if not x.due:
        return "no_date"
    return next((name for name, last in BUCKETS if (d - x.due).days <= last), "over_120")


def recomputed(entities, d):
    balance, aged = collections.Counter(), collections.Counter()
    for entity, items in entities.items():
        for x in items.values():
            left = x.open(d) if x.kind == "i" else -x.open(d)
            if not left:
                continue
            who = (entity, "%s/%s:c:%s" % (entity, SYSTEM[entity], x.cust), x.ccy)
            field = {"i": "open", "m": "credits", "p": "unapplied"}[x.kind]
            balance[who + (field,)] += left
            balance[who + ("total",)] += left
            balance[who + ("items",)] += x.kind == "i"
            balance[who + ("disputed",)] += left if x.disputed and x.disputed <= d else 0
            for name in (bucket(x, d), "total"):
                aged[entity, x.ccy, name, "open"] += left
                aged[entity, x.ccy, name, "items"] += 1
    return balance, aged


SYSTEM = {"north": "netsuite", "south": "quickbooks"}


def truth_differs(entities, truth, d):
    balance, aged = recomputed(entities, day(d))
    for row in truth["balances"][d]:
        for field in ("items", "open", "credits", "unapplied", "disputed", "total"):
            ours = balance.pop((row["entity"], row["customer"], row["currency"], field), 0)
            if D(row[field]) != ours:
                yield "%s %s %s: %s, the files say %s" % (d, row["customer"], field, row[field],
                                                          ours)
    for row in truth["aging"][d]:
        for field in ("items", "open"):
            ours = aged.pop((row["entity"], row["currency"], row["bucket"], field), 0)
            if D(row[field]) != ours:
                yield "%s %s %s: %s, the files say %s" % (d, row["bucket"], field, row[field], ours)
    yield from (k for k, v in list(balance.items()) + list(aged.items()) if v)


def statement(name):
    """Signed amounts of entries and of their transactions, balances, and what the summary says."""
    root = xml.parse(path(name)).getroot()
    ns = root.tag[:root.tag.index("}") + 1]
    get = lambda e, p: e.findtext(p.replace("/", "/" + ns).join([ns, ""]))
    st = root.find(".//%sStmt" % ns)
    bal = {get(b, "Tp/CdOrPrtry/Cd"): D(get(b, "Amt")) for b in st.findall(ns + "Bal")}
    entries = []
    for e in st.findall(ns + "Ntry"):
        sign = 1 if get(e, "CdtDbtInd") == "CRDT" else -1
        txs = [D(get(t, "Amt") or get(t, "AmtDtls/TxAmt/Amt")) for t in e.iter(ns + "TxDtls")]
        entries.append((sign * D(get(e, "Amt")), [sign * t for t in txs]))
    return bal, entries, int(get(st, "TxsSummry/TtlNtries/NbOfNtries"))


def bank_differs(truth):
    for st in truth["statements"]:
        bal, entries, count = statement(st["file"])
        rows = [r for r in truth["bank"] if r["file"] == st["file"]]
        closing = bal["OPBD"] + sum(a for a, _ in entries)
        if closing != bal["CLBD"] or str(closing) != st["closing"]:
            yield st["file"] + ": does not close"
        if not count == len(entries) == st["entries"] or not 15 <= count <= 25:
            yield st["file"] + ": number of entries"
        yield from ("%s entry %d: details" % (st["file"], n) for n,
                    (a, t) in enumerate(entries, 1) if t and sum(t) != a)
        flat = [x for a, t in entries for x in (t or [a])]
        if flat != [D(r["amount"]) for r in rows]:
            yield st["file"] + ": amounts of expected.json"


def bank_truth_differs(truth, entities):
    """What the bank lines claim must be there to take: documents that are open for that much."""
    taken = collections.Counter()
    for r in truth["bank"]:
        for doc in r["documents"]:
            entity, kind, key = re.match(r"(\w+)/\w+:(\w):(\d+)$", doc["id"]).groups()
            taken[entity, kind, key] += abs(D(doc["amount"])) + D(doc.get("discount", 0))
            if taken[entity, kind, key] > entities[entity][kind, key].left:
                yield "%s is not open for that much" % doc["id"]
        if r["class"] == "exact":
            last = [entities[d["id"].split("/")[0]][tuple(d["id"].split(":")[1:])]
                    for d in r["documents"]]
            if any(taken[r["file"][5:10], x.kind, x.key] != x.left for x in last):
                yield "line %s %d leaves something open" % (r["file"], r["entry"])
        paid = tuple(r.get("already_paid", "").split(":")[1:])
        if paid and entities[r["file"][5:10]][paid].left:
            yield "duplicate of an open invoice"


def mod97(text):
    return int("".join(str(int(c, 36)) for c in text[4:] + text[:4])) % 97 == 1


def check_digits():
    for _, row in table("netsuite/customers.csv"):
        yield from (a for a in row["Bank Accounts"].split(";") if a and not mod97(a))
    for _, row in table("netsuite/invoices.csv"):
        ref = row["Payment Reference"] if isinstance(row, dict) else None
        if ref is not None and (row["Currency"] == "Euro") != (ref[:2] == "RF"):
            yield row["Document Number"]
        if ref and not mod97(ref):
            yield ref
    for name in glob.glob(path("bank", "*.xml")):
        with open(name, encoding="utf-8") as f:
            yield from (x for x in re.findall(r"<IBAN>(\w+)|<Ref>(RF\w+)", f.read())
                        if not mod97("".join(x)))


def night_before(truth):
    tonight = {row["Internal ID"]: row for _, row in table("netsuite/invoices.csv")
               if isinstance(row, dict)}
    rows = [row for _, row in table("netsuite-previous/invoices.csv")]
    same = sum(tonight[r["Internal ID"]] == r for r in rows)
    counts = truth["files"]["netsuite-previous/invoices.csv"]
    if (len(rows), same, len(rows) - same) != (counts["rows"], counts["same_as_tonight"],
                                               counts["older_versions"]):
        yield "counts"
    when = lambda r: datetime.datetime.strptime(r["Last Modified"], "%m/%d/%Y %I:%M %p")
    yield from (r["Internal ID"] for r in rows if r != tonight[r["Internal ID"]]
                and not when(r) < when(tonight[r["Internal ID"]]))
    if len(rows) - same < 5:
        yield "too few changes"


def levels():
    """An open invoice at each dunning edge and both sides of each bucket's edge."""
    past = {(day("2026-10-30") - x.due).days for x in NORTH.values() if x.kind == "i" and x.left
            and x.due}
    yield from (n for n in (-3, 0, 1, 7, 14, 30, 31, 60, 61, 90, 91, 120, 121) if n not in past)


ok("the tool writes the committed bytes", same_bytes())
NORTH, rejected, doubles, base = north()
SOUTH, odd = south()
with open(path("expected.json"), encoding="utf-8") as f:
    TRUTH = json.load(f)
BOTH = {"north": NORTH, "south": SOUTH}
invoices = TRUTH["files"]["netsuite/invoices.csv"]
ok("three rows to reject, one row twice",
   [] if (rejected, doubles) == (3, 1) == (invoices["rejected"], invoices["duplicates"])
   else [(rejected, doubles)])
ok("north: open = amount less applications", whole(NORTH))
ok("north: base amounts follow the rate", base)
ok("south: open = amount less payment lines", whole(SOUTH))
ok("south: lines and tax make the total", odd)
for d in (TRUTH["also_as_of"], TRUTH["as_of"]):
    ok("balances and aging of %s" % d, truth_differs(BOTH, TRUTH, d))
ok("statements close and agree with expected.json", bank_differs(TRUTH))
ok("what bank lines pay is open", bank_truth_differs(TRUTH, BOTH))
ok("check digits", check_digits())
ok("the export of the night before", night_before(TRUTH))
ok("every dunning level and bucket edge occurs", levels())
ok("size", [] if sum(os.path.getsize(path(f)) for f in tree(data)) < 2500000
   else ["more than 2.5 MB"])
print("1..%d" % done)
PY
