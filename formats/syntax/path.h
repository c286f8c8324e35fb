/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * path.h - which elements of a nested document are records, as a map says it:
 *
 *     record = [NAME:] PATH [rows PATH [rows PATH]]
 *
 * PATH goes from the root by member or element names parted by '/' (in JSON `.` is the root itself). The PATH after `rows`
 * starts at the record: each element there gives a row of its own, in which the record's other values are repeated. Rows may hold
 * rows in their turn (XML only): the second PATH starts at the row, and a row that holds some becomes as many.
 */
#ifndef AR_FORMATS_PATH_H
#define AR_FORMATS_PATH_H

#include "map/syntax.h"

enum { AR_PATH_STEPS = 16, AR_PATHS = 16 };

struct ar_path {
	struct ar_str name;                     /* n = 0: none */
	struct ar_str step[AR_PATH_STEPS], row[AR_PATH_STEPS], inner[AR_PATH_STEPS];
	int n, nrow, ninner;
	uint32_t line;                          /* of the map */
};

/* All of a map. Returns their count (at least 1), or -1 and e. */
int ar_paths_read(struct ar_path out[AR_PATHS], struct ar_conf_sec *map, struct ar_err *e);
/* The steps of one path; -1: too many, or an empty step. */
int ar_path_split(struct ar_str text, struct ar_str step[AR_PATH_STEPS]);
/* Are the first n steps of both the same? */
bool ar_path_same(const struct ar_path *a, const struct ar_path *b, int n);

#endif
