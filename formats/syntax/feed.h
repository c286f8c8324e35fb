/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * feed.h - what the decoders of line and column formats share: lines of the input, and rows put together name by name.
 *
 * Bytes. Bank files are seldom labelled. Where neither mark, user nor map says an encoding, bytes that are not UTF-8 are read as
 * windows-1252 and NUL as a blank; `mended` counts them, and the decoder reports it.
 */
#ifndef AR_FORMATS_FEED_H
#define AR_FORMATS_FEED_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "num/money.h"
#include "syntax/text.h"

enum { AR_FEED_LINE = 1024 * 1024, AR_FEED_COLS = 128, AR_FEED_SPARE = 16, AR_FEED_TEXT = 16 * 1024 };

struct ar_feed {
	struct ar_text text;
	struct ar_decode *d;
	char *buf;                       /* the window: bytes at..n were not taken yet, AR_FEED_SPARE may be read behind */
	size_t at, n, cap;
	uint64_t line;                   /* of what was taken last, from 1 */
	bool end;
	bool ascii;                      /* the window is known to be ASCII */
};

int ar_feed_open(struct ar_feed *f, struct ar_decode *d);
void ar_feed_close(struct ar_feed *f);
uint64_t ar_feed_mended(const struct ar_feed *f);
/* More bytes behind the window; what was taken is forgotten, slices of it die. 1, 0 = there are no more, -1 = d->err. */
int ar_feed_more(struct ar_feed *f);
/*
 * The next physical line without its LF, CR LF or CR; good until the next call. 1, 0 = the end, -1 = d->err. *whole: false if the
 * line is longer than AR_FEED_LINE, of which this is a piece.
 */
int ar_feed_line(struct ar_feed *f, struct ar_str *line, bool *whole);
/* Fill d->err with where we are. -1. */
int ar_feed_fail(struct ar_feed *f, const char *code, const char *what, const char *advice);

/*
 * A name as rows have them: it stands within ,"NAME":" with bytes behind that may be read, so that whoever writes the row copies all of
 * that at once (`framed` in map/syntax.h). Names that are no literal are made by ar_rowbuf_name or ar_feed_name.
 */
#define AR_NAME(lit) ((struct ar_str){ &AR_FRAME_BEGIN lit AR_FRAME_END[2], sizeof(lit) - 1 })
#define AR_FRAME_BEGIN ",\""
#define AR_FRAME_END "\":\"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

/*
 * One row under construction. Values must lie in memory of which AR_FEED_SPARE bytes behind each may be read: the window, the
 * row's own scratch, or a literal by AR_NAME. Empty values are left out.
 */
struct ar_rowbuf {
	struct ar_sink *sink;
	struct ar_str name[AR_FEED_COLS], value[AR_FEED_COLS];
	int n;
	char scratch[AR_FEED_TEXT + 4096];       /* of made-up names and values; lives until ar_rowbuf_give. The end is left to names and numbers: */
	size_t used;                     /* a row with much text must not lose an amount */
	struct ar_str above_name[AR_FEED_COLS], above_value[AR_FEED_COLS];
	int nabove;
	uint64_t above;
	int above_same;                  /* of these the last row had the same */
	struct ar_buf header;            /* bytes of what stands above */
};

void ar_rowbuf_release(struct ar_rowbuf *b);
/* false: the row is full */
static inline bool ar_rowbuf_put(struct ar_rowbuf *b, struct ar_str name, struct ar_str value)
{
	if (b->n == AR_FEED_COLS)
		return false;
	if (value.n) {
		b->name[b->n] = name;
		b->value[b->n++] = value;
	}
	return true;
}
/* The same with the value copied into the scratch; too long for it: cut. */
bool ar_rowbuf_copy(struct ar_rowbuf *b, struct ar_str name, struct ar_str value);
/* The same with a number, minor units with so many decimals. */
bool ar_rowbuf_number(struct ar_rowbuf *b, struct ar_str name, int64_t v, int digits);
/* The name, or name#k for the k-th, k > 1. */
struct ar_str ar_rowbuf_nth(struct ar_rowbuf *b, struct ar_str name, int k);
/* The name that the next value of this name gets: name#k if there are k - 1 already. */
struct ar_str ar_rowbuf_next(struct ar_rowbuf *b, struct ar_str name);
struct ar_str ar_rowbuf_own(struct ar_rowbuf *b, struct ar_str s);       /* a value, in the scratch */
struct ar_str ar_rowbuf_name(struct ar_rowbuf *b, struct ar_str s);      /* a name of at most 48 bytes, in the scratch */
struct ar_str ar_feed_name(struct ar_arena *mem, struct ar_str s);       /* a name, in the arena */
bool ar_rowbuf_has(const struct ar_rowbuf *b, struct ar_str name);
/* "code: text" among .warning, .warning#2 ... */
void ar_rowbuf_warn(struct ar_rowbuf *b, const char *code, struct ar_str value);
/* The row goes out and is empty again. What the sink says. */
int ar_rowbuf_give(struct ar_rowbuf *b, uint64_t row);
/* What stands above the rows to come, under ../NAME; clear first. Names with the ../ in front, by AR_NAME. */
void ar_rowbuf_above_clear(struct ar_rowbuf *b);
void ar_rowbuf_above(struct ar_rowbuf *b, struct ar_str name, struct ar_str value);
/* Only the first n stay. */
void ar_rowbuf_above_cut(struct ar_rowbuf *b, int n);
/* A row of the kind `finding`: code, severity, message, and what it is about. */
int ar_rowbuf_finding(struct ar_rowbuf *b, uint64_t row, const char *code, const char *severity, struct ar_str message);
/* How many bytes were not UTF-8, as such a row; nothing if all were. */
int ar_feed_say_mended(const struct ar_feed *f, struct ar_rowbuf *b, uint64_t row);

/* [+-]digits with `digits` implied decimals to a plain decimal in out (AR_MONEY_TEXT bytes); false: no such number. Blank is none. */
bool ar_feed_implied(struct ar_str s, int digits, char *out, struct ar_str *plain, int64_t *minor);
/* YYMMDD or YYYYMMDD that is a day: YYYY-MM-DD in out. */
bool ar_feed_day(struct ar_str s, char out[10]);
/* Which of the 16 bytes at p are no white space: a bit each, the first in bit 0. */
static inline uint32_t ar_feed_text16(const char *p)
{
#ifdef __SSE2__
	const __m128i v = _mm_loadu_si128((const __m128i *)p), tab = _mm_sub_epi8(v, _mm_set1_epi8('\t'));

	return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')),
		_mm_cmpeq_epi8(_mm_min_epu8(tab, _mm_set1_epi8('\r' - '\t')), tab))) ^ 0xFFFF;
#else
	uint32_t m = 0;

	for (int i = 0; i < 16; i++)
		m |= (uint32_t)!ar_is_space(p[i]) << i;
	return m;
#endif
}

#ifdef __SSE2__
static inline unsigned ar_feed_find16(const char *p, char c)
{
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const __m128i *)p), _mm_set1_epi8(c)));
}
#endif

/* memchr for what is mostly near: the call would take longer than the search. */
static inline const char *ar_feed_find(const char *p, size_t n, char c)
{
#ifdef __SSE2__
	unsigned m = 0;

	if (n >= 16) {
		for (; n >= 16 && !(m = ar_feed_find16(p, c)); p += 16)
			n -= 16;
		if (!m && n)
			m = ar_feed_find16(p + n - 16, c) >> (16 - n);
		return m ? p + __builtin_ctz(m) : NULL;
	}
#endif
	for (; n; p++, n--)
		if (*p == c)
			return p;
	return NULL;
}
/* Minor digits of a currency; 2 if it is none. */
int ar_feed_digits(struct ar_str currency);
struct ar_str ar_feed_rtrim(struct ar_str s);

#endif
