/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lockbox.h - BAI lockbox files: records 1 2 5 6 4 7 8 9 in fixed columns, of which each bank fills those behind the cheque its own
 * way. The layout stands in the map:
 *
 *     field = 6 amount     8-17  amount        # cents; `amount 3` has three implied decimals
 *     field = 6 check      37-46 number        # leading zeros are no part of it
 *     field = 6 check_date 47-52 date mmddyy
 *     field = 4 invoice    12-26               # text, without the blanks around it
 *     field = 4 invoice#2  37-51               # a second invoice in one record
 *
 * Rows: `cheque` for each 6 with its 4s; `invoice` for each 4, and for each #k of it, that has an `invoice`; `remittance` for a
 * cheque with such; `deposit` for each 5, behind its cheques; `finding` for totals that do not agree and items out of order.
 *
 * Names: of a cheque the fields of its 6, and those of its 4s behind them (memo, memo#2 ..., invoice ...). Of an invoice the fields of
 * its 4. Above: the fields of 1, 2 and 5 as ../NAME, and for invoice and remittance those of the 6.
 *
 * The decoder's own: .record; .batch and .item (columns 2-4 and 5-7), .entry the number of the cheque within its lockbox header,
 * ../.header that of the header within the file; .line of an invoice within its cheque, .net its amount (the cheque's, if the only
 * invoice of a cheque has none), .amount of the cheque; .incomplete; .warning.
 */
#ifndef AR_FORMATS_LOCKBOX_H
#define AR_FORMATS_LOCKBOX_H

#include "map/syntax.h"

enum { AR_LOCKBOX_FIELDS = 120, AR_LOCKBOX_HELD = 16 * 1024 * 1024 };

extern const struct ar_syntax ar_syntax_lockbox;

#endif
