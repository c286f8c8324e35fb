/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * apply.h - the rows of one export through its map: rows into records (groups of rows where the map says so), a record and all that
 * belongs to it accepted or refused as a whole, equal records collapsed, totals of the report compared.
 *
 *	ap = ar_apply_new(map, &run, &shared, &sink);
 *	ar_apply_row(ap, raw) ...
 *	ar_apply_end(ap); ar_apply_free(ap);
 *
 * Every row ends as exactly one of: mapped (gave a record that was passed on), collapsed (all it gave was there already), totals,
 * unused (no section of the map wanted it, or a line outside the table), rejected. made = passed on + collapsed records.
 */
#ifndef AR_MAP_APPLY_H
#define AR_MAP_APPLY_H

#include "map/row.h"
#include "rec/rates.h"

enum { AR_APPLY_MAX_ROWS = 262144,       /* of one record */
	AR_APPLY_RATE_AGE = 7 };         /* days */

/* What all exports of a run share. */
struct ar_shared {
	struct ar_statements *statements;        /* made by the first export */
	struct ar_seen seen;
	struct ar_docs docs;
	struct ar_termtab terms;
	struct ar_rates *rates;          /* NULL: none given */
	struct ar_tab rate_missing;      /* told once a currency and date */
	uint32_t exports;
};
void ar_shared_release(struct ar_shared *s);
void ar_apply_document(struct ar_shared *s, const struct ar_rec *r);      /* a document that applications may name */

struct ar_apply_sink {
	void (*put)(struct ar_apply_sink *s, const struct ar_rec *r);
	/* line: the raw record; src: its place, canonical JSON text */
	void (*reject)(struct ar_apply_sink *s, const struct ar_err *e, struct ar_str line, struct ar_str src);
	void (*finding)(struct ar_apply_sink *s, const char *code, const char *severity, struct ar_str about, const char *message);
};

struct ar_apply_counts {
	uint64_t rows, mapped, collapsed_rows, totals, unused, rejected;
	uint64_t made, collapsed;        /* records */
};

struct ar_apply;
/* run and sink must live as long. */
struct ar_apply *ar_apply_new(const struct ar_map *m, const struct ar_xrun *run, struct ar_shared *shared, struct ar_apply_sink *sink);
void ar_apply_row(struct ar_apply *ap, const struct ar_rec *raw);
/* The last record, totals. Fills totals of the extract record (a list in its arena). */
void ar_apply_end(struct ar_apply *ap, struct ar_rec *extract);
/* After all exports: the statements, and what is wrong with them. */
void ar_apply_statements(struct ar_shared *s, struct ar_apply_sink *sink);
const struct ar_apply_counts *ar_apply_counts(const struct ar_apply *ap);
void ar_apply_free(struct ar_apply *ap);

#endif
