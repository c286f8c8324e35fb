/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_read.c - what a bank line says: which keys of ours it quotes, which remittance belongs to it, who sent it. */
#include "config.h"

#include <stdlib.h>

#include "ar/match_in.h"
#include "ar/names.h"

/* ---- indexes of who and what came before ---- */

/* Pieces of a name by which one that is nearly the same is found: both ends of it. */
enum { PIECE = 5 };

static void put_pieces(struct ar_match *m, uint32_t e, struct ar_str key, uint32_t customer)
{
	if (key.n < PIECE)
		return;
	ar_mi_put(m, K_PIECE, e, (struct ar_str){ key.p, PIECE }, customer, false);
	ar_mi_put(m, K_PIECE, e, (struct ar_str){ key.p + key.n - PIECE, PIECE }, customer, false);
	if (key.n > 2 * PIECE)
		ar_mi_put(m, K_PIECE, e, (struct ar_str){ key.p + key.n / 2 - PIECE / 2, PIECE }, customer, false);
}

static void index_customer(struct ar_match *m, uint32_t i)
{
	const struct ar_match_customer *c = &m->customer[i].in;
	uint32_t e = ar_mi_entity(m, c->entity);
	struct ar_str key[2];
	unsigned flags[3];
	struct ar_str number[3];

	for (int k = 0; k < c->naccount; k++)
		ar_mi_put(m, K_ACCOUNT, e, ar_account_key(c->account[k], &m->scratch), i, false);
	for (int k = -1; k < c->nalias; k++) {
		int n = ar_name_keys(k < 0 ? c->name : c->alias[k], key, &m->scratch);

		while (n-- > 0) {
			ar_mi_put(m, K_NAME, e, key[n], i, false);
			put_pieces(m, e, key[n], i);
		}
	}
	if (ar_number_keys(c->number, number, flags, &m->scratch))
		ar_mi_put(m, K_CUSTOMER, e, number[0], i, false);
}

/* What was learned stands behind what the books say. */
static void index_aliases(struct ar_match *m)
{
	for (uint32_t i = 0; i < m->nalias; i++) {
		const struct ar_match_alias *a = &m->alias[i].in;
		uint32_t e = ar_mi_entity(m, a->entity);
		struct ar_str key[2];
		int n;

		if (a->is_account) {
			ar_mi_put(m, K_LEARNED, e, ar_account_key(a->value, &m->scratch), i, false);
			continue;
		}
		for (n = ar_name_keys(a->value, key, &m->scratch); n > 0; n--)
			ar_mi_put(m, K_LEARNED_NAME, e, key[n - 1], i, false);
	}
}

void ar_mi_index_customers(struct ar_match *m)
{
	uint32_t *v = ar_malloc((m->ncustomer + 1) * sizeof *v);

	for (uint32_t i = 0; i < m->ncustomer; i++)
		v[m->customer[i].rank] = i;
	for (uint32_t i = 0; i < m->ncustomer; i++) {   /* by their ids, so that chains do not depend on the order given */
		if (m->customer[v[i]].known)
			index_customer(m, v[i]);
		ar_arena_reset(&m->scratch);
	}
	free(v);
	index_aliases(m);
	ar_arena_reset(&m->scratch);
}

static struct ar_str paid_key(char *room, struct ar_str account, uint16_t ccy, int64_t amount)
{
	if (!account.n || account.n > 100)
		return (struct ar_str){ NULL, 0 };
	memcpy(room, account.p, account.n);
	memcpy(room + account.n, &ccy, 2);
	memcpy(room + account.n + 2, &amount, 8);
	return (struct ar_str){ room, account.n + 10 };
}

static void index_payment(struct ar_match *m, uint32_t i)
{
	struct payment *p = &m->payment[i];
	uint32_t c = ar_tab_get(&m->customers, p->in.customer);
	char key[AR_REF_MAX];

	p->entity = ar_mi_entity(m, p->in.entity);
	ar_mi_put(m, K_PAYMENT, p->entity, (struct ar_str){ key, ar_ref_key(p->in.number, key) }, i, false);
	ar_mi_put(m, K_PAYMENT, p->entity, (struct ar_str){ key, ar_ref_key(p->in.reference, key) }, i, false);
	if (p->in.customer.n && c != AR_TAB_NONE)
		ar_mi_put_amount(m, K_PAID, m->customer[c].root, p->in.ccy, p->in.amount, i);
}

void ar_mi_index_payments(struct ar_match *m)
{
	struct ar_str key[3];
	unsigned flags[3];
	char room[128];

	for (uint32_t i = 0; i < m->npayment; i++)
		index_payment(m, i);
	for (uint32_t i = 0; i < m->nremit; i++) {
		const struct ar_match_remit *r = &m->remit[i].in;

		ar_mi_put(m, K_REMIT, 0, r->payment_reference, i, false);
		ar_mi_put(m, K_REMIT_BY, 0, paid_key(room, ar_account_key(r->payer_account, &m->scratch), r->ccy, r->amount), i, false);
		for (int k = ar_name_keys(r->payer, key, &m->scratch); k > 0; k--)
			ar_mi_put(m, K_REMIT_FROM, 0, paid_key(room, key[k - 1], r->ccy, r->amount), i, false);
		ar_arena_reset(&m->scratch);
	}
	for (uint32_t i = 0; i < m->norder; i++) {
		struct order *o = &m->order[i];

		o->customer = ar_tab_get(&m->customers, o->in.customer);
		if (o->customer == AR_TAB_NONE)
			continue;
		for (int n = ar_number_keys(o->in.number, key, flags, &m->scratch); n > 0; n--)
			ar_mi_put(m, K_SALES, ar_mi_entity(m, o->in.entity), key[n - 1], i, false);
		ar_arena_reset(&m->scratch);
	}
}

/* ---- remittances: which line brings the money ---- */

static void try_remit(struct ar_match *m, struct line *l, struct ar_str reference)
{
	int seen = 0;

	for (uint32_t p = ar_mi_first(m, ar_mi_find(m, K_REMIT, 0, reference));
	     p != NONE && seen++ < AR_MATCH_CHAIN; p = ar_mi_next(m, p)) {
		const struct remit *r = &m->remit[ar_mi_value(m, p)];

		if (r->in.ccy != l->in->ccy || r->in.amount != l->in->amount ||
		    ar_mi_value(m, p) == l->remit)
			continue;
		if (l->remit != NONE)
			l->remit_several = true;
		l->remit = ar_mi_value(m, p);
	}
}

/* Without a trace: the same payer, amount and currency, within some days. */
static void remit_by(struct ar_match *m, struct line *l, char kind, struct ar_str payer)
{
	char room[128];
	int seen = 0;

	AR_MI_EACH(m, p, ar_mi_find(m, kind, 0, paid_key(room, payer, l->in->ccy, l->in->amount))) {
		const struct remit *r = &m->remit[ar_mi_value(m, p)];

		if (seen++ == AR_MATCH_CHAIN)
			break;
		if (ar_mi_value(m, p) == l->remit ||
		    (r->in.date != AR_DATE_NONE && l->in->booked != AR_DATE_NONE &&
		     (r->in.date - l->in->booked > SPLIT_DAYS || l->in->booked - r->in.date > SPLIT_DAYS)))
			continue;
		if (l->remit != NONE)
			l->remit_several = true;
		l->remit = ar_mi_value(m, p);
	}
}

static void link_remit(struct ar_match *m, struct line *l)
{
	struct ar_str key[2];

	if (!m->nremit)
		return;
	try_remit(m, l, l->in->id);
	try_remit(m, l, l->in->end_to_end);
	try_remit(m, l, l->in->check_number);
	for (int i = 0; i < l->in->nref; i++)
		try_remit(m, l, l->in->ref[i]);
	if (l->remit == NONE)
		remit_by(m, l, K_REMIT_BY, ar_account_key(l->in->payer_account, &m->scratch));
	if (l->remit == NONE && m->nremit)
		for (int n = ar_name_keys(l->in->payer, key, &m->scratch); n > 0; n--)
			remit_by(m, l, K_REMIT_FROM, key[n - 1]);
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
	if (l->nhit == UINT16_MAX) {
		l->cut = true;
		return;
	}
	if (l->nhit == *room) {
		struct hit *v;

		*room = *room ? *room * 4 : 1;  /* most lines quote one */
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

	for (int i = 0; i < l->in->nref; i++)
		try_ref(m, l, room, l->in->ref[i]);
	try_ref(m, l, room, l->in->end_to_end);
	for (int i = 0; i < l->in->ntext; i++) {
		refs_in_text(m, l, room, l->in->text[i]);
		ar_buf_str(&b, l->in->text[i]);
	}
	if (l->in->ntext > 1)
		refs_in_text(m, l, room, ar_buf_slice(&b));
	ar_buf_release(&b);
}

struct asking {
	struct ar_match *m;
	struct line *l;
};

static bool is_known(void *ctx, struct ar_str key, unsigned flags)
{
	const struct asking *a = ctx;

	a->l->cites |= flags & AR_TOKEN_INTRODUCED && !(flags & (AR_TOKEN_WEAK | AR_TOKEN_ORDER | AR_TOKEN_EXPANDED | AR_TOKEN_PARTY)) && key.n > 2;
	if (flags & AR_TOKEN_PARTY)
		return ar_mi_find(a->m, K_CUSTOMER, a->l->entity, key) != NONE;
	if (!(flags & AR_TOKEN_ORDER) && ar_mi_find(a->m, K_NUMBER, a->l->entity, key) != NONE)
		return true;
	return ar_mi_find(a->m, K_ORDER, a->l->entity, key) != NONE ||
	       (a->m->norder && ar_mi_find(a->m, K_SALES, a->l->entity, key) != NONE);
}

static void add_party(struct line *l, enum ar_mc_party how, uint32_t customer, uint32_t group, uint32_t alias)
{
	if (l->nparty == MAX_PARTIES || group == NONE)
		return;
	l->party[l->nparty++] = (struct party){ group, customer, alias, 1000, (uint8_t)how };
	l->exact_party = true;
}

/* The payer group of a chain of customers: one alone, else NONE. */
static uint32_t one_group(const struct ar_match *m, uint32_t key, uint32_t *customer)
{
	uint32_t group = NONE;
	int n = 0;

	*customer = NONE;
	AR_MI_EACH(m, p, key) {
		uint32_t c = ar_mi_value(m, p);

		if ((group != NONE && m->customer[c].root != group) || n++ == AR_MATCH_CHAIN) {
			*customer = NONE;
			return NONE;
		}
		*customer = group == NONE || *customer == c ? c : m->customer[c].root;
		group = m->customer[c].root;
	}
	return group;
}

static void read_number(struct ar_match *m, struct line *l, int *room, const struct ar_token *t)
{
	uint32_t k;

	k = t->flags & AR_TOKEN_ORDER ? NONE : ar_mi_find(m, K_NUMBER, l->entity, t->key);
	if (k != NONE) {
		add_hit(m, l, room, (struct hit){ ar_arena_str(&m->mem, t->key), k, BY_NUMBER, (uint8_t)t->flags });
		return;
	}
	k = ar_mi_find(m, K_ORDER, l->entity, t->key);
	if (k != NONE)
		add_hit(m, l, room, (struct hit){ ar_arena_str(&m->mem, t->key), k, BY_ORDER, (uint8_t)t->flags });
	k = m->norder ? ar_mi_find(m, K_SALES, l->entity, t->key) : NONE;
	if (k != NONE && ar_mi_count(m, k) == 1)
		l->order = ar_mi_value(m, ar_mi_first(m, k));
}

static void read_numbers(struct ar_match *m, struct line *l, int *room)
{
	struct asking ask = { m, l };
	struct ar_tokens t;

	ar_tokens_find(&t, l->in->text, l->in->ntext, m->words, is_known, &ask, &m->scratch);
	l->cut = t.cut;
	if (t.party.n && !l->nparty) {
		uint32_t c, g = one_group(m, ar_mi_find(m, K_CUSTOMER, l->entity, t.party), &c);

		add_party(l, AR_PARTY_NUMBER, c, g, NONE);
	}
	for (int i = 0; i < t.n; i++)
		read_number(m, l, room, &t.v[i]);
}

/* Numbers that the bank file itself calls a document's: any form of them will do. */
static void read_documents(struct ar_match *m, struct line *l, int *room)
{
	for (int i = 0; i < l->in->ndoc; i++) {
		struct ar_str key[3];
		unsigned flags[3];
		int n = ar_number_keys(l->in->doc[i], key, flags, &m->scratch);

		for (int k = 0; k < n; k++) {
			uint32_t found = ar_mi_find(m, K_NUMBER, l->entity, key[k]);

			if (found == NONE)
				continue;
			add_hit(m, l, room, (struct hit){ l->in->doc[i], found, BY_DOC, 0 });
			break;
		}
	}
}

/* ---- who sent it ---- */

static uint32_t learned(const struct ar_match *m, char kind, const struct line *l, struct ar_str key, uint32_t *customer)
{
	uint32_t k = ar_mi_find(m, kind, l->entity, key), one = NONE;

	*customer = NONE;
	AR_MI_EACH(m, p, k) {
		uint32_t c = ar_tab_get(&m->customers, m->alias[ar_mi_value(m, p)].in.customer);

		if (c == AR_TAB_NONE || (*customer != NONE && m->customer[c].root != m->customer[*customer].root))
			return NONE;
		*customer = c;
		one = ar_mi_value(m, p);
	}
	return one;
}

static void identify(struct ar_match *m, struct line *l)
{
	struct ar_str account = ar_account_key(l->in->payer_account, &m->scratch), key[2];
	uint32_t c, g = one_group(m, ar_mi_find(m, K_ACCOUNT, l->entity, account), &c), a;
	int n;

	add_party(l, AR_PARTY_ACCOUNT, c, g, NONE);
	a = m->nalias && !l->nparty ? learned(m, K_LEARNED, l, account, &c) : NONE;
	if (a != NONE)
		add_party(l, AR_PARTY_ACCOUNT, c, m->customer[c].root, a);
	for (n = ar_name_keys(l->in->payer, key, &m->scratch); n > 0 && !l->nparty; n--) {
		uint32_t k = ar_mi_find(m, K_NAME, l->entity, key[n - 1]);

		g = one_group(m, k, &c);
		add_party(l, AR_PARTY_NAME, c, g, NONE);
		a = m->nalias && k == NONE ? learned(m, K_LEARNED_NAME, l, key[n - 1], &c) : NONE;
		if (a != NONE && !l->nparty)
			add_party(l, AR_PARTY_NAME, c, m->customer[c].root, a);
	}
}

enum { LIKE = 850, VERY_LIKE = 950, MARGIN = 50, PIECE_CHAIN = 400 };

static void rate_name(const struct ar_match *m, uint32_t c, const struct ar_str *key, int n, struct party *best, struct party *second)
{
	const struct ar_match_customer *in = &m->customer[c].in;
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_str theirs[2];
	int like = 0;

	for (int k = -1; k < in->nalias; k++)
		for (int j = ar_name_keys(k < 0 ? in->name : in->alias[k], theirs, &mem); j > 0; j--)
			for (int i = 0; i < n; i++) {
				int v = ar_name_likeness(key[i], theirs[j - 1]);

				like = v > like ? v : like;
			}
	ar_arena_release(&mem);
	if (best->group == m->customer[c].root) {
		if (like > best->likeness)
			*best = (struct party){ best->group, c, NONE, (uint16_t)like, 0 };
	} else if (like > best->likeness) {
		*second = *best;
		*best = (struct party){ m->customer[c].root, c, NONE, (uint16_t)like, 0 };
	} else if (like > second->likeness) {
		*second = (struct party){ m->customer[c].root, c, NONE, (uint16_t)like, 0 };
	}
}

/* Who has nearly this name, and nobody else nearly so. */
void ar_mi_guess_party(struct ar_match *m, struct line *l)
{
	struct party best = { NONE, NONE, NONE, 0, 0 }, second = best;
	struct ar_str key[2];
	int n;

	if (l->nparty || l->searched)
		return;
	l->searched = true;
	n = ar_name_keys(l->in->payer, key, &m->scratch);
	m->mark++;
	for (int i = 0; i < n; i++) {
		size_t at[3] = { 0, key[i].n >= PIECE ? key[i].n - PIECE : 0, key[i].n > 2 * PIECE ? key[i].n / 2 - PIECE / 2 : 0 };

		for (int k = 0; key[i].n >= PIECE && k < 3; k++) {
			uint32_t piece = ar_mi_find(m, K_PIECE, l->entity, (struct ar_str){ key[i].p + at[k], PIECE });

			if (ar_mi_count(m, piece) > PIECE_CHAIN)
				continue;       /* a piece of everybody's name says nothing */
			AR_MI_EACH(m, p, piece)
				rate_name(m, ar_mi_value(m, p), key, n, &best, &second);
		}
	}
	if (best.likeness < LIKE || best.likeness - second.likeness < MARGIN)
		return;
	best.how = best.likeness >= VERY_LIKE ? AR_PARTY_FUZZY : AR_PARTY_LOOSE;
	l->party[l->nparty++] = best;
}

static void count_quotes(struct ar_match *m, const struct line *l)
{
	for (int i = 0; i < l->nhit; i++) {
		int n = 0;

		AR_MI_EACH(m, p, l->hit[i].key) {
			if (n++ == AR_MATCH_CHAIN)
				break;
			m->item[ar_mi_value(m, p)].quoted++;
		}
	}
}

static void join_group(struct ar_match *m, uint32_t group, uint32_t line)
{
	struct customer *c = &m->customer[group];

	if (c->last_line == NONE)
		c->lines = line;
	else
		m->line[c->last_line].next_of_group = line;
	c->last_line = line;
}

void ar_mi_read_line(struct ar_match *m, uint32_t i)
{
	struct line *l = &m->line[i];
	int room = 0;

	l->traced = m->story && ar_streq(l->in->id, m->explain);
	l->entity = ar_mi_entity(m, l->in->entity);
	l->cites = l->in->cites;
	identify(m, l);
	if (!l->in->excluded && l->in->amount > 0 && !l->in->returned) {
		read_documents(m, l, &room);
		read_refs(m, l, &room);
		read_numbers(m, l, &room);
		link_remit(m, l);
		count_quotes(m, l);
		if (l->exact_party) {
			ar_mi_put_amount(m, K_LINES, l->party[0].group, l->in->ccy, l->in->amount, i);
			if (!l->nhit)
				join_group(m, l->party[0].group, i);
		}
	}
	ar_arena_reset(&m->scratch);
}
