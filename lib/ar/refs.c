/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/refs.h"

static const char *const names[AR_REF_COUNT] = { "rf", "qrr", "ogm", "fi", "kid", "ocr", "nl" };

const char *ar_ref_name(enum ar_ref kind)
{
	return names[kind];
}

int ar_ref_find(struct ar_str name)
{
	for (int i = 0; i < AR_REF_COUNT; i++)
		if (ar_streqz(name, names[i]))
			return i;
	return -1;
}

static bool is_separator(char c)
{
	return ar_is_space(c) || c == '+' || c == '*' || c == '/' || c == '.' || c == '-';
}

/* Letters and digits of s in upper case; 0 if it holds anything but those and separators, or does not fit. */
static size_t squeeze(struct ar_str s, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (ar_is_alnum(s.p[i])) {
			if (n == AR_REF_MAX - 1)
				return 0;
			out[n++] = ar_upper(s.p[i]);
		} else if (!is_separator(s.p[i])) {
			return 0;
		}
	}
	return n;
}

static bool all_digits(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!ar_is_digit(p[i]))
			return false;
	return n > 0;
}

static size_t zeros_off(char *p, size_t n)
{
	size_t z = 0;

	while (z + 1 < n && p[z] == '0')
		z++;
	memmove(p, p + z, n - z);
	return n - z;
}

static bool zeros_on(char *p, size_t n, size_t want)
{
	if (n > want)
		return false;
	memmove(p + want - n, p, n);
	memset(p, '0', want - n);
	return true;
}

size_t ar_ref_key(struct ar_str s, char *out)
{
	size_t n;

	s = ar_str_trim(s);
	n = squeeze(s, out);
	if (!all_digits(out, n))
		return n;
	n = zeros_off(out, n);
	if (s.p[s.n - 1] == '-')
		out[n++] = '-';
	return n;
}

/* ---- check digits: each of the digits p[0..n) without the check ---- */

static int mod97(const char *p, size_t n)
{
	int r = 0;

	for (size_t i = 0; i < n; i++)
		r = ar_is_digit(p[i]) ? (r * 10 + (p[i] - '0')) % 97
				      : (r * 100 + (p[i] - 'A' + 10)) % 97;
	return r;
}

static int luhn(const char *p, size_t n)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++) {
		int d = (p[n - 1 - i] - '0') * (i % 2 ? 1 : 2);

		sum += d > 9 ? d - 9 : d;
	}
	return (10 - sum % 10) % 10;
}

static int weighted(const char *p, size_t n, const uint8_t *weight, size_t nweight)
{
	int sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (p[n - 1 - i] - '0') * weight[i % nweight];
	return sum;
}

static int finnish(const char *p, size_t n)
{
	static const uint8_t w[] = { 7, 3, 1 };

	return (10 - weighted(p, n, w, sizeof w) % 10) % 10;
}

static char mod11(const char *p, size_t n)
{
	static const uint8_t w[] = { 2, 3, 4, 5, 6, 7 };
	int c = (11 - weighted(p, n, w, sizeof w) % 11) % 11;

	return c == 10 ? '-' : (char)('0' + c);
}

static int dutch(const char *p, size_t n)
{
	static const uint8_t w[] = { 2, 4, 8, 5, 10, 9, 7, 3, 6, 1 };
	int c = 11 - weighted(p, n, w, sizeof w) % 11;

	return c == 10 ? 1 : c == 11 ? 0 : c;
}

static int swiss(const char *p, size_t n)
{
	static const uint8_t t[] = { 0, 9, 4, 6, 8, 2, 7, 1, 3, 5 };
	int c = 0;

	for (size_t i = 0; i < n; i++)
		c = t[(c + p[i] - '0') % 10];
	return (10 - c) % 10;
}

char ar_ref_kid11(struct ar_str digits)
{
	return mod11(digits.p, digits.n);
}

/* ---- forms ---- */

static size_t kid_form(struct ar_str s, char *out, size_t n)
{
	if (s.n && s.p[s.n - 1] == '-')
		out[n++] = '-';
	return n >= 2 && n <= 25 ? n : 0;
}

size_t ar_ref_normal(enum ar_ref kind, struct ar_str s, char *out)
{
	size_t n;

	s = ar_str_trim(s);
	n = squeeze(s, out);
	if (kind == AR_REF_RF)
		return n >= 5 && n <= 25 && out[0] == 'R' && out[1] == 'F' && all_digits(out + 2, 2)
			       ? n
			       : 0;
	if (!all_digits(out, n))
		return 0;
	switch (kind) {
	case AR_REF_QRR:
		return zeros_on(out, n, 27) ? 27 : 0;
	case AR_REF_OGM:
		return zeros_on(out, n, 12) ? 12 : 0;
	case AR_REF_FI:
		n = zeros_off(out, n);
		return n >= 4 && n <= 20 ? n : 0;
	case AR_REF_KID:
		return kid_form(s, out, n);
	case AR_REF_OCR:
		return n >= 2 && n <= 25 ? n : 0;
	case AR_REF_NL:
		return n == 7 || n == 16 || (n >= 9 && n <= 14) ? n : 0;
	default:
		return 0;
	}
}

static bool dutch_ok(const char *p, size_t n)
{
	if (n == 7)
		return true;
	if (p[0] - '0' != dutch(p + 1, n - 1))
		return false;
	return n == 16 ||
	       p[1] - '0' == (int)(n - 2) % 10; /* the digit of length counts what follows it */
}

static bool rf_ok(const char *p, size_t n)
{
	char turned[AR_REF_MAX];

	memcpy(turned, p + 4, n - 4);
	memcpy(turned + n - 4, p, 4);
	return mod97(turned, n) == 1;
}

bool ar_ref_ok(enum ar_ref kind, struct ar_str s)
{
	char p[AR_REF_MAX];
	size_t n = ar_ref_normal(kind, s, p);
	int m;

	if (!n)
		return false;
	switch (kind) {
	case AR_REF_RF:
		return rf_ok(p, n);
	case AR_REF_QRR:
		return p[26] - '0' == swiss(p, 26);
	case AR_REF_OGM:
		m = mod97(p, 10);
		return (p[10] - '0') * 10 + p[11] - '0' == (m ? m : 97);
	case AR_REF_FI:
		return p[n - 1] - '0' == finnish(p, n - 1);
	case AR_REF_KID:
		return p[n - 1] == mod11(p, n - 1) || p[n - 1] - '0' == luhn(p, n - 1);
	case AR_REF_OCR:
		return p[n - 1] - '0' == luhn(p, n - 1);
	case AR_REF_NL:
		return dutch_ok(p, n);
	default:
		return false;
	}
}

unsigned ar_ref_kinds(struct ar_str s)
{
	unsigned bits = 0;

	for (int k = 0; k < AR_REF_COUNT; k++)
		if (ar_ref_ok((enum ar_ref)k, s))
			bits |= 1u << k;
	return bits;
}

/* ---- making ---- */

static size_t make_rf(const char *body, size_t n, char *out)
{
	char turned[AR_REF_MAX];
	int c;

	if (!n || n > 21)
		return 0;
	memcpy(turned, body, n);
	memcpy(turned + n, "RF00", 4);
	c = 98 - mod97(turned, n + 4);
	memcpy(out, "RF", 2);
	out[2] = (char)('0' + c / 10);
	out[3] = (char)('0' + c % 10);
	memcpy(out + 4, body, n);
	return n + 4;
}

static size_t make_fixed(enum ar_ref kind, char *p, size_t n)
{
	int m;

	switch (kind) {
	case AR_REF_QRR:
		if (!zeros_on(p, n, 26))
			return 0;
		p[26] = (char)('0' + swiss(p, 26));
		return 27;
	case AR_REF_OGM:
		if (!zeros_on(p, n, 10))
			return 0;
		m = mod97(p, 10);
		m = m ? m : 97;
		p[10] = (char)('0' + m / 10);
		p[11] = (char)('0' + m % 10);
		return 12;
	default:
		if (!zeros_on(p + 1, n, 15))
			return 0;
		p[0] = (char)('0' + dutch(p + 1, 15));
		return 16;
	}
}

size_t ar_ref_make(enum ar_ref kind, struct ar_str number, char *out)
{
	char body[AR_REF_MAX];
	size_t all = squeeze(number, body), n = 0;

	if (kind == AR_REF_RF)
		return make_rf(body, all, out);
	for (size_t i = 0; i < all; i++)
		if (ar_is_digit(body[i]))
			body[n++] = body[i];
	if (!n || n > 26)
		return 0;
	if (kind == AR_REF_FI)
		n = zeros_off(body, n);
	memcpy(out + (kind == AR_REF_NL), body, n);
	switch (kind) {
	case AR_REF_QRR:
	case AR_REF_OGM:
	case AR_REF_NL:
		return make_fixed(kind, out, n);
	case AR_REF_FI:
		if (n < 3 || n > 19)
			return 0;
		out[n] = (char)('0' + finnish(out, n));
		return n + 1;
	default:
		if (n > 24)
			return 0;
		out[n] = (char)('0' + luhn(out, n));
		return n + 1;
	}
}
