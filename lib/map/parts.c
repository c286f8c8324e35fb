/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/parts.h"

#include "map/make.h"

static int fail(struct ar_xctx *c, const char *code, const char *text)
{
	return ar_err(c->err, AR_FINDINGS, code, "%s", text);
}

static bool look(struct ar_xctx *c, const struct ar_rowview *row)
{
	*c->row = (struct ar_xrow){ .view = row };
	return true;
}

/* ---- settlement ---- */

struct side { int *row; int64_t *left; int n; ar_wide sum; };

static void add(struct side *s, int row, int64_t amount)
{
	s->row[s->n] = row;
	s->left[s->n++] = amount;
	s->sum += amount;
}

static int sort_lines(const struct ar_settle *st, struct ar_xctx *c, const struct ar_rowview *rows, int n, int ccy,
                      struct side *debit, struct side *credit)
{
	for (int i = 0; i < n && look(c, &rows[i]); i++) {
		bool d = ar_row_holds(c, &st->debit);
		int64_t amount;
		int rc = ar_make_amount(c, &st->amount, ccy, &amount);

		if (rc < 0)
			return -1;
		if (rc == 0 && !d && !ar_row_value(c, &st->key, NULL).n)
			continue;                /* a payment without lines */
		if (d == ar_row_holds(c, &st->credit))
			return fail(c, "settlement_kind", "a line is neither of the kinds that the map calls debits nor of its credits");
		if (rc == 0 || amount < 0 || !ar_row_value(c, &st->key, NULL).n)
			return fail(c, "settlement_line", "a line without an amount or without a document, or with a negative amount");
		if (amount)
			add(d ? debit : credit, i, amount);
	}
	return 0;
}

static int check_paid(const struct ar_settle *st, struct ar_xctx *c, const struct ar_rowview *rows, int ccy,
                      const struct side *debit, const struct side *credit, ar_wide *own)
{
	int64_t paid = 0, less = 0;

	look(c, rows);
	if (ar_make_amount(c, &st->paid, ccy, &paid) < 0 || ar_make_amount(c, &st->less, ccy, &less) < 0)
		return -1;
	*own = (ar_wide)paid - less;
	if (debit->sum - credit->sum == *own)
		return 0;
	fail(c, "settlement_differs", "the lines do not add up to the amount applied: debits less credits is not amount less unapplied");
	return ar_err_advice(c->err, "export the payment again; a void or delete may have come between two pages");
}

int ar_parts_settle(const struct ar_emit *em, struct ar_xctx *c, const struct ar_rowview *rows, int n, int ccy,
                    struct ar_piece **out)
{
	size_t size = (size_t)n + 1;
	struct side debit = { ar_arena_alloc(c->mem, size * sizeof(int)), ar_arena_alloc(c->mem, size * sizeof(int64_t)), 0, 0 };
	struct side credit = { ar_arena_alloc(c->mem, size * sizeof(int)), ar_arena_alloc(c->mem, size * sizeof(int64_t)), 0, 0 };
	int k = 0, np = 0;
	ar_wide own;
	bool split;

	if (sort_lines(&em->settle, c, rows, n, ccy, &debit, &credit) < 0
	    || check_paid(&em->settle, c, rows, ccy, &debit, &credit, &own) < 0)
		return -1;
	split = debit.n > 1 && credit.n + (own > 0) > 1;
	*out = ar_arena_alloc(c->mem, 2 * size * sizeof **out);
	for (int d = 0; d < debit.n; d++) {
		while (debit.left[d] > 0 && k < credit.n) {
			int64_t part = debit.left[d] < credit.left[k] ? debit.left[d] : credit.left[k];

			(*out)[np++] = (struct ar_piece){ .row = debit.row[d], .credit = credit.row[k], .amount = part, .allocated = split };
			debit.left[d] -= part;
			credit.left[k] -= part;
			if (!credit.left[k])
				k++;
		}
		if (debit.left[d] > 0)
			(*out)[np++] = (struct ar_piece){ .row = debit.row[d], .credit = -1, .amount = debit.left[d], .allocated = split };
	}
	if (k < credit.n)
		return fail(c, "settlement_differs", "the credits are more than the debits they settle");
	return np;
}

/* ---- parts of an entry ---- */

/* The amount of a row in the entry's currency. 1 = there, 0 = none, or in another currency. */
static int row_amount(const struct ar_part *p, struct ar_xctx *c, int ccy, int64_t *out)
{
	for (int i = 0; i < p->namount; i++) {
		struct ar_str code = ar_str_trim(ar_row_value(c, &p->currency[i], NULL));

		if (ar_row_value(c, &p->amount[i], NULL).n && ar_streqz(code, ar_ccy[ccy].code))
			return ar_make_amount(c, &p->amount[i], ccy, out);
	}
	return 0;
}

static int charges(const struct ar_part *p, struct ar_xctx *c, int ccy, ar_wide *sum)
{
	for (int i = 0; i < p->ncharge; i++) {
		ar_wide all = 0;
		int rc = ar_make_sum(c, &p->charge[i], ccy, &all);

		*sum += all;
		if (rc)
			return rc < 0 ? -1 : 0;
	}
	return 0;
}

enum { PLAIN, SIGNED };

/* The transactions of an entry: their rows and amounts, and the sums of these. */
struct tx { int row, nrow; bool there, against; int64_t amount; };
struct txs {
	struct tx *v;
	int n;
	bool all;                        /* every one has an amount in the currency of the entry */
	ar_wide sum[2], fee, once;
};

static bool against(const struct ar_part *p, struct ar_xctx *c)
{
	struct ar_str row, entry;

	if (!p->direction[0].text.n)
		return false;
	row = ar_str_trim(ar_row_value(c, &p->direction[0], NULL));
	entry = ar_str_trim(ar_row_value(c, &p->direction[1], NULL));
	return row.n && entry.n && !ar_streq(row, entry);
}

/* Does the row lie in the same outer row as the one before? */
static bool goes_on(const struct ar_part *p, struct ar_xctx *c, const struct ar_rowview *rows, int i, struct ar_str *outer)
{
	struct ar_str is = look(c, &rows[i]) ? ar_row_value(c, &p->outer, NULL) : *outer;
	bool same = i && is.n && ar_streq(is, *outer);

	*outer = is;
	return same;
}

static int read_txs(const struct ar_part *p, struct ar_xctx *c, const struct ar_rowview *rows, int n, int ccy, struct txs *t)
{
	struct ar_str outer = { NULL, 0 };

	t->v = ar_arena_alloc(c->mem, ((size_t)n + 1) * sizeof *t->v);
	t->all = true;
	for (int i = 0; i < n; i++) {
		struct tx *x = &t->v[t->n];
		int rc;

		if (goes_on(p, c, rows, i, &outer)) {
			x[-1].nrow++;
			continue;
		}
		*x = (struct tx){ .row = i, .nrow = 1, .against = against(p, c) };
		t->n++;
		rc = row_amount(p, c, ccy, &x->amount);
		if (rc < 0 || charges(p, c, ccy, &t->fee) < 0)
			return -1;
		if (i == 0)
			t->once = t->fee;        /* a charge of the entry itself stands in every row */
		x->there = rc == 1;
		t->all &= x->there;
		if (x->there) {
			t->sum[PLAIN] += x->amount;
			t->sum[SIGNED] += x->against ? -x->amount : x->amount;
		}
	}
	return 0;
}

/* The entry itself, alone or beside its details. */
static int one_entry(struct ar_piece *p, const struct txs *t, int64_t total, bool beside, const char *warning)
{
	const struct tx *last = &t->v[t->n - 1];

	*p = (struct ar_piece){ .nrow = last->row + last->nrow, .amount = total, .role = "money", .warning = warning,
		.kind = beside ? "batch" : t->n > 1 ? "whole" : "entry", .tx = !beside };
	return 1;
}

static int each_tx(struct ar_piece *q, const struct txs *t, int how, const char *role, const char *warning)
{
	int np = 0;

	for (int i = 0; i < t->n; i++) {
		const struct tx *x = &t->v[i];

		if (x->there)
			q[np++] = (struct ar_piece){ .row = x->row, .nrow = x->nrow, .role = role, .kind = "part", .warning = warning,
				.amount = how == SIGNED && x->against ? -x->amount : x->amount, .tx = (uint64_t)i + 1 };
	}
	return np;
}

int ar_parts_entry(const struct ar_emit *em, struct ar_xctx *c, const struct ar_rowview *rows, int n, int *ccy,
                   struct ar_piece **out)
{
	const struct ar_part *p = &em->part;
	struct ar_piece *q = *out = ar_arena_alloc(c->mem, ((size_t)n + 1) * sizeof **out);
	struct txs t = { 0 };
	int64_t total;
	int np;

	look(c, rows);
	*ccy = ar_ccy_find(ar_str_trim(ar_row_value(c, &p->total_currency, NULL)));
	if (*ccy < 0)
		return fail(c, "currency_unknown", "the currency of the entry is not an ISO 4217 currency");
	if (ar_make_amount(c, &p->total, *ccy, &total) <= 0)
		return c->err->code ? -1 : fail(c, "missing_field", "the entry has no amount");
	if (read_txs(p, c, rows, n, *ccy, &t) < 0)
		return -1;
	for (int way = 0; way < 4 && t.all; way++) {            /* exactly, signed or not; then but for the charges */
		int how = way % 2 ? PLAIN : SIGNED;
		ar_wide off = t.sum[how] > total ? t.sum[how] - total : total - t.sum[how];

		if (way < 2 ? off != 0 : off != t.fee && off != t.once)
			continue;
		np = each_tx(q, &t, how, "money", NULL);
		if (off)
			q[np++] = (struct ar_piece){ .nrow = 1, .amount = (int64_t)(total - t.sum[how]), .role = "money",
				.kind = "charge", .tx = (uint64_t)t.n + 1 };
		return np;
	}
	if (t.n == 1)
		return one_entry(q, &t, total, false, NULL);
	np = each_tx(q, &t, PLAIN, "detail", "batch_mismatch");
	return np + one_entry(&q[np], &t, total, np > 0, np ? "batch_mismatch" : "batch_amounts_missing");
}
