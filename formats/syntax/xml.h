/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xml.h - limits of the XML decoder. */
#ifndef AR_FORMATS_XML_H
#define AR_FORMATS_XML_H

#include "map/syntax.h"

enum {
	AR_XML_TAG = 16 * 1024,                 /* bytes of a tag: libxml2 needs time with the square of its attributes */
	AR_XML_DEPTH = 256,                     /* elements inside each other */
	AR_XML_TEXT = 1024 * 1024,              /* bytes of one text or attribute */
	AR_XML_NAMES = 256 * 1024,              /* different paths in a file */
	AR_XML_LEAVES = 1024 * 1024,            /* values of one record and of the elements around it */
	AR_XML_RECORD = 64 * 1024 * 1024,       /* bytes of them */
};

extern const struct ar_syntax ar_syntax_xml;

#endif
