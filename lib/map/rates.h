/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rates.h - dated exchange rates for amounts that the source gives in the document's currency only. The last rate on or before the
 * date counts, if it is at most AR_RATE_AGE days old; a pair that is not there itself goes through a currency that both are
 * quoted for, in exact arithmetic with one rounding (half_up). Nothing is interpolated, no inverse is stored.
 */
#ifndef AR_MAP_RATES_H
#define AR_MAP_RATES_H

#include "num/rate.h"
#include "rec/rec.h"

enum { AR_RATE_AGE = 7 };

struct ar_rates;
struct ar_rates *ar_rates_new(void);
void ar_rates_free(struct ar_rates *t);
void ar_rates_add(struct ar_rates *t, const struct ar_rec *rate);        /* spot and closing; others are not for documents */

struct ar_used {
	bool direct;                     /* one rate, which `rate` can state; else two, through `via` */
	struct ar_rate rate;
	bool base_per_doc;
	int via;
};
/* 1: *out. 0: no rate near enough. -1: the result is too large. */
int ar_rates_convert(struct ar_rates *t, int64_t minor, int from, int to, ar_date d, int64_t *out, struct ar_used *used);

#endif
