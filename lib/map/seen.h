/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seen.h - what ar-normalize remembers of the records that went by: their content (equal ones collapse), how often a payment settled
 * the same item (the occurrence in an application's id), and customer and date of documents (for applications). Found by hashes; a hash
 * is taken for the content itself, as everywhere in this project.
 */
#ifndef AR_MAP_SEEN_H
#define AR_MAP_SEEN_H

#include "base/index.h"
#include "num/date.h"

/* 20 bytes a different record, and the index. */
struct ar_seen {
	struct ar_seen_entry *entry;
	uint32_t cap;
	struct ar_index index;
};
/*
 * A record of this content occurs in export number `input` (from 1, rising). true: it is to be passed on. A record that has a key
 * of its own is passed on once. Without one, occurrences are counted: n times in one export and m times in another give max(n, m).
 */
bool ar_seen_fresh(struct ar_seen *s, struct ar_hash128 content, uint32_t input, bool keyed);
void ar_seen_release(struct ar_seen *s);

/* Counts 1, 2, 3 ... for each key; forgotten with ar_occur_reset. */
struct ar_occur {
	struct ar_occur_slot *slot;
	uint64_t n, mask;
};
uint32_t ar_occur_next(struct ar_occur *o, struct ar_hash128 key);
void ar_occur_reset(struct ar_occur *o);
void ar_occur_release(struct ar_occur *o);

/* Documents by id. */
struct ar_docs {
	struct ar_docs_entry *entry;
	uint32_t cap;
	struct ar_index index;
	struct ar_tab customer;
};
struct ar_doc { struct ar_str customer; ar_date date; };   /* canonical JSON text; n = 0: none */
void ar_docs_put(struct ar_docs *d, struct ar_str id, struct ar_str customer, ar_date date);
bool ar_docs_get(const struct ar_docs *d, struct ar_str id, struct ar_doc *out);
void ar_docs_release(struct ar_docs *d);

#endif
