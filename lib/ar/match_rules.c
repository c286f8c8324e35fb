/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_rules.c - the order of things: what is no receipt, then the autos rule by rule, so that a guess never takes what a fact needs. */
#include "config.h"

#include "ar/match_in.h"

enum stage { AUTO_REF, AUTO_REMIT, AUTO_NUMBER, AUTO_AMOUNT, STAGES };

static struct cand *propose(struct ar_match *m, uint32_t line, enum stage s)
{
	switch (s) {
	case AUTO_REF:
		return ar_mi_auto_docs(m, line, BY_REF, AR_M_REF, AR_M_REF_SUM);
	case AUTO_REMIT:
		return ar_mi_auto_remit(m, line);
	case AUTO_NUMBER:
		return ar_mi_auto_docs(m, line, BY_ALL, AR_M_NUMBER, AR_M_NUMBER_SUM);
	default:
		return ar_mi_auto_amount(m, line);
	}
}

/* Of payments that want one document, those whose payer is known go before; then (booked, id). */
static void decide_stage(struct ar_match *m, const uint32_t *order, enum stage s)
{
	for (int known = 1; known >= 0; known--)
		for (size_t k = 0; k < m->nline; k++) {
			struct line *l = &m->line[order[k]];
			struct cand *c;

			if (l->done || l->exact_party != known)
				continue;
			c = propose(m, order[k], s);
			if (c) {
				ar_mi_weigh(m, l, c);
				ar_mi_commit(m, order[k], c, AR_MD_AUTO);
			}
			ar_arena_reset(&m->scratch);
		}
}

void ar_mi_decide(struct ar_match *m, const uint32_t *order)
{
	for (size_t k = 0; k < m->nline; k++) {
		const struct line *l = &m->line[order[k]];

		if (l->in->excluded)
			ar_mi_excluded(m, order[k]);
		else if (l->in->returned && l->in->amount < 0)
			ar_mi_returned(m, order[k]);
		else
			ar_assert(l->in->amount > 0 && !l->in->returned);
	}
	for (int s = 0; s < STAGES; s++)
		decide_stage(m, order, (enum stage)s);
	ar_mi_suggest(m, order);
}
