/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mtrow.h - a row of the MT940 decoder in the making: values under names, of which the second of a kind becomes NAME#2.
 *
 * A name is a static string of the code and known by its address: two of the same text must be the same object. Values are not copied;
 * each has AR_MT_SPARE bytes behind it that may be read, and lives until the row is given.
 */
#ifndef AR_FORMATS_MTROW_H
#define AR_FORMATS_MTROW_H

#include "base/arena.h"
#include "map/syntax.h"

enum { AR_MT_SPARE = 16, AR_MT_SLOT_BITS = 11 };

/* A text of the code, as a value. */
#define AR_MT_STR(lit) ((struct ar_str){ lit "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", sizeof(lit) - 1 })

/* name: with spare bytes; again: of the second, third ... value of it in a row; count: values in the row that has the stamp */
struct ar_mt_name { const char *base; uint64_t stamp; uint32_t count, nagain; struct ar_str name, *again; };

struct ar_mt_row {
	struct ar_arena mem;             /* of what is made for this row */
	struct ar_arena names;           /* as long as the file */
	struct ar_mt_name *slot;         /* by the address of the base, with open addressing */
	uint64_t stamp;                  /* of this row */
	struct ar_str *name, *value;
	int n, cap;
	struct ar_str *given;            /* the names of the row before */
	int ngiven;
	unsigned alike;                  /* so many rows before had the same */
	bool fleeting;                   /* a name is in mem */
	bool warned;                     /* it has a .warning */
};

void ar_mt_row_start(struct ar_mt_row *r);
void ar_mt_row_release(struct ar_mt_row *r);
/* Its names and values into *out, for the sink. */
void ar_mt_row_end(struct ar_mt_row *r, struct ar_row *out);

/* A value whose name is new, or not the first of its name in this row, or finds no room. */
void ar_mt_add_other(struct ar_mt_row *r, const char *base, struct ar_str value);

static inline uint32_t ar_mt_slot(const char *base)
{
	return (uint32_t)(((uint64_t)(uintptr_t)base * 0x9E3779B97F4A7C15u) >> (64 - AR_MT_SLOT_BITS));
}

static inline void ar_mt_add(struct ar_mt_row *r, const char *base, struct ar_str value)
{
	struct ar_mt_name *s = &r->slot[ar_mt_slot(base)];

	if (s->base != base || s->stamp == r->stamp || r->n == r->cap) {
		ar_mt_add_other(r, base, value);
		return;
	}
	s->stamp = r->stamp;
	s->count = 1;
	r->name[r->n] = s->name;
	r->value[r->n++] = value;
}

struct ar_str ar_mt_copy(struct ar_mt_row *r, struct ar_str s);          /* with spare bytes, as long as the row */

#endif
