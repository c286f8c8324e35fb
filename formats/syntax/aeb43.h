/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * aeb43.h - AEB 43 (Norma 43, N43), account statements of Spanish banks: 80 columns, records 11 22 23 24 33 88.
 *
 * Rows, told apart by .record; row number: first physical line.
 *   entry      a movement 22 with its 23 and 24
 *   statement  header 11 and totals 33, behind the movements between them
 *   finding    code, severity, message: totals that do not agree, records out of place
 *
 * Of an entry: branch operation value (yyyy-mm-dd) concept (common, two digits) own_concept amount (signed, + credit) document
 * reference1 reference2; text (#2 ... #10: each 23 has two of 38); foreign_currency foreign_amount of a 24. The decoder's own: .entry
 * .incomplete .warning. Above: ../bank ../branch ../account ../currency (number of ISO 4217) ../start ../end ../.occurrence; the
 * statement row has the same without the dots, and opening closing mode name.
 *
 * Amounts have two decimals, whatever the currency; 1 is debit, 2 credit.
 *
 * AR_DAMAGED at the end of the file: the last account has no 33, one began before another had ended, or there is no 88.
 */
#ifndef AR_FORMATS_AEB43_H
#define AR_FORMATS_AEB43_H

#include "map/syntax.h"

extern const struct ar_syntax ar_syntax_aeb43;

#endif
