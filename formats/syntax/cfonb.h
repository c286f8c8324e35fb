/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cfonb.h - CFONB 120, account statements of French banks: 120 columns, records 01 04 05 07.
 *
 * Rows, told apart by .record; row number: first physical line.
 *   entry      a movement 04 with its 05
 *   statement  the balances 01 and 07, behind the movements between them
 *   finding    code, severity, message: records out of place, movements of another account
 *
 * Of an entry: op (interbank code of two) internal_op booked value (yyyy-mm-dd) reject label number exempt unavailable amount (signed,
 * + credit) reference; of its 05 each qualifier under its name (LIB, LIB#2 ...; a blank one is given as 05). Of those with parts also
 * FEE/amount FEE/currency MMO/amount MMO/currency MMO/rate RCN/reference RCN/purpose LCS/reference IPY/id IPY/kind IBE/id IBE/kind.
 * The decoder's own: .entry .incomplete .warning. Above: ../bank ../branch ../account ../currency ../date (of the new balance, else
 * of the old) ../.occurrence; the statement row has the same without the dots, and old_balance old_date new_balance new_date.
 *
 * Amounts carry their sign in the last character, by the overpunch of punched cards ({ A..I = +0..+9, } J..R = -0..-9); a French code
 * page makes e acute and e grave of the braces, and a digit there is taken as positive, with a warning. The number of decimals stands
 * in column 20; blank: those of the currency.
 *
 * AR_DAMAGED at the end of the file: the last statement has no 07, or one began before another had ended.
 */
#ifndef AR_FORMATS_CFONB_H
#define AR_FORMATS_CFONB_H

#include "map/syntax.h"

extern const struct ar_syntax ar_syntax_cfonb;

#endif
