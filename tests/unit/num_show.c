/* SPDX-License-Identifier: GPL-3.0-or-later */
/* num_show.c - amounts and dates for people. */
#include "config.h"

#include "num/show.h"
#include "tap.h"

static struct ar_buf b;

static void money(int64_t minor, int digits, enum ar_lang l, const char *want)
{
	b.n = 0;
	ar_show_money(&b, minor, digits, l);
	is_str(ar_buf_z(&b), want, want);
}

static void date(ar_date d, enum ar_lang l, const char *want)
{
	b.n = 0;
	ar_show_date(&b, d, l);
	is_str(ar_buf_z(&b), want, *want ? want : "no date");
}

int main(void)
{
	ar_date d = ar_date_from(2026, 10, 30), early = ar_date_from(1, 2, 3);

	money(123450, 2, AR_LANG_EN, "1,234.50");
	money(123450, 2, AR_LANG_DE, "1.234,50");
	money(123450, 2, AR_LANG_FR, "1\xC2\xA0" "234,50");
	money(0, 2, AR_LANG_EN, "0.00");
	money(-5, 2, AR_LANG_DE, "-0,05");
	money(99999, 2, AR_LANG_EN, "999.99");
	money(100000, 2, AR_LANG_EN, "1,000.00");
	money(-100000, 2, AR_LANG_EN, "-1,000.00");
	money(-99999, 2, AR_LANG_EN, "-999.99");
	money(123456789, 0, AR_LANG_EN, "123,456,789");
	money(12345678, 0, AR_LANG_FR, "12\xC2\xA0" "345\xC2\xA0" "678");
	money(1234567, 3, AR_LANG_DE, "1.234,567");
	money(INT64_MIN, 2, AR_LANG_EN, "-92,233,720,368,547,758.08");
	date(d, AR_LANG_EN, "2026-10-30");
	date(d, AR_LANG_DE, "30.10.2026");
	date(d, AR_LANG_FR, "30/10/2026");
	date(early, AR_LANG_DE, "03.02.0001");
	date(AR_DATE_NONE, AR_LANG_DE, "");
	is_int(ar_lang_find(AR_STR("de")), AR_LANG_DE, "de");
	is_int(ar_lang_find(AR_STR("de-AT")), AR_LANG_DE, "de-AT");
	is_int(ar_lang_find(AR_STR("FR_ca")), AR_LANG_FR, "FR_ca");
	is_int(ar_lang_find(AR_STR("deu")), -1, "deu is not de");
	is_int(ar_lang_find(AR_STR("it")), -1, "it");
	is_int(ar_lang_find(AR_STR("")), -1, "nothing");
	is_str(ar_lang_name(AR_LANG_FR), "fr", "fr");
	ar_buf_release(&b);
	return done_testing();
}
