/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_conf.h - what matching knows as data: the rule matrix, the weights, the words for
 * deductions and for lines that are no receipts. Files in the syntax of base/conf.h that
 * accountants read and change; the shipped ones lie in formats/match.
 *
 *     [matrix]
 *     version = 1
 *     # party            | document   | amount       | residual | decision
 *     row = account name | number     | exact sum    | none     | auto
 *     row = any          | any        | any          | any      | suggest
 *
 *     [weights]                   # probability among right candidates, among wrong ones
 *     party.account = 0.62 0.10
 *     none          = -3.0        # bits: how easily all candidates of a line are wrong
 *
 *     [reasons]                   # words of a text, or codes of a remittance, that say why less came
 *     damage = damage, damaged, Transportschaden
 *
 *     [limits]
 *     tolerance = EUR 2.00, USD 2.00
 *
 *     [class payout]              # lines that are no customer's receipt
 *     payers = ...                # beginnings of names, compared as names are
 *     codes  = ...                # beginnings of bank codes
 *     words  = ...                # words of the text
 *
 * The first row that fits decides; where none does, it is suggest. `any` fits everything.
 */
#ifndef AR_AR_MATCH_CONF_H
#define AR_AR_MATCH_CONF_H

#include "ar/match.h"
#include "base/conf.h"

enum { AR_MC_PARTY, AR_MC_DOCUMENT, AR_MC_AMOUNT, AR_MC_RESIDUAL, AR_MC_DIMENSIONS };
enum ar_mc_party { AR_PARTY_ACCOUNT, AR_PARTY_NUMBER, AR_PARTY_NAME, AR_PARTY_FUZZY, AR_PARTY_LOOSE, AR_PARTY_NONE, AR_PARTY_OTHER };
enum ar_mc_document { AR_DOC_REFERENCE, AR_DOC_REMITTANCE, AR_DOC_NUMBER, AR_DOC_ORDER, AR_DOC_WEAK, AR_DOC_SOME, AR_DOC_NONE };
enum ar_mc_amount { AR_AMT_EXACT, AR_AMT_SUM, AR_AMT_DISCOUNT, AR_AMT_UNIQUE, AR_AMT_SEVERAL, AR_AMT_BALANCE, AR_AMT_PAST_DUE,
	AR_AMT_STATEMENT, AR_AMT_OLDEST, AR_AMT_SAME_DUE, AR_AMT_SAME_MONTH, AR_AMT_SUBSET, AR_AMT_SPLIT, AR_AMT_INSTRUCTED,
	AR_AMT_CONVERTED, AR_AMT_PART, AR_AMT_SETTLED, AR_AMT_ORDER };
enum ar_mc_residual { AR_RES_NONE, AR_RES_LATE, AR_RES_CHARGES, AR_RES_FEE, AR_RES_TOLERANCE, AR_RES_SHORT, AR_RES_DEDUCTION,
	AR_RES_WITHHOLDING, AR_RES_OVER, AR_RES_ALL };

/* Fields of the weights: the four marks, and two more. */
enum { AR_MW_FIELDS = 6, AR_MW_LEVELS = 20, AR_MW_ROUND = 4, AR_MW_WHEN = 5 };
/* AR_MW_ROUND: 0 cents, 1 whole units. AR_MW_WHEN: 0 due within a month, 1 long past due, 2 long before, 3 no date. */

const char *ar_mc_name(int field, int level);           /* "account"; NULL: no such level */
const char *ar_mc_field(int field);                     /* "party" */

struct ar_mc_row { uint32_t fits[AR_MC_DIMENSIONS]; enum ar_mdecision decision; };
struct ar_mc_reason { struct ar_str word; const char *code; };
struct ar_mc_class { const char *name; struct ar_str *payer, *code, *word; int npayer, ncode, nword; };

struct ar_match_conf {
	struct ar_mc_row row[128];
	int nrow;
	double m[AR_MW_FIELDS][AR_MW_LEVELS], u[AR_MW_FIELDS][AR_MW_LEVELS];
	double none;                            /* bits */
	int32_t bits[AR_MW_FIELDS][AR_MW_LEVELS];       /* thousandths of a bit; set by ar_match_conf_weigh */
	struct ar_mc_reason reason[512];
	int nreason;
	struct ar_mc_class class[32];
	int nclass;
	int64_t *tolerance, *fee_low, *fee_high;        /* by currency; -1: not given */
	int64_t *auto_writeoff, *auto_late_discount, *auto_withholding;
	int tolerance_permille, rate_permille;
	bool has_matrix, has_weights;
	struct ar_arena *mem;
};

void ar_match_conf_init(struct ar_match_conf *c, struct ar_arena *mem);
/* Take the sections of one file that are known here; others are left unread. */
int ar_match_conf_read(struct ar_match_conf *c, struct ar_conf *conf, struct ar_err *e);
void ar_match_conf_weigh(struct ar_match_conf *c);      /* after reading, or after m and u were changed */
void ar_match_conf_put_weights(const struct ar_match_conf *c, struct ar_buf *out);      /* as a file that can be read again */
int ar_mc_limits(struct ar_conf_key *k, int64_t *limit, struct ar_err *e);              /* "EUR 5.00, USD 5.00" */

enum ar_mdecision ar_match_conf_decide(const struct ar_match_conf *c, const uint8_t mark[AR_MC_DIMENSIONS]);
int64_t ar_mc_limit(const int64_t *limit, int ccy);     /* 0 where none was given */

#endif
