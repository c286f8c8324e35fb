/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "syntax/xml_parts.h"

#include "base/arena.h"
#include "syntax/xml.h"

/* Is a < with this behind it the beginning of a tag, and not of a comment, CDATA or declaration? */
static bool begins_tag(char next)
{
	return next != '!' && next != '?' && !ar_is_space(next);
}

/* Go on in a tag; returns how many bytes belong to it, *closed if its > is among them. */
static size_t walk_tag(const char *p, size_t n, char *quote, bool *closed)
{
	*closed = false;
	for (size_t i = 0; i < n; i++) {
		if (*quote) {
			if (p[i] == *quote)
				*quote = '\0';
		} else if (p[i] == '"' || p[i] == '\'') {
			*quote = p[i];
		} else if (p[i] == '>') {
			*closed = true;
			return i + 1;
		}
		if (i > AR_XML_TAG || (p[i] == '<' && i))
			return i;                       /* a second < is never inside a tag: the parser will refuse it */
	}
	return n;
}

/* The tag that begins at p[at], or that went on from the block before. */
static bool measure_tag(struct ar_xml_guard *g, const char *p, size_t n)
{
	bool closed;
	size_t k;

	if (g->in_tag && g->tag == 1 && !begins_tag(p[0])) {    /* the border of two blocks was behind the < */
		g->in_tag = false;
		return true;
	}
	k = walk_tag(p, n, &g->quote, &closed);
	g->tag += k;
	g->in_tag = !closed && k == n;
	return g->tag <= AR_XML_TAG;
}

static const char *last_in(const char *p, size_t from, size_t to, char c)
{
	return from < to ? memrchr(p + from, c, to - from) : NULL;
}

/*
 * No tag longer than the limit. A tag holds no second '<', so wherever the next one is near, so is the tag's end; only where
 * there is none for a long while, and at the end of the block, the tag itself is looked at.
 */
bool ar_xml_tags_ok(struct ar_xml_guard *g, const char *p, size_t n)
{
	const char *lt;
	size_t at = 0;

	if (g->in_tag && !measure_tag(g, p, n))
		return false;
	lt = memchr(p, '<', n);
	while (lt) {
		size_t end;

		at = (size_t)(lt - p);
		end = at + AR_XML_TAG < n ? at + AR_XML_TAG : n;
		lt = last_in(p, at + 1, end, '<');
		if (lt)
			continue;
		g->quote = '\0';
		g->tag = 0;
		g->in_tag = false;
		if ((n - at < 2 || begins_tag(p[at + 1])) && !measure_tag(g, p + at, n - at))
			return false;
		lt = end < n ? memchr(p + end, '<', n - end) : NULL;
	}
	return true;
}

static bool declares(const char *p, size_t n)
{
	const char *at = p;

	while ((at = memchr(at, '!', n - (size_t)(at - p)))) {
		size_t left = n - (size_t)(at - p);

		if (at > p && at[-1] == '<' && ((left >= 8 && memcmp(at, "!DOCTYPE", 8) == 0) || (left >= 7 && memcmp(at, "!ENTITY", 7) == 0)))
			return true;
		at++;
	}
	return false;
}

/* Also across the border of two blocks. */
bool ar_xml_declares(struct ar_xml_guard *g, const char *p, size_t n)
{
	size_t k = n < AR_XML_TAIL ? n : AR_XML_TAIL;

	memcpy(g->tail + g->ntail, p, k);
	if (declares(g->tail, g->ntail + k) || declares(p, n))
		return true;
	if (n >= AR_XML_TAIL) {
		memcpy(g->tail, p + n - AR_XML_TAIL, AR_XML_TAIL);
		g->ntail = AR_XML_TAIL;
	} else {
		size_t all = g->ntail + n, keep = all < AR_XML_TAIL ? all : AR_XML_TAIL;

		memmove(g->tail, g->tail + all - keep, keep);
		g->ntail = keep;
	}
	return false;
}

static void quiet(void *ctx, const char *fmt, ...)
{
}

static xmlParserInputPtr no_entity(const char *url, const char *id, xmlParserCtxtPtr ctxt)
{
	return NULL;
}

xmlParserCtxtPtr ar_xml_open(xmlSAXHandler *sax, void *user, xmlInputReadCallback read, void *from)
{
	xmlParserCtxtPtr c;

	xmlSetExternalEntityLoader(no_entity);
	xmlSetGenericErrorFunc(NULL, quiet);
	sax->initialized = XML_SAX2_MAGIC;
	c = read ? xmlCreateIOParserCtxt(sax, user, read, NULL, from, XML_CHAR_ENCODING_NONE)
		: xmlCreatePushParserCtxt(sax, user, NULL, 0, NULL);
	if (!c)
		ar_no_memory();
	xmlCtxtUseOptions(c, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
	return c;
}

