/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_remit.c - the payer's own list of what a payment is for. */
#include "config.h"

#include "ar/match_in.h"

/* The open document of a list's line: one, and of the group, if that is known. */
static uint32_t resolve(const struct ar_match *m, const struct line *l, struct ar_str document, uint32_t group, struct ar_arena *mem)
{
	struct ar_str key[3];
	unsigned flags[3];
	int n = ar_number_keys(document, key, flags, mem);

	for (int k = 0; k < n; k++) {
		uint32_t found = NONE;
		int seen = 0, open = 0;

		AR_MI_EACH(m, p, ar_mi_find(m, K_NUMBER, l->entity, key[k])) {
			const struct item *it = &m->item[ar_mi_value(m, p)];

			if (seen++ == AR_MATCH_CHAIN)
				break;
			if (!it->open || it->in.ccy != l->in->ccy || (group != NONE && it->group != group))
				continue;
			found = ar_mi_value(m, p);
			open++;
		}
		if (open == 1 && seen <= AR_MATCH_CHAIN)
			return found;
		if (seen)
			return NONE;
	}
	return NONE;
}

struct list {
	struct cand *c;
	bool bad;                       /* it cannot be used at all */
	bool total;                     /* its nets make the amount */
	bool discount, deducts;
	const char *why;                /* no auto */
};

static const char *deduction(const struct ar_match *m, struct ar_str reason)
{
	const struct ar_match_conf *f = m->policy.conf;

	for (int i = 0; f && reason.n && i < f->nreason; i++)
		if (ar_str_caseeq(f->reason[i].word, reason) || ar_streqz(reason, f->reason[i].code))
			return f->reason[i].code;
	return "deduction";
}

/* One line of the list into the candidate; NULL or what keeps it from being an auto. */
static const char *take_line(struct ar_match *m, const struct line *l, const struct ar_match_remit_line *rl, uint32_t i, struct list *x)
{
	struct item *it = &m->item[i];
	struct part *p;
	int64_t rest;

	x->bad = true;
	if (it->mark == m->mark)
		return "a document stands twice in the list";
	it->mark = m->mark;
	if (it->in.credit != (rl->net < 0) || rl->net == 0 || rl->discount < 0)
		return "a line of the list has the wrong sign";
	if (it->in.credit) {
		x->bad = rl->net < it->open;
		if (!x->bad)
			ar_mi_part(x->c, i, -rl->net);
		return x->bad ? "the list takes more of a credit memo than is open" : NULL;
	}
	if (!ar_sub(it->open, rl->net, &rest) || rest < 0)
		return "the list pays more on a document than is open";
	x->bad = false;
	p = ar_mi_part(x->c, i, rl->net);
	p->discount = rl->discount <= rest ? rl->discount : rest;
	x->discount |= p->discount > 0;
	if (rl->adjustment) {
		x->deducts = true;
		p->reason = deduction(m, rl->reason);
		return "the payer deducts something";
	}
	if (rest != rl->discount)
		return "a document of the list is not paid in full";
	if (rl->discount && (!ar_mi_earned(m, it, l) || rl->discount > it->in.discount))
		return "the payer takes a discount that is not earned";
	return NULL;
}

static void take_list(struct ar_match *m, const struct line *l, struct list *x)
{
	const struct ar_match_remit *rm = &m->remit[l->remit].in;
	ar_wide sum = 0;

	x->c = ar_mi_cand(m, AR_M_REMIT, "receipt", rm->nline);
	m->mark++;
	for (int i = 0; i < rm->nline; i++) {
		uint32_t it = resolve(m, l, rm->line[i].document, ar_mi_known(l), &m->scratch);
		const char *w = "a document of the list is not found open";

		sum += rm->line[i].net;
		if (it != NONE)
			w = take_line(m, l, &rm->line[i], it, x);
		x->why = x->bad || !x->why ? w : x->why;
		if (x->bad)
			return;
	}
	for (int i = 1; i < x->c->n; i++)
		if (m->item[x->c->part[i].item].group != m->item[x->c->part[0].item].group) {
			x->bad = true;
			x->why = "the documents of the list belong to different payers";
			return;
		}
	x->total = sum == l->in->amount;
	if (!x->total)
		x->why = "the list does not make the amount";
	else if (!x->why && l->remit_several)
		x->why = "several remittances could belong to this line, or several lines to this remittance";
}

static void tell_list(struct ar_match *m, const struct line *l, struct list *x)
{
	struct cand *c = x->c;
	bool residual = false;

	ar_mi_sort(m, c);
	ar_mi_say(m, &c->told, "remittance ", ar_mi_z(m, m->remit[l->remit].in.id), " belongs to this payment: same ",
		  m->remit[l->remit].in.payment_reference.n ? "reference" : m->remit[l->remit].in.payer_account.n ? "account" : "payer", " and amount", NULL);
	for (int i = 0; i < c->n; i++) {
		const struct item *it = &m->item[c->part[i].item];

		ar_mi_say(m, &c->told, "its list names ", ar_mi_name(m, c->part[i].item), NULL);
		residual |= !it->in.credit && it->open > c->part[i].pay + c->part[i].discount;
	}
	if (!x->why)
		ar_mi_say(m, &c->told, "every line of it is found open, and the nets make the amount", NULL);
	else
		ar_mi_say(m, &c->told, "no auto: ", x->why, NULL);
	ar_mi_say_payer(m, &c->told, l);
	c->veto = x->why;
	c->reason = "over";
	c->mark[AR_MC_PARTY] = ar_mi_party_of(l, m->item[c->part[0].item].group);
	c->mark[AR_MC_DOCUMENT] = AR_DOC_REMITTANCE;
	c->mark[AR_MC_AMOUNT] = residual ? AR_AMT_PART : x->discount ? AR_AMT_DISCOUNT : c->n > 1 ? AR_AMT_SUM : AR_AMT_EXACT;
	c->mark[AR_MC_RESIDUAL] = x->deducts ? AR_RES_DEDUCTION : residual ? AR_RES_SHORT : AR_RES_NONE;
	if (residual)
		c->rule = AR_M_REMIT_SHORT;
}

/* A list that names less than came leaves money over. */
static void mark_over(struct ar_match *m, const struct line *l, struct cand *c)
{
	ar_wide sum = 0;

	for (int i = 0; i < c->n; i++)
		sum += m->item[c->part[i].item].in.credit ? -c->part[i].pay : c->part[i].pay;
	if (sum < l->in->amount) {
		c->rule = AR_M_REMIT_OVER;
		c->mark[AR_MC_RESIDUAL] = AR_RES_OVER;
	}
}

struct cand *ar_mi_auto_remit(struct ar_match *m, uint32_t line)
{
	struct line *l = &m->line[line];
	struct list x = { 0 };
	const char *why;

	if (l->remit == NONE) {
		ar_mi_trace(m, l, "  remit.all: no remittance belongs to this line");
		return NULL;
	}
	take_list(m, l, &x);
	why = x.why;
	if (!why && x.c->n) {
		tell_list(m, l, &x);
		why = ar_mi_no_auto(m, l, x.c);
	}
	if (!why && x.c->n)
		return x.c;
	ar_mi_trace(m, l, "  remit.all: %s", why ? why : "the list is empty");
	l->blocked = why;
	return NULL;
}

void ar_mi_say_remit(struct ar_match *m, uint32_t line, struct cands *s)
{
	struct line *l = &m->line[line];
	struct list x = { 0 };

	if (l->remit == NONE)
		return;
	take_list(m, l, &x);
	if (x.bad || !x.c->n)
		return;
	tell_list(m, l, &x);
	mark_over(m, l, x.c);
	if (l->blocked == x.why)
		l->blocked = NULL;      /* it stands among the evidence already */
	ar_mi_add(s, x.c);
}
