/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tokens.h - document numbers in what a payer wrote.
 *
 * Banks cut text at 27, 35, 65 or 140 columns, some of them within a number, some dropping the
 * blank at the cut. So the lines are read in three renderings: as lines, joined with a blank
 * (both give the same numbers; a word like "invoice" at the end of one line speaks for the
 * number that begins the next), and joined tight.
 *
 * A number is found only as a whole token: `10664` is no hit in `450010664`, nor in `10664A`.
 * What is asked for is a key:
 *   - with letters: letters and digits in upper case, separators gone; at least 5 characters,
 *     unless introduced;
 *   - digits only: leading zeros off; at least 4 digits left, unless introduced.
 * Introduced means: a word of the list (invoice, Rechnung, facture, no, ...) or a `#` stands
 * before it, or it continues a list whose first number is introduced (`Inv 1966, 1969 and
 * 1978`).
 *
 * Never hits: parts of dates (10/28/2026, 14.10.2026), telephone numbers after a word for them,
 * numbers after a word for the customer (customer no, acct, Kd), groups of an IBAN, amounts
 * (1.450,00), parts of numbers tied by `-` or `.` (503-555-0142). `4711/12/15` and `4711-4715`
 * are expanded; the finds carry AR_TOKEN_EXPANDED and count only if they explain the amount.
 *
 * Weak tokens can be something else and need more evidence than others: not introduced and like
 * a year (1900..2099) or like a date of eight digits, in a row of equal blocks (4 or 5 digits
 * each), touching a place where the bank may have cut a number, or part of a date, a telephone
 * number and the like once the lines are joined tight.
 */
#ifndef AR_AR_TOKENS_H
#define AR_AR_TOKENS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/str.h"

enum {
	AR_TOKEN_LETTERS = 1,           /* the key holds letters */
	AR_TOKEN_INTRODUCED = 2,
	AR_TOKEN_WEAK = 4,
	AR_TOKEN_EXPANDED = 8,
	AR_TOKEN_ORDER = 16,            /* introduced by a word for an order: it is no invoice number */
	AR_TOKEN_PARTY = 32,            /* introduced by a word for the customer: a customer's number, no document's */
};

enum { AR_TOKENS_MAX = 1000 };          /* finds in one text; more are not looked at, `cut` says so */

/* Words, compared without regard to ASCII case. */
enum ar_word { AR_WORD_DOCUMENT, AR_WORD_NUMBER, AR_WORD_ORDER, AR_WORD_PARTY, AR_WORD_PHONE, AR_WORD_AND };
struct ar_words {
	struct ar_tab tab;
	uint8_t kind[512];
};
void ar_words_init(struct ar_words *w);                                         /* with the built-in list */
bool ar_words_add(struct ar_words *w, enum ar_word kind, struct ar_str word);   /* false: no room, or not a word */
void ar_words_release(struct ar_words *w);

struct ar_token {
	struct ar_str key;
	unsigned flags;
};
struct ar_tokens {
	struct ar_token *v;             /* distinct keys in the order found */
	int n, room;
	bool cut;
	struct ar_str party;            /* a customer's number: known with AR_TOKEN_PARTY; n = 0: none */
};

/* Is there any document of that key? Asked for every token that could be one. */
typedef bool ar_token_known(void *ctx, struct ar_str key, unsigned flags);

/* Find the known keys in the lines; keys and v live in mem. t is emptied first. */
void ar_tokens_find(struct ar_tokens *t, const struct ar_str *line, int nline, const struct ar_words *w,
		    ar_token_known *known, void *ctx, struct ar_arena *mem);

/*
 * The keys of a document's number: [0] the whole (with letters, or its digits), [1] its digits,
 * where it has letters, [2] its last run of digits, where it has several and 4 digits are left
 * (RE-2026-10432). Returns how many are set; equal ones are left out. flags[i] is
 * AR_TOKEN_LETTERS or 0. The keys live in mem.
 */
int ar_number_keys(struct ar_str number, struct ar_str key[3], unsigned flags[3], struct ar_arena *mem);

#endif
