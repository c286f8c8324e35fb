/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/check.h"

#include "base/hash.h"

#include <stdlib.h>

struct ar_check {
	const struct ar_map *map;
	struct ar_layouts *layouts;
	struct ar_tab lost;
	bool *met;                       /* per column of the map */
	uint64_t rows;
};

struct ar_check *ar_check_new(const struct ar_map *m)
{
	struct ar_check *c = ar_calloc(1, sizeof *c);

	c->map = m;
	c->layouts = ar_layouts_new(m);
	c->met = ar_calloc(m->ncol + 1, sizeof *c->met);
	return c;
}

void ar_check_free(struct ar_check *c)
{
	if (!c)
		return;
	ar_layouts_free(c->layouts);
	ar_tab_release(&c->lost);
	free(c->met);
	free(c);
}

/* Kept, or left out in so many words, by any section; each = column takes every column that is left. What stands around the
 * record (../) is about the file, not about the record. */
static bool kept(const struct ar_map *m, struct ar_str col)
{
	for (int i = 0; i < m->nemit; i++)
		if (m->emit[i].rest || m->emit[i].each == AR_EACH_COLUMN)
			return true;
	return *col.p == '.' && !ar_str_starts(col, "../");
}

void ar_check_row(struct ar_check *c, const struct ar_x *x, int n)
{
	const struct ar_layout *lay = ar_layout_of(c->layouts, x, n, 0);

	c->rows++;
	for (uint32_t k = 0; k < c->map->ncol; k++)
		c->met[k] |= lay->at[k] >= 0 || (lay->at[k] == -2 && lay->many[k]->value >= 0);
	for (int i = 0; i < lay->nrest; i++)
		if (x[lay->rest[i]].nval && !kept(c->map, lay->name[lay->rest[i]]) && !ar_str_starts(lay->rest_col[i], "../"))
			ar_tab_add(&c->lost, lay->rest_col[i], NULL);
	ar_layouts_tidy(c->layouts);
}

int ar_check_tell(const struct ar_check *c, struct ar_buf *b)
{
	int faults = (int)c->lost.n + !c->rows;

	ar_buf_fmt(b, "%.*s: %llu rows", AR_STR_FMT(c->map->name), (unsigned long long)c->rows);
	ar_buf_fmt(b, ", %d columns would be lost\n", (int)c->lost.n);
	for (uint32_t i = 0; i < c->lost.n; i++)
		ar_buf_fmt(b, "lost: %.*s (no line reads it; say x_* = * to keep it)\n", AR_STR_FMT(c->lost.key[i]));
	for (uint32_t k = 0; k < c->map->ncol; k++)
		if (!c->met[k])
			ar_buf_fmt(b, "not met: %.*s\n", AR_STR_FMT(c->map->col[k].name));
	return faults;
}
