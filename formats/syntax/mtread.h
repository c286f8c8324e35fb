/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mtread.h - the lines of a SWIFT file, and their encoding.
 *
 * A line ends with LF, CR LF, CR, or @@ where the file begins so or writes @@: before its fields. Bytes come as they are stored, but for
 * UTF-16 with a byte order mark; what encoding they are of is decided for a message as a whole.
 */
#ifndef AR_FORMATS_MTREAD_H
#define AR_FORMATS_MTREAD_H

#include "syntax/text.h"

struct ar_mt_read {
	struct ar_decode *d;
	struct ar_text text;            /* UTF-16 only */
	bool wide, begun, end, signs;
	char *buf;
	size_t at, n;
	uint64_t line;                  /* of the line just given, from 1 */
	bool clean;                     /* the line just given: all of it printing ASCII, no quote, no backslash */
};

int ar_mt_read_open(struct ar_mt_read *r, struct ar_decode *d);
/* 1 = a line, good until the next call, AR_MT_SPARE bytes behind it may be read; 0 = the end; -1 = e. *whole: it had its line end. */
int ar_mt_read_line(struct ar_mt_read *r, struct ar_str *line, bool *whole, struct ar_err *e);
void ar_mt_read_close(struct ar_mt_read *r);

bool ar_mt_encoding_known(struct ar_str name);
bool ar_mt_seven_bit(struct ar_str name);               /* din-66003: ASCII bytes are other letters */
/* To UTF-8 in place (memory from mem), unless all are UTF-8 already. name n = 0: windows-1252. Returns whether anything changed. */
int ar_mt_transcode(struct ar_str *line, int n, struct ar_str name, struct ar_arena *mem);
const char *ar_mt_encoding_name(struct ar_str name);

#endif
