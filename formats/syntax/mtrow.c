/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "syntax/mtrow.h"

#include <stdlib.h>

/* far more slots than the code has names; names of repeats that are kept; rows alike until the sink is told, to whom it is work */
enum { SLOTS = 1 << AR_MT_SLOT_BITS, CACHED = 256, ALIKE = 4 };

void ar_mt_row_start(struct ar_mt_row *r)
{
	if (!r->slot)
		r->slot = ar_calloc(SLOTS, sizeof *r->slot);
	ar_arena_reset(&r->mem);
	r->stamp++;
	r->n = 0;
	r->fleeting = r->warned = false;
}

/* Two of these names are the same if they are in the same place. */
static bool as_before(const struct ar_mt_row *r)
{
	return r->n == r->ngiven && !r->fleeting && memcmp(r->name, r->given, (size_t)r->n * sizeof *r->name) == 0;
}

void ar_mt_row_end(struct ar_mt_row *r, struct ar_row *out)
{
	if (as_before(r)) {
		r->alike++;
	} else {
		struct ar_str *swap = r->given;

		r->given = r->name;
		r->name = swap;
		r->ngiven = r->fleeting ? -1 : r->n;
		r->alike = 0;
	}
	out->n = r->n;
	out->name = r->given;
	out->value = r->value;
	out->same_names = r->alike >= ALIKE;
	out->padded = out->plain_names = true;
}

void ar_mt_row_release(struct ar_mt_row *r)
{
	for (int i = 0; r->slot && i < SLOTS; i++)
		free(r->slot[i].again);
	ar_arena_release(&r->mem);
	ar_arena_release(&r->names);
	free(r->slot);
	free(r->name);
	free(r->given);
	free(r->value);
}

static struct ar_str made_name(struct ar_arena *mem, const char *base, uint32_t nth)
{
	size_t n = strlen(base);
	char *p = ar_arena_zero(mem, n + 12 + AR_MT_SPARE), *q = p + n;

	memcpy(p, base, n);
	if (nth > 1) {
		char digit[10];
		int k = 0;

		for (*q++ = '#'; nth; nth /= 10)
			digit[k++] = (char)('0' + nth % 10);
		while (k)
			*q++ = digit[--k];
	}
	return (struct ar_str){ p, (size_t)(q - p) };
}

static struct ar_mt_name *slot_of(struct ar_mt_row *r, const char *base)
{
	uint32_t h = ar_mt_slot(base);

	while (r->slot[h].base && r->slot[h].base != base)
		h = (h + 1) % SLOTS;
	if (!r->slot[h].base)
		r->slot[h] = (struct ar_mt_name){ .base = base, .name = made_name(&r->names, base, 1) };
	return &r->slot[h];
}

/* NAME#nth, from the second on */
static struct ar_str repeated(struct ar_mt_row *r, struct ar_mt_name *s, uint32_t nth)
{
	if (nth > CACHED) {
		r->fleeting = true;
		return made_name(&r->mem, s->base, nth);
	}
	if (!s->again)
		s->again = ar_malloc(CACHED * sizeof *s->again);
	for (; s->nagain < nth - 1; s->nagain++)
		s->again[s->nagain] = made_name(&r->names, s->base, s->nagain + 2);
	return s->again[nth - 2];
}

void ar_mt_add_other(struct ar_mt_row *r, const char *base, struct ar_str value)
{
	struct ar_mt_name *s = slot_of(r, base);

	if (s->stamp != r->stamp) {
		s->stamp = r->stamp;
		s->count = 0;
	}
	s->count++;
	if (r->n == r->cap) {
		r->cap = r->cap ? r->cap * 2 : 128;
		r->name = ar_realloc(r->name, (size_t)r->cap * sizeof *r->name);
		r->given = ar_realloc(r->given, (size_t)r->cap * sizeof *r->given);
		r->value = ar_realloc(r->value, (size_t)r->cap * sizeof *r->value);
	}
	r->name[r->n] = s->count == 1 ? s->name : repeated(r, s, s->count);
	r->value[r->n++] = value;
}

struct ar_str ar_mt_copy(struct ar_mt_row *r, struct ar_str s)
{
	char *p = ar_arena_alloc(&r->mem, s.n + AR_MT_SPARE);

	memset(p + s.n, 0, AR_MT_SPARE);
	if (s.n)
		memcpy(p, s.p, s.n);
	return (struct ar_str){ p, s.n };
}
