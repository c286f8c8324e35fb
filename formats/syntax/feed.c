/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "syntax/feed.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "num/ccy.h"
#include "num/date.h"
#include "rec/jstr.h"

int ar_feed_open(struct ar_feed *f, struct ar_decode *d)
{
	memset(f, 0, sizeof *f);
	f->d = d;
	f->cap = 128 * 1024;
	f->buf = ar_malloc(f->cap + AR_FEED_SPARE);
	if (ar_text_open(&f->text, d, false) < 0)
		return -1;
	f->text.mend = f->text.enc == AR_ENC_UTF8 && !d->encoding;
	return 0;
}

void ar_feed_close(struct ar_feed *f)
{
	ar_text_close(&f->text);
	free(f->buf);
}

uint64_t ar_feed_mended(const struct ar_feed *f)
{
	return f->text.mended;
}

int ar_feed_more(struct ar_feed *f)
{
	const char *p;
	ssize_t k;

	if (f->end)
		return 0;
	f->text.line = f->line;
	k = ar_text_next(&f->text, &p, f->d->err);
	if (k <= 0) {
		f->end = k == 0;
		return (int)k;
	}
	if (f->at) {
		memmove(f->buf, f->buf + f->at, f->n - f->at);
		f->n -= f->at;
		f->at = 0;
	}
	if (f->cap - f->n < (size_t)k) {
		f->cap = 2 * f->cap + (size_t)k + 128 * 1024;
		f->buf = ar_realloc(f->buf, f->cap + AR_FEED_SPARE);
	}
	f->ascii = f->text.ascii && (f->ascii || !f->n);
	memcpy(f->buf + f->n, p, (size_t)k);
	f->n += (size_t)k;
	memset(f->buf + f->n, 0, AR_FEED_SPARE);
	return 1;
}

/* Where a character ends at or before n. */
static size_t char_end(const char *p, size_t n)
{
	while (n > 1 && ((unsigned char)p[n] & 0xC0) == 0x80)
		n--;
	return n;
}

static int take(struct ar_feed *f, size_t n, size_t skip, struct ar_str *line)
{
	*line = (struct ar_str){ f->buf + f->at, n };
	f->at += n + skip;
	return 1;
}

/* Where the first LF or CR stands at or behind `from`, or n. Bytes behind n may be read. */
static size_t line_end(const char *p, size_t from, size_t n)
{
#ifdef __SSE2__
	const __m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');

	for (size_t i = from; i < n; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(p + i));
		unsigned m = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, lf), _mm_cmpeq_epi8(v, cr)));

		if (m)
			return i + (size_t)__builtin_ctz(m) < n ? i + (size_t)__builtin_ctz(m) : n;
	}
	return n;
#else
	while (from < n && p[from] != '\n' && p[from] != '\r')
		from++;
	return from;
#endif
}

int ar_feed_line(struct ar_feed *f, struct ar_str *line, bool *whole)
{
	size_t seen = 0;

	f->line++;
	*whole = true;
	for (;;) {
		size_t n = f->n - f->at;
		const char *p = f->buf + f->at;
		int rc;

		seen = line_end(p, seen, n);
		if (seen < n && p[seen] == '\n')
			return take(f, seen, 1, line);
		if (seen + 1 < n || (seen < n && f->end))
			return take(f, seen, seen + 1 < n && p[seen + 1] == '\n' ? 2 : 1, line);
		if (n > AR_FEED_LINE) {
			*whole = false;
			return take(f, char_end(p, AR_FEED_LINE), 0, line);
		}
		rc = ar_feed_more(f);
		if (rc < 0)
			return -1;
		if (rc == 0 && seen == n)
			return n ? take(f, n, 0, line) : 0;
	}
}

int ar_feed_fail(struct ar_feed *f, const char *code, const char *what, const char *advice)
{
	ar_err(f->d->err, AR_DAMAGED, code, "%s", what);
	if (advice)
		ar_err_advice(f->d->err, advice);
	return ar_err_at(f->d->err, ar_in_name(f->d->in), f->line);
}

/* ---- rows ---- */

void ar_rowbuf_release(struct ar_rowbuf *b)
{
	ar_buf_release(&b->header);
}

struct ar_str ar_rowbuf_own(struct ar_rowbuf *b, struct ar_str s)
{
	char *p = b->scratch + b->used;
	size_t room = b->used < AR_FEED_TEXT ? AR_FEED_TEXT - b->used : 0, n = s.n;

	if (room < 2 * AR_FEED_SPARE)
		return (struct ar_str){ "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 0 };
	if (n > room - AR_FEED_SPARE)
		for (n = room - AR_FEED_SPARE; n && ((unsigned char)s.p[n] & 0xC0) == 0x80; n--)
			;
	if (n)
		memcpy(p, s.p, n);
	b->used += n;
	return (struct ar_str){ p, n };
}

bool ar_rowbuf_copy(struct ar_rowbuf *b, struct ar_str name, struct ar_str value)
{
	return ar_rowbuf_put(b, name, ar_rowbuf_own(b, value));
}

bool ar_rowbuf_number(struct ar_rowbuf *b, struct ar_str name, int64_t v, int digits)
{
	char *p = b->scratch + b->used;

	if (sizeof b->scratch - b->used < AR_MONEY_TEXT + AR_FEED_SPARE)
		return false;
	b->used += digits || v < 0 ? (size_t)ar_money_put(p, v, digits) : ar_uint_put(p, (uint64_t)v);
	return ar_rowbuf_put(b, name, (struct ar_str){ p, (size_t)(b->scratch + b->used - p) });
}

enum { NAME = 48 };                     /* bytes of a made-up name, without its #k */

/* The name framed in the scratch, with #k behind it if k > 1. */
static struct ar_str made_up(struct ar_rowbuf *b, struct ar_str s, int k)
{
	char *p = b->scratch + b->used + 2, *end;
	size_t n = s.n < NAME ? s.n : NAME;

	if (sizeof b->scratch - b->used < NAME + 64 + 1024)
		return AR_NAME("");             /* 1024: of numbers */
	memcpy(p - 2, AR_FRAME_BEGIN, 2);
	memcpy(p, s.p, n);
	end = p + n;
	if (k > 1) {
		*end++ = '#';
		end += ar_uint_put(end, (uint64_t)k);
	}
	memcpy(end, AR_FRAME_END, 3);
	b->used = (size_t)(end + 3 - b->scratch);
	return (struct ar_str){ p, (size_t)(end - p) };
}

struct ar_str ar_rowbuf_name(struct ar_rowbuf *b, struct ar_str s)
{
	return made_up(b, s, 1);
}

struct ar_str ar_rowbuf_nth(struct ar_rowbuf *b, struct ar_str name, int k)
{
	return k < 2 ? name : made_up(b, name, k);
}

struct ar_str ar_feed_name(struct ar_arena *mem, struct ar_str s)
{
	char *p = ar_arena_alloc(mem, 2 + s.n + sizeof AR_FRAME_END);

	memcpy(p, AR_FRAME_BEGIN, 2);
	memcpy(p + 2, s.p, s.n);
	memcpy(p + 2 + s.n, AR_FRAME_END, sizeof AR_FRAME_END);
	return (struct ar_str){ p + 2, s.n };
}

/* The first eight bytes, of which those behind n count for nothing. */
static uint64_t first_bytes(const char *p, uint64_t mask)
{
	uint64_t w;

	memcpy(&w, p, 8);
	return w & mask;
}

struct ar_str ar_rowbuf_next(struct ar_rowbuf *b, struct ar_str name)
{
	static const char ones[16] = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
	uint64_t mask, first;
	int k = 1;

	memcpy(&mask, ones + 8 - (name.n < 8 ? name.n : 8), 8);
	first = first_bytes(name.p, mask);
	for (int i = 0; i < b->n; i++) {
		struct ar_str s = b->name[i];

		if (first_bytes(s.p, mask) == first)
			k += s.n >= name.n && memcmp(s.p, name.p, name.n) == 0 && (s.n == name.n || s.p[name.n] == '#');
	}
	return ar_rowbuf_nth(b, name, k);
}

bool ar_rowbuf_has(const struct ar_rowbuf *b, struct ar_str name)
{
	for (int i = 0; i < b->n; i++)
		if (ar_streq(b->name[i], name))
			return true;
	return false;
}

void ar_rowbuf_warn(struct ar_rowbuf *b, const char *code, struct ar_str value)
{
	char room[160];
	size_t n = strlen(code);
	int k = 1;

	for (int i = 0; i < b->n; i++)
		k += ar_str_starts(b->name[i], ".warning");
	memcpy(room, code, n);
	if (value.n) {
		memcpy(room + n, ": ", 2);
		n += 2;
		if (value.n > sizeof room - n - 4)
			for (value.n = sizeof room - n - 4; value.n && ((unsigned char)value.p[value.n] & 0xC0) == 0x80; value.n--)
				;
		memcpy(room + n, value.p, value.n);
		n += value.n;
	}
	ar_rowbuf_copy(b, ar_rowbuf_nth(b, AR_NAME(".warning"), k), (struct ar_str){ room, n });
}

int ar_rowbuf_give(struct ar_rowbuf *b, uint64_t number)
{
	struct ar_row row = { .row = number, .n = b->n, .name = b->name, .value = b->value,
		.padded = true, .plain_names = true, .framed = true,
		.nabove = b->nabove, .above_name = b->above_name, .above_value = b->above_value, .above = b->above,
		.above_same = b->above_same };

	b->n = 0;
	b->used = 0;
	b->above_same = b->nabove;
	return b->sink->row(b->sink, &row);
}

void ar_rowbuf_above_clear(struct ar_rowbuf *b)
{
	b->nabove = b->above_same = 0;
	b->header.n = 0;
	b->above++;
}

/* The header's bytes may move while it grows: values are found again by their lengths. */
void ar_rowbuf_above(struct ar_rowbuf *b, struct ar_str name, struct ar_str value)
{
	const char *was = b->header.p;
	size_t at = 0;

	if (!value.n || b->nabove == AR_FEED_COLS)
		return;
	ar_buf_room(&b->header, value.n + AR_FEED_SPARE);
	b->above++;
	b->above_name[b->nabove] = name;
	b->above_value[b->nabove++] = (struct ar_str){ b->header.p + b->header.n, value.n };
	ar_buf_put(&b->header, value.p, value.n);
	for (int i = 0; b->header.p != was && i < b->nabove; at += b->above_value[i++].n)
		b->above_value[i].p = b->header.p + at;
}

void ar_rowbuf_above_cut(struct ar_rowbuf *b, int n)
{
	size_t at = 0;

	if (n >= b->nabove)
		return;
	for (int i = 0; i < n; i++)
		at += b->above_value[i].n;
	b->nabove = n;
	if (b->above_same > n)
		b->above_same = n;
	b->header.n = at;
	b->above++;
}

int ar_rowbuf_finding(struct ar_rowbuf *b, uint64_t row, const char *code, const char *severity, struct ar_str message)
{
	b->n = 0;
	b->used = 0;
	ar_rowbuf_put(b, AR_NAME(".record"), AR_NAME("finding"));
	ar_rowbuf_copy(b, AR_NAME("code"), ar_str(code));
	ar_rowbuf_copy(b, AR_NAME("severity"), ar_str(severity));
	ar_rowbuf_copy(b, AR_NAME("message"), message);
	return ar_rowbuf_give(b, row);
}

int ar_feed_say_mended(const struct ar_feed *f, struct ar_rowbuf *b, uint64_t row)
{
	char text[96];

	if (!ar_feed_mended(f))
		return 0;
	snprintf(text, sizeof text, "%llu bytes that are not UTF-8 were read as windows-1252", (unsigned long long)ar_feed_mended(f));
	return ar_rowbuf_finding(b, row, "encoding_mended", "info", ar_str(text));
}

/* ---- values ---- */

bool ar_feed_implied(struct ar_str s, int digits, char *out, struct ar_str *plain, int64_t *minor)
{
	unsigned bad = 0;
	int64_t v = 0;
	bool neg;

	s = ar_str_trim(s);
	neg = s.n && *s.p == '-';
	if (s.n > 1 && (*s.p == '+' || neg))
		s = (struct ar_str){ s.p + 1, s.n - 1 };
	while (s.n > 15 && *s.p == '0')
		s = (struct ar_str){ s.p + 1, s.n - 1 };
	if (!s.n || s.n > 15)                   /* beyond AR_MONEY_MAX */
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned c = (unsigned char)(s.p[i] - '0');

		bad |= c > 9;
		v = v * 10 + (int64_t)c;
	}
	if (bad)
		return false;
	*minor = neg ? -v : v;
	if (out)
		*plain = (struct ar_str){ out, (size_t)ar_money_put(out, *minor, digits) };
	return true;
}

bool ar_feed_day(struct ar_str s, char out[10])
{
	char room[11];
	ar_date d;

	s = ar_str_trim(s);
	if (s.n == 6 ? !ar_date_read(s, "yymmdd", &d) : s.n != 8 || !ar_date_read(s, "yyyymmdd", &d))
		return false;
	memcpy(out, ar_date_z(room, d), 10);
	return true;
}

int ar_feed_digits(struct ar_str currency)
{
	int c = ar_ccy_find(currency);

	return c < 0 ? 2 : ar_ccy[c].digits;
}

struct ar_str ar_feed_rtrim(struct ar_str s)
{
	while (s.n >= 8 && memcmp(s.p + s.n - 8, "        ", 8) == 0)
		s.n -= 8;
	while (s.n && ar_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}
