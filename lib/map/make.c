/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/make.h"

#include "map/sums.h"
#include "rec/jstr.h"

static bool blank(struct ar_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ')
			return false;
	return true;
}

bool ar_make_wanted(const struct ar_emit *em, const struct ar_xctx *c)
{
	for (int i = 0; i < em->nwhen; i++)
		if (!ar_row_holds(c, &em->when[i]))
			return false;
	return true;
}

static struct ar_str labelled(struct ar_arena *mem, struct ar_str label, struct ar_str v)
{
	char *p;

	if (!label.n)
		return v;
	p = ar_arena_alloc(mem, label.n + 1 + v.n);
	memcpy(p, label.p, label.n);
	p[label.n] = '=';
	memcpy(p + label.n + 1, v.p, v.n);
	return (struct ar_str){ p, label.n + 1 + v.n };
}

/* Every source that is filled, every place of a pattern, and that in every row of a part. */
static int gather(struct ar_xctx *c, const struct ar_mapline *l, struct ar_xv *v)
{
	const struct ar_rowview *view = c->row->view;
	int rows = c->row->nview && l->step[0].x->flags & AR_X_ROWS ? c->row->nview : 1, most = 1, cap = 0;
	const struct ar_x **place;

	for (int r = 0; r < rows; r++)
		for (int i = 0; i < l->nsrc; i++) {
			bool many = l->src[i].from == AR_FROM_COLUMN && c->run->map->col[l->src[i].col].seg;
			int n = many ? ar_row_places(&view[r], l->src[i].col) : 1;

			cap += n;
			most = n > most ? n : most;
		}
	v->nsrc = l->nsrc;
	v->list = ar_arena_alloc(c->mem, (size_t)cap * sizeof *v->list);
	place = ar_arena_alloc(c->mem, (size_t)most * sizeof *place);
	for (int i = 0; i < l->nsrc; i++) {
		const struct ar_mapsrc *s = &l->src[i];

		if (s->from != AR_FROM_COLUMN) {
			struct ar_str one = ar_row_value(c, s, NULL);

			if (!blank(one))
				v->list[v->nlist++] = labelled(c->mem, s->label, one);
			continue;
		}
		for (int r = 0; r < rows; r++) {
			int n = ar_row_all(&view[r], c->run->map, s->col, place, most);

			for (int k = 0; k < n; k++)
				v->list[v->nlist++] = labelled(c->mem, s->label, ar_row_decode(c->mem, place[k]));
		}
	}
	return 0;
}

static bool is_empty(const struct ar_xv *v)
{
	return v->kind == AR_X_LIST ? v->nlist == 0 : v->kind == AR_X_TEXT && blank(v->s);
}

static int run_steps(struct ar_xctx *c, const struct ar_mapline *l, struct ar_xv *v)
{
	for (int i = 0; i < l->nstep; i++) {
		const struct ar_step *st = &l->step[i];
		bool empty = l->all && i == 0 ? v->nlist == 0 : is_empty(v);

		if (empty && !(st->x->flags & AR_X_EMPTY))
			continue;
		if (st->x->fn(c, st, v) < 0)
			return -1;
	}
	return 0;
}

enum implied { I_RATE, I_DATE, I_TIME, I_INT, I_BOOL, I_MONEY, I_CURRENCY, I_N };

/* The implied last step: what the field demands of a text. */
static int run_implied(struct ar_xctx *c, enum implied which, struct ar_xv *v)
{
	static const char *const name[I_N] = { "rate", "date", "datetime", "int", "bool", "money", "currency" };
	static const struct ar_xform *x[I_N];
	static struct ar_str iso[] = { { "iso", 3 } };
	static struct ar_date_shape shape;
	static const struct ar_step st = { .word = iso, .nword = 1, .text = { "yyyy-mm-dd", 10 }, .shape = &shape };

	if (!x[which]) {
		x[which] = ar_xform_find(ar_str(name[which]));
		shape = ar_date_shape("yyyy-mm-dd");
	}
	return x[which]->fn(c, &st, v);
}

static struct ar_str as_text(struct ar_xctx *c, const struct ar_xv *v)
{
	char *p;

	if (v->kind == AR_X_TEXT)
		return v->s;
	p = ar_arena_alloc(c->mem, AR_MONEY_TEXT);
	switch (v->kind) {
	case AR_X_MONEY:
		return (struct ar_str){ p, (size_t)ar_money_put(p, v->i, ar_ccy[c->ccy].digits) };
	case AR_X_DATE:
		return (struct ar_str){ ar_date_z(p, (ar_date)v->i), 10 };
	case AR_X_TIME:
		ar_time_put(p, v->i);
		return (struct ar_str){ p, 20 };
	case AR_X_INT:
		return (struct ar_str){ p, (size_t)ar_money_put(p, v->i, 0) };
	case AR_X_BOOL:
		return v->i ? AR_STR("true") : AR_STR("false");
	case AR_X_LIST:
		return v->list[0];
	case AR_X_TEXT:
		break;
	}
	return v->s;
}

static int mismatch(struct ar_xctx *c, const char *what)
{
	ar_err(c->err, AR_FINDINGS, "map_kind", "the map gives %s, which this field cannot hold", what);
	return ar_err_field(c->err, ar_field_name[c->field->f], NULL, 0);
}

static int store_text(struct ar_xctx *c, struct ar_xv *v)
{
	ar_set_text(c->out, c->field->f, as_text(c, v));
	return 0;
}

static int store_i(struct ar_xctx *c, struct ar_xv *v, enum implied implied, enum ar_xkind want)
{
	if (v->kind == AR_X_TEXT && run_implied(c, implied, v) < 0)
		return -1;
	if (v->kind != want)
		return mismatch(c, "another kind of value");
	if (want == AR_X_MONEY && v->i < 0 && !(c->field->flags & AR_SIGNED)) {
		ar_err(c->err, AR_FINDINGS, "money_sign", "this amount may not be negative");
		return ar_err_field(c->err, ar_field_name[c->field->f], NULL, 0);
	}
	ar_set_i(c->out, c->field->f, v->i);
	if (v->canonical) {
		c->out->v[c->field->f].p = v->s.p;
		c->out->v[c->field->f].n = (uint32_t)v->s.n;
	}
	return 0;
}

static int store(struct ar_xctx *c, struct ar_xv *v)
{
	enum ar_f f = c->field->f;

	switch ((enum ar_kind)c->field->kind) {
	case AR_ID:
	case AR_TEXT:
	case AR_CODE:
		return store_text(c, v);
	case AR_RATE:
		if (v->kind == AR_X_TEXT && run_implied(c, I_RATE, v) < 0)
			return -1;
		return store_text(c, v);
	case AR_LIST:
		if (v->kind == AR_X_LIST)
			ar_set_list(c->out, f, v->list, v->nlist);
		else
			ar_set_list(c->out, f, (struct ar_str[]){ as_text(c, v) }, 1);
		return 0;
	case AR_DATE:
		return store_i(c, v, I_DATE, AR_X_DATE);
	case AR_TIME:
		if (v->kind == AR_X_DATE) {
			ar_set_i(c->out, f, v->i * 86400);
			return 0;
		}
		return store_i(c, v, I_TIME, AR_X_TIME);
	case AR_INT:
		return store_i(c, v, I_INT, AR_X_INT);
	case AR_BOOL:
		return store_i(c, v, I_BOOL, AR_X_BOOL);
	case AR_MONEY:
		return store_i(c, v, I_MONEY, AR_X_MONEY);
	case AR_CCY:
		if (v->kind != AR_X_TEXT)
			return mismatch(c, "another kind of value");
		if (ar_ccy_find(v->s) < 0 && run_implied(c, I_CURRENCY, v) < 0)
			return -1;
		ar_set_i(c->out, f, ar_ccy_find(v->s));
		return 0;
	}
	return 0;
}

/* A column passed on as it is: no decoding, no copy. */
static bool straight(struct ar_xctx *c, const struct ar_mapline *l, const struct ar_x *raw)
{
	if (!raw || l->nstep || !l->field || (l->field->kind != AR_ID && l->field->kind != AR_TEXT))
		return false;
	c->out->v[l->f] = (struct ar_val){ .p = raw->val, .n = raw->nval, .esc = raw->esc, .utf8 = true };
	ar_mark(c->out, l->f);
	return true;
}

/* An `if` that does not hold, with nothing behind it that could fill the value again: the line need not be looked at. */
static bool shut(const struct ar_xctx *c, const struct ar_mapline *l)
{
	bool no = false;

	for (int i = 0; i < l->nstep; i++) {
		if (l->step[i].x->flags & AR_X_EMPTY)
			no = false;
		else if (!no && l->step[i].x->flags & AR_X_GATE)
			no = !ar_row_holds(c, l->step[i].cond);
	}
	return no;
}

static int eval(struct ar_xctx *c, const struct ar_mapline *l)
{
	struct ar_xv v = { .kind = AR_X_TEXT };
	const struct ar_x *raw = NULL;

	if (shut(c, l))
		return 0;
	c->field = l->field;
	c->ccy = AR_CCY_NONE;
	if (l->field && l->field->kind == AR_MONEY) {
		if (l->field->ccy == AR_F_base_currency && !ar_has(c->out, AR_F_base_currency) && c->run->base != AR_CCY_NONE)
			ar_set_i(c->out, AR_F_base_currency, c->run->base);
		c->ccy = ar_currency(c->out, (enum ar_f)l->field->ccy);
	}
	if (l->all)
		gather(c, l, &v);
	else
		for (int i = 0; i < l->nsrc; i++) {
			v.s = ar_row_value(c, &l->src[i], &raw);
			if (raw || !blank(v.s))
				break;
		}
	if (straight(c, l, raw))
		return 0;
	if (run_steps(c, l, &v) < 0)
		return -1;
	if (is_empty(&v))
		return 0;
	if (l->field)
		return store(c, &v);
	if (!ar_x_find(c->out, l->xkey))
		ar_x_add(c->out, l->xkey, as_text(c, &v));
	return 0;
}

static void automatic(struct ar_xctx *c, const struct ar_emit *em)
{
	const struct ar_type *t = &ar_types[em->type];
	struct ar_rec *r = c->out;

	if (t->pos[AR_F_entity] && c->run->entity.n)
		ar_set_text(r, AR_F_entity, c->run->entity);
	if (t->pos[AR_F_system])
		ar_set_text(r, AR_F_system, c->run->system);
	if (t->pos[AR_F_extract])
		ar_set_text(r, AR_F_extract, c->run->extract);
	if (t->pos[AR_F_src])
		ar_set_raw(r, AR_F_src, c->row->view->src);
	if ((em->type == AR_T_application || em->type == AR_T_bank_line || em->type == AR_T_statement) && !em->has_id)
		ar_set_raw(r, AR_F_id, AR_STR("-"));
}

static bool left_out(const struct ar_emit *em, struct ar_str col)
{
	for (int i = 0; i < em->nbut; i++)
		if (col.n >= em->but[i].n && memcmp(col.p, em->but[i].p, em->but[i].n) == 0)
			return true;
	return false;
}

static void rest(struct ar_xctx *c, const struct ar_emit *em)
{
	const struct ar_rowview *v = c->row->view;

	for (int i = 0; i < v->lay->nrest; i++) {
		const struct ar_x *x = &v->x[v->lay->rest[i]];
		struct ar_str val = { x->val, x->nval };

		if (!blank(val) && !(em->nbut && left_out(em, v->lay->rest_col[i])))
			ar_x_add_raw(c->out, v->lay->rest_name[i], val);
	}
}

/* A statement that names no currency has that of its lines, which came before. */
static void currency_of_lines(struct ar_xctx *c)
{
	int ccy = ar_statements_currency(c->row->statements, ar_raw_text(c->out, AR_F_id));

	if (ccy != AR_CCY_NONE)
		ar_set_i(c->out, AR_F_currency, ccy);
}

/* A field that the record can do without: what cannot be read is left out and named in `warnings`, where the type has these. */
static bool without(struct ar_xctx *c, const struct ar_mapline *l, struct ar_str *warning)
{
	if (!ar_types[c->out->type].pos[AR_F_warnings] || !l->field || l->field->flags & AR_REQ || l->f == AR_F_warnings)
		return false;
	*warning = ar_str(ar_arena_fmt(c->mem, "%s: %s", ar_field_name[l->f], c->err->text));
	ar_err_clear(c->err);
	return true;
}

enum { MAX_WARNINGS = 16 };

static void warn(struct ar_xctx *c, const struct ar_str *warning, int n)
{
	struct ar_str all[MAX_WARNINGS], *had = NULL;
	int k = ar_has(c->out, AR_F_warnings) ? ar_list(c->out, AR_F_warnings, &had) : 0, m = 0;

	for (int i = 0; i < k && m < MAX_WARNINGS; i++)
		all[m++] = had[i];
	for (int i = 0; i < n && m < MAX_WARNINGS; i++)
		all[m++] = warning[i];
	if (m > k)
		ar_set_list(c->out, AR_F_warnings, all, m);
}

int ar_make(const struct ar_emit *em, struct ar_xctx *c)
{
	struct ar_str warning[MAX_WARNINGS];
	int n = 0;

	ar_rec_start(c->out, em->type);
	c->out->mem = c->mem;
	automatic(c, em);
	for (int i = 0; i < em->nline; i++) {
		const struct ar_mapline *l = &em->line[i];

		if (l->f != AR_F_NONE && ar_has(c->out, l->f))
			continue;
		if (eval(c, l) == 0)
			continue;
		if (n == MAX_WARNINGS || !without(c, l, &warning[n]))
			return -1;
		n++;
	}
	if (n)
		warn(c, warning, n);
	if (em->type == AR_T_statement && !ar_has(c->out, AR_F_complete))
		ar_set_i(c->out, AR_F_complete, 1);
	if (em->type == AR_T_statement && !ar_has(c->out, AR_F_currency) && c->row->statements)
		currency_of_lines(c);
	if (em->rest)
		rest(c, em);
	return ar_each_united(em->each) ? 0 : ar_rec_check(c->out, c->err);      /* of united ones: the whole (account.h) */
}

int ar_make_sum(struct ar_xctx *c, const struct ar_mapsrc *s, int ccy, ar_wide *out)
{
	int n = s->from == AR_FROM_COLUMN ? ar_row_places(c->row->view, s->col) : 0, there = 0;
	const struct ar_x **place = ar_arena_alloc(c->mem, ((size_t)n + 1) * sizeof *place);
	int64_t one = 0;

	*out = 0;
	if (!n) {
		there = ar_make_amount(c, s, ccy, &one);
		*out = one;
		return there;
	}
	n = ar_row_all(c->row->view, c->run->map, s->col, place, n);
	for (int i = 0; i < n; i++) {
		struct ar_str v = ar_str_trim(ar_row_decode(c->mem, place[i]));

		if (ar_money_read(v, ar_ccy[ccy].digits, &one, c->err) < 0)
			return ar_err_field(c->err, ar_field_name[AR_F_amount], v.p, v.n);
		*out += one;
	}
	return n > 0;
}

int ar_make_amount(struct ar_xctx *c, const struct ar_mapsrc *s, int ccy, int64_t *out)
{
	struct ar_str v = ar_str_trim(ar_row_value(c, s, NULL));

	if (!v.n)
		return 0;
	if (ar_money_read(v, ar_ccy[ccy].digits, out, c->err) < 0)
		return ar_err_field(c->err, ar_field_name[AR_F_amount], v.p, v.n);
	return 1;
}
