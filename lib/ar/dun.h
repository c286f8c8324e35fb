/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dun.h - who is reminded of what today: a pure function of policy, open items, history and date.
 *
 * What an item has reached is read from the history, never from a counter, so a missed night catches up
 * and a second run of one day proposes nothing new. Of each notice the version recorded last counts:
 *   sent, delivered                          made: the item has reached that level, on that day
 *   proposed, approved, rendered, queued     under way: its items wait until it is sent or cancelled
 *   bounced, failed, cancelled               not made (and not proposed again on the same day)
 *
 * A level is reached when date - clock >= after; min_gap days must lie between two notices of an item.
 * Sequential: an item 45 days late that nobody reminded of starts at level 1. Level 0 is a courtesy: only
 * from due + after (below zero) to the due date, only for items without any notice, only for payers whom
 * nothing else is written to that day; who is past it begins with level 1.
 *
 * One notice for each (entity, payer, currency), and one task where levels of channel task are reached; its level
 * is the highest of its lines. Credits and unapplied money of the payer pay the tasks' items first, then the
 * others; nothing is made where they cover all, or where the total is below the policy's minimum.
 *
 * Texts are plain UTF-8 (decoded), owned by the caller, and must live as long as the result; money in minor units of
 * the item's currency. Everything that was made lives in the arena.
 */
#ifndef AR_AR_DUN_H
#define AR_AR_DUN_H

#include "ar/dunpolicy.h"
#include "num/date.h"

struct ar_dun_item {                    /* an open document; open < 0: a credit or unapplied money */
	struct ar_str id, number, entity;
	struct ar_str customer;         /* empty: nobody's, not looked at */
	struct ar_str block;            /* reason not to remind; empty = none */
	int ccy;
	ar_date issued, due;            /* AR_DATE_NONE where absent */
	int64_t open, disputed;         /* disputed: the part of open in dispute */
	int64_t transit;                /* proposed matches: money that is here but not booked */
	int erp_level;                  /* the source's own mark: reached there; 0 = none */
	ar_date erp_date;
};

struct ar_dun_customer {
	struct ar_str id, payer;        /* payer empty = itself */
	struct ar_str policy;           /* empty = the default; "none" = never remind */
	struct ar_str block;            /* reason, or empty */
	ar_date block_until;            /* last day of the block; AR_DATE_NONE = no end */
	bool direct_debit;
};

enum ar_dun_state {                     /* in this order in ar-record(5) */
	AR_DUN_PROPOSED, AR_DUN_APPROVED, AR_DUN_RENDERED, AR_DUN_QUEUED, AR_DUN_SENT, AR_DUN_DELIVERED,
	AR_DUN_BOUNCED, AR_DUN_FAILED, AR_DUN_CANCELLED
};

struct ar_dun_past {                    /* a notice made earlier; several versions of one id may come */
	struct ar_str id, key, entity, payer;
	struct ar_str channel;          /* "email" ... */
	int ccy, level;
	ar_date date;                   /* sent_on, else date; later than as-of: not looked at */
	int64_t recorded;               /* INT64_MIN = not said */
	enum ar_dun_state state;
};
struct ar_dun_past_line { struct ar_str notice, item; int level; };

struct ar_dun_promise {
	struct ar_str id, customer;
	struct ar_str *item;            /* nitem = 0: all of the customer's items */
	int nitem;
	ar_date date, made_on;
	int64_t recorded;
	bool withdrawn;
};

struct ar_dun_facts {
	ar_date as_of;
	struct ar_dun_item *item;
	struct ar_dun_customer *customer;
	struct ar_dun_past *past;
	struct ar_dun_past_line *past_line;
	struct ar_dun_promise *promise;
	size_t nitem, ncustomer, npast, npast_line, npromise;
};

enum ar_dun_why {
	AR_DUN_ACT,                     /* in a notice or task of this run */
	AR_DUN_NOTHING_OPEN, AR_DUN_CREDIT, AR_DUN_NO_DUE, AR_DUN_NOBODY,
	AR_DUN_BLOCK_CUSTOMER, AR_DUN_BLOCK_ITEM, AR_DUN_DIRECT_DEBIT, AR_DUN_NO_POLICY, AR_DUN_POLICY_UNKNOWN,
	AR_DUN_DISPUTED, AR_DUN_PROMISED, AR_DUN_TRANSIT, AR_DUN_UNDER_WAY,
	AR_DUN_NOT_DUE, AR_DUN_EARLY, AR_DUN_LAST, AR_DUN_SMALL,
	AR_DUN_COURTESY_LEFT_OUT, AR_DUN_PAYER_GAP, AR_DUN_COVERED, AR_DUN_TOTAL_SMALL, AR_DUN_SAME_DAY,
	AR_DUN_WHY_COUNT
};

enum { AR_DUN_NEVER = -1 };

struct ar_dun_verdict {
	enum ar_dun_why why;
	int last, next;                 /* level reached, level in question; AR_DUN_NEVER = none */
	ar_date last_date;              /* of the last notice */
	ar_date when;                   /* the day on which `next` can come, where time is what it waits for */
	int64_t asked;                  /* what it would be reminded of: open without what is in transit or dispute */
	struct ar_str about;            /* the promise, the notice under way, the reason of a block, the policy */
};

struct ar_dun_line {
	const struct ar_dun_item *item;
	const struct ar_dun_level *level;
	int64_t open;                   /* what is asked for */
	int days;                       /* past due; negative before */
};

struct ar_dun_notice {
	char key[65];                   /* SHA-256 of policy, entity, payer, currency, date and (item, level)s */
	struct ar_str entity, payer;
	int ccy;
	const struct ar_dun_policy *policy;
	const struct ar_dun_level *level;        /* the highest */
	struct ar_dun_line *line;       /* by due date, number, id */
	int nline;
	const struct ar_dun_item **credit, **not_due, **reminded;       /* what a letter lists besides */
	int ncredit, nnot_due, nreminded;
	int64_t amount;                 /* sum of the lines */
	int64_t credits;                /* what of the credits lessens it; 0 where they are only listed */
	int64_t fees, total;            /* amount - credits + fees */
	ar_date due_by;                 /* AR_DATE_NONE = not said */
	const struct ar_dun_past *previous;     /* last letter sent to this payer in this currency; NULL = none */
};

struct ar_dun_result {
	struct ar_dun_notice *notice;   /* by entity, payer, currency code; the letter before the task */
	size_t nnotice;
	struct ar_dun_verdict *verdict; /* of each item of the facts, in their order */
};

/* -1: e. AR_DAMAGED history_incomplete: a line without its notice or a notice that counts without lines. */
int ar_dun_run(struct ar_dun_result *out, const struct ar_dun_facts *f, const struct ar_dun_policies *p,
               struct ar_arena *a, struct ar_err *e);

/* Why, as a sentence without its subject: "not due until 2026-11-21". In the arena. */
const char *ar_dun_words(const struct ar_dun_verdict *v, struct ar_arena *a);

#endif
