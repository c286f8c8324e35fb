/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/seen.h"

#include <stdlib.h>

enum { FIRST = 1024 };

struct ar_seen_entry { struct ar_key key; uint32_t input; uint16_t here, out; };
struct ar_docs_entry { struct ar_key key; uint32_t customer; ar_date date; };
struct ar_occur_slot { struct ar_hash128 h; uint64_t n; };                              /* n 0: free */

#define GROW(p, n, cap) do { \
		if ((n) == (cap)) { \
			(cap) = (cap) ? (cap) + (cap) / 2 : FIRST; \
			(p) = ar_realloc((p), (size_t)(cap) * sizeof *(p)); \
		} \
	} while (0)

static bool full(uint64_t n, uint64_t mask)
{
	return !mask || n * 3 >= (mask + 1) * 2;
}

static uint64_t wider(uint64_t mask)
{
	return mask ? mask * 2 + 1 : FIRST - 1;
}

bool ar_seen_fresh(struct ar_seen *s, struct ar_hash128 content, uint32_t input, bool keyed)
{
	struct ar_key key = ar_key(content);
	uint32_t at = 0, k = ar_index_find(&s->index, s->entry, sizeof *s->entry, key, &at);
	struct ar_seen_entry *e;

	if (k == AR_INDEX_NONE) {
		GROW(s->entry, s->index.n, s->cap);
		ar_index_room(&s->index, s->entry, sizeof *s->entry, key, &at);
		s->entry[s->index.n] = (struct ar_seen_entry){ key, input, 1, 1 };
		ar_index_put(&s->index, key, at);
		return true;
	}
	e = &s->entry[k];
	if (keyed)
		return false;
	if (e->input != input) {
		e->input = input;
		e->here = 0;
	}
	if (e->here < UINT16_MAX)
		e->here++;
	if (e->here < UINT16_MAX && e->here <= e->out)
		return false;
	e->out = e->here;
	return true;
}

void ar_seen_release(struct ar_seen *s)
{
	ar_index_release(&s->index);
	free(s->entry);
	memset(s, 0, sizeof *s);
}

static struct ar_occur_slot *occur_at(const struct ar_occur *o, struct ar_hash128 h)
{
	uint64_t k = h.lo & o->mask;

	while (o->slot[k].n && !ar_hash128_eq(o->slot[k].h, h))
		k = (k + 1) & o->mask;
	return &o->slot[k];
}

uint32_t ar_occur_next(struct ar_occur *o, struct ar_hash128 key)
{
	struct ar_occur_slot *e;

	if (full(o->n, o->mask)) {
		struct ar_occur old = *o;

		o->mask = wider(old.mask);
		o->slot = ar_calloc(o->mask + 1, sizeof *o->slot);
		for (uint64_t i = 0; old.slot && i <= old.mask; i++)
			if (old.slot[i].n)
				*occur_at(o, old.slot[i].h) = old.slot[i];
		free(old.slot);
	}
	e = occur_at(o, key);
	if (!e->n) {
		e->h = key;
		o->n++;
	}
	return (uint32_t)++e->n;
}

void ar_occur_reset(struct ar_occur *o)
{
	if (o->n)
		memset(o->slot, 0, (o->mask + 1) * sizeof *o->slot);
	o->n = 0;
}

void ar_occur_release(struct ar_occur *o)
{
	free(o->slot);
	memset(o, 0, sizeof *o);
}

void ar_docs_put(struct ar_docs *d, struct ar_str id, struct ar_str customer, ar_date date)
{
	struct ar_key key = ar_key(ar_hash128(id.p, id.n));
	uint32_t at = 0, k = ar_index_find(&d->index, d->entry, sizeof *d->entry, key, &at);

	if (k == AR_INDEX_NONE) {
		GROW(d->entry, d->index.n, d->cap);
		ar_index_room(&d->index, d->entry, sizeof *d->entry, key, &at);
		k = d->index.n;
		ar_index_put(&d->index, key, at);
	}
	d->entry[k] = (struct ar_docs_entry){ key, ar_tab_add(&d->customer, customer, NULL), date };
}

bool ar_docs_get(const struct ar_docs *d, struct ar_str id, struct ar_doc *out)
{
	uint32_t at, k = ar_index_find(&d->index, d->entry, sizeof *d->entry, ar_key(ar_hash128(id.p, id.n)), &at);

	if (k == AR_INDEX_NONE)
		return false;
	*out = (struct ar_doc){ d->customer.key[d->entry[k].customer], d->entry[k].date };
	return true;
}

void ar_docs_release(struct ar_docs *d)
{
	ar_index_release(&d->index);
	free(d->entry);
	ar_tab_release(&d->customer);
	memset(d, 0, sizeof *d);
}
