/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * journal.h - what was announced before it was done, kept for ever. DIR/journal.ndjson is only ever
 * appended to; each line is a record of the schema behind three members of its own:
 *
 *     {"seq":7,"prev":"<64 hex digits>","at":"2026-10-30T22:15:03Z","type":"posting",...}
 *
 * prev  SHA-256 of the line before, without its line feed; 64 zeros on the first line.
 * at    time of the append: the moment given when it was opened, else wall time. Nobody reads it but
 *       people: no output repeats it and nothing depends on it.
 *
 * Lines are appended in batches, each closed by a line of type `journal` and kind `mark`, written and
 * fsynced before ar_journal_commit returns: what a batch announces may be done only afterwards. So
 * whatever stands behind the last mark was never acted upon. At the start such a rest (a torn write)
 * is cut off, and a line of kind `recovered` says so. Damage before the last mark, and any whole line
 * that is not what it must be, is refused (AR_DAMAGED): that is no torn write but an edit or a bad disk.
 * The chain shows edits to everyone who keeps an older copy or the SHA-256 of its last line; it does not
 * stop who can rewrite all of it.
 *
 * An fsync that failed is never retried, since the kernel may report the second as good although the
 * data is lost: the journal refuses everything after it, and the next run reads what is really there.
 */
#ifndef AR_SYNC_JOURNAL_H
#define AR_SYNC_JOURNAL_H

#include "rec/rec.h"

#define AR_JOURNAL_SCHEMA "arpipe-journal/1"
#define AR_JOURNAL_FILE "journal.ndjson"

struct ar_journal;

/* Every record of the journal in order, marks and the start too. r lives until the call returns. 0 or -1. */
typedef int ar_journal_fn(void *arg, const struct ar_rec *r, struct ar_err *e);

struct ar_journal_facts {
	uint64_t lines;                 /* whole and chained */
	uint64_t torn;                  /* bytes behind the last mark */
	char head[65];                  /* SHA-256 of the last mark; 64 zeros: no line yet */
};

/*
 * Read and verify, then stand ready to append (write) or not. The caller holds the lock of dir when it
 * writes. Reading changes nothing and takes a journal that is not there for an empty one. now: the moment
 * that lines bear (seconds since 1970 UTC), or AR_JOURNAL_CLOCK.
 */
struct ar_journal *ar_journal_open(const char *dir, bool write, int64_t now, ar_journal_fn *fn, void *arg, struct ar_err *e);
#define AR_JOURNAL_CLOCK INT64_MIN      /* now: read the clock at each line */
const struct ar_journal_facts *ar_journal_facts(const struct ar_journal *j);    /* as found when opened */

void ar_journal_add(struct ar_journal *j, const struct ar_rec *r);      /* to the batch in memory */
/* Write the batch and its mark, fsync. Nothing is done for an empty batch. -1: AR_SYSTEM, and so for ever. */
int ar_journal_commit(struct ar_journal *j, struct ar_err *e);
void ar_journal_close(struct ar_journal *j);    /* NULL is fine; what was not committed is forgotten */

#endif
