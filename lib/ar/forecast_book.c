/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cash of a book of open items by week, and how wide its intervals must be. */
#include "config.h"

#include "ar/forecast_in.h"

#include "ar/fixed.h"

#include <math.h>
#include <stdlib.h>

enum { UNIT = 1000000000, PAST_WEEKS = 16 };

int ar_fc_periods(ar_date t, int weeks, ar_date *end)
{
	ar_date sunday = t + 7 - (((int)t + 3) % 7 + 7) % 7 - 1;

	ar_assert(weeks >= 1 && weeks <= AR_FC_WEEKS);
	if (sunday == t)
		sunday += 7;
	for (int w = 0; w < weeks; w++)
		end[w] = sunday + 7 * w;
	return end[weeks - 1] - t;
}

/* Probability in 10^-9; the curve rises and stays within 0 and 1, so the units do too. */
static int64_t units(double f)
{
	int64_t v = 0;
	bool fits = ar_fixed(f, 9, &v);

	ar_assert(fits && v >= 0 && v <= UNIT);
	return v;
}

struct sums {
	struct ar_fc_book *b;
	double *f;                      /* the curve of one item */
	double *sd;                     /* of one customer: [ccy * weeks + week] */
	int n;
};

static void add_item(struct sums *s, const struct ar_fc *fc, const struct ar_fc_item *it, int64_t open)
{
	struct ar_fc_book *b = s->b;
	size_t row = (size_t)it->ccy * (size_t)b->weeks;
	ar_date from = b->t, due = it->due > b->t ? it->due : b->t + 1;
	int64_t before = 0;

	b->open[it->ccy] += open;
	b->items[it->ccy]++;
	for (int w = 0; w < b->weeks; from = b->end[w++]) {
		struct ar_fc_cell_cash *c = &b->cell[row + (size_t)w];
		int64_t now = units(s->f[b->end[w] - b->t - 1]);
		double p = (double)(now - before) / UNIT;

		c->expected += (ar_wide)open * (now - before);
		c->naive += due > from && due <= b->end[w] ? (ar_wide)open * UNIT : 0;
		c->actual += (ar_wide)ar_fc_cash(fc, it, from, b->end[w]) * UNIT;
		s->sd[row + (size_t)w] += (double)open * sqrt(p * (1 - p));
		before = now;
	}
}

static void add_customer(struct sums *s, const struct ar_fc_model *m, uint32_t c, struct ar_fc_who *who)
{
	const struct ar_fc *fc = m->fc;
	size_t cells = (size_t)s->b->ccys * (size_t)s->b->weeks;
	bool filled = false;

	for (size_t i = fc->first[c]; i < fc->first[c + 1]; i++) {
		const struct ar_fc_item *it = &fc->d.item[i];
		int64_t open = is_open(it, m->t) ? ar_fc_open(fc, it, m->t) : 0;

		if (open <= 0)
			continue;
		if (!filled) {
			ar_fc_who(m, c, who);
			memset(s->sd, 0, cells * sizeof *s->sd);
			filled = true;
		}
		ar_fc_curve(m, who, it->due, s->n, s->f);
		add_item(s, fc, it, open);
	}
	for (size_t i = 0; filled && i < cells; i++)
		s->b->cell[i].sigma2 += s->sd[i] * s->sd[i];
}

void ar_fc_book(const struct ar_fc_model *m, int weeks, struct ar_fc_book *b)
{
	struct sums s = { .b = b };
	struct ar_fc_who *who = ar_malloc(sizeof *who);
	size_t cells = (size_t)m->fc->d.ccys * (size_t)weeks;

	*b = (struct ar_fc_book){ .t = m->t, .weeks = weeks, .ccys = m->fc->d.ccys };
	s.n = ar_fc_periods(m->t, weeks, b->end);
	b->open = ar_calloc(b->ccys, sizeof *b->open);
	b->items = ar_calloc(b->ccys, sizeof *b->items);
	b->cell = ar_calloc(cells, sizeof *b->cell);
	s.f = ar_malloc((size_t)s.n * sizeof *s.f);
	s.sd = ar_malloc(cells * sizeof *s.sd);
	for (uint32_t c = 0; c < m->fc->d.customers; c++)
		add_customer(&s, m, c, who);
	free(s.f);
	free(s.sd);
	free(who);
}

void ar_fc_book_release(struct ar_fc_book *b)
{
	free(b->open);
	free(b->items);
	free(b->cell);
	*b = (struct ar_fc_book){ 0 };
}

static int64_t narrow(ar_wide w)
{
	int64_t v = INT64_MAX;

	ar_narrow(w, &v);
	return v;
}

int64_t ar_fc_expected(const struct ar_fc_cell_cash *c)
{
	return narrow(ar_div_round(c->expected, UNIT, AR_HALF_EVEN));
}

int64_t ar_fc_naive(const struct ar_fc_cell_cash *c)
{
	return narrow(c->naive / UNIT);
}

/* ---- widths ---- */

struct past { double z2, n; };          /* squared misses in sigmas, and how many: [ccy * weeks + week] */

static void add_past(struct past *p, int weeks, const struct ar_fc_book *b, ar_date known)
{
	for (int w = 0; w < b->weeks && b->end[w] <= known; w++)
		for (int c = 0; c < b->ccys; c++) {
			const struct ar_fc_cell_cash *x = &b->cell[c * b->weeks + w];
			double miss = (double)(x->actual - x->expected) / UNIT;

			if (x->sigma2 < 1)      /* nothing open that could come */
				continue;
			p[c * weeks + w].z2 += miss * miss / x->sigma2;
			p[c * weeks + w].n++;
		}
}

static struct past around(const struct past *p, int weeks, int w)
{
	struct past sum = { 0 };

	for (int v = w > 0 ? w - 1 : w; v <= w + 1 && v < weeks; v++) {
		sum.z2 += p[v].z2;
		sum.n += p[v].n;
	}
	return sum;
}

/* All currencies as if one miss of 1 had been seen too, each currency as if two of them all had. */
static void scale_cells(const struct past *p, int ccys, struct ar_fc_scale *s)
{
	for (int w = 0; w < s->weeks; w++) {
		struct past all = { 1, 1 };

		for (int c = 0; c < ccys; c++) {
			struct past own = around(p + c * s->weeks, s->weeks, w);

			all.z2 += own.z2;
			all.n += own.n;
		}
		for (int c = 0; c < ccys; c++) {
			struct past own = around(p + c * s->weeks, s->weeks, w);

			s->cell[c * s->weeks + w] = sqrt((own.z2 + 2 * all.z2 / all.n) / (own.n + 2));
		}
	}
}

void ar_fc_calibrate(const struct ar_fc *fc, ar_date t, const struct ar_fc_k *k, int weeks, struct ar_fc_scale *s)
{
	size_t cells = (size_t)fc->d.ccys * (size_t)weeks;
	struct past *p = ar_calloc(cells, sizeof *p);

	*s = (struct ar_fc_scale){ .weeks = weeks, .cell = ar_calloc(cells, sizeof *s->cell) };
	for (int i = 1; i <= PAST_WEEKS && t - 7 * i > fc->d.as_of - AR_FC_HISTORY; i++) {
		struct ar_fc_model *m = ar_fc_fit(fc, t - 7 * i, k);
		struct ar_fc_book b;

		if (m->facts.payments >= 50) {
			ar_fc_book(m, weeks < i ? weeks : i, &b);
			add_past(p, weeks, &b, t);
			ar_fc_book_release(&b);
			s->cutoffs++;
		}
		ar_fc_model_free(m);
	}
	scale_cells(p, fc->d.ccys, s);
	free(p);
}

void ar_fc_scale_release(struct ar_fc_scale *s)
{
	free(s->cell);
	s->cell = NULL;
}

void ar_fc_interval(const struct ar_fc_book *b, int ccy, int week, const struct ar_fc_scale *s, int percent,
		    int64_t *low, int64_t *high)
{
	const struct ar_fc_cell_cash *c = &b->cell[ccy * b->weeks + week];
	double normal = percent == 80 ? 1.2815515655446004 : 1.6448536269514722;
	double width = normal * s->cell[ccy * s->weeks + week] * sqrt(c->sigma2);
	int64_t mid = ar_fc_expected(c), w = 0, open = narrow(b->open[ccy]);

	ar_assert(percent == 80 || percent == 90);
	if (!ar_fixed(width, 0, &w))
		w = open;
	*low = w > mid ? 0 : mid - w;
	*high = w > open - mid ? open : mid + w;
}
