/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cal.h - business calendars: which weekdays are free, plus a list of holidays. A calendar is
 * built once (names of built-in ones: "weekends" = Saturday and Sunday; "target2" = those
 * plus 1 Jan, Good Friday, Easter Monday, 1 May, 25 and 26 Dec, in every year; "us-federal" and
 * "england" = those plus the public holidays by today's rules, moved off weekends as there;
 * "none" = every day is a business day) and holidays may be added. Holidays of one year only
 * (a coronation) must be added. Lookups are O(log n) in added holidays.
 */
#ifndef AR_NUM_CAL_H
#define AR_NUM_CAL_H

#include "num/date.h"

enum ar_cal_rules { AR_CAL_NO_RULES, AR_CAL_TARGET2, AR_CAL_US_FEDERAL, AR_CAL_ENGLAND };

struct ar_cal {
	/* bit 0 = Monday; the owner may set it after ar_cal_init (Friday and Saturday: 0x30) */
	uint8_t free_days;
	uint8_t rules;          /* enum ar_cal_rules */
	ar_date *day;           /* sorted, owned */
	int n, cap;
};

bool ar_cal_init(struct ar_cal *c, const char *name);    /* false: unknown name, and *c is "none" */
/* The same day again changes nothing. Cheapest in rising order. */
void ar_cal_add(struct ar_cal *c, ar_date holiday);
void ar_cal_release(struct ar_cal *c);
bool ar_cal_business(const struct ar_cal *c, ar_date d);
/* These three give AR_DATE_NONE if there is no such day in the years 1..9999. */
ar_date ar_cal_following(const struct ar_cal *c, ar_date d);   /* d itself or the next one */
ar_date ar_cal_preceding(const struct ar_cal *c, ar_date d);   /* d itself or the one before */
/* n business days on (or back); from d exclusive; n = 0 is d itself, even a free one */
ar_date ar_cal_add_days(const struct ar_cal *c, ar_date d, int business_days);
/* business days in (from, to]; to < from: minus those in (to, from] */
int ar_cal_between(const struct ar_cal *c, ar_date from, ar_date to);
ar_date ar_easter(int year);                             /* Gregorian Easter Sunday, year 1..9999 */

#endif
