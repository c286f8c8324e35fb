/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * num_date.c - dates, formats and moments. Day numbers and seconds here were computed with
 * Python's datetime.
 */
#include "config.h"

#include "num/date.h"

#include "tap.h"

#define SEED 20260101u

static uint64_t rng = SEED;

static uint64_t next(void)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return rng;
}

static ar_date of(const char *z)
{
	ar_date d = AR_DATE_NONE;

	if (!ar_date_parse(ar_str(z), &d))
		ok(0, "test date %s", z);
	return d;
}

static const char *text(ar_date d)
{
	static char buf[4][11];
	static int i;

	return ar_date_z(buf[i = (i + 1) % 4], d);
}

static void known_days(void)
{
	static const struct { const char *z; int day, weekday; } t[] = {
		{ "1970-01-01", 0, 3 }, { "0001-01-01", AR_DATE_MIN, 0 },
		{ "9999-12-31", AR_DATE_MAX, 4 },
		{ "2000-03-01", 11017, 2 }, { "1582-10-15", -141427, 4 },
		{ "1900-01-01", -25567, 0 },
		{ "2024-02-29", 19782, 3 }, { "2026-01-01", 20454, 3 }, { "2038-01-19", 24855, 1 },
		{ "1600-02-29", -135081, 1 }, { "2000-01-01", 10957, 5 },
	};

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		is_int(of(t[i].z), t[i].day, t[i].z);
		is_int(ar_weekday(t[i].day), t[i].weekday, "its weekday");
		is_str(text(t[i].day), t[i].z, "and back");
	}
	is_str(text(AR_DATE_NONE), "", "no date prints as nothing");
	is_int(of("2024-09-15") - of("2024-05-31"), 107, "a difference is days");
}

/* Every day of the range, counted up by the plain rule of the calendar. */
static void whole_range(void)
{
	static const int len[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int bad = 0, y = 1, m = 1, d = 1;

	for (ar_date n = AR_DATE_MIN; n <= AR_DATE_MAX; n++) {
		struct ar_ymd t = ar_ymd_of(n);
		int leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
		int last = len[m - 1] + (m == 2 && leap);
		ar_date back = AR_DATE_NONE;
		char z[10];

		ar_date_put(z, n);
		bad += t.y != y || t.m != m || t.d != d || ar_date_from(y, m, d) != n;
		bad += !ar_date_parse((struct ar_str){ z, 10 }, &back) || back != n;
		bad += ar_weekday(n) != (n - AR_DATE_MIN) % 7 || ar_month_days(y, m) != last;
		bad += ar_month_end(n) != n + last - d;
		if (++d > last)
			d = 1, m++;
		if (m > 12)
			m = 1, y++;
	}
	is_int(bad, 0, "all days of the years 1..9999 round trip");
	is_int(y, 10000, "the range ends with the year 9999");
}

static void refusals(void)
{
	static const char *const bad[] = {
		"", "2026-02-29", "1900-02-29", "2026-2-01", "2026/02/01", "0000-01-01",
		"10000-01-01", "2026-02-01 ",
		" 2026-02-01", "2026-00-10", "2026-13-01", "2026-01-00", "2026-01-32",
		"2026-04-31", "+026-01-01",
		"-026-01-01", "2026-01-0a", "2026-01-1", "20260101", "2026-01-01T", "2026-0:-01",
		"2026-01-/1",
	};
	ar_date d = 42;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ok(!ar_date_parse(ar_str(bad[i]), &d) && d == 42, "refused: '%s'", bad[i]);
	ok(!ar_date_parse((struct ar_str){ "2026-01-0\0", 10 }, &d), "refused: a NUL");
	ok(ar_ymd_ok(2000, 2, 29) && !ar_ymd_ok(2100, 2, 29), "2000 is a leap year, 2100 is none");
	ok(!ar_ymd_ok(0, 1, 1) && !ar_ymd_ok(10000, 1, 1) && !ar_ymd_ok(-4, 1, 1),
		"years are 1..9999");
}

/*
 * One byte changed in a good date: taken only if it still is a digit or the hyphen, and then as
 * what it says.
 */
static void one_byte_off(void)
{
	int bad = 0;

	for (int at = 0; at < 10; at++) {
		for (int c = 0; c < 256; c++) {
			char z[11] = "2024-02-10", back[11];
			ar_date d;
			int digit = c >= '0' && c <= '9', hyphen = at == 4 || at == 7, v, want;

			z[at] = (char)c;
			v = c - '0';
			want = hyphen ? c == '-' : digit;
			if (want && at == 5)
				want = v <= 1;                          /* months 02 and 12 */
			if (want && at == 6)
				want = v >= 1;                          /* months 01..09 */
			if (want && at == 8)
				/* 10 and 20; 00 and 30 are none */
				want = v == 1 || v == 2;
			if (want && at == 9)
				want = v <= 9;                          /* days 10..19 */
			if (ar_date_parse((struct ar_str){ z, 10 }, &d) != want)
				bad++;
			else if (want && strcmp(ar_date_z(back, d), z) != 0)
				bad++;
		}
	}
	is_int(bad, 0, "one byte off");
}

static void months(void)
{
	static const struct { const char *from; int n; const char *to; } t[] = {
		/* month ends counted back from one date */
		{ "2025-03-31", -1, "2025-02-28" }, { "2025-03-31", -2, "2025-01-31" },
		{ "2025-03-31", -3, "2024-12-31" }, { "2025-03-31", -4, "2024-11-30" },
		{ "2026-01-31", 1, "2026-02-28" }, { "2024-01-31", 1, "2024-02-29" },
		{ "2024-02-29", 12, "2025-02-28" },
		{ "2024-02-29", 48, "2028-02-29" }, { "2024-02-29", -12, "2023-02-28" },
		{ "2026-05-15", 0, "2026-05-15" },
		{ "2026-11-30", 3, "2027-02-28" }, { "2026-01-15", -1, "2025-12-15" },
		{ "2026-12-15", 1, "2027-01-15" },
		{ "0001-01-31", -1, "" }, { "9999-12-01", 1, "" },
		{ "9999-11-30", 1, "9999-12-30" },
		{ "0001-02-01", -1, "0001-01-01" }, { "0001-01-01", 119987, "9999-12-01" },
		{ "2026-01-01", INT32_MAX, "" }, { "2026-01-01", INT32_MIN, "" },
	};
	int bad = 0;

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		is_str(text(ar_add_months(of(t[i].from), t[i].n)), t[i].to, "months added");
	is_str(text(ar_month_end(of("2024-02-01"))), "2024-02-29", "month end in a leap year");
	is_str(text(ar_month_end(of("2025-12-31"))), "2025-12-31", "month end of itself");
	for (int i = 0; i < 20000; i++) {
		ar_date d = (ar_date)(next() % 3000000) - 700000;
		int n = (int)(next() % 2400) - 1200;
		struct ar_ymd a = ar_ymd_of(d), b;
		ar_date e = ar_add_months(d, n);

		if (e == AR_DATE_NONE)
			continue;
		b = ar_ymd_of(e);
		bad += b.y * 12 + b.m - a.y * 12 - a.m != n;
		bad += b.d != a.d && !(b.d < a.d && ar_month_end(e) == e);
	}
	is_int(bad, 0,
		"add_months moves by n months and clamps only at the end (seed 20260101)");
}

static void formats(void)
{
	static const struct { const char *s, *format, *want; } t[] = {
		{ "1/5/2026", "mm/dd/yyyy", "2026-01-05" },
		{ "01/05/2026", "mm/dd/yyyy", "2026-01-05" },
		{ "12/31/2026", "m/d/yyyy", "2026-12-31" },
		{ "31.12.2026", "dd.mm.yyyy", "2026-12-31" },
		{ "1.2.26", "d.m.yy", "2026-02-01" }, { "29.2.00", "dd.mm.yy", "2000-02-29" },
		{ "31.12.99", "dd.mm.yy", "2099-12-31" }, { "20260105", "yyyymmdd", "2026-01-05" },
		{ "260105", "yymmdd", "2026-01-05" }, { "05JAN2026", "ddmmmyyyy", "2026-01-05" },
		{ "5Jan26", "dmmmyy", "2026-01-05" },
		{ "05-may-2026", "dd-mmm-yyyy", "2026-05-05" },
		{ "March 1, 2026", "mmm d, yyyy", "2026-03-01" },
		{ "MARCH 01, 2026", "mmm dd, yyyy", "2026-03-01" },
		{ "september 30 2026", "mmm d yyyy", "2026-09-30" },
		{ "2026-01-05", "yyyy-mm-dd", "2026-01-05" },
		{ "[5/1/2026]", "[d/m/yyyy]", "2026-01-05" },
		{ "2026001105", "yyyy00mmdd", "2026-11-05" },
	};
	static const struct { const char *s, *format; } bad[] = {
		{ "1/5/26", "mm/dd/yyyy" }, { "1/5/2026 ", "mm/dd/yyyy" },
		{ "1/5/2026 10:00", "mm/dd/yyyy" },
		{ "13/1/2026", "mm/dd/yyyy" }, { "2/29/2026", "mm/dd/yyyy" },
		{ "1-5-2026", "mm/dd/yyyy" },
		{ "", "mm/dd/yyyy" }, { "1/5/", "mm/dd/yyyy" }, { "/5/2026", "mm/dd/yyyy" },
		{ "001/05/2026", "mm/dd/yyyy" },
		{ "1/5/12026", "mm/dd/yyyy" }, { "2026015", "yyyymmdd" }, { "202615", "yyyymd" },
		{ "26105", "yymmdd" },
		{ "05 Mai 2026", "dd mmm yyyy" }, { "05 Janu 2026", "dd mmm yyyy" },
		{ "05 Ja 2026", "dd mmm yyyy" },
		{ "0/5/2026", "mm/dd/yyyy" }, { "1/0/2026", "mm/dd/yyyy" },
		{ "-1/5/2026", "mm/dd/yyyy" },
		{ "1/5/0000", "mm/dd/yyyy" }, { "1/5", "mm/dd" }, { "5/5/5/2026", "mm/mm/dd/yyyy" },
	};
	static const char *const bad_formats[] = { "", "mm/dd", "mm/dd/yyy", "mm/dd/y",
		"mmmm d yyyy", "ddd/mm/yyyy",
		"mm/dd/yyyy/yyyy", "d mmm mm yyyy", "dd.mm.yyyyy" };
	ar_date d = 42;

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		d = AR_DATE_NONE;
		ar_date_read(ar_str(t[i].s), t[i].format, &d);
		is_str(text(d), t[i].want, t[i].format);
		ok(ar_date_format_ok(t[i].format), "good format");
	}
	d = 42;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ok(!ar_date_read(ar_str(bad[i].s), bad[i].format, &d) && d == 42,
			"refused: '%s' by '%s'", bad[i].s, bad[i].format);
	for (size_t i = 0; i < sizeof bad_formats / sizeof bad_formats[0]; i++)
		ok(!ar_date_format_ok(bad_formats[i]), "bad format '%s'", bad_formats[i]);
}

static void moments(void)
{
	static const struct { const char *z; int64_t t; bool canonical; const char *back; } good[] = {
		{ "1985-04-12T23:20:50.52Z", 482196050, false, "1985-04-12T23:20:50Z" },
		{ "1996-12-19T16:39:57-08:00", 851042397, false, "1996-12-20T00:39:57Z" },
		{ "1937-01-01T12:00:27.87+00:20", -1041337173, false, "1937-01-01T11:40:27Z" },
		{ "2026-01-01T00:30:00+05:30", 1767207600, false, "2025-12-31T19:00:00Z" },
		{ "1970-01-01T00:00:00Z", 0, true, "1970-01-01T00:00:00Z" },
		{ "1969-12-31T23:59:59Z", -1, true, "1969-12-31T23:59:59Z" },
		{ "1970-01-01T00:00:00+00:00", 0, false, "1970-01-01T00:00:00Z" },
		{ "1970-01-01T00:00:00-00:00", 0, false, "1970-01-01T00:00:00Z" },
		{ "0001-01-01T00:00:00Z", -62135596800, true, "0001-01-01T00:00:00Z" },
		{ "9999-12-31T23:59:59Z", 253402300799, true, "9999-12-31T23:59:59Z" },
	};
	static const char *const bad[] = {
		"", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z",
		"2026-01-01t00:00:00Z",
		"2026-01-01T00:00:00z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
		"2026-12-31T23:59:60Z",
		"2026-02-29T00:00:00Z", "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00,5Z",
		"2026-01-01T00:00Z",
		"2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+24:00",
		"2026-01-01T00:00:00+01:60",
		"2026-01-01T00:00:00ZZ", "2026-01-01T00:00:00+01:00Z", "2026-01-01T00:00:00.5",
		"2026-01-01T0a:00:00Z",
		"0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
		"2026-01-01T00:00:00+1:000",
	};
	char z[21] = "";
	int64_t v = 42;
	int wrong = 0;

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		bool canonical = !good[i].canonical;

		ok(ar_time_parse(ar_str(good[i].z), &v, &canonical) && v == good[i].t,
			"moment %s", good[i].z);
		ok(canonical == good[i].canonical, "whether it is canonical");
		ar_time_put(z, good[i].t);
		is_str(z, good[i].back, "printed");
	}
	v = 42;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ok(!ar_time_parse(ar_str(bad[i]), &v, NULL) && v == 42, "refused: '%s'", bad[i]);
	for (int i = 0; i < 20000; i++) {
		int64_t t = (int64_t)(next() % 315537897600u) - 62135596800, back = t + 1;
		bool canonical = false;

		ar_time_put(z, t);
		wrong += !ar_time_parse((struct ar_str){ z, 20 }, &back, &canonical) ||
			back != t || !canonical;
	}
	is_int(wrong, 0, "moments round trip (seed 20260101)");
}

int main(void)
{
	known_days();
	whole_range();
	refusals();
	one_byte_off();
	months();
	formats();
	moments();
	return done_testing();
}
