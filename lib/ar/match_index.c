/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_index.c - keys to chains of documents, customers, lines. Keys themselves are not kept: 96 bits of their hash stand for them. */
#include "config.h"

#include "ar/match_in.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { MAX_TEXT = 200, HUGE_PAGE = 2 << 20 };

/* Large tables are read at random: with pages of 4 KiB most of the time would go into finding the pages. */
void *ar_mi_huge(void *v, size_t size)
{
	uintptr_t from = ((uintptr_t)v + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1), to = ((uintptr_t)v + size) & ~(uintptr_t)(HUGE_PAGE - 1);

	if (from < to)
		madvise((char *)v + (from - (uintptr_t)v), to - from, MADV_HUGEPAGE);   /* a wish: failing changes nothing */
	return v;
}

static size_t key_of(char *room, char kind, uint32_t n, struct ar_str text)
{
	room[0] = kind;
	memcpy(room + 1, &n, 4);
	memcpy(room + 5, text.p, text.n);
	return 5 + text.n;
}

static struct ar_str amount_text(char room[10], uint16_t ccy, int64_t amount)
{
	memcpy(room, &ccy, 2);
	memcpy(room + 2, &amount, 8);
	return (struct ar_str){ room, 10 };
}

static struct slot *probe(const struct index *x, struct ar_hash128 h)
{
	uint32_t i = (uint32_t)h.lo & x->mask;

	while (x->slot[i].key && (x->slot[i].a != h.lo || x->slot[i].b != (uint32_t)h.hi))
		i = (i + 1) & x->mask;
	return &x->slot[i];
}

static void grow(struct index *x, uint32_t mask)
{
	struct index bigger = { .mask = mask };

	bigger.slot = ar_mi_huge(ar_calloc((size_t)bigger.mask + 1, sizeof *bigger.slot), ((size_t)bigger.mask + 1) * sizeof *bigger.slot);
	for (uint32_t i = 0; x->slot && i <= x->mask; i++)
		if (x->slot[i].key)
			*probe(&bigger, (struct ar_hash128){ x->slot[i].a, x->slot[i].b }) = x->slot[i];
	free(x->slot);
	x->slot = bigger.slot;
	x->mask = bigger.mask;
}

static uint32_t add_key(struct index *x, struct ar_hash128 h)
{
	struct slot *s;

	if (!x->slot || x->n >= x->mask / 4 * 3)
		grow(x, x->mask ? x->mask * 2 + 1 : 4095);
	s = probe(x, h);
	if (!s->key) {
		ar_assert(x->n < NONE - 1);
		if (x->n == x->room) {
			x->room = x->room ? x->room * 2 : 4096;
			x->chain = ar_mi_huge(ar_realloc(x->chain, x->room * sizeof *x->chain), x->room * sizeof *x->chain);
		}
		x->chain[x->n] = (struct chain){ NONE, NONE, 0 };
		*s = (struct slot){ h.lo, (uint32_t)h.hi, ++x->n };
	}
	return s->key - 1;
}

void ar_mi_reserve(struct ar_match *m, size_t keys)
{
	uint32_t mask = 4095;

	while (mask / 4 * 3 <= keys && mask < UINT32_MAX / 2)
		mask = mask * 2 + 1;
	if (mask > m->index.mask)
		grow(&m->index, mask);
}

uint32_t ar_mi_find(const struct ar_match *m, char kind, uint32_t n, struct ar_str text)
{
	char room[5 + MAX_TEXT];

	if (!text.n || text.n > MAX_TEXT || !m->index.slot)
		return NONE;
	return probe(&m->index, ar_hash128(room, key_of(room, kind, n, text)))->key - 1;      /* an empty slot: 0 - 1 = NONE */
}

uint32_t ar_mi_find_amount(const struct ar_match *m, char kind, uint32_t group, uint16_t ccy, int64_t amount)
{
	char room[10];

	return ar_mi_find(m, kind, group, amount_text(room, ccy, amount));
}

/* front: before what is there; else behind. A value that the chain got just before is not added again. */
void ar_mi_put(struct ar_match *m, char kind, uint32_t n, struct ar_str text, uint32_t value, bool front)
{
	struct index *x = &m->index;
	char room[5 + MAX_TEXT];
	struct chain *c;
	uint32_t k, p;

	if (!text.n || text.n > MAX_TEXT)
		return;
	k = add_key(x, ar_hash128(room, key_of(room, kind, n, text)));
	c = &x->chain[k];
	if (c->tail != NONE && x->posting[front ? c->head : c->tail].value == value)
		return;
	ar_assert(x->nposting < NONE);
	if (x->nposting == x->posting_room) {
		x->posting_room = x->posting_room ? x->posting_room * 2 : 4096;
		x->posting = ar_mi_huge(ar_realloc(x->posting, x->posting_room * sizeof *x->posting), x->posting_room * sizeof *x->posting);
	}
	p = (uint32_t)x->nposting++;
	c->count++;
	x->posting[p] = (struct posting){ value, front ? c->head : NONE };
	if (!front && c->tail != NONE)
		x->posting[c->tail].next = p;
	if (!front || c->tail == NONE)
		c->tail = p;
	if (front || c->head == NONE)
		c->head = p;
}

void ar_mi_put_amount(struct ar_match *m, char kind, uint32_t group, uint16_t ccy, int64_t amount, uint32_t value)
{
	char room[10];

	ar_mi_put(m, kind, group, amount_text(room, ccy, amount), value, kind == K_SETTLED);
}

void ar_mi_index_release(struct index *x)
{
	free(x->slot);
	free(x->chain);
	free(x->posting);
}
