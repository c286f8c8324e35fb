/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * syntax.h - what a decoder implements. A decoder turns the bytes of one wire syntax into rows of named raw values and nothing
 * else: one row per innermost repeated element, header values repeated. Meaning (which column is the due date) is the map's.
 *
 * Names: as in the source; the second column of a name is NAME#2, a nameless one #k (k = column from 1). Nested sources: path
 * below the record, parts joined by '/' (JSON Pointer escapes ~0 ~1), array elements by index from 0 (JSON) or #2, #3 for repeats (XML),
 * attributes ELEMENT@ATTR; a value of an enclosing element that is not part of the record: ../NAME, ../../NAME. Names that begin with '.' are the decoder's own:
 *   .record    which of several kinds of record this is (the name given in the map's `record` line)
 *   .totals    a subtotal or total row of the report: its label; such rows carry the report's own totals
 *   .preamble  a line before the header ("As of Jul 25, 2026")
 *   .group     label of the group the row stands in
 * so a source name that begins with '.' or equals one of raw's own fields gets one '.' in front. The sink does this escaping.
 */
#ifndef AR_MAP_SYNTAX_H
#define AR_MAP_SYNTAX_H

#include "base/conf.h"
#include "base/err.h"
#include "base/in.h"

struct ar_row {
	uint64_t row;            /* physical record: line for line formats (first physical line), else record number, from 1 */
	uint32_t sub;            /* n-th row of that record from 1; 0 = the only one */
	bool last;               /* final row of that record */
	int n;
	const struct ar_str *name, *value;     /* UTF-8; value n = 0: present but empty */
	bool same_names;         /* name is the same array with the same contents as in the last call: the sink may reuse its work */
};

/* Where rows go. Both return 0, or -1 to stop decoding (the decoder returns -1 at once). */
struct ar_sink {
	int (*row)(struct ar_sink *s, const struct ar_row *row);
	/* a record that cannot be a row: e says why (code, text, field, advice), raw is its text; decoding goes on */
	int (*reject)(struct ar_sink *s, uint64_t row, struct ar_str raw, const struct ar_err *e);
};

struct ar_decode {
	struct ar_in *in;                /* bytes, gzip already seen through */
	const struct ar_conf_sec *map;   /* the [map] section: the decoder reads its own keys (delimiter, header, record, rows, encoding ...); NULL: none */
	struct ar_sink *sink;
	struct ar_err *err;
};

struct ar_syntax {
	const char *name, *summary;
	const char *keys;                /* words for documents: which [map] keys it reads and what they mean */
	/* How likely is this syntax, from the first bytes (at most 64 KiB, BOM still there)? 0 no .. 100 sure; why: a few words */
	int (*detect)(struct ar_str head, char *why, size_t cap);
	/* 0: read to the true end. -1: err (AR_DAMAGED ...): rows already given are provisional */
	int (*decode)(struct ar_decode *d);
};

extern const struct ar_syntax *const ar_syntaxes[];      /* formats/syntax/registry.c; NULL at the end */

#endif
