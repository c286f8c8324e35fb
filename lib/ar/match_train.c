/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/match_train.h"

#include <stdlib.h>

#include "ar/detmath.h"

enum { ROUNDS = 25, PRIOR = 20, STEPS = 500, HOLD = 20, MOST = 7 };
static const double LN2 = 0.69314718055994531;

struct ar_match_seen ar_match_see(const struct ar_match_result *r, uint32_t line, int right)
{
	struct ar_match_seen x = { .right = (int8_t)right, .line = line, .extra = r->extra };

	memcpy(x.level, r->level, sizeof x.level);
	return x;
}

struct ar_match_seen ar_match_see_rest(const struct ar_match_result *r, uint32_t line, int right)
{
	struct ar_match_seen x = { .right = (int8_t)right, .line = line, .extra = r->rest_extra };

	memcpy(x.level, r->rest_level, sizeof x.level);
	return x;
}

static double odds(const struct ar_match_conf *c, const struct ar_match_seen *x)
{
	double w = x->extra / 1000.0 * LN2;

	for (int f = 0; f < AR_MW_FIELDS; f++)
		w += ar_det_log(c->m[f][x->level[f]]) - ar_det_log(c->u[f][x->level[f]]);
	return ar_det_exp(w);
}

/* Of each candidate, how likely it is right: known, or by the present weights among those of its line and none. */
static void expect(const struct ar_match_conf *c, const struct ar_match_seen *v, size_t n, double *p)
{
	for (size_t i = 0, next; i < n; i = next) {
		double sum = ar_det_exp(c->none * LN2);

		for (next = i; next < n && v[next].line == v[i].line; next++)
			sum += p[next] = odds(c, &v[next]);
		for (size_t k = i; k < next; k++)
			p[k] = v[k].right >= 0 ? v[k].right : p[k] / sum;
	}
}

/* Shares of each level; those before count as PRIOR observations. */
static void shares(double *now, const double *seen, double sum, const double *before)
{
	double all = 0;

	for (int l = 0; l < AR_MW_LEVELS; l++)
		all += before[l];
	for (int l = 0; l < AR_MW_LEVELS; l++) {
		now[l] = (seen[l] + PRIOR * before[l] / all) / (sum + PRIOR);
		now[l] = now[l] < 1e-6 ? 1e-6 : now[l];
	}
}

static void maximise(const struct ar_match_conf *before, struct ar_match_conf *c, const struct ar_match_seen *v, size_t n, const double *p)
{
	for (int f = 0; f < AR_MW_FIELDS; f++) {
		double m[AR_MW_LEVELS] = { 0 }, u[AR_MW_LEVELS] = { 0 }, bm[AR_MW_LEVELS] = { 0 }, bu[AR_MW_LEVELS] = { 0 }, sm = 0;

		for (size_t i = 0; i < n; i++) {
			m[v[i].level[f]] += p[i];
			u[v[i].level[f]] += 1 - p[i];
			sm += p[i];
		}
		for (int l = 0; l < AR_MW_LEVELS && ar_mc_name(f, l); l++) {
			bm[l] = before->m[f][l];
			bu[l] = before->u[f][l];
		}
		shares(c->m[f], m, sm, bm);
		shares(c->u[f], u, (double)n - sm, bu);
	}
}

/* ---- the second step ---- */

struct fit { double w[AR_MW_FIELDS][AR_MW_LEVELS], from[AR_MW_FIELDS][AR_MW_LEVELS], none; };   /* log odds */
struct slope { double up[AR_MW_FIELDS][AR_MW_LEVELS], much[AR_MW_FIELDS][AR_MW_LEVELS], none, none_much; };

/* One line of history: what was right less what is said, for each mark. p: room for its candidates. */
static void climb(const struct fit *x, const struct ar_match_seen *v, size_t n, double *p, struct slope *s)
{
	double none = ar_det_exp(x->none), sum = none, right = 0;

	for (size_t i = 0; i < n; i++) {
		double w = v[i].extra / 1000.0 * LN2;

		for (int f = 0; f < AR_MW_FIELDS; f++)
			w += x->w[f][v[i].level[f]];
		sum += p[i] = ar_det_exp(w);
		right += v[i].right > 0;
	}
	s->none += (right > 0 ? 0 : 1) - none / sum;
	s->none_much += none / sum;
	for (size_t i = 0; i < n; i++) {
		double said = p[i] / sum, true_ = v[i].right > 0 ? 1 / right : 0;

		for (int f = 0; f < AR_MW_FIELDS; f++) {
			s->up[f][v[i].level[f]] += true_ - said;
			s->much[f][v[i].level[f]] += said;
		}
	}
}

static double within(double w) { return w > MOST ? MOST : w < -MOST ? -MOST : w; }

/* As far as the sum of what each mark was said bounds the curvature: it never overshoots (D. Boehning, B. Lindsay, 1988). */
static void step(struct fit *x, const struct slope *s)
{
	for (int f = 0; f < AR_MW_FIELDS; f++)
		for (int l = 0; l < AR_MW_LEVELS; l++)
			x->w[f][l] = within(x->w[f][l] + (s->up[f][l] - HOLD * (x->w[f][l] - x->from[f][l])) / (s->much[f][l] * AR_MW_FIELDS + HOLD));
	x->none += s->none / (s->none_much * AR_MW_FIELDS + HOLD);
}

/* m stays where both can be written as shares of one. */
static void put(double *m, double *u, double w)
{
	double most;

	*u = *m * ar_det_exp(-w);
	most = *u > *m ? *u : *m;
	if (most > 1 || most < 0.01) {
		double k = (most > 1 ? 1 : 0.01) / most;

		*m *= k;
		*u *= k;
	}
}

static void calibrate(struct ar_match_conf *c, const struct ar_match_seen *v, size_t n, double *p)
{
	struct fit x = { .none = c->none * LN2 };

	for (int f = 0; f < AR_MW_FIELDS; f++)
		for (int l = 0; l < AR_MW_LEVELS && ar_mc_name(f, l); l++)
			x.w[f][l] = x.from[f][l] = ar_det_log(c->m[f][l]) - ar_det_log(c->u[f][l]);
	for (int turn = 0; turn < STEPS; turn++) {
		struct slope s = { 0 };

		for (size_t i = 0, next; i < n; i = next) {
			for (next = i; next < n && v[next].line == v[i].line; next++)
				;
			if (v[i].right >= 0)
				climb(&x, v + i, next - i, p, &s);
		}
		step(&x, &s);
	}
	for (int f = 0; f < AR_MW_FIELDS; f++)
		for (int l = 0; l < AR_MW_LEVELS && ar_mc_name(f, l); l++)
			put(&c->m[f][l], &c->u[f][l], x.w[f][l]);
	c->none = x.none / LN2;
}

void ar_match_train(struct ar_match_conf *c, const struct ar_match_seen *v, size_t n)
{
	struct ar_match_conf *before = ar_malloc(sizeof *before);
	double *p = ar_malloc((n + 1) * sizeof *p);

	*before = *c;
	for (int i = 0; i < ROUNDS; i++) {
		expect(c, v, n, p);
		maximise(before, c, v, n, p);
	}
	calibrate(c, v, n, p);
	ar_match_conf_weigh(c);
	free(before);
	free(p);
}
