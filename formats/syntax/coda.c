/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coda.c - see coda.h. */
#include "config.h"

#include "syntax/coda.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "syntax/columns.h"

enum kind { K_OLD = 1, K_21 = 21, K_22, K_23, K_31 = 31, K_32, K_33, K_MESSAGE = 4, K_NEW = 8, K_END = 9, K_HEADER = 0 };
enum { FULL_COMM = 53 + 53 + 43, FULL_END = 52, MESSAGES = 32 };
enum role { R_ENTRY, R_DETAIL, R_TOTAL };

struct move {                           /* one 2.1 and what follows it */
	uint32_t from, to;              /* held lines */
	int64_t amount;                 /* thousandths */
	bool readable;
	char type;                      /* first digit of the code */
	enum role role;
};

struct coda {
	struct ar_cols c;
	struct move *move;
	uint32_t nmove, move_cap;

	bool begun, in_statement, closed, flushed;     /* a 0 seen; in a statement; its 9 seen; part of it went out already */
	bool version1;
	uint32_t header, old, new;      /* held lines, plus 1; 0 = none */
	struct ar_buf keep;             /* of a statement of which part went out: its first records */
	uint64_t entries, first_line, records;
	int64_t debit, credit;          /* of all bookings, thousandths */
	char sequence[4];
	bool more;                      /* the last record 9 announces another statement */
	bool sum_lost;                  /* an amount that is none, or too large a sum */
	char number[8], date[11], account[40], currency[4], bic[12], duplicate, application[6];
	char occurrence[24];
};

static struct ar_str z(const char *s)
{
	return ar_str(s);
}

/* ---- structured communications ---- */

static struct ar_str part(const char *comm, int from, int to)
{
	return ar_str_trim((struct ar_str){ comm + from, (size_t)(to - from) });
}

static void implied(struct coda *x, struct ar_str name, struct ar_str digits, int decimals)
{
	char room[AR_MONEY_TEXT];
	struct ar_str plain;
	int64_t minor;

	if (digits.n && ar_feed_implied(digits, decimals, room, &plain, &minor) && minor)
		ar_rowbuf_copy(&x->c.row, name, plain);
}

/* The 149 characters of a communication, its type taken off; where all are ASCII. false: none of the kinds that are taken apart. */
static bool structured(struct coda *x, struct ar_str type, const char *p)
{
	struct ar_rowbuf *r = &x->c.row;
	int64_t k = ar_str_uint(type, 999);

	switch (k) {
	case 100:
		ar_rowbuf_copy(r, AR_NAME("rf"), part(p, 0, 25));
		return true;
	case 101:
	case 102:
		ar_rowbuf_copy(r, AR_NAME("ogm"), part(p, 0, 12));
		return true;
	case 103:
		ar_rowbuf_copy(r, AR_NAME("number"), part(p, 0, 12));
		return true;
	case 124:
		ar_rowbuf_copy(r, AR_NAME("card"), part(p, 0, 16));
		return true;
	case 105:
		implied(x, AR_NAME("gross"), part(p, 0, 15), 3);
		implied(x, AR_NAME("original"), part(p, 15, 30), 3);
		implied(x, AR_NAME("rate"), part(p, 30, 42), 8);
		ar_rowbuf_copy(r, AR_NAME("original_currency"), part(p, 42, 45));
		if (part(p, 45, 57).n == 12)
			ar_rowbuf_copy(r, AR_NAME("ogm"), part(p, 45, 57));
		return true;
	case 107:
		ar_rowbuf_copy(r, AR_NAME("mandate"), part(p, 0, 12));
		ar_rowbuf_copy(r, AR_NAME("dd_text"), part(p, 18, 48));
		ar_rowbuf_copy(r, AR_NAME("dd_paid"), part(p, 48, 49));
		ar_rowbuf_copy(r, AR_NAME("creditor"), part(p, 49, 60));
		return true;
	case 127:
		ar_rowbuf_copy(r, AR_NAME("dd_type"), part(p, 6, 7));
		ar_rowbuf_copy(r, AR_NAME("dd_paid"), part(p, 8, 9));
		ar_rowbuf_copy(r, AR_NAME("creditor"), part(p, 9, 44));
		ar_rowbuf_copy(r, AR_NAME("mandate"), part(p, 44, 79));
		ar_rowbuf_copy(r, AR_NAME("dd_text"), part(p, 79, 141));
		return true;
	}
	return false;
}

/* ---- a movement ---- */

static void put(struct coda *x, struct ar_str name, struct ar_str value)
{
	ar_rowbuf_put(&x->c.row, name, value);
}

static void copy_blank_filled(char *to, size_t room, struct ar_str s)
{
	memset(to, ' ', room);
	memcpy(to, s.p, s.n < room ? s.n : room);
}

static bool single_bytes(struct ar_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] & '\x80')
			return false;
	return true;
}

static void communication(struct coda *x, const struct move *m, uint32_t two, uint32_t three)
{
	struct ar_str piece[3] = { ar_cols_raw(&x->c, m->from, 63, 115), { "", 0 }, { "", 0 } };
	char comm[FULL_COMM + 1];
	int texts = 0;

	if (two)
		piece[1] = ar_cols_raw(&x->c, two - 1, 11, 63);
	if (three && !x->version1)
		piece[2] = ar_cols_raw(&x->c, three - 1, 83, 125);
	if (ar_streqz(ar_cols_raw(&x->c, m->from, 62, 62), "1") && piece[0].n > 3) {
		struct ar_str type = ar_cols_raw(&x->c, m->from, 63, 65);

		copy_blank_filled(comm, 53, piece[0]);
		copy_blank_filled(comm + 53, 53, piece[1]);
		copy_blank_filled(comm + 106, 43, piece[2]);
		put(x, AR_NAME("structured"), type);
		if (type.n == 3 && single_bytes((struct ar_str){ comm, FULL_COMM }) && structured(x, type, comm + 3)) {
			if (ar_streqz(type, "127"))
				ar_rowbuf_copy(&x->c.row, AR_NAME("r_type"), part(comm, 144, 145));
			if (ar_streqz(type, "127"))
				ar_rowbuf_copy(&x->c.row, AR_NAME("r_reason"), part(comm, 145, 149));
			return;
		}
		piece[0] = ar_cols_raw(&x->c, m->from, 66, 115);
	}
	for (int i = 0; i < 3; i++) {
		struct ar_str s = ar_feed_rtrim(piece[i]);

		if (ar_str_trim(s).n)
			put(x, ar_rowbuf_nth(&x->c.row, AR_NAME("text"), ++texts), s);
	}
}

/* 34 columns of account and 3 of currency; a Belgian number of the old kind has its currency behind 12 and a blank. */
static void counterparty(struct coda *x, uint32_t i)
{
	struct ar_str a = ar_cols_raw(&x->c, i, 11, 47);
	bool bban = a.n > 12 && a.p[12] == ' ' && !ar_is_alpha(a.p[0]);

	put(x, AR_NAME("account"), bban || x->version1 ? ar_cols_text(&x->c, i, 11, 22) : ar_cols_text(&x->c, i, 11, 44));
	put(x, AR_NAME("account_currency"), bban ? ar_cols_text(&x->c, i, 24, 26) : ar_cols_text(&x->c, i, 45, 47));
	put(x, AR_NAME("name"), x->version1 ? ar_cols_text(&x->c, i, 48, 73) : ar_cols_text(&x->c, i, 48, 82));
	if (x->version1)
		put(x, AR_NAME("party/address"), ar_cols_text(&x->c, i, 74, 125));
}

static void more(struct coda *x, uint32_t i)
{
	put(x, AR_NAME("customer_ref"), ar_cols_text(&x->c, i, 64, 98));
	if (x->version1)
		return;
	put(x, AR_NAME("bic"), ar_cols_text(&x->c, i, 99, 109));
	put(x, AR_NAME("purpose"), ar_cols_text(&x->c, i, 122, 125));
	if (ar_rowbuf_has(&x->c.row, AR_STR("r_type")) || !ar_cols_text(&x->c, i, 113, 113).n)
		return;
	put(x, AR_NAME("r_type"), ar_cols_text(&x->c, i, 113, 113));
	if (!ar_rowbuf_has(&x->c.row, AR_STR("r_reason")))
		put(x, AR_NAME("r_reason"), ar_cols_text(&x->c, i, 114, 117));
}

/* 3.1 with its 3.2 and 3.3 */
static uint32_t information(struct coda *x, uint32_t i, uint32_t to, int *nth)
{
	bool party = ar_streqz(ar_cols_raw(&x->c, i, 40, 43), "1001") && !ar_rowbuf_has(&x->c.row, AR_STR("party/name"));
	bool typed = ar_streqz(ar_cols_raw(&x->c, i, 40, 40), "1");
	struct ar_str s = ar_cols_text(&x->c, i, typed ? 44 : 41, 113);

	if (party)
		put(x, AR_NAME("party/name"), s);
	else if (s.n)
		put(x, ar_rowbuf_nth(&x->c.row, AR_NAME("info"), ++*nth), s);
	for (i++; i < to && (x->c.line[i].kind == K_32 || x->c.line[i].kind == K_33); i++) {
		if (party && x->c.line[i].kind == K_32) {
			if (!ar_rowbuf_has(&x->c.row, AR_STR("party/address")))
				put(x, AR_NAME("party/address"), ar_cols_text(&x->c, i, 11, 45));
			if (!ar_rowbuf_has(&x->c.row, AR_STR("party/town")))
				put(x, AR_NAME("party/town"), ar_cols_text(&x->c, i, 46, 80));
			continue;
		}
		s = ar_cols_text(&x->c, i, 11, x->c.line[i].kind == K_32 ? 115 : 100);
		if (s.n && x->c.row.n < AR_FEED_COLS - 24)
			put(x, ar_rowbuf_nth(&x->c.row, AR_NAME("info"), ++*nth), s);
	}
	return i;
}

static void of_total(struct coda *x, const struct move *total)
{
	if (total->readable)
		ar_rowbuf_number(&x->c.row, AR_NAME("total/amount"), total->amount, 3);
	put(x, AR_NAME("total/bank_ref"), ar_cols_text(&x->c, total->from, 11, 31));
	if (ar_streqz(ar_cols_raw(&x->c, total->from, 62, 62), "0"))
		put(x, AR_NAME("total/text"), ar_cols_text(&x->c, total->from, 63, 115));
}

static int give_move(struct coda *x, const struct move *m, const struct move *total, bool mismatch, bool cut)
{
	static const struct ar_str record[] = { { "entry\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 5 }, { "detail\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 6 },
		{ "total\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 5 } };
	struct ar_cols *c = &x->c;
	uint32_t two = 0, three = 0;
	int infos = 0;
	int64_t minor;

	put(x, AR_NAME(".record"), record[m->role]);
	put(x, AR_NAME("sequence"), ar_cols_raw(c, m->from, 3, 6));
	put(x, AR_NAME("detail"), ar_cols_raw(c, m->from, 7, 10));
	put(x, AR_NAME("bank_ref"), ar_cols_text(c, m->from, 11, 31));
	ar_cols_put_amount(c, AR_NAME("amount"), ar_cols_raw(c, m->from, 33, 47), 15, 3,
	                   ar_streqz(ar_cols_raw(c, m->from, 32, 32), "1"), &minor);
	ar_cols_put_day(c, AR_NAME("value_date"), ar_cols_raw(c, m->from, 48, 53), "dmy");
	ar_cols_put_day(c, AR_NAME("entry_date"), ar_cols_raw(c, m->from, 116, 121), "dmy");
	put(x, AR_NAME("code"), ar_cols_text(c, m->from, 54, 61));
	put(x, AR_NAME("globalisation"), ar_cols_text(c, m->from, 125, 125));
	for (uint32_t i = m->from + 1; i < m->to; i++) {
		if (c->line[i].kind == K_22 && !two)
			two = i + 1;
		if (c->line[i].kind == K_23 && !three)
			three = i + 1;
	}
	communication(x, m, two, three);
	if (two)
		more(x, two - 1);
	if (three)
		counterparty(x, three - 1);
	for (uint32_t i = m->from + 1; i < m->to; )
		if (c->line[i].kind == K_31 && c->row.n < AR_FEED_COLS - 24)
			i = information(x, i, m->to, &infos);
		else
			i++;
	if (total)
		of_total(x, total);
	ar_rowbuf_number(&c->row, AR_NAME(".entry"), (int64_t)x->entries, 0);
	if (cut)
		put(x, AR_NAME(".incomplete"), AR_NAME("true"));
	if (mismatch)
		ar_rowbuf_warn(&c->row, "batch_mismatch", (struct ar_str){ NULL, 0 });
	return ar_rowbuf_give(&c->row, c->line[m->from].line);
}

/* ---- a booking ---- */

/* Those of type 9 behind a 7: do they add up to it? Then they stand for it. Returns where they end. */
static uint32_t subtotal(struct coda *x, uint32_t i, uint32_t to)
{
	uint32_t k = i + 1;
	ar_wide sum = 0;
	bool ok = true;

	for (; k < to && x->move[k].type == '9'; k++) {
		sum += x->move[k].amount;
		ok &= x->move[k].readable;
	}
	if (k == i + 1)
		return k;
	ok &= sum == x->move[i].amount;
	x->move[i].role = ok ? R_TOTAL : R_ENTRY;
	for (uint32_t n = i + 1; n < k; n++)
		x->move[n].role = ok ? R_ENTRY : R_DETAIL;
	return k;
}

/* move[from] is the booking, what follows up to `to` its details. */
static int give_booking(struct coda *x, uint32_t from, uint32_t to, bool cut)
{
	ar_wide sum = 0;
	bool ok = true, mismatch;

	x->entries++;
	for (uint32_t i = from + 1; i < to; )
		i = x->move[i].type == '7' ? subtotal(x, i, to) : i + 1;
	for (uint32_t i = from + 1; i < to; i++)
		if (x->move[i].role == R_ENTRY) {
			sum += x->move[i].amount;
			ok &= x->move[i].readable;
		}
	mismatch = to > from + 1 && (!ok || sum != x->move[from].amount);
	if (to > from + 1 && !mismatch)
		x->move[from].role = R_TOTAL;
	for (uint32_t i = from + 1; mismatch && i < to; i++)
		if (x->move[i].role == R_ENTRY)
			x->move[i].role = R_DETAIL;
	for (uint32_t i = from; i < to; i++)
		if (give_move(x, &x->move[i], i > from ? &x->move[from] : NULL, i == from && mismatch, cut) < 0)
			return -1;
	return 0;
}

static void add_move(struct coda *x, uint32_t line)
{
	struct ar_str digits = ar_cols_raw(&x->c, line, 33, 47), type = ar_cols_raw(&x->c, line, 54, 54);
	struct move *m;
	int64_t v;

	if (x->nmove == x->move_cap)
		x->move = ar_realloc(x->move, (x->move_cap = x->move_cap * 2 + 64) * sizeof *x->move);
	m = &x->move[x->nmove++];
	*m = (struct move){ .from = line, .to = line + 1, .type = type.n ? *type.p : '0' };
	m->readable = digits.n == 15 && ar_feed_implied(digits, 0, NULL, NULL, &v);
	if (m->readable)
		m->amount = ar_streqz(ar_cols_raw(&x->c, line, 32, 32), "1") ? -v : v;
}

/* Does the movement of a line belong to the booking before? */
static bool same_booking(struct coda *x, uint32_t line)
{
	struct ar_str seq = ar_cols_raw(&x->c, line, 3, 6), detail = ar_cols_raw(&x->c, line, 7, 10);

	return x->nmove && seq.n == 4 && memcmp(seq.p, x->sequence, 4) == 0 && !ar_streqz(detail, "0000");
}

static void count(struct coda *x, const struct move *m)
{
	int64_t *to = m->amount < 0 ? &x->debit : &x->credit;

	x->sum_lost |= !m->readable || __builtin_add_overflow(*to, m->amount < 0 ? -m->amount : m->amount, to);
}

/* The movements held go out, booking by booking. */
static int give_moves(struct coda *x, bool cut)
{
	uint32_t first = 0;

	x->nmove = 0;
	for (uint32_t i = 0; i < x->c.n; i++) {
		int kind = x->c.line[i].kind;

		if (kind == K_21) {
			if (!same_booking(x, i)) {
				if (x->nmove && give_booking(x, first, x->nmove, cut) < 0)
					return -1;
				x->nmove = 0;
				copy_blank_filled(x->sequence, 4, ar_cols_raw(&x->c, i, 3, 6));
				add_move(x, i);
				count(x, &x->move[0]);
			} else {
				add_move(x, i);
			}
		} else if (x->nmove && kind > K_21 && kind <= K_33) {
			x->move[x->nmove - 1].to = i + 1;
		}
	}
	return x->nmove ? give_booking(x, first, x->nmove, cut) : 0;
}

/* ---- the statement ---- */

static void keep(char *to, size_t room, struct ar_str s)
{
	size_t n = s.n < room - 1 ? s.n : room - 1;

	while (n < s.n && n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;
	memcpy(to, s.p, n);
	to[n] = '\0';
}

static uint32_t find(const struct coda *x, int kind)
{
	for (uint32_t i = 0; i < x->c.n; i++)
		if (x->c.line[i].kind == kind)
			return i + 1;
	return 0;
}

/* Account structure 0 is a number of twelve with its currency behind it; the others have 34 columns and the currency. */
static void read_account(struct coda *x, uint32_t i)
{
	bool bban = ar_streqz(ar_cols_raw(&x->c, i, 2, 2), "0") || x->version1;

	keep(x->account, sizeof x->account, bban ? ar_cols_text(&x->c, i, 6, 17) : ar_cols_text(&x->c, i, 6, 39));
	keep(x->currency, sizeof x->currency, bban ? ar_cols_text(&x->c, i, 19, 21) : ar_cols_text(&x->c, i, 40, 42));
}

static void read_date(struct coda *x)
{
	x->date[0] = '\0';
	if (x->new && ar_cols_day(ar_cols_raw(&x->c, x->new - 1, 58, 63), "dmy", x->date) > 0)
		return;
	x->date[0] = '\0';
	if (x->header && ar_cols_day(ar_cols_raw(&x->c, x->header - 1, 6, 11), "dmy", x->date) > 0)
		return;
	x->date[0] = '\0';
}

/* What all rows of a statement have above them. */
static void read_heads(struct coda *x)
{
	struct ar_rowbuf *r = &x->c.row;
	uint32_t h, o;

	x->header = h = find(x, K_HEADER);
	x->old = o = find(x, K_OLD);
	x->new = find(x, K_NEW);
	if (x->flushed)
		return;
	x->version1 = h && ar_streqz(ar_cols_raw(&x->c, h - 1, 128, 128), "1");
	x->account[0] = x->currency[0] = x->number[0] = x->bic[0] = x->application[0] = '\0';
	x->duplicate = '\0';
	if (h) {
		keep(x->bic, sizeof x->bic, ar_cols_text(&x->c, h - 1, 61, 71));
		keep(x->application, sizeof x->application, ar_cols_text(&x->c, h - 1, 84, 88));
		x->duplicate = ar_streqz(ar_cols_raw(&x->c, h - 1, 17, 17), "D") ? 'D' : '\0';
	}
	if (o) {
		read_account(x, o - 1);
		keep(x->number, sizeof x->number, ar_cols_text(&x->c, o - 1, 126, 128));
		if (!x->number[0])
			keep(x->number, sizeof x->number, ar_cols_text(&x->c, o - 1, 3, 5));
	}
	read_date(x);
	x->c.said.n = 0;
	ar_buf_fmt(&x->c.said, "%s/%s/%s/%s", x->account, x->currency, x->number, x->date);
	snprintf(x->occurrence, sizeof x->occurrence, "%u", ar_cols_occurrence(&x->c));
	ar_rowbuf_above_clear(r);
	ar_rowbuf_above(r, AR_NAME("../account"), z(x->account));
	ar_rowbuf_above(r, AR_NAME("../currency"), z(x->currency));
	ar_rowbuf_above(r, AR_NAME("../number"), z(x->number));
	ar_rowbuf_above(r, AR_NAME("../date"), z(x->date));
	ar_rowbuf_above(r, AR_NAME("../bank"), z(x->bic));
	ar_rowbuf_above(r, AR_NAME("../duplicate"), x->duplicate ? AR_STR("D") : AR_STR(""));
	ar_rowbuf_above(r, AR_NAME("../application"), z(x->application));
	ar_rowbuf_above(r, AR_NAME("../.occurrence"), z(x->occurrence));
}

static void balance(struct coda *x, struct ar_str name, struct ar_str day_name, uint32_t line, int sign, int day)
{
	int64_t minor;

	if (!line)
		return;
	ar_cols_put_amount(&x->c, name, ar_cols_raw(&x->c, line - 1, sign + 1, sign + 15), 15, 3,
	                   ar_streqz(ar_cols_raw(&x->c, line - 1, sign, sign), "1"), &minor);
	ar_cols_put_day(&x->c, day_name, ar_cols_raw(&x->c, line - 1, day, day + 5), "dmy");
}

static int give_statement(struct coda *x, bool cut)
{
	struct ar_cols *c = &x->c;
	int messages = 0;

	put(x, AR_NAME(".record"), AR_NAME("statement"));
	balance(x, AR_NAME("old_balance"), AR_NAME("old_date"), x->old, 43, 59);
	balance(x, AR_NAME("new_balance"), AR_NAME("new_date"), x->new, 42, 58);
	if (x->old) {
		put(x, AR_NAME("holder"), ar_cols_text(c, x->old - 1, 65, 90));
		put(x, AR_NAME("description"), ar_cols_text(c, x->old - 1, 91, 125));
		put(x, AR_NAME("paper_number"), ar_cols_text(c, x->old - 1, 3, 5));
	}
	for (uint32_t i = 0; i < c->n && messages < MESSAGES; i++)
		if (c->line[i].kind == K_MESSAGE && ar_cols_text(c, i, 33, 112).n)
			put(x, ar_rowbuf_nth(&c->row, AR_NAME("message"), ++messages), ar_cols_text(c, i, 33, 112));
	if (cut)
		put(x, AR_NAME(".incomplete"), AR_NAME("true"));
	return ar_rowbuf_give(&c->row, x->first_line);
}

static bool said_amount(struct coda *x, uint32_t end, int from, int64_t ours, const char *what)
{
	struct ar_str s = ar_cols_raw(&x->c, end, from, from + 14);
	char a[AR_MONEY_TEXT], b[AR_MONEY_TEXT];
	int64_t v;

	if (s.n != 15 || !ar_feed_implied(s, 0, NULL, NULL, &v) || v == ours || x->sum_lost)
		return false;
	a[ar_money_put(a, v, 3)] = b[ar_money_put(b, ours, 3)] = '\0';
	ar_buf_fmt(&x->c.said, "%s %s says %s, the movements add up to %s", x->c.said.n ? ";" : "the trailer:", what, a, b);
	return true;
}

/* What the trailer says: records 1, 2, 3 and 8; debits and credits of the bookings. */
static int check_trailer(struct coda *x)
{
	uint32_t end = find(x, K_END);
	struct ar_str n;
	bool bad = false;

	if (!end--)
		return 0;
	x->c.said.n = 0;
	bad |= said_amount(x, end, 23, x->debit, "the total of debits");
	bad |= said_amount(x, end, 38, x->credit, "the total of credits");
	n = ar_cols_text(&x->c, end, 17, 22);
	if (n.n && ar_str_uint(n, 999999) != (int64_t)(x->records % 1000000)) {
		ar_buf_fmt(&x->c.said, "%s says %.*s records, there are %llu", x->c.said.n ? "; it" : "the trailer", AR_STR_FMT(n),
		           (unsigned long long)x->records);
		bad = true;
	}
	return bad ? ar_cols_finding(&x->c, x->c.line[end].line, "control_total_differs", "warning") : 0;
}

/* Keeps of a statement that is too large to be held what its row needs. */
static void keep_heads(struct coda *x)
{
	struct ar_cols *c = &x->c;
	struct ar_cols_line l[2];
	int n = 0;

	x->keep.n = 0;
	for (uint32_t i = 0; i < c->n && n < 2; i++)
		if (c->line[i].kind == K_HEADER || c->line[i].kind == K_OLD) {
			l[n++] = c->line[i];
			ar_buf_put(&x->keep, c->bytes.p + c->line[i].at, c->line[i].n);
		}
	ar_cols_drop(c);
	for (int i = 0, at = 0; i < n; at += (int)l[i++].n) {
		ar_cols_hold(c, l[i].kind, (struct ar_str){ x->keep.p + at, l[i].n });
		c->line[c->n - 1].line = l[i].line;
	}
	x->flushed = true;
}

static int end_statement(struct coda *x, bool cut)
{
	int rc;

	if (!x->in_statement)
		return 0;
	x->in_statement = false;
	read_heads(x);
	rc = give_moves(x, cut);
	if (rc == 0)
		rc = give_statement(x, cut);
	if (rc == 0)
		rc = check_trailer(x);
	if (rc == 0 && x->duplicate) {
		x->c.said.n = 0;
		ar_buf_fmt(&x->c.said, "statement %s of account %s is marked as a duplicate: it was sent before", x->number, x->account);
		rc = ar_cols_finding(&x->c, x->first_line, "duplicate_statement", "info");
	}
	ar_cols_drop(&x->c);
	return rc;
}

static void begin_statement(struct coda *x)
{
	x->begun = x->in_statement = true;
	x->closed = x->flushed = x->sum_lost = false;
	x->entries = x->records = 0;
	x->debit = x->credit = 0;
	x->first_line = x->c.feed.line;
}

/* ---- lines ---- */

static bool digits_at(struct ar_str s, size_t at, size_t n)
{
	for (size_t i = at; i < at + n; i++)
		if (i >= s.n || !ar_is_digit(s.p[i]))
			return false;
	return true;
}

static bool is_header(struct ar_str s)
{
	return s.n > 24 && s.n <= 400 && memcmp(s.p, "0000", 4) == 0 && digits_at(s, 5, 6) && s.p[14] == '0' && s.p[15] == '5'
		&& (s.p[16] == ' ' || s.p[16] == 'D');
}

static int kind_of(struct ar_str s)
{
	if (is_header(s))
		return K_HEADER;
	if (s.n < 2)
		return -1;
	switch (s.p[0]) {
	case '1':
		return K_OLD;
	case '2':
		return s.p[1] >= '1' && s.p[1] <= '3' ? K_21 + s.p[1] - '1' : -1;
	case '3':
		return s.p[1] >= '1' && s.p[1] <= '3' ? K_31 + s.p[1] - '1' : -1;
	case '4':
		return K_MESSAGE;
	case '8':
		return K_NEW;
	case '9':
		return K_END;
	}
	return -1;
}

static int line(void *arg, struct ar_str s)
{
	struct coda *x = arg;
	int kind = kind_of(s);

	if (kind == K_HEADER) {
		x->c.torn |= x->in_statement;
		if (end_statement(x, true) < 0)
			return -1;
		begin_statement(x);
	}
	if (!x->in_statement || !ar_feed_rtrim(s).n)
		return 0;                               /* prose around the file */
	if (kind < 0) {
		x->c.said.n = 0;
		ar_buf_fmt(&x->c.said, "a line that is no record of CODA: %.*s", (int)(s.n < 40 ? s.n : 40), s.p);
		x->c.said.n = ar_utf8_check(x->c.said.p, x->c.said.n);
		return ar_cols_finding(&x->c, x->c.feed.line, "record_unknown", "warning");
	}
	if (kind == K_21 && x->c.bytes.n > AR_COLS_HELD && ar_streqz(ar_cols_of(s, 7, 10), "0000")) {
		read_heads(x);
		if (give_moves(x, false) < 0)
			return -1;
		keep_heads(x);
	}
	if (x->c.bytes.n > 4 * (size_t)AR_COLS_HELD)
		return ar_feed_fail(&x->c.feed, "coda_limit", "a booking with more than 64 MiB of details (limit columns-held)", NULL);
	ar_cols_hold(&x->c, kind, s);
	x->more = kind == K_END && ar_streqz(ar_cols_of(s, 128, 128), "1");
	x->records += kind != K_HEADER && kind != K_MESSAGE && kind != K_END;
	return kind == K_END && s.n >= FULL_END ? end_statement(x, !find(x, K_NEW)) : 0;       /* shorter: the file is cut off in it */
}

static int at_end(void *arg)
{
	struct coda *x = arg;
	bool cut = x->in_statement;

	if (end_statement(x, true) < 0)
		return -1;
	if (!x->begun)
		return ar_feed_fail(&x->c.feed, "coda_header", "there is no record 0", "is it a CODA file?");
	if (x->c.torn)
		return ar_feed_fail(&x->c.feed, "coda_incomplete", "a statement begins before the one before it has ended (record 9)",
		                    "fetch it again");
	if (cut)
		return ar_feed_fail(&x->c.feed, "coda_incomplete", "the file is cut off: record 9 is missing", "fetch it again");
	x->c.said.n = 0;
	ar_buf_puts(&x->c.said, "the last record 9 says that more statements follow");
	if (x->more && ar_cols_finding(&x->c, x->c.feed.line ? x->c.feed.line : 1, "more_announced", "info") < 0)
		return -1;
	x->c.said.n = 0;
	return ar_feed_say_mended(&x->c.feed, &x->c.row, 1);
}

static int decode(struct ar_decode *d)
{
	struct coda *x = ar_calloc(1, sizeof *x);
	int rc = ar_cols_run(&x->c, d, line, at_end, x);

	ar_buf_release(&x->keep);
	free(x->move);
	free(x);
	return rc;
}

static int detect(struct ar_str head, char *why, size_t cap)
{
	return ar_cols_detect(head, is_header, "a record 0 of application 05", why, cap);
}

static int match(struct ar_peek *p)
{
	return ar_cols_match(p, "a record 0 of application 05");
}

const struct ar_syntax ar_syntax_coda = {
	.name = "coda",
	.summary = "CODA, coded statements of account of Belgian banks",
	.keys = AR_COLS_KEYS,
	.detect = detect,
	.match = match,
	.decode = decode,
};
