/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * num_cal.c - business calendars. Dates here were counted with Python's datetime, Easter also
 * by the church's own tables.
 */
#include "config.h"

#include "num/cal.h"

#include "tap.h"

static ar_date of(const char *z)
{
	ar_date d = AR_DATE_NONE;

	if (!ar_date_parse(ar_str(z), &d))
		ok(0, "test date %s", z);
	return d;
}

static void is_date(ar_date d, const char *want, const char *what)
{
	char z[11];

	is_str(ar_date_z(z, d), want, what);
}

/*
 * Easter the way of the tables of 1582: golden number, epact, paschal full moon, then the
 * Sunday after. Another road than the formula in cal.c.
 */
static ar_date by_epact(int y)
{
	int golden = y % 19 + 1, century = y / 100 + 1;
	int solar = 3 * century / 4 - 12, lunar = (8 * century + 5) / 25 - 5;
	int epact = (11 * golden + 20 + lunar - solar) % 30, moon;
	ar_date full;

	if (epact < 0)
		epact += 30;
	if ((epact == 25 && golden > 11) || epact == 24)
		epact++;
	moon = 44 - epact;
	if (moon < 21)
		moon += 30;
	full = ar_date_from(y, 3, 1) + moon - 1;
	return full + 7 - (ar_weekday(full) + 1) % 7;
}

static void easter(void)
{
	static const char *const days[] = { "1818-03-22", "1886-04-25", "1943-04-25",
		"1954-04-18", "1961-04-02",
		"2000-04-23", "2008-03-23", "2011-04-24", "2024-03-31", "2025-04-20",
		"2026-04-05", "2027-03-28",
		"2038-04-25", "2285-03-22" };
	int bad = 0;

	for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
		is_date(ar_easter(ar_ymd_of(of(days[i])).y), days[i], "Easter");
	for (int y = 1583; y <= 9999; y++)
		bad += ar_easter(y) != by_epact(y);
	is_int(bad, 0, "Easter agrees with the tables of epacts from 1583 to 9999");
	for (int y = 1; y < 1583; y++)
		bad += ar_weekday(ar_easter(y)) != 6;
	is_int(bad, 0, "and is a Sunday before that");
}

static void names(void)
{
	struct ar_cal c;

	ok(ar_cal_init(&c, "none") && c.free_days == 0 && c.rules == AR_CAL_NO_RULES, "none");
	ok(ar_cal_business(&c, of("2026-01-03")), "no day is free in it");
	ok(ar_cal_init(&c, "weekends") && c.free_days == 0x60 && c.rules == AR_CAL_NO_RULES, "weekends");
	ok(ar_cal_init(&c, "target2") && c.free_days == 0x60 && c.rules == AR_CAL_TARGET2, "target2");
	ok(!ar_cal_init(&c, "TARGET2") && !ar_cal_init(&c, "") && !ar_cal_init(&c, "weekend"),
		"unknown names");
}

static void target2(void)
{
	static const char *const free_days[] = { "2026-01-01", "2026-04-03", "2026-04-06",
		"2026-05-01", "2026-12-25",
		"2026-12-26", "2027-01-01", "2027-03-26", "2027-03-29", "2026-01-03",
		"2026-01-04" };
	static const char *const open_days[] = { "2026-01-02", "2026-04-02", "2026-04-07",
		"2026-12-24", "2026-12-28",
		"2026-12-31", "2026-05-14", "2026-05-25", "2027-03-25", "2027-04-02" };
	static const struct { const char *from; int n; const char *to; } add[] = {
		{ "2026-04-02", 1, "2026-04-07" }, { "2026-04-02", 10, "2026-04-20" },
		{ "2026-05-04", -20, "2026-04-01" },
		{ "2026-12-24", 3, "2026-12-30" }, { "2026-04-04", 1, "2026-04-07" },
		{ "2026-04-04", -1, "2026-04-02" },
		{ "2026-04-04", 0, "2026-04-04" },
	};
	struct ar_cal c;

	ar_cal_init(&c, "target2");
	for (size_t i = 0; i < sizeof free_days / sizeof free_days[0]; i++)
		ok(!ar_cal_business(&c, of(free_days[i])), "%s is free", free_days[i]);
	for (size_t i = 0; i < sizeof open_days / sizeof open_days[0]; i++)
		ok(ar_cal_business(&c, of(open_days[i])), "%s is a business day", open_days[i]);
	for (size_t i = 0; i < sizeof add / sizeof add[0]; i++)
		is_date(ar_cal_add_days(&c, of(add[i].from), add[i].n), add[i].to,
			"business days added");
	is_date(ar_cal_following(&c, of("2026-04-03")), "2026-04-07", "following over Easter");
	is_date(ar_cal_preceding(&c, of("2026-04-06")), "2026-04-02", "preceding over Easter");
	is_date(ar_cal_following(&c, of("2026-04-07")), "2026-04-07",
		"following of a business day is itself");
	is_date(ar_cal_preceding(&c, of("2026-04-07")), "2026-04-07", "and so is preceding");
	is_int(ar_cal_between(&c, of("2025-12-31"), of("2026-12-31")), 256,
		"business days of 2026");
	is_int(ar_cal_between(&c, of("2026-12-31"), of("2025-12-31")), -256, "and back");
	is_int(ar_cal_between(&c, of("2026-04-02"), of("2026-04-07")), 1,
		"the first day does not count, the last does");
	is_int(ar_cal_between(&c, of("2026-04-07"), of("2026-04-07")), 0,
		"nothing between a day and itself");
}

static void holidays(void)
{
	static const char *const days[] = { "2026-07-03", "2026-01-19", "2026-11-26",
		"2026-01-19", "2026-02-16" };
	struct ar_cal c;
	int bad = 0;

	ar_cal_init(&c, "weekends");
	is_date(ar_cal_add_days(&c, of("2026-03-31"), 250), "2027-03-16", "250 weekdays on");
	ok(ar_cal_business(&c, of("2026-12-25")), "Christmas is no holiday among weekends");
	for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
		ar_cal_add(&c, of(days[i]));
	is_int(c.n, 4, "the same holiday again is not added");
	for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
		ok(!ar_cal_business(&c, of(days[i])), "%s is a holiday", days[i]);
	is_date(ar_cal_following(&c, of("2026-07-03")), "2026-07-06", "holiday before a weekend");
	is_date(ar_cal_preceding(&c, of("2026-07-05")), "2026-07-02", "and back over it");
	for (int i = 0; i < 1000; i++)
		ar_cal_add(&c, (i * 7919) % 1000 * 7 + 3);      /* 1000 Sundays, in no order */
	is_int(c.n, 1004, "many holidays");
	for (int i = 1; i < c.n; i++)
		bad += c.day[i - 1] >= c.day[i];
	is_int(bad, 0, "are kept in order");
	ar_cal_release(&c);
	is_int(c.n, 0, "released");
}

static void edges(void)
{
	struct ar_cal c;
	int bad = 0;

	ar_cal_init(&c, "weekends");
	c.free_days = 0x30;                     /* Friday and Saturday */
	is_date(ar_cal_following(&c, of("2026-01-02")), "2026-01-04",
		"a weekend of Friday and Saturday");
	is_int(ar_cal_add_days(&c, AR_DATE_MAX, 1), AR_DATE_NONE, "no day after the last");
	is_int(ar_cal_add_days(&c, AR_DATE_MIN, -1), AR_DATE_NONE, "none before the first");
	c.free_days = 0x7f;
	is_int(ar_cal_following(&c, of("9990-01-01")), AR_DATE_NONE,
		"nothing follows if all days are free");
	is_int(ar_cal_preceding(&c, of("0009-01-01")), AR_DATE_NONE, "nothing precedes");
	ar_cal_init(&c, "target2");
	for (ar_date d = of("2019-01-01"); d < of("2031-01-01"); d++) {
		for (int n = 1; n <= 30; n += 7) {
			ar_date on = ar_cal_add_days(&c, d, n), back = ar_cal_add_days(&c, d, -n);

			bad += !ar_cal_business(&c, on) || ar_cal_between(&c, d, on) != n;
			bad += !ar_cal_business(&c, back) ||
				ar_cal_between(&c, d - 1, back - 1) != -n;
		}
	}
	is_int(bad, 0, "adding n days and counting them agree");
}

int main(void)
{
	names();
	easter();
	target2();
	holidays();
	edges();
	return done_testing();
}
