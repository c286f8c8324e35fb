/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mv.h - the values that a template is rendered with: maps, lists, texts, bools and null, built in an
 * arena and never changed by a rendering. Numbers, money and dates come as text, already written as
 * they shall be read. The fields of the structs are for mustache.c; build with the functions.
 */
#ifndef AR_MAP_MV_H
#define AR_MAP_MV_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum ar_mv_kind { AR_MV_NULL, AR_MV_BOOL, AR_MV_TEXT, AR_MV_LIST, AR_MV_MAP };

struct ar_mv_item {
	struct ar_str key;              /* maps only */
	struct ar_mv *v;
	struct ar_mv_item *next;
};

struct ar_mv {
	enum ar_mv_kind kind;
	bool yes;                       /* bool */
	struct ar_str text;             /* text; bool: how it is written */
	struct ar_mv_item *first, **tail;
	struct ar_arena *arena;
};

struct ar_mv *ar_mv_map(struct ar_arena *a);
struct ar_mv *ar_mv_list(struct ar_arena *a);
struct ar_mv *ar_mv_text(struct ar_arena *a, struct ar_str s);  /* copied */
struct ar_mv *ar_mv_bool(struct ar_arena *a, bool b);
struct ar_mv *ar_mv_null(struct ar_arena *a);

/* Put v under a key (copied); an older value of it is replaced. Maps are for tens of keys, not thousands. */
void ar_mv_set(struct ar_mv *map, struct ar_str key, struct ar_mv *v);
void ar_mv_set_text(struct ar_mv *map, const char *key, struct ar_str s);
void ar_mv_push(struct ar_mv *list, struct ar_mv *v);
const struct ar_mv *ar_mv_get(const struct ar_mv *map, struct ar_str key);  /* NULL: not there, or no map */

#endif
