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
		int64_t one = 0;
		int rc = ar_make_amount(c, &p->charge[i], ccy, &one);

		if (rc < 0)
			return -1;
		if (rc > 0) {
			*sum += one;
			return 0;
		}
	}
	return 0;
}

static int one_entry(struct ar_piece *p, int64_t total, const char *warning)
{
	*p = (struct ar_piece){ .amount = total, .role = "money", .kind = warning ? "batch" : "entry", .warning = warning,
		.tx = !warning };
	return 1;
}

int ar_parts_entry(const struct ar_emit *em, struct ar_xctx *c, const struct ar_rowview *rows, int n, int *ccy,
                   struct ar_piece **out)
{
	const struct ar_part *p = &em->part;
	struct ar_piece *q = *out = ar_arena_alloc(c->mem, ((size_t)n + 1) * sizeof **out);
	ar_wide sum = 0, fee = 0, once = 0, off;
	int64_t total, amount;
	bool all = true;
	int np = 0;

	look(c, rows);
	*ccy = ar_ccy_find(ar_str_trim(ar_row_value(c, &p->total_currency, NULL)));
	if (*ccy < 0)
		return fail(c, "currency_unknown", "the currency of the entry is not an ISO 4217 currency");
	if (ar_make_amount(c, &p->total, *ccy, &total) <= 0)
		return c->err->code ? -1 : fail(c, "missing_field", "the entry has no amount");
	for (int i = 0; i < n && look(c, &rows[i]); i++) {
		int rc = row_amount(p, c, *ccy, &amount);

		if (rc < 0 || (charges(p, c, *ccy, &fee) < 0))
			return -1;
		if (i == 0)
			once = fee;              /* a charge of the entry itself stands in every row */
		all &= rc == 1;
		if (rc == 1) {
			q[np++] = (struct ar_piece){ .row = i, .amount = amount, .role = "money", .kind = "part",
				.tx = (uint64_t)i + 1 };
			sum += amount;
		}
	}
	if (all && sum == total)
		return np;
	off = sum > total ? sum - total : total - sum;
	if (all && (off == fee || off == once)) {
		q[np] = (struct ar_piece){ .amount = (int64_t)(total - sum), .role = "money", .kind = "charge",
			.tx = (uint64_t)n + 1 };
		return np + 1;
	}
	if (n == 1)
		return one_entry(q, total, NULL);
	for (int i = 0; i < np; i++)
		q[i].role = "detail";
	return np + one_entry(&q[np], total, "batch_mismatch");
}
