/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * x12.h - ANSI X12 820 (payment order and remittance advice), in an interchange or inside the addenda of an ACH entry.
 *
 * Rows: `remittance-line` for each RMR with its loop, and for each ADX that stands outside of one (outside: its amount is money of
 * its own; inside it only explains the difference between gross and net); `remittance` at the end of the set; `finding`.
 *
 * Names: elements as RMR01 ... and ADX01 ... (of the second ADX of a loop ADX01#2), REF-PO (the value of a REF with that qualifier),
 * DTM-097, NTE; other segments of the loop whole, under their name. Above: ../ISA06 ../ISA13 ../GS06 ../ST02, all of BPR TRN CUR,
 * ../REF-.. ../DTM-.. ../PER ../NTE, ../N1-PR (name) and ../N1-PR-id; of the entity ../ENT/N1-.. and so on.
 *
 * The decoder's own: .record; .amount of the remittance (BPR02, else what the ACH entry pays); .net (RMR04; without one the
 * gross less discount), .gross .discount .adjustment as plain decimals, where gross - discount + adjustment = net (the sign that
 * RMR08 has is found by that); .reason the reason codes of adjustments; .line the number of the row in its set; .kind RMR or ADX;
 * .incomplete; .warning.
 *
 * Separators are found by counting those of the ISA, not at offsets, and may be any character.
 */
#ifndef AR_FORMATS_X12_H
#define AR_FORMATS_X12_H

#include "base/hash.h"
#include "map/syntax.h"
#include "syntax/feed.h"

enum { AR_X12_SEGMENT = 64 * 1024, AR_X12_ELEMENTS = 64 };

extern const struct ar_syntax ar_syntax_x12;

/* The set that is being read. Rows go to `row`, above what stands above them already. */
struct ar_x12 {
	struct ar_rowbuf *row;
	uint64_t number;                 /* of the rows: the line or record */
	struct ar_str default_currency;
	struct ar_str element;           /* separator */
	struct ar_tab names;
	struct ar_arena mem;             /* of the next: RMR01 ..., ADX01 ... */
	struct ar_str rmr_name[AR_X12_ELEMENTS], adx_name[AR_X12_ELEMENTS];
	bool stays;                      /* the text of segments does, until the row is given */
	struct ar_buf said;
	struct ar_buf keep;              /* text of what is counted below */
	int base, header;                /* of the row's above: before the set; of the set, without its entity */
	bool in_set, in_entity, in_line;
	int digits;
	bool has_bpr, has_amount;
	int64_t bpr, paid, rmr, adx, not_counted;       /* paid: by the ACH entry */
	int64_t lines, segments, n1;
	char amount[AR_MONEY_TEXT];
	/* the open line */
	uint64_t line;
	bool adx_line;
	bool has_net, has_gross, bad_net;
	int64_t net, gross, discount, own_adjustment, adjustment;
	int adxs;
	char reason[64];
	size_t nreason;
	char set[32];
	size_t nset;
	bool rejected;
};

void ar_x12_init(struct ar_x12 *x, struct ar_rowbuf *row);
void ar_x12_release(struct ar_x12 *x);
/* One segment without its terminator. 0, or -1 = the sink said stop. */
int ar_x12_segment(struct ar_x12 *x, struct ar_str segment);
/* The set ends without SE (of a fragment: as it should). */
int ar_x12_end(struct ar_x12 *x, bool incomplete);
/*
 * The text of addenda: a whole interchange, a set, or single segments. false: it is none of these. paid: amount of the entry in
 * minor units, or -1. *rc as of ar_x12_segment.
 */
bool ar_x12_addenda(struct ar_x12 *x, struct ar_str text, int64_t paid, int *rc);

#endif
