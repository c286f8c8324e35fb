#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes examples/nightly/data: the exports of an invented group on the night of 2026-10-30.

    tools/make-nightly.py OUTDIR

A maintainers' tool.  It simulates two companies for 14 months (who is invoiced, who pays when, which
credits are given), writes what their systems and banks would export, and writes expected.json from
the simulation itself, so that the truth does not come out of the program it is meant to test.
Nothing but the standard library; money is Decimal; the random numbers are our own, so that every
version of Python writes the same bytes.
"""
import csv
import io
import json
import os
import sys
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal as D
from xml.sax.saxutils import escape

FIRST = date(2025, 9, 1)
AS_OF = date(2026, 10, 30)
MIDYEAR = date(2026, 6, 30)
PREVIOUS = datetime(2026, 10, 29, 21, 30)  # when the export of the night before was taken
ZERO = D(0)


# ------------------------------------------------ numbers, dates, money

class Rng:
    """splitmix64; one per customer, so that a change to one leaves the others as they are."""

    def __init__(self, name):
        self.state = 0x9E3779B97F4A7C15
        for byte in name.encode():
            self.state = (self.state * 1099511628211 ^ byte) & (2**64 - 1)

    def below(self, n):
        self.state = (self.state + 0x9E3779B97F4A7C15) & (2**64 - 1)
        z = self.state
        z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & (2**64 - 1)
        return (z ^ z >> 31) % n

    def between(self, low, high):
        return low + self.below(high - low + 1)

    def chance(self, percent):
        return self.below(1000) < percent * 10

    def pick(self, things):
        return things[self.below(len(things))]


def day(text):
    return date.fromisoformat(text)


CLOSED = {day(d) for d in ("2025-12-25", "2025-12-26", "2026-01-01", "2026-04-03", "2026-04-06",
                           "2026-05-01")}


def is_business(d):
    return d.weekday() < 5 and d not in CLOSED


def roll(d, step=1):
    while not is_business(d):
        d += timedelta(step)
    return d


def month_end(d):
    first = date(d.year + d.month // 12, d.month % 12 + 1, 1)
    return roll(first - timedelta(1), -1)


def minor(ccy):
    return D(1) if ccy == "JPY" else D("0.01")


def rounded(amount, ccy):
    return amount.quantize(minor(ccy), ROUND_HALF_UP)


def plain(amount, ccy):
    """Canonical text of an amount, as expected.json has it."""
    return str(rounded(amount + 0, ccy))


# ------------------------------------------------ exchange rates

PLACES = {"USD": 4, "JPY": 2, "GBP": 5, "CHF": 4}
# start, where it wanders to, largest step of a day in units of the last place
WALK = {"USD": ("1.1665", "1.1480", 48), "JPY": ("172.30", "178.60", 75),
        "GBP": ("0.86620", "0.87350", 210), "CHF": ("0.9368", "0.9290", 20)}


def make_rates():
    """A smooth walk for every business day; BGN ended with 2025 and shows what N/A looks like."""
    days = [FIRST - timedelta(3) + timedelta(n) for n in range((AS_OF - FIRST).days + 4)]
    days = [d for d in days if is_business(d)]
    rates = {}
    for ccy, (start, goal, step) in WALK.items():
        unit = D(1).scaleb(-PLACES[ccy])
        rng, at = Rng("rate " + ccy), int(D(start) / unit)
        goal = int(D(goal) / unit)
        for n, d in enumerate(days):
            rates[d, ccy] = at * unit
            pull = (goal - at) // max(12, len(days) - n)
            at += pull + rng.between(-step, step) * rng.between(1, 3) // 3
    for d in days:
        if d.year == 2025:
            rates[d, "BGN"] = D("1.9558")
    return days, rates


RATE_DAYS, RATES = make_rates()


def per_euro(ccy, d):
    if ccy == "EUR":
        return D(1)
    while (d, ccy) not in RATES:
        d -= timedelta(1)
    return RATES[d, ccy]


def booked_rate(base, ccy, d):
    """Units of base for one unit of ccy, in the digits the two systems keep."""
    if base == ccy:
        return D(1)
    rate = per_euro(base, d) / per_euro(ccy, d)
    return rate.quantize(D("0.00000001") if ccy == "JPY" else D("0.000001"), ROUND_HALF_UP)


# ------------------------------------------------ references and accounts

def digits_of(text):
    return "".join(str(int(c, 36)) for c in text)


def check97(head, body):
    return "%02d" % (98 - int(digits_of(body + head + "00")) % 97)


def creditor_reference(body):
    return "RF" + check97("RF", body) + body


def iban(country, n):
    """Valid check digits over bank codes that no bank has (see README)."""
    n = n * 7919 + 1234567
    if country == "DE":
        body = "900100%02d%010d" % (n % 90 + 10, n)
    elif country == "FR":
        bank, branch, account = "90909", "%05d" % (n % 89999 + 10000), "%011d" % n
        key = 97 - (89 * int(bank) + 15 * int(branch) + 3 * int(account)) % 97
        body = "%s%s%s%02d" % (bank, branch, account, key)
    elif country == "NL":
        body = "XQZB%010d" % n
    elif country == "GB":
        body = "XQRM000000%08d" % (n % 10**8)
    elif country == "BE":
        head = "900%07d" % (n % 10**7)
        body = "%s%02d" % (head, int(head) % 97 or 97)
    elif country == "AT":
        body = "99900%011d" % n
    else:
        return ""
    return country + check97(country, body) + body


BIC = {"DE": "XQZBDEH1", "FR": "XQVEFRP1", "NL": "XQZBNL21", "GB": "XQRMGB21", "BE": "XQAEBEB1",
       "AT": "XQDOATW1"}


# ------------------------------------------------ customers

NET = {"Net 14": 14, "Net 30": 30, "Net 45": 45, "Net 60": 60, "2% 10 Net 30": 30,
       "Due on receipt": 0}

# key | name | parent | currencies | terms | pays | invoices a month*10 | from | to | country | limit
NORTH = """
1001|Rotaver Maschinen GmbH||EUR|Net 30|late10|22|900|9500|DE|75000
1002|Quellbrück Getränketechnik GmbH & Co. KG||EUR|2% 10 Net 30|discount|26|400|6200|DE|60000
1003|Tarvenholt Marine Systems B.V.||EUR|Net 30|early|18|1500|21000|NL|150000
1004|Société Vellombre SARL||EUR|Net 45|monthend|16|300|4200|FR|40000
1005|Ateliers Déméroux & Fils SAS||EUR|Net 30|erratic|17|250|5200|FR|30000
1006|O'Mallorin "Northgate" Pumps, Ltd||GBP|Net 30|late25|15|500|8800|GB|50000
1007|=mc2 Messtechnik GmbH||EUR|Net 14|punctual|20|80|2400|DE|15000
1008|Zahnwerk Österlohe AG||EUR|Net 30|early|24|700|12500|DE|120000
1009|Lindqvarn Industri AB||EUR|Net 30|late10|14|1200|16000|SE|90000
1010|Halvorsund Holding GmbH||EUR|Net 30|weekly|4|400|2500|DE|200000
1011|Halvorsund Nord GmbH|1010|EUR|Net 30|weekly|18|350|5600|DE|
1012|Halvorsund Süd GmbH|1010|EUR|Net 30|weekly|15|350|4900|DE|
1013|Keltrane Engineering PLC||GBP|Net 30|punctual|16|900|11000|GB|100000
1014|Marchwind Turbines LLC||USD|Net 60|late25|11|4000|38000|US|250000
1015|Perriquin Logistics Inc.||USD|Net 30|monthend|13|600|7400|US|60000
1016|Brauhaus Ilmenfels KG||EUR|Net 30|instalments|10|900|7800|DE|25000
1017|Stahlbau Wernigrund GmbH||EUR|Net 30|stops|12|1100|9900|DE|45000
1018|Papierfabrik Oberlaudern AG||EUR|Net 30|monthend|25|450|8800|DE|130000
1019|Molkerei Friesenkoog eG||EUR|Net 14|debit|21|200|3100|DE|30000
1020|Elektro Hasselwarth e.K.||EUR|Net 14|debit|12|60|1500|DE|8000
1021|Tecnovarino Macchine S.r.l.||EUR|Net 60|late25|12|900|9400|IT|55000
1022|Brouwerij Van Aelstbeke N.V.||EUR|Net 30|late10|17|280|4700|BE|35000
1023|Alpenrost Kaffee GmbH||EUR|Net 30|early|13|150|2900|AT|20000
1024|Donauhof Umschlag Ges.m.b.H.||EUR|Net 30|late25|15|600|7700|AT|60000
1025|Gemeindewerke Sünderby||EUR|Net 60|punctual|10|800|14000|DE|
1026|Krankenhaus St. Brendanus gGmbH||EUR|Net 30|monthend|18|220|3800|DE|
1027|Windpark Grauholm GmbH||EUR|Net 30|late10|14|2200|26000|DE|180000
1028|Ventilbau Trögerlin & Söhne KG||EUR|Net 30|erratic|16|180|3900|DE|20000
1029|Cimenterie du Val-Orbéac SA||EUR|Net 45|late10|14|1400|13500|FR|95000
1030|Vexholm Shipping Ltd.||EUR,USD|Net 30|erratic|18|700|9200|GB|80000
1031|Nordsilva Agrar GmbH||EUR|2% 10 Net 30|discount|15|300|4400|DE|30000
1032|Fördertechnik Quasdorf GmbH||EUR|Net 30|late10|19|500|6900|DE|50000
1033|Hydraulik Peenwerder GmbH||EUR|Net 30|punctual|15|260|3600|DE|25000
1034|Chocolaterie Mirandaux||EUR|Net 30|erratic|11|90|1900|FR|10000
1035|Osterlund & Brakke A/S||EUR|Net 30|early|12|800|8100|DK|60000
1036|Silvermere Textiles Ltd||GBP|Net 30|late10|12|300|4100|GB|30000
1037|Greyfallow Robotics Inc.||USD|2% 10 Net 30|discount|12|1500|17500|US|120000
1038|Kranbau Eichholm-Meynert GmbH||EUR|Net 30|late25|14|1300|15800|DE|90000
1039|Solarpark Unterweil UG||EUR|Net 14|stops|9|250|2700|DE|5000
1040|Textilveredelung Grünspan AG||EUR|2% 10 Net 30|discount|14|350|5100|DE|40000
"""
SOUTH = """
3|Harlowe Creek Brewing Co.||USD|Net 30|late10|20|250|4800|US|
4|Ferrovine Metals LLC||USD|Net 30|monthend|22|900|12000|US|
5|Tarvenholt Marine Systems BV||USD|Net 30|early|14|1500|18000|NL|
7|Kitsunegawa Seiki K.K.||JPY|Net 60|late10|13|180000|2900000|JP|
8|Aomine Denki Co., Ltd.||JPY|Net 30|punctual|12|90000|1400000|JP|
10|Corvane Freight Inc.||USD|Net 30|late25|16|400|6100|US|
11|Depot West|10|USD|Net 30|late25|11|300|3900|US|
12|Bluejay & Tumbleweed Farms||USD|2% 10 Net 30|discount|17|200|3300|US|
14|Oakhanger Paper Mills||USD|Net 45|monthend|19|700|8200|US|
15|Silverdrum Mining Corp.||USD|Net 30|stops|13|1800|21000|US|
16|St. Audra Medical Center||USD|Net 60|punctual|15|450|7600|US|
18|D'Avignac Foods, Inc.||USD|Net 30|erratic|18|220|4400|US|
19|Pinecrag Water District||USD|Net 30|punctual|11|600|5200|US|
20|Rookhaven School District 9||USD|Net 60|late25|10|350|2800|US|
22|Metrolith Construction LLC||USD|Net 30|instalments|13|1500|16500|US|
23|Juniper Hollow Dairy||USD|Net 14|early|18|120|1900|US|
24|Quartzite Analytics Inc||USD|2% 10 Net 30|discount|12|500|6400|US|
26|Windlass Boatworks||USD|Net 30|erratic|13|300|5500|US|
27|Café Lunaro Roasters||USD|Net 14|late10|16|90|1300|US|
29|Grayling Timber Co.||USD|Net 30|late10|17|800|9900|US|
30|Shirakaba Kogyo K.K.||JPY|Net 30|late10|10|60000|880000|JP|
33|Thistledown Toys (deleted)||USD|Net 30|early|0|1|2|US|
"""

COUNTRY = {"DE": "Germany", "FR": "France", "NL": "Netherlands", "GB": "United Kingdom",
           "SE": "Sweden",
           "US": "United States", "IT": "Italy", "BE": "Belgium", "AT": "Austria", "DK": "Denmark",
           "JP": "Japan"}
STREETS = {"DE": ["Mühlenkoog", "Am Quasthafen", "Lindwurmdamm", "Eisvogelstraße",
                  "Zur alten Winde"],
           "FR": ["rue des Tisseranciers", "quai du Vieil-Orbé", "allée des Mirandes"],
           "NL": ["Kluitvaart"], "BE": ["Hopmolenlaan"], "AT": ["Zillenweg", "Rostgasse"],
           "GB": ["Pumphouse Lane", "Keltrane Row", "Silvermere Wharf", "Vexholm Stairs"],
           "SE": ["Kvarnvägen"], "DK": ["Brakkestræde"], "IT": ["via dei Torni"],
           "US": ["Millrace Road", "Larch Street", "Ferrow Avenue", "Old Depot Way"],
           "JP": ["Midorigaoka 4-chome"]}
TOWNS = {"DE": ["25999 Grauholm", "29999 Österlohe", "98999 Ilmenfels", "17999 Peenwerder"],
         "FR": ["98900 Vellombre", "98910 Val-Orbéac"], "NL": ["0999 XQ Tarvenholt"],
         "BE": ["0999 Aelstbeke"], "AT": ["0999 Donauhof"], "GB": ["Northgate QX9 9ZZ"],
         "SE": ["999 99 Lindqvarn"], "DK": ["0999 Osterlund"], "IT": ["99999 Varino"],
         "US": ["Marchwind, OR 00999", "Harlowe Creek, WA 00998"], "JP": ["Kitsunegawa 999-9999"]}
LANGUAGE = {"DE": "German", "AT": "German", "FR": "French (France)", "BE": "French (France)",
            "US": "English (U.S.)"}
# numbers that the regulators keep free for fiction (Germany, UK, France, USA); others have none
PHONES = {"DE": "+49 40 66969 %03d", "GB": "+44 20 7946 0%03d", "FR": "+33 1 99 00 %02d %02d",
          "US": "+1 503-555-01%02d"}
NORTH_REPS = ["Ilka Brendersen", "Jost Hammerlin", "Maude Quérin", "Tom Ashgrovel"]
SOUTH_REPS = ["Dana Whitlock-Ruiz", "Cole Merrivane", "Aiko Tanabeshi"]


class Customer:
    def __init__(self, entity, index, line):
        f = line.split("|")
        self.entity, self.key, self.name = entity, f[0], f[1]
        self.parent, self.ccys, self.terms = f[2], f[3].split(","), f[4]
        self.pays, self.rate = f[5], int(f[6])
        self.low, self.high, self.country = int(f[7]), int(f[8]), f[9]
        self.limit = D(f[10]) if f[10] else None
        self.rng = Rng(entity + " " + self.key)
        self.id = str(2003 + 11 * index) if entity == "north" else self.key
        n = int(self.key)
        self.street = "%s %d" % (STREETS[self.country][n % len(STREETS[self.country])], n % 83 + 2)
        self.town = TOWNS[self.country][n % len(TOWNS[self.country])]
        fmt = PHONES.get(self.country, "")
        self.phone = fmt % ((n % 90 + 5,) * fmt.count("%"))
        plain_name = self.name.lower()
        for a, b in (("ö", "oe"), ("ü", "ue"), ("ä", "ae"), ("é", "e"), ("'", ""), ("=", "")):
            plain_name = plain_name.replace(a, b)
        word = "".join(c if c.isascii() and c.isalnum() else " " for c in plain_name).split()
        self.email = "ap@%s.example" % "-".join(word[:2])
        self.accounts = []
        if entity == "north" and self.country in BIC and not self.parent:
            self.accounts = [iban(self.country, n)]
        if self.key == "1008":
            self.accounts.append(iban("DE", 5008))
        if self.key == "1003" or (entity, self.key) == ("south", "5"):
            self.tax_id = "NL000814622B01"  # the same legal person in both systems
        elif self.country == "US":
            self.tax_id = "00-%07d" % (n * 3571 + 1000003)
        elif self.country == "JP":
            self.tax_id = ""
        else:
            self.tax_id = "%s000%06d" % (self.country, n * 271 % 1000000)
        reps = NORTH_REPS if entity == "north" else SOUTH_REPS
        self.rep = reps[n % len(reps)]
        self.created = datetime(2024, n % 12 + 1, n % 27 + 1, 9 + n % 8, n * 7 % 60)
        self.modified = datetime(2026, n % 9 + 1, n % 27 + 1, 10 + n % 7, n * 11 % 60)

    def label(self):
        """The customer as NetSuite prints it in a Name column: the hierarchy of number and name."""
        own = "CUST-%s %s" % (self.key, self.name)
        return "%s : %s" % (CUSTOMERS["north", self.parent].label(), own) if self.parent else own

    def full_name(self):
        """The FullyQualifiedName of QuickBooks."""
        return CUSTOMERS["south", self.parent].name + ":" + self.name if self.parent else self.name

    def payer(self):
        if self.parent and self.entity == "north":
            return CUSTOMERS["north", self.parent]
        return self


CUSTOMERS = {}
for _entity, _lines in (("north", NORTH), ("south", SOUTH)):
    for _n, _line in enumerate(_lines.strip().split("\n")):
        CUSTOMERS[_entity, _line.split("|")[0]] = Customer(_entity, _n, _line)

BASE = {"north": "EUR", "south": "USD"}
SYSTEM = {"north": "netsuite", "south": "quickbooks"}


# ------------------------------------------------ documents and what happens to them

class Doc:
    """An invoice (i), credit memo (m) or payment (p) with its applications."""

    def __init__(self, kind, cust, ccy, issued, amount, hour=8):
        self.kind, self.cust, self.ccy, self.date = kind, cust, ccy, issued
        self.entity, self.amount = cust.entity, rounded(amount, ccy)
        rng = cust.rng
        self.created = datetime(issued.year, issued.month, issued.day, hour + rng.below(2),
                                rng.below(60),
                                rng.below(60))
        self.changes = [self.created]
        self.rate = booked_rate(BASE[self.entity], ccy, issued)
        self.apps = []       # applications that take from or give to this document
        self.due = None
        self.terms = cust.terms
        self.tax = ZERO
        self.memo = ""
        self.bad = None      # the flaw that makes the row a reject
        self.dispute = None  # (code, since)
        self.method, self.check, self.from_doc = "Bank Transfer", "", None
        self.void = False
        DOCS.append(self)

    def moved(self, d=AS_OF, until=None):
        """What applications took off this document by date d, as known at a moment."""
        known = [a for a in self.apps if a.date <= d and (until is None or a.known <= until)]
        return sum((a.amount + (a.discount if a.target is self else 0) for a in known), ZERO)

    def left(self, d=AS_OF, until=None):
        return self.amount - self.moved(d, until)

    def base(self, amount):
        return rounded(amount * self.rate, BASE[self.entity])

    def touch(self, d, rng):
        moment = datetime(d.year, d.month, d.day, 14 + rng.below(5), rng.below(60), rng.below(60))
        self.changes.append(moment)
        return moment

    def modified(self, until=None):
        return max(c for c in self.changes if until is None or c <= until)

    def key(self):
        return "%s/%s:%s:%s" % (self.entity, SYSTEM[self.entity], self.kind, self.id)


class App:
    """One application: source (payment or credit memo) settles target (invoice) on a date."""

    def __init__(self, source, target, d, amount, discount=ZERO, via=None):
        self.source, self.target, self.date = source, target, d
        self.amount, self.discount = rounded(amount, target.ccy), rounded(discount, target.ccy)
        self.via = via       # the payment that carries a credit's application in QuickBooks
        assert d >= max(target.date, source.date) and self.amount > 0 and source.ccy == target.ccy
        self.known = target.touch(d, target.cust.rng)
        if source.entity == "north" or d > source.date:
            source.changes.append(self.known)
        source.apps.append(self)
        target.apps.append(self)
        assert source.left() >= 0 and target.left() >= 0, (source.cust.name, target.amount)


DOCS = []
NAMED = {}     # fixtures that bank lines and the README point at
DUE_PAY = {}   # (payer, currency, date) -> [(invoice, part, discount)]


def new_invoice(cust, ccy, issued, amount, terms=None, name=None):
    inv = Doc("i", cust, ccy, issued, amount)
    inv.terms = terms or cust.terms
    inv.due = issued + timedelta(NET[inv.terms])
    if cust.country == "DE" and ccy == "EUR":
        inv.tax = rounded(inv.amount * 19 / 119, "EUR")
    elif cust.entity == "south" and cust.key in ("3", "16", "22", "27"):
        inv.tax = rounded(inv.amount * D("0.088") / D("1.088"), "USD")
    if name:
        NAMED[name] = inv
    return inv


def settle(source, inv, d, amount, discount=ZERO, via=None):
    return App(source, inv, d, amount, discount, via)


def discount_of(inv):
    return rounded(inv.amount * 2 / 100, inv.ccy)


def plan_date(inv):
    """When this customer pays this invoice; None = never. Second value: discount taken."""
    cust, rng, due = inv.cust, inv.cust.rng, inv.due
    pays = cust.pays
    if pays == "discount":
        if rng.chance(78):
            return roll(inv.date + timedelta(rng.between(7, 10)), -1), True
        return roll(due + timedelta(rng.between(0, 4))), False
    if pays == "early":
        return roll(max(inv.date + timedelta(1), due - timedelta(rng.between(1, 6)))), False
    if pays == "punctual":
        return roll(due + timedelta(rng.between(-1, 2))), False
    if pays == "debit":
        return roll(due), False
    if pays == "late10":
        return roll(due + timedelta(rng.between(8, 13))), False
    if pays == "late25":
        return roll(due + timedelta(rng.between(18, 33))), False
    if pays == "erratic":
        if rng.chance(4):
            return None, False
        return roll(max(inv.date + timedelta(3), due + timedelta(rng.between(-6, 62)))), False
    if pays == "monthend":
        return month_end(due), False
    if pays == "weekly":
        return roll(due + timedelta((3 - due.weekday()) % 7)), False
    if pays == "stops":
        late = roll(due + timedelta(rng.between(5, 20)))
        return (late if late < date(2026, 5, 1) else None), False
    assert pays == "instalments"
    return roll(due + timedelta(rng.between(2, 8))), False


def maybe_credit(inv, pay):
    """Some invoices get a credit memo, applied before they are paid."""
    cust, rng = inv.cust, inv.cust.rng
    if not rng.chance(7):
        return
    given = roll(inv.date + timedelta(rng.between(3, 11)))
    applied = roll(given + timedelta(rng.between(0, 5)))
    amount = rounded(inv.amount * rng.between(3, 24) / 100, inv.ccy)
    if applied > AS_OF or (pay and applied >= pay) or not amount:
        return
    memo = Doc("m", cust, inv.ccy, given, amount, 9)
    memo.memo = rng.pick(["price difference", "goods returned", "short delivery", "volume rebate"])
    memo.from_doc = inv if rng.chance(70) else None
    apply_credit(memo, inv, applied, amount)


def apply_credit(memo, inv, d, amount):
    via = None
    if inv.entity == "south":
        via = Doc("p", inv.cust, inv.ccy, d, ZERO, 12)
        via.method = ""
    app = settle(memo, inv, d, amount, via=via)
    if via:
        via.carries = [app]
    return app


def random_invoice(cust, d):
    rng = cust.rng
    ccy = cust.ccys[0] if len(cust.ccys) == 1 else rng.pick(cust.ccys)
    if ccy == "JPY":
        amount = D(rng.between(cust.low // 1000, cust.high // 1000) * 1000
                   + rng.pick([0, 0, 0, 350, 784]))
    else:
        amount = D(rng.between(cust.low * 100, cust.high * 100)) / 100
        if rng.chance(18):
            amount = rounded(amount / 50, "JPY") * 50
    inv = new_invoice(cust, ccy, d, max(amount, minor(ccy)))
    pay, early = plan_date(inv)
    maybe_credit(inv, pay)
    # what is transferred that day is on tonight's statement or tomorrow's, not yet in the ERP
    if pay and (pay < AS_OF or pay == AS_OF and cust.pays == "debit"):
        half = cust.pays == "instalments" and rng.chance(70)
        first = rounded(inv.left() / 2, ccy) if half else None
        DUE_PAY.setdefault((cust.payer(), ccy, pay), []).append((inv, first, early))
        rest = roll(pay + timedelta(30))
        if half and rest < AS_OF:
            DUE_PAY.setdefault((cust.payer(), ccy, rest), []).append((inv, None, False))


def simulate(cust):
    rng, month = cust.rng, FIRST
    while month <= AS_OF:
        days = [month + timedelta(n) for n in range(31)]
        days = [d for d in days if d.month == month.month and d <= AS_OF and is_business(d)]
        count = cust.rate // 10 + (rng.below(10) < cust.rate % 10)
        for d in sorted(rng.pick(days) for _ in range(count)):
            random_invoice(cust, d)
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)


def pay_group(payer, ccy, d, lines):
    """One payment for all that this payer settles that day in that currency."""
    rng = payer.rng
    plan = []
    for inv, part, early in lines:
        discount = discount_of(inv) if early else ZERO
        amount = (part or inv.left()) - discount
        plan.append([inv, amount, discount])
    late = payer.entity == "north" and d <= date(2026, 10, 15) and rng.chance(4)
    applied = roll(d + timedelta(rng.between(2, 9))) if late else d
    short = rng.chance(2) and ccy != "JPY" and plan[-1][1] > 100
    if short:
        plan[-1][1] -= D(rng.between(50, 2500)) / 100
    over = D(rng.between(100, 9000)) / 100 if rng.chance(1.5) and ccy != "JPY" else ZERO
    pay = Doc("p", payer, ccy, d, sum(p[1] for p in plan) + over, 12)
    if payer.pays == "debit":
        pay.method = "Direct Debit"
    elif payer.country in ("US", "GB") and rng.chance(45):
        pay.method, pay.check = "Check", str(rng.between(10021, 98877))
    pay.carries = []
    for inv, amount, discount in plan:
        if payer.entity == "south" and discount:
            memo = Doc("m", inv.cust, ccy, d, discount, 11)
            memo.memo, memo.from_doc = "2% early payment discount", inv
            pay.carries.append(settle(memo, inv, applied, discount, via=pay))
            discount = ZERO
        pay.carries.append(settle(pay, inv, applied, amount, discount))


# ------------------------------------------------ fixtures: what must be there that night

def days_ago(n):
    return AS_OF - timedelta(n)


# customer, terms, amount, days past due on the night: every dunning level and every bucket edge
EDGES = {
    "north": [("1001", "Net 30", "2380.00", -3), ("1032", "Net 30", "1184.05", 7),
              ("1034", "Net 30", "742.60", 7), ("1029", "Net 45", "3611.90", 14),
              ("1027", "Net 30", "6188.00", 14), ("1021", "Net 60", "1875.25", 30),
              ("1038", "Net 30", "4498.20", 30), ("1024", "Net 14", "958.40", 60),
              ("1016", "Net 14", "1666.00", 60), ("1009", "Net 30", "2750.00", 0),
              ("1022", "Net 30", "515.35", 1), ("1028", "Net 14", "833.00", 31),
              ("1005", "Net 30", "1290.75", 61), ("1030", "Net 30", "2210.10", 90),
              ("1017", "Net 30", "3451.00", 91), ("1039", "Net 30", "499.80", 120),
              ("1039", "Net 30", "1071.00", 121), ("1006", "Net 30", "1920.45", 7),
              ("1014", "Net 60", "12650.00", 14)],
    "south": [("3", "Net 30", "1480.00", -3), ("10", "Net 30", "2215.75", 7),
              ("18", "Net 30", "905.10", 14),
              ("26", "Net 30", "1733.30", 30), ("15", "Net 14", "6420.00", 60),
              ("7", "Net 60", "640000", 7),
              ("29", "Net 30", "2890.60", 0), ("20", "Net 60", "1199.99", 1),
              ("22", "Net 14", "5075.00", 31),
              ("15", "Net 30", "7310.45", 91), ("30", "Net 30", "418000", 121)],
}

# name: customer, currency, issued, terms, amount.  Open that night; a bank line pays each of them.
TARGETS = {
    "north": """
rf1|1001|EUR|2026-10-01|Net 30|4165.00
rf2a|1008|EUR|2026-10-05|Net 30|3272.50
rf2b|1008|EUR|2026-10-07|Net 30|1190.36
number1|1009|EUR|2026-09-21|Net 30|5480.00
several1|1022|EUR|2026-09-16|Net 30|612.40
several2|1022|EUR|2026-09-18|Net 30|1077.15
several3|1022|EUR|2026-09-22|Net 30|349.99
list1|1027|EUR|2026-09-17|Net 30|7140.00
list2|1027|EUR|2026-09-23|Net 30|2856.00
list3|1027|EUR|2026-09-28|Net 30|10115.55
batch1|1031|EUR|2026-09-30|Net 30|1428.00
batch2|1032|EUR|2026-09-21|Net 30|2213.40
batch3|1033|EUR|2026-09-30|Net 30|989.61
noref|1023|EUR|2026-10-06|Net 30|1347.83
short|1028|EUR|2026-09-15|Net 30|2499.00
over|1034|EUR|2026-09-14|Net 30|876.20
instructed|1013|GBP|2026-09-29|Net 30|4200.00
discount|1002|EUR|2026-10-21|2% 10 Net 30|3094.00
latediscount|1040|EUR|2026-10-12|2% 10 Net 30|2261.00
equal1|1033|EUR|2026-10-02|Net 30|1450.00
equal2|1033|EUR|2026-10-16|Net 30|1450.00
substring|1018|EUR|2026-10-08|Net 30|3808.00
trap|1007|EUR|2026-10-14|Net 14|641.37
child1|1011|EUR|2026-09-30|Net 30|2677.50
child2|1012|EUR|2026-09-29|Net 30|1844.50
netted|1029|EUR|2026-09-09|Net 45|8250.00
partial|1016|EUR|2026-09-25|Net 30|5950.00
""",
    "south": """
number1|3|USD|2026-09-18|Net 30|2480.15
several1|10|USD|2026-09-02|Net 30|1266.40
several2|10|USD|2026-09-04|Net 30|877.85
several3|10|USD|2026-09-09|Net 30|3120.00
advice1|4|USD|2026-09-30|Net 30|6450.00
advice2|4|USD|2026-09-29|Net 30|2915.62
check1|16|USD|2026-09-01|Net 60|3381.07
check2|19|USD|2026-09-30|Net 30|1764.90
check3|23|USD|2026-10-19|Net 14|558.42
name|29|USD|2026-09-17|Net 30|4127.36
wire|5|USD|2026-10-02|Net 30|9875.00
over|26|USD|2026-09-11|Net 30|1500.00
yen|7|JPY|2026-08-19|Net 60|1250000
discount|24|USD|2026-10-20|2% 10 Net 30|3200.00
equal1|27|USD|2026-10-06|Net 14|675.00
equal2|27|USD|2026-10-07|Net 14|675.00
date|14|USD|2026-10-09|Net 45|2222.80
substring|18|USD|2026-10-13|Net 30|1310.25
trap|11|USD|2026-09-10|Net 30|1093.77
""",
}


def make_targets():
    for entity, lines in TARGETS.items():
        for line in lines.strip().split("\n"):
            name, key, ccy, issued, terms, amount = line.split("|")
            new_invoice(CUSTOMERS[entity, key], ccy, day(issued), D(amount), terms,
                        entity + " " + name)
        for key, terms, amount, past in EDGES[entity]:
            cust = CUSTOMERS[entity, key]
            issued = days_ago(past + NET[terms])
            new_invoice(cust, cust.ccys[0], issued, D(amount), terms,
                        "%s edge %s %d" % (entity, key, past))


def paid_fixture(name, entity, key, ccy, issued, amount, terms, paid, method):
    cust = CUSTOMERS[entity, key]
    inv = new_invoice(cust, ccy, day(issued), D(amount), terms, name)
    pay = Doc("p", cust, ccy, day(paid), inv.amount, 12)
    pay.method, pay.carries = method, []
    pay.carries.append(settle(pay, inv, day(paid), inv.amount))
    NAMED[name + " payment"] = pay
    return inv, pay


def open_credit(name, entity, key, ccy, issued, amount, memo):
    doc = Doc("m", CUSTOMERS[entity, key], ccy, day(issued), D(amount), 9)
    doc.memo = memo
    NAMED[name] = doc
    return doc


def on_account(name, entity, key, ccy, d, amount, memo):
    pay = Doc("p", CUSTOMERS[entity, key], ccy, day(d), D(amount), 12)
    pay.carries, pay.memo = [], memo
    NAMED[name] = pay
    return pay


def make_north_fixtures():
    paid_fixture("north duplicate", "north", "1038", "EUR", "2026-08-27", "3689.00", "Net 30",
                 "2026-10-12",
                 "Bank Transfer")
    paid_fixture("north returned", "north", "1020", "EUR", "2026-10-12", "487.90", "Net 14",
                 "2026-10-26",
                 "Direct Debit")
    open_credit("north netcredit", "north", "1029", "EUR", "2026-09-24", "412.50",
                "retour de palettes")
    open_credit("north freecredit", "north", "1018", "EUR", "2026-10-20", "238.00",
                "volume rebate Q3")
    open_credit("north oldcredit", "north", "1014", "USD", "2026-05-06", "1150.00",
                "warranty settlement")
    on_account("north on account 1", "north", "1021", "EUR", "2026-09-29", "900.00", "acconto")
    on_account("north on account 2", "north", "1036", "GBP", "2026-10-14", "375.50",
               "no remittance advice")
    on_account("north on account 3", "north", "1010", "EUR", "2026-06-11", "1200.00",
               "Vorauszahlung")
    # money that lay on account in June and was applied in July
    pay = on_account("north applied later", "north", "1001", "EUR", "2026-06-19", "2975.00",
                     "Anzahlung")
    inv = new_invoice(pay.cust, "EUR", day("2026-07-02"), D("5950.00"), name="north prepaid")
    pay.carries.append(settle(pay, inv, day("2026-07-06"), pay.amount))
    rest = Doc("p", pay.cust, "EUR", day("2026-08-11"), D("2975.00"), 12)
    rest.carries = [settle(rest, inv, rest.date, rest.amount)]
    # one credit memo over two invoices, a rest of it still open
    memo = open_credit("north split credit", "north", "1018", "EUR", "2026-09-15", "345.00",
                       "volume rebate")
    for issued, total, part in (("2026-09-03", "1963.50", "180.00"),
                                ("2026-09-08", "2618.00", "120.00")):
        inv = new_invoice(memo.cust, "EUR", day(issued), D(total))
        apply_credit(memo, inv, day("2026-09-22"), D(part))
    # payments and a credit of that very day, after yesterday's export
    inv = new_invoice(CUSTOMERS["north", "1024"], "EUR", day("2026-10-05"), D("4300.00"), "Net 14",
                      "north tonight")
    card_payment(inv, D("1500.00"))
    inv = new_invoice(CUSTOMERS["north", "1034"], "EUR", day("2026-10-13"), D("318.40"),
                      name="north tonight card")
    card_payment(inv, inv.amount)
    inv = new_invoice(CUSTOMERS["north", "1036"], "GBP", day("2026-09-10"), D("2450.00"),
                      name="north in two parts")
    pay = Doc("p", inv.cust, "GBP", day("2026-10-12"), D("1225.00"), 12)
    pay.carries = [settle(pay, inv, pay.date, pay.amount)]
    card_payment(inv, D("1225.00"))
    inv = new_invoice(CUSTOMERS["north", "1032"], "EUR", day("2026-10-02"), D("3332.00"),
                      name="north credited")
    memo = open_credit("north tonight credit", "north", "1032", "EUR", "2026-10-27", "333.20",
                       "price difference")
    memo.from_doc = inv
    apply_credit(memo, inv, AS_OF, memo.amount)
    inv = new_invoice(CUSTOMERS["north", "1025"], "EUR", day("2026-10-06"), D("2142.00"),
                      name="north no due")
    inv.due, inv.terms = None, ""
    inv.memo = "Zahlbar nach Freigabe\ndurch den Bauausschuss"


def card_payment(inv, amount):
    pay = Doc("p", inv.cust, inv.ccy, AS_OF, amount, 12)
    pay.method, pay.carries = "Card", []
    pay.carries.append(settle(pay, inv, AS_OF, amount))


def make_disputes():
    def dispute(name, key, issued, amount, code, since, terms=None):
        inv = new_invoice(CUSTOMERS["north", key], CUSTOMERS["north", key].ccys[0], day(issued),
                          D(amount), terms,
                          name)
        inv.dispute = (code, day(since))
        inv.touch(day(since), inv.cust.rng)
        return inv
    dispute("north dispute old", "1028", "2026-04-20", "2856.00", "QUALITY", "2026-05-12")
    inv = dispute("north dispute part", "1006", "2026-08-24", "3640.00", "PRICE", "2026-10-07")
    pay = Doc("p", inv.cust, "GBP", day("2026-09-30"), D("2900.00"), 12)
    pay.carries = [settle(pay, inv, pay.date, pay.amount)]
    dispute("north dispute tonight", "1027", "2026-10-06", "4284.00", "DELIVERY", "2026-10-30")
    inv = dispute("north dispute settled", "1005", "2026-05-18", "1888.30", "QUANTITY",
                  "2026-06-15")
    pay = Doc("p", inv.cust, "EUR", day("2026-07-22"), inv.amount, 12)
    pay.carries = [settle(pay, inv, pay.date, inv.amount)]


def make_south_fixtures():
    paid_fixture("south duplicate", "south", "22", "USD", "2026-08-31", "4350.00", "Net 30",
                 "2026-10-08", "ACH")
    paid_fixture("south returned", "south", "26", "USD", "2026-09-21", "1218.64", "Net 30",
                 "2026-10-27", "ACH")
    open_credit("south netcredit", "south", "10", "USD", "2026-09-15", "185.25", "freight claim")
    open_credit("south freecredit", "south", "8", "JPY", "2026-10-15", "38000", "returned motor")
    on_account("south on account 1", "south", "18", "USD", "2026-10-19", "640.00",
               "remittance to follow")
    on_account("south on account 2", "south", "14", "USD", "2026-06-25", "1000.00",
               "deposit on order 8814")
    pay = on_account("south applied later", "south", "29", "USD", "2026-06-18", "3500.00",
                     "deposit")
    inv = new_invoice(pay.cust, "USD", day("2026-07-06"), D("3500.00"), name="south prepaid")
    pay.carries.append(settle(pay, inv, inv.date, inv.amount))
    inv = new_invoice(CUSTOMERS["south", "23"], "USD", day("2026-03-10"), D("310.00"),
                      name="south void")
    inv.void, inv.amount, inv.tax = True, ZERO, ZERO
    inv.memo = "Voided - entered twice"
    inv.touch(day("2026-03-11"), inv.cust.rng)


def make_bad_rows():
    for flaw, key, issued, amount in (("date", "1019", "2026-05-13", "688.40"),
                                      ("ragged", "1033", "2026-06-03", "1211.00"),
                                      ("decimals", "1026", "2026-07-15", "1204.56")):
        inv = new_invoice(CUSTOMERS["north", key], "EUR", day(issued), D(amount),
                          name="north bad " + flaw)
        inv.bad = flaw


def simulate_all():
    make_targets()
    make_north_fixtures()
    make_disputes()
    make_south_fixtures()
    make_bad_rows()
    for cust in CUSTOMERS.values():
        simulate(cust)
    for (payer, ccy, d), lines in sorted(DUE_PAY.items(),
                                         key=lambda e: (e[0][2], e[0][0].entity, e[0][0].key,
                                                        e[0][1])):
        pay_group(payer, ccy, d, lines)
    number_documents()


def number_documents():
    """Numbers and internal ids in the order of creation, as both systems give them."""
    DOCS.sort(key=lambda doc: (doc.entity, doc.created, doc.cust.key, doc.kind, doc.amount))
    count = {}
    south = [doc for doc in DOCS if doc.entity == "south" and doc.kind == "i"]
    # the invoice that a bank line's date must not hit is number 2026
    start = {"i": 2026 - south.index(NAMED["south date"]), "m": 101, "p": 1}
    next_id = {"north": 41870, "south": 312}
    gap = Rng("internal ids")
    for doc in DOCS:
        n = count[doc.entity, doc.kind] = count.get((doc.entity, doc.kind), -1) + 1
        next_id[doc.entity] += gap.between(1, 5)
        doc.id = str(next_id[doc.entity])
        if doc.entity == "north":
            doc.number = {"i": "INV%d" % (9801 + n), "m": "CM%04d" % (701 + n),
                          "p": "PYMT%d" % (5201 + n)}[doc.kind]
        elif doc.kind == "p":
            doc.number = doc.check or ("ACH %07d" % (8830000 + 17 * n) if doc.method else "")
        else:
            doc.number = ("" if doc.kind == "i" else "CM-") + str(start[doc.kind] + n)


# ------------------------------------------------ NetSuite: saved searches as CSV

CCY_NAME = {"EUR": "Euro", "USD": "US Dollar", "GBP": "British Pound"}
SUBSIDIARY = "Brenndal Group : Brenndal Antriebe GmbH"


def us_date(d):
    return "%d/%d/%d" % (d.month, d.day, d.year) if d else ""


def us_time(t):
    return "%s %d:%02d %s" % (us_date(t), t.hour % 12 or 12, t.minute,
                              "am" if t.hour < 12 else "pm")


def grouped(amount):
    return "{:,.2f}".format(amount) if amount is not None else ""


def rate_text(rate):
    return "1.00" if rate == 1 else str(rate)


class Export:
    """A CSV file in the bytes NetSuite writes: byte order mark, CRLF, quotes only where needed."""

    def __init__(self, columns):
        self.text, self.lines, self.rows = "", 0, 0
        self.columns = columns.split(",")
        self.write(self.columns)
        self.rows = 0

    def write(self, row):
        """Appends a row and returns the physical line on which it begins."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerow(row)
        at = self.lines + 1
        self.text += out.getvalue()
        self.lines += out.getvalue().count("\n")
        self.rows += 1
        return at

    def bytes(self):
        return b"\xef\xbb\xbf" + self.text.encode()


INVOICE_COLUMNS = (
    "Internal ID,External ID,Document Number,Type,Date,Due Date/Receive By,Period,Name,"
    "Customer: Internal ID,PO/Check Number,Terms,Currency,Exchange Rate,"
    "Amount (Foreign Currency),Amount (Foreign Currency) Tax Total,"
    "Amount Remaining (Foreign Currency),Amount,Amount Remaining,Status,Class,Department,"
    "Location,Subsidiary,Sales Rep,Memo (Main),Dispute Code,Dispute Since,Payment Reference,"
    "Date Created,Last Modified")
MEMO_COLUMNS = (
    "Internal ID,Document Number,Type,Date,Period,Name,Customer: Internal ID,Currency,"
    "Exchange Rate,Amount (Foreign Currency),Amount Remaining (Foreign Currency),Amount,Status,"
    "Subsidiary,Memo (Main),Created From: Internal ID,Applied To: Internal ID,"
    "Applied To Document,Applied To Link Amount (Foreign Currency),Applied To Date,"
    "Date Created,Last Modified")
PAYMENT_COLUMNS = (
    "Internal ID,Document Number,Type,Date,Period,Name,Customer: Internal ID,Currency,"
    "Exchange Rate,Amount (Foreign Currency),Amount Unapplied (Foreign Currency),Amount,Status,"
    "Payment Method,Check Number,A/R Account,Subsidiary,Memo (Main),Applied To: Internal ID,"
    "Applied To Document,Applied To Link Amount (Foreign Currency),"
    "Applied To Discount (Foreign Currency),Applied To Date,Date Created,Last Modified")
CUSTOMER_COLUMNS = (
    "Internal ID,ID,Name,Company Name,Parent: Internal ID,Currency,Terms,Credit Limit,Email,"
    "Phone,Billing Address,Country,Tax Number,Sales Rep,Category,Language,Inactive,"
    "Date Created,Last Modified,Bank Accounts")
LOCATION = {"FR": "Lyon", "GB": "Leeds"}
TRADE = ("Industry", "Wholesale", "Public sector", "Service")


def reference_of(inv):
    if inv.ccy != "EUR" or inv.entity != "north":
        return ""
    return creditor_reference(inv.cust.key + inv.number[3:])


def po_of(doc):
    n = int(doc.id)
    return ("", "45%08d" % (n * 37 % 10**8), "%07d" % (n * 13 % 90000),
            "PO-%d/%d" % (n % 97 + 3, n % 7))[n % 4]


def invoice_row(inv, until=None):
    left = inv.left(AS_OF, until)
    n = int(inv.id)
    disputed = inv.dispute and (until is None or inv.dispute[1] <= until.date())
    shop = "SHOP-%06d" % (n * 7) if n % 9 == 0 else ""
    return [
        inv.id, shop, inv.number, "Invoice", us_date(inv.date), us_date(inv.due),
        inv.date.strftime("%b %Y"),
        inv.cust.label(), inv.cust.id, po_of(inv), inv.terms, CCY_NAME[inv.ccy],
        rate_text(inv.rate),
        grouped(inv.amount), grouped(inv.tax), grouped(left), grouped(inv.base(inv.amount)),
        grouped(inv.base(left)), "Open" if left else "Paid In Full",
        ("Drives", "Service", "Spare Parts")[n % 3],
        "Sales EMEA" if n % 3 else "Service", LOCATION.get(inv.cust.country, "Hamburg"), SUBSIDIARY,
        inv.cust.rep, inv.memo, inv.dispute[0] if disputed else "",
        us_date(inv.dispute[1]) if disputed else "",
        reference_of(inv), us_time(inv.created), us_time(inv.modified(until))]


def spoil(row, flaw):
    if flaw == "date":
        row[4] = "13/45/2026"
    elif flaw == "ragged":
        del row[11:]
    else:
        row[13], row[15] = row[13] + "5", row[15] + "5"
    return row


def entity_docs(entity, kind):
    return [doc for doc in DOCS if doc.entity == entity and doc.kind == kind]


def doubled():
    """The invoice whose row stands in the export twice, byte for byte."""
    return next(inv for inv in entity_docs("north", "i")
                if inv.cust.key == "1018" and inv.date >= date(2026, 2, 1) and not inv.left())


def write_invoices(truth):
    out = Export(INVOICE_COLUMNS)
    double, countdown = doubled(), -1
    for inv in entity_docs("north", "i"):
        row = invoice_row(inv)
        inv.line = out.write(spoil(row, inv.bad) if inv.bad else row)
        countdown -= 1
        if inv is double:
            countdown = 40
        if countdown == 0:
            truth["double line"] = out.write(invoice_row(double))
    rejected = sum(1 for inv in entity_docs("north", "i") if inv.bad)
    count_file(truth, "netsuite/invoices.csv", out.rows, rejected, 1,
               invoice=out.rows - rejected - 1)
    return out.bytes()


def write_previous(truth):
    out = Export(INVOICE_COLUMNS)
    same = older = 0
    for inv in entity_docs("north", "i"):
        if inv.bad or inv.created > PREVIOUS or inv.modified(PREVIOUS) < PREVIOUS - timedelta(30):
            continue
        row = invoice_row(inv, PREVIOUS)
        line = out.write(row)
        if row == invoice_row(inv):
            same += 1
        else:
            older += 1
            truth["older"].append((line, inv))
    count_file(truth, "netsuite-previous/invoices.csv", out.rows, 0, 0, invoice=out.rows)
    truth["files"]["netsuite-previous/invoices.csv"].update(same_as_tonight=same,
                                                            older_versions=older)
    return out.bytes()


def app_cells(app, with_discount):
    if app is None:
        return ["", "", ""] + [""] * with_discount + [""]
    cells = [app.target.id, app.target.number, grouped(app.amount)]
    if with_discount:
        cells.append(grouped(app.discount) if app.discount else "")
    return cells + [us_date(app.date)]


def write_memos(truth):
    out = Export(MEMO_COLUMNS)
    memos = entity_docs("north", "m")
    for memo in memos:
        head = [memo.id, memo.number, "Credit Memo", us_date(memo.date),
                memo.date.strftime("%b %Y"),
                memo.cust.label(), memo.cust.id, CCY_NAME[memo.ccy], rate_text(memo.rate),
                grouped(-memo.amount), grouped(-memo.left()) if memo.left() else "0.00",
                grouped(-memo.base(memo.amount)), "Open" if memo.left() else "Fully Applied",
                SUBSIDIARY,
                memo.memo, memo.from_doc.id if memo.from_doc else ""]
        tail = [us_time(memo.created), us_time(memo.modified())]
        for app in memo.apps or [None]:
            line = out.write(head + app_cells(app, 0) + tail)
        memo.line = line
    count_file(truth, "netsuite/credit_memos.csv", out.rows, 0, 0, credit_memo=len(memos),
               application=sum(len(m.apps) for m in memos))
    return out.bytes()


def write_payments(truth):
    out = Export(PAYMENT_COLUMNS)
    pays = entity_docs("north", "p")
    for pay in pays:
        head = [pay.id, pay.number, "Payment", us_date(pay.date), pay.date.strftime("%b %Y"),
                pay.cust.label(),
                pay.cust.id, CCY_NAME[pay.ccy], rate_text(pay.rate), grouped(pay.amount),
                grouped(pay.left()),
                grouped(pay.base(pay.amount)), "Not Deposited" if pay.method == "Card"
                else "Deposited",
                pay.method, pay.check, "1200 Forderungen aus L+L", SUBSIDIARY, pay.memo]
        tail = [us_time(pay.created), us_time(pay.modified())]
        first = None
        for app in pay.apps or [None]:
            line = out.write(head + app_cells(app, 1) + tail)
            first = first or line
        pay.line = first
    count_file(truth, "netsuite/payments.csv", out.rows, 0, 0, payment=len(pays),
               application=sum(len(p.apps) for p in pays))
    return out.bytes()


def write_customers(truth):
    out = Export(CUSTOMER_COLUMNS)
    people = [c for c in CUSTOMERS.values() if c.entity == "north"]
    for c in people:
        parent = CUSTOMERS["north", c.parent].id if c.parent else ""
        c.line = out.write([
            c.id, "CUST-" + c.key, c.label(), c.name, parent, CCY_NAME[c.ccys[0]], c.terms,
            grouped(c.limit),
            c.email, c.phone, "%s\n%s\n%s" % (c.street, c.town, COUNTRY[c.country]),
            COUNTRY[c.country], c.tax_id,
            c.rep, TRADE[2] if c.key in ("1025", "1026") else TRADE[int(c.key) % 2],
            LANGUAGE.get(c.country, "English (International)"), "No", us_time(c.created),
            us_time(c.modified),
            ";".join(c.accounts)])
    count_file(truth, "netsuite/customers.csv", out.rows, 0, 0, customer=len(people))
    return out.bytes()


def count_file(truth, name, rows, rejected, duplicates, **records):
    truth["files"][name] = dict(rows=rows, rejected=rejected, duplicates=duplicates,
                                records=records)


# ------------------------------------------------ QuickBooks Online: query answers as JSON

PAGE = 250
CCY_LONG = {"USD": "United States Dollar", "JPY": "Japanese Yen"}
TERM_ID = {"Due on receipt": "1", "Net 14": "2", "Net 30": "3", "Net 60": "4", "2% 10 Net 30": "5",
           "Net 45": "6"}
PRODUCTS = ("Gear motor", "Drive controller", "Bearing kit", "Field service, hours",
            "Rotor assembly", "Cable set")


class Num(str):
    """A number whose digits are chosen here, not by a JSON library."""


def loose(amount, salt):
    """The same kind of amount comes as 362.07, 25, 100.0 or 87.5; all of them are exact."""
    text = str(amount.quantize(D("0.01")))
    if text.endswith(".00"):
        text = text[:-3] + (".0" if salt % 3 == 0 and amount else "")
    elif text.endswith("0"):
        text = text[:-1]
    return Num(text)


def to_json(value):
    if isinstance(value, Num):
        return str(value)
    if isinstance(value, dict):
        return "{%s}" % ",".join('"%s":%s' % (k, to_json(v)) for k,
                                 v in value.items() if v is not None)
    if isinstance(value, list):
        return "[%s]" % ",".join(map(to_json, value))
    return json.dumps(value, ensure_ascii=False)


def pacific(t):
    """The company's own zone: daylight time, second Sunday of March to the first of November."""
    march, november = date(t.year, 3, 8), date(t.year, 11, 1)
    start = march + timedelta((6 - march.weekday()) % 7)
    end = november + timedelta((6 - november.weekday()) % 7)
    return t.isoformat() + ("-07:00" if start <= t.date() < end else "-08:00")


def meta(created, modified):
    return {"CreateTime": pacific(created), "LastUpdatedTime": pacific(modified)}


def ref(value, name=None):
    return {"value": value, "name": name}


def qbo_head(doc):
    return {"domain": "QBO", "sparse": False, "Id": doc.id,
            "SyncToken": str(len(set(doc.changes)) - 1),
            "MetaData": meta(doc.created, doc.modified())}


def qbo_money(doc):
    """The home currency's documents of 2025 have no rate, as feeds of older companies show it."""
    rate = Num(str(doc.rate)) if doc.ccy != "USD" else (Num("1") if doc.date.year > 2025 else None)
    return {"CurrencyRef": ref(doc.ccy, CCY_LONG[doc.ccy]), "ExchangeRate": rate}


def qbo_lines(doc):
    net, n = doc.amount - doc.tax, int(doc.id)
    parts = [net] if n % 3 == 0 or not net else [rounded(net * (30 + n % 40) / 100, doc.ccy)]
    if len(parts) == 1 and parts[0] != net:
        if n % 3 == 2:
            parts.append(rounded((net - parts[0]) / 3, doc.ccy))
        parts.append(net - sum(parts))
    lines = []
    for i, part in enumerate(parts, 1):
        item = (n + i) % len(PRODUCTS)
        lines.append({"Id": str(i), "LineNum": Num(i), "Description": PRODUCTS[item],
                      "Amount": loose(part, n + i),
                      "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {
                          "ItemRef": ref(str(item + 21), PRODUCTS[item].split(",")[0]),
                          "Qty": Num("1"),
                          "UnitPrice": loose(part, n + i + 1),
                          "TaxCodeRef": ref("TAX" if doc.tax else "NON")}})
    lines.append({"Amount": loose(net, n + 2), "DetailType": "SubTotalLineDetail",
                  "SubTotalLineDetail": {}})
    return lines


def qbo_invoice(inv):
    n, left = int(inv.id), inv.left()
    via = {app.via or app.source for app in inv.apps}
    linked = [{"TxnId": p.id, "TxnType": "Payment"} for p in sorted(via, key=lambda p: int(p.id))]
    fields = [{"DefinitionId": "1", "Name": "P.O. Number", "Type": "StringType",
               "StringValue": po_of(inv) or None},
              {"DefinitionId": "2", "Name": "Sales Rep", "Type": "StringType",
               "StringValue": inv.cust.rep}]
    return {**qbo_head(inv), "CustomField": fields, "DocNumber": inv.number,
            "TxnDate": str(inv.date),
            **qbo_money(inv), "PrivateNote": inv.memo or None, "LinkedTxn": linked,
            "Line": qbo_lines(inv),
            "TxnTaxDetail": {"TotalTax": loose(inv.tax, n)},
            "CustomerRef": ref(inv.cust.id, inv.cust.full_name()),
            "SalesTermRef": ref(TERM_ID[inv.terms], inv.terms),
            "ClassRef": ref(str(n % 3 + 1), ("Drives", "Service", "Spare Parts")[n % 3]),
            "DueDate": str(inv.due), "TotalAmt": loose(inv.amount, n),
            "HomeTotalAmt": loose(inv.base(inv.amount), n + 1),
            "PrintStatus": "NotSet", "EmailStatus": "EmailSent",
            "BillEmail": {"Address": inv.cust.email},
            "Balance": loose(left, n + 2), "HomeBalance": loose(inv.base(left), n)}


def qbo_memo(memo):
    n, left = int(memo.id), memo.left()
    return {**qbo_head(memo), "DocNumber": memo.number, "TxnDate": str(memo.date),
            **qbo_money(memo),
            "PrivateNote": memo.memo or None, "Line": qbo_lines(memo),
            "TxnTaxDetail": {"TotalTax": Num("0")},
            "CustomerRef": ref(memo.cust.id, memo.cust.full_name()),
            "TotalAmt": loose(memo.amount, n),
            "HomeTotalAmt": loose(memo.base(memo.amount), n), "RemainingCredit": loose(left, n + 1),
            "Balance": loose(left, n + 2)}


def qbo_payment(pay):
    n, lines = int(pay.id), []
    for app in pay.carries:
        linked = [(app.target.id, "Invoice", app.amount)]
        if app.via:
            linked.append((app.source.id, "CreditMemo", app.amount))
        for txn, kind, amount in linked:
            same = [x for x in lines if x["LinkedTxn"][0] == {"TxnId": txn, "TxnType": kind}]
            if same:  # a credit and cash for one invoice stand in one line
                same[0]["exact"] += amount
            else:
                lines.append({"exact": amount, "LinkedTxn": [{"TxnId": txn, "TxnType": kind}]})
    lines = [{"Amount": loose(x["exact"], n), "LinkedTxn": x["LinkedTxn"]} for x in lines]
    method = {"ACH": "5", "Check": "2", "Bank Transfer": "5"}.get(pay.method)
    return {**qbo_head(pay), "CustomerRef": ref(pay.cust.id, pay.cust.full_name()),
            "PaymentMethodRef": ref(method) if method else None, "DepositToAccountRef": ref("4"),
            "PaymentRefNum": pay.number or None, "TotalAmt": loose(pay.amount, n),
            "UnappliedAmt": loose(pay.left(), n),
            "ProcessPayment": False, "TxnDate": str(pay.date), **qbo_money(pay),
            "PrivateNote": pay.memo or None,
            "Line": lines}


def qbo_balance(c):
    mine = [doc for doc in DOCS if doc.cust is c]
    return sum((doc.left() if doc.kind == "i" else -doc.left() for doc in mine), ZERO)


def qbo_customer(c):
    jobs = [x for x in CUSTOMERS.values() if x.entity == "south" and x.parent == c.key]
    balance = qbo_balance(c)
    with_jobs = balance + sum(map(qbo_balance, jobs), ZERO)
    parent = CUSTOMERS["south", c.parent] if c.parent else None
    gone = c.name.endswith("(deleted)")
    return {"domain": "QBO", "sparse": False, "Id": c.id, "SyncToken": str(int(c.id) % 4),
            "MetaData": meta(c.created, c.modified),
            "DisplayName": c.name, "FullyQualifiedName": c.full_name(), "CompanyName": c.name,
            "Active": not gone,
            "Job": bool(parent), "BillWithParent": bool(parent),
            "ParentRef": ref(parent.id) if parent else None,
            "Level": Num("1" if parent else "0"), "PrimaryEmailAddr": {"Address": c.email},
            "PrimaryPhone": {"FreeFormNumber": c.phone} if c.phone else None,
            "BillAddr": {"Line1": c.street, "City": c.town, "Country": COUNTRY[c.country]},
            "SalesTermRef": ref(TERM_ID[c.terms], c.terms),
            "CurrencyRef": ref(c.ccys[0], CCY_LONG[c.ccys[0]]),
            "ResaleNum": c.tax_id or None, "Balance": loose(balance, int(c.id)),
            "BalanceWithJobs": loose(with_jobs, int(c.id)), "PreferredDeliveryMethod": "Email",
            "Taxable": c.key in ("3", "16", "22", "27")}


def write_quickbooks(truth, files):
    south = [c for c in CUSTOMERS.values() if c.entity == "south"]
    for kind, objects in (("Invoice", [qbo_invoice(x) for x in entity_docs("south", "i")]),
                          ("CreditMemo", [qbo_memo(x) for x in entity_docs("south", "m")]),
                          ("Payment", [qbo_payment(x) for x in entity_docs("south", "p")]),
                          ("Customer", [qbo_customer(x) for x in south])):
        for page in range(0, len(objects), PAGE):
            part = objects[page:page + PAGE]
            name = "quickbooks/%s-%d.json" % (kind, page // PAGE + 1)
            body = ",\n".join(map(to_json, part))
            files[name] = ('{"QueryResponse":{"%s":[\n%s\n],"startPosition":%d,"maxResults":%d,'
                           '"totalCount":%d},"time":"2026-10-30T21:%02d:12.345-07:00"}\n'
                           % (kind, body, page + 1, len(part), len(objects),
                              5 + page // PAGE)).encode()
            record = "credit_memo" if kind == "CreditMemo" else kind.lower()
            count_file(truth, name, len(part), 0, 0, **{record: len(part)})


# ------------------------------------------------ the central bank's rates

def write_rates(files):
    columns = ("USD", "JPY", "BGN", "GBP", "CHF")
    lines = ["Date," + ",".join(columns) + ","]
    for d in reversed(RATE_DAYS):
        cells = [trimmed(RATES[d, c]) if (d, c) in RATES else "N/A" for c in columns]
        lines.append("%s,%s," % (d, ",".join(cells)))
    files["ecb/eurofxref-hist.csv"] = ("\n".join(lines) + "\n").encode()
    cubes = "".join("\t\t\t<Cube currency='%s' rate='%s'/>\n" % (c, trimmed(RATES[AS_OF, c]))
                    for c in columns if (AS_OF, c) in RATES)
    files["ecb/eurofxref-daily.xml"] = (
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<gesmes:Envelope xmlns:gesmes=\"http://www.gesmes.org/xml/2002-08-01\""
        " xmlns=\"http://www.ecb.int/vocabulary/2002-08-01/eurofxref\">\n"
        "\t<gesmes:subject>Reference rates</gesmes:subject>\n"
        "\t<gesmes:Sender>\n\t\t<gesmes:name>European Central Bank</gesmes:name>\n\t</gesmes:Sender>\n"
        "\t<Cube>\n\t\t<Cube time='%s'>\n%s\t\t</Cube>\n\t</Cube>\n</gesmes:Envelope>\n"
        % (AS_OF, cubes)).encode()


def trimmed(rate):
    text = str(rate)
    return text.rstrip("0").rstrip(".") if "." in text else text


# ------------------------------------------------ bank statements: camt.053

def el(name, *inner, **attrs):
    """One XML element; None among the children is left out, so that optional ones read plainly."""
    return name, [x for x in inner if x is not None], attrs


def render(node, depth=0):
    name, inner, attrs = node
    tab = "  " * depth
    head = name + "".join(' %s="%s"' % (k, escape(v)) for k, v in attrs.items())
    if not inner:
        return "%s<%s/>\n" % (tab, head)
    if isinstance(inner[0], str):
        return "%s<%s>%s</%s>\n" % (tab, head, escape(inner[0]), name)
    return "%s<%s>\n%s%s</%s>\n" % (tab, head, "".join(render(x, depth + 1) for x in inner), tab,
                                    name)


class Tx:
    """One payment inside an entry, with the truth about it."""

    def __init__(self, amount, payer=None, account=None, bic=None, text=(), refs=(), advice=(),
                 e2e=None,
                 check=None, instructed=None, charge=None, returned=None, kind="none",
                 customer=None, docs=(),
                 on_account=ZERO, why=""):
        self.amount, self.payer, self.account, self.bic = D(amount), payer, account, bic
        self.text, self.refs, self.advice, self.e2e, self.check = text, refs, advice, e2e, check
        self.instructed, self.charge, self.returned = instructed, charge, returned
        self.kind, self.customer, self.docs = kind, customer, docs
        self.on_account, self.why = D(on_account), why


class Entry:
    """One booking; several Tx make it a batch."""

    def __init__(self, *txs, sign=1, code=("PMNT", "RCDT", "ESCT"), info=None, reversal=False,
                 batch=None, details=True, day=None):
        self.txs, self.sign, self.code, self.info = txs, sign, code, info
        self.day = day or AS_OF
        self.reversal, self.batch, self.details = reversal, batch, details
        self.amount = sum((tx.amount for tx in txs), ZERO)


class Statement:
    def __init__(self, entity, version, ident, number, owner, iban_, other, ccy, bic, bank, opening,
                 zone, entries, first=None, last=None):
        self.first, self.last = first or AS_OF, last or AS_OF
        self.entity, self.version, self.ident = entity, version, ident
        self.number, self.owner = number, owner
        self.iban, self.other, self.ccy, self.bic, self.bank = iban_, other, ccy, bic, bank
        self.opening, self.zone, self.entries = D(opening), zone, entries
        self.file = "bank/%s-%s-%s.xml" % (entity, ccy.lower(), self.last.strftime("%Y%m%d"))
        self.closing = self.opening + sum((e.sign * e.amount for e in entries), ZERO)

    def amt(self, name, amount, ccy=None):
        return el(name, plain(amount, ccy or self.ccy), Ccy=ccy or self.ccy)

    def balance(self, code, amount, d):
        return el("Bal", el("Tp", el("CdOrPrtry", el("Cd", code))), self.amt("Amt", amount),
                  el("CdtDbtInd", "CRDT"), el("Dt", el("Dt", str(d))))

    def party(self, name, value):
        inner = el("Nm", value)
        return el(name, inner if self.version == 2 else el("Pty", inner))

    def agent(self, bic, name=None):
        return el("FinInstnId", el("BIC" if self.version == 2 else "BICFI", bic),
                  el("Nm", name) if name else None)

    def account(self, value):
        return el("Id", el("IBAN", value) if value[:2].isalpha() else el("Othr", el("Id", value)))

    def tx_details(self, tx, n, k, entry):
        v2, sign = self.version == 2, "CRDT" if entry.sign > 0 else "DBIT"
        other = "Dbtr" if entry.sign > 0 or entry.reversal else "Cdtr"
        refs = el("Refs", el("AcctSvcrRef", "%s%03d%02d" % (self.number, n, k)),
                  el("EndToEndId", tx.e2e or "NOTPROVIDED"),
                  el("ChqNb", tx.check) if tx.check else None)
        amounts = self.amount_details(tx)
        if v2 and not amounts:
            amounts = el("AmtDtls", el("TxAmt", self.amt("Amt", tx.amount)))
        account = el(other + "Acct", self.account(tx.account)) if tx.account else None
        parties = el("RltdPties", self.party(other, tx.payer), account) if tx.payer else None
        agents = el("RltdAgts", el(other + "Agt", self.agent(tx.bic))) if tx.bic else None
        remit = [el("Ustrd", t) for t in tx.text]
        remit += [self.structured(r) for r in tx.refs] + [self.advice(a) for a in tx.advice]
        back = None
        if tx.returned:
            back = el("RtrInf", el("Rsn", el("Cd", tx.returned[0])), el("AddtlInf", tx.returned[1]))
        return el("TxDtls", refs, None if v2 else self.amt("Amt", tx.amount),
                  None if v2 else el("CdtDbtInd", sign),
                  amounts, self.charges(tx), parties, agents,
                  el("RmtInf", *remit) if remit else None, back)

    def amount_details(self, tx):
        if not tx.instructed:
            return None
        ccy, amount, rate = tx.instructed
        exchange = el("CcyXchg", el("SrcCcy", ccy), el("TrgtCcy", self.ccy), el("UnitCcy", ccy),
                      el("XchgRate", rate)) if rate else None
        return el("AmtDtls", el("InstdAmt", self.amt("Amt", amount, ccy)),
                  el("TxAmt", self.amt("Amt", tx.amount), exchange))

    def charges(self, tx):
        if not tx.charge:
            return None
        amount = self.amt("Amt", tx.charge)
        if self.version == 2:
            return el("Chrgs", amount, el("CdtDbtInd", "DBIT"), el("Br", "SHAR"))
        return el("Chrgs", self.amt("TtlChrgsAndTaxAmt", tx.charge),
                  el("Rcrd", amount, el("CdtDbtInd", "DBIT"), el("ChrgInclInd", "true"),
                     el("Br", "SHAR")))

    def structured(self, reference):
        return el("Strd", el("CdtrRefInf", el("Tp", el("CdOrPrtry", el("Cd", "SCOR"))),
                             el("Ref", reference)))

    def advice(self, line):
        number, amount = line
        return el("Strd", el("RfrdDocInf", el("Tp", el("CdOrPrtry", el("Cd", "CINV"))),
                             el("Nb", number)),
                  el("RfrdDocAmt", self.amt("DuePyblAmt", amount), self.amt("RmtdAmt", amount)))

    def entry(self, e, n):
        domain, family, sub = e.code
        details = [self.tx_details(tx, n, k, e) for k, tx in enumerate(e.txs, 1)]
        group = el("Btch", el("PmtInfId", e.batch), el("NbOfTxs", str(len(e.txs))),
                   self.amt("TtlAmt", e.amount),
                   el("CdtDbtInd", "CRDT")) if e.batch else None
        status = el("Sts", "BOOK") if self.version == 2 else el("Sts", el("Cd", "BOOK"))
        return el("Ntry", el("NtryRef", str(n)), self.amt("Amt", e.amount),
                  el("CdtDbtInd", "CRDT" if e.sign > 0 else "DBIT"),
                  el("RvslInd", "true") if e.reversal else None, status,
                  el("BookgDt", el("Dt", str(e.day))),
                  el("ValDt", el("Dt", str(e.day))), el("AcctSvcrRef", "%s%03d" % (self.number, n)),
                  el("BkTxCd", el("Domn", el("Cd", domain),
                                  el("Fmly", el("Cd", family), el("SubFmlyCd", sub)))),
                  el("NtryDtls", group, *details) if e.details else None,
                  el("AddtlNtryInf", e.info) if e.info else None)

    def summary(self):
        ups = [e.amount for e in self.entries if e.sign > 0]
        downs = [e.amount for e in self.entries if e.sign < 0]
        net = abs(sum(ups, ZERO) - sum(downs, ZERO))
        indicator = el("CdtDbtInd", "CRDT" if sum(ups, ZERO) >= sum(downs, ZERO) else "DBIT")
        total = [el("NbOfNtries", str(len(self.entries))),
                 el("Sum", plain(sum(ups + downs, ZERO), self.ccy))]
        if self.version == 2:
            total += [el("TtlNetNtryAmt", plain(net, self.ccy)), indicator]
        else:
            total.append(el("TtlNetNtry", el("Amt", plain(net, self.ccy)), indicator))
        groups = [el("TtlNtries", *total)]
        for name, amounts in (("TtlCdtNtries", ups), ("TtlDbtNtries", downs)):
            groups.append(el(name, el("NbOfNtries", str(len(amounts))),
                             el("Sum", plain(sum(amounts, ZERO), self.ccy))))
        return el("TxsSummry", *groups)

    def bytes(self):
        stamp = "%sT20:15:00%s" % (self.last, self.zone)
        account = el("Acct", self.account(self.iban or self.other), el("Ccy", self.ccy),
                     el("Ownr", el("Nm", self.owner)), el("Svcr", self.agent(self.bic, self.bank)))
        period = el("FrToDt", el("FrDtTm", "%sT00:00:00%s" % (self.first, self.zone)),
                    el("ToDtTm", "%sT23:59:59%s" % (self.last, self.zone)))
        statement = el("Stmt", el("Id", self.ident + "-1"),
                       el("ElctrncSeqNb", self.number[-3:]), el("CreDtTm", stamp),
                       period, account, self.balance("OPBD", self.opening, self.first),
                       self.balance("CLBD", self.closing, self.last), self.summary(),
                       *[self.entry(e, n) for n, e in enumerate(self.entries, 1)])
        header = el("GrpHdr", el("MsgId", self.ident), el("CreDtTm", stamp))
        document = el("Document", el("BkToCstmrStmt", header, statement),
                      xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.%02d" % self.version)
        return ('<?xml version="1.0" encoding="UTF-8"?>\n' + render(document)).encode()


def full(*names):
    """Truth for documents that are paid in full: (document, amount, discount)."""
    return [(NAMED[n], NAMED[n].left(), ZERO) for n in names]


def payer_of(entity, key):
    c = CUSTOMERS[entity, key]
    return dict(account=c.accounts[0] if c.accounts else None,
                bic=BIC.get(c.country) if c.accounts else None, customer=c)


def receipt(entity, key, payer, amount, kind, docs, why, **more):
    return Tx(amount, payer, kind=kind, docs=docs, why=why, **payer_of(entity, key), **more)


def num(name):
    return NAMED[name].number


class Names:
    """What bank lines of one company say about the fixtures: numbers, references, full payments."""

    def __init__(self, entity):
        self.entity = entity

    def number(self, name):
        return num(self.entity + " " + name)

    def reference(self, name):
        return reference_of(NAMED[self.entity + " " + name])

    def take(self, key, payer, names, kind, why, **more):
        docs = full(*[self.entity + " " + x for x in names])
        amount = sum(d[1] for d in docs)
        return receipt(self.entity, key, payer, amount, kind, docs, why, **more)


def north_entries():
    return north_quoting() + north_unusual() + north_deciding()


def north_quoting():
    """Payments that quote what they pay, more or less exactly."""
    names = Names("north")
    n, rf, take = names.number, names.reference, names.take
    short, over = NAMED["north short"], NAMED["north over"]
    return [
        Entry(take("1001", "ROTAVER MASCHINEN GMBH", ["rf1"], "exact", "structured RF reference",
                   refs=[rf("rf1")], e2e="ROT-2026-10-4417")),
        Entry(take("1008", "Zahnwerk Oesterlohe AG", ["rf2a", "rf2b"], "exact",
                   "two RF references, one payment", refs=[rf("rf2a"), rf("rf2b")],
                   e2e="ZWO88120")),
        Entry(take("1009", "LINDQVARN INDUSTRI AB", ["number1"], "exact",
                   "invoice number in text; payer account unknown",
                   text=["Invoice " + n("number1")]), code=("PMNT", "RCDT", "XBCT")),
        Entry(take("1022", "BROUWERIJ VAN AELSTBEKE NV", ["several1", "several2", "several3"],
                   "exact", "three invoice numbers in text",
                   text=["%s %s %s" % (n("several1"), n("several2"), n("several3"))],
                   e2e="AELST/5512")),
        Entry(take("1027", "Windpark Grauholm GmbH", ["list1", "list2", "list3"], "exact",
                   "numbers without their prefix, split over two lines",
                   text=["Rg. %s/%s/%s" % (n("list1")[3:], n("list2")[3:], n("list3")[3:6]),
                         "%s vom September" % n("list3")[6:]])),
        Entry(take("1031", "Nordsilva Agrar GmbH", ["batch1"], "exact", "in a batch, RF reference",
                   refs=[rf("batch1")], e2e="NSA-771"),
              take("1032", "FOERDERTECHNIK QUASDORF", ["batch2"], "exact",
                   "in a batch, number in text", text=["RE " + n("batch2")]),
              take("1033", "Hydraulik Peenwerder GmbH", ["batch3"], "exact",
                   "in a batch, number in text",
                   text=["Rechnung %s Kunde CUST-1033" % n("batch3")]),
              batch="SAMMLER-30100", info="SAMMELGUTSCHRIFT"),
        Entry(take("1023", "Alpenrost Kaffee GmbH", ["noref"], "exact",
                   "no reference; known account and exactly one open item of that amount",
                   text=["Danke"])),
        Entry(receipt("north", "1028", "VENTILBAU TROEGERLIN U. SOEHNE KG",
                      short.amount - D("6.50"), "short", [(short, short.amount - D("6.50"), ZERO)],
                      "number quoted, 6.50 missing", text=[short.number + " abzgl. Spesen"])),
        Entry(receipt("north", "1034", "CHOCOLATERIE MIRANDAUX", over.amount + 100, "over",
                      full("north over"), "number quoted, 100.00 too much",
                      on_account=100, text=["facture " + over.number])),
    ]


def north_unusual():
    """What is no plain receipt: fees, a return, a duplicate, other currency, discounts."""
    gbp, bank_rate = NAMED["north instructed"], D("1.1462")
    early, late = NAMED["north discount"], NAMED["north latediscount"]
    double, back = NAMED["north duplicate"], NAMED["north returned"]
    return [
        Entry(Tx("1580.00", "H. Quasselbrink", iban("DE", 7771), BIC["DE"], ["Anzahlung Motor"],
                 kind="none", on_account="1580.00", why="unknown payer, nothing quoted")),
        Entry(Tx("34.90", kind="fee", why="bank fee"), sign=-1, code=("ACMT", "MDOP", "CHRG"),
              info="KONTOFUEHRUNG OKTOBER 2026", details=False),
        Entry(Tx("12.47", kind="interest", why="interest earned"), code=("ACMT", "MCOP", "INTR"),
              info="HABENZINSEN", details=False),
        Entry(receipt("north", "1020", "Elektro Hasselwarth e.K.", back.amount, "return", [],
                      "direct debit of 2026-10-26 comes back: undo the payment, reopen the invoice",
                      text=["Retoure Lastschrift " + back.number],
                      e2e=num("north returned payment"), returned=("AC04", "Konto erloschen")),
              sign=-1, code=("PMNT", "IDDT", "UPDD"), reversal=True, info="RUECKLASTSCHRIFT"),
        Entry(receipt("north", "1038", "KRANBAU EICHHOLM-MEYNERT", double.amount, "duplicate", [],
                      "invoice was paid on 2026-10-12 already",
                      text=["RG " + double.number], on_account=double.amount)),
        Entry(Tx(rounded(gbp.amount * bank_rate, "EUR"), "KELTRANE ENGINEERING PLC",
                 CUSTOMERS["north", "1013"].accounts[0], BIC["GB"],
                 ["Inv " + gbp.number], instructed=("GBP", gbp.amount, str(bank_rate)),
                 kind="exact", customer=gbp.cust,
                 docs=full("north instructed"),
                 why="GBP invoice paid exactly in GBP, credited in EUR"),
              code=("PMNT", "RCDT", "XBCT")),
        Entry(receipt("north", "1002", "Quellbrueck Getraenketechnik GmbH + Co",
                      early.amount - discount_of(early), "exact_discount",
                      [(early, early.amount - discount_of(early), discount_of(early))],
                      "2% taken on the ninth day, earned",
                      text=[early.number + " abzgl. 2% Skonto"])),
        Entry(receipt("north", "1040", "TEXTILVEREDELUNG GRUENSPAN AG",
                      late.amount - discount_of(late), "short",
                      [(late, late.amount - discount_of(late), ZERO)],
                      "2% taken on the 18th day, not earned", refs=[reference_of(late)])),
    ]


def north_deciding():
    """Payments that take some thought: equal ones, traps in the text, families, credits, parts."""
    names = Names("north")
    n, take = names.number, names.take
    half, netted, credit = (NAMED["north " + x] for x in ("partial", "netted", "netcredit"))
    hidden = n("substring")[3:]
    return [
        Entry(take("1033", "Hydraulik Peenwerder GmbH", ["equal1"], "exact",
                   "two equal payments, two equal invoices", text=["Wartungspauschale"])),
        Entry(take("1033", "Hydraulik Peenwerder GmbH", ["equal2"], "exact",
                   "two equal payments, two equal invoices", text=["Wartungspauschale"])),
        Entry(take("1007", "=mc2 Messtechnik GmbH", ["trap"], "exact",
                   "the order number contains %s, an invoice of another customer; payer account "
                   "and amount decide" % n("substring"),
                   text=["Kd 1007 Auftrag 4500%s" % hidden, "vom 14.10.2026 Tel 040 66969 411"])),
        Entry(take("1010", "HALVORSUND HOLDING GMBH", ["child1", "child2"], "exact",
                   "the parent pays for two children",
                   text=["%s, %s" % (n("child1"), n("child2"))])),
        Entry(receipt("north", "1029", "CIMENTERIE DU VAL-ORBEAC", netted.amount - credit.amount,
                      "exact",
                      [(netted, netted.amount, ZERO), (credit, -credit.amount, ZERO)],
                      "invoice less credit memo",
                      text=["%s moins avoir %s" % (netted.number, credit.number)])),
        Entry(receipt("north", "1016", "Brauhaus Ilmenfels KG", half.amount / 2, "partial",
                      [(half, half.amount / 2, ZERO)], "announced half payment",
                      text=["Teilzahlung 1/2 zu " + half.number])),
        Entry(Tx("8420.00", "Walzwerk Imsbruch GmbH", iban("DE", 9001), BIC["DE"],
                 ["Rechnung %s Material" % n("list3")[3:]], kind="other",
                 why="own payment to a supplier, whose number looks like one of ours"),
              sign=-1, code=("PMNT", "ICDT", "ESCT")),
    ]


def south_entries():
    return south_quoting() + south_unusual()


def south_quoting():
    """Payments that quote what they pay, more or less exactly."""
    names = Names("south")
    n, take = names.number, names.take
    over, wire, credit = (NAMED["south " + x] for x in ("over", "wire", "netcredit"))
    many = full("south several1", "south several2", "south several3")
    ach, check = ("PMNT", "RCDT", "ACDT"), ("PMNT", "RCHQ", "CCHQ")
    return [
        Entry(take("3", "HARLOWE CREEK BREWING", ["number1"], "exact", "invoice number in text",
                   text=["INV " + n("number1")]), code=ach),
        Entry(receipt("south", "10", "CORVANE FREIGHT INC", sum(d[1] for d in many) - credit.amount,
                      "exact", many + [(credit, -credit.amount, ZERO)],
                      "three invoices less a credit memo",
                      text=["Inv %s, %s, %s less %s" % (n("several1"), n("several2"), n("several3"),
                                                        credit.number)]), code=ach),
        Entry(take("4", "FERROVINE METALS LLC", ["advice1", "advice2"], "exact",
                   "remittance lines with numbers and amounts",
                   advice=[(n(x), NAMED["south " + x].amount) for x in ("advice1", "advice2")],
                   e2e="FM-0091277"), code=ach),
        Entry(take("16", "ST AUDRA MEDICAL CENTER", ["check1"], "exact",
                   "check in a lockbox deposit", check="40118", text=["INVOICE " + n("check1")]),
              take("19", "PINECRAG WATER DIST", ["check2"], "exact", "check in a lockbox deposit",
                   check="7723", text=["ACCT 19 INVOICE " + n("check2")]),
              take("23", "JUNIPER HOLLOW DAIRY", ["check3"], "exact", "check in a lockbox deposit",
                   check="1502", text=[n("check3")]),
              code=check, batch="LBX-20261030-01", info="LOCKBOX DEPOSIT"),
        Entry(take("29", "GRAYLING TIMBER CO", ["name"], "exact",
                   "payer's name, and exactly one open item of that amount", text=["PAYMENT"]),
              code=ach),
        Entry(receipt("south", "5", "TARVENHOLT MARINE SYSTEMS B.V.", wire.amount - 25, "short",
                      [(wire, wire.amount - 25, ZERO)],
                      "25.00 kept by banks on the way; instructed amount is the invoice",
                      text=["/INV/" + wire.number],
                      instructed=("USD", wire.amount, None), charge=D(25)),
              code=("PMNT", "RCDT", "XBCT")),
        Entry(receipt("south", "26", "WINDLASS BOATWORKS", over.amount + D("150.00"), "over",
                      full("south over"), "number quoted, 150.00 too much",
                      on_account="150.00", text=["invoice #" + over.number]), code=ach),
    ]


def south_unusual():
    """Fees, a return, a duplicate, yen, and payments that take some thought."""
    names = Names("south")
    n, take = names.number, names.take
    early, yen, bank_rate = NAMED["south discount"], NAMED["south yen"], D("0.0064275")
    double, back = NAMED["south duplicate"], NAMED["south returned"]
    ach = ("PMNT", "RCDT", "ACDT")
    return [
        Entry(Tx("725.00", "T R BOLLINGWORTH", text=["MOTOR DEPOSIT CALL 503-555-0142"],
                 kind="none", on_account="725.00",
                 why="unknown payer; the text holds a phone number only"), code=ach),
        Entry(Tx("48.00", kind="fee", why="bank fee"), sign=-1, code=("ACMT", "MDOP", "CHRG"),
              info="MONTHLY ANALYSIS FEE", details=False),
        Entry(Tx("9.18", kind="interest", why="interest earned"), code=("ACMT", "MCOP", "INTR"),
              info="INTEREST CREDIT", details=False),
        Entry(receipt("south", "26", "WINDLASS BOATWORKS", back.amount, "return", [],
                      "payment of 2026-10-27 returned: undo the payment, reopen the invoice",
                      text=["ACH RETURN R01 " + num("south returned payment")],
                      e2e=num("south returned payment").replace(" ", ""),
                      returned=("AM04", "R01 insufficient funds")),
              sign=-1, code=("PMNT", "RCDT", "RRTN"), reversal=True, info="RETURNED ITEM"),
        Entry(receipt("south", "22", "METROLITH CONSTRUCTION LLC", double.amount, "duplicate", [],
                      "invoice was paid on 2026-10-08 already", on_account=double.amount,
                      text=["inv " + double.number]), code=ach),
        Entry(receipt("south", "7", "KITSUNEGAWA SEIKI KK", rounded(yen.amount * bank_rate, "USD"),
                      "exact", full("south yen"),
                      "JPY invoice paid exactly in JPY, credited in USD",
                      text=["INVOICE NO. " + yen.number],
                      instructed=("JPY", yen.amount, str(bank_rate))),
              code=("PMNT", "RCDT", "XBCT")),
        Entry(receipt("south", "24", "QUARTZITE ANALYTICS", early.amount - discount_of(early),
                      "exact_discount",
                      [(early, early.amount - discount_of(early), discount_of(early))],
                      "2% taken on the tenth day, earned",
                      text=["INV %s LESS 2 PCT" % early.number]), code=ach),
        Entry(take("27", "CAFE LUNARO ROASTERS", ["equal1"], "exact",
                   "two equal payments, two equal invoices", text=["coffee dryer rental"]),
              code=ach),
        Entry(take("27", "CAFE LUNARO ROASTERS", ["equal2"], "exact",
                   "two equal payments, two equal invoices", text=["coffee dryer rental"]),
              code=ach),
        Entry(take("18", "D'AVIGNAC FOODS INC", ["substring"], "exact",
                   "the date holds 2026, an open invoice of another customer, and the order "
                   "number holds another of ours",
                   text=["PAYMENT 10/28/2026 ORDER 88%s14 REF %s"
                         % (n("number1"), n("substring"))]), code=ach),
        Entry(take("11", "CORVANE FREIGHT DEPOT WEST", ["trap"], "exact",
                   "a sub-customer pays for itself",
                   text=["%s / po %s" % (n("trap"), po_of(NAMED["south trap"]) or "none")]),
              code=ach),
        Entry(Tx("15000.00", "BRENNDAL DRIVES PAYROLL", text=["TRANSFER TO PAYROLL ACCOUNT"],
                 kind="other", why="own transfer"), sign=-1, code=("PMNT", "ICDT", "BOOK")),
    ]


def make_statements():
    return [
        Statement("north", 2, "QZB20261030000217", "26103000210", "Brenndal Antriebe GmbH",
                  iban("DE", 1), None, "EUR", "XQZBDEH1",
                  "Querlbank Hamburg", "148213.67", "+01:00", north_entries()),
        Statement("south", 8, "MVB-STMT-20261030", "26103000211", "Brenndal Drives Inc.", None,
                  "900455012877", "USD", "XQMVUS61",
                  "Morvenna Bank of Oregon", "93570.22", "-07:00", south_entries()),
    ]


def last_month():
    """What Grayling paid in September, as the bank told it: the books have applied it since, so its account is known to be theirs."""
    first, last = date(2026, 9, 1), date(2026, 9, 30)
    pays = [d for d in DOCS if d.kind == "p" and d.cust is CUSTOMERS["south", "29"] and first <= d.date <= last]
    assert len(pays) > 1 and not any(d.void or d.left() for d in pays)
    entries = [Entry(Tx(d.amount, "GRAYLING TIMBER CO", CUSTOMERS["south", "29"].accounts[0], check=d.number, text=["PAYMENT"]),
                     code=("PMNT", "RCHQ", "CCHQ"), day=d.date) for d in sorted(pays, key=lambda d: d.date)]
    return Statement("south", 8, "MVB-STMT-20260930", "26093000211", "Brenndal Drives Inc.", None, "900455012877", "USD", "XQMVUS61",
                     "Morvenna Bank of Oregon", "61204.17", "-07:00", entries, first, last)


# ------------------------------------------------ the truth

BUCKETS = ("not_due", "1-30", "31-60", "61-90", "91-120", "over_120", "no_date")


def bucket_of(inv, d):
    if inv.due is None:
        return "no_date"
    days = (d - inv.due).days
    return next((name for name, last in zip(BUCKETS, (0, 30, 60, 90, 120)) if days <= last),
                "over_120")


def balances(d):
    """What every customer owes as of d: sums over documents and applications dated up to d."""
    sums = {}
    for doc in DOCS:
        if doc.bad or doc.date > d or not doc.left(d):
            continue
        s = sums.setdefault((doc.entity, doc.cust.id, doc.ccy),
                            dict.fromkeys(("open", "credits", "unapplied", "disputed"),
                                          ZERO) | {"items": 0, "cust": doc.cust})
        if doc.kind == "i":
            s["open"] += doc.left(d)
            s["items"] += 1
            s["disputed"] += doc.left(d) if doc.dispute and doc.dispute[1] <= d else ZERO
        else:
            s["credits" if doc.kind == "m" else "unapplied"] -= doc.left(d)
    rows = []
    for (entity, key, ccy), s in sorted(sums.items()):
        rows.append({"entity": entity, "customer": "%s/%s:c:%s" % (entity, SYSTEM[entity], key),
                     "name": s["cust"].name,
                     "currency": ccy, "items": s["items"],
                     **{k: plain(s[k], ccy) for k in ("open", "credits", "unapplied", "disputed")},
                     "total": plain(s["open"] + s["credits"] + s["unapplied"], ccy)})
    return rows


def aging(d):
    sums = {}
    for doc in DOCS:
        if doc.bad or doc.date > d or not doc.left(d):
            continue
        row = sums.setdefault((doc.entity, doc.ccy), {b: [0, ZERO] for b in BUCKETS
                                                      + ("credits", "unapplied")})
        name = {"i": bucket_of(doc, d), "m": "credits", "p": "unapplied"}[doc.kind]
        row[name][0] += 1
        row[name][1] += doc.left(d) if doc.kind == "i" else -doc.left(d)
    rows = []
    for (entity, ccy), row in sorted(sums.items()):
        total = [sum(x[0] for x in row.values()), sum((x[1] for x in row.values()), ZERO)]
        for name, (items, amount) in list(row.items()) + [("total", total)]:
            rows.append({"entity": entity, "currency": ccy, "bucket": name, "items": items,
                         "open": plain(amount, ccy)})
    return rows


def bank_truth(st):
    rows = []
    for n, e in enumerate(st.entries, 1):
        for k, tx in enumerate(e.txs, 1):
            row = {"file": st.file, "entry": n, "tx": k,
                   "amount": plain(e.sign * tx.amount, st.ccy), "currency": st.ccy,
                   "class": tx.kind}
            if tx.customer:
                row["customer"] = "%s/%s:c:%s" % (st.entity, SYSTEM[st.entity], tx.customer.id)
            taken = ZERO
            row["documents"] = []
            for doc, amount, discount in tx.docs:
                item = {"id": doc.key(), "number": doc.number, "currency": doc.ccy,
                        "amount": plain(amount, doc.ccy)}
                if discount:
                    item["discount"] = plain(discount, doc.ccy)
                assert 0 < abs(amount) + discount <= doc.left(), (tx.why, doc.number)
                taken += amount
                row["documents"].append(item)
            if tx.docs and tx.docs[0][0].ccy != st.ccy:
                assert taken == tx.instructed[1]
            elif e.sign > 0 and tx.kind not in ("fee", "interest"):
                assert taken + tx.on_account == tx.amount, tx.why
            if tx.on_account:
                row["on_account"] = plain(tx.on_account, st.ccy)
            if tx.kind == "return":
                row["undoes"] = NAMED[st.entity + " returned payment"].key()
                row["reopens"] = NAMED[st.entity + " returned"].key()
            if tx.kind == "duplicate":
                row["already_paid"] = NAMED[st.entity + " duplicate"].key()
            row["why"] = tx.why
            rows.append(row)
    return rows


def check_unique_amounts(statements):
    """A line that only an amount can match must have one answer among its customer's open items."""
    for name in ("north noref", "north trap", "south name"):
        inv = NAMED[name]
        same = [x for x in DOCS if x.cust is inv.cust and x.kind == "i" and not x.bad
                and x.left() == inv.left()]
        assert same == [inv], name
    for st in statements:
        for e in st.entries:
            for tx in e.txs:
                assert tx.amount > 0 and tx.amount == rounded(tx.amount, st.ccy)


def statement_truth(st):
    return {"file": st.file, "account": st.iban or st.other, "currency": st.ccy,
            "opening": plain(st.opening, st.ccy),
            "closing": plain(st.closing, st.ccy), "entries": len(st.entries),
            "transactions": sum(len(e.txs) for e in st.entries)}


def expected(truth, statements):
    return {
        "as_of": str(AS_OF), "also_as_of": str(MIDYEAR),
        "base_currency": BASE,
        "files": truth["files"],
        "balances": {str(d): balances(d) for d in (MIDYEAR, AS_OF)},
        "aging": {str(d): aging(d) for d in (MIDYEAR, AS_OF)},
        "statements": [statement_truth(st) for st in statements],
        "bank": [row for st in statements for row in bank_truth(st)],
    }


def dense(value, depth=0):
    """JSON with one record a line, so that a change shows as a change of lines."""
    if isinstance(value, dict) and depth < 3 and value and isinstance(next(iter(value.values())),
                                                                      (dict, list)):
        body = ",\n".join("%s%s: %s" % (" " * (depth + 1), json.dumps(k), dense(v, depth + 1))
                          for k, v in value.items())
        return "{\n%s\n%s}" % (body, " " * depth)
    if isinstance(value, dict) and depth == 0:
        body = ",\n".join(" %s: %s" % (json.dumps(k), dense(v, 1)) for k, v in value.items())
        return "{\n%s\n}" % body
    if isinstance(value, list) and value and isinstance(value[0], dict):
        pad = " " * (depth + 1)
        return "[\n%s\n%s]" % (",\n".join(pad + json.dumps(v, ensure_ascii=False) for v in value),
                               " " * depth)
    return json.dumps(value, ensure_ascii=False)


# ------------------------------------------------ README.md and the whole

README = """<!-- written by tools/make-nightly.py; do not edit -->
# The data of one night

Exports of the invented Brenndal group as of the night of Friday, 2026-10-30, with 14 months of history
(documents of 2025-09-01 to 2026-10-30). `tools/make-nightly.py DIR` writes every file here again, byte for byte;
`tests/nightly-data.sh` checks that it does and that the files agree with each other.

- **north**: Brenndal Antriebe GmbH, Hamburg; NetSuite; books in EUR, invoices in EUR, USD and GBP.
- **south**: Brenndal Drives Inc., Oregon; QuickBooks Online; books in USD, invoices in USD and JPY.

| file | what it is |
|---|---|
| `netsuite/customers.csv` | customer list; addresses hold line breaks; `Bank Accounts` is a custom column, IBANs by `;` |
| `netsuite/invoices.csv` | all invoices, paid ones too; `Dispute Code`, `Dispute Since` and `Payment Reference` are custom columns |
| `netsuite/credit_memos.csv` | one row per application; document amounts negative, link amounts positive; a memo not applied has one row |
| `netsuite/payments.csv` | one row per application, header columns repeated; all amounts positive in this search |
| `netsuite-previous/invoices.csv` | the same search a night earlier (2026-10-29 21:30), only what was modified in the 30 days before |
| `quickbooks/*-N.json` | query answers in pages of 250 (`startposition` 1, 251, …) |
| `ecb/eurofxref-hist.csv`, `ecb/eurofxref-daily.xml` | reference rates in the central bank's layouts; the figures are invented |
| `bank/north-eur-20261030.xml` | camt.053.001.02 of north's EUR account |
| `bank/south-usd-20261030.xml` | camt.053.001.08 of south's USD account |
| `bank/south-usd-20260930.xml` | checks of one customer in September, as last month's statement told them; the books have applied them since |
| `expected.json` | the truth, from the simulation itself and not from arpipe |

NetSuite files: UTF-8 with byte order mark, CRLF, dates m/d/yyyy, names of currencies, `1,234.50`; rates are EUR per 1 unit;
`Amount` is the foreign amount by the rate, rounded half up. Invoice remaining = amount − links − discounts.
QuickBooks has no discount on payments: an early-payment discount is a credit memo carried by the payment, and a credit is
applied by a payment of 0 with two lines. QuickBooks knows no date of an application: it counts from the later of payment and invoice.

`expected.json`: `files` = rows, rejected, duplicates and records of each file; `balances` = per date, customer and currency:
open invoices and how many (`items`), open credit memos (negative), unapplied payments (negative), what is disputed, total;
`aging` = buckets 0, 30, 60, 90, 120 by due date, invoices only, with credits and unapplied money apart; `statements`;
`bank` = what each transaction of the two statements is. Classes: exact (settles its documents in full), exact_discount (with an
earned discount), short, partial, over (the rest on account), duplicate, return, none (nobody known), fee, interest, other.
Of two equal payments of one payer either may take either invoice.
The three rejected rows and the second copy of the doubled row are not in any figure.

## What is wrong or unusual, and where

Lines are physical lines of the file, header = 1.

| file | line | what |
|---|---|---|
%s

## Night and morning

`netsuite-previous/invoices.csv` has %d rows: %d are the same bytes tonight, %d changed since:

| line | invoice | changed tonight |
|---|---|---|
%s

## How the names were invented

All companies, people, places, banks and numbers are made up; a likeness is chance. E-mail is under `.example`. Telephone numbers
are of the ranges kept free for fiction in Germany, the United Kingdom, France and the United States; other countries have none
here. IBANs carry valid check digits over made-up bank codes: Germany 900…, France 90909, Austria 99900, Belgium 900…,
and the letters XQZB and XQRM. BICs begin with XQ. Tax numbers begin with zeros that no register issues (`DE000…`, US `00-…`).
RF references (ISO 11649) are customer number and invoice digits and carry valid check digits.
"""


def table(rows):
    return "\n".join("| %s |" % " | ".join(str(c).replace("|", "\\|") for c in row) for row in rows)


def flaw_rows(truth):
    inv, cust = "netsuite/invoices.csv", "netsuite/customers.csv"

    def at(name):
        return NAMED["north " + name].line

    def person(key):
        return CUSTOMERS["north", key].line

    def south(name):
        doc = NAMED["south " + name]
        page = entity_docs("south", "i").index(doc) // PAGE + 1
        return "quickbooks/Invoice-%d.json" % page, "Id " + doc.id

    parent = next(x for x in entity_docs("north", "p") if any(a.target.cust is not x.cust
                                                              for a in x.apps))
    no_check = next(x for x in entity_docs("north", "p") if any(a.discount for a in x.apps))
    late = next(x for x in entity_docs("north", "p") if any(a.date > x.date for a in x.apps))
    old = [x for x in entity_docs("north", "i") if not x.bad and x.left() and x.due
           and (AS_OF - x.due).days > 120]
    rows = [
        (inv, at("bad date"), "bad date 13/45/2026: rejected"),
        (inv, at("bad ragged"), "row with 11 of 30 columns: rejected"),
        (inv, at("bad decimals"), "EUR amount with three decimals: rejected"),
        (inv, truth["double line"], "the same row as line %d, byte for byte: a duplicate"
         % doubled().line),
        (inv, at("no due"),
         "no due date, no terms; its memo holds a line break, so rows and lines differ from here on"),
        (inv, at("dispute old"), "disputed since 2026-05-12"),
        (inv, at("dispute part"), "partly paid, the rest disputed since 2026-10-07"),
        (inv, at("dispute tonight"), "disputed since 2026-10-30; yesterday's export does not know"),
        (inv, at("dispute settled"),
         "paid, but the dispute code was never cleared; disputed on 2026-06-30"),
        (inv, ", ".join(str(x.line) for x in old[:6]) + ", …",
         "more than 120 days past due (%d in all)" % len(old)),
        (cust, person("1003"),
         "the same legal person as QuickBooks customer 5 (tax number NL000814622B01, B.V. and BV)"),
        (cust, person("1010"),
         "parent of the two customers below it; it pays for them (payments.csv, first on line %d)"
         % parent.line),
        (cust, person("1006"), "apostrophe, quotes and comma in a name"),
        (cust, person("1007"), "name begins with = (formula trap in spreadsheets)"),
        (cust, person("1005"), "accents; French; credit limit"),
        (cust, person("1030"), "customer invoiced in two currencies, EUR and USD"),
        (cust, person("1008"), "customer with two bank accounts"),
        ("netsuite/payments.csv", no_check.line,
         "early-payment discount taken (Applied To Discount); many more"),
        ("netsuite/payments.csv", late.line, "applied days after it came"),
    ]
    for name in ("on account 1", "on account 2", "on account 3"):
        rows.append(("netsuite/payments.csv", at(name), "money on account, not applied"))
    rows.append(("netsuite/credit_memos.csv", at("split credit"),
                 "last of two rows of one memo, 45.00 of it still open"))
    for name in ("netcredit", "freecredit", "oldcredit"):
        rows.append(("netsuite/credit_memos.csv", at(name), "credit memo not yet applied"))
    return rows + [
        south("void") + ("voided: amounts 0, note begins with Voided",),
        south("date") + ("its number is 2026, and a bank line holds a date of that year",),
        south("prepaid") + ("paid by a deposit that came before the invoice",),
        ("quickbooks/Customer-1.json", "Id 33", "inactive, with (deleted) in its name"),
        ("quickbooks/*.json", "",
         "numbers as 362.07, 25, 100.0 and 87.5; yen without decimals or as 640000.0"),
        ("ecb/eurofxref-hist.csv", "",
         "N/A for BGN in 2026; no rows for weekends and bank holidays"),
    ]


def change_of(inv):
    new = [a for a in inv.apps if a.known > PREVIOUS]
    parts = ["%s %s applied" % (a.source.number, plain(a.amount, inv.ccy)) for a in new]
    return ", ".join(parts) or "dispute %s opened" % inv.dispute[0]


def readme(truth):
    counts = truth["files"]["netsuite-previous/invoices.csv"]
    changed = [(line, inv.number, change_of(inv)) for line, inv in truth["older"]]
    return README % (table(flaw_rows(truth)), counts["rows"], counts["same_as_tonight"],
                     counts["older_versions"], table(changed))


def build():
    simulate_all()
    truth, files = {"files": {}, "older": []}, {}
    files["netsuite/customers.csv"] = write_customers(truth)
    files["netsuite/invoices.csv"] = write_invoices(truth)
    files["netsuite/credit_memos.csv"] = write_memos(truth)
    files["netsuite/payments.csv"] = write_payments(truth)
    files["netsuite-previous/invoices.csv"] = write_previous(truth)
    write_quickbooks(truth, files)
    write_rates(files)
    CUSTOMERS["south", "29"].accounts = ["3301047718"]     # on its checks; QuickBooks does not know it
    statements = make_statements()
    check_unique_amounts(statements)
    for st in statements:
        files[st.file] = st.bytes()
    files[last_month().file] = last_month().bytes()
    files["expected.json"] = (dense(expected(truth, statements)) + "\n").encode()
    files["README.md"] = readme(truth).encode()
    return files


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit("usage: make-nightly.py OUTDIR")
    for name, data in sorted(build().items()):
        path = os.path.join(sys.argv[1], name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)


if __name__ == "__main__":
    main()
