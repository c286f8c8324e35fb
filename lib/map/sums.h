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

/*
 * Statement records wait for the end of the run: lines, credits, debits and balance_ok come from their bank lines, and
 *
 *   pages      of one statement (same id, other `page`) become one record: opening of the first, closing of the last; complete
 *              if the last page is there and none before it lacks, or if it balances
 *   chain_ok   closing of the statement before = opening of this one, over all statements of an account in the run, ordered by
 *              (period_end, period_start, number, id); absent for the first, and where a balance is not given
 *
 *   control    x_control_entries, x_control_credits and x_control_debits of the statement (what the bank itself counted) are compared
 *            with its booked entries; entries of several lines count once, with their net amount
 *
 * Lines of role money or advice count for their statement; those of role detail only where it has no others (a notification that
 * holds nothing but details), and never where they do not make up their entry.
 */
struct ar_statements;
struct ar_statements *ar_statements_new(void);
void ar_statements_free(struct ar_statements *s);
/* false: it is there already, or united with another page */
bool ar_statements_hold(struct ar_statements *s, const struct ar_rec *statement);
void ar_statements_line(struct ar_statements *s, const struct ar_rec *bank_line);
/* The currency of the lines of a statement that were read so far; AR_CCY_NONE: there are none. */
int ar_statements_currency(const struct ar_statements *s, struct ar_str id);
void ar_statements_close(struct ar_statements *s);       /* before they are taken */
/* What the i-th held statement says of itself and its lines deny, in words; NULL: nothing. mem: for the words. */
const char *ar_statements_differ(const struct ar_statements *s, int i, struct ar_arena *mem);
bool ar_statements_take(struct ar_statements *s, int i, struct ar_rec *out);     /* the i-th held, completed, in its own memory */

#endif
