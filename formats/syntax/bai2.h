/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bai2.h - BAI2 cash management reporting (version 2 of the Bank Administration Institute, 2005).
 *
 * Rows: `transaction` for each 16, `message` for each 16 of code 890 (and what the map calls so), `test` for the 16 of a test group,
 * `statement` for each 03 behind its transactions (`statement-test` of a test group), `finding` for totals that do not agree.
 *
 * Names: code amount funds value_date value_time day0 day1 day2 (funds S) availability (funds D: DAYS=AMOUNT, repeated) bank_ref
 * cust_ref text (repeated, one a physical line), and each key of the map's table that a text line begins with (key) or holds
 * (key_inside). A statement has its summary amounts under their codes (010 ...) with NNN.count. Above both: ../account ../currency
 * ../as_of ../as_of_time ../modifier ../group_status ../originator ../sender ../file_id.
 *
 * The decoder's own: .record; .sign credit or debit, the effect on the account by the range of the code; .value the value date, not
 * before the as-of date; .entry the number of the 16 within its 03; ../.occurrence the number of the 03 of this account, as-of date,
 * time and modifier within the file; .incomplete true where the trailers are missing; .warning (repeated).
 *
 * Amounts are given with the point of their currency. The rows of a 03 are held until the record behind its trailer (at most
 * AR_BAI2_HELD bytes, then they go out), so that the last statement of a file that is cut off is marked.
 */
#ifndef AR_FORMATS_BAI2_H
#define AR_FORMATS_BAI2_H

#include "map/syntax.h"

enum { AR_BAI2_HELD = 16 * 1024 * 1024 };

extern const struct ar_syntax ar_syntax_bai2;

#endif
