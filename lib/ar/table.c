/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/table.h"

#include <stdlib.h>
#include <utf8proc.h>

#define RED "\033[31m"
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

void ar_table_init(struct ar_table *t, struct ar_arena *mem, const struct ar_column *col, int ncol)
{
	*t = (struct ar_table){ .mem = mem, .col = col, .ncol = ncol };
}

void ar_table_release(struct ar_table *t)
{
	free(t->cell);
	free(t->rule);
	t->cell = NULL;
	t->rule = NULL;
	t->nrow = t->cap = 0;
}

struct ar_cell_text *ar_table_row(struct ar_table *t)
{
	size_t n = (size_t)t->ncol;
	struct ar_cell_text *c;

	if (t->nrow == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 64;
		t->cell = ar_realloc(t->cell, t->cap * n * sizeof *t->cell);
		t->rule = ar_realloc(t->rule, t->cap * sizeof *t->rule);
	}
	c = t->cell + t->nrow * n;
	memset(c, 0, n * sizeof *c);
	t->rule[t->nrow++] = false;
	return c;
}

void ar_table_rule(struct ar_table *t) { t->rule[t->nrow - 1] = true; }

/* what a screen may get: printing characters only */
static uint32_t shown(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return 0xFFFD;
	default:
		break;
	}
	return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0x061C ? 0xFFFD : c;
}

static size_t char_width(uint32_t c)
{
	int w = c == 0xFFFD ? 1 : utf8proc_charwidth((utf8proc_int32_t)c);

	return w > 0 ? (size_t)w : 0;
}

size_t ar_text_width(struct ar_str s)
{
	size_t w = 0;
	int len;

	for (; s.n; s.p += len, s.n -= (size_t)len)
		w += char_width(shown(ar_utf8_get(s.p, s.n, &len)));
	return w;
}

/* 1234567.89 as 1,234,567.89 */
static struct ar_str parted(struct ar_arena *mem, struct ar_str s)
{
	size_t whole = 0, from, n = 0;
	char *out;

	from = s.n && s.p[0] == '-';
	while (from + whole < s.n && ar_is_digit(s.p[from + whole]))
		whole++;
	if (whole < 4)
		return s;
	out = ar_arena_alloc(mem, s.n + whole / 3 + 1);
	for (size_t i = 0; i < s.n; i++) {
		if (i > from && i < from + whole && (from + whole - i) % 3 == 0)
			out[n++] = ',';
		out[n++] = s.p[i];
	}
	return (struct ar_str){ out, n };
}

static struct ar_str screen_text(const struct ar_table *t, const struct ar_cell_text *c)
{
	return c->flags & AR_CELL_NUMBER ? parted(t->mem, c->text) : c->text;
}

static void pad(struct ar_buf *b, size_t n)
{
	while (n--)
		ar_buf_c(b, ' ');
}

/* the text, cut with an ellipsis to at most `most` places; returns the places taken */
static size_t put_text(struct ar_buf *b, struct ar_str s, size_t most)
{
	bool cut = ar_text_width(s) > most;
	size_t w = 0, room = cut ? most - 1 : most;
	char utf8[4];
	int len;

	for (; s.n; s.p += len, s.n -= (size_t)len) {
		uint32_t c = shown(ar_utf8_get(s.p, s.n, &len));

		if (w + char_width(c) > room)
			break;
		w += char_width(c);
		ar_buf_put(b, utf8, (size_t)ar_utf8_put(utf8, c));
	}
	if (cut) {
		ar_buf_puts(b, "\u2026");
		w++;
	}
	return w;
}

static void put_cell(struct ar_buf *b, struct ar_str s, unsigned flags, size_t width, bool color, bool last)
{
	bool right = flags & (AR_CELL_RIGHT | AR_CELL_NUMBER), styled = color && s.n && flags & (AR_CELL_RED | AR_CELL_BOLD);
	size_t w = ar_text_width(s);

	w = w > width ? width : w;
	if (right)
		pad(b, width - w);
	if (styled && flags & AR_CELL_BOLD)
		ar_buf_puts(b, BOLD);
	if (styled && flags & AR_CELL_RED)
		ar_buf_puts(b, RED);
	w = put_text(b, s, width);
	if (styled)
		ar_buf_puts(b, PLAIN);
	if (!right && !last)
		pad(b, width - w);
}

static void put_rule(struct ar_buf *b, const size_t *width, int ncol)
{
	bool first = true;

	for (int i = 0; i < ncol; i++) {
		if (!width[i])
			continue;
		if (!first)
			ar_buf_puts(b, "  ");
		for (size_t k = 0; k < width[i]; k++)
			ar_buf_c(b, '-');
		first = false;
	}
	ar_buf_c(b, '\n');
}

/* 0 = empty in every row: left out */
static size_t column_width(const struct ar_table *t, int i, size_t rows)
{
	size_t w = 0, head = ar_text_width(t->col[i].head);

	for (size_t r = 0; r < rows; r++) {
		size_t n = ar_text_width(screen_text(t, &t->cell[r * (size_t)t->ncol + (size_t)i]));

		w = n > w ? n : w;
	}
	if (!w)
		return 0;
	if (t->col[i].widest && w > (size_t)t->col[i].widest)
		w = (size_t)t->col[i].widest;
	return w > head ? w : head;
}

static void put_row(struct ar_buf *b, const struct ar_table *t, const size_t *width, const struct ar_cell_text *c, bool color)
{
	int last = t->ncol - 1;
	bool first = true;
	size_t from = b->n;

	while (last > 0 && (!width[last] || (c && !c[last].text.n)))
		last--;
	for (int i = 0; i <= last; i++) {
		struct ar_str s = c ? screen_text(t, &c[i]) : t->col[i].head;
		unsigned flags = t->col[i].flags | (c ? c[i].flags : 0);

		if (!width[i])
			continue;
		if (!first)
			ar_buf_puts(b, "  ");
		put_cell(b, s, c ? flags : flags & ~(unsigned)(AR_CELL_RED | AR_CELL_BOLD), width[i], color, i == last);
		first = false;
	}
	while (b->n > from && b->p[b->n - 1] == ' ')
		b->n--;
	ar_buf_c(b, '\n');
}

void ar_table_text(const struct ar_table *t, size_t rows, bool color, struct ar_buf *b)
{
	size_t shown_rows = rows && rows < t->nrow ? rows : t->nrow;
	size_t *width = ar_arena_zero(t->mem, ((size_t)t->ncol + 1) * sizeof *width);

	for (int i = 0; i < t->ncol; i++)
		width[i] = column_width(t, i, shown_rows);
	put_row(b, t, width, NULL, false);
	put_rule(b, width, t->ncol);
	for (size_t r = 0; r < shown_rows; r++) {
		if (t->rule[r])
			put_rule(b, width, t->ncol);
		put_row(b, t, width, t->cell + r * (size_t)t->ncol, color);
	}
	if (shown_rows < t->nrow)
		ar_buf_fmt(b, "... and %zu more\n", t->nrow - shown_rows);
}

/* Would a spreadsheet take this text for a formula? U+FF0B, U+FF0D, U+FF1D and U+FF20 are the full-width + - = @. */
static bool formula(struct ar_str s)
{
	static const char *const wide[] = { "\uFF0B", "\uFF0D", "\uFF1D", "\uFF20" };

	if (!s.n)
		return false;
	for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
		if (ar_str_starts(s, wide[i]))
			return true;
	return strchr("=+-@\t\r\n", s.p[0]) != NULL;
}

static void csv_field(struct ar_buf *b, struct ar_str s, bool number, bool sheet)
{
	bool mark = sheet && !number && formula(s), quote = mark;

	for (size_t i = 0; i < s.n && !quote; i++)
		quote = strchr("\",\r\n", s.p[i]) != NULL;
	if (quote)
		ar_buf_c(b, '"');
	if (mark)
		ar_buf_c(b, '\'');
	while (s.n) {
		int len;
		uint32_t c = ar_utf8_get(s.p, s.n, &len);
		bool blank = c == '\n' || c == '\r' || c == '\t';

		if (c == '"')
			ar_buf_c(b, '"');
		if (sheet && !blank && shown(c) != c)
			ar_buf_puts(b, "\uFFFD");
		else
			ar_buf_put(b, s.p, (size_t)len);
		s.p += len;
		s.n -= (size_t)len;
	}
	if (quote)
		ar_buf_c(b, '"');
}

void ar_table_csv(const struct ar_table *t, bool sheet, struct ar_buf *b)
{
	for (int i = 0; i < t->ncol; i++) {
		if (i)
			ar_buf_c(b, ',');
		csv_field(b, t->col[i].head, false, sheet);
	}
	ar_buf_puts(b, "\r\n");
	for (size_t r = 0; r < t->nrow; r++) {
		const struct ar_cell_text *c = t->cell + r * (size_t)t->ncol;

		for (int i = 0; i < t->ncol; i++) {
			if (i)
				ar_buf_c(b, ',');
			csv_field(b, c[i].text, (c[i].flags | t->col[i].flags) & AR_CELL_NUMBER, sheet);
		}
		ar_buf_puts(b, "\r\n");
	}
}
