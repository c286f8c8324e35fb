/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ccy.h - our own ISO 4217 table: alphabetic and numeric code, name, minor digits, and for withdrawn codes the date
 * of withdrawal. A currency is passed around as its index in the table (0..ar_ccy_count-1), 16 bits; sorted by code, so that
 * index order is code order. Unknown codes are errors, never two digits by default.
 */
#ifndef AR_NUM_CCY_H
#define AR_NUM_CCY_H

#include "base/str.h"
#include "num/date.h"

struct ar_ccy {
	char code[4];
	uint16_t numeric;       /* 978; 0 = none */
	uint8_t digits;         /* minor digits 0..4 */
	ar_date ended;          /* first day no longer valid; AR_DATE_NONE = current */
	const char *name;
};

extern const struct ar_ccy ar_ccy[];
extern const int ar_ccy_count;

#define AR_CCY_NONE (-1)
int ar_ccy_find(struct ar_str code);       /* exactly three upper case letters; -1 = unknown. Constant time, no scan */
int ar_ccy_numeric(int numeric);           /* by numeric code, current ones first; -1 = unknown */

#endif
