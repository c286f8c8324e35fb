/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Buckets: every boundary, every unit; no day falls between two. Expected values: the tables of the specification, by hand. */
#include "config.h"

#include "ar/age.h"
#include "tap.h"

static ar_date day(const char *z)
{
	ar_date d = AR_DATE_NONE;

	ar_date_parse(ar_str(z), &d);
	return d;
}

static struct ar_buckets days(const char *as_of, bool today_overdue, int n, const int *bound)
{
	struct ar_age_params p = { .as_of = day(as_of), .due_today_overdue = today_overdue, .nbound = n };
	struct ar_buckets b;

	memcpy(p.bound, bound, (size_t)n * sizeof *bound);
	ok(ar_buckets_init(&b, &p, NULL, 0), "buckets made");
	return b;
}

static const char *at(const struct ar_buckets *b, int d)
{
	return b->name[ar_bucket_of_date(b, b->p.as_of - d)];
}

static void boundaries(void)
{
	static const int usual[] = { 0, 30, 60, 90, 120 }, future[] = { -30, -7, 0, 7, 30 }, late[] = { 30, 60 };
	static const struct { int d; const char *name; } want[] = {
		{ -45, "not_due" }, { -30, "not_due" }, { -29, "not_due" }, { -1, "not_due" }, { 0, "not_due" }, { 1, "1-30" }, { 29, "1-30" },
		{ 30, "1-30" }, { 31, "31-60" }, { 59, "31-60" }, { 60, "31-60" }, { 61, "61-90" }, { 90, "61-90" }, { 91, "91-120" },
		{ 120, "91-120" }, { 121, "over_120" }, { 5000, "over_120" },
	};
	static const struct { int d; const char *name; } ahead[] = {
		{ -31, "due_in_over_29" }, { -30, "due_in_over_29" }, { -29, "due_in_7-29" }, { -7, "due_in_7-29" }, { -6, "due_in_0-6" },
		{ 0, "due_in_0-6" }, { 1, "1-7" }, { 7, "1-7" }, { 8, "8-30" }, { 31, "over_30" },
	};
	struct ar_buckets b = days("2026-10-30", false, 5, usual);

	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		is_str(at(&b, want[i].d), want[i].name, "d as in the table");
	b = days("2026-10-30", true, 5, usual);
	is_str(at(&b, -1), "not_due", "due today is overdue: tomorrow is not");
	is_str(at(&b, 0), "0-30", "but today is");
	b = days("2026-10-30", false, 5, future);
	for (size_t i = 0; i < sizeof ahead / sizeof *ahead; i++)
		is_str(at(&b, ahead[i].d), ahead[i].name, "the future in parts");
	b = days("2026-10-30", false, 2, late);
	is_str(at(&b, 0), "up_to_30", "a first bound above zero");
	is_str(b.name[ar_bucket_of_date(&b, AR_DATE_NONE)], "no_date", "no date");
}

static void months(void)
{
	struct ar_age_params p = { .as_of = day("2025-03-31"), .unit = AR_UNIT_MONTHS_RELATIVE, .nbound = 1, .bound = { 3 } };
	struct ar_buckets b;
	ar_date end[2];

	ok(ar_buckets_init(&b, &p, NULL, 0), "relative months");
	is_str(at(&b, 0), "not_due", "the day itself");
	is_str(b.name[ar_bucket_of_date(&b, day("2025-02-28"))], "month_1", "31 March less a month is 28 February, inclusive");
	is_str(b.name[ar_bucket_of_date(&b, day("2025-02-27"))], "month_2", "a day more");
	is_str(b.name[ar_bucket_of_date(&b, day("2025-01-31"))], "month_2", "two months");
	is_str(b.name[ar_bucket_of_date(&b, day("2024-12-31"))], "month_3", "three months");
	is_str(b.name[ar_bucket_of_date(&b, day("2024-12-30"))], "over_month_3", "beyond");
	p.unit = AR_UNIT_MONTHS_CALENDAR;
	ok(ar_buckets_init(&b, &p, NULL, 0), "calendar months");
	is_str(b.name[ar_bucket_of_date(&b, day("2025-03-01"))], "month_1", "this month");
	is_str(b.name[ar_bucket_of_date(&b, day("2025-02-28"))], "month_2", "the end of the month before");
	is_str(b.name[ar_bucket_of_date(&b, day("2025-01-31"))], "month_3", "and the one before that");
	is_str(b.name[ar_bucket_of_date(&b, day("2024-12-31"))], "over_month_3", "beyond");
	p.unit = AR_UNIT_FISCAL;
	p.bound[0] = 2;
	end[0] = day("2025-03-28");
	end[1] = day("2025-02-25");
	ok(!ar_buckets_init(&b, &p, end, 1), "too few periods are refused");
	ok(ar_buckets_init(&b, &p, end, 2), "fiscal periods");
	is_str(b.name[ar_bucket_of_date(&b, day("2025-03-29"))], "month_1", "the running period");
	is_str(b.name[ar_bucket_of_date(&b, day("2025-03-28"))], "month_2", "the one before");
	is_str(b.name[ar_bucket_of_date(&b, day("2025-02-25"))], "over_month_2", "beyond");
}

static void kinds(void)
{
	static const int usual[] = { 0, 30 };
	struct ar_buckets b = days("2026-10-30", false, 2, usual);
	struct ar_item memo = { .type = AR_T_credit_memo, .issued = day("2026-10-01"), .open = -5 };
	struct ar_item paid = { .type = AR_T_payment, .issued = day("2026-10-01"), .open = -5 };
	struct ar_item kept = { .type = AR_T_invoice, .special = AR_ITEM_RETENTION, .due = day("2026-01-01"), .open = 5 };

	is_int(ar_bucket_of(&b, &memo), b.credits, "a credit memo stands apart");
	is_int(ar_bucket_of(&b, &paid), b.unapplied, "unapplied money too");
	paid.special = AR_ITEM_DEPOSIT;
	is_int(ar_bucket_of(&b, &paid), b.deposits, "and a prepayment");
	is_int(ar_bucket_of(&b, &kept), b.retention, "a retention");
	b.p.credits = AR_CREDITS_OWN;
	is_str(b.name[ar_bucket_of(&b, &memo)], "1-30", "aged by its own date");
	b.p.credits = AR_CREDITS_CURRENT;
	is_str(b.name[ar_bucket_of(&b, &memo)], "not_due", "all current");
}

int main(void)
{
	boundaries();
	months();
	kinds();
	return done_testing();
}
