/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nacha.h - ACH files by the Nacha rules: records of 94 characters, with or without line ends.
 *
 * Rows: `transaction` for each 6 with its 7s; behind it what x12.h gives, if its addenda hold an 820 or segments of one; `finding`
 * for totals that do not agree.
 *
 * Names: code routing account amount identification name discretionary trace addenda_count; addendum (repeated: columns 4-83 of
 * each 05 and of types without names), of a return return_code original_trace original_routing return_text, of a notification
 * change_code original_trace corrected, of an international entry foreign_amount originator originator_street receiver. Above:
 * ../company ../company_id ../sec ../description ../descriptive_date ../effective_date ../service_class ../odfi ../batch ../origin
 * ../destination ../file_date ../file_time ../file_modifier; for the rows of an 820 also ../trace ../entry ../account.
 *
 * The decoder's own: .record; .sign credit or debit, the effect on the account of columns 13-29 for an entry and on ours for a
 * return, by the transaction code; .entry the number of the entry within its batch, ../.batch that of the batch within its file;
 * .incomplete; .warning.
 *
 * The entries of a batch are held until the record behind its control record, at most AR_NACHA_HELD bytes.
 */
#ifndef AR_FORMATS_NACHA_H
#define AR_FORMATS_NACHA_H

#include "map/syntax.h"

enum { AR_NACHA_HELD = 16 * 1024 * 1024 };

extern const struct ar_syntax ar_syntax_nacha;

#endif
