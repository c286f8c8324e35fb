/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_scenarios.c - payments of some fifty kinds with the truth beside each: what a payer meant,
 * and whether a careful accountant could know it from what the bank line, the books and the
 * remittances say. Nothing here is made by the code under test: numbers, names, texts and truths
 * come from this file's own rules, and what can be known is checked by its own brute force.
 *
 *     match_scenarios.t [LEVEL [PAYMENTS [SEED [KIND]]]]      LEVEL 0 easy, 1 usual, 2 hard
 *     match_scenarios.t train [PAYMENTS [SEED]]               weights of all levels together, as formats/match/weights.conf has them
 *
 * Demands: no automatic match is wrong; on the hard level three quarters of what can be known is
 * automatic, and of all that is automatic or suggested the right answer stands first in 96 of 100;
 * what is said of the confidence of suggestions is true within five in a hundred;
 * a book given in another order, with customers added who have nothing to do with it but documents
 * of just the amounts that are paid, is decided the same, line for line.
 * Without arguments it runs each level with 20,000 payments. The seed of a book is printed with
 * the first thing that goes wrong in it.
 */
#include "config.h"

#include <stdlib.h>

#include "ar/match.h"
#include "ar/match_conf.h"
#include "ar/match_train.h"
#include "num/ccy.h"
#include "num/money.h"
#include "num/rate.h"

#include "tap.h"
#include "../prop/made.h"

enum { PAYS = 100, ITEMS = 4000, CUSTOMERS = 400, MEANT = 64, REMITS = 200, ORDERS = 100, OLD = 200, TODAY = 20750 };

static bool chance(int percent) { return (int)below(100) < percent; }

struct who {
	struct ar_match_customer c;
	struct ar_str account, alias;
	int words;              /* of the name */
};

struct truth {
	int item[MEANT];
	int64_t fall[MEANT];    /* by everything together */
	int n;
	int64_t on_account;
};

struct pay {
	int kind;
	struct ar_match_line l;
	struct ar_str text[4], ref[6];
	struct truth t;
	bool knowable;          /* by who is sure to know it; amounts alone are checked afterwards */
	bool by_amount;         /* only the amount speaks */
	bool excluded, undoes;
	bool ask;               /* nobody can be sure: an auto is wrong, though it happens to be right */
	int who;                /* customer that pays, -1 nobody known */
};

struct book {
	struct ar_arena mem;
	int level, number_style;
	struct who who[CUSTOMERS];
	struct ar_match_item item[ITEMS];
	int owner[ITEMS];
	struct ar_match_remit remit[REMITS];
	struct ar_match_order order[ORDERS];
	struct ar_match_payment old[OLD];
	struct pay pay[PAYS];
	int nwho, nitem, nremit, norder, nold, npay, shared, nline;
	uint32_t number;
};

#define z(b, ...) made_text(&(b)->mem, __VA_ARGS__)

static uint16_t ccy(const char *code) { return (uint16_t)ar_ccy_find(ar_str(code)); }

/* ---- the world ---- */

static const char *const first_word[] = { "Halberg", "Nordlicht", "Quellbr\xc3\xbc" "ck", "Sonntag", "Veltheim", "Brackwede",
	"Aldermoor", "Castelnau", "Dornbusch", "Eastfield", "Farnborough", "Grauwacke", "Hollenstedt", "Isenb\xc3\xbc" "ttel", "Jagdfeld",
	"Karlsruh", "Lindenau", "Marienthal", "Neuwerk", "Oberkassel", "Petersberg", "Rauschenbach", "Steinfurt", "Tannenhof" };
static const char *const second_word[] = { "Maschinenbau", "Getr\xc3\xa4nke", "Logistics", "Foods", "Metallbau", "Textil", "Energy",
	"Tools", "Papier", "Elektro", "Bau", "Handel", "Optics", "Plastics", "Chemie", "Transport" };
static const char *const form[] = { "GmbH", "AG", "Ltd", "B.V.", "SARL", "Inc.", "GmbH & Co. KG", "S.p.A." };

static int new_customer(struct book *b)
{
	int i = b->nwho++;
	struct who *w = &b->who[i];
	struct ar_str *one = ar_arena_alloc(&b->mem, 2 * sizeof *one);

	ar_assert(i < CUSTOMERS);
	*w = (struct who){ .words = 2 };
	w->c = (struct ar_match_customer){ .id = z(b, "e/s:c:%d", i + 100), .entity = AR_STR("e") };
	w->c.number = z(b, "%d", 70000 + i);
	/* two words of a list and a made-up middle, so that no two customers of a book are near each other */
	w->c.name = z(b, "%s %c%c%c%s %s", first_word[below(24)], "BDFGKLMNPRSTVWZ"[i % 15], "aeiou"[i / 15 % 5],
		      "bdfgklmnprst"[i / 75 % 12], second_word[below(16)], form[below(8)]);
	w->account = z(b, "DE%02d9001%014d", 10 + i % 80, i * 7919 + 13);
	one[0] = w->account;
	w->c.account = one;
	w->c.naccount = 1;
	return i;
}

static int64_t an_amount(const struct book *b)
{
	static const int64_t usual[] = { 119000, 25000, 11900, 4999, 100000, 59500 };
	int whole = b->level == 2 ? 20 : b->level == 1 ? 10 : 0;

	if (chance(whole / 2))
		return usual[below(6)];
	if (chance(whole))
		return (5 + below(3000)) * 100;
	return 1501 + below(900000);
}

static int64_t odd_amount(const struct book *b) /* with cents */
{
	int64_t a = an_amount(b);

	while (a % 100 == 0 || a % 50 == 0)
		a = 1501 + below(900000);
	return a;
}

static struct ar_str new_number(struct book *b, bool credit)
{
	uint32_t n = b->number += b->level == 2 && chance(30) ? 1 : 1 + below(9);

	if (credit)
		return z(b, "CM%05u", n);
	switch (b->number_style) {
	case 0:
		return z(b, "INV%u", n);
	case 1:
		return z(b, "%u", n);
	case 2:
		return z(b, "RE-2026-%u", n);
	case 3:
		return z(b, "F26-%05u", n);
	default:
		return z(b, "%06u", n);
	}
}

static int new_item(struct book *b, int who, int64_t amount, bool credit)
{
	int i = b->nitem++;
	struct ar_match_item *it = &b->item[i];

	ar_assert(i < ITEMS);
	*it = (struct ar_match_item){ .entity = AR_STR("e"), .ccy = ccy("EUR"), .amount = amount, .credit = credit,
		.open = credit ? -amount : amount, .settled = AR_DATE_NONE, .discount_date = AR_DATE_NONE };
	it->id = z(b, "e/s:%c:%d", credit ? 'm' : 'i', 1000 + i);
	it->customer = b->who[who].c.id;
	it->number = new_number(b, credit);
	it->issued = TODAY - 10 - (ar_date)below(70);
	it->due = it->issued + 30;
	b->owner[i] = who;
	return i;
}

static int an_item(struct book *b, int who) { return new_item(b, who, an_amount(b), false); }
static int shared(struct book *b) { return (int)below((uint32_t)b->shared); }

static struct ar_str add_ref(struct book *b, int item, enum ar_ref kind)
{
	char out[AR_REF_MAX];
	struct ar_str *ref = ar_arena_alloc(&b->mem, sizeof *ref);
	size_t n = ar_ref_make(kind, z(b, "88%05d", item), out);

	*ref = ar_arena_str(&b->mem, (struct ar_str){ out, n });
	b->item[item].ref = ref;
	b->item[item].nref = 1;
	return *ref;
}

static void settle_item(struct book *b, int item, ar_date when)
{
	b->item[item].open = 0;
	b->item[item].settled = when;
}

/* ---- what a payment says ---- */

enum how { ACCOUNT, NAME, NAME_LOOSE, FUZZY, NOBODY, THIRD };

static struct ar_str loosely(struct book *b, struct ar_str name) /* capitals, no umlauts, no legal form */
{
	char out[120];
	size_t n = 0;

	for (size_t i = 0; i < name.n && n + 3 < sizeof out; i++) {
		unsigned char c = (unsigned char)name.p[i], d = i + 1 < name.n ? (unsigned char)name.p[i + 1] : 0;

		if (c == 0xC3) {
			memcpy(out + n, d == 0xBC ? "UE" : d == 0xA4 ? "AE" : "OE", 2);
			n += 2;
			i++;
		} else {
			out[n++] = ar_upper((char)c);
		}
	}
	while (n && out[n - 1] != ' ')
		n--;
	return ar_arena_str(&b->mem, (struct ar_str){ out, n ? n - 1 : 0 });
}

static struct ar_str misspelt(struct book *b, struct ar_str name) /* one letter twice, or two exchanged */
{
	struct ar_str s = loosely(b, name);
	char out[120];
	size_t n = s.n < 100 ? s.n : 100, at = 2 + below((uint32_t)n - 4);

	memcpy(out, s.p, n);
	if (chance(50) && out[at] != ' ' && out[at + 1] != ' ') {
		char c = out[at];

		out[at] = out[at + 1];
		out[at + 1] = c;
	} else {
		memmove(out + at + 1, out + at, n - at);
		n++;
	}
	return ar_arena_str(&b->mem, (struct ar_str){ out, n });
}

static void from(struct book *b, struct pay *p, int who, enum how how)
{
	p->who = who;
	switch (how) {
	case ACCOUNT:
		p->l.payer_account = b->who[who].account;
		p->l.payer = chance(80) ? loosely(b, b->who[who].c.name) : AR_STR("");
		break;
	case NAME:
		p->l.payer = b->who[who].c.name;
		break;
	case NAME_LOOSE:
		p->l.payer = loosely(b, b->who[who].c.name);
		break;
	case FUZZY:
		p->l.payer = misspelt(b, b->who[who].c.name);
		break;
	case THIRD:
		p->l.payer = z(b, "Steuerbuero Unbekannt %d", (int)below(900));
		p->l.payer_account = z(b, "FR76%018d", (int)below(90000000));
		break;
	default:
		break;
	}
}

static void anyhow(struct book *b, struct pay *p, int who)
{
	static const enum how easy[] = { ACCOUNT, ACCOUNT, ACCOUNT, NAME };
	static const enum how hard[] = { ACCOUNT, ACCOUNT, ACCOUNT, NAME, NAME_LOOSE, FUZZY, NOBODY, THIRD };

	from(b, p, who, b->level == 2 ? hard[below(8)] : easy[below(4)]);
}

static void line_text(struct book *b, struct pay *p, struct ar_str s)
{
	static const size_t width[] = { 27, 35, 65, 140 };
	size_t w = b->level == 0 ? 140 : width[below(4)];

	while (s.n > w && p->l.ntext < 3) {
		p->text[p->l.ntext++] = (struct ar_str){ s.p, w };
		s.p += w;
		s.n -= w;
	}
	p->text[p->l.ntext++] = s;
	p->l.text = p->text;
}

static struct ar_str written(struct book *b, int item) /* a document's number as people write it */
{
	struct ar_str n = b->item[item].number;

	if (b->level && chance(25) && ar_str_starts(n, "INV"))
		return (struct ar_str){ n.p + 3, n.n - 3 };
	if (b->level && chance(25) && ar_str_starts(n, "RE-2026-"))
		return z(b, "RE 2026 %.*s", (int)n.n - 8, n.p + 8);
	if (b->level && chance(20) && ar_str_starts(n, "0"))
		while (n.n && *n.p == '0') {
			n.p++;
			n.n--;
		}
	return n;
}

static const char *noise(struct book *b)
{
	static const char *const usual[] = { "", "", " vom 14.10.2026", " thank you" };
	static const char *const hard[] = { "", " vom 14.10.2026", " Tel 040 10012", " dated 10/02/2026", " DE44 9001 0000 0012 3400 77",
		" phone 503-555-0142", " Betrag 1.450,00 EUR", " 2026", " Q4/2026", " Mandat 100231" };

	return b->level == 2 ? hard[below(10)] : b->level ? usual[below(4)] : "";
}

static const char *before(void)
{
	static const char *const word[] = { "Invoice ", "Rechnung Nr. ", "Rg. ", "facture ", "Inv #", "RE ", "Zahlung ", "" };

	return word[below(8)];
}

static void quote(struct book *b, struct pay *p, const int *item, int n)
{
	static const char *const between[] = { ", ", " / ", " + ", " and ", "; " };
	const char *sep = between[below(5)];
	struct ar_buf t = AR_BUF_INIT;

	ar_buf_puts(&t, before());
	for (int i = 0; i < n; i++) {
		ar_buf_puts(&t, i ? sep : "");
		ar_buf_str(&t, written(b, item[i]));
	}
	ar_buf_puts(&t, noise(b));
	line_text(b, p, ar_arena_str(&b->mem, ar_buf_slice(&t)));
	ar_buf_release(&t);
}

static void mean(struct book *b, struct pay *p, int item, int64_t fall)
{
	(void)b;
	p->t.item[p->t.n] = item;
	p->t.fall[p->t.n++] = fall;
}

static void mean_all(struct book *b, struct pay *p, int item)
{
	struct ar_match_item *it = &b->item[item];

	mean(b, p, item, it->credit ? -it->open : it->open);
	p->l.amount += it->open;
}

static void own_reference(struct pay *p, struct ar_str ref)
{
	p->ref[p->l.nref++] = ref;
	p->l.ref = p->ref;
}

/* ---- kinds: documents quoted ---- */

static void k_reference(struct book *b, struct pay *p)
{
	static const enum ar_ref kind[] = { AR_REF_RF, AR_REF_QRR, AR_REF_OGM };
	int who = shared(b), i = an_item(b, who);

	own_reference(p, add_ref(b, i, kind[below(3)]));
	anyhow(b, p, who);
	mean_all(b, p, i);
	p->knowable = true;
}

static void k_reference_text(struct book *b, struct pay *p)
{
	int who = shared(b), i = an_item(b, who);
	struct ar_str r = add_ref(b, i, AR_REF_RF);

	line_text(b, p, z(b, "%.4s %.4s %.*s%s", r.p, r.p + 4, (int)r.n - 8, r.p + 8, noise(b)));
	anyhow(b, p, who);
	mean_all(b, p, i);
	p->knowable = true;
}

static void k_references(struct book *b, struct pay *p)
{
	int who = shared(b), n = 2 + (int)below(3);

	for (int k = 0; k < n; k++) {
		int i = an_item(b, who);

		own_reference(p, add_ref(b, i, AR_REF_RF));
		mean_all(b, p, i);
	}
	anyhow(b, p, who);
	p->knowable = true;
}

static void k_number(struct book *b, struct pay *p)
{
	int who = shared(b), i = an_item(b, who);

	quote(b, p, &i, 1);
	anyhow(b, p, who);
	mean_all(b, p, i);
	p->knowable = true;
}

static void k_numbers(struct book *b, struct pay *p)
{
	int who = shared(b), n = 2 + (int)below(5), v[8];

	for (int k = 0; k < n; k++) {
		v[k] = an_item(b, who);
		mean_all(b, p, v[k]);
	}
	quote(b, p, v, n);
	anyhow(b, p, who);
	p->knowable = true;
}

static void k_numbers_memo(struct book *b, struct pay *p)
{
	int who = shared(b), v[3] = { an_item(b, who), an_item(b, who), 0 };

	v[2] = new_item(b, who, 101 + below(900), true);
	for (int k = 0; k < 3; k++)
		mean_all(b, p, v[k]);
	quote(b, p, v, 3);
	anyhow(b, p, who);
	p->knowable = true;
}

static void k_range(struct book *b, struct pay *p)
{
	int who = shared(b), style = b->number_style, v[4];

	b->number_style = 1;
	for (int k = 0; k < 3; k++) {
		v[k] = an_item(b, who);
		if (k) { /* one after the other */
			b->number = (uint32_t)ar_str_uint(b->item[v[0]].number, 1 << 30) + (uint32_t)k;
			b->item[v[k]].number = z(b, "%u", b->number);
		}
		mean_all(b, p, v[k]);
	}
	b->number_style = style;
	line_text(b, p, z(b, "%s%.*s-%.*s", before(), AR_STR_FMT(b->item[v[0]].number), AR_STR_FMT(b->item[v[2]].number)));
	anyhow(b, p, who);
	p->knowable = true;
}

static void k_order_number(struct book *b, struct pay *p)
{
	int who = shared(b), i = an_item(b, who);

	b->item[i].po = z(b, "4500%06d", i * 37 + 11);
	line_text(b, p, z(b, "%s%.*s%s", chance(50) ? "PO " : "Bestellung ", AR_STR_FMT(b->item[i].po), noise(b)));
	from(b, p, who, chance(70) ? ACCOUNT : NAME_LOOSE);
	mean_all(b, p, i);
	p->knowable = true;
}

static void k_structured(struct book *b, struct pay *p) /* the bank file names documents as such */
{
	int who = shared(b), n = 1 + (int)below(3);

	for (int k = 0; k < n; k++) {
		int i = an_item(b, who);

		p->l.doc = p->ref;
		p->ref[p->l.ndoc++] = b->item[i].number;
		mean_all(b, p, i);
	}
	anyhow(b, p, who);
	p->knowable = true;
}

static void k_third_party(struct book *b, struct pay *p)
{
	int who = shared(b), i = an_item(b, who);

	quote(b, p, &i, 1);
	from(b, p, who, THIRD);
	mean_all(b, p, i);
	p->knowable = true;
}

static void k_parent(struct book *b, struct pay *p)
{
	int top = new_customer(b), child = new_customer(b), i = an_item(b, child), k = an_item(b, top);
	int v[2] = { i, k };

	b->who[child].c.parent = b->who[top].c.id;
	mean_all(b, p, i);
	mean_all(b, p, k);
	quote(b, p, v, 2);
	from(b, p, top, chance(50) ? ACCOUNT : NAME_LOOSE);
	p->knowable = true;
}

/* ---- kinds: the payer's list ---- */

static struct ar_match_remit *new_remit(struct book *b, struct pay *p, bool traced)
{
	struct ar_match_remit *r = &b->remit[b->nremit++];

	*r = (struct ar_match_remit){ .id = z(b, "e/r:s:%d", b->nremit), .ccy = ccy("EUR"), .date = p->l.booked };
	if (traced) {
		r->payment_reference = z(b, "E2E-%d", 5000 + b->nremit);
		p->l.end_to_end = r->payment_reference;
	} else if (p->l.payer_account.n) {
		r->payer_account = b->who[p->who].account;
	} else {
		r->payer = b->who[p->who].c.name;
	}
	r->line = ar_arena_alloc(&b->mem, MEANT * sizeof *r->line);
	return r;
}

static void list(struct book *b, struct ar_match_remit *r, int item, int64_t net, int64_t discount)
{
	struct ar_match_remit_line *l = &r->line[r->nline++];

	*l = (struct ar_match_remit_line){ .id = z(b, "%.*s~%03d", AR_STR_FMT(r->id), r->nline),
		.document = b->item[item].number, .gross = net + discount, .discount = discount, .net = net };
	r->amount += net;
}

static void remit_kind(struct book *b, struct pay *p, bool traced, bool memo)
{
	int who = shared(b), n = 2 + (int)below(8);
	struct ar_match_remit *r;

	from(b, p, who, traced ? (enum how)below(4) : chance(60) ? ACCOUNT : NAME_LOOSE);
	r = new_remit(b, p, traced);
	for (int k = 0; k < n; k++) {
		int i = memo && k == n - 1 ? new_item(b, who, 101 + below(900), true) : an_item(b, who);

		list(b, r, i, b->item[i].open, 0);
		mean_all(b, p, i);
	}
	p->knowable = true;
}

static void k_remit(struct book *b, struct pay *p) { remit_kind(b, p, true, false); }
static void k_remit_memo(struct book *b, struct pay *p) { remit_kind(b, p, true, true); }
static void k_remit_payer(struct book *b, struct pay *p) { remit_kind(b, p, false, false); }

static void k_remit_deduction(struct book *b, struct pay *p) /* one line is paid short, with a reason */
{
	int who = shared(b), i = an_item(b, who), k = new_item(b, who, 90000 + below(90000), false);
	int64_t cut = 5000 + below(9000);
	struct ar_match_remit *r;

	from(b, p, who, ACCOUNT);
	r = new_remit(b, p, true);
	list(b, r, i, b->item[i].open, 0);
	list(b, r, k, b->item[k].open - cut, 0);
	r->line[1].gross = b->item[k].open;
	r->line[1].adjustment = -cut;
	r->line[1].reason = AR_STR("damage");
	mean_all(b, p, i);
	mean(b, p, k, b->item[k].open - cut);
	p->l.amount += b->item[k].open - cut;
}

/* ---- kinds: only the amount speaks ---- */

static void k_amount(struct book *b, struct pay *p)
{
	int who = shared(b), i = new_item(b, who, odd_amount(b), false);

	from(b, p, who, ACCOUNT);
	mean_all(b, p, i);
	p->knowable = p->by_amount = true;
}

static void k_amount_name(struct book *b, struct pay *p)
{
	int who = shared(b), i = new_item(b, who, odd_amount(b), false);

	from(b, p, who, chance(50) ? NAME : NAME_LOOSE);
	mean_all(b, p, i);
}

static void k_amount_fuzzy(struct book *b, struct pay *p)
{
	int who = shared(b), i = new_item(b, who, odd_amount(b), false);

	from(b, p, who, FUZZY);
	mean_all(b, p, i);
}

static void k_amount_alias(struct book *b, struct pay *p) /* another name that the books know */
{
	int who = new_customer(b), i = new_item(b, who, odd_amount(b), false);
	struct ar_str *alias = ar_arena_alloc(&b->mem, sizeof *alias);

	*alias = z(b, "Verrechnungsstelle %d", who + 31);
	b->who[who].c.alias = alias;
	b->who[who].c.nalias = 1;
	p->who = who;
	p->l.payer = *alias;
	mean_all(b, p, i);
}

static void k_customer_number(struct book *b, struct pay *p) /* the payer's number stands in the text */
{
	int who = shared(b), i = new_item(b, who, odd_amount(b), false);

	p->who = who;
	line_text(b, p, z(b, "%s%.*s", chance(50) ? "Kd-Nr. " : "customer no ", AR_STR_FMT(b->who[who].c.number)));
	mean_all(b, p, i);
}

static int own_books(struct book *b, int n) /* a customer with n documents of odd amounts, days apart */
{
	int who = new_customer(b);

	for (int k = 0; k < n; k++) {
		int i = new_item(b, who, odd_amount(b), false);

		b->item[i].issued = TODAY - 75 + k * 6;
		b->item[i].due = b->item[i].issued + 30;
	}
	return who;
}

static void k_balance(struct book *b, struct pay *p)
{
	int first = b->nitem, n = 2 + (int)below(6), who = own_books(b, n);

	for (int k = 0; k < n; k++)
		mean_all(b, p, first + k);
	from(b, p, who, ACCOUNT);
	p->knowable = p->by_amount = true;
}

static void k_past_due(struct book *b, struct pay *p)
{
	int first = b->nitem, n = 6 + (int)below(4), who = own_books(b, n), late = 0;

	for (int k = 0; k < n; k++)
		if (b->item[first + k].due < p->l.booked) {
			mean_all(b, p, first + k);
			late++;
		}
	(void)late;
	from(b, p, who, ACCOUNT);
}

static void k_statement(struct book *b, struct pay *p) /* all that was issued up to the end of last month */
{
	int first = b->nitem, n = 10 + (int)below(3), who = own_books(b, n);
	struct ar_ymd d = ar_ymd_of(p->l.booked);
	ar_date end = ar_date_from(d.y, d.m, 1) - 1;

	for (int k = 0; k < n; k++)
		if (b->item[first + k].issued <= end)
			mean_all(b, p, first + k);
	from(b, p, who, ACCOUNT);
}

static void k_oldest(struct book *b, struct pay *p)
{
	int first = b->nitem, n = 5 + (int)below(5), who = own_books(b, n), take = 2 + (int)below(3);

	for (int k = 0; k < take; k++)
		mean_all(b, p, first + k);
	from(b, p, who, ACCOUNT);
}

static void k_same_due(struct book *b, struct pay *p)
{
	int first = b->nitem, who = own_books(b, 7);

	for (int k = 2; k < 5; k++) {
		b->item[first + k].due = b->item[first + 3].due;
		mean_all(b, p, first + k);
	}
	from(b, p, who, ACCOUNT);
}

static void k_subset(struct book *b, struct pay *p)
{
	int first = b->nitem, n = 5 + (int)below(6), who = own_books(b, n);
	int a = (int)below((uint32_t)n / 2), c = n / 2 + (int)below((uint32_t)(n - n / 2));

	mean_all(b, p, first + a);
	mean_all(b, p, first + c);
	from(b, p, who, ACCOUNT);
}

static void k_subset_memo(struct book *b, struct pay *p)
{
	int first = b->nitem, n = 5 + (int)below(4), who = own_books(b, n), memo = new_item(b, who, 1017 + below(400), true);

	mean_all(b, p, first + (int)below(2));
	mean_all(b, p, first + 3);
	mean_all(b, p, memo);
	from(b, p, who, ACCOUNT);
}

static void k_chance(struct book *b, struct pay *p) /* one document has the amount; two or three others happen to make it too */
{
	int first = b->nitem, who = own_books(b, 6), three = chance(50), apart = 1 + chance(70);
	int64_t rest = 0;

	for (int k = 0; k < 2 + three; k++)
		rest += b->item[first + (k == 2 ? 5 : k * apart)].open;
	b->item[first + 3].amount = b->item[first + 3].open = rest;
	mean_all(b, p, first + 3);
	from(b, p, who, ACCOUNT);
	p->ask = true;
}

static void k_equal_amounts(struct book *b, struct pay *p) /* two documents of one amount: the older one */
{
	int who = new_customer(b);
	int64_t a = odd_amount(b);
	int i = new_item(b, who, a, false), k = new_item(b, who, a, false);

	b->item[i].due = TODAY - 20;
	b->item[k].due = TODAY + 5;
	mean_all(b, p, i);
	from(b, p, who, ACCOUNT);
}

/* ---- kinds: discounts, charges, currencies, deductions ---- */

static void discounted(struct book *b, struct pay *p, int late, bool quoted)
{
	int who = quoted ? shared(b) : new_customer(b), i = new_item(b, who, 40000 + below(800000), false);
	struct ar_match_item *it = &b->item[i];

	it->discount = it->amount * (2 + below(2)) / 100;
	it->discount_date = p->l.booked - late;
	it->issued = it->discount_date - 10;
	it->due = it->issued + 30;
	mean(b, p, i, it->open);
	p->l.amount = it->open - it->discount;
	if (quoted)
		quote(b, p, &i, 1);
	else
		an_item(b, who);
	from(b, p, who, ACCOUNT);
}

static void k_discount(struct book *b, struct pay *p)
{
	discounted(b, p, -(int)below(4), true);
	p->knowable = true;
}
static void k_discount_amount(struct book *b, struct pay *p)
{
	discounted(b, p, -(int)below(4), false);
	p->by_amount = true;
}
static void k_discount_late(struct book *b, struct pay *p) { discounted(b, p, 3 + (int)below(5), true); }

static void k_charges(struct book *b, struct pay *p) /* the bank tells what it kept */
{
	int who = shared(b), i = new_item(b, who, 50000 + below(500000), false);
	int64_t fee = 500 + below(3000);

	quote(b, p, &i, 1);
	from(b, p, who, ACCOUNT);
	mean(b, p, i, b->item[i].open);
	p->l.amount = b->item[i].open - fee;
	p->l.charges_ccy = p->l.ccy;
	p->l.charges = fee;
}

static void k_wire_fee(struct book *b, struct pay *p) /* a round fee is missing from a payment from abroad */
{
	static const int64_t fee[] = { 1000, 1500, 2000, 2500 };
	int who = shared(b), i = new_item(b, who, 300000 + below(500000), false);

	quote(b, p, &i, 1);
	from(b, p, who, NAME_LOOSE);
	mean(b, p, i, b->item[i].open);
	p->l.amount = b->item[i].open - fee[below(4)];
	p->l.foreign = true;
}

static void k_instructed(struct book *b, struct pay *p)
{
	int who = shared(b), i = an_item(b, who);

	b->item[i].ccy = ccy("GBP");
	quote(b, p, &i, 1);
	from(b, p, who, ACCOUNT);
	mean(b, p, i, b->item[i].open);
	p->l.instructed_ccy = ccy("GBP");
	p->l.instructed = b->item[i].open;
	p->l.amount = b->item[i].open * 1146 / 1000;
}

static void k_rate(struct book *b, struct pay *p) /* no word about the currency; the day's rate explains it */
{
	int who = shared(b), i = new_item(b, who, 20001 + below(600000), false);

	b->item[i].ccy = ccy("USD");
	quote(b, p, &i, 1);
	from(b, p, who, ACCOUNT);
	mean(b, p, i, b->item[i].open);
	p->l.amount = b->item[i].open * 10000 / (10842 + (int)below(60) - 30);
}

static void k_tolerance(struct book *b, struct pay *p)
{
	int who = shared(b), i = new_item(b, who, 20001 + below(600000), false);

	quote(b, p, &i, 1);
	anyhow(b, p, who);
	mean(b, p, i, b->item[i].open);
	p->l.amount = b->item[i].open - 1 - below(60);
}

static void k_short(struct book *b, struct pay *p) /* less, nobody says why: a part payment */
{
	int who = shared(b), i = new_item(b, who, 50001 + below(600000), false);

	quote(b, p, &i, 1);
	anyhow(b, p, who);
	p->l.amount = b->item[i].open * (40 + below(40)) / 100;
	mean(b, p, i, p->l.amount);
}

static void k_deduction(struct book *b, struct pay *p) /* less, and the text says why */
{
	static const char *const why[] = { "abzgl. Transportschaden", "less damaged goods", "minus freight claim", "Fehlmenge abgezogen",
		"less promo rebate" };
	int who = shared(b), i = new_item(b, who, 50001 + below(600000), false);

	line_text(b, p, z(b, "Invoice %.*s %s", AR_STR_FMT(b->item[i].number), why[below(5)]));
	anyhow(b, p, who);
	p->l.amount = b->item[i].open - 5000 - below(10000);
	mean(b, p, i, p->l.amount);
}

static void k_withholding(struct book *b, struct pay *p)
{
	int who = shared(b), i = new_item(b, who, (500 + below(6000)) * 100, false);

	line_text(b, p, z(b, "Inv %.*s net of %s 10%%", AR_STR_FMT(b->item[i].number), chance(50) ? "WHT" : "withholding tax"));
	from(b, p, who, ACCOUNT);
	p->l.amount = b->item[i].open - b->item[i].open / 10;
	mean(b, p, i, b->item[i].open);
}

static void k_over(struct book *b, struct pay *p)
{
	int who = shared(b), i = an_item(b, who);

	quote(b, p, &i, 1);
	anyhow(b, p, who);
	mean_all(b, p, i);
	p->t.on_account = 100 + below(5000);
	p->l.amount += p->t.on_account;
}

static void k_duplicate(struct book *b, struct pay *p)
{
	int who = shared(b), i = an_item(b, who);

	settle_item(b, i, p->l.booked - 3 - (ar_date)below(40));
	quote(b, p, &i, 1);
	from(b, p, who, ACCOUNT);
	p->l.amount = p->t.on_account = b->item[i].amount;
}

static void k_duplicate_silent(struct book *b, struct pay *p) /* the same amount again, no word, nothing of it open */
{
	int who = shared(b), i = new_item(b, who, odd_amount(b), false);

	settle_item(b, i, p->l.booked - 5);
	from(b, p, who, ACCOUNT);
	p->l.amount = p->t.on_account = b->item[i].amount;
}

static void k_prepayment(struct book *b, struct pay *p)
{
	int who = shared(b);
	struct ar_match_order *o = &b->order[b->norder++];

	*o = (struct ar_match_order){ .id = z(b, "e/s:o:%d", b->norder), .entity = AR_STR("e"), .customer = b->who[who].c.id,
		.number = z(b, "SO%d", 880000 + b->norder), .ccy = ccy("EUR"), .amount = odd_amount(b) };
	line_text(b, p, z(b, "advance payment order %.*s", AR_STR_FMT(o->number)));
	anyhow(b, p, who);
	p->l.amount = p->t.on_account = o->amount;
}

/* ---- kinds: several lines ---- */

static struct pay *another(struct book *b, const struct pay *p);

static void k_split(struct book *b, struct pay *p) /* two wires of one day make one document */
{
	int who = new_customer(b), i = new_item(b, who, 100001 + below(600000), false);
	struct pay *q = another(b, p);

	an_item(b, who);
	from(b, p, who, ACCOUNT);
	p->l.amount = b->item[i].open / 2 + below(5000);
	mean(b, p, i, p->l.amount);
	if (!q)
		return;
	from(b, q, who, ACCOUNT);
	q->l.amount = b->item[i].open - p->l.amount;
	mean(b, q, i, q->l.amount);
}

static void k_split_quoted(struct book *b, struct pay *p)
{
	int who = shared(b), i = new_item(b, who, 100001 + below(600000), false);
	struct pay *q = another(b, p);

	quote(b, p, &i, 1);
	from(b, p, who, ACCOUNT);
	p->l.amount = b->item[i].open / 2 + below(5000);
	mean(b, p, i, p->l.amount);
	if (!q)
		return;
	quote(b, q, &i, 1);
	from(b, q, who, ACCOUNT);
	q->l.amount = b->item[i].open - p->l.amount;
	mean(b, q, i, q->l.amount);
}

static void k_twin(struct book *b, struct pay *p) /* two documents, two payments, all of one amount */
{
	int who = new_customer(b);
	int64_t a = odd_amount(b);
	int i = new_item(b, who, a, false), k = new_item(b, who, a, false);
	struct pay *q = another(b, p);

	b->item[i].due = TODAY - 9;
	b->item[k].due = TODAY - 2;
	quote(b, p, &k, 1);
	from(b, p, who, ACCOUNT);
	mean_all(b, p, k);
	p->knowable = true;
	if (!q)
		return;
	from(b, q, who, ACCOUNT);
	mean_all(b, q, i);
}

/* ---- kinds: no receipts ---- */

static void excluded(struct pay *p, const char *kind, int64_t amount)
{
	p->l.excluded = "the bank's own business: a fee, interest or a transfer";
	p->l.kind = kind;
	p->l.amount = amount;
	p->l.counts = amount > 0;
	p->excluded = true;
}

static void k_fee(struct book *b, struct pay *p)
{
	(void)b;
	excluded(p, "fee", -(int64_t)(100 + below(5000)));
}

static void k_interest(struct book *b, struct pay *p)
{
	(void)b;
	excluded(p, "interest", 100 + below(5000));
}

static void k_return(struct book *b, struct pay *p)
{
	int who = shared(b);
	struct ar_match_payment *o = &b->old[b->nold++];

	*o = (struct ar_match_payment){ .id = z(b, "e/s:p:%d", b->nold), .entity = AR_STR("e"), .customer = b->who[who].c.id,
		.number = z(b, "PY%d", b->nold), .reference = z(b, "MNDT%d", 7000 + b->nold), .ccy = ccy("EUR"),
		.amount = odd_amount(b), .date = TODAY - 20 };
	p->l.returned = true;
	p->l.original_reference = o->reference;
	p->l.amount = -o->amount;
	p->undoes = true;
}

/* ---- kinds: traps. Nothing of these may be automatic, or only what is right ---- */

static void k_substring(struct book *b, struct pay *p) /* another's number is a part of a longer one; the amount is that document's */
{
	int victim = shared(b), i = new_item(b, victim, odd_amount(b), false);
	struct ar_str n = b->item[i].number;

	line_text(b, p, z(b, "Kundenauftrag 45%.*s77 sowie X%.*sY", AR_STR_FMT(n), AR_STR_FMT(n)));
	from(b, p, victim, THIRD);
	p->who = -1;
	p->l.amount = b->item[i].open;
}

static void k_date(struct book *b, struct pay *p) /* a document is called like a year */
{
	int who = shared(b), i = new_item(b, who, 100000 + below(90000), false);

	b->item[i].number = z(b, "%d", 2020 + (int)below(9));
	line_text(b, p, z(b, "Beitrag 10/%.*s und 12.05.%.*s", AR_STR_FMT(b->item[i].number), AR_STR_FMT(b->item[i].number)));
	from(b, p, who, THIRD);
	p->who = -1;
	p->l.amount = b->item[i].open - 17;
}

static void k_phone(struct book *b, struct pay *p)
{
	int who = shared(b), style = b->number_style, i;

	b->number_style = 1;
	i = new_item(b, who, odd_amount(b), false);
	b->number_style = style;
	line_text(b, p, z(b, "Rueckfragen Tel. 040 %.*s", AR_STR_FMT(b->item[i].number)));
	from(b, p, who, THIRD);
	p->who = -1;
	p->l.amount = b->item[i].open;
}

static void k_others_document(struct book *b, struct pay *p) /* a known payer quotes what is another's, with its amount */
{
	int who = new_customer(b), victim = shared(b), i = new_item(b, victim, odd_amount(b), false);

	an_item(b, who);
	quote(b, p, &i, 1);
	from(b, p, who, ACCOUNT);
	mean_all(b, p, i); /* perhaps it pays for it: a person has to look */
}

static void k_mistyped(struct book *b, struct pay *p) /* one digit wrong: another's document, another amount; the own one fits */
{
	int who = new_customer(b), victim = shared(b), own = new_item(b, who, odd_amount(b), false), i = an_item(b, victim);

	while (b->item[i].open == b->item[own].open)
		i = an_item(b, victim);
	quote(b, p, &i, 1);
	from(b, p, who, ACCOUNT);
	mean_all(b, p, own);
}

/* The number of `right` as fingers slip: one digit wrong, two exchanged, one left out, one too many; a number that nobody else has. */
static struct ar_str slipped(struct book *b, int right)
{
	struct ar_str n = b->item[right].number;

	for (;;) {
		char out[40];
		size_t at = n.n - 1 - below(4), k = n.n;
		bool free = true;

		memcpy(out, n.p, n.n);
		switch (below(4)) {
		case 0:
			out[at] = (char)('0' + below(10));
			break;
		case 1:
			out[at] = n.p[at - 1];
			out[at - 1] = n.p[at];
			break;
		case 2:
			memmove(out + at, out + at + 1, --k - at);
			break;
		default:
			memmove(out + at + 1, out + at, k++ - at);
			out[at] = (char)('1' + below(9));
		}
		for (int i = 0; i < b->nitem; i++)
			free &= !ar_streq(b->item[i].number, (struct ar_str){ out, k });
		if (free && ar_is_digit(out[at - 1]))
			return ar_arena_str(&b->mem, (struct ar_str){ out, k });
	}
}

/* A slip of the fingers, and all documents have one price: the number is another's, the amount fits it too. Nobody knows for sure. */
static void fixed_price(struct book *b, struct pay *p, enum how how)
{
	int who = new_customer(b), own = new_item(b, who, 11900, false), other = -1;

	for (int k = 0; k < 4; k++)
		other = new_item(b, shared(b), 11900, false);
	b->item[other].number = slipped(b, own);
	quote(b, p, &other, 1);
	from(b, p, who, how);
	if (how == THIRD) {
		p->who = -1;
		p->l.payer = z(b, "Frida Sommerfeldt %c", 'A' + (int)below(26));
		p->l.amount = 11900;
		return;
	}
	mean_all(b, p, own);
}

static void k_fixed_price(struct book *b, struct pay *p) { fixed_price(b, p, chance(50) ? ACCOUNT : FUZZY); }
static void k_fixed_price_stranger(struct book *b, struct pay *p) { fixed_price(b, p, THIRD); }

static void k_instalments(struct book *b, struct pay *p) /* one number, three parts; the amount tells which */
{
	int who = shared(b), v[3];

	for (int k = 0; k < 3; k++) {
		v[k] = new_item(b, who, 100003 + below(90000) * 7, false);
		b->item[v[k]].number = b->item[v[0]].number;
		b->item[v[k]].due = TODAY - 30 + k * 30;
	}
	quote(b, p, &v[1], 1);
	anyhow(b, p, who);
	mean_all(b, p, v[1]);
}

static void k_shared_account(struct book *b, struct pay *p) /* an account that pays for two customers says nothing */
{
	int one = new_customer(b), two = new_customer(b), i = new_item(b, one, odd_amount(b), false);

	b->who[two].c.account = b->who[one].c.account;
	p->l.payer_account = b->who[one].account;
	p->who = -1;
	p->l.amount = b->item[i].open;
}

static void k_own_number(struct book *b, struct pay *p) /* the payer's voucher number is also a document of ours, another's */
{
	int who = new_customer(b), victim = shared(b), own = an_item(b, who), i = an_item(b, victim);

	line_text(b, p, z(b, "Invoice %.*s our doc %.*s", AR_STR_FMT(b->item[own].number), AR_STR_FMT(b->item[i].number)));
	from(b, p, who, ACCOUNT);
	mean_all(b, p, own);
}

static void k_settled_number(struct book *b, struct pay *p) /* what is quoted was paid long ago; an equal amount is open */
{
	int who = new_customer(b);
	int64_t a = odd_amount(b);
	int old = new_item(b, who, a, false);

	new_item(b, who, a, false);
	settle_item(b, old, p->l.booked - 9);
	quote(b, p, &old, 1);
	from(b, p, who, ACCOUNT);
	p->l.amount = p->t.on_account = a;
}

static void k_round(struct book *b, struct pay *p) /* a round part payment, and a document of just that */
{
	int who = new_customer(b);
	int64_t a = (1 + below(30)) * 10000;

	new_item(b, who, a, false);
	new_item(b, who, a * 3 + 1234, false);
	from(b, p, who, ACCOUNT);
	p->l.amount = a;
	mean(b, p, b->nitem - 2, a);
}

static void k_unknown(struct book *b, struct pay *p) /* nobody, nothing, an amount that happens to be open somewhere */
{
	int victim = shared(b), i = new_item(b, victim, odd_amount(b), false);

	from(b, p, victim, THIRD);
	p->who = -1;
	line_text(b, p, AR_STR("Vielen Dank fuer die gute Zusammenarbeit"));
	p->l.amount = b->item[i].open;
}

static void k_namesake(struct book *b, struct pay *p) /* two customers of one name */
{
	int one = new_customer(b), two = new_customer(b), i = new_item(b, one, odd_amount(b), false);

	b->who[two].c.name = b->who[one].c.name;
	new_item(b, two, b->item[i].open, false);
	p->l.payer = b->who[one].c.name;
	p->who = -1;
	p->l.amount = b->item[i].open;
}

static void k_near_name(struct book *b, struct pay *p) /* a stranger's name like that of a customer; its amount is open there */
{
	int who = new_customer(b), i = new_item(b, who, odd_amount(b), false);
	struct ar_str n = b->who[who].c.name;
	size_t k = 0;

	while (k < n.n && n.p[k] != ' ')
		k++;
	p->l.payer = z(b, "%.*s Immobilien Verwaltung", (int)k, n.p);
	p->who = -1;
	p->l.amount = b->item[i].open;
}

static void k_on_account(struct book *b, struct pay *p) /* known payer, an amount that nothing explains */
{
	int who = new_customer(b), i = new_item(b, who, 500001 + below(9000), false);

	(void)i;
	from(b, p, who, ACCOUNT);
	p->l.amount = p->t.on_account = 7013 + below(9000);
}

static void k_unknown_number(struct book *b, struct pay *p) /* the same amount every month: the month named is not in our books yet */
{
	int who = new_customer(b), i = new_item(b, who, odd_amount(b), false);

	if (chance(50)) {
		line_text(b, p, z(b, "Rechnung %.*s9", AR_STR_FMT(b->item[i].number)));
	} else {
		own_reference(p, AR_STR("RF45998877001122"));
		p->l.cites = true;
	}
	from(b, p, who, ACCOUNT);
	mean_all(b, p, i); /* more often than not: its own number for it, or a slip */
	p->ask = true;
}

static void k_younger(struct book *b, struct pay *p) /* of just this amount, but issued after the money came */
{
	int who = new_customer(b), i = new_item(b, who, odd_amount(b), false);

	b->item[i].issued = p->l.booked + 1 + (ar_date)below(5);
	b->item[i].due = b->item[i].issued + 30;
	from(b, p, who, ACCOUNT);
	p->l.amount = p->t.on_account = b->item[i].open;
}

static void k_sister(struct book *b, struct pay *p) /* one child's account, the other child's amount */
{
	int top = new_customer(b), one = new_customer(b), two = new_customer(b), i = new_item(b, two, odd_amount(b), false);

	b->who[one].c.parent = b->who[two].c.parent = b->who[top].c.id;
	from(b, p, one, ACCOUNT);
	mean_all(b, p, i);
	p->ask = true;
}

static void k_deposit(struct book *b, struct pay *p) /* the text says that it is for something to come */
{
	static const char *const text[] = { "Anzahlung Projekt Nord", "deposit for new plant", "acompte commande", "Abschlagszahlung 2" };
	int who = new_customer(b), i = new_item(b, who, odd_amount(b), false);

	line_text(b, p, ar_str(text[below(4)]));
	from(b, p, who, ACCOUNT);
	p->l.amount = p->t.on_account = b->item[i].open;
}

static void k_processor(struct book *b, struct pay *p) /* a payment processor pays out: no customer's money by itself */
{
	int victim = shared(b), i = new_item(b, victim, odd_amount(b), false);

	excluded(p, "payout", b->item[i].open);
	p->l.payer = AR_STR("Kartenabrechnung Payments Europe Ltd");
}

static const struct kind {
	const char *name;
	void (*make)(struct book *, struct pay *);
	int weight;
} kinds[] = {
	{ "reference", k_reference, 6 }, { "reference in text", k_reference_text, 3 }, { "several references", k_references, 2 },
	{ "number", k_number, 12 }, { "numbers", k_numbers, 8 }, { "numbers and memo", k_numbers_memo, 3 }, { "range", k_range, 1 },
	{ "order number", k_order_number, 2 }, { "structured numbers", k_structured, 2 }, { "third party", k_third_party, 2 },
	{ "parent pays", k_parent, 2 }, { "remittance", k_remit, 4 }, { "remittance, memo", k_remit_memo, 2 },
	{ "remittance by payer", k_remit_payer, 2 }, { "remittance, deduction", k_remit_deduction, 1 }, { "amount", k_amount, 5 },
	{ "amount, name", k_amount_name, 3 }, { "amount, fuzzy name", k_amount_fuzzy, 2 }, { "amount, alias", k_amount_alias, 1 },
	{ "customer number", k_customer_number, 1 }, { "balance", k_balance, 3 }, { "past due", k_past_due, 1 },
	{ "statement", k_statement, 1 }, { "oldest", k_oldest, 2 }, { "same due date", k_same_due, 1 }, { "subset", k_subset, 2 },
	{ "subset with memo", k_subset_memo, 1 }, { "equal amounts", k_equal_amounts, 2 }, { "equal by chance", k_chance, 2 }, { "discount", k_discount, 3 },
	{ "discount by amount", k_discount_amount, 2 }, { "late discount", k_discount_late, 2 }, { "charges", k_charges, 1 },
	{ "wire fee", k_wire_fee, 1 }, { "instructed amount", k_instructed, 1 }, { "rate of the day", k_rate, 1 },
	{ "tolerance", k_tolerance, 2 }, { "part payment", k_short, 3 }, { "deduction", k_deduction, 2 },
	{ "withholding tax", k_withholding, 1 }, { "too much", k_over, 2 }, { "paid twice", k_duplicate, 1 },
	{ "paid twice, silent", k_duplicate_silent, 1 }, { "prepayment", k_prepayment, 1 }, { "split", k_split, 1 },
	{ "split, quoted", k_split_quoted, 1 }, { "twins", k_twin, 1 }, { "fee", k_fee, 1 }, { "interest", k_interest, 1 },
	{ "return", k_return, 1 }, { "trap: substring", k_substring, 1 }, { "trap: date", k_date, 1 }, { "trap: phone", k_phone, 1 },
	{ "trap: other's document", k_others_document, 1 }, { "trap: mistyped", k_mistyped, 1 }, { "trap: own number", k_own_number, 1 },
	{ "trap: settled number", k_settled_number, 1 }, { "trap: round amount", k_round, 1 }, { "trap: unknown", k_unknown, 1 },
	{ "trap: namesake", k_namesake, 1 }, { "trap: near name", k_near_name, 1 }, { "on account", k_on_account, 1 },
	{ "processor", k_processor, 1 }, { "trap: fixed price", k_fixed_price, 1 }, { "trap: fixed price, stranger", k_fixed_price_stranger, 1 },
	{ "trap: unknown number", k_unknown_number, 1 }, { "trap: younger document", k_younger, 1 }, { "trap: sister", k_sister, 1 },
	{ "trap: deposit", k_deposit, 1 }, { "instalments", k_instalments, 1 }, { "trap: shared account", k_shared_account, 1 },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static int only = -1;

static struct pay *new_pay(struct book *b, int kind, ar_date booked)
{
	struct pay *p = &b->pay[b->npay++];

	*p = (struct pay){ .kind = kind, .who = -1 };
	p->l = (struct ar_match_line){ .id = z(b, "e/b:l:%04u", (b->nline * 7u + 3) % 997), .entity = AR_STR("e"), .ccy = ccy("EUR"),
		.booked = booked, .instructed_ccy = AR_CCY_NONE, .charges_ccy = AR_CCY_NONE };
	b->nline++;
	return p;
}

static struct pay *another(struct book *b, const struct pay *p)
{
	return b->npay < PAYS ? new_pay(b, p->kind, p->l.booked) : NULL;
}

static int pick(void)
{
	int sum = 0, at;

	for (int i = 0; i < KINDS; i++)
		sum += kinds[i].weight;
	at = (int)below((uint32_t)sum);
	for (int i = 0;; i++)
		if ((at -= kinds[i].weight) < 0)
			return i;
}

static void background(struct book *b)
{
	static const int most[] = { 3, 8, 16 };

	for (int w = 0; w < b->shared; w++) {
		for (int k = (int)below((uint32_t)most[b->level]); k > 0; k--)
			an_item(b, w);
		for (int k = (int)below(5); k > 0; k--)
			settle_item(b, an_item(b, w), TODAY - 30 - (ar_date)below(90));
	}
}

/* ---- what an amount can tell: brute force over what is open ---- */

static bool group_is(const struct book *b, int item, int who) { return b->owner[item] == who; }

static bool amount_tells(const struct book *b, const struct pay *p)
{
	int v[ITEMS], n = 0, equal = 0, same = 0;
	int64_t all = 0;

	for (int i = 0; i < b->nitem; i++)
		if (group_is(b, i, p->who) && b->item[i].open && b->item[i].ccy == p->l.ccy) {
			v[n++] = i;
			equal += b->item[i].open == p->l.amount;
			all += b->item[i].open;
		} else if (group_is(b, i, p->who) && !b->item[i].open && b->item[i].amount == p->l.amount) {
			return false;
		}
	for (int k = 0; k < b->npay; k++)
		same += b->pay[k].who == p->who && b->pay[k].l.amount == p->l.amount;
	if (same > 1 || p->l.amount % 100 == 0)
		return false;
	if (p->t.n == 1 && (equal > 1 || (n > 1 && all == p->l.amount)))
		return false;
	if (p->t.n > 1 && equal)
		return false;
	for (int i = 0; i < n; i++)
		for (int k = 0; k < i; k++)
			if (b->item[v[i]].open + b->item[v[k]].open == p->l.amount && !(p->t.n == 2 && n == 2))
				return false;
	return true;
}

static struct book *make_book(int level, uint64_t seed)
{
	struct book *b = ar_calloc(1, sizeof *b);

	rng = (seed * 4 + (uint64_t)level) * 0x9E3779B97F4A7C15u + 88172645463325252u;
	for (int i = 0; i < 8; i++)
		below(2);
	b->level = level;
	b->number_style = (int)below(5);
	b->number = 10000 + below(80000);
	for (b->shared = 0; b->shared < (level == 2 ? 25 : 40); b->shared++)
		new_customer(b);
	background(b);
	while (b->npay < PAYS) {
		int kind = only >= 0 ? only : pick();

		kinds[kind].make(b, new_pay(b, kind, TODAY - (ar_date)below(5)));
	}
	for (int k = 0; k < b->npay; k++) {
		struct pay *p = &b->pay[k];

		if (p->by_amount && p->knowable)
			p->knowable = amount_tells(b, p);
		/* slices within the struct may be set only now that it stays where it is */
		p->l.text = p->text;
		if (p->l.nref)
			p->l.ref = p->ref;
		if (p->l.ndoc)
			p->l.doc = p->ref;
	}
	return b;
}

/* ---- running ---- */

static bool convert(void *ctx, struct ar_str entity, ar_date day, int64_t minor, int from_ccy, int to, int64_t *out)
{
	struct ar_rate r;

	(void)ctx;
	(void)entity;
	(void)day;
	if (!ar_rate_parse(AR_STR("1.0842"), &r))
		return false;
	return ar_convert(minor, from_ccy, to, r, ccy("EUR"), ccy("USD"), AR_HALF_UP, out);
}

static struct ar_match_conf conf;

static struct ar_match *new_match(const struct ar_words *w)
{
	struct ar_match_policy p;

	ar_match_policy_init(&p);
	p.conf = &conf;
	p.convert = convert;
	return ar_match_new(&p, w);
}

/* All of a book, begun at the turn-th of each kind and going round by a step that meets every one. */
static void feed(struct ar_match *m, const struct book *b, int turn)
{
	for (int i = 0; i < b->npay; i++)
		ar_match_add_line(m, &b->pay[(i * (turn ? 41 : 1) + turn) % b->npay].l);
	for (int i = 0; i < b->nitem; i++)
		ar_match_add_item(m, &b->item[((int64_t)i * (turn ? 7919 : 1) + turn) % b->nitem]);
	for (int i = 0; i < b->nwho; i++)
		ar_match_add_customer(m, &b->who[(i * (turn ? 401 : 1) + turn) % b->nwho].c);
	for (int i = 0; i < b->nremit; i++)
		ar_match_add_remit(m, &b->remit[(i * (turn ? 211 : 1) + turn) % b->nremit]);
	for (int i = 0; i < b->norder; i++)
		ar_match_add_order(m, &b->order[(i * (turn ? 101 : 1) + turn) % b->norder]);
	for (int i = 0; i < b->nold; i++)
		ar_match_add_payment(m, &b->old[(i * (turn ? 211 : 1) + turn) % b->nold]);
}

static struct ar_match *run(const struct book *b, const struct ar_words *w)
{
	struct ar_match *m = new_match(w);

	feed(m, b, 0);
	ar_match_run(m);
	return m;
}

enum { STRANGERS = 60 };

/* Customers of other names, accounts and numbers, whose documents have the very amounts that are paid. */
static void feed_strangers(struct ar_match *m, struct book *b)
{
	for (int k = 0; k < STRANGERS; k++) {
		struct ar_str *account = ar_arena_alloc(&b->mem, sizeof *account);
		struct ar_match_customer c = { .id = z(b, "e/s:c:%s%d", k % 2 ? "" : "0", 90000 + k), .entity = AR_STR("e"), .account = account,
			.naccount = 1, .number = z(b, "%d", 9900000 + k), .name = z(b, "Zwickau Yachtklub %d e.V.", 1000 + k * 37) };

		*account = z(b, "AT%020d", 77000 + k);
		ar_match_add_customer(m, &c);
		for (int i = 0; i < 5; i++) {
			const struct pay *p = &b->pay[below((uint32_t)b->npay)];
			struct ar_match_item it = { .id = z(b, "e/s:i:9%04d/%d", k, i), .entity = AR_STR("e"), .customer = c.id,
				.number = z(b, "YK/%d/9%07d", 880 + i, k * 1009 + i), .ccy = p->l.ccy, .settled = AR_DATE_NONE, .discount_date = AR_DATE_NONE,
				.issued = TODAY - 30, .due = TODAY - (ar_date)below(40) };

			it.amount = it.open = p->l.amount > 0 ? p->l.amount : 11900;
			ar_match_add_item(m, &it);
		}
	}
}

/* All that was decided, in words. */
static void write_down(const struct ar_match *m, struct ar_buf *out)
{
	out->n = 0;
	for (size_t i = 0; i < ar_match_count(m); i++) {
		const struct ar_match_result *r = ar_match_result(m, i), *o = r;

		ar_buf_str(out, ar_match_line_of(m, r)->id);
		for (int k = 0; k <= r->nother; o = &r->other[k++]) {
			ar_buf_fmt(out, " %s %s %lld %lld %d %d ", ar_match_decision(o->decision), ar_match_rule(o->rule), (long long)o->on_account,
				   (long long)o->set_aside, o->alternatives, o->confidence);
			ar_buf_str(out, o->customer);
			for (int t = 0; t < o->ntarget; t++) {
				const struct ar_match_target *x = &o->target[t];

				ar_buf_c(out, ' ');
				ar_buf_str(out, ar_match_item_of(m, x->item)->id);
				ar_buf_fmt(out, "=%lld %lld %lld %lld %lld %lld", (long long)x->amount, (long long)x->discount, (long long)x->writeoff,
					   (long long)x->withholding_tax, (long long)x->charges, (long long)x->residual);
			}
			for (int e = 0; e < o->nevidence; e++) {
				ar_buf_puts(out, "; ");
				ar_buf_str(out, o->evidence[e]);
			}
		}
		ar_buf_c(out, '\n');
	}
}

static void tell_difference(struct ar_str a, struct ar_str c, const char *what, uint64_t seed)
{
	while (a.p && c.p) {
		struct ar_str x, y;

		a = ar_str_cut(a, '\n', &x);
		c = ar_str_cut(c, '\n', &y);
		if (ar_streq(x, y))
			continue;
		printf("# %s, book %d:\n#   %.*s\n#   %.*s\n", what, (int)seed, AR_STR_FMT(x), AR_STR_FMT(y));
		return;
	}
}

static int moved[2];

/* The same book in another order, alone and among strangers, gives the same. */
static void turn_round(struct book *b, const struct ar_match *first, const struct ar_words *w, uint64_t seed)
{
	static const char *const what[] = { "another order", "strangers added" };
	struct ar_buf one = AR_BUF_INIT, two = AR_BUF_INIT;

	write_down(first, &one);
	for (int k = 0; k < 2; k++) {
		struct ar_match *m = new_match(w);

		if (k)
			feed_strangers(m, b);
		feed(m, b, 1 + (int)below(50));
		ar_match_run(m);
		write_down(m, &two);
		if (!ar_streq(ar_buf_slice(&one), ar_buf_slice(&two)) && moved[k]++ < 3)
			tell_difference(ar_buf_slice(&one), ar_buf_slice(&two), what[k], seed);
		ar_match_free(m);
	}
	ar_buf_release(&one);
	ar_buf_release(&two);
}

/* ---- judging ---- */

static int item_at(const struct book *b, struct ar_str id)
{
	int n = 0;

	for (size_t i = 6; i < id.n; i++) /* e/s:i:NNNN */
		n = n * 10 + (id.p[i] - '0');
	ar_assert(n >= 1000 && n - 1000 < b->nitem && ar_streq(b->item[n - 1000].id, id));
	return n - 1000;
}

/* Documents of one customer and one open amount may stand for each other where no word tells them apart. */
static bool interchangeable(const struct book *b, const struct pay *p, int a, int c)
{
	return a == c || (p->l.ntext == 0 && p->l.nref == 0 && p->l.ndoc == 0 && b->owner[a] == b->owner[c] &&
			  b->item[a].open == b->item[c].open && b->item[a].due == b->item[c].due);
}

static bool right(const struct book *b, const struct ar_match *m, const struct ar_match_result *r, const struct pay *p)
{
	int item[2 * MEANT];
	int64_t fall[2 * MEANT];
	int n = 0;

	if (r->on_account != p->t.on_account || r->set_aside)
		return false;
	for (int k = 0; k < r->ntarget; k++) {
		const struct ar_match_target *t = &r->target[k];
		int64_t f = t->amount + t->discount + t->writeoff + t->withholding_tax + t->charges;

		for (int side = 0; side < 1 + (t->memo != AR_MATCH_NONE); side++) {
			int i = item_at(b, ar_match_item_of(m, side ? t->memo : t->item)->id), j = 0;

			while (j < n && item[j] != i)
				j++;
			if (j == n) {
				if (n == 2 * MEANT)
					return false;
				item[n] = i;
				fall[n++] = 0;
			}
			fall[j] += side ? t->amount : f;
		}
	}
	if (n != p->t.n)
		return false;
	for (int k = 0; k < n; k++) {
		int j = 0;

		while (j < n && (item[j] < 0 || !interchangeable(b, p, p->t.item[k], item[j])))
			j++;
		if (j == n || fall[j] != p->t.fall[k])
			return false;
		item[j] = -1;
	}
	return true;
}

struct count { int n, autos, wrong, knowable, known, asked, first, none, missed; };
static struct count by_kind[3][KINDS];

static void tell(const struct book *b, const struct ar_match *m, const struct ar_match_result *r, const struct pay *p, const char *what,
		 uint64_t seed)
{
	printf("# %s in book %d, %s: %.*s %s by %s, amount %lld\n", what, (int)seed, kinds[p->kind].name, AR_STR_FMT(p->l.id),
	       ar_match_decision(r->decision), ar_match_rule(r->rule), (long long)p->l.amount);
	for (int e = 0; e < r->nevidence; e++)
		printf("#   %.*s\n", AR_STR_FMT(r->evidence[e]));
	for (int e = 0; e < p->l.ntext; e++)
		printf("#   text: %.*s\n", AR_STR_FMT(p->text[e]));
	for (int t = 0; t < r->ntarget; t++)
		printf("#   settles %.*s by %lld disc %lld wo %lld tax %lld chg %lld\n", AR_STR_FMT(ar_match_item_of(m, r->target[t].item)->number),
		       (long long)r->target[t].amount, (long long)r->target[t].discount, (long long)r->target[t].writeoff,
		       (long long)r->target[t].withholding_tax, (long long)r->target[t].charges);
	for (int t = 0; t < p->t.n; t++)
		printf("#   meant   %.*s by %lld of %lld\n", AR_STR_FMT(b->item[p->t.item[t]].number), (long long)p->t.fall[t],
		       (long long)b->item[p->t.item[t]].open);
	printf("#   on account %lld, meant %lld; payer '%.*s'\n", (long long)r->on_account, (long long)p->t.on_account, AR_STR_FMT(p->l.payer));
}

static int shown, show_limit = 3;

/* What is learned and checked of confidence: candidates of suggestions; lines by tenths of what was said. */
static struct ar_match_seen *seen;
static size_t nseen, seen_room;
static bool learning;
static struct { int n, right; int64_t said; } bucket[3][10];

static void see(struct ar_match_seen x)
{
	if (nseen == seen_room)
		seen = ar_realloc(seen, (seen_room = seen_room ? seen_room * 2 : 4096) * sizeof *seen);
	seen[nseen++] = x;
}

static void weigh_up(const struct book *b, const struct ar_match *m, const struct ar_match_result *r, const struct pay *p, bool good)
{
	static uint32_t lines;
	int k = r->confidence / 100;

	if (r->decision != AR_MD_SUGGEST || r->confidence < 0)
		return;
	bucket[b->level][k].n++;
	bucket[b->level][k].right += good;
	bucket[b->level][k].said += r->confidence;
	if (!learning)
		return;
	lines++;
	see(ar_match_see(r, lines, good));
	for (int i = 0; i < r->nother; i++)
		see(ar_match_see(&r->other[i], lines, right(b, m, &r->other[i], p)));
	if (r->rest)
		see(ar_match_see_rest(r, lines, !p->t.n && p->t.on_account == p->l.amount));
}

static void judge(const struct book *b, const struct ar_match *m, const struct ar_match_result *r, uint64_t seed)
{
	const struct ar_match_line *l = ar_match_line_of(m, r);
	const struct pay *p = b->pay;
	struct count *c;
	bool good;

	while (!ar_streq(p->l.id, l->id))
		p++;
	c = &by_kind[b->level][p->kind];
	c->n++;
	c->knowable += p->knowable;
	if (p->excluded || p->undoes) {
		good = p->excluded ? r->decision == AR_MD_EXCLUDED : r->undoes != AR_MATCH_NONE && r->decision == AR_MD_SUGGEST;
		c->missed += !good;
		return;
	}
	if (r->decision == AR_MD_NONE || r->decision == AR_MD_EXCLUDED) {
		c->none++;
		c->missed += p->who >= 0;
		return;
	}
	good = (p->t.n || p->t.on_account) && right(b, m, r, p);
	c->asked++;
	c->first += good;
	weigh_up(b, m, r, p, good);
	if (r->decision == AR_MD_AUTO) {
		c->autos++;
		c->wrong += !good || p->ask;
		c->known += good && p->knowable;
		if (!good || p->ask)
			tell(b, m, r, p, "WRONG AUTO", seed);
	}
	if (shown < show_limit && only >= 0 && (!good || (p->knowable && r->decision != AR_MD_AUTO)) && ++shown)
		tell(b, m, r, p, good ? "not auto" : "not first", seed);
}

static struct count level_sum(int level)
{
	struct count s = { 0 };

	for (int k = 0; k < KINDS; k++) {
		const struct count *c = &by_kind[level][k];

		s.n += c->n;
		s.autos += c->autos;
		s.wrong += c->wrong;
		s.knowable += c->knowable;
		s.known += c->known;
		s.asked += c->asked;
		s.first += c->first;
		s.missed += c->missed;
	}
	return s;
}

/* Thousandths by which what is said is off what is true, over all tenths. */
static int calibration(int level, const char *name)
{
	int64_t off = 0, all = 0;

	for (int k = 0; k < 10; k++) {
		int n = bucket[level][k].n;
		int64_t d;

		if (!n)
			continue;
		d = bucket[level][k].said - (int64_t)bucket[level][k].right * 1000;
		off += d < 0 ? -d : d;
		all += n;
		printf("# %s: confidence %d.. : %d suggestions, said %.3f, right %.3f\n", name, k * 100, n, (double)bucket[level][k].said / n / 1000,
		       (double)bucket[level][k].right / n);
	}
	return all ? (int)(off / all) : 0;
}

static void run_level(int level, int payments, uint64_t seed, const struct ar_words *w, bool table)
{
	static const char *const names[] = { "easy", "usual", "hard" };
	struct count s;
	int off;

	for (int done = 0; done < payments; seed++) {
		struct book *b = make_book(level, seed);
		struct ar_match *m = run(b, w);

		for (size_t i = 0; i < ar_match_count(m); i++)
			judge(b, m, ar_match_result(m, i), seed);
		turn_round(b, m, w, seed);
		done += b->npay;
		ar_match_free(m);
		ar_arena_release(&b->mem);
		free(b);
	}
	if (table)
		printf("# %-24s %6s %6s %6s %9s %6s %7s %7s\n", "kind", "n", "auto", "wrong", "knowable", "known", "first%", "missed");
	for (int k = 0; table && k < KINDS; k++) {
		const struct count *c = &by_kind[level][k];

		if (c->n)
			printf("# %-24s %6d %6d %6d %9d %6d %7.1f %7d\n", kinds[k].name, c->n, c->autos, c->wrong, c->knowable,
			       c->known, c->asked ? 100.0 * c->first / c->asked : 0, c->missed);
	}
	s = level_sum(level);
	printf("# %s: %d payments, %d auto, %d wrong; %d of %d that can be known (%.1f%%); first of %d asked: %d (%.2f%%); %d missed\n",
	       names[level], s.n, s.autos, s.wrong, s.known, s.knowable, s.knowable ? 100.0 * s.known / s.knowable : 0, s.asked, s.first,
	       s.asked ? 100.0 * s.first / s.asked : 0, s.missed);
	ok(s.wrong == 0, "%s: no automatic match is wrong", names[level]);
	ok(!moved[0], "%s: the order of the input changes nothing", names[level]);
	ok(!moved[1], "%s: customers who have nothing to do with it change nothing", names[level]);
	if (only >= 0)
		return;
	off = calibration(level, names[level]);
	ok(off <= 50, "%s: what is said of confidence is off by %d thousandths, of 50", names[level], off);
	ok(s.known * 100 >= s.knowable * 75, "%s: three quarters of what can be known is automatic", names[level]);
	ok(s.first * 100 >= s.asked * 96, "%s: the right answer stands first in 96 of 100", names[level]);
}

static int read_conf(struct ar_arena *mem, struct ar_err *e)
{
	static const char *const file[] = { "rules", "weights", "words" };

	ar_match_conf_init(&conf, mem);
	for (int i = 0; i < 3; i++) {
		struct ar_conf *c = ar_arena_alloc(mem, sizeof *c);
		const char *path = ar_arena_fmt(mem, "%s/formats/match/%s.conf", TOP_SRCDIR, file[i]);

		if (ar_conf_load(c, mem, path, e) < 0 || ar_match_conf_read(&conf, c, e) < 0 || ar_conf_unused(c, e) < 0)
			return -1;
	}
	return 0;
}

static void learn(int payments, uint64_t seed, const struct ar_words *w)
{
	struct ar_buf b = AR_BUF_INIT;

	learning = true;
	for (int level = 0; level < 3; level++)
		for (int done = 0; done < payments; done += PAYS, seed++) {
			struct book *k = make_book(level, seed);
			struct ar_match *m = run(k, w);

			for (size_t i = 0; i < ar_match_count(m); i++)
				judge(k, m, ar_match_result(m, i), seed);
			ar_match_free(m);
			ar_arena_release(&k->mem);
			free(k);
		}
	ar_match_train(&conf, seen, nseen);
	ar_match_conf_put_weights(&conf, &b);
	printf("%.*s", (int)b.n, b.p);
	ar_buf_release(&b);
	free(seen);
}

int main(int argc, char **argv)
{
	struct ar_words w;
	struct ar_err e = { 0 };
	struct ar_arena mem = AR_ARENA_INIT;
	bool train = argc > 1 && strcmp(argv[1], "train") == 0;
	int64_t level = argc > 1 && !train ? ar_str_uint(ar_str(argv[1]), 2) : -1, n = argc > 2 ? ar_str_uint(ar_str(argv[2]), 1 << 24) : 20000,
		seed = argc > 3 ? ar_str_uint(ar_str(argv[3]), 1 << 30) : 1;

	if (argc > 4)
		only = (int)ar_str_uint(ar_str(argv[4]), KINDS - 1);
	ar_words_init(&w);
	if (read_conf(&mem, &e) < 0) {
		ok(0, "the shipped rules can be read: %s", e.text);
		return done_testing();
	}
	if (train) {
		learn((int)n, (uint64_t)seed, &w);
		return 0;
	}
	printf("# %d kinds, seeds from %d\n", KINDS, (int)seed);
	ok(KINDS >= 25, "at least 25 kinds");
	if (level >= 0)
		run_level((int)level, (int)n, (uint64_t)seed, &w, true);
	for (int l = 0; level < 0 && l < 3; l++)
		run_level(l, (int)n, (uint64_t)seed, &w, false);
	ar_words_release(&w);
	ar_arena_release(&mem);
	return done_testing();
}
