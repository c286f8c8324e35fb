/* SPDX-License-Identifier: GPL-3.0-or-later */
/* row.h - what a record is made of: a row of the export and what the run knows beside it; values of sources, conditions. */
#ifndef AR_MAP_ROW_H
#define AR_MAP_ROW_H

#include "map/seen.h"
#include "map/xform.h"

/* Counts the records of a statement, as .nth is asked for; all that is made of parts counts together. */
struct ar_nth { struct ar_hash128 statement; uint64_t row, n, refused; };        /* refused: so many since, that count too */

struct ar_statements;

struct ar_xrow {
	const struct ar_rowview *view;
	int nview;                       /* each = part: so many rows are one; lists are gathered from all of them. 0 = 1 */
	int place;                       /* each = column: index in the layout's rest */
	struct ar_nth *nth;
	struct ar_str amount, debit, credit;     /* each = settlement and part; decoded */
	bool allocated;
	const char *role, *kind, *warning;       /* each = part; NULL: none */
	uint64_t tx;
	const struct ar_docs *docs;
	const struct ar_statements *statements;          /* read so far */
};

/* The text of a raw value. */
struct ar_str ar_row_unescape(struct ar_arena *mem, const struct ar_x *x);
static inline struct ar_str ar_row_decode(struct ar_arena *mem, const struct ar_x *x)
{
	return x->esc ? ar_row_unescape(mem, x) : (struct ar_str){ x->val, x->nval };
}
/* The value of a source, decoded; n = 0: empty. raw (may be NULL): the column's place if it is that of a column that is filled. */
struct ar_str ar_row_other(const struct ar_xctx *c, const struct ar_mapsrc *s);
static inline struct ar_str ar_row_value(const struct ar_xctx *c, const struct ar_mapsrc *s, const struct ar_x **raw)
{
	const struct ar_x *x = s->from == AR_FROM_COLUMN ? ar_row_find(c->row->view, c->run->map, s->col) : NULL;

	if (raw)
		*raw = x;
	if (!x && s->from != AR_FROM_COLUMN)
		return ar_row_other(c, s);
	return x ? ar_row_decode(c->mem, x) : (struct ar_str){ NULL, 0 };
}
bool ar_row_holds(const struct ar_xctx *c, const struct ar_cond *k);
bool ar_value_negative(struct ar_str s);         /* -1, (1.00), 1.00- and not zero */
bool ar_value_zero(struct ar_str s);             /* holds digits, all of them 0 */

#endif
