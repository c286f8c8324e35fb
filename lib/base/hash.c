/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/hash.h"

#include <stdlib.h>
#include <nettle/sha2.h>
#include <xxhash.h>
#if HAVE_XXH3_128BITS_UPDATE_DISPATCH
#define XXH_DISPATCH_DISABLE_REPLACE    /* for what is long only: below, short keys are hashed as ever */
#include <xxh_x86dispatch.h>
#define update XXH3_128bits_update_dispatch
#else
#define update XXH3_128bits_update
#endif

uint64_t ar_hash64(const char *p, size_t n)
{
	return XXH3_64bits(p, n);
}

struct ar_hash128 ar_hash128(const char *p, size_t n)
{
	XXH128_hash_t h = XXH3_128bits(p, n);

	return (struct ar_hash128){ h.low64, h.high64 };
}

struct ar_sum { XXH3_state_t *x; };

struct ar_sum *ar_sum_new(void)
{
	struct ar_sum *s = ar_malloc(sizeof *s);

	s->x = XXH3_createState();
	if (!s->x)
		ar_no_memory();
	XXH3_128bits_reset(s->x);
	return s;
}

void ar_sum_reset(struct ar_sum *s)
{
	XXH3_128bits_reset(s->x);
}

void ar_sum_add(struct ar_sum *s, const char *p, size_t n)
{
	if (n)
		update(s->x, p, n);
}

void ar_sum_hex(const struct ar_sum *s, char out[33])
{
	XXH128_canonical_t c;

	XXH128_canonicalFromHash(&c, XXH3_128bits_digest(s->x));
	ar_hex(c.digest, 16, out);
}

void ar_sum_free(struct ar_sum *s)
{
	if (s)
		XXH3_freeState(s->x);
	free(s);
}

struct ar_sha { struct sha256_ctx c; };

struct ar_sha *ar_sha_new(void)
{
	struct ar_sha *s = ar_malloc(sizeof *s);

	sha256_init(&s->c);
	return s;
}

void ar_sha_add(struct ar_sha *s, const void *p, size_t n)
{
	if (n)
		sha256_update(&s->c, n, p);
}

void ar_sha_end(struct ar_sha *s, uint8_t out[32])
{
	sha256_digest(&s->c, 32, out);      /* nettle resets the context */
}

void ar_sha_free(struct ar_sha *s)
{
	free(s);
}

void ar_sha256(const void *p, size_t n, uint8_t out[32])
{
	struct sha256_ctx c;

	sha256_init(&c);
	if (n)
		sha256_update(&c, n, p);
	sha256_digest(&c, 32, out);
}

void ar_hex(const uint8_t *p, size_t n, char *out)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digit[p[i] >> 4];
		out[2 * i + 1] = digit[p[i] & 15];
	}
	out[2 * n] = '\0';
}

static uint32_t *find(const struct ar_tab *t, struct ar_str key, uint32_t tag, uint64_t h)
{
	uint32_t i = (uint32_t)h & t->mask;

	while (t->slot[i]) {
		uint32_t k = t->slot[i] - 1;

		if (t->tag[k] == tag && ar_streq(t->key[k], key))
			break;
		i = (i + 1) & t->mask;
	}
	return &t->slot[i];
}

uint32_t ar_tab_get(const struct ar_tab *t, struct ar_str key)
{
	uint64_t h;
	uint32_t *s;

	if (!t->n)
		return AR_TAB_NONE;
	h = ar_hash64(key.p, key.n);
	s = find(t, key, (uint32_t)(h >> 32), h);
	return *s ? *s - 1 : AR_TAB_NONE;
}

static void tab_grow(struct ar_tab *t)
{
	uint32_t size = t->slot ? (t->mask + 1) * 2 : 64;

	free(t->slot);
	t->slot = ar_calloc(size, sizeof *t->slot);
	t->mask = size - 1;
	t->cap = size / 2;
	t->key = ar_realloc(t->key, t->cap * sizeof *t->key);
	t->tag = ar_realloc(t->tag, t->cap * sizeof *t->tag);
	for (uint32_t k = 0; k < t->n; k++) {
		uint32_t i = (uint32_t)ar_hash64(t->key[k].p, t->key[k].n) & t->mask;

		while (t->slot[i])
			i = (i + 1) & t->mask;
		t->slot[i] = k + 1;
	}
}

uint32_t ar_tab_add(struct ar_tab *t, struct ar_str key, bool *fresh)
{
	uint64_t h = ar_hash64(key.p, key.n);
	uint32_t *s;

	if (t->n == t->cap)
		tab_grow(t);
	s = find(t, key, (uint32_t)(h >> 32), h);
	if (fresh)
		*fresh = !*s;
	if (!*s) {
		if (t->n == UINT32_MAX - 1)
			ar_no_memory();
		t->key[t->n] = ar_arena_str(&t->mem, key);
		t->tag[t->n] = (uint32_t)(h >> 32);
		*s = ++t->n;
	}
	return *s - 1;
}

void ar_tab_release(struct ar_tab *t)
{
	free(t->slot);
	free(t->key);
	free(t->tag);
	ar_arena_release(&t->mem);
	memset(t, 0, sizeof *t);
}
