/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv_header.h - which record of a CSV file is its header, and under which delimiter; so also which maps fit. Files of banks are
 * tables with lines around them, or tables without a header: the map says which (`columns`, `above`, `below`).
 */
#ifndef AR_FORMATS_CSV_HEADER_H
#define AR_FORMATS_CSV_HEADER_H

#include "base/arena.h"
#include "map/syntax.h"

enum {
	AR_CSV_SEARCH = 50,             /* records among which the header must be */
	AR_CSV_SHAPED = 5,              /* without a header: records that must look as the map says */
	AR_CSV_LABELS = 16, AR_CSV_VALUES = 32,         /* lines above and below that a map may name; values of all of them */
};

/* A line outside the table that begins with `text`: names of what follows the text in its cell, if anything does, and of the cells
 * behind. */
struct ar_label {
	struct ar_str text, *name;      /* ../NAME; n = 0: not kept */
	int n;
	bool below;
};

/*
 * The columns that make a record the header: normalised compare, the n-th column of a name counts as NAME#n. Of a file without
 * header (rows): all columns by position, and how the cells of each look.
 */
struct ar_want {
	struct ar_str *name;
	int *nth;
	struct ar_str *like;            /* rows: patterns; p NULL: any text */
	int n, width;                   /* width: cells the header must have; 0 = any number */
	bool rows, loose;               /* loose: a quotation mark inside a cell is text */
	bool one;                       /* rows: one record that fits is enough, not the first ones */
	struct ar_label label[AR_CSV_LABELS];
	int nlabel;
};

/* The map's `header` and, for detection or where there is none, its `detect`. map NULL: nothing is wanted. */
int ar_want_read(struct ar_want *w, struct ar_arena *mem, struct ar_conf_sec *map, bool detect, struct ar_err *e);
/* How many of the wanted columns a record holds; *missing gets the first that it does not, -1: none. */
int ar_want_found(const struct ar_want *w, const struct ar_str *cell, int n, int *missing);
/* The line outside the table that a record is, and its first filled cell; NULL: it is a row. */
const struct ar_label *ar_want_label(const struct ar_want *w, const struct ar_str *cell, int n, int *at);
/* Equal but for capitals and for how many blanks stand between words and at the ends. */
bool ar_csv_same_name(struct ar_str a, struct ar_str b);

/* The delimiters to try: what the map says, or all of them. */
int ar_csv_delims(struct ar_conf_sec *map, const char **out, struct ar_err *e);

struct ar_csv_near { int best, missing; };      /* most wanted columns in one record, and the first that it lacks */
/* The delimiter under which the header is found with most columns; '\0' = under none. near may be NULL. */
char ar_csv_sniff(const struct ar_want *w, struct ar_str head, const char *try, struct ar_csv_near *near);

int ar_csv_detect(struct ar_str head, char *why, size_t cap);
int ar_csv_match(struct ar_peek *p);

#endif
