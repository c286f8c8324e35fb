#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a sample ledger as canonical records: ledger.py highradius|ibm [FILE.csv] | ar-cat --seal=new > ledger.ndjson

Without FILE the ledger comes from $AR_SHARED/data/receivables. One payment and one application for each invoice that was cleared."""
import csv
import datetime
import decimal
import json
import os
import sys

FILES = {"highradius": "highradius_dev.csv", "ibm": "ibm.csv"}
ENTITY = {"entity": "bench", "system": "csv"}


def date(text):
    if not text:
        return None
    if "/" in text:
        month, day, year = text.split("/")
        return str(datetime.date(int(year), int(month), int(day)))
    return str(datetime.date.fromisoformat(text))


def rows(kind, path):
    with open(path, newline="") as f:
        for r in csv.DictReader(f):
            if kind == "highradius":
                yield (r["id"], r["cust"], r["name"], date(r["posted"]), date(r["due"]), date(r["cleared"]), r["ccy"], r["amount"])
            else:
                yield (r["invoiceNumber"], r["customerID"], r["customerID"], date(r["InvoiceDate"]), date(r["DueDate"]),
                       date(r["SettledDate"]), "USD", r["InvoiceAmount"])


def emit(record):
    print(json.dumps(record, ensure_ascii=False, separators=(",", ":")))


def main():
    kind = sys.argv[1]
    path = sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.environ["AR_SHARED"], "data", "receivables", FILES[kind])
    customers = set()
    for number, customer, name, posted, due, cleared, currency, amount in rows(kind, path):
        amount = str(decimal.Decimal(amount).quantize(decimal.Decimal("0.01")))
        cid = "bench/csv:c:" + customer
        if decimal.Decimal(amount) <= 0:
            continue
        if customer not in customers:
            customers.add(customer)
            emit({"type": "customer", "id": cid, **ENTITY, "name": name or customer})
        emit({"type": "invoice", "id": "bench/csv:i:" + number, **ENTITY, "system_id": number, "number": number, "subtype": "invoice",
              "customer": cid, "issued": posted, "due": due, "currency": currency, "amount": amount})
        if cleared:
            emit({"type": "payment", "id": "bench/csv:p:" + number, **ENTITY, "customer": cid, "date": cleared, "currency": currency,
                  "amount": amount})
            emit({"type": "application", "id": "bench/csv:a:" + number, **ENTITY, "source": "bench/csv:p:" + number,
                  "target": "bench/csv:i:" + number, "customer": cid, "date": cleared, "date_is": "own", "currency": currency, "amount": amount})


main()
