/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/apply.h"

#include "map/account.h"
#include "map/make.h"
#include "map/parts.h"
#include "map/sums.h"

#include <stdio.h>
#include <stdlib.h>

enum { POOL = 64 };              /* records of one group held; of larger groups all are made twice: to look, then to pass on */

struct cols { uint32_t *col; int n; };

struct pend { struct ar_rec rec; enum ar_each each; int row, nrow; };    /* made of rows row .. row + nrow - 1; row -1: of the
                                                                         * whole record */

struct ar_apply {
	const struct ar_map *map;
	const struct ar_xrun *run;
	struct ar_shared *sh;
	struct ar_apply_sink *sink;
	struct ar_apply_counts count;
	struct ar_layouts *layouts;
	struct cols *reads;              /* per section: columns it reads */
	struct ar_arena mem;             /* of the group */
	/* rows of the record that is being collected: copies in mem */
	struct ar_rowview *row;
	int nrow, rowcap;
	uint64_t group_row;
	struct ar_str group_key;
	struct ar_buf names;
	/* records made of the group */
	struct pend pend[POOL + 1];      /* the last is for a look at the currency */
	int npend;
	bool overflow;                   /* the record has too many rows */
	bool many, passing;              /* more than POOL; second time: pass on at once */
	bool *used, *fresh;              /* per row */
	bool fresh_all;
	int markcap;
	struct ar_nth *nth;              /* per section */
	struct ar_occur occur;
	struct ar_sums *sums;
	struct ar_accounts *accounts;
	struct ar_buf key, line;
	struct ar_err err;
	int bad_row;
};

void ar_shared_release(struct ar_shared *s)
{
	ar_seen_release(&s->seen);
	ar_docs_release(&s->docs);
	ar_statements_free(s->statements);
	ar_termtab_release(&s->terms);
	ar_rates_free(s->rates);
	ar_tab_release(&s->rate_missing);
}

/* ---- which columns a section reads ---- */

static void read_col(struct cols *c, const struct ar_mapsrc *s)
{
	if (s->from != AR_FROM_COLUMN || !s->text.n)
		return;
	for (int i = 0; i < c->n; i++)
		if (c->col[i] == s->col)
			return;
	c->col[c->n++] = s->col;
}

static void read_cond(struct cols *c, const struct ar_cond *k)
{
	read_col(c, &k->src);
	for (int i = 0; i < k->nother; i++)
		read_col(c, &k->other[i]);
}

static void columns_of(const struct ar_emit *em, struct cols *c)
{
	for (int i = 0; i < em->nwhen; i++)
		read_cond(c, &em->when[i]);
	for (int i = 0; i < em->nline; i++) {
		const struct ar_mapline *l = &em->line[i];

		for (int k = 0; k < l->nsrc; k++)
			read_col(c, &l->src[k]);
		for (int k = 0; k < l->nstep; k++) {
			read_col(c, &l->step[k].src);
			if (l->step[k].cond)
				read_cond(c, l->step[k].cond);
		}
	}
}

struct ar_apply *ar_apply_new(const struct ar_map *m, const struct ar_xrun *run, struct ar_shared *shared, struct ar_apply_sink *sink)
{
	struct ar_apply *ap = ar_calloc(1, sizeof *ap);

	ap->map = m;
	ap->run = run;
	ap->sh = shared;
	ap->sink = sink;
	ap->layouts = ar_layouts_new(m);
	ap->reads = ar_calloc((size_t)m->nemit, sizeof *ap->reads);
	ap->nth = ar_calloc((size_t)m->nemit, sizeof *ap->nth);
	for (int i = 0; i < m->nemit; i++) {
		ap->reads[i].col = ar_calloc(m->ncol + 1, sizeof *ap->reads[i].col);
		columns_of(&m->emit[i], &ap->reads[i]);
	}
	for (int i = 0; i <= POOL; i++)
		ar_rec_init(&ap->pend[i].rec, &ap->mem);
	ap->sums = ar_sums_new(m);
	ap->accounts = ar_accounts_new(m, run);
	if (!shared->statements)
		shared->statements = ar_statements_new();
	shared->exports++;
	return ap;
}

void ar_apply_free(struct ar_apply *ap)
{
	if (!ap)
		return;
	for (int i = 0; i < ap->map->nemit; i++)
		free(ap->reads[i].col);
	for (int i = 0; i <= POOL; i++)
		ar_rec_release(&ap->pend[i].rec);
	free(ap->reads);
	free(ap->nth);
	free(ap->row);
	free(ap->used);
	free(ap->fresh);
	ar_layouts_free(ap->layouts);
	ar_sums_free(ap->sums);
	ar_accounts_free(ap->accounts);
	ar_occur_release(&ap->occur);
	ar_buf_release(&ap->key);
	ar_buf_release(&ap->line);
	ar_buf_release(&ap->names);
	ar_arena_release(&ap->mem);
	free(ap);
}

const struct ar_apply_counts *ar_apply_counts(const struct ar_apply *ap)
{
	return &ap->count;
}

/* ---- passing on ---- */

/* What makes a record the same as another: everything but where it was read. The record gets its line, so that it is written once. */
static struct ar_hash128 content(struct ar_apply *ap, struct ar_rec *r)
{
	struct ar_buf *b = &ap->key, *line = &ap->line;
	size_t from, to, end;

	line->n = 0;
	ar_rec_put_tell(r, line, AR_F_extract, &from, &to);
	r->line = line->p;
	r->len = (uint32_t)line->n - 1;
	r->canonical = true;
	end = line->n - (ar_has(r, AR_F_src) ? ar_raw_text(r, AR_F_src).n + strlen(",\"src\":\"\"}\n") : 0);
	b->n = 0;
	ar_buf_put(b, line->p, from);
	ar_buf_put(b, line->p + to, end - to);
	return ar_hash128(b->p, b->n);
}

static void occurrence(struct ar_apply *ap, struct ar_rec *r)
{
	struct ar_str source = ar_raw_text(r, AR_F_source), target = ar_raw_text(r, AR_F_target);
	struct ar_buf *b = &ap->key;
	struct ar_hash128 h;

	b->n = 0;
	ar_buf_str(b, source);
	ar_buf_c(b, '/');
	ar_buf_str(b, target);
	h = ar_hash128(b->p, b->n);
	ar_buf_c(b, '/');
	ar_buf_int(b, ar_occur_next(&ap->occur, h));
	ar_set_raw(r, AR_F_id, ar_arena_str(&ap->mem, ar_buf_slice(b)));
}

static ar_date counts_from(const struct ar_rec *r)
{
	static const enum ar_f f[] = { AR_F_posting_date, AR_F_issued, AR_F_date };

	for (int i = 0; i < 3; i++)
		if (ar_field_of(r->type, f[i]) && ar_has(r, f[i]))
			return ar_day(r, f[i]);
	return AR_DATE_NONE;
}

void ar_apply_document(struct ar_shared *s, const struct ar_rec *r)
{
	if (ar_has(r, AR_F_customer))
		ar_docs_put(&s->docs, ar_raw_text(r, AR_F_id), ar_raw_text(r, AR_F_customer), counts_from(r));
}

static void no_rate(struct ar_apply *ap, const struct ar_rec *r, int ccy, int base, ar_date d, const char *why)
{
	char date[11], text[160];
	bool fresh;

	snprintf(text, sizeof text, "%s to %s on %s", ar_ccy[ccy].code, ar_ccy[base].code, ar_date_z(date, d));
	ar_tab_add(&ap->sh->rate_missing, ar_str(text), &fresh);
	if (!fresh)
		return;
	snprintf(text, sizeof text, "%s from %s to %s on %s: the document has no base amount", why, ar_ccy[ccy].code,
	         ar_ccy[base].code, date);
	ap->sink->finding(ap->sink, "rate_missing", "error", ar_raw_text(r, AR_F_id), text);
}

/* The base amount where the source gave none: by its own rate, else by the rates of the run. */
static void base_amount(struct ar_apply *ap, struct ar_rec *r)
{
	int ccy = ar_currency(r, AR_F_currency), base = ap->run->base;
	ar_date d = counts_from(r);
	struct ar_rate rate;
	bool per_doc;
	char text[44];
	int64_t out;

	if (base == AR_CCY_NONE || ccy == AR_CCY_NONE || !ar_has(r, AR_F_amount) || ar_has(r, AR_F_amount_base)
	    || (ar_has(r, AR_F_base_currency) && ar_currency(r, AR_F_base_currency) != base))
		return;
	if (ccy == base) {
		out = ar_minor(r, AR_F_amount);
	} else if (ar_has(r, AR_F_rate) && ar_has(r, AR_F_rate_is) && ar_rate_parse(ar_raw_text(r, AR_F_rate), &rate)) {
		per_doc = ar_streqz(ar_raw_text(r, AR_F_rate_is), "base_per_doc");
		if (!ar_convert(ar_minor(r, AR_F_amount), ccy, base, rate, per_doc ? ccy : base, per_doc ? base : ccy, AR_HALF_UP, &out))
			return;
	} else {
		if (!ap->sh->rates || d == AR_DATE_NONE) {
			no_rate(ap, r, ccy, base, d, "no rates were given (--with)");
			return;
		}
		if (!ar_rates_convert(ap->sh->rates, ap->run->entity, d, ar_minor(r, AR_F_amount), ccy, base, AR_HALF_UP, &out)) {
			no_rate(ap, r, ccy, base, d, "no rate of the seven days before");
			return;
		}
		if (ar_rates_direct(ap->sh->rates, ap->run->entity, d, ccy, base, &rate, &per_doc)) {
			ar_set_text(r, AR_F_rate, ar_arena_str(&ap->mem, (struct ar_str){ text, (size_t)ar_rate_put(text, rate) }));
			ar_set_raw(r, AR_F_rate_is, per_doc ? AR_STR("base_per_doc") : AR_STR("doc_per_base"));
		}
	}
	ar_set_i(r, AR_F_base_currency, base);
	ar_set_i(r, AR_F_amount_base, out);
}

/* A bank line whose id was made of its content is the same as another of that id, whatever statement it stands in. */
static bool pass_line(struct ar_apply *ap, struct ar_rec *r)
{
	bool own = ar_accounts_line(ap->accounts, r, &ap->mem);
	struct ar_str id = ar_raw_text(r, AR_F_id);
	bool fresh = ar_seen_fresh(&ap->sh->seen, own ? ar_hash128(id.p, id.n) : content(ap, r), ap->sh->exports, true);

	if (fresh || own)
		ar_statements_line(ap->sh->statements, r);
	if (fresh)
		ap->sink->put(ap->sink, r);
	ap->count.collapsed += !fresh;
	return fresh;
}

static bool pass_on(struct ar_apply *ap, struct ar_rec *r, enum ar_each each)
{
	bool document = r->type == AR_T_invoice || r->type == AR_T_credit_memo || r->type == AR_T_payment || r->type == AR_T_refund;
	bool keyed = ar_field_of(r->type, AR_F_id) != NULL;

	if (ar_each_united(each)) {
		ap->count.made += ar_accounts_unite(ap->accounts, r, each);
		return true;
	}

	if (document)
		base_amount(ap, r);
	if (r->type == AR_T_application && ar_streqz(ar_raw_text(r, AR_F_id), "-"))
		occurrence(ap, r);
	if (document)
		ar_apply_document(ap->sh, r);
	ap->count.made++;
	if (r->type == AR_T_statement) {
		bool fresh = ar_statements_hold(ap->sh->statements, r);

		for (int e = 0; e < ap->map->nemit; e++)
			ap->nth[e].refused = 0;
		ap->count.collapsed += !fresh;
		return fresh;
	}
	if (r->type == AR_T_bank_line)
		return pass_line(ap, r);
	if (!ar_seen_fresh(&ap->sh->seen, content(ap, r), ap->sh->exports, keyed)) {
		ap->count.collapsed++;
		return false;
	}
	ap->sink->put(ap->sink, r);
	return true;
}

static void mark(struct ar_apply *ap, int row, int n, bool fresh)
{
	if (row < 0)
		ap->fresh_all |= fresh;
	else
		for (int i = 0; i < n; i++)
			ap->fresh[row + i] |= fresh;
}

/* ---- making the records of a group ---- */

static struct pend *room(struct ar_apply *ap)
{
	if (ap->npend == POOL) {
		ap->many = true;
		return &ap->pend[POOL - 1];
	}
	return &ap->pend[ap->npend++];
}

/* Sections that make something of the parts of an entry share the entry's number. */
static int counter(const struct ar_map *m, int e)
{
	int first = 0;

	if (m->emit[e].each != AR_EACH_PART && m->emit[e].each != AR_EACH_PART_ROW)
		return e;
	while (m->emit[first].each != AR_EACH_PART && m->emit[first].each != AR_EACH_PART_ROW)
		first++;
	return first;
}

/* A part is wanted if one of its rows fulfils all conditions. */
static bool wanted(const struct ar_emit *em, struct ar_xctx *c, struct ar_xrow *x, const struct ar_rowview *rows)
{
	bool yes = false;

	for (int i = 0; i < (x->nview ? x->nview : 1) && !yes; i++) {
		x->view = &rows[i];
		yes = ar_make_wanted(em, c);
	}
	x->view = rows;
	return yes;
}

/* One record of rows[at]; row: what it belongs to. */
static int make(struct ar_apply *ap, int e, struct ar_xrow *x, const struct ar_rowview *rows, int at, int row)
{
	const struct ar_emit *em = &ap->map->emit[e];
	struct ar_xctx c = { .run = ap->run, .row = x, .mem = &ap->mem, .ccy = AR_CCY_NONE, .err = &ap->err };
	struct pend *p;

	x->nth = &ap->nth[counter(ap->map, e)];
	x->docs = &ap->sh->docs;
	x->statements = ap->sh->statements;
	if (!wanted(em, &c, x, &rows[at]))
		return 0;
	p = room(ap);
	p->each = em->each;
	p->row = row;
	p->nrow = x->nview ? x->nview : 1;
	c.out = &p->rec;
	ap->bad_row = at;
	if (ar_make(em, &c) < 0)
		return -1;
	for (int i = 0; i < p->nrow; i++)
		ap->used[at + i] = true;
	if (ap->passing) {
		mark(ap, row, p->nrow, pass_on(ap, &p->rec, em->each));
		ap->npend = 0;
	}
	return 0;
}

static int differs(struct ar_apply *ap, int at, uint32_t col)
{
	ap->bad_row = at;
	ar_err(&ap->err, AR_FINDINGS, "record_differs", "the rows of one record do not agree on %.*s", AR_STR_FMT(ap->map->col[col].name));
	return ar_err_advice(&ap->err, "export again; a column of the lines must not be mapped to the document");
}

static int each_record(struct ar_apply *ap, int e, const struct ar_rowview *rows, int n)
{
	const struct cols *c = &ap->reads[e];
	struct ar_xrow x = { 0 };
	struct ar_xctx ctx = { .run = ap->run, .row = &x, .mem = &ap->mem, .err = &ap->err };

	x.view = rows;
	if (!ar_make_wanted(&ap->map->emit[e], &ctx))
		return 0;
	for (int i = 1; i < n; i++) {
		for (int k = 0; k < c->n; k++) {
			const struct ar_x *a = ar_row_find(&rows[0], ap->map, c->col[k]), *b = ar_row_find(&rows[i], ap->map, c->col[k]);

			if (a ? !b || a->nval != b->nval || memcmp(a->val, b->val, a->nval) != 0 : b != NULL)
				return differs(ap, i, c->col[k]);
		}
		ap->used[i] = true;
	}
	return make(ap, e, &x, rows, 0, -1);
}

static int each_row(struct ar_apply *ap, int e, const struct ar_rowview *rows, int n)
{
	for (int i = 0; i < n; i++) {
		struct ar_xrow x = { 0 };

		if (make(ap, e, &x, rows, i, i) < 0)
			return -1;
	}
	return 0;
}

static int each_column(struct ar_apply *ap, int e, const struct ar_rowview *rows, int n)
{
	for (int i = 0; i < n; i++)
		for (int k = 0; k < rows[i].lay->nrest; k++) {
			struct ar_xrow x = { .place = k };

			if (make(ap, e, &x, rows, i, i) < 0)
				return -1;
		}
	return 0;
}

static struct ar_str amount_text(struct ar_apply *ap, int64_t amount, int ccy)
{
	char *p = ar_arena_alloc(&ap->mem, AR_MONEY_TEXT);

	return (struct ar_str){ p, (size_t)ar_money_put(p, amount, ar_ccy[ccy].digits) };
}

/* The currency of a settlement: what the section's currency line gives for the first row. */
static int settle_currency(struct ar_apply *ap, int e, const struct ar_rowview *rows)
{
	const struct ar_emit *em = &ap->map->emit[e];
	struct ar_xrow x = { .view = rows };
	struct ar_emit only = { .type = em->type, .line = em->line };
	struct ar_xctx c = { .run = ap->run, .row = &x, .mem = &ap->mem, .out = &ap->pend[POOL].rec, .err = &ap->err };

	while (only.nline < em->nline && em->line[only.nline].field && em->line[only.nline].field->kind == AR_CCY)
		only.nline++;
	ar_make(&only, &c);                     /* it lacks all else, of course */
	ar_err_clear(&ap->err);
	if (ar_has(c.out, AR_F_currency))
		return ar_currency(c.out, AR_F_currency);
	ap->bad_row = 0;
	return ar_err(&ap->err, AR_FINDINGS, "currency_unknown", "the payment has no currency, or none of ISO 4217");
}

static int each_piece(struct ar_apply *ap, int e, const struct ar_rowview *rows, int n)
{
	const struct ar_emit *em = &ap->map->emit[e];
	bool settle = em->each == AR_EACH_SETTLEMENT;
	struct ar_xrow x = { .view = rows };
	struct ar_xctx c = { .run = ap->run, .row = &x, .mem = &ap->mem, .err = &ap->err };
	int ccy = settle && n ? settle_currency(ap, e, rows) : AR_CCY_NONE, np;
	struct ar_piece *p;

	if (settle && ccy < 0)
		return -1;
	ap->bad_row = 0;
	np = settle ? ar_parts_settle(em, &c, rows, n, ccy, &p) : ar_parts_entry(em, &c, rows, n, &ccy, &p);
	if (np < 0)
		return -1;
	for (int i = 0; i < np; i++) {
		struct ar_xrow y = { .amount = amount_text(ap, p[i].amount, ccy), .allocated = p[i].allocated, .role = p[i].role,
			.kind = p[i].kind, .warning = p[i].warning, .tx = p[i].tx };

		if (settle) {
			c.row = &x;
			x.view = &rows[p[i].row];
			y.debit = ar_row_value(&c, &em->settle.key, NULL);
			if (p[i].credit >= 0) {
				x.view = &rows[p[i].credit];
				y.credit = ar_row_value(&c, &em->settle.key, NULL);
				ap->used[p[i].credit] = true;
				mark(ap, p[i].credit, 1, false);
			}
		}
		if (em->each == AR_EACH_PART_ROW) {
			for (int k = 0; k < p[i].nrow; k++)
				if (make(ap, e, &y, rows, p[i].row + k, p[i].row + k) < 0)
					return -1;
			continue;
		}
		y.nview = settle ? 1 : p[i].nrow;
		if (make(ap, e, &y, rows, p[i].row, p[i].credit >= 0 && settle ? -1 : p[i].row) < 0)
			return -1;
	}
	return 0;
}

/* Conditions on the row, before there are pieces. */
static bool may_be_wanted(struct ar_apply *ap, int e, const struct ar_rowview *row)
{
	struct ar_xrow x = { .view = row };
	struct ar_xctx c = { .run = ap->run, .row = &x, .mem = &ap->mem, .err = &ap->err };
	const struct ar_emit *em = &ap->map->emit[e];
	bool yes = true;

	for (int i = 0; i < em->nwhen && yes; i++)
		yes = em->when[i].src.from != AR_FROM_COLUMN || ar_row_holds(&c, &em->when[i]);
	return yes;
}

static int make_all(struct ar_apply *ap, const struct ar_rowview *rows, int n)
{
	ap->npend = 0;
	for (int e = 0; e < ap->map->nemit; e++) {
		int rc = 0;

		switch (ap->map->emit[e].each) {
		case AR_EACH_ROW:
		case AR_EACH_STATEMENT:
		case AR_EACH_BALANCE:
		case AR_EACH_TOTAL:
			rc = each_row(ap, e, rows, n);
			break;
		case AR_EACH_RECORD:
			rc = each_record(ap, e, rows, n);
			break;
		case AR_EACH_COLUMN:
			rc = each_column(ap, e, rows, n);
			break;
		case AR_EACH_SETTLEMENT:
			rc = may_be_wanted(ap, e, rows) ? each_piece(ap, e, rows, n) : 0;
			break;
		case AR_EACH_PART:
		case AR_EACH_PART_ROW: {
			int i = 0;

			while (i < n && !may_be_wanted(ap, e, &rows[i]))
				i++;
			rc = i < n ? each_piece(ap, e, rows, n) : 0;
			break;
		}
		}
		if (rc < 0)
			return -1;
	}
	return 0;
}

/* The whole record is refused: the row at fault with its reason, the others because of it. */
static void refuse(struct ar_apply *ap, const struct ar_rowview *rows, int n)
{
	struct ar_err why = ap->err, other;

	for (int i = 0; i < n; i++) {
		ar_err_clear(&other);
		if (i != ap->bad_row) {
			ar_err(&other, AR_FINDINGS, "record_refused", "another row of the same record was refused: %.*s",
			       AR_STR_FMT(rows[ap->bad_row].src));
			ar_err_advice(&other, "mend that row; a document is taken with all its rows or not at all");
		}
		ap->sink->reject(ap->sink, i == ap->bad_row ? &why : &other, rows[i].line, rows[i].src);
	}
	ap->count.rejected += (uint64_t)n;
	ar_err_clear(&ap->err);
	for (int e = 0; e < ap->map->nemit; e++)        /* the number of an entry does not depend on those before it being good */
		if (ap->map->emit[e].each == AR_EACH_PART && counter(ap->map, e) == e && may_be_wanted(ap, e, rows)
		    && !(ap->nth[e].n && ap->nth[e].row == rows[0].row))
			ap->nth[e].refused++;
}

static void settle_counts(struct ar_apply *ap, int n)
{
	for (int i = 0; i < n; i++)
		if (!ap->used[i])
			ap->count.unused++;
		else if (ap->fresh[i] || ap->fresh_all)
			ap->count.mapped++;
		else
			ap->count.collapsed_rows++;
}

static void group(struct ar_apply *ap, const struct ar_rowview *rows, int n)
{
	if (n > ap->markcap) {
		ap->markcap = n * 2;
		ap->used = ar_realloc(ap->used, (size_t)ap->markcap);
		ap->fresh = ar_realloc(ap->fresh, (size_t)ap->markcap);
	}
	memset(ap->used, 0, (size_t)n);
	memset(ap->fresh, 0, (size_t)n);
	ap->fresh_all = ap->many = ap->passing = false;
	if (make_all(ap, rows, n) < 0) {
		refuse(ap, rows, n);
		return;
	}
	if (ap->many) {
		ap->passing = true;
		make_all(ap, rows, n);
	} else {
		for (int i = 0; i < ap->npend; i++)
			mark(ap, ap->pend[i].row, ap->pend[i].nrow, pass_on(ap, &ap->pend[i].rec, ap->pend[i].each));
	}
	settle_counts(ap, n);
}

/* ---- collecting rows ---- */

static void too_many(struct ar_apply *ap)
{
	ap->bad_row = 0;
	ar_err(&ap->err, AR_FINDINGS, "record_limit", "a record of more than %d rows", AR_APPLY_MAX_ROWS);
}

static void flush(struct ar_apply *ap)
{
	if (ap->nrow && ap->overflow) {
		too_many(ap);
		refuse(ap, ap->row, ap->nrow);
	} else if (ap->nrow) {
		group(ap, ap->row, ap->nrow);
	}
	ap->nrow = 0;
	ap->overflow = false;
	ap->group_key = (struct ar_str){ NULL, 0 };
	ar_arena_reset(&ap->mem);
	ar_layouts_tidy(ap->layouts);
}

/* A slice of the raw line, where that line now lies; what the reader had decoded elsewhere is copied. */
static const char *moved(struct ar_apply *ap, const char *p, uint32_t n, struct ar_str from, const char *to)
{
	if (from.p && p >= from.p && p + n <= from.p + from.n)
		return to + (p - from.p);
	return ar_arena_dup(&ap->mem, p, n);
}

static void keep(struct ar_apply *ap, const struct ar_rowview *v, int nx)
{
	struct ar_x *x = ar_arena_alloc(&ap->mem, ((size_t)nx + 1) * sizeof *x);
	const char *line = ar_arena_dup(&ap->mem, v->line.p, v->line.n);
	struct ar_rowview *k;

	if (ap->nrow == ap->rowcap) {
		ap->rowcap = ap->rowcap ? ap->rowcap * 2 : 16;
		ap->row = ar_realloc(ap->row, (size_t)ap->rowcap * sizeof *ap->row);
	}
	k = &ap->row[ap->nrow++];
	*k = *v;
	for (int i = 0; i < nx; i++) {
		x[i] = v->x[i];
		x[i].key = v->lay->name[i].p;
		x[i].val = moved(ap, x[i].val, x[i].nval, v->line, line);
	}
	k->x = x;
	k->src.p = moved(ap, v->src.p, (uint32_t)v->src.n, v->line, line);
	k->line.p = line;
}

static struct ar_str column(const struct ar_apply *ap, const struct ar_rowview *v, int32_t col)
{
	const struct ar_x *x = col >= 0 ? ar_row_find(v, ap->map, (uint32_t)col) : NULL;

	return x ? (struct ar_str){ x->val, x->nval } : (struct ar_str){ NULL, 0 };
}

/* Does the row belong to the record that is being collected? */
static bool belongs(const struct ar_apply *ap, const struct ar_rowview *v, struct ar_str key)
{
	if (!ap->nrow)
		return false;
	if (ap->map->group >= 0)
		return key.n && ar_streq(key, ap->group_key);
	return v->sub > 1 && v->row == ap->group_row;
}

void ar_apply_row(struct ar_apply *ap, const struct ar_rec *raw)
{
	struct ar_rowview v = { .x = raw->x, .src = ar_raw_text(raw, AR_F_src), .line = { raw->line, raw->len },
		.row = (uint64_t)ar_int(raw, AR_F_row, 0), .sub = (uint32_t)ar_int(raw, AR_F_sub, 0) };
	struct ar_str key;

	ap->count.rows++;
	v.lay = ar_layout_of(ap->layouts, raw->x, raw->nx, raw->shape);
	if (v.lay->preamble) {
		ap->count.unused++;
		return;
	}
	if (ar_sums_row(ap->sums, &v)) {
		ap->count.totals++;
		return;
	}
	key = column(ap, &v, ap->map->group);
	if (!belongs(ap, &v, key)) {
		flush(ap);
		v.lay = ar_layout_of(ap->layouts, raw->x, raw->nx, raw->shape);
		if (ap->map->group < 0 && v.sub == 0) {
			group(ap, &v, 1);
			ar_arena_reset(&ap->mem);
			return;
		}
	}
	if (ap->nrow == AR_APPLY_MAX_ROWS) {
		struct ar_err e = { 0 };

		ap->overflow = true;
		ar_err(&e, AR_FINDINGS, "record_limit", "a record of more than %d rows", AR_APPLY_MAX_ROWS);
		ap->sink->reject(ap->sink, &e, v.line, v.src);
		ap->count.rejected++;
		return;
	}
	keep(ap, &v, raw->nx);
	ap->group_row = v.row;
	if (ap->nrow == 1)
		ap->group_key = column(ap, &ap->row[0], ap->map->group);
	if (ap->map->group < 0 && ar_int(raw, AR_F_last, 0))
		flush(ap);
}

static const char *incomplete(const struct ar_rec *r)
{
	struct ar_str role = ar_raw_text(r, AR_F_role);

	if (!ar_int(r, AR_F_complete, 0) && (!role.n || ar_streqz(role, "money")))
		return "pages of the statement are missing";
	return ar_int(r, AR_F_balance_ok, 1) ? NULL : "opening balance and movements do not give the closing balance";
}

void ar_apply_statements(struct ar_shared *s, struct ar_apply_sink *sink)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_rec r;

	if (!s->statements)
		return;
	ar_rec_init(&r, &mem);
	ar_statements_close(s->statements);
	for (int i = 0; ar_statements_take(s->statements, i, &r); i++) {
		const char *what = incomplete(&r);

		sink->put(sink, &r);
		if (what)
			sink->finding(sink, ar_int(&r, AR_F_complete, 0) ? "balance_differs" : "statement_incomplete", "warning",
			              ar_raw_text(&r, AR_F_id), what);
		what = ar_statements_differ(s->statements, i, &mem);
		if (what)
			sink->finding(sink, "control_differs", "warning", ar_raw_text(&r, AR_F_id), what);
		if (!ar_int(&r, AR_F_chain_ok, 1))
			sink->finding(sink, "chain_breaks", "warning", ar_raw_text(&r, AR_F_id),
			              "the opening balance is not the closing balance of the statement before: one is missing between them");
	}
	ar_rec_release(&r);
	ar_arena_release(&mem);
}

/* What sections with `each = statement`, balance or total united: they were counted when the first row gave them. */
static void united(struct ar_apply *ap)
{
	struct ar_rec *r = &ap->pend[0].rec;

	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < ar_accounts_count(ap->accounts); i++) {
			if (ar_accounts_is_total(ap->accounts, i) != (pass == 0))
				continue;
			ap->count.made--;
			if (ar_accounts_take(ap->accounts, i, r, &ap->err) == 0) {
				pass_on(ap, r, AR_EACH_ROW);
				continue;
			}
			ap->sink->finding(ap->sink, ap->err.code, "error", ar_raw_text(r, AR_F_id), ap->err.text);
			ar_err_clear(&ap->err);
		}
}

void ar_apply_end(struct ar_apply *ap, struct ar_rec *extract)
{
	struct ar_str about, text;

	flush(ap);
	united(ap);
	about = ar_raw_text(extract, AR_F_id);
	for (int i = 0; ar_sums_differ(ap->sums, i, &ap->mem, &text); i++)
		ap->sink->finding(ap->sink, "totals_differ", "error", about, text.p);
	ar_sums_totals(ap->sums, extract);
}
