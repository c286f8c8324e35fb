/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json.h - any JSON document (the `document` profile: answers of an ERP, nested exports), read by pulling events.
 * Records of the stream have their own faster reader.
 *
 * Strict RFC 8259 in UTF-8 without a byte order mark. Beyond the grammar it refuses what two readers would understand
 * differently: the same key twice in an object (compared after decoding), half of a surrogate pair, bytes that are
 * not UTF-8. Containers nest at most max_depth deep. Numbers are handed over as their text: no digit is lost.
 *
 *	struct ar_json j;
 *
 *	ar_json_init(&j, &arena, p, n, &err);
 *	while ((ev = ar_json_next(&j)) > AR_J_END)
 *		...
 *	if (ev == AR_J_ERROR)
 *		return -1;
 *
 * AR_J_END comes only when exactly one value, and nothing but white space behind it, was there: a document is good
 * once it has been read to its end, not before. AR_J_END and AR_J_ERROR stay what they are however often one asks.
 */
#ifndef AR_REC_JSON_H
#define AR_REC_JSON_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define AR_JSON_DEPTH 256

enum ar_jev {
	AR_J_ERROR = -1,        /* see the ar_err */
	AR_J_END = 0,
	AR_J_OBJ, AR_J_OBJ_END,
	AR_J_ARR, AR_J_ARR_END,
	AR_J_KEY,               /* text: the key, decoded; the events of its value follow */
	AR_J_STR,               /* text: decoded, may hold NUL */
	AR_J_NUM,               /* text: as written, "-0", "1e400", "1.50" */
	AR_J_TRUE, AR_J_FALSE, AR_J_NULL,
};

/* Read text, offset, depth; set max_depth after init if the usual one does not fit. The rest is private. */
struct ar_json {
	/* Of KEY, STR, NUM. A slice of the input, or of the arena if escapes were decoded: lives as they do. */
	struct ar_str text;
	size_t offset;          /* where the last event begins in the input (where the error is) */
	unsigned depth;         /* containers open now; an *_END no longer counts its own */
	unsigned max_depth;

	struct ar_arena *arena;
	struct ar_err *err;
	const char *p;
	size_t n, at;
	enum ar_jev last;
	int expect;
	bool skipping;
	size_t line_at;         /* up to where newlines were counted, and how many there were */
	uint64_t newlines;
	struct ar_json_frame *frames;
	struct ar_json_key *keys;       /* of all open objects, innermost last */
	uint32_t *slots;                /* their hash tables, innermost last */
	size_t frames_cap, keys_n, keys_cap, slots_n, slots_cap;
};

/*
 * Read p[0..n). Nothing is copied but decoded strings and the keys of open objects, which live in `scratch`: the
 * caller resets it when the document is done with, not before. Errors carry AR_DAMAGED and one of the codes
 * json_syntax, json_string, json_duplicate, json_depth, json_bom, json_keys; the text names line and byte offset,
 * err->line gets the line, and for a key that stands twice err->value the key. err may be NULL.
 */
void ar_json_init(struct ar_json *j, struct ar_arena *scratch, const char *p, size_t n,
	struct ar_err *err);

enum ar_jev ar_json_next(struct ar_json *j);

/*
 * Go on to the end of what the event just returned began: after OBJ or ARR all of its members, after KEY its value,
 * after anything else nothing. What is skipped is checked all the same. Returns 0, or -1 after an error.
 */
int ar_json_skip(struct ar_json *j);

/* The line (from 1) on which the last event begins. Cheap when asked in reading order. */
uint64_t ar_json_line(struct ar_json *j);

#endif
