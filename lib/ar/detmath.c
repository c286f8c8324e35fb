/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/detmath.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* Wider intermediate results (x87) would break the promise of the header. */
_Static_assert(FLT_EVAL_METHOD == 0, "double arithmetic must be done in double");

/* ln 2 in two parts: the first has 21 low zero bits, so that k * LN2_HI is exact for |k| < 2^21. */
#define LN2_HI 0x1.62e42feep-1
#define LN2_LO 0x1.a39ef35793c76p-33
#define INV_LN2 0x1.71547652b82fep+0
#define SQRT2 0x1.6a09e667f3bcdp+0

static uint64_t bits_of(double x)
{
	uint64_t b;

	memcpy(&b, &x, sizeof b);
	return b;
}

static double of_bits(uint64_t b)
{
	double x;

	memcpy(&x, &b, sizeof x);
	return x;
}

/* x = m * 2^e with m in [sqrt 1/2, sqrt 2); log m = 2 atanh((m - 1) / (m + 1)), a series in squares of at most
 * 0.0295. */
double ar_det_log(double x)
{
	static const double c[] = { 2.0 / 3, 2.0 / 5, 2.0 / 7, 2.0 / 9, 2.0 / 11, 2.0 / 13, 2.0 / 15, 2.0 / 17,
		2.0 / 19, 2.0 / 21, 2.0 / 23 };
	int e = 0;
	double f, s, z, p = 0;
	uint64_t b;

	if (!(x > 0))
		return x == 0 ? -HUGE_VAL : NAN;
	if (x > DBL_MAX)
		return HUGE_VAL;
	if (x < DBL_MIN) {                      /* subnormal: into the normal range, exactly */
		x *= 0x1p54;
		e = -54;
	}
	b = bits_of(x);
	e += (int)(b >> 52) - 1023;
	x = of_bits((b & 0xFFFFFFFFFFFFFu) | 0x3FF0000000000000u);
	if (x > SQRT2) {
		x *= 0.5;
		e++;
	}
	f = x - 1;                              /* exact */
	s = f / (2 + f);
	z = s * s;
	for (int i = (int)(sizeof c / sizeof *c) - 1; i >= 0; i--)
		p = (p + c[i]) * z;
	/* 2s = f - s * f; the small parts are added before the large ones */
	return e * LN2_HI + (f - (s * (f - p) - e * LN2_LO));
}

double ar_det_exp(double x)
{
	double k, r, p = 1;
	int n, half;

	if (x != x)
		return x;
	if (x > 709.79)
		return HUGE_VAL;
	if (x < -745.14)
		return 0;
	n = (int)(x * INV_LN2 + (x < 0 ? -0.5 : 0.5));
	k = n;
	r = (x - k * LN2_HI) - k * LN2_LO;      /* at most 0.3466 */
	for (int i = 15; i > 1; i--)            /* 1 + r/2 (1 + r/3 (...)); 0.3466^15 / 15! is 1e-19 */
		p = 1 + r / i * p;
	p = 1 + r * p;
	half = n / 2;                           /* in two steps, since 2^n alone may not be a normal number */
	p *= of_bits((uint64_t)(1023 + half) << 52);
	return p * of_bits((uint64_t)(1023 + n - half) << 52);
}
