/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/rates.h"

#include "base/arena.h"
#include "base/sort.h"

#include <stdlib.h>

struct entry { uint16_t unit, quoted; ar_date date; struct ar_rate rate; };

struct ar_rates {
	struct entry *e;
	size_t n, cap;
	bool sorted;
};

struct ar_rates *ar_rates_new(void)
{
	return ar_calloc(1, sizeof(struct ar_rates));
}

void ar_rates_free(struct ar_rates *t)
{
	if (!t)
		return;
	free(t->e);
	free(t);
}

void ar_rates_add(struct ar_rates *t, const struct ar_rec *r)
{
	struct ar_str kind = ar_raw_text(r, AR_F_kind);
	struct entry e = { (uint16_t)ar_currency(r, AR_F_unit_currency), (uint16_t)ar_currency(r, AR_F_quoted_currency),
		ar_day(r, AR_F_date), { 0, 0 } };

	if ((!ar_streqz(kind, "spot") && !ar_streqz(kind, "closing")) || !ar_rate_parse(ar_raw_text(r, AR_F_rate), &e.rate))
		return;
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 256;
		t->e = ar_realloc(t->e, t->cap * sizeof *t->e);
	}
	t->e[t->n++] = e;
	t->sorted = false;
}

static int by_pair(const struct entry *a, const struct entry *b)
{
	if (a->unit != b->unit)
		return a->unit < b->unit ? -1 : 1;
	if (a->quoted != b->quoted)
		return a->quoted < b->quoted ? -1 : 1;
	return a->date < b->date ? -1 : a->date > b->date;
}

/* Of one day, the greater rate last: the choice does not depend on the order of the input. */
static int cmp(const void *a, const void *b, void *ctx)
{
	const struct entry *x = a, *y = b;
	int c = by_pair(x, y);

	return c ? c : ar_rate_cmp(x->rate, y->rate);
}

/* The last rate of a pair on or before d. */
static const struct entry *last(struct ar_rates *t, int unit, int quoted, ar_date d)
{
	const struct entry want = { (uint16_t)unit, (uint16_t)quoted, d, { 0, 0 } };
	size_t lo = 0, hi = t->n;
	const struct entry *e;

	if (!t->sorted)
		ar_sort(t->e, t->n, sizeof *t->e, cmp, NULL);
	t->sorted = true;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (by_pair(&t->e[mid], &want) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	e = &t->e[lo - 1];
	return e->unit == unit && e->quoted == quoted && d - e->date <= AR_RATE_AGE ? e : NULL;
}

int ar_rates_convert(struct ar_rates *t, int64_t minor, int from, int to, ar_date d, int64_t *out, struct ar_used *used)
{
	const struct entry *e = last(t, from, to, d), *f = e ? NULL : last(t, to, from, d);
	static const struct ar_rate one = { 1, 0 };

	*used = (struct ar_used){ .direct = true, .via = AR_CCY_NONE };
	if (e || f) {
		used->rate = e ? e->rate : f->rate;
		used->base_per_doc = e != NULL;
		return ar_convert(minor, from, to, used->rate, e ? from : to, e ? to : from, AR_HALF_UP, out) ? 1 : -1;
	}
	used->direct = false;
	for (int pivot = 0; pivot < ar_ccy_count; pivot++) {
		e = pivot == from || pivot == to ? NULL : last(t, pivot, from, d);
		f = e ? last(t, pivot, to, d) : NULL;
		if (!f)
			continue;
		used->via = pivot;
		return ar_convert_via(minor, from, to, pivot, e ? e->rate : one, f->rate, AR_HALF_UP, out) ? 1 : -1;
	}
	return 0;
}
