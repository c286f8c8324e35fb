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
}

void ar_rec_release(struct ar_rec *r)
{
	free(r->x);
	r->x = NULL;
	r->nx = r->xcap = 0;
}

void ar_rec_start(struct ar_rec *r, enum ar_t type)
{
	memset(r->has, 0, sizeof r->has);
	r->type = type;
	r->nx = 0;
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
	for (int i = 0; i < t->n; i++) {
		enum ar_f f = t->field[i].f;

		if (!ar_has(from, f))
			continue;
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

void ar_set_raw(struct ar_rec *r, enum ar_f f, struct ar_str s)
{
	if (!s.n) {
		ar_unset(r, f);
		return;
	}
	r->v[f] = (struct ar_val){ .p = s.p, .n = (uint32_t)s.n, .esc = memchr(s.p, '\\', s.n) != NULL };
	ar_mark(r, f);
}

void ar_set_text(struct ar_rec *r, enum ar_f f, struct ar_str s)
{
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
		if (!ar_utf8_ok(v->p, v->n))
			return bad(e, fd->f, v, "utf8", "not valid UTF-8");
		return 0;
	case AR_CODE:
		return ar_code_ok(fd, s) ? 0 : bad(e, fd->f, v, "unknown_code", "not one of the values this field may have");
	case AR_RATE:
		return ar_decimal_parse(s, &rate) ? 0 : bad(e, fd->f, v, "rate_syntax", "not a plain decimal number");
	case AR_LIST:
		return v->n && ar_utf8_ok(v->p, v->n) ? 0 : bad(e, fd->f, v, "empty_value", "an empty list; leave the field out");
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

	for (int i = 0; i < t->n; i++) {
		const struct ar_field *fd = &t->field[i];

		if (!ar_has(r, fd->f)) {
			if (fd->flags & AR_REQ)
				return bad(e, fd->f, NULL, "missing_field", "a required field is missing");
		} else if (check_field(r, fd, e) < 0) {
			return -1;
		}
	}
	return 0;
}

static char *put_key(char *p, enum ar_f f)
{
	*p++ = ',';
	*p++ = '"';
	memcpy(p, ar_field_name[f], ar_field_name_len[f]);
	p += ar_field_name_len[f];
	*p++ = '"';
	*p++ = ':';
	return p;
}

static char *put_quoted(char *p, const char *s, size_t n)
{
	*p++ = '"';
	memcpy(p, s, n);
	p += n;
	*p++ = '"';
	return p;
}

static char *put_int(char *p, int64_t v)
{
	char t[24];
	int i = sizeof t;
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do {
		t[--i] = (char)('0' + u % 10);
		u /= 10;
	} while (u);
	if (v < 0)
		t[--i] = '-';
	memcpy(p, t + i, sizeof t - (size_t)i);
	return p + sizeof t - (size_t)i;
}

/* room: the caller has made place for the key, the text and 64 more */
static char *put_value(char *p, const struct ar_rec *r, const struct ar_field *fd)
{
	const struct ar_val *v = &r->v[fd->f];

	switch ((enum ar_kind)fd->kind) {
	case AR_LIST:
		*p++ = '[';
		memcpy(p, v->p, v->n);
		p += v->n;
		*p++ = ']';
		return p;
	case AR_INT:
		return put_int(p, v->i);
	case AR_BOOL:
		memcpy(p, v->i ? "true" : "false", v->i ? 4 : 5);
		return p + (v->i ? 4 : 5);
	case AR_MONEY:
		*p++ = '"';
		p += ar_money_put(p, v->i, ar_ccy[r->v[fd->ccy].i].digits);
		*p++ = '"';
		return p;
	case AR_CCY:
		return put_quoted(p, ar_ccy[v->i].code, 3);
	case AR_DATE:
		*p++ = '"';
		ar_date_put(p, (ar_date)v->i);
		p += 10;
		*p++ = '"';
		return p;
	case AR_TIME:
		*p++ = '"';
		ar_time_put(p, v->i);
		p += 20;
		*p++ = '"';
		return p;
	case AR_ID:
	case AR_TEXT:
	case AR_CODE:
	case AR_RATE:
		break;
	}
	return put_quoted(p, v->p, v->n);
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

void ar_rec_put(const struct ar_rec *r, struct ar_buf *b)
{
	const struct ar_type *t = &ar_types[r->type];
	int n = t->n, tail = 0;

	if (r->canonical) {
		ar_buf_put(b, r->line, r->len);
		ar_buf_c(b, '\n');
		return;
	}
	ar_buf_puts(b, "{\"type\":\"");
	ar_buf_puts(b, t->name);
	ar_buf_c(b, '"');
	if (n && t->field[n - 1].f == AR_F_src)
		tail = 1;
	for (int i = 0; i < n; i++) {
		const struct ar_field *fd = &t->field[i];
		char *p;

		if (tail && i == n - 1)
			put_x(r, b);
		if (!ar_has(r, fd->f))
			continue;
		ar_buf_room(b, r->v[fd->f].n + 128u);
		p = put_key(b->p + b->n, fd->f);
		b->n = (size_t)(put_value(p, r, fd) - b->p);
	}
	if (!tail)
		put_x(r, b);
	ar_buf_put(b, "}\n", 2);
}

void ar_tally_add(struct ar_tally *t, const struct ar_rec *r)
{
	const struct ar_type *ty = &ar_types[r->type];

	t->records++;
	t->count[r->type]++;
	if (!ty->nmoney)
		return;
	if (!t->sum[r->type]) {
		t->sum[r->type] = ar_calloc((size_t)ty->n * (size_t)ar_ccy_count, sizeof **t->sum);
		t->seen[r->type] = ar_calloc((size_t)ty->n * (size_t)ar_ccy_count, 1);
	}
	for (int m = 0; m < ty->nmoney; m++) {
		size_t i = ty->money[m], k;
		const struct ar_field *fd = &ty->field[i];

		if (!ar_has(r, fd->f))
			continue;
		k = i * (size_t)ar_ccy_count + (size_t)r->v[fd->ccy].i;
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
