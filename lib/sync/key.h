/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * key.h - the identity of a posting. The key is the SHA-256 of a canonical text that says what the
 * posting is and nothing that a later run could see otherwise: no date, no amount, no run.
 *
 *     arpipe posting 1
 *     entity=north
 *     system=erp
 *     kind=receipt
 *     source=north/bank:b:4711
 *     target=north/erp:i:17          one line a target, sorted bytewise
 *     target=north/erp:i:9
 *     step=1
 *     sequence=1
 *
 * every line ended by a line feed. Values stand as in a record, between its quotes (canonical JSON
 * text), so that none of them can hold a line feed.
 *
 * The wire form travels into the ERP, where fields are short: the first 80 bits of the key in
 * Crockford's base 32 (0-9 A-Z without I L O U), 16 characters.
 */
#ifndef AR_SYNC_KEY_H
#define AR_SYNC_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum { AR_KEY_HEX = 64, AR_KEY_WIRE = 16 };

struct ar_key {
	struct ar_str entity, system, kind, source;
	const struct ar_str *target;    /* in any order; not changed */
	int ntarget;
	int step, sequence;             /* from 1 */
};

void ar_key_text(const struct ar_key *k, struct ar_buf *b);     /* the canonical text, appended */
void ar_key_make(const struct ar_key *k, char key[AR_KEY_HEX + 1], char wire[AR_KEY_WIRE + 1]);

/* SHA-256 of a text as key and wire form. */
void ar_key_hash(struct ar_str text, char key[AR_KEY_HEX + 1], char wire[AR_KEY_WIRE + 1]);

/* Crockford base 32 of n bytes, the first bit first; a last group is filled with zero bits. */
void ar_base32(const uint8_t *p, size_t n, char *out);          /* (8 n + 4) / 5 characters and a NUL */
size_t ar_wire_span(const char *p, size_t n);                   /* how many characters could be of one */

#endif
