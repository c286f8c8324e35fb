/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/map.h"

#include "map/read.h"
#include "map/xform.h"
#include "rec/jstr.h"

#include <stdlib.h>

/* The words for what is not a column. `each`: sections of other kinds do not have it; -1 = all have. */
static const struct word { const char *word; enum ar_from from; int each, each2; const char *doc; } from_words[] = {
	{ ".entity", AR_FROM_ENTITY, -1, -1, "the entity, from --entity" },
	{ ".system", AR_FROM_SYSTEM, -1, -1, "the system of the map" },
	{ ".base_currency", AR_FROM_BASE, -1, -1, "the currency of --base-currency" },
	{ ".as_of", AR_FROM_AS_OF, -1, -1, "the date of the export" },
	{ ".extract", AR_FROM_EXTRACT, -1, -1, "the id of the extract record" },
	{ ".export", AR_FROM_EXPORT, -1, -1, "the name of the export" },
	{ ".account", AR_FROM_ACCOUNT, -1, -1, "the bank account, from --account" },
	{ ".src", AR_FROM_SRC, -1, -1, "export and line or record" },
	{ ".sub", AR_FROM_SUB, -1, -1, "number of the row within its record, from 1" },
	{ ".nth", AR_FROM_NTH, -1, -1, "number of the record within its statement, from 1" },
	{ ".column", AR_FROM_COL_NAME, AR_EACH_COLUMN, -1, "name of the column" },
	{ ".value", AR_FROM_COL_VALUE, AR_EACH_COLUMN, -1, "value of the column" },
	{ ".amount", AR_FROM_AMOUNT, AR_EACH_SETTLEMENT, AR_EACH_PART, "the amount worked out" },
	{ ".allocated", AR_FROM_ALLOCATED, AR_EACH_SETTLEMENT, -1, "true, where our rule split it" },
	{ ".debit", AR_FROM_DEBIT, AR_EACH_SETTLEMENT, -1, "key of what is settled" },
	{ ".credit", AR_FROM_CREDIT, AR_EACH_SETTLEMENT, -1, "key of the credit that settles; empty: the payment itself" },
	{ ".role", AR_FROM_PART_ROLE, AR_EACH_PART, -1, "money, or detail beside an entry that its parts do not make up" },
	{ ".kind", AR_FROM_PART_KIND, AR_EACH_PART, -1, "part, charge, entry (alone), whole (an entry whose parts have no amounts) or batch (an entry beside its details)" },
	{ ".tx", AR_FROM_PART_TX, AR_EACH_PART, -1, "number of the movement within its entry, from 1; 0: the entry beside its details" },
	{ ".warning", AR_FROM_PART_WARNING, AR_EACH_PART, -1, "batch_mismatch: of the entry and its details, where they differ; batch_amounts_missing: of an entry whose parts have none" },
	{ ".target_customer", AR_FROM_TARGET_CUSTOMER, -1, -1, "customer of the target, where its document came before" },
	{ ".target_date", AR_FROM_TARGET_DATE, -1, -1, "date of the target, where its document came before" },
	{ ".source_date", AR_FROM_SOURCE_DATE, -1, -1, "date of the source, where its document came before" },
	{ .word = NULL }
};

/* What decoders give under a name of their own (syntax.h). */
static const char *const decoder_words[] = { ".record", ".totals", ".group", ".preamble", ".adjustment", ".amount", ".batch", ".discount", ".entry",
	".gross", ".incomplete", ".item", ".kind", ".line", ".net", ".outer", ".reason", ".sign", ".value", ".warning", ".warning*", NULL };

struct ar_map_parse {
	struct ar_arena *a;
	struct ar_map *m;
	struct ar_tab cols;
	bool paths;                      /* not in csv: '*' is a pattern */
	enum ar_each each;
	const char *file;
	uint32_t line;
};

struct ar_arena *ar_map_arena(struct ar_map_parse *p)
{
	return p->a;
}

/* An error of the map: text holds one %.*s, for `what`. */
#define bad(p, e, line, code, text, what) \
	(ar_err(e, AR_USAGE, code, text, AR_STR_FMT(what)), ar_err_at(e, (p)->file, line))

static struct ar_str own(struct ar_arena *a, struct ar_str s)
{
	return (struct ar_str){ ar_arena_dup(a, s.p, s.n), s.n };
}

struct ar_str ar_map_xname(struct ar_arena *a, struct ar_str col)
{
	char *p = ar_arena_alloc(a, col.n + 16);
	size_t n = 2;

	p[0] = 'x';
	p[1] = '_';
	for (size_t i = 0; i < col.n; i++)
		if (ar_is_alnum(col.p[i]))
			p[n++] = ar_lower(col.p[i]);
		else if (p[n - 1] != '_')
			p[n++] = '_';
	while (n > 2 && p[n - 1] == '_')
		n--;
	if (n == 2) {
		memcpy(p + 2, "unnamed", 7);
		n = 9;
	}
	return (struct ar_str){ p, n };
}

/* ---- columns ---- */

/* The name as it stands in a raw record: its own fields and a leading '.' get one '.' in front. */
static struct ar_str raw_name(struct ar_arena *a, struct ar_str name)
{
	struct ar_buf b = AR_BUF_INIT;
	struct ar_str out;

	if (name.n > 2 && ar_str_ends(name, "#1"))
		name.n -= 2;
	if (ar_field_find(&ar_types[AR_T_raw], name) >= 0 || ar_streqz(name, "type"))
		ar_buf_c(&b, '.');
	ar_jstr_put(&b, name.p, name.n);
	out = own(a, ar_buf_slice(&b));
	ar_buf_release(&b);
	return out;
}

/* One part of a path: Ustrd*, *, Bal*[Tp/Cd=OPBD] */
static bool segment(struct ar_arena *a, struct ar_str s, struct ar_mapseg *out)
{
	struct ar_str name = s, rest;

	*out = (struct ar_mapseg){ 0 };
	rest = ar_str_cut(s, '[', &name);
	if (rest.p) {
		if (!rest.n || rest.p[rest.n - 1] != ']')
			return false;
		rest.n--;
		rest = ar_str_cut(rest, '=', &out->key);
		if (!out->key.n || !rest.n)
			return false;
		out->want = raw_name(a, rest);
	}
	if (name.n && name.p[name.n - 1] == '*') {
		out->star = true;
		name.n--;
	}
	out->text = name;
	return (out->star || name.n) && (!out->key.n || out->star) && !memchr(name.p, '*', name.n);
}

static bool pattern(struct ar_arena *a, struct ar_str name, struct ar_mapcol *c)
{
	size_t i, from = 0, n = 1;
	int depth = 0, keys = 0;

	for (i = 0; i < name.n; i++)
		n += name.p[i] == '/';
	c->seg = ar_arena_alloc(a, n * sizeof *c->seg);
	for (i = 0; i <= name.n; i++) {
		if (i < name.n && name.p[i] == '[')
			depth++;
		if (i < name.n && name.p[i] == ']')
			depth--;
		if (i < name.n && (name.p[i] != '/' || depth))
			continue;
		if (!segment(a, (struct ar_str){ name.p + from, i - from }, &c->seg[c->nseg]))
			return false;
		keys += c->seg[c->nseg].key.n > 0;
		c->nseg++;
		from = i + 1;
	}
	return depth == 0 && keys <= 1;
}

static int column(struct ar_map_parse *p, struct ar_str name, uint32_t *out, struct ar_err *e)
{
	struct ar_map *m = p->m;
	struct ar_mapcol *c;
	bool fresh;

	*out = ar_tab_add(&p->cols, name, &fresh);
	if (!fresh)
		return 0;
	if (m->ncol == AR_MAP_MAX_COLS)
		return bad(p, e, p->line, "map_syntax", "too many columns (%.*s)", name);
	c = &m->col[m->ncol++];
	c->name = own(p->a, name);
	if (!p->paths || !memchr(name.p, '*', name.n))
		c->raw = raw_name(p->a, c->name);
	else if (!pattern(p->a, c->name, c))
		return bad(p, e, p->line, "map_syntax", "'%.*s' is no path: * stands after a part or for an index, [PATH=VALUE] after *",
		           name);
	return 0;
}

static bool is_word(struct ar_str s, const char *const *list)
{
	for (; *list; list++)
		if (ar_streqz(s, *list))
			return true;
	return false;
}

/* A row of a part has the words of the part. */
static int part_of(enum ar_each each)
{
	return each == AR_EACH_PART_ROW ? AR_EACH_PART : (int)each;
}

int ar_map_source(struct ar_map_parse *p, struct ar_str s, struct ar_mapsrc *out, struct ar_err *e)
{
	*out = (struct ar_mapsrc){ .from = AR_FROM_COLUMN };
	if (!s.n)
		return bad(p, e, p->line, "map_syntax", "a column is missing%.*s", s);
	if (*s.p == '"' && memchr(s.p + 1, '"', s.n - 1) == s.p + s.n - 1) {
		out->from = AR_FROM_TEXT;
		out->text = own(p->a, ar_conf_unquote(p->a, s));
		return 0;
	}
	for (size_t i = s.n; i > 4; i--)                /* COLUMN as LABEL */
		if (memcmp(s.p + i - 4, " as ", 4) == 0 && !memchr(s.p + i, '"', s.n - i)) {
			out->label = own(p->a, ar_str_trim((struct ar_str){ s.p + i, s.n - i }));
			s = ar_str_trim((struct ar_str){ s.p, i - 4 });
			break;
		}
	if (ar_str_starts(s, "column \""))
		s = ar_conf_unquote(p->a, ar_str_trim((struct ar_str){ s.p + 7, s.n - 7 }));
	else if (memchr(s.p, '"', s.n))
		return bad(p, e, p->line, "map_syntax", "'%.*s': write a text as \"...\", a column that needs quotes as column \"...\"", s);
	out->text = own(p->a, s);
	if (*s.p == '.' && !ar_str_starts(s, "../")) {
		for (const struct word *w = from_words; w->word; w++)
			if (ar_streqz(s, w->word) && (w->each < 0 || w->each == part_of(p->each) || w->each2 == part_of(p->each))) {
				out->from = w->from;
				p->m->needs_entity |= w->from == AR_FROM_ENTITY;
				p->m->needs_base |= w->from == AR_FROM_BASE;
				return 0;
			}
		if (!is_word(s, decoder_words))
			return bad(p, e, p->line, "map_syntax", "'%.*s' is not known here", s);
	}
	return column(p, s, &out->col, e);
}

/* ---- conditions ---- */

static const struct op { const char *word; enum ar_op op; bool no, values; } ops[] = {
	{ " is not ", AR_OP_IS, true, true },
	{ " is ", AR_OP_IS, false, true },
	{ " starts not ", AR_OP_STARTS, true, true },
	{ " starts ", AR_OP_STARTS, false, true },
	{ " filled", AR_OP_FILLED, false, false },
	{ " empty", AR_OP_FILLED, true, false },
	{ " not negative", AR_OP_NEGATIVE, true, false },
	{ " negative", AR_OP_NEGATIVE, false, false },
	{ " not zero", AR_OP_ZERO, true, false },
	{ " zero", AR_OP_ZERO, false, false },
	{ .word = NULL }
};

static bool split_cond(struct ar_str text, const struct op *o, struct ar_str *left, struct ar_str *right)
{
	const char *at;
	size_t n = strlen(o->word);

	if (!o->values) {
		if (!ar_str_ends(text, o->word))
			return false;
		*left = ar_str_trim((struct ar_str){ text.p, text.n - n });
		return true;
	}
	at = ar_str_find(text, ar_str(o->word));
	if (!at)
		return false;
	*left = ar_str_trim((struct ar_str){ text.p, (size_t)(at - text.p) });
	*right = ar_str_trim((struct ar_str){ at + n, (size_t)(text.p + text.n - at) - n });
	return right->n > 0;
}

static int sources(struct ar_map_parse *p, struct ar_str text, struct ar_mapsrc **out, int *nout, struct ar_err *e)
{
	struct ar_str rest = text, piece;
	int n = 0;

	while (ar_conf_split(&rest, ',', &piece))
		n++;
	*out = ar_arena_alloc(p->a, (size_t)n * sizeof **out);
	*nout = 0;
	for (rest = text; ar_conf_split(&rest, ',', &piece); )
		if (ar_map_source(p, piece, &(*out)[(*nout)++], e) < 0)
			return -1;
	return 0;
}

int ar_map_cond(struct ar_map_parse *p, struct ar_str text, struct ar_cond *out, struct ar_err *e)
{
	struct ar_str left, right = { NULL, 0 }, piece;
	const struct op *o = ops;
	int n = 0;

	while (o->word && !split_cond(text, o, &left, &right))
		o++;
	if (!o->word)
		return bad(p, e, p->line, "map_syntax", "'%.*s' is no condition: write COLUMN[, COLUMN ...] is VALUE, is not, starts, starts not, filled, "
		           "empty, negative, not negative, zero or not zero", text);
	*out = (struct ar_cond){ .op = o->op, .no = o->no, .text = own(p->a, text) };
	for (struct ar_str rest = right; o->values && ar_conf_split(&rest, ',', &piece); )
		n++;
	out->value = ar_arena_alloc(p->a, ((size_t)n + 1) * sizeof *out->value);
	for (struct ar_str rest = right; o->values && ar_conf_split(&rest, ',', &piece); )
		out->value[out->nvalue++] = own(p->a, ar_conf_unquote(p->a, piece));
	if (sources(p, left, &out->other, &n, e) < 0 || !n)
		return n ? -1 : ar_map_source(p, left, &out->src, e);
	out->src = *out->other++;
	out->nother = n - 1;
	return 0;
}

/* ---- lines ---- */

static int steps(struct ar_map_parse *p, struct ar_str rest, struct ar_mapline *l, struct ar_err *e)
{
	struct ar_str piece, all = rest;
	bool made = false;
	int n = 0;

	while (ar_conf_split(&all, '|', &piece))
		n++;
	l->step = ar_arena_alloc(p->a, ((size_t)n + 1) * sizeof *l->step);
	while (ar_conf_split(&rest, '|', &piece)) {
		struct ar_step *st = &l->step[l->nstep];

		if (ar_xform_prepare(p, piece, st, e) < 0)
			return ar_err_at(e, p->file, p->line);
		if (st->x->flags & AR_X_ALL) {
			if (l->nstep)
				return bad(p, e, p->line, "map_transform", "'%.*s' must come first: it takes every source", piece);
			l->all = true;
		}
		if (made && !(st->x->flags & AR_X_ANY))
			return bad(p, e, p->line, "map_transform", "'%.*s' takes text: put it before the transform that makes a date, an "
			           "amount or a list", piece);
		made |= (st->x->flags & AR_X_MAKES) != 0;
		p->m->needs_entity |= st->x->arg == AR_XA_LETTER;
		l->nstep++;
	}
	return 0;
}

/* Transforms that look at other fields of the record: those must come before. */
static int needs_before(struct ar_map_parse *p, const struct ar_emit *em, const struct ar_mapline *l, struct ar_err *e)
{
	for (int i = 0; i < l->nstep; i++) {
		const char *x = l->step[i].x->name;
		enum ar_f f = strcmp(x, "terms") == 0 || strcmp(x, "discount_date") == 0 ? AR_F_issued
			: strcmp(x, "discount_amount") == 0 ? AR_F_amount : AR_F_NONE;
		bool there = f == AR_F_NONE;

		for (int k = 0; k < em->nline; k++)
			there |= em->line[k].f == f;
		if (!there)
			return bad(p, e, p->line, "map_transform", "the line of `%.*s` must come before", ar_str(ar_field_name[f]));
	}
	return 0;
}

/* x_* = * [but PREFIX*, ...] */
static int rest_line(struct ar_map_parse *p, struct ar_emit *em, struct ar_conf_key *k, struct ar_err *e)
{
	struct ar_str rest = k->value, piece;
	int n = 1;

	if (em->rest)
		return bad(p, e, k->line, "map_syntax", "%.*s is given twice", k->name);
	em->rest = true;
	if (ar_streqz(k->value, "*"))
		return 0;
	if (!ar_str_starts(rest, "* but "))
		return bad(p, e, k->line, "map_syntax", "x_* = %.*s: write * or * but PREFIX*, ...", k->value);
	rest = (struct ar_str){ rest.p + 6, rest.n - 6 };
	for (size_t i = 0; i < rest.n; i++)
		n += rest.p[i] == ',';
	em->but = ar_arena_alloc(p->a, (size_t)n * sizeof *em->but);
	while (ar_conf_split(&rest, ',', &piece)) {
		piece = ar_conf_unquote(p->a, piece);
		if (piece.n < 2 || piece.p[piece.n - 1] != '*')
			return bad(p, e, k->line, "map_syntax", "x_* = * but %.*s: what is left out ends in *", piece);
		em->but[em->nbut++] = own(p->a, (struct ar_str){ piece.p, piece.n - 1 });
	}
	return 0;
}

static int emit_line(struct ar_map_parse *p, struct ar_emit *em, struct ar_conf_key *k, struct ar_err *e)
{
	const struct ar_type *t = &ar_types[em->type];
	struct ar_mapline *l;
	struct ar_str rest = k->value, first;
	int at;

	p->line = k->line;
	if (ar_streqz(k->name, "x_*"))
		return rest_line(p, em, k, e);
	if (em->nline == AR_MAP_MAX_LINES)
		return bad(p, e, k->line, "map_syntax", "too many lines (%.*s)", k->name);
	l = &em->line[em->nline];
	*l = (struct ar_mapline){ .line = k->line, .text = own(p->a, k->value) };
	at = ar_field_find(t, k->name);
	if (at >= 0) {
		l->field = &t->field[at];
		l->f = l->field->f;
	} else if (ar_str_starts(k->name, "x_") && k->name.n > 2) {
		l->xkey = own(p->a, k->name);
	} else {
		ar_err(e, AR_USAGE, "map_field", "%s has no field %.*s; see ar-record(5)", t->name, AR_STR_FMT(k->name));
		return ar_err_at(e, p->file, k->line);
	}
	if (!ar_conf_split(&rest, '|', &first) || sources(p, first, &l->src, &l->nsrc, e) < 0 || steps(p, rest, l, e) < 0
	    || needs_before(p, em, l, e) < 0)
		return -1;
	p->m->needs_account |= l->f == AR_F_account && l->nsrc == 1 && l->src[0].from == AR_FROM_ACCOUNT;
	em->nline++;
	return 0;
}

/* ---- sections ---- */

static int settle_key(struct ar_map_parse *p, struct ar_emit *em, struct ar_conf_key *k, struct ar_err *e)
{
	struct ar_settle *s = &em->settle;
	struct ar_str rest = k->value, first;
	const char *at;

	p->line = k->line;
	if (ar_streqz(k->name, "debits"))
		return ar_map_cond(p, k->value, &s->debit, e) < 0 ? -1 : 1;
	if (ar_streqz(k->name, "credits"))
		return ar_map_cond(p, k->value, &s->credit, e) < 0 ? -1 : 1;
	if (ar_streqz(k->name, "settle")) {
		at = ar_str_find(k->value, AR_STR(" by "));
		if (!at)
			return bad(p, e, k->line, "map_syntax", "write settle = AMOUNT by KEY%.*s", AR_STR(""));
		first = ar_str_trim((struct ar_str){ rest.p, (size_t)(at - rest.p) });
		rest = ar_str_trim((struct ar_str){ at + 4, (size_t)(rest.p + rest.n - at) - 4 });
		return ar_map_source(p, first, &s->amount, e) < 0 || ar_map_source(p, rest, &s->key, e) < 0 ? -1 : 1;
	}
	if (ar_streqz(k->name, "paid")) {
		at = ar_str_find(k->value, AR_STR(" less "));
		if (!at)
			return bad(p, e, k->line, "map_syntax", "write paid = AMOUNT less UNAPPLIED%.*s", AR_STR(""));
		first = ar_str_trim((struct ar_str){ rest.p, (size_t)(at - rest.p) });
		rest = ar_str_trim((struct ar_str){ at + 6, (size_t)(rest.p + rest.n - at) - 6 });
		return ar_map_source(p, first, &s->paid, e) < 0 || ar_map_source(p, rest, &s->less, e) < 0 ? -1 : 1;
	}
	return 0;
}

/* `part = AMOUNT in CURRENCY, AMOUNT in CURRENCY` */
static int in_currency(struct ar_map_parse *p, struct ar_str s, struct ar_mapsrc *amount, struct ar_mapsrc *ccy, struct ar_err *e)
{
	const char *at = ar_str_find(s, AR_STR(" in "));

	if (!at)
		return bad(p, e, p->line, "map_syntax", "'%.*s': write AMOUNT in CURRENCY", s);
	if (ar_map_source(p, ar_str_trim((struct ar_str){ s.p, (size_t)(at - s.p) }), amount, e) < 0)
		return -1;
	return ar_map_source(p, ar_str_trim((struct ar_str){ at + 4, (size_t)(s.p + s.n - at) - 4 }), ccy, e);
}

static int part_key(struct ar_map_parse *p, struct ar_emit *em, struct ar_conf_key *k, struct ar_err *e)
{
	struct ar_part *t = &em->part;
	struct ar_str rest = k->value, piece;
	int n = 0;

	p->line = k->line;
	if (ar_streqz(k->name, "total"))
		return in_currency(p, k->value, &t->total, &t->total_currency, e) < 0 ? -1 : 1;
	if (ar_streqz(k->name, "direction")) {
		if (!ar_conf_split(&rest, ',', &piece) || ar_map_source(p, piece, &t->direction[0], e) < 0)
			return -1;
		return !ar_conf_split(&rest, ',', &piece) || ar_map_source(p, piece, &t->direction[1], e) < 0
			? bad(p, e, p->line, "map_syntax", "write direction = OF_A_ROW, OF_THE_ENTRY%.*s", AR_STR("")) : 1;
	}
	if (ar_streqz(k->name, "charges"))
		return sources(p, k->value, &t->charge, &t->ncharge, e) < 0 ? -1 : 1;
	if (!ar_streqz(k->name, "part"))
		return 0;
	if (t->namount)
		return bad(p, e, k->line, "map_syntax", "%.*s is given twice", k->name);
	while (ar_conf_split(&rest, ',', &piece))
		n++;
	t->amount = ar_arena_alloc(p->a, (size_t)n * sizeof *t->amount);
	t->currency = ar_arena_alloc(p->a, (size_t)n * sizeof *t->currency);
	for (rest = k->value; ar_conf_split(&rest, ',', &piece); t->namount++)
		if (in_currency(p, piece, &t->amount[t->namount], &t->currency[t->namount], e) < 0)
			return -1;
	return 1;
}

static int read_each(struct ar_map_parse *p, struct ar_emit *em, struct ar_conf_sec *s, struct ar_err *e)
{
	static const char *const name[] = { "row", "record", "column", "settlement", "part", "row of part", "statement", "balance", "total" };
	struct ar_str each = AR_STR("row");

	if (ar_conf_get_str(s, "each", &each, e) < 0)
		return -1;
	for (unsigned i = 0; i < sizeof name / sizeof *name; i++)
		if (ar_streqz(each, name[i])) {
			em->each = p->each = (enum ar_each)i;
			return 0;
		}
	return bad(p, e, s->line, "map_syntax", "each = %.*s: write row, record, column, settlement, part, row of part, statement, balance or "
	           "total", each);
}

static int read_when(struct ar_map_parse *p, struct ar_emit *em, struct ar_conf_sec *s, struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	int n = 0;

	while ((k = ar_conf_next(s, "when", k)))
		n++;
	em->when = ar_arena_alloc(p->a, ((size_t)n + 1) * sizeof *em->when);
	while ((k = ar_conf_next(s, "when", k))) {
		p->line = k->line;
		if (ar_map_cond(p, k->value, &em->when[em->nwhen++], e) < 0)
			return -1;
	}
	return 0;
}

/* [emit credit_memo like invoice]: the lines of that section which this one does not have itself. */
static int copy_lines(struct ar_map_parse *p, struct ar_emit *em, struct ar_str like, uint32_t line, struct ar_err *e)
{
	const struct ar_emit *from = NULL;
	int own_lines = em->nline;

	for (int i = 0; i < p->m->nemit && !from; i++)
		if (ar_streqz(like, ar_types[p->m->emit[i].type].name))
			from = &p->m->emit[i];
	if (!from)
		return bad(p, e, line, "map_syntax", "like %.*s: there is no such section before", like);
	for (int i = 0; i < from->nline; i++) {
		struct ar_mapline l = from->line[i];
		bool here = false;

		for (int k = 0; k < own_lines; k++)
			here |= l.f == em->line[k].f && ar_streq(l.xkey, em->line[k].xkey);
		if (here || em->nline == AR_MAP_MAX_LINES)
			continue;
		if (l.f != AR_F_NONE) {
			l.field = ar_field_of(em->type, l.f);
			if (!l.field)
				continue;
		}
		em->line[em->nline++] = l;
	}
	if (!em->rest) {
		em->rest = from->rest;
		em->but = from->but;
		em->nbut = from->nbut;
	}
	return 0;
}

static bool given(const struct ar_emit *em, enum ar_f f)
{
	for (int i = 0; i < em->nline; i++) {
		if (em->line[i].f == f)
			return true;
		for (int k = 0; f == AR_F_date_is && k < em->line[i].nstep; k++)
			if (strcmp(em->line[i].step[k].x->name, "later") == 0)
				return true;
	}
	return f == AR_F_entity || f == AR_F_system || f == AR_F_src || f == AR_F_extract
		|| (f == AR_F_id && (em->type == AR_T_application || em->type == AR_T_bank_line))
		|| ((f == AR_F_id || f == AR_F_period_end) && em->type == AR_T_statement && ar_each_united(em->each)) || (f == AR_F_complete && em->type == AR_T_statement);
}

/* Sections whose records are united need lines before them, or something to unite them by. */
static int united(struct ar_map_parse *p, const struct ar_emit *em, struct ar_err *e)
{
	bool lines = false;

	for (int i = 0; &p->m->emit[i] != em; i++)
		lines |= p->m->emit[i].type == AR_T_bank_line;
	if (em->each == AR_EACH_TOTAL && (!ar_field_of(em->type, AR_F_amount) || !em->has_id))
		return bad(p, e, em->at, "map_missing", "each = total needs an amount and an id%.*s", AR_STR(""));
	if (em->each != AR_EACH_TOTAL && (em->type != AR_T_statement || !lines))
		return bad(p, e, em->at, "map_missing", "each = statement and each = balance are for [emit statement], behind the section of "
		           "its bank lines%.*s", AR_STR(""));
	if (em->each == AR_EACH_BALANCE && !given(em, AR_F_closing))
		return bad(p, e, em->at, "map_missing", "each = balance needs closing, the balance behind each row%.*s", AR_STR(""));
	return 0;
}

static int complete(struct ar_map_parse *p, struct ar_emit *em, struct ar_err *e)
{
	const struct ar_type *t = &ar_types[em->type];

	for (int i = 0; i < t->n; i++) {
		const struct ar_field *fd = &t->field[i];
		enum ar_f lacks = fd->flags & AR_REQ && !given(em, fd->f) ? fd->f
			: fd->kind == AR_MONEY && given(em, fd->f) && !given(em, fd->ccy) && fd->ccy != AR_F_base_currency ? fd->ccy
			: AR_F_NONE;

		if (lacks == AR_F_NONE)
			continue;
		ar_err(e, AR_USAGE, "map_missing", "[emit %s] does not say where %s comes from", t->name, ar_field_name[lacks]);
		return ar_err_at(e, p->file, em->at);
	}
	if (em->each == AR_EACH_SETTLEMENT && (!em->settle.amount.text.n || !em->settle.debit.text.n || !em->settle.credit.text.n
	                                       || !em->settle.paid.text.n))
		return bad(p, e, em->at, "map_missing", "each = settlement needs settle, debits, credits and paid%.*s", AR_STR(""));
	if (part_of(em->each) == AR_EACH_PART && (!em->part.total.text.n || !em->part.namount))
		return bad(p, e, em->at, "map_missing", "each = part needs total and part, here or in a section before%.*s", AR_STR(""));
	for (int i = 0; i < em->nline; i++) {
		em->has_id |= em->line[i].f == AR_F_id;
		p->m->needs_base |= em->line[i].field && em->line[i].field->kind == AR_MONEY
			&& em->line[i].field->ccy == AR_F_base_currency && !given(em, AR_F_base_currency);
	}
	return ar_each_united(em->each) ? united(p, em, e) : 0;
}

static void currencies_first(struct ar_arena *a, struct ar_emit *em)
{
	struct ar_mapline *l = ar_arena_alloc(a, ((size_t)em->nline + 1) * sizeof *l);
	int n = 0;

	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < em->nline; i++)
			if ((em->line[i].field && em->line[i].field->kind == AR_CCY) == (pass == 0))
				l[n++] = em->line[i];
	memcpy(em->line, l, (size_t)n * sizeof *l);
}

/* A section without a total of its own has the parts of the section before. */
static int part_before(struct ar_map_parse *p, struct ar_emit *em, struct ar_err *e)
{
	for (int i = p->m->nemit; !em->part.total.text.n && i-- > 0; )
		if (part_of(p->m->emit[i].each) == AR_EACH_PART)
			em->part = p->m->emit[i].part;
	return ar_map_source(p, AR_STR(".outer"), &em->part.outer, e);
}

static int read_emit(struct ar_map_parse *p, struct ar_conf_sec *s, struct ar_err *e)
{
	struct ar_emit *em = &p->m->emit[p->m->nemit];
	struct ar_str rest = s->arg, type, like = { NULL, 0 };
	int t;

	ar_conf_word(&rest, &type);
	rest = ar_str_trim(rest);
	if (rest.n && ar_str_starts(rest, "like "))
		like = ar_str_trim((struct ar_str){ rest.p + 5, rest.n - 5 });
	t = ar_type_find(type);
	if (t < 0 || t <= AR_T_end || t == AR_T_raw || (rest.n && !like.n))
		return bad(p, e, s->line, "map_syntax", "[emit %.*s]: write [emit TYPE] or [emit TYPE like TYPE]; types: ar-record(5)", s->arg);
	*em = (struct ar_emit){ .type = (enum ar_t)t, .at = s->line };
	em->line = ar_arena_alloc(p->a, AR_MAP_MAX_LINES * sizeof *em->line);
	p->line = s->line;
	if (read_each(p, em, s, e) < 0 || read_when(p, em, s, e) < 0)
		return -1;
	for (struct ar_conf_key *k = s->keys; k; k = k->next) {
		int rc = 0;

		if (ar_streqz(k->name, "each") || ar_streqz(k->name, "when"))
			continue;
		k->used = true;
		if (em->each == AR_EACH_SETTLEMENT)
			rc = settle_key(p, em, k, e);
		else if (part_of(em->each) == AR_EACH_PART)
			rc = part_key(p, em, k, e);
		if (rc < 0 || (rc == 0 && emit_line(p, em, k, e) < 0))
			return -1;
	}
	if (like.n && copy_lines(p, em, like, s->line, e) < 0)
		return -1;
	currencies_first(p->a, em);
	if (part_of(em->each) == AR_EACH_PART && part_before(p, em, e) < 0)
		return -1;
	if (ar_field_of(em->type, AR_F_entity) && ar_field_of(em->type, AR_F_entity)->flags & AR_REQ)
		p->m->needs_entity = true;
	p->m->nemit++;
	return complete(p, em, e);
}

static int read_words(struct ar_map_parse *p, struct ar_conf_sec *s, struct ar_err *e)
{
	static const char *const histories[] = { "full", "since", "none", NULL }, *const modes[] = { "full", "incremental", "snapshot", NULL };
	struct ar_str covers = AR_STR(""), rest, word, offset = AR_STR("Z");
	struct ar_map *m = p->m;
	int n = 0;

	m->history = AR_STR("full");
	m->mode = AR_STR("full");
	if (ar_conf_get_str(s, "name", &m->name, e) < 0 || ar_conf_get_str(s, "title", &m->title, e) < 0
	    || ar_conf_get_str(s, "system", &m->system, e) < 0 || ar_conf_get_str(s, "syntax", &m->syntax, e) < 0
	    || ar_conf_get_str(s, "history", &m->history, e) < 0
	    || ar_conf_get_str(s, "mode", &m->mode, e) < 0 || ar_conf_get_str(s, "covers", &covers, e) < 0
	    || ar_conf_get_str(s, "offset", &offset, e) < 0)
		return -1;
	if (!m->name.n || !m->system.n || !m->syntax.n)
		return ar_conf_missing(s, !m->name.n ? "name" : !m->system.n ? "system" : "syntax", e);
	if (!is_word(m->history, histories))
		return bad(p, e, s->line, "map_syntax", "history = %.*s: write full, since or none", m->history);
	if (!is_word(m->mode, modes))
		return bad(p, e, s->line, "map_syntax", "mode = %.*s: write full, incremental or snapshot", m->mode);
	if (!ar_read_offset(offset, &m->offset))
		return bad(p, e, s->line, "map_syntax", "offset = %.*s: write +01:00 or Z", offset);
	for (size_t i = 0; i < m->system.n; i++)
		if (!ar_is_lower(m->system.p[i]) && !ar_is_digit(m->system.p[i]) && m->system.p[i] != '_' && m->system.p[i] != '-')
			return bad(p, e, s->line, "map_syntax", "system = %.*s: small letters, digits, _ and - only", m->system);
	for (rest = covers; ar_conf_word(&rest, &word); )
		n++;
	m->covers = ar_arena_alloc(p->a, ((size_t)n + 1) * sizeof *m->covers);
	for (rest = covers; ar_conf_word(&rest, &word); ) {
		if (ar_type_find(word) < 0)
			return bad(p, e, s->line, "map_syntax", "covers: no record type is called %.*s", word);
		m->covers[m->ncovers++] = own(p->a, word);
	}
	return 0;
}

static int read_columns(struct ar_map_parse *p, struct ar_conf_sec *s, struct ar_err *e)
{
	struct ar_map *m = p->m;
	struct ar_conf_key *k;
	struct ar_str rest, piece;
	struct ar_mapsrc src;
	int rc = ar_conf_get(s, "group", &k, e);

	m->group = -1;
	if (rc < 0)
		return -1;
	if (rc > 0) {
		p->line = k->line;
		if (ar_map_source(p, k->value, &src, e) < 0)
			return -1;
		if (src.from != AR_FROM_COLUMN || m->col[src.col].seg)
			return bad(p, e, k->line, "map_syntax", "group = %.*s: it must be a column", k->value);
		m->group = (int32_t)src.col;
	}
	rc = ar_conf_get(s, "total", &k, e);
	if (rc <= 0)
		return rc;
	p->line = k->line;
	rest = k->value;
	if (ar_str_starts(rest, "eu ")) {
		m->totals_eu = true;
		rest = (struct ar_str){ rest.p + 3, rest.n - 3 };
	}
	while (ar_conf_split(&rest, ',', &piece)) {
		if (m->ntotal == AR_MAP_MAX_TOTALS || ar_map_source(p, piece, &src, e) < 0 || src.from != AR_FROM_COLUMN)
			return e->code ? -1 : bad(p, e, k->line, "map_syntax", "total = %.*s: columns, eight at most", k->value);
		m->total[m->ntotal++] = src.col;
	}
	return 0;
}

static int read_all(struct ar_map_parse *p, struct ar_conf *conf, struct ar_err *e)
{
	struct ar_conf_sec *s;
	struct ar_map *m = p->m;
	int rc = ar_conf_get_sec(conf, "map", &s, e);

	if (rc <= 0)
		return rc < 0 ? -1 : bad(p, e, 1, "map_missing", "there is no [map] section%.*s", AR_STR(""));
	if (read_words(p, s, e) < 0)
		return -1;
	p->paths = !ar_str_starts(m->syntax, "csv");
	if (read_columns(p, s, e) < 0)
		return -1;
	for (struct ar_conf_key *k = s->keys; k; k = k->next)
		k->used = true;                 /* the decoder's */
	for (s = NULL; (s = ar_conf_next_sec(conf, "emit", s)); ) {
		if (m->nemit == AR_MAP_MAX_EMIT)
			return bad(p, e, s->line, "map_syntax", "too many sections%.*s", AR_STR(""));
		if (read_emit(p, s, e) < 0)
			return -1;
	}
	if (!m->nemit)
		return bad(p, e, 1, "map_missing", "there is no [emit] section%.*s", AR_STR(""));
	return ar_conf_unused(conf, e);
}

struct ar_map *ar_map_read(struct ar_arena *a, struct ar_conf *conf, struct ar_err *e)
{
	struct ar_map_parse p = { .a = a, .file = conf->file };
	int rc;

	ar_schema_init();
	p.m = ar_arena_zero(a, sizeof *p.m);
	p.m->file = conf->file;
	p.m->col = ar_arena_zero(a, AR_MAP_MAX_COLS * sizeof *p.m->col);
	p.m->emit = ar_arena_zero(a, AR_MAP_MAX_EMIT * sizeof *p.m->emit);
	rc = read_all(&p, conf, e);
	ar_tab_release(&p.cols);
	if (rc < 0 && e && !e->file[0])
		ar_err_at(e, conf->file, p.line);
	return rc < 0 ? NULL : p.m;
}

void ar_map_words(struct ar_buf *b, void (*item)(struct ar_buf *b, const char *word, const char *doc))
{
	for (const struct word *w = from_words; w->word; w++)
		item(b, w->word, w->doc);
}
