/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/forecast_in.h"

#include "ar/detmath.h"

#include <stdlib.h>

/* Upper ends of the lag bins: a bin holds the lags from one of these up to the next, so the last is 90 and more. */
static const int8_t bound[BINS - 1] = {
	-60, -45, -30, -25, -22, -20, -18, -17, -16, -15, -14, -13, -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1,
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 19, 21, 24, 28, 35, 45, 60, 90
};

const struct ar_fc_k ar_fc_default = { .k0 = 20, .k1 = 5, .k3 = 4, .half_life = 0 };

/* What a ledger without history is taken to be like, as if seen on ten invoice-days in each bin: most pay from the
 * due date on. */
static double prior(int bin)
{
	int lag = bin ? bound[bin - 1] : LAG_LO;

	return lag < -5 ? 0.003 : lag < 0 ? 0.03 : lag == 0 ? 0.25 : lag <= 5 ? 0.12 : lag <= 15 ? 0.06 : lag <= 30 ? 0.04
		: lag < 90 ? 0.02 : 0.01;
}
#define PRIOR_DAYS 10

/* ---- the data, arranged ---- */

static void index_bins(struct ar_fc *fc)
{
	int b = 0;

	for (int lag = LAG_LO; lag <= LAG_HI; lag++) {
		while (b < BINS - 1 && bound[b] <= lag)
			b++;
		fc->bin[lag - LAG_LO] = (uint8_t)b;
	}
}

static void index_days(struct ar_fc *fc)
{
	size_t n;

	fc->day0 = fc->d.as_of - 2 * AR_FC_HISTORY;
	fc->days = 2 * AR_FC_HISTORY + AR_FC_REACH + 2;
	n = (size_t)fc->days;
	fc->weekday = ar_malloc(n * 3);
	fc->monthday = fc->weekday + n;
	fc->left = fc->monthday + n;
	fc->free_day = ar_calloc(n, (size_t)fc->d.cals);
	for (int i = 0; i < fc->days; i++) {
		ar_date day = fc->day0 + i;
		bool valid = day >= AR_DATE_MIN && day <= AR_DATE_MAX;

		fc->weekday[i] = (uint8_t)((((int)day + 3) % 7 + 7) % 7);
		fc->monthday[i] = (uint8_t)(valid ? ar_ymd_of(day).d : 1);
		fc->left[i] = (uint8_t)(valid ? ar_month_end(day) - day : 30);
		for (int c = 0; c < fc->d.cals; c++)
			fc->free_day[c * fc->days + i] = valid && !ar_cal_business(&fc->d.cal[c], day);
	}
}

/* Level 1 cells: from the first to the last bin in which the customer has been, at any cut-off up to as_of. */
static void index_cells(struct ar_fc *fc)
{
	size_t i = 0;

	for (uint32_t c = 0; c < fc->d.customers; c++) {
		int lo = BINS, hi = -1;

		fc->first[c] = i;
		for (; i < fc->d.n && fc->d.item[i].customer == c; i++) {
			const struct ar_fc_item *it = &fc->d.item[i];
			ar_date last = it->settled == AR_DATE_NONE ? fc->d.as_of : it->settled;
			ar_date from = it->posted + 1 > fc->day0 ? it->posted + 1 : fc->day0;

			if (last < from)
				continue;
			lo = bin_of(fc, from - it->due) < lo ? bin_of(fc, from - it->due) : lo;
			hi = bin_of(fc, last - it->due) > hi ? bin_of(fc, last - it->due) : hi;
		}
		fc->bin0[c] = (uint8_t)(hi < 0 ? 0 : lo);
		fc->cell[c + 1] = fc->cell[c] + (uint32_t)(hi < 0 ? 0 : hi - lo + 1);
	}
	fc->first[fc->d.customers] = i;
	ar_assert(i == fc->d.n);
}

struct ar_fc *ar_fc_new(const struct ar_fc_data *data)
{
	struct ar_fc *fc = ar_calloc(1, sizeof *fc);

	fc->d = *data;
	fc->first = ar_calloc((size_t)data->customers + 1, sizeof *fc->first);
	fc->cell = ar_calloc((size_t)data->customers + 1, sizeof *fc->cell);
	fc->bin0 = ar_calloc((size_t)data->customers + 1, 1);
	index_bins(fc);
	index_days(fc);
	index_cells(fc);
	return fc;
}

void ar_fc_free(struct ar_fc *fc)
{
	if (!fc)
		return;
	free(fc->first);
	free(fc->cell);
	free(fc->bin0);
	free(fc->weekday);
	free(fc->free_day);
	free(fc);
}

size_t ar_fc_first(const struct ar_fc *fc, uint32_t customer)
{
	return fc->first[customer];
}

int64_t ar_fc_open(const struct ar_fc *fc, const struct ar_fc_item *it, ar_date t)
{
	ar_wide open = it->amount;
	int64_t out = 0;

	if (it->posted > t)
		return 0;
	for (uint32_t i = 0; i < it->nparts && fc->d.part[it->part + i].date <= t; i++)
		open -= fc->d.part[it->part + i].fall;
	return open > 0 && ar_narrow(open, &out) ? out : 0;
}

int64_t ar_fc_cash(const struct ar_fc *fc, const struct ar_fc_item *it, ar_date after, ar_date upto)
{
	ar_wide cash = 0;
	int64_t out = 0;

	for (uint32_t i = 0; i < it->nparts && fc->d.part[it->part + i].date <= upto; i++)
		if (fc->d.part[it->part + i].date > after)
			cash += fc->d.part[it->part + i].cash;
	return ar_narrow(cash, &out) ? out : 0;
}

/* ---- fitting ---- */

/* A payment on the day after free days: on which of the days it covers was it due to come? */
struct moved { uint32_t customer; int32_t lag; double weight; int days; };

struct fit {
	struct ar_fc_model *m;
	double *d0, *e0;                /* payments that stay where they are; all days at risk */
	struct moved *moved;
	size_t nmoved, cap;
};

static void weigh(struct ar_fc_model *m)
{
	if (m->k.half_life <= 0)
		return;
	m->weight = ar_malloc((AR_FC_HISTORY + 1) * sizeof *m->weight);
	for (int i = 0; i <= AR_FC_HISTORY; i++)
		m->weight[i] = ar_det_exp(-0.69314718055994530942 * i / m->k.half_life);
}

/* After weights and windows: sums over the days up to each day of the history. */
static void sum_days(struct ar_fc_model *m)
{
	m->spans = ar_calloc((size_t)SPANS * (AR_FC_HISTORY + 2), sizeof *m->spans);
	for (int k = 0; k < SPANS; k++) {
		double *s = m->spans + (size_t)k * (AR_FC_HISTORY + 2);

		for (int i = 1; i <= AR_FC_HISTORY + 1; i++) {
			ar_date day = m->t - (AR_FC_HISTORY + 1) + i;

			s[i] = s[i - 1] + (span_kind(window_on(m, day), weekday_on(m->fc, day)) == k ? weight_on(m, day) : 0);
		}
	}
}

/* The last day before the last bin, from which on days need not be told apart by lag, for `more` days of windows too. */
static ar_date before_last(const struct ar_fc_item *it, struct seen s, int more)
{
	ar_date last = it->due + LAST_FROM - 1 + more;

	return last < s.from ? s.from - 1 : last > s.to ? s.to : last;
}

static size_t cell_of(const struct ar_fc *fc, uint32_t customer, int lag)
{
	return fc->cell[customer] + (size_t)(bin_of(fc, lag) - fc->bin0[customer]);
}

static void count_item(struct fit *f, const struct ar_fc_item *it)
{
	const struct ar_fc *fc = f->m->fc;
	struct seen s = seen_at(it, f->m->t);
	ar_date near = before_last(it, s, 0);
	int window;
	double w;

	if (s.from > s.to)
		return;
	for (ar_date day = s.from; day <= near; day++)
		f->e0[cell_of(fc, it->customer, day - it->due)] += weight_on(f->m, day);
	for (int k = 0; k < SPANS && near < s.to; k++)
		f->e0[cell_of(fc, it->customer, LAST_FROM)] += span_of(f->m, k, near, s.to);
	if (!s.paid)
		return;
	w = weight_on(f->m, s.to);
	window = window_on(f->m, s.to);
	f->m->facts.payments++;
	window = window > s.to - s.from + 1 ? s.to - s.from + 1 : window;
	window = window > MAX_MOVED ? MAX_MOVED : window;
	if (window < 2) {
		f->d0[cell_of(fc, it->customer, s.to - it->due)] += w;
		return;
	}
	if (f->nmoved == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 1024;
		f->moved = ar_realloc(f->moved, f->cap * sizeof *f->moved);
	}
	f->moved[f->nmoved++] = (struct moved){ it->customer, s.to - it->due, w, window };
}

/* Company and segment levels from the present level 1. */
static void pool(struct ar_fc_model *m)
{
	const struct ar_fc *fc = m->fc;
	size_t cells = (size_t)fc->d.segments * BINS;
	double *d = ar_calloc((cells + BINS) * 2, sizeof *d), *e = d + cells + BINS;
	double *dg = d + cells, *eg = e + cells;       /* of everybody */

	for (uint32_t c = 0; c < fc->d.customers; c++) {
		size_t s = (size_t)fc->d.segment[c] * BINS + fc->bin0[c];

		for (uint32_t i = fc->cell[c]; i < fc->cell[c + 1]; i++, s++) {
			d[s] += m->d[i];
			e[s] += m->e[i];
		}
	}
	for (uint32_t s = 0; s < fc->d.segments; s++)
		for (int b = 0; b < BINS; b++) {
			dg[b] += d[(size_t)s * BINS + (size_t)b];
			eg[b] += e[(size_t)s * BINS + (size_t)b];
		}
	for (int b = 0; b < BINS; b++)
		m->facts.company[b] = (dg[b] + PRIOR_DAYS * prior(b)) / (eg[b] + PRIOR_DAYS);
	for (uint32_t s = 0; s < fc->d.segments; s++)
		for (int b = 0; b < BINS; b++) {
			size_t i = (size_t)s * BINS + (size_t)b;

			m->seg[i] = (d[i] + m->k.k0 * m->facts.company[b]) / (e[i] + m->k.k0);
		}
	free(d);
}

static double level1(const struct ar_fc_model *m, uint32_t customer, int lag)
{
	const struct ar_fc *fc = m->fc;
	size_t i = cell_of(fc, customer, lag);

	return (m->d[i] + m->k.k1 * m->seg[(size_t)fc->d.segment[customer] * BINS + (size_t)bin_of(fc, lag)]) /
	       (m->e[i] + m->k.k1);
}

/*
 * One moved payment, given the present hazards: day j before it was the true one with probability share[j]; on the
 * days after the true one it was no longer at risk. Adds to d and takes off e.
 */
static void share_out(const struct ar_fc_model *m, const struct moved *v, double *d, double *e)
{
	double share[MAX_MOVED], alive = 1, sum = 0, later = 0;

	for (int j = v->days - 1; j >= 0; j--) {
		double h = level1(m, v->customer, v->lag - j);

		share[j] = alive * h;
		alive *= 1 - h;
		sum += share[j];
	}
	for (int j = v->days - 1; j >= 0; j--) {        /* later: share of the days before this one */
		size_t i = cell_of(m->fc, v->customer, v->lag - j);

		d[i] += v->weight * share[j] / sum;
		e[i] -= v->weight * later;
		later += share[j] / sum;
	}
}

static void expect(struct fit *f)
{
	struct ar_fc_model *m = f->m;
	uint32_t n = m->fc->cell[m->fc->d.customers];
	double *d = ar_malloc((size_t)n * 2 * sizeof *d), *e = d + n;

	for (int round = 0; round < 4; round++) {
		pool(m);
		memcpy(d, f->d0, n * sizeof *d);
		memcpy(e, f->e0, n * sizeof *e);
		for (size_t i = 0; i < f->nmoved; i++)
			share_out(m, &f->moved[i], d, e);
		for (uint32_t i = 0; i < n; i++) {
			m->d[i] = d[i];
			m->e[i] = e[i] > d[i] ? e[i] : d[i];
		}
	}
	free(d);
}

void ar_fc_h1(const struct ar_fc_model *m, uint32_t c, double *h1)
{
	const struct ar_fc *fc = m->fc;
	const double *s = m->seg + (size_t)fc->d.segment[c] * BINS;

	memcpy(h1, s, BINS * sizeof *h1);
	for (uint32_t i = fc->cell[c], b = fc->bin0[c]; i < fc->cell[c + 1]; i++, b++)
		h1[b] = (m->d[i] + m->k.k1 * s[b]) / (m->e[i] + m->k.k1);
}

struct factors {
	double *came, *expected;        /* of one customer by weekday */
	double off, off_days;
	double argued, argued_came, argued_days;        /* in dispute */
	double h1[BINS], alone[BINS];   /* alone: latent() of a day with a window of 1 */
};

/* Those after `near`, all in the last bin. */
static void add_late_days(const struct ar_fc_model *m, ar_date near, struct seen s, struct factors *f)
{
	double h[MAX_MOVED], w = s.paid ? weight_on(m, s.to) : 0;

	for (int j = 0; j < MAX_MOVED; j++)
		h[j] = latent(m->fc, f->h1, LAST_FROM + j, j + 1);
	for (int k = 0; k < SPAN_OFF; k++)
		f->expected[k % 7] += h[k / 7] * span_of(m, k, near, s.to);
	f->off_days += span_of(m, SPAN_OFF, near, s.to);
	if (window_on(m, s.to))
		f->came[weekday_on(m->fc, s.to)] += w;
	else
		f->off += w;
}

static void add_days(const struct ar_fc_model *m, const struct ar_fc_item *it, struct factors *f)
{
	const struct ar_fc *fc = m->fc;
	struct seen s = seen_at(it, m->t);
	bool argues = it->disputed != AR_DATE_NONE;
	ar_date near = argues ? s.to : before_last(it, s, MAX_MOVED - 1);

	if (near < s.to)
		add_late_days(m, near, s, f);
	for (ar_date day = s.from; day <= near; day++) {
		int window = window_on(m, day), wd = weekday_on(fc, day), lag = day - it->due;
		double w = weight_on(m, day), came = day == s.to && s.paid ? w : 0;

		if (window) {
			double h = w * (window == 1 ? f->alone[bin_of(fc, lag)] : latent(fc, f->h1, lag, window));

			f->expected[wd] += h;
			f->came[wd] += came;
			if (argues && it->disputed < day && (it->resolved == AR_DATE_NONE || it->resolved >= day)) {
				f->argued += h;
				f->argued_came += came;
				f->argued_days += w;
			}
		} else {
			f->off_days += w;
			f->off += came;
		}
	}
}

/* Weekday factors: payments against what level 1 expects, over all customers; and how often a free day is used
 * after all. */
static void weekdays(struct ar_fc_model *m)
{
	const struct ar_fc *fc = m->fc;
	struct factors f = { 0 };
	double came[7] = { 0 }, expected[7] = { 0 };

	for (uint32_t c = 0; c < fc->d.customers; c++) {
		ar_fc_h1(m, c, f.h1);
		f.came = m->came + (size_t)c * 7;
		f.expected = m->expected + (size_t)c * 7;
		for (int b = 0; b < BINS; b++)
			f.alone[b] = within(f.h1[b]);
		for (size_t i = fc->first[c]; i < fc->first[c + 1]; i++)
			if (fc->d.item[i].posted < m->t)
				add_days(m, &fc->d.item[i], &f);
		for (int i = 0; i < 7; i++) {
			came[i] += f.came[i];
			expected[i] += f.expected[i];
		}
	}
	for (int i = 0; i < 7; i++)
		m->facts.weekday[i] = (came[i] + 1) / (expected[i] + 1);
	m->off_day = (f.off + 0.5) / (f.off_days + 1000);
	m->facts.disputed_odds = (f.argued_came + 1) / (f.argued + 2);
	m->facts.disputed_odds = m->facts.disputed_odds < 1 ? m->facts.disputed_odds : 1;
	m->facts.disputed_days = f.argued_days;
}

/* Days late of payments known at t, each counting half as much 90 days earlier. */
static double mean_lag(const struct ar_fc_model *m)
{
	double sum = 0, n = 0;

	for (size_t i = 0; i < m->fc->d.n; i++) {
		const struct ar_fc_item *it = &m->fc->d.item[i];
		int lag;

		if (!paid_by(it, m->t))
			continue;
		lag = it->paid - it->due;
		sum += fading(m->t - it->paid) * (lag < -30 ? -30 : lag > 60 ? 60 : lag);
		n += fading(m->t - it->paid);
	}
	return n > 0 ? sum / n : 0;
}

struct ar_fc_model *ar_fc_fit(const struct ar_fc *fc, ar_date t, const struct ar_fc_k *k)
{
	struct ar_fc_model *m = ar_calloc(1, sizeof *m);
	struct fit f = { .m = m };
	uint32_t n = fc->cell[fc->d.customers];

	ar_assert(t <= fc->d.as_of && t >= fc->d.as_of - AR_FC_HISTORY);
	m->fc = fc;
	m->t = t;
	m->k = *k;
	m->d = ar_calloc((size_t)n + 1, sizeof *m->d);
	m->e = ar_calloc((size_t)n + 1, sizeof *m->e);
	m->seg = ar_calloc((size_t)fc->d.segments * BINS, sizeof *m->seg);
	m->came = ar_calloc(((size_t)fc->d.customers + 1) * 14, sizeof *m->came);
	m->expected = m->came + ((size_t)fc->d.customers + 1) * 7;
	f.d0 = ar_calloc(((size_t)n + 1) * 2, sizeof *f.d0);
	f.e0 = f.d0 + n + 1;
	weigh(m);
	ar_fc_calendar(m);
	sum_days(m);
	for (size_t i = 0; i < fc->d.n; i++)
		if (fc->d.item[i].posted <= t)
			count_item(&f, &fc->d.item[i]);
	for (size_t i = 0; i < f.nmoved; i++)
		m->d[cell_of(fc, f.moved[i].customer, f.moved[i].lag)] += f.moved[i].weight;
	for (uint32_t i = 0; i < n; i++) {
		m->d[i] += f.d0[i];
		m->e[i] = f.e0[i];
	}
	if (m->facts.calendar)
		expect(&f);
	pool(m);
	weekdays(m);
	m->mean_lag = mean_lag(m);
	ar_fc_learn_cash(m);
	free(f.d0);
	free(f.moved);
	return m;
}

void ar_fc_model_free(struct ar_fc_model *m)
{
	if (!m)
		return;
	free(m->d);
	free(m->e);
	free(m->seg);
	free(m->weight);
	free(m->spans);
	free(m->window);
	free(m->came);
	free(m->cash_share);
	free(m->later);
	free(m);
}

const struct ar_fc_facts *ar_fc_model_facts(const struct ar_fc_model *m)
{
	return &m->facts;
}

struct ar_fc_k ar_fc_model_k(const struct ar_fc_model *m)
{
	return m->k;
}

void ar_fc_cell(const struct ar_fc_model *m, uint32_t c, int lag, double *payments, double *at_risk)
{
	int b = bin_of(m->fc, lag) - m->fc->bin0[c];
	bool there = b >= 0 && (uint32_t)b < m->fc->cell[c + 1] - m->fc->cell[c];

	*payments = there ? m->d[m->fc->cell[c] + (uint32_t)b] : 0;
	*at_risk = there ? m->e[m->fc->cell[c] + (uint32_t)b] : 0;
}

/* ---- applying ---- */

void ar_fc_who(const struct ar_fc_model *m, uint32_t c, struct ar_fc_who *w)
{
	const struct ar_fc *fc = m->fc;

	ar_fc_h1(m, c, w->h1);
	memset(w->d3, 0, sizeof w->d3);
	memset(w->e3, 0, sizeof w->e3);
	for (size_t i = fc->first[c]; i < fc->first[c + 1]; i++) {
		const struct ar_fc_item *it = &fc->d.item[i];
		struct seen s = seen_at(it, m->t);
		ar_date near = before_last(it, s, 0);

		for (int k = 0; k < SPAN_OFF && near < s.to; k++)
			w->e3[k % 7][BINS - 1] += span_of(m, k, near, s.to);
		for (ar_date day = s.from; day <= near; day++)
			if (window_on(m, day))
				w->e3[weekday_on(fc, day)][bin_of(fc, day - it->due)] += weight_on(m, day);
		if (s.paid && s.to <= m->t && window_on(m, s.to))
			w->d3[weekday_on(fc, s.to)][bin_of(fc, s.to - it->due)] += weight_on(m, s.to);
	}
	if (m->traits)
		ar_fc_traits(m, c, w);
}

double ar_fc_hazard(const struct ar_fc_model *m, const struct ar_fc_who *w, ar_date due, ar_date day)
{
	int window = window_on(m, day), wd = weekday_on(m->fc, day), b = bin_of(m->fc, day - due);
	double p;

	if (!window)
		return m->off_day;
	p = with_odds(latent(m->fc, w->h1, day - due, window), m->facts.weekday[wd]);
	p = (w->d3[wd][b] + m->k.k3 * p) / (w->e3[wd][b] + m->k.k3);
	return within(p);
}

void ar_fc_use(struct ar_fc_model *m, const struct ar_fc_learned *l)
{
	m->learned = only_tables(l) ? NULL : l;
	m->traits = m->learned != NULL;
}
