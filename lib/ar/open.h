/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * open.h - what is open at (date, known-at), computed from events in any order. The one module behind aging, matching, forecast,
 * dunning, credit and KPIs.
 *
 * Feed it every record of a stream (ar_open_add), then ar_open_close, then walk the items. Rules (records.md):
 *  - a document counts from its posting date (absent: its own date); applications, adjustments and reversals from their date;
 *    of several versions of one id the last with recorded <= known_at counts; if there is only a later one but created <= known_at,
 *    that one is used and counted as backfilled. Two different versions with one `recorded`: the one whose line has the greater
 *    hash, and it is counted in `conflicts`.
 *  - a debit item falls by amount + discount + writeoff + withholding_tax + bank_charges of its applications, the source by source_amount
 *    (absent: amount); adjustments are signed; a reversal undoes the whole record, from its own date.
 *  - an application settles two documents, so it counts only once both of those that are in the input count: its day is the latest of its own
 *    and theirs (a prepaid invoice of tomorrow leaves the receipt unapplied today). The truncation law is meant in this sense.
 *  - a refund takes its amount off its source unless applications name the refund as their target.
 *  - base amounts: what the source booked where it says so (amount_base), else the carrying value is taken off in proportion on what
 *    remains, events in order of (date, hash of the id), so that the last settlement takes the rest (num/money.h ar_carry).
 *  - documents whose extract has history=none carry only today's `open`: as_of must be that extract's as_of, else ar_open_close refuses
 *    (AR_REFUSED, code as_of_unsupported).
 *  - an application whose target or source never came counts for the side that is there; ar_open_facts counts the missing sides.
 *
 * Signs: item.open > 0 = the customer owes; credits, payments and over-applied items are negative. Money in minor units of item.ccy.
 * Memory (light): at most 64 bytes a document or event held, plus customers; `recorded` is kept in seconds from 1970 to 2106.
 */
#ifndef AR_AR_OPEN_H
#define AR_AR_OPEN_H

#include "rec/rec.h"

enum ar_applied_by {
	AR_BY_APPLICATION,       /* an application counts from its own date */
	AR_BY_DOCUMENTS,         /* from the later of both documents' dates */
};

struct ar_open_params {
	ar_date as_of;                   /* D */
	int64_t known_at;                /* K, seconds since 1970 UTC; INT64_MAX = everything in the input */
	enum ar_applied_by applied_by;
	bool light;                      /* totals only: no texts, no order, no events kept; walk with ar_open_each */
};

enum ar_item_special { AR_ITEM_PLAIN, AR_ITEM_RETENTION, AR_ITEM_DEPOSIT };     /* invoice of subtype retention; payment of subtype prepayment */

struct ar_item {
	enum ar_t type;                  /* AR_T_invoice, credit_memo, payment, refund */
	uint16_t ccy;
	int16_t base_ccy;                /* AR_CCY_NONE = the source gives no base amounts */
	uint32_t customer;               /* index for ar_open_customer; AR_OPEN_NOBODY: payment without customer */
	uint32_t entity;                 /* index for ar_open_entity */
	ar_date issued, posting, due, delivered;   /* AR_DATE_NONE where absent */
	int64_t amount;                  /* of the document, >= 0 */
	int64_t open, open_base;         /* signed; open_base 0 without base_ccy */
	int64_t disputed;                /* part of open in dispute at D */
	int64_t future;                  /* receipts with date > D that are known at K: settle it later (positive) */
	uint8_t special;                 /* enum ar_item_special */
	uint8_t date_is;                 /* 0 = all its applications had dates of their own; else an honest remark: see ar_open_date_is */
	ar_date settled;                 /* date of the last event that changed it; AR_DATE_NONE = none (for an item fully settled: when) */
	int64_t cash;                    /* part of the fall that payments brought (applications from payments), for forecasts */
	ar_date since;                   /* its extract tells events from this day on only; AR_DATE_NONE = all, or not said */
	uint32_t line;                   /* internal */
};

#define AR_OPEN_NOBODY UINT32_MAX

struct ar_open;
struct ar_open *ar_open_new(const struct ar_open_params *p);
/* Ask for a field of the documents or customers to be kept as text or number: before the first add. At most 48 of each. */
void ar_open_keep(struct ar_open *o, enum ar_f f);
void ar_open_keep_customer(struct ar_open *o, enum ar_f f);
/* 0: taken, or not a record it is for (other types are ignored). -1: e. r may be reused afterwards. */
int ar_open_add(struct ar_open *o, const struct ar_rec *r, struct ar_err *e);
int ar_open_close(struct ar_open *o, struct ar_err *e);

/* Light or not: every document that counts at (D, K), in no particular order; *it lives during the call. fn returns 0 or -1 to stop. */
int ar_open_each(struct ar_open *o, int (*fn)(void *arg, const struct ar_item *it), void *arg);

/* After close, not light: documents that count at (D, K), open or settled, sorted by (entity, customer id, currency, due or issued, number, id)
 * bytewise; `number` and `id` are always kept. */
size_t ar_open_count(const struct ar_open *o);
const struct ar_item *ar_open_item(const struct ar_open *o, size_t i);
struct ar_str ar_open_id(const struct ar_open *o, const struct ar_item *it);                    /* canonical JSON text */
struct ar_str ar_open_text(const struct ar_open *o, const struct ar_item *it, enum ar_f f);     /* kept text field; n = 0: absent */
bool ar_open_int(const struct ar_open *o, const struct ar_item *it, enum ar_f f, int64_t *v);   /* kept money, date, int, bool; false: absent */
size_t ar_open_find(const struct ar_open *o, struct ar_str id);                                 /* SIZE_MAX = no such item */

uint32_t ar_open_customers(const struct ar_open *o);                                            /* customers seen, by record or by name on a document */
struct ar_str ar_open_customer(const struct ar_open *o, uint32_t c);                            /* its id */
struct ar_str ar_open_customer_text(const struct ar_open *o, uint32_t c, enum ar_f f);          /* from the customer record; payer defaults to the id itself, name to the documents' customer_name */
bool ar_open_customer_int(const struct ar_open *o, uint32_t c, enum ar_f f, int64_t *v);
uint32_t ar_open_customer_find(const struct ar_open *o, struct ar_str id);                      /* AR_OPEN_NOBODY = unknown */
struct ar_str ar_open_entity(const struct ar_open *o, uint32_t entity);
const char *ar_open_date_is(uint8_t d);                                                         /* "own", "source", "later", ... */

/* Every event that counts at (D, K), grouped by item in the order of ar_open_item and within it by (date, hash of the id). */
struct ar_event {
	enum ar_t type;                  /* AR_T_application, adjustment, reversal (of an event or document) */
	ar_date date;
	int64_t delta, delta_base;       /* effect on item.open, signed */
	int64_t money;                   /* of an application: what its source gave, in the source's currency, signed like delta of
	                                  * the target; discounts and deductions are not in it */
	uint32_t other;                  /* of an application: index of the item on the other side; UINT32_MAX = not in the input */
};
size_t ar_open_events(const struct ar_open *o, size_t item, const struct ar_event **ev);

struct ar_open_facts {
	uint64_t backfilled, conflicts, missing_sides, not_own_date;
	uint64_t differs;                /* documents whose amount minus events is not the source's own `open` at the extract's date */
	ar_date newest;                  /* latest extract date seen; AR_DATE_NONE = none */
};
const struct ar_open_facts *ar_open_facts(const struct ar_open *o);
void ar_open_free(struct ar_open *o);

#endif
