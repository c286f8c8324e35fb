/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/str.h"

int ar_str_cmp(struct ar_str a, struct ar_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	if (c)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool ar_str_caseeq(struct ar_str a, struct ar_str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ar_lower(a.p[i]) != ar_lower(b.p[i]))
			return false;
	return true;
}

bool ar_str_ends(struct ar_str s, const char *suffix)
{
	size_t n = strlen(suffix);

	return s.n >= n && memcmp(s.p + s.n - n, suffix, n) == 0;
}

struct ar_str ar_str_strip(struct ar_str s)
{
	while (s.n && ar_is_space(s.p[0]))
		s.p++, s.n--;
	while (s.n >= 8 && memcmp(s.p + s.n - 8, "        ", 8) == 0)
		s.n -= 8;
	while (s.n && ar_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct ar_str ar_str_cut(struct ar_str s, char c, struct ar_str *head)
{
	const char *q = s.n ? memchr(s.p, c, s.n) : NULL;

	if (!q) {
		*head = s;
		return (struct ar_str){ NULL, 0 };
	}
	*head = (struct ar_str){ s.p, (size_t)(q - s.p) };
	return (struct ar_str){ q + 1, s.n - head->n - 1 };
}

const char *ar_str_find(struct ar_str hay, struct ar_str needle)
{
	const char *at = hay.p, *end;

	if (!needle.n || hay.n < needle.n)
		return needle.n ? NULL : hay.p;
	if (hay.n > 256)
		return memmem(hay.p, hay.n, needle.p, needle.n);
	/* memmem makes a table first: too much for a short text */
	for (end = hay.p + hay.n; (size_t)(end - at) >= needle.n && (at = memchr(at, *needle.p, (size_t)(end - at) - needle.n + 1)); at++)
		if (memcmp(at, needle.p, needle.n) == 0)
			return at;
	return NULL;
}

int64_t ar_str_uint(struct ar_str s, int64_t max)
{
	int64_t v = 0;

	if (s.n == 0 || s.n > 18)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if (!ar_is_digit(s.p[i]))
			return -1;
		v = v * 10 + (s.p[i] - '0');
	}
	return v <= max ? v : -1;
}

static size_t count_digits(uint64_t v)
{
	static const uint64_t least[20] = { 0, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000,
		100000000000, 1000000000000, 10000000000000, 100000000000000, 1000000000000000, 10000000000000000,
		100000000000000000, 1000000000000000000, 10000000000000000000U };
	size_t n = (size_t)(64 - __builtin_clzll(v | 1)) * 1233 >> 12;  /* digits less one by its bits, or one too many */

	return n + 1 - (v < least[n]);
}

size_t ar_uint_put(char *out, uint64_t v)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051"
		"525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";
	size_t n = count_digits(v);
	char *p = out + n;

	for (; v >= 100; v /= 100)
		memcpy(p -= 2, pairs + v % 100 * 2, 2);
	if (v >= 10)
		memcpy(p - 2, pairs + v * 2, 2);
	else
		p[-1] = (char)('0' + v);
	return n;
}

static inline uint64_t word_at(const char *p)
{
	uint64_t w;

	memcpy(&w, p, 8);
	return w;
}

static inline uint64_t four_words(const char *p)
{
	return word_at(p) | word_at(p + 8) | word_at(p + 16) | word_at(p + 24);
}

#define HIGH 0x8080808080808080ULL      /* the bit that ASCII has not, of each byte */

/* How many bytes from the beginning are ASCII, rounded down to 32: what a compiler makes wide. */
static size_t ascii_run(const char *p, size_t n)
{
	size_t i = 0;

	while (n - i >= 32 && !(four_words(p + i) & HIGH))
		i += 32;
	return i;
}

/* The last bytes are looked at twice rather than one by one. */
bool ar_utf8_ascii(const char *p, size_t n)
{
	uint64_t all = 0;
	uint32_t a, b;

	if (n >= 32) {
		if (n - ascii_run(p, n) >= 32)
			return false;
		all = four_words(p + n - 32);
	} else if (n >= 16) {
		all = word_at(p) | word_at(p + 8) | word_at(p + n - 16) | word_at(p + n - 8);
	} else if (n >= 8) {
		all = word_at(p) | word_at(p + n - 8);
	} else if (n >= 4) {
		memcpy(&a, p, 4);
		memcpy(&b, p + n - 4, 4);
		all = a | b;
	} else if (n) {
		all = (uint64_t)((unsigned char)p[0] | (unsigned char)p[n / 2] | (unsigned char)p[n - 1]);
	}
	return !(all & HIGH);
}

size_t ar_utf8_check(const char *p, size_t n)
{
	const unsigned char *s = (const unsigned char *)p;
	size_t i;

	if (n < 32 && ar_utf8_ascii(p, n))
		return n;
	i = ascii_run(p, n);
	while (i < n) {
		if (n - i >= 8 && !(word_at(p + i) & HIGH)) {
			i += 8 + ascii_run(p + i + 8, n - i - 8);
			continue;
		}
		if (s[i] < 0x80) {
			i++;
		} else if (s[i] >= 0xC2 && s[i] <= 0xDF) {
			if (n - i < 2 || (s[i + 1] & 0xC0) != 0x80)
				return i;
			i += 2;
		} else if ((s[i] & 0xF0) == 0xE0) {
			if (n - i < 3 || (s[i + 1] & 0xC0) != 0x80 || (s[i + 2] & 0xC0) != 0x80
			    || (s[i] == 0xE0 && s[i + 1] < 0xA0) || (s[i] == 0xED && s[i + 1] > 0x9F))
				return i;
			i += 3;
		} else if (s[i] >= 0xF0 && s[i] <= 0xF4) {
			if (n - i < 4 || (s[i + 1] & 0xC0) != 0x80 || (s[i + 2] & 0xC0) != 0x80
			    || (s[i + 3] & 0xC0) != 0x80 || (s[i] == 0xF0 && s[i + 1] < 0x90)
			    || (s[i] == 0xF4 && s[i + 1] > 0x8F))
				return i;
			i += 4;
		} else {
			return i;
		}
	}
	return n;
}

int ar_utf8_put(char *out, uint32_t cp)
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xC0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 63));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xE0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 63));
		out[2] = (char)(0x80 | (cp & 63));
		return 3;
	}
	out[0] = (char)(0xF0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 63));
	out[2] = (char)(0x80 | (cp >> 6 & 63));
	out[3] = (char)(0x80 | (cp & 63));
	return 4;
}

uint32_t ar_utf8_get(const char *p, size_t n, int *len)
{
	const unsigned char *s = (const unsigned char *)p;

	if (s[0] < 0x80 || n < 2) {
		*len = 1;
		return s[0];
	}
	if (s[0] < 0xE0) {
		*len = 2;
		return (uint32_t)(s[0] & 31) << 6 | (s[1] & 63);
	}
	if (s[0] < 0xF0 && n >= 3) {
		*len = 3;
		return (uint32_t)(s[0] & 15) << 12 | (uint32_t)(s[1] & 63) << 6 | (s[2] & 63);
	}
	if (n < 4) {
		*len = 1;
		return 0xFFFD;
	}
	*len = 4;
	return (uint32_t)(s[0] & 7) << 18 | (uint32_t)(s[1] & 63) << 12 | (uint32_t)(s[2] & 63) << 6 | (s[3] & 63);
}
