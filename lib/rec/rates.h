/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rates.h - dated exchange rates taken from `rate` records, and conversion by them.
 *
 * A rate for (entity, day) is the last one published on or before the day, at most max_age days old; one of the entity's own
 * goes before a common one (no entity). Used as published: either direction of the pair, else through one currency that both are
 * quoted against (the euro, for the ECB's rates), in exact arithmetic with one rounding (num/rate.h). Never interpolated.
 */
#ifndef AR_REC_RATES_H
#define AR_REC_RATES_H

#include "num/rate.h"
#include "rec/rec.h"

struct ar_rates;
struct ar_rates *ar_rates_new(int max_age);              /* days; 7 bridges weekends and holidays */
void ar_rates_add(struct ar_rates *t, const struct ar_rec *rate);      /* a record of type rate; kinds spot and closing are used */
bool ar_rates_any(const struct ar_rates *t);
/* minor units of `from` into `to` as of the day. false: no rate, or overflow. */
bool ar_rates_convert(struct ar_rates *t, struct ar_str entity, ar_date day, int64_t minor, int from, int to, enum ar_round how, int64_t *out);
/* The one rate that would be used, and its direction; false: none, or two through a third currency. */
bool ar_rates_direct(struct ar_rates *t, struct ar_str entity, ar_date day, int from, int to, struct ar_rate *rate, bool *to_per_from);
/* What would be used, in words for people and heads: "USD 1.0842 per EUR of 2026-10-30"; false: none. */
bool ar_rates_words(struct ar_rates *t, struct ar_str entity, ar_date day, int from, int to, struct ar_buf *b);
void ar_rates_free(struct ar_rates *t);

#endif
