/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * refs.h - structured payment references: what an invoice prints so that the payment finds home
 * by itself.
 *
 *   rf    creditor reference, ISO 11649: RF, two check digits (mod 97-10, ISO 7064), 1..21
 *         letters and digits
 *   qrr   Swiss QR reference, formerly ISR: 26 digits and one check digit (recursive mod 10)
 *   ogm   Belgian structured communication +++123/4567/89002+++: 10 digits and two check digits
 *         (mod 97, 0 is 97)
 *   fi    Finnish reference: 3..19 digits and one check digit (weights 7 3 1)
 *   kid   Norwegian KID: 1..24 digits and a check digit by Luhn or by mod 11, where 10 is
 *         written '-'
 *   ocr   Swedish OCR: 1..24 digits and a check digit by Luhn
 *   nl    Dutch betalingskenmerk: 16 digits, the first of them the check digit (mod 11); 9..14
 *         digits: check digit and
 *         digit of length first; 7 digits: no check
 *
 * Two uses. The key (ar_ref_key) is what is compared: a payment is matched by a reference that
 * we issued, whatever its check digits say. The check (ar_ref_ok) only tells what a number
 * found in free text may be: one random number in ten passes a mod 10 scheme, so a true check
 * digit proves nothing by itself and a false one forbids nothing.
 */
#ifndef AR_AR_REFS_H
#define AR_AR_REFS_H

#include "base/str.h"

enum ar_ref {
	AR_REF_RF, AR_REF_QRR, AR_REF_OGM, AR_REF_FI, AR_REF_KID, AR_REF_OCR, AR_REF_NL,
	AR_REF_COUNT
};
enum { AR_REF_MAX = 48 };                               /* room for any normal form, key or printed form */

const char *ar_ref_name(enum ar_ref kind);              /* "rf" */
int ar_ref_find(struct ar_str name);                    /* -1: no kind is called so */

/*
 * The key of a reference, however it was written: upper case letters and digits; blanks, '+',
 * '*', '/', '.' and '-' gone; leading zeros gone where all is digits; a '-' that ends digits
 * kept (the check of a KID). Returns its length, written to out[AR_REF_MAX] without a NUL. 0:
 * empty, too long, or a byte that no reference holds.
 */
size_t ar_ref_key(struct ar_str s, char *out);

/*
 * The normal form of a kind: digits without separators, zeros added in front where the kind has
 * a fixed length (qrr 27, ogm 12) and taken off where they mean nothing (fi). Returns its
 * length; 0: not the form of this kind. Check digits are not looked at.
 */
size_t ar_ref_normal(enum ar_ref kind, struct ar_str s, char *out);
bool ar_ref_ok(enum ar_ref kind, struct ar_str s);      /* has the form, and its check digits are right */
unsigned ar_ref_kinds(struct ar_str s);                 /* bits 1 << kind of all that ar_ref_ok */

/*
 * Make one from a document's number: its digits (rf: its letters too) as the body, check digits
 * added. kid is made by Luhn. Returns the length of the normal form; 0: the number has nothing
 * to use or too much.
 */
size_t ar_ref_make(enum ar_ref kind, struct ar_str number, char *out);
char ar_ref_kid11(struct ar_str digits);                /* the mod 11 check character of a KID body: '0'..'9' or '-' */

#endif
