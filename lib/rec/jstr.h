/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jstr.h - the inside of a JSON string: what stands between its quotes, still escaped, and plain UTF-8 text.
 *
 * One canonical spelling: \" \\ \b \f \n \r \t, \u00xx with lower-case digits for the other control characters below
 * U+0020, and every other character as raw UTF-8. Canonical strings are equal exactly when their bytes are equal,
 * so the tools compare and copy them as they stand.
 *
 * `p, n` never includes the quotes. Nothing beyond n is read.
 */
#ifndef AR_REC_JSTR_H
#define AR_REC_JSTR_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/buf.h"
#include "base/str.h"

static inline bool ar_jstr_odd(char c)                     /* must it be escaped? */
{
	return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

#ifdef __SSE2__
static inline __m128i ar_jstr_odd_sse2(__m128i v)         /* 0xFF for each byte that must be */
{
	const __m128i last = _mm_set1_epi8(0x1F);

	return _mm_or_si128(_mm_cmpeq_epi8(_mm_max_epu8(v, last), last),
		_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')), _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
}
#endif

/* Which of the 16 bytes at p must be: a bit each, the first in bit 0. */
static inline unsigned ar_jstr_odd16(const char *p)
{
#ifdef __SSE2__
	return (unsigned)_mm_movemask_epi8(ar_jstr_odd_sse2(_mm_loadu_si128((const __m128i *)p)));
#else
	unsigned m = 0;

	for (int i = 0; i < 16; i++)
		m |= (unsigned)ar_jstr_odd(p[i]) << i;
	return m;
#endif
}

/* How many bytes at the start are none of '"', '\\' and the controls below 0x20. UTF-8 is not looked at. */
size_t ar_jstr_plain(const char *p, size_t n);

/* Is it all ASCII from U+0020 on, without '"' and '\\'? For what is mostly short. */
bool ar_jstr_printing(const char *p, size_t n);

/*
 * Is it a valid inside of a JSON string: known escapes, surrogates only in pairs, no control byte, no bare quote,
 * strict UTF-8? Returns n, or the offset of the first escape, byte or UTF-8 sequence that is wrong. *has_nul (may be
 * NULL) is true if what was read holds \u0000: JSON allows it, records do not.
 */
size_t ar_jstr_check(const char *p, size_t n, bool *has_nul);

/* What is wrong at the offset `at` that ar_jstr_check returned, as a static phrase: "an unknown escape". */
const char *ar_jstr_why(const char *p, size_t n, size_t at);

/*
 * The text, without escapes, of contents that ar_jstr_check accepts. out has room for n and may be p itself.
 * Returns its length.
 */
size_t ar_jstr_decode(const char *p, size_t n, char *out);

/* Is the spelling canonical? For contents that ar_jstr_check accepts. */
bool ar_jstr_is_canonical(const char *p, size_t n);

/* Append the canonical spelling of contents that ar_jstr_check accepts: at most n bytes. */
void ar_jstr_canonical(struct ar_buf *b, const char *p, size_t n);

/* Append text (valid UTF-8, may hold anything) in canonical spelling: at most 6 n bytes. */
void ar_jstr_put(struct ar_buf *b, const char *p, size_t n);

char *ar_jstr_escape(char *to, char c);                    /* one that must be; returns the end of at most 6 bytes */

/*
 * The same as ar_jstr_put in one pass over text behind which 16 bytes may be read, to a place with room for 6 n + 16; returns the end.
 * Here, because what it is called for is mostly shorter than a call is long.
 */
static inline char *ar_jstr_write(char *to, const char *p, size_t n)
{
	for (;;) {
		unsigned odd = ar_jstr_odd16(p);
		size_t k;

		memcpy(to, p, 16);
		if (n <= 16) {
			odd &= (1u << n) - 1;
			if (!odd)
				return to + n;
		}
		if (!odd) {
			to += 16;
			p += 16;
			n -= 16;
			continue;
		}
		k = (size_t)__builtin_ctz(odd);
		to = ar_jstr_escape(to + k, p[k]);
		p += k + 1;
		n -= k + 1;
	}
}

#endif
