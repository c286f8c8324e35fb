/* SPDX-License-Identifier: GPL-3.0-or-later */
/* read.h - amounts, days and moments as people and systems write them. */
#ifndef AR_MAP_READ_H
#define AR_MAP_READ_H

#include "base/arena.h"
#include "num/date.h"

/* A decimal as people write it: thousands separated by ',' ' ' ' (eu: '.' ' ' '), (12.00), 12.00-, currency signs, CR and DR, to a
 * plain decimal in mem. false: it is none. Blank gives n = 0. */
bool ar_read_decimal(struct ar_arena *mem, struct ar_str s, bool eu, struct ar_str *out);
/* The same for what nearly all amounts are, 1,234.50 with all the decimals of its currency: straight to minor units. false: look at it with
 * ar_read_decimal. */
bool ar_read_quick(struct ar_str s, bool eu, int digits, int64_t *out);
/* yyyy-mm-dd, also in front of a time: the day as written, whose zone is not asked. */
bool ar_read_day(struct ar_str s, ar_date *d);
/* "mm/dd/yyyy h:mm am" and the like to seconds; `zone`: offset for times that say none. */
bool ar_read_time(struct ar_str s, const char *format, int32_t zone, int64_t *out);
bool ar_read_time_format_ok(const char *format);
bool ar_read_offset(struct ar_str s, int32_t *out);     /* "+01:00" "-08:00" "Z" */

#endif
