/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bai2_keys.h - the keys that a bank writes before the parts of a text, as the map names them: "EREF: E2E-7 REMI: invoice 12".
 *
 * What stands behind a key, up to the next key, is its value, over line ends too: lines are joined by a blank, but not behind one that
 * is so long that it may have broken a word. It goes into the row under the text of the key without its last sign.
 */
#ifndef AR_FORMATS_BAI2_KEYS_H
#define AR_FORMATS_BAI2_KEYS_H

#include "base/arena.h"
#include "base/conf.h"
#include "syntax/feed.h"

enum { AR_BAI2_KEYS = 128, AR_BAI2_KEY = 40 };   /* how many; bytes of one */

struct ar_bai2_keys {
	struct ar_bai2_key {
		struct ar_str text, name;
		uint64_t first, mask;            /* the first 8 bytes of text, and which of them count */
		bool inside;                     /* it may stand anywhere in a line behind a blank or a sign, else only where the line begins */
		int next;                        /* 1 + the next key with its first byte; 0 = none */
	} key[AR_BAI2_KEYS];
	int n;
	int first[256];                          /* 1 + the first key that begins with this byte; 0 = none */
	uint64_t inside[256];                    /* of those that may stand inside a line: a bit for each second byte, less its high bits */
	struct ar_buf text;                      /* a value of several lines */
};

/* The map's keys `key` and `key_inside`, in mem. 0, or -1: e. */
int ar_bai2_keys_read(struct ar_bai2_keys *k, struct ar_arena *mem, struct ar_conf_sec *map, struct ar_err *e);
void ar_bai2_keys_release(struct ar_bai2_keys *k);
/* The values in the lines of text that are the row's values from..to-1, put behind them. */
void ar_bai2_keys_put(struct ar_bai2_keys *k, struct ar_rowbuf *row, int from, int to);

#endif
