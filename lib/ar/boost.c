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

/* Slope and curvature of the loss, or sums of them, side by side: added at once where the CPU can. */
typedef int64_t pair __attribute__((vector_size(16)));
enum { G, H };

struct grow {
	const struct ar_boost_rows *r;
	const struct ar_boost_how *how;
	struct ar_boost_node *tree;
	uint32_t *row, *spare;          /* the rows drawn, parted by node */
	pair *slope;                    /* by row number */
	int32_t *odds;                  /* by row number */
	pair *hist[AR_BOOST_DEPTH + 1];
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

static void count(const struct grow *w, const uint32_t *row, size_t n, pair *hist)
{
	size_t stride = (size_t)w->r->features;
	int features = w->features;
	uint8_t feature[FEATURES];

	memcpy(feature, w->feature, sizeof feature);
	memset(hist, 0, (size_t)features * BINS * sizeof *hist);
	for (size_t i = 0; i < n; i++) {
		const uint8_t *x = w->r->x + row[i] * stride;
		pair s = w->slope[row[i]], *h = hist;

		for (int f = 0; f < features; f++, h += BINS)
			h[x[feature[f]]] += s;
	}
}

static inline double worth(const struct grow *w, pair p)
{
	return (double)p[G] * (double)p[G] / ((double)p[H] + w->lambda);
}

struct split { double gain; int feature, cut; };

/* The first of equally good splits. */
static struct split best_split(const struct grow *w, const pair *hist, pair all)
{
	struct split best = { 0, -1, 0 };
	double before = worth(w, all);

	for (int f = 0; f < w->features; f++) {
		pair left = { 0, 0 };

		for (int b = 0; b < BINS - 1; b++) {
			pair p = hist[f * BINS + b], right;
			double gain;

			if (!p[H] && !p[G])
				continue;
			left += p;
			right = all - left;
			if ((double)left[H] < w->least || (double)right[H] < w->least)
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
	const uint8_t *x = w->r->x + s.feature;
	size_t left = 0, right = 0, stride = (size_t)w->r->features;

	for (size_t i = 0; i < n; i++) {        /* written to both sides, kept on one: nothing to guess */
		uint32_t k = row[i];
		bool goes_left = x[k * stride] <= s.cut;

		row[left] = k;
		w->spare[right] = k;
		left += goes_left;
		right += !goes_left;
	}
	memcpy(row + left, w->spare, right * sizeof *row);
	return left;
}

static int32_t step_of(const struct grow *w, pair all)
{
	double v = -(double)all[G] / ((double)all[H] + w->lambda) * w->how->rate;

	v = v > 4 ? 4 : v < -4 ? -4 : v;
	return (int32_t)(v * ONE + (v < 0 ? -0.5 : 0.5));
}

static pair sum_of(const pair *hist)
{
	pair all = { 0, 0 };

	for (int b = 0; b < BINS; b++)
		all += hist[b];
	return all;
}

static void leaf(struct grow *w, int at, const uint32_t *row, size_t n, pair all)
{
	int32_t v = step_of(w, all);

	w->tree[at] = (struct ar_boost_node){ AR_BOOST_LEAF, 0, v };
	for (size_t i = 0; i < n; i++)
		w->odds[row[i]] += v;
}

/* hist: of these rows; it is used up. The smaller child is counted, the larger one is what remains. */
static void grow(struct grow *w, int at, int depth, uint32_t *row, size_t n, pair *hist)
{
	pair all = sum_of(hist), *small = w->hist[depth + 1], sum = { 0, 0 };
	struct split s = { 0, -1, 0 };
	size_t left;
	bool less;

	if (depth < w->depth && (double)all[H] >= 2 * w->least)
		s = best_split(w, hist, all);
	if (s.feature < 0) {
		leaf(w, at, row, n, all);
		return;
	}
	w->tree[at] = (struct ar_boost_node){ (uint8_t)s.feature, (uint8_t)s.cut, 0 };
	left = part(w, row, n, s);
	if (depth + 1 == w->depth) {            /* leaves need their sums only */
		for (size_t i = 0; i < left; i++)
			sum += w->slope[row[i]];
		leaf(w, 2 * at + 1, row, left, sum);
		leaf(w, 2 * at + 2, row + left, n - left, all - sum);
		return;
	}
	less = left <= n - left;
	count(w, less ? row : row + left, less ? left : n - left, small);
	for (int i = 0; i < w->features * BINS; i++)
		hist[i] -= small[i];
	if (less)
		grow(w, 2 * at + 1, depth + 1, row, left, small);
	grow(w, 2 * at + 2, depth + 1, row + left, n - left, less ? hist : small);
	if (!less)
		grow(w, 2 * at + 1, depth + 1, row, left, hist);
}

/* Below a leaf every question goes left, and all answers are its value. */
static void ready(struct ar_boost *b, int t, int at, int depth, const struct ar_boost_node *leaf)
{
	const struct ar_boost_node *node = b->node + (size_t)t * (size_t)ar_boost_size(b) + at;
	int inner = (1 << b->depth) - 1;

	if (!leaf && node->feature == AR_BOOST_LEAF)
		leaf = node;
	if (depth == b->depth) {
		b->value[(size_t)t * (size_t)(inner + 1) + (size_t)(at - inner)] = leaf ? leaf->value : 0;
		return;
	}
	b->ask[(size_t)t * (size_t)inner + (size_t)at] = leaf ? (struct ar_boost_ask){ 0, UINT8_MAX }
		: (struct ar_boost_ask){ node->feature, node->cut };
	ready(b, t, 2 * at + 1, depth + 1, leaf);
	ready(b, t, 2 * at + 2, depth + 1, leaf);
}

static void room(struct ar_boost *b)
{
	size_t leaves = (size_t)b->trees << b->depth;

	b->ask = ar_realloc(b->ask, (leaves + 1) * sizeof *b->ask);
	b->value = ar_realloc(b->value, (leaves + 1) * sizeof *b->value);
}

void ar_boost_ready(struct ar_boost *b)
{
	room(b);
	for (int t = 0; t < b->trees; t++)
		ready(b, t, 0, 0, NULL);
}

/* Trees from..to-1 of a depth that the compiler knows. Nodes are counted from 1 here, so that a step is one addition with carry. */
static inline __attribute__((always_inline)) int64_t say(const struct ar_boost *b, int from, int to, const uint8_t *x, const int depth)
{
	const struct ar_boost_ask *ask = b->ask + (size_t)from * (((size_t)1 << depth) - 1);
	const int32_t *value = b->value + ((size_t)from << depth);
	int64_t sum = 0;

	for (int t = from; t < to; t++, ask += (1 << depth) - 1, value += 1 << depth) {
		unsigned i = 1;

		for (int d = 0; d < depth; d++)
			i += i + (ask[i - 1].cut < x[ask[i - 1].feature]);
		sum += value[i - (1u << depth)];
	}
	return sum;
}

static int64_t say_trees(const struct ar_boost *b, int from, int to, const uint8_t *x)
{
	switch (b->depth) {
	case 1: return say(b, from, to, x, 1);
	case 2: return say(b, from, to, x, 2);
	case 3: return say(b, from, to, x, 3);
	case 4: return say(b, from, to, x, 4);
	case 5: return say(b, from, to, x, 5);
	}
	ar_assert(b->depth == 6);
	return say(b, from, to, x, 6);
}

static size_t draw(struct grow *w, struct ar_mt *mt)
{
	const struct ar_boost_rows *r = w->r;
	uint32_t bits = 0;
	size_t n = 0;

	/* the rows drawn at the front, the others behind them; a number of the twister serves for four rows */
	for (size_t i = 0, others = r->n; i < r->n; i++) {
		bool drawn;

		bits = i % 4 ? bits >> 8 : ar_mt_next(mt);
		drawn = (bits & 255) * 100 < (uint32_t)w->how->rows * 256;
		w->row[n] = w->row[others - 1] = r->use[i];
		n += drawn;
		others -= !drawn;
	}
	w->features = 0;
	while (!w->features)
		for (int f = 0; f < r->features; f++)
			if (ar_mt_below(mt, 100) < (uint32_t)w->how->features)
				w->feature[w->features++] = (uint8_t)f;
	return n;
}

static void slopes(const struct grow *w)
{
	const struct ar_boost_rows *r = w->r;

	for (size_t i = 0; i < r->n; i++) {
		uint32_t k = r->use[i];
		int64_t p = sigmoid(w->odds[k]);

		w->slope[k] = (pair){ (p - (r->y[k] ? ONE : 0)) * r->weight[k] / 256, p * (ONE - p) / ONE * r->weight[k] / 256 };
	}
}

/* Trees first, first + step, ... */
static void learn(struct grow *w, struct ar_boost *b, int first, int step, uint32_t seed)
{
	const struct ar_boost_rows *r = w->r;
	struct ar_mt mt;

	ar_mt_seed(&mt, seed);
	for (size_t i = 0; i < r->n; i++)
		w->odds[r->use[i]] = r->offset[r->use[i]];
	for (int t = first; t < b->trees; t += step) {
		size_t n;

		w->tree = b->node + (size_t)t * (size_t)ar_boost_size(b);
		slopes(w);
		n = draw(w, &mt);
		count(w, w->row, n, w->hist[0]);
		grow(w, 0, 0, w->row, n, w->hist[0]);
		ready(b, t, 0, 0, NULL);
		for (size_t i = n; i < r->n; i++)
			w->odds[w->row[i]] += (int32_t)say_trees(b, t, t + 1, r->x + (size_t)w->row[i] * (size_t)r->features);
	}
}

void ar_boost_fit(const struct ar_boost_rows *r, const struct ar_boost_how *how, struct ar_boost *b)
{
	struct grow w = { .r = r, .how = how, .depth = how->depth };
	int times = how->times > 1 ? how->times : 1;
	uint32_t last = 0;

	ar_assert(r->features <= FEATURES && how->depth <= AR_BOOST_DEPTH && how->trees * times <= AR_BOOST_TREES);
	fill_table();
	for (size_t i = 0; i < r->n; i++)
		last = r->use[i] > last ? r->use[i] : last;
	*b = (struct ar_boost){ .trees = how->trees * times, .depth = how->depth };
	room(b);
	b->node = ar_calloc((size_t)b->trees * (size_t)ar_boost_size(b), sizeof *b->node);
	w.row = ar_malloc((r->n + 1) * 2 * sizeof *w.row);
	w.spare = w.row + r->n + 1;
	w.slope = ar_malloc(((size_t)last + 1) * sizeof *w.slope);
	w.odds = ar_malloc(((size_t)last + 1) * sizeof *w.odds);
	w.hist[0] = ar_malloc((size_t)(how->depth + 1) * FEATURES * BINS * sizeof **w.hist);
	for (int d = 1; d <= how->depth; d++)
		w.hist[d] = w.hist[d - 1] + FEATURES * BINS;
	w.lambda = how->lambda * how->unit / 256 * ONE;
	w.least = how->least * how->unit / 256 * ONE;
	for (int i = 0; i < times; i++)
		learn(&w, b, i, times, how->seed + (uint32_t)i);
	for (int i = 0; times > 1 && i < b->trees * ar_boost_size(b); i++)
		b->node[i].value /= times;
	ar_boost_ready(b);
	free(w.odds);
	free(w.row);
	free(w.slope);
	free(w.hist[0]);
}

void ar_boost_release(struct ar_boost *b)
{
	free(b->node);
	free(b->ask);
	free(b->value);
	*b = (struct ar_boost){ 0 };
}

static int32_t clipped(int64_t odds)
{
	return (int32_t)(odds > 16 * ONE ? 16 * ONE : odds < -16 * ONE ? -16 * ONE : odds);
}

int32_t ar_boost_say_half(const struct ar_boost *b, const uint8_t *x, int32_t *half)
{
	int middle = b->trees / 2;
	int64_t sum = b->trees ? say_trees(b, 0, middle, x) : 0;

	*half = clipped(sum);
	return clipped(b->trees ? sum + say_trees(b, middle, b->trees, x) : 0);
}

int32_t ar_boost_say(const struct ar_boost *b, const uint8_t *x)
{
	int32_t half;

	return ar_boost_say_half(b, x, &half);
}
