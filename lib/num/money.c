/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "num/money.h"
#include "base/arena.h"

#include <stdlib.h>

/*
 * The shape of canonical text: takes a minus off s and returns the count of digits before the
 * point, or 0 if the shape is wrong or there are more than max digits in all. That the digits
 * are digits is for the caller to see.
 */
static inline size_t shape(struct ar_str *s, size_t digits, size_t max, bool *minus)
{
	size_t whole;

	*minus = s->n && s->p[0] == '-';
	s->p += *minus, s->n -= *minus;
	if (digits) {
		if (s->n < digits + 2 || s->p[s->n - digits - 1] != '.')
			return 0;
		whole = s->n - digits - 1;
	} else {
		whole = s->n;
	}
	if (whole == 0 || whole > max || digits > max - whole || (whole > 1 && s->p[0] == '0'))
		return 0;
	return whole;
}

bool ar_money_parse(struct ar_str s, int digits, int64_t *out)
{
	bool minus;
	size_t whole = shape(&s, (size_t)digits, 15, &minus);
	unsigned bad = 0;
	int64_t v = 0;

	if (!whole)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned c = (unsigned char)(s.p[i] - '0');

		if (i == whole)
			continue;       /* the point */
		bad |= c > 9;
		v = v * 10 + (int64_t)c;        /* 15 digits; and 15 bytes of at most 255 do not overflow either */
	}
	if (bad || (minus && v == 0))
		return false;
	*out = minus ? -v : v;
	return true;
}

bool ar_wide_parse(struct ar_str s, int digits, ar_wide *out)
{
	bool minus;
	size_t whole = shape(&s, (size_t)digits, 38, &minus);
	ar_wide v = 0;

	if (!whole)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (i == whole)
			continue;       /* the point */
		if (!ar_is_digit(s.p[i]))
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	if (minus && v == 0)
		return false;
	*out = minus ? -v : v;
	return true;
}

static uint64_t power_of_ten(int digits)
{
	uint64_t v = 1;

	while (digits-- > 0)
		v *= 10;
	return v;
}

int ar_money_put(char *out, int64_t minor, int digits)
{
	uint64_t u = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor, part;
	char *p = out;

	if (minor < 0)
		*p++ = '-';
	if (digits == 0)
		return (int)(p - out) + (int)ar_uint_put(p, u);
	if (digits == 2) {                      /* as nearly all have: divided by a constant */
		part = u % 100;
		p += ar_uint_put(p, u / 100);
	} else {
		part = u % power_of_ten(digits);
		p += ar_uint_put(p, u / power_of_ten(digits));
	}
	*p++ = '.';
	for (int i = digits; i-- > 0; part /= 10)
		p[i] = (char)('0' + part % 10);
	return (int)(p - out) + digits;
}

int ar_wide_put(char *out, ar_wide minor, int digits)
{
	char text[AR_MONEY_TEXT], *end = text + sizeof text, *p = end;
	unsigned __int128 u = minor < 0 ? 0 - (unsigned __int128)minor : (unsigned __int128)minor;
	int64_t small;

	if (digits <= 18 && ar_narrow(minor, &small))
		return ar_money_put(out, small, digits);
	for (int i = 0; i < digits || u; i++) {
		if (i == digits && digits)
			*--p = '.';
		*--p = (char)('0' + (int)(u % 10));
		u /= 10;
	}
	if (end - p == digits) {        /* all of it behind the point */
		*--p = '.';
		*--p = '0';
	}
	if (minor < 0)
		*--p = '-';
	memcpy(out, p, (size_t)(end - p));
	return (int)(end - p);
}

char *ar_money_z(char *out, int64_t minor, int digits)
{
	out[ar_money_put(out, minor, digits)] = '\0';
	return out;
}

static int bad_syntax(struct ar_err *e)
{
	ar_err(e, AR_FINDINGS, "money_syntax", "not a plain decimal number");
	return ar_err_advice(e, "write it as digits with at most one point: -1234.50");
}

int ar_money_read(struct ar_str s, int digits, int64_t *out, struct ar_err *e)
{
	bool minus = s.n && s.p[0] == '-', large = false, excess = false;
	int decimals = -1;              /* -1: no point yet */
	int64_t v = 0;

	if (ar_money_parse(s, digits, out))     /* as it mostly stands */
		return 0;
	s.p += minus, s.n -= minus;
	if (!s.n || s.p[s.n - 1] == '.')
		return bad_syntax(e);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '.' && decimals < 0) {
			decimals = 0;
			continue;
		}
		if (!ar_is_digit(s.p[i]))
			return bad_syntax(e);
		if (decimals == digits) {
			excess |= s.p[i] != '0';
			continue;
		}
		decimals += decimals >= 0;
		large |= v > AR_MONEY_MAX / 10;
		if (!large)
			v = v * 10 + (s.p[i] - '0');
	}
	for (int i = decimals < 0 ? 0 : decimals; i < digits; i++) {
		large |= v > AR_MONEY_MAX / 10;
		if (!large)
			v *= 10;
	}
	if (excess)
		return ar_err(e, AR_FINDINGS, "money_digits",
			"more than the %d decimals of its currency", digits);
	if (large)
		return ar_err(e, AR_FINDINGS, "money_large", "amount of 10^15 minor units or more");
	*out = minus ? -v : v;
	return 0;
}

bool ar_add(int64_t a, int64_t b, int64_t *out)
{
	int64_t v;

	if (__builtin_add_overflow(a, b, &v))
		return false;
	*out = v;
	return true;
}

bool ar_sub(int64_t a, int64_t b, int64_t *out)
{
	int64_t v;

	if (__builtin_sub_overflow(a, b, &v))
		return false;
	*out = v;
	return true;
}

bool ar_neg(int64_t a, int64_t *out)
{
	return ar_sub(0, a, out);
}

bool ar_narrow(ar_wide w, int64_t *out)
{
	if (w < INT64_MIN || w > INT64_MAX)
		return false;
	*out = (int64_t)w;
	return true;
}

ar_wide ar_div_round(ar_wide num, ar_wide den, enum ar_round how)
{
	ar_wide q, r, rest;
	bool away = false;

	ar_assert(den > 0);
	q = num / den;
	r = num % den;
	if (r == 0)
		return q;
	if (r < 0)
		r = -r;
	rest = den - r;                 /* r < rest: below the half; 2 * r might not fit */
	switch (how) {
	case AR_HALF_UP:
		away = r >= rest;
		break;
	case AR_HALF_EVEN:
		away = r > rest || (r == rest && q % 2 != 0);
		break;
	case AR_DOWN:
		break;
	case AR_UP:
		away = true;
		break;
	}
	return away ? q + (num < 0 ? -1 : 1) : q;
}

static const char *const round_names[] = {
	[AR_HALF_UP] = "half_up", [AR_HALF_EVEN] = "half_even", [AR_DOWN] = "down", [AR_UP] = "up",
};

const char *ar_round_name(enum ar_round how)
{
	return round_names[how];
}

bool ar_round_find(struct ar_str name, enum ar_round *how)
{
	for (int i = AR_HALF_UP; i <= AR_UP; i++) {
		if (ar_streqz(name, round_names[i])) {
			*how = (enum ar_round)i;
			return true;
		}
	}
	return false;
}

bool ar_money_cash(ar_wide x, int scale, int64_t step, enum ar_round how, int64_t *out)
{
	ar_wide den = step, v;

	if (step <= 0 || scale < 0 || scale > 18)
		return false;
	for (int i = 0; i < scale; i++)
		den *= 10;              /* at most 2^63 * 10^18 < 2^123 */
	if (__builtin_mul_overflow(ar_div_round(x, den, how), (ar_wide)step, &v))
		return false;
	return ar_narrow(v, out);
}

/* How many of the n remainders are at least t. */
static int count_from(const ar_wide *rem, int n, ar_wide t)
{
	int k = 0;

	for (int i = 0; i < n; i++)
		k += rem[i] >= t;
	return k;
}

/* The largest t such that at least k remainders are >= t; all are < top and k of them are > 0. */
static ar_wide threshold(const ar_wide *rem, int n, int k, ar_wide top)
{
	ar_wide lo = 1, hi = top;       /* k from lo on; fewer from hi on */

	while (hi - lo > 1) {
		ar_wide mid = lo + (hi - lo) / 2;

		if (count_from(rem, n, mid) >= k)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

bool ar_allocate(int64_t total, const int64_t *weight, int n, int64_t *part)
{
	ar_wide sum = 0, left = total < 0 ? -(ar_wide)total : total, size = left, *rem;

	for (int i = 0; i < n; i++) {
		if (weight[i] < 0)
			return false;
		sum += weight[i];
	}
	if (sum == 0)
		return false;
	rem = ar_malloc((size_t)n * sizeof *rem);
	for (int i = 0; i < n; i++) {
		ar_wide share = size * weight[i];       /* at most 2^63 * 2^63 */
		ar_wide whole = share / sum;

		rem[i] = share % sum;
		left -= whole;
		part[i] = (int64_t)(total < 0 ? -whole : whole);
	}
	if (left > 0) {
		/* left < n: one unit each to the `left` largest remainders, ties by lower index */
		ar_wide t = threshold(rem, n, (int)left, sum);
		int ties = (int)left - count_from(rem, n, t + 1);

		for (int i = 0; i < n; i++)
			if (rem[i] > t || (rem[i] == t && ties-- > 0))
				part[i] += total < 0 ? -1 : 1;
	}
	free(rem);
	return true;
}

bool ar_carry(int64_t rem_base, int64_t part, int64_t rem_doc, int64_t *out)
{
	ar_wide num = (ar_wide)rem_base * part, den = rem_doc;

	if (rem_doc == 0 || (rem_doc > 0 ? part < 0 || part > rem_doc : part > 0 || part < rem_doc))
		return false;
	if (den < 0)
		num = -num, den = -den;
	return ar_narrow(ar_div_round(num, den, AR_HALF_UP), out);
}
