/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/boost.h"

#include "ar/detmath.h"
#include "ar/mt.h"
#include "base/arena.h"
#include "base/err.h"

#include <stdlib.h>

#define ONE AR_BOOST_ONE
enum { BINS = AR_BOOST_BINS, FEATURES = 64, SPAN = 16, STEPS = 128 };    /* the table of the sigmoid: -SPAN..SPAN */

struct pair { int64_t g, h; };
struct slope { int32_t g, h; };

struct grow {
	const struct ar_boost_rows *r;
	const struct ar_boost_how *how;
	struct ar_boost_node *tree;
	uint32_t *row, *spare;          /* the rows drawn, parted by node */
	struct slope *slope;            /* by row number */
	struct pair *hist[AR_BOOST_DEPTH + 1];
	uint8_t feature[FEATURES];      /* those drawn */
	int features, depth;
	double lambda, least;
};

static int32_t table[2 * SPAN * STEPS + 2];

static void fill_table(void)
{
	if (table[0])
		return;
	for (int i = 0; i <= 2 * SPAN * STEPS + 1; i++) {
		double p = ONE / (1 + ar_det_exp(SPAN - (double)i / STEPS));

		table[i] = (int32_t)(p + 0.5) > 0 ? (int32_t)(p + 0.5) : 1;
	}
}

static inline int32_t sigmoid(int32_t odds)
{
	enum { CELL = ONE / STEPS };
	int32_t at = odds < -SPAN * ONE ? 0 : odds >= SPAN * ONE ? 2 * SPAN * ONE - 1 : odds + SPAN * ONE;
	int i = at / CELL, rest = at % CELL;

	return table[i] + (int32_t)((int64_t)(table[i + 1] - table[i]) * rest / CELL);
}

int32_t ar_boost_sigmoid(int32_t odds)
{
	fill_table();
	return sigmoid(odds);
}

static void count(const struct grow *w, const uint32_t *row, size_t n, struct pair *hist)
{
	int stride = w->r->features;

	memset(hist, 0, (size_t)w->features * BINS * sizeof *hist);
	for (size_t i = 0; i < n; i++) {
		const uint8_t *x = w->r->x + (size_t)row[i] * (size_t)stride;
		struct slope s = w->slope[row[i]];

		for (int f = 0; f < w->features; f++) {
			struct pair *p = &hist[f * BINS + x[w->feature[f]]];

			p->g += s.g;
			p->h += s.h;
		}
	}
}

static inline double worth(const struct grow *w, struct pair p)
{
	return (double)p.g * (double)p.g / ((double)p.h + w->lambda);
}

struct split { double gain; int feature, cut; };

/* The first of equally good splits. */
static struct split best_split(const struct grow *w, const struct pair *hist, struct pair all)
{
	struct split best = { 0, -1, 0 };
	double before = worth(w, all);

	for (int f = 0; f < w->features; f++) {
		struct pair left = { 0, 0 };

		for (int b = 0; b < BINS - 1; b++) {
			const struct pair *p = &hist[f * BINS + b];
			struct pair right;
			double gain;

			if (!p->h && !p->g)
				continue;
			left.g += p->g;
			left.h += p->h;
			right = (struct pair){ all.g - left.g, all.h - left.h };
			if ((double)left.h < w->least || (double)right.h < w->least)
				continue;
			gain = worth(w, left) + worth(w, right) - before;
			if (gain > best.gain)
				best = (struct split){ gain, w->feature[f], b };
		}
	}
	return best;
}

static size_t part(const struct grow *w, uint32_t *row, size_t n, struct split s)
{
	size_t left = 0, right = 0;

	for (size_t i = 0; i < n; i++) {
		uint8_t bin = w->r->x[(size_t)row[i] * (size_t)w->r->features + (size_t)s.feature];

		if (bin <= s.cut)
			row[left++] = row[i];
		else
			w->spare[right++] = row[i];
	}
	memcpy(row + left, w->spare, right * sizeof *row);
	return left;
}

static int32_t step_of(const struct grow *w, struct pair all)
{
	double v = -(double)all.g / ((double)all.h + w->lambda) * w->how->rate;

	v = v > 4 ? 4 : v < -4 ? -4 : v;
	return (int32_t)(v * ONE + (v < 0 ? -0.5 : 0.5));
}

static struct pair sum_of(const struct pair *hist)
{
	struct pair all = { 0, 0 };

	for (int b = 0; b < BINS; b++) {
		all.g += hist[b].g;
		all.h += hist[b].h;
	}
	return all;
}

/* hist: of these rows; it is used up. The smaller child is counted, the larger one is what remains. */
static void grow(struct grow *w, int at, int depth, uint32_t *row, size_t n, struct pair *hist)
{
	struct pair all = sum_of(hist), *small = w->hist[depth + 1];
	struct split s = { 0, -1, 0 };
	size_t left;

	w->tree[at] = (struct ar_boost_node){ AR_BOOST_LEAF, 0, step_of(w, all) };
	if (depth < w->depth && (double)all.h >= 2 * w->least)
		s = best_split(w, hist, all);
	if (s.feature < 0)
		return;
	w->tree[at] = (struct ar_boost_node){ (uint8_t)s.feature, (uint8_t)s.cut, 0 };
	left = part(w, row, n, s);
	if (depth + 1 == w->depth) {            /* leaves need their sums only */
		struct pair part[2] = { { 0, 0 }, { 0, 0 } };

		for (size_t i = 0; i < n; i++) {
			part[i >= left].g += w->slope[row[i]].g;
			part[i >= left].h += w->slope[row[i]].h;
		}
		for (int c = 0; c < 2; c++)
			w->tree[2 * at + 1 + c] = (struct ar_boost_node){ AR_BOOST_LEAF, 0, step_of(w, part[c]) };
		return;
	}
	if (left <= n - left)
		count(w, row, left, small);
	else
		count(w, row + left, n - left, small);
	for (int i = 0; i < w->features * BINS; i++) {
		hist[i].g -= small[i].g;
		hist[i].h -= small[i].h;
	}
	if (left <= n - left) {
		grow(w, 2 * at + 1, depth + 1, row, left, small);
		grow(w, 2 * at + 2, depth + 1, row + left, n - left, hist);
	} else {
		grow(w, 2 * at + 2, depth + 1, row + left, n - left, small);
		grow(w, 2 * at + 1, depth + 1, row, left, hist);
	}
}

static inline int32_t say(const struct ar_boost_node *tree, const uint8_t *x)
{
	int i = 0;

	while (tree[i].feature != AR_BOOST_LEAF)
		i = 2 * i + 1 + (x[tree[i].feature] > tree[i].cut);
	return tree[i].value;
}

static size_t draw(struct grow *w, struct ar_mt *mt)
{
	const struct ar_boost_rows *r = w->r;
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		if (ar_mt_below(mt, 100) < (uint32_t)w->how->rows)
			w->row[n++] = r->use[i];
	w->features = 0;
	while (!w->features)
		for (int f = 0; f < r->features; f++)
			if (ar_mt_below(mt, 100) < (uint32_t)w->how->features)
				w->feature[w->features++] = (uint8_t)f;
	return n;
}

static void slopes(const struct grow *w, const int32_t *odds)
{
	const struct ar_boost_rows *r = w->r;

	for (size_t i = 0; i < r->n; i++) {
		uint32_t k = r->use[i];
		int32_t p = sigmoid(odds[i]);

		w->slope[k].g = (p - (r->y[k] ? ONE : 0)) * (int64_t)r->weight[k] / 256;
		w->slope[k].h = (int32_t)((int64_t)p * (ONE - p) / ONE * r->weight[k] / 256);
	}
}

void ar_boost_fit(const struct ar_boost_rows *r, const struct ar_boost_how *how, struct ar_boost *b)
{
	struct grow w = { .r = r, .how = how, .depth = how->depth };
	int32_t *odds = ar_malloc((r->n + 1) * sizeof *odds);
	uint32_t last = 0;
	struct ar_mt mt;

	ar_assert(r->features <= FEATURES && how->depth <= AR_BOOST_DEPTH && how->trees <= AR_BOOST_TREES);
	fill_table();
	for (size_t i = 0; i < r->n; i++)
		last = r->use[i] > last ? r->use[i] : last;
	*b = (struct ar_boost){ how->trees, how->depth, NULL };
	b->node = ar_calloc((size_t)how->trees * (size_t)ar_boost_size(b), sizeof *b->node);
	w.row = ar_malloc((r->n + 1) * 2 * sizeof *w.row);
	w.spare = w.row + r->n + 1;
	w.slope = ar_malloc(((size_t)last + 1) * sizeof *w.slope);
	w.hist[0] = ar_malloc((size_t)(how->depth + 1) * FEATURES * BINS * sizeof **w.hist);
	for (int d = 1; d <= how->depth; d++)
		w.hist[d] = w.hist[d - 1] + FEATURES * BINS;
	w.lambda = how->lambda * how->unit / 256 * ONE;
	w.least = how->least * how->unit / 256 * ONE;
	ar_mt_seed(&mt, how->seed);
	for (size_t i = 0; i < r->n; i++)
		odds[i] = r->offset[r->use[i]];
	for (int t = 0; t < how->trees; t++) {
		size_t n;

		w.tree = b->node + (size_t)t * (size_t)ar_boost_size(b);
		slopes(&w, odds);
		n = draw(&w, &mt);
		count(&w, w.row, n, w.hist[0]);
		grow(&w, 0, 0, w.row, n, w.hist[0]);
		for (size_t i = 0; i < r->n; i++)
			odds[i] += say(w.tree, r->x + (size_t)r->use[i] * (size_t)r->features);
	}
	free(odds);
	free(w.row);
	free(w.slope);
	free(w.hist[0]);
}

void ar_boost_release(struct ar_boost *b)
{
	free(b->node);
	*b = (struct ar_boost){ 0 };
}

int32_t ar_boost_say(const struct ar_boost *b, const uint8_t *x)
{
	int64_t sum = 0;

	for (int t = 0; t < b->trees; t++)
		sum += say(b->node + (size_t)t * (size_t)ar_boost_size(b), x);
	return (int32_t)(sum > 16 * ONE ? 16 * ONE : sum < -16 * ONE ? -16 * ONE : sum);
}
