/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv_header.h - which record of a CSV file is its header, and under which delimiter; so also which maps fit.
 */
#ifndef AR_FORMATS_CSV_HEADER_H
#define AR_FORMATS_CSV_HEADER_H

#include "base/arena.h"
#include "map/syntax.h"

enum { AR_CSV_SEARCH = 50 };            /* records among which the header must be */

/* The columns that make a record the header: normalised compare, the n-th column of a name counts as NAME#n. */
struct ar_want {
	struct ar_str *name;
	int *nth;
	int n;
};

/* The map's `header` and, for detection or where there is none, its `detect`. map NULL: nothing is wanted. */
int ar_want_read(struct ar_want *w, struct ar_arena *mem, struct ar_conf_sec *map, bool detect, struct ar_err *e);
/* How many of the wanted columns a record holds; *missing gets the first that it does not, -1: none. */
int ar_want_found(const struct ar_want *w, const struct ar_str *cell, int n, int *missing);

/* The delimiters to try: what the map says, or all of them. */
int ar_csv_delims(struct ar_conf_sec *map, const char **out, struct ar_err *e);

struct ar_csv_near { int best, missing; };      /* most wanted columns in one record, and the first that it lacks */
/* The delimiter under which the header is found with most columns; '\0' = under none. near may be NULL. */
char ar_csv_sniff(const struct ar_want *w, struct ar_str head, const char *try, struct ar_csv_near *near);

int ar_csv_detect(struct ar_str head, char *why, size_t cap);
int ar_csv_match(struct ar_peek *p);

#endif
