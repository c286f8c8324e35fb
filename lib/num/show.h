/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * show.h - amounts and dates as people of a language write them, for letters and reports. Record
 * streams never use it: they have one form for everybody (money.h, date.h).
 *
 *            amount        date
 *   en       1,234.50      2026-10-30
 *   de       1.234,50      30.10.2026
 *   fr       1 234,50      30/10/2026     (a no-break space, U+00A0)
 *
 * No locale is asked: the three are a table here. Groups are of three digits, from four digits on.
 */
#ifndef AR_NUM_SHOW_H
#define AR_NUM_SHOW_H

#include "base/buf.h"
#include "base/str.h"
#include "num/date.h"

enum ar_lang { AR_LANG_EN, AR_LANG_DE, AR_LANG_FR, AR_LANG_COUNT };

/* By the first part of a BCP 47 tag, any case: "de", "de-AT", "DE_ch". -1 = none of ours. */
int ar_lang_find(struct ar_str tag);
const char *ar_lang_name(enum ar_lang l);               /* "en" */

/* `digits` is the count of minor digits, 0..4 for currencies (ccy.h). Both append UTF-8. */
void ar_show_money(struct ar_buf *b, int64_t minor, int digits, enum ar_lang l);
void ar_show_date(struct ar_buf *b, ar_date d, enum ar_lang l);      /* AR_DATE_NONE: nothing */

#endif
