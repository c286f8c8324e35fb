/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * schema.h - record types and fields as the program sees them. Everything here is made from schema.def.
 * AR_F_amount names a field wherever it occurs; AR_T_invoice a type. What a field is in a type (kind, currency field,
 * required) stands in struct ar_field.
 */
#ifndef AR_REC_SCHEMA_H
#define AR_REC_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define AR_SCHEMA "arpipe/1"           /* head.schema: changes only when old streams could be misread */

enum ar_f {
	AR_F_NONE,
#define NAME(name) AR_F_##name,
#include "rec/schema.def"
#undef NAME
	AR_F_COUNT
};

enum ar_t {
#define TYPE(name, doc) AR_T_##name,
#define F(...)
#define END
#include "rec/schema.def"
#undef TYPE
#undef F
#undef END
	AR_T_COUNT
};

/* kinds up to CODE stand in quotes */
enum ar_kind { AR_ID, AR_TEXT, AR_DATE, AR_TIME, AR_MONEY, AR_CCY, AR_RATE, AR_CODE, AR_INT, AR_BOOL, AR_LIST };
enum { AR_REQ = 1, AR_SIGNED = 2 };

struct ar_field {
	uint16_t f;             /* enum ar_f */
	uint8_t kind, flags;
	uint16_t ccy;           /* MONEY: the field that names its currency */
	const char *codes;      /* CODE: "open,partial,paid" */
	const char *ads;        /* the AICPA Audit Data Standards' name, or NULL */
	const char *doc;
};

/* A name as three 64-bit words, zero behind its end, so that names compare and hash without a byte loop. Names are at most 24 bytes. */
struct ar_name24 { uint64_t w[3]; };
struct ar_name24 ar_name24(const char *p, size_t n);

enum { AR_F_WORDS = (AR_F_COUNT + 63) / 64 };

/* What the record reader needs of a field, in half a cache line. */
struct ar_quick { struct ar_name24 name; uint16_t f; uint8_t len, kind; };

struct ar_type {
	const char *name, *doc;
	const struct ar_field *field;   /* in writing order, without `type`; src last where there is one */
	int n;
	struct ar_quick *quick;         /* one per field, filled by ar_schema_init */
	uint64_t required[AR_F_WORDS];  /* filled by ar_schema_init */
	uint8_t money[32];              /* indexes of the MONEY fields, nmoney of them */
	int nmoney;
	uint8_t check[96];              /* indexes of the DATE, TIME, CCY, RATE and CODE fields, ncheck of them */
	int ncheck;
	uint8_t slot[256];              /* key hash -> index in field + 1, filled by ar_schema_init */
	uint8_t pos[AR_F_COUNT];        /* field -> index in field + 1; 0 = not a field of this type */
};

extern struct ar_type ar_types[AR_T_COUNT];
extern const char *const ar_field_name[AR_F_COUNT];
extern const uint8_t ar_field_name_len[AR_F_COUNT];

void ar_schema_init(void);                                   /* once, before anything else of rec/ */
int ar_type_find(struct ar_str name);                        /* AR_T_..., -1 = unknown */
int ar_field_find(const struct ar_type *t, struct ar_str name);      /* index into t->field, -1 = unknown */
extern struct ar_name24 ar_field_name24[AR_F_COUNT];
extern const uint64_t ar_name_mask[25][3];       /* by length: which bytes of a name count */
static inline uint32_t ar_name_hash(const struct ar_name24 *k)
{
	return (uint32_t)(((k->w[0] ^ (k->w[1] * 0x9E3779B97F4A7C15u) ^ (k->w[2] << 7)) * 0xD6E8FEB86659FD93u) >> 56);
}
/* The same for a name that stands where 24 bytes may be read: the record reader's buffer is padded. */
static inline int ar_field_find_padded(const struct ar_type *t, const char *p, size_t n)
{
	struct ar_name24 k;

	if (n > 24)
		return -1;
	memcpy(&k, p, 24);
	k.w[0] &= ar_name_mask[n][0];
	k.w[1] &= ar_name_mask[n][1];
	k.w[2] &= ar_name_mask[n][2];
	for (uint32_t h = ar_name_hash(&k); t->slot[h]; h = (h + 1) & 255) {
		const struct ar_name24 *m = &ar_field_name24[t->field[t->slot[h] - 1].f];

		if (m->w[0] == k.w[0] && m->w[1] == k.w[1] && m->w[2] == k.w[2])
			return t->slot[h] - 1;
	}
	return -1;
}
int ar_type_find_padded(const char *p, size_t n);            /* ar_type_find, likewise */
enum ar_f ar_field_by_name(struct ar_str name);              /* any type's field; AR_F_NONE = unknown */
static inline const struct ar_field *ar_field_of(enum ar_t t, enum ar_f f)   /* NULL: the type has no such field */
{
	return ar_types[t].pos[f] ? &ar_types[t].field[ar_types[t].pos[f] - 1] : NULL;
}
bool ar_code_ok(const struct ar_field *fd, struct ar_str code);
const char *ar_kind_name(enum ar_kind k);
bool ar_type_derived(enum ar_t t);                           /* has derived_from */

/* The part of ar-record(5) that lists types and fields, as mdoc; and a JSON Schema of every record. */
void ar_schema_mdoc(struct ar_buf *b);
void ar_schema_json(struct ar_buf *b);

#endif
