#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open items and bank lines for the bench of ar-match: books.py ITEMS LINES OUT [BIG]

Of the lines 60 in 100 carry the creditor reference of a document, 25 its number in text, 10 only the amount from a known account, 3 the
whole balance or nothing that fits, 2 come from nobody. BIG: that many of the items belong to one customer. Writes OUT/in.ndjson (to be
sealed) and OUT/refs.csv, OUT/lines.csv (id, reference), the exact part of it for other tools.
"""
import random
import sys

n, lines, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
big = int(sys.argv[4]) if len(sys.argv) > 4 else 0
rng = random.Random(20261030)
customers = max(10, n // 50)


def rf(body):
    digits = "".join(str(int(c, 36)) for c in body + "RF00")
    return "RF%02d%s" % (98 - int(digits) % 97, body)


def iban(c):
    return "DE%02d90010010%010d" % (10 + c % 80, c * 7919)


with open(out + "/in.ndjson", "w") as f, open(out + "/refs.csv", "w") as r, open(out + "/lines.csv", "w") as b:
    f.write('{"type":"extract","id":"e/s:x:1","entity":"e","system":"s","name":"bench","as_of":"2026-10-30","mode":"full",'
            '"covers":["customer","invoice"],"history":"full","complete":true,"src":"in:1"}\n')
    for c in range(customers):
        f.write('{"type":"customer","id":"e/s:c:%d","entity":"e","system":"s","system_id":"%d","name":"Customer %s%d Trading GmbH",'
                '"bank_accounts":["%s"],"src":"in:%d"}\n' % (c, c, "ABCDEFGHIJ"[c % 10], c, iban(c), c + 2))
    item = []
    for i in range(n):
        c = 0 if i < big else rng.randrange(customers)
        amount = rng.randrange(1001, 2000000)
        ref = rf("%09d" % (i + 100000))
        item.append((c, amount, ref))
        f.write('{"type":"invoice","id":"e/s:i:%d","entity":"e","system":"s","number":"INV%d","subtype":"invoice","customer":"e/s:c:%d",'
                '"issued":"2026-09-%02d","due":"2026-10-%02d","currency":"EUR","amount":"%d.%02d","references":["%s"],"src":"in:%d"}\n'
                % (i, i + 1000000, c, i % 28 + 1, i % 28 + 1, amount // 100, amount % 100, ref, i + customers + 2))
        r.write("%d,%s\n" % (i, ref))
    order = list(range(n))
    rng.shuffle(order)
    for k in range(lines):
        i = order[k % n]
        c, amount, ref = item[i]
        how = k % 100
        if how >= 95:
            amount = rng.randrange(1001, 2000000)
        text, refs, account, payer = '"text":["thank you"],', "", '"payer_account":"%s",' % iban(c), '"payer":"Somebody %d",' % (k % 1000)
        if how < 60:
            refs = '"references":["rf=%s"],' % ref
        elif how < 85:
            text = '"text":["Rechnung INV%d vom 14.10.2026"],' % (i + 1000000)
        if how >= 98:
            account = ""
        f.write('{"type":"bank_line","id":"e/b:b:%07d","account":"DE1","booked":"2026-10-30","currency":"EUR","amount":"%d.%02d",'
                '"status":"booked","role":"money",%s%s%s%s"src":"bank:%d"}\n' % (k, amount // 100, amount % 100, payer, account, text, refs, k))
        b.write("%d,%s\n" % (k, ref if how < 60 else ""))
