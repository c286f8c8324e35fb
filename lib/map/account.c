/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/account.h"

#include <inttypes.h>
#include <stdlib.h>

/* Lines of one account and currency, or of one statement. */
struct book {
	struct ar_str statement;         /* its id; n = 0: no line yet */
	ar_date first, last;
	ar_date begin, end;              /* of the first and of the last line of the file */
	bool counted;                    /* a line that counts was there: the period is that of such lines */
	ar_wide sum;                     /* of all of these */
	/* each = balance */
	ar_wide before;                  /* sum when the last row with a statement section was done */
	int64_t rising, falling;         /* the balance before all lines, if the file goes on in time; behind them, if it goes back */
	int64_t last_rising, last_falling;
	uint64_t balances, rises, falls; /* how often one row's balance followed from the other's, either way */
	int held;                        /* -1: none */
};

struct held {
	struct ar_rec rec;
	enum ar_each each;
	uint32_t book;
	ar_wide sum;                     /* TOTAL */
};

struct ar_accounts {
	const struct ar_map *map;
	const struct ar_xrun *run;
	struct ar_occur occur;
	struct ar_tab key;               /* of books */
	struct book *book;
	uint32_t cap;
	struct held *held;
	int n, heldcap;
	bool own_statements;             /* the map has statements whose id is made here */
	bool unites;                     /* ... or any that are united */
	struct ar_buf text;
	struct ar_arena mem;
};

struct ar_accounts *ar_accounts_new(const struct ar_map *m, const struct ar_xrun *run)
{
	struct ar_accounts *a = ar_calloc(1, sizeof *a);

	a->map = m;
	a->run = run;
	for (int i = 0; i < m->nemit; i++) {
		a->unites |= ar_each_united(m->emit[i].each);
		a->own_statements |= m->emit[i].type == AR_T_statement && ar_each_united(m->emit[i].each) && !m->emit[i].has_id;
	}
	return a;
}

void ar_accounts_free(struct ar_accounts *a)
{
	if (!a)
		return;
	for (int i = 0; i < a->n; i++)
		ar_rec_release(&a->held[i].rec);
	free(a->held);
	free(a->book);
	ar_tab_release(&a->key);
	ar_occur_release(&a->occur);
	ar_buf_release(&a->text);
	ar_arena_release(&a->mem);
	free(a);
}

static struct book *book_of(struct ar_accounts *a, struct ar_str key)
{
	bool fresh;
	uint32_t k = ar_tab_add(&a->key, key, &fresh);

	if (k >= a->cap) {
		a->cap = a->cap ? a->cap * 2 : 8;
		a->book = ar_realloc(a->book, a->cap * sizeof *a->book);
	}
	if (fresh)
		a->book[k] = (struct book){ .first = AR_DATE_NONE, .last = AR_DATE_NONE, .begin = AR_DATE_NONE, .end = AR_DATE_NONE, .held = -1 };
	return &a->book[k];
}

/* What a record's book is found by: the id of its statement where the map gives one, else account and currency. */
static struct ar_str key_of(struct ar_accounts *a, const struct ar_rec *r, enum ar_f id)
{
	struct ar_str s = ar_raw_text(r, id);
	int ccy = ar_currency(r, AR_F_currency);

	a->text.n = 0;
	if (s.n && !ar_streqz(s, "-")) {
		ar_buf_c(&a->text, 's');
		ar_buf_str(&a->text, s);
	} else {
		ar_buf_c(&a->text, 'a');
		ar_buf_str(&a->text, ar_raw_text(r, AR_F_account));
		ar_buf_c(&a->text, '\n');
		ar_buf_puts(&a->text, ccy == AR_CCY_NONE ? "" : ar_ccy[ccy].code);
	}
	return ar_buf_slice(&a->text);
}

/* ---- lines ---- */

/* The canonical line of what does not depend on where the line stood. */
static struct ar_hash128 content(struct ar_accounts *a, const struct ar_rec *line)
{
	static const enum ar_f not[] = { AR_F_id, AR_F_statement, AR_F_entry, AR_F_src, AR_F_warnings };
	struct ar_rec r = *line;

	for (size_t i = 0; i < sizeof not / sizeof *not; i++)
		ar_unset(&r, not[i]);
	r.nx = 0;
	r.canonical = false;
	a->text.n = 0;
	ar_rec_put(&r, &a->text);
	return ar_hash128(a->text.p, a->text.n);
}

static ar_date day_of(const struct ar_rec *line)
{
	return ar_has(line, AR_F_booked) ? ar_day(line, AR_F_booked) : ar_day(line, AR_F_value);
}

static void put_day(struct ar_buf *b, ar_date d)
{
	char z[11];

	ar_buf_c(b, ':');
	ar_buf_puts(b, d == AR_DATE_NONE ? "" : ar_date_z(z, d));
}

static void put_hash(struct ar_buf *b, struct ar_hash128 h)
{
	ar_buf_fmt(b, ":%016" PRIx64, h.lo);
}

/* ACCOUNT:DATE:AMOUNT CCY:HASH:N */
static void line_id(struct ar_accounts *a, struct ar_rec *line, struct ar_hash128 h, struct ar_arena *mem)
{
	int ccy = ar_currency(line, AR_F_currency);
	char amount[AR_MONEY_TEXT];

	a->text.n = 0;
	ar_buf_str(&a->text, ar_text(line, AR_F_account));
	put_day(&a->text, day_of(line));
	ar_buf_c(&a->text, ':');
	ar_buf_put(&a->text, amount, (size_t)ar_money_put(amount, ar_minor(line, AR_F_amount), ar_ccy[ccy].digits));
	ar_buf_puts(&a->text, ar_ccy[ccy].code);
	put_hash(&a->text, h);
	ar_buf_c(&a->text, ':');
	ar_buf_int(&a->text, ar_occur_next(&a->occur, h));
	ar_set_text(line, AR_F_id, ar_xrun_id(a->run, mem, 'b', ar_buf_slice(&a->text)));
}

/* ACCOUNT:CCY:DATE:HASH, of the first line that the file has of it. */
static struct ar_str statement_id(struct ar_accounts *a, const struct ar_rec *r, ar_date d, struct ar_hash128 h)
{
	int ccy = ar_currency(r, AR_F_currency);

	a->text.n = 0;
	ar_buf_str(&a->text, ar_text(r, AR_F_account));
	ar_buf_c(&a->text, ':');
	ar_buf_puts(&a->text, ccy == AR_CCY_NONE ? "" : ar_ccy[ccy].code);
	put_day(&a->text, d);
	put_hash(&a->text, h);
	return ar_xrun_id(a->run, &a->mem, 's', ar_buf_slice(&a->text));
}

/* As sums.h counts: booked money. */
static bool counts(const struct ar_rec *line)
{
	struct ar_str role = ar_raw_text(line, AR_F_role), status = ar_raw_text(line, AR_F_status);

	return (!role.n || ar_streqz(role, "money")) && (!status.n || ar_streqz(status, "booked"));
}

static void period(struct book *b, ar_date d)
{
	if (d == AR_DATE_NONE)
		return;
	b->first = b->first == AR_DATE_NONE || d < b->first ? d : b->first;
	b->last = b->last == AR_DATE_NONE || d > b->last ? d : b->last;
	b->begin = b->begin == AR_DATE_NONE ? d : b->begin;
	b->end = d;
}

bool ar_accounts_line(struct ar_accounts *a, struct ar_rec *line, struct ar_arena *mem)
{
	bool own = ar_streqz(ar_raw_text(line, AR_F_id), "-");
	bool lacks = !ar_has(line, AR_F_statement) && a->own_statements;
	struct ar_hash128 h = { 0 };
	ar_date d = day_of(line);
	struct book *b;

	if (own || lacks)
		h = content(a, line);
	if (own)
		line_id(a, line, h, mem);
	if (!a->unites)
		return own;
	b = book_of(a, key_of(a, line, AR_F_statement));
	if (lacks && !b->statement.n)
		b->statement = statement_id(a, line, d, h);
	if (lacks)
		ar_set_text(line, AR_F_statement, b->statement);
	if (counts(line)) {
		if (!b->counted)
			b->first = b->last = b->begin = AR_DATE_NONE;
		b->counted = true;
		b->sum += ar_minor(line, AR_F_amount);
	}
	if (b->counted == counts(line))
		period(b, d);
	return own;
}

/* ---- uniting ---- */

/*
 * The balance behind a row says what it was before all lines of the file if the rows go on in time, and behind them if they go back:
 * the same for every row that follows from the row before.
 */
static void balance(struct book *b, int64_t now)
{
	int64_t rising, falling;

	if (!ar_narrow(now - b->sum, &rising) || !ar_narrow(now + b->before, &falling))
		return;
	if (b->balances++) {
		b->rises += rising == b->last_rising;
		b->falls += falling == b->last_falling;
	} else {
		b->rising = rising;
		b->falling = falling;
	}
	b->last_rising = rising;
	b->last_falling = falling;
}

static struct held *hold(struct ar_accounts *a, const struct ar_rec *r, enum ar_each each, struct book *b)
{
	struct held *h;

	if (a->n == a->heldcap) {
		a->heldcap = a->heldcap ? a->heldcap * 2 : 4;
		a->held = ar_realloc(a->held, (size_t)a->heldcap * sizeof *a->held);
	}
	b->held = a->n;
	h = &a->held[a->n++];
	*h = (struct held){ .each = each, .book = (uint32_t)(b - a->book) };
	ar_rec_init(&h->rec, &a->mem);
	ar_rec_copy(&h->rec, r, &a->mem);
	return h;
}

/* Fields that no row before had. */
static void more(struct ar_accounts *a, struct ar_rec *to, const struct ar_rec *from)
{
	const struct ar_type *t = &ar_types[to->type];

	for (int i = 0; i < t->n; i++) {
		enum ar_f f = t->field[i].f;
		struct ar_val v = from->v[f];

		if (ar_has(to, f) || !ar_has(from, f))
			continue;
		if (v.p)
			v.p = ar_arena_dup(&a->mem, v.p, v.n);
		to->v[f] = v;
		ar_mark(to, f);
	}
}

bool ar_accounts_unite(struct ar_accounts *a, const struct ar_rec *r, enum ar_each each)
{
	struct book *b = book_of(a, key_of(a, r, AR_F_id));
	bool fresh = b->held < 0;
	struct held *h;

	if (each == AR_EACH_BALANCE && ar_has(r, AR_F_closing))
		balance(b, ar_minor(r, AR_F_closing));
	b->before = b->sum;
	h = fresh ? hold(a, r, each, b) : &a->held[b->held];
	if (each == AR_EACH_TOTAL)
		h->sum += ar_minor(r, AR_F_amount);
	else if (!fresh)
		more(a, &h->rec, r);
	return fresh;
}

/* ---- at the end ---- */

static void own_balances(struct ar_rec *r, const struct book *b)
{
	bool back = b->falls > b->rises || (b->falls == b->rises && b->begin > b->end);
	int64_t opening, closing;

	ar_unset(r, AR_F_closing);
	if (!b->balances)
		return;
	closing = b->falling;
	opening = b->rising;
	if (back ? !ar_narrow(b->last_falling - b->sum, &opening) : !ar_narrow(b->last_rising + b->sum, &closing))
		return;
	if (!ar_has(r, AR_F_opening))
		ar_set_i(r, AR_F_opening, opening);
	ar_set_i(r, AR_F_closing, closing);
}

static int whole_statement(struct ar_accounts *a, struct held *h, struct ar_err *e)
{
	struct book *b = &a->book[h->book];
	struct ar_rec *r = &h->rec;

	if (h->each == AR_EACH_BALANCE)
		own_balances(r, b);
	if (!ar_has(r, AR_F_period_start) && b->first != AR_DATE_NONE)
		ar_set_i(r, AR_F_period_start, b->first);
	if (!ar_has(r, AR_F_period_end) && b->last != AR_DATE_NONE)
		ar_set_i(r, AR_F_period_end, b->last);
	if (ar_streqz(ar_raw_text(r, AR_F_id), "-"))
		ar_set_text(r, AR_F_id, b->statement.n ? b->statement
		            : statement_id(a, r, ar_day(r, AR_F_period_end), (struct ar_hash128){ 0 }));
	return ar_rec_check(r, e);
}

static int whole_total(struct held *h, struct ar_err *e)
{
	int64_t sum;

	if (!ar_narrow(h->sum, &sum))
		return ar_err(e, AR_FINDINGS, "money_large", "a sum beyond all limits");
	ar_set_i(&h->rec, AR_F_amount, sum);
	return ar_rec_check(&h->rec, e);
}

int ar_accounts_count(const struct ar_accounts *a)
{
	return a->n;
}

bool ar_accounts_is_total(const struct ar_accounts *a, int i)
{
	return a->held[i].each == AR_EACH_TOTAL;
}

int ar_accounts_take(struct ar_accounts *a, int i, struct ar_rec *out, struct ar_err *e)
{
	struct held *h = &a->held[i];
	int rc = h->each == AR_EACH_TOTAL ? whole_total(h, e) : whole_statement(a, h, e);

	ar_rec_copy(out, &h->rec, &a->mem);
	return rc;
}
