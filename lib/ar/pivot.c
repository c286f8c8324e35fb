/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/pivot.h"

#include "base/sort.h"

#include <stdlib.h>

enum { LATE = 90 };

static int64_t number(struct ar_str s)
{
	struct ar_str head;

	ar_str_cut(s, '-', &head);
	return ar_str_uint(head, 1000000);
}

static bool after(struct ar_str s, const char *prefix, struct ar_str *rest)
{
	size_t n = strlen(prefix);

	*rest = (struct ar_str){ s.p + n, s.n - n };
	return ar_str_starts(s, prefix) && rest->n && ar_is_digit(rest->p[0]);
}

int64_t ar_bucket_rank(struct ar_str s, bool *late)
{
	static const char *const last[] = { "no_date", "credits", "unapplied", "deposits", "retention", "future", "disputed" };
	int64_t days = -1, extra = 0;
	struct ar_str r;

	*late = false;
	if (ar_streqz(s, "not_due"))
		return 0;
	if (after(s, "due_in_over_", &r))
		return -10 * number(r) - 15;
	if (after(s, "due_in_", &r))
		return -10 * number(r) - 5;
	for (int i = 0; i < (int)(sizeof last / sizeof *last); i++)
		if (ar_streqz(s, last[i]))
			return 100000000 + i;
	if (after(s, "up_to_", &r))
		return 1;
	if (after(s, "over_month_", &r))
		days = 30 * number(r), extra = 5, *late = days >= LATE;
	else if (after(s, "month_", &r))
		days = 30 * (number(r) - 1), *late = days >= LATE;
	else if (after(s, "over_", &r))
		days = number(r), extra = 5, *late = days >= LATE;
	else if (s.n && ar_is_digit(s.p[0]))
		days = number(s), *late = days > LATE;
	return days < 0 ? 200000000 : 10 * days + extra + 2;
}

struct ar_pivot_row *ar_pivot_row(struct ar_pivot *p, const struct ar_str *label, int nkey, int ccy)
{
	struct ar_buf b = AR_BUF_INIT;
	struct ar_pivot_row *row;
	bool fresh;
	uint32_t k;

	for (int i = 0; i < nkey; i++) {
		ar_buf_str(&b, label[i]);
		ar_buf_c(&b, '\0');
	}
	ar_buf_puts(&b, ar_ccy[ccy].code);
	k = ar_tab_add(&p->key, ar_buf_slice(&b), &fresh);
	ar_buf_release(&b);
	if (k >= p->cap) {
		p->cap = p->cap ? p->cap * 2 : 64;
		p->row = ar_realloc(p->row, p->cap * sizeof *p->row);
	}
	row = &p->row[k];
	if (fresh) {
		*row = (struct ar_pivot_row){ .ccy = ccy };
		for (int i = 0; i < nkey; i++)
			row->label[i] = ar_arena_str(&p->mem, label[i]);
	}
	for (int i = nkey; i < AR_PIVOT_LABELS; i++)
		if (label[i].n && (!row->label[i].n || ar_str_cmp(label[i], row->label[i]) < 0))
			row->label[i] = ar_arena_str(&p->mem, label[i]);
	return row;
}

int ar_pivot_add(struct ar_pivot *p, struct ar_pivot_row *row, struct ar_str bucket, int64_t items, int64_t amount, struct ar_err *e)
{
	uint32_t k = ar_tab_add(&p->bucket, bucket, NULL);

	if (k >= AR_PIVOT_BUCKETS)
		return ar_err(e, AR_DAMAGED, "too_many_buckets", "more than %d buckets", AR_PIVOT_BUCKETS);
	if (!ar_add(row->sum[k], amount, &row->sum[k]) || !ar_add(row->total, amount, &row->total)
	    || !ar_add(row->items, items, &row->items))
		return ar_err(e, AR_DAMAGED, "sum_large", "the sum of the amounts is too large to be counted in minor units");
	row->has |= 1ULL << k;
	return 0;
}

static int by_rank(const void *a, const void *b, void *ctx)
{
	const struct ar_pivot *p = ctx;
	struct ar_str x = p->bucket.key[*(const uint32_t *)a], y = p->bucket.key[*(const uint32_t *)b];
	int64_t rx, ry;
	bool late;

	rx = ar_bucket_rank(x, &late);
	ry = ar_bucket_rank(y, &late);
	return rx != ry ? (rx < ry ? -1 : 1) : ar_str_cmp(x, y);
}

static int by_label(const void *a, const void *b, void *ctx)
{
	const struct ar_pivot_row *x = *(struct ar_pivot_row *const *)a, *y = *(struct ar_pivot_row *const *)b;

	for (int i = 0; i < AR_PIVOT_LABELS; i++) {
		int c = ar_str_cmp(x->label[i], y->label[i]);

		if (c)
			return c;
	}
	return x->ccy - y->ccy;
}

static struct ar_cell_text amount(struct ar_pivot *p, int64_t v, int ccy, bool late)
{
	char z[AR_MONEY_TEXT];
	int n = ar_money_put(z, v, ar_ccy[ccy].digits);

	return (struct ar_cell_text){ ar_arena_str(&p->mem, (struct ar_str){ z, (size_t)n }),
		AR_CELL_NUMBER | (v < 0 ? AR_CELL_RED : 0) | (late && v > 0 ? AR_CELL_BOLD : 0) };
}

static void put_row(struct ar_pivot *p, const struct ar_pivot_row *r, int nlabel, const uint32_t *order, struct ar_table *t)
{
	struct ar_cell_text *c = ar_table_row(t);

	for (int i = 0; i < nlabel; i++)
		(c++)->text = r->label[i];
	(c++)->text = ar_str(ar_ccy[r->ccy].code);
	c->text = ar_str(ar_arena_fmt(&p->mem, "%lld", (long long)r->items));
	(c++)->flags = AR_CELL_NUMBER;
	for (uint32_t i = 0; i < p->bucket.n; i++, c++) {
		bool late;

		ar_bucket_rank(p->bucket.key[order[i]], &late);
		if (r->has >> order[i] & 1)
			*c = amount(p, r->sum[order[i]], r->ccy, late);
	}
	*c = amount(p, r->total, r->ccy, false);
}

void ar_pivot_table(struct ar_pivot *p, const char *const *head, int nlabel, struct ar_table *t)
{
	int n = nlabel + 3 + (int)p->bucket.n, k = 0;
	struct ar_column *col = ar_arena_zero(&p->mem, (size_t)n * sizeof *col);
	uint32_t *order = ar_arena_alloc(&p->mem, (p->bucket.n + 1) * sizeof *order);
	struct ar_pivot_row **row = ar_arena_alloc(&p->mem, (p->key.n + 1) * sizeof *row);

	for (uint32_t i = 0; i < p->bucket.n; i++)
		order[i] = i;
	ar_sort(order, p->bucket.n, sizeof *order, by_rank, p);
	for (uint32_t i = 0; i < p->key.n; i++)
		row[i] = &p->row[i];
	ar_sort(row, p->key.n, sizeof *row, by_label, NULL);
	for (int i = 0; i < nlabel; i++)
		col[k++] = (struct ar_column){ ar_str(head[i]), 0, 32 };
	col[k++] = (struct ar_column){ AR_STR("currency"), 0, 0 };
	col[k++] = (struct ar_column){ AR_STR("items"), AR_CELL_NUMBER, 0 };
	for (uint32_t i = 0; i < p->bucket.n; i++)
		col[k++] = (struct ar_column){ p->bucket.key[order[i]], AR_CELL_NUMBER, 0 };
	col[k] = (struct ar_column){ AR_STR("total"), AR_CELL_NUMBER, 0 };
	ar_table_init(t, &p->mem, col, n);
	for (uint32_t i = 0; i < p->key.n; i++)
		put_row(p, row[i], nlabel, order, t);
}

void ar_pivot_release(struct ar_pivot *p)
{
	ar_tab_release(&p->key);
	ar_tab_release(&p->bucket);
	ar_arena_release(&p->mem);
	free(p->row);
}
