/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match.c - holds what was given, indexes it, and reads off each line what it quotes and who
 * sent it.
 */
#include "config.h"

#include "ar/match.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "ar/match_in.h"
#include "ar/names.h"
#include "base/sort.h"
#include "num/money.h"

static const char *const rule_names[AR_M_COUNT] = {
	"ref.equal",	     "ref.sum",	      "remit.all",	"number.equal",
	"number.sum",	     "amount.unique", "ref.short",	"ref.over",
	"remit.short",	     "remit.over",    "number.short",	"number.over",
	"number.instructed", "amount.name",   "amount.several", "amount.round",
	"amount.discount",   "duplicate",     "number.closed",	"rest.on_account",
	"return.payment",    "rest.unknown",  "excluded",
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
	*p = (struct ar_match_policy){ .autos = (1u << AR_M_AUTOS) - 1, .discount_auto = true };
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
			(struct customer){ .in.id = m->customers.key[c], .root = c };
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

void ar_match_add_line(struct ar_match *m, const struct ar_match_line *l)
{
	m->line = more(m->line, m->nline, &m->line_room, sizeof *m->line);
	m->line[m->nline++] = (struct line){ .in = *l,
					     .by_account = NONE,
					     .by_name = NONE,
					     .customer_by_account = NONE,
					     .customer_by_name = NONE,
					     .remit = NONE };
}

void ar_match_explain(struct ar_match *m, struct ar_str line_id, struct ar_buf *out)
{
	m->explain = line_id;
	m->story = out;
}

/* ---- the index ---- */

enum { MAX_TEXT = 200 };

static struct ar_str key_of(char *room, char kind, uint32_t n, struct ar_str text)
{
	room[0] = kind;
	memcpy(room + 1, &n, 4);
	memcpy(room + 5, text.p, text.n);
	return (struct ar_str){ room, 5 + text.n };
}

static struct ar_str amount_text(char room[10], uint16_t ccy, int64_t amount)
{
	memcpy(room, &ccy, 2);
	memcpy(room + 2, &amount, 8);
	return (struct ar_str){ room, 10 };
}

uint32_t ar_mi_find(const struct ar_match *m, char kind, uint32_t n, struct ar_str text)
{
	char room[5 + MAX_TEXT];

	if (!text.n || text.n > MAX_TEXT)
		return NONE;
	return ar_tab_get(&m->keys, key_of(room, kind, n, text));
}

uint32_t ar_mi_find_amount(const struct ar_match *m, char kind, uint32_t group, uint16_t ccy,
			   int64_t amount)
{
	char room[10];

	return ar_mi_find(m, kind, group, amount_text(room, ccy, amount));
}

/*
 * front: before what is there; else behind. A value that the chain got just before is not
 * added again.
 */
static void put(struct ar_match *m, char kind, uint32_t n, struct ar_str text, uint32_t value,
		bool front)
{
	char room[5 + MAX_TEXT];
	bool fresh;
	uint32_t k, p;

	if (!text.n || text.n > MAX_TEXT)
		return;
	k = ar_tab_add(&m->keys, key_of(room, kind, n, text), &fresh);
	if (fresh && k >= m->nhead) {
		m->nhead = m->nhead ? m->nhead * 2 : 1024;
		m->head = ar_realloc(m->head, m->nhead * sizeof *m->head);
		m->tail = ar_realloc(m->tail, m->nhead * sizeof *m->tail);
		m->count = ar_realloc(m->count, m->nhead * sizeof *m->count);
	}
	if (fresh) {
		m->head[k] = m->tail[k] = NONE;
		m->count[k] = 0;
	}
	if (m->tail[k] != NONE && m->posting[front ? m->head[k] : m->tail[k]].value == value)
		return;
	ar_assert(m->nposting < NONE);
	m->posting = more(m->posting, m->nposting, &m->posting_room, sizeof *m->posting);
	p = (uint32_t)m->nposting++;
	m->count[k]++;
	m->posting[p] = (struct posting){ value, front ? m->head[k] : NONE };
	if (!front && m->tail[k] != NONE)
		m->posting[m->tail[k]].next = p;
	if (!front || m->tail[k] == NONE)
		m->tail[k] = p;
	if (front || m->head[k] == NONE)
		m->head[k] = p;
}

static void put_amount(struct ar_match *m, char kind, uint32_t group, uint16_t ccy, int64_t amount,
		       uint32_t value)
{
	char room[10];

	put(m, kind, group, amount_text(room, ccy, amount), value, kind == K_SETTLED);
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

static uint32_t entity_of(struct ar_match *m, struct ar_str entity)
{
	return ar_tab_add(&m->entities, entity, NULL);
}

static void index_customers(struct ar_match *m)
{
	for (uint32_t i = 0; i < m->ncustomer; i++) {
		struct customer *c = &m->customer[i];
		struct ar_str key[2];
		uint32_t e;

		c->root = root_of(m, i);
		if (!c->known)
			continue;
		e = entity_of(m, c->in.entity);
		for (int k = 0; k < c->in.naccount; k++)
			put(m, K_ACCOUNT, e, ar_account_key(c->in.account[k], &m->scratch), i,
			    false);
		for (int k = -1; k < c->in.nalias; k++) {
			int n = ar_name_keys(k < 0 ? c->in.name : c->in.alias[k], key, &m->scratch);

			while (n-- > 0)
				put(m, K_NAME, e, key[n], i, false);
		}
		ar_arena_reset(&m->scratch);
	}
}

/* Wide things are sorted by pointers and moved once; what is in order already stays. */
struct order {
	int (*cmp)(const void *, const void *, void *);
};

static int by_pointer(const void *a, const void *b, void *ctx)
{
	return ((struct order *)ctx)->cmp(*(const void *const *)a, *(const void *const *)b, NULL);
}

static void sort_wide(void *v, size_t n, size_t size,
		      int (*cmp)(const void *, const void *, void *))
{
	struct order o = { cmp };
	char *p = v, **at, *out;
	size_t i = 1;

	while (i < n && cmp(p + (i - 1) * size, p + i * size, NULL) <= 0)
		i++;
	if (i >= n)
		return;
	at = ar_malloc(n * sizeof *at);
	out = ar_malloc(n * size);
	for (i = 0; i < n; i++)
		at[i] = p + i * size;
	ar_sort(at, n, sizeof *at, by_pointer, &o);
	for (i = 0; i < n; i++)
		memcpy(out + i * size, at[i], size);
	memcpy(v, out, n * size);
	free(at);
	free(out);
}

/* ---- documents ---- */

static int by_due(const void *a, const void *b, void *ctx)
{
	const struct ar_match_item *x = &((const struct item *)a)->in,
				   *y = &((const struct item *)b)->in;

	(void)ctx;
	if (x->due != y->due)
		return x->due < y->due ? -1 : 1;
	return ar_str_cmp(x->id, y->id);
}

static void index_numbers(struct ar_match *m, char kind, uint32_t e, struct ar_str number,
			  uint32_t i)
{
	struct ar_str key[3];
	unsigned flags[3];
	int n = ar_number_keys(number, key, flags, &m->scratch);

	for (int k = 0; k < n; k++)
		put(m, kind, e, key[k], i, false);
}

static void put_ref(struct ar_match *m, const struct item *it, struct ar_str ref, uint32_t i)
{
	char key[AR_REF_MAX];
	size_t n = ar_ref_key(ref, key);

	m->ref_lengths |= 1ULL << n;
	put(m, K_REF, it->entity, (struct ar_str){ key, n }, i, false);
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

static void index_items(struct ar_match *m)
{
	sort_wide(m->item, m->nitem, sizeof *m->item, by_due);
	for (uint32_t i = 0; i < m->nitem; i++) {
		struct item *it = &m->item[i];
		char room[2];

		it->entity = entity_of(m, it->in.entity);
		it->customer = customer_of(m, it->in.customer);
		it->group = m->customer[it->customer].root;
		index_numbers(m, K_NUMBER, it->entity, it->in.number, i);
		index_numbers(m, K_ORDER, it->entity, it->in.po, i);
		index_numbers(m, K_ORDER, it->entity, it->in.order, i);
		index_numbers(m, K_ORDER, it->entity, it->in.delivery, i);
		index_refs(m, it, i);
		memcpy(room, &it->in.ccy, 2);
		if (it->open)
			put(m, K_GROUP, it->group, (struct ar_str){ room, 2 }, i, false);
		if (it->open > 0)
			put_amount(m, K_AMOUNT, it->group, it->in.ccy, it->open, i);
		else if (!it->in.credit)
			put_amount(m, K_SETTLED, it->group, it->in.ccy, it->in.amount, i);
		ar_arena_reset(&m->scratch);
	}
}

static void index_payments(struct ar_match *m)
{
	for (uint32_t i = 0; i < m->npayment; i++) {
		struct payment *p = &m->payment[i];
		char key[AR_REF_MAX];

		p->entity = entity_of(m, p->in.entity);
		put(m, K_PAYMENT, p->entity, (struct ar_str){ key, ar_ref_key(p->in.number, key) },
		    i, false);
		put(m, K_PAYMENT, p->entity,
		    (struct ar_str){ key, ar_ref_key(p->in.reference, key) }, i, false);
	}
}

/* ---- remittances: which line brings the money ---- */

static int by_remit_id(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return ar_str_cmp(((const struct remit *)a)->in.id, ((const struct remit *)b)->in.id);
}

static void index_remits(struct ar_match *m)
{
	sort_wide(m->remit, m->nremit, sizeof *m->remit, by_remit_id);
	for (uint32_t i = 0; i < m->nremit; i++)
		put(m, K_REMIT, 0, m->remit[i].in.payment_reference, i, false);
}

static void try_remit(struct ar_match *m, struct line *l, struct ar_str reference)
{
	int seen = 0;

	for (uint32_t p = ar_mi_first(m, ar_mi_find(m, K_REMIT, 0, reference));
	     p != NONE && seen++ < AR_MATCH_CHAIN; p = m->posting[p].next) {
		const struct remit *r = &m->remit[m->posting[p].value];

		if (r->in.ccy != l->in.ccy || r->in.amount != l->in.amount ||
		    m->posting[p].value == l->remit)
			continue;
		if (l->remit != NONE)
			l->remit_several = true;
		l->remit = m->posting[p].value;
	}
}

static void link_remit(struct ar_match *m, struct line *l)
{
	try_remit(m, l, l->in.id);
	try_remit(m, l, l->in.end_to_end);
	try_remit(m, l, l->in.check_number);
	for (int i = 0; i < l->in.nref; i++)
		try_remit(m, l, l->in.ref[i]);
	if (l->remit == NONE || l->remit_several)
		return;
	if (m->remit[l->remit].line != NONE) /* the advice of one payment cannot speak for two */
		l->remit_several = m->line[m->remit[l->remit].line].remit_several = true;
	m->remit[l->remit].line = (uint32_t)(l - m->line);
}

/* ---- reading a line ---- */

static void add_hit(struct ar_match *m, struct line *l, int *room, struct hit h)
{
	for (int i = 0; i < l->nhit; i++)
		if (l->hit[i].key == h.key)
			return;
	if (l->nhit == *room) {
		struct hit *v;

		*room = *room ? *room * 2 : 4;
		v = ar_arena_alloc(&m->mem, (size_t)*room * sizeof *v);
		if (l->nhit)
			memcpy(v, l->hit, (size_t)l->nhit * sizeof *v);
		l->hit = v;
	}
	l->hit[l->nhit++] = h;
}

enum { REF_MIN = 5, REF_TEXT_MIN = 7, REF_BLOCKS = 10 };

static uint32_t find_ref(const struct ar_match *m, const struct line *l, struct ar_str s)
{
	char key[AR_REF_MAX];
	size_t n = m->ref_lengths ? ar_ref_key(s, key) : 0;

	if (n < REF_MIN || !(m->ref_lengths >> n & 1)) /* most words are no longer looked for */
		return NONE;
	return ar_mi_find(m, K_REF, l->entity, (struct ar_str){ key, n });
}

static void try_ref(struct ar_match *m, struct line *l, int *room, struct ar_str s)
{
	uint32_t k = find_ref(m, l, s);

	if (k != NONE)
		add_hit(m, l, room, (struct hit){ ar_arena_str(&m->mem, s), k, BY_REF, 0 });
}

static bool word_byte(char c)
{
	return ar_is_alnum(c) || ((unsigned char)c & 0x80);
}

/*
 * Blocks of digits that go on, before or behind, are part of something longer, unless their
 * check digits say otherwise.
 */
static bool goes_on(struct ar_str s, size_t from, size_t to)
{
	if (ar_ref_kinds((struct ar_str){ s.p + from, to - from }))
		return false;
	return (from > 1 && strchr(" /.", s.p[from - 1]) && ar_is_digit(s.p[from - 2])) ||
	       (to + 1 < s.n && strchr(" /.", s.p[to]) && ar_is_digit(s.p[to + 1]));
}

/*
 * References in text: whole words, and up to REF_BLOCKS words tied by single signs as people
 * print them (RF18 5390 0754 7034,
 * +++090/9337/55493+++, 21 00000 00003 13947 14300 09017).
 */
static void refs_in_text(struct ar_match *m, struct line *l, int *room, struct ar_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t end = i;

		if (!word_byte(s.p[i]) || (i && word_byte(s.p[i - 1])))
			continue;
		for (int block = 0; block < REF_BLOCKS; block++) {
			struct ar_str words;

			while (end < s.n && word_byte(s.p[end]))
				end++;
			words = (struct ar_str){ s.p + i, end - i };
			if (words.n >= REF_TEXT_MIN && find_ref(m, l, words) != NONE &&
			    (!block || !goes_on(s, i, end)))
				try_ref(m, l, room, words);
			if (end + 1 >= s.n || !strchr(" /.", s.p[end]) || !word_byte(s.p[end + 1]))
				break;
			end++;
		}
	}
}

static void read_refs(struct ar_match *m, struct line *l, int *room)
{
	struct ar_buf b = AR_BUF_INIT;

	for (int i = 0; i < l->in.nref; i++)
		try_ref(m, l, room, l->in.ref[i]);
	try_ref(m, l, room, l->in.end_to_end);
	for (int i = 0; i < l->in.ntext; i++) {
		refs_in_text(m, l, room, l->in.text[i]);
		ar_buf_str(&b, l->in.text[i]);
	}
	if (l->in.ntext > 1)
		refs_in_text(m, l, room, ar_buf_slice(&b));
	ar_buf_release(&b);
}

struct asking {
	const struct ar_match *m;
	const struct line *l;
};

static bool is_known(void *ctx, struct ar_str key, unsigned flags)
{
	const struct asking *a = ctx;

	if (!(flags & AR_TOKEN_ORDER) && ar_mi_find(a->m, K_NUMBER, a->l->entity, key) != NONE)
		return true;
	return ar_mi_find(a->m, K_ORDER, a->l->entity, key) != NONE;
}

static void read_numbers(struct ar_match *m, struct line *l, int *room)
{
	struct asking ask = { m, l };
	struct ar_tokens t;

	ar_tokens_find(&t, l->in.text, l->in.ntext, m->words, is_known, &ask, &m->scratch);
	l->cut = t.cut;
	for (int i = 0; i < t.n; i++) {
		uint32_t k = t.v[i].flags & AR_TOKEN_ORDER
				     ? NONE
				     : ar_mi_find(m, K_NUMBER, l->entity, t.v[i].key);
		uint8_t how = BY_NUMBER;

		if (k == NONE) {
			k = ar_mi_find(m, K_ORDER, l->entity, t.v[i].key);
			how = BY_ORDER;
		}
		add_hit(m, l, room,
			(struct hit){ ar_arena_str(&m->mem, t.v[i].key), k, how,
				      (uint8_t)t.v[i].flags });
	}
}

/* The payer group of a chain of customers: one alone, else NONE. */
static uint32_t one_group(const struct ar_match *m, uint32_t key, uint32_t *customer)
{
	uint32_t group = NONE;
	int n = 0;

	for (uint32_t p = ar_mi_first(m, key); p != NONE; p = m->posting[p].next) {
		uint32_t c = m->posting[p].value;

		if ((group != NONE && m->customer[c].root != group) || n++ == AR_MATCH_CHAIN) {
			*customer = NONE;
			return NONE;
		}
		*customer = group == NONE || *customer == c ? c : m->customer[c].root;
		group = m->customer[c].root;
	}
	return group;
}

static void identify(struct ar_match *m, struct line *l)
{
	struct ar_str key[2];
	int n;

	l->by_account = one_group(m,
				  ar_mi_find(m, K_ACCOUNT, l->entity,
					     ar_account_key(l->in.payer_account, &m->scratch)),
				  &l->customer_by_account);
	n = ar_name_keys(l->in.payer, key, &m->scratch);
	while (n-- > 0 && l->by_name == NONE)
		l->by_name = one_group(m, ar_mi_find(m, K_NAME, l->entity, key[n]),
				       &l->customer_by_name);
}

static void count_quotes(struct ar_match *m, const struct line *l)
{
	for (int i = 0; i < l->nhit; i++) {
		int n = 0;

		for (uint32_t p = m->head[l->hit[i].key]; p != NONE && n++ < AR_MATCH_CHAIN;
		     p = m->posting[p].next)
			m->item[m->posting[p].value].quoted++;
	}
}

static void read_line(struct ar_match *m, uint32_t i)
{
	struct line *l = &m->line[i];
	int room = 0;

	l->traced = m->story && ar_streq(l->in.id, m->explain);
	l->entity = entity_of(m, l->in.entity);
	identify(m, l);
	if (!l->in.excluded && l->in.amount > 0 && !l->in.returned) {
		read_refs(m, l, &room);
		read_numbers(m, l, &room);
		link_remit(m, l);
		count_quotes(m, l);
		if (l->by_account != NONE)
			put_amount(m, K_LINES, l->by_account, l->in.ccy, l->in.amount, i);
	}
	ar_arena_reset(&m->scratch);
}

/* ---- running ---- */

static int by_line_id(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return ar_str_cmp(((const struct line *)a)->in.id, ((const struct line *)b)->in.id);
}

static int by_booked(const void *a, const void *b, void *ctx)
{
	const struct ar_match *m = ctx;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	ar_date dx = m->line[x].in.booked, dy = m->line[y].in.booked;

	if (dx != dy)
		return dx < dy ? -1 : 1;
	return x < y ? -1 : 1;
}

static int by_payment_id(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return ar_str_cmp(((const struct payment *)a)->in.id, ((const struct payment *)b)->in.id);
}

void ar_match_run(struct ar_match *m)
{
	uint32_t *order = ar_malloc((m->nline + 1) * sizeof *order);

	ar_assert(!m->result && m->nline < NONE && m->nitem < NONE && m->npayment < NONE &&
		  m->nremit < NONE);
	for (size_t i = 0; i < m->nitem;
	     i++) /* so that every customer is there before roots are looked for */
		customer_of(m, m->item[i].in.customer);
	sort_wide(m->line, m->nline, sizeof *m->line, by_line_id);
	sort_wide(m->payment, m->npayment, sizeof *m->payment, by_payment_id);
	index_customers(m);
	index_items(m);
	index_payments(m);
	index_remits(m);
	m->result = ar_calloc(m->nline + 1, sizeof *m->result);
	for (uint32_t i = 0; i < m->nline; i++) {
		order[i] = i;
		m->result[i].line = i;
		m->result[i].undoes = NONE;
		read_line(m, i);
	}
	ar_sort(order, m->nline, sizeof *order, by_booked, m);
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
	return &m->line[r->line].in;
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
	free(m->head);
	free(m->tail);
	free(m->count);
	free(m->posting);
	ar_tab_release(&m->customers);
	ar_tab_release(&m->entities);
	ar_tab_release(&m->keys);
	ar_arena_release(&m->mem);
	ar_arena_release(&m->scratch);
	free(m);
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

	return ar_arena_dup(&m->mem, s.p, s.n);
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

void ar_mi_say(struct ar_match *m, struct ar_match_result *r, const char *first, ...)
{
	struct ar_buf b = AR_BUF_INIT;
	va_list ap;

	va_start(ap, first);
	for (const char *z = first; z; z = va_arg(ap, const char *))
		ar_buf_puts(&b, z);
	va_end(ap);
	if (r->nevidence == r->evidence_room) {
		struct ar_str *v;

		r->evidence_room = r->evidence_room ? r->evidence_room * 2 : 4;
		v = ar_arena_alloc(&m->mem, (size_t)r->evidence_room * sizeof *v);
		if (r->nevidence)
			memcpy(v, r->evidence, (size_t)r->nevidence * sizeof *v);
		r->evidence = v;
	}
	r->evidence[r->nevidence++] = ar_arena_str(&m->mem, ar_buf_slice(&b));
	ar_buf_release(&b);
}
