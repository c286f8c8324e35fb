/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/row.h"

#include "rec/jstr.h"

struct ar_str ar_row_unescape(struct ar_arena *mem, const struct ar_x *x)
{
	char *out = ar_arena_alloc(mem, x->nval + 1u);

	return (struct ar_str){ out, ar_jstr_decode(x->val, x->nval, out) };
}

static struct ar_str plain(struct ar_arena *mem, struct ar_str s)
{
	const struct ar_x x = { .val = s.p, .nval = (uint32_t)s.n, .esc = s.n && memchr(s.p, '\\', s.n) };

	return ar_row_decode(mem, &x);
}

static struct ar_str day(struct ar_arena *mem, ar_date d)
{
	char *z;

	if (d == AR_DATE_NONE)
		return (struct ar_str){ NULL, 0 };
	z = ar_arena_alloc(mem, 11);
	return (struct ar_str){ ar_date_z(z, d), 10 };
}

static struct ar_str number(struct ar_arena *mem, uint64_t n)
{
	char *p = ar_arena_alloc(mem, 24), *end = p + 24, *q = end;

	do {
		*--q = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	return (struct ar_str){ q, (size_t)(end - q) };
}

/* Customer and date of the document that a field of the record names. */
static bool document(const struct ar_xctx *c, enum ar_f f, struct ar_doc *d)
{
	return c->row->docs && ar_has(c->out, f) && ar_docs_get(c->row->docs, ar_raw_text(c->out, f), d);
}

static struct ar_str of_document(const struct ar_xctx *c, enum ar_from from)
{
	struct ar_doc d;

	if (!document(c, from == AR_FROM_SOURCE_DATE ? AR_F_source : AR_F_target, &d))
		return (struct ar_str){ NULL, 0 };
	return from == AR_FROM_TARGET_CUSTOMER ? plain(c->mem, d.customer) : day(c->mem, d.date);
}

static uint64_t nth(const struct ar_xctx *c)
{
	struct ar_nth *n = c->row->nth;
	struct ar_str s = ar_raw_text(c->out, AR_F_statement);
	struct ar_hash128 h = ar_hash128(s.p, s.n);

	if (n->n && n->row == c->row->view->row)
		return n->n;
	if (!n->n || !ar_hash128_eq(n->statement, h))
		*n = (struct ar_nth){ h, c->row->view->row, n->refused + 1, 0 };
	else
		*n = (struct ar_nth){ h, c->row->view->row, n->n + n->refused + 1, 0 };
	return n->n;
}

static struct ar_str of_row(const struct ar_xctx *c, const struct ar_mapsrc *s)
{
	const struct ar_xrow *r = c->row;

	switch (s->from) {
	case AR_FROM_COL_NAME:
		return r->view->lay->rest_col[r->place];
	case AR_FROM_COL_VALUE:
		return ar_row_decode(c->mem, &r->view->x[r->view->lay->rest[r->place]]);
	case AR_FROM_SRC:
		return plain(c->mem, r->view->src);
	case AR_FROM_SUB:
		return number(c->mem, r->view->sub ? r->view->sub : 1);
	case AR_FROM_NTH:
		return number(c->mem, nth(c));
	case AR_FROM_AMOUNT:
		return r->amount;
	case AR_FROM_ALLOCATED:
		return r->allocated ? AR_STR("true") : (struct ar_str){ NULL, 0 };
	case AR_FROM_DEBIT:
		return r->debit;
	case AR_FROM_CREDIT:
		return r->credit;
	case AR_FROM_PART_TX:
		return number(c->mem, r->tx);
	case AR_FROM_PART_ROLE:
		return ar_str(r->role);
	case AR_FROM_PART_WARNING:
		return ar_str(r->warning);
	case AR_FROM_PART_KIND:
		return ar_str(r->kind);
	case AR_FROM_TARGET_CUSTOMER:
	case AR_FROM_TARGET_DATE:
	case AR_FROM_SOURCE_DATE:
		return of_document(c, s->from);
	default:
		break;
	}
	return (struct ar_str){ NULL, 0 };
}

struct ar_str ar_row_other(const struct ar_xctx *c, const struct ar_mapsrc *s)
{
	switch (s->from) {
	case AR_FROM_TEXT:
		return s->text;
	case AR_FROM_ENTITY:
		return c->run->entity;
	case AR_FROM_SYSTEM:
		return c->run->system;
	case AR_FROM_BASE:
		return c->run->base == AR_CCY_NONE ? (struct ar_str){ NULL, 0 } : (struct ar_str){ ar_ccy[c->run->base].code, 3 };
	case AR_FROM_AS_OF:
		return c->run->as_of == AR_DATE_NONE ? (struct ar_str){ NULL, 0 } : day(c->mem, c->run->as_of);
	case AR_FROM_EXTRACT:
		return c->run->extract;
	case AR_FROM_EXPORT:
		return c->run->export;
	case AR_FROM_ACCOUNT:
		return c->run->account;
	default:
		return of_row(c, s);
	}
}

bool ar_value_zero(struct ar_str s)
{
	bool digit = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] > '0' && s.p[i] <= '9')
			return false;
		digit |= s.p[i] == '0';
	}
	return digit;
}

bool ar_value_negative(struct ar_str s)
{
	bool digit = false;

	s = ar_str_trim(s);
	for (size_t i = 0; i < s.n; i++)
		digit |= s.p[i] > '0' && s.p[i] <= '9';
	return digit && (memchr(s.p, '-', s.n) || *s.p == '(' || ar_str_find(s, AR_STR("\xE2\x88\x92")));
}

static bool is_one_of(struct ar_str v, const struct ar_cond *k)
{
	for (int i = 0; i < k->nvalue; i++)
		if (k->op == AR_OP_IS ? ar_streq(v, k->value[i])
		    : v.n >= k->value[i].n && memcmp(v.p, k->value[i].p, k->value[i].n) == 0)
			return true;
	return false;
}

bool ar_row_holds(const struct ar_xctx *c, const struct ar_cond *k)
{
	struct ar_str v = ar_str_trim(ar_row_value(c, &k->src, NULL));
	bool yes = false;

	for (int i = 0; i < k->nother && !v.n; i++)
		v = ar_str_trim(ar_row_value(c, &k->other[i], NULL));

	switch (k->op) {
	case AR_OP_FILLED:
		yes = v.n > 0;
		break;
	case AR_OP_NEGATIVE:
		yes = v.n && ar_value_negative(v);
		break;
	case AR_OP_ZERO:
		yes = v.n && ar_value_zero(v);
		break;
	case AR_OP_IS:
	case AR_OP_STARTS:
		yes = v.n && is_one_of(v, k);
		break;
	}
	return yes != k->no;
}
