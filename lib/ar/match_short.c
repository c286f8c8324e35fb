/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_short.c - less came than is open of what is quoted: charges, late discounts, trifles, tax, deductions, parts. */
#include "config.h"

#include "ar/match_in.h"

/* Whole words of the text that say why; NULL: none. */
const char *ar_mi_text_reason(const struct ar_match *m, const struct line *l, struct ar_str *word)
{
	const struct ar_match_conf *f = m->policy.conf;

	for (int i = 0; f && i < f->nreason; i++)
		for (int k = 0; k < l->in->ntext; k++) {
			struct ar_str t = l->in->text[k], w = f->reason[i].word;

			if (!ar_is_alpha(*w.p))
				continue;               /* a code, not a word */
			for (size_t at = 0; at + w.n <= t.n; at++) {
				struct ar_str here = { t.p + at, w.n };

				if ((at && (ar_is_alnum(t.p[at - 1]) || t.p[at - 1] & 0x80)) ||
				    (at + w.n < t.n && (ar_is_alnum(t.p[at + w.n]) || t.p[at + w.n] & 0x80)) || !ar_str_caseeq(here, w))
					continue;
				*word = here;
				return f->reason[i].code;
			}
		}
	return NULL;
}

struct missing {
	int64_t open, amount;           /* what is missing */
	int last;                       /* the document it is taken from: the last debit that is large enough; -1 none */
};

static bool find_missing(const struct ar_match *m, const struct line *l, const struct found *f, struct missing *x)
{
	int64_t discount;

	if (!ar_mi_sums(m, l, f->open, f->nopen, &x->open, &discount))
		return false;
	x->amount = x->open - l->in->amount;
	x->last = -1;
	for (int i = 0; i < f->nopen; i++)
		if (!m->item[f->open[i]].in.credit && m->item[f->open[i]].open > x->amount)
			x->last = i;
	return x->amount > 0;
}

static struct cand *short_cand(struct ar_match *m, struct line *l, const struct found *f, enum ar_mrule rule, uint8_t residual,
			       unsigned how)
{
	struct cand *c = ar_mi_docs_cand(m, l, f, rule, how);

	c->mark[AR_MC_RESIDUAL] = residual;
	ar_mi_docs_rest(m, c, l, f, FIT_SHORT);
	ar_mi_parts(m, l, c, f->open, f->nopen, FIT_SHORT);
	return c;
}

static struct part *gives(struct cand *c, const struct missing *x, int64_t *what)
{
	struct part *p = &c->part[x->last];

	p->pay -= x->amount;
	*what = x->amount;
	return p;
}

static void say_charges(struct ar_match *m, struct line *l, const struct found *f, const struct missing *x, unsigned how,
			struct cands *s)
{
	const struct ar_match_conf *conf = m->policy.conf;
	bool told = (l->in->instructed_ccy == l->in->ccy && l->in->instructed - l->in->amount == x->amount) ||
		    (l->in->charges_ccy == l->in->ccy && l->in->charges == x->amount);
	struct cand *c;

	if (x->last < 0)
		return;
	if (!told && !(conf && l->in->foreign && conf->fee_low[l->in->ccy] >= 0 && x->amount >= conf->fee_low[l->in->ccy] &&
		       x->amount <= ar_mc_limit(conf->fee_high, l->in->ccy) && x->amount * 20 <= x->open))
		return;
	c = short_cand(m, l, f, told ? AR_M_INSTRUCTED : AR_M_CHARGES, told ? AR_RES_CHARGES : AR_RES_FEE, how);
	gives(c, x, &c->part[x->last].charges);
	ar_mi_say(m, &c->told,
		  told ? "the bank's own figures explain what is missing: charges on the way"
		       : "the payment came from abroad, and banks on the way usually keep about as much as is missing",
		  NULL);
	ar_mi_add(s, c);
}

static void say_late(struct ar_match *m, struct line *l, const struct found *f, const struct missing *x, unsigned how, struct cands *s)
{
	int64_t all = 0;
	struct cand *c;

	for (int i = 0; i < f->nopen; i++)
		all += m->item[f->open[i]].open == m->item[f->open[i]].in.amount ? m->item[f->open[i]].in.discount : 0;
	if (all != x->amount)
		return;
	c = short_cand(m, l, f, AR_M_DISCOUNT_LATE, AR_RES_LATE, how);
	for (int i = 0; i < f->nopen; i++) {
		const struct item *it = &m->item[f->open[i]];

		if (it->open != it->in.amount || it->in.credit || it->in.discount >= it->open)
			continue;
		c->part[i].discount = it->in.discount;
		c->part[i].pay -= it->in.discount;
	}
	ar_mi_say(m, &c->told, "the discount was taken after its last day", NULL);
	ar_mi_add(s, c);
}

static void say_tolerance(struct ar_match *m, struct line *l, const struct found *f, const struct missing *x, unsigned how,
			  struct cands *s)
{
	const struct ar_match_conf *conf = m->policy.conf;
	struct cand *c;

	if (!conf || x->last < 0 || x->amount > ar_mc_limit(conf->tolerance, l->in->ccy) ||
	    (ar_wide)x->amount * 1000 > (ar_wide)x->open * conf->tolerance_permille)
		return;
	c = short_cand(m, l, f, AR_M_TOLERANCE, AR_RES_TOLERANCE, how);
	gives(c, x, &c->part[x->last].writeoff);
	c->writeoff_reason = "small_balance";
	ar_mi_say(m, &c->told, "what is missing is within the tolerance", NULL);
	ar_mi_add(s, c);
}

/* A rate of whole percents, or of the usual halves. */
static bool tax_rate(int64_t open, int64_t missing)
{
	for (int half = 1; half <= 60; half++) {
		ar_wide d = (ar_wide)missing * 200 - (ar_wide)open * half;

		if (d <= 100 && d >= -100)
			return true;
	}
	return false;
}

static void say_deduction(struct ar_match *m, struct line *l, const struct found *f, const struct missing *x, unsigned how,
			  struct cands *s)
{
	struct ar_str word = { NULL, 0 };
	const char *reason = ar_mi_text_reason(m, l, &word);
	struct cand *c;
	bool tax;

	if (!reason || strcmp(reason, "discount") == 0 || strcmp(reason, "part") == 0)
		return;
	tax = strcmp(reason, "withholding") == 0;
	if (tax && (x->last < 0 || !tax_rate(x->open, x->amount)))
		return;
	c = short_cand(m, l, f, tax ? AR_M_WITHHOLDING : AR_M_DEDUCTION, tax ? AR_RES_WITHHOLDING : AR_RES_DEDUCTION, how);
	if (tax)
		gives(c, x, &c->part[x->last].tax);
	else
		for (int i = 0; i < c->n; i++)
			c->part[i].reason = reason;
	ar_mi_say(m, &c->told, "the text says why: '", ar_mi_z(m, word), tax ? "', and what is missing is a usual rate of tax" : "'", NULL);
	ar_mi_add(s, c);
}

/* Another line not decided yet quotes the same document, and both make what is open. */
static bool other_half(struct ar_match *m, uint32_t line, const struct found *f, int64_t missing)
{
	const struct line *l = &m->line[line];
	int seen = 0;

	if (f->nopen != 1 || !l->exact_party)
		return false;
	AR_MI_EACH(m, p, ar_mi_find_amount(m, K_LINES, l->party[0].group, l->in->ccy, missing)) {
		uint32_t o = ar_mi_value(m, p);
		const struct line *x = &m->line[o];

		if (seen++ == AR_MATCH_CHAIN)
			break;
		if (o == line || x->done || x->in->booked - l->in->booked > SPLIT_DAYS || l->in->booked - x->in->booked > SPLIT_DAYS)
			continue;
		for (int i = 0; i < x->nhit; i++)
			for (int k = 0; k < l->nhit; k++)
				if (x->hit[i].key == l->hit[k].key)
					return true;
	}
	return false;
}

void ar_mi_say_short(struct ar_match *m, uint32_t line, const struct found *f, unsigned how, struct cands *s)
{
	struct line *l = &m->line[line];
	struct missing x;
	struct cand *c;
	bool half;

	if (!find_missing(m, l, f, &x))
		return;
	say_charges(m, l, f, &x, how, s);
	say_late(m, l, f, &x, how, s);
	say_tolerance(m, l, f, &x, how, s);
	say_deduction(m, l, f, &x, how, s);
	half = other_half(m, line, f, x.amount);
	c = short_cand(m, l, f, half ? AR_M_SPLIT : how == BY_REF ? AR_M_REF_SHORT : AR_M_NUMBER_SHORT, AR_RES_SHORT, how);
	c->mark[AR_MC_AMOUNT] = half ? AR_AMT_SPLIT : AR_AMT_PART;
	if (half)
		ar_mi_say(m, &c->told, "another payment of these days pays the rest", NULL);
	ar_mi_add(s, c);
}

/*
 * What a policy lets be given up without asking: a trifle, a late discount, withheld tax, each within its limit. Only if one of these
 * readings is allowed: two would book the same money differently.
 */
struct cand *ar_mi_auto_short(struct ar_match *m, uint32_t line, const struct found *f, unsigned how)
{
	const struct ar_match_conf *conf = m->policy.conf;
	struct line *l = &m->line[line];
	struct cand *one = NULL;
	struct cands s = { .n = 0 };
	struct missing x;

	if (!conf || !(ar_mc_limit(conf->auto_writeoff, l->in->ccy) || ar_mc_limit(conf->auto_late_discount, l->in->ccy) ||
		       ar_mc_limit(conf->auto_withholding, l->in->ccy)))
		return NULL;
	if (!find_missing(m, l, f, &x) || other_half(m, line, f, x.amount))
		return NULL;
	say_late(m, l, f, &x, how, &s);
	say_tolerance(m, l, f, &x, how, &s);
	say_deduction(m, l, f, &x, how, &s);
	for (int i = 0; i < s.n; i++)
		if (!ar_mi_no_auto(m, l, s.v[i])) {
			if (one)
				return NULL;
			one = s.v[i];
		}
	return one;
}
