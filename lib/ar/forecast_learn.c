/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The learned correction: rows from past snapshots, fitting, and the choice of a stage by the score on later cut-offs. */
#include "config.h"

#include "ar/forecast_in.h"

#include "ar/detmath.h"
#include "ar/fixed.h"
#include "ar/mt.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	SNAPSHOTS = 40, WEEK = 7, LEAST_PAYMENTS = 150,         /* of a snapshot */
	MOST_ROWS = 1200000, MOST_LOGIT = 80000, LEAST_ROWS = 3000,
	AHEAD = 28, TESTS = 8, TEST_SPAN = AR_FC_TEST_SPAN,     /* AHEAD + WEEK * (TESTS - 1) */
	UNIT = 60, HALF = 365,                                 /* weight of a row of yesterday, and half of it after */
	RIDGE = 80, SEED = 5489,
};

#define UNLIKELY (-39 * (AR_BOOST_ONE / 10))      /* log-odds of 2 % */
#define RARE (-29 * (AR_BOOST_ONE / 10))          /* and of 5 % */

const char *const ar_fc_stage_name[AR_FC_STAGES] = { "tables", "logistic", "first-trees", "trees" };

const char *ar_fc_mix_put(char out[AR_FC_MIX_TEXT], const struct ar_fc_mix *mix)
{
	size_t n = 0;

	out[0] = '\0';
	for (int s = 0; s < AR_FC_STAGES; s++)
		if (mix->percent[s] == 100)
			n = (size_t)snprintf(out, AR_FC_MIX_TEXT, "%s", ar_fc_stage_name[s]);
		else if (mix->percent[s])
			n += (size_t)snprintf(out + n, AR_FC_MIX_TEXT - n, "%s%s:%d", n ? "+" : "", ar_fc_stage_name[s], mix->percent[s]);
	return out;
}

struct rows {
	size_t n, cap;
	uint8_t *bin, *y, *weight;
	int32_t *odds;
	uint16_t *ago;                  /* days from the row's day to t */
	/* those drawn for the logistic */
	size_t ln, lcap;
	float *lx, *lodds;
	uint8_t *ly, *lweight;
	uint16_t *lago;
	int columns;
	struct ar_mt mt;
	uint32_t keep, lkeep;           /* of 2^16 items, of 2^16 rows */
};

static void rows_free(struct rows *r)
{
	free(r->bin);
	free(r->y);
	free(r->weight);
	free(r->odds);
	free(r->ago);
	free(r->lx);
	free(r->lodds);
	free(r->ly);
	free(r->lweight);
	free(r->lago);
}

static void room(struct rows *r)
{
	if (r->n == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 4096;
		r->bin = ar_realloc(r->bin, r->cap * FEATURES);
		r->y = ar_realloc(r->y, r->cap);
		r->weight = ar_realloc(r->weight, r->cap);
		r->odds = ar_realloc(r->odds, r->cap * sizeof *r->odds);
		r->ago = ar_realloc(r->ago, r->cap * sizeof *r->ago);
	}
	if (r->ln == r->lcap) {
		r->lcap = r->lcap ? r->lcap * 2 : 4096;
		r->lx = ar_realloc(r->lx, r->lcap * AR_LOGIT_COLUMNS * sizeof *r->lx);
		r->lodds = ar_realloc(r->lodds, r->lcap * sizeof *r->lodds);
		r->ly = ar_realloc(r->ly, r->lcap);
		r->lweight = ar_realloc(r->lweight, r->lcap);
		r->lago = ar_realloc(r->lago, r->lcap * sizeof *r->lago);
	}
}

/* Of days on which a payment is unlikely and did not come only some are kept, which count for the others. */
static bool thinned(struct rows *r, const struct row *x, uint8_t *weight)
{
	uint8_t times = x->odds < UNLIKELY ? 4 : x->odds < RARE ? 2 : 1;

	if (times > 1 && ar_mt_below(&r->mt, times))
		return true;
	*weight = (uint8_t)(*weight * times);
	return false;
}

static void add_row(struct rows *r, const struct row *x, bool y, uint8_t weight, int ago)
{
	if (!y && thinned(r, x, &weight))
		return;
	room(r);
	memcpy(r->bin + r->n * FEATURES, x->bin, FEATURES);
	r->y[r->n] = y;
	r->weight[r->n] = weight;
	r->odds[r->n] = x->odds;
	r->ago[r->n++] = (uint16_t)ago;
	if (ar_mt_below(&r->mt, 1 << 16) >= r->lkeep)
		return;
	r->columns = ar_fc_columns(x->x, r->lx + r->ln * AR_LOGIT_COLUMNS);
	r->ly[r->ln] = y;
	r->lweight[r->ln] = weight;
	r->lodds[r->ln] = (float)((double)x->odds / AR_BOOST_ONE);
	r->lago[r->ln++] = (uint16_t)ago;
}

/* How the item went on from the cut-off of m: its days up to t, at most ROWS_AHEAD. */
static void add_item(struct rows *r, const struct ar_fc_model *m, const struct ar_fc_who *w, const struct ar_fc_item *it,
		     ar_date t, uint8_t weight)
{
	struct seen end = seen_at(it, t);
	struct row x;

	end.to = end.to < m->t + ROWS_AHEAD ? end.to : m->t + ROWS_AHEAD;
	ar_fc_item_features(m, w, it, &x);
	for (ar_date day = m->t + 1; day <= end.to; day++) {
		double h;

		if (ar_fc_day_features(m, w, it, day, &x, &h))
			add_row(r, &x, end.paid && day == seen_at(it, t).to, weight, t - day);
	}
}

/* Does anything of the item after s say how it was paid? */
static bool teaches(const struct ar_fc_item *it, ar_date s)
{
	return is_open(it, s) && !it->unwatched && (it->since == AR_DATE_NONE || it->since <= s);
}

static void add_snapshot(struct rows *r, const struct ar_fc_model *m, ar_date t)
{
	const struct ar_fc *fc = m->fc;
	struct ar_fc_who *w = ar_malloc(sizeof *w);
	uint8_t weight = (uint8_t)(UNIT * fades(t - m->t, HALF));

	for (uint32_t c = 0; c < fc->d.customers; c++) {
		bool filled = false;

		for (size_t i = fc->first[c]; i < fc->first[c + 1]; i++) {
			const struct ar_fc_item *it = &fc->d.item[i];

			if (!teaches(it, m->t) || ar_mt_below(&r->mt, 1 << 16) >= r->keep)
				continue;
			if (!filled)
				ar_fc_who(m, c, w);
			filled = true;
			add_item(r, m, w, it, t, weight);
		}
	}
	free(w);
}

/* Rows that all snapshots would give. */
static uint64_t expected_rows(const struct ar_fc *fc, ar_date t, int snapshots)
{
	uint64_t n = 0;

	for (size_t i = 0; i < fc->d.n; i++) {
		const struct ar_fc_item *it = &fc->d.item[i];
		struct seen s = seen_at(it, t);

		for (int k = 1; k <= snapshots; k++) {
			ar_date cut = t - WEEK * k, to = s.to < cut + ROWS_AHEAD ? s.to : cut + ROWS_AHEAD;

			if (teaches(it, cut))
				n += (uint64_t)(to - cut);
		}
	}
	return n;
}

static uint32_t share(uint64_t most, uint64_t n)
{
	return n <= most ? 1 << 16 : (uint32_t)((most << 16) / n);
}

/* Large ledgers are looked at on fewer days, since each needs its own tables. */
static int snapshots_of(const struct ar_fc *fc, ar_date t)
{
	uint64_t n = 0;

	for (size_t i = 0; i < fc->d.n; i++)
		n += fc->d.item[i].posted <= t;
	n = n < 100000 ? SNAPSHOTS : (uint64_t)SNAPSHOTS * 100000 / n;
	return n < 16 ? 16 : (int)n;
}

/* first: the earliest snapshot. */
static void collect(struct rows *r, const struct ar_fc *fc, ar_date t, const struct ar_fc_k *k, ar_date *first)
{
	int snapshots = snapshots_of(fc, t);
	uint64_t n = expected_rows(fc, t, snapshots);

	ar_mt_seed(&r->mt, SEED);
	r->keep = share(MOST_ROWS, n);
	r->lkeep = share(MOST_LOGIT, (n < MOST_ROWS ? n : MOST_ROWS) / 2);
	*first = t;
	for (int i = 1; i <= snapshots && t - WEEK * i > fc->d.as_of - AR_FC_HISTORY; i++) {
		struct ar_fc_model *m = ar_fc_fit(fc, t - WEEK * i, k);
		bool enough = m->facts.payments >= LEAST_PAYMENTS;

		m->traits = true;
		if (enough) {
			add_snapshot(r, m, t);
			*first = m->t;
		}
		ar_fc_model_free(m);
		if (!enough)
			break;
	}
}

/* ---- fitting ---- */

static void fit_trees(const struct rows *r, int ago, struct ar_boost *b)
{
	static const struct ar_boost_how how = { .trees = 60, .depth = 5, .times = 3, .rate = 0.2, .lambda = 2,
		.least = 20, .unit = UNIT, .rows = 40, .features = 45, .seed = SEED };
	struct ar_boost_rows x = { .features = FEATURES, .x = r->bin, .y = r->y, .weight = r->weight, .offset = r->odds };
	uint32_t *use = ar_malloc((r->n + 1) * sizeof *use);

	for (size_t i = 0; i < r->n; i++)
		if (r->ago[i] >= ago)
			use[x.n++] = (uint32_t)i;
	x.use = use;
	ar_boost_fit(&x, &how, b);
	free(use);
}

/* What a model file can hold. */
static double nine_digits(double v)
{
	int64_t u = 0;

	ar_fixed(v, 9, &u);
	return (double)u / 1e9;
}

static void fit_logit(const struct rows *r, int ago, struct ar_logit *l)
{
	struct ar_logit_rows x = { .columns = r->columns };
	float *v = ar_malloc((r->ln + 1) * (size_t)(AR_LOGIT_COLUMNS + 1) * sizeof *v), *odds = v + r->ln * AR_LOGIT_COLUMNS;
	uint8_t *y = ar_malloc((r->ln + 1) * 2), *weight = y + r->ln + 1;

	for (size_t i = 0; i < r->ln; i++)
		if (r->lago[i] >= ago) {
			memcpy(v + x.n * (size_t)r->columns, r->lx + i * AR_LOGIT_COLUMNS, (size_t)r->columns * sizeof *v);
			odds[x.n] = r->lodds[i];
			y[x.n] = r->ly[i];
			weight[x.n++] = r->lweight[i];
		}
	x.x = v;
	x.y = y;
	x.weight = weight;
	x.offset = odds;
	ar_logit_fit(&x, RIDGE, UNIT, l);
	l->constant = nine_digits(l->constant);
	for (int j = 0; j < l->columns; j++)
		l->weight[j] = nine_digits(l->weight[j]);
	free(v);
	free(y);
}

/* From rows at least `ago` days before t. */
static struct ar_fc_learned *learn(const struct rows *r, int ago, const struct ar_fc_mix *mix)
{
	struct ar_fc_learned *l = ar_calloc(1, sizeof *l);

	l->mix = *mix;
	if (mix->percent[AR_FC_LOGISTIC])
		fit_logit(r, ago, &l->logit);
	if (mix->percent[AR_FC_FIRST_TREES] || mix->percent[AR_FC_TREES])
		fit_trees(r, ago, &l->trees);
	return l;
}

void ar_fc_learned_free(struct ar_fc_learned *l)
{
	if (!l)
		return;
	ar_boost_release(&l->trees);
	free(l);
}

/* ---- applying ---- */

static double hazard(double odds)
{
	return within(1 / (1 + ar_det_exp(-odds)));
}

static double by_logit(const struct ar_fc_learned *l, const struct row *r)
{
	float x[AR_LOGIT_COLUMNS];
	double v;

	ar_fc_columns(r->x, x);
	v = ar_logit_say(&l->logit, x);
	return v > 6 ? 6 : v < -6 ? -6 : v;
}

void ar_fc_corrected(const struct ar_fc_learned *l, const struct row *r, double h[AR_FC_STAGES])
{
	double odds = (double)r->odds / AR_BOOST_ONE;
	int32_t all, half;

	if (l->mix.percent[AR_FC_TABLES])
		h[AR_FC_TABLES] = hazard(odds);
	if (l->mix.percent[AR_FC_LOGISTIC])
		h[AR_FC_LOGISTIC] = hazard(odds + by_logit(l, r));
	if (!l->mix.percent[AR_FC_FIRST_TREES] && !l->mix.percent[AR_FC_TREES])
		return;
	all = ar_boost_say_half(&l->trees, r->bin, &half);
	h[AR_FC_FIRST_TREES] = hazard(odds + (double)half / AR_BOOST_ONE);
	h[AR_FC_TREES] = hazard(odds + (double)all / AR_BOOST_ONE);
}

/* ---- choosing ---- */

enum { PERCENT = 10 };
#define NEAR 1.005
static const struct ar_fc_mix only[AR_FC_STAGES] = { { { 100, 0, 0, 0 } }, { { 0, 100, 0, 0 } }, { { 0, 0, 100, 0 } }, { { 0, 0, 0, 100 } } };
static const struct ar_fc_mix everything = { { 25, 25, 25, 25 } };

/*
 * The score of a mixture is a quadratic form of its shares: its distance from what happened is the same mixture of the
 * distances of its curves. So products of these distances are summed up once, and every mixture has its score.
 */
struct products { double sum[AR_FC_STAGES][AR_FC_STAGES]; };

static void score_item(const struct ar_fc_model *m, const struct ar_fc_learned *l, const struct ar_fc_who *w,
		       const struct ar_fc_item *it, ar_date known, struct products *x)
{
	struct seen end = seen_at(it, known);
	double alive[AR_FC_STAGES] = { 1, 1, 1, 1 }, happened = 0;
	ar_date last = m->t + AHEAD;
	struct row r;

	if (!end.paid && end.to < last)         /* settled without cash, or not known further */
		last = end.to;
	ar_fc_item_features(m, w, it, &r);
	for (ar_date day = m->t + 1; day <= last; day++) {
		double h[AR_FC_STAGES], off[AR_FC_STAGES];

		if (ar_fc_day_features(m, w, it, day, &r, &h[0]))
			ar_fc_corrected(l, &r, h);
		else
			h[1] = h[2] = h[3] = h[0];
		if (end.paid && day == end.to)
			happened = 1;
		for (int s = 0; s < AR_FC_STAGES; s++) {
			alive[s] *= 1 - h[s];
			off[s] = 1 - alive[s] - happened;
			for (int q = 0; q <= s; q++)
				x->sum[s][q] += off[s] * off[q];
		}
	}
}

static void score_cutoff(const struct ar_fc *fc, ar_date cut, ar_date known, const struct ar_fc_k *k,
			 const struct ar_fc_learned *l, struct products *x, uint64_t *items)
{
	struct ar_fc_model *m = ar_fc_fit(fc, cut, k);
	struct ar_fc_who *w = ar_malloc(sizeof *w);

	m->traits = true;
	for (uint32_t who = 0; who < fc->d.customers; who++) {
		bool filled = false;

		for (size_t i = fc->first[who]; i < fc->first[who + 1]; i++) {
			const struct ar_fc_item *it = &fc->d.item[i];

			if (!teaches(it, cut))
				continue;
			if (!filled)
				ar_fc_who(m, who, w);
			filled = true;
			score_item(m, l, w, it, known, x);
			(*items)++;
		}
	}
	free(w);
	ar_fc_model_free(m);
}

static double score_of(const struct products *x, const struct ar_fc_mix *mix)
{
	double sum = 0;

	for (int s = 0; s < AR_FC_STAGES; s++)
		for (int q = 0; q <= s; q++)
			sum += (s == q ? 1 : 2) * mix->percent[s] / 100.0 * mix->percent[q] / 100.0 * x->sum[s][q];
	return sum;
}

/* All mixtures in steps of PERCENT, tables first. false: there are no more. */
static bool next_mix(struct ar_fc_mix *mix)
{
	uint8_t *p = mix->percent;

	for (int s = AR_FC_STAGES - 2; s >= 0; s--) {
		int rest = 0;

		for (int q = s + 1; q < AR_FC_STAGES; q++)
			rest += p[q];
		if (p[s] == 0)
			continue;
		memset(p + s + 1, 0, AR_FC_STAGES - 1 - (size_t)s);
		p[s] = (uint8_t)(p[s] - PERCENT);
		p[s + 1] = (uint8_t)(rest + PERCENT);
		return true;
	}
	return false;
}

/*
 * The best mixture is one of many nearly as good, and which of them is best is luck: the average of those within NEAR of
 * the least score is taken, in whole per cent.
 */
static struct ar_fc_mix best_mix(const struct products *x)
{
	struct ar_fc_mix mix = only[AR_FC_TABLES];
	int sum[AR_FC_STAGES] = { 0 }, n = 0, left = 100, most = 0;
	double least = score_of(x, &mix);

	while (next_mix(&mix))
		least = score_of(x, &mix) < least ? score_of(x, &mix) : least;
	mix = only[AR_FC_TABLES];
	do {
		if (score_of(x, &mix) > least * NEAR)
			continue;
		n++;
		for (int s = 0; s < AR_FC_STAGES; s++)
			sum[s] += mix.percent[s];
	} while (next_mix(&mix));
	for (int s = 0; s < AR_FC_STAGES; s++) {
		mix.percent[s] = (uint8_t)(sum[s] / n);
		left -= mix.percent[s];
		most = sum[s] > sum[most] ? s : most;
	}
	mix.percent[most] = (uint8_t)(mix.percent[most] + left);
	return mix;
}

static void choose(const struct ar_fc *fc, ar_date t, const struct ar_fc_k *k, const struct ar_fc_learned *l,
		   struct ar_fc_choice *c)
{
	struct products x = { 0 };

	for (int i = 0; i < TESTS; i++)
		score_cutoff(fc, t - AHEAD - WEEK * i, t, k, l, &x, &c->items);
	c->cutoffs = TESTS;
	if (!c->items)
		return;
	c->mix = best_mix(&x);
	c->mixed = score_of(&x, &c->mix) / (double)c->items;
	for (int s = 0; s < AR_FC_STAGES; s++)
		c->score[s] = score_of(&x, &only[s]) / (double)c->items;
}

void ar_fc_learn(const struct ar_fc *fc, ar_date t, const struct ar_fc_k *k, const struct ar_fc_mix *mix, struct ar_fc_choice *c,
		 struct ar_fc_learned **now, struct ar_fc_learned **test)
{
	struct rows r = { 0 };
	size_t before = 0;

	*now = *test = NULL;
	*c = (struct ar_fc_choice){ .mix = only[AR_FC_TABLES], .score = { -1, -1, -1, -1 }, .mixed = -1, .learned_from = t,
		.tested_from = t - TEST_SPAN };
	if (mix && mix->percent[AR_FC_TABLES] == 100)
		return;
	collect(&r, fc, t, k, &c->learned_from);
	for (size_t i = 0; i < r.n; i++)
		before += r.ago[i] >= TEST_SPAN;
	c->rows = r.n;
	if (before >= LEAST_ROWS) {
		*test = learn(&r, TEST_SPAN, mix ? mix : &everything);
		if (mix)
			c->mix = *mix;
		else
			choose(fc, t, k, *test, c);
		(*test)->mix = c->mix;
	} else if (mix && r.n >= LEAST_ROWS) {
		c->mix = *mix;
	}
	if (c->mix.percent[AR_FC_TABLES] < 100)
		*now = learn(&r, 0, &c->mix);
	rows_free(&r);
}
