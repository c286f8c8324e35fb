/* SPDX-License-Identifier: GPL-3.0-or-later */
/* str.h - a slice of somebody else's bytes: never owned, not NUL-terminated. ASCII rules only, no locale. */
#ifndef AR_BASE_STR_H
#define AR_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct ar_str {
	const char *p;
	size_t n;
};

#define AR_STR(lit) ((struct ar_str){ (lit), sizeof(lit) - 1 })
#define AR_STR_FMT(s) (int)(s).n, (s).p      /* for "%.*s" */

static inline struct ar_str ar_str(const char *z)
{
	return (struct ar_str){ z, z ? strlen(z) : 0 };
}

static inline bool ar_streq(struct ar_str a, struct ar_str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool ar_streqz(struct ar_str a, const char *z)
{
	return ar_streq(a, ar_str(z));
}

static inline bool ar_is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool ar_is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static inline bool ar_is_lower(char c) { return c >= 'a' && c <= 'z'; }
static inline bool ar_is_alpha(char c) { return ar_is_upper(c) || ar_is_lower(c); }
static inline bool ar_is_alnum(char c) { return ar_is_alpha(c) || ar_is_digit(c); }
static inline bool ar_is_blank(char c) { return c == ' ' || c == '\t'; }
static inline bool ar_is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static inline char ar_lower(char c) { return ar_is_upper(c) ? (char)(c + 32) : c; }
static inline char ar_upper(char c) { return ar_is_lower(c) ? (char)(c - 32) : c; }

int ar_str_cmp(struct ar_str a, struct ar_str b);          /* bytewise, shorter first: LC_ALL=C order */
bool ar_str_caseeq(struct ar_str a, struct ar_str b);      /* ASCII case folded */
static inline bool ar_str_starts(struct ar_str s, const char *prefix)   /* here, so that the length of a literal is known */
{
	return s.n >= strlen(prefix) && memcmp(s.p, prefix, strlen(prefix)) == 0;
}
bool ar_str_ends(struct ar_str s, const char *suffix);
struct ar_str ar_str_strip(struct ar_str s);
static inline struct ar_str ar_str_trim(struct ar_str s)   /* ASCII white space off both ends */
{
	return s.n && !ar_is_space(s.p[0]) && !ar_is_space(s.p[s.n - 1]) ? s : ar_str_strip(s);
}
/* Cut at the first c: *head gets what is before it, the return value what follows; no c: all in head, n = 0, p = NULL. */
struct ar_str ar_str_cut(struct ar_str s, char c, struct ar_str *head);
const char *ar_str_find(struct ar_str hay, struct ar_str needle);   /* first place or NULL */

/* Unsigned decimal without sign or blanks, at most max. -1 = not such a number. */
int64_t ar_str_uint(struct ar_str s, int64_t max);
/* The decimal digits of v, at most 20, without a NUL; returns how many. */
size_t ar_uint_put(char *out, uint64_t v);

/* Strict UTF-8 (no overlong forms, no surrogates, at most U+10FFFF). Returns the offset of the first bad byte, or n. */
size_t ar_utf8_check(const char *p, size_t n);
bool ar_utf8_ascii(const char *p, size_t n);               /* no byte above 0x7F */
static inline bool ar_utf8_ok(const char *p, size_t n) { return ar_utf8_check(p, n) == n; }
/* Append U+cp as UTF-8 at out (room for 4); returns the count of bytes. cp must be a scalar value. */
int ar_utf8_put(char *out, uint32_t cp);
/* Read one code point of valid UTF-8 at p (n > 0 bytes left); *len gets its bytes. */
uint32_t ar_utf8_get(const char *p, size_t n, int *len);

#endif
