#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Samples of every bank format, hurt and sent through the programs: one byte changed, 100 times each, and cut off at 20 places. No
# crash, no hang, no undocumented status; what ar-extract ends well ar-normalize reads; and where a format carries balances or
# control totals, a change of the money is never passed on as sound. In-process the same is done by the thousand: tests/prop/bank_bytes.c.
. "${top_srcdir:-.}/tests/tap.sh"

python3 -B - "$top_srcdir/formats" "$tmp" >"$tmp/tap" <<'END'
import json, os, random, subprocess, sys
from concurrent.futures import ThreadPoolExecutor

maps, tmp = sys.argv[1:]
# sample, and whether its own sums tell of every change to the money of its lines
samples = [("aeb43.n43", True), ("bai2.bai", True), ("camt052.xml", False), ("camt053.xml", True), ("camt054.xml", False),
           ("cfonb120.txt", True), ("coda.cod", True), ("csv-de-ing.csv", False), ("csv-nl-rabobank.csv", False),
           ("csv-de-sparkasse-camt.csv", False), ("csv-xx-wise.csv", False), ("lockbox.bai", True), ("lockbox-80.bai", True),
           ("lockbox-wide.bai", True), ("mt940.sta", True), ("nacha.ach", True), ("ofx.ofx", False), ("pain002.xml", False),
           ("x12-820.edi", False)]

def run(argv, out):
    with open(out, "wb") as o, open(out + ".err", "wb") as e:
        try:
            return subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=o, stderr=e, timeout=30).returncode
        except subprocess.TimeoutExpired:
            return "hangs"

def lines(path):
    return [json.loads(line) for line in open(path, encoding="utf-8")] if os.path.exists(path) else []

def money(records, rejects):
    """[(currency, amount)] of the lines, and all that says whether they are sound"""
    told = ["%d rejects" % len(rejects)]
    for r in records:
        if r["type"] == "finding":
            told.append(r["code"])
        told += ["%s %s" % (k, r[k]) for k in r if k.endswith("_ok") or k in ("complete", "warnings")]
    return sorted((r["currency"], r["amount"]) for r in records
                  if r["type"] == "bank_line" and r.get("role") != "detail"), sorted(told)

def through(name, data, k):
    f = os.path.join(tmp, "%s.%s" % (name, k))
    with open(f, "wb") as o:
        o.write(data)
    raw, out, rejects = f + ".raw", f + ".out", f + ".rejects"
    try:
        a = run(["ar-extract", "--maps", maps, "--map=" + map_of(name), "--as-of=2026-11-01", "--rejects=" + rejects + "1", f], raw)
        if a not in (0, 1, 2, 3):
            return "ar-extract: " + said(a, raw), None
        b = run(["ar-normalize", "--maps", maps, "--entity=demo", "--account=ACC", "--rejects=" + rejects + "2", raw], out)
        if b not in (0, 1, 3):
            return "ar-normalize: " + said(b, out), None
        if a < 2 and b == 3 and not nothing(raw):
            return "ar-normalize refuses what ar-extract ended: " + said(b, out), None
        if a in (2, 3) and b != 3:
            return "ar-normalize ends what ar-extract did not", None
        return None, (a, b, money(lines(out), lines(rejects + "1") + lines(rejects + "2")) if a < 2 and b < 2 else None)
    finally:
        for p in (f, raw, raw + ".err", out, out + ".err", rejects + "1", rejects + "2"):
            if os.path.exists(p):
                os.unlink(p)

def said(status, out):
    return "status %s, %s" % (status, open(out + ".err", "rb").read(300))

def nothing(raw):
    return all(r["type"] != "raw" for r in lines(raw))

def map_of(name):
    return "banks/" + ("camt" if name.startswith("camt") else name.rsplit(".", 1)[0])

def hurt(args):
    name, k, whole, seed = args
    rnd = random.Random("%s %d" % (name, k))
    data = bytearray(whole)
    if k < 100:
        at = rnd.randrange(len(data))
        was = data[at]
        data[at] = rnd.choice([c for c in (rnd.randrange(256), 0x30 + rnd.randrange(10)) if c != was] or [was ^ 1])
        what = "byte %d: %d instead of %d" % (at, data[at], was)
    else:
        del data[len(data) * (k - 100) // 20:]
        what = "the first %d bytes" % len(data)
    fault, got = through(name, bytes(data), k)
    if not fault and seed and k < 100 and got[2] and got[:2] == seed[:2] and got[2][1] == seed[2][1] and got[2][0] != seed[2][0]:
        fault = "other money, and nobody says so: %s" % sorted(set(got[2][0]) ^ set(seed[2][0]))
    return fault and "%s: %s" % (what, fault)

pool = ThreadPoolExecutor(2)
for name, summed in samples:
    whole = open(os.path.join(maps, "banks", name), "rb").read()
    fault, got = through(name, whole, "whole")
    if fault or not got[2]:
        print("not ok - %s can be read as it stands" % name)
        print("#", fault, got)
        continue
    faults = [f for f in pool.map(hurt, [(name, k, whole, summed and got) for k in range(120)]) if f]
    print("%sok - %s: 100 changed bytes and 20 prefixes through the programs" % ("not " if faults else "", name))
    for f in faults[:8]:
        print("#", f)
END
is "the samples were hurt" $? 0
foreign "$tmp/tap"
finish
