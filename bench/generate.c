/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generate - the data of the benchmark, the same bytes for the same N everywhere: generate KIND N > FILE
 *
 *   csv      N invoices as an ERP's saved search would export them, 12 columns
 *   records  the same invoices as a sealed stream with the source's own open amounts (history=none)
 *   mixed    the same, a third of the optional fields absent, custom fields present
 *   events   N invoices without open amounts and 5/4 N applications, shuffled (history=full)
 *   camt     N entries of one camt.053 statement
 *   mt940    N entries in statements of 200, German structured text
 *   bai2     N details in accounts of 500, each with two lines of text
 *   nacha    N entries of CCD batches of 500, each with an addendum
 *
 * Every figure of invoice i is computed from a hash of i, so that an application anywhere in the stream agrees with its invoice
 * and nothing is held. `records` and `events` have the same open amounts on AS_OF, and so has the CSV.
 */
#include "config.h"

#include "rec/stream.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { AS_OF = 20757 /* 2026-10-31 */, DAYS = 1095 };

enum { OPEN, PARTIAL, PAID };

struct invoice {
	uint64_t n;
	uint32_t customer;
	int ccy;                 /* index in currencies[] */
	ar_date issued, due;
	int64_t amount, open;
	int term, state;
};

static const char *const currencies[] = { "USD", "EUR", "GBP", "CAD", "JPY" };
static const struct { const char *name; int days; } terms[] = {
	{ "Net 30", 30 }, { "Net 14", 14 }, { "Net 60", 60 }, { "2% 10, Net 30", 30 } };
static const char *const states[] = { "open", "partial", "paid" };
static uint64_t total;

static uint64_t mix(uint64_t x)
{
	x = (x + 0x9E3779B97F4A7C15u) * 0xBF58476D1CE4E5B9u;
	x = (x ^ x >> 27) * 0x94D049BB133111EBu;
	return x ^ x >> 31;
}

static int currency_of(uint32_t customer, uint64_t h)
{
	static const uint8_t upto[] = { 50, 75, 87, 95, 100 };
	uint64_t c = mix(customer * 7919u + 1);
	unsigned r = (unsigned)(c % 100);
	int k = 0;

	while (r >= upto[k])
		k++;
	/* one customer in twenty is also invoiced in a second currency */
	return (c >> 32) % 20 || h % 4 ? k : (k + 1) % 5;
}

/* Of each thousand invoices so many are still open, by age. */
static int state_of(ar_date issued, uint64_t h)
{
	int age = AS_OF - issued;
	unsigned limit = age < 90 ? 950 : age < 180 ? 400 : age < 365 ? 150 : 50;

	if (h % 1000 >= limit)
		return PAID;
	return h / 1000 % 5 ? OPEN : PARTIAL;
}

static struct invoice invoice(uint64_t n)
{
	struct invoice v = { .n = n };
	uint64_t h = mix(n), g = mix(h);

	v.customer = (uint32_t)(h % (total >= 50 ? total / 50 : 1)) + 1;
	v.ccy = currency_of(v.customer, h >> 40);
	v.issued = AS_OF - DAYS + 1 + (ar_date)(n * DAYS / total);
	v.term = (int)(mix(v.customer) >> 20 & 3);
	v.due = v.issued + terms[v.term].days;
	v.amount = 1500 + (int64_t)((g & 0xFFFF) * (g >> 16 & 0xFFFF) >> 11);
	if (v.ccy == 4)
		v.amount += v.amount % 7 * 10000;
	v.state = state_of(v.issued, g >> 32);
	v.open = v.state == PAID ? 0 : v.state == OPEN ? v.amount : 1 + (int64_t)(mix(g) % (uint64_t)(v.amount - 1));
	return v;
}

/* ---- text ---- */

/* prefix and n in at least `width` digits, in room */
static struct ar_str numbered(char room[64], const char *prefix, uint64_t n, int width)
{
	size_t k = strlen(prefix), d = 0;
	char digit[24];

	memcpy(room, prefix, k);
	do
		digit[d++] = (char)('0' + n % 10);
	while ((n /= 10) || d < (size_t)width);
	while (d)
		room[k++] = digit[--d];
	return (struct ar_str){ room, k };
}

static struct ar_str company(char room[64], uint32_t customer)
{
	static const char *const first[] = { "Rotaver", "Brenndal", "Halvors", "Querlin", "Tamberg", "Ostvik", "Meridan", "Calloway",
		"Fenwick", "Lundström", "Petrano", "Valdere", "Kettering", "Wexmoor", "Auberlin", "Sorrenti" };
	static const char *const trade[] = { "Machinery", "Logistics", "Foods", "Instruments", "Building Supply", "Textiles", "Energy",
		"Packaging" };
	static const char *const form[] = { " Inc", " GmbH", " Ltd", ", Sons & Co", " S.p.A.", " LLC", " Corp", " BV" };
	uint64_t h = mix(customer + 77777u);
	struct ar_str s = { room, 0 };
	const char *part[] = { first[h & 15], " ", trade[h >> 4 & 7], form[h >> 7 & 7] };

	for (int i = 0; i < 4; i++) {
		size_t k = strlen(part[i]);

		memcpy(room + s.n, part[i], k);
		s.n += k;
	}
	return s;
}

static const char *salesperson(uint32_t customer)
{
	static const char *const name[] = { "Amara Okafor", "Jonas Weidmann", "Priya Raman", "Luc Delacroix", "Sofia Marchetti",
		"Daniel Kovacs", "Helen Strand", "Tomoko Arai" };

	return name[mix(customer + 5u) & 7];
}

/* ---- records ---- */

static void add_invoice(struct ar_writer *w, struct ar_rec *r, const struct invoice *v, bool open, bool mixed)
{
	char id[64], number[64], customer[64], name[64], src[64], code[64];
	uint64_t h = mix(v->n + 99), absent = 0;

	for (int i = 0; mixed && i < 7; i++)
		absent |= (uint64_t)(h >> 8 * i & 0xFF) % 3 == 0 ? 1u << i : 0;
	ar_rec_start(r, AR_T_invoice);
	ar_set_raw(r, AR_F_id, numbered(id, "us/erp:i:", 1000001 + v->n, 7));
	ar_set_raw(r, AR_F_entity, AR_STR("us"));
	ar_set_raw(r, AR_F_system, AR_STR("erp"));
	ar_set_raw(r, AR_F_extract, AR_STR("us/erp:x:invoices"));
	if (!(absent & 1))
		ar_set_raw(r, AR_F_number, numbered(number, "INV-2026-", v->n + 1, 7));
	ar_set_raw(r, AR_F_subtype, AR_STR("invoice"));
	ar_set_raw(r, AR_F_customer, numbered(customer, "us/erp:c:C-", v->customer, 5));
	if (!(absent & 2))
		ar_set_raw(r, AR_F_customer_name, company(name, v->customer));
	if (!(absent & 4))
		ar_set_i(r, AR_F_issued, v->issued);
	if (!(absent & 8))
		ar_set_i(r, AR_F_due, v->due);
	ar_set_i(r, AR_F_currency, ar_ccy_find(ar_str(currencies[v->ccy])));
	ar_set_i(r, AR_F_amount, v->amount);
	if (open)
		ar_set_i(r, AR_F_open, v->open);
	if (mixed && !(absent & 16))
		ar_set_raw(r, AR_F_payment_terms, ar_str(terms[v->term].name));
	if (mixed && !(absent & 32))
		ar_set_raw(r, AR_F_salesperson, ar_str(salesperson(v->customer)));
	if (open && !(absent & 64))
		ar_set_raw(r, AR_F_status, ar_str(states[v->state]));
	if (mixed) {
		ar_x_add_raw(r, AR_STR("x_region"), ar_str(v->customer & 1 ? "North" : "South East"));
		ar_x_add_raw(r, AR_STR("x_custom_project"), numbered(code, "P-", h % 5000, 4));
		if (h >> 60 == 0)
			ar_x_add_raw(r, AR_STR("x_memo_internal"), AR_STR("said \\\"as agreed\\\", see file"));
	}
	ar_set_raw(r, AR_F_src, numbered(src, "invoices.csv:", v->n + 2, 1));
	ar_write(w, r);
}

/* Application k of 5/4 N: the first N settle one invoice each, the others every fourth invoice once more. */
static void add_application(struct ar_writer *w, struct ar_rec *r, uint64_t k)
{
	bool second = k >= total, two;
	struct invoice v = invoice(second ? (k - total) * 4 : k);
	char id[64], source[64], target[64], customer[64], src[64];
	int64_t paid = v.amount - v.open, half = v.amount / 3, amount;
	uint64_t h = mix(k + 424242);
	bool later = v.state == OPEN || (v.state == PARTIAL && second);

	two = v.n % 4 == 0 && v.n / 4 < total / 4;
	if (v.state == PARTIAL)
		amount = second ? v.open : paid;
	else
		amount = !two ? v.amount : second ? v.amount - half : half;
	ar_rec_start(r, AR_T_application);
	ar_set_raw(r, AR_F_id, numbered(id, "us/erp:a:", 5000001 + k, 7));
	ar_set_raw(r, AR_F_entity, AR_STR("us"));
	ar_set_raw(r, AR_F_system, AR_STR("erp"));
	ar_set_raw(r, AR_F_source, numbered(source, "us/erp:p:", 8000001 + k / 5, 7));
	ar_set_raw(r, AR_F_target, numbered(target, "us/erp:i:", 1000001 + v.n, 7));
	ar_set_raw(r, AR_F_customer, numbered(customer, "us/erp:c:C-", v.customer, 5));
	ar_set_i(r, AR_F_date, later ? AS_OF + 1 + (ar_date)(h % 60) : v.issued + (ar_date)(h % (uint64_t)(AS_OF - v.issued + 1)));
	ar_set_raw(r, AR_F_date_is, AR_STR("own"));
	ar_set_i(r, AR_F_currency, ar_ccy_find(ar_str(currencies[v.ccy])));
	ar_set_i(r, AR_F_amount, amount);
	ar_set_raw(r, AR_F_src, numbered(src, "payments.csv:", k + 2, 1));
	ar_write(w, r);
}

static void add_extract(struct ar_writer *w, struct ar_rec *r, bool history)
{
	ar_rec_start(r, AR_T_extract);
	ar_set_raw(r, AR_F_id, AR_STR("us/erp:x:invoices"));
	ar_set_raw(r, AR_F_entity, AR_STR("us"));
	ar_set_raw(r, AR_F_system, AR_STR("erp"));
	ar_set_raw(r, AR_F_name, AR_STR("invoices"));
	ar_set_i(r, AR_F_as_of, AS_OF);
	ar_set_raw(r, AR_F_mode, AR_STR("full"));
	ar_set_raw(r, AR_F_history, ar_str(history ? "full" : "none"));
	ar_set_i(r, AR_F_complete, true);
	ar_write(w, r);
}

/* A fixed permutation of 0 .. 2^bits - 1. */
static uint64_t shuffled(uint64_t x, int bits)
{
	uint64_t mask = (1ULL << bits) - 1;

	for (int i = 0; i < 3; i++) {
		x = (x * 0x2545F4914F6CDD1Du + 12345) & mask;
		x ^= x >> (bits / 2 + 1);
	}
	return x;
}

static void put_events(struct ar_writer *w, struct ar_rec *r)
{
	uint64_t all = total + total + total / 4;
	int bits = 4;

	while (1ULL << bits < all)
		bits++;
	for (uint64_t i = 0; i < 1ULL << bits; i++) {
		uint64_t k = shuffled(i, bits);
		struct invoice v;

		if (k < total) {
			v = invoice(k);
			add_invoice(w, r, &v, false, false);
		} else if (k < all) {
			add_application(w, r, k - total);
		}
	}
}

static int put_stream(struct ar_out *out, const char *kind, struct ar_err *e)
{
	bool events = strcmp(kind, "events") == 0;
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_writer w;
	struct ar_rec r;
	int rc;

	ar_writer_init(&w, out, "generate");
	w.as_of = AS_OF;
	ar_rec_init(&r, &mem);
	add_extract(&w, &r, events);
	if (events)
		put_events(&w, &r);
	for (uint64_t i = 0; !events && i < total; i++) {
		struct invoice v = invoice(i);

		add_invoice(&w, &r, &v, true, strcmp(kind, "mixed") == 0);
	}
	rc = ar_writer_end(&w, NULL, 0, e);
	ar_writer_release(&w);
	ar_rec_release(&r);
	ar_arena_release(&mem);
	return rc;
}

/* ---- CSV ---- */

static void cell(struct ar_out *out, struct ar_str s)
{
	bool quote = memchr(s.p, ',', s.n) != NULL;

	if (quote)
		ar_out_puts(out, "\"");
	ar_out_str(out, s);
	ar_out_puts(out, quote ? "\"," : ",");
}

static void money(struct ar_out *out, int64_t v, int ccy)
{
	char z[AR_MONEY_TEXT];

	cell(out, (struct ar_str){ z, (size_t)ar_money_put(z, v, ccy == 4 ? 0 : 2) });
}

static void put_csv(struct ar_out *out)
{
	static const char *const status[] = { "Open", "Partially Paid", "Paid In Full" };
	char room[64], z[16];

	ar_out_puts(out, "Internal ID,Document Number,Customer ID,Customer Name,Date,Due Date,Currency,Amount,Open Amount,Terms,Status,Sales Rep\n");
	for (uint64_t i = 0; i < total; i++) {
		struct invoice v = invoice(i);

		cell(out, numbered(room, "", 1000001 + v.n, 7));
		cell(out, numbered(room, "INV-2026-", v.n + 1, 7));
		cell(out, numbered(room, "C-", v.customer, 5));
		cell(out, company(room, v.customer));
		cell(out, ar_str(ar_date_z(z, v.issued)));
		cell(out, ar_str(ar_date_z(z, v.due)));
		cell(out, ar_str(currencies[v.ccy]));
		money(out, v.amount, v.ccy);
		money(out, v.open, v.ccy);
		cell(out, ar_str(terms[v.term].name));
		cell(out, ar_str(status[v.state]));
		ar_out_puts(out, salesperson(v.customer));
		ar_out_puts(out, "\n");
	}
}

/* ---- camt.053 ---- */

static void put_entry(struct ar_out *out, uint64_t i)
{
	struct invoice v = invoice(i);
	char room[64], name[64], z[AR_MONEY_TEXT];
	struct ar_str amount = { z, (size_t)ar_money_put(z, v.amount, 2) };

	ar_out_puts(out, "      <Ntry>\n        <NtryRef>");
	ar_out_str(out, numbered(room, "", i + 1, 1));
	ar_out_puts(out, "</NtryRef>\n        <Amt Ccy=\"EUR\">");
	ar_out_str(out, amount);
	ar_out_puts(out, "</Amt>\n        <CdtDbtInd>CRDT</CdtDbtInd>\n        <Sts>BOOK</Sts>\n        <BookgDt>\n          <Dt>2026-10-30</Dt>\n"
	            "        </BookgDt>\n        <ValDt>\n          <Dt>2026-10-30</Dt>\n        </ValDt>\n        <AcctSvcrRef>");
	ar_out_str(out, numbered(room, "261030", i, 10));
	ar_out_puts(out, "</AcctSvcrRef>\n        <BkTxCd>\n          <Domn>\n            <Cd>PMNT</Cd>\n            <Fmly>\n"
	            "              <Cd>RCDT</Cd>\n              <SubFmlyCd>ESCT</SubFmlyCd>\n            </Fmly>\n          </Domn>\n"
	            "        </BkTxCd>\n        <NtryDtls>\n          <TxDtls>\n            <Refs>\n              <EndToEndId>");
	ar_out_str(out, numbered(room, "E2E-", mix(i) % 100000000, 8));
	ar_out_puts(out, "</EndToEndId>\n            </Refs>\n            <RltdPties>\n              <Dbtr>\n                <Nm>");
	for (struct ar_str s = company(name, v.customer); s.n; s.p++, s.n--) {
		if (*s.p == '&')
			ar_out_puts(out, "&amp;");
		else
			ar_out_put(out, s.p, 1);
	}
	ar_out_puts(out, "</Nm>\n              </Dbtr>\n              <DbtrAcct>\n                <Id>\n                  <IBAN>");
	ar_out_str(out, numbered(room, "DE0690010036", mix(v.customer) % 10000000000u, 10));
	ar_out_puts(out, "</IBAN>\n                </Id>\n              </DbtrAcct>\n            </RltdPties>\n            <RmtInf>\n"
	            "              <Ustrd>Payment of invoice ");
	ar_out_str(out, numbered(room, "INV-2026-", v.n + 1, 7));
	ar_out_puts(out, "</Ustrd>\n            </RmtInf>\n          </TxDtls>\n        </NtryDtls>\n      </Ntry>\n");
}

static void put_camt(struct ar_out *out)
{
	ar_out_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\">\n"
	            "  <BkToCstmrStmt>\n    <GrpHdr>\n      <MsgId>BENCH</MsgId>\n      <CreDtTm>2026-10-30T20:15:00Z</CreDtTm>\n    </GrpHdr>\n"
	            "    <Stmt>\n      <Id>BENCH-1</Id>\n      <Acct>\n        <Id>\n          <IBAN>DE39900100460001242486</IBAN>\n        </Id>\n"
	            "        <Ccy>EUR</Ccy>\n      </Acct>\n");
	for (uint64_t i = 0; i < total; i++)
		put_entry(out, i);
	ar_out_puts(out, "    </Stmt>\n  </BkToCstmrStmt>\n</Document>\n");
}

/* ---- other formats of banks: the same receipts; their balances and control totals are right ---- */

enum { SHEET = 200, ACCOUNT = 500 };

/* The invoice's customer in ASCII, for columns that are counted in bytes. */
static char *plain_name(char room[64], const struct invoice *v)
{
	struct ar_str s = company(room, v->customer);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 0x80 && s.p[i] != ',')
			room[n++] = s.p[i];
	room[n] = '\0';
	return room;
}

__attribute__((format(printf, 2, 3)))
static void print(struct ar_out *out, const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	ar_out_put(out, line, (size_t)n);
}

static void put_mt940(struct ar_out *out)
{
	int64_t balance = 1000000;
	char name[64];

	for (uint64_t i = 0; i < total; i++) {
		struct invoice v = invoice(i);
		unsigned long long n = v.n + 1, open = (unsigned long long)balance;

		if (i % SHEET == 0)
			print(out, ":20:STARTUMS\r\n:25:10020030/0001234567\r\n:28C:%05llu/001\r\n:60F:C261029EUR%llu,%02llu\r\n",
			      (unsigned long long)i / SHEET + 1, open / 100, open % 100);
		balance += v.amount;
		print(out, ":61:2610301030C%lld,%02lldNTRFNONREF//BK%010llu\r\n", (long long)v.amount / 100, (long long)v.amount % 100, n);
		print(out, ":86:166?00GUTSCHRIFT?109251?20EREF+E2E-%08llu?21SVWZ+Payment of in\r\nvoice?22INV-2026-%07llu?30XQZBDEH1?31"
		      "DE069001003%011llu?32\r\n%.27s\r\n", (unsigned long long)mix(i) % 100000000, n,
		      (unsigned long long)mix(v.customer) % 100000000000u, plain_name(name, &v));
		open = (unsigned long long)balance;
		if (i % SHEET == SHEET - 1 || i + 1 == total)
			print(out, ":62F:C261030EUR%llu,%02llu\r\n-\r\n", open / 100, open % 100);
	}
}

static void put_bai2(struct ar_out *out)
{
	int64_t all = 0, account = 0;
	unsigned long long accounts = 0, records = 0, inside = 0;
	char name[64];

	print(out, "01,XQZBUS33,ROTAVER,261030,0615,1,,,2/\n02,ROTAVER,XQZBUS33,1,261029,2400,USD,2/\n");
	records = 2;
	for (uint64_t i = 0; i < total; i++) {
		struct invoice v = invoice(i);
		unsigned long long n = v.n + 1;

		if (i % ACCOUNT == 0) {
			print(out, "03,%010llu,USD,010,0,,/\n", 4000000000u + accounts++);
			account = 0;
			inside = 1;
		}
		account += v.amount;
		print(out, "16,142,%lld,0,BR%010llu,E2E-%08llu,ACH CREDIT %.30s/\n88,EREF: E2E-%08llu/\n88,REMI: Payment of invoice INV-2026-%07llu/\n",
		      (long long)v.amount, n, (unsigned long long)mix(i) % 100000000, plain_name(name, &v),
		      (unsigned long long)mix(i) % 100000000, n);
		inside += 3;
		if (i % ACCOUNT == ACCOUNT - 1 || i + 1 == total) {
			print(out, "49,%lld,%llu/\n", (long long)account, inside + 1);
			records += inside + 1;
			all += account;
		}
	}
	print(out, "98,%lld,%llu,%llu/\n99,%lld,1,%llu/\n", (long long)all, accounts, records, (long long)all, records + 2);
}

static void put_nacha(struct ar_out *out)
{
	unsigned long long hash = 0, batch_hash = 0, batches = 0, lines = 1, bank = 9100001;
	int64_t all = 0, batch = 0;
	char name[64];

	print(out, "101 091000019 0210000892610300615A094101%-23s%-23s%8s\n", "XQZ BANK", "ROTAVER INC", "");
	for (uint64_t i = 0; i < total; i++) {
		struct invoice v = invoice(i);
		unsigned long long n = v.n + 1, in_batch = i % ACCOUNT + 1;

		plain_name(name, &v);
		if (in_batch == 1) {
			print(out, "5200%-16.16s%-20s%-10s%-3s%-10s261030261030   1%08llu%07llu\n", name, "", "1234567890", "CCD", "PAYMENT", bank,
			      ++batches);
			batch = 0;
			batch_hash = 0;
			lines++;
		}
		batch += v.amount;
		batch_hash += bank;
		print(out, "622%08llu%d%-17llu%010lld%-15llu%-22.22s  1%08llu%07llu\n", bank, 9, 1000000000000u + n, (long long)v.amount, n, name, bank,
		      in_batch);
		print(out, "705RMR*IV*INV-2026-%07llu**%lld.%02lld\\%*s%04d%07llu\n", n, (long long)v.amount / 100, (long long)v.amount % 100,
		      80 - snprintf(NULL, 0, "RMR*IV*INV-2026-%07llu**%lld.%02lld\\", n, (long long)v.amount / 100, (long long)v.amount % 100), "",
		      1, in_batch);
		lines += 2;
		if (in_batch == ACCOUNT || i + 1 == total) {
			print(out, "8200%06llu%010llu%012d%012lld%-10s%25s%08llu%07llu\n", 2 * in_batch, batch_hash % 10000000000u, 0, (long long)batch,
			      "1234567890", "", bank, batches);
			all += batch;
			hash += batch_hash;
			lines++;
		}
	}
	lines++;
	print(out, "9%06llu%06llu%08llu%010llu%012d%012lld%39s\n", batches, (lines + 9) / 10, (unsigned long long)total * 2, hash % 10000000000u, 0,
	      (long long)all, "");
	for (; lines % 10; lines++)
		ar_out_puts(out, "9999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999\n");
}

int main(int argc, char **argv)
{
	struct ar_err e = { 0 };
	struct ar_out out;
	int64_t n = argc == 3 ? ar_str_uint(ar_str(argv[2]), 1000000000) : -1;
	int rc = 0;

	if (n < 4) {
		fprintf(stderr, "usage: generate csv|records|mixed|events|camt|mt940|bai2|nacha N > FILE\n");
		return 2;
	}
	total = (uint64_t)n;
	ar_out_fd(&out, 1);
	if (strcmp(argv[1], "csv") == 0)
		put_csv(&out);
	else if (strcmp(argv[1], "camt") == 0)
		put_camt(&out);
	else if (strcmp(argv[1], "mt940") == 0)
		put_mt940(&out);
	else if (strcmp(argv[1], "bai2") == 0)
		put_bai2(&out);
	else if (strcmp(argv[1], "nacha") == 0)
		put_nacha(&out);
	else
		rc = put_stream(&out, argv[1], &e);
	if (rc == 0)
		rc = ar_out_flush(&out, &e);
	if (rc < 0)
		fprintf(stderr, "generate: %s\n", e.text);
	ar_out_abort(&out);
	return rc < 0;
}
