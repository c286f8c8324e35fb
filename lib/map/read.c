/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/read.h"

#include "num/money.h"
#include "num/ccy.h"

/* ---- decimals ---- */

/* One thousands separator at p: its bytes, 0 = none. Blank, apostrophe, no-break spaces; and the given one. */
static size_t thousands(const char *p, const char *end, char sep)
{
	if (*p == sep || *p == ' ' || *p == '\'')
		return 1;
	if (end - p >= 2 && memcmp(p, "\xC2\xA0", 2) == 0)
		return 2;
	if (end - p >= 3 && (memcmp(p, "\xE2\x80\xAF", 3) == 0 || memcmp(p, "\xE2\x80\x99", 3) == 0))
		return 3;
	return 0;
}

/* $ € £ ¥ or an ISO code at the begin or end; what is left */
static struct ar_str without_sign(struct ar_str s)
{
	static const char *const sign[] = { "$", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5", NULL };

	if (s.n && ar_is_digit(*s.p) && ar_is_digit(s.p[s.n - 1]))
		return s;
	for (int i = 0; sign[i]; i++) {
		size_t n = strlen(sign[i]);

		if (ar_str_starts(s, sign[i]))
			return ar_str_trim((struct ar_str){ s.p + n, s.n - n });
		if (ar_str_ends(s, sign[i]))
			return ar_str_trim((struct ar_str){ s.p, s.n - n });
	}
	if (s.n > 3 && ar_is_upper(s.p[0]) && ar_ccy_find((struct ar_str){ s.p, 3 }) >= 0)
		return ar_str_trim((struct ar_str){ s.p + 3, s.n - 3 });
	if (s.n > 3 && ar_is_upper(s.p[s.n - 1]) && ar_ccy_find((struct ar_str){ s.p + s.n - 3, 3 }) >= 0)
		return ar_str_trim((struct ar_str){ s.p, s.n - 3 });
	return s;
}

/* Everything around the digits; *neg: is it less than zero. */
static struct ar_str bare(struct ar_str s, bool *neg)
{
	bool credit = false;

	s = ar_str_trim(s);
	if (s.n > 2 && s.p[0] == '(' && s.p[s.n - 1] == ')') {
		credit = true;
		s = ar_str_trim((struct ar_str){ s.p + 1, s.n - 2 });
	} else if (s.n > 2 && (ar_str_ends(s, "CR") || ar_str_ends(s, "DR"))) {
		credit = s.p[s.n - 2] == 'C';
		s = ar_str_trim((struct ar_str){ s.p, s.n - 2 });
	}
	*neg = credit;
	s = without_sign(s);
	if (!s.n || credit)
		return s;
	if (*s.p == '-' || *s.p == '+') {
		*neg = *s.p == '-';
		s = (struct ar_str){ s.p + 1, s.n - 1 };
	} else if (ar_str_starts(s, "\xE2\x88\x92")) {         /* the minus sign of typesetters */
		*neg = true;
		s = (struct ar_str){ s.p + 3, s.n - 3 };
	} else if (s.p[s.n - 1] == '-' || s.p[s.n - 1] == '+') {
		*neg = s.p[s.n - 1] == '-';
		s.n--;
	} else {
		return s;
	}
	return without_sign(ar_str_trim(s));
}

/* Digits with thousands in whole groups of three; returns what follows them, NULL: not so. Digits go to out. */
static const char *whole(const char *p, const char *end, char sep, char **out)
{
	int group = 0;
	bool grouped = false;

	while (p < end) {
		size_t n;

		if (ar_is_digit(*p)) {
			*(*out)++ = *p++;
			group++;
			continue;
		}
		n = thousands(p, end, sep);
		if (!n)
			break;
		if (!group || group > 3 || (grouped && group != 3))
			return NULL;
		grouped = true;
		group = 0;
		p += n;
	}
	return grouped && group != 3 ? NULL : p;
}

bool ar_read_decimal(struct ar_arena *mem, struct ar_str s, bool eu, struct ar_str *out)
{
	const char *p, *end;
	char *begin, *q;
	bool neg;

	s = bare(s, &neg);
	begin = q = ar_arena_alloc(mem, s.n + 3);
	if (!s.n) {
		*out = (struct ar_str){ begin, 0 };
		return !neg;
	}
	end = s.p + s.n;
	if (neg)
		*q++ = '-';
	p = whole(s.p, end, eu ? '.' : ',', &q);
	if (!p)
		return false;
	if (q == begin + neg)
		*q++ = '0';
	if (p < end) {
		if (*p != (eu ? ',' : '.') || (p + 1 == end) || (size_t)(p - s.p) + 1 > s.n)
			return false;
		*q++ = '.';
		for (p++; p < end; p++) {
			if (!ar_is_digit(*p))
				return false;
			*q++ = *p;
		}
	}
	*out = (struct ar_str){ begin, (size_t)(q - begin) };
	return true;
}

/* 1,234.50 as nearly all amounts are written, with all decimals: straight to minor units. false: look at it more closely. */
bool ar_read_quick(struct ar_str s, bool eu, int digits, int64_t *out)
{
	const char sep = eu ? '.' : ',', point = eu ? ',' : '.';
	const char *p = s.p, *end = s.p + s.n, *dot = digits ? end - digits - 1 : end;
	bool neg = s.n && *p == '-';
	int64_t v = 0;
	int run = 0;
	bool grouped = false;

	p += neg;
	if (end - p > 16 || dot <= p || (digits && *dot != point))
		return false;
	for (; p < dot; p++) {
		if (ar_is_digit(*p)) {
			v = v * 10 + (*p - '0');
			run++;
		} else if (*p == sep && run > 0 && run <= 3 && (!grouped || run == 3)) {
			grouped = true;
			run = 0;
		} else {
			return false;
		}
	}
	if (grouped && run != 3)
		return false;
	for (p = dot + (digits > 0); p < end; p++) {
		if (!ar_is_digit(*p))
			return false;
		v = v * 10 + (*p - '0');
	}
	*out = neg ? -v : v;
	return v <= AR_MONEY_MAX;
}

/* ---- dates and times ---- */

/* The day as written: 2026-10-30, also in front of a time of day, whose zone is not asked. */
bool ar_read_day(struct ar_str s, ar_date *d)
{
	if (s.n > 10 && s.p[10] != 'T' && s.p[10] != ' ' && s.p[10] != 'Z' && s.p[10] != '+')
		return false;
	return s.n >= 10 && ar_date_parse((struct ar_str){ s.p, 10 }, d);
}

bool ar_read_offset(struct ar_str s, int32_t *out)
{
	int64_t h, m;

	if (ar_streqz(s, "Z")) {
		*out = 0;
		return true;
	}
	if ((s.n != 6 && s.n != 5) || (*s.p != '+' && *s.p != '-') || (s.n == 6 && s.p[3] != ':'))
		return false;
	h = ar_str_uint((struct ar_str){ s.p + 1, 2 }, 14);
	m = ar_str_uint((struct ar_str){ s.p + s.n - 2, 2 }, 59);
	if (h < 0 || m < 0)
		return false;
	*out = (int32_t)(h * 3600 + m * 60) * (*s.p == '-' ? -1 : 1);
	return true;
}

static bool two(struct ar_str *s, size_t least, int64_t max, int64_t *out)
{
	size_t n = 0;

	while (n < 2 && n < s->n && ar_is_digit(s->p[n]))
		n++;
	if (n < least)
		return false;
	*out = ar_str_uint((struct ar_str){ s->p, n }, max);
	*s = (struct ar_str){ s->p + n, s->n - n };
	return *out >= 0;
}

/* "h:mm am", "hh:mm:ss": the seconds of the day */
static bool day_time(struct ar_str s, const char *f, int64_t *out)
{
	int64_t h = -1, m = 0, sec = 0;
	bool half = false, pm = false;

	while (*f) {
		if (*f == 'h') {
			if (!two(&s, f[1] == 'h' ? 2 : 1, 23, &h))
				return false;
			f += f[1] == 'h' ? 2 : 1;
		} else if (strncmp(f, "mm", 2) == 0) {
			if (!two(&s, 2, 59, &m))
				return false;
			f += 2;
		} else if (strncmp(f, "ss", 2) == 0) {
			if (!two(&s, 2, 59, &sec))
				return false;
			f += 2;
		} else if (strncmp(f, "am", 2) == 0) {
			if (s.n < 2 || ar_lower(s.p[1]) != 'm' || (ar_lower(*s.p) != 'a' && ar_lower(*s.p) != 'p'))
				return false;
			half = true;
			pm = ar_lower(*s.p) == 'p';
			s = (struct ar_str){ s.p + 2, s.n - 2 };
			f += 2;
		} else {
			if (!s.n || *s.p != *f++)
				return false;
			s = (struct ar_str){ s.p + 1, s.n - 1 };
		}
	}
	if (s.n || h < 0 || (half && (h < 1 || h > 12)))
		return false;
	if (half)
		h = h % 12 + (pm ? 12 : 0);
	*out = h * 3600 + m * 60 + sec;
	return true;
}

/* 2026-10-30T17:32:58[.123][+01:00], blank for T, seconds and zone may be missing */
static bool iso_time(struct ar_str s, int32_t zone, int64_t *out)
{
	int64_t h, m, sec = 0;
	ar_date d;

	if (s.n < 16 || (s.p[10] != 'T' && s.p[10] != ' ') || !ar_date_parse((struct ar_str){ s.p, 10 }, &d))
		return false;
	s = (struct ar_str){ s.p + 11, s.n - 11 };
	if (!two(&s, 2, 23, &h) || !s.n || *s.p != ':')
		return false;
	s = (struct ar_str){ s.p + 1, s.n - 1 };
	if (!two(&s, 2, 59, &m))
		return false;
	if (s.n && *s.p == ':') {
		s = (struct ar_str){ s.p + 1, s.n - 1 };
		if (!two(&s, 2, 59, &sec))
			return false;
	}
	if (s.n > 1 && *s.p == '.' && ar_is_digit(s.p[1]))
		for (s = (struct ar_str){ s.p + 1, s.n - 1 }; s.n && ar_is_digit(*s.p); )
			s = (struct ar_str){ s.p + 1, s.n - 1 };
	if (s.n && !ar_read_offset(s, &zone))
		return false;
	*out = (int64_t)d * 86400 + h * 3600 + m * 60 + sec - zone;
	return true;
}

bool ar_read_time(struct ar_str s, const char *f, int32_t zone, int64_t *out)
{
	const char *h = strchr(f, 'h'), *cut = s.p;
	char format[64];
	int64_t sec;
	ar_date d;
	size_t n;

	s = ar_str_trim(s);
	if (strcmp(f, "iso") == 0)
		return iso_time(s, zone, out);
	n = h ? (size_t)(h - f) : 0;
	if (n < 2 || n > sizeof format)
		return false;
	memcpy(format, f, n - 1);
	format[n - 1] = '\0';
	cut = s.p;
	for (const char *p = f; p < h; p++)             /* as many of the parting character as stand in the date */
		if (*p == h[-1]) {
			cut = memchr(cut, *p, s.n - (size_t)(cut - s.p));
			if (!cut)
				return false;
			cut++;
		}
	if (!ar_date_read((struct ar_str){ s.p, (size_t)(cut - s.p) - 1 }, format, &d)
	    || !day_time((struct ar_str){ cut, s.n - (size_t)(cut - s.p) }, h, &sec))
		return false;
	*out = (int64_t)d * 86400 + sec - zone;
	return true;
}

bool ar_read_time_format_ok(const char *f)
{
	const char *h = strchr(f, 'h');
	char format[64];
	size_t n = h ? (size_t)(h - f) : 0;

	if (strcmp(f, "iso") == 0)
		return true;
	if (n < 2 || n > sizeof format || (!ar_is_blank(h[-1]) && h[-1] != 'T'))
		return false;
	memcpy(format, f, n - 1);
	format[n - 1] = '\0';
	return ar_date_format_ok(format);
}
