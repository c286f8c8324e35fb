/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools of the learned correction: the twister against its authors' numbers, one split and one weight by hand. */
#include "config.h"

#include "ar/boost.h"
#include "ar/logit.h"
#include "ar/mt.h"
#include "tap.h"

#include <math.h>
#include <stdlib.h>

/* What the C++ standard asks of std::mt19937, whose seed is 5489 unless said (ISO/IEC 14882, rand.predef): the 10000th number is 4123659995. */
static void twister(void)
{
	struct ar_mt m;
	uint32_t v = 0;

	ar_mt_seed(&m, 5489);
	is_int(ar_mt_next(&m), 3499211612u, "first number of seed 5489");
	for (int i = 1; i < 10000; i++)
		v = ar_mt_next(&m);
	is_int(v, 4123659995u, "10000th");
}

static void sigmoid(void)
{
	bool near = true, rising = true;

	for (int i = -15000; i <= 15000; i++) {
		double x = i / 1000.0, p = 1 / (1 + exp(-x));
		int32_t got = ar_boost_sigmoid((int32_t)(x * AR_BOOST_ONE));

		near = near && fabs((double)got / AR_BOOST_ONE - p) < 3e-6;
		rising = rising && got <= ar_boost_sigmoid((int32_t)((x + 0.001) * AR_BOOST_ONE));
	}
	ok(near, "the sigmoid is one to 3e-6");
	ok(rising, "and rises");
	ok(ar_boost_sigmoid(INT32_MIN) > 0 && ar_boost_sigmoid(INT32_MAX) <= AR_BOOST_ONE, "at the ends too");
}

/*
 * Eight rows, one feature of two values; offset 0, so p = 1/2, slope p - y, curvature 1/4. Bin 3: one of four is yes, slope
 * 3/2 - 1/2 = 1; bin 9: all four, slope -2. With lambda 1 and the whole step: leaves -1 / (1 + 1) and 2 / (1 + 1).
 * A second feature that says nothing is not asked.
 */
static void one_split(void)
{
	static const uint8_t x[] = { 3, 5, 3, 6, 3, 5, 3, 6, 9, 5, 9, 6, 9, 5, 9, 6 };
	static const uint8_t y[] = { 1, 0, 0, 0, 1, 1, 1, 1 }, weight[] = { 128, 128, 128, 128, 128, 128, 128, 128 };
	static const int32_t offset[8];
	static const uint32_t use[] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	struct ar_boost_rows r = { .features = 2, .x = x, .y = y, .weight = weight, .offset = offset, .use = use, .n = 8 };
	struct ar_boost_how how = { .trees = 1, .depth = 1, .rate = 1, .lambda = 1, .least = 0.5, .unit = 128, .rows = 100, .features = 100,
		.seed = 1 };
	struct ar_boost b;

	ar_boost_fit(&r, &how, &b);
	is_int(b.node[0].feature, 0, "the feature that tells");
	is_int(b.node[0].cut, 3, "at its lower bin");
	is_int(ar_boost_say(&b, x), -AR_BOOST_ONE / 2, "left leaf");
	is_int(ar_boost_say(&b, x + 8), AR_BOOST_ONE, "right leaf");
	ar_boost_release(&b);
	how.least = 2;
	ar_boost_fit(&r, &how, &b);
	is_int(b.node[0].feature, AR_BOOST_LEAF, "too little curvature to split");
	is_int(ar_boost_say(&b, x), AR_BOOST_ONE / 3, "5 of 8: -(4 - 5) / (2 + 1)");
	ar_boost_release(&b);
}

/* Trees do not depend on the order of the rows when all are drawn. */
static void any_order(void)
{
	enum { N = 400 };
	static uint8_t x[N * 3], y[N], weight[N];
	static int32_t offset[N];
	uint32_t use[N], turned[N];
	struct ar_boost_rows r = { .features = 3, .x = x, .y = y, .weight = weight, .offset = offset, .n = N };
	struct ar_boost_how how = { .trees = 20, .depth = 4, .rate = 0.3, .lambda = 1, .least = 1, .unit = 100, .rows = 100, .features = 100,
		.seed = 7 };
	struct ar_boost a, b;
	struct ar_mt m;
	int32_t half = 0;
	double before = 0, after = 0;

	ar_mt_seed(&m, 3);
	for (int i = 0; i < N; i++) {
		for (int f = 0; f < 3; f++)
			x[i * 3 + f] = (uint8_t)ar_mt_below(&m, 64);
		y[i] = (x[i * 3] > 30) != (x[i * 3 + 1] > 40) ? ar_mt_below(&m, 10) > 0 : ar_mt_below(&m, 10) == 0;
		weight[i] = (uint8_t)(50 + ar_mt_below(&m, 100));
		use[i] = (uint32_t)i;
		turned[i] = (uint32_t)(N - 1 - i);
	}
	r.use = use;
	ar_boost_fit(&r, &how, &a);
	r.use = turned;
	ar_boost_fit(&r, &how, &b);
	ok(memcmp(a.node, b.node, (size_t)a.trees * (size_t)ar_boost_size(&a) * sizeof *a.node) == 0, "the same trees from rows in another order");
	for (int i = 0; i < N; i++) {
		double p = (double)ar_boost_sigmoid(ar_boost_say(&a, x + i * 3)) / AR_BOOST_ONE;

		before += fabs(y[i] - 0.5);
		after += fabs(y[i] - p);
	}
	ok(after < before / 2, "an exclusive-or is learned (%.0f of %.0f)", after, before);
	ar_boost_release(&a);
	how.times = 2;                          /* nothing is drawn here, so twice says the same, by halves */
	ar_boost_fit(&r, &how, &a);
	is_int(a.trees, 40, "twice as many trees");
	ok(abs(ar_boost_say(&a, x) - ar_boost_say(&b, x)) <= 40, "and their average");
	how.trees = 10;
	how.times = 1;
	ar_boost_release(&b);
	ar_boost_fit(&r, &how, &b);
	is_int(ar_boost_say_half(&a, x, &half), ar_boost_say(&a, x), "all of them");
	ok(abs(half - ar_boost_say(&b, x)) <= 20, "and the first half, as if no more had been learned");
	ar_boost_release(&a);
	ar_boost_release(&b);
}

/* One column of 0 and 1 without a ridge: the odds of each half are those counted. 1 of 4 and 3 of 4: log(1/3) and log 3. */
static void one_weight(void)
{
	static const float x[] = { 0, 0, 0, 0, 1, 1, 1, 1 }, offset[8];
	static const uint8_t y[] = { 1, 0, 0, 0, 1, 1, 1, 0 }, weight[] = { 1, 1, 1, 1, 1, 1, 1, 1 };
	struct ar_logit_rows r = { .n = 8, .columns = 1, .x = x, .y = y, .weight = weight, .offset = offset };
	struct ar_logit l;

	ar_logit_fit(&r, 1e-12, 1, &l);
	ok(fabs(ar_logit_say(&l, x) + log(3)) < 1e-3 && fabs(ar_logit_say(&l, x + 4) - log(3)) < 1e-3, "the odds that were counted");
	ar_logit_fit(&r, 1e6, 1, &l);
	ok(fabs(l.weight[0]) < 1e-4 && fabs(l.constant) < 1e-3, "a strong ridge leaves the mean");
}

int main(void)
{
	twister();
	sigmoid();
	one_split();
	any_order();
	one_weight();
	return done_testing();
}
