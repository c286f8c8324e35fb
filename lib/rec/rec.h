/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rec.h - one record in memory, read or being made.
 *
 * Fields are indexed by AR_F_..., present when ar_has(). A field that the type does not have is never present and must not be set. What a value holds depends on the field's kind:
 *   ID TEXT CODE RATE   p, n: canonical JSON text between the quotes (escapes as the writer makes them, so that bytes compare)
 *   LIST                p, n: what stands between the brackets; i = count of elements
 *   MONEY               i = minor units of the currency that its currency field names
 *   CCY                 i = index in ar_ccy;  DATE i = day number;  TIME i = seconds since 1970 UTC;  INT i;  BOOL i = 0 or 1
 * p may be NULL for kinds with i: the writer formats them itself; else it is i in canonical text. Slices point into the reader's buffer or into the arena given
 * and live until the next record. Text for people: ar_text() decodes escapes.
 */
#ifndef AR_REC_REC_H
#define AR_REC_REC_H

#include "base/arena.h"
#include "base/err.h"
#include "num/ccy.h"
#include "num/date.h"
#include "num/money.h"
#include "rec/schema.h"

struct ar_val {
	const char *p;
	uint32_t n;
	bool esc;               /* p holds at least one backslash */
	bool utf8;              /* p is known to be UTF-8; else ar_rec_check looks */
	int64_t i;
};

struct ar_x {                   /* an x_ field (or, in raw, one of the source's own names): canonical JSON text */
	const char *key, *val;
	uint32_t nkey, nval;
	bool esc;               /* val holds a backslash */
};

struct ar_rec {
	enum ar_t type;
	uint64_t has;           /* bit pos[f] for each field that is present: bits in writing order; never bit 0 */
	const uint8_t *pos;     /* of the type */
	struct ar_val v[AR_F_COUNT];
	struct ar_x *x;
	int nx, xcap;
	uint32_t shape;         /* raw, as read: where it is the same as another's and not 0, the first names of both are the same */
	struct ar_arena *mem;   /* for decoded and made values; reset by the reader at each record */
	const char *line;       /* the line as read, without newline; NULL for a record that was made */
	uint32_t len;
	bool canonical;         /* line is byte for byte what the writer would write, and nothing was set since */
	const char *input;      /* stream it came from, for messages */
	uint64_t lineno;
};

void ar_rec_init(struct ar_rec *r, struct ar_arena *mem);
void ar_rec_release(struct ar_rec *r);                  /* not the arena */
void ar_rec_start(struct ar_rec *r, enum ar_t type);    /* empty, of this type; does not reset the arena */
void ar_rec_copy(struct ar_rec *to, const struct ar_rec *from, struct ar_arena *mem);   /* deep: slices copied into mem */

static inline bool ar_has(const struct ar_rec *r, enum ar_f f) { return r->has >> r->pos[f] & 1; }
static inline void ar_mark(struct ar_rec *r, enum ar_f f)        /* f must be a field of the type */
{
	ar_assert(r->pos[f]);
	r->has |= 1ULL << r->pos[f];
	r->canonical = false;
}
static inline void ar_unset(struct ar_rec *r, enum ar_f f)
{
	r->has &= ~(1ULL << r->pos[f]);
	r->canonical = false;
}

/* Reading. An absent field gives the default. */
static inline struct ar_str ar_raw_text(const struct ar_rec *r, enum ar_f f)      /* still escaped: to compare, hash, copy */
{
	return ar_has(r, f) ? (struct ar_str){ r->v[f].p, r->v[f].n } : (struct ar_str){ NULL, 0 };
}
struct ar_str ar_text(const struct ar_rec *r, enum ar_f f);                       /* decoded (in r->mem when it had escapes) */
static inline int64_t ar_int(const struct ar_rec *r, enum ar_f f, int64_t absent) { return ar_has(r, f) ? r->v[f].i : absent; }
static inline ar_date ar_day(const struct ar_rec *r, enum ar_f f) { return ar_has(r, f) ? (ar_date)r->v[f].i : AR_DATE_NONE; }
static inline int64_t ar_minor(const struct ar_rec *r, enum ar_f f) { return ar_has(r, f) ? r->v[f].i : 0; }
static inline int ar_currency(const struct ar_rec *r, enum ar_f f) { return ar_has(r, f) ? (int)r->v[f].i : AR_CCY_NONE; }
/* The elements of a list, decoded: returns their count, *out in r->mem. */
int ar_list(const struct ar_rec *r, enum ar_f f, struct ar_str **out);
const struct ar_x *ar_x_find(const struct ar_rec *r, struct ar_str key);          /* key in canonical escaping */
struct ar_str ar_x_text(const struct ar_rec *r, const struct ar_x *x);            /* decoded value */

/* Making. Text is UTF-8 (checked by ar_rec_check) and is not copied unless it needs escapes: it must live until the record is written. */
void ar_set_text(struct ar_rec *r, enum ar_f f, struct ar_str s);      /* an empty s unsets the field */
void ar_set_raw(struct ar_rec *r, enum ar_f f, struct ar_str s);       /* already canonical JSON text */
void ar_set_fmt(struct ar_rec *r, enum ar_f f, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static inline void ar_set_i(struct ar_rec *r, enum ar_f f, int64_t i)  /* MONEY CCY DATE TIME INT BOOL */
{
	r->v[f] = (struct ar_val){ .i = i };
	ar_mark(r, f);
}
void ar_set_list(struct ar_rec *r, enum ar_f f, const struct ar_str *s, int n);   /* n = 0 unsets */
void ar_list_add(struct ar_rec *r, enum ar_f f, struct ar_str s);
void ar_x_add(struct ar_rec *r, struct ar_str key, struct ar_str val);            /* both UTF-8; key gets its x_ from the caller */
void ar_x_add_raw(struct ar_rec *r, struct ar_str key, struct ar_str val);        /* both canonical JSON text */
void ar_copy_field(struct ar_rec *to, const struct ar_rec *from, enum ar_f f);    /* shares the slice */

/* Whole and well-formed as its type demands: required fields, kinds, signs, money with its currency, no empty values. */
int ar_rec_check(const struct ar_rec *r, struct ar_err *e);

/* Append the canonical line with its newline. */
void ar_rec_put(const struct ar_rec *r, struct ar_buf *b);
/* The same, told where in b the field f stands with its comma: from = to if it is not there. Not for src. */
void ar_rec_put_tell(const struct ar_rec *r, struct ar_buf *b, enum ar_f f, size_t *from, size_t *to);

/* Counts and control totals of a stream: per type, and per (type, money field, currency). */
struct ar_tally {
	uint64_t records, count[AR_T_COUNT];
	ar_wide *sum[AR_T_COUNT];      /* [index of the field in its type][ccy] */
	bool *seen[AR_T_COUNT];
};
void ar_tally_add(struct ar_tally *t, const struct ar_rec *r);
void ar_tally_counts(const struct ar_tally *t, struct ar_rec *end);    /* sets AR_F_counts */
void ar_tally_totals(const struct ar_tally *t, struct ar_rec *end);    /* sets AR_F_totals; unset when there are none */
void ar_tally_release(struct ar_tally *t);

#endif
