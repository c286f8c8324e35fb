/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_in.h - what match.c (holding, indexing, reading lines) and match_rules.c (deciding) share. Nobody else includes it. */
#ifndef AR_AR_MATCH_IN_H
#define AR_AR_MATCH_IN_H

#include "ar/match.h"
#include "base/hash.h"
#include "num/ccy.h"

#define NONE AR_MATCH_NONE

enum how { BY_REF = 1, BY_NUMBER = 2, BY_ORDER = 4 };

struct hit {                            /* a key found on a line that documents have */
	struct ar_str text;             /* as found, for evidence */
	uint32_t key;                   /* in the index */
	uint8_t how;
	uint8_t flags;                  /* AR_TOKEN_... */
};

struct line {
	struct ar_match_line in;
	uint32_t entity;
	uint32_t by_account, by_name;   /* payer groups; NONE = not known, or not one alone */
	uint32_t customer_by_account, customer_by_name;
	struct hit *hit;
	int nhit;
	uint32_t remit;                 /* NONE */
	bool remit_several;
	bool cut;                       /* more tokens than are looked at */
	bool done, traced;
	const char *blocked;            /* why what explains the money is no auto; static */
};

struct item {
	struct ar_match_item in;
	uint32_t entity, customer, group;
	int64_t open;                   /* what is still open in this run, signed */
	uint32_t by;                    /* the line that took of it last; NONE */
	uint32_t mark;                  /* run of collect() that saw it */
	uint32_t quoted;                /* lines that quote it */
};

struct payment { struct ar_match_payment in; uint32_t entity; bool undone; };
struct remit { struct ar_match_remit in; uint32_t line; };
struct customer { struct ar_match_customer in; uint32_t root; bool known; };

struct posting { uint32_t value, next; };

struct ar_match {
	struct ar_match_policy policy;
	const struct ar_words *words;
	struct ar_arena mem, scratch;
	struct customer *customer;
	struct item *item;
	struct payment *payment;
	struct remit *remit;
	struct line *line;
	struct ar_match_result *result;
	size_t ncustomer, nitem, npayment, nremit, nline, customer_room, item_room, payment_room, remit_room, line_room;
	struct ar_tab customers, entities;
	/* the index: key -> chain of postings in the order they were added */
	struct ar_tab keys;
	uint32_t *head, *tail, *count, nhead;
	struct posting *posting;
	size_t nposting, posting_room;
	uint64_t ref_lengths;           /* bits 1 << length of the references that are in the index */
	uint32_t mark;
	struct ar_str explain;
	struct ar_buf *story;
};

/* Kinds of keys; the number beside is an entity's or a payer group's. */
enum { K_REF = 'R', K_NUMBER = 'N', K_ORDER = 'O', K_ACCOUNT = 'A', K_NAME = 'C', K_PAYMENT = 'P', K_REMIT = 'T',
       K_AMOUNT = '$', K_SETTLED = 'S', K_GROUP = 'G', K_LINES = 'L' };

uint32_t ar_mi_find(const struct ar_match *m, char kind, uint32_t n, struct ar_str text);       /* key; NONE */
uint32_t ar_mi_find_amount(const struct ar_match *m, char kind, uint32_t group, uint16_t ccy, int64_t amount);
static inline uint32_t ar_mi_count(const struct ar_match *m, uint32_t key) { return key == NONE ? 0 : m->count[key]; }
static inline uint32_t ar_mi_first(const struct ar_match *m, uint32_t key) { return key == NONE ? NONE : m->head[key]; }

const char *ar_mi_money(int64_t minor, uint16_t ccy, char *out);        /* "12.50 EUR"; out: AR_MONEY_TEXT + 8 */
const char *ar_mi_name(struct ar_match *m, uint32_t item);              /* its number, else its id */
void ar_mi_trace(struct ar_match *m, const struct line *l, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* One sentence of evidence, from pieces up to a NULL. */
void ar_mi_say(struct ar_match *m, struct ar_match_result *r, const char *first, ...) __attribute__((sentinel));

/* match_rules.c: decide every line, in the order given. */
void ar_mi_decide(struct ar_match *m, const uint32_t *order);

#endif
