/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_train.h - weights from history, in two steps.
 *
 * First expectation maximisation for the model of I. Fellegi and A. Sunter, A theory for record linkage (1969), as W. Winkler used it
 * (1988). A candidate is right or wrong; each of its marks has a probability among right ones (m) and among wrong ones (u). Where history
 * says which candidate was right, that counts; where it does not, the present weights say how likely it is, and weights and likelihoods
 * are improved in turns.
 *
 * That model takes marks for independent, which they are not (a short payment is always of a part), so what it says is too sure of
 * itself. The second step keeps m and sets u anew, so that what is said is what is true: the likelihood of what history chose among the
 * candidates of each line and `none` is raised (D. McFadden, Conditional logit analysis, 1974) until every mark is, over all lines, as
 * often right as said.
 *
 * The weights before hold both steps back as some observations more would, so that what history never saw keeps them. The same candidates
 * give the same weights, bit for bit (detmath.h).
 */
#ifndef AR_AR_MATCH_TRAIN_H
#define AR_AR_MATCH_TRAIN_H

#include "ar/match_conf.h"

struct ar_match_seen {
	uint8_t level[AR_MW_FIELDS];
	int8_t right;                   /* 1, 0; -1: not known */
	uint32_t line;                  /* candidates of one line stand together */
	int32_t extra;                  /* what was added to its weight, in thousandths of a bit */
};
struct ar_match_seen ar_match_see(const struct ar_match_result *r, uint32_t line, int right);
struct ar_match_seen ar_match_see_rest(const struct ar_match_result *r, uint32_t line, int right);      /* where r->rest */

void ar_match_train(struct ar_match_conf *c, const struct ar_match_seen *v, size_t n);

#endif
