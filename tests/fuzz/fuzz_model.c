/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_model.c - any bytes as what ar-forecast --train wrote. What is taken can be used: curves rise and stay within 0 and 1;
 * and it is written as it was understood: taken again it is the same.
 */
#include "config.h"

#include "ar/forecast_in.h"
#include "rec/lines.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#define MONDAY ((ar_date)20458)         /* 2026-01-05 */
enum { DAYS = AR_FC_REACH };

/* false: refused, with a reason */
static bool take(struct ar_str in, struct ar_fc_saved *s)
{
	struct ar_lines *l = ar_lines_new_mem(in.p, in.n);
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_err e;
	struct ar_rec r;
	int rc;

	ar_err_clear(&e);
	ar_rec_init(&r, &mem);
	while ((rc = ar_lines_next(l, &r, &e)) > 0)
		if (rc == 1 && ar_fc_saved_take(s, &r, &e) < 0) {
			rc = -1;
			break;
		}
	if (rc == 0)
		rc = ar_fc_saved_check(s, &e);
	ar_assert(rc == 0 || (e.exit == AR_DAMAGED && e.code && e.text[0]));
	ar_lines_free(l);
	ar_rec_release(&r);
	ar_arena_release(&mem);
	return rc == 0;
}

static void put(const struct ar_fc_saved *s, struct ar_buf *b)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_rec r;

	ar_rec_init(&r, &mem);
	for (int i = 0; ar_fc_saved_put(s, i, &r); i++) {
		ar_rec_put(&r, b);
		ar_arena_reset(&mem);
	}
	ar_rec_release(&r);
	ar_arena_release(&mem);
}

/* One customer with an item that was paid and one that is open. */
static void use(const struct ar_fc_saved *s)
{
	static const struct ar_fc_part part[] = { { MONDAY + 40, 100, 100 } };
	static const uint32_t segment[1];
	static const struct ar_fc_item it[] = {
		{ .posted = MONDAY, .due = MONDAY + 30, .settled = MONDAY + 40, .paid = MONDAY + 40, .amount = 100, .nparts = 1,
		  .since = AR_DATE_NONE, .disputed = AR_DATE_NONE },
		{ .posted = MONDAY + 10, .due = MONDAY + 40, .settled = AR_DATE_NONE, .paid = AR_DATE_NONE, .amount = 50,
		  .since = AR_DATE_NONE, .disputed = AR_DATE_NONE },
	};
	struct ar_cal cal;
	struct ar_fc_data d = { .item = it, .n = 2, .part = part, .segment = segment, .customers = 1, .segments = 1, .ccys = 1, .cal = &cal,
		.cals = 1, .as_of = MONDAY + 45 };
	struct ar_fc_who *w = ar_malloc(sizeof *w);
	double f[DAYS], why[AR_FC_WHYS], before = 0;
	struct ar_fc_model *m;
	struct ar_fc *fc;

	ar_assert(ar_cal_init(&cal, "weekends"));
	fc = ar_fc_new(&d);
	m = ar_fc_fit(fc, d.as_of, &s->k);
	ar_fc_use(m, s->learned);
	ar_fc_who(m, 0, w);
	ar_fc_curve(m, w, &it[1], DAYS, f);
	ar_fc_why(m, w, &it[1], why);
	for (int i = 0; i < DAYS; i++) {
		ar_assert(f[i] >= before && f[i] <= 1);
		before = f[i];
	}
	ar_fc_model_free(m);
	ar_fc_free(fc);
	ar_cal_release(&cal);
	free(w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ar_fc_saved s = { 0 }, again = { 0 };
	struct ar_buf one = AR_BUF_INIT, two = AR_BUF_INIT;

	if (take((struct ar_str){ (const char *)data, n }, &s)) {
		put(&s, &one);
		ar_assert(take(ar_buf_slice(&one), &again));
		put(&again, &two);
		ar_assert(ar_streq(ar_buf_slice(&one), ar_buf_slice(&two)));
		use(&s);
	}
	ar_fc_saved_release(&s);
	ar_fc_saved_release(&again);
	ar_buf_release(&one);
	ar_buf_release(&two);
	return 0;
}
