/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sums.h - sums over an export: the report's own totals compared with ours, and the movements of bank statements compared with
 * their balances.
 */
#ifndef AR_MAP_SUMS_H
#define AR_MAP_SUMS_H

#include "map/layout.h"

struct ar_sums;
struct ar_sums *ar_sums_new(const struct ar_map *m);
void ar_sums_free(struct ar_sums *s);
/* Count a row. true: it is a totals row (not data). A row of a group adds to its group and to the whole. */
bool ar_sums_row(struct ar_sums *s, const struct ar_rowview *v);
/* The i-th difference between a totals row and our sums, in words. */
bool ar_sums_differ(const struct ar_sums *s, int i, struct ar_arena *mem, struct ar_str *text);
/* The report's own totals as "label column=value" into the extract record. */
void ar_sums_totals(const struct ar_sums *s, struct ar_rec *extract);

/* Statement records wait for the end of the export: lines, credits, debits and balance_ok come from their bank lines. */
struct ar_statements;
struct ar_statements *ar_statements_new(void);
void ar_statements_free(struct ar_statements *s);
void ar_statements_hold(struct ar_statements *s, const struct ar_rec *statement);
void ar_statements_line(struct ar_statements *s, const struct ar_rec *bank_line);
bool ar_statements_take(struct ar_statements *s, int i, struct ar_rec *out);     /* the i-th held, completed */

#endif
