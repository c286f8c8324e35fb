/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mtfield.c - dates, amounts and balances as banks write them. */
#include "config.h"

#include "syntax/mt.h"

#include <stdlib.h>

struct ar_str ar_mt_in_message(struct ar_mt *m, struct ar_str v)
{
	char *p = ar_arena_zero(&m->mem, v.n + AR_MT_SPARE);

	if (v.n)
		memcpy(p, v.p, v.n);
	return (struct ar_str){ p, v.n };
}

struct ar_str ar_mt_join(struct ar_arena *a, struct ar_str v, struct ar_str more)
{
	char *p = ar_arena_zero(a, v.n + more.n + AR_MT_SPARE);

	memcpy(p, v.p, v.n);
	memcpy(p + v.n, more.p, more.n);
	return (struct ar_str){ p, v.n + more.n };
}

struct ar_str ar_mt_number_text(struct ar_arena *a, uint64_t v)
{
	char *room = ar_arena_zero(a, 24 + AR_MT_SPARE), *p = room + 24;

	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	return (struct ar_str){ p, (size_t)(room + 24 - p) };
}

struct ar_str ar_mt_date_text(struct ar_arena *a, ar_date d)
{
	char *p = ar_arena_zero(a, 11 + AR_MT_SPARE);

	ar_date_z(p, d);
	return (struct ar_str){ p, d == AR_DATE_NONE ? 0 : 10 };
}

bool ar_mt_all_digits(const char *p, int n)
{
	for (int i = 0; i < n; i++)
		if (!ar_is_digit(p[i]))
			return false;
	return true;
}

int ar_mt_two_digits(const char *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

/* A day beyond the month's last is that last day (*clamped); a month that is none gives no date. */
static ar_date day_of(int y, int m, int d, bool *clamped)
{
	int last;

	if (m < 1 || m > 12 || d < 1 || d > 31)
		return AR_DATE_NONE;
	last = ar_month_days(y, m);
	*clamped |= d > last;
	return ar_date_from(y, m, d < last ? d : last);
}

/* YYMMDD: 80..99 are of the last century. */
ar_date ar_mt_short_date(const char *p, bool *clamped)
{
	int y = ar_mt_two_digits(p);

	return day_of(y + (y < 80 ? 2000 : 1900), ar_mt_two_digits(p + 2), ar_mt_two_digits(p + 4), clamped);
}

/* MMDD in the year that brings it nearest to the other date. */
ar_date ar_mt_near_date(const char *p, ar_date near, bool *clamped)
{
	int y = near == AR_DATE_NONE ? 0 : ar_ymd_of(near).y;
	ar_date best = AR_DATE_NONE;
	bool best_clamped = false;

	for (int k = y - 1; y && k <= y + 1; k++) {
		bool c = false;
		ar_date d = day_of(k, ar_mt_two_digits(p), ar_mt_two_digits(p + 2), &c);

		if (d != AR_DATE_NONE && (best == AR_DATE_NONE || abs(d - near) < abs(best - near))) {
			best = d;
			best_clamped = c;
		}
	}
	*clamped |= best_clamped;
	return best;
}

/* How many bytes at the start can be of an amount. */
size_t ar_mt_amount_span(struct ar_str s)
{
	size_t n = 0, digits = 0;

	while (n < s.n && (ar_is_digit(s.p[n]) || s.p[n] == ',' || s.p[n] == '.' || s.p[n] == ' ' || s.p[n] == '\''
	                   || (s.p[n] == '-' && !digits)))
		digits += ar_is_digit(s.p[n++]);
	while (n && s.p[n - 1] == ' ')
		n--;
	return digits ? n : 0;
}

/*
 * Digits with at most one point; the separator of decimals is the last of ',' and '.', a lone '.' too (old Rabobank), but several of a
 * kind part thousands. *minus: a sign stood before it.
 */
struct ar_str ar_mt_plain_amount(struct ar_arena *a, struct ar_str s, bool *minus)
{
	char *out = ar_arena_zero(a, s.n + 2 + AR_MT_SPARE), *q = out;
	size_t comma = 0, dot = 0, ncomma = 0, ndot = 0, point;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ',') {
			comma = i + 1;
			ncomma++;
		} else if (s.p[i] == '.') {
			dot = i + 1;
			ndot++;
		}
	}
	point = comma > dot ? (ncomma == 1 ? comma : 0) : (ndot == 1 ? dot : 0);
	*minus = memchr(s.p, '-', s.n);
	for (size_t i = 0; i < s.n; i++) {
		if (i + 1 == point) {
			if (q == out)
				*q++ = '0';
			*q++ = '.';
		} else if (ar_is_digit(s.p[i])) {
			if (q == out + 1 && *out == '0')
				q--;                            /* zeros that fill */
			*q++ = s.p[i];
		}
	}
	if (q > out && q[-1] == '.')
		q--;
	return (struct ar_str){ out, (size_t)(q - out) };
}

/* In units of 10^-AR_MT_SCALE; false: more digits than that. */
bool ar_mt_scaled(struct ar_str s, ar_wide *out)
{
	const char *dot = memchr(s.p, '.', s.n);
	size_t decimals = dot ? (size_t)(s.p + s.n - dot) - 1 : 0;

	*out = 0;
	if (!s.n || s.n > 30 || decimals > AR_MT_SCALE)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (ar_is_digit(s.p[i]))
			*out = *out * 10 + (s.p[i] - '0');
	for (; decimals < AR_MT_SCALE; decimals++)
		*out *= 10;
	return true;
}

/* What nearly all are: up to 14 digits without zeros that fill, a comma, one to four digits, a letter or the end. The rest: 0. */
static size_t common_amount(struct ar_arena *a, struct ar_str s, struct ar_mt_amount *out)
{
	char text[14 + 1 + AR_MT_SCALE];
	size_t n = 0, comma;
	int64_t v = 0;
	char *p;

	for (; n < s.n && n < 14 && ar_is_digit(s.p[n]); n++)
		v = v * 10 + ((text[n] = s.p[n]) - '0');
	if (!n || n == s.n || s.p[n] != ',' || (n > 1 && *text == '0'))
		return 0;
	comma = n;
	text[n++] = '.';
	for (; n < s.n && n - comma <= AR_MT_SCALE && ar_is_digit(s.p[n]); n++)
		v = v * 10 + ((text[n] = s.p[n]) - '0');
	if (n - comma == 1 || (n < s.n && !ar_is_alpha(s.p[n])))
		return 0;
	for (size_t decimals = n - comma - 1; decimals < AR_MT_SCALE; decimals++)
		v *= 10;
	p = ar_arena_alloc(a, sizeof text + AR_MT_SPARE);
	memcpy(p, text, sizeof text);
	*out = (struct ar_mt_amount){ .text = { p, n }, .comma = true, .known = true, .minor = v };
	return n;
}

/* The amount at the start; returns its bytes, 0: none. */
size_t ar_mt_read_amount(struct ar_arena *a, struct ar_str s, struct ar_mt_amount *out)
{
	size_t n = common_amount(a, s, out);

	if (n)
		return n;
	s.n = ar_mt_amount_span(s);
	if (!s.n)
		return 0;
	out->text = ar_mt_plain_amount(a, s, &out->minus);
	out->comma = memchr(out->text.p, '.', out->text.n) || memchr(s.p, ',', s.n);
	out->known = ar_mt_scaled(out->text, &out->minor);
	return s.n;
}

/* C or D, YYMMDD, currency, amount; without date (0), currency (or "null"), and with blanks inside, as seen. */
struct ar_mt_balance ar_mt_read_balance(struct ar_mt *m, struct ar_str s, bool *strange)
{
	struct ar_mt_balance b = { .there = true, .date = AR_DATE_NONE };
	struct ar_mt_amount amount = { 0 };
	bool debit, clamped = false;
	size_t i = 1, digits, n;

	s = ar_str_trim(s);
	*strange = false;
	if (!s.n || (s.p[0] != 'C' && s.p[0] != 'D'))
		return (struct ar_mt_balance){ .there = true, .date = AR_DATE_NONE };
	debit = s.p[0] == 'D';
	for (digits = 0; i + digits < s.n && ar_is_digit(s.p[i + digits]); )
		digits++;
	if (digits >= 6) {
		b.date = ar_mt_short_date(s.p + i, &clamped);
		i += 6;
	} else if (i + digits < s.n && ar_is_alpha(s.p[i + digits])) {
		i += digits;
	}
	*strange = clamped || b.date == AR_DATE_NONE;
	for (n = 0; i + n < s.n && ar_is_alpha(s.p[i + n]); )
		n++;
	if (n == 3 && ar_ccy_find((struct ar_str){ s.p + i, 3 }) >= 0)
		b.ccy = ar_mt_in_message(m, (struct ar_str){ s.p + i, 3 });
	i += n;
	while (i < s.n && s.p[i] == ' ')
		i++;
	if (!ar_mt_read_amount(&m->mem, (struct ar_str){ s.p + i, s.n - i }, &amount))
		return b;
	b.known = amount.known;
	b.minor = debit != amount.minus ? -amount.minor : amount.minor;
	b.amount = debit != amount.minus ? ar_mt_join(&m->mem, AR_STR("-"), amount.text) : amount.text;
	return b;
}

/* Letters and digits as an IBAN has them; its check digits are not asked. */
bool ar_mt_is_iban(struct ar_str s)
{
	if (s.n < 15 || s.n > 34 || !ar_is_upper(s.p[0]) || !ar_is_upper(s.p[1]) || !ar_mt_all_digits(s.p + 2, 2))
		return false;
	for (size_t i = 4; i < s.n; i++)
		if (!ar_is_digit(s.p[i]) && !ar_is_upper(s.p[i]))
			return false;
	return true;
}
