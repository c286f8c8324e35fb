/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mt.h - what the files of the MT940 decoder share, and nobody else: mt940.c makes messages of lines, mtstmt.c statements of
 * messages, mtentry.c rows of entries, mtfield.c reads dates and amounts, mt86.c the :86:, mtrow.c puts rows together,
 * mtread.c lines and encodings.
 */
#ifndef AR_FORMATS_MT_H
#define AR_FORMATS_MT_H

#include "base/hash.h"
#include "num/ccy.h"
#include "num/date.h"
#include "num/money.h"
#include "syntax/mt86.h"
#include "syntax/mt940.h"
#include "syntax/mtread.h"

/* decimals of sums; of one statement: warnings, lines of text */
enum { AR_MT_SCALE = 4, AR_MT_WARNINGS = 16, AR_MT_TEXTS = 64 };

enum ar_mt_tag { T_NONE, T_20, T_21, T_25, T_25P, T_28C, T_28, T_34F, T_13D, T_13, T_60F, T_60M, T_61, T_86, T_62F, T_62M, T_64, T_65,
	T_90D, T_90C, T_NS, T_940, T_942 };

struct ar_mt_field { enum ar_mt_tag tag; uint64_t at; int first, n; };       /* at: physical line; first, n: of m->line */

/* amount: with its sign; minor: in AR_MT_SCALE decimals, if known */
struct ar_mt_balance { bool there, known; ar_date date; struct ar_str ccy, amount; ar_wide minor; };

struct ar_mt_sums { ar_wide credit, debit; uint64_t ncredit, ndebit; bool unknown; };

struct ar_mt_statement {
	bool used, intraday, complete, no_end;
	bool odd;                               /* a message of it is, or its account is said by the map */
	struct ar_arena mem;
	uint64_t at, entries, stamp;
	struct ar_str key, chain, number, account, bank, ccy, encoding, period_end;
	struct ar_str f20, f21, f25, f28, f13;
	struct ar_mt_balance open, close, other[8];
	enum ar_mt_tag open_tag, close_tag, other_tag[8];
	int nother;
	struct ar_str floor[2], count_debit, count_credit, text[AR_MT_TEXTS];
	int nfloor, ntext;
	struct ar_mt_sums sums;
	const char *warning[AR_MT_WARNINGS];
	int nwarning;
};

/* The dates of the last entry that had two good ones: entries of a statement have few. */
struct ar_mt_days {
	char sent[10];                          /* YYMMDDMMDD */
	bool known;
	ar_date value, booked;
	char value_text[11 + AR_MT_SPARE], booked_text[11 + AR_MT_SPARE];
};

/* An amount as plain decimal; minor: in AR_MT_SCALE decimals, if known; comma: it had a separator of decimals, or a comma */
struct ar_mt_amount { struct ar_str text; bool minus, comma, known; ar_wide minor; };

struct ar_mt {
	struct ar_decode *d;
	struct ar_mt_read in;
	struct ar_arena mem;                    /* of the message */
	char *text, *text_end;                  /* room in it for lines: they lie one behind the other, without a gap where it goes on */
	struct ar_mt_row row;
	struct ar_mt_field *field;
	int nfield, field_cap;
	struct ar_str *line;
	int nline, line_cap;
	size_t bytes;
	bool odd;                               /* of its lines not all are clean: see mtread.h */
	bool colon;                             /* the last line was a lone ':': the next may be the rest of a tag */
	bool dashed;                            /* a lone '-' was read; the message goes on if what follows belongs to it */
	bool block, ends, dashes, whole_line;   /* {4: is open; this one ended by '-'; some did; the last line had an end */
	bool closing, entries;                  /* a closing balance was read; an entry was */
	enum ar_mt_tag kind;                          /* T_942: said by block 2 or a line */
	struct ar_str said_account, said_ccy, said_encoding;
	struct ar_mt_statement open[AR_MT_OPEN];
	struct ar_tab seen, counts;             /* identities with balances; identities alone */
	uint32_t *count;
	uint32_t count_cap;
	uint64_t stamp;
	/* the statement of the message, and what its entries share */
	struct ar_mt_statement *st;
	struct ar_str above_name[8], above_value[8];
	int nabove;
	bool incomplete;
	ar_date latest;                         /* value date of its entries */
	struct ar_mt_days days;
};

/* mtfield.c; what they return lives as long as the message or the arena given, with AR_MT_SPARE bytes behind it */
struct ar_str ar_mt_in_message(struct ar_mt *m, struct ar_str v);
struct ar_str ar_mt_join(struct ar_arena *a, struct ar_str v, struct ar_str more);
struct ar_str ar_mt_number_text(struct ar_arena *a, uint64_t v);
struct ar_str ar_mt_date_text(struct ar_arena *a, ar_date d);
bool ar_mt_all_digits(const char *p, int n);
int ar_mt_two_digits(const char *p);
ar_date ar_mt_short_date(const char *p, bool *clamped);
ar_date ar_mt_near_date(const char *p, ar_date near, bool *clamped);
size_t ar_mt_amount_span(struct ar_str s);
size_t ar_mt_read_amount(struct ar_arena *a, struct ar_str s, struct ar_mt_amount *out);
struct ar_str ar_mt_plain_amount(struct ar_arena *a, struct ar_str s, bool *minus);
bool ar_mt_scaled(struct ar_str s, ar_wide *out);
struct ar_mt_balance ar_mt_read_balance(struct ar_mt *m, struct ar_str s, bool *strange);
bool ar_mt_is_iban(struct ar_str s);

/* mtentry.c */
void ar_mt_warn(struct ar_mt *m, const char *text);
void ar_mt_add_if(struct ar_mt *m, const char *base, struct ar_str v);
int ar_mt_give_entry(struct ar_mt *m, int *i);
void ar_mt_statement_text(struct ar_mt *m, const struct ar_mt_field *f);

/* mtstmt.c */
struct ar_str ar_mt_keep(struct ar_mt_statement *s, struct ar_str v);
void ar_mt_warn_statement(struct ar_mt_statement *s, const char *text);
struct ar_mt_field *ar_mt_find_field(struct ar_mt *m, enum ar_mt_tag a, enum ar_mt_tag b);
struct ar_str ar_mt_first_line(struct ar_mt *m, enum ar_mt_tag a, enum ar_mt_tag b);
int ar_mt_give_statement(struct ar_mt *m, struct ar_mt_statement *s);
int ar_mt_end_message(struct ar_mt *m, bool last);
void ar_mt_forget_text(struct ar_mt *m);

/* mt940.c */
int ar_mt_damaged(struct ar_mt *m, const char *code, const char *what, const char *advice);

#endif
