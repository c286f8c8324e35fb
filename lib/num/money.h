/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * money.h - amounts as int64 minor units; the currency (ccy.h) travels beside them. No
 * double, no silent wrap: every operation that can overflow says so. Canonical text has
 * exactly the currency's digits: "1234.50", "-7" for JPY, "-0.05"; no plus sign, no leading
 * zeros beyond one before the point, never "-0". The largest amount accepted from text is |x|
 * < 10^15 minor units (trust.md 2.0); sums may use all of int64 and __int128. A function that
 * returns false leaves its outputs untouched.
 */
#ifndef AR_NUM_MONEY_H
#define AR_NUM_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

#define AR_MONEY_MAX 999999999999999LL
#define AR_MONEY_TEXT 44        /* room for any int64 or __int128 amount as text, with a NUL */

typedef __int128 ar_wide;                  /* for sums */

/*
 * Text. `digits` is the count of minor digits: 0..4 for currencies; printing takes up to 18 (38
 * for ar_wide). Reading takes canonical text only. The put functions write no NUL and return the
 * length.
 */
bool ar_money_parse(struct ar_str s, int digits, int64_t *out);
int ar_money_put(char *out, int64_t minor, int digits);
char *ar_money_z(char *out, int64_t minor, int digits);         /* with a NUL, returns out */
bool ar_wide_parse(struct ar_str s, int digits, ar_wide *out);  /* |x| < 10^38 */
int ar_wide_put(char *out, ar_wide minor, int digits);

/*
 * A plain decimal "[-]123[.4500]" (sign, digits, at most one point, no blanks, no exponent)
 * to minor units. Leading zeros, "-0" and ".50" are taken, since systems write them; "5." and
 * "+5" are not. Excess decimals: zeros are dropped, others make it fail with code
 * money_digits (money_syntax, money_large for the other causes). Fills no field or value of
 * *e.
 */
int ar_money_read(struct ar_str s, int digits, int64_t *out, struct ar_err *e);

bool ar_add(int64_t a, int64_t b, int64_t *out);                /* false = overflow */
bool ar_sub(int64_t a, int64_t b, int64_t *out);
bool ar_neg(int64_t a, int64_t *out);
bool ar_narrow(ar_wide w, int64_t *out);

/*
 * Rounding is named wherever it happens. HALF_UP: ties away from zero; HALF_EVEN: ties to even;
 * DOWN: toward zero; UP: away. All four treat x and -x alike.
 */
enum ar_round { AR_HALF_UP, AR_HALF_EVEN, AR_DOWN, AR_UP };
ar_wide ar_div_round(ar_wide num, ar_wide den, enum ar_round how);      /* den > 0 */
const char *ar_round_name(enum ar_round how);           /* half_up half_even down up */
bool ar_round_find(struct ar_str name, enum ar_round *how);
/*
 * To a multiple of step minor units (cash rounding; step 5 = 0.05 in CHF), step > 0. x given in
 * units of 10^-scale minor units, scale 0..18. false: step, scale, or a result beyond int64.
 */
bool ar_money_cash(ar_wide x, int scale, int64_t step, enum ar_round how, int64_t *out);

/*
 * Largest remainder: split total over n weights (all >= 0, sum > 0; n >= 1) so that the parts
 * sum to total exactly. Works on the magnitude, ties by lower index, sign restored after: -x
 * gives the negated parts. A weight of 0 gets 0. `part` may be `weight`. false: weights bad.
 * Any int64 total and weights will do.
 */
bool ar_allocate(int64_t total, const int64_t *weight, int n, int64_t *part);

/*
 * Carrying value taken off by a partial settlement, computed on what remains so that the last
 * part takes the rest: round_half_up(rem_base * part / rem_doc). part between 0 and rem_doc
 * (same sign), rem_doc != 0; else false. The caller takes *out off rem_base and part off
 * rem_doc before the next call.
 */
bool ar_carry(int64_t rem_base, int64_t part, int64_t rem_doc, int64_t *out);

#endif
