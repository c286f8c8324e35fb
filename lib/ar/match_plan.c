/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_plan.c - candidates: made from documents, turned into targets, put down as results, told in words. */
#include "config.h"

#include "ar/match_in.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- does an amount fit ---- */

bool ar_mi_earned(const struct ar_match *m, const struct item *it, const struct line *l)
{
	return it->in.discount > 0 && !it->in.credit && it->open == it->in.amount && it->in.discount < it->open &&
	       it->in.discount_date != AR_DATE_NONE && l->in->booked != AR_DATE_NONE &&
	       l->in->booked <= it->in.discount_date + m->policy.grace_days;
}

bool ar_mi_sums(const struct ar_match *m, const struct line *l, const uint32_t *v, int n, int64_t *open, int64_t *discount)
{
	ar_wide o = 0, d = 0;

	for (int i = 0; i < n; i++) {
		const struct item *it = &m->item[v[i]];

		if (it->in.ccy != l->in->ccy)
			return false;
		o += it->open;
		d += ar_mi_earned(m, it, l) ? it->in.discount : 0;
	}
	return n > 0 && ar_narrow(o, open) && ar_narrow(d, discount) && *open > 0;
}

enum fit ar_mi_fits(const struct ar_match *m, const struct line *l, const uint32_t *v, int n)
{
	int64_t open, discount;

	if (!ar_mi_sums(m, l, v, n, &open, &discount))
		return FIT_NONE;
	if (open == l->in->amount)
		return FIT_EXACT;
	if (discount && open - discount == l->in->amount)
		return FIT_DISCOUNT;
	return l->in->amount < open ? FIT_SHORT : FIT_OVER;
}

bool ar_mi_round(const struct line *l)
{
	static const int64_t unit[] = { 1, 10, 100, 1000, 10000 };

	return l->in->amount % unit[ar_ccy[l->in->ccy].digits] == 0;
}

uint8_t ar_mi_party_of(const struct line *l, uint32_t group)
{
	for (int i = 0; i < l->nparty; i++)
		if (l->party[i].group == group)
			return l->party[i].how;
	return l->exact_party ? AR_PARTY_OTHER : AR_PARTY_NONE;
}

/* ---- candidates ---- */

struct cand *ar_mi_cand(struct ar_match *m, enum ar_mrule rule, const char *kind, int room)
{
	struct cand *c = ar_arena_zero(&m->scratch, sizeof *c);

	c->rule = rule;
	c->kind = kind;
	c->room = room;
	c->part = ar_arena_alloc(&m->scratch, (size_t)(room + 1) * sizeof *c->part);
	c->customer = NONE;
	c->told.undoes = NONE;
	return c;
}

struct part *ar_mi_part(struct cand *c, uint32_t item, int64_t pay)
{
	struct part *p = &c->part[c->n++];

	ar_assert(c->n <= c->room);
	*p = (struct part){ .item = item, .pay = pay, .reason = "short" };
	return p;
}

void ar_mi_parts(struct ar_match *m, const struct line *l, struct cand *c, const uint32_t *v, int n, enum fit fit)
{
	for (int i = 0; i < n; i++) {
		const struct item *it = &m->item[v[i]];
		struct part *p = ar_mi_part(c, v[i], it->in.credit ? -it->open : it->open);

		if (fit == FIT_DISCOUNT && ar_mi_earned(m, it, l)) {
			p->discount = it->in.discount;
			p->pay -= p->discount;
		}
	}
}

static int64_t cuts(const struct part *p)
{
	return p->discount + p->charges + p->writeoff + p->tax;
}

bool ar_mi_valid(const struct ar_match *m, const struct line *l, const struct cand *c)
{
	(void)l;
	for (int i = 0; i < c->n; i++) {
		const struct item *it = &m->item[c->part[i].item];
		int64_t left = it->in.credit ? -it->open : it->open;

		if (left <= 0 || c->part[i].pay < 0 || c->part[i].pay > left - cuts(&c->part[i]))
			return false;
	}
	return true;
}

void ar_mi_sort(const struct ar_match *m, struct cand *c) /* few, and nearly in order */
{
	for (int i = 1; i < c->n; i++) {
		struct part x = c->part[i];
		int j = i;

		for (; j > 0 && ar_mi_before(m, x.item, c->part[j - 1].item); j--)
			c->part[j] = c->part[j - 1];
		c->part[j] = x;
	}
}

/* What credit memos give to one document; *memo is the first that has something left. */
static int64_t pay_with_memos(struct ar_match *m, struct cand *c, const struct part *p, int64_t need, int64_t *left, int *memo,
			      struct ar_match_result *r)
{
	for (; need > 0; (*memo)++) {
		int64_t part;

		while (*memo < c->n && (!m->item[c->part[*memo].item].in.credit || left[*memo] == 0))
			(*memo)++;
		if (*memo == c->n)
			break;
		part = need < left[*memo] ? need : left[*memo];
		r->target[r->ntarget++] = (struct ar_match_target){ .item = p->item, .memo = c->part[*memo].item, .amount = part,
			.source_amount = part };
		left[*memo] -= part;
		need -= part;
		if (left[*memo])
			break;
	}
	return need;
}

static void close_target(struct ar_match *m, const struct cand *c, const struct part *p, struct ar_match_target *t)
{
	const struct item *it = &m->item[p->item];

	t->discount = p->discount;
	t->charges = p->charges;
	t->writeoff = p->writeoff;
	t->withholding_tax = p->tax;
	t->writeoff_reason = p->writeoff ? c->writeoff_reason : NULL;
	t->residual = it->open - p->pay - cuts(p);
	t->reason = t->residual ? p->reason : NULL;
}

/* The earliest documents first; credit memos pay before the money does. What money is left stays on account. */
static void settle(struct ar_match *m, struct ar_match_result *r, const struct line *l, struct cand *c)
{
	int64_t money = l->in->amount, *left = ar_arena_alloc(&m->scratch, (size_t)(c->n + 1) * sizeof *left);
	int memo = 0, memos = 0;

	ar_mi_sort(m, c);
	for (int i = 0; i < c->n; i++)
		memos += m->item[c->part[i].item].in.credit;
	/* one for each document the money pays, and as many steps as memos and documents that they pay can have */
	r->target = ar_arena_alloc(&m->mem, (size_t)(memos ? 2 * c->n + 1 : c->n) * sizeof *r->target);
	r->ntarget = 0;
	for (int i = 0; i < c->n; i++)
		left[i] = c->part[i].pay;
	for (int i = 0; i < c->n; i++) {
		struct part *p = &c->part[i];
		int first = r->ntarget;
		int64_t need;

		if (m->item[p->item].in.credit)
			continue;
		need = pay_with_memos(m, c, p, p->pay, left, &memo, r);
		if (need > 0 && money > 0) {
			int64_t from = c->converted ? p->source : need < money ? need : money, part = c->converted ? need : from;

			r->target[r->ntarget++] = (struct ar_match_target){ .item = p->item, .memo = NONE, .amount = part,
				.source_amount = from };
			money -= from;
			need -= part;
		}
		p->pay -= need;         /* what nobody pays stays open */
		if (r->ntarget > first)
			close_target(m, c, p, &r->target[r->ntarget - 1]);
	}
	for (int i = 0; i < c->n; i++)
		if (m->item[c->part[i].item].in.credit)
			c->part[i].pay -= left[i];
	r->on_account = money;
}

/* Who paid: the account's owner, the name's, the documents' customer, their payer. */
static void set_customer(struct ar_match *m, struct ar_match_result *r, const struct line *l)
{
	uint32_t group = r->ntarget ? m->item[r->target[0].item].group : NONE, c = NONE;

	for (int i = 0; i < l->nparty && c == NONE; i++)
		if (group == NONE ? l->exact_party : l->party[i].group == group)
			c = l->party[i].customer;
	if (c == NONE && group != NONE) {
		c = m->item[r->target[0].item].customer;
		for (int i = 1; i < r->ntarget; i++) {
			const struct item *it = &m->item[r->target[i].item];

			if (it->group != group)
				return; /* nobody pays for both */
			if (it->customer != c)
				c = group;
		}
	}
	if (c != NONE)
		r->customer = m->customer[c].in.id;
}

struct ar_match_result *ar_mi_begin(struct ar_match *m, uint32_t line, enum ar_mdecision d, enum ar_mrule rule, const char *kind)
{
	struct ar_match_result *r = &m->result[line];

	r->decision = d;
	r->rule = rule;
	r->kind = kind;
	r->money = true;
	r->received = m->line[line].in->amount;
	return r;
}

void ar_mi_fill(struct ar_match *m, uint32_t line, struct cand *c, struct ar_match_result *r)
{
	const struct line *l = &m->line[line];

	settle(m, r, l, c);
	r->line = line;
	r->rule = c->rule;
	r->kind = c->kind;
	r->money = true;
	r->received = l->in->amount;
	r->undoes = NONE;
	r->reason = r->on_account ? c->reason : NULL;
	r->alternatives = c->alternatives;
	r->evidence = c->told.evidence;
	r->nevidence = c->told.nevidence;
	r->evidence_room = c->told.evidence_room;
	memcpy(r->mark, c->mark, sizeof r->mark);
	memcpy(r->level, c->level, sizeof r->level);
	r->extra = c->extra;
	r->customer = c->customer == NONE ? (struct ar_str){ NULL, 0 } : m->customer[c->customer].in.id;
	if (!r->customer.n)
		set_customer(m, r, l);
}

static void take(struct ar_match *m, uint32_t i, int64_t fall, uint32_t line)
{
	struct item *it = &m->item[i];

	ar_assert(fall >= 0 && (it->in.credit ? fall <= -it->open : fall <= it->open));
	it->open += it->in.credit ? fall : -fall;
	it->by = line;
}

void ar_mi_finish(struct ar_match *m, struct ar_match_result *r)
{
	struct line *l = &m->line[r->line];
	ar_wide sum = (ar_wide)r->on_account + r->set_aside;

	for (int i = 0; i < r->ntarget; i++)
		if (r->target[i].memo == NONE)
			sum += r->target[i].source_amount;
	ar_assert(!r->money || sum == r->received);
	l->done = true;
	ar_mi_trace(m, l, "  decided: %s by rule %s", ar_match_decision(r->decision), ar_match_rule(r->rule));
}

void ar_mi_commit(struct ar_match *m, uint32_t line, struct cand *c, enum ar_mdecision d)
{
	struct ar_match_result *r = &m->result[line];

	if (d == AR_MD_SUGGEST && m->line[line].blocked)
		ar_mi_say(m, &c->told, "no auto: ", m->line[line].blocked, NULL);
	ar_mi_fill(m, line, c, r);
	r->decision = d;
	for (int i = 0; i < c->n; i++)
		take(m, c->part[i].item, c->part[i].pay + cuts(&c->part[i]), line);
	ar_mi_finish(m, r);
}

/* ---- may it decide alone ---- */

static bool within(const struct ar_match *m, const struct line *l, const struct cand *c)
{
	const struct ar_match_conf *f = m->policy.conf;
	int64_t writeoff = 0, tax = 0, late = 0;

	for (int i = 0; i < c->n; i++) {
		writeoff += c->part[i].writeoff;
		tax += c->part[i].tax;
		late += c->mark[AR_MC_RESIDUAL] == AR_RES_LATE ? c->part[i].discount : 0;
	}
	return writeoff <= ar_mc_limit(f->auto_writeoff, l->in->ccy) && tax <= ar_mc_limit(f->auto_withholding, l->in->ccy) &&
	       late <= ar_mc_limit(f->auto_late_discount, l->in->ccy);
}

const char *ar_mi_no_auto(const struct ar_match *m, const struct line *l, const struct cand *c)
{
	bool named = c->rule < AR_M_AUTOS && m->policy.autos >> c->rule & 1, reduces = false;

	if (c->veto)
		return c->veto;
	for (int i = 0; i < c->n; i++)
		reduces |= c->part[i].writeoff || c->part[i].tax || (c->part[i].discount && c->mark[AR_MC_RESIDUAL] == AR_RES_LATE);
	if (reduces && !(m->policy.conf && within(m, l, c)))
		return "what is missing would be given up, which the policy leaves to a person";
	if (!named && !reduces)
		return "the policy does not let this rule decide alone";
	if (c->mark[AR_MC_AMOUNT] == AR_AMT_DISCOUNT && !m->policy.discount_auto)
		return "the policy wants discounts looked at";
	if (c->mark[AR_MC_RESIDUAL] == AR_RES_OVER && !m->policy.over_auto)
		return "more was paid than is open";
	if (m->policy.conf && ar_match_conf_decide(m->policy.conf, c->mark) != AR_MD_AUTO)
		return "the rule matrix leaves this to a person";
	return NULL;
}

/* ---- words about what was found ---- */

const char *ar_mi_money(int64_t minor, uint16_t ccy, char *out)
{
	int n = ar_money_put(out, minor, ar_ccy[ccy].digits);

	out[n] = ' ';
	memcpy(out + n + 1, ar_ccy[ccy].code, 4);
	return out;
}

const char *ar_mi_name(struct ar_match *m, uint32_t item)
{
	const struct ar_match_item *it = &m->item[item].in;
	struct ar_str s = it->number.n ? it->number : it->id;

	return ar_mi_z(m, s);
}

void ar_mi_trace(struct ar_match *m, const struct line *l, const char *fmt, ...)
{
	char room[512];
	va_list ap;

	if (!l->traced)
		return;
	va_start(ap, fmt);
	vsnprintf(room, sizeof room, fmt, ap);
	va_end(ap);
	ar_buf_puts(m->story, room);
	ar_buf_c(m->story, '\n');
}

const char *ar_mi_z(struct ar_match *m, struct ar_str s)
{
	return ar_arena_dup(&m->scratch, s.p, s.n);
}

void ar_mi_say(struct ar_match *m, struct ar_match_result *r, const char *first, ...)
{
	size_t n = 0, at = 0;
	va_list ap;
	char *p;

	va_start(ap, first);
	for (const char *z = first; z; z = va_arg(ap, const char *))
		n += strlen(z);
	va_end(ap);
	p = ar_arena_alloc(&m->mem, n + 1);
	va_start(ap, first);
	for (const char *z = first; z; z = va_arg(ap, const char *)) {
		size_t k = strlen(z);

		memcpy(p + at, z, k);
		at += k;
	}
	va_end(ap);
	if (r->nevidence == r->evidence_room) {
		struct ar_str *v;

		r->evidence_room = r->evidence_room ? r->evidence_room * 2 : 4;
		v = ar_arena_alloc(&m->mem, (size_t)r->evidence_room * sizeof *v);
		if (r->nevidence)
			memcpy(v, r->evidence, (size_t)r->nevidence * sizeof *v);
		r->evidence = v;
	}
	r->evidence[r->nevidence++] = (struct ar_str){ p, n };
}

void ar_mi_say_payer(struct ar_match *m, struct ar_match_result *r, const struct line *l)
{
	const struct party *p = &l->party[0];
	char like[16];
	const char *who;

	if (!l->nparty)
		return;
	who = ar_mi_z(m, m->customer[p->customer].in.id);
	if (p->alias != NONE) {
		ar_mi_say(m, r, p->how == AR_PARTY_ACCOUNT ? "the account the money came from" : "the payer's name", " was learned as that of ", who,
			  ": ", ar_mi_z(m, m->alias[p->alias].in.why), NULL);
	} else if (p->how == AR_PARTY_ACCOUNT) {
		ar_mi_say(m, r, "the account the money came from belongs to ", who, NULL);
	} else if (p->how == AR_PARTY_NUMBER) {
		ar_mi_say(m, r, "the text names the customer's number of ", who, NULL);
	} else if (p->how == AR_PARTY_NAME) {
		ar_mi_say(m, r, "the payer's name is that of ", who, NULL);
	} else {
		snprintf(like, sizeof like, "0.%03d", p->likeness > 999 ? 999 : p->likeness);
		ar_mi_say(m, r, "the payer's name is nearly that of ", who, " (likeness ", like, "), and of nobody else", NULL);
	}
}

static bool key_has(const struct ar_match *m, const struct hit *h, uint32_t item)
{
	int n = 0;

	AR_MI_EACH(m, p, h->key) {
		if (n++ == AR_MATCH_CHAIN)
			break;
		if (ar_mi_value(m, p) == item)
			return true;
	}
	return false;
}

void ar_mi_say_quotes(struct ar_match *m, struct ar_match_result *r, const struct line *l, const uint32_t *v, int n, unsigned how)
{
	for (int i = 0; i < n; i++)
		for (int k = 0; k < l->nhit; k++) {
			const struct hit *h = &l->hit[k];

			if (!(h->how & how) || !key_has(m, h, v[i]))
				continue;
			ar_mi_say(m, r,
				  h->how == BY_REF	? "reference "
				  : h->how == BY_NUMBER ? "number "
				  : h->how == BY_DOC	? "document number "
							: "order or delivery number ",
				  ar_mi_z(m, h->text), h->how == BY_REF ? " was issued for " : " stands for ", ar_mi_name(m, v[i]), NULL);
			break;
		}
}

void ar_mi_say_fit(struct ar_match *m, struct ar_match_result *r, const struct line *l, const uint32_t *v, int n, enum fit fit)
{
	char a[TEXT], b[TEXT];
	int64_t open, discount;

	if (!ar_mi_sums(m, l, v, n, &open, &discount))
		return;
	ar_mi_money(open, l->in->ccy, a);
	if (fit == FIT_EXACT)
		ar_mi_say(m, r, "the amount equals what is open of ", n > 1 ? "them together: " : "it: ", a, NULL);
	else if (fit == FIT_DISCOUNT)
		ar_mi_say(m, r, "open are ", a, ", less the earned discount of ", ar_mi_money(discount, l->in->ccy, b), NULL);
	else if (fit == FIT_SHORT)
		ar_mi_say(m, r, "open are ", a, "; ", ar_mi_money(open - l->in->amount, l->in->ccy, b), " are missing", NULL);
	else if (fit == FIT_OVER)
		ar_mi_say(m, r, "open are ", a, "; ", ar_mi_money(l->in->amount - open, l->in->ccy, b), " are too much", NULL);
}
