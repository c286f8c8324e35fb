/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scan.h - the structural scan: one pass over NDJSON, 64 bytes (a stripe) at a time, that finds where a record
 * reader has to look, so that the usual line is read without a byte loop.
 *
 * It marks every double quote that no backslash escapes and every '\n', whatever surrounds them: one bit a byte. It
 * keeps no notion of "inside a string": NDJSON has no raw newline in a string, so every '\n' ends a line
 * and a backslash before it escapes nothing beyond it. A broken line can therefore never swallow its neighbours.
 * The reader asks for the next place behind an opening quote: the closing quote; where it holds a '\n' the string was
 * never closed (or holds a raw newline), and that line alone is damaged.
 *
 * What the reader must know beyond places stands in two bit maps with one bit a stripe:
 *   nonascii  the stripe holds a byte >= 0x80: the text of the line must be checked as UTF-8;
 *   special   the stripe holds a backslash or a control byte < 0x20 other than '\n': strings may carry escapes or
 *             forbidden bytes, so they need ar_jstr_check (jstr.h).
 * A line none of whose stripes has a mark holds nothing but bytes 0x20..0x7F: each of its strings is valid and
 * canonical as it stands.
 *
 * SSE2 where the compiler has it (always on amd64), plain 64-bit words elsewhere; both give the same output.
 */
#ifndef AR_REC_SCAN_H
#define AR_REC_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { AR_SCAN_STRIPE = 64 };

/* Carried from block to block of one input; all zero at its start. A block may end anywhere. */
struct ar_scan {
	bool escaped;           /* the last byte was a backslash that escapes the next one */
};

/* Room is the caller's; all of it is for one block. */
struct ar_scan_out {
	uint64_t *place;        /* bit i%64 of word i/64 is for byte i; room for len / 64 + 1 words */
	uint64_t *nonascii;     /* bit i%64 of word i/64 is for stripe i; room for ar_scan_words(len) words each */
	uint64_t *special;
};

static inline size_t ar_scan_words(size_t len) { return len / (AR_SCAN_STRIPE * 64) + 1; }

/* Scan p[0..len). Nothing outside is read. Bits of the last words beyond len are 0. */
void ar_scan(struct ar_scan *s, const char *p, size_t len, struct ar_scan_out *out);

/* The first place at or behind byte i. There must be one. */
static inline size_t ar_scan_next(const uint64_t *place, size_t i)
{
	uint64_t m = place[i / 64] >> (i & 63);

	if (m)
		return i + (size_t)__builtin_ctzll(m);
	for (i = i / 64 + 1; !place[i]; i++)
		;
	return i * 64 + (size_t)__builtin_ctzll(place[i]);
}

/* Does a stripe that the bytes [from, to) touch carry a mark? `bits` is one of the two maps; from < to. */
static inline bool ar_scan_marked(const uint64_t *bits, size_t from, size_t to)
{
	size_t a = from / AR_SCAN_STRIPE, z = (to - 1) / AR_SCAN_STRIPE;
	uint64_t first = ~(uint64_t)0 << (a & 63), last = ~(uint64_t)0 >> (63 - (z & 63));

	if (a / 64 == z / 64)
		return bits[a / 64] & first & last;
	if (bits[a / 64] & first)
		return true;
	for (size_t w = a / 64 + 1; w < z / 64; w++)
		if (bits[w])
			return true;
	return bits[z / 64] & last;
}

/* For tests: true = use the portable variant from now on, false = the best one again. Not for threads. */
void ar_scan_force(bool portable);

#endif
