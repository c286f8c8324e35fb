/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bai2.c - see bai2.h. What makes BAI2 hard: a record may end anywhere and go on in 88 records, where the `/` stands for the comma,
 * or, once its text has begun, for nothing; the funds type decides how many fields follow; several records may share a line.
 */
#include "config.h"

#include "syntax/bai2.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "syntax/bai2_keys.h"

enum { EXTRA = 32 };                     /* availability fields kept */

enum kind { K_ACCOUNT, K_ENTRY, K_MORE, K_TORN, K_END_ACCOUNT, K_END_GROUP, K_END_FILE };

struct piece { enum kind kind; size_t at; uint32_t n; uint64_t line; };
struct totals { ar_wide sum; uint64_t parts, records; };

struct bai2 {
	struct ar_feed feed;
	struct ar_rowbuf row;
	struct ar_arena mem;
	struct ar_bai2_keys keys;
	char day[8], day_iso[10];        /* the last value date read, and what it is */
	bool day_ok;
	char sign[1000];                 /* of a code: C D M, 0 = not known */
	struct ar_str default_currency;

	struct ar_buf held;
	struct piece *piece;
	size_t npiece, piece_cap;
	bool begun, ended, torn_file;    /* 01 seen, 99 seen; a 01 came before the 99 */
	bool in_account, in_group, closed;      /* of what is held: 03 seen, 02 seen, 49 seen */

	struct ar_buf file, group, account;     /* the fields of 01, 02, 03 */
	struct ar_str currency, as_of;
	char as_of_iso[10];
	bool as_of_ok;
	int digits;
	char status;
	uint32_t occurrence;
	struct ar_tab statements;
	uint32_t *count;
	uint32_t count_cap;
	uint64_t account_line, entry;
	struct totals acc, grp, all;
	struct ar_buf joined, text, said;
};

/* ---- fields ---- */

/* The next field; false: there are no more. */
static inline bool field(struct ar_str *rest, struct ar_str *out)
{
	const char *comma;

	if (!rest->p)
		return false;
	comma = ar_feed_find(rest->p, rest->n, ',');
	if (!comma) {
		*out = *rest;
		*rest = (struct ar_str){ NULL, 0 };
		return true;
	}
	*out = (struct ar_str){ rest->p, (size_t)(comma - rest->p) };
	*rest = (struct ar_str){ comma + 1, rest->n - out->n - 1 };
	return true;
}

/* The k-th field from 0 of a record kept in a buffer. */
static struct ar_str nth(const struct ar_buf *b, int k)
{
	struct ar_str rest = ar_buf_slice(b), one = { NULL, 0 };

	for (; k >= 0; k--)
		if (!field(&rest, &one))
			return (struct ar_str){ NULL, 0 };
	return ar_str_trim(one);
}

static struct ar_str without_end(struct ar_str s)
{
	s = ar_feed_rtrim(s);
	if (s.n && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

/* ---- findings ---- */

static int say(struct bai2 *b, uint64_t line, const char *code, const char *severity)
{
	int rc = ar_rowbuf_finding(&b->row, line, code, severity, ar_buf_slice(&b->said));

	b->said.n = 0;
	return rc;
}

/* A trailer says a total, a count of parts (-1: has none) and a count of records. */
static int check(struct bai2 *b, const char *what, struct ar_str fields, uint64_t line, struct totals *t, bool parts)
{
	struct ar_str total = { NULL, 0 }, n = { NULL, 0 }, records = { NULL, 0 };
	char sum[AR_MONEY_TEXT];
	int64_t said;
	bool bad = false;

	field(&fields, &total);
	if (parts)
		field(&fields, &n);
	field(&fields, &records);
	total = ar_str_trim(total);
	ar_buf_fmt(&b->said, "%s:", what);
	if (total.n && (!ar_feed_implied(total, 0, NULL, NULL, &said) || said != t->sum)) {
		sum[ar_wide_put(sum, t->sum, 0)] = '\0';
		ar_buf_fmt(&b->said, " the control total says %.*s, the records add up to %s;", AR_STR_FMT(total), sum);
		bad = true;
	}
	if (parts && ar_str_trim(n).n && ar_str_uint(ar_str_trim(n), INT64_MAX) != (int64_t)t->parts) {
		ar_buf_fmt(&b->said, " it says %.*s parts, there are %llu;", AR_STR_FMT(n), (unsigned long long)t->parts);
		bad = true;
	}
	if (ar_str_trim(records).n && ar_str_uint(ar_str_trim(records), INT64_MAX) != (int64_t)t->records) {
		ar_buf_fmt(&b->said, " it says %.*s records, there are %llu;", AR_STR_FMT(records), (unsigned long long)t->records);
		bad = true;
	}
	b->said.n -= b->said.n && b->said.p[b->said.n - 1] == ';';
	if (bad)
		return say(b, line, "control_total_differs", "warning");
	b->said.n = 0;
	return 0;
}

/* ---- the account ---- */

static uint32_t occurrence(struct bai2 *b)
{
	uint32_t k;
	bool fresh;

	b->joined.n = 0;
	ar_buf_str(&b->joined, nth(&b->account, 0));
	for (int i = 3; i <= 6; i++)
		if (i != 5) {
			ar_buf_c(&b->joined, ',');
			ar_buf_str(&b->joined, nth(&b->group, i));
		}
	k = ar_tab_add(&b->statements, ar_buf_slice(&b->joined), &fresh);
	if (k >= b->count_cap) {
		b->count_cap = b->count_cap * 2 + 64;
		b->count = ar_realloc(b->count, b->count_cap * sizeof *b->count);
	}
	if (fresh)
		b->count[k] = 0;
	return ++b->count[k];
}

/* What every row of the account has above it. */
static void header(struct bai2 *b)
{
	char room[24];
	struct ar_rowbuf *r = &b->row;

	b->as_of = nth(&b->group, 3);
	b->as_of_ok = ar_feed_day(b->as_of, b->as_of_iso);
	b->status = nth(&b->group, 2).n == 1 ? nth(&b->group, 2).p[0] : '1';
	b->currency = nth(&b->account, 1);
	if (!b->currency.n)
		b->currency = nth(&b->group, 5);
	if (!b->currency.n)
		b->currency = b->default_currency;
	b->digits = ar_feed_digits(b->currency);
	b->occurrence = occurrence(b);
	ar_rowbuf_above_clear(r);
	ar_rowbuf_above(r, AR_NAME("../account"), nth(&b->account, 0));
	ar_rowbuf_above(r, AR_NAME("../currency"), b->currency);
	if (b->as_of_ok)
		ar_rowbuf_above(r, AR_NAME("../as_of"), b->as_of);
	ar_rowbuf_above(r, AR_NAME("../as_of_time"), nth(&b->group, 4));
	ar_rowbuf_above(r, AR_NAME("../modifier"), nth(&b->group, 6));
	if (b->status != '1')
		ar_rowbuf_above(r, AR_NAME("../group_status"), nth(&b->group, 2));
	ar_rowbuf_above(r, AR_NAME("../.occurrence"), (struct ar_str){ room, (size_t)ar_money_put(room, b->occurrence, 0) });
}

/* Fields of the funds type behind it: how many. *more: the D count is not there yet. */
static int funds_fields(struct ar_str funds, struct ar_str rest)
{
	struct ar_str n;
	int64_t k;

	if (funds.n != 1)
		return 0;
	switch (funds.p[0]) {
	case 'S':
		return 3;
	case 'V':
		return 2;
	case 'D':
		if (!field(&rest, &n))
			return 1;
		k = ar_str_uint(ar_str_trim(n), 1000);
		return k < 0 ? 1 : 1 + 2 * (int)k;
	}
	return 0;
}

/* One summary: type, amount, count, funds and what it demands. Adds to the control total; writes into the row if asked. */
static bool summary(struct bai2 *b, struct ar_str *rest, bool write)
{
	struct ar_str code, amount = { NULL, 0 }, count = { NULL, 0 }, funds = { NULL, 0 }, skip, plain;
	char room[AR_MONEY_TEXT];
	int64_t minor;

	if (!field(rest, &code))
		return false;
	field(rest, &amount);
	field(rest, &count);
	field(rest, &funds);
	for (int n = funds_fields(ar_str_trim(funds), *rest); n > 0 && field(rest, &skip); n--)
		;
	code = ar_str_trim(code);
	if (!ar_feed_implied(amount, b->digits, room, &plain, &minor)) {
		if (write && ar_str_trim(amount).n)
			ar_rowbuf_warn(&b->row, "summary_amount", amount);
		return true;
	}
	if (!write) {
		b->acc.sum += minor;
		return true;
	}
	if (code.n == 3 && ar_str_uint(code, 999) >= 0 && b->row.n < AR_FEED_COLS - 8 && !ar_rowbuf_has(&b->row, code)) {
		code = ar_rowbuf_name(&b->row, code);
		ar_rowbuf_copy(&b->row, code, plain);
		if (ar_str_trim(count).n) {
			char name[16];

			memcpy(name, code.p, 3);
			memcpy(name + 3, ".count", 6);
			ar_rowbuf_copy(&b->row, ar_rowbuf_name(&b->row, (struct ar_str){ name, 9 }), ar_str_trim(count));
		}
	}
	return true;
}

static void summaries(struct bai2 *b, bool write)
{
	struct ar_str rest = ar_buf_slice(&b->account), skip;

	field(&rest, &skip);
	field(&rest, &skip);
	while (summary(b, &rest, write))
		;
}

static int statement(struct bai2 *b, bool cut)
{
	struct ar_rowbuf *r = &b->row;

	ar_rowbuf_put(r, AR_NAME(".record"), b->status == '4' ? AR_NAME("statement-test") : AR_NAME("statement"));
	ar_rowbuf_copy(r, AR_NAME("originator"), nth(&b->group, 1));
	ar_rowbuf_copy(r, AR_NAME("sender"), nth(&b->file, 0));
	ar_rowbuf_copy(r, AR_NAME("file_id"), nth(&b->file, 4));
	summaries(b, true);
	if (cut)
		ar_rowbuf_put(r, AR_NAME(".incomplete"), AR_NAME("true"));
	if (!b->as_of_ok)
		ar_rowbuf_warn(r, "as_of", b->as_of);
	return ar_rowbuf_give(r, b->account_line);
}

/* ---- a transaction ---- */

struct entry {
	struct ar_str code, amount, funds, bank_ref, cust_ref, text;
	int nextra;
	bool fields, has_text;           /* all fields before the text are there; the text has begun */
	struct ar_str extra[EXTRA];      /* as many as nextra says */
};

static void parse_entry(struct ar_str s, struct entry *t)
{
	struct ar_str rest = s, one;
	int n;

	memset(t, 0, offsetof(struct entry, extra));
	if (!field(&rest, &t->code) || !field(&rest, &t->amount) || !field(&rest, &t->funds))
		return;
	t->funds = ar_str_trim(t->funds);
	for (n = funds_fields(t->funds, rest); n > 0 && field(&rest, &one); n--)
		if (t->nextra < EXTRA)
			t->extra[t->nextra++] = one;
	if (n > 0 || !field(&rest, &t->bank_ref) || !field(&rest, &t->cust_ref))
		return;
	t->fields = true;
	t->has_text = rest.p != NULL;
	t->text = rest;
}

/* Value dates are mostly those of the record before. */
static bool value_day(struct bai2 *b, struct ar_str s)
{
	if (s.n != 6 || memcmp(b->day, s.p, 6) != 0) {
		b->day_ok = ar_feed_day(s, b->day_iso);
		memset(b->day, 0, sizeof b->day);
		if (s.n == 6)
			memcpy(b->day, s.p, 6);
	}
	return b->day_ok;
}

/* Availability: of V the value date, which a bad one does not spoil; of S and D the parts. */
static void availability(struct bai2 *b, const struct entry *t)
{
	struct ar_rowbuf *r = &b->row;
	char f = t->funds.n == 1 ? t->funds.p[0] : '\0', name[5] = "day0";
	struct ar_str plain;
	char room[AR_MONEY_TEXT];
	int64_t minor;

	if (t->funds.n > 1 || (f && !strchr("012SVDZ", f)))
		ar_rowbuf_warn(r, "funds_type", t->funds);
	if (!t->nextra)
		return;
	if (f == 'V' && t->nextra && ar_str_trim(t->extra[0]).n) {
		bool ok = value_day(b, ar_str_trim(t->extra[0]));

		if (!ok)
			ar_rowbuf_warn(r, "value_date", t->extra[0]);
		else
			ar_rowbuf_copy(r, AR_NAME("value_date"), ar_str_trim(t->extra[0]));
		if (ok)
			ar_rowbuf_copy(r, AR_NAME(".value"), b->as_of_ok && memcmp(b->day_iso, b->as_of_iso, 10) < 0 ?
			               (struct ar_str){ b->as_of_iso, 10 } : (struct ar_str){ b->day_iso, 10 });
		ar_rowbuf_copy(r, AR_NAME("value_time"), t->nextra > 1 ? ar_str_trim(t->extra[1]) : (struct ar_str){ NULL, 0 });
	}
	for (int i = 0; f == 'S' && i < t->nextra; i++) {
		name[3] = (char)('0' + i);
		if (ar_feed_implied(t->extra[i], b->digits, room, &plain, &minor))
			ar_rowbuf_copy(r, ar_rowbuf_name(r, (struct ar_str){ name, 4 }), plain);
	}
	for (int i = 1; f == 'D' && i + 1 < t->nextra; i += 2)
		if (ar_feed_implied(t->extra[i + 1], b->digits, room, &plain, &minor)) {
			b->text.n = 0;
			ar_buf_str(&b->text, ar_str_trim(t->extra[i]));
			ar_buf_c(&b->text, '=');
			ar_buf_str(&b->text, plain);
			ar_rowbuf_copy(r, ar_rowbuf_nth(r, AR_NAME("availability"), i / 2 + 1), ar_buf_slice(&b->text));
		}
}

/* ---- records to rows ---- */

static void text_line(struct bai2 *b, struct ar_str s, int *n)
{
	s = without_end(s);
	if (!s.n || b->row.n >= AR_FEED_COLS - 28)
		return;
	ar_rowbuf_put(&b->row, ar_rowbuf_nth(&b->row, AR_NAME("text"), ++*n), s);
}

static int refuse(struct bai2 *b, const struct piece *p, const char *code, const char *text, const char *advice, const char *field,
                  struct ar_str value)
{
	struct ar_err e = { 0 };

	ar_err(&e, AR_FINDINGS, code, "%s", text);
	ar_err_advice(&e, advice);
	ar_err_field(&e, field, value.p, value.n);
	b->row.n = 0;
	b->row.used = 0;
	return b->row.sink->reject(b->row.sink, p->line, (struct ar_str){ b->held.p + p->at, p->n }, &e);
}

static struct ar_str text_of(const struct bai2 *b, const struct piece *p)
{
	return (struct ar_str){ b->held.p + p->at, p->n };
}

/* Pieces p[0..n): a 16 and its continuations. As many as hold its fields are joined. */
static size_t join_fields(struct bai2 *b, const struct piece *p, size_t n, struct entry *t)
{
	size_t used = 1;

	parse_entry(text_of(b, p), t);
	if (t->has_text)
		return used;
	parse_entry(without_end(text_of(b, p)), t);
	if (t->fields || n == 1)
		return used;
	b->joined.n = 0;
	ar_buf_str(&b->joined, without_end(text_of(b, p)));
	while (!t->fields && used < n) {
		ar_buf_c(&b->joined, ',');
		ar_buf_str(&b->joined, text_of(b, &p[used++]));
		ar_buf_room(&b->joined, AR_FEED_SPARE);
		parse_entry(ar_buf_slice(&b->joined), t);
		if (!t->has_text) {
			struct ar_str s = without_end(ar_buf_slice(&b->joined));

			b->joined.n = s.n;
			parse_entry(s, t);
		}
	}
	return used;
}

static char sign_of(const struct bai2 *b, struct ar_str code)
{
	int64_t k = code.n == 3 ? ar_str_uint(code, 999) : -1;

	return k < 0 ? '\0' : b->sign[k];
}

static int transaction(struct bai2 *b, const struct piece *p, size_t n, bool cut)
{
	struct ar_rowbuf *r = &b->row;
	struct entry t;
	size_t used = join_fields(b, p, n, &t);
	int64_t minor = 0;
	int lines = 0, from;
	bool amount;
	char sign;

	t.code = ar_str_trim(t.code);
	sign = sign_of(b, t.code);
	b->entry++;
	amount = ar_str_trim(t.amount).n;
	if (amount) {
		if (!ar_feed_implied(t.amount, 0, NULL, NULL, &minor))
			return refuse(b, p, "amount_syntax", "the amount of a 16 record is not a number", "ask the bank; BAI2 amounts have no point",
			              "amount", t.amount);
		b->acc.sum += minor;
	}
	if (!sign)
		return refuse(b, p, "code_unknown", "the type code does not say whether money came or went",
		              "say credit = CODE or debit = CODE in your copy of the map", "code", t.code);
	ar_rowbuf_put(r, AR_NAME(".record"), sign == 'M' ? AR_NAME("message") : b->status == '4' ? AR_NAME("test") : AR_NAME("transaction"));
	ar_rowbuf_put(r, AR_NAME("code"), t.code);
	if (amount)
		ar_rowbuf_number(r, AR_NAME("amount"), minor < 0 ? -minor : minor, b->digits);
	else
		ar_rowbuf_put(r, AR_NAME("amount"), AR_NAME("0"));
	ar_rowbuf_put(r, AR_NAME(".sign"), (sign == 'C') == (minor >= 0) ? AR_NAME("credit") : AR_NAME("debit"));
	if (minor < 0)
		ar_rowbuf_warn(r, "amount_negative", ar_str_trim(t.amount));
	if (!amount && sign != 'M')
		ar_rowbuf_warn(r, "amount_missing", t.code);
	ar_rowbuf_put(r, AR_NAME("funds"), t.funds);
	if (t.nextra || t.funds.n)
		availability(b, &t);
	ar_rowbuf_put(r, AR_NAME("bank_ref"), ar_str_trim(t.bank_ref));
	ar_rowbuf_put(r, AR_NAME("cust_ref"), ar_str_trim(t.cust_ref));
	from = r->n;
	text_line(b, t.text, &lines);
	for (size_t i = used; i < n; i++)
		text_line(b, text_of(b, &p[i]), &lines);
	ar_bai2_keys_put(&b->keys, r, from, r->n);
	ar_rowbuf_number(r, AR_NAME(".entry"), (int64_t)b->entry, 0);
	if (cut)
		ar_rowbuf_put(r, AR_NAME(".incomplete"), AR_NAME("true"));
	return ar_rowbuf_give(r, p->line);
}

static int begin_account(struct bai2 *b, const struct piece *p, size_t n)
{
	b->account.n = 0;
	for (size_t i = 0; i < n; i++) {
		if (i)
			ar_buf_c(&b->account, ',');
		ar_buf_str(&b->account, without_end(text_of(b, &p[i])));
	}
	b->acc = (struct totals){ 0 };
	b->account_line = p->line;
	b->entry = 0;
	header(b);
	summaries(b, false);
	b->grp.parts++;
	return 0;
}

static int group_closes(struct bai2 *b, const struct piece *p)
{
	int rc;

	b->grp.records++;
	rc = check(b, "group", without_end(text_of(b, p)), p->line, &b->grp, true);
	b->all.sum += b->grp.sum;
	b->all.records += b->grp.records;
	b->all.parts++;
	b->in_group = false;
	return rc;
}

static int file_closes(struct bai2 *b, const struct piece *p)
{
	b->all.records++;
	return check(b, "file", without_end(text_of(b, p)), p->line, &b->all, true);
}

static int account_closes(struct bai2 *b, const struct piece *p)
{
	b->said.n = 0;
	ar_buf_fmt(&b->said, "account %.*s: ", AR_STR_FMT(nth(&b->account, 0)));
	b->said.n = 0;
	return check(b, "account", without_end(text_of(b, p)), p->line, &b->acc, false);
}

/* What a group says of itself. */
static int group_status(struct bai2 *b, uint64_t line)
{
	static const char *const what[] = { "a deletion", "a correction", "a test" };

	if (b->status < '2' || b->status > '4')
		return 0;
	ar_buf_fmt(&b->said, "account %.*s as of %.*s: the group is %s; its lines are %s", AR_STR_FMT(nth(&b->account, 0)),
	           AR_STR_FMT(b->as_of), what[b->status - '2'], b->status == '4' ? "left out" : "information only");
	return say(b, line, "group_status", b->status == '4' ? "info" : "warning");
}

static int logical(struct bai2 *b, const struct piece *p, size_t n, bool cut)
{
	b->acc.records += n;
	switch (p->kind) {
	case K_ACCOUNT:
		if (begin_account(b, p, n) < 0)
			return -1;
		b->acc.records = n;
		return group_status(b, p->line);
	case K_ENTRY:
		return transaction(b, p, n, cut);
	case K_END_ACCOUNT:
		return account_closes(b, p);
	case K_END_GROUP:
		return group_closes(b, p);
	case K_END_FILE:
		return file_closes(b, p);
	case K_MORE:
	case K_TORN:
		break;
	}
	return 0;
}

/* All that is held becomes rows; `last`: also of the record that the end of the held bytes may cut. */
static int flush(struct bai2 *b, bool cut, bool over)
{
	size_t i = 0, n, end = b->npiece;
	bool statement_due = b->in_account && !over;

	ar_buf_room(&b->held, AR_FEED_SPARE);
	while (i < end) {
		enum kind k = b->piece[i].kind;

		for (n = 1; i + n < end && (b->piece[i + n].kind == K_MORE || b->piece[i + n].kind == K_TORN); n++)
			;
		if (statement_due && (k == K_END_GROUP || k == K_END_FILE)) {
			statement_due = false;
			if (statement(b, cut) < 0)
				return -1;
			b->grp.sum += b->acc.sum;
			b->grp.records += b->acc.records;
		}
		if (logical(b, &b->piece[i], n, cut) < 0)
			return -1;
		i += n;
	}
	if (statement_due) {
		if (statement(b, cut) < 0)
			return -1;
		b->grp.sum += b->acc.sum;
		b->grp.records += b->acc.records;
	}
	b->npiece = 0;
	b->held.n = 0;
	if (!over)
		b->in_account = b->closed = false;
	return 0;
}

static int hold(struct bai2 *b, enum kind kind, struct ar_str s)
{
	/* between two records only: an entry must not lose its continuations */
	if (b->held.n > AR_BAI2_HELD && kind == K_ENTRY && flush(b, false, true) < 0)
		return -1;
	if (b->held.n > 2 * (size_t)AR_BAI2_HELD)
		return ar_feed_fail(&b->feed, "bai2_limit", "a record with more than 16 MiB of continuations (limit bai2-record)", NULL);
	if (b->npiece == b->piece_cap)
		b->piece = ar_realloc(b->piece, (b->piece_cap = b->piece_cap * 2 + 256) * sizeof *b->piece);
	b->piece[b->npiece++] = (struct piece){ kind, b->held.n, (uint32_t)s.n, b->feed.line };
	ar_buf_put(&b->held, s.p, s.n);
	return 0;
}

/* ---- physical records ---- */

static void keep_fields(struct ar_buf *b, struct ar_str s)
{
	b->n = 0;
	ar_buf_str(b, without_end(s));
}

static int trailer_missing(struct bai2 *b, const char *what)
{
	ar_buf_fmt(&b->said, "%s has no trailer", what);
	return say(b, b->feed.line, "trailer_missing", "warning");
}

/* Before a record of a higher level: is the level below closed? */
static int close_below(struct bai2 *b, bool group_too)
{
	bool no_account = b->in_account && !b->closed, no_group;

	if (flush(b, no_account, false) < 0 || (no_account && trailer_missing(b, "an account") < 0))
		return -1;
	no_group = b->in_group && group_too;
	if (no_group) {
		b->in_group = false;
		b->all.sum += b->grp.sum;
		b->all.records += b->grp.records;
		b->all.parts++;
		return trailer_missing(b, "a group");
	}
	return 0;
}

static int record(struct bai2 *b, int code, struct ar_str s)
{
	bool torn;

	switch (code) {
	case 1:
		if (b->begun && !b->ended)
			b->torn_file = true;
		if (b->torn_file ? flush(b, true, false) < 0 : close_below(b, true) < 0)
			return -1;
		b->begun = true;
		b->ended = false;
		b->all = (struct totals){ .records = 1 };
		keep_fields(&b->file, s);
		return 0;
	case 2:
		if (close_below(b, true) < 0)
			return -1;
		b->in_group = true;
		b->grp = (struct totals){ .records = 1 };
		keep_fields(&b->group, s);
		return 0;
	case 3:
		if (close_below(b, false) < 0)
			return -1;
		b->in_account = true;
		return hold(b, K_ACCOUNT, s);
	case 16:
		return b->in_account ? hold(b, K_ENTRY, s) : 0;
	case 88:
		if (b->npiece)
			return hold(b, K_MORE, s);
		b->grp.records += b->in_group;
		b->all.records += !b->in_group;
		return 0;
	case 49:
		b->closed = true;
		return b->in_account ? hold(b, K_END_ACCOUNT, s) : 0;
	case 98:
		return hold(b, K_END_GROUP, s);
	case 99:
		torn = b->in_account && !b->closed;
		if (hold(b, K_END_FILE, s) < 0 || flush(b, torn, false) < 0)
			return -1;
		b->ended = true;
		return torn ? trailer_missing(b, "an account") : 0;
	}
	return 0;
}

/* The code of a record at p: two digits and a comma (an 88 also with a colon, as one bank writes). -1: none. */
static inline int code_at(const char *p, size_t n)
{
	int code;

	if (n < 3 || !ar_is_digit(p[0]) || !ar_is_digit(p[1]) || (p[2] != ',' && !(p[0] == '8' && p[2] == ':')))
		return -1;
	code = (p[0] - '0') * 10 + p[1] - '0';
	switch (code) {
	case 1: case 2: case 3: case 16: case 49: case 88: case 98: case 99:
		return code;
	}
	return -1;
}

/* Where another record begins on the same line: behind a `/` and blanks. s.n: nowhere. */
static size_t next_on_line(struct ar_str s)
{
	const char *p = s.p, *end = s.p + s.n;

	while (p < end && (p = ar_feed_find(p, (size_t)(end - p), '/'))) {
		const char *q = ++p;

		while (q < end && ar_is_blank(*q))
			q++;
		if (q > p && code_at(q, (size_t)(end - q)) >= 0)
			return (size_t)(q - s.p);
	}
	return s.n;
}

static int line(struct bai2 *b, struct ar_str s)
{
	while (s.n) {
		int code;
		size_t n;

		while (s.n && ar_is_blank(s.p[0]))
			s = (struct ar_str){ s.p + 1, s.n - 1 };
		if (!s.n)
			return 0;
		code = code_at(s.p, s.n);
		if (!b->begun && code != 1)
			return 0;                       /* prose before the file */
		if (b->ended && code != 1)
			return 0;                       /* and behind it */
		n = next_on_line(s);
		if (code < 0) {
			if (b->npiece && hold(b, K_TORN, (struct ar_str){ s.p, n }) < 0)
				return -1;
		} else if (record(b, code, (struct ar_str){ s.p + 3, n - 3 }) < 0) {
			return -1;
		}
		s = (struct ar_str){ s.p + n, s.n - n };
	}
	return 0;
}

/* ---- the map's signs ---- */

/* credit = 100-399 910, debit = ..., message = ...: codes and ranges of codes */
static int add_signs(struct bai2 *b, struct ar_conf_sec *map, const char *name, char sign, struct ar_err *e)
{
	struct ar_conf_key *k;
	struct ar_str rest, word, from, to;
	int rc = ar_conf_get(map, name, &k, e);

	if (rc <= 0)
		return rc;
	for (rest = k->value; ar_conf_word(&rest, &word); ) {
		int64_t lo, hi;

		to = ar_str_cut(word, '-', &from);
		lo = ar_str_uint(from, 999);
		hi = to.p ? ar_str_uint(to, 999) : lo;
		if (from.n != 3 || lo < 0 || hi < lo) {
			ar_err(e, AR_USAGE, "map_value", "%s: codes of three digits and ranges NNN-NNN, not '%.*s'", name, AR_STR_FMT(word));
			return ar_err_at(e, map->file, k->line);
		}
		for (; lo <= hi; lo++)
			b->sign[lo] = sign;
	}
	return 0;
}

static int read_keys(struct bai2 *b, struct ar_conf_sec *map, struct ar_err *e)
{
	memset(b->sign + 100, 'C', 300);
	memset(b->sign + 400, 'D', 300);
	b->sign[890] = 'M';
	b->default_currency = AR_STR("USD");
	if (!map)
		return 0;
	if (ar_conf_get_str(map, "currency", &b->default_currency, e) < 0 || add_signs(b, map, "credit", 'C', e) < 0
	    || add_signs(b, map, "debit", 'D', e) < 0 || add_signs(b, map, "message", 'M', e) < 0)
		return -1;
	return ar_bai2_keys_read(&b->keys, &b->mem, map, e);
}

/* ---- decoding ---- */

static int at_end(struct bai2 *b)
{
	if (b->begun && !b->ended && flush(b, true, false) < 0)
		return -1;
	if (!b->begun)
		return ar_feed_fail(&b->feed, "bai2_header", "there is no 01 record", "is it a BAI2 file?");
	if (b->torn_file)
		return ar_feed_fail(&b->feed, "bai2_incomplete", "a file begins before the one before it has ended (99)", "fetch it again");
	if (!b->ended)
		return ar_feed_fail(&b->feed, "bai2_incomplete", "the file is cut off: its 99 record is missing", "fetch it again");
	return ar_feed_say_mended(&b->feed, &b->row, 1);
}

static int run(struct bai2 *b)
{
	struct ar_str s;
	bool whole;
	int rc;

	while ((rc = ar_feed_line(&b->feed, &s, &whole)) > 0) {
		if (!whole)
			return ar_feed_fail(&b->feed, "line_limit", "a line of more than 1 MiB (limit feed-line)", "is it a BAI2 file?");
		if (line(b, s) < 0)
			return -1;
	}
	return rc < 0 ? -1 : at_end(b);
}

static int decode(struct ar_decode *d)
{
	struct bai2 *b = ar_calloc(1, sizeof *b);
	int rc = -1;

	b->row.sink = d->sink;
	if (read_keys(b, d->map, d->err) == 0 && ar_feed_open(&b->feed, d) == 0)
		rc = run(b);
	ar_feed_close(&b->feed);
	ar_rowbuf_release(&b->row);
	ar_bai2_keys_release(&b->keys);
	ar_arena_release(&b->mem);
	ar_tab_release(&b->statements);
	ar_buf_release(&b->held);
	ar_buf_release(&b->file);
	ar_buf_release(&b->group);
	ar_buf_release(&b->account);
	ar_buf_release(&b->joined);
	ar_buf_release(&b->text);
	ar_buf_release(&b->said);
	free(b->piece);
	free(b->count);
	free(b);
	return rc;
}

/* ---- detection ---- */

/* A line 01,..,2/ (the version is the eighth field), and 02, as the next record. */
static bool is_header(struct ar_str s)
{
	struct ar_str rest, one = { NULL, 0 };
	size_t end = next_on_line(s);

	if (code_at(s.p, s.n) != 1)
		return false;
	rest = without_end((struct ar_str){ s.p + 3, end - 3 });
	for (int i = 0; i < 8; i++)
		if (!field(&rest, &one))
			return false;
	return ar_streqz(ar_str_trim(one), "2");
}

static bool found(struct ar_str head)
{
	for (struct ar_str rest = head, one; rest.n; ) {
		const char *end = memchr(rest.p, '\n', rest.n), *cr;
		size_t n = end ? (size_t)(end - rest.p) : rest.n;

		cr = n ? memchr(rest.p, '\r', n) : NULL;
		if (cr)
			n = (size_t)(cr - rest.p);
		one = ar_str_trim((struct ar_str){ rest.p, n });
		if (one.n > 3 && is_header(one))
			return true;
		n += n < rest.n;
		rest = (struct ar_str){ rest.p + n, rest.n - n };
	}
	return false;
}

static int detect(struct ar_str head, char *why, size_t cap)
{
	struct ar_peek peek = { .head = head };
	struct ar_buf room = AR_BUF_INIT;
	int score = found(ar_text_head(&room, &peek, false)) ? 97 : 0;

	if (score)
		snprintf(why, cap, "a 01 record of version 2");
	ar_buf_release(&room);
	return score;
}

/* detect = any, or sender NAME, ... */
static int match(struct ar_peek *p)
{
	struct ar_buf room = AR_BUF_INIT;
	struct ar_conf_key *k;
	int rc = ar_conf_get(p->map, "detect", &k, p->err);

	snprintf(p->why, AR_WHY, "%s", rc > 0 ? "a 01 record of version 2" : "it has no detect line");
	if (rc <= 0)
		return rc;
	if (!ar_streqz(k->value, "any")) {
		struct ar_str text = ar_text_head(&room, p, false), rest = k->value, piece, sender = { NULL, 0 };
		const char *at = ar_str_find(text, AR_STR("01,"));

		if (at) {
			struct ar_str from = { at + 3, (size_t)(text.p + text.n - at) - 3 };

			field(&from, &sender);
		}
		for (rc = 0; !rc && ar_conf_split(&rest, ',', &piece); )
			rc = ar_str_starts(piece, "sender ") && ar_streq(ar_str_trim((struct ar_str){ piece.p + 7, piece.n - 7 }), ar_str_trim(sender));
		snprintf(p->why, AR_WHY, "the sender is %s%.*s", rc ? "" : "not one of those named: ", (int)(sender.n < 60 ? sender.n : 60),
		         sender.p ? sender.p : "");
	}
	ar_buf_release(&room);
	return rc;
}

const struct ar_syntax ar_syntax_bai2 = {
	.name = "bai2",
	.summary = "BAI2 balance reporting: records 01 02 03 16 88 49 98 99",
	.keys = "detect = any, or sender NAME, ...: of the 01 record\n"
	        "currency = CODE: of groups and accounts that name none (default USD)\n"
	        "credit, debit, message = CODE CODE-CODE ...: what type codes mean for the account (default: 100-399 credit, 400-699 debit, 890 "
	        "message; others refuse the record)\n"
	        "key = TEXT, ...: keys that a line of text begins with; the value is given under TEXT without its last sign; may be repeated\n"
	        "key_inside = TEXT, ...: the same for keys that may stand anywhere in a line behind a blank or a sign\n"
	        "encoding = windows-1252, iso-8859-1, iso-8859-15 (default: byte order mark, else UTF-8, bytes that are not being read as windows-1252)",
	.detect = detect,
	.match = match,
	.decode = decode,
};
