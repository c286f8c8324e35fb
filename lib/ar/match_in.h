/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_in.h - what the files of matching share; nobody else includes it.
 *   match.c         holding, running, results        match_index.c   keys and chains
 *   match_read.c    what a line says                 match_plan.c    candidates made, settled, told
 *   match_docs.c    documents quoted                 match_remit.c   the payer's own list
 *   match_short.c   less came than is open
 *   match_amount.c  amounts alone                    match_subset.c  sums of some of many
 *   match_rest.c    what is no receipt, and the rest match_assign.c  weights, ranks, who gets what
 *   match_rules.c   the order of things
 */
#ifndef AR_AR_MATCH_IN_H
#define AR_AR_MATCH_IN_H

#include "ar/match.h"
#include "ar/match_conf.h"
#include "base/hash.h"
#include "num/ccy.h"
#include "num/money.h"

#define NONE AR_MATCH_NONE

enum { TEXT = AR_MONEY_TEXT + 8, DUPLICATE_DAYS = 90, RETURN_DAYS = 180, SPLIT_DAYS = 5, MAX_FOUND = 500, MAX_CANDS = 24, KEPT_CANDS = 6,
       MAX_PARTIES = 2 };

enum how { BY_REF = 1, BY_NUMBER = 2, BY_ORDER = 4, BY_DOC = 8 };       /* BY_DOC: the bank file names it as a document */
#define BY_ALL (BY_REF | BY_NUMBER | BY_ORDER | BY_DOC)

struct hit {                            /* a key found on a line that documents have */
	struct ar_str text;             /* as found, for evidence */
	uint32_t key;                   /* in the index */
	uint8_t how;
	uint8_t flags;                  /* AR_TOKEN_... */
};

struct party { uint32_t group, customer, alias; uint16_t likeness; uint8_t how; };      /* how: enum ar_mc_party */

struct line {
	const struct ar_match_line *in;         /* the caller's */
	uint32_t entity;
	uint32_t next_of_group;         /* the next line of this payer group that quotes nothing; NONE */
	struct party party[MAX_PARTIES];        /* strongest first; several only of one kind that is not exact */
	uint8_t nparty;
	bool exact_party;               /* party[0] is known by account, number or exact name */
	bool remit_several, cut, done, traced, searched;
	bool cites;                     /* it names a document, known or not */
	uint16_t nhit;
	struct hit *hit;
	uint32_t remit;                 /* NONE */
	uint32_t order;                 /* a sales order whose number is quoted; NONE */
	const char *blocked;            /* why what explains the money is no auto; static */
	struct cand **cand;             /* in the suggestions' round */
	uint8_t ncand;
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
struct order { struct ar_match_order in; uint32_t customer; };
struct alias { struct ar_match_alias in; };
struct answer { struct ar_match_answer in; const char *refused; bool seen; };
struct customer {
	struct ar_match_customer in;
	uint32_t root, rank;            /* rank: place of its id among all */
	uint32_t from, open, lines, last_line;  /* of a root: its items begin at `from`, `open` of them were open at first; its lines that quote nothing */
	bool known;
};

/* ---- index: key -> chain of values in the order they were added ---- */

struct posting { uint32_t value, next; };
struct slot { uint64_t a; uint32_t b, key; };   /* 96 bits of the key's hash, and its number + 1 */
struct chain { uint32_t head, tail, count; };
struct index {
	struct slot *slot;
	uint32_t mask, n, room;
	struct chain *chain;            /* by key */
	struct posting *posting;
	size_t nposting, posting_room;
};

/* Kinds of keys; the number beside is an entity's, a payer group's or 0. */
enum { K_REF = 'R', K_NUMBER = 'N', K_ORDER = 'O', K_SALES = 'o', K_ACCOUNT = 'A', K_NAME = 'C', K_PIECE = 'p', K_CUSTOMER = 'c', K_PAYMENT = 'P',
       K_PAID = 'd', K_REMIT = 'T', K_REMIT_BY = 't', K_REMIT_FROM = 'f', K_AMOUNT = '$', K_DISCOUNT = '%', K_SETTLED = 'S', K_LINES = 'L',
       K_LEARNED = 'a', K_LEARNED_NAME = 'n', K_ID = 'i' };

struct ar_match {
	struct ar_match_policy policy;
	const struct ar_words *words;
	struct ar_arena mem, scratch;
	struct customer *customer;
	struct item *item;
	struct payment *payment;
	struct remit *remit;
	struct order *order;
	struct alias *alias;
	struct answer *answer;
	struct line *line;
	struct ar_match_result *result;
	size_t ncustomer, nitem, npayment, nremit, norder, nalias, nanswer, nline;
	size_t customer_room, item_room, payment_room, remit_room, order_room, alias_room, answer_room, line_room;
	struct ar_tab customers, entities;
	struct index index;
	uint64_t ref_lengths;           /* bits 1 << length of the references that are in the index */
	uint32_t mark;
	struct ar_str explain;
	struct ar_buf *story;
};

void ar_mi_reserve(struct ar_match *m, size_t keys);     /* so that the old table and one twice as large need not be there together */
void ar_mi_put(struct ar_match *m, char kind, uint32_t n, struct ar_str text, uint32_t value, bool front);
void ar_mi_put_amount(struct ar_match *m, char kind, uint32_t group, uint16_t ccy, int64_t amount, uint32_t value);
uint32_t ar_mi_find(const struct ar_match *m, char kind, uint32_t n, struct ar_str text);       /* key; NONE */
uint32_t ar_mi_find_amount(const struct ar_match *m, char kind, uint32_t group, uint16_t ccy, int64_t amount);
void ar_mi_index_release(struct index *x);
static inline uint32_t ar_mi_count(const struct ar_match *m, uint32_t key) { return key == NONE ? 0 : m->index.chain[key].count; }
static inline uint32_t ar_mi_first(const struct ar_match *m, uint32_t key) { return key == NONE ? NONE : m->index.chain[key].head; }
static inline uint32_t ar_mi_value(const struct ar_match *m, uint32_t p) { return m->index.posting[p].value; }
static inline uint32_t ar_mi_next(const struct ar_match *m, uint32_t p) { return m->index.posting[p].next; }
#define AR_MI_EACH(m, p, key) for (uint32_t p = ar_mi_first(m, key); p != NONE; p = ar_mi_next(m, p))

uint32_t ar_mi_entity(struct ar_match *m, struct ar_str entity);
void *ar_mi_huge(void *v, size_t size);         /* pages as large as the system has them */
bool ar_mi_before(const struct ar_match *m, uint32_t a, uint32_t b);   /* items by (due, id) */
/* The items of a payer group that were open when the run began, in (due, id) order. */
#define AR_MI_GROUP(m, i, group) \
	for (uint32_t i = (m)->customer[group].from; i < (m)->customer[group].from + (m)->customer[group].open; i++)

/* match_read.c */
void ar_mi_index_customers(struct ar_match *m);
void ar_mi_index_payments(struct ar_match *m);
void ar_mi_read_line(struct ar_match *m, uint32_t line);
void ar_mi_guess_party(struct ar_match *m, struct line *l);     /* names that are nearly a customer's: for lines that are not decided */

/* ---- candidates ---- */

struct part {                           /* what the payer settles of one document, and how */
	uint32_t item;
	int64_t pay;                    /* by money or credit memos, of a debit item; a credit memo: what it gives (> 0) */
	int64_t discount, charges, writeoff, tax;
	int64_t source;                 /* in the line's currency, when that differs */
	const char *reason;             /* of what stays open */
};

struct cand {
	enum ar_mrule rule;
	uint8_t mark[AR_MC_DIMENSIONS];
	const char *kind;
	const char *veto;               /* no auto, whatever the matrix says */
	const char *reason;             /* of the money that is left */
	struct part *part;
	int n, room;
	bool converted;                 /* parts have a source amount of their own */
	int alternatives;
	uint32_t customer;              /* who paid, where no document says it; NONE */
	const char *writeoff_reason;
	int32_t weight, extra;          /* thousandths of a bit; extra: the part of it that no mark gives */
	uint8_t level[AR_MW_FIELDS];
	struct ar_match_result told;    /* evidence is collected here */
};

enum fit { FIT_NONE, FIT_EXACT, FIT_DISCOUNT, FIT_SHORT, FIT_OVER };

struct cand *ar_mi_cand(struct ar_match *m, enum ar_mrule rule, const char *kind, int room);
struct part *ar_mi_part(struct cand *c, uint32_t item, int64_t pay);
void ar_mi_parts(struct ar_match *m, const struct line *l, struct cand *c, const uint32_t *v, int n, enum fit fit);     /* whole documents */
void ar_mi_sort(const struct ar_match *m, struct cand *c);      /* parts by (due, id) */
bool ar_mi_valid(const struct ar_match *m, const struct line *l, const struct cand *c);         /* still open? */
void ar_mi_fill(struct ar_match *m, uint32_t line, struct cand *c, struct ar_match_result *r);  /* targets, customer; takes nothing */
void ar_mi_commit(struct ar_match *m, uint32_t line, struct cand *c, enum ar_mdecision d);
void ar_mi_finish(struct ar_match *m, struct ar_match_result *r);
struct ar_match_result *ar_mi_begin(struct ar_match *m, uint32_t line, enum ar_mdecision d, enum ar_mrule rule, const char *kind);
const char *ar_mi_no_auto(const struct ar_match *m, const struct line *l, const struct cand *c);        /* NULL: it may decide alone */
bool ar_mi_earned(const struct ar_match *m, const struct item *it, const struct line *l);
bool ar_mi_sums(const struct ar_match *m, const struct line *l, const uint32_t *v, int n, int64_t *open, int64_t *discount);
enum fit ar_mi_fits(const struct ar_match *m, const struct line *l, const uint32_t *v, int n);
uint8_t ar_mi_party_of(const struct line *l, uint32_t group);           /* enum ar_mc_party of a document's group */
static inline uint32_t ar_mi_known(const struct line *l) { return l->exact_party ? l->party[0].group : NONE; }
bool ar_mi_round(const struct line *l);
const char *ar_mi_text_reason(const struct ar_match *m, const struct line *l, struct ar_str *word);   /* why less came, in the text; NULL */

/* Documents that a line quotes. */
struct found {
	uint32_t open[MAX_FOUND], settled[MAX_FOUND];
	int nopen, nsettled;
	int alternatives;
	uint8_t how;    /* of all that was found */
	bool weak;	/* some of it rests on a weak token or an order number alone */
	bool ambiguous; /* a key stands for several documents */
	bool groups;	/* of several payer groups */
	bool family;	/* one number, several instalments */
	bool left_out;	/* documents of other payer groups were left out */
};
struct cand *ar_mi_docs_cand(struct ar_match *m, struct line *l, const struct found *f, enum ar_mrule rule, unsigned how);
void ar_mi_docs_rest(struct ar_match *m, struct cand *c, const struct line *l, const struct found *f, enum fit fit);   /* its last words */

struct cands { struct cand *v[MAX_CANDS]; int n; };
static inline void ar_mi_add(struct cands *s, struct cand *c) { if (c && s->n < MAX_CANDS) s->v[s->n++] = c; }

/* Passes. An auto pass gives the one candidate it may decide, a say pass adds all it sees. */
struct cand *ar_mi_auto_docs(struct ar_match *m, uint32_t line, unsigned how, enum ar_mrule one, enum ar_mrule several);
struct cand *ar_mi_auto_remit(struct ar_match *m, uint32_t line);
struct cand *ar_mi_auto_amount(struct ar_match *m, uint32_t line);
void ar_mi_say_docs(struct ar_match *m, uint32_t line, struct cands *s);
struct cand *ar_mi_auto_short(struct ar_match *m, uint32_t line, const struct found *f, unsigned how);
void ar_mi_say_short(struct ar_match *m, uint32_t line, const struct found *f, unsigned how, struct cands *s);
void ar_mi_say_remit(struct ar_match *m, uint32_t line, struct cands *s);
void ar_mi_say_amount(struct ar_match *m, uint32_t line, struct cands *s);
void ar_mi_say_rest(struct ar_match *m, uint32_t line, struct cands *s);
void ar_mi_excluded(struct ar_match *m, uint32_t line);
void ar_mi_returned(struct ar_match *m, uint32_t line);
void ar_mi_unknown(struct ar_match *m, uint32_t line, struct cands *s);
void ar_mi_answer(struct ar_match *m, uint32_t answer);
void ar_mi_suggest(struct ar_match *m, const uint32_t *order);          /* match_assign.c */
void ar_mi_weigh(const struct ar_match *m, const struct line *l, struct cand *c);

/* Subsets of at most 36 amounts that make `want`, of at least 2. Returns how many were found (2 = several); out: bits of the best (fewest,
 * then the earliest). *incomplete: not all were looked at. Bounded by a count of operations. */
int ar_mi_subset(const int64_t *v, int n, int64_t want, uint64_t *out, bool *incomplete, struct ar_arena *mem);

/* ---- words ---- */

const char *ar_mi_money(int64_t minor, uint16_t ccy, char *out);        /* "12.50 EUR"; out: TEXT */
const char *ar_mi_name(struct ar_match *m, uint32_t item);              /* its number, else its id */
void ar_mi_trace(struct ar_match *m, const struct line *l, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* One sentence of evidence, from pieces up to a NULL. */
void ar_mi_say(struct ar_match *m, struct ar_match_result *r, const char *first, ...) __attribute__((sentinel));
void ar_mi_say_payer(struct ar_match *m, struct ar_match_result *r, const struct line *l);
void ar_mi_say_fit(struct ar_match *m, struct ar_match_result *r, const struct line *l, const uint32_t *v, int n, enum fit fit);
void ar_mi_say_quotes(struct ar_match *m, struct ar_match_result *r, const struct line *l, const uint32_t *v, int n, unsigned how);
const char *ar_mi_z(struct ar_match *m, struct ar_str s);                 /* with a NUL; until the line is done */

/* match_rules.c: decide every line, in the order given. */
void ar_mi_decide(struct ar_match *m, const uint32_t *order);

#endif
