/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * posting.h - one ERP transaction in memory: a receipt and the documents it settles. In a stream and in
 * the journal it is a run of `posting` records of one key, one a line, line 1 carrying the receipt.
 *
 * Texts are slices of somebody's arena. Identifiers stand as in a record between its quotes (canonical
 * JSON text), since they are compared, hashed and copied; message, approved_by and proposal are decoded.
 */
#ifndef AR_SYNC_POSTING_H
#define AR_SYNC_POSTING_H

#include "rec/rec.h"
#include "sync/key.h"

enum ar_post_state {
	AR_POST_PLANNED, AR_POST_APPROVED, AR_POST_SENT, AR_POST_ACKNOWLEDGED, AR_POST_UNCERTAIN,
	AR_POST_REFUSED, AR_POST_CONFIRMED, AR_POST_MISMATCH, AR_POST_RELEASED, AR_POST_STATES
};
extern const char *const ar_post_state_name[AR_POST_STATES];

/* What makes a document fall besides money; the field of each in a record. */
enum ar_cut { AR_CUT_DISCOUNT, AR_CUT_WRITEOFF, AR_CUT_WITHHOLDING, AR_CUT_CHARGES, AR_CUTS };
extern const enum ar_f ar_cut_field[AR_CUTS];

struct ar_post_line {
	struct ar_str target;           /* n = 0: the only line of a posting that settles nothing */
	int64_t amount, cut[AR_CUTS];
	bool has_expected, has_seen;
	int64_t expected, seen;         /* open balance of the target afterwards: computed; read back */
};

struct ar_post {
	char key[AR_KEY_HEX + 1], wire[AR_KEY_WIRE + 1];
	char content[AR_KEY_HEX + 1];   /* hash over dates and amounts */
	int sequence;
	struct ar_str entity, system, kind, source, customer;
	ar_date date;
	int ccy;
	int64_t receipt;                /* 0: no money comes in (credit applied) */
	struct ar_post_line *line;      /* by target, bytewise; at least one */
	int n;
	enum ar_post_state state;
	const char *refusal, *next;     /* codes of the schema; NULL */
	struct ar_str superseded_by, batch, system_id, rule;
	struct ar_str message, proposal;
	/* the approval; not part of the records */
	struct ar_str approved_by, approval;    /* name of the standing approval; n = 0: of this proposal alone */
	int64_t approved_at;            /* INT64_MIN: not said */
};

/* amount and all cuts of a line. false: too large. */
bool ar_post_fall(const struct ar_post_line *l, int64_t *fall);

void ar_post_sort(struct ar_post *p);           /* lines by target */
/* Fills key and wire from what the posting is, content from its dates and amounts. Lines are sorted. */
void ar_post_key(struct ar_post *p, int sequence);
void ar_post_content(struct ar_post *p);

/* Line i (from 0) as a record; slices are shared with the posting. */
void ar_post_rec(const struct ar_post *p, int i, struct ar_rec *r);
/* The head of a posting from its first record; then each line. Slices are copied into mem. */
void ar_post_take(struct ar_post *p, const struct ar_rec *r, struct ar_arena *mem);
void ar_post_take_line(struct ar_post *p, const struct ar_rec *r, struct ar_arena *mem);

int ar_post_state_find(struct ar_str name);     /* -1 = unknown */

/*
 * The parts of an id ENTITY/SYSTEM:LETTER:KEY, still escaped. false: no such id. An instalment's
 * "/n" stays at the end of key.
 */
struct ar_post_id { struct ar_str entity, system, key; char letter; };
bool ar_post_id(struct ar_str id, struct ar_post_id *out);
/* The source's own key: %XX and JSON escapes undone, in mem. */
struct ar_str ar_post_own_key(struct ar_str key, struct ar_arena *mem);

#endif
