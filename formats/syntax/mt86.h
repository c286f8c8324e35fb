/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mt86.h - what stands in :86:, the field for which every country has a structure of its own.
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

#include "syntax/mtrow.h"

/* Has a :86: of these lines a structure: subfields, or code words? */
bool ar_mt86_structured(struct ar_mt_row *r, const struct ar_str *line, int n);
void ar_mt86(struct ar_mt_row *r, const struct ar_str *line, int n);

#endif
