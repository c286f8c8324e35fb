/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mt940.c - lines, messages, entries and statements of MT940 and MT942. A message is read whole (its currency may stand at its end,
 * and whether it has an end decides about every entry in it), then its rows are given; between messages only statements stay that
 * wait for a next sheet, and the identities of those that were given.
 */
#include "config.h"

#include "syntax/mt940.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "num/ccy.h"
#include "num/date.h"
#include "num/money.h"
#include "syntax/mt86.h"
#include "syntax/mtread.h"

enum { SCALE = 4, WARNINGS = 16, TEXTS = 64 };

/* ---- tags ---- */

enum tag { T_NONE, T_20, T_21, T_25, T_25P, T_28C, T_28, T_34F, T_13D, T_13, T_60F, T_60M, T_61, T_86, T_62F, T_62M, T_64, T_65, T_90D,
	T_90C, T_NS, T_940, T_942 };

static const struct { const char *text; enum tag tag; } tags[] = {
	{ "61", T_61 }, { "86", T_86 }, { "20", T_20 }, { "21", T_21 }, { "25", T_25 }, { "25P", T_25P }, { "28C", T_28C }, { "28", T_28 },
	{ "34F", T_34F }, { "13D", T_13D }, { "13", T_13 }, { "60F", T_60F }, { "60M", T_60M }, { "62F", T_62F }, { "62M", T_62M },
	{ "64", T_64 }, { "65", T_65 }, { "90D", T_90D }, { "90C", T_90C }, { "NS", T_NS }, { "940", T_940 }, { "942", T_942 },
};

/* A known tag at the start of a line; *rest gets what follows it. */
static enum tag tag_of(struct ar_str line, struct ar_str *rest)
{
	const char *end = line.n > 3 && line.p[0] == ':' ? memchr(line.p + 1, ':', line.n < 5 ? line.n - 1 : 4) : NULL;

	if (!end)
		return T_NONE;
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (ar_streqz((struct ar_str){ line.p + 1, (size_t)(end - line.p) - 1 }, tags[i].text)) {
			*rest = (struct ar_str){ end + 1, (size_t)(line.p + line.n - end) - 1 };
			return tags[i].tag;
		}
	return T_NONE;
}

/* ---- what is remembered ---- */

struct field { enum tag tag; uint64_t at; int first, n; };       /* at: physical line; first, n: of m->line */

struct balance { bool there, known; ar_date date; struct ar_str ccy, amount; ar_wide minor; };   /* amount with sign; minor: SCALE decimals */

struct sums { ar_wide credit, debit; uint64_t ncredit, ndebit; bool unknown; };

struct statement {
	bool used, intraday, complete, no_end;
	struct ar_arena mem;
	uint64_t at, entries, stamp;
	struct ar_str key, chain, number, account, bank, ccy, encoding, period_end;
	struct ar_str f20, f21, f25, f28, f13;
	struct balance open, close, other[8];
	enum tag open_tag, close_tag, other_tag[8];
	int nother;
	struct ar_str floor[2], count_debit, count_credit, text[TEXTS];
	int nfloor, ntext;
	struct sums sums;
	const char *warning[WARNINGS];
	int nwarning;
};

struct mt {
	struct ar_decode *d;
	struct ar_mt_read in;
	struct ar_arena mem;                    /* of the message */
	struct ar_mt_row row;
	struct field *field;
	int nfield, field_cap;
	struct ar_str *line;
	int nline, line_cap;
	size_t bytes;
	bool high;                              /* bytes beyond ASCII */
	bool colon;                             /* the last line was a lone ':': the next may be the rest of a tag */
	bool dashed;                            /* a lone '-' was read; the message goes on if what follows belongs to it */
	bool block, ends, dashes, whole_line;   /* {4: is open; this one ended by '-'; some did; the last line had an end */
	bool closing, entries;                  /* a closing balance was read; an entry was */
	enum tag kind;                          /* T_942: said by block 2 or a line */
	struct ar_str said_account, said_ccy, said_encoding;
	struct statement open[AR_MT_OPEN];
	struct ar_tab seen, counts;             /* identities with balances; identities alone */
	uint32_t *count;
	uint32_t count_cap;
	uint64_t stamp;
	/* the statement of the message, and what its entries share */
	struct statement *st;
	struct ar_str above_name[8], above_value[8];
	int nabove;
	bool incomplete;
};

static void warn(struct mt *m, const char *text)
{
	ar_mt_add(&m->row, ".warning", ar_mt_copy(&m->row, ar_str(text)));
}

static void warn_statement(struct statement *s, const char *text)
{
	for (int i = 0; i < s->nwarning; i++)
		if (strcmp(s->warning[i], text) == 0)
			return;
	if (s->nwarning < WARNINGS)
		s->warning[s->nwarning++] = text;
}

/* A copy with room behind it, as long as the statement lives. */
static struct ar_str keep(struct statement *s, struct ar_str v)
{
	char *p = ar_arena_zero(&s->mem, v.n + AR_MT_SPARE);

	if (v.n)
		memcpy(p, v.p, v.n);
	return (struct ar_str){ p, v.n };
}

static struct ar_str in_message(struct mt *m, struct ar_str v)
{
	char *p = ar_arena_zero(&m->mem, v.n + AR_MT_SPARE);

	if (v.n)
		memcpy(p, v.p, v.n);
	return (struct ar_str){ p, v.n };
}

static struct ar_str number_text(struct ar_arena *a, uint64_t v)
{
	char *room = ar_arena_zero(a, 24 + AR_MT_SPARE), *p = room + 24;

	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	return (struct ar_str){ p, (size_t)(room + 24 - p) };
}

static struct ar_str date_text(struct ar_arena *a, ar_date d)
{
	char *p = ar_arena_zero(a, 11 + AR_MT_SPARE);

	ar_date_z(p, d);
	return (struct ar_str){ p, d == AR_DATE_NONE ? 0 : 10 };
}

/* ---- parts of fields ---- */

static bool all_digits(const char *p, int n)
{
	for (int i = 0; i < n; i++)
		if (!ar_is_digit(p[i]))
			return false;
	return true;
}

static int two(const char *p)
{
	return (p[0] - '0') * 10 + (p[1] - '0');
}

/* A day beyond the month's last is that last day (*clamped); a month that is none gives no date. */
static ar_date day_of(int y, int m, int d, bool *clamped)
{
	int last;

	if (m < 1 || m > 12 || d < 1 || d > 31)
		return AR_DATE_NONE;
	last = ar_month_days(y, m);
	*clamped |= d > last;
	return ar_date_from(y, m, d < last ? d : last);
}

/* YYMMDD: 80..99 are of the last century. */
static ar_date short_date(const char *p, bool *clamped)
{
	int y = two(p);

	return day_of(y + (y < 80 ? 2000 : 1900), two(p + 2), two(p + 4), clamped);
}

/* MMDD in the year that brings it nearest to the other date. */
static ar_date near_date(const char *p, ar_date near, bool *clamped)
{
	int y = near == AR_DATE_NONE ? 0 : ar_ymd_of(near).y;
	ar_date best = AR_DATE_NONE;
	bool best_clamped = false;

	for (int k = y - 1; y && k <= y + 1; k++) {
		bool c = false;
		ar_date d = day_of(k, two(p), two(p + 2), &c);

		if (d != AR_DATE_NONE && (best == AR_DATE_NONE || abs(d - near) < abs(best - near))) {
			best = d;
			best_clamped = c;
		}
	}
	*clamped |= best_clamped;
	return best;
}

/* How many bytes at the start can be of an amount. */
static size_t amount_span(struct ar_str s)
{
	size_t n = 0, digits = 0;

	while (n < s.n && (ar_is_digit(s.p[n]) || strchr("., '", s.p[n]) || (s.p[n] == '-' && !digits)) && s.p[n])
		digits += ar_is_digit(s.p[n++]);
	while (n && s.p[n - 1] == ' ')
		n--;
	return digits ? n : 0;
}

/*
 * Digits with at most one point; the separator of decimals is the last of ',' and '.', a lone '.' too (old Rabobank), but several of a
 * kind part thousands. *minus: a sign stood before it.
 */
static struct ar_str plain_amount(struct ar_arena *a, struct ar_str s, bool *minus)
{
	char *out = ar_arena_zero(a, s.n + 2 + AR_MT_SPARE), *q = out;
	size_t comma = 0, dot = 0, ncomma = 0, ndot = 0, point;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ',') {
			comma = i + 1;
			ncomma++;
		} else if (s.p[i] == '.') {
			dot = i + 1;
			ndot++;
		}
	}
	point = comma > dot ? (ncomma == 1 ? comma : 0) : (ndot == 1 ? dot : 0);
	*minus = memchr(s.p, '-', s.n);
	for (size_t i = 0; i < s.n; i++) {
		if (i + 1 == point) {
			if (q == out)
				*q++ = '0';
			*q++ = '.';
		} else if (ar_is_digit(s.p[i])) {
			if (q == out + 1 && *out == '0')
				q--;                            /* zeros that fill */
			*q++ = s.p[i];
		}
	}
	if (q > out && q[-1] == '.')
		q--;
	return (struct ar_str){ out, (size_t)(q - out) };
}

/* In units of 10^-SCALE; false: more digits than that. */
static bool scaled(struct ar_str s, ar_wide *out)
{
	const char *dot = memchr(s.p, '.', s.n);
	size_t decimals = dot ? (size_t)(s.p + s.n - dot) - 1 : 0;

	*out = 0;
	if (!s.n || s.n > 30 || decimals > SCALE)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (ar_is_digit(s.p[i]))
			*out = *out * 10 + (s.p[i] - '0');
	for (; decimals < SCALE; decimals++)
		*out *= 10;
	return true;
}

/* C or D, YYMMDD, currency, amount; without date (0), currency (or "null"), and with blanks inside, as seen. */
static struct balance read_balance(struct mt *m, struct ar_str s, bool *strange)
{
	struct balance b = { .there = true, .date = AR_DATE_NONE };
	bool debit, minus, clamped = false;
	size_t i = 1, digits, n;
	struct ar_str plain;

	s = ar_str_trim(s);
	*strange = false;
	if (!s.n || (s.p[0] != 'C' && s.p[0] != 'D'))
		return (struct balance){ .there = true, .date = AR_DATE_NONE };
	debit = s.p[0] == 'D';
	for (digits = 0; i + digits < s.n && ar_is_digit(s.p[i + digits]); )
		digits++;
	if (digits >= 6) {
		b.date = short_date(s.p + i, &clamped);
		i += 6;
	} else if (i + digits < s.n && ar_is_alpha(s.p[i + digits])) {
		i += digits;
	}
	*strange = clamped || b.date == AR_DATE_NONE;
	for (n = 0; i + n < s.n && ar_is_alpha(s.p[i + n]); )
		n++;
	if (n == 3 && ar_ccy_find((struct ar_str){ s.p + i, 3 }) >= 0)
		b.ccy = in_message(m, (struct ar_str){ s.p + i, 3 });
	i += n;
	while (i < s.n && s.p[i] == ' ')
		i++;
	n = amount_span((struct ar_str){ s.p + i, s.n - i });
	if (!n)
		return b;
	plain = plain_amount(&m->mem, (struct ar_str){ s.p + i, n }, &minus);
	b.known = scaled(plain, &b.minor);
	if (debit != minus) {
		b.minor = -b.minor;
		b.amount = in_message(m, ar_str(ar_arena_fmt(&m->mem, "-%.*s", AR_STR_FMT(plain))));
	} else {
		b.amount = plain;
	}
	return b;
}

/* ---- lines into messages ---- */

static void add_field(struct mt *m, enum tag tag, struct ar_str first)
{
	if (m->nfield == m->field_cap)
		m->field = ar_realloc(m->field, (size_t)(m->field_cap = m->field_cap * 2 + 64) * sizeof *m->field);
	m->field[m->nfield++] = (struct field){ tag, m->in.line, m->nline, 1 };
	m->line[m->nline++] = first;
}

static int damaged(struct mt *m, const char *code, const char *what, const char *advice)
{
	ar_err(m->d->err, AR_DAMAGED, code, "%s", what);
	if (advice)
		ar_err_advice(m->d->err, advice);
	return ar_err_at(m->d->err, ar_in_name(m->d->in), m->in.line);
}

/* For another line, and the ':' that may stand before it. */
static int make_room(struct mt *m)
{
	if (m->bytes > AR_MT_MESSAGE)
		return damaged(m, "mt_limit", "a message of more than 64 MiB (limit mt-message)", NULL);
	if (m->nline + 3 > m->line_cap)
		m->line = ar_realloc(m->line, (size_t)(m->line_cap = m->line_cap * 2 + 256) * sizeof *m->line);
	return 0;
}

/* A copy that lives as long as the message, without control bytes. */
static int take_line(struct mt *m, struct ar_str *s)
{
	char *p = ar_arena_alloc(&m->mem, s->n + AR_MT_SPARE);
	unsigned char all = 0, least = 0xFF;
	size_t n = s->n;

	m->bytes += s->n + AR_MT_SPARE;
	if (make_room(m) < 0)
		return -1;
	memcpy(p, s->p, n);
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		all |= c;
		least = c < least ? c : least;
	}
	if (least < ' ') {
		n = 0;
		for (size_t i = 0; i < s->n; i++)
			if ((unsigned char)p[i] >= ' ' || p[i] == '\t')
				p[n++] = p[i];
	}
	memset(p + n, 0, AR_MT_SPARE);
	m->high |= all >= 0x80;
	*s = (struct ar_str){ p, n };
	return 0;
}

static int end_message(struct mt *m, bool last);

/* Ends: '-' alone (also before a control byte, which is gone), '-}', '-}{5:..}', '$', and the '-XXX' of ING. */
static bool is_end(struct ar_str s)
{
	s = ar_str_trim(s);
	return ar_streqz(s, "-") || ar_streqz(s, "$") || ar_str_starts(s, "-}") || ar_streqz(s, "-XXX");
}

/* Does a tag behind a lone '-' still belong to the message: is the dash text? */
static bool goes_on(const struct mt *m, enum tag tag)
{
	if (m->block || m->nfield == 0)
		return false;
	return !m->closing && (tag == T_61 || tag == T_86 || tag == T_62F || tag == T_62M) && m->field[0].tag == T_20;
}

static bool begins(const struct mt *m, enum tag tag)
{
	if (tag == T_20 || tag == T_940 || tag == T_942)
		return m->nfield > 0;
	return m->closing && (tag == T_21 || tag == T_25 || tag == T_28C || tag == T_28 || tag == T_60F || tag == T_60M);
}

/* The lone dash and the lines behind it were text after all. */
static void undash(struct mt *m)
{
	struct field *f = &m->field[m->nfield - 1];

	f->n = m->nline - f->first;
	m->dashed = m->ends = false;
}

/* Tags that stand before the entries: behind one they are text that looks like it (13:15 h). */
static bool too_late(const struct mt *m, enum tag tag)
{
	switch (tag) {
	case T_21: case T_25: case T_25P: case T_28C: case T_28: case T_34F: case T_13D: case T_13: case T_60F: case T_60M:
		return m->entries && !m->closing && !m->dashed;
	default:
		return false;
	}
}

static int feed_tag(struct mt *m, enum tag tag, struct ar_str rest)
{
	if (m->dashed && goes_on(m, tag)) {
		undash(m);
	} else if (m->dashed || begins(m, tag)) {
		struct ar_buf hold = AR_BUF_INIT;       /* the end of a message lets its lines go */
		int rc;

		ar_buf_str(&hold, rest);
		rc = end_message(m, false);
		rest = in_message(m, ar_buf_slice(&hold));
		ar_buf_release(&hold);
		if (rc < 0 || make_room(m) < 0)
			return -1;
	}
	if (tag == T_940 || tag == T_942) {
		m->kind = tag;
		return 0;
	}
	m->closing |= tag == T_62F || tag == T_62M;
	m->entries |= tag == T_61;
	add_field(m, tag, rest);
	return 0;
}

/* {1:F01...}{2:O940...}{3:..}{4: and perhaps the first field behind it */
static int feed_block(struct mt *m, struct ar_str line, struct ar_str *rest)
{
	const char *block2, *block4;

	if ((m->nfield || m->dashed) && end_message(m, false) < 0)
		return -1;
	block2 = ar_str_find(line, AR_STR("{2:"));
	if (block2 && line.p + line.n - block2 >= 7)
		m->kind = memcmp(block2 + 4, "942", 3) == 0 ? T_942 : T_940;
	block4 = ar_str_find(line, AR_STR("{4:"));
	m->block |= block4 != NULL;
	*rest = block4 ? (struct ar_str){ block4 + 3, (size_t)(line.p + line.n - block4) - 3 } : (struct ar_str){ "", 0 };
	return 0;
}

static void feed_text(struct mt *m, struct ar_str s)
{
	if (!m->dashed && is_end(s)) {
		m->dashed = m->ends = true;
		m->block = m->block && !ar_str_starts(ar_str_trim(s), "-}");
	} else if (!m->dashed) {
		m->field[m->nfield - 1].n++;
	}
	m->line[m->nline++] = s;
}

static int feed(struct mt *m, struct ar_str s)
{
	struct ar_str rest;
	enum tag tag;

	if (ar_str_starts(s, "{1:") || ar_str_starts(s, "{2:") || ar_str_starts(s, "{4:")) {
		if (feed_block(m, s, &rest) < 0)
			return -1;
		if (!rest.n)
			return 0;
		s = rest;
	}
	if (take_line(m, &s) < 0)
		return -1;
	if (m->colon) {                                 /* ':' at the end of a line, "86:" in the next */
		struct ar_str whole = in_message(m, ar_str(ar_arena_fmt(&m->mem, ":%.*s", AR_STR_FMT(s))));

		m->colon = false;
		tag = tag_of(whole, &rest);
		if (tag && !too_late(m, tag))
			return feed_tag(m, tag, rest);
		feed_text(m, in_message(m, AR_STR(":")));
	}
	tag = tag_of(s, &rest);
	if (tag == T_25 && too_late(m, tag) && m->field[m->nfield - 1].tag == T_61)
		tag = T_86;                             /* seen: a mistyped 86 */
	if (tag && !too_late(m, tag))
		return feed_tag(m, tag, rest);
	if (!m->nfield) {                               /* prose before a message */
		ar_arena_reset(&m->mem);
		m->bytes = 0;
		return 0;
	}
	m->colon = ar_streqz(s, ":") && !m->dashed;
	if (!m->colon)
		feed_text(m, s);
	return 0;
}

/* ---- statements ---- */

static void forget(struct statement *s)
{
	struct ar_arena mem = s->mem;

	ar_arena_reset(&mem);
	memset(s, 0, sizeof *s);
	s->mem = mem;
}

static void add_balance(struct mt *m, const char *date, const char *amount, const struct balance *b)
{
	if (b->date != AR_DATE_NONE)
		ar_mt_add(&m->row, date, date_text(&m->mem, b->date));
	if (b->amount.n)
		ar_mt_add(&m->row, amount, b->amount);
}

static void add_if(struct mt *m, const char *base, struct ar_str v)
{
	if (v.n)
		ar_mt_add(&m->row, base, v);
}

/* Counts and sums that a MT942 says, against its entries: n, currency, amount. */
static void check_counts(struct statement *s, struct ar_str said, uint64_t n, ar_wide sum)
{
	struct ar_arena tmp = AR_ARENA_INIT;
	int64_t count;
	size_t i = 0;
	bool minus;
	ar_wide w;

	while (i < said.n && ar_is_digit(said.p[i]))
		i++;
	count = i ? ar_str_uint((struct ar_str){ said.p, i }, INT64_MAX) : -1;
	if (count >= 0 && (uint64_t)count != n)
		warn_statement(s, "the report counts another number of entries than it has (90D, 90C)");
	while (i < said.n && ar_is_alpha(said.p[i]))
		i++;
	said = (struct ar_str){ said.p + i, said.n - i };
	said.n = amount_span(said);
	if (said.n && scaled(plain_amount(&tmp, said, &minus), &w) && !s->sums.unknown && w != sum)
		warn_statement(s, "the report says another sum than its entries have (90D, 90C)");
	ar_arena_release(&tmp);
}

static bool adds_up(const struct statement *s)
{
	return !s->open.known || !s->close.known || s->sums.unknown
		|| s->open.minor + s->sums.credit - s->sums.debit == s->close.minor;
}

static void statement_fields(struct mt *m, struct statement *s)
{
	struct ar_mt_row *r = &m->row;

	add_if(m, "20", s->f20);
	add_if(m, "21", s->f21);
	add_if(m, "25", s->f25);
	add_if(m, "25/account", s->account);
	add_if(m, "25/bank", s->bank);
	add_if(m, "28C", s->f28);
	add_if(m, "number", s->number);
	add_if(m, "currency", s->ccy);
	add_if(m, "encoding", s->encoding);
	add_balance(m, "60/date", "60/amount", &s->open);
	add_balance(m, "62/date", "62/amount", &s->close);
	if (s->close_tag)
		ar_mt_add(r, "62", ar_mt_copy(r, s->close_tag == T_62F ? AR_STR("62F") : AR_STR("62M")));
	for (int i = 0; i < s->nother; i++)
		add_balance(m, s->other_tag[i] == T_64 ? "64/date" : "65/date", s->other_tag[i] == T_64 ? "64/amount" : "65/amount",
		            &s->other[i]);
	add_if(m, "period_end", s->period_end);
	add_if(m, "13D", s->f13);
	for (int i = 0; i < s->nfloor; i++)
		add_if(m, "34F", s->floor[i]);
	add_if(m, "90D", s->count_debit);
	add_if(m, "90C", s->count_credit);
	for (int i = 0; i < s->ntext; i++)
		add_if(m, "86", s->text[i]);
}

static int give_statement(struct mt *m, struct statement *s)
{
	struct ar_mt_row *r = &m->row;
	struct ar_row row = { .row = s->at };
	int rc;

	if (s->intraday) {
		check_counts(s, s->count_debit, s->sums.ndebit, s->sums.debit);
		check_counts(s, s->count_credit, s->sums.ncredit, s->sums.credit);
	}
	ar_mt_row_start(r, &m->mem);
	ar_mt_add(r, ".record", ar_mt_copy(r, AR_STR("statement")));
	ar_mt_add(r, "statement", s->key);
	ar_mt_add(r, "message", ar_mt_copy(r, s->intraday ? AR_STR("942") : AR_STR("940")));
	statement_fields(m, s);
	ar_mt_add(r, "complete", ar_mt_copy(r, s->complete ? AR_STR("true") : AR_STR("false")));
	for (int i = 0; i < s->nwarning; i++)
		warn(m, s->warning[i]);
	row.n = r->n;
	row.name = r->name;
	row.value = r->value;
	row.plain = r->plain;
	row.plain_names = true;
	rc = m->d->sink->row(m->d->sink, &row);
	forget(s);
	return rc;
}

/* A place for a statement: a free one, else the oldest that waits is given without its next sheet. */
static struct statement *new_statement(struct mt *m)
{
	struct statement *old = &m->open[0];

	for (int i = 0; i < AR_MT_OPEN; i++) {
		if (!m->open[i].used) {
			old = &m->open[i];
			break;
		}
		if (m->open[i].stamp < old->stamp)
			old = &m->open[i];
	}
	if (old->used && give_statement(m, old) < 0)
		return NULL;
	old->used = true;
	old->stamp = ++m->stamp;
	return old;
}

static struct field *find_field(struct mt *m, enum tag a, enum tag b)
{
	for (int i = 0; i < m->nfield; i++)
		if (m->field[i].tag == a || m->field[i].tag == b)
			return &m->field[i];
	return NULL;
}

static struct ar_str first_line(struct mt *m, enum tag a, enum tag b)
{
	struct field *f = find_field(m, a, b);

	return f ? ar_str_trim(m->line[f->first]) : (struct ar_str){ "", 0 };
}

/* The account as sent; the bank in front of it; a currency at its end (number, blanks, EUR). */
static void read_account(struct mt *m, struct statement *s, struct ar_str *ccy)
{
	struct ar_str all = first_line(m, T_25, T_25P), bank, rest;
	struct field *p = find_field(m, T_25P, T_25P);

	if (!all.n)
		all = m->said_account;
	s->f25 = keep(s, all);
	s->account = s->f25;
	rest = ar_str_cut(all, '/', &bank);
	if (rest.p && bank.n)
		s->bank = keep(s, bank);
	if (p && p->n > 1)
		s->bank = keep(s, ar_str_trim(m->line[p->first + 1]));
	if (all.n > 6 && (ar_is_digit(all.p[all.n - 4]) || ar_is_blank(all.p[all.n - 4]) || all.p[all.n - 4] == '/')
	    && ar_ccy_find((struct ar_str){ all.p + all.n - 3, 3 }) >= 0)
		*ccy = (struct ar_str){ all.p + all.n - 3, 3 };
	if (!s->account.n) {
		s->account = keep(s, AR_STR("unknown"));
		warn_statement(s, "no account (25): the map can name it");
	}
}

static struct ar_str currency_of(struct mt *m, const struct balance *open, struct ar_str of_account)
{
	static const enum tag closing[] = { T_62F, T_62M, T_64, T_65 };
	struct ar_str floor = first_line(m, T_34F, T_34F);
	bool strange;

	if (open->ccy.n)
		return open->ccy;
	for (int i = 0; i < 4; i++) {
		struct field *f = find_field(m, closing[i], closing[i]);
		struct balance b = { 0 };

		if (f)
			b = read_balance(m, m->line[f->first], &strange);
		if (b.ccy.n)
			return b.ccy;
	}
	if (floor.n >= 3 && ar_ccy_find((struct ar_str){ floor.p, 3 }) >= 0)
		return (struct ar_str){ floor.p, 3 };
	return of_account.n ? of_account : m->said_ccy;
}

/* The identity: the same for every copy of the statement, another for another one. */
static void name_statement(struct mt *m, struct statement *s, struct ar_str day)
{
	struct ar_buf b = AR_BUF_INIT;
	struct ar_str id;
	uint32_t k;
	bool fresh;

	ar_buf_str(&b, s->account);
	ar_buf_c(&b, ':');
	ar_buf_str(&b, s->number.n ? s->number : s->f20);
	ar_buf_c(&b, ':');
	ar_buf_str(&b, day);
	id = ar_buf_slice(&b);
	k = ar_tab_add(&m->counts, id, &fresh);
	if (k >= m->count_cap)
		m->count = ar_realloc(m->count, (m->count_cap = k * 2 + 64) * sizeof *m->count);
	if (fresh)
		m->count[k] = 0;
	s->key = keep(s, id);
	ar_buf_c(&b, '\n');
	ar_buf_str(&b, s->open.amount);
	ar_buf_c(&b, '\n');
	ar_buf_str(&b, first_line(m, T_62F, T_62M));
	ar_tab_add(&m->seen, ar_buf_slice(&b), &fresh);
	m->count[k] += fresh;
	if (m->count[k] > 1)
		s->key = keep(s, ar_str(ar_arena_fmt(&m->mem, "%.*s~%u", AR_STR_FMT(s->key), m->count[k])));
	ar_buf_release(&b);
}

static int begin_statement(struct mt *m, struct ar_str chain, struct ar_str number, const struct balance *open, enum tag open_tag,
                           bool intraday)
{
	struct statement *s = new_statement(m);
	struct field *f;
	struct ar_str ccy = { "", 0 }, day, time;

	if (!s)
		return -1;
	s->at = m->field[0].at;
	s->intraday = intraday;
	s->chain = keep(s, chain);
	s->number = keep(s, number);
	s->f20 = keep(s, first_line(m, T_20, T_20));
	s->f21 = keep(s, first_line(m, T_21, T_21));
	s->f28 = keep(s, first_line(m, T_28C, T_28));
	s->f13 = keep(s, first_line(m, T_13D, T_13));
	s->open = *open;
	s->open.amount = keep(s, open->amount);
	s->close.date = AR_DATE_NONE;
	s->open_tag = open_tag;
	read_account(m, s, &ccy);
	ccy = currency_of(m, open, ccy);
	s->ccy = keep(s, ccy);
	if (!ccy.n)
		warn_statement(s, "no currency: the map can name it");
	day = date_text(&m->mem, open->date);
	if (!day.n && (f = find_field(m, T_62F, T_62M)))
		day = date_text(&m->mem, read_balance(m, m->line[f->first], &(bool){ false }).date);
	time = s->f13;
	name_statement(m, s, intraday && time.n >= 10 ? (struct ar_str){ time.p, 10 } : day);
	m->st = s;
	return 0;
}

/* The statement of the message: one that waits for this sheet, else a new one. */
static int find_statement(struct mt *m, bool intraday)
{
	struct ar_str number, sheet, chain, account = first_line(m, T_25, T_25P), f28 = first_line(m, T_28C, T_28);
	struct field *f = find_field(m, T_60F, T_60M);
	struct balance open = { .date = AR_DATE_NONE };
	bool strange = false, next;

	if (f)
		open = read_balance(m, m->line[f->first], &strange);
	sheet = ar_str_cut(f28, '/', &number);
	number = ar_str_trim(number);
	chain = ar_str(ar_arena_fmt(&m->mem, "%.*s\n%.*s", AR_STR_FMT(account), AR_STR_FMT(number)));
	while (sheet.n > 1 && *sheet.p == '0')
		sheet = (struct ar_str){ sheet.p + 1, sheet.n - 1 };
	next = !intraday && (f ? f->tag == T_60M : sheet.n && *sheet.p > '1');
	for (int i = 0; next && i < AR_MT_OPEN; i++)
		if (m->open[i].used && ar_streq(m->open[i].chain, chain)) {
			struct statement *s = m->st = &m->open[i];

			if (open.known && s->close.known && open.minor != s->close.minor)
				warn_statement(s, "a sheet does not begin with the balance that the one before it ends with");
			return 0;
		}
	if (begin_statement(m, chain, number, &open, f ? f->tag : T_NONE, intraday) < 0)
		return -1;
	if (f && strange)
		warn_statement(m->st, "the opening balance has no date that could be one");
	return 0;
}

/* ---- entries ---- */

struct entry { ar_date value, booked; struct ar_str mark, funds, amount, type, customer, bank; bool debit; };

/* C D RC RD EC ED, then perhaps a funds code, then the amount: CR1027,25 is C and R. Returns the bytes used, 0: no mark. */
static size_t read_mark(struct ar_str s, struct entry *e)
{
	size_t n = 0;

	if (s.n > 1 && (s.p[0] == 'R' || s.p[0] == 'E') && (s.p[1] == 'C' || s.p[1] == 'D'))
		n = 2;
	else if (s.n && (s.p[0] == 'C' || s.p[0] == 'D'))
		n = 1;
	if (!n)
		return 0;
	e->mark = (struct ar_str){ s.p, n };
	e->debit = (s.p[n - 1] == 'D') != (s.p[0] == 'R' && n == 2);
	if (n < s.n && ar_is_alpha(s.p[n]))
		e->funds = (struct ar_str){ s.p + n++, 1 };
	return n;
}

static const char *const no_refs[] = { "NONREF", "NOREF", NULL };

/* What follows the amount: type (4), customer reference, // and the bank's. The type may be missing before NONREF. */
static void read_references(struct ar_str s, struct entry *e)
{
	const char *cut;

	for (int i = 0; no_refs[i]; i++)
		if (ar_str_starts(s, no_refs[i])) {
			e->customer = s;
			s.n = 0;
		}
	if (s.n && ar_is_alpha(*s.p)) {
		size_t n = s.n < 4 ? s.n : 4;

		e->type = ar_str_trim((struct ar_str){ s.p, n });
		s = (struct ar_str){ s.p + n, s.n - n };
	}
	if (!e->customer.n)
		e->customer = s;
	cut = ar_str_find(e->customer, AR_STR("//"));
	if (cut) {
		e->bank = ar_str_trim((struct ar_str){ cut + 2, (size_t)(e->customer.p + e->customer.n - cut) - 2 });
		e->customer.n = (size_t)(cut - e->customer.p);
	}
	e->customer = ar_str_trim(e->customer);
}

/* false: no entry can be made of it */
static bool read_entry(struct mt *m, struct ar_str s, struct entry *e)
{
	bool clamped = false, minus;
	size_t n;

	*e = (struct entry){ .value = AR_DATE_NONE, .booked = AR_DATE_NONE };
	if (s.n < 6 || !all_digits(s.p, 6))
		return false;
	e->value = short_date(s.p, &clamped);
	if (e->value == AR_DATE_NONE)
		warn(m, "61: the value date is no date");
	s = (struct ar_str){ s.p + 6, s.n - 6 };
	if (s.n >= 4 && all_digits(s.p, 4)) {
		ar_date near = e->value != AR_DATE_NONE ? e->value : m->st->open.date;

		e->booked = near_date(s.p, near, &clamped);
		if (e->booked == AR_DATE_NONE)
			warn(m, "61: the entry date is no date");
		s = (struct ar_str){ s.p + 4, s.n - 4 };
	}
	if (clamped)
		warn(m, "61: a day that its month does not have; the last of the month was taken");
	s = ar_str_trim(s);
	n = read_mark(s, e);
	if (!n)
		return false;
	s = ar_str_trim((struct ar_str){ s.p + n, s.n - n });
	n = amount_span(s);
	if (!n)
		return false;
	e->amount = plain_amount(&m->mem, (struct ar_str){ s.p, n }, &minus);
	if (minus)
		warn(m, "61: a sign before the amount, beside the mark; the mark was taken");
	read_references(ar_str_trim((struct ar_str){ s.p + n, s.n - n }), e);
	return true;
}

/* CUR12,34 of /OCMT/ and /CHGS/ */
static void coded_amount(struct mt *m, struct ar_str s, const char *amount, const char *ccy)
{
	struct ar_str v = { s.p + 3, s.n > 3 ? s.n - 3 : 0 };
	bool minus;

	if (s.n < 4 || ar_ccy_find((struct ar_str){ s.p, 3 }) < 0)
		return;
	v.n = amount_span(v);
	if (!v.n)
		return;
	ar_mt_add(&m->row, ccy, in_message(m, (struct ar_str){ s.p, 3 }));
	ar_mt_add(&m->row, amount, plain_amount(&m->mem, v, &minus));
}

static void code_of(struct mt *m, struct ar_str line, const char *word, const char *amount, const char *ccy)
{
	const char *at = ar_str_find(line, ar_str(word));
	struct ar_str v;

	if (!at)
		return;
	at += strlen(word);
	ar_str_cut((struct ar_str){ at, (size_t)(line.p + line.n - at) }, '/', &v);
	if (ccy)
		coded_amount(m, v, amount, ccy);
	else if (amount_span(v))
		ar_mt_add(&m->row, amount, plain_amount(&m->mem, (struct ar_str){ v.p, amount_span(v) }, &(bool){ false }));
}

/* Old Rabobank: ten digits of an account, blanks up to 16, then a name, all in place of the reference. */
static void rabobank_reference(struct mt *m, struct entry *e)
{
	struct ar_str s = e->customer;
	size_t n = s.n && *s.p == 'P';          /* P: an account of Postbank */

	while (n < s.n && ar_is_digit(s.p[n]))
		n++;
	if (s.n <= 16 || s.p[15] != ' ' || (n && s.p[n] != ' ') || (!n && !ar_str_starts(s, "NONREF ")))
		return;
	if (n)
		ar_mt_add(&m->row, "61/account", (struct ar_str){ s.p, n });
	ar_mt_add(&m->row, "61/name", ar_str_trim((struct ar_str){ s.p + 16, s.n - 16 }));
	e->customer = n ? (struct ar_str){ "", 0 } : AR_STR("NONREF");
}

/* Letters and digits as an IBAN has them; its check digits are not asked. */
static bool is_iban(struct ar_str s)
{
	if (s.n < 15 || s.n > 34 || !ar_is_upper(s.p[0]) || !ar_is_upper(s.p[1]) || !all_digits(s.p + 2, 2))
		return false;
	for (size_t i = 4; i < s.n; i++)
		if (!ar_is_digit(s.p[i]) && !ar_is_upper(s.p[i]))
			return false;
	return true;
}

static void ns_field(struct mt *m, const struct field *f)
{
	static const char *const name[100] = { [1] = "NS/01", [2] = "NS/02", [3] = "NS/03", [4] = "NS/04", [5] = "NS/05", [6] = "NS/06",
		[7] = "NS/07", [8] = "NS/08", [9] = "NS/09", [10] = "NS/10", [11] = "NS/11", [12] = "NS/12", [13] = "NS/13", [14] = "NS/14",
		[15] = "NS/15", [16] = "NS/16", [17] = "NS/17", [18] = "NS/18", [19] = "NS/19", [20] = "NS/20", [33] = "NS/33",
		[34] = "NS/34" };
	struct ar_str line, who[2] = { { "", 0 }, { "", 0 } };

	for (int i = 0; i < f->n; i++) {
		int key;

		line = m->line[f->first + i];
		if (line.n < 3 || !all_digits(line.p, 2))
			continue;
		key = two(line.p);
		line = (struct ar_str){ line.p + 2, line.n - 2 };
		if (name[key])
			ar_mt_add(&m->row, name[key], line);
		if (key >= 1 && key <= 14)
			ar_mt_add(&m->row, "NS/text", line);
		if (key == 15 || key == 16)
			who[key - 15] = line;
	}
	if (who[0].n || who[1].n)
		ar_mt_add(&m->row, "NS/name", in_message(m, ar_str(ar_arena_fmt(&m->mem, "%.*s%.*s", AR_STR_FMT(who[0]), AR_STR_FMT(who[1])))));
}

static void entry_fields(struct mt *m, struct entry *e, const struct field *f, int used)
{
	struct ar_mt_row *r = &m->row;

	rabobank_reference(m, e);
	if (e->value != AR_DATE_NONE)
		ar_mt_add(r, "61/value_date", date_text(&m->mem, e->value));
	if (e->booked != AR_DATE_NONE)
		ar_mt_add(r, "61/entry_date", date_text(&m->mem, e->booked));
	ar_mt_add(r, "61/mark", e->mark);
	add_if(m, "61/funds", e->funds);
	ar_mt_add(r, "61/amount", e->amount);
	add_if(m, "61/type", e->type);
	if (e->customer.n)
		ar_mt_add(r, "61/customer_ref", ar_mt_copy(r, e->customer));
	add_if(m, "61/bank_ref", e->bank);
	for (int i = used; i < f->n; i++) {
		struct ar_str line = m->line[f->first + i];

		if (!ar_str_trim(line).n)
			continue;
		ar_mt_add(r, *line.p == '/' ? "61/codes" : "61/supplementary", line);
		code_of(m, line, "/OCMT/", "61/OCMT", "61/OCMT/currency");
		code_of(m, line, "/CHGS/", "61/CHGS", "61/CHGS/currency");
		code_of(m, line, "/EXCH/", "61/EXCH", NULL);
	}
	if (f->n > used && is_iban(ar_str_trim(m->line[f->first + used])))     /* Rabobank, in the line behind */
		ar_mt_add(r, "61/account", m->line[f->first + used]);
	else if (is_iban(e->customer))                                          /* ASN, SNS: in place of a reference */
		ar_mt_add(r, "61/account", ar_mt_copy(r, e->customer));
	for (int i = 0; i < f->n; i++)
		ar_mt_add(r, "61/line", m->line[f->first + i]);
}

static void count_entry(struct mt *m, const struct entry *e)
{
	struct sums *s = &m->st->sums;
	ar_wide w;

	if (!scaled(e->amount, &w)) {
		s->unknown = true;
		return;
	}
	if (e->debit) {
		s->debit += w;
		s->ndebit++;
	} else {
		s->credit += w;
		s->ncredit++;
	}
}

/* Statement text: a :86: that is about no entry. */
static void statement_text(struct mt *m, const struct field *f)
{
	for (int i = 0; i < f->n; i++) {
		if (!ar_str_trim(m->line[f->first + i]).n)
			continue;
		if (m->st->ntext < TEXTS)
			m->st->text[m->st->ntext++] = keep(m->st, m->line[f->first + i]);
		else
			warn_statement(m->st, "more than 64 lines of text about the statement; the rest is left out");
	}
}

/*
 * The :86: and :NS: behind an entry. A second :86: goes on with a free text (old Rabobank sends one a line); behind a structured one it
 * is about the statement, as SWIFT has it. Returns the index behind them.
 */
static int entry_details(struct mt *m, int i)
{
	int from = i, n = 0;
	struct ar_str *line;
	bool structured = false;

	for (; i < m->nfield && (m->field[i].tag == T_86 || m->field[i].tag == T_NS); i++)
		n += m->field[i].n;
	line = ar_arena_alloc(&m->mem, ((size_t)n + 1) * sizeof *line);
	n = 0;
	for (int k = from; k < i; k++) {
		const struct field *f = &m->field[k];

		if (f->tag == T_NS) {
			ns_field(m, f);
		} else if (structured) {
			statement_text(m, f);
		} else {
			memcpy(line + n, m->line + f->first, (size_t)f->n * sizeof *line);
			n += f->n;
			structured = structured || ar_mt86_structured(&m->row, line, n);
		}
	}
	if (n)
		ar_mt86(&m->row, line, n);
	return i;
}

/* The first line of an entry: with the next, where a line break fell before the amount. *used: how many lines it is. */
static struct ar_str entry_line(struct mt *m, const struct field *f, int *used)
{
	struct ar_str s = m->line[f->first];

	*used = 1;
	if (f->n > 1 && s.n && s.n <= 13 && !memchr(s.p, ',', s.n)) {
		struct ar_str next = m->line[f->first + 1];

		s = in_message(m, ar_str(ar_arena_fmt(&m->mem, "%.*s%.*s", AR_STR_FMT(s), AR_STR_FMT(next))));
		*used = 2;
	}
	return s;
}

static int reject_entry(struct mt *m, const struct field *f)
{
	struct ar_err e = { 0 };

	m->st->sums.unknown = true;
	ar_err(&e, AR_FINDINGS, "mt_entry", "a :61: without a date, a mark or an amount");
	ar_err_advice(&e, "compare with the bank's own statement: the money of this entry is missing");
	return m->d->sink->reject(m->d->sink, f->at, m->line[f->first], &e);
}

static int give_entry(struct mt *m, int *i)
{
	const struct field *f = &m->field[(*i)++];
	struct ar_mt_row *r = &m->row;
	struct ar_row row = { .row = f->at };
	struct entry e;
	int used;

	ar_mt_row_start(r, &m->mem);
	ar_mt_add(r, ".record", ar_mt_copy(r, AR_STR("entry")));
	ar_mt_add(r, ".entry", number_text(&m->mem, ++m->st->entries));
	if (!read_entry(m, entry_line(m, f, &used), &e)) {
		int rc = reject_entry(m, f);

		*i = entry_details(m, *i);
		return rc;
	}
	entry_fields(m, &e, f, used);
	*i = entry_details(m, *i);
	count_entry(m, &e);
	row.n = r->n;
	row.name = r->name;
	row.value = r->value;
	row.plain = r->plain;
	row.plain_names = true;
	row.nabove = m->nabove;
	row.above_name = m->above_name;
	row.above_value = m->above_value;
	row.above = m->stamp;
	return m->d->sink->row(m->d->sink, &row);
}

/* ---- a message ---- */

static void above(struct mt *m, const char *name, struct ar_str v)
{
	if (!v.n)
		return;
	m->above_name[m->nabove] = ar_str(name);
	m->above_value[m->nabove++] = v;
}

static void set_above(struct mt *m)
{
	const struct statement *s = m->st;

	m->nabove = 0;
	m->stamp++;
	above(m, "statement", s->key);
	above(m, "message", s->intraday ? AR_STR("942") : AR_STR("940"));
	above(m, "currency", s->ccy);
	above(m, "20", first_line(m, T_20, T_20));
	above(m, "25/account", s->account);
	above(m, "28C", first_line(m, T_28C, T_28));
	if (m->incomplete)
		above(m, ".incomplete", AR_STR("true"));
}

static const char *balance_warning(enum tag t)
{
	return t == T_60F || t == T_60M ? "a second opening balance in one message; the first was taken"
		: "a second closing balance in one message; the first was taken";
}

/* Balances and the fields behind the entries. */
static void closing_field(struct mt *m, const struct field *f)
{
	struct statement *s = m->st;
	bool strange = false;
	struct balance b;

	switch (f->tag) {
	case T_62F:
	case T_62M:
	case T_64:
	case T_65:
		b = read_balance(m, m->line[f->first], &strange);
		b.amount = keep(s, b.amount);
		if (strange && f->tag != T_65)
			warn_statement(s, "a balance has no date that could be one");
		if (f->tag == T_62F || f->tag == T_62M) {
			s->close = b;
			s->close_tag = f->tag;
		} else if (s->nother < 8) {
			s->other_tag[s->nother] = f->tag;
			s->other[s->nother++] = b;
		}
		if (f->n > 1 && ar_str_trim(m->line[f->first + 1]).n)
			warn_statement(s, "text behind a balance was left out");
		break;
	case T_34F:
		if (s->nfloor < 2)
			s->floor[s->nfloor++] = keep(s, m->line[f->first]);
		break;
	case T_90D:
		s->count_debit = keep(s, ar_str_trim(m->line[f->first]));
		break;
	case T_90C:
		s->count_credit = keep(s, ar_str_trim(m->line[f->first]));
		break;
	case T_86:
		statement_text(m, f);
		break;
	default:
		break;
	}
}

static int message_fields(struct mt *m, ar_date *latest)
{
	bool opened = false, closed = false;

	for (int i = 0; i < m->nfield; ) {
		const struct field *f = &m->field[i];
		bool opening = f->tag == T_60F || f->tag == T_60M, closing = f->tag == T_62F || f->tag == T_62M;

		if (f->tag == T_61) {
			bool clamped = false;
			struct ar_str s = m->line[f->first];

			if (s.n >= 6 && all_digits(s.p, 6) && short_date(s.p, &clamped) > *latest)
				*latest = short_date(s.p, &clamped);
			if (give_entry(m, &i) < 0)
				return -1;
			continue;
		}
		if ((opening && opened) || (closing && closed))
			warn_statement(m->st, balance_warning(f->tag));
		else
			closing_field(m, f);
		opened |= opening;
		closed |= closing;
		i++;
	}
	return 0;
}

/* The day a statement ends: of its closing balance, of a report its time, else of its latest entry, else of its opening balance. */
static ar_date end_of(const struct statement *s, ar_date latest)
{
	bool clamped = false;
	ar_date d = s->f13.n >= 6 && all_digits(s->f13.p, 6) ? short_date(s->f13.p, &clamped) : AR_DATE_NONE;

	if (s->close.date != AR_DATE_NONE)
		return s->close.date;
	return d != AR_DATE_NONE ? d : latest != AR_DATE_NONE ? latest : s->open.date;
}

static bool is_intraday(struct mt *m)
{
	if (m->kind != T_NONE)
		return m->kind == T_942;
	return !find_field(m, T_60F, T_60M) && (find_field(m, T_34F, T_13D) || find_field(m, T_90D, T_90C));
}

static int one_message(struct mt *m, bool last)
{
	bool intraday = is_intraday(m), close = find_field(m, T_62F, T_62M);
	bool changed = (m->high || ar_mt_seven_bit(m->said_encoding)) && ar_mt_transcode(m->line, m->nline, m->said_encoding, &m->mem);
	ar_date latest = AR_DATE_NONE;
	struct statement *s;

	/* a report need not end in anything but the dash */
	m->incomplete = intraday ? last && !m->ends && !find_field(m, T_90D, T_90C) : !close;
	if (find_statement(m, intraday) < 0)
		return -1;
	s = m->st;
	if (changed)
		s->encoding = keep(s, ar_str(ar_mt_encoding_name(m->said_encoding)));
	set_above(m);
	if (message_fields(m, &latest) < 0)
		return -1;
	s->period_end = keep(s, date_text(&m->mem, end_of(s, latest)));
	s->no_end |= m->incomplete;
	s->complete = !s->no_end && (intraday || (s->close_tag == T_62F && s->open_tag == T_60F));
	if (!close && !intraday)
		warn_statement(s, "no closing balance (62F)");
	return 0;
}

static int not_ended(struct mt *m)
{
	return damaged(m, "mt_truncated", "the last message has no end: its closing balance or its last lines are missing",
	               "fetch the file again; its entries are marked as incomplete");
}

static void reset_message(struct mt *m)
{
	m->nfield = m->nline = 0;
	m->bytes = 0;
	m->dashes |= m->ends;
	m->high = m->colon = m->dashed = m->ends = m->closing = m->entries = m->block = false;
	m->kind = T_NONE;
	ar_arena_reset(&m->mem);
}

/* Was the last message, which has no '-', cut? Its entries are whole if its closing balance is there. */
static bool is_cut(const struct mt *m, const struct statement *s, enum tag last)
{
	if (m->incomplete || m->block)
		return true;
	if (m->dashes && !s->intraday)                  /* those before it have one: then only its balance speaks for it */
		return !s->open.known || !s->close.known || !adds_up(s);
	/* the end of the file may have cut the balance itself */
	return !m->whole_line && (last == T_62F || last == T_62M) && !adds_up(s);
}

static int end_message(struct mt *m, bool last)
{
	const struct field *f = m->nfield ? &m->field[m->nfield - 1] : NULL;
	struct statement *s;
	bool cut;
	int rc = 0;

	if (!f || (m->nfield == 1 && f->tag == T_NS)) {
		reset_message(m);
		return 0;
	}
	if (one_message(m, last) < 0)
		return -1;
	s = m->st;
	cut = last && !m->ends && is_cut(m, s, f->tag);
	if (cut)
		s->complete = false;
	if (s->close_tag != T_62M || s->intraday)
		rc = give_statement(m, s);
	if (rc == 0 && cut)
		rc = not_ended(m);
	reset_message(m);
	return rc;
}

/* ---- decoding ---- */

static int read_keys(struct mt *m)
{
	struct ar_conf_sec *map = m->d->map;
	struct ar_err *e = m->d->err;
	struct ar_str empty = { "", 0 };

	m->said_account = m->said_ccy = empty;
	m->said_encoding = m->d->encoding ? ar_str(m->d->encoding) : empty;
	if (map) {
		if (ar_conf_get_str(map, "account", &m->said_account, e) < 0 || ar_conf_get_str(map, "currency", &m->said_ccy, e) < 0)
			return -1;
		if (!m->d->encoding && ar_conf_get_str(map, "encoding", &m->said_encoding, e) < 0)
			return -1;
		if (m->said_ccy.n && ar_ccy_find(m->said_ccy) < 0) {
			ar_err(e, AR_USAGE, "map_value", "currency = %.*s: not an ISO 4217 code", AR_STR_FMT(m->said_ccy));
			return ar_err_at(e, map->file, map->line);
		}
	}
	if (!m->said_encoding.n || ar_mt_encoding_known(m->said_encoding))
		return 0;
	ar_err(e, AR_USAGE, "encoding_unknown", "the encoding '%.*s' is not known here", AR_STR_FMT(m->said_encoding));
	return ar_err_advice(e, "known are utf-8, windows-1252, iso-8859-1, iso-8859-15, cp850, din-66003; utf-16 by its byte order mark");
}

static int give_waiting(struct mt *m)
{
	for (;;) {
		struct statement *first = NULL;

		for (int i = 0; i < AR_MT_OPEN; i++)
			if (m->open[i].used && (!first || m->open[i].stamp < first->stamp))
				first = &m->open[i];
		if (!first)
			return 0;
		if (give_statement(m, first) < 0)
			return -1;
		ar_arena_reset(&m->mem);
	}
}

static int run(struct mt *m)
{
	struct ar_str line;
	int rc, end;

	while ((rc = ar_mt_read_line(&m->in, &line, &m->whole_line, m->d->err)) > 0)
		if (feed(m, line) < 0)
			return -1;
	if (rc < 0)
		return -1;
	end = end_message(m, true);
	if (end < 0 && (!m->d->err->code || strcmp(m->d->err->code, "mt_truncated") != 0))
		return -1;
	return give_waiting(m) < 0 ? -1 : end;
}

static int decode(struct ar_decode *d)
{
	struct mt *m = ar_calloc(1, sizeof *m);
	int rc = -1;

	m->d = d;
	if (read_keys(m) == 0 && ar_mt_read_open(&m->in, d) == 0)
		rc = run(m);
	ar_mt_read_close(&m->in);
	for (int i = 0; i < AR_MT_OPEN; i++)
		ar_arena_release(&m->open[i].mem);
	ar_mt_row_release(&m->row);
	ar_tab_release(&m->seen);
	ar_tab_release(&m->counts);
	ar_arena_release(&m->mem);
	free(m->count);
	free(m->field);
	free(m->line);
	free(m);
	return rc;
}

/* ---- detection ---- */

/* The best line of the head: a block header or :20: is sure, another tag of a statement is a fragment. */
static int look(struct ar_str head, char *why, size_t cap)
{
	int best = 0;

	for (size_t i = 0; i < head.n && best < 95; ) {
		size_t end = i;
		struct ar_str line, rest;
		enum tag tag;
		int score = 0;

		while (end < head.n && head.p[end] != '\n' && head.p[end] != '\r' && !(head.p[end] == '@' && end + 1 < head.n && head.p[end + 1] == '@'))
			end++;
		while (i < end && ((unsigned char)head.p[i] < ' ' || (unsigned char)head.p[i] == 0xEF || (unsigned char)head.p[i] == 0xBB
		                   || (unsigned char)head.p[i] == 0xBF))
			i++;                            /* a byte order mark, SOH */
		line = (struct ar_str){ head.p + i, end - i };
		tag = tag_of(line, &rest);
		if (tag == T_20 || tag == T_940 || tag == T_942 || ar_str_starts(line, "{1:F") || ar_str_starts(line, "{4:"))
			score = 95;
		else if (tag == T_61 || tag == T_60F || tag == T_60M || tag == T_62F || tag == T_62M || tag == T_25 || tag == T_28C || tag == T_86
		         || tag == T_64)
			score = 80;
		else if (i == 0 && line.n && strchr("<{[", *line.p))
			return 0;
		if (score > best) {
			best = score;
			snprintf(why, cap, score > 90 ? "a SWIFT message begins" : "fields of a SWIFT statement");
		}
		i = end + 1 + (end < head.n && head.p[end] == '@');
	}
	return best;
}

static struct ar_str narrow(struct ar_buf *room, struct ar_str head)
{
	if (head.n < 2 || (memcmp(head.p, "\xFF\xFE", 2) != 0 && memcmp(head.p, "\xFE\xFF", 2) != 0))
		return head;
	for (size_t i = 2; i < head.n; i++)             /* UTF-16: ASCII is enough to know it by */
		if (head.p[i])
			ar_buf_c(room, head.p[i]);
	return ar_buf_slice(room);
}

static int detect(struct ar_str head, char *why, size_t cap)
{
	struct ar_buf room = AR_BUF_INIT;
	int score = look(narrow(&room, head), why, cap);

	ar_buf_release(&room);
	return score;
}

/* Every text of `detect` must stand in the head; without one, any file of this syntax will do. */
static int match(struct ar_peek *p)
{
	struct ar_buf room = AR_BUF_INIT;
	struct ar_str head = narrow(&room, p->head), piece;
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_conf_key *k;
	int rc = look(head, p->why, AR_WHY) > 0, got = rc ? ar_conf_get(p->map, "detect", &k, p->err) : 0;

	if (got < 0)
		rc = -1;
	for (struct ar_str rest = got > 0 ? k->value : (struct ar_str){ NULL, 0 }; rc > 0 && ar_conf_split(&rest, ',', &piece); ) {
		piece = ar_conf_unquote(&mem, piece);
		if (piece.n && !ar_str_find(head, piece)) {
			snprintf(p->why, AR_WHY, "it has no %.*s", AR_STR_FMT(piece));
			rc = 0;
		}
	}
	ar_arena_release(&mem);
	ar_buf_release(&room);
	return rc;
}

const struct ar_syntax ar_syntax_mt940 = {
	.name = "mt940",
	.summary = "bank statements and intraday reports of SWIFT, MT940 and MT942",
	.keys = "detect = TEXT, ...: each must stand in the first 64 KiB (default: any MT940 or MT942 file)\n"
	        "account = ACCOUNT, currency = CODE: of messages that do not say theirs\n"
	        "encoding = windows-1252, iso-8859-1, iso-8859-15, cp850, din-66003: of lines that are not UTF-8 (default: windows-1252; din-66003 "
	        "is of all lines)",
	.detect = detect,
	.match = match,
	.decode = decode,
};
