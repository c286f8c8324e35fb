/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parts.h - what the closed language cannot say: two small computations over the rows of one record.
 *
 * Settlement. The lines of a payment name debits (invoices) and credits (credit memos), each with an amount; the payment's own money
 * makes up the rest. Credits are used first, in the order of their lines, for the debits in the order of theirs; what is left of the
 * debits the payment settles. Where there is more than one way, every part is marked as split by our rule.
 *
 * Part. An entry (of a bank statement) has an amount, its rows (transactions) have theirs; rows that hold rows of their own count
 * once. If the rows add up to the entry, each row is a movement; a row whose direction is not the entry's counts negative, if only
 * so they add up. If they lack just the charges, each row is one and the difference another. A single row that says something
 * else, or nothing, is told with the amount of the entry. Rows that do not add up are told as details, beside the entry as the
 * money; all of them get a warning. Several rows without any amount are told as the entry alone.
 */
#ifndef AR_MAP_PARTS_H
#define AR_MAP_PARTS_H

#include "map/row.h"

struct ar_piece {
	int row, nrow;           /* the rows it is made of: the first, and how many */
	int credit;              /* settlement: the row of the credit; -1: the payment itself */
	int64_t amount;
	bool allocated;
	const char *role, *kind, *warning;       /* part; its number within the entry: 0 = the entry beside details */
	uint64_t tx;
};

/* Both: the pieces, in mem; their count, or -1 (c->err). rows: n of them; c->row is used to look at them. */
int ar_parts_settle(const struct ar_emit *em, struct ar_xctx *c, const struct ar_rowview *rows, int n, int ccy,
                    struct ar_piece **out);
int ar_parts_entry(const struct ar_emit *em, struct ar_xctx *c, const struct ar_rowview *rows, int n, int *ccy,
                   struct ar_piece **out);

#endif
