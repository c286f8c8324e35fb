/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report.h - what people look at, made from records: which fields of which types stand in which columns, what is summed. No I/O.
 *
 * Feed every record of a stream (those of other types are passed over), then ask for the text or for CSV. The whole is composed in memory, since
 * nothing may be shown of a stream that turns out to be cut off. Rows are sorted by their columns, so the order of the input does not
 * show. Amounts of different currencies are never added.
 *
 * Texts come from strangers: bank accounts are shown as country and last four characters, digits that could be the number of a
 * payment card by their last four.
 */
#ifndef AR_AR_REPORT_H
#define AR_AR_REPORT_H

#include "rec/rec.h"

/* name, title, what it shows */
#define AR_REPORTS(X) \
	X(aging, "Aging of receivables", "open amounts by bucket: totals by currency first, then by entity, customer and currency") \
	X(statements, "Bank statements", "statements with balances and checks, findings, lines, remittances and the documents they name; CSV has the lines") \
	X(matches, "Cash application", "proposals who paid what: sums by decision, then every line") \
	X(cash, "Cash forecast", "money expected by period and currency, with its range, and what came where that is known") \
	X(forecasts, "When items will be paid", "open items by the day they are expected, with probabilities and reasons") \
	X(notices, "Reminders", "notices: sums by level, then each; highest level first") \
	X(postings, "Postings", "lines of postings: sums by state and kind, then each") \
	X(rejects, "Refused records", "what was refused: counts by reason, then each with its place") \
	X(kpis, "Key figures", "key figures with their formulas")

struct ar_report;
struct ar_report *ar_report_new(struct ar_str name);    /* NULL: no such report */
void ar_report_free(struct ar_report *r);
const char *ar_report_title(const struct ar_report *r);
/* 1: taken, 0: of no type that the report shows, -1: a sum is too large (e). */
int ar_report_add(struct ar_report *r, const struct ar_rec *rec, struct ar_err *e);
/* After the last record. A sentence if something in them does not fit together, else NULL. */
const char *ar_report_close(struct ar_report *r);
void ar_report_text(struct ar_report *r, size_t rows, bool brief, bool color, struct ar_buf *b);
void ar_report_csv(struct ar_report *r, bool sheet, struct ar_buf *b);

struct ar_str ar_mask_account(struct ar_arena *mem, struct ar_str account);
struct ar_str ar_mask_cards(struct ar_arena *mem, struct ar_str text);

#endif
