/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the past says: choosing the prior strengths, and the back-test. */
#include "config.h"

#include "ar/forecast_in.h"

#include "ar/fixed.h"


#include <stdlib.h>

/* ---- choosing ---- */

enum { AHEAD = 28, STEP = 14, TUNE_CUTOFFS = 6, TUNE_PAYMENTS = 100, K1S = 4, K3S = 5, FADING = 365, ENOUGH = 100000 };

static const double k1s[K1S] = { 2, 5, 10, 20 };
static const double k3s[K3S] = { 2, 4, 8, 16, 64 };

/*
 * Ranked probability score of one open item for each k3: the squared distance of the curve from what happened,
 * summed over the days after the cut-off. It is proper like the log score, but a payment on a day thought unlikely
 * does not outweigh everything else.
 */
static void score_item(const struct ar_fc_model *m, const struct ar_fc_who *who, const struct ar_fc_item *it,
		       double *score)
{
	const struct ar_fc *fc = m->fc;
	struct seen end = seen_at(it, fc->d.as_of);
	double alive[K3S], happened = 0;
	ar_date last = m->t + AHEAD;

	if (!end.paid && end.to < last)         /* settled without cash, or not known further */
		last = end.to;
	for (int j = 0; j < K3S; j++)
		alive[j] = 1;
	for (ar_date day = m->t + 1; day <= last; day++) {
		int window = window_on(m, day), wd = weekday_on(fc, day), b = bin_of(fc, day - it->due);
		double q = window ? with_odds(latent(fc, who->h1, day - it->due, window), m->facts.weekday[wd]) : 0;

		if (end.paid && day == end.to)
			happened = 1;
		for (int j = 0; j < K3S; j++) {
			double h = window ? (who->d3[wd][b] + k3s[j] * q) / (who->e3[wd][b] + k3s[j]) : m->off_day;
			double off;

			alive[j] *= 1 - within(h);
			off = 1 - alive[j] - happened;
			score[j] += off * off;
		}
	}
}

/* Models of one cut-off and half-life that differ in k1 only share the tables of level 3. */
static void score_models(struct ar_fc_model *const *m, int n, struct ar_fc_who *who, double (*score)[K3S])
{
	const struct ar_fc *fc = m[0]->fc;

	for (uint32_t c = 0; c < fc->d.customers; c++) {
		size_t i = fc->first[c], end = fc->first[c + 1];

		while (i < end && !is_open(&fc->d.item[i], m[0]->t))
			i++;
		if (i == end)
			continue;
		ar_fc_who(m[0], c, who);
		for (int a = 0; a < n; a++) {
			ar_fc_h1(m[a], c, who->h1);
			for (size_t j = i; j < end; j++)
				if (is_open(&fc->d.item[j], m[a]->t))
					score_item(m[a], who, &fc->d.item[j], score[a]);
		}
	}
}

struct choice {
	struct ar_fc then;              /* the data as of t: nothing beyond it is seen */
	struct ar_fc_who *who;
	struct ar_fc_k best;
	double least;
	int cutoffs;
};

/* Every k3 with these k1 and one half-life, on all cut-offs; the best so far is kept, the first of equals. */
static void choose(struct choice *x, ar_date first, const double *k1, int n, double half_life)
{
	double score[K1S][K3S] = { 0 };
	ar_date t = x->then.d.as_of;
	int cutoffs = 0;

	for (ar_date cut = t - AHEAD; cut > first && cut > t - AHEAD - STEP * TUNE_CUTOFFS; cut -= STEP) {
		struct ar_fc_model *m[K1S];

		for (int a = 0; a < n; a++)
			m[a] = ar_fc_fit(&x->then, cut, &(struct ar_fc_k){ ar_fc_default.k0, k1[a], ar_fc_default.k3, half_life });
		if (m[0]->facts.payments >= TUNE_PAYMENTS) {
			score_models(m, n, x->who, score);
			cutoffs++;
		}
		for (int a = 0; a < n; a++)
			ar_fc_model_free(m[a]);
	}
	x->cutoffs = cutoffs;
	for (int a = 0; a < n; a++)
		for (int j = 0; j < K3S; j++)
			if (cutoffs && (x->least < 0 || score[a][j] < x->least)) {
				x->least = score[a][j];
				x->best = (struct ar_fc_k){ ar_fc_default.k0, k1[a], k3s[j], half_life };
			}
}

/* Every so many-th customer with all its items, so that about ENOUGH items remain: they tell the strengths as well as all do. */
struct sample { struct ar_fc_item *item; uint32_t *segment; struct ar_fc *fc; };

static size_t posted_by(const struct ar_fc *fc, size_t from, size_t to, ar_date t)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += fc->d.item[i].posted <= t;
	return n;
}

/* Counted among those with items by t, so that later ones change nothing. */
static void draw_customers(const struct ar_fc *fc, ar_date t, size_t n, struct sample *s)
{
	size_t every = n / ENOUGH + 1, there = 0;
	struct ar_fc_data d = fc->d;

	s->item = ar_malloc((fc->d.n + 1) * sizeof *s->item);
	s->segment = ar_malloc(((size_t)fc->d.customers + 1) * sizeof *s->segment);
	d.item = s->item;
	d.segment = s->segment;
	d.n = d.customers = 0;
	for (uint32_t c = 0; c < fc->d.customers; c++) {
		if (!posted_by(fc, fc->first[c], fc->first[c + 1], t) || there++ % every)
			continue;
		for (size_t i = fc->first[c]; i < fc->first[c + 1]; i++) {
			s->item[d.n] = fc->d.item[i];
			s->item[d.n++].customer = d.customers;
		}
		s->segment[d.customers++] = fc->d.segment[c];
	}
	s->fc = ar_fc_new(&d);
}

/* First the strengths without fading, then whether fading helps at the k1 found. */
static struct ar_fc_k tune(const struct ar_fc *fc, ar_date t, int *cutoffs)
{
	struct choice x = { .then = *fc, .who = ar_malloc(sizeof *x.who), .best = ar_fc_default, .least = -1 };
	ar_date first = fc->d.as_of - AR_FC_HISTORY;

	x.then.d.as_of = t;
	choose(&x, first, k1s, K1S, 0);
	if (x.cutoffs)
		choose(&x, first, &(double){ x.best.k1 }, 1, FADING);
	*cutoffs = x.cutoffs;
	free(x.who);
	return x.best;
}

struct ar_fc_k ar_fc_tune(const struct ar_fc *fc, ar_date t, int *cutoffs)
{
	size_t n = posted_by(fc, 0, fc->d.n, t);
	struct sample s = { 0 };
	struct ar_fc_k k;

	if (n > ENOUGH)
		draw_customers(fc, t, n, &s);
	k = tune(s.fc ? s.fc : fc, t, cutoffs);
	ar_fc_free(s.fc);
	free(s.item);
	free(s.segment);
	return k;
}

/* ---- the back-test ---- */

enum { UNIT = 1000000000, EVERY = 28, SINCE = 56, LIMIT = 120, WEEKS = 4 };

const char *const ar_fc_rival[AR_FC_RIVALS] = { AR_FC_NAME, "due_date", "customer_mean", "run_rate" };
const int ar_fc_horizon[AR_FC_HORIZONS] = { 7, 14, 30 };

struct replay {
	const struct ar_fc *fc;
	struct ar_fc_test *test;
	struct ar_fc_book book;
	ar_wide *week;                  /* forecasts: [(rival * ccys + ccy) * WEEKS + week] */
	ar_wide *all;                   /* all cash that came, new billing included: [ccy * WEEKS + week] */
	double mean_lag;                /* of everybody, as known at t */
	double f[LIMIT];                /* the curve of the item at hand */
};

/* Days from t to the payment: limit + 1 = later than is looked at; 0 = leave it out (no cash settled it). */
static int came_after(const struct replay *r, const struct ar_fc_item *it)
{
	ar_date t = r->test->t;

	if (it->settled == AR_DATE_NONE || it->settled > t + r->test->limit)
		return r->test->limit + 1;
	return it->paid != AR_DATE_NONE && it->paid > t ? it->paid - t : 0;
}

/* Share of [lo, hi] that a payment's own span of probability [from, to] lies in: coverage without a lucky draw. */
static double covered(double from, double to, double lo, double hi)
{
	double a = from > lo ? from : lo, b = to < hi ? to : hi;

	if (to - from < 1e-12)
		return from >= lo && from <= hi;
	return b > a ? (b - a) / (to - from) : 0;
}

static void score_point(struct ar_fc_score *s, int said, int came, int limit)
{
	double off;

	said = said > limit ? limit : said;
	came = came > limit ? limit : came;
	off = said > came ? said - came : came - said;
	s->items++;
	s->error += off;
	s->within3 += off <= 3;
	s->within7 += off <= 7;
}

static void score_curve(struct ar_fc_score *s, const double *f, int came, int limit)
{
	double before = came > 1 ? f[came - 2] : 0, upto = came > limit ? 1 : f[came - 1];

	score_point(s, ar_fc_quantile(f, limit, 0.5), came, limit);
	for (int i = 0; i < limit; i++) {
		double off = f[i] - (came <= i + 1);

		s->crps += off * off;
	}
	s->in80 += covered(before, upto, 0.1, 0.9);
	s->in90 += covered(before, upto, 0.05, 0.95);
}

static void add_forecast(struct replay *r, int rival, int ccy, int h, ar_wide v)
{
	r->test->cash[rival * r->fc->d.ccys + ccy].forecast[h] += v;
}

static int round_days(double d)
{
	int64_t v = 0;

	return ar_fixed(d, 0, &v) && v > -100000 && v < 100000 ? (int)v : 100000;
}

/* What a rival that names one day says: all cash on that day. */
static void say_day(struct replay *r, int rival, const struct ar_fc_item *it, int64_t open, int day)
{
	int n = r->fc->d.ccys;

	for (int h = 0; h < AR_FC_HORIZONS; h++)
		add_forecast(r, rival, it->ccy, h, day <= ar_fc_horizon[h] ? (ar_wide)open * UNIT : 0);
	for (int w = 0; w < WEEKS; w++)
		if (r->test->t + day <= r->book.end[w]) {
			r->week[(rival * n + it->ccy) * WEEKS + w] += (ar_wide)open * UNIT;
			break;
		}
}

static void replay_item(struct replay *r, const struct ar_fc_item *it, double mean)
{
	struct ar_fc_test *x = r->test;
	struct ar_fc_cash_score *model = &x->cash[AR_FC_MODEL * r->fc->d.ccys + it->ccy];
	int64_t open = ar_fc_open(r->fc, it, x->t);
	int came = came_after(r, it), due = it->due > x->t ? it->due - x->t : 1, usual = round_days(it->due - x->t + mean);

	usual = usual > 1 ? usual : 1;
	if (came > 0) {
		score_curve(&x->score[AR_FC_MODEL], r->f, came, x->limit);
		score_point(&x->score[AR_FC_DUE], due, came, x->limit);
		score_point(&x->score[AR_FC_CUSTOMER_MEAN], usual, came, x->limit);
	}
	model->open += (ar_wide)open * UNIT;
	for (int h = 0; h < AR_FC_HORIZONS; h++) {
		double f = r->f[ar_fc_horizon[h] - 1];
		int64_t p = 0;
		bool fits = ar_fixed(f, 9, &p);

		ar_assert(fits);
		model->variance[h] += (double)open * (double)open * f * (1 - f);
		add_forecast(r, AR_FC_MODEL, it->ccy, h, (ar_wide)open * p);
		for (int v = AR_FC_MODEL; v <= AR_FC_CUSTOMER_MEAN; v++)
			x->cash[v * r->fc->d.ccys + it->ccy].actual[h] +=
				(ar_wide)ar_fc_cash(r->fc, it, x->t, x->t + ar_fc_horizon[h]) * UNIT;
	}
	say_day(r, AR_FC_DUE, it, open, due);
	say_day(r, AR_FC_CUSTOMER_MEAN, it, open, usual);
}

/* The customer's mean lag as known at t, drawn to everybody's as if by 5 payments. c = customers: everybody's. */
static double mean_lag(const struct replay *r, uint32_t c)
{
	bool one = c < r->fc->d.customers;
	size_t from = one ? r->fc->first[c] : 0, to = one ? r->fc->first[c + 1] : r->fc->d.n;
	double sum = one ? 5 * r->mean_lag : 0, n = one ? 5 : 0;

	for (size_t i = from; i < to; i++) {
		const struct ar_fc_item *it = &r->fc->d.item[i];

		if (it->settled == AR_DATE_NONE || it->settled > r->test->t || it->paid == AR_DATE_NONE)
			continue;
		sum += it->paid - it->due;
		n++;
	}
	return n > 0 ? sum / n : 0;
}

/* Run rate: cash of the four weeks before t goes on; it is held against all cash that came, new billing included. */
static void run_rate(struct replay *r)
{
	ar_date t = r->test->t;
	int n = r->fc->d.ccys;

	for (size_t i = 0; i < r->fc->d.n; i++) {
		const struct ar_fc_item *it = &r->fc->d.item[i];
		ar_wide past = (ar_wide)ar_fc_cash(r->fc, it, t - 28, t) * UNIT;
		struct ar_fc_cash_score *c = &r->test->cash[AR_FC_RUN_RATE * n + it->ccy];
		ar_date from = t;

		for (int h = 0; h < AR_FC_HORIZONS; h++) {
			c->forecast[h] += past / 28 * ar_fc_horizon[h];
			c->actual[h] += (ar_wide)ar_fc_cash(r->fc, it, t, t + ar_fc_horizon[h]) * UNIT;
		}
		for (int w = 0; w < WEEKS; from = r->book.end[w++]) {
			r->week[(AR_FC_RUN_RATE * n + it->ccy) * WEEKS + w] += past / 28 * (r->book.end[w] - from);
			r->all[it->ccy * WEEKS + w] += (ar_wide)ar_fc_cash(r->fc, it, from, r->book.end[w]) * UNIT;
		}
	}
}

static void weeks_of(struct replay *r, const struct ar_fc_scale *scale)
{
	int n = r->fc->d.ccys;

	for (int c = 0; c < n; c++)
		for (int w = 0; w < WEEKS; w++) {
			const struct ar_fc_cell_cash *x = &r->book.cell[c * WEEKS + w];
			struct ar_fc_cash_score *model = &r->test->cash[AR_FC_MODEL * n + c];
			int64_t low, high;

			r->week[(AR_FC_MODEL * n + c) * WEEKS + w] = x->expected;
			for (int v = 0; v < AR_FC_RIVALS; v++) {
				ar_wide came = v == AR_FC_RUN_RATE ? r->all[c * WEEKS + w] : x->actual;
				ar_wide off = r->week[(v * n + c) * WEEKS + w] - came;

				r->test->cash[v * n + c].missed += off < 0 ? -off : off;
				r->test->cash[v * n + c].came += came;
			}
			if (x->sigma2 < 1)
				continue;
			model->weeks++;
			ar_fc_interval(&r->book, 0, c, w, scale, 80, &low, &high);
			model->in80 += x->actual >= (ar_wide)low * UNIT && x->actual <= (ar_wide)high * UNIT;
			ar_fc_interval(&r->book, 0, c, w, scale, 90, &low, &high);
			model->in90 += x->actual >= (ar_wide)low * UNIT && x->actual <= (ar_wide)high * UNIT;
		}
}

static void replay_items(struct replay *r, const struct ar_fc_model *m)
{
	struct ar_fc_who *who = ar_malloc(sizeof *who);

	r->mean_lag = mean_lag(r, r->fc->d.customers);
	for (uint32_t c = 0; c < r->fc->d.customers; c++) {
		double mean = 0;
		bool filled = false;

		for (size_t i = r->fc->first[c]; i < r->fc->first[c + 1]; i++) {
			const struct ar_fc_item *it = &r->fc->d.item[i];

			if (!is_open(it, m->t) || ar_fc_open(r->fc, it, m->t) <= 0)
				continue;
			if (!filled) {
				ar_fc_who(m, c, who);
				mean = mean_lag(r, c);
				filled = true;
			}
			ar_fc_curve(m, who, it, r->test->limit, r->f);
			replay_item(r, it, mean);
		}
	}
	free(who);
}

/* false: too few payments before t. */
static bool replay(const struct ar_fc *fc, ar_date t, uint64_t history, const struct ar_fc_mix *mix, struct ar_fc_test *x)
{
	struct replay r = { .fc = fc, .test = x };
	struct ar_fc_learned *learned, *test;
	struct ar_fc_choice choice;
	struct ar_fc_scale scale;
	struct ar_fc_model *m;
	int cutoffs;

	x->t = t;
	x->limit = fc->d.as_of - t < LIMIT ? fc->d.as_of - t : LIMIT;
	x->k = ar_fc_tune(fc, t, &cutoffs);
	m = ar_fc_fit(fc, t, &x->k);
	if (m->facts.payments < history) {
		ar_fc_model_free(m);
		return false;
	}
	ar_fc_learn(fc, t, &x->k, mix, &choice, &learned, &test);
	x->mix = choice.mix;
	ar_fc_use(m, learned);
	x->cash = ar_calloc((size_t)AR_FC_RIVALS * fc->d.ccys, sizeof *x->cash);
	r.week = ar_calloc((size_t)(AR_FC_RIVALS + 1) * fc->d.ccys * WEEKS, sizeof *r.week);
	r.all = r.week + (size_t)AR_FC_RIVALS * fc->d.ccys * WEEKS;
	ar_fc_calibrate(fc, t, &x->k, test, false, &scale);
	ar_fc_book(m, &(struct ar_fc_ask){ .weeks = WEEKS }, &r.book);
	replay_items(&r, m);
	run_rate(&r);
	weeks_of(&r, &scale);
	ar_fc_model_free(m);
	ar_fc_learned_free(learned);
	ar_fc_learned_free(test);
	ar_fc_book_release(&r.book);
	ar_fc_scale_release(&scale);
	free(r.week);
	return true;
}

int ar_fc_backtest(const struct ar_fc *fc, int most, uint64_t history, const struct ar_fc_mix *mix, struct ar_fc_test **tests)
{
	int n = 0;

	*tests = ar_calloc((size_t)most + 1, sizeof **tests);
	for (int i = 0; i < most; i++) {
		ar_date t = fc->d.as_of - SINCE - EVERY * i;

		if (t - AHEAD - STEP * TUNE_CUTOFFS <= fc->d.as_of - AR_FC_HISTORY || !replay(fc, t, history, mix, &(*tests)[n]))
			break;
		n++;
	}
	return n;
}

void ar_fc_tests_free(struct ar_fc_test *t, int n)
{
	for (int i = 0; i < n; i++)
		free(t[i].cash);
	free(t);
}
