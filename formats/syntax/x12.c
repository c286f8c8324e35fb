/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "syntax/x12.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "rec/jstr.h"

struct seg {
	struct ar_str el[AR_X12_ELEMENTS];       /* el[0]: its name */
	int n;
};

void ar_x12_init(struct ar_x12 *x, struct ar_rowbuf *row)
{
	memset(x, 0, sizeof *x);
	x->row = row;
	x->default_currency = AR_STR("USD");
	x->digits = 2;
	x->paid = -1;
	for (int i = 1; i < AR_X12_ELEMENTS; i++) {
		char own[2][6] = { { 'R', 'M', 'R', (char)('0' + i / 10), (char)('0' + i % 10) }, { 'A', 'D', 'X' } };

		memcpy(own[1] + 3, own[0] + 3, 2);
		x->rmr_name[i] = ar_feed_name(&x->mem, (struct ar_str){ own[0], 5 });
		x->adx_name[i] = ar_feed_name(&x->mem, (struct ar_str){ own[1], 5 });
	}
}

void ar_x12_release(struct ar_x12 *x)
{
	ar_tab_release(&x->names);
	ar_arena_release(&x->mem);
	ar_buf_release(&x->said);
	ar_buf_release(&x->keep);
}

static void split(struct seg *g, struct ar_str s, struct ar_str sep)
{
	g->n = 0;
	while (g->n < AR_X12_ELEMENTS) {
		const char *at = sep.n == 1 ? ar_feed_find(s.p, s.n, *sep.p) : sep.n ? ar_str_find(s, sep) : NULL;
		struct ar_str one = at ? (struct ar_str){ s.p, (size_t)(at - s.p) } : s;

		g->el[g->n++] = one.n ? ar_str_trim(one) : one;
		if (!at)
			return;
		s = (struct ar_str){ at + sep.n, (size_t)(s.p + s.n - at) - sep.n };
	}
}

static struct ar_str el(const struct seg *g, int k)
{
	return k < g->n ? g->el[k] : (struct ar_str){ NULL, 0 };
}

/* The name of a segment or a qualifier as part of a name: letters and digits, 16 at most. */
static struct ar_str word(struct ar_str s)
{
	size_t n = 0;

	while (n < s.n && n < 16 && ar_is_alnum(s.p[n]))
		n++;
	return n ? (struct ar_str){ s.p, n } : AR_STR("X");
}

static inline bool is(const struct seg *g, const char *name)
{
	return ar_streqz(g->el[0], name);
}

/* An R element: [+-]digits with or without a point. To minor units; excess decimals must be zeros. */
static bool amount(const struct ar_x12 *x, struct ar_str s, int64_t *out)
{
	char room[40];
	size_t n = 0;

	if (s.n && *s.p == '+')
		s = (struct ar_str){ s.p + 1, s.n - 1 };
	if (s.n && s.p[s.n - 1] == '.')
		s.n--;
	if (s.n > 1 && s.p[s.n - 1] == '-') {            /* 12.00- */
		room[n++] = '-';
		s.n--;
	}
	if (!s.n || s.n > sizeof room - 2)
		return false;
	if (n) {
		memcpy(room + n, s.p, s.n);
		s = (struct ar_str){ room, n + s.n };
	}
	return ar_money_read(s, x->digits, out, NULL) == 0;
}

static void put_amount(struct ar_x12 *x, struct ar_str name, int64_t v)
{
	ar_rowbuf_number(x->row, name, v, x->digits);
}

static int say(struct ar_x12 *x, const char *code)
{
	int rc = ar_rowbuf_finding(x->row, x->number, code, "warning", ar_buf_slice(&x->said));

	x->said.n = 0;
	return rc;
}

/* A name made of parts, which lives as long as x. */
static struct ar_str name(struct ar_x12 *x, const char *front, struct ar_str a, const char *mid, struct ar_str b, const char *end)
{
	uint32_t k;
	size_t n;

	x->keep.n = 0;
	ar_buf_puts(&x->keep, AR_FRAME_BEGIN);
	ar_buf_puts(&x->keep, front);
	ar_buf_str(&x->keep, a);
	ar_buf_puts(&x->keep, mid);
	ar_buf_str(&x->keep, b);
	ar_buf_puts(&x->keep, end);
	n = x->keep.n - 2;
	ar_buf_put(&x->keep, AR_FRAME_END, sizeof AR_FRAME_END);
	if (x->names.n > 10000)
		return AR_NAME("../other");
	k = ar_tab_add(&x->names, ar_buf_slice(&x->keep), NULL);
	return (struct ar_str){ x->names.key[k].p + 2, n };
}

/* ---- what stands above ---- */

static bool above_has(const struct ar_x12 *x, struct ar_str n)
{
	for (int i = 0; i < x->row->nabove; i++)
		if (ar_streq(x->row->above_name[i], n))
			return true;
	return false;
}

static void above(struct ar_x12 *x, struct ar_str n, struct ar_str value)
{
	if (value.n && !above_has(x, n))
		ar_rowbuf_above(x->row, n, value);
}

static const char *level(const struct ar_x12 *x)
{
	return x->in_entity ? "../ENT/" : "../";
}

/* Segments of set or entity, outside of lines. */
static void header(struct ar_x12 *x, const struct seg *g)
{
	struct ar_str none = { NULL, 0 }, own = word(g->el[0]);
	char two[3] = "00";

	if (is(g, "N1")) {
		above(x, name(x, level(x), own, "-", word(el(g, 1)), ""), el(g, 2));
		above(x, name(x, level(x), own, "-", word(el(g, 1)), "-id"), el(g, 4));
	} else if (is(g, "REF") || is(g, "DTM")) {
		above(x, name(x, level(x), own, "-", word(el(g, 1)), ""), el(g, 2).n ? el(g, 2) : el(g, 3));
	} else if (is(g, "NTE")) {
		above(x, name(x, level(x), own, "", none, ""), el(g, 2));
	} else {
		for (int i = 1; i < g->n && i < 100; i++) {
			two[0] = (char)('0' + i / 10);
			two[1] = (char)('0' + i % 10);
			above(x, name(x, level(x), own, two, none, ""), el(g, i));
		}
	}
}

/* ---- lines ---- */

static void put_named(struct ar_x12 *x, struct ar_str n, struct ar_str value)
{
	if (x->row->n > AR_FEED_COLS - 16)
		return;
	if (x->stays)
		ar_rowbuf_put(x->row, n, value);
	else
		ar_rowbuf_copy(x->row, n, value);
}

/* Of a second one of its name in the line: name#2. */
static void put(struct ar_x12 *x, struct ar_str n, struct ar_str value)
{
	if (value.n)
		put_named(x, ar_rowbuf_next(x->row, ar_rowbuf_name(x->row, n)), value);
}

/* Those of RMR, with which a line begins, and ADX, of which there may be several. */
static void elements(struct ar_x12 *x, const struct seg *g, bool rmr)
{
	for (int i = 1; i < g->n; i++)
		if (g->el[i].n)
			put_named(x, rmr ? x->rmr_name[i] : ar_rowbuf_next(x->row, x->adx_name[i]), g->el[i]);
}

static void reason(struct ar_x12 *x, struct ar_str code)
{
	if (!code.n || x->nreason + code.n + 1 > sizeof x->reason)
		return;
	if (x->nreason)
		x->reason[x->nreason++] = ' ';
	memcpy(x->reason + x->nreason, code.p, code.n);
	x->nreason += code.n;
}

/* The sign with which RMR08 explains the line; as it stands if none does. */
static void settle_adjustment(struct ar_x12 *x)
{
	int64_t without = x->gross - x->discount;

	if (x->adxs || !x->own_adjustment)
		return;
	x->adjustment = x->own_adjustment;
	if (x->has_gross && x->has_net && without + x->own_adjustment != x->net && without - x->own_adjustment == x->net)
		x->adjustment = -x->own_adjustment;
}

static int close_line(struct ar_x12 *x)
{
	struct ar_rowbuf *r = x->row;

	if (!x->in_line)
		return 0;
	x->in_line = false;
	settle_adjustment(x);
	if (!x->has_net && x->has_gross && !x->bad_net) {
		x->net = x->gross - x->discount + x->adjustment;
		x->has_net = true;
		ar_rowbuf_warn(r, "net_missing", (struct ar_str){ NULL, 0 });
	}
	if (x->has_net) {
		put_amount(x, AR_NAME(".net"), x->net);
		if (x->adx_line)
			x->adx += x->net;
		else
			x->rmr += x->net;
	}
	if (x->has_gross)
		put_amount(x, AR_NAME(".gross"), x->gross);
	if (x->discount)
		put_amount(x, AR_NAME(".discount"), x->discount);
	if (x->adjustment)
		put_amount(x, AR_NAME(".adjustment"), x->adjustment);
	ar_rowbuf_copy(r, AR_NAME(".reason"), (struct ar_str){ x->reason, x->nreason });
	ar_rowbuf_number(r, AR_NAME(".line"), ++x->lines, 0);
	return ar_rowbuf_give(r, x->line);
}

static int open_line(struct ar_x12 *x, bool adx)
{
	if (close_line(x) < 0)
		return -1;
	x->row->n = 0;
	x->row->used = 0;
	x->in_line = true;
	x->line = x->number;
	x->adx_line = adx;
	x->has_net = x->has_gross = x->bad_net = false;
	x->net = x->gross = x->discount = x->own_adjustment = x->adjustment = 0;
	x->adxs = 0;
	x->nreason = 0;
	ar_rowbuf_put(x->row, AR_NAME(".record"), AR_NAME("remittance-line"));
	ar_rowbuf_put(x->row, AR_NAME(".kind"), adx ? AR_NAME("ADX") : AR_NAME("RMR"));
	return 0;
}

static bool line_amount(struct ar_x12 *x, const struct seg *g, int k, int64_t *out)
{
	struct ar_str s = el(g, k);

	if (!s.n)
		return false;
	if (amount(x, s, out))
		return true;
	ar_rowbuf_warn(x->row, "amount_syntax", s);
	return false;
}

static int on_rmr(struct ar_x12 *x, const struct seg *g)
{
	if (open_line(x, false) < 0)
		return -1;
	elements(x, g, true);
	x->has_net = line_amount(x, g, 4, &x->net);
	x->bad_net = !x->has_net && el(g, 4).n;
	x->has_gross = line_amount(x, g, 5, &x->gross);
	line_amount(x, g, 6, &x->discount);
	reason(x, el(g, 7));
	line_amount(x, g, 8, &x->own_adjustment);
	return 0;
}

static int on_adx(struct ar_x12 *x, const struct seg *g)
{
	bool inside = x->in_line && !x->adx_line;
	int64_t v = 0;

	if (!inside && open_line(x, true) < 0)
		return -1;
	elements(x, g, false);
	reason(x, el(g, 2));
	if (!line_amount(x, g, 1, &v))
		return 0;
	x->adjustment += v;
	x->adxs++;
	if (!inside) {
		x->net = v;
		x->has_net = true;
		if (ar_streqz(el(g, 3), "DB") && v > 0)
			x->not_counted += v;
	}
	return 0;
}

/* REF, DTM, NTE and whatever else stands in the loop of a line. */
static void in_line(struct ar_x12 *x, const struct seg *g, struct ar_str whole)
{
	struct ar_str own = word(g->el[0]), kind = word(el(g, 1));
	char room[40];
	size_t n = own.n;

	memcpy(room, own.p, n);
	if (is(g, "REF") || is(g, "DTM")) {
		room[n++] = '-';
		memcpy(room + n, kind.p, kind.n);
		put(x, (struct ar_str){ room, n + kind.n }, el(g, 2).n ? el(g, 2) : el(g, 3));
	} else if (is(g, "NTE")) {
		put(x, AR_STR("NTE"), el(g, 2));
	} else {
		put(x, (struct ar_str){ room, n }, whole);
	}
}

/* ---- the set ---- */

static void set_begins(struct ar_x12 *x, struct ar_str number)
{
	x->base = x->header = x->row->nabove;
	x->in_set = true;
	x->in_entity = x->in_line = x->has_bpr = false;
	x->bpr = x->rmr = x->adx = x->not_counted = x->lines = x->segments = 0;
	x->nset = number.n < sizeof x->set ? number.n : sizeof x->set;
	while (x->nset && x->nset < number.n && ((unsigned char)number.p[x->nset] & 0xC0) == 0x80)
		x->nset--;
	if (x->nset)
		memcpy(x->set, number.p, x->nset);
	x->digits = ar_feed_digits(x->default_currency);
	above(x, AR_NAME("../ST02"), number);
}

/* Do the lines make up what is paid? Lines outside of loops count, but for debit memos that only inform. */
static int check_total(struct ar_x12 *x, int64_t paid)
{
	char a[AR_MONEY_TEXT], b[AR_MONEY_TEXT];
	int64_t sum = x->rmr + x->adx;

	if (!x->lines || paid == sum || (x->not_counted && paid == sum - x->not_counted))
		return 0;
	ar_money_z(a, paid, x->digits);
	ar_money_z(b, sum, x->digits);
	ar_buf_fmt(&x->said, "%s%.*s: %s is paid, its lines add up to %s", x->nset ? "set " : "addenda", (int)x->nset, x->set, a, b);
	return say(x, "remittance_total_mismatch");
}

int ar_x12_end(struct ar_x12 *x, bool incomplete)
{
	int64_t paid = x->has_bpr ? x->bpr : x->paid;
	int rc;

	if (!x->in_set)
		return 0;
	if (close_line(x) < 0)
		return -1;
	ar_rowbuf_above_cut(x->row, x->header > x->base ? x->header : x->row->nabove);
	x->row->n = 0;
	x->row->used = 0;
	if (x->lines || x->has_bpr) {
		ar_rowbuf_put(x->row, AR_NAME(".record"), AR_NAME("remittance"));
		if (paid >= 0)
			put_amount(x, AR_NAME(".amount"), paid);
		else if (x->lines && x->rmr + x->adx >= 0 && !x->has_bpr)
			put_amount(x, AR_NAME(".amount"), x->rmr + x->adx);
		if (incomplete)
			ar_rowbuf_put(x->row, AR_NAME(".incomplete"), AR_NAME("true"));
		if (ar_rowbuf_give(x->row, x->number) < 0)
			return -1;
	}
	rc = paid >= 0 && !incomplete ? check_total(x, paid) : 0;
	if (rc == 0 && x->has_bpr && x->paid >= 0 && x->paid != x->bpr && !incomplete) {
		ar_buf_fmt(&x->said, "set %.*s: BPR02 is not the amount of the entry that carries it", (int)x->nset, x->set);
		rc = say(x, "remittance_total_mismatch");
	}
	x->in_set = false;
	ar_rowbuf_above_cut(x->row, x->base);
	return rc;
}

static int on_se(struct ar_x12 *x, const struct seg *g)
{
	int64_t n = x->segments + 1, said = ar_str_uint(el(g, 1), INT64_MAX);
	bool same = ar_streq(el(g, 2), (struct ar_str){ x->set, x->nset });

	if (ar_x12_end(x, false) < 0)
		return -1;
	if (said == n && same)
		return 0;
	ar_buf_fmt(&x->said, "set %.*s: SE says %.*s segments of set %.*s, there are %lld", (int)x->nset, x->set, AR_STR_FMT(el(g, 1)),
	           AR_STR_FMT(el(g, 2)), (long long)n);
	return say(x, "control_total_differs");
}

static void on_bpr(struct ar_x12 *x, const struct seg *g)
{
	x->has_bpr = amount(x, el(g, 2), &x->bpr) && x->bpr >= 0;
	header(x, g);
}

/* The currency decides on the decimals, so on amounts read before it too. */
static int on_cur(struct ar_x12 *x, const struct seg *g)
{
	struct ar_str bpr02 = { NULL, 0 };

	header(x, g);
	x->digits = ar_feed_digits(el(g, 2).n ? el(g, 2) : x->default_currency);
	for (int i = x->base; i < x->row->nabove; i++)
		if (ar_streqz(x->row->above_name[i], "../BPR02"))
			bpr02 = x->row->above_value[i];
	x->has_bpr = bpr02.n && amount(x, bpr02, &x->bpr) && x->bpr >= 0;
	return 0;
}

int ar_x12_segment(struct ar_x12 *x, struct ar_str s)
{
	struct seg g;

	split(&g, s, x->element);
	if (is(&g, "ST")) {
		if (ar_x12_end(x, true) < 0)
			return -1;
		if (ar_streqz(el(&g, 1), "820")) {
			set_begins(x, el(&g, 2));
			x->segments = 1;
		}
		return 0;
	}
	if (!x->in_set || !g.el[0].n)
		return 0;
	if (is(&g, "SE"))
		return on_se(x, &g);
	x->segments++;
	if (is(&g, "RMR") || is(&g, "ADX") || is(&g, "ENT")) {
		if (!x->in_entity && x->header == x->base)
			x->header = x->row->nabove;
		if (is(&g, "RMR"))
			return on_rmr(x, &g);
		if (is(&g, "ADX"))
			return on_adx(x, &g);
		if (close_line(x) < 0)
			return -1;
		ar_rowbuf_above_cut(x->row, x->header);
		x->in_entity = true;
		above(x, AR_NAME("../ENT/ENT01"), el(&g, 1));
		return 0;
	}
	if (x->in_line)
		in_line(x, &g, s);
	else if (is(&g, "BPR"))
		on_bpr(x, &g);
	else if (is(&g, "CUR"))
		return on_cur(x, &g);
	else
		header(x, &g);
	return 0;
}

/* ---- separators ---- */

/* The character at p: its bytes. */
static struct ar_str one_char(const char *p, size_t n)
{
	size_t k = 1;

	while (k < n && k < 4 && ((unsigned char)p[k] & 0xC0) == 0x80)
		k++;
	return (struct ar_str){ p, n ? k : 0 };
}

struct seps { struct ar_str element, end; };

/* s begins with ISA: 1 = found, 0 = more bytes are needed, -1 = it is no interchange. */
static int find_seps(struct ar_str s, struct seps *out)
{
	struct ar_str part;
	size_t at;

	if (s.n < 5)
		return 0;
	if (!ar_str_starts(s, "ISA") || ar_is_alnum(s.p[3]) || ar_is_space(s.p[3]))
		return -1;
	out->element = one_char(s.p + 3, s.n - 3);
	at = 3 + out->element.n;
	for (int i = 1; i < 16; i++) {
		const char *p = ar_str_find((struct ar_str){ s.p + at, s.n - at }, out->element);

		if (!p)
			return s.n > 1000 ? -1 : 0;
		at = (size_t)(p - s.p) + out->element.n;
		if (at > 400)
			return -1;
	}
	if (s.n - at < 6)
		return 0;
	part = one_char(s.p + at, s.n - at);
	out->end = one_char(part.p + part.n, s.n - at - part.n);
	if (ar_is_alnum(out->end.p[0]))
		return -1;
	if (out->end.p[0] == '\r' && out->end.p[1] == '\n')
		out->end.n = 2;
	return 1;
}

/* ---- addenda ---- */

/* What addenda may begin with: the name of a segment and a separator, "RMR*IV*". Returns the length of the name; 0: none of these. */
static size_t known_fragment(struct ar_str s, struct ar_str *sep)
{
	static const char names[][4] = { "RMR", "ST", "BPR", "ISA", "TRN", "ADX", "REF", "DTM", "ENT", "GS" };
	size_t n = 0;

	while (n < s.n && n < 4 && (ar_is_upper(s.p[n]) || (n && ar_is_digit(s.p[n]))))
		n++;
	if (n < 2 || n > 3 || s.n - n < 2 || ar_is_alnum(s.p[n]) || ar_is_space(s.p[n]) || strchr(":.,/-'", s.p[n]))
		return 0;
	*sep = one_char(s.p + n, s.n - n);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!names[i][n] && memcmp(s.p, names[i], 2) == 0 && s.p[n - 1] == names[i][n - 1])
			return n;
	return 0;
}

bool ar_x12_addenda(struct ar_x12 *x, struct ar_str text, int64_t paid, int *rc)
{
	struct seps seps = { { NULL, 0 }, { NULL, 0 } };
	struct ar_str s = ar_str_trim(text);
	bool sets;

	*rc = 0;
	if (!known_fragment(s, &seps.element))
		return false;
	if (ar_str_starts(s, "ISA") && find_seps(s, &seps) != 1)
		return false;
	for (const char *p = "\\~'\n"; !seps.end.n && *p; p++)
		if (memchr(s.p, *p, s.n))
			seps.end = (struct ar_str){ p, 1 };
	sets = ar_str_starts(s, "ISA") || ar_str_starts(s, "GS") || ar_str_starts(s, "ST");
	x->element = seps.element;
	x->paid = paid;
	x->stays = true;
	if (!sets)
		set_begins(x, (struct ar_str){ NULL, 0 });
	while (s.n && *rc == 0) {
		const char *at = seps.end.n == 1 ? ar_feed_find(s.p, s.n, *seps.end.p) : seps.end.n ? ar_str_find(s, seps.end) : NULL;
		struct ar_str one = at ? (struct ar_str){ s.p, (size_t)(at - s.p) } : s;

		s = at ? (struct ar_str){ at + seps.end.n, (size_t)(s.p + s.n - at) - seps.end.n } : (struct ar_str){ s.p + s.n, 0 };
		one = ar_str_trim(one);
		if (one.n)
			*rc = ar_x12_segment(x, one);
	}
	if (*rc == 0)
		*rc = ar_x12_end(x, sets);
	x->paid = -1;
	x->stays = false;
	return true;
}

/* ---- interchanges ---- */

struct file {
	struct ar_feed feed;
	struct ar_rowbuf row;
	struct ar_x12 x;
	struct ar_buf seps;              /* both separators: they must outlive the window */
	struct ar_str end;
	uint64_t segments;
	int64_t sets, groups, other;
	bool begun, open;                /* an ISA was seen; it is not closed */
	int isa;                         /* what the ISA put above */
};

static int count_differs(struct file *f, const char *what, struct ar_str said, int64_t there)
{
	if (ar_str_uint(said, INT64_MAX) == there)
		return 0;
	ar_buf_fmt(&f->x.said, "%s says %.*s, there are %lld", what, AR_STR_FMT(said), (long long)there);
	f->x.number = f->segments;
	return say(&f->x, "control_total_differs");
}

static int interchange(struct file *f, const struct seg *g)
{
	f->open = f->begun = true;
	f->groups = 0;
	ar_rowbuf_above_clear(&f->row);
	ar_rowbuf_above(&f->row, AR_NAME("../ISA06"), el(g, 6));
	ar_rowbuf_above(&f->row, AR_NAME("../ISA08"), el(g, 8));
	ar_rowbuf_above(&f->row, AR_NAME("../ISA13"), el(g, 13));
	f->isa = f->row.nabove;
	return 0;
}

static int segment(struct file *f, struct ar_str s)
{
	struct seg g;

	f->segments++;
	split(&g, s, f->x.element);
	f->x.number = f->segments;
	if ((is(&g, "ISA") || is(&g, "GS") || is(&g, "GE") || is(&g, "IEA")) && ar_x12_end(&f->x, true) < 0)
		return -1;                      /* a set that has no SE */
	if (is(&g, "ISA"))
		return interchange(f, &g);
	if (is(&g, "GS")) {
		f->sets = 0;
		ar_rowbuf_above_cut(&f->row, f->isa);
		ar_rowbuf_above(&f->row, AR_NAME("../GS06"), el(&g, 6));
		return 0;
	}
	if (is(&g, "GE")) {
		f->groups++;
		return count_differs(f, "GE", el(&g, 1), f->sets);
	}
	if (is(&g, "IEA")) {
		f->open = false;
		return count_differs(f, "IEA", el(&g, 1), f->groups);
	}
	if (is(&g, "ST")) {
		f->sets++;
		f->other += !ar_streqz(el(&g, 1), "820");
	}
	return ar_x12_segment(&f->x, s);
}

/* The next interchange begins at the window; separators found. 1, 0 = the end, -1. */
static int begin(struct file *f)
{
	struct seps seps;
	int rc, more = 1;

	for (;;) {
		struct ar_str s = { f->feed.buf + f->feed.at, f->feed.n - f->feed.at };

		rc = find_seps(s, &seps);
		if (rc > 0) {
			size_t n = seps.element.n;

			f->seps.n = 0;
			ar_buf_str(&f->seps, seps.element);
			ar_buf_str(&f->seps, seps.end);
			f->x.element = (struct ar_str){ f->seps.p, n };
			f->end = (struct ar_str){ f->seps.p + n, f->seps.n - n };
			if (f->end.p[0] == '\r')                  /* lines: CR and LF are both blanks around a segment */
				f->end.n = 1;
			return 1;
		}
		if (rc < 0 || more <= 0)
			return ar_feed_fail(&f->feed, "x12_isa", "an ISA segment without 16 elements and a terminator", "is it X12?");
		more = ar_feed_more(&f->feed);
		if (more < 0)
			return -1;
	}
}

static void skip_space(struct ar_feed *f)
{
	while (f->at < f->n && ar_is_space(f->buf[f->at])) {
		f->line += f->buf[f->at] == '\n';
		f->at++;
	}
}

/* Text before the first interchange: to the ISA. */
static int skip_prose(struct file *f)
{
	for (;;) {
		struct ar_str s = { f->feed.buf + f->feed.at, f->feed.n - f->feed.at };
		const char *p = s.n ? ar_str_find(s, AR_STR("ISA")) : NULL;
		int rc;

		if (p && (p == f->feed.buf || !ar_is_alnum(p[-1])) && s.p + s.n - p > 4 && !ar_is_alnum(p[3]) && !ar_is_space(p[3])) {
			f->feed.at += (size_t)(p - s.p);
			return 1;
		}
		if (p && s.p + s.n - p > 4)
			f->feed.at += (size_t)(p - s.p) + 1;
		else if (!p && s.n > 4)
			f->feed.at += s.n - 4;
		rc = p && s.p + s.n - p > 4 ? 1 : ar_feed_more(&f->feed);
		if (rc <= 0)
			return rc;
	}
}

/* Reads on until a segment is whole. 1, 0 = the end, -1. */
static int next(struct file *f, struct ar_str *out)
{
	size_t seen = 0;
	int rc;

	for (;;) {
		struct ar_str s;
		const char *p;

		if (!seen)
			skip_space(&f->feed);
		s = (struct ar_str){ f->feed.buf + f->feed.at, f->feed.n - f->feed.at };
		if (s.n > 3 && ar_str_starts(s, "ISA") && !ar_is_alnum(s.p[3]) && (rc = begin(f)) <= 0)
			return rc;
		s = (struct ar_str){ f->feed.buf + f->feed.at, f->feed.n - f->feed.at };
		p = s.n > seen ? ar_str_find((struct ar_str){ s.p + seen, s.n - seen }, f->end) : NULL;
		if (p) {
			*out = ar_str_trim((struct ar_str){ s.p, (size_t)(p - s.p) });
			f->feed.at += (size_t)(p - s.p) + f->end.n;
			f->feed.line += ar_count_char(s.p, (size_t)(p - s.p) + f->end.n, '\n');
			return 1;
		}
		if (s.n > AR_X12_SEGMENT)
			return ar_feed_fail(&f->feed, "x12_limit", "a segment of more than 64 KiB (limit x12-segment)", NULL);
		seen = s.n > f->end.n ? s.n - f->end.n : 0;
		rc = ar_feed_more(&f->feed);
		if (rc < 0)
			return -1;
		if (rc == 0) {
			*out = ar_str_trim(s);           /* only the closing segment may lack its terminator: others are cut off */
			f->feed.at = f->feed.n;
			return ar_str_starts(*out, "IEA") ? 1 : 0;
		}
	}
}

static int finish(struct file *f)
{
	if (ar_x12_end(&f->x, true) < 0)
		return -1;
	if (!f->begun)
		return ar_feed_fail(&f->feed, "x12_isa", "there is no ISA segment", "is it X12?");
	if (f->open)
		return ar_feed_fail(&f->feed, "x12_incomplete", "the interchange is cut off: its IEA is missing", "fetch it again");
	if (f->other) {
		ar_buf_fmt(&f->x.said, "%lld sets that are not 820 were left out", (long long)f->other);
		if (ar_rowbuf_finding(&f->row, f->segments, "set_left_out", "info", ar_buf_slice(&f->x.said)) < 0)
			return -1;
		f->x.said.n = 0;
	}
	return ar_feed_say_mended(&f->feed, &f->row, 1);
}

static int run(struct file *f)
{
	struct ar_str s;
	int rc = ar_feed_more(&f->feed);

	if (rc > 0)
		rc = skip_prose(f);
	while (rc > 0 && (rc = next(f, &s)) > 0)
		if (s.n && segment(f, s) < 0)
			return -1;
	return rc < 0 ? -1 : finish(f);
}

static int decode(struct ar_decode *d)
{
	struct file *f = ar_calloc(1, sizeof *f);
	int rc = -1;

	f->row.sink = d->sink;
	ar_x12_init(&f->x, &f->row);
	f->end = AR_STR("~");
	if ((!d->map || ar_conf_get_str(d->map, "currency", &f->x.default_currency, d->err) >= 0) && ar_feed_open(&f->feed, d) == 0)
		rc = run(f);
	ar_feed_close(&f->feed);
	ar_rowbuf_release(&f->row);
	ar_x12_release(&f->x);
	ar_buf_release(&f->seps);
	free(f);
	return rc;
}

/* ---- detection ---- */

/* The text from the first ISA with its 16 elements on; n = 0: none. */
static struct ar_str isa_of(struct ar_str s, struct seps *seps)
{
	for (const char *p; (p = ar_str_find(s, AR_STR("ISA"))); ) {
		s = (struct ar_str){ p, (size_t)(s.p + s.n - p) };
		if (find_seps(s, seps) == 1)
			return s;
		s = (struct ar_str){ s.p + 3, s.n - 3 };
	}
	return (struct ar_str){ NULL, 0 };
}

static int detect(struct ar_str head, char *why, size_t cap)
{
	struct ar_peek peek = { .head = head };
	struct ar_buf room = AR_BUF_INIT;
	struct ar_str s = ar_text_head(&room, &peek, false), from;
	struct seps seps;
	int score = 0;

	from = isa_of(s, &seps);
	if (from.n)
		score = ar_str_trim((struct ar_str){ s.p, (size_t)(from.p - s.p) }).n ? 60 : 97;
	if (score)
		snprintf(why, cap, "an ISA segment of 16 elements");
	ar_buf_release(&room);
	return score;
}

/* detect = NNN: the kind of its first set */
static int match(struct ar_peek *p)
{
	struct ar_str want = { NULL, 0 }, from, kind = { "", 0 };
	struct ar_buf room = AR_BUF_INIT, st = AR_BUF_INIT;
	struct seps seps;
	const char *at;

	if (ar_conf_get_str(p->map, "detect", &want, p->err) < 0)
		return -1;
	from = isa_of(ar_text_head(&room, p, false), &seps);
	if (from.n) {
		ar_buf_puts(&st, "ST");
		ar_buf_str(&st, seps.element);
		at = ar_str_find(from, ar_buf_slice(&st));
		if (at && (size_t)(from.p + from.n - at) >= st.n + 3)
			kind = (struct ar_str){ at + st.n, 3 };
	}
	snprintf(p->why, AR_WHY, "its first set is %.*s", kind.n ? 3 : 7, kind.n ? kind.p : "missing");
	at = kind.n && ar_streq(kind, want) ? "" : NULL;
	ar_buf_release(&room);
	ar_buf_release(&st);
	return at != NULL;
}

const struct ar_syntax ar_syntax_x12 = {
	.name = "x12",
	.summary = "ANSI X12 820, payment order and remittance advice",
	.keys = "detect = 820: the kind of the first set\n"
	        "currency = CODE: of sets without CUR (default USD)\n"
	        "encoding = windows-1252, iso-8859-1, iso-8859-15 (default: byte order mark, else UTF-8, bytes that are not being read as windows-1252)",
	.detect = detect,
	.match = match,
	.decode = decode,
};
