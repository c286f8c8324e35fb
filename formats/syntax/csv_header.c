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

/* Equal but for capitals and for how many blanks stand between words and at the ends. */
static bool same_name(struct ar_str a, struct ar_str b)
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
		if (same_name(cell[k], w->name[i]) && ++seen == w->nth[i])
			return true;
	return false;
}

int ar_want_found(const struct ar_want *w, const struct ar_str *cell, int n, int *missing)
{
	int found = 0;

	*missing = -1;
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

int ar_want_read(struct ar_want *w, struct ar_arena *mem, struct ar_conf_sec *map, bool detect, struct ar_err *e)
{
	struct ar_conf_key *k;
	int header;

	w->name = ar_arena_alloc(mem, AR_CSV_FIELDS * sizeof *w->name);
	w->nth = ar_arena_alloc(mem, AR_CSV_FIELDS * sizeof *w->nth);
	w->n = 0;
	if (!map)
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

static void sniff_row(int term, void *data)
{
	struct sniff *s = data;
	bool filled = false;
	int missing, found;

	for (int i = 0; i < s->nf; i++)
		filled |= s->cell[i].n > 0;
	if (filled && !s->columns && s->records++ < AR_CSV_SEARCH) {
		found = ar_want_found(s->want, s->cell, s->nf, &missing);
		if (found == s->want->n)
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

	s->nf = s->records = s->columns = 0;
	s->n = 0;
	if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI))
		ar_no_memory();
	csv_set_delim(&p, (unsigned char)delim);
	while (head.n && !s->columns && s->records < AR_CSV_SEARCH) {
		size_t n = head.n < 512 ? head.n : 512;

		if (csv_parse(&p, head.p, n, sniff_field, sniff_row, s) != n)
			break;
		head.p += n;
		head.n -= n;
	}
	if (!head.n && !s->columns)
		csv_fini(&p, sniff_field, sniff_row, s);        /* a file of one line */
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
	static const struct ar_want any = { 0 };
	struct ar_peek peek = { .head = head };
	struct ar_buf room = AR_BUF_INIT;
	struct ar_str text = ar_text_head(&room, &peek, false);
	size_t at = skip_blank(text, 0);
	char delim = '\0';
	int score = 0;

	if (at < text.n && !strchr("<{[", text.p[at]) && !memchr(text.p, '\0', text.n))
		delim = ar_csv_sniff(&any, text, ",;\t|", NULL);
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
	struct ar_csv_near near;
	struct ar_want w;
	const char *delims;
	int rc = -1;

	if (ar_want_read(&w, &mem, p->map, true, p->err) == 0 && ar_csv_delims(p->map, &delims, p->err) == 0) {
		rc = w.n && ar_csv_sniff(&w, ar_text_head(&room, p, false), delims, &near);
		if (rc)
			snprintf(p->why, AR_WHY, "the header has its %d columns", w.n);
		else if (w.n && near.missing >= 0)
			snprintf(p->why, AR_WHY, "%d of its %d columns, but no %.*s", near.best, w.n, AR_STR_FMT(w.name[near.missing]));
		else
			snprintf(p->why, AR_WHY, "%s", w.n ? "no line could be read" : "it has no detect line");
	}
	ar_buf_release(&room);
	ar_arena_release(&mem);
	return rc;
}

