/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csv.h - limits of the CSV decoder. */
#ifndef AR_FORMATS_CSV_H
#define AR_FORMATS_CSV_H

#include "map/syntax.h"

enum {
	AR_CSV_FIELD = 64 * 1024,       /* bytes of a cell */
	AR_CSV_RECORD = 1024 * 1024,    /* bytes of a record */
	AR_CSV_FIELDS = 1024,           /* cells of a record */
	AR_CSV_GROUPS = 16,             /* labels of a report inside each other */
};

extern const struct ar_syntax ar_syntax_csv;

#endif
