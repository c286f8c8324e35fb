/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines.h - one input of record lines, read in blocks, each line parsed and validated against the schema (the `record`
 * profile of JSON: one flat object a line; values are strings, integers, booleans or arrays of strings).
 *
 * A line that is not such a record is refused on its own: it never swallows its neighbours, and whether the stream was damaged
 * is decided by the checksum (stream.h). Keys may come in any order and with white space between tokens; r->canonical
 * tells whether the line is exactly what the writer would have written, so that it may be copied as it is.
 *
 * Limits: a line has at most AR_LINE_MAX bytes. Memory is constant (block + the longest line).
 */
#ifndef AR_REC_LINES_H
#define AR_REC_LINES_H

#include "base/hash.h"
#include "base/in.h"
#include "rec/rec.h"

#define AR_LINE_MAX (4u << 20)
#define AR_X_MAX 4096           /* custom fields of one record, or names of a raw row */

struct ar_lines;

struct ar_lines *ar_lines_new(struct ar_in *in);       /* does not own in */
void ar_lines_free(struct ar_lines *l);

/* 1: *r is the next record. 2: a line was refused; *e says why, r->line and r->len are the line. 0: end of input.
 * -1: the input cannot be read on (*e). r's arena is reset first; r points into the block until the next call. */
int ar_lines_next(struct ar_lines *l, struct ar_rec *r, struct ar_err *e);

/* Checksum of the bytes from the start of the line just returned; and up to `at` within the line just returned. */
void ar_lines_sum_from_here(struct ar_lines *l);
void ar_lines_sum_upto(struct ar_lines *l, const char *at, char hex[33]);

uint64_t ar_lines_number(const struct ar_lines *l);    /* of the line just returned, from 1 */

struct ar_lines *ar_lines_new_mem(const char *p, size_t n);     /* lines held in memory (copied): tests, small uses */

#endif
