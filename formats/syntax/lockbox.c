/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lockbox.c - see lockbox.h. */
#include "config.h"

#include "syntax/lockbox.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "num/date.h"
#include "syntax/feed.h"

enum type { T_TEXT, T_NUMBER, T_AMOUNT, T_DATE };

struct field {
	char record;
	struct ar_str name, up;          /* up: ../name */
	int nth;                         /* of name#nth; 1 */
	size_t from, to;
	enum type type;
	int scale;
	const char *format;
};

struct piece { size_t at; uint32_t n; uint64_t line; };

struct lockbox {
	struct ar_feed feed;
	struct ar_rowbuf row;
	struct ar_arena mem;
	struct field field[AR_LOCKBOX_FIELDS];
	int nfield;
	struct ar_buf held, h1, h2, h5, said;
	struct piece *piece;
	size_t npiece, piece_cap;
	bool begun, ended, torn, in_box, closed;
	uint64_t records, header, entry, box_line;
	int64_t item, batch_count, batch_sum, count, sum;        /* of the batch; of the service */
};

/* ---- columns and fields ---- */

static size_t chars(struct ar_str s, size_t n)
{
	size_t i = 0;

	while (i < s.n && n--)
		for (i++; i < s.n && ((unsigned char)s.p[i] & 0xC0) == 0x80; i++)
			;
	return i;
}

static struct ar_str col(struct ar_str s, size_t from, size_t to)
{
	size_t a = chars(s, from - 1), b = a + chars((struct ar_str){ s.p + a, s.n - a }, to - from + 1);

	return ar_str_trim((struct ar_str){ s.p + a, b - a });
}

/* The value of a field, read by its type, in the scratch or the record. n = 0: empty. */
static struct ar_str value(struct lockbox *l, const struct field *f, struct ar_str s, bool warn)
{
	struct ar_str v = col(s, f->from, f->to), plain = { NULL, 0 };
	char room[AR_MONEY_TEXT], iso[11];
	int64_t minor;
	ar_date d;

	if (!v.n)
		return v;
	switch (f->type) {
	case T_NUMBER:
		while (v.n > 1 && *v.p == '0')
			v = (struct ar_str){ v.p + 1, v.n - 1 };
		return v;
	case T_AMOUNT:
		if (ar_feed_implied(v, f->scale, room, &plain, &minor))
			return ar_rowbuf_own(&l->row, plain);
		break;
	case T_DATE:
		if (v.n == strspn(v.p, "0") || ar_streqz(v, "000000") || ar_streqz(v, "00000000"))
			return (struct ar_str){ NULL, 0 };
		if (ar_date_read(v, f->format, &d))
			return ar_rowbuf_own(&l->row, ar_str(ar_date_z(iso, d)));
		break;
	case T_TEXT:
		return v;
	}
	if (warn)
		ar_rowbuf_warn(&l->row, ar_arena_fmt(&l->mem, "%.*s", (int)(f->name.n < 40 ? f->name.n : 40), f->name.p), v);
	return (struct ar_str){ NULL, 0 };
}

/* All fields of a record; those of several records in one row: name, name#2 ... */
static void put_fields(struct lockbox *l, struct ar_str s)
{
	for (int i = 0; i < l->nfield; i++) {
		const struct field *f = &l->field[i];
		struct ar_rowbuf *r = &l->row;

		if (f->record != s.p[0] || r->n > AR_FEED_COLS - 8)
			continue;
		ar_rowbuf_put(r, ar_rowbuf_next(r, f->name), value(l, f, s, true));
	}
}

static bool is_above(const struct lockbox *l, struct ar_str name)
{
	for (int i = 0; i < l->row.nabove; i++)
		if (ar_streq(l->row.above_name[i], name))
			return true;
	return false;
}

static void above_fields(struct lockbox *l, struct ar_str s)
{
	for (int i = 0; s.n && i < l->nfield; i++)
		if (l->field[i].record == s.p[0] && !is_above(l, l->field[i].up)) {
			ar_rowbuf_above(&l->row, l->field[i].up, value(l, &l->field[i], s, false));
			l->row.used = 0;
		}
}

static const struct field *find(const struct lockbox *l, char record, const char *name, int nth)
{
	for (int i = 0; i < l->nfield; i++)
		if (l->field[i].record == record && l->field[i].nth == nth && ar_streqz(l->field[i].name, name))
			return &l->field[i];
	return NULL;
}

/* Minor units of an amount field; false: there is none. */
static bool amount_of(const struct lockbox *l, struct ar_str s, const char *name, int nth, int64_t *out)
{
	const struct field *f = find(l, s.p[0], name, nth);

	return f && ar_feed_implied(col(s, f->from, f->to), 0, NULL, NULL, out);
}

static struct ar_str text_of(const struct lockbox *l, const struct piece *p)
{
	return (struct ar_str){ l->held.p + p->at, p->n };
}

/* ---- findings ---- */

static int say(struct lockbox *l, uint64_t line, const char *code, const char *severity)
{
	int rc = ar_rowbuf_finding(&l->row, line, code, severity, ar_buf_slice(&l->said));

	l->said.n = 0;
	return rc;
}

static int differs(struct lockbox *l, uint64_t line, const char *what, struct ar_str said, int64_t ours)
{
	if (ar_str_uint(said, INT64_MAX) == ours)
		return 0;
	ar_buf_fmt(&l->said, "%s says %.*s, there is %lld", what, AR_STR_FMT(said), (long long)ours);
	return say(l, line, "control_total_differs", "warning");
}

static int batch_total(struct lockbox *l, struct ar_str s, uint64_t line)
{
	int rc = differs(l, line, "count of the batch", col(s, 21, 23), l->batch_count);

	if (rc == 0)
		rc = differs(l, line, "total of the batch", col(s, 24, 33), l->batch_sum);
	l->count += l->batch_count;
	l->sum += l->batch_sum;
	l->batch_count = l->batch_sum = 0;
	l->item = 0;
	return rc;
}

/* Two readings are in use: count in three columns or in four, the amount behind it. The one that agrees is right. */
static int service_total(struct lockbox *l, struct ar_str s, uint64_t line)
{
	bool three = ar_str_uint(col(s, 21, 23), INT64_MAX) == l->count && ar_str_uint(col(s, 24, 33), INT64_MAX) == l->sum;
	bool four = ar_str_uint(col(s, 21, 24), INT64_MAX) == l->count && ar_str_uint(col(s, 25, 34), INT64_MAX) == l->sum;

	if (!three && !four)
		ar_buf_fmt(&l->said, "the service total says %.*s, there are %lld cheques of %lld", AR_STR_FMT(col(s, 21, 34)),
		           (long long)l->count, (long long)l->sum);
	l->count = l->sum = 0;
	return three || four ? 0 : say(l, line, "control_total_differs", "warning");
}

/* ---- a cheque ---- */

static int refuse(struct lockbox *l, const struct piece *p, struct ar_str v)
{
	struct ar_err e = { 0 };

	ar_err(&e, AR_FINDINGS, "amount_syntax", "the amount of a cheque is not a number");
	ar_err_advice(&e, "is it the layout of this bank? see `field` in the map");
	ar_err_field(&e, "amount", v.p, v.n);
	l->row.n = 0;
	l->row.used = 0;
	return l->row.sink->reject(l->row.sink, p->line, text_of(l, p), &e);
}

static void put_number(struct lockbox *l, struct ar_str name, int64_t v, int digits)
{
	ar_rowbuf_number(&l->row, name, v, digits);
}

static void begin_row(struct lockbox *l, struct ar_str kind)
{
	l->row.n = 0;
	l->row.used = 0;
	ar_rowbuf_put(&l->row, AR_NAME(".record"), kind);
}

struct sums { int invoices; int64_t net; bool all; };

/* How many invoices the records behind a 6 name, and what they add up to. */
static struct sums look(const struct lockbox *l, const struct piece *p, size_t n)
{
	struct sums t = { 0, 0, true };

	for (size_t i = 1; i < n; i++) {
		struct ar_str s = text_of(l, &p[i]);
		const struct field *f;
		int64_t v;

		for (int k = 1; (f = find(l, s.p[0], "invoice", k)); k++) {
			if (!col(s, f->from, f->to).n)
				continue;
			t.invoices++;
			if (amount_of(l, s, "amount", k, &v))
				t.net += v;
			else
				t.all = false;
		}
	}
	return t;
}

static int invoices(struct lockbox *l, const struct piece *p, size_t n, int64_t paid, int scale, const struct sums *t)
{
	const struct field *f;
	int64_t v, line = 0;

	for (size_t i = 1; i < n; i++) {
		struct ar_str s = text_of(l, &p[i]);

		for (int k = 1; (f = find(l, s.p[0], "invoice", k)); k++) {
			if (!col(s, f->from, f->to).n)
				continue;
			begin_row(l, AR_NAME("invoice"));
			for (int j = 0; j < l->nfield; j++)
				if (l->field[j].record == s.p[0] && (l->field[j].nth == k))
					ar_rowbuf_put(&l->row, l->field[j].name, value(l, &l->field[j], s, true));
			if (amount_of(l, s, "amount", k, &v)) {
				put_number(l, AR_NAME(".net"), v, find(l, s.p[0], "amount", k)->scale);
			} else if (t->invoices == 1) {
				put_number(l, AR_NAME(".net"), paid, scale);
				ar_rowbuf_warn(&l->row, "amount_of_cheque", (struct ar_str){ NULL, 0 });
			}
			put_number(l, AR_NAME(".line"), ++line, 0);
			if (ar_rowbuf_give(&l->row, p[i].line) < 0)
				return -1;
		}
	}
	return 0;
}

static int remittance(struct lockbox *l, const struct piece *p, size_t n, int64_t paid, int scale)
{
	struct sums t = look(l, p, n);
	int base = l->row.nabove, rc;
	char room[24];

	if (!t.invoices || (!t.all && t.invoices > 1))
		return 0;
	above_fields(l, text_of(l, p));
	ar_rowbuf_above(&l->row, AR_NAME("../.entry"), (struct ar_str){ room, (size_t)ar_money_put(room, (int64_t)l->entry, 0) });
	rc = invoices(l, p, n, paid, scale, &t);
	if (rc == 0) {
		begin_row(l, AR_NAME("remittance"));
		put_number(l, AR_NAME(".amount"), paid, scale);
		rc = ar_rowbuf_give(&l->row, p->line);
	}
	if (rc == 0 && t.all && t.net != paid) {
		ar_buf_fmt(&l->said, "cheque %llu of lockbox header %llu: %lld is paid, its invoices add up to %lld",
		           (unsigned long long)l->entry, (unsigned long long)l->header, (long long)paid, (long long)t.net);
		rc = say(l, p->line, "remittance_total_mismatch", "warning");
	}
	ar_rowbuf_above_cut(&l->row, base);
	return rc;
}

static int order(struct lockbox *l, struct ar_str s, uint64_t line)
{
	int64_t item = ar_str_uint(col(s, 5, 7), 999), last = l->item;

	l->item = item;
	if (item > last)
		return 0;
	ar_buf_fmt(&l->said, "item %.*s follows item %lld", AR_STR_FMT(col(s, 5, 7)), (long long)last);
	return say(l, line, "item_order", "warning");
}

static int cheque(struct lockbox *l, const struct piece *p, size_t n, bool cut)
{
	struct ar_str s = text_of(l, p);
	const struct field *f = find(l, '6', "amount", 1);
	int64_t paid;

	l->entry++;
	if (order(l, s, p->line) < 0)
		return -1;
	l->batch_count++;
	if (!ar_feed_implied(col(s, f->from, f->to), 0, NULL, NULL, &paid) || paid < 0)
		return refuse(l, p, col(s, f->from, f->to));
	l->batch_sum += paid;
	begin_row(l, AR_NAME("cheque"));
	ar_rowbuf_put(&l->row, AR_NAME(".batch"), col(s, 2, 4));
	ar_rowbuf_put(&l->row, AR_NAME(".item"), col(s, 5, 7));
	put_fields(l, s);
	for (size_t i = 1; i < n; i++)
		put_fields(l, text_of(l, &p[i]));
	put_number(l, AR_NAME(".entry"), (int64_t)l->entry, 0);
	if (cut)
		ar_rowbuf_put(&l->row, AR_NAME(".incomplete"), AR_NAME("true"));
	if (ar_rowbuf_give(&l->row, p->line) < 0)
		return -1;
	return remittance(l, p, n, paid, f->scale);
}

/* ---- batches ---- */

static int flush(struct lockbox *l, bool cut, bool over)
{
	size_t i = 0, n;

	ar_buf_room(&l->held, AR_FEED_SPARE);
	while (i < l->npiece) {
		struct ar_str s = text_of(l, &l->piece[i]);
		uint64_t line = l->piece[i].line;
		int rc = 0;

		for (n = 1; i + n < l->npiece && l->held.p[l->piece[i + n].at] == '4'; n++)
			;
		if (s.p[0] == '6')
			rc = cheque(l, &l->piece[i], n, cut);
		else if (s.p[0] == '7')
			rc = batch_total(l, s, line);
		else if (s.p[0] == '8')
			rc = service_total(l, s, line);
		if (rc < 0)
			return -1;
		i += n;
	}
	l->npiece = 0;
	l->held.n = 0;
	if (!over)
		l->closed = false;
	return 0;
}

static int hold(struct lockbox *l, struct ar_str s)
{
	if (l->held.n > AR_LOCKBOX_HELD && s.p[0] == '6' && flush(l, false, true) < 0)
		return -1;
	if (l->held.n > 2 * (size_t)AR_LOCKBOX_HELD)
		return ar_feed_fail(&l->feed, "lockbox_limit", "a cheque with more than 16 MiB of records (limit lockbox-cheque)", NULL);
	if (l->npiece == l->piece_cap)
		l->piece = ar_realloc(l->piece, (l->piece_cap = l->piece_cap * 2 + 256) * sizeof *l->piece);
	l->piece[l->npiece++] = (struct piece){ l->held.n, (uint32_t)s.n, l->feed.line };
	ar_buf_str(&l->held, s);
	return 0;
}

static bool cheques_held(const struct lockbox *l)
{
	return l->npiece && l->held.p[l->piece[0].at] == '6';
}

/* All that is held, before something begins that closes it. */
static int close_batch(struct lockbox *l)
{
	bool open = cheques_held(l) && !l->closed;

	if (flush(l, open, false) < 0)
		return -1;
	if (!open)
		return 0;
	ar_buf_puts(&l->said, "a batch has no total (7)");
	return say(l, l->feed.line, "trailer_missing", "warning");
}

static void keep(struct ar_buf *b, struct ar_str s)
{
	b->n = 0;
	ar_buf_str(b, s);
}

/* The deposit itself, also of a day without cheques. */
static int close_box(struct lockbox *l, bool cut)
{
	if (!l->in_box)
		return 0;
	l->in_box = false;
	begin_row(l, AR_NAME("deposit"));
	put_number(l, AR_NAME(".entry"), (int64_t)l->entry, 0);
	if (cut)
		ar_rowbuf_put(&l->row, AR_NAME(".incomplete"), AR_NAME("true"));
	return ar_rowbuf_give(&l->row, l->box_line);
}

static int box_begins(struct lockbox *l, struct ar_str s)
{
	char room[24];

	if (close_batch(l) < 0 || close_box(l, false) < 0)
		return -1;
	l->box_line = l->feed.line;
	keep(&l->h5, s);
	l->in_box = true;
	l->entry = 0;
	l->item = 0;
	l->header++;
	ar_rowbuf_above_clear(&l->row);
	above_fields(l, ar_buf_slice(&l->h1));
	above_fields(l, ar_buf_slice(&l->h2));
	above_fields(l, ar_buf_slice(&l->h5));
	ar_rowbuf_above(&l->row, AR_NAME("../.header"), (struct ar_str){ room, (size_t)ar_money_put(room, (int64_t)l->header, 0) });
	return 0;
}

static int file_begins(struct lockbox *l, struct ar_str s)
{
	int rc;

	if (l->begun && !l->ended)
		l->torn = true;
	rc = l->torn ? flush(l, true, false) : close_batch(l);
	if (rc == 0)
		rc = close_box(l, l->torn);
	keep(&l->h1, s);
	l->h2.n = 0;
	l->begun = true;
	l->ended = false;
	l->records = 1;
	l->header = 0;
	l->count = l->sum = l->batch_count = l->batch_sum = 0;
	return rc;
}

static int record(struct lockbox *l, struct ar_str s)
{
	char kind = s.p[0];

	if (kind == '1' && (!l->begun || l->ended || col(s, 24, 29).n))
		return file_begins(l, s);
	if (!l->begun || l->ended)
		return 0;
	l->records++;
	switch (kind) {
	case '2':
		if (close_batch(l) < 0)
			return -1;
		keep(&l->h2, s);
		return close_box(l, false);
	case '5':
		return box_begins(l, s);
	case '6':
		if (!l->in_box && box_begins(l, (struct ar_str){ "5", 1 }) < 0)
			return -1;
		if (l->closed && close_batch(l) < 0)
			return -1;
		return hold(l, s);
	case '4':
		return l->npiece ? hold(l, s) : 0;
	case '7':
		l->closed = true;
		return hold(l, s);
	case '8':
		return hold(l, s);
	case '9':
		if (close_batch(l) < 0 || close_box(l, false) < 0)
			return -1;
		l->ended = true;
		return differs(l, l->feed.line, "record count of the file", col(s, 2, 7), (int64_t)l->records);
	}
	return 0;
}

/* ---- the layout ---- */

static bool read_type(struct lockbox *l, struct ar_str rest, struct field *f)
{
	struct ar_str type, arg;

	if (!ar_conf_word(&rest, &type))
		type = AR_STR("text");
	ar_conf_word(&rest, &arg);
	if (rest.n && ar_str_trim(rest).n)
		return false;
	f->scale = 2;
	if (ar_streqz(type, "text") || ar_streqz(type, "number")) {
		f->type = ar_streqz(type, "number") ? T_NUMBER : T_TEXT;
		return !arg.n;
	}
	if (ar_streqz(type, "amount")) {
		f->type = T_AMOUNT;
		f->scale = arg.n ? (int)ar_str_uint(arg, 4) : 2;
		return f->scale >= 0;
	}
	f->type = T_DATE;
	f->format = ar_arena_dup(&l->mem, arg.n ? arg.p : "yymmdd", arg.n ? arg.n : 6);
	return ar_streqz(type, "date") && ar_date_format_ok(f->format);
}

/* RECORD NAME FROM-TO [TYPE [SCALE or FORMAT]] */
static bool read_field(struct lockbox *l, struct ar_str line, struct field *f)
{
	struct ar_str rest = line, rec, name, span, from, to, nth;

	memset(f, 0, sizeof *f);
	if (!ar_conf_word(&rest, &rec) || !ar_conf_word(&rest, &name) || !ar_conf_word(&rest, &span) || rec.n != 1
	    || !strchr("125 64", rec.p[0]) || name.n > 40 || *name.p == '.')
		return false;
	to = ar_str_cut(span, '-', &from);
	f->record = rec.p[0];
	f->from = (size_t)ar_str_uint(from, 2000);
	f->to = (size_t)ar_str_uint(to.p ? to : from, 2000);
	if ((int64_t)f->from < 1 || (int64_t)f->to < (int64_t)f->from)
		return false;
	nth = ar_str_cut(name, '#', &name);
	f->nth = nth.p ? (int)ar_str_uint(nth, 99) : 1;
	if (f->nth < 1)
		return false;
	f->name = ar_feed_name(&l->mem, name);
	f->up = ar_feed_name(&l->mem, ar_str(ar_arena_fmt(&l->mem, "../%.*s", AR_STR_FMT(name))));
	return read_type(l, rest, f);
}

static int read_layout(struct lockbox *l, struct ar_conf_sec *map, struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	struct field f;

	while (map && (k = ar_conf_next(map, "field", k))) {
		if (l->nfield == AR_LOCKBOX_FIELDS || !read_field(l, k->value, &f)) {
			ar_err(e, AR_USAGE, "map_value", "field = %.*s: write RECORD NAME FROM-TO [text|number|amount [DECIMALS]|date FORMAT], at most "
			       "%d of them", AR_STR_FMT(k->value), AR_LOCKBOX_FIELDS);
			return ar_err_at(e, map->file, k->line);
		}
		l->field[l->nfield++] = f;
	}
	if (!find(l, '6', "amount", 1) && read_field(l, AR_STR("6 amount 8-17 amount"), &f) && l->nfield < AR_LOCKBOX_FIELDS)
		l->field[l->nfield++] = f;
	return 0;
}

/* ---- decoding ---- */

static int at_end(struct lockbox *l)
{
	if (l->begun && !l->ended && (flush(l, true, false) < 0 || close_box(l, true) < 0))
		return -1;
	if (!l->begun)
		return ar_feed_fail(&l->feed, "lockbox_header", "there is no file header record (1)", "is it a lockbox file?");
	if (l->torn)
		return ar_feed_fail(&l->feed, "lockbox_incomplete", "a file begins before the one before it has ended (9)", "fetch it again");
	if (!l->ended)
		return ar_feed_fail(&l->feed, "lockbox_incomplete", "the file is cut off: its trailer (9) is missing", "fetch it again");
	if (!l->row.above) {                    /* an empty day is a file without rows: say so */
		ar_buf_puts(&l->said, "there is no lockbox in the file");
		return say(l, l->feed.line, "no_lockbox", "info");
	}
	return ar_feed_say_mended(&l->feed, &l->row, 1);
}

static int run(struct lockbox *l)
{
	struct ar_str s;
	bool whole;
	int rc;

	while ((rc = ar_feed_line(&l->feed, &s, &whole)) > 0) {
		if (!whole)
			return ar_feed_fail(&l->feed, "line_limit", "a line of more than 1 MiB (limit feed-line)", "is it a lockbox file?");
		if (ar_str_trim(s).n && record(l, s) < 0)
			return -1;
	}
	return rc < 0 ? -1 : at_end(l);
}

static int decode(struct ar_decode *d)
{
	struct lockbox *l = ar_calloc(1, sizeof *l);
	int rc = -1;

	l->row.sink = d->sink;
	if (read_layout(l, d->map, d->err) == 0 && ar_feed_open(&l->feed, d) == 0)
		rc = run(l);
	ar_feed_close(&l->feed);
	ar_rowbuf_release(&l->row);
	ar_arena_release(&l->mem);
	ar_buf_release(&l->held);
	ar_buf_release(&l->h1);
	ar_buf_release(&l->h2);
	ar_buf_release(&l->h5);
	ar_buf_release(&l->said);
	free(l->piece);
	free(l);
	return rc;
}

/* ---- detection ---- */

/* As it stands; lines that are blank are passed over. */
static bool next_line(struct ar_str *rest, struct ar_str *out)
{
	do {
		size_t n = 0;

		if (!rest->n)
			return false;
		while (n < rest->n && rest->p[n] != '\n' && rest->p[n] != '\r')
			n++;
		*out = (struct ar_str){ rest->p, n };
		n += n < rest->n;
		*rest = (struct ar_str){ rest->p + n, rest->n - n };
	} while (!ar_str_trim(*out).n);
	return true;
}

/* A 1 with a date in columns 24-29, behind it a 2 with service type 400 or a 5 with a date. The text from there; n = 0: no. */
static struct ar_str found(struct ar_str head)
{
	struct ar_str rest = head, one, two, from;
	char iso[10];

	while (next_line(&rest, &one)) {
		from = (struct ar_str){ one.p, (size_t)(head.p + head.n - one.p) };
		if (one.p[0] != '1' || one.n > 80 || !ar_feed_day(col(one, 24, 29), iso) || ar_streqz(col(one, 35, 39), "09410"))
			continue;
		two = rest;
		if (next_line(&two, &one) && ((one.p[0] == '2' && ar_streqz(col(one, 32, 34), "400"))
		                              || (one.p[0] == '5' && ar_feed_day(col(one, 15, 20), iso))))
			return from;
	}
	return (struct ar_str){ NULL, 0 };
}

static int detect(struct ar_str head, char *why, size_t cap)
{
	struct ar_peek peek = { .head = head };
	struct ar_buf room = AR_BUF_INIT;
	int score = found(ar_text_head(&room, &peek, false)).n ? 92 : 0;

	if (score)
		snprintf(why, cap, "a lockbox header");
	ar_buf_release(&room);
	return score;
}

/* The longest 6 in the head, as characters; 0: there is none. */
static int64_t longest(struct ar_str s)
{
	struct ar_str one;
	size_t most = 0;

	for (bool first = true; next_line(&s, &one); first = false) {
		size_t n = 0;

		if (!first && one.p[0] != '6')
			continue;
		for (size_t i = 0; i < one.n; i++)
			n += ((unsigned char)one.p[i] & 0xC0) != 0x80;
		if (one.p[0] == '6' && n > most)
			most = n;
	}
	return (int64_t)most;
}

/* detect = width FROM-TO, none, origin NAME, ... : any of them */
static bool holds(struct ar_str text, struct ar_str cond)
{
	struct ar_str rest = cond, word, from, to;
	int64_t n = longest(text);

	ar_conf_word(&rest, &word);
	rest = ar_str_trim(rest);
	if (ar_streqz(word, "none"))
		return n == 0;
	if (ar_streqz(word, "origin"))
		return ar_streq(rest, col(text, 14, 23));
	to = ar_str_cut(rest, '-', &from);
	return ar_streqz(word, "width") && n > 0 && n >= ar_str_uint(from, 2000) && n <= ar_str_uint(to, 2000);
}

static int match(struct ar_peek *p)
{
	struct ar_buf room = AR_BUF_INIT;
	struct ar_conf_key *k;
	struct ar_str text, rest, piece;
	int rc = ar_conf_get(p->map, "detect", &k, p->err), yes = 0;

	if (rc <= 0)
		return rc;
	text = found(ar_text_head(&room, p, false));
	for (rest = k->value; text.n && !yes && ar_conf_split(&rest, ',', &piece); )
		yes = holds(text, piece);
	snprintf(p->why, AR_WHY, "its cheques have at most %lld columns", text.n ? (long long)longest(text) : 0);
	ar_buf_release(&room);
	return yes;
}

const struct ar_syntax ar_syntax_lockbox = {
	.name = "lockbox",
	.summary = "BAI lockbox: cheques and their invoices in fixed columns",
	.keys = "detect = width FROM-TO, none, origin NAME, ...: how long the longest record 6 is, or that there is none, or columns 14-23 of record "
	        "1; any of them\n"
	        "field = RECORD NAME FROM-TO [text | number | amount [DECIMALS] | date FORMAT]: the bank's layout, of records 1 2 5 6 4; repeated; "
	        "NAME#2 for a second invoice in a 4\n"
	        "encoding = windows-1252, iso-8859-1, iso-8859-15 (default: byte order mark, else UTF-8, bytes that are not being read as windows-1252)",
	.detect = detect,
	.match = match,
	.decode = decode,
};
