/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan.h - from proposals to postings, no I/O: which transaction each `match` stands for, whether it was
 * made already, whether somebody approved it, and whether its documents are still open for it.
 *
 * Feed every match (ar_plan_add), close, then decide once. Each item ends in exactly one outcome:
 *
 *   already       same key and same content as in the book: nothing is done
 *   refused       approved, but: its source is posted otherwise (conflict), or a document is unknown, paid or
 *                 not open for the amount, or the format cannot say it
 *   not approved  stays planned; message says what was missing
 *   fresh         approved and to be announced: it was added to the book in state approved
 *
 * Approved is what carries approved_by itself (on line 0), or a proposal of decision auto that a standing
 * approval covers: its rule named, every amount within the limit of its currency, --as-of not after the
 * last day, no write-off, unearned discount or withholding tax unless the approval names it, and the sum
 * of all it covers in the input within the batch limit. Rows of decision none or excluded are left out.
 */
#ifndef AR_SYNC_PLAN_H
#define AR_SYNC_PLAN_H

#include "sync/book.h"
#include "sync/policy.h"

enum { AR_DEBT_PAYERS = 8 };

/* What is known of a document. Credit memos have a negative open balance. */
struct ar_debt {
	int64_t open;
	int ccy;
	struct ar_str payer[AR_DEBT_PAYERS];    /* its customer, who pays for that one, and so on */
	int npayer;
	ar_date discount_date;          /* AR_DATE_NONE */
	int64_t discount_amount;
};
typedef bool ar_debt_fn(void *ctx, struct ar_str id, struct ar_debt *out);      /* false: no such document */

enum ar_outcome { AR_ALREADY, AR_REFUSED_NOW, AR_NOT_APPROVED, AR_FRESH };

struct ar_plan_item {
	struct ar_post *post;           /* as it shall be shown */
	enum ar_outcome outcome;
	bool conflict;                  /* refused because the source is posted otherwise: exit status 5 */
	struct ar_target *target;       /* of a fresh one */
};

struct ar_plan;
struct ar_plan *ar_plan_new(void);
void ar_plan_free(struct ar_plan *p);
/* 0, or -1: the record cannot be part of a proposal (*e). */
int ar_plan_add(struct ar_plan *p, const struct ar_rec *r, struct ar_err *e);

/* Put proposals together. What is no whole proposal goes to reject, which gets why and an id to name it by. */
typedef void ar_plan_reject(void *ctx, const struct ar_err *e, struct ar_str proposal);
void ar_plan_close(struct ar_plan *p, ar_plan_reject *reject, void *ctx);

struct ar_plan_ask {
	struct ar_book *book;
	const struct ar_policy *policy;
	ar_date as_of;
	ar_debt_fn *debt;
	void *ctx;
};
void ar_plan_decide(struct ar_plan *p, const struct ar_plan_ask *ask);

size_t ar_plan_count(const struct ar_plan *p);          /* by entity, source, rank */
struct ar_plan_item *ar_plan_item(struct ar_plan *p, size_t i);
uint64_t ar_plan_collapsed(const struct ar_plan *p);    /* records that came twice */
uint64_t ar_plan_left_out(const struct ar_plan *p);     /* of decision none or excluded, or a rank nobody chose */

#endif
