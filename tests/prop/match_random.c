/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_random.c - random books, payments made from a known truth, and noise. For every book:
 *   - received = settled + on account + set aside, per line; no document falls by more than is
 *     open; no credit memo gives more;
 *   - the same set in another order gives the same results, word for word;
 *   - every auto settles exactly the documents that the payer meant, and no line that meant
 *     none is auto.
 * The seed of a book that fails is printed.
 */
#include "config.h"

#include <stdlib.h>

#include "ar/match.h"
#include "num/ccy.h"
#include "num/money.h"

#include "tap.h"
#include "../prop/made.h"

enum { BOOKS = 300, CUSTOMERS = 12, ITEMS = 60, LINES = 50, MEANT = 4 };

struct book {
	struct ar_arena mem;
	struct ar_match_customer customer[CUSTOMERS];
	struct ar_match_item item[ITEMS];
	struct ar_match_line line[LINES];
	int meant[LINES][MEANT], nmeant[LINES]; /* items; the truth */
	int64_t worth[LINES]; /* what they come to together; 0: nothing was meant */
};

static struct ar_str z(struct ar_arena *mem, const char *fmt, int a, int b)
{
	char out[80];
	int n;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	n = snprintf(out, sizeof out, fmt, a, b);
#pragma GCC diagnostic pop
	return ar_arena_str(mem, (struct ar_str){ out, (size_t)n });
}

static void make_customers(struct book *b)
{
	for (int i = 0; i < CUSTOMERS; i++) {
		struct ar_match_customer *c = &b->customer[i];
		struct ar_str *account = ar_arena_alloc(&b->mem, sizeof *account);

		*c = (struct ar_match_customer){ .id = z(&b->mem, "e/s:c:%d%d", i, i),
						 .entity = AR_STR("e") };
		c->name = z(&b->mem, "Customer %c%c GmbH", 'A' + i, 'Q' + i % 7);
		*account = z(&b->mem, "DE%02d900100%010d", 10 + i, i * 7919);
		c->account = account;
		c->naccount = below(4) > 0;
		if (i >= 2 && below(4) == 0)
			c->parent = b->customer[below(2)].id;
	}
}

static int64_t some_amount(void)
{
	static const int64_t usual[] = { 10000, 25000, 11900, 4999 };

	return below(3) ? 101 + below(900000) : usual[below(4)];
}

static void make_items(struct book *b)
{
	for (int i = 0; i < ITEMS; i++) {
		struct ar_match_item *it = &b->item[i];
		struct ar_str *ref = ar_arena_alloc(&b->mem, sizeof *ref);
		char out[AR_REF_MAX];
		size_t n;

		*it = (struct ar_match_item){ .entity = AR_STR("e"),
					      .ccy = (uint16_t)ar_ccy_find(AR_STR("EUR")),
					      .amount = some_amount(),
					      .due = 20000 + (ar_date)below(90),
					      .settled = AR_DATE_NONE,
					      .discount_date = AR_DATE_NONE };
		it->id = z(&b->mem, "e/s:i:%d/%d", i, i);
		it->customer = b->customer[below(CUSTOMERS)].id;
		it->credit = below(12) == 0;
		it->number = z(&b->mem,
			       it->credit ? "CM%05d"
			       : i % 3	  ? "INV%d"
					  : "%d",
			       it->credit ? 700 + i : (i % 5 ? 10000 : 1980) + i, 0);
		it->open = below(5) ? it->credit ? -it->amount : it->amount : 0;
		if (!it->open)
			it->settled = 20050;
		if (below(6) == 0 && !it->credit) {
			it->discount = it->amount / 50;
			it->discount_date = 20080 + (ar_date)below(40);
		}
		n = ar_ref_make(AR_REF_RF, z(&b->mem, "77%05d%d", i, i), out);
		*ref = ar_arena_str(&b->mem, (struct ar_str){ out, n });
		it->ref = ref;
		it->nref = below(2) == 0;
	}
}

static const struct ar_match_customer *owner(const struct book *b, const struct ar_match_item *it)
{
	int i = 0;

	while (!ar_streq(b->customer[i].id, it->customer))
		i++;
	return &b->customer[i];
}

/* The text of a payment: how people write numbers, with what else they write. */
static void write_text(struct book *b, int k)
{
	static const char *const before[] = { "", "Invoice ", "Rg. ", "RE ", "Kd 4711 Rechnung " };
	static const char *const between[] = { ", ", " / ", " ", " + ", " and " };
	static const char *const after[] = { "", " vom 14.10.2026", " Tel 040 10012", " thank you",
					     " ORDER 8810012" };
	struct ar_str *text = ar_arena_alloc(&b->mem, 2 * sizeof *text);
	struct ar_match_line *l = &b->line[k];
	char out[400];
	int n = snprintf(out, sizeof out, "%s", before[below(5)]), sep = (int)below(5), cut;

	for (int i = 0; i < b->nmeant[k]; i++) {
		struct ar_str s = b->item[b->meant[k][i]].number;
		int skip = below(4) == 0 && ar_str_starts(s, "INV") ? 3 : 0;

		n += snprintf(out + n, sizeof out - (size_t)n, "%s%.*s", i ? between[sep] : "",
			      (int)s.n - skip, s.p + skip);
	}
	n += snprintf(out + n, sizeof out - (size_t)n, "%s", after[below(5)]);
	text[0] = ar_arena_str(&b->mem, (struct ar_str){ out, (size_t)n });
	l->text = text;
	l->ntext = 1;
	cut = (int)below((uint32_t)n + 1);
	if (below(3) == 0 && cut > 0 && cut < n) { /* the bank cuts it somewhere */
		text[1] = (struct ar_str){ text[0].p + cut, (size_t)(n - cut) };
		text[0].n = (size_t)cut;
		l->ntext = 2;
	}
}

static void mean_something(struct book *b, int k)
{
	int first = (int)below(ITEMS), want = 1 + (int)below(3);

	if (b->item[first].credit)
		return;
	b->meant[k][b->nmeant[k]++] = first;
	for (int i = first + 1; i < ITEMS && b->nmeant[k] < want; i++)
		if (ar_streq(b->item[i].customer, b->item[first].customer))
			b->meant[k][b->nmeant[k]++] = i;
}

static void make_line(struct book *b, int k)
{
	struct ar_match_line *l = &b->line[k];
	int64_t sum = 0;
	bool quote = below(4) > 0;

	*l = (struct ar_match_line){ .id = z(&b->mem, "e/b:l:%d/%d", k, 1),
				     .entity = AR_STR("e"),
				     .ccy = b->item[0].ccy,
				     .booked = 20085 + (ar_date)below(20),
				     .instructed_ccy = AR_CCY_NONE,
				     .charges_ccy = AR_CCY_NONE };
	mean_something(b, k);
	for (int i = 0; i < b->nmeant[k]; i++)
		sum += b->item[b->meant[k][i]].credit ? -b->item[b->meant[k][i]].amount
						      : b->item[b->meant[k][i]].amount;
	b->worth[k] = sum;
	if (sum <= 0) { /* money of nobody known for nothing known */
		b->worth[k] = 0;
		b->nmeant[k] = 0;
		sum = some_amount();
	}
	if (below(5) == 0) {
		int64_t off = (int64_t)below(700) - 350;

		sum = sum + off > 0 ? sum + off : 1;
	}
	l->amount = sum;
	if (b->nmeant[k] && below(3)) {
		const struct ar_match_customer *c = owner(b, &b->item[b->meant[k][0]]);

		l->payer = c->name;
		if (c->naccount && below(2))
			l->payer_account = c->account[0];
	}
	if (quote && b->nmeant[k] == 1 && b->item[b->meant[k][0]].nref && below(2)) {
		l->ref = b->item[b->meant[k][0]].ref;
		l->nref = 1;
	} else if (quote) {
		write_text(b, k);
	}
}

static struct book *make_book(uint64_t seed)
{
	struct book *b = ar_calloc(1, sizeof *b);

	rng = seed * 0x9E3779B97F4A7C15u + 1;
	make_customers(b);
	make_items(b);
	for (int k = 0; k < LINES; k++)
		make_line(b, k);
	return b;
}

/* ---- running and writing down ---- */

static struct ar_match *run(const struct book *b, const struct ar_words *w, int turn)
{
	struct ar_match_policy p;
	struct ar_match *m;

	ar_match_policy_init(&p);
	m = ar_match_new(&p, w);
	for (int i = 0; i < LINES; i++)
		ar_match_add_line(m, &b->line[(i * 7 + turn * 13) % LINES]);
	for (int i = 0; i < ITEMS; i++)
		ar_match_add_item(m, &b->item[(i * 7 + turn * 11) % ITEMS]);
	for (int i = 0; i < CUSTOMERS; i++)
		ar_match_add_customer(m, &b->customer[(i * 5 + turn * 3) % CUSTOMERS]);
	ar_match_run(m);
	return m;
}

static void write_down(const struct ar_match *m, struct ar_buf *out)
{
	out->n = 0;
	for (size_t i = 0; i < ar_match_count(m); i++) {
		const struct ar_match_result *r = ar_match_result(m, i);

		ar_buf_str(out, ar_match_line_of(m, r)->id);
		ar_buf_fmt(out, " %s %s %lld %lld %d ", ar_match_decision(r->decision),
			   ar_match_rule(r->rule), (long long)r->on_account,
			   (long long)r->set_aside, r->alternatives);
		ar_buf_str(out, r->customer);
		for (int k = 0; k < r->ntarget; k++) {
			ar_buf_c(out, ' ');
			ar_buf_str(out, ar_match_item_of(m, r->target[k].item)->id);
			ar_buf_fmt(out, "=%lld-%lld", (long long)r->target[k].amount,
				   (long long)r->target[k].discount);
		}
		for (int k = 0; k < r->nevidence; k++) {
			ar_buf_puts(out, "; ");
			ar_buf_str(out, r->evidence[k]);
		}
		ar_buf_c(out, '\n');
	}
}

/* ---- the laws ---- */

static int item_at(const struct book *b, struct ar_str id)
{
	int i = 0;

	while (!ar_streq(b->item[i].id, id))
		i++;
	return i;
}

static int line_at(const struct book *b, struct ar_str id)
{
	int k = 0;

	while (!ar_streq(b->line[k].id, id))
		k++;
	return k;
}

static bool laws(const struct book *b, const struct ar_match *m)
{
	int64_t fall[ITEMS] = { 0 };
	bool good = true;

	for (size_t i = 0; i < ar_match_count(m); i++) {
		const struct ar_match_result *r = ar_match_result(m, i);
		int64_t sum = r->on_account + r->set_aside;

		for (int k = 0; k < r->ntarget; k++) {
			const struct ar_match_target *t = &r->target[k];

			good &= t->amount > 0 && t->discount >= 0;
			fall[item_at(b, ar_match_item_of(m, t->item)->id)] +=
				t->amount + t->discount + t->charges;
			if (t->memo == AR_MATCH_NONE)
				sum += t->source_amount;
			else
				fall[item_at(b, ar_match_item_of(m, t->memo)->id)] += t->amount;
		}
		good &= r->received == ar_match_line_of(m, r)->amount && sum == r->received &&
			r->on_account >= 0 && r->set_aside >= 0;
	}
	for (int i = 0; i < ITEMS; i++)
		good &= fall[i] <= (b->item[i].credit ? -b->item[i].open : b->item[i].open);
	return good;
}

/*
 * An auto settles what was meant and nothing else, each document to its end: with discounts
 * that makes their worth.
 */
static bool right(const struct book *b, const struct ar_match *m, const struct ar_match_result *r)
{
	int k = line_at(b, ar_match_line_of(m, r)->id);
	int64_t worth = r->received;

	for (int t = 0; t < r->ntarget; t++)
		worth += r->target[t].discount;
	if (!b->worth[k] || worth != b->worth[k] || r->on_account || r->set_aside ||
	    r->ntarget == 0)
		return false;
	for (int t = 0; t < r->ntarget; t++) {
		int items[2] = { item_at(b, ar_match_item_of(m, r->target[t].item)->id), -1 };

		if (r->target[t].memo != AR_MATCH_NONE)
			items[1] = item_at(b, ar_match_item_of(m, r->target[t].memo)->id);
		for (int j = 0; j < 2 && items[j] >= 0; j++) {
			bool meant = false;

			for (int i = 0; i < b->nmeant[k]; i++)
				meant |= b->meant[k][i] == items[j];
			if (!meant || r->target[t].residual)
				return false;
		}
	}
	return true;
}

int main(void)
{
	struct ar_words w;
	struct ar_buf one = AR_BUF_INIT, two = AR_BUF_INIT;
	int broken = 0, differ = 0, wrong = 0, autos = 0, suggested = 0, meant = 0;

	ar_words_init(&w);
	for (uint64_t seed = 1; seed <= BOOKS; seed++) {
		struct book *b = make_book(seed);
		struct ar_match *m = run(b, &w, 0), *n = run(b, &w, 1 + (int)below(40));

		write_down(m, &one);
		write_down(n, &two);
		if (!ar_streq(ar_buf_slice(&one), ar_buf_slice(&two)) && differ++ == 0)
			printf("# order matters in book %d\n%.*s# and\n%.*s", (int)seed, (int)one.n,
			       one.p, (int)two.n, two.p);
		if (!laws(b, m) && broken++ == 0)
			printf("# a law is broken in book %d\n", (int)seed);
		for (size_t i = 0; i < ar_match_count(m); i++) {
			const struct ar_match_result *r = ar_match_result(m, i);

			autos += r->decision == AR_MD_AUTO;
			suggested += r->decision == AR_MD_SUGGEST;
			meant += b->nmeant[line_at(b, ar_match_line_of(m, r)->id)] > 0;
			if (r->decision == AR_MD_AUTO && !right(b, m, r) && wrong++ < 3) {
				printf("# wrong auto in book %d: %.*s by %s\n", (int)seed,
				       AR_STR_FMT(ar_match_line_of(m, r)->id),
				       ar_match_rule(r->rule));
				for (int e = 0; e < r->nevidence; e++)
					printf("#   %.*s\n", AR_STR_FMT(r->evidence[e]));
				for (int t = 0; t < ar_match_line_of(m, r)->ntext; t++)
					printf("#   text: %.*s\n",
					       AR_STR_FMT(ar_match_line_of(m, r)->text[t]));
			}
		}
		ar_match_free(m);
		ar_match_free(n);
		ar_arena_release(&b->mem);
		free(b);
	}
	printf("# %d lines meant something: %d autos, %d suggestions\n", meant, autos, suggested);
	is_int(broken, 0, "the laws hold in every book");
	is_int(differ, 0, "the order of the input changes nothing");
	is_int(wrong, 0, "no auto is wrong");
	ok(autos > meant / 5, "and there are autos to speak of");
	ar_buf_release(&one);
	ar_buf_release(&two);
	ar_words_release(&w);
	return done_testing();
}
