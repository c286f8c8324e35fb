/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exp and log against the C library's long double (64 bits of mantissa, wrong by at most a few of its own units). */
#include "config.h"

#include "ar/detmath.h"
#include "tap.h"

#include <float.h>
#include <math.h>

static uint64_t state = 20191130;

static double uniform(double lo, double hi)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return lo + (hi - lo) * ((double)(state >> 11) * 0x1p-53);
}

static double worst_log(double lo, double hi, int n)
{
	double worst = 0;

	for (int i = 0; i < n; i++) {
		double x = uniform(lo, hi);
		long double want = logl((long double)x), off = want == 0 ? 0 : ((long double)ar_det_log(x) - want) / want;

		worst = (double)fabsl(off) > worst ? (double)fabsl(off) : worst;
	}
	return worst;
}

static double worst_exp(double lo, double hi, int n)
{
	double worst = 0;

	for (int i = 0; i < n; i++) {
		double x = uniform(lo, hi);
		long double want = expl((long double)x), off = ((long double)ar_det_exp(x) - want) / want;

		worst = (double)fabsl(off) > worst ? (double)fabsl(off) : worst;
	}
	return worst;
}

static void close_to(double got, double bound, const char *what)
{
	if (!ok(got < bound, "%s", what))
		printf("# relative error %g, allowed %g\n", got, bound);
}

/* The bits themselves, so that another compiler, machine or flag shows. The decimal values are Python's decimal at 40 digits:
 * ln 0.3 = -1.2039728043259359926227..., e^-0.7 = 0.4965853037914095147048..., e^10.5 = 36315.5026742466377391... */
static void pinned(void)
{
	ok(fabs(ar_det_log(0.3) - -1.2039728043259359926) < 3e-16, "log 0.3");
	ok(fabs(ar_det_exp(-0.7) - 0.49658530379140951470) < 2e-16, "exp -0.7");
	ok(fabs(ar_det_exp(10.5) - 36315.502674246637739) < 1e-11, "exp 10.5");
}

int main(void)
{
	close_to(worst_log(1e-300, 1e-3, 200000), 1e-15, "log of small numbers");
	close_to(worst_log(0.5, 2, 400000), 1e-15, "log around one");
	close_to(worst_log(0.999999, 1.000001, 100000), 1e-15, "log next to one");
	close_to(worst_log(1, 1e12, 200000), 1e-15, "log of large numbers");
	close_to(worst_exp(-1, 1, 400000), 1e-15, "exp around zero");
	close_to(worst_exp(-700, 700, 400000), 1e-15, "exp over its range");
	pinned();
	ok(ar_det_log(1) == 0 && ar_det_exp(0) == 1, "log 1 and exp 0 are exact");
	ok(ar_det_log(0) == -HUGE_VAL && isnan(ar_det_log(-1)) && isnan(ar_det_log(NAN)), "log outside its domain");
	ok(ar_det_log(HUGE_VAL) == HUGE_VAL, "log of infinity");
	ok(fabs(ar_det_log(0x1p-1074) / -744.44007192138126231 - 1) < 1e-15, "log of the smallest subnormal is -1074 ln 2");
	ok(ar_det_exp(710) == HUGE_VAL && ar_det_exp(-746) == 0 && isnan(ar_det_exp(NAN)), "exp outside its range");
	ok(ar_det_exp(-745) == 0x1p-1074, "exp into the subnormals");
	ok(ar_det_exp(709.78) < HUGE_VAL && ar_det_exp(709.78) > 1.79e308, "exp next to the largest number");
	return done_testing();
}
