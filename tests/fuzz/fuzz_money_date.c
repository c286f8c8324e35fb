/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_money_date.c - any bytes as amounts, rates, dates and moments: what is taken is written back as it was. */
#include "config.h"

#include "num/date.h"
#include "num/rate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void money(struct ar_str s, int digits)
{
	char out[AR_MONEY_TEXT];
	struct ar_err e;
	int64_t v, w;
	ar_wide wide;

	ar_err_clear(&e);
	if (ar_money_parse(s, digits, &v)) {
		ar_assert(v <= AR_MONEY_MAX && v >= -AR_MONEY_MAX);
		ar_assert((size_t)ar_money_put(out, v, digits) == s.n && memcmp(out, s.p, s.n) == 0);
		ar_assert(ar_money_read(s, digits, &w, &e) == 0 && w == v);
		ar_assert(ar_wide_parse(s, digits, &wide) && wide == v);
	}
	if (ar_money_read(s, digits, &v, &e) == 0) {
		struct ar_str again = { out, (size_t)ar_money_put(out, v, digits) };

		ar_assert(ar_money_parse(again, digits, &w) && w == v);
	} else {
		ar_assert(e.code && e.text[0]);
	}
	if (ar_wide_parse(s, digits, &wide))
		ar_assert((size_t)ar_wide_put(out, wide, digits) == s.n && memcmp(out, s.p, s.n) == 0);
}

static void rate(struct ar_str s)
{
	struct ar_rate r, q;
	char out[44];

	if (ar_rate_parse(s, &r)) {
		ar_assert(r.mant > 0 && ar_decimal_parse(s, &q) && ar_rate_cmp(r, q) == 0);
		ar_assert((size_t)ar_rate_put(out, r) == s.n && memcmp(out, s.p, s.n) == 0);
	}
	if (ar_decimal_parse(s, &r))
		ar_assert((size_t)ar_rate_put(out, r) == s.n && memcmp(out, s.p, s.n) == 0);
}

static void date(struct ar_str s)
{
	static const char *const formats[] = { "yyyy-mm-dd", "mm/dd/yyyy", "dd.mm.yy", "yyyymmdd", "d mmm yyyy" };
	char out[20];
	struct ar_ymd c;
	int64_t t, u;
	ar_date d;
	bool canonical;

	if (ar_date_parse(s, &d)) {
		ar_assert(d >= AR_DATE_MIN && d <= AR_DATE_MAX);
		ar_date_put(out, d);
		ar_assert(s.n == 10 && memcmp(out, s.p, 10) == 0);
		c = ar_ymd_of(d);
		ar_assert(ar_ymd_ok(c.y, c.m, c.d) && ar_date_from(c.y, c.m, c.d) == d);
	}
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (ar_date_read(s, formats[i], &d))
			ar_assert(d >= AR_DATE_MIN && d <= AR_DATE_MAX);
	if (ar_time_parse(s, &t, &canonical)) {
		ar_time_put(out, t);
		ar_assert(ar_time_parse((struct ar_str){ out, 20 }, &u, NULL) && u == t);
		ar_assert(canonical == (s.n == 20 && memcmp(out, s.p, 20) == 0));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ar_str s = { (const char *)data + 1, n - 1 };

	if (!n)
		return 0;
	money(s, data[0] % 5);
	rate(s);
	date(s);
	return 0;
}
