/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_rest.c - what no document explains, what is no receipt, what goes back, and what people answered. */
#include "config.h"

#include "ar/match_in.h"

/* ---- money that stays with a payer ---- */

static struct cand *stays(struct ar_match *m, const struct line *l, enum ar_mrule rule, const char *kind, uint8_t amount)
{
	struct cand *c = ar_mi_cand(m, rule, kind, 0);

	c->mark[AR_MC_PARTY] = l->nparty ? l->party[0].how : AR_PARTY_NONE;
	c->mark[AR_MC_DOCUMENT] = AR_DOC_NONE;
	c->mark[AR_MC_AMOUNT] = amount;
	c->mark[AR_MC_RESIDUAL] = AR_RES_ALL;
	return c;
}

/* An order is paid before anything is invoiced. */
static void say_prepayment(struct ar_match *m, const struct line *l, struct cands *s)
{
	const struct order *o;
	uint32_t group;
	struct cand *c;
	bool whole;

	if (l->order == NONE)
		return;
	o = &m->order[l->order];
	group = m->customer[o->customer].root;
	whole = o->in.ccy == l->in->ccy && o->in.amount == l->in->amount;
	if (l->exact_party && l->party[0].group != group && !whole)
		return;
	c = stays(m, l, AR_M_PREPAYMENT, "prepayment", whole ? AR_AMT_ORDER : AR_AMT_PART);
	c->mark[AR_MC_PARTY] = ar_mi_party_of(l, group);
	c->mark[AR_MC_DOCUMENT] = AR_DOC_ORDER;
	c->customer = o->customer;
	ar_mi_say(m, &c->told, "the text quotes order ", ar_mi_z(m, o->in.number), ", of which no invoice is open",
		  whole ? "; the amount is the order's" : "", NULL);
	ar_mi_say_payer(m, &c->told, l);
	ar_mi_add(s, c);
}

/* What else stands on the line and did not help. Returns how many open documents are quoted. */
static int say_unhelpful(struct ar_match *m, const struct line *l, struct ar_match_result *r)
{
	uint32_t first = NONE;
	bool several = false;
	int all = 0;

	for (int k = 0; k < l->nhit; k++) {
		int n = 0, open = 0;

		AR_MI_EACH(m, p, l->hit[k].key) {
			if (n++ == AR_MATCH_CHAIN)
				break;
			if (!m->item[ar_mi_value(m, p)].open)
				continue;
			open++;
			first = first == NONE ? ar_mi_value(m, p) : first;
		}
		several |= open > 1;
		all += open;
	}
	if (first == NONE)
		return 0;
	if (!several)
		ar_mi_say_quotes(m, r, l, &first, 1, BY_ALL);
	ar_mi_say(m, r,
		  several				      ? "a number stands for several documents"
		  : m->item[first].in.ccy != l->in->ccy ? "what is quoted is open in another currency"
							      : "the documents quoted do not explain the amount",
		  NULL);
	return all;
}

void ar_mi_say_rest(struct ar_match *m, uint32_t line, struct cands *s)
{
	const struct line *l = &m->line[line];
	struct cand *c;

	say_prepayment(m, l, s);
	if (!l->exact_party)
		return;
	c = stays(m, l, AR_M_ON_ACCOUNT, "receipt", AR_AMT_PART);
	ar_mi_say_payer(m, &c->told, l);
	ar_mi_say(m, &c->told, "no document or amount explains the payment", NULL);
	c->alternatives = say_unhelpful(m, l, &c->told);
	ar_mi_add(s, c);
}

void ar_mi_unknown(struct ar_match *m, uint32_t line, struct cands *s)
{
	const struct line *l = &m->line[line];
	struct ar_match_result *r = ar_mi_begin(m, line, AR_MD_NONE, AR_M_UNKNOWN, "receipt");

	(void)s;
	ar_mi_say(m, r, l->nhit ? "the payer is not known" : "neither the payer nor a document is known", NULL);
	r->alternatives = say_unhelpful(m, l, r);
	if (l->blocked)
		ar_mi_say(m, r, "no auto: ", l->blocked, NULL);
	r->set_aside = r->received;
	ar_mi_finish(m, r);
}

/* ---- lines that bring no money of a customer ---- */

void ar_mi_excluded(struct ar_match *m, uint32_t line)
{
	const struct line *l = &m->line[line];
	struct ar_match_result *r = ar_mi_begin(m, line, AR_MD_EXCLUDED, AR_M_EXCLUDED, l->in->kind);

	r->money = l->in->counts;
	r->received = r->set_aside = l->in->counts ? l->in->amount : 0;
	ar_mi_say(m, r, l->in->excluded, NULL);
	ar_mi_finish(m, r);
}

static int find_payment(struct ar_match *m, const struct line *l, struct ar_str s, uint32_t *found)
{
	char key[AR_REF_MAX];
	uint32_t k = ar_mi_find(m, K_PAYMENT, l->entity, (struct ar_str){ key, ar_ref_key(s, key) });
	int n = 0, seen = 0;

	AR_MI_EACH(m, p, k) {
		const struct payment *pay = &m->payment[ar_mi_value(m, p)];

		if (seen++ == AR_MATCH_CHAIN)
			break;
		if (pay->undone || pay->in.ccy != l->in->ccy || pay->in.amount != -l->in->amount)
			continue;
		if (*found != ar_mi_value(m, p))
			n++;
		*found = ar_mi_value(m, p);
	}
	return n;
}

/* No reference: the only payment of this payer and amount in half a year. */
static int find_by_payer(struct ar_match *m, const struct line *l, uint32_t *found)
{
	int n = 0, seen = 0;

	if (!l->exact_party)
		return 0;
	AR_MI_EACH(m, p, ar_mi_find_amount(m, K_PAID, l->party[0].group, l->in->ccy, -l->in->amount)) {
		const struct payment *pay = &m->payment[ar_mi_value(m, p)];

		if (seen++ == AR_MATCH_CHAIN)
			break;
		if (pay->undone || (l->in->booked != AR_DATE_NONE && pay->in.date != AR_DATE_NONE &&
				    (pay->in.date > l->in->booked || l->in->booked - pay->in.date > RETURN_DAYS)))
			continue;
		*found = ar_mi_value(m, p);
		n++;
	}
	return n;
}

void ar_mi_returned(struct ar_match *m, uint32_t line)
{
	struct line *l = &m->line[line];
	struct ar_match_result *r = ar_mi_begin(m, line, AR_MD_NONE, AR_M_RETURN, "return");
	uint32_t found = NONE;
	bool traced;
	int n = 0;

	r->money = false;
	r->received = 0;
	n += find_payment(m, l, l->in->end_to_end, &found);
	n += find_payment(m, l, l->in->original_reference, &found);
	n += find_payment(m, l, l->in->check_number, &found);
	for (int i = 0; i < l->in->nref; i++)
		n += find_payment(m, l, l->in->ref[i], &found);
	traced = n > 0;
	if (!n)
		n = find_by_payer(m, l, &found);
	if (n == 1) {
		m->payment[found].undone = true;
		r->decision = AR_MD_SUGGEST;
		r->undoes = found;
		r->customer = m->payment[found].in.customer;
		ar_mi_say(m, r,
			  traced ? "money that came before goes back: same reference and amount as "
				 : "money that came before goes back: the payer's only payment of this amount is ",
			  ar_mi_z(m, m->payment[found].in.id), NULL);
	} else {
		r->alternatives = n;
		ar_mi_say(m, r,
			  n ? "several payments could be the one that goes back"
			    : "money goes back, but no payment of this reference and amount is known",
			  NULL);
	}
	ar_mi_finish(m, r);
}

/* ---- answers ---- */

static uint32_t line_at(const struct ar_match *m, struct ar_str id) /* lines are sorted by id */
{
	size_t from = 0, to = m->nline;

	while (from < to) {
		size_t mid = from + (to - from) / 2;
		int c = ar_str_cmp(m->line[mid].in->id, id);

		if (!c)
			return (uint32_t)mid;
		if (c < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return NONE;
}

/* By its id, else by its number, if one open document of the line's entity has it. */
static uint32_t item_named(struct ar_match *m, const struct line *l, struct ar_str name)
{
	struct ar_str key[3];
	unsigned flags[3];
	uint32_t found = NONE;

	for (int n = ar_number_keys(name, key, flags, &m->scratch), k = 0; k < n && found == NONE; k++)
		AR_MI_EACH(m, p, ar_mi_find(m, K_NUMBER, l->entity, key[k])) {
			uint32_t i = ar_mi_value(m, p);

			if (!m->item[i].open)
				continue;
			if (ar_streq(m->item[i].in.id, name))
				return i;
			if (found != NONE && !ar_streq(m->item[found].in.number, name))
				found = ar_streq(m->item[i].in.number, name) ? i : NONE;
			else if (found == NONE)
				found = i;
		}
	if (found == NONE && ar_mi_count(m, ar_mi_find(m, K_ID, 0, name)))
		return ar_mi_value(m, ar_mi_first(m, ar_mi_find(m, K_ID, 0, name)));
	return found;
}

static const char *take_answer(struct ar_match *m, const struct line *l, const struct ar_match_answer *a, struct cand *c)
{
	ar_wide sum = 0;

	for (int k = 0; k < a->npart; k++) {
		const struct ar_match_answer_part *x = &a->part[k];
		uint32_t i = item_named(m, l, x->item);
		const struct item *it;
		struct part *p;

		if (i == NONE)
			return "a document it names is not open";
		it = &m->item[i];
		if (it->in.ccy != l->in->ccy)
			return "a document it names is in another currency";
		for (int j = 0; j < k; j++)
			if (c->part[j].item == i)
				return "it names a document twice";
		p = ar_mi_part(c, i, x->amount ? x->amount : it->in.credit ? -it->open : it->open);
		p->discount = x->discount;
		p->writeoff = x->writeoff;
		p->tax = x->withholding_tax;
		p->charges = x->charges;
		if (!x->amount)
			p->pay -= x->discount + x->writeoff + x->withholding_tax + x->charges;
		sum += it->in.credit ? -p->pay : p->pay;
	}
	c->writeoff_reason = "approved";
	if (!ar_mi_valid(m, l, c))
		return "it settles more than is open";
	for (int k = 0; k < c->n && sum > l->in->amount; k++)
		if (a->part[k].amount)
			return "it settles more than was received";
	return NULL;
}

void ar_mi_answer(struct ar_match *m, uint32_t answer)
{
	struct answer *a = &m->answer[answer];
	uint32_t i = line_at(m, a->in.line), customer;
	struct line *l;
	struct cand *c;

	if (i == NONE || m->line[i].in->excluded || m->line[i].in->returned || m->line[i].in->amount <= 0)
		return;
	l = &m->line[i];
	if (l->done) {
		a->refused = "the line was answered already";
		return;
	}
	c = ar_mi_cand(m, AR_M_ANSWER, "receipt", a->in.npart);
	a->refused = take_answer(m, l, &a->in, c);
	customer = a->in.customer.n ? ar_tab_get(&m->customers, a->in.customer) : AR_TAB_NONE;
	if (!a->refused && !a->in.npart && customer == AR_TAB_NONE && !l->exact_party)
		a->refused = "it names neither a document nor a customer that is known";
	if (a->refused)
		return;
	if (customer != AR_TAB_NONE)
		c->customer = customer;
	c->mark[AR_MC_RESIDUAL] = c->n ? AR_RES_NONE : AR_RES_ALL;
	c->reason = "over";
	ar_mi_say(m, &c->told, ar_mi_z(m, a->in.by), " answered so", NULL);
	ar_mi_say_payer(m, &c->told, l);
	ar_mi_commit(m, i, c, AR_MD_SUGGEST);
	m->result[i].answer = &a->in;
	ar_arena_reset(&m->scratch);
}
