/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mtentry.c - one entry: :61: with the :86: and :NS: behind it, as a row. */
#include "config.h"

#include "syntax/mt.h"

void ar_mt_warn(struct ar_mt *m, const char *text)
{
	m->row.warned = true;
	ar_mt_add(&m->row, ".warning", ar_mt_copy(&m->row, ar_str(text)));
}

void ar_mt_add_if(struct ar_mt *m, const char *base, struct ar_str v)
{
	if (v.n)
		ar_mt_add(&m->row, base, v);
}

struct entry {
	ar_date value, booked;
	struct ar_str value_text, booked_text, mark, funds, type, customer, bank;
	struct ar_mt_amount amount;
	bool debit;
};

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

/* What follows the amount: type (4), customer reference, // and the bank's. The type may be missing before NONREF. */
static void read_references(struct ar_str s, struct entry *e)
{
	const char *at, *end = s.p + s.n;

	if (ar_str_starts(s, "NONREF") || ar_str_starts(s, "NOREF")) {
		e->customer = s;
		s.n = 0;
	}
	if (s.n && ar_is_alpha(*s.p)) {
		size_t n = 1;

		while (n < s.n && n < 4 && (ar_is_alnum(s.p[n]) || s.p[n] == ' '))
			n++;
		e->type = ar_str_trim((struct ar_str){ s.p, n });
		s = (struct ar_str){ s.p + n, s.n - n };
	}
	if (!e->customer.n)
		e->customer = s;
	for (at = e->customer.p; at + 1 < end; at++)
		if (at[0] == '/' && at[1] == '/') {
			e->bank = ar_str_trim((struct ar_str){ at + 2, (size_t)(end - at) - 2 });
			e->customer.n = (size_t)(at - e->customer.p);
			break;
		}
	e->customer = ar_str_trim(e->customer);
}

/* Both dates, as those of the last entry. */
static bool same_days(const struct ar_mt *m, struct ar_str s, struct entry *e)
{
	const struct ar_mt_days *d = &m->days;

	if (!d->known || s.n < sizeof d->sent || memcmp(s.p, d->sent, sizeof d->sent) != 0)
		return false;
	e->value = d->value;
	e->booked = d->booked;
	e->value_text = (struct ar_str){ d->value_text, 10 };
	e->booked_text = (struct ar_str){ d->booked_text, 10 };
	return true;
}

/* The value date and, if it is there, the entry date: they are told by their digits. Returns the bytes used, 0: no date. */
static size_t read_days(struct ar_mt *m, struct ar_str s, struct entry *e)
{
	struct ar_mt_days *d = &m->days;
	bool clamped = false;
	size_t n = 6;

	if (same_days(m, s, e))
		return sizeof d->sent;
	if (s.n < 6 || !ar_mt_all_digits(s.p, 6))
		return 0;
	e->value = ar_mt_short_date(s.p, &clamped);
	if (e->value == AR_DATE_NONE)
		ar_mt_warn(m, "61: the value date is no date");
	if (s.n >= 10 && ar_mt_all_digits(s.p + 6, 4)) {
		e->booked = ar_mt_near_date(s.p + 6, e->value != AR_DATE_NONE ? e->value : m->st->open.date, &clamped);
		if (e->booked == AR_DATE_NONE)
			ar_mt_warn(m, "61: the entry date is no date");
		n = 10;
	}
	if (clamped)
		ar_mt_warn(m, "61: a day that its month does not have; the last of the month was taken");
	e->value_text = ar_mt_date_text(&m->row.mem, e->value);
	e->booked_text = ar_mt_date_text(&m->row.mem, e->booked);
	if (!clamped && e->value != AR_DATE_NONE && e->booked != AR_DATE_NONE) {
		memcpy(d->sent, s.p, sizeof d->sent);
		d->value = e->value;
		d->booked = e->booked;
		memcpy(d->value_text, e->value_text.p, 10);
		memcpy(d->booked_text, e->booked_text.p, 10);
		d->known = true;
	}
	return n;
}

/* What a transaction type begins with, or codes that stand in its place. */
static bool begins_type(char c)
{
	return c == 'N' || c == 'F' || c == 'S' || c == '/' || c == 'n' || c == 'f' || c == 's';
}

/* false: no entry can be made of it */
static bool read_entry(struct ar_mt *m, struct ar_str s, struct entry *e)
{
	size_t n;

	*e = (struct entry){ .value = AR_DATE_NONE, .booked = AR_DATE_NONE };
	n = read_days(m, s, e);
	if (!n)
		return false;
	s = ar_str_trim((struct ar_str){ s.p + n, s.n - n });
	n = read_mark(s, e);
	if (!n)
		return false;
	s = ar_str_trim((struct ar_str){ s.p + n, s.n - n });
	n = ar_mt_read_amount(&m->row.mem, s, &e->amount);
	if (!n)
		return false;
	if (e->amount.minus)
		ar_mt_warn(m, "61: a sign before the amount, beside the mark; the mark was taken");
	s = ar_str_trim((struct ar_str){ s.p + n, s.n - n });
	if (s.n && !begins_type(*s.p)) {
		if (!(*s.p >= 'A' && *s.p <= 'Z'))
			return false;                   /* a broken amount must not become a smaller one */
		ar_mt_warn(m, "61: what follows the amount is no transaction type");
	}
	if (!e->amount.comma)
		ar_mt_warn(m, "61: an amount without a decimal comma");
	read_references(s, e);
	return true;
}

/* CUR12,34 of /OCMT/ and /CHGS/ */
static void coded_amount(struct ar_mt *m, struct ar_str s, const char *amount, const char *ccy)
{
	struct ar_str v = { s.p + 3, s.n > 3 ? s.n - 3 : 0 };
	bool minus;

	if (s.n < 4 || ar_ccy_find((struct ar_str){ s.p, 3 }) < 0)
		return;
	v.n = ar_mt_amount_span(v);
	if (!v.n)
		return;
	ar_mt_add(&m->row, ccy, ar_mt_copy(&m->row, (struct ar_str){ s.p, 3 }));
	ar_mt_add(&m->row, amount, ar_mt_plain_amount(&m->row.mem, v, &minus));
}

static void code_of(struct ar_mt *m, struct ar_str line, const char *word, const char *amount, const char *ccy)
{
	const char *at = ar_str_find(line, ar_str(word));
	struct ar_str v;

	if (!at)
		return;
	at += strlen(word);
	ar_str_cut((struct ar_str){ at, (size_t)(line.p + line.n - at) }, '/', &v);
	if (ccy)
		coded_amount(m, v, amount, ccy);
	else if (ar_mt_amount_span(v))
		ar_mt_add(&m->row, amount, ar_mt_plain_amount(&m->row.mem, (struct ar_str){ v.p, ar_mt_amount_span(v) }, &(bool){ false }));
}

/* Old Rabobank: ten digits of an account, blanks up to 16, then a name, all in place of the reference. */
static void rabobank_reference(struct ar_mt *m, struct entry *e)
{
	struct ar_str s = e->customer;
	size_t n;

	if (s.n <= 16 || s.p[15] != ' ')
		return;
	for (n = *s.p == 'P'; ar_is_digit(s.p[n]); )    /* P: an account of Postbank */
		n++;
	if ((n && s.p[n] != ' ') || (!n && !ar_str_starts(s, "NONREF ")))
		return;
	if (n)
		ar_mt_add(&m->row, "61/account", (struct ar_str){ s.p, n });
	ar_mt_add(&m->row, "61/name", ar_str_trim((struct ar_str){ s.p + 16, s.n - 16 }));
	e->customer = n ? (struct ar_str){ "", 0 } : AR_MT_STR("NONREF");
}

static void ns_field(struct ar_mt *m, const struct ar_mt_field *f)
{
	static const char *const name[100] = { [1] = "NS/01", [2] = "NS/02", [3] = "NS/03", [4] = "NS/04", [5] = "NS/05", [6] = "NS/06",
		[7] = "NS/07", [8] = "NS/08", [9] = "NS/09", [10] = "NS/10", [11] = "NS/11", [12] = "NS/12", [13] = "NS/13", [14] = "NS/14",
		[15] = "NS/15", [16] = "NS/16", [17] = "NS/17", [18] = "NS/18", [19] = "NS/19", [20] = "NS/20", [33] = "NS/33",
		[34] = "NS/34" };
	struct ar_str line, who[2] = { { "", 0 }, { "", 0 } };

	for (int i = 0; i < f->n; i++) {
		int key;

		line = m->line[f->first + i];
		if (line.n < 3 || !ar_mt_all_digits(line.p, 2))
			continue;
		key = ar_mt_two_digits(line.p);
		line = (struct ar_str){ line.p + 2, line.n - 2 };
		if (name[key])
			ar_mt_add(&m->row, name[key], line);
		if (key >= 1 && key <= 14)
			ar_mt_add(&m->row, "NS/text", line);
		if (key == 15 || key == 16)
			who[key - 15] = line;
	}
	if (who[0].n || who[1].n)
		ar_mt_add(&m->row, "NS/name", ar_mt_join(&m->row.mem, who[0], who[1]));
}

static void entry_fields(struct ar_mt *m, struct entry *e, const struct ar_mt_field *f, int used)
{
	struct ar_mt_row *r = &m->row;

	rabobank_reference(m, e);
	ar_mt_add_if(m, "61/value_date", e->value_text);
	ar_mt_add_if(m, "61/entry_date", e->booked_text);
	ar_mt_add(r, "61/mark", e->mark);
	ar_mt_add_if(m, "61/funds", e->funds);
	ar_mt_add(r, "61/amount", e->amount.text);
	ar_mt_add_if(m, "61/type", e->type);
	ar_mt_add_if(m, "61/customer_ref", e->customer);
	ar_mt_add_if(m, "61/bank_ref", e->bank);
	for (int i = used; i < f->n; i++) {
		struct ar_str line = m->line[f->first + i];

		if (!ar_str_trim(line).n)
			continue;
		ar_mt_add(r, *line.p == '/' ? "61/codes" : "61/supplementary", line);
		if (!memchr(line.p, '/', line.n))
			continue;
		code_of(m, line, "/OCMT/", "61/OCMT", "61/OCMT/currency");
		code_of(m, line, "/CHGS/", "61/CHGS", "61/CHGS/currency");
		code_of(m, line, "/EXCH/", "61/EXCH", NULL);
	}
	if (f->n > used && ar_mt_is_iban(ar_str_trim(m->line[f->first + used])))     /* Rabobank, in the line behind */
		ar_mt_add(r, "61/account", m->line[f->first + used]);
	else if (ar_mt_is_iban(e->customer))                                          /* ASN, SNS: in place of a reference */
		ar_mt_add(r, "61/account", e->customer);
	for (int i = 0; i < f->n && r->warned; i++)     /* else every byte of it stands above */
		ar_mt_add(r, "61/line", m->line[f->first + i]);
}

static void count_entry(struct ar_mt *m, const struct entry *e)
{
	struct ar_mt_sums *s = &m->st->sums;

	if (!e->amount.known) {
		s->unknown = true;
	} else if (e->debit) {
		s->debit += e->amount.minor;
		s->ndebit++;
	} else {
		s->credit += e->amount.minor;
		s->ncredit++;
	}
}

/* Statement text: a :86: that is about no entry. */
void ar_mt_statement_text(struct ar_mt *m, const struct ar_mt_field *f)
{
	for (int i = 0; i < f->n; i++) {
		if (!ar_str_trim(m->line[f->first + i]).n)
			continue;
		if (m->st->ntext < AR_MT_TEXTS)
			m->st->text[m->st->ntext++] = ar_mt_keep(m->st, m->line[f->first + i]);
		else
			ar_mt_warn_statement(m->st, "more than 64 lines of text about the statement; the rest is left out");
	}
}

/*
 * The :86: and :NS: behind an entry. A second :86: goes on with a free text (old Rabobank sends one a line); behind a structured one it
 * is about the statement, as SWIFT has it. Returns the index behind them.
 */
static int entry_details(struct ar_mt *m, int i)
{
	int from = i, n = 0;
	struct ar_str *line;
	bool structured = false;

	for (; i < m->nfield && (m->field[i].tag == T_86 || m->field[i].tag == T_NS); i++)
		n += m->field[i].n;
	if (i == from + 1 && m->field[from].tag == T_86) {      /* most have just this */
		ar_mt86(&m->row, m->line + m->field[from].first, n);
		return i;
	}
	line = ar_arena_alloc(&m->row.mem, ((size_t)n + 1) * sizeof *line);
	n = 0;
	for (int k = from; k < i; k++) {
		const struct ar_mt_field *f = &m->field[k];

		if (f->tag == T_NS) {
			ns_field(m, f);
		} else if (structured) {
			ar_mt_statement_text(m, f);
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
static struct ar_str entry_line(struct ar_mt *m, const struct ar_mt_field *f, int *used)
{
	struct ar_str s = m->line[f->first];

	*used = 1;
	if (f->n > 1 && s.n && s.n <= 13 && !memchr(s.p, ',', s.n)) {
		s = ar_mt_join(&m->row.mem, s, m->line[f->first + 1]);
		*used = 2;
	}
	return s;
}

static int reject_entry(struct ar_mt *m, const struct ar_mt_field *f)
{
	struct ar_err e = { 0 };

	m->st->sums.unknown = true;
	ar_err(&e, AR_FINDINGS, "mt_entry", "a :61: without a date, a mark or an amount");
	ar_err_advice(&e, "compare with the bank's own statement: the money of this entry is missing");
	return m->d->sink->reject(m->d->sink, f->at, m->line[f->first], &e);
}

int ar_mt_give_entry(struct ar_mt *m, int *i)
{
	const struct ar_mt_field *f = &m->field[(*i)++];
	struct ar_mt_row *r = &m->row;
	struct ar_row row = { .row = f->at };
	struct entry e;
	bool good;
	int used;

	ar_mt_row_start(r);
	ar_mt_add(r, ".record", AR_MT_STR("entry"));
	ar_mt_add(r, ".entry", ar_mt_number_text(&m->row.mem, ++m->st->entries));
	good = read_entry(m, entry_line(m, f, &used), &e);
	if (m->line[f->first].n >= 6 && e.value > m->latest)
		m->latest = e.value;
	if (!good) {
		int rc = reject_entry(m, f);

		*i = entry_details(m, *i);
		return rc;
	}
	entry_fields(m, &e, f, used);
	*i = entry_details(m, *i);
	count_entry(m, &e);
	ar_mt_row_end(r, &row);
	row.plain = !m->odd;            /* warnings are plain too */
	row.nabove = m->nabove;
	row.above_name = m->above_name;
	row.above_value = m->above_value;
	row.above = m->stamp;
	return m->d->sink->row(m->d->sink, &row);
}
