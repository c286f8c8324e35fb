/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * book.h - what the journal of a state folder says: every posting that was ever announced and its state
 * now, every batch. Opening takes the lock, verifies the journal and mends a torn end (journal.h).
 *
 * A source (bank line, credit memo) has at most one active posting: one that is neither refused nor
 * released. ar_book_active finds it.
 */
#ifndef AR_SYNC_BOOK_H
#define AR_SYNC_BOOK_H

#include "base/hash.h"
#include "sync/journal.h"
#include "sync/posting.h"

struct ar_batch {
	struct ar_str id, file, entity, system;
	char sha256[65];
	uint64_t records;
};

struct ar_book {
	struct ar_arena mem;
	struct ar_journal *journal;     /* NULL: read only and no state folder yet */
	int lock;                       /* -1: none */
	struct ar_post **post;          /* in the order of the journal */
	size_t n, cap;
	struct ar_batch *batch;
	size_t nbatch, batch_cap;
	struct ar_tab key, wire, source, batch_id;      /* number in post, in post, in active, in batch */
	struct ar_post **active;        /* by number in `source`; NULL: none */
	size_t active_cap;
};

/* write = false: nothing is made or changed; the lock is taken where there is one. -1: *e. */
int ar_book_open(struct ar_book *b, const char *dir, bool write, int64_t now, struct ar_err *e);
void ar_book_close(struct ar_book *b);

struct ar_post *ar_book_find(const struct ar_book *b, struct ar_str key);          /* NULL: unknown */
struct ar_post *ar_book_find_wire(const struct ar_book *b, struct ar_str wire);
struct ar_post *ar_book_active(const struct ar_book *b, struct ar_str source);
const struct ar_batch *ar_book_batch(const struct ar_book *b, struct ar_str id);

/* Takes over a posting (not copied): it becomes its source's active one. For postings about to be announced. */
void ar_book_add(struct ar_book *b, struct ar_post *p);

/* Lines for the journal's next commit. */
void ar_book_log(struct ar_book *b, const struct ar_post *p, bool all_lines);      /* the posting in its state */
void ar_book_log_approval(struct ar_book *b, const struct ar_post *p);
void ar_book_log_batch(struct ar_book *b, const struct ar_batch *batch, struct ar_post *const *post, size_t n);
void ar_book_log_release(struct ar_book *b, const struct ar_post *p, const char *by);

#endif
