/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nacha.c - see nacha.h. Columns are counted in characters: text that is not ASCII makes a record longer in bytes. */
#include "config.h"

#include "syntax/nacha.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "syntax/x12.h"

enum { WIDTH = 94, ADDENDA = 9999 };

struct rec {
	struct ar_str s;
	uint64_t line;
	bool ascii, seen;
	unsigned __int128 text;          /* if seen: a bit for each byte that is no white space, the first in bit 0 */
};
struct piece { size_t at; uint32_t n; bool ascii; uint64_t line; };
struct totals { ar_wide credit, debit, hash; uint64_t count, batches; };

struct nacha {
	struct ar_feed feed;
	struct ar_rowbuf row;
	struct ar_x12 x12;
	struct ar_buf carry, held, file, batch, said, text;
	struct piece *piece;
	size_t npiece, piece_cap;
	bool begun, ended, torn, in_batch, closed, bad_date, adv, iat, counted;
	char sec[4];
	uint64_t entry, nbatch;
	struct totals b, f;
};

/* ---- columns ---- */

static struct rec record_of(struct ar_str s, uint64_t line)
{
	return (struct rec){ .s = s, .line = line, .ascii = ar_utf8_ascii(s.p, s.n) };
}

static struct rec held(const struct nacha *a, const struct piece *p)
{
	return (struct rec){ .s = { a->held.p + p->at, p->n }, .line = p->line, .ascii = p->ascii };
}

/* Bytes of the first n characters. */
static size_t chars(struct ar_str s, size_t n)
{
	size_t i = 0;

	if (ar_utf8_ascii(s.p, s.n < n ? s.n : n))
		return s.n < n ? s.n : n;
	while (i < s.n && n--)
		for (i++; i < s.n && ((unsigned char)s.p[i] & 0xC0) == 0x80; i++)
			;
	return i;
}

/* Columns from..to from 1, as they stand. */
static inline struct ar_str raw(const struct rec *r, size_t from, size_t to)
{
	size_t a, b;

	a = r->ascii ? from - 1 : chars(r->s, from - 1);
	b = r->ascii ? to : chars(r->s, to);
	if (b > r->s.n)
		b = r->s.n;
	return a < b ? (struct ar_str){ r->s.p + a, b - a } : (struct ar_str){ r->s.p, 0 };
}

/* Of a record of which many columns are asked for, and behind which bytes may be read: looks once where its text is. */
static void see(struct rec *r)
{
	r->seen = r->ascii && r->s.n <= WIDTH;
	for (size_t i = 0; r->seen && i < r->s.n; i += 16)
		r->text |= (unsigned __int128)ar_feed_text16(r->s.p + i) << i;
	if (r->seen)
		r->text &= ((unsigned __int128)1 << r->s.n) - 1;
}

/* The same without blanks at either end. */
static inline struct ar_str col(const struct rec *r, size_t from, size_t to)
{
	uint64_t text;
	size_t first;

	if (!r->seen || to - from >= 63)
		return ar_str_trim(raw(r, from, to));
	text = (uint64_t)(r->text >> (from - 1)) & (((uint64_t)1 << (to - from + 1)) - 1);
	if (!text)
		return (struct ar_str){ r->s.p, 0 };
	first = (size_t)__builtin_ctzll(text);
	return (struct ar_str){ r->s.p + from - 1 + first, (size_t)(64 - __builtin_clzll(text)) - first };
}

static int64_t number(struct ar_str s)
{
	return s.n ? ar_str_uint(s, INT64_MAX) : 0;
}

/* ---- totals ---- */

static int say(struct nacha *a, uint64_t line, const char *code, const char *severity)
{
	int rc = ar_rowbuf_finding(&a->row, line, code, severity, ar_buf_slice(&a->said));

	a->said.n = 0;
	return rc;
}

static bool differs(struct nacha *a, const char *what, struct ar_str said, ar_wide ours)
{
	char room[AR_MONEY_TEXT];

	if (!said.n || number(said) == ours)
		return false;
	room[ar_wide_put(room, ours, 0)] = '\0';
	ar_buf_fmt(&a->said, "%s %s %.*s but %s", a->said.p[a->said.n - 1] == ':' ? "" : ",", what, AR_STR_FMT(said), room);
	return true;
}

/* A control record: where its count, hash, debits and credits stand. */
static int check(struct nacha *a, const struct rec *r, const char *what, const struct totals *t, const uint8_t at[8])
{
	bool bad = false;

	a->said.n = 0;
	ar_buf_fmt(&a->said, "%s:", what);
	if (r->s.p[0] == '9')
		bad |= differs(a, "batches", col(r, 2, 7), t->batches);
	bad |= differs(a, "entries", col(r, at[0], at[1]), t->count);
	bad |= differs(a, "hash", col(r, at[2], at[3]), t->hash % 10000000000);
	bad |= differs(a, "debits", col(r, at[4], at[5]), t->debit);
	bad |= differs(a, "credits", col(r, at[6], at[7]), t->credit);
	if (bad)
		return say(a, r->line, "control_total_differs", "warning");
	a->said.n = 0;
	return 0;
}

static int batch_control(struct nacha *a, const struct rec *r)
{
	static const uint8_t usual[8] = { 5, 10, 11, 20, 21, 32, 33, 44 }, adv[8] = { 5, 10, 11, 20, 21, 40, 41, 60 };

	return check(a, r, "batch", &a->b, a->adv ? adv : usual);
}

static int file_control(struct nacha *a, const struct rec *r)
{
	static const uint8_t usual[8] = { 14, 21, 22, 31, 32, 43, 44, 55 }, adv[8] = { 14, 21, 22, 31, 32, 51, 52, 71 };

	return check(a, r, "file", &a->f, a->adv ? adv : usual);
}

/* ---- headers ---- */

static void header(struct nacha *a)
{
	struct rec f = record_of(ar_buf_slice(&a->file), 0), b = record_of(ar_buf_slice(&a->batch), 0);
	struct ar_rowbuf *r = &a->row;
	char room[24], iso[10];

	memset(a->sec, 0, sizeof a->sec);
	if (col(&b, 51, 53).n == 3)
		memcpy(a->sec, col(&b, 51, 53).p, 3);
	a->iat = strcmp(a->sec, "IAT") == 0;
	a->adv = strcmp(a->sec, "ADV") == 0;
	a->counted = strcmp(a->sec, "CTX") == 0 || strcmp(a->sec, "ATX") == 0 || strcmp(a->sec, "TRX") == 0;
	ar_rowbuf_above_clear(r);
	if (!a->iat)
		ar_rowbuf_above(r, AR_NAME("../company"), col(&b, 5, 20));
	ar_rowbuf_above(r, AR_NAME("../company_id"), col(&b, 41, 50));
	ar_rowbuf_above(r, AR_NAME("../sec"), col(&b, 51, 53));
	ar_rowbuf_above(r, AR_NAME("../description"), col(&b, 54, 63));
	ar_rowbuf_above(r, AR_NAME("../descriptive_date"), a->iat ? (struct ar_str){ NULL, 0 } : col(&b, 64, 69));
	a->bad_date = col(&b, 70, 75).n && !ar_feed_day(col(&b, 70, 75), iso);
	if (!a->bad_date)
		ar_rowbuf_above(r, AR_NAME("../effective_date"), col(&b, 70, 75));
	ar_rowbuf_above(r, AR_NAME("../service_class"), col(&b, 2, 4));
	ar_rowbuf_above(r, AR_NAME("../odfi"), col(&b, 80, 87));
	ar_rowbuf_above(r, AR_NAME("../batch"), col(&b, 88, 94));
	ar_rowbuf_above(r, AR_NAME("../origin"), col(&f, 14, 23));
	ar_rowbuf_above(r, AR_NAME("../destination"), col(&f, 4, 13));
	if (ar_feed_day(col(&f, 24, 29), iso))
		ar_rowbuf_above(r, AR_NAME("../file_date"), col(&f, 24, 29));
	ar_rowbuf_above(r, AR_NAME("../file_time"), col(&f, 30, 33));
	ar_rowbuf_above(r, AR_NAME("../file_modifier"), col(&f, 34, 34));
	ar_rowbuf_above(r, AR_NAME("../.batch"), (struct ar_str){ room, ar_uint_put(room, ++a->nbatch) });
}

/* ---- entries ---- */

static bool is_credit(const struct nacha *a, struct ar_str code)
{
	char c = code.n == 2 ? code.p[1] : '0';

	return a->adv ? (c - '0') % 2 == 1 : c < '5';
}

/* What an addendum says; of a second one of its kind name#2. */
static void put(struct ar_rowbuf *b, struct ar_str name, struct ar_str value)
{
	if (value.n)
		ar_rowbuf_put(b, ar_rowbuf_next(b, name), value);
}

static void addendum(struct nacha *a, const struct rec *r, int *n)
{
	struct ar_rowbuf *b = &a->row;
	struct ar_str type = col(r, 2, 3);

	if (b->n > AR_FEED_COLS - 12)
		return;
	if (ar_streqz(type, "99")) {
		put(b, AR_NAME("return_code"), col(r, 4, 6));
		put(b, AR_NAME("original_trace"), col(r, 7, 21));
		put(b, AR_NAME("original_routing"), col(r, 28, 35));
		put(b, AR_NAME("return_text"), col(r, 36, 79));
	} else if (ar_streqz(type, "98")) {
		put(b, AR_NAME("change_code"), col(r, 4, 6));
		put(b, AR_NAME("original_trace"), col(r, 7, 21));
		put(b, AR_NAME("corrected"), col(r, 36, 64));
	} else if (ar_streqz(type, "10") && a->iat) {
		put(b, AR_NAME("foreign_amount"), col(r, 7, 24));
		put(b, AR_NAME("receiver"), col(r, 47, 81));
	} else if (ar_streqz(type, "11") && a->iat) {
		put(b, AR_NAME("originator"), col(r, 4, 38));
		put(b, AR_NAME("originator_street"), col(r, 39, 73));
	} else {
		ar_rowbuf_put(b, ar_rowbuf_nth(b, AR_NAME("addendum"), ++*n), ar_feed_rtrim(raw(r, 4, 83)));
	}
}

/* The text of all 05: columns 4-83 end to end, blanks inside and at the ends of columns kept. */
static int remittance(struct nacha *a, const struct rec *e, const struct piece *p, size_t n, int64_t cents)
{
	struct ar_str text = { NULL, 0 };
	char room[24];
	int base = a->row.nabove, rc = 0;

	a->text.n = 0;
	for (size_t i = 1; i < n && i <= ADDENDA; i++) {
		struct rec r = held(a, &p[i]);
		struct ar_str s = raw(&r, 4, 83);

		if (!ar_streqz(raw(&r, 2, 3), "05"))
			continue;
		if (n == 2) {
			text = ar_feed_rtrim(s);        /* the usual: one addendum, where it stands */
			break;
		}
		ar_buf_str(&a->text, s);
		if (i + 1 < n)
			for (size_t k = r.ascii ? s.n : 80; k < 80; k++)
				ar_buf_c(&a->text, ' ');
	}
	if (a->text.n) {
		ar_buf_room(&a->text, AR_FEED_SPARE);
		text = ar_buf_slice(&a->text);
	}
	if (!text.n)
		return 0;
	ar_rowbuf_above(&a->row, AR_NAME("../trace"), col(e, 80, 94));
	ar_rowbuf_above(&a->row, AR_NAME("../entry"), (struct ar_str){ room, ar_uint_put(room, a->entry) });
	ar_rowbuf_above(&a->row, AR_NAME("../account"), col(e, 13, 29));
	a->x12.number = e->line;
	ar_x12_addenda(&a->x12, text, cents, &rc);
	ar_rowbuf_above_cut(&a->row, base);
	return rc;
}

static int refuse(struct nacha *a, const struct rec *r, struct ar_str value)
{
	struct ar_err e = { 0 };

	ar_err(&e, AR_FINDINGS, "amount_syntax", "the amount of an entry is not a number");
	ar_err_advice(&e, "ask the bank; columns 30-39 hold cents");
	ar_err_field(&e, "amount", value.p, value.n);
	return a->row.sink->reject(a->row.sink, r->line, r->s, &e);
}

static void identity(struct nacha *a, const struct rec *r)
{
	struct ar_rowbuf *b = &a->row;

	if (a->iat) {
		ar_rowbuf_put(b, AR_NAME("account"), col(r, 40, 74));
		ar_rowbuf_put(b, AR_NAME("addenda_count"), col(r, 13, 16));
	} else if (a->adv) {
		ar_rowbuf_put(b, AR_NAME("account"), col(r, 13, 27));
		ar_rowbuf_put(b, AR_NAME("identification"), col(r, 49, 53));
		ar_rowbuf_put(b, AR_NAME("name"), col(r, 55, 76));
	} else {
		ar_rowbuf_put(b, AR_NAME("account"), col(r, 13, 29));
		ar_rowbuf_put(b, AR_NAME("identification"), col(r, 40, 54));
		if (a->counted)
			ar_rowbuf_put(b, AR_NAME("addenda_count"), col(r, 55, 58));
		ar_rowbuf_put(b, AR_NAME("name"), a->counted ? col(r, 59, 74) : col(r, 55, 76));
		ar_rowbuf_put(b, AR_NAME("discretionary"), col(r, 77, 78));
	}
}

static void count(struct nacha *a, const struct rec *r, struct ar_str code, int64_t cents)
{
	if (is_credit(a, code))
		a->b.credit += cents;
	else
		a->b.debit += cents;
	a->b.hash += number(col(r, 4, 11));
}

static int transaction(struct nacha *a, const struct piece *p, size_t n, bool cut)
{
	struct rec r = held(a, p);
	struct ar_rowbuf *b = &a->row;
	struct ar_str code, amount;
	int64_t cents = 0;
	int addenda = 0;

	see(&r);
	code = col(&r, 2, 3);
	amount = a->adv ? col(&r, 28, 39) : col(&r, 30, 39);
	a->entry++;
	a->b.count += n;
	if (!ar_feed_implied(amount, 2, NULL, NULL, &cents) || cents < 0) {
		a->b.hash += number(col(&r, 4, 11));
		return refuse(a, &r, amount);
	}
	count(a, &r, code, cents);
	ar_rowbuf_put(b, AR_NAME(".record"), AR_NAME("transaction"));
	ar_rowbuf_put(b, AR_NAME("code"), code);
	ar_rowbuf_put(b, AR_NAME("routing"), col(&r, 4, 12));
	ar_rowbuf_number(b, AR_NAME("amount"), cents, 2);
	ar_rowbuf_put(b, AR_NAME(".sign"), is_credit(a, code) ? AR_NAME("credit") : AR_NAME("debit"));
	identity(a, &r);
	ar_rowbuf_put(b, AR_NAME("trace"), col(&r, 80, 94));
	for (size_t i = 1; i < n; i++) {
		struct rec add = held(a, &p[i]);

		addendum(a, &add, &addenda);
	}
	ar_rowbuf_number(b, AR_NAME(".entry"), (int64_t)a->entry, 0);
	if (cut)
		ar_rowbuf_put(b, AR_NAME(".incomplete"), AR_NAME("true"));
	if (a->bad_date)
		ar_rowbuf_warn(b, "effective_date", (struct ar_str){ NULL, 0 });
	if (ar_rowbuf_give(b, p->line) < 0)
		return -1;
	return n > 1 && !a->iat ? remittance(a, &r, p, n, cents) : 0;
}

/* ---- batches ---- */

/* over: entries go out before the end of their batch is known */
static int flush(struct nacha *a, bool cut, bool over)
{
	size_t i = 0, n;

	ar_buf_room(&a->held, AR_FEED_SPARE);
	while (i < a->npiece) {
		char kind = a->held.p[a->piece[i].at];

		for (n = 1; i + n < a->npiece && a->held.p[a->piece[i + n].at] == '7'; n++)
			;
		if (kind == '6' && transaction(a, &a->piece[i], n, cut) < 0)
			return -1;
		if (kind == '8') {
			struct rec r = held(a, &a->piece[i]);

			if (batch_control(a, &r) < 0)
				return -1;
		}
		i += n;
	}
	a->npiece = 0;
	a->held.n = 0;
	if (over || !a->in_batch)
		return 0;
	a->f.count += a->b.count;
	a->f.hash += a->b.hash;
	a->f.credit += a->b.credit;
	a->f.debit += a->b.debit;
	a->f.batches++;
	a->in_batch = false;
	return 0;
}

static int hold(struct nacha *a, struct ar_str s)
{
	bool ascii = (a->feed.ascii && !a->carry.n) || ar_utf8_ascii(s.p, s.n);

	if (a->held.n > AR_NACHA_HELD && s.p[0] == '6' && flush(a, false, true) < 0)
		return -1;
	if (a->held.n > 2 * (size_t)AR_NACHA_HELD)
		return ar_feed_fail(&a->feed, "nacha_limit", "an entry with more than 16 MiB of addenda (limit nacha-entry)", NULL);
	if (a->npiece == a->piece_cap)
		a->piece = ar_realloc(a->piece, (a->piece_cap = a->piece_cap * 2 + 256) * sizeof *a->piece);
	a->piece[a->npiece++] = (struct piece){ a->held.n, (uint32_t)s.n, ascii, a->feed.line };
	ar_buf_str(&a->held, s);
	return 0;
}

static int close_batch(struct nacha *a)
{
	bool open = a->in_batch && !a->closed;

	if (flush(a, open, false) < 0)
		return -1;
	if (!open)
		return 0;
	ar_buf_puts(&a->said, "a batch has no control record");
	return say(a, a->feed.line, "trailer_missing", "warning");
}

static void keep(struct ar_buf *b, struct ar_str s)
{
	b->n = 0;
	ar_buf_str(b, s);
	ar_buf_room(b, AR_FEED_SPARE);
}

static bool is_filler(struct ar_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '9')
			return false;
	return true;
}

static int file_begins(struct nacha *a, struct ar_str s)
{
	int rc;

	if (a->begun && !a->ended)
		a->torn = true;
	rc = a->torn ? flush(a, true, false) : close_batch(a);
	keep(&a->file, s);
	a->begun = true;
	a->ended = false;
	a->nbatch = 0;
	a->f = (struct totals){ 0 };
	return rc;
}

static int batch_begins(struct nacha *a, struct ar_str s)
{
	if (close_batch(a) < 0)
		return -1;
	keep(&a->batch, s);
	a->in_batch = true;
	a->closed = false;
	a->entry = 0;
	a->b = (struct totals){ 0 };
	header(a);
	return 0;
}

static int file_ends(struct nacha *a, struct ar_str s)
{
	struct rec r = record_of(s, a->feed.line);

	if (close_batch(a) < 0)
		return -1;
	a->ended = true;
	return file_control(a, &r);
}

static int record(struct nacha *a, struct ar_str s)
{
	char kind = s.p[0];

	if (kind == '1' && (!a->begun || a->ended || ar_str_starts(s, "101")))
		return file_begins(a, s);
	if (!a->begun || a->ended || (kind == '9' && is_filler(s)))
		return 0;
	switch (kind) {
	case '5':
		return batch_begins(a, s);
	case '6':
	case '7':
		return a->in_batch ? hold(a, s) : 0;
	case '8':
		a->closed = true;
		return a->in_batch ? hold(a, s) : 0;
	case '9':
		return file_ends(a, s);
	}
	return 0;
}

/* A line, or a piece of a file without line ends: 94 characters each. What is left of a piece is carried to the next. */
static int line(struct nacha *a, struct ar_str s, bool whole)
{
	if (a->carry.n) {
		ar_buf_str(&a->carry, s);
		ar_buf_room(&a->carry, AR_FEED_SPARE);
		s = ar_buf_slice(&a->carry);
	}
	while (s.n) {
		size_t n = s.n <= WIDTH ? s.n : chars(s, WIDTH);
		struct ar_str one = { s.p, n };

		if (n == s.n && !whole)
			break;
		s = (struct ar_str){ s.p + n, s.n - n };
		if ((!ar_is_space(*one.p) || ar_str_trim(one).n) && record(a, one) < 0)
			return -1;
	}
	if (!whole && s.n) {
		memmove((ar_buf_room(&a->carry, s.n), a->carry.p), s.p, s.n);
		a->carry.n = s.n;
	} else {
		a->carry.n = 0;
	}
	return 0;
}

/* ---- decoding ---- */

static int at_end(struct nacha *a)
{
	if (a->begun && !a->ended && flush(a, true, false) < 0)
		return -1;
	if (!a->begun)
		return ar_feed_fail(&a->feed, "nacha_header", "there is no file header record", "is it an ACH file?");
	if (a->torn)
		return ar_feed_fail(&a->feed, "nacha_incomplete", "a file begins before the one before it has ended (9)", "fetch it again");
	if (!a->ended)
		return ar_feed_fail(&a->feed, "nacha_incomplete", "the file is cut off: its control record (9) is missing", "fetch it again");
	return ar_feed_say_mended(&a->feed, &a->row, 1);
}

static int run(struct nacha *a)
{
	struct ar_str s;
	bool whole;
	int rc;

	while ((rc = ar_feed_line(&a->feed, &s, &whole)) > 0)
		if (line(a, s, whole) < 0)
			return -1;
	if (rc == 0 && a->carry.n)
		rc = line(a, (struct ar_str){ "", 0 }, true);
	return rc < 0 ? -1 : at_end(a);
}

static int decode(struct ar_decode *d)
{
	struct nacha *a = ar_calloc(1, sizeof *a);
	int rc = -1;

	a->row.sink = d->sink;
	ar_x12_init(&a->x12, &a->row);
	if (ar_feed_open(&a->feed, d) == 0)
		rc = run(a);
	ar_feed_close(&a->feed);
	ar_rowbuf_release(&a->row);
	ar_x12_release(&a->x12);
	ar_buf_release(&a->carry);
	ar_buf_release(&a->held);
	ar_buf_release(&a->file);
	ar_buf_release(&a->batch);
	ar_buf_release(&a->said);
	ar_buf_release(&a->text);
	free(a->piece);
	free(a);
	return rc;
}

/* ---- detection ---- */

/* A file header: 1, 01, ten characters each of destination and origin, a date ... and 094 10 1 in columns 35-40. */
static int header_score(struct ar_str s)
{
	struct rec r = record_of((struct ar_str){ s.p, chars(s, WIDTH) }, 0);
	char iso[10];

	if (!ar_str_starts(s, "101"))
		return 0;
	if (ar_streqz(raw(&r, 35, 39), "09410"))
		return 97;
	return ar_feed_day(raw(&r, 24, 29), iso) && r.s.n >= 40 ? 80 : 0;
}

static int found(struct ar_str head)
{
	int best = 0;

	for (struct ar_str rest = head; rest.n && best < 97; ) {
		size_t n = 0;
		int score;

		while (n < rest.n && rest.p[n] != '\n' && rest.p[n] != '\r')
			n++;
		score = header_score((struct ar_str){ rest.p, n });
		if (score > best)
			best = score;
		n += n < rest.n;
		rest = (struct ar_str){ rest.p + n, rest.n - n };
	}
	return best;
}

static int detect(struct ar_str head, char *why, size_t cap)
{
	struct ar_peek peek = { .head = head };
	struct ar_buf room = AR_BUF_INIT;
	int score = found(ar_text_head(&room, &peek, false));

	if (score)
		snprintf(why, cap, "a file header of 94 columns");
	ar_buf_release(&room);
	return score;
}

static int match(struct ar_peek *p)
{
	struct ar_buf room = AR_BUF_INIT;
	struct ar_conf_key *k;
	int rc = ar_conf_get(p->map, "detect", &k, p->err);

	if (rc > 0)
		rc = found(ar_text_head(&room, p, false)) > 0;
	if (rc >= 0)
		snprintf(p->why, AR_WHY, "%s", rc ? "a file header of 94 columns" : "no file header, or no detect line");
	ar_buf_release(&room);
	return rc;
}

const struct ar_syntax ar_syntax_nacha = {
	.name = "nacha",
	.summary = "ACH files by the Nacha rules: 94 columns, with the 820 of CTX, CCD+ and PPD+ addenda",
	.keys = "detect = any\n"
	        "encoding = windows-1252, iso-8859-1, iso-8859-15 (default: byte order mark, else UTF-8, bytes that are not being read as windows-1252)",
	.detect = detect,
	.match = match,
	.decode = decode,
};
