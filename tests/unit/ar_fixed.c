/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expected values: by hand, from the exact binary value of each literal where it matters (noted). */
#include "config.h"

#include "ar/fixed.h"
#include "tap.h"

#include <math.h>

static void fixed(double x, int digits, const char *want)
{
	char text[AR_FIXED_TEXT];

	text[ar_fixed_put(text, x, digits)] = '\0';
	is_str(text, want, want);
}

int main(void)
{
	int64_t v = 7;

	fixed(0, 4, "0.0000");
	fixed(-0.0, 1, "0.0");
	fixed(0.5, 0, "1");                     /* a true tie: away from zero */
	fixed(-0.5, 0, "-1");
	fixed(2.5, 0, "3");
	fixed(-0.04, 1, "0.0");
	fixed(-0.05, 1, "-0.1");                /* binary is a little beyond the tie */
	fixed(0.15, 1, "0.2");                  /* binary is 0.1499999999999999944: within the guard */
	fixed(1.005, 2, "1.01");                /* binary is 1.00499999999999989: within the guard */
	fixed(1.004999, 2, "1.00");
	fixed(0.12345, 4, "0.1235");            /* binary is 0.123450000000000004 */
	fixed(0.1234499, 4, "0.1234");
	fixed(0.12344999999999, 4, "0.1235");   /* 1e-14 from the tie, less than 1e-9 of the value */
	fixed(0.12344999, 4, "0.1234");         /* 1e-8 from it */
	fixed(1e-30, 9, "0.000000000");
	fixed(5e-10, 9, "0.000000001");
	fixed(123456789.125, 2, "123456789.13");
	fixed(1e15, 2, "1000000000000000.00");
	fixed(9007199254740993.0, 1, "9007199254740992.0");   /* the literal itself rounds to even */
	ok(!ar_fixed(1e18, 0, &v) && !ar_fixed(NAN, 0, &v) && !ar_fixed(-HUGE_VAL, 3, &v) && v == 7, "refused, and nothing written");
	ok(ar_fixed(nextafter(0.99995, 0), 4, &v) && v == 10000, "one bit below the tie is the tie");
	return done_testing();
}
