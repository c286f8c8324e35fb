/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rec/rec.h"

#include "rec/jstr.h"

#include "num/rate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void ar_rec_init(struct ar_rec *r, struct ar_arena *mem)
{
	memset(r, 0, sizeof *r);
	r->mem = mem;
	ar_schema_init();
	r->pos = ar_types[r->type].pos;
}

void ar_rec_release(struct ar_rec *r)
{
	free(r->x);
	r->x = NULL;
	r->nx = r->xcap = 0;
}

void ar_rec_start(struct ar_rec *r, enum ar_t type)
{
	r->has = 0;
	r->type = type;
	r->pos = ar_types[type].pos;
	r->nx = 0;
	r->shape = 0;
	r->line = NULL;
	r->len = 0;
	r->canonical = false;
	r->input = NULL;
	r->lineno = 0;
}

static struct ar_x *x_new(struct ar_rec *r)
{
	if (r->nx == r->xcap) {
		r->xcap = r->xcap ? r->xcap * 2 : 32;
		r->x = ar_realloc(r->x, (size_t)r->xcap * sizeof *r->x);
	}
	r->canonical = false;
	return &r->x[r->nx++];
}

void ar_rec_copy(struct ar_rec *to, const struct ar_rec *from, struct ar_arena *mem)
{
	const struct ar_type *t = &ar_types[from->type];

	ar_rec_start(to, from->type);
	to->mem = mem;
	to->input = from->input;
	to->lineno = from->lineno;
	for (uint64_t set = from->has; set; ) {
		enum ar_f f = t->field[ar_take_field(&set)].f;

		to->v[f] = from->v[f];
		if (from->v[f].p)
			to->v[f].p = ar_arena_dup(mem, from->v[f].p, from->v[f].n);
		ar_mark(to, f);
	}
	for (int i = 0; i < from->nx; i++) {
		struct ar_x *x = x_new(to);

		*x = from->x[i];
		x->key = ar_arena_dup(mem, x->key, x->nkey);
		x->val = ar_arena_dup(mem, x->val, x->nval);
	}
}

static struct ar_str decode(struct ar_arena *mem, const char *p, size_t n, bool esc)
{
	char *out;

	if (!esc)
		return (struct ar_str){ p, n };
	out = ar_arena_alloc(mem, n + 1);
	n = ar_jstr_decode(p, n, out);
	out[n] = '\0';
	return (struct ar_str){ out, n };
}

struct ar_str ar_text(const struct ar_rec *r, enum ar_f f)
{
	if (!ar_has(r, f))
		return (struct ar_str){ NULL, 0 };
	return decode(r->mem, r->v[f].p, r->v[f].n, r->v[f].esc);
}

int ar_list(const struct ar_rec *r, enum ar_f f, struct ar_str **out)
{
	const char *p, *end;
	struct ar_str *s;
	int n = 0;

	if (!ar_has(r, f) || r->v[f].i == 0)
		return 0;
	s = ar_arena_alloc(r->mem, (size_t)r->v[f].i * sizeof *s);
	p = r->v[f].p;
	end = p + r->v[f].n;
	while (p < end) {                       /* canonical: "a","b" */
		const char *q = ++p;
		bool esc = false;

		for (; *q != '"'; q++)
			if (*q == '\\') {
				esc = true;
				q++;
			}
		ar_assert(n < r->v[f].i);
		s[n++] = decode(r->mem, p, (size_t)(q - p), esc);
		p = q + 2;
	}
	*out = s;
	return n;
}

const struct ar_x *ar_x_find(const struct ar_rec *r, struct ar_str key)
{
	for (int i = 0; i < r->nx; i++)
		if (r->x[i].nkey == key.n && memcmp(r->x[i].key, key.p, key.n) == 0)
			return &r->x[i];
	return NULL;
}

struct ar_str ar_x_text(const struct ar_rec *r, const struct ar_x *x)
{
	return decode(r->mem, x->val, x->nval, x->esc);
}

/* raw UTF-8 -> canonical JSON text, in the arena only when something has to be escaped */
static struct ar_str encode(struct ar_arena *mem, struct ar_str s)
{
	struct ar_buf b = AR_BUF_INIT;
	struct ar_str out;

	if (ar_jstr_plain(s.p, s.n) == s.n)
		return s;
	ar_jstr_put(&b, s.p, s.n);
	out = ar_arena_str(mem, ar_buf_slice(&b));
	ar_buf_release(&b);
	return out;
}

static inline void set_slice(struct ar_rec *r, enum ar_f f, struct ar_str s, bool esc, bool utf8)
{
	if (!s.n) {
		ar_unset(r, f);
		return;
	}
	r->v[f] = (struct ar_val){ .p = s.p, .n = (uint32_t)s.n, .esc = esc, .utf8 = utf8 };
	ar_mark(r, f);
}

void ar_set_raw(struct ar_rec *r, enum ar_f f, struct ar_str s)
{
	set_slice(r, f, s, s.n && memchr(s.p, '\\', s.n), false);
}

void ar_set_text(struct ar_rec *r, enum ar_f f, struct ar_str s)
{
	if (ar_jstr_printing(s.p, s.n))
		set_slice(r, f, s, false, true);
	else if (ar_jstr_plain(s.p, s.n) == s.n)
		set_slice(r, f, s, false, false);
	else
		ar_set_raw(r, f, encode(r->mem, s));
}

void ar_set_fmt(struct ar_rec *r, enum ar_f f, const char *fmt, ...)
{
	va_list ap;
	int n;
	char *p;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	ar_assert(n >= 0);
	p = ar_arena_alloc(r->mem, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	ar_set_text(r, f, (struct ar_str){ p, (size_t)n });
}

void ar_set_list(struct ar_rec *r, enum ar_f f, const struct ar_str *s, int n)
{
	struct ar_buf b = AR_BUF_INIT;

	if (!n) {
		ar_unset(r, f);
		return;
	}
	for (int i = 0; i < n; i++) {
		ar_buf_puts(&b, i ? ",\"" : "\"");
		ar_jstr_put(&b, s[i].p, s[i].n);
		ar_buf_c(&b, '"');
	}
	ar_set_raw(r, f, ar_arena_str(r->mem, ar_buf_slice(&b)));
	r->v[f].i = n;
	ar_buf_release(&b);
}

void ar_list_add(struct ar_rec *r, enum ar_f f, struct ar_str s)
{
	struct ar_buf b = AR_BUF_INIT;
	int64_t n = ar_int(r, f, 0);

	if (n) {
		ar_buf_str(&b, ar_raw_text(r, f));
		ar_buf_c(&b, ',');
	}
	ar_buf_c(&b, '"');
	ar_jstr_put(&b, s.p, s.n);
	ar_buf_c(&b, '"');
	ar_set_raw(r, f, ar_arena_str(r->mem, ar_buf_slice(&b)));
	r->v[f].i = n + 1;
	ar_buf_release(&b);
}

void ar_x_add_raw(struct ar_rec *r, struct ar_str key, struct ar_str val)
{
	*x_new(r) = (struct ar_x){ key.p, val.p ? val.p : "", (uint32_t)key.n, (uint32_t)val.n,
		val.n && memchr(val.p, '\\', val.n) };
}

void ar_x_add(struct ar_rec *r, struct ar_str key, struct ar_str val)
{
	ar_x_add_raw(r, encode(r->mem, key), encode(r->mem, val));
}

void ar_copy_field(struct ar_rec *to, const struct ar_rec *from, enum ar_f f)
{
	if (ar_has(from, f)) {
		to->v[f] = from->v[f];
		ar_mark(to, f);
	} else {
		ar_unset(to, f);
	}
}

static int bad(struct ar_err *e, enum ar_f f, const struct ar_val *v, const char *code, const char *text)
{
	ar_err(e, AR_FINDINGS, code, "%s", text);
	return ar_err_field(e, ar_field_name[f], v ? v->p : NULL, v && v->p ? v->n : 0);
}

static int check_field(const struct ar_rec *r, const struct ar_field *fd, struct ar_err *e)
{
	const struct ar_val *v = &r->v[fd->f];
	struct ar_str s = { v->p, v->n };
	struct ar_rate rate;

	switch ((enum ar_kind)fd->kind) {
	case AR_ID:
	case AR_TEXT:
		if (!v->n)
			return bad(e, fd->f, v, "empty_value", "an empty value; leave the field out");
		if (!v->utf8 && !ar_utf8_ok(v->p, v->n))
			return bad(e, fd->f, v, "utf8", "not valid UTF-8");
		return 0;
	case AR_CODE:
		return ar_code_ok(fd, s) ? 0 : bad(e, fd->f, v, "unknown_code", "not one of the values this field may have");
	case AR_RATE:
		return ar_decimal_parse(s, &rate) ? 0 : bad(e, fd->f, v, "rate_syntax", "not a plain decimal number");
	case AR_LIST:
		return v->n && (v->utf8 || ar_utf8_ok(v->p, v->n)) ? 0 : bad(e, fd->f, v, "empty_value", "an empty list; leave the field out");
	case AR_CCY:
		return v->i >= 0 && v->i < ar_ccy_count ? 0 : bad(e, fd->f, v, "currency_unknown", "not an ISO 4217 currency");
	case AR_MONEY:
		if (!ar_has(r, fd->ccy))
			return bad(e, fd->f, v, "money_without_currency", "an amount without its currency field");
		if (v->i < 0 && !(fd->flags & AR_SIGNED))
			return bad(e, fd->f, v, "money_sign", "this amount may not be negative");
		return v->i <= AR_MONEY_MAX && v->i >= -AR_MONEY_MAX ? 0
			: bad(e, fd->f, v, "money_large", "the amount is beyond 999,999,999,999,999 minor units");
	case AR_DATE:
		return v->i >= AR_DATE_MIN && v->i <= AR_DATE_MAX ? 0 : bad(e, fd->f, v, "date_range", "not a date of the years 1 to 9999");
	case AR_TIME:
	case AR_INT:
	case AR_BOOL:
		return 0;
	}
	return 0;
}

int ar_rec_check(const struct ar_rec *r, struct ar_err *e)
{
	const struct ar_type *t = &ar_types[r->type];

	for (uint64_t set = r->has | t->required; set; ) {
		const struct ar_field *fd = &t->field[ar_take_field(&set)];

		if (!ar_has(r, fd->f))
			return bad(e, fd->f, NULL, "missing_field", "a required field is missing");
		if (check_field(r, fd, e) < 0)
			return -1;
	}
	return 0;
}

/* memcpy for what is mostly short */
static inline char *put_bytes(char *p, const char *s, size_t n)
{
	if (n > 32) {
		memcpy(p, s, n);
	} else if (n >= 16) {
		memcpy(p, s, 16);
		memcpy(p + n - 16, s + n - 16, 16);
	} else if (n >= 8) {
		memcpy(p, s, 8);
		memcpy(p + n - 8, s + n - 8, 8);
	} else if (n >= 4) {
		memcpy(p, s, 4);
		memcpy(p + n - 4, s + n - 4, 4);
	} else if (n) {
		p[0] = s[0];
		p[n / 2] = s[n / 2];
		p[n - 1] = s[n - 1];
	}
	return p + n;
}

static char *put_quoted(char *p, const char *s, size_t n)
{
	*p++ = '"';
	p = put_bytes(p, s, n);
	*p++ = '"';
	return p;
}

static char *put_int(char *p, int64_t v)
{
	return p + ar_money_put(p, v, 0);
}

/* A value that has no text of its own. Room: the caller has made 64 bytes. */
static char *put_made(char *p, const struct ar_rec *r, const struct ar_field *fd)
{
	const struct ar_val *v = &r->v[fd->f];

	switch ((enum ar_kind)fd->kind) {
	case AR_INT:
		return put_int(p, v->i);
	case AR_BOOL:
		return put_bytes(p, v->i ? "true" : "false", v->i ? 4 : 5);
	case AR_MONEY:
		return p + ar_money_put(p, v->i, ar_ccy[r->v[fd->ccy].i].digits);
	case AR_CCY:
		return put_bytes(p, ar_ccy[v->i].code, 3);
	case AR_DATE:
		ar_date_put(p, (ar_date)v->i);
		return p + 10;
	case AR_TIME:
		ar_time_put(p, v->i);
		return p + 20;
	case AR_ID:
	case AR_TEXT:
	case AR_CODE:
	case AR_RATE:
	case AR_LIST:
		break;
	}
	return p;
}

/* The fields of a set, in order. */
static void put_fields(const struct ar_rec *r, const struct ar_type *t, uint64_t set, struct ar_buf *b)
{
	while (set) {
		int i = ar_take_field(&set);
		const struct ar_quick *q = &t->quick[i];
		const struct ar_val *v = &r->v[q->f];
		char *p;

		ar_buf_room(b, v->n + 128u);
		p = b->p + b->n;
		memcpy(p, q->lead, sizeof q->lead);
		p += q->len;
		if (q->kind == AR_LIST)
			*p++ = '[';
		p = v->p ? put_bytes(p, v->p, v->n) : put_made(p, r, &t->field[i]);
		if (q->kind <= AR_CODE)
			*p++ = '"';
		else if (q->kind == AR_LIST)
			*p++ = ']';
		b->n = (size_t)(p - b->p);
	}
}

static void put_x(const struct ar_rec *r, struct ar_buf *b)
{
	for (int i = 0; i < r->nx; i++) {
		const struct ar_x *x = &r->x[i];
		char *p;

		ar_buf_room(b, x->nkey + x->nval + 8u);
		p = b->p + b->n;
		*p++ = ',';
		p = put_quoted(p, x->key, x->nkey);
		*p++ = ':';
		p = put_quoted(p, x->val, x->nval);
		b->n = (size_t)(p - b->p);
	}
}

void ar_rec_put_tell(const struct ar_rec *r, struct ar_buf *b, enum ar_f f, size_t *from, size_t *to)
{
	const struct ar_type *t = &ar_types[r->type];
	uint64_t src = 1ULL << t->pos[AR_F_src] & ~1ULL, told = 1ULL << t->pos[f] & ~1ULL & ~src, before = told ? told - 1 : 0;

	ar_buf_put(b, t->lead, t->nlead);
	put_fields(r, t, r->has & before, b);
	*from = b->n;
	put_fields(r, t, r->has & told, b);
	*to = b->n;
	put_fields(r, t, r->has & ~(before | told | src), b);
	put_x(r, b);
	put_fields(r, t, r->has & src, b);
	ar_buf_put(b, "}\n", 2);
}

void ar_rec_put(const struct ar_rec *r, struct ar_buf *b)
{
	size_t from, to;

	if (!r->canonical) {
		ar_rec_put_tell(r, b, AR_F_NONE, &from, &to);
		return;
	}
	ar_buf_room(b, r->len + 1u);
	memcpy(b->p + b->n, r->line, r->len);
	b->p[b->n + r->len] = '\n';
	b->n += r->len + 1u;
}

void ar_tally_add(struct ar_tally *t, const struct ar_rec *r)
{
	const struct ar_type *ty = &ar_types[r->type];

	t->records++;
	t->count[r->type]++;
	if (!ty->money)
		return;
	if (!t->sum[r->type]) {
		t->sum[r->type] = ar_calloc((size_t)ty->n * (size_t)ar_ccy_count, sizeof **t->sum);
		t->seen[r->type] = ar_calloc((size_t)ty->n * (size_t)ar_ccy_count, 1);
	}
	for (uint64_t set = r->has & ty->money; set; ) {
		int i = ar_take_field(&set);
		const struct ar_field *fd = &ty->field[i];
		size_t k = (size_t)i * (size_t)ar_ccy_count + (size_t)r->v[fd->ccy].i;

		t->sum[r->type][k] += r->v[fd->f].i;
		t->seen[r->type][k] = true;
	}
}

void ar_tally_counts(const struct ar_tally *t, struct ar_rec *end)
{
	struct ar_str s[AR_T_COUNT];
	int n = 0;

	for (int i = 0; i < AR_T_COUNT; i++)
		if (t->count[i]) {
			s[n].p = ar_arena_fmt(end->mem, "%s=%llu", ar_types[i].name, (unsigned long long)t->count[i]);
			s[n].n = strlen(s[n].p);
			n++;
		}
	ar_set_list(end, AR_F_counts, s, n);
}

void ar_tally_totals(const struct ar_tally *t, struct ar_rec *end)
{
	struct ar_buf b = AR_BUF_INIT;
	char amount[AR_MONEY_TEXT];
	int n = 0;

	for (int ty = 0; ty < AR_T_COUNT; ty++)
		for (int i = 0; t->sum[ty] && i < ar_types[ty].n; i++)
			for (int c = 0; c < ar_ccy_count; c++) {
				size_t k = (size_t)i * (size_t)ar_ccy_count + (size_t)c;

				if (!t->seen[ty][k])
					continue;
				ar_buf_fmt(&b, "%s\"%s.%s.%s=", n++ ? "," : "", ar_types[ty].name,
				           ar_field_name[ar_types[ty].field[i].f], ar_ccy[c].code);
				ar_buf_put(&b, amount, (size_t)ar_wide_put(amount, t->sum[ty][k], ar_ccy[c].digits));
				ar_buf_c(&b, '"');
			}
	ar_unset(end, AR_F_totals);
	if (n) {
		ar_set_raw(end, AR_F_totals, ar_arena_str(end->mem, ar_buf_slice(&b)));
		end->v[AR_F_totals].i = n;
	}
	ar_buf_release(&b);
}

void ar_tally_release(struct ar_tally *t)
{
	for (int i = 0; i < AR_T_COUNT; i++) {
		free(t->sum[i]);
		free(t->seen[i]);
	}
	memset(t, 0, sizeof *t);
}
