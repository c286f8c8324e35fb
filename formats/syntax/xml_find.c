/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xml_find.c - is it XML, and which map is it for? Only the beginning of the file is looked at. */
#include "config.h"

#include <stdio.h>

#include "syntax/path.h"
#include "syntax/text.h"
#include "syntax/xml_parts.h"

int ar_xml_detect(struct ar_str head, char *why, size_t cap)
{
	struct ar_peek peek = { .head = head };
	struct ar_buf room = AR_BUF_INIT;
	struct ar_str s = ar_str_trim(ar_text_head(&room, &peek, true));
	int score = 0;

	if (ar_str_starts(s, "<?xml"))
		score = 95;
	else if (s.n > 1 && s.p[0] == '<' && (ar_is_alpha(s.p[1]) || s.p[1] == '_' || s.p[1] == '!'))
		score = 70;
	if (s.n >= 5 && ar_str_caseeq((struct ar_str){ s.p, 5 }, AR_STR("<html")))
		score = 0;
	if (score)
		snprintf(why, cap, "it begins with %s", score == 95 ? "<?xml" : "a tag");
	ar_buf_release(&room);
	return score;
}

enum { MAX_CONDITIONS = 64 };

struct condition {
	struct ar_path path;
	struct ar_str text;
	bool uri;                       /* the beginning of a namespace instead of a path */
	int same;                       /* how many of the open elements, from the root, are the path's */
	int line;                       /* which detect line it is of */
	bool found;
};

struct look {                           /* all conditions of a map in one pass */
	struct condition c[MAX_CONDITIONS];
	int n, lines, depth;
	xmlParserCtxtPtr ctxt;
};

static bool line_holds(const struct look *l, int line)
{
	bool yes = true;

	for (int i = 0; i < l->n; i++)
		yes &= l->c[i].line != line || l->c[i].found;
	return yes;
}

static void look_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int nns, const xmlChar **ns,
                       int nattr, int ndefault, const xmlChar **attr)
{
	struct look *l = ctx;

	for (int i = 0; i < l->n; i++) {
		struct condition *c = &l->c[i];
		bool now = false;

		if (c->found)
			continue;
		if (c->uri)
			now = uri && strncmp((const char *)uri, c->text.p, c->text.n) == 0;
		else if (c->same == l->depth && l->depth < c->path.n && ar_streqz(c->path.step[l->depth], (const char *)name))
			now = ++c->same == c->path.n;
		c->found = now;
		if (now && line_holds(l, c->line))
			xmlStopParser(l->ctxt);
	}
	l->depth++;
}

static void look_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct look *l = ctx;

	for (int i = 0; i < l->n; i++)
		l->c[i].same -= !l->c[i].found && l->c[i].same == l->depth;
	l->depth--;
}

static void look_doctype(void *ctx, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	xmlStopParser(((struct look *)ctx)->ctxt);
}

static void look_error(void *ctx, xmlErrorPtr e)
{
}

/* One condition; false: it can never hold, or there are too many. */
static bool add_condition(struct look *l, struct ar_str text)
{
	struct condition *c = &l->c[l->n];
	struct ar_str rest = text, word;

	if (l->n == MAX_CONDITIONS)
		return false;
	*c = (struct condition){ .text = text, .line = l->lines };
	if (ar_conf_word(&rest, &word) && ar_streqz(word, "namespace") && ar_conf_word(&rest, &word)) {
		c->uri = true;
		c->text = word;
	} else {
		c->path.n = ar_path_split(text, c->path.step);
	}
	l->n++;
	return c->uri || c->path.n > 0;
}

static void look(struct look *l, struct ar_str text)
{
	xmlSAXHandler sax = { .startElementNs = look_start, .endElementNs = look_end, .internalSubset = look_doctype, .serror = look_error };

	l->ctxt = ar_xml_open(&sax, l, NULL, NULL);
	xmlParseChunk(l->ctxt, text.p, (int)text.n, 0);
	if (l->ctxt->myDoc)
		xmlFreeDoc(l->ctxt->myDoc);
	xmlFreeParserCtxt(l->ctxt);
}

/* The first line that holds; else what the last one lacks. */
static bool tell(const struct look *l, char *why)
{
	for (int line = 0; line < l->lines; line++) {
		bool yes = line_holds(l, line);

		for (int i = 0; i < l->n; i++)
			if (l->c[i].line == line && l->c[i].found == yes)
				snprintf(why, AR_WHY, "%s %s%.*s", yes ? "there is" : "no", l->c[i].uri ? "namespace " : "",
				         AR_STR_FMT(l->c[i].text));
		if (yes)
			return true;
	}
	return false;
}

int ar_xml_match(struct ar_peek *p)
{
	struct look *l = ar_calloc(1, sizeof *l);
	struct ar_buf room = AR_BUF_INIT;
	struct ar_conf_key *k = NULL;
	struct ar_str rest, piece;
	bool yes = false;

	snprintf(p->why, AR_WHY, "it has no detect line");
	for (; (k = ar_conf_next(p->map, "detect", k)); l->lines++)
		for (rest = k->value; ar_conf_split(&rest, ',', &piece); )
			add_condition(l, piece);
	if (l->lines) {
		look(l, ar_text_head(&room, p, true));
		yes = tell(l, p->why);
	}
	ar_buf_release(&room);
	free(l);
	return yes;
}
