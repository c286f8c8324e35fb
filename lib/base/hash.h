/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hash.h - XXH3 for tables, identities and the checksum of a stream (it shows damage), SHA-256 for what must show
 * edits (inputs, journals, manifests). Also ar_tab: names to small numbers in order of arrival.
 */
#ifndef AR_BASE_HASH_H
#define AR_BASE_HASH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

uint64_t ar_hash64(const char *p, size_t n);

struct ar_hash128 { uint64_t lo, hi; };
struct ar_hash128 ar_hash128(const char *p, size_t n);
static inline bool ar_hash128_eq(struct ar_hash128 a, struct ar_hash128 b) { return a.lo == b.lo && a.hi == b.hi; }

/* XXH3-128 over a stream of pieces */
struct ar_sum;
struct ar_sum *ar_sum_new(void);
void ar_sum_reset(struct ar_sum *s);
void ar_sum_add(struct ar_sum *s, const char *p, size_t n);
void ar_sum_hex(const struct ar_sum *s, char out[33]);       /* of what was added so far; may go on */
void ar_sum_free(struct ar_sum *s);

/* SHA-256 over a stream of pieces */
struct ar_sha;
struct ar_sha *ar_sha_new(void);
void ar_sha_add(struct ar_sha *s, const void *p, size_t n);
void ar_sha_end(struct ar_sha *s, uint8_t out[32]);          /* and starts anew */
void ar_sha_free(struct ar_sha *s);
void ar_sha256(const void *p, size_t n, uint8_t out[32]);
void ar_hex(const uint8_t *p, size_t n, char *out);          /* lower case, with a NUL */

/*
 * A table of byte strings: each gets the next number 0, 1, 2 ... the first time it is seen, so that iteration by number is
 * the order of arrival and never that of the hash. Keys are copied into the table's own arena.
 */
struct ar_tab {
	uint32_t *slot;          /* number + 1, 0 = empty */
	uint32_t mask, n, cap;
	struct ar_str *key;      /* by number */
	uint32_t *tag;           /* hash bits by number */
	struct ar_arena mem;
};
#define AR_TAB_NONE UINT32_MAX
uint32_t ar_tab_get(const struct ar_tab *t, struct ar_str key);             /* AR_TAB_NONE = not there */
uint32_t ar_tab_add(struct ar_tab *t, struct ar_str key, bool *fresh);      /* fresh may be NULL */
void ar_tab_release(struct ar_tab *t);

#endif
