/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rec/jstr.h"

#include "base/err.h"

#define ALL(byte) (0x0101010101010101ULL * (byte))      /* that byte in all eight places of a word */

/* Is any of the eight bytes not plain? Exact: no sum runs over into the next byte. */
static inline bool odd_bytes(uint64_t w)
{
	uint64_t low;

	low = w & ALL(0x7F);
	low = (low + ALL(0x60)) & ((low ^ ALL('"')) + ALL(0x7F)) & ((low ^ ALL('\\')) + ALL(0x7F));
	return ~(w | low) & ALL(0x80);
}

static inline bool odd_word(const char *p)
{
	uint64_t w;

	memcpy(&w, p, 8);
	return odd_bytes(w);
}

#ifdef __SSE2__
static inline bool printing16(__m128i v)
{
	return !_mm_movemask_epi8(_mm_or_si128(ar_jstr_odd_sse2(v), v));
}

bool ar_jstr_printing(const char *p, size_t n)
{
	if (n < 8)
		return ar_jstr_plain(p, n) == n && ar_utf8_ascii(p, n);
	if (n < 16)
		return printing16(_mm_unpacklo_epi64(_mm_loadl_epi64((const __m128i *)p), _mm_loadl_epi64((const __m128i *)(p + n - 8))));
	for (size_t i = 0; i + 16 < n; i += 16)
		if (!printing16(_mm_loadu_si128((const __m128i *)(p + i))))
			return false;
	return printing16(_mm_loadu_si128((const __m128i *)(p + n - 16)));
}
#else
bool ar_jstr_printing(const char *p, size_t n)
{
	return ar_jstr_plain(p, n) == n && ar_utf8_ascii(p, n);
}
#endif

/* The last bytes, fewer than 16: all plain? Looked at as two words that overlap. */
static inline bool short_plain(const char *p, size_t n)
{
	uint32_t a, b;

	if (n >= 8)
		return !odd_word(p) && !odd_word(p + n - 8);
	if (n < 4)
		return n == 0;
	memcpy(&a, p, 4);
	memcpy(&b, p + n - 4, 4);
	return !odd_bytes((uint64_t)a << 32 | b);
}

size_t ar_jstr_plain(const char *p, size_t n)
{
	size_t i = 0;

#ifdef __SSE2__
	for (; n - i >= 16; i += 16) {
		unsigned m = ar_jstr_odd16(p + i);

		if (m)
			return i + (size_t)__builtin_ctz(m);
	}
#else
	while (n - i >= 16 && !odd_word(p + i))
		i += 8;
#endif
	if (n - i < 16 && short_plain(p + i, n - i))
		return n;
	while (i < n && !ar_jstr_odd(p[i]))
		i++;
	return i;
}

static int hex(char c)
{
	if (ar_is_digit(c))
		return c - '0';
	c = ar_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The unit of \uXXXX at p, or -1. */
static int32_t utf16_unit(const char *p, size_t n)
{
	int32_t u = 0;

	if (n < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		int h = hex(p[i]);

		if (h < 0)
			return -1;
		u = u << 4 | h;
	}
	return u;
}

static bool is_high(int32_t u) { return u >= 0xD800 && u <= 0xDBFF; }
static bool is_low(int32_t u) { return u >= 0xDC00 && u <= 0xDFFF; }

/* What each letter behind a backslash stands for; 0 = nothing (u is not in the table). */
static const char meaning[256] = {
	['"'] = '"', ['\\'] = '\\', ['/'] = '/',
	['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t',
};

/* The letter of the short escape that canonical spelling uses for a character; 0 = none. */
static const char letter[128] = {
	['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
};

/* Read the escape at p (a backslash). Returns its length and sets *cp, or returns 0 if it is none. */
static size_t escape(const char *p, size_t n, uint32_t *cp)
{
	int32_t u, low;

	if (n < 2)
		return 0;
	*cp = (unsigned char)meaning[(unsigned char)p[1]];
	if (*cp)
		return 2;
	u = utf16_unit(p, n);
	if (u < 0 || is_low(u))
		return 0;
	*cp = (uint32_t)u;
	if (!is_high(u))
		return 6;
	low = utf16_unit(p + 6, n - 6);
	if (!is_low(low))
		return 0;
	*cp = 0x10000 + ((uint32_t)(u - 0xD800) << 10) + (uint32_t)(low - 0xDC00);
	return 12;
}

size_t ar_jstr_check(const char *p, size_t n, bool *has_nul)
{
	bool nul = false;
	size_t i = 0;

	while (i < n) {
		size_t k = ar_jstr_plain(p + i, n - i);
		uint32_t cp;

		i += ar_utf8_check(p + i, k);
		if (i == n || p[i] != '\\')
			break;          /* the end, a byte that needs an escape, or within the run: not UTF-8 */
		k = escape(p + i, n - i, &cp);
		if (!k)
			break;
		nul |= cp == 0;
		i += k;
	}
	if (has_nul)
		*has_nul = nul;
	return i;
}

const char *ar_jstr_why(const char *p, size_t n, size_t at)
{
	int32_t u;

	if (at >= n)
		return "nothing";
	if (p[at] == '"')
		return "a bare quote";
	if ((unsigned char)p[at] < 0x20)
		return "a control character that is not escaped";
	if (p[at] != '\\')
		return "a byte that is not UTF-8";
	u = utf16_unit(p + at, n - at);
	return is_high(u) || is_low(u) ? "half of a surrogate pair" : "an unknown escape";
}

size_t ar_jstr_decode(const char *p, size_t n, char *out)
{
	size_t i = 0, o = 0;

	while (i < n) {
		size_t k = ar_jstr_plain(p + i, n - i);
		uint32_t cp;

		if (out + o != p + i)
			memmove(out + o, p + i, k);
		i += k;
		o += k;
		if (i == n)
			break;
		k = p[i] == '\\' ? escape(p + i, n - i, &cp) : 0;
		ar_assert(k);
		o += (size_t)ar_utf8_put(out + o, cp);
		i += k;
	}
	return o;
}

bool ar_jstr_is_canonical(const char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		int32_t u;

		i += ar_jstr_plain(p + i, n - i);
		if (i == n)
			break;
		if (p[i] != '\\' || n - i < 2)
			return false;
		if (p[i + 1] != '/' && meaning[(unsigned char)p[i + 1]]) {
			i += 2;
			continue;
		}
		u = utf16_unit(p + i, n - i);
		if (u < 0 || u >= 0x20 || letter[u] || ar_is_upper(p[i + 5]))
			return false;
		i += 6;
	}
	return true;
}

char *ar_jstr_escape(char *to, char c)
{
	static const char digit[] = "0123456789abcdef";
	unsigned char u = (unsigned char)c;

	*to++ = '\\';
	if (letter[u]) {
		*to++ = letter[u];
		return to;
	}
	memcpy(to, "u00", 3);
	to[3] = digit[u >> 4];
	to[4] = digit[u & 15];
	return to + 5;
}

void ar_jstr_canonical(struct ar_buf *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t k = ar_jstr_plain(p + i, n - i);
		uint32_t cp;
		char t[4];

		ar_buf_put(b, p + i, k);
		i += k;
		if (i == n)
			break;
		k = p[i] == '\\' ? escape(p + i, n - i, &cp) : 0;
		ar_assert(k);
		ar_jstr_put(b, t, (size_t)ar_utf8_put(t, cp));
		i += k;
	}
}

void ar_jstr_put(struct ar_buf *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t k = ar_jstr_plain(p + i, n - i);

		ar_buf_put(b, p + i, k);
		i += k;
		if (i < n) {
			ar_buf_room(b, 6);
			b->n = (size_t)(ar_jstr_escape(b->p + b->n, p[i++]) - b->p);
		}
	}
}
