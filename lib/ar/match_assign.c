/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_assign.c - the suggestions: every undecided line's candidates are weighed and ranked; lines that want the same documents are
 * assigned together.
 *
 * Weight: Fellegi-Sunter. Each mark of a candidate adds log2(m/u), the bits by which it is more common among right candidates than among
 * wrong ones. Confidence of a candidate: its share of 2^weight among those of its line and `none`, the case that all are wrong.
 */
#include "config.h"

#include <stdlib.h>

#include "ar/detmath.h"
#include "ar/fixed.h"
#include "ar/match_in.h"
#include "base/sort.h"

enum { MANY = 8, MAX_STEPS = 20000, PER_ALTERNATIVE = 1000, VETOED = 500 };

static uint8_t when_of(const struct ar_match *m, const struct line *l, const struct cand *c)
{
	ar_date due = c->n ? m->item[c->part[0].item].in.due : AR_DATE_NONE;

	if (due == AR_DATE_NONE || l->in->booked == AR_DATE_NONE)
		return 3;
	return l->in->booked > due + 30 ? 1 : l->in->booked < due - 30 ? 2 : 0;
}

void ar_mi_weigh(const struct ar_match *m, const struct line *l, struct cand *c)
{
	const struct ar_match_conf *f = m->policy.conf;

	memcpy(c->level, c->mark, sizeof c->mark);
	c->level[AR_MW_ROUND] = ar_mi_round(l);
	c->level[AR_MW_WHEN] = when_of(m, l, c);
	c->weight -= (c->alternatives > 3 ? 3 : c->alternatives) * PER_ALTERNATIVE + (c->veto ? VETOED : 0);
	c->extra = c->weight;
	for (int i = 0; f && i < AR_MW_FIELDS; i++)
		c->weight += f->bits[i][c->level[i]];
}

/* Heavier first; then the rule's place, then the earlier documents. */
static int by_weight(const void *a, const void *b, void *ctx)
{
	const struct cand *x = *(const struct cand *const *)a, *y = *(const struct cand *const *)b;

	(void)ctx;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	for (int i = 0; i < x->n && i < y->n; i++)
		if (x->part[i].item != y->part[i].item)
			return x->part[i].item < y->part[i].item ? -1 : 1;
	return x->n - y->n;
}

static bool same_cand(const struct cand *x, const struct cand *y)
{
	if (x->n != y->n || (!x->n && x->kind != y->kind && strcmp(x->kind, y->kind) != 0))
		return false;
	for (int i = 0; i < x->n; i++)
		if (x->part[i].item != y->part[i].item || x->part[i].pay != y->part[i].pay || x->part[i].discount != y->part[i].discount ||
		    x->part[i].writeoff != y->part[i].writeoff || x->part[i].tax != y->part[i].tax || x->part[i].charges != y->part[i].charges)
			return false;
	return true;
}

/* A story told twice is told by the stronger document, with the weight of the heavier. */
static void better_told(struct cand **kept, struct cand *c)
{
	if (c->mark[AR_MC_DOCUMENT] >= (*kept)->mark[AR_MC_DOCUMENT])
		return;
	c->extra += (*kept)->weight - c->weight;
	c->weight = (*kept)->weight;
	*kept = c;
}

static void generate(struct ar_match *m, uint32_t line, struct cands *s)
{
	int n = 0;

	s->n = 0;
	ar_mi_say_docs(m, line, s);
	ar_mi_say_remit(m, line, s);
	ar_mi_say_amount(m, line, s);
	ar_mi_say_rest(m, line, s);
	for (int i = 0; i < s->n; i++)
		ar_mi_weigh(m, &m->line[line], s->v[i]);
	ar_sort(s->v, (size_t)s->n, sizeof *s->v, by_weight, NULL);
	for (int i = 0; i < s->n; i++) { /* each story once; what is not open any more is none */
		bool told = !ar_mi_valid(m, &m->line[line], s->v[i]);

		for (int k = 0; k < n && !told; k++) {
			told = same_cand(s->v[k], s->v[i]);
			if (told)
				better_told(&s->v[k], s->v[i]);
		}
		if (!told)
			s->v[n++] = s->v[i];
	}
	s->n = n;
}

/* Thousandths, rounded, of a candidate's share. */
static void set_confidence(const struct ar_match *m, struct cand *const *v, int n)
{
	double share[MAX_CANDS], sum;

	if (!m->policy.conf || !m->policy.conf->has_weights) {
		for (int i = 0; i < n; i++)
			v[i]->told.confidence = -1;
		return;
	}
	sum = ar_det_exp(m->policy.conf->none * 0.69314718055994531);
	for (int i = 0; i < n; i++)
		sum += share[i] = ar_det_exp((double)v[i]->weight / 1000 * 0.69314718055994531);
	for (int i = 0; i < n; i++) {
		int64_t k = 0;

		ar_fixed(share[i] / sum, 3, &k);
		v[i]->told.confidence = (int)(k > 999 ? 999 : k);
	}
}

static void tell_candidates(struct ar_match *m, const struct line *l, struct cand *const *v, int n)
{
	for (int i = 0; l->traced && i < n; i++)
		ar_mi_trace(m, l, "  candidate %d: %s, %d document%s, confidence 0.%03d%s%s", i + 1, ar_match_rule(v[i]->rule), v[i]->n,
			    v[i]->n == 1 ? "" : "s", v[i]->told.confidence < 0 ? 0 : v[i]->told.confidence, v[i]->veto ? "; no auto: " : "",
			    v[i]->veto ? v[i]->veto : "");
}

static struct cand *kept(struct ar_arena *mem, const struct cand *c)
{
	struct cand *k = ar_arena_alloc(mem, sizeof *k);

	*k = *c;
	k->part = ar_arena_alloc(mem, (size_t)(c->n + 1) * sizeof *k->part);
	memcpy(k->part, c->part, (size_t)c->n * sizeof *k->part);
	k->room = c->n;
	return k;
}

/* The best few of a line; the last of all, which leaves the money where it is, always among them. */
static void keep(struct ar_match *m, struct ar_arena *mem, struct line *l, struct cands *s)
{
	int n = s->n < KEPT_CANDS ? s->n : KEPT_CANDS;

	set_confidence(m, s->v, s->n);
	tell_candidates(m, l, s->v, s->n);
	for (int i = n; i < s->n; i++)
		if (s->v[i]->rule == AR_M_ON_ACCOUNT)
			s->v[n - 1] = s->v[i];
	l->cand = ar_arena_alloc(mem, (size_t)(n + 1) * sizeof *l->cand);
	l->ncand = (uint8_t)n;
	for (int i = 0; i < n; i++)
		l->cand[i] = kept(mem, s->v[i]);
}

/*
 * Rank 2 and more of a line, whose rank 1 is `chosen`. They are told as they would be now, and take nothing. Leaving the money on account
 * is always possible and no candidate of its own.
 */
static void tell_others(struct ar_match *m, uint32_t line, struct ar_match_result *r, const struct cand *chosen)
{
	struct line *l = &m->line[line];

	r->other = ar_arena_alloc(&m->mem, (size_t)(l->ncand + 1) * sizeof *r->other);
	for (int i = 0; i < l->ncand && r->nother < AR_MATCH_RANKS - 1; i++) {
		struct ar_match_result *o = &r->other[r->nother];

		if (l->cand[i] != chosen && l->cand[i]->rule == AR_M_ON_ACCOUNT) {
			r->rest = true;
			r->rest_extra = l->cand[i]->extra;
			memcpy(r->rest_level, l->cand[i]->level, sizeof r->rest_level);
		}
		if (l->cand[i] == chosen || l->cand[i]->rule == AR_M_ON_ACCOUNT || !ar_mi_valid(m, l, l->cand[i]))
			continue;
		memset(o, 0, sizeof *o);
		ar_mi_fill(m, line, l->cand[i], o);
		o->decision = AR_MD_SUGGEST;
		o->confidence = l->cand[i]->told.confidence;
		r->nother++;
	}
}

static void choose(struct ar_match *m, uint32_t line, struct cand *c)
{
	struct ar_match_result *r = &m->result[line];

	tell_others(m, line, r, c);
	ar_mi_commit(m, line, c, AR_MD_SUGGEST);
	r->confidence = c->told.confidence;
	if (r->alternatives < r->nother && !c->alternatives)
		r->alternatives = r->nother;
}

/* ---- lines that want the same documents ---- */

static uint32_t root(uint32_t *up, uint32_t i)
{
	while (up[i] != i)
		i = up[i] = up[up[i]];
	return i;
}

struct cluster { struct ar_match *m; const uint32_t *v; int n; int now[MANY], best[MANY]; int64_t weight, best_weight; int steps; };

static void hold(struct ar_match *m, const struct cand *c, int sign)
{
	for (int i = 0; i < c->n; i++) {
		const struct part *p = &c->part[i];
		struct item *it = &m->item[p->item];
		int64_t fall = (p->pay + p->discount + p->charges + p->writeoff + p->tax) * sign;

		it->open += it->in.credit ? fall : -fall;
	}
}

/* All assignments, the first of greatest weight kept: candidates are tried best first, so that a tie goes to the earlier line's better one. */
static void search(struct cluster *x, int k)
{
	const struct line *l;

	if (x->steps++ > MAX_STEPS)
		return;
	if (k == x->n) {
		if (x->weight > x->best_weight) {
			x->best_weight = x->weight;
			memcpy(x->best, x->now, sizeof x->best);
		}
		return;
	}
	l = &x->m->line[x->v[k]];
	for (int i = 0; i <= l->ncand; i++) {
		/* behind the candidates: none of them, which weighs as little as anything can */
		int32_t w = i < l->ncand ? l->cand[i]->weight : -60000;

		if (i < l->ncand && !ar_mi_valid(x->m, l, l->cand[i]))
			continue;
		if (i < l->ncand)
			hold(x->m, l->cand[i], 1);
		x->now[k] = i;
		x->weight += w;
		search(x, k + 1);
		x->weight -= w;
		if (i < l->ncand)
			hold(x->m, l->cand[i], -1);
	}
}

/* Again, from what is open by now. */
static void decide_anew(struct ar_match *m, uint32_t line)
{
	struct line *l = &m->line[line];
	struct cands s;

	generate(m, line, &s);
	if (!s.n) {
		ar_mi_unknown(m, line, &s);
	} else {
		keep(m, &m->scratch, l, &s);
		choose(m, line, l->cand[0]);
	}
	ar_arena_reset(&m->scratch);
}

static int by_best(const void *a, const void *b, void *ctx)
{
	const struct ar_match *m = ctx;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int32_t wx = m->line[x].ncand ? m->line[x].cand[0]->weight : INT32_MIN, wy = m->line[y].ncand ? m->line[y].cand[0]->weight : INT32_MIN;

	return wx > wy ? -1 : wx < wy;
}

/* v: lines in the order of (booked, id). */
static void assign(struct ar_match *m, uint32_t *v, int n)
{
	if (n > 1 && n <= MANY) {
		struct cluster x = { .m = m, .v = v, .n = n, .best_weight = INT64_MIN };

		search(&x, 0);
		if (x.best_weight != INT64_MIN && x.steps <= MAX_STEPS)
			for (int k = 0; k < n; k++)
				if (x.best[k] == 0 && m->line[v[k]].ncand)
					choose(m, v[k], m->line[v[k]].cand[0]);
	} else if (n > 1) {
		ar_sort(v, (size_t)n, sizeof *v, by_best, m);
	}
	for (int k = 0; k < n; k++) {
		struct line *l = &m->line[v[k]];

		if (l->done)
			continue;
		if (l->ncand && (n == 1 || n > MANY) && ar_mi_valid(m, l, l->cand[0]))
			choose(m, v[k], l->cand[0]);
		else
			decide_anew(m, v[k]);
	}
}

static void unite(struct ar_match *m, const uint32_t *v, uint32_t n, uint32_t *up)
{
	uint32_t *last = ar_malloc((m->nitem + 1) * sizeof *last);

	memset(last, 0xFF, (m->nitem + 1) * sizeof *last);
	for (uint32_t k = 0; k < n; k++) {
		const struct line *l = &m->line[v[k]];

		up[k] = k;
		for (int i = 0; i < l->ncand; i++)
			for (int p = 0; p < l->cand[i]->n; p++) {
				uint32_t *seen = &last[l->cand[i]->part[p].item], a, b;

				if (*seen == NONE)
					*seen = k;
				a = root(up, *seen);
				b = root(up, k);
				up[a > b ? a : b] = a > b ? b : a;
			}
	}
	free(last);
}

struct member { uint32_t root, at; };

static int by_root(const void *a, const void *b, void *ctx)
{
	const struct member *x = a, *y = b;

	(void)ctx;
	return x->root < y->root ? -1 : x->root > y->root;
}

void ar_mi_suggest(struct ar_match *m, const uint32_t *order)
{
	uint32_t *v = ar_malloc((m->nline + 1) * sizeof *v), *up, n = 0;
	struct member *who;
	struct ar_arena mem = AR_ARENA_INIT;
	struct cands s;

	for (size_t k = 0; k < m->nline; k++)
		if (!m->line[order[k]].done)
			v[n++] = order[k];
	for (uint32_t k = 0; k < n; k++) {
		generate(m, v[k], &s);
		keep(m, &mem, &m->line[v[k]], &s);
		ar_arena_reset(&m->scratch);
	}
	up = ar_malloc((n + 1) * sizeof *up);
	who = ar_malloc((n + 1) * sizeof *who);
	unite(m, v, n, up);
	for (uint32_t k = 0; k < n; k++)
		who[k] = (struct member){ root(up, k), k };
	ar_sort(who, n, sizeof *who, by_root, NULL);
	for (uint32_t k = 0, next; k < n; k = next) {
		uint32_t *part;

		for (next = k; next < n && who[next].root == who[k].root; next++)
			;
		part = ar_malloc((next - k) * sizeof *part);
		for (uint32_t i = k; i < next; i++)
			part[i - k] = v[who[i].at];
		assign(m, part, (int)(next - k));
		free(part);
		ar_arena_reset(&m->scratch);
	}
	free(v);
	free(up);
	free(who);
	ar_arena_release(&mem);
}
