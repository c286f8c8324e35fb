/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mt86.h - what stands in :86:, the field for which every country has a structure of its own, and the row that both files fill.
 *
 *   86/kind     zka, codewords, mbank, abn, text
 *   86/text     (#2 ...) the remittance: lines as sent, only that part of a structured field that is for the receiver
 *   86/line     (#2 ...) the whole field as sent, where 86/text is less than that
 * zka: 86/gvc and 86/00 .. 86/79 (subfields), 86/name (32 and 33), and of the text in 20-29 and 60-63 the SEPA keys: 86/EREF KREF MREF CRED
 *   DEBT SVWZ ABWA ABWE IBAN BIC COAM OAMT PURP DDAT SQTP ORCR ORMR RTRN
 * code words: 86/WORD for each of the table in mt86.c; 86/CNTP/account bic name city, 86/ORDP/NAME, 86/BENM/NAME, 86/ULTC/name id,
 *   86/REMI/ref and 86/REMI/issuer for a structured one
 * mbank: 86/ID IPH, 86/Z RACH., 86/OD, 86/TYT., 86/TNR
 * abn and Dutch free text: 86/account 86/name 86/payment_ref
 * any: 86/OGM, the 12 digits of a Belgian structured communication
 */
#ifndef AR_FORMATS_MT86_H
#define AR_FORMATS_MT86_H

#include "base/arena.h"

enum { AR_MT_SPARE = 16 };               /* bytes that may be read behind every name and value */

struct ar_mt_name { const char *base; uint32_t nth, count; uint64_t stamp; struct ar_str name; };

/* A row in the making. A base name is a static string; the second value of it becomes NAME#2. */
struct ar_mt_row {
	struct ar_arena *mem;            /* of values */
	struct ar_arena names;           /* of names: as long as the file */
	struct ar_mt_name *slot;
	uint32_t nslot;
	uint64_t stamp;                  /* of this row */
	struct ar_str *name, *value;
	int n, cap;
	bool warned;                     /* it has a .warning */
	bool plain;
};

void ar_mt_row_start(struct ar_mt_row *r, struct ar_arena *mem);
void ar_mt_row_release(struct ar_mt_row *r);
/* The value must have AR_MT_SPARE bytes behind it that may be read. */
void ar_mt_add(struct ar_mt_row *r, const char *base, struct ar_str value);
struct ar_str ar_mt_copy(struct ar_mt_row *r, struct ar_str s);          /* a copy that has */

/* Has a :86: of these lines a structure: subfields, or code words? */
bool ar_mt86_structured(struct ar_mt_row *r, const struct ar_str *line, int n);
void ar_mt86(struct ar_mt_row *r, const struct ar_str *line, int n);

#endif
