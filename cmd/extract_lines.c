/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cmd/extract_lines.h"

#include <stdlib.h>

#include "rec/jstr.h"

enum { SPARE = 32 };                    /* bytes that may be written behind what is copied in blocks */

/* ---- keys ---- */

static inline bool own_name(struct ar_str s)
{
	if (s.n == 3)
		return memcmp(s.p, "map", 3) == 0 || memcmp(s.p, "row", 3) == 0 || memcmp(s.p, "sub", 3) == 0 || memcmp(s.p, "src", 3) == 0;
	return s.n == 4 && (memcmp(s.p, "type", 4) == 0 || memcmp(s.p, "last", 4) == 0);
}

static void put_key(struct ar_buf *b, struct ar_str name)
{
	ar_buf_put(b, ",\"", 2);
	if (own_name(name))
		ar_buf_c(b, '.');
	ar_jstr_put(b, name.p, name.n);
	ar_buf_put(b, "\":\"", 3);
}

static void learn_keys(struct lines *l, const struct ar_row *row)
{
	if (l->keys_cap < row->n) {
		l->keys_cap = row->n;
		l->key_end = ar_realloc(l->key_end, (size_t)row->n * sizeof *l->key_end);
	}
	l->keys.n = 0;
	for (int i = 0; i < row->n; i++) {
		put_key(&l->keys, row->name[i]);
		l->key_end[i] = l->keys.n;
	}
	ar_buf_room(&l->keys, 16);
	l->nkeys = row->n;
}

/* ---- values ---- */

/* Room for more bytes at p, the end of what stands in b. */
static inline char *room(struct ar_buf *b, char *p, size_t more)
{
	if ((size_t)(b->p + b->cap - p) < more) {
		b->n = (size_t)(p - b->p);
		ar_buf_grow(b, more);
		p = b->p + b->n;
	}
	return p;
}

/* Copy n bytes; up to 15 more are written, and read, behind them. */
static inline char *put16(char *to, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i += 16)
		memcpy(to + i, p + i, 16);
	return to + n;
}

/* Names known, values without anything to escape: one bound on the length, then nothing but copies. */
static void put_plain(struct lines *l, const struct ar_row *row, struct ar_buf *b)
{
	size_t need = l->keys.n + 16, at = 0;
	char *p;

	for (int i = 0; i < row->n; i++)
		need += row->value[i].n + 1;
	ar_buf_room(b, need);
	p = b->p + b->n;
	for (int i = 0; i < row->n; i++) {
		p = put16(p, l->keys.p + at, l->key_end[i] - at);
		at = l->key_end[i];
		p = put16(p, row->value[i].p, row->value[i].n);
		*p++ = '"';
	}
	b->n = (size_t)(p - b->p);
}

static inline char *put_name(char *p, struct ar_str name)
{
	memcpy(p, ",\".", 3);
	p = put16(p + 2 + own_name(name), name.p, name.n);
	memcpy(p, "\":\"", 3);
	return p + 3;
}

/* Where every row has names of its own, which hold nothing to escape; bytes behind names and values may be read. */
static void put_named(const struct ar_row *row, struct ar_buf *b)
{
	char *p = b->p + b->n;

	for (int i = 0; i < row->n; i++) {
		struct ar_str name = row->name[i], v = row->value[i];

		p = room(b, p, name.n + (row->plain ? v.n : 6 * v.n) + 8 + SPARE);
		p = put_name(p, name);
		p = row->plain ? put16(p, v.p, v.n) : ar_jstr_write(p, v.p, v.n);
		*p++ = '"';
	}
	b->n = (size_t)(p - b->p);
}

/* The same for names that stand framed in memory. ends: NULL, or where each field ends gets written there. */
static void put_framed(const struct ar_str *name, const struct ar_str *value, int n, struct ar_buf *b, size_t *ends)
{
	char *p = b->p + b->n, *limit = b->p + b->cap;

	for (int i = 0; i < n; i++) {
		const struct ar_str key = { name[i].p - 2, name[i].n + 5 }, v = value[i];
		const bool own = own_name(name[i]);

		if ((size_t)(limit - p) < key.n + 6 * v.n + SPARE) {
			p = room(b, p, key.n + 6 * v.n + SPARE);
			limit = b->p + b->cap;
		}
		memcpy(p, key.p, 32);
		if (key.n > 32)
			put16(p + 32, key.p + 32, key.n - 32);
		if (own)
			put_name(p, name[i]);
		p = ar_jstr_write(p + key.n + own, v.p, v.n);
		*p++ = '"';
		if (ends)
			ends[i] = (size_t)(p - b->p);
	}
	b->n = (size_t)(p - b->p);
}

static void put_value(struct ar_buf *b, struct ar_str v)
{
	ar_jstr_put(b, v.p, v.n);
	ar_buf_c(b, '"');
}

static void put_values(struct lines *l, const struct ar_row *row, struct ar_buf *b)
{
	size_t at = 0;

	for (int i = 0; i < row->n; i++) {
		if (row->same_names)
			ar_buf_put(b, l->keys.p + at, l->key_end[i] - at);
		else
			put_key(b, row->name[i]);
		at = row->same_names ? l->key_end[i] : 0;
		put_value(b, row->value[i]);
	}
}

/* ---- lines ---- */

/* What stands above the row, and is not what stood above the last one; with the end of the line. */
static struct ar_str above(struct lines *l, const struct ar_row *row)
{
	int same = row->above_same < l->nabove ? row->above_same : l->nabove;

	if (!row->nabove)
		return ar_buf_slice(&l->end);
	l->above_id = row->above;
	l->above.n = same ? l->above_end[same - 1] : 0;
	if (row->nabove > l->above_cap) {
		l->above_cap = row->nabove;
		l->above_end = ar_realloc(l->above_end, (size_t)l->above_cap * sizeof *l->above_end);
	}
	if (row->framed) {
		ar_buf_room(&l->above, SPARE);
		put_framed(row->above_name + same, row->above_value + same, row->nabove - same, &l->above, l->above_end + same);
	}
	for (int i = same; !row->framed && i < row->nabove; i++) {
		put_key(&l->above, row->above_name[i]);
		put_value(&l->above, row->above_value[i]);
		l->above_end[i] = l->above.n;
	}
	l->nabove = row->nabove;
	ar_buf_str(&l->above, ar_buf_slice(&l->end));
	return ar_buf_slice(&l->above);
}

static void put_sub(struct ar_buf *b, const struct ar_row *row)
{
	ar_buf_put(b, ",\"sub\":", 7);
	ar_buf_int(b, row->sub);
	if (row->last)
		ar_buf_puts(b, ",\"last\":true");
}

static void look_at(struct lines *l, const struct ar_row *row)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_rec r;

	ar_rec_init(&r, &mem);
	ar_rec_start(&r, AR_T_raw);
	for (int i = 0; i < row->n; i++)
		ar_x_add(&r, row->name[i], row->value[i]);
	for (int i = 0; i < row->nabove; i++)
		ar_x_add(&r, row->above_name[i], row->above_value[i]);
	ar_check_row(l->check, r.x, r.nx);
	ar_rec_release(&r);
	ar_arena_release(&mem);
}

/* The rows of one record have the same number, which stands in a line twice. */
static void set_number(struct lines *l, uint64_t number)
{
	if (number == l->number && l->digits)
		return;
	l->number = number;
	l->digits = ar_uint_put(l->text, number);
}

static int on_row(struct ar_sink *s, const struct ar_row *row)
{
	struct lines *l = (struct lines *)s;
	struct ar_str tail;
	struct ar_buf *b;
	char *p;

	l->rows++;
	if (l->check) {
		look_at(l, row);
		return 0;
	}
	b = ar_write_raw_line(&l->io->w);
	set_number(l, row->row);
	ar_buf_room(b, l->begin.n + sizeof l->text);
	p = put16(b->p + b->n, l->begin.p, l->begin.n);
	b->n = (size_t)(put16(p, l->text, l->digits) - b->p);
	if (row->sub)
		put_sub(b, row);
	if (!row->same_names)
		l->nkeys = -1;
	else if (l->nkeys != row->n)
		learn_keys(l, row);
	if (row->same_names && row->plain)
		put_plain(l, row, b);
	else if (row->framed)
		put_framed(row->name, row->value, row->n, b, NULL);
	else if (row->plain_names && (row->plain || row->padded))
		put_named(row, b);
	else
		put_values(l, row, b);
	tail = row->nabove && row->above == l->above_id ? ar_buf_slice(&l->above) : above(l, row);
	ar_buf_room(b, tail.n + sizeof l->text + 16);
	memcpy(b->p + b->n, tail.p, tail.n);
	p = put16(b->p + b->n + tail.n, l->text, l->digits);
	if (row->sub) {
		*p++ = ':';
		p += ar_uint_put(p, row->sub);
	}
	memcpy(p, "\"}\n", 3);
	b->n = (size_t)(p + 3 - b->p);
	ar_write_raw_done(&l->io->w);
	l->io->written++;
	return 0;
}

static int on_reject(struct ar_sink *s, uint64_t row, struct ar_str raw, const struct ar_err *e)
{
	struct lines *l = (struct lines *)s;

	l->rejects++;
	l->io->err = *e;
	ar_io_reject_raw(l->io, l->input, row, raw);
	return 0;
}

void lines_init(struct lines *l, struct ar_io *io, const char *input, const char *map)
{
	memset(l, 0, sizeof *l);
	l->sink.row = on_row;
	l->sink.reject = on_reject;
	l->io = io;
	l->input = input;
	l->nkeys = -1;
	ar_buf_puts(&l->begin, "{\"type\":\"raw\",\"map\":\"");
	ar_jstr_put(&l->begin, map, strlen(map));
	ar_buf_puts(&l->begin, "\",\"row\":");
	ar_buf_room(&l->begin, 16);
	ar_buf_puts(&l->end, ",\"src\":\"");
	ar_jstr_put(&l->end, input, strlen(input));
	ar_buf_c(&l->end, ':');
}

void lines_release(struct lines *l)
{
	ar_buf_release(&l->begin);
	ar_buf_release(&l->end);
	ar_buf_release(&l->keys);
	ar_buf_release(&l->above);
	free(l->above_end);
	free(l->key_end);
}
