/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/forecast_ledger.h"

#include "base/arena.h"
#include "base/sort.h"

#include <stdlib.h>

enum { PLAN_KNOWN = 30 };               /* a plan that does not say since when: so long before its first instalment */

/* A promise, a plan or a dispute, as one version of its record tells it. */
struct ar_fc_note {
	enum ar_t type;
	struct ar_str id;
	int64_t recorded;
	ar_date date, made, closed;
	int64_t amount;                 /* -1: none said */
	int ccy;                        /* of the amount; AR_CCY_NONE: that of the items */
	bool off;                       /* withdrawn */
	struct ar_str *item;
	int items;
	struct ar_str *part;            /* instalments "date=amount" */
	int parts;
};

void ar_fc_ledger_init(struct ar_fc_ledger *l, const struct ar_open_params *p)
{
	*l = (struct ar_fc_ledger){ .as_of = p->as_of, .known_at = p->known_at, .mem = AR_ARENA_INIT };
	l->open = ar_open_new(p);
	ar_open_keep_customer(l->open, AR_F_segment);
	ar_open_keep_customer(l->open, AR_F_payment_terms);
}

static struct ar_str *keep_list(struct ar_fc_ledger *l, const struct ar_rec *r, enum ar_f f, int *n)
{
	struct ar_str *from, *to;

	*n = ar_list(r, f, &from);
	to = ar_arena_alloc(&l->mem, (size_t)*n * sizeof *to + 1);
	for (int i = 0; i < *n; i++)
		to[i] = ar_arena_str(&l->mem, from[i]);
	return to;
}

static void add_note(struct ar_fc_ledger *l, const struct ar_rec *r)
{
	struct ar_fc_note x = { .type = r->type, .recorded = ar_int(r, AR_F_recorded, INT64_MIN), .amount = -1, .closed = AR_DATE_NONE };
	struct ar_str status = ar_raw_text(r, AR_F_status);

	if (x.recorded != INT64_MIN && x.recorded > l->known_at)
		return;
	x.id = ar_arena_str(&l->mem, ar_raw_text(r, AR_F_id));
	x.amount = ar_has(r, AR_F_amount) ? ar_minor(r, AR_F_amount) : -1;
	x.ccy = ar_currency(r, AR_F_currency);
	x.off = ar_streqz(status, "withdrawn") || ar_streqz(status, "cancelled") || ar_streqz(status, "broken");
	if (r->type == AR_T_dispute) {
		struct ar_str item = ar_raw_text(r, AR_F_item);

		x.item = ar_arena_alloc(&l->mem, sizeof *x.item);
		*x.item = ar_arena_str(&l->mem, item);
		x.items = 1;
		x.date = ar_day(r, AR_F_opened);
		x.closed = ar_day(r, AR_F_closed);
	} else {
		x.item = keep_list(l, r, AR_F_items, &x.items);
		x.date = ar_day(r, AR_F_date);
		x.made = ar_day(r, AR_F_made_on);
	}
	if (r->type == AR_T_payment_plan) {
		x.part = keep_list(l, r, AR_F_instalments, &x.parts);
		x.made = x.recorded == INT64_MIN ? AR_DATE_NONE : (ar_date)(x.recorded / 86400);
	}
	if (l->nnotes == l->cnotes) {
		l->cnotes = l->cnotes ? l->cnotes * 2 : 64;
		l->note = ar_realloc(l->note, l->cnotes * sizeof *l->note);
	}
	l->note[l->nnotes++] = x;
}

int ar_fc_ledger_add(struct ar_fc_ledger *l, const struct ar_rec *r, struct ar_err *e)
{
	if (ar_open_add(l->open, r, e) < 0)
		return -1;
	if (r->type == AR_T_promise || r->type == AR_T_payment_plan || r->type == AR_T_dispute)
		add_note(l, r);
	return 0;
}

/* ---- items ---- */

/* What a settlement brought in cash: what the payment gave, where both are in one currency. */
static int64_t cash_of(const struct ar_open *o, const struct ar_item *it, const struct ar_event *v)
{
	if (v->type != AR_T_application && v->type != AR_T_reversal)
		return 0;
	if (v->other == UINT32_MAX)             /* the source of the settlement never came */
		return v->type == AR_T_application ? -v->delta : 0;
	if (ar_open_item(o, v->other)->type != AR_T_payment)
		return 0;
	return ar_open_item(o, v->other)->ccy == it->ccy ? -v->money : -v->delta;
}

static void take_events(struct ar_fc_ledger *l, size_t i, struct ar_fc_item *x)
{
	const struct ar_item *it = ar_open_item(l->open, i);
	const struct ar_event *v;
	size_t n = ar_open_events(l->open, i, &v);
	ar_wide fall = it->open;
	ar_date cash = AR_DATE_NONE;

	x->part = l->nparts;
	for (size_t j = 0; j < n; j++) {
		struct ar_fc_part *p = &l->part[x->part + x->nparts++];

		*p = (struct ar_fc_part){ v[j].date, -v[j].delta, cash_of(l->open, it, &v[j]) };
		fall += p->fall;
		cash = p->cash > 0 ? p->date : cash;
	}
	l->nparts += x->nparts;
	if (!ar_narrow(fall, &x->amount) || x->amount < 0)
		x->amount = 0;
	x->settled = it->open > 0 ? AR_DATE_NONE : n ? v[n - 1].date : it->posting;
	x->paid = it->open > 0 ? AR_DATE_NONE : cash;
}

static void take_item(struct ar_fc_ledger *l, size_t i, size_t n)
{
	const struct ar_item *it = ar_open_item(l->open, i), *before = n ? ar_open_item(l->open, l->from[n - 1]) : NULL;
	struct ar_fc_item *x = &l->item[n];

	if (!before || before->customer != it->customer || before->entity != it->entity)
		l->data.customers++;
	*x = (struct ar_fc_item){ .customer = l->data.customers - 1, .ccy = it->ccy, .posted = it->posting, .due = it->due,
		.disputed = AR_DATE_NONE, .resolved = AR_DATE_NONE, .since = AR_DATE_NONE };
	if (it->due == AR_DATE_NONE) {
		ar_date start = it->issued != AR_DATE_NONE ? it->issued : it->posting;

		l->no_due[n] = true;
		x->due = start > AR_DATE_MAX - AR_FC_NO_DUE_DAYS ? AR_DATE_MAX : start + AR_FC_NO_DUE_DAYS;
	}
	l->from[n] = i;
	take_events(l, i, x);
}

static void take_segments(struct ar_fc_ledger *l)
{
	for (size_t i = 0, last = SIZE_MAX; i < l->data.n; i++) {
		uint32_t c = ar_open_item(l->open, l->from[i])->customer;
		struct ar_str s = ar_open_customer_text(l->open, c, AR_F_segment);

		if (l->item[i].customer == last)
			continue;
		last = l->item[i].customer;
		if (!s.n)
			s = ar_open_customer_text(l->open, c, AR_F_payment_terms);
		l->segment[last] = ar_tab_add(&l->segments, s.n ? s : AR_STR(""), NULL);
	}
	l->data.segments = l->segments.n ? l->segments.n : 1;
}

static void take_currencies(struct ar_fc_ledger *l)
{
	uint16_t *slot = ar_arena_zero(&l->mem, (size_t)ar_ccy_count * sizeof *slot);

	l->ccy = ar_arena_zero(&l->mem, (size_t)ar_ccy_count * sizeof *l->ccy);
	for (size_t i = 0; i < l->data.n; i++)
		slot[l->item[i].ccy] = 1;
	for (int c = 0; c < ar_ccy_count; c++)
		if (slot[c]) {
			l->ccy[l->data.ccys] = c;
			slot[c] = l->data.ccys++;
		}
	for (size_t i = 0; i < l->data.n; i++)
		l->item[i].ccy = slot[l->item[i].ccy];
}

/* The items from..to-1 of one entity: from which day it is watched, and whether payments are told at all. */
static void watch(struct ar_fc_ledger *l, size_t from, size_t to)
{
	ar_date since = AR_DATE_NONE;
	bool paid = false, all = false;

	for (size_t j = from; j < to; j++) {
		ar_date d = ar_open_item(l->open, l->from[j])->since;

		all = all || d == AR_DATE_NONE;
		since = since == AR_DATE_NONE || (d != AR_DATE_NONE && d < since) ? d : since;
		paid = paid || l->item[j].paid != AR_DATE_NONE;
	}
	for (size_t j = from; j < to; j++) {
		l->item[j].unwatched = !paid;
		l->item[j].since = all ? AR_DATE_NONE : since;
	}
}

static void watch_entities(struct ar_fc_ledger *l)
{
	for (size_t i = 1, from = 0; i <= l->data.n; i++)
		if (i == l->data.n || ar_open_item(l->open, l->from[i])->entity != ar_open_item(l->open, l->from[from])->entity) {
			watch(l, from, i);
			from = i;
		}
}

/* ---- promises, plans, disputes ---- */

static int note_cmp(const void *a, const void *b, void *ctx)
{
	const struct ar_fc_note *x = a, *y = b;
	size_t n = x->id.n < y->id.n ? x->id.n : y->id.n;
	int c = n ? memcmp(x->id.p, y->id.p, n) : 0;

	(void)ctx;
	if (c || x->id.n != y->id.n)
		return c ? c : x->id.n < y->id.n ? -1 : 1;
	return x->recorded < y->recorded ? -1 : x->recorded > y->recorded;
}

struct to_word { uint32_t item; struct ar_fc_word word; };
static int word_cmp(const void *a, const void *b, void *ctx)
{
	const struct to_word *x = a, *y = b;

	(void)ctx;
	if (x->item != y->item)
		return x->item < y->item ? -1 : 1;
	return x->word.date < y->word.date ? -1 : x->word.date > y->word.date;
}

struct words {
	struct ar_fc_ledger *l;
	size_t *item_of;                /* index in open -> item; SIZE_MAX: none */
	struct to_word *v;
	uint32_t n, cap;
};

static void add_word(struct words *w, size_t item, ar_date date, ar_date made, double share)
{
	if (share <= 0 || made > w->l->as_of)
		return;
	if (w->n == w->cap) {
		w->cap = w->cap ? w->cap * 2 : 64;
		w->v = ar_realloc(w->v, w->cap * sizeof *w->v);
	}
	w->v[w->n++] = (struct to_word){ (uint32_t)item, { date, made, share < 1 ? share : 1 } };
}

/* The items a note names, and their sum; SIZE_MAX where there is no such invoice. */
static double find_items(const struct words *w, const struct ar_fc_note *x, size_t *at)
{
	double sum = 0;

	for (int i = 0; i < x->items; i++) {
		size_t k = ar_open_find(w->l->open, x->item[i]);

		at[i] = k == SIZE_MAX ? SIZE_MAX : w->item_of[k];
		sum += at[i] == SIZE_MAX ? 0 : (double)w->l->item[at[i]].amount;
	}
	return sum;
}

static void take_promise(struct words *w, const struct ar_fc_note *x)
{
	size_t *at = ar_arena_alloc(&w->l->mem, (size_t)x->items * sizeof *at + 1);
	double sum = find_items(w, x, at);

	for (int i = 0; i < x->items; i++)
		if (at[i] != SIZE_MAX && sum > 0)
			add_word(w, at[i], x->date, x->made, x->amount < 0 ? 1 : (double)x->amount / sum);
}

static void take_plan(struct words *w, const struct ar_fc_note *x)
{
	size_t *at = ar_arena_alloc(&w->l->mem, (size_t)x->items * sizeof *at + 1);
	double sum = find_items(w, x, at);

	for (int j = 0; j < x->parts; j++) {
		struct ar_str day, money = ar_str_cut(x->part[j], '=', &day);

		for (int i = 0; i < x->items && money.p && sum > 0; i++) {
			ar_date date;
			int64_t amount;

			if (at[i] == SIZE_MAX || !ar_date_parse(day, &date) ||
			    !ar_money_parse(money, ar_ccy[w->l->ccy[w->l->item[at[i]].ccy]].digits, &amount))
				continue;
			add_word(w, at[i], date, x->made == AR_DATE_NONE ? date - PLAN_KNOWN : x->made, (double)amount / sum);
		}
	}
}

static void take_dispute(struct words *w, const struct ar_fc_note *x)
{
	size_t at;
	double amount = find_items(w, x, &at);
	struct ar_fc_item *it = at == SIZE_MAX ? NULL : &w->l->item[at];

	if (!it || x->date == AR_DATE_NONE || x->date > w->l->as_of || (it->disputed != AR_DATE_NONE && it->disputed >= x->date))
		return;
	it->disputed = x->date;
	it->resolved = x->closed != AR_DATE_NONE && x->closed > w->l->as_of ? AR_DATE_NONE : x->closed;   /* not known yet */
	it->dispute_share = x->amount < 0 || (double)x->amount >= amount ? 1 : (double)x->amount / amount;
}

static void take_notes(struct ar_fc_ledger *l)
{
	struct words w = { .l = l };
	size_t count = ar_open_count(l->open);

	if (!l->nnotes)
		return;
	w.item_of = ar_malloc((count + 1) * sizeof *w.item_of);
	for (size_t i = 0; i < count; i++)
		w.item_of[i] = SIZE_MAX;
	for (size_t i = 0; i < l->data.n; i++)
		w.item_of[l->from[i]] = i;
	ar_sort(l->note, l->nnotes, sizeof *l->note, note_cmp, NULL);
	for (uint32_t i = 0; i < l->nnotes; i++) {
		const struct ar_fc_note *x = &l->note[i];
		bool last = i + 1 == l->nnotes || !ar_streq(x->id, l->note[i + 1].id);

		if (!last || x->off)
			continue;
		if (x->type == AR_T_promise)
			take_promise(&w, x);
		else if (x->type == AR_T_payment_plan)
			take_plan(&w, x);
		else
			take_dispute(&w, x);
	}
	ar_sort(w.v, w.n, sizeof *w.v, word_cmp, NULL);
	l->word = ar_calloc(w.n + 1, sizeof *l->word);
	l->nwords = w.n;
	for (uint32_t i = 0; i < w.n; i++) {
		struct ar_fc_item *it = &l->item[w.v[i].item];

		l->word[i] = w.v[i].word;
		it->word = it->nwords ? it->word : i;
		it->nwords++;
	}
	free(w.v);
	free(w.item_of);
}

int ar_fc_ledger_close(struct ar_fc_ledger *l, struct ar_err *e)
{
	size_t count, n = 0, parts = 0;
	const struct ar_event *v;

	if (ar_open_close(l->open, e) < 0)
		return -1;
	count = ar_open_count(l->open);
	for (size_t i = 0; i < count; i++)
		parts += ar_open_item(l->open, i)->type == AR_T_invoice ? ar_open_events(l->open, i, &v) : 0;
	l->item = ar_calloc(count + 1, sizeof *l->item);
	l->from = ar_calloc(count + 1, sizeof *l->from);
	l->no_due = ar_calloc(count + 1, 1);
	l->segment = ar_calloc(count + 1, sizeof *l->segment);
	l->part = ar_calloc(parts + 1, sizeof *l->part);
	for (size_t i = 0; i < count; i++) {
		const struct ar_item *it = ar_open_item(l->open, i);

		if (it->type == AR_T_invoice)
			take_item(l, i, n++);
		l->credits += it->open < 0;
	}
	l->data.n = n;
	take_segments(l);
	take_currencies(l);
	watch_entities(l);
	take_notes(l);
	l->data.item = l->item;
	l->data.part = l->part;
	l->data.word = l->word;
	l->data.segment = l->segment;
	l->data.as_of = l->as_of;
	return 0;
}

void ar_fc_ledger_release(struct ar_fc_ledger *l)
{
	ar_open_free(l->open);
	ar_tab_release(&l->segments);
	free(l->item);
	free(l->from);
	free(l->no_due);
	free(l->part);
	free(l->word);
	free(l->segment);
	free(l->note);
	ar_arena_release(&l->mem);
}
