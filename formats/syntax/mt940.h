/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mt940.h - SWIFT MT940 (statement) and MT942 (intraday report), as banks really send them.
 *
 * Rows, told apart by .record:
 *   entry       one :61: with its :86: and :NS:; first physical line of the :61: as row number
 *   statement   one statement: all sheets of it, after their entries; first line of its first message as row number
 *
 * Of both: 20 21 25 28C (as in the message), 25/account (first line, blanks off), 25/bank (BIC or bank code before the '/'), and
 *   statement   identity: account:number:date, number without the sheet, date of the opening balance (MT942: of :13D: with its
 *               time); ~2 ~3 behind it if the file has another statement of the same identity with other balances
 *   number currency message (940, 942) encoding (where it is not UTF-8)
 *   .warning, .warning#2 ...   what was strange and how it was taken, in words
 * Of an entry:
 *   .entry      ordinal within the statement, over all sheets
 *   .incomplete true where the message lacks its closing balance or its end
 *   61/value_date 61/entry_date (yyyy-mm-dd) 61/mark (C D RC RD EC ED) 61/funds 61/amount (plain decimal, without sign) 61/type
 *   61/customer_ref 61/bank_ref 61/supplementary (#2 ...; 61/codes where it begins with '/') 61/OCMT 61/OCMT/currency 61/CHGS
 *   61/CHGS/currency 61/EXCH
 *   61/account 61/name (Rabobank, ASN: account and name in place of a reference or behind it)
 *   61/line (#2 ...) its lines as sent
 *   86/...      see mt86.h
 *   NS/01 ...   subfields of :NS:; NS/text lines of 01-14, NS/name 15 and 16 joined
 * Of a statement:
 *   60/date 60/amount (with sign) and the same of 62, 64, 65 (#2 ...); 62 (its tag: 62F or 62M); period_end; complete
 *   34F 13D 90D 90C as sent; 86, 86#2 ...: lines of a :86: that belongs to the statement
 *
 * Amounts lose the comma, never a digit: 300, is 300; ,02 is 0.02; 1.234,5 is 1234.5. Tags are known tags at the start of a line;
 * '-' ends a message only alone on its line. Bytes that are not UTF-8 are read as the encoding that user or map say (windows-1252,
 * cp850, iso-8859-1, iso-8859-15), without one as windows-1252; din-66003 is only ever said, since it looks like ASCII.
 *
 * AR_DAMAGED at the end of the file, after its rows: the last message has no end (no closing balance, or an open {4: block, or no
 * '-' where those before it have one).
 */
#ifndef AR_FORMATS_MT940_H
#define AR_FORMATS_MT940_H

#include "map/syntax.h"

enum {
	AR_MT_LINE = 64 * 1024,                 /* bytes of a line */
	AR_MT_MESSAGE = 64 * 1024 * 1024,       /* bytes of a message */
	AR_MT_OPEN = 64,                        /* statements that wait for their next sheet */
};

extern const struct ar_syntax ar_syntax_mt940;

#endif
