/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sync/confirm.h"

#include <stdlib.h>

struct seen {                           /* a payment that carries the key */
	struct ar_str id, system_id;
	int64_t amount;
	int ccy;
	unsigned n;                     /* how many do */
};

struct applied {
	struct ar_str source;
	uint32_t target;
	int64_t amount;
};

struct ar_confirm {
	struct ar_book *book;
	struct ar_arena mem;
	struct seen *seen;              /* by posting */
	struct ar_tab target;           /* documents of the postings asked about */
	int64_t *lowest;                /* by target: lowest expected balance */
	struct applied *app;
	size_t napp, app_cap;
};

static bool asked(const struct ar_post *p)
{
	return p->state == AR_POST_SENT || p->state == AR_POST_ACKNOWLEDGED || p->state == AR_POST_UNCERTAIN ||
	       p->state == AR_POST_MISMATCH;
}

struct ar_confirm *ar_confirm_new(struct ar_book *book)
{
	struct ar_confirm *c = ar_calloc(1, sizeof *c);
	size_t lines = 0;

	c->book = book;
	c->seen = ar_calloc(book->n + 1, sizeof *c->seen);
	for (size_t i = 0; i < book->n; i++)
		lines += (size_t)book->post[i]->n;
	c->lowest = ar_calloc(lines + 1, sizeof *c->lowest);
	for (size_t i = 0; i < book->n; i++) {
		const struct ar_post *p = book->post[i];

		for (int k = 0; k < p->n && asked(p); k++) {
			bool fresh;
			uint32_t t;

			if (!p->line[k].target.n)
				continue;
			t = ar_tab_add(&c->target, p->line[k].target, &fresh);
			if (fresh || p->line[k].expected < c->lowest[t])
				c->lowest[t] = p->line[k].expected;
		}
	}
	return c;
}

void ar_confirm_free(struct ar_confirm *c)
{
	if (!c)
		return;
	ar_tab_release(&c->target);
	ar_arena_release(&c->mem);
	free(c->seen);
	free(c->lowest);
	free(c->app);
	free(c);
}

/* ---- the export ---- */

static void found(struct ar_confirm *c, const struct ar_rec *r, struct ar_str wire)
{
	uint32_t k = ar_tab_get(&c->book->wire, wire);
	struct seen *s;

	if (k == AR_TAB_NONE)
		return;
	s = &c->seen[k];
	if (s->n && ar_streq(s->id, ar_raw_text(r, AR_F_id)))
		return;                                 /* the key stands in two fields, or another version of it */
	s->n++;
	s->id = ar_arena_str(&c->mem, ar_raw_text(r, AR_F_id));
	s->system_id = ar_has(r, AR_F_system_id) ? ar_arena_str(&c->mem, ar_raw_text(r, AR_F_system_id)) : (struct ar_str){ 0 };
	s->amount = ar_minor(r, AR_F_amount);
	s->ccy = ar_currency(r, AR_F_currency);
}

/* Every word of 16 characters that could be a wire key. */
static void search(struct ar_confirm *c, const struct ar_rec *r, struct ar_str s)
{
	for (size_t i = 0; i < s.n; ) {
		size_t n = ar_wire_span(s.p + i, s.n - i), word = n;

		while (i + word < s.n && ar_is_alnum(s.p[i + word]))
			word++;
		if (n == AR_KEY_WIRE && word == n)
			found(c, r, (struct ar_str){ s.p + i, n });
		i += word ? word : 1;
	}
}

static void add_application(struct ar_confirm *c, const struct ar_rec *r)
{
	uint32_t t = ar_tab_get(&c->target, ar_raw_text(r, AR_F_target));

	if (t == AR_TAB_NONE)
		return;
	if (c->napp == c->app_cap) {
		c->app_cap = c->app_cap ? c->app_cap * 2 : 64;
		c->app = ar_realloc(c->app, c->app_cap * sizeof *c->app);
	}
	c->app[c->napp++] = (struct applied){ ar_arena_str(&c->mem, ar_raw_text(r, AR_F_source)), t, ar_minor(r, AR_F_amount) };
}

void ar_confirm_add(struct ar_confirm *c, const struct ar_rec *r)
{
	static const enum ar_f where[] = { AR_F_number, AR_F_reference, AR_F_memo, AR_F_system_id };

	if (r->type == AR_T_application)
		add_application(c, r);
	if (r->type != AR_T_payment)
		return;
	for (size_t i = 0; i < sizeof where / sizeof *where; i++)
		search(c, r, ar_raw_text(r, where[i]));
	for (int i = 0; i < r->nx; i++)
		search(c, r, (struct ar_str){ r->x[i].val, r->x[i].nval });
}

/* ---- the verdict ---- */

enum look { FITS, AS_BEFORE, ODD };

static bool shows_application(const struct ar_confirm *c, const struct seen *s, const struct ar_post_line *l)
{
	uint32_t t = ar_tab_get(&c->target, l->target);
	ar_wide sum = 0;

	for (size_t i = 0; i < c->napp; i++)
		if (c->app[i].target == t && ar_streq(c->app[i].source, s->id))
			sum += c->app[i].amount;
	return sum == l->amount;
}

static enum look look_at(const struct ar_confirm *c, const struct seen *s, struct ar_post_line *l, ar_debt_fn *debt, void *ctx)
{
	struct ar_debt d;
	int64_t fall = 0, before;

	if (!debt(ctx, l->target, &d))                  /* an export of open items shows no settled ones */
		return s->n && l->expected == 0 ? FITS : s->n ? ODD : AS_BEFORE;
	l->has_seen = true;
	l->seen = d.open;
	if (s->n && shows_application(c, s, l))
		return FITS;
	if (d.open == l->expected || d.open == c->lowest[ar_tab_get(&c->target, l->target)])
		return FITS;
	if (!ar_post_fall(l, &fall) || !ar_add(l->expected, fall, &before))
		return ODD;
	return s->n == 0 && d.open >= before ? AS_BEFORE : ODD;
}

static const char *payment_wrong(const struct seen *s, const struct ar_post *p)
{
	if (s->n > 1)
		return "more than one payment carries the key";
	if (s->n && (s->amount != p->receipt || s->ccy != p->ccy))
		return "the payment that carries the key has another amount";
	return NULL;
}

enum ar_verdict ar_confirm_decide(struct ar_confirm *c, size_t i, ar_debt_fn *debt, void *ctx, bool *changed)
{
	struct ar_post *p = c->book->post[i];
	const struct seen *s = &c->seen[i];
	enum ar_post_state was = p->state;
	const char *wrong = payment_wrong(s, p);
	int fits = 0, as_before = 0, lines = 0;

	*changed = false;
	if (!asked(p))
		return AR_NOT_ASKED;
	for (int k = 0; k < p->n; k++) {
		enum look look;

		if (!p->line[k].target.n)
			continue;
		lines++;
		look = look_at(c, s, &p->line[k], debt, ctx);
		fits += look == FITS;
		as_before += look == AS_BEFORE;
	}
	if (!s->n && as_before == lines)
		return AR_UNSEEN;
	if (!wrong && fits != lines)
		wrong = "a document is not open for what was expected";
	p->state = wrong ? AR_POST_MISMATCH : AR_POST_CONFIRMED;
	p->message = ar_str(wrong ? wrong : "");
	p->system_id = s->system_id;
	*changed = p->state != was;
	return wrong ? AR_MISMATCH_NOW : AR_CONFIRMED_NOW;
}
