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

struct look {                           /* for one condition of a detect line */
	struct ar_path path;
	struct ar_str uri;              /* n > 0: the beginning of a namespace instead */
	int depth, same;                /* open elements; how many of them, from the root, are the path's */
	bool found;
	xmlParserCtxtPtr ctxt;
};

static void look_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int nns, const xmlChar **ns,
                       int nattr, int ndefault, const xmlChar **attr)
{
	struct look *l = ctx;

	if (l->uri.n) {
		l->found |= uri && strncmp((const char *)uri, l->uri.p, l->uri.n) == 0;
	} else if (l->same == l->depth && l->depth < l->path.n && ar_streqz(l->path.step[l->depth], (const char *)name)) {
		l->found |= ++l->same == l->path.n;
	}
	l->depth++;
	if (l->found)
		xmlStopParser(l->ctxt);
}

static void look_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct look *l = ctx;

	if (l->same == l->depth--)
		l->same--;
}

static void look_doctype(void *ctx, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	xmlStopParser(((struct look *)ctx)->ctxt);
}

static void look_error(void *ctx, xmlErrorPtr e)
{
}

static bool holds(struct ar_str text, struct ar_str condition)
{
	xmlSAXHandler sax = { .startElementNs = look_start, .endElementNs = look_end, .internalSubset = look_doctype, .serror = look_error };
	struct look l = { 0 };
	struct ar_str rest = condition, word;

	if (ar_conf_word(&rest, &word) && ar_streqz(word, "namespace") && ar_conf_word(&rest, &word))
		l.uri = word;
	else
		l.path.n = ar_path_split(condition, l.path.step);
	if (!l.uri.n && l.path.n < 1)
		return false;
	l.ctxt = ar_xml_open(&sax, &l);
	xmlParseChunk(l.ctxt, text.p, (int)text.n, 0);
	if (l.ctxt->myDoc)
		xmlFreeDoc(l.ctxt->myDoc);
	xmlFreeParserCtxt(l.ctxt);
	return l.found;
}

/* All conditions of one detect line. */
static bool all_hold(struct ar_peek *p, struct ar_str text, struct ar_str conditions)
{
	struct ar_str rest = conditions, piece;
	bool yes = true;

	while (yes && ar_conf_split(&rest, ',', &piece)) {
		yes = holds(text, piece);
		snprintf(p->why, AR_WHY, "%s %.*s", yes ? "there is" : "no", AR_STR_FMT(piece));
	}
	return yes;
}

int ar_xml_match(struct ar_peek *p)
{
	struct ar_buf room = AR_BUF_INIT;
	struct ar_conf_key *k = NULL;
	struct ar_str text = { NULL, 0 };
	bool yes = false;

	snprintf(p->why, AR_WHY, "it has no detect line");
	while (!yes && (k = ar_conf_next(p->map, "detect", k))) {
		if (!text.p)
			text = ar_text_head(&room, p, true);
		yes = all_hold(p, text, k->value);
	}
	ar_buf_release(&room);
	return yes;
}
