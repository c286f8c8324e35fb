/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_rules.c - decides who paid what. Autos first, rule by rule, then the suggestions, so
 * that a guess never takes what a fact needs.
 */
#include "config.h"

#include "ar/match_in.h"
#include "num/money.h"

enum { TEXT = AR_MONEY_TEXT + 8, DUPLICATE_DAYS = 90, MAX_FOUND = 500 };

/* ---- what a line quotes, as documents ---- */

struct found {
	uint32_t open[MAX_FOUND], settled[MAX_FOUND];
	int nopen, nsettled;
	int alternatives;
	bool weak;	/* some of it rests on a weak token or an order number alone */
	bool ambiguous; /* a key stands for several documents */
	bool groups;	/* of several payer groups */
	bool family;	/* one number, several instalments */
	bool left_out;	/* documents of other payer groups were left out */
};

static uint32_t known_group(const struct line *l)
{
	return l->by_account != NONE ? l->by_account : l->by_name;
}

static void push(struct ar_match *m, uint32_t *v, int *n, uint32_t i)
{
	if (m->item[i].mark == m->mark || *n == MAX_FOUND)
		return;
	m->item[i].mark = m->mark;
	v[(*n)++] = i;
}

/* The documents of a key: those still open, or where none is, those settled. */
static int chain(const struct ar_match *m, const struct hit *h, bool open,
		 uint32_t out[AR_MATCH_CHAIN])
{
	int n = 0, seen = 0;

	for (uint32_t p = m->head[h->key]; p != NONE; p = m->posting[p].next) {
		uint32_t i = m->posting[p].value;

		if (seen++ == AR_MATCH_CHAIN)
			return -1;
		if ((m->item[i].open != 0) == open)
			out[n++] = i;
	}
	return n;
}

static bool is_family(const struct ar_match *m, const uint32_t *v, int n)
{
	for (int i = 1; i < n; i++)
		if (m->item[v[i]].group != m->item[v[0]].group ||
		    m->item[v[i]].in.credit != m->item[v[0]].in.credit ||
		    !ar_streq(m->item[v[i]].in.number, m->item[v[0]].in.number))
			return false;
	return true;
}

static int keep_group(const struct ar_match *m, uint32_t *v, int n, uint32_t group)
{
	int k = 0;

	for (int i = 0; i < n; i++)
		if (m->item[v[i]].group == group)
			v[k++] = v[i];
	return k;
}

/*
 * One key that several documents have: the payer's own, else the one with just this amount,
 * which then is a guess.
 */
static int choose(const struct ar_match *m, const struct line *l, uint32_t *v, int n,
		  struct found *f)
{
	uint32_t own[AR_MATCH_CHAIN];
	int k, equal = -1;

	memcpy(own, v, (size_t)n * sizeof *v);
	k = keep_group(m, own, n, known_group(l));
	if (k && is_family(m, own, k)) {
		memcpy(v, own, (size_t)k * sizeof *v);
		f->left_out = true;
		return k;
	}
	f->ambiguous = true;
	f->alternatives += n - 1;
	for (int i = 0; i < n; i++)
		if (m->item[v[i]].open == l->in.amount) {
			if (equal >= 0)
				return 0;
			equal = i;
		}
	if (equal < 0)
		return 0;
	v[0] = v[equal];
	return 1;
}

static void take_hit(struct ar_match *m, const struct line *l, const struct hit *h, struct found *f)
{
	uint32_t v[AR_MATCH_CHAIN];
	int n = chain(m, h, true, v);

	if (n < 0) {
		ar_mi_trace(m, l, "  '%.*s' stands for more than %d documents: says nothing",
			    AR_STR_FMT(h->text), AR_MATCH_CHAIN);
		return;
	}
	if (n == 0) {
		n = chain(m, h, false, v);
		if (h->flags & AR_TOKEN_WEAK || h->how == BY_ORDER)
			n = keep_group(m, v, n, known_group(l));
		for (int i = 0; i < n; i++)
			push(m, f->settled, &f->nsettled, v[i]);
		return;
	}
	if (n > 1 && !is_family(m, v, n))
		n = choose(m, l, v, n, f);
	if (n && (h->flags & AR_TOKEN_WEAK || h->how == BY_ORDER))
		f->weak = true;
	f->family |= n > 1;
	for (int i = 0; i < n; i++)
		push(m, f->open, &f->nopen, v[i]);
}

static void sort_items(uint32_t *v, int n) /* items are in (due, id) order */
{
	for (int i = 1; i < n; i++) { /* few, and nearly in order */
		uint32_t x = v[i];
		int j = i;

		for (; j > 0 && v[j - 1] > x; j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
}

static void collect(struct ar_match *m, const struct line *l, unsigned how, bool expanded,
		    struct found *f)
{
	uint32_t group = known_group(l);
	int own;

	f->nopen = f->nsettled = f->alternatives = 0;
	f->weak = f->ambiguous = f->groups = f->family = f->left_out = false;
	m->mark++;
	for (int i = 0; i < l->nhit; i++)
		if (l->hit[i].how & how && (expanded || !(l->hit[i].flags & AR_TOKEN_EXPANDED)))
			take_hit(m, l, &l->hit[i], f);
	for (int i = 1; i < f->nopen; i++)
		f->groups |= m->item[f->open[i]].group != m->item[f->open[0]].group;
	own = f->groups ? 0 : f->nopen;
	for (int i = 0; f->groups && i < f->nopen; i++)
		own += m->item[f->open[i]].group == group;
	if (f->groups && own) {
		f->nopen = keep_group(m, f->open, f->nopen, group);
		f->groups = false;
		f->left_out = true;
	}
	sort_items(f->open, f->nopen);
}

/* ---- does the amount fit ---- */

enum fit { FIT_NONE, FIT_EXACT, FIT_DISCOUNT, FIT_SHORT, FIT_OVER };

static bool earned(const struct ar_match *m, const struct item *it, const struct line *l)
{
	return it->in.discount > 0 && !it->in.credit && it->open == it->in.amount &&
	       it->in.discount < it->open && it->in.discount_date != AR_DATE_NONE &&
	       l->in.booked != AR_DATE_NONE &&
	       l->in.booked <= it->in.discount_date + m->policy.grace_days;
}

static bool sums(const struct ar_match *m, const struct line *l, const uint32_t *v, int n,
		 int64_t *open, int64_t *discount)
{
	ar_wide o = 0, d = 0;

	for (int i = 0; i < n; i++) {
		const struct item *it = &m->item[v[i]];

		if (it->in.ccy != l->in.ccy)
			return false;
		o += it->open;
		d += earned(m, it, l) ? it->in.discount : 0;
	}
	return n > 0 && ar_narrow(o, open) && ar_narrow(d, discount) && *open > 0;
}

static enum fit fits(const struct ar_match *m, const struct line *l, const uint32_t *v, int n)
{
	int64_t open, discount;

	if (!sums(m, l, v, n, &open, &discount))
		return FIT_NONE;
	if (open == l->in.amount)
		return FIT_EXACT;
	if (discount && open - discount == l->in.amount)
		return FIT_DISCOUNT;
	return l->in.amount < open ? FIT_SHORT : FIT_OVER;
}

/* ---- making a result ---- */

struct plan { /* what the payer settles of each document, and how */
	int n;
	uint32_t item[MAX_FOUND];
	int64_t pay
		[MAX_FOUND]; /* by money or credit memos, of debit items; a credit memo: what it gives (> 0) */
	int64_t discount[MAX_FOUND], charges[MAX_FOUND];
	const char *reason; /* of residuals */
};

static struct ar_match_target *add_target(struct ar_match_result *r, struct ar_match_target t)
{
	r->target[r->ntarget] = t;
	return &r->target[r->ntarget++];
}

static void take(struct ar_match *m, uint32_t i, int64_t fall, uint32_t line)
{
	struct item *it = &m->item[i];

	ar_assert(fall >= 0 && (it->in.credit ? fall <= -it->open : fall <= it->open));
	it->open += it->in.credit ? fall : -fall;
	it->by = line;
}

/*
 * The earliest documents first; credit memos pay before the money does. What money is left
 * stays on account.
 */
static void settle(struct ar_match *m, struct ar_match_result *r, struct line *l, struct plan *p)
{
	int64_t money = l->in.amount;
	int memo = 0;

	r->target = ar_arena_alloc(&m->mem, (size_t)(2 * p->n + 1) * sizeof *r->target);
	for (int i = 0; i < p->n; i++) {
		struct item *it = &m->item[p->item[i]];
		struct ar_match_target *t = NULL;
		int64_t need = p->pay[i];
		int first = r->ntarget;

		if (it->in.credit)
			continue;
		for (; need > 0; memo++) {
			int64_t part;

			while (memo < p->n &&
			       (!m->item[p->item[memo]].in.credit || p->pay[memo] == 0))
				memo++;
			if (memo == p->n)
				break;
			part = need < p->pay[memo] ? need : p->pay[memo];
			add_target(r, (struct ar_match_target){ p->item[i], p->item[memo], part,
								part, 0, 0, 0, NULL });
			take(m, p->item[memo], part, r->line);
			take(m, p->item[i], part, r->line);
			p->pay[memo] -= part;
			need -= part;
			if (p->pay[memo])
				break;
		}
		if (need > 0 && money > 0) {
			int64_t part = need < money ? need : money;

			add_target(r, (struct ar_match_target){ p->item[i], NONE, part, part, 0, 0,
								0, NULL });
			take(m, p->item[i], part, r->line);
			money -= part;
		}
		if (r->ntarget == first)
			continue;
		t = &r->target[r->ntarget - 1];
		t->discount = p->discount[i];
		t->charges = p->charges[i];
		take(m, p->item[i], t->discount + t->charges, r->line);
		t->residual = it->open;
		t->reason = it->open ? p->reason : NULL;
	}
	r->on_account = money;
}

/* Who paid: the account's owner, the name's, the documents' customer, their payer. */
static void set_customer(struct ar_match *m, struct ar_match_result *r, const struct line *l)
{
	uint32_t c = NONE, group = r->ntarget ? m->item[r->target[0].item].group : NONE;

	if (l->customer_by_account != NONE && (group == NONE || l->by_account == group))
		c = l->customer_by_account;
	else if (l->customer_by_name != NONE && (group == NONE || l->by_name == group))
		c = l->customer_by_name;
	else if (group != NONE)
		c = m->item[r->target[0].item].customer;
	for (int i = 1; c != l->customer_by_account && c != l->customer_by_name && i < r->ntarget;
	     i++) {
		const struct item *it = &m->item[r->target[i].item];

		if (it->group != group)
			return; /* nobody pays for both */
		if (it->customer != c)
			c = group;
	}
	if (c != NONE)
		r->customer = m->customer[c].in.id;
}

static struct ar_match_result *begin(struct ar_match *m, uint32_t line, enum ar_mdecision d,
				     enum ar_mrule rule, const char *kind)
{
	struct ar_match_result *r = &m->result[line];

	r->decision = d;
	r->rule = rule;
	r->kind = kind;
	r->money = true;
	r->received = m->line[line].in.amount;
	return r;
}

static void finish(struct ar_match *m, struct ar_match_result *r)
{
	struct line *l = &m->line[r->line];
	ar_wide sum = (ar_wide)r->on_account + r->set_aside;

	for (int i = 0; i < r->ntarget; i++)
		if (r->target[i].memo == NONE)
			sum += r->target[i].source_amount;
	ar_assert(!r->money || sum == r->received);
	if (!r->customer.n)
		set_customer(m, r, l);
	l->done = true;
	ar_mi_trace(m, l, "  decided: %s by rule %s", ar_match_decision(r->decision),
		    ar_match_rule(r->rule));
}

static void say_payer(struct ar_match *m, struct ar_match_result *r, const struct line *l)
{
	struct ar_str s;

	if (l->customer_by_account != NONE) {
		s = m->customer[l->customer_by_account].in.id;
		ar_mi_say(m, r, "the account the money came from belongs to ",
			  ar_arena_dup(&m->mem, s.p, s.n), NULL);
	} else if (l->customer_by_name != NONE) {
		s = m->customer[l->customer_by_name].in.id;
		ar_mi_say(m, r, "the payer's name is that of ", ar_arena_dup(&m->mem, s.p, s.n),
			  NULL);
	}
}

static bool key_has(const struct ar_match *m, const struct hit *h, uint32_t item)
{
	int n = 0;

	for (uint32_t p = m->head[h->key]; p != NONE && n++ < AR_MATCH_CHAIN;
	     p = m->posting[p].next)
		if (m->posting[p].value == item)
			return true;
	return false;
}

static void say_quotes(struct ar_match *m, struct ar_match_result *r, const struct line *l,
		       const uint32_t *v, int n, unsigned how)
{
	for (int i = 0; i < n; i++)
		for (int k = 0; k < l->nhit; k++) {
			const struct hit *h = &l->hit[k];

			if (!(h->how & how) || !key_has(m, h, v[i]))
				continue;
			ar_mi_say(m, r,
				  h->how == BY_REF	? "reference "
				  : h->how == BY_NUMBER ? "number "
							: "order or delivery number ",
				  ar_arena_dup(&m->mem, h->text.p, h->text.n),
				  h->how == BY_REF ? " was issued for " : " stands for ",
				  ar_mi_name(m, v[i]), NULL);
			break;
		}
}

static void say_amount(struct ar_match *m, struct ar_match_result *r, const struct line *l,
		       const uint32_t *v, int n, enum fit fit)
{
	char a[TEXT], b[TEXT];
	int64_t open, discount;

	if (!sums(m, l, v, n, &open, &discount))
		return;
	ar_mi_money(open, l->in.ccy, a);
	switch (fit) {
	case FIT_EXACT:
		ar_mi_say(m, r, "the amount equals what is open of ",
			  n > 1 ? "them together: " : "it: ", a, NULL);
		break;
	case FIT_DISCOUNT:
		ar_mi_say(m, r, "open are ", a, ", less the earned discount of ",
			  ar_mi_money(discount, l->in.ccy, b), NULL);
		break;
	case FIT_SHORT:
		ar_mi_say(m, r, "open are ", a, "; ",
			  ar_mi_money(open - l->in.amount, l->in.ccy, b), " are missing", NULL);
		break;
	case FIT_OVER:
		ar_mi_say(m, r, "open are ", a, "; ",
			  ar_mi_money(l->in.amount - open, l->in.ccy, b), " are too much", NULL);
		break;
	default:
		break;
	}
}

static void plan_for(const struct ar_match *m, const struct line *l, const uint32_t *v, int n,
		     enum fit fit, struct plan *p)
{
	p->n = n;
	p->reason = "short";
	for (int i = 0; i < n; i++) {
		const struct item *it = &m->item[v[i]];

		p->item[i] = v[i];
		p->charges[i] = 0;
		p->discount[i] = fit == FIT_DISCOUNT && earned(m, it, l) ? it->in.discount : 0;
		p->pay[i] = it->in.credit ? -it->open : it->open - p->discount[i];
	}
}

/* ---- documents quoted: by reference, by number ---- */

/* Several instalments of one number: the one with this amount, if it is the only one. */
static bool reduce(const struct ar_match *m, const struct line *l, struct found *f)
{
	int equal = -1;

	for (int i = 0; i < f->nopen; i++)
		if (fits(m, l, &f->open[i], 1) == FIT_EXACT) {
			if (equal >= 0)
				return false;
			equal = i;
		}
	if (equal < 0)
		return false;
	f->alternatives += f->nopen - 1;
	f->open[0] = f->open[equal];
	f->nopen = 1;
	return true;
}

/* NULL: nothing speaks against it. */
static const char *objection(const struct ar_match *m, const struct line *l, const struct found *f,
			     enum fit fit, enum ar_mrule rule)
{
	uint32_t group = m->item[f->open[0]].group;

	if (!(m->policy.autos >> rule & 1))
		return "the policy does not let this rule decide alone";
	if (f->groups)
		return "the documents belong to different payers";
	if (f->ambiguous)
		return "a number stands for several documents";
	if (f->nsettled && rule >= AR_M_NUMBER)
		return "a document is quoted too that is settled already";
	if (l->cut)
		return "the text holds more numbers than are looked at";
	if (f->weak && known_group(l) != group)
		return "the number could be something else, and the payer is not known as its "
		       "customer";
	if (rule >= AR_M_NUMBER && l->by_account != NONE && l->by_account != group)
		return "the money came from another customer's account";
	if (rule >= AR_M_NUMBER && l->by_account == NONE && l->by_name != NONE &&
	    l->by_name != group)
		return "the payer's name is that of another customer";
	if (fit == FIT_DISCOUNT && !m->policy.discount_auto)
		return "the policy wants discounts looked at";
	if (fit == FIT_OVER && !m->policy.over_auto)
		return "more was paid than is open";
	if (fit == FIT_SHORT || fit == FIT_NONE)
		return "less was paid than is open";
	return NULL;
}

static void documents(struct ar_match *m, uint32_t line, enum ar_mdecision d, enum ar_mrule rule,
		      struct found *f, enum fit fit, unsigned how)
{
	struct line *l = &m->line[line];
	struct ar_match_result *r = begin(m, line, d, rule, "receipt");
	struct plan *p = ar_arena_alloc(&m->scratch, sizeof *p);

	say_quotes(m, r, l, f->open, f->nopen, how);
	say_amount(m, r, l, f->open, f->nopen, fit);
	if (f->left_out)
		ar_mi_say(m, r, "documents of other customers with such a number were left out",
			  NULL);
	say_payer(m, r, l);
	if (d != AR_MD_AUTO && l->blocked)
		ar_mi_say(m, r, "no auto: ", l->blocked, NULL);
	plan_for(m, l, f->open, f->nopen, fit, p);
	r->alternatives = f->alternatives;
	settle(m, r, l, p);
	if (r->on_account)
		r->reason = "over";
	finish(m, r);
}

static struct found *found_for(struct ar_match *m, const struct line *l, unsigned how,
			       enum fit *fit)
{
	struct found *f = ar_arena_alloc(&m->scratch, sizeof *f);

	collect(m, l, how, false, f);
	*fit = fits(m, l, f->open, f->nopen);
	if (*fit == FIT_EXACT || *fit == FIT_DISCOUNT)
		return f;
	for (int i = 0; i < l->nhit; i++)
		if (l->hit[i].flags & AR_TOKEN_EXPANDED) {
			struct found *more = ar_arena_alloc(&m->scratch, sizeof *more);
			enum fit with;

			collect(m, l, how, true, more);
			with = fits(m, l, more->open, more->nopen);
			if (with != FIT_EXACT && with != FIT_DISCOUNT)
				break;
			*fit = with;
			return more;
		}
	return f;
}

static bool auto_documents(struct ar_match *m, uint32_t line, unsigned how, enum ar_mrule one,
			   enum ar_mrule several)
{
	struct line *l = &m->line[line];
	enum fit fit;
	struct found *f = found_for(m, l, how, &fit);
	enum ar_mrule rule;
	const char *why;

	if (!f->nopen || fit == FIT_NONE) {
		ar_mi_trace(m, l, "  %s: %s", ar_match_rule(one),
			    f->nopen ? "what is quoted is not in this currency, or nothing to pay"
			    : f->nsettled ? "what is quoted is settled"
					  : "nothing of ours is quoted");
		return false;
	}
	if (f->family && fit != FIT_EXACT && reduce(m, l, f))
		fit = FIT_EXACT;
	rule = f->nopen > 1 ? several : one;
	why = objection(m, l, f, fit, rule);
	if (why) {
		ar_mi_trace(m, l, "  %s: %s", ar_match_rule(rule), why);
		l->blocked = why;
		return false;
	}
	documents(m, line, AR_MD_AUTO, rule, f, fit, how);
	return true;
}

/* ---- the payer's own list ---- */

/* The open document of a list's line: one, and of the group, if that is known. */
static uint32_t resolve(const struct ar_match *m, const struct line *l, struct ar_str document,
			uint32_t group, struct ar_arena *mem)
{
	struct ar_str key[3];
	unsigned flags[3];
	int n = ar_number_keys(document, key, flags, mem);

	for (int k = 0; k < n; k++) {
		uint32_t found = NONE;
		int seen = 0, open = 0;

		for (uint32_t p = ar_mi_first(m, ar_mi_find(m, K_NUMBER, l->entity, key[k]));
		     p != NONE && seen++ < AR_MATCH_CHAIN; p = m->posting[p].next) {
			const struct item *it = &m->item[m->posting[p].value];

			if (!it->open || it->in.ccy != l->in.ccy ||
			    (group != NONE && it->group != group))
				continue;
			found = m->posting[p].value;
			open++;
		}
		if (open == 1 && seen <= AR_MATCH_CHAIN)
			return found;
		if (seen)
			return NONE;
	}
	return NONE;
}

/*
 * One line of the list into the plan; NULL or what keeps it from being an auto. *bad: it
 * cannot be used at all.
 */
static const char *plan_remit_line(struct ar_match *m, const struct line *l,
				   const struct ar_match_remit_line *rl, uint32_t i, struct plan *p,
				   bool *bad)
{
	const struct item *it = &m->item[i];
	int64_t rest;
	int k = p->n;

	if (it->mark == m->mark || k == MAX_FOUND) {
		*bad = true;
		return "a document stands twice in the list";
	}
	m->item[i].mark = m->mark;
	p->item[k] = i;
	p->charges[k] = p->discount[k] = 0;
	if (it->in.credit != (rl->net < 0) || rl->net == 0 || rl->discount < 0) {
		*bad = true;
		return "a line of the list has the wrong sign";
	}
	if (it->in.credit) {
		*bad = rl->net < it->open;
		p->pay[k] = -rl->net;
		p->n++;
		return *bad ? "the list takes more of a credit memo than is open" : NULL;
	}
	*bad = !ar_sub(it->open, rl->net, &rest) || rest < 0;
	if (*bad)
		return "the list pays more on a document than is open";
	p->discount[k] = rl->discount <= rest ? rl->discount : rest;
	p->pay[k] = rl->net;
	p->n++;
	if (rl->adjustment)
		return "the payer deducts something";
	if (rest != rl->discount)
		return "a document of the list is not paid in full";
	if (rl->discount && (!earned(m, it, l) || rl->discount > it->in.discount))
		return "the payer takes a discount that is not earned";
	return rl->discount && !m->policy.discount_auto ? "the policy wants discounts looked at"
							: NULL;
}

static const char *plan_remit(struct ar_match *m, const struct line *l, struct plan *p, bool *bad,
			      bool *total)
{
	const struct ar_match_remit *rm = &m->remit[l->remit].in;
	uint32_t group = known_group(l);
	const char *why = NULL;
	ar_wide sum = 0;

	p->n = 0;
	p->reason = "short";
	m->mark++;
	for (int i = 0; i < rm->nline; i++) {
		uint32_t it = resolve(m, l, rm->line[i].document, group, &m->scratch);
		const char *w;

		sum += rm->line[i].net;
		if (it == NONE) {
			why = "a document of the list is not found open";
			continue;
		}
		w = plan_remit_line(m, l, &rm->line[i], it, p, bad);
		if (*bad)
			return w;
		why = why ? why : w;
	}
	for (int i = 1; i < p->n; i++)
		if (m->item[p->item[i]].group != m->item[p->item[0]].group) {
			*bad = true;
			return "the documents of the list belong to different payers";
		}
	*total = sum == l->in.amount;
	return *total ? why : "the list does not make the amount";
}

static void sort_plan(struct plan *p) /* by item, as settle wants it */
{
	for (int i = 1; i < p->n; i++)
		for (int j = i; j > 0 && p->item[j - 1] > p->item[j]; j--) {
			uint32_t item = p->item[j];
			int64_t pay = p->pay[j], discount = p->discount[j];

			p->item[j] = p->item[j - 1];
			p->pay[j] = p->pay[j - 1];
			p->discount[j] = p->discount[j - 1];
			p->item[j - 1] = item;
			p->pay[j - 1] = pay;
			p->discount[j - 1] = discount;
		}
}

static bool try_remit(struct ar_match *m, uint32_t line, bool autos)
{
	struct line *l = &m->line[line];
	struct plan *p;
	struct ar_match_result *r;
	struct ar_str id;
	bool bad = false, total = false;
	const char *why;

	if (l->remit == NONE) {
		if (autos)
			ar_mi_trace(m, l, "  remit.all: no remittance belongs to this line");
		return false;
	}
	p = ar_arena_alloc(&m->scratch, sizeof *p);
	why = plan_remit(m, l, p, &bad, &total);
	if (!why && l->remit_several)
		why = "several remittances could belong to this line, or several lines to this "
		      "remittance";
	if (!why && !(m->policy.autos >> AR_M_REMIT & 1))
		why = "the policy does not let this rule decide alone";
	if (why && autos)
		ar_mi_trace(m, l, "  remit.all: %s", why);
	if (bad || !p->n || (autos && why)) {
		l->blocked = why;
		return false;
	}
	sort_plan(p);
	r = begin(m, line, why ? AR_MD_SUGGEST : AR_MD_AUTO, AR_M_REMIT, "receipt");
	id = m->remit[l->remit].in.id;
	ar_mi_say(m, r, "remittance ", ar_arena_dup(&m->mem, id.p, id.n),
		  " belongs to this payment: same reference and amount", NULL);
	for (int i = 0; i < p->n; i++)
		ar_mi_say(m, r, "its list names ", ar_mi_name(m, p->item[i]), NULL);
	if (!why)
		ar_mi_say(m, r, "every line of it is found open, and the nets make the amount",
			  NULL);
	else
		ar_mi_say(m, r, "no auto: ", why, NULL);
	say_payer(m, r, l);
	settle(m, r, l, p);
	if (r->on_account) {
		r->rule = AR_M_REMIT_OVER;
		r->reason = "over";
	} else if (!total || why) {
		for (int i = 0; i < r->ntarget; i++)
			if (r->target[i].residual)
				r->rule = AR_M_REMIT_SHORT;
	}
	finish(m, r);
	return true;
}

/* ---- the amount alone ---- */

/*
 * The first document of this open amount that nobody took yet; what was taken is forgotten, it
 * never comes back.
 */
static uint32_t first_equal(struct ar_match *m, uint32_t group, uint16_t ccy, int64_t amount)
{
	uint32_t k = ar_mi_find_amount(m, K_AMOUNT, group, ccy, amount);

	if (k == NONE)
		return NONE;
	while (m->head[k] != NONE && m->item[m->posting[m->head[k]].value].open != amount)
		m->head[k] = m->posting[m->head[k]].next;
	return m->head[k] == NONE ? NONE : m->posting[m->head[k]].value;
}

/* Documents of the group with this open amount when the run began. */
static int equals(const struct ar_match *m, uint32_t group, uint16_t ccy, int64_t amount)
{
	return (int)ar_mi_count(m, ar_mi_find_amount(m, K_AMOUNT, group, ccy, amount));
}

/*
 * Anything else of the group that makes this amount: a discount, two documents, all of them.
 * NULL: nothing.
 */
static const char *other_story(struct ar_match *m, const struct line *l, uint32_t group,
			       uint32_t chosen)
{
	char room[2];
	int64_t open[AR_MATCH_AMOUNT_ITEMS]; /* of the others */
	ar_wide all = m->item[chosen].in.open;
	uint32_t key;
	int n = 0;

	memcpy(room, &l->in.ccy, 2);
	key = ar_mi_find(m, K_GROUP, group, (struct ar_str){ room, 2 });
	if (ar_mi_count(m, key) > AR_MATCH_AMOUNT_ITEMS)
		return "the payer has too many open documents for an amount to say much";
	for (uint32_t p = ar_mi_first(m, key); p != NONE; p = m->posting[p].next) {
		const struct item *it = &m->item[m->posting[p].value];

		if (m->posting[p].value == chosen)
			continue;
		if (it->in.discount > 0 && it->in.open - it->in.discount == l->in.amount)
			return "another document less its discount has this amount";
		all += it->in.open;
		open[n++] = it->in.open;
	}
	for (int i = 1; i < n; i++) {
		int64_t want;

		if (!ar_sub(l->in.amount, open[i], &want))
			continue;
		for (int k = 0; k < i; k++)
			if (open[k] == want)
				return "two other documents together make this amount";
	}
	return n && all == l->in.amount ? "the whole balance makes this amount too" : NULL;
}

static bool paid_lately(const struct ar_match *m, const struct line *l, uint32_t group)
{
	int n = 0;

	for (uint32_t p = ar_mi_first(
		     m, ar_mi_find_amount(m, K_SETTLED, group, l->in.ccy, l->in.amount));
	     p != NONE; p = m->posting[p].next) {
		ar_date d = m->item[m->posting[p].value].in.settled;

		if (n++ == AR_MATCH_CHAIN || (d != AR_DATE_NONE && l->in.booked != AR_DATE_NONE &&
					      l->in.booked - d <= DUPLICATE_DAYS))
			return true;
	}
	return false;
}

static bool round_amount(const struct line *l)
{
	static const int64_t unit[] = { 1, 10, 100, 1000, 10000 };

	return l->in.amount % unit[ar_ccy[l->in.ccy].digits] == 0;
}

static const char *amount_objection(struct ar_match *m, const struct line *l, uint32_t chosen)
{
	uint32_t group = l->by_account;

	if (!(m->policy.autos >> AR_M_AMOUNT & 1))
		return "the policy does not let this rule decide alone";
	if (equals(m, group, l->in.ccy, l->in.amount) != 1)
		return "several documents have this amount";
	if (l->nhit)
		return "the line quotes a number that is one of our documents";
	if (l->remit != NONE)
		return "a remittance belongs to this line and does not fit";
	if (m->item[chosen].quoted)
		return "another line quotes this document";
	if (ar_mi_count(m, ar_mi_find_amount(m, K_LINES, group, l->in.ccy, l->in.amount)) > 1)
		return "another payment of this payer has the same amount";
	if (round_amount(l))
		return "round amounts are often part payments";
	if (paid_lately(m, l, group))
		return "a document of the same amount was paid lately: this may be a second "
		       "payment";
	return other_story(m, l, group, chosen);
}

static void amount_result(struct ar_match *m, uint32_t line, enum ar_mdecision d,
			  enum ar_mrule rule, uint32_t chosen, enum fit fit)
{
	struct line *l = &m->line[line];
	struct ar_match_result *r = begin(m, line, d, rule, "receipt");
	struct plan *p = ar_arena_alloc(&m->scratch, sizeof *p);
	char a[TEXT];
	int n = equals(m, m->item[chosen].group, l->in.ccy, l->in.amount);

	say_payer(m, r, l);
	if (d == AR_MD_AUTO)
		ar_mi_say(m, r, "its only open document of ",
			  ar_mi_money(l->in.amount, l->in.ccy, a), " is ", ar_mi_name(m, chosen),
			  NULL);
	else
		say_amount(m, r, l, &chosen, 1, fit);
	if (d != AR_MD_AUTO && l->blocked)
		ar_mi_say(m, r, "no auto: ", l->blocked, NULL);
	r->alternatives = n > 1 ? n - 1 : 0;
	plan_for(m, l, &chosen, 1, fit, p);
	settle(m, r, l, p);
	finish(m, r);
}

static bool auto_amount(struct ar_match *m, uint32_t line)
{
	struct line *l = &m->line[line];
	uint32_t chosen;
	const char *why;

	if (l->by_account == NONE) {
		ar_mi_trace(m, l,
			    "  amount.unique: the account the money came from belongs to no "
			    "customer, or to several");
		return false;
	}
	chosen = first_equal(m, l->by_account, l->in.ccy, l->in.amount);
	if (chosen == NONE) {
		ar_mi_trace(m, l, "  amount.unique: no open document of the payer has this amount");
		return false;
	}
	why = amount_objection(m, l, chosen);
	if (why) {
		ar_mi_trace(m, l, "  amount.unique: %s", why);
		l->blocked = l->blocked ? l->blocked : why;
		return false;
	}
	amount_result(m, line, AR_MD_AUTO, AR_M_AMOUNT, chosen, FIT_EXACT);
	return true;
}

static uint32_t discounted(const struct ar_match *m, const struct line *l, uint32_t group)
{
	char room[2];
	uint32_t found = NONE;
	int n = 0;

	memcpy(room, &l->in.ccy, 2);
	for (uint32_t p = ar_mi_first(m, ar_mi_find(m, K_GROUP, group, (struct ar_str){ room, 2 }));
	     p != NONE && n++ < AR_MATCH_AMOUNT_ITEMS; p = m->posting[p].next) {
		const struct item *it = &m->item[m->posting[p].value];

		if (!earned(m, it, l) || it->open - it->in.discount != l->in.amount)
			continue;
		if (found != NONE)
			return NONE;
		found = m->posting[p].value;
	}
	return found;
}

static bool suggest_amount(struct ar_match *m, uint32_t line)
{
	struct line *l = &m->line[line];
	uint32_t group = known_group(l), chosen;
	enum ar_mrule rule = AR_M_AMOUNT_SEVERAL;

	if (group == NONE)
		return false;
	chosen = first_equal(m, group, l->in.ccy, l->in.amount);
	if (chosen != NONE) {
		if (equals(m, group, l->in.ccy, l->in.amount) == 1)
			rule = l->by_account == NONE ? AR_M_AMOUNT_NAME
			       : round_amount(l)     ? AR_M_AMOUNT_ROUND
						     : AR_M_AMOUNT_SEVERAL;
		amount_result(m, line, AR_MD_SUGGEST, rule, chosen, FIT_EXACT);
		return true;
	}
	chosen = discounted(m, l, group);
	if (chosen == NONE)
		return false;
	amount_result(m, line, AR_MD_SUGGEST, AR_M_AMOUNT_DISCOUNT, chosen, FIT_DISCOUNT);
	return true;
}

/* ---- suggestions about quoted documents ---- */

/*
 * What the bank says was sent is what is open; the line shows it less charges, or in another
 * currency.
 */
static bool suggest_instructed(struct ar_match *m, uint32_t line, struct found *f)
{
	struct line *l = &m->line[line];
	struct ar_match_result *r;
	int64_t weight[MAX_FOUND], part[MAX_FOUND];
	ar_wide sum = 0;
	char a[TEXT];

	if (l->in.instructed_ccy == AR_CCY_NONE || l->in.instructed_ccy == l->in.ccy || !f->nopen)
		return false;
	for (int i = 0; i < f->nopen; i++) {
		const struct item *it = &m->item[f->open[i]];

		if (it->in.ccy != l->in.instructed_ccy || it->in.credit)
			return false;
		weight[i] = it->open;
		sum += it->open;
	}
	if (sum != l->in.instructed || !ar_allocate(l->in.amount, weight, f->nopen, part))
		return false;
	r = begin(m, line, AR_MD_SUGGEST, AR_M_INSTRUCTED, "receipt");
	say_quotes(m, r, l, f->open, f->nopen, BY_REF | BY_NUMBER | BY_ORDER);
	ar_mi_say(m, r, "the payer sent ",
		  ar_mi_money(l->in.instructed, (uint16_t)l->in.instructed_ccy, a),
		  ", which is what is open", NULL);
	say_payer(m, r, l);
	ar_mi_say(m, r, "no auto: another currency arrived", NULL);
	r->alternatives = f->alternatives;
	r->target = ar_arena_alloc(&m->mem, (size_t)f->nopen * sizeof *r->target);
	for (int i = 0; i < f->nopen; i++) {
		add_target(r, (struct ar_match_target){ f->open[i], NONE, weight[i], part[i], 0, 0,
							0, NULL });
		take(m, f->open[i], weight[i], line);
	}
	finish(m, r);
	return true;
}

/* Why less came than is open, where the line or the document tells. */
static const char *short_reason(const struct ar_match *m, const struct line *l,
				const struct found *f, int64_t missing, bool *charges)
{
	const struct item *it = &m->item[f->open[0]];

	*charges =
		(l->in.instructed_ccy == l->in.ccy && l->in.instructed - l->in.amount == missing) ||
		(l->in.charges_ccy == l->in.ccy && l->in.charges == missing);
	if (*charges)
		return "bank_charges";
	if (f->nopen == 1 && it->in.discount > 0 && it->open == it->in.amount &&
	    missing == it->in.discount)
		return "discount_unearned";
	return "short";
}

static bool suggest_short(struct ar_match *m, uint32_t line, struct found *f, unsigned how)
{
	struct line *l = &m->line[line];
	struct ar_match_result *r;
	struct plan *p = ar_arena_alloc(&m->scratch, sizeof *p);
	int64_t open, discount;
	bool charges;
	int last = f->nopen - 1;

	if (!sums(m, l, f->open, f->nopen, &open, &discount))
		return false;
	plan_for(m, l, f->open, f->nopen, FIT_SHORT, p);
	p->reason = short_reason(m, l, f, open - l->in.amount, &charges);
	r = begin(m, line, AR_MD_SUGGEST, how == BY_REF ? AR_M_REF_SHORT : AR_M_NUMBER_SHORT,
		  "receipt");
	say_quotes(m, r, l, f->open, f->nopen, how);
	say_amount(m, r, l, f->open, f->nopen, FIT_SHORT);
	if (charges && !m->item[f->open[last]].in.credit &&
	    m->item[f->open[last]].open > open - l->in.amount) {
		p->charges[last] = open - l->in.amount;
		p->pay[last] -= p->charges[last];
		r->rule = AR_M_INSTRUCTED;
		ar_mi_say(m, r,
			  "the bank's own figures explain what is missing: charges on the way",
			  NULL);
	} else if (strcmp(p->reason, "short") != 0 && !charges) {
		ar_mi_say(m, r, "the discount was taken after its last day", NULL);
	}
	say_payer(m, r, l);
	r->alternatives = f->alternatives;
	settle(m, r, l, p);
	finish(m, r);
	return true;
}

static bool suggest_documents(struct ar_match *m, uint32_t line, unsigned how, enum ar_mrule one,
			      enum ar_mrule several)
{
	struct line *l = &m->line[line];
	enum fit fit;
	struct found *f = found_for(m, l, how, &fit);

	if (!f->nopen)
		return false;
	if (suggest_instructed(m, line, f))
		return true;
	if (f->groups && fit != FIT_EXACT) {
		ar_mi_trace(m, l, "  the documents quoted belong to different payers");
		if (!reduce(m, l, f))
			return false;
		fit = FIT_EXACT;
	}
	if (fit != FIT_EXACT && fit != FIT_DISCOUNT && f->nopen > 1 && reduce(m, l, f))
		fit = FIT_EXACT;
	if (fit == FIT_NONE || (f->weak && fit != FIT_EXACT && fit != FIT_DISCOUNT &&
				known_group(l) != m->item[f->open[0]].group))
		return false;
	if (fit == FIT_SHORT)
		return suggest_short(m, line, f, how);
	if (fit == FIT_OVER)
		documents(m, line, AR_MD_SUGGEST, how == BY_REF ? AR_M_REF_OVER : AR_M_NUMBER_OVER,
			  f, fit, how);
	else
		documents(m, line, AR_MD_SUGGEST, f->nopen > 1 ? several : one, f, fit, how);
	return true;
}

/*
 * Only documents are quoted that are settled: paid twice, or a mistake. The money waits, it
 * goes nowhere else.
 */
static bool suggest_settled(struct ar_match *m, uint32_t line)
{
	struct line *l = &m->line[line];
	struct found *f = ar_arena_alloc(&m->scratch, sizeof *f);
	struct ar_match_result *r;
	const struct item *it;
	char day[11];
	int k = 0;

	collect(m, l, BY_REF | BY_NUMBER | BY_ORDER, true, f);
	if (f->nopen || !f->nsettled)
		return false;
	sort_items(f->settled, f->nsettled);
	while (k < f->nsettled && m->item[f->settled[k]].in.amount != l->in.amount &&
	       m->item[f->settled[k]].in.amount - m->item[f->settled[k]].in.discount !=
		       l->in.amount)
		k++;
	r = begin(m, line, AR_MD_SUGGEST, k < f->nsettled ? AR_M_DUPLICATE : AR_M_CLOSED,
		  k < f->nsettled ? "duplicate" : "receipt");
	it = &m->item[f->settled[k < f->nsettled ? k : 0]];
	say_quotes(m, r, l, f->settled, f->nsettled, BY_REF | BY_NUMBER | BY_ORDER);
	if (it->by != NONE) {
		struct ar_str id = m->line[it->by].in.id;

		ar_mi_say(m, r, "it is paid by ", ar_arena_dup(&m->mem, id.p, id.n), " already",
			  NULL);
	} else if (it->in.settled != AR_DATE_NONE) {
		ar_mi_say(m, r, "it was settled on ", ar_date_z(day, it->in.settled), " already",
			  NULL);
	} else {
		ar_mi_say(m, r, "nothing is open of it", NULL);
	}
	if (k < f->nsettled)
		ar_mi_say(m, r, "its amount is that of this payment: paid twice", NULL);
	say_payer(m, r, l);
	r->on_account = r->received;
	if (known_group(l) == NONE || known_group(l) == it->group)
		r->customer = m->customer[known_group(l) == NONE	   ? it->customer
					  : l->customer_by_account != NONE ? l->customer_by_account
									   : l->customer_by_name]
				      .in.id;
	finish(m, r);
	return true;
}

static void rest(struct ar_match *m, uint32_t line)
{
	struct line *l = &m->line[line];
	bool known = known_group(l) != NONE;
	struct found *f = ar_arena_alloc(&m->scratch, sizeof *f);
	struct ar_match_result *r = begin(m, line, known ? AR_MD_SUGGEST : AR_MD_NONE,
					  known ? AR_M_ON_ACCOUNT : AR_M_UNKNOWN, "receipt");

	say_payer(m, r, l);
	if (known) {
		ar_mi_say(m, r, "no document or amount explains the payment", NULL);
		r->on_account = r->received;
	} else {
		ar_mi_say(m, r,
			  l->nhit ? "the payer is not known"
				  : "neither the payer nor a document is known",
			  NULL);
		r->set_aside = r->received;
	}
	collect(m, l, BY_REF | BY_NUMBER | BY_ORDER, true, f);
	if (f->nopen || f->ambiguous) {
		r->alternatives = f->nopen + f->alternatives + (f->nopen ? 0 : 1);
		say_quotes(m, r, l, f->open, f->nopen, BY_REF | BY_NUMBER | BY_ORDER);
		ar_mi_say(m, r,
			  f->ambiguous ? "a number stands for several documents"
			  : m->item[f->open[0]].in.ccy != l->in.ccy
				  ? "what is quoted is open in another currency"
				  : "the documents quoted do not explain the amount",
			  NULL);
	}
	if (l->blocked)
		ar_mi_say(m, r, "no auto: ", l->blocked, NULL);
	finish(m, r);
}

/* ---- lines that bring no money of a customer ---- */

static void excluded(struct ar_match *m, uint32_t line)
{
	const struct line *l = &m->line[line];
	struct ar_match_result *r = begin(m, line, AR_MD_EXCLUDED, AR_M_EXCLUDED, l->in.kind);

	r->money = l->in.counts;
	r->received = r->set_aside = l->in.counts ? l->in.amount : 0;
	ar_mi_say(m, r, l->in.excluded, NULL);
	finish(m, r);
}

static int find_payment(struct ar_match *m, const struct line *l, struct ar_str s, uint32_t *found)
{
	char key[AR_REF_MAX];
	uint32_t k =
		ar_mi_find(m, K_PAYMENT, l->entity, (struct ar_str){ key, ar_ref_key(s, key) });
	int n = 0, seen = 0;

	for (uint32_t p = ar_mi_first(m, k); p != NONE && seen++ < AR_MATCH_CHAIN;
	     p = m->posting[p].next) {
		const struct payment *pay = &m->payment[m->posting[p].value];

		if (pay->undone || pay->in.ccy != l->in.ccy || pay->in.amount != -l->in.amount)
			continue;
		if (*found != m->posting[p].value)
			n++;
		*found = m->posting[p].value;
	}
	return n;
}

static void returned(struct ar_match *m, uint32_t line)
{
	struct line *l = &m->line[line];
	struct ar_match_result *r = begin(m, line, AR_MD_NONE, AR_M_RETURN, "return");
	uint32_t found = NONE;
	int n = 0;

	r->money = false;
	r->received = 0;
	n += find_payment(m, l, l->in.end_to_end, &found);
	n += find_payment(m, l, l->in.original_reference, &found);
	n += find_payment(m, l, l->in.check_number, &found);
	for (int i = 0; i < l->in.nref; i++)
		n += find_payment(m, l, l->in.ref[i], &found);
	if (n == 1) {
		struct ar_str id = m->payment[found].in.id;

		m->payment[found].undone = true;
		r->decision = AR_MD_SUGGEST;
		r->undoes = found;
		r->customer = m->payment[found].in.customer;
		ar_mi_say(m, r, "money that came before goes back: same reference and amount as ",
			  ar_arena_dup(&m->mem, id.p, id.n), NULL);
	} else {
		r->alternatives = n;
		ar_mi_say(
			m, r,
			n ? "several payments could be the one that goes back"
			  : "money goes back, but no payment of this reference and amount is known",
			NULL);
	}
	finish(m, r);
}

/* ---- the order of things ---- */

enum stage {
	AUTO_REF,
	AUTO_REMIT,
	AUTO_NUMBER,
	AUTO_AMOUNT,
	SAY_REF,
	SAY_REMIT,
	SAY_NUMBER,
	SAY_SETTLED,
	SAY_AMOUNT,
	SAY_REST,
	STAGES
};

static void decide(struct ar_match *m, uint32_t i, enum stage s)
{
	switch (s) {
	case AUTO_REF:
		auto_documents(m, i, BY_REF, AR_M_REF, AR_M_REF_SUM);
		break;
	case AUTO_REMIT:
		try_remit(m, i, true);
		break;
	case AUTO_NUMBER:
		auto_documents(m, i, BY_REF | BY_NUMBER | BY_ORDER, AR_M_NUMBER, AR_M_NUMBER_SUM);
		break;
	case AUTO_AMOUNT:
		auto_amount(m, i);
		break;
	case SAY_REF:
		suggest_documents(m, i, BY_REF, AR_M_REF, AR_M_REF_SUM);
		break;
	case SAY_REMIT:
		try_remit(m, i, false);
		break;
	case SAY_NUMBER:
		suggest_documents(m, i, BY_REF | BY_NUMBER | BY_ORDER, AR_M_NUMBER,
				  AR_M_NUMBER_SUM);
		break;
	case SAY_SETTLED:
		suggest_settled(m, i);
		break;
	case SAY_AMOUNT:
		suggest_amount(m, i);
		break;
	default:
		rest(m, i);
		break;
	}
}

void ar_mi_decide(struct ar_match *m, const uint32_t *order)
{
	for (size_t k = 0; k < m->nline; k++) {
		const struct line *l = &m->line[order[k]];

		if (l->in.excluded)
			excluded(m, order[k]);
		else if (l->in.returned && l->in.amount < 0)
			returned(m, order[k]);
		else
			ar_assert(l->in.amount > 0 && !l->in.returned);
	}
	for (int s = 0; s < STAGES; s++)
		for (size_t k = 0; k < m->nline; k++) {
			if (m->line[order[k]].done)
				continue;
			decide(m, order[k], (enum stage)s);
			ar_arena_reset(&m->scratch);
		}
}
