/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layout.h - the columns of a map bound to the names of a row, once for every order of names that occurs. A row whose names are
 * those of the row before costs nothing where the reader knows it, else one comparison a name.
 */
#ifndef AR_MAP_LAYOUT_H
#define AR_MAP_LAYOUT_H

#include "map/map.h"
#include "rec/rec.h"

enum { AR_LAYOUT_MAX = 4096 };   /* layouts kept from record to record */

struct ar_place { int32_t value, key; };         /* key: the column a pattern's [key=value] asks; -1: none */

struct ar_layout {
	uint64_t hash;
	int n;
	struct ar_str *name;             /* canonical JSON text, as in the row */
	int32_t *at;                     /* map column -> place in the row; -1: not there, -2: a pattern */
	struct ar_place **many;          /* pattern -> its places, ended by value -1 */
	bool preamble;                   /* a line outside the table, not a row */
	int32_t totals, group;           /* places of .totals and .group; -1: not there */
	int nrest;
	int32_t *rest;                   /* places that no line of the map reads */
	struct ar_str *rest_name;        /* their x_ names */
	struct ar_str *rest_col;         /* their own names, decoded */
};

struct ar_layouts;
struct ar_layouts *ar_layouts_new(const struct ar_map *m);
void ar_layouts_free(struct ar_layouts *l);
/* The layout of these names; it lives until the layouts are tidied or freed. shape: of the record they are from (rec.h), 0: not known. */
const struct ar_layout *ar_layout_of(struct ar_layouts *l, const struct ar_x *x, int n, uint32_t shape);
void ar_layouts_tidy(struct ar_layouts *l);      /* between records: forget all if there are too many */

/* A row bound. */
struct ar_rowview {
	const struct ar_layout *lay;
	const struct ar_x *x;
	struct ar_str src;               /* canonical JSON text */
	struct ar_str line;              /* the raw record, for rejects */
	uint64_t row;
	uint32_t sub;
};

/* A column's first filled place; NULL: not there, or nothing but blanks. */
const struct ar_x *ar_row_look(const struct ar_rowview *r, const struct ar_map *m, uint32_t col);
static inline const struct ar_x *ar_row_find(const struct ar_rowview *r, const struct ar_map *m, uint32_t col)
{
	int32_t at = r->lay->at[col];

	if (at >= 0 && r->x[at].nval && r->x[at].val[0] != ' ')
		return &r->x[at];
	return at == -1 ? NULL : ar_row_look(r, m, col);
}
/* How many places a pattern has, and every filled one: at most max. */
int ar_row_places(const struct ar_rowview *r, uint32_t col);
int ar_row_all(const struct ar_rowview *r, const struct ar_map *m, uint32_t col, const struct ar_x **out, int max);

#endif
