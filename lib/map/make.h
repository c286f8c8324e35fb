/* SPDX-License-Identifier: GPL-3.0-or-later */
/* make.h - one record from one row by one [emit] section. */
#ifndef AR_MAP_MAKE_H
#define AR_MAP_MAKE_H

#include "map/row.h"

/* Do the section's conditions hold? */
bool ar_make_wanted(const struct ar_emit *em, const struct ar_xctx *c);
/*
 * Fill c->out (already initialised). -1: c->err says why the row cannot be such a record. An application without a key of its own
 * has the id "-", which whoever counts occurrences replaces.
 */
int ar_make(const struct ar_emit *em, struct ar_xctx *c);
/* The amount that a source holds, in minor units of ccy, read by `step` or as a plain decimal. 1 = there, 0 = empty, -1 = error. */
int ar_make_amount(struct ar_xctx *c, const struct ar_mapsrc *s, int ccy, int64_t *out);
/* The same of all places of a pattern together. */
int ar_make_sum(struct ar_xctx *c, const struct ar_mapsrc *s, int ccy, ar_wide *out);

#endif
