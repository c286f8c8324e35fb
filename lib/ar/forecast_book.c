/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cash of a book of open items by week, and how wide its intervals must be. */
#include "config.h"

#include "ar/forecast_in.h"

#include "ar/fixed.h"

#include <math.h>
#include <stdlib.h>

enum { UNIT = 1000000000, PAST_WEEKS = 16, WIDTHS = AR_FC_WIDTHS, TEMPLATE = 56 };

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

/* Of what a curve says, the part that is cash: less where this customer takes discounts. */
static void cash_curve(const struct ar_fc_model *m, const struct ar_fc_item *it, int n, double *f)
{
	double before = 0, sum = 0;

	if (!m->cash_share)
		return;
	for (int i = 0; i < n; i++) {
		double now = f[i];

		sum += (now - before) * cash_share(m, it->customer, m->t + 1 + i > it->due);
		before = now;
		f[i] = sum;
	}
}

struct sums {
	struct ar_fc_book *b;
	const struct ar_fc_model *m;
	const struct ar_fc_ask *ask;
	struct ar_fc_who *who;
	double *f;                      /* the curve of one item */
	double *sd, *var;               /* of one customer: [ccy * weeks + week]; var: of new billing */
	int n;
};

static void add_item(struct sums *s, struct ar_fc_cell_cash *cell, const struct ar_fc_item *it, int64_t open)
{
	const struct ar_fc *fc = s->m->fc;
	struct ar_fc_book *b = s->b;
	size_t row = (size_t)it->ccy * (size_t)b->weeks;
	ar_date from = b->t, due = it->due > b->t ? it->due : b->t + 1;
	int64_t before = 0;

	for (int w = 0; w < b->weeks; from = b->end[w++]) {
		struct ar_fc_cell_cash *c = &cell[row + (size_t)w];
		int64_t now = units(s->f[b->end[w] - b->t - 1]);
		double p = (double)(now - before) / UNIT;

		c->expected += (ar_wide)open * (now - before);
		c->naive += due > from && due <= b->end[w] ? (ar_wide)open * UNIT : 0;
		c->actual += (ar_wide)ar_fc_cash(fc, it, from, b->end[w]) * UNIT;
		s->sd[row + (size_t)w] += (double)open * sqrt(p * (1 - p));
		before = now;
	}
}

/* What came, by t + weeks, of items posted after t. */
static void add_later(struct sums *s, struct ar_fc_cell_cash *cell, const struct ar_fc_item *it)
{
	ar_date from = s->b->t;

	for (int w = 0; w < s->b->weeks; from = s->b->end[w++])
		cell[(size_t)it->ccy * (size_t)s->b->weeks + (size_t)w].actual +=
			(ar_wide)ar_fc_cash(s->m->fc, it, from, s->b->end[w]) * UNIT;
}

/*
 * New billing: an invoice of the last eight weeks stands for an eighth of one like it in every week to come, on the
 * same weekday, with the same term. Such an invoice pays by the customer's tables.
 */
static void add_template(struct sums *s, struct ar_fc_cell_cash *cell, const struct ar_fc_item *it)
{
	const struct ar_fc_model *m = s->m;
	size_t row = (size_t)it->ccy * (size_t)s->b->weeks;
	ar_date last = s->b->end[s->b->weeks - 1];

	for (ar_date posted = it->posted + 7 * ((m->t - it->posted) / 7 + 1); posted < last; posted += 7) {
		ar_date due = it->due + (posted - it->posted);
		double alive = 1, cash = 0;
		int w = 0;

		while (s->b->end[w] <= posted)
			w++;
		for (ar_date day = posted + 1; day <= last; day++) {
			double h = ar_fc_hazard(m, s->who, due, day);

			cash += alive * h * cash_share(m, it->customer, day > due);
			alive *= 1 - h;
			if (day == s->b->end[w]) {
				int64_t u = units(cash / (TEMPLATE / 7));

				cell[row + (size_t)w].billed += (ar_wide)it->amount * u;
				s->var[row + (size_t)w] += (double)it->amount * (double)it->amount * u / UNIT * (1 - (double)u / UNIT);
				cash = 0;
				w++;
			}
		}
	}
}

static bool matters(const struct sums *s, const struct ar_fc_item *it)
{
	if (s->ask->all_in)
		return it->posted > s->m->t - TEMPLATE || is_open(it, s->m->t);
	return is_open(it, s->m->t);
}

static void add_customer(struct sums *s, uint32_t c)
{
	const struct ar_fc_model *m = s->m;
	const struct ar_fc *fc = m->fc;
	size_t cells = (size_t)s->b->ccys * (size_t)s->b->weeks;
	uint32_t group = s->ask->by == AR_FC_BY_CUSTOMER ? c : s->ask->by == AR_FC_BY_SEGMENT ? fc->d.segment[c] : 0;
	struct ar_fc_cell_cash *cell = s->b->cell + group * cells;
	size_t i = fc->first[c];

	while (i < fc->first[c + 1] && !matters(s, &fc->d.item[i]))
		i++;
	if (i == fc->first[c + 1])
		return;
	ar_fc_who(m, c, s->who);
	memset(s->sd, 0, cells * 2 * sizeof *s->sd);
	for (; i < fc->first[c + 1]; i++) {
		const struct ar_fc_item *it = &fc->d.item[i];
		int64_t open = is_open(it, m->t) ? ar_fc_open(fc, it, m->t) : 0;

		if (open > 0) {
			s->b->open[group * s->b->ccys + it->ccy] += open;
			s->b->items[group * s->b->ccys + it->ccy]++;
			ar_fc_curve(m, s->who, it, s->n, s->f);
			cash_curve(m, it, s->n, s->f);
			add_item(s, cell, it, open);
		}
		if (s->ask->all_in && it->posted <= m->t && it->posted > m->t - TEMPLATE)
			add_template(s, cell, it);
		if (s->ask->all_in && it->posted > m->t)
			add_later(s, cell, it);
	}
	for (size_t j = 0; j < cells; j++)
		cell[j].sigma2 += s->sd[j] * s->sd[j] + s->var[j];
}

void ar_fc_book(const struct ar_fc_model *m, const struct ar_fc_ask *ask, struct ar_fc_book *b)
{
	struct sums s = { .b = b, .m = m, .ask = ask, .who = ar_malloc(sizeof *s.who) };
	uint32_t groups = ask->by == AR_FC_BY_CUSTOMER ? m->fc->d.customers : ask->by == AR_FC_BY_SEGMENT ? m->fc->d.segments : 1;
	size_t cells = (size_t)m->fc->d.ccys * (size_t)ask->weeks;

	*b = (struct ar_fc_book){ .t = m->t, .weeks = ask->weeks, .ccys = m->fc->d.ccys, .groups = groups };
	s.n = ar_fc_periods(m->t, ask->weeks, b->end);
	b->open = ar_calloc((size_t)groups * b->ccys + 1, sizeof *b->open);
	b->items = ar_calloc((size_t)groups * b->ccys + 1, sizeof *b->items);
	b->cell = ar_calloc(groups * cells + 1, sizeof *b->cell);
	s.f = ar_malloc((size_t)s.n * sizeof *s.f);
	s.sd = ar_malloc((cells + 1) * 2 * sizeof *s.sd);
	s.var = s.sd + cells;
	for (uint32_t c = 0; c < m->fc->d.customers; c++)
		add_customer(&s, c);
	free(s.f);
	free(s.sd);
	free(s.who);
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
	return narrow(ar_div_round(c->expected + c->billed, UNIT, AR_HALF_EVEN));
}

int64_t ar_fc_already(const struct ar_fc_cell_cash *c)
{
	return narrow(ar_div_round(c->expected, UNIT, AR_HALF_EVEN));
}

int64_t ar_fc_naive(const struct ar_fc_cell_cash *c)
{
	return narrow(c->naive / UNIT);
}

/* ---- widths ---- */

struct past { double z2, n; };          /* squared misses in sigmas, and how many: [ccy * WIDTHS + week] */

static void add_past(struct past *p, const struct ar_fc_book *b, ar_date known)
{
	for (int w = 0; w < b->weeks && b->end[w] <= known; w++)
		for (int c = 0; c < b->ccys; c++) {
			const struct ar_fc_cell_cash *x = &b->cell[c * b->weeks + w];
			double miss = (double)(x->actual - x->expected - x->billed) / UNIT;

			if (x->sigma2 < 1)      /* nothing open that could come */
				continue;
			p[c * WIDTHS + w].z2 += miss * miss / x->sigma2;
			p[c * WIDTHS + w].n++;
		}
}

static struct past around(const struct past *p, int w)
{
	struct past sum = { 0 };

	for (int v = w > 0 ? w - 1 : w; v <= w + 1 && v < WIDTHS; v++) {
		sum.z2 += p[v].z2;
		sum.n += p[v].n;
	}
	return sum;
}

/* All currencies as if one miss of 1 had been seen too, each currency as if two of them all had. */
static void scale_cells(const struct past *p, struct ar_fc_scale *s)
{
	for (int w = 0; w < WIDTHS; w++) {
		struct past all = { 1, 1 };

		for (int c = 0; c < s->ccys; c++) {
			struct past own = around(p + c * WIDTHS, w);

			all.z2 += own.z2;
			all.n += own.n;
		}
		for (int c = 0; c < s->ccys; c++) {
			struct past own = around(p + c * WIDTHS, w);
			int64_t u = 1000000;

			ar_fixed(sqrt((own.z2 + 2 * all.z2 / all.n) / (own.n + 2)), 6, &u);     /* as a model file holds it */
			s->cell[c * WIDTHS + w] = (double)u / 1e6;
		}
	}
}

void ar_fc_calibrate(const struct ar_fc *fc, ar_date t, const struct ar_fc_k *k, const struct ar_fc_learned *test, bool all_in,
		     struct ar_fc_scale *s)
{
	size_t cells = (size_t)fc->d.ccys * WIDTHS;
	struct past *p = ar_calloc(cells + 1, sizeof *p);
	int past = only_tables(test) ? PAST_WEEKS : AR_FC_TEST_SPAN / 7;

	*s = (struct ar_fc_scale){ .ccys = fc->d.ccys, .cell = ar_calloc(cells + 1, sizeof *s->cell) };
	for (int i = 1; i <= past && t - 7 * i > fc->d.as_of - AR_FC_HISTORY; i++) {
		struct ar_fc_model *m = ar_fc_fit(fc, t - 7 * i, k);
		struct ar_fc_ask ask = { .weeks = WIDTHS < i ? WIDTHS : i, .all_in = all_in };
		struct ar_fc_book b;

		if (m->facts.payments >= 50) {
			ar_fc_use(m, test);
			ar_fc_book(m, &ask, &b);
			add_past(p, &b, t);
			ar_fc_book_release(&b);
			s->cutoffs++;
		}
		ar_fc_model_free(m);
	}
	scale_cells(p, s);
	free(p);
}

void ar_fc_scale_release(struct ar_fc_scale *s)
{
	free(s->cell);
	s->cell = NULL;
}

/*
 * Few past misses make a width uncertain itself: quantiles of Student's t with as many degrees of freedom as cut-offs, and
 * two for what scale_cells adds (usual tables, e.g. NIST/SEMATECH e-Handbook 1.3.6.7.2).
 */
static double quantile(int cutoffs, int percent)
{
	static const double t80[] = { 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372, 1.363, 1.356, 1.350, 1.345, 1.341, 1.337,
		1.333, 1.330 };
	static const double t90[] = { 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761, 1.753, 1.746,
		1.740, 1.734 };
	int i = cutoffs < 0 ? 0 : cutoffs > PAST_WEEKS ? PAST_WEEKS : cutoffs;

	return percent == 80 ? t80[i] : t90[i];
}

void ar_fc_interval(const struct ar_fc_book *b, uint32_t group, int ccy, int week, const struct ar_fc_scale *s, int percent,
		    int64_t *low, int64_t *high)
{
	size_t row = (size_t)group * b->ccys + (size_t)ccy;
	const struct ar_fc_cell_cash *c = &b->cell[row * (size_t)b->weeks + (size_t)week];
	double width = quantile(s->cutoffs, percent) * s->cell[ccy * WIDTHS + (week < WIDTHS ? week : WIDTHS - 1)] * sqrt(c->sigma2);
	int64_t mid = ar_fc_expected(c), w = 0, most = c->billed ? INT64_MAX : narrow(b->open[row]);

	ar_assert(percent == 80 || percent == 90);
	if (!ar_fixed(width, 0, &w))
		w = most;
	*low = w > mid ? 0 : mid - w;
	*high = w > most - mid ? most : mid + w;
}
