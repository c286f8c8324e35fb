/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/dun.h"

#include "base/hash.h"
#include "base/sort.h"
#include "num/ccy.h"
#include "num/money.h"

/* What is known of an item besides its own fields; in the order of the facts. */
struct known {
	const struct ar_dun_customer *customer, *payer;         /* NULL = no record of it */
	struct ar_str payer_id;
	const struct ar_dun_policy *policy;
	const struct ar_dun_past *under_way;
	const struct ar_dun_promise *promise;    /* the one that lasts longest */
	const struct ar_dun_level *level;        /* that it reaches now; NULL = none */
};

struct run {
	const struct ar_dun_facts *f;
	const struct ar_dun_policies *p;
	struct ar_arena *a;
	struct ar_err *e;
	struct ar_tab items, customers, notices;        /* ids */
	struct ar_tab keys;                     /* keys of notices */
	struct ar_tab letters;                  /* entity, payer and currency that letters were sent to */
	struct ar_tab busy;                     /* ... to whom something is under way, or was made on this day */
	const struct ar_dun_past **notice;      /* by number: the version that counts; NULL = later than as-of */
	const struct ar_dun_past **keyed, **letter;     /* by number: a notice of that key; the last letter */
	size_t *nlines;                         /* by number in `notices` */
	uint32_t *item_at;                      /* by number in `items`: index in the facts */
	const struct ar_dun_customer **customer;        /* by number in `customers` */
	struct known *known;
	struct ar_dun_verdict *v;
	size_t *order;                          /* items by entity, payer, currency, due, number, id */
	struct ar_dun_result *out;
};

struct group { size_t from, to; };              /* in run.order: one entity, payer and currency */

/* ---- history ---- */

static bool made(const struct ar_dun_past *n)
{
	return n->state == AR_DUN_SENT || n->state == AR_DUN_DELIVERED;
}

static bool under_way(const struct ar_dun_past *n)
{
	return n->state <= AR_DUN_QUEUED;
}

/* Of the versions of a notice the one recorded last; of equal ones the one further on. */
static bool later(const struct ar_dun_past *a, const struct ar_dun_past *b)
{
	return a->recorded != b->recorded ? a->recorded > b->recorded : a->state > b->state;
}

static void index_notices(struct run *r)
{
	const struct ar_dun_facts *f = r->f;

	r->notice = ar_arena_zero(r->a, (f->npast + 1) * sizeof *r->notice);
	r->nlines = ar_arena_zero(r->a, (f->npast + 1) * sizeof *r->nlines);
	for (size_t i = 0; i < f->npast; i++) {
		uint32_t k = ar_tab_add(&r->notices, f->past[i].id, NULL);

		if (f->past[i].date > f->as_of)
			continue;
		if (!r->notice[k] || later(&f->past[i], r->notice[k]))
			r->notice[k] = &f->past[i];
	}
}

/* What one payer gets in one currency, as the name of a table entry. */
static struct ar_str address(struct run *r, struct ar_str entity, struct ar_str payer, int ccy)
{
	return ar_str(ar_arena_fmt(r->a, "%zu:%.*s%s%.*s", entity.n, AR_STR_FMT(entity), ar_ccy[ccy].code,
	              AR_STR_FMT(payer)));
}

static bool later_letter(const struct ar_dun_past *a, const struct ar_dun_past *b)
{
	return a->date != b->date ? a->date > b->date : ar_str_cmp(a->id, b->id) > 0;
}

static void index_letters(struct run *r)
{
	r->keyed = ar_arena_zero(r->a, (r->notices.n + 1) * sizeof *r->keyed);
	r->letter = ar_arena_zero(r->a, (r->notices.n + 1) * sizeof *r->letter);
	for (uint32_t i = 0; i < r->notices.n; i++) {
		const struct ar_dun_past *n = r->notice[i];
		uint32_t k;

		if (!n)
			continue;
		if (n->key.n)
			r->keyed[ar_tab_add(&r->keys, n->key, NULL)] = n;
		if (n->level > 0 && (under_way(n) || (made(n) && n->date == r->f->as_of)))
			ar_tab_add(&r->busy, address(r, n->entity, n->payer, n->ccy), NULL);
		if (!made(n) || ar_streqz(n->channel, "task"))
			continue;
		k = ar_tab_add(&r->letters, address(r, n->entity, n->payer, n->ccy), NULL);
		if (!r->letter[k] || later_letter(n, r->letter[k]))
			r->letter[k] = n;
	}
}

static void remember(struct run *r, const struct ar_dun_past *n, const struct ar_dun_past_line *l, size_t item)
{
	struct ar_dun_verdict *v = &r->v[item];

	if (under_way(n)) {
		struct known *k = &r->known[item];

		if (!k->under_way || ar_str_cmp(n->id, k->under_way->id) < 0)
			k->under_way = n;
		return;
	}
	if (!made(n))
		return;
	if (l->level > v->last)
		v->last = l->level;
	if (v->last_date == AR_DATE_NONE || n->date > v->last_date)
		v->last_date = n->date;
}

static int history_error(struct run *r, struct ar_str id, const char *what)
{
	ar_err(r->e, AR_DAMAGED, "history_incomplete", "the notice '%.*s' %s", AR_STR_FMT(id), what);
	return ar_err_advice(r->e, "give the whole history: who was reminded cannot be told from a part of it");
}

static int read_history(struct run *r)
{
	const struct ar_dun_facts *f = r->f;

	index_notices(r);
	index_letters(r);
	for (size_t i = 0; i < f->npast_line; i++) {
		const struct ar_dun_past_line *l = &f->past_line[i];
		uint32_t n = ar_tab_get(&r->notices, l->notice), k = ar_tab_get(&r->items, l->item);

		if (n == AR_TAB_NONE)
			return history_error(r, l->notice, "has a line but no record");
		r->nlines[n]++;
		if (r->notice[n] && k != AR_TAB_NONE)
			remember(r, r->notice[n], l, r->item_at[k]);
	}
	for (uint32_t n = 0; n < r->notices.n; n++)
		if (!r->nlines[n])
			return history_error(r, r->notices.key[n], "has no line that says for which items");
	return 0;
}

/* ---- customers, promises ---- */

static const struct ar_dun_customer *customer(const struct run *r, struct ar_str id)
{
	uint32_t k = ar_tab_get(&r->customers, id);

	return k == AR_TAB_NONE ? NULL : r->customer[k];
}

static void index_customers(struct run *r)
{
	r->customer = ar_arena_zero(r->a, (r->f->ncustomer + 1) * sizeof *r->customer);
	for (size_t i = 0; i < r->f->ncustomer; i++)
		r->customer[ar_tab_add(&r->customers, r->f->customer[i].id, NULL)] = &r->f->customer[i];
}

static void index_items(struct run *r)
{
	r->item_at = ar_arena_zero(r->a, (r->f->nitem + 1) * sizeof *r->item_at);
	for (size_t i = 0; i < r->f->nitem; i++) {
		const struct ar_dun_item *it = &r->f->item[i];
		struct known *k = &r->known[i];

		r->item_at[ar_tab_add(&r->items, it->id, NULL)] = (uint32_t)i;
		r->v[i].last = r->v[i].next = AR_DUN_NEVER;
		r->v[i].last_date = r->v[i].when = AR_DATE_NONE;
		k->customer = customer(r, it->customer);
		k->payer_id = k->customer && k->customer->payer.n ? k->customer->payer : it->customer;
		k->payer = customer(r, k->payer_id);
		k->policy = ar_dun_policy_find(r->p, k->payer ? k->payer->policy : (struct ar_str){ NULL, 0 });
		if (it->erp_level > 0 && (it->erp_date == AR_DATE_NONE || it->erp_date <= r->f->as_of)) {
			r->v[i].last = it->erp_level;
			r->v[i].last_date = it->erp_date;
		}
	}
}

static void hold_for(struct known *k, const struct ar_dun_promise *p)
{
	if (!k->promise || p->date > k->promise->date
	    || (p->date == k->promise->date && ar_str_cmp(p->id, k->promise->id) < 0))
		k->promise = p;
}

static void apply_promise(struct run *r, const struct ar_dun_promise *p, struct ar_tab *whole,
                          struct known *by_customer)
{
	if (!p->nitem)
		hold_for(&by_customer[ar_tab_add(whole, p->customer, NULL)], p);
	for (int j = 0; j < p->nitem; j++) {
		uint32_t k = ar_tab_get(&r->items, p->item[j]);

		if (k != AR_TAB_NONE)
			hold_for(&r->known[r->item_at[k]], p);
	}
}

/* A promise for all that a customer owes holds the items it has and those it pays for. */
static void spread_promises(struct run *r, const struct ar_tab *whole, const struct known *by_customer)
{
	for (size_t i = 0; whole->n && i < r->f->nitem; i++) {
		uint32_t own = ar_tab_get(whole, r->f->item[i].customer), paid = ar_tab_get(whole, r->known[i].payer_id);

		if (own != AR_TAB_NONE)
			hold_for(&r->known[i], by_customer[own].promise);
		if (paid != AR_TAB_NONE)
			hold_for(&r->known[i], by_customer[paid].promise);
	}
}

/* The version recorded last of each promise; made later than as-of, or withdrawn, it holds nothing. */
static void read_promises(struct run *r)
{
	const struct ar_dun_promise **last = ar_arena_zero(r->a, (r->f->npromise + 1) * sizeof *last);
	struct known *by_customer = ar_arena_zero(r->a, (r->f->npromise + 1) * sizeof *by_customer);
	struct ar_tab ids = { 0 }, whole = { 0 };

	for (size_t i = 0; i < r->f->npromise; i++) {
		const struct ar_dun_promise *p = &r->f->promise[i];
		uint32_t k = ar_tab_add(&ids, p->id, NULL);

		if (p->made_on <= r->f->as_of && (!last[k] || p->recorded > last[k]->recorded
		    || (p->recorded == last[k]->recorded && p->withdrawn)))
			last[k] = p;
	}
	for (uint32_t k = 0; k < ids.n; k++)
		if (last[k] && !last[k]->withdrawn)
			apply_promise(r, last[k], &whole, by_customer);
	spread_promises(r, &whole, by_customer);
	ar_tab_release(&ids);
	ar_tab_release(&whole);
}

/* ---- one item ---- */

/* Sources write 9999-12-31 for never: there is no day after it. */
static ar_date plus(ar_date d, int days)
{
	return days > AR_DATE_MAX - d ? AR_DATE_MAX : days < AR_DATE_MIN - d ? AR_DATE_MIN : d + days;
}

static bool blocked(const struct ar_dun_customer *c, ar_date as_of)
{
	if (!c || (!c->block.n && c->block_until == AR_DATE_NONE))
		return false;
	return c->block_until == AR_DATE_NONE || as_of <= c->block_until;
}

static enum ar_dun_why kept_by_customer(const struct run *r, const struct known *k, struct ar_str *about)
{
	const struct ar_dun_customer *c = blocked(k->payer, r->f->as_of) ? k->payer : k->customer;

	if (blocked(c, r->f->as_of)) {
		*about = c->block;
		return AR_DUN_BLOCK_CUSTOMER;
	}
	if (k->payer && k->payer->direct_debit)
		return AR_DUN_DIRECT_DEBIT;
	if (k->policy)
		return AR_DUN_ACT;
	*about = k->payer->policy;
	return ar_streqz(k->payer->policy, "none") ? AR_DUN_NO_POLICY : AR_DUN_POLICY_UNKNOWN;
}

static enum ar_dun_why kept_by_item(const struct run *r, const struct ar_dun_item *it, const struct known *k,
                                    struct ar_dun_verdict *v)
{
	v->asked = it->open;
	if (it->block.n) {
		v->about = it->block;
		return AR_DUN_BLOCK_ITEM;
	}
	if (it->disputed > 0) {
		v->asked -= k->policy->dispute_part ? it->disputed : it->open;
		if (v->asked <= 0)
			return AR_DUN_DISPUTED;
	}
	if (k->promise && r->f->as_of < plus(k->promise->date, k->policy->grace)) {
		v->about = k->promise->id;
		v->when = plus(k->promise->date, k->policy->grace);
		return AR_DUN_PROMISED;
	}
	if (it->transit > 0) {
		v->asked -= it->transit < v->asked ? it->transit : v->asked;
		if (v->asked == 0)
			return AR_DUN_TRANSIT;
	}
	if (!k->under_way)
		return AR_DUN_ACT;
	v->about = k->under_way->id;
	v->when = k->under_way->date;
	return AR_DUN_UNDER_WAY;
}

static ar_date level_date(const struct ar_dun_policy *p, const struct ar_dun_level *l, const struct ar_dun_item *it,
                          const struct ar_dun_verdict *v)
{
	ar_date start = l->clock == AR_DUN_PREVIOUS && v->last_date != AR_DATE_NONE ? v->last_date : it->due;
	ar_date when = plus(start, l->after);

	if (v->last_date != AR_DATE_NONE && when < plus(v->last_date, p->min_gap))
		when = plus(v->last_date, p->min_gap);
	return when;
}

/* The level it reaches today, if any; else why not, and when. */
static enum ar_dun_why step(const struct run *r, const struct ar_dun_item *it, struct known *k,
                            struct ar_dun_verdict *v)
{
	const struct ar_dun_policy *p = k->policy;
	int next = v->last < 1 ? 1 : v->last + 1, top = p->sequential ? next : ar_dun_last_level(p);
	const struct ar_dun_level *courtesy = p->courtesy && v->last == AR_DUN_NEVER ? &p->level[0] : NULL;

	if (next > ar_dun_last_level(p))
		return AR_DUN_LAST;
	for (int n = top; n >= next; n--) {
		const struct ar_dun_level *l = ar_dun_level_find(p, n);

		v->next = n;
		v->when = level_date(p, l, it, v);
		if (r->f->as_of >= v->when) {
			k->level = l;
			return AR_DUN_ACT;
		}
	}
	if (r->f->as_of > it->due)
		return AR_DUN_EARLY;
	if (!courtesy)
		return AR_DUN_NOT_DUE;
	v->next = 0;
	v->when = plus(it->due, courtesy->after);
	if (r->f->as_of < v->when)
		return AR_DUN_NOT_DUE;
	k->level = courtesy;
	return AR_DUN_ACT;
}

static void judge(struct run *r, size_t i)
{
	const struct ar_dun_item *it = &r->f->item[i];
	struct ar_dun_verdict *v = &r->v[i];
	struct known *k = &r->known[i];

	if (it->open <= 0)
		v->why = it->open ? AR_DUN_CREDIT : AR_DUN_NOTHING_OPEN;
	else if (!it->customer.n)
		v->why = AR_DUN_NOBODY;
	else if ((v->why = kept_by_customer(r, k, &v->about)) != AR_DUN_ACT)
		return;
	else if (it->due == AR_DATE_NONE)
		v->why = AR_DUN_NO_DUE;
	else if ((v->why = kept_by_item(r, it, k, v)) == AR_DUN_ACT && (v->why = step(r, it, k, v)) == AR_DUN_ACT
	         && v->asked < ar_dun_amount(&k->level->min_item, it->ccy))
		v->why = AR_DUN_SMALL;
}

/* ---- notices of one payer ---- */

static int compare(const void *pa, const void *pb, void *ctx)
{
	const struct run *r = ctx;
	size_t x = *(const size_t *)pa, y = *(const size_t *)pb;
	const struct ar_dun_item *a = &r->f->item[x], *b = &r->f->item[y];
	int c = ar_str_cmp(a->entity, b->entity);

	if (!c)
		c = ar_str_cmp(r->known[x].payer_id, r->known[y].payer_id);
	if (!c)
		c = (a->ccy > b->ccy) - (a->ccy < b->ccy);      /* currency indexes are in code order */
	if (!c)
		c = (a->due > b->due) - (a->due < b->due);
	if (!c)
		c = ar_str_cmp(a->number, b->number);
	return c ? c : ar_str_cmp(a->id, b->id);
}

static bool same_group(const struct run *r, size_t x, size_t y)
{
	const struct ar_dun_item *a = &r->f->item[x], *b = &r->f->item[y];

	return a->ccy == b->ccy && ar_streq(a->entity, b->entity)
		&& ar_streq(r->known[x].payer_id, r->known[y].payer_id);
}

/* The last letter that was sent to the payer in this currency. */
static const struct ar_dun_past *last_letter(struct run *r, const struct ar_dun_notice *n)
{
	uint32_t k = ar_tab_get(&r->letters, address(r, n->entity, n->payer, n->ccy));

	return k == AR_TAB_NONE ? NULL : r->letter[k];
}

static void sha_text(struct ar_sha *h, struct ar_str s)
{
	char len[24];
	int n = ar_money_put(len, (int64_t)s.n, 0);

	len[n++] = ':';                         /* length first, so that no two lists of texts look alike */
	ar_sha_add(h, len, (size_t)n);
	ar_sha_add(h, s.p, s.n);
}

static int compare_lines(const void *pa, const void *pb, void *ctx)
{
	const struct ar_dun_line *a = pa, *b = pb;

	return ar_str_cmp(a->item->id, b->item->id);
}

static void make_key(struct run *r, struct ar_dun_notice *n)
{
	struct ar_dun_line *l = ar_arena_alloc(r->a, (size_t)n->nline * sizeof *l);
	struct ar_sha *h = ar_sha_new();
	char text[24];
	uint8_t d[32];

	memcpy(l, n->line, (size_t)n->nline * sizeof *l);
	ar_sort(l, (size_t)n->nline, sizeof *l, compare_lines, NULL);
	sha_text(h, AR_STR("notice"));
	sha_text(h, n->policy->name);
	sha_text(h, n->entity);
	sha_text(h, n->payer);
	sha_text(h, ar_str(ar_ccy[n->ccy].code));
	ar_date_put(text, r->f->as_of);
	sha_text(h, (struct ar_str){ text, 10 });
	for (int i = 0; i < n->nline; i++) {
		sha_text(h, l[i].item->id);
		sha_text(h, (struct ar_str){ text, (size_t)ar_money_put(text, l[i].level->number, 0) });
	}
	ar_sha_end(h, d);
	ar_sha_free(h);
	ar_hex(d, 32, n->key);
}

enum part { LETTER, TASK, COURTESY };

static bool in_part(const struct run *r, size_t i, enum part part)
{
	const struct ar_dun_level *l = r->known[i].level;

	if (r->v[i].why != AR_DUN_ACT)
		return false;
	if (l->number == 0)
		return part == COURTESY;
	return part == (l->channel == AR_DUN_TASK ? TASK : LETTER);
}

static int collect(struct run *r, struct group g, enum part part, struct ar_dun_notice *n)
{
	size_t first = r->order[g.from];
	const struct ar_dun_item *it = &r->f->item[first];

	*n = (struct ar_dun_notice){ .entity = it->entity, .payer = r->known[first].payer_id, .ccy = it->ccy,
		.policy = r->known[first].policy, .due_by = AR_DATE_NONE };
	n->line = ar_arena_alloc(r->a, (g.to - g.from) * sizeof *n->line);
	for (size_t i = g.from; i < g.to; i++) {
		size_t at = r->order[i];
		struct ar_dun_line *l = &n->line[n->nline];

		if (!in_part(r, at, part))
			continue;
		it = &r->f->item[at];
		*l = (struct ar_dun_line){ it, r->known[at].level, r->v[at].asked, r->f->as_of - it->due };
		if (!ar_add(n->amount, l->open, &n->amount))
			return ar_err(r->e, AR_DAMAGED, "overflow", "what %.*s owes does not fit",
			              AR_STR_FMT(n->payer));
		if (!n->level || l->level->number > n->level->number)
			n->level = l->level;
		n->nline++;
	}
	return 0;
}

static void drop(struct run *r, struct group g, enum part part, enum ar_dun_why why, ar_date when, struct ar_str about)
{
	for (size_t i = g.from; i < g.to; i++) {
		struct ar_dun_verdict *v = &r->v[r->order[i]];

		if (!in_part(r, r->order[i], part))
			continue;
		v->why = why;
		if (when != AR_DATE_NONE)
			v->when = when;
		v->about = about;
	}
}

static void beside(struct run *r, struct group g, struct ar_dun_notice *n)
{
	size_t room = (g.to - g.from) * sizeof *n->credit;

	n->credit = ar_arena_alloc(r->a, room);
	n->not_due = ar_arena_alloc(r->a, room);
	n->reminded = ar_arena_alloc(r->a, room);
	for (size_t i = g.from; i < g.to; i++) {
		size_t at = r->order[i];
		const struct ar_dun_item *it = &r->f->item[at];
		enum ar_dun_why why = r->v[at].why;

		if (it->open < 0)
			n->credit[n->ncredit++] = it;
		else if ((why == AR_DUN_NOT_DUE || why == AR_DUN_COURTESY_LEFT_OUT) && n->policy->not_due)
			n->not_due[n->nnot_due++] = it;
		else if ((why == AR_DUN_EARLY || why == AR_DUN_LAST) && r->v[at].last > 0)
			n->reminded[n->nreminded++] = it;
	}
}

/* Is there anything to write? *credit is what is left of the payer's credits; the notice takes its share. */
static enum ar_dun_why worth(struct run *r, struct ar_dun_notice *n, int64_t *credit, ar_date *when)
{
	int64_t share = *credit < n->amount ? *credit : n->amount;

	*credit -= share;
	n->credits = n->policy->net ? share : 0;
	n->fees = ar_dun_amount(&n->level->fee, n->ccy);
	n->total = n->amount - n->credits;
	if (share == n->amount)
		return AR_DUN_COVERED;
	if (n->total < ar_dun_amount(&n->policy->min_total, n->ccy))
		return AR_DUN_TOTAL_SMALL;
	if (n->level->channel == AR_DUN_TASK)
		return AR_DUN_ACT;
	n->previous = last_letter(r, n);
	if (!n->previous)
		return AR_DUN_ACT;
	*when = plus(n->previous->date, n->policy->payer_gap);
	return r->f->as_of >= *when ? AR_DUN_ACT : AR_DUN_PAYER_GAP;
}

static int propose(struct run *r, struct group g, enum part part, int64_t *credit)
{
	struct ar_dun_notice *n = &r->out->notice[r->out->nnotice];
	ar_date when = AR_DATE_NONE;
	enum ar_dun_why why;
	uint32_t same;

	if (collect(r, g, part, n) < 0)
		return -1;
	if (!n->nline)
		return 0;
	why = worth(r, n, credit, &when);
	if (why != AR_DUN_ACT) {
		drop(r, g, part, why, when, (struct ar_str){ NULL, 0 });
		return 0;
	}
	make_key(r, n);
	same = ar_tab_get(&r->keys, ar_str(n->key));
	if (same != AR_TAB_NONE) {
		drop(r, g, part, AR_DUN_SAME_DAY, AR_DATE_NONE, r->keyed[same]->id);
		return 0;
	}
	if (!ar_add(n->total, n->fees, &n->total))
		return ar_err(r->e, AR_DAMAGED, "overflow", "what %.*s owes does not fit", AR_STR_FMT(n->payer));
	if (n->level->due_in >= 0)
		n->due_by = plus(r->f->as_of, n->level->due_in);
	r->out->nnotice++;
	return 1;
}

static int group_credit(const struct run *r, struct group g, int64_t *credit)
{
	*credit = 0;
	for (size_t i = g.from; i < g.to; i++) {
		const struct ar_dun_item *it = &r->f->item[r->order[i]];

		if (it->open < 0 && it->customer.n && !ar_sub(*credit, it->open, credit))
			return ar_err(r->e, AR_DAMAGED, "overflow", "the credits of %.*s do not fit",
			              AR_STR_FMT(it->customer));
	}
	return 0;
}

/* Did an earlier run of the day write to the payer, or is a notice still under way? */
static bool busy(struct run *r, struct group g)
{
	size_t first = r->order[g.from];
	const struct ar_dun_item *it = &r->f->item[first];

	return ar_tab_get(&r->busy, address(r, it->entity, r->known[first].payer_id, it->ccy)) != AR_TAB_NONE;
}

static int serve(struct run *r, struct group g)
{
	size_t first = r->out->nnotice;
	int64_t credit;
	int task, letter;

	if (group_credit(r, g, &credit) < 0)
		return -1;
	task = propose(r, g, TASK, &credit);
	letter = task < 0 ? -1 : propose(r, g, LETTER, &credit);
	if (letter < 0)
		return -1;
	if (letter || task || busy(r, g))
		drop(r, g, COURTESY, AR_DUN_COURTESY_LEFT_OUT, AR_DATE_NONE, (struct ar_str){ NULL, 0 });
	else if (propose(r, g, COURTESY, &credit) < 0)
		return -1;
	if (task && letter) {
		struct ar_dun_notice t = r->out->notice[first];

		r->out->notice[first] = r->out->notice[first + 1];
		r->out->notice[first + 1] = t;
	}
	for (size_t i = first; i < r->out->nnotice; i++)
		beside(r, g, &r->out->notice[i]);
	return 0;
}

int ar_dun_run(struct ar_dun_result *out, const struct ar_dun_facts *f, const struct ar_dun_policies *p,
               struct ar_arena *a, struct ar_err *e)
{
	struct run r = { .f = f, .p = p, .a = a, .e = e, .out = out };
	int rc;

	r.known = ar_arena_zero(a, (f->nitem + 1) * sizeof *r.known);
	r.v = out->verdict = ar_arena_zero(a, (f->nitem + 1) * sizeof *r.v);
	r.order = ar_arena_alloc(a, (f->nitem + 1) * sizeof *r.order);
	out->notice = ar_arena_zero(a, (f->nitem + 1) * sizeof *out->notice);      /* each holds an item at least */
	out->nnotice = 0;
	index_customers(&r);
	index_items(&r);
	rc = read_history(&r);
	read_promises(&r);
	for (size_t i = 0; i < f->nitem; i++) {
		r.order[i] = i;
		judge(&r, i);
	}
	ar_sort(r.order, f->nitem, sizeof *r.order, compare, &r);
	for (size_t i = 0, j; rc == 0 && i < f->nitem; i = j) {
		for (j = i + 1; j < f->nitem && same_group(&r, r.order[i], r.order[j]); )
			j++;
		rc = serve(&r, (struct group){ i, j });
	}
	ar_tab_release(&r.items);
	ar_tab_release(&r.customers);
	ar_tab_release(&r.notices);
	ar_tab_release(&r.keys);
	ar_tab_release(&r.letters);
	ar_tab_release(&r.busy);
	return rc;
}
