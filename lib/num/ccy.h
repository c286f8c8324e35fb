/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ccy.h - our own ISO 4217 table: alphabetic and numeric code, name, minor digits, and for
 * withdrawn codes the date of withdrawal. A currency is passed around as its index in the
 * table (0..ar_ccy_count-1), 16 bits; sorted by code, so that index order is code order.
 * Unknown codes are errors, never two digits by default.
 *
 * State: all 178 codes current on 2026-01-01 (amendment 179, and the lev gone), funds codes
 * included, and those withdrawn since 1993. Digits are ISO's, not those a country's shops
 * use: IQD has 3, HUF 2. Codes for which ISO gives no minor unit (metals, XDR, XSU, XUA,
 * XBA..XBD, XTS, XXX and the old XFO, XFU, XRE) stand with 0 digits. XTS and XXX are known
 * codes like any other; whoever must not meet them has to say so.
 *
 * `ended` is the first day on which a new amount in the currency cannot arise: for those that
 * became euro the end of the transitional period (DEM 2002-01-01) or the adoption (HRK
 * 2023-01-01), not the end of the old notes; else the day of the changeover where the law set
 * a single one, else the day after the month ISO 4217 gives. It is information for findings:
 * an old amount in such a currency is valid.
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
/* Exactly three upper case letters; -1 = unknown. Constant time, no scan. */
int ar_ccy_find(struct ar_str code);
/*
 * By numeric code; -1 = unknown. Numbers are given again: the current currency first (532 = XCG),
 * then the one that ended last (191 = HRK, not HRD).
 */
int ar_ccy_numeric(int numeric);

#endif
