/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rec/scan.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define UNROLL _Pragma("GCC unroll 8")
#define ALL(byte) (0x0101010101010101ULL * (byte))      /* that byte in all eight places of a word */

/* What one stripe holds; bit i is byte i. The last two are found only where a backslash can matter. */
struct stripe {
	uint64_t places;        /* quotes, escaped or not, and newlines */
	uint64_t backslash, newline;
	bool special, nonascii;
};

/* The bytes that a backslash escapes. *carry: is the first one escaped from before; then: the one after n bytes. */
static uint64_t escaped_bytes(uint64_t backslash, size_t n, bool *carry)
{
	uint64_t escaped = *carry;

	backslash &= ~escaped;
	*carry = false;
	while (backslash) {
		uint64_t one = backslash & (0 - backslash);

		escaped |= one << 1;
		backslash &= ~(one | one << 1);
		*carry = one >> (n - 1);
	}
	return escaped;
}

/*
 * The walk over a block, the same for each way to `look` at a stripe. A last stripe that is not full is copied and
 * filled with blanks, which mean nothing to anybody.
 */
#define SCAN(look) do { \
	bool escaped = s->escaped; \
	struct stripe t; \
	char last[AR_SCAN_STRIPE]; \
 \
	for (size_t i = 0; i * AR_SCAN_STRIPE < len; i++) { \
		const char *q = p + i * AR_SCAN_STRIPE; \
		size_t n = AR_SCAN_STRIPE; \
 \
		if (len - i * AR_SCAN_STRIPE < n) { \
			n = len - i * AR_SCAN_STRIPE; \
			q = memcpy(memset(last, ' ', sizeof last), q, n); \
		} \
		look(q, escaped, &t); \
		if (t.special || escaped) \
			t.places = (t.places & ~escaped_bytes(t.backslash, n, &escaped)) | t.newline; \
		if (t.special) \
			out->special[i / 64] |= 1ULL << (i & 63); \
		if (t.nonascii) \
			out->nonascii[i / 64] |= 1ULL << (i & 63); \
		out->place[i] = t.places; \
	} \
	s->escaped = escaped; \
} while (0)

static inline uint64_t load8(const char *p)     /* byte 0 lowest */
{
	uint64_t w;

	memcpy(&w, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	w = __builtin_bswap64(w);
#endif
	return w;
}

/* The 0x80 bits of a word as eight bits, lowest byte first. */
static inline uint64_t gather(uint64_t w)
{
	return w * 0x0002040810204081ULL >> 56;
}

/* For low = w & ALL(0x7F): 0x80 in each byte that differs from `byte` in its low seven bits. Nothing carries over. */
static inline uint64_t differs(uint64_t low, uint64_t byte)
{
	return (low ^ ALL(byte)) + ALL(0x7F);
}

static inline void look_portable(const char *p, bool escaped, struct stripe *t)
{
	uint64_t high = 0, special = 0;

	t->places = t->backslash = t->newline = 0;
	UNROLL
	for (unsigned k = 0; k < AR_SCAN_STRIPE; k += 8) {
		uint64_t w = load8(p + k), low = w & ALL(0x7F);
		uint64_t no_newline = differs(low, '\n'), printing = low + ALL(0x60);

		t->places |= gather(~((differs(low, '"') & no_newline) | w) & ALL(0x80)) << k;
		special |= ~w & ((~printing & no_newline) | ~differs(low, '\\'));
		high |= w;
	}
	t->special = special & ALL(0x80);
	t->nonascii = high & ALL(0x80);
	if (!t->special && !escaped)
		return;
	for (unsigned k = 0; k < AR_SCAN_STRIPE; k += 8) {
		uint64_t w = load8(p + k), low = w & ALL(0x7F);

		t->backslash |= gather(~(differs(low, '\\') | w) & ALL(0x80)) << k;
		t->newline |= gather(~(differs(low, '\n') | w) & ALL(0x80)) << k;
	}
}

static void scan_portable(struct ar_scan *s, const char *p, size_t len, struct ar_scan_out *out)
{
	SCAN(look_portable);
}

#ifdef __SSE2__
static inline uint64_t mask(__m128i a, __m128i b, __m128i c, __m128i d)
{
	return (uint64_t)_mm_movemask_epi8(a) | (uint64_t)_mm_movemask_epi8(b) << 16
		| (uint64_t)_mm_movemask_epi8(c) << 32 | (uint64_t)_mm_movemask_epi8(d) << 48;
}

static inline uint64_t equal(const __m128i v[4], char byte)
{
	__m128i b = _mm_set1_epi8(byte);

	return mask(_mm_cmpeq_epi8(v[0], b), _mm_cmpeq_epi8(v[1], b), _mm_cmpeq_epi8(v[2], b),
		_mm_cmpeq_epi8(v[3], b));
}

static inline void look_sse2(const char *p, bool escaped, struct stripe *t)
{
	const __m128i last = _mm_set1_epi8(0x1F);
	__m128i v[4], place[4], special = _mm_setzero_si128();

	UNROLL
	for (int k = 0; k < 4; k++) {
		__m128i newline, control;

		v[k] = _mm_loadu_si128((const __m128i *)(p + 16 * k));
		newline = _mm_cmpeq_epi8(v[k], _mm_set1_epi8('\n'));
		place[k] = _mm_or_si128(newline, _mm_cmpeq_epi8(v[k], _mm_set1_epi8('"')));
		control = _mm_cmpeq_epi8(_mm_max_epu8(v[k], last), last);
		special = _mm_or_si128(special, _mm_andnot_si128(newline, control));
		special = _mm_or_si128(special, _mm_cmpeq_epi8(v[k], _mm_set1_epi8('\\')));
	}
	t->places = mask(place[0], place[1], place[2], place[3]);
	t->special = _mm_movemask_epi8(special);
	t->nonascii = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(v[0], v[1]), _mm_or_si128(v[2], v[3])));
	t->backslash = t->newline = 0;
	if (t->special || escaped) {
		t->backslash = equal(v, '\\');
		t->newline = equal(v, '\n');
	}
}

static void scan_sse2(struct ar_scan *s, const char *p, size_t len, struct ar_scan_out *out)
{
	SCAN(look_sse2);
}
#endif

static bool forced;

void ar_scan_force(bool portable)
{
	forced = portable;
}

void ar_scan(struct ar_scan *s, const char *p, size_t len, struct ar_scan_out *out)
{
	memset(out->nonascii, 0, ar_scan_words(len) * sizeof *out->nonascii);
	memset(out->special, 0, ar_scan_words(len) * sizeof *out->special);
#ifdef __SSE2__
	if (!forced) {
		scan_sse2(s, p, len, out);
		return;
	}
#endif
	scan_portable(s, p, len, out);
}
