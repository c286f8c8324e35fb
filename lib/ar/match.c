/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match.c - holds what was given, indexes it, and reads off each line what it quotes and who
 * sent it.
 */
#include "config.h"

#include "ar/match.h"

#include <stdlib.h>

#include "ar/match_in.h"
#include "ar/names.h"
#include "base/sort.h"
#include "num/money.h"

static const char *const rule_names[AR_M_COUNT] = {
	"ref.equal", "ref.sum", "remit.all", "number.equal", "number.sum", "amount.unique", "amount.discount", "amount.balance",
	"amount.past_due", "amount.statement", "amount.oldest", "amount.same_due", "amount.same_month", "amount.subset",
	"ref.short", "ref.over", "remit.short", "remit.over", "number.short", "number.over", "number.instructed",
	"number.converted", "discount.late", "charges", "tolerance", "withholding", "deduction", "split", "number.some",
	"amount.name", "amount.several", "amount.round",
	"duplicate", "number.closed", "prepayment", "rest.on_account", "return.payment", "rest.unknown", "excluded", "answer",
};

const char *ar_match_rule(enum ar_mrule r)
{
	return rule_names[r];
}

int ar_match_rule_find(struct ar_str name)
{
	for (int i = 0; i < AR_M_AUTOS; i++)
		if (ar_streqz(name, rule_names[i]))
			return i;
	return -1;
}

const char *ar_match_decision(enum ar_mdecision d)
{
	static const char *const names[] = { "auto", "suggest", "none", "excluded" };

	return names[d];
}

void ar_match_policy_init(struct ar_match_policy *p)
{
	*p = (struct ar_match_policy){ .autos = (1u << AR_M_DEFAULT) - 1, .discount_auto = true };
}

/* ---- holding ---- */

struct ar_match *ar_match_new(const struct ar_match_policy *p, const struct ar_words *words)
{
	struct ar_match *m = ar_calloc(1, sizeof *m);

	m->policy = *p;
	m->words = words;
	return m;
}

static void *more(void *v, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return v;
	*room = *room ? *room * 2 : 64;
	return ar_realloc(v, *room * size);
}

static uint32_t customer_of(struct ar_match *m, struct ar_str id)
{
	bool fresh;
	uint32_t c = ar_tab_add(&m->customers, id, &fresh);

	if (fresh) {
		m->customer =
			more(m->customer, m->ncustomer, &m->customer_room, sizeof *m->customer);
		m->customer[m->ncustomer++] =
			(struct customer){ .in.id = m->customers.key[c], .root = c, .lines = NONE, .last_line = NONE };
	}
	return c;
}

void ar_match_add_customer(struct ar_match *m, const struct ar_match_customer *c)
{
	uint32_t i = customer_of(m, c->id);

	m->customer[i].in = *c;
	m->customer[i].known = true;
}

void ar_match_add_item(struct ar_match *m, const struct ar_match_item *it)
{
	ar_assert(it->amount >= 0 && (it->credit ? it->open <= 0 : it->open >= 0));
	m->item = more(m->item, m->nitem, &m->item_room, sizeof *m->item);
	m->item[m->nitem++] = (struct item){ .in = *it, .open = it->open, .by = NONE };
}

void ar_match_add_payment(struct ar_match *m, const struct ar_match_payment *p)
{
	m->payment = more(m->payment, m->npayment, &m->payment_room, sizeof *m->payment);
	m->payment[m->npayment++] = (struct payment){ .in = *p };
}

void ar_match_add_remit(struct ar_match *m, const struct ar_match_remit *r)
{
	m->remit = more(m->remit, m->nremit, &m->remit_room, sizeof *m->remit);
	m->remit[m->nremit++] = (struct remit){ .in = *r, .line = NONE };
}

void ar_match_add_order(struct ar_match *m, const struct ar_match_order *o)
{
	m->order = more(m->order, m->norder, &m->order_room, sizeof *m->order);
	m->order[m->norder++] = (struct order){ .in = *o };
}

void ar_match_add_alias(struct ar_match *m, const struct ar_match_alias *a)
{
	m->alias = more(m->alias, m->nalias, &m->alias_room, sizeof *m->alias);
	m->alias[m->nalias++] = (struct alias){ *a };
}

void ar_match_add_answer(struct ar_match *m, const struct ar_match_answer *a)
{
	m->answer = more(m->answer, m->nanswer, &m->answer_room, sizeof *m->answer);
	m->answer[m->nanswer++] = (struct answer){ .in = *a, .refused = "its bank line is not in the input, or is no receipt" };
}

const struct ar_match_answer *ar_match_answer_of(const struct ar_match *m, size_t answer)
{
	return answer < m->nanswer ? &m->answer[answer].in : NULL;
}

const char *ar_match_refused(const struct ar_match *m, size_t answer)
{
	return m->answer[answer].refused;
}

void ar_match_add_line(struct ar_match *m, const struct ar_match_line *l)
{
	m->line = more(m->line, m->nline, &m->line_room, sizeof *m->line);
	m->line[m->nline++] = (struct line){ .in = l, .remit = NONE, .order = NONE, .next_of_group = NONE };
}

void ar_match_explain(struct ar_match *m, struct ar_str line_id, struct ar_buf *out)
{
	m->explain = line_id;
	m->story = out;
}

/* ---- payer groups ---- */

static uint32_t above(const struct ar_match *m, uint32_t c) /* who pays for c; NONE: itself */
{
	const struct ar_match_customer *in = &m->customer[c].in;
	struct ar_str up = in->payer.n && !ar_streq(in->payer, in->id) ? in->payer : in->parent;
	uint32_t u = up.n ? ar_tab_get(&m->customers, up) : AR_TAB_NONE;

	return u == c ? NONE : u;
}

/* A ring of customers paying for each other is one group, led by the smallest id of the ring. */
static uint32_t root_of(const struct ar_match *m, uint32_t c)
{
	uint32_t slow = c, fast = c, best;

	for (;;) {
		uint32_t next = above(m, fast);

		if (next == NONE)
			return fast;
		fast = next;
		next = above(m, fast);
		if (next == NONE)
			return fast;
		fast = next;
		slow = above(m, slow);
		if (slow == fast)
			break;
	}
	best = slow;
	for (uint32_t i = above(m, slow); i != slow; i = above(m, i))
		if (ar_str_cmp(m->customer[i].in.id, m->customer[best].in.id) < 0)
			best = i;
	return best;
}

uint32_t ar_mi_entity(struct ar_match *m, struct ar_str entity)
{
	return ar_tab_add(&m->entities, entity, NULL);
}

static int by_customer_id(const void *a, const void *b, void *ctx)
{
	const struct ar_match *m = ctx;

	return ar_str_cmp(m->customer[*(const uint32_t *)a].in.id, m->customer[*(const uint32_t *)b].in.id);
}

static void set_roots(struct ar_match *m)
{
	uint32_t *v = ar_malloc((m->ncustomer + 1) * sizeof *v);

	for (uint32_t i = 0; i < m->ncustomer; i++) {
		m->customer[i].root = root_of(m, i);
		v[i] = i;
	}
	ar_sort(v, m->ncustomer, sizeof *v, by_customer_id, m);
	for (uint32_t i = 0; i < m->ncustomer; i++)
		m->customer[v[i]].rank = i;
	free(v);
}

/* Wide things are sorted by their places and moved once; what is in order already stays. */
struct compare {
	int (*cmp)(const void *, const void *, void *);
	const char *v;
	size_t size;
};

static int by_element(const void *a, const void *b, void *ctx)
{
	const struct compare *o = ctx;

	return o->cmp(o->v + *(const uint32_t *)a * o->size, o->v + *(const uint32_t *)b * o->size, NULL);
}

static void sort_wide(void *v, size_t n, size_t size, int (*cmp)(const void *, const void *, void *))
{
	struct compare o = { cmp, v, size };
	uint32_t *at;
	size_t i = 1;

	while (i < n && cmp(o.v + (i - 1) * size, o.v + i * size, NULL) <= 0)
		i++;
	if (i >= n)
		return;
	at = ar_malloc(n * sizeof *at);
	for (i = 0; i < n; i++)
		at[i] = (uint32_t)i;
	ar_sort(at, n, sizeof *at, by_element, &o);
	ar_reorder(v, n, size, at);
	free(at);
}

/* ---- documents ---- */

bool ar_mi_before(const struct ar_match *m, uint32_t a, uint32_t b)
{
	const struct ar_match_item *x = &m->item[a].in, *y = &m->item[b].in;

	return x->due != y->due ? x->due < y->due : ar_str_cmp(x->id, y->id) < 0;
}

/* By (payer group, open before settled, due, id): what belongs together lies together. */
struct place { uint64_t key; uint32_t at; };

static int by_place(const void *a, const void *b, void *ctx)
{
	const struct place *x = a, *y = b;
	const struct ar_match *m = ctx;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return ar_str_cmp(m->item[x->at].in.id, m->item[y->at].in.id);
}

static void place_items(struct ar_match *m)
{
	struct place *v = ar_malloc((m->nitem + 1) * sizeof *v);
	uint32_t *at = ar_malloc((m->nitem + 1) * sizeof *at);

	for (uint32_t i = 0; i < m->nitem; i++) {
		struct item *it = &m->item[i];

		it->customer = customer_of(m, it->in.customer);
		it->group = m->customer[it->customer].root;
		v[i] = (struct place){ (uint64_t)m->customer[it->group].rank << 33 | (uint64_t)!it->open << 32 |
					       ((uint32_t)it->in.due ^ 0x80000000u), i };
	}
	ar_sort(v, m->nitem, sizeof *v, by_place, m);
	for (uint32_t i = 0; i < m->nitem; i++)
		at[i] = v[i].at;
	free(v);
	ar_reorder(m->item, m->nitem, sizeof *m->item, at);
	free(at);
	ar_mi_huge(m->item, m->nitem * sizeof *m->item);
	for (uint32_t i = (uint32_t)m->nitem; i-- > 0;) {
		struct customer *c = &m->customer[m->item[i].group];

		c->from = i;
		c->open += m->item[i].open != 0;
	}
}

static void index_numbers(struct ar_match *m, char kind, uint32_t e, struct ar_str number,
			  uint32_t i)
{
	struct ar_str key[3];
	unsigned flags[3];
	int n = ar_number_keys(number, key, flags, &m->scratch);

	for (int k = 0; k < n; k++)
		ar_mi_put(m, kind, e, key[k], i, false);
}

static void put_ref(struct ar_match *m, const struct item *it, struct ar_str ref, uint32_t i)
{
	char key[AR_REF_MAX];
	size_t n = ar_ref_key(ref, key);

	m->ref_lengths |= 1ULL << n;
	ar_mi_put(m, K_REF, it->entity, (struct ar_str){ key, n }, i, false);
}

static void index_refs(struct ar_match *m, const struct item *it, uint32_t i)
{
	for (int k = 0; k < it->in.nref; k++)
		put_ref(m, it, it->in.ref[k], i);
	for (int k = 0; k < AR_REF_COUNT; k++) {
		char made[AR_REF_MAX];

		if (m->policy.make >> k & 1)
			put_ref(m, it,
				(struct ar_str){ made,
						 ar_ref_make((enum ar_ref)k, it->in.number, made) },
				i);
	}
}

/* At most so many keys: of a number its letters and its digits, rarely more. */
static size_t keys_of_items(const struct ar_match *m)
{
	size_t n = m->index.n;

	for (size_t i = 0; i < m->nitem; i++) {
		const struct ar_match_item *it = &m->item[i].in;

		n += 1 + (size_t)it->nref + 2 * ((it->number.n > 0) + (it->po.n > 0) + (it->order.n > 0) + (it->delivery.n > 0)) + (it->discount > 0);
	}
	return n;
}

static void index_items(struct ar_match *m)
{
	place_items(m);
	ar_mi_reserve(m, keys_of_items(m));
	for (uint32_t i = 0; i < m->nitem; i++) {
		struct item *it = &m->item[i];

		it->entity = ar_mi_entity(m, it->in.entity);
		if (m->nanswer)         /* only people name documents by their ids */
			ar_mi_put(m, K_ID, 0, it->in.id, i, false);
		index_numbers(m, K_NUMBER, it->entity, it->in.number, i);
		index_numbers(m, K_ORDER, it->entity, it->in.po, i);
		index_numbers(m, K_ORDER, it->entity, it->in.order, i);
		index_numbers(m, K_ORDER, it->entity, it->in.delivery, i);
		index_refs(m, it, i);
		if (it->open > 0)
			ar_mi_put_amount(m, K_AMOUNT, it->group, it->in.ccy, it->open, i);
		if (it->open > it->in.discount && it->in.discount > 0 && it->open == it->in.amount)
			ar_mi_put_amount(m, K_DISCOUNT, it->group, it->in.ccy, it->open - it->in.discount, i);
		if (!it->open && !it->in.credit)
			ar_mi_put_amount(m, K_SETTLED, it->group, it->in.ccy, it->in.amount, i);
		ar_arena_reset(&m->scratch);
	}
}

/* ---- running ---- */

static int by_line_id(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return ar_str_cmp(((const struct line *)a)->in->id, ((const struct line *)b)->in->id);
}

struct turn { ar_date booked; uint32_t line; };         /* lines are sorted by id */

static int by_booked(const void *a, const void *b, void *ctx)
{
	const struct turn *x = a, *y = b;

	(void)ctx;
	if (x->booked != y->booked)
		return x->booked < y->booked ? -1 : 1;
	return x->line < y->line ? -1 : 1;
}

static int by_payment_id(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return ar_str_cmp(((const struct payment *)a)->in.id, ((const struct payment *)b)->in.id);
}

static int by_remit_id(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return ar_str_cmp(((const struct remit *)a)->in.id, ((const struct remit *)b)->in.id);
}

static int by_order_id(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return ar_str_cmp(((const struct order *)a)->in.id, ((const struct order *)b)->in.id);
}

static int by_alias(const void *a, const void *b, void *ctx)
{
	const struct ar_match_alias *x = &((const struct alias *)a)->in, *y = &((const struct alias *)b)->in;
	int c = ar_str_cmp(x->entity, y->entity);

	(void)ctx;
	c = c ? c : ar_str_cmp(x->value, y->value);
	return c ? c : ar_str_cmp(x->customer, y->customer);
}

static int by_answer(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return ar_str_cmp(((const struct answer *)a)->in.line, ((const struct answer *)b)->in.line);
}

static void index_all(struct ar_match *m)
{
	for (size_t i = 0; i < m->nitem; i++) /* so that every customer is there before roots are looked for */
		customer_of(m, m->item[i].in.customer);
	sort_wide(m->line, m->nline, sizeof *m->line, by_line_id);
	sort_wide(m->payment, m->npayment, sizeof *m->payment, by_payment_id);
	sort_wide(m->remit, m->nremit, sizeof *m->remit, by_remit_id);
	sort_wide(m->order, m->norder, sizeof *m->order, by_order_id);
	sort_wide(m->alias, m->nalias, sizeof *m->alias, by_alias);
	sort_wide(m->answer, m->nanswer, sizeof *m->answer, by_answer);
	set_roots(m);
	ar_mi_index_customers(m);
	index_items(m);
	ar_mi_index_payments(m);
}

void ar_match_run(struct ar_match *m)
{
	uint32_t *order = ar_malloc((m->nline + 1) * sizeof *order);
	struct turn *turn = ar_malloc((m->nline + 1) * sizeof *turn);

	ar_assert(!m->result && m->nline < NONE && m->nitem < NONE && m->npayment < NONE &&
		  m->nremit < NONE);
	index_all(m);
	m->result = ar_calloc(m->nline + 1, sizeof *m->result);
	for (uint32_t i = 0; i < m->nline; i++) {
		turn[i] = (struct turn){ m->line[i].in->booked, i };
		m->result[i].line = i;
		m->result[i].undoes = NONE;
		m->result[i].confidence = -1;
		ar_mi_read_line(m, i);
	}
	ar_sort(turn, m->nline, sizeof *turn, by_booked, NULL);
	for (uint32_t i = 0; i < m->nline; i++)
		order[i] = turn[i].line;
	free(turn);
	for (uint32_t i = 0; i < m->nanswer; i++)
		ar_mi_answer(m, i);
	ar_mi_decide(m, order);
	free(order);
}

size_t ar_match_count(const struct ar_match *m)
{
	return m->nline;
}

const struct ar_match_result *ar_match_result(const struct ar_match *m, size_t i)
{
	return &m->result[i];
}

const struct ar_match_line *ar_match_line_of(const struct ar_match *m,
					     const struct ar_match_result *r)
{
	return m->line[r->line].in;
}

size_t ar_match_items(const struct ar_match *m)
{
	return m->nitem;
}

const struct ar_match_item *ar_match_item_of(const struct ar_match *m, uint32_t item)
{
	return &m->item[item].in;
}

const struct ar_match_payment *ar_match_payment_of(const struct ar_match *m, uint32_t payment)
{
	return &m->payment[payment].in;
}

void ar_match_free(struct ar_match *m)
{
	if (!m)
		return;
	free(m->customer);
	free(m->item);
	free(m->payment);
	free(m->remit);
	free(m->line);
	free(m->result);
	free(m->order);
	free(m->alias);
	free(m->answer);
	ar_mi_index_release(&m->index);
	ar_tab_release(&m->customers);
	ar_tab_release(&m->entities);
	ar_arena_release(&m->mem);
	ar_arena_release(&m->scratch);
	free(m);
}
