/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rate.h - exchange rates and percentages as exact decimals: value = mant / 10^scale, at most 18 significant digits and scale 18.
 * A rate has a direction: `quoted` currency per one unit of the `unit` currency, as published; inverses are never stored
 * or computed as rounded numbers: converting the other way divides.
 */
#ifndef AR_NUM_RATE_H
#define AR_NUM_RATE_H

#include "num/ccy.h"
#include "num/money.h"

struct ar_rate {
	int64_t mant;           /* > 0 for rates; percentages may be zero or negative */
	int scale;
};

bool ar_rate_parse(struct ar_str s, struct ar_rate *out);      /* "1.0842" "0.0925" "161"; positive; no sign, no exponent */
bool ar_decimal_parse(struct ar_str s, struct ar_rate *out);   /* the same, sign allowed, zero allowed */
int ar_rate_put(char out[44], struct ar_rate r);               /* as plain decimal, trailing zeros of the fraction kept as scale says */
int ar_rate_cmp(struct ar_rate a, struct ar_rate b);

/* minor units of currency `from` into minor units of `to`; unit/quoted say what r means; {from,to} must be {unit,quoted} in either
 * order. One rounding, named. false = overflow or wrong pair. from == to returns the amount. */
bool ar_convert(int64_t minor, int from, int to, struct ar_rate r, int unit, int quoted, enum ar_round how, int64_t *out);
/* Through a third currency both rates are quoted for (EUR: ECB): from -> pivot -> to in exact rational arithmetic, rounded once. */
bool ar_convert_via(int64_t minor, int from, int to, int pivot, struct ar_rate pivot_from, struct ar_rate pivot_to,
                    enum ar_round how, int64_t *out);          /* both rates: that currency per 1 pivot */
/* percent of an amount: minor * r / 100, rounded once */
bool ar_percent(int64_t minor, struct ar_rate r, enum ar_round how, int64_t *out);

#endif
