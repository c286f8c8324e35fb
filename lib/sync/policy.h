/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy.h - who may have what posted, and where to. Two files in the syntax of base/conf.h:
 *
 * The policy, a company's own:
 *
 *     [approval receipts-2026]                 # a standing approval
 *     rules       = exact, reference           # the rules of ar-match it covers; * = all
 *     limit       = EUR 10000.00, USD 10000.00 # of one posting; a currency not named is not covered
 *     batch_limit = EUR 250000.00              # of all it covers in one input, else none of them is
 *     until       = 2026-12-31                 # last day, compared with --as-of
 *     by          = "Jane Doe"
 *     allow       = discount                   # unearned discount, writeoff, withholding_tax: only if named
 *     [target north]                           # where postings go; any name
 *     entity         = north
 *     system         = erp                     # default: every system of the entity
 *     format         = erp/customer-payment    # the file below and its template
 *     currency_names = EUR=Euro, USD=US Dollar
 *     account        = 1001                    # and whatever the format `needs`
 *
 * The format, one beside each template, FORMAT.post:
 *
 *     [post]
 *     template   = customer-payment.csv.mustache
 *     content    = csv                  # how values are escaped: csv, json, xml
 *     one_file   = batch                # or posting
 *     file       = payments-{batch}.csv # {batch} or {wire_key}; a target may say otherwise
 *     rows       = 5000                 # most lines of postings in one file
 *     kinds      = receipt              # receipt, credit_application
 *     reductions = discount             # what besides money it can say: writeoff, withholding_tax, bank_charges
 *     date       = m/d/yyyy             # default yyyy-mm-dd
 *     currency   = name                 # as currency_names of the target says; default code
 *     needs      = account, ar_account  # keys of the target
 *
 * Slices live as long as the configuration they were read from.
 */
#ifndef AR_SYNC_POLICY_H
#define AR_SYNC_POLICY_H

#include "base/conf.h"
#include "num/date.h"
#include "sync/posting.h"

enum { AR_FORMAT_ROWS = 100000, AR_FORMAT_LIST = 16 };

struct ar_approval {
	struct ar_str name, by;
	struct ar_str *rule;
	int nrule;                      /* 0: all */
	int64_t *limit, *batch_limit;   /* by currency; -1: none named */
	bool has_batch_limit;
	ar_date until;
	bool allow[AR_CUTS];
};

struct ar_format {
	struct ar_str template_name, content, file, date;
	bool per_posting, names_currency;
	int64_t rows;
	struct ar_str kind[AR_FORMAT_LIST], need[AR_FORMAT_LIST];
	int nkind, nneed;
	bool cut[AR_CUTS];
};

struct ar_target {
	struct ar_str name, system, entity, format_name, file;  /* system n = 0: all of the entity */
	struct ar_conf_sec *sec;
	struct ar_str *currency_name;   /* by currency; n = 0: not named */
	struct ar_format format;        /* filled by ar_format_read */
	struct ar_str value[AR_FORMAT_LIST];    /* of format.need */
};

struct ar_policy {
	struct ar_approval *approval;
	struct ar_target *target;
	int napproval, ntarget;
};

/* The policy; formats are still to be read. Unknown keys are found by ar_conf_unused afterwards. */
int ar_policy_read(struct ar_policy *p, struct ar_conf *c, struct ar_arena *mem, struct ar_err *e);
/* A target's format from its own file, and the values it needs from the target's section. */
int ar_format_read(struct ar_target *t, struct ar_conf *c, struct ar_err *e);
struct ar_target *ar_policy_target(const struct ar_policy *p, struct ar_str entity, struct ar_str system);

/* A day as a format's date says: yyyy, mm, dd, m, d and anything else as it stands. */
void ar_format_date(struct ar_buf *b, struct ar_str format, ar_date d);
/* The name of a file: {batch} and {wire_key} replaced. */
void ar_format_file(struct ar_buf *b, struct ar_str pattern, struct ar_str batch, struct ar_str wire);

#endif
