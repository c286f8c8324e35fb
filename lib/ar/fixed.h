/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fixed.h - the one door through which a double leaves: as a decimal with a fixed count of digits.
 *
 * Rounding is half_up (ties away from zero) on the exact binary value, with a guard: a value closer to a tie than
 * 1e-9 of its own size (but at most a thousandth of the last digit) counts as the tie. So the last-bit noise of a
 * computation, which could fall to either side of a tie, never changes a printed digit.
 */
#ifndef AR_AR_FIXED_H
#define AR_AR_FIXED_H

#include <stdbool.h>
#include <stdint.h>

enum { AR_FIXED_TEXT = 32, AR_FIXED_DIGITS = 9 };

/* x * 10^digits as an integer; digits 0..9. false: not finite, or beyond 10^17 units; *out untouched. */
bool ar_fixed(double x, int digits, int64_t *out);
/* "-0.5", "12.3400": no sign for zero. x must be in the range of ar_fixed. Returns the length, writes no NUL. */
int ar_fixed_put(char *out, double x, int digits);

#endif
