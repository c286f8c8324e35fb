/* SPDX-License-Identifier: GPL-3.0-or-later */
/* num_rate.c - rates, conversion, percentages. The tables were computed with Python's fractions. */
#include "config.h"

#include "num/rate.h"

#include "tap.h"

#define SEED 20260103u
#define COUNT(a) (sizeof (a) / sizeof (a)[0])

static uint64_t rng = SEED;

static uint64_t next(void)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return rng;
}

static int ccy(const char *z)
{
	return ar_ccy_find(ar_str(z));
}

static struct ar_rate rate(const char *z)
{
	struct ar_rate r = { 0 };

	if (!ar_decimal_parse(ar_str(z), &r))
		ok(0, "test rate %s", z);
	return r;
}

static void parsing(void)
{
	static const struct { const char *z; int64_t mant; int scale; } t[] = {
		{ "1.0842", 10842, 4 }, { "0.0925", 925, 4 }, { "161", 161, 0 },
		{ "1.0840", 10840, 4 },
		{ "0.000000000000000001", 1, 18 },
		{ "0.999999999999999999", 999999999999999999, 18 },
		{ "999999999999999999", 999999999999999999, 0 },
		{ "1.00000000000000000", 100000000000000000, 17 },
	};
	static const char *const bad[] = { "", ".", "0", "0.0", "-1", "+1", "1.", ".5", "01",
		"00.5", "1e3", "1.5e", "1,5",
		" 1", "1 ", "1.2.3", "1000000000000000000", "1.000000000000000000",
		"0.0000000000000000001",
		"0.0000000000000000010", "1/2", "1:", "inf" };
	static const struct { const char *z; int64_t mant; int scale; } dec[] = {
		{ "-12.5", -125, 1 }, { "0", 0, 0 }, { "0.00", 0, 2 }, { "-0.01", -1, 2 },
		{ "19", 19, 0 },
	};
	static const char *const bad_dec[] = { "-0", "-0.00", "--1", "-", "+1", "-.5", "-01", "" };
	struct ar_rate r;
	char z[44];

	for (size_t i = 0; i < COUNT(t); i++) {
		r = (struct ar_rate){ 0 };
		ok(ar_rate_parse(ar_str(t[i].z), &r) && r.mant == t[i].mant &&
			r.scale == t[i].scale, "rate %s", t[i].z);
		z[ar_rate_put(z, r)] = '\0';
		is_str(z, t[i].z, "and back");
	}
	for (size_t i = 0; i < COUNT(dec); i++) {
		r = (struct ar_rate){ 7, 7 };
		ok(ar_decimal_parse(ar_str(dec[i].z), &r) && r.mant == dec[i].mant &&
			r.scale == dec[i].scale,
			"decimal %s", dec[i].z);
		z[ar_rate_put(z, r)] = '\0';
		is_str(z, dec[i].z, "and back");
	}
	r = (struct ar_rate){ 7, 7 };
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(!ar_rate_parse(ar_str(bad[i]), &r) && r.mant == 7, "no rate: '%s'", bad[i]);
	for (size_t i = 0; i < COUNT(bad_dec); i++)
		ok(!ar_decimal_parse(ar_str(bad_dec[i]), &r) && r.mant == 7, "no decimal: '%s'",
			bad_dec[i]);
}

static void comparing(void)
{
	static const struct { const char *a, *b; int want; } t[] = {
		{ "1.084", "1.0840", 0 }, { "1.084", "1.0841", -1 },
		{ "2", "1.999999999999999", 1 }, { "-1", "0", -1 },
		{ "-1.5", "-1.25", -1 }, { "999999999999999999", "0.000000000000000001", 1 },
		{ "0", "0.00", 0 },
	};

	for (size_t i = 0; i < COUNT(t); i++) {
		is_int(ar_rate_cmp(rate(t[i].a), rate(t[i].b)), t[i].want, t[i].a);
		is_int(ar_rate_cmp(rate(t[i].b), rate(t[i].a)), -t[i].want, "and the other way");
	}
}

struct convert {
	int64_t minor;
	const char *from, *to, *rate, *unit, *quoted;
	enum ar_round how;
	bool fits;
	int64_t want;
};

static const struct convert converts[] = {
	/* by hand */
	{ 100000, "USD", "EUR", "0.92", "USD", "EUR", AR_HALF_UP, true, 92000 },
	{ 92000, "EUR", "USD", "0.92", "USD", "EUR", AR_HALF_UP, true, 100000 },
	{ 1, "USD", "EUR", "0.5", "USD", "EUR", AR_HALF_UP, true, 1 },
	{ 1, "USD", "EUR", "0.5", "USD", "EUR", AR_HALF_EVEN, true, 0 },
	{ 3, "USD", "EUR", "0.5", "USD", "EUR", AR_HALF_EVEN, true, 2 },
	{ -1, "USD", "EUR", "0.5", "USD", "EUR", AR_HALF_UP, true, -1 },
	{ 1, "USD", "EUR", "2", "EUR", "USD", AR_HALF_UP, true, 1 },
	{ 1, "USD", "EUR", "2", "EUR", "USD", AR_HALF_EVEN, true, 0 },
	{ 150, "EUR", "JPY", "1", "EUR", "JPY", AR_HALF_EVEN, true, 2 },
	{ 250, "EUR", "JPY", "1", "EUR", "JPY", AR_HALF_EVEN, true, 2 },
	{ 250, "EUR", "JPY", "1", "EUR", "JPY", AR_HALF_UP, true, 3 },
	{ 0, "EUR", "JPY", "163.45", "EUR", "JPY", AR_UP, true, 0 },
	{ INT64_MAX, "USD", "EUR", "1", "USD", "EUR", AR_HALF_UP, true, INT64_MAX },
	{ INT64_MIN, "USD", "EUR", "1", "EUR", "USD", AR_HALF_UP, true, INT64_MIN },
	{ INT64_MIN, "USD", "EUR", "1.000000000001", "USD", "EUR", AR_HALF_UP, false, 0 },
	{ INT64_MAX, "USD", "EUR", "999999999999999999", "USD", "EUR", AR_HALF_UP, false, 0 },
	{ INT64_MAX, "JPY", "CLF", "0.000000000000000001", "CLF", "JPY", AR_HALF_UP, false, 0 },
	/* 2^63 - 0.5 stays below, 2^63 - 0.25 does not */
	{ 9223372036854775807, "CLP", "JPY", "1", "CLP", "JPY", AR_UP, true, INT64_MAX },
	{ 922337203685477581, "CLP", "JPY", "10", "CLP", "JPY", AR_HALF_UP, false, 0 },
	{ -922337203685477581, "CLP", "JPY", "9.99999999999999999", "CLP", "JPY", AR_UP, true,
		-9223372036854775801 },
	/* drawn by lot */
	{ 770506719LL, "USD", "BHD", "13643", "BHD", "USD", AR_HALF_UP, true, 564763LL },
	{ -63249147971LL, "GBP", "CLP", "0.44645", "CLP", "GBP", AR_UP, true, -1416712913LL },
	{ -10LL, "USD", "CLF", "0.457044455539700740", "CLF", "USD", AR_HALF_UP, true, -2188LL },
	{ 6LL, "CLP", "GBP", "0.079054", "GBP", "CLP", AR_HALF_EVEN, true, 7590LL },
	{ -926985124LL, "USD", "EUR", "999050939633126.80", "USD", "EUR", AR_HALF_EVEN, false, 0 },
	{ -6LL, "EUR", "CLF", "0.076769", "CLF", "EUR", AR_DOWN, true, -7815LL },
	{ -501845371LL, "EUR", "KWD", "0.09", "KWD", "EUR", AR_DOWN, true, -55760596777LL },
	{ 970461LL, "KWD", "BHD", "0.8", "BHD", "KWD", AR_HALF_UP, true, 1213076LL },
	{ -243109850785626LL, "KWD", "CLP", "0.19572", "CLP", "KWD", AR_HALF_EVEN, true,
		-1242130854208LL },
	{ -281014390LL, "KWD", "GBP", "44309", "KWD", "GBP", AR_UP, true, -1245146660651LL },
	{ 711356LL, "USD", "KWD", "0.000000000000868894", "KWD", "USD", AR_HALF_UP, true,
		8186913478514065007LL },
	{ -146112965693866LL, "JPY", "USD", "62858116.4581", "USD", "JPY", AR_HALF_UP, true,
		-232448845LL },
	{ -860762LL, "CLF", "JPY", "441", "CLF", "JPY", AR_DOWN, true, -37959LL },
	{ -941599297855393425LL, "CLP", "USD", "0.242", "CLP", "USD", AR_HALF_EVEN, false, 0 },
	{ 8LL, "EUR", "KWD", "729.19", "KWD", "EUR", AR_UP, true, 1LL },
	{ -8LL, "GBP", "CLF", "603", "GBP", "CLF", AR_HALF_EVEN, true, -482400LL },
	{ 103077073370744780LL, "BHD", "GBP", "65887", "BHD", "GBP", AR_DOWN, false, 0 },
	{ 380299LL, "KWD", "USD", "0.070391", "KWD", "USD", AR_HALF_UP, true, 2677LL },
	{ -8LL, "CLF", "GBP", "0.03223", "CLF", "GBP", AR_UP, true, -1LL },
	{ -214533104603LL, "CLP", "EUR", "0.000000910519036077", "CLP", "EUR", AR_UP, true,
		-19533648LL },
	{ -163LL, "BHD", "CLF", "1", "CLF", "BHD", AR_HALF_EVEN, true, -1630LL },
	{ 105189LL, "CLF", "KWD", "0.000000000000423193", "CLF", "KWD", AR_UP, true, 1LL },
	{ 950038LL, "JPY", "USD", "890.44", "USD", "JPY", AR_HALF_EVEN, true, 106693LL },
	{ -875447997542611LL, "EUR", "USD", "861659531470.319106", "USD", "EUR", AR_DOWN, true,
		-1016LL },
	{ 735LL, "CLP", "GBP", "0.046699", "GBP", "CLP", AR_UP, true, 1573910LL },
	{ -510387124LL, "USD", "CLF", "4.2608", "CLF", "USD", AR_HALF_EVEN, true, -11978668888LL },
};

static void converting(void)
{
	for (size_t i = 0; i < COUNT(converts); i++) {
		const struct convert *t = &converts[i];
		int64_t v = 42;
		bool fits = ar_convert(t->minor, ccy(t->from), ccy(t->to), rate(t->rate),
			ccy(t->unit), ccy(t->quoted),
			t->how, &v);

		ok(fits == t->fits, "%lld %s to %s at %s", (long long)t->minor, t->from, t->to,
			t->rate);
		is_int(v, t->fits ? t->want : 42, "gives");
	}
}

static void wrong_arguments(void)
{
	int usd = ccy("USD"), eur = ccy("EUR"), gbp = ccy("GBP");
	struct ar_rate r = rate("0.92"), bad[] = { { 0, 0 }, { -92, 2 }, { 92, -1 }, { 92, 19 } };
	int64_t v = 42;

	ok(!ar_convert(100, usd, gbp, r, usd, eur, AR_HALF_UP, &v), "a rate for another pair");
	ok(!ar_convert(100, usd, eur, r, gbp, eur, AR_HALF_UP, &v), "and another unit");
	ok(!ar_convert(100, usd, eur, r, usd, usd, AR_HALF_UP, &v), "of one currency only");
	ok(!ar_convert(100, usd, AR_CCY_NONE, r, usd, AR_CCY_NONE, AR_HALF_UP, &v), "no currency");
	ok(!ar_convert(100, ar_ccy_count, eur, r, ar_ccy_count, eur, AR_HALF_UP, &v),
		"beyond the table");
	for (size_t i = 0; i < COUNT(bad); i++) {
		ok(!ar_convert(100, usd, eur, bad[i], usd, eur, AR_HALF_UP, &v), "bad rate");
		ok(!ar_convert_via(100, usd, gbp, eur, bad[i], r, AR_HALF_UP, &v),
			"bad first rate");
		ok(!ar_convert_via(100, usd, gbp, eur, r, bad[i], AR_HALF_UP, &v),
			"bad second rate");
	}
	ok(!ar_convert_via(100, usd, gbp, AR_CCY_NONE, r, r, AR_HALF_UP, &v), "no pivot");
	ok(!ar_percent(100, (struct ar_rate){ 1, 19 }, AR_HALF_UP, &v) && v == 42, "bad scale");
	ok(ar_convert(100, usd, usd, bad[0], gbp, eur, AR_HALF_UP, &v) && v == 100,
		"to itself, nothing is converted");
	ok(ar_convert_via(-7, usd, usd, eur, bad[0], bad[0], AR_HALF_UP, &v) && v == -7,
		"nor by way of another");
}

struct via {
	int64_t minor;
	const char *from, *to, *pivot, *rate_from, *rate_to;
	enum ar_round how;
	bool fits;
	int64_t want;
};

static const struct via vias[] = {
	/*
	 * by hand: 5 pence are 9.545 yen; 1 * 1.6 / 3 is more than a half, though 16 / 3 cut
	 * off is less than it
	 */
	{ 10000, "GBP", "JPY", "EUR", "0.85620", "163.45", AR_HALF_UP, true, 19090 },
	{ 5, "GBP", "JPY", "EUR", "0.85620", "163.45", AR_HALF_UP, true, 10 },
	{ -10000, "GBP", "JPY", "EUR", "0.85620", "163.45", AR_HALF_UP, true, -19090 },
	{ 1, "CLP", "JPY", "XAF", "3", "1.6", AR_HALF_EVEN, true, 1 },
	{ 1, "CLP", "JPY", "XAF", "3", "1.5", AR_HALF_EVEN, true, 0 },
	{ 1, "CLP", "JPY", "XAF", "3", "1.5", AR_HALF_UP, true, 1 },
	{ 100, "CLP", "JPY", "XAF", "999999999999999999", "50", AR_UP, true, 1 },
	{ 3, "CLP", "JPY", "XAF", "3", "0.5001", AR_HALF_EVEN, true, 1 },
	{ 100000, "EUR", "USD", "EUR", "7", "1.0842", AR_HALF_UP, true, 108420 },
	{ 108420, "USD", "EUR", "EUR", "1.0842", "7", AR_HALF_UP, true, 100000 },
	{ INT64_MIN, "GBP", "USD", "EUR", "0.999999999999999999", "0.999999999999999999",
		AR_HALF_UP, true, INT64_MIN },
	{ INT64_MAX, "GBP", "USD", "EUR", "0.000000000000000001", "999999999999999999",
		AR_HALF_UP, false, 0 },
	/* 2^121 * 10^18, which is nothing but zeros in the lower 128 bits */
	{ 4611686018427387904, "GBP", "USD", "EUR", "0.000000000000000001",
		"576460752303423488", AR_HALF_UP, false, 0 },
	/* drawn by lot */
	{ -116952LL, "USD", "CLF", "BHD", "1975630541.66", "2", AR_DOWN, true, 0LL },
	{ 7LL, "EUR", "CLP", "GBP", "0.133101", "8410989684221.2900", AR_DOWN, true,
		4423477493749LL },
	{ -1LL, "EUR", "KWD", "CLP", "0.000000000000103080", "0.163541575668542745",
		AR_HALF_EVEN, true, -15865500161869LL },
	{ -4LL, "CLF", "KWD", "BHD", "0.692342738436639947", "78331", AR_HALF_EVEN, true,
		-45256LL },
	{ 282108LL, "EUR", "BHD", "KWD", "0.000671", "0.195871703492422607", AR_DOWN, true,
		823501855LL },
	{ -512215067080LL, "USD", "EUR", "GBP", "0.06", "0.318409", AR_UP, true, -2718231454898LL },
	{ 242561837486214LL, "BHD", "CLP", "JPY", "3", "0.690834996660496672", AR_HALF_EVEN,
		true, 55856735397LL },
	{ 634587698834824324LL, "USD", "CLP", "GBP", "0.000000000000634199",
		"0.115867597212834927", AR_HALF_EVEN, false, 0 },
	{ 539LL, "BHD", "KWD", "CLP", "0.165611699622", "283487", AR_UP, true, 922637069LL },
	{ -56364460583019LL, "BHD", "KWD", "GBP", "212", "288715.151550", AR_DOWN, true,
		-76760725373869490LL },
	{ -268107531526LL, "USD", "JPY", "KWD", "59642", "0.0904", AR_HALF_UP, true, -4064LL },
	{ 133117369859002LL, "CLP", "KWD", "BHD", "0.000008", "0.000000000000930719",
		AR_HALF_EVEN, true, 15486858170LL },
	{ 118343120LL, "USD", "CLF", "BHD", "0.942", "35689442.7437", AR_DOWN, true,
		448365181035118720LL },
	{ -10LL, "JPY", "GBP", "CLF", "0.551456", "639577658321", AR_HALF_UP, true,
		-1159798167616274LL },
	{ -2LL, "USD", "BHD", "CLF", "2.72", "0.000039", AR_HALF_UP, true, 0LL },
	{ 5LL, "EUR", "CLF", "CLP", "80581492.2865", "1.1684", AR_UP, true, 1LL },
};

static void converting_via(void)
{
	int gbp = ccy("GBP"), jpy = ccy("JPY"), eur = ccy("EUR");
	int64_t v;

	for (size_t i = 0; i < COUNT(vias); i++) {
		const struct via *t = &vias[i];
		bool fits;

		v = 42;
		fits = ar_convert_via(t->minor, ccy(t->from), ccy(t->to), ccy(t->pivot),
			rate(t->rate_from), rate(t->rate_to),
			t->how, &v);
		ok(fits == t->fits, "%lld %s to %s by way of %s", (long long)t->minor, t->from,
			t->to, t->pivot);
		is_int(v, t->fits ? t->want : 42, "gives");
	}
	/* why it is one step: cents of euro between give another yen */
	ok(ar_convert(10000, gbp, eur, rate("0.85620"), eur, gbp, AR_HALF_UP, &v) && v == 11680,
		"100.00 GBP in euro");
	ok(ar_convert(v, eur, jpy, rate("163.45"), eur, jpy, AR_HALF_UP, &v) && v == 19091,
		"and those in yen");
}

struct percent {
	int64_t minor;
	const char *rate;
	enum ar_round how;
	bool fits;
	int64_t want;
};

static const struct percent percents[] = {
	/* by hand */
	{ 10000, "19", AR_HALF_UP, true, 1900 },
	{ 1005, "10", AR_HALF_UP, true, 101 },
	{ 1005, "10", AR_HALF_EVEN, true, 100 },
	{ -1005, "10", AR_HALF_UP, true, -101 },
	{ 1005, "-10", AR_HALF_UP, true, -101 },
	{ 100000, "0.25", AR_HALF_UP, true, 250 },
	{ 12345, "0", AR_UP, true, 0 },
	{ INT64_MIN, "100", AR_HALF_UP, true, INT64_MIN },
	{ INT64_MIN, "-100", AR_HALF_UP, false, 0 },
	{ INT64_MAX, "100.00000000000001", AR_HALF_UP, false, 0 },
	{ INT64_MIN, "-999999999999999999", AR_HALF_UP, false, 0 },
	/* drawn by lot */
	{ 622LL, "3671243.3683", AR_DOWN, true, 22835133LL },
	{ 824LL, "-12372", AR_DOWN, true, -101945LL },
	{ -703085LL, "0.000000000000274142", AR_DOWN, true, 0LL },
	{ -335688212LL, "-8.07", AR_DOWN, true, 27090038LL },
	{ -597801LL, "0.000000000000000009", AR_UP, true, -1LL },
	{ 485495LL, "0.055894", AR_HALF_UP, true, 271LL },
	{ 120382LL, "0.583987394115299332", AR_HALF_EVEN, true, 703LL },
	{ 560224745623LL, "-0.000000743254201053", AR_DOWN, true, -4163LL },
	{ -286LL, "7.9378", AR_UP, true, -23LL },
	{ -42953449137LL, "0.656145", AR_HALF_EVEN, true, -281836909LL },
};

static void percentages(void)
{
	for (size_t i = 0; i < COUNT(percents); i++) {
		const struct percent *t = &percents[i];
		int64_t v = 42;

		ok(ar_percent(t->minor, rate(t->rate), t->how, &v) == t->fits, "%s%% of %lld",
			t->rate, (long long)t->minor);
		is_int(v, t->fits ? t->want : 42, "gives");
	}
}

/* Gains and losses of an invoice of 1,000 USD at 0.92, 0.90 at the month end, paid at 0.91. */
static void gains(void)
{
	int usd = ccy("USD"), eur = ccy("EUR");
	int64_t booked, closing, paid;

	ar_convert(100000, usd, eur, rate("0.92"), usd, eur, AR_HALF_UP, &booked);
	ar_convert(100000, usd, eur, rate("0.90"), usd, eur, AR_HALF_UP, &closing);
	ar_convert(100000, usd, eur, rate("0.91"), usd, eur, AR_HALF_UP, &paid);
	is_int(closing - booked, -2000, "unrealised");
	is_int(paid - booked, -1000, "realised");
}

/* 10^n for small n. */
static ar_wide ten(int n)
{
	return n > 0 ? 10 * ten(n - 1) : 1;
}

/* Did a conversion end as the exact result says: that number, or refused as beyond int64? */
static bool agrees(bool done, int64_t got, ar_wide exact)
{
	bool fits = exact >= INT64_MIN && exact <= INT64_MAX;

	return done == fits && (!fits || got == exact);
}

/*
 * Small enough to be done in plain 128 bits: multiply out, divide once. Also x and -x give
 * opposite results.
 */
static void against_plain_division(void)
{
	static const char *const codes[] = { "USD", "JPY", "KWD", "CLF" };
	int bad = 0;

	for (int i = 0; i < 100000; i++) {
		int from = ccy(codes[next() % 4]), to = ccy(codes[next() % 4]), pivot = ccy("EUR");
		int64_t minor = (int64_t)(next() % 20000001) - 10000000, v = 0, minus = 0;
		struct ar_rate a = { (int64_t)(next() % 10000000) + 1, (int)(next() % 9) };
		struct ar_rate b = { (int64_t)(next() % 10000000) + 1, (int)(next() % 9) };
		enum ar_round how = (enum ar_round)(next() % 4);
		ar_wide up = ten(ar_ccy[to].digits), down = ten(ar_ccy[from].digits);
		bool done;

		if (from == to)
			continue;
		done = ar_convert(minor, from, to, a, from, to, how, &v);
		bad += !agrees(done, v, ar_div_round(minor * up * a.mant, down * ten(a.scale),
			how));
		done = ar_convert(minor, from, to, a, to, from, how, &v);
		bad += !agrees(done, v, ar_div_round(minor * up * ten(a.scale), down * a.mant,
			how));
		done = ar_percent(minor, a, how, &v);
		bad += !agrees(done, v, ar_div_round((ar_wide)minor * a.mant, 100 * ten(a.scale),
			how));
		done = ar_convert_via(minor, from, to, pivot, a, b, how, &v);
		bad += !agrees(done, v,
			ar_div_round(minor * up * b.mant * ten(a.scale),
				down * a.mant * ten(b.scale), how));
		bad += ar_convert_via(-minor, from, to, pivot, a, b, how, &minus) != done ||
			(done && minus != -v);
	}
	is_int(bad, 0, "all conversions agree with one plain division (seed 20260103)");
}

int main(void)
{
	parsing();
	comparing();
	converting();
	wrong_arguments();
	converting_via();
	percentages();
	gains();
	against_plain_division();
	return done_testing();
}
