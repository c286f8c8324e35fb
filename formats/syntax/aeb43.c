/* SPDX-License-Identifier: GPL-3.0-or-later */
/* aeb43.c - see aeb43.h. */
#include "config.h"

#include "syntax/aeb43.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "syntax/columns.h"

enum { K_HEADER = 11, K_MOVE = 22, K_TEXT = 23, K_FOREIGN = 24, K_TOTALS = 33, K_END = 88 };
enum { DECIMALS = 2, AMOUNT = 14, TEXTS = 40, FULL = 73, FULL_END = 26 };

struct aeb43 {
	struct ar_cols c;
	struct ar_buf keep;             /* the 11 of an account of which part went out already */
	bool begun, in_account, flushed, ended;        /* ended: 88 seen */
	uint64_t entries, first_line, records;
	ar_wide debit, credit;
	uint64_t debits, credits;
	char bank[8], branch[8], account[16], currency[4], start[11], end[11], occurrence[24];
};

static void put(struct aeb43 *x, struct ar_str name, struct ar_str value)
{
	ar_rowbuf_put(&x->c.row, name, value);
}

/* 1 debit, 2 credit; anything else is told and taken as credit. */
static bool is_debit(struct aeb43 *x, struct ar_str sign)
{
	if (!ar_streqz(sign, "1") && !ar_streqz(sign, "2"))
		ar_rowbuf_warn(&x->c.row, "neither debit (1) nor credit (2), taken as credit", sign);
	return ar_streqz(sign, "1");
}

/* ---- rows ---- */

static void texts(struct aeb43 *x, uint32_t i, int *nth)
{
	static const int from[] = { 5, 43 }, to[] = { 42, 80 };

	for (int k = 0; k < 2 && *nth < TEXTS; k++) {
		struct ar_str s = ar_feed_rtrim(ar_cols_raw(&x->c, i, from[k], to[k]));

		if (ar_str_trim(s).n)
			put(x, ar_rowbuf_nth(&x->c.row, AR_NAME("text"), ++*nth), s);
	}
}

static void foreign(struct aeb43 *x, uint32_t i)
{
	int64_t minor;

	if (ar_rowbuf_has(&x->c.row, AR_STR("foreign_currency")))
		return;
	put(x, AR_NAME("foreign_currency"), ar_cols_text(&x->c, i, 5, 7));
	ar_cols_put_amount(&x->c, AR_NAME("foreign_amount"), ar_cols_raw(&x->c, i, 8, 21), AMOUNT, DECIMALS, false, &minor);
}

static int give_entry(struct aeb43 *x, uint32_t from, uint32_t to, bool cut)
{
	struct ar_cols *c = &x->c;
	int64_t minor;
	int nth = 0;
	bool debit;

	put(x, AR_NAME(".record"), AR_NAME("entry"));
	put(x, AR_NAME("branch"), ar_cols_text(c, from, 7, 10));
	debit = is_debit(x, ar_cols_raw(c, from, 28, 28));
	if (ar_cols_put_amount(c, AR_NAME("amount"), ar_cols_raw(c, from, 29, 42), AMOUNT, DECIMALS, debit, &minor)) {
		x->debit -= debit ? minor : 0;
		x->credit += debit ? 0 : minor;
	}
	x->debits += debit;
	x->credits += !debit;
	ar_cols_put_day(c, AR_NAME("operation"), ar_cols_raw(c, from, 11, 16), "ymd");
	ar_cols_put_day(c, AR_NAME("value"), ar_cols_raw(c, from, 17, 22), "ymd");
	put(x, AR_NAME("concept"), ar_cols_text(c, from, 23, 24));
	put(x, AR_NAME("own_concept"), ar_cols_text(c, from, 25, 27));
	put(x, AR_NAME("document"), ar_cols_text(c, from, 43, 52));
	put(x, AR_NAME("reference1"), ar_cols_text(c, from, 53, 64));
	put(x, AR_NAME("reference2"), ar_cols_text(c, from, 65, 80));
	for (uint32_t i = from + 1; i < to; i++)
		if (c->line[i].kind == K_TEXT)
			texts(x, i, &nth);
		else
			foreign(x, i);
	ar_rowbuf_number(&c->row, AR_NAME(".entry"), (int64_t)++x->entries, 0);
	if (cut)
		put(x, AR_NAME(".incomplete"), AR_NAME("true"));
	return ar_rowbuf_give(&c->row, c->line[from].line);
}

static int give_entries(struct aeb43 *x, bool cut)
{
	uint32_t from = UINT32_MAX;

	for (uint32_t i = 0; i <= x->c.n; i++) {
		int kind = i < x->c.n ? x->c.line[i].kind : K_TOTALS;

		if (kind == K_TEXT || kind == K_FOREIGN)
			continue;
		if (from != UINT32_MAX && give_entry(x, from, i, cut) < 0)
			return -1;
		from = kind == K_MOVE ? i : UINT32_MAX;
	}
	return 0;
}

static uint32_t find(const struct aeb43 *x, int kind)
{
	for (uint32_t i = 0; i < x->c.n; i++)
		if (x->c.line[i].kind == kind)
			return i + 1;
	return 0;
}

static void keep(char *to, size_t room, struct ar_str s)
{
	size_t n = s.n < room - 1 ? s.n : room - 1;

	while (n < s.n && n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;
	memcpy(to, s.p, n);
	to[n] = '\0';
}

static void read_heads(struct aeb43 *x)
{
	struct ar_rowbuf *r = &x->c.row;
	uint32_t h = find(x, K_HEADER);

	if (x->flushed || !h--)
		return;
	keep(x->bank, sizeof x->bank, ar_cols_text(&x->c, h, 3, 6));
	keep(x->branch, sizeof x->branch, ar_cols_text(&x->c, h, 7, 10));
	keep(x->account, sizeof x->account, ar_cols_text(&x->c, h, 11, 20));
	keep(x->currency, sizeof x->currency, ar_cols_text(&x->c, h, 48, 50));
	if (ar_cols_day(ar_cols_raw(&x->c, h, 21, 26), "ymd", x->start) < 1)
		x->start[0] = '\0';
	if (ar_cols_day(ar_cols_raw(&x->c, h, 27, 32), "ymd", x->end) < 1)
		x->end[0] = '\0';
	x->c.said.n = 0;
	ar_buf_fmt(&x->c.said, "%s/%s/%s/%s/%s/%s", x->bank, x->branch, x->account, x->currency, x->start, x->end);
	snprintf(x->occurrence, sizeof x->occurrence, "%u", ar_cols_occurrence(&x->c));
	ar_rowbuf_above_clear(r);
	ar_rowbuf_above(r, AR_NAME("../bank"), ar_str(x->bank));
	ar_rowbuf_above(r, AR_NAME("../branch"), ar_str(x->branch));
	ar_rowbuf_above(r, AR_NAME("../account"), ar_str(x->account));
	ar_rowbuf_above(r, AR_NAME("../currency"), ar_str(x->currency));
	ar_rowbuf_above(r, AR_NAME("../start"), ar_str(x->start));
	ar_rowbuf_above(r, AR_NAME("../end"), ar_str(x->end));
	ar_rowbuf_above(r, AR_NAME("../.occurrence"), ar_str(x->occurrence));
}

static int give_statement(struct aeb43 *x, bool cut)
{
	struct ar_cols *c = &x->c;
	uint32_t h = find(x, K_HEADER), t = find(x, K_TOTALS);
	int64_t minor;

	put(x, AR_NAME(".record"), AR_NAME("statement"));
	if (h) {
		bool debit = is_debit(x, ar_cols_raw(c, h - 1, 33, 33));

		ar_cols_put_amount(c, AR_NAME("opening"), ar_cols_raw(c, h - 1, 34, 47), AMOUNT, DECIMALS, debit, &minor);
		put(x, AR_NAME("mode"), ar_cols_text(c, h - 1, 51, 51));
		put(x, AR_NAME("name"), ar_cols_text(c, h - 1, 52, 77));
	}
	if (t) {
		bool debit = is_debit(x, ar_cols_raw(c, t - 1, 59, 59));

		ar_cols_put_amount(c, AR_NAME("closing"), ar_cols_raw(c, t - 1, 60, 73), AMOUNT, DECIMALS, debit, &minor);
	}
	if (cut)
		put(x, AR_NAME(".incomplete"), AR_NAME("true"));
	return ar_rowbuf_give(&c->row, x->first_line);
}

/* ---- totals ---- */

static void differs(struct aeb43 *x, const char *what, struct ar_str said, ar_wide ours, int decimals)
{
	char a[AR_MONEY_TEXT], b[AR_MONEY_TEXT];
	struct ar_str plain;
	int64_t v;

	if (!ar_feed_implied(said, decimals, a, &plain, &v) || v == ours)
		return;
	b[ar_wide_put(b, ours, decimals)] = '\0';
	ar_buf_fmt(&x->c.said, "%s %s says %.*s, the movements give %s", x->c.said.n ? ";" : "record 33:", what, AR_STR_FMT(plain), b);
}

/* What record 33 repeats of record 11 must be the same; blank is nothing. */
static int end_names(struct aeb43 *x, uint32_t t, const char *what, int at, int first, int n, const char *code)
{
	struct ar_cols *c = &x->c;
	struct ar_str end = ar_cols_text(c, t, at, at + n - 1), start = ar_cols_text(c, 0, first, first + n - 1);

	if (!end.n || ar_streq(end, start))
		return 0;
	ar_buf_fmt(&c->said, "record 33 names the %s %.*s, record 11 %.*s", what, AR_STR_FMT(end), AR_STR_FMT(start));
	return ar_cols_finding(c, c->line[t].line, code, "warning");
}

static int check_totals(struct aeb43 *x)
{
	struct ar_cols *c = &x->c;
	uint32_t t = find(x, K_TOTALS);

	if (!t--)
		return 0;
	c->said.n = 0;
	differs(x, "the number of debits", ar_cols_raw(c, t, 21, 25), (ar_wide)x->debits, 0);
	differs(x, "the total of debits", ar_cols_raw(c, t, 26, 39), x->debit, DECIMALS);
	differs(x, "the number of credits", ar_cols_raw(c, t, 40, 44), (ar_wide)x->credits, 0);
	differs(x, "the total of credits", ar_cols_raw(c, t, 45, 58), x->credit, DECIMALS);
	if (c->said.n && ar_cols_finding(c, c->line[t].line, "control_total_differs", "warning") < 0)
		return -1;
	return end_names(x, t, "account", 3, 3, 18, "account_differs") < 0 ? -1 : end_names(x, t, "currency", 74, 48, 3, "currency_differs");
}

static int end_account(struct aeb43 *x, bool cut)
{
	int rc;

	if (!x->in_account)
		return 0;
	x->in_account = false;
	read_heads(x);
	rc = give_entries(x, cut);
	if (rc == 0)
		rc = give_statement(x, cut);
	if (rc == 0)
		rc = check_totals(x);
	ar_cols_drop(&x->c);
	return rc;
}

/* ---- lines ---- */

static bool digits_at(struct ar_str s, size_t at, size_t n)
{
	for (size_t i = at; i < at + n; i++)
		if (i >= s.n || !ar_is_digit(s.p[i]))
			return false;
	return true;
}

static int kind_of(struct ar_str s)
{
	int k = s.n > 2 && ar_is_digit(s.p[0]) && ar_is_digit(s.p[1]) ? (s.p[0] - '0') * 10 + s.p[1] - '0' : -1;

	return k == K_HEADER || k == K_MOVE || k == K_TEXT || k == K_FOREIGN || k == K_TOTALS || k == K_END ? k : -1;
}

static bool is_header(struct ar_str s)
{
	return s.n >= 50 && s.n <= 240 && s.p[0] == '1' && s.p[1] == '1' && digits_at(s, 20, 12) && (s.p[32] == '1' || s.p[32] == '2')
		&& digits_at(s, 33, 14) && (s.p[2] != '1' || s.p[3] != ',');
}

static void begin_account(struct aeb43 *x)
{
	x->begun = x->in_account = true;
	x->flushed = x->ended = false;
	x->entries = x->debits = x->credits = 0;
	x->debit = x->credit = 0;
	x->first_line = x->c.feed.line;
}

/* What is held becomes too much: the movements go out, the header stays. */
static int relieve(struct aeb43 *x)
{
	uint64_t number = x->c.line[0].line;

	read_heads(x);
	if (give_entries(x, false) < 0)
		return -1;
	x->flushed = true;
	x->keep.n = 0;
	ar_buf_put(&x->keep, x->c.bytes.p, x->c.line[0].n);
	ar_cols_drop(&x->c);
	ar_cols_hold(&x->c, K_HEADER, ar_buf_slice(&x->keep));
	x->c.line[0].line = number;
	return 0;
}

/* 88: the number of records before it. */
static int end_file(struct aeb43 *x, struct ar_str s)
{
	struct ar_str said = ar_str_trim(ar_cols_of(s, 21, 26));
	uint64_t records = x->records;

	x->c.torn |= x->in_account;
	if (end_account(x, true) < 0)
		return -1;
	x->ended = true;
	x->records = 0;
	if (!said.n || ar_str_uint(said, 999999) == (int64_t)(records % 1000000))
		return 0;
	x->c.said.n = 0;
	ar_buf_fmt(&x->c.said, "record 88 says %.*s records, there are %llu", AR_STR_FMT(said), (unsigned long long)records);
	return ar_cols_finding(&x->c, x->c.feed.line, "control_total_differs", "warning");
}

static int line(void *arg, struct ar_str s)
{
	struct aeb43 *x = arg;
	int kind = kind_of(s);

	if (!x->begun && !is_header(s))
		return 0;                               /* prose before the file */
	if (kind < 0 || !ar_str_trim(s).n)
		return x->in_account && ar_str_trim(s).n ? ar_cols_stray(&x->c, "a line that is no record of AEB 43") : 0;
	if (kind == K_END)
		return s.n >= FULL_END ? end_file(x, s) : 0;
	x->records++;
	if (kind == K_HEADER) {
		x->c.torn |= x->in_account;
		if (end_account(x, true) < 0)
			return -1;
		begin_account(x);
	}
	if (!x->in_account || ((kind == K_TEXT || kind == K_FOREIGN) && x->c.line[x->c.n - 1].kind == K_HEADER))
		return ar_cols_stray(&x->c, kind == K_MOVE ? "a movement (22) outside an account" : kind == K_TOTALS ? "totals (33) outside an account"
		             : "a complement (23, 24) without a movement (22) before it");
	if (kind == K_MOVE && x->c.bytes.n > AR_COLS_HELD && relieve(x) < 0)
		return -1;
	if (x->c.bytes.n > 4 * (size_t)AR_COLS_HELD)
		return ar_feed_fail(&x->c.feed, "aeb43_limit", "a movement with more than 64 MiB of complements (limit columns-held)",
		                    NULL);
	ar_cols_hold(&x->c, kind, s);
	return kind == K_TOTALS && s.n >= FULL ? end_account(x, false) : 0;    /* shorter: the file is cut off in it */
}

static int at_end(void *arg)
{
	struct aeb43 *x = arg;
	bool cut = x->in_account;

	if (end_account(x, true) < 0)
		return -1;
	if (!x->begun)
		return ar_feed_fail(&x->c.feed, "aeb43_header", "there is no record 11", "is it an AEB 43 file?");
	if (cut || !x->ended || x->c.torn)
		return ar_feed_fail(&x->c.feed, "aeb43_incomplete", x->c.torn ? "an account ends without totals (record 33)"
		                    : cut ? "the file is cut off: record 33 is missing" : "the file is cut off: record 88 is missing", "fetch it again");
	return ar_feed_say_mended(&x->c.feed, &x->c.row, 1);
}

static int decode(struct ar_decode *d)
{
	struct aeb43 *x = ar_calloc(1, sizeof *x);
	int rc = ar_cols_run(&x->c, d, line, at_end, x);

	ar_buf_release(&x->keep);
	free(x);
	return rc;
}

static int detect(struct ar_str head, char *why, size_t cap)
{
	return ar_cols_detect(head, is_header, "a record 11 of AEB 43", why, cap);
}

static int match(struct ar_peek *p)
{
	return ar_cols_match(p, "a record 11 of AEB 43");
}

const struct ar_syntax ar_syntax_aeb43 = {
	.name = "aeb43",
	.summary = "AEB 43 (Norma 43), account statements of Spanish banks",
	.keys = AR_COLS_KEYS,
	.detect = detect,
	.match = match,
	.decode = decode,
};
