/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * names.h - names of payers made comparable: case, accents, punctuation, blanks and legal forms
 * at the end do not count. "Quellbrück Getränketechnik GmbH & Co. KG" and "QUELLBRUECK
 * GETRAENKETECHNIK GMBH + CO" get one key. There are two ways to write an umlaut without it, so
 * a name has up to two keys; two names are the same if any of theirs are equal. Likeness of keys is
 * another thing: it only ranks guesses.
 */
#ifndef AR_AR_NAMES_H
#define AR_AR_NAMES_H

#include "base/arena.h"
#include "base/str.h"

/* name: UTF-8. Returns the count of keys, 0..2; fewer than 4 bytes are no key. The keys live in mem. */
int ar_name_keys(struct ar_str name, struct ar_str key[2], struct ar_arena *mem);

/* How like two keys are, in thousandths: Jaro-Winkler, in integers only. 1000: equal. */
int ar_name_likeness(struct ar_str a, struct ar_str b);

/* An account number made comparable: letters and digits in upper case, nothing else. n = 0: fewer than 5 of them. */
struct ar_str ar_account_key(struct ar_str account, struct ar_arena *mem);

#endif
