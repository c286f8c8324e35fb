/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coda.h - CODA, coded statements of account of Belgian banks: 128 columns, versions 1 and 2 (Febelfin 2.6).
 *
 * Rows, told apart by .record; row number: first physical line.
 *   entry      a movement (2.1 with its 2.2, 2.3, 3.x) that is money
 *   detail     one that is told beside the money: a detail that does not add up with its total
 *   total      a booking that its details explain, or a subtotal of them: no money of its own
 *   statement  records 0, 1, 8, 9 and the messages 4, behind its movements
 *   finding    code, severity, message: totals that do not agree, a duplicate, what could not be read
 *
 * All movements of one sequence number are one booking: detail 0000 and its details. Where the details (types 5 to 8; those of type 9 in
 * place of their 7) add up to it, they are the entries: a customer's amount and the fee taken off it are told apart. Else the total is
 * the entry, with the warning batch_mismatch.
 *
 * Of a movement: sequence detail bank_ref amount (signed, + credit) value_date entry_date (yyyy-mm-dd) code (8 digits) globalisation,
 * text (#2, #3: the three pieces as sent, blanks at their ends cut) or structured (its type) and
 *   100 rf   101 102 ogm   103 number   124 card   105 gross original original_currency rate   107 127 mandate creditor dd_type
 *   dd_paid dd_text; every other kind as text
 * customer_ref bic r_type r_reason purpose account account_currency name; of 3.x info (#2 ...), of its structure 001 party/name
 * party/address party/town; total/amount total/bank_ref total/text of the booking that a detail belongs to.
 * The decoder's own: .entry number of the booking within the statement (sequence numbers begin again after 9999), .incomplete,
 * .warning. Above: ../account ../currency ../number ../date (of the new balance, else of the old) ../bank ../duplicate ../.occurrence
 * ../application; the statement row has the same without the dots before, and old_balance old_date new_balance new_date holder
 * description message (#2 ...).
 *
 * AR_DAMAGED at the end of the file: the last statement has no 8 and 9 record, or one began before another had ended.
 */
#ifndef AR_FORMATS_CODA_H
#define AR_FORMATS_CODA_H

#include "map/syntax.h"

extern const struct ar_syntax ar_syntax_coda;

#endif
