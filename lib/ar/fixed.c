/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/fixed.h"

#include "base/err.h"
#include "num/money.h"

#include <math.h>
#include <string.h>

static const int64_t ten[AR_FIXED_DIGITS + 1] = {
	1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000
};

/*
 * x = m * 2^e with m < 2^53, so m * 10^digits < 2^83 is exact in 128 bits, and what is cut off by the shift is the
 * exact fraction. Counted in units of 2^-shift the product itself is the value, which the guard is a part of.
 */
bool ar_fixed(double x, int digits, int64_t *out)
{
	unsigned __int128 v, whole, rest, half, far, guard;
	uint64_t b;
	int e, shift;

	ar_assert(digits >= 0 && digits <= AR_FIXED_DIGITS);
	if (!(fabs(x) * (double)ten[digits] <= 1e17))
		return false;
	memcpy(&b, &x, sizeof b);
	e = (int)(b >> 52 & 0x7FF);
	v = (b & 0xFFFFFFFFFFFFFu) | (e ? 1ULL << 52 : 0);
	v *= (uint64_t)ten[digits];
	shift = 1075 - (e ? e : 1);
	if (shift <= 0) {                       /* an integer; at most 2^57 by the test above */
		whole = v << -shift;
	} else if (shift > 100) {               /* below 2^-17 of a unit */
		whole = 0;
	} else {
		whole = v >> shift;
		rest = v - (whole << shift);
		half = (unsigned __int128)1 << (shift - 1);
		far = rest > half ? rest - half : half - rest;
		guard = v / 1000000000u;
		guard = guard > half >> 9 ? half >> 9 : guard;
		if (rest >= half || far < guard)
			whole++;
	}
	*out = b >> 63 ? -(int64_t)whole : (int64_t)whole;
	return true;
}

int ar_fixed_put(char *out, double x, int digits)
{
	int64_t v = 0;
	bool fits = ar_fixed(x, digits, &v);

	ar_assert(fits);
	return ar_money_put(out, v, digits);
}
