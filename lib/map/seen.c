/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/seen.h"

#include <stdlib.h>

enum { FIRST = 1024 };

struct ar_seen_slot { struct ar_hash128 h; uint32_t input; uint16_t here, out; };       /* out 0: free */
struct ar_occur_slot { struct ar_hash128 h; uint64_t n; };                              /* n 0: free */
struct ar_docs_slot { struct ar_hash128 h; uint32_t customer; ar_date date; };          /* customer 0: free; n + 1 */

static bool full(uint64_t n, uint64_t mask)
{
	return !mask || n * 3 >= (mask + 1) * 2;
}

static uint64_t wider(uint64_t mask)
{
	return mask ? mask * 2 + 1 : FIRST - 1;
}

static struct ar_seen_slot *seen_at(const struct ar_seen *s, struct ar_hash128 h)
{
	uint64_t k = h.lo & s->mask;

	while (s->slot[k].out && !ar_hash128_eq(s->slot[k].h, h))
		k = (k + 1) & s->mask;
	return &s->slot[k];
}

bool ar_seen_fresh(struct ar_seen *s, struct ar_hash128 content, uint32_t input, bool keyed)
{
	struct ar_seen_slot *e;

	if (full(s->n, s->mask)) {
		struct ar_seen old = *s;

		s->mask = wider(old.mask);
		s->slot = ar_calloc(s->mask + 1, sizeof *s->slot);
		for (uint64_t i = 0; old.slot && i <= old.mask; i++)
			if (old.slot[i].out)
				*seen_at(s, old.slot[i].h) = old.slot[i];
		free(old.slot);
	}
	e = seen_at(s, content);
	if (!e->out) {
		*e = (struct ar_seen_slot){ content, input, 1, 1 };
		s->n++;
		return true;
	}
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
	free(s->slot);
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

static struct ar_docs_slot *docs_at(const struct ar_docs *d, struct ar_hash128 h)
{
	uint64_t k = h.lo & d->mask;

	while (d->slot[k].customer && !ar_hash128_eq(d->slot[k].h, h))
		k = (k + 1) & d->mask;
	return &d->slot[k];
}

void ar_docs_put(struct ar_docs *d, struct ar_str id, struct ar_str customer, ar_date date)
{
	struct ar_hash128 h = ar_hash128(id.p, id.n);
	struct ar_docs_slot *e;

	if (full(d->n, d->mask)) {
		struct ar_docs old = *d;

		d->mask = wider(old.mask);
		d->slot = ar_calloc(d->mask + 1, sizeof *d->slot);
		for (uint64_t i = 0; old.slot && i <= old.mask; i++)
			if (old.slot[i].customer)
				*docs_at(d, old.slot[i].h) = old.slot[i];
		free(old.slot);
	}
	e = docs_at(d, h);
	if (!e->customer)
		d->n++;
	*e = (struct ar_docs_slot){ h, ar_tab_add(&d->customer, customer, NULL) + 1, date };
}

bool ar_docs_get(const struct ar_docs *d, struct ar_str id, struct ar_doc *out)
{
	const struct ar_docs_slot *e;

	if (!d->n)
		return false;
	e = docs_at(d, ar_hash128(id.p, id.n));
	if (!e->customer)
		return false;
	*out = (struct ar_doc){ d->customer.key[e->customer - 1], e->date };
	return true;
}

void ar_docs_release(struct ar_docs *d)
{
	free(d->slot);
	ar_tab_release(&d->customer);
	memset(d, 0, sizeof *d);
}
