/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xml_parts.h - what the XML decoder is made of: the guard before libxml2, how a parser is opened, detection. */
#ifndef AR_FORMATS_XML_PARTS_H
#define AR_FORMATS_XML_PARTS_H

#include <libxml/parser.h>

#include "map/syntax.h"

enum { AR_XML_TAIL = 9 };               /* bytes kept of a block: one less than <!DOCTYPE has, and a bit */

/* Looks at every block before libxml2 does; all zero at the start of a document. */
struct ar_xml_guard {
	bool in_tag;                    /* the last block ended inside a tag, */
	size_t tag;                     /* so many bytes of it are gone, */
	char quote;                     /* inside these quotes */
	char tail[2 * AR_XML_TAIL];
	size_t ntail;
};

/*
 * No tag longer than AR_XML_TAG, because libxml2 needs time with the square of its attributes; no <!DOCTYPE, no <!ENTITY
 * anywhere, be it in a comment.
 */
bool ar_xml_tags_ok(struct ar_xml_guard *g, const char *p, size_t n);
bool ar_xml_declares(struct ar_xml_guard *g, const char *p, size_t n);

/* A parser for UTF-8 that loads nothing from anywhere and prints nothing. It reads by read(from, ...); read NULL: it is pushed. */
xmlParserCtxtPtr ar_xml_open(xmlSAXHandler *sax, void *user, xmlInputReadCallback read, void *from);

int ar_xml_detect(struct ar_str head, char *why, size_t cap);
int ar_xml_match(struct ar_peek *p);

#endif
