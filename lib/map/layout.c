/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/layout.h"

#include "base/hash.h"
#include "rec/jstr.h"

#include <stdlib.h>

struct ar_layouts {
	const struct ar_map *map;
	struct ar_arena mem;
	struct ar_layout *last;
	uint32_t shape;                  /* of the record that last was for */
	struct ar_layout **slot;         /* by hash */
	uint32_t n, mask;
};

enum { SLOTS = 256 };

struct ar_layouts *ar_layouts_new(const struct ar_map *m)
{
	struct ar_layouts *l = ar_calloc(1, sizeof *l);

	l->map = m;
	l->mask = SLOTS - 1;
	l->slot = ar_calloc(SLOTS, sizeof *l->slot);
	return l;
}

void ar_layouts_free(struct ar_layouts *l)
{
	if (!l)
		return;
	ar_arena_release(&l->mem);
	free(l->slot);
	free(l);
}

/* memcmp for names: eight bytes at a time, the last eight overlapping */
static inline bool equal(const char *a, const char *b, size_t n)
{
	uint64_t x, y;

	if (n < 8)
		return memcmp(a, b, n) == 0;
	for (size_t i = 0; i + 8 < n; i += 8) {
		memcpy(&x, a + i, 8);
		memcpy(&y, b + i, 8);
		if (x != y)
			return false;
	}
	memcpy(&x, a + n - 8, 8);
	memcpy(&y, b + n - 8, 8);
	return x == y;
}

static bool same(const struct ar_layout *lay, const struct ar_x *x, int n)
{
	if (lay->n != n)
		return false;
	for (int i = 0; i < n; i++)
		if (lay->name[i].n != x[i].nkey || !equal(lay->name[i].p, x[i].key, x[i].nkey))
			return false;
	return true;
}

/* Does a name follow a pattern? *upto: where in the name the part with a [key=value] ends. */
static bool follows(const struct ar_mapcol *c, struct ar_str name, size_t *upto, int *which)
{
	const char *begin = name.p;

	*which = -1;
	for (int i = 0; i < c->nseg; i++) {
		const struct ar_mapseg *s = &c->seg[i];
		struct ar_str part, rest = { NULL, 0 };

		if (!name.p)
			return false;
		name = ar_str_cut(name, '/', &part);
		if (s->star) {
			if (part.n < s->text.n || memcmp(part.p, s->text.p, s->text.n) != 0)
				return false;
			rest = (struct ar_str){ part.p + s->text.n, part.n - s->text.n };
			if (s->text.n && rest.n && *rest.p == '#')
				rest = (struct ar_str){ rest.p + 1, rest.n - 1 };
			else if (s->text.n && rest.n)
				return false;
			if ((rest.n || !s->text.n) && ar_str_uint(rest, INT64_MAX) < 0)
				return false;
		} else if (!ar_streq(part, s->text)) {
			return false;
		}
		if (s->key.n) {
			*upto = (size_t)(part.p + part.n - begin);
			*which = i;
		}
	}
	return !name.p;
}

static int32_t find_name(const struct ar_layout *lay, struct ar_str name)
{
	for (int i = 0; i < lay->n; i++)
		if (ar_streq(lay->name[i], name))
			return i;
	return -1;
}

static struct ar_place *bind_pattern(struct ar_layouts *l, struct ar_layout *lay, const struct ar_mapcol *c, bool *read)
{
	struct ar_place *p = ar_arena_alloc(&l->mem, ((size_t)lay->n + 1) * sizeof *p);
	struct ar_buf b = AR_BUF_INIT;
	int n = 0;

	for (int i = 0; i < lay->n; i++) {
		size_t upto = 0;
		int which;

		if (!follows(c, lay->name[i], &upto, &which))
			continue;
		p[n] = (struct ar_place){ i, -1 };
		read[i] = true;
		if (which >= 0) {
			b.n = 0;
			ar_buf_put(&b, lay->name[i].p, upto);
			ar_buf_c(&b, '/');
			ar_buf_str(&b, c->seg[which].key);
			p[n].key = find_name(lay, ar_buf_slice(&b));
			if (p[n].key < 0)
				continue;
			read[p[n].key] = true;
		}
		n++;
	}
	p[n] = (struct ar_place){ -1, -1 };
	ar_buf_release(&b);
	return p;
}

static struct ar_str plain(struct ar_arena *mem, struct ar_str s)
{
	char *out;

	if (!memchr(s.p, '\\', s.n))
		return s;
	out = ar_arena_alloc(mem, s.n + 1);
	return (struct ar_str){ out, ar_jstr_decode(s.p, s.n, out) };
}

/* x_ names of what is left; a name that is there already gets _2, _3 ... */
static void bind_rest(struct ar_layouts *l, struct ar_layout *lay, const bool *read)
{
	struct ar_tab seen = { 0 };

	lay->rest = ar_arena_alloc(&l->mem, (size_t)lay->n * sizeof *lay->rest);
	lay->rest_name = ar_arena_alloc(&l->mem, (size_t)lay->n * sizeof *lay->rest_name);
	lay->rest_col = ar_arena_alloc(&l->mem, (size_t)lay->n * sizeof *lay->rest_col);
	for (int i = 0; i < l->map->nemit; i++)
		for (int k = 0; k < l->map->emit[i].nline; k++)
			if (l->map->emit[i].line[k].xkey.n)
				ar_tab_add(&seen, l->map->emit[i].line[k].xkey, NULL);
	for (int i = 0; i < lay->n; i++) {
		struct ar_str col, x, name;
		bool fresh;

		if (read[i] || ar_streqz(lay->name[i], ".record"))
			continue;
		col = plain(&l->mem, lay->name[i]);
		if (col.n && *col.p == '.' && !ar_str_starts(col, "../"))
			col = (struct ar_str){ col.p + 1, col.n - 1 };
		x = name = ar_map_xname(&l->mem, col);
		ar_tab_add(&seen, name, &fresh);
		for (int k = 2; !fresh; k++) {
			name = ar_str(ar_arena_fmt(&l->mem, "%.*s_%d", AR_STR_FMT(x), k));
			ar_tab_add(&seen, name, &fresh);
		}
		lay->rest[lay->nrest] = i;
		lay->rest_col[lay->nrest] = col;
		lay->rest_name[lay->nrest++] = name;
	}
	ar_tab_release(&seen);
}

static struct ar_layout *bind(struct ar_layouts *l, const struct ar_x *x, int n, uint64_t hash)
{
	const struct ar_map *m = l->map;
	struct ar_layout *lay = ar_arena_zero(&l->mem, sizeof *lay);
	bool *read = ar_arena_zero(&l->mem, (size_t)n + 1);

	lay->hash = hash;
	lay->n = n;
	lay->name = ar_arena_alloc(&l->mem, ((size_t)n + 1) * sizeof *lay->name);
	for (int i = 0; i < n; i++)
		lay->name[i] = (struct ar_str){ ar_arena_dup(&l->mem, x[i].key, x[i].nkey), x[i].nkey };
	lay->at = ar_arena_alloc(&l->mem, (m->ncol + 1) * sizeof *lay->at);
	lay->many = ar_arena_zero(&l->mem, (m->ncol + 1) * sizeof *lay->many);
	for (uint32_t c = 0; c < m->ncol; c++) {
		if (m->col[c].seg) {
			lay->at[c] = -2;
			lay->many[c] = bind_pattern(l, lay, &m->col[c], read);
			continue;
		}
		lay->at[c] = find_name(lay, m->col[c].raw);
		if (lay->at[c] >= 0)
			read[lay->at[c]] = true;
	}
	lay->preamble = find_name(lay, AR_STR(".preamble")) >= 0;
	lay->totals = find_name(lay, AR_STR(".totals"));
	lay->group = find_name(lay, AR_STR(".group"));
	bind_rest(l, lay, read);
	return lay;
}

static uint64_t hash_names(const struct ar_x *x, int n)
{
	uint64_t h = (uint64_t)n;

	for (int i = 0; i < n; i++)
		h = (h ^ ar_hash64(x[i].key, x[i].nkey)) * 0x9E3779B97F4A7C15u;
	return h ^ h >> 29;
}

static void grow(struct ar_layouts *l)
{
	struct ar_layout **old = l->slot;
	uint32_t n = l->mask + 1;

	l->mask = 2 * n - 1;
	l->slot = ar_calloc(2 * (size_t)n, sizeof *l->slot);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = old[i] ? (uint32_t)old[i]->hash & l->mask : 0;

		while (old[i] && l->slot[k])
			k = (k + 1) & l->mask;
		if (old[i])
			l->slot[k] = old[i];
	}
	free(old);
}

const struct ar_layout *ar_layout_of(struct ar_layouts *l, const struct ar_x *x, int n, uint32_t shape)
{
	uint64_t hash;
	uint32_t k;

	if (l->last && shape && shape == l->shape && n == l->last->n)
		return l->last;
	l->shape = shape;
	if (l->last && same(l->last, x, n))
		return l->last;
	hash = hash_names(x, n);
	if (l->n * 2 > l->mask)
		grow(l);
	for (k = (uint32_t)hash & l->mask; l->slot[k]; k = (k + 1) & l->mask)
		if (l->slot[k]->hash == hash && same(l->slot[k], x, n))
			return l->last = l->slot[k];
	l->n++;
	return l->last = l->slot[k] = bind(l, x, n, hash);
}

void ar_layouts_tidy(struct ar_layouts *l)
{
	if (l->n < AR_LAYOUT_MAX)
		return;
	memset(l->slot, 0, ((size_t)l->mask + 1) * sizeof *l->slot);
	ar_arena_release(&l->mem);
	l->last = NULL;
	l->n = 0;
}

static bool filled(const struct ar_x *x)
{
	for (uint32_t i = 0; i < x->nval; i++)
		if (x->val[i] != ' ')
			return true;
	return false;
}

static bool wanted(const struct ar_rowview *r, const struct ar_mapcol *c, const struct ar_place *p)
{
	if (!filled(&r->x[p->value]))
		return false;
	if (p->key < 0)
		return true;
	for (int i = 0; i < c->nseg; i++)
		if (c->seg[i].key.n)
			return ar_streq((struct ar_str){ r->x[p->key].val, r->x[p->key].nval }, c->seg[i].want);
	return true;
}

const struct ar_x *ar_row_look(const struct ar_rowview *r, const struct ar_map *m, uint32_t col)
{
	int32_t at = r->lay->at[col];

	if (at >= 0)
		return filled(&r->x[at]) ? &r->x[at] : NULL;
	if (at == -2)
		for (const struct ar_place *p = r->lay->many[col]; p->value >= 0; p++)
			if (wanted(r, &m->col[col], p))
				return &r->x[p->value];
	return NULL;
}

int ar_row_places(const struct ar_rowview *r, uint32_t col)
{
	int n = 0;

	while (r->lay->at[col] == -2 && r->lay->many[col][n].value >= 0)
		n++;
	return n;
}

int ar_row_all(const struct ar_rowview *r, const struct ar_map *m, uint32_t col, const struct ar_x **out, int max)
{
	const struct ar_x *x;
	int n = 0;

	if (r->lay->at[col] != -2) {
		x = ar_row_find(r, m, col);
		if (x)
			out[n++] = x;
		return n;
	}
	for (const struct ar_place *p = r->lay->many[col]; p->value >= 0 && n < max; p++)
		if (wanted(r, &m->col[col], p))
			out[n++] = &r->x[p->value];
	return n;
}
