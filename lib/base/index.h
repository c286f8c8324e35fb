/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * index.h - finds entries of an array of the caller by the hash of what they stand for. Every entry begins with its struct ar_key.
 * Entries are only ever appended, so that their order is the order of arrival; the index itself is 4 bytes a slot.
 *
 *	k = ar_index_find(&x, array, sizeof *array, key, &at);
 *	if (k == AR_INDEX_NONE) {
 *		ar_index_room(&x, array, sizeof *array, key, &at);
 *		array[x.n] = ...; ar_index_put(&x, key, at);
 *	}
 */
#ifndef AR_BASE_INDEX_H
#define AR_BASE_INDEX_H

#include "base/hash.h"

/* 96 bits of a hash: taken for the thing itself */
struct ar_key { uint64_t lo; uint32_t hi; } __attribute__((packed, aligned(4)));

/* A slot holds the number of its entry + 1 in the bits of mask, and above them bits of its hash: another entry is then told from the
 * one sought without a look at it, which would be a cache miss. 0 = empty. */
struct ar_index { uint32_t *slot; uint32_t mask; uint32_t n; };
#define AR_INDEX_NONE UINT32_MAX

static inline struct ar_key ar_key(struct ar_hash128 h)
{
	return (struct ar_key){ h.lo, (uint32_t)h.hi };
}

static inline bool ar_key_eq(struct ar_key a, struct ar_key b) { return a.lo == b.lo && a.hi == b.hi; }

/* The entry of this key; AR_INDEX_NONE if there is none, then *at is where it goes. */
static inline uint32_t ar_index_find(const struct ar_index *x, const void *base, size_t size, struct ar_key key, uint32_t *at)
{
	uint32_t s, tag = key.hi & ~x->mask;

	if (!x->slot)
		return AR_INDEX_NONE;
	for (s = (uint32_t)key.lo & x->mask; x->slot[s]; s = (s + 1) & x->mask) {
		uint32_t k = (x->slot[s] & x->mask) - 1;
		struct ar_key other;

		if ((x->slot[s] & ~x->mask) != tag)
			continue;
		memcpy(&other, (const char *)base + (size_t)k * size, sizeof other);
		if (ar_key_eq(other, key))
			return k;
	}
	*at = s;
	return AR_INDEX_NONE;
}

/* Room for one more entry; *at may change. */
void ar_index_grow(struct ar_index *x, const void *base, size_t size);
static inline void ar_index_room(struct ar_index *x, const void *base, size_t size, struct ar_key key, uint32_t *at)
{
	if (x->slot && x->n < x->mask / 4 * 3)
		return;
	ar_index_grow(x, base, size);
	ar_index_find(x, base, size, key, at);
}

/* The entry number x->n is now there. */
static inline void ar_index_put(struct ar_index *x, struct ar_key key, uint32_t at)
{
	x->slot[at] = (key.hi & ~x->mask) | (x->n + 1);
	x->n++;
}

/* Ask for the cache line where the search for k begins: several searches are then waited for at once. */
static inline void ar_index_ahead(const struct ar_index *x, struct ar_key k)
{
	if (x->slot)
		__builtin_prefetch(&x->slot[(uint32_t)k.lo & x->mask]);
}

/* When that line has come: ask for the entry that the search will most likely compare. */
static inline void ar_index_entry_ahead(const struct ar_index *x, const void *base, size_t size, struct ar_key k)
{
	uint32_t s = x->slot ? x->slot[(uint32_t)k.lo & x->mask] : 0;

	if (s && (s & ~x->mask) == (k.hi & ~x->mask))
		__builtin_prefetch((const char *)base + (size_t)((s & x->mask) - 1) * size);
}

void ar_index_release(struct ar_index *x);

#endif
