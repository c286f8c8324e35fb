/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json.h - limits of the JSON decoder. */
#ifndef AR_FORMATS_JSON_H
#define AR_FORMATS_JSON_H

#include "map/syntax.h"

#define AR_JSON_BYTES ((size_t)1 << 30)         /* of a document */

extern const struct ar_syntax ar_syntax_json;

#endif
