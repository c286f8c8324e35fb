/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ofx.h - OFX 1.x (SGML) and 2.x (XML), QFX, OFC-like: bank and credit card statements as banks really send them.
 *
 * The tokenizer is our own and knows of no DTD: leaf tags may be closed, not closed, self-closed or empty; all may stand on one line;
 * `&` and `<` that begin nothing are text; comments, CDATA and processing instructions are seen through. Header lines are not read:
 * what they say of the encoding is seldom true (feed.h says what is done instead). A tag that may hold others is known by its name;
 * one that is not closed ends where the next of its level begins.
 *
 * Rows, told apart by .record:
 *   entry      one STMTTRN                          pending    one STMTTRNP
 *   statement  one STMTRS or CCSTMTRS, behind its entries
 *   finding    code, severity, message: a sign-on or request that failed, what was left out (investments, loans), no statement
 *
 * Of an entry: the tags below it by path (NAME, PAYEE/NAME, CURRENCY/CURSYM ...), the second of a name as NAME#2. Above: those of the
 * statement as ../CURDEF, ../BANKACCTFROM/ACCTID, ../BANKTRANLIST/DTEND, of the sign-on as ../../FI/ORG; the statement row has the
 * same without and with one ../. Added to what the file says:
 *   TAG/date           the calendar day of a DT tag as written (yyyy-mm-dd); the time and its zone are not asked
 *   TRNAMT/decimal     plain decimal; BALAMT/decimal the same
 *   TRNAMT/currency    CURSYM inside CURRENCY: of the amount; CURDEF/currency of the statement: CURDEF, else what all its entries have, else
 *                      the map's `currency`
 *   FITID/occurrence   which one of account, FITID, day and amount it is within the file, from 1
 *   CURDEF/occurrence  the same of the statement: account and dates
 *   .entry .incomplete .warning (#2 ...)
 *
 * The rows of a statement are held until its end (at most AR_OFX_HELD bytes, then they go out), so that one that is cut off is marked.
 * AR_DAMAGED at the end of the file: it has no </OFX>.
 */
#ifndef AR_FORMATS_OFX_H
#define AR_FORMATS_OFX_H

#include "map/syntax.h"

enum {
	AR_OFX_HELD = 16 * 1024 * 1024,
	AR_OFX_TEXT = 64 * 1024,                /* bytes of a text */
	AR_OFX_TAG = 64,                        /* bytes of a tag's name */
	AR_OFX_FIELDS = 96,                     /* values of an entry, of a statement; more are left out, with a warning */
	AR_OFX_NAMES = 4096,                    /* different names in a file */
};

extern const struct ar_syntax ar_syntax_ofx;

#endif
