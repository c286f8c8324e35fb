/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/age.h"

#include "base/hash.h"
#include "base/sort.h"

#include <stdio.h>
#include <stdlib.h>

static int add_name(struct ar_buckets *b, const char *name)
{
	snprintf(b->name[b->n], sizeof b->name[b->n], "%s", name);
	return b->n++;
}

static void day_name(struct ar_buckets *b, int lo, int hi, bool first, bool last)
{
	char *z = b->name[b->n], *end = z + sizeof b->name[b->n];

	b->n++;
	if (last)
		snprintf(z, (size_t)(end - z), lo - 1 < 0 ? "due_in_up_to_%d" : "over_%d", lo - 1 < 0 ? 1 - lo : lo - 1);
	else if (first && hi == 0 - b->p.due_today_overdue)
		snprintf(z, (size_t)(end - z), "not_due");
	else if (first)
		snprintf(z, (size_t)(end - z), hi < 0 ? "due_in_over_%d" : "up_to_%d", hi < 0 ? -hi - 1 : hi);
	else if (hi <= 0)
		snprintf(z, (size_t)(end - z), "due_in_%d-%d", -hi, -lo);
	else
		snprintf(z, (size_t)(end - z), "%d-%d", lo, hi);
}

static bool init_days(struct ar_buckets *b)
{
	struct ar_age_params *p = &b->p;

	for (int i = 0; i < p->nbound; i++) {
		if (p->due_today_overdue && p->bound[i] == 0)
			p->bound[i] = -1;
		if (i && p->bound[i] <= p->bound[i - 1])
			return false;
	}
	for (int i = 0; i <= p->nbound; i++)
		day_name(b, i ? p->bound[i - 1] + 1 : 0, i < p->nbound ? p->bound[i] : 0, i == 0, i == p->nbound);
	return true;
}

static bool init_months(struct ar_buckets *b, const ar_date *period_end, int nperiod)
{
	int n = b->p.bound[0];
	char z[40];

	if (b->p.nbound != 1 || n < 1 || n >= AR_BOUNDS_MAX || (b->p.unit == AR_UNIT_FISCAL && nperiod < n))
		return false;
	add_name(b, "not_due");
	b->edge[0] = b->p.as_of + b->p.due_today_overdue;
	for (int i = 1; i <= n; i++) {
		snprintf(z, sizeof z, "month_%d", i);
		add_name(b, z);
		if (b->p.unit == AR_UNIT_MONTHS_RELATIVE)
			b->edge[i] = ar_add_months(b->p.as_of, -i);
		else if (b->p.unit == AR_UNIT_MONTHS_CALENDAR)
			b->edge[i] = ar_month_end(ar_add_months(b->p.as_of, -i)) + 1;
		else
			b->edge[i] = period_end[i - 1] + 1;
	}
	b->nedge = n + 1;
	snprintf(z, sizeof z, "over_month_%d", n);
	add_name(b, z);
	return true;
}

bool ar_buckets_init(struct ar_buckets *b, const struct ar_age_params *p, const ar_date *period_end, int nperiod)
{
	memset(b, 0, sizeof *b);
	b->p = *p;
	if (p->nbound < 1 || p->nbound > AR_BOUNDS_MAX)
		return false;
	if (p->unit == AR_UNIT_DAYS ? !init_days(b) : !init_months(b, period_end, nperiod))
		return false;
	b->no_date = add_name(b, "no_date");
	b->credits = add_name(b, "credits");
	b->unapplied = add_name(b, "unapplied");
	b->deposits = add_name(b, "deposits");
	b->retention = add_name(b, "retention");
	b->future = add_name(b, "future_receipts");
	b->disputed = add_name(b, "disputed");
	b->total = add_name(b, "total");
	return true;
}

ar_date ar_age_basis(const struct ar_buckets *b, const struct ar_item *it)
{
	bool debit = it->type == AR_T_invoice;

	switch (b->p.basis) {
	case AR_BASIS_DUE:
		return debit ? it->due : it->issued;    /* credits and payments have no due date: their own date */
	case AR_BASIS_DOCUMENT:
		return it->issued;
	case AR_BASIS_POSTING:
		return it->posting;
	case AR_BASIS_DELIVERY:
		return debit ? it->delivered : it->issued;
	}
	return AR_DATE_NONE;
}

int ar_bucket_of_date(const struct ar_buckets *b, ar_date basis)
{
	int i = 0;

	if (basis == AR_DATE_NONE)
		return b->no_date;
	if (b->p.unit == AR_UNIT_DAYS) {
		int d = b->p.as_of - basis;

		while (i < b->p.nbound && d > b->p.bound[i])
			i++;
		return i;
	}
	while (i < b->nedge && basis < b->edge[i])
		i++;
	return i;
}

int ar_bucket_of(const struct ar_buckets *b, const struct ar_item *it)
{
	bool debit = it->type == AR_T_invoice || it->type == AR_T_refund;

	if (it->special == AR_ITEM_RETENTION)
		return b->retention;
	if (debit)
		return ar_bucket_of_date(b, ar_age_basis(b, it));
	switch (b->p.credits) {
	case AR_CREDITS_OWN:
		return ar_bucket_of_date(b, ar_age_basis(b, it));
	case AR_CREDITS_CURRENT:
	case AR_CREDITS_OLDEST:                         /* what is left after the set-off */
		return 0;
	case AR_CREDITS_SEPARATE:
		break;
	}
	if (it->type == AR_T_credit_memo)
		return b->credits;
	return it->special == AR_ITEM_DEPOSIT ? b->deposits : b->unapplied;
}

struct ar_sums {
	const struct ar_buckets *b;
	int nrollup;
	struct ar_tab key;
	struct ar_group *group;
	uint32_t cap;
	struct ar_cell *cell;           /* of all groups; the first stands for every empty one */
	uint32_t ncell, ccell;
	struct ar_arena mem;
	struct ar_buf room;
	struct ar_group **sorted;
};

struct ar_sums *ar_sums_new(const struct ar_buckets *b, int nrollup)
{
	struct ar_sums *s = ar_calloc(1, sizeof *s);

	s->b = b;
	s->nrollup = nrollup;
	s->ccell = 256;
	s->cell = ar_malloc(s->ccell * sizeof *s->cell);
	s->cell[s->ncell++] = (struct ar_cell){ 0 };
	return s;
}

struct ar_group *ar_sums_group(struct ar_sums *s, int rollup, const struct ar_str *value, int nvalue, int ccy, int base_ccy)
{
	struct { int16_t rollup, ccy, base; } head = { (int16_t)rollup, (int16_t)ccy, (int16_t)base_ccy };
	struct ar_group *g;
	uint32_t k;
	bool fresh;

	s->room.n = 0;
	ar_buf_put(&s->room, (const char *)&head, sizeof head);
	for (int i = 0; i < nvalue; i++) {
		ar_buf_str(&s->room, value[i]);
		ar_buf_c(&s->room, '\0');
	}
	k = ar_tab_add(&s->key, ar_buf_slice(&s->room), &fresh);
	if (!fresh)
		return &s->group[k];
	if (k == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 256;
		s->group = ar_realloc(s->group, s->cap * sizeof *s->group);
	}
	g = &s->group[k];
	*g = (struct ar_group){ .rollup = rollup, .nvalue = nvalue, .ccy = ccy, .base_ccy = base_ccy };
	g->value = ar_arena_alloc(&s->mem, ((size_t)nvalue + 1) * sizeof *g->value);
	for (int i = 0; i < nvalue; i++)
		g->value[i] = ar_arena_str(&s->mem, value[i]);
	g->cell = ar_arena_zero(&s->mem, (size_t)s->b->n * sizeof *g->cell);
	return g;
}

static bool add_cell(struct ar_cell *to, const struct ar_cell *add)
{
	to->items += add->items;
	return ar_add(to->open, add->open, &to->open) && ar_add(to->disputed, add->disputed, &to->disputed)
		&& ar_add(to->base, add->base, &to->base) && ar_add(to->closing, add->closing, &to->closing)
		&& ar_add(to->group, add->group, &to->group);
}

const struct ar_cell *ar_group_cell(const struct ar_sums *s, const struct ar_group *g, int bucket)
{
	return &s->cell[g->cell[bucket]];
}

/* Most groups have something in few of the buckets: a cell is made when it is first added to. */
static struct ar_cell *cell_for(struct ar_sums *s, struct ar_group *g, int bucket)
{
	if (!g->cell[bucket]) {
		if (s->ncell == s->ccell) {
			ar_assert(s->ccell < UINT32_MAX / 2);
			s->ccell *= 2;
			s->cell = ar_realloc(s->cell, s->ccell * sizeof *s->cell);
		}
		g->cell[bucket] = s->ncell;
		s->cell[s->ncell++] = (struct ar_cell){ 0 };
	}
	return &s->cell[g->cell[bucket]];
}

int ar_group_add(struct ar_sums *s, struct ar_group *g, int bucket, const struct ar_cell *add, struct ar_err *e)
{
	if (!add_cell(cell_for(s, g, bucket), add) || (bucket != s->b->future && !add_cell(cell_for(s, g, s->b->total), add)))
		return ar_err(e, AR_DAMAGED, "money_large", "a total in %s is beyond what an amount can hold", ar_ccy[g->ccy].code);
	return 0;
}

static int group_cmp(const void *pa, const void *pb, void *ctx)
{
	const struct ar_group *a = *(struct ar_group *const *)pa, *b = *(struct ar_group *const *)pb;

	if (a->rollup != b->rollup)
		return a->rollup < b->rollup ? -1 : 1;
	for (int i = 0; i < a->nvalue; i++) {
		int c = ar_str_cmp(a->value[i], b->value[i]);

		if (c)
			return c;
	}
	if (a->ccy != b->ccy)
		return a->ccy < b->ccy ? -1 : 1;
	return a->base_ccy < b->base_ccy ? -1 : a->base_ccy > b->base_ccy;
}

size_t ar_sums_sorted(struct ar_sums *s, struct ar_group *const **out)
{
	free(s->sorted);
	s->sorted = ar_malloc(((size_t)s->key.n + 1) * sizeof *s->sorted);
	for (uint32_t i = 0; i < s->key.n; i++)
		s->sorted[i] = &s->group[i];
	ar_sort(s->sorted, s->key.n, sizeof *s->sorted, group_cmp, NULL);
	*out = s->sorted;
	return s->key.n;
}

/* sums per (currency, base) of one rollup */
struct proof { int ccy, base; ar_wide open, base_sum; uint64_t items; };

static size_t prove(const struct ar_sums *s, int rollup, struct proof *p)
{
	size_t n = 0;

	for (uint32_t i = 0; i < s->key.n; i++) {
		const struct ar_group *g = &s->group[i];
		size_t k = 0;

		if (g->rollup != rollup)
			continue;
		while (k < n && (p[k].ccy != g->ccy || p[k].base != g->base_ccy))
			k++;
		if (k == n)
			p[n++] = (struct proof){ .ccy = g->ccy, .base = g->base_ccy };
		p[k].open += ar_group_cell(s, g, s->b->total)->open;
		p[k].base_sum += ar_group_cell(s, g, s->b->total)->base;
		p[k].items += ar_group_cell(s, g, s->b->total)->items;
	}
	return n;
}

static bool in_proof(const struct proof *p, size_t n, const struct proof *x)
{
	for (size_t i = 0; i < n; i++)
		if (p[i].ccy == x->ccy && p[i].base == x->base)
			return p[i].open == x->open && p[i].base_sum == x->base_sum && p[i].items == x->items;
	return false;
}

int ar_sums_close(struct ar_sums *s, struct ar_err *e)
{
	size_t room = (size_t)s->key.n + 1, n0 = 0;
	struct proof *first = ar_malloc(room * sizeof *first), *other = ar_malloc(room * sizeof *other);
	int rc = 0;

	for (uint32_t i = 0; i < s->key.n && !rc; i++) {
		const struct ar_group *g = &s->group[i];
		ar_wide open = 0, base = 0;

		for (int k = 0; k < s->b->n; k++)
			if (k != s->b->total && k != s->b->future) {
				open += ar_group_cell(s, g, k)->open;
				base += ar_group_cell(s, g, k)->base;
			}
		if (open != ar_group_cell(s, g, s->b->total)->open || base != ar_group_cell(s, g, s->b->total)->base)
			rc = ar_err(e, AR_SYSTEM, "law_buckets", "internal error: the buckets do not add up to their total");
	}
	for (int r = 0; r < s->nrollup && !rc; r++) {
		size_t n = prove(s, r, r ? other : first);

		if (!r)
			n0 = n;
		for (size_t i = 0; r && i < n; i++)
			if (n != n0 || !in_proof(first, n0, &other[i]))
				rc = ar_err(e, AR_SYSTEM, "law_rollups", "internal error: the rollups do not add up to the same");
	}
	free(first);
	free(other);
	return rc;
}

void ar_sums_free(struct ar_sums *s)
{
	if (!s)
		return;
	free(s->group);
	free(s->cell);
	free(s->sorted);
	ar_buf_release(&s->room);
	ar_tab_release(&s->key);
	ar_arena_release(&s->mem);
	free(s);
}
