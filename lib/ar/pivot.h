/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pivot.h - sums of money by bucket: one row a (labels, currency), one column a bucket, buckets in the order of their days. */
#ifndef AR_AR_PIVOT_H
#define AR_AR_PIVOT_H

#include "ar/table.h"
#include "base/hash.h"
#include "num/ccy.h"
#include "num/money.h"

enum { AR_PIVOT_BUCKETS = 64, AR_PIVOT_LABELS = 3 };

struct ar_pivot_row {
	struct ar_str label[AR_PIVOT_LABELS];
	int ccy;
	int64_t items, total, sum[AR_PIVOT_BUCKETS];
	uint64_t has;
};

struct ar_pivot {
	struct ar_arena mem;
	struct ar_tab key, bucket;
	struct ar_pivot_row *row;
	uint32_t cap;
};

/* The row of these labels and this currency, made if new; good until the next call. Only the first `nkey` labels tell rows apart; of the others the
 * bytewise smallest that is not empty is kept. */
struct ar_pivot_row *ar_pivot_row(struct ar_pivot *p, const struct ar_str *label, int nkey, int ccy);
/* -1: too large or too many buckets (e) */
int ar_pivot_add(struct ar_pivot *p, struct ar_pivot_row *row, struct ar_str bucket, int64_t items, int64_t amount, struct ar_err *e);
/* Sorted by labels and currency. head: of the labels. The table's texts live in p. */
void ar_pivot_table(struct ar_pivot *p, const char *const *head, int nlabel, struct ar_table *t);
void ar_pivot_release(struct ar_pivot *p);

/* Where a bucket stands among the others, and whether it is more than 90 days overdue. */
int64_t ar_bucket_rank(struct ar_str name, bool *late);

#endif
