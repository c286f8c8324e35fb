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
 *   .preamble  a line outside the table: before the header ("As of Jul 25, 2026") or a footer below the rows
 *   .group     label of the group the row stands in
 *   .outer     where rows hold rows: number of the row that this one lies in, within the record, from 1
 * so a source name that begins with '.' gets one '.' in front from the decoder, and one that equals a field of raw's own gets it
 * from the sink.
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
	bool plain;              /* no value holds a quote, a backslash or a control byte, and 16 bytes behind each may be read */
	bool padded;             /* 16 bytes behind each value may be read; what the values hold is not known */
	bool plain_names;        /* as plain, of the names */
	bool framed;             /* padded and plain names, those above too, each of which stands within ,"NAME":" in memory; 32 bytes from that comma on may be read */
	/* what the elements around the record say (../NAME), to be written behind the row's own values */
	int nabove;
	const struct ar_str *above_name, *above_value;
	uint64_t above;          /* another number than in the last call whenever these are others: the sink may reuse its work */
	int above_same;          /* so many of the first are what they were in the last call, whatever `above` says; 0: not known */
};

/* Where rows go. Both return 0, or -1 to stop decoding (the decoder returns -1 at once). */
struct ar_sink {
	int (*row)(struct ar_sink *s, const struct ar_row *row);
	/* a record that cannot be a row: e says why (code, text, field, advice), raw is its text; decoding goes on */
	int (*reject)(struct ar_sink *s, uint64_t row, struct ar_str raw, const struct ar_err *e);
};

struct ar_decode {
	struct ar_in *in;                /* bytes, gzip already seen through */
	struct ar_conf_sec *map;         /* the [map] section: the decoder reads its own keys (delimiter, header, record, encoding ...); NULL: none */
	const char *encoding;            /* said by the user, before what the map says; NULL: nothing said */
	struct ar_sink *sink;
	struct ar_err *err;
	uint64_t groups;                 /* out: rows that only label the rows below them (.group), which are not given */
};

/* Whether a map is for a file: only the beginning of the file is looked at. */
struct ar_peek {
	struct ar_conf_sec *map;         /* its `detect` and the decoder's own keys */
	struct ar_str head;              /* the first bytes, at most 64 KiB */
	const char *encoding;            /* as in struct ar_decode */
	char *why;                       /* out: what was found, or what is missing; AR_WHY bytes */
	struct ar_err *err;
};
enum { AR_WHY = 256, AR_PEEK = 64 * 1024 };

struct ar_syntax {
	const char *name, *summary;
	const char *keys;                /* words for documents: which [map] keys it reads and what they mean */
	/* How likely is this syntax, from the first bytes (at most 64 KiB, BOM still there)? 0 no .. 100 sure; why: a few words */
	int (*detect)(struct ar_str head, char *why, size_t cap);
	/* Is the map's `detect` true of the file? 1 yes, 0 no, -1 err: the map is wrong */
	int (*match)(struct ar_peek *p);
	/* 0: read to the true end. -1: err (AR_DAMAGED ...): rows already given are provisional */
	int (*decode)(struct ar_decode *d);
};

extern const struct ar_syntax *const ar_syntaxes[];      /* formats/syntax/registry.c; NULL at the end */

#endif
