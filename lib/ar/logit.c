/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/logit.h"

#include "ar/detmath.h"
#include "base/arena.h"
#include "base/err.h"

#include <math.h>
#include <stdlib.h>

enum { C = AR_LOGIT_COLUMNS + 2 /* even */, ROUNDS = 25, BATCH = 4 };

/* Columns are made to be of the size of 1: one that hardly varies must not get a weight as if it did. */
#define LEAST_SPREAD 0.1

struct newton {
	double mean[C], spread[C];
	double b[C], g[C];              /* weights, the constant last; slope, then the step */
	double from[C];                 /* weights before the last step */
	double loss;
	double h[C][C];                 /* curvature, lower half */
	double z[BATCH][C], v[BATCH];   /* rows that wait to be added to it, and how much each counts */
	int waiting;
	int n;
};

static void standardize(const struct ar_logit_rows *r, struct newton *w)
{
	for (int j = 0; j < r->columns; j++) {
		double sum = 0, sq = 0;

		for (size_t i = 0; i < r->n; i++)
			sum += r->x[i * (size_t)r->columns + (size_t)j];
		w->mean[j] = sum / (double)r->n;
		for (size_t i = 0; i < r->n; i++) {
			double d = r->x[i * (size_t)r->columns + (size_t)j] - w->mean[j];

			sq += d * d;
		}
		w->spread[j] = sqrt(sq / (double)r->n);
		if (w->spread[j] > 1e-9 && w->spread[j] < LEAST_SPREAD)
			w->spread[j] = LEAST_SPREAD;
	}
}

/* Several rows at once and two columns at once: each sum still runs in the order of the rows, so the bits are the same as one by one. */
static void add_waiting(struct newton *w)
{
	typedef double two __attribute__((vector_size(16)));

	for (int b = w->waiting; b < BATCH; b++)
		w->v[b] = 0;
	for (int j = 0; j < w->n; j++) {
		const double a0 = w->v[0] * w->z[0][j], a1 = w->v[1] * w->z[1][j], a2 = w->v[2] * w->z[2][j], a3 = w->v[3] * w->z[3][j];

		for (int k = 0; k <= j; k += 2) {
			two h, z0, z1, z2, z3;

			memcpy(&h, &w->h[j][k], sizeof h);
			memcpy(&z0, &w->z[0][k], sizeof h);
			memcpy(&z1, &w->z[1][k], sizeof h);
			memcpy(&z2, &w->z[2][k], sizeof h);
			memcpy(&z3, &w->z[3][k], sizeof h);
			h += a0 * z0;
			h += a1 * z1;
			h += a2 * z2;
			h += a3 * z3;
			memcpy(&w->h[j][k], &h, sizeof h);
		}
	}
	w->waiting = 0;
}

static void add_row(const struct ar_logit_rows *r, size_t i, struct newton *w)
{
	const float *x = r->x + i * (size_t)r->columns;
	double odds = r->offset[i], p, *z = w->z[w->waiting];

	for (int j = 0; j < r->columns; j++) {
		z[j] = w->spread[j] > 1e-9 ? (x[j] - w->mean[j]) / w->spread[j] : 0;
		odds += w->b[j] * z[j];
	}
	z[r->columns] = 1;
	odds += w->b[r->columns];
	odds = odds > 30 ? 30 : odds < -30 ? -30 : odds;
	p = 1 / (1 + ar_det_exp(-odds));
	w->loss -= r->weight[i] * ar_det_log(r->y[i] ? p : 1 - p);
	w->v[w->waiting] = r->weight[i] * p * (1 - p);
	for (int j = 0; j < w->n; j++)
		w->g[j] += r->weight[i] * (r->y[i] - p) * z[j];
	if (++w->waiting == BATCH)
		add_waiting(w);
}

/* Cholesky; g becomes the solution. */
static void solve(struct newton *w)
{
	for (int j = 0; j < w->n; j++)
		for (int k = 0; k <= j; k++) {
			double s = w->h[j][k];

			for (int i = 0; i < k; i++)
				s -= w->h[j][i] * w->h[k][i];
			w->h[j][k] = j == k ? sqrt(s > 1e-9 ? s : 1e-9) : s / w->h[k][k];
		}
	for (int j = 0; j < w->n; j++) {
		for (int i = 0; i < j; i++)
			w->g[j] -= w->h[j][i] * w->g[i];
		w->g[j] /= w->h[j][j];
	}
	for (int j = w->n - 1; j >= 0; j--) {
		for (int i = j + 1; i < w->n; i++)
			w->g[j] -= w->h[i][j] * w->g[i];
		w->g[j] /= w->h[j][j];
	}
}

static void look(const struct ar_logit_rows *r, double ridge, struct newton *w)
{
	memset(w->g, 0, sizeof w->g);
	memset(w->h, 0, sizeof w->h);
	w->loss = 0;
	for (size_t i = 0; i < r->n; i++)
		add_row(r, i, w);
	add_waiting(w);
	for (int j = 0; j < r->columns; j++) {
		w->g[j] -= ridge * w->b[j];
		w->h[j][j] += ridge;
		w->loss += ridge * w->b[j] * w->b[j] / 2;
	}
}

/* A step no longer than 1 in any weight; returns its longest part. */
static double step(struct newton *w)
{
	double most = 0, part;

	for (int j = 0; j < w->n; j++)
		most = fabs(w->g[j]) > most ? fabs(w->g[j]) : most;
	part = most > 1 ? 1 / most : 1;
	for (int j = 0; j < w->n; j++) {
		w->from[j] = w->b[j];
		w->b[j] += part * w->g[j];
	}
	return most;
}

void ar_logit_fit(const struct ar_logit_rows *r, double ridge, double unit, struct ar_logit *l)
{
	struct newton *w = ar_calloc(1, sizeof *w);
	double best = HUGE_VAL;

	ar_assert(r->columns <= AR_LOGIT_COLUMNS);
	*l = (struct ar_logit){ .columns = r->columns };
	w->n = r->columns + 1;
	if (r->n)
		standardize(r, w);
	for (int round = 0; round < ROUNDS && r->n; round++) {
		look(r, ridge * unit, w);
		if (w->loss > best) {           /* too far: back by half */
			for (int j = 0; j < w->n; j++)
				w->b[j] = (w->b[j] + w->from[j]) / 2;
			continue;
		}
		best = w->loss;
		solve(w);
		if (step(w) < 1e-3)
			break;
	}
	l->constant = w->b[r->columns];
	for (int j = 0; j < r->columns; j++)
		if (w->spread[j] > 1e-9) {
			l->weight[j] = w->b[j] / w->spread[j];
			l->constant -= l->weight[j] * w->mean[j];
		}
	free(w);
}

double ar_logit_say(const struct ar_logit *l, const float *x)
{
	double sum = l->constant;

	for (int j = 0; j < l->columns; j++)
		sum += l->weight[j] * x[j];
	return sum;
}
