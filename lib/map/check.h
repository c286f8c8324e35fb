/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check.h - is a map complete for a sample? Feed it the rows of the sample; it tells the columns that the map would lose: read by no
 * line and kept by no `x_* = *` (empty ones and those of enclosing elements, ../, do not count). Columns that the map reads and the sample does not have are told too, but are no fault.
 */
#ifndef AR_MAP_CHECK_H
#define AR_MAP_CHECK_H

#include "map/layout.h"

struct ar_check;
struct ar_check *ar_check_new(const struct ar_map *m);
void ar_check_free(struct ar_check *c);
void ar_check_row(struct ar_check *c, const struct ar_x *x, int n);      /* columns of a raw record */
/* The result in words, a line each; returns the number of columns that would be lost. No row at all counts as one. */
int ar_check_tell(const struct ar_check *c, struct ar_buf *b);

#endif
