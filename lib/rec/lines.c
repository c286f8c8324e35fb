/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rec/lines.h"

#include "num/rate.h"
#include "rec/jstr.h"
#include "rec/scan.h"

#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { BLOCK = 256 * 1024, PAD = 128 };

struct ar_lines {
	struct ar_in *in;
	char *buf;
	size_t cap, at, end;     /* unread bytes are buf[at..end) */
	size_t ready;            /* buf[at..ready) are whole lines that were scanned */
	bool eof;
	uint64_t line;
	/* the scan of the block */
	struct ar_scan_out scan;
	size_t scan_cap;         /* bytes the scan has room for */
	size_t base;             /* where in buf the scanned block starts */
	/* checksum */
	struct ar_sum *sum;
	bool summing;
	size_t sum_at;           /* buf[sum_at..) is not summed yet */
	size_t cur;              /* start of the line just returned */
	/* learned from the lines before */
	enum ar_t type;          /* of the last line */
	uint8_t next[AR_T_COUNT][AR_FIELDS_MAX + 1];     /* per type: which field followed which */
	struct name *name;       /* of raw rows: what the n-th name was, nname of them */
	int nname, namecap;
	uint32_t shape;          /* another one whenever a name changed */
	uint32_t single;         /* no name stands twice in rows of this shape with up to nsingle names */
	int nsingle;
};

/* ,"name":" in front of a value of a raw row; zero behind its len bytes. len 0: too long to be learned. */
struct name { uint64_t lead[8], mask; uint8_t len; };

/* What the parser walks over: the line, and the places of its quotes. */
struct walk {
	struct ar_lines *l;
	const char *base;        /* places are relative to this */
	const char *p;
	bool special;            /* strings must be looked into for escapes and control characters */
	bool canon;
	bool known;              /* raw: all names so far stand in l->name */
};

static struct ar_lines *lines_new(struct ar_in *in, size_t cap)
{
	struct ar_lines *l = ar_calloc(1, sizeof *l);

	l->in = in;
	l->cap = cap;
	l->buf = ar_malloc(cap + PAD);
	l->sum = ar_sum_new();
	ar_schema_init();
	return l;
}

struct ar_lines *ar_lines_new(struct ar_in *in) { return lines_new(in, 2 * BLOCK); }

struct ar_lines *ar_lines_new_mem(const char *p, size_t n)
{
	struct ar_lines *l = lines_new(NULL, n);

	if (n)
		memcpy(l->buf, p, n);
	l->end = n;
	l->eof = true;
	return l;
}

void ar_lines_free(struct ar_lines *l)
{
	if (!l)
		return;
	free(l->name);
	free(l->scan.place);
	free(l->scan.nonascii);
	free(l->scan.special);
	ar_sum_free(l->sum);
	free(l->buf);
	free(l);
}

static void sum_flush(struct ar_lines *l, size_t upto)
{
	if (l->summing && upto > l->sum_at) {
		ar_sum_add(l->sum, l->buf + l->sum_at, upto - l->sum_at);
		l->sum_at = upto;
	}
}

void ar_lines_sum_from_here(struct ar_lines *l)
{
	ar_sum_reset(l->sum);
	l->summing = true;
	l->sum_at = l->cur;
}

void ar_lines_sum_upto(struct ar_lines *l, const char *at, char hex[33])
{
	sum_flush(l, (size_t)(at - l->buf));
	l->summing = false;
	ar_sum_hex(l->sum, hex);
}

uint64_t ar_lines_number(const struct ar_lines *l)
{
	return l->line;
}

static const char *input_name(const struct ar_lines *l)
{
	return l->in ? ar_in_name(l->in) : "memory";
}

static void make_room(struct ar_lines *l)
{
	sum_flush(l, l->at);
	if (l->at) {
		memmove(l->buf, l->buf + l->at, l->end - l->at);
		l->end -= l->at;
		l->sum_at -= l->summing ? l->at : l->sum_at;
		l->at = l->ready = 0;
	}
	if (!l->eof && l->cap - l->end < BLOCK) {
		l->cap *= 2;
		l->buf = ar_realloc(l->buf, l->cap + PAD);
	}
}

/* A block starts at the start of a line, so nothing is carried over from the one before. */
static void scan(struct ar_lines *l, size_t n)
{
	struct ar_scan fresh = { 0 };

	if (n > l->scan_cap) {
		l->scan_cap = l->eof ? n : n + BLOCK;
		l->scan.place = ar_realloc(l->scan.place, (l->scan_cap / 64 + 1) * sizeof *l->scan.place);
		l->scan.nonascii = ar_realloc(l->scan.nonascii, ar_scan_words(l->scan_cap) * sizeof *l->scan.nonascii);
		l->scan.special = ar_realloc(l->scan.special, ar_scan_words(l->scan_cap) * sizeof *l->scan.special);
	}
	ar_scan(&fresh, l->buf + l->at, n, &l->scan);
}

/* Read until there is at least one whole line, then scan what is whole. 1, 0 at the end, -1. */
static int fill(struct ar_lines *l, struct ar_err *e)
{
	size_t from;
	char *nl;

	make_room(l);
	from = l->end;
	nl = l->eof ? memrchr(l->buf + l->at, '\n', l->end - l->at) : NULL;
	while (!nl && !l->eof) {
		ssize_t k;

		if (l->end - l->at > AR_LINE_MAX) {
			ar_err(e, AR_DAMAGED, "line_long", "a line is longer than %u bytes", AR_LINE_MAX);
			return ar_err_at(e, input_name(l), l->line + 1);
		}
		if (l->cap - l->end < BLOCK)
			make_room(l);
		k = ar_in_read(l->in, l->buf + l->end, BLOCK, e);
		if (k < 0)
			return -1;
		if (k == 0)
			l->eof = true;
		l->end += (size_t)k;
		nl = memrchr(l->buf + from, '\n', l->end - from);
		from = l->end;
	}
	if (!nl) {
		if (l->at == l->end)
			return 0;
		ar_err(e, AR_DAMAGED, "line_cut", "the last line is cut off: it has no newline");
		ar_err_advice(e, "run the step that made it again");
		return ar_err_at(e, input_name(l), l->line + 1);
	}
	memset(l->buf + l->end, 0, PAD);
	l->ready = (size_t)(nl + 1 - l->buf);
	l->base = l->at;
	scan(l, l->ready - l->at);
	return 1;
}

static int refuse(struct ar_err *e, const char *code, const char *text)
{
	ar_err(e, AR_FINDINGS, code, "%s", text);
	e->field[0] = e->value[0] = '\0';
	return 2;
}

static int refuse_field(struct ar_err *e, struct ar_str name, struct ar_str v, const char *code, const char *text)
{
	char z[96];
	size_t n = name.n < sizeof z - 1 ? name.n : sizeof z - 1;

	memcpy(z, name.p, n);
	z[n] = '\0';
	ar_err(e, AR_FINDINGS, code, "%s", text);
	ar_err_field(e, z, v.p, v.n);
	return 2;
}

static inline const char *blank(struct walk *w, const char *p)
{
	while (*p == ' ' || *p == '\t' || *p == '\r') {
		w->canon = false;
		p++;
	}
	return p;
}

/* The next quote or newline from p on. */
static inline const char *next_place(const struct walk *w, const char *p)
{
	return w->base + ar_scan_next(w->l->scan.place, (size_t)(p - w->base));
}

/* The string whose opening quote is at w->p: slice between the quotes, w->p behind it. false: not closed on this line. */
static inline bool take_string(struct walk *w, struct ar_str *s)
{
	const char *close = next_place(w, w->p + 1);

	if (__builtin_expect(*close != '"', 0))
		return false;
	*s = (struct ar_str){ w->p + 1, (size_t)(close - w->p - 1) };
	w->p = close + 1;
	return true;
}

/* Escapes and control characters of one string, on lines that the scan marked. 0 or the refusal. */
static int clean_string(struct ar_rec *r, struct walk *w, struct ar_str *s, bool *esc, struct ar_err *e)
{
	bool nul;

	*esc = false;
	if (ar_jstr_plain(s->p, s->n) == s->n)
		return 0;
	if (ar_jstr_check(s->p, s->n, &nul) != s->n)
		return refuse(e, "string_syntax", "a string holds a control character or a bad escape");
	if (!memchr(s->p, '\\', s->n))
		return 0;
	*esc = true;
	if (!ar_jstr_is_canonical(s->p, s->n)) {
		struct ar_buf b = AR_BUF_INIT;

		ar_jstr_canonical(&b, s->p, s->n);
		*s = ar_arena_str(r->mem, ar_buf_slice(&b));
		ar_buf_release(&b);
		w->canon = false;
		*esc = memchr(s->p, '\\', s->n) != NULL;
	}
	if (nul)
		return refuse(e, "string_nul", "a string holds a NUL character");
	return 0;
}

/* The unusual list: white space between elements, escapes. Rebuilt in canonical form. w->p behind '['. */
static int rebuild_list(struct ar_rec *r, struct walk *w, struct ar_val *v, struct ar_err *e)
{
	struct ar_buf b = AR_BUF_INIT;
	const char *start = w->p;
	struct ar_str s;
	bool esc = false;
	int rc = 0;

	*v = (struct ar_val){ .p = start };
	w->p = blank(w, w->p);
	while (*w->p != ']' || v->i) {
		if (*w->p != '"' || !take_string(w, &s)) {
			rc = refuse(e, "list_syntax", "a list may hold strings only, parted by commas");
			break;
		}
		if (w->special && (rc = clean_string(r, w, &s, &esc, e)))
			break;
		v->esc |= esc;
		ar_buf_puts(&b, v->i++ ? ",\"" : "\"");
		ar_buf_str(&b, s);
		ar_buf_c(&b, '"');
		w->p = blank(w, w->p);
		if (*w->p == ']')
			break;
		if (*w->p != ',') {
			rc = refuse(e, "list_syntax", "a list may hold strings only, parted by commas");
			break;
		}
		w->p = blank(w, w->p + 1);
	}
	if (!rc) {
		s = ar_arena_str(r->mem, ar_buf_slice(&b));
		w->canon &= s.n == (size_t)(w->p - start) && memcmp(s.p, start, s.n) == 0;
		v->p = s.p;
		v->n = (uint32_t)s.n;
		w->p++;
	}
	ar_buf_release(&b);
	return rc;
}

/* w->p at '['. The usual list is "a","b" without blanks or escapes: a slice of the line. */
static int take_list(struct ar_rec *r, struct walk *w, struct ar_val *v, struct ar_err *e)
{
	const struct walk begin = *w;
	struct ar_str s;

	*v = (struct ar_val){ .p = ++w->p };
	while (*w->p == '"' && take_string(w, &s)) {
		v->i++;
		if (w->special && ar_jstr_plain(s.p, s.n) != s.n)
			break;
		if (*w->p == ']') {
			v->n = (uint32_t)(w->p++ - v->p);
			return 0;
		}
		if (*w->p != ',')
			break;
		w->p++;
	}
	*w = begin;
	w->p++;
	return rebuild_list(r, w, v, e);
}

/* A number, true or false at w->p: its text. */
static struct ar_str take_word(struct walk *w)
{
	const char *s = w->p;

	while (*w->p != ',' && *w->p != '}' && *w->p != '\n' && *w->p != ' ' && *w->p != '\t' && *w->p != '\r')
		w->p++;
	return (struct ar_str){ s, (size_t)(w->p - s) };
}

static bool integer(struct ar_str s, int64_t *out)
{
	bool neg = s.n && s.p[0] == '-';
	int64_t v = 0;
	size_t i = neg;

	if (s.n - i == 0 || s.n - i > 15 || (s.p[i] == '0' && (s.n - i > 1 || neg)))
		return false;
	for (; i < s.n; i++) {
		if (!ar_is_digit(s.p[i]))
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	*out = neg ? -v : v;
	return true;
}

static struct ar_str name_of(const struct ar_field *fd)
{
	return (struct ar_str){ ar_field_name[fd->f], ar_field_name_len[fd->f] };
}

/* A value in quotes for a field of the schema: noted here, looked into by check_kinds when the whole line is known. */
static inline int set_string(struct ar_rec *r, const struct ar_field *fd, struct ar_str s, bool esc, struct ar_err *e)
{
	struct ar_val *v = &r->v[fd->f];

	v->p = s.p;
	v->n = (uint32_t)s.n;
	v->esc = esc;
	if (__builtin_expect(fd->kind <= AR_TEXT ? s.n == 0 : fd->kind > AR_CODE, 0))
		return fd->kind <= AR_TEXT ? refuse_field(e, name_of(fd), s, "empty_value", "an empty value; leave the field out")
			: refuse_field(e, name_of(fd), s, "wrong_kind", "the value has the wrong kind (a string where none may be)");
	return 0;
}

static int check_kind(const struct ar_field *fd, struct ar_val *v, struct walk *w, struct ar_err *e)
{
	struct ar_str s = { v->p, v->n };
	struct ar_rate rate;
	bool canonical;
	ar_date d;

	switch (fd->kind) {
	case AR_DATE:
		if (!ar_date_parse(s, &d))
			return refuse_field(e, name_of(fd), s, "date_syntax", "not a date; write it as YYYY-MM-DD");
		v->i = d;
		return 0;
	case AR_CCY:
		v->i = ar_ccy_find(s);
		return v->i >= 0 ? 0 : refuse_field(e, name_of(fd), s, "currency_unknown", "not an ISO 4217 currency");
	case AR_CODE:
		return ar_code_ok(fd, s) ? 0
			: refuse_field(e, name_of(fd), s, "unknown_code", "not one of the values this field may have");
	case AR_RATE:
		return ar_decimal_parse(s, &rate) ? 0
			: refuse_field(e, name_of(fd), s, "rate_syntax", "not a plain decimal number");
	default:                                        /* AR_TIME */
		if (!ar_time_parse(s, &v->i, &canonical))
			return refuse_field(e, name_of(fd), s, "time_syntax", "not a moment; write it as YYYY-MM-DDThh:mm:ssZ");
		if (!canonical) {
			v->p = NULL;            /* the writer will say it in UTC */
			w->canon = false;
		}
		return 0;
	}
}

static int check_kinds(struct ar_rec *r, const struct ar_type *t, struct walk *w, struct ar_err *e)
{
	for (uint64_t set = r->has & t->check; set; ) {
		const struct ar_field *fd = &t->field[ar_take_field(&set)];
		int rc = check_kind(fd, &r->v[fd->f], w, e);

		if (rc)
			return rc;
	}
	return 0;
}

static int set_word(struct ar_rec *r, const struct ar_field *fd, struct ar_str s, struct ar_err *e)
{
	struct ar_val *v = &r->v[fd->f];

	*v = (struct ar_val){ .p = s.p, .n = (uint32_t)s.n };
	if (fd->kind == AR_INT && integer(s, &v->i))
		return 0;
	if (fd->kind == AR_BOOL && (ar_streqz(s, "true") || ar_streqz(s, "false"))) {
		v->i = s.p[0] == 't';
		return 0;
	}
	return refuse_field(e, name_of(fd), s, "wrong_kind",
	                    fd->kind == AR_MONEY ? "money must be a string, so that no program rounds it"
	                                         : "the value has the wrong kind");
}

static int finish_money(struct ar_rec *r, const struct ar_type *t, struct ar_err *e)
{
	for (uint64_t set = r->has & t->money; set; ) {
		const struct ar_field *fd = &t->field[ar_take_field(&set)];
		struct ar_val *v = &r->v[fd->f];
		struct ar_str s = { v->p, v->n };

		if (!ar_has(r, fd->ccy))
			return refuse_field(e, name_of(fd), s, "money_without_currency", "an amount without its currency field");
		if (!ar_money_parse(s, ar_ccy[r->v[fd->ccy].i].digits, &v->i))
			return refuse_field(e, name_of(fd), s, "money_syntax",
			                    "not a canonical amount: exactly the currency's decimals, no blanks, no plus");
		if (v->i < 0 && !(fd->flags & AR_SIGNED))
			return refuse_field(e, name_of(fd), s, "money_sign", "this amount may not be negative");
	}
	return 0;
}

/* Custom fields are in no table: a small filter of hashes says which names need a second look. */
static int finish_x(struct ar_rec *r, struct ar_err *e)
{
	uint64_t seen[16] = { 0 };

	for (int i = 0; i < r->nx; i++) {
		struct ar_str key = { r->x[i].key, r->x[i].nkey };
		uint64_t h = ar_hash64(key.p, key.n), bit = 1ULL << (h & 63), *word = &seen[h >> 6 & 15];

		for (int j = 0; *word & bit && j < i; j++)
			if (ar_streq(key, (struct ar_str){ r->x[j].key, r->x[j].nkey }))
				return refuse_field(e, key, (struct ar_str){ NULL, 0 }, "duplicate_field", "the field stands twice");
		*word |= bit;
	}
	return 0;
}

static int finish(struct ar_rec *r, const struct ar_type *t, struct walk *w, struct ar_err *e)
{
	uint64_t missing = t->required & ~r->has;
	int rc;

	if (w->known && r->type == AR_T_raw)
		r->shape = w->l->shape;
	if (r->nx > 1 && !(r->shape && r->shape == w->l->single && r->nx <= w->l->nsingle)) {
		if (finish_x(r, e))
			return 2;
		w->l->single = r->shape;
		w->l->nsingle = r->nx;
	}
	if (missing)
		return refuse_field(e, name_of(&t->field[ar_take_field(&missing)]), (struct ar_str){ NULL, 0 }, "missing_field",
		                    "a required field is missing");
	rc = check_kinds(r, t, w, e);
	return rc ? rc : finish_money(r, t, e);
}

/* `type` need not come first: look for it. */
static int find_type(struct walk w, struct ar_str *type)
{
	struct ar_str key, val;
	int depth = 0;

	w.special = false;
	for (w.p = blank(&w, w.p + 1); *w.p != '\n'; ) {
		if (*w.p == '"') {
			/* a quote that is escaped here, outside a string, was not among the places of the scan */
			if (next_place(&w, w.p) != w.p || !take_string(&w, &key))
				return -1;
			w.p = blank(&w, w.p);
			if (*w.p == ':' && depth == 0 && ar_streqz(key, "type")) {
				w.p = blank(&w, w.p + 1);
				if (*w.p != '"' || next_place(&w, w.p) != w.p || !take_string(&w, &val))
					return -1;
				*type = val;
				return 0;
			}
			continue;
		}
		depth += *w.p == '[' ? 1 : *w.p == ']' ? -1 : 0;
		w.p++;
	}
	return -1;
}

static inline int set_x(struct ar_rec *r, struct ar_str key, struct ar_str val, bool esc, struct ar_err *e)
{
	if (r->type != AR_T_raw) {
		if (key.n < 3 || key.p[0] != 'x' || key.p[1] != '_')
			return refuse_field(e, key, val, "unknown_field", "this type has no such field; custom ones begin with x_");
		if (!val.n)
			return refuse_field(e, key, val, "empty_value", "an empty value; leave the field out");
	} else if (ar_streqz(key, "type")) {
		return refuse_field(e, key, val, "duplicate_field", "the field stands twice");
	}
	if (r->nx == AR_X_MAX)
		return refuse(e, "too_many_fields", "more custom fields than the limit (custom-fields)");
	if (r->nx == r->xcap) {
		r->xcap = r->xcap ? r->xcap * 2 : 32;
		r->x = ar_realloc(r->x, (size_t)r->xcap * sizeof *r->x);
	}
	r->x[r->nx++] = (struct ar_x){ key.p, val.p, (uint32_t)key.n, (uint32_t)val.n, esc };
	return 0;
}

/* One key and value of the object; w->p at the opening quote of the key. *at: the field it is, -1: none of the type. */
static int read_member(struct ar_rec *r, const struct ar_type *t, struct walk *w, int *at, struct ar_err *e)
{
	struct ar_str key, val;
	bool esc = false;
	int i, rc;

	if (!take_string(w, &key))
		return refuse(e, "record_syntax", "a string is not closed");
	if (w->special && (rc = clean_string(r, w, &key, &esc, e)))
		return rc;
	if (__builtin_expect(*w->p != ':', 0)) {
		w->p = blank(w, w->p);
		if (*w->p != ':')
			return refuse(e, "record_syntax", "a colon is missing after a key");
	}
	w->p++;
	if (__builtin_expect(*w->p == ' ', 0))
		w->p = blank(w, w->p);
	*at = i = ar_field_find(t, key);
	if (i >= 0 && r->has & 2ULL << i)
		return refuse_field(e, key, (struct ar_str){ NULL, 0 }, "duplicate_field", "the field stands twice");
	if (*w->p == '"') {
		if (!take_string(w, &val))
			return refuse(e, "record_syntax", "a string is not closed");
		if (w->special && (rc = clean_string(r, w, &val, &esc, e)))
			return rc;
		if (i < 0) {
			w->canon &= !ar_has(r, AR_F_src);
			w->known = false;
			return set_x(r, key, val, w->special && esc, e);
		}
		return set_string(r, &t->field[i], val, w->special && esc, e);
	}
	if (*w->p == '[') {
		if (i < 0 || t->field[i].kind != AR_LIST)
			return refuse_field(e, key, (struct ar_str){ NULL, 0 }, "wrong_kind", "a list where none may be");
		rc = take_list(r, w, &r->v[t->field[i].f], e);
		if (!rc && r->v[t->field[i].f].i == 0)
			return refuse_field(e, key, (struct ar_str){ NULL, 0 }, "empty_value", "an empty list; leave the field out");
		return rc;
	}
	val = take_word(w);
	if (i >= 0)
		return set_word(r, &t->field[i], val, e);
	if (ar_streqz(key, "type"))
		return refuse(e, "record_syntax", "the type must be a string");
	return refuse_field(e, key, val, "unknown_field", "this type has no such field; custom ones begin with x_ and hold text");
}

/* A field is present only when its value was read: what stands in r->v otherwise is of an earlier record. */
static int member(struct ar_rec *r, const struct ar_type *t, struct walk *w, int *last, struct ar_err *e)
{
	int i, rc = read_member(r, t, w, &i, e);

	if (rc || i < 0)
		return rc;
	w->canon &= i > *last && (!r->nx || t->field[i].f == AR_F_src);
	w->l->next[r->type][*last + 1] = (uint8_t)i;
	r->has |= 2ULL << i;
	*last = i;
	return 0;
}

/* Does the line go on with this field? p: 32 bytes may be read. */
static inline bool leads(const char *p, const struct ar_quick *k)
{
#ifdef __SSE2__
	const __m128i *a = (const __m128i *)p, *b = (const __m128i *)k->lead;
	unsigned low = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(a), _mm_load_si128(b)));
	unsigned high = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(a + 1), _mm_load_si128(b + 1)));

	return !(~(low | high << 16) & k->bits);
#else
	return memcmp(p, k->lead, k->len) == 0;
#endif
}

static inline bool names(const char *p, const struct name *k)
{
	size_t i = 0;
	uint64_t x;

	for (; (i + 1) * 8 < k->len; i++) {
		memcpy(&x, p + i * 8, 8);
		if (x != k->lead[i])
			return false;
	}
	memcpy(&x, p + i * 8, 8);
	return !((x ^ k->lead[i]) & k->mask);
}

/* Remember the n bytes at p as what stands before the value number `at`. false: it cannot be remembered. */
static bool learn_name(struct ar_lines *l, int at, const char *p, size_t n)
{
	static uint32_t shapes;
	struct name *k;

	if (at > l->nname)
		return false;
	if (at == l->namecap) {
		l->namecap = l->namecap ? l->namecap * 2 : 32;
		l->name = ar_realloc(l->name, (size_t)l->namecap * sizeof *l->name);
	}
	if (at == l->nname)
		l->nname++;
	l->shape = ++shapes ? shapes : ++shapes;
	k = &l->name[at];
	memset(k, 0, sizeof *k);
	if (n > sizeof k->lead)
		return false;
	k->len = (uint8_t)n;
	memcpy(k->lead, p, n);
	k->mask = ~(uint64_t)0 >> (64 - 8 * ((n - 1) % 8 + 1));
	return true;
}

/* The members of a raw row whose names are those of the row before, from p on: what follows them. */
static const char *raw_members(struct ar_rec *r, struct walk *w, const char *p)
{
	int known = r->xcap < w->l->nname ? r->xcap : w->l->nname;
	const struct name *k;
	struct ar_x *x, *end;

	if (r->nx >= known)
		return p;
	k = w->l->name + r->nx;
	x = r->x + r->nx;
	end = r->x + known;
	while (x < end && k->len && names(p, k)) {
		const char *val = p + k->len, *close = next_place(w, val);

		if (*close != '"')
			break;
		*x++ = (struct ar_x){ p + 2, val, k++->len - 5u, (uint32_t)(close - val), false };
		p = close + 1;
	}
	w->canon &= x == r->x + r->nx || !ar_has(r, AR_F_src);
	r->nx = (int)(x - r->x);
	return p;
}

/* ,"key":"text" of a name that no schema knows: 1 = taken, 0 = something else, or the refusal. */
static int other_member(struct ar_rec *r, struct walk *w, struct ar_err *e)
{
	const char *key = w->p + 2, *close = next_place(w, key), *val = close + 3, *end = next_place(w, val);
	int rc;

	if (*end != '"' || (close - key == 4 && memcmp(key, "type", 4) == 0))
		return 0;
	if (r->type == AR_T_raw)
		w->known &= learn_name(w->l, r->nx, w->p, (size_t)(val - w->p));
	w->canon &= !ar_has(r, AR_F_src);
	rc = set_x(r, (struct ar_str){ key, (size_t)(close - key) }, (struct ar_str){ val, (size_t)(end - val) }, false, e);
	w->p = end + 1;
	return rc ? rc : 1;
}

/* The value of a field that does not stand in quotes: 1 = taken, 0 = something else, or the refusal. */
static int bare_value(struct ar_rec *r, const struct ar_field *fd, const char *val, struct walk *w, struct ar_err *e)
{
	const char *p = w->p;
	int rc;

	if (fd->kind == AR_LIST ? *val != '[' : !ar_is_alnum(*val) && *val != '-')
		return 0;
	w->p = val;
	rc = fd->kind == AR_LIST ? take_list(r, w, &r->v[fd->f], e) : set_word(r, fd, take_word(w), e);
	if (rc || r->v[fd->f].n)
		return rc ? rc : 1;
	w->p = p;
	return 0;
}

/* Which field does the member ,"key":"text" at p name, that is not the one expected? -1: none; -2: it is no such member. */
static int find_member(const struct ar_type *t, struct walk *w, const char *p)
{
	const char *close;

	if (p[0] != ',' || p[1] != '"')
		return -2;
	close = next_place(w, p + 2);
	if (memcmp(close, "\":\"", 3) != 0)
		return -2;
	return p[2] == 'x' && p[3] == '_' ? -1 : ar_field_find_padded(t, p + 2, (size_t)(close - p - 2));
}

/* The usual members of a line without escapes, written without blanks, as long as they go on; what else there is member() reads. */
static int plain_members(struct ar_rec *r, const struct ar_type *t, struct walk *w, int *lastp, struct ar_err *e)
{
	uint8_t *next = w->l->next[r->type];
	const char *p = w->p;
	int last = *lastp, rc = 0;

	for (;;) {
		const struct ar_quick *k;
		const char *val, *end;
		struct ar_val *v;
		int i;

		if (r->type == AR_T_raw)
			p = raw_members(r, w, p);
		i = next[last + 1];
		k = &t->quick[i];
		if (__builtin_expect(!leads(p, k), 0)) {
			i = find_member(t, w, p);
			w->p = p;
			if (i == -1 && (rc = other_member(r, w, e)) == 1) {
				p = w->p;
				continue;
			}
			if (i < 0 || t->quick[i].kind > AR_CODE)
				break;
			next[last + 1] = (uint8_t)i;
			k = &t->quick[i];
		}
		if (__builtin_expect(r->has >> i >> 1 != 0, 0)) {
			if (r->has >> i & 2)
				break;          /* it stands twice */
			w->canon = false;
		}
		val = p + k->len;
		v = &r->v[k->f];
		if (__builtin_expect(k->kind <= AR_CODE, 1)) {
			end = next_place(w, val);
			if (__builtin_expect(*end != '"' || (end == val && k->kind <= AR_TEXT), 0))
				break;
			v->p = val;
			v->n = (uint32_t)(end - val);
			v->esc = false;
			v->utf8 = true;         /* or the line will be refused */
			p = end + 1;
		} else {
			w->p = p;
			if ((rc = bare_value(r, &t->field[i], val, w, e)) != 1)
				break;
			p = w->p;
		}
		if (r->nx && k->f != AR_F_src)
			w->canon = false;
		r->has |= 2ULL << i;
		last = i;
	}
	w->p = p;
	*lastp = last;
	return rc == 1 ? 0 : rc;
}

/* The beginning of the line: its type, and w->p behind it, or behind the brace if the type does not come first. */
static int take_type(struct ar_rec *r, struct walk *w, struct ar_str *type, bool *first, struct ar_err *e)
{
	static const char lead[] = "{\"type\":\"";
	const struct ar_type *t = &ar_types[w->l->type];
	int ty = w->l->type;

	*first = false;
	if (memcmp(w->p, t->lead, t->nlead) == 0) {
		*type = (struct ar_str){ w->p + sizeof lead - 1, t->nlead - sizeof lead };
		w->p += t->nlead;
	} else {
		if (*w->p != '{' && *(w->p = blank(w, w->p)) != '{')
			return refuse(e, "record_syntax", "the line is not a JSON object");
		if (memcmp(w->p, lead, sizeof lead - 1) == 0) {
			w->p += sizeof lead - 2;
			if (!take_string(w, type))
				return refuse(e, "record_syntax", "a string is not closed");
		} else {
			*first = true;
			w->canon = false;
			if (find_type(*w, type) < 0)
				return refuse(e, "type_missing", "the record has no \"type\"");
			w->p = blank(w, w->p + 1);
		}
		ty = ar_type_find_padded(type->p, type->n);
		if (ty < 0)
			return refuse_field(e, AR_STR("type"), *type, "type_unknown", "not a record type of this version");
	}
	r->type = w->l->type = (enum ar_t)ty;
	r->pos = ar_types[ty].pos;
	return 0;
}

static int parse(struct ar_rec *r, struct walk *w, struct ar_err *e)
{
	const struct ar_type *t;
	struct ar_str type;
	int last = -1, rc;
	bool first;

	rc = take_type(r, w, &type, &first, e);
	if (rc)
		return rc;
	t = &ar_types[r->type];
	for (;;) {
		if (!w->special && (rc = plain_members(r, t, w, &last, e)))
			return rc;
		if (!first) {
			if (__builtin_expect(*w->p != ',', 0)) {
				w->p = blank(w, w->p);
				if (*w->p == '}')
					break;
				if (*w->p != ',')
					return refuse(e, "record_syntax", "a comma or brace is missing between fields");
			}
			w->p++;
			if (*w->p != '"')
				w->p = blank(w, w->p);
		}
		if (*w->p != '"')
			return refuse(e, "record_syntax", "a key in quotes is missing");
		if (memcmp(w->p, "\"type\"", 6) == 0) {
			struct ar_str s;

			take_string(w, &s);
			w->p = blank(w, w->p);
			if (*w->p++ != ':' || *(w->p = blank(w, w->p)) != '"' || !take_string(w, &s))
				return refuse(e, "record_syntax", "the type must be a string");
			if (!ar_streq(s, type) || s.p != type.p)
				return refuse_field(e, AR_STR("type"), s, "duplicate_field", "the field stands twice");
		} else if ((rc = member(r, t, w, &last, e))) {
			return rc;
		}
		first = false;
	}
	w->p++;
	if (*w->p != '\n' && *(w->p = blank(w, w->p)) != '\n')
		return refuse(e, "record_syntax", "text follows the record on its line");
	return finish(r, t, w, e);
}

int ar_lines_next(struct ar_lines *l, struct ar_rec *r, struct ar_err *e)
{
	struct walk w;
	size_t nl;
	int rc;

	if (l->at == l->ready) {
		rc = fill(l, e);
		if (rc <= 0)
			return rc;
	}
	ar_arena_reset(r->mem);
	ar_rec_start(r, AR_T_raw);
	l->line++;
	l->cur = l->at;
	nl = (size_t)((const char *)memchr(l->buf + l->at, '\n', l->ready - l->at) - l->buf);
	w = (struct walk){ .l = l, .base = l->buf + l->base, .p = l->buf + l->at, .canon = true, .known = true,
		.special = ar_scan_marked(l->scan.special, l->at - l->base, nl + 1 - l->base) };
	rc = parse(r, &w, e);
	if (!rc && ar_scan_marked(l->scan.nonascii, l->at - l->base, nl + 1 - l->base)
	    && !ar_utf8_ok(l->buf + l->at, nl - l->at))
		rc = refuse(e, "utf8", "the line is not valid UTF-8");
	r->canonical = !rc && w.canon;
	r->line = l->buf + l->at;
	r->len = (uint32_t)(nl - l->at);
	r->input = input_name(l);
	r->lineno = l->line;
	l->at = nl + 1;
	if (rc)
		ar_err_at(e, r->input, r->lineno);
	return rc ? 2 : 1;
}
