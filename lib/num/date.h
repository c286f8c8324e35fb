/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * date.h - civil dates (proleptic Gregorian, no time zone) as day numbers, and moments in UTC.
 * A date is the count of days since 1970-01-01 (so differences are days); valid years are 1..9999.
 * No clock, no locale, no TZ is ever read. Functions that take an ar_date want a valid one
 * (AR_DATE_MIN..AR_DATE_MAX) unless they say otherwise: anything else is our own mistake and
 * asserts.
 */
#ifndef AR_NUM_DATE_H
#define AR_NUM_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef int32_t ar_date;
#define AR_DATE_NONE INT32_MIN         /* no date */
#define AR_DATE_MIN (-719162)          /* 0001-01-01 */
#define AR_DATE_MAX 2932896            /* 9999-12-31 */

struct ar_ymd { int y, m, d; };

bool ar_ymd_ok(int y, int m, int d);
ar_date ar_date_from(int y, int m, int d);               /* must be ok */
struct ar_ymd ar_ymd_of(ar_date d);
int ar_weekday(ar_date d);                               /* 0 = Monday .. 6 = Sunday */
int ar_month_days(int y, int m);                         /* m 1..12 */
ar_date ar_month_end(ar_date d);                         /* last day of d's month */
/*
 * Day of month clamped: 01-31 + 1 = 02-28. So count from the first date each time: 03-31 - 2 is
 * 01-31, but 02-28 - 1 is 01-28. AR_DATE_NONE if it leaves the years 1..9999.
 */
ar_date ar_add_months(ar_date d, int months);

/* Exactly YYYY-MM-DD, an existing day; else false and *out untouched (as of all readers here). */
bool ar_date_parse(struct ar_str s, ar_date *out);
void ar_date_put(char out[10], ar_date d);               /* YYYY-MM-DD, no NUL */
/* The same with a NUL, returns out; AR_DATE_NONE gives "". */
char *ar_date_z(char out[11], ar_date d);

/*
 * Formats for the `date` transform: yyyy yy mm m dd d mmm (English month names, also full,
 * any case) and literals, e.g. "mm/dd/yyyy" reads 1/5/2026 and 01/05/2026 (mm, dd, m, d all
 * take one or two digits); yy = 2000..2099. Where two numbers touch, as in "yyyymmdd", each
 * takes all its digits. The letters y, m and d always mean a part; any other byte stands for
 * itself. The whole of s must be used. A time part after the date is not read here.
 */
bool ar_date_read(struct ar_str s, const char *format, ar_date *out);
/* The same for what most dates are, four digits, two and two with a byte between: the format looked at once, the dates read by place.
 * false: another format, or look at it with ar_date_read. */
struct ar_date_shape { bool fixed, iso; uint8_t y, m, d, a, b; char la, lb; };  /* iso: yyyy-mm-dd; la stands at a, lb at b */
struct ar_date_shape ar_date_shape(const char *format);
bool ar_date_read_shape(struct ar_str s, const struct ar_date_shape *f, ar_date *out);
/* Only known parts; year, month and day once each. ar_date_read refuses everything by another. */
bool ar_date_format_ok(const char *format);

/*
 * Moments: RFC 3339. ar_time_parse reads YYYY-MM-DDThh:mm:ss[.fff](Z|+hh:mm|-hh:mm), T and Z
 * in upper case, into seconds since 1970 UTC (fraction dropped; second 60 refused; the moment
 * must lie in the years 1..9999 of UTC). *canonical, if not NULL, says whether it was written
 * canonically (...Z, no fraction).
 */
bool ar_time_parse(struct ar_str s, int64_t *out, bool *canonical);
void ar_time_put(char out[20], int64_t t);               /* YYYY-MM-DDThh:mm:ssZ, no NUL */

#endif
