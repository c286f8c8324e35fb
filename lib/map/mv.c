/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mv.c - the values that a template is rendered with. */
#include "config.h"

#include "map/mv.h"

static struct ar_mv *make(struct ar_arena *a, enum ar_mv_kind kind)
{
	struct ar_mv *v = ar_arena_zero(a, sizeof *v);

	v->kind = kind;
	v->arena = a;
	v->tail = &v->first;
	return v;
}

struct ar_mv *ar_mv_map(struct ar_arena *a) { return make(a, AR_MV_MAP); }
struct ar_mv *ar_mv_list(struct ar_arena *a) { return make(a, AR_MV_LIST); }
struct ar_mv *ar_mv_null(struct ar_arena *a) { return make(a, AR_MV_NULL); }

struct ar_mv *ar_mv_text(struct ar_arena *a, struct ar_str s)
{
	struct ar_mv *v = make(a, AR_MV_TEXT);

	v->text = ar_arena_str(a, s);
	return v;
}

struct ar_mv *ar_mv_bool(struct ar_arena *a, bool b)
{
	struct ar_mv *v = make(a, AR_MV_BOOL);

	v->text = b ? AR_STR("true") : AR_STR("false");
	v->yes = b;
	return v;
}

static struct ar_mv_item *find(const struct ar_mv *map, struct ar_str key)
{
	struct ar_mv_item *i = map->kind == AR_MV_MAP ? map->first : NULL;

	while (i && !ar_streq(i->key, key))
		i = i->next;
	return i;
}

const struct ar_mv *ar_mv_get(const struct ar_mv *map, struct ar_str key)
{
	const struct ar_mv_item *i = find(map, key);

	return i ? i->v : NULL;
}

static void append(struct ar_mv *v, struct ar_str key, struct ar_mv *what)
{
	struct ar_mv_item *i = ar_arena_zero(v->arena, sizeof *i);

	i->key = key;
	i->v = what;
	*v->tail = i;
	v->tail = &i->next;
}

void ar_mv_set(struct ar_mv *map, struct ar_str key, struct ar_mv *v)
{
	struct ar_mv_item *old = find(map, key);

	ar_assert(map->kind == AR_MV_MAP);
	if (old)
		old->v = v;
	else
		append(map, ar_arena_str(map->arena, key), v);
}

void ar_mv_set_text(struct ar_mv *map, const char *key, struct ar_str s)
{
	ar_mv_set(map, ar_str(key), ar_mv_text(map->arena, s));
}

void ar_mv_push(struct ar_mv *list, struct ar_mv *v)
{
	ar_assert(list->kind == AR_MV_LIST);
	append(list, (struct ar_str){ NULL, 0 }, v);
}
