/* SPDX-License-Identifier: GPL-3.0-or-later */
/* esc.h - a value escaped for the kind of document it is put into. */
#ifndef AR_MAP_ESC_H
#define AR_MAP_ESC_H

#include "base/buf.h"
#include "base/str.h"

enum ar_esc {
	AR_ESC_HTML,    /* & < > " (what the specification of Mustache asks for) */
	AR_ESC_XML,     /* those and '; tab and line ends as references, so that attributes keep them too;
	                   characters that XML 1.0 does not allow are refused */
	AR_ESC_JSON,    /* the inside of a JSON string; the quotation marks around it are the template's */
	AR_ESC_CSV,     /* a whole field, quoted as in RFC 4180 if it holds , ; tab " or a line end, or has a
	                   blank at either end. A leading = + - @ is not touched. */
	AR_ESC_NONE,    /* plain text */
};

/* Append s, escaped. NULL = done; else nothing was written, and the words say why: "is not UTF-8". */
const char *ar_esc_put(struct ar_buf *b, struct ar_str s, enum ar_esc esc);

#endif
