/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_amount.c - candidates that rest on the amount, for a payer who is known or nearly so. */
#include "config.h"

#include "ar/match_in.h"
#include "base/sort.h"

enum { LOOK_BACK = AR_MATCH_CHAIN, THREES = 64, OLDER = 2000 };   /* of documents of one amount the older is paid four times as often */
enum { SUM_BESIDE_ONE = 4000 };         /* where one document makes the amount, sums of others are chance */

/* ---- one document ---- */

/* The first document of this open amount that nobody took yet; what was taken is forgotten, it never comes back. */
static uint32_t first_equal(struct ar_match *m, uint32_t group, uint16_t ccy, int64_t amount)
{
	uint32_t k = ar_mi_find_amount(m, K_AMOUNT, group, ccy, amount);
	struct chain *c;

	if (k == NONE)
		return NONE;
	c = &m->index.chain[k];
	while (c->head != NONE && m->item[ar_mi_value(m, c->head)].open != amount)
		c->head = ar_mi_next(m, c->head);
	return c->head == NONE ? NONE : ar_mi_value(m, c->head);
}

/* Documents of the group with this open amount when the run began. */
static int equals(const struct ar_match *m, uint32_t group, uint16_t ccy, int64_t amount)
{
	return (int)ar_mi_count(m, ar_mi_find_amount(m, K_AMOUNT, group, ccy, amount));
}

static uint32_t paid_lately(const struct ar_match *m, const struct line *l, uint32_t group)
{
	int n = 0;

	AR_MI_EACH(m, p, ar_mi_find_amount(m, K_SETTLED, group, l->in->ccy, l->in->amount)) {
		ar_date d = m->item[ar_mi_value(m, p)].in.settled;

		if (n++ == AR_MATCH_CHAIN || (d != AR_DATE_NONE && l->in->booked != AR_DATE_NONE && l->in->booked - d <= DUPLICATE_DAYS))
			return ar_mi_value(m, p);
	}
	return NONE;
}

/* The only document that less its earned discount is this amount; *n: how many there are. */
static uint32_t discounted(const struct ar_match *m, const struct line *l, uint32_t group, bool late, int *n)
{
	uint32_t found = NONE;
	int seen = 0;

	*n = 0;
	AR_MI_EACH(m, p, ar_mi_find_amount(m, K_DISCOUNT, group, l->in->ccy, l->in->amount)) {
		const struct item *it = &m->item[ar_mi_value(m, p)];

		if (seen++ == AR_MATCH_CHAIN)
			break;
		if (it->open != it->in.amount || ar_mi_earned(m, it, l) == late)
			continue;
		if (!(*n)++)
			found = ar_mi_value(m, p);
	}
	return found;
}

/* ---- a group's open documents ---- */

struct book { uint32_t v[AR_MATCH_AMOUNT_ITEMS]; int n; bool too_many; int64_t all; };

static void open_book(struct ar_match *m, const struct line *l, uint32_t group, struct book *b)
{
	ar_wide all = 0;

	b->n = 0;
	b->all = 0;
	b->too_many = m->customer[group].open > AR_MATCH_AMOUNT_ITEMS;
	if (b->too_many)
		return;
	AR_MI_GROUP(m, i, group) {
		if (!m->item[i].open || m->item[i].in.ccy != l->in->ccy)
			continue;
		b->v[b->n++] = i;
		all += m->item[i].open;
	}
	if (!ar_narrow(all, &b->all))
		b->all = 0;
}

/* ---- autos ---- */

static int by_value(const void *a, const void *b, void *ctx)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	(void)ctx;
	return x < y ? -1 : x > y;
}

/* Do two of v[from..n), which are in rising order, make `want`? */
static bool two_make(const int64_t *v, int from, int n, ar_wide want)
{
	for (int i = from, k = n - 1; i < k;) {
		ar_wide sum = (ar_wide)v[i] + v[k];

		if (sum == want)
			return true;
		if (sum < want)
			i++;
		else
			k--;
	}
	return false;
}

/*
 * Anything else of the group that makes this amount when the run began: a discount, two documents, three where they are few enough that
 * three that fit are no mere chance, all of them. NULL: nothing.
 */
static const char *other_story(struct ar_match *m, const struct line *l, uint32_t group, uint32_t chosen)
{
	int64_t open[AR_MATCH_AMOUNT_ITEMS]; /* of the others */
	ar_wide all = m->item[chosen].in.open;
	int n = 0;

	if (m->customer[group].open > AR_MATCH_AMOUNT_ITEMS)
		return "the payer has too many open documents for an amount to say much";
	AR_MI_GROUP(m, i, group) {
		const struct item *it = &m->item[i];

		if (i == chosen || it->in.ccy != l->in->ccy)
			continue;
		if (it->in.discount > 0 && it->in.open - it->in.discount == l->in->amount)
			return "another document less its discount has this amount";
		all += it->in.open;
		open[n++] = it->in.open;
	}
	ar_sort(open, (size_t)n, sizeof *open, by_value, NULL);
	if (two_make(open, 0, n, l->in->amount))
		return "two other documents together make this amount";
	for (int i = 0; i < n && n <= THREES; i++)
		if (two_make(open, i + 1, n, (ar_wide)l->in->amount - open[i]))
			return "three other documents together make this amount";
	return n && all == l->in->amount ? "the whole balance makes this amount too" : NULL;
}

/* A payment of the same payer and days that with this one makes one document. NONE, or the document; *other: the line. */
static uint32_t other_part(struct ar_match *m, const struct line *l, uint32_t group, uint32_t *other)
{
	int seen = 0;

	for (uint32_t o = m->customer[group].lines; o != NONE && seen++ < AR_MATCH_CHAIN; o = m->line[o].next_of_group) {
		const struct line *x = &m->line[o];
		int64_t both;
		uint32_t i;

		if (x == l || x->done || x->in->ccy != l->in->ccy || x->in->booked - l->in->booked > SPLIT_DAYS ||
		    l->in->booked - x->in->booked > SPLIT_DAYS || !ar_add(l->in->amount, x->in->amount, &both))
			continue;
		i = first_equal(m, group, l->in->ccy, both);
		*other = o;
		if (i != NONE)
			return i;
	}
	return NONE;
}

/* What speaks against an amount by itself, whatever it explains. */
static const char *doubt(struct ar_match *m, const struct line *l, uint32_t group)
{
	uint32_t other;
	struct ar_str word;

	if (l->nhit)
		return "the line quotes a number that is one of our documents";
	if (l->cites)
		return "the line names a document that is not known";
	if (ar_mi_text_reason(m, l, &word))
		return "the text says that it is no plain payment of a document";
	if (l->order != NONE)
		return "the line quotes a sales order";
	if (l->remit != NONE)
		return "a remittance belongs to this line and does not fit";
	if (ar_mi_count(m, ar_mi_find_amount(m, K_LINES, group, l->in->ccy, l->in->amount)) > 1)
		return "another payment of this payer has the same amount";
	if (other_part(m, l, group, &other) != NONE)
		return "with another payment of these days it makes a document";
	if (ar_mi_round(l))
		return "round amounts are often part payments";
	if (paid_lately(m, l, group) != NONE)
		return "a document of the same amount was paid lately: this may be a second payment";
	return NULL;
}

static bool younger(const struct line *l, const struct item *it)
{
	return it->in.issued > 0 && it->in.issued != AR_DATE_NONE && l->in->booked != AR_DATE_NONE && it->in.issued > l->in->booked;
}

/* An amount alone pays what the owner of the account owes, or those whose payer it is, and what it can have seen. */
static const char *not_meant(const struct line *l, const struct item *it)
{
	uint32_t who = l->party[0].customer;

	if (it->customer != who && who != it->group)
		return "the document is another customer's for whom the owner of the account does not usually pay";
	if (younger(l, it))
		return "the document is younger than the payment";
	return NULL;
}

static const char *one_veto(struct ar_match *m, const struct line *l, uint32_t group, uint32_t chosen, int same)
{
	const char *why;

	if (same != 1)
		return "several documents have this amount";
	why = doubt(m, l, group);
	if (why)
		return why;
	if (m->item[chosen].quoted)
		return "another line quotes this document";
	why = not_meant(l, &m->item[chosen]);
	if (why)
		return why;
	return other_story(m, l, group, chosen);
}

enum { UNLIKELY = 16000 };       /* thousandths of bits: behind the money on account */

static void mark_amount(const struct ar_match *m, struct cand *c, const struct line *l, uint32_t group, uint8_t amount)
{
	struct ar_str word;
	const char *reason = ar_mi_text_reason(m, l, &word);

	if (reason && strcmp(reason, "part") == 0)
		c->weight -= UNLIKELY;
	c->mark[AR_MC_PARTY] = ar_mi_party_of(l, group);
	c->mark[AR_MC_DOCUMENT] = AR_DOC_NONE;
	c->mark[AR_MC_AMOUNT] = amount;
}

static struct cand *one_cand(struct ar_match *m, const struct line *l, uint32_t group, uint32_t chosen, int same, enum ar_mrule rule,
			     enum fit fit)
{
	struct cand *c = ar_mi_cand(m, rule, "receipt", 1);

	mark_amount(m, c, l, group, fit == FIT_DISCOUNT ? AR_AMT_DISCOUNT : same == 1 ? AR_AMT_UNIQUE : AR_AMT_SEVERAL);
	c->alternatives = same - 1;
	if (younger(l, &m->item[chosen]))
		c->weight -= UNLIKELY;
	ar_mi_say_payer(m, &c->told, l);
	ar_mi_parts(m, l, c, &chosen, 1, fit);
	return c;
}

static struct cand *auto_equal(struct ar_match *m, struct line *l, uint32_t group, bool *seen)
{
	uint32_t chosen = first_equal(m, group, l->in->ccy, l->in->amount);
	struct cand *c;
	const char *why;
	char a[TEXT];

	*seen = chosen != NONE;
	if (chosen == NONE) {
		ar_mi_trace(m, l, "  amount.unique: no open document of the payer has this amount");
		return NULL;
	}
	why = one_veto(m, l, group, chosen, equals(m, group, l->in->ccy, l->in->amount));
	c = why ? NULL : one_cand(m, l, group, chosen, 1, AR_M_AMOUNT, FIT_EXACT);
	why = why ? why : ar_mi_no_auto(m, l, c);
	if (!why) {
		ar_mi_say(m, &c->told, "its only open document of ", ar_mi_money(l->in->amount, l->in->ccy, a), " is ", ar_mi_name(m, chosen),
			  NULL);
		return c;
	}
	ar_mi_trace(m, l, "  amount.unique: %s", why);
	l->blocked = l->blocked ? l->blocked : why;
	return NULL;
}

static struct cand *auto_discount(struct ar_match *m, struct line *l, uint32_t group, bool *seen)
{
	int n;
	uint32_t chosen = discounted(m, l, group, false, &n);
	struct cand *c;
	const char *why;

	*seen = chosen != NONE;
	if (chosen == NONE)
		return NULL;
	why = n > 1 || ar_mi_count(m, ar_mi_find_amount(m, K_DISCOUNT, group, l->in->ccy, l->in->amount)) > 1
		      ? "several documents less their discounts have this amount"
		      : one_veto(m, l, group, chosen, 1);
	c = why ? NULL : one_cand(m, l, group, chosen, 1, AR_M_AMOUNT_DISCOUNT, FIT_DISCOUNT);
	why = why ? why : ar_mi_no_auto(m, l, c);
	if (!why) {
		ar_mi_say_fit(m, &c->told, l, &chosen, 1, FIT_DISCOUNT);
		return c;
	}
	ar_mi_trace(m, l, "  amount.discount: %s", why);
	l->blocked = l->blocked ? l->blocked : why;
	return NULL;
}

/* ---- natural sums: all of them, the late ones, the oldest, those of one day or month ---- */

struct natural {
	enum ar_mrule rule;
	uint8_t mark;
	const char *words;
	uint32_t v[AR_MATCH_AMOUNT_ITEMS];
	int n;
};

static int64_t open_of(const struct ar_match *m, uint32_t i)
{
	return m->item[i].open;
}

static void offer(struct natural *x, const struct ar_match *m, const struct book *b, const struct line *l,
		  bool (*wanted)(const struct item *, const struct line *, ar_date), ar_date day)
{
	ar_wide sum = 0;

	x->n = 0;
	for (int i = 0; i < b->n; i++)
		if (wanted(&m->item[b->v[i]], l, day)) {
			x->v[x->n++] = b->v[i];
			sum += open_of(m, b->v[i]);
		}
	if (x->n < 2 || sum != l->in->amount)
		x->n = 0;
}

static bool is_any(const struct item *it, const struct line *l, ar_date day)
{
	(void)it;
	(void)l;
	(void)day;
	return true;
}

static bool is_late(const struct item *it, const struct line *l, ar_date day)
{
	(void)day;
	return it->in.due != AR_DATE_NONE && l->in->booked != AR_DATE_NONE && it->in.due < l->in->booked;
}

static bool is_issued(const struct item *it, const struct line *l, ar_date day)
{
	(void)l;
	return it->in.issued != AR_DATE_NONE && it->in.issued <= day;
}

static bool is_due(const struct item *it, const struct line *l, ar_date day)
{
	(void)l;
	return it->in.due == day;
}

static bool is_month(const struct item *it, const struct line *l, ar_date day)
{
	(void)l;
	return it->in.due != AR_DATE_NONE && ar_month_end(it->in.due) == day;
}

/* The last end of a month before the payment. */
static ar_date month_before(const struct line *l)
{
	struct ar_ymd d;

	if (l->in->booked == AR_DATE_NONE)
		return AR_DATE_NONE;
	d = ar_ymd_of(l->in->booked);
	return ar_date_from(d.y, d.m, 1) - 1;
}

static void oldest(struct natural *x, const struct ar_match *m, const struct book *b, const struct line *l)
{
	ar_wide sum = 0;

	x->n = 0;
	for (int i = 0; i < b->n; i++) {
		if (m->item[b->v[i]].in.credit)
			continue;
		x->v[x->n++] = b->v[i];
		sum += open_of(m, b->v[i]);
		if (sum == l->in->amount && x->n > 1)
			return;
	}
	x->n = 0;
}

static void by_day(struct natural *x, const struct ar_match *m, const struct book *b, const struct line *l, bool month)
{
	ar_date last = AR_DATE_NONE;

	x->n = 0;
	for (int i = 0; i < b->n && !x->n; i++) {
		ar_date d = m->item[b->v[i]].in.due;

		if (d == AR_DATE_NONE)
			continue;
		d = month ? ar_month_end(d) : d;
		if (d != last)
			offer(x, m, b, l, month ? is_month : is_due, d);
		last = d;
	}
}

enum { NATURALS = 6 };
static void naturals(const struct ar_match *m, const struct book *b, const struct line *l, struct natural x[NATURALS])
{
	x[0] = (struct natural){ .rule = AR_M_BALANCE, .mark = AR_AMT_BALANCE, .words = "it is the whole balance of the payer" };
	offer(&x[0], m, b, l, is_any, 0);
	x[1] = (struct natural){ .rule = AR_M_PAST_DUE, .mark = AR_AMT_PAST_DUE, .words = "it is all that is past due" };
	offer(&x[1], m, b, l, is_late, 0);
	x[2] = (struct natural){ .rule = AR_M_STATEMENT, .mark = AR_AMT_STATEMENT, .words = "it is all that was issued up to the end of last month" };
	if (month_before(l) != AR_DATE_NONE)
		offer(&x[2], m, b, l, is_issued, month_before(l));
	x[3] = (struct natural){ .rule = AR_M_OLDEST, .mark = AR_AMT_OLDEST, .words = "it is the oldest documents, one after the other" };
	oldest(&x[3], m, b, l);
	x[4] = (struct natural){ .rule = AR_M_SAME_DUE, .mark = AR_AMT_SAME_DUE, .words = "it is all that is due on one day" };
	by_day(&x[4], m, b, l, false);
	x[5] = (struct natural){ .rule = AR_M_SAME_MONTH, .mark = AR_AMT_SAME_MONTH, .words = "it is all that is due in one month" };
	by_day(&x[5], m, b, l, true);
}

/* Sums of the same documents are one story; the first tells it. */
static bool same_sum(const struct natural *a, const struct natural *b)
{
	return a->n == b->n && memcmp(a->v, b->v, (size_t)a->n * sizeof *a->v) == 0;
}

static struct cand *sum_cand(struct ar_match *m, const struct line *l, uint32_t group, const struct natural *x)
{
	struct cand *c = ar_mi_cand(m, x->rule, "receipt", x->n);

	mark_amount(m, c, l, group, x->mark);
	ar_mi_say_payer(m, &c->told, l);
	ar_mi_say_fit(m, &c->told, l, x->v, x->n, FIT_EXACT);
	ar_mi_say(m, &c->told, x->words, NULL);
	ar_mi_parts(m, l, c, x->v, x->n, FIT_EXACT);
	return c;
}

/* A second set of documents that makes the amount, or the search was cut short. */
static const char *second_sum(struct ar_match *m, const struct line *l, const struct book *b)
{
	int64_t v[AR_MATCH_AMOUNT_ITEMS];
	uint64_t bits;
	bool incomplete;
	int found;

	for (int i = 0; i < b->n; i++)
		v[i] = open_of(m, b->v[i]);
	found = ar_mi_subset(v, b->n, l->in->amount, &bits, &incomplete, &m->scratch);
	return found > 1 ? "other documents together make this amount too"
	       : incomplete ? "search_incomplete: not all sums of the payer's documents were looked at"
			    : NULL;
}

static struct cand *auto_sum(struct ar_match *m, struct line *l, uint32_t group)
{
	struct book *b = ar_arena_alloc(&m->scratch, sizeof *b);
	struct natural *x = ar_arena_alloc(&m->scratch, NATURALS * sizeof *x);
	const char *why = NULL;
	struct cand *c = NULL;
	bool credit = false;

	open_book(m, l, group, b);
	if (b->n < 2)
		return NULL;
	naturals(m, b, l, x);
	for (int i = 0; i < NATURALS && !c; i++)
		if (x[i].n)
			c = sum_cand(m, l, group, &x[i]);
	if (!c)
		return NULL;
	why = doubt(m, l, group);
	for (int i = 0; i < c->n && !why; i++)
		why = m->item[c->part[i].item].quoted ? "another line quotes one of these documents" : not_meant(l, &m->item[c->part[i].item]);
	/* the whole balance without a credit: no other set of the documents makes the amount */
	for (int i = 0; i < b->n; i++)
		credit |= m->item[b->v[i]].in.credit;
	if (!why && (credit || c->rule != AR_M_BALANCE))
		why = second_sum(m, l, b);
	why = why ? why : ar_mi_no_auto(m, l, c);
	if (!why)
		return c;
	ar_mi_trace(m, l, "  %s: %s", ar_match_rule(c->rule), why);
	l->blocked = l->blocked ? l->blocked : why;
	return NULL;
}

struct cand *ar_mi_auto_amount(struct ar_match *m, uint32_t line)
{
	struct line *l = &m->line[line];
	struct cand *c;
	uint32_t group;
	bool equal, discount;

	if (!l->exact_party || l->party[0].how != AR_PARTY_ACCOUNT) {
		ar_mi_trace(m, l, "  amount.unique: the account the money came from belongs to no customer, or to several");
		return NULL;
	}
	group = l->party[0].group;
	c = auto_equal(m, l, group, &equal);
	if (c || equal)
		return c;
	c = auto_discount(m, l, group, &discount);
	return c || discount ? c : auto_sum(m, l, group);
}

/* ---- suggestions ---- */

static void say_equal(struct ar_match *m, const struct line *l, uint32_t group, struct cands *s)
{
	int same = equals(m, group, l->in->ccy, l->in->amount), told = 0, seen = 0;
	bool account = ar_mi_party_of(l, group) == AR_PARTY_ACCOUNT;

	AR_MI_EACH(m, p, ar_mi_find_amount(m, K_AMOUNT, group, l->in->ccy, l->in->amount)) {
		uint32_t i = ar_mi_value(m, p);
		struct cand *c;

		if (seen++ == LOOK_BACK || told == 3)
			break;
		if (m->item[i].open != l->in->amount)
			continue;
		c = one_cand(m, l, group, i, same,
			     same > 1 ? AR_M_AMOUNT_SEVERAL : !account ? AR_M_AMOUNT_NAME : ar_mi_round(l) ? AR_M_AMOUNT_ROUND : AR_M_AMOUNT_SEVERAL,
			     FIT_EXACT);
		c->weight -= told++ * OLDER;
		ar_mi_say_fit(m, &c->told, l, &i, 1, FIT_EXACT);
		ar_mi_add(s, c);
	}
}

static void say_discount(struct ar_match *m, const struct line *l, uint32_t group, struct cands *s)
{
	int n;
	uint32_t i = discounted(m, l, group, false, &n);
	struct cand *c;

	if (i != NONE) {
		c = one_cand(m, l, group, i, n, AR_M_AMOUNT_DISCOUNT, FIT_DISCOUNT);
		ar_mi_say_fit(m, &c->told, l, &i, 1, FIT_DISCOUNT);
		ar_mi_add(s, c);
	}
	i = discounted(m, l, group, true, &n);
	if (i == NONE)
		return;
	c = one_cand(m, l, group, i, n, AR_M_DISCOUNT_LATE, FIT_EXACT);
	c->mark[AR_MC_RESIDUAL] = AR_RES_LATE;
	c->part[0].discount = m->item[i].in.discount;
	c->part[0].pay -= c->part[0].discount;
	ar_mi_say(m, &c->told, ar_mi_name(m, i), " less its discount is the amount, but the discount's last day is over", NULL);
	ar_mi_add(s, c);
}

static void say_subset(struct ar_match *m, const struct line *l, uint32_t group, const struct book *b, struct cands *s)
{
	int64_t v[AR_MATCH_AMOUNT_ITEMS];
	struct natural *x = ar_arena_alloc(&m->scratch, sizeof *x);
	uint64_t bits;
	bool incomplete;
	struct cand *c;
	int found;

	for (int i = 0; i < b->n; i++)
		v[i] = open_of(m, b->v[i]);
	found = ar_mi_subset(v, b->n, l->in->amount, &bits, &incomplete, &m->scratch);
	if (!found)
		return;
	*x = (struct natural){ .rule = AR_M_SUBSET, .mark = AR_AMT_SUBSET,
			       .words = incomplete ? "search_incomplete: not all sums were looked at"
					: found > 1 ? "other documents make this amount too"
						    : "no other documents of the payer make this amount" };
	for (int i = 0; i < b->n && i < 64; i++)
		if (bits >> i & 1)
			x->v[x->n++] = b->v[i];
	c = sum_cand(m, l, group, x);
	c->alternatives = found - 1;
	c->weight -= found > 1 || incomplete ? 1500 : 0;
	ar_mi_add(s, c);
}

/* A trifle less than one document. */
static void say_nearly(struct ar_match *m, const struct line *l, uint32_t group, const struct book *b, struct cands *s)
{
	const struct ar_match_conf *conf = m->policy.conf;
	uint32_t one = NONE;
	int64_t off;
	struct cand *c;
	char a[TEXT];

	for (int i = 0; conf && i < b->n; i++) {
		const struct item *it = &m->item[b->v[i]];

		off = it->open - l->in->amount;
		if (it->in.credit || off <= 0 || off > ar_mc_limit(conf->tolerance, l->in->ccy) ||
		    (ar_wide)off * 1000 > (ar_wide)it->open * conf->tolerance_permille)
			continue;
		if (one != NONE)
			return;
		one = b->v[i];
	}
	if (one == NONE)
		return;
	off = m->item[one].open - l->in->amount;
	c = one_cand(m, l, group, one, 1, AR_M_TOLERANCE, FIT_EXACT);
	c->mark[AR_MC_RESIDUAL] = AR_RES_TOLERANCE;
	c->part[0].writeoff = off;
	c->part[0].pay -= off;
	c->writeoff_reason = "small_balance";
	c->weight -= 2000;
	ar_mi_say(m, &c->told, "it is ", ar_mi_name(m, one), " but for ", ar_mi_money(off, l->in->ccy, a), ", within the tolerance", NULL);
	ar_mi_add(s, c);
}

/* Two payments of these days that make one document. */
static void say_split(struct ar_match *m, const struct line *l, uint32_t group, struct cands *s)
{
	uint32_t other, i = other_part(m, l, group, &other);
	struct cand *c;

	if (i == NONE)
		return;
	c = one_cand(m, l, group, i, 1, AR_M_SPLIT, FIT_EXACT);
	c->mark[AR_MC_AMOUNT] = AR_AMT_SPLIT;
	c->part[0].pay = l->in->amount;
	ar_mi_say(m, &c->told, "with ", ar_mi_z(m, m->line[other].in->id), " of these days it makes ", ar_mi_name(m, i), NULL);
	ar_mi_add(s, c);
}

static void say_twice(struct ar_match *m, const struct line *l, uint32_t group, struct cands *s)
{
	uint32_t i = paid_lately(m, l, group);
	struct cand *c;
	char day[11];

	if (i == NONE || l->nhit)
		return;
	c = ar_mi_cand(m, AR_M_DUPLICATE, "duplicate", 0);
	mark_amount(m, c, l, group, AR_AMT_SETTLED);
	c->mark[AR_MC_RESIDUAL] = AR_RES_ALL;
	ar_mi_say_payer(m, &c->told, l);
	ar_mi_say(m, &c->told, ar_mi_name(m, i), " of the same amount was settled on ", ar_date_z(day, m->item[i].in.settled),
		  " already: perhaps paid twice", NULL);
	ar_mi_add(s, c);
}

static void say_group(struct ar_match *m, const struct line *l, uint32_t group, struct cands *s)
{
	struct book *b = ar_arena_alloc(&m->scratch, sizeof *b);
	struct natural *x = ar_arena_alloc(&m->scratch, NATURALS * sizeof *x);
	int before = s->n, sums = 0, one;

	say_equal(m, l, group, s);
	say_discount(m, l, group, s);
	say_twice(m, l, group, s);
	if (l->exact_party)
		say_split(m, l, group, s);
	one = s->n;
	open_book(m, l, group, b);
	if (b->n > 1) {
		naturals(m, b, l, x);
		for (int i = 0; i < NATURALS; i++) {
			bool told = false;

			for (int k = 0; k < i; k++)
				told |= x[k].n && same_sum(&x[k], &x[i]);
			if (x[i].n && !told) {
				ar_mi_add(s, sum_cand(m, l, group, &x[i]));
				sums++;
			}
		}
		if (!sums)
			say_subset(m, l, group, b, s);
	}
	for (int i = one; one > before && i < s->n; i++)
		s->v[i]->weight -= SUM_BESIDE_ONE;
	if (s->n == before)
		say_nearly(m, l, group, b, s);
	if (b->too_many && s->n > before)
		ar_mi_say(m, &s->v[before]->told, "search_incomplete: the payer has more open documents than are summed up", NULL);
}

/* Documents quoted but not paid keep the amount from being looked for elsewhere, unless nothing else explains it. */
void ar_mi_say_amount(struct ar_match *m, uint32_t line, struct cands *s)
{
	struct line *l = &m->line[line];

	ar_mi_guess_party(m, l);
	for (int i = 0; i < l->nparty; i++)
		say_group(m, l, l->party[i].group, s);
}
