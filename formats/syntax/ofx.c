/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ofx.c - see ofx.h. Clauses are those of OFX 1.6 and 2.2. */
#include "config.h"

#include "syntax/ofx.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "map/seen.h"
#include "num/ccy.h"
#include "num/date.h"
#include "rec/jstr.h"
#include "syntax/feed.h"

/* What holds other tags, by depth: one that opens ends all open ones of its depth and below. */
enum level { L_OFX, L_SET, L_ANSWER, L_STATEMENT, L_PART, L_ENTRY, L_INNER, L_LEAF };
enum { SPARE = 16, LONGEST_TAG = 4096, LONGEST_PATH = 6 * AR_OFX_TAG, KNOWN = 64 };

struct value { uint32_t name; size_t at; uint32_t n; };
struct values {                         /* of the record under construction */
	struct value v[AR_OFX_FIELDS + 48];
	int n, warnings;
	int kind;                       /* which of the stamps are its */
	uint64_t serial;
	bool full;
};
enum { V_ENTRY, V_STATEMENT, V_FILE, V_KINDS };
struct stamp { uint64_t serial[V_KINDS]; };     /* of the records that have a name */
struct short_text { char p[304]; size_t n; };
struct held { uint64_t row; uint32_t from, n; };
enum stmt { S_NONE, S_MONEY, S_INVESTMENT, S_OTHER };

struct known { char tag[AR_OFX_TAG]; size_t n; enum level level; };

struct ofx {
	struct ar_feed feed;
	struct ar_rowbuf row;            /* findings */
	struct ar_arena mem;
	struct ar_str currency;          /* of the map */

	struct known open[L_LEAF], known[KNOWN];
	int depth;
	char leaf[AR_OFX_TAG];           /* an open tag of which it is not yet known what it is */
	size_t nleaf;
	enum level leaf_level;
	struct ar_buf text, path;
	bool begun, ended, torn;         /* <OFX> seen, </OFX> seen, <OFX> seen before </OFX> */

	struct ar_tab names;
	struct ar_str *name;             /* by number, AR_FEED_SPARE bytes behind each may be read */
	struct stamp *stamp;
	uint32_t name_cap;
	uint64_t serial;

	struct values entry, stmt, file; /* file: sign-on */
	struct ar_buf bytes, head, top;  /* of held entries and the one begun; of the statement; of the sign-on */
	struct value *kept;
	struct held *held;
	uint32_t nkept, kept_cap, nheld, held_cap;
	enum stmt in_statement;
	bool in_entry, pending;
	uint64_t entries, rows, above;
	struct short_text code, severity, message;      /* of a STATUS */
	struct ar_buf said;
	uint64_t statements, left_out, failed;
	struct ar_occur occur_entry, occur_statement;
	int ccy;                         /* of the statement's entries, if all have the same; -1: none yet, -2: several */
};

/* ---- names and values ---- */

static uint32_t intern(struct ofx *x, struct ar_str s)
{
	bool fresh;
	uint32_t k = ar_tab_add(&x->names, s, &fresh);
	char *p;

	if (!fresh)
		return k;
	if (k >= x->name_cap) {
		x->name_cap = x->name_cap * 2 + 256;
		x->name = ar_realloc(x->name, x->name_cap * sizeof *x->name);
		x->stamp = ar_realloc(x->stamp, x->name_cap * sizeof *x->stamp);
	}
	p = ar_arena_alloc(&x->mem, s.n + SPARE);
	memcpy(p, s.p, s.n);
	memset(p + s.n, 0, SPARE);
	x->name[k] = (struct ar_str){ p, s.n };
	x->stamp[k] = (struct stamp){ { 0 } };
	return k;
}

static void values_begin(struct ofx *x, struct values *v)
{
	v->n = v->warnings = 0;
	v->full = false;
	v->serial = ++x->serial;
}

/* A name that the record does not have yet: NAME, NAME#2, ... */
static uint32_t fresh_name(struct ofx *x, const struct values *v, struct ar_str s)
{
	uint32_t k = intern(x, s);
	char room[LONGEST_PATH];

	for (int nth = 2; x->stamp[k].serial[v->kind] == v->serial; nth++)
		k = intern(x, (struct ar_str){ room, (size_t)snprintf(room, sizeof room, "%.*s#%d", AR_STR_FMT(s), nth) });
	return k;
}

/* The value may stand in b itself. */
static void add(struct ofx *x, struct values *v, struct ar_buf *b, struct ar_str name, struct ar_str value)
{
	size_t at = b->n, inside = b->p && value.p >= b->p && value.p < b->p + at ? (size_t)(value.p - b->p) : SIZE_MAX;
	uint32_t k;

	if (v->n == (int)(sizeof v->v / sizeof *v->v))
		return;
	k = fresh_name(x, v, name);
	x->stamp[k].serial[v->kind] = v->serial;
	ar_buf_room(b, value.n + SPARE);
	ar_buf_put(b, inside < SIZE_MAX ? b->p + inside : value.p, value.n);
	v->v[v->n++] = (struct value){ k, at, (uint32_t)value.n };
}

static struct ar_str get(const struct ofx *x, const struct values *v, const struct ar_buf *b, struct ar_str name)
{
	for (int i = 0; i < v->n; i++)
		if (ar_streq(x->name[v->v[i].name], name))
			return (struct ar_str){ b->p + v->v[i].at, v->v[i].n };
	return (struct ar_str){ NULL, 0 };
}

static void warn(struct ofx *x, const char *what, struct ar_str value)
{
	char name[32], room[160];
	int n;

	value.n = value.n < 80 ? value.n : 80;
	while (value.n && ((unsigned char)value.p[value.n - 1] & 0xC0) == 0xC0)
		value.n--;
	while (!ar_utf8_ok(value.p, value.n))
		value.n--;
	n = snprintf(room, sizeof room, "%s: %.*s", what, AR_STR_FMT(value));
	x->entry.warnings++;
	snprintf(name, sizeof name, x->entry.warnings > 1 ? ".warning#%d" : ".warning", x->entry.warnings);
	add(x, &x->entry, &x->bytes, ar_str(name), (struct ar_str){ room, (size_t)n });
}

static int finding(struct ofx *x, const char *code, const char *severity)
{
	int rc = ar_rowbuf_finding(&x->row, ++x->rows, code, severity, ar_buf_slice(&x->said));

	x->said.n = 0;
	return rc;
}

/* ---- days and amounts ---- */

/*
 * 3.2.8: YYYYMMDD, then perhaps a time and a zone; some banks write YYYY-MM-DD. 1: a day, 2: one past the end of its month, taken as
 * its last; 0: none.
 */
static int day(struct ar_str s, char iso[11])
{
	char digit[8];
	int n = 0, y, m, d, rc = 1;

	for (size_t i = 0; i < s.n && n < 8; i++)
		if (ar_is_digit(s.p[i]))
			digit[n++] = s.p[i];
		else if ((n != 4 && n != 6) || (s.p[i] != '-' && s.p[i] != '/'))
			return 0;
	if (n < 8)
		return 0;
	y = (int)ar_str_uint((struct ar_str){ digit, 4 }, 9999);
	m = (int)ar_str_uint((struct ar_str){ digit + 4, 2 }, 99);
	d = (int)ar_str_uint((struct ar_str){ digit + 6, 2 }, 99);
	if (y < 1 || m < 1 || m > 12 || d < 1 || d > 31)
		return 0;
	if (d > ar_month_days(y, m)) {
		d = ar_month_days(y, m);
		rc = 2;
	}
	ar_date_z(iso, ar_date_from(y, m, d));
	return rc;
}

static bool zeros(struct ar_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '0')
			return false;
	return true;
}

/* 1,234,567: behind the first separator always three digits, up to `end`; only one kind of separator. */
static bool grouped(struct ar_str s, size_t end)
{
	size_t run = 0, groups = 0;
	char sep = '\0';

	for (size_t i = 0; i < end; i++) {
		if (ar_is_digit(s.p[i])) {
			run++;
			continue;
		}
		if ((sep && s.p[i] != sep) || (groups ? run != 3 : run < 1 || run > 3))
			return false;
		sep = s.p[i];
		groups++;
		run = 0;
	}
	return !groups || run == 3;
}

/* Sign, digits and separators without the blanks around and inside them; false: something else stands there. */
static bool tight(struct ar_str in, char room[40], struct ar_str *out, bool *neg)
{
	size_t n = 0;
	bool sign = false;

	*neg = false;
	for (size_t i = 0; i < in.n; i++) {
		char c = in.p[i];

		if (ar_is_space(c) || c == '\xC2' || c == '\xA0')     /* also a no-break space */
			continue;
		if ((c == '-' || c == '+') && !sign && !n) {
			sign = true;
			*neg = c == '-';
			continue;
		}
		if ((!ar_is_digit(c) && c != '.' && c != ',') || n == 40)
			return false;
		room[n++] = c;
	}
	*out = (struct ar_str){ room, n };
	return true;
}

/*
 * 3.2.9.1: a sign, digits, a point or a comma before the decimals. Where both separators stand, or one of them more than once, the
 * others part thousands. Returns the length in out[48]; 0: no amount.
 */
static size_t decimal(struct ar_str in, char out[48])
{
	char room[40], last = '\0';
	struct ar_str s;
	size_t n = 0, point, same = 0;
	bool neg, digit = false, lead = true;

	if (!tight(in, room, &s, &neg))
		return 0;
	point = s.n;
	for (size_t i = 0; i < s.n; i++)
		if (ar_is_digit(s.p[i])) {
			digit = true;
		} else {
			same = s.p[i] == last ? same + 1 : 1;
			last = s.p[i];
			point = i;
		}
	if (same > 1)
		point = s.n;
	if (!digit || !grouped(s, point))
		return 0;
	if (neg)
		out[n++] = '-';
	for (size_t i = 0; i < point; i++)
		if (ar_is_digit(s.p[i]) && (s.p[i] != '0' || !lead)) {
			out[n++] = s.p[i];
			lead = false;
		}
	if (lead)
		out[n++] = '0';
	if (point + 1 < s.n) {
		out[n++] = '.';
		memcpy(out + n, s.p + point + 1, s.n - point - 1);
		n += s.n - point - 1;
	}
	return n;
}

static bool is_day_tag(struct ar_str tag)
{
	return ar_str_starts(tag, "DT") && !ar_streqz(tag, "DTNAME");
}

/* ---- giving rows ---- */

static void keep(struct ofx *x, uint64_t row)
{
	if (x->nheld == x->held_cap)
		x->held = ar_realloc(x->held, (x->held_cap = x->held_cap * 2 + 64) * sizeof *x->held);
	while (x->kept_cap - x->nkept < (uint32_t)x->entry.n)
		x->kept = ar_realloc(x->kept, (x->kept_cap = x->kept_cap * 2 + 1024) * sizeof *x->kept);
	memcpy(x->kept + x->nkept, x->entry.v, (size_t)x->entry.n * sizeof *x->kept);
	x->held[x->nheld++] = (struct held){ row, x->nkept, (uint32_t)x->entry.n };
	x->nkept += (uint32_t)x->entry.n;
}

struct line { struct ar_str name[AR_OFX_FIELDS + 64], value[AR_OFX_FIELDS + 64]; int n; };

static void put(struct ofx *x, struct line *l, const struct value *v, int n, struct ar_buf *b, const char *up)
{
	ar_buf_room(b, SPARE);
	for (int i = 0; i < n && l->n < AR_OFX_FIELDS + 62; i++) {
		struct ar_str name = x->name[v[i].name];
		char room[LONGEST_PATH];

		if (up) {
			uint32_t k = intern(x, (struct ar_str){ room, (size_t)snprintf(room, sizeof room, "%s%.*s", up, AR_STR_FMT(name)) });

			name = x->name[k];              /* only now: intern may move the names */
		}
		l->name[l->n] = name;
		l->value[l->n++] = (struct ar_str){ b->p + v[i].at, v[i].n };
	}
}

static int give(struct ofx *x, struct line *l, const struct line *above, uint64_t number)
{
	struct ar_row row = { .row = number, .n = l->n, .name = l->name, .value = l->value, .padded = true, .plain_names = true,
		.nabove = above->n, .above_name = above->name, .above_value = above->value, .above = x->above };

	return x->feed.d->sink->row(x->feed.d->sink, &row);
}

/* The currency of the statement: its own, else that of all its entries, else the map's. */
static void settle_currency(struct ofx *x)
{
	struct ar_str ccy = get(x, &x->stmt, &x->head, AR_STR("CURDEF"));

	if (get(x, &x->stmt, &x->head, AR_STR("CURDEF/currency")).n)
		return;
	if (!ccy.n && x->ccy >= 0)
		ccy = (struct ar_str){ ar_ccy[x->ccy].code, 3 };
	if (!ccy.n)
		ccy = x->currency;
	if (ccy.n)
		add(x, &x->stmt, &x->head, AR_STR("CURDEF/currency"), ccy);
}

/* The entries held go out; none is being read. */
static int flush(struct ofx *x, bool incomplete)
{
	struct line above = { .n = 0 }, l;
	struct value *v;

	settle_currency(x);
	x->above++;
	put(x, &above, x->stmt.v, x->stmt.n, &x->head, "../");
	put(x, &above, x->file.v, x->file.n < 32 ? x->file.n : 32, &x->top, "../../");
	for (uint32_t i = 0; i < x->nheld; i++) {
		l.n = 0;
		v = x->kept + x->held[i].from;
		put(x, &l, v, (int)x->held[i].n, &x->bytes, NULL);
		if (incomplete) {
			l.name[l.n] = AR_NAME(".incomplete");
			l.value[l.n++] = AR_NAME("true");
		}
		if (give(x, &l, &above, x->held[i].row) < 0)
			return -1;
	}
	x->nheld = x->nkept = 0;
	x->bytes.n = 0;
	return 0;
}

/* ---- the statement ---- */

static void begin_statement(struct ofx *x, enum stmt kind)
{
	x->in_statement = kind;
	x->head.n = 0;
	x->entries = 0;
	x->ccy = -1;
	values_begin(x, &x->stmt);
}

static struct ar_str account(const struct ofx *x)
{
	struct ar_str s = get(x, &x->stmt, &x->head, AR_STR("BANKACCTFROM/ACCTID"));

	return s.n ? s : get(x, &x->stmt, &x->head, AR_STR("CCACCTFROM/ACCTID"));
}

static void occurrence(struct ofx *x, struct values *v, struct ar_buf *b, struct ar_occur *o, const char *name)
{
	char room[24];
	uint32_t k = ar_occur_next(o, ar_hash128(x->said.p, x->said.n));

	add(x, v, b, ar_str(name), (struct ar_str){ room, (size_t)ar_money_put(room, k, 0) });
	x->said.n = 0;
}

/* What tells statements and entries apart starts with the account. */
static void key_begin(struct ofx *x)
{
	x->said.n = 0;
	ar_buf_str(&x->said, get(x, &x->stmt, &x->head, AR_STR("BANKACCTFROM/BANKID")));
	ar_buf_c(&x->said, '\0');
	ar_buf_str(&x->said, account(x));
}

static void key_add(struct ofx *x, struct ar_str s)
{
	ar_buf_c(&x->said, '\0');
	ar_buf_str(&x->said, s);
}

/* An account is told as it stands; that a balance or day is no such thing is told beside. */
static int unreadable(struct ofx *x)
{
	for (int i = 0; i < x->stmt.n; i++) {
		struct ar_str name = x->name[x->stmt.v[i].name], v = { x->head.p + x->stmt.v[i].at, x->stmt.v[i].n };
		const char *last = memrchr(name.p, '/', name.n), *kind;
		char iso[11], room[48];
		struct ar_str tag = last ? (struct ar_str){ last + 1, name.n - (size_t)(last + 1 - name.p) } : name;

		if (!v.n || zeros(v) || memchr(name.p, '#', name.n))
			continue;
		kind = is_day_tag(tag) && !day(v, iso) ? "day" : ar_streqz(tag, "BALAMT") && !decimal(v, room) ? "amount" : NULL;
		if (!kind)
			continue;
		ar_buf_fmt(&x->said, "account %.*s: %.*s is no %s: %.*s", AR_STR_FMT(account(x)), AR_STR_FMT(name), kind,
		           (int)(v.n < 60 ? v.n : 60), v.p);
		x->said.n = ar_utf8_check(x->said.p, x->said.n);
		if (finding(x, "statement_value", "warning") < 0)
			return -1;
	}
	return 0;
}

static int give_statement(struct ofx *x, bool incomplete)
{
	struct line above = { .n = 0 }, l = { .n = 0 };

	key_begin(x);
	key_add(x, get(x, &x->stmt, &x->head, AR_STR("BANKTRANLIST/DTSTART/date")));
	key_add(x, get(x, &x->stmt, &x->head, AR_STR("BANKTRANLIST/DTEND/date")));
	key_add(x, get(x, &x->stmt, &x->head, AR_STR("LEDGERBAL/DTASOF/date")));
	occurrence(x, &x->stmt, &x->head, &x->occur_statement, "CURDEF/occurrence");
	if (flush(x, incomplete) < 0)
		return -1;
	x->above++;
	l.name[l.n] = AR_NAME(".record");
	l.value[l.n++] = AR_NAME("statement");
	put(x, &l, x->stmt.v, x->stmt.n, &x->head, NULL);
	if (incomplete) {
		l.name[l.n] = AR_NAME(".incomplete");
		l.value[l.n++] = AR_NAME("true");
	}
	put(x, &above, x->file.v, x->file.n, &x->top, "../");
	return give(x, &l, &above, ++x->rows) < 0 ? -1 : unreadable(x);
}

static int end_statement(struct ofx *x, bool incomplete)
{
	enum stmt kind = x->in_statement;

	x->in_statement = S_NONE;
	if (kind == S_MONEY) {
		x->statements++;
		return give_statement(x, incomplete);
	}
	if (kind == S_NONE)
		return 0;
	x->left_out++;
	ar_buf_puts(&x->said, kind == S_INVESTMENT ? "an investment statement is left out: its account is no bank account"
	            : "a loan statement is left out: its account is no bank account");
	return finding(x, kind == S_INVESTMENT ? "investment_left_out" : "loan_left_out", "info");
}

/* ---- an entry ---- */

static void begin_entry(struct ofx *x, bool pending)
{
	if (x->in_statement == S_NONE)
		begin_statement(x, S_MONEY);            /* a list that stands alone */
	if (x->in_statement != S_MONEY)
		return;
	x->in_entry = true;
	x->pending = pending;
	values_begin(x, &x->entry);
	add(x, &x->entry, &x->bytes, AR_STR(".record"), pending ? AR_STR("pending") : AR_STR("entry"));
}

static void check_days(struct ofx *x)
{
	bool booked = false;
	int n = x->entry.n;

	for (int i = 0; i < n; i++) {
		struct ar_str name = x->name[x->entry.v[i].name], v;
		char iso[11], room[2 * AR_OFX_TAG];
		int rc;

		if (!is_day_tag(name) || memchr(name.p, '/', name.n) || memchr(name.p, '#', name.n))
			continue;
		v = (struct ar_str){ x->bytes.p + x->entry.v[i].at, x->entry.v[i].n };
		if (!v.n || zeros(v))
			continue;
		rc = day(v, iso);
		booked |= rc && (ar_streqz(name, "DTPOSTED") || ar_streqz(name, "DTTRAN"));
		if (rc != 1) {
			char said[80];
			size_t k = v.n < 80 ? v.n : 80;

			memcpy(said, v.p, k);
			warn(x, rc ? "day past the end of its month, taken as the last" : "no day", (struct ar_str){ said, k });
		}
		if (rc)
			add(x, &x->entry, &x->bytes, (struct ar_str){ room, (size_t)snprintf(room, sizeof room, "%.*s/date", AR_STR_FMT(name)) },
			    (struct ar_str){ iso, 10 });
	}
	if (!booked)
		warn(x, "no day of booking", get(x, &x->entry, &x->bytes, AR_STR("FITID")));
}

/* CURRENCY says that the amount is in another; CURDEF may stand behind the entries. */
static void entry_currency(struct ofx *x)
{
	struct ar_str ccy = get(x, &x->entry, &x->bytes, AR_STR("CURRENCY/CURSYM"));
	int k = ar_ccy_find(ccy);

	if (ccy.n)
		add(x, &x->entry, &x->bytes, AR_STR("TRNAMT/currency"), ccy);
	x->ccy = x->ccy == -1 || x->ccy == k ? k : -2;
}

static int end_entry(struct ofx *x)
{
	char room[48];
	size_t n;

	if (!x->in_entry)
		return 0;
	x->in_entry = false;
	if (x->entry.full)
		warn(x, "more than 96 values, the rest is left out", get(x, &x->entry, &x->bytes, AR_STR("FITID")));
	check_days(x);
	n = decimal(get(x, &x->entry, &x->bytes, AR_STR("TRNAMT")), room);
	if (n)
		add(x, &x->entry, &x->bytes, AR_STR("TRNAMT/decimal"), (struct ar_str){ room, n });
	entry_currency(x);
	key_begin(x);
	key_add(x, get(x, &x->entry, &x->bytes, AR_STR("FITID")));
	key_add(x, get(x, &x->entry, &x->bytes, x->pending ? AR_STR("DTTRAN/date") : AR_STR("DTPOSTED/date")));
	key_add(x, (struct ar_str){ room, n });
	occurrence(x, &x->entry, &x->bytes, &x->occur_entry, "FITID/occurrence");
	add(x, &x->entry, &x->bytes, AR_STR(".entry"), (struct ar_str){ room, (size_t)ar_money_put(room, (int64_t)++x->entries, 0) });
	keep(x, ++x->rows);
	return x->bytes.n > AR_OFX_HELD ? flush(x, false) : 0;
}

/* ---- statuses ---- */

static void set_short(struct short_text *t, struct ar_str v)
{
	t->n = v.n < sizeof t->p ? v.n : sizeof t->p;
	memcpy(t->p, v.p, t->n);
	t->n = ar_utf8_check(t->p, t->n);
}

static void status_value(struct ofx *x, struct ar_str tag, struct ar_str v)
{
	struct short_text *to = ar_streqz(tag, "CODE") ? &x->code : ar_streqz(tag, "SEVERITY") ? &x->severity
		: ar_streqz(tag, "MESSAGE") || ar_streqz(tag, "MESSAGE2") ? &x->message : NULL;

	if (to && v.n)
		set_short(to, v);
}

static bool severity_is(const struct ofx *x, const char *what)
{
	return ar_str_caseeq((struct ar_str){ x->severity.p, x->severity.n }, ar_str(what));
}

/* 3.1.4: what the server says of a sign-on or a request. parent: what the STATUS stands in. */
static int end_status(struct ofx *x, const char *parent)
{
	bool signon = ar_str_starts(ar_str(parent), "SON");

	if (!severity_is(x, "ERROR") && !severity_is(x, "WARN") && (severity_is(x, "INFO") || zeros((struct ar_str){ x->code.p, x->code.n })))
		return 0;
	ar_buf_fmt(&x->said, "%s: %.*s %.*s%s%.*s", signon ? "the bank refused the sign-on" : "the bank did not answer the request",
	           (int)x->code.n, x->code.p, (int)x->severity.n, x->severity.p, x->message.n ? ": " : "", (int)x->message.n, x->message.p);
	if (severity_is(x, "WARN"))
		return finding(x, "server_warning", "warning");
	x->failed++;
	return finding(x, signon ? "signon_failed" : "request_failed", "error");
}

/* ---- tags ---- */

static enum level find_level(struct ar_str t)
{
	static const char *const part[] = { "BANKTRANLIST", "BANKTRANLISTP", "LEDGERBAL", "AVAILBAL", "BALLIST", "BANKACCTFROM", "CCACCTFROM",
		"INVACCTFROM", "INVTRANLIST", "INVPOSLIST", "SECLIST", "REWARDINFO", "ACCTINFO", NULL };
	static const char *const inner[] = { "PAYEE", "EXTDPAYEE", "CURRENCY", "ORIGCURRENCY", "BANKACCTTO", "CCACCTTO", "STATUS", "FI",
		"IMAGEDATA", NULL };

	if (ar_streqz(t, "OFX"))
		return L_OFX;
	if (ar_streqz(t, "STMTTRN") || ar_streqz(t, "STMTTRNP") || ar_streqz(t, "BAL"))
		return L_ENTRY;
	for (int i = 0; inner[i]; i++)
		if (ar_streqz(t, inner[i]))
			return L_INNER;
	for (int i = 0; part[i]; i++)
		if (ar_streqz(t, part[i]))
			return L_PART;
	if (t.n > 8 && (memcmp(t.p + t.n - 8, "MSGSRSV", 7) == 0 || memcmp(t.p + t.n - 8, "MSGSRQV", 7) == 0))
		return L_SET;                           /* BANKMSGSRSV1 */
	if (ar_streqz(t, "SONRS") || ar_streqz(t, "SONRQ") || ar_str_ends(t, "TRNRS") || ar_str_ends(t, "TRNRQ"))
		return L_ANSWER;
	return ar_str_ends(t, "STMTRS") ? L_STATEMENT : L_LEAF;
}

/* The same few tags come again and again. */
static enum level level_of(struct ofx *x, struct ar_str t)
{
	size_t hash = t.n * 31 + (unsigned char)t.p[0] * 7u + (unsigned char)t.p[t.n - 1] + (unsigned char)t.p[t.n / 2];
	struct known *k = &x->known[hash % KNOWN];

	if (k->n != t.n || memcmp(k->tag, t.p, t.n) != 0) {
		k->n = t.n;
		memcpy(k->tag, t.p, t.n);
		k->level = find_level(t);
	}
	return k->level;
}

static bool within(const struct ofx *x, const char *tag)
{
	for (int i = 0; i < x->depth; i++)
		if (strcmp(x->open[i].tag, tag) == 0)
			return true;
	return false;
}

/* Path of a leaf below level `from`: what the names of the rows are. */
static struct ar_str path_of(struct ofx *x, enum level from, struct ar_str leaf)
{
	x->path.n = 0;
	for (int i = 0; i < x->depth; i++)
		if (x->open[i].level > from) {
			ar_buf_put(&x->path, x->open[i].tag, x->open[i].n);
			ar_buf_c(&x->path, '/');
		}
	ar_buf_str(&x->path, leaf);
	return ar_buf_slice(&x->path);
}

static bool crowded(struct ofx *x, struct values *v)
{
	v->full |= v->n >= AR_OFX_FIELDS || x->names.n >= AR_OFX_NAMES;
	return v->full;
}

/* A value of the statement or of the sign-on, and what can be made of it. */
static void head_value(struct ofx *x, struct values *v, struct ar_buf *b, struct ar_str name, struct ar_str leaf, struct ar_str value)
{
	char room[48], iso[11];
	size_t n;

	if (crowded(x, v))
		return;
	add(x, v, b, name, value);
	if (is_day_tag(leaf) && !zeros(value) && day(value, iso)) {
		ar_buf_puts(&x->path, "/date");
		add(x, v, b, ar_buf_slice(&x->path), (struct ar_str){ iso, 10 });
	}
	if (ar_streqz(leaf, "BALAMT") && (n = decimal(value, room))) {
		ar_buf_puts(&x->path, "/decimal");
		add(x, v, b, ar_buf_slice(&x->path), (struct ar_str){ room, n });
	}
}

static void leaf(struct ofx *x, struct ar_str tag, struct ar_str value)
{
	if (within(x, "STATUS")) {
		status_value(x, tag, value);
	} else if (x->in_entry) {
		if (!crowded(x, &x->entry))
			add(x, &x->entry, &x->bytes, path_of(x, L_ENTRY, tag), value);
	} else if (x->in_statement == S_MONEY) {
		head_value(x, &x->stmt, &x->head, path_of(x, L_STATEMENT, tag), tag, value);
	} else if (within(x, "SONRS") && value.n) {
		head_value(x, &x->file, &x->top, path_of(x, L_ANSWER, tag), tag, value);
	}
}

/* closed: by its own tag, not because something else began. */
static int pop(struct ofx *x, bool closed)
{
	int rc = 0, k = x->depth - 1;

	switch (x->open[k].level) {
	case L_OFX:
		x->ended = closed;
		x->torn |= !closed;
		break;
	case L_STATEMENT:
		rc = end_statement(x, false);
		break;
	case L_ENTRY:
		rc = end_entry(x);
		break;
	case L_INNER:
		if (strcmp(x->open[k].tag, "STATUS") == 0)
			rc = end_status(x, k ? x->open[k - 1].tag : "");
		break;
	default:
		break;
	}
	x->depth--;
	return rc;
}

/* A list that had no statement around it ends with its message. */
static int end_stray(struct ofx *x, enum level level)
{
	return x->in_statement != S_NONE && level <= L_STATEMENT ? end_statement(x, false) : 0;
}

static int push(struct ofx *x, struct ar_str tag, enum level level)
{
	if (level == L_OFX && x->in_statement == S_MONEY && (end_entry(x) < 0 || end_statement(x, true) < 0))
		return -1;
	while (x->depth && x->open[x->depth - 1].level >= level)
		if (pop(x, false) < 0)
			return -1;
	if (end_stray(x, level) < 0)
		return -1;
	memcpy(x->open[x->depth].tag, tag.p, tag.n);
	x->open[x->depth].tag[tag.n] = '\0';
	x->open[x->depth].n = tag.n;
	x->open[x->depth++].level = level;
	if (level == L_OFX) {
		x->begun = true;
		x->ended = false;
		x->top.n = 0;
		values_begin(x, &x->file);
	} else if (level == L_STATEMENT) {
		begin_statement(x, ar_str_starts(tag, "INV") ? S_INVESTMENT
		                : ar_streqz(tag, "STMTRS") || ar_streqz(tag, "CCSTMTRS") ? S_MONEY : S_OTHER);
	} else if (level == L_ENTRY && !ar_streqz(tag, "BAL")) {
		begin_entry(x, ar_streqz(tag, "STMTTRNP"));
	} else if (ar_streqz(tag, "STATUS")) {
		x->code.n = x->severity.n = x->message.n = 0;
	}
	return 0;
}

/* The tag that was open is over: something with a text, or with nothing in it, or something that holds others. */
static int settle(struct ofx *x, bool closed)
{
	struct ar_str tag = { x->leaf, x->nleaf }, value = ar_str_trim(ar_buf_slice(&x->text));
	enum level level = x->leaf_level;

	if (!x->nleaf)
		return 0;
	x->nleaf = 0;
	if (level == L_INNER && !value.n)
		return closed ? 0 : push(x, tag, L_INNER);
	if (x->depth)
		leaf(x, tag, value);
	return 0;
}

static int on_open(struct ofx *x, struct ar_str tag, bool self_closed)
{
	enum level level;

	if (settle(x, false) < 0)
		return -1;
	level = level_of(x, tag);
	if (!x->depth && level != L_OFX)
		return 0;                               /* before or behind the document */
	x->text.n = 0;
	if (level < L_INNER)
		return self_closed ? 0 : push(x, tag, level);
	memcpy(x->leaf, tag.p, tag.n);
	x->nleaf = tag.n;
	x->leaf_level = level;
	return self_closed ? settle(x, true) : 0;
}

static int on_close(struct ofx *x, struct ar_str tag)
{
	int k;

	if (x->nleaf && ar_streq(tag, (struct ar_str){ x->leaf, x->nleaf }))
		return settle(x, true);
	if (settle(x, false) < 0)
		return -1;
	for (k = x->depth - 1; k >= 0 && !ar_streqz(tag, x->open[k].tag); k--)
		;
	if (k < 0)
		return 0;
	while (x->depth > k)
		if (pop(x, x->depth == k + 1) < 0)
			return -1;
	return end_stray(x, level_of(x, tag));
}

/* ---- tokens ---- */

struct entity { const char *name; const char *text; };

/* &amp; and the like at p[0] == '&': its length and what it stands for; 0: just an ampersand. */
static size_t entity(const char *p, size_t n, char out[4], int *nout)
{
	static const struct entity known[] = { { "amp;", "&" }, { "lt;", "<" }, { "gt;", ">" }, { "quot;", "\"" }, { "apos;", "'" },
		{ "nbsp;", " " } };
	uint32_t cp = 0;
	size_t i = 2, digits = 0;
	bool hex = n > 3 && p[1] == '#' && ar_lower(p[2]) == 'x';

	for (size_t k = 0; k < sizeof known / sizeof *known; k++)
		if (ar_str_starts((struct ar_str){ p + 1, n - 1 }, known[k].name)) {
			out[0] = known[k].text[0];
			*nout = 1;
			return 1 + strlen(known[k].name);
		}
	if (n < 4 || p[1] != '#')
		return 0;
	for (i += hex; i < n && digits < 7; i++, digits++) {
		char c = ar_lower(p[i]);

		if (ar_is_digit(c))
			cp = cp * (hex ? 16 : 10) + (uint32_t)(c - '0');
		else if (hex && c >= 'a' && c <= 'f')
			cp = cp * 16 + (uint32_t)(c - 'a' + 10);
		else
			break;
	}
	if (!digits || i == n || p[i] != ';' || !cp || cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000))
		return 0;
	*nout = ar_utf8_put(out, cp);
	return i + 1;
}

/* Text belongs to the tag that is open, if it is one that can have any. */
static int text(struct ofx *x, struct ar_str s, bool raw)
{
	if (!x->nleaf || !s.n)
		return 0;
	if (x->text.n + s.n > AR_OFX_TEXT)
		return ar_feed_fail(&x->feed, "ofx_limit", "a text of more than 65536 bytes (limit ofx-text)", NULL);
	while (s.n) {
		const char *amp = raw ? NULL : memchr(s.p, '&', s.n);
		size_t n = amp ? (size_t)(amp - s.p) : s.n, used;
		char out[4];
		int k = 0;

		ar_buf_put(&x->text, s.p, n);
		s = (struct ar_str){ s.p + n, s.n - n };
		if (!s.n)
			break;
		used = entity(s.p, s.n, out, &k);
		ar_buf_put(&x->text, used ? out : "&", used ? (size_t)k : 1);
		s = (struct ar_str){ s.p + (used ? used : 1), s.n - (used ? used : 1) };
	}
	return 0;
}

static char *window(struct ofx *x, size_t *n)
{
	*n = x->feed.n - x->feed.at;
	return x->feed.buf + x->feed.at;
}

/* 1: at least n bytes are in the window; 0: the end is nearer; -1 */
static int need(struct ofx *x, size_t n)
{
	int rc = 1;

	while (rc > 0 && x->feed.n - x->feed.at < n)
		rc = ar_feed_more(&x->feed);
	return rc;
}

static bool at(struct ofx *x, const char *what)
{
	size_t n;
	const char *p = window(x, &n);

	return n >= strlen(what) && memcmp(p, what, strlen(what)) == 0;
}

static void take(struct ofx *x, size_t n)
{
	x->feed.line += ar_count_char(x->feed.buf + x->feed.at, n, '\n');
	x->feed.at += n;
}

/* All up to `end` and that itself: into the text if it is CDATA, else nowhere. 0, or -1; the end of the file ends it too. */
static int skip_to(struct ofx *x, const char *end, bool cdata)
{
	size_t k = strlen(end), n;
	int rc;

	for (;;) {
		const char *p = window(x, &n), *found = n ? ar_str_find((struct ar_str){ p, n }, ar_str(end)) : NULL;
		size_t safe = found ? (size_t)(found - p) : n > k ? n - k : 0;

		while (!found && safe && ((unsigned char)p[safe] & 0xC0) == 0x80)
			safe--;
		if (cdata && text(x, (struct ar_str){ p, safe }, true) < 0)
			return -1;
		take(x, found ? safe + k : safe);
		if (found)
			return 0;
		rc = ar_feed_more(&x->feed);
		if (rc <= 0) {
			take(x, x->feed.n - x->feed.at);
			return rc;
		}
	}
}

static bool name_char(char c)
{
	return ar_is_alnum(c) || c == '.' || c == '_' || c == '-' || c == ':';
}

/* A tag at p[0] == '<': its length; 0: it is text; (size_t)-1: its end is not in these n bytes. */
static size_t tag_at(const char *p, size_t n, struct ar_str *name, bool *close, bool *self_closed)
{
	size_t i = 1, from;

	*close = n > 1 && p[1] == '/';
	i += *close;
	from = i;
	if (i < n && !ar_is_alpha(p[i]))
		return 0;
	while (i < n && name_char(p[i]))
		i++;
	*name = (struct ar_str){ p + from, i - from };
	if (i < n && p[i] != '>' && p[i] != '/' && !ar_is_space(p[i]))
		return 0;
	for (; i < n && p[i] != '>'; i++)
		if (p[i] == '<' || i > LONGEST_TAG)
			return 0;
	if (i == n)
		return (size_t)-1;
	*self_closed = p[i - 1] == '/' && i - 1 >= from + name->n;
	return i + 1;
}

/* Names in capitals, without a prefix. */
static int on_tag(struct ofx *x, struct ar_str name, bool close, bool self_closed)
{
	char room[AR_OFX_TAG];
	const char *colon = memrchr(name.p, ':', name.n);

	if (colon) {
		name.n -= (size_t)(colon + 1 - name.p);
		name.p = colon + 1;
	}
	if (!name.n || name.n >= AR_OFX_TAG)
		return settle(x, false);
	for (size_t i = 0; i < name.n; i++)
		room[i] = ar_upper(name.p[i]);
	name.p = room;
	return close ? on_close(x, name) : on_open(x, name, self_closed);
}

/* At a '<'. */
static int markup(struct ofx *x)
{
	struct ar_str name = { NULL, 0 };
	bool close = false, self_closed = false;
	size_t n, len;
	char *p;
	int rc = need(x, 9);

	if (rc < 0)
		return -1;
	if (at(x, "<!--"))
		return skip_to(x, "-->", false);
	if (at(x, "<![CDATA[")) {
		take(x, 9);
		return skip_to(x, "]]>", true);
	}
	if (at(x, "<?"))
		return skip_to(x, "?>", false);
	p = window(x, &n);
	while ((len = tag_at(p, n, &name, &close, &self_closed)) == (size_t)-1) {
		rc = ar_feed_more(&x->feed);
		if (rc < 0)
			return -1;
		p = window(x, &n);
		if (rc == 0) {
			take(x, n);                     /* cut inside a tag */
			return 0;
		}
	}
	if (!len) {
		rc = text(x, (struct ar_str){ p, 1 }, true);
		take(x, 1);
		return rc;
	}
	rc = on_tag(x, name, close, self_closed);
	take(x, len);
	return rc;
}

/* Up to the next '<'; an entity that the window's end cuts stays for the next time. */
static int run_text(struct ofx *x)
{
	size_t n, keep_back = 0;
	const char *p = window(x, &n), *lt = memchr(p, '<', n), *amp;

	if (lt == p)
		return markup(x);
	if (lt)
		n = (size_t)(lt - p);
	amp = x->nleaf && !lt ? memrchr(p, '&', n) : NULL;
	if (amp && n - (size_t)(amp - p) < 12 && !x->feed.end)
		keep_back = n - (size_t)(amp - p);
	if (text(x, (struct ar_str){ p, n - keep_back }, false) < 0)
		return -1;
	take(x, n - keep_back);
	return keep_back && ar_feed_more(&x->feed) < 0 ? -1 : 0;
}

/* ---- decoding ---- */

static int nothing(struct ofx *x)
{
	if (x->statements || x->left_out || x->failed)
		return 0;
	ar_buf_puts(&x->said, "the file holds no statement");
	return finding(x, "no_statement", "warning");
}

static int at_end(struct ofx *x)
{
	bool cut = x->depth > 0;

	if (!x->begun)
		return ar_feed_fail(&x->feed, "ofx_header", "there is no <OFX>", "is it an OFX file?");
	x->nleaf = 0;                           /* a value at the cut may lack its end */
	if (cut && x->in_statement == S_MONEY) {
		if (get(x, &x->entry, &x->bytes, AR_STR("TRNAMT")).n && end_entry(x) < 0)
			return -1;
		x->statements++;
		if (give_statement(x, true) < 0)
			return -1;
	}
	if (cut || x->torn)
		return ar_feed_fail(&x->feed, "ofx_incomplete", x->torn ? "a document begins before the one before it has ended (</OFX>)"
		                    : "the file is cut off: </OFX> is missing", "fetch it again");
	if (ar_feed_mended(&x->feed) && ar_feed_say_mended(&x->feed, &x->row, ++x->rows) < 0)
		return -1;
	return nothing(x);
}

static int run(struct ofx *x)
{
	int rc;

	while ((rc = need(x, 1)) > 0)
		if (run_text(x) < 0)
			return -1;
	return rc < 0 ? -1 : at_end(x);
}

static void release(struct ofx *x)
{
	ar_feed_close(&x->feed);
	ar_rowbuf_release(&x->row);
	ar_arena_release(&x->mem);
	ar_tab_release(&x->names);
	ar_buf_release(&x->text);
	ar_buf_release(&x->path);
	ar_buf_release(&x->bytes);
	ar_buf_release(&x->head);
	ar_buf_release(&x->top);
	ar_buf_release(&x->said);
	ar_occur_release(&x->occur_entry);
	ar_occur_release(&x->occur_statement);
	free(x->name);
	free(x->stamp);
	free(x->kept);
	free(x->held);
	free(x);
}

static int decode(struct ar_decode *d)
{
	struct ofx *x = ar_calloc(1, sizeof *x);
	int rc = -1;

	x->row.sink = d->sink;
	x->entry.kind = V_ENTRY;
	x->stmt.kind = V_STATEMENT;
	x->file.kind = V_FILE;
	if ((!d->map || ar_conf_get_str(d->map, "currency", &x->currency, d->err) >= 0) && ar_feed_open(&x->feed, d) == 0)
		rc = run(x);
	release(x);
	return rc;
}

/* ---- detection ---- */

static bool holds(struct ar_str head, const char *what)
{
	size_t n = strlen(what);

	for (const char *p = head.p, *end = head.p + head.n; (p = memchr(p, what[0], (size_t)(end - p))); p++) {
		if ((size_t)(end - p) < n)
			return false;
		if (ar_str_caseeq((struct ar_str){ p, n }, (struct ar_str){ what, n }))
			return true;
	}
	return false;
}

/* The words of the header stand at the beginning, behind prose at most. */
static const char *found(struct ar_str head)
{
	head.n = head.n < 8192 ? head.n : 8192;
	return !head.n ? NULL : holds(head, "OFXHEADER:") ? "OFXHEADER" : holds(head, "<?OFX ") ? "<?OFX" : holds(head, "<OFX>")
		|| holds(head, "<OFX ") ? "<OFX>" : NULL;
}

static int detect(struct ar_str head, char *why, size_t cap)
{
	struct ar_peek peek = { .head = head };
	struct ar_buf room = AR_BUF_INIT;
	const char *word = found(ar_text_head(&room, &peek, false));

	if (word)
		snprintf(why, cap, "there is %s", word);
	ar_buf_release(&room);
	return word ? 98 : 0;
}

static int match(struct ar_peek *p)
{
	struct ar_conf_key *k;
	int rc = ar_conf_get(p->map, "detect", &k, p->err);

	snprintf(p->why, AR_WHY, "%s", rc > 0 ? "an OFX document" : "it has no detect line");
	if (rc > 0 && !ar_streqz(k->value, "any")) {
		ar_err(p->err, AR_USAGE, "map_value", "detect can only be: any");
		return ar_err_at(p->err, p->map->file, k->line);
	}
	return rc;
}

const struct ar_syntax ar_syntax_ofx = {
	.name = "ofx",
	.summary = "OFX 1.x and 2.x, QFX: bank and credit card statements",
	.keys = "detect = any\n"
	        "currency = CODE: of statements that do not say theirs\n"
	        "encoding = windows-1252, iso-8859-1, iso-8859-15 (default: byte order mark, else UTF-8, bytes that are not being "
	        "read as windows-1252)",
	.detect = detect,
	.match = match,
	.decode = decode,
};
