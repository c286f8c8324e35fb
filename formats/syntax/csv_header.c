/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "syntax/csv_header.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>

#include "syntax/csv.h"
#include "syntax/text.h"

static size_t skip_blank(struct ar_str s, size_t i)
{
	while (i < s.n && ar_is_space(s.p[i]))
		i++;
	return i;
}

bool ar_csv_same_name(struct ar_str a, struct ar_str b)
{
	size_t i = skip_blank(a, 0), k = skip_blank(b, 0);

	while (i < a.n && k < b.n) {
		bool gap = ar_is_space(a.p[i]);

		if (gap != ar_is_space(b.p[k]) || (!gap && ar_lower(a.p[i]) != ar_lower(b.p[k])))
			break;
		i = gap ? skip_blank(a, i) : i + 1;
		k = gap ? skip_blank(b, k) : k + 1;
	}
	return skip_blank(a, i) == a.n && skip_blank(b, k) == b.n;
}

static bool has_column(const struct ar_want *w, int i, const struct ar_str *cell, int n)
{
	int seen = 0;

	for (int k = 0; k < n; k++)
		if (ar_csv_same_name(cell[k], w->name[i]) && ++seen == w->nth[i])
			return true;
	return false;
}

/* 9 a digit, A a letter, ? any byte, * anything; all else stands for itself. */
static bool looks_like(struct ar_str s, struct ar_str like)
{
	size_t i = 0, k = 0, back_i = 0, back_k = SIZE_MAX;

	while (i < s.n) {
		char f = k < like.n ? like.p[k] : '\0', c = s.p[i];

		if (f == '*') {
			back_k = ++k;
			back_i = i;
		} else if (k < like.n && (f == '?' || (f == '9' ? ar_is_digit(c) : f == 'A' ? ar_is_alpha(c) : f == c))) {
			i++;
			k++;
		} else if (back_k != SIZE_MAX) {
			k = back_k;
			i = ++back_i;
		} else {
			return false;
		}
	}
	while (k < like.n && like.p[k] == '*')
		k++;
	return k == like.n;
}

/* The same of a file without header: do the cells look as they should? */
static int shapes_found(const struct ar_want *w, const struct ar_str *cell, int n, int *missing)
{
	int found = 0;

	for (int i = 0; i < w->n; i++) {
		if (n == w->n && (!w->like[i].p || looks_like(ar_str_trim(cell[i]), w->like[i])))
			found++;
		else if (*missing < 0)
			*missing = i;
	}
	return found;
}

int ar_want_found(const struct ar_want *w, const struct ar_str *cell, int n, int *missing)
{
	int found = 0;

	*missing = -1;
	if (w->rows)
		return shapes_found(w, cell, n, missing);
	if (w->width && n != w->width) {
		*missing = 0;
		return 0;
	}
	for (int i = 0; i < w->n; i++) {
		if (has_column(w, i, cell, n))
			found++;
		else if (*missing < 0)
			*missing = i;
	}
	return found;
}

static void add_wanted(struct ar_want *w, struct ar_arena *mem, struct ar_str value)
{
	struct ar_str rest = value, piece;

	while (ar_conf_split(&rest, ',', &piece) && w->n < AR_CSV_FIELDS) {
		struct ar_str s = ar_conf_unquote(mem, piece);
		int nth = 1;

		if (!s.n)
			continue;
		if (s.n > 2 && s.p[s.n - 2] == '#' && ar_is_digit(s.p[s.n - 1]) && s.p[s.n - 1] != '0') {
			nth = s.p[s.n - 1] - '0';
			s.n -= 2;
		}
		w->name[w->n] = s;
		w->nth[w->n++] = nth;
	}
}

static int bad_key(struct ar_conf_sec *map, struct ar_err *e, const char *say, struct ar_str is)
{
	ar_err(e, AR_USAGE, "map_value", "%s, not '%.*s'", say, AR_STR_FMT(is));
	return ar_err_at(e, map->file, map->line);
}

/* `columns`: the names by position; `detect` then says how cells look: NAME like PATTERN, ... */
static int read_columns(struct ar_want *w, struct ar_arena *mem, struct ar_conf_sec *map, struct ar_str names, struct ar_err *e)
{
	struct ar_str rest = names, piece;
	struct ar_conf_key *k;
	int rc;

	w->rows = true;
	w->like = ar_arena_zero(mem, AR_CSV_FIELDS * sizeof *w->like);
	while (ar_conf_split(&rest, ',', &piece) && w->n < AR_CSV_FIELDS)
		w->name[w->n++] = ar_conf_unquote(mem, piece);
	rc = ar_conf_get(map, "detect", &k, e);
	if (rc <= 0)
		return rc;
	for (rest = k->value; ar_conf_split(&rest, ',', &piece); ) {
		const char *at = ar_str_find(piece, AR_STR(" like "));
		struct ar_str name = at ? ar_conf_unquote(mem, ar_str_trim((struct ar_str){ piece.p, (size_t)(at - piece.p) })) : piece;
		int i = 0;

		while (i < w->n && !ar_streq(w->name[i], name))
			i++;
		if (!at || i == w->n)
			return bad_key(map, e, "where there are columns, detect is COLUMN like PATTERN, ...", piece);
		w->like[i] = ar_conf_unquote(mem, ar_str_trim((struct ar_str){ at + 6, (size_t)(piece.p + piece.n - at) - 6 }));
	}
	return 0;
}

/* `above` and `below` = "TEXT", NAME, -, NAME ... */
static int read_labels(struct ar_want *w, struct ar_arena *mem, struct ar_conf_sec *map, const char *key, struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	struct ar_str rest, piece;

	while ((k = ar_conf_next(map, key, k))) {
		struct ar_label *l = &w->label[w->nlabel];
		bool text = true;

		if (w->nlabel++ == AR_CSV_LABELS)
			return bad_key(map, e, "sixteen lines above and below at most", k->value);
		*l = (struct ar_label){ .below = *key == 'b', .name = ar_arena_alloc(mem, AR_CSV_VALUES * sizeof *l->name) };
		for (rest = k->value; ar_conf_split(&rest, ',', &piece); text = false) {
			piece = ar_conf_unquote(mem, piece);
			if (text ? !piece.n : l->n == AR_CSV_VALUES)
				return bad_key(map, e, "write above and below = \"TEXT\", NAME, - (not kept), ..., 32 at most", k->value);
			if (text)
				l->text = piece;
			else
				l->name[l->n++] = ar_streqz(piece, "-") ? (struct ar_str){ NULL, 0 }
				                : ar_str(ar_arena_fmt(mem, "../%.*s", AR_STR_FMT(piece)));
		}
	}
	return 0;
}

static int read_table(struct ar_want *w, struct ar_arena *mem, struct ar_conf_sec *map, struct ar_err *e)
{
	struct ar_str width = { NULL, 0 }, quotes = { NULL, 0 };
	struct ar_conf_key *columns;
	int rows = ar_conf_get(map, "columns", &columns, e);

	if (rows < 0 || ar_conf_get_str(map, "width", &width, e) < 0
	    || ar_conf_get_str(map, "quotes", &quotes, e) < 0 || read_labels(w, mem, map, "above", e) < 0
	    || read_labels(w, mem, map, "below", e) < 0)
		return -1;
	if (quotes.p && !ar_streqz(quotes, "text"))
		return bad_key(map, e, "quotes can only be: text", quotes);
	w->loose = quotes.p;
	if (width.p) {
		int64_t n = ar_str_uint(width, AR_CSV_FIELDS);

		if (n < 1)
			return bad_key(map, e, "width is a number of cells", width);
		w->width = (int)n;
	}
	return rows ? read_columns(w, mem, map, columns->value, e) : 0;
}

int ar_want_read(struct ar_want *w, struct ar_arena *mem, struct ar_conf_sec *map, bool detect, struct ar_err *e)
{
	struct ar_conf_key *k;
	int header;

	memset(w, 0, sizeof *w);
	w->name = ar_arena_alloc(mem, AR_CSV_FIELDS * sizeof *w->name);
	w->nth = ar_arena_alloc(mem, AR_CSV_FIELDS * sizeof *w->nth);
	if (!map)
		return 0;
	if (read_table(w, mem, map, e) < 0)
		return -1;
	if (w->rows)
		return 0;
	header = ar_conf_get(map, "header", &k, e);
	if (header > 0)
		add_wanted(w, mem, k->value);
	if (header >= 0 && (detect || !header)) {
		int rc = ar_conf_get(map, "detect", &k, e);

		if (rc > 0)
			add_wanted(w, mem, k->value);
		return rc < 0 ? -1 : 0;
	}
	return header < 0 ? -1 : 0;
}

/* ---- which delimiter ---- */

struct sniff {
	const struct ar_want *want;
	struct ar_str cell[AR_CSV_FIELDS];
	char *room;
	size_t n, cap;
	int nf, records;
	int columns;            /* of the header; 0 = not found */
	int shaped;             /* rows that look as they should; -1 = one does not */
	int best, missing;      /* most wanted columns in one record, and the first it lacks */
};

static void sniff_field(void *p, size_t n, void *data)
{
	struct sniff *s = data;

	if (s->columns || s->nf == AR_CSV_FIELDS || s->cap - s->n < n)
		return;
	memcpy(s->room + s->n, p, n);
	s->cell[s->nf++] = (struct ar_str){ s->room + s->n, n };
	s->n += n;
}

const struct ar_label *ar_want_label(const struct ar_want *w, const struct ar_str *cell, int n, int *at)
{
	struct ar_str s;
	int i = 0;

	while (i < n && !ar_str_trim(cell[i]).n)
		i++;
	if (i == n)
		return NULL;
	*at = i;
	s = ar_str_trim(cell[i]);
	for (int k = 0; k < w->nlabel; k++)
		if (s.n >= w->label[k].text.n && memcmp(s.p, w->label[k].text.p, w->label[k].text.n) == 0)
			return &w->label[k];
	return NULL;
}

static void sniff_row(int term, void *data)
{
	struct sniff *s = data;
	bool filled = false;
	int missing, found, at;

	for (int i = 0; i < s->nf; i++)
		filled |= s->cell[i].n > 0;
	if (filled && s->want->rows && ar_want_label(s->want, s->cell, s->nf, &at))
		filled = false;
	if (filled && !s->columns && s->records++ < AR_CSV_SEARCH) {
		found = ar_want_found(s->want, s->cell, s->nf, &missing);
		if (s->want->rows && s->shaped >= 0)
			s->shaped = found == s->want->n ? s->shaped + 1 : s->want->one ? s->shaped : -1;
		if (found == s->want->n && !s->want->rows)
			s->columns = s->nf;
		else if (found > s->best || s->missing < 0) {
			s->best = found;
			s->missing = missing;
		}
	}
	s->nf = 0;
	s->n = 0;
}

static void sniff_one(struct sniff *s, struct ar_str head, char delim)
{
	struct csv_parser p;

	s->nf = s->records = s->columns = s->shaped = 0;
	s->n = 0;
	if (csv_init(&p, s->want->loose ? 0 : CSV_STRICT | CSV_STRICT_FINI))
		ar_no_memory();
	csv_set_delim(&p, (unsigned char)delim);
	while (head.n && !s->columns && s->records < (s->want->rows ? AR_CSV_SHAPED : AR_CSV_SEARCH)) {
		size_t n = head.n < 512 ? head.n : 512;

		if (csv_parse(&p, head.p, n, sniff_field, sniff_row, s) != n)
			break;
		head.p += n;
		head.n -= n;
	}
	if (!head.n && !s->columns)
		csv_fini(&p, sniff_field, sniff_row, s);        /* a file of one line */
	if (s->shaped > 0)
		s->columns = s->want->n;
	csv_free(&p);
}

char ar_csv_sniff(const struct ar_want *w, struct ar_str head, const char *try, struct ar_csv_near *near)
{
	struct sniff *s = ar_calloc(1, sizeof *s);
	char delim = '\0';
	int most = 0;

	s->want = w;
	s->missing = -1;
	s->cap = head.n;
	s->room = ar_malloc(head.n);
	for (; *try; try++) {
		sniff_one(s, head, *try);
		if (s->columns > most) {
			most = s->columns;
			delim = *try;
		}
	}
	if (near)
		*near = (struct ar_csv_near){ s->best, s->missing };
	free(s->room);
	free(s);
	return delim;
}

int ar_csv_delims(struct ar_conf_sec *map, const char **out, struct ar_err *e)
{
	static const struct { const char *said, *is; } known[] = { { ",", "," }, { ";", ";" }, { "|", "|" }, { "tab", "\t" } };
	struct ar_str s = { NULL, 0 };

	*out = ",;\t|";
	if (!map)
		return 0;
	if (ar_conf_get_str(map, "delimiter", &s, e) < 0)
		return -1;
	if (!s.p)
		return 0;
	for (int i = 0; i < 4; i++)
		if (ar_streqz(s, known[i].said)) {
			*out = known[i].is;
			return 0;
		}
	ar_err(e, AR_USAGE, "map_value", "delimiter is , or ; or | or tab, not '%.*s'", AR_STR_FMT(s));
	return ar_err_at(e, map->file, map->line);
}

/* ---- detection ---- */

int ar_csv_detect(struct ar_str head, char *why, size_t cap)
{
	static const struct ar_want any = { 0 }, loose = { .loose = true };
	struct ar_peek peek = { .head = head };
	struct ar_buf room = AR_BUF_INIT;
	struct ar_str text = ar_text_head(&room, &peek, false);
	size_t at = skip_blank(text, 0);
	char delim = '\0';
	int score = 0;

	if (at < text.n && !strchr("<{[", text.p[at]) && !memchr(text.p, '\0', text.n)) {
		delim = ar_csv_sniff(&any, text, ",;\t|", NULL);
		if (!delim && (delim = ar_csv_sniff(&loose, text, ",;\t|", NULL)) && !memchr(text.p, delim, text.n))
			delim = '\0';
	}
	if (delim) {
		score = memchr(text.p, delim, text.n) ? 50 : 10;
		snprintf(why, cap, "lines parted by %s", delim == '\t' ? "tabs" : delim == ',' ? "commas" : delim == ';' ? "semicolons" : "bars");
	}
	ar_buf_release(&room);
	return score;
}

int ar_csv_match(struct ar_peek *p)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_buf room = AR_BUF_INIT;
	struct ar_csv_near near = { 0, -1 };
	struct ar_want w;
	const char *delims;
	int rc = -1;

	if (ar_want_read(&w, &mem, p->map, true, p->err) == 0 && ar_csv_delims(p->map, &delims, p->err) == 0) {
		rc = w.n && ar_csv_sniff(&w, ar_text_head(&room, p, false), delims, &near);
		if (rc)
			snprintf(p->why, AR_WHY, w.rows ? "its first rows look like its %d columns" : "the header has its %d columns", w.n);
		else if (w.rows && near.missing >= 0)
			snprintf(p->why, AR_WHY, "%d of its %d columns, but %.*s looks otherwise", near.best, w.n, AR_STR_FMT(w.name[near.missing]));
		else if (w.n && near.missing >= 0)
			snprintf(p->why, AR_WHY, "%d of its %d columns, but no %.*s", near.best, w.n, AR_STR_FMT(w.name[near.missing]));
		else
			snprintf(p->why, AR_WHY, "%s", w.n ? "no line could be read" : "it has no detect line");
	}
	ar_buf_release(&room);
	ar_arena_release(&mem);
	return rc;
}

