/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match.h - cash application: which bank line pays which documents. Pure: no files, no clock,
 * no names of systems.
 *
 * Give it the customers, documents, payments, remittances and bank lines in any order, then
 * ar_match_run once, then read the results, sorted by the id of the bank line. The same set
 * gives the same results whatever its order was.
 *
 * Rules, strongest first. A rule gives `auto` only where the policy names it and nothing speaks
 * against it; whatever else is found is a suggestion, and money is never moved because it is
 * left over.
 *   ref.equal      one reference that we issued; its document is open with just this amount
 *   ref.sum        several of them; their open amounts make this amount
 *   remit.all      the payer's own list: every line names a document of one payer group, the
 *                  nets make this amount
 *   number.equal   a document number as a whole token, its open amount is this amount
 *   number.sum     several of them (credit memos count negative)
 *   amount.unique  the account the money came from belongs to one payer group, and exactly one
 *                  of its open documents has this amount
 * An early-payment discount that is earned (paid by the document's discount date, nothing paid
 * before) may be part of an auto.
 *
 * Suggestions besides those: ref.short ref.over number.short number.over remit.short remit.over
 * number.instructed amount.name amount.several amount.round amount.discount duplicate
 * number.closed rest.on_account return.payment; rest.unknown is decision none.
 *
 * Payer group: customers whose `payer` (else `parent`) leads to the same customer.
 *
 * Order: all autos first, by rule, then the suggestions, by rule; within a rule lines by
 * (booked, id). What a line takes, suggested or not, the next one does not find open any more,
 * so that the results together never settle more than is open.
 *
 * Laws, asserted for every result: received = sum of source amounts of its targets + on_account
 * + set_aside; what the targets of all results take off a document <= its open amount.
 *
 * Texts given are not copied: they must live until ar_match_free. Ids are compared and given
 * back as they are.
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
	AR_MATCH_AMOUNT_ITEMS = 200,/* open documents of a payer group in one currency, beyond which an amount alone is never auto */
};

enum ar_mrule {
	AR_M_REF, AR_M_REF_SUM, AR_M_REMIT, AR_M_NUMBER, AR_M_NUMBER_SUM, AR_M_AMOUNT,          /* may be auto */
	AR_M_REF_SHORT, AR_M_REF_OVER, AR_M_REMIT_SHORT, AR_M_REMIT_OVER, AR_M_NUMBER_SHORT, AR_M_NUMBER_OVER, AR_M_INSTRUCTED,
	AR_M_AMOUNT_NAME, AR_M_AMOUNT_SEVERAL, AR_M_AMOUNT_ROUND, AR_M_AMOUNT_DISCOUNT,
	AR_M_DUPLICATE, AR_M_CLOSED, AR_M_ON_ACCOUNT, AR_M_RETURN, AR_M_UNKNOWN, AR_M_EXCLUDED,
	AR_M_COUNT,
	AR_M_AUTOS = AR_M_AMOUNT + 1,
};
const char *ar_match_rule(enum ar_mrule r);                 /* "ref.equal" */
int ar_match_rule_find(struct ar_str name);                 /* a rule that may be auto; -1: none of that name */

enum ar_mdecision { AR_MD_AUTO, AR_MD_SUGGEST, AR_MD_NONE, AR_MD_EXCLUDED };
const char *ar_match_decision(enum ar_mdecision d);

struct ar_match_policy {
	unsigned autos;             /* bits 1 << rule */
	unsigned make;              /* bits 1 << enum ar_ref: references also computed from the document's number */
	bool over_auto;             /* an overpaid document may be auto, the rest on account */
	bool discount_auto;         /* an earned discount may be part of an auto */
	int grace_days;             /* discounts count as earned so many days longer */
};
void ar_match_policy_init(struct ar_match_policy *p);       /* all rules, earned discounts; nothing made, no overpayment, no grace */

struct ar_match_customer {
	struct ar_str id, entity, payer, parent, name;  /* payer: n = 0 or the id itself = not said */
	const struct ar_str *alias, *account;
	int nalias, naccount;
};

struct ar_match_item {              /* an invoice or another debit (open >= 0), a credit memo (open <= 0), open or settled */
	struct ar_str id, entity, customer, number, po, order, delivery;
	const struct ar_str *ref;
	int nref;
	uint16_t ccy;
	bool credit;
	int64_t amount, open;       /* amount > 0; open signed */
	ar_date due;                /* AR_DATE_NONE: its issue date, or none */
	ar_date settled;
	int64_t discount;           /* 0: none offered */
	ar_date discount_date;
};

struct ar_match_payment {
	struct ar_str id, entity, customer, number, reference;
	uint16_t ccy;
	int64_t amount;
	ar_date date;
};

struct ar_match_remit_line { struct ar_str id, document; int64_t gross, discount, adjustment, net; };
struct ar_match_remit {
	struct ar_str id, payment_reference, payer_account;
	uint16_t ccy;
	int64_t amount;
	ar_date date;
	struct ar_match_remit_line *line;
	int nline;
};

struct ar_match_line {
	struct ar_str id, entity, payer, payer_account, end_to_end, original_reference, check_number;
	const struct ar_str *text, *ref;        /* ref: values of `references`, without their "kind=" */
	int ntext, nref;
	uint16_t ccy;
	int64_t amount;                         /* + = money in */
	ar_date booked;                         /* AR_DATE_NONE: only suggestions without discounts */
	int instructed_ccy, charges_ccy;        /* AR_CCY_NONE: not given */
	int64_t instructed, charges;
	bool returned;                          /* a reversal, or it has a return reason */
	const char *excluded;                   /* why it is no customer's receipt (static); NULL: it may be one */
	const char *kind;                       /* of an excluded line: "fee", "pending", ...; static */
	bool counts;                            /* excluded, but real money in: received and set aside */
};

struct ar_match_target {
	uint32_t item;
	uint32_t memo;                          /* the credit memo that pays, or AR_MATCH_NONE: the bank line pays */
	int64_t amount;                         /* in the item's currency */
	int64_t source_amount;                  /* in the line's */
	int64_t discount, charges;
	int64_t residual;                       /* of the item's open amount after this result, when the payer left it */
	const char *reason;                     /* short, discount_unearned, ...; NULL without residual */
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
};

struct ar_match;
struct ar_match *ar_match_new(const struct ar_match_policy *p, const struct ar_words *words);
void ar_match_add_customer(struct ar_match *m, const struct ar_match_customer *c);
void ar_match_add_item(struct ar_match *m, const struct ar_match_item *it);
void ar_match_add_payment(struct ar_match *m, const struct ar_match_payment *p);
void ar_match_add_remit(struct ar_match *m, const struct ar_match_remit *r);
void ar_match_add_line(struct ar_match *m, const struct ar_match_line *l);
/* Tell the story of this line in *out while running: before ar_match_run. */
void ar_match_explain(struct ar_match *m, struct ar_str line_id, struct ar_buf *out);
void ar_match_run(struct ar_match *m);

size_t ar_match_count(const struct ar_match *m);            /* results, one a line */
const struct ar_match_result *ar_match_result(const struct ar_match *m, size_t i);
const struct ar_match_line *ar_match_line_of(const struct ar_match *m, const struct ar_match_result *r);
const struct ar_match_item *ar_match_item_of(const struct ar_match *m, uint32_t item);
const struct ar_match_payment *ar_match_payment_of(const struct ar_match *m, uint32_t payment);
void ar_match_free(struct ar_match *m);

#endif
