/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cfonb.c - see cfonb.h. */
#include "config.h"

#include "syntax/cfonb.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "syntax/columns.h"

enum { K_OLD = 1, K_MOVE = 4, K_MORE = 5, K_NEW = 7, AMOUNT = 14, FULL = 104 };

struct cfonb {
	struct ar_cols c;
	struct ar_buf keep;             /* the 01 of a statement of which part went out already */
	bool begun, in_statement, flushed, ended;
	uint64_t entries, first_line;
	char account[16], bank[8], branch[8], currency[4], date[11], occurrence[24];
};

/* ---- amounts ---- */

/* The last character of an amount: its digit, its sign. false: none of them. */
static bool overpunch(struct ar_str last, int *digit, bool *neg, bool *bare)
{
	char c = last.n == 1 ? *last.p : ar_streqz(last, "\xC3\xA9") ? '{' : ar_streqz(last, "\xC3\xA8") ? '}' : '\0';

	*bare = ar_is_digit(c);
	*neg = c == '}' || (c >= 'J' && c <= 'R');
	*digit = *bare ? c - '0' : c == '{' || c == '}' ? 0 : c >= 'A' && c <= 'I' ? c - 'A' + 1 : c >= 'J' && c <= 'R' ? c - 'J' + 1 : -1;
	return *digit >= 0;
}

static int decimals(struct cfonb *x, uint32_t i)
{
	struct ar_str d = ar_cols_raw(&x->c, i, 20, 20), ccy = ar_cols_raw(&x->c, i, 17, 19);

	return d.n && ar_is_digit(*d.p) ? *d.p - '0' : ar_feed_digits(ccy);
}

/* The amount of columns 91-104 into the row. */
static void put_amount(struct cfonb *x, struct ar_str name, uint32_t i)
{
	struct ar_str s = ar_cols_raw(&x->c, i, 91, 103), last = ar_cols_raw(&x->c, i, 104, 104);
	char digits[AMOUNT];
	int64_t minor;
	bool neg, bare;
	int digit, places = decimals(x, i);

	if (s.n != AMOUNT - 1 || !overpunch(last, &digit, &neg, &bare)) {
		ar_rowbuf_warn(&x->c.row, ar_streqz(name, "amount") ? "no amount" : "no balance", ar_cols_text(&x->c, i, 91, 104));
		return;
	}
	for (size_t k = 0; k < s.n; k++)
		digits[k] = s.p[k] == ' ' ? '0' : s.p[k];
	digits[AMOUNT - 1] = (char)('0' + digit);
	ar_cols_put_amount(&x->c, name, (struct ar_str){ digits, AMOUNT }, AMOUNT, places, neg, &minor);
	if (bare)
		ar_rowbuf_warn(&x->c.row, "an amount without sign, taken as credit", ar_cols_text(&x->c, i, 91, 104));
}

/* ---- qualifiers of 05 ---- */

static void put(struct cfonb *x, struct ar_str name, struct ar_str value)
{
	ar_rowbuf_put(&x->c.row, name, value);
}

/* 1-3 currency, 4 decimals, 5-18 amount */
static void foreign(struct cfonb *x, uint32_t i, struct ar_str amount_name, struct ar_str currency_name)
{
	struct ar_str ccy = ar_cols_text(&x->c, i, 49, 51), places = ar_cols_raw(&x->c, i, 52, 52), s = ar_cols_text(&x->c, i, 53, 66);
	char room[AR_MONEY_TEXT];
	struct ar_str plain;
	int64_t minor;

	if (ccy.n != 3 || places.n != 1 || !ar_is_digit(*places.p) || !ar_feed_implied(s, *places.p - '0', room, &plain, &minor)) {
		ar_rowbuf_warn(&x->c.row, "no amount", ar_cols_text(&x->c, i, 46, 66));
		return;
	}
	put(x, currency_name, ccy);
	ar_rowbuf_copy(&x->c.row, amount_name, plain);
}

/* Behind the amount of a MMO: decimals of the rate and its eleven digits. */
static void rate(struct cfonb *x, uint32_t i)
{
	struct ar_str places = ar_cols_text(&x->c, i, 67, 68), s = ar_cols_text(&x->c, i, 69, 79);
	char room[AR_MONEY_TEXT];
	struct ar_str plain;
	int64_t n = ar_str_uint(places, 10), minor;

	if (n >= 0 && s.n && ar_feed_implied(s, (int)n, room, &plain, &minor) && minor > 0)
		ar_rowbuf_copy(&x->c.row, AR_NAME("MMO/rate"), plain);
}

static void pair(struct cfonb *x, uint32_t i, struct ar_str first, struct ar_str second)
{
	put(x, first, ar_cols_text(&x->c, i, 49, 83));
	put(x, second, ar_cols_text(&x->c, i, 84, 118));
}

/* Those that have parts, the first time they stand. */
static void parts(struct cfonb *x, uint32_t i, struct ar_str q)
{
	if (ar_streqz(q, "FEE"))
		foreign(x, i, AR_NAME("FEE/amount"), AR_NAME("FEE/currency"));
	else if (ar_streqz(q, "MMO"))
		foreign(x, i, AR_NAME("MMO/amount"), AR_NAME("MMO/currency")), rate(x, i);
	else if (ar_streqz(q, "RCN"))
		pair(x, i, AR_NAME("RCN/reference"), AR_NAME("RCN/purpose"));
	else if (ar_streqz(q, "IPY"))
		pair(x, i, AR_NAME("IPY/id"), AR_NAME("IPY/kind"));
	else if (ar_streqz(q, "IBE"))
		pair(x, i, AR_NAME("IBE/id"), AR_NAME("IBE/kind"));
	else if (ar_streqz(q, "LCS"))
		put(x, AR_NAME("LCS/reference"), ar_cols_text(&x->c, i, 49, 83));
}

/* A name must be letters and digits: others go under 05, with the qualifier in the value. */
static bool clean(struct ar_str q)
{
	for (size_t i = 0; i < q.n; i++)
		if (!ar_is_upper(q.p[i]) && !ar_is_digit(q.p[i]))
			return false;
	return q.n == 3;
}

static void complement(struct cfonb *x, uint32_t i)
{
	struct ar_str q = ar_cols_raw(&x->c, i, 46, 48), value = ar_feed_rtrim(ar_cols_raw(&x->c, i, 49, 118));
	bool known = clean(q);

	if (!known)
		value = ar_feed_rtrim(ar_cols_raw(&x->c, i, 46, 118));
	if (!ar_str_trim(value).n)
		return;
	if (x->c.row.n > AR_FEED_COLS - 20 || x->c.row.used > AR_FEED_TEXT - 1024) {
		if (!ar_rowbuf_has(&x->c.row, AR_STR(".warning")))
			ar_rowbuf_warn(&x->c.row, "more complements than can be told", (struct ar_str){ NULL, 0 });
		return;
	}
	if (known && !ar_rowbuf_has(&x->c.row, q))
		parts(x, i, q);
	put(x, ar_rowbuf_next(&x->c.row, ar_rowbuf_name(&x->c.row, known ? q : AR_STR("05"))), value);
}

/* ---- rows ---- */

static int give_entry(struct cfonb *x, uint32_t from, uint32_t to, bool cut)
{
	struct ar_cols *c = &x->c;

	put(x, AR_NAME(".record"), AR_NAME("entry"));
	put(x, AR_NAME("op"), ar_cols_text(c, from, 33, 34));
	put(x, AR_NAME("internal_op"), ar_cols_text(c, from, 8, 11));
	put_amount(x, AR_NAME("amount"), from);
	ar_cols_put_day(c, AR_NAME("booked"), ar_cols_raw(c, from, 35, 40), "dmy");
	ar_cols_put_day(c, AR_NAME("value"), ar_cols_raw(c, from, 43, 48), "dmy");
	put(x, AR_NAME("reject"), ar_cols_text(c, from, 41, 42));
	put(x, AR_NAME("label"), ar_cols_text(c, from, 49, 79));
	put(x, AR_NAME("number"), ar_cols_text(c, from, 82, 88));
	put(x, AR_NAME("exempt"), ar_cols_text(c, from, 89, 89));
	put(x, AR_NAME("unavailable"), ar_cols_text(c, from, 90, 90));
	put(x, AR_NAME("reference"), ar_cols_text(c, from, 105, 120));
	put(x, AR_NAME("entry_currency"), ar_cols_text(c, from, 17, 19));
	for (uint32_t i = from + 1; i < to; i++)
		complement(x, i);
	ar_rowbuf_number(&c->row, AR_NAME(".entry"), (int64_t)++x->entries, 0);
	if (cut)
		put(x, AR_NAME(".incomplete"), AR_NAME("true"));
	if (ar_str_cmp(ar_cols_text(c, from, 22, 32), ar_str(x->account)) != 0)
		ar_rowbuf_warn(&c->row, "the movement names another account", ar_cols_text(c, from, 22, 32));
	return ar_rowbuf_give(&c->row, c->line[from].line);
}

static int give_entries(struct cfonb *x, bool cut)
{
	uint32_t from = UINT32_MAX;

	for (uint32_t i = 0; i <= x->c.n; i++) {
		int kind = i < x->c.n ? x->c.line[i].kind : K_NEW;

		if (kind == K_MORE)
			continue;
		if (from != UINT32_MAX && give_entry(x, from, i, cut) < 0)
			return -1;
		from = kind == K_MOVE ? i : UINT32_MAX;
	}
	return 0;
}

static uint32_t find(const struct cfonb *x, int kind)
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

/* The account is that of the first record of the statement, whichever it is. */
static void read_heads(struct cfonb *x)
{
	struct ar_rowbuf *r = &x->c.row;
	uint32_t old = find(x, K_OLD), new = find(x, K_NEW);

	if (x->flushed)
		return;
	keep(x->bank, sizeof x->bank, ar_cols_text(&x->c, 0, 3, 7));
	keep(x->branch, sizeof x->branch, ar_cols_text(&x->c, 0, 12, 16));
	keep(x->account, sizeof x->account, ar_cols_text(&x->c, 0, 22, 32));
	keep(x->currency, sizeof x->currency, ar_cols_text(&x->c, 0, 17, 19));
	x->date[0] = '\0';
	if ((!new || ar_cols_day(ar_cols_raw(&x->c, new - 1, 35, 40), "dmy", x->date) < 1)
	    && (!old || ar_cols_day(ar_cols_raw(&x->c, old - 1, 35, 40), "dmy", x->date) < 1))
		x->date[0] = '\0';
	x->c.said.n = 0;
	ar_buf_fmt(&x->c.said, "%s/%s/%s/%s/%s", x->bank, x->branch, x->account, x->currency, x->date);
	snprintf(x->occurrence, sizeof x->occurrence, "%u", ar_cols_occurrence(&x->c));
	ar_rowbuf_above_clear(r);
	ar_rowbuf_above(r, AR_NAME("../bank"), ar_str(x->bank));
	ar_rowbuf_above(r, AR_NAME("../branch"), ar_str(x->branch));
	ar_rowbuf_above(r, AR_NAME("../account"), ar_str(x->account));
	ar_rowbuf_above(r, AR_NAME("../currency"), ar_str(x->currency));
	ar_rowbuf_above(r, AR_NAME("../date"), ar_str(x->date));
	ar_rowbuf_above(r, AR_NAME("../.occurrence"), ar_str(x->occurrence));
}

static int give_statement(struct cfonb *x, bool cut)
{
	uint32_t old = find(x, K_OLD), new = find(x, K_NEW);

	put(x, AR_NAME(".record"), AR_NAME("statement"));
	if (old) {
		put_amount(x, AR_NAME("old_balance"), old - 1);
		ar_cols_put_day(&x->c, AR_NAME("old_date"), ar_cols_raw(&x->c, old - 1, 35, 40), "dmy");
	}
	if (new) {
		put_amount(x, AR_NAME("new_balance"), new - 1);
		ar_cols_put_day(&x->c, AR_NAME("new_date"), ar_cols_raw(&x->c, new - 1, 35, 40), "dmy");
	}
	if (cut)
		put(x, AR_NAME(".incomplete"), AR_NAME("true"));
	return ar_rowbuf_give(&x->c.row, x->first_line);
}

static int end_statement(struct cfonb *x, bool cut)
{
	bool no_old;

	if (!x->in_statement)
		return 0;
	x->in_statement = false;
	read_heads(x);
	no_old = !find(x, K_OLD);
	if (give_entries(x, cut) < 0 || give_statement(x, cut) < 0)
		return -1;
	ar_cols_drop(&x->c);
	if (!no_old)
		return 0;
	x->c.said.n = 0;
	ar_buf_fmt(&x->c.said, "account %s: there is no old balance (record 01)", x->account);
	return ar_cols_finding(&x->c, x->first_line, "opening_missing", "warning");
}

/* ---- lines ---- */

static int kind_of(struct ar_str s)
{
	int k = s.n > 2 && s.p[0] == '0' ? s.p[1] - '0' : -1;

	return k == K_OLD || k == K_MOVE || k == K_MORE || k == K_NEW ? k : -1;
}

/* The sign of a balance or movement lies at 104, its last digits before it; the currency at 17. */
static bool is_record(struct ar_str s)
{
	int k = kind_of(s);

	return k >= 0 && k != K_MORE && s.n >= FULL && s.n <= 260 && ar_is_digit(s.p[2]) && ar_is_alpha(s.p[16]) && ar_is_alpha(s.p[17])
		&& ar_is_alpha(s.p[18]) && ar_is_digit(s.p[102]);
}

static void begin_statement(struct cfonb *x)
{
	x->begun = x->in_statement = true;
	x->flushed = false;
	x->entries = 0;
	x->first_line = x->c.feed.line;
}

/* What is held becomes too much: the movements go out, the old balance stays. */
static int relieve(struct cfonb *x)
{
	uint32_t old;
	uint64_t number;

	read_heads(x);
	if (give_entries(x, false) < 0)
		return -1;
	x->flushed = true;
	old = find(x, K_OLD);
	x->keep.n = 0;
	number = old ? x->c.line[old - 1].line : 0;
	if (old)
		ar_buf_put(&x->keep, x->c.bytes.p + x->c.line[old - 1].at, x->c.line[old - 1].n);
	ar_cols_drop(&x->c);
	if (old) {
		ar_cols_hold(&x->c, K_OLD, ar_buf_slice(&x->keep));
		x->c.line[0].line = number;
	}
	return 0;
}

static int line(void *arg, struct ar_str s)
{
	struct cfonb *x = arg;
	int kind = kind_of(s);

	if (kind < 0) {
		if (!x->in_statement || !ar_str_trim(s).n)
			return 0;                       /* prose and blank lines */
		return ar_cols_stray(&x->c, "a line that is no record of CFONB 120");
	}
	if (!x->begun && !is_record(s))
		return 0;
	if (kind == K_OLD && x->in_statement) {
		x->c.torn = true;
		if (end_statement(x, true) < 0)
			return -1;
	}
	if (kind == K_MORE && (!x->in_statement || x->c.line[x->c.n - 1].kind == K_OLD))
		return ar_cols_stray(&x->c, "a complement (05) without a movement (04) before it");
	if (!x->in_statement)
		begin_statement(x);
	if (kind == K_MOVE && x->c.bytes.n > AR_COLS_HELD && relieve(x) < 0)
		return -1;
	if (x->c.bytes.n > 4 * (size_t)AR_COLS_HELD)
		return ar_feed_fail(&x->c.feed, "cfonb_limit", "a movement with more than 64 MiB of complements (limit columns-held)",
		                    NULL);
	ar_cols_hold(&x->c, kind, s);
	return kind == K_NEW && s.n >= FULL ? end_statement(x, false) : 0;     /* shorter: the file is cut off in it */
}

static int at_end(void *arg)
{
	struct cfonb *x = arg;
	bool cut = x->in_statement;

	if (end_statement(x, true) < 0)
		return -1;
	if (!x->begun)
		return ar_feed_fail(&x->c.feed, "cfonb_header", "there is no record 01", "is it a CFONB 120 file?");
	if (cut || x->c.torn)
		return ar_feed_fail(&x->c.feed, "cfonb_incomplete", x->c.torn ? "a statement begins before the one before it has ended (record 07)"
		                    : "the file is cut off: record 07 is missing", "fetch it again");
	return ar_feed_say_mended(&x->c.feed, &x->c.row, 1);
}

static int decode(struct ar_decode *d)
{
	struct cfonb *x = ar_calloc(1, sizeof *x);
	int rc = ar_cols_run(&x->c, d, line, at_end, x);

	ar_buf_release(&x->keep);
	free(x);
	return rc;
}

static int detect(struct ar_str head, char *why, size_t cap)
{
	return ar_cols_detect(head, is_record, "a record of CFONB 120", why, cap);
}

static int match(struct ar_peek *p)
{
	return ar_cols_match(p, "a record of CFONB 120");
}

const struct ar_syntax ar_syntax_cfonb = {
	.name = "cfonb",
	.summary = "CFONB 120, account statements of French banks",
	.keys = AR_COLS_KEYS,
	.detect = detect,
	.match = match,
	.decode = decode,
};
