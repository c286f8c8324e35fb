/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * num_money.c - amounts as text, rounding, allocation, carrying. Expected values come from
 * Python's fractions.
 */
#include "config.h"

#include "num/money.h"

#include "tap.h"

#define SEED 20260102u
#define COUNT(a) (sizeof (a) / sizeof (a)[0])

static uint64_t rng = SEED;

static uint64_t next(void)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return rng;
}

/* All sizes alike, both signs. */
static int64_t any_amount(void)
{
	int shift = (int)(next() % 64);

	return (int64_t)next() >> shift;
}

static const char *wide_text(ar_wide w, int digits)
{
	static char buf[AR_MONEY_TEXT];

	buf[ar_wide_put(buf, w, digits)] = '\0';
	return buf;
}

static void canonical(void)
{
	static const struct { const char *z; int digits; int64_t minor; } t[] = {
		{ "1234.50", 2, 123450 }, { "-7", 0, -7 }, { "-0.05", 2, -5 }, { "0.00", 2, 0 },
		{ "0", 0, 0 },
		{ "0.000", 3, 0 }, { "1.000", 3, 1000 }, { "0.0001", 4, 1 },
		{ "-12.3456", 4, -123456 }, { "10.00", 2, 1000 },
		{ "9999999999999.99", 2, AR_MONEY_MAX }, { "-9999999999999.99", 2, -AR_MONEY_MAX },
		{ "999999999999999", 0, AR_MONEY_MAX }, { "-99999999999.9999", 4, -AR_MONEY_MAX },
	};
	static const struct { const char *z; int digits; } bad[] = {
		{ "", 2 }, { "", 0 }, { ".", 2 }, { "-", 2 }, { "-", 0 }, { "01.00", 2 },
		{ "00.00", 2 }, { "-0.00", 2 },
		{ "-0", 0 }, { "00", 0 }, { "+1", 0 }, { "+1.00", 2 }, { "1.0", 2 }, { "1", 2 },
		{ "1.", 2 }, { "1.000", 2 },
		{ "100.", 0 }, { "1.0", 0 }, { ".00", 2 }, { ".50", 2 }, { "-.50", 2 },
		{ "1e3", 0 }, { "1e3.00", 2 },
		{ "1.0e", 2 }, { "1,00", 2 }, { "1,000.00", 2 }, { " 1.00", 2 }, { "1.00 ", 2 },
		{ "--1.00", 2 }, { "-+1.00", 2 },
		{ "1.-1", 2 }, { "1.0-", 2 }, { "1..0", 2 }, { "..00", 2 },
		{ "1000000000000000", 0 },
		{ "10000000000000.00", 2 }, { "-10000000000000.00", 2 }, { "100000000000.0000", 4 },
		{ "99999999999999999999999999999999999999999", 0 }, { "0x10", 0 }, { "1:", 0 },
		{ "/1", 0 }, { "nan", 0 },
		{ "\xd9\xa1.00", 2 },
	};
	char z[AR_MONEY_TEXT];
	int64_t v;
	ar_wide w;

	for (size_t i = 0; i < COUNT(t); i++) {
		v = 42;
		ok(ar_money_parse(ar_str(t[i].z), t[i].digits, &v) && v == t[i].minor,
			"parsed %s", t[i].z ? t[i].z : "");
		w = 42;
		ok(ar_wide_parse(ar_str(t[i].z), t[i].digits, &w) && w == t[i].minor,
			"and as a wide one");
		is_str(ar_money_z(z, t[i].minor, t[i].digits), t[i].z, "printed");
	}
	v = 42;
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(!ar_money_parse(ar_str(bad[i].z), bad[i].digits, &v) && v == 42,
			"refused: '%s'", bad[i].z);
	ok(!ar_money_parse((struct ar_str){ "1.0\0", 4 }, 2, &v), "refused: a NUL");
	is_str(ar_money_z(z, INT64_MIN, 2), "-92233720368547758.08", "the least int64");
	is_str(ar_money_z(z, INT64_MAX, 0), "9223372036854775807", "the greatest");
	is_str(ar_money_z(z, 5, 18), "0.000000000000000005", "18 digits");
}

static void wide(void)
{
	static const char max[] = "99999999999999999999999999999999999999";    /* 38 digits */
	static const struct { const char *z; int digits; } good[] = {
		{ "9223372036854775808", 0 }, { "-92233720368547758.09", 2 },
		{ "99999999999999999999999999999999999.999", 3 },
		{ "999999999999999999999999999999999999.99", 2 }, { "-1.0000000000000000000", 19 },
		{ "0.00000000000000000001", 20 }, { "-0.10000000000000000000", 20 },
		{ "10000000000000000000000", 0 },
	};
	static const struct { const char *z; int digits; } bad[] = {
		{ "100000000000000000000000000000000000000", 0 },
		{ "1000000000000000000000000000000000000.00", 2 },
		{ "-0.00", 2 }, { "01.00", 2 }, { "1.0", 2 }, { "1:.00", 2 }, { "+1.00", 2 },
		{ "", 0 },
	};
	ar_wide w = 42, most = (((ar_wide)1 << 126) - 1) * 2 + 1, m = 0;      /* 2^127 - 1 */

	for (size_t i = 0; i < COUNT(good); i++) {
		ok(ar_wide_parse(ar_str(good[i].z), good[i].digits, &w), "wide %s", good[i].z);
		is_str(wide_text(w, good[i].digits), good[i].z, "and back");
	}
	w = 42;
	for (size_t i = 0; i < COUNT(bad); i++)
		ok(!ar_wide_parse(ar_str(bad[i].z), bad[i].digits, &w) && w == 42,
			"wide refused: '%s'", bad[i].z);
	for (int i = 0; i < 38; i++)
		m = m * 10 + 9;
	ok(ar_wide_parse(ar_str(max), 0, &w) && w == m, "38 nines");
	is_str(wide_text(-most - 1, 2), "-1701411834604692317316873037158841057.28",
		"the least of 128 bits");
	is_str(wide_text(most, 38), "1.70141183460469231731687303715884105727", "the greatest");
}

static void text_round_trip(void)
{
	int bad = 0, bad_wide = 0;

	for (int i = 0; i < 200000; i++) {
		int64_t v = any_amount() % (AR_MONEY_MAX + 1), back = ~v;
		int64_t by = (int64_t)next() >> 20;
		ar_wide w = (ar_wide)any_amount() * by, wback = ~w;
		char z[AR_MONEY_TEXT];
		int digits = (int)(next() % 5), n = ar_money_put(z, v, digits);

		bad += !ar_money_parse((struct ar_str){ z, (size_t)n }, digits, &back) || back != v;
		n = ar_wide_put(z, w, digits);
		bad_wide += !ar_wide_parse((struct ar_str){ z, (size_t)n }, digits, &wback) ||
			wback != w;
	}
	is_int(bad, 0, "parse(put(x)) = x (seed 20260102)");
	is_int(bad_wide, 0, "and so for wide ones");
}

/* One byte of good text replaced by any other: taken only if the result is printed as it stands. */
static void one_byte_off(void)
{
	static const char *const from[] = { "-1204.50", "0.00", "7.10" };
	int bad = 0;

	for (size_t k = 0; k < COUNT(from); k++) {
		for (size_t at = 0; at < strlen(from[k]); at++) {
			for (int c = 0; c < 256; c++) {
				char z[16], back[AR_MONEY_TEXT];
				size_t n = strlen(from[k]);
				bool digit = c >= '0' && c <= '9', taken;
				int64_t v = 0;

				strcpy(z, from[k]);
				z[at] = (char)c;
				taken = ar_money_parse((struct ar_str){ z, n }, 2, &v);
				if (taken)
					bad += strcmp(ar_money_z(back, v, 2), z) != 0;
				else if (digit && from[k][at] != '.' && from[k][at] != '-')
					/* only a leading zero is wrong */
					bad += !(c == '0' && z[at + 1] != '.');
			}
		}
	}
	is_int(bad, 0, "one byte off");
}

static void reading(void)
{
	static const struct { const char *z; int digits; int64_t minor; } t[] = {
		{ "123", 2, 12300 }, { "123.4500", 2, 12345 }, { "-123.45", 2, -12345 },
		{ "0007.5", 2, 750 }, { "-0", 2, 0 },
		{ "-0.00", 2, 0 }, { ".5", 2, 50 }, { "-.05", 2, -5 }, { "5", 0, 5 },
		{ "5.000", 0, 5 }, { "1.5", 3, 1500 },
		{ "0", 0, 0 }, { "00000000000000000000000000001.00", 2, 100 },
		{ "9999999999999.99", 2, AR_MONEY_MAX },
		{ "-999999999999999", 0, -AR_MONEY_MAX },
		{ "1.00000000000000000000000000000000000000000", 2, 100 },
	};
	static const struct { const char *z; int digits; const char *code; } bad[] = {
		{ "", 2, "money_syntax" }, { "-", 2, "money_syntax" }, { ".", 2, "money_syntax" },
		{ "-.", 2, "money_syntax" },
		{ "5.", 2, "money_syntax" }, { "+5", 2, "money_syntax" },
		{ "1e3", 2, "money_syntax" },
		{ "1,000.00", 2, "money_syntax" }, { "1.2.3", 2, "money_syntax" },
		{ " 1", 2, "money_syntax" },
		{ "1 ", 2, "money_syntax" }, { "--1", 2, "money_syntax" },
		{ "(1)", 2, "money_syntax" }, { "1-", 2, "money_syntax" },
		{ "1.005", 2, "money_digits" }, { "1.5", 0, "money_digits" },
		{ "0.0000000000000001", 2, "money_digits" },
		{ "1.00x", 2, "money_syntax" }, { "1.001x", 2, "money_syntax" },
		{ "99999999999999999x", 2, "money_syntax" },
		{ "10000000000000", 2, "money_large" }, { "10000000000000.00", 2, "money_large" },
		{ "-1000000000000000", 0, "money_large" },
		{ "99999999999999999999999999999999", 0, "money_large" },
		{ "1000000000000000000000", 4, "money_large" },
		{ "999999999999999", 1, "money_large" },
		{ "18446744073709551616.00", 2, "money_large" },
		{ "184467440737095516.16", 2, "money_large" },
	};
	struct ar_err e = { .line = 7, .field = "amount" };
	int64_t v = 42;

	for (size_t i = 0; i < COUNT(t); i++)
		ok(ar_money_read(ar_str(t[i].z), t[i].digits, &v, NULL) == 0 && v == t[i].minor,
			"read %s", t[i].z);
	v = 42;
	for (size_t i = 0; i < COUNT(bad); i++) {
		ok(ar_money_read(ar_str(bad[i].z), bad[i].digits, &v, &e) == -1 && v == 42,
			"not read: '%s'", bad[i].z);
		is_str(e.code, bad[i].code, "why");
	}
	ok(e.line == 7 && strcmp(e.field, "amount") == 0 && e.text[0],
		"the place already known is kept");
	is_int(ar_money_read(ar_str("x"), 2, &v, NULL), -1, "no error asked for");
}

static void checked(void)
{
	int64_t v = 42;

	ok(ar_add(INT64_MAX - 1, 1, &v) && v == INT64_MAX, "add to the end");
	v = 42;
	ok(!ar_add(INT64_MAX, 1, &v) && !ar_add(INT64_MIN, -1, &v) && v == 42, "add beyond");
	ok(!ar_sub(INT64_MIN, 1, &v) && !ar_sub(0, INT64_MIN, &v) && v == 42, "sub beyond");
	ok(!ar_neg(INT64_MIN, &v) && v == 42, "neg beyond");
	ok(!ar_narrow((ar_wide)INT64_MAX + 1, &v) && !ar_narrow((ar_wide)INT64_MIN - 1, &v) &&
		v == 42, "too wide");
	ok(ar_sub(-1, INT64_MAX, &v) && v == INT64_MIN, "sub to the end");
	ok(ar_neg(INT64_MAX, &v) && v == -INT64_MAX, "neg");
	ok(ar_narrow(INT64_MIN, &v) && v == INT64_MIN, "narrow");
}

static void rounding(void)
{
	/* num, den, then half_up half_even down up; each also negated */
	static const int64_t t[][6] = {
		{ 5, 2, 3, 2, 2, 3 }, { 7, 2, 4, 4, 3, 4 }, { 1, 2, 1, 0, 0, 1 },
		{ 3, 2, 2, 2, 1, 2 }, { 1, 3, 0, 0, 0, 1 },
		{ 2, 3, 1, 1, 0, 1 }, { 6, 3, 2, 2, 2, 2 }, { 0, 7, 0, 0, 0, 0 },
		{ 249, 100, 2, 2, 2, 3 },
		{ 250, 100, 3, 2, 2, 3 }, { 251, 100, 3, 3, 2, 3 }, { 7, 1, 7, 7, 7, 7 },
	};
	ar_wide huge = (((ar_wide)1 << 126) - 1) * 2 + 1;       /* 2^127 - 1 */
	enum ar_round how = AR_DOWN;
	int bad = 0;

	for (size_t i = 0; i < COUNT(t); i++) {
		for (int k = 0; k < 4; k++) {
			is_int((int64_t)ar_div_round(t[i][0], t[i][1], (enum ar_round)k),
				t[i][2 + k], ar_round_name((enum ar_round)k));
			is_int((int64_t)ar_div_round(-t[i][0], t[i][1], (enum ar_round)k),
				-t[i][2 + k], "negated");
		}
	}
	ok(ar_div_round(huge, huge, AR_UP) == 1 && ar_div_round(huge - 1, huge, AR_HALF_UP) == 1,
		"near 2^127");
	ok(ar_div_round(huge / 2, huge, AR_HALF_UP) == 0 &&
		ar_div_round(huge / 2 + 1, huge, AR_HALF_UP) == 1, "halves there");
	ok(ar_div_round(-huge - 1, 1, AR_UP) == -huge - 1, "the least of all over 1");
	ok(ar_div_round(-huge - 1, huge, AR_UP) == -2 &&
		ar_div_round(-huge - 1, huge, AR_DOWN) == -1, "and over the greatest");
	for (int i = 0; i < 100000; i++) {
		int shift = (int)(next() % 60) + 3;
		int64_t num = any_amount() / 4, den = (int64_t)(next() >> shift) + 1;
		ar_wide near = ar_div_round(num, den, AR_HALF_UP),
			even = ar_div_round(num, den, AR_HALF_EVEN);
		ar_wide off = 2 * (near * den - num);

		bad += off > den || off < -den;                 /* nothing is nearer */
		bad += (off == den || off == -den) ? even % 2 != 0 ||
			(num < 0 ? near >= 0 : near <= 0) : even != near;
		bad += ar_div_round(-(ar_wide)num, den, AR_HALF_UP) != -near;
		bad += ar_div_round(num, den, AR_DOWN) != num / den;
		bad += ar_div_round(num, den, AR_UP) - ar_div_round(num, den,
			AR_DOWN) != (num % den ? (num < 0 ? -1 : 1) : 0);
	}
	is_int(bad, 0, "rounding by its definition (seed 20260102)");
	for (int k = 0; k < 4; k++)
		ok(ar_round_find(ar_str(ar_round_name((enum ar_round)k)), &how) &&
			how == (enum ar_round)k, "names");
	is_str(ar_round_name(AR_HALF_EVEN), "half_even", "the name of one");
	ok(!ar_round_find(ar_str("half"), &how) && !ar_round_find(ar_str(""), &how),
		"unknown names");
}

static void cash(void)
{
	/* to 0.05: x in minor units and a scale of decimals beyond */
	static const struct { int64_t x; int scale; enum ar_round how; int64_t want; } t[] = {
		{ 2391, 0, AR_HALF_UP, 2390 }, { 23925, 1, AR_HALF_UP, 2395 },
		{ 23925, 1, AR_HALF_EVEN, 2390 },
		{ 2397, 0, AR_HALF_UP, 2395 }, { 23975, 1, AR_HALF_UP, 2400 },
		{ -23975, 1, AR_HALF_UP, -2400 },
		{ 2, 0, AR_HALF_UP, 0 }, { -2, 0, AR_HALF_UP, 0 }, { 3, 0, AR_HALF_UP, 5 },
		{ 2391, 0, AR_UP, 2395 },
		{ 2394, 0, AR_DOWN, 2390 }, { -2391, 0, AR_UP, -2395 }, { 2395, 0, AR_UP, 2395 },
		{ 25, 1, AR_HALF_EVEN, 0 },
	};
	int64_t v;

	for (size_t i = 0; i < COUNT(t); i++) {
		v = 42;
		ok(ar_money_cash(t[i].x, t[i].scale, 5, t[i].how, &v), "cash rounding");
		is_int(v, t[i].want, "of that");
	}
	ok(ar_money_cash(12350, 0, 100, AR_HALF_UP, &v) && v == 12400, "whole units");
	ok(ar_money_cash(1175, 0, 50, AR_HALF_UP, &v) && v == 1200, "half crowns");
	ok(ar_money_cash(1234, 2, 1, AR_HALF_UP, &v) && v == 12, "step 1 only drops decimals");
	/* 7 divides 2^63 - 1 */
	ok(ar_money_cash(INT64_MAX * (ar_wide)1000000000000000000, 18, 7, AR_UP, &v) &&
		v == INT64_MAX, "the end itself");
	ok(ar_money_cash(INT64_MAX * (ar_wide)1000000000000000000 - 1, 18, 7, AR_DOWN, &v) &&
		v == INT64_MAX - 7,
		"and a hair before it");
	v = 42;
	ok(!ar_money_cash(100, 0, 0, AR_HALF_UP, &v) &&
		!ar_money_cash(100, 0, -5, AR_HALF_UP, &v), "bad steps");
	ok(!ar_money_cash(100, -1, 5, AR_HALF_UP, &v) &&
		!ar_money_cash(100, 19, 5, AR_HALF_UP, &v), "bad scales");
	ok(!ar_money_cash(INT64_MAX, 0, 5, AR_UP, &v) && v == 42, "result too large");
	ok(!ar_money_cash((ar_wide)1 << 126, 0, INT64_MAX, AR_UP, &v) && v == 42, "far too large");
}

#define M INT64_MAX

static void allocation(void)
{
	static const struct { int64_t total; int n; int64_t weight[7], part[7]; } t[] = {
		{ 10000, 3, { 1, 1, 1 }, { 3334, 3333, 3333 } },
		{ 1000, 3, { 3333, 3333, 3334 }, { 333, 333, 334 } },
		{ -10000, 3, { 1, 1, 1 }, { -3334, -3333, -3333 } },
		{ 5, 3, { 50, 25, 25 }, { 3, 1, 1 } },
		{ M, 3, { M, M, M }, { 3074457345618258603, 3074457345618258602,
			3074457345618258602 } },
		{ -M - 1, 4, { 1, M, M - 1, 0 }, { -1, -4611686018427387904,
			-4611686018427387903, 0 } },
		{ M, 1, { 1 }, { M } },
		{ -M - 1, 1, { 1 }, { -M - 1 } },
		{ 7, 6, { 0, 3, 0, 3, 3, 0 }, { 0, 3, 0, 2, 2, 0 } },
		{ 100, 7, { 7, 11, 13, 17, 19, 23, 29 }, { 6, 9, 11, 14, 16, 19, 25 } },
		{ 2, 7, { 1, 1, 1, 1, 1, 1, 1 }, { 1, 1, 0, 0, 0, 0, 0 } },
		{ 0, 2, { 1, 2 }, { 0, 0 } },
		{ 999999999999999, 4, { 333, 1, 999999999999999, 17 },
			{ 333, 1, 999999999999648, 17 } },
	};
	static const int64_t negative[] = { 3, -1, 2 }, zero[] = { 0, 0 };
	int64_t part[7] = { 42, 42, 42 };

	for (size_t i = 0; i < COUNT(t); i++) {
		int64_t got[7] = { 0 };

		ok(ar_allocate(t[i].total, t[i].weight, t[i].n, got), "allocated");
		ok(memcmp(got, t[i].part, sizeof got) == 0, "row %d of the table", (int)i);
	}
	ok(!ar_allocate(10, negative, 3, part) && !ar_allocate(10, zero, 2, part) &&
		!ar_allocate(10, zero, 0, part),
		"bad weights");
	ok(part[0] == 42 && part[1] == 42 && part[2] == 42, "leave the parts alone");
}

/*
 * Parts sum to the total, are within one of the exact share, and the rest went to the largest
 * remainders.
 */
static void allocation_laws(void)
{
	int bad = 0, bad_sign = 0, bad_order = 0, refused = 0;

	for (int round = 0; round < 5000; round++) {
		int64_t weight[60], part[60], minus[60], total = any_amount() / 2;
		int n = (int)(next() % 60) + 1, shift = (int)(next() % 62) + 1;
		ar_wide sum = 0, parts = 0, size = total < 0 ? -total : total;

		for (int i = 0; i < n; i++) {
			weight[i] = next() % 8 ? (int64_t)(next() >> 1 >> shift) % (round % 2 ? 5
				: INT64_MAX) : 0;
			sum += weight[i];
		}
		if (sum == 0)
			weight[0] = 1, sum = 1;
		refused += !ar_allocate(total, weight, n, part) ||
			!ar_allocate(-total, weight, n, minus);
		for (int i = 0; i < n; i++) {
			ar_wide got = part[i] < 0 ? -(ar_wide)part[i] : part[i],
				floor = size * weight[i] / sum;

			parts += part[i];
			bad += got < floor || got > floor + 1 || (weight[i] == 0 && got != 0);
			bad_sign += minus[i] != -part[i] || (total > 0 ? part[i] < 0 : part[i] > 0);
			for (int k = 0; k < n; k++) {
				ar_wide ri = size * weight[i] % sum, rk = size * weight[k] % sum;
				ar_wide other = part[k] < 0 ? -(ar_wide)part[k] : part[k];
				bool up = got > floor, other_up = other > size * weight[k] / sum;

				bad_order += other_up && !up && (ri > rk || (ri == rk && i < k));
			}
		}
		bad += parts != total;
		bad += !ar_allocate(total, weight, n, weight) ||
			memcmp(weight, part, (size_t)n * sizeof *part) != 0;
	}
	is_int(refused, 0, "random weights are taken (seed 20260102)");
	is_int(bad, 0,
		"parts sum to the total and differ less than one from their share; in place too");
	is_int(bad_sign, 0, "the negated total gives the negated parts");
	is_int(bad_order, 0, "the largest remainders were served, ties by lower index");
}

static void many_parts(void)
{
	static int64_t weight[200000];
	int64_t sum = 0;

	for (size_t i = 0; i < COUNT(weight); i++)
		weight[i] = 3;
	ok(ar_allocate(199999, weight, (int)COUNT(weight), weight), "200,000 parts");
	for (size_t i = 0; i < COUNT(weight); i++)
		sum += weight[i];
	ok(sum == 199999 && weight[0] == 1 && weight[199998] == 1 && weight[199999] == 0,
		"all but the last get one");
}

static void carrying(void)
{
	/* rem_base, rem_doc at first; the parts paid; what each takes off */
	static const struct { int64_t base, doc, part[3], want[3]; } t[] = {
		{ 92137, 100000, { 33333, 33333, 33334 }, { 30712, 30712, 30713 } },
		{ 100, 300, { 100, 100, 100 }, { 33, 34, 33 } },
		{ -92137, -100000, { -33333, -33333, -33334 }, { -30712, -30712, -30713 } },
		{ -100, 300, { 100, 100, 100 }, { -33, -34, -33 } },
	};
	int64_t v = 42;
	int bad = 0;

	for (size_t i = 0; i < COUNT(t); i++) {
		int64_t base = t[i].base, doc = t[i].doc;

		for (int k = 0; k < 3; k++) {
			ok(ar_carry(base, t[i].part[k], doc, &v), "carried");
			is_int(v, t[i].want[k], "that much");
			base -= v, doc -= t[i].part[k];
		}
		ok(base == 0 && doc == 0, "nothing is left");
	}
	v = 42;
	ok(!ar_carry(100, 1, 0, &v) && !ar_carry(100, 0, 0, &v),
		"nothing remains in the document currency");
	ok(!ar_carry(100, 301, 300, &v) && !ar_carry(100, -1, 300, &v),
		"more than remains, or the other way");
	ok(!ar_carry(100, -301, -300, &v) && !ar_carry(100, 1, -300, &v) && v == 42,
		"negative too");
	ok(ar_carry(INT64_MIN, INT64_MIN, INT64_MIN, &v) && v == INT64_MIN, "the ends of int64");
	ok(ar_carry(INT64_MIN, INT64_MAX, INT64_MAX, &v) && v == INT64_MIN, "of either sign");
	ok(ar_carry(777, 0, 300, &v) && v == 0, "a part of nothing");
	for (int i = 0; i < 20000; i++) {
		int64_t base = any_amount() / 2, doc = any_amount() / 2, all = base, taken = 0;

		if (doc == 0)
			continue;
		while (doc) {
			int64_t part = next() % 4 ? doc / (int64_t)(next() % 5 + 1) : doc;

			if (part == 0)
				part = doc;
			bad += !ar_carry(base, part, doc, &v);
			base -= v, taken += v, doc -= part;
		}
		bad += base != 0 || taken != all;
	}
	is_int(bad, 0, "partial settlements take off the carrying value exactly (seed 20260102)");
}

int main(void)
{
	canonical();
	wide();
	text_round_trip();
	one_byte_off();
	reading();
	checked();
	rounding();
	cash();
	allocation();
	allocation_laws();
	many_parts();
	carrying();
	return done_testing();
}
