/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "num/date.h"
#include "base/err.h"

#define DAY_SECONDS 86400

/*
 * Days from 0000-03-01 to 1970-01-01. Years here begin in March, so that the leap day is the
 * last of its year.
 */
#define EPOCH 719468
#define ERA 146097              /* days in 400 years */

static bool leap(int y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

int ar_month_days(int y, int m)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	ar_assert(m >= 1 && m <= 12);
	return days[m - 1] + (m == 2 && leap(y));
}

bool ar_ymd_ok(int y, int m, int d)
{
	return y >= 1 && y <= 9999 && m >= 1 && m <= 12 && d >= 1 &&
		(d <= 28 || d <= ar_month_days(y, m));
}

static ar_date days_of(int year, int m, int d)
{
	static const uint16_t before[] = { 0, 306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275 };  /* days of the months from March on */
	unsigned y = (unsigned)year - (m <= 2), c = y / 100;

	return (ar_date)(365 * y + y / 4 - c + c / 4 + before[m] + (unsigned)d) - 1 - EPOCH;
}

ar_date ar_date_from(int y, int m, int d)
{
	ar_assert(ar_ymd_ok(y, m, d));
	return days_of(y, m, d);
}

static bool valid(ar_date d)
{
	return d >= AR_DATE_MIN && d <= AR_DATE_MAX;
}

struct ar_ymd ar_ymd_of(ar_date date)
{
	unsigned n, era, y, day, m;

	ar_assert(valid(date));
	n = (unsigned)(date + EPOCH);
	era = n / ERA;
	n %= ERA;
	/* take out the leap days passed within the era, so that years are 365 days each */
	y = (n - n / 1460 + n / 36524 - n / (ERA - 1)) / 365;
	day = n - (365 * y + y / 4 - y / 100);
	m = (5 * day + 2) / 153;        /* 0 = March */
	return (struct ar_ymd){
		.y = (int)(era * 400 + y + (m >= 10)),
		.m = (int)(m < 10 ? m + 3 : m - 9),
		.d = (int)(day - (153 * m + 2) / 5 + 1),
	};
}

int ar_weekday(ar_date d)
{
	ar_assert(valid(d));
	return (d - AR_DATE_MIN) % 7;   /* 0001-01-01 was a Monday */
}

ar_date ar_month_end(ar_date d)
{
	struct ar_ymd t = ar_ymd_of(d);

	return d - t.d + ar_month_days(t.y, t.m);
}

ar_date ar_add_months(ar_date d, int months)
{
	struct ar_ymd t = ar_ymd_of(d);
	int64_t n = (int64_t)t.y * 12 + t.m - 1 + months;
	int y, m, last;

	if (n < 12 || n >= 10000 * 12)
		return AR_DATE_NONE;
	y = (int)(n / 12);
	m = (int)(n % 12) + 1;
	last = ar_month_days(y, m);
	return days_of(y, m, t.d < last ? t.d : last);
}

/* Two digits at p; *bad gets set if they are none. */
static int two(const char *p, unsigned *bad)
{
	unsigned a = (unsigned char)p[0] - (unsigned)'0', b = (unsigned char)p[1] - (unsigned)'0';

	*bad |= (a > 9) | (b > 9);
	return (int)(a * 10 + b);
}

/* p: ten bytes. The first eight, "YYYY-MM-", are looked at as one word. */
static bool parse_ten(const char *p, ar_date *out)
{
	uint64_t w;
	unsigned bad = 0;
	int y, m, d = two(p + 8, &bad);

	memcpy(&w, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	w = __builtin_bswap64(w);
#endif
	w ^= 0x2D30302D30303030;                /* "0000-00-": digits become 0..9, the rest 0 */
	bad |= ((w + 0x7F76767F76767676) | w) & 0x8080808080808080 ? 1 : 0;
	y = (int)((w & 15) * 1000 + (w >> 8 & 15) * 100 + (w >> 16 & 15) * 10 + (w >> 24 & 15));
	m = (int)((w >> 40 & 15) * 10 + (w >> 48 & 15));
	if (bad || !ar_ymd_ok(y, m, d))
		return false;
	*out = days_of(y, m, d);
	return true;
}

bool ar_date_parse(struct ar_str s, ar_date *out)
{
	return s.n == 10 && parse_ten(s.p, out);
}

static void put_two(char *p, int v)
{
	unsigned tens = (unsigned)v * 103 >> 10;        /* v / 10 for v up to 99 */

	p[0] = (char)('0' + tens);
	p[1] = (char)('0' + (unsigned)v - 10 * tens);
}

void ar_date_put(char out[10], ar_date d)
{
	struct ar_ymd t = ar_ymd_of(d);

	put_two(out, t.y / 100);
	put_two(out + 2, t.y % 100);
	out[4] = out[7] = '-';
	put_two(out + 5, t.m);
	put_two(out + 8, t.d);
}

char *ar_date_z(char out[11], ar_date d)
{
	if (d == AR_DATE_NONE) {
		out[0] = '\0';
		return out;
	}
	ar_date_put(out, d);
	out[10] = '\0';
	return out;
}

/* ---- formats ---- */

/* How many times the letter at f is repeated. */
static int run(const char *f)
{
	int n = 1;

	while (f[n] == f[0])
		n++;
	return n;
}

static bool is_part(char c)
{
	return c == 'y' || c == 'm' || c == 'd';
}

/* Is f[0] the start of a part written in digits? */
static bool is_number(const char *f)
{
	return is_part(f[0]) && !(f[0] == 'm' && run(f) == 3);
}

bool ar_date_format_ok(const char *f)
{
	int y = 0, m = 0, d = 0;

	while (*f) {
		int n = is_part(*f) ? run(f) : 1;

		if (*f == 'y' && (n == 2 || n == 4))
			y++;
		else if (*f == 'm' && n <= 3)
			m++;
		else if (*f == 'd' && n <= 2)
			d++;
		else if (is_part(*f))
			return false;
		f += n;
	}
	return y == 1 && m == 1 && d == 1;
}

/* min..max digits off the front of *s; -1 = fewer. */
static int take_number(struct ar_str *s, int min, int max)
{
	int v = 0, n = 0;

	while (n < max && s->n && ar_is_digit(s->p[0])) {
		v = v * 10 + (s->p[0] - '0');
		s->p++, s->n--, n++;
	}
	return n < min ? -1 : v;
}

/* A month name off the front of *s, the full one if it is there; -1 = none. */
static int take_month(struct ar_str *s)
{
	static const char *const names[] = { "january", "february", "march", "april", "may",
		"june", "july", "august", "september", "october", "november", "december" };

	for (int m = 0; m < 12; m++) {
		struct ar_str full = ar_str(names[m]);
		size_t n = full.n;

		if (s->n < n || !ar_str_caseeq((struct ar_str){ s->p, n }, full))
			n = full.n = 3;
		if (s->n < n || !ar_str_caseeq((struct ar_str){ s->p, n }, full))
			continue;
		s->p += n, s->n -= n;
		return m + 1;
	}
	return -1;
}

bool ar_date_read(struct ar_str s, const char *f, ar_date *out)
{
	int y = 0, m = 0, d = 0;
	bool after_number = false;

	if (!ar_date_format_ok(f))
		return false;
	while (*f) {
		int n = is_part(*f) ? run(f) : 1;
		bool touches = after_number || is_number(f + n);

		after_number = is_number(f);
		if (!is_part(*f)) {
			if (!s.n || s.p[0] != *f)
				return false;
			s.p++, s.n--;
		} else if (*f == 'y') {
			y = take_number(&s, n, n);
			y += n == 2 && y >= 0 ? 2000 : 0;
		} else if (*f == 'd') {
			d = take_number(&s, touches ? 2 : 1, 2);
		} else {
			m = n == 3 ? take_month(&s) : take_number(&s, touches ? 2 : 1, 2);
		}
		f += n;
	}
	if (s.n || !ar_ymd_ok(y, m, d))
		return false;
	*out = days_of(y, m, d);
	return true;
}

struct ar_date_shape ar_date_shape(const char *f)
{
	const char *y = strstr(f, "yyyy"), *m = strstr(f, "mm"), *d = strstr(f, "dd");
	struct ar_date_shape s = { .iso = strcmp(f, "yyyy-mm-dd") == 0 };

	if (!y || !m || !d || m[2] == 'm' || strlen(f) != 10 || !ar_date_format_ok(f))
		return s;
	s.fixed = true;
	s.y = (uint8_t)(y - f);
	s.m = (uint8_t)(m - f);
	s.d = (uint8_t)(d - f);
	while (is_part(f[s.a]))
		s.a++;
	for (s.b = s.a + 1; is_part(f[s.b]); )
		s.b++;
	s.la = f[s.a];
	s.lb = f[s.b];
	return s;
}

bool ar_date_read_shape(struct ar_str s, const struct ar_date_shape *f, ar_date *out)
{
	unsigned bad = 0;
	int y, m, d;

	if (!f->fixed || s.n != 10)
		return false;
	if (f->iso)
		return parse_ten(s.p, out);
	bad = (s.p[f->a] != f->la) | (s.p[f->b] != f->lb);
	y = two(s.p + f->y, &bad) * 100 + two(s.p + f->y + 2, &bad);
	m = two(s.p + f->m, &bad);
	d = two(s.p + f->d, &bad);
	if (bad || !ar_ymd_ok(y, m, d))
		return false;
	*out = days_of(y, m, d);
	return true;
}

/* ---- moments ---- */

/* The offset at s, "Z" or "+hh:mm", in seconds east of UTC. */
static bool parse_offset(struct ar_str s, int *out)
{
	unsigned bad = 0;
	int h, m;

	*out = 0;
	if (s.n == 1 && s.p[0] == 'Z')
		return true;
	if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-') || s.p[3] != ':')
		return false;
	h = two(s.p + 1, &bad);
	m = two(s.p + 4, &bad);
	if (bad || h > 23 || m > 59)
		return false;
	*out = (h * 60 + m) * (s.p[0] == '-' ? -60 : 60);
	return true;
}

bool ar_time_parse(struct ar_str s, int64_t *out, bool *canonical)
{
	unsigned bad = 0;
	int h, m, sec, offset;
	size_t at = 19;
	int64_t t;
	ar_date d;

	if (s.n < 20 || !parse_ten(s.p, &d) || s.p[10] != 'T' || s.p[13] != ':' || s.p[16] != ':')
		return false;
	h = two(s.p + 11, &bad);
	m = two(s.p + 14, &bad);
	sec = two(s.p + 17, &bad);
	if (bad || h > 23 || m > 59 || sec > 59)
		return false;
	if (s.p[at] == '.') {
		at++;
		while (at < s.n && ar_is_digit(s.p[at]))
			at++;
		if (at == 20)
			return false;
	}
	if (!parse_offset((struct ar_str){ s.p + at, s.n - at }, &offset))
		return false;
	t = (int64_t)d * DAY_SECONDS + h * 3600 + m * 60 + sec - offset;
	if (t < (int64_t)AR_DATE_MIN * DAY_SECONDS || t >= ((int64_t)AR_DATE_MAX + 1) * DAY_SECONDS)
		return false;
	*out = t;
	if (canonical)
		*canonical = s.n == 20;
	return true;
}

void ar_time_put(char out[20], int64_t t)
{
	int64_t day = t / DAY_SECONDS;
	int sec = (int)(t % DAY_SECONDS);

	if (sec < 0)
		sec += DAY_SECONDS, day--;
	ar_assert(day >= AR_DATE_MIN && day <= AR_DATE_MAX);
	ar_date_put(out, (ar_date)day);
	out[10] = 'T';
	out[13] = out[16] = ':';
	put_two(out + 11, sec / 3600);
	put_two(out + 14, sec / 60 % 60);
	put_two(out + 17, sec % 60);
	out[19] = 'Z';
}
