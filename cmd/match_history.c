/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_history.c - what was applied before: whose account and name a payment bore (the alias journal), how good the rules would have been
 * (evaluation), and what weights fit (training).
 *
 * A bank line and a payment of the books are the same money where a reference of the one is the other's number or reference; else where
 * within DAYS just one line and one payment have this entity, currency and amount. Only payments that are applied to something confirm.
 */
#include "config.h"

#include "cmd/match_run.h"

#include "ar/match_train.h"
#include "ar/names.h"
#include "base/sort.h"
#include "sync/journal.h"
#include "sync/lock.h"

#include <stdlib.h>

enum { DAYS = 5, CONFIRMATIONS = 2, BUCKETS = 10, NO_PAYMENT = -1 };

struct match_learned { struct ar_str id, entity, kind, value, key, customer; ar_date date; };

/* ---- which payment a line became ---- */

struct money { struct ar_str entity; int64_t amount; uint16_t ccy; ar_date date; size_t at; bool is_line; };

static int by_money(const void *a, const void *b, void *ctx)
{
	const struct money *x = a, *y = b;
	int c = ar_str_cmp(x->entity, y->entity);

	(void)ctx;
	if (c)
		return c;
	if (x->ccy != y->ccy)
		return x->ccy < y->ccy ? -1 : 1;
	if (x->amount != y->amount)
		return x->amount < y->amount ? -1 : 1;
	if (x->date != y->date)
		return x->date < y->date ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static bool is_receipt(const struct ar_match_line *l)
{
	return !l->excluded && !l->returned && l->amount > 0 && l->booked != AR_DATE_NONE;
}

static struct ar_str ref_key(struct match_run *run, struct ar_str entity, struct ar_str s)
{
	char key[AR_REF_MAX];
	size_t n = ar_ref_key(s, key);
	struct ar_buf b = AR_BUF_INIT;
	struct ar_str out = { NULL, 0 };

	if (n >= 4) {
		ar_buf_str(&b, entity);
		ar_buf_c(&b, '/');
		ar_buf_put(&b, key, n);
		out = match_kept(run, ar_buf_slice(&b));
		ar_buf_release(&b);
	}
	return out;
}

struct links {
	int64_t *payment;               /* by line: item of ar/open; NO_PAYMENT */
	struct ar_tab key;
	size_t *by_key;                 /* item; SIZE_MAX: several have it */
	size_t room;
};

static void key_payment(struct match_run *run, struct links *x, struct ar_str entity, struct ar_str s, size_t item)
{
	struct ar_str key = ref_key(run, entity, match_plain(run, s));
	bool fresh;
	uint32_t k;

	if (!key.n)
		return;
	k = ar_tab_add(&x->key, key, &fresh);
	while (k >= x->room) {
		x->room = x->room ? x->room * 2 : 1024;
		x->by_key = ar_realloc(x->by_key, x->room * sizeof *x->by_key);
	}
	if (fresh)
		x->by_key[k] = item;
	else if (x->by_key[k] != item)
		x->by_key[k] = SIZE_MAX;
}

static void link_by_key(struct match_run *run, struct links *x, size_t line, struct ar_str s)
{
	const struct ar_match_line *l = &run->line[line].line;
	struct ar_str key = s.n ? ref_key(run, l->entity, s) : s;
	uint32_t k = key.n ? ar_tab_get(&x->key, key) : AR_TAB_NONE;
	const struct ar_item *it;

	if (k == AR_TAB_NONE || x->by_key[k] == SIZE_MAX || x->payment[line] != NO_PAYMENT)
		return;
	it = ar_open_item(run->open, x->by_key[k]);
	if (it->ccy == l->ccy && it->amount == l->amount)
		x->payment[line] = (int64_t)x->by_key[k];
}

static bool near(const struct money *a, const struct money *b)
{
	return by_money(a, b, NULL) == 0 || (ar_streq(a->entity, b->entity) && a->ccy == b->ccy && a->amount == b->amount &&
	       a->date - b->date <= DAYS && b->date - a->date <= DAYS);
}

/* The only payment near a line, and the line the only one near that payment. */
static void link_by_amount(const struct money *v, size_t n, struct links *x)
{
	for (size_t i = 0; i < n; i++) {
		size_t from = i, to = i + 1, lines = 0, payments = 0, payment = 0;

		if (!v[i].is_line)
			continue;
		while (from > 0 && near(&v[from - 1], &v[i]))
			from--;
		while (to < n && near(&v[to], &v[i]))
			to++;
		for (size_t k = from; k < to; k++) {
			lines += v[k].is_line;
			payments += !v[k].is_line;
			payment = v[k].is_line ? payment : v[k].at;
		}
		if (lines == 1 && payments == 1)
			x->payment[v[i].at] = (int64_t)payment;
	}
}

static void find_links(struct match_run *run, struct links *x)
{
	size_t items = ar_open_count(run->open), n = 0;
	struct money *v = ar_malloc((items + run->nline + 1) * sizeof *v);
	bool *taken = ar_calloc(items + 1, 1);

	x->payment = ar_malloc((run->nline + 1) * sizeof *x->payment);
	for (size_t i = 0; i < items; i++) {
		const struct ar_item *it = ar_open_item(run->open, i);

		if (it->type != AR_T_payment)
			continue;
		key_payment(run, x, ar_open_entity(run->open, it->entity), ar_open_text(run->open, it, AR_F_number), i);
		key_payment(run, x, ar_open_entity(run->open, it->entity), ar_open_text(run->open, it, AR_F_reference), i);
	}
	for (size_t i = 0; i < run->nline; i++) {
		const struct ar_match_line *l = &run->line[i].line;

		x->payment[i] = NO_PAYMENT;
		if (!is_receipt(l))
			continue;
		link_by_key(run, x, i, l->id);
		link_by_key(run, x, i, l->end_to_end);
		link_by_key(run, x, i, l->check_number);
		for (int k = 0; k < l->nref; k++)
			link_by_key(run, x, i, l->ref[k]);
		if (x->payment[i] != NO_PAYMENT)
			taken[x->payment[i]] = true;
		else
			v[n++] = (struct money){ l->entity, l->amount, l->ccy, l->booked, i, true };
	}
	for (size_t i = 0; i < items; i++) {
		const struct ar_item *it = ar_open_item(run->open, i);

		if (it->type == AR_T_payment && !taken[i])
			v[n++] = (struct money){ ar_open_entity(run->open, it->entity), it->amount, it->ccy, it->posting, i, false };
	}
	ar_sort(v, n, sizeof *v, by_money, NULL);
	link_by_amount(v, n, x);
	free(v);
	free(taken);
}

static void links_release(struct links *x)
{
	free(x->payment);
	free(x->by_key);
	ar_tab_release(&x->key);
}

/* ---- the alias journal ---- */

/* Of a name's two keys the longer, which has umlauts as two letters: so that both ways of writing them confirm each other. */
static struct ar_str alias_key(struct match_run *run, struct ar_str kind, struct ar_str value)
{
	struct ar_str key[2];
	int n;

	if (ar_streqz(kind, "account"))
		return ar_account_key(value, &run->io->mem);
	n = ar_name_keys(value, key, &run->io->mem);
	return n == 2 ? key[key[1].n > key[0].n] : n ? key[0] : (struct ar_str){ NULL, 0 };
}

static void hold_alias(struct match_run *run, struct ar_str id, struct ar_str entity, struct ar_str kind, struct ar_str value,
		       struct ar_str customer, ar_date date)
{
	run->learned = match_more(run->learned, run->nlearned, &run->learned_room, sizeof *run->learned);
	run->learned[run->nlearned++] = (struct match_learned){ id, entity, kind, value, alias_key(run, kind, value), customer, date };
}

static int take_alias(void *arg, const struct ar_rec *r, struct ar_err *e)
{
	struct match_run *run = arg;

	(void)e;
	if (r->type == AR_T_alias)
		hold_alias(run, match_kept(run, ar_raw_text(r, AR_F_id)), match_kept(run, ar_raw_text(r, AR_F_entity)),
			   match_kept(run, ar_raw_text(r, AR_F_kind)), match_kept(run, ar_text(r, AR_F_value)),
			   match_kept(run, ar_raw_text(r, AR_F_customer)), ar_day(r, AR_F_date));
	return 0;
}

int match_read_alias(struct match_run *run)
{
	struct ar_journal *j = ar_journal_open(run->alias, false, run->now, take_alias, run, &run->io->err);

	ar_journal_close(j);
	return j ? 0 : -1;
}

static int by_alias(const void *a, const void *b, void *ctx)
{
	const struct match_learned *x = a, *y = b;
	int c = ar_str_cmp(x->entity, y->entity);

	(void)ctx;
	c = c ? c : ar_str_cmp(x->kind, y->kind);
	c = c ? c : ar_str_cmp(x->key, y->key);
	c = c ? c : (x->date > y->date) - (x->date < y->date);
	return c ? c : ar_str_cmp(x->id, y->id);
}

static struct ar_str payer_of(const struct match_run *run, struct ar_str customer)
{
	uint32_t c = ar_open_customer_find(run->open, customer);
	struct ar_str up;

	if (c == AR_OPEN_NOBODY)
		return customer;
	up = ar_open_customer_text(run->open, c, AR_F_payer);
	if (!up.n || ar_streq(up, customer))
		up = ar_open_customer_text(run->open, c, AR_F_parent);
	return up.n ? up : customer;
}

/* Confirmed often enough by the day before, and never by a payment of somebody else: a conflict retires it for good. */
static void feed_aliases(struct match_run *run, struct ar_match *to, ar_date before)
{
	ar_sort(run->learned, run->nlearned, sizeof *run->learned, by_alias, NULL);
	for (size_t i = 0, next; i < run->nlearned; i = next) {
		const struct match_learned *a = &run->learned[i], *last = a;
		int n = 0;
		bool conflict = false;
		char from[11], until[11];

		for (next = i; next < run->nlearned && ar_streq(run->learned[next].entity, a->entity) &&
			       ar_streq(run->learned[next].kind, a->kind) && ar_streq(run->learned[next].key, a->key);
		     next++) {
			if (run->learned[next].date >= before)
				continue;
			last = &run->learned[next];
			n++;
			conflict |= !ar_streq(payer_of(run, last->customer), payer_of(run, a->customer));
		}
		if (!a->key.n || n < CONFIRMATIONS || conflict)
			continue;
		ar_match_add_alias(to, &(struct ar_match_alias){ a->entity, a->value, last->customer,
			ar_str(ar_arena_fmt(&run->io->mem, "%d confirmed payments from %s to %s, none against it", n, ar_date_z(from, a->date),
					    ar_date_z(until, last->date))), ar_streqz(a->kind, "account") });
	}
}

void match_feed_aliases(struct match_run *run)
{
	/* lines of the day itself teach the next night: so that the night can be run again with what it has learned since */
	if (run->nlearned)
		feed_aliases(run, run->match, run->as_of);
}

/* Does this payment pay anything? */
static bool is_applied(struct match_run *run, size_t item)
{
	const struct ar_event *ev;
	size_t n = ar_open_events(run->open, item, &ev);

	for (size_t i = 0; i < n; i++)
		if (ev[i].type == AR_T_application)
			return true;
	return false;
}

static void confirm(struct match_run *run, struct ar_journal *j, struct ar_tab *known, const char *kind, struct ar_str value,
		    const struct held *h, const struct ar_item *payment)
{
	struct ar_rec *r = &run->rec;
	struct ar_str from[2] = { h->line.id, ar_open_id(run->open, payment) }, id, key, why;
	struct ar_buf b = AR_BUF_INIT;
	bool fresh;

	key = alias_key(run, ar_str(kind), value);
	if (!key.n)
		return;
	id = ar_str(ar_arena_fmt(&run->io->mem, "%.*s~%s", AR_STR_FMT(h->line.id), kind));
	ar_tab_add(known, id, &fresh);
	if (!fresh)
		return;
	ar_arena_reset(&run->mem);
	ar_rec_start(r, AR_T_alias);
	ar_set_raw(r, AR_F_id, id);
	ar_set_raw(r, AR_F_entity, h->line.entity);
	ar_set_text(r, AR_F_kind, ar_str(kind));
	ar_set_text(r, AR_F_value, value);
	ar_set_raw(r, AR_F_customer, ar_open_customer(run->open, payment->customer));
	ar_set_i(r, AR_F_date, h->line.booked);
	ar_buf_puts(&b, "the books applied this payment to a document of the customer");
	why = ar_buf_slice(&b);
	ar_set_list(r, AR_F_evidence, &why, 1);
	ar_set_list(r, AR_F_derived_from, from, 2);
	ar_set_raw(r, AR_F_src, h->src);
	ar_journal_add(j, r);
	ar_buf_release(&b);
	ar_io_note(run->io, "learned", 1);
}

/* Lines known already, and payers that the books know, teach nothing. */
static void confirm_all(struct match_run *run, struct ar_journal *j, const struct links *x)
{
	struct ar_tab known = { 0 };

	for (size_t i = 0; i < run->nlearned; i++)
		ar_tab_add(&known, run->learned[i].id, NULL);
	for (size_t i = 0; i < run->nline; i++) {
		const struct held *h = &run->line[i];
		const struct ar_item *it;

		if (x->payment[i] == NO_PAYMENT || h->line.booked > run->as_of || !is_applied(run, (size_t)x->payment[i]))
			continue;
		it = ar_open_item(run->open, (size_t)x->payment[i]);
		if (it->customer == AR_OPEN_NOBODY)
			continue;
		if (h->line.payer_account.n)
			confirm(run, j, &known, "account", h->line.payer_account, h, it);
		if (h->line.payer.n)
			confirm(run, j, &known, "name", h->line.payer, h, it);
	}
	ar_tab_release(&known);
}

int match_learn(struct match_run *run)
{
	struct ar_err *e = &run->io->err;
	struct links x = { 0 };
	struct ar_journal *j;
	int lock, rc = -1;

	if (ar_mkdirs(run->alias, e) < 0)
		return -1;
	lock = ar_lock_take(run->alias, true, e);
	if (lock == -1)
		return -1;
	run->nlearned = 0;
	j = ar_journal_open(run->alias, true, run->now, take_alias, run, e);
	if (j) {
		find_links(run, &x);
		confirm_all(run, j, &x);
		rc = ar_journal_commit(j, e) < 0 ? -1 : AR_OK;
		ar_journal_close(j);
		links_release(&x);
	}
	ar_lock_drop(lock);
	return rc;
}

/* ---- evaluation: every line as it stood on its day ---- */

struct tally {
	uint64_t lines, autos, wrong, first, asked, documents, auto_documents;
	ar_wide *value, *auto_value;    /* by currency */
	uint64_t bucket[BUCKETS], bucket_right[BUCKETS], bucket_sum[BUCKETS];
};

struct study {
	struct match_run *run;
	struct links links;
	struct tally t;
	struct ar_match_seen *seen;
	size_t nseen, seen_room;
};

/* Is what the result settles what the payment settled, document by document? */
static bool is_right(const struct study *s, const struct ar_match *m, const struct ar_match_result *r, size_t payment, int *documents)
{
	struct match_run *run = s->run;
	const struct ar_event *ev;
	size_t n = ar_open_events(run->open, payment, &ev);
	int want = 0, got = 0;

	for (size_t i = 0; i < n; i++) {
		struct ar_str id;
		int64_t sum = 0, wanted = 0;
		bool before = false;

		if (ev[i].type != AR_T_application || ev[i].other == UINT32_MAX)
			continue;
		for (size_t k = 0; k < n; k++)
			if (ev[k].type == AR_T_application && ev[k].other == ev[i].other) {
				before |= k < i;
				wanted += ev[k].delta;
			}
		if (before)
			continue;
		want++;
		id = ar_open_id(run->open, ar_open_item(run->open, ev[i].other));
		for (int k = 0; k < r->ntarget; k++)
			if (r->target[k].memo == AR_MATCH_NONE && ar_streq(ar_match_item_of(m, r->target[k].item)->id, id))
				sum += r->target[k].source_amount;
		got += sum == (wanted < 0 ? -wanted : wanted) && sum;
	}
	*documents = want;
	for (int k = 0; k < r->ntarget; k++)
		want -= r->target[k].memo == AR_MATCH_NONE;
	return want == 0 && got == *documents && (*documents || r->on_account == r->received);
}

static void see(struct study *s, struct ar_match_seen x)
{
	s->seen = match_more(s->seen, s->nseen, &s->seen_room, sizeof *s->seen);
	s->seen[s->nseen++] = x;
}

static void judge(struct study *s, const struct ar_match *m, const struct ar_match_result *r, size_t line)
{
	int64_t payment = s->links.payment[line];
	struct tally *t = &s->t;
	int documents = 0;
	bool right;

	if (r->decision != AR_MD_AUTO && r->decision != AR_MD_SUGGEST)
		documents = 0;
	if (payment == NO_PAYMENT) {
		if (r->decision == AR_MD_SUGGEST && r->confidence >= 0) {
			see(s, ar_match_see(r, (uint32_t)line, -1));
			for (int k = 0; k < r->nother; k++)
				see(s, ar_match_see(&r->other[k], (uint32_t)line, -1));
			if (r->rest)
				see(s, ar_match_see_rest(r, (uint32_t)line, -1));
		}
		return;
	}
	right = is_right(s, m, r, (size_t)payment, &documents);
	t->lines++;
	t->documents += (uint64_t)documents;
	t->value[s->run->line[line].line.ccy] += r->received;
	if (r->decision == AR_MD_AUTO) {
		t->autos++;
		t->wrong += !right;
		t->auto_documents += right ? (uint64_t)documents : 0;
		t->auto_value[s->run->line[line].line.ccy] += right ? r->received : 0;
	}
	if (r->decision == AR_MD_AUTO || r->decision == AR_MD_SUGGEST) {
		t->asked++;
		t->first += right;
	}
	if (r->decision != AR_MD_SUGGEST || r->confidence < 0)
		return;
	t->bucket[r->confidence / 100]++;
	t->bucket_right[r->confidence / 100] += right;
	t->bucket_sum[r->confidence / 100] += (uint64_t)r->confidence;
	see(s, ar_match_see(r, (uint32_t)line, right));
	for (int k = 0; k < r->nother; k++)
		see(s, ar_match_see(&r->other[k], (uint32_t)line, is_right(s, m, &r->other[k], (size_t)payment, &documents)));
	if (r->rest)
		see(s, ar_match_see_rest(r, (uint32_t)line, !documents));
}

/* Open before anything of that day happened; its documents of the day itself count. */
static void feed_day(struct match_run *run, struct ar_match *m, ar_date day)
{
	for (size_t i = 0; i < ar_open_count(run->open); i++) {
		const struct ar_item *it = ar_open_item(run->open, i);
		const struct ar_event *ev;
		size_t n;
		int64_t open = it->open;
		ar_date settled = AR_DATE_NONE;

		if ((it->type != AR_T_invoice && it->type != AR_T_credit_memo) || it->posting > day || !it->amount ||
		    it->customer == AR_OPEN_NOBODY)
			continue;
		n = ar_open_events(run->open, i, &ev);
		for (size_t k = 0; k < n; k++)
			if (ev[k].date >= day)
				open -= ev[k].delta;
			else
				settled = ev[k].date;
		match_feed_item(run, m, it, open, settled);
	}
}

static int by_day(const void *a, const void *b, void *ctx)
{
	const struct match_run *run = ctx;
	ar_date x = run->line[*(const size_t *)a].line.booked, y = run->line[*(const size_t *)b].line.booked;

	return x < y ? -1 : x > y;
}

static void study_day(struct study *s, const size_t *v, size_t n)
{
	struct match_run *run = s->run;
	ar_date day = run->line[v[0]].line.booked;
	struct ar_match *m = ar_match_new(&run->policy, &run->words);

	match_feed_customers(run, m);
	feed_day(run, m, day);
	if (run->nlearned)
		feed_aliases(run, m, day);
	for (size_t i = 0; i < n; i++)
		ar_match_add_line(m, &run->line[v[i]].line);
	ar_match_run(m);
	for (size_t i = 0; i < ar_match_count(m); i++) {
		const struct ar_match_result *r = ar_match_result(m, i);

		/* both are in the order of the lines' ids */
		ar_assert(ar_streq(run->line[v[i]].line.id, ar_match_line_of(m, r)->id));
		judge(s, m, r, v[i]);
	}
	ar_match_free(m);
}

static void study_all(struct study *s)
{
	struct match_run *run = s->run;
	size_t *v = ar_malloc((run->nline + 1) * sizeof *v), n = 0;

	for (size_t i = 0; i < run->nline; i++)
		if (is_receipt(&run->line[i].line))
			v[n++] = i;
	ar_sort(v, n, sizeof *v, by_day, run);
	for (size_t i = 0, next; i < n; i = next) {
		for (next = i; next < n && run->line[v[next]].line.booked == run->line[v[i]].line.booked; next++)
			;
		study_day(s, v + i, next - i);
	}
	free(v);
}

/* ---- key figures ---- */

static struct ar_rec *kpi(struct match_run *run, const char *name, const char *formula)
{
	struct ar_rec *r = &run->rec;

	ar_arena_reset(&run->mem);
	ar_rec_start(r, AR_T_kpi);
	ar_set_text(r, AR_F_name, ar_str(name));
	ar_set_text(r, AR_F_formula, ar_str(formula));
	ar_set_i(r, AR_F_as_of, run->as_of);
	return r;
}

static void put_count(struct match_run *run, const char *name, const char *formula, uint64_t n)
{
	struct ar_rec *r = kpi(run, name, formula);

	ar_set_i(r, AR_F_count, (int64_t)n);
	ar_io_put(run->io, r);
}

static void set_ratio(struct ar_rec *r, ar_wide a, ar_wide b)
{
	char t[AR_MONEY_TEXT];

	if (b) {
		int n = ar_wide_put(t, ar_div_round(a * 10000, b, AR_HALF_UP), 4);

		ar_set_raw(r, AR_F_ratio, ar_arena_str(r->mem, (struct ar_str){ t, (size_t)n }));
	} else {
		ar_set_text(r, AR_F_undefined, AR_STR("nothing to divide by"));
	}
}

static void put_ratio(struct match_run *run, const char *name, const char *formula, uint64_t a, uint64_t b)
{
	struct ar_rec *r = kpi(run, name, formula);

	set_ratio(r, a, b);
	ar_io_put(run->io, r);
}

static void put_bucket(struct match_run *run, const struct tally *t, int b)
{
	struct ar_str by = ar_str(ar_arena_fmt(&run->io->mem, "confidence=0.%d-%s", b, b == 9 ? "1.0" : ar_arena_fmt(&run->io->mem, "0.%d", b + 1)));
	struct ar_rec *r = kpi(run, "match_calibration_count", "suggestions of history with a first candidate of this confidence");

	ar_set_list(r, AR_F_by, &by, 1);
	ar_set_i(r, AR_F_count, (int64_t)t->bucket[b]);
	ar_io_put(run->io, r);
	r = kpi(run, "match_calibration_said", "mean confidence of the first candidate");
	ar_set_list(r, AR_F_by, &by, 1);
	set_ratio(r, t->bucket_sum[b], (ar_wide)t->bucket[b] * 1000);
	ar_io_put(run->io, r);
	r = kpi(run, "match_calibration_true", "how often the first candidate was what the books did");
	ar_set_list(r, AR_F_by, &by, 1);
	set_ratio(r, t->bucket_right[b], t->bucket[b]);
	ar_io_put(run->io, r);
}

static void put_figures(struct match_run *run, const struct tally *t)
{
	put_count(run, "match_lines", "bank lines of the input that the books applied", t->lines);
	put_ratio(run, "match_auto_rate", "automatic / lines", t->autos, t->lines);
	put_ratio(run, "match_wrong_rate", "automatic but not what the books did / automatic", t->wrong, t->autos);
	put_count(run, "match_wrong", "automatic but not what the books did", t->wrong);
	put_ratio(run, "match_first_rate", "first candidate is what the books did / automatic and suggested", t->first, t->asked);
	put_ratio(run, "match_line_rate", "documents settled by right automatic matches / documents the books settled", t->auto_documents, t->documents);
	for (int c = 0; c < ar_ccy_count; c++)
		if (t->value[c]) {
			struct ar_rec *r = kpi(run, "match_value_rate", "value of right automatic matches / value of lines");

			ar_set_i(r, AR_F_currency, c);
			set_ratio(r, t->auto_value[c], t->value[c]);
			ar_io_put(run->io, r);
		}
	for (int b = 0; b < BUCKETS; b++)
		if (t->bucket[b])
			put_bucket(run, t, b);
}

/* "44.4 %", rounded. */
static const char *percent(struct match_run *run, ar_wide a, ar_wide b)
{
	int64_t k;

	if (!b || !ar_narrow(ar_div_round(a * 1000, b, AR_HALF_UP), &k))
		return "-";
	return ar_arena_fmt(&run->io->mem, "%lld.%lld %%", (long long)k / 10, (long long)k % 10);
}

/* The same figures for people, on standard error. */
static void tell_figures(struct match_run *run, const struct tally *t)
{
	ar_io_warn(run->io, "%llu lines that the books applied; automatic %s; of these wrong %s (%llu); first candidate right %s",
		   (unsigned long long)t->lines, percent(run, t->autos, t->lines), percent(run, t->wrong, t->autos), (unsigned long long)t->wrong,
		   percent(run, t->first, t->asked));
	ar_io_warn(run->io, "documents settled automatically and right %s", percent(run, t->auto_documents, t->documents));
	for (int c = 0; c < ar_ccy_count; c++)
		if (t->value[c])
			ar_io_warn(run->io, "value so settled, %s: %s", ar_ccy[c].code, percent(run, t->auto_value[c], t->value[c]));
	ar_io_warn(run->io, "confidence  suggestions     said     true");
	for (int b = 0; b < BUCKETS; b++)
		if (t->bucket[b])
			ar_io_warn(run->io, "0.%d to %s  %11llu %8s %8s", b, b == 9 ? "1.0" : ar_arena_fmt(&run->io->mem, "0.%d", b + 1),
				   (unsigned long long)t->bucket[b], percent(run, t->bucket_sum[b], (ar_wide)t->bucket[b] * 1000),
				   percent(run, t->bucket_right[b], t->bucket[b]));
}

/* ---- training ---- */

static int train(struct study *s)
{
	struct match_run *run = s->run;
	struct ar_match_conf *c = ar_arena_alloc(&run->io->mem, sizeof *c);
	struct ar_buf b = AR_BUF_INIT;
	int rc;

	*c = run->conf;
	ar_match_train(c, s->seen, s->nseen);
	ar_buf_fmt(&b, "# Trained by ar-match on %llu lines that history has applied, %llu candidates.\n", (unsigned long long)s->t.lines,
		   (unsigned long long)s->nseen);
	ar_match_conf_put_weights(c, &b);
	rc = ar_out_file(run->train, b.p, b.n, &run->io->err);
	ar_buf_release(&b);
	return rc;
}

int match_evaluate(struct match_run *run)
{
	struct study s = { .run = run };
	int rc = AR_OK;

	s.t.value = ar_calloc((size_t)ar_ccy_count, sizeof *s.t.value);
	s.t.auto_value = ar_calloc((size_t)ar_ccy_count, sizeof *s.t.auto_value);
	find_links(run, &s.links);
	study_all(&s);
	put_figures(run, &s.t);
	if (run->summary)
		tell_figures(run, &s.t);
	if (run->train)
		rc = train(&s);
	links_release(&s.links);
	free(s.t.value);
	free(s.t.auto_value);
	free(s.seen);
	return rc;
}
