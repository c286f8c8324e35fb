/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * age.h - in which bucket an open item stands, and sums by any dimension.
 *
 * Buckets. Every item stands in exactly one. By days: bounds b0 < b1 < ... are upper-inclusive days past the basis date d = as-of - basis:
 * d <= b0 is the first bucket, then b0+1..b1, ..., beyond the last. Names: not_due (bound 0), 1-30, over_120; due_in_8-30, due_in_over_30
 * for bounds before the date; up_to_30 if the first bound is positive. By months: month_1, month_2, ..., over_month_N: relative (one month
 * back is the same day of the month before, clamped) or calendar (this month, the one before, ...); fiscal: by the periods given.
 * d = 0 is not overdue unless due_today says so. Without a basis date: no_date.
 * Credit memos, unapplied payments, deposits and retention stand apart (mode separate), or are aged by their own date (own), or all
 * not due (current), or are set off against the oldest items of the same customer and currency (oldest; the tool does that before).
 *
 * Sums. One cell per (rollup, its values, currency, base currency, bucket). Currencies are never added to each other. A sum that leaves int64
 * is an error. Sums of the buckets = total, always: ar_age_check proves it and that every rollup adds up to the same.
 */
#ifndef AR_AR_AGE_H
#define AR_AR_AGE_H

#include "ar/open.h"

enum ar_basis { AR_BASIS_DUE, AR_BASIS_DOCUMENT, AR_BASIS_POSTING, AR_BASIS_DELIVERY };
enum ar_unit { AR_UNIT_DAYS, AR_UNIT_MONTHS_RELATIVE, AR_UNIT_MONTHS_CALENDAR, AR_UNIT_FISCAL };
enum ar_credits { AR_CREDITS_SEPARATE, AR_CREDITS_OWN, AR_CREDITS_OLDEST, AR_CREDITS_CURRENT };
enum ar_disputes { AR_DISPUTES_INCLUDE, AR_DISPUTES_SEPARATE, AR_DISPUTES_EXCLUDE };

enum { AR_BOUNDS_MAX = 24, AR_BUCKETS_MAX = AR_BOUNDS_MAX + 10 };

struct ar_age_params {
	ar_date as_of;
	enum ar_basis basis;
	enum ar_unit unit;
	enum ar_credits credits;
	enum ar_disputes disputes;
	bool due_today_overdue;
	int bound[AR_BOUNDS_MAX];        /* days, ascending; or how many months: bound[0] = count */
	int nbound;
};

struct ar_buckets {
	struct ar_age_params p;
	char name[AR_BUCKETS_MAX][40];
	int n;                           /* dated buckets first, then the ones below */
	int no_date, credits, unapplied, deposits, retention, future, disputed, total;
	ar_date edge[AR_BOUNDS_MAX];     /* months: bucket i holds basis dates >= edge[i] and < edge[i - 1] */
	int nedge;
};

/* period_end: for fiscal, ends of accounting periods before as_of, latest first (NULL otherwise). false: bounds are not ascending or too many. */
bool ar_buckets_init(struct ar_buckets *b, const struct ar_age_params *p, const ar_date *period_end, int nperiod);
ar_date ar_age_basis(const struct ar_buckets *b, const struct ar_item *it);
int ar_bucket_of_date(const struct ar_buckets *b, ar_date basis);
int ar_bucket_of(const struct ar_buckets *b, const struct ar_item *it);

struct ar_cell { uint64_t items; int64_t open, disputed, base, closing, group; };

struct ar_group {
	int rollup;                      /* which one asked for it */
	struct ar_str *value;            /* of its dimensions, canonical JSON text; n = 0: none */
	int nvalue;
	int ccy, base_ccy;
	bool closing_missing;            /* some item had no closing rate */
	uint32_t *cell;                  /* per bucket: ar_group_cell */
};

struct ar_sums;
struct ar_sums *ar_sums_new(const struct ar_buckets *b, int nrollup);
/* Add amounts to one bucket of one group. -1: overflow (e). */
struct ar_group *ar_sums_group(struct ar_sums *s, int rollup, const struct ar_str *value, int nvalue, int ccy, int base_ccy);
int ar_group_add(struct ar_sums *s, struct ar_group *g, int bucket, const struct ar_cell *add, struct ar_err *e);
/* What stands in a bucket of a group, all zero if nothing does; until the next ar_group_add. */
const struct ar_cell *ar_group_cell(const struct ar_sums *s, const struct ar_group *g, int bucket);
/* Every group, sorted by (rollup, values bytewise, currency, base currency). */
size_t ar_sums_sorted(struct ar_sums *s, struct ar_group *const **out);
/* Fill the total bucket of each group; then prove: all rollups have the same sums per (currency, base). -1: e (an internal error). */
int ar_sums_close(struct ar_sums *s, struct ar_err *e);
void ar_sums_free(struct ar_sums *s);

#endif
