/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.h, pivot.h and the masks of report.h. */
#include "config.h"

#include "ar/pivot.h"
#include "ar/report.h"
#include "tap.h"

static struct ar_arena mem;

static void test_width(void)
{
	is_int((int64_t)ar_text_width(AR_STR("abc")), 3, "ASCII");
	is_int((int64_t)ar_text_width(AR_STR("M\u00fcller")), 6, "an accent");
	is_int((int64_t)ar_text_width(AR_STR("u\u0308")), 1, "a combining accent");
	is_int((int64_t)ar_text_width(AR_STR("\u6771\u4eac")), 4, "Han characters are wide");
	is_int((int64_t)ar_text_width(AR_STR("\uff21")), 2, "full-width forms too");
	is_int((int64_t)ar_text_width(AR_STR("a\033[2J")), 5, "an escape is shown as one sign");
}

static const char *text_of(const char *cell, int widest, unsigned flags)
{
	static struct ar_buf b;
	struct ar_column col[] = { { AR_STR("h"), flags, widest }, { AR_STR("x"), 0, 0 } };
	struct ar_table t;
	struct ar_cell_text *c;

	ar_table_init(&t, &mem, col, 2);
	c = ar_table_row(&t);
	c[0] = (struct ar_cell_text){ ar_str(cell), flags };
	c[1].text = AR_STR("|");
	b.n = 0;
	ar_table_text(&t, 0, false, &b);
	ar_table_release(&t);
	return strchr(strchr(ar_buf_z(&b), '\n') + 1, '\n') + 1;
}

static void test_text(void)
{
	is_str(text_of("abc", 0, 0), "abc  |\n", "a plain cell");
	is_str(text_of("\u6771\u4eac\u682a", 5, 0), "\u6771\u4eac\u2026  |\n", "cut by places, not bytes");
	is_str(text_of("\u6771\u4eac\u682a", 4, 0), "\u6771\u2026   |\n", "half a wide one does not fit: filled up");
	is_str(text_of("a\033b\u202ec", 0, 0), "a\uFFFDb\uFFFDc  |\n", "nothing that moves the cursor");
	is_str(text_of("-1234567.89", 0, AR_CELL_NUMBER), "-1,234,567.89  |\n", "thousands are parted");
	is_str(text_of("123", 0, AR_CELL_NUMBER), "123  |\n", "not below");
	is_str(text_of("1234", 0, AR_CELL_NUMBER), "1,234  |\n", "from four digits on");
	is_str(text_of("0.1234", 0, AR_CELL_NUMBER), "0.1234  |\n", "never behind the point");
}

static const char *csv_of(const char *cell, bool sheet, unsigned flags)
{
	static struct ar_buf b;
	struct ar_column col[] = { { AR_STR("h"), 0, 0 } };
	struct ar_table t;

	ar_table_init(&t, &mem, col, 1);
	*ar_table_row(&t) = (struct ar_cell_text){ ar_str(cell), flags };
	b.n = 0;
	ar_table_csv(&t, sheet, &b);
	ar_table_release(&t);
	return ar_buf_z(&b) + 3;
}

static void test_csv(void)
{
	static const char *const bad[] = { "=1+1", "+1", "-1", "@SUM(1)", "\tx", "\rx", "\nx", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201" };
	char want[64];

	is_str(csv_of("plain", true, 0), "plain\r\n", "a plain text");
	is_str(csv_of("a,b", true, 0), "\"a,b\"\r\n", "a comma");
	is_str(csv_of("a\"b", true, 0), "\"a\"\"b\"\r\n", "a quote");
	is_str(csv_of("a\nb", true, 0), "\"a\nb\"\r\n", "a line end");
	is_str(csv_of("", true, 0), "\r\n", "nothing");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(want, sizeof want, "\"'%s\"\r\n", bad[i]);
		is_str(csv_of(bad[i], true, 0), want, "what could be a formula");
	}
	is_str(csv_of("-12.50", true, AR_CELL_NUMBER), "-12.50\r\n", "a number is no formula");
	is_str(csv_of("=1+1", false, 0), "=1+1\r\n", "for programs: exact");
	is_str(csv_of("a\033", true, 0), "a\uFFFD\r\n", "no control characters in a sheet");
	is_str(csv_of("a\033", false, 0), "a\033\r\n", "for programs they stay");
}

static void test_buckets(void)
{
	static const char *const order[] = { "due_in_over_30", "due_in_8-30", "due_in_1-7", "not_due", "up_to_30", "1-30", "31-60", "61-90",
		"91-120", "over_120", "no_date", "credits", "unapplied", "deposits", "retention", "future", "disputed", "other" };
	static const char *const months[] = { "not_due", "month_1", "month_2", "month_3", "month_4", "over_month_4", "no_date" };
	bool late;
	int wrong = 0;

	for (size_t i = 1; i < sizeof order / sizeof *order; i++)
		wrong += ar_bucket_rank(ar_str(order[i - 1]), &late) >= ar_bucket_rank(ar_str(order[i]), &late);
	for (size_t i = 1; i < sizeof months / sizeof *months; i++)
		wrong += ar_bucket_rank(ar_str(months[i - 1]), &late) >= ar_bucket_rank(ar_str(months[i]), &late);
	is_int(wrong, 0, "buckets stand in the order of their days");
	ar_bucket_rank(AR_STR("61-90"), &late);
	ok(!late, "90 days are not more than 90");
	ar_bucket_rank(AR_STR("91-120"), &late);
	ok(late, "91 are");
	ar_bucket_rank(AR_STR("over_90"), &late);
	ok(late, "over 90 too");
	ar_bucket_rank(AR_STR("no_date"), &late);
	ok(!late, "no date is not late");
}

static void test_sums(void)
{
	struct ar_pivot p = { 0 };
	struct ar_str label[AR_PIVOT_LABELS] = { AR_STR("a"), AR_STR("b"), AR_STR("") };
	struct ar_err e = { 0 };
	struct ar_pivot_row *r = ar_pivot_row(&p, label, 2, 0);

	is_int(ar_pivot_add(&p, r, AR_STR("x"), 1, INT64_MAX, &e), 0, "the largest amount");
	is_int(ar_pivot_add(&p, r, AR_STR("x"), 1, 1, &e), -1, "one more is too large");
	is_str(e.code, "sum_large", "and is told");
	ok(ar_pivot_row(&p, label, 2, 1) != ar_pivot_row(&p, label, 2, 0), "another currency is another row");
	ar_pivot_release(&p);
}

static struct ar_str z(const char *s) { return ar_str(s); }
static const char *account(const char *s) { return ar_arena_fmt(&mem, "%.*s", AR_STR_FMT(ar_mask_account(&mem, z(s)))); }
static const char *cards(const char *s) { return ar_arena_fmt(&mem, "%.*s", AR_STR_FMT(ar_mask_cards(&mem, z(s)))); }

static void test_masks(void)
{
	is_str(account("DE89370400440532013000"), "DE****3000", "an IBAN");
	is_str(account("1234567890"), "****7890", "another account");
	is_str(account("12345"), "****", "a short one is not shown at all");
	is_str(account(""), "", "none");
	is_str(cards("card 4111111111111111 fee"), "card ************1111 fee", "the number of a card");
	is_str(cards("card 4111111111111112 fee"), "card 4111111111111112 fee", "one that fails its check digit is something else");
	is_str(cards("RF18539007547034"), "RF18539007547034", "a creditor reference that happens to pass it");
	is_str(cards("invoice 1001"), "invoice 1001", "a number");
}

int main(void)
{
	test_width();
	test_text();
	test_csv();
	test_buckets();
	test_sums();
	test_masks();
	ar_arena_release(&mem);
	return done_testing();
}
