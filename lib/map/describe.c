/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A map in words for an accountant, and the map language as the body of ar-map(5). */
#include "config.h"

#include "map/map.h"

#include "map/xform.h"

static void pad(struct ar_buf *b, size_t from, size_t width)
{
	size_t n = b->n - from;

	do
		ar_buf_c(b, ' ');
	while (n++ < width);
}

static void source(const struct ar_map *m, const struct ar_mapsrc *s, struct ar_buf *b)
{
	if (s->from == AR_FROM_TEXT)
		ar_buf_fmt(b, "always \"%.*s\"", AR_STR_FMT(s->text));
	else
		ar_buf_str(b, s->from == AR_FROM_COLUMN ? m->col[s->col].name : s->text);
	if (s->label.n)
		ar_buf_fmt(b, " (as %.*s)", AR_STR_FMT(s->label));
}

/* The words of a transform; %s in them is its argument. */
static void step(const struct ar_step *st, struct ar_buf *b)
{
	const char *w = st->x->words, *at = strstr(w, "%s");
	size_t n = at ? (size_t)(at - w) : strlen(w);

	if (at && !st->text.n)
		while (n && w[n - 1] == ' ')
			n--;
	ar_buf_put(b, w, n);
	if (at) {
		ar_buf_str(b, st->text);
		ar_buf_puts(b, at + 2);
	}
}

static void line(const struct ar_map *m, const struct ar_mapline *l, struct ar_buf *b)
{
	size_t from = b->n;

	ar_buf_puts(b, "  ");
	if (l->field)
		ar_buf_puts(b, ar_field_name[l->f]);
	else
		ar_buf_str(b, l->xkey);
	pad(b, from, 22);
	for (int i = 0; i < l->nsrc; i++) {
		ar_buf_puts(b, i ? l->all ? " and " : ", else " : "");
		source(m, &l->src[i], b);
	}
	for (int i = 0; i < l->nstep; i++) {
		ar_buf_puts(b, "; ");
		step(&l->step[i], b);
	}
	ar_buf_c(b, '\n');
}

static void section(const struct ar_map *m, const struct ar_emit *em, struct ar_buf *b)
{
	static const char *const each[] = { "row", "record", "other column of a row", "part of a settlement", "movement of an entry",
		"row of a movement", "account of the file, from its lines", "account of the file, from the balance behind each row",
		"id, the amounts of its rows added up" };

	ar_buf_fmt(b, "\n%s: one for each %s", ar_types[em->type].name, each[em->each]);
	for (int i = 0; i < em->nwhen; i++)
		ar_buf_fmt(b, "%s%.*s", i ? " and " : " where ", AR_STR_FMT(em->when[i].text));
	ar_buf_c(b, '\n');
	for (int i = 0; i < em->nline; i++)
		line(m, &em->line[i], b);
	if (em->rest)
		ar_buf_puts(b, "  every other column    kept under its own name with x_ in front");
	for (int i = 0; i < em->nbut; i++)
		ar_buf_fmt(b, "%s%.*s*", i ? ", " : ", but not ", AR_STR_FMT(em->but[i]));
	if (em->rest)
		ar_buf_c(b, '\n');
}

void ar_map_describe(const struct ar_map *m, struct ar_buf *b)
{
	ar_buf_fmt(b, "%.*s%s%.*s\n", AR_STR_FMT(m->name), m->title.n ? ": " : "", AR_STR_FMT(m->title));
	ar_buf_fmt(b, "system %.*s; history %.*s; %.*s export", AR_STR_FMT(m->system), AR_STR_FMT(m->history), AR_STR_FMT(m->mode));
	for (int i = 0; i < m->ncovers; i++)
		ar_buf_fmt(b, "%s%.*s", i ? ", " : " of ", AR_STR_FMT(m->covers[i]));
	ar_buf_c(b, '\n');
	if (m->group >= 0)
		ar_buf_fmt(b, "rows with the same %.*s in a row are one record\n", AR_STR_FMT(m->col[m->group].name));
	for (int i = 0; i < m->nemit; i++)
		section(m, &m->emit[i], b);
}

static void mdoc(struct ar_buf *b, const char *s)
{
	if (*s == '.' || *s == '\'')
		ar_buf_puts(b, "\\&");
	for (; *s; s++)
		if (*s == '.' && s[1] == ' ' && ar_is_upper(s[2])) {    /* a sentence begins a line */
			ar_buf_puts(b, ".\n");
			s++;
		} else if (*s == '\\')
			ar_buf_puts(b, "\\e");
		else if (*s == '-')
			ar_buf_puts(b, "\\-");
		else
			ar_buf_c(b, *s);
}

static void item(struct ar_buf *b, const char *tag, const char *doc)
{
	ar_buf_puts(b, ".It Li \"");
	for (; *tag; tag++) {
		if (*tag == '"')
			ar_buf_puts(b, "\"\"");
		else
			ar_buf_c(b, *tag);
	}
	ar_buf_puts(b, "\"\n");
	mdoc(b, doc);
	ar_buf_puts(b, ".\n");
}

void ar_map_mdoc(struct ar_buf *b)
{
	ar_buf_puts(b, ".Ss Transforms\n.Bl -tag -width Ds\n");
	for (const struct ar_xform *x = ar_xforms; x->name; x++)
		item(b, x->usage, x->doc);
	ar_buf_puts(b, ".El\n.Ss Words that stand for a column\n.Bl -tag -width Ds -compact\n");
	ar_map_words(b, item);
	ar_buf_puts(b, ".El\n");
}
