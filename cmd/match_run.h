/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_run.h - what the files of ar-match share: the run, what was read, and the parts of the job. */
#ifndef AR_CMD_MATCH_RUN_H
#define AR_CMD_MATCH_RUN_H

#include "ar/match.h"
#include "ar/match_conf.h"
#include "ar/open.h"
#include "base/conf.h"
#include "rec/rates.h"
#include "rec/tool.h"

enum { MATCH_LINKS = 3 };               /* references of an entry, its number, its batch */
struct pairing {                        /* of a line that bears such a reference, or a role */
	struct ar_str link[MATCH_LINKS];        /* by which details find the line that brings their money */
	struct ar_str batch;                    /* of a detail that took its line's place: that line */
	struct { const char *excluded, *kind; bool counts; } alone;    /* what a detail would be by itself */
	bool detail, paired;                    /* detail: booked, and not yet found to belong to a line */
};
struct held {                           /* a bank line as read */
	struct ar_match_line line;
	struct ar_str statement, src, bank_account;
	struct pairing *pair;                   /* NULL: neither */
	uint32_t also;                          /* 1 + its further statements in match_run.also; 0: none */
	ar_date date;
	struct ar_hash128 content;
};

struct match_run {
	struct ar_io *io;
	/* options */
	ar_date as_of;
	int64_t known_at, now;
	const char *policy_file, *rules_file, *weights_file, *words_file;
	const char *explain, *review, *answers, *alias, *train;
	struct ar_args by;
	bool summary, evaluate;

	struct ar_open *open;
	struct ar_match *match;
	struct ar_match_policy policy;
	struct ar_match_conf conf;
	struct ar_str *payer_keys[32];          /* of each class of the conf, made when first asked for */
	struct ar_words words;
	struct ar_rates *rates;
	int64_t *writeoff_limit, *four_eyes;    /* of answers, by currency; -1: none */
	struct ar_tab cut_statements;           /* statements that did not end properly */
	struct ar_tab own_accounts;             /* accounts of ours */
	struct ar_tab line_ids, remit_ids;
	struct held *line;
	struct ar_match_remit *remit;
	struct listed { uint32_t remit; struct ar_match_remit_line line; struct ar_str id; uint16_t ccy; } *listed;
	struct ar_match_order *order;
	struct match_learned *learned;
	struct also { struct ar_str statement; uint32_t next; } *also;  /* more statements of a line: a chain */
	size_t nalso, also_room, nline, line_room, nremit, remit_room, nlisted, listed_room, norder, order_room, nlearned, learned_room;
	uint64_t taken;
	struct ar_rec scratch, rec;
	struct ar_arena mem;                    /* of scratch and rec */
	struct ar_buf story;
};

/* Grow v for one more. */
void *match_more(void *v, size_t n, size_t *room, size_t size);
struct ar_str match_kept(struct match_run *run, struct ar_str s);       /* for as long as the run */

/* match_policy.c */
int match_read_policy(struct match_run *run);
/* match_world.c */
int match_read_input(struct match_run *run);
void match_feed(struct match_run *run);         /* all of it into run->match; lines sorted */
struct ar_str match_plain(struct match_run *run, struct ar_str s);      /* text that ar/open keeps, unescaped */
void match_feed_customers(struct match_run *run, struct ar_match *m);
void match_feed_item(struct match_run *run, struct ar_match *m, const struct ar_item *it, int64_t open, ar_date settled);
/* match_pair.c */
void match_pair(struct match_run *run);         /* details and the lines that bring their money */
/* match_write.c */
void match_put_results(struct match_run *run);
/* match_review.c */
int match_put_review(struct match_run *run);
int match_read_answers(struct match_run *run);
int match_check_answers(struct match_run *run);
/* match_history.c */
int match_read_alias(struct match_run *run);
void match_feed_aliases(struct match_run *run);
int match_learn(struct match_run *run);         /* appends to the alias journal what the input confirms */
int match_evaluate(struct match_run *run);      /* and trains */

#endif
