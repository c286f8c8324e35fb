/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match.h - cash application: which bank line pays which documents. Pure: no files, no clock,
 * no names of systems.
 *
 * Give it the customers, documents, orders, payments, remittances, aliases and bank lines in any
 * order, then ar_match_run once, then read the results, sorted by the id of the bank line. The
 * same set gives the same results whatever its order was.
 *
 * Every explanation of a line is a candidate with four marks: who pays (party), what names the
 * document (document), how the amount agrees (amount), what is left (residual). The rule matrix
 * (match_conf.h, a data file) says what such a candidate may be; a veto, such as a number that
 * stands for two documents, keeps it from deciding alone whatever the matrix says.
 *
 * Order. First what people answered. Then the autos, strongest rule first: references issued by
 * us, the payer's own list, numbers, an amount alone; within a rule payers who are known before
 * others, then lines by (booked, id). Then the suggestions: all candidates of all lines are
 * weighed, and lines whose candidates want the same documents are assigned together so that the
 * weight of all is greatest. What a line takes is open for nobody else, so that the first-ranked
 * results together never settle more than is open. Other candidates follow as alternatives; they
 * take nothing.
 *
 * Payer group: customers whose `payer` (else `parent`) leads to the same customer.
 *
 * Laws, asserted for every result: received = sum of source amounts of its targets + on_account
 * + set_aside; what the targets of all results take off a document <= its open amount.
 *
 * Texts and lines given are not copied: they must live until ar_match_free. Ids are compared and
 * given back as they are.
 */
#ifndef AR_AR_MATCH_H
#define AR_AR_MATCH_H

#include "ar/refs.h"
#include "ar/tokens.h"
#include "base/buf.h"
#include "num/date.h"

#define AR_MATCH_NONE UINT32_MAX

enum {
	AR_MATCH_CHAIN = 64,        /* documents of one key; a key of more says nothing */
	AR_MATCH_AMOUNT_ITEMS = 200,/* open documents of a payer group, beyond which an amount alone is never auto */
	AR_MATCH_RANKS = 5,         /* candidates told of one line */
};

enum ar_mrule {
	AR_M_REF, AR_M_REF_SUM, AR_M_REMIT, AR_M_NUMBER, AR_M_NUMBER_SUM, AR_M_AMOUNT, AR_M_AMOUNT_DISCOUNT, AR_M_BALANCE,  /* auto unless the policy says otherwise */
	AR_M_PAST_DUE, AR_M_STATEMENT, AR_M_OLDEST, AR_M_SAME_DUE, AR_M_SAME_MONTH, AR_M_SUBSET,                            /* auto where a policy names them */
	AR_M_REF_SHORT, AR_M_REF_OVER, AR_M_REMIT_SHORT, AR_M_REMIT_OVER, AR_M_NUMBER_SHORT, AR_M_NUMBER_OVER, AR_M_INSTRUCTED,
	AR_M_CONVERTED, AR_M_DISCOUNT_LATE, AR_M_CHARGES, AR_M_TOLERANCE, AR_M_WITHHOLDING, AR_M_DEDUCTION, AR_M_SPLIT, AR_M_SOME,
	AR_M_AMOUNT_NAME, AR_M_AMOUNT_SEVERAL, AR_M_AMOUNT_ROUND,
	AR_M_DUPLICATE, AR_M_CLOSED, AR_M_PREPAYMENT, AR_M_ON_ACCOUNT, AR_M_RETURN, AR_M_UNKNOWN, AR_M_EXCLUDED, AR_M_ANSWER,
	AR_M_COUNT,
	AR_M_AUTOS = AR_M_DEDUCTION + 1,                    /* rules a policy may name */
	AR_M_DEFAULT = AR_M_BALANCE + 1,
};
const char *ar_match_rule(enum ar_mrule r);                 /* "ref.equal" */
int ar_match_rule_find(struct ar_str name);                 /* a rule that may be auto; -1: none of that name */

enum ar_mdecision { AR_MD_AUTO, AR_MD_SUGGEST, AR_MD_NONE, AR_MD_EXCLUDED };
const char *ar_match_decision(enum ar_mdecision d);

struct ar_match_conf;
struct ar_match_policy {
	unsigned autos;             /* bits 1 << rule */
	unsigned make;              /* bits 1 << enum ar_ref: references also computed from the document's number */
	bool over_auto;             /* an overpaid document may be auto, the rest on account */
	bool discount_auto;         /* an earned discount may be part of an auto */
	int grace_days;             /* discounts count as earned so many days longer */
	const struct ar_match_conf *conf;   /* matrix, weights, words, limits; NULL: none, then what has no veto is auto */
	/* Minor units by the rate of the day; NULL: no rates. */
	bool (*convert)(void *ctx, struct ar_str entity, ar_date day, int64_t minor, int from, int to, int64_t *out);
	void *ctx;
};
void ar_match_policy_init(struct ar_match_policy *p);       /* default rules, earned discounts; nothing made, no overpayment, no grace */

struct ar_match_customer {
	struct ar_str id, entity, payer, parent, name, number;  /* payer: n = 0 or the id itself = not said */
	const struct ar_str *alias, *account;
	int nalias, naccount;
};

/* What was learned from confirmed payments (alias.h): an account, or a name, belongs to a customer. */
struct ar_match_alias { struct ar_str entity, value, customer, why; bool is_account; };

struct ar_match_item {              /* an invoice or another debit (open >= 0), a credit memo (open <= 0), open or settled */
	struct ar_str id, entity, customer, number, po, order, delivery;
	const struct ar_str *ref;
	int nref;
	uint16_t ccy;
	bool credit;
	int64_t amount, open;       /* amount > 0; open signed */
	ar_date due;                /* AR_DATE_NONE: its issue date, or none */
	ar_date issued;             /* 0 or AR_DATE_NONE: not known */
	ar_date settled;
	int64_t discount;           /* 0: none offered */
	ar_date discount_date;
};

struct ar_match_order { struct ar_str id, entity, customer, number; uint16_t ccy; int64_t amount; };

struct ar_match_payment {
	struct ar_str id, entity, customer, number, reference;
	uint16_t ccy;
	int64_t amount;
	ar_date date;
};

struct ar_match_remit_line { struct ar_str id, document; int64_t gross, discount, adjustment, net; struct ar_str reason; };
struct ar_match_remit {
	struct ar_str id, payment_reference, payer_account, payer;
	uint16_t ccy;
	int64_t amount;
	ar_date date;
	struct ar_match_remit_line *line;
	int nline;
};

struct ar_match_line {
	struct ar_str id, entity, payer, payer_account, end_to_end, original_reference, check_number;
	const struct ar_str *text, *ref, *doc;  /* ref: values of `references`, without their "kind="; doc: those that name documents as such */
	uint16_t ntext, nref, ndoc;
	uint16_t ccy;
	int64_t amount;                         /* + = money in */
	ar_date booked;                         /* AR_DATE_NONE: only suggestions without discounts */
	int instructed_ccy, charges_ccy;        /* AR_CCY_NONE: not given */
	int64_t instructed, charges;
	bool returned;                          /* a reversal, or it has a return reason */
	bool foreign;                           /* it came across a border: banks on the way may have kept something */
	bool cites;                             /* a reference or document number of ours stands where the bank keeps those */
	bool counts;                            /* excluded, but real money in: received and set aside */
	const char *excluded;                   /* why it is no customer's receipt (static); NULL: it may be one */
	const char *kind;                       /* of an excluded line: "fee", "pending", ...; static */
};

/* What a person answered: these documents, or money on account of a customer; before everything else. */
struct ar_match_answer {
	struct ar_str line, customer, by;
	struct ar_match_answer_part { struct ar_str item; int64_t amount, discount, writeoff, withholding_tax, charges; } *part;
	int npart;
	int64_t at;
	struct ar_str rule;
	uint32_t n;                             /* for the caller */
};

struct ar_match_target {
	uint32_t item;
	uint32_t memo;                          /* the credit memo that pays, or AR_MATCH_NONE: the bank line pays */
	int64_t amount;                         /* in the item's currency */
	int64_t source_amount;                  /* in the line's */
	int64_t discount, charges, writeoff, withholding_tax;
	int64_t residual;                       /* of the item's open amount after this result, when the payer left it */
	const char *reason;                     /* short, discount_unearned, ...; NULL without residual */
	const char *writeoff_reason;
};

struct ar_match_result {
	uint32_t line;
	enum ar_mdecision decision;
	enum ar_mrule rule;
	const char *kind;                       /* receipt, duplicate, return, or that of the excluded line */
	struct ar_str customer;                 /* who paid; n = 0: not known */
	bool money;                             /* received, on_account and set_aside are meant */
	int64_t received, on_account, set_aside;
	const char *reason;                     /* over; NULL */
	struct ar_match_target *target;         /* sorted by (due, item id), what credit memos pay first */
	int ntarget;
	uint32_t undoes;                        /* payment, or AR_MATCH_NONE */
	int alternatives;                       /* other documents (payments) that would fit as well */
	struct ar_str *evidence;
	int nevidence, evidence_room;
	int confidence;                         /* of a suggestion or auto, in thousandths; -1: not weighed */
	const struct ar_match_answer *answer;   /* NULL: nobody was asked */
	struct ar_match_result *other;          /* candidates of rank 2, 3, ...; nother of them */
	int nother;
	uint8_t mark[4];                        /* party, document, amount, residual of match_conf.h */
	uint8_t level[6];                       /* of each field of the weights, for training */
	int32_t extra;                          /* what else its weight has, in thousandths of a bit */
	bool rest;                              /* a candidate was not told: all of it on account; these are its levels */
	uint8_t rest_level[6];
	int32_t rest_extra;
};

struct ar_match;
struct ar_match *ar_match_new(const struct ar_match_policy *p, const struct ar_words *words);
void ar_match_add_customer(struct ar_match *m, const struct ar_match_customer *c);
void ar_match_add_item(struct ar_match *m, const struct ar_match_item *it);
void ar_match_add_payment(struct ar_match *m, const struct ar_match_payment *p);
void ar_match_add_remit(struct ar_match *m, const struct ar_match_remit *r);
void ar_match_add_line(struct ar_match *m, const struct ar_match_line *l);
void ar_match_add_order(struct ar_match *m, const struct ar_match_order *o);
void ar_match_add_alias(struct ar_match *m, const struct ar_match_alias *a);
void ar_match_add_answer(struct ar_match *m, const struct ar_match_answer *a);      /* NULL is not given back: see ar_match_refused */
/* Tell the story of this line in *out while running: before ar_match_run. */
void ar_match_explain(struct ar_match *m, struct ar_str line_id, struct ar_buf *out);
void ar_match_run(struct ar_match *m);

size_t ar_match_count(const struct ar_match *m);            /* results, one a line */
const struct ar_match_result *ar_match_result(const struct ar_match *m, size_t i);
const struct ar_match_line *ar_match_line_of(const struct ar_match *m, const struct ar_match_result *r);
size_t ar_match_items(const struct ar_match *m);
const struct ar_match_item *ar_match_item_of(const struct ar_match *m, uint32_t item);
const struct ar_match_payment *ar_match_payment_of(const struct ar_match *m, uint32_t payment);
const struct ar_match_answer *ar_match_answer_of(const struct ar_match *m, size_t answer);  /* sorted by line; NULL: no more */
/* Why an answer could not be taken (its line or a document is not there, more than is open); NULL: it was. */
const char *ar_match_refused(const struct ar_match *m, size_t answer);
void ar_match_free(struct ar_match *m);

#endif
