/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "num/rate.h"

#define MAX_SCALE 18

typedef unsigned __int128 uwide;

/* Unsigned "123" or "0.0925" into mant and scale. */
static bool parse(struct ar_str s, struct ar_rate *out)
{
	const char *point = s.n ? memchr(s.p, '.', s.n) : NULL;
	size_t whole = point ? (size_t)(point - s.p) : s.n;
	size_t scale = point ? s.n - whole - 1 : 0;
	int64_t mant = 0;
	int significant = 0;

	if (whole == 0 || (point && scale == 0) || scale > MAX_SCALE ||
		(whole > 1 && s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (i == whole)
			continue;       /* the point */
		if (!ar_is_digit(s.p[i]))
			return false;
		significant += significant || s.p[i] != '0';
		if (significant > 18)
			return false;
		mant = mant * 10 + (s.p[i] - '0');
	}
	*out = (struct ar_rate){ .mant = mant, .scale = (int)scale };
	return true;
}

bool ar_rate_parse(struct ar_str s, struct ar_rate *out)
{
	struct ar_rate r;

	if (!parse(s, &r) || r.mant == 0)
		return false;
	*out = r;
	return true;
}

bool ar_decimal_parse(struct ar_str s, struct ar_rate *out)
{
	bool minus = s.n && s.p[0] == '-';
	struct ar_rate r;

	s.p += minus, s.n -= minus;
	if (!parse(s, &r) || (minus && r.mant == 0))
		return false;
	if (minus)
		r.mant = -r.mant;
	*out = r;
	return true;
}

int ar_rate_put(char out[44], struct ar_rate r)
{
	return ar_money_put(out, r.mant, r.scale);
}

static bool scale_ok(struct ar_rate r)
{
	return r.scale >= 0 && r.scale <= MAX_SCALE;
}

static bool rate_ok(struct ar_rate r)
{
	return r.mant > 0 && scale_ok(r);
}

/* 10^n for n 0..22. */
static uwide ten_to(int n)
{
	uwide v = 1;

	while (n-- > 0)
		v *= 10;
	return v;
}

int ar_rate_cmp(struct ar_rate a, struct ar_rate b)
{
	int scale = a.scale > b.scale ? a.scale : b.scale;
	ar_wide x, y;

	ar_assert(scale_ok(a) && scale_ok(b));
	x = a.mant * (ar_wide)ten_to(scale - a.scale);  /* at most 2^63 * 10^18 < 2^123 */
	y = b.mant * (ar_wide)ten_to(scale - b.scale);
	return (x > y) - (x < y);
}

static uwide magnitude(int64_t v)
{
	return v < 0 ? 0 - (uwide)v : (uwide)v;
}

/* What is left of a quotient beyond its whole part. */
enum rest { REST_ZERO, REST_BELOW, REST_HALF, REST_ABOVE };

/* rest / den, rest < den < 2^127; `sticky`: a little more than that */
static enum rest rest_of(uwide rest, uwide den, bool sticky)
{
	if (rest == 0 && !sticky)
		return REST_ZERO;
	if (2 * rest < den)
		return REST_BELOW;
	return 2 * rest == den && !sticky ? REST_HALF : REST_ABOVE;
}

/*
 * num * 10^exp / den, exp -22..22, den < 2^64. The power never enters num or den: for a
 * positive one the division is carried on digit by digit, for a negative one the quotient is
 * divided again, the first remainder (less than one unit of the quotient) being only "a
 * little more". So nothing is lost and nothing can wrap. That little cannot lift an even
 * 10^-exp over its half unseen, which makes the comparison exact. false: the quotient does
 * not fit 2^64.
 */
static bool divide(uwide num, uwide den, int exp, uint64_t *quotient, enum rest *rest)
{
	uwide q = num / den, r = num % den;

	if (exp < 0) {
		uwide ten = ten_to(-exp);

		*rest = rest_of(q % ten, ten, r != 0);
		q /= ten;
	} else {
		for (int i = 0; i < exp && q <= UINT64_MAX; i++) {
			r *= 10;
			q = q * 10 + r / den;
			r %= den;
		}
		*rest = rest_of(r, den, false);
	}
	if (q > UINT64_MAX)
		return false;
	*quotient = (uint64_t)q;
	return true;
}

/* sign * num * 10^exp / den, rounded as said. */
static bool scaled(bool minus, uwide num, uwide den, int exp, enum ar_round how, int64_t *out)
{
	enum rest rest;
	uint64_t q;
	ar_wide v;

	if (!divide(num, den, exp, &q, &rest))
		return false;
	v = q;
	switch (how) {
	case AR_HALF_UP:
		v += rest >= REST_HALF;
		break;
	case AR_HALF_EVEN:
		v += rest == REST_ABOVE || (rest == REST_HALF && q % 2);
		break;
	case AR_DOWN:
		break;
	case AR_UP:
		v += rest != REST_ZERO;
		break;
	}
	return ar_narrow(minus ? -v : v, out);
}

static bool known(int ccy)
{
	return ccy >= 0 && ccy < ar_ccy_count;
}

bool ar_convert(int64_t minor, int from, int to, struct ar_rate r, int unit, int quoted,
		enum ar_round how, int64_t *out)
{
	uwide size = magnitude(minor);
	int shift;

	if (!known(from) || !known(to))
		return false;
	if (from == to) {
		*out = minor;
		return true;
	}
	if (!rate_ok(r))
		return false;
	shift = ar_ccy[to].digits - ar_ccy[from].digits;
	if (from == unit && to == quoted)
		return scaled(minor < 0, size * (uwide)r.mant, 1, shift - r.scale, how, out);
	if (from == quoted && to == unit)
		return scaled(minor < 0, size, (uwide)r.mant, shift + r.scale, how, out);
	return false;
}

bool ar_convert_via(int64_t minor, int from, int to, int pivot, struct ar_rate pivot_from,
		    struct ar_rate pivot_to, enum ar_round how, int64_t *out)
{
	static const struct ar_rate one = { .mant = 1, .scale = 0 };
	int exp;

	if (!known(from) || !known(to) || !known(pivot))
		return false;
	if (from == to) {
		*out = minor;
		return true;
	}
	if (from == pivot)
		pivot_from = one;
	if (to == pivot)
		pivot_to = one;
	if (!rate_ok(pivot_from) || !rate_ok(pivot_to))
		return false;
	exp = ar_ccy[to].digits - ar_ccy[from].digits + pivot_from.scale - pivot_to.scale;
	return scaled(minor < 0, magnitude(minor) * (uwide)pivot_to.mant, (uwide)pivot_from.mant,
		exp, how, out);
}

bool ar_percent(int64_t minor, struct ar_rate r, enum ar_round how, int64_t *out)
{
	if (!scale_ok(r))
		return false;
	return scaled((minor < 0) != (r.mant < 0), magnitude(minor) * magnitude(r.mant), 1,
		-r.scale - 2, how, out);
}
