/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * columns.h - what the decoders of bank files in fixed columns share (CODA, CFONB 120, AEB 43), on top of feed.h.
 *
 * The lines of a statement are held until its last record is there, so that its rows can say what stands at its end and whether it
 * has one; beyond AR_COLS_HELD bytes they go out at the next movement. Columns are counted from 1 and in characters; a line that is
 * shorter than its record, because blanks at its end were cut, has blanks there.
 */
#ifndef AR_FORMATS_COLUMNS_H
#define AR_FORMATS_COLUMNS_H

#include "base/hash.h"
#include "map/seen.h"
#include "syntax/feed.h"

enum { AR_COLS_HELD = 16 * 1024 * 1024, AR_COLS_LINE = 4096, AR_COLS_WIDE = 160 };

struct ar_cols_line { size_t at; uint32_t n; int16_t kind; bool wide; uint64_t line; };

struct ar_cols {
	struct ar_feed feed;
	struct ar_rowbuf row;
	struct ar_buf bytes, said;
	struct ar_cols_line *line;       /* held */
	uint32_t n, cap;
	struct ar_occur occur;
	bool torn;                       /* a statement began before the one before it had ended */
	uint32_t wide;                   /* plus 1: the held line with other than ASCII that was looked at last, */
	uint16_t place[AR_COLS_WIDE + 1];        /* and where its characters begin */
};

/* A whole decoding: every line goes to line(), then at_end() is called; c is released. x goes to both. 0, or -1 with d->err. */
int ar_cols_run(struct ar_cols *c, struct ar_decode *d, int (*line)(void *x, struct ar_str), int (*at_end)(void *x), void *x);
void ar_cols_hold(struct ar_cols *c, int kind, struct ar_str line);
void ar_cols_drop(struct ar_cols *c);                    /* nothing is held any more */
/* Columns from..to of the i-th held line, with their blanks; good until the next ar_cols_hold. */
struct ar_str ar_cols_raw(struct ar_cols *c, uint32_t i, int from, int to);
/* The same without blanks at either end. */
struct ar_str ar_cols_text(struct ar_cols *c, uint32_t i, int from, int to);
/* Columns of a line that is not held. */
struct ar_str ar_cols_of(struct ar_str line, int from, int to);

/*
 * Six digits to yyyy-mm-dd: order "dmy" or "ymd". 1: a day; 2: past the end of its month, taken as the last; 0: none; -1: blank or all
 * zeros, which says nothing.
 */
int ar_cols_day(struct ar_str s, const char *order, char iso[11]);
/* The day under a name into the row, or a warning that names it; nothing for a blank. */
void ar_cols_put_day(struct ar_cols *c, struct ar_str name, struct ar_str s, const char *order);
/*
 * Unsigned digits with implied decimals, turned negative if neg, into the row: plain decimal. false: no number of so many digits (a
 * line that was cut off must not give a smaller one); a warning is put.
 */
bool ar_cols_put_amount(struct ar_cols *c, struct ar_str name, struct ar_str digits, size_t width, int decimals, bool neg, int64_t *minor);
/* A row of the kind finding, of what was put together in c->said. */
int ar_cols_finding(struct ar_cols *c, uint64_t line, const char *code, const char *severity);
/* The finding record_out_of_place, about the line taken last. */
int ar_cols_stray(struct ar_cols *c, const char *what);
/* 1, 2, ... for what was put together in c->said: the number of this statement among those that look the same. */
uint32_t ar_cols_occurrence(struct ar_cols *c);
/* The next line, blanks at its end kept; longer than AR_COLS_LINE: cut there. 1, 0, -1 */
int ar_cols_next(struct ar_cols *c, struct ar_str *line);

#define AR_COLS_KEYS "detect = any\n" \
	"encoding = windows-1252, iso-8859-1, iso-8859-15 (default: byte order mark, else UTF-8, bytes that are not being " \
	"read as windows-1252)"

/* For detection: calls is() with each line of the first bytes until it says true. */
bool ar_cols_search(struct ar_str head, bool (*is)(struct ar_str line));
int ar_cols_detect(struct ar_str head, bool (*is)(struct ar_str line), const char *what, char *why, size_t cap);
/* detect = any; -1: it says something else */
int ar_cols_match(struct ar_peek *p, const char *what);

#endif
