/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mtstmt.c - what a message is part of: its statement, found or begun, its rows given, its end judged. Between messages only
 * statements stay that wait for a next sheet, and the identities of those that were given.
 */
#include "config.h"

#include "syntax/mt.h"

void ar_mt_warn_statement(struct ar_mt_statement *s, const char *text)
{
	for (int i = 0; i < s->nwarning; i++)
		if (strcmp(s->warning[i], text) == 0)
			return;
	if (s->nwarning < AR_MT_WARNINGS)
		s->warning[s->nwarning++] = text;
}

/* A copy with room behind it, as long as the statement lives. */
struct ar_str ar_mt_keep(struct ar_mt_statement *s, struct ar_str v)
{
	char *p = ar_arena_zero(&s->mem, v.n + AR_MT_SPARE);

	if (v.n)
		memcpy(p, v.p, v.n);
	return (struct ar_str){ p, v.n };
}

struct ar_mt_field *ar_mt_find_field(struct ar_mt *m, enum ar_mt_tag a, enum ar_mt_tag b)
{
	for (int i = 0; i < m->nfield; i++)
		if (m->field[i].tag == a || m->field[i].tag == b)
			return &m->field[i];
	return NULL;
}

struct ar_str ar_mt_first_line(struct ar_mt *m, enum ar_mt_tag a, enum ar_mt_tag b)
{
	struct ar_mt_field *f = ar_mt_find_field(m, a, b);

	return f ? ar_str_trim(m->line[f->first]) : (struct ar_str){ "", 0 };
}

static void forget(struct ar_mt_statement *s)
{
	struct ar_arena mem = s->mem;

	ar_arena_reset(&mem);
	memset(s, 0, sizeof *s);
	s->mem = mem;
}

static void add_balance(struct ar_mt *m, const char *date, const char *amount, const struct ar_mt_balance *b)
{
	if (b->date != AR_DATE_NONE)
		ar_mt_add(&m->row, date, ar_mt_date_text(&m->row.mem, b->date));
	if (b->amount.n)
		ar_mt_add(&m->row, amount, b->amount);
}

/* Counts and sums that a MT942 says, against its entries: n, currency, amount. */
static void check_counts(struct ar_mt_statement *s, struct ar_str said, uint64_t n, ar_wide sum)
{
	struct ar_arena tmp = AR_ARENA_INIT;
	int64_t count;
	size_t i = 0;
	bool minus;
	ar_wide w;

	if (!said.n)
		return;
	while (i < said.n && ar_is_digit(said.p[i]))
		i++;
	count = i ? ar_str_uint((struct ar_str){ said.p, i }, INT64_MAX) : -1;
	if (count >= 0 && (uint64_t)count != n)
		ar_mt_warn_statement(s, "the report counts another number of entries than it has (90D, 90C)");
	while (i < said.n && ar_is_alpha(said.p[i]))
		i++;
	said = (struct ar_str){ said.p + i, said.n - i };
	said.n = ar_mt_amount_span(said);
	if (said.n && ar_mt_scaled(ar_mt_plain_amount(&tmp, said, &minus), &w) && !s->sums.unknown && w != sum)
		ar_mt_warn_statement(s, "the report says another sum than its entries have (90D, 90C)");
	ar_arena_release(&tmp);
}

static bool adds_up(const struct ar_mt_statement *s)
{
	return !s->open.known || !s->close.known || s->sums.unknown
		|| s->open.minor + s->sums.credit - s->sums.debit == s->close.minor;
}

static void statement_fields(struct ar_mt *m, struct ar_mt_statement *s)
{
	struct ar_mt_row *r = &m->row;

	ar_mt_add_if(m, "20", s->f20);
	ar_mt_add_if(m, "21", s->f21);
	ar_mt_add_if(m, "25", s->f25);
	ar_mt_add_if(m, "25/account", s->account);
	ar_mt_add_if(m, "25/bank", s->bank);
	ar_mt_add_if(m, "28C", s->f28);
	ar_mt_add_if(m, "number", s->number);
	ar_mt_add_if(m, "currency", s->ccy);
	ar_mt_add_if(m, "encoding", s->encoding);
	add_balance(m, "60/date", "60/amount", &s->open);
	add_balance(m, "62/date", "62/amount", &s->close);
	if (s->close_tag)
		ar_mt_add(r, "62", s->close_tag == T_62F ? AR_MT_STR("62F") : AR_MT_STR("62M"));
	for (int i = 0; i < s->nother; i++)
		add_balance(m, s->other_tag[i] == T_64 ? "64/date" : "65/date", s->other_tag[i] == T_64 ? "64/amount" : "65/amount",
		            &s->other[i]);
	ar_mt_add_if(m, "period_end", s->period_end);
	ar_mt_add_if(m, "13D", s->f13);
	for (int i = 0; i < s->nfloor; i++)
		ar_mt_add_if(m, "34F", s->floor[i]);
	ar_mt_add_if(m, "90D", s->count_debit);
	ar_mt_add_if(m, "90C", s->count_credit);
	for (int i = 0; i < s->ntext; i++)
		ar_mt_add_if(m, "86", s->text[i]);
}

int ar_mt_give_statement(struct ar_mt *m, struct ar_mt_statement *s)
{
	struct ar_mt_row *r = &m->row;
	struct ar_row row = { .row = s->at };
	int rc;

	if (s->intraday) {
		check_counts(s, s->count_debit, s->sums.ndebit, s->sums.debit);
		check_counts(s, s->count_credit, s->sums.ncredit, s->sums.credit);
	}
	ar_mt_row_start(r);
	ar_mt_add(r, ".record", AR_MT_STR("statement"));
	ar_mt_add(r, "statement", s->key);
	ar_mt_add(r, "message", s->intraday ? AR_MT_STR("942") : AR_MT_STR("940"));
	statement_fields(m, s);
	ar_mt_add(r, "complete", s->complete ? AR_MT_STR("true") : AR_MT_STR("false"));
	for (int i = 0; i < s->nwarning; i++)
		ar_mt_warn(m, s->warning[i]);
	ar_mt_row_end(r, &row);
	row.plain = !s->odd;
	rc = m->d->sink->row(m->d->sink, &row);
	forget(s);
	return rc;
}

/* A place for a statement: a free one, else the oldest that waits is given without its next sheet. */
static struct ar_mt_statement *new_statement(struct ar_mt *m)
{
	struct ar_mt_statement *old = &m->open[0];

	for (int i = 0; i < AR_MT_OPEN; i++) {
		if (!m->open[i].used) {
			old = &m->open[i];
			break;
		}
		if (m->open[i].stamp < old->stamp)
			old = &m->open[i];
	}
	if (old->used && ar_mt_give_statement(m, old) < 0)
		return NULL;
	old->used = true;
	old->stamp = ++m->stamp;
	return old;
}

/* The account as sent; the bank in front of it; a currency at its end (number, blanks, EUR). */
static void read_account(struct ar_mt *m, struct ar_mt_statement *s, struct ar_str *ccy)
{
	struct ar_str all = ar_mt_first_line(m, T_25, T_25P), bank, rest;
	struct ar_mt_field *p = ar_mt_find_field(m, T_25P, T_25P);

	if (!all.n) {
		all = m->said_account;
		s->odd = true;
	}
	s->f25 = ar_mt_keep(s, all);
	s->account = s->f25;
	rest = ar_str_cut(all, '/', &bank);
	if (rest.p && bank.n)
		s->bank = ar_mt_keep(s, bank);
	if (p && p->n > 1)
		s->bank = ar_mt_keep(s, ar_str_trim(m->line[p->first + 1]));
	if (all.n > 6 && (ar_is_digit(all.p[all.n - 4]) || ar_is_blank(all.p[all.n - 4]) || all.p[all.n - 4] == '/')
	    && ar_ccy_find((struct ar_str){ all.p + all.n - 3, 3 }) >= 0)
		*ccy = (struct ar_str){ all.p + all.n - 3, 3 };
	if (!s->account.n) {
		s->account = ar_mt_keep(s, AR_STR("unknown"));
		ar_mt_warn_statement(s, "no account (25): the map can name it");
	}
}

static struct ar_str currency_of(struct ar_mt *m, const struct ar_mt_balance *open, struct ar_str of_account)
{
	static const enum ar_mt_tag closing[] = { T_62F, T_62M, T_64, T_65 };
	struct ar_str floor = ar_mt_first_line(m, T_34F, T_34F);
	bool strange;

	if (open->ccy.n)
		return open->ccy;
	for (int i = 0; i < 4; i++) {
		struct ar_mt_field *f = ar_mt_find_field(m, closing[i], closing[i]);
		struct ar_mt_balance b = { 0 };

		if (f)
			b = ar_mt_read_balance(m, m->line[f->first], &strange);
		if (b.ccy.n)
			return b.ccy;
	}
	if (floor.n >= 3 && ar_ccy_find((struct ar_str){ floor.p, 3 }) >= 0)
		return (struct ar_str){ floor.p, 3 };
	return of_account.n ? of_account : m->said_ccy;
}

/* The identity: the same for every copy of the statement, another for another one. */
static void name_statement(struct ar_mt *m, struct ar_mt_statement *s, struct ar_str day)
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
	s->key = ar_mt_keep(s, id);
	ar_buf_c(&b, '\n');
	ar_buf_str(&b, s->open.amount);
	ar_buf_c(&b, '\n');
	ar_buf_str(&b, ar_mt_first_line(m, T_62F, T_62M));
	ar_tab_add(&m->seen, ar_buf_slice(&b), &fresh);
	m->count[k] += fresh;
	if (m->count[k] > 1)
		s->key = ar_mt_keep(s, ar_str(ar_arena_fmt(&m->mem, "%.*s~%u", AR_STR_FMT(s->key), m->count[k])));
	ar_buf_release(&b);
}

static int begin_statement(struct ar_mt *m, struct ar_str chain, struct ar_str number,
                           const struct ar_mt_balance *open, enum ar_mt_tag open_tag, bool intraday)
{
	struct ar_mt_statement *s = new_statement(m);
	struct ar_mt_field *f;
	struct ar_str ccy = { "", 0 }, day, time;

	if (!s)
		return -1;
	s->at = m->field[0].at;
	s->intraday = intraday;
	s->chain = ar_mt_keep(s, chain);
	s->number = ar_mt_keep(s, number);
	s->f20 = ar_mt_keep(s, ar_mt_first_line(m, T_20, T_20));
	s->f21 = ar_mt_keep(s, ar_mt_first_line(m, T_21, T_21));
	s->f28 = ar_mt_keep(s, ar_mt_first_line(m, T_28C, T_28));
	s->f13 = ar_mt_keep(s, ar_mt_first_line(m, T_13D, T_13));
	s->open = *open;
	s->open.amount = ar_mt_keep(s, open->amount);
	s->close.date = AR_DATE_NONE;
	s->open_tag = open_tag;
	read_account(m, s, &ccy);
	ccy = currency_of(m, open, ccy);
	s->ccy = ar_mt_keep(s, ccy);
	if (!ccy.n)
		ar_mt_warn_statement(s, "no currency: the map can name it");
	day = ar_mt_date_text(&m->mem, open->date);
	if (!day.n && (f = ar_mt_find_field(m, T_62F, T_62M)))
		day = ar_mt_date_text(&m->mem, ar_mt_read_balance(m, m->line[f->first], &(bool){ false }).date);
	time = s->f13;
	name_statement(m, s, intraday && time.n >= 10 && ar_mt_all_digits(time.p, 10) ? (struct ar_str){ time.p, 10 } : day);
	m->st = s;
	return 0;
}

/* The statement of the message: one that waits for this sheet, else a new one. */
static int find_statement(struct ar_mt *m, bool intraday)
{
	struct ar_str number, sheet, chain, account = ar_mt_first_line(m, T_25, T_25P), f28 = ar_mt_first_line(m, T_28C, T_28);
	struct ar_mt_field *f = ar_mt_find_field(m, T_60F, T_60M);
	struct ar_mt_balance open = { .date = AR_DATE_NONE };
	bool strange = false, next;

	if (f)
		open = ar_mt_read_balance(m, m->line[f->first], &strange);
	sheet = ar_str_cut(f28, '/', &number);
	number = ar_str_trim(number);
	chain = ar_mt_join(&m->mem, ar_mt_join(&m->mem, account, AR_STR("\n")), number);
	while (sheet.n > 1 && *sheet.p == '0')
		sheet = (struct ar_str){ sheet.p + 1, sheet.n - 1 };
	next = !intraday && (f ? f->tag == T_60M : sheet.n && *sheet.p > '1');
	for (int i = 0; next && i < AR_MT_OPEN; i++)
		if (m->open[i].used && ar_streq(m->open[i].chain, chain)) {
			struct ar_mt_statement *s = m->st = &m->open[i];

			if (open.known && s->close.known && open.minor != s->close.minor)
				ar_mt_warn_statement(s, "a sheet does not begin with the balance that the one before it ends with");
			return 0;
		}
	if (begin_statement(m, chain, number, &open, f ? f->tag : T_NONE, intraday) < 0)
		return -1;
	if (f && strange)
		ar_mt_warn_statement(m->st, "the opening balance has no date that could be one");
	return 0;
}

/* ---- a message ---- */

static void above(struct ar_mt *m, const char *name, struct ar_str v)
{
	if (!v.n)
		return;
	m->above_name[m->nabove] = ar_str(name);
	m->above_value[m->nabove++] = v;
}

static void set_above(struct ar_mt *m)
{
	const struct ar_mt_statement *s = m->st;

	m->nabove = 0;
	m->stamp++;
	above(m, "statement", s->key);
	above(m, "message", s->intraday ? AR_STR("942") : AR_STR("940"));
	above(m, "currency", s->ccy);
	above(m, "20", ar_mt_first_line(m, T_20, T_20));
	above(m, "25/account", s->account);
	above(m, "28C", ar_mt_first_line(m, T_28C, T_28));
	if (m->incomplete)
		above(m, ".incomplete", AR_STR("true"));
}

static const char *balance_warning(enum ar_mt_tag t)
{
	return t == T_60F || t == T_60M ? "a second opening balance in one message; the first was taken"
		: "a second closing balance in one message; the first was taken";
}

/* Balances and the fields behind the entries. */
static void closing_field(struct ar_mt *m, const struct ar_mt_field *f)
{
	struct ar_mt_statement *s = m->st;
	bool strange = false;
	struct ar_mt_balance b;

	switch (f->tag) {
	case T_62F:
	case T_62M:
	case T_64:
	case T_65:
		b = ar_mt_read_balance(m, m->line[f->first], &strange);
		b.amount = ar_mt_keep(s, b.amount);
		if (strange && f->tag != T_65)
			ar_mt_warn_statement(s, "a balance has no date that could be one");
		if (f->tag == T_62F || f->tag == T_62M) {
			s->close = b;
			s->close_tag = f->tag;
		} else if (s->nother < 8) {
			s->other_tag[s->nother] = f->tag;
			s->other[s->nother++] = b;
		}
		if (f->n > 1 && ar_str_trim(m->line[f->first + 1]).n)
			ar_mt_warn_statement(s, "text behind a balance was left out");
		break;
	case T_34F:
		if (s->nfloor < 2)
			s->floor[s->nfloor++] = ar_mt_keep(s, m->line[f->first]);
		break;
	case T_90D:
		s->count_debit = ar_mt_keep(s, ar_str_trim(m->line[f->first]));
		break;
	case T_90C:
		s->count_credit = ar_mt_keep(s, ar_str_trim(m->line[f->first]));
		break;
	case T_86:
		ar_mt_statement_text(m, f);
		break;
	default:
		break;
	}
}

static int message_fields(struct ar_mt *m)
{
	bool opened = false, closed = false;

	for (int i = 0; i < m->nfield; ) {
		const struct ar_mt_field *f = &m->field[i];
		bool opening = f->tag == T_60F || f->tag == T_60M, closing = f->tag == T_62F || f->tag == T_62M;

		if (f->tag == T_61) {
			if (ar_mt_give_entry(m, &i) < 0)
				return -1;
			continue;
		}
		if ((opening && opened) || (closing && closed))
			ar_mt_warn_statement(m->st, balance_warning(f->tag));
		else
			closing_field(m, f);
		opened |= opening;
		closed |= closing;
		i++;
	}
	return 0;
}

/* The day a statement ends: of its closing balance, of a report its time, else of its latest entry, else of its opening balance. */
static ar_date end_of(const struct ar_mt_statement *s, ar_date latest)
{
	bool clamped = false;
	ar_date d = s->f13.n >= 6 && ar_mt_all_digits(s->f13.p, 6) ? ar_mt_short_date(s->f13.p, &clamped) : AR_DATE_NONE;

	if (s->close.date != AR_DATE_NONE)
		return s->close.date;
	return d != AR_DATE_NONE ? d : latest != AR_DATE_NONE ? latest : s->open.date;
}

static bool is_intraday(struct ar_mt *m)
{
	if (m->kind != T_NONE)
		return m->kind == T_942;
	return !ar_mt_find_field(m, T_60F, T_60M) && (ar_mt_find_field(m, T_34F, T_13D) || ar_mt_find_field(m, T_90D, T_90C));
}

static int one_message(struct ar_mt *m, bool last)
{
	bool intraday = is_intraday(m), close = ar_mt_find_field(m, T_62F, T_62M);
	bool changed = (m->odd || ar_mt_seven_bit(m->said_encoding)) && ar_mt_transcode(m->line, m->nline, m->said_encoding, &m->mem);
	struct ar_mt_statement *s;

	/* a report need not end in anything but the dash */
	m->incomplete = intraday ? last && !m->ends && !ar_mt_find_field(m, T_90D, T_90C) : !close;
	if (find_statement(m, intraday) < 0)
		return -1;
	s = m->st;
	s->odd |= m->odd;
	if (changed)
		s->encoding = ar_mt_keep(s, ar_str(ar_mt_encoding_name(m->said_encoding)));
	set_above(m);
	m->latest = AR_DATE_NONE;
	if (message_fields(m) < 0)
		return -1;
	s->period_end = ar_mt_keep(s, ar_mt_date_text(&m->mem, end_of(s, m->latest)));
	s->no_end |= m->incomplete;
	s->complete = !s->no_end && (intraday || (s->close_tag == T_62F && s->open_tag == T_60F));
	if (!close && !intraday)
		ar_mt_warn_statement(s, "no closing balance (62F)");
	return 0;
}

static int not_ended(struct ar_mt *m)
{
	return ar_mt_damaged(m, "mt_truncated", "the last message has no end: its closing balance or its last lines are missing",
	               "fetch the file again; its entries are marked as incomplete");
}

/* The memory of the message, for the next. */
void ar_mt_forget_text(struct ar_mt *m)
{
	ar_arena_reset(&m->mem);
	m->text = m->text_end = NULL;
	m->bytes = 0;
	m->odd = false;
}

static void reset_message(struct ar_mt *m)
{
	ar_mt_forget_text(m);
	m->nfield = m->nline = 0;
	m->dashes |= m->ends;
	m->colon = m->dashed = m->ends = m->closing = m->entries = m->block = false;
	m->kind = T_NONE;
}

/* Was the last message cut? Its entries are whole if its closing balance is there. */
static bool is_cut(const struct ar_mt *m, const struct ar_mt_statement *s, enum ar_mt_tag last)
{
	if (m->ends)                                    /* a '-' at the very end may be the begin of a line */
		return m->incomplete && !m->whole_line;
	if (m->incomplete || m->block)
		return true;
	if (m->dashes && !s->intraday)                  /* those before it have one: then only its balance speaks for it */
		return !s->open.known || !s->close.known || !adds_up(s);
	/* the end of the file may have cut the balance itself */
	return !m->whole_line && (last == T_62F || last == T_62M) && !adds_up(s);
}

int ar_mt_end_message(struct ar_mt *m, bool last)
{
	const struct ar_mt_field *f = m->nfield ? &m->field[m->nfield - 1] : NULL;
	struct ar_mt_statement *s;
	bool cut;
	int rc = 0;

	if (!f || (m->nfield == 1 && f->tag == T_NS)) {
		rc = last && m->block ? not_ended(m) : 0;       /* a block that opens, and nothing in it */
		reset_message(m);
		return rc;
	}
	if (one_message(m, last) < 0)
		return -1;
	s = m->st;
	cut = last && is_cut(m, s, f->tag);
	if (cut)
		s->complete = false;
	if (s->close_tag != T_62M || s->intraday)
		rc = ar_mt_give_statement(m, s);
	if (rc == 0 && cut)
		rc = not_ended(m);
	reset_message(m);
	return rc;
}
