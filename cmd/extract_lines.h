/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * extract_lines.h - the part of ar-extract that turns rows into lines of the stream: one raw record for each row of a decoder.
 *
 * This is where most of the time of an extraction goes, for a line has many times the bytes of its row. So what comes again is kept as
 * text: the beginning and the end of a line, keys that stay the same (same_names), what stands above the rows until it changes; keys
 * that stand ready in memory (framed) are copied as they are, and a value is looked at for what must be escaped while it is copied.
 */
#ifndef AR_CMD_EXTRACT_LINES_H
#define AR_CMD_EXTRACT_LINES_H

#include "map/check.h"
#include "map/syntax.h"
#include "rec/tool.h"

struct lines {
	struct ar_sink sink;            /* what the decoder gets */
	struct ar_io *io;
	const char *input;
	struct ar_buf begin, end;       /* {"type":"raw","map":"...","row":   and   ,"src":"invoices.csv: */
	struct ar_buf keys;             /* ,"NAME":" for each column of the last names */
	size_t *key_end;
	int nkeys, keys_cap;
	struct ar_buf above;            /* the text of row->above_..., and the end behind it */
	size_t *above_end;              /* where each of them ends in it */
	int nabove, above_cap;
	uint64_t above_id;
	uint64_t number;                /* of the last row, and how it is written */
	char text[48];
	size_t digits;
	uint64_t rows, rejects;
	struct ar_check *check;         /* --check: nothing is written, but the columns are looked at */
};

/* input, map: names as they stand in the lines. input must live as long as l. */
void lines_init(struct lines *l, struct ar_io *io, const char *input, const char *map);
void lines_release(struct lines *l);

#endif
