/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sync/plan.h"

#include "base/sort.h"

#include <stdlib.h>

struct row {                            /* one match record */
	struct ar_str source, source_kind, id, entity, decision, rule, customer, target, undoes, approved_by;
	struct ar_str part_of;          /* of a detail: the bank line that brings its money; line 0 only */
	int64_t rank, line, received, on_account, set_aside, amount, source_amount, approved_at;
	int64_t cut[AR_CUTS];
	int ccy, source_ccy;
	ar_date date;
	const char *input;
	uint64_t lineno;
};

struct item {
	struct ar_plan_item pub;        /* first: items are handed out as this */
	struct ar_post post;
	const struct row *head;
	int64_t value;                  /* what a limit is compared with */
	const struct ar_approval *approval;
	bool foreign;                   /* received in another currency than the documents' */
};

struct ar_plan {
	struct ar_arena mem;
	struct row *row;
	size_t nrow, cap;
	struct item *item;
	size_t n;
	uint64_t collapsed, left_out;
	struct ar_tab target;           /* what is on its way to each document */
	int64_t *pending;
	size_t pending_cap;
};

struct ar_plan *ar_plan_new(void) { return ar_calloc(1, sizeof(struct ar_plan)); }

void ar_plan_free(struct ar_plan *p)
{
	if (!p)
		return;
	ar_arena_release(&p->mem);
	ar_tab_release(&p->target);
	free(p->row);
	free(p->item);
	free(p->pending);
	free(p);
}

size_t ar_plan_count(const struct ar_plan *p) { return p->n; }
struct ar_plan_item *ar_plan_item(struct ar_plan *p, size_t i) { return &p->item[i].pub; }
uint64_t ar_plan_collapsed(const struct ar_plan *p) { return p->collapsed; }
uint64_t ar_plan_left_out(const struct ar_plan *p) { return p->left_out; }

/* ---- rows ---- */

static struct ar_str keep(struct ar_plan *p, const struct ar_rec *r, enum ar_f f)
{
	struct ar_str s = ar_raw_text(r, f);

	return s.n ? ar_arena_str(&p->mem, s) : (struct ar_str){ NULL, 0 };
}

/* A second bank line that a proposal is derived from is the batch whose place its source took. */
static struct ar_str part_of(struct ar_plan *p, const struct ar_rec *r)
{
	struct ar_str *v = NULL;
	struct ar_post_id id;
	int n = ar_list(r, AR_F_derived_from, &v);

	return n > 1 && ar_post_id(v[1], &id) && id.letter == 'b' ? ar_arena_str(&p->mem, v[1]) : (struct ar_str){ NULL, 0 };
}

int ar_plan_add(struct ar_plan *p, const struct ar_rec *r, struct ar_err *e)
{
	struct row *w;
	int64_t line = ar_int(r, AR_F_line, 0);

	if (line < 0 || line > 1 << 20)
		return ar_err(e, AR_FINDINGS, "match_line", "line %lld is no line of a proposal", (long long)line);
	if (p->nrow == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 256;
		p->row = ar_realloc(p->row, p->cap * sizeof *p->row);
	}
	w = &p->row[p->nrow++];
	*w = (struct row){ .source = keep(p, r, AR_F_source), .source_kind = keep(p, r, AR_F_source_kind),
		.entity = keep(p, r, AR_F_entity), .decision = keep(p, r, AR_F_decision), .rule = keep(p, r, AR_F_rule),
		.customer = keep(p, r, AR_F_customer), .target = keep(p, r, AR_F_target), .undoes = keep(p, r, AR_F_undoes),
		.rank = ar_int(r, AR_F_rank, 1), .line = line, .received = ar_minor(r, AR_F_received),
		.on_account = ar_minor(r, AR_F_on_account), .set_aside = ar_minor(r, AR_F_set_aside),
		.amount = ar_minor(r, AR_F_amount), .approved_at = ar_int(r, AR_F_approved_at, INT64_MIN),
		.ccy = ar_currency(r, AR_F_currency), .date = ar_day(r, AR_F_date), .lineno = r->lineno };
	w->input = r->input ? ar_arena_dup(&p->mem, r->input, strlen(r->input)) : "";
	w->source_amount = ar_has(r, AR_F_source_amount) ? ar_minor(r, AR_F_source_amount) : w->amount;
	w->source_ccy = ar_has(r, AR_F_source_currency) ? ar_currency(r, AR_F_source_currency) : w->ccy;
	w->id = ar_arena_str(&p->mem, ar_text(r, AR_F_id));
	if (ar_has(r, AR_F_approved_by))
		w->approved_by = ar_arena_str(&p->mem, ar_text(r, AR_F_approved_by));
	for (int c = 0; c < AR_CUTS; c++)
		w->cut[c] = ar_minor(r, ar_cut_field[c]);
	if (line == 0)
		w->part_of = part_of(p, r);
	return 0;
}

static int by_proposal(const void *a, const void *b, void *ctx)
{
	const struct row *x = a, *y = b;
	int c = ar_str_cmp(x->entity, y->entity);

	(void)ctx;
	if (!c)
		c = ar_str_cmp(x->source, y->source);
	if (!c)
		c = (x->rank > y->rank) - (x->rank < y->rank);
	if (!c)
		c = (x->line > y->line) - (x->line < y->line);
	return c ? c : ar_str_cmp(x->target, y->target);
}

static bool same_proposal(const struct row *x, const struct row *y)
{
	return ar_streq(x->entity, y->entity) && ar_streq(x->source, y->source) && x->rank == y->rank;
}

static bool same_row(const struct row *x, const struct row *y)
{
	return x->line == y->line && ar_streq(x->target, y->target) && ar_streq(x->decision, y->decision) &&
	       ar_streq(x->rule, y->rule) && ar_streq(x->customer, y->customer) && ar_streq(x->approved_by, y->approved_by) &&
	       ar_streq(x->source_kind, y->source_kind) && ar_streq(x->undoes, y->undoes) && x->received == y->received &&
	       x->on_account == y->on_account && x->set_aside == y->set_aside && x->amount == y->amount &&
	       x->source_amount == y->source_amount && x->ccy == y->ccy && x->source_ccy == y->source_ccy &&
	       x->date == y->date && memcmp(x->cut, y->cut, sizeof x->cut) == 0;
}

/* ---- proposals ---- */

/* What was received is applied, on account or set aside; in the source's currency. */
static bool balanced(const struct row *w, int n)
{
	ar_wide sum = (ar_wide)w->on_account + w->set_aside;

	for (int i = 1; i < n; i++) {
		if (w[i].source_ccy != w->ccy)
			return false;
		sum += w[i].source_amount;
	}
	return sum == w->received;
}

static const char *kind_of(const struct row *w)
{
	if (w->undoes.n)
		return "reversal";
	if (ar_streqz(w->source_kind, "credit_memo"))
		return "credit_application";
	return ar_streqz(w->source_kind, "payment") ? "application" : "receipt";
}

static int wrong(const struct row *w, const char *code, const char *what, const char *advice, struct ar_err *e)
{
	ar_err(e, AR_FINDINGS, code, "the proposal for %.*s %s", AR_STR_FMT(w->source), what);
	ar_err_advice(e, advice);
	return ar_err_at(e, w->input, w->lineno);
}

static int make_lines(struct ar_plan *p, struct item *it, const struct row *w, int n, struct ar_err *e)
{
	struct ar_post *post = &it->post;
	ar_wide applied = 0, value = 0;

	post->n = n > 1 ? n - 1 : 1;
	post->line = ar_arena_zero(&p->mem, (size_t)post->n * sizeof *post->line);
	post->ccy = n > 1 ? w[1].ccy : w->ccy;
	for (int i = 1; i < n; i++) {
		struct ar_post_line *l = &post->line[i - 1];

		if (!w[i].target.n)
			return wrong(&w[i], "match_target", "has a line without a target", "make the proposals again", e);
		if (w[i].ccy != post->ccy || w[i].source_ccy != w[i].ccy)
			it->foreign = true;
		l->target = w[i].target;
		l->amount = w[i].amount;
		memcpy(l->cut, w[i].cut, sizeof l->cut);
		applied += l->amount;
		for (int c = 0; c < AR_CUTS; c++)
			value += l->cut[c];
	}
	it->foreign |= post->ccy != w->ccy;
	value += ar_streqz(post->kind, "receipt") && w->received - w->set_aside > applied ? w->received - w->set_aside : applied;
	if (!ar_narrow(value, &it->value))
		return wrong(w, "match_large", "is too large", "make the proposals again", e);
	ar_post_sort(post);
	for (int i = 1; i < post->n; i++)
		if (ar_streq(post->line[i].target, post->line[i - 1].target))
			return wrong(w, "match_twice", "names one document twice", "make the proposals again", e);
	return 0;
}

static int make_item(struct ar_plan *p, const struct row *w, int n, struct ar_err *e)
{
	struct item *it = &p->item[p->n];
	struct ar_post *post = &it->post;
	struct ar_post_id id;
	struct ar_str from;

	memset(it, 0, sizeof *it);
	it->head = w;
	it->pub.post = post;
	post->entity = w->entity;
	post->kind = ar_str(kind_of(w));
	post->source = w->source;
	post->date = w->date;
	post->rule = w->rule;
	post->proposal = w->id;
	post->approved_at = INT64_MIN;
	if (w->line != 0)
		return wrong(w, "match_head", "lacks its line 0", "make the proposals again", e);
	if (!balanced(w, n))
		return wrong(w, "match_unbalanced", "does not account for the money received: applied, on account and set "
		             "aside must sum to it", "make the proposals again", e);
	if (make_lines(p, it, w, n, e) < 0)
		return -1;
	post->customer = w->customer.n ? w->customer : n > 1 ? w[1].customer : w->customer;
	from = post->customer.n ? post->customer : post->line[0].target;
	if (!ar_post_id(from, &id) || !ar_streq(id.entity, w->entity))
		return wrong(w, "match_customer", "names no customer of its entity", "a receipt is posted to a customer: "
		             "choose one and propose again", e);
	post->system = id.system;
	post->receipt = ar_streqz(post->kind, "receipt") ? w->received - w->set_aside : 0;
	ar_post_content(post);
	return 0;
}

static bool wanted(const struct row *w)
{
	bool chosen = w->approved_by.n || w->rank <= 1;

	return chosen && !ar_streqz(w->decision, "none") && !ar_streqz(w->decision, "excluded");
}

/* Rows of one proposal without those that came twice; -1: two of one number differ. */
static int unite(struct ar_plan *p, struct row *w, int n, struct ar_err *e)
{
	int to = 1;

	for (int i = 1; i < n; i++) {
		if (w[i].line != w[to - 1].line) {
			w[to++] = w[i];
			continue;
		}
		if (!same_row(&w[i], &w[to - 1])) {
			wrong(&w[i], "match_differs", "came twice with different contents", "give the tool one version of it", e);
			return -1;
		}
		p->collapsed++;
	}
	return to;
}

void ar_plan_close(struct ar_plan *p, ar_plan_reject *reject, void *ctx)
{
	size_t i = 0, next;

	ar_sort(p->row, p->nrow, sizeof *p->row, by_proposal, NULL);
	p->item = ar_calloc(p->nrow + 1, sizeof *p->item);
	for (; i < p->nrow; i = next) {
		struct ar_err e = { 0 };
		int n;

		for (next = i + 1; next < p->nrow && same_proposal(&p->row[i], &p->row[next]); )
			next++;
		if (!wanted(&p->row[i])) {
			p->left_out++;
			continue;
		}
		n = unite(p, &p->row[i], (int)(next - i), &e);
		if (n < 0 || make_item(p, &p->row[i], n, &e) < 0)
			reject(ctx, &e, p->row[i].id);
		else
			p->n++;
	}
}

/* ---- approval ---- */

static bool names_rule(const struct ar_approval *a, struct ar_str rule)
{
	for (int i = 0; i < a->nrule; i++)
		if (ar_streq(a->rule[i], rule))
			return true;
	return a->nrule == 0;
}

/* Earned: taken by the day of the document's terms and no more than they grant. */
static bool earned(const struct ar_plan_ask *ask, const struct ar_post *p, const struct ar_post_line *l)
{
	struct ar_debt d;

	return ask->debt(ask->ctx, l->target, &d) && d.discount_date != AR_DATE_NONE && p->date <= d.discount_date &&
	       l->cut[AR_CUT_DISCOUNT] <= d.discount_amount;
}

/* Why this approval does not carry the item; NULL: it does. */
static const char *lacks(const struct ar_plan_ask *ask, const struct ar_approval *a, const struct item *it)
{
	if (ask->as_of > a->until)
		return "it has ended";
	if (a->limit[it->post.ccy] < 0)
		return "it names no limit in this currency";
	if (it->value > a->limit[it->post.ccy])
		return "the amount is over its limit";
	for (int i = 0; i < it->post.n; i++) {
		const struct ar_post_line *l = &it->post.line[i];

		if (l->cut[AR_CUT_WRITEOFF] && !a->allow[AR_CUT_WRITEOFF])
			return "it does not allow a write-off";
		if (l->cut[AR_CUT_WITHHOLDING] && !a->allow[AR_CUT_WITHHOLDING])
			return "it does not allow withholding tax";
		if (l->cut[AR_CUT_DISCOUNT] && !a->allow[AR_CUT_DISCOUNT] && !earned(ask, &it->post, l))
			return "it does not allow an unearned discount";
	}
	return NULL;
}

static void not_covered(struct ar_plan *p, struct item *it, const struct ar_approval *a, const char *why)
{
	it->post.message = ar_str(ar_arena_fmt(&p->mem, "not covered by the approval '%.*s': %s", AR_STR_FMT(a->name), why));
}

static void find_approval(struct ar_plan *p, const struct ar_plan_ask *ask, struct item *it)
{
	if (!ar_streqz(it->head->decision, "auto")) {
		it->post.message = AR_STR("a suggestion: a person has to approve it");
		return;
	}
	it->post.message = ar_str(ar_arena_fmt(&p->mem, "no standing approval names the rule '%.*s'",
	                                       AR_STR_FMT(it->post.rule)));
	for (int i = 0; i < ask->policy->napproval; i++) {
		const struct ar_approval *a = &ask->policy->approval[i];
		const char *why;

		if (!names_rule(a, it->post.rule))
			continue;
		why = lacks(ask, a, it);
		if (!why) {
			it->approval = a;
			return;
		}
		not_covered(p, it, a, why);
	}
}

/* What an approval covers in the whole input, posted before or not, so that a second run gives no second limit. */
static void hold_batch_limits(struct ar_plan *p, const struct ar_policy *policy)
{
	ar_wide *sum = ar_malloc((size_t)ar_ccy_count * sizeof *sum);

	for (int k = 0; k < policy->napproval; k++) {
		const struct ar_approval *a = &policy->approval[k];

		if (!a->has_batch_limit)
			continue;
		memset(sum, 0, (size_t)ar_ccy_count * sizeof *sum);
		for (size_t i = 0; i < p->n; i++)
			if (p->item[i].approval == a)
				sum[p->item[i].post.ccy] += p->item[i].value;
		for (size_t i = 0; i < p->n; i++) {
			struct item *it = &p->item[i];

			if (it->approval != a || sum[it->post.ccy] <= a->batch_limit[it->post.ccy])
				continue;
			it->approval = NULL;
			not_covered(p, it, a, "all it covers in this input is over its batch limit");
		}
	}
	free(sum);
}

static void approve(struct ar_plan *p, const struct ar_plan_ask *ask)
{
	for (size_t i = 0; i < p->n; i++)
		if (!p->item[i].head->approved_by.n)
			find_approval(p, ask, &p->item[i]);
	hold_batch_limits(p, ask->policy);
	for (size_t i = 0; i < p->n; i++) {
		struct item *it = &p->item[i];

		it->post.state = AR_POST_PLANNED;
		if (it->head->approved_by.n) {
			it->post.approved_by = it->head->approved_by;
			it->post.approved_at = it->head->approved_at;
		} else if (it->approval) {
			it->post.approved_by = it->approval->by;
			it->post.approval = it->approval->name;
		} else {
			continue;
		}
		it->post.state = AR_POST_APPROVED;
		it->post.message = (struct ar_str){ NULL, 0 };
	}
}

/* ---- what is on its way ---- */

static int64_t *pending(struct ar_plan *p, struct ar_str target)
{
	uint32_t k = ar_tab_add(&p->target, target, NULL);

	if (k >= p->pending_cap) {
		size_t cap = p->pending_cap ? p->pending_cap * 2 : 256;

		p->pending = ar_realloc(p->pending, cap * sizeof *p->pending);
		memset(p->pending + p->pending_cap, 0, (cap - p->pending_cap) * sizeof *p->pending);
		p->pending_cap = cap;
	}
	return &p->pending[k];
}

static void add_pending(struct ar_plan *p, const struct ar_post *post)
{
	for (int i = 0; i < post->n; i++) {
		int64_t fall, *sum;

		if (!post->line[i].target.n || !ar_post_fall(&post->line[i], &fall))
			continue;
		sum = pending(p, post->line[i].target);
		if (!ar_add(*sum, fall, sum))
			*sum = INT64_MAX;
	}
}

/* ---- refusals ---- */

static void refuse(struct item *it, const char *refusal, const char *next, const char *message)
{
	it->pub.outcome = AR_REFUSED_NOW;
	it->post.state = AR_POST_REFUSED;
	it->post.refusal = refusal;
	it->post.next = next;
	it->post.message = ar_str(message);
	for (int i = 0; i < it->post.n; i++)
		it->post.line[i].has_expected = false;
}

static bool listed(const struct ar_str *list, int n, struct ar_str name)
{
	for (int i = 0; i < n; i++)
		if (ar_streq(list[i], name))
			return true;
	return false;
}

/* Can the format say it at all? */
static bool can_be_said(struct item *it, const struct ar_target *t)
{
	const struct ar_post *p = &it->post;
	struct ar_post_id id;

	if (!t)
		refuse(it, "other", "later", "the policy has no target for this entity and system");
	else if (!listed(t->format.kind, t->format.nkind, p->kind))
		refuse(it, "other", "never", "the format has no form for this kind of posting: make it by hand");
	else if (it->foreign)
		refuse(it, "other", "never", "received in another currency than the documents': make it by hand");
	else if (t->format.names_currency && !t->currency_name[p->ccy].n)
		refuse(it, "other", "later", "the policy's target has no name for this currency");
	else if (p->n > t->format.rows)
		refuse(it, "other", "never", "more documents than one file may hold: make it by hand");
	for (int i = 0; i < p->n && it->post.state != AR_POST_REFUSED; i++) {
		if (p->line[i].target.n && (!ar_post_id(p->line[i].target, &id) || memchr(id.key.p, '/', id.key.n)))
			refuse(it, "other", "never", "the format cannot name a single instalment: make it by hand");
		for (int c = 0; c < AR_CUTS; c++)
			if (p->line[i].cut[c] && !t->format.cut[c])
				refuse(it, "other", "never", "the format has no place for such a deduction: make it by hand");
	}
	return it->post.state != AR_POST_REFUSED;
}

static bool same_payer(const struct ar_post *p, const struct ar_debt *d)
{
	for (int i = 0; i < d->npayer; i++)
		if (ar_streq(p->customer, d->payer[i]))
			return true;
	return false;
}

static bool line_fits(struct ar_plan *pl, const struct ar_plan_ask *ask, struct item *it, struct ar_post_line *l)
{
	struct ar_debt d;
	int64_t fall, left;

	if (!ask->debt(ask->ctx, l->target, &d))
		refuse(it, "unknown_document", "rematch", "a document is not in the input");
	else if (d.ccy != it->post.ccy)
		refuse(it, "other", "rematch", "a document is in another currency");
	else if (!same_payer(&it->post, &d))
		refuse(it, "other", "rematch", "a document belongs to a customer for whom this one does not pay");
	else if (d.open <= 0)
		refuse(it, "already_paid", "rematch", "a document is settled already");
	else if (!ar_post_fall(l, &fall) || !ar_sub(d.open, *pending(pl, l->target), &left) || fall > left)
		refuse(it, "over_applied", "rematch", *pending(pl, l->target) ?
		       "a document is not open for the amount with what is on its way and not confirmed" :
		       "a document is not open for the amount");
	else if (fall <= 0)
		refuse(it, "other", "rematch", "a line settles nothing");
	else {
		l->expected = left - fall;
		l->has_expected = true;
	}
	return it->post.state != AR_POST_REFUSED;
}

static bool source_fits(const struct ar_plan_ask *ask, struct item *it)
{
	struct ar_debt d;
	ar_wide sum = 0;

	if (!ar_streqz(it->post.kind, "credit_application"))
		return true;
	for (int i = 0; i < it->post.n; i++)
		sum += it->post.line[i].amount;
	if (!ask->debt(ask->ctx, it->post.source, &d))
		refuse(it, "unknown_document", "rematch", "the credit memo is not in the input");
	else if (d.ccy != it->post.ccy || -(ar_wide)d.open < sum)
		refuse(it, "over_applied", "rematch", "the credit memo is not open for the amount");
	return it->post.state != AR_POST_REFUSED;
}

/* ---- outcome ---- */

/* The first sequence number whose key is not used up by a posting that was released or refused. */
static struct ar_post *known(const struct ar_book *b, struct ar_post *p)
{
	for (int seq = 1; ; seq++) {
		struct ar_post *q;

		ar_post_key(p, seq);
		q = ar_book_find(b, ar_str(p->key));
		if (!q || (q->state != AR_POST_RELEASED && q->state != AR_POST_REFUSED))
			return q;
	}
}

static void conflict(struct ar_plan *p, struct item *it, const struct ar_post *other, const char *what)
{
	it->post.superseded_by = ar_arena_str(&p->mem, ar_str(other->key));
	if (it->post.state != AR_POST_APPROVED) {
		it->pub.outcome = AR_NOT_APPROVED;
		it->post.message = ar_str(what);
		return;
	}
	refuse(it, "other", "never", what);
	it->pub.conflict = true;
}

static void decide(struct ar_plan *p, const struct ar_plan_ask *ask, struct item *it)
{
	struct ar_post *q = known(ask->book, &it->post), *other;
	struct ar_target *t;

	if (q && strcmp(q->content, it->post.content) == 0) {
		it->pub.post = q;
		it->pub.outcome = AR_ALREADY;
		return;
	}
	if (q) {
		conflict(p, it, q, "posted already with another date, customer or amount");
		return;
	}
	other = ar_book_active(ask->book, it->post.source);
	if (other) {
		conflict(p, it, other, "its source is posted already, to other documents");
		return;
	}
	other = it->head->part_of.n ? ar_book_active(ask->book, it->head->part_of) : NULL;
	if (other) {
		conflict(p, it, other, "the batch its money is part of is posted already");
		return;
	}
	if (it->post.state != AR_POST_APPROVED) {
		it->pub.outcome = AR_NOT_APPROVED;
		return;
	}
	t = ar_policy_target(ask->policy, it->post.entity, it->post.system);
	if (!can_be_said(it, t) || !source_fits(ask, it))
		return;
	for (int i = 0; i < it->post.n; i++)
		if (it->post.line[i].target.n && !line_fits(p, ask, it, &it->post.line[i]))
			return;
	it->pub.outcome = AR_FRESH;
	it->pub.target = t;
	add_pending(p, &it->post);
	ar_book_add(ask->book, &it->post);
}

void ar_plan_decide(struct ar_plan *p, const struct ar_plan_ask *ask)
{
	for (size_t i = 0; i < ask->book->n; i++) {
		enum ar_post_state s = ask->book->post[i]->state;

		if (s == AR_POST_SENT || s == AR_POST_ACKNOWLEDGED || s == AR_POST_UNCERTAIN)
			add_pending(p, ask->book->post[i]);
	}
	approve(p, ask);
	for (size_t i = 0; i < p->n; i++)
		decide(p, ask, &p->item[i]);
}
