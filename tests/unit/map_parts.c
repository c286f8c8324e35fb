/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Payment terms, what ar-normalize remembers, dated rates. Dates and amounts were worked out by hand. */
#include "config.h"

#include "map/seen.h"
#include "map/terms.h"
#include "rec/rates.h"

#include "tap.h"

static char z[11];

static const char *due(const char *text, int y, int m, int d)
{
	struct ar_terms t;

	if (!ar_terms_parse(ar_str(text), &t))
		return "no";
	return ar_date_z(z, ar_terms_due(&t, ar_date_from(y, m, d)));
}

static void terms(void)
{
	struct ar_terms t;
	int64_t x = 0;

	is_str(due("Net 30", 2026, 1, 20), "2026-02-19", "Net 30");
	is_str(due("n30", 2026, 1, 20), "2026-02-19", "n30");
	is_str(due("2/10 n30", 2026, 1, 20), "2026-02-19", "2/10 n30");
	is_str(due("2% 10 Net 30", 2026, 1, 20), "2026-02-19", "2% 10 Net 30");
	is_str(due("14 Tage netto", 2026, 2, 20), "2026-03-06", "14 Tage netto");
	is_str(due("Net 30 EOM", 2026, 1, 20), "2026-02-28", "Net 30 EOM");
	is_str(due("30 days end of month", 2026, 1, 20), "2026-02-28", "30 days end of month");
	is_str(due("15th of next month", 2026, 1, 31), "2026-02-15", "15th of next month");
	is_str(due("31st of next month", 2026, 1, 5), "2026-02-28", "31st clamped");
	is_str(due("Due on receipt", 2026, 1, 20), "2026-01-20", "Due on receipt");
	is_str(due("see contract", 2026, 1, 20), "no", "words are not guessed");
	is_str(due("Net 30 or so", 2026, 1, 20), "no", "nor the rest of them");
	is_str(due("", 2026, 1, 20), "no", "nothing");
	ok(ar_terms_parse(AR_STR("1.5/10 net 45"), &t) && t.discount_days == 10 && t.net_days == 45, "1.5/10 net 45");
	ok(ar_terms_discount(&t, 33333, &x) && x == 500, "1.5 percent of 333.33 is 5.00 (4.99995)");
	is_str(ar_date_z(z, ar_terms_discount_date(&t, ar_date_from(2026, 2, 25))), "2026-03-07", "discount date");
	ok(!ar_terms_parse(AR_STR("200/10 n30"), &t), "no discount of 200 percent");
}

static void memory(void)
{
	struct ar_seen s = { 0 };
	struct ar_occur o = { 0 };
	struct ar_docs d = { 0 };
	struct ar_doc doc;
	struct ar_hash128 a = ar_hash128("a", 1), b = ar_hash128("b", 1);
	int out = 0;

	ok(ar_seen_fresh(&s, a, 1, true) && !ar_seen_fresh(&s, a, 1, true) && !ar_seen_fresh(&s, a, 2, true), "keyed: once");
	for (int i = 0; i < 2; i++)
		out += ar_seen_fresh(&s, b, 1, false);
	for (int i = 0; i < 3; i++)
		out += ar_seen_fresh(&s, b, 2, false);
	out += ar_seen_fresh(&s, b, 3, false);
	is_int(out, 3, "without a key: 2 in one export, 3 in another, 1 in a third are 3");
	out = 0;
	for (uint32_t i = 0; i < 5000; i++)
		out += ar_seen_fresh(&s, ar_hash128((const char *)&i, sizeof i), 3, true);
	for (uint32_t i = 0; i < 5000; i++)
		out += ar_seen_fresh(&s, ar_hash128((const char *)&i, sizeof i), 4, true);
	is_int(out, 5000, "the set grows and forgets nothing");
	is_int(ar_occur_next(&o, a), 1, "first occurrence");
	is_int(ar_occur_next(&o, a), 2, "second");
	ar_occur_reset(&o);
	is_int(ar_occur_next(&o, a), 1, "forgotten");
	ok(!ar_docs_get(&d, AR_STR("i"), &doc), "no document yet");
	ar_docs_put(&d, AR_STR("i"), AR_STR("c"), 7);
	ar_docs_put(&d, AR_STR("i"), AR_STR("c2"), 8);
	ok(ar_docs_get(&d, AR_STR("i"), &doc) && ar_streqz(doc.customer, "c2") && doc.date == 8, "the later version of a document");
	ar_seen_release(&s);
	ar_occur_release(&o);
	ar_docs_release(&d);
}

static void add(struct ar_rates *t, const char *unit, const char *quoted, int day, const char *rate)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_rec r;

	ar_rec_init(&r, &mem);
	ar_rec_start(&r, AR_T_rate);
	ar_set_i(&r, AR_F_date, ar_date_from(2026, 7, day));
	ar_set_i(&r, AR_F_unit_currency, ar_ccy_find(ar_str(unit)));
	ar_set_i(&r, AR_F_quoted_currency, ar_ccy_find(ar_str(quoted)));
	ar_set_text(&r, AR_F_rate, ar_str(rate));
	ar_set_text(&r, AR_F_kind, AR_STR("spot"));
	ar_rates_add(t, &r);
	ar_rec_release(&r);
	ar_arena_release(&mem);
}

static int64_t convert(struct ar_rates *t, int64_t minor, const char *from, const char *to, int day)
{
	int64_t out = -1;
	bool done = ar_rates_convert(t, AR_STR(""), ar_date_from(2026, 7, day), minor, ar_ccy_find(ar_str(from)), ar_ccy_find(ar_str(to)),
	                             AR_HALF_UP, &out);

	return done ? out : -1000;
}

static void rates(void)
{
	struct ar_rates *t = ar_rates_new(7);
	struct ar_rate r;
	bool per;

	add(t, "EUR", "USD", 10, "1.0842");
	add(t, "EUR", "USD", 13, "1.1000");
	add(t, "EUR", "JPY", 10, "161.30");
	is_int(convert(t, 10842, "USD", "EUR", 10), 10000, "108.42 USD are 100.00 EUR");
	is_int(convert(t, 10000, "EUR", "USD", 12), 10842, "the rate of two days before");
	is_int(convert(t, 11000, "USD", "EUR", 13), 10000, "the rate of the day");
	is_int(convert(t, 11000, "USD", "EUR", 20), 10000, "seven days old");
	is_int(convert(t, 11000, "USD", "EUR", 21), -1000, "eight are too many");
	is_int(convert(t, 11000, "USD", "EUR", 9), -1000, "nothing before the first");
	is_int(convert(t, 16130, "JPY", "USD", 11), 10842, "16130 JPY are 100 EUR are 108.42 USD");
	is_int(convert(t, 11000, "GBP", "EUR", 10), -1000, "a currency without rates");
	ok(ar_rates_direct(t, AR_STR(""), ar_date_from(2026, 7, 11), ar_ccy_find(AR_STR("USD")), ar_ccy_find(AR_STR("EUR")), &r, &per)
	   && r.mant == 10842 && r.scale == 4 && !per, "the one rate used, USD per EUR");
	ok(!ar_rates_direct(t, AR_STR(""), ar_date_from(2026, 7, 11), ar_ccy_find(AR_STR("USD")), ar_ccy_find(AR_STR("JPY")), &r, &per),
	   "through the euro there are two");
	ar_rates_free(t);
}

int main(void)
{
	ar_schema_init();
	terms();
	memory();
	rates();
	return done_testing();
}
