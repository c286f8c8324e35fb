/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "num/cal.h"
#include "base/arena.h"
#include "base/err.h"

#include <stdlib.h>

#define WEEKEND 0x60

static const char *const named[] = {
	[AR_CAL_NO_RULES] = "weekends", [AR_CAL_TARGET2] = "target2", [AR_CAL_US_FEDERAL] = "us-federal",
	[AR_CAL_ENGLAND] = "england"
};

bool ar_cal_init(struct ar_cal *c, const char *name)
{
	struct ar_str s = ar_str(name);

	*c = (struct ar_cal){ 0 };
	if (ar_streqz(s, "none"))
		return true;
	for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
		if (ar_streqz(s, named[i])) {
			c->free_days = WEEKEND;
			c->rules = (uint8_t)i;
			return true;
		}
	return false;
}

/* Index of the first holiday not before d. */
static int lower_bound(const struct ar_cal *c, ar_date d)
{
	int lo = 0, hi = c->n;

	while (lo < hi) {
		int mid = lo + (hi - lo) / 2;

		if (c->day[mid] < d)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool listed(const struct ar_cal *c, ar_date d)
{
	int i = lower_bound(c, d);

	return i < c->n && c->day[i] == d;
}

void ar_cal_add(struct ar_cal *c, ar_date holiday)
{
	int i = lower_bound(c, holiday);

	if (i < c->n && c->day[i] == holiday)
		return;
	if (c->n == c->cap) {
		c->cap = c->cap ? c->cap * 2 : 32;
		c->day = ar_realloc(c->day, (size_t)c->cap * sizeof *c->day);
	}
	memmove(c->day + i + 1, c->day + i, (size_t)(c->n - i) * sizeof *c->day);
	c->day[i] = holiday;
	c->n++;
}

void ar_cal_release(struct ar_cal *c)
{
	free(c->day);
	c->day = NULL;
	c->n = c->cap = 0;
}

/* The anonymous Gregorian computus (Nature, 1876); letters as in the usual statement of it. */
ar_date ar_easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
	int h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4;
	int l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451;
	int n = h + l - 7 * m + 114;

	return ar_date_from(year, n / 31, n % 31 + 1);
}

/* The closing days of the euro payment system besides weekends (ECB, since 2002). */
static bool target2_holiday(ar_date d)
{
	struct ar_ymd t = ar_ymd_of(d);
	ar_date easter;

	if (t.m == 3 || t.m == 4) {
		easter = ar_easter(t.y);
		return d == easter - 2 || d == easter + 1;
	}
	return (t.d == 1 && (t.m == 1 || t.m == 5)) || (t.m == 12 && (t.d == 25 || t.d == 26));
}

/* The n-th such weekday of its month? n = 5: the last one. */
static bool nth(struct ar_ymd t, int weekday, int wanted, int n)
{
	if (weekday != wanted)
		return false;
	return n == 5 ? t.d + 7 > ar_month_days(t.y, t.m) : (t.d - 1) / 7 + 1 == n;
}

static bool us_fixed(struct ar_ymd t)
{
	return (t.m == 1 && t.d == 1) || (t.m == 6 && t.d == 19 && t.y >= 2021) || (t.m == 7 && t.d == 4) ||
	       (t.m == 11 && t.d == 11) || (t.m == 12 && t.d == 25);
}

/* 5 U.S.C. 6103; a holiday on Saturday is kept on Friday, one on Sunday on Monday (Executive Order 11582). */
static bool us_holiday(ar_date d)
{
	struct ar_ymd t = ar_ymd_of(d);
	int w = ar_weekday(d);

	if (us_fixed(t) || (w == 4 && d < AR_DATE_MAX && us_fixed(ar_ymd_of(d + 1))) ||
	    (w == 0 && d > AR_DATE_MIN && us_fixed(ar_ymd_of(d - 1))))
		return true;
	switch (t.m) {
	case 1:
	case 2:
		return nth(t, w, 0, 3);         /* King's and Washington's birthdays */
	case 5:
		return nth(t, w, 0, 5);
	case 9:
		return nth(t, w, 0, 1);
	case 10:
		return nth(t, w, 0, 2);
	case 11:
		return nth(t, w, 3, 4);
	}
	return false;
}

/* Banking and Financial Dealings Act 1971, and the substitute days proclaimed since. */
static bool england_holiday(ar_date d)
{
	struct ar_ymd t = ar_ymd_of(d);
	int w = ar_weekday(d);

	switch (t.m) {
	case 1:
		return t.d == 1 || (t.d <= 3 && w == 0);
	case 3:
	case 4:
		return d == ar_easter(t.y) - 2 || d == ar_easter(t.y) + 1;
	case 5:
		return nth(t, w, 0, 1) || nth(t, w, 0, 5);
	case 8:
		return nth(t, w, 0, 5);
	case 12:
		return t.d == 25 || t.d == 26 || ((t.d == 27 || t.d == 28) && w <= 1);
	}
	return false;
}

static bool ruled(const struct ar_cal *c, ar_date d)
{
	switch (c->rules) {
	case AR_CAL_TARGET2:
		return target2_holiday(d);
	case AR_CAL_US_FEDERAL:
		return us_holiday(d);
	case AR_CAL_ENGLAND:
		return england_holiday(d);
	}
	return false;
}

bool ar_cal_business(const struct ar_cal *c, ar_date d)
{
	if (c->free_days >> ar_weekday(d) & 1)
		return false;
	return !listed(c, d) && !ruled(c, d);
}

/* The business day first met from d on, going by step; AR_DATE_NONE past the ends. */
static ar_date seek(const struct ar_cal *c, ar_date d, int step)
{
	for (; d >= AR_DATE_MIN && d <= AR_DATE_MAX; d += step)
		if (ar_cal_business(c, d))
			return d;
	return AR_DATE_NONE;
}

ar_date ar_cal_following(const struct ar_cal *c, ar_date d)
{
	return seek(c, d, 1);
}

ar_date ar_cal_preceding(const struct ar_cal *c, ar_date d)
{
	return seek(c, d, -1);
}

ar_date ar_cal_add_days(const struct ar_cal *c, ar_date d, int n)
{
	int step = n < 0 ? -1 : 1;

	for (; n != 0 && d != AR_DATE_NONE; n -= step)
		d = seek(c, d + step, step);
	return d;
}

int ar_cal_between(const struct ar_cal *c, ar_date from, ar_date to)
{
	int n = 0;

	if (to < from)
		return -ar_cal_between(c, to, from);
	for (ar_date d = from; d < to; d++)
		n += ar_cal_business(c, d + 1);
	return n;
}
