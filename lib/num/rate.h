/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rate.h - exchange rates and percentages as exact decimals: value = mant / 10^scale, at most
 * 18 significant digits and scale 18. A rate has a direction: `quoted` currency per one unit
 * of the `unit` currency, as published; inverses are never stored or computed as rounded
 * numbers: converting the other way divides.
 *
 * All conversions are exact until their one rounding, for any int64 amount and any rates;
 * they fail only for a result beyond int64 or for wrong arguments (scale not 0..18, rate not
 * positive), and then leave *out untouched.
 */
#ifndef AR_NUM_RATE_H
#define AR_NUM_RATE_H

#include "num/ccy.h"
#include "num/money.h"

struct ar_rate {
	int64_t mant;           /* > 0 for rates; percentages may be zero or negative */
	int scale;
};

/*
 * "1.0842" "0.0925" "161": positive, no sign, no exponent, digits on both sides of a point, no
 * needless leading zero. Trailing zeros count as significant and are kept: "1.0840" is 10840/10^4.
 */
bool ar_rate_parse(struct ar_str s, struct ar_rate *out);
/* The same, but a minus sign and zero are allowed; not "-0". */
bool ar_decimal_parse(struct ar_str s, struct ar_rate *out);
/* Plain decimal, with as many decimals as scale says; no NUL, returns the length. */
int ar_rate_put(char out[44], struct ar_rate r);
int ar_rate_cmp(struct ar_rate a, struct ar_rate b);    /* by value, 1.0840 = 1.084; -1 0 1 */

/*
 * Minor units of currency `from` into minor units of `to`; unit/quoted say what r means; {from,to}
 * must be {unit,quoted} in either order. One rounding, named. false = overflow or wrong pair.
 * from == to returns the amount.
 */
bool ar_convert(int64_t minor, int from, int to, struct ar_rate r, int unit, int quoted,
		enum ar_round how, int64_t *out);
/*
 * Through a third currency both rates are quoted for (EUR: ECB): from -> pivot -> to in exact
 * rational arithmetic, rounded once. Both rates: that currency per 1 pivot; of a currency that is
 * the pivot itself the rate is not looked at.
 */
bool ar_convert_via(int64_t minor, int from, int to, int pivot, struct ar_rate pivot_from,
		    struct ar_rate pivot_to, enum ar_round how, int64_t *out);
/* percent of an amount: minor * r / 100, rounded once */
bool ar_percent(int64_t minor, struct ar_rate r, enum ar_round how, int64_t *out);

#endif
