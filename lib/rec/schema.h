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
	const struct ar_name24 *code;   /* CODE: the same as words, ncode of them, filled by ar_schema_init */
	int ncode;
};

/* A name as three 64-bit words, zero behind its end, so that names compare and hash without a byte loop. Names are at most 24 bytes. */
struct ar_name24 { uint64_t w[3]; };
struct ar_name24 ar_name24(const char *p, size_t n);

/* What reader and writer need of a field, in a cache line: what stands before its value on a line, ,"name":" (no last quote before INT,
 * BOOL, LIST), len bytes that count, which as bits. */
struct ar_quick { char lead[32]; uint32_t bits; uint16_t f; uint8_t len, kind; } __attribute__((aligned(64)));

enum { AR_FIELDS_MAX = 63 };

struct ar_type {
	const char *name, *doc;
	struct ar_field *field;         /* in writing order, without `type`; src last where there is one */
	int n;                          /* at most AR_FIELDS_MAX */
	/* filled by ar_schema_init */
	struct ar_quick *quick;         /* one per field */
	char lead[44];                  /* {"type":"name", nlead bytes */
	uint8_t nlead;
	uint64_t required, money;       /* sets of fields: bit i + 1 is for field[i] */
	uint64_t check;                 /* the DATE, TIME, CCY, RATE and CODE fields */
	uint8_t slot[256];              /* key hash -> index in field + 1 */
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
/* The index of the lowest member of a set of fields, which must not be empty: while (set) { i = ar_take_field(&set); ... } */
static inline int ar_take_field(uint64_t *set)
{
	int i = __builtin_ctzll(*set) - 1;

	*set &= *set - 1;
	return i;
}
bool ar_code_ok(const struct ar_field *fd, struct ar_str code);
const char *ar_kind_name(enum ar_kind k);
bool ar_type_derived(enum ar_t t);                           /* has derived_from */

/* The part of ar-record(5) that lists types and fields, as mdoc; and a JSON Schema of every record. */
void ar_schema_mdoc(struct ar_buf *b);
void ar_schema_json(struct ar_buf *b);

#endif
